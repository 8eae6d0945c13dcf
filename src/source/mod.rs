//! Files in: the only door to input files.
//!
//! [`Source`] reads a CSV file of students in chunks, on all cores, and hands each row to a visitor as a
//! [`Student`](crate::student::Student) that borrows the chunk's text. [`Table`] reads any other small
//! CSV (a truth file, a list of pairs) row by row. What a cell means is `identity`'s business.
//!
//! | file | what lives there |
//! |---|---|
//! | `encoding` | which encoding a file is in, and text from its bytes |
//! | `blocks` | bytes of a file, cut at record boundaries |
//! | `record` | where a record ends and where its cells are |
//! | `headers`, `columns`, `map_text` | which column holds which field; a map as a file |
//! | `row` | cells of one record → a `Student` |
//! | `students` | chunks on all cores, results in file order |
//! | `table` | any CSV, row by row |
//! | `model`, `splink` | a model; a model that Splink trained |
//! | `rejected`, `error` | a row that cannot be read; a file that cannot be read |

mod blocks;
mod columns;
mod encoding;
mod error;
mod headers;
mod map_text;
mod model;
mod record;
mod rejected;
mod row;
pub mod splink;
mod students;
mod table;

pub use columns::{ColumnMap, ColumnMapError, Layout};
pub use encoding::{Encoding, EncodingChoice};
pub use error::{SourceError, SourceErrorKind};
pub use headers::accepted_names;
pub use map_text::column_map_text;
pub use model::{ModelFileError, ModelFileErrorKind, read_model, read_splink};
pub use rejected::{RejectRule, Rejected};
pub use students::{ChunkResult, Source, SourceOptions, Totals};
pub use table::Table;
