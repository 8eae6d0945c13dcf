//! `renji convert` and `renji columns`: what fits goes over, what does not is told, and a map leads back.

use std::collections::BTreeMap;

use renji::template::{Field, Profile};

use crate::fixture::{Fixture, code, said};
use crate::rows::{TemplateRow, file};

/// The rows of a file by heading. No cell of these files holds a comma or a line break.
fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines().map(|line| line.split(',').map(|cell| cell.trim_matches('"').to_owned()));
    let header: Vec<String> = lines.next().expect("a header").collect();
    lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect()
}

fn run(fixture: &Fixture, arguments: &[&str]) -> String {
    let output = fixture.renji(arguments);
    assert_eq!(code(&output), 0, "{arguments:?}: {}", said(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn there_and_back_loses_nothing_that_both_have() {
    let fixture = Fixture::new();
    let rows: Vec<TemplateRow> = (1..40).map(TemplateRow::of).collect();
    fixture.file("a.csv", file(&rows));
    // How many fields both have, and the region.
    let pairs = [("vocational", 20), ("national_1", 65), ("plain", 73)];
    for (to, fields) in pairs {
        let from = "national_2";
        let there = ["convert", "a.csv", "--from", from, "--to", to, "--out", "there.csv", "--force"];
        run(&fixture, &there);
        run(&fixture, &["convert", "there.csv", "--from", to, "--to", from, "--out", "back.csv", "--force"]);
        let (before, after) = (table(&fixture.text("a.csv")), table(&fixture.text("back.csv")));
        assert_eq!(before.len(), after.len());
        let (from, to) = (Profile::of_code(from).expect("one"), Profile::of_code(to).expect("one"));
        let both = from.fields.iter().filter(|placed| to.placed(placed.field).is_some());
        // The region goes over in three words and comes back.
        let kept: Vec<&str> = both.map(|placed| placed.heading).chain(["户口所在地行政区划代码"]).collect();
        assert_eq!(kept.len(), fields, "{}", to.code);
        for (before, after) in before.iter().zip(&after) {
            kept.iter()
                .for_each(|heading| assert_eq!(before[*heading], after[*heading], "{} {heading}", to.code));
        }
    }
}

#[test]
fn what_does_not_fit_is_listed_and_no_value_is() {
    let fixture = Fixture::new();
    let row = TemplateRow::of(1).with(&[(Field::Ethnicity, "火星族")]);
    let text = file(&[TemplateRow::of(2), row]);
    // One more column, which means nothing.
    let mut lines = text.lines();
    let mut wider = format!("{},鞋码\n", lines.next().expect("a header"));
    lines.for_each(|line| wider.push_str(&format!("{line},39\n")));
    fixture.file("a.csv", wider);
    let told = run(
        &fixture,
        &["convert", "a.csv", "--to", "vocational", "--out", "v.csv", "--left-over", "left.csv"],
    );
    assert!(
        told.contains("2 rows: national collection template, second version to secondary vocational system"),
        "{told}"
    );
    let left = table(&fixture.text("left.csv"));
    let of = |kind: &str, column: &str| {
        let line = left.iter().find(|line| line["kind"] == kind && line["column"] == column);
        line.map(|line| (line["rows"].clone(), line["first_row"].clone()))
    };
    let counts = |rows: &str, first: &str| Some((rows.to_owned(), first.to_owned()));
    assert_eq!(of("dropped", "国籍/地区"), counts("2", "2"));
    assert_eq!(of("unknown_column", "鞋码"), counts("2", "2"));
    assert_eq!(of("required_empty", "修读专业"), counts("2", "2"));
    assert_eq!(of("untranslated", "民族"), counts("1", "3"));
    assert_eq!(of("translated", "性别"), counts("2", "2"));
    assert_eq!(of("translated", "户口所在地行政区划代码"), counts("2", "2"));
    let written = table(&fixture.text("v.csv"));
    assert_eq!((written[0]["性别"].as_str(), written[0]["民族"].as_str()), ("男", "汉族"));
    assert_eq!((written[1]["民族"].as_str(), written[0]["户籍所在省"].as_str()), ("火星族", "北京市"));
    for name in ["王", "138"] {
        assert!(!fixture.text("left.csv").contains(name), "a value in the list");
    }
    let again = ["convert", "a.csv", "--to", "vocational", "--out", "v.csv", "--left-over", "left.csv"];
    assert_eq!(code(&fixture.renji(&again)), 2, "nothing is replaced unasked");
    assert_eq!(code(&fixture.renji(&[&again[..], &["--force", "--strict"]].concat())), 1);
    let onto = fixture.renji(&["convert", "a.csv", "--to", "plain", "--out", "a.csv", "--force"]);
    assert_eq!(code(&onto), 2, "never onto the input");
}

#[test]
fn a_map_of_what_was_recognised_is_read_again() {
    let fixture = Fixture::new();
    fixture.file("a.csv", "学籍主号,姓名,\"他,说+\",民族代码,家庭电话号\n11010520150312001X,王小明,x,01,y\n");
    let told = run(&fixture, &["columns", "a.csv", "--out", "map.toml", "--profile", "national_2"]);
    assert!(told.contains("understood:") && told.contains("ethnicity") && told.contains("他,说+"), "{told}");
    assert!(told.contains("required, and not found:") && told.contains("性别"), "{told}");
    let map = fixture.text("map.toml");
    assert!(map.contains("name = [\"姓名\"]") && map.contains("# sex = "), "{map}");
    fixture.file("map.toml", map + "id_number = \"学籍主号\"\nremark = [\"他,说+\"]\n");
    let json =
        run(&fixture, &["columns", "a.csv", "--columns", "map.toml", "--json", "--profile", "national_2"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let found = json["found"].as_array().expect("a list");
    let of = |field: &str| {
        found.iter().find(|found| found["field"] == field).map(|found| found["columns"][0].clone())
    };
    assert_eq!(of("id_number"), Some("学籍主号".into()));
    assert_eq!(of("remark"), Some("他,说+".into()));
    assert_eq!(json["left_over"].as_array().map(Vec::len), Some(2), "{json:#}");
    // The same map serves the commands that know students alone.
    run(&fixture, &["dedupe", "a.csv", "--out", "out", "--columns", "map.toml"]);
    assert_eq!(code(&fixture.renji(&["columns", "a.csv", "--out", "map.toml"])), 2);
    assert_eq!(code(&fixture.renji(&["columns", "a.csv", "--columns", "sex=nowhere"])), 2);
    assert_eq!(code(&fixture.renji(&["columns", "nowhere.csv"])), 3);
}

#[test]
fn the_profile_that_fits_is_found() {
    let fixture = Fixture::new();
    for profile in Profile::ALL {
        let header: Vec<&str> = profile.fields.iter().map(|placed| placed.heading).collect();
        fixture.file("a.csv", header.join(",") + "\n");
        let json = run(&fixture, &["columns", "a.csv", "--json"]);
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!((json["profile"].as_str(), json["fit"].as_f64()), (Some(profile.code), Some(1.0)));
        assert_eq!((&json["missing"], &json["left_over"]), (&serde_json::json!([]), &serde_json::json!([])));
    }
    for (language, word) in [("zh", "已识别"), ("en", "understood")] {
        let told = run(&fixture, &["columns", "a.csv", "--lang", language]);
        assert!(told.contains(word), "{told}");
    }
}
