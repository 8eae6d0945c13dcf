//! redb alone: a table of keys for each family, a table of profiles. The only door to redb outside the store:
//! a baseline that went through the store would be the store.

use std::cell::RefCell;
use std::path::Path;

use redb::{Database, ReadOnlyTable, ReadableDatabase, TableDefinition};

use super::{Ask, Baseline, BaselineError, MOST, Rows, With};
use crate::bench::probes::Probe;
use crate::key::Family;

/// `hash (8) record (4)`, big-endian.
type Keys = TableDefinition<'static, &'static [u8; 12], ()>;
const PROFILES: TableDefinition<'static, u32, &'static [u8]> = TableDefinition::new("profiles");

/// redb without a registry.
pub(in crate::bench) struct BareRedb;

fn failed(error: impl Into<redb::Error>) -> BaselineError {
    BaselineError::Redb(Box::new(error.into()))
}

fn table(family: Family) -> Keys {
    TableDefinition::new(family.code())
}

fn entry(hash: u64, record: u32) -> [u8; 12] {
    let mut entry = [0; 12];
    entry[..8].copy_from_slice(&hash.to_be_bytes());
    entry[8..].copy_from_slice(&record.to_be_bytes());
    entry
}

impl Baseline for BareRedb {
    fn name(&self) -> &'static str {
        "redb"
    }

    fn build(&self, path: &Path, rows: &dyn Rows, memory: usize) -> Result<(), BaselineError> {
        let database = Database::builder().set_cache_size(memory).create(path).map_err(failed)?;
        let transaction = database.begin_write().map_err(failed)?;
        rows.families(&mut |family, entries| {
            let mut table = transaction.open_table(table(family)).map_err(failed)?;
            for (hash, record) in entries {
                table.insert(&entry(*hash, *record), ()).map_err(failed)?;
            }
            Ok(())
        })?;
        let mut table = transaction.open_table(PROFILES).map_err(failed)?;
        rows.profiles(&mut |record, profile| table.insert(record, profile).map(|_| ()).map_err(failed))?;
        drop(table);
        transaction.commit().map_err(failed)
    }

    fn open(&self, path: &Path, memory: usize, with: With<'_>) -> crate::bench::Result<()> {
        let asked = Asked::open(path, memory)?;
        with(&asked)
    }
}

/// One state, its tables open: as cheap as redb can be asked.
struct Asked {
    keys: Vec<Option<ReadOnlyTable<&'static [u8; 12], ()>>>,
    profiles: ReadOnlyTable<u32, &'static [u8]>,
    room: RefCell<(Vec<u32>, Vec<u8>)>,
    _database: Database,
}

impl Asked {
    fn open(path: &Path, memory: usize) -> Result<Asked, BaselineError> {
        let database = Database::builder().set_cache_size(memory).open(path).map_err(failed)?;
        let transaction = database.begin_read().map_err(failed)?;
        let keys = Family::ALL.map(|family| match transaction.open_table(table(family)) {
            Ok(table) => Ok(Some(table)),
            Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(failed(error)),
        });
        Ok(Asked {
            keys: keys.into_iter().collect::<Result<_, _>>()?,
            profiles: transaction.open_table(PROFILES).map_err(failed)?,
            room: RefCell::default(),
            _database: database,
        })
    }

    fn candidates(&self, probe: &Probe) -> Result<usize, BaselineError> {
        let mut room = self.room.borrow_mut();
        let (records, bytes) = &mut *room;
        records.clear();
        for (family, hash) in &probe.keys {
            let Some(table) = &self.keys[*family as usize] else { continue };
            let range = entry(*hash, 0)..=entry(*hash, u32::MAX);
            let found = table.range::<&[u8; 12]>(&range.start()..=&range.end()).map_err(failed)?;
            for entry in found.take(MOST) {
                let entry = entry.map_err(failed)?;
                let [.., a, b, c, d] = *entry.0.value();
                records.push(u32::from_be_bytes([a, b, c, d]));
            }
        }
        records.sort_unstable();
        records.dedup();
        bytes.clear();
        for record in records.iter() {
            if let Some(profile) = self.profiles.get(*record).map_err(failed)? {
                bytes.extend_from_slice(profile.value());
            }
        }
        std::hint::black_box(bytes.as_slice());
        Ok(records.len())
    }
}

impl Ask for Asked {
    fn ask(&self, probe: &Probe) -> crate::bench::Result<usize> {
        Ok(self.candidates(probe)?)
    }
}
