//! Damage to files, and two who want the same one: the error says which, and nobody finds an empty registry in
//! the place of data.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;

use redb::ReadableDatabase;
use renji::registry::{Enrolled, Registry, RegistryError, Settings};
use renji::store::{FILE_NAME, StoreError};

use crate::stream::child;
use crate::{is_thorough, quiet};

const CHILDREN: u64 = 20;

/// A registry in a directory, closed, and what it answered.
struct Made {
    directory: tempfile::TempDir,
    answers: Vec<Enrolled>,
    sequence: u64,
    bytes: Vec<u8>,
}

fn enroll(registry: &Registry, ordinal: u64) -> Result<Enrolled, RegistryError> {
    registry.enroll(&child(ordinal).as_student(), &format!("request-{ordinal}"))
}

fn made() -> Made {
    let directory = tempfile::tempdir().expect("a directory");
    let registry = Registry::builder()
        .cache_bytes(1 << 20)
        .create(directory.path(), Settings::default())
        .expect("a registry");
    let answers = (0..CHILDREN).map(|ordinal| enroll(&registry, ordinal).expect("an answer")).collect();
    let sequence = registry.sequence().get();
    drop(registry);
    let bytes = std::fs::read(directory.path().join(FILE_NAME)).expect("a file");
    Made { directory, answers, sequence, bytes }
}

impl Made {
    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn replace(&self, bytes: &[u8]) {
        std::fs::write(self.path().join(FILE_NAME), bytes).expect("a file");
    }

    fn open(&self) -> Result<Registry, RegistryError> {
        Registry::builder().cache_bytes(1 << 20).open(self.path())
    }

    /// Opens, verifies, asks everything again and writes. Either an error tells what is wrong, or everything is
    /// as it was.
    fn ask_everything(&self) -> Result<(), RegistryError> {
        let registry = self.open()?;
        let found = registry.verify()?;
        if !found.is_clean() {
            return Err(StoreError::Damaged { what: found.faults.join("; ") }.into());
        }
        assert_eq!(registry.sequence().get(), self.sequence);
        for (ordinal, answer) in (0..).zip(&self.answers) {
            assert_eq!(&enroll(&registry, ordinal)?, answer);
        }
        assert_eq!(registry.sequence().get(), self.sequence);
        assert!(matches!(enroll(&registry, 4_000)?, Enrolled::Issued(_)));
        assert!(registry.verify()?.is_clean());
        Ok(())
    }

    /// The same, and that nothing of it panics. Whether all was well.
    fn is_well(&self, place: &str) -> bool {
        match catch_unwind(AssertUnwindSafe(|| self.ask_everything())) {
            Ok(Ok(())) => true,
            Ok(Err(RegistryError::Store(
                StoreError::Foreign(_)
                | StoreError::Damaged { .. }
                | StoreError::Newer { .. }
                | StoreError::Version { .. }
                | StoreError::Unknown(_)
                | StoreError::Refused
                | StoreError::Io(_),
            ))) => false,
            Ok(Err(error)) => panic!("{place}: {error:?}"),
            Err(_) => panic!("{place}: a panic"),
        }
    }
}

#[test]
fn a_truncated_file_is_told() {
    quiet();
    let made = made();
    let whole = made.bytes.len();
    let lengths = [
        0,
        1,
        8,
        9,
        100,
        319,
        320,
        511,
        512,
        4_095,
        4_096,
        4_097,
        8_192,
        whole / 2,
        whole - 4_096,
        whole - 1,
    ];
    for length in lengths {
        made.replace(&made.bytes[..length]);
        let place = format!("{length} bytes of {whole}");
        assert!(!made.is_well(&place), "{place}: nothing is wrong");
        if let Err(RegistryError::Store(StoreError::Foreign(_))) = made.open() {
            let left = std::fs::read(made.path().join(FILE_NAME)).expect("a file");
            assert_eq!(left, made.bytes[..length], "{place}: the file was touched");
        }
    }
}

#[test]
fn a_file_of_something_else_is_told_and_not_touched() {
    let made = made();
    let other = tempfile::tempdir().expect("a directory").path().join("other");
    let database = {
        std::fs::create_dir_all(other.parent().expect("a parent")).expect("a directory");
        let database = redb::Database::create(&other).expect("a database");
        let write = database.begin_write().expect("a transaction");
        let table: redb::TableDefinition<u64, u64> = redb::TableDefinition::new("numbers");
        write.open_table(table).expect("a table").insert(1, 1).expect("a row");
        write.commit().expect("a commit");
        drop(database);
        std::fs::read(&other).expect("a file")
    };
    let _ = std::fs::remove_dir_all(other.parent().expect("a parent"));
    let text = "姓名,性别\n".repeat(1000);
    for (what, bytes) in [
        ("text", text.as_bytes()),
        ("zeros", &[0; 65_536][..]),
        ("an empty file", &[][..]),
        ("another database", &database),
    ] {
        made.replace(bytes);
        let told = made.open();
        assert!(matches!(told, Err(RegistryError::Store(StoreError::Foreign(_)))), "{what}: {told:?}");
        let told = Registry::builder().open_read_only(made.path());
        assert!(matches!(told, Err(RegistryError::Store(StoreError::Foreign(_)))), "{what}: {told:?}");
        let told = Registry::create(made.path());
        assert!(matches!(told, Err(RegistryError::Store(StoreError::Exists(_)))), "{what}: {told:?}");
        let left = std::fs::read(made.path().join(FILE_NAME)).expect("a file");
        // Another's database is opened and closed, which may write its header.
        assert!(what == "another database" || left == bytes, "{what}: the file was touched");
    }
    std::fs::remove_file(made.path().join(FILE_NAME)).expect("a file");
    assert!(matches!(made.open(), Err(RegistryError::Store(StoreError::Missing(_)))));
    assert!(!made.path().join(FILE_NAME).exists());
    std::fs::create_dir(made.path().join(FILE_NAME)).expect("a directory");
    assert!(matches!(made.open(), Err(RegistryError::Store(StoreError::Foreign(_)))));
}

#[test]
fn a_newer_format_is_told() {
    let made = made();
    let database = redb::Database::open(made.path().join(FILE_NAME)).expect("a database");
    let write = database.begin_write().expect("a transaction");
    let meta: redb::TableDefinition<&str, &[u8]> = redb::TableDefinition::new("meta");
    write
        .open_table(meta)
        .expect("a table")
        .insert("format", u32::MAX.to_le_bytes().as_slice())
        .expect("a row");
    write.commit().expect("a commit");
    drop(database);
    let told = made.open();
    assert!(
        matches!(told, Err(RegistryError::Store(StoreError::Newer { format: u32::MAX, .. }))),
        "{told:?}"
    );
    let told = Registry::builder().open_read_only(made.path());
    assert!(
        matches!(told, Err(RegistryError::Store(StoreError::Newer { format: u32::MAX, .. }))),
        "{told:?}"
    );
    // The data are still there.
    let database = redb::Database::open(made.path().join(FILE_NAME)).expect("a database");
    let read = database.begin_read().expect("a transaction");
    let journal: redb::TableDefinition<&[u8; 8], &[u8]> = redb::TableDefinition::new("journal");
    let journal = read.open_table(journal).expect("a table");
    assert_eq!(redb::ReadableTableMetadata::len(&journal).expect("a length"), made.sequence);
}

#[test]
fn a_changed_byte_is_told_or_of_no_consequence() {
    quiet();
    let made = made();
    let used = made.bytes.len() - made.bytes.iter().rev().take_while(|byte| **byte == 0).count();
    let stride = if is_thorough() { 7 } else { used / 300 };
    let (mut told, mut tried) = (0, 0);
    // All of the header, a sample of the rest.
    for at in (0..320).chain((320..used).step_by(stride)) {
        for change in [0x01, 0xFF] {
            let mut bytes = made.bytes.clone();
            bytes[at] ^= change;
            made.replace(&bytes);
            tried += 1;
            told += u64::from(!made.is_well(&format!("byte {at} of {used} changed by {change:#x}")));
        }
    }
    eprintln!("{told} of {tried} changes told");
    assert!(told > 20, "hardly anything is noticed");
}

const SECOND: &str = "RENJI_SECOND_DIRECTORY";

#[test]
#[ignore = "is run by the next test, as a process of its own"]
fn second_process() {
    let Ok(directory) = std::env::var(SECOND) else { return };
    println!(
        "writing: {}",
        Registry::open(&directory).map_or_else(|error| error.to_string(), |_| "ok".into())
    );
    let reading = Registry::builder().open_read_only(&directory);
    println!("reading: {}", reading.map_or_else(|error| error.to_string(), |_| "ok".into()));
}

#[test]
fn a_second_writer_is_refused_here_and_in_another_process() {
    let made = made();
    let in_another_process = || {
        let output = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "files::second_process", "--ignored", "--nocapture"])
            .env(SECOND, made.path())
            .output()
            .expect("a process");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}");
        text.matches("in use by another process").count()
    };
    let in_use = |told: Result<Registry, RegistryError>| {
        assert!(matches!(told, Err(RegistryError::Store(StoreError::InUse(_)))), "{told:?}");
    };
    let writer = made.open().expect("a registry");
    in_use(made.open());
    in_use(Registry::builder().open_read_only(made.path()));
    assert_eq!(in_another_process(), 2);
    // The one who has it is not disturbed.
    assert!(matches!(enroll(&writer, 100), Ok(Enrolled::Issued(_))));
    drop(writer);
    assert_eq!(in_another_process(), 0);
    let readers = [(); 2].map(|()| Registry::builder().open_read_only(made.path()).expect("a reader"));
    in_use(made.open());
    assert_eq!(in_another_process(), 1);
    let told = enroll(&readers[0], 101);
    assert!(matches!(told, Err(RegistryError::Store(StoreError::ReadOnly))), "{told:?}");
    assert_eq!(readers[1].sequence().get(), made.sequence + 1);
    drop(readers);
    made.open().expect("a registry");
}
