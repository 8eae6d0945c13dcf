//! The truth: which records are one child, and what is known of how they differ.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use compact_str::CompactString;

use super::EvaluateError;
use crate::source::{EncodingChoice, Table};

/// Column names under which a truth may name a child's family.
const FAMILY_COLUMNS: [&str; 4] = ["family_id", "family", "household_id", "household"];

/// What the truth says of one record. Numbers stand for names, in order of appearance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Member {
    /// Which record it is.
    pub(super) number: u32,
    pub(super) entity: u32,
    kind: Option<u32>,
    family: Option<u32>,
}

/// How two different children are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Twins,
    Siblings,
    Others,
}

/// The truth about a file of records.
///
/// A record without an entity is a child of its own. Of a record that stands there twice the first line
/// counts.
#[derive(Debug, Default)]
pub struct Truth {
    members: HashMap<CompactString, Member>,
    kinds: Names,
    /// For each entity, how many records of each kind.
    entities: Vec<Vec<(Option<u32>, u64)>>,
}

/// Names and their numbers.
#[derive(Debug, Default)]
struct Names {
    numbers: HashMap<CompactString, u32>,
    names: Vec<CompactString>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = u32::try_from(self.names.len()).expect("fewer than 2^32 rows, so fewer names");
        self.numbers.insert(name.into(), number);
        self.names.push(name.into());
        number
    }
}

impl Truth {
    /// Reads a truth file: the columns named `entity` and `record`, and, where it has them, `kind` (what
    /// kind of record it is) and `family_id` (or `family`, `household_id`, `household`).
    ///
    /// # Errors
    ///
    /// [`EvaluateError::Source`] if the file cannot be read or lacks a column.
    pub fn read(path: &Path, entity: &str, record: &str) -> Result<Truth, EvaluateError> {
        let table = Table::open(path, EncodingChoice::Auto)?;
        let (entity, record) = (table.require(entity)?, table.require(record)?);
        let kind = table.find("kind");
        let family = FAMILY_COLUMNS.iter().find_map(|name| table.find(name));
        let mut truth = Truth::default();
        let mut entities = Names::default();
        let mut families = Names::default();
        table.for_each_row(|row, cells| {
            let given =
                |index: Option<usize>| index.map(|index| cells[index].trim()).filter(|text| !text.is_empty());
            let number = match given(Some(entity)) {
                Some(name) => entities.number(name),
                // No two rows share a row number, and no name of the file starts with NUL.
                None => entities.number(&format!("\0{row}")),
            };
            let member = Member {
                number: truth.members.len() as u32,
                entity: number,
                kind: given(kind).map(|name| truth.kinds.number(name)),
                family: given(family).map(|name| families.number(name)),
            };
            truth.add(cells[record].trim(), member);
        })?;
        Ok(truth)
    }

    fn add(&mut self, record: &str, member: Member) {
        if self.members.contains_key(record) {
            return;
        }
        self.members.insert(record.into(), member);
        let entity = member.entity as usize;
        if self.entities.len() <= entity {
            self.entities.resize_with(entity + 1, Vec::new);
        }
        let kinds = &mut self.entities[entity];
        match kinds.iter_mut().find(|(kind, _)| *kind == member.kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((member.kind, 1)),
        }
    }

    /// How many records there are.
    pub fn records(&self) -> u64 {
        self.members.len() as u64
    }

    /// How many entities there are.
    pub fn entities(&self) -> u64 {
        self.entities.iter().filter(|kinds| !kinds.is_empty()).count() as u64
    }

    /// How many pairs of records are of one entity.
    pub fn pairs(&self) -> u64 {
        self.entity_sizes().map(|size| size * size.saturating_sub(1) / 2).sum()
    }

    /// How many records each entity has, by its number; none for one whose only line repeats a record.
    pub(super) fn entity_sizes(&self) -> impl Iterator<Item = u64> {
        (0..self.entities.len() as u32).map(|entity| self.entity_size(entity))
    }

    /// How many records an entity has.
    pub(super) fn entity_size(&self, entity: u32) -> u64 {
        self.entities.get(entity as usize).map_or(0, |kinds| kinds.iter().map(|(_, count)| count).sum())
    }

    /// The same by the marks of the two records; empty if the truth has no kinds. A pair with several
    /// marks counts under each of them.
    pub(super) fn pairs_by_kind(&self) -> BTreeMap<String, u64> {
        let mut named: BTreeMap<String, u64> = BTreeMap::new();
        let mut add = |a: u32, b: u32, count: u64| {
            for mark in self.marks(a, b) {
                match named.get_mut(mark) {
                    Some(counted) => *counted += count,
                    None => drop(named.insert(mark.to_owned(), count)),
                }
            }
        };
        for kinds in &self.entities {
            for (index, &(a, count)) in kinds.iter().enumerate() {
                let Some(a) = a else { continue };
                if count > 1 {
                    add(a, a, count * (count - 1) / 2);
                }
                for &(b, other) in &kinds[index + 1..] {
                    let Some(b) = b else { continue };
                    add(a, b, count * other);
                }
            }
        }
        named
    }

    /// Which entity a record is of, as a number of its own; none for a record the truth does not know.
    pub fn entity(&self, record: &str) -> Option<u64> {
        self.member(record).map(|member| u64::from(member.entity))
    }

    pub(super) fn member(&self, record: &str) -> Option<Member> {
        self.members.get(record).copied()
    }

    /// The marks of a pair: what the kinds of its records say was done to them, each once (`dup:moved` and
    /// `dup:id_typo+moved` have the marks `moved` and `id_typo`); `base` where nothing was.
    pub(super) fn marks_of(&self, a: Member, b: Member) -> BTreeSet<&str> {
        match (a.kind, b.kind) {
            (Some(a), Some(b)) => self.marks(a, b),
            _ => BTreeSet::new(),
        }
    }

    fn marks(&self, a: u32, b: u32) -> BTreeSet<&str> {
        let kinds = [a, b].map(|kind| self.kinds.names[kind as usize].as_str());
        let parts =
            kinds.into_iter().flat_map(|kind| kind.split(['+', ':', ' '])).filter(|part| !part.is_empty());
        let mut marks: BTreeSet<&str> = parts.filter(|part| !matches!(*part, "dup" | "base")).collect();
        if marks.is_empty() {
            marks.insert("base");
        }
        marks
    }

    /// Twins or siblings by family and kind; by kind alone if the truth names no families.
    pub(super) fn relation(&self, a: Member, b: Member) -> Relation {
        let is = |member: Member, word: &str| {
            member.kind.is_some_and(|kind| self.kinds.names[kind as usize].contains(word))
        };
        let one_family = match (a.family, b.family) {
            (Some(a), Some(b)) => Some(a == b),
            _ => None,
        };
        match one_family {
            Some(false) => Relation::Others,
            _ if is(a, "twin") || is(b, "twin") => Relation::Twins,
            Some(true) => Relation::Siblings,
            None if is(a, "sibling") || is(b, "sibling") => Relation::Siblings,
            None => Relation::Others,
        }
    }
}
