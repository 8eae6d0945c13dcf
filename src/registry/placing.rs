//! Where one record goes: to a known student, between several, before a human, or to a new student.

use super::case::{Case, CaseClass, reason_codes};
use super::casework::{
    are_known_apart, case_of_taken, county, extend, merge, merged_codes, new_case, proposal_with, propose,
    tell_contradictions,
};
use super::decide::{Decision, Party, decide, parties};
use super::draft::Draft;
use super::enroll::{Request, Rules};
use super::error::{RegistryError, Result};
use super::event::{Answered, Event};
use super::issuing::{self, Clearance, Found};
use super::prepare::Prepared;
use super::search::Match;
use super::settings::MergePolicy;
use super::state::Status;
use crate::ids::{RecordId, StudentId};
use crate::limits::STUDENT_RECORDS_MAX;
use crate::matching::{Judgement, rules};
use crate::store::Standing;

/// Where a record ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) student: StudentId,
    pub(super) record: RecordId,
}

/// Decides on one record and writes it down.
pub(super) fn place(
    draft: &mut Draft<'_>,
    request: &Request,
    matches: Vec<Match>,
    rules: &Rules<'_>,
) -> Result<(Answered, Placed)> {
    let parties = parties(&request.record.identity, matches, &rules.court, draft)?;
    match decide(parties, None, draft)? {
        Decision::Join { party, why, others } => join(draft, request, party.student, why, &others),
        Decision::Link { same, others } => link(draft, request, same, others, rules),
        Decision::Hold { others } => hold(draft, request, &others),
        Decision::New => issue(draft, request, rules),
    }
}

/// A record of a known student.
fn join(
    draft: &mut Draft<'_>,
    request: &Request,
    student: StudentId,
    why: (RecordId, Judgement),
    others: &[Party],
) -> Result<(Answered, Placed)> {
    let state = draft.student(student)?;
    let reasons = reason_codes(why.1.reasons);
    let answer = match (state.number, state.cases.first()) {
        (Some(number), _) => Answered::Existing { number, why: reasons },
        (None, Some(case)) => Answered::Held { case: *case, reasons },
        (None, None) => {
            return Err(RegistryError::Impossible(
                "a student waits without a case; run `renji verify`",
                "有待定学生不属于任何问题；请运行 renji verify",
            ));
        }
    };
    let known = repeated(draft, why.0, &state.records, &request.record.without(&state.not_theirs))?;
    let record = known.unwrap_or(draft.meta.next_record);
    let is_stale = is_stale(draft, &state.records, &request.record)?;
    write_down(draft, request, student, known.is_none().then_some(record), answer.clone(), is_stale)?;
    tell_contradictions(draft, student, record, others, &request.record)?;
    Ok((answer, Placed { student, record }))
}

/// The student's record that says all that this one says, if there is one: looked for in the strongest match and in
/// the newest [`STUDENT_RECORDS_MAX`]; one that is older still may be kept twice.
fn repeated(
    draft: &Draft<'_>,
    strongest: RecordId,
    records: &[RecordId],
    record: &Prepared,
) -> Result<Option<RecordId>> {
    for known in [&strongest].into_iter().chain(records.iter().rev().take(STUDENT_RECORDS_MAX)) {
        if draft.profile(*known)?.is_some_and(|profile| profile.identity == record.identity) {
            return Ok(Some(*known));
        }
    }
    Ok(None)
}

/// Whether a record brings back a number that was corrected away: from an office that has not heard of it.
fn is_stale(draft: &Draft<'_>, records: &[RecordId], record: &Prepared) -> Result<bool> {
    let (mut is_live, mut is_corrected) = (false, false);
    for known in records.iter().rev().take(STUDENT_RECORDS_MAX) {
        let Some(profile) = draft.profile(*known)? else { continue };
        let mut documents = profile.identity.usable_documents();
        let is_shared = documents
            .any(|own| record.identity.usable_documents().any(|brought| brought.number == own.number));
        match profile.standing {
            Standing::Live => is_live |= is_shared,
            Standing::Superseded => is_corrected |= is_shared,
        }
    }
    Ok(is_corrected && !is_live)
}

fn write_down(
    draft: &mut Draft<'_>,
    request: &Request,
    student: StudentId,
    record: Option<RecordId>,
    answer: Answered,
    is_stale: bool,
) -> Result<()> {
    let event = Event::Enrolled {
        request: request.id.clone(),
        given: request.record.given.clone(),
        student,
        record,
        answer,
        is_stale,
    };
    draft.record(event, Some(&request.record))?;
    Ok(())
}

/// A record that is the same as several students.
fn link(
    draft: &mut Draft<'_>,
    request: &Request,
    same: Vec<Party>,
    others: Vec<Party>,
    rules: &Rules<'_>,
) -> Result<(Answered, Placed)> {
    let linked: Vec<StudentId> = same.iter().map(|party| party.student).collect();
    let are_apart = are_known_apart(draft, &linked)?;
    if !are_apart && others.is_empty() && may_merge(draft, &same, rules)? {
        let proposal = propose(draft, &linked)?;
        for merged in &proposal.merged {
            merge(draft, proposal.survivor, *merged, "policy")?;
        }
        let survivor = same.iter().find(|party| party.student == proposal.survivor).unwrap_or(&same[0]);
        // INVARIANT: each of these parties is the same.
        let why = survivor.same.expect("a linked party says so");
        return join(draft, request, proposal.survivor, why, &[]);
    }
    // One who waits for the very question takes the record, and the case grows.
    for party in same.iter().filter(|party| party.state.status == Status::Pending) {
        let cases = draft.student(party.student)?.cases;
        for id in cases {
            if draft.case(id)?.is_none_or(|case| case.class != CaseClass::TwoRegistryNumbers) {
                continue;
            }
            // INVARIANT: each of these parties is the same.
            let why = party.same.expect("a linked party says so");
            let (answer, place) = join(draft, request, party.student, why, &others)?;
            // As it is now: what contradicts was told in it, perhaps.
            let Some(case) = draft.case(id)? else { continue };
            let further: Vec<StudentId> =
                linked.iter().copied().filter(|student| !case.students.contains(student)).collect();
            // Not of all of the case: some only contradict.
            let proposal = proposal_with(draft, case.proposal.as_ref(), &linked)?;
            let fresh: Vec<Party> =
                same.iter().filter(|other| other.student != party.student).cloned().collect();
            extend(draft, &case, &further, place.record, &fresh, proposal)?;
            return Ok((answer, place));
        }
    }
    let (student, record) = (draft.meta.next_student, draft.meta.next_record);
    let all: Vec<Party> = same.into_iter().chain(others).collect();
    let mut case = new_case(draft, student, record, &all, &request.record)?;
    case.class = CaseClass::TwoRegistryNumbers;
    if !are_apart {
        let mut proposal = propose(draft, &linked)?;
        proposal.merged.push(student);
        case.proposal = Some(proposal);
    }
    held(draft, request, case)
}

/// Whether the owner's policy merges students that a record links, and nothing within speaks against it.
fn may_merge(draft: &Draft<'_>, same: &[Party], rules: &Rules<'_>) -> Result<bool> {
    let MergePolicy::Above(least) = rules.merge else { return Ok(false) };
    if same.iter().any(|party| party.same.is_none_or(|(_, judgement)| judgement.posterior.same < least)) {
        return Ok(false);
    }
    let mut records = Vec::new();
    for party in same {
        let state = draft.student(party.student)?;
        for record in state.records {
            if let Some(profile) = draft.profile(record)?.filter(|profile| profile.standing == Standing::Live)
            {
                records.push((party.student, profile.identity));
            }
        }
    }
    let forbids = |a: &(StudentId, _), b: &(StudentId, _)| {
        a.0 != b.0 && rules::forbids_joining(&rules.court.judge(&a.1, &b.1))
    };
    Ok(!records.iter().enumerate().any(|(at, a)| records[at + 1..].iter().any(|b| forbids(a, b))))
}

/// A record that waits for a human.
fn hold(draft: &mut Draft<'_>, request: &Request, others: &[Party]) -> Result<(Answered, Placed)> {
    let (student, record) = (draft.meta.next_student, draft.meta.next_record);
    let case = new_case(draft, student, record, others, &request.record)?;
    held(draft, request, case)
}

fn held(draft: &mut Draft<'_>, request: &Request, case: Case) -> Result<(Answered, Placed)> {
    let (student, record) = (draft.meta.next_student, draft.meta.next_record);
    let reasons: Vec<&str> = case.links.iter().map(|link| link.reasons.as_str()).collect();
    let reasons = if reasons.is_empty() { case.missing.join("|") } else { merged_codes(&reasons) };
    let answer = Answered::Held { case: case.id, reasons };
    write_down(draft, request, student, Some(record), answer.clone(), false)?;
    draft.record(Event::CaseOpened(case), None)?;
    Ok((answer, Placed { student, record }))
}

/// A new student.
fn issue(draft: &mut Draft<'_>, request: &Request, rules: &Rules<'_>) -> Result<(Answered, Placed)> {
    let identity = &request.record.identity;
    let missing = super::check::insufficient(identity);
    let found = if missing.is_empty() {
        issuing::find(draft, identity, Clearance::NotAsked, None, rules.settings, rules.surroundings)?
    } else {
        Found::Missing(missing)
    };
    place_found(draft, request, found)
}

/// A new student, for whom a number was looked for.
pub(super) fn place_found(
    draft: &mut Draft<'_>,
    request: &Request,
    found: Found,
) -> Result<(Answered, Placed)> {
    let (student, record) = (draft.meta.next_student, draft.meta.next_record);
    match found {
        Found::Free(number) => {
            let answer = Answered::Issued(number);
            write_down(draft, request, student, Some(record), answer.clone(), false)?;
            Ok((answer, Placed { student, record }))
        }
        Found::Taken { formal, holder, instead } => {
            let answer = Answered::Issued(instead);
            write_down(draft, request, student, Some(record), answer.clone(), false)?;
            let case = case_of_taken(draft, student, record, holder, formal, county(&request.record));
            draft.record(Event::CaseOpened(case), None)?;
            Ok((answer, Placed { student, record }))
        }
        Found::Missing(fields) => {
            let mut case = new_case(draft, student, record, &[], &request.record)?;
            case.missing = fields.into_iter().map(str::to_owned).collect();
            held(draft, request, case)
        }
    }
}
