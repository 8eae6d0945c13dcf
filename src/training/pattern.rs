//! What training knows of a pair, as one number, and how many pairs share it.
//!
//! Two pairs with the same levels, found by the same key families, with values about as rare, teach the same. So
//! pairs are counted and not kept: a million students make millions of candidate pairs and far fewer patterns.

use crate::key::FamilySet;
use crate::matching::{Evidence, Field, Level, Model, Share};

/// The levels of a pair, the families that found it, how rare what it agrees on is, and its label if it has one.
///
/// From the lowest bit: levels by mixed radix (28 bits), label (2), held back (1), rarity (7), families (16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Pattern(u64);

/// What a truth says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// Nothing.
    None,
    /// Two records of one person.
    Same,
    /// Two people.
    Different,
}

const LABEL_AT: u32 = 28;
const HELD_AT: u32 = 30;
const RARITY_AT: u32 = 31;
const FAMILIES_AT: u32 = 38;
/// The bit of a pair that no key found, but a household that only training looks for.
const HOUSEHOLD: u16 = 1 << 15;
/// Rarity is counted in halves of a bit.
const STEPS_PER_BIT: f64 = 2.0;
const STEPS_MAX: f64 = 127.0;

/// So many values of the product of all fields' levels, missing ones counted.
const PATTERNS: u64 = {
    let (mut product, mut at) = (1, 0);
    while at < Field::COUNT {
        product *= Field::ALL[at].levels().len() as u64 + 1;
        at += 1;
    }
    product
};
const _: () = assert!(PATTERNS <= 1 << LABEL_AT, "the levels of a pair fit below its label");
const _: () = assert!(crate::key::Family::ALL.len() <= 15, "a bit for each family");

/// The place of a level among its field's, behind [`Level::Missing`] at 0.
pub(super) fn place(field: Field, level: Level) -> usize {
    field.levels().iter().position(|known| *known == level).map_or(0, |at| at + 1)
}

impl Pattern {
    /// Of a pair that `families` found; without any, of one that a household brought.
    pub(super) fn of(evidence: &Evidence, families: FamilySet, model: &Model) -> Self {
        let mut levels = 0;
        let mut bits = 0.0;
        for field in Field::ALL {
            let at = place(field, evidence.level(field));
            levels = levels * (field.levels().len() as u64 + 1) + at as u64;
            let share = at.checked_sub(1).and_then(|at| model.fields[field as usize].levels[at].share);
            let rarity = &evidence.rarity;
            bits -= match share {
                // One student of all is the same for each pair, and weighed where the table is made.
                None | Some(Share::One) => 0.0,
                Some(Share::Name) => rarity.name.log2(),
                Some(Share::Surname) => rarity.surname.log2(),
                Some(Share::Given) => rarity.given.log2(),
                Some(Share::County) => rarity.county.log2(),
                Some(Share::Place) => rarity.place.log2(),
                Some(Share::School) => rarity.school.log2(),
            };
        }
        let steps = (bits * STEPS_PER_BIT).round().clamp(0.0, STEPS_MAX) as u64;
        let families = if families.is_empty() { HOUSEHOLD } else { families.bits() };
        Pattern(levels | steps << RARITY_AT | u64::from(families) << FAMILIES_AT)
    }

    /// The same with a label; held back, it is measured with and not learnt from.
    pub(super) fn labelled(self, label: Label, is_held_back: bool) -> Self {
        Pattern(self.0 | (label as u64) << LABEL_AT | u64::from(is_held_back) << HELD_AT)
    }

    /// The same without what a truth says.
    pub(super) fn unlabelled(self) -> Self {
        Pattern(self.0 & !(7 << LABEL_AT))
    }

    /// The place of each field's level, as of [`place`].
    pub(super) fn places(self) -> [u8; Field::COUNT] {
        let mut levels = self.0 & ((1 << LABEL_AT) - 1);
        let mut places = [0; Field::COUNT];
        for (at, field) in Field::ALL.iter().enumerate().rev() {
            let radix = field.levels().len() as u64 + 1;
            places[at] = (levels % radix) as u8;
            levels /= radix;
        }
        places
    }

    pub(super) fn label(self) -> Label {
        match self.0 >> LABEL_AT & 3 {
            0 => Label::None,
            1 => Label::Same,
            _ => Label::Different,
        }
    }

    pub(super) fn is_held_back(self) -> bool {
        self.0 >> HELD_AT & 1 != 0
    }

    /// The product of the shares that its levels are weighed with.
    pub(super) fn share(self) -> f64 {
        (-((self.0 >> RARITY_AT & 127) as f64) / STEPS_PER_BIT).exp2()
    }

    /// The families that found it; none for one that a household brought.
    pub(super) fn families(self) -> FamilySet {
        FamilySet::of_bits((self.0 >> FAMILIES_AT) as u16 & !HOUSEHOLD)
    }
}

/// Patterns and how many pairs have each.
#[derive(Debug, Default)]
pub(super) struct PatternCounts {
    /// Sorted, each once.
    counted: Vec<(Pattern, u64)>,
    pending: Vec<Pattern>,
}

impl PatternCounts {
    const PENDING_MAX: usize = 1 << 16;

    /// Counts a pair.
    pub(super) fn add(&mut self, pattern: Pattern) {
        self.pending.push(pattern);
        if self.pending.len() == Self::PENDING_MAX {
            self.count_pending();
        }
    }

    fn count_pending(&mut self) {
        self.pending.sort_unstable();
        let counts = self.pending.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64));
        let mut counts: Vec<(Pattern, u64)> = counts.collect();
        self.pending.clear();
        self.counted.append(&mut counts);
        self.counted = merged(std::mem::take(&mut self.counted));
    }

    /// All counts, sorted by pattern.
    pub(super) fn finish(mut self) -> Vec<(Pattern, u64)> {
        self.count_pending();
        self.counted
    }

    /// The counts of several, sorted by pattern.
    pub(super) fn merge(parts: Vec<PatternCounts>) -> Vec<(Pattern, u64)> {
        merged(parts.into_iter().flat_map(PatternCounts::finish).collect())
    }
}

fn merged(mut counts: Vec<(Pattern, u64)>) -> Vec<(Pattern, u64)> {
    counts.sort_unstable();
    counts.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            kept.1 += next.1;
        }
        is_same
    });
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Identity;
    use crate::key::{Family, KeyList};
    use crate::matching::Frequencies;
    use crate::student::{GivenDocument, Student};

    #[test]
    fn a_pattern_holds_what_was_put_in() {
        let read = |name, region| {
            let documents = vec![GivenDocument { kind: "1", number: "440524201001010018" }];
            let student = Student { documents, name, birthdate: "20100101", region, ..Student::default() };
            Identity::of(&student, &mut Vec::new())
        };
        let (a, b) = (read("周洋明", "110105"), read("周洋名", "110105"));
        let frequencies = Frequencies::of_size(1_000_000);
        let evidence = Evidence::of(&a, &b, &frequencies);
        let families = KeyList::of(&a).shared(&KeyList::of(&b));
        let pattern = Pattern::of(&evidence, families, &Model::default()).labelled(Label::Same, true);
        for (field, at) in Field::ALL.into_iter().zip(pattern.places()) {
            assert_eq!(usize::from(at), place(field, evidence.level(field)), "{}", field.code());
        }
        assert!(pattern.families().contains(Family::Document));
        assert_eq!((pattern.label(), pattern.is_held_back()), (Label::Same, true));
        let share = evidence.rarity.name * evidence.rarity.place;
        assert!((pattern.share() / share).log2().abs() <= 0.26, "{} {share}", pattern.share());
        assert_eq!(pattern.families(), families);
    }

    #[test]
    fn patterns_are_counted_once_each() {
        let mut parts = vec![PatternCounts::default(), PatternCounts::default()];
        for at in 0..200_000u64 {
            parts[(at % 2) as usize].add(Pattern(at % 7));
        }
        let counts = PatternCounts::merge(parts);
        assert_eq!(counts.len(), 7);
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 200_000);
    }
}
