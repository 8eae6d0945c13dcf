//! Values of a row against each other. A value that is wrong by itself is not compared.

use super::row::Row;
use super::value::class_number;
use super::{Validator, Wrong};
use crate::identity::date::Date;
use crate::identity::document::{Document, DocumentKind};
use crate::identity::sex::Sex;
use crate::limits::{ENTRY_YEARS, ENTRY_YEARS_OTHER};
use crate::template::{CodeTable, Field, Rule};

/// Years between primary entry and junior entry: five or six years of primary school, by province.
const PRIMARY_YEARS: [u16; 2] = [5, 6];

/// Compares the number with the rest of the row, the class number with enrolment, age with the class of school.
pub(super) fn check(
    validator: &Validator,
    row: &Row<'_>,
    birth: Option<Date>,
    document: Option<&Document>,
    wrong: &mut Wrong<'_>,
) {
    let birth = birth.filter(|_| !wrong.is_wrong(Field::Birthdate));
    if let Some(document) = document {
        check_number(row, birth, document, wrong);
    }
    let class = school_class(validator, row, wrong);
    let enrolled = enrolled(row).filter(|_| !wrong.is_wrong(Field::Enrolled));
    check_class(validator, row, class, enrolled, wrong);
    check_age(birth, class, enrolled, wrong);
    let is_beyond = class.is_some_and(|class| matches!(class, "34" | "35" | "36" | "41" | "42"));
    if is_beyond && validator.layout.has(Field::AuxNumber) && row.text(Field::AuxNumber).is_empty() {
        wrong.add(Field::AuxNumber, Rule::AuxMissing, "");
    }
}

fn check_number(row: &Row<'_>, birth: Option<Date>, document: &Document, wrong: &mut Wrong<'_>) {
    if document.is_valid() {
        if birth.zip(document.birth()).is_some_and(|(birth, own)| birth != own) {
            wrong.add(Field::Birthdate, Rule::BirthDiffers, row.text(Field::Birthdate));
        }
        let sex = Sex::parse(row.text(Field::Sex)).ok().flatten();
        if sex.zip(document.sex()).is_some_and(|(sex, own)| sex != own)
            && document.kind != DocumentKind::PermanentResident
        {
            wrong.add(Field::Sex, Rule::SexDiffers, row.text(Field::Sex));
        }
    }
    let abroad = CodeTable::Abroad.find(row.text(Field::Abroad)).map(|code| code.code);
    let is_mainland = document.kind == DocumentKind::ResidentId;
    match (is_mainland, abroad) {
        (true, Some(code)) if code != "00" => {
            wrong.add(Field::Abroad, Rule::AbroadDiffers, row.text(Field::Abroad));
        }
        (false, Some("00")) if is_outside(document.kind) => {
            wrong.add(Field::Abroad, Rule::AbroadExpected, row.text(Field::Abroad));
        }
        _ => {}
    }
    let nationality = CodeTable::Country.find(row.text(Field::Nationality)).map(|code| code.code);
    if is_mainland && nationality.is_some_and(|code| code != "CHN") {
        wrong.add(Field::Nationality, Rule::NationalityDiffers, row.text(Field::Nationality));
    }
}

fn is_outside(kind: DocumentKind) -> bool {
    !matches!(kind, DocumentKind::ResidentId | DocumentKind::Military | DocumentKind::Other)
}

/// The first two digits of the school's code.
fn school_class<'r>(validator: &'r Validator, row: &'r Row<'_>, wrong: &Wrong<'_>) -> Option<&'r str> {
    let own = row.text(Field::SchoolCode);
    let code = match &validator.options.school {
        Some(code) => code,
        None if wrong.is_wrong(Field::SchoolCode) => return None,
        None => own,
    };
    let is_code = code.len() == 10 && code.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| &code[..2])
}

/// Year and month of enrolment.
fn enrolled(row: &Row<'_>) -> Option<(u16, u16)> {
    let digits: String = row.text(Field::Enrolled).chars().filter(char::is_ascii_digit).take(6).collect();
    (digits.len() == 6).then_some(())?;
    Some((digits[..4].parse().ok()?, digits[4..].parse().ok()?))
}

fn check_class(
    validator: &Validator,
    row: &Row<'_>,
    class: Option<&str>,
    enrolled: Option<(u16, u16)>,
    wrong: &mut Wrong<'_>,
) {
    let text = row.text(Field::ClassNumber);
    let (Some(year), Some((enrolled, _))) = (class_number(text, validator.class_layout()), enrolled) else {
        return;
    };
    // A junior's month of enrolment may be that of primary entry: no evidence of anything.
    let is_junior = class.is_none_or(|class| matches!(class, "31" | "32" | "33" | "51"));
    let is_primary_entry = is_junior && PRIMARY_YEARS.iter().any(|years| enrolled + years == year);
    if enrolled != year && !is_primary_entry {
        wrong.add(Field::ClassNumber, Rule::ClassEnrolmentDiffers, text);
    }
}

fn check_age(birth: Option<Date>, class: Option<&str>, enrolled: Option<(u16, u16)>, wrong: &mut Wrong<'_>) {
    let (Some(birth), Some((year, month))) = (birth, enrolled) else { return };
    let known = ENTRY_YEARS.iter().find(|(known, _)| Some(*known) == class);
    let years = known.map_or(&ENTRY_YEARS_OTHER, |(_, years)| years);
    let before = i32::from(month < u16::from(birth.month()));
    let age = i32::from(year) - i32::from(birth.year()) - before;
    if !years.contains(&age) {
        wrong.add(Field::Enrolled, Rule::AgeForClass, "");
    }
}
