//! Diplomas against the record (学历注册): seventeen fields, each equal as written, equal as read, or different.
//!
//! Our graduates are held as text; a diploma finds its graduate by certificate and identity number: first the identity
//! number, then the student number, then the candidate number, each as read. Nothing is judged by likeness here: a
//! diploma is for exactly one person or for nobody.

use std::collections::HashMap;

use super::written::{Meaning, Written, folded};
use crate::identity::document::{Document, StatedKind};
use crate::student::{Column, Detail, Details, Origin, Student};

/// A field of a diploma.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "each is the column or detail of its name")]
pub enum DiplomaField {
    CertificateNumber,
    Name,
    Sex,
    Birthdate,
    IdNumber,
    CandidateNumber,
    StudentNumber,
    SchoolCode,
    SchoolName,
    Major,
    Programme,
    StudyForm,
    Duration,
    Enrolled,
    Graduated,
    Conclusion,
    Principal,
}

impl DiplomaField {
    /// How many there are.
    pub const COUNT: usize = 17;

    /// Every field, in the order of lists: those of a diploma's electronic registration. Which seventeen is general
    /// knowledge, no published list was found; what one roll has no column for is told and not compared.
    pub const ALL: [DiplomaField; DiplomaField::COUNT] = [
        DiplomaField::CertificateNumber,
        DiplomaField::Name,
        DiplomaField::Sex,
        DiplomaField::Birthdate,
        DiplomaField::IdNumber,
        DiplomaField::CandidateNumber,
        DiplomaField::StudentNumber,
        DiplomaField::SchoolCode,
        DiplomaField::SchoolName,
        DiplomaField::Major,
        DiplomaField::Programme,
        DiplomaField::StudyForm,
        DiplomaField::Duration,
        DiplomaField::Enrolled,
        DiplomaField::Graduated,
        DiplomaField::Conclusion,
        DiplomaField::Principal,
    ];

    /// Where the field is read from.
    pub const fn place(self) -> Place {
        match self {
            DiplomaField::CertificateNumber => Place::Detail(Detail::CertificateNumber),
            DiplomaField::Name => Place::Column(Column::Name),
            DiplomaField::Sex => Place::Column(Column::Sex),
            DiplomaField::Birthdate => Place::Column(Column::Birthdate),
            DiplomaField::IdNumber => Place::Column(Column::IdNumber),
            DiplomaField::CandidateNumber => Place::Detail(Detail::CandidateNumber),
            DiplomaField::StudentNumber => Place::Detail(Detail::StudentNumber),
            DiplomaField::SchoolCode => Place::Column(Column::SchoolCode),
            DiplomaField::SchoolName => Place::Detail(Detail::SchoolName),
            DiplomaField::Major => Place::Detail(Detail::Major),
            DiplomaField::Programme => Place::Detail(Detail::Programme),
            DiplomaField::StudyForm => Place::Detail(Detail::StudyForm),
            DiplomaField::Duration => Place::Detail(Detail::Duration),
            DiplomaField::Enrolled => Place::Column(Column::Enrolled),
            DiplomaField::Graduated => Place::Detail(Detail::Graduated),
            DiplomaField::Conclusion => Place::Detail(Detail::Conclusion),
            DiplomaField::Principal => Place::Detail(Detail::Principal),
        }
    }

    /// The field's name in lists.
    pub const fn code(self) -> &'static str {
        match self.place() {
            Place::Column(column) => column.code(),
            Place::Detail(detail) => detail.code(),
        }
    }

    const fn meaning(self) -> Meaning {
        match self {
            DiplomaField::Name | DiplomaField::Principal => Meaning::Name,
            DiplomaField::Sex => Meaning::Sex,
            DiplomaField::Birthdate | DiplomaField::Enrolled | DiplomaField::Graduated => Meaning::Day,
            DiplomaField::IdNumber => Meaning::Document,
            DiplomaField::CertificateNumber
            | DiplomaField::CandidateNumber
            | DiplomaField::StudentNumber
            | DiplomaField::SchoolCode => Meaning::Code,
            _ => Meaning::Words,
        }
    }
}

/// Where a field is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A column of a student.
    Column(Column),
    /// A detail.
    Detail(Detail),
}

/// The seventeen fields of one row, as written.
#[derive(Clone, PartialEq, Eq)]
pub struct Diploma {
    /// Where the row is.
    pub origin: Origin,
    /// The office's name for it.
    pub record_id: Box<str>,
    fields: [Box<str>; DiplomaField::COUNT],
}

// It is a person's and must not reach a log.
impl std::fmt::Debug for Diploma {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Diploma(…)")
    }
}

impl Diploma {
    /// The fields of a row.
    pub fn of(student: &Student<'_>, details: &(impl Details + ?Sized), origin: Origin) -> Diploma {
        let fields = DiplomaField::ALL.map(|field| match field.place() {
            Place::Column(Column::Name) => student.name.into(),
            Place::Column(Column::Sex) => student.sex.into(),
            Place::Column(Column::Birthdate) => student.birthdate.into(),
            Place::Column(Column::IdNumber) => {
                student.documents.first().map_or("", |document| document.number).into()
            }
            Place::Column(Column::SchoolCode) => student.school_code.into(),
            Place::Column(Column::Enrolled) => student.enrolled.into(),
            Place::Column(_) => "".into(),
            Place::Detail(detail) => details.detail(detail).into(),
        });
        Diploma { origin, record_id: student.record_id.into(), fields }
    }

    /// A field as written.
    pub fn text(&self, field: DiplomaField) -> &str {
        &self.fields[field as usize]
    }

    /// What it is found by, best first.
    fn keys(&self) -> impl Iterator<Item = (u8, String)> {
        let document = Document::parse(StatedKind::parse(""), self.text(DiplomaField::IdNumber), None).ok();
        let number = document.map(|document| document.number.as_str().to_owned()).unwrap_or_default();
        let student = folded(self.text(DiplomaField::StudentNumber));
        let candidate = folded(self.text(DiplomaField::CandidateNumber));
        [(0, number), (1, student), (2, candidate)].into_iter().filter(|(_, key)| !key.is_empty())
    }
}

/// How a diploma, or a graduate without one, stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiplomaStanding {
    /// Every field is the same as written.
    Equal,
    /// Every field is the same as read; some are written otherwise.
    WrittenOtherwise,
    /// A field differs, or is missing on one side.
    Differs,
    /// No record is found.
    Unknown,
    /// Another diploma has the same record.
    Repeated,
    /// A record without a diploma.
    NoDiploma,
}

impl DiplomaStanding {
    /// Every standing, in the order of lists.
    pub const ALL: [DiplomaStanding; 6] = [
        DiplomaStanding::Equal,
        DiplomaStanding::WrittenOtherwise,
        DiplomaStanding::Differs,
        DiplomaStanding::Unknown,
        DiplomaStanding::Repeated,
        DiplomaStanding::NoDiploma,
    ];

    /// The name in lists.
    pub const fn code(self) -> &'static str {
        match self {
            DiplomaStanding::Equal => "equal",
            DiplomaStanding::WrittenOtherwise => "written_otherwise",
            DiplomaStanding::Differs => "differs",
            DiplomaStanding::Unknown => "unknown",
            DiplomaStanding::Repeated => "repeated",
            DiplomaStanding::NoDiploma => "no_diploma",
        }
    }
}

/// One line of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiplomaMatch {
    /// The diploma's place among theirs; `None` for a record without one.
    pub diploma: Option<usize>,
    /// The record's place among ours; `None` where none was found.
    pub record: Option<usize>,
    /// How it stands.
    pub standing: DiplomaStanding,
    /// The fields that are not the same as written, in order.
    pub differences: Vec<(DiplomaField, Written)>,
}

/// Holds diplomas against records: a line for each diploma in order, then one for each record without. `shared` names
/// the fields that both rolls have columns for; others are not compared. Takes time in proportion to both.
pub fn diplomas(ours: &[Diploma], theirs: &[Diploma], shared: &[DiplomaField]) -> Vec<DiplomaMatch> {
    let mut by_key: HashMap<(u8, String), usize> = HashMap::with_capacity(ours.len());
    for (at, record) in ours.iter().enumerate() {
        // The first of two records under one number has it; the other is left without a diploma, and told so.
        for key in record.keys() {
            by_key.entry(key).or_insert(at);
        }
    }
    let mut taken = vec![false; ours.len()];
    let mut lines: Vec<DiplomaMatch> = Vec::with_capacity(theirs.len());
    for (at, diploma) in theirs.iter().enumerate() {
        let record = diploma.keys().find_map(|key| by_key.get(&key).copied());
        let Some(record) = record else {
            let standing = DiplomaStanding::Unknown;
            lines.push(DiplomaMatch { diploma: Some(at), record: None, standing, differences: Vec::new() });
            continue;
        };
        let differences: Vec<(DiplomaField, Written)> = shared
            .iter()
            .map(|field| {
                let (our, their) = (ours[record].text(*field), diploma.text(*field));
                (*field, Written::of(our, their, field.meaning()))
            })
            .filter(|(_, written)| *written != Written::Equal)
            .collect();
        let standing = if std::mem::replace(&mut taken[record], true) {
            DiplomaStanding::Repeated
        } else if differences.is_empty() {
            DiplomaStanding::Equal
        } else if differences.iter().all(|(_, written)| *written == Written::Otherwise) {
            DiplomaStanding::WrittenOtherwise
        } else {
            DiplomaStanding::Differs
        };
        lines.push(DiplomaMatch { diploma: Some(at), record: Some(record), standing, differences });
    }
    let without = taken.iter().enumerate().filter(|(_, taken)| !**taken);
    lines.extend(without.map(|(record, _)| DiplomaMatch {
        diploma: None,
        record: Some(record),
        standing: DiplomaStanding::NoDiploma,
        differences: Vec::new(),
    }));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::GivenDocument;

    fn diploma(row: u32, number: &str, name: &str, major: &str, student_number: &str) -> Diploma {
        let student = Student {
            record_id: "r",
            documents: vec![GivenDocument { kind: "1", number }],
            name,
            birthdate: "19491231",
            ..Student::default()
        };
        let details = [(Detail::Major, major), (Detail::StudentNumber, student_number)];
        Diploma::of(&student, &details[..], Origin { file: 0, row })
    }

    #[test]
    fn each_diploma_is_one_records_or_nobodys() {
        let number = "11010519491231002X";
        let ours = [
            diploma(2, number, "王小明", "计算机科学与技术", "S1"),
            diploma(3, "440524188001010014", "李雷", "法学", "S2"),
            diploma(4, "", "韩梅梅", "法学", "S3"),
            diploma(5, "", "赵一", "法学", "S5"),
        ];
        let theirs = [
            diploma(2, "１１０１０５１９４９１２３１００２ｘ", "王小明", "计算机科学与技术", "S1"),
            diploma(3, "440524188001010014", "李雷", "法律", "S2"),
            diploma(4, "", "韩梅梅", "法学", "ｓ3"),
            diploma(5, "", "孙二", "法学", "S9"),
            diploma(6, number, "王小明", "计算机科学与技术", "S1"),
        ];
        let lines = diplomas(&ours, &theirs, &DiplomaField::ALL);
        let standings: Vec<DiplomaStanding> = lines.iter().map(|line| line.standing).collect();
        use DiplomaStanding::{Differs, NoDiploma, Repeated, Unknown, WrittenOtherwise};
        assert_eq!(standings, [WrittenOtherwise, Differs, WrittenOtherwise, Unknown, Repeated, NoDiploma]);
        assert_eq!(lines[0].differences, [(DiplomaField::IdNumber, Written::Otherwise)]);
        assert_eq!(lines[1].differences, [(DiplomaField::Major, Written::Different)]);
        assert_eq!(lines[5].record, Some(3));
        // What one roll has no column for is not compared.
        let lines = diplomas(&ours, &theirs, &[DiplomaField::Name]);
        assert_eq!(lines[1].standing, DiplomaStanding::Equal);
    }
}
