//! Registrations against admissions.

use std::collections::BTreeMap;

use super::{Score, children, csv, list, other_number, reconcile};
use crate::fixture::Fixture;

const COLUMNS: [&str; 9] = [
    "record_id",
    "candidate_number",
    "id_number",
    "name",
    "sex",
    "birthdate",
    "region",
    "guardian1_id",
    "guardian2_id",
];

#[test]
fn each_class_is_found_where_it_was_planted() {
    let fixture = Fixture::new();
    let all = children(3_000, 61);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // Of each record id of a side, how it must stand; a record may have a second line.
    let mut expected: BTreeMap<(String, String), &str> = BTreeMap::new();
    for (at, base) in all.iter().enumerate() {
        let number = format!("26{at:012}");
        let mut our = base.clone();
        our.insert("candidate_number", number.clone());
        let mut their = our.clone();
        our.insert("record_id", format!("o{at}"));
        their.insert("record_id", format!("t{at}"));
        let of = |ours: &str, theirs: &str| (ours.to_owned(), theirs.to_owned());
        let both = of(&format!("o{at}"), &format!("t{at}"));
        match at % 20 {
            1 => {
                our.insert("name", "令狐冲虚".to_owned());
                expected.insert(both, "differs");
            }
            2 => {
                // Not reported.
                theirs.push(their);
                expected.insert(of("", &format!("t{at}")), "not_reported");
                continue;
            }
            3 => {
                ours.push(our);
                expected.insert(of(&format!("o{at}"), ""), "not_admitted");
                continue;
            }
            4 => {
                let mut again = our.clone();
                again.insert("record_id", format!("o{at}again"));
                ours.push(again);
                expected.insert(of(&format!("o{at}again"), &format!("t{at}")), "reported_twice");
                // The first of the file is the one that is kept; this is written before it.
                expected.insert(of(&format!("o{at}"), &format!("t{at}")), "reported_twice");
                expected.remove(&of(&format!("o{at}again"), &format!("t{at}")));
                expected.insert(of(&format!("o{at}again"), &format!("t{at}")), "registered");
            }
            5 => {
                // Found by identity, without a candidate number of ours.
                our.insert("candidate_number", String::new());
                expected.insert(both, "differs");
            }
            6 => {
                // The same person under a second number on the roll.
                let mut second = their.clone();
                second.insert("record_id", format!("t{at}second"));
                second.insert("candidate_number", format!("27{at:012}"));
                theirs.push(second);
                expected.insert(both, "registered");
                expected.insert(of("", &format!("t{at}second")), "not_reported");
            }
            7 => {
                our.insert("id_number", other_number(&base["id_number"], 800 + at as u32 % 199));
                expected.insert(both, "differs");
            }
            8 => {
                our.insert("candidate_number", format!(" ２６{at:012}"));
                expected.insert(both, "registered");
            }
            _ => drop(expected.insert(both, "registered")),
        }
        ours.push(our);
        theirs.push(their);
    }
    fixture.file("ours.csv", csv(&COLUMNS, &ours));
    fixture.file("theirs.csv", csv(&COLUMNS, &theirs));
    reconcile(
        &fixture,
        &["--ours", "ours.csv", "--theirs", "theirs.csv", "--as", "admissions", "--out", "out"],
    );
    let lines = list(&fixture, "out/admissions.csv");
    let mut score = Score::default();
    let mut two = 0;
    for line in &lines {
        if line["standing"] == "two_candidate_numbers" {
            two += 1;
            let pair =
                [&line["admission"], &line["other"]].map(|id| id.trim_end_matches("second").to_owned());
            assert_eq!(pair[0], pair[1], "{line:?}");
            continue;
        }
        let key = (line["registration"].clone(), line["admission"].clone());
        let planted = expected.remove(&key).unwrap_or_else(|| panic!("nobody planted {line:?}"));
        score.add(planted, &line["standing"]);
    }
    assert!(expected.is_empty(), "not told: {expected:?}");
    assert_eq!(two, 150);
    score.assert_at_least(&[]);
    let of = |id: String| lines.iter().find(|line| line["registration"] == id).expect("a line").clone();
    assert_eq!(of("o1".to_owned())["differences"], "name");
    assert_eq!(of("o5".to_owned())["differences"], "candidate_number");
    assert_eq!(of("o7".to_owned())["differences"], "id_number");
}
