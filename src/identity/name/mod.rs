//! Names.
pub mod frequency;
