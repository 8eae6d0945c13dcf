//! Rows decided on, one after the other: each sees what was decided before it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use rayon::prelude::*;

use super::batch::Fate;
use super::known::Known;
use super::meet::Pair;
use super::rows::{Block, Rows};
use crate::identity::Identity;
use crate::ids::{RecordId, Sequence};
use crate::registry::draft::{Draft, chained};
use crate::registry::enroll::{Request, Rules};
use crate::registry::error::{RegistryError, Result};
use crate::registry::event::{Answered, Entry, Event};
use crate::registry::issuing::{self, Clearance, Found};
use crate::registry::loaded::Outcome;
use crate::registry::placing::{Placed, place, place_found};
use crate::registry::prepare::Prepared;
use crate::registry::search::Match;
use crate::store::{self, StoreError, Update};
use crate::student::OwnedStudent;

/// Blocks whose rows are decoded together, on all cores.
const WINDOW: usize = 16;
/// Windows whose entries wait to be written into the journal.
const WAITING: usize = 16;

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
    let chain = draft.meta.chain;
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel::<Vec<Entry>>(WAITING);
        // Hashing takes as long as deciding: it has a thread of its own.
        let journal = scope.spawn(move || -> Result<[u8; 32]> {
            let (mut chain, mut tail) = (chain, update.journal()?);
            for entries in receiver {
                let mut chained_entries = Vec::with_capacity(entries.len());
                for entry in entries {
                    let mut payload = Vec::with_capacity(16 * 1024);
                    store::encode(&entry, "journal", &mut payload)?;
                    chain = chained(&chain, entry.sequence, &payload);
                    chained_entries.push((entry.sequence, chain, payload));
                }
                tail.append(&chained_entries)?;
            }
            Ok(chain)
        });
        let mut placing = Placing {
            draft,
            rows,
            meetings,
            known,
            rules,
            first: 0,
            within: 0,
            stored: 0,
            placed: HashMap::new(),
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
    placed: HashMap<u32, Placed>,
    /// Answers of rows that come again.
    answers: HashMap<u32, Result<Answered>>,
    decided: Decided,
    /// The text that nobody looks at while a load decides.
    nobody: Arc<OwnedStudent>,
}

impl Placing<'_, '_> {
    fn all(
        &mut self,
        sender: &SyncSender<Vec<Entry>>,
        visit: &mut dyn FnMut(u32, Result<(Answered, bool)>) -> Result<()>,
    ) -> Result<()> {
        let mut met = vec![false; self.rows.len()];
        for pair in &self.meetings.within {
            (met[pair.later as usize], met[pair.earlier as usize]) = (true, true);
        }
        let wanted: HashSet<u32> = self.known.repeats.values().copied().collect();
        // Filled again for each window: memory that is new costs more than what is put there.
        let mut identities: Vec<Option<Identity>> = Vec::new();
        for window in self.rows.blocks.chunks(WINDOW) {
            let first = window[0].first;
            let last = window.last().map_or(first, |block| block.first + block.rows);
            identities.resize_with((last - first) as usize, || None);
            identities.par_iter_mut().zip(first..last).with_min_len(64).try_for_each(
                |(identity, row)| -> Result<()> {
                    *identity = self.is_new(row).then(|| self.rows.identity(row)).transpose()?;
                    Ok(())
                },
            )?;
            let mut entries = Vec::with_capacity(2 * window.len());
            for block in window {
                self.begin(block);
                for row in block.first..block.first + block.rows {
                    let identity = &mut identities[(row - first) as usize];
                    let answer = self.answer(row, identity, met[row as usize]);
                    if let Err(RegistryError::Store(error)) = answer {
                        return Err(error.into());
                    }
                    if wanted.contains(&row) {
                        self.answers.insert(row, again(&answer));
                    }
                    visit(row, answer)?;
                }
                self.end(block, &mut entries);
            }
            if sender.send(entries).is_err() {
                // The journal says why.
                return Ok(());
            }
        }
        Ok(())
    }

    fn is_new(&self, row: u32) -> bool {
        let fate = self.rows.fates[row as usize];
        let may_be = matches!(fate, Fate::New | Fate::PerhapsKnown | Fate::OutOfScope | Fate::Empty);
        may_be && !self.known.repeats.contains_key(&row) && !self.known.remembered.contains_key(&row)
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

    /// Adds the entries of a block: its rows, then what they gave rise to.
    fn end(&mut self, block: &Block, entries: &mut Vec<Entry>) {
        let outcomes = self.draft.loading.as_mut().map(|loading| std::mem::take(&mut loading.outcomes));
        let outcomes = outcomes.unwrap_or_default();
        // INVARIANT: a block was begun.
        let sequence = self.decided.entries.last().copied().unwrap_or_default();
        if outcomes.iter().all(Option::is_none) {
            // Nothing happened, so nothing is written down.
            self.draft.meta.sequence = Sequence::new(sequence.get() - 1);
            return;
        }
        let event = Event::Loaded { given: self.rows.texts(block), outcomes };
        entries.push(Entry { sequence, at: self.draft.at(), by: self.draft.by().to_owned(), event });
        entries.extend(self.draft.take_entries());
    }

    /// The answer of a row, and whether it is new.
    fn answer(
        &mut self,
        row: u32,
        identity: &mut Option<Identity>,
        is_met: bool,
    ) -> Result<(Answered, bool)> {
        let outcome = self.decide(row, identity, is_met);
        if let Some(loading) = &mut self.draft.loading {
            // A row that was not answered anew has no outcome.
            let length = (row - self.first) as usize + 1;
            self.decided.answered[row as usize] = loading.outcomes.len() == length;
            loading.outcomes.resize(length, None);
            loading.skip_to(self.draft.meta.next_student);
        }
        outcome
    }

    /// Takes the identity where it is to be kept; hardly ever, and it is five hundred bytes to move.
    fn decide(
        &mut self,
        row: u32,
        identity: &mut Option<Identity>,
        is_met: bool,
    ) -> Result<(Answered, bool)> {
        if let Some(first) = self.known.repeats.get(&row) {
            let answer = self.answers.get(first).map(again_answer);
            return answer.unwrap_or(Err(RegistryError::RequestReused)).map(|answer| (answer, false));
        }
        if let Some(answer) = self.known.remembered.get(&row) {
            return answer.clone().map(|answer| (answer, false)).ok_or(RegistryError::RequestReused);
        }
        let Some(known) = identity else { return Err(StoreError::TooLarge("a record").into()) };
        if known.is_empty() {
            return Err(RegistryError::NothingToCompare);
        }
        if !self.rules.settings.covers(known) {
            return Err(RegistryError::OutOfScope);
        }
        let matches = self.matches(row)?;
        if !is_met && matches.is_empty() {
            return self.issue(row, known).map(|answer| (answer, true));
        }
        let request = self.request(std::mem::take(known));
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
    fn issue(&mut self, row: u32, identity: &mut Identity) -> Result<Answered> {
        let missing = crate::registry::check::insufficient(identity);
        let found = if missing.is_empty() {
            let (settings, surroundings) = (self.rules.settings, self.rules.surroundings);
            issuing::find(self.draft, identity, Clearance::NotAsked, None, settings, surroundings)?
        } else {
            Found::Missing(missing)
        };
        if let Found::Free(number) = found {
            let (student, record) = self.draft.issue_plain(number)?;
            let answer = Answered::Issued(number);
            let outcome = Outcome { student, record: Some(record), answer: answer.clone(), is_stale: false };
            if let Some(loading) = &mut self.draft.loading {
                loading.put(number, record);
                loading.outcomes.push(Some(outcome));
            }
            self.decided.records.push(RecordRow { row, student: student.get() });
            return Ok(answer);
        }
        let request = self.request(std::mem::take(identity));
        let (answer, end) = place_found(self.draft, &request, found)?;
        self.note(row, end);
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
