//! The population base's answers taken into a registry.

use super::{children, csv, list, reconcile};
use crate::fixture::{Fixture, code, said};

const COLUMNS: [&str; 12] = [
    "record_id",
    "id_type",
    "id_number",
    "name",
    "sex",
    "birthdate",
    "region",
    "guardian1_name",
    "guardian1_id",
    "guardian2_name",
    "guardian2_id",
    "school_code",
];

#[test]
fn an_agreement_makes_a_number_formal_and_a_disagreement_a_case_until_it_is_gone() {
    let fixture = Fixture::new();
    let ours = children(40, 91);
    fixture.file("ours.csv", csv(&COLUMNS, &ours));
    let run = |arguments: &[&str]| {
        let output = fixture.renji(&[&["--registry", "reg"], arguments].concat());
        assert_eq!(code(&output), 0, "{}", said(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    run(&["init"]);
    run(&["load", "ours.csv"]);
    let kinds = || -> serde_json::Value { serde_json::from_str(&run(&["stats", "--json"])).expect("JSON") };
    assert_eq!(kinds()["by_kind"]["L"], 40);

    let mut base = ours.clone();
    base[3].insert("name", "令狐冲虚".to_owned());
    base.remove(5);
    fixture.file("base.csv", csv(&["id_number", "name", "sex", "birthdate"], &base));
    let check = ["--registry", "reg", "--theirs", "base.csv", "--as", "population", "--out"];
    reconcile(&fixture, &[&check[..], &["dry", "--dry-run"]].concat());
    assert_eq!(kinds()["by_kind"]["L"], 40, "a dry run changes nothing");
    let told = reconcile(&fixture, &[&check[..], &["first", "--operator", "王老师"]].concat());
    assert!(told.contains("registry: numbers became formal") && told.contains("cases opened"), "{told}");
    let after = kinds();
    assert_eq!((&after["by_kind"]["G"], &after["by_kind"]["L"]), (&38.into(), &2.into()), "{after}");
    assert_eq!(after["open_cases"]["population_unknown"], 1);
    assert_eq!(after["open_cases"]["population_differs"], 1);

    // The same answers again do nothing.
    let sequence = after["sequence"].clone();
    let told = reconcile(&fixture, &[&check[..], &["again", "--operator", "王老师"]].concat());
    assert!(told.contains("cases still open"), "{told}");
    assert_eq!(kinds()["sequence"], sequence);

    // The base is put right: what it says now closes the cases.
    fixture.file("base.csv", csv(&["id_number", "name", "sex", "birthdate"], &ours));
    reconcile(&fixture, &[&check[..], &["right", "--operator", "王老师"]].concat());
    let after = kinds();
    assert_eq!(after["by_kind"]["G"], 40, "{after}");
    assert_eq!(after["open_cases"].as_object().expect("an object").values().filter(|n| **n != 0).count(), 0);
    assert!(list(&fixture, "right/agreement.csv").iter().all(|line| line["standing"] == "agrees"));
    run(&["verify"]);
}

#[test]
fn who_takes_the_answers_must_be_named() {
    let fixture = Fixture::new();
    fixture.file("base.csv", "id_number,name\n11010519491231002X,王小明\n");
    assert_eq!(code(&fixture.renji(&["--registry", "reg", "init"])), 0);
    let arguments =
        ["--registry", "reg", "reconcile", "--theirs", "base.csv", "--as", "population", "--out", "out"];
    let output = fixture.renji(&arguments);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("--operator"), "{}", said(&output));
}

#[test]
fn cards_are_held_against_a_registry() {
    let fixture = Fixture::new();
    let ours = children(10, 92);
    fixture.file("ours.csv", csv(&COLUMNS, &ours));
    for arguments in [&["--registry", "reg", "init"][..], &["--registry", "reg", "load", "ours.csv"]] {
        assert_eq!(code(&fixture.renji(arguments)), 0);
    }
    fixture.file("cards.csv", csv(&["record_id", "id_number", "name", "sex", "birthdate"], &ours));
    reconcile(&fixture, &["--registry", "reg", "--theirs", "cards.csv", "--as", "enrolment", "--out", "out"]);
    let lines = list(&fixture, "out/agreement.csv");
    assert!(lines.iter().all(|line| line["standing"] == "agrees"), "{lines:?}");
    assert!(lines.iter().all(|line| line["holder"].starts_with("student:")), "{lines:?}");
}
