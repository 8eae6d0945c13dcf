//! A registry office's day through the binary: what each command says, ends with and leaves.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::fixture::{Fixture, code, said};

/// A child that stands in no example, with a citizen number that checks.
const CHILD: &str = r#"{"name":"欧阳新来","id_type":"1","id_number":"11010519491231002X",
    "birthdate":"19491231","sex":"女","region":"110105"}"#;

/// What must never be seen in a message or in a list that is masked.
const PERSONAL: [&str; 3] = ["欧阳新来", "11010519491231002X", "19491231"];

struct Office(Fixture);

impl Office {
    /// A registry with the example loaded.
    fn loaded() -> Office {
        let office = Office(Fixture::new());
        assert_eq!(code(&office.run(&["init", "reg"])), 0);
        let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/students.csv");
        std::fs::copy(examples, office.0.path().join("students.csv")).expect("the example");
        let output = office.run(&["load", "students.csv", "--out", "out.csv", "--rejected", "rejected.csv"]);
        assert_eq!(code(&output), 0, "{}", said(&output));
        office
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, "")
    }

    /// Runs a command on the registry `reg`, with something on standard input.
    fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_renji"))
            .args(arguments)
            .current_dir(self.0.path())
            .env("LC_ALL", "en_GB.UTF-8")
            .env("RENJI_REGISTRY", "reg")
            .env_remove("RENJI_OPERATOR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("running renji");
        // A command that reads nothing may have ended.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        child.wait_with_output().expect("running renji")
    }

    /// Runs a command that must succeed; its result.
    fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs a command with `--json` that must succeed and give one document.
    fn json(&self, arguments: &[&str], input: &str) -> Value {
        let output = self.run_with(&[arguments, &["--json"]].concat(), input);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", said(&output));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// The same for a command that gives a document a line.
    fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        let text = self.text(&[arguments, &["--json"]].concat());
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    fn enroll(&self, request: &str, child: &str) -> Value {
        self.json(&["enroll", "--stdin", "--request", request], child)
    }

    fn approval(&self, operator: &str) -> String {
        self.json(&["approve", "--operator", operator], "")["token"].as_str().expect("a token").to_owned()
    }
}

fn number(value: &Value) -> String {
    value["registry_number"].as_str().expect("a number").to_owned()
}

fn assert_masked(text: &str) {
    for personal in PERSONAL {
        assert!(!text.contains(personal), "{text}");
    }
}

#[test]
fn a_file_is_loaded_once() {
    let office = Office::loaded();
    let first = office.0.text("out.csv");
    assert!(
        first.starts_with("record_id,outcome,registry_number,case,reasons\nr000000000,issued,L"),
        "{first}"
    );
    assert_eq!(first.lines().count(), 401);
    let rejected = office.0.text("rejected.csv");
    assert!(rejected.starts_with("file,row,column,rule,message\nstudents.csv,209,id_number,"), "{rejected}");
    let before = office.json(&["stats"], "");
    let again = office.json(&["load", "students.csv", "--out", "again.csv", "--quiet"], "");
    assert_eq!((&again["rows"], &again["issued"], &again["rejected"]), (&400.into(), &0.into(), &0.into()));
    assert_eq!(office.json(&["stats"], ""), before, "nothing was written");
    // Each row has the number that it had; what was issued is known now.
    let numbers = |list: &str| -> Vec<String> {
        let cells = |line: &str| line.split(',').nth(2).unwrap_or_default().to_owned();
        list.lines().map(cells).collect()
    };
    assert_eq!(numbers(&office.0.text("again.csv")), numbers(&first));
    // A list is not replaced unawares, and never an input.
    assert_eq!(code(&office.run(&["load", "students.csv", "--out", "again.csv"])), 2);
    assert_eq!(code(&office.run(&["load", "students.csv", "--out", "students.csv", "--force"])), 2);
    assert!(office.0.text("students.csv").starts_with("record_id,"));
}

#[test]
fn a_file_is_loaded_in_bulk_within_little_memory() {
    let office = Office::loaded();
    // What became of each row, but for the numbers, most of which are at random.
    let told = |list: &str| -> Vec<String> {
        let cells = |line: &str| {
            let cells: Vec<&str> = line.split(',').collect();
            [cells[0], cells[1], cells[3], cells[4]].join(",")
        };
        list.lines().map(cells).collect()
    };
    let (expected, rejected) = (told(&office.0.text("out.csv")), office.0.text("rejected.csv"));
    for (registry, memory) in [("whole", None), ("little", Some("64K"))] {
        assert_eq!(code(&office.run(&["init", registry])), 0);
        let out = format!("{registry}.csv");
        let mut arguments = vec!["load", "students.csv", "--registry", registry, "--bulk", "--out", &out];
        arguments.extend(["--rejected", "no.csv", "--force"]);
        arguments.extend(memory.iter().flat_map(|memory| ["--memory", memory]));
        let output = office.run(&arguments);
        assert_eq!(code(&output), 0, "{}", said(&output));
        assert_eq!(told(&office.0.text(&out)), expected, "{registry}");
        assert_eq!(office.0.text("no.csv"), rejected, "{registry}");
        assert_eq!(code(&office.run(&["verify", "--registry", registry])), 0);
    }
    assert_eq!(code(&office.run(&["load", "students.csv", "--memory", "1G"])), 2, "only in bulk");
}

#[test]
fn rows_that_the_registry_refuses_are_listed() {
    let office = Office(Fixture::new());
    assert_eq!(code(&office.run(&["init", "--scope", "42", "--population-check", "done"])), 0);
    office.0.file(
        "a.csv",
        "record_id,name,birthdate,region\nr1,王小明,20150312,420103\nr2,李小红,20150401,110105\nr3,,,\nr4,赵\n",
    );
    let arguments = ["load", "a.csv", "--rejected", "no.csv", "--strict", "--json", "-q"];
    let output = office.run(&arguments);
    assert_eq!((code(&output), said(&output).as_str()), (1, ""));
    let counts: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&counts["rows"], &counts["issued"], &counts["rejected"]), (&4.into(), &1.into(), &3.into()));
    let rejected = office.0.text("no.csv");
    let rules: Vec<&str> = rejected.lines().skip(1).filter_map(|line| line.split(',').nth(3)).collect();
    assert_eq!(rules, ["field_count", "out_of_scope", "nothing_to_compare"], "{rejected}");
    assert!(!rejected.contains("李小红"));
}

#[test]
fn a_day_at_the_office() {
    let office = Office::loaded();
    let clear = office.json(&["check", "--stdin"], CHILD);
    assert_eq!((&clear["answer"], &clear["unchecked"][0]), (&"clear".into(), &"guardian_id".into()));
    let issued = office.enroll("e1", CHILD);
    assert_eq!(issued["outcome"], "issued");
    assert_eq!(office.enroll("e1", CHILD), issued, "the same request, the same answer");
    assert_eq!(office.enroll("e2", CHILD)["outcome"], "existing");
    let temporary = number(&issued);
    let known = office.text(&["check", "--name", "欧阳新来", "--id-number", "11010519491231002X"]);
    assert!(known.contains("the student is known") && known.contains(&temporary), "{known}");
    // A number says a birth date; it is the answer.
    assert_masked(&known.replace(&temporary, ""));
    let chinese = office.text(&["check", "--name", "欧阳新来", "--lang", "zh"]);
    assert!(chinese.contains("信息不足") && chinese.contains("缺项"), "{chinese}");

    // The population check makes the number formal; the one before leads to the student for ever.
    let cleared = office.json(&["clear", &temporary, "--agrees", "--operator", "王"], "");
    assert_eq!(number(&cleared), "G11010519491231002X");
    let shown = office.json(&["show", &temporary], "");
    assert_eq!(shown["former_numbers"][0]["registry_number"], temporary.as_str());
    assert_eq!(shown["record"]["id_number"], "110105********002X");

    let formal = "G11010519491231002X";
    let arguments =
        ["amend", formal, "--name", "欧阳来新", "--operator", "王", "--reason", "户口簿", "--on", "20250901"];
    office.text(&arguments);
    let transfer = ["event", formal, "transferred", "--on", "20250902", "--source", "school"];
    assert_eq!(code(&office.run(&transfer)), 2, "a transfer needs a place");
    office.text(&[&transfer[..], &["--region", "420103", "--school-code", "2142000001"]].concat());
    office.text(&["event", formal, "suspended", "--on", "20250903", "--source", "school"]);
    let shown = office.json(&["show", formal], "");
    assert_eq!((&shown["status"], &shown["record"]["region"]), (&"suspended".into(), &"420103".into()));
    assert_eq!(shown["records"].as_array().map(Vec::len), Some(3));
    for found in [
        office.lines(&["find", "--id-number", "11010519491231002x"]),
        office.lines(&["find", "--name", "欧阳来新", "--birthdate", "19491231", "--region", "420103"]),
    ] {
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(number(&found[0]), formal);
    }
    assert!(office.lines(&["find", "--guardian-id", "11010519491231002X"]).is_empty());

    let events: Vec<String> = office
        .lines(&["history", &temporary])
        .iter()
        .map(|entry| entry["event"].as_str().expect("a code").to_owned())
        .collect();
    assert_eq!(events[..2], ["enrolled", "enrolled"]);
    assert!(["numbered", "amended", "life"].iter().all(|code| events.iter().any(|event| event == code)));
    let story = office.text(&["history", formal, "--lang", "zh"]);
    assert!(story.contains("休学") && !story.contains("欧阳"), "{story}");

    // Two merged, taken apart again, one retired.
    let other = office.enroll("e9", r#"{"name":"别人","birthdate":"20120304","region":"420103"}"#);
    let other = number(&other);
    let why = ["--operator", "王", "--reason", "核对"];
    let merged = office.json(&[&["merge", formal, &other][..], &why].concat(), "");
    let survivor = number(&merged);
    let gone: &str = if survivor == formal { &other } else { formal };
    assert_eq!(number(&office.json(&["show", gone], "")), survivor);
    office.text(&[&["unmerge", gone][..], &why].concat());
    assert_eq!(number(&office.json(&["show", gone], "")), *gone);
    office.text(&[&["retire", &other][..], &why].concat());
    assert_eq!(office.json(&["show", &other], "")["status"], "retired");
    assert_eq!(code(&office.run(&[&["retire", &other][..], &why].concat())), 2);
    assert_eq!(office.json(&["verify"], "")["clean"], true);
}

#[test]
fn cases_are_listed_shown_and_settled() {
    let office = Office::loaded();
    let cases = office.lines(&["cases"]);
    assert!(cases.len() > 5, "{cases:?}");
    let stats = office.json(&["stats"], "");
    let open: u64 = stats["open_cases"].as_object().expect("counts").values().filter_map(Value::as_u64).sum();
    assert_eq!(open, cases.len() as u64);
    let one = office.lines(&["cases", "--class", "shared_number", "--county", "420922"]);
    assert_eq!(one.len(), 1);
    assert_eq!(code(&office.run(&["cases", "--class", "none"])), 2);
    let id = one[0]["case"].to_string();
    let shown = office.json(&["case", "show", &id], "");
    assert_eq!(shown["links"][0]["levels"]["document"], "equal");
    let text = office.text(&["case", "show", &id, "--lang", "zh"]);
    assert!(text.contains("只能有一方通过"), "{text}");

    let why = ["--operator", "王", "--reason", "户口簿"];
    let resolve = ["case", "resolve", &id, "--different"];
    assert_eq!(code(&office.run(&[&resolve[..], &why].concat())), 2, "an owner must be named");
    let nobody = office.run(&[&resolve[..], &["--reason", "户口簿"]].concat());
    assert_eq!(code(&nobody), 2);
    assert!(said(&nobody).contains("RENJI_OPERATOR"), "{}", said(&nobody));
    let owner = format!("student:{}", shown["students"][1]["student"]);
    let settled = office.json(&[&resolve[..], &["--owner", &owner], &why].concat(), "");
    assert_eq!(settled["settled"].as_array().map(Vec::len), Some(1), "{settled}");
    assert_eq!(office.json(&["case", "show", &id], "")["resolved"]["operator"], "王");
    assert_eq!(code(&office.run(&[&resolve[..], &["--owner", &owner], &why].concat())), 2, "settled before");

    // Corrected: the fields given take the place of what was there, and the check runs again.
    let held = office.enroll("h1", r#"{"name":"缺日期","region":"420103"}"#);
    assert_eq!((&held["outcome"], &held["reasons"][0]), (&"held".into(), &"birthdate".into()));
    let id = held["case"].to_string();
    let subject = format!("student:{}", office.json(&["case", "show", &id], "")["subject"]);
    let arguments = ["case", "resolve", &id, "--correct", &subject, "--birthdate", "20130506"];
    let settled = office.json(&[&arguments[..], &why].concat(), "");
    assert_eq!(settled["settled"][0]["outcome"], "issued", "{settled}");
    assert_eq!(office.json(&["verify"], "")["clean"], true);
}

#[test]
fn personal_data_leaves_with_anothers_approval_only() {
    let office = Office::loaded();
    office.enroll("e1", CHILD);
    let masked = office.text(&["export"]);
    assert!(
        masked.starts_with("registry_number,status,student,former_numbers,record_id,id_type,"),
        "{masked}"
    );
    assert_masked(&masked);
    assert!(masked.lines().skip(1).all(|line| line.split(',').next().is_some_and(|cell| cell.contains('*'))));
    let full = ["export", "--full", "--out", "full.csv", "--operator", "王", "--approval"];
    assert_eq!(code(&office.run(&["export", "--full", "--operator", "王"])), 2);
    assert_eq!(code(&office.run(&[&full[..], &["0123"]].concat())), 2, "an unknown token");
    let own = office.approval("王");
    assert_eq!(code(&office.run(&[&full[..], &[&own]].concat())), 2, "one's own approval");
    assert!(!office.0.path().join("full.csv").exists());
    let token = office.approval("李");
    office.text(&[&full[..], &[&token]].concat());
    let list = office.0.text("full.csv");
    assert!(PERSONAL.iter().all(|personal| list.contains(personal)));
    let numbers: Vec<&str> = list.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert!(numbers.is_sorted() && numbers.len() > 290, "in the order of numbers");
    assert_eq!(code(&office.run(&[&full[..], &[&token, "--force"]].concat())), 2, "used once");

    let changes = office.text(&["changes", "--since", "2"]);
    let first: Value = serde_json::from_str(changes.lines().next().expect("a line")).expect("JSON");
    assert_eq!((&first["sequence"], first.get("payload")), (&3.into(), None));
    assert_masked(&changes);
    assert_eq!(office.lines(&["changes", "--limit", "7"]).len(), 7);
    let token = office.approval("李");
    let arguments = ["changes", "--limit", "2", "--full", "--operator", "王", "--approval", &token];
    assert!(office.lines(&arguments)[1]["payload"].as_str().is_some_and(|payload| payload.len() > 100));
}

#[test]
fn a_rebuilt_registry_is_the_same() {
    let office = Office::loaded();
    office.text(&["rebuild", "again"]);
    office.text(&["backup", "copy"]);
    assert_eq!(code(&office.run(&["rebuild", "again"])), 2, "nothing is replaced");
    assert_eq!(code(&office.run(&["backup", "copy"])), 2, "nothing is replaced");
    let mut exports = Vec::new();
    for directory in ["reg", "again", "copy"] {
        let token = office.json(&["--registry", directory, "approve", "--operator", "李"], "");
        let token = token["token"].as_str().expect("a token").to_owned();
        exports.push(office.text(&[
            "--registry",
            directory,
            "export",
            "--format",
            "ndjson",
            "--full",
            "--operator",
            "王",
            "--approval",
            &token,
        ]));
        let verified = office.json(&["--registry", directory, "verify"], "");
        assert_eq!(verified["clean"], true, "{verified}");
        assert!(verified["checked"]["journal_entries"].as_u64() > Some(400), "{verified}");
    }
    assert_eq!(exports[0], exports[1]);
    assert_eq!(exports[0], exports[2]);
    let line: Value = serde_json::from_str(exports[0].lines().next().expect("a line")).expect("JSON");
    assert!(line["registry_number"].is_string() && line["guardian1_name"].is_string(), "{line}");
}

#[test]
fn what_is_stored_is_checked_for_duplicates() {
    let office = Office::loaded();
    let output = office.run(&["dedupe", "--registry", "reg", "--out", "problems"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let pairs = office.0.text("problems/pairs.csv");
    assert!(pairs.lines().count() > 3 && pairs.contains("pending-"), "{pairs}");
    let summary: Value = serde_json::from_str(&office.0.text("problems/summary.json")).expect("JSON");
    let stats = office.json(&["stats"], "");
    let waiting = stats["by_status"]["pending"].as_u64().unwrap_or(0);
    assert_eq!(summary["rows"].as_u64(), stats["numbered"].as_u64().map(|numbered| numbered + waiting));
    assert_eq!(code(&office.run(&["dedupe", "students.csv", "--registry", "reg", "--out", "x"])), 2);
    // With files, the registry of the environment is not meant.
    assert_eq!(code(&office.run(&["dedupe", "students.csv", "--out", "of_files"])), 0);
    assert_eq!(code(&office.run(&["dedupe", "--registry", "reg", "--out", ".", "--force"])), 2);
}

#[test]
fn errors_say_what_to_do_and_nothing_about_anybody() {
    let office = Office(Fixture::new());
    let run = |arguments: &[&str], input: &str| {
        let output = office.run_with(arguments, input);
        let said = said(&output);
        assert_masked(&said);
        (code(&output), said)
    };
    let (missing, said) = run(&["stats"], "");
    assert_eq!(missing, 3);
    assert!(said.contains("renji init"), "{said}");
    let (_, said) = run(&["stats", "--lang", "zh"], "");
    assert!(said.starts_with("错误") && said.contains("此处没有学籍库"), "{said}");
    assert_eq!(run(&["init", "--scope", "421"], "").0, 2);
    assert_eq!(run(&["init"], "").0, 0);
    assert_eq!(run(&["init"], "").0, 2, "it is there already");
    assert_eq!(run(&["show", "G110105194912310021"], "").0, 2);
    assert_eq!(run(&["show", "G11010519491231002X"], "").0, 2, "nobody's number");
    assert_eq!(run(&["history", "G11010519491231002X"], "").0, 2);
    assert_eq!(run(&["case", "show", "7"], "").0, 2);
    assert_eq!(run(&["check"], "").0, 2);
    assert_eq!(run(&["check", "--stdin"], r#"{"name":"欧阳新来""#).0, 2);
    assert_eq!(run(&["check", "--stdin"], r#"{"欧阳新来":"x"}"#).0, 2);
    assert_eq!(run(&["enroll", "--stdin", "--request", ""], CHILD).0, 2);
    assert_eq!(run(&["enroll", "--stdin", "--request", "a"], CHILD).0, 0);
    let reused = r#"{"name":"欧阳新来","birthdate":"19491231"}"#;
    assert_eq!(run(&["enroll", "--stdin", "--request", "a"], reused).0, 2, "another student's request");
    // Nothing but bytes that are no registry, and a registry that lost its end.
    std::fs::create_dir(office.0.path().join("foreign")).expect("a directory");
    office.0.file("foreign/registry.redb", "x");
    assert_eq!(run(&["stats", "--registry", "foreign"], "").0, 3);
    let mut bytes = std::fs::read(office.0.path().join("reg/registry.redb")).expect("the registry");
    let middle = bytes.len() / 2;
    bytes[4096..middle].fill(0xA5);
    std::fs::create_dir(office.0.path().join("damaged")).expect("a directory");
    office.0.file("damaged/registry.redb", bytes);
    let (damaged, said) = run(&["verify", "--registry", "damaged"], "");
    assert_eq!(damaged, 5, "{said}");
}

#[test]
fn a_registry_is_packed_and_answers_the_same() {
    let office = Office::loaded();
    let before = office.json(&["stats"], "");
    assert_eq!((&before["segments"], &before["segment_bytes"]), (&0.into(), &0.into()));
    let asked = office.json(&["check", "--stdin"], CHILD);
    let done = office.json(&["compact"], "");
    assert_eq!(done["moved"], before["records"]);
    assert_eq!((&done["merged"], &done["segments"]), (&0.into(), &1.into()));
    let file = std::fs::metadata(office.0.path().join("reg/segments/00000000.seg")).expect("a segment");
    assert_eq!(done["segment_bytes"], file.len());
    let after = office.json(&["stats"], "");
    assert_eq!((&after["segments"], &after["segment_bytes"]), (&1.into(), &file.len().into()));
    assert_eq!(after["rows"], before["rows"], "rows of both layers are counted");
    assert_eq!(office.json(&["check", "--stdin"], CHILD)["answer"], asked["answer"]);
    // What comes after stands in the database, and is packed beside what was there, or with it.
    let number = number(&office.enroll("new", CHILD));
    assert_eq!(office.json(&["compact", "reg"], "")["segments"], 2);
    let done = office.json(&["compact", "--all", "--memory", "1M"], "");
    assert_eq!((&done["moved"], &done["merged"], &done["segments"]), (&0.into(), &2.into(), &1.into()));
    let rows = |stats: &Value| stats["rows"]["profiles"].as_u64().expect("a count");
    assert_eq!(rows(&office.json(&["stats"], "")), rows(&before) + 1);
    let verified = office.json(&["verify"], "");
    assert_eq!(verified["clean"], true);
    assert_eq!(verified["checked"]["segment_records"].as_u64(), Some(rows(&before) + 1));
    assert!(verified["checked"]["segment_blocks"].as_u64() > Some(10));
    assert_eq!(office.json(&["show", &number], "")["registry_number"], number.as_str());
    // For a person, in both languages.
    let text = office.text(&["compact"]);
    assert!(text.contains("records moved") && text.contains("segments"), "{text}");
    assert!(office.text(&["compact", "--lang", "zh"]).contains("数据段"));
    assert!(office.text(&["stats"]).contains("segments"));
    assert_eq!(code(&office.run(&["compact", "--memory", "much"])), 2);
    assert_eq!(code(&office.run(&["compact", "nowhere"])), 3);
    // A copy has its own files; one that misses a segment says so and can be made again from its journal.
    office.json(&["backup", "copy"], "");
    let segments = office.0.path().join("copy/segments");
    for file in std::fs::read_dir(&segments).expect("segments") {
        std::fs::remove_file(file.expect("a file").path()).expect("removed");
    }
    let refused = office.run(&["stats", "--registry", "copy"]);
    assert_eq!(code(&refused), 5, "{}", said(&refused));
    office.json(&["rebuild", "again", "--registry", "copy"], "");
    let again = office.json(&["stats", "--registry", "again"], "");
    assert_eq!(again["rows"], office.json(&["stats"], "")["rows"]);
}

/// The commands of the README's section do what it says, in its order.
#[test]
fn the_commands_of_the_readme_run() {
    let fixture = Fixture::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::create_dir(fixture.path().join("examples")).expect("a directory");
    std::fs::create_dir(fixture.path().join("target")).expect("a directory");
    let copied = fixture.path().join("examples/students.csv");
    std::fs::copy(root.join("examples/students.csv"), copied).expect("the example");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the document");
    let start = readme.find("<!-- registry -->\n```sh\n").expect("the block");
    let block = readme[start..].split("```").nth(1).expect("its commands");
    let mut ran = 0;
    for line in block.lines().filter(|line| line.starts_with("renji ")) {
        let output = Command::new(env!("CARGO_BIN_EXE_renji"))
            .args(line.split_whitespace().skip(1))
            .current_dir(fixture.path())
            .env("RENJI_REGISTRY", "target/students")
            .env("RENJI_OPERATOR", "王老师")
            .output()
            .expect("running renji");
        assert_eq!(code(&output), 0, "{line}: {}", said(&output));
        ran += 1;
    }
    assert!(ran > 8, "the block has its commands");
}
