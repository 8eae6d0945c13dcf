//! Reading through both layers: the last word of the delta, else of the segments beneath.
//!
//! With no segments every read goes to the database, as if they had never been thought of.

use std::collections::HashSet;
use std::ops::Range;

use rayon::prelude::*;
use smallvec::SmallVec;

use super::packed::{Fetched, Layer, number_hash, request_hash};
use super::tables::{PROFILES, ProbeKeys, probe_keys};
use super::{ProbeKey, Profile, Snapshot, StoreError, StoredKey, StoredRow, profile, stored_keys};
use crate::hash::unmix;
use crate::identity::Identity;
use crate::ids::{RecordId, Sequence, StudentId};
use crate::number::RegistryNumber;

/// Holders that many keys have, with some that only seem to: see [`Snapshot::candidates`].
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// The places of keys and who holds them, in no order.
    pub(crate) records: SmallVec<[(u32, RecordId); 32]>,
    /// The keys that more than were asked for may hold, or whose holders stand in a list of their own, by their place;
    /// their holders are not among the records.
    pub(crate) crowded: SmallVec<[usize; 4]>,
}

/// A row of a segment and where its bytes are, while they are fetched.
type Begun = (Fetched, Range<usize>);

impl Snapshot {
    /// The keys that an identity is looked for under. Where each leads is fetched while the others are made.
    pub(crate) fn keys_of(&self, identity: &Identity) -> ProbeKeys {
        probe_keys(identity, |key| self.fetch_key(key))
    }

    /// Begins to fetch where a key leads, for who will gather its holders soon.
    pub(crate) fn fetch_key(&self, key: ProbeKey) {
        self.base.fetch_key(key);
    }

    /// Begins to fetch the state of a student, for who will ask for it soon.
    pub(crate) fn fetch_student(&self, student: StudentId) -> Result<(), StoreError> {
        self.base.fetch_student(student.get())
    }

    /// Gathers the holders of keys, all probed at once. Records of a segment are found by a fingerprint: one probe in
    /// some five thousand finds a holder of another key, and one whose record was changed since may hold it no longer. Whoever acts on
    /// one asks [`Snapshot::shares_key`].
    pub(crate) fn candidates(
        &self,
        keys: &[ProbeKey],
        most: usize,
        found: &mut Candidates,
    ) -> Result<(), StoreError> {
        found.records.clear();
        found.crowded.clear();
        let base = &self.base;
        let mut counts: SmallVec<[u32; 16]> = SmallVec::from_elem(0, keys.len());
        let mut hits: SmallVec<[(u32, u32); 32]> = SmallVec::new();
        if !base.is_empty() {
            base.probe(keys, |at, hit| match hit {
                Ok(record) => {
                    counts[at] = counts[at].saturating_add(1);
                    if hits.last().is_none_or(|(_, last)| *last != record) {
                        // Its profile is asked for next; what cannot be read is told then.
                        let _ = base.fetch_profile(record);
                    }
                    hits.push((at as u32, record));
                }
                // IMPORTANT: however few they are: they stand in a list of their own, and are not among the hits.
                Err(_) => counts[at] = u32::MAX,
            })?;
        }
        let mut recent = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            if counts[at] as usize <= most && base.delta_may_hold(Layer::Keys(key.space), key.hash) {
                recent.clear();
                let is_more = self.delta_holders(*key, None, most, &mut recent)?;
                counts[at] += recent.len() as u32 + u32::from(is_more);
                hits.extend(recent.iter().map(|(_, record)| (at as u32, record.get())));
            }
            if counts[at] as usize > most {
                found.crowded.push(at);
            }
        }
        let is_told = |at: u32| counts[at as usize] as usize <= most;
        let told = hits.into_iter().filter(|(at, _)| is_told(*at));
        found.records.extend(told.map(|(at, record)| (at, RecordId::new(record))));
        Ok(())
    }

    /// Whether every key that is found has its record, and no other: without segments.
    pub(crate) fn is_exact(&self) -> bool {
        self.base.is_empty()
    }

    /// Whether a record of this profile is found under one of these keys.
    pub(crate) fn shares_key(&self, keys: &[ProbeKey], profile: &Profile) -> bool {
        self.base.is_empty() || ProbeKey::is_any_of(keys, &profile.identity)
    }

    /// Appends the holders of a key to `found`, at most `most`, in the order of their finer keys and
    /// ordinals; with `within_finer` only those of that part. Says whether there are more. Exact: of records of the
    /// segments the keys are made again, some hundred at most for each segment and part of a crowded key.
    pub(crate) fn holders(
        &self,
        key: &StoredKey,
        within_finer: bool,
        most: usize,
        found: &mut Vec<RecordId>,
    ) -> Result<bool, StoreError> {
        let part = within_finer.then_some(key.finer);
        let mut holders: Vec<(u32, RecordId)> = Vec::new();
        if self.base.delta_may_hold(Layer::Keys(key.space), key.hash) {
            // One more than are asked for tells whether there are more.
            self.delta_holders(key.probe(), part, most.saturating_add(1), &mut holders)?;
        }
        if !self.base.is_empty() {
            self.packed_holders(key, part, most, &mut holders)?;
            holders.sort_unstable();
        }
        let is_more = holders.len() > most;
        found.extend(holders.into_iter().take(most).map(|(_, record)| record));
        Ok(is_more)
    }

    fn packed_holders(
        &self,
        key: &StoredKey,
        part: Option<u32>,
        most: usize,
        holders: &mut Vec<(u32, RecordId)>,
    ) -> Result<(), StoreError> {
        let mut seen: HashSet<u32> = HashSet::new();
        // Some of a heavy key's may have been changed since: as many more are asked for until it is enough.
        let mut ask = most.saturating_add(1);
        loop {
            let mut listed = Vec::new();
            let end =
                self.base.holders(key.probe(), part, ask, |finer, record| listed.push((finer, record)))?;
            let before = holders.len();
            seen.clear();
            for (finer, record) in listed {
                let record_id = RecordId::new(record);
                // The delta has its own keys for what it has the last word on.
                if !seen.insert(record) || self.is_recent(record_id)? {
                    continue;
                }
                let finer = match finer {
                    // A list tells the truth, until a newer segment does.
                    Some(finer) if self.base.is_single() => Some(finer),
                    _ => self.finer_of(key, record_id)?,
                };
                if let Some(finer) = finer.filter(|finer| part.is_none_or(|part| part == *finer)) {
                    holders.push((finer, record_id));
                }
            }
            // Up to where the first list was cut, nothing is missing.
            let Some((finer, record)) = end else { return Ok(()) };
            let is_known = |holder: &&(u32, RecordId)| **holder <= (finer, RecordId::new(record));
            if holders.iter().filter(is_known).count() > most {
                return Ok(());
            }
            holders.truncate(before);
            ask = ask.saturating_mul(8);
        }
    }

    /// The finer part under which a record stands under a key now, if it does.
    fn finer_of(&self, key: &StoredKey, record: RecordId) -> Result<Option<u32>, StoreError> {
        let Some(profile) = self.profile(record)? else { return Ok(None) };
        let has_it = ProbeKey::is_any_of(&[key.probe()], &profile.identity);
        Ok(has_it.then(|| key.probe().of(&profile.identity).finer))
    }

    /// Whether the delta has the last word on a record.
    pub(crate) fn is_recent(&self, record: RecordId) -> Result<bool, StoreError> {
        if !self.base.delta_may_hold(Layer::Profiles, u64::from(record.get())) {
            return Ok(false);
        }
        self.has_delta_profile(record)
    }

    /// Whether a segment says anything about a record: what is written of it then stands above that.
    pub(crate) fn is_packed(&self, record: RecordId) -> Result<bool, StoreError> {
        Ok(self.base.profile(record.get())?.is_some())
    }

    /// The profile of a record. One point read.
    pub(crate) fn profile(&self, record: RecordId) -> Result<Option<Profile>, StoreError> {
        if self.base.delta_may_hold(Layer::Profiles, u64::from(record.get()))
            && let Some(word) = self.delta_profile(record)?
        {
            return Ok(word);
        }
        self.base.profile(record.get())?.map_or(Ok(None), profile::decode)
    }

    /// The profiles of records, fetched together. A record that is no longer to be found is passed over, and one of a segment that
    /// `is_stranger` holds for by what is compared of it, encoded: this is counted, and not read. Says how many there
    /// are.
    pub(crate) fn profiles_of(
        &self,
        records: &[RecordId],
        is_stranger: impl Fn(&[u8]) -> bool,
        mut visit: impl FnMut(RecordId, &Profile) -> Result<(), StoreError>,
    ) -> Result<usize, StoreError> {
        let (base, mut count) = (&self.base, 0);
        let mut fetched: SmallVec<[Option<Begun>; 32]> = SmallVec::new();
        for record in records.iter().filter(|_| !base.is_empty()) {
            fetched.push(base.fetch_profile(record.get())?.map(|fetched| (fetched, 0..0)));
        }
        for (place, bytes) in fetched.iter_mut().flatten() {
            *bytes = base.fetch_bytes(place)?;
        }
        let mut fetched = fetched.into_iter();
        for record in records {
            let is_recent = base.delta_may_hold(Layer::Profiles, u64::from(record.get()));
            let row = match fetched.next().flatten() {
                Some((place, bytes)) if !is_recent => base.fetched(&place, bytes)?,
                _ => &[],
            };
            if !row.is_empty() && is_stranger(profile::identity_bytes(row)) {
                count += 1;
                continue;
            }
            let profile = if row.is_empty() { self.profile(*record)? } else { profile::decode(row)? };
            if let Some(profile) = &profile {
                count += 1;
                visit(*record, profile)?;
            }
        }
        Ok(count)
    }

    /// The state of a student.
    pub(crate) fn student<T: StoredRow>(&self, student: StudentId) -> Result<Option<T>, StoreError> {
        if self.base.delta_may_hold(Layer::Students, u64::from(student.get()))
            && let Some(state) = self.delta_student(student)?
        {
            return Ok(Some(state));
        }
        match self.base.student(student.get())? {
            Some(row) => T::read(row).map(Some),
            None => Ok(None),
        }
    }

    /// Whose number it is or was.
    pub(crate) fn number(&self, number: &RegistryNumber) -> Result<Option<StudentId>, StoreError> {
        let hash = number_hash(number);
        if self.base.delta_may_hold(Layer::Numbers, hash)
            && let Some(owner) = self.delta_number(number)?
        {
            return Ok(Some(owner));
        }
        Ok(self.base.number(hash)?.map(StudentId::new))
    }

    /// The journal entries that may answer a request: the one that does is among them, and hardly ever another.
    pub(crate) fn answers(&self, request: &str) -> Result<SmallVec<[Sequence; 1]>, StoreError> {
        let hash = request_hash(request.as_bytes());
        if self.base.delta_may_hold(Layer::Requests, hash)
            && let Some(entry) = self.delta_request(request)?
        {
            return Ok(SmallVec::from_elem(entry, 1));
        }
        Ok(self.base.requests(hash)?.into_iter().map(|entry| Sequence::new(entry.into())).collect())
    }

    /// Whether a segment may hold the answer to a request of this hash.
    pub(crate) fn may_answer(&self, hash: u64) -> bool {
        // What cannot be read is looked at again by whoever needs it, and told then.
        self.base.requests(hash).map_or(true, |entries| !entries.is_empty())
    }

    /// Every student in the order of ids.
    pub(crate) fn students<T: StoredRow>(
        &self,
        mut visit: impl FnMut(StudentId, T) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let (_, end) = self.base.ends();
        let recent = self.delta_students_below(end)?;
        let mut goes_on = true;
        self.base.students_from(0, |student, row| {
            let id = StudentId::new(student);
            let state = match recent.contains(&student) {
                true => self.delta_student(id)?,
                false => Some(T::read(row)?),
            };
            if let Some(state) = state {
                goes_on = visit(id, state)?;
            }
            Ok(goes_on)
        })?;
        if goes_on { self.delta_students_from(StudentId::new(end), visit) } else { Ok(()) }
    }

    /// Every profile from a record on, in the order of ordinals.
    pub(crate) fn profiles_from(
        &self,
        first: RecordId,
        mut visit: impl FnMut(RecordId, Profile) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let (end, _) = self.base.ends();
        let recent = self.delta_profiles_below(end)?;
        let mut goes_on = true;
        self.base.profiles_from(first.get(), |record, row| {
            let id = RecordId::new(record);
            let profile = match recent.contains(&record) {
                true => self.delta_profile(id)?.flatten(),
                false => profile::decode(row)?,
            };
            if let Some(profile) = profile {
                goes_on = visit(id, profile)?;
            }
            Ok(goes_on)
        })?;
        let first = RecordId::new(first.get().max(end));
        if goes_on { self.delta_profiles_from(first, visit) } else { Ok(()) }
    }

    /// Every number, current and former, in the order of numbers. With segments, sixteen bytes of memory each.
    pub(crate) fn numbers(
        &self,
        mut visit: impl FnMut(RegistryNumber, StudentId) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        if self.base.is_empty() {
            return self.delta_numbers(visit);
        }
        let mut numbers: Vec<(u64, u32)> = Vec::new();
        self.delta_numbers(|number, student| {
            numbers.push((number.packed(), student.get()));
            Ok(true)
        })?;
        self.base.numbers(|hash, student| {
            let word = unmix(hash);
            let is_recent = self.base.delta_may_hold(Layer::Numbers, hash)
                && self.delta_number(&packed_number(word)?)?.is_some();
            if !is_recent {
                numbers.push((word, student));
            }
            Ok(())
        })?;
        numbers.par_sort_unstable();
        for (word, student) in numbers {
            if !visit(packed_number(word)?, StudentId::new(student))? {
                break;
            }
        }
        Ok(())
    }

    /// Reads what every lookup needs of the segments into memory.
    pub(crate) fn warm(&self) -> Result<(), StoreError> {
        self.base.warm()
    }

    /// How many rows there are, by the table they would all stand in without segments. Walks what segments say of
    /// records and students.
    pub(crate) fn row_counts(&self) -> Result<Vec<(&'static str, u64)>, StoreError> {
        let mut counts = self.delta_row_counts()?;
        if self.base.is_empty() {
            return Ok(counts);
        }
        let (records_end, students_end) = self.base.ends();
        let recent = self.delta_profiles_below(records_end)?;
        let (mut profiles, mut overridden) = (0, 0);
        self.base.profiles_from(0, |record, row| {
            profiles += u64::from(!recent.contains(&record) && row != profile::GONE);
            Ok(true)
        })?;
        self.delta_rows_from(PROFILES, .., |_, row| {
            profiles += u64::from(row != profile::GONE);
            Ok(())
        })?;
        // Keys of older words lie where they were written until they are merged away.
        self.base.overridden_profiles(&recent, |row| {
            if let Some(profile) = profile::decode(row)? {
                overridden += stored_keys(&profile.identity).len() as u64;
            }
            Ok(())
        })?;
        let mut students = self.delta_students_below(students_end)?.len() as u64;
        students = counts[2].1 - students;
        self.base.students_from(0, |_, _| {
            students += 1;
            Ok(true)
        })?;
        let mut numbers = counts[3].1;
        self.base.numbers(|hash, _| {
            let is_recent = self.base.delta_may_hold(Layer::Numbers, hash)
                && self.delta_number(&packed_number(unmix(hash))?)?.is_some();
            numbers += u64::from(!is_recent);
            Ok(())
        })?;
        let [keys, _, requests] = self.base.counts();
        for (table, rows) in &mut counts {
            match *table {
                "keys" => *rows += keys.saturating_sub(overridden),
                "profiles" => *rows = profiles,
                "students" => *rows = students,
                "numbers" => *rows = numbers,
                "requests" => *rows += requests,
                _ => {}
            }
        }
        Ok(counts)
    }

    /// How many segments there are, and their bytes.
    pub(crate) fn segments(&self) -> (u64, u64) {
        (self.base.sizes().len() as u64, self.base.bytes())
    }

    /// How many requests have answers.
    pub(crate) fn request_count(&self) -> Result<u64, StoreError> {
        let [_, _, packed] = self.base.counts();
        Ok(self.delta_request_count()? + packed)
    }

    /// Checks the segments against themselves: every block, and that every record that a segment has the last word
    /// on is found under its keys. Says what is wrong in words, and how many blocks and records were looked at.
    pub(crate) fn verify_segments(&self, mut fault: impl FnMut(String)) -> Result<(u64, u64), StoreError> {
        if self.base.is_empty() {
            return Ok((0, 0));
        }
        let blocks = match self.base.verify() {
            Ok(blocks) => blocks,
            Err(error) => {
                fault(format!("segments: {error}"));
                0
            }
        };
        let mut records = 0;
        self.base.profiles_from(0, |record, row| {
            let Some(profile) = profile::decode(row)? else { return Ok(true) };
            records += 1;
            let keys = stored_keys(&profile.identity);
            for key in keys {
                let mut is_found = false;
                self.base.holders(key.probe(), Some(key.finer), usize::MAX, |_, holder| {
                    is_found |= holder == record
                })?;
                if !is_found {
                    fault(format!("segments: record {record} is missing under {}", key.space.code()));
                }
            }
            Ok(true)
        })?;
        Ok((blocks, records))
    }
}

fn packed_number(word: u64) -> Result<RegistryNumber, StoreError> {
    RegistryNumber::from_packed(word).map_err(|_| StoreError::damaged("a number of a segment"))
}
