//! `renji load`: every student of files enrolled.
//!
//! The files are read twice: first how common each value is, so that the first row is judged as the last one
//! is, then the rows. While one batch is enrolled the next one is read. Each batch is one commit: a load that
//! was stopped goes on where it was when it is run again.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Instant;

use serde_json::json;

use super::{Exit, Office};
use crate::cli::config;
use crate::cli::flags::LoadFlags;
use crate::cli::interrupt::Partial;
use crate::cli::memory;
use crate::cli::messages::{Message, Step};
use crate::cli::progress::Progress;
use crate::error::{Error, Result};
use crate::identity::{Identity, Issue};
use crate::language::Language;
use crate::limits::BATCH_MAX;
use crate::matching::FrequencyCounter;
use crate::registry::{Enrolled, Load, Registry};
use crate::report::{Existing, OutcomeList, RejectedList};
use crate::source::Source;
use crate::student::{Origin, OwnedStudent};

/// What became of the rows.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) rows: u64,
    pub(super) issued: u64,
    pub(super) existing: u64,
    pub(super) held: u64,
    pub(super) rejected: u64,
}

/// The two lists, where they were asked for.
pub(super) struct Lists {
    pub(super) outcomes: Option<OutcomeList>,
    pub(super) rejected: Option<RejectedList>,
}

impl Lists {
    /// Notes what became of a row: of which record, of which file and row.
    pub(super) fn answer(
        &mut self,
        answer: &crate::registry::Result<Enrolled>,
        counts: &mut Counts,
        id: Option<&str>,
        place: (&str, Origin),
    ) -> Result<()> {
        match answer {
            Ok(Enrolled::Issued(_)) => counts.issued += 1,
            Ok(Enrolled::Existing { .. }) => counts.existing += 1,
            Ok(Enrolled::Held { .. }) => counts.held += 1,
            Err(error) => {
                counts.rejected += 1;
                if let Some(list) = &mut self.rejected {
                    list.refused(place.0, place.1, error)?;
                }
            }
        }
        if let Some(list) = &mut self.outcomes {
            list.write(id.unwrap_or_default(), answer.as_ref().ok())?;
        }
        Ok(())
    }
}

/// Rows that are enrolled together, and where each came from.
#[derive(Default)]
struct Rows {
    students: Vec<OwnedStudent>,
    origins: Vec<Origin>,
}

/// The values of a chunk, and what could not be read of them.
#[derive(Default)]
struct Values {
    frequencies: FrequencyCounter,
    issues: Vec<(Origin, Issue)>,
    scratch: Vec<Issue>,
}

impl Office<'_> {
    /// Enrols every student of files.
    pub(super) fn load(&self, flags: &LoadFlags) -> Result<Exit> {
        let begun = Instant::now();
        let sources = config::open_sources(&flags.files, &flags.source)?;
        let registry = self.write_as(flags.operator.as_deref())?;
        for path in [&flags.out, &flags.rejected].into_iter().flatten() {
            check_no_input(path, &flags.files)?;
        }
        let existing = if flags.force { Existing::Replace } else { Existing::Keep };
        let mut partial = Vec::new();
        let mut outcomes = None;
        if let Some(path) = &flags.out {
            let (list, file) = Partial::make(path, || OutcomeList::create(path, existing))?;
            partial.push(file);
            outcomes = Some(list);
        }
        let mut rejected = None;
        if let Some(path) = &flags.rejected {
            let make = || RejectedList::create_at(path, existing, self.language());
            let (list, file) = Partial::make(path, make)?;
            partial.push(file);
            rejected = Some(list);
        }
        let mut lists = Lists { outcomes, rejected };
        let mut counts = Counts::default();
        if flags.bulk {
            let memory = flags.memory.unwrap_or_else(memory::default_bytes);
            self.load_bulk(registry.bulk_load_within(memory)?, &sources, &mut lists, &mut counts)?;
        } else {
            let counter = self.count(&registry, &sources, &mut lists, &mut counts)?;
            self.terminal.say(&Message::Step(Step::Enroll));
            let load = registry.load(counter)?;
            self.enroll_all(&sources, &load, &mut lists, &mut counts)?;
            load.finish()?;
        }
        lists.outcomes.map_or(Ok(()), OutcomeList::finish)?;
        lists.rejected.map_or(Ok(()), RejectedList::finish)?;
        partial.into_iter().for_each(Partial::keep);
        let seconds = begun.elapsed().as_secs_f64();
        let json = || {
            json!({
                "rows": counts.rows,
                "issued": counts.issued,
                "existing": counts.existing,
                "held": counts.held,
                "rejected": counts.rejected,
                "seconds": (seconds * 1000.0).round() / 1000.0,
            })
        };
        let Counts { rows, issued, existing, held, rejected } = counts;
        let text = || match self.language() {
            Language::Zh => format!(
                "共 {rows} 行：新发 {issued}，已有 {existing}，待处理 {held}，被拒 {rejected}；用时 {seconds:.1} 秒\n"
            ),
            Language::En => format!(
                "{rows} rows: {issued} issued, {existing} known, {held} held, {rejected} rejected; {seconds:.1} s\n"
            ),
        };
        let exit = self.answer(flags.output.json, json, text);
        Ok(if flags.strict && rejected > 0 { Exit::RejectedRows } else { exit })
    }

    /// The first reading: how common values are, and what cannot be read.
    fn count(
        &self,
        registry: &Registry,
        sources: &[Source],
        lists: &mut Lists,
        counts: &mut Counts,
    ) -> Result<FrequencyCounter> {
        let mut counter = FrequencyCounter::default();
        let bytes = sources.iter().map(Source::bytes).sum();
        let mut progress = Progress::begin(self.terminal, Step::Read, bytes);
        for source in sources {
            let file = source.path().display().to_string();
            Message::of_source(&file, source).for_each(|message| self.terminal.say(&message));
            let totals = source.try_for_each_chunk(
                Values::default,
                |values: &mut Values, student, origin| {
                    let identity = Identity::of(student, &mut values.scratch);
                    values.issues.extend(values.scratch.drain(..).map(|issue| (origin, issue)));
                    // Rows of an earlier load are counted already. Where that cannot be read the row is counted
                    // twice, and the load will say what is wrong.
                    if !identity.is_empty() && !registry.is_loaded(student).unwrap_or(false) {
                        values.frequencies.add(&identity);
                    }
                },
                |mut chunk| -> Result<()> {
                    progress.add(chunk.bytes, u64::from(chunk.students) + chunk.rejected.len() as u64);
                    counter.append(&mut chunk.value.frequencies);
                    if let Some(list) = &mut lists.rejected {
                        let cell = |row, column| source.cell(row, column);
                        list.write_cells(&file, &chunk.rejected, &chunk.value.issues, &cell)?;
                    }
                    Ok(())
                },
            )?;
            counts.rows += totals.rows;
            counts.rejected += totals.rejected;
        }
        Ok(counter)
    }

    /// The second reading: rows in the order of the files, batch by batch.
    fn enroll_all(
        &self,
        sources: &[Source],
        load: &Load<'_>,
        lists: &mut Lists,
        counts: &mut Counts,
    ) -> Result<()> {
        let files: Vec<String> = sources.iter().map(|source| source.path().display().to_string()).collect();
        let total = counts.rows;
        std::thread::scope(|scope| {
            // One batch is read while one is enrolled; no third one waits.
            let (sender, receiver) = sync_channel::<Rows>(0);
            let files = &files;
            let worker = scope.spawn(move || -> Result<()> {
                let mut progress = Progress::begin(self.terminal, Step::Enroll, total);
                enroll_batches(receiver, load, files, lists, counts, &mut progress)
            });
            let read = read_batches(sources, |rows| sender.send(rows).is_ok());
            drop(sender);
            // INVARIANT: a panic of the worker is the worker's; it goes on here.
            let enrolled = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            enrolled.and(read)
        })
    }
}

/// Reads rows and hands them on in batches, until nobody takes them.
fn read_batches(sources: &[Source], mut hand_on: impl FnMut(Rows) -> bool) -> Result<()> {
    let mut batch = Rows::default();
    for source in sources {
        let totals = source.for_each_chunk(
            Rows::default,
            |rows: &mut Rows, student, origin| {
                rows.students.push(OwnedStudent::from(student));
                rows.origins.push(origin);
            },
            |chunk| {
                let mut rows = chunk.value;
                if batch.students.len() + rows.students.len() > BATCH_MAX
                    && !hand_on(std::mem::take(&mut batch))
                {
                    return ControlFlow::Break(());
                }
                batch.students.append(&mut rows.students);
                batch.origins.append(&mut rows.origins);
                ControlFlow::Continue(())
            },
        )?;
        if totals.stopped {
            return Ok(());
        }
    }
    if !batch.students.is_empty() {
        hand_on(batch);
    }
    Ok(())
}

fn enroll_batches(
    batches: Receiver<Rows>,
    load: &Load<'_>,
    files: &[String],
    lists: &mut Lists,
    counts: &mut Counts,
    progress: &mut Progress<'_>,
) -> Result<()> {
    for batch in batches {
        let Rows { students, origins } = batch;
        let ids: Vec<String> = match lists.outcomes {
            Some(_) => students.iter().map(|student| student.record_id.clone()).collect(),
            None => Vec::new(),
        };
        let answers = load.enroll(students)?;
        for (at, answer) in answers.iter().enumerate() {
            let place = (files[usize::from(origins[at].file)].as_str(), origins[at]);
            lists.answer(answer, counts, ids.get(at).map(String::as_str), place)?;
        }
        progress.add(answers.len() as u64, 0);
    }
    Ok(())
}

/// Refuses a list in the place of an input.
fn check_no_input(path: &Path, files: &[std::path::PathBuf]) -> Result<()> {
    let Ok(whole) = path.canonicalize() else { return Ok(()) };
    if files.iter().any(|file| file.canonicalize().is_ok_and(|file| file == whole)) {
        return Err(Error::usage(format!("{}: this is an input", path.display())));
    }
    Ok(())
}
