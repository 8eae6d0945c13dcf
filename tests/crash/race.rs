//! Eight threads, one child, ten thousand times: one number each.

use std::sync::{Barrier, Mutex};

use renji::registry::{Enrolled, Registry, Repeatable, Settings, Timestamp};

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
    // Children of whom no two share a name: the second half is told apart by its own names.
    let gate = Barrier::new(THREADS as usize);
    let answers: Mutex<Vec<Enrolled>> = Mutex::default();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (registry, gate, answers) = (&registry, &gate, &answers);
            scope.spawn(move || {
                for ordinal in 0..CHILDREN {
                    let child = child(ordinal);
                    gate.wait();
                    let answer = registry
                        .enroll(&child.as_student(), &format!("{ordinal}-{thread}"))
                        .expect("an answer");
                    answers.lock().expect("a lock").push(answer);
                    if gate.wait().is_leader() {
                        hold_to_one_number(ordinal, &mut answers.lock().expect("a lock"));
                    }
                }
            });
        }
    });
    let statistics = registry.statistics().expect("statistics");
    assert_eq!(statistics.numbered, CHILDREN);
    let found = registry.verify().expect("a verification");
    assert!(found.is_clean(), "{:?}", found.faults);
}

fn hold_to_one_number(ordinal: u64, answers: &mut Vec<Enrolled>) {
    let mut issued = None;
    for answer in answers.iter() {
        if let Enrolled::Issued(number) = answer {
            assert!(issued.replace(*number).is_none(), "child {ordinal}: two numbers: {answers:?}");
        }
    }
    assert_eq!(answers.len() as u64, THREADS);
    for answer in answers.drain(..) {
        let number = match &answer {
            Enrolled::Issued(number) | Enrolled::Existing { number, .. } => Some(*number),
            Enrolled::Held { .. } => None,
        };
        assert!(number.is_some() && number == issued, "child {ordinal}: {answer:?}, issued {issued:?}");
    }
}
