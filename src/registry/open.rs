//! Making and opening a registry.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;

use super::draft::Draft;
use super::error::{RegistryError, Result};
use super::event::Event;
use super::model::{Models, chosen};
use super::queue::Queue;
use super::settings::{MergePolicy, Settings};
use super::time::{Surroundings, SystemSurroundings};
use super::{Registry, journal};
use crate::ids::Sequence;
use crate::matching::{Frequencies, Model, ModelTextError};
use crate::store::{Options, StorageBackend, Store, StoreError};

/// How a registry is opened.
pub struct Builder {
    options: Options,
    model: Model,
    merge: MergePolicy,
    operator: String,
    surroundings: Box<dyn Surroundings>,
    clock_ahead_max: Duration,
    directory: Option<PathBuf>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Default for Builder {
    fn default() -> Builder {
        Builder {
            options: Options {
                cache_bytes: 1024 * 1024 * 1024,
                is_durable: true,
                is_for_journal: false,
                checks_pages: false,
            },
            model: Model::default(),
            merge: MergePolicy::Never,
            operator: "service".to_owned(),
            surroundings: Box::new(SystemSurroundings),
            clock_ahead_max: Duration::from_secs(24 * 60 * 60),
            directory: None,
        }
    }
}

impl Builder {
    /// Memory for cached pages, in bytes; 1 GiB if not set. A registry takes some 1.7 kB a student, 0.5 kB of one that
    /// was loaded in bulk; pages of segments are the system's to keep.
    #[must_use]
    pub fn cache_bytes(mut self, bytes: usize) -> Builder {
        self.options.cache_bytes = bytes;
        self
    }

    /// Whether an answer waits until it is on disk. Without it a crash may take back what was answered: only
    /// for tests and for registries that can be made again.
    #[must_use]
    pub fn durable(mut self, is_durable: bool) -> Builder {
        self.options.is_durable = is_durable;
        self
    }

    /// Whether opening verifies every page first. Reads the whole file.
    #[must_use]
    pub fn verify_pages(mut self, verifies: bool) -> Builder {
        self.options.checks_pages = verifies;
        self
    }

    /// The model that a new registry is made with; the shipped one if not set. One that is there has its own, see
    /// [`Registry::use_model`].
    #[must_use]
    pub fn model(mut self, model: Model) -> Builder {
        self.model = model;
        self
    }

    /// Whether a record that links students who hold numbers may merge them; never if not set.
    #[must_use]
    pub fn merge_policy(mut self, policy: MergePolicy) -> Builder {
        self.merge = policy;
        self
    }

    /// In whose name entries of the journal are written where no operator is given; `service` if not set.
    #[must_use]
    pub fn operator(mut self, name: &str) -> Builder {
        self.operator = name.to_owned();
        self
    }

    /// Where time and randomness come from; the system's if not set.
    #[must_use]
    pub fn surroundings(mut self, surroundings: impl Surroundings + 'static) -> Builder {
        self.surroundings = Box::new(surroundings);
        self
    }

    /// By how much another registry's clock may be ahead of this one's when its [feed](Registry::apply_feed) is
    /// learnt; a day if not set. What is learnt moves this registry's own entries behind it in time.
    #[must_use]
    pub fn clock_ahead_max(mut self, most: Duration) -> Builder {
        self.clock_ahead_max = most;
        self
    }

    /// Where a registry [on a storage of one's own](Builder::on_backend) has its segments; without, it cannot be
    /// compacted.
    #[must_use]
    pub fn directory(mut self, directory: impl AsRef<Path>) -> Builder {
        self.directory = Some(directory.as_ref().to_owned());
        self
    }

    /// Makes a registry in a directory, which is made as well.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is one; [`RegistryError::Settings`].
    pub fn create(self, directory: impl AsRef<Path>, settings: Settings) -> Result<Registry> {
        check(&settings, &self.model)?;
        let store = Store::create(directory.as_ref(), &self.options, |store| self.begin(store, settings))?;
        self.registry(store)
    }

    /// Opens a registry for reading and writing. One process at a time can; a repair after a crash is done
    /// first, and takes some milliseconds.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Foreign`], [`StoreError::Newer`], [`StoreError::Version`],
    /// [`StoreError::InUse`], [`StoreError::Damaged`]: nothing was changed.
    pub fn open(self, directory: impl AsRef<Path>) -> Result<Registry> {
        let store = Store::open(directory.as_ref(), &self.options)?;
        self.registry(store)
    }

    /// Opens a registry for reading only. Several processes can at once while none writes.
    ///
    /// # Errors
    /// Those of [`Builder::open`].
    pub fn open_read_only(self, directory: impl AsRef<Path>) -> Result<Registry> {
        let store = Store::open_read_only(directory.as_ref(), &self.options)?;
        self.registry(store)
    }

    /// Opens a registry for its journal alone, also one whose normalisation, keys or profiles have another
    /// version: what a new registry follows when it is made again. Lookups in it may find nothing.
    ///
    /// # Errors
    /// Those of [`Builder::open_read_only`], but for [`StoreError::Version`].
    pub fn open_journal(mut self, directory: impl AsRef<Path>) -> Result<Registry> {
        self.options.is_for_journal = true;
        self.open_read_only(directory)
    }

    /// Makes or opens a registry on a storage of one's own; for tests of faults.
    ///
    /// # Errors
    /// Those of [`Builder::open`].
    pub fn on_backend(self, backend: impl StorageBackend, settings: Settings) -> Result<Registry> {
        check(&settings, &self.model)?;
        let store = Store::on_backend(backend, self.directory.clone(), &self.options)?;
        if store.snapshot()?.meta().sequence == Sequence::new(0) {
            self.begin(&store, settings)?;
        }
        self.registry(store)
    }

    /// An empty registry without a first entry, to be filled by another's journal.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is one.
    pub fn create_follower(self, directory: impl AsRef<Path>) -> Result<Registry> {
        let store = Store::create(directory.as_ref(), &self.options, |_| Ok::<_, StoreError>(()))?;
        self.registry(store)
    }

    /// The first entry of the journal.
    fn begin(&self, store: &Store, settings: Settings) -> Result<()> {
        let update = store.begin()?;
        let mut draft = Draft::new(update.base(), self.surroundings.now(), &self.operator);
        let (delegated, nonce) = (settings.delegated.clone(), self.surroundings.nonce());
        draft.record(Event::Founded { settings, delegated, nonce }, None)?;
        draft.record(chosen(&self.model), None)?;
        let (changes, meta) = draft.finish()?;
        Ok(update.commit(changes, &meta)?)
    }

    fn registry(self, store: Store) -> Result<Registry> {
        let Builder { merge, operator, surroundings, clock_ahead_max, .. } = self;
        let snapshot = store.snapshot()?;
        let settings = match snapshot.meta().sequence.get() {
            // A follower before its first change.
            0 => OnceLock::new(),
            _ => OnceLock::from(journal::settings(&snapshot)?),
        };
        let model = Models::in_force(&snapshot)?;
        let counted = snapshot.meta().counted;
        let frequencies = Frequencies::from_bytes(counted, &snapshot.population()?)
            .ok_or_else(|| StoreError::damaged("counts in the table population"))?;
        Ok(Registry {
            store,
            settings,
            model: RwLock::new(model),
            merge,
            operator,
            surroundings,
            clock_ahead_max,
            newest: RwLock::new(Arc::new(snapshot)),
            is_stale: AtomicBool::new(false),
            frequencies: RwLock::new(frequencies),
            queue: Queue::default(),
        })
    }
}

fn check(settings: &Settings, model: &Model) -> Result<()> {
    if !settings.is_valid() {
        return Err(RegistryError::Settings("a region is no two, four or six digits of GB/T 2260"));
    }
    model.validate().map_err(|error| RegistryError::Model(ModelTextError::Content(error)))
}

impl Registry {
    /// How a registry may be opened.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Opens a registry with the usual settings. See [`Builder::open`].
    ///
    /// # Errors
    /// Those of [`Builder::open`].
    pub fn open(directory: impl AsRef<Path>) -> Result<Registry> {
        Builder::default().open(directory)
    }

    /// Makes a registry for the nation. See [`Builder::create`].
    ///
    /// # Errors
    /// Those of [`Builder::create`].
    pub fn create(directory: impl AsRef<Path>) -> Result<Registry> {
        Builder::default().create(directory, Settings::default())
    }
}
