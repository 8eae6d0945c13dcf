//! What each event changes: the only place where the state of a registry moves.
//!
//! Applying is deterministic and decides nothing: every id and number stands in the event. So a registry made
//! by replaying a journal is the registry that wrote it.

use std::sync::Arc;

use super::case::{Case, CaseClass, CaseState};
use super::casework::INHERITED;
use super::draft::Draft;
use super::error::Result;
use super::event::{Answered, Entry, Event, LifeEvent};
use super::exchange::{Effect, Fact, Notice};
use super::journal::prepared;
use super::loaded::{enrolled, rows_with_outcomes};
use super::model::{ModelChoice, Models};
use super::prepare::{Prepared, disown, key_changes};
use super::state::{FormerNumber, Status, StudentState};
use super::time::Timestamp;
use crate::ids::{CaseId, RecordId, Sequence, StudentId};
use crate::number::RegistryNumber;
use crate::store::{Profile, Standing, counter_key, stored_keys};
use crate::student::OwnedStudent;

impl Draft<'_> {
    pub(super) fn apply(&mut self, entry: &Entry, prepared: Option<&Prepared>) -> Result<()> {
        let (sequence, at) = (entry.sequence, entry.at);
        match &entry.event {
            Event::Created(_) | Event::Founded { .. } => {}
            Event::Bound { pairs, .. } => {
                for (a, b) in pairs {
                    self.tell(*a, sequence)?;
                    self.tell(*b, sequence)?;
                }
            }
            Event::RetiredWith { students, .. } => {
                for student in students {
                    self.tell(*student, sequence)?;
                }
            }
            Event::Learnt { notice, students, effect } => self.learn(notice, students, effect, sequence)?,
            Event::Concluded(event) => {
                let concluded = Entry { event: (**event).clone(), by: entry.by.clone(), ..*entry };
                self.apply(&concluded, prepared)?;
            }
            Event::Renumbered { student, number, former } => {
                self.renumber(*student, *number, former, at)?;
                self.tell(*student, sequence)?;
            }
            Event::Received(position) => {
                let mut positions = match self.positions.take() {
                    Some(positions) => positions,
                    None => self.base().positions()?,
                };
                positions.retain(|known| known.system != position.system);
                positions.push(position.clone());
                self.positions = Some(positions);
            }
            Event::Approved { .. } | Event::Exported { .. } => {
                super::approval::apply(&mut self.meta.approvals, &entry.event, &entry.by, at);
            }
            Event::Enrolled { request, given, student, record, answer, is_stale } => {
                if self.loading.is_none() {
                    self.changes.put_request(request, sequence)?;
                }
                if let Some(record) = record {
                    let standing = if *is_stale { Standing::Superseded } else { Standing::Live };
                    self.add_record(*student, *record, sequence, given, standing, prepared)?;
                }
                if let Answered::Issued(number) = answer {
                    self.give_number(*student, *number, at)?;
                }
                self.tell(*student, sequence)?;
            }
            Event::Loaded { given, outcomes } => {
                for row in rows_with_outcomes(given, outcomes)? {
                    self.apply(&Entry { event: enrolled(row), by: String::new(), ..*entry }, None)?;
                }
            }
            Event::ModelChosen { name, digest, text } => {
                let mut models = match self.models.take() {
                    Some(models) => models,
                    None => self.base().models::<Models>()?.unwrap_or_default(),
                };
                models.choose(ModelChoice { since: sequence, name: name.clone(), digest: *digest }, text);
                self.models = Some(models);
            }
            Event::CaseOpened(case) => self.open_case(case, sequence)?,
            Event::CaseExtended { case, students, records, links, proposal } => {
                for student in students {
                    self.student_mut(*student)?.cases.push(*case);
                    self.tell(*student, sequence)?;
                }
                let (changed, before) = {
                    let changed = self.case_mut(*case)?;
                    let before = (changed.county, changed.class);
                    changed.students.extend_from_slice(students);
                    changed.records.extend_from_slice(records);
                    changed.links.extend_from_slice(links);
                    if let Some(proposal) = proposal {
                        changed.proposal = Some(proposal.clone());
                        changed.class = CaseClass::TwoRegistryNumbers;
                    }
                    (changed.class, before)
                };
                if changed != before.1 {
                    self.changes.put_open_case(before.0, before.1 as u8, *case, false);
                }
            }
            Event::CaseResolved { case, resolution, reason } => {
                let (at, by) = (entry.at, entry.by.clone());
                let state = CaseState::Resolved {
                    at,
                    resolution: resolution.clone(),
                    operator: by,
                    reason: reason.clone(),
                };
                self.close_case(*case, state, sequence)?;
            }
            Event::ToldApart { case, pairs } => {
                for (a, b) in pairs {
                    self.put_different(*a, *b, Some(*case));
                }
            }
            Event::Disowned { student, document } => {
                self.student_mut(*student)?.not_theirs.push(document.clone());
                self.tell(*student, sequence)?;
                self.rekey(*student)?;
            }
            Event::Numbered { student, number, .. } => {
                self.give_number(*student, *number, at)?;
                self.tell(*student, sequence)?;
            }
            Event::Amended { student, record, given, supersedes, .. } => {
                for old in supersedes {
                    if let Some(mut profile) = self.profile(*old)? {
                        profile.standing = Standing::Superseded;
                        self.put_profile(*old, Some(profile));
                    }
                }
                self.add_record(*student, *record, sequence, given, Standing::Live, prepared)?;
                self.student_mut(*student)?.current = *record;
                self.tell(*student, sequence)?;
            }
            Event::Life { student, event, .. } => {
                let state = self.student_mut(*student)?;
                state.status = status_after(*event, state.status);
                self.tell(*student, sequence)?;
            }
            Event::Merged { survivor, merged, inherited, .. } => {
                self.merge(*survivor, *merged, inherited, at)?;
                self.tell(*survivor, sequence)?;
                self.tell(*merged, sequence)?;
            }
            Event::Unmerged { survivor, merged, inherited, .. } => {
                self.unmerge(*survivor, *merged, inherited)?;
                self.tell(*survivor, sequence)?;
                self.tell(*merged, sequence)?;
            }
            Event::Retired { student, .. } => {
                self.retire(*student)?;
                self.tell(*student, sequence)?;
            }
        }
        Ok(())
    }

    /// What another registry said, with what was decided on its arrival.
    fn learn(
        &mut self,
        notice: &Notice,
        students: &[StudentId],
        effect: &Effect,
        sequence: Sequence,
    ) -> Result<()> {
        if let (Some(student), Effect::Record { record, is_live, is_current, supersedes }) =
            (students.first(), effect)
            && let Fact::Born { given, .. } | Fact::Record { given, .. } | Fact::Amended { given, .. } =
                &notice.fact
        {
            for old in supersedes {
                if let Some(mut profile) = self.profile(*old)? {
                    profile.standing = Standing::Superseded;
                    self.put_profile(*old, Some(profile));
                }
            }
            let standing = if *is_live { Standing::Live } else { Standing::Superseded };
            self.add_record(*student, *record, sequence, given, standing, None)?;
            if *is_current {
                self.student_mut(*student)?.current = *record;
            }
        }
        for student in students {
            self.tell(*student, sequence)?;
        }
        match (students.first(), effect, &notice.fact) {
            (Some(student), Effect::Status, Fact::Life { event, .. }) => {
                let state = self.student_mut(*student)?;
                state.status = status_after(*event, state.status);
            }
            (Some(student), Effect::Retired, _) => self.retire(*student)?,
            (Some(student), Effect::Disowned, Fact::Disowned { document, .. }) => {
                self.student_mut(*student)?.not_theirs.push(document.clone());
                self.rekey(*student)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Sets whose numbers are whose, of a student who is no part of another.
    fn renumber(
        &mut self,
        student: StudentId,
        number: Option<RegistryNumber>,
        former: &[FormerNumber],
        at: Timestamp,
    ) -> Result<()> {
        let state = self.student_mut(student)?;
        let had_one = state.number.is_some();
        let is_present = state.status != Status::Retired;
        if state.number != number {
            state.numbered_at = Some(at);
        }
        state.number = number;
        state.former = former.to_vec();
        state.since.get_or_insert(at);
        if state.status == Status::Pending && number.is_some() {
            state.status = Status::Enrolled;
        }
        let all: Vec<RegistryNumber> = state.numbers().collect();
        if is_present {
            self.meta.numbered += u64::from(number.is_some());
            self.meta.numbered -= u64::from(had_one);
        }
        for number in all {
            self.count_number(number)?;
            self.put_number(number, student);
        }
        Ok(())
    }

    /// Notes that an entry is part of a student's story.
    fn tell(&mut self, student: StudentId, sequence: Sequence) -> Result<()> {
        let state = self.student_mut(student)?;
        // In order, whatever order they come in: rows of a load share an entry that cases stand behind.
        if let Err(place) = state.entries.binary_search(&sequence) {
            state.entries.insert(place, sequence);
        }
        Ok(())
    }

    fn add_record(
        &mut self,
        student: StudentId,
        record: RecordId,
        sequence: Sequence,
        given: &Arc<OwnedStudent>,
        standing: Standing,
        known: Option<&Prepared>,
    ) -> Result<()> {
        if student >= self.meta.next_student {
            self.meta.next_student = StudentId::new(student.get() + 1);
            self.put_student(student, StudentState::new(record));
        } else {
            self.student_mut(student)?.records.push(record);
        }
        let read;
        let prepared = match known {
            Some(prepared) => prepared,
            None => {
                read = Prepared::new(given.clone());
                &read
            }
        };
        let state = self.student_mut(student)?;
        let owned;
        let prepared = if state.not_theirs.is_empty() {
            prepared
        } else {
            owned = prepared.without(&state.not_theirs);
            &owned
        };
        if self.loading.is_none() {
            prepared.keys.iter().for_each(|key| self.changes.put_key(key, record));
        }
        let identity = prepared.identity.clone();
        self.put_profile(record, Some(Profile { student, sequence, standing, identity }));
        self.meta.next_record = self.meta.next_record.max(RecordId::new(record.get() + 1));
        self.meta.records += 1;
        Ok(())
    }

    fn give_number(&mut self, student: StudentId, number: RegistryNumber, at: Timestamp) -> Result<()> {
        let state = self.student_mut(student)?;
        let had_one = state.number.is_some();
        if let Some(before) = state.number.replace(number) {
            state.former.push(FormerNumber { number: before, until: at });
        }
        state.since.get_or_insert(at);
        state.numbered_at = Some(at);
        if state.status == Status::Pending {
            state.status = Status::Enrolled;
        }
        if !had_one {
            self.meta.numbered += 1;
        }
        self.count_number(number)?;
        self.put_number(number, student);
        Ok(())
    }

    /// Keeps the counter of a region and a birth date above every number given there.
    pub(super) fn count_number(&mut self, number: RegistryNumber) -> Result<()> {
        if let Some(sequence) = number.sequence() {
            let key = counter_key(number.region().get(), number.birth().get());
            let last = self.counter(key)?.max(sequence);
            self.put_counter(key, last);
        }
        Ok(())
    }

    fn open_case(&mut self, case: &Case, sequence: Sequence) -> Result<()> {
        self.meta.next_case = CaseId::new(case.id.get() + 1);
        self.put_case(case.clone());
        for student in &case.students {
            self.student_mut(*student)?.cases.push(case.id);
            self.tell(*student, sequence)?;
        }
        Ok(())
    }

    fn close_case(&mut self, id: CaseId, state: CaseState, sequence: Sequence) -> Result<()> {
        let case = self.case_mut(id)?;
        case.state = state;
        let students = case.students.clone();
        for student in students {
            self.student_mut(student)?.cases.retain(|known| *known != id);
            self.tell(student, sequence)?;
        }
        Ok(())
    }

    /// Reads a student's records again without the numbers that are not theirs.
    fn rekey(&mut self, student: StudentId) -> Result<()> {
        let state = self.student(student)?;
        for record in state.records {
            let Some(mut profile) = self.profile(record)? else { continue };
            let before = stored_keys(&profile.identity);
            if disown(&mut profile.identity, &state.not_theirs) {
                let (gone, come) = key_changes(&before, &stored_keys(&profile.identity));
                gone.iter().for_each(|key| self.changes.remove_key(key, record));
                come.iter().for_each(|key| self.changes.put_key(key, record));
                self.put_profile(record, Some(profile));
            }
        }
        Ok(())
    }

    fn merge(
        &mut self,
        survivor: StudentId,
        merged: StudentId,
        inherited: &[StudentId],
        at: Timestamp,
    ) -> Result<()> {
        let mut gone = self.student(merged)?;
        // What the merged student was stays written down, so that it can come back exactly.
        gone.before_merge = Some(gone.status);
        gone.status = Status::Merged;
        gone.merged_into = Some(survivor);
        gone.inherited = inherited.to_vec();
        gone.live_before_merge.clear();
        for record in &gone.records {
            let Some(mut profile) = self.profile(*record)? else { continue };
            if profile.standing == Standing::Live {
                gone.live_before_merge.push(*record);
            }
            profile.student = survivor;
            self.put_profile(*record, Some(profile));
        }
        for number in gone.numbers() {
            self.put_number(number, survivor);
        }
        let state = self.student_mut(survivor)?;
        state.records.extend_from_slice(&gone.records);
        state.former.extend_from_slice(&gone.former);
        state.former.extend(gone.number.map(|number| FormerNumber { number, until: at }));
        state.merged.push(merged);
        for other in inherited {
            self.put_different(survivor, *other, Some(INHERITED));
        }
        for case in &gone.cases {
            self.replace_in_case(*case, merged, survivor)?;
        }
        // One that was deleted is counted no more.
        if gone.number.is_some() && gone.before_merge != Some(Status::Retired) {
            self.meta.numbered -= 1;
        }
        self.put_student(merged, gone);
        Ok(())
    }

    fn unmerge(&mut self, survivor: StudentId, merged: StudentId, inherited: &[StudentId]) -> Result<()> {
        let mut back = self.student(merged)?;
        back.status = back.before_merge.take().unwrap_or(Status::Enrolled);
        back.merged_into = None;
        back.inherited.clear();
        let live = std::mem::take(&mut back.live_before_merge);
        for record in &back.records {
            let Some(profile) = self.profile(*record)? else { continue };
            // What was proved of the survivor meanwhile was not proved of this student.
            let again = prepared(self, profile.sequence, *record)?.without(&back.not_theirs);
            let (gone, come) = key_changes(&stored_keys(&profile.identity), &again.keys);
            gone.iter().for_each(|key| self.changes.remove_key(key, *record));
            come.iter().for_each(|key| self.changes.put_key(key, *record));
            let standing = if live.contains(record) { Standing::Live } else { Standing::Superseded };
            let profile = Profile { student: merged, standing, identity: again.identity, ..profile };
            self.put_profile(*record, Some(profile));
        }
        for number in back.numbers() {
            self.put_number(number, merged);
        }
        let state = self.student_mut(survivor)?;
        state.records.retain(|record| !back.records.contains(record));
        let theirs: Vec<RegistryNumber> = back.numbers().collect();
        state.former.retain(|former| !theirs.contains(&former.number));
        state.merged.retain(|known| *known != merged);
        for other in inherited {
            self.put_different(survivor, *other, None);
        }
        let mut cases = Vec::with_capacity(back.cases.len());
        for id in &back.cases {
            // What was settled meanwhile is settled.
            cases.extend(self.case(*id)?.filter(Case::is_open).map(|case| case.id));
        }
        back.cases.clone_from(&cases);
        if back.number.is_some() && back.status != Status::Retired {
            self.meta.numbered += 1;
        }
        self.put_student(merged, back);
        for case in cases {
            self.give_back_in_case(case, survivor, merged)?;
        }
        Ok(())
    }

    /// In an open case a survivor takes the place of one who was merged. If the survivor is of the case as
    /// well, the case stays as it is: so it can be told later which of the two it was about.
    fn replace_in_case(&mut self, id: CaseId, old: StudentId, new: StudentId) -> Result<()> {
        let case = self.case_mut(id)?;
        if !case.is_open() || case.students.contains(&new) {
            return Ok(());
        }
        put_in_place(case, old, new);
        let state = self.student_mut(new)?;
        if !state.cases.contains(&id) {
            state.cases.push(id);
        }
        Ok(())
    }

    /// Takes back [`Draft::replace_in_case`] when the survivor has let `back` go.
    fn give_back_in_case(&mut self, id: CaseId, survivor: StudentId, back: StudentId) -> Result<()> {
        let others = self.student(survivor)?.merged;
        let case = self.case_mut(id)?;
        if case.students.contains(&back) {
            return Ok(());
        }
        put_in_place(case, survivor, back);
        // Another one of the case is the survivor's still: that one's place is the survivor's now.
        match case.students.iter().copied().find(|student| others.contains(student)) {
            Some(other) => put_in_place(case, other, survivor),
            None => self.student_mut(survivor)?.cases.retain(|known| *known != id),
        }
        Ok(())
    }

    fn retire(&mut self, student: StudentId) -> Result<()> {
        let state = self.student_mut(student)?;
        state.status = Status::Retired;
        let (records, is_numbered) = (state.records.clone(), state.number.is_some());
        for record in records {
            let Some(profile) = self.profile(record)? else { continue };
            for key in stored_keys(&profile.identity) {
                self.changes.remove_key(&key, record);
            }
            self.put_profile(record, None);
            self.meta.records -= 1;
        }
        if is_numbered {
            self.meta.numbered -= 1;
        }
        Ok(())
    }
}

/// How a student stands after an event at school.
fn status_after(event: LifeEvent, before: Status) -> Status {
    match event {
        LifeEvent::Suspended => Status::Suspended,
        LifeEvent::Left => Status::Left,
        LifeEvent::Died => Status::Died,
        LifeEvent::Graduated => Status::Graduated,
        LifeEvent::Transferred | LifeEvent::Returned => Status::Enrolled,
        LifeEvent::Repeated | LifeEvent::Skipped | LifeEvent::Promoted => before,
    }
}

/// In a case another student takes one's place.
fn put_in_place(case: &mut Case, old: StudentId, new: StudentId) {
    case.students.iter_mut().filter(|student| **student == old).for_each(|student| *student = new);
    if case.subject == old {
        case.subject = new;
    }
}
