//! The process that is killed: opens the registry, or makes it, and enrols from eight threads while a ninth packs
//! it again and again; every answer is appended to a file as soon as it is given.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use renji::registry::{Enrolled, Registry, RegistryError, Settings};
use renji::store::StoreError;

use crate::setting;
use crate::stream::{GROUP, Random, request, student};

/// Where the registry lives; not set for anybody but the worker.
pub(crate) const DIRECTORY: &str = "RENJI_CRASH_DIRECTORY";
/// Which round of this directory it is.
pub(crate) const ROUND: &str = "RENJI_CRASH_ROUND";
/// The file of answers, beside the registry.
pub(crate) const ANSWERS: &str = "answers";
/// The registry inside the directory.
pub(crate) const REGISTRY: &str = "registry";

/// Children that are new in a round.
const CHILDREN: u64 = 40;
const THREADS: u64 = 8;

/// An answer as the file of answers has it.
pub(crate) fn line(index: u64, answer: &Enrolled) -> String {
    format!("{index}\t{answer:?}\n")
}

pub(crate) fn open(directory: &Path) -> Result<Registry, RegistryError> {
    let builder = || Registry::builder().cache_bytes(16 << 20);
    let path = directory.join(REGISTRY);
    match builder().open(&path) {
        Err(RegistryError::Store(StoreError::Missing(_))) => builder().create(&path, Settings::default()),
        opened => opened,
    }
}

#[test]
#[ignore = "is run by the test of kills, as a process of its own"]
fn work() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let directory = Path::new(&directory);
    let (round, seed) = (setting(ROUND, 0), setting("RENJI_SEED", 1));
    let registry = open(directory).expect("a registry");
    let answers = OpenOptions::new()
        .append(true)
        .create(true)
        .open(directory.join(ANSWERS))
        .expect("a file of answers");
    let working = AtomicU64::new(THREADS);
    std::thread::scope(|scope| {
        let (registry, answers, working) = (&registry, &answers, &working);
        for thread in 0..THREADS {
            scope.spawn(move || {
                enrol(registry, answers, round, Random::new(seed ^ round << 32 ^ thread << 24));
                working.fetch_sub(1, Ordering::AcqRel);
            });
        }
        scope.spawn(move || {
            let mut random = Random::new(seed ^ round << 32 ^ 0xFF << 24);
            while working.load(Ordering::Acquire) > 0 {
                std::thread::sleep(Duration::from_micros(random.below(30_000)));
                registry.compact_within(random.below(3) == 0, 1 << 20).expect("a compaction");
            }
        });
    });
}

fn enrol(registry: &Registry, mut answers: &File, round: u64, mut random: Random) {
    for step in 0..CHILDREN {
        for _ in 0..2 {
            let newest = (round * CHILDREN + step) * GROUP;
            let index = match random.below(4) {
                // All threads come for this child now, often under one request.
                0 | 1 => newest + random.below(GROUP),
                // Not long ago: other threads may still be at it.
                2 => newest.saturating_sub(random.below(8) * GROUP) + random.below(GROUP),
                // Any time before, also before a crash.
                _ => random.below(newest + GROUP),
            };
            let answer = registry.enroll(&student(index).as_student(), &request(index)).expect("an answer");
            // One write of a short line at the end of a file is there whole when the process is killed.
            answers.write_all(line(index, &answer).as_bytes()).expect("a line");
        }
    }
}
