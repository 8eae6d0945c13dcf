//! What is to be compared, read into a [`Dedupe`]; and the records of its pairs, read once more to be shown.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Instant;

use rayon::prelude::*;

use super::config::Input;
use super::messages::{Message, Step};
use super::progress::Progress;
use super::terminal::Terminal;
use crate::dedupe::{Batch, Dedupe, Findings, RowId, Settings};
use crate::error::{Error, Result};
use crate::ids::Sequence;
use crate::registry::{Registered, Registry, RegistryError, Status};
use crate::report::shown::{self, Personal};
use crate::report::{InputSummary, RegistrySummary, RejectedList, ResultError, Summary, Texts};
use crate::source::{ColumnMap, Rejected, Source};
use crate::store::StoreError;
use crate::student::{Origin, OwnedStudent};

/// Students of a registry that are read as one piece of work.
const REGISTRY_CHUNK: usize = 16_384;

/// Reads all that is to be compared, in order. Rejected rows and values go to `rejected.csv`, counts to the summary.
pub(super) fn read(
    input: &Input,
    settings: Settings,
    terminal: &Terminal,
    list: Option<&mut RejectedList>,
    summary: &mut Summary,
) -> Result<Dedupe> {
    let begun = Instant::now();
    let mut dedupe = Dedupe::new(settings);
    let mut rules: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut values: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut intake = Intake { dedupe: &mut dedupe, list, rules: &mut rules, values: &mut values };
    match input {
        Input::Files(sources) => read_files(sources, terminal, &mut intake, summary)?,
        Input::Registry(directory, registry) => {
            read_registry(directory, registry, terminal, &mut intake, summary)?;
        }
    }
    let owned = |(rule, count): (&'static str, u64)| (rule.to_owned(), count);
    summary.rejected_by_rule = rules.into_iter().map(owned).collect();
    summary.rejected_values = values.into_iter().map(owned).collect();
    summary.seconds.insert("read".to_owned(), begun.elapsed().as_secs_f64());
    Ok(dedupe)
}

/// Where what is read goes.
struct Intake<'r> {
    dedupe: &'r mut Dedupe,
    /// `None` where the list was written before.
    list: Option<&'r mut RejectedList>,
    rules: &'r mut BTreeMap<&'static str, u64>,
    values: &'r mut BTreeMap<&'static str, u64>,
}

impl Intake<'_> {
    /// Takes the students of one chunk of what is called `name`, and tells what was rejected of it.
    fn take(
        &mut self,
        name: &str,
        source: Option<&Source>,
        mut batch: Batch,
        rejected: &[Rejected],
        summary: &mut Summary,
    ) -> Result<()> {
        for rejected in rejected {
            *self.rules.entry(rejected.rule.code()).or_default() += 1;
        }
        let issues = batch.take_issues();
        for (_, issue) in &issues {
            if issue.rule.rejects_row() {
                summary.rejected_rows += 1;
                *self.rules.entry(issue.rule.code()).or_default() += 1;
            } else {
                *self.values.entry(issue.rule.code()).or_default() += 1;
            }
        }
        self.dedupe.add(batch)?;
        match &mut self.list {
            Some(list) => {
                let cell = |row, column| source.and_then(|source| source.cell(row, column));
                Ok(list.write_cells(name, rejected, &issues, &cell)?)
            }
            None => Ok(()),
        }
    }
}

fn read_files(
    sources: &[Source],
    terminal: &Terminal,
    intake: &mut Intake<'_>,
    summary: &mut Summary,
) -> Result<()> {
    for source in sources {
        let file = source.path().display().to_string();
        Message::of_source(&file, source).for_each(|message| terminal.say(&message));
    }
    let bytes = sources.iter().map(Source::bytes).sum();
    let mut progress = Progress::begin(terminal, Step::Read, bytes);
    let batches = intake.dedupe.batches();
    for source in sources {
        let file = source.path().display().to_string();
        let totals = source.try_for_each_chunk(
            || batches.take(),
            Batch::push,
            |chunk| {
                progress.add(chunk.bytes, u64::from(chunk.students) + chunk.rejected.len() as u64);
                intake.take(&file, Some(source), chunk.value, &chunk.rejected, summary)
            },
        )?;
        summary.rows += totals.rows;
        summary.rejected_rows += totals.rejected;
        summary.inputs.push(input_summary(source, totals.digest));
        if summary.rows > u64::from(u32::MAX) {
            return Err(Error::usage(format!("more than {} rows in one run", u32::MAX)));
        }
    }
    Ok(())
}

/// What it takes to read a file again, and to see that it has not changed.
fn input_summary(source: &Source, digest: u64) -> InputSummary {
    let columns = ColumnMap::of(source.layout());
    InputSummary {
        path: std::path::absolute(source.path()).unwrap_or_else(|_| source.path().to_owned()),
        label: source.label().to_owned(),
        encoding: source.encoding().name().to_owned(),
        kind: source.kind().code().to_owned(),
        sheet: source.sheet().map(str::to_owned),
        columns: columns.names().map(|(field, names)| (field.code().to_owned(), names.to_vec())).collect(),
        bytes: source.bytes(),
        xxh3: format!("{digest:016x}"),
    }
}

/// Reads the current record of every student of a registry who was not deleted.
fn read_registry(
    directory: &Path,
    registry: &Registry,
    terminal: &Terminal,
    intake: &mut Intake<'_>,
    summary: &mut Summary,
) -> Result<()> {
    let name = directory.display().to_string();
    let total = registry.statistics()?.numbered;
    let mut progress = Progress::begin(terminal, Step::ReadRegistry, total);
    let mut chunk: Vec<(OwnedStudent, Origin)> = Vec::with_capacity(REGISTRY_CHUNK);
    let batches = intake.dedupe.batches();
    let mut flush = |chunk: &mut Vec<(OwnedStudent, Origin)>, summary: &mut Summary| -> Result<()> {
        let batches: Vec<Batch> = chunk
            .par_chunks(1024)
            .map(|students| {
                let mut batch = batches.take();
                students.iter().for_each(|(student, origin)| batch.push(&student.as_student(), *origin));
                batch
            })
            .collect();
        progress.add(chunk.len() as u64, 0);
        chunk.clear();
        batches.into_iter().try_for_each(|batch| intake.take(&name, None, batch, &[], summary))
    };
    let (rows, sequence) = walk(registry, &mut |record, origin| {
        chunk.push((record, origin));
        if chunk.len() == REGISTRY_CHUNK { flush(&mut chunk, summary) } else { Ok(()) }
    })?;
    flush(&mut chunk, summary)?;
    summary.rows += u64::from(rows);
    let path = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
    summary.registry = Some(RegistrySummary { path, sequence: sequence.get() });
    Ok(())
}

/// Shows the current record of every student of a registry who was not deleted, under the registry number, or
/// `pending-ID` for one who waits. A row is a place in that order. Tells how many there are, and the last entry of
/// the journal.
fn walk(
    registry: &Registry,
    visit: &mut dyn FnMut(OwnedStudent, Origin) -> Result<()>,
) -> Result<(u32, Sequence)> {
    let mut row = 0;
    let mut failed: Option<Error> = None;
    let mut take = |student: Registered| {
        if student.state.status == Status::Retired {
            return Ok(());
        }
        let mut record = student.record;
        record.record_id = match student.state.number {
            Some(number) => number.to_string(),
            None => format!("pending-{}", student.id),
        };
        row += 1;
        visit(record, Origin { file: 0, row }).map_err(|error| {
            failed = Some(error);
            // Ends the walk; the real cause is told instead.
            RegistryError::Store(StoreError::Refused)
        })
    };
    let walked = registry
        .for_each_student(&mut take)
        .and_then(|sequence| registry.for_each_pending(&mut take).map(|()| sequence));
    match failed {
        Some(error) => Err(error),
        None => Ok((row, walked?)),
    }
}

/// The records of the pairs that were found, as they may be shown: read once more, for what is compared is not what
/// was written.
pub(super) fn texts(input: &Input, findings: &Findings, personal: Personal) -> Result<Texts> {
    let rows = findings.pairs.iter().flat_map(|pair| [pair.a, pair.b]);
    let wanted: HashMap<Origin, RowId> = rows.map(|row| (findings.record(row).origin, row)).collect();
    let mut texts = Texts::with_capacity(wanted.len());
    let changed = match input {
        Input::Files(sources) => {
            for source in sources {
                source.try_for_each_chunk(
                    Vec::new,
                    |shown: &mut Vec<_>, student, origin| {
                        if let Some(row) = wanted.get(&origin) {
                            shown.push((*row, shown::fields(student, personal)));
                        }
                    },
                    |chunk| {
                        texts.extend(chunk.value);
                        Ok::<(), Error>(())
                    },
                )?;
            }
            sources.first().map(|source| source.path().to_owned())
        }
        Input::Registry(directory, registry) => {
            walk(registry, &mut |record, origin| {
                if let Some(row) = wanted.get(&origin) {
                    texts.insert(*row, shown::fields(&record.as_student(), personal));
                }
                Ok(())
            })?;
            Some(directory.clone())
        }
    };
    match changed.filter(|_| texts.len() < wanted.len()) {
        Some(path) => Err(ResultError::Changed { path }.into()),
        None => Ok(texts),
    }
}
