//! Identity documents.
pub mod check;
