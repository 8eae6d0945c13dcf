//! How fast a pair is judged: `cargo bench --bench judge`.
//!
//! Four pairs of known kinds, then every candidate pair of a made-up nation of 50,000, under that nation's
//! own frequencies. On one thread; throughput in pairs.

mod nation;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use renji::identity::Identity;
use renji::matching::{FrequencyCounter, Model, Verdict, judge};
use renji::student::{GivenDocument, GivenGuardian, Student};

const STUDENTS: u64 = 50_000;

/// A child of one family; the number's check character is right.
fn child(number: &str, name: &str, sex: &str) -> Identity {
    nation::identity(&Student {
        documents: vec![GivenDocument { kind: "1", number }],
        name,
        sex,
        birthdate: "20100101",
        region: "440524000000",
        guardians: vec![GivenGuardian {
            name: "王建国",
            document: GivenDocument { kind: "1", number: "11010519491231002X" },
            phone: "",
        }],
        phone: "13800138000",
        address: "广东省汕头市潮南区工业路70号21栋4单元303室",
        school_code: "2137332744",
        enrolled: "201609",
        ..Student::default()
    })
}

fn pairs(criterion: &mut Criterion) {
    let identities = nation::identities(STUDENTS);
    let mut counter = FrequencyCounter::default();
    identities.iter().for_each(|identity| counter.add(identity));
    let frequencies = counter.finish();
    let model = Model::default();

    let base = child("440524201001010018", "王小明", "男");
    let homophone = child("440524201001010018", "王晓铭", "男");
    let twin = child("440524201001010026", "王小红", "女");
    let stranger = identities.last().expect("students");
    let mut group = criterion.benchmark_group("judge");
    group.throughput(Throughput::Elements(1));
    for (name, other, verdict) in [
        ("equal", &base, Verdict::Same),
        ("homophone", &homophone, Verdict::Same),
        ("twins", &twin, Verdict::Dropped),
        ("strangers", stranger, Verdict::Dropped),
    ] {
        assert_eq!(judge(&base, other, &model, &frequencies).verdict, verdict, "{name}");
        group.bench_function(name, |bencher| {
            bencher.iter(|| judge(black_box(&base), black_box(other), &model, &frequencies));
        });
    }
    let candidates = nation::candidates(&identities);
    group.throughput(Throughput::Elements(candidates.len() as u64)).sample_size(20);
    group.bench_function("candidates", |bencher| {
        bencher.iter(|| {
            candidates
                .iter()
                .map(|(a, b)| judge(&identities[*a], &identities[*b], &model, &frequencies))
                .filter(|judgement| judgement.verdict == Verdict::Same)
                .count()
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2));
    targets = pairs
}
criterion_main!(benches);
