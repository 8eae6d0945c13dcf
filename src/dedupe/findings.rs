//! What a run found.

use super::{FamilyCount, Record};
use crate::identity::Identity;
use crate::identity::document::DocumentFlags;
use crate::matching::{Frequencies, Judgement, ProblemClass, Verdict};

/// A record of a run, by its place in [`Findings::records`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub(super) u32);

impl RowId {
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
    pub records: Vec<Record>,
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
    /// How long it took.
    pub seconds: Seconds,
}

impl Findings {
    /// A record.
    pub fn record(&self, row: RowId) -> &Record {
        &self.records[row.index()]
    }

    /// How many of the reported pairs have a verdict.
    pub fn count(&self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Dropped => self.dropped,
            _ => self.pairs.iter().filter(|pair| pair.judgement.verdict == verdict).count() as u64,
        }
    }
}

/// Records whose own number is wrong whatever the others say.
pub(super) fn singles(records: &[Record]) -> Vec<Single> {
    let mut singles: Vec<Single> = records
        .iter()
        .zip(0..)
        .filter_map(|(record, row)| {
            own_problem(&record.identity).map(|class| Single { row: RowId(row), class })
        })
        .collect();
    singles.sort_by(|a, b| records[a.row.index()].id.cmp(&records[b.row.index()].id));
    singles
}

fn own_problem(identity: &Identity) -> Option<ProblemClass> {
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
