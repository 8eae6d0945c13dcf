//! The file of a registry: making it, opening it, copying it, and saying what is wrong with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use redb::backends::FileBackend;
use redb::{
    Builder, Database, DatabaseError, Key, ReadTransaction, ReadableDatabase, ReadableTable, StorageBackend,
    TableDefinition, Value, WriteTransaction,
};

use super::disk::Disk;
use super::error::io;
use super::packed::{self, remove_unlisted};
use super::snapshot::guarded;
use super::tables::*;
use super::update::put_meta;
use super::{Handle, Meta, Snapshot, Store, StoreError};

/// The database's file inside a registry's directory.
pub const FILE_NAME: &str = "registry.redb";
/// What it is called until it is complete.
const UNFINISHED_NAME: &str = "registry.redb.new";

/// How a registry is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Options {
    /// Memory for cached pages, in bytes.
    pub(crate) cache_bytes: usize,
    /// Whether a write waits until it is on disk.
    pub(crate) is_durable: bool,
    /// Whether a registry of other versions is opened all the same: for its journal, which has none.
    pub(crate) is_for_journal: bool,
    /// Whether every page is verified first.
    pub(crate) checks_pages: bool,
}

impl Options {
    fn builder(&self) -> Builder {
        let mut builder = Database::builder();
        builder.set_cache_size(self.cache_bytes);
        builder.set_check_integrity_on_open(self.checks_pages);
        builder
    }

    /// Opens the database on a disk; `path` is for messages.
    pub(super) fn database(&self, disk: &Disk, path: &Path) -> Result<Database, StoreError> {
        guarded(|| self.builder().create_with_backend(disk.clone()).map_err(|error| opening(path, error)))
    }
}

impl Store {
    /// Makes a registry in a directory, which is made as well. `begin` writes what it begins with; it is there
    /// with that or not at all.
    ///
    /// # Errors
    /// [`StoreError::Exists`]; [`StoreError::InUse`] while another makes one there; [`StoreError::Io`]; what
    /// `begin` returns.
    pub(crate) fn create<E: From<StoreError>>(
        directory: &Path,
        options: &Options,
        begin: impl FnOnce(&Store) -> Result<(), E>,
    ) -> Result<Store, E> {
        fs::create_dir_all(directory).map_err(io)?;
        let _turn = making(directory)?;
        let path = directory.join(FILE_NAME);
        if path.exists() {
            return Err(StoreError::Exists(directory.to_owned()).into());
        }
        let unfinished = directory.join(UNFINISHED_NAME);
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error).into()),
            _ => {}
        }
        let file = fs::OpenOptions::new().read(true).write(true).create_new(true).open(&unfinished);
        let disk = Disk::new(backend(file.map_err(io)?, &unfinished)?);
        let database = options.database(&disk, &unfinished)?;
        begin_format(&database, &disk)?;
        let store = Store::writing(database, disk, path.clone(), options);
        // Of one that was here before and was taken away.
        remove_unlisted(&directory.join(packed::DIRECTORY), &[]);
        // IMPORTANT: before the rename, or a crash between the two would leave a registry without a beginning.
        begin(&store)?;
        fs::rename(&unfinished, &path).map_err(io)?;
        sync_directory(directory)?;
        Ok(store)
    }

    /// Opens a registry for reading and writing.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Foreign`], [`StoreError::Newer`], [`StoreError::Version`],
    /// [`StoreError::InUse`], [`StoreError::Damaged`]. The file is then as it was, except that a repair
    /// after a crash may have been done.
    pub(crate) fn open(directory: &Path, options: &Options) -> Result<Store, StoreError> {
        refuse_untouched(directory, options)?;
        let path = existing(directory)?;
        let file = fs::OpenOptions::new().read(true).write(true).open(&path).map_err(io)?;
        let disk = Disk::new(backend(file, &path)?);
        let database = options.database(&disk, &path)?;
        let store = Store::writing(database, disk, path, options);
        store.check_versions()?;
        // What a compaction left that did not come to its end.
        let listed = store.snapshot()?.base.listed();
        remove_unlisted(&directory.join(packed::DIRECTORY), &listed);
        Ok(store)
    }

    /// Opens a registry for reading only; several processes may at once, while none writes.
    ///
    /// # Errors
    /// Those of [`Store::open`]; a registry that needs a repair after a crash is [`StoreError::Damaged`]
    /// until it was opened for writing once.
    pub(crate) fn open_read_only(directory: &Path, options: &Options) -> Result<Store, StoreError> {
        let path = existing(directory)?;
        let database =
            guarded(|| options.builder().open_read_only(&path).map_err(|error| opening(&path, error)))?;
        let store = Store::of(Handle::Reading(database), None, path, options);
        store.check_versions()?;
        Ok(store)
    }

    /// Makes or opens a registry on a storage of one's own, as tests of faults do.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub(crate) fn on_backend(
        backend: impl StorageBackend,
        directory: Option<PathBuf>,
        options: &Options,
    ) -> Result<Store, StoreError> {
        let path = PathBuf::from("(backend)");
        let is_new = backend.len().map_err(io)? == 0;
        let disk = Disk::new(backend);
        let database = options.database(&disk, &path)?;
        if is_new || is_unbegun(&database)? {
            begin_format(&database, &disk)?;
        }
        let mut store = Store::writing(database, disk, path, options);
        store.directory = directory;
        store.check_versions()?;
        if let Some(directory) = store.segments_directory() {
            remove_unlisted(&directory, &store.snapshot()?.base.listed());
        }
        Ok(store)
    }

    fn writing(database: Database, disk: Disk, path: PathBuf, options: &Options) -> Store {
        Store::of(Handle::Writing(database), Some(disk), path, options)
    }

    fn of(handle: Handle, disk: Option<Disk>, path: PathBuf, options: &Options) -> Store {
        Store {
            handle: RwLock::new(handle),
            options: *options,
            directory: path.parent().map(Path::to_owned),
            base: Mutex::default(),
            path,
            disk,
            refuses_writes: AtomicBool::new(false),
            is_renewed: AtomicBool::new(false),
        }
    }

    fn check_versions(&self) -> Result<(), StoreError> {
        let transaction = self.handle.read().unwrap_or_else(PoisonError::into_inner).begin_read()?;
        let foreign = || StoreError::Foreign(self.path.clone());
        let format = guarded(|| {
            let table = match transaction.open_table(META) {
                Err(redb::TableError::TableDoesNotExist(_) | redb::TableError::TableTypeMismatch { .. }) => {
                    return Err(foreign());
                }
                table => table?,
            };
            let row = table.get(FORMAT_ROW)?.ok_or_else(foreign)?;
            row.value().try_into().map(u32::from_le_bytes).map_err(|_| foreign())
        })?;
        if format > FORMAT {
            return Err(StoreError::Newer { path: self.path.clone(), format });
        }
        if self.options.is_for_journal {
            return Ok(());
        }
        // IMPORTANT: before anything else is read: what another format keeps as its state is its own.
        if format < FORMAT {
            return Err(StoreError::Version { what: "format", stored: format, ours: FORMAT });
        }
        let meta = Snapshot::new(transaction, Arc::default())?.meta().clone();
        let ours = Meta::empty();
        for (what, stored, ours) in [
            ("normalisation", meta.identity_version, ours.identity_version),
            ("key", meta.key_version, ours.key_version),
            ("profile", meta.profile_version, ours.profile_version),
        ] {
            if stored != ours {
                return Err(StoreError::Version { what, stored, ours });
            }
        }
        Ok(())
    }
}

/// Writes a copy of one state into another directory, in the order of keys, while writes go on.
///
/// # Errors
/// [`StoreError::Exists`]; [`StoreError::Io`]; [`StoreError::Damaged`] where a page here is.
pub(crate) fn copy(snapshot: &Snapshot, directory: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(directory).map_err(io)?;
    let _turn = making(directory)?;
    let path = directory.join(FILE_NAME);
    if path.exists() {
        return Err(StoreError::Exists(directory.to_owned()));
    }
    let unfinished = directory.join(UNFINISHED_NAME);
    let _ = fs::remove_file(&unfinished);
    let database =
        guarded(|| Database::builder().create(&unfinished).map_err(|error| opening(&unfinished, error)))?;
    snapshot.base.copy(&directory.join(packed::DIRECTORY))?;
    guarded(|| copy_tables(snapshot, &database))?;
    drop(database);
    fs::rename(&unfinished, &path).map_err(io)?;
    sync_directory(directory)
}

/// Refuses a file of another kind or version before it is opened for writing: the database beneath writes into
/// a file as soon as it is. One that needs a repair cannot be looked at this way and is judged after it.
fn refuse_untouched(directory: &Path, options: &Options) -> Result<(), StoreError> {
    match Store::open_read_only(directory, &Options { checks_pages: false, ..*options }) {
        Err(
            error @ (StoreError::Missing(_)
            | StoreError::Foreign(_)
            | StoreError::Newer { .. }
            | StoreError::Version { .. }),
        ) => Err(error),
        _ => Ok(()),
    }
}

/// The registry's file, if there is one that is not empty.
fn existing(directory: &Path) -> Result<PathBuf, StoreError> {
    let path = directory.join(FILE_NAME);
    match fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() && metadata.len() > 0 => Ok(path),
        Ok(_) => Err(StoreError::Foreign(path)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(StoreError::Missing(directory.to_owned()))
        }
        Err(error) => Err(io(error)),
    }
}

fn backend(file: fs::File, path: &Path) -> Result<FileBackend, StoreError> {
    FileBackend::new(file).map_err(|error| opening(path, error))
}

fn opening(path: &Path, error: DatabaseError) -> StoreError {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            StoreError::InUse(path.to_owned())
        }
        DatabaseError::UpgradeRequired(_) => StoreError::Foreign(path.to_owned()),
        DatabaseError::RepairAborted => {
            StoreError::damaged("not closed after a crash; open it for writing once")
        }
        DatabaseError::Storage(redb::StorageError::Io(error))
            if matches!(
                error.kind(),
                std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof
            ) =>
        {
            StoreError::Foreign(path.to_owned())
        }
        DatabaseError::Storage(redb::StorageError::Corrupted(what)) if what.contains("magic") => {
            StoreError::Foreign(path.to_owned())
        }
        DatabaseError::Storage(error) => error.into(),
        other => StoreError::Io(std::io::Error::other(other)),
    }
}

/// Whether a database holds nothing at all: its making was interrupted before the first commit.
fn is_unbegun(database: &Database) -> Result<bool, StoreError> {
    guarded(|| {
        let transaction = database.begin_read()?;
        Ok(transaction.list_tables()?.next().is_none())
    })
}

/// The first commit: every table, the format and the empty state.
fn begin_format(database: &Database, disk: &Disk) -> Result<(), StoreError> {
    guarded(|| {
        let mut transaction = database.begin_write()?;
        transaction.set_two_phase_commit(true);
        transaction.set_quick_repair(true);
        transaction.open_table(META)?.insert(FORMAT_ROW, FORMAT.to_le_bytes().as_slice())?;
        put_meta(&transaction, &Meta::empty())?;
        for space in key_spaces() {
            transaction.open_table(KEYS[space as usize])?;
        }
        transaction.open_table(SEGMENTS)?;
        transaction.open_table(PROFILES)?;
        transaction.open_table(STUDENTS)?;
        transaction.open_table(NUMBERS)?;
        transaction.open_table(REQUESTS)?;
        transaction.open_table(JOURNAL)?;
        transaction.open_table(COUNTERS)?;
        transaction.open_table(CASES)?;
        transaction.open_table(OPEN_CASES)?;
        transaction.open_table(DIFFERENT)?;
        transaction.open_table(POPULATION)?;
        transaction.commit().map_err(unfinished)
    })?;
    disk.failure().map_or(Ok(()), |failure| Err(io(failure.error)))
}

fn copy_tables(snapshot: &Snapshot, database: &Database) -> Result<(), StoreError> {
    let from = snapshot.transaction();
    let mut to = database.begin_write()?;
    to.set_two_phase_commit(true);
    to.set_quick_repair(true);
    copy_table(from, &to, META)?;
    copy_table(from, &to, SEGMENTS)?;
    for space in key_spaces() {
        copy_table(from, &to, KEYS[space as usize])?;
    }
    copy_table(from, &to, PROFILES)?;
    copy_table(from, &to, STUDENTS)?;
    copy_table(from, &to, NUMBERS)?;
    copy_table(from, &to, REQUESTS)?;
    copy_table(from, &to, JOURNAL)?;
    copy_table(from, &to, COUNTERS)?;
    copy_table(from, &to, CASES)?;
    copy_table(from, &to, OPEN_CASES)?;
    copy_table(from, &to, DIFFERENT)?;
    copy_table(from, &to, POPULATION)?;
    to.commit().map_err(unfinished)
}

/// Why a file could not be completed: nobody has seen it yet, so nothing is unknown.
fn unfinished(error: redb::CommitError) -> StoreError {
    match error {
        redb::CommitError::Storage(error) => error.into(),
        other => StoreError::Io(std::io::Error::other(other)),
    }
}

/// Appends every row of a table to its copy.
fn copy_table<K: Key + 'static, V: Value + 'static>(
    from: &ReadTransaction,
    to: &WriteTransaction,
    table: TableDefinition<'static, K, V>,
) -> Result<(), StoreError> {
    let (source, mut target) = (from.open_table(table)?, to.open_table(table)?);
    for row in source.iter()? {
        let (key, value) = row?;
        target.insert(key.value(), value.value())?;
    }
    Ok(())
}

/// A turn at making a registry in a directory: of two at once one would give its name to the other's file and go on
/// in a file without one. Given back when dropped.
fn making(directory: &Path) -> Result<fs::File, StoreError> {
    let turn = fs::File::open(directory).map_err(io)?;
    match turn.try_lock() {
        Err(fs::TryLockError::WouldBlock) => Err(StoreError::InUse(directory.to_owned())),
        // Where directories cannot be locked it is as good as it can be.
        Ok(()) | Err(fs::TryLockError::Error(_)) => Ok(turn),
    }
}

/// Makes a rename durable.
fn sync_directory(directory: &Path) -> Result<(), StoreError> {
    fs::File::open(directory).and_then(|directory| directory.sync_all()).map_err(io)
}
