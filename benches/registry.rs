//! How fast a registry answers and issues: `cargo bench --bench registry`.
//!
//! The registry is a made-up nation of `RENJI_BENCH_STUDENTS` students (a million if not set), built once through
//! [`Registry::load`] under `target/bench-registry` and kept; delete it to build and time it again. Latencies are
//! printed as percentiles, which criterion does not give; every student is asked for once, in random order, the
//! registry being in memory. An enrolment stands beside a bare commit: the same rows, written with redb
//! alone into a copy of the same file under the same settings.

#![expect(clippy::print_stderr, reason = "percentiles are printed, criterion has none")]

mod nation;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use csv::StringRecord;
use redb::{Database, TableDefinition};
use renji::identity::Identity;
use renji::matching::FrequencyCounter;
use renji::registry::{Enrolled, Registry, Settings};
use renji::student::{GivenDocument, OwnedStudent};
use renji::synth::{Config, Nation};

/// Students asked for in each table of percentiles.
const ASKED: usize = 20_000;
/// Memory for pages: all of a million students.
const CACHE_BYTES: usize = 6 << 30;

fn size() -> u64 {
    std::env::var("RENJI_BENCH_STUDENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-registry").join(size().to_string())
}

/// The rows of a nation, every so many of them.
fn rows(students: u64, seed: u64, every: usize) -> Vec<StringRecord> {
    let mut text = Vec::new();
    let nation = Nation::new(Config { students, seed, ..Config::default() }).expect("the default rates");
    nation.write(&mut text, None).expect("writing to memory");
    let mut reader = csv::Reader::from_reader(text.as_slice());
    reader.records().step_by(every).map(|record| record.expect("synth writes CSV")).collect()
}

/// The registry, built if it is not there.
fn registry() -> Registry {
    let directory = folder();
    let builder = || Registry::builder().cache_bytes(CACHE_BYTES);
    if let Ok(registry) = builder().open(&directory) {
        return registry;
    }
    let _ = std::fs::remove_dir_all(&directory);
    let rows = rows(size(), 7, 1);
    let students: Vec<OwnedStudent> =
        rows.iter().map(|row| OwnedStudent::from(&nation::student(row))).collect();
    drop(rows);
    let clock = Instant::now();
    let registry = builder().create(&directory, Settings::default()).expect("a registry");
    let mut counter = FrequencyCounter::default();
    for student in &students {
        counter.add(&Identity::of(&student.as_student(), &mut Vec::new()));
    }
    let counted = clock.elapsed();
    let load = registry.load(counter).expect("counting");
    let (mut issued, mut existing, mut held) = (0, 0, 0);
    for chunk in students.chunks(renji::limits::BATCH_MAX) {
        for answer in load.enroll(chunk.to_vec()).expect("a batch") {
            match answer.expect("an answer") {
                Enrolled::Issued(_) => issued += 1,
                Enrolled::Existing { .. } => existing += 1,
                Enrolled::Held { .. } => held += 1,
            }
        }
        eprintln!("  {:.1} s: {issued} issued", clock.elapsed().as_secs_f64());
    }
    load.finish().expect("counting again");
    eprintln!(
        "load of {} students: {:.1} s ({:.1} s to count their values); {issued} issued, {existing} known, {held} held",
        students.len(),
        clock.elapsed().as_secs_f64(),
        counted.as_secs_f64(),
    );
    registry
}

/// Times each call and prints percentiles in microseconds.
fn percentiles<T>(name: &str, items: &[T], mut call: impl FnMut(&T)) {
    let mut times: Vec<Duration> = items
        .iter()
        .map(|item| {
            let clock = Instant::now();
            call(item);
            clock.elapsed()
        })
        .collect();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_nanos() as f64 / 1000.0;
    eprintln!(
        "{name:<36} p50 {:>8.1}  p99 {:>8.1}  p99.9 {:>8.1} µs  ({} calls)",
        at(0.5),
        at(0.99),
        at(0.999),
        times.len()
    );
}

/// A random order that is the same in every run.
fn shuffle<T>(items: &mut [T]) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for at in (1..items.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        items.swap(at, (state % (at as u64 + 1)) as usize);
    }
}

fn ask(criterion: &mut Criterion) {
    let registry = registry();
    let every = (size() as usize / ASKED).max(1);
    let mut known = rows(size(), 7, every);
    shuffle(&mut known);
    let unknown = rows(size(), 1007, every);
    let check = |row: &StringRecord| {
        std::hint::black_box(registry.check(&nation::student(row)).expect("an answer"));
    };
    // Pages come into the cache.
    known.iter().chain(&unknown).for_each(check);
    percentiles("check, student known", &known, check);
    percentiles("check, student not known", &unknown, check);
    let numbers: Vec<_> = known
        .iter()
        .filter_map(|row| registry.check(&nation::student(row)).ok()?.known.first()?.number)
        .collect();
    percentiles("by registry number", &numbers, |number| {
        std::hint::black_box(registry.student(number).expect("an answer"));
    });
    percentiles("by document", &known, |row| {
        let student = nation::student(row);
        let document = GivenDocument { kind: "", number: student.documents[0].number };
        std::hint::black_box(registry.by_document(document).expect("an answer").count());
    });
    percentiles("by name, birth date and region", &known, |row| {
        let student = nation::student(row);
        let found = registry.by_name(student.name, student.birthdate, student.region);
        std::hint::black_box(found.expect("an answer").count());
    });
    percentiles("by guardian's document", &known, |row| {
        let student = nation::student(row);
        let found = registry.by_guardian(student.guardians[0].document);
        std::hint::black_box(found.expect("an answer").count());
    });
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for (row, at) in rows(100_000, 4711, 1).iter().zip(0..) {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let request = format!("busy-{}-{at}", std::process::id());
                registry.enroll(&nation::student(row), &request).expect("an answer");
            }
        });
        std::thread::sleep(Duration::from_millis(500));
        percentiles("check, student known, busy writer", &known, check);
        stop.store(true, Ordering::Relaxed);
    });
    let mut group = criterion.benchmark_group("registry");
    let mut at = 0;
    group.bench_function("check", |bencher| {
        bencher.iter(|| {
            at = (at + 1) % known.len();
            check(&known[at]);
        });
    });
    group.finish();
}

fn issue(criterion: &mut Criterion) {
    let registry = registry();
    // New students in each run of the bench: their seed is the registry's length.
    let seed = registry.sequence().get();
    let fresh = rows(200_000, seed, 1);
    let bare = folder().join("bare.redb");
    std::fs::copy(folder().join(renji::store::FILE_NAME), &bare).expect("a copy");
    let bare = Bare::open(&bare);
    let mut next = fresh.iter().zip(0..);
    let enroll = |row: &StringRecord, at: u64| {
        registry.enroll(&nation::student(row), &format!("bench-{seed}-{at}")).expect("an answer");
    };
    // In turns, so that what disturbs one disturbs the other.
    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..1500 {
        let (row, at) = next.next().expect("enough students");
        let clock = Instant::now();
        enroll(row, at);
        times[0].push(clock.elapsed());
        let clock = Instant::now();
        bare.commit(3 * at, true);
        times[1].push(clock.elapsed());
        let clock = Instant::now();
        bare.commit(3 * at + 1, false);
        times[2].push(clock.elapsed());
    }
    let [mut ours, mut theirs, mut without] = times;
    without.sort_unstable();
    ours.sort_unstable();
    theirs.sort_unstable();
    let median = |times: &[Duration]| times[times.len() / 2].as_micros();
    eprintln!(
        "one durable enrolment: median {} µs; a bare commit of the same rows: {} µs; ratio {:.2}",
        median(&ours),
        median(&theirs),
        median(&ours) as f64 / median(&theirs) as f64
    );
    eprintln!("the bare commit without quick repair: {} µs", median(&without));
    for together in [8, 128] {
        let clock = Instant::now();
        let rounds = 4096 / together;
        for round in 0..rounds {
            let start = 1_000_000 + 10_000 * together + round * together;
            bare.commit_many(start..start + together, true);
        }
        eprintln!(
            "bare commits of the rows of {together}: {:.0} enrolments/s",
            (rounds * together) as f64 / clock.elapsed().as_secs_f64()
        );
    }
    for (quick_repair, at) in [(true, 1), (false, 2)] {
        bare.commit(u64::from(u32::MAX / 4) + at, quick_repair);
        eprintln!(
            "opening after a crash, the last commit {} quick repair: {:.3} s",
            if quick_repair { "with" } else { "without" },
            bare.open_as_after_a_crash().as_secs_f64()
        );
    }
    let mut rate = |threads: usize, each: usize| {
        let mut shares: Vec<Vec<(&StringRecord, u64)>> = vec![Vec::new(); threads];
        for share in &mut shares {
            share.extend(next.by_ref().take(each));
        }
        let clock = Instant::now();
        std::thread::scope(|scope| {
            for share in &shares {
                let enroll = &enroll;
                scope.spawn(move || share.iter().for_each(|(row, at)| enroll(row, *at)));
            }
        });
        (threads * each) as f64 / clock.elapsed().as_secs_f64()
    };
    let one = rate(1, 2000);
    for threads in [2, 8, 32, 128] {
        let many = rate(threads, 16_000 / threads);
        eprintln!(
            "{threads:>3} threads: {many:>7.0} enrolments/s, {:.1} times one thread's {one:.0}",
            many / one
        );
    }
    let mut group = criterion.benchmark_group("registry");
    group.sample_size(10).throughput(Throughput::Elements(10_000));
    let mut batch = 0;
    group.bench_function("enroll_many, 10,000", |bencher| {
        bencher.iter_batched(
            || {
                batch += 1;
                let rows = rows(10_000, seed + 1_000_000 + batch, 1);
                let owned = |(row, at): (&StringRecord, u32)| {
                    (OwnedStudent::from(&nation::student(row)), format!("many-{seed}-{batch}-{at}"))
                };
                rows.iter().zip(0..).map(owned).collect::<Vec<_>>()
            },
            |students| registry.enroll_many(students).expect("a batch"),
            criterion::BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// A copy of the registry's file, written to without the registry.
struct Bare {
    database: Database,
    path: PathBuf,
}

impl Bare {
    fn open(path: &Path) -> Bare {
        let database =
            Database::builder().set_cache_size(CACHE_BYTES).open(path).expect("the copy of the file");
        Bare { database, path: path.to_owned() }
    }

    /// How long a copy of the open file takes to open: what a process that was killed leaves.
    fn open_as_after_a_crash(&self) -> Duration {
        let copy = self.path.with_extension("crashed");
        std::fs::copy(&self.path, &copy).expect("a copy");
        let clock = Instant::now();
        Database::builder().set_cache_size(CACHE_BYTES).open(&copy).expect("a repaired file");
        let took = clock.elapsed();
        std::fs::remove_file(&copy).expect("the copy");
        took
    }

    /// The rows of one enrolment, in a transaction of their own.
    fn commit(&self, at: u64, quick_repair: bool) {
        self.commit_many(at..at + 1, quick_repair);
    }

    /// The rows of some enrolments: of each ten keys at random places, and a row in each table that gets one.
    fn commit_many(&self, enrolments: std::ops::Range<u64>, quick_repair: bool) {
        const KEYS: [&str; 10] = [
            "keys_document",
            "keys_former_number",
            "keys_name_birth_region",
            "keys_phonetic_birth",
            "keys_token_birth",
            "keys_phonetic_region",
            "keys_birth_region_sex",
            "keys_guardian",
            "keys_name_guardian",
            "keys_phone_birth",
        ];
        const PROFILES: TableDefinition<&[u8; 4], &[u8]> = TableDefinition::new("profiles");
        const STUDENTS: TableDefinition<&[u8; 4], &[u8]> = TableDefinition::new("students");
        const NUMBERS: TableDefinition<&[u8; 19], &[u8]> = TableDefinition::new("numbers");
        const REQUESTS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("requests");
        const JOURNAL: TableDefinition<&[u8; 8], &[u8]> = TableDefinition::new("journal");
        const META: TableDefinition<&str, &[u8]> = TableDefinition::new("meta");
        let mut transaction = self.database.begin_write().expect("a transaction");
        transaction.set_two_phase_commit(true);
        transaction.set_quick_repair(quick_repair);
        for at in enrolments {
            let random = |salt: u64| renji::hash::mix(salt, at);
            for (name, salt) in KEYS.into_iter().zip(0..) {
                let definition: TableDefinition<&[u8; 16], ()> = TableDefinition::new(name);
                let mut keys = transaction.open_table(definition).expect("keys");
                let mut key = [7; 16];
                key[..8].copy_from_slice(&random(salt).to_be_bytes());
                keys.insert(&key, ()).expect("a key");
            }
            let ordinal = (u32::MAX / 2 + at as u32).to_be_bytes();
            let mut table = transaction.open_table(PROFILES).expect("profiles");
            table.insert(&ordinal, [7; 160].as_slice()).expect("a profile");
            let mut table = transaction.open_table(STUDENTS).expect("students");
            table.insert(&ordinal, [7; 60].as_slice()).expect("a student");
            let mut number = [b'1'; 19];
            number[1..9].copy_from_slice(&random(99).to_be_bytes());
            let mut table = transaction.open_table(NUMBERS).expect("numbers");
            table.insert(&number, [7; 9].as_slice()).expect("a number");
            let mut table = transaction.open_table(REQUESTS).expect("requests");
            table.insert(random(98).to_be_bytes().as_slice(), [7; 9].as_slice()).expect("a request");
            let mut table = transaction.open_table(JOURNAL).expect("journal");
            table.insert(&(u64::MAX / 2 + at).to_be_bytes(), [7; 450].as_slice()).expect("an entry");
            let mut table = transaction.open_table(META).expect("meta");
            table.insert("state", [7; 100].as_slice()).expect("the state");
        }
        transaction.commit().expect("a commit");
    }
}

criterion_group! {
    name = benches;
    config = nation::criterion();
    targets = ask, issue
}
criterion_main!(benches);
