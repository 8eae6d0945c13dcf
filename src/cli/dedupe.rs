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
use crate::identity::{Identity, Issue};
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

    read(config, terminal, &directory, &mut summary, || (), |(), _, _, _| {}, |()| {})?;
    terminal.say(&Message::Rows { rows: summary.rows, rejected: summary.rejected_rows });

    summary.memory_peak_bytes = memory_peak_bytes();
    summary.seconds.insert("total".to_owned(), begun.elapsed().as_secs_f64());
    summary.write(&directory)?;
    unfinished.publish(|| directory.publish())?;
    let out = config.out.display().to_string();
    terminal.say(&Message::Done { out: &out, seconds: begun.elapsed().as_secs_f64() });
    Ok(if config.strict && summary.rejected_rows > 0 { Exit::RejectedRows } else { Exit::Done })
}

/// What the workers make of one chunk.
struct Chunk<T> {
    value: T,
    /// Values that could not be read, in the order of their rows.
    issues: Vec<(Origin, Issue)>,
    scratch: Vec<Issue>,
}

/// Reads all inputs in order: identities to `visit`, what became of each chunk to `deliver` in file order,
/// rejected rows and values to `rejected.csv`, counts to the summary.
fn read<T: Send>(
    config: &Dedupe,
    terminal: &Terminal,
    directory: &OutputDirectory,
    summary: &mut Summary,
    make: impl Fn() -> T + Sync,
    visit: impl Fn(&mut T, &Student<'_>, Identity, Origin) + Sync,
    mut deliver: impl FnMut(T),
) -> Result<()> {
    let begun = Instant::now();
    let mut list = RejectedList::create(directory, terminal.language())?;
    let mut rules: BTreeMap<&'static str, u64> = BTreeMap::new();
    for source in &config.sources {
        let file = source.path().display().to_string();
        terminal.say(&Message::Reading { file: &file, encoding: source.encoding(), layout: source.layout() });
    }
    let make = || Chunk { value: make(), issues: Vec::new(), scratch: Vec::new() };
    let visit = |chunk: &mut Chunk<T>, student: &Student<'_>, origin| {
        let identity = Identity::of(student, &mut chunk.scratch);
        chunk.issues.extend(chunk.scratch.drain(..).map(|issue| (origin, issue)));
        visit(&mut chunk.value, student, identity, origin);
    };
    let mut values: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut progress =
        Progress::begin(terminal, Step::Read, config.sources.iter().map(|source| source.bytes()).sum());
    for source in &config.sources {
        let file = source.path().display().to_string();
        let mut failed = None;
        let totals = source.for_each_chunk(make, visit, |chunk| {
            progress.add(chunk.bytes, u64::from(chunk.students) + chunk.rejected.len() as u64);
            for rejected in &chunk.rejected {
                *rules.entry(rejected.rule.code()).or_default() += 1;
            }
            let Chunk { value, issues, .. } = chunk.value;
            for (_, issue) in &issues {
                *values.entry(issue.rule.code()).or_default() += 1;
            }
            deliver(value);
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
    }
    drop(progress);
    list.finish()?;
    let owned = |(rule, count): (&'static str, u64)| (rule.to_owned(), count);
    summary.rejected_by_rule = rules.into_iter().map(owned).collect();
    summary.rejected_values = values.into_iter().map(owned).collect();
    summary.seconds.insert("read".to_owned(), begun.elapsed().as_secs_f64());
    Ok(())
}
