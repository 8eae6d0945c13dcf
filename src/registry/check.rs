//! *Do we know this student?* What was found, on which evidence, and what could not be looked for.

use super::decide::{Decision, Party, Students, decide, parties};
use super::error::Result;
use super::search::{Court, search};
use super::state::{Status, StudentState};
use crate::identity::{Identity, Issue};
use crate::ids::{CaseId, RecordId, Sequence, StudentId};
use crate::key::Family;
use crate::matching::Judgement;
use crate::number::RegistryNumber;
use crate::store::{Profile, Snapshot, StoreError};

/// The answer in a word. An enrolment of the same record now would issue, find or hold accordingly; it also
/// holds a clear one from whom no number can be built (no birth date, no region).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Nobody in the registry is like this student, as far as could be looked.
    Clear,
    /// The student is known.
    Known,
    /// Facts contradict: the student is like several, or holds another's number.
    Conflict,
    /// Not clear: a human must look.
    Review,
    /// Nobody was found, but too little was given to say that the student is not known.
    Insufficient,
}

impl Answer {
    /// The answer's name.
    pub const fn code(self) -> &'static str {
        match self {
            Answer::Clear => "clear",
            Answer::Known => "known",
            Answer::Conflict => "conflict",
            Answer::Review => "review",
            Answer::Insufficient => "insufficient",
        }
    }
}

/// A student of the registry that this one is, may be, or contradicts.
#[derive(Debug, Clone)]
pub struct Known {
    /// The student.
    pub student: StudentId,
    /// How the student stands.
    pub status: Status,
    /// The current number; `None` for one who waits.
    pub number: Option<RegistryNumber>,
    /// The case a student without a number waits in.
    pub case: Option<CaseId>,
    /// The record that says most.
    pub record: RecordId,
    /// What the two are to each other, with reasons, probabilities and the level of each field.
    pub judgement: Judgement,
}

/// A field without which part of the search could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unchecked {
    /// No usable document number.
    Number,
    /// No name.
    Name,
    /// No birth date.
    Birth,
    /// No region.
    Region,
    /// No guardian's document.
    Guardian,
}

impl Unchecked {
    /// The field's name in answers.
    pub const fn code(self) -> &'static str {
        match self {
            Unchecked::Number => "id_number",
            Unchecked::Name => "name",
            Unchecked::Birth => "birthdate",
            Unchecked::Region => "region",
            Unchecked::Guardian => "guardian_id",
        }
    }
}

/// What a check found.
#[derive(Debug, Clone)]
pub struct Check {
    /// The answer in a word.
    pub answer: Answer,
    /// For [`Answer::Known`] the student first; then everybody who is like or contradicts.
    pub known: Vec<Known>,
    /// What could not be looked for because a field was missing or unusable.
    pub unchecked: Vec<Unchecked>,
    /// What was given and could not be read, by column and rule.
    pub issues: Vec<Issue>,
    /// Key families under which more stood than were compared.
    pub crowded: Vec<Family>,
    /// How many records were compared.
    pub compared: usize,
    /// The journal entry up to which the answer holds.
    pub sequence: Sequence,
}

/// A stored state as the decision reads it.
struct Stored<'a>(&'a Snapshot);

impl Students for Stored<'_> {
    fn state(&self, student: StudentId) -> Result<StudentState> {
        let state = self.0.student(student)?;
        Ok(state.ok_or_else(|| StoreError::damaged("a record without a student in the table students"))?)
    }

    fn profile(&self, record: RecordId) -> Result<Option<Profile>> {
        Ok(self.0.profile(record)?)
    }

    fn different_from(&self, student: StudentId) -> Result<Vec<StudentId>> {
        Ok(self.0.different_from(student)?.into_iter().map(|(student, _)| student).collect())
    }
}

/// Looks for a student in one state.
pub(super) fn check(snapshot: &Snapshot, identity: &Identity, court: &Court<'_>) -> Result<Check> {
    let found = search(snapshot, identity, court)?;
    let mut check = Check {
        answer: Answer::Clear,
        known: Vec::new(),
        unchecked: unchecked(identity),
        issues: Vec::new(),
        crowded: found.crowded,
        compared: found.compared,
        sequence: snapshot.meta().sequence,
    };
    if found.matches.is_empty() {
        if !insufficient(identity).is_empty() {
            check.answer = Answer::Insufficient;
        }
        return Ok(check);
    }
    let students = Stored(snapshot);
    let parties = parties(identity, found.matches, court, &students)?;
    let mut list = |parties: &[Party]| check.known.extend(parties.iter().map(known));
    check.answer = match decide(parties, None, &students)? {
        Decision::Join { party, others, .. } => {
            list(std::slice::from_ref(&party));
            list(&others);
            Answer::Known
        }
        Decision::Link { same, others } => {
            list(&same);
            list(&others);
            Answer::Conflict
        }
        Decision::Hold { others } => {
            list(&others);
            let is_conflict = |known: &Known| known.judgement.verdict == crate::matching::Verdict::Conflict;
            if check.known.iter().any(is_conflict) { Answer::Conflict } else { Answer::Review }
        }
        Decision::New if !insufficient(identity).is_empty() => Answer::Insufficient,
        Decision::New => Answer::Clear,
    };
    Ok(check)
}

fn known(party: &Party) -> Known {
    let (record, judgement) = party.weightiest();
    let StudentState { status, number, cases, .. } = &party.state;
    Known {
        student: party.student,
        status: *status,
        number: *number,
        case: cases.first().copied().filter(|_| number.is_none()),
        record,
        judgement,
    }
}

/// What could not be looked for.
fn unchecked(identity: &Identity) -> Vec<Unchecked> {
    let gaps = [
        (Unchecked::Number, identity.usable_documents().next().is_none()),
        (Unchecked::Name, identity.name.is_none()),
        (Unchecked::Birth, identity.birth_or_documents().is_none()),
        (Unchecked::Region, identity.place.is_none()),
        (Unchecked::Guardian, identity.guardian_documents().next().is_none()),
    ];
    gaps.into_iter().filter(|(_, is_missing)| *is_missing).map(|(gap, _)| gap).collect()
}

/// The fields for want of which "not found" says nothing: without a number, a name and a birth date are
/// needed to have looked at all.
pub(super) fn insufficient(identity: &Identity) -> Vec<&'static str> {
    if identity.usable_documents().next().is_some() {
        return Vec::new();
    }
    let gaps = [
        (Unchecked::Name, identity.name.is_none()),
        (Unchecked::Birth, identity.birth_or_documents().is_none()),
    ];
    gaps.into_iter().filter(|(_, is_missing)| *is_missing).map(|(gap, _)| gap.code()).collect()
}
