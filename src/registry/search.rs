//! Who may be this student? The candidates that share a key, each judged.

use crate::identity::Identity;
use crate::ids::{RecordId, StudentId};
use crate::key::Family;
use crate::limits::{BLOCK_MAX, NEIGHBOURS_MAX};
use crate::matching::{Frequencies, Judgement, Model, Verdict, judge};
use crate::store::{Profile, Snapshot, Standing, StoreError, StoredKey};

/// What it takes to judge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Court<'a> {
    pub(super) model: &'a Model,
    pub(super) frequencies: &'a Frequencies,
}

impl Court<'_> {
    pub(super) fn judge(&self, a: &Identity, b: &Identity) -> Judgement {
        judge(a, b, self.model, self.frequencies)
    }

    /// Judges a record against a stored one; `None` where they are two people, or where what was corrected
    /// since is all that speaks for more than a meeting.
    pub(super) fn meet(&self, identity: &Identity, record: RecordId, other: &Profile) -> Option<Match> {
        let judgement = self.judge(identity, &other.identity);
        let counts = match other.standing {
            Standing::Live => judgement.verdict != Verdict::Dropped,
            Standing::Superseded => judgement.verdict == Verdict::Same,
        };
        counts.then_some(Match { record, student: other.student, judgement })
    }
}

/// A stored record that is not simply another person's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub(super) record: RecordId,
    /// Whose it was when it was read.
    pub(super) student: StudentId,
    pub(super) judgement: Judgement,
}

/// What a search found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) matches: Vec<Match>,
    /// Families whose key even in its finer part more than [`BLOCK_MAX`] hold: not all of them were compared.
    pub(super) crowded: Vec<Family>,
    /// How many records were compared.
    pub(super) compared: usize,
}

/// Searches one state. A range read for each key (some eleven), a point read and a judgement for each
/// candidate, of which there are no more than [`BLOCK_MAX`] for a key.
pub(super) fn search(
    snapshot: &Snapshot,
    identity: &Identity,
    keys: &[StoredKey],
    court: &Court<'_>,
) -> Result<Found, StoreError> {
    let mut found = Found::default();
    let mut candidates = Vec::new();
    for key in keys {
        let start = candidates.len();
        if !snapshot.holders(key, false, BLOCK_MAX, &mut candidates)? {
            continue;
        }
        // Too many: those of the finer part, and of a document a few of the others, so that people of
        // different names under one number are told.
        let few = if key.space == Family::Document { NEIGHBOURS_MAX } else { 0 };
        candidates.truncate(start + few);
        if snapshot.holders(key, true, BLOCK_MAX, &mut candidates)? {
            found.crowded.push(key.space);
        }
    }
    candidates.sort_unstable();
    candidates.dedup();
    found.compared = candidates.len();
    for record in candidates {
        let profile = snapshot
            .profile(record)?
            .ok_or_else(|| StoreError::damaged("a key without a record in the table keys"))?;
        found.matches.extend(court.meet(identity, record, &profile));
    }
    found.crowded.dedup();
    Ok(found)
}
