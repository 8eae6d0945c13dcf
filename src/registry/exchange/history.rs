//! What a student's story says: the name, the claims to numbers, the bonds; each with its stamp.

use std::collections::HashMap;

use super::{Bond, Fact, Name, Notice, Stamp, SystemId};
use crate::ids::{CaseId, Sequence, StudentId};
use crate::number::RegistryNumber;
use crate::registry::draft::Draft;
use crate::registry::error::Result;
use crate::registry::event::{Answered, Entry, Event, LifeEvent};
use crate::registry::journal;
use crate::registry::state::StudentState;
use crate::store::{Snapshot, StoreError};

/// Where students and entries are read: a state, or a write in the making.
pub(in crate::registry) trait Story {
    /// A student that must be there.
    fn state(&self, student: StudentId) -> Result<StudentState>;
    /// An entry that must be there.
    fn entry(&self, sequence: Sequence) -> Result<Entry>;
    /// The last entry.
    fn last(&self) -> Sequence;
}

impl Story for Draft<'_> {
    fn state(&self, student: StudentId) -> Result<StudentState> {
        self.student(student)
    }

    fn entry(&self, sequence: Sequence) -> Result<Entry> {
        Draft::entry(self, sequence)
    }

    fn last(&self) -> Sequence {
        self.meta.sequence
    }
}

impl Story for Snapshot {
    fn state(&self, student: StudentId) -> Result<StudentState> {
        Ok(self
            .student(student)?
            .ok_or_else(|| StoreError::damaged("a row is missing in the table students"))?)
    }

    fn entry(&self, sequence: Sequence) -> Result<Entry> {
        journal::entry(self, sequence)
    }

    fn last(&self) -> Sequence {
        self.meta().sequence
    }
}

/// Which registry a state is of.
pub(in crate::registry) fn own_system(snapshot: &Snapshot) -> Result<SystemId> {
    let (chain, payload) = snapshot
        .journal(Sequence::new(1))?
        .ok_or_else(|| StoreError::damaged("the journal has no beginning"))?;
    let entry: Entry = crate::store::decode(&payload, "journal")?;
    match entry.event {
        Event::Founded { nonce, .. } => Ok(SystemId::new(nonce)),
        // Made before registries drew an id.
        _ => Ok(SystemId::new(*chain.first_chunk().expect("16 of 32"))),
    }
}

/// Everybody who is one student with a survivor, the survivor first.
pub(in crate::registry) fn within(story: &impl Story, survivor: StudentId) -> Result<Vec<StudentId>> {
    let mut all = vec![survivor];
    let mut at = 0;
    while at < all.len() {
        all.extend(story.state(all[at])?.merged);
        at += 1;
    }
    Ok(all)
}

/// A claim to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) number: RegistryNumber,
    pub(super) stamp: Stamp,
    /// Whether the student was born with it.
    pub(super) is_birth: bool,
}

impl Claim {
    /// The lesser holds the number.
    pub(super) fn rank(&self) -> (bool, Stamp) {
        (!self.is_birth, self.stamp)
    }
}

/// What is said of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) stamp: Stamp,
    pub(super) bond: Bond,
    /// Whose number stays.
    pub(super) survivor: StudentId,
}

/// A student's story, read.
#[derive(Debug, Default)]
pub(super) struct History {
    /// The name, and the entry since which the student has it.
    pub(super) name: Option<(Name, Sequence)>,
    /// In the order in which they were learnt.
    pub(super) claims: Vec<Claim>,
    /// The newest word on each other student.
    pub(super) bonds: HashMap<StudentId, Said>,
    /// The newest amendment.
    pub(super) amended: Option<Stamp>,
    /// The newest event that says how the student stands.
    pub(super) status: Option<Stamp>,
    /// The births that were told; of G there may be several.
    pub(super) births: Vec<Stamp>,
    /// What was learnt.
    pub(super) learnt: Vec<Notice>,
}

/// Whether an event at school says how a student stands.
pub(super) fn is_standing(event: LifeEvent) -> bool {
    !matches!(event, LifeEvent::Repeated | LifeEvent::Skipped | LifeEvent::Promoted)
}

/// Reads a student's story up to an entry.
pub(super) fn history(
    story: &impl Story,
    own: SystemId,
    student: StudentId,
    up_to: Sequence,
) -> Result<History> {
    let mut read = History::default();
    for sequence in story.state(student)?.entries {
        if sequence > up_to {
            break;
        }
        let entry = story.entry(sequence)?;
        let stamp = Stamp { at: entry.at, system: own, sequence };
        match entry.event {
            Event::Enrolled { student: whose, answer: Answered::Issued(number), .. } if whose == student => {
                read.born(Name::new(number, own), stamp, sequence);
            }
            Event::Loaded { outcomes, .. } => {
                for outcome in outcomes.into_iter().flatten().filter(|outcome| outcome.student == student) {
                    if let Answered::Issued(number) = outcome.answer {
                        read.born(Name::new(number, own), stamp, sequence);
                    }
                }
            }
            Event::Numbered { student: whose, number, .. } if whose == student => {
                if read.name.is_none() {
                    read.born(Name::new(number, own), stamp, sequence);
                } else {
                    read.claims.push(Claim { number, stamp, is_birth: false });
                }
            }
            // What was corrected while the student waited is what the student was born with.
            Event::Amended { student: whose, .. } if whose == student && read.name.is_some() => {
                read.amended = read.amended.max(Some(stamp));
            }
            Event::Life { student: whose, event, .. } if whose == student && is_standing(event) => {
                read.status = read.status.max(Some(stamp));
            }
            Event::Merged { survivor, merged, .. } => {
                read.say(student, survivor, merged, Bond::Same, stamp);
            }
            Event::Bound { pairs, bond } => {
                for (a, b) in pairs {
                    read.say(student, a, b, bond, stamp);
                }
            }
            Event::CaseResolved { case, .. } => {
                for (sequence, at, pairs) in told_apart(story, sequence, case, up_to)? {
                    let stamp = Stamp { at, system: own, sequence };
                    for (a, b) in pairs {
                        read.say(student, a, b, Bond::Apart, stamp);
                    }
                }
            }
            Event::Learnt { notice, students, .. } => read.learn(student, notice, &students, sequence),
            _ => {}
        }
    }
    Ok(read)
}

/// Pairs of students that are two people, with the entry that says so and its time.
type ToldApart = (Sequence, crate::registry::Timestamp, Vec<(StudentId, StudentId)>);

/// What a settled case said of students that are two people: entries of the same write, behind the settlement.
fn told_apart(
    story: &impl Story,
    resolved: Sequence,
    case: CaseId,
    up_to: Sequence,
) -> Result<Vec<ToldApart>> {
    let mut at = Sequence::new(resolved.get() + 1);
    while at <= up_to.min(story.last()) {
        let entry = story.entry(at)?;
        match entry.event {
            Event::Merged { .. } | Event::Bound { .. } => at = Sequence::new(at.get() + 1),
            Event::ToldApart { case: told, pairs } if told == case => return Ok(vec![(at, entry.at, pairs)]),
            _ => break,
        }
    }
    Ok(Vec::new())
}

impl History {
    fn born(&mut self, name: Name, stamp: Stamp, sequence: Sequence) {
        self.name.get_or_insert((name, sequence));
        self.births.push(stamp);
        self.claims.push(Claim { number: name.number, stamp, is_birth: true });
    }

    fn say(&mut self, own: StudentId, a: StudentId, b: StudentId, bond: Bond, stamp: Stamp) {
        let other = match (a == own, b == own) {
            (true, false) => b,
            (false, true) => a,
            _ => return,
        };
        let said = Said { stamp, bond, survivor: a };
        let known = self.bonds.entry(other).or_insert(said);
        // Of the same entry the later word: a pair may be parted and joined in one.
        if known.stamp <= stamp {
            *known = said;
        }
    }

    fn learn(&mut self, own: StudentId, notice: Notice, students: &[StudentId], sequence: Sequence) {
        let stamp = notice.stamp;
        match &notice.fact {
            Fact::Born { name, .. } => self.born(*name, stamp, sequence),
            Fact::Number { number, .. } => {
                self.claims.push(Claim { number: *number, stamp, is_birth: false });
            }
            Fact::Amended { .. } => self.amended = self.amended.max(Some(stamp)),
            Fact::Life { event, .. } if is_standing(*event) => self.status = self.status.max(Some(stamp)),
            Fact::Bond { bond, .. } => {
                if let [a, b] = students {
                    self.say(own, *a, *b, *bond, stamp);
                }
            }
            _ => {}
        }
        self.learnt.push(notice);
    }

    /// Whether the newest word on another is that they are two.
    pub(super) fn is_apart(&self, other: StudentId) -> bool {
        self.bonds.get(&other).is_some_and(|said| said.bond == Bond::Apart)
    }

    /// The claim to a number.
    pub(super) fn claim(&self, number: &RegistryNumber) -> Option<Claim> {
        self.claims.iter().filter(|claim| claim.number == *number).min_by_key(|claim| claim.rank()).copied()
    }
}

/// Who of one student was told apart from whom of another, in pairs: a merge of the two says otherwise.
pub(in crate::registry) fn told_apart_within(
    draft: &Draft<'_>,
    own: SystemId,
    one: StudentId,
    other: StudentId,
) -> Result<Vec<(StudentId, StudentId)>> {
    let others = within(draft, other)?;
    let mut pairs = Vec::new();
    for a in within(draft, one)? {
        let read = history(draft, own, a, Sequence::new(u64::MAX))?;
        pairs.extend(others.iter().filter(|b| read.is_apart(**b)).map(|b| (a, *b)));
    }
    Ok(pairs)
}
