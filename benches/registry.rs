//! How fast a registry answers and issues: `cargo bench --bench registry`.
//!
//! The registry is a made-up nation of `RENJI_BENCH_STUDENTS` students (a million if not set), built once through
//! [`Registry::load`] from CSV under `target/bench-registry` and kept; delete it to build and time it again. Memory for
//! pages is 6 GiB, or `RENJI_BENCH_CACHE_MIB`. Latencies are
//! printed as percentiles, which criterion does not give; every student is asked for once, in random order, the
//! registry being in memory. An enrolment stands beside a bare commit: the same rows, written with redb
//! alone into a copy of the same file under the same settings.

#![expect(clippy::print_stderr, reason = "percentiles are printed, criterion has none")]

mod bare;
mod nation;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use csv::StringRecord;
use renji::identity::Identity;
use renji::matching::FrequencyCounter;
use renji::registry::{Enrolled, Registry, Settings};
use renji::student::{GivenDocument, OwnedStudent};

use bare::Bare;

/// Students asked for in each table of percentiles.
const ASKED: usize = 20_000;
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-registry").join(nation::size().to_string())
}

/// The registry, built if it is not there.
fn registry() -> Registry {
    let directory = folder();
    let builder = || Registry::builder().cache_bytes(nation::cache_bytes());
    if let Ok(registry) = builder().open(&directory) {
        return registry;
    }
    let _ = std::fs::remove_dir_all(&directory);
    let file = nation::file(nation::size(), nation::SEED);
    let clock = Instant::now();
    let registry = builder().create(&directory, Settings::default()).expect("a registry");
    let mut counter = FrequencyCounter::default();
    nation::chunks(
        &file,
        |part: &mut FrequencyCounter, student| part.add(&Identity::of(student, &mut Vec::new())),
        |mut part| counter.append(&mut part),
    );
    let counted = clock.elapsed();
    let load = registry.load(counter).expect("counting");
    let (mut issued, mut existing, mut held) = (0, 0, 0);
    let mut enroll = |batch: Vec<OwnedStudent>| {
        for answer in load.enroll(batch).expect("a batch") {
            match answer.expect("an answer") {
                Enrolled::Issued(_) => issued += 1,
                Enrolled::Existing { .. } => existing += 1,
                Enrolled::Held { .. } => held += 1,
            }
        }
        eprintln!("  {:.1} s: {issued} issued", clock.elapsed().as_secs_f64());
    };
    let mut batch = Vec::new();
    nation::chunks(
        &file,
        |rows: &mut Vec<OwnedStudent>, student| rows.push(OwnedStudent::from(student)),
        |mut rows| {
            if batch.len() + rows.len() > renji::limits::BATCH_MAX {
                enroll(std::mem::take(&mut batch));
            }
            batch.append(&mut rows);
        },
    );
    enroll(batch);
    load.finish().expect("counting again");
    eprintln!(
        "load of {} students from CSV: {:.1} s ({:.1} s to count their values); {issued} issued, {existing} known, {held} held",
        nation::size(),
        clock.elapsed().as_secs_f64(),
        counted.as_secs_f64(),
    );
    nation::tell_memory("the load");
    std::fs::remove_file(&file).expect("the nation's file");
    let a_student = |bytes: u64| bytes as f64 / nation::size() as f64;
    for (part, bytes) in registry.disk_parts().expect("sizes") {
        eprintln!("  {:<10} {:>8.1} bytes a student", part.code(), a_student(bytes));
    }
    let file = std::fs::metadata(directory.join(renji::store::FILE_NAME)).expect("the registry's file");
    eprintln!("  {:<10} {:>8.1} bytes a student", "the file", a_student(file.len()));
    registry
}

fn ask(criterion: &mut Criterion) {
    let registry = registry();
    let every = (nation::size() as usize / ASKED).max(1);
    let mut known = nation::sample(nation::size(), nation::SEED, every);
    nation::shuffle(&mut known);
    // Strangers need no nation of their own size.
    let unknown = nation::sample(ASKED as u64, 1007, 1);
    let check = |row: &StringRecord| {
        std::hint::black_box(registry.check(&nation::student(row)).expect("an answer"));
    };
    // Pages come into the cache.
    known.iter().chain(&unknown).for_each(check);
    nation::percentiles("check, student known", &known, check);
    nation::percentiles("check, student not known", &unknown, check);
    let numbers: Vec<_> = known
        .iter()
        .filter_map(|row| registry.check(&nation::student(row)).ok()?.known.first()?.number)
        .collect();
    nation::percentiles("by registry number", &numbers, |number| {
        std::hint::black_box(registry.student(number).expect("an answer"));
    });
    nation::percentiles("by document", &known, |row| {
        let student = nation::student(row);
        let document = GivenDocument { kind: "", number: student.documents[0].number };
        std::hint::black_box(registry.by_document(document).expect("an answer").count());
    });
    nation::percentiles("by name, birth date and region", &known, |row| {
        let student = nation::student(row);
        let found = registry.by_name(student.name, student.birthdate, student.region);
        std::hint::black_box(found.expect("an answer").count());
    });
    nation::percentiles("by guardian's document", &known, |row| {
        let student = nation::student(row);
        let found = registry.by_guardian(student.guardians[0].document);
        std::hint::black_box(found.expect("an answer").count());
    });
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for (row, at) in nation::sample(100_000, 4711, 1).iter().zip(0..) {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let request = format!("busy-{}-{at}", std::process::id());
                registry.enroll(&nation::student(row), &request).expect("an answer");
            }
        });
        std::thread::sleep(Duration::from_millis(500));
        nation::percentiles("check, student known, busy writer", &known, check);
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
    let fresh = nation::sample(200_000, seed, 1);
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
                let rows = nation::sample(10_000, seed + 1_000_000 + batch, 1);
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

criterion_group! {
    name = benches;
    config = nation::criterion();
    targets = ask, issue
}
criterion_main!(benches);
