//! `renji dedupe`: files in, lists out.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Instant;

use super::config::Dedupe;
use super::exit::Exit;
use super::interrupt::Unfinished;
use super::messages::{Message, Step};
use super::progress::Progress;
use super::terminal::Terminal;
use crate::error::{Error, Result};
use crate::report::{OutputDirectory, RejectedList, Summary, memory_peak_bytes};
use crate::student::{Origin, Student};

/// Runs the command.
pub(super) fn run(config: &Dedupe, terminal: &Terminal) -> Result<Exit> {
    let mut pool = rayon::ThreadPoolBuilder::new();
    if let Some(threads) = config.threads {
        pool = pool.num_threads(threads.get());
    }
    let pool = pool.build().map_err(|error| Error::usage(format!("--threads: {error}")))?;
    pool.install(|| work(config, terminal))
}

fn work(config: &Dedupe, terminal: &Terminal) -> Result<Exit> {
    let begun = Instant::now();
    let mut summary = Summary {
        version: env!("CARGO_PKG_VERSION"),
        files: config.sources.len(),
        threads: rayon::current_num_threads(),
        ..Summary::default()
    };
    let directory = OutputDirectory::create(&config.out, config.existing)?;
    let unfinished = Unfinished::new(directory.temporary());

    let mut students = 0u64;
    read(
        config,
        terminal,
        &directory,
        &mut summary,
        || 0u64,
        |count, _, _| *count += 1,
        |count| {
            students += count;
        },
    )?;
    debug_assert_eq!(students + summary.rejected_rows, summary.rows);
    terminal.say(&Message::Rows { rows: summary.rows, rejected: summary.rejected_rows });

    summary.memory_peak_bytes = memory_peak_bytes();
    summary.seconds.insert("total".to_owned(), begun.elapsed().as_secs_f64());
    summary.write(&directory)?;
    unfinished.publish(|| directory.publish())?;
    let out = config.out.display().to_string();
    terminal.say(&Message::Done { out: &out, seconds: begun.elapsed().as_secs_f64() });
    Ok(if config.strict && summary.rejected_rows > 0 { Exit::RejectedRows } else { Exit::Done })
}

/// Reads all inputs in order: students to `visit`, what became of each chunk to `deliver` in file order,
/// rejected rows to `rejected.csv`, counts to the summary.
fn read<T: Send>(
    config: &Dedupe,
    terminal: &Terminal,
    directory: &OutputDirectory,
    summary: &mut Summary,
    make: impl Fn() -> T + Sync,
    visit: impl Fn(&mut T, &Student<'_>, Origin) + Sync,
    mut deliver: impl FnMut(T),
) -> Result<()> {
    let begun = Instant::now();
    let mut list = RejectedList::create(directory, terminal.language())?;
    let mut rules: BTreeMap<&'static str, u64> = BTreeMap::new();
    for source in &config.sources {
        let file = source.path().display().to_string();
        terminal.say(&Message::Reading { file: &file, encoding: source.encoding(), layout: source.layout() });
    }
    let mut progress =
        Progress::begin(terminal, Step::Read, config.sources.iter().map(|source| source.bytes()).sum());
    for source in &config.sources {
        let file = source.path().display().to_string();
        let mut failed = None;
        let totals = source.for_each_chunk(&make, &visit, |chunk| {
            progress.add(chunk.bytes, u64::from(chunk.students) + chunk.rejected.len() as u64);
            for rejected in &chunk.rejected {
                *rules.entry(rejected.rule.code()).or_default() += 1;
            }
            deliver(chunk.value);
            match list.write(&file, &chunk.rejected) {
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
    }
    drop(progress);
    list.finish()?;
    summary.rejected_by_rule = rules.into_iter().map(|(rule, count)| (rule.to_owned(), count)).collect();
    summary.seconds.insert("read".to_owned(), begun.elapsed().as_secs_f64());
    Ok(())
}
