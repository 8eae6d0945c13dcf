//! The members of the family: that there is one, that each is whole, that one is a guardian, and whom a student without a
//! number stands on.

use super::document::Documents;
use super::row::Row;
use super::{Validator, Wrong};
use crate::limits::GUARDIAN_YEARS_MIN;
use crate::template::field::Member;
use crate::template::{CodeTable, Field, Need, Rule};

/// The members that a row has.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Members {
    /// Whether there is the first and the second.
    pub(super) given: [bool; 2],
}

/// Checks the members of a row.
pub(super) fn check(
    validator: &Validator,
    row: &Row<'_>,
    documents: &Documents,
    wrong: &mut Wrong<'_>,
) -> Members {
    let is_given = |member: Member| {
        [member.name, member.relation, member.phone, member.id]
            .iter()
            .any(|field| !row.text(*field).is_empty())
    };
    let members = Members { given: Member::ALL.map(is_given) };
    let is_wanted = |field| {
        let placed = validator.layout.profile().placed(field);
        placed.is_some_and(|placed| placed.need == Need::Member) && validator.layout.has(field)
    };
    if is_wanted(Field::Guardian1Name) {
        if members.given == [false; 2] {
            wrong.add(Field::Guardian1Name, Rule::GuardianMissing, "");
        }
        for (member, number) in Member::ALL.into_iter().zip(["guardian1", "guardian2"]) {
            if members.given[usize::from(member.name == Field::Guardian2Name)] {
                check_whole(validator, row, number, wrong);
            }
        }
        check_flag(validator, row, members, wrong);
    }
    if validator.layout.profile().is_strict {
        check_needed(validator, row, documents, members, wrong);
    }
    check_age(row, documents, wrong);
    members
}

fn check_whole(validator: &Validator, row: &Row<'_>, number: &str, wrong: &mut Wrong<'_>) {
    let placed = validator.layout.profile().fields.iter();
    for placed in
        placed.filter(|placed| placed.need == Need::Member && placed.field.code().starts_with(number))
    {
        if validator.layout.has(placed.field) && row.text(placed.field).is_empty() {
            wrong.add(placed.field, Rule::GuardianIncomplete, "");
        }
    }
}

/// One of the members is a guardian. Says nothing where it cannot be known.
fn check_flag(validator: &Validator, row: &Row<'_>, members: Members, wrong: &mut Wrong<'_>) {
    let given =
        Member::ALL.into_iter().zip(members.given).filter(|(_, given)| *given).map(|(member, _)| member);
    let mut none = None;
    for member in given {
        if !validator.layout.has(member.flag) {
            return;
        }
        match CodeTable::Flag.find(row.text(member.flag)).map(|flag| flag.code) {
            Some("0") => none = none.or(Some(member.flag)),
            _ => return,
        }
    }
    if let Some(flag) = none {
        wrong.add(flag, Rule::GuardianFlagMissing, row.text(flag));
    }
}

/// Relations of GB/T 4761 on whose number a student without one may stand: parents, else grandparents.
fn is_parental(code: &str) -> bool {
    matches!(code.as_bytes(), [b'5' | b'6', b'0'..=b'9'])
}

fn check_needed(
    validator: &Validator,
    row: &Row<'_>,
    documents: &Documents,
    members: Members,
    wrong: &mut Wrong<'_>,
) {
    let has_number = [Field::IdNumber, Field::Id2Number].iter().any(|field| !row.text(*field).is_empty());
    let column = Member::ALL.into_iter().find(|member| validator.layout.has(member.id));
    let Some(column) = column.filter(|_| !has_number && members.given != [false; 2]) else { return };
    // A number that is missing although the kind says there is one has its own rule.
    if wrong.has(Field::IdNumber) || !validator.layout.has(Field::IdNumber) {
        return;
    }
    if Member::ALL.iter().all(|member| row.text(member.id).is_empty()) {
        wrong.add(column.id, Rule::GuardianIdNeeded, "");
        return;
    }
    let holders =
        || Member::ALL.into_iter().zip(&documents.members).filter(|(_, document)| document.is_some());
    let relation = |member: Member| CodeTable::Relation.find(row.text(member.relation));
    // What is no relation has its own rule.
    let is_other = |member: Member| relation(member).is_some_and(|relation| !is_parental(relation.code));
    if holders().count() > 0 && holders().all(|(member, _)| is_other(member)) {
        let member = holders().next().map_or(Member::ALL[0], |(member, _)| member);
        wrong.add(member.relation, Rule::GuardianIdRelation, row.text(member.relation));
    }
}

fn check_age(row: &Row<'_>, documents: &Documents, wrong: &mut Wrong<'_>) {
    let own = documents.student().and_then(|document| document.birth());
    let Some(child) = own.or_else(|| super::value::date(row)) else { return };
    for (member, document) in Member::ALL.into_iter().zip(&documents.members) {
        let birth =
            document.as_ref().filter(|document| document.is_valid()).and_then(|document| document.birth());
        if birth.is_some_and(|birth| birth.year() + GUARDIAN_YEARS_MIN > child.year()) {
            wrong.add(member.id, Rule::GuardianAge, row.text(member.id));
        }
    }
}
