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
//! | `validation`, `marked` | what a check of a file found: `errors.csv`, `summary.json`, `marked.xlsx` |
//! | `conversion` | what did not fit into another system's fields |
//! | `model` | a model's file |
//! | `result` | a result read back |
//! | `page/` | the report: one HTML page |
//! | `decisions` | what a person decided about pairs, as a file |
//! | `registry` | a registry's students line by line, what became of a file's rows |
//! | `words`, `registry_words` | verdicts and reasons in words |
//! | `shown` | a student field by field, as it may be shown |

#[cfg(feature = "parquet")]
mod columns;
mod conversion;
mod county;
mod decisions;
mod directory;
mod error;
mod findings;
mod format;
mod marked;
mod model;
mod packed;
mod page;
mod pairs;
mod problems;
pub mod reconcile;
mod registry;
pub mod registry_words;
mod rejected;
mod result;
pub mod shown;
mod summary;
mod table;
mod validation;
pub mod words;
mod workbook;

pub use crate::mask;
pub use conversion::{ConvertedRows, write_losses};
pub use decisions::{DecisionFault, DecisionRow, read_decisions, write_decisions};
pub use directory::{Existing, OutputDirectory};
pub use error::ReportError;
pub use findings::{write_deferred, write_findings};
pub use format::{ListFormat, OutputForm};
pub use marked::{MarkedSheet, SHEET_ROWS_MAX};
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
pub use validation::{SchoolSummary, ValidationSummary, cell_address, write_errors};
