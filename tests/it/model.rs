//! Models through the binary: shown, compared, edited, imported, judging, and chosen for a registry; and what costs
//! and a budget do to the lists.

use renji::matching::Model;
use serde_json::{Value, json};

use crate::fixture::{Fixture, code, said};

/// Runs a command that must succeed; what it printed.
fn text(fixture: &Fixture, arguments: &[&str]) -> String {
    let output = fixture.renji(arguments);
    assert_eq!(code(&output), 0, "{arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).expect("text")
}

/// A file with the shipped model, changed as text.
fn edited(fixture: &Fixture, name: &str, from: &str, to: &str) {
    let model = Model::default().to_text();
    assert!(model.contains(from), "{from}");
    fixture.file(name, model.replacen(from, to, 1));
}

#[test]
fn a_model_is_written_edited_and_compared() {
    let fixture = Fixture::new();
    text(&fixture, &["model", "default", "--out", "model.json"]);
    assert_eq!(fixture.text("model.json"), Model::default().to_text());
    assert_eq!(text(&fixture, &["model", "show", "--json"]), Model::default().to_text());
    assert_eq!(code(&fixture.renji(&["model", "default", "--out", "model.json"])), 2, "it is there");
    text(&fixture, &["model", "default", "--out", "model.json", "--force"]);
    assert!(text(&fixture, &["model", "diff", "model.json", "model.json"]).contains("judge alike"));

    edited(&fixture, "other.json", "\"same\": 0.9,", "\"same\": 0.95,");
    let diff = text(&fixture, &["model", "diff", "model.json", "other.json"]);
    assert!(diff.contains("+1.08  thresholds.same") && diff.contains("0.9 -> 0.95"), "{diff}");
    let diff: Value =
        serde_json::from_str(&text(&fixture, &["model", "diff", "model.json", "other.json", "--json"]))
            .expect("JSON");
    assert_eq!((&diff[0]["path"], &diff[0]["after"]), (&json!("thresholds.same"), &json!("0.95")));

    let english = text(&fixture, &["model", "show", "other.json"]);
    assert!(english.contains("threshold: same") && english.contains("0.95"), "{english}");
    assert!(english.contains("same sound (same_sound)"), "{english}");
    let chinese = text(&fixture, &["model", "show", "--lang", "zh"]);
    assert!(chinese.contains("阈值：同一人") && chinese.contains("同音 (same_sound)"), "{chinese}");
    assert!(english.contains(
        &renji::matching::Model::from_text(&fixture.text("other.json")).unwrap().digest().to_string()
    ));
}

#[test]
fn what_is_no_model_ends_the_run_and_names_the_place() {
    let fixture = Fixture::new();
    let cases = [
        ("\"same\": 0.9,", "\"same\": 9.0,", "wrong.json: thresholds.same: expected a probability"),
        (
            "\"level\": \"variant\"",
            "\"level\": \"varient\"",
            "fields[1].levels[1].level: unknown variant `varient`",
        ),
        ("\"priors\": {", "\"priors\": [", "wrong.json: line "),
        ("\"identity_version\": ", "\"identity_version\": 9", "train the model again"),
        ("\"review\"", "\"reveiw\"", "thresholds.reveiw: unknown field `reveiw`"),
    ];
    fixture.file("a.csv", "record_id,姓名\nr1,王小明\n");
    for (from, to, expected) in cases {
        edited(&fixture, "wrong.json", from, to);
        for arguments in [
            &["model", "show", "wrong.json"][..],
            &["dedupe", "a.csv", "--out", "out", "--model", "wrong.json"],
            &["explain", "a.csv", "r1", "r1", "--model", "wrong.json"],
            &["init", "reg", "--model", "wrong.json"],
        ] {
            let output = fixture.renji(arguments);
            assert_eq!(code(&output), 3, "{arguments:?}: {}", said(&output));
            assert!(said(&output).contains(expected), "{expected}: {}", said(&output));
        }
    }
    let output = fixture.renji(&["model", "show", "nowhere.json", "--lang", "zh"]);
    assert_eq!(code(&output), 3);
    assert!(said(&output).contains("nowhere.json：无法读取"), "{}", said(&output));
}

/// A made-up nation, and a run over it; what its summary says.
fn run(fixture: &Fixture, out: &str, flags: &[&str]) -> Value {
    text(fixture, &[&["dedupe", "nation.csv", "--out", out][..], flags].concat());
    serde_json::from_str(&fixture.text(&format!("{out}/summary.json"))).expect("JSON")
}

fn nation() -> Fixture {
    let fixture = Fixture::new();
    text(&fixture, &["synth", "--students", "3000", "--seed", "5", "--out", "nation.csv"]);
    fixture
}

fn count(summary: &Value, verdict: &str) -> u64 {
    summary["pairs_by_verdict"][verdict].as_u64().expect("a count")
}

/// Ids and probability of each review of a list.
fn reviews(list: &str) -> Vec<(String, f64)> {
    let cells = list.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let reviews = cells.filter(|cells| cells[2] == "review");
    reviews.map(|cells| (cells[..2].join(","), cells[4].parse().expect("a probability"))).collect()
}

#[test]
fn the_model_of_a_file_judges() {
    let fixture = nation();
    edited(&fixture, "strict.json", "\"same\": 0.9,", "\"same\": 1.0,");
    let usual = run(&fixture, "usual", &[]);
    let strict = run(&fixture, "strict", &["--model", "strict.json"]);
    assert!(count(&strict, "same") < count(&usual, "same"), "{usual}\n{strict}");
    assert_eq!(usual["model_digest"], Model::default().digest().to_string());
    assert_ne!(strict["model_digest"], usual["model_digest"]);
    assert_eq!(strict["thresholds"]["same"], 1.0);
    // What it wrote is what it reads.
    text(&fixture, &["model", "default", "--out", "shipped.json"]);
    run(&fixture, "shipped", &["--model", "shipped.json"]);
    assert_eq!(fixture.text("usual/pairs.csv"), fixture.text("shipped/pairs.csv"));
}

#[test]
fn thresholds_follow_from_costs() {
    let fixture = nation();
    let usual = run(&fixture, "usual", &[]);
    let ten = run(&fixture, "ten", &["--false-merge-cost", "10", "--missed-cost", "10"]);
    assert_eq!(usual["pairs_by_verdict"], ten["pairs_by_verdict"]);
    let careful = run(&fixture, "careful", &["--false-merge-cost", "1000"]);
    assert_eq!(careful["thresholds"]["same"], 0.999);
    assert_eq!(careful["thresholds"]["review"], 0.1);
    assert!(count(&careful, "same") <= count(&usual, "same"));
    let eager = run(&fixture, "eager", &["--missed-cost", "1000"]);
    assert!(count(&eager, "review") > count(&usual, "review"), "{usual}\n{eager}");
    for wrong in [&["--false-merge-cost", "0"][..], &["--missed-cost", "nan"], &["--review-budget", "-1"]] {
        let arguments = [&["dedupe", "nation.csv", "--out", "wrong"][..], wrong].concat();
        assert_eq!(code(&fixture.renji(&arguments)), 2, "{wrong:?}");
    }
}

#[test]
fn a_budget_keeps_the_reviews_worth_most_and_loses_none() {
    let fixture = nation();
    let eager = ["--missed-cost", "1e6", "--false-merge-cost", "1e6"];
    run(&fixture, "all", &eager);
    let all = reviews(&fixture.text("all/pairs.csv"));
    assert!(all.len() > 5, "{}", all.len());
    for most in [0, 3, all.len(), all.len() + 1] {
        let (out, budget) = (format!("out{most}"), most.to_string());
        let summary = run(&fixture, &out, &[&eager[..], &["--review-budget", &budget]].concat());
        let kept = reviews(&fixture.text(&format!("{out}/pairs.csv")));
        let deferred = reviews(&fixture.text(&format!("{out}/deferred.csv")));
        assert_eq!(kept.len(), most.min(all.len()));
        assert_eq!(count(&summary, "review"), kept.len() as u64);
        assert_eq!(summary["reviews_deferred"], deferred.len() as u64);
        let least = kept.iter().map(|(_, p)| *p).fold(1.0, f64::min);
        assert!(kept.is_empty() || deferred.iter().all(|(_, p)| *p <= least), "{kept:?} {deferred:?}");
        let mut both = [kept, deferred].concat();
        both.sort_by(|a, b| a.0.cmp(&b.0));
        let mut expected = all.clone();
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(both, expected);
    }
    run(&fixture, "one", &[&eager[..], &["--review-budget", "3", "--threads", "1"]].concat());
    assert_eq!(fixture.text("one/pairs.csv"), fixture.text("out3/pairs.csv"));
    assert_eq!(fixture.text("one/deferred.csv"), fixture.text("out3/deferred.csv"));
}

#[test]
fn settings_of_splink_are_taken_over() {
    let fixture = Fixture::new();
    let level = |condition: &str, m: f64, u: f64| json!({ "sql_condition": condition, "label_for_charts": condition, "m_probability": m, "u_probability": u });
    let settings = json!({
        "link_type": "dedupe_only", "probability_two_random_records_match": 0.001,
        "comparisons": [
            { "output_column_name": "dob", "comparison_levels": [
                { "sql_condition": "dob_l IS NULL OR dob_r IS NULL", "is_null_level": true },
                level("dob_l = dob_r", 0.9, 0.001), level("ELSE", 0.1, 0.999)] },
            { "output_column_name": "email", "comparison_levels": [
                level("email_l = email_r", 0.9, 0.001), level("ELSE", 0.1, 0.999)] },
        ],
    });
    fixture.file("splink.json", settings.to_string());
    let arguments = ["model", "import-splink", "splink.json", "--out", "model.json", "--rows", "101"];
    let said_of = text(&fixture, &arguments);
    assert!(
        said_of.contains("dob: dob_l = dob_r") && said_of.contains("-> birth date: equal, placeholder"),
        "{said_of}"
    );
    assert!(said_of.contains("email") && said_of.contains("left out: no field"), "{said_of}");
    let shown = text(&fixture, &["model", "show", "model.json"]);
    assert!(shown.contains("imported") && shown.contains("renji-hand-set-1+splink"), "{shown}");
    assert!(
        shown.lines().any(|line| line.contains("prior: same person") && line.ends_with("0.1")),
        "{shown}"
    );
    fixture.file("other.json", "{\"comparisons\": 3}");
    let output = fixture.renji(&["model", "import-splink", "other.json", "--out", "x.json"]);
    assert_eq!(code(&output), 3);
    assert!(
        said(&output).contains("other.json: line 1, column 17: comparisons: invalid type"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_registry_is_given_another_model_by_an_act() {
    let fixture = Fixture::new();
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/students.csv");
    std::fs::copy(examples, fixture.path().join("students.csv")).expect("the example");
    edited(&fixture, "strict.json", "\"same\": 0.9,", "\"same\": 1.0,");
    let registry = ["--registry", "reg"];
    text(&fixture, &["init", "reg"]);
    text(&fixture, &[&["load", "students.csv"][..], &registry].concat());
    let json = |arguments: &[&str]| -> Value {
        serde_json::from_str(&text(&fixture, &[arguments, &registry, &["--json"]].concat())).expect("JSON")
    };
    let tried = json(&["model", "use", "strict.json", "--dry-run"]);
    assert_eq!(
        (&tried["chosen"], &tried["before"]),
        (&json!(false), &json!(Model::default().digest().to_string()))
    );
    assert!(
        tried["differing"].as_u64() > Some(0) && tried["pairs"].as_u64() > tried["differing"].as_u64(),
        "{tried}"
    );
    assert_eq!(
        text(&fixture, &[&["model", "show", "--json"][..], &registry].concat()),
        Model::default().to_text()
    );

    let output = fixture.renji(&[&["model", "use", "strict.json"][..], &registry].concat());
    assert_eq!(code(&output), 2, "who chooses must be named");
    let arguments = [&["model", "use", "strict.json", "--operator", "王"][..], &registry].concat();
    let chosen = text(&fixture, &arguments);
    assert!(chosen.contains("judged differently") && chosen.contains("one person -> "), "{chosen}");
    assert_eq!(
        text(&fixture, &[&["model", "show", "--json"][..], &registry].concat()),
        fixture.text("strict.json")
    );
    let again = json(&["model", "use", "strict.json", "--dry-run"]);
    assert_eq!(again["differing"], 0);
    let changes = text(&fixture, &[&["changes"][..], &registry].concat());
    let last: Value = serde_json::from_str(changes.lines().last().expect("an entry")).expect("JSON");
    assert_eq!(
        (&last["event"], &last["by"], &last["digest"]),
        (&json!("model_chosen"), &json!("王"), &again["digest"])
    );
    // The registry judges with its own model, also where the whole of it is compared.
    text(&fixture, &[&["dedupe", "--out", "out"][..], &registry].concat());
    let summary: Value = serde_json::from_str(&fixture.text("out/summary.json")).expect("JSON");
    assert_eq!(summary["model_digest"], again["digest"]);
}
