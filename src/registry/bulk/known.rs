//! Rows that were answered before: by the registry, or earlier in the same load.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use rayon::prelude::*;

use super::rows::{Block, Rows};
use crate::ids::Sequence;
use crate::registry::error::Result;
use crate::registry::event::{Answered, Event};
use crate::registry::loaded::rows_with_outcomes;
use crate::registry::request::request_of;
use crate::store::Snapshot;
use crate::student::OwnedStudent;

use super::batch::Fate;

/// What is known of rows that are no new requests; none of the others.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The row of the same content that came first.
    pub(super) repeats: HashMap<u32, u32>,
    /// What the registry answered; `None` where it answered another content under the same request.
    pub(super) remembered: HashMap<u32, Option<Answered>>,
    /// Rows that only seemed to be known.
    pub(super) new: Vec<u32>,
}

impl Known {
    /// Looks at the rows that may be known.
    pub(super) fn of(rows: &Rows, snapshot: &Snapshot) -> Result<Known> {
        let mut known = Known::default();
        let blocks: Vec<&Block> =
            rows.blocks.iter().filter(|block| perhaps(rows, block).next().is_some()).collect();
        let found: Vec<Vec<(u32, Option<Option<Answered>>)>> =
            blocks.into_par_iter().map(|block| remembered(rows, block, snapshot)).collect::<Result<_>>()?;
        for (row, answer) in found.into_iter().flatten() {
            match answer {
                Some(answer) => drop(known.remembered.insert(row, answer)),
                None => known.new.push(row),
            }
        }
        let mut requests: Vec<(u64, u32)> = rows
            .requests
            .iter()
            .copied()
            .zip(0..)
            .filter(|(_, row)| !known.remembered.contains_key(row))
            .collect();
        requests.par_sort_unstable();
        let mut text = Texts { rows, first: u32::MAX, texts: Vec::new() };
        for equal in requests.chunk_by(|a, b| a.0 == b.0).filter(|equal| equal.len() > 1) {
            let mut firsts: Vec<(u32, OwnedStudent)> = Vec::new();
            for (_, row) in equal {
                let student = text.of(*row)?;
                match firsts.iter().find(|(_, known)| *known == student) {
                    Some((first, _)) => drop(known.repeats.insert(*row, *first)),
                    None => firsts.push((*row, student)),
                }
            }
        }
        Ok(known)
    }
}

/// The rows of a block that the registry may have answered.
fn perhaps<'r>(rows: &'r Rows, block: &Block) -> impl Iterator<Item = u32> + 'r {
    (block.first..block.first + block.rows).filter(|row| rows.fates[*row as usize] == Fate::PerhapsKnown)
}

type Rememberable = HashMap<String, (Arc<OwnedStudent>, Answered)>;

fn remembered(
    rows: &Rows,
    block: &Block,
    snapshot: &Snapshot,
) -> Result<Vec<(u32, Option<Option<Answered>>)>> {
    let texts = rows.texts(block).rows()?;
    // Rows of one block were mostly rows of one entry before.
    let mut entries: HashMap<Sequence, Rememberable> = HashMap::new();
    let mut found = Vec::new();
    for row in perhaps(rows, block) {
        let text = &texts[(row - block.first) as usize];
        let request = request_of(&text.as_student());
        let mut answer = None;
        for sequence in snapshot.answers(&request)? {
            let entry = match entries.entry(sequence) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(place) => place.insert(rememberable(snapshot, sequence)?),
            };
            if let Some((given, known)) = entry.get(&request) {
                answer = Some((**given == *text).then(|| known.clone()));
            }
        }
        found.push((row, answer));
    }
    Ok(found)
}

fn rememberable(snapshot: &Snapshot, sequence: Sequence) -> Result<Rememberable> {
    Ok(match crate::registry::journal::entry(snapshot, sequence)?.event {
        Event::Enrolled { request, given, answer, .. } => HashMap::from([(request, (given, answer))]),
        Event::Loaded { given, outcomes } => rows_with_outcomes(&given, &outcomes)?
            .into_iter()
            .map(|(given, outcome)| (request_of(&given.as_student()), (given, outcome.answer)))
            .collect(),
        _ => HashMap::new(),
    })
}

/// Texts of single rows; the block that was read last is kept.
struct Texts<'r> {
    rows: &'r Rows,
    first: u32,
    texts: Vec<OwnedStudent>,
}

impl Texts<'_> {
    fn of(&mut self, row: u32) -> Result<OwnedStudent> {
        let block = self.rows.block(row);
        if block.first != self.first {
            self.texts = self.rows.texts(block).rows()?;
            self.first = block.first;
        }
        Ok(self.texts[(row - block.first) as usize].clone())
    }
}
