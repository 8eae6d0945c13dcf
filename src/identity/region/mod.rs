//! Regions: the six-digit codes of GB/T 2260, those in force and those abolished since 1980.
//!
//! A citizen's number begins with the code of the place where its holder was first registered, and keeps
//! it for ever. More than half of all codes since 1980 name no place any more: a code that is abolished, or
//! unknown here, is a reason to look again and never a reason to reject.
//!
//! Here live [`RegionCode`], which is pure arithmetic on six digits, and what the table knows of it.
//! The table is read in `table.rs`; its rows and their sources are `scripts/regions.py`'s business.
//! The readings of documents and of birthplaces call this.

mod code;
mod table;

pub use code::{Level, RegionCode};
pub use table::{Entry, current_counties, entries};
