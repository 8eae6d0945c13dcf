//! Everything checked: rows against rows, keys against records, numbers against students, the chain.
//!
//! Checksums of rows are verified by reading them. Faults name tables and ids, never a person's data.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::draft::chained;
use super::event::{Entry, Event};
use super::exchange::{Effect, Fact};
use super::loaded::rows_with_outcomes;
use super::model::{ModelChoice, Models};
use super::prepare::Prepared;
use super::request::request_of;
use super::state::{Status, StudentState};
use super::{Case, Registry, Result};
use crate::hash::mix;
use crate::ids::{CaseId, RecordId, Sequence, StudentId};
use crate::number::{NumberKind, RegistryNumber};
use crate::store::{self, Snapshot, StoreError, StoredKey, counter_key, stored_keys};
use crate::student::OwnedStudent;

/// Faults that are listed one by one; the rest is counted.
const FAULTS_MAX: usize = 100;

/// What was checked and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// What was checked, and how many of it.
    pub checked: Vec<(&'static str, u64)>,
    /// What is wrong, the first hundred.
    pub faults: Vec<String>,
    /// How many faults there are.
    pub fault_count: u64,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.fault_count == 0
    }

    fn fault(&mut self, fault: impl FnOnce() -> String) {
        self.fault_count += 1;
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(fault());
        }
    }

    fn check(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            self.fault(fault);
        }
    }
}

impl Registry {
    /// Checks one state: that every row can be read, every key leads to a record and every record stands under
    /// its keys, every profile is what its record as given means, every number leads to its student and back,
    /// counters stand above every number, requests have answers, cases are filed, and the journal's chain is
    /// whole. Some ten seconds for a million records; memory for the states of all students.
    ///
    /// # Errors
    /// [`super::RegistryError::Store`] where a table cannot be read on; what can be, is a fault in the result.
    pub fn verify(&self) -> Result<Verification> {
        let snapshot = self.newest()?;
        let mut found = Verification::default();
        let mut students: HashMap<StudentId, StudentState> = HashMap::new();
        snapshot.students(|id, state| {
            students.insert(id, state);
            Ok(true)
        })?;
        found.checked.push(("students", students.len() as u64));
        let given = check_journal(&snapshot, &mut found)?;
        check_records(&snapshot, &students, &given, &mut found)?;
        check_numbers(&snapshot, &students, &mut found)?;
        check_cases(&snapshot, &students, &mut found)?;
        Ok(found)
    }
}

/// The entry behind each record, from the journal.
struct Given {
    by_record: HashMap<RecordId, Sequence>,
}

fn check_journal(snapshot: &Snapshot, found: &mut Verification) -> Result<Given> {
    let mut given = Given { by_record: HashMap::new() };
    let (mut next, mut chain) = (1, [0; 32]);
    let mut requests: u64 = 0;
    let mut models: Option<Models> = None;
    snapshot.journal_from(Sequence::new(0), |sequence, hash, payload| {
        found.check(sequence.get() == next, || format!("journal: entry {next} is missing"));
        found.check(chained(&chain, sequence, &payload) == hash, || {
            format!("journal: the chain breaks at entry {sequence}")
        });
        (next, chain) = (sequence.get() + 1, hash);
        let entry: Entry = match store::decode(&payload, "journal") {
            Ok(entry) => entry,
            Err(_) => {
                found.fault(|| format!("journal: entry {sequence} cannot be read"));
                return Ok(true);
            }
        };
        let event = match entry.event {
            Event::Concluded(event) => *event,
            event => event,
        };
        match event {
            Event::Enrolled { request, record, .. } => {
                requests += 1;
                let answered = snapshot.answers(&request)?;
                found.check(answered.contains(&sequence), || {
                    format!("requests: entry {sequence} is not the answer to its request")
                });
                if let Some(record) = record {
                    given.by_record.insert(record, sequence);
                }
            }
            Event::Loaded { given: rows, outcomes } => match rows_with_outcomes(&rows, &outcomes) {
                Ok(rows) => {
                    for (row, outcome) in rows {
                        requests += 1;
                        let answered = snapshot.answers(&request_of(&row.as_student()))?;
                        found.check(answered.contains(&sequence), || {
                            format!("requests: entry {sequence} is not the answer to one of its rows")
                        });
                        if let Some(record) = outcome.record {
                            given.by_record.insert(record, sequence);
                        }
                    }
                }
                Err(_) => found.fault(|| format!("journal: rows of entry {sequence} cannot be read")),
            },
            Event::Amended { record, .. } | Event::Learnt { effect: Effect::Record { record, .. }, .. } => {
                given.by_record.insert(record, sequence);
            }
            Event::ModelChosen { name, digest, text } => {
                let models = models.get_or_insert_with(Models::default);
                models.choose(ModelChoice { since: sequence, name, digest }, &text);
            }
            _ => {}
        }
        Ok(true)
    })?;
    let stored: Option<Models> = snapshot.models()?;
    found.check(stored == models, || "meta: the models are not those that the journal chose".to_owned());
    let meta = snapshot.meta();
    found.check(next == meta.sequence.get() + 1 && chain == meta.chain, || {
        "journal: its end is not the one that was written last".to_owned()
    });
    found.checked.push(("journal entries", next - 1));
    let kept = snapshot.request_count()?;
    found.check(kept == requests, || format!("requests: {kept} rows for {requests} answers"));
    found.checked.push(("requests", kept));
    Ok(given)
}

/// A sum over keys that does not depend on their order; two sums of independent hashes agree by accident once
/// in 2^128.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
struct Sum(u64, u64, u64);

impl Sum {
    fn add(&mut self, key: &StoredKey, record: RecordId) {
        let place = u64::from(key.finer) << 32 | u64::from(record.get());
        let (seed, hash) = (key.space as u64, key.hash);
        self.0 += 1;
        self.1 = self.1.wrapping_add(mix(mix(seed, hash), place));
        self.2 = self.2.wrapping_add(mix(mix(!seed, place), hash));
    }
}

/// The records of the entry that was read last: rows of a file stand together.
#[derive(Default)]
struct Texts {
    sequence: Option<Sequence>,
    rows: HashMap<RecordId, Arc<OwnedStudent>>,
}

impl Texts {
    /// A record as given; `None` where it cannot be read.
    fn of(
        &mut self,
        snapshot: &Snapshot,
        sequence: Sequence,
        record: RecordId,
    ) -> std::result::Result<Option<Arc<OwnedStudent>>, StoreError> {
        if self.sequence != Some(sequence) {
            self.rows.clear();
            self.sequence = Some(sequence);
            let entry =
                snapshot.journal(sequence)?.and_then(|(_, payload)| store::decode(&payload, "journal").ok());
            match entry.map(|entry: Entry| entry.event) {
                Some(Event::Enrolled { given, .. } | Event::Amended { given, .. }) => {
                    self.rows.insert(record, given);
                }
                Some(Event::Loaded { given, outcomes }) => {
                    let rows = rows_with_outcomes(&given, &outcomes).unwrap_or_default();
                    let own = |(row, outcome): (_, super::loaded::Outcome)| {
                        outcome.record.map(|record| (record, row))
                    };
                    self.rows.extend(rows.into_iter().filter_map(own));
                }
                Some(Event::Concluded(event)) => {
                    if let Event::Enrolled { given, .. } = *event {
                        self.rows.insert(record, given);
                    }
                }
                Some(Event::Learnt { notice, .. }) => {
                    if let Fact::Born { given, .. }
                    | Fact::Record { given, .. }
                    | Fact::Amended { given, .. } = notice.fact
                    {
                        self.rows.insert(record, given);
                    }
                }
                _ => {}
            }
        }
        Ok(self.rows.get(&record).cloned())
    }
}

fn check_records(
    snapshot: &Snapshot,
    students: &HashMap<StudentId, StudentState>,
    given: &Given,
    found: &mut Verification,
) -> Result<()> {
    let (mut expected, mut records) = (Sum::default(), 0);
    let mut texts = Texts::default();
    snapshot.profiles_from(RecordId::new(0), |record, profile| {
        records += 1;
        found.check(given.by_record.get(&record) == Some(&profile.sequence), || {
            format!("profiles: record {record} points to an entry that is not its own")
        });
        let owner = students.get(&profile.student);
        found.check(owner.is_some_and(|owner| owner.records.contains(&record)), || {
            format!("profiles: record {record} is not among its student's")
        });
        let again = texts.of(snapshot, profile.sequence, record)?.map(|given| {
            let not_theirs = owner.map_or(&[][..], |owner| &owner.not_theirs);
            Prepared::new(given).without(not_theirs).identity
        });
        // A merged student's own claims may have ended before the merge.
        let is_merged = owner.is_some_and(|owner| !owner.merged.is_empty());
        found.check(is_merged || again.as_ref() == Some(&profile.identity), || {
            format!("profiles: record {record} is not what its text means")
        });
        if snapshot.is_recent(record)? {
            stored_keys(&profile.identity).iter().for_each(|key| expected.add(key, record));
        }
        Ok(true)
    })?;
    found.check(records == snapshot.meta().records, || format!("profiles: {records} rows"));
    found.checked.push(("records", records));
    let mut stored = Sum::default();
    snapshot.delta_keys(|key, record| {
        stored.add(&key, record);
        Ok(true)
    })?;
    found.checked.push(("keys", stored.0));
    let (blocks, packed) = snapshot.verify_segments(|fault| found.fault(|| fault))?;
    found.checked.push(("segment blocks", blocks));
    found.checked.push(("segment records", packed));
    if stored != expected {
        name_key_faults(snapshot, found)?;
    }
    // Two registries may have joined one who lives to one who was deleted: the records of the latter are gone.
    let gone = |state: &&StudentState| state.before_merge == Some(Status::Retired);
    let gone: std::collections::HashSet<RecordId> =
        students.values().filter(gone).flat_map(|state| state.records.iter().copied()).collect();
    for (id, state) in students {
        if state.status == Status::Retired {
            continue;
        }
        for record in state.records.iter().filter(|record| !gone.contains(record)) {
            // Of one merged the last survivor has it, and takes it along when deleted.
            let mut owner = state;
            while let Some(survivor) = owner.merged_into.and_then(|survivor| students.get(&survivor)) {
                owner = survivor;
            }
            let is_there = snapshot.profile(*record)?.is_some();
            let is_right = is_there == owner.status.is_present() && owner.status != Status::Merged;
            found.check(is_right, || format!("students: {id} lists record {record}"));
        }
    }
    Ok(())
}

/// Looks for the keys that are missing or too many, one by one.
fn name_key_faults(snapshot: &Snapshot, found: &mut Verification) -> Result<()> {
    let before = found.fault_count;
    let mut holders = Vec::new();
    snapshot.profiles_from(RecordId::new(0), |record, profile| {
        for key in stored_keys(&profile.identity) {
            holders.clear();
            snapshot.holders(&key, true, usize::MAX, &mut holders)?;
            found.check(holders.contains(&record), || {
                format!("keys: record {record} is missing under {}", key.space.code())
            });
        }
        Ok(true)
    })?;
    let mut last: Option<(RecordId, Vec<StoredKey>)> = None;
    snapshot.delta_keys(|key, record| {
        if last.as_ref().is_none_or(|(known, _)| *known != record) {
            let keys = snapshot.profile(record)?.map_or(Vec::new(), |p| stored_keys(&p.identity).into_vec());
            last = Some((record, keys));
        }
        let is_own = last.as_ref().is_some_and(|(_, keys)| keys.contains(&key));
        found.check(is_own, || {
            format!("keys: an entry of {} leads to record {record} wrongly", key.space.code())
        });
        Ok(true)
    })?;
    found.check(found.fault_count > before, || "keys: their sum is wrong".to_owned());
    Ok(())
}

fn check_numbers(
    snapshot: &Snapshot,
    students: &HashMap<StudentId, StudentState>,
    found: &mut Verification,
) -> Result<()> {
    let mut counters: HashMap<[u8; 8], u16> = HashMap::new();
    snapshot.counters(|region, birth, last| {
        counters.insert(counter_key(region, birth), last);
        Ok(true)
    })?;
    let mut owners: HashMap<RegistryNumber, StudentId> = HashMap::new();
    snapshot.numbers(|number, student| {
        owners.insert(number, student);
        let state = students.get(&student);
        found.check(state.is_some_and(|state| state.numbers().any(|own| own == number)), || {
            format!("numbers: one of student {student} is not among the student's own")
        });
        if number.kind() == NumberKind::FormalWithoutId {
            let last = counters.get(&counter_key(number.region().get(), number.birth().get()));
            found.check(last.copied() >= number.sequence(), || {
                format!("counters: one stands below a number of student {student}")
            });
        }
        Ok(true)
    })?;
    let mut current: HashSet<RegistryNumber> = HashSet::new();
    let mut numbered = 0;
    for (id, state) in students {
        for number in state.numbers() {
            let leads_to = owners.get(&number);
            let expected = state.merged_into.filter(|_| state.status == Status::Merged);
            let is_right = match expected {
                // The survivor may have been merged in turn.
                Some(_) => leads_to.is_some_and(|owner| owner != id),
                None => leads_to == Some(id),
            };
            found.check(is_right, || format!("numbers: one of student {id} leads elsewhere"));
        }
        if let Some(number) = state.number {
            found.check(current.insert(number), || format!("numbers: student {id} shares one"));
            numbered += u64::from(state.status.is_present());
        }
        let waits = state.status == Status::Pending;
        found.check(waits == (state.number.is_none() && state.status.is_present()), || {
            format!("students: {id} waits and holds a number, or neither")
        });
    }
    found.check(numbered == snapshot.meta().numbered, || format!("students: {numbered} hold numbers"));
    found.checked.push(("numbers", owners.len() as u64));
    found.checked.push(("counters", counters.len() as u64));
    Ok(())
}

fn check_cases(
    snapshot: &Snapshot,
    students: &HashMap<StudentId, StudentState>,
    found: &mut Verification,
) -> Result<()> {
    let filed: HashSet<(u32, u8, CaseId)> = snapshot.open_cases(None)?.into_iter().collect();
    let (mut cases, mut open) = (0, 0);
    snapshot.cases(|id, case: Case| {
        cases += 1;
        if case.is_open() {
            open += 1;
            found.check(filed.contains(&(case.county, case.class as u8, id)), || {
                format!("open_cases: case {id} is not filed")
            });
            for student in &case.students {
                found.check(students.get(student).is_some_and(|state| state.cases.contains(&id)), || {
                    format!("students: {student} does not know of case {id}")
                });
            }
        }
        Ok(true)
    })?;
    found.check(open == filed.len() as u64, || format!("open_cases: {} rows for {open} cases", filed.len()));
    for (id, state) in students {
        let waits_for_nothing = state.status == Status::Pending && state.cases.is_empty();
        found.check(!waits_for_nothing, || format!("students: {id} waits for no case"));
        for (other, _) in snapshot.different_from(*id)? {
            let back = snapshot.different_from(other)?;
            found.check(back.iter().any(|(back, _)| back == id), || {
                format!("different: {other} is known to be other than {id}, not the reverse")
            });
        }
    }
    let meta = snapshot.meta();
    let past = |next: u32, last: Option<u32>| last.is_none_or(|last| last < next);
    found.check(past(meta.next_student.get(), students.keys().map(|id| id.get()).max()), || {
        "meta: the next student is one that is there".to_owned()
    });
    found.checked.push(("cases", cases));
    Ok(())
}

impl Registry {
    /// How many rows each table has, how many students hold numbers, and up to which entry this is.
    ///
    /// # Errors
    /// [`super::RegistryError::Store`].
    pub fn statistics(&self) -> Result<Statistics> {
        let snapshot = self.newest()?;
        let meta = snapshot.meta();
        let mut by_kind = [0; 3];
        let mut by_status: Vec<(Status, u64)> = Vec::new();
        snapshot.students(|_, state: StudentState| {
            if let Some(number) = state.number.filter(|_| state.status.is_present()) {
                by_kind[number.kind() as usize] += 1;
            }
            match by_status.iter_mut().find(|(status, _)| *status == state.status) {
                Some((_, count)) => *count += 1,
                None => by_status.push((state.status, 1)),
            }
            Ok(true)
        })?;
        by_status.sort_by_key(|(status, _)| status.code());
        let mut by_class: Vec<(super::CaseClass, u64)> = Vec::new();
        for (_, class, _) in snapshot.open_cases(None)? {
            let class = super::CaseClass::of_code(class)
                .ok_or_else(|| StoreError::damaged("a class in the table open_cases"))?;
            match by_class.iter_mut().find(|(known, _)| *known == class) {
                Some((_, count)) => *count += 1,
                None => by_class.push((class, 1)),
            }
        }
        let (segments, segment_bytes) = snapshot.segments();
        Ok(Statistics {
            sequence: meta.sequence,
            numbered: meta.numbered,
            records: meta.records,
            by_kind,
            by_status,
            open_cases: by_class,
            rows: snapshot.row_counts()?,
            segments,
            segment_bytes,
        })
    }

    /// Writes a copy of the newest state into another directory, while writes go on.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is a registry; [`StoreError::Io`]; nothing is left of a copy that failed
    /// but an unfinished file.
    pub fn backup(&self, directory: impl AsRef<std::path::Path>) -> Result<Sequence> {
        let snapshot = self.newest()?;
        store::copy(&snapshot, directory.as_ref())?;
        Ok(snapshot.meta().sequence)
    }
}

/// Counts of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// The journal entry up to which they hold.
    pub sequence: Sequence,
    /// Students that hold a number.
    pub numbered: u64,
    /// Records that can be found.
    pub records: u64,
    /// Numbers held by kind: G, J, L.
    pub by_kind: [u64; 3],
    /// Students by status.
    pub by_status: Vec<(Status, u64)>,
    /// Open cases by class.
    pub open_cases: Vec<(super::CaseClass, u64)>,
    /// Rows by table, those in segments included.
    pub rows: Vec<(&'static str, u64)>,
    /// Segments of the packed base.
    pub segments: u64,
    /// Bytes of their files.
    pub segment_bytes: u64,
}
