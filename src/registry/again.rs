//! A second look: at a student who waited when a case is settled, and at one whose number may become formal.

use super::case::{Case, CaseClass, reason_codes};
use super::casework::{
    are_known_apart, case_of_taken, common_case, county, merge, merged_codes, new_case, propose,
    tell_contradictions,
};
use super::decide::{Decision, Party, decide, parties};
use super::draft::Draft;
use super::enroll::Rules;
use super::error::{RegistryError, Result};
use super::event::{Answered, Event};
use super::issuing::{self, Clearance, Found};
use super::search::search;
use crate::ids::{CaseId, StudentId};
use crate::number::NumberKind;
use crate::store::Standing;

/// Takes a second look at a student who waits, after a case was settled: issues, joins or holds again.
pub(super) fn look_again(draft: &mut Draft<'_>, student: StudentId, rules: &Rules<'_>) -> Result<Answered> {
    let state = draft.student(student)?;
    let profile = draft
        .profile(state.current)?
        .ok_or(RegistryError::Impossible("the student's entry was deleted", "该学生的记录已删除"))?;
    let mut matches = search(draft.base(), &profile.identity, &rules.court)?.matches;
    // Other records of the student may know somebody else, whom the current one does not.
    let mut identities = vec![profile.identity.clone()];
    for record in state.records.iter().filter(|record| **record != state.current) {
        let Some(other) = draft.profile(*record)?.filter(|other| other.standing == Standing::Live) else {
            continue;
        };
        matches.extend(search(draft.base(), &other.identity, &rules.court)?.matches);
        identities.push(other.identity);
    }
    matches.sort_by_key(|found| found.record);
    matches.dedup_by_key(|found| found.record);
    // What this write has changed since counts as it is now.
    let mut current = Vec::with_capacity(matches.len());
    for found in matches {
        if let Some(other) = draft.profile(found.record)?.filter(|other| other.student != student) {
            let met = identities.iter().filter_map(|own| rules.court.meet(own, found.record, &other));
            current.extend(met);
        }
    }
    let parties = parties(&profile.identity, current, &rules.court, draft)?;
    let prepared = super::journal::prepared(draft, profile.sequence, state.current)?;
    match decide(parties, Some(student), draft)? {
        Decision::Join { party, why, others } => {
            let survivor = party.student;
            merge(draft, survivor, student, "the same after a case was settled")?;
            tell_contradictions(draft, survivor, state.current, &others, &prepared)?;
            let why = reason_codes(why.1.reasons);
            let state = draft.student(survivor)?;
            Ok(match (state.number, state.cases.first()) {
                (Some(number), _) => Answered::Existing { number, why },
                (None, case) => {
                    Answered::Held { case: case.copied().unwrap_or(CaseId::new(0)), reasons: why }
                }
            })
        }
        Decision::Link { same, others } => {
            let linked: Vec<StudentId> = same.iter().map(|party| party.student).collect();
            let all: Vec<Party> = same.into_iter().chain(others).collect();
            let mut case = new_case(draft, student, state.current, &all, &prepared)?;
            case.class = CaseClass::TwoRegistryNumbers;
            if !are_known_apart(draft, &linked)? {
                let mut proposal = propose(draft, &linked)?;
                proposal.merged.push(student);
                case.proposal = Some(proposal);
            }
            wait(draft, student, case)
        }
        Decision::Hold { others } => {
            let case = new_case(draft, student, state.current, &others, &prepared)?;
            wait(draft, student, case)
        }
        Decision::New => clear(draft, student, Clearance::NotAsked, "cleared", rules),
    }
}

fn wait(draft: &mut Draft<'_>, student: StudentId, case: Case) -> Result<Answered> {
    // A case that is open on just these students goes on.
    if let Some(open) = common_case(draft, &case.students)? {
        return Ok(Answered::Held { case: open.id, reasons: String::new() });
    }
    let reasons: Vec<&str> = case.links.iter().map(|link| link.reasons.as_str()).collect();
    let answer = Answered::Held { case: case.id, reasons: merged_codes(&reasons) };
    debug_assert!(case.students.contains(&student));
    draft.record(Event::CaseOpened(case), None)?;
    Ok(answer)
}

/// Gives a student a number, or a better one.
pub(super) fn clear(
    draft: &mut Draft<'_>,
    student: StudentId,
    clearance: Clearance,
    why: &str,
    rules: &Rules<'_>,
) -> Result<Answered> {
    let state = draft.student(student)?;
    let profile = draft
        .profile(state.current)?
        .ok_or(RegistryError::Impossible("the student's entry was deleted", "该学生的记录已删除"))?;
    let mut missing = super::check::insufficient(&profile.identity);
    let found = match missing.is_empty() {
        true => {
            let (settings, held) = (rules.settings, state.number);
            issuing::find(draft, &profile.identity, clearance, held, settings, rules.surroundings)?
        }
        false => Found::Missing(Vec::new()),
    };
    let prepared = super::journal::prepared(draft, profile.sequence, state.current)?;
    let county = county(&prepared);
    let numbered = |number| Event::Numbered { student, number, why: why.to_owned() };
    Ok(match found {
        Found::Free(number) => {
            draft.record(numbered(number), None)?;
            Answered::Issued(number)
        }
        Found::Taken { formal, holder, instead } => {
            // One who holds a number without id already keeps it.
            let kept = state.number.filter(|number| number.kind() == NumberKind::FormalWithoutId);
            if kept.is_none() {
                draft.record(numbered(instead), None)?;
            }
            // A case of the two about something else does not tell it.
            let is_told = state.cases.iter().map(|id| draft.case(*id)).any(|case| {
                matches!(case, Ok(Some(case)) if case.class == CaseClass::NumberTaken
                    && case.number == Some(formal) && case.students.contains(&holder))
            });
            if holder != student && !is_told {
                let case = case_of_taken(draft, student, state.current, holder, formal, county);
                draft.record(Event::CaseOpened(case), None)?;
            }
            Answered::Issued(kept.unwrap_or(instead))
        }
        Found::Missing(fields) => {
            missing.extend(fields);
            // Asked again before it was settled, it is the same case.
            for id in &state.cases {
                if let Some(open) = draft.case(*id)?.filter(|case| case.class == CaseClass::Insufficient) {
                    return Ok(Answered::Held { case: open.id, reasons: missing.join("|") });
                }
            }
            let mut case = new_case(draft, student, state.current, &[], &prepared)?;
            case.missing = missing.into_iter().map(str::to_owned).collect();
            let answer = Answered::Held { case: case.id, reasons: case.missing.join("|") };
            draft.record(Event::CaseOpened(case), None)?;
            answer
        }
    })
}
