//! `summary.json`: what a run did, in numbers, and what it takes to make its lists again.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::directory::OutputDirectory;
use super::error::ReportError;

/// What one family of blocking keys proposed and skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// A file that was compared, and how it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputSummary {
    /// Where it was.
    pub path: PathBuf,
    /// What stands for it in the ids of records that have none.
    pub label: String,
    /// Its encoding; UTF-8 of what is no text.
    pub encoding: String,
    /// What kind of file it is, see [`crate::source::FileKind::code`].
    #[serde(default)]
    pub kind: String,
    /// The worksheet that was read, of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The columns of each field, by their codes.
    pub columns: BTreeMap<String, Vec<String>>,
    /// Its size.
    pub bytes: u64,
    /// The XXH3 of its bytes, of a text unpacked and without its byte order mark, in hexadecimal digits.
    pub xxh3: String,
}

/// A registry that was compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrySummary {
    /// Its directory.
    pub path: PathBuf,
    /// The last entry of its journal at the time.
    pub sequence: u64,
}

/// The numbers of one run. Maps are keyed by the codes used in the other files.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The version of this file's form: [`Summary::FORMAT`].
    #[serde(default)]
    pub format: u32,
    /// The version of the program.
    pub version: String,
    /// What the model is called that judged; it is in `model.json`.
    #[serde(default)]
    pub model: String,
    /// Which it is: SM3 of its text, before `thresholds` were set by costs.
    #[serde(default)]
    pub model_digest: String,
    /// From which probability on a pair is what.
    #[serde(default)]
    pub thresholds: BTreeMap<String, f64>,
    /// Reviews that were asked for at most; absent if as many as there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_budget: Option<u64>,
    /// Reviews beyond that, in `deferred.csv`.
    #[serde(default)]
    pub reviews_deferred: u64,
    /// The files that were compared, in the order given.
    #[serde(default)]
    pub inputs: Vec<InputSummary>,
    /// Or the registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<RegistrySummary>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_peak_bytes: Option<u64>,
}

fn write_json(directory: &OutputDirectory, name: &str, value: &impl Serialize) -> Result<(), ReportError> {
    let (path, mut file) = directory.file(name)?;
    serde_json::to_writer_pretty(&mut file, value)
        .map_err(std::io::Error::from)
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.flush())
        .map_err(ReportError::at(&path))
}

impl Summary {
    /// The form this version writes, and the only one it reads.
    pub const FORMAT: u32 = 2;

    /// Writes `summary.json`.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn write(&self, directory: &OutputDirectory) -> Result<(), ReportError> {
        write_json(directory, "summary.json", self)
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
