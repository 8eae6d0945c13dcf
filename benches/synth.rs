//! How fast a made-up nation is written: `cargo bench --bench synth`.
//!
//! 100,000 rows and their truth into nothing, on one thread and on all cores; throughput in rows.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use renji::synth::{Config, Nation};

const STUDENTS: u64 = 100_000;

fn write(criterion: &mut Criterion) {
    let nation = Nation::new(Config { students: STUDENTS, seed: 7, ..Config::default() }).expect("a nation");
    let mut group = criterion.benchmark_group("synth");
    group.sample_size(10).throughput(Throughput::Elements(STUDENTS));
    for (name, threads) in [("one_thread", 1), ("all_cores", 0)] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                pool.install(|| nation.write(&mut std::io::sink(), Some(&mut std::io::sink())))
                    .expect("writing to nothing")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, write);
criterion_main!(benches);
