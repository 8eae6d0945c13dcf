//! Moving what was written into the packed base, from where it is looked up several times as fast.

use super::{Registry, Result};
use crate::store::{Compaction, StoreError, Update};

/// Memory for sorting, if nothing is said.
const MEMORY: u64 = 4 * 1024 * 1024 * 1024;

impl Registry {
    /// Moves the rows of the database into the packed base and merges segments that have become many. Readers go on;
    /// other writers wait while rows are moved (some 2 s for a million students), not while segments are merged.
    /// What is found, and every answer, is the same before and after. One compaction runs at a time; a second one
    /// waits.
    ///
    /// # Errors
    /// [`Full`](crate::store::StoreError::Full) and [`Io`](crate::store::StoreError::Io): all is as it was. Else as for
    /// any write.
    pub fn compact(&self) -> Result<Compaction> {
        self.compact_within(false, MEMORY)
    }

    /// The same, into one segment if `all`, with at most so many bytes for sorting.
    ///
    /// # Errors
    /// Those of [`Registry::compact`].
    pub fn compact_within(&self, all: bool, memory_bytes: u64) -> Result<Compaction> {
        let _one = self.queue.compacting();
        let moved = {
            let _turn = self.queue.take_turn();
            self.flush()?
        };
        let merged = match self.store.merge(all)? {
            None => 0,
            Some(merge) => {
                let id = {
                    let _turn = self.queue.take_turn();
                    self.begin_compacting()?.take_segment_number()?
                };
                let unlisted = self.on_own_threads(|| merge.write(id, memory_bytes))??;
                let _turn = self.queue.take_turn();
                let merged = self.begin_compacting()?.replace(&merge, unlisted)?;
                let _ = self.renew();
                merged
            }
        };
        let (segments, bytes) = self.store.segments()?;
        Ok(Compaction { moved, merged, segments, bytes })
    }

    /// Moves the rows of the database into a segment. Only with the writer's turn.
    pub(super) fn flush(&self) -> Result<u64> {
        let moved = self.on_own_threads(|| self.begin_compacting()?.flush())??;
        let _ = self.renew();
        Ok(moved)
    }

    /// Takes the writer's place. Only with the writer's turn.
    pub(super) fn begin_compacting(&self) -> std::result::Result<Update<'_>, StoreError> {
        let update = self.store.begin();
        // Before anything is written: whatever fails then, readers have a state that can be read.
        if self.store.take_renewed() {
            let _ = self.renew();
        }
        update
    }

    /// Copies the tables of the packed base, which every lookup goes through, into memory: some seven bytes a student, in
    /// large pages where the system has them. They stay there when the page cache is emptied, and those of later
    /// compactions come beside them.
    ///
    /// # Errors
    /// [`Damaged`](crate::store::StoreError::Damaged); [`Io`](crate::store::StoreError::Io) without so much memory:
    /// lookups go on as before.
    pub fn warm(&self) -> Result<()> {
        Ok(self.newest()?.warm()?)
    }
}
