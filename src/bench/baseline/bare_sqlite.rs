//! SQLite: one table of keys without row ids, one of profiles. The only door to SQLite.

use std::cell::RefCell;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, Statement};

use super::{Ask, Baseline, BaselineError, MOST, Rows, With};
use crate::bench::probes::Probe;

/// SQLite, built in order and mapped into memory.
pub(in crate::bench) struct BareSqlite;

/// The version of the library.
pub(in crate::bench) fn version() -> &'static str {
    rusqlite::version()
}

fn failed(error: rusqlite::Error) -> BaselineError {
    BaselineError::Sqlite(Box::new(error))
}

/// An integer of SQLite in the order of the hashes.
fn signed(hash: u64) -> i64 {
    (hash ^ (1 << 63)) as i64
}

/// The primary key is the covering index: a look under a key reads nothing but it.
const TABLES: &str = "
    CREATE TABLE keys (family INTEGER, hash INTEGER, record INTEGER, PRIMARY KEY (family, hash, record))
        WITHOUT ROWID, STRICT;
    CREATE TABLE students (record INTEGER PRIMARY KEY, profile BLOB NOT NULL) STRICT;";

impl Baseline for BareSqlite {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn build(&self, path: &Path, rows: &dyn Rows, memory: usize) -> Result<(), BaselineError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        // Nobody reads meanwhile and a half-made file is made again: as SQLite loads fastest.
        let cache = memory / 1024;
        let pragmas = format!(
            "PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
             PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-{cache};"
        );
        connection.execute_batch(&pragmas).and_then(|()| connection.execute_batch(TABLES)).map_err(failed)?;
        let transaction = connection.transaction().map_err(failed)?;
        {
            let mut insert = transaction.prepare("INSERT INTO keys VALUES (?1, ?2, ?3)").map_err(failed)?;
            rows.families(&mut |family, entries| {
                for (hash, record) in entries {
                    insert.execute((family as i64, signed(*hash), *record)).map_err(failed)?;
                }
                Ok(())
            })?;
            let mut insert = transaction.prepare("INSERT INTO students VALUES (?1, ?2)").map_err(failed)?;
            rows.profiles(&mut |record, profile| {
                insert.execute((record, profile)).map(|_| ()).map_err(failed)
            })?;
        }
        transaction.commit().map_err(failed)?;
        connection.execute_batch("PRAGMA optimize;").map_err(failed)?;
        connection.close().map_err(|(_, error)| failed(error))
    }

    fn open(&self, path: &Path, memory: usize, with: With<'_>) -> crate::bench::Result<()> {
        let connection = open(path, memory).map_err(failed)?;
        let asked = Asked::new(&connection).map_err(failed)?;
        with(&asked)
    }
}

fn open(path: &Path, memory: usize) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    // What the map does not reach is cached.
    connection.execute_batch(&format!(
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA mmap_size={bytes}; PRAGMA cache_size=-{};",
        memory / 1024
    ))?;
    Ok(connection)
}

/// Prepared questions.
struct Asked<'c> {
    keys: RefCell<Statement<'c>>,
    profile: RefCell<Statement<'c>>,
    room: RefCell<(Vec<u32>, Vec<u8>)>,
}

impl<'c> Asked<'c> {
    fn new(connection: &'c Connection) -> rusqlite::Result<Asked<'c>> {
        let keys = format!("SELECT record FROM keys WHERE family = ?1 AND hash = ?2 LIMIT {MOST}");
        Ok(Asked {
            keys: RefCell::new(connection.prepare(&keys)?),
            profile: RefCell::new(connection.prepare("SELECT profile FROM students WHERE record = ?1")?),
            room: RefCell::default(),
        })
    }

    fn candidates(&self, probe: &Probe) -> rusqlite::Result<usize> {
        let mut room = self.room.borrow_mut();
        let (records, bytes) = &mut *room;
        records.clear();
        let mut keys = self.keys.borrow_mut();
        for (family, hash) in &probe.keys {
            let mut rows = keys.query((*family as i64, signed(*hash)))?;
            while let Some(row) = rows.next()? {
                records.push(row.get(0)?);
            }
        }
        records.sort_unstable();
        records.dedup();
        bytes.clear();
        let mut profile = self.profile.borrow_mut();
        for record in records.iter() {
            let mut rows = profile.query((*record,))?;
            if let Some(row) = rows.next()? {
                bytes
                    .extend_from_slice(row.get_ref(0)?.as_blob().map_err(|_| rusqlite::Error::InvalidQuery)?);
            }
        }
        std::hint::black_box(bytes.as_slice());
        Ok(records.len())
    }
}

impl Ask for Asked<'_> {
    fn ask(&self, probe: &Probe) -> crate::bench::Result<usize> {
        Ok(self.candidates(probe).map_err(failed)?)
    }
}
