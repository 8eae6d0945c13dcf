//! The input read again, for the records that could be missed: those of entities with two or more.
//!
//! Twice, so that memory is in proportion to them and not to the input: once to keep their profiles, and once to
//! count how common the values are that they hold, as the run that is evaluated did.

use std::collections::BTreeSet;

use super::error::EvaluateError;
use super::truth::Truth;
use crate::identity::{Identity, profile};
use crate::matching::{Frequencies, FrequencyCounter};
use crate::source::Source;
use crate::student::Student;

/// A record that was kept: whose it is, and where its profile lies.
#[derive(Debug, Clone, Copy)]
struct Kept {
    entity: u32,
    number: u32,
    from: usize,
    to: usize,
}

/// Profiles of the records of one piece of the input, or of all.
#[derive(Debug, Default)]
struct Profiles {
    kept: Vec<Kept>,
    bytes: Vec<u8>,
}

impl Profiles {
    fn append(&mut self, other: Profiles) {
        let shift = self.bytes.len();
        let moved = |kept: Kept| Kept { from: kept.from + shift, to: kept.to + shift, ..kept };
        self.kept.extend(other.kept.into_iter().map(moved));
        self.bytes.extend(other.bytes);
    }

    fn identity(&self, kept: &Kept) -> Identity {
        profile::decode(&self.bytes[kept.from..kept.to]).expect("a profile that this run wrote")
    }
}

/// The records of entities with two or more, and how common values are in the population.
pub(super) struct Reread {
    profiles: Profiles,
    pub(super) frequencies: Frequencies,
}

impl Reread {
    /// Reads the input; `progress` is told of bytes and rows, of each file twice.
    pub(super) fn of_sources(
        truth: &Truth,
        sources: &[Source],
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Reread, EvaluateError> {
        let mut profiles = Profiles::default();
        for source in sources {
            source.try_for_each_chunk(
                Profiles::default,
                |piece: &mut Profiles, student, _| keep(truth, student, piece),
                |chunk| {
                    progress(chunk.bytes, u64::from(chunk.students));
                    profiles.append(chunk.value);
                    Ok::<(), EvaluateError>(())
                },
            )?;
        }
        profiles.kept.sort_by_key(|kept| (kept.entity, kept.number));
        // Of a record that is there twice the first row counts, as in the truth.
        profiles.kept.dedup_by_key(|kept| kept.number);
        let frequencies = count(&profiles, sources, progress)?;
        Ok(Reread { profiles, frequencies })
    }

    /// How many records were kept.
    pub(super) fn records(&self) -> u64 {
        self.profiles.kept.len() as u64
    }

    /// The records of each entity, with their numbers in the truth, in ascending order.
    pub(super) fn entities(&self) -> impl Iterator<Item = Vec<(u32, Identity)>> {
        let entities = self.profiles.kept.chunk_by(|a, b| a.entity == b.entity);
        entities.map(|kept| kept.iter().map(|kept| (kept.number, self.profiles.identity(kept))).collect())
    }
}

fn keep(truth: &Truth, student: &Student<'_>, piece: &mut Profiles) {
    let Some(member) = truth.member(student.record_id) else { return };
    if truth.entity_size(member.entity) < 2 {
        return;
    }
    let identity = Identity::of(student, &mut Vec::new());
    // With nothing to compare it takes part in no run.
    if identity.is_empty() {
        return;
    }
    let from = piece.bytes.len();
    profile::encode(&identity, &mut piece.bytes);
    piece.kept.push(Kept { entity: member.entity, number: member.number, from, to: piece.bytes.len() });
}

/// Counts in the whole input the values that kept records hold.
fn count(
    profiles: &Profiles,
    sources: &[Source],
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Frequencies, EvaluateError> {
    let mut counter = FrequencyCounter::default();
    profiles.kept.iter().for_each(|kept| counter.add(&profiles.identity(kept)));
    let wanted: Vec<u64> = counter.terms().iter().copied().collect::<BTreeSet<u64>>().into_iter().collect();
    let mut counts = vec![0u32; wanted.len()];
    let mut students = 0;
    for source in sources {
        source.try_for_each_chunk(
            || (0u64, Vec::new(), FrequencyCounter::default()),
            |(students, found, counter): &mut (u64, Vec<u32>, FrequencyCounter), student, _| {
                let identity = Identity::of(student, &mut Vec::new());
                if identity.is_empty() {
                    return;
                }
                *students += 1;
                counter.add(&identity);
                let places = counter.terms().iter().filter_map(|term| wanted.binary_search(term).ok());
                found.extend(places.map(|at| at as u32));
                counter.clear();
            },
            |chunk| {
                progress(chunk.bytes, u64::from(chunk.students));
                let (counted, found, _) = chunk.value;
                students += counted;
                found.into_iter().for_each(|at| counts[at as usize] += 1);
                Ok::<(), EvaluateError>(())
            },
        )?;
    }
    let counted = wanted.into_iter().zip(counts).filter(|(_, count)| *count > 2);
    Ok(Frequencies::of_counts(students, counted.collect()))
}
