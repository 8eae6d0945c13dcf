//! `renji bench`: a made-up nation of whatever size, and what the engine and two baselines cost on it.
//!
//! [`run`] makes nations of rising size, builds a registry of each, asks it, and compares it with what others would
//! build. Everything is measured on what a user calls: files in, answers out. Figures go out as one flat JSON object
//! ([`Figures`]) and as a page ([`page()`]); `docs/BENCHMARKS.md` says what each name means.
//!
//! | file | what lives there |
//! |---|---|
//! | `plan` | what is measured, at which sizes |
//! | `step` | all that is measured at one size |
//! | `survey`, `probes` | who is asked for |
//! | `build` | the registry made, by whatever is the quickest way |
//! | `contend` | the engine and the baselines asked the same, warm and cold |
//! | `ask` | lookups, enrolments, checks while somebody writes |
//! | `whole` | the offline comparison |
//! | `baseline` | SQLite and redb alone |
//! | `cold`, `machine` | the page cache; what the machine is |
//! | `latency`, `figures` | times and names |
//! | `page`, `words` | what a person reads |

mod ask;
mod baseline;
mod build;
mod cold;
mod contend;
mod error;
mod figures;
mod latency;
mod machine;
mod page;
mod plan;
mod probes;
mod step;
mod survey;
mod whole;
mod words;

use std::path::Path;

pub use baseline::BaselineError;
pub use cold::Cold;
pub use error::{BenchError, Result};
pub use figures::Figures;
pub use latency::Latencies;
pub use page::page;
pub use plan::{Plan, STUDENTS_MIN, default_steps};

/// What is done at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Writing the made-up nation.
    Nation,
    /// Building the registry.
    Build,
    /// Building the baselines.
    Baselines,
    /// Asking, everything in memory.
    Warm,
    /// Asking, everything on disk.
    Cold,
    /// Looking up, enrolling.
    Enroll,
    /// Comparing all with all.
    Dedupe,
}

/// Who watches.
pub trait Observer {
    /// A step of so many students begins.
    fn step(&self, students: u64);
    /// A stage of the step begins.
    fn stage(&self, stage: Stage);
    /// A stage has come this far.
    fn reach(&self, done: u64, total: u64);
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Every figure, under its name; those of each step under `NAME_at_STUDENTS` too.
    pub figures: Figures,
    /// The sizes that were measured, rising.
    pub steps: Vec<u64>,
    /// The distributions at the largest size: the name of each and its times.
    pub distributions: Vec<(String, Latencies)>,
}

/// Measures everything in a directory that is there and empty. What is made in it is left to the caller to remove,
/// but for the files of each step but the last, which are removed before the next one.
///
/// # Errors
/// [`BenchError`]; figures of the steps before are lost.
pub fn run(plan: &Plan, directory: &Path, observer: &dyn Observer) -> Result<Outcome> {
    let mut outcome = Outcome { steps: plan.steps.clone(), ..Outcome::default() };
    let figures = &mut outcome.figures;
    machine::describe(figures);
    figures.count("students", plan.steps.last().copied().unwrap_or(0));
    figures.count("seed", plan.seed);
    figures.number("memory_mib", plan.memory_bytes as f64 / f64::from(1 << 20));
    figures.text("build_method", build::METHOD);
    figures.text("sqlite_version", baseline::sqlite_version());
    figures.number("machine_load_before", machine::load().unwrap_or(0.0));
    let last = plan.steps.len().saturating_sub(1);
    for (at, students) in plan.steps.iter().enumerate() {
        observer.step(*students);
        let place = directory.join(students.to_string());
        std::fs::create_dir(&place).map_err(BenchError::io(&place))?;
        let measured = step::measure(plan, *students, &place, observer)?;
        outcome.figures.step(*students, at == last, &measured.figures);
        if at == last {
            outcome.distributions = measured.distributions;
        } else {
            std::fs::remove_dir_all(&place).map_err(BenchError::io(&place))?;
        }
    }
    outcome.figures.number("machine_load_after", machine::load().unwrap_or(0.0));
    Ok(outcome)
}
