//! How fast all are compared with all: `cargo bench --bench dedupe`.
//!
//! `RENJI_BENCH_STUDENTS` students of a made-up nation (a million if not set): read and keyed (`push`), compared
//! (`run`), and from a file to the lists of an office (`file`), as the command does it. `push` is on one thread, of a
//! hundred thousand; the others are on all cores. Throughput in students. Criterion wants ten runs of each: above a
//! million the two large ones run three times by hand instead. Percentiles are those of reading and keying one row.

mod nation;

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use renji::dedupe::{Batch, Dedupe};
use renji::language::Language;
use renji::matching::Model;
use renji::report::{Existing, OutputDirectory, Summary, write_findings};
use renji::source::{Source, SourceOptions};
use renji::student::Origin;

/// Students for `push`: they are in memory as text.
const PUSHED: u64 = 100_000;

/// All students of a file, read and keyed.
fn read(file: &Path) -> Dedupe {
    let source = Source::open(file, 0, &SourceOptions::default()).expect("opening the file");
    let mut dedupe = Dedupe::default();
    source
        .for_each_chunk(Batch::default, Batch::push, |chunk| {
            dedupe.add(chunk.value).expect("nothing is spilled");
            ControlFlow::Continue(())
        })
        .expect("reading the file");
    dedupe
}

/// File to lists.
fn whole(file: &Path, out: &Path) {
    let findings = read(file).run(&Model::default(), &()).expect("nobody cancels");
    let directory = OutputDirectory::create(out, Existing::Replace).expect("a directory");
    write_findings(&directory, &findings, Language::Zh).expect("writing");
    Summary::default().write(&directory).expect("writing");
    directory.publish().expect("renaming");
}

fn dedupe(criterion: &mut Criterion) {
    let size = nation::size();
    let rows = nation::rows(size.min(PUSHED));
    let mut batch = Batch::default();
    nation::percentiles("push of a row", &rows, |row| {
        batch.push(&nation::student(row), Origin { file: 0, row: 2 });
    });
    drop(batch);
    let mut group = criterion.benchmark_group("dedupe");
    group.sample_size(10).throughput(Throughput::Elements(rows.len() as u64));
    group.bench_function("push", |bencher| bencher.iter_with_large_drop(|| nation::batch(&rows)));
    drop(rows);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = nation::file(size, nation::SEED);
    let out = directory.path().join("problems");
    let model = Model::default();
    if size > nation::CRITERION_MAX {
        nation::by_hand("dedupe/run", || {
            let dedupe = read(&file);
            let clock = Instant::now();
            std::hint::black_box(dedupe.run(&model, &()).expect("nobody cancels"));
            clock.elapsed()
        });
        nation::by_hand("dedupe/file", || {
            let clock = Instant::now();
            whole(&file, &out);
            clock.elapsed()
        });
    } else {
        group.throughput(Throughput::Elements(size));
        group.bench_function("run", |bencher| {
            bencher.iter_batched(
                || read(&file),
                |dedupe| dedupe.run(&model, &()).expect("nobody cancels"),
                BatchSize::PerIteration,
            );
        });
        group.bench_function("file", |bencher| bencher.iter(|| whole(&file, &out)));
    }
    group.finish();
    nation::tell_memory("the end");
    std::fs::remove_file(&file).expect("the nation's file");
}

criterion_group! {
    name = benches;
    config = nation::criterion();
    targets = dedupe
}
criterion_main!(benches);
