//! A registry of format 4, written once and opened by every version since; and those of formats 1 to 3, which are made
//! again.
//!
//! `tests/data/format-4/` holds some fifty made-up students and every kind of event, case and resolution ([`story`]),
//! most of them in segments and some in the database above; `export.txt` beside it says what is in it. Each version must
//! open it, find nothing wrong with it, read what stands in the export, and write on. Of `tests/data/format-1/` to
//! `format-3/` only the journal is still read: they are refused by name, and rebuilt.
//!
//! Segments and database of format 4 are written by
//!
//! ```sh
//! RENJI_WRITE_FORMAT=1 cargo test --test format -- --ignored
//! ```
//!
//! IMPORTANT: only until a version that writes this format is released. After that a change of what is stored
//! is a new format with files of its own, and these stay as they are. A change of the normalisation, the
//! keys or the profiles is a version of its own as well: the files are then refused with `StoreError::Version`,
//! and what must be tested is that they can be rebuilt.

mod export;
mod layout;
mod story;

use std::path::{Path, PathBuf};

use renji::ids::Sequence;
use renji::language::Language;
use renji::registry::{
    CaseClass, Enrolled, Event, Registry, RegistryError, Repeatable, Resolution, Settings, Timestamp,
};
use renji::store::{FILE_NAME, StoreError};

use export::export;

/// The directory of segments in a registry's.
const SEGMENTS: &str = "segments";

/// The committed files of a format and their export.
fn data(format: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/format-{format}"))
}

/// What a registry's directory holds: the database, and segments beside it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the directory");
    std::fs::copy(from.join(FILE_NAME), to.join(FILE_NAME)).expect("a copy");
    let _ = std::fs::remove_dir_all(to.join(SEGMENTS));
    for file in std::fs::read_dir(from.join(SEGMENTS)).into_iter().flatten() {
        let file = file.expect("a file");
        std::fs::create_dir_all(to.join(SEGMENTS)).expect("the directory");
        std::fs::copy(file.path(), to.join(SEGMENTS).join(file.file_name())).expect("a copy");
    }
}

/// A registry on a copy of the committed files.
fn opened() -> (tempfile::TempDir, Registry) {
    let directory = tempfile::tempdir().expect("a directory");
    copy(&data(4), directory.path());
    let registry = Registry::builder()
        .cache_bytes(16 << 20)
        .surroundings(Repeatable::new(Timestamp::new(1_800_000_000), 2))
        .open(directory.path())
        .expect("a registry of the format that is read");
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
fn a_registry_of_the_format_is_read() {
    let (_directory, registry) = opened();
    assert_clean(&registry);
    let expected = std::fs::read_to_string(data(4).join("export.txt")).expect("the export");
    assert_same_lines(&export(&registry).expect("an export"), &expected);
    // In both layers there is something: what is moved now is what the database held.
    assert_eq!(registry.statistics().expect("statistics").segments, 3);
    let done = registry.compact_within(true, 1 << 20).expect("a compaction");
    assert!(done.moved > 0 && done.merged == 4 && done.segments == 1, "{done:?}");
    assert_clean(&registry);
    assert_same_lines(&export(&registry).expect("an export"), &expected);
}

#[test]
fn a_registry_of_an_older_format_is_refused_and_made_again_from_its_journal() {
    [1, 2, 3].into_iter().for_each(is_made_again);
}

fn is_made_again(format: u32) {
    let directory = tempfile::tempdir().expect("a directory");
    copy(&data(format), directory.path());
    let before = std::fs::read(directory.path().join(FILE_NAME)).expect("the file");
    for opened in [Registry::open(directory.path()), Registry::builder().open_read_only(directory.path())] {
        let Err(RegistryError::Store(error)) = opened else { panic!("{opened:?}") };
        assert!(
            matches!(error, StoreError::Version { what: "format", stored, ours: 4 } if stored == format),
            "{error:?}"
        );
        for language in [Language::En, Language::Zh] {
            assert!(error.message(language).contains("renji rebuild"), "{}", error.message(language));
        }
    }
    let left = std::fs::read(directory.path().join(FILE_NAME)).expect("the file");
    assert!(left == before, "the file was touched");
    let journal = Registry::builder().open_journal(directory.path()).expect("the journal of an older format");
    let again = Registry::builder().create_follower(directory.path().join("again")).expect("a registry");
    again.follow(&journal.changes(Sequence::new(0), usize::MAX).expect("the journal")).expect("what follows");
    again.recount().expect("counts");
    assert_clean(&again);
    // All but how many keys there are: this version makes others.
    let without_keys = |text: String| -> String {
        text.lines().filter(|line| !line.starts_with("table keys ")).map(|line| format!("{line}\n")).collect()
    };
    let expected = std::fs::read_to_string(data(format).join("export.txt")).expect("the export");
    let expected = without_keys(expected);
    assert_same_lines(&without_keys(export(&again).expect("an export")), &expected);
    again.compact().expect("a compaction");
    assert_same_lines(&without_keys(export(&again).expect("an export")), &expected);
}

#[test]
fn a_registry_of_the_format_is_written_on() {
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
    let registry = Registry::open(directory.path()).expect("the same registry");
    assert_clean(&registry);
    assert!(registry.sequence() > before);
    assert_eq!(registry.student(&number).expect("a lookup").expect("the new child").record, child);
    assert_eq!(registry.enroll(&child.as_student(), "new").expect("an answer"), Enrolled::Issued(number));
}

#[test]
fn what_was_answered_in_the_format_is_answered_again() {
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
fn a_registry_of_the_format_is_copied_and_followed() {
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
fn write_the_files_of_format_4() {
    if std::env::var_os("RENJI_WRITE_FORMAT").is_none() {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let registry = told(&directory.path().join("registry"), true);
    assert_clean(&registry);
    story::assert_complete(&registry);
    // A copy in the order of keys is smaller than a file that was written entry by entry.
    let copied = directory.path().join("copy");
    registry.backup(&copied).expect("a backup");
    let opened = Registry::open(&copied).expect("a registry");
    let text = export(&opened).expect("an export");
    assert_same_lines(&export(&registry).expect("an export"), &text);
    drop(opened);
    copy(&copied, &data(4));
    std::fs::write(data(4).join("export.txt"), text).expect("the export");
}
