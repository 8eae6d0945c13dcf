//! From matches to a decision: pure, and the same for one record, a batch and a second look.
//!
//! Matches are gathered by student. One student that is the same, and nothing within speaks against it: the
//! record is theirs. Two or more: nobody may be issued anything, a merge is proposed. None, but a
//! contradiction or a doubt: a human decides. Nothing at all: a new student, if enough is known to have looked.

use super::error::Result;
use super::prepare::as_claimed;
use super::search::{Court, Match};
use super::state::StudentState;
use crate::identity::Identity;
use crate::ids::{RecordId, StudentId};
use crate::limits::STUDENT_RECORDS_MAX;
use crate::matching::{Judgement, Verdict, rules};
use crate::store::{Profile, Standing};

/// A student that a record may be of, or contradicts.
#[derive(Debug, Clone)]
pub(super) struct Party {
    pub(super) student: StudentId,
    pub(super) state: StudentState,
    /// The strongest record that says "the same".
    pub(super) same: Option<(RecordId, Judgement)>,
    /// The records that contradict or leave it open, the strongest first.
    pub(super) against: Vec<(RecordId, Judgement)>,
}

impl Party {
    /// Whether the record may be this student's.
    pub(super) fn is_same(&self) -> bool {
        self.same.is_some() && !self.contradicts()
    }

    /// Whether one of the student's records forbids it.
    fn contradicts(&self) -> bool {
        self.against.iter().any(|(_, judgement)| judgement.verdict == Verdict::Conflict)
    }

    /// Whether the record is the same as one of the student's and forbidden by another: there is a merge to be
    /// proposed and a contradiction to be told.
    pub(super) fn is_torn(&self) -> bool {
        self.same.is_some() && self.contradicts()
    }

    /// The pair that says most about this student: what forbids, else what joins, else what is open.
    pub(super) fn weightiest(&self) -> (RecordId, Judgement) {
        let conflict = self.against.iter().find(|(_, judgement)| judgement.verdict == Verdict::Conflict);
        // INVARIANT: a party is made of at least one match.
        *conflict.or(self.same.as_ref()).or(self.against.first()).expect("a party has a match")
    }
}

/// What is to be done with a record.
#[derive(Debug)]
pub(super) enum Decision {
    /// It is this student's; contradictions with others are told in a case.
    Join { party: Box<Party>, why: (RecordId, Judgement), others: Vec<Party> },
    /// It is the same as several students.
    Link { same: Vec<Party>, others: Vec<Party> },
    /// Somebody contradicts, or it is not clear.
    Hold { others: Vec<Party> },
    /// Nobody is like it.
    New,
}

/// What the decision must know of students, stored or just decided.
pub(super) trait Students {
    /// A student that must be there.
    fn state(&self, student: StudentId) -> Result<StudentState>;
    /// A record's profile, `None` if it is no longer to be found.
    fn profile(&self, record: RecordId) -> Result<Option<Profile>>;
    /// Students known to be different from one.
    fn different_from(&self, student: StudentId) -> Result<Vec<StudentId>>;
}

/// Gathers matches by student and looks for what speaks against within each.
pub(super) fn parties(
    identity: &Identity,
    mut matches: Vec<Match>,
    court: &Court<'_>,
    students: &impl Students,
) -> Result<Vec<Party>> {
    matches.sort_by_key(|found| (found.student, found.record));
    let mut parties = Vec::new();
    for of_one in matches.chunk_by(|a, b| a.student == b.student) {
        let student = of_one[0].student;
        let state = students.state(student)?;
        if !state.status.is_present() {
            continue;
        }
        let mut party = Party { student, state, same: None, against: Vec::new() };
        for found in of_one {
            match found.judgement.verdict {
                Verdict::Same => {
                    let weight = |judgement: &Judgement| judgement.posterior.weight;
                    if party.same.is_none_or(|(_, best)| weight(&best) < weight(&found.judgement)) {
                        party.same = Some((found.record, found.judgement));
                    }
                }
                _ => party.against.push((found.record, found.judgement)),
            }
        }
        if party.same.is_some() {
            look_within(identity, &mut party, court, students)?;
        }
        sort_against(&mut party);
        parties.push(party);
    }
    if !parties.iter().any(Party::is_same) {
        for party in &mut parties {
            look_at_claims(identity, party, court, students)?;
        }
    }
    Ok(parties)
}

fn sort_against(party: &mut Party) {
    party.against.sort_by(|(_, x), (_, y)| y.posterior.weight.total_cmp(&x.posterior.weight));
}

/// Looks at a student with the numbers that were proved to be another's: who comes again with the same claim
/// is the one who made it, not somebody new. Only where nobody else is the same: the number's owner is found
/// by the number.
fn look_at_claims(
    identity: &Identity,
    party: &mut Party,
    court: &Court<'_>,
    students: &impl Students,
) -> Result<()> {
    if party.same.is_some() {
        return Ok(());
    }
    for (record, _) in std::mem::take(&mut party.against) {
        let Some(profile) = students.profile(record)? else { continue };
        let claimed = as_claimed(&profile.identity);
        let found = court.judge(identity, claimed.as_ref().unwrap_or(&profile.identity));
        let is_stronger = |(_, best): &(RecordId, Judgement)| best.posterior.weight < found.posterior.weight;
        if claimed.is_some() && found.verdict == Verdict::Same && party.same.as_ref().is_none_or(is_stronger)
        {
            party.same = Some((record, found));
        } else {
            party.against.push((record, court.judge(identity, &profile.identity)));
        }
    }
    if party.same.is_some() {
        look_within(identity, party, court, students)?;
    }
    sort_against(party);
    Ok(())
}

/// Compares a record with all of a student it is the same as, also with the records that no key brought up.
fn look_within(
    identity: &Identity,
    party: &mut Party,
    court: &Court<'_>,
    students: &impl Students,
) -> Result<()> {
    party.against.clear();
    let same = party.same.map(|(record, _)| record);
    let records = &party.state.records;
    if records.iter().all(|record| Some(*record) == same) {
        return Ok(());
    }
    let mut profiles = Vec::new();
    for record in records.iter().rev().take(STUDENT_RECORDS_MAX) {
        if let Some(profile) = students.profile(*record)? {
            profiles.push((*record, profile));
        }
    }
    // A number the student holds or once held contradicts none of the student's other numbers.
    let held = |number| {
        profiles.iter().flat_map(|(_, profile)| &profile.identity.documents).any(|own| own.number == number)
    };
    let mut valid = identity.documents.iter().filter(|document| document.is_valid());
    let brings_nothing_new = valid.all(|document| held(document.number));
    for (record, profile) in &profiles {
        if Some(*record) == same || profile.standing == Standing::Superseded {
            continue;
        }
        let mut judgement = court.judge(identity, &profile.identity);
        let only_numbers_differ = judgement.evidence.two_valid_numbers && brings_nothing_new;
        if rules::forbids_joining(&judgement) && !only_numbers_differ {
            judgement.verdict = Verdict::Conflict;
            party.against.push((*record, judgement));
        }
    }
    Ok(())
}

/// Decides. `own` is the student whose record it is already, when a second look is taken.
pub(super) fn decide(
    mut parties: Vec<Party>,
    own: Option<StudentId>,
    students: &impl Students,
) -> Result<Decision> {
    if let Some(own) = own {
        let different = students.different_from(own)?;
        parties.retain(|party| party.student != own && !different.contains(&party.student));
    }
    let mut same = parties.iter().enumerate().filter(|(_, party)| party.is_same()).map(|(at, _)| at);
    match (same.next(), same.next()) {
        (None, _) if parties.is_empty() => Ok(Decision::New),
        (None, _) => Ok(Decision::Hold { others: parties }),
        (Some(at), None) => {
            let (party, mut others) = (Box::new(parties.remove(at)), parties);
            if !others.is_empty() {
                let different = students.different_from(party.student)?;
                others.retain(|other| !different.contains(&other.student));
            }
            // INVARIANT: a party that is the same has such a match.
            let why = party.same.expect("a party that is the same says so");
            Ok(Decision::Join { party, why, others })
        }
        (Some(_), Some(_)) => {
            let (same, others) = parties.into_iter().partition(Party::is_same);
            Ok(Decision::Link { same, others })
        }
    }
}
