//! A registry of format 1 with profiles of version 1, written once and rebuilt by every version since.
//!
//! `tests/data/format-1/registry.redb` holds some forty made-up students and every kind of event, case and
//! resolution ([`story`]); `export.txt` beside it says what is in it. Its profiles are of version 1, so it is
//! refused with `StoreError::Version`, which names `renji rebuild`, and is not touched. Each version must open it
//! for its journal, make the same registry from that, read what stands in the export, and write on.
//!
//! The two files are written by
//!
//! ```sh
//! RENJI_WRITE_FORMAT=1 cargo test --test format -- --ignored
//! ```
//!
//! IMPORTANT: only for a format of which no file is committed yet. After that a change of what is stored
//! is a new format with a file of its own, and this one stays as it is. A change of the normalisation, the
//! keys or the profiles is a version of its own as well: the file is then refused like this one.

mod export;
mod layout;
mod story;

use std::path::{Path, PathBuf};

use renji::ids::Sequence;
use renji::registry::{
    CaseClass, Enrolled, Event, Registry, RegistryError, Repeatable, Resolution, Settings, Timestamp,
};
use renji::store::{FILE_NAME, StoreError};

use export::export;

/// The committed file and its export.
fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/format-1")
}

/// A copy of the committed file.
fn copied() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::copy(data().join(FILE_NAME), directory.path().join(FILE_NAME)).expect("a copy");
    directory
}

/// The registry that the journal of the committed file makes: what `renji rebuild` does.
fn opened() -> (tempfile::TempDir, Registry) {
    let old = copied();
    let journal = Registry::builder().open_journal(old.path()).expect("a journal of format 1");
    let directory = tempfile::tempdir().expect("a directory");
    let place = directory.path().join("registry");
    let registry = Registry::builder()
        .cache_bytes(16 << 20)
        .surroundings(Repeatable::new(Timestamp::new(1_800_000_000), 2))
        .create_follower(&place)
        .expect("a registry");
    registry
        .follow(&journal.changes(Sequence::new(0), usize::MAX).expect("the journal"))
        .expect("what follows");
    registry.recount().expect("counts");
    (directory, registry)
}

fn assert_clean(registry: &Registry) {
    let found = registry.verify().expect("a verification");
    assert!(found.is_clean(), "{:?}", found.faults);
}

/// The first line in which two exports differ: the whole would be hundreds of lines.
fn assert_same_lines(found: &str, expected: &str) {
    let differing = found.lines().zip(expected.lines()).enumerate().find(|(_, (one, other))| one != other);
    assert_eq!(differing, None);
    assert_eq!(found.lines().count(), expected.lines().count());
}

#[test]
fn a_file_with_older_profiles_is_refused_and_names_the_remedy() {
    let directory = copied();
    let before = std::fs::read(directory.path().join(FILE_NAME)).expect("the file");
    let error = Registry::open(directory.path()).expect_err("a file that must be refused");
    assert!(
        matches!(&error, RegistryError::Store(StoreError::Version { what: "profile", stored: 1, .. })),
        "{error:?}"
    );
    assert!(error.to_string().contains("renji rebuild"), "{error}");
    assert!(std::fs::read(directory.path().join(FILE_NAME)).expect("the file") == before);
}

#[test]
fn a_file_of_format_1_is_rebuilt() {
    let (_directory, registry) = opened();
    assert_clean(&registry);
    let expected = std::fs::read_to_string(data().join("export.txt")).expect("the export");
    assert_same_lines(&export(&registry).expect("an export"), &expected);
}

#[test]
fn a_file_of_format_1_is_written_on() {
    let (directory, registry) = opened();
    let before = registry.sequence();
    let child = story::student("欧阳思源", "20160817", 5);
    let Enrolled::Issued(number) = registry.enroll(&child.as_student(), "new").expect("an answer") else {
        panic!("a child like nobody is new");
    };
    // A student without a birth date waits: the corrected record brings it, and the number is issued.
    let case = registry.open_cases(None, Some(CaseClass::Insufficient)).expect("cases").remove(0);
    let waiting = registry.student_by_id(case.subject).expect("a student").expect("it waits");
    let mut corrected = waiting.record;
    corrected.birthdate = "20130303".into();
    let settled = registry
        .resolve(
            case.id,
            Resolution::Corrected { student: case.subject },
            Some(corrected),
            "王老师",
            "户口簿",
        )
        .expect("a settled case");
    assert!(matches!(settled[0].outcome, Enrolled::Issued(_)), "{settled:?}");
    assert_clean(&registry);
    drop(registry);
    let registry = Registry::open(directory.path().join("registry")).expect("the same registry");
    assert_clean(&registry);
    assert!(registry.sequence() > before);
    assert_eq!(registry.student(&number).expect("a lookup").expect("the new child").record, child);
    assert_eq!(registry.enroll(&child.as_student(), "new").expect("an answer"), Enrolled::Issued(number));
}

#[test]
fn what_was_answered_in_format_1_is_answered_again() {
    let (_directory, registry) = opened();
    let before = registry.sequence();
    for change in registry.changes(Sequence::new(0), usize::MAX).expect("the journal") {
        if let Event::Enrolled { request, given, answer, .. } = change.entry().expect("an entry").event {
            let again = registry.enroll(&given.as_student(), &request).expect("an answer");
            assert_eq!(again, Enrolled::from(answer));
        }
    }
    assert_eq!(registry.sequence(), before);
}

#[test]
fn a_file_of_format_1_is_copied_and_followed() {
    let (_directory, registry) = opened();
    let expected = export(&registry).expect("an export");
    let copies = tempfile::tempdir().expect("a directory");
    registry.backup(copies.path().join("backup")).expect("a backup");
    let backup = Registry::open(copies.path().join("backup")).expect("a registry");
    assert_clean(&backup);
    assert_same_lines(&export(&backup).expect("an export"), &expected);
    // The journal alone makes the same registry again; the counts of values are counted from its records.
    let follower = Registry::builder().create_follower(copies.path().join("follower")).expect("a registry");
    follower
        .follow(&registry.changes(Sequence::new(0), usize::MAX).expect("the journal"))
        .expect("what follows");
    follower.recount().expect("counts");
    assert_clean(&follower);
    assert_same_lines(&export(&follower).expect("an export"), &expected);
}

/// A registry in which the whole story has happened.
fn told(directory: &Path, is_durable: bool) -> Registry {
    let registry = Registry::builder()
        .cache_bytes(16 << 20)
        .durable(is_durable)
        .operator("窗口")
        .surroundings(story::Ticking::new(1_790_000_000, 1))
        .create(directory, Settings::default())
        .expect("a registry");
    story::tell(&registry);
    registry
}

#[test]
fn the_story_holds_everything_that_can_be_stored() {
    let directory = tempfile::tempdir().expect("a directory");
    let registry = told(&directory.path().join("registry"), false);
    assert_clean(&registry);
    story::assert_complete(&registry);
}

/// See the head of this file.
#[test]
#[ignore = "writes the committed file"]
fn write_the_file_of_format_1() {
    if std::env::var_os("RENJI_WRITE_FORMAT").is_none() {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let registry = told(&directory.path().join("registry"), true);
    assert_clean(&registry);
    story::assert_complete(&registry);
    // A copy in the order of keys is smaller than a file that was written entry by entry.
    let copy = directory.path().join("copy");
    registry.backup(&copy).expect("a backup");
    let copied = Registry::open(&copy).expect("a registry");
    let text = export(&copied).expect("an export");
    assert_same_lines(&export(&registry).expect("an export"), &text);
    drop(copied);
    std::fs::create_dir_all(data()).expect("the directory");
    std::fs::copy(copy.join(FILE_NAME), data().join(FILE_NAME)).expect("the file");
    std::fs::write(data().join("export.txt"), text).expect("the export");
}
