//! All segments of one state, and what lies above them.

use std::collections::HashSet;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::filter::Filter;
use super::index::Hit;
use super::segment::{Contents, Listed, Segment};
use super::{index, rows};
use crate::key::Family;
use crate::store::StoreError;
use crate::store::error::io;
use crate::store::tables::ProbeKey;

/// A table of the delta, as the filter knows it; families of keys stand behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Layer {
    /// Profiles, by record.
    Profiles,
    /// States, by student.
    Students,
    /// Numbers, by their hash.
    Numbers,
    /// Requests, by their hash.
    Requests,
    /// Keys of a family, by their hash.
    Keys(Family),
}

impl Layer {
    fn code(self) -> u64 {
        match self {
            Layer::Profiles => 0,
            Layer::Students => 1,
            Layer::Numbers => 2,
            Layer::Requests => 3,
            Layer::Keys(family) => 4 + family as u64,
        }
    }
}

/// A row of a segment that was begun to fetch.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::store) struct Fetched {
    segment: u32,
    section: u32,
    at: u64,
}

/// The segments a state stands on.
#[derive(Debug, Default)]
pub(in crate::store) struct Base {
    /// Rises whenever the list changes.
    pub(in crate::store) generation: u64,
    /// The newest first.
    segments: Vec<Arc<Segment>>,
    filter: Filter,
    records_end: u32,
    students_end: u32,
}

impl Base {
    /// Opens what a list says, taking up what `before` has open.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] for one that is missing or another.
    pub(in crate::store) fn open(
        directory: Option<&Path>,
        generation: u64,
        listed: &[Listed],
        before: Option<&Base>,
    ) -> Result<Base, StoreError> {
        let missing = || StoreError::damaged("segments, and no directory to have them in");
        let mut segments = Vec::with_capacity(listed.len());
        for listed in listed {
            let known = before.iter().flat_map(|base| &base.segments).find(|known| known.listed == *listed);
            segments.push(match known {
                Some(known) => known.clone(),
                None => Arc::new(Segment::open(directory.ok_or_else(missing)?, *listed)?),
            });
        }
        if before.is_some_and(|base| base.segments.iter().any(|segment| segment.blocks.is_pinned())) {
            // Without the memory for it lookups go on in the file.
            let _ = pin(&segments);
        }
        let end = |end: fn(&Segment) -> u32| segments.iter().map(|segment| end(segment)).max().unwrap_or(0);
        Ok(Base {
            generation,
            records_end: end(Segment::records_end),
            students_end: end(Segment::students_end),
            segments,
            filter: Filter::default(),
        })
    }

    /// Whether there is nothing.
    #[inline]
    pub(in crate::store) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The list, the newest first.
    pub(in crate::store) fn listed(&self) -> Vec<Listed> {
        self.segments.iter().map(|segment| segment.listed).collect()
    }

    /// The segments below one that are not to be merged with it stay; this is a base of some of them.
    pub(in crate::store) fn of_newest(&self, count: usize) -> Base {
        let segments: Vec<Arc<Segment>> = self.segments.iter().take(count).cloned().collect();
        Base {
            generation: self.generation,
            records_end: self.records_end,
            students_end: self.students_end,
            segments,
            filter: Filter::default(),
        }
    }

    /// One past the last record and the last student that any segment may have.
    pub(in crate::store) fn ends(&self) -> (u32, u32) {
        (self.records_end, self.students_end)
    }

    /// The first record and the first student of the oldest segment.
    pub(in crate::store) fn firsts(&self) -> (u32, u32) {
        self.segments
            .last()
            .map_or((0, 0), |oldest| (oldest.contents.profiles[0].first, oldest.contents.students[0].first))
    }

    /// Records that came with each segment, the newest first.
    pub(in crate::store) fn sizes(&self) -> Vec<u64> {
        self.segments
            .iter()
            .map(|segment| segment.contents.profiles.iter().map(|rows| rows.rows).sum())
            .collect()
    }

    /// Marks a key of the delta.
    pub(in crate::store) fn mark(&self, layer: Layer, key: u64) {
        self.filter.put(layer.code(), key);
    }

    /// Whether the delta may hold a key; always where there is nothing below it.
    #[inline]
    pub(in crate::store) fn delta_may_hold(&self, layer: Layer, key: u64) -> bool {
        self.segments.is_empty() || self.filter.may_hold(layer.code(), key)
    }

    /// What the last word of the segments on a record is; `None` for none.
    pub(in crate::store) fn profile(&self, record: u32) -> Result<Option<&[u8]>, StoreError> {
        self.row(|contents| &contents.profiles, record, self.records_end)
    }

    /// What the last word of the segments on a student is.
    pub(in crate::store) fn student(&self, student: u32) -> Result<Option<&[u8]>, StoreError> {
        self.row(|contents| &contents.students, student, self.students_end)
    }

    fn row(
        &self,
        sections: impl Fn(&Contents) -> &[rows::Place; 2],
        ordinal: u32,
        end: u32,
    ) -> Result<Option<&[u8]>, StoreError> {
        if ordinal >= end {
            return Ok(None);
        }
        for segment in &self.segments {
            if let Some(row) = segment.row(sections(&segment.contents), ordinal)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Begins to fetch where the profile of a record is; `None` if no segment has one.
    pub(in crate::store) fn fetch_profile(&self, record: u32) -> Result<Option<Fetched>, StoreError> {
        self.fetch_row(|contents| &contents.profiles, record, self.records_end)
    }

    /// Begins to fetch where the state of a student is, for who will ask for it soon.
    pub(in crate::store) fn fetch_student(&self, student: u32) -> Result<(), StoreError> {
        self.fetch_row(|contents| &contents.students, student, self.students_end).map(drop)
    }

    fn fetch_row(
        &self,
        sections: impl Fn(&Contents) -> &[rows::Place; 2],
        ordinal: u32,
        end: u32,
    ) -> Result<Option<Fetched>, StoreError> {
        if ordinal >= end {
            return Ok(None);
        }
        for (segment, number) in self.segments.iter().zip(0..) {
            for (section, place) in sections(&segment.contents).iter().enumerate().rev() {
                if place.rows == 0 {
                    continue;
                }
                if let Some(at) = place.position(&segment.blocks, ordinal)? {
                    place.fetch_place(&segment.blocks, at);
                    return Ok(Some(Fetched { segment: number, section: section as u32, at }));
                }
            }
        }
        Ok(None)
    }

    /// Begins to fetch the bytes of a profile, the place of which was fetched.
    pub(in crate::store) fn fetch_bytes(&self, fetched: &Fetched) -> Result<Range<usize>, StoreError> {
        let Some(segment) = self.segments.get(fetched.segment as usize) else { return Ok(0..0) };
        let place = &segment.contents.profiles[fetched.section as usize];
        let bytes = place.find(&segment.blocks, fetched.at)?;
        segment.blocks.fetch(bytes.clone());
        Ok(bytes)
    }

    /// The bytes of a profile that were fetched; empty if that segment has none.
    pub(in crate::store) fn fetched(
        &self,
        fetched: &Fetched,
        bytes: Range<usize>,
    ) -> Result<&[u8], StoreError> {
        match self.segments.get(fetched.segment as usize) {
            Some(segment) if !bytes.is_empty() => segment.blocks.read(bytes),
            _ => Ok(&[]),
        }
    }

    /// Begins to fetch where a key leads, for who will probe it soon.
    #[inline]
    pub(in crate::store) fn fetch_key(&self, key: ProbeKey) {
        for segment in &self.segments {
            segment.contents.keys[key.space as usize].fetch_start(&segment.blocks, key.hash);
        }
    }

    /// What the segments have under keys, all probed at once, best after [`Base::fetch_key`] of each: `visit` gets the
    /// place of the key, and a record or how many there are of a heavy one.
    pub(in crate::store) fn probe(
        &self,
        keys: &[ProbeKey],
        mut visit: impl FnMut(usize, Result<u32, u32>),
    ) -> Result<(), StoreError> {
        let mut buckets: smallvec::SmallVec<[Range<usize>; 16]> = smallvec::SmallVec::new();
        for segment in &self.segments {
            let (blocks, places) = (&segment.blocks, &segment.contents.keys);
            buckets.clear();
            for key in keys {
                let bucket = places[key.space as usize].find(blocks, key.hash)?;
                if !bucket.is_empty() {
                    blocks.fetch(bucket.clone());
                }
                buckets.push(bucket);
            }
            for ((key, bucket), at) in keys.iter().zip(&buckets).zip(0..) {
                places[key.space as usize].visit(blocks, bucket.clone(), key.hash, |hit| match hit {
                    Hit::Holder(record) => visit(at, Ok(record)),
                    Hit::Heavy(heavy) => visit(at, Err(heavy.holders)),
                })?;
            }
        }
        Ok(())
    }

    /// What the segments have under one key: records, those of a heavy one with their finer part and perhaps of one
    /// part only, at most `most` of each segment's heavy ones. Returns the last that was told of a list that was
    /// cut, of several the least.
    pub(in crate::store) fn holders(
        &self,
        key: ProbeKey,
        part: Option<u32>,
        most: usize,
        mut visit: impl FnMut(Option<u32>, u32),
    ) -> Result<Option<(u32, u32)>, StoreError> {
        let mut end: Option<(u32, u32)> = None;
        for segment in &self.segments {
            let place = &segment.contents.keys[key.space as usize];
            let bucket = place.find(&segment.blocks, key.hash)?;
            let mut heavy = None;
            place.visit(&segment.blocks, bucket, key.hash, |hit| match hit {
                Hit::Holder(record) => visit(None, record),
                Hit::Heavy(found) => heavy = Some(found),
            })?;
            let Some(heavy) = heavy else { continue };
            let (mut left, mut cut) = (most, None);
            place.list(&segment.blocks, &heavy, part, |finer, record| {
                visit(Some(finer), record);
                left = left.saturating_sub(1);
                cut = (left == 0).then_some((finer, record));
                left > 0
            })?;
            end = match (end, cut) {
                (Some(end), Some(cut)) => Some(end.min(cut)),
                (end, cut) => end.or(cut),
            };
        }
        Ok(end)
    }

    /// Whether one segment has it all.
    pub(in crate::store) fn is_single(&self) -> bool {
        self.segments.len() == 1
    }

    /// What the segments have under a hash in an exact index, the newest first.
    fn exact(
        &self,
        index: impl Fn(&Contents) -> &index::Place,
        hash: u64,
        mut visit: impl FnMut(u32),
    ) -> Result<(), StoreError> {
        for segment in &self.segments {
            let place = index(&segment.contents);
            let bucket = place.find(&segment.blocks, hash)?;
            place.visit(&segment.blocks, bucket, hash, |hit| {
                if let Hit::Holder(holder) = hit {
                    visit(holder);
                }
            })?;
        }
        Ok(())
    }

    /// The newest owner of a number among the segments.
    pub(in crate::store) fn number(&self, hash: u64) -> Result<Option<u32>, StoreError> {
        let mut owner = None;
        self.exact(|contents| &contents.numbers, hash, |student| owner = owner.or(Some(student)))?;
        Ok(owner)
    }

    /// Entries that may answer a request.
    pub(in crate::store) fn requests(&self, hash: u64) -> Result<Vec<u32>, StoreError> {
        let mut entries = Vec::new();
        self.exact(|contents| &contents.requests, hash, |entry| entries.push(entry))?;
        Ok(entries)
    }

    /// Every request's hash and entry. A request is answered once: of two of one hash both stay.
    pub(in crate::store) fn all_requests(
        &self,
        mut visit: impl FnMut(u64, u32) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.segments
            .iter()
            .try_for_each(|segment| segment.contents.requests.entries(&segment.blocks, &mut visit))
    }

    /// Every number's hash and owner, older words on one left out, in no order.
    pub(in crate::store) fn numbers(
        &self,
        mut visit: impl FnMut(u64, u32) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for (segment, above) in self.segments.iter().zip(0..) {
            segment.contents.numbers.entries(&segment.blocks, |hash, holder| {
                for newer in &self.segments[..above] {
                    let (place, mut is_known) = (&newer.contents.numbers, false);
                    let bucket = place.find(&newer.blocks, hash)?;
                    place.visit(&newer.blocks, bucket, hash, |_| is_known = true)?;
                    if is_known {
                        return Ok(());
                    }
                }
                visit(hash, holder)
            })?;
        }
        Ok(())
    }

    /// Every profile of the segments from a record on, in order, with the last word of the segments on each.
    pub(in crate::store) fn profiles_from(
        &self,
        first: u32,
        visit: impl FnMut(u32, &[u8]) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        self.rows_from(|contents| &contents.profiles, first, visit)
    }

    /// Every student of the segments from one on, likewise.
    pub(in crate::store) fn students_from(
        &self,
        first: u32,
        visit: impl FnMut(u32, &[u8]) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        self.rows_from(|contents| &contents.students, first, visit)
    }

    fn rows_from(
        &self,
        sections: impl Fn(&Contents) -> &[rows::Place; 2],
        first: u32,
        mut visit: impl FnMut(u32, &[u8]) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        // Dense sections follow one another; sparse ones change what is below.
        let mut changed: HashSet<u32> = HashSet::new();
        let mut below: Vec<u32> = Vec::new();
        let lowest =
            self.segments.iter().map(|segment| sections(&segment.contents)[0].first).min().unwrap_or(0);
        for segment in &self.segments {
            let sparse = &sections(&segment.contents)[1];
            for at in 0..sparse.rows {
                let ordinal = sparse.ordinal(&segment.blocks, at)?;
                if changed.insert(ordinal) && ordinal < lowest {
                    below.push(ordinal);
                }
            }
        }
        // What is changed here and came with a segment that is not among these.
        below.sort_unstable();
        for ordinal in below.into_iter().filter(|ordinal| *ordinal >= first) {
            if let Some(row) = self.row(&sections, ordinal, u32::MAX)?
                && !visit(ordinal, row)?
            {
                return Ok(());
            }
        }
        for segment in self.segments.iter().rev() {
            let dense = &sections(&segment.contents)[0];
            let start = u64::from(first.saturating_sub(dense.first));
            for at in start..dense.rows {
                let ordinal = dense.ordinal(&segment.blocks, at)?;
                let row = match changed.contains(&ordinal) {
                    true => self.row(&sections, ordinal, u32::MAX)?.unwrap_or(&[]),
                    false => dense.row(&segment.blocks, at)?,
                };
                if !row.is_empty() && !visit(ordinal, row)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Every word of the segments on a record that a newer one, or one that is told of, stands above.
    pub(in crate::store) fn overridden_profiles(
        &self,
        above: &HashSet<u32>,
        mut visit: impl FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut above = above.clone();
        for segment in &self.segments {
            let sections = &segment.contents.profiles;
            for ordinal in &above {
                if let Some(row) = segment.row(sections, *ordinal)? {
                    visit(row)?;
                }
            }
            let sparse = &sections[1];
            for at in 0..sparse.rows {
                above.insert(sparse.ordinal(&segment.blocks, at)?);
            }
        }
        Ok(())
    }

    /// How many entries the segments' indexes have: keys, numbers, requests. Older words are counted as well.
    pub(in crate::store) fn counts(&self) -> [u64; 3] {
        let mut counts = [0; 3];
        for segment in &self.segments {
            let contents = &segment.contents;
            counts[0] += contents.keys.iter().map(|place| place.holders).sum::<u64>();
            counts[1] += contents.numbers.holders;
            counts[2] += contents.requests.holders;
        }
        counts
    }

    /// Verifies every block of every segment; says how many there are.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub(in crate::store) fn verify(&self) -> Result<u64, StoreError> {
        self.segments.iter().map(|segment| segment.verify()).sum()
    }

    /// Copies the tables of all segments into memory.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]; those of the system.
    pub(in crate::store) fn warm(&self) -> Result<(), StoreError> {
        pin(&self.segments)
    }

    /// Bytes of all segments.
    pub(in crate::store) fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.listed.bytes).sum()
    }

    /// Bytes of each part of all segments, under the names of the tables they were; checksums count as keys.
    pub(in crate::store) fn part_bytes(&self) -> [(&'static str, u64); 5] {
        let mut parts = [("keys_", 0), ("profiles", 0), ("students", 0), ("numbers", 0), ("requests", 0)];
        for segment in &self.segments {
            let contents = &segment.contents;
            let rows =
                |sections: &[rows::Place; 2]| sections.iter().map(rows::Place::file_bytes).sum::<u64>();
            let others = [
                rows(&contents.profiles),
                rows(&contents.students),
                contents.numbers.file_bytes(),
                contents.requests.file_bytes(),
            ];
            parts[0].1 += segment.listed.bytes.saturating_sub(others.iter().sum());
            parts[1..].iter_mut().zip(others).for_each(|(part, bytes)| part.1 += bytes);
        }
        parts
    }

    /// Copies the files of all segments into a directory, durably.
    ///
    /// # Errors
    /// Those of the system; [`StoreError::Damaged`] for one that is not what was written.
    pub(in crate::store) fn copy(&self, directory: &Path) -> Result<(), StoreError> {
        if self.segments.is_empty() {
            return Ok(());
        }
        fs::create_dir_all(directory).map_err(io)?;
        for segment in &self.segments {
            // A copy of damage is no backup.
            segment.verify()?;
            let path = directory.join(super::segment::file_name(segment.listed.id));
            let mut file = fs::File::create(&path).map_err(io)?;
            segment.blocks.copy(&mut file).map_err(io)?;
            file.sync_all().map_err(io)?;
        }
        fs::File::open(directory).and_then(|directory| directory.sync_all()).map_err(io)
    }
}

/// Copies the tables of segments into memory.
fn pin(segments: &[Arc<Segment>]) -> Result<(), StoreError> {
    segments.iter().try_for_each(|segment| segment.blocks.pin(segment.contents.tables()))
}

/// Removes files that no list names: of a merge that was interrupted, or that was replaced.
pub(in crate::store) fn remove_unlisted(directory: &Path, listed: &[Listed]) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_listed = listed.iter().any(|listed| name == *super::segment::file_name(listed.id));
        let is_ours = Path::new(&name).extension().is_some_and(|known| known == "seg" || known == "new");
        if is_ours && !is_listed {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::segment::SegmentWriter;
    use super::*;

    fn written(directory: &Path, id: u32) -> Listed {
        let mut writer = SegmentWriter::create(directory, id).unwrap();
        writer.profiles(Some(id), |push| push(id, b"profile")).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn who_is_warm_stays_so() {
        let directory = tempfile::tempdir().unwrap();
        let (older, newer) = (written(directory.path(), 1), written(directory.path(), 2));
        let are_pinned =
            |base: &Base| base.segments.iter().map(|segment| segment.blocks.is_pinned()).collect();
        for (is_warmed, expected) in [(false, [false; 2]), (true, [true; 2])] {
            let before = Base::open(Some(directory.path()), 1, &[older], None).unwrap();
            if is_warmed {
                before.warm().unwrap();
            }
            let base = Base::open(Some(directory.path()), 2, &[newer, older], Some(&before)).unwrap();
            let pinned: Vec<bool> = are_pinned(&base);
            assert_eq!(pinned, expected);
            assert_eq!(base.profile(2).unwrap(), Some(&b"profile"[..]));
        }
    }
}
