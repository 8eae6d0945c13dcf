//! Lists out: the only door to result files.
//!
//! | file | what lives there |
//! |---|---|
//! | `directory` | a result directory that appears whole or not at all |
//! | `findings` | everything a run found, list by list |
//! | `table` | one list of it, in any format |
//! | `format`, `packed` | the formats; a text packed as it is written |
//! | `workbook`, `columns` | a list as a workbook, as Parquet |
//! | `pairs` | `pairs.csv`, `clusters.csv` |
//! | `problems` | `problems/<county>.csv` |
//! | `rejected` | `rejected.csv` |
//! | `summary` | `summary.json` |
//! | `model` | a model's file |
//! | `result` | a result read back |
//! | `page/` | the report: one HTML page |
//! | `decisions` | what a person decided about pairs, as a file |
//! | `registry` | a registry's students line by line, what became of a file's rows |
//! | `words`, `registry_words` | verdicts and reasons in words |
//! | `mask`, `shown` | names and numbers as they may be shown; a student field by field |

#[cfg(feature = "parquet")]
mod columns;
mod decisions;
mod directory;
mod error;
mod findings;
mod format;
pub mod mask;
mod model;
mod packed;
mod page;
mod pairs;
mod problems;
mod registry;
pub mod registry_words;
mod rejected;
mod result;
pub mod shown;
mod summary;
mod table;
pub mod words;
mod workbook;

pub use decisions::{DecisionFault, DecisionRow, read_decisions, write_decisions};
pub use directory::{Existing, OutputDirectory};
pub use error::ReportError;
pub use findings::{write_deferred, write_findings};
pub use format::{ListFormat, OutputForm};
pub use model::{write_model, write_model_of_result};
pub use packed::PackedFile;
pub use page::{ReportPage, Texts, write_page};
pub use pairs::{ClusterList, PairList};
pub use problems::{Concern, ProblemLists, ProblemRecord};
pub use registry::{OutcomeList, StudentRows, create_file, masked};
pub use rejected::RejectedList;
pub use result::{EarlierResult, ResultError};
pub use summary::{FamilySummary, InputSummary, RegistrySummary, Summary, memory_peak_bytes};
pub use table::RecordsFile;
