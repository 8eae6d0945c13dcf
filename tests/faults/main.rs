//! Faults of the disk and damage to files: what was acknowledged survives, or the registry refuses to open and
//! says why; never a panic, never an empty registry in the place of data.
//!
//! | variable | what it sets |
//! |---|---|
//! | `RENJI_FAULTS` | `all`: every operation for every fault; otherwise every one for a lost power, a sample for the others |

#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "counts, and what a process tells the one that started it"
)]

mod disk;
mod files;
mod full;
mod operations;
mod packing;
mod segments;
#[allow(dead_code, reason = "the tests of kills use the rest")]
#[path = "../crash/stream.rs"]
mod stream;
mod workload;

/// Whether everything is tried.
fn is_thorough() -> bool {
    std::env::var("RENJI_FAULTS").is_ok_and(|value| value == "all")
}

/// The messages of panics that the store catches are of no use here.
fn quiet() {
    std::panic::set_hook(Box::new(|info| {
        // Those of a test itself are wanted.
        if info.location().is_some_and(|location| location.file().contains("tests/")) {
            eprintln!("{info}");
        }
    }));
}
