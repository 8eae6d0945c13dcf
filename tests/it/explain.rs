//! `renji explain`: what it says, and that it shows nobody's name or number.

use crate::fixture::{Fixture, code, said};

const STUDENTS: &str = "record_id,姓名,身份证件号,性别,出生日期,户口所在地,成员1姓名,成员1身份证件号\n\
    r1,王小明,440524201001010016,男,20100101,440524,王建国,11010519491231002X\n\
    r2,王晓明,440524201001010016,男,2010-01-01,440524,王建国,11010519491231002X\n\
    r3,李红,,女,20110303,110105,,\n\
    r4,王小明,440524201001010018,男,20100101,440524,王建国,11010519491231002X\n\
    r5,王晓明,440524201001010018,男,2010-01-01,440524,王建国,11010519491231002X\n";

#[test]
fn level_by_level_and_masked() {
    let fixture = Fixture::new();
    fixture.file("a.csv", STUDENTS);
    let run = |language: &str| {
        let output = fixture.renji(&["explain", "a.csv", "r1", "r2", "--lang", language]);
        assert_eq!(code(&output), 0, "{}", said(&output));
        String::from_utf8(output.stdout).expect("text")
    };
    let english = run("en");
    assert!(english.contains("verdict: same"), "{english}");
    assert!(english.contains("same sound"), "{english}");
    assert!(english.contains("  prior\n") && !english.contains("rules"), "{english}");
    assert!(english.contains("440524********0016"), "{english}");
    let chinese = run("zh");
    assert!(chinese.contains("判定: same (同一人)"), "{chinese}");
    for secret in ["王小明", "王晓明", "王建国", "440524201001010016", "20100101", "11010519491231002X"]
    {
        assert!(!english.contains(secret) && !chinese.contains(secret), "{secret}");
    }
}

#[test]
fn the_rule_that_decides_comes_first() {
    let fixture = Fixture::new();
    fixture.file("a.csv", STUDENTS);
    for (language, rule) in [
        ("en", "rules (the first decides): one valid number: one person or"),
        ("zh", "规则(首条决定): 同一有效证件号"),
    ] {
        let output = fixture.renji(&["explain", "a.csv", "r4", "r5", "--lang", language]);
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(text.contains(rule), "{text}");
    }
}

#[test]
fn the_same_as_json() {
    let fixture = Fixture::new();
    fixture.file("a.csv", STUDENTS);
    let output = fixture.renji(&["explain", "a.csv", "r4", "r5", "--json"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let text = String::from_utf8(output.stdout).expect("text");
    let told: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&told["records"][0]["record_id"], &told["records"][0]["row"]), (&"r4".into(), &5.into()));
    let explanation = &told["explanation"];
    assert_eq!((&explanation["format"], &explanation["verdict"]), (&1.into(), &"same".into()));
    assert_eq!(explanation["decided_by"], "shared_number");
    assert_eq!(explanation["fields"].as_array().map(Vec::len), Some(11));
    let name = &explanation["fields"][1];
    assert_eq!(
        (&name["field"], &name["level"], &name["share"]["of"]),
        (&"name".into(), &"same_sound".into(), &"name".into())
    );
    // The waterfall ends where the posterior is.
    let bits = |value: &serde_json::Value| value.as_f64().expect("a number");
    let odds = |of: &serde_json::Value| (bits(&of["same"]) / bits(&of["stranger"])).log2();
    let fields = explanation["fields"].as_array().expect("fields");
    let sum: f64 = fields.iter().map(|field| bits(&field["weight"]["stranger"])).sum();
    assert!((odds(&explanation["prior"]) + sum - odds(&explanation["posterior"])).abs() < 1e-9);
    assert!(!text.contains("王小明") && !text.contains("440524201001010016"), "{text}");
}

#[test]
fn a_record_that_is_not_there() {
    let fixture = Fixture::new();
    fixture.file("a.csv", STUDENTS);
    let output = fixture.renji(&["explain", "a.csv", "r1", "r9"]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("r9"), "{}", said(&output));
    assert_eq!(code(&fixture.renji(&["explain", "nowhere.csv", "r1", "r2"])), 3);
}
