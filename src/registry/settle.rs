//! A case settled by a named person: by proof, correction or deletion. Those who waited are looked at again.

use std::collections::HashMap;

use super::again::look_again;
use super::case::{Case, CaseClass, Resolution};
use super::casework::{merge, propose, retire};
use super::draft::Draft;
use super::enroll::Rules;
use super::error::{RegistryError, Result};
use super::event::{Answered, Event};
use super::life::amend;
use super::state::Status;
use super::{Enrolled, Registry};
use crate::ids::{CaseId, StudentId};
use crate::store::Standing;
use crate::student::OwnedStudent;

/// What became of a student who waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The student.
    pub student: StudentId,
    /// The number issued, the number of the student it turned out to be, or the next case.
    pub outcome: Enrolled,
}

impl Registry {
    /// Settles a case, and looks again at everybody of it who waits.
    ///
    /// - [`Resolution::ProvedDifferent`]: they are known to be different people from now on. Of a shared
    ///   number the owner must be named; the others' claims to it end.
    /// - [`Resolution::ProvedSame`]: merged under the older formal number.
    /// - [`Resolution::Corrected`]: `correction` takes the place of the student's records.
    /// - [`Resolution::Deleted`]: the entry is deleted, its number retired.
    /// - [`Resolution::Noted`]: closes a case that holds nobody back.
    ///
    /// # Errors
    /// [`RegistryError::UnknownCase`], [`RegistryError::CaseClosed`], [`RegistryError::Impossible`]: nothing was
    /// changed.
    pub fn resolve(
        &self,
        case: CaseId,
        resolution: Resolution,
        correction: Option<OwnedStudent>,
        operator: &str,
        reason: &str,
    ) -> Result<Vec<Settled>> {
        named(operator, reason)?;
        self.write_by(operator, |draft, rules| {
            let found = draft.case(case)?.ok_or(RegistryError::UnknownCase(case))?;
            if !found.is_open() {
                return Err(RegistryError::CaseClosed(case));
            }
            settle(draft, &found, resolution, correction, reason, rules)
        })
    }
}

/// Who decides, and why, must be said.
pub(super) fn named(operator: &str, reason: &str) -> Result<()> {
    if operator.trim().is_empty() || reason.trim().is_empty() {
        return Err(RegistryError::Impossible(
            "an operator and a reason must be named",
            "必须注明经办人和理由",
        ));
    }
    Ok(())
}

fn settle(
    draft: &mut Draft<'_>,
    case: &Case,
    resolution: Resolution,
    correction: Option<OwnedStudent>,
    reason: &str,
    rules: &Rules<'_>,
) -> Result<Vec<Settled>> {
    // Whoever was merged or deleted meanwhile has nothing to settle.
    let mut students = Vec::new();
    for student in &case.students {
        if draft.student(*student)?.status.is_present() {
            students.push(*student);
        }
    }
    let is_party = |student: &StudentId| students.contains(student);
    let not_party = RegistryError::Impossible(
        "the student is not of this case, or was merged or deleted",
        "该学生不属于此问题，或已归并、注销",
    );
    let resolved =
        Event::CaseResolved { case: case.id, resolution: resolution.clone(), reason: reason.to_owned() };
    match &resolution {
        Resolution::ProvedDifferent { owner } => {
            if case.class == CaseClass::SharedNumber && owner.is_none() {
                return Err(RegistryError::Impossible(
                    "one claimant is approved: say who holds the number",
                    "只能有一方通过：请指明证件号归谁所有",
                ));
            }
            if owner.as_ref().is_some_and(|owner| !is_party(owner)) {
                return Err(not_party);
            }
            draft.record(resolved, None)?;
            tell_apart(draft, case.id, &all_pairs(&students))?;
            if let Some(owner) = owner {
                disown_others(draft, *owner, &students)?;
            }
        }
        Resolution::ProvedSame { with } => {
            let subject = survivor_of(draft, case.subject)?;
            let one: Vec<StudentId> = match with {
                Some(with) if !is_party(with) || !is_party(&subject) || *with == subject => {
                    return Err(not_party);
                }
                Some(with) => vec![subject, *with],
                None => students.clone(),
            };
            draft.record(resolved, None)?;
            // Everybody of the case may have been deleted.
            if one.is_empty() {
                return Ok(Vec::new());
            }
            let proposal = propose(draft, &one)?;
            for merged in &proposal.merged {
                merge(draft, proposal.survivor, *merged, reason)?;
            }
            if with.is_some() {
                let others = students.iter().filter(|student| !one.contains(student));
                let pairs: Vec<_> = others.map(|other| (proposal.survivor, *other)).collect();
                tell_apart(draft, case.id, &pairs)?;
            }
        }
        Resolution::Corrected { student } => {
            if !is_party(student) {
                return Err(not_party);
            }
            let given = correction.ok_or(RegistryError::Impossible(
                "a correction needs the corrected record",
                "变更须给出更正后的记录",
            ))?;
            draft.record(resolved, None)?;
            amend(draft, *student, given, 0, reason, rules)?;
        }
        Resolution::Deleted { student } => {
            if !is_party(student) {
                return Err(not_party);
            }
            draft.record(resolved, None)?;
            retire(draft, *student, reason)?;
        }
        Resolution::Noted => {
            for student in &students {
                if draft.student(*student)?.status == Status::Pending {
                    return Err(RegistryError::Impossible(
                        "a student waits for this case: prove, correct or delete",
                        "有学生因此问题待定：请佐证、变更或删除",
                    ));
                }
            }
            draft.record(resolved, None)?;
        }
    }
    look_at_waiting(draft, &students, rules)
}

/// Who a student is now, having been merged perhaps, perhaps more than once.
pub(super) fn survivor_of(draft: &Draft<'_>, mut student: StudentId) -> Result<StudentId> {
    while let Some(survivor) = draft.student(student)?.merged_into {
        student = survivor;
    }
    Ok(student)
}

/// Looks again at everybody of a settled case who waits and has no other open case.
fn look_at_waiting(draft: &mut Draft<'_>, students: &[StudentId], rules: &Rules<'_>) -> Result<Vec<Settled>> {
    let mut answers = HashMap::new();
    for student in students {
        let state = draft.student(*student)?;
        if state.status == Status::Pending && state.cases.is_empty() {
            answers.insert(*student, look_again(draft, *student, rules)?);
        }
    }
    // Only now is it known what became of those whom another one of the case turned out to be.
    let mut settled = Vec::new();
    for student in students {
        let (state, answer) = (draft.student(*student)?, answers.remove(student));
        let outcome = match (state.status, answer) {
            (Status::Merged, answer) => {
                let why = match answer {
                    Some(Answered::Existing { why, .. } | Answered::Held { reasons: why, .. }) => why,
                    _ => "proved".to_owned(),
                };
                let survivor = draft.student(survivor_of(draft, *student)?)?;
                match (survivor.number, survivor.cases.first()) {
                    (Some(number), _) => Answered::Existing { number, why },
                    (None, Some(case)) => Answered::Held { case: *case, reasons: why },
                    (None, None) => continue,
                }
            }
            (_, Some(answer)) => answer,
            (Status::Pending, None) => match state.cases.first() {
                Some(case) => Answered::Held { case: *case, reasons: String::new() },
                None => continue,
            },
            _ => continue,
        };
        settled.push(Settled { student: *student, outcome: outcome.into() });
    }
    Ok(settled)
}

fn all_pairs(students: &[StudentId]) -> Vec<(StudentId, StudentId)> {
    let mut pairs = Vec::new();
    for (at, a) in students.iter().enumerate() {
        pairs.extend(students[at + 1..].iter().map(|b| (*a, *b)));
    }
    pairs
}

fn tell_apart(draft: &mut Draft<'_>, case: CaseId, pairs: &[(StudentId, StudentId)]) -> Result<()> {
    if !pairs.is_empty() {
        draft.record(Event::ToldApart { case, pairs: pairs.to_vec() }, None)?;
    }
    Ok(())
}

/// Ends the others' claims to the owner's documents.
fn disown_others(draft: &mut Draft<'_>, owner: StudentId, students: &[StudentId]) -> Result<()> {
    let documents = |draft: &Draft<'_>, student: StudentId, counts: fn(Standing) -> bool| {
        let mut numbers = Vec::new();
        for record in draft.student(student)?.records {
            if let Some(profile) = draft.profile(record)?.filter(|profile| counts(profile.standing)) {
                let usable = profile.identity.usable_documents();
                numbers.extend(usable.map(|document| document.number.as_str().to_owned()));
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok::<_, RegistryError>(numbers)
    };
    // What the owner's record was corrected from may well be another's.
    let owned = documents(draft, owner, |standing| standing == Standing::Live)?;
    for student in students.iter().filter(|student| **student != owner) {
        for document in documents(draft, *student, |_| true)? {
            if owned.contains(&document) {
                draft.record(Event::Disowned { student: *student, document }, None)?;
            }
        }
    }
    Ok(())
}
