//! What a review found: each a fault that was there.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use renji::ids::Sequence;
use renji::number::NumberKind;
use renji::registry::{
    Clearance, Enrolled, Registry, RegistryError, Resolution, Settings, Surroundings, Timestamp,
};
use renji::store::StoreError;
use renji::student::{GivenDocument, OwnedStudent};

use crate::fixture::{Made, made, made_by, student};

/// Children who have nothing in common.
fn child(at: u16) -> OwnedStudent {
    let named = ["周洋明", "李强", "司徒静嘉", "欧阳晓红", "吴磊"];
    let given = named[usize::from(at) % named.len()];
    let student = student(given, &format!("20{:02}{:02}{:02}", 8 + at % 9, at % 12 + 1, at % 28 + 1), at + 1);
    OwnedStudent { guardians: Vec::new(), school_code: String::new(), ..student }
}

#[test]
fn workers_of_a_pool_do_not_wait_for_each_other_for_ever() {
    let made = Arc::new(made());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    for round in 0..10 {
        let (done, finished) = mpsc::channel();
        let (batch_of, batch_done) = (made.clone(), done.clone());
        pool.spawn(move || {
            let batch = (0..3000).map(|at| (child(at % 300), format!("{round} {at}"))).collect();
            let answers = batch_of.registry.enroll_many(batch).unwrap();
            batch_done.send(answers.iter().all(Result::is_ok)).unwrap();
        });
        // While one worker does a part of the batch for the other, there is something else to take up.
        std::thread::sleep(Duration::from_millis(5 * (round % 10)));
        let alone = made.clone();
        pool.spawn(move || {
            let answer = alone.registry.enroll(&child(1).as_student(), &format!("{round} alone"));
            done.send(answer.is_ok()).unwrap();
        });
        for _ in 0..2 {
            assert!(finished.recv_timeout(Duration::from_secs(60)).expect("they wait for ever"));
        }
    }
    made.assert_clean();
}

/// The first draw waits, the second fails, the others are good.
struct Failing {
    drawn: AtomicU32,
    gate: Mutex<mpsc::Receiver<()>>,
}

impl Surroundings for Failing {
    fn now(&self) -> Timestamp {
        Timestamp::new(1_790_000_000)
    }

    fn random(&self) -> u64 {
        match self.drawn.fetch_add(1, Ordering::Relaxed) {
            0 => self.gate.lock().unwrap().recv().unwrap(),
            1 => panic!("no randomness"),
            _ => {}
        }
        7
    }
}

#[test]
fn those_who_wait_for_one_who_panics_are_told() {
    let (open, gate) = mpsc::channel();
    let surroundings = Failing { drawn: AtomicU32::new(0), gate: Mutex::new(gate) };
    let made = Arc::new(made_by(Settings::default(), |builder| builder.surroundings(surroundings)));
    let (done, finished) = mpsc::channel();
    for at in 0..3 {
        let (made, done) = (made.clone(), done.clone());
        std::thread::spawn(move || {
            let enroll = || made.registry.enroll(&child(at).as_student(), &at.to_string());
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(enroll));
            done.send(outcome.ok())
        });
        // The first leads alone, the others gather behind it.
        std::thread::sleep(Duration::from_millis(200));
    }
    open.send(()).unwrap();
    let outcomes: Vec<_> =
        (0..3).map(|_| finished.recv_timeout(Duration::from_secs(30)).expect("one waits for ever")).collect();
    let is_told = |outcome: &Option<_>| matches!(outcome, Some(Err(RegistryError::Store(StoreError::Io(_)))));
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Some(Ok(Enrolled::Issued(_))))).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| is_told(outcome)).count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_none()).count(), 1);
    for at in 0..3 {
        made.issued(&child(at), &at.to_string());
    }
    made.assert_clean();
}

/// A clock that can be set; below zero it fails.
#[derive(Default)]
struct Clock(Arc<AtomicI64>);

impl Surroundings for Clock {
    fn now(&self) -> Timestamp {
        let now = self.0.load(Ordering::Relaxed);
        assert!(now >= 0, "no clock");
        Timestamp::new(now)
    }

    fn random(&self) -> u64 {
        7
    }
}

#[test]
fn a_registry_whose_making_was_interrupted_is_made_again() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Clock::default();
    clock.0.store(-1, Ordering::Relaxed);
    let create =
        |clock| Registry::builder().surroundings(clock).create(directory.path(), Settings::default());
    let interrupted = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| create(clock)));
    assert!(interrupted.is_err());
    let missing = Registry::open(directory.path()).unwrap_err();
    assert!(matches!(missing, RegistryError::Store(StoreError::Missing(_))), "{missing:?}");
    let registry = create(Clock::default()).unwrap();
    // Its making, and the model it judges with.
    assert_eq!(registry.sequence(), Sequence::new(2));
    registry.enroll(&child(0).as_student(), "a").unwrap();
}

#[test]
fn what_is_too_large_to_be_read_again_is_refused_by_itself() {
    let made = made();
    let large = OwnedStudent { address: "深".repeat(6 << 20), ..child(1) };
    let is_refused = |outcome: &renji::registry::Result<Enrolled>| {
        matches!(outcome, Err(RegistryError::Store(StoreError::TooLarge(_))))
    };
    assert!(is_refused(&made.registry.enroll(&large.as_student(), "alone")));
    let batch = vec![(child(0), "a".to_owned()), (large.clone(), "b".to_owned()), (child(2), "c".to_owned())];
    let answers = made.registry.enroll_many(batch).unwrap();
    assert!(matches!((&answers[0], &answers[2]), (Ok(Enrolled::Issued(_)), Ok(Enrolled::Issued(_)))));
    assert!(is_refused(&answers[1]));
    // A correction is not of a batch.
    let Ok(Enrolled::Issued(number)) = answers[0] else { panic!("{answers:?}") };
    let amended = made.registry.amend(
        &number,
        OwnedStudent { address: large.address, ..child(0) },
        None,
        "王老师",
        "住址",
    );
    assert!(matches!(amended, Err(RegistryError::Store(StoreError::TooLarge(_)))));
    made.assert_clean();
}

#[test]
fn a_refused_row_leaves_its_request_to_another() {
    let made = made();
    let nothing = OwnedStudent::default();
    let batch = vec![(nothing, "a".to_owned()), (child(0), "a".to_owned())];
    let answers = made.registry.enroll_many(batch).unwrap();
    assert!(
        matches!(answers[..], [Err(RegistryError::NothingToCompare), Ok(Enrolled::Issued(_))]),
        "{answers:?}"
    );
    made.assert_clean();
}

#[test]
fn behind_the_last_change_is_none() {
    let made = made();
    made.issued(&child(0), "a");
    assert!(made.registry.changes(Sequence::new(u64::MAX), 9).unwrap().is_empty());
}

#[test]
fn a_temporary_number_makes_no_formal_one_older() {
    let clock = Arc::new(AtomicI64::new(1));
    let made = made_by(Settings::default(), |builder| builder.surroundings(Clock(clock.clone())));
    let tick = || clock.fetch_add(1, Ordering::Relaxed);
    let first = made.issued(&student("周洋明", "20100101", 1), "a");
    tick();
    let second = made.issued(&student("司徒静嘉", "20110303", 4), "b");
    tick();
    let older = made.registry.clear(&second, Clearance::Agrees, "王老师").unwrap();
    tick();
    let younger = made.registry.clear(&first, Clearance::Agrees, "王老师").unwrap();
    assert_eq!((older.kind(), younger.kind()), (NumberKind::Formal, NumberKind::Formal));
    assert_eq!(made.registry.merge(&younger, &older, "王老师", "同一人").unwrap(), older);
    made.assert_clean();
}

fn holds(made: &Made, number: &str) -> usize {
    made.registry.by_document(GivenDocument { kind: "1", number }).unwrap().count()
}

#[test]
fn an_owner_does_not_own_what_was_corrected() {
    let made = made();
    let other = student("李强", "20110202", 3);
    // Registered under the other's number, and corrected.
    let wrong = OwnedStudent { documents: other.documents.clone(), ..student("周洋明", "20100101", 1) };
    let right = student("周洋明", "20100101", 1);
    let number = made.issued(&wrong, "a");
    made.registry.amend(&number, right.clone(), None, "王老师", "证件号").unwrap();
    // The other comes with both numbers.
    let both = OwnedStudent {
        documents: [right.documents.clone(), other.documents.clone()].concat(),
        ..other.clone()
    };
    let case = made.held(&both, "b");
    let owner = made.id(&number);
    let settled = made.resolve(case, Resolution::ProvedDifferent { owner: Some(owner) });
    assert!(matches!(settled[0].outcome, Enrolled::Issued(_)), "{settled:?}");
    assert_eq!(holds(&made, &right.documents[0].number), 1);
    // The owner's old record and the one whose number it is.
    assert_eq!(holds(&made, &other.documents[0].number), 2);
    made.assert_clean();
}
