//! Readers who check, writers who enrol, and a compaction that never ends.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use renji::number::RegistryNumber;
use renji::registry::{Answer, Enrolled, Registry, Repeatable, Settings, Timestamp};

use crate::stream::{Random, child};

const WRITERS: u64 = 2;
const READERS: u64 = 3;
/// Children of each writer.
const CHILDREN: u64 = 1_200;

/// Of whom a number was answered.
#[derive(Default)]
struct Known {
    numbers: Mutex<Vec<(u64, RegistryNumber)>>,
    writing: AtomicU64,
    is_done: AtomicBool,
}

impl Known {
    fn any(&self, random: &mut Random) -> Option<(u64, RegistryNumber)> {
        let numbers = self.numbers.lock().expect("a lock");
        // The newest as often as any other: it is on its way from one layer to the next.
        let back = if random.below(2) == 0 { 1 + random.below(20) } else { 1 + random.below(u64::MAX) };
        let length = numbers.len();
        numbers.get(length.checked_sub(1 + (back - 1) as usize % length.max(1))?).copied()
    }
}

/// Ends everybody's work when one of them fails: the others wait for nobody.
struct Failing<'k>(&'k Known);

impl Drop for Failing<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.is_done.store(true, Ordering::Release);
        }
    }
}

#[test]
fn what_was_answered_is_found_whatever_is_being_packed() {
    packed_under_way(false);
}

#[test]
fn the_same_when_every_answer_is_on_disk() {
    packed_under_way(true);
}

fn packed_under_way(is_durable: bool) {
    let directory = tempfile::tempdir().expect("a directory");
    let registry = Registry::builder()
        .cache_bytes(64 << 20)
        .durable(is_durable)
        .surroundings(Repeatable::new(Timestamp::new(1_790_000_000), 7))
        .create(directory.path().join("registry"), Settings::default())
        .expect("a registry");
    let children = if is_durable { CHILDREN / 6 } else { CHILDREN };
    let known = Known { writing: AtomicU64::new(WRITERS), ..Known::default() };
    let (mut compactions, mut looked) = (0, 0);
    std::thread::scope(|scope| {
        let (registry, known) = (&registry, &known);
        for writer in 0..WRITERS {
            scope.spawn(move || {
                let _failing = Failing(known);
                for at in 0..children {
                    let ordinal = at * WRITERS + writer;
                    let answer = registry.enroll(&child(ordinal).as_student(), &format!("{ordinal}"));
                    let Ok(Enrolled::Issued(number)) = answer else { panic!("child {ordinal}: {answer:?}") };
                    known.numbers.lock().expect("a lock").push((ordinal, number));
                    if at % 16 == 15 {
                        // A packed record gets another word: it stays the same student.
                        let (ordinal, number) = known.numbers.lock().expect("a lock")[at as usize / 2];
                        let mut record = child(ordinal);
                        record.address = format!("人民东路{at}号");
                        registry.amend(&number, record, None, "王老师", "更正").expect("amended");
                    }
                }
                if known.writing.fetch_sub(1, Ordering::AcqRel) == 1 {
                    known.is_done.store(true, Ordering::Release);
                }
            });
        }
        let readers: Vec<_> =
            (0..READERS).map(|reader| scope.spawn(move || read(registry, known, reader))).collect();
        let packer = scope.spawn(move || {
            let _failing = Failing(known);
            let mut compactions = 0u64;
            while !known.is_done.load(Ordering::Acquire) {
                registry.compact_within(compactions % 3 == 2, 1 << 20).expect("a compaction");
                compactions += 1;
            }
            compactions
        });
        compactions = packer.join().expect("the packer");
        looked = readers.into_iter().map(|reader| reader.join().expect("a reader")).sum();
    });
    eprintln!("{compactions} compactions, {looked} lookups");
    assert!(compactions > 10 && looked > 100);
    let statistics = registry.statistics().expect("statistics");
    assert_eq!(statistics.numbered, children * WRITERS);
    let files = std::fs::read_dir(directory.path().join("registry/segments")).expect("segments").count();
    assert_eq!(files as u64, statistics.segments, "files that nobody lists");
    let found = registry.verify().expect("a verification");
    assert!(found.is_clean(), "{:?}", found.faults);
}

/// Asks until all is written; how often.
fn read(registry: &Registry, known: &Known, reader: u64) -> u64 {
    let _failing = Failing(known);
    let mut random = Random::new(reader);
    let mut looked = 0;
    while !known.is_done.load(Ordering::Acquire) {
        let Some((ordinal, number)) = known.any(&mut random) else { continue };
        let check = registry.check(&child(ordinal).as_student()).expect("an answer");
        assert_eq!(check.answer, Answer::Known, "child {ordinal}");
        assert_eq!(check.known[0].number, Some(number), "child {ordinal}");
        let found = registry.student(&number).expect("a lookup").expect("a student");
        assert_eq!(found.record.name, child(ordinal).name);
        // Asked again, an answer is the same, and nobody is there who never came.
        let again = registry.enroll(&child(ordinal).as_student(), &format!("{ordinal}")).expect("an answer");
        assert_eq!(again, Enrolled::Issued(number));
        let nobody = child(4_000 + random.below(3_000));
        assert_eq!(registry.check(&nobody.as_student()).expect("an answer").answer, Answer::Clear);
        looked += 1;
    }
    looked
}
