//! A roll, read piece by piece on all cores: files, or what a registry holds.

use rayon::prelude::*;

use crate::cli::config::Input;
use crate::cli::intake::{REGISTRY_CHUNK, input_summary, walk};
use crate::cli::messages::{Message, Step};
use crate::cli::progress::Progress;
use crate::cli::terminal::Terminal;
use crate::error::{Error, Result};
use crate::ids::StudentId;
use crate::report::{InputSummary, RegistrySummary};
use crate::source::{Rejected, Source};
use crate::student::{Details, Origin, OwnedStudent, Student};

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Rows, rejected ones included.
    pub(super) rows: u64,
    /// Rows that could not be read.
    pub(super) rejected: u64,
    pub(super) inputs: Vec<InputSummary>,
    pub(super) registry: Option<RegistrySummary>,
    /// Of a registry: whose each row is, from row 1.
    pub(super) students: Vec<StudentId>,
}

/// Reads a roll: `make` begins a piece, `visit` is shown each of its students in order, `take` gets the pieces in
/// order, each with the name of its file and what was rejected of it.
pub(super) fn read<T: Send>(
    input: &Input,
    terminal: &Terminal,
    make: impl Fn() -> T + Sync,
    visit: impl Fn(&mut T, &Student<'_>, &dyn Details, Origin) + Sync,
    mut take: impl FnMut(T, &str, &[Rejected]) -> Result<()>,
) -> Result<Read> {
    let mut read = Read::default();
    match input {
        Input::Files(sources) => {
            let bytes = sources.iter().map(Source::bytes).sum();
            let mut progress = Progress::begin(terminal, Step::Read, bytes);
            for source in sources {
                let file = source.path().display().to_string();
                Message::of_source(&file, source).for_each(|message| terminal.say(&message));
                let totals = source.try_for_each_row(&make, &visit, |chunk| {
                    progress.add(chunk.bytes, u64::from(chunk.students) + chunk.rejected.len() as u64);
                    take(chunk.value, &file, &chunk.rejected)
                })?;
                read.rows += totals.rows;
                read.rejected += totals.rejected;
                read.inputs.push(input_summary(source, totals.digest));
            }
        }
        Input::Registry(directory, registry) => {
            let name = directory.display().to_string();
            let mut progress = Progress::begin(terminal, Step::ReadRegistry, registry.statistics()?.numbered);
            let mut chunk: Vec<(OwnedStudent, Origin)> = Vec::with_capacity(REGISTRY_CHUNK);
            let mut flush = |chunk: &mut Vec<(OwnedStudent, Origin)>| -> Result<()> {
                let pieces: Vec<T> = chunk
                    .par_chunks(1024)
                    .map(|students| {
                        let mut piece = make();
                        let shown = students.iter();
                        shown.for_each(|(student, origin)| {
                            visit(&mut piece, &student.as_student(), &(), *origin);
                        });
                        piece
                    })
                    .collect();
                progress.add(chunk.len() as u64, 0);
                chunk.clear();
                pieces.into_iter().try_for_each(|piece| take(piece, &name, &[]))
            };
            let students = &mut read.students;
            let (rows, sequence) = walk(registry, &mut |record, origin, id| {
                students.push(id);
                chunk.push((record, origin));
                if chunk.len() == REGISTRY_CHUNK { flush(&mut chunk) } else { Ok(()) }
            })?;
            flush(&mut chunk)?;
            read.rows = u64::from(rows);
            let path = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
            read.registry = Some(RegistrySummary { path, sequence: sequence.get() });
        }
    }
    if read.rows > u64::from(u32::MAX) {
        return Err(Error::usage(format!("more than {} rows in one roll", u32::MAX)));
    }
    Ok(read)
}
