//! `pairs.csv` and `clusters.csv`.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::directory::OutputDirectory;
use super::error::ReportError;
use super::table::ListWriter;
use crate::matching::{Field, Judgement};

/// `pairs.csv` being written: `record_a,record_b,verdict,reasons,p_same,p_sibling,weight` and the level of
/// each field. Codes, not words: the file is for programs, and for [`crate::evaluate`].
pub struct PairList {
    list: ListWriter,
    last: (String, String),
    text: String,
}

impl PairList {
    /// Makes the file and its header.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn create(directory: &OutputDirectory) -> Result<PairList, ReportError> {
        PairList::create_named(directory, "pairs.csv")
    }

    /// The same under another name.
    pub(super) fn create_named(directory: &OutputDirectory, name: &str) -> Result<PairList, ReportError> {
        let mut list = ListWriter::create(directory, name)?;
        let header = ["record_a", "record_b", "verdict", "reasons", "p_same", "p_sibling", "weight"];
        list.row(header.into_iter().chain(Field::ALL.iter().map(|field| field.code())))?;
        Ok(PairList { list, last: Default::default(), text: String::new() })
    }

    /// Adds a pair. Of its two records the one with the smaller id comes first.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    ///
    /// # Panics
    ///
    /// In debug builds, if the pairs do not come in order of their ids.
    pub fn write(&mut self, a: &str, b: &str, judgement: &Judgement) -> Result<(), ReportError> {
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        if cfg!(debug_assertions) {
            assert!((self.last.0.as_str(), self.last.1.as_str()) <= (a, b), "pairs come in order");
            self.last = (a.to_owned(), b.to_owned());
        }
        let posterior = &judgement.posterior;
        // One buffer for all that is not there as text; `ends` are the ends of its parts.
        self.text.clear();
        let mut ends = [0; 4];
        for (index, code) in judgement.reasons.codes().enumerate() {
            let bar = if index == 0 { "" } else { "|" };
            let _ = write!(self.text, "{bar}{code}");
        }
        ends[0] = self.text.len();
        let numbers = [(posterior.same, 6), (posterior.sibling, 6), (posterior.weight, 2)];
        for (end, (number, digits)) in ends[1..].iter_mut().zip(numbers) {
            let _ = write!(self.text, "{number:.digits$}");
            *end = self.text.len();
        }
        let cells = [
            a,
            b,
            judgement.verdict.code(),
            &self.text[..ends[0]],
            &self.text[ends[0]..ends[1]],
            &self.text[ends[1]..ends[2]],
            &self.text[ends[2]..ends[3]],
        ];
        let levels = Field::ALL.iter().map(|field| judgement.evidence.level(*field).code());
        self.list.row(cells.into_iter().chain(levels))
    }

    /// Writes what is buffered.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn finish(self) -> Result<PathBuf, ReportError> {
        self.list.finish()
    }
}

/// `clusters.csv` being written: `record_id,cluster_id`, only of clusters of two or more.
pub struct ClusterList {
    list: ListWriter,
}

impl ClusterList {
    /// Makes the file and its header.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn create(directory: &OutputDirectory) -> Result<ClusterList, ReportError> {
        let mut list = ListWriter::create(directory, "clusters.csv")?;
        list.row(["record_id", "cluster_id"])?;
        Ok(ClusterList { list })
    }

    /// Adds a record. The cluster is called after its smallest record id.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn write(&mut self, record: &str, cluster: &str) -> Result<(), ReportError> {
        self.list.row([record, cluster])
    }

    /// Writes what is buffered.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn finish(self) -> Result<PathBuf, ReportError> {
        self.list.finish()
    }
}
