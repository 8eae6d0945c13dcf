//! Enrolling: check, store and issue in one write.
//!
//! A batch is read on all cores: each record is searched for in the state the write stands on, and among the
//! records before it in the batch. Then one thread decides from the first to the last, each seeing what was
//! decided before. A single enrolment is a batch of one.

use std::collections::HashMap;

use rayon::prelude::*;

use super::batch_pairs::pairs_within;
use super::decide::Students;
use super::draft::Draft;
use super::error::{RegistryError, Result};
use super::event::Answered;
use super::placing::{Placed, place};
use super::prepare::Prepared;
use super::search::{Court, Match, search, search_many};
use super::settings::{MergePolicy, Settings};
use super::state::StudentState;
use super::time::Surroundings;
use crate::ids::{RecordId, StudentId};
use crate::limits::{RECORD_BYTES_MAX, REQUEST_BYTES_MAX};
use crate::store::{Profile, Snapshot, StoreError};

/// A request on its way.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) id: String,
    pub(super) record: Prepared,
}

/// What a request came to.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) answer: Result<Answered>,
    /// Whether it was decided now, not an answer given before.
    pub(super) is_new: bool,
}

/// What the engine decides by.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) court: Court<'a>,
    pub(super) settings: &'a Settings,
    pub(super) merge: MergePolicy,
    pub(super) surroundings: &'a dyn Surroundings,
}

/// Fewer requests are answered on the caller's thread alone, without a call to the thread pool.
// IMPORTANT: callers may be workers of that pool. One that leads a group and waits for the pool's help would take up
// another caller's enrolment meanwhile, which waits for this very group: both for ever. And where every
// worker waits for its answer, nobody is left to help.
pub(super) const MANY: usize = 256;

/// How many of so many requests are one piece of work at least: all, where they are few.
pub(super) fn piece(requests: usize) -> usize {
    if requests < MANY { MANY } else { 64 }
}

impl Students for Draft<'_> {
    fn state(&self, student: StudentId) -> Result<StudentState> {
        self.student(student)
    }

    fn profile(&self, record: RecordId) -> Result<Option<Profile>> {
        Draft::profile(self, record)
    }

    fn different_from(&self, student: StudentId) -> Result<Vec<StudentId>> {
        Draft::different_from(self, student)
    }
}

/// Answers a batch of requests, in their order.
///
/// # Errors
/// Of the whole: those of reading; nothing of the draft may then be written. Of one request:
/// [`RegistryError::RequestReused`], [`RegistryError::RequestId`], [`RegistryError::OutOfScope`],
/// [`RegistryError::NothingToCompare`], [`RegistryError::Exhausted`]; nothing of it is in the draft.
pub(super) fn enroll(draft: &mut Draft<'_>, requests: &[Request], rules: &Rules<'_>) -> Result<Vec<Reply>> {
    let snapshot = draft.base();
    // What was answered before, and which are the same request within the batch.
    let mut answers: Vec<Option<Result<Answered>>> = requests
        .par_iter()
        .with_min_len(piece(requests.len()))
        .map(|request| early_answer(draft, request, rules.settings))
        .collect::<Result<_>>()?;
    let mut first_of: HashMap<&str, usize> = HashMap::with_capacity(requests.len());
    let mut repeats: Vec<(usize, usize)> = Vec::new();
    for (at, request) in requests.iter().enumerate() {
        // One that was refused for itself alone has not used its id.
        if answers[at].is_some() {
            continue;
        }
        let first = *first_of.entry(&request.id).or_insert(at);
        if first != at {
            repeats.push((at, first));
            answers[at] = Some(Err(RegistryError::RequestReused));
        }
    }
    let is_new: Vec<bool> = answers.iter().map(Option::is_none).collect();
    let stored = stored_matches(snapshot, requests, &is_new, &rules.court)?;
    let mut stored = stored.into_iter().peekable();
    let within = pairs_within(requests, &is_new, &rules.court);
    let mut placed: Vec<Option<Placed>> = vec![None; requests.len()];
    for (at, request) in requests.iter().enumerate() {
        if !is_new[at] {
            continue;
        }
        let mut matches: Vec<Match> = Vec::new();
        while let Some((_, found)) = stored.next_if(|(place, _)| *place as usize == at) {
            matches.push(found);
        }
        for found in &mut matches {
            // Merged meanwhile, in this batch.
            if let Some(Some(student)) = draft.moved(found.record) {
                found.student = student;
            }
        }
        for pair in within.of(at) {
            if let Some(other) = placed[pair.earlier] {
                let student = draft.moved(other.record).flatten().unwrap_or(other.student);
                matches.push(Match { record: other.record, student, judgement: pair.judgement });
            }
        }
        answers[at] = Some(match place(draft, request, matches, rules) {
            Ok((answer, end)) => {
                placed[at] = Some(end);
                Ok(answer)
            }
            Err(RegistryError::Store(error)) => return Err(error.into()),
            Err(error) => Err(error),
        });
    }
    for (at, first) in repeats {
        if requests[at].record.given == requests[first].record.given {
            answers[at] = answers[first].as_ref().map(|answer| match answer {
                Ok(answer) => Ok(answer.clone()),
                Err(error) => Err(error.again()),
            });
        }
    }
    let replies = answers.into_iter().zip(is_new);
    Ok(replies
        .map(|(answer, is_new)| Reply { answer: answer.unwrap_or(Err(RegistryError::RequestId)), is_new })
        .collect())
}

/// Whom in the stored state each new record is like, in the order of the batch.
fn stored_matches(
    snapshot: &Snapshot,
    requests: &[Request],
    is_new: &[bool],
    court: &Court<'_>,
) -> Result<Vec<(u32, Match)>> {
    let new: Vec<(u32, &Prepared)> = requests
        .iter()
        .zip(0..)
        .zip(is_new)
        .filter(|(_, is_new)| **is_new)
        .map(|((request, at), _)| (at, &request.record))
        .collect();
    if new.len() >= MANY {
        return Ok(search_many(snapshot, &new, court)?);
    }
    let mut matches = Vec::new();
    for (at, record) in new {
        let found = search(snapshot, &record.identity, court)?;
        matches.extend(found.matches.into_iter().map(|found| (at, found)));
    }
    Ok(matches)
}

/// The answer that was given before, or the fault for which none is given.
fn early_answer(
    draft: &Draft<'_>,
    request: &Request,
    settings: &Settings,
) -> Result<Option<Result<Answered>>> {
    if request.id.is_empty() || request.id.len() > REQUEST_BYTES_MAX {
        return Ok(Some(Err(RegistryError::RequestId)));
    }
    if let Some((given, answer)) = super::journal::remembered(draft.base(), &request.id)? {
        let is_same = given == request.record.given;
        return Ok(Some(if is_same { Ok(answer) } else { Err(RegistryError::RequestReused) }));
    }
    if request.record.given.text_bytes() > RECORD_BYTES_MAX {
        return Ok(Some(Err(StoreError::TooLarge("a record").into())));
    }
    if request.record.identity.is_empty() {
        return Ok(Some(Err(RegistryError::NothingToCompare)));
    }
    Ok((!settings.covers(&request.record.identity)).then_some(Err(RegistryError::OutOfScope)))
}
