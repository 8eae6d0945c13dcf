//! Training on made-up nations: ordinary ones, damaged ones, and files that hold nothing to learn from.

use std::path::Path;

use renji::dedupe::{Batch, Dedupe, Findings};
use renji::matching::{Field, Level, Model, Verdict};
use renji::source::{Source, SourceOptions};
use renji::student::Student;
use renji::synth::{Config, Nation, Rates};
use renji::training::{Settings, TrainError, Trained, train};

use crate::fixture::{Fixture, code, said};

/// A file of a made-up nation.
fn nation(fixture: &Fixture, students: u64, seed: u64, rates: &[(&str, f64)]) -> std::path::PathBuf {
    let mut config = Config { students, seed, rates: Rates::default() };
    for (name, value) in rates {
        config.rates.set(name, *value).expect("a rate");
    }
    let (mut file, mut truth) = (Vec::new(), Vec::new());
    Nation::new(config).expect("a nation").write(&mut file, Some(&mut truth)).expect("written to memory");
    fixture.file("truth.csv", truth);
    fixture.file("students.csv", file)
}

/// Its students, changed.
fn read(path: &Path, change: impl Fn(&mut Student<'_>) + Sync) -> Dedupe {
    let source = Source::open(path, 0, &SourceOptions::default()).expect("a readable file");
    let mut dedupe = Dedupe::default();
    let totals: Result<_, renji::error::Error> = source.try_for_each_chunk(
        Batch::default,
        |batch: &mut Batch, student, origin| {
            let mut student = student.clone();
            change(&mut student);
            batch.push(&student, origin);
        },
        |chunk| {
            dedupe.add(chunk.value)?;
            Ok(())
        },
    );
    totals.expect("read");
    dedupe
}

fn learn(dedupe: Dedupe) -> Result<Trained, TrainError> {
    let base = Model::default();
    let trained = train(dedupe, &Settings { base: &base, seed: 1, entity: None }, &())?;
    // Valid: no number that is none, none that is no probability.
    assert_eq!(trained.model.validate(), Ok(()));
    let text = trained.model.to_text();
    assert_eq!(Model::from_text(&text).as_ref(), Ok(&trained.model), "a model reads back as it is");
    assert_keeps_order(&trained.model);
    Ok(trained)
}

/// What agrees as a whole weighs more than what disagrees as a whole.
fn assert_keeps_order(model: &Model) {
    for row in &model.fields {
        let ratio = |level: Level| {
            let row = row.levels.iter().find(|row| row.level == level)?;
            row.share.is_none().then(|| row.same / row.stranger)
        };
        let closest = row.field.levels()[0];
        if let (Some(equal), Some(different)) = (ratio(closest), ratio(Level::Different)) {
            assert!(equal > different, "{}", row.field.code());
        }
    }
}

/// Pairs of one person called two, of two called one, in what a model finds.
fn errors(fixture: &Fixture, findings: &Findings) -> (u64, u64) {
    let truth = renji::evaluate::Truth::read(&fixture.path().join("truth.csv"), "entity_id", "record_id");
    let truth = truth.expect("a readable truth");
    let evaluation = renji::evaluate::Evaluation::of_findings(&truth, findings);
    (evaluation.false_negatives, evaluation.false_positives)
}

const STUDENTS: u64 = 20_000;

#[test]
fn the_same_at_any_number_of_threads_and_in_any_order() {
    let fixture = Fixture::new();
    let path = nation(&fixture, 6_000, 3, &[]);
    let text = std::fs::read_to_string(&path).expect("a file that was written");
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    let backwards = fixture.file("backwards.csv", lines.join("\n"));
    let on = |threads: usize, path: &Path| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| learn(read(path, |_| {})).expect("a model"))
    };
    let one = on(1, &path);
    assert_eq!(one, on(4, &path));
    assert_eq!(one, on(2, &backwards));
    assert!(one.converged);
}

#[test]
fn twice_as_many_errors() {
    let fixture = Fixture::new();
    let rates = [("duplicates", 0.08), ("two_errors", 0.6), ("three_errors", 0.4), ("no_id", 0.02)];
    let more = [("strangers", 0.009), ("conflicts", 0.003), ("guardian_id_missing", 0.04)];
    let path = nation(&fixture, STUDENTS, 5, &[rates.as_slice(), &more].concat());
    let trained = learn(read(&path, |_| {})).expect("a model");
    assert!(trained.converged);
    let untrained = read(&path, |_| {}).run(&Model::default(), &()).expect("a run");
    let found = read(&path, |_| {}).run(&trained.model, &()).expect("a run");
    let (missed, merged) = errors(&fixture, &found);
    assert!(missed < errors(&fixture, &untrained).0, "{missed} missed");
    assert_eq!(merged, 0);
}

/// How a student is changed.
type Change = fn(&mut Student<'_>);

#[test]
fn without_a_whole_field() {
    let fixture = Fixture::new();
    let path = nation(&fixture, STUDENTS, 7, &[]);
    let changes: [(&str, Change); 3] = [
        ("no guardians", |student| student.guardians.clear()),
        ("no numbers", |student| student.documents.clear()),
        ("no region", |student| student.region = ""),
    ];
    for (what, change) in changes {
        let trained = learn(read(&path, change)).expect(what);
        let untrained = read(&path, change).run(&Model::default(), &()).expect("a run");
        let found = read(&path, change).run(&trained.model, &()).expect("a run");
        let ((missed, merged), (before, merged_before)) =
            (errors(&fixture, &found), errors(&fixture, &untrained));
        assert!(missed <= before && merged <= merged_before, "{what}: {missed} of {before}, {merged}");
        for field in Field::ALL {
            let (row, shipped) =
                (&trained.model.fields[field as usize], &Model::default().fields[field as usize]);
            if row.levels.iter().zip(&shipped.levels).all(|(a, b)| (a.same - b.same).abs() < 1e-9) {
                assert!(!matches!(field, Field::Name | Field::Birth), "{what}: nothing learnt of {field:?}");
            }
        }
    }
}

#[test]
fn twins_only() {
    let fixture = Fixture::new();
    let path = nation(&fixture, STUDENTS, 9, &[("twins", 0.5), ("siblings", 0.5), ("duplicates", 0.0)]);
    for change in [(|_| {}) as Change, |student| student.documents.clear()] {
        let model = match learn(read(&path, change)) {
            Ok(trained) => trained.model,
            Err(TrainError::TooFewPairs { .. }) => Model::default(),
            Err(error) => panic!("{error}"),
        };
        let found = read(&path, change).run(&model, &()).expect("a run");
        let (_, merged) = errors(&fixture, &found);
        assert!(merged <= 2, "{merged} twins of {STUDENTS} students made one by {:?}", model.priors);
    }
}

#[test]
fn a_name_that_a_third_bear() {
    let fixture = Fixture::new();
    let path = nation(&fixture, STUDENTS, 11, &[]);
    let change = |student: &mut Student<'_>| {
        if student.birthdate.len() > 3 && student.birthdate.bytes().next_back().is_some_and(|b| b % 3 == 0) {
            student.name = "张伟";
        }
    };
    let trained = learn(read(&path, change)).expect("a model");
    let found = read(&path, change).run(&trained.model, &()).expect("a run");
    let (_, merged) = errors(&fixture, &found);
    let before = errors(&fixture, &read(&path, change).run(&Model::default(), &()).expect("a run")).1;
    assert!(merged <= before, "{merged} made one, {before} by the shipped model");
}

#[test]
fn nothing_to_learn_from() {
    let fixture = Fixture::new();
    let head = "record_id,name,birthdate,region,id_number\n";
    let same = |rows: usize| -> String {
        let row = |at| format!("r{at},周洋明,20100101,110105,440524201001010018\n");
        head.to_owned() + &(0..rows).map(row).collect::<String>()
    };
    for rows in [0, 1, 10] {
        let path = fixture.file("few.csv", same(rows));
        let refused = learn(read(&path, |_| {}));
        assert!(matches!(refused, Err(TrainError::TooFewStudents { .. })), "{rows} rows");
        let found = read(&path, |_| {}).run(&Model::default(), &()).expect("a run");
        assert_eq!(found.count(Verdict::Same), (rows * rows.saturating_sub(1) / 2) as u64);
    }
    // One child a hundred and fifty times: a model or a refusal, and never a number that is none.
    let path = fixture.file("one.csv", same(150));
    drop(learn(read(&path, |_| {})));
    let distinct = nation(&fixture, 500, 1, &[("duplicates", 0.0)]);
    assert!(matches!(learn(read(&distinct, |_| {})), Err(TrainError::TooFewPairs { .. })));
}

#[test]
fn a_truth_is_learnt_and_measured_on_what_was_held_back() {
    let fixture = Fixture::new();
    nation(&fixture, STUDENTS, 13, &[("duplicates", 0.1), ("two_errors", 0.6)]);
    let arguments = ["train", "students.csv", "--out", "model.json"];
    let truth = ["--truth", "truth.csv", "--entity", "entity_id", "--json"];
    let output = fixture.renji(&[&arguments[..], &truth].concat());
    assert_eq!(code(&output), 0, "{}", said(&output));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let held = &json["held_back"];
    let loss = |when: &str| held[when].as_f64().expect("a number");
    assert!(held["same"].as_u64().expect("a count") > 100, "{held}");
    assert!(loss("log_loss_after") < loss("log_loss_before") && loss("log_loss_after") > 0.0, "{held}");
    assert!(fixture.text("model.json").contains("\"method\": \"labelled\""));
}

#[test]
fn through_the_binary() {
    let fixture = Fixture::new();
    nation(&fixture, 10_000, 17, &[]);
    let run =
        |more: &[&str]| fixture.renji(&[&["train", "students.csv", "--out", "model.json"], more].concat());
    let output = run(&[]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let model = Model::from_text(&fixture.text("model.json")).expect("a model");
    let provenance = model.provenance.as_ref().expect("where it comes from");
    assert_eq!((model.name.as_str(), provenance.rows), ("model", Some(10_000)));
    assert!(provenance.converged == Some(true) && provenance.date.is_some());
    assert_eq!(code(&run(&[])), 2, "a model is not replaced");
    assert_eq!(code(&run(&["--force"])), 0);
    let output = fixture.renji(&["dedupe", "students.csv", "--model", "model.json", "--out", "out"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert_eq!(code(&run(&["--force", "--truth", "truth.csv"])), 2, "a truth needs its column");
    let torn = fixture.text("students.csv") + "torn\n";
    fixture.file("students.csv", torn);
    let told = said(&run(&["--force"]));
    assert!(told.contains("of which 1 could not be read") && !told.contains("rejected.csv"), "{told}");
    fixture.file("few.csv", "record_id,name\nr1,王小明\n");
    let output = fixture.renji(&["train", "few.csv", "--out", "few.json"]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("too few") && !fixture.path().join("few.json").exists());
}
