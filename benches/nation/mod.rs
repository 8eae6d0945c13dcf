//! Made-up students for the benches: the rows of a [`Nation`], as an office would hand them in.

#![allow(dead_code, reason = "each bench is a crate of its own and uses a part of this")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use criterion::Criterion;
use csv::StringRecord;
use renji::dedupe::Batch;
use renji::identity::Identity;
use renji::key::{self, Family};
use renji::source::{Source, SourceOptions};
use renji::student::{GivenDocument, GivenGuardian, Origin, Student};
use renji::synth::{Config, Nation};

/// The seed of every bench's nation, so that figures can be compared.
pub(crate) const SEED: u64 = 7;

/// Most students for which criterion runs what takes seconds.
pub(crate) const CRITERION_MAX: u64 = 1_000_000;

/// How long a bench takes: all of them under four minutes.
pub(crate) fn criterion() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_millis(1500))
        .without_plots()
}

/// How many students a bench is about: `RENJI_BENCH_STUDENTS`, a million if not set.
pub(crate) fn size() -> u64 {
    let given = std::env::var("RENJI_BENCH_STUDENTS").ok();
    given.map_or(1_000_000, |text| text.parse().expect("RENJI_BENCH_STUDENTS is a number"))
}

/// Memory for pages: `RENJI_BENCH_CACHE_MIB`, else what holds a million students.
pub(crate) fn cache_bytes() -> usize {
    let given = std::env::var("RENJI_BENCH_CACHE_MIB").ok();
    given.map_or(6 << 10, |text| text.parse::<usize>().expect("RENJI_BENCH_CACHE_MIB is a number")) << 20
}

/// A file of so many students under `target`, for its caller to remove.
pub(crate) fn file(students: u64, seed: u64) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-nation");
    std::fs::create_dir_all(&folder).expect("a directory");
    let path = folder.join(format!("{students}-{seed}-{}.csv", std::process::id()));
    let nation = Nation::new(Config { students, seed, ..Config::default() }).expect("the default rates");
    let mut out = std::fs::File::create(&path).expect("a file");
    nation.write(&mut out, None).expect("writing the nation");
    path
}

/// Every so many rows of a nation of whatever size: it is never in memory.
pub(crate) fn sample(students: u64, seed: u64, every: usize) -> Vec<StringRecord> {
    let path = file(students, seed);
    let mut reader = csv::Reader::from_path(&path).expect("the nation");
    let rows = reader.records().step_by(every).map(|record| record.expect("synth writes CSV")).collect();
    std::fs::remove_file(&path).expect("the nation's file");
    rows
}

/// Reads a file on all cores, piece by piece.
pub(crate) fn chunks<T: Send + Default>(
    file: &Path,
    visit: impl Fn(&mut T, &Student<'_>) + Sync,
    mut take: impl FnMut(T),
) {
    let source = Source::open(file, 0, &SourceOptions::default()).expect("opening the file");
    source
        .for_each_chunk(
            T::default,
            |part: &mut T, student, _| visit(part, student),
            |chunk| {
                take(chunk.value);
                ControlFlow::Continue(())
            },
        )
        .expect("reading the file");
}

/// Times each call and prints percentiles in microseconds.
pub(crate) fn percentiles<T>(name: &str, items: &[T], mut call: impl FnMut(&T)) {
    let timed = |item| {
        let clock = Instant::now();
        call(item);
        clock.elapsed()
    };
    tell(name, items.iter().map(timed).collect());
}

/// Prints percentiles in microseconds.
#[expect(clippy::print_stderr, reason = "criterion has no percentiles")]
pub(crate) fn tell(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_nanos() as f64 / 1000.0;
    eprintln!(
        "{name:<36} p50 {:>8.1}  p90 {:>8.1}  p99 {:>8.1}  p99.9 {:>8.1} µs  ({} calls)",
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        times.len()
    );
}

/// Runs something a few times and prints the least and the median.
#[expect(clippy::print_stderr, reason = "criterion wants ten runs")]
pub(crate) fn by_hand(name: &str, mut run: impl FnMut() -> Duration) {
    const RUNS: usize = 3;
    let mut times: Vec<f64> = (0..RUNS).map(|_| run().as_secs_f64()).collect();
    times.sort_by(f64::total_cmp);
    eprintln!("{name:<18} least {:.2} s, median of {RUNS} {:.2} s", times[0], times[RUNS / 2]);
}

/// Prints the most memory the process has held so far.
#[expect(clippy::print_stderr, reason = "criterion has no memory")]
pub(crate) fn tell_memory(until: &str) {
    if let Some(bytes) = renji::report::memory_peak_bytes() {
        let a_student = bytes as f64 / size() as f64;
        eprintln!(
            "peak memory until {until}: {:.0} MiB, {a_student:.0} bytes a student",
            bytes as f64 / 1048576.0
        );
    }
}

/// A random order that is the same in every run.
pub(crate) fn shuffle<T>(items: &mut [T]) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for at in (1..items.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        items.swap(at, (state % (at as u64 + 1)) as usize);
    }
}

/// The text of a file of so many students.
pub(crate) fn text(students: u64) -> Vec<u8> {
    let mut text = Vec::new();
    let nation =
        Nation::new(Config { students, seed: SEED, ..Config::default() }).expect("the default rates");
    nation.write(&mut text, None).expect("writing to memory");
    text
}

/// Writes a file of so many students.
pub(crate) fn write(students: u64, path: &Path) {
    std::fs::write(path, text(students)).expect("writing the nation");
}

/// The rows of a file of so many students.
pub(crate) fn rows(students: u64) -> Vec<StringRecord> {
    csv::Reader::from_reader(text(students).as_slice())
        .records()
        .map(|record| record.expect("synth writes CSV"))
        .collect()
}

/// A row as a student; the cells stand in the order of [`renji::synth::COLUMNS`].
pub(crate) fn student(row: &StringRecord) -> Student<'_> {
    let cell = |at: usize| row.get(at).expect("synth writes 16 cells");
    let guardian = |at: usize| GivenGuardian {
        name: cell(at),
        document: GivenDocument { kind: "", number: cell(at + 1) },
        phone: "",
    };
    Student {
        record_id: cell(0),
        documents: vec![GivenDocument { kind: cell(1), number: cell(2) }],
        name: cell(3),
        former_name: cell(4),
        sex: cell(5),
        birthdate: cell(6),
        region: cell(7),
        guardians: vec![guardian(8), guardian(10)],
        phone: cell(12),
        address: cell(13),
        school_code: cell(14),
        enrolled: cell(15),
        former_number: "",
    }
}

/// What is read of a student.
pub(crate) fn identity(student: &Student<'_>) -> Identity {
    Identity::of(student, &mut Vec::new())
}

/// What is read of so many students.
pub(crate) fn identities(students: u64) -> Vec<Identity> {
    rows(students).iter().map(|row| identity(&student(row))).collect()
}

/// All rows in one batch.
pub(crate) fn batch(rows: &[StringRecord]) -> Batch {
    let mut batch = Batch::default();
    for (row, at) in rows.iter().zip(2..) {
        batch.push(&student(row), Origin { file: 0, row: at });
    }
    batch
}

/// The pairs that share a key of some family, each once: what the engine would judge, but for blocks of
/// more than a hundred.
pub(crate) fn candidates(identities: &[Identity]) -> Vec<(usize, usize)> {
    let mut entries: Vec<(Family, u64, usize)> = Vec::new();
    for (at, identity) in identities.iter().enumerate() {
        key::keys(identity, |family, key| entries.push((family.probes().unwrap_or(family), key, at)));
    }
    entries.sort_unstable();
    entries.dedup();
    let mut pairs = Vec::new();
    for block in entries.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|block| block.len() <= 100) {
        for (index, a) in block.iter().enumerate() {
            pairs.extend(block[index + 1..].iter().map(|b| (a.2, b.2)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
