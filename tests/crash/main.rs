//! Exactly once, whatever happens: a process that enrols from eight threads and packs what it has is killed at random
//! moments, one that loads a file in bulk likewise, eight threads race for one child ten thousand times, and readers
//! ask while files are replaced.
//!
//! | variable | what it sets |
//! |---|---|
//! | `RENJI_KILLS` | how many kills, 200 if not set |
//! | `RENJI_SEED` | where the moments and the stream begin, 1 if not set |
//!
//! The killed process is this program again, with the one test [`worker::work`] or [`loading::work`] chosen; what the
//! parent tells it stands in environment variables.

#![allow(clippy::print_stderr, reason = "how many kills there were")]

mod kills;
mod loading;
mod packing;
mod race;
mod stream;
mod worker;

/// A number from the environment.
fn setting(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")),
        Err(_) => otherwise,
    }
}
