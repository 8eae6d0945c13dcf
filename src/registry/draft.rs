//! A write in the making: what is stored, with what has been decided since on top of it.
//!
//! Events go in through [`Draft::record`] (decided here) or [`Draft::follow`] (decided elsewhere); both
//! append to the chained journal and change the state in [`super::apply`]. Nothing is visible to anybody
//! until [`Draft::finish`] hands the changes to one commit.

use std::collections::HashMap;

use rayon::prelude::*;
use sm3::{Digest, Sm3};

use super::bulk::Loading;
use super::case::Case;
use super::error::{RegistryError, Result};
use super::event::{Entry, Event};
use super::loaded::Outcome;
use super::model::Models;
use super::prepare::Prepared;
use super::state::StudentState;
use super::time::Timestamp;
use crate::hash::TableHash;
use crate::ids::{CaseId, RecordId, Sequence, StudentId};
use crate::number::RegistryNumber;
use crate::store::{self, ChainedEntry, Changes, Meta, Profile, Snapshot, StoreError};

/// A write in the making.
pub(super) struct Draft<'b> {
    base: &'b Snapshot,
    at: Timestamp,
    by: String,
    pub(super) meta: Meta,
    pub(super) changes: Changes,
    /// Entries of this write, in order; the payload of those that were decided elsewhere.
    entries: Vec<(Entry, Option<Vec<u8>>)>,
    students: HashMap<StudentId, StudentState, TableHash>,
    /// By the number in a word.
    numbers: HashMap<u64, StudentId, TableHash>,
    counters: HashMap<[u8; 8], u16>,
    cases: HashMap<CaseId, Case>,
    different: HashMap<(StudentId, StudentId), Option<CaseId>>,
    /// `None` for a record that is no longer to be found.
    profiles: HashMap<RecordId, Option<Box<Profile>>, TableHash>,
    /// The load that this write is, with the students that are not among the above.
    pub(super) loading: Option<Loading>,
    /// The models that were chosen, if this write chooses one.
    pub(super) models: Option<Models>,
    /// Up to where other registries' feeds were applied, if this write applies one.
    pub(super) positions: Option<Vec<super::exchange::Position>>,
    /// Whether what is decided follows from what was learnt.
    pub(super) concludes: bool,
}

/// Everything a write changed, for a load that writes it in its own way.
pub(super) struct Changed {
    pub(super) changes: Changes,
    pub(super) meta: Meta,
    pub(super) students: HashMap<StudentId, StudentState, TableHash>,
    /// By the number in a word.
    pub(super) numbers: HashMap<u64, StudentId, TableHash>,
    pub(super) profiles: HashMap<RecordId, Option<Box<Profile>>, TableHash>,
    pub(super) loading: Option<Loading>,
}

/// The hash of the chain up to an entry: SM3 (GB/T 32905) over the hash before it, its sequence (eight bytes,
/// big endian) and its payload.
pub(super) fn chained(before: &[u8; 32], sequence: Sequence, payload: &[u8]) -> [u8; 32] {
    let mut hasher = Sm3::new();
    hasher.update(before);
    hasher.update(sequence.get().to_be_bytes());
    hasher.update(payload);
    hasher.finalize().into()
}

/// A journal begins with what the registry is made for, and says it once.
fn is_in_place(sequence: Sequence, event: &Event) -> bool {
    (sequence.get() == 1) == matches!(event, Event::Created(_) | Event::Founded { .. })
}

/// The moment of a write: never before the last entry, and behind everything that was learnt from others, so that what
/// is decided now is newer than what it was decided on, whatever the clocks say.
fn at_least(base: &Snapshot, now: Timestamp) -> Timestamp {
    if base.meta().sequence == Sequence::new(0) {
        return now;
    }
    // A last entry that cannot be read is told by whoever needs it.
    let Ok(last) = super::journal::entry(base, base.meta().sequence) else { return now };
    match last.event {
        Event::Received(_) => now.max(Timestamp::new(last.at.get().saturating_add(1))),
        _ => now.max(last.at),
    }
}

impl<'b> Draft<'b> {
    /// Begins a write on a state, by an operator or a service.
    pub(super) fn new(base: &'b Snapshot, at: Timestamp, by: &str) -> Draft<'b> {
        let at = at_least(base, at);
        Draft {
            base,
            at,
            by: by.to_owned(),
            meta: base.meta().clone(),
            changes: Changes::default(),
            entries: Vec::new(),
            students: HashMap::default(),
            numbers: HashMap::default(),
            counters: HashMap::new(),
            cases: HashMap::new(),
            different: HashMap::new(),
            profiles: HashMap::default(),
            loading: None,
            models: None,
            positions: None,
            concludes: false,
        }
    }

    /// The state the write stands on.
    pub(super) fn base(&self) -> &'b Snapshot {
        self.base
    }

    /// The moment of this write.
    pub(super) fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether nothing was decided.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && !self.changes.has_population()
    }

    /// Writes down what was decided, and makes it so. `prepared` is the record of the event, if it was read
    /// already.
    ///
    /// # Errors
    /// Those of reading; [`RegistryError::Impossible`] for a journal that would begin with anything but its
    /// making, as a follower's would before its first change. The draft is then to be given up.
    pub(super) fn record(&mut self, event: Event, prepared: Option<&Prepared>) -> Result<Sequence> {
        if self.loading.is_some() && matches!(event, Event::Enrolled { .. }) {
            return self.record_row(event, prepared);
        }
        use Event::{Concluded, Learnt, Received, Renumbered};
        let stands_alone = matches!(event, Concluded(_) | Learnt { .. } | Received(_) | Renumbered { .. });
        let event = if self.concludes && !stands_alone { Concluded(Box::new(event)) } else { event };
        let sequence = Sequence::new(self.meta.sequence.get() + 1);
        if !is_in_place(sequence, &event) {
            return Err(RegistryError::Impossible(
                "the registry follows another and has nothing of it yet",
                "本库跟随另一学籍库，尚未收到其任何变更",
            ));
        }
        let entry = Entry { sequence, at: self.at, by: self.by.clone(), event };
        self.meta.sequence = sequence;
        self.apply(&entry, prepared)?;
        self.entries.push((entry, None));
        Ok(sequence)
    }

    /// Writes down what follows from what was learnt.
    ///
    /// # Errors
    /// Those of [`Draft::record`].
    pub(super) fn conclude(&mut self, event: Event) -> Result<Sequence> {
        self.record(Event::Concluded(Box::new(event)), None)
    }

    /// The write is no older than this.
    pub(super) fn not_before(&mut self, at: Option<Timestamp>) {
        self.at = self.at.max(at.unwrap_or(self.at));
    }

    /// A row of a load: it goes into the entry of its block.
    fn record_row(&mut self, event: Event, prepared: Option<&Prepared>) -> Result<Sequence> {
        let sequence = self.loading.as_ref().map_or(self.meta.sequence, |loading| loading.sequence);
        let entry = Entry { sequence, at: self.at, by: String::new(), event };
        self.apply(&entry, prepared)?;
        if let (Some(loading), Event::Enrolled { student, record, answer, is_stale, .. }) =
            (&mut self.loading, entry.event)
        {
            loading.outcomes.push(Some(Outcome { student, record, answer, is_stale }));
        }
        Ok(sequence)
    }

    /// A student of a load, of whom nothing is kept here.
    ///
    /// # Errors
    /// Those of reading.
    pub(super) fn issue_plain(&mut self, number: RegistryNumber) -> Result<(StudentId, RecordId)> {
        let (student, record) = (self.meta.next_student, self.meta.next_record);
        self.meta.next_student = StudentId::new(student.get() + 1);
        self.meta.next_record = RecordId::new(record.get() + 1);
        self.meta.records += 1;
        self.meta.numbered += 1;
        self.count_number(number)?;
        Ok((student, record))
    }

    /// The entries that were recorded since this was asked last.
    pub(super) fn take_entries(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries).into_iter().map(|(entry, _)| entry).collect()
    }

    /// In whose name the write is.
    pub(super) fn by(&self) -> &str {
        &self.by
    }

    /// All changes, for a load.
    ///
    /// # Errors
    /// A row that is too large.
    pub(super) fn into_changed(self) -> Result<Changed> {
        let Draft {
            mut changes, meta, students, numbers, counters, cases, different, profiles, loading, ..
        } = self;
        put_small(&mut changes, counters, cases, different)?;
        Ok(Changed { changes, meta, students, numbers, profiles, loading })
    }

    /// Takes an entry that was decided elsewhere.
    ///
    /// # Errors
    /// [`RegistryError::Chain`] if it does not follow the last one.
    pub(super) fn follow(&mut self, sequence: Sequence, chain: [u8; 32], payload: &[u8]) -> Result<()> {
        let is_next = sequence.get() == self.meta.sequence.get() + 1;
        if !is_next || chained(&self.meta.chain, sequence, payload) != chain {
            return Err(RegistryError::Chain);
        }
        let entry: Entry = store::decode(payload, "journal")?;
        if entry.sequence != sequence || !is_in_place(sequence, &entry.event) {
            return Err(RegistryError::Chain);
        }
        self.meta.sequence = sequence;
        self.meta.chain = chain;
        self.apply(&entry, None)?;
        self.entries.push((entry, Some(payload.to_vec())));
        Ok(())
    }

    /// An entry of this write, or a stored one.
    pub(super) fn entry(&self, sequence: Sequence) -> Result<Entry> {
        let before = self.base.meta().sequence.get();
        match sequence.get().checked_sub(before + 1).and_then(|at| self.entries.get(at as usize)) {
            Some((entry, _)) => Ok(entry.clone()),
            None => super::journal::entry(self.base, sequence),
        }
    }

    /// The changes and the state for one commit.
    pub(super) fn finish(self) -> Result<(Changes, Meta)> {
        let Draft { base, mut changes, mut meta, entries, .. } = self;
        let numbers = self.numbers.into_iter().map(|(word, student)| {
            let number = RegistryNumber::from_packed(word).map_err(|_| missing("numbers"))?;
            Ok((number, student))
        });
        let numbers: Vec<(RegistryNumber, StudentId)> = numbers.collect::<Result<_>>()?;
        let rows = (Vec::from_iter(self.students), numbers, Vec::from_iter(self.profiles));
        let mut seal = || {
            changes.put_students(&rows.0)?;
            changes.put_numbers(&rows.1)?;
            changes.put_profiles(base, &rows.2)
        };
        let is_small = entries.len() < super::enroll::MANY;
        let chain = || chain(base.meta().chain, entries);
        // A few entries are not worth another thread, and must not wait for one: see the constant.
        let (sealed, chain) = if is_small { (seal(), chain()) } else { rayon::join(seal, chain) };
        sealed?;
        let chain = chain?;
        if let Some((_, hash, _)) = chain.last() {
            meta.chain = *hash;
        }
        changes.put_journal(&chain)?;
        if let Some(models) = &self.models {
            changes.put_model(models)?;
        }
        if let Some(positions) = &self.positions {
            changes.put_positions(positions)?;
        }
        put_small(&mut changes, self.counters, self.cases, self.different)?;
        Ok((changes, meta))
    }
}

/// Writes the tables of which a write touches little.
fn put_small(
    changes: &mut Changes,
    counters: HashMap<[u8; 8], u16>,
    cases: HashMap<CaseId, Case>,
    different: HashMap<(StudentId, StudentId), Option<CaseId>>,
) -> Result<()> {
    for (key, last) in counters {
        changes.put_counter(key, last)?;
    }
    for (id, case) in cases {
        changes.put_case(id, &case)?;
        changes.put_open_case(case.county, case.class as u8, id, case.is_open());
    }
    for ((a, b), case) in different {
        changes.put_different(a, b, case)?;
    }
    Ok(())
}

/// Encodes entries, on all cores, and chains them one after the other.
fn chain(mut before: [u8; 32], entries: Vec<(Entry, Option<Vec<u8>>)>) -> Result<Vec<ChainedEntry>> {
    let encoded: Vec<(Sequence, Vec<u8>)> = entries
        .into_par_iter()
        .with_min_len(256)
        .map(|(entry, payload)| match payload {
            Some(payload) => Ok((entry.sequence, payload)),
            None => {
                let mut payload = Vec::with_capacity(512);
                store::encode(&entry, "journal", &mut payload)?;
                Ok((entry.sequence, payload))
            }
        })
        .collect::<Result<_>>()?;
    let link = |(sequence, payload): (Sequence, Vec<u8>)| {
        before = chained(&before, sequence, &payload);
        (sequence, before, payload)
    };
    Ok(encoded.into_iter().map(link).collect())
}

/// Reading: what was decided comes before what is stored.
impl Draft<'_> {
    /// A student that must be there.
    pub(super) fn student(&self, id: StudentId) -> Result<StudentState> {
        match self.students.get(&id) {
            Some(state) => Ok(state.clone()),
            None => self.stored_student(id),
        }
    }

    fn stored_student(&self, id: StudentId) -> Result<StudentState> {
        match self.loading.as_ref().and_then(|loading| loading.student(id, self.at)) {
            Some(state) => Ok(state),
            None => Ok(self.base.student(id)?.ok_or_else(|| missing("students"))?),
        }
    }

    /// The same, to be changed.
    pub(super) fn student_mut(&mut self, id: StudentId) -> Result<&mut StudentState> {
        if !self.students.contains_key(&id) {
            let state = self.stored_student(id)?;
            self.students.insert(id, state);
        }
        self.students.get_mut(&id).ok_or_else(|| missing("students").into())
    }

    pub(super) fn put_student(&mut self, id: StudentId, state: StudentState) {
        self.students.insert(id, state);
    }

    /// Whose number it is or was.
    pub(super) fn number(&self, number: &RegistryNumber) -> Result<Option<StudentId>> {
        let word = number.packed();
        let in_load = || self.loading.as_ref().and_then(|loading| loading.owner(word));
        match self.numbers.get(&word).copied().or_else(in_load) {
            Some(student) => Ok(Some(student)),
            None => Ok(self.base.number(number)?),
        }
    }

    pub(super) fn put_number(&mut self, number: RegistryNumber, student: StudentId) {
        self.numbers.insert(number.packed(), student);
    }

    /// The last sequence given to a region and a birth date.
    pub(super) fn counter(&self, key: [u8; 8]) -> Result<u16> {
        match self.counters.get(&key) {
            Some(last) => Ok(*last),
            None => Ok(self.base.counter(key)?),
        }
    }

    pub(super) fn put_counter(&mut self, key: [u8; 8], last: u16) {
        self.counters.insert(key, last);
    }

    /// A case, if there is one.
    pub(super) fn case(&self, id: CaseId) -> Result<Option<Case>> {
        match self.cases.get(&id) {
            Some(case) => Ok(Some(case.clone())),
            None => Ok(self.base.case(id)?),
        }
    }

    /// A case that must be there, to be changed.
    pub(super) fn case_mut(&mut self, id: CaseId) -> Result<&mut Case> {
        if !self.cases.contains_key(&id) {
            let case = self.base.case(id)?.ok_or_else(|| missing("cases"))?;
            self.cases.insert(id, case);
        }
        self.cases.get_mut(&id).ok_or_else(|| missing("cases").into())
    }

    pub(super) fn put_case(&mut self, case: Case) {
        self.cases.insert(case.id, case);
    }

    /// The profile of a record that can be found.
    pub(super) fn profile(&self, record: RecordId) -> Result<Option<Profile>> {
        match self.profiles.get(&record) {
            Some(profile) => Ok(profile.as_deref().cloned()),
            None => Ok(self.base.profile(record)?),
        }
    }

    pub(super) fn put_profile(&mut self, record: RecordId, profile: Option<Profile>) {
        self.profiles.insert(record, profile.map(Box::new));
    }

    /// Whose record it is now, where this write moved or made it.
    pub(super) fn moved(&self, record: RecordId) -> Option<Option<StudentId>> {
        self.profiles.get(&record).map(|profile| profile.as_ref().map(|profile| profile.student))
    }

    /// Students known to be other people than this one.
    pub(super) fn different_from(&self, student: StudentId) -> Result<Vec<StudentId>> {
        Ok(self.told_apart_from(student)?.into_iter().map(|(id, _)| id).collect())
    }

    /// The same with the case that said so.
    pub(super) fn told_apart_from(&self, student: StudentId) -> Result<Vec<(StudentId, CaseId)>> {
        let mut all = self.base.different_from(student)?;
        for ((a, b), case) in &self.different {
            let Some(other) = (*a == student).then_some(*b).or((*b == student).then_some(*a)) else {
                continue;
            };
            all.retain(|(known, _)| *known != other);
            all.extend(case.map(|case| (other, case)));
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    pub(super) fn put_different(&mut self, a: StudentId, b: StudentId, case: Option<CaseId>) {
        self.different.insert((a.min(b), a.max(b)), case);
    }
}

fn missing(table: &str) -> StoreError {
    StoreError::damaged(format!("a row is missing in the table {table}"))
}
