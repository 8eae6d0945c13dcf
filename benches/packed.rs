//! How fast a registry in segments answers, is built and is compacted: `cargo bench --bench packed`.
//!
//! `RENJI_BENCH_STUDENTS` students of a made-up nation (a million if not set) are loaded in bulk, from CSV, into
//! `target/bench-packed`, which is made anew. Checks are of four kinds, as in `renji bench`: a row of the file again
//! (`hit`), a student of another nation (`miss`), the unregistered twin of a row (`twin`), and the rows whose names most
//! share (`heavy`). Percentiles are printed, which criterion does not give. Cold are the first checks of a registry that
//! was just opened and whose files were put out of the page cache before (on Linux). What changes the registry comes last.

#![expect(clippy::print_stderr, reason = "percentiles are printed, criterion has none")]

mod nation;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use csv::StringRecord;
use renji::identity::document::check::mod_11_2;
use renji::registry::{LoadBatch, Registry, Settings};
use renji::source::{Source, SourceOptions};
use renji::student::{GivenDocument, OwnedStudent};

/// Students asked for of each kind.
const ASKED: usize = 20_000;
/// Openings of a cold registry, and checks of each.
const OPENINGS: usize = 20;
const COLD: usize = 25;
/// Students enrolled before each compaction.
const RECENT: u64 = 1_000;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-packed")
}

fn open(directory: &Path) -> Registry {
    Registry::builder().cache_bytes(nation::cache_bytes()).open(directory).expect("the registry")
}

/// Makes a registry of a file.
fn load(file: &Path, directory: &Path) {
    let builder = Registry::builder().cache_bytes(nation::cache_bytes());
    let registry = builder.create(directory, Settings::default()).expect("a registry");
    let source = Source::open(file, 0, &SourceOptions::default()).expect("opening the file");
    let mut load = registry.bulk_load().expect("the writer's turn");
    let empty = load.batch();
    source
        .for_each_chunk(
            || empty.again(),
            |batch: &mut LoadBatch, student, origin| batch.push(student, origin),
            |chunk| {
                load.add(chunk.value).expect("room for the rows");
                ControlFlow::Continue(())
            },
        )
        .expect("reading the file");
    load.finish(|_, _| Ok(())).expect("a load");
}

fn build(criterion: &mut Criterion) {
    let (size, directory) = (nation::size(), folder());
    let file = nation::file(size, nation::SEED);
    let run = || {
        let _ = std::fs::remove_dir_all(&directory);
        let clock = Instant::now();
        load(&file, &directory);
        clock.elapsed()
    };
    if size > nation::CRITERION_MAX {
        nation::by_hand("packed/bulk build", run);
    } else {
        let mut group = criterion.benchmark_group("packed");
        group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(size));
        group.bench_function("bulk build", |bencher| {
            bencher.iter_custom(|times| (0..times).map(|_| run()).sum())
        });
        group.finish();
    }
    nation::tell_memory("the bulk build");
    std::fs::remove_file(&file).expect("the nation's file");
    for (part, bytes) in open(&directory).disk_parts().expect("sizes") {
        eprintln!("  {:<10} {:>8.1} bytes a student", part.code(), bytes as f64 / size as f64);
    }
}

/// The next of a day's numbers but one, and another given name: nobody in the registry.
fn twin(row: &StringRecord) -> Option<StringRecord> {
    let mut digits: [u8; 17] = row.get(2)?.as_bytes().get(..17)?.try_into().ok()?;
    if !digits.iter().all(u8::is_ascii_digit) || row.get(2)?.len() != 18 {
        return None;
    }
    let sequence = digits[14..].iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    digits[14..].copy_from_slice(format!("{:03}", (sequence + 2) % 1000).as_bytes());
    let number: String = digits.into_iter().chain(mod_11_2(&digits)).map(char::from).collect();
    let mut name = row.get(3)?.to_owned();
    let last = name.pop()?;
    name.push(if last == '宁' { '安' } else { '宁' });
    let cells = row.iter().enumerate().map(|(at, cell)| match at {
        2 => number.as_str(),
        3 => name.as_str(),
        4 => "",
        _ => cell,
    });
    Some(cells.collect())
}

/// The twentieth of rows whose names most of them share.
fn heavy(rows: &[StringRecord]) -> Vec<StringRecord> {
    let mut bearers: HashMap<&str, usize> = HashMap::new();
    rows.iter().for_each(|row| *bearers.entry(&row[3]).or_default() += 1);
    let mut rows: Vec<&StringRecord> = rows.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(bearers[&row[3]]));
    rows.into_iter().take(ASKED / 20).cloned().collect()
}

fn ask(criterion: &mut Criterion) {
    let registry = open(&folder());
    registry.warm().expect("the tables in memory");
    let every = (nation::size() as usize / ASKED).max(1);
    let mut hit = nation::sample(nation::size(), nation::SEED, every);
    nation::shuffle(&mut hit);
    let kinds = [
        ("check/miss", nation::sample(ASKED as u64, 1007, 1)),
        ("check/twin", hit.iter().filter_map(twin).collect()),
        ("check/heavy", heavy(&hit)),
    ];
    let check = |row: &StringRecord| {
        std::hint::black_box(registry.check(&nation::student(row)).expect("an answer"));
    };
    let mut group = criterion.benchmark_group("packed");
    for (kind, rows) in
        [("check/hit", &hit)].into_iter().chain(kinds.iter().map(|(kind, rows)| (*kind, rows)))
    {
        // What is asked comes into memory.
        rows.iter().for_each(check);
        nation::percentiles(kind, rows, check);
        let mut rows = rows.iter().cycle();
        group.bench_function(kind, |bencher| bencher.iter(|| rows.next().map(check)));
    }
    let numbers: Vec<_> = hit
        .iter()
        .filter_map(|row| registry.check(&nation::student(row)).ok()?.known.first()?.number)
        .collect();
    nation::percentiles("by registry number", &numbers, |number| {
        std::hint::black_box(registry.student(number).expect("an answer"));
    });
    let document = |row: &StringRecord| {
        let document = GivenDocument { kind: "", number: nation::student(row).documents[0].number };
        std::hint::black_box(registry.by_document(document).expect("an answer").count());
    };
    nation::percentiles("by document", &hit, document);
    let mut rows = hit.iter().cycle();
    group.bench_function("by document", |bencher| bencher.iter(|| rows.next().map(document)));
    nation::percentiles("by name, birth date and region", &hit, |row| {
        let student = nation::student(row);
        let found = registry.by_name(student.name, student.birthdate, student.region);
        std::hint::black_box(found.expect("an answer").count());
    });
    nation::percentiles("by guardian's document", &hit, |row| {
        let student = nation::student(row);
        let found = registry.by_guardian(student.guardians[0].document);
        std::hint::black_box(found.expect("an answer").count());
    });
    group.finish();
    drop(registry);
    ask_cold(&hit);
}

/// The first checks of a registry that was just opened.
fn ask_cold(rows: &[StringRecord]) {
    let mut times: Vec<Duration> = Vec::new();
    for rows in rows.chunks_exact(COLD).take(OPENINGS) {
        if !forget(&folder()) {
            eprintln!("check, cold: not measured; the page cache cannot be emptied here");
            return;
        }
        let registry = open(&folder());
        for row in rows {
            let clock = Instant::now();
            std::hint::black_box(registry.check(&nation::student(row)).expect("an answer"));
            times.push(clock.elapsed());
        }
    }
    nation::tell("check/hit, cold", times);
}

/// Puts the files of a directory out of the page cache.
#[cfg(target_os = "linux")]
fn forget(directory: &Path) -> bool {
    use rustix::fs::{Advice, fadvise};
    let entries = std::fs::read_dir(directory).expect("the registry's files");
    entries.map(|entry| entry.expect("a file").path()).all(|path| {
        path.is_dir() && forget(&path)
            || path.is_file() && {
                let file = std::fs::File::open(&path).expect("a file");
                // Pages that are not on disk yet stay.
                file.sync_all().is_ok() && fadvise(&file, 0, None, Advice::DontNeed).is_ok()
            }
    })
}

#[cfg(not(target_os = "linux"))]
fn forget(_: &Path) -> bool {
    false
}

fn change(criterion: &mut Criterion) {
    let registry = open(&folder());
    let mut hit = nation::sample(ASKED as u64, nation::SEED, 1);
    nation::shuffle(&mut hit);
    let fresh = nation::sample(100_000, 4711, 1);
    let mut fresh = fresh.iter().zip(0..);
    let enroll = |row: &StringRecord, at: u64| {
        registry.enroll(&nation::student(row), &format!("bench-{at}")).expect("an answer");
    };
    let some: Vec<(&StringRecord, u64)> = fresh.by_ref().take(1_000).collect();
    nation::percentiles("one durable enrolment", &some, |(row, at)| enroll(row, *at));
    let mut group = criterion.benchmark_group("packed");
    group.sample_size(10);
    let mut next = 10_000;
    group.bench_function(format!("compaction of {RECENT} enrolments"), |bencher| {
        bencher.iter_custom(|times| {
            let mut all = Duration::ZERO;
            for _ in 0..times {
                next += 1;
                let rows = nation::sample(RECENT, next, 1);
                let owned = |(row, at): (&StringRecord, u32)| {
                    (OwnedStudent::from(&nation::student(row)), format!("recent-{next}-{at}"))
                };
                registry.enroll_many(rows.iter().zip(0..).map(owned).collect()).expect("a batch");
                let clock = Instant::now();
                registry.compact().expect("a compaction");
                all += clock.elapsed();
            }
            all
        });
    });
    group.finish();
    let clock = Instant::now();
    registry.compact_within(true, nation::cache_bytes() as u64).expect("a compaction");
    eprintln!("compaction of all into one segment: {:.2} s", clock.elapsed().as_secs_f64());
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for (row, at) in fresh {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                enroll(row, at);
            }
        });
        nation::percentiles("check/hit while another enrols", &hit, |row| {
            std::hint::black_box(registry.check(&nation::student(row)).expect("an answer"));
        });
        stop.store(true, Ordering::Relaxed);
    });
    nation::tell_memory("the end");
    drop(registry);
    std::fs::remove_dir_all(folder()).expect("the registry's directory");
}

criterion_group! {
    name = benches;
    config = nation::criterion();
    targets = build, ask, change
}
criterion_main!(benches);
