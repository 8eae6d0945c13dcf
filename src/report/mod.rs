//! Lists out: the only door to result files.
//!
//! | file | what lives there |
//! |---|---|
//! | `directory` | a result directory that appears whole or not at all |
//! | `rejected` | `rejected.csv` |
//! | `summary` | `summary.json` |
//! | `mask` | names and numbers as they may be shown |

mod directory;
mod error;
pub mod mask;
mod rejected;
mod summary;

pub use directory::{Existing, OutputDirectory};
pub use error::ReportError;
pub use rejected::RejectedList;
pub use summary::{Summary, memory_peak_bytes};
