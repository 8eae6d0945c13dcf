//! What a registry's write costs without the registry: the same rows, made up, written with redb alone.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use redb::{Database, TableDefinition};

/// A copy of the registry's file, written to without the registry.
pub(crate) struct Bare {
    database: Database,
    path: PathBuf,
}

impl Bare {
    pub(crate) fn open(path: &Path) -> Bare {
        let database = Database::builder()
            .set_cache_size(crate::nation::cache_bytes())
            .open(path)
            .expect("the copy of the file");
        Bare { database, path: path.to_owned() }
    }

    /// How long a copy of the open file takes to open: what a process that was killed leaves.
    pub(crate) fn open_as_after_a_crash(&self) -> Duration {
        let copy = self.path.with_extension("crashed");
        std::fs::copy(&self.path, &copy).expect("a copy");
        let clock = Instant::now();
        Database::builder()
            .set_cache_size(crate::nation::cache_bytes())
            .open(&copy)
            .expect("a repaired file");
        let took = clock.elapsed();
        std::fs::remove_file(&copy).expect("the copy");
        took
    }

    /// The rows of one enrolment, in a transaction of their own.
    pub(crate) fn commit(&self, at: u64, quick_repair: bool) {
        self.commit_many(at..at + 1, quick_repair);
    }

    /// The rows of some enrolments: of each ten keys at random places, and a row in each table that gets one.
    pub(crate) fn commit_many(&self, enrolments: std::ops::Range<u64>, quick_repair: bool) {
        const KEYS: [&str; 10] = [
            "keys_document",
            "keys_former_number",
            "keys_name_birth_region",
            "keys_phonetic_birth",
            "keys_token_birth",
            "keys_phonetic_region",
            "keys_birth_region_sex",
            "keys_guardian",
            "keys_name_guardian",
            "keys_phone_birth",
        ];
        const PROFILES: TableDefinition<&[u8; 4], &[u8]> = TableDefinition::new("profiles");
        const STUDENTS: TableDefinition<&[u8; 4], &[u8]> = TableDefinition::new("students");
        const NUMBERS: TableDefinition<&[u8; 19], &[u8]> = TableDefinition::new("numbers");
        const REQUESTS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("requests");
        const JOURNAL: TableDefinition<&[u8; 8], &[u8]> = TableDefinition::new("journal");
        const META: TableDefinition<&str, &[u8]> = TableDefinition::new("meta");
        let mut transaction = self.database.begin_write().expect("a transaction");
        transaction.set_two_phase_commit(true);
        transaction.set_quick_repair(quick_repair);
        for at in enrolments {
            let random = |salt: u64| renji::hash::mix(salt, at);
            for (name, salt) in KEYS.into_iter().zip(0..) {
                let definition: TableDefinition<&[u8; 16], ()> = TableDefinition::new(name);
                let mut keys = transaction.open_table(definition).expect("keys");
                let mut key = [7; 16];
                key[..8].copy_from_slice(&random(salt).to_be_bytes());
                keys.insert(&key, ()).expect("a key");
            }
            let ordinal = (u32::MAX / 2 + at as u32).to_be_bytes();
            let mut table = transaction.open_table(PROFILES).expect("profiles");
            table.insert(&ordinal, [7; 160].as_slice()).expect("a profile");
            let mut table = transaction.open_table(STUDENTS).expect("students");
            table.insert(&ordinal, [7; 60].as_slice()).expect("a student");
            let mut number = [b'1'; 19];
            number[1..9].copy_from_slice(&random(99).to_be_bytes());
            let mut table = transaction.open_table(NUMBERS).expect("numbers");
            table.insert(&number, [7; 9].as_slice()).expect("a number");
            let mut table = transaction.open_table(REQUESTS).expect("requests");
            table.insert(random(98).to_be_bytes().as_slice(), [7; 9].as_slice()).expect("a request");
            let mut table = transaction.open_table(JOURNAL).expect("journal");
            table.insert(&(u64::MAX / 2 + at).to_be_bytes(), [7; 450].as_slice()).expect("an entry");
            let mut table = transaction.open_table(META).expect("meta");
            table.insert("state", [7; 100].as_slice()).expect("the state");
        }
        transaction.commit().expect("a commit");
    }
}
