//! What does not fit into memory: words divided into partitions, and temporary files behind them.
//!
//! | file | what lives there |
//! |---|---|
//! | `file` | temporary files, and how much memory a run may take |
//! | `partitions` | very many 64-bit words, divided |
//! | `collector` | words that all threads find |
//! | `keys` | the keys of many records, by family |

mod collector;
mod file;
mod keys;
mod partitions;

pub use file::{Settings, SpillError};

pub(crate) use collector::{Collector, Divide};
pub(crate) use file::Spill;
pub(crate) use keys::{Entry, Families, FamilyKeys, PARTITIONS, partition_of, sorted};
pub(crate) use partitions::{Partitions, Run, SORTED_BITS, sort_by_bits};
