//! `renji validate`: a file held against the collection template; marked spreadsheet, list and summary out.

use std::sync::mpsc::SyncSender;
use std::time::Instant;

use rayon::prelude::*;

use super::columns;
use super::config;
use super::exit::Exit;
use super::flags::{MarkedFlag, ValidateFlags};
use super::interrupt::Unfinished;
use super::messages::Message;
use super::terminal::Terminal;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::report::{MarkedSheet, OutputDirectory, ReportError, ValidationSummary, write_errors};
use crate::source::{SourceError, Table};
use crate::template::{Options, Outcome, Rows, Severity, Validation, Validator};

/// Rows that one thread checks at a time.
const ROWS_AT_ONCE: usize = 512;
/// Lines of the table of schools on the screen; the summary has all.
const SCHOOLS_SHOWN: usize = 20;

/// Runs the command.
pub(super) fn run(flags: &ValidateFlags, terminal: &Terminal) -> Result<Exit> {
    config::check_apart(std::slice::from_ref(&flags.file), &flags.out)?;
    if let Some(school) = flags.school.as_ref().filter(|code| code.len() != 10) {
        return Err(Error::refused(
            format!("--school: {school:?} is no code of ten digits"),
            format!("--school：{school:?} 不是 10 位学校标识码"),
        ));
    }
    config::pool(flags.threads)?.install(|| work(flags, terminal))
}

fn work(flags: &ValidateFlags, terminal: &Terminal) -> Result<Exit> {
    let begun = Instant::now();
    let (table, layout) = columns::open(&flags.file, flags.profile, &flags.source)?;
    let make = || OutputDirectory::create(&flags.out, config::existing(flags.force));
    let (directory, unfinished) = Unfinished::make(make, OutputDirectory::temporary)?;
    let header_row = table.header_row();
    let options = Options { school: flags.school.clone(), class_layout: flags.class_number.map(Into::into) };
    let validator = Validator::of_layout(layout, options);
    let outcome = check(table, &validator)?;
    let checked = begun.elapsed();

    let language = terminal.language();
    let file = flags.file.display().to_string();
    write_errors(&directory, &file, validator.layout(), &outcome, language)?;
    if flags.marked != MarkedFlag::None {
        mark(flags, &directory, &validator, &outcome, language)?;
    }
    let path = std::path::absolute(&flags.file).unwrap_or_else(|_| flags.file.clone());
    let mut summary = ValidationSummary::of(path, header_row, validator.layout(), &outcome);
    summary.school.clone_from(&flags.school);
    summary.seconds.insert("check", checked.as_secs_f64());
    summary.seconds.insert("write", (begun.elapsed() - checked).as_secs_f64());
    summary.write(&directory)?;
    unfinished.publish(|| directory.publish())?;

    terminal.result(&if flags.json {
        let text = serde_json::to_string_pretty(&summary).unwrap_or_default();
        format!("{text}\n")
    } else {
        text(&validator, &outcome, language)
    });
    let out = flags.out.display().to_string();
    terminal.say(&Message::Done { out: &out, seconds: begun.elapsed().as_secs_f64() });
    let is_rejected = outcome.count(Severity::Reject) > 0;
    Ok(if flags.strict && is_rejected { Exit::RejectedRows } else { Exit::Done })
}

/// Checks every row: read on a thread of its own, checked on all cores some thousands at a time, compared with each
/// other in order.
fn check(table: Table, validator: &Validator) -> std::result::Result<Outcome, SourceError> {
    let mut validation = Validation::new(validator);
    validation.add(validator.check_header(table.header_row()));
    let at_once = 4 * rayon::current_num_threads();
    let (ready, taken) = std::sync::mpsc::sync_channel(1);
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || read(table, at_once, &ready));
        for pieces in taken {
            let pieces: Vec<Rows> = pieces;
            let checked: Vec<_> = pieces.par_iter().map(|rows| validator.check_rows(rows)).collect();
            checked.into_iter().for_each(|(findings, keys)| validation.take(findings, keys));
        }
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    Ok(validation.finish())
}

/// Reads every row and sends them on, `at_once` pieces at a time.
fn read(table: Table, at_once: usize, ready: &SyncSender<Vec<Rows>>) -> std::result::Result<(), SourceError> {
    let mut pieces = vec![Rows::default()];
    table.for_each_record(|row, record| {
        if pieces.last().is_some_and(|rows| rows.len() == ROWS_AT_ONCE) {
            if pieces.len() == at_once && ready.send(std::mem::take(&mut pieces)).is_err() {
                return false;
            }
            pieces.push(Rows::default());
        }
        if let Some(rows) = pieces.last_mut() {
            match record {
                Ok(cells) => rows.push(row, cells),
                Err(rule) => rows.push_unreadable(row, rule.code()),
            }
        }
        true
    })?;
    // Nobody takes them only where the checking has panicked, which is told by itself.
    let _ = ready.send(pieces);
    Ok(())
}

/// Reads the file again and writes it with its findings marked.
fn mark(
    flags: &ValidateFlags,
    directory: &OutputDirectory,
    validator: &Validator,
    outcome: &Outcome,
    language: Language,
) -> Result<()> {
    let table = Table::open(&flags.file, flags.source.encoding.into())?;
    let header = validator.layout().header();
    let mut sheet = MarkedSheet::create(directory, table.header_row(), header, outcome, language)?;
    let mut wrong = outcome.findings.iter().map(|finding| finding.row).peekable();
    let mut failed: Option<ReportError> = None;
    let only_wrong = flags.marked == MarkedFlag::Wrong;
    table.for_each_record(|row, record| {
        while wrong.next_if(|known| *known < row).is_some() {}
        if only_wrong && wrong.peek() != Some(&row) {
            return true;
        }
        failed = match record {
            Ok(cells) => sheet.row(row, cells),
            Err(_) => sheet.row(row, &[] as &[&str]),
        }
        .err();
        failed.is_none()
    })?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(sheet.finish(directory).map(drop)?),
    }
}

fn text(validator: &Validator, outcome: &Outcome, language: Language) -> String {
    let profile = validator.layout().profile();
    let [rejects, warnings, notes] = Severity::ALL.map(|severity| outcome.count(severity));
    let (rows, rejected) = (outcome.rows, outcome.rows_rejected);
    let mut out = match language {
        Language::Zh => format!(
            "{rows} 行，按{}检查：{rejected} 行退回；退回 {rejects} 处，警告 {warnings} 处，提示 {notes} 处\n",
            profile.name(language)
        ),
        Language::En => format!(
            "{rows} rows against the {}: {rejected} rows rejected; {rejects} rejects, {warnings} warnings, {notes} notes\n",
            profile.name(language)
        ),
    };
    if !outcome.by_rule.is_empty() {
        out.push_str(language.pick("\n按规则：\n", "\nby rule:\n"));
    }
    for severity in Severity::ALL {
        for (rule, count) in outcome.by_rule.iter().filter(|(rule, _)| rule.severity() == severity) {
            out.push_str(&format!(
                "  {count:>9}  {} {} {}\n",
                super::model::padded(severity.name(language), 8),
                super::model::padded(rule.code(), 24),
                rule.wrong(language)
            ));
        }
    }
    let mut schools: Vec<_> = outcome.by_school.iter().filter(|school| school.findings != [0; 3]).collect();
    schools.sort_by(|a, b| (b.findings, &a.school).cmp(&(a.findings, &b.school)));
    if !schools.is_empty() {
        out.push_str(language.pick(
            "\n按学校（标识码：行数，退回、警告、提示）：\n",
            "\nby school (code: rows; rejects, warnings, notes):\n",
        ));
    }
    for school in schools.iter().take(SCHOOLS_SHOWN) {
        let code = if school.school.is_empty() { "-" } else { &school.school };
        let [rejects, warnings, notes] = school.findings;
        out.push_str(&format!("  {code:<10}  {:>8}  {rejects:>7} {warnings:>7} {notes:>7}\n", school.rows));
    }
    if let Some(more) = schools.len().checked_sub(SCHOOLS_SHOWN).filter(|more| *more > 0) {
        out.push_str(&match language {
            Language::Zh => format!("  另有 {more} 所学校，见 summary.json\n"),
            Language::En => format!("  and {more} more schools, in summary.json\n"),
        });
    }
    if outcome.unlisted() > 0 {
        out.push_str(&match language {
            Language::Zh => format!("{} 处问题只计数，未逐条列出\n", outcome.unlisted()),
            Language::En => format!("{} findings are counted and not listed\n", outcome.unlisted()),
        });
    }
    out
}
