//! The registry made of the nation's file: the one place that knows by which way.

use std::ops::ControlFlow;
use std::path::Path;

use super::error::Result;
use crate::identity::Identity;
use crate::limits::BATCH_MAX;
use crate::matching::FrequencyCounter;
use crate::registry::{Registry, Settings};
use crate::source::{Source, SourceOptions};
use crate::student::OwnedStudent;

/// By which way [`build`] goes, as it stands in the figures.
pub(super) const METHOD: &str = "load";

/// Makes a registry of a file, from CSV to what is on disk.
pub(super) fn build(
    file: &Path,
    directory: &Path,
    cache_bytes: usize,
    mut progress: impl FnMut(u64),
) -> Result<()> {
    let registry = Registry::builder().cache_bytes(cache_bytes).create(directory, Settings::default())?;
    let source = Source::open(file, 0, &SourceOptions::default())?;
    let mut counter = FrequencyCounter::default();
    source.for_each_chunk(
        FrequencyCounter::default,
        |part: &mut FrequencyCounter, student, _| part.add(&Identity::of(student, &mut Vec::new())),
        |mut chunk| {
            counter.append(&mut chunk.value);
            ControlFlow::Continue(())
        },
    )?;
    let load = registry.load(counter)?;
    let mut batch: Vec<OwnedStudent> = Vec::new();
    let mut failed = None;
    let mut enroll = |batch: Vec<OwnedStudent>| {
        let count = batch.len() as u64;
        load.enroll(batch).map(|_| progress(count))
    };
    source.for_each_chunk(
        Vec::new,
        |rows: &mut Vec<OwnedStudent>, student, _| rows.push(OwnedStudent::from(student)),
        |mut chunk| {
            if batch.len() + chunk.value.len() > BATCH_MAX
                && let Err(error) = enroll(std::mem::take(&mut batch))
            {
                failed = Some(error);
                return ControlFlow::Break(());
            }
            batch.append(&mut chunk.value);
            ControlFlow::Continue(())
        },
    )?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    enroll(batch)?;
    load.finish()?;
    Ok(())
}

/// Compacts a registry; `None` while there is nothing to compact it with.
pub(super) fn compact(_directory: &Path, _cache_bytes: usize) -> Result<Option<()>> {
    Ok(None)
}
