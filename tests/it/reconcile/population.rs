//! Each student against the authority's base.

use std::collections::BTreeSet;

use super::{Row, Score, children, csv, list, other_number, reconcile};
use crate::fixture::Fixture;

const THEIRS: [&str; 8] =
    ["record_id", "id_number", "name", "sex", "birthdate", "region", "guardian1_id", "guardian2_id"];
const OURS: [&str; 10] = [
    "record_id",
    "id_type",
    "id_number",
    "name",
    "sex",
    "birthdate",
    "region",
    "guardian1_id",
    "guardian2_id",
    "school_code",
];

/// What is planted in a child's record, and how it must stand.
const PLANTED: [(&str, &str, &str); 12] = [
    ("nothing", "agrees", "equal"),
    ("same_sound", "name_differs", "same_sound"),
    ("one_character", "name_differs", "one_character"),
    ("variant", "name_differs", "variant"),
    ("other_name", "name_differs", "different"),
    ("birth", "birth_or_sex_differs", "equal"),
    ("sex", "birth_or_sex_differs", "equal"),
    ("unknown", "number_unknown", ""),
    ("another", "number_of_another", ""),
    ("without", "found_without_number", ""),
    ("stranger_without", "not_found", ""),
    ("full_width", "agrees", "equal"),
];

/// Plants one difference; tells the child as the base has it, `None` where it has nobody.
fn plant(what: &str, ours: &mut Row, spare: &mut Vec<Row>, known: &BTreeSet<String>, theirs: &mut Vec<Row>) {
    let base = ours.clone();
    let mut set = |column: &'static str, text: String| drop(ours.insert(column, text));
    let surname: String = base["name"].chars().take(1).collect();
    match what {
        "same_sound" | "one_character" | "variant" | "other_name" => {
            let (our, their) = match what {
                "same_sound" => (format!("{surname}小明"), format!("{surname}晓铭")),
                "one_character" => (format!("{surname}建国"), format!("{surname}建华")),
                "variant" => (format!("{surname}國偉"), format!("{surname}国伟")),
                _ => ("令狐冲虚".to_owned(), "上官婉儿".to_owned()),
            };
            set("name", our);
            theirs.push(Row::from_iter(base.into_iter().chain([("name", their)])));
        }
        "birth" => {
            set(
                "birthdate",
                if base["birthdate"].ends_with("03") { "20090615" } else { "20090603" }.to_owned(),
            );
            theirs.push(base);
        }
        "sex" => {
            set("sex", if base["sex"] == "男" { "女" } else { "男" }.to_owned());
            theirs.push(base);
        }
        "unknown" => {
            // The number fits nobody, and neither does the child.
            let number = &base["id_number"];
            let free = (1..999).map(|at| other_number(number, at)).find(|number| !known.contains(number));
            set("id_number", free.expect("a number that nobody has"));
        }
        "another" => {
            // The number of a child that is not ours; ours is in the base under its own.
            let holder = spare.pop().expect("a spare child");
            set("id_number", holder["id_number"].clone());
            theirs.push(base);
            theirs.push(holder);
        }
        "without" => {
            set("id_number", String::new());
            theirs.push(base);
        }
        "stranger_without" => set("id_number", String::new()),
        "full_width" => {
            let wide =
                base["id_number"].chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap_or(c)).collect();
            set("id_number", wide);
            theirs.push(base);
        }
        _ => theirs.push(base),
    }
}

#[test]
fn each_class_is_found_where_it_was_planted_and_nowhere_else() {
    let fixture = Fixture::new();
    let mut all = children(6_000, 41);
    let known: BTreeSet<String> = all.iter().map(|row| row["id_number"].clone()).collect();
    let mut spare = all.split_off(5_000);
    let (mut ours, mut theirs) = (all, Vec::new());
    let mut planted = Vec::new();
    for (at, row) in ours.iter_mut().enumerate() {
        // Siblings and twins stand side by side: not all of a family are changed.
        let (what, standing, name) = if at % 7 == 0 { PLANTED[at / 7 % PLANTED.len()] } else { PLANTED[0] };
        plant(what, row, &mut spare, &known, &mut theirs);
        planted.push((standing, name));
    }
    theirs.append(&mut spare);
    theirs.reverse();
    fixture.file("ours.csv", csv(&OURS, &ours));
    fixture.file("theirs.csv", csv(&THEIRS, &theirs));
    let said = reconcile(
        &fixture,
        &["--ours", "ours.csv", "--theirs", "theirs.csv", "--as", "population", "--out", "out"],
    );
    assert!(said.contains("agrees"), "{said}");
    let lines = list(&fixture, "out/agreement.csv");
    assert_eq!(lines.len(), ours.len());
    let mut score = Score::default();
    for (line, (standing, name)) in lines.iter().zip(&planted) {
        score.add(standing, &line["standing"]);
        if !name.is_empty() && line["standing"] == *standing {
            assert_eq!(line["name"], *name, "{line:?}");
        }
    }
    // Found by identity: at least 0.99; told by the number: all.
    score.assert_at_least(&[("found_without_number", 0.99), ("not_found", 0.99)]);

    // The problem lists are masked, and name the row of the base.
    let problems = std::fs::read_dir(fixture.path().join("out/problems")).expect("lists").count();
    assert!(problems > 100, "{problems} counties");
    let summary: serde_json::Value = serde_json::from_str(&fixture.text("out/summary.json")).expect("JSON");
    assert_eq!(summary["ours"]["rows"], 5_000);
    assert_eq!(summary["others"]["population"]["rows"], theirs.len() as u64);
}

#[test]
fn neither_the_order_of_the_base_nor_threads_change_the_lists() {
    let fixture = Fixture::new();
    let mut all = children(400, 42);
    let theirs = all.clone();
    for row in all.iter_mut().step_by(3) {
        row.insert("id_number", String::new());
    }
    fixture.file("ours.csv", csv(&OURS, &all));
    let mut turned = theirs.clone();
    turned.reverse();
    // Rows are named by their place: compared by what is told of each.
    for (name, rows, threads) in [("a", &theirs, "1"), ("b", &turned, "2")] {
        fixture.file(&format!("{name}.csv"), csv(&THEIRS, rows));
        let their = format!("{name}.csv");
        let arguments = ["--ours", "ours.csv", "--theirs", &their, "--as", "population", "--out", name];
        reconcile(&fixture, &[&arguments[..], &["--threads", threads]].concat());
    }
    let told = |name: &str| {
        let lines = list(&fixture, &format!("{name}/agreement.csv"));
        lines
            .into_iter()
            .map(|line| (line["record_id"].clone(), line["standing"].clone(), line["name"].clone()))
    };
    assert_eq!(told("a").collect::<Vec<_>>(), told("b").collect::<Vec<_>>());
}

#[test]
fn lists_are_masked_unless_asked_for_and_speak_both_languages() {
    let fixture = Fixture::new();
    let mut row = children(1, 43).remove(0);
    row.insert("name", "令狐冲虚".to_owned());
    let mut other = row.clone();
    other.insert("name", "令狐冲".to_owned());
    fixture.file("ours.csv", csv(&OURS, &[row.clone()]));
    fixture.file("theirs.csv", csv(&THEIRS, &[other]));
    let county = format!("{}.csv", &row["region"][..6]);
    let run = |out: &str, more: &[&str]| {
        let arguments = ["--ours", "ours.csv", "--theirs", "theirs.csv", "--as", "population", "--out", out];
        let said = reconcile(&fixture, &[&arguments[..], more].concat());
        said + &fixture.text(&format!("{out}/problems/{county}"))
    };
    let masked = run("masked", &[]);
    assert!(!masked.contains("令狐冲") && !masked.contains(&row["id_number"]), "{masked}");
    assert!(masked.contains("the name differs") && masked.contains("theirs.csv:2"), "{masked}");
    let shown = run("shown", &["--unmasked", "--lang", "zh"]);
    assert!(shown.contains("令狐冲虚") && shown.contains(&row["id_number"]), "{shown}");
    assert!(shown.contains("姓名不一致") && shown.contains("变更"), "{shown}");
}
