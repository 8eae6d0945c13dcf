//! The registry as one commit left it: every read goes through here, also those that inform a write.

use std::collections::HashSet;
use std::ops::{RangeBounds, RangeInclusive};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use redb::{
    Key, ReadOnlyTable, ReadTransaction, ReadableTable, ReadableTableMetadata, TableDefinition, Value,
};
use serde::de::DeserializeOwned;

use super::packed::{Base, Layer, number_hash, request_hash};
use super::tables::*;
use super::{Meta, ProbeKey, Profile, StoreError, StoredKey, StoredRow, codec, envelope, profile};
use crate::ids::{CaseId, RecordId, Sequence, StudentId};
use crate::key::Family;
use crate::number::RegistryNumber;

/// A journal row: the hash of the chain up to an entry, and the entry's payload.
pub(crate) type Chained = ([u8; 32], Vec<u8>);

/// A table that is opened when it is first read.
struct Lazy<K: Key + 'static, V: Value + 'static> {
    definition: TableDefinition<'static, K, V>,
    table: OnceLock<ReadOnlyTable<K, V>>,
}

impl<K: Key + 'static, V: Value + 'static> Lazy<K, V> {
    const fn new(definition: TableDefinition<'static, K, V>) -> Self {
        Lazy { definition, table: OnceLock::new() }
    }

    fn get(&self, transaction: &ReadTransaction) -> Result<&ReadOnlyTable<K, V>, StoreError> {
        if let Some(table) = self.table.get() {
            return Ok(table);
        }
        let table = guarded(|| Ok(transaction.open_table(self.definition)?))?;
        Ok(self.table.get_or_init(|| table))
    }
}

/// The state after one commit. Cheap to share between threads; the pages it reads stay until it is dropped.
pub(crate) struct Snapshot {
    transaction: ReadTransaction,
    meta: Meta,
    /// The segments beneath.
    pub(super) base: Arc<Base>,
    /// By family.
    keys: [Lazy<&'static [u8; KEY_BYTES], ()>; Family::ALL.len()],
    profiles: Lazy<&'static [u8; 4], &'static [u8]>,
    students: Lazy<&'static [u8; 4], &'static [u8]>,
    numbers: Lazy<&'static [u8; 19], &'static [u8]>,
    requests: Lazy<&'static [u8], &'static [u8]>,
    journal: Lazy<&'static [u8; 8], &'static [u8]>,
    counters: Lazy<&'static [u8; 8], &'static [u8]>,
    cases: Lazy<&'static [u8; 4], &'static [u8]>,
    open_cases: Lazy<&'static [u8; 9], ()>,
    different: Lazy<&'static [u8; 8], &'static [u8]>,
    population: Lazy<&'static [u8; 4], &'static [u8]>,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("sequence", &self.meta.sequence).finish_non_exhaustive()
    }
}

/// Pages of a damaged file can make the database beneath panic; to a reader that is damage like any other.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(StoreError::damaged("pages of the database")))
}

/// The segments a transaction lists, if it lists any.
pub(super) fn listing(transaction: &ReadTransaction) -> Result<Option<Listing>, StoreError> {
    guarded(|| {
        let table = match transaction.open_table(SEGMENTS) {
            // A file of format 1 has none.
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
            table => table?,
        };
        let Some(row) = table.get(LISTING)? else { return Ok(None) };
        codec::decode(envelope::open("segments", LISTING.as_bytes(), row.value())?, "segments").map(Some)
    })
}

impl Snapshot {
    /// The state of a transaction, above the segments it lists.
    pub(super) fn new(transaction: ReadTransaction, base: Arc<Base>) -> Result<Snapshot, StoreError> {
        let meta = guarded(|| {
            let table = transaction.open_table(META)?;
            let row = table.get(STATE)?.ok_or_else(|| StoreError::damaged("no state in the table meta"))?;
            codec::decode(envelope::open("meta", STATE.as_bytes(), row.value())?, "meta")
        })?;
        Ok(Snapshot {
            base,
            transaction,
            meta,
            keys: KEYS.map(Lazy::new),
            profiles: Lazy::new(PROFILES),
            students: Lazy::new(STUDENTS),
            numbers: Lazy::new(NUMBERS),
            requests: Lazy::new(REQUESTS),
            journal: Lazy::new(JOURNAL),
            counters: Lazy::new(COUNTERS),
            cases: Lazy::new(CASES),
            open_cases: Lazy::new(OPEN_CASES),
            different: Lazy::new(DIFFERENT),
            population: Lazy::new(POPULATION),
        })
    }

    /// Versions, counters and the head of the journal.
    pub(crate) fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Bytes of each table and of each part of the segments on disk. Reads the whole database.
    pub(crate) fn table_sizes(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut sizes = super::size::tables(&self.transaction)?;
        sizes.extend(self.base.part_bytes().map(|(part, bytes)| (part.to_owned(), bytes)));
        Ok(sizes)
    }

    /// Appends the holders of a key in the delta, at most `most`, with their finer keys and in the order of those and
    /// ordinals; with a part only those of that one. Says whether there are more. One range read.
    pub(super) fn delta_holders(
        &self,
        key: ProbeKey,
        part: Option<u32>,
        most: usize,
        found: &mut Vec<(u32, RecordId)>,
    ) -> Result<bool, StoreError> {
        let ProbeKey { space, hash } = key;
        let end = |finer, record| key_entry(&StoredKey { space, hash, finer }, RecordId::new(record));
        let (low, high) = (end(part.unwrap_or(0), 0), end(part.unwrap_or(u32::MAX), u32::MAX));
        let table = self.keys[key.space as usize].get(&self.transaction)?;
        guarded(|| {
            let mut left = most;
            for entry in table.range::<&[u8; KEY_BYTES]>(&low..=&high)? {
                if left == 0 {
                    return Ok(true);
                }
                left -= 1;
                let (key, record) = read_entry(key.space, entry?.0.value());
                found.push((key.finer, record));
            }
            Ok(false)
        })
    }

    /// The delta's word on a record: `Some(None)` says that it is no longer to be found.
    pub(super) fn delta_profile(&self, record: RecordId) -> Result<Option<Option<Profile>>, StoreError> {
        self.row(&self.profiles, &record_key(record), profile::decode)
    }

    /// Whether the delta has a word on a record.
    pub(super) fn has_delta_profile(&self, record: RecordId) -> Result<bool, StoreError> {
        let table = self.profiles.get(&self.transaction)?;
        guarded(|| Ok(table.get(&record_key(record))?.is_some()))
    }

    /// The delta's word on a student.
    pub(super) fn delta_student<T: StoredRow>(&self, student: StudentId) -> Result<Option<T>, StoreError> {
        self.row(&self.students, &student_key(student), T::read)
    }

    /// The delta's word on a number.
    pub(super) fn delta_number(&self, number: &RegistryNumber) -> Result<Option<StudentId>, StoreError> {
        self.row(&self.numbers, &number_key(number), |payload| codec::decode(payload, "numbers"))
    }

    /// The records below one that the delta has a word on.
    pub(super) fn delta_profiles_below(&self, end: u32) -> Result<HashSet<u32>, StoreError> {
        self.ordinals_below(&self.profiles, end)
    }

    /// The students below one that the delta has a word on.
    pub(super) fn delta_students_below(&self, end: u32) -> Result<HashSet<u32>, StoreError> {
        self.ordinals_below(&self.students, end)
    }

    fn ordinals_below(
        &self,
        table: &Lazy<&'static [u8; 4], &'static [u8]>,
        end: u32,
    ) -> Result<HashSet<u32>, StoreError> {
        let mut found = HashSet::new();
        if end > 0 {
            let table = table.get(&self.transaction)?;
            guarded(|| {
                for entry in table.range::<&[u8; 4]>(..&end.to_be_bytes())? {
                    found.insert(u32::from_be_bytes(*entry?.0.value()));
                }
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// The journal entry that answers a request of the delta.
    pub(super) fn delta_request(&self, request: &str) -> Result<Option<Sequence>, StoreError> {
        let table = self.requests.get(&self.transaction)?;
        let key = request.as_bytes();
        let row = guarded(|| Ok(table.get(key)?))?;
        let Some(row) = row else { return Ok(None) };
        codec::decode(envelope::open(REQUESTS_NAME, key, row.value())?, REQUESTS_NAME).map(Some)
    }

    /// A journal entry: the hash of the chain up to it and its payload.
    pub(crate) fn journal(&self, sequence: Sequence) -> Result<Option<Chained>, StoreError> {
        self.row(&self.journal, &sequence_key(sequence), split_entry)
    }

    /// Journal entries from `first` on, in order, while `visit` says so.
    pub(crate) fn journal_from(
        &self,
        first: Sequence,
        mut visit: impl FnMut(Sequence, [u8; 32], Vec<u8>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        self.walk(&self.journal, &sequence_key(first).., |key, payload| {
            let (hash, payload) = split_entry(payload)?;
            visit(Sequence::new(u64::from_be_bytes(*key)), hash, payload)
        })
    }

    /// The last sequence given to a region and a birth date.
    pub(crate) fn counter(&self, key: [u8; 8]) -> Result<u16, StoreError> {
        let counter = self.row(&self.counters, &key, |payload| codec::decode(payload, "counters"))?;
        Ok(counter.unwrap_or(0))
    }

    /// A case.
    pub(crate) fn case<T: DeserializeOwned>(&self, case: CaseId) -> Result<Option<T>, StoreError> {
        self.row(&self.cases, &case_key(case), |payload| codec::decode(payload, "cases"))
    }

    /// The models that were chosen; `None` in a registry that was made before that was written down.
    pub(crate) fn models<T: DeserializeOwned>(&self) -> Result<Option<T>, StoreError> {
        guarded(|| {
            let table = self.transaction.open_table(META)?;
            let Some(row) = table.get(MODEL)? else { return Ok(None) };
            codec::decode(envelope::open("meta", MODEL.as_bytes(), row.value())?, "meta").map(Some)
        })
    }

    /// Up to where other registries' feeds were applied; nothing where none ever was.
    pub(crate) fn positions<T: DeserializeOwned + Default>(&self) -> Result<T, StoreError> {
        guarded(|| {
            let table = self.transaction.open_table(META)?;
            let Some(row) = table.get(POSITIONS)? else { return Ok(T::default()) };
            codec::decode(envelope::open("meta", POSITIONS.as_bytes(), row.value())?, "meta")
        })
    }

    /// The open cases of a county (of all for `None`), in the order of county, class and case.
    pub(crate) fn open_cases(&self, county: Option<u32>) -> Result<Vec<(u32, u8, CaseId)>, StoreError> {
        let low = open_case_key(county.unwrap_or(0), 0, CaseId::new(0));
        let high = open_case_key(county.unwrap_or(u32::MAX), u8::MAX, CaseId::new(u32::MAX));
        let table = self.open_cases.get(&self.transaction)?;
        guarded(|| {
            let mut found = Vec::new();
            for entry in table.range::<&[u8; 9]>(&low..=&high)? {
                let entry = entry?;
                let [a, b, c, d, class, e, f, g, h] = *entry.0.value();
                let case = CaseId::new(u32::from_be_bytes([e, f, g, h]));
                found.push((u32::from_be_bytes([a, b, c, d]), class, case));
            }
            Ok(found)
        })
    }

    /// The students known to be other people than this one.
    pub(crate) fn different_from(&self, student: StudentId) -> Result<Vec<(StudentId, CaseId)>, StoreError> {
        let low = pair_key(student, StudentId::new(0));
        let high = pair_key(student, StudentId::new(u32::MAX));
        let mut found = Vec::new();
        self.walk(&self.different, &low..=&high, |key, payload| {
            let [.., a, b, c, d] = *key;
            found.push((
                StudentId::new(u32::from_be_bytes([a, b, c, d])),
                codec::decode(payload, "different")?,
            ));
            Ok(true)
        })?;
        Ok(found)
    }

    /// The pieces of the population's counts, in order.
    pub(crate) fn population(&self) -> Result<Vec<u8>, StoreError> {
        let mut all = Vec::new();
        self.walk(&self.population, &[0; 4].., |_, payload| {
            all.extend_from_slice(payload);
            Ok(true)
        })?;
        Ok(all)
    }

    fn row<const N: usize, T>(
        &self,
        table: &Lazy<&'static [u8; N], &'static [u8]>,
        key: &[u8; N],
        decode: impl FnOnce(&[u8]) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let name = redb::TableHandle::name(&table.definition);
        let table = table.get(&self.transaction)?;
        let row = guarded(|| Ok(table.get(key)?))?;
        let Some(row) = row else { return Ok(None) };
        decode(envelope::open(name, key, row.value())?).map(Some)
    }

    /// Visits rows in order while `visit` says so.
    fn walk<'k, const N: usize>(
        &self,
        table: &Lazy<&'static [u8; N], &'static [u8]>,
        range: impl RangeBounds<&'k [u8; N]>,
        mut visit: impl FnMut(&[u8; N], &[u8]) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let name = redb::TableHandle::name(&table.definition);
        let table = table.get(&self.transaction)?;
        guarded(|| {
            for entry in table.range::<&[u8; N]>(range)? {
                let (key, row) = entry?;
                if !visit(key.value(), envelope::open(name, key.value(), row.value())?)? {
                    break;
                }
            }
            Ok(())
        })
    }
}

/// Everything in order, for exports, checks and copies.
impl Snapshot {
    /// The delta's students from one on, in the order of ids.
    pub(super) fn delta_students_from<T: StoredRow>(
        &self,
        first: StudentId,
        mut visit: impl FnMut(StudentId, T) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        self.walk(&self.students, &student_key(first).., |key, payload| {
            visit(StudentId::new(u32::from_be_bytes(*key)), T::read(payload)?)
        })
    }

    /// The delta's numbers, in the order of numbers.
    pub(super) fn delta_numbers(
        &self,
        mut visit: impl FnMut(RegistryNumber, StudentId) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        self.walk(&self.numbers, &[0; 19].., |key, payload| {
            let number = RegistryNumber::from_bytes(key)
                .map_err(|_| StoreError::damaged("a number in the table numbers"))?;
            visit(number, codec::decode(payload, "numbers")?)
        })
    }

    /// The delta's profiles from a record on, in the order of ordinals.
    pub(super) fn delta_profiles_from(
        &self,
        first: RecordId,
        mut visit: impl FnMut(RecordId, Profile) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        self.walk(&self.profiles, &record_key(first).., |key, payload| match profile::decode(payload)? {
            Some(profile) => visit(RecordId::new(u32::from_be_bytes(*key)), profile),
            None => Ok(true),
        })
    }

    /// Every case in the order of ids.
    pub(crate) fn cases<T: DeserializeOwned>(
        &self,
        mut visit: impl FnMut(CaseId, T) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        self.walk(&self.cases, &[0; 4].., |key, payload| {
            visit(CaseId::new(u32::from_be_bytes(*key)), codec::decode(payload, "cases")?)
        })
    }

    /// Every entry of the delta's key index, family by family, in order: hash, finer part, record.
    pub(crate) fn delta_keys(
        &self,
        mut visit: impl FnMut(StoredKey, RecordId) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        for space in key_spaces() {
            let table = self.keys[space as usize].get(&self.transaction)?;
            guarded(|| {
                for entry in table.iter()? {
                    let (key, record) = read_entry(space, entry?.0.value());
                    if !visit(key, record)? {
                        break;
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// How many entries a family's table has in the delta.
    pub(crate) fn delta_key_count(&self, space: Family) -> Result<u64, StoreError> {
        let table = self.keys[space as usize].get(&self.transaction)?;
        guarded(|| Ok(table.len()?))
    }

    /// The delta's entries of one family from a hash to another, in order, while `visit` says so: one scan, for whoever
    /// looks for so many keys that finding each one's place would cost more.
    pub(crate) fn delta_scan_keys(
        &self,
        space: Family,
        hashes: RangeInclusive<u64>,
        mut visit: impl FnMut(StoredKey, RecordId) -> bool,
    ) -> Result<(), StoreError> {
        let key = |hash, finer| StoredKey { space, hash, finer };
        let low = key_entry(&key(*hashes.start(), 0), RecordId::new(0));
        let high = key_entry(&key(*hashes.end(), u32::MAX), RecordId::new(u32::MAX));
        let table = self.keys[space as usize].get(&self.transaction)?;
        guarded(|| {
            for entry in table.range::<&[u8; KEY_BYTES]>(&low..=&high)? {
                let (key, record) = read_entry(space, entry?.0.value());
                if !visit(key, record) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// The requests the delta answers, and the entries that do.
    pub(super) fn delta_requests(
        &self,
        mut visit: impl FnMut(&str, Sequence) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let table = self.requests.get(&self.transaction)?;
        guarded(|| {
            for entry in table.iter()? {
                let (key, row) = entry?;
                let payload = envelope::open(REQUESTS_NAME, key.value(), row.value())?;
                let request = std::str::from_utf8(key.value())
                    .map_err(|_| StoreError::damaged("a request id in the table requests"))?;
                visit(request, codec::decode(payload, REQUESTS_NAME)?)?;
            }
            Ok(())
        })
    }

    /// The delta's rows of a table by ordinal, as they are stored.
    pub(super) fn delta_rows_from(
        &self,
        table: Rows<4>,
        ordinals: impl RangeBounds<u32>,
        mut visit: impl FnMut(u32, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let end = |bound: std::ops::Bound<&u32>| bound.map(|ordinal| ordinal.to_be_bytes());
        let (low, high) = (end(ordinals.start_bound()), end(ordinals.end_bound()));
        self.walk(&Lazy::new(table), (low.as_ref(), high.as_ref()), |key, payload| {
            visit(u32::from_be_bytes(*key), payload).map(|()| true)
        })
    }

    /// How many records and students the delta has a word on.
    pub(super) fn delta_rows(&self) -> Result<[u64; 2], StoreError> {
        let transaction = &self.transaction;
        guarded(|| Ok([self.profiles.get(transaction)?.len()?, self.students.get(transaction)?.len()?]))
    }

    /// Marks everything the delta holds in the filter of the base, when that is new.
    pub(super) fn mark_delta(&self) -> Result<(), StoreError> {
        let base = &self.base;
        for space in key_spaces() {
            self.delta_scan_keys(space, 0..=u64::MAX, |key, _| {
                base.mark(Layer::Keys(space), key.hash);
                true
            })?;
        }
        for (table, layer) in [(&self.profiles, Layer::Profiles), (&self.students, Layer::Students)] {
            let table = table.get(&self.transaction)?;
            guarded(|| {
                for entry in table.iter()? {
                    base.mark(layer, u32::from_be_bytes(*entry?.0.value()).into());
                }
                Ok(())
            })?;
        }
        self.delta_numbers(|number, _| {
            base.mark(Layer::Numbers, number_hash(&number));
            Ok(true)
        })?;
        self.delta_requests(|request, _| {
            base.mark(Layer::Requests, request_hash(request.as_bytes()));
            Ok(())
        })
    }

    /// How many requests the delta answers.
    pub(super) fn delta_request_count(&self) -> Result<u64, StoreError> {
        let table = self.requests.get(&self.transaction)?;
        guarded(|| Ok(table.len()?))
    }

    /// Every counter: region, birth date, last sequence.
    pub(crate) fn counters(
        &self,
        mut visit: impl FnMut(u32, u32, u16) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        self.walk(&self.counters, &[0; 8].., |key, payload| {
            let [a, b, c, d, e, f, g, h] = *key;
            let (region, birth) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]));
            visit(region, birth, codec::decode(payload, "counters")?)
        })
    }

    /// How many rows each table of the database alone has, by its name.
    pub(super) fn delta_row_counts(&self) -> Result<Vec<(&'static str, u64)>, StoreError> {
        let transaction = &self.transaction;
        let mut keys = 0;
        for space in key_spaces() {
            keys += self.delta_key_count(space)?;
        }
        guarded(|| {
            Ok(vec![
                ("keys", keys),
                ("profiles", self.profiles.get(transaction)?.len()?),
                ("students", self.students.get(transaction)?.len()?),
                ("numbers", self.numbers.get(transaction)?.len()?),
                (REQUESTS_NAME, self.requests.get(transaction)?.len()?),
                ("journal", self.journal.get(transaction)?.len()?),
                ("counters", self.counters.get(transaction)?.len()?),
                ("cases", self.cases.get(transaction)?.len()?),
                ("open_cases", self.open_cases.get(transaction)?.len()?),
                ("different", self.different.get(transaction)?.len()?),
                ("population", self.population.get(transaction)?.len()?),
            ])
        })
    }

    pub(super) fn transaction(&self) -> &ReadTransaction {
        &self.transaction
    }
}

/// The name of the table of requests, whose keys have no fixed length.
const REQUESTS_NAME: &str = "requests";

/// A journal row: the chain's hash in front of the payload.
fn split_entry(payload: &[u8]) -> Result<Chained, StoreError> {
    let (hash, payload) = payload
        .split_first_chunk::<32>()
        .ok_or_else(|| StoreError::damaged("an entry without a hash in the table journal"))?;
    Ok((*hash, payload.to_vec()))
}
