//! Eight threads, one child, ten thousand times: one number each; and one that panics while the others wait.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use renji::registry::{Enrolled, Registry, Repeatable, Settings, Surroundings, Timestamp};

use crate::stream::child;

const CHILDREN: u64 = 10_000;
const THREADS: u64 = 8;

#[test]
fn eight_threads_one_child_one_number() {
    let directory = tempfile::tempdir().expect("a directory");
    let registry = Registry::builder()
        .cache_bytes(256 << 20)
        .durable(false)
        .surroundings(Repeatable::new(Timestamp::new(1_790_000_000), 7))
        .create(directory.path().join("registry"), Settings::default())
        .expect("a registry");
    let gate = Barrier::new(THREADS as usize);
    let answers: Mutex<Vec<Enrolled>> = Mutex::default();
    let faults: Mutex<Vec<String>> = Mutex::default();
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (registry, gate, answers) = (&registry, &gate, &answers);
        let (faults, is_done) = (&faults, &is_done);
        // Keeps the writer busy, so that the eight gather and are written as one group as often as not.
        scope.spawn(move || {
            while !is_done.load(Ordering::Acquire) {
                registry.enroll(&child(CHILDREN).as_student(), "again and again").expect("an answer");
            }
        });
        for thread in 0..THREADS {
            scope.spawn(move || {
                for ordinal in 0..CHILDREN {
                    let child = child(ordinal);
                    gate.wait();
                    let answer = registry
                        .enroll(&child.as_student(), &format!("{ordinal}-{thread}"))
                        .expect("an answer");
                    answers.lock().expect("a lock").push(answer);
                    if gate.wait().is_leader() {
                        // Not told here: the others would wait at the gate for ever.
                        let answers = std::mem::take(&mut *answers.lock().expect("a lock"));
                        faults.lock().expect("a lock").extend(fault(ordinal, &answers));
                    }
                }
                is_done.store(true, Ordering::Release);
            });
        }
    });
    let faults = faults.into_inner().expect("a lock");
    assert!(faults.is_empty(), "{} children, the first: {}", faults.len(), faults[0]);
    let statistics = registry.statistics().expect("statistics");
    assert_eq!(statistics.numbered, CHILDREN + 1);
    let found = registry.verify().expect("a verification");
    assert!(found.is_clean(), "{:?}", found.faults);
}

/// What is wrong with the eight answers of one child.
fn fault(ordinal: u64, answers: &[Enrolled]) -> Option<String> {
    let issued = answers.iter().filter(|answer| matches!(answer, Enrolled::Issued(_))).count();
    let numbers = answers.iter().map(|answer| match answer {
        Enrolled::Issued(number) | Enrolled::Existing { number, .. } => Some(*number),
        Enrolled::Held { .. } => None,
    });
    let first = numbers.clone().next().flatten();
    let is_one = first.is_some() && numbers.clone().all(|number| number == first);
    let is_right = is_one && issued == 1 && answers.len() as u64 == THREADS;
    (!is_right).then(|| format!("child {ordinal}: {answers:?}"))
}

/// A clock that lets the first writer wait until all have come, and a source of randomness that fails once.
#[derive(Default)]
struct Failing {
    moments: AtomicU64,
    draws: AtomicU64,
    waiting: Arc<AtomicU64>,
}

impl Surroundings for Failing {
    fn now(&self) -> Timestamp {
        // The first moment is the registry's making, the second the first enrolment.
        if self.moments.fetch_add(1, Ordering::AcqRel) == 1 {
            while self.waiting.load(Ordering::Acquire) < THREADS {
                std::thread::yield_now();
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Timestamp::new(1_790_000_000)
    }

    fn random(&self) -> u64 {
        let draw = self.draws.fetch_add(1, Ordering::AcqRel);
        assert!(draw != 2, "made to fail");
        draw
    }
}

#[test]
fn a_writer_that_panics_leaves_nobody_waiting() {
    let directory = tempfile::tempdir().expect("a directory");
    let waiting = Arc::new(AtomicU64::new(0));
    let registry = Registry::builder()
        .cache_bytes(16 << 20)
        .durable(false)
        .surroundings(Failing { waiting: waiting.clone(), ..Failing::default() })
        .create(directory.path().join("registry"), Settings::default())
        .expect("a registry");
    let (mut answered, mut told, mut panicked) = (0, 0, 0);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|ordinal| {
                let (registry, waiting) = (&registry, &waiting);
                scope.spawn(move || {
                    waiting.fetch_add(1, Ordering::AcqRel);
                    registry.enroll(&child(ordinal).as_student(), &format!("{ordinal}"))
                })
            })
            .collect();
        for thread in threads {
            match thread.join() {
                Ok(Ok(_)) => answered += 1,
                Ok(Err(_)) => told += 1,
                Err(_) => panicked += 1,
            }
        }
    });
    assert_eq!((answered, told, panicked), (1, THREADS - 2, 1));
    // Nothing of the failed write is there, and the next comes through.
    assert_eq!(registry.statistics().expect("statistics").numbered, 1);
    for ordinal in 0..THREADS {
        let answer = registry.enroll(&child(ordinal).as_student(), &format!("{ordinal}")).expect("an answer");
        assert!(matches!(answer, Enrolled::Issued(_)), "{answer:?}");
    }
    assert!(registry.verify().expect("a verification").is_clean());
}
