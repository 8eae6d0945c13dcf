//! Many threads' enrolments in one commit.
//!
//! Whoever comes first leads: it takes all that wait, writes them in one transaction and hands out the
//! answers, while those who come meanwhile gather for the next. So a sync to disk is shared by as many as
//! wait for it.
//!
//! Those who were just answered come back together. Without a moment's patience the first of them would lead
//! alone and the others share the commit after: so a leader waits for as many as were answered last, and no
//! longer than a fraction of a commit. Whoever is alone waits for nobody.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::Registry;
use super::draft::Draft;
use super::enroll::{self, Request, Rules};
use super::error::{RegistryError, Result};
use super::event::Answered;
use super::search::Court;
use crate::limits::BATCH_MAX;
use crate::store::StoreError;

/// How long a leader waits for those who were answered with the last group: a tenth of a commit or so.
const PATIENCE: Duration = Duration::from_micros(200);

/// Where a request's answer is put.
type Slot = Arc<Mutex<Option<Result<Answered>>>>;

/// Requests that wait, and whether somebody writes.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    turn: Condvar,
    /// Somebody came while a leader gathers.
    arrival: Condvar,
    /// Threads for large writes, made for the first.
    pool: OnceLock<rayon::ThreadPool>,
    /// Held by whoever compacts.
    compaction: Mutex<()>,
}

#[derive(Default)]
struct State {
    waiting: Vec<(Request, Slot)>,
    is_writing: bool,
    is_gathering: bool,
    /// How many the last group was.
    last_group: usize,
}

/// The writer's turn; given back however the write ends.
pub(super) struct Turn<'q>(&'q Queue);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.lock().is_writing = false;
        self.0.turn.notify_all();
    }
}

/// The places of a group's answers. Whoever waits for one must not wait for ever: if the thread that writes
/// for all of them panics, the others are told.
struct Slots(Vec<Slot>);

impl Drop for Slots {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let error = || StoreError::Io(std::io::Error::other("the write shared with others panicked"));
            for slot in &self.0 {
                let mut answer = slot.lock().unwrap_or_else(PoisonError::into_inner);
                answer.get_or_insert_with(|| Err(error().into()));
            }
        }
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits a moment for those who came together before.
    fn gather<'q>(&self, mut state: MutexGuard<'q, State>) -> MutexGuard<'q, State> {
        let end = Instant::now() + PATIENCE;
        state.is_gathering = true;
        while state.waiting.len() < state.last_group {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.arrival.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.is_gathering = false;
        state
    }

    /// Waits until nobody else compacts.
    pub(super) fn compacting(&self) -> MutexGuard<'_, ()> {
        self.compaction.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the writer's turn and takes it.
    pub(super) fn take_turn(&self) -> Turn<'_> {
        let mut state = self.lock();
        while state.is_writing {
            state = self.turn.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_writing = true;
        Turn(self)
    }
}

impl Registry {
    /// Enrols one, with whoever waits.
    pub(super) fn enroll_queued(&self, request: Request) -> Result<Answered> {
        let slot = Slot::default();
        let mut state = self.queue.lock();
        state.waiting.push((request, slot.clone()));
        if state.is_gathering {
            self.queue.arrival.notify_one();
        }
        loop {
            if let Some(answer) = slot.lock().unwrap_or_else(PoisonError::into_inner).take() {
                return answer;
            }
            if state.is_writing {
                state = self.queue.turn.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.is_writing = true;
            let turn = Turn(&self.queue);
            state = self.queue.gather(state);
            let most = state.waiting.len().min(BATCH_MAX);
            let group: Vec<(Request, Slot)> = state.waiting.drain(..most).collect();
            state.last_group = group.len();
            drop(state);
            self.answer_group(group);
            drop(turn);
            state = self.queue.lock();
        }
    }

    fn answer_group(&self, group: Vec<(Request, Slot)>) {
        let (requests, slots): (Vec<Request>, Vec<Slot>) = group.into_iter().unzip();
        let slots = Slots(slots);
        let put = |slot: &Slot, answer| *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        match self.write_now(|draft, rules| enroll::enroll(draft, &requests, rules)) {
            Ok(replies) => slots.0.iter().zip(replies).for_each(|(slot, reply)| put(slot, reply.answer)),
            Err(RegistryError::Store(StoreError::Damaged { .. } | StoreError::TooLarge(_)))
                if slots.0.len() > 1 =>
            {
                // One damaged row, or one that cannot be written, must not stop the others.
                for (slot, request) in slots.0.iter().zip(requests) {
                    let one = [request];
                    let replies = self.write_now(|draft, rules| enroll::enroll(draft, &one, rules));
                    put(slot, replies.and_then(|mut replies| replies.remove(0).answer));
                }
            }
            Err(error) => slots.0.iter().for_each(|slot| put(slot, Err(error.again()))),
        }
    }

    /// One write of its own, when the writer's turn is free.
    pub(super) fn write<T>(&self, decide: impl FnOnce(&mut Draft<'_>, &Rules<'_>) -> Result<T>) -> Result<T> {
        let _turn = self.queue.take_turn();
        self.write_now(decide)
    }

    /// One write of its own that is worth all cores.
    pub(super) fn write_large<T: Send>(
        &self,
        decide: impl FnOnce(&mut Draft<'_>, &Rules<'_>) -> Result<T> + Send,
    ) -> Result<T> {
        let _turn = self.queue.take_turn();
        self.on_own_threads(|| self.write_now(decide))?
    }

    /// Does what is worth all cores, and waits for nobody's turn meanwhile.
    // IMPORTANT: on threads of the registry's own, and never waited for as a worker of a pool waits: by taking up
    // other work. That work may be another enrolment, which waits for this write to end.
    pub(super) fn on_own_threads<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T> {
        let pool = match self.queue.pool.get() {
            Some(pool) => pool,
            None => {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(rayon::current_num_threads()).build();
                let pool = pool.map_err(|error| StoreError::Io(std::io::Error::other(error)))?;
                self.queue.pool.get_or_init(|| pool)
            }
        };
        let work = || pool.install(work);
        if rayon::current_thread_index().is_none() {
            return Ok(work());
        }
        let done = std::thread::scope(|scope| scope.spawn(work).join());
        Ok(done.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    }

    /// One write. Only with the writer's turn.
    fn write_now<T>(&self, decide: impl FnOnce(&mut Draft<'_>, &Rules<'_>) -> Result<T>) -> Result<T> {
        self.write_as(&self.operator, decide)
    }

    fn write_as<T>(
        &self,
        by: &str,
        decide: impl FnOnce(&mut Draft<'_>, &Rules<'_>) -> Result<T>,
    ) -> Result<T> {
        let model = self.model()?;
        self.commit_as(by, |draft| {
            let frequencies = self.frequencies_of(draft.base());
            let rules = Rules {
                court: Court { model: &model, frequencies: &frequencies },
                settings: self.settings(),
                merge: self.merge,
                surroundings: &*self.surroundings,
            };
            decide(draft, &rules)
        })
    }

    /// One write that judges nobody, when the writer's turn is free; `None` for the service.
    pub(super) fn write_unjudged<T>(
        &self,
        operator: Option<&str>,
        decide: impl FnOnce(&mut Draft<'_>) -> Result<T>,
    ) -> Result<T> {
        let _turn = self.queue.take_turn();
        self.commit_as(operator.unwrap_or(&self.operator), decide)
    }

    /// The same, if it is worth all cores, in the name of the service.
    pub(super) fn write_unjudged_large<T: Send>(
        &self,
        decide: impl FnOnce(&mut Draft<'_>) -> Result<T> + Send,
    ) -> Result<T> {
        let _turn = self.queue.take_turn();
        self.on_own_threads(|| self.commit_as(&self.operator, decide))?
    }

    fn commit_as<T>(&self, by: &str, decide: impl FnOnce(&mut Draft<'_>) -> Result<T>) -> Result<T> {
        let update = self.store.begin();
        if self.store.take_renewed() {
            // Whoever reads is told if it fails.
            let _ = self.renew();
        }
        let update = update?;
        let mut draft = Draft::new(update.base(), self.surroundings.now(), by);
        let outcome = decide(&mut draft)?;
        if draft.is_empty() {
            return Ok(outcome);
        }
        let (changes, meta) = draft.finish()?;
        update.commit(changes, &meta)?;
        // It is written, whether it can be read or not.
        let _ = self.renew();
        Ok(outcome)
    }

    /// One write in an operator's name.
    pub(super) fn write_by<T>(
        &self,
        operator: &str,
        decide: impl FnOnce(&mut Draft<'_>, &Rules<'_>) -> Result<T>,
    ) -> Result<T> {
        let _turn = self.queue.take_turn();
        self.write_as(operator, decide)
    }
}
