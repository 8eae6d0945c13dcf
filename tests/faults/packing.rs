//! Faults during a compaction: of the disk beneath the database at every operation, and of the segment's file. What
//! was there is there, and a later compaction comes through.

use std::path::Path;

use renji::ids::Sequence;
use renji::number::RegistryNumber;
use renji::registry::{Registry, RegistryError, Repeatable, Result, Settings, Timestamp};
use renji::store::StoreError;

use crate::disk::{Disk, Fault, Unsynced};
use crate::stream::child;
use crate::{is_thorough, quiet};

const SEGMENTS: &str = "segments";

fn open(disk: &Disk, directory: &Path) -> Result<Registry> {
    Registry::builder()
        .cache_bytes(64 << 10)
        .surroundings(Repeatable::new(Timestamp::new(1_790_000_000), 7))
        .directory(directory)
        .on_backend(disk.clone(), Settings::default())
}

fn copy_segments(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to.join(SEGMENTS));
    std::fs::create_dir_all(to.join(SEGMENTS)).expect("a directory");
    for file in std::fs::read_dir(from.join(SEGMENTS)).expect("segments") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), to.join(SEGMENTS).join(file.file_name())).expect("a copy");
    }
}

fn files(directory: &Path) -> u64 {
    std::fs::read_dir(directory.join(SEGMENTS)).expect("segments").count() as u64
}

/// A registry with two segments and something above, of each kind.
struct Made {
    image: Vec<u8>,
    directory: tempfile::TempDir,
    answers: Vec<String>,
    sequence: Sequence,
}

const CHILDREN: u64 = 18;

impl Made {
    fn new() -> Made {
        let directory = tempfile::tempdir().expect("a directory");
        let disk = Disk::default();
        let registry = open(&disk, directory.path()).expect("a registry");
        let mut numbers = Vec::new();
        for ordinal in 0..CHILDREN {
            let answer = registry.enroll(&child(ordinal).as_student(), &format!("request-{ordinal}"));
            numbers.extend(Option::<RegistryNumber>::from(&answer.expect("an answer")));
            if ordinal == 9 || ordinal == 13 {
                registry.compact().expect("a compaction");
            }
        }
        let mut record = child(2);
        record.name.push('华');
        registry.amend(&numbers[2], record, None, "王老师", "更正").expect("amended");
        registry.retire(&numbers[5], "王老师", "重复").expect("retired");
        assert_eq!(registry.statistics().expect("statistics").segments, 2);
        let (answers, sequence) = (answers(&registry, "made"), registry.sequence());
        drop(registry);
        Made { image: disk.image(), directory, answers, sequence }
    }

    fn hold(&self, registry: &Registry, place: &str) {
        assert_eq!(registry.sequence(), self.sequence, "{place}");
        assert_eq!(answers(registry, place), self.answers, "{place}");
    }

    /// Opens what is left, holds it to what was, packs it.
    fn reopen(&self, image: Vec<u8>, directory: &Path, place: &str) {
        let registry = open(&Disk::of(image), directory).unwrap_or_else(|error| panic!("{place}: {error}"));
        assert_eq!(
            files(directory),
            registry.statistics().expect("statistics").segments,
            "{place}: unlisted files"
        );
        self.hold(&registry, place);
        let found = registry.verify().unwrap_or_else(|error| panic!("{place}: {error}"));
        assert!(found.is_clean(), "{place}: {:?}", found.faults);
        let done = registry.compact_within(true, 1 << 20).unwrap_or_else(|error| panic!("{place}: {error}"));
        assert_eq!((done.segments, files(directory)), (1, 1), "{place}");
        self.hold(&registry, place);
    }
}

/// What is said of each child, and of some who never came.
fn answers(registry: &Registry, place: &str) -> Vec<String> {
    let asked = (0..CHILDREN + 5).map(|ordinal| {
        let check = registry.check(&child(ordinal).as_student());
        let check = check.unwrap_or_else(|error| panic!("{place}: child {ordinal}: {error}"));
        format!("{:?} {:?}", check.answer, check.known)
    });
    asked.collect()
}

fn is_told(error: &RegistryError) -> bool {
    matches!(
        error,
        RegistryError::Store(
            StoreError::Io(_) | StoreError::Full | StoreError::Unknown(_) | StoreError::Refused
        )
    )
}

#[test]
fn a_compaction_fails_at_every_operation() {
    quiet();
    let made = Made::new();
    let directory = tempfile::tempdir().expect("a directory");
    let operations = {
        copy_segments(made.directory.path(), directory.path());
        let disk = Disk::of(made.image.clone());
        let registry = open(&disk, directory.path()).expect("a registry");
        let before = disk.count();
        registry.compact_within(true, 1 << 20).expect("a compaction");
        before..disk.count()
    };
    let stride = if is_thorough() { 1 } else { 3 };
    let (mut runs, mut failed) = (0, 0);
    for (fault, first) in
        [Fault::Error, Fault::Full, Fault::Short, Fault::Crash, Fault::Torn].into_iter().zip(0..)
    {
        for at in operations.clone().skip(first % stride).step_by(stride) {
            let place = format!("operation {at} of {operations:?}, {fault:?}");
            copy_segments(made.directory.path(), directory.path());
            let disk = Disk::of(made.image.clone()).failing(at, fault);
            let registry = open(&disk, directory.path()).expect("a registry");
            runs += 1;
            let outcome = registry.compact_within(true, 1 << 20);
            if let Err(error) = &outcome {
                failed += 1;
                assert!(disk.failed().is_some() && is_told(error), "{place}: {error:?}");
            }
            if !disk.is_off() {
                // Who reads reads on, unless it was a read that failed.
                let is_write = !matches!(
                    disk.failed(),
                    Some(crate::disk::Operation::Read | crate::disk::Operation::Len)
                );
                if outcome.is_ok() || is_write {
                    made.hold(&registry, &place);
                    let is_unknown = matches!(outcome, Err(RegistryError::Store(StoreError::Unknown(_))));
                    let listed = registry.statistics().expect("statistics").segments;
                    assert!(is_unknown || files(directory.path()) == listed, "{place}: unlisted files");
                }
                if outcome.is_err() && fault == Fault::Full {
                    // The next one opens the database again, and fails as well.
                    let next = registry.compact_within(true, 1 << 20);
                    assert!(next.as_ref().is_err_and(is_told), "{place}: still full: {next:?}");
                    made.hold(&registry, &place);
                }
                disk.relieve();
                let again = registry.compact_within(true, 1 << 20);
                let is_final =
                    outcome.is_err_and(|error| matches!(error, RegistryError::Store(StoreError::Unknown(_))));
                match again {
                    Ok(done) => {
                        assert_eq!((done.segments, files(directory.path())), (1, 1), "{place}");
                        made.hold(&registry, &place);
                    }
                    Err(error) => assert!(is_final && is_told(&error), "{place}: again: {error:?}"),
                }
            }
            drop(registry);
            let images = match disk.is_off() {
                false => vec![disk.image()],
                true => [Unsynced::Lost, Unsynced::Kept, Unsynced::Torn]
                    .map(|unsynced| disk.after_power_cut(unsynced, at))
                    .into(),
            };
            let left = tempfile::tempdir().expect("a directory");
            for image in images {
                copy_segments(directory.path(), left.path());
                made.reopen(image, left.path(), &format!("{place}, reopened"));
            }
        }
    }
    eprintln!("{failed} of {runs} compactions failed");
    assert!(failed > 50);
}

/// Files are removed as soon as they are not listed, so the list is on disk first, also where nothing else is.
#[test]
fn a_registry_that_waits_for_no_disk_has_its_segments_after_a_power_cut() {
    let directory = tempfile::tempdir().expect("a directory");
    let disk = Disk::default();
    let builder = Registry::builder().cache_bytes(1 << 20).durable(false).directory(directory.path());
    let registry = builder.on_backend(disk.clone(), Settings::default()).expect("a registry");
    for ordinal in 0..30 {
        registry.enroll(&child(ordinal).as_student(), &format!("request-{ordinal}")).expect("an answer");
        if ordinal % 10 == 9 {
            registry.compact_within(true, 1 << 20).expect("a compaction");
        }
    }
    let before = answers(&registry, "before");
    // One more, of which nothing is on disk.
    registry.enroll(&child(30).as_student(), "request-30").expect("an answer that may be lost");
    let image = disk.after_power_cut(Unsynced::Lost, 1);
    drop(registry);
    let again = open(&Disk::of(image), directory.path()).expect("the registry again");
    assert_eq!(answers(&again, "after a power cut"), before);
    let statistics = again.statistics().expect("statistics");
    assert_eq!((statistics.segments, statistics.records), (1, 30));
    assert!(again.verify().expect("a verification").is_clean());
}

/// A device that is full stands where the segment's file would be made.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_too_full_for_a_segment_leaves_what_was() {
    let made = Made::new();
    let directory = made.directory.path();
    let disk = Disk::of(made.image.clone());
    let registry = open(&disk, directory).expect("a registry");
    let full = |id: u32| {
        let place = directory.join(SEGMENTS).join(format!("{id:08}.seg.new"));
        std::os::unix::fs::symlink("/dev/full", place).expect("a link");
    };
    // Two segments have the numbers 0 and 1. First the delta's, then that of the merge.
    full(2);
    let told = registry.compact_within(true, 1 << 20);
    assert!(matches!(told, Err(RegistryError::Store(StoreError::Full))), "{told:?}");
    assert_eq!(files(directory), 2);
    made.hold(&registry, "no room for the delta");
    full(3);
    let told = registry.compact_within(true, 1 << 20);
    assert!(matches!(told, Err(RegistryError::Store(StoreError::Full))), "{told:?}");
    assert_eq!(registry.statistics().expect("statistics").segments, 3);
    assert_eq!(files(directory), 3);
    made.hold(&registry, "no room for the merge");
    assert!(registry.verify().expect("a verification").is_clean());
    let done = registry.compact_within(true, 1 << 20).expect("a compaction");
    assert_eq!((done.moved, done.merged, done.segments, files(directory)), (0, 3, 1, 1));
    made.hold(&registry, "afterwards");
    drop(registry);
    made.reopen(disk.image(), directory, "reopened");
}

const DIRECTORY: &str = "RENJI_PACKING_DIRECTORY";

/// Packs while the segment's file may not grow to its end; the database is in memory.
#[test]
#[ignore = "is run by the next test, as a process of its own with a limit on files"]
fn pack_until_full() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let directory = Path::new(&directory);
    let disk = Disk::default();
    let registry = open(&disk, directory).expect("a registry");
    let batch = |from: u64| (from..from + 400).map(|at| (child(at), format!("request-{at}"))).collect();
    registry.enroll_many(batch(0)).expect("answers");
    for turn in 0..3 {
        let before = answers(&registry, "before");
        let told = registry.compact();
        assert!(matches!(told, Err(RegistryError::Store(StoreError::Full))), "{told:?}");
        assert_eq!(files(directory), 0, "turn {turn}");
        assert_eq!(answers(&registry, "full"), before, "turn {turn}");
        registry.enroll_many(batch(400 * (turn + 1))).expect("answers");
    }
    assert!(registry.verify().expect("a verification").is_clean());
    let before = answers(&registry, "before");
    drop(registry);
    let registry = open(&disk, directory).expect("the registry again");
    assert_eq!(answers(&registry, "reopened"), before);
    println!("packed nothing.");
}

#[test]
#[cfg(target_os = "linux")]
fn a_segment_that_may_not_grow_is_a_full_disk() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 60; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", "packing::pack_until_full", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory.path())
        .output()
        .expect("a process");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("packed nothing."),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
