//! A student's life: corrected, transferred, suspended, merged, cleared, retired.

use super::again::clear;
use super::case::CaseClass;
use super::casework::{self, new_case, propose};
use super::decide::{Decision, Party, decide, parties};
use super::draft::Draft;
use super::enroll::Rules;
use super::error::{RegistryError, Result};
use super::event::{Answered, Event, LifeEvent};
use super::exchange::{Bond, own_system, regroup, within};
use super::issuing::Clearance;
use super::prepare::Prepared;
use super::search::{Match, search};
use super::settle::named;
use super::state::{Status, StudentState};
use super::{Enrolled, Registry};
use crate::identity::date::Date;
use crate::ids::{RecordId, StudentId};
use crate::number::RegistryNumber;
use crate::store::Standing;
use crate::student::OwnedStudent;

impl Registry {
    /// Corrects a student: the record takes the place of what was so. What it replaces stays findable, with its
    /// date, and contradicts nobody any more. If the corrected record contradicts somebody, a case is opened.
    ///
    /// # Errors
    /// [`RegistryError::UnknownNumber`]; [`RegistryError::Impossible`] without an operator and a reason.
    pub fn amend(
        &self,
        number: &RegistryNumber,
        record: OwnedStudent,
        on: Option<Date>,
        operator: &str,
        reason: &str,
    ) -> Result<()> {
        named(operator, reason)?;
        self.write_by(operator, |draft, rules| {
            let student = present(draft, number)?;
            amend(draft, student, record, on.map_or(0, Date::get), reason, rules)
        })
    }

    /// Transfers a student (转学): region and school change, the number stays; also to a region outside the
    /// registry's scope.
    ///
    /// # Errors
    /// Those of [`Registry::amend`]; [`RegistryError::Impossible`] after a death.
    pub fn transfer(
        &self,
        number: &RegistryNumber,
        region: &str,
        school_code: &str,
        on: Date,
        source: &str,
    ) -> Result<()> {
        named(source, "transfer")?;
        self.write_by(source, |draft, rules| {
            let student = present(draft, number)?;
            refuse_the_dead(draft, student)?;
            // Read within the write: an amendment that came just before is not undone.
            let mut record = super::lookup::registered(draft.base(), student)?.record;
            record.region = region.to_owned();
            record.school_code = school_code.to_owned();
            write_amended(draft, student, record, on.get(), "transfer", rules)?;
            let (event, source) = (LifeEvent::Transferred, source.to_owned());
            draft.record(Event::Life { student, event, on: on.get(), source }, None)?;
            Ok(())
        })
    }

    /// Notes an event in a student's life. A transfer is [`Registry::transfer`].
    ///
    /// # Errors
    /// [`RegistryError::UnknownNumber`]; [`RegistryError::Impossible`] for an event after a death.
    pub fn note(&self, number: &RegistryNumber, event: LifeEvent, on: Date, source: &str) -> Result<()> {
        named(source, "event")?;
        self.write_by(source, |draft, _| {
            let student = present(draft, number)?;
            refuse_the_dead(draft, student)?;
            let source = source.to_owned();
            draft.record(Event::Life { student, event, on: on.get(), source }, None)?;
            Ok(())
        })
    }

    /// Says what the outside check came to: L becomes G or J, J becomes G, and the number before leads to the
    /// student for ever. Returns the number held now, which is J with a case where the formal number was
    /// given to another.
    ///
    /// # Errors
    /// [`RegistryError::UnknownNumber`]; [`RegistryError::Impossible`] where the student holds G already or
    /// has no valid citizen id to agree with; [`RegistryError::Exhausted`].
    pub fn clear(
        &self,
        number: &RegistryNumber,
        clearance: Clearance,
        operator: &str,
    ) -> Result<RegistryNumber> {
        named(operator, "clearance")?;
        self.write_by(operator, |draft, rules| {
            let student = present(draft, number)?;
            clear_checked(draft, student, clearance, rules)
        })
    }

    /// Merges two students: the older formal number survives, the other becomes its alias.
    ///
    /// # Errors
    /// [`RegistryError::UnknownNumber`]; [`RegistryError::Impossible`] if they are one already or are known to
    /// be different people.
    pub fn merge(
        &self,
        a: &RegistryNumber,
        b: &RegistryNumber,
        operator: &str,
        reason: &str,
    ) -> Result<RegistryNumber> {
        named(operator, reason)?;
        self.write_by(operator, |draft, _| {
            let (a, b) = (present(draft, a)?, present(draft, b)?);
            if a == b {
                return Err(RegistryError::Impossible("they are one student already", "已是同一学生"));
            }
            if draft.different_from(a)?.contains(&b) {
                return Err(RegistryError::Impossible(
                    "they were proved to be different people",
                    "已佐证为不同学生",
                ));
            }
            let proposal = propose(draft, &[a, b])?;
            for merged in &proposal.merged {
                casework::merge(draft, proposal.survivor, *merged, reason)?;
            }
            draft.student(proposal.survivor)?.number.ok_or(RegistryError::UnknownNumber)
        })
    }

    /// Takes a merge back: both students are what they were, with what came to each since.
    ///
    /// # Errors
    /// [`RegistryError::UnknownNumber`]; [`RegistryError::Impossible`] if the number is nobody's who was merged,
    /// or the survivor was deleted.
    pub fn unmerge(&self, merged: &RegistryNumber, operator: &str, reason: &str) -> Result<()> {
        named(operator, reason)?;
        self.write_by(operator, |draft, _| {
            let survivor = present(draft, merged)?;
            let state = draft.student(survivor)?;
            for gone in state.merged.iter().rev() {
                let former = draft.student(*gone)?;
                if former.numbers().any(|number| number == *merged) {
                    let inherited = casework::inherited_from(draft, survivor, *gone, &state.merged)?;
                    let (merged, reason) = (*gone, reason.to_owned());
                    draft.record(Event::Unmerged { survivor, merged, inherited, reason }, None)?;
                    let (gone, rest) = (within(draft, merged)?, within(draft, survivor)?);
                    let pairs: Vec<_> =
                        gone.iter().flat_map(|a| rest.iter().map(move |b| (*a, *b))).collect();
                    draft.record(Event::Bound { pairs, bond: Bond::Open }, None)?;
                    // Another registry may have joined them by more than one word.
                    let own = own_system(draft.base())?;
                    draft.concludes = true;
                    regroup(draft, own, &[survivor, merged])?;
                    return Ok(());
                }
            }
            Err(RegistryError::Impossible("this number is no merged student's", "此学籍号不属于已归并的学生"))
        })
    }

    /// Deletes an entry: its number is remembered and never given again.
    ///
    /// # Errors
    /// [`RegistryError::UnknownNumber`]; [`RegistryError::Impossible`] without an operator and a reason.
    pub fn retire(&self, number: &RegistryNumber, operator: &str, reason: &str) -> Result<()> {
        named(operator, reason)?;
        self.write_by(operator, |draft, _| {
            let student = present(draft, number)?;
            if draft.student(student)?.number != Some(*number) {
                return Err(RegistryError::Impossible(
                    "this is a former number of a student; name the current one to delete the entry",
                    "此为学生的旧学籍号；如要删除，请使用现学籍号",
                ));
            }
            casework::retire(draft, student, reason)
        })
    }
}

/// [`Registry::clear`] of a student who is there.
pub(super) fn clear_checked(
    draft: &mut Draft<'_>,
    student: StudentId,
    clearance: Clearance,
    rules: &Rules<'_>,
) -> Result<RegistryNumber> {
    let state = draft.student(student)?;
    let held = state.number.ok_or(RegistryError::UnknownNumber)?;
    let profile = draft.profile(state.current)?.ok_or(RegistryError::UnknownNumber)?;
    let has_id = super::issuing::citizen_id(&profile.identity).is_some();
    use crate::number::NumberKind::{Formal, FormalWithoutId};
    if clearance == Clearance::Agrees && is_claimed(draft, &state)? {
        return Err(RegistryError::Impossible(
            "another student claims the same citizen id; settle that case first",
            "另有学生使用同一身份证件号；请先处理该问题",
        ));
    }
    let why = match (clearance, held.kind()) {
        (_, Formal) | (Clearance::NoCitizenId, FormalWithoutId) | (Clearance::NotAsked, _) => {
            return Ok(held);
        }
        (Clearance::Agrees, _) if !has_id => {
            return Err(RegistryError::Impossible(
                "the student has no valid citizen id to agree with; amend the record first",
                "该学生没有有效的身份证件号；请先变更",
            ));
        }
        (Clearance::Agrees, FormalWithoutId) => "id_found",
        _ => "population",
    };
    match clear(draft, student, clearance, why, rules)? {
        Answered::Issued(number) => Ok(number),
        _ => Ok(held),
    }
}

/// Whether an open case has others claim a number of the student's.
fn is_claimed(draft: &Draft<'_>, state: &StudentState) -> Result<bool> {
    for case in &state.cases {
        if draft.case(*case)?.is_some_and(|case| case.class == CaseClass::SharedNumber) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The student behind a number, who must not have been deleted.
fn present(draft: &Draft<'_>, number: &RegistryNumber) -> Result<StudentId> {
    let student = draft.number(number)?.ok_or(RegistryError::UnknownNumber)?;
    match draft.student(student)?.status {
        Status::Retired => Err(RegistryError::Impossible("the number is retired", "此学籍号已注销")),
        _ => Ok(student),
    }
}

/// Nothing happens at school to one who died.
fn refuse_the_dead(draft: &Draft<'_>, student: StudentId) -> Result<()> {
    match draft.student(student)?.status {
        Status::Died => Err(RegistryError::Impossible("the student died", "该学生已死亡")),
        _ => Ok(()),
    }
}

/// Writes a corrected record in the place of a student's live ones; of a student with a number, looks whom it
/// contradicts.
pub(super) fn amend(
    draft: &mut Draft<'_>,
    student: StudentId,
    given: OwnedStudent,
    on: u32,
    reason: &str,
    rules: &Rules<'_>,
) -> Result<()> {
    if !rules.settings.covers(&Prepared::new(given.clone()).identity) {
        return Err(RegistryError::OutOfScope);
    }
    write_amended(draft, student, given, on, reason, rules)
}

fn write_amended(
    draft: &mut Draft<'_>,
    student: StudentId,
    given: OwnedStudent,
    on: u32,
    reason: &str,
    rules: &Rules<'_>,
) -> Result<()> {
    let prepared = Prepared::new(given);
    if prepared.identity.is_empty() {
        return Err(RegistryError::NothingToCompare);
    }
    let state = draft.student(student)?;
    let mut supersedes = Vec::new();
    for record in &state.records {
        if draft.profile(*record)?.is_some_and(|profile| profile.standing == Standing::Live) {
            supersedes.push(*record);
        }
    }
    let record = draft.meta.next_record;
    let event = Event::Amended {
        student,
        record,
        given: prepared.given.clone(),
        supersedes,
        on,
        reason: reason.to_owned(),
    };
    draft.record(event, Some(&prepared))?;
    if state.number.is_some() {
        look_around(draft, student, record, &prepared, Vec::new(), rules)?;
    }
    Ok(())
}

/// Opens cases for those whom a new record of a student with a number is like or contradicts, in the state that the
/// write stands on and among `besides`, which came in the same write.
pub(super) fn look_around(
    draft: &mut Draft<'_>,
    student: StudentId,
    record: RecordId,
    prepared: &Prepared,
    besides: Vec<Match>,
    rules: &Rules<'_>,
) -> Result<()> {
    let mut matches = search(draft.base(), &prepared.identity, &rules.court)?.matches;
    matches.extend(besides);
    for found in &mut matches {
        // Moved in this write.
        if let Some(Some(now)) = draft.moved(found.record) {
            found.student = now;
        }
    }
    matches.retain(|found| found.student != student);
    let parties = parties(&prepared.identity, matches, &rules.court, draft)?;
    match decide(parties, Some(student), draft)? {
        Decision::New => Ok(()),
        Decision::Hold { others } => casework::tell_contradictions(draft, student, record, &others, prepared),
        Decision::Join { party, others, .. } => {
            tell_same(draft, student, record, vec![*party], others, prepared)
        }
        Decision::Link { same, others } => tell_same(draft, student, record, same, others, prepared),
    }
}

/// Opens a case that proposes the merge of students with numbers, or extends the one that does.
fn tell_same(
    draft: &mut Draft<'_>,
    student: StudentId,
    record: RecordId,
    same: Vec<Party>,
    others: Vec<Party>,
    prepared: &Prepared,
) -> Result<()> {
    let mut one: Vec<StudentId> = same.iter().map(|party| party.student).collect();
    one.push(student);
    let proposal = match casework::are_known_apart(draft, &one)? {
        true => None,
        false => Some(propose(draft, &one)?),
    };
    let parties: Vec<Party> = same.into_iter().chain(others).collect();
    for id in draft.student(student)?.cases {
        let Some(case) = draft.case(id)?.filter(|case| case.class == CaseClass::TwoRegistryNumbers) else {
            continue;
        };
        if one.iter().all(|student| case.students.contains(student)) {
            let mut further: Vec<StudentId> = parties.iter().map(|party| party.student).collect();
            further.retain(|student| !case.students.contains(student));
            return casework::extend(draft, &case, &further, record, &parties, None);
        }
    }
    let mut case = new_case(draft, student, record, &parties, prepared)?;
    case.class = CaseClass::TwoRegistryNumbers;
    case.proposal = proposal;
    draft.record(Event::CaseOpened(case), None)?;
    Ok(())
}

impl From<&Enrolled> for Option<RegistryNumber> {
    fn from(outcome: &Enrolled) -> Option<RegistryNumber> {
        match outcome {
            Enrolled::Issued(number) | Enrolled::Existing { number, .. } => Some(*number),
            Enrolled::Held { .. } => None,
        }
    }
}
