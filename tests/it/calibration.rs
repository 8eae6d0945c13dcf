//! Of pairs given 0.9, nine in ten are true: models trained without a truth, on three made-up nations that differ in
//! what happens to their records, held against the truth.

use std::ops::ControlFlow;
use std::path::Path;

use renji::dedupe::{Batch, Dedupe};
use renji::evaluate::{Evaluation, Truth};
use renji::matching::Model;
use renji::source::{Source, SourceOptions};
use renji::synth::{Config, Nation, Rates};
use renji::training;

use crate::fixture::Fixture;

/// The largest expected calibration error that is let pass.
const ERROR_MAX: f64 = 0.02;

fn read(students: &Path) -> Dedupe {
    let source = Source::open(students, 0, &SourceOptions::default()).expect("students");
    let mut dedupe = Dedupe::default();
    let add = |chunk: renji::source::ChunkResult<Batch>| {
        dedupe.add(chunk.value).expect("memory");
        ControlFlow::Continue(())
    };
    source.for_each_chunk(Batch::default, Batch::push, add).expect("students");
    dedupe
}

fn evaluate(students: &Path, truth: &Truth, model: &Model) -> Evaluation {
    Evaluation::of_findings(truth, &read(students).run(model, &()).expect("findings"))
}

/// Trains on a nation and measures; `name` is for messages.
#[allow(clippy::print_stdout, reason = "the figures of docs/BENCHMARKS.md come from here")]
fn check(name: &str, seed: u64, rates: &[(&str, f64)]) {
    let fixture = Fixture::new();
    let mut config = Config { students: 24_000, seed, rates: Rates::default() };
    rates.iter().for_each(|(name, rate)| config.rates.set(name, *rate).expect("a rate"));
    let (mut students, mut truth) = (Vec::new(), Vec::new());
    let nation = Nation::new(config).expect("a nation");
    nation.write(&mut students, Some(&mut truth)).expect("memory");
    let students = fixture.file("students.csv", students);
    let truth = fixture.file("truth.csv", truth);
    let truth = Truth::read(&truth, "entity_id", "record_id").expect("a truth");

    let base = Model::default();
    let settings = training::Settings { base: &base, seed: 1, entity: None };
    let trained = training::train(read(&students), &settings, &()).expect("enough to learn from");
    assert!(trained.converged, "{name}");
    let [before, after] = [&base, &trained.model].map(|model| evaluate(&students, &truth, model));
    let calibration = after.calibration.expect("pairs with probabilities");
    let told = format!(
        "{name}: F1 {:?} -> {:?}, error {:?} -> {}, false same {:?}\n{:#?}",
        before.rates.f1,
        after.rates.f1,
        before.calibration.map(|before| before.expected_calibration_error),
        calibration.expected_calibration_error,
        after.false_same,
        calibration.bins,
    );
    assert!(calibration.expected_calibration_error <= ERROR_MAX, "{told}");
    assert_eq!((after.false_same.twins, after.false_same.siblings), (0, 0), "{told}");
    assert!(after.rates.f1 >= before.rates.f1, "{told}");
    // For who runs it to read: `cargo test --test it calibration -- --nocapture`.
    println!("{}", told.lines().next().unwrap_or_default());
}

#[test]
fn a_nation_as_it_is_assumed() {
    check("as assumed", 11, &[]);
}

#[test]
fn a_nation_of_many_errors() {
    let rates = [("duplicates", 0.1), ("two_errors", 0.6), ("three_errors", 0.5), ("id_missing", 8.0)];
    check("many errors", 12, &rates);
}

#[test]
fn a_nation_of_twins_and_missing_numbers() {
    let rates = [
        ("twins", 0.1),
        ("siblings", 0.5),
        ("no_id", 0.1),
        ("strangers", 0.05),
        ("conflicts", 0.01),
        ("guardian_id_missing", 0.3),
    ];
    check("twins and missing numbers", 13, &rates);
}
