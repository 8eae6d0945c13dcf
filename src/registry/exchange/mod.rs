//! Two registries that learn from each other: what one says, and what the other makes of it.
//!
//! A registry *says* [`Notice`]s: facts about its students under names that hold everywhere ([`Name`]), each with the
//! [`Stamp`] of the entry that said it. Another *learns* them (`arrival`): each becomes an entry [`super::Event::Learnt`],
//! and what follows from it (`groups`) an entry [`super::Event::Concluded`]. What was learnt is said on, under its
//! first stamp; what follows is not, since everybody concludes it alone.
//!
//! Facts only ever gather, and what holds is a function of the set of them, whatever order they came in:
//!
//! | what | what holds |
//! |---|---|
//! | the current record, the status | the newest stamp's word |
//! | a deletion, a disowned document | once said, for ever |
//! | whose a number is | whoever was born with it, else the oldest claim |
//! | the current number | G before J before L, then the oldest claim |
//! | who is one student | bonds from the newest to the oldest; one that contradicts newer ones is void |
//!
//! `docs/EXCHANGE.md` has the argument why two registries that know the same facts answer alike.
//!
//! | file | what lives there |
//! |---|---|
//! | `feed` | entries of the journal as notices |
//! | `history` | what is read of a student's story: name, claims, bonds |
//! | `groups` | who is one student: pure, and made so |
//! | `fit` | whether a feed can be learnt from |
//! | `arrival` | a feed applied |

mod arrival;
mod feed;
mod fit;
mod groups;
mod history;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::event::LifeEvent;
use super::time::Timestamp;
use crate::ids::Sequence;
use crate::number::RegistryNumber;
use crate::student::OwnedStudent;

pub use arrival::Applied;
pub use feed::FeedLine;
pub use fit::FeedFault;
pub(super) use groups::regroup;
pub(super) use history::{own_system, told_apart_within, within};

/// Which registry: sixteen bytes drawn when it was made. Copies and followers of one registry share it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SystemId([u8; 16]);

impl SystemId {
    /// From its bytes.
    pub const fn new(bytes: [u8; 16]) -> SystemId {
        SystemId(bytes)
    }

    /// Reads 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<SystemId> {
        let mut bytes = [0; 16];
        if text.len() != 32 || !text.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(SystemId(bytes))
    }
}

impl fmt::Display for SystemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SystemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SystemId({self})")
    }
}

impl Serialize for SystemId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SystemId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SystemId, D::Error> {
        let text = String::deserialize(deserializer)?;
        SystemId::parse(&text).ok_or_else(|| serde::de::Error::custom("no id of a system"))
    }
}

/// Which entry of which registry said something, and when. Whoever says something knows a lesser stamp of everything
/// learnt before: see [`super::Registry::apply_feed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// When.
    pub at: Timestamp,
    /// Which registry.
    pub system: SystemId,
    /// Its entry.
    pub sequence: Sequence,
}

/// A student's name in every registry: the first number, and for J and L who issued it. Two registries that issue
/// the same G name the same student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name {
    /// The first number.
    pub number: RegistryNumber,
    /// Who issued it; `None` for G.
    pub issuer: Option<SystemId>,
}

impl Name {
    pub(super) fn new(number: RegistryNumber, issuer: SystemId) -> Name {
        let is_formal = number.kind() == crate::number::NumberKind::Formal;
        Name { number, issuer: (!is_formal).then_some(issuer) }
    }
}

/// What is said of two students.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bond {
    /// One person.
    Same,
    /// Two people.
    Apart,
    /// A merge was taken back: nothing is known.
    Open,
}

/// Something said of a student.
// IMPORTANT: stored by position; new ones go behind the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// The student got the first number, by this record.
    Born {
        /// Who.
        name: Name,
        /// The record.
        given: Arc<OwnedStudent>,
    },
    /// A further record of the student.
    Record {
        /// Whose.
        name: Name,
        /// The record.
        given: Arc<OwnedStudent>,
        /// Whether it repeats what was corrected.
        is_stale: bool,
    },
    /// A record that takes the place of what was so.
    Amended {
        /// Whose.
        name: Name,
        /// The record.
        given: Arc<OwnedStudent>,
        /// Since when, as eight digits; 0 for the moment of the entry.
        on: u32,
        /// On what grounds.
        reason: String,
    },
    /// A further number.
    Number {
        /// Whose.
        name: Name,
        /// The number.
        number: RegistryNumber,
        /// Why.
        why: String,
    },
    /// Something happened at school.
    Life {
        /// To whom.
        name: Name,
        /// What.
        event: LifeEvent,
        /// On which day, as eight digits.
        on: u32,
        /// Who says so.
        source: String,
    },
    /// What is known of two students; where they are one, the number of `a` stays.
    Bond {
        /// One.
        a: Name,
        /// The other.
        b: Name,
        /// What.
        bond: Bond,
    },
    /// The entry was deleted.
    Retired {
        /// Whose.
        name: Name,
        /// On what grounds.
        reason: String,
    },
    /// A document's number was proved not to be the student's.
    Disowned {
        /// Whose it is not.
        name: Name,
        /// The number.
        document: String,
    },
    /// A case about these students was settled.
    Settled {
        /// All of them who hold numbers.
        names: Vec<Name>,
        /// How: a code of [`super::Resolution`].
        resolution: String,
        /// On what grounds.
        reason: String,
    },
}

impl Fact {
    /// The fact's name in lists.
    pub const fn code(&self) -> &'static str {
        match self {
            Fact::Born { .. } => "born",
            Fact::Record { .. } => "record",
            Fact::Amended { .. } => "amended",
            Fact::Number { .. } => "number",
            Fact::Life { .. } => "life",
            Fact::Bond { bond: Bond::Same, .. } => "same",
            Fact::Bond { bond: Bond::Apart, .. } => "apart",
            Fact::Bond { bond: Bond::Open, .. } => "open",
            Fact::Retired { .. } => "retired",
            Fact::Disowned { .. } => "disowned",
            Fact::Settled { .. } => "settled",
        }
    }

    /// Whom it is about.
    pub fn names(&self) -> Vec<Name> {
        match self {
            Fact::Born { name, .. }
            | Fact::Record { name, .. }
            | Fact::Amended { name, .. }
            | Fact::Number { name, .. }
            | Fact::Life { name, .. }
            | Fact::Retired { name, .. }
            | Fact::Disowned { name, .. } => vec![*name],
            Fact::Bond { a, b, .. } => vec![*a, *b],
            Fact::Settled { names, .. } => names.clone(),
        }
    }
}

/// A fact, with who said it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// Which entry said it first.
    pub stamp: Stamp,
    /// The operator or the service of that entry.
    pub by: String,
    /// What.
    pub fact: Fact,
}

/// Up to where another registry's feed was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Which registry.
    pub system: SystemId,
    /// Its last entry that was applied.
    pub sequence: Sequence,
    /// The hash of its chain there.
    pub chain: [u8; 32],
}

/// What a notice that was learnt changes, as it was decided on arrival.
// IMPORTANT: stored by position; new ones go behind the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// It is remembered, and changes no more by itself.
    Noted,
    /// A record comes to a student, who is new where the student's id is the next.
    Record {
        /// Its ordinal.
        record: crate::ids::RecordId,
        /// Whether it says what is so.
        is_live: bool,
        /// Whether it is the current one.
        is_current: bool,
        /// The records that no longer say what is so.
        supersedes: Vec<crate::ids::RecordId>,
    },
    /// The student stands otherwise now.
    Status,
    /// The entry is deleted.
    Retired,
    /// A document is disowned.
    Disowned,
}
