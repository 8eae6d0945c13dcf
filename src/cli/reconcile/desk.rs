//! What every kind of reconciliation needs: the result directory, the list of what was rejected, the summary, and an
//! answer for a person.

use std::collections::BTreeMap;
use std::time::Instant;

use super::config::Config;
use super::roll::{self, Read};
use crate::cli::config::Input;
use crate::cli::exit::Exit;
use crate::cli::flags::KindFlag;
use crate::cli::interrupt::Unfinished;
use crate::cli::messages::Message;
use crate::cli::terminal::Terminal;
use crate::error::Result;
use crate::identity::Issue;
use crate::language::Language;
use crate::report::reconcile::{ReconcileSummary, RollSummary, words};
use crate::report::{OutputDirectory, RejectedList, ReportError, memory_peak_bytes};
use crate::source::Rejected;
use crate::student::{Details, Origin, Student};

/// A reconciliation on its way.
pub(super) struct Desk<'c> {
    pub(super) config: &'c Config,
    pub(super) terminal: &'c Terminal,
    pub(super) directory: OutputDirectory,
    pub(super) summary: ReconcileSummary,
    /// Lines of the problem lists.
    pub(super) problems: u64,
    /// What is said besides the standings.
    pub(super) remarks: Vec<String>,
    unfinished: Unfinished,
    rejected: RejectedList,
    begun: Instant,
}

/// A piece of a roll, and what could not be read of its values.
#[derive(Debug, Default)]
pub(super) struct Piece<T> {
    pub(super) value: T,
    pub(super) issues: Vec<(Origin, Issue)>,
}

impl<'c> Desk<'c> {
    pub(super) fn open(config: &'c Config, terminal: &'c Terminal) -> Result<Desk<'c>> {
        let make = || Ok(OutputDirectory::create(&config.out, config.existing)?.with_format(config.lists));
        let (directory, unfinished) = Unfinished::make::<_, ReportError>(make, OutputDirectory::temporary)?;
        let rejected = RejectedList::create(&directory, terminal.language())?;
        let summary = ReconcileSummary {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            kind: kind_code(config.kind).to_owned(),
            model_digest: config.model.digest().to_string(),
            ..ReconcileSummary::default()
        };
        Ok(Desk {
            config,
            terminal,
            directory,
            summary,
            problems: 0,
            remarks: Vec::new(),
            unfinished,
            rejected,
            begun: Instant::now(),
        })
    }

    pub(super) fn language(&self) -> Language {
        self.terminal.language()
    }

    /// Reads a roll, see [`roll::read`]; what is rejected goes to the list.
    pub(super) fn read<T: Send>(
        &mut self,
        input: &Input,
        make: impl Fn() -> T + Sync,
        visit: impl Fn(&mut Piece<T>, &Student<'_>, &dyn Details, Origin) + Sync,
        mut take: impl FnMut(T) -> Result<()>,
    ) -> Result<Read> {
        let rejected = &mut self.rejected;
        let make = || Piece { value: make(), issues: Vec::new() };
        let read =
            roll::read(input, self.terminal, make, visit, |piece: Piece<T>, file, rows: &[Rejected]| {
                rejected.write(file, rows, &piece.issues)?;
                take(piece.value)
            })?;
        self.terminal.say(&Message::Rows {
            rows: read.rows,
            rejected: read.rejected,
            lists: self.config.lists,
        });
        Ok(read)
    }

    /// Notes what was read of our roll.
    pub(super) fn note_ours(&mut self, read: Read) {
        self.summary.ours = summary_of(read);
    }

    /// Notes what was read of another roll.
    pub(super) fn note_other(&mut self, name: &str, read: Read) {
        self.summary.others.insert(name.to_owned(), summary_of(read));
    }

    /// Counts a line by how it stands.
    pub(super) fn count(&mut self, standing: &str) {
        *self.summary.standings.entry(standing.to_owned()).or_default() += 1;
    }

    /// Puts the result in its place and says what it is.
    pub(super) fn finish(mut self) -> Result<Exit> {
        self.rejected.finish()?;
        self.summary.seconds = self.begun.elapsed().as_secs_f64();
        self.summary.memory_peak_bytes = memory_peak_bytes();
        self.summary.write(&self.directory)?;
        let language = self.terminal.language();
        let directory = self.directory;
        self.unfinished.publish(|| directory.publish())?;
        let mut lines: Vec<String> = Vec::new();
        for (standing, count) in ordered(&self.summary.standings) {
            lines.push(format!("{count:>10}  {}", words::standing(standing, language)));
        }
        lines.append(&mut self.remarks);
        for line in lines {
            self.terminal.result(&format!("{line}\n"));
        }
        let out = self.config.out.display().to_string();
        self.terminal.say(&Message::Reconciled { problems: self.problems });
        self.terminal.say(&Message::Done { out: &out, seconds: self.summary.seconds });
        let rejected = self.summary.ours.rejected_rows
            + self.summary.others.values().map(|o| o.rejected_rows).sum::<u64>();
        Ok(if self.config.strict && rejected > 0 { Exit::RejectedRows } else { Exit::Done })
    }
}

/// Standings, those that agree first, then the most frequent.
fn ordered(standings: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    let mut ordered: Vec<(&str, u64)> = standings.iter().map(|(name, count)| (&**name, *count)).collect();
    let is_good = |name: &str| matches!(name, "agrees" | "registered" | "equal");
    ordered.sort_by_key(|(name, count)| (!is_good(name), std::cmp::Reverse(*count)));
    ordered
}

fn summary_of(read: Read) -> RollSummary {
    RollSummary {
        rows: read.rows,
        rejected_rows: read.rejected,
        inputs: read.inputs,
        registry: read.registry,
    }
}

const fn kind_code(kind: KindFlag) -> &'static str {
    match kind {
        KindFlag::Population => "population",
        KindFlag::Admissions => "admissions",
        KindFlag::Diploma => "diploma",
        KindFlag::Enrolment => "enrolment",
        KindFlag::Counts => "counts",
    }
}
