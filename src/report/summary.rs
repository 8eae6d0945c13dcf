//! `summary.json`: what a run did, in numbers.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::directory::OutputDirectory;
use super::error::ReportError;

/// What one family of blocking keys proposed and skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FamilySummary {
    /// Candidate pairs proposed, those that other families propose as well included.
    pub pairs: u64,
    /// Blocks that were too large and were divided by a finer key.
    pub divided_blocks: u64,
    /// Parts that were too large even then: only neighbours in them were compared.
    pub skipped_blocks: u64,
    /// Students in those.
    pub skipped_students: u64,
    /// Pairs in those that this family did not propose.
    pub skipped_pairs: u64,
}

/// The numbers of one run. Maps are keyed by the codes used in the other files.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// The version of the program.
    pub version: &'static str,
    /// What the model is called that judged.
    pub model: String,
    /// Which it is: SM3 of its text, before `thresholds` were set by costs.
    pub model_digest: String,
    /// From which probability on a pair is what.
    pub thresholds: BTreeMap<String, f64>,
    /// Reviews that were asked for at most; absent if as many as there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_budget: Option<u64>,
    /// Reviews beyond that, in `deferred.csv`.
    pub reviews_deferred: u64,
    /// How many input files there were.
    pub files: usize,
    /// Rows read, blank lines and headers not counted.
    pub rows: u64,
    /// Rows that could not be read or hold nothing to compare; see `rejected.csv`.
    pub rejected_rows: u64,
    /// Rejected rows by rule.
    pub rejected_by_rule: BTreeMap<String, u64>,
    /// Values of otherwise good rows that mean nothing (an impossible date, a damaged number), by kind.
    pub rejected_values: BTreeMap<String, u64>,
    /// Candidate pairs that were judged.
    pub pairs_judged: u64,
    /// Pairs in `pairs.csv` by verdict.
    pub pairs_by_verdict: BTreeMap<String, u64>,
    /// Clusters of two or more records.
    pub clusters: u64,
    /// Links that gave way so that no cluster holds a forbidden pair.
    pub broken_links: u64,
    /// Records in the problem lists.
    pub problem_records: u64,
    /// Records whose id another record had already, told apart as `r1#2`.
    pub repeated_ids: u64,
    /// What each family of blocking keys proposed and skipped.
    pub blocks: BTreeMap<String, FamilySummary>,
    /// Threads that worked.
    pub threads: usize,
    /// Time by phase, in seconds.
    pub seconds: BTreeMap<String, f64>,
    /// The memory the run was to keep within, in bytes.
    pub memory_budget_bytes: u64,
    /// Bytes that did not fit and were written to temporary files.
    pub spilled_bytes: u64,
    /// The most memory the process has held, in bytes; absent where the system does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_peak_bytes: Option<u64>,
}

impl Summary {
    /// Writes `summary.json`.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn write(&self, directory: &OutputDirectory) -> Result<(), ReportError> {
        let (path, mut file) = directory.file("summary.json")?;
        serde_json::to_writer_pretty(&mut file, self)
            .map_err(std::io::Error::from)
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.flush())
            .map_err(ReportError::at(&path))
    }
}

/// The most memory this process has held, from `/proc/self/status` (`VmHWM`); `None` elsewhere than on
/// Linux.
pub fn memory_peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
