//! The registry made of the nation's file: the one place that knows by which way.

use std::path::Path;

use super::error::Result;
use crate::registry::{LoadBatch, Registry, Settings};
use crate::source::{Source, SourceOptions};

/// By which way [`build`] goes, as it stands in the figures.
pub(super) const METHOD: &str = "bulk";

/// Makes a registry of a file, from CSV to what is on disk.
pub(super) fn build(
    file: &Path,
    directory: &Path,
    cache_bytes: usize,
    mut progress: impl FnMut(u64),
) -> Result<()> {
    let registry = Registry::builder().cache_bytes(cache_bytes).create(directory, Settings::default())?;
    let source = Source::open(file, 0, &SourceOptions::default())?;
    let mut load = registry.bulk_load()?;
    let empty = load.batch();
    source.try_for_each_chunk(
        || empty.again(),
        |batch: &mut LoadBatch, student, origin| batch.push(student, origin),
        |chunk| -> Result<()> {
            progress(chunk.students.into());
            Ok(load.add(chunk.value)?)
        },
    )?;
    load.finish(|_, _| Ok(()))?;
    Ok(())
}

/// Compacts a registry, also into one segment.
pub(super) fn compact(directory: &Path, cache_bytes: usize) -> Result<Option<()>> {
    let registry = Registry::builder().cache_bytes(cache_bytes).open(directory)?;
    registry.compact()?;
    Ok(Some(()))
}
