//! The key indexes of a load's segment: each made by one thread, of keys that lie sorted partition by partition.

use std::collections::HashSet;
use std::sync::mpsc::SyncSender;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::keys::{Cut, Keys, Partition};
use super::seal::{Sealing, temporary};
use crate::identity::Identity;
use crate::ids::RecordId;
use crate::key::{self, Family};
use crate::spill::{PARTITIONS, Partitions, Spill};
use crate::store::{Filed, HEAVY_MIN, Index, SegmentWriter, StoreError, stored_keys};

type Result<T> = std::result::Result<T, StoreError>;

/// An index that was made, or why there is none.
pub(super) type Made = Result<(Family, Index)>;

/// Indexes in the making.
pub(super) struct Indexing<'s> {
    sealing: &'s Sealing<'s>,
    first: RecordId,
    spill: Spill,
    /// Of each row, if it has one.
    record_of: Vec<u32>,
    /// Records that stand under other keys than their rows say, and those keys.
    rekeyed: HashSet<u32>,
    again: Vec<(Family, Cut, u32)>,
    left: Mutex<std::vec::IntoIter<(Family, Partitions)>>,
}

impl<'s> Indexing<'s> {
    /// Begins; new records count from `first` on.
    pub(super) fn of(sealing: &'s Sealing<'s>, first: RecordId, keys: Keys) -> Result<Indexing<'s>> {
        let mut record_of: Vec<u32> = vec![u32::MAX; sealing.rows.len()];
        for (of, record) in sealing.decided.records.iter().zip(first.get()..) {
            record_of[of.row as usize] = record;
        }
        let mut indexing = Indexing {
            sealing,
            first,
            spill: keys.spill,
            record_of,
            rekeyed: HashSet::new(),
            again: Vec::new(),
            left: Mutex::new(keys.families.into_iter()),
        };
        indexing.rekey()?;
        Ok(indexing)
    }

    /// Finds records that are not found under what their rows say, since a number in them was proved to be another's.
    fn rekey(&mut self) -> Result<()> {
        let changed = &self.sealing.changed.profiles;
        let rekeyed: Vec<(u32, &Identity)> = changed
            .par_iter()
            .filter(|(record, _)| **record >= self.first)
            .filter_map(|(record, profile)| Some((record, &profile.as_deref()?.identity)))
            .map(|(record, identity)| {
                Ok((*identity != self.given(*record)?).then_some((record.get(), identity)))
            })
            .filter_map(Result::transpose)
            .collect::<Result<_>>()?;
        for (record, identity) in rekeyed {
            self.rekeyed.insert(record);
            let keys = stored_keys(identity).into_iter();
            self.again.extend(keys.map(|key| (key.space, Cut::of(key.hash), record)));
        }
        Ok(())
    }

    /// What the row of a new record means.
    fn given(&self, record: RecordId) -> Result<Identity> {
        let row = self.sealing.decided.records[(record.get() - self.first.get()) as usize].row;
        self.sealing.rows.identity(row).map_err(|_| temporary())
    }

    /// Makes indexes until there are no more. From any thread.
    pub(super) fn run(&self, sender: &SyncSender<Made>) {
        loop {
            let next = self.left.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((family, partitions)) = next else { return };
            // Who does not take it any more has failed, and says why.
            if sender.send(self.index(family, &partitions).map(|index| (family, index))).is_err() {
                return;
            }
        }
    }

    fn index(&self, family: Family, partitions: &Partitions) -> Result<Index> {
        let finer =
            |record: u32| self.of_record(record, |identity| (key::finer(family, identity) >> 32) as u32);
        let again: Vec<(Cut, u32)> = self
            .again
            .iter()
            .filter(|(space, ..)| *space == family)
            .map(|(_, key, record)| (*key, *record))
            .collect();
        let count = partitions.len() + again.len() as u64;
        let holder_max = self.sealing.changed.meta.next_record.get().saturating_sub(1);
        SegmentWriter::index_of(count, holder_max, &finer, |push| {
            let is_filed = |record: &u32| *record != u32::MAX && !self.rekeyed.contains(record);
            let mut entries: Vec<Filed> = Vec::new();
            for at in 0..PARTITIONS {
                let partition = Partition::read(partitions, &self.spill, at)?;
                entries.clear();
                for (key, rows) in partition.keys() {
                    let records = rows.map(|row| self.record_of[row as usize]).filter(is_filed);
                    entries.extend(records.map(|holder| Filed { hash: key.hash(), holder }));
                }
                let again = again.iter().filter(|(key, _)| key.partition() == at);
                entries.extend(again.map(|(key, holder)| Filed { hash: key.hash(), holder: *holder }));
                // In order already but for these, and for rows that only seemed to be known.
                entries.sort_unstable();
                entries.dedup();
                for key in entries.chunk_by(|a, b| a.hash == b.hash) {
                    if key.len() <= HEAVY_MIN {
                        push(key)?;
                    } else {
                        let whole = self.whole(family, key)?;
                        whole.chunk_by(|a, b| a.hash == b.hash).try_for_each(&mut *push)?;
                    }
                }
            }
            Ok(())
        })
    }

    /// Entries of what was kept of a key, with the whole key and in its order.
    fn whole(&self, family: Family, key: &[Filed]) -> Result<Vec<Filed>> {
        let mut whole = Vec::with_capacity(key.len());
        for Filed { hash, holder } in key {
            let hashes: Vec<u64> =
                self.of_record(*holder, |identity| Cut::of(*hash).whole(family, identity).collect())?;
            whole.extend(hashes.into_iter().map(|hash| Filed { hash, holder: *holder }));
        }
        whole.sort_unstable();
        Ok(whole)
    }

    /// What follows from a new record's identity.
    fn of_record<T>(&self, record: u32, of: impl FnOnce(&Identity) -> T) -> Result<T> {
        let record = RecordId::new(record);
        match self.sealing.changed.profiles.get(&record).and_then(Option::as_ref) {
            Some(profile) => Ok(of(&profile.identity)),
            None => Ok(of(&self.given(record)?)),
        }
    }
}
