//! What a run found.

use super::{FamilyCount, Record, Records};
use crate::identity::Identity;
use crate::identity::document::DocumentFlags;
use crate::matching::{Frequencies, Judgement, ProblemClass, Verdict};

/// A record of a run, by its place among [`Findings::records`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub(super) u32);

impl RowId {
    /// The record at a place.
    pub(crate) const fn of(place: u32) -> Self {
        RowId(place)
    }

    /// The place as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A judged pair. The record with the smaller id stands first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The first record.
    pub a: RowId,
    /// The second record.
    pub b: RowId,
    /// What they are to each other.
    pub judgement: Judgement,
}

/// A record that is a problem by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Single {
    /// The record.
    pub row: RowId,
    /// The problem.
    pub class: ProblemClass,
}

/// Wall-clock seconds by phase.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Seconds {
    /// Sorting keys and walking blocks.
    pub block: f64,
    /// Judging.
    pub judge: f64,
    /// Joining clusters.
    pub cluster: f64,
}

/// Everything a run found, in a defined order: by record ids, compared as bytes.
#[derive(Debug)]
pub struct Findings {
    /// The students, in the order in which they came.
    pub records: Records,
    /// The pairs that are the same, in conflict, or for review, sorted by the ids of both records.
    pub pairs: Vec<Pair>,
    /// Candidate pairs that turned out to be two people each.
    pub dropped: u64,
    /// Candidate pairs judged.
    pub judged: u64,
    /// Records of one person, two or more each, sorted by id; the clusters sorted by their first.
    pub clusters: Vec<Vec<RowId>>,
    /// Records that are a problem by themselves, sorted by id.
    pub singles: Vec<Single>,
    /// What each key family proposed and skipped.
    pub families: Vec<FamilyCount>,
    /// Records whose id another record had already: they were numbered (`r1#2`) in the order of their
    /// contents.
    pub repeated_ids: u64,
    /// How common the values of this population are, to judge a pair again.
    pub frequencies: Frequencies,
    /// Bytes that were written to temporary files.
    pub spilled_bytes: u64,
    /// How long it took.
    pub seconds: Seconds,
}

impl Findings {
    /// A record, decoded.
    pub fn record(&self, row: RowId) -> Record {
        self.records.get(row)
    }

    /// The id of a record.
    pub fn id(&self, row: RowId) -> &str {
        self.records.id(row)
    }

    /// How many of the reported pairs have a verdict.
    pub fn count(&self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Dropped => self.dropped,
            _ => self.pairs.iter().filter(|pair| pair.judgement.verdict == verdict).count() as u64,
        }
    }
}

/// What is wrong with a record's own number, whatever the others say.
pub(super) fn own_problem(identity: &Identity) -> Option<ProblemClass> {
    identity.documents.iter().find_map(|document| {
        let flags = document.flags;
        if flags.contains(DocumentFlags::SPREADSHEET_DAMAGE) {
            Some(ProblemClass::DamagedNumber)
        } else if flags.contains(DocumentFlags::GUARDIANS) {
            Some(ProblemClass::GuardiansNumber)
        } else if flags.intersects(
            DocumentFlags::CHECK_FAILED
                | DocumentFlags::MALFORMED
                | DocumentFlags::DATE_IMPOSSIBLE
                | DocumentFlags::FILLER,
        ) {
            Some(ProblemClass::InvalidNumber)
        } else if flags.intersects(DocumentFlags::BIRTH_DISAGREES | DocumentFlags::SEX_DISAGREES) {
            Some(ProblemClass::NumberDisagrees)
        } else {
            None
        }
    })
}
