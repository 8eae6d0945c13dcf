//! Rows decided on, one after the other: each sees what was decided before it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use super::batch::Fate;
use super::journal::{Answers, Journal, WAITING};
use super::known::Known;
use super::meet::Pair;
use super::rows::{Block, Rows};
use crate::hash::TableHash;
use crate::identity::Identity;
use crate::ids::{RecordId, Sequence};
use crate::number::RegistryNumber;
use crate::registry::draft::Draft;
use crate::registry::enroll::{Request, Rules};
use crate::registry::error::{RegistryError, Result};
use crate::registry::event::Answered;
use crate::registry::issuing::{self, Clearance, Found};
use crate::registry::loaded::Outcome;
use crate::registry::placing::{Placed, place, place_found};
use crate::registry::prepare::Prepared;
use crate::registry::search::Match;
use crate::store::{StoreError, Update};
use crate::student::OwnedStudent;

/// Blocks that are handed to the journal together.
const WINDOW: usize = 16;

/// Who meets whom.
pub(super) struct Meetings {
    /// With rows of the load, in the order of the later one.
    pub(super) within: Vec<Pair>,
    /// With stored records, in the order of rows.
    pub(super) stored: Vec<(u32, Match)>,
}

/// A row of a record, and whose it was when it came.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecordRow {
    pub(super) row: u32,
    pub(super) student: u32,
}

/// What was decided, beside what is in the draft.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// Of each new record, in their order.
    pub(super) records: Vec<RecordRow>,
    /// The entry of each block.
    pub(super) entries: Vec<Sequence>,
    /// Rows that were answered anew.
    pub(super) answered: Vec<bool>,
    /// The hash of the chain up to the last entry.
    pub(super) chain: [u8; 32],
}

/// Decides on all rows; `visit` is told the answer of each, in their order, before anything is on disk.
pub(super) fn decide_all(
    draft: &mut Draft<'_>,
    rows: &Rows,
    meetings: &Meetings,
    known: &Known,
    rules: &Rules<'_>,
    update: &Update<'_>,
    visit: &mut dyn FnMut(u32, Result<(Answered, bool)>) -> Result<()>,
) -> Result<Decided> {
    let journal = Journal::of(draft, rows);
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel::<Vec<Answers<'_>>>(WAITING);
        // Hashing takes as long as deciding: it has a thread of its own.
        let journal = scope.spawn(move || journal.write(receiver, update));
        let mut placing = Placing {
            draft,
            rows,
            meetings,
            known,
            rules,
            first: 0,
            within: 0,
            stored: 0,
            placed: HashMap::default(),
            answers: HashMap::new(),
            decided: Decided { answered: vec![false; rows.len()], ..Decided::default() },
            nobody: Arc::default(),
        };
        let outcome = placing.all(&sender, visit);
        drop(sender);
        let mut decided = placing.decided;
        let chain = journal.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        // What stopped the journal is why nothing more could be handed to it.
        decided.chain = chain?;
        outcome?;
        Ok(decided)
    })
}

struct Placing<'p, 'b> {
    draft: &'p mut Draft<'b>,
    rows: &'p Rows,
    meetings: &'p Meetings,
    known: &'p Known,
    rules: &'p Rules<'p>,
    /// The first row of the block.
    first: u32,
    /// Meetings that were taken.
    within: usize,
    stored: usize,
    /// Where rows ended that others meet.
    placed: HashMap<u32, Placed, TableHash>,
    /// Answers of rows that come again.
    answers: HashMap<u32, Result<Answered>>,
    decided: Decided,
    /// The text that nobody looks at while a load decides.
    nobody: Arc<OwnedStudent>,
}

impl<'p> Placing<'p, '_> {
    fn all(
        &mut self,
        sender: &SyncSender<Vec<Answers<'p>>>,
        visit: &mut dyn FnMut(u32, Result<(Answered, bool)>) -> Result<()>,
    ) -> Result<()> {
        let mut met = vec![false; self.rows.len()];
        for pair in &self.meetings.within {
            (met[pair.later as usize], met[pair.earlier as usize]) = (true, true);
        }
        let wanted: HashSet<u32> = self.known.repeats.values().copied().collect();
        for blocks in self.rows.blocks.chunks(WINDOW) {
            let mut window = Vec::with_capacity(blocks.len());
            for block in blocks {
                self.begin(block);
                for row in block.first..block.first + block.rows {
                    let answer = self.answer(row, met[row as usize]);
                    if let Err(RegistryError::Store(error)) = answer {
                        return Err(error.into());
                    }
                    if wanted.contains(&row) {
                        self.answers.insert(row, again(&answer));
                    }
                    visit(row, answer)?;
                }
                window.extend(self.end(block));
            }
            if sender.send(window).is_err() {
                // The journal says why.
                return Ok(());
            }
        }
        Ok(())
    }

    fn begin(&mut self, block: &Block) {
        self.first = block.first;
        let sequence = Sequence::new(self.draft.meta.sequence.get() + 1);
        self.draft.meta.sequence = sequence;
        self.decided.entries.push(sequence);
        if let Some(loading) = &mut self.draft.loading {
            loading.sequence = sequence;
            loading.outcomes = Vec::with_capacity(block.rows as usize);
        }
    }

    /// What a block came to, if anything.
    fn end(&mut self, block: &'p Block) -> Option<Answers<'p>> {
        let outcomes = self.draft.loading.as_mut().map(|loading| std::mem::take(&mut loading.outcomes));
        let outcomes = outcomes.unwrap_or_default();
        // INVARIANT: a block was begun.
        let sequence = self.decided.entries.last().copied().unwrap_or_default();
        if outcomes.iter().all(Option::is_none) {
            // Nothing happened, so nothing is written down.
            self.draft.meta.sequence = Sequence::new(sequence.get() - 1);
            return None;
        }
        Some(Answers { block, sequence, outcomes, further: self.draft.take_entries() })
    }

    /// The answer of a row, and whether it is new.
    fn answer(&mut self, row: u32, is_met: bool) -> Result<(Answered, bool)> {
        let outcome = self.decide(row, is_met);
        if let Some(loading) = &mut self.draft.loading {
            // A row that was not answered anew has no outcome.
            let length = (row - self.first) as usize + 1;
            self.decided.answered[row as usize] = loading.outcomes.len() == length;
            loading.outcomes.resize(length, None);
            loading.skip_to(self.draft.meta.next_student);
        }
        outcome
    }

    fn decide(&mut self, row: u32, is_met: bool) -> Result<(Answered, bool)> {
        if let Some(first) = self.known.repeats.get(&row) {
            let answer = self.answers.get(first).map(again_answer);
            return answer.unwrap_or(Err(RegistryError::RequestReused)).map(|answer| (answer, false));
        }
        if let Some(answer) = self.known.remembered.get(&row) {
            return answer.clone().map(|answer| (answer, false)).ok_or(RegistryError::RequestReused);
        }
        let fate = self.rows.fates[row as usize];
        let identity = match fate {
            Fate::TooLarge => return Err(StoreError::TooLarge("a record").into()),
            // Of one that only seemed to be known this was not asked yet.
            Fate::PerhapsKnown => Some(self.rows.identity(row)?),
            Fate::New | Fate::Empty | Fate::OutOfScope => None,
        };
        if fate == Fate::Empty || identity.as_ref().is_some_and(Identity::is_empty) {
            return Err(RegistryError::NothingToCompare);
        }
        let is_elsewhere = |identity: &Identity| !self.rules.settings.covers(identity);
        if fate == Fate::OutOfScope || identity.as_ref().is_some_and(is_elsewhere) {
            return Err(RegistryError::OutOfScope);
        }
        let matches = self.matches(row)?;
        let is_like_nobody = !is_met && matches.is_empty();
        // Nearly every row: nothing else of it is looked at.
        if is_like_nobody
            && let Some(wanted) = self.rows.wanted(row)
            && let Some(number) = wanted.find(self.draft, self.rules.surroundings)?
        {
            return self.issue_plain(row, number).map(|answer| (answer, true));
        }
        let identity = identity.map_or_else(|| self.rows.identity(row), Ok)?;
        if is_like_nobody {
            return self.issue(row, identity).map(|answer| (answer, true));
        }
        let request = self.request(identity);
        let (answer, end) = place(self.draft, &request, matches, self.rules)?;
        self.note(row, end);
        self.placed.insert(row, end);
        Ok((answer, true))
    }

    /// Whom a row is like, as they are now.
    fn matches(&mut self, row: u32) -> Result<Vec<Match>> {
        let mut matches = Vec::new();
        while let Some((at, found)) = self.meetings.stored.get(self.stored).filter(|(at, _)| *at <= row) {
            self.stored += 1;
            // Of a row that was not asked for whom it is like.
            if *at < row {
                continue;
            }
            let student = self.draft.moved(found.record).flatten().unwrap_or(found.student);
            matches.push(Match { student, ..*found });
        }
        while let Some(pair) = self.meetings.within.get(self.within).filter(|pair| pair.later <= row) {
            self.within += 1;
            if pair.later < row {
                continue;
            }
            if let Some(other) = self.placed.get(&pair.earlier) {
                let student = self.draft.moved(other.record).flatten().unwrap_or(other.student);
                matches.push(Match { record: other.record, student, judgement: pair.judgement });
            }
        }
        Ok(matches)
    }

    /// A row that is like nobody.
    fn issue(&mut self, row: u32, identity: Identity) -> Result<Answered> {
        let missing = crate::registry::check::insufficient(&identity);
        let found = if missing.is_empty() {
            let (settings, surroundings) = (self.rules.settings, self.rules.surroundings);
            issuing::find(self.draft, &identity, Clearance::NotAsked, None, settings, surroundings)?
        } else {
            Found::Missing(missing)
        };
        if let Found::Free(number) = found {
            return self.issue_plain(row, number);
        }
        let request = self.request(identity);
        let (answer, end) = place_found(self.draft, &request, found)?;
        self.note(row, end);
        Ok(answer)
    }

    /// A new student with a free number, of whom nothing else is to be said.
    fn issue_plain(&mut self, row: u32, number: RegistryNumber) -> Result<Answered> {
        let (student, record) = self.draft.issue_plain(number)?;
        let answer = Answered::Issued(number);
        let outcome = Outcome { student, record: Some(record), answer: answer.clone(), is_stale: false };
        if let Some(loading) = &mut self.draft.loading {
            loading.put(number, record);
            loading.outcomes.push(Some(outcome));
        }
        self.decided.records.push(RecordRow { row, student: student.get() });
        Ok(answer)
    }

    fn request(&self, identity: Identity) -> Request {
        let record = Prepared { given: self.nobody.clone(), identity, keys: Vec::new() };
        Request { id: String::new(), record }
    }

    /// Notes the record of a row, if it has a new one.
    fn note(&mut self, row: u32, end: Placed) {
        let first = self.draft.base().meta().next_record.get();
        let next = RecordId::new(first + self.decided.records.len() as u32);
        if end.record == next {
            self.decided.records.push(RecordRow { row, student: end.student.get() });
        }
    }
}

fn again(answer: &Result<(Answered, bool)>) -> Result<Answered> {
    match answer {
        Ok((answer, _)) => Ok(answer.clone()),
        Err(error) => Err(error.again()),
    }
}

fn again_answer(answer: &Result<Answered>) -> Result<Answered> {
    match answer {
        Ok(answer) => Ok(answer.clone()),
        Err(error) => Err(error.again()),
    }
}
