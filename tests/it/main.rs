//! The integration tests: one binary, one module for each thing.

mod tidy;

#[cfg(feature = "cli")]
mod bad_files;
#[cfg(feature = "cli")]
mod bad_input;
#[cfg(feature = "bench")]
mod bench;
#[cfg(feature = "cli")]
mod browser;
#[cfg(feature = "cli")]
mod calibration;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod columns;
#[cfg(feature = "cli")]
mod convert;
#[cfg(feature = "cli")]
mod dedupe;
#[cfg(feature = "cli")]
mod determinism;
mod docs;
#[cfg(feature = "cli")]
mod evaluate;
mod examples;
#[cfg(feature = "cli")]
mod exchange;
#[cfg(feature = "cli")]
mod explain;
#[cfg(feature = "cli")]
mod files;
#[cfg(feature = "cli")]
mod fixture;
#[cfg(feature = "cli")]
mod guide;
#[cfg(feature = "cli")]
mod lists;
#[cfg(feature = "cli")]
mod model;
#[cfg(feature = "cli")]
mod reconcile;
#[cfg(feature = "cli")]
mod registry_cli;
#[cfg(feature = "cli")]
mod report;
#[cfg(feature = "cli")]
mod rows;
#[cfg(feature = "cli")]
mod train;
#[cfg(feature = "cli")]
mod validate;
mod validation_docs;
#[cfg(feature = "cli")]
mod workbooks;
