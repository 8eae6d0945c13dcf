//! Compaction: the delta becomes a segment, and small segments become larger ones.
//!
//! [`Update::flush`] has the writer's place: it writes what the delta holds into a new segment, and in one
//! transaction lists it and empties the delta. A [`Merge`] has not: segments do not change, so it reads some of
//! them beside everybody, writes one for all, and the writer's place is taken only to list it instead. Until a
//! transaction lists it, a new file is nothing; one that nobody lists is removed at the next opening.
//!
//! Called by `registry/compact.rs`, which knows whose turn it is.

use std::fs;
use std::ops::Bound;
use std::path::PathBuf;

use rayon::prelude::*;

use super::packed::{Base, Filed, Listed, SegmentWriter, number_hash, remove_unlisted, request_hash};
use super::snapshot::guarded;
use super::tables::*;
use super::{
    ChainedEntry, Changes, Meta, Snapshot, Spool, Store, StoreError, Update, codec, envelope, profile,
};
use crate::ids::RecordId;
use crate::key::{self, Family};
use crate::spill;

/// Records whose keys are made at once.
const CHUNK: usize = 65_536;
/// Bytes of an entry while it is sorted.
const ENTRY_BYTES: u64 = 16;
/// Keys of a record, about.
const KEYS_PER_RECORD: u64 = 10;

/// What a compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compaction {
    /// Records that went from the database into a segment.
    pub moved: u64,
    /// Segments that were merged into one.
    pub merged: u64,
    /// Segments there are now.
    pub segments: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

/// A segment file that no list names yet: removed when dropped, unless it was kept.
#[derive(Debug)]
pub(crate) struct Unlisted {
    listed: Listed,
    path: Option<PathBuf>,
}

impl Unlisted {
    /// Ends a segment.
    ///
    /// # Errors
    /// Those of [`SegmentWriter::finish`]: nothing is left of it.
    pub(crate) fn finish(writer: SegmentWriter) -> Result<Unlisted, StoreError> {
        let path = writer.path().to_owned();
        Ok(Unlisted { listed: writer.finish()?, path: Some(path) })
    }

    /// What became of listing it: it is kept where it is listed, and where nobody knows.
    fn told<T>(mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if matches!(outcome, Ok(_) | Err(StoreError::Unknown(_))) {
            self.path = None;
        }
        outcome
    }
}

impl Drop for Unlisted {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            let _ = fs::remove_file(path);
        }
    }
}

impl Update<'_> {
    /// Moves the delta into a segment. Nothing changes for a reader.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Io`]: all is as it was. [`StoreError::Unknown`] as with any commit: it is
    /// the one or the other, and reopening finds out.
    pub(crate) fn flush(self) -> Result<u64, StoreError> {
        let Some(directory) = self.store.segments_directory() else {
            return Err(StoreError::ReadOnly);
        };
        let snapshot = &self.base;
        let moved = snapshot.delta_rows()?;
        if moved == [0; 2] {
            return Ok(0);
        }
        let mut listing = super::snapshot::listing(snapshot.transaction())?.unwrap_or_default();
        let id = listing.next;
        let mut writer = SegmentWriter::create(&directory, id)?;
        write_delta(snapshot, &mut writer)?;
        let unlisted = Unlisted::finish(writer)?;
        listing.add(unlisted.listed);
        let empty = |transaction: &redb::WriteTransaction| {
            for space in key_spaces() {
                transaction.delete_table(KEYS[space as usize])?;
                transaction.open_table(KEYS[space as usize])?;
            }
            for table in [PROFILES, STUDENTS] {
                transaction.delete_table(table)?;
                transaction.open_table(table)?;
            }
            transaction.delete_table(NUMBERS)?;
            transaction.open_table(NUMBERS)?;
            transaction.delete_table(REQUESTS)?;
            transaction.open_table(REQUESTS)?;
            Ok(())
        };
        let store = self.store;
        unlisted.told(self.list(&listing, empty))?;
        // Takes it up; whoever reads on in an older state has that one's files open.
        store.snapshot()?;
        Ok(moved[0])
    }

    /// Begins the segment of a load.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] for a registry without a directory; those of writing.
    pub(crate) fn segment(&self) -> Result<SegmentWriter, StoreError> {
        let directory = self.store.segments_directory().ok_or(StoreError::ReadOnly)?;
        let listing = super::snapshot::listing(self.base.transaction())?.unwrap_or_default();
        SegmentWriter::create(&directory, listing.next)
    }

    /// A temporary file of a load.
    ///
    /// # Errors
    /// Those of [`Update::segment`].
    pub(crate) fn spool(&self) -> Result<Spool, StoreError> {
        let directory = self.store.segments_directory().ok_or(StoreError::ReadOnly)?;
        Spool::create(&directory)
    }

    /// Where a load's further temporary files go, and how much it may keep in memory before it writes any.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] for a registry without a directory.
    pub(crate) fn spill(&self, memory_bytes: u64) -> Result<spill::Settings, StoreError> {
        let temporary = self.store.segments_directory().ok_or(StoreError::ReadOnly)?;
        Ok(spill::Settings { memory_bytes, temporary, spill_bytes_max: u64::MAX })
    }

    /// The journal, to be appended to before the commit.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn journal(&self) -> Result<JournalTail<'_>, StoreError> {
        Ok(JournalTail(guarded(|| Ok(self.transaction.open_table(JOURNAL)?))?))
    }

    /// Writes the changes of a load and lists its segment, in one commit.
    ///
    /// # Errors
    /// Those of [`Update::commit`].
    pub(crate) fn commit_load(
        self,
        changes: Changes,
        meta: &Meta,
        segment: Unlisted,
    ) -> Result<(), StoreError> {
        let mut listing = super::snapshot::listing(self.base.transaction())?.unwrap_or_default();
        listing.add(segment.listed);
        segment.told(self.list(&listing, |transaction| super::update::write(transaction, changes, meta)))
    }

    /// Commits another list of segments, with what goes along.
    pub(super) fn list(
        mut self,
        listing: &Listing,
        change: impl FnOnce(&redb::WriteTransaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // IMPORTANT: also in a registry that does not wait otherwise: files are removed as soon as this is done.
        self.transaction
            .set_durability(redb::Durability::Immediate)
            .map_err(|error| StoreError::Io(std::io::Error::other(error)))?;
        let written = |transaction: &redb::WriteTransaction| {
            change(transaction)?;
            put_listing(transaction, listing)
        };
        self.commit_with(written)
    }
}

/// The end of the journal, open for entries.
pub(crate) struct JournalTail<'t>(redb::Table<'t, &'static [u8; 8], &'static [u8]>);

impl JournalTail<'_> {
    /// Appends entries behind all that are there.
    ///
    /// # Errors
    /// Those of writing; the load is then to be given up.
    pub(crate) fn append(&mut self, entries: &[ChainedEntry]) -> Result<(), StoreError> {
        guarded(|| {
            let mut end = self.0.upper_bound_mut(Bound::<&[u8; 8]>::Unbounded)?;
            for entry in entries {
                let (key, row) = super::update::journal_row(entry)?;
                end.insert_before(&key, row.as_slice())?;
            }
            end.close()?;
            Ok(())
        })
    }
}

pub(super) fn put_listing(transaction: &redb::WriteTransaction, listing: &Listing) -> Result<(), StoreError> {
    let mut table = transaction.open_table(SEGMENTS)?;
    let row = envelope::seal("segments", LISTING.as_bytes(), |out| codec::encode(listing, "segments", out))?;
    table.insert(LISTING, row.as_slice())?;
    Ok(())
}

/// Writes everything the delta holds.
fn write_delta(snapshot: &Snapshot, writer: &mut SegmentWriter) -> Result<(), StoreError> {
    let (records_end, students_end) = snapshot.base.ends();
    writer.profiles(Some(records_end), |push| {
        snapshot.delta_rows_from(PROFILES, records_end.., |ordinal, row| push(ordinal, row))
    })?;
    writer.profiles(None, |push| {
        snapshot.delta_rows_from(PROFILES, ..records_end, |ordinal, row| push(ordinal, row))
    })?;
    writer.students(Some(students_end), |push| {
        snapshot.delta_rows_from(STUDENTS, students_end.., |ordinal, row| push(ordinal, row))
    })?;
    writer.students(None, |push| {
        snapshot.delta_rows_from(STUDENTS, ..students_end, |ordinal, row| push(ordinal, row))
    })?;
    for space in key_spaces() {
        let mut entries = Vec::with_capacity(snapshot.delta_key_count(space)? as usize);
        snapshot.delta_scan_keys(space, 0..=u64::MAX, |key, record| {
            entries.push(Filed { hash: key.hash, holder: record.get() });
            true
        })?;
        // In the order of hashes already, within one of finer parts.
        entries.par_sort_unstable();
        entries.dedup();
        let index = SegmentWriter::index(&entries, &|record| {
            finer(snapshot.delta_profile(RecordId::new(record))?.flatten(), space)
        })?;
        writer.keys(space, index)?;
    }
    let mut numbers = Vec::new();
    snapshot.delta_numbers(|number, student| {
        numbers.push(Filed { hash: number_hash(&number), holder: student.get() });
        Ok(true)
    })?;
    numbers.par_sort_unstable();
    writer.numbers(&numbers)?;
    let mut requests = Vec::new();
    snapshot.delta_requests(|request, entry| {
        let holder = u32::try_from(entry.get()).map_err(|_| StoreError::TooLarge("the journal"))?;
        requests.push(Filed { hash: request_hash(request.as_bytes()), holder });
        Ok(())
    })?;
    requests.par_sort_unstable();
    writer.requests(&requests)
}

/// The finer part of a record's key.
fn finer(profile: Option<super::Profile>, space: Family) -> Result<u32, StoreError> {
    let profile = profile.ok_or_else(|| StoreError::damaged("a key without a record"))?;
    Ok((key::finer(space, &profile.identity) >> 32) as u32)
}

/// Segments, some of the newest or all, that are to become one.
#[derive(Debug)]
pub(crate) struct Merge {
    parts: Base,
    /// Whether there is nothing beneath them.
    is_all: bool,
    directory: PathBuf,
}

impl Merge {
    /// Writes their last words into one file, of a number that nobody else has. Takes at most so many bytes for
    /// sorting, reading the records as often as that takes.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Io`]: nothing is left of it. [`StoreError::Damaged`].
    pub(crate) fn write(&self, id: u32, memory: u64) -> Result<Unlisted, StoreError> {
        let mut writer = SegmentWriter::create(&self.directory, id)?;
        write_merged(&self.parts, self.is_all, memory, &mut writer)?;
        Unlisted::finish(writer)
    }
}

impl Update<'_> {
    /// Takes a number for a segment, so that nobody else writes a file of that name.
    ///
    /// # Errors
    /// Those of any commit.
    pub(crate) fn take_segment_number(self) -> Result<u32, StoreError> {
        let mut listing = super::snapshot::listing(self.base.transaction())?.unwrap_or_default();
        let id = listing.next;
        listing.next = id.checked_add(1).ok_or(StoreError::TooLarge("the list of segments"))?;
        self.list(&listing, |_| Ok(()))?;
        Ok(id)
    }

    /// Lists a merged segment instead of its parts, and removes their files. Says how many they were.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Io`]: all is as it was. [`StoreError::Unknown`] as with any commit.
    pub(crate) fn replace(self, merge: &Merge, merged: Unlisted) -> Result<u64, StoreError> {
        let mut listing = super::snapshot::listing(self.base.transaction())?.unwrap_or_default();
        let parts = merge.parts.listed();
        let place = listing.segments.windows(parts.len()).position(|segments| *segments == *parts);
        // Somebody else replaced them meanwhile.
        let Some(place) = place else { return Ok(0) };
        listing.segments.splice(place..place + parts.len(), [merged.listed]);
        listing.generation += 1;
        let store = self.store;
        merged.told(self.list(&listing, |_| Ok(())))?;
        // Takes it up before the files go: whoever has none of them open opens none of them any more.
        store.snapshot()?;
        remove_unlisted(&merge.directory, &listing.segments);
        Ok(parts.len() as u64)
    }
}

impl Store {
    /// The newest segments that are worth merging: as many as are no more than twice as large together as the newer
    /// ones, or all. `None` for fewer than two.
    ///
    /// # Errors
    /// Those of reading; [`StoreError::ReadOnly`] where there is no directory.
    pub(crate) fn merge(&self, all: bool) -> Result<Option<Merge>, StoreError> {
        let Some(directory) = self.segments_directory() else { return Err(StoreError::ReadOnly) };
        let snapshot = self.snapshot()?;
        let sizes = snapshot.base.sizes();
        let count = match all {
            true => sizes.len(),
            false => {
                let (mut count, mut total) = (1, sizes.first().copied().unwrap_or(0));
                while let Some(size) = sizes.get(count).filter(|size| **size <= 2 * total) {
                    total += size;
                    count += 1;
                }
                count
            }
        };
        if count < 2 {
            // Of a merge that was listed, after which reading failed. This state was taken up, so nobody opens them.
            remove_unlisted(&directory, &snapshot.base.listed());
        }
        let is_all = count == sizes.len();
        Ok((count >= 2).then(|| Merge { parts: snapshot.base.of_newest(count), is_all, directory }))
    }

    /// How many segments there are, and their bytes.
    pub(crate) fn segments(&self) -> Result<(u64, u64), StoreError> {
        Ok(self.snapshot()?.segments())
    }
}

/// Writes the last words of some segments. `is_all` says that there is nothing beneath, so that what is gone need
/// not be told.
fn write_merged(
    parts: &Base,
    is_all: bool,
    memory: u64,
    writer: &mut SegmentWriter,
) -> Result<(), StoreError> {
    let (first_record, first_student) = parts.firsts();
    let is_told = |row: &[u8]| !is_all || row != profile::GONE;
    writer.profiles(Some(first_record), |push| {
        parts.profiles_from(first_record, |record, row| {
            if is_told(row) {
                push(record, row)?;
            }
            Ok(true)
        })
    })?;
    writer.profiles(None, |push| {
        parts.profiles_from(0, |record, row| {
            if record < first_record && is_told(row) {
                push(record, row)?;
            }
            Ok(record < first_record)
        })
    })?;
    writer.students(Some(first_student), |push| {
        parts.students_from(first_student, |student, row| push(student, row).map(|()| true))
    })?;
    writer.students(None, |push| {
        parts.students_from(0, |student, row| {
            if student < first_student {
                push(student, row)?;
            }
            Ok(student < first_student)
        })
    })?;
    write_keys(parts, memory, writer)?;
    let mut numbers = Vec::new();
    parts.numbers(|hash, holder| {
        numbers.push(Filed { hash, holder });
        Ok(())
    })?;
    numbers.par_sort_unstable();
    writer.numbers(&numbers)?;
    let mut requests = Vec::new();
    parts.all_requests(|hash, holder| {
        requests.push(Filed { hash, holder });
        Ok(())
    })?;
    requests.par_sort_unstable();
    writer.requests(&requests)
}

/// Makes the keys of all records again and writes them, some families at a time.
fn write_keys(parts: &Base, memory: u64, writer: &mut SegmentWriter) -> Result<(), StoreError> {
    let records: u64 = parts.sizes().iter().sum();
    let spaces: Vec<Family> = key_spaces().collect();
    let needed = records * KEYS_PER_RECORD * ENTRY_BYTES * 2;
    let passes = needed.div_ceil(memory.max(1)).clamp(1, spaces.len() as u64) as usize;
    for spaces in spaces.chunks(spaces.len().div_ceil(passes)) {
        let mut entries: Vec<Vec<Filed>> = vec![Vec::new(); Family::ALL.len()];
        let mut chunk: Vec<(u32, Vec<u8>)> = Vec::with_capacity(CHUNK);
        let mut add = |chunk: &mut Vec<(u32, Vec<u8>)>| -> Result<(), StoreError> {
            let keyed: Vec<Vec<Vec<Filed>>> = chunk
                .par_chunks(4096)
                .map(|rows| keys_of(rows, spaces))
                .collect::<Result<_, StoreError>>()?;
            for part in keyed {
                entries.iter_mut().zip(part).for_each(|(all, part)| all.extend(part));
            }
            chunk.clear();
            Ok(())
        };
        parts.profiles_from(0, |record, row| {
            chunk.push((record, row.to_vec()));
            if chunk.len() == CHUNK {
                add(&mut chunk)?;
            }
            Ok(true)
        })?;
        add(&mut chunk)?;
        for space in spaces {
            let entries = &mut entries[*space as usize];
            entries.par_sort_unstable();
            let finer = |record| {
                let row = parts.profile(record)?.map_or(Ok(None), profile::decode);
                finer(row?, *space)
            };
            writer.keys(*space, SegmentWriter::index(entries, &finer)?)?;
            *entries = Vec::new();
        }
    }
    Ok(())
}

fn keys_of(rows: &[(u32, Vec<u8>)], spaces: &[Family]) -> Result<Vec<Vec<Filed>>, StoreError> {
    let mut entries: Vec<Vec<Filed>> = vec![Vec::new(); Family::ALL.len()];
    for (record, row) in rows {
        let Some(profile) = profile::decode(row)? else { continue };
        for key in stored_keys(&profile.identity) {
            if spaces.contains(&key.space) {
                entries[key.space as usize].push(Filed { hash: key.hash, holder: *record });
            }
        }
    }
    // Once under each hash, whatever the finer part.
    entries.iter_mut().for_each(|entries| entries.dedup());
    Ok(entries)
}
