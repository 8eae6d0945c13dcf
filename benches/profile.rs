//! How fast a profile is written and read: `cargo bench --bench profile`.
//!
//! One student with a number, two guardians with numbers, a phone and an address, and 10,000 of a made-up
//! nation, whose mean profile is told first, and how many of them have an outline. On one thread; throughput in
//! students, and in pairs of neighbours whom outlines tell apart.

mod nation;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use renji::identity::Identity;
use renji::identity::profile::{self, Outline};
use renji::matching::are_told_apart;
use renji::student::{GivenDocument, GivenGuardian, Student};

const STUDENTS: u64 = 10_000;

fn ordinary() -> Identity {
    let guardian =
        |name, number| GivenGuardian { name, document: GivenDocument { kind: "1", number }, phone: "" };
    nation::identity(&Student {
        documents: vec![GivenDocument { kind: "1", number: "440524201001010018" }],
        name: "王小明",
        sex: "男",
        birthdate: "20100101",
        region: "440524000000",
        guardians: vec![guardian("王建国", "11010519491231002X"), guardian("李梅", "110105194912310038")],
        phone: "13800138000",
        address: "广东省汕头市潮南区工业路70号21栋4单元303室",
        school_code: "2137332744",
        enrolled: "201609",
        ..Student::default()
    })
}

fn encoded(identity: &Identity) -> Vec<u8> {
    let mut out = Vec::new();
    profile::encode(identity, &mut out);
    out
}

#[expect(clippy::print_stdout, reason = "a size is no time, and criterion tells times only")]
fn profiles(criterion: &mut Criterion) {
    let ordinary = ordinary();
    let ordinary_bytes = encoded(&ordinary);
    let identities = nation::identities(STUDENTS);
    let bytes: Vec<Vec<u8>> = identities.iter().map(encoded).collect();
    let sum: usize = bytes.iter().map(Vec::len).sum();
    let outlines: Vec<Outline> = bytes.iter().filter_map(|bytes| Outline::read(bytes)).collect();
    println!(
        "profile: {} bytes ordinary, {:.1} bytes mean; {} of {STUDENTS} have an outline",
        ordinary_bytes.len(),
        sum as f64 / STUDENTS as f64,
        outlines.len()
    );

    let mut group = criterion.benchmark_group("profile");
    group.throughput(Throughput::Elements(1));
    let mut out = Vec::with_capacity(4096);
    group.bench_function("encode/ordinary", |bencher| {
        bencher.iter(|| {
            out.clear();
            profile::encode(black_box(&ordinary), &mut out);
            out.len()
        });
    });
    group.bench_function("decode/ordinary", |bencher| {
        bencher.iter(|| profile::decode(black_box(&ordinary_bytes)));
    });
    group.throughput(Throughput::Elements(STUDENTS)).sample_size(30);
    group.bench_function("encode/mixed", |bencher| {
        bencher.iter(|| {
            let length = |identity| {
                out.clear();
                profile::encode(black_box(identity), &mut out);
                out.len()
            };
            identities.iter().map(length).sum::<usize>()
        });
    });
    group.bench_function("decode/mixed", |bencher| {
        bencher.iter(|| bytes.iter().filter(|bytes| profile::decode(black_box(bytes)).is_ok()).count());
    });
    group.bench_function("outline/mixed", |bencher| {
        bencher.iter(|| bytes.iter().filter(|bytes| Outline::read(black_box(bytes)).is_some()).count());
    });
    group.throughput(Throughput::Elements(outlines.len() as u64 - 1));
    group.bench_function("told_apart/neighbours", |bencher| {
        let are_apart = |pair: &&[Outline]| are_told_apart(black_box(&pair[0]), &pair[1]);
        bencher.iter(|| outlines.windows(2).filter(are_apart).count());
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = nation::criterion();
    targets = profiles
}
criterion_main!(benches);
