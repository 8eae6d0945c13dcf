//! A case: what a human must settle before a number is issued, or a contradiction among numbers that are.

use serde::{Deserialize, Serialize};

use super::time::Timestamp;
use crate::ids::{CaseId, RecordId, StudentId};
use crate::matching::{Field, Judgement, ProblemClass, Reasons};
use crate::number::RegistryNumber;

/// What a case is about.
// IMPORTANT: stored by position; new ones go behind the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum CaseClass {
    /// One valid number in the records of different people: one claimant is approved.
    SharedNumber,
    /// One student with two citizen ids, perhaps.
    TwoNumbers,
    /// No number, and name, birth date and sex equal: several may be approved.
    NoNumber,
    /// Not clear: one student or two.
    Unclear,
    /// One student who holds two registry numbers, or claims two entries: the merge is proposed.
    TwoRegistryNumbers,
    /// The formal number of a student's id was given to another before: the student holds a J number.
    NumberTaken,
    /// Too little was written down to look for the student, or to build a number from.
    Insufficient,
    /// The authority's base does not know the student's number.
    PopulationUnknown,
    /// The authority's base has the student's number under another name, birth date or sex.
    PopulationDiffers,
}

impl CaseClass {
    /// Every class, in the order of lists.
    pub const ALL: [CaseClass; 9] = [
        CaseClass::SharedNumber,
        CaseClass::TwoNumbers,
        CaseClass::NoNumber,
        CaseClass::Unclear,
        CaseClass::TwoRegistryNumbers,
        CaseClass::NumberTaken,
        CaseClass::Insufficient,
        CaseClass::PopulationUnknown,
        CaseClass::PopulationDiffers,
    ];

    /// The class's name in lists and flags.
    pub const fn code(self) -> &'static str {
        match self {
            CaseClass::SharedNumber => "shared_number",
            CaseClass::TwoNumbers => "two_numbers",
            CaseClass::NoNumber => "no_number",
            CaseClass::Unclear => "unclear",
            CaseClass::TwoRegistryNumbers => "two_registry_numbers",
            CaseClass::NumberTaken => "number_taken",
            CaseClass::Insufficient => "insufficient",
            CaseClass::PopulationUnknown => "population_unknown",
            CaseClass::PopulationDiffers => "population_differs",
        }
    }

    /// Reads a class's name.
    pub fn parse(code: &str) -> Option<CaseClass> {
        CaseClass::ALL.into_iter().find(|class| class.code() == code)
    }

    pub(crate) fn of_code(code: u8) -> Option<CaseClass> {
        CaseClass::ALL.get(usize::from(code)).copied()
    }

    /// The class of a pair that a human must look at.
    pub(super) fn of_judgement(judgement: &Judgement) -> CaseClass {
        match judgement.class() {
            Some(ProblemClass::SharedNumber) => CaseClass::SharedNumber,
            Some(ProblemClass::TwoNumbers) => CaseClass::TwoNumbers,
            Some(ProblemClass::NoNumber) => CaseClass::NoNumber,
            _ => CaseClass::Unclear,
        }
    }
}

/// Why two records stand in one case: the evidence as it stood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// One record.
    pub a: RecordId,
    /// The other.
    pub b: RecordId,
    /// `same`, `conflict` or `review`.
    pub verdict: String,
    /// Codes of [`Reasons`], joined by `|`.
    pub reasons: String,
    /// The probability that they are one person.
    pub p_same: f64,
    /// The probability that they are twins or siblings.
    pub p_sibling: f64,
    /// The match weight in bits.
    pub weight: f64,
    /// The level of each field, in the order of [`Field::ALL`], joined by `|`.
    pub levels: String,
}

impl Link {
    pub(super) fn new(a: RecordId, b: RecordId, judgement: &Judgement) -> Link {
        let levels: Vec<&str> =
            Field::ALL.into_iter().map(|field| judgement.evidence.level(field).code()).collect();
        Link {
            a,
            b,
            verdict: judgement.verdict.code().to_owned(),
            reasons: reason_codes(judgement.reasons),
            p_same: judgement.posterior.same,
            p_sibling: judgement.posterior.sibling,
            weight: judgement.posterior.weight,
            levels: levels.join("|"),
        }
    }
}

pub(super) fn reason_codes(reasons: Reasons) -> String {
    reasons.codes().collect::<Vec<_>>().join("|")
}

/// A merge that a case proposes: the older formal number survives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Whose number stays.
    pub survivor: StudentId,
    /// Whose numbers become its aliases.
    pub merged: Vec<StudentId>,
}

/// How a case stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum CaseState {
    /// It waits for a human.
    Open,
    /// It was settled.
    Resolved {
        /// When.
        at: Timestamp,
        /// How.
        resolution: Resolution,
        /// By whom.
        operator: String,
        /// On what grounds.
        reason: String,
    },
}

/// How a case is settled. What may be done is the law's: proof, correction or deletion.
// IMPORTANT: stored by position; new ones go behind the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// Proof (佐证) that the students of the case are different people.
    ProvedDifferent {
        /// Who of them holds the number that several claim; the others' claims to it end.
        owner: Option<StudentId>,
    },
    /// Proof (佐证) that they are one person: they become one student under the older formal number.
    ProvedSame {
        /// The student that the one who raised the case is; the others are different people then. All of the
        /// case are one if not given.
        with: Option<StudentId>,
    },
    /// Correction (变更) of a record of the case.
    Corrected {
        /// Whose record.
        student: StudentId,
    },
    /// Deletion (删除) of an entry of the case; a number it holds is retired.
    Deleted {
        /// Whose.
        student: StudentId,
    },
    /// The facts were noted; nothing changes. Only for a case that holds nobody back.
    Noted,
}

impl Resolution {
    /// The resolution's name in lists and flags.
    pub const fn code(&self) -> &'static str {
        match self {
            Resolution::ProvedDifferent { .. } => "proved_different",
            Resolution::ProvedSame { .. } => "proved_same",
            Resolution::Corrected { .. } => "corrected",
            Resolution::Deleted { .. } => "deleted",
            Resolution::Noted => "noted",
        }
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// What it is about.
    pub class: CaseClass,
    /// The county it is filed under (GB/T 2260), that of the record that raised it; 0 if none is known.
    pub county: u32,
    /// The student whose record raised it.
    pub subject: StudentId,
    /// Every student concerned, the subject included.
    pub students: Vec<StudentId>,
    /// The records concerned.
    pub records: Vec<RecordId>,
    /// The evidence as it stood.
    pub links: Vec<Link>,
    /// The merge it proposes.
    pub proposal: Option<Proposal>,
    /// The number that was taken, or is claimed by several.
    pub number: Option<RegistryNumber>,
    /// What was missing, for [`CaseClass::Insufficient`].
    pub missing: Vec<String>,
    /// When it was opened.
    pub opened: Timestamp,
    /// How it stands.
    pub state: CaseState,
}

impl Case {
    /// Whether it waits for a human.
    pub fn is_open(&self) -> bool {
        self.state == CaseState::Open
    }
}
