//! `renji dedupe`: files in, lists out.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Instant;

use super::config;
use super::exit::Exit;
use super::interrupt::Unfinished;
use super::messages::{Message, Step};
use super::progress::{PhaseProgress, Progress};
use super::terminal::Terminal;
use crate::dedupe::{Batch, Dedupe, Findings};
use crate::error::{Error, Result};
use crate::matching::{Model, Reasons, Verdict};
use crate::report::{
    FamilySummary, OutputDirectory, RejectedList, Summary, memory_peak_bytes, write_findings,
};

/// Runs the command.
pub(super) fn run(config: &config::Dedupe, terminal: &Terminal) -> Result<Exit> {
    let mut pool = rayon::ThreadPoolBuilder::new();
    if let Some(threads) = config.threads {
        pool = pool.num_threads(threads.get());
    }
    let pool = pool.build().map_err(|error| Error::usage(format!("--threads: {error}")))?;
    pool.install(|| work(config, terminal))
}

fn work(config: &config::Dedupe, terminal: &Terminal) -> Result<Exit> {
    let begun = Instant::now();
    let mut summary = Summary {
        version: env!("CARGO_PKG_VERSION"),
        files: config.sources.len(),
        threads: rayon::current_num_threads(),
        ..Summary::default()
    };
    let make = || OutputDirectory::create(&config.out, config.existing);
    let (directory, unfinished) = Unfinished::make(make, OutputDirectory::temporary)?;

    let dedupe = read(config, terminal, &directory, &mut summary)?;
    terminal.say(&Message::Rows { rows: summary.rows, rejected: summary.rejected_rows });

    let findings = dedupe
        .run(&Model::default(), &PhaseProgress::new(terminal))
        .unwrap_or_else(|_| unreachable!("this observer never cancels: Ctrl-C ends the process"));
    count(&findings, &mut summary);

    let writing = Instant::now();
    let progress = Progress::begin(terminal, Step::Write, 1);
    summary.problem_records = write_findings(&directory, &findings, terminal.language())?;
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
    let out = config.out.display().to_string();
    terminal.say(&Message::Done { out: &out, seconds: begun.elapsed().as_secs_f64() });
    // The process ends next: giving millions of small pieces of memory back one by one is for nothing.
    std::mem::forget(findings);
    Ok(if config.strict && summary.rejected_rows > 0 { Exit::RejectedRows } else { Exit::Done })
}

/// Reads all inputs in order. Rejected rows and values go to `rejected.csv`, counts to the summary.
fn read(
    config: &config::Dedupe,
    terminal: &Terminal,
    directory: &OutputDirectory,
    summary: &mut Summary,
) -> Result<Dedupe> {
    let begun = Instant::now();
    let mut dedupe = Dedupe::default();
    let mut list = RejectedList::create(directory, terminal.language())?;
    let mut rules: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut values: BTreeMap<&'static str, u64> = BTreeMap::new();
    for source in &config.sources {
        let file = source.path().display().to_string();
        let (encoding, layout) = (source.encoding(), source.layout());
        terminal.say(&Message::Reading { file: &file, encoding, layout });
    }
    let bytes = config.sources.iter().map(|source| source.bytes()).sum();
    let mut progress = Progress::begin(terminal, Step::Read, bytes);
    for source in &config.sources {
        let file = source.path().display().to_string();
        let mut failed = None;
        let totals = source.for_each_chunk(Batch::default, Batch::push, |mut chunk| {
            progress.add(chunk.bytes, u64::from(chunk.students) + chunk.rejected.len() as u64);
            for rejected in &chunk.rejected {
                *rules.entry(rejected.rule.code()).or_default() += 1;
            }
            let issues = chunk.value.take_issues();
            for (_, issue) in &issues {
                if issue.rule.rejects_row() {
                    summary.rejected_rows += 1;
                    *rules.entry(issue.rule.code()).or_default() += 1;
                } else {
                    *values.entry(issue.rule.code()).or_default() += 1;
                }
            }
            dedupe.add(chunk.value);
            match list.write(&file, &chunk.rejected, &issues) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        summary.rows += totals.rows;
        summary.rejected_rows += totals.rejected;
        if summary.rows > u64::from(u32::MAX) {
            return Err(Error::usage(format!("more than {} rows in one run", u32::MAX)));
        }
    }
    drop(progress);
    list.finish()?;
    let owned = |(rule, count): (&'static str, u64)| (rule.to_owned(), count);
    summary.rejected_by_rule = rules.into_iter().map(owned).collect();
    summary.rejected_values = values.into_iter().map(owned).collect();
    summary.seconds.insert("read".to_owned(), begun.elapsed().as_secs_f64());
    Ok(dedupe)
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
