//! A load in bulk that is killed: the registry is the one before it or the one after it, and the same load run again
//! issues what is missing, once.

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use renji::ids::StudentId;
use renji::registry::Registry;
use renji::student::Origin;

use crate::kills::{assert_only_listed, ends_by_kill};
use crate::setting;
use crate::stream::{Random, request, student};
use crate::worker::{DIRECTORY, open};

/// Requests that are answered one by one before the load.
const BEFORE: u64 = 60;
/// Rows of the load, of which those of the requests before are the first.
const ROWS: u64 = 1_500;
/// Kills, for each of which a registry is made anew.
const KILLS: u64 = 24;

/// What a registry has, without which numbers were drawn.
#[derive(Debug, PartialEq, Eq)]
struct Counts {
    numbered: u64,
    records: u64,
    open_cases: u64,
}

fn counts(registry: &Registry) -> Counts {
    let statistics = registry.statistics().expect("statistics");
    let open_cases = statistics.open_cases.iter().map(|(_, count)| count).sum();
    Counts { numbered: statistics.numbered, records: statistics.records, open_cases }
}

fn begin(directory: &Path) -> Registry {
    let registry = open(directory).expect("a registry");
    let rows = (0..BEFORE).map(|index| (student(index), request(index))).collect();
    registry.enroll_many(rows).expect("answers");
    registry
}

fn load(registry: &Registry) {
    let mut load = registry.bulk_load().expect("a load");
    for first in (0..ROWS).step_by(200) {
        let mut batch = load.batch();
        for index in first..ROWS.min(first + 200) {
            let mut row = student(index);
            row.record_id = request(index);
            batch.push(&row.as_student(), Origin { file: 0, row: index as u32 + 2 });
        }
        load.add(batch).expect("room");
    }
    load.finish(|_, answer| answer.map(drop)).expect("a commit");
}

/// No number is two students'.
fn assert_numbers(registry: &Registry, place: &str) {
    let mut seen = HashSet::new();
    for id in 0.. {
        let Some(student) = registry.student_by_id(StudentId::new(id)).expect("a student") else { break };
        for number in student.state.numbers() {
            assert!(seen.insert(number), "{place}: a number was issued twice");
        }
    }
}

#[test]
fn a_load_that_is_killed_was_done_or_was_not() {
    let mut random = Random::new(setting("RENJI_SEED", 1) ^ 0xB01C);
    let (before, after, took) = {
        let directory = tempfile::tempdir().expect("a directory");
        let registry = begin(directory.path());
        let before = counts(&registry);
        let began = Instant::now();
        load(&registry);
        (before, counts(&registry), began.elapsed())
    };
    let (mut undone, mut done) = (0, 0);
    for kill in 0..KILLS {
        let place = format!("kill {kill}");
        let directory = tempfile::tempdir().expect("a directory");
        drop(begin(directory.path()));
        // From the start of the process to somewhat behind the end of the load.
        let most = took.as_micros() as u64 * 2 + 60_000;
        ends_by_kill(directory.path(), "loading::work", kill, Duration::from_micros(random.below(most)));
        let registry = open(directory.path()).unwrap_or_else(|error| panic!("{place}: {error}"));
        assert!(registry.verify().expect("a verification").is_clean(), "{place}");
        assert_only_listed(&registry, directory.path(), &place);
        let found = counts(&registry);
        match found == before {
            true => undone += 1,
            false => {
                assert_eq!(found, after, "{place}: neither before nor after");
                done += 1;
            }
        }
        let sequence = registry.sequence();
        load(&registry);
        assert!(found == before || registry.sequence() == sequence, "{place}: loaded twice");
        assert_eq!(counts(&registry), after, "{place}: run again");
        assert!(registry.verify().expect("a verification").is_clean(), "{place}: run again");
        assert_numbers(&registry, &place);
    }
    assert!(undone > 0 && undone + done == KILLS, "{undone} undone, {done} done");
}

#[test]
#[ignore = "is run by the test of killed loads, as a process of its own"]
fn work() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    load(&open(Path::new(&directory)).expect("a registry"));
}
