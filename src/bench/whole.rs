//! The offline comparison of the same file, from CSV to the lists of an office.

use std::path::Path;

use super::error::Result;
use crate::dedupe::{Batch, Dedupe, DedupeError, Settings};
use crate::language::Language;
use crate::matching::Model;
use crate::report::{Existing, OutputDirectory, Summary, write_findings};
use crate::source::{Source, SourceOptions};

/// Compares all with all within so many bytes of memory and writes the lists.
pub(super) fn dedupe(file: &Path, out: &Path, memory_bytes: u64) -> Result<()> {
    let source = Source::open(file, 0, &SourceOptions::default())?;
    let directory = OutputDirectory::create(out, Existing::Replace)?;
    let temporary = directory.temporary().to_owned();
    let mut dedupe = Dedupe::new(Settings { memory_bytes, temporary, ..Settings::default() });
    let batches = dedupe.batches();
    source.try_for_each_chunk(
        || batches.take(),
        Batch::push,
        |chunk| -> Result<()> { Ok(dedupe.add(chunk.value).map_err(DedupeError::Spill)?) },
    )?;
    let findings = dedupe.run(&Model::default(), &())?;
    write_findings(&directory, &findings, Language::Zh)?;
    Summary::default().write(&directory)?;
    directory.publish()?;
    Ok(())
}
