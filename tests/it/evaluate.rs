//! Verdicts held against the truth, counted by hand here.

use renji::dedupe::{Batch, Dedupe};
use renji::evaluate::{ClusterMeasures, Evaluation, Interval, Missed, Truth};
use renji::matching::{Field, Level, Model};
use renji::source::{Source, SourceOptions};

use crate::fixture::{Fixture, code, said};

const TRUTH: &str = "record_id,entity_id,kind,family_id\n\
    a1,a,base,f1\na2,a,dup:exact,f1\na3,a,dup:moved,f1\n\
    b1,b,twin,f1\n\
    c1,c,base,f2\nc2,c,dup:exact,f2\n\
    d1,d,sibling,f2\ne1,,base,\n";

const PAIRS: &str = "record_a,record_b,verdict,p_same\n\
    a1,a2,same,0.99\na1,a2,same,0.99\na1,a3,review,0.5\na1,b1,same,0.9\nc1,c2,same,1\n\
    c1,d1,same,1\nc2,e1,same,1\na1,zz,same,1\na2,b1,conflict,0\n";

#[test]
fn counts() {
    let fixture = Fixture::new();
    let truth = fixture.file("truth.csv", TRUTH);
    let pairs = fixture.file("pairs.csv", PAIRS);
    let truth = Truth::read(&truth, "entity_id", "record_id").expect("a readable truth");
    assert_eq!((truth.records(), truth.entities(), truth.pairs()), (8, 5, 4));
    let found = Evaluation::of_file(&truth, &pairs).expect("readable pairs");
    assert_eq!((found.true_positives, found.false_positives, found.false_negatives), (2, 3, 2));
    assert_eq!((found.rates.precision, found.rates.recall), (Some(0.4), Some(0.5)));
    assert_eq!(found.rates.f1, Some(4.0 / 9.0));
    assert_eq!((found.false_same.twins, found.false_same.siblings, found.false_same.others), (1, 1, 1));
    assert_eq!((found.unknown_pairs, found.repeated_pairs), (1, 1));
    let conflict = found.by_verdict["conflict"];
    assert_eq!((conflict.pairs, conflict.true_pairs, conflict.false_pairs), (1, 0, 1));
    // a1–a2, c1–c2 and a2–a3, which counts under both of its marks.
    let exact = found.by_kind["exact"];
    assert_eq!((exact.pairs, exact.same, exact.missed), (3, 2, 1));
    let moved = found.by_kind["moved"];
    assert_eq!((moved.pairs, moved.review, moved.missed), (2, 1, 1));
    assert_eq!(found.false_same_by_kind["twin"], 1);
}

#[test]
fn through_the_binary() {
    let fixture = Fixture::new();
    fixture.file("truth.csv", TRUTH);
    fixture.file("pairs.csv", PAIRS);
    let run = |more: &[&str]| {
        let arguments = ["evaluate", "--pairs", "pairs.csv", "--truth", "truth.csv", "--entity"];
        fixture.renji(&[&arguments, more].concat())
    };
    let output = run(&["entity_id", "--json"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&json["true_positives"], &json["precision"]), (&2.into(), &0.4.into()));
    let table = String::from_utf8(run(&["entity_id"]).stdout).expect("text");
    assert!(table.contains("precision            0.400000"), "{table}");
    assert_eq!(code(&run(&["nothing"])), 2);
    assert_eq!(code(&run(&["entity_id", "--record", "nothing"])), 2);
}

/// K1 joins two of a's three with b1, K2 is c as it is (with a record that the truth does not know), K3 is wrong.
const CLUSTERS: &str = "record_id,cluster_id\na1,k1\na2,k1\nb1,k1\nc1,k2\nc2,k2\nzz,k2\nd1,k3\ne1,k3\n";

fn close(found: Option<f64>, wanted: f64) {
    let found = found.expect("a figure");
    assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
}

#[test]
fn clusters_are_measured_by_pairs_by_whole_clusters_and_by_records() {
    let fixture = Fixture::new();
    let truth = fixture.file("truth.csv", TRUTH);
    let truth = Truth::read(&truth, "entity_id", "record_id").expect("a readable truth");
    let clusters = fixture.file("clusters.csv", CLUSTERS);
    let found = ClusterMeasures::of_file(&truth, &clusters).expect("readable clusters");
    assert_eq!((found.clusters, found.records, found.entities), (3, 7, 2));
    assert_eq!((found.exact_clusters, found.unknown_records), (1, 1));
    // 3 + 1 + 1 pairs, of which a1–a2 and c1–c2 are true; the truth has four.
    assert_eq!((found.cluster_pairs, found.true_cluster_pairs), (5, 2));
    let pairwise = found.pairwise;
    assert_eq!((pairwise.precision, pairwise.recall, pairwise.f1), (Some(0.4), Some(0.5), Some(4.0 / 9.0)));
    let exact = found.exact;
    assert_eq!((exact.precision, exact.recall, exact.f1), (Some(1.0 / 3.0), Some(0.5), Some(0.4)));
    // Over eight records. Precision: a1, a2 2/3 each, b1 1/3; c1, c2 1 each; d1, e1 1/2 each; a3 alone 1.
    close(found.b_cubed.precision, (4.0 / 3.0 + 1.0 / 3.0 + 2.0 + 1.0 + 1.0) / 8.0);
    // Recall: a1, a2 2/3 each, a3 1/3; the five others 1 each.
    close(found.b_cubed.recall, (4.0 / 3.0 + 1.0 / 3.0 + 5.0) / 8.0);
    close(found.b_cubed.f1, 85.0 / 111.0);
    let twice = fixture.file("twice.csv", "record_id,cluster_id\na1,k1\na1,k2\n");
    let error = ClusterMeasures::of_file(&truth, &twice).expect_err("a record in two clusters");
    assert!(error.to_string().contains("row 3"), "{error}");
}

#[test]
fn probabilities_are_held_against_the_truth() {
    let fixture = Fixture::new();
    let truth = fixture.file("truth.csv", TRUTH);
    let truth = Truth::read(&truth, "entity_id", "record_id").expect("a readable truth");
    let found = Evaluation::of_file(&truth, &fixture.file("pairs.csv", PAIRS)).expect("readable pairs");
    let calibration = found.calibration.expect("probabilities");
    // Seven pairs. 0.5: one, true. 0.9 to 1: 0.99, 0.9, 1, 1, 1, of which two are true. 0: one, false.
    assert_eq!(calibration.pairs, 7);
    close(Some(calibration.expected_calibration_error), (0.5 + 5.0 * (4.89 / 5.0 - 0.4)) / 7.0);
    let point = found.curve.iter().find(|point| point.cut == 0.99).expect("a cut");
    assert_eq!((point.true_positives, point.false_positives, point.rates.recall), (2, 2, Some(0.5)));
    assert_eq!((found.histogram[0].false_pairs, found.histogram[10].true_pairs), (1, 1));
    assert!(found.weight_curve.is_empty(), "the list has no weights");
    assert_eq!(found.intervals.precision, Interval::wilson(2, 5));
    // Two hits; five called the same, four true, so seven are one or the other.
    assert_eq!(found.intervals.f1, Interval::of_f1(2, 7));
    let bare = fixture.file("bare.csv", "record_a,record_b,verdict\na1,a2,same\n");
    let found = Evaluation::of_file(&truth, &bare).expect("readable pairs");
    assert!(found.calibration.is_none() && found.curve.is_empty());
    let wrong = fixture.file("wrong.csv", "record_a,record_b,verdict,p_same\na1,a2,same,1.5\n");
    assert!(Evaluation::of_file(&truth, &wrong).expect_err("no probability").to_string().contains("row 2"));
}

const STUDENTS: &str = "record_id,id_type,id_number,name,sex,birthdate,region\n\
    s1,1,440524201001010018,周洋明,1,20100101,440524000000\n\
    s2,1,440524201001010018,周洋明,1,20100101,440524000000\n\
    n1,,,王小明,1,20110203,110105000000\n\
    n2,,,李雷,2,20130506,330106000000\n\
    d1,1,510104201204050010,赵六,1,20120405,510104000000\n\
    d2,1,510104201204053318,孙小川,1,20120405,510104000000\n\
    u1,1,310115201203040031,吴中天,1,20120304,310115000000\n\
    u2,1,310115201203040031,吴中天,1,20120304,310115000000\n\
    r1,,,郑和平,1,20140708,420106000000\n\
    r2,,,郑和平,1,20140708,420106000000\n\
    x1,,,冯程程,2,20150101,610103000000\n";
const ENTITIES: &str =
    "record_id,entity_id\ns1,s\ns2,s\nn1,n\nn2,n\nd1,d\nd2,d\nu1,u\nu2,u\nr1,r\nr2,r\nx1,x\nx2,x\n";
const LISTED: &str = "record_a,record_b,verdict,p_same,weight\ns1,s2,same,1,40\nr1,r2,review,0.6,20\n";

#[test]
fn what_blocking_missed_is_told_from_what_judgement_missed() {
    let fixture = Fixture::new();
    let truth = Truth::read(&fixture.file("t.csv", ENTITIES), "entity_id", "record_id").expect("a truth");
    let pairs = fixture.file("pairs.csv", LISTED);
    let students = fixture.file("students.csv", STUDENTS);
    let source = Source::open(&students, 0, &SourceOptions::default()).expect("students");
    let mut told = 0;
    let sources = [source];
    let mut on = |bytes: u64, _| told += bytes;
    let model = Model::default();
    let found = Missed::measure(&truth, &pairs, &sources, &model, &mut on).expect("a measure");
    assert_eq!(told, 2 * STUDENTS.len() as u64, "read twice");
    assert_eq!((found.records, found.true_pairs, found.unread_pairs, found.same), (11, 5, 1, 1));
    let missed = found.missed;
    assert_eq!((missed.no_key, missed.no_key_same), (1, 0), "n1 and n2 have nothing in common");
    assert_eq!((missed.dropped, missed.unlisted), (1, 1), "d1 and d2; u1 and u2");
    assert_eq!((missed.review, missed.conflict), (1, 0));
    close(found.pairs_completeness, 0.8);
    let family = |name: &str| {
        let reach = found.families.iter().find(|reach| reach.family == name).expect("a family");
        (reach.pairs, reach.only)
    };
    assert_eq!(family("document"), (2, 0));
    assert_eq!(family("birth_region_sex"), (4, 1), "d1 and d2 meet nowhere else");
    assert_eq!(family("former_number"), (0, 0));
    let outcomes: Vec<&str> = found.patterns.iter().map(|pattern| pattern.outcome).collect();
    assert_eq!(outcomes, ["no_key", "dropped", "unlisted", "review"]);
    let unlisted = &found.patterns[2];
    assert_eq!((unlisted.pairs, unlisted.levels[&Field::Document]), (1, Level::Equal));
    assert!(unlisted.mean_p_same > 0.99 && found.patterns[0].mean_p_same < 0.01);
    // As common as the others are in the whole input: the same as a run finds.
    let mut dedupe = Dedupe::default();
    sources[0]
        .try_for_each_chunk(Batch::default, Batch::push, |chunk| {
            dedupe.add(chunk.value).expect("memory");
            Ok::<(), renji::source::SourceError>(())
        })
        .expect("students");
    let run = dedupe.run(&model, &()).expect("findings");
    let of_run = run.pairs.iter().find(|pair| run.id(pair.a) == "u1").expect("the pair that was left out");
    assert_eq!(of_run.judgement.posterior.same, unlisted.mean_p_same);
}

/// Every name in the JSON; of a list those of its first element, of a map by data (verdicts, kinds) none.
fn names(value: &serde_json::Value, prefix: &str, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (name, value) in map {
                let path = format!("{prefix}{name}");
                let is_data =
                    matches!(name.as_str(), "by_verdict" | "by_kind" | "false_same_by_kind" | "levels");
                found.push(path.clone());
                if !is_data {
                    names(value, &format!("{path}."), found);
                }
            }
        }
        serde_json::Value::Array(list) => list.iter().take(1).for_each(|value| names(value, prefix, found)),
        _ => {}
    }
}

#[test]
fn the_names_of_the_figures_stay_and_the_page_stands_alone() {
    let fixture = Fixture::new();
    fixture.file("t.csv", ENTITIES);
    fixture.file("pairs.csv", LISTED);
    fixture.file("clusters.csv", "record_id,cluster_id\ns1,s1\ns2,s1\n");
    fixture.file("students.csv", STUDENTS);
    let run = |more: &[&str]| {
        let arguments = ["evaluate", "--pairs", "pairs.csv", "--truth", "t.csv", "--entity", "entity_id"];
        fixture.renji(&[&arguments, more].concat())
    };
    let output = run(&["--input", "students.csv", "--json", "--html", "page.html"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut found = Vec::new();
    names(&json, "", &mut found);
    found.sort();
    let wanted: Vec<&str> = include_str!("evaluate_names.txt").lines().collect();
    assert_eq!(found, wanted, "{}", found.join("\n"));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("周洋明"), "levels and counts only");

    let page = fixture.text("page.html");
    for part in
        ["Calibration: probability given", "By threshold (p_same)", "Probabilities of true", "(match weight"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(page.matches("<svg").count(), 4);
    for outside in ["http:", "https:", "src=", "href=", "@import", "<script", "周洋明", "440524201001010018"]
    {
        assert!(!page.contains(outside), "{outside}");
    }
    let output = run(&["--html", "page.html"]);
    assert_eq!(code(&output), 2, "a page that is there stays: {}", said(&output));
    let output = run(&["--html", "page.html", "--force", "--lang", "zh"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("召回率"));
    let page = fixture.text("page.html");
    assert!(page.contains("lang=\"zh\"") && page.contains("期望校准误差"));
    assert_eq!(code(&run(&["--model", "model.json"])), 2, "a model without an input judges nothing");
}

#[test]
fn missed_pairs_are_judged_as_in_a_run_over_everything() {
    let fixture = Fixture::new();
    let rates = renji::synth::Rates { duplicates: 0.05, ..Default::default() };
    let config = renji::synth::Config { students: 600, seed: 4, rates };
    let (mut students, mut truth) = (Vec::new(), Vec::new());
    let nation = renji::synth::Nation::new(config).expect("a nation");
    nation.write(&mut students, Some(&mut truth)).expect("memory");
    let students = fixture.file("students.csv", students);
    let truth = Truth::read(&fixture.file("t.csv", truth), "entity_id", "record_id").expect("a truth");
    let source = Source::open(&students, 0, &SourceOptions::default()).expect("students");
    let mut dedupe = Dedupe::default();
    let read = source.try_for_each_chunk(Batch::default, Batch::push, |chunk| {
        dedupe.add(chunk.value).expect("memory");
        Ok::<(), renji::source::SourceError>(())
    });
    read.expect("students");
    let run = dedupe.run(&Model::default(), &()).expect("findings");
    // Nothing is listed, so every true pair was missed.
    let none = fixture.file("pairs.csv", "record_a,record_b,verdict\n");
    let found =
        Missed::measure(&truth, &none, &[source], &Model::default(), &mut |_, _| {}).expect("a measure");
    assert_eq!((found.true_pairs, found.unread_pairs, found.same), (truth.pairs(), 0, 0));
    // One pair each, so the mean is its probability, to the last bit: the same values as common in the same population.
    let of_one = found.patterns.iter().filter(|pattern| pattern.outcome == "unlisted" && pattern.pairs == 1);
    let judged: Vec<f64> = of_one.map(|pattern| pattern.mean_p_same).collect();
    assert!(judged.len() > 5, "{}", judged.len());
    for p in judged {
        assert!(run.pairs.iter().any(|pair| pair.judgement.posterior.same == p), "{p}");
    }
}
