//! Cases as they arise: opened, extended, found again; and the merge that one proposes.

use std::collections::HashSet;

use super::case::{Case, CaseClass, CaseState, Link, Proposal};
use super::decide::Party;
use super::draft::Draft;
use super::error::Result;
use super::event::Event;
use super::exchange::{Bond, own_system, told_apart_within, within};
use super::prepare::Prepared;
use super::settle::survivor_of;
use crate::ids::{CaseId, RecordId, StudentId};
use crate::limits::{CASE_LINKS_MAX, CASE_STUDENTS_MAX};
use crate::number::{NumberKind, RegistryNumber};

/// Stands for the case where two students are known to be different because of one who was merged: no case
/// has this id.
pub(super) const INHERITED: CaseId = CaseId::new(0);

/// Opens or extends cases for those who contradict a student that has a place already.
pub(super) fn tell_contradictions(
    draft: &mut Draft<'_>,
    student: StudentId,
    record: RecordId,
    others: &[Party],
    prepared: &Prepared,
) -> Result<()> {
    let mut fresh: Vec<&Party> = Vec::new();
    for other in others {
        let Some(case) = common_case(draft, &[student, other.student])? else {
            fresh.push(other);
            continue;
        };
        let proposal = match other.is_torn() {
            true => proposal_with(draft, case.proposal.as_ref(), &[student, other.student])?,
            false => None,
        };
        let is_proposed = proposal.is_none() || proposal == case.proposal;
        // The pair is told already; a record that is new, or a merge that is, is added to it.
        if !case.records.contains(&record) || !is_proposed {
            extend(draft, &case, &[], record, std::slice::from_ref(other), proposal)?;
        }
    }
    if !fresh.is_empty() {
        let parties: Vec<Party> = fresh.into_iter().cloned().collect();
        let case = new_case(draft, student, record, &parties, prepared)?;
        draft.record(Event::CaseOpened(case), None)?;
    }
    Ok(())
}

/// An open case that concerns all of these students.
pub(super) fn common_case(draft: &Draft<'_>, students: &[StudentId]) -> Result<Option<Case>> {
    let mut common: Option<Vec<CaseId>> = None;
    for student in students {
        // A student may have many cases, which are only read where all have them.
        let mut cases = draft.student(*student)?.cases;
        if let Some(common) = common {
            let common: HashSet<CaseId> = common.into_iter().collect();
            cases.retain(|case| common.contains(case));
        }
        common = Some(cases);
    }
    for id in common.unwrap_or_default() {
        if let Some(case) = draft.case(id)?
            && students.iter().all(|student| case.students.contains(student))
        {
            return Ok(Some(case));
        }
    }
    Ok(None)
}

pub(super) fn extend(
    draft: &mut Draft<'_>,
    case: &Case,
    students: &[StudentId],
    record: RecordId,
    parties: &[Party],
    proposal: Option<Proposal>,
) -> Result<()> {
    let mut links = links(record, parties);
    links.truncate(CASE_LINKS_MAX.saturating_sub(case.links.len()));
    let mut records: Vec<RecordId> = links.iter().map(|link| link.b).chain([record]).collect();
    records.retain(|record| !case.records.contains(record));
    records.sort_unstable();
    records.dedup();
    let event = Event::CaseExtended { case: case.id, students: students.to_vec(), records, links, proposal };
    draft.record(event, None)?;
    Ok(())
}

pub(super) fn links(record: RecordId, parties: &[Party]) -> Vec<Link> {
    parties
        .iter()
        .flat_map(|party| [Some(party.weightiest()), party.same.filter(|_| party.is_torn())])
        .flatten()
        .map(|(other, judgement)| Link::new(record, other, &judgement))
        .collect()
}

/// A case raised by a record against others; the class is that of the weightiest contradiction.
pub(super) fn new_case(
    draft: &Draft<'_>,
    subject: StudentId,
    record: RecordId,
    parties: &[Party],
    prepared: &Prepared,
) -> Result<Case> {
    let links = links(record, parties);
    // Classes are ordered by weight: a shared number comes first.
    let mut class = parties
        .iter()
        .map(|party| CaseClass::of_judgement(&party.weightiest().1))
        .min()
        .unwrap_or(CaseClass::Insufficient);
    let torn: Vec<StudentId> =
        parties.iter().filter(|party| party.is_torn()).map(|party| party.student).collect();
    let mut proposal = None;
    if !torn.is_empty() {
        class = CaseClass::TwoRegistryNumbers;
        // One who is not written down yet has no number that could survive.
        let is_new = subject >= draft.meta.next_student;
        let one: Vec<StudentId> = torn.into_iter().chain((!is_new).then_some(subject)).collect();
        proposal = proposal_with(draft, None, &one)?;
        if let Some(proposal) = proposal.as_mut().filter(|_| is_new) {
            proposal.merged.push(subject);
        }
    }
    let students =
        [subject].into_iter().chain(parties.iter().map(|party| party.student)).take(CASE_STUDENTS_MAX);
    let records = [record].into_iter().chain(links.iter().map(|link| link.b)).take(CASE_STUDENTS_MAX);
    let mut records: Vec<RecordId> = records.collect();
    records.dedup();
    Ok(Case {
        id: draft.meta.next_case,
        class,
        county: county(prepared),
        subject,
        students: students.collect(),
        records,
        links,
        proposal,
        number: None,
        missing: Vec::new(),
        opened: draft.at(),
        state: CaseState::Open,
    })
}

/// The merge of students, and of those that a case proposes already as they stand now; `None` where it is known
/// that they are different people.
pub(super) fn proposal_with(
    draft: &Draft<'_>,
    known: Option<&Proposal>,
    students: &[StudentId],
) -> Result<Option<Proposal>> {
    let known = known.map_or(Vec::new(), |known| [&[known.survivor], &known.merged[..]].concat());
    let mut all: Vec<StudentId> = Vec::new();
    for student in known.iter().chain(students) {
        // Merged or deleted since, perhaps.
        let student = survivor_of(draft, *student)?;
        if draft.student(student)?.status.is_present() && !all.contains(&student) {
            all.push(student);
        }
    }
    Ok(if all.is_empty() || are_known_apart(draft, &all)? { None } else { Some(propose(draft, &all)?) })
}

/// Where a case is filed.
pub(super) fn county(record: &Prepared) -> u32 {
    record.identity.place.and_then(|place| place.county()).map_or(0, |county| county.get())
}

/// Whether two of these are known to be different people.
pub(super) fn are_known_apart(draft: &Draft<'_>, students: &[StudentId]) -> Result<bool> {
    for student in students {
        if draft.different_from(*student)?.iter().any(|other| students.contains(other)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The merge of students: the older formal number survives, then any older number.
pub(super) fn propose(draft: &Draft<'_>, students: &[StudentId]) -> Result<Proposal> {
    let mut ranked = Vec::with_capacity(students.len());
    for student in students {
        let state = draft.student(*student)?;
        let rank = match state.number.map(RegistryNumber::kind) {
            Some(NumberKind::Formal | NumberKind::FormalWithoutId) => 0,
            Some(NumberKind::Temporary) => 1,
            None => 2,
        };
        // A formal number that came late is younger than one that was formal from the beginning.
        ranked.push((rank, state.numbered_at, *student));
    }
    ranked.sort_unstable();
    ranked.dedup();
    let mut students = ranked.into_iter().map(|(_, _, student)| student);
    // INVARIANT: nobody proposes the merge of nobody.
    let survivor = students.next().expect("at least one student");
    Ok(Proposal { survivor, merged: students.collect() })
}

/// Merges a student into another.
pub(super) fn merge(
    draft: &mut Draft<'_>,
    survivor: StudentId,
    merged: StudentId,
    reason: &str,
) -> Result<()> {
    let own = draft.different_from(survivor)?;
    let mut inherited = draft.different_from(merged)?;
    inherited.retain(|other| !own.contains(other) && *other != survivor);
    // What follows from others' words restates nothing, and in a load nobody was told apart yet by anybody.
    if !draft.concludes && draft.loading.is_none() {
        let pairs = told_apart_within(draft, own_system(draft.base())?, survivor, merged)?;
        if !pairs.is_empty() {
            draft.record(Event::Bound { pairs, bond: Bond::Same }, None)?;
        }
    }
    draft.record(Event::Merged { survivor, merged, inherited, reason: reason.to_owned() }, None)?;
    Ok(())
}

/// Deletes an entry, with all who are one student with it.
pub(super) fn retire(draft: &mut Draft<'_>, student: StudentId, reason: &str) -> Result<()> {
    draft.record(Event::Retired { student, reason: reason.to_owned() }, None)?;
    let students: Vec<StudentId> = within(draft, student)?.into_iter().skip(1).collect();
    if !students.is_empty() {
        draft.record(Event::RetiredWith { students, reason: reason.to_owned() }, None)?;
    }
    Ok(())
}

/// Whom a survivor is known to be different from for no other reason than that `gone` is: what goes with it
/// when the merge is taken back.
pub(super) fn inherited_from(
    draft: &Draft<'_>,
    survivor: StudentId,
    gone: StudentId,
    all_merged: &[StudentId],
) -> Result<Vec<StudentId>> {
    let mut others = draft.different_from(gone)?;
    for merged in all_merged.iter().filter(|merged| **merged != gone) {
        let theirs = draft.different_from(*merged)?;
        others.retain(|other| !theirs.contains(other));
    }
    // What a case said of the survivor is its own.
    let own = draft.told_apart_from(survivor)?;
    others.retain(|other| own.iter().any(|(known, case)| known == other && *case == INHERITED));
    Ok(others)
}

/// Codes of several lists, each once, in the order in which they come.
pub(super) fn merged_codes(lists: &[&str]) -> String {
    let mut codes: Vec<&str> = Vec::new();
    for code in lists.iter().flat_map(|list| list.split('|')).filter(|code| !code.is_empty()) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes.join("|")
}

/// The case of a formal number that another holds.
pub(super) fn case_of_taken(
    draft: &Draft<'_>,
    student: StudentId,
    record: RecordId,
    holder: StudentId,
    formal: RegistryNumber,
    county: u32,
) -> Case {
    Case {
        id: draft.meta.next_case,
        class: CaseClass::NumberTaken,
        county,
        subject: student,
        students: vec![student, holder],
        records: vec![record],
        links: Vec::new(),
        proposal: None,
        number: Some(formal),
        missing: Vec::new(),
        opened: draft.at(),
        state: CaseState::Open,
    }
}
