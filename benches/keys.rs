//! How fast keys are made: `cargo bench --bench keys`.
//!
//! The keys of a student with a valid number, of one with an invalid number (its repairs are keys as well),
//! and of 10,000 of a made-up nation. On one thread; throughput in students.

mod nation;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use renji::identity::Identity;
use renji::key;

const STUDENTS: u64 = 10_000;

/// All keys folded into one word, so that none is optimised away.
fn fold(identity: &Identity) -> u64 {
    let mut sum = 0u64;
    key::keys(identity, |family, key| sum = sum.wrapping_add(key ^ family as u64));
    sum
}

fn keys(criterion: &mut Criterion) {
    let identities = nation::identities(STUDENTS);
    let with = |has_repairs: bool| {
        let is_such = |identity: &&Identity| {
            identity.documents.first().is_some_and(|document| {
                document.is_usable()
                    && document.is_valid() != has_repairs
                    && document.repairs().is_empty() != has_repairs
            })
        };
        identities.iter().find(is_such).expect("both are in every nation")
    };
    let mut group = criterion.benchmark_group("keys");
    group.throughput(Throughput::Elements(1));
    for (name, identity) in [("typical", with(false)), ("invalid_number", with(true))] {
        group.bench_function(name, |bencher| bencher.iter(|| fold(black_box(identity))));
    }
    group.throughput(Throughput::Elements(STUDENTS)).sample_size(30);
    group.bench_function("mixed", |bencher| {
        bencher.iter(|| identities.iter().fold(0, |sum, identity| sum ^ fold(black_box(identity))));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2));
    targets = keys
}
criterion_main!(benches);
