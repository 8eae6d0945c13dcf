//! How far the work is: a bar with rate and remaining time where a person watches, a plain line now and
//! then elsewhere, nothing when quiet.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::messages::{Message, Step};
use super::terminal::Terminal;
use crate::dedupe::{Observer, Phase};

/// Time between two plain lines.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// The progress of one step.
pub(super) struct Progress<'t> {
    terminal: &'t Terminal,
    step: Step,
    bar: Option<ProgressBar>,
    total: u64,
    done: u64,
    rows: u64,
    told: Instant,
}

impl<'t> Progress<'t> {
    /// Begins a step of `total` units: bytes for [`Step::Read`], otherwise whatever the step counts.
    pub(super) fn begin(terminal: &'t Terminal, step: Step, total: u64) -> Progress<'t> {
        let bar = (terminal.is_watched() && !terminal.quiet()).then(|| {
            let template = match step {
                Step::Read => {
                    "{prefix} [{bar:30}] {bytes}/{total_bytes} {binary_bytes_per_sec} {msg} {eta_precise}"
                }
                _ => "{prefix} [{bar:30}] {human_pos}/{human_len} {per_sec} {eta_precise}",
            };
            let style =
                ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
            bar.with_style(style).with_prefix(step.text(terminal.language()))
        });
        if bar.is_none() && step != Step::Read {
            terminal.say(&Message::Step(step));
        }
        Progress { terminal, step, bar, total, done: 0, rows: 0, told: Instant::now() }
    }

    /// Goes on to `done` units; never back.
    pub(super) fn reach(&mut self, done: u64, total: u64) {
        self.total = total;
        if let Some(bar) = &self.bar {
            bar.set_length(total);
        }
        self.add(done.saturating_sub(self.done), 0);
    }

    /// Goes on by `units`, and for reading by some rows.
    pub(super) fn add(&mut self, units: u64, rows: u64) {
        self.done += units;
        self.rows += rows;
        if let Some(bar) = &self.bar {
            bar.set_position(self.done.min(self.total));
            if self.step == Step::Read {
                bar.set_message(self.rows.to_string());
            }
        } else if !self.terminal.quiet() && self.told.elapsed() >= LINE_INTERVAL {
            self.told = Instant::now();
            let percent = (self.done * 100).checked_div(self.total).unwrap_or(100).min(100);
            self.terminal.say(&match self.step {
                Step::Read => Message::Read { rows: self.rows, percent },
                step => Message::StepProgress { step, done: self.done, total: self.total },
            });
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Shows the phases of the comparison, one after the other.
pub(super) struct PhaseProgress<'t> {
    terminal: &'t Terminal,
    current: Mutex<Option<(Phase, Progress<'t>)>>,
}

impl<'t> PhaseProgress<'t> {
    /// Begins before the first phase.
    pub(super) fn new(terminal: &'t Terminal) -> PhaseProgress<'t> {
        PhaseProgress { terminal, current: Mutex::new(None) }
    }
}

impl Observer for PhaseProgress<'_> {
    fn progress(&self, phase: Phase, done: u64, total: u64) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        match current.as_mut() {
            Some((known, progress)) if *known == phase => progress.reach(done, total),
            // A late call of the phase before.
            Some((known, _)) if *known > phase => {}
            _ => {
                let step = match phase {
                    Phase::Block => Step::Block,
                    Phase::Judge => Step::Judge,
                    Phase::Cluster => Step::Cluster,
                };
                // The bar of the phase before goes first.
                *current = None;
                let progress = Progress::begin(self.terminal, step, total);
                current.insert((phase, progress)).1.reach(done, total);
            }
        }
    }
}
