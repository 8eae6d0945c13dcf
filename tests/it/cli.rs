//! The binary as a person uses it: exit codes, the result directory, quiet, languages, closed pipes.

use std::process::{Command, Stdio};

use crate::fixture::{Fixture, code, said};

const STUDENTS: &str = "record_id,name,birthdate\nr1,王小明,20150312\nr2,李小红,20150401\nr3,赵\n";

fn names(fixture: &Fixture) -> Vec<String> {
    let entries = std::fs::read_dir(fixture.path()).expect("a directory");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn exit_codes() {
    let fixture = Fixture::new();
    fixture.file("a.csv", STUDENTS);
    let run = |arguments: &[&str]| code(&fixture.renji(arguments));
    assert_eq!(run(&["dedupe", "a.csv", "--out", "one"]), 0);
    assert_eq!(run(&["dedupe", "a.csv", "--out", "two", "--strict"]), 1);
    assert!(fixture.path().join("two/summary.json").exists(), "strict or not, the result is there");
    assert_eq!(run(&["dedupe", "a.csv"]), 2);
    assert_eq!(run(&["dedupe", "a.csv", "--out", "x", "--threads", "0"]), 2);
    assert_eq!(run(&["dedupe", "a.csv", "--out", "x", "--encoding", "latin1"]), 2);
    assert_eq!(run(&["dedupe", "nowhere.csv", "--out", "x"]), 3);
    assert_eq!(run(&["dedupe", "a.csv", "--out", "a.csv/x"]), 4);
    assert_eq!(run(&["--help"]), 0);
    assert_eq!(run(&["--version"]), 0);
    assert_eq!(run(&[]), 2);
    assert_eq!(names(&fixture), ["a.csv", "one", "two"]);
}

#[test]
fn an_existing_result_is_replaced_only_by_force() {
    let fixture = Fixture::new();
    fixture.file("a.csv", STUDENTS);
    let run = |arguments: &[&str]| {
        let output = fixture.renji(&[&["dedupe", "a.csv", "--out", "out"], arguments].concat());
        (code(&output), said(&output))
    };
    assert_eq!(run(&[]).0, 0);
    fixture.file("out/mine.txt", "kept");
    let (code, said) = run(&[]);
    assert_eq!(code, 2);
    assert!(said.contains("--force"), "{said}");
    assert!(fixture.path().join("out/mine.txt").exists());
    assert_eq!(run(&["--force"]).0, 0);
    assert!(!fixture.path().join("out/mine.txt").exists());
    assert_eq!(names(&fixture), ["a.csv", "out"]);
}

#[test]
fn force_never_removes_what_is_no_result_or_holds_an_input() {
    let fixture = Fixture::new();
    fixture.file("a.csv", STUDENTS);
    std::fs::create_dir(fixture.path().join("photos")).expect("a directory");
    fixture.file("photos/a.jpg", "x");
    fixture.file("photos/b.csv", STUDENTS);
    let run = |file: &str, out: &str| code(&fixture.renji(&["dedupe", file, "--out", out, "--force"]));
    assert_eq!(run("a.csv", "photos"), 2);
    assert_eq!(run("a.csv", "."), 2);
    assert_eq!(run("a.csv", "a.csv"), 2);
    fixture.file("photos/summary.json", "{}");
    assert_eq!(run("photos/b.csv", "photos"), 2);
    assert!(fixture.path().join("photos/a.jpg").exists());
}

#[test]
fn the_summary_accounts_for_every_row() {
    let fixture = Fixture::new();
    fixture.file("a.csv", STUDENTS);
    fixture.file("b.csv", STUDENTS);
    let output = fixture.renji(&["dedupe", "a.csv", "b.csv", "--out", "out", "--threads", "1"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let summary: serde_json::Value = serde_json::from_str(&fixture.text("out/summary.json")).expect("JSON");
    assert_eq!(summary["rows"], 6);
    assert_eq!(summary["rejected_rows"], 2);
    assert_eq!(summary["rejected_by_rule"]["field_count"], 2);
    assert_eq!(summary["files"], 2);
    assert_eq!(summary["threads"], 1);
    assert!(summary["seconds"]["read"].is_number());
    let rejected = fixture.text("out/rejected.csv");
    assert!(rejected.starts_with("file,row,column,rule,message\na.csv,4,,field_count,"), "{rejected}");
    assert!(rejected.contains("\nb.csv,4,,field_count,"), "{rejected}");
}

#[test]
fn quiet_and_languages() {
    let fixture = Fixture::new();
    fixture.file("a.csv", STUDENTS);
    let quiet = fixture.renji(&["dedupe", "a.csv", "--out", "q", "--quiet"]);
    assert_eq!((said(&quiet).as_str(), quiet.stdout.len()), ("", 0));
    let english = said(&fixture.renji(&["dedupe", "a.csv", "--out", "e"]));
    assert!(english.contains("3 rows, of which 1 could not be read"), "{english}");
    let chinese = said(&fixture.renji(&["dedupe", "a.csv", "--out", "c", "--lang", "zh"]));
    assert!(chinese.contains("共 3 行,其中 1 行无法读取"), "{chinese}");
    let error = said(&fixture.renji(&["dedupe", "nowhere.csv", "--out", "z", "--lang", "zh"]));
    assert!(error.starts_with("错误:nowhere.csv:文件不存在"), "{error}");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let fixture = Fixture::new();
    fixture.file("a.csv", STUDENTS);
    fixture.file("pairs.csv", "record_a,record_b,verdict\nr1,r2,same\n");
    fixture.file("truth.csv", "record_id,entity\nr1,e1\nr2,e1\n");
    let arguments = ["evaluate", "--pairs", "pairs.csv", "--truth", "truth.csv", "--entity", "entity"];
    for arguments in [&arguments[..], &["--help"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let status = Command::new(env!("CARGO_BIN_EXE_renji"))
            .args(arguments)
            .current_dir(fixture.path())
            .stdout(writer)
            .stderr(Stdio::null())
            .status()
            .expect("running renji");
        assert_eq!(status.code(), Some(0), "{arguments:?}");
    }
}

/// Ctrl-C in the middle of a run: the exit code of an interrupt, nothing left behind.
#[cfg(unix)]
#[test]
fn ctrl_c_leaves_nothing_behind() {
    let fixture = Fixture::new();
    // A run that takes long enough to be stopped: some 100 MB of rows.
    let mut text = String::from("record_id,name,birthdate,address\n");
    for row in 0..1_000_000 {
        text.push_str(&format!(
            "r{row},made up {row},20150312,number {row} of a street with quite a long name\n"
        ));
    }
    fixture.file("a.csv", text);
    let mut child = Command::new(env!("CARGO_BIN_EXE_renji"))
        .args(["dedupe", "a.csv", "--out", "out", "--threads", "1", "--quiet"])
        .current_dir(fixture.path())
        .spawn()
        .expect("running renji");
    // Wait for the temporary directory, then interrupt.
    let mut seen = false;
    for _ in 0..2000 {
        if names(&fixture).iter().any(|name| name.ends_with(".partial")) {
            seen = true;
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert!(seen, "the run has begun");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    let status = child.wait().expect("the end of the run");
    assert_eq!(status.code(), Some(130));
    assert_eq!(names(&fixture), ["a.csv"]);
}

#[test]
fn memory_and_its_overflow_that_cannot_be_are_told_before_any_work() {
    let fixture = Fixture::new();
    fixture.file("s.csv", "record_id,name,id_number\na,王小明,110105201005150010\n");
    for flags in
        [["--memory", "4"], ["--memory", "1MiB"], ["--memory", "much"], ["--temp", "s.csv"], ["--temp", "no"]]
    {
        let output = fixture.renji(&[&["dedupe", "s.csv", "--out", "out"][..], &flags].concat());
        assert_eq!(code(&output), 2, "{flags:?}: {}", said(&output));
        assert!(said(&output).contains(flags[0]), "{flags:?}: {}", said(&output));
    }
    let left: Vec<_> = std::fs::read_dir(fixture.path()).expect("a directory").collect();
    assert_eq!(left.len(), 1, "nothing but the input");
}
