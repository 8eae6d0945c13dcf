//! A student as a source gives it: text, not yet read.
//!
//! Every field is the raw text of one cell, empty when the source has none. What the text means is
//! [`crate::identity`]'s business. Sources build these; nothing here interprets or changes them.

mod detail;

use serde::{Deserialize, Serialize};

pub use detail::{Detail, Details};

/// The row of a file a student came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Origin {
    /// The position of the file in the list of inputs, from 0.
    pub file: u16,
    /// The row in that file as a person counts it: the header is row 1, the first student row 2.
    /// Rows are records, not lines: a quoted line break does not start a new row.
    pub row: u32,
}

/// One identity document as written: a kind and a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct GivenDocument<'a> {
    /// The kind as the office writes it (a template code, Chinese or English); may be empty.
    pub kind: &'a str,
    /// The number as written, with whatever spaces and full-width digits it carries.
    pub number: &'a str,
}

/// A parent or another guardian as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct GivenGuardian<'a> {
    /// The guardian's name.
    pub name: &'a str,
    /// The guardian's identity document.
    pub document: GivenDocument<'a>,
    /// The guardian's phone number.
    pub phone: &'a str,
}

/// One student as written: borrowed text, one field a cell, empty where nothing was given.
///
/// # Examples
///
/// ```
/// use renji::student::{GivenDocument, Student};
///
/// let student = Student {
///     record_id: "r1",
///     documents: vec![GivenDocument { kind: "1", number: "11010519491231002X" }],
///     name: "王小明",
///     birthdate: "19491231",
///     ..Student::default()
/// };
/// assert_eq!(student.documents.len(), 1);
/// ```
// INVARIANT: the fields of `OwnedStudent` in their order, so that what is written of the one reads as the other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Student<'a> {
    /// The office's own name for this record.
    pub record_id: &'a str,
    /// The student's documents: a set, most often of one.
    pub documents: Vec<GivenDocument<'a>>,
    /// The name.
    pub name: &'a str,
    /// Former names (曾用名), separated by `、`, `,`, `;` or `/`.
    pub former_name: &'a str,
    /// The sex: 1/2, 男/女, M/F.
    pub sex: &'a str,
    /// The birth date.
    pub birthdate: &'a str,
    /// The place of household registration or of the school: a GB/T 2260 code of 6 to 12 digits.
    pub region: &'a str,
    /// Up to two guardians count; further ones are kept and compared as well.
    pub guardians: Vec<GivenGuardian<'a>>,
    /// The student's or the family's phone number.
    pub phone: &'a str,
    /// The home address.
    pub address: &'a str,
    /// The ten-digit school code.
    pub school_code: &'a str,
    /// The month of enrolment.
    pub enrolled: &'a str,
    /// A registry number (学籍号) the student already had.
    pub former_number: &'a str,
}

/// A student as written, owning its texts: what a registry keeps of a record, unread and unchanged.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the field of `Student` with its name")]
#[serde(default, deny_unknown_fields)]
pub struct OwnedStudent {
    pub record_id: String,
    pub documents: Vec<OwnedDocument>,
    pub name: String,
    pub former_name: String,
    pub sex: String,
    pub birthdate: String,
    pub region: String,
    pub guardians: Vec<OwnedGuardian>,
    pub phone: String,
    pub address: String,
    pub school_code: String,
    pub enrolled: String,
    pub former_number: String,
}

/// [`GivenDocument`] with its own texts.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the field of `GivenDocument` with its name")]
#[serde(default, deny_unknown_fields)]
pub struct OwnedDocument {
    pub kind: String,
    pub number: String,
}

/// [`GivenGuardian`] with its own texts.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the field of `GivenGuardian` with its name")]
#[serde(default, deny_unknown_fields)]
pub struct OwnedGuardian {
    pub name: String,
    pub document: OwnedDocument,
    pub phone: String,
}

impl OwnedStudent {
    /// Bytes of all its texts.
    pub(crate) fn text_bytes(&self) -> usize {
        let own = [
            &self.record_id,
            &self.name,
            &self.former_name,
            &self.sex,
            &self.birthdate,
            &self.region,
            &self.phone,
            &self.address,
            &self.school_code,
            &self.enrolled,
            &self.former_number,
        ];
        let document = |document: &OwnedDocument| document.kind.len() + document.number.len();
        let guardian = |guardian: &OwnedGuardian| {
            guardian.name.len() + guardian.phone.len() + document(&guardian.document)
        };
        own.into_iter().map(String::len).sum::<usize>()
            + self.documents.iter().map(document).sum::<usize>()
            + self.guardians.iter().map(guardian).sum::<usize>()
    }
}

/// Hides what is written: it is a person's, and must not reach a log.
macro_rules! hidden {
    ($($name:ident),*) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })*
    };
}

hidden!(OwnedStudent, OwnedDocument, OwnedGuardian);

impl From<&Student<'_>> for OwnedStudent {
    fn from(student: &Student<'_>) -> OwnedStudent {
        let document = |document: &GivenDocument<'_>| OwnedDocument {
            kind: document.kind.to_owned(),
            number: document.number.to_owned(),
        };
        OwnedStudent {
            record_id: student.record_id.to_owned(),
            documents: student.documents.iter().map(document).collect(),
            name: student.name.to_owned(),
            former_name: student.former_name.to_owned(),
            sex: student.sex.to_owned(),
            birthdate: student.birthdate.to_owned(),
            region: student.region.to_owned(),
            guardians: student
                .guardians
                .iter()
                .map(|guardian| OwnedGuardian {
                    name: guardian.name.to_owned(),
                    document: document(&guardian.document),
                    phone: guardian.phone.to_owned(),
                })
                .collect(),
            phone: student.phone.to_owned(),
            address: student.address.to_owned(),
            school_code: student.school_code.to_owned(),
            enrolled: student.enrolled.to_owned(),
            former_number: student.former_number.to_owned(),
        }
    }
}

impl OwnedStudent {
    /// The same, borrowed.
    pub fn as_student(&self) -> Student<'_> {
        fn document(document: &OwnedDocument) -> GivenDocument<'_> {
            GivenDocument { kind: &document.kind, number: &document.number }
        }
        Student {
            record_id: &self.record_id,
            documents: self.documents.iter().map(document).collect(),
            name: &self.name,
            former_name: &self.former_name,
            sex: &self.sex,
            birthdate: &self.birthdate,
            region: &self.region,
            guardians: self
                .guardians
                .iter()
                .map(|guardian| GivenGuardian {
                    name: &guardian.name,
                    document: document(&guardian.document),
                    phone: &guardian.phone,
                })
                .collect(),
            phone: &self.phone,
            address: &self.address,
            school_code: &self.school_code,
            enrolled: &self.enrolled,
            former_number: &self.former_number,
        }
    }
}

impl OwnedStudent {
    /// The text of a column; empty where there is none.
    pub fn column(&self, column: Column) -> &str {
        let document = |at: usize| self.documents.get(at);
        let guardian = |at: usize| self.guardians.get(at);
        let text = match column {
            Column::RecordId => Some(&self.record_id),
            Column::IdType => document(0).map(|document| &document.kind),
            Column::IdNumber => document(0).map(|document| &document.number),
            Column::Id2Type => document(1).map(|document| &document.kind),
            Column::Id2Number => document(1).map(|document| &document.number),
            Column::Name => Some(&self.name),
            Column::FormerName => Some(&self.former_name),
            Column::Sex => Some(&self.sex),
            Column::Birthdate => Some(&self.birthdate),
            Column::Region => Some(&self.region),
            Column::Guardian1Name => guardian(0).map(|guardian| &guardian.name),
            Column::Guardian1IdType => guardian(0).map(|guardian| &guardian.document.kind),
            Column::Guardian1Id => guardian(0).map(|guardian| &guardian.document.number),
            Column::Guardian1Phone => guardian(0).map(|guardian| &guardian.phone),
            Column::Guardian2Name => guardian(1).map(|guardian| &guardian.name),
            Column::Guardian2IdType => guardian(1).map(|guardian| &guardian.document.kind),
            Column::Guardian2Id => guardian(1).map(|guardian| &guardian.document.number),
            Column::Guardian2Phone => guardian(1).map(|guardian| &guardian.phone),
            Column::Phone => Some(&self.phone),
            Column::Address => Some(&self.address),
            Column::SchoolCode => Some(&self.school_code),
            Column::Enrolled => Some(&self.enrolled),
            Column::FormerNumber => Some(&self.former_number),
        };
        text.map_or("", String::as_str)
    }

    /// Puts texts into columns, each in the place of what was there. Documents without a number and guardians
    /// without anything are left out afterwards, as a source does.
    ///
    /// ```
    /// use renji::student::{Column, OwnedStudent};
    ///
    /// let mut student = OwnedStudent::default();
    /// student.set([(Column::Name, "王小明".to_owned()), (Column::Guardian2Phone, "13800000000".to_owned())]);
    /// assert_eq!(student.column(Column::Name), "王小明");
    /// // Nothing is known of another guardian, so this is the first.
    /// assert_eq!(student.column(Column::Guardian1Phone), "13800000000");
    /// ```
    pub fn set(&mut self, texts: impl IntoIterator<Item = (Column, String)>) {
        self.documents.resize(self.documents.len().max(2), OwnedDocument::default());
        self.guardians.resize(self.guardians.len().max(2), OwnedGuardian::default());
        for (column, text) in texts {
            *match column {
                Column::RecordId => &mut self.record_id,
                Column::IdType => &mut self.documents[0].kind,
                Column::IdNumber => &mut self.documents[0].number,
                Column::Id2Type => &mut self.documents[1].kind,
                Column::Id2Number => &mut self.documents[1].number,
                Column::Name => &mut self.name,
                Column::FormerName => &mut self.former_name,
                Column::Sex => &mut self.sex,
                Column::Birthdate => &mut self.birthdate,
                Column::Region => &mut self.region,
                Column::Guardian1Name => &mut self.guardians[0].name,
                Column::Guardian1IdType => &mut self.guardians[0].document.kind,
                Column::Guardian1Id => &mut self.guardians[0].document.number,
                Column::Guardian1Phone => &mut self.guardians[0].phone,
                Column::Guardian2Name => &mut self.guardians[1].name,
                Column::Guardian2IdType => &mut self.guardians[1].document.kind,
                Column::Guardian2Id => &mut self.guardians[1].document.number,
                Column::Guardian2Phone => &mut self.guardians[1].phone,
                Column::Phone => &mut self.phone,
                Column::Address => &mut self.address,
                Column::SchoolCode => &mut self.school_code,
                Column::Enrolled => &mut self.enrolled,
                Column::FormerNumber => &mut self.former_number,
            } = text;
        }
        self.documents.retain(|document| !document.number.is_empty());
        self.guardians.retain(|guardian| {
            !(guardian.name.is_empty() && guardian.document.number.is_empty() && guardian.phone.is_empty())
        });
    }
}

/// The fields of a student, as named in column maps, issues and reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "each is the field of `Student` with its name")]
pub enum Column {
    RecordId,
    IdType,
    IdNumber,
    Id2Type,
    Id2Number,
    Name,
    FormerName,
    Sex,
    Birthdate,
    Region,
    Guardian1Name,
    Guardian1IdType,
    Guardian1Id,
    Guardian1Phone,
    Guardian2Name,
    Guardian2IdType,
    Guardian2Id,
    Guardian2Phone,
    Phone,
    Address,
    SchoolCode,
    Enrolled,
    FormerNumber,
}

impl Column {
    /// Every column, in the order of the default header.
    pub const ALL: [Column; 23] = [
        Column::RecordId,
        Column::IdType,
        Column::IdNumber,
        Column::Id2Type,
        Column::Id2Number,
        Column::Name,
        Column::FormerName,
        Column::Sex,
        Column::Birthdate,
        Column::Region,
        Column::Guardian1Name,
        Column::Guardian1IdType,
        Column::Guardian1Id,
        Column::Guardian1Phone,
        Column::Guardian2Name,
        Column::Guardian2IdType,
        Column::Guardian2Id,
        Column::Guardian2Phone,
        Column::Phone,
        Column::Address,
        Column::SchoolCode,
        Column::Enrolled,
        Column::FormerNumber,
    ];

    /// The default column name.
    pub const fn code(self) -> &'static str {
        match self {
            Column::RecordId => "record_id",
            Column::IdType => "id_type",
            Column::IdNumber => "id_number",
            Column::Id2Type => "id2_type",
            Column::Id2Number => "id2_number",
            Column::Name => "name",
            Column::FormerName => "former_name",
            Column::Sex => "sex",
            Column::Birthdate => "birthdate",
            Column::Region => "region",
            Column::Guardian1Name => "guardian1_name",
            Column::Guardian1IdType => "guardian1_id_type",
            Column::Guardian1Id => "guardian1_id",
            Column::Guardian1Phone => "guardian1_phone",
            Column::Guardian2Name => "guardian2_name",
            Column::Guardian2IdType => "guardian2_id_type",
            Column::Guardian2Id => "guardian2_id",
            Column::Guardian2Phone => "guardian2_phone",
            Column::Phone => "phone",
            Column::Address => "address",
            Column::SchoolCode => "school_code",
            Column::Enrolled => "enrolled",
            Column::FormerNumber => "former_number",
        }
    }
}
