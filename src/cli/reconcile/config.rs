//! What a reconciliation was asked for, checked.

use std::path::{Path, PathBuf};

use crate::cli::config::{self, Input};
use crate::cli::flags::{KindFlag, ReconcileFlags, SourceFlags};
use crate::cli::registry;
use crate::error::{Error, Result};
use crate::identity::date::Date;
use crate::matching::Model;
use crate::reconcile::CountingDay;
use crate::registry::{Builder, Surroundings, SystemSurroundings};
use crate::report::shown::Personal;
use crate::report::{Existing, ListFormat};
use crate::source::read_model;

/// A run of `renji reconcile`.
#[derive(Debug)]
pub(crate) struct Config {
    /// What the other roll is.
    pub(super) kind: KindFlag,
    /// Our students.
    pub(super) ours: Input,
    /// The other roll; for counts perhaps nobody.
    pub(super) theirs: Input,
    /// With counts: the population base.
    pub(super) population: Option<Input>,
    /// With counts: the statistics.
    pub(super) statistics: Option<Input>,
    /// With counts: the day they are of.
    pub(super) day: CountingDay,
    /// Where the result goes.
    pub(super) out: PathBuf,
    pub(super) existing: Existing,
    /// What the lists are written as.
    pub(super) lists: ListFormat,
    pub(super) model: Model,
    /// Who takes the answers into the registry, if anybody does.
    pub(super) operator: Option<String>,
    pub(super) personal: Personal,
    pub(super) strict: bool,
    pub(super) threads: Option<usize>,
}

impl Config {
    /// Checks the flags and opens the inputs.
    pub(in crate::cli) fn check(flags: ReconcileFlags, named: Option<PathBuf>) -> Result<Config> {
        check_kind(&flags)?;
        let their_flags = SourceFlags {
            columns: flags.their_columns.clone(),
            encoding: flags.their_encoding,
            sheet: flags.their_sheet.clone(),
        };
        let writes = flags.kind == KindFlag::Population && !flags.dry_run;
        let directory = registry::named_directory(named.clone()).filter(|_| flags.ours.is_empty());
        let ours = match (directory, named) {
            (Some(directory), _) => {
                config::check_apart(std::slice::from_ref(&directory), &flags.out)?;
                // Who takes the answers in holds the registry from the beginning: nobody changes it in between.
                let registry = match &operator(&flags, writes)? {
                    Some(operator) => Builder::default().operator(operator).open(&directory)?,
                    None => registry::open_to_read(&directory)?,
                };
                Input::Registry(directory, Box::new(registry))
            }
            (None, Some(_)) => {
                return Err(Error::refused(
                    "give --ours or --registry, not both",
                    "请给出 --ours 或 --registry，不可同时给出",
                ));
            }
            (None, None) if flags.ours.is_empty() => {
                return Err(Error::refused(
                    "whose students? give --ours FILE, or --registry DIR",
                    "请用 --ours 给出我方名册，或用 --registry 指定学籍库",
                ));
            }
            (None, None) => Input::Files(config::open_sources(&flags.ours, &flags.source)?),
        };
        // Rows of two rolls are told apart by their file.
        let first = flags.ours.len().max(1);
        let open = |files: &[PathBuf], first: usize| -> Result<Input> {
            Ok(Input::Files(config::open_sources_from(first, files, &their_flags)?))
        };
        for files in [&flags.ours, &flags.theirs, &flags.population, &flags.statistics] {
            config::check_apart(files, &flags.out)?;
        }
        let some = |files: &[PathBuf]| -> Result<Option<Input>> {
            if files.is_empty() { Ok(None) } else { open(files, first).map(Some) }
        };
        let own = match &ours {
            Input::Registry(_, registry) if flags.model.is_none() => Model::clone(&*registry.model()?),
            _ => Model::default(),
        };
        let model = flags.model.as_deref().map_or(Ok(own), read_model)?;
        let operator = operator(&flags, writes && matches!(ours, Input::Registry(..)))?;
        let day = match &flags.on {
            Some(text) => registry::date("--on", text)?,
            None => today(),
        };
        Ok(Config {
            kind: flags.kind,
            ours,
            theirs: open(&flags.theirs, first)?,
            population: some(&flags.population)?,
            statistics: some(&flags.statistics)?,
            day: CountingDay::new(day),
            out: flags.out,
            existing: config::existing(flags.force),
            lists: flags.format.into(),
            model,
            operator,
            personal: config::personal(flags.unmasked),
            strict: flags.strict,
            threads: flags.threads,
        })
    }

    /// Whether there is another roll.
    pub(super) fn has_theirs(&self) -> bool {
        matches!(&self.theirs, Input::Files(sources) if !sources.is_empty())
    }
}

/// Who takes the answers into the registry, if anybody is to.
fn operator(flags: &ReconcileFlags, writes: bool) -> Result<Option<String>> {
    writes.then(|| registry::operator(flags.operator.as_deref())).transpose()
}

/// What does not go with a kind.
fn check_kind(flags: &ReconcileFlags) -> Result<()> {
    let is_counts = flags.kind == KindFlag::Counts;
    let only_counts = !flags.population.is_empty() || !flags.statistics.is_empty() || flags.on.is_some();
    if only_counts && !is_counts {
        return Err(Error::refused(
            "--population, --statistics and --on go with --as counts",
            "--population、--statistics、--on 只用于 --as counts",
        ));
    }
    if flags.theirs.is_empty() && !is_counts {
        return Err(Error::refused(
            "the other roll is missing: give --theirs FILE",
            "请用 --theirs 给出对方名册",
        ));
    }
    let has_others = !flags.theirs.is_empty() || !flags.population.is_empty() || !flags.statistics.is_empty();
    if is_counts && !has_others {
        return Err(Error::refused(
            "nothing to compare with: give --theirs, --population or --statistics",
            "没有可比对的数据：请给出 --theirs、--population 或 --statistics",
        ));
    }
    Ok(())
}

fn today() -> Date {
    let now = SystemSurroundings.now().to_string();
    // INVARIANT: a moment is written as RFC 3339, which begins with the day.
    Date::parse(now.get(..10).unwrap_or_default()).expect("a moment begins with its day")
}

/// What a row of a roll is called in lists: its file and row.
pub(super) fn place(input: &Input, origin: crate::student::Origin) -> String {
    match input {
        Input::Files(sources) => {
            let source = sources.iter().find(|source| source.file() == origin.file);
            format!("{}:{}", source.map_or("", |source| source.label()), origin.row)
        }
        Input::Registry(directory, _) => format!("{}:{}", Path::display(directory), origin.row),
    }
}
