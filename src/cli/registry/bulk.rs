//! `renji load --bulk`: files read once and written in one commit, straight into the packed base.

use super::Office;
use super::load::{Counts, Lists};
use crate::cli::messages::{Message, Step};
use crate::cli::progress::Progress;
use crate::error::{Error, Result};
use crate::registry::{BulkLoad, LoadBatch, RegistryError};
use crate::source::Source;
use crate::store::StoreError;
use crate::student::Origin;

/// Rows after which progress is told.
const TOLD: usize = 4096;

/// A piece of a file, and what the lists want to know of its rows.
struct Piece {
    batch: LoadBatch,
    ids: Vec<String>,
    origins: Vec<Origin>,
}

impl Office<'_> {
    /// Loads files in bulk.
    pub(super) fn load_bulk(
        &self,
        mut load: BulkLoad<'_>,
        sources: &[Source],
        lists: &mut Lists,
        counts: &mut Counts,
    ) -> Result<()> {
        let files: Vec<String> = sources.iter().map(|source| source.path().display().to_string()).collect();
        let (wants_ids, wants_origins) = (lists.outcomes.is_some(), lists.rejected.is_some());
        let (mut ids, mut origins): (Vec<String>, Vec<Origin>) = (Vec::new(), Vec::new());
        let bytes = sources.iter().map(Source::bytes).sum();
        let mut progress = Progress::begin(self.terminal, Step::Read, bytes);
        for (source, file) in sources.iter().zip(&files) {
            Message::of_source(file, source).for_each(|message| self.terminal.say(&message));
            let empty = load.batch();
            let totals = source.try_for_each_chunk(
                || Piece { batch: empty.again(), ids: Vec::new(), origins: Vec::new() },
                |piece: &mut Piece, student, origin| {
                    piece.batch.push(student, origin);
                    if wants_ids {
                        piece.ids.push(student.record_id.to_owned());
                    }
                    if wants_origins {
                        piece.origins.push(origin);
                    }
                },
                |mut chunk| -> Result<()> {
                    progress.add(chunk.bytes, u64::from(chunk.students) + chunk.rejected.len() as u64);
                    let issues = chunk.value.batch.take_issues();
                    ids.append(&mut chunk.value.ids);
                    origins.append(&mut chunk.value.origins);
                    if let Some(list) = &mut lists.rejected {
                        let cell = |row, column| source.cell(row, column);
                        list.write_cells(file, &chunk.rejected, &issues, &cell)?;
                    }
                    Ok(load.add(chunk.value.batch)?)
                },
            )?;
            counts.rows += totals.rows;
            counts.rejected += totals.rejected;
        }
        drop(progress);
        self.terminal.say(&Message::Step(Step::Enroll));
        let total = load.len() as u64;
        let mut progress = Progress::begin(self.terminal, Step::Enroll, total);
        let mut failed: Option<Error> = None;
        let outcome = load.finish(|row, answer| {
            if row % TOLD == 0 {
                progress.reach(row as u64, total);
            }
            let origin = origins.get(row).copied().unwrap_or_default();
            let place = (files[usize::from(origin.file)].as_str(), origin);
            lists.answer(&answer, counts, ids.get(row).map(String::as_str), place).map_err(|error| {
                // Any error ends the load; which one it was is kept here.
                failed = Some(error);
                RegistryError::Store(StoreError::Refused)
            })
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(outcome?),
        }
    }
}
