//! The journal of a load: entries are encoded, hashed and written while later rows are decided on.

use std::sync::mpsc::Receiver;

use super::rows::{Block, Rows};
use crate::ids::Sequence;
use crate::registry::draft::{Draft, chained};
use crate::registry::error::Result;
use crate::registry::event::{Entry, Event};
use crate::registry::loaded::Outcome;
use crate::registry::time::Timestamp;
use crate::store::{self, ChainedEntry, Update};

/// Windows that wait to be written.
pub(super) const WAITING: usize = 16;

/// What a block came to.
pub(super) struct Answers<'r> {
    pub(super) block: &'r Block,
    pub(super) sequence: Sequence,
    pub(super) outcomes: Vec<Option<Outcome>>,
    /// What its rows gave rise to.
    pub(super) further: Vec<Entry>,
}

/// The journal in the making.
pub(super) struct Journal<'r> {
    chain: [u8; 32],
    at: Timestamp,
    by: String,
    rows: &'r Rows,
}

impl<'r> Journal<'r> {
    /// Begins behind the last entry that is stored.
    pub(super) fn of(draft: &Draft<'_>, rows: &'r Rows) -> Journal<'r> {
        Journal { chain: draft.meta.chain, at: draft.at(), by: draft.by().to_owned(), rows }
    }

    /// Writes windows of blocks until there are no more; the hash of the chain up to the last entry.
    pub(super) fn write(
        mut self,
        windows: Receiver<Vec<Answers<'_>>>,
        update: &Update<'_>,
    ) -> Result<[u8; 32]> {
        let mut tail = update.journal()?;
        for window in windows {
            tail.append(&self.chained(window)?)?;
        }
        Ok(self.chain)
    }

    /// The entries of some blocks, encoded and chained.
    fn chained(&mut self, window: Vec<Answers<'_>>) -> Result<Vec<ChainedEntry>> {
        let mut entries = Vec::with_capacity(2 * window.len());
        for Answers { block, sequence, outcomes, further } in window {
            let event = Event::Loaded { given: self.rows.texts(block), outcomes };
            let loaded = Entry { sequence, at: self.at, by: self.by.clone(), event };
            for entry in std::iter::once(loaded).chain(further) {
                let mut payload = Vec::with_capacity(16 * 1024);
                store::encode(&entry, "journal", &mut payload)?;
                self.chain = chained(&self.chain, entry.sequence, &payload);
                entries.push((entry.sequence, self.chain, payload));
            }
        }
        Ok(entries)
    }
}
