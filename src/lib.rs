//! Renji (人籍) finds every duplicate and every contradiction among a nation's students.
//!
//! A row becomes a [`Student`](student::Student), a student becomes an
//! [`Identity`](identity::Identity), an identity gives [keys](key), keys find candidates, and
//! [`matching`] judges each candidate pair. [`dedupe`] does that for all students against all.
//!
//! `docs/ARCHITECTURE.md` walks a row through these rooms; `docs/MATCHING.md` explains the judgement.

pub mod dedupe;
pub mod hash;
pub mod identity;
pub mod ids;
pub mod key;
pub mod language;
pub mod limits;
#[allow(dead_code)]
mod map;
pub mod mask;
pub mod matching;
pub mod number;
pub mod reconcile;
pub mod registry;
mod spill;
pub mod store;
pub mod student;
pub mod template;
pub mod training;

#[cfg(feature = "bench")]
pub mod bench;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod error;
#[cfg(feature = "cli")]
pub mod evaluate;
#[cfg(feature = "cli")]
mod page;
#[cfg(feature = "cli")]
pub mod report;
#[cfg(feature = "cli")]
pub mod source;
#[cfg(feature = "cli")]
pub mod synth;

/// The program in the document on validation is a test as well.
#[cfg(doctest)]
#[doc = include_str!("../docs/VALIDATION.md")]
struct ValidationDocument;

/// The programs in the README are tests as well.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
