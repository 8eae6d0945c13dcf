//! The offline comparison of the same file, from CSV to the lists of an office.

use std::ops::ControlFlow;
use std::path::Path;

use super::error::Result;
use crate::dedupe::{Batch, Dedupe};
use crate::language::Language;
use crate::matching::Model;
use crate::report::{Existing, OutputDirectory, Summary, write_findings};
use crate::source::{Source, SourceOptions};

/// Memory that a comparison holds for each student, in bytes: some 580 at ten million, and room.
const BYTES_A_STUDENT: u64 = 700;

/// Whether there is memory for it: all students of a comparison are in memory.
pub(super) fn fits(students: u64, available_bytes: u64) -> bool {
    students.saturating_mul(BYTES_A_STUDENT) < available_bytes
}

/// Compares all with all and writes the lists.
pub(super) fn dedupe(file: &Path, out: &Path) -> Result<()> {
    let source = Source::open(file, 0, &SourceOptions::default())?;
    let mut dedupe = Dedupe::default();
    source.for_each_chunk(Batch::default, Batch::push, |chunk| {
        dedupe.add(chunk.value);
        ControlFlow::Continue(())
    })?;
    let findings = dedupe
        .run(&Model::default(), &())
        .unwrap_or_else(|_| unreachable!("this observer never cancels: Ctrl-C ends the process"));
    let directory = OutputDirectory::create(out, Existing::Replace)?;
    write_findings(&directory, &findings, Language::Zh)?;
    Summary::default().write(&directory)?;
    directory.publish()?;
    Ok(())
}
