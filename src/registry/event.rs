//! What can happen in a registry: the entries of its journal.
//!
//! An event says what was *decided*, with every id and number it gave out, never what must be decided again:
//! applying the same events in the same order gives the same registry on any machine, with any model.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::case::{Case, Link, Resolution};
use super::exchange::{Bond, Effect, Notice, Position};
use super::loaded::{Outcome, Packed};
use super::settings::Settings;
use super::state::FormerNumber;
use super::time::Timestamp;
use crate::ids::{CaseId, RecordId, Sequence, StudentId};
use crate::matching::ModelDigest;
use crate::number::RegistryNumber;
use crate::student::OwnedStudent;

/// What a request was answered. The same request gets the same answer for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answered {
    /// A new student with a new number.
    Issued(RegistryNumber),
    /// A student who was known, and why; codes of [`crate::matching::Reasons`] joined by `|`.
    Existing {
        /// The number the student held then.
        number: RegistryNumber,
        /// Why it is the same student.
        why: String,
    },
    /// A human decides.
    Held {
        /// In which case.
        case: CaseId,
        /// Why.
        reasons: String,
    },
}

/// An event in a student's life at school.
// IMPORTANT: stored by position; new ones go behind the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifeEvent {
    /// Transferred to another school (转学).
    Transferred,
    /// Suspended (休学).
    Suspended,
    /// Came back (复学).
    Returned,
    /// Left school (退学).
    Left,
    /// Died.
    Died,
    /// Graduated (毕业).
    Graduated,
    /// Repeats a grade (留级).
    Repeated,
    /// Skipped a grade (跳级).
    Skipped,
    /// Moved up a grade (升级).
    Promoted,
}

impl LifeEvent {
    /// Every event.
    pub const ALL: [LifeEvent; 9] = [
        LifeEvent::Transferred,
        LifeEvent::Suspended,
        LifeEvent::Returned,
        LifeEvent::Left,
        LifeEvent::Died,
        LifeEvent::Graduated,
        LifeEvent::Repeated,
        LifeEvent::Skipped,
        LifeEvent::Promoted,
    ];

    /// The event's name in lists and flags.
    pub const fn code(self) -> &'static str {
        match self {
            LifeEvent::Transferred => "transferred",
            LifeEvent::Suspended => "suspended",
            LifeEvent::Returned => "returned",
            LifeEvent::Left => "left",
            LifeEvent::Died => "died",
            LifeEvent::Graduated => "graduated",
            LifeEvent::Repeated => "repeated",
            LifeEvent::Skipped => "skipped",
            LifeEvent::Promoted => "promoted",
        }
    }

    /// Reads an event's name.
    pub fn parse(code: &str) -> Option<LifeEvent> {
        LifeEvent::ALL.into_iter().find(|event| event.code() == code)
    }
}

/// What happened.
// IMPORTANT: stored by position; new ones go behind the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The registry was made.
    Created(Settings),
    /// A record was answered.
    Enrolled {
        /// The caller's id of the request.
        request: String,
        /// The record as given.
        given: Arc<OwnedStudent>,
        /// Whose it is.
        student: StudentId,
        /// Its ordinal; `None` where the student has the same record already.
        record: Option<RecordId>,
        /// The answer.
        answer: Answered,
        /// Whether it repeats what was corrected before: then it proves no more than that.
        is_stale: bool,
    },
    /// A case was opened.
    CaseOpened(Case),
    /// More concerns an open case.
    CaseExtended {
        /// The case.
        case: CaseId,
        /// Further students.
        students: Vec<StudentId>,
        /// Further records.
        records: Vec<RecordId>,
        /// Further evidence.
        links: Vec<Link>,
        /// The merge it proposes now.
        proposal: Option<super::case::Proposal>,
    },
    /// A case was settled.
    CaseResolved {
        /// The case.
        case: CaseId,
        /// How.
        resolution: Resolution,
        /// On what grounds.
        reason: String,
    },
    /// Students are known to be different people.
    ToldApart {
        /// The case that said so.
        case: CaseId,
        /// Pairs of students.
        pairs: Vec<(StudentId, StudentId)>,
    },
    /// A document's number was proved not to be a student's.
    Disowned {
        /// The student.
        student: StudentId,
        /// The number, in canonical form.
        document: String,
    },
    /// A student got a number, or another one: the one before leads to the student for ever.
    Numbered {
        /// The student.
        student: StudentId,
        /// The number.
        number: RegistryNumber,
        /// Why: `cleared`, `population`, `id_found`.
        why: String,
    },
    /// A record was corrected, or a newer one took its place.
    Amended {
        /// The student.
        student: StudentId,
        /// The new record's ordinal.
        record: RecordId,
        /// The new record.
        given: Arc<OwnedStudent>,
        /// The records that no longer say what is so.
        supersedes: Vec<RecordId>,
        /// Since when, as eight digits; 0 for the moment of the entry.
        on: u32,
        /// On what grounds.
        reason: String,
    },
    /// Something happened at school.
    Life {
        /// To whom.
        student: StudentId,
        /// What.
        event: LifeEvent,
        /// On which day, as eight digits.
        on: u32,
        /// Who says so.
        source: String,
    },
    /// Two students turned out to be one.
    Merged {
        /// Whose number stays.
        survivor: StudentId,
        /// Whose does not.
        merged: StudentId,
        /// Students that only the merged one was known to be different from.
        inherited: Vec<StudentId>,
        /// On what grounds.
        reason: String,
    },
    /// A merge was taken back.
    Unmerged {
        /// Whose number stayed.
        survivor: StudentId,
        /// Who comes back.
        merged: StudentId,
        /// What the survivor had inherited, see [`Event::Merged`].
        inherited: Vec<StudentId>,
        /// On what grounds.
        reason: String,
    },
    /// An entry was deleted; its number is never given again.
    Retired {
        /// Whose.
        student: StudentId,
        /// On what grounds.
        reason: String,
    },
    /// Somebody approved one full export by somebody else.
    Approved {
        /// SM3 of the token.
        token: [u8; 32],
        /// Until when it holds.
        until: Timestamp,
    },
    /// Full data left the registry.
    Exported {
        /// SM3 of the token that allowed it.
        token: [u8; 32],
        /// How many students.
        students: u64,
    },
    /// Rows of a file were answered together, in their order. The request of each is its content.
    Loaded {
        /// The records as given.
        given: Packed,
        /// What became of each; `None` for one that was answered before or could not be taken.
        outcomes: Vec<Option<Outcome>>,
    },
    /// A model was chosen: it judges from the next entry on. What was answered before stays as it is.
    ModelChosen {
        /// What it is called.
        name: String,
        /// Which it is.
        digest: ModelDigest,
        /// The model, see [`crate::matching::Model::from_text`].
        text: String,
    },
    /// The registry was made, as one that exchanges with others.
    Founded {
        /// What for.
        settings: Settings,
        /// Regions that issue J and L themselves.
        delegated: Vec<String>,
        /// What tells it from every other registry.
        nonce: [u8; 16],
    },
    /// What is known of pairs of students besides: open again behind a merge that was taken back, one in front of a
    /// merge of those who were told apart before.
    Bound {
        /// Pairs of students.
        pairs: Vec<(StudentId, StudentId)>,
        /// What.
        bond: Bond,
    },
    /// Another registry said something.
    Learnt {
        /// What.
        notice: Notice,
        /// Whom it is about here.
        students: Vec<StudentId>,
        /// What it changes.
        effect: Effect,
    },
    /// Something follows from what was learnt. Other registries conclude it themselves.
    Concluded(Box<Event>),
    /// Whose numbers are whose, after two registries gave one to different students.
    Renumbered {
        /// The student.
        student: StudentId,
        /// The current number.
        number: Option<RegistryNumber>,
        /// The others, in the order in which they ended.
        former: Vec<FormerNumber>,
    },
    /// Another registry's feed was applied up to here.
    Received(Position),
    /// Who was one student with one that was deleted is deleted with it.
    RetiredWith {
        /// All but the one that was deleted.
        students: Vec<StudentId>,
        /// On what grounds.
        reason: String,
    },
}

impl Event {
    /// The event's name in lists.
    pub const fn code(&self) -> &'static str {
        match self {
            Event::Created(_) => "created",
            Event::Enrolled { .. } => "enrolled",
            Event::CaseOpened(_) => "case_opened",
            Event::CaseExtended { .. } => "case_extended",
            Event::CaseResolved { .. } => "case_resolved",
            Event::ToldApart { .. } => "told_apart",
            Event::Disowned { .. } => "disowned",
            Event::Numbered { .. } => "numbered",
            Event::Amended { .. } => "amended",
            Event::Life { .. } => "life",
            Event::Merged { .. } => "merged",
            Event::Unmerged { .. } => "unmerged",
            Event::Retired { .. } => "retired",
            Event::Approved { .. } => "approved",
            Event::Exported { .. } => "exported",
            Event::Loaded { .. } => "loaded",
            Event::ModelChosen { .. } => "model_chosen",
            Event::Founded { .. } => "founded",
            Event::Bound { .. } => "bound",
            Event::Learnt { .. } => "learnt",
            Event::Concluded(_) => "concluded",
            Event::Renumbered { .. } => "renumbered",
            Event::Received(_) => "received",
            Event::RetiredWith { .. } => "retired_with",
        }
    }
}

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place, from 1 without gaps.
    pub sequence: Sequence,
    /// When it was written.
    pub at: Timestamp,
    /// Who did it: an operator, or the service.
    pub by: String,
    /// What happened.
    pub event: Event,
}
