//! `renji dedupe`: files or a registry in, lists out.

use std::collections::BTreeMap;
use std::time::Instant;

use super::config::{self, Input};
use super::exit::Exit;
use super::intake;
use super::interrupt::Unfinished;
use super::messages::{Message, Step};
use super::progress::{PhaseProgress, Progress};
use super::terminal::Terminal;
use crate::dedupe::{Findings, Settings};
use crate::error::{Error, Result};
use crate::matching::{Model, Reasons, Thresholds, Verdict};
use crate::report::shown::Personal;
use crate::report::{
    FamilySummary, OutputDirectory, RejectedList, ReportPage, Summary, memory_peak_bytes, write_deferred,
    write_findings, write_model_of_result, write_page,
};

/// Runs the command.
pub(super) fn run(config: &config::Dedupe, terminal: &Terminal) -> Result<Exit> {
    config.effort.run(|| work(config, terminal))
}

fn work(config: &config::Dedupe, terminal: &Terminal) -> Result<Exit> {
    let begun = Instant::now();
    let mut summary = Summary {
        format: Summary::FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
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
    let lists = config.lists;
    let make = || Ok(OutputDirectory::create(&config.out, config.existing)?.with_format(lists));
    let (directory, unfinished) = Unfinished::make::<_, Error>(make, OutputDirectory::temporary)?;

    let model = &config.model.model;
    let settings = Settings {
        memory_bytes: config.effort.memory_bytes,
        temporary: config.effort.temporary.clone().unwrap_or_else(|| directory.temporary().to_owned()),
        ..Settings::default()
    };
    let mut rejected = RejectedList::create(&directory, terminal.language())?;
    let dedupe = intake::read(&config.input, settings, terminal, Some(&mut rejected), &mut summary)?;
    rejected.finish()?;
    terminal.say(&Message::Rows { rows: summary.rows, rejected: summary.rejected_rows, lists });

    let mut findings = dedupe.run(model, &PhaseProgress::new(terminal))?;
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
    write_model_of_result(&directory, model)?;
    summary.write(&directory)?;
    let page = match &config.report {
        None => None,
        Some(_) => Some(page(&config.input, &findings, &summary, model, config.personal, terminal)?),
    };
    unfinished.publish(|| directory.publish())?;

    if let (Some(path), Some(page)) = (&config.report, &page) {
        write_page(path, config.existing, config.personal, page)?;
    }

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
        terminal.say(&Message::Deferred { count: summary.reviews_deferred, lists });
    }
    let out = config.out.display().to_string();
    terminal.say(&Message::Done { out: &out, seconds: begun.elapsed().as_secs_f64() });
    // The process ends next: giving millions of small pieces of memory back one by one is for nothing.
    std::mem::forget(findings);
    Ok(if config.strict && summary.rejected_rows > 0 { Exit::RejectedRows } else { Exit::Done })
}

/// The page that tells what was found.
pub(super) fn page(
    input: &Input,
    findings: &Findings,
    summary: &Summary,
    model: &Model,
    personal: Personal,
    terminal: &Terminal,
) -> Result<String> {
    let _progress = Progress::begin(terminal, Step::Report, 1);
    let texts = &intake::texts(input, findings, personal)?;
    let language = terminal.language();
    Ok(ReportPage { summary, findings, texts, model, personal, language }.html())
}

fn thresholds(model: &Model) -> BTreeMap<String, f64> {
    let Thresholds { same, review, two_numbers } = model.thresholds;
    let named = [("same", same), ("review", review), ("two_numbers", two_numbers)];
    named.map(|(name, value)| (name.to_owned(), value)).into()
}

/// Puts what was found into numbers.
fn count(findings: &Findings, summary: &mut Summary) {
    summary.pairs_judged = findings.judged;
    count_pairs(findings, summary);
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

/// Puts what is in the lists into numbers.
pub(super) fn count_pairs(findings: &Findings, summary: &mut Summary) {
    for verdict in [Verdict::Same, Verdict::Conflict, Verdict::Review] {
        summary.pairs_by_verdict.insert(verdict.code().to_owned(), findings.count(verdict));
    }
    summary.clusters = findings.clusters.len() as u64;
    let is_broken = |reasons: Reasons| reasons.contains(Reasons::WEAKEST_LINK);
    summary.broken_links =
        findings.pairs.iter().filter(|pair| is_broken(pair.judgement.reasons)).count() as u64;
    summary.repeated_ids = findings.repeated_ids;
}
