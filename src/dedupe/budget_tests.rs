//! Tests of runs with little memory: the findings are those of a run with plenty, and a disk that fails is told.

use std::collections::BTreeMap;
use std::io;

use proptest::prelude::*;

use super::tests::{facts, some_students};
use super::*;
use crate::student::{Origin, Student};

/// A run of students in batches of some size, within so much memory.
fn run(
    students: &[Student<'_>],
    batch: usize,
    threads: usize,
    settings: Settings,
) -> Result<Findings, DedupeError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let mut dedupe = Dedupe::new(settings);
        let batches = dedupe.batches();
        for (part, row) in students.chunks(batch).zip((2..).step_by(batch)) {
            let mut batch = batches.take();
            part.iter().zip(row..).for_each(|(student, row)| batch.push(student, Origin { file: 0, row }));
            dedupe.add(batch)?;
        }
        dedupe.run(&Model::default(), &())
    })
}

fn within(memory_bytes: u64) -> Settings {
    Settings { memory_bytes, ..Settings::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn memory_threads_and_order_change_nothing(
        seed in any::<u64>(),
        count in 1..900usize,
        memory_bytes in prop_oneof![Just(0u64), 1..400_000u64, Just(u64::MAX)],
        batch in 1..200usize,
        threads in 1..4usize,
    ) {
        let students = some_students(count, seed);
        let expected = run(&students, 7, 1, Settings::default()).unwrap();
        prop_assert_eq!(expected.spilled_bytes, 0);
        let mut shuffled = students.clone();
        for at in (1..shuffled.len()).rev() {
            shuffled.swap(at, (crate::hash::mix(seed, at as u64) % (at as u64 + 1)) as usize);
        }
        let found = run(&shuffled, batch, threads, within(memory_bytes)).unwrap();
        prop_assert_eq!(facts(&expected), facts(&found));
        if memory_bytes < 1024 {
            prop_assert!(found.spilled_bytes > 0, "nothing was spilled");
        }
    }
}

#[test]
fn a_spilled_record_is_what_it_was() {
    let students = some_students(300, 5);
    let (plenty, little) =
        (run(&students, 10, 1, within(u64::MAX)).unwrap(), run(&students, 10, 1, within(0)).unwrap());
    assert!(little.records.densest_bytes() > 0);
    let all = |findings: &Findings| -> Vec<_> {
        findings
            .records
            .rows()
            .map(|row| findings.record(row))
            .map(|r| (r.id, r.origin, r.identity))
            .collect()
    };
    assert_eq!(all(&plenty), all(&little));
    let origins: BTreeMap<u32, u32> =
        little.records.rows().map(|row| (row.0, little.records.origin(row).row)).collect();
    assert!(origins.iter().all(|(row, origin)| row + 2 == *origin));
}

#[test]
fn a_full_disk_is_told_wherever_it_fills() {
    let students = some_students(600, 1);
    let whole = run(&students, 50, 2, within(0)).unwrap().spilled_bytes;
    assert!(whole > 100_000);
    let steps = 23;
    for step in 0..steps {
        let spill_bytes_max = whole * step / steps;
        let settings = Settings { memory_bytes: 0, spill_bytes_max, ..Settings::default() };
        match run(&students, 50, 2, settings) {
            Err(DedupeError::Spill(error)) => {
                assert!(error.is_full(), "{error}");
                assert_eq!(error.directory(), std::env::temp_dir());
                assert!(std::error::Error::source(&error).is_some());
            }
            other => panic!("step {step}: {:?}", other.map(|findings| findings.spilled_bytes)),
        }
    }
}

#[test]
fn a_directory_that_is_not_there_is_told_and_nothing_is_left_in_one_that_is() {
    let place = tempfile::tempdir().unwrap();
    let students = some_students(300, 2);
    let settings = |temporary| Settings { memory_bytes: 0, temporary, ..Settings::default() };
    let Err(DedupeError::Spill(error)) = run(&students, 50, 1, settings(place.path().join("missing"))) else {
        panic!("there is no such directory")
    };
    assert!(!error.is_full());
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<io::Error>());
    assert_eq!(source.unwrap().kind(), io::ErrorKind::NotFound);
    let findings = run(&students, 50, 1, settings(place.path().to_owned())).unwrap();
    assert!(findings.spilled_bytes > 0);
    // While the mapped records are still in use.
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}
