//! Entries of the journal as notices: what a registry says to others.
//!
//! What an entry says depends on the journal up to it and on nothing behind it, so a feed reads the same whenever it
//! is asked for. Of a student who waits for a case nothing is said: there is no number by which others could name the
//! student, and nothing was issued. With the first number all that was kept until then is said at once.

use std::collections::HashMap;
use std::sync::Arc;

use sm3::{Digest, Sm3};

use super::history::{History, Story, history, own_system};
use super::{Bond, Fact, Name, Notice, Stamp, SystemId};
use crate::ids::{Sequence, StudentId};
use crate::registry::event::{Answered, Entry, Event};
use crate::registry::loaded::{Outcome, rows_with_outcomes};
use crate::registry::{Change, Registry, Result};
use crate::store::{self, Snapshot};
use crate::student::OwnedStudent;

/// An entry as another registry learns from it.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedLine {
    /// Whose entry it is.
    pub system: SystemId,
    /// Its place in that journal.
    pub sequence: Sequence,
    /// The hash of the chain before it.
    pub before: [u8; 32],
    /// The hash of the chain up to it.
    pub chain: [u8; 32],
    /// What it says; of most entries one notice, of some none.
    pub notices: Vec<Notice>,
    /// SM3 over the two hashes, the sequence and the notices.
    pub check: [u8; 32],
}

impl FeedLine {
    /// Makes a line, with its check.
    ///
    /// # Errors
    /// [`store::StoreError::TooLarge`].
    pub(super) fn new(
        system: SystemId,
        before: [u8; 32],
        change: &Change,
        notices: Vec<Notice>,
    ) -> Result<FeedLine> {
        let mut line = FeedLine {
            system,
            sequence: change.sequence,
            before,
            chain: change.chain,
            notices,
            check: [0; 32],
        };
        line.check = line.digest()?;
        Ok(line)
    }

    fn digest(&self) -> Result<[u8; 32]> {
        let mut bytes = Vec::with_capacity(512);
        store::encode(&(self.system, &self.notices), "a feed", &mut bytes)?;
        let mut hasher = Sm3::new();
        hasher.update(self.before);
        hasher.update(self.chain);
        hasher.update(self.sequence.get().to_be_bytes());
        hasher.update(&bytes);
        Ok(hasher.finalize().into())
    }

    /// Whether nothing of it was changed or lost on the way.
    pub fn is_whole(&self) -> bool {
        self.digest().is_ok_and(|digest| digest == self.check)
    }
}

impl Registry {
    /// Which registry this is.
    ///
    /// # Errors
    /// [`super::super::RegistryError::Store`], also of a follower that has nothing yet.
    pub fn system(&self) -> Result<SystemId> {
        own_system(&*self.newest()?)
    }

    /// What the entries behind a sequence say to other registries, at most `most` of them. Reads the story of each
    /// student it tells of.
    ///
    /// # Errors
    /// [`super::super::RegistryError::Store`].
    pub fn feed(&self, since: Sequence, most: usize) -> Result<Vec<FeedLine>> {
        let snapshot = self.newest()?;
        let own = own_system(&snapshot)?;
        let mut before = match since.get() {
            0 => [0; 32],
            _ => snapshot.journal(since)?.map_or([0; 32], |(chain, _)| chain),
        };
        let mut reader = Reader { snapshot: &snapshot, own, names: HashMap::new() };
        let mut lines = Vec::new();
        for change in crate::registry::journal::changes(&snapshot, since, most)? {
            let notices = reader.notices(change.entry()?)?;
            lines.push(FeedLine::new(own, before, &change, notices)?);
            before = change.chain;
        }
        Ok(lines)
    }
}

/// Reads entries of one state.
struct Reader<'s> {
    snapshot: &'s Snapshot,
    own: SystemId,
    /// Names, and since which entry.
    names: HashMap<StudentId, Option<(Name, Sequence)>>,
}

impl Reader<'_> {
    /// A student's name as of an entry.
    fn name(&mut self, student: StudentId, at: Sequence) -> Result<Option<Name>> {
        let known = match self.names.get(&student) {
            Some(known) => *known,
            None => {
                let known = self.history(student, Sequence::new(u64::MAX))?.name;
                self.names.insert(student, known);
                known
            }
        };
        Ok(known.filter(|(_, since)| *since <= at).map(|(name, _)| name))
    }

    fn history(&self, student: StudentId, up_to: Sequence) -> Result<History> {
        history(self.snapshot, self.own, student, up_to)
    }

    fn notices(&mut self, entry: Entry) -> Result<Vec<Notice>> {
        let Entry { sequence: at, by, event, .. } = entry;
        let stamp = Stamp { at: entry.at, system: self.own, sequence: at };
        let mut notices = Vec::new();
        let mut say = |fact| notices.push(Notice { stamp, by: by.clone(), fact });
        match event {
            Event::Enrolled { given, student, record, answer, is_stale, .. } => {
                let outcome = Outcome { student, record, answer, is_stale };
                if let Some(fact) = self.enrolled(given, outcome, at)? {
                    say(fact);
                }
            }
            Event::Loaded { given, outcomes } => {
                for (given, outcome) in rows_with_outcomes(&given, &outcomes)? {
                    if let Some(fact) = self.enrolled(given, outcome, at)? {
                        say(fact);
                    }
                }
            }
            Event::Numbered { student, number, why } => {
                let Some(name) = self.name(student, at)? else { return Ok(notices) };
                if self.names.get(&student).is_some_and(|known| known.is_some_and(|(_, since)| since == at)) {
                    return self.birth(student, name, stamp, &by);
                }
                say(Fact::Number { name, number, why });
            }
            Event::Amended { student, given, on, reason, .. } => {
                if let Some(name) = self.name(student, at)? {
                    say(Fact::Amended { name, given, on, reason });
                }
            }
            Event::Life { student, event, on, source } => {
                if let Some(name) = self.name(student, at)? {
                    say(Fact::Life { name, event, on, source });
                }
            }
            Event::Disowned { student, document } => {
                if let Some(name) = self.name(student, at)? {
                    say(Fact::Disowned { name, document });
                }
            }
            Event::Retired { student, reason } => {
                if let Some(name) = self.name(student, at)? {
                    say(Fact::Retired { name, reason });
                }
            }
            Event::RetiredWith { students, reason } => {
                for student in students {
                    if let Some(name) = self.name(student, at)? {
                        say(Fact::Retired { name, reason: reason.clone() });
                    }
                }
            }
            Event::Merged { survivor, merged, .. } => {
                match (self.name(survivor, at)?, self.name(merged, at)?) {
                    (Some(a), Some(b)) => say(Fact::Bond { a, b, bond: Bond::Same }),
                    // One who waited brings the records, and has no name.
                    (Some(name), None) => {
                        for given in self.records(merged, at)? {
                            say(Fact::Record { name, given, is_stale: false });
                        }
                    }
                    _ => {}
                }
            }
            Event::Bound { pairs, bond } => {
                for (a, b) in pairs {
                    if let (Some(a), Some(b)) = (self.name(a, at)?, self.name(b, at)?) {
                        say(Fact::Bond { a, b, bond });
                    }
                }
            }
            Event::ToldApart { pairs, .. } => {
                for (a, b) in pairs {
                    if let (Some(a), Some(b)) = (self.name(a, at)?, self.name(b, at)?) {
                        say(Fact::Bond { a, b, bond: Bond::Apart });
                    }
                }
            }
            Event::CaseResolved { case, resolution, reason } => {
                let case: Option<crate::registry::Case> = self.snapshot.case(case)?;
                let mut names = Vec::new();
                for student in case.map_or(Vec::new(), |case| case.students) {
                    names.extend(self.name(student, at)?);
                }
                if names.len() > 1 {
                    say(Fact::Settled { names, resolution: resolution.code().to_owned(), reason });
                }
            }
            Event::Learnt { notice, .. } => notices.push(notice),
            // What follows from what was learnt everybody concludes alone; the rest is a registry's own business.
            _ => {}
        }
        Ok(notices)
    }

    fn enrolled(&mut self, given: Arc<OwnedStudent>, outcome: Outcome, at: Sequence) -> Result<Option<Fact>> {
        let Outcome { student, record, answer, is_stale } = outcome;
        if let Answered::Issued(number) = answer {
            return Ok(Some(Fact::Born { name: Name::new(number, self.own), given }));
        }
        let name = self.name(student, at)?;
        Ok(name.filter(|_| record.is_some()).map(|name| Fact::Record { name, given, is_stale }))
    }

    /// The records that came to a student before an entry, as given.
    fn records(&self, student: StudentId, before: Sequence) -> Result<Vec<Arc<OwnedStudent>>> {
        let mut records = Vec::new();
        for sequence in self.snapshot.state(student)?.entries {
            if sequence >= before {
                break;
            }
            match self.snapshot.entry(sequence)?.event {
                Event::Enrolled { student: whose, given, record: Some(_), .. } if whose == student => {
                    records.push(given);
                }
                // What was corrected while the student waited is what is so.
                Event::Amended { student: whose, given, .. } if whose == student => records = vec![given],
                Event::Loaded { given, outcomes } => {
                    let rows = rows_with_outcomes(&given, &outcomes)?.into_iter();
                    let own =
                        rows.filter(|(_, outcome)| outcome.student == student && outcome.record.is_some());
                    records.extend(own.map(|(given, _)| given));
                }
                _ => {}
            }
        }
        Ok(records)
    }

    /// The documents that were proved not to be a student's before an entry.
    fn disowned(&self, student: StudentId, before: Sequence) -> Result<Vec<String>> {
        let mut documents = Vec::new();
        for sequence in self.snapshot.state(student)?.entries.into_iter().filter(|known| *known < before) {
            match self.snapshot.entry(sequence)?.event {
                Event::Disowned { student: whose, document } if whose == student => documents.push(document),
                _ => {}
            }
        }
        Ok(documents)
    }

    /// A student who waited has a number: all that is known until now.
    fn birth(&mut self, student: StudentId, name: Name, stamp: Stamp, by: &str) -> Result<Vec<Notice>> {
        let at = stamp.sequence;
        let mut facts = Vec::new();
        for (place, given) in self.records(student, at)?.into_iter().enumerate() {
            facts.push(match place {
                0 => Fact::Born { name, given },
                _ => Fact::Record { name, given, is_stale: false },
            });
        }
        for document in self.disowned(student, at)? {
            facts.push(Fact::Disowned { name, document });
        }
        let mut notices: Vec<Notice> =
            facts.into_iter().map(|fact| Notice { stamp, by: by.to_owned(), fact }).collect();
        let mut bonds: Vec<_> = self.history(student, at)?.bonds.into_iter().collect();
        bonds.sort_unstable_by_key(|(other, _)| *other);
        for (other, said) in bonds {
            let Some(theirs) = self.name(other, at)? else { continue };
            let (a, b) = if said.survivor == student { (name, theirs) } else { (theirs, name) };
            let fact = Fact::Bond { a, b, bond: said.bond };
            notices.push(Notice { stamp: said.stamp, by: by.to_owned(), fact });
        }
        Ok(notices)
    }
}
