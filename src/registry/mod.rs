//! One student at a time: *do we know this student?* and *give this student a number*.
//!
//! A [`Registry`] is a directory. [`Registry::check`] looks a student up with the keys and the judgement of the
//! offline check; [`Registry::enroll`] checks, stores and issues in one write transaction. What needs a
//! human becomes a [`Case`]. Everything that happens is an [`Entry`] of a hash-chained journal, which another
//! registry can follow.
//!
//! | file | what lives there |
//! |---|---|
//! | `open`, `settings` | making and opening one |
//! | `queue` | many threads' enrolments in one commit |
//! | `request` | a loaded record's content as a request |
//! | `prepare`, `search`, `decide` | a record read; who it may be; what is to be done: pure |
//! | `enroll`, `batch_pairs`, `placing`, `casework` | a batch answered, record by record |
//! | `issuing` | which number |
//! | `model` | which model judges, and what another would change |
//! | `event`, `apply`, `draft`, `journal` | what can happen, what it changes, a write in the making |
//! | `state`, `case` | what is known of a student; what a human must settle |
//! | `check`, `lookup` | answers to questions |
//! | `settle`, `again`, `life` | a case settled and a second look; a student amended, merged, retired |
//! | `population`, `load` | how common names are; a whole file |
//! | `exchange` | what two registries learn from each other |
//! | `verify`, `approval` | everything checked and counted; a full export approved |
//! | `outside` | what the authority's base says of many |
//! | `size` | what it takes on disk |

mod again;
mod apply;
mod approval;
mod batch_pairs;
mod bulk;
mod case;
mod casework;
mod check;
mod compact;
mod decide;
mod draft;
mod enroll;
mod error;
mod event;
mod exchange;
mod issuing;
mod journal;
mod life;
mod loaded;
mod lookup;
mod model;
mod open;
mod outside;
mod placing;
mod population;
mod prepare;
mod queue;
mod request;
mod search;
mod settings;
mod settle;
mod size;
mod state;
mod time;
mod verify;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use rayon::prelude::*;

use crate::identity::Issue;
use crate::ids::CaseId;
use crate::matching::{Frequencies, Model, ModelTextError};
use crate::number::RegistryNumber;
use crate::store::{Snapshot, Store};
use crate::student::{OwnedStudent, Student};
use prepare::Prepared;
use queue::Queue;
use search::Court;

pub use bulk::{BulkLoad, LoadBatch};
pub use case::{Case, CaseClass, CaseState, Link, Proposal, Resolution};
pub use check::{Answer, Check, Known, Unchecked};
pub use error::{RegistryError, Result};
pub use event::{Answered, Entry, Event, LifeEvent};
pub use exchange::{
    Applied, Bond, Effect, Fact, FeedFault, FeedLine, Name, Notice, Position, Stamp, SystemId,
};
pub use issuing::Clearance;
pub use journal::Change;
pub use loaded::{Outcome, Packed};
pub use lookup::{DatedRecord, Registered, Students};
pub use model::{ModelChoice, ModelComparison};
pub use open::Builder;
pub use outside::{PopulationAnswer, PopulationOutcome};
pub use population::Load;
pub use request::request_of;
pub use settings::{MergePolicy, PopulationCheck, Settings};
pub use settle::Settled;
pub use size::DiskPart;
pub use state::{FormerNumber, Status, StudentState};
pub use time::{Repeatable, Surroundings, SystemSurroundings, Timestamp};
pub use verify::{Statistics, Verification};

/// What an enrolment came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrolled {
    /// A new student, and the number issued.
    Issued(RegistryNumber),
    /// A student who is known.
    Existing {
        /// The number the student has.
        number: RegistryNumber,
        /// Why it is the same student: codes of [`crate::matching::Reasons`], joined by `|`.
        why: String,
    },
    /// A human decides; nothing was issued.
    Held {
        /// The case.
        case: CaseId,
        /// Why: codes of [`crate::matching::Reasons`], or the fields that are missing, joined by `|`.
        reasons: String,
    },
}

impl From<Answered> for Enrolled {
    fn from(answer: Answered) -> Enrolled {
        match answer {
            Answered::Issued(number) => Enrolled::Issued(number),
            Answered::Existing { number, why } => Enrolled::Existing { number, why },
            Answered::Held { case, reasons } => Enrolled::Held { case, reasons },
        }
    }
}

/// An open registry. Shared between threads by reference; readers never wait for the writer.
pub struct Registry {
    store: Store,
    /// Not known of a follower until it has the first entry of the journal it follows.
    settings: OnceLock<Settings>,
    /// The model in force, or why the one that was chosen is of no use.
    model: RwLock<std::result::Result<Arc<Model>, ModelTextError>>,
    merge: MergePolicy,
    operator: String,
    surroundings: Box<dyn Surroundings>,
    clock_ahead_max: Duration,
    /// The newest state, replaced after each commit.
    newest: RwLock<Arc<Snapshot>>,
    /// Set while there is a newer one that was not taken up.
    is_stale: AtomicBool,
    frequencies: RwLock<Frequencies>,
    queue: Queue,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("settings", self.settings()).finish_non_exhaustive()
    }
}

impl Registry {
    /// Looks a student up. Reads one state and waits for nobody; some 10 µs in a packed registry in memory, 30 before.
    ///
    /// # Errors
    /// [`RegistryError::Store`]; [`RegistryError::Model`].
    pub fn check(&self, student: &Student<'_>) -> Result<Check> {
        let mut issues: Vec<Issue> = Vec::new();
        let identity = crate::identity::Identity::of(student, &mut issues);
        let snapshot = self.newest()?;
        let frequencies = self.frequencies_of(&snapshot);
        let model = self.model()?;
        let court = Court { model: &model, frequencies: &frequencies };
        let mut check = check::check(&snapshot, &identity, &court)?;
        check.issues = issues;
        Ok(check)
    }

    /// Enrols a student: checks, stores and issues in one write transaction, and returns when it is on disk.
    /// Enrolments of other threads that wait meanwhile share the commit.
    ///
    /// The same `request` gets the same answer for ever. The same student under another request is
    /// [`Enrolled::Existing`].
    ///
    /// # Errors
    /// [`RegistryError::RequestReused`], [`RegistryError::RequestId`], [`RegistryError::OutOfScope`],
    /// [`RegistryError::Exhausted`]: nothing was written. [`RegistryError::Store`]: see
    /// [`RegistryError::is_outcome_unknown`].
    pub fn enroll(&self, student: &Student<'_>, request: &str) -> Result<Enrolled> {
        let record = Prepared::new(OwnedStudent::from(student));
        self.enroll_queued(enroll::Request { id: request.to_owned(), record }).map(Enrolled::from)
    }

    /// Enrols many, in their order, in one write transaction for each [`crate::limits::BATCH_MAX`] of them.
    /// Each sees those before it: the same child twice gets one number.
    ///
    /// # Errors
    /// [`RegistryError::Store`]: of the batch that failed nothing was written, the batches before it are on
    /// disk. What concerns one student is that student's own result.
    pub fn enroll_many(&self, students: Vec<(OwnedStudent, String)>) -> Result<Vec<Result<Enrolled>>> {
        let replies = self.reply_to_many(students)?;
        Ok(replies.into_iter().map(|reply| reply.answer.map(Enrolled::from)).collect())
    }

    /// [`Registry::enroll_many`], with what was answered before told apart.
    fn reply_to_many(&self, students: Vec<(OwnedStudent, String)>) -> Result<Vec<enroll::Reply>> {
        let mut replies = Vec::with_capacity(students.len());
        let mut rest = students.into_iter();
        loop {
            let batch: Vec<_> = rest.by_ref().take(crate::limits::BATCH_MAX).collect();
            if batch.is_empty() {
                return Ok(replies);
            }
            let requests: Vec<enroll::Request> = batch
                .into_par_iter()
                .with_min_len(64)
                .map(|(given, id)| enroll::Request { id, record: Prepared::new(given) })
                .collect();
            let decide = |draft: &mut draft::Draft<'_>, rules: &enroll::Rules<'_>| {
                enroll::enroll(draft, &requests, rules)
            };
            let is_large = requests.len() >= enroll::MANY;
            replies.extend(if is_large { self.write_large(decide)? } else { self.write(decide)? });
        }
    }

    /// What the registry is made for. Of a follower that has no beginning yet, the usual settings.
    pub fn settings(&self) -> &Settings {
        static USUAL: Settings =
            Settings { scope: None, population_check: PopulationCheck::Pending, delegated: Vec::new() };
        self.settings.get().unwrap_or(&USUAL)
    }

    /// The newest state. What was answered is in it, or it cannot be read.
    fn newest(&self) -> Result<Arc<Snapshot>> {
        if self.is_stale.load(Ordering::Acquire) {
            self.renew()?;
        }
        Ok(self.held())
    }

    /// The state that was taken up last.
    fn held(&self) -> Arc<Snapshot> {
        self.newest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes up the newest state, after a commit. If it cannot be read, readers are told, and try again.
    fn renew(&self) -> Result<()> {
        self.is_stale.store(true, Ordering::Release);
        // Read under the lock, so that nobody puts an older one over a newer.
        let mut newest = self.newest.write().unwrap_or_else(PoisonError::into_inner);
        *newest = Arc::new(self.store.snapshot()?);
        self.is_stale.store(false, Ordering::Release);
        Ok(())
    }

    /// How common values are, among as many students as there are now.
    fn frequencies_of(&self, snapshot: &Snapshot) -> Frequencies {
        let counted = self.frequencies.read().unwrap_or_else(PoisonError::into_inner);
        counted.with_population(snapshot.meta().records)
    }
}
