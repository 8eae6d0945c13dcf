//! `dedupe --report`, `renji report` and `renji decide`: flags, exit codes, what is masked, what is refused.

use crate::fixture::{Fixture, code, said};

const HEADER: &str =
    "record_id,身份证件类型,身份证件号,姓名,性别,出生日期,户口所在地,成员1姓名,成员1身份证件号\n";

/// Made-up students: r1, r2 and r3 are one, r3 with a mistyped number; r5 holds r6's number; r8 and r9 have none.
const ROWS: [&str; 8] = [
    "r1,1,440524201001010018,周洋明,男,20100101,440524,周大海,11010519491231002X",
    "r2,1,440524201001010018,周洋名,1,2010-01-01,440524000000,周大海,11010519491231002X",
    "r3,1,440524201001010019,周洋明,1,2010-01-01,440524000000,周大海,11010519491231002X",
    "r5,1,11010520120303001X,李四海,男,20120303,110105,李强,",
    "r6,1,11010520120303001X,古丽娜扎尔,女,20130909,650102,艾山,",
    "r8,1,,王小明,男,20150312,110105,,",
    "r9,1,,王小明,男,20150312,110105,,",
    "r7,1,,,男,,110105,,",
];

const SECRETS: [&str; 5] = ["周洋明", "李四海", "古丽娜扎尔", "11010520120303001X", "11010519491231002X"];

fn fixture() -> Fixture {
    let fixture = Fixture::new();
    fixture.file("a.csv", format!("{HEADER}{}\n", ROWS.join("\n")));
    fixture
}

fn run(fixture: &Fixture, arguments: &[&str]) {
    let output = fixture.renji(arguments);
    assert_eq!(code(&output), 0, "{arguments:?}: {}", said(&output));
}

fn pairs(fixture: &Fixture, list: &str) -> Vec<String> {
    let text = fixture.text(list);
    text.lines().skip(1).map(|line| line.split(',').take(3).collect::<Vec<_>>().join(",")).collect()
}

#[test]
fn masked_unless_asked_for() {
    let fixture = fixture();
    run(&fixture, &["dedupe", "a.csv", "--out", "out", "--report", "page.html"]);
    let page = fixture.text("page.html");
    assert!(SECRETS.iter().all(|secret| !page.contains(secret)));
    assert!(page.contains("周*明") && page.contains("\"unmasked\":false"));
    run(&fixture, &["report", "out", "--out", "full.html", "--unmasked"]);
    let full = fixture.text("full.html");
    assert!(SECRETS.iter().all(|secret| full.contains(secret)));
    assert!(full.contains("\"unmasked\":true"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode =
            |name: &str| fixture.path().join(name).metadata().expect("a page").permissions().mode() & 0o777;
        assert_eq!((mode("page.html"), mode("full.html")), (0o644, 0o600));
    }
}

#[test]
fn the_page_asks_nobody_for_anything() {
    let fixture = fixture();
    run(&fixture, &["dedupe", "a.csv", "--out", "out", "--report", "page.html"]);
    let page = fixture.text("page.html");
    assert!(page.contains("default-src 'none'"));
    for outside in
        ["http://", "https://", "src=", "href=", "@import", "url(", "onclick", "innerHTML", "eval("]
    {
        let found = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!found.contains(outside), "{outside}");
    }
}

#[test]
fn a_result_gives_the_same_page_again() {
    let fixture = fixture();
    run(&fixture, &["dedupe", "a.csv", "--out", "out", "--report", "page.html", "--threads", "2"]);
    run(&fixture, &["report", "out", "--threads", "1"]);
    assert_eq!(fixture.text("page.html"), fixture.text("out/report.html"));
    // The file is found again wherever it is, if it is named.
    std::fs::rename(fixture.path().join("a.csv"), fixture.path().join("b.csv")).expect("moving");
    let moved = fixture.renji(&["report", "out", "--force"]);
    assert_eq!(code(&moved), 3);
    assert!(said(&moved).contains("no longer there; give the files"), "{}", said(&moved));
    run(&fixture, &["report", "out", "b.csv", "--force"]);
    assert_eq!(fixture.text("page.html"), fixture.text("out/report.html"));
}

#[test]
fn an_input_that_has_changed_is_noticed() {
    let fixture = fixture();
    run(&fixture, &["dedupe", "a.csv", "--out", "out"]);
    let text = fixture.text("a.csv");
    for changed in
        [text.replace("李强", "李刚"), text.replace("李强", "李强强"), text.replace("姓名,", "名字,")]
    {
        fixture.file("a.csv", changed);
        let output = fixture.renji(&["report", "out"]);
        assert_eq!(code(&output), 3);
        assert!(said(&output).contains("has changed since the run"), "{}", said(&output));
    }
    assert!(!fixture.path().join("out/report.html").exists());
}

#[test]
fn what_is_there_is_not_overwritten() {
    let fixture = fixture();
    fixture.file("page.html", "mine");
    let output = fixture.renji(&["dedupe", "a.csv", "--out", "out", "--report", "page.html"]);
    assert_eq!(code(&output), 2);
    assert!(!fixture.path().join("out").exists(), "refused before any work");
    let output = fixture.renji(&["dedupe", "a.csv", "--out", "out", "--report", "a.csv", "--force"]);
    assert_eq!(code(&output), 2, "{}", said(&output));
    assert_eq!(fixture.text("page.html"), "mine");
    run(&fixture, &["dedupe", "a.csv", "--out", "out", "--report", "page.html", "--force"]);
    assert_eq!(code(&fixture.renji(&["report", "out", "--out", "page.html"])), 2);
    assert_eq!(code(&fixture.renji(&["report", "nowhere"])), 3);
    assert_eq!(code(&fixture.renji(&["report", "out", "a.csv", "a.csv", "--force"])), 2);
    assert_eq!(code(&fixture.renji(&["dedupe", "a.csv", "--out", "x", "--unmasked"])), 2);
}

#[test]
fn decisions_change_the_lists_and_nothing_else() {
    let fixture = fixture();
    run(&fixture, &["dedupe", "a.csv", "--out", "out"]);
    assert!(fixture.text("out/clusters.csv").contains("r3,r1"), "{}", fixture.text("out/clusters.csv"));
    // Nothing decided, nothing changed.
    fixture.file("none.csv", "record_a,record_b,decision,reason,operator\n");
    run(&fixture, &["decide", "out", "none.csv", "--out", "same"]);
    for list in ["pairs.csv", "clusters.csv", "rejected.csv", "model.json", "problems/110105.csv"] {
        // A file is named as it was read: from where it was recorded.
        let again =
            fixture.text(&format!("same/{list}")).replace(&format!("{}/", fixture.path().display()), "");
        assert_eq!(fixture.text(&format!("out/{list}")), again, "{list}");
    }
    fixture.file(
        "decisions.csv",
        "record_a,record_b,decision,reason,operator\n\
         r8,r9,same,户口本,陈经办\n\
         r1,r3,different,出生证,陈经办\n\
         r2,r3,different,出生证,陈经办\n\
         r5,r6,unsure,,陈经办\n",
    );
    run(&fixture, &["decide", "out", "decisions.csv", "--out", "decided", "--report", "page.html"]);
    assert_eq!(pairs(&fixture, "decided/pairs.csv"), ["r1,r2,same", "r5,r6,conflict", "r8,r9,same"]);
    assert_eq!(fixture.text("decided/clusters.csv"), "record_id,cluster_id\nr1,r1\nr2,r1\nr8,r8\nr9,r8\n");
    assert!(fixture.text("decided/pairs.csv").contains("r8,r9,same,no_number|"));
    assert!(fixture.text("decided/pairs.csv").contains("|decided,"));
    // The page of what was decided is that of its directory.
    run(&fixture, &["report", "decided", "--out", "again.html"]);
    assert_eq!(fixture.text("page.html"), fixture.text("again.html"));
    // What was decided holds on, and may be decided anew.
    fixture.file("more.csv", "record_a,record_b,decision,reason,operator\nr9,r8,different,照片,陈经办\n");
    run(&fixture, &["decide", "decided", "more.csv", "--out", "more"]);
    assert_eq!(pairs(&fixture, "more/pairs.csv"), ["r1,r2,same", "r5,r6,conflict"]);
    // And may be left open again: then it is what it was before anybody decided.
    let open = ["r8,r9", "r1,r3", "r2,r3"].map(|pair| format!("{pair},unsure,,陈经办\n")).concat();
    fixture.file("open.csv", format!("record_a,record_b,decision,reason,operator\n{open}"));
    run(&fixture, &["decide", "more", "open.csv", "--out", "open"]);
    assert_eq!(pairs(&fixture, "open/pairs.csv"), pairs(&fixture, "out/pairs.csv"));
}

#[test]
fn decisions_that_cannot_be_applied_are_listed_and_the_others_applied() {
    let fixture = fixture();
    run(&fixture, &["dedupe", "a.csv", "--out", "out"]);
    fixture.file(
        "decisions.csv",
        "record_a,record_b,decision,reason,operator\n\
         r1,r3,different,,陈经办\n\
         r2,r3,same,,陈经办\n\
         r1,r2,same,,陈经办\n\
         r8,r9,maybe,,陈经办\n\
         r8,r99,same,,陈经办\n\
         r8,r8,same,,陈经办\n\
         r8,r9,same,,\n\
         r3,r1,same,,陈经办\n",
    );
    let output = fixture.renji(&["decide", "out", "decisions.csv", "--out", "decided", "--strict"]);
    assert_eq!(code(&output), 1, "{}", said(&output));
    assert!(said(&output).contains("2 decisions applied, 6 not"), "{}", said(&output));
    let rejected = fixture.text("decided/rejected.csv");
    let lines: Vec<&str> = rejected.lines().filter_map(|line| line.strip_prefix("decisions.csv,")).collect();
    let starts = [
        "4,decision,contradicts_different,",
        "5,decision,decision_unknown,",
        "6,record_b,record_unknown,",
        "7,record_b,one_record,",
        "8,operator,operator_missing,",
        "9,decision,decided_otherwise,",
    ];
    assert_eq!(lines.len(), starts.len(), "{rejected}");
    assert!(lines.iter().zip(starts).all(|(line, start)| line.starts_with(start)), "{rejected}");
    assert!(rejected.contains("row 2"), "{rejected}");
    assert!(rejected.contains("a.csv,9,name,nothing_to_compare,"), "{rejected}");
    assert!(pairs(&fixture, "decided/pairs.csv").contains(&"r2,r3,same".to_owned()));
    assert!(!rejected.contains("陈经办"), "who decided is in decisions.csv");
}

#[test]
fn a_result_of_a_registry() {
    let fixture = fixture();
    for arguments in [&["init"][..], &["load", "a.csv"]] {
        run(&fixture, &[&["--registry", "book"], arguments].concat());
    }
    run(&fixture, &["--registry", "book", "dedupe", "--out", "out", "--report", "page.html"]);
    run(&fixture, &["report", "out"]);
    assert_eq!(fixture.text("page.html"), fixture.text("out/report.html"));
    let listed = pairs(&fixture, "out/pairs.csv");
    assert!(!listed.is_empty(), "there are pairs to decide");
    let cases = |fixture: &Fixture| fixture.renji(&["--registry", "book", "cases"]).stdout;
    let before = cases(&fixture);
    // The pair without numbers waits for a case, and is decided.
    let waiting = listed.iter().find(|pair| pair.contains("pending-") && pair.ends_with("review"));
    let waiting = waiting.unwrap_or_else(|| panic!("{listed:?}")).replace(",review", "");
    let rows = format!("{waiting},different,户口本,陈经办\nL000,pending-1,same,x,陈经办\n");
    fixture.file("decisions.csv", format!("record_a,record_b,decision,reason,operator\n{rows}"));
    let resolve = || fixture.renji(&["--registry", "book", "case", "resolve", "--from", "decisions.csv"]);
    let output = resolve();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(code(&output), 1, "{told}{}", said(&output));
    assert!(told.starts_with("row 2  settled case "), "{told}");
    assert!(told.lines().nth(1).is_some_and(|line| line.starts_with("row 3  ")), "{told}");
    assert_ne!(cases(&fixture), before);
    // Run again it finds nothing to do.
    let told = String::from_utf8_lossy(&resolve().stdout).into_owned();
    assert!(told.starts_with("row 2  no open case is about these two"), "{told}");
    // The registry is no longer what was compared.
    let output = fixture.renji(&["report", "out", "--force"]);
    assert_eq!(code(&output), 3);
    assert!(said(&output).contains("has changed since the run"), "{}", said(&output));
}
