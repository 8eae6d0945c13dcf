//! Files in: the only door to input files.
//!
//! [`Source`] reads a file of students in chunks, on all cores, and hands each row to a visitor as a
//! [`Student`](crate::student::Student) that borrows the chunk's text. [`Table`] reads any other small
//! table (a truth file, a list of pairs) row by row. What a cell means is `identity`'s business. Both take every
//! [`FileKind`], told by its content, and unpack what is packed.
//!
//! | file | what lives there |
//! |---|---|
//! | `kind`, `unpack` | what a file is; its bytes, unpacked |
//! | `encoding` | which encoding a file is in, and text from its bytes |
//! | `pieces` | a file of whatever kind as a header and pieces of delimited text |
//! | `blocks` | bytes of a text, cut at record boundaries |
//! | `json` | lines of JSON |
//! | `sheet/`, `archive` | workbooks; an archive looked through before it is read |
//! | `row_groups` | Parquet |
//! | `feed` | a thread that reads what cannot be cut |
//! | `record` | where a record ends and where its cells are |
//! | `headers`, `columns` | which column holds which field |
//! | `row` | cells of one record → a `Student` |
//! | `students` | chunks on all cores, results in file order |
//! | `table` | any table, row by row |
//! | `model`, `splink` | a model; a model that Splink trained |
//! | `rejected`, `place`, `error` | a row that cannot be read; a cell of a worksheet; a file that cannot be read |

mod archive;
mod blocks;
mod columns;
mod encoding;
mod error;
mod feed;
mod headers;
mod json;
mod kind;
mod model;
mod pieces;
mod place;
mod record;
mod rejected;
mod row;
#[cfg(feature = "parquet")]
mod row_groups;
mod sheet;
pub mod splink;
mod students;
mod table;
mod unpack;

pub use columns::{ColumnMap, ColumnMapError, Layout};
pub use encoding::{Encoding, EncodingChoice};
pub use error::{SourceError, SourceErrorKind};
pub use feed::READER_THREAD;
pub use headers::accepted_names;
pub use kind::FileKind;
pub use model::{ModelFileError, ModelFileErrorKind, read_model, read_splink};
pub use place::CellRange;
pub use rejected::{RejectRule, Rejected};
pub use sheet::Remark;
pub use students::{ChunkResult, Source, SourceOptions, Totals};
pub use table::Table;
pub use unpack::Packing;
