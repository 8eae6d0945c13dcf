//! One segment: an immutable file of rows and of the indexes that lead to them.
//!
//! ```text
//! block 0       what the file is
//! sections      profiles, students, key indexes, numbers, requests; each on a block boundary
//! tables        where in a section each row and each bucket is: what every lookup goes through
//! last block    where everything stands, and the digest of all before
//! checksums     8 bytes for each block
//! ```

use std::fs::{self, File};
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::blocks::{BLOCK_BYTES, Blocks, SUM_BYTES};
use super::write::{Output, Sink};
use super::{Filed, REQUEST_BITS, index, offsets, rows};
use crate::key::Family;
use crate::map::Map;
use crate::store::error::io;
use crate::store::{StoreError, codec};

/// What the first and the last block begin with.
const MAGIC: &[u8; 16] = b"RENJI SEGMENT 2\n";
/// Bytes of the last block in front of what it says: magic, digest, length.
const FOOTER_HEAD: usize = 16 + 8 + 4;

/// Where everything stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Contents {
    /// Profiles of the records that came with this segment, and of older ones that changed.
    pub(super) profiles: [rows::Place; 2],
    /// States of students, likewise.
    pub(super) students: [rows::Place; 2],
    /// By family.
    pub(super) keys: [index::Place; Family::ALL.len()],
    /// Registry numbers, exact, to students.
    pub(super) numbers: index::Place,
    /// Requests, by their hash, to journal entries.
    pub(super) requests: index::Place,
    /// Where the tables are, and their bytes.
    pub(super) tables: (u64, u64),
}

impl Contents {
    /// Every table of offsets.
    fn tables_mut(&mut self) -> impl Iterator<Item = &mut offsets::Place> {
        let rows = self.profiles.iter_mut().chain(&mut self.students).map(|place| &mut place.offsets);
        let others = [&mut self.numbers, &mut self.requests];
        rows.chain(self.keys.iter_mut().chain(others).map(|place| &mut place.directory))
    }

    /// The bytes of all tables.
    pub(super) fn tables(&self) -> Range<usize> {
        let (start, length) = self.tables;
        start as usize..start.saturating_add(length) as usize
    }

    /// Whether all of it lies within so many bytes.
    fn is_within(&self, length: usize) -> bool {
        let rows = [&self.profiles, &self.students];
        let Range { start, end } = self.tables();
        start <= end
            && end <= length
            && rows
                .iter()
                .all(|[dense, sparse]| dense.is_within(false, length) && sparse.is_within(true, length))
            && self.keys.iter().all(|place| place.entries == 0 || place.is_within(false, length))
            && [&self.numbers, &self.requests]
                .iter()
                .all(|place| place.entries == 0 || place.is_within(true, length))
    }
}

/// What the database says of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed {
    /// Its number, never given again.
    pub(crate) id: u32,
    /// Bytes of its file.
    pub(crate) bytes: u64,
    /// The digest of its contents.
    pub(crate) digest: u64,
}

/// An open segment.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(super) listed: Listed,
    pub(super) contents: Contents,
    pub(super) blocks: Blocks,
}

/// The name of a segment's file.
pub(super) fn file_name(id: u32) -> String {
    format!("{id:08}.seg")
}

impl Segment {
    /// Opens a segment that is listed.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if it is missing or another.
    pub(super) fn open(directory: &Path, listed: Listed) -> Result<Segment, StoreError> {
        let path = directory.join(file_name(listed.id));
        let file = File::open(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => StoreError::damaged(format!("segment {} is missing", listed.id)),
            _ => io(error),
        })?;
        let map = Map::of(&file).map_err(io)?;
        let other = || StoreError::damaged(format!("segment {} is not the one that was written", listed.id));
        if map.len() as u64 != listed.bytes {
            return Err(other());
        }
        let blocks = map.len() / (BLOCK_BYTES + SUM_BYTES);
        if blocks < 2 || map.len() != blocks * (BLOCK_BYTES + SUM_BYTES) {
            return Err(other());
        }
        let blocks = Blocks::new(map, blocks * BLOCK_BYTES).ok_or_else(other)?;
        let end = blocks.length();
        let footer = blocks.read(end - BLOCK_BYTES..end)?;
        let (head, rest) = footer.split_at(FOOTER_HEAD);
        let length = u32::from_le_bytes([head[24], head[25], head[26], head[27]]) as usize;
        if !head.starts_with(MAGIC) || head[16..24] != listed.digest.to_le_bytes() {
            return Err(other());
        }
        let contents: Contents =
            codec::decode(rest.get(..length).ok_or_else(other)?, "a segment's contents")?;
        // The end as well is input: a place outside must neither overflow nor be looked at.
        if !contents.is_within(end - BLOCK_BYTES) {
            return Err(other());
        }
        Ok(Segment { listed, contents, blocks })
    }

    /// Verifies every block, and that together they are what the database lists; says how many there are.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub(super) fn verify(&self) -> Result<u64, StoreError> {
        let blocks = self.blocks.verify_all()?;
        // A block of another segment in the place of its like, with its checksum, is whole by itself.
        match self.blocks.digest() == self.listed.digest {
            true => Ok(blocks),
            false => Err(StoreError::damaged(format!(
                "segment {} is not the one that was written",
                self.listed.id
            ))),
        }
    }

    /// One past the last record that came with this segment.
    pub(super) fn records_end(&self) -> u32 {
        end_of(&self.contents.profiles[0])
    }

    /// One past the last student that came with this segment.
    pub(super) fn students_end(&self) -> u32 {
        end_of(&self.contents.students[0])
    }

    /// The row of an ordinal in one of two sections, the changed ones first; `None` if the segment has none.
    #[inline]
    pub(super) fn row(&self, sections: &[rows::Place; 2], ordinal: u32) -> Result<Option<&[u8]>, StoreError> {
        for section in sections.iter().rev() {
            if section.rows == 0 {
                continue;
            }
            if let Some(at) = section.position(&self.blocks, ordinal)? {
                let row = section.row(&self.blocks, at)?;
                if !row.is_empty() {
                    return Ok(Some(row));
                }
            }
        }
        Ok(None)
    }
}

fn end_of(dense: &rows::Place) -> u32 {
    // INVARIANT: a segment has no ordinals beyond a u32.
    dense.first.saturating_add(u32::try_from(dense.rows).unwrap_or(u32::MAX))
}

/// An index that was made, and is not written yet.
pub(crate) struct Index {
    place: index::Place,
    bytes: Vec<u8>,
    directory: offsets::Writer,
}

/// A segment in the making: sections in any order, each once.
pub(crate) struct SegmentWriter {
    output: Output,
    contents: Contents,
    tables: Vec<u8>,
    id: u32,
    /// What is to be removed if it comes to nothing.
    unfinished: PathBuf,
    path: PathBuf,
    is_finished: bool,
}

impl SegmentWriter {
    /// Begins a segment in a directory.
    ///
    /// # Errors
    /// [`StoreError::Io`], [`StoreError::Full`]: nothing is left.
    pub(crate) fn create(directory: &Path, id: u32) -> Result<SegmentWriter, StoreError> {
        if !directory.exists() {
            fs::create_dir_all(directory).map_err(io)?;
            // IMPORTANT: the directory's own name as well must be on disk before a commit lists what is in it.
            if let Some(parent) = directory.parent() {
                File::open(parent).and_then(|parent| parent.sync_all()).map_err(io)?;
            }
        }
        let path = directory.join(file_name(id));
        let unfinished = path.with_extension("seg.new");
        let file = File::create(&unfinished).map_err(io)?;
        let output = Output::new(file);
        // Before anything is written: what fails from here on leaves no file.
        let mut writer = SegmentWriter {
            output,
            contents: Contents::default(),
            tables: Vec::new(),
            id,
            unfinished,
            path,
            is_finished: false,
        };
        writer.output.put(MAGIC)?;
        writer.output.align()?;
        Ok(writer)
    }

    /// Where the file will be.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes profiles: dense from a first record on, or of single records for `None`. `rows` calls back with each
    /// in order.
    ///
    /// # Errors
    /// Those of writing, and of `rows`.
    pub(crate) fn profiles(
        &mut self,
        first: Option<u32>,
        rows: impl FnOnce(&mut dyn FnMut(u32, &[u8]) -> Result<(), StoreError>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.contents.profiles[usize::from(first.is_none())] = self.rows(first, rows)?;
        Ok(())
    }

    /// Writes states of students, likewise.
    ///
    /// # Errors
    /// Those of [`SegmentWriter::profiles`].
    pub(crate) fn students(
        &mut self,
        first: Option<u32>,
        rows: impl FnOnce(&mut dyn FnMut(u32, &[u8]) -> Result<(), StoreError>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.contents.students[usize::from(first.is_none())] = self.rows(first, rows)?;
        Ok(())
    }

    fn rows(
        &mut self,
        first: Option<u32>,
        rows: impl FnOnce(&mut dyn FnMut(u32, &[u8]) -> Result<(), StoreError>) -> Result<(), StoreError>,
    ) -> Result<rows::Place, StoreError> {
        let mut writer = rows::Writer::new(&mut self.output, first)?;
        rows(&mut |ordinal, row| writer.push(&mut self.output, ordinal, row))?;
        writer.finish(&mut self.output, &mut self.tables)
    }

    /// Makes a family's index of entries in their order, in memory and on any thread. `finer` gives the finer part of
    /// a record.
    ///
    /// # Errors
    /// Those of `finer`; [`StoreError::TooLarge`].
    pub(crate) fn index(entries: &[Filed], finer: index::Finer<'_>) -> Result<Index, StoreError> {
        let mut bytes = Vec::with_capacity(entries.len() * 6);
        let (place, directory) = index::write(&mut bytes, entries, index::Kind::Fingerprints(finer))?;
        Ok(Index { place, bytes, directory })
    }

    /// The same of entries that come key by key: `keys` calls back with those of each, in order. There are at most
    /// `count`, and no holder is above `holder_max`.
    ///
    /// # Errors
    /// Those of `finer` and `keys`; [`StoreError::TooLarge`].
    pub(crate) fn index_of(
        count: u64,
        holder_max: u32,
        finer: index::Finer<'_>,
        keys: impl FnOnce(&mut dyn FnMut(&[Filed]) -> Result<(), StoreError>) -> Result<(), StoreError>,
    ) -> Result<Index, StoreError> {
        let mut bytes = Vec::new();
        let kind = index::Kind::Fingerprints(finer);
        let mut writer = index::Writer::new(&mut bytes, kind, [count; 2], holder_max)?;
        keys(&mut |key| writer.push(&mut bytes, key))?;
        let (place, directory) = writer.finish(&mut bytes)?;
        Ok(Index { place, bytes, directory })
    }

    /// Writes a family's index.
    ///
    /// # Errors
    /// Those of writing.
    pub(crate) fn keys(&mut self, space: Family, index: Index) -> Result<(), StoreError> {
        self.output.align()?;
        let mut place = index.place.moved(self.output.place());
        place.directory = index.directory.finish(&mut self.tables);
        self.contents.keys[space as usize] = place;
        self.output.put(&index.bytes)?;
        self.output.align()
    }

    /// Writes whose the numbers are, by [`number_hash`](super::number_hash).
    ///
    /// # Errors
    /// Those of writing.
    pub(crate) fn numbers(&mut self, entries: &[Filed]) -> Result<(), StoreError> {
        self.contents.numbers = self.exact(entries, u64::BITS)?;
        Ok(())
    }

    /// Writes which entries answer requests, by [`request_hash`](super::request_hash).
    ///
    /// # Errors
    /// Those of writing.
    pub(crate) fn requests(&mut self, entries: &[Filed]) -> Result<(), StoreError> {
        self.contents.requests = self.exact(entries, REQUEST_BITS)?;
        Ok(())
    }

    fn exact(&mut self, entries: &[Filed], bits: u32) -> Result<index::Place, StoreError> {
        let (mut place, directory) = index::write(&mut self.output, entries, index::Kind::Exact(bits))?;
        place.directory = directory.finish(&mut self.tables);
        Ok(place)
    }

    /// Ends the file, makes it durable and gives it its name.
    ///
    /// # Errors
    /// [`StoreError::Io`], [`StoreError::Full`]: nothing is left.
    pub(crate) fn finish(mut self) -> Result<Listed, StoreError> {
        self.output.align()?;
        let tables = self.output.place();
        self.contents.tables_mut().for_each(|table| table.at += tables);
        self.contents.tables = (tables, self.tables.len() as u64);
        self.output.put(&self.tables)?;
        let mut contents = Vec::new();
        codec::encode(&self.contents, "a segment's contents", &mut contents)?;
        let mut listed = Listed { id: self.id, bytes: 0, digest: 0 };
        listed.bytes = self.output.finish(|digest| {
            listed.digest = digest;
            let mut footer = [0; BLOCK_BYTES];
            footer[..16].copy_from_slice(MAGIC);
            footer[16..24].copy_from_slice(&digest.to_le_bytes());
            footer[24..28].copy_from_slice(&(contents.len() as u32).to_le_bytes());
            footer[FOOTER_HEAD..FOOTER_HEAD + contents.len()].copy_from_slice(&contents);
            footer
        })?;
        fs::rename(&self.unfinished, &self.path).map_err(io)?;
        // What fails from here on leaves nothing of that name either.
        self.unfinished.clone_from(&self.path);
        if let Some(directory) = self.path.parent() {
            File::open(directory).and_then(|directory| directory.sync_all()).map_err(io)?;
        }
        self.is_finished = true;
        Ok(listed)
    }
}

impl Drop for SegmentWriter {
    fn drop(&mut self) {
        if !self.is_finished {
            let _ = fs::remove_file(&self.unfinished);
        }
    }
}
