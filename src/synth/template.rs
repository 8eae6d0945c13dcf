//! The made-up nation under the headings of the national template, filled in as schools do it: what the spreadsheet's own
//! check would send back is put right or left out. A number that fails it is blanked and its kind set to Z, with a
//! guardian's number given; names lose signs that cannot be typed. `renji validate` finds nothing in it but notes.
//!
//! A second registration stands in another school: within one school the check finds the number that stands twice. The
//! truth is that of the same rows in plain columns; what is said there of an error may have been put right here.

use std::fmt::Write as _;

use compact_str::{CompactString, format_compact};

use super::family::{Child, Family, phone};
use super::minority::People;
use super::number;
use super::rng::Rng;
use super::row::{Note, Record, Row, Standing, Truth, push_cell, push_id};
use super::{Nation, chunk};
use crate::identity::date::Date;
use crate::identity::document::{Document, DocumentFlags, StatedKind};
use crate::identity::sex::Sex;
use crate::language::Language;
use crate::template::{Field, Placed, Profile};

/// The column of the record's id, behind those of the template, so that the truth can be found again.
const RECORD_ID: Field = Field::RecordId;
/// The year in whose autumn the children are at school.
const YEAR: u16 = 2026;
/// Signs that stand for a character, and those that stand for U+00B7.
const WILDCARDS: &str = "?？□*";
const POINTS: &str = "•‧・∙⋅●．.";

/// The header of the file.
pub(super) fn header() -> String {
    let names = Profile::NATIONAL_2.fields.iter().map(|placed: &Placed| placed.heading);
    let mut line = names.collect::<Vec<_>>().join(",");
    let _ = writeln!(line, ",{}", RECORD_ID.name(Language::Zh));
    line
}

/// What a school has entered of one student.
struct Entry<'r> {
    record: Record,
    person: &'r Child,
    family: &'r Family,
    /// For each member of the family in the record, which of the family it is.
    members: [usize; 2],
    school: CompactString,
    start: u16,
    /// Postcodes, flags and other things that tell nothing.
    rng: Rng,
    index: u64,
}

impl Nation {
    /// Appends the row of the file.
    pub(super) fn push_template(&self, row: &Row, index: u64, out: &mut Vec<u8>) {
        let family = self.family(row.entity / chunk::CHILDREN_MAX as u64, false);
        let child = (row.entity % chunk::CHILDREN_MAX as u64) as usize;
        let mut entry = self.entry(row, &family, child, index);
        let begin = out.len();
        for placed in Profile::NATIONAL_2.fields {
            let text = entry.value(placed.field, self);
            push_cell(&text, out);
        }
        out.push(b',');
        push_id(b'r', index, out);
        out.push(b'\n');
        // Cells bring a comma each in front of them; the first has none.
        out.remove(begin);
    }

    fn entry<'r>(&self, row: &Row, family: &'r Family, child: usize, index: u64) -> Entry<'r> {
        let person = &family.children[child];
        let mut record = row.record.clone();
        record.name = repaired_name(&record.name, &person.name);
        let mut rng = Rng::stream(self.seed, TEMPLATE, family.index);
        if record.phone.is_empty() {
            record.phone = phone(0.0, &mut rng);
        }
        let members = [0, 1].map(|at| member_of(&record, family, at));
        for (at, known) in members.into_iter().enumerate() {
            // One number under two names: the school asks, and leaves the number out until it knows.
            if record.guardians[at].0 != family.guardians[known].0 {
                record.guardians[at].1.clear();
            }
        }
        settle_number(&mut record);
        if record.id_type == "Z" && record.guardians.iter().all(|(_, number)| number.is_empty()) {
            let known = members[0];
            let number = match &family.guardians[known].1 {
                number if !number.is_empty() => number.clone(),
                _ if person.note == Note::Foreign || person.note == Note::HongKong => {
                    number::passport(&mut rng)
                }
                _ => self.parent_number(family, known == family.father),
            };
            record.guardians[0] = (family.guardians[known].0.clone(), number);
        }
        let is_elsewhere = matches!(row.truth, Truth::Again(_) | Truth::First(Standing::Conflict, _));
        let school =
            if is_elsewhere { elsewhere(&record.school_code, index) } else { record.school_code.clone() };
        let start = record.enrolled.get(..4).and_then(|year| year.parse().ok()).unwrap_or(YEAR);
        Entry { record, person, family, members, school, start, rng, index }
    }
}

/// A name without signs that stand for characters: those of the child's own name instead.
fn repaired_name(written: &str, own: &str) -> CompactString {
    let is_han = |c: char| ('\u{3400}'..='\u{9FFF}').contains(&c);
    let has_letters = written.chars().any(|c| c.is_ascii_alphabetic()) && written.chars().any(is_han);
    if has_letters || written.contains(|c| WILDCARDS.contains(c)) {
        return own.into();
    }
    if written.chars().any(is_han) {
        return written.chars().map(|c| if POINTS.contains(c) { '·' } else { c }).collect();
    }
    written.into()
}

/// Which of the family a member in a record is: by number, else by name, else by place.
fn member_of(record: &Record, family: &Family, at: usize) -> usize {
    let (name, number) = &record.guardians[at];
    let by_number = |(_, known): &(CompactString, CompactString)| !known.is_empty() && known == number;
    let by_name = |(known, _): &(CompactString, CompactString)| known == name;
    let members = &family.guardians;
    members.iter().position(by_number).or_else(|| members.iter().position(by_name)).unwrap_or(at)
}

/// Leaves the student's number in the form that a spreadsheet's check takes, or blanks it.
fn settle_number(record: &mut Record) {
    let birth = Date::parse(&record.birthdate).ok();
    let bad = DocumentFlags::UNUSABLE
        | DocumentFlags::MALFORMED
        | DocumentFlags::CHECK_FAILED
        | DocumentFlags::DATE_IMPOSSIBLE
        | DocumentFlags::REGION_UNKNOWN
        | DocumentFlags::UPGRADED;
    let sex = Sex::parse(record.sex).ok().flatten();
    let fits = |document: &Document| {
        let agrees = !document.is_valid()
            || document.birth().is_none_or(|own| Some(own) == birth)
                && (record.id_type == "9" || document.sex().is_none_or(|own| Some(own) == sex));
        agrees && !document.flags.intersects(bad)
    };
    let document = Document::parse(StatedKind::parse(record.id_type), &record.id_number, birth);
    match document.ok().filter(fits) {
        Some(document) => record.id_number = document.number.as_str().into(),
        None => {
            record.id_type = "Z";
            record.id_number.clear();
        }
    }
}

/// Another school of the same province and class.
fn elsewhere(school: &str, index: u64) -> CompactString {
    let serial = index % 1_000_000;
    let other = format_compact!("{}{serial:06}", &school[..4]);
    if other == school { format_compact!("{}{:06}", &school[..4], (serial + 1) % 1_000_000) } else { other }
}

impl Entry<'_> {
    /// Whether the school is one of compulsory education.
    fn is_compulsory(&self) -> bool {
        !self.school.starts_with("34")
    }

    /// The grade in autumn, from 1, counted within senior school.
    fn grade(&self) -> u16 {
        let years = YEAR.saturating_sub(self.start) + 1;
        match &self.school[..2] {
            "31" => 6 + years.min(3),
            "34" => years.min(3),
            _ => years.min(6),
        }
    }

    fn flag(&mut self, part: f64) -> CompactString {
        if self.rng.chance(part) { "1".into() } else { "0".into() }
    }

    /// From where outside the mainland the child is, if it is: the template's code and the country's.
    fn outside(&self) -> Option<(&'static str, &'static str)> {
        let codes = [Some(&self.person.document), self.person.other.as_ref()];
        let from = |code: &str, number: &str| match (code, number.get(..2)) {
            ("6", _) | ("C", Some("81")) => Some(("01", "HKG")),
            ("7", _) | ("C", Some("82")) => Some(("03", "MAC")),
            ("8", _) | ("C", Some("83")) => Some(("05", "TWN")),
            _ => None,
        };
        match self.person.note {
            Note::HongKong => codes.into_iter().flatten().find_map(|(code, number)| from(code, number)),
            Note::Foreign => {
                let countries = super::family::COUNTRIES;
                Some(("51", countries[self.family.index as usize % countries.len()]))
            }
            _ => None,
        }
    }

    fn value(&mut self, field: Field, nation: &Nation) -> CompactString {
        use Field::*;
        let region = |code: u32| format_compact!("{code:06}000000");
        match field {
            SchoolCode => self.school.clone(),
            Name => self.record.name.clone(),
            Sex => if self.record.sex == "男" { "1" } else { "2" }.into(),
            Birthdate => self.record.birthdate.clone(),
            BirthPlace => match self.person.document.0 {
                "1" => format_compact!("{}000000", &self.person.document.1[..6]),
                _ => region(self.record.region),
            },
            NativePlace => nation.places.slot(self.family.home).0.full.as_str().into(),
            Ethnicity | Guardian1Ethnicity => match self.family.people {
                People::Han => "01",
                People::Mongolian => "02",
                People::Tibetan => "04",
                People::Uyghur => "05",
                People::Latin => "97",
            }
            .into(),
            Nationality => self.outside().map_or("CHN", |(_, country)| country).into(),
            IdType => self.record.id_type.into(),
            IdNumber => self.record.id_number.clone(),
            Abroad => self.outside().map_or("00", |(code, _)| code).into(),
            Politics => "13".into(),
            Health => "10".into(),
            FormerName => self.record.former_name.clone(),
            Region => region(self.record.region),
            HouseholdKind => if self.family.index.is_multiple_of(3) { "2" } else { "1" }.into(),
            AuxNumber if self.is_compulsory() => CompactString::default(),
            AuxNumber => format_compact!("{}{}{:09}", &self.school[2..4], self.start, self.index),
            ClassPlace => format_compact!("{}", 1 + self.index % 45),
            Grade => match (self.is_compulsory(), self.grade()) {
                (true, grade) => format_compact!("{}年级", digit(grade)),
                (false, grade) => format_compact!("高{}", digit(grade)),
            },
            ClassNumber => format_compact!("{}{}{:02}", self.start, self.grade(), 1 + self.index % 12),
            Enrolled => self.record.enrolled.clone(),
            EntryMode => if self.is_compulsory() { "11" } else { "21" }.into(),
            Boarding => if self.rng.chance(0.2) { "2" } else { "1" }.into(),
            Address | MailAddress | HomeAddress | Guardian1Address => self.record.address.clone(),
            Phone | Guardian1Phone => self.record.phone.clone(),
            Postcode => format_compact!("{:02}{:04}", self.record.region / 10_000, self.rng.below(10_000)),
            OnlyChild => if self.family.children.len() == 1 { "1" } else { "0" }.into(),
            Preschool => self.flag(0.9),
            LeftBehind | Orphan | MartyrChild => "0".into(),
            MigrantChild => self.flag(0.1),
            Guardian1Name | Guardian2Name | Guardian1Relation | Guardian2Relation | Guardian1Flag
            | Guardian2Flag | Guardian1Region | Guardian2Region | Guardian2Address | Guardian2Phone
            | Guardian1IdType | Guardian2IdType | Guardian1Id | Guardian2Id => self.member(field),
            _ => CompactString::default(),
        }
    }

    /// A field of a member of the family; empty where there is none.
    fn member(&mut self, field: Field) -> CompactString {
        use Field::*;
        let at = usize::from(field.code().starts_with("guardian2"));
        let (name, number) = &self.record.guardians[at];
        if name.is_empty() {
            return CompactString::default();
        }
        match field {
            Guardian1Name | Guardian2Name => name.clone(),
            Guardian1Relation | Guardian2Relation => {
                if self.members[at] == self.family.father { "51" } else { "52" }.into()
            }
            Guardian1Flag | Guardian2Flag => "1".into(),
            Guardian1Region | Guardian2Region => format_compact!("{:06}000000", self.record.region),
            Guardian2Address => self.record.address.clone(),
            Guardian2Phone => {
                phone(0.0, &mut Rng::stream(u64::from(self.record.region), TEMPLATE, self.family.index))
            }
            Guardian1IdType | Guardian2IdType => match number.len() {
                0 => "",
                18 => "1",
                _ => "A",
            }
            .into(),
            _ => number.clone(),
        }
    }
}

fn digit(number: u16) -> char {
    "一二三四五六七八九".chars().nth(usize::from(number.max(1)) - 1).unwrap_or('九')
}

const TEMPLATE: u64 = 0x50;
