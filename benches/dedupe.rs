//! How fast all are compared with all: `cargo bench --bench dedupe`.
//!
//! 100,000 students of a made-up nation: read and keyed (`push`), compared (`run`), and from a file to the
//! lists of an office (`file`), as the command does it. `push` is on one thread, the others on all cores;
//! throughput in students.

mod nation;

use std::ops::ControlFlow;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use renji::dedupe::{Batch, Dedupe};
use renji::language::Language;
use renji::matching::Model;
use renji::report::{Existing, OutputDirectory, Summary, write_findings};
use renji::source::{Source, SourceOptions};

const STUDENTS: u64 = 100_000;

/// File to lists.
fn whole(file: &Path, out: &Path) {
    let source = Source::open(file, 0, &SourceOptions::default()).expect("opening the file");
    let mut dedupe = Dedupe::default();
    source
        .for_each_chunk(Batch::default, Batch::push, |chunk| {
            dedupe.add(chunk.value).expect("nothing is spilled");
            ControlFlow::Continue(())
        })
        .expect("reading the file");
    let findings = dedupe.run(&Model::default(), &()).expect("nobody cancels");
    let directory = OutputDirectory::create(out, Existing::Replace).expect("a directory");
    write_findings(&directory, &findings, Language::Zh).expect("writing");
    Summary::default().write(&directory).expect("writing");
    directory.publish().expect("renaming");
}

fn dedupe(criterion: &mut Criterion) {
    let rows = nation::rows(STUDENTS);
    let mut group = criterion.benchmark_group("dedupe");
    group.sample_size(10).throughput(Throughput::Elements(STUDENTS));
    group.bench_function("push", |bencher| bencher.iter_with_large_drop(|| nation::batch(&rows)));
    group.bench_function("run", |bencher| {
        bencher.iter_batched(
            || {
                let mut dedupe = Dedupe::default();
                dedupe.add(nation::batch(&rows)).expect("nothing is spilled");
                dedupe
            },
            |dedupe| dedupe.run(&Model::default(), &()).expect("nobody cancels"),
            BatchSize::PerIteration,
        );
    });
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("students.csv");
    nation::write(STUDENTS, &file);
    let out = directory.path().join("problems");
    group.bench_function("file", |bencher| bencher.iter(|| whole(&file, &out)));
    group.finish();
}

criterion_group! {
    name = benches;
    config = nation::criterion();
    targets = dedupe
}
criterion_main!(benches);
