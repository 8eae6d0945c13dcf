//! Kind and number of a document: of the student and of the members of the family.

use super::Wrong;
use super::row::Row;
use crate::identity::date::Date;
use crate::identity::document::{Document, DocumentFlags, DocumentKind, StatedKind};
use crate::template::field::Member;
use crate::template::{CodeTable, Field, Rule};

/// The documents of a row that can be used as they are: no rule rejects them.
#[derive(Debug, Default)]
pub(super) struct Documents {
    /// The student's first and second.
    pub(super) own: [Option<Document>; 2],
    /// Those of the members.
    pub(super) members: [Option<Document>; 2],
}

impl Documents {
    /// The student's document.
    pub(super) fn student(&self) -> Option<&Document> {
        self.own.iter().flatten().next()
    }
}

/// Checks every document of a row.
pub(super) fn check(row: &Row<'_>, birth: Option<Date>, wrong: &mut Wrong<'_>) -> Documents {
    let mut documents = Documents {
        own: [(Field::IdType, Field::IdNumber), (Field::Id2Type, Field::Id2Number)].map(|(kind, number)| {
            if row.text(number).is_empty() && kind == Field::IdType {
                check_missing(row, wrong);
            }
            one(row, kind, number, birth, true, wrong)
        }),
        members: Member::ALL.map(|member| one(row, member.id_type, member.id, None, false, wrong)),
    };
    check_guardians(&mut documents, birth, wrong);
    documents
}

fn check_missing(row: &Row<'_>, wrong: &mut Wrong<'_>) {
    let kind = CodeTable::IdType.find(row.text(Field::IdType));
    if kind.is_some_and(|kind| kind.code != "Z")
        && wrong.layout.has(Field::IdNumber)
        && !wrong.has(Field::IdNumber)
    {
        wrong.add(Field::IdNumber, Rule::IdMissing, "");
    }
}

/// Checks one number with its kind; gives the document if nothing rejects it.
fn one(
    row: &Row<'_>,
    kind: Field,
    number: Field,
    birth: Option<Date>,
    is_students: bool,
    wrong: &mut Wrong<'_>,
) -> Option<Document> {
    let (raw, text) = (row.raw(number), row.text(number));
    if text.is_empty() {
        return None;
    }
    let stated = row.text(kind);
    let code = CodeTable::IdType.find(stated).map(|kind| kind.code);
    let parsed = match code {
        Some("Z") => Err(Rule::IdUnexpected),
        _ => Document::parse(code.map_or_else(|| StatedKind::parse(stated), StatedKind::parse), raw, birth)
            .map_err(|_| Rule::IdMalformed)
            .and_then(|document| match rejection(&document, code, is_students) {
                Some(rule) => Err(rule),
                None => Ok(document),
            }),
    };
    match parsed {
        Ok(document) => {
            if let Some(rule) = remark(&document, raw) {
                wrong.add(number, rule, text);
            }
            if document.flags.contains(DocumentFlags::REGION_UNKNOWN) {
                wrong.add(number, Rule::IdRegion, text);
            }
            Some(document)
        }
        Err(rule) => {
            wrong.add(number, rule, text);
            None
        }
    }
}

/// Why a number is not to be taken.
fn rejection(document: &Document, code: Option<&str>, is_students: bool) -> Option<Rule> {
    let has = |flag| document.flags.contains(flag);
    Some(match () {
        () if has(DocumentFlags::SPREADSHEET_DAMAGE) => Rule::IdSpreadsheet,
        () if has(DocumentFlags::FILLER) => Rule::IdFiller,
        () if has(DocumentFlags::MALFORMED) => Rule::IdMalformed,
        () if code.is_some_and(|code| !fits(code, document.kind)) => Rule::IdKindDiffers,
        // The old form has no check character: the one it was given says nothing.
        () if has(DocumentFlags::UPGRADED) && is_students => Rule::IdFifteen,
        () if has(DocumentFlags::UPGRADED) => return None,
        () if has(DocumentFlags::DATE_IMPOSSIBLE) => Rule::IdDate,
        () if has(DocumentFlags::CHECK_FAILED) => Rule::IdCheck,
        () => return None,
    })
}

/// What is not as it should be of a number that is taken.
fn remark(document: &Document, raw: &str) -> Option<Rule> {
    let written: String = match document.kind {
        // The check character of an identity card of Hong Kong stands in brackets.
        DocumentKind::HongKongId | DocumentKind::TaiwanPermit => raw.replace(['(', ')'], ""),
        _ => raw.to_owned(),
    };
    if document.flags.contains(DocumentFlags::COUNTER_DROPPED) {
        return Some(Rule::IdCounter);
    }
    let is_own = written == document.number.as_str() || document.flags.contains(DocumentFlags::UPGRADED);
    (!is_own).then_some(Rule::IdUntidy)
}

/// Whether a number of this kind may stand under a code of the template. One child of Hong Kong, Macau or Taiwan appears
/// under several; schools whose system has no code C enter a residence permit under 1.
fn fits(code: &str, kind: DocumentKind) -> bool {
    use DocumentKind::*;
    match code {
        "1" => matches!(kind, ResidentId | ResidencePermit),
        "6" => matches!(kind, HongKongId | HongKongMacauPermit | Passport),
        "7" => matches!(kind, MacauId | HongKongMacauPermit | Passport),
        "8" => kind == TaiwanPermit,
        "9" => matches!(kind, PermanentResident | PermanentResidentOld),
        "A" => kind == Passport,
        "B" => kind == ResidentId,
        "C" => kind == ResidencePermit,
        // Numbers of cards of the forces have no form of their own.
        _ => !matches!(kind, ResidentId | ResidencePermit | PermanentResident),
    }
}

/// A number that is the student's and a guardian's: the student's where it says the student's birth date. Whose it is not
/// has none that could be compared with anything.
fn check_guardians(documents: &mut Documents, birth: Option<Date>, wrong: &mut Wrong<'_>) {
    let Some(own) = documents.student() else { return };
    let number = own.number;
    let is_students = own.is_valid() && birth.is_some() && own.birth() == birth;
    let mut is_theirs = false;
    for (document, member) in documents.members.iter_mut().zip(Member::ALL) {
        if document.as_ref().is_some_and(|document| document.number == number) {
            let field = if is_students { member.id } else { Field::IdNumber };
            if is_students {
                *document = None;
            }
            if is_students || !is_theirs {
                wrong.add(field, Rule::IdIsGuardians, number.as_str());
            }
            is_theirs = true;
        }
    }
    if is_theirs && !is_students {
        documents.own.iter_mut().for_each(|own| *own = own.take().filter(|own| own.number != number));
    }
}
