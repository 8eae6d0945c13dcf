//! `renji dedupe`: files or a registry in, lists out.

use std::collections::BTreeMap;
use std::time::Instant;

use rayon::prelude::*;

use super::config::{self, Input};
use super::exit::Exit;
use super::interrupt::Unfinished;
use super::messages::{Message, Step};
use super::progress::{PhaseProgress, Progress};
use super::terminal::Terminal;
use crate::dedupe::{Batch, Dedupe, Findings, Settings};
use crate::error::{Error, Result};
use crate::matching::{Model, Reasons, Thresholds, Verdict};
use crate::registry::{Registered, Registry, RegistryError, Status};
use crate::report::{
    FamilySummary, OutputDirectory, RejectedList, Summary, memory_peak_bytes, write_deferred, write_findings,
};
use crate::source::{Rejected, Source};
use crate::store::StoreError;
use crate::student::{Origin, OwnedStudent};

/// Students of a registry that are read as one piece of work.
const REGISTRY_CHUNK: usize = 16_384;

/// Runs the command.
pub(super) fn run(config: &config::Dedupe, terminal: &Terminal) -> Result<Exit> {
    config.effort.run(|| work(config, terminal))
}

fn work(config: &config::Dedupe, terminal: &Terminal) -> Result<Exit> {
    let begun = Instant::now();
    let mut summary = Summary {
        version: env!("CARGO_PKG_VERSION"),
        files: match &config.input {
            Input::Files(sources) => sources.len(),
            Input::Registry(..) => 0,
        },
        threads: rayon::current_num_threads(),
        memory_budget_bytes: config.effort.memory_bytes,
        model: config.model.model.name.clone(),
        model_digest: config.model.digest.to_string(),
        thresholds: thresholds(&config.model.model),
        review_budget: config.review_budget.map(|budget| budget as u64),
        ..Summary::default()
    };
    let make = || OutputDirectory::create(&config.out, config.existing);
    let (directory, unfinished) = Unfinished::make(make, OutputDirectory::temporary)?;

    let dedupe = read(config, terminal, &directory, &mut summary)?;
    terminal.say(&Message::Rows { rows: summary.rows, rejected: summary.rejected_rows });

    let mut findings = dedupe.run(&config.model.model, &PhaseProgress::new(terminal))?;
    let deferred = config.review_budget.map(|budget| findings.defer_reviews(budget));
    count(&findings, &mut summary);

    let writing = Instant::now();
    let progress = Progress::begin(terminal, Step::Write, 1);
    summary.problem_records = write_findings(&directory, &findings, terminal.language())?;
    if let Some(deferred) = &deferred {
        summary.reviews_deferred = deferred.len() as u64;
        write_deferred(&directory, &findings, deferred)?;
    }
    drop(progress);
    summary.seconds.insert("write".to_owned(), writing.elapsed().as_secs_f64());
    summary.memory_peak_bytes = memory_peak_bytes();
    summary.seconds.insert("total".to_owned(), begun.elapsed().as_secs_f64());
    summary.write(&directory)?;
    unfinished.publish(|| directory.publish())?;

    if findings.repeated_ids > 0 {
        terminal.say(&Message::RepeatedIds(findings.repeated_ids));
    }
    terminal.say(&Message::Found {
        same: findings.count(Verdict::Same),
        conflict: findings.count(Verdict::Conflict),
        review: findings.count(Verdict::Review),
        problem_records: summary.problem_records,
    });
    if summary.reviews_deferred > 0 {
        terminal.say(&Message::Deferred(summary.reviews_deferred));
    }
    let out = config.out.display().to_string();
    terminal.say(&Message::Done { out: &out, seconds: begun.elapsed().as_secs_f64() });
    // The process ends next: giving millions of small pieces of memory back one by one is for nothing.
    std::mem::forget(findings);
    Ok(if config.strict && summary.rejected_rows > 0 { Exit::RejectedRows } else { Exit::Done })
}

/// Reads all that is to be compared, in order. Rejected rows and values go to `rejected.csv`, counts to the summary.
fn read(
    config: &config::Dedupe,
    terminal: &Terminal,
    directory: &OutputDirectory,
    summary: &mut Summary,
) -> Result<Dedupe> {
    let begun = Instant::now();
    let mut dedupe = Dedupe::new(Settings {
        memory_bytes: config.effort.memory_bytes,
        temporary: config.effort.temporary.clone().unwrap_or_else(|| directory.temporary().to_owned()),
        ..Settings::default()
    });
    let mut list = RejectedList::create(directory, terminal.language())?;
    let mut rules: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut values: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut intake = Intake { dedupe: &mut dedupe, list: &mut list, rules: &mut rules, values: &mut values };
    match &config.input {
        Input::Files(sources) => read_files(sources, terminal, &mut intake, summary)?,
        Input::Registry(directory, registry) => {
            let name = directory.display().to_string();
            read_registry(&name, registry, terminal, &mut intake, summary)?;
        }
    }
    list.finish()?;
    let owned = |(rule, count): (&'static str, u64)| (rule.to_owned(), count);
    summary.rejected_by_rule = rules.into_iter().map(owned).collect();
    summary.rejected_values = values.into_iter().map(owned).collect();
    summary.seconds.insert("read".to_owned(), begun.elapsed().as_secs_f64());
    Ok(dedupe)
}

/// Where what is read goes.
struct Intake<'r> {
    dedupe: &'r mut Dedupe,
    list: &'r mut RejectedList,
    rules: &'r mut BTreeMap<&'static str, u64>,
    values: &'r mut BTreeMap<&'static str, u64>,
}

impl Intake<'_> {
    /// Takes the students of one chunk of what is called `name`, and tells what was rejected of it.
    fn take(
        &mut self,
        name: &str,
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
        self.list.write(name, rejected, &issues)?;
        Ok(())
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
        let (encoding, layout) = (source.encoding(), source.layout());
        terminal.say(&Message::Reading { file: &file, encoding, layout });
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
                intake.take(&file, chunk.value, &chunk.rejected, summary)
            },
        )?;
        summary.rows += totals.rows;
        summary.rejected_rows += totals.rejected;
        if summary.rows > u64::from(u32::MAX) {
            return Err(Error::usage(format!("more than {} rows in one run", u32::MAX)));
        }
    }
    Ok(())
}

/// Reads the current record of every student of a registry who was not deleted, under the registry number, or
/// `pending-ID` for one who waits. A row is a place in that order.
fn read_registry(
    name: &str,
    registry: &Registry,
    terminal: &Terminal,
    intake: &mut Intake<'_>,
    summary: &mut Summary,
) -> Result<()> {
    let total = registry.statistics()?.numbered;
    let mut progress = Progress::begin(terminal, Step::ReadRegistry, total);
    let mut row = 0;
    let mut chunk: Vec<(OwnedStudent, Origin)> = Vec::with_capacity(REGISTRY_CHUNK);
    let mut failed: Option<Error> = None;
    let batches = intake.dedupe.batches();
    let mut flush = |chunk: &mut Vec<(OwnedStudent, Origin)>, summary: &mut Summary| -> bool {
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
        for batch in batches {
            if let Err(error) = intake.take(name, batch, &[], summary) {
                failed = Some(error);
                return false;
            }
        }
        true
    };
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
        chunk.push((record, Origin { file: 0, row }));
        if chunk.len() == REGISTRY_CHUNK && !flush(&mut chunk, summary) {
            // Ends the walk; the real cause is told instead.
            return Err(RegistryError::Store(StoreError::Refused));
        }
        Ok(())
    };
    let walked = registry.for_each_student(&mut take).and_then(|_| registry.for_each_pending(&mut take));
    if walked.is_ok() {
        flush(&mut chunk, summary);
    }
    if let Some(error) = failed {
        return Err(error);
    }
    walked?;
    summary.rows += u64::from(row);
    Ok(())
}

fn thresholds(model: &Model) -> BTreeMap<String, f64> {
    let Thresholds { same, review, two_numbers } = model.thresholds;
    let named = [("same", same), ("review", review), ("two_numbers", two_numbers)];
    named.map(|(name, value)| (name.to_owned(), value)).into()
}

/// Puts what was found into numbers.
fn count(findings: &Findings, summary: &mut Summary) {
    summary.pairs_judged = findings.judged;
    for verdict in [Verdict::Same, Verdict::Conflict, Verdict::Review] {
        summary.pairs_by_verdict.insert(verdict.code().to_owned(), findings.count(verdict));
    }
    summary.clusters = findings.clusters.len() as u64;
    let is_broken = |reasons: Reasons| reasons.contains(Reasons::WEAKEST_LINK);
    summary.broken_links =
        findings.pairs.iter().filter(|pair| is_broken(pair.judgement.reasons)).count() as u64;
    summary.repeated_ids = findings.repeated_ids;
    summary.spilled_bytes = findings.spilled_bytes;
    for family in &findings.families {
        let counts = FamilySummary {
            pairs: family.pairs,
            divided_blocks: family.divided,
            skipped_blocks: family.skipped_blocks,
            skipped_students: family.skipped_students,
            skipped_pairs: family.skipped_pairs,
        };
        summary.blocks.insert(family.family.code().to_owned(), counts);
    }
    let seconds = &findings.seconds;
    for (phase, seconds) in [("block", seconds.block), ("judge", seconds.judge), ("cluster", seconds.cluster)]
    {
        summary.seconds.insert(phase.to_owned(), seconds);
    }
}
