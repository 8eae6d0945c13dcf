//! Two registries through the binary: feeds as files, applied twice, and both say the same.

use std::process::{Command, Output};

use serde_json::Value;

use crate::fixture::{Fixture, code, said};

struct Offices(Fixture);

impl Offices {
    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_renji"))
            .args(arguments)
            .current_dir(self.0.path())
            .env("LC_ALL", "en_GB.UTF-8")
            .env_remove("RENJI_REGISTRY")
            .env_remove("RENJI_OPERATOR")
            .output()
            .expect("running renji")
    }

    fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).expect("text")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text(&[arguments, &["--json"]].concat())).expect("JSON")
    }

    /// The whole feed of a registry, in a file.
    fn feed(&self, of: &str) -> String {
        let token = self.json(&["--registry", of, "approve", "--operator", "李"])["token"].clone();
        let token = token.as_str().expect("a token").to_owned();
        let arguments =
            ["--registry", of, "changes", "--full", "--operator", "王", "--approval", token.as_str()];
        let name = format!("{of}.ndjson");
        std::fs::write(self.0.path().join(&name), self.text(&arguments)).expect("a feed");
        name
    }

    fn enroll(&self, of: &str, region: &str) -> String {
        let child = format!(
            r#"{{"name":"欧阳新来","id_type":"1","id_number":"11010519491231002X","birthdate":"19491231","sex":"女","region":"{region}"}}"#
        );
        let fields: serde_json::Map<String, Value> = serde_json::from_str(&child).expect("JSON");
        let mut arguments = vec![
            "--registry".to_owned(),
            of.to_owned(),
            "enroll".to_owned(),
            "--request".to_owned(),
            format!("{of}-1"),
        ];
        for (key, value) in fields {
            arguments.push(format!("--{}", key.replace('_', "-")));
            arguments.push(value.as_str().expect("text").to_owned());
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let answer = self.json(&arguments);
        answer["registry_number"].as_str().expect("a number").to_owned()
    }
}

#[test]
fn two_offices_exchange_files_and_agree() {
    let offices = Offices(Fixture::new());
    offices.text(&["init", "province", "--scope", "44"]);
    offices.text(&["init", "nation", "--delegated", "44,45"]);
    let one = offices.enroll("province", "440305");
    let other = offices.enroll("nation", "420106");
    assert_ne!(one, other);

    let feed = offices.feed("province");
    let first = offices.json(&["--registry", "nation", "apply", &feed]);
    assert_eq!((&first["students"], &first["cases_opened"]), (&1.into(), &1.into()));
    let again = offices.json(&["--registry", "nation", "apply", &feed]);
    assert_eq!((&again["entries"], &again["students"]), (&0.into(), &0.into()));
    let feed = offices.feed("nation");
    offices.text(&["--registry", "province", "apply", &feed]);
    for office in ["province", "nation"] {
        let cases = offices.text(&["--registry", office, "cases", "--json"]);
        assert_eq!(cases.lines().count(), 1, "{cases}");
        for number in [&one, &other] {
            offices.text(&["--registry", office, "show", number]);
        }
        let stats = offices.json(&["--registry", office, "stats"]);
        assert_eq!(stats["positions"].as_array().map(Vec::len), Some(1));
    }
    offices.text(&[
        "--registry",
        "nation",
        "case",
        "resolve",
        "1",
        "--same",
        "--operator",
        "王",
        "--reason",
        "户口簿",
    ]);
    let feed = offices.feed("nation");
    let settled = offices.json(&["--registry", "province", "apply", &feed]);
    assert_eq!(settled["cases_settled"], Value::from(1));
    let feed = offices.feed("province");
    offices.text(&["--registry", "nation", "apply", &feed]);
    let current = |office: &str, number: &str| {
        offices.json(&["--registry", office, "show", number])["registry_number"].clone()
    };
    for number in [&one, &other] {
        assert_eq!(current("province", number), current("nation", number));
        assert_eq!(current("province", number), current("province", &one));
    }
    for office in ["province", "nation"] {
        offices.text(&["--registry", office, "verify"]);
    }
}

#[test]
fn a_feed_that_does_not_fit_is_refused_and_says_why() {
    let offices = Offices(Fixture::new());
    offices.text(&["init", "province", "--scope", "44"]);
    offices.text(&["init", "nation"]);
    offices.enroll("province", "440305");
    let name = offices.feed("province");
    let text = std::fs::read_to_string(offices.0.path().join(&name)).expect("the feed");
    let lines: Vec<&str> = text.lines().collect();
    let try_with = |content: String| {
        std::fs::write(offices.0.path().join("bad.ndjson"), content).expect("a file");
        let output = offices.run(&["--registry", "nation", "apply", "bad.ndjson"]);
        let told = said(&output);
        assert!(!told.contains("欧阳新来") && !told.contains("19491231"), "{told}");
        (code(&output), told)
    };
    let (ended, told) = try_with(lines[1..].join("\n"));
    assert!(ended == 3 && told.contains("--since 0"), "{told}");
    let (ended, told) = try_with(text.replace("欧阳新来", "欧阳新去"));
    assert!(ended == 3 && told.contains("check"), "{told}");
    let (ended, told) = try_with(format!("{}\n{{", lines[0]));
    assert!(ended == 2 && told.contains("line 2"), "{told}");
    let masked = offices.text(&["--registry", "province", "changes"]);
    assert_eq!(try_with(masked).0, 2);
    assert_eq!(code(&offices.run(&["--registry", "province", "apply", &name])), 2);
    assert_eq!(offices.json(&["--registry", "nation", "stats"])["records"], Value::from(0));
}
