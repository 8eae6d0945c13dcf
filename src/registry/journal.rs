//! The journal: reading entries, following it from elsewhere, checking its chain.

use std::sync::Arc;

use super::draft::{Draft, chained};
use super::error::Result;
use super::event::{Answered, Entry, Event};
use super::exchange::{Effect, Fact};
use super::loaded::{Outcome, rows_with_outcomes};
use super::prepare::Prepared;
use super::request::request_of;
use super::settings::Settings;
use crate::ids::{RecordId, Sequence};
use crate::store::{self, Snapshot, StoreError};
use crate::student::OwnedStudent;

/// An entry as another registry can follow it: its bytes and the hash of the chain up to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its place in the journal.
    pub sequence: Sequence,
    /// SM3 over the hash before it, its sequence and its payload.
    pub chain: [u8; 32],
    /// The entry, encoded.
    pub payload: Vec<u8>,
}

impl Change {
    /// The entry itself.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if the payload is none.
    pub fn entry(&self) -> Result<Entry> {
        Ok(store::decode(&self.payload, "journal")?)
    }

    /// Whether it follows a hash.
    pub fn follows(&self, before: &[u8; 32]) -> bool {
        chained(before, self.sequence, &self.payload) == self.chain
    }
}

/// An entry that must be there.
pub(super) fn entry(snapshot: &Snapshot, sequence: Sequence) -> Result<Entry> {
    let (_, payload) = snapshot
        .journal(sequence)?
        .ok_or_else(|| StoreError::damaged("an entry is missing in the table journal"))?;
    Ok(store::decode(&payload, "journal")?)
}

/// What a request was answered with, and the record it brought.
pub(super) fn remembered(
    snapshot: &Snapshot,
    request: &str,
) -> Result<Option<(Arc<OwnedStudent>, Answered)>> {
    for sequence in snapshot.answers(request)? {
        match entry(snapshot, sequence)?.event {
            Event::Enrolled { request: known, given, answer, .. } if known == request => {
                return Ok(Some((given, answer)));
            }
            Event::Loaded { given, outcomes } => {
                let mut rows = rows_with_outcomes(&given, &outcomes)?.into_iter();
                if let Some((given, outcome)) = rows.find(|(row, _)| request_of(&row.as_student()) == request)
                {
                    return Ok(Some((given, outcome.answer)));
                }
            }
            _ => {}
        }
    }
    Ok(None)
}

/// The settings in the first entry.
pub(super) fn settings(snapshot: &Snapshot) -> Result<Settings> {
    match entry(snapshot, Sequence::new(1))?.event {
        Event::Created(settings) => Ok(settings),
        Event::Founded { settings, delegated, .. } => Ok(Settings { delegated, ..settings }),
        _ => Err(StoreError::damaged("the journal has no beginning").into()),
    }
}

/// The changes behind a sequence, at most `most`.
pub(super) fn changes(snapshot: &Snapshot, since: Sequence, most: usize) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    let first = since.get().checked_add(1).filter(|_| most > 0);
    let Some(first) = first else { return Ok(changes) };
    snapshot.journal_from(Sequence::new(first), |sequence, chain, payload| {
        changes.push(Change { sequence, chain, payload });
        Ok(changes.len() < most)
    })?;
    Ok(changes)
}

/// The record as given that an entry holds.
pub(super) fn given(entry: Entry, record: RecordId) -> Result<Arc<OwnedStudent>> {
    let missing = || StoreError::damaged("an entry without its record in the table journal");
    match entry.event {
        Event::Enrolled { given, .. } | Event::Amended { given, .. } => Ok(given),
        Event::Concluded(event) => match *event {
            Event::Enrolled { given, .. } => Ok(given),
            _ => Err(missing().into()),
        },
        Event::Learnt { notice, effect: Effect::Record { record: own, .. }, .. } if own == record => {
            match notice.fact {
                Fact::Born { given, .. } | Fact::Record { given, .. } | Fact::Amended { given, .. } => {
                    Ok(given)
                }
                _ => Err(missing().into()),
            }
        }
        Event::Loaded { given, outcomes } => {
            let is_its =
                |outcome: &Option<_>| outcome.as_ref().is_some_and(|o: &Outcome| o.record == Some(record));
            let at = outcomes.iter().position(is_its).ok_or_else(missing)?;
            Ok(Arc::new(given.row(at)?))
        }
        _ => Err(missing().into()),
    }
}

/// The same, read.
pub(super) fn prepared(draft: &Draft<'_>, sequence: Sequence, record: RecordId) -> Result<Prepared> {
    Ok(Prepared::new(given(draft.entry(sequence)?, record)?))
}
