//! Rows against each other, in their order: numbers that stand twice, guardians under two names or with too many
//! students, phones of too many. Whole values are compared, never hashes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use compact_str::{CompactString, format_compact};
use smallvec::SmallVec;

use super::document::Documents;
use super::family::Members;
use super::row::Row;
use super::{Finding, Validator};
use crate::identity::Identity;
use crate::identity::contact::Phone;
use crate::identity::document::DocumentNumber;
use crate::identity::name::Name;
use crate::limits::{GUARDIAN_STUDENTS_MAX, PHONE_STUDENTS_MAX};
use crate::template::field::Member;
use crate::template::{Field, Rule};

/// What a row may have in common with others.
#[derive(Debug, Clone, Default)]
pub struct RowKeys {
    row: u32,
    number: Option<(Field, DocumentNumber)>,
    school: CompactString,
    /// Who the student is, as far as counting students goes.
    student: CompactString,
    /// The member, the number, the name in canonical form.
    guardians: SmallVec<[(usize, DocumentNumber, CompactString); 2]>,
    phones: SmallVec<[(Field, Phone); 3]>,
}

impl RowKeys {
    /// A row that cannot be read has nothing in common with others.
    pub(super) fn of_row(row: u32) -> RowKeys {
        RowKeys { row, ..RowKeys::default() }
    }

    pub(super) fn row(&self) -> u32 {
        self.row
    }

    pub(super) fn school(&self) -> &str {
        &self.school
    }
}

impl Validator {
    /// What a row may have in common with others.
    pub(super) fn keys(
        &self,
        row: u32,
        cells: &Row<'_>,
        identity: &Identity,
        documents: &Documents,
        members: &Members,
    ) -> RowKeys {
        let fields = [Field::IdNumber, Field::Id2Number];
        let usable =
            documents.own.iter().zip(fields).filter_map(|(own, field)| Some((field, own.as_ref()?.number)));
        let number = usable.into_iter().next();
        let student = match &number {
            Some((_, number)) => CompactString::from(number.as_str()),
            None => {
                let name = identity.name.as_ref().map_or("", Name::canonical);
                format_compact!("{name} {}", cells.text(Field::Birthdate))
            }
        };
        let mut phones: SmallVec<[(Field, Phone); 3]> = SmallVec::new();
        for field in [Field::Phone, Field::Guardian1Phone, Field::Guardian2Phone] {
            if let Some(phone) = Phone::parse(cells.text(field))
                && phones.iter().all(|(_, known)| *known != phone)
            {
                phones.push((field, phone));
            }
        }
        let mut guardians = SmallVec::new();
        for (at, document) in documents.members.iter().enumerate().filter(|(at, _)| members.given[*at]) {
            if let Some(document) = document {
                let name = Name::parse(cells.text(Member::ALL[at].name));
                let name =
                    name.map_or_else(CompactString::default, |name| CompactString::from(name.canonical()));
                guardians.push((at, document.number, name));
            }
        }
        let school = self.options.school.as_deref().unwrap_or_else(|| cells.text(Field::SchoolCode));
        RowKeys { row, number, school: school.into(), student, guardians, phones }
    }
}

/// A number or phone and the different students of it, up to one more than are plausible.
#[derive(Debug, Default)]
struct Holder {
    students: SmallVec<[u32; 4]>,
}

impl Holder {
    /// Takes a student; whether there are more now than is plausible, counting this one.
    fn take(&mut self, student: u32, max: usize) -> bool {
        if self.students.contains(&student) {
            return false;
        }
        if self.students.len() >= max {
            return true;
        }
        self.students.push(student);
        false
    }
}

/// What the rows so far have.
#[derive(Debug, Default)]
pub(super) struct AcrossRows {
    schools: HashMap<CompactString, u32>,
    students: HashMap<CompactString, u32>,
    /// The first row of a number, and of a number within a school.
    numbers: HashMap<DocumentNumber, u32>,
    within: HashMap<(DocumentNumber, u32), u32>,
    guardians: HashMap<DocumentNumber, (CompactString, u32, Holder)>,
    phones: HashMap<Phone, Holder>,
}

impl AcrossRows {
    /// Takes the next row; appends what it contradicts or repeats.
    pub(super) fn add(&mut self, keys: &RowKeys, validator: &Validator, findings: &mut Vec<Finding>) {
        let mut add = |field: Field, rule, found: &str, other_row| {
            findings.push(Finding {
                row: keys.row,
                cell: validator.layout.cells(field).first().copied(),
                field: Some(field),
                rule,
                found: field.masked(found).into(),
                other_row,
            });
        };
        if let Some((field, number)) = keys.number {
            let school = id(&mut self.schools, &keys.school);
            let first = *self.numbers.entry(number).or_insert(keys.row);
            match self.within.entry((number, school)) {
                Entry::Occupied(known) => add(field, Rule::NumberTwice, number.as_str(), Some(*known.get())),
                Entry::Vacant(free) => {
                    free.insert(keys.row);
                    if first != keys.row {
                        add(field, Rule::NumberElsewhere, number.as_str(), Some(first));
                    }
                }
            }
        }
        if keys.guardians.is_empty() && keys.phones.is_empty() {
            return;
        }
        let student = id(&mut self.students, &keys.student);
        for (at, number, name) in &keys.guardians {
            let member = Member::ALL[*at];
            let known = self.guardians.entry(*number);
            let (first, row, holder) = known.or_insert_with(|| (name.clone(), keys.row, Holder::default()));
            if !first.is_empty() && !name.is_empty() && first != name {
                add(member.name, Rule::GuardianTwoNames, name, Some(*row));
            }
            if holder.take(student, GUARDIAN_STUDENTS_MAX) {
                add(member.id, Rule::GuardianMany, number.as_str(), Some(*row));
            }
        }
        for (field, phone) in &keys.phones {
            if self.phones.entry(*phone).or_default().take(student, PHONE_STUDENTS_MAX) {
                add(*field, Rule::PhoneMany, &phone.get().to_string(), None);
            }
        }
    }
}

fn id(ids: &mut HashMap<CompactString, u32>, text: &CompactString) -> u32 {
    let next = ids.len() as u32;
    match ids.get(text) {
        Some(id) => *id,
        None => *ids.entry(text.clone()).or_insert(next),
    }
}
