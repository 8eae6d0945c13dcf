//! Head counts from four sources, and the records behind a difference.

use std::collections::BTreeMap;

use super::{children, csv, list, reconcile};
use crate::fixture::Fixture;

#[test]
fn every_difference_is_told_with_the_records_behind_it() {
    let fixture = Fixture::new();
    // One county, so that the lists can be read; all are in the grade of their age.
    let mut all = children(600, 81);
    for (at, row) in all.iter_mut().enumerate() {
        row.insert("region", "420103000000".to_owned());
        row.insert("school_code", format!("21420000{:02}", at % 4));
        let year: u32 = row["birthdate"][..4].parse().expect("a year");
        let is_after = &row["birthdate"][4..] >= "0901";
        let grade = 2026 - (year + 6 + u32::from(is_after)) + 1;
        row.insert("grade", grade.to_string());
    }
    all.retain(|row| (1..=12).contains(&row["grade"].parse::<i64>().unwrap_or(-1)));
    let mut submitted = all.clone();
    submitted.remove(7);
    let moved = submitted[20]["record_id"].clone();
    submitted[20].insert("school_code", "2142000099".to_owned());
    let ghost = {
        let mut row = all[3].clone();
        row.insert("record_id", "ghost".to_owned());
        row.insert("id_number", String::new());
        row.insert("name", "令狐冲虚".to_owned());
        row.insert("birthdate", "20160601".to_owned());
        row.insert("guardian1_id", String::new());
        row.insert("guardian2_id", String::new());
        row.insert("phone", String::new());
        row
    };
    submitted.push(ghost);
    let columns = [
        "record_id",
        "id_number",
        "name",
        "sex",
        "birthdate",
        "region",
        "guardian1_id",
        "guardian2_id",
        "phone",
        "school_code",
        "grade",
    ];
    fixture.file("ours.csv", csv(&columns, &all));
    fixture.file("theirs.csv", csv(&columns, &submitted));
    let mut population = all.clone();
    population.truncate(all.len() - 5);
    fixture.file(
        "population.csv",
        csv(&["record_id", "id_number", "name", "sex", "birthdate", "region"], &population),
    );
    let mut heads: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    for row in &all {
        let cell = (row["school_code"].clone(), row["grade"].clone(), row["sex"].clone());
        *heads.entry(cell).or_default() += 1;
    }
    let mut statistics = "行政区划代码,学校标识码,年级,性别,人数\n".to_owned();
    for (at, ((school, grade, sex), count)) in heads.iter().enumerate() {
        let count = if at == 0 { count + 2 } else { *count };
        statistics += &format!("420103,{school},{grade},{sex},{count}\n");
    }
    fixture.file("statistics.csv", statistics);
    let said = reconcile(
        &fixture,
        &[
            "--ours",
            "ours.csv",
            "--theirs",
            "theirs.csv",
            "--population",
            "population.csv",
            "--statistics",
            "statistics.csv",
            "--as",
            "counts",
            "--on",
            "20261128",
            "--out",
            "out",
        ],
    );
    assert!(said.contains("heads: our roll"), "{said}");
    let lines = list(&fixture, "out/counts.csv");
    let of = |first: &str, second: &str, depth: &str| -> Vec<i64> {
        let is_meant = |line: &&BTreeMap<String, String>| {
            line["first"] == first && line["second"] == second && line["depth"] == depth
        };
        lines.iter().filter(is_meant).map(|line| line["difference"].parse().expect("a number")).collect()
    };
    // One is gone, one is new, one moved: no difference as a whole, one school more, some less.
    assert_eq!(of("ours", "submitted", "0"), [] as [i64; 0]);
    assert!(of("ours", "submitted", "2").contains(&1), "{lines:?}");
    assert_eq!(of("ours", "population", "0"), [-5]);
    assert_eq!(of("ours", "statistics", "0"), [2]);
    assert_eq!(of("ours", "statistics", "4"), [2], "at the one cell");
    assert_eq!(of("submitted", "statistics", "0"), [2]);
    let behind = list(&fixture, "out/behind.csv");
    let between = |second: &str, why: &str| -> Vec<[String; 2]> {
        let is_meant = |line: &&BTreeMap<String, String>| line["second"] == second && line["why"] == why;
        let records = behind.iter().filter(is_meant);
        records.map(|line| [line["record_first"].clone(), line["record_second"].clone()]).collect()
    };
    assert_eq!(between("submitted", "only_ours"), [[all[7]["record_id"].clone(), String::new()]]);
    assert_eq!(between("submitted", "only_theirs"), [[String::new(), "ghost".to_owned()]]);
    assert_eq!(between("submitted", "elsewhere"), [[moved.clone(), moved]]);
    assert_eq!(between("population", "only_ours").len(), 5);
}

#[test]
fn a_count_that_is_no_number_is_told_by_its_row() {
    let fixture = Fixture::new();
    fixture.file("ours.csv", csv(&["record_id", "name", "id_number", "region"], &children(3, 82)));
    fixture.file("statistics.csv", "行政区划代码,学校标识码,年级,性别,人数\n420103,2142000001,1,男,许多\n");
    let output = fixture.renji(&[
        "reconcile",
        "--ours",
        "ours.csv",
        "--statistics",
        "statistics.csv",
        "--as",
        "counts",
        "--out",
        "out",
    ]);
    assert_eq!(crate::fixture::code(&output), 2);
    let said = crate::fixture::said(&output);
    assert!(said.contains("statistics.csv:2") && !said.contains("许多"), "{said}");
    assert!(!fixture.path().join("out").exists());
}
