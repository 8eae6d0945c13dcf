//! Direct lookups: by number, by document, by name with birth date and region, by a guardian's document.

use std::sync::Arc;

use super::case::{Case, CaseClass};
use super::error::{RegistryError, Result};
use super::event::{Entry, Event};
use super::journal::{self, Change};
use super::loaded::{enrolled, rows_with_outcomes};
use super::state::StudentState;
use super::{Registry, Timestamp};
use crate::identity::Identity;
use crate::identity::name::Name;
use crate::ids::{CaseId, RecordId, Sequence, StudentId};
use crate::key::Family;
use crate::number::RegistryNumber;
use crate::store::{Snapshot, StoreError, stored_keys};
use crate::student::{GivenDocument, GivenGuardian, OwnedStudent, Student};

/// A student as the registry knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    /// The student.
    pub id: StudentId,
    /// Numbers, status, records, cases.
    pub state: StudentState,
    /// What is so now, as given.
    pub record: OwnedStudent,
}

/// A record of a student, with its time.
#[derive(Debug, Clone, PartialEq)]
pub struct DatedRecord {
    /// Its ordinal.
    pub id: RecordId,
    /// The record as given.
    pub given: OwnedStudent,
    /// When it came.
    pub at: Timestamp,
    /// Whether it still says what is so.
    pub is_live: bool,
}

/// Students found, read one after the other from one state.
#[derive(Debug)]
pub struct Students {
    snapshot: Arc<Snapshot>,
    ids: std::vec::IntoIter<StudentId>,
}

impl Students {
    /// The journal entry up to which this holds.
    pub fn sequence(&self) -> Sequence {
        self.snapshot.meta().sequence
    }
}

impl Iterator for Students {
    type Item = Result<Registered>;

    fn next(&mut self) -> Option<Result<Registered>> {
        self.ids.next().map(|id| registered(&self.snapshot, id))
    }
}

/// A student of a state.
pub(super) fn registered(snapshot: &Snapshot, id: StudentId) -> Result<Registered> {
    let state: StudentState =
        snapshot.student(id)?.ok_or_else(|| StoreError::damaged("a row is missing in the table students"))?;
    let record = given(snapshot, &state)?;
    Ok(Registered { id, state, record })
}

/// The record that says what is so. Of a deleted entry it is found through the story.
fn given(snapshot: &Snapshot, state: &StudentState) -> Result<OwnedStudent> {
    if let Some(profile) = snapshot.profile(state.current)? {
        return Ok(Arc::unwrap_or_clone(journal::given(
            journal::entry(snapshot, profile.sequence)?,
            state.current,
        )?));
    }
    for sequence in state.entries.iter().rev() {
        if let Ok(given) = journal::given(journal::entry(snapshot, *sequence)?, state.current) {
            return Ok(Arc::unwrap_or_clone(given));
        }
    }
    Err(StoreError::damaged("a student without a record in the table journal").into())
}

impl Registry {
    /// The student whose number this is or was, whatever its kind. Three point reads.
    ///
    /// # Errors
    /// [`RegistryError::Store`].
    pub fn student(&self, number: &RegistryNumber) -> Result<Option<Registered>> {
        let snapshot = self.newest()?;
        let Some(id) = snapshot.number(number)? else { return Ok(None) };
        registered(&snapshot, id).map(Some)
    }

    /// The student with an id of the registry's own.
    ///
    /// # Errors
    /// [`RegistryError::Store`].
    pub fn student_by_id(&self, id: StudentId) -> Result<Option<Registered>> {
        let snapshot = self.newest()?;
        if id >= snapshot.meta().next_student {
            return Ok(None);
        }
        registered(&snapshot, id).map(Some)
    }

    /// Students who hold a document or once held it.
    ///
    /// # Errors
    /// [`RegistryError::Store`].
    pub fn by_document(&self, document: GivenDocument<'_>) -> Result<Students> {
        let student = Student { documents: vec![document], ..Student::default() };
        let numbers = |identity: &Identity| -> Vec<_> {
            identity.usable_documents().map(|document| document.number).collect()
        };
        let wanted = numbers(&Identity::of(&student, &mut Vec::new()));
        self.find(&student, Family::Document, |found| {
            numbers(found).iter().any(|number| wanted.contains(number))
        })
    }

    /// Students of a name (in its loose form: variants and confused surnames count as equal), a birth date and
    /// a county.
    ///
    /// # Errors
    /// [`RegistryError::Store`].
    pub fn by_name(&self, name: &str, birthdate: &str, region: &str) -> Result<Students> {
        let student = Student { name, birthdate, region, ..Student::default() };
        let wanted = Identity::of(&student, &mut Vec::new());
        let name = wanted.name.as_ref().and_then(Name::loose);
        let county = |identity: &Identity| identity.place.map(|place| place.county().ok_or(place.code()));
        self.find(&student, Family::NameBirthRegion, |found| {
            let mut names = found.name.iter().chain(&found.aliases);
            found.birth_or_documents() == wanted.birth_or_documents()
                && county(found) == county(&wanted)
                && names.any(|found| found.loose() == name)
        })
    }

    /// Students one of whose guardians holds a document.
    ///
    /// # Errors
    /// [`RegistryError::Store`].
    pub fn by_guardian(&self, document: GivenDocument<'_>) -> Result<Students> {
        let guardians = vec![GivenGuardian { document, ..GivenGuardian::default() }];
        let student = Student { guardians, ..Student::default() };
        let numbers = |identity: &Identity| -> Vec<_> {
            identity.guardian_documents().map(|document| document.number).collect()
        };
        let wanted = numbers(&Identity::of(&student, &mut Vec::new()));
        self.find(&student, Family::Guardian, |found| {
            numbers(found).iter().any(|number| wanted.contains(number))
        })
    }

    /// Students under the keys of a family that a look at the values confirms.
    fn find(
        &self,
        student: &Student<'_>,
        space: Family,
        is_meant: impl Fn(&Identity) -> bool,
    ) -> Result<Students> {
        let identity = Identity::of(student, &mut Vec::new());
        let snapshot = self.newest()?;
        let (mut records, mut ids) = (Vec::new(), Vec::new());
        for key in stored_keys(&identity).iter().filter(|key| key.space == space) {
            snapshot.holders(key, false, usize::MAX, &mut records)?;
        }
        for record in records {
            if let Some(profile) = snapshot.profile(record)?
                && is_meant(&profile.identity)
            {
                ids.push(profile.student);
            }
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(Students { snapshot, ids: ids.into_iter() })
    }

    /// Every student who holds a number, in the order of current numbers; deleted entries included.
    ///
    /// # Errors
    /// [`RegistryError::Store`], or what `visit` returns.
    pub fn for_each_student(&self, mut visit: impl FnMut(Registered) -> Result<()>) -> Result<Sequence> {
        let snapshot = self.newest()?;
        let mut outcome = Ok(());
        snapshot.numbers(|number, id| {
            let step = registered(&snapshot, id).and_then(|student| match student.state.number {
                Some(current) if current == number => visit(student),
                _ => Ok(()),
            });
            let goes_on = step.is_ok();
            outcome = step;
            Ok(goes_on)
        })?;
        outcome?;
        Ok(snapshot.meta().sequence)
    }

    /// Every student that waits for a case, in the order of ids.
    ///
    /// # Errors
    /// [`RegistryError::Store`], or what `visit` returns.
    pub fn for_each_pending(&self, mut visit: impl FnMut(Registered) -> Result<()>) -> Result<()> {
        let snapshot = self.newest()?;
        let mut outcome = Ok(());
        snapshot.students(|id, state: StudentState| {
            if state.status == super::Status::Pending {
                outcome = given(&snapshot, &state).and_then(|record| visit(Registered { id, state, record }));
            }
            Ok(outcome.is_ok())
        })?;
        outcome
    }

    /// The records of a student with their times, in the order in which they came.
    ///
    /// # Errors
    /// [`RegistryError::Store`].
    pub fn records(&self, student: &Registered) -> Result<Vec<DatedRecord>> {
        let snapshot = self.newest()?;
        let mut records = Vec::new();
        for id in &student.state.records {
            let Some(profile) = snapshot.profile(*id)? else { continue };
            let entry = journal::entry(&snapshot, profile.sequence)?;
            let (at, is_live) = (entry.at, profile.standing == crate::store::Standing::Live);
            let given = Arc::unwrap_or_clone(journal::given(entry, *id)?);
            records.push(DatedRecord { id: *id, given, at, is_live });
        }
        Ok(records)
    }

    /// A student's story: every entry that concerns the holder of a number, in order.
    ///
    /// # Errors
    /// [`RegistryError::UnknownNumber`]; [`RegistryError::Store`].
    pub fn history(&self, number: &RegistryNumber) -> Result<Vec<Entry>> {
        let snapshot = self.newest()?;
        let id = snapshot.number(number)?.ok_or(RegistryError::UnknownNumber)?;
        let (mut sequences, mut ids) = (Vec::new(), Vec::new());
        let mut pending = vec![id];
        // The story of those who were merged belongs to it.
        while let Some(id) = pending.pop() {
            ids.push(id);
            let state: StudentState = registered(&snapshot, id)?.state;
            sequences.extend_from_slice(&state.entries);
            pending.extend_from_slice(&state.merged);
        }
        sequences.sort_unstable();
        sequences.dedup();
        let mut entries = Vec::with_capacity(sequences.len());
        for sequence in sequences {
            let entry = journal::entry(&snapshot, sequence)?;
            match &entry.event {
                // Of the rows of a file those that are the student's.
                Event::Loaded { given, outcomes } => {
                    let rows = rows_with_outcomes(given, outcomes)?.into_iter();
                    let own = rows.filter(|(_, outcome)| ids.contains(&outcome.student));
                    entries.extend(own.map(|row| Entry {
                        event: enrolled(row),
                        by: entry.by.clone(),
                        ..entry
                    }));
                }
                _ => entries.push(entry),
            }
        }
        Ok(entries)
    }

    /// A case.
    ///
    /// # Errors
    /// [`RegistryError::UnknownCase`]; [`RegistryError::Store`].
    pub fn case(&self, id: CaseId) -> Result<Case> {
        self.newest()?.case(id)?.ok_or(RegistryError::UnknownCase(id))
    }

    /// The open cases of a county and a class, in the order of county, class and id; of all where not given.
    ///
    /// # Errors
    /// [`RegistryError::Store`].
    pub fn open_cases(&self, county: Option<u32>, class: Option<CaseClass>) -> Result<Vec<Case>> {
        let snapshot = self.newest()?;
        let mut cases = Vec::new();
        for (_, code, id) in snapshot.open_cases(county)? {
            if class.is_none_or(|class| CaseClass::of_code(code) == Some(class)) {
                cases.push(snapshot.case(id)?.ok_or(RegistryError::UnknownCase(id))?);
            }
        }
        Ok(cases)
    }

    /// Changes behind a sequence, at most `most`: what another registry follows. See [`Registry::follow`].
    ///
    /// # Errors
    /// [`RegistryError::Store`].
    pub fn changes(&self, since: Sequence, most: usize) -> Result<Vec<Change>> {
        journal::changes(self.newest()?.as_ref(), since, most)
    }

    /// The last journal entry.
    pub fn sequence(&self) -> Sequence {
        self.held().meta().sequence
    }

    /// Applies changes of another registry to this one, in one write transaction.
    ///
    /// # Errors
    /// [`RegistryError::Chain`] if they do not follow the last entry here: nothing was applied.
    pub fn follow(&self, changes: &[Change]) -> Result<()> {
        let has_model = self.write_unjudged_large(|draft| {
            changes
                .iter()
                .try_for_each(|change| draft.follow(change.sequence, change.chain, &change.payload))?;
            Ok(draft.models.is_some())
        })?;
        if has_model {
            self.take_up_model()?;
        }
        if self.settings.get().is_none() && !changes.is_empty() {
            // The same entry whoever reads it.
            let _ = self.settings.set(journal::settings(&*self.newest()?)?);
        }
        Ok(())
    }
}
