//! Every table, its key and its value; `docs/FORMAT.md` tells them byte by byte.
//!
//! Keys are big-endian bytes of fixed length, so that their order is the order of their numbers. Values
//! stand in an [`super::envelope`]; the tables of keys and `open_cases` have none, being derived.

use redb::TableDefinition;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::packed::Listed;
use crate::identity::Identity;
use crate::ids::{CaseId, RecordId, Sequence, StudentId};
use crate::key::{self, Family};
use crate::number::RegistryNumber;

/// The format of the database and its segments, the only one that is read: an older one is made again from its journal.
pub(super) const FORMAT: u32 = 4;

/// A table whose values stand in envelopes, with keys of `N` bytes.
pub(super) type Rows<const N: usize> = TableDefinition<'static, &'static [u8; N], &'static [u8]>;
/// A table of keys alone.
pub(super) type Index<const N: usize> = TableDefinition<'static, &'static [u8; N], ()>;

/// `state`: versions, counters, the head of the journal. `model`: which models were chosen. `format`.
pub(super) const META: TableDefinition<'static, &'static str, &'static [u8]> = TableDefinition::new("meta");
/// Blocking keys, a table for each family that is not looked up in another's, in the order of [`Family::ALL`];
/// see [`key_entry`]. Apart from each other, they are written on all cores.
pub(super) const KEYS: [Index<KEY_BYTES>; Family::ALL.len()] = {
    let mut tables = [TableDefinition::new("keys"); Family::ALL.len()];
    let mut at = 0;
    while at < tables.len() {
        tables[at] = TableDefinition::new(key_table(Family::ALL[at]));
        at += 1;
    }
    tables
};

/// The name of a family's table.
pub(super) const fn key_table(family: Family) -> &'static str {
    match family {
        Family::Document => "keys_document",
        Family::FormerNumber => "keys_former_number",
        Family::NameBirthRegion => "keys_name_birth_region",
        Family::PhoneticBirth => "keys_phonetic_birth",
        Family::TokenBirth => "keys_token_birth",
        Family::PhoneticRegion => "keys_phonetic_region",
        Family::BirthRegionSex => "keys_birth_region_sex",
        Family::Guardian => "keys_guardian",
        Family::NameGuardian => "keys_name_guardian",
        Family::PhoneBirth => "keys_phone_birth",
        Family::NearDocument => "keys_near_document",
        // Families that probe stand in the table they probe into.
        Family::RepairedDocument => "keys_document",
        Family::AlternativeBirth => "keys_phonetic_birth",
        Family::GuardianAsStudent => "keys_guardian",
    }
}

/// The families that have a table.
pub(super) fn key_spaces() -> impl Iterator<Item = Family> {
    Family::ALL.into_iter().filter(|family| family.probes().is_none())
}
/// Record → who it belongs to, and its comparison profile.
pub(super) const PROFILES: Rows<4> = TableDefinition::new("profiles");
/// Student → state.
pub(super) const STUDENTS: Rows<4> = TableDefinition::new("students");
/// Registry number, current or former → student.
pub(super) const NUMBERS: Rows<19> = TableDefinition::new("numbers");
/// Request id → the journal entry that answers it.
pub(super) const REQUESTS: TableDefinition<'static, &'static [u8], &'static [u8]> =
    TableDefinition::new("requests");
/// Journal sequence → the entry and the hash of the chain up to it.
pub(super) const JOURNAL: Rows<8> = TableDefinition::new("journal");
/// Region and birth date → the last sequence of a number without citizen id.
pub(super) const COUNTERS: Rows<8> = TableDefinition::new("counters");
/// Case → its state.
pub(super) const CASES: Rows<4> = TableDefinition::new("cases");
/// County, class, case of every open case.
pub(super) const OPEN_CASES: Index<9> = TableDefinition::new("open_cases");
/// Two students that are known to be different people, under either of them → the case that said so.
pub(super) const DIFFERENT: Rows<8> = TableDefinition::new("different");
/// Pieces of the counts of names, places, schools and phones of the population.
pub(super) const POPULATION: Rows<4> = TableDefinition::new("population");

/// One row, `listing`: the segments that hold what was compacted.
pub(super) const SEGMENTS: TableDefinition<'static, &'static str, &'static [u8]> =
    TableDefinition::new("segments");
/// The only row of [`SEGMENTS`].
pub(super) const LISTING: &str = "listing";

/// The segments a state stands on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Listing {
    /// Rises with every change of the list.
    pub(super) generation: u64,
    /// The next segment's number.
    pub(super) next: u32,
    /// The newest first.
    pub(super) segments: Vec<Listed>,
}

impl Listing {
    /// Adds the segment that has the next number, above the others.
    pub(super) fn add(&mut self, listed: Listed) {
        self.segments.insert(0, listed);
        self.next += 1;
        self.generation += 1;
    }
}

/// The row of [`META`] that every write replaces.
pub(super) const STATE: &str = "state";
/// The row of [`META`] with the models that were chosen; none in one of format 2.
pub(super) const MODEL: &str = "model";
/// The row of [`META`] that says up to where other registries' feeds were applied; none before the first.
pub(super) const POSITIONS: &str = "positions";
/// The format's own row, readable by every version: four bytes, little endian, without an envelope.
pub(super) const FORMAT_ROW: &str = "format";

/// Bytes of an entry of [`KEYS`].
pub(super) const KEY_BYTES: usize = 16;

/// A blocking key to look under: families that probe stand under the family they probe into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ProbeKey {
    /// The family, or the one it probes into.
    pub(crate) space: Family,
    /// The key.
    pub(crate) hash: u64,
}

impl ProbeKey {
    fn new(family: Family, hash: u64) -> ProbeKey {
        ProbeKey { space: family.probes().unwrap_or(family), hash }
    }

    /// The key with its finer part, which only a crowded one needs.
    pub(crate) fn of(self, identity: &Identity) -> StoredKey {
        StoredKey { space: self.space, hash: self.hash, finer: finer(self.space, identity) }
    }

    /// Whether an identity has one of these keys.
    pub(crate) fn is_any_of(keys: &[ProbeKey], identity: &Identity) -> bool {
        key::has_any(identity, |family, hash| keys.contains(&ProbeKey::new(family, hash)))
    }
}

/// A blocking key as the store files it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct StoredKey {
    /// The family, or the one it probes into.
    pub(crate) space: Family,
    /// The key.
    pub(crate) hash: u64,
    /// The upper half of [`crate::key::finer`], which divides a key that too many hold.
    pub(crate) finer: u32,
}

impl StoredKey {
    /// The key without its finer part.
    pub(crate) fn probe(self) -> ProbeKey {
        ProbeKey { space: self.space, hash: self.hash }
    }
}

/// Keys of an identity, each once, in their order.
pub(crate) type ProbeKeys = SmallVec<[ProbeKey; 16]>;

/// The keys that an identity is looked for under. `visit` is told of each as soon as it is made, of some twice.
pub(crate) fn probe_keys(identity: &Identity, mut visit: impl FnMut(ProbeKey)) -> ProbeKeys {
    let mut keys = ProbeKeys::new();
    key::keys(identity, |family, hash| {
        let key = ProbeKey::new(family, hash);
        visit(key);
        keys.push(key);
    });
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The same with their finer parts, as the store files them.
pub(crate) fn stored_keys(identity: &Identity) -> SmallVec<[StoredKey; 16]> {
    let mut keys: SmallVec<[StoredKey; 16]> = SmallVec::new();
    for key in probe_keys(identity, |_| {}) {
        // Those of a family stand together.
        let before = keys.last().filter(|before| before.space == key.space);
        let finer = before.map_or_else(|| finer(key.space, identity), |before| before.finer);
        keys.push(StoredKey { space: key.space, hash: key.hash, finer });
    }
    keys
}

fn finer(space: Family, identity: &Identity) -> u32 {
    (key::finer(space, identity) >> 32) as u32
}

/// `hash (8) finer (4) record (4)`.
pub(super) fn key_entry(key: &StoredKey, record: RecordId) -> [u8; KEY_BYTES] {
    let mut bytes = [0; KEY_BYTES];
    bytes[..8].copy_from_slice(&key.hash.to_be_bytes());
    bytes[8..12].copy_from_slice(&key.finer.to_be_bytes());
    bytes[12..].copy_from_slice(&record.get().to_be_bytes());
    bytes
}

/// What an entry of a family's table says.
pub(super) fn read_entry(space: Family, entry: &[u8; KEY_BYTES]) -> (StoredKey, RecordId) {
    let [a, b, c, d, e, f, g, h, i, j, k, l, ..] = *entry;
    let hash = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
    (StoredKey { space, hash, finer: u32::from_be_bytes([i, j, k, l]) }, entry_record(entry))
}

/// The record of an entry of [`KEYS`].
pub(super) fn entry_record(entry: &[u8; KEY_BYTES]) -> RecordId {
    let [.., a, b, c, d] = *entry;
    RecordId::new(u32::from_be_bytes([a, b, c, d]))
}

pub(super) fn record_key(record: RecordId) -> [u8; 4] {
    record.get().to_be_bytes()
}

pub(super) fn student_key(student: StudentId) -> [u8; 4] {
    student.get().to_be_bytes()
}

pub(super) fn case_key(case: CaseId) -> [u8; 4] {
    case.get().to_be_bytes()
}

pub(super) fn sequence_key(sequence: Sequence) -> [u8; 8] {
    sequence.get().to_be_bytes()
}

pub(super) fn number_key(number: &RegistryNumber) -> [u8; 19] {
    *number.as_bytes()
}

/// `a (4) b (4)`: an order of the two that the caller chooses.
pub(super) fn pair_key(a: StudentId, b: StudentId) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&student_key(a));
    bytes[4..].copy_from_slice(&student_key(b));
    bytes
}

/// `county (4) class (1) case (4)`.
pub(super) fn open_case_key(county: u32, class: u8, case: CaseId) -> [u8; 9] {
    let mut bytes = [0; 9];
    bytes[..4].copy_from_slice(&county.to_be_bytes());
    bytes[4] = class;
    bytes[5..].copy_from_slice(&case_key(case));
    bytes
}

/// `region (4) birth (4)`.
pub(crate) fn counter_key(region: u32, birth: u32) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&region.to_be_bytes());
    bytes[4..].copy_from_slice(&birth.to_be_bytes());
    bytes
}
