//! A result directory read back: its summary, its model, its list of pairs. What `renji report` and `renji decide`
//! begin with.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::format::ListFormat;
use super::model::MODEL_OF_RESULT;
use super::summary::Summary;
use crate::dedupe::ListedPair;
use crate::language::Language;
use crate::matching::{Model, Reasons, Verdict};
use crate::source::{EncodingChoice, ModelFileError, SourceError, Table, read_model};

/// Why a result cannot be read back.
#[derive(Debug)]
#[non_exhaustive]
pub enum ResultError {
    /// The directory is no result, or misses a file of one.
    Missing {
        /// The file.
        path: PathBuf,
        /// Why it cannot be read.
        source: io::Error,
    },
    /// A file of the result is not what this version writes.
    Form {
        /// The file.
        path: PathBuf,
    },
    /// The model of the result cannot be read or is not valid.
    Model(ModelFileError),
    /// The list of pairs cannot be read.
    Pairs(SourceError),
    /// A row of the list of pairs has no verdict or no reason that is known.
    PairRow {
        /// The list.
        path: PathBuf,
        /// The row.
        row: u32,
    },
    /// An input is no longer there.
    Moved {
        /// Where it was.
        path: PathBuf,
    },
    /// An input is not what it was.
    Changed {
        /// The file, or the registry.
        path: PathBuf,
    },
    /// Files were given, and not as many as were compared.
    Files {
        /// How many were compared.
        wanted: usize,
    },
}

impl ResultError {
    /// What is wrong and what to do, in words.
    pub fn message(&self, language: Language) -> String {
        let named = |path: &Path, zh: &str, en: &str| {
            format!("{}{}{}", path.display(), language.pick("：", ": "), language.pick(zh, en))
        };
        match self {
            ResultError::Missing { path, .. } => named(
                path,
                "无法读取；请给出 renji dedupe 的结果目录",
                "cannot be read; name a result directory of renji dedupe",
            ),
            ResultError::Form { path } => named(
                path,
                "不是本版本写出的结果；请重新运行 renji dedupe",
                "is not as this version writes it; run renji dedupe again",
            ),
            ResultError::Model(error) => error.message(language),
            ResultError::Pairs(error) => error.message(language),
            ResultError::PairRow { path, row } => named(
                path,
                &format!("第 {row} 行没有可识别的判定；请重新运行 renji dedupe"),
                &format!("row {row} has no verdict that is known; run renji dedupe again"),
            ),
            ResultError::Moved { path } => named(
                path,
                "输入文件不在原处；请在命令后按原顺序给出现在的文件",
                "the input is no longer there; give the files behind the command, in the order of the run",
            ),
            ResultError::Changed { path } => named(
                path,
                "输入在查重之后有变动；请重新运行 renji dedupe",
                "the input has changed since the run; run renji dedupe again",
            ),
            ResultError::Files { wanted } => match language {
                Language::Zh => format!("查重时有 {wanted} 个文件；请按原顺序全部给出"),
                Language::En => format!("the run compared {wanted} files: give all of them, in that order"),
            },
        }
    }
}

impl fmt::Display for ResultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::En))
    }
}

impl std::error::Error for ResultError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ResultError::Missing { source, .. } => Some(source),
            ResultError::Model(error) => Some(error),
            _ => None,
        }
    }
}

/// A result of an earlier run.
#[derive(Debug)]
pub struct EarlierResult {
    /// Where it is.
    pub place: PathBuf,
    /// What it did.
    pub summary: Summary,
    /// By which model.
    pub model: Model,
    /// The list of pairs, in its order.
    pub pairs: Vec<ListedPair>,
}

impl EarlierResult {
    /// Reads a result.
    ///
    /// # Errors
    /// [`ResultError`].
    pub fn open(place: &Path) -> Result<EarlierResult, ResultError> {
        let path = place.join("summary.json");
        let bytes = fs::read(&path).map_err(|source| ResultError::Missing { path: path.clone(), source })?;
        let summary: Option<Summary> = serde_json::from_slice(&bytes).ok();
        let summary = summary.filter(|summary| summary.format == Summary::FORMAT);
        let summary = summary.ok_or(ResultError::Form { path })?;
        let model = read_model(&place.join(MODEL_OF_RESULT)).map_err(ResultError::Model)?;
        let pairs = read_pairs(&ListFormat::find(place, "pairs"))?;
        Ok(EarlierResult { place: place.to_owned(), summary, model, pairs })
    }
}

fn read_pairs(path: &Path) -> Result<Vec<ListedPair>, ResultError> {
    let table = Table::open(path, EncodingChoice::Utf8).map_err(ResultError::Pairs)?;
    let column = |name| table.require(name).map_err(ResultError::Pairs);
    let [a, b, verdict, reasons] =
        [column("record_a")?, column("record_b")?, column("verdict")?, column("reasons")?];
    let mut pairs = Vec::new();
    let mut bad = None;
    let read = table.for_each_row(|row, cells| {
        let known = Verdict::ALL.into_iter().find(|known| known.code() == cells[verdict]);
        match (known, Reasons::parse(&cells[reasons])) {
            (Some(verdict), Some(reasons)) => {
                pairs.push(ListedPair { a: cells[a].to_string(), b: cells[b].to_string(), verdict, reasons });
            }
            _ => bad = bad.or(Some(row)),
        }
    });
    read.map_err(ResultError::Pairs)?;
    match bad {
        None => Ok(pairs),
        Some(row) => Err(ResultError::PairRow { path: path.to_owned(), row }),
    }
}
