//! How fast text becomes comparable: `cargo bench --bench normalise`.
//!
//! Documents, names and dates one by one, then whole students: one of the commonest kind, and 10,000 of a
//! made-up nation with all their errors. On one thread; throughput in what the group's name says.

mod nation;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use renji::identity::date::Date;
use renji::identity::document::{Document, StatedKind};
use renji::identity::name::Name;
use renji::identity::place::Address;

const STUDENTS: u64 = 10_000;

fn documents(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("document");
    group.throughput(Throughput::Elements(1));
    let read = |text: &str| Document::parse(StatedKind::Unstated, black_box(text), None);
    for (name, text) in [
        ("clean", "11010519491231002X"),
        ("spaced", " 110105 19491231 002x"),
        ("full_width", "１１０１０５１９４９１２３１００２Ｘ"),
        ("invalid", "110105194912310021"),
    ] {
        group.bench_function(name, |bencher| bencher.iter(|| read(text)));
    }
    group.bench_function("invalid_and_repairs", |bencher| {
        bencher.iter(|| read("110105194912310021").map(|document| document.repairs()));
    });
    group.finish();
}

fn names(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("name");
    group.throughput(Throughput::Elements(1));
    for (name, text) in [
        ("han", "王小明"),
        ("han_traditional", "張曉明"),
        ("han_segmented", "阿卜杜拉•艾山"),
        ("latin", "Müller, Anne-Marie"),
    ] {
        group.bench_function(name, |bencher| bencher.iter(|| Name::parse(black_box(text))));
    }
    for (name, text) in [("forms_han", "王小明"), ("forms_latin", "Müller, Anne-Marie")] {
        let parsed = Name::parse(text).expect("a name");
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let reading = black_box(&parsed).reading();
                (reading.loose(), reading.phonetic())
            });
        });
    }
    group.finish();
}

fn dates_and_addresses(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("date");
    group.throughput(Throughput::Elements(1));
    for (name, text) in [("plain", "20150312"), ("iso", "2015-03-12"), ("written", "2015年3月12日")] {
        group.bench_function(name, |bencher| bencher.iter(|| Date::parse(black_box(text))));
    }
    group.finish();
    let mut group = criterion.benchmark_group("address");
    group.throughput(Throughput::Elements(1));
    group.bench_function("han", |bencher| {
        bencher.iter(|| Address::parse(black_box("山东省济宁市鱼台县工业路70号21栋4单元303室")));
    });
    group.finish();
}

fn students(criterion: &mut Criterion) {
    let rows = nation::rows(STUDENTS);
    let given: Vec<_> = rows.iter().map(nation::student).collect();
    let typical = given
        .iter()
        .find(|student| nation::identity(student).documents.iter().all(Document::is_valid))
        .expect("most numbers are valid");
    let mut group = criterion.benchmark_group("student");
    let mut issues = Vec::new();
    group.throughput(Throughput::Elements(1));
    group.bench_function("typical", |bencher| {
        bencher.iter(|| {
            issues.clear();
            renji::identity::Identity::of(black_box(typical), &mut issues)
        });
    });
    group.throughput(Throughput::Elements(STUDENTS)).sample_size(30);
    group.bench_function("mixed", |bencher| {
        bencher.iter(|| {
            for student in &given {
                issues.clear();
                black_box(renji::identity::Identity::of(student, &mut issues));
            }
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2));
    targets = documents, names, dates_and_addresses, students
}
criterion_main!(benches);
