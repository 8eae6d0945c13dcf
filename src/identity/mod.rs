//! What a student is, made comparable: pure functions from text to [`Identity`], under one version.
//!
//! Nothing here decides whether two students are one (that is `matching`) or where to look for a
//! candidate (that is `key`). There is no input, output, clock or randomness. What cannot be read is
//! left out of the identity and told as an [`Issue`]; nothing is guessed.

pub mod alternative;
pub mod contact;
pub mod date;
pub mod document;
mod issue;
pub mod lunar;
pub mod name;
pub mod place;
pub mod profile;
pub mod region;
pub mod sex;
pub mod text;

use smallvec::SmallVec;

use crate::limits::DOCUMENTS_MAX;
use crate::student::{Column, GivenDocument, Student};
use contact::{Month, Phone};
use date::Date;
use document::{Document, DocumentFlags, StatedKind};
use name::Name;
use place::{Address, Place};
use sex::Sex;
use text::Code;

pub use issue::{Issue, Rule};

/// The version of every rule in this room. Stored with whatever is derived from an identity.
pub const VERSION: u32 = 1;

/// Most former names of one student that are kept: hardly anybody changes a name twice.
const ALIASES_MAX: usize = 4;

/// Fewest characters of a registry number from before: one letter and eighteen characters, or a provincial
/// number of at least ten.
const FORMER_NUMBER_CHARS_MIN: usize = 10;

/// A guardian, made comparable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Guardian {
    /// The name, if one was given.
    pub name: Option<Name>,
    /// The document, if one was given.
    pub document: Option<Document>,
}

/// A student, made comparable. Every field may be missing; what is missing is evidence of nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Identity {
    /// The documents: a set, most often of one; unusable ones are kept with their flags.
    pub documents: SmallVec<[Document; 1]>,
    /// The name.
    pub name: Option<Name>,
    /// Former names.
    pub aliases: Vec<Name>,
    /// The birth date as written.
    pub birth: Option<Date>,
    /// The recorded sex.
    pub sex: Option<Sex>,
    /// The region of registration or residence.
    pub place: Option<Place>,
    /// The guardians with a name or a document.
    pub guardians: SmallVec<[Guardian; 2]>,
    /// The school.
    pub school: Option<Code>,
    /// The month of enrolment.
    pub enrolled: Option<Month>,
    /// Phones of the student and the guardians, sorted, without repetition.
    pub phones: SmallVec<[Phone; 2]>,
    /// The address.
    pub address: Option<Address>,
    /// A registry number from before, in capitals without spaces.
    pub former_number: Option<Box<str>>,
}

impl Identity {
    /// Reads a student. Appends to `issues` what could not be read or looks wrong; the identity holds
    /// the rest. About 1 µs.
    ///
    /// # Examples
    /// ```
    /// use renji::identity::Identity;
    /// use renji::student::{GivenDocument, Student};
    ///
    /// let student = Student {
    ///     documents: vec![GivenDocument { kind: "1", number: "11010519491231002x" }],
    ///     name: "張偉",
    ///     birthdate: "1949-02-30",
    ///     ..Student::default()
    /// };
    /// let mut issues = Vec::new();
    /// let identity = Identity::of(&student, &mut issues);
    /// assert!(identity.documents[0].is_valid());
    /// assert_eq!(identity.birth, None);
    /// assert_eq!(issues.len(), 1);
    /// ```
    pub fn of(student: &Student<'_>, issues: &mut Vec<Issue>) -> Self {
        let mut note = |column, rule| issues.push(Issue { column, rule });
        let birth = read_birth(student.birthdate, &mut note);
        let sex = Sex::parse(student.sex).unwrap_or_else(|_| {
            note(Column::Sex, Rule::SexUnknown);
            None
        });
        let mut identity = Identity {
            documents: read_documents(student, birth, &mut note),
            name: Name::parse(student.name),
            aliases: read_aliases(student.former_name, &mut note),
            birth,
            sex,
            place: read(student.region, Column::Region, Rule::CodeUnreadable, Place::parse, &mut note),
            guardians: read_guardians(student, &mut note),
            school: read(
                student.school_code,
                Column::SchoolCode,
                Rule::CodeUnreadable,
                Code::parse,
                &mut note,
            ),
            enrolled: read(
                student.enrolled,
                Column::Enrolled,
                Rule::MonthUnreadable,
                Month::parse,
                &mut note,
            ),
            phones: read_phones(student, &mut note),
            address: Address::parse(student.address),
            former_number: read(
                student.former_number,
                Column::FormerNumber,
                Rule::FormerNumberUnreadable,
                read_former_number,
                &mut note,
            ),
        };
        for document in &mut identity.documents {
            document.compare_with_record(birth, sex);
        }
        mark_guardians_numbers(&mut identity);
        identity
    }

    /// The documents that can find and speak for the student.
    pub fn usable_documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(|document| document.is_usable())
    }

    /// The usable documents of the guardians.
    pub fn guardian_documents(&self) -> impl Iterator<Item = &Document> {
        self.guardians.iter().filter_map(|guardian| guardian.document.as_ref()).filter(|d| d.is_usable())
    }

    /// Whether too little is known to tell this student from another: no usable document and no name.
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.usable_documents().next().is_none()
    }

    /// The birth date to look under and to compare: the written one, else the one inside a valid
    /// document.
    pub fn birth_or_documents(&self) -> Option<Date> {
        self.birth.or_else(|| self.usable_documents().filter(|d| d.is_valid()).find_map(Document::birth))
    }
}

fn read_birth(text: &str, note: &mut impl FnMut(Column, Rule)) -> Option<Date> {
    if text.trim().is_empty() {
        return None;
    }
    match Date::parse(text) {
        Ok(date) => Some(date),
        Err(error) => {
            note(Column::Birthdate, Rule::Date(error));
            None
        }
    }
}

fn read_documents(
    student: &Student<'_>,
    birth: Option<Date>,
    note: &mut impl FnMut(Column, Rule),
) -> SmallVec<[Document; 1]> {
    let mut documents: SmallVec<[Document; 1]> = SmallVec::new();
    for (at, given) in student.documents.iter().enumerate() {
        let column = if at == 0 { Column::IdNumber } else { Column::Id2Number };
        let Some(document) = read_document(given, birth, column, note) else { continue };
        if documents.len() == DOCUMENTS_MAX {
            note(column, Rule::TooManyDocuments);
        } else if !documents.iter().any(|known| known.number == document.number) {
            documents.push(document);
        }
    }
    documents
}

fn read_document(
    given: &GivenDocument<'_>,
    birth: Option<Date>,
    column: Column,
    note: &mut impl FnMut(Column, Rule),
) -> Option<Document> {
    if given.number.is_empty() {
        return None;
    }
    let Ok(document) = Document::parse(StatedKind::parse(given.kind), given.number, birth) else {
        // Dashes and 无 stand for "none"; anything longer was meant to be a number.
        if given.number.chars().filter(|c| c.is_alphanumeric()).count() > 2 {
            note(column, Rule::DocumentUnreadable);
        }
        return None;
    };
    if document.flags.contains(DocumentFlags::SPREADSHEET_DAMAGE) {
        note(column, Rule::SpreadsheetDamage);
    }
    Some(document)
}

/// Reads a cell by `parse`; what is more than a dash, a zero or 无 and still not read is told.
fn read<T>(
    text: &str,
    column: Column,
    rule: Rule,
    parse: impl FnOnce(&str) -> Option<T>,
    note: &mut impl FnMut(Column, Rule),
) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let read = parse(text);
    let is_told = || text.chars().filter(|c| c.is_alphanumeric() && *c != '0').count() > 1;
    if read.is_none() && is_told() {
        note(column, rule);
    }
    read
}

fn read_aliases(text: &str, note: &mut impl FnMut(Column, Rule)) -> Vec<Name> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut names: Vec<Name> =
        text.split(['、', ',', '，', ';', '；', '/']).filter_map(Name::parse).collect();
    if names.len() > ALIASES_MAX {
        note(Column::FormerName, Rule::TooManyNames);
        names.truncate(ALIASES_MAX);
    }
    names
}

fn read_guardians(student: &Student<'_>, note: &mut impl FnMut(Column, Rule)) -> SmallVec<[Guardian; 2]> {
    let mut guardians = SmallVec::new();
    for (at, given) in student.guardians.iter().enumerate() {
        let column = if at == 0 { Column::Guardian1Id } else { Column::Guardian2Id };
        let name = Name::parse(given.name);
        let document = read_document(&given.document, None, column, note);
        if name.is_some() || document.is_some() {
            guardians.push(Guardian { name, document });
        }
    }
    guardians
}

fn read_phones(student: &Student<'_>, note: &mut impl FnMut(Column, Rule)) -> SmallVec<[Phone; 2]> {
    let columns = [Column::Guardian1Phone, Column::Guardian2Phone];
    let guardians = student.guardians.iter().map(|guardian| guardian.phone);
    // A third guardian has no column of its own; the last one stands for it.
    let guardians = guardians.zip(columns.into_iter().chain(std::iter::repeat(Column::Guardian2Phone)));
    let given = std::iter::once((student.phone, Column::Phone)).chain(guardians);
    let mut phones: SmallVec<[Phone; 2]> = given
        .filter_map(|(text, column)| read(text, column, Rule::PhoneUnreadable, Phone::parse, note))
        .collect();
    phones.sort_unstable();
    phones.dedup();
    phones
}

fn read_former_number(text: &str) -> Option<Box<str>> {
    if text.is_empty() {
        return None;
    }
    let mut cleaned = String::new();
    text::clean(text, &mut cleaned);
    let number: String =
        cleaned.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    (number.len() >= FORMER_NUMBER_CHARS_MIN).then(|| number.into())
}

/// A number that is the student's and a guardian's is a recording error: the student's where it says the
/// student's birth date, else the guardian's.
fn mark_guardians_numbers(identity: &mut Identity) {
    for document in &mut identity.documents {
        let is_students =
            document.is_valid() && identity.birth.is_some() && document.birth() == identity.birth;
        let guardians = identity.guardians.iter_mut().filter_map(|guardian| guardian.document.as_mut());
        for guardians in guardians.filter(|guardians| guardians.number == document.number) {
            if is_students {
                guardians.flags |= DocumentFlags::STUDENTS;
            } else {
                document.flags |= DocumentFlags::GUARDIANS;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::GivenGuardian;

    #[test]
    fn a_childs_number_entered_as_the_guardians_stays_the_childs() {
        let document = GivenDocument { kind: "1", number: "110105201005150010" };
        let student = Student {
            documents: vec![document],
            name: "王小明",
            birthdate: "20100515",
            guardians: vec![GivenGuardian { name: "王大山", document, phone: "" }],
            ..Student::default()
        };
        let identity = Identity::of(&student, &mut Vec::new());
        assert_eq!(identity.usable_documents().count(), 1);
        assert_eq!(identity.guardian_documents().count(), 0);
        // A grown-up's stays the guardian's.
        let document = GivenDocument { kind: "1", number: "11010519491231002X" };
        let guardians = vec![GivenGuardian { name: "王大山", document, phone: "" }];
        let student = Student { documents: vec![document], guardians, ..student };
        let identity = Identity::of(&student, &mut Vec::new());
        assert_eq!(identity.usable_documents().count(), 0);
        assert_eq!(identity.guardian_documents().count(), 1);
    }
}
