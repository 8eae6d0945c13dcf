//! Students taken at random, all with all: what strangers look like, and what a file has to tell of families.
//!
//! Nearly every pair of students taken at random is one of strangers. What they agree on is chance, which no
//! candidate pair shows: those were found because they agree.

use rayon::prelude::*;

use super::pattern::{Pattern, PatternCounts};
use crate::dedupe::{Records, RowId};
use crate::hash::hash_bytes;
use crate::identity::Identity;
use crate::key::{Family, FamilySet};
use crate::limits::HOUSEHOLD_MAX;
use crate::matching::{Evidence, Frequencies, Model, Share};

/// How many students are taken: a million pairs of them.
const STUDENTS: usize = 1_450;

/// What a sample shows.
pub(super) struct Sample {
    /// Its pairs.
    pub(super) pairs: Vec<(Pattern, u64)>,
    shares: [f64; 6],
    /// The share of students with a guardian's document, by which siblings of different age are found.
    pub(super) with_guardian: f64,
    /// The share of students with an address.
    pub(super) with_address: f64,
    /// Years between the births of the tenth and the ninetieth of a hundred students.
    pub(super) birth_years: u16,
}

impl Sample {
    /// Takes the students whose ids have the smallest hashes, so that the order of the file does not matter.
    pub(super) fn take(records: &Records, frequencies: &Frequencies, model: &Model, seed: u64) -> Self {
        let mut hashes: Vec<(u64, RowId)> = records
            .rows()
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|row| (hash_bytes(seed, records.id(row).as_bytes()), row))
            .collect();
        if hashes.len() > STUDENTS {
            hashes.select_nth_unstable(STUDENTS);
            hashes.truncate(STUDENTS);
        }
        hashes.sort_unstable();
        let students: Vec<Identity> = hashes.iter().map(|(_, row)| records.identity(*row)).collect();
        let parts: Vec<PatternCounts> = (0..students.len())
            .into_par_iter()
            .fold_chunks(64, PatternCounts::default, |mut counts, at| {
                for other in &students[at + 1..] {
                    let evidence = Evidence::of(&students[at], other, frequencies);
                    counts.add(Pattern::of(&evidence, all_families(), model));
                }
                counts
            })
            .collect();
        let share_of = |holds: fn(&Identity) -> bool| {
            students.iter().filter(|student| holds(student)).count() as f64 / students.len().max(1) as f64
        };
        Sample {
            pairs: PatternCounts::merge(parts),
            shares: mean_shares(&students, frequencies),
            with_guardian: share_of(|student| student.guardian_documents().next().is_some()),
            with_address: share_of(|student| student.address.is_some()),
            birth_years: birth_years(&students),
        }
    }

    /// What a level's probability among strangers is multiplied by on average, in a population of `1 / one`.
    pub(super) fn mean_share(&self, share: Option<Share>, one: f64) -> f64 {
        match share {
            None => 1.0,
            Some(Share::One) => one,
            Some(Share::Name) => self.shares[0],
            Some(Share::Surname) => self.shares[1],
            Some(Share::Given) => self.shares[2],
            Some(Share::County) => self.shares[3],
            Some(Share::Place) => self.shares[4],
            Some(Share::School) => self.shares[5],
        }
    }
}

/// A pair taken at random was found without any field: by this, each of them is free.
fn all_families() -> FamilySet {
    let mut families = FamilySet::default();
    Family::ALL.into_iter().for_each(|family| families.insert(family));
    families
}

/// Name, surname, given name, county, place, school: of the students who have one.
fn mean_shares(students: &[Identity], frequencies: &Frequencies) -> [f64; 6] {
    let (mut sums, mut counts) = ([0.0; 6], [0_u32; 6]);
    for student in students {
        let own = frequencies.of_own_values(student);
        let has = [student.name.is_some(); 3].into_iter().chain([student.place.is_some(); 2]);
        let has = has.chain([student.school.is_some()]);
        let shares = [own.name, own.surname, own.given, own.county, own.place, own.school];
        for (at, (share, _)) in shares.into_iter().zip(has).enumerate().filter(|(_, (_, has))| *has) {
            sums[at] += share;
            counts[at] += 1;
        }
    }
    std::array::from_fn(|at| if counts[at] > 0 { sums[at] / f64::from(counts[at]) } else { 1.0 })
}

fn birth_years(students: &[Identity]) -> u16 {
    let births = students.iter().filter_map(Identity::birth_or_documents);
    let mut years: Vec<u16> = births.map(|birth| birth.year()).collect();
    years.sort_unstable();
    match years.len() {
        0 => 0,
        count => years[count * 9 / 10] - years[count / 10],
    }
}

/// Pairs of students at one address whom no key brings together: where a file names neither guardians nor
/// phones, the only trace of siblings. `is_found` tells which pairs keys have found.
pub(super) fn at_one_address(
    records: &Records,
    frequencies: &Frequencies,
    model: &Model,
    is_found: impl Fn(&Identity, &Identity) -> bool + Sync,
) -> Vec<(Pattern, u64)> {
    let rows: Vec<RowId> = records.rows().collect();
    let address = |row: &RowId| records.identity(*row).address.map(|address| (address.hash(), *row));
    let mut addresses: Vec<(u64, RowId)> = rows.par_iter().filter_map(address).collect();
    addresses.par_sort_unstable();
    let homes: Vec<&[(u64, RowId)]> = addresses
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|home| (2..=HOUSEHOLD_MAX as usize).contains(&home.len()))
        .collect();
    let parts: Vec<PatternCounts> = homes
        .into_par_iter()
        .fold_chunks(256, PatternCounts::default, |mut counts, home| {
            let students: Vec<Identity> = home.iter().map(|(_, row)| records.identity(*row)).collect();
            for (at, one) in students.iter().enumerate() {
                for other in students[at + 1..].iter().filter(|other| !is_found(one, other)) {
                    let evidence = Evidence::of(one, other, frequencies);
                    counts.add(Pattern::of(&evidence, FamilySet::default(), model));
                }
            }
            counts
        })
        .collect();
    PatternCounts::merge(parts)
}
