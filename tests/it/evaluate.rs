//! Verdicts held against the truth, counted by hand here.

use renji::evaluate::{Evaluation, Truth};

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
