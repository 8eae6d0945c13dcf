//! `renji bench`: the figures that are promised are there and can be, the page says nothing about anybody and fetches
//! nothing, the directory is gone. No time is asserted.

use serde_json::Value;

use crate::fixture::{Fixture, code, said};

/// Figures that others build on: names that do not change.
const PROMISED: [&str; 9] = [
    "check_warm_p50_us",
    "check_warm_p99_us",
    "check_cold_p99_us",
    "check_vs_sqlite_p50_ratio",
    "check_vs_redb_p50_ratio",
    "bulk_build_students_per_s",
    "index_bytes_per_student",
    "dedupe_seconds",
    "peak_rss_mib",
];

/// What makes figures comparable.
const CIRCUMSTANCES: [&str; 8] = [
    "machine_cpu",
    "machine_kernel",
    "rustc_version",
    "renji_version",
    "renji_build",
    "date",
    "cold_method",
    "sqlite_version",
];

/// Chinese surnames of the nation would show a student's name; so would a number.
fn holds_a_number(text: &str) -> bool {
    let digits = text.split(|c: char| !c.is_ascii_digit());
    digits.into_iter().any(|run| run.len() >= 11)
}

#[test]
fn a_small_nation_is_measured() {
    let fixture = Fixture::new();
    // The page cache of the whole machine is left alone.
    let output = fixture.renji(&[
        "bench",
        "--students",
        "2000",
        "--cold",
        "files",
        "--memory",
        "64M",
        "--json",
        "figures.json",
        "--out",
        "page.html",
    ]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(output.stdout.is_empty());
    assert!(said(&output).contains("2000 students:"), "{}", said(&output));

    let json = fixture.text("figures.json");
    let Value::Object(figures) = serde_json::from_str(&json).expect("JSON") else { panic!("an object") };
    let number =
        |name: &str| figures.get(name).unwrap_or_else(|| panic!("no {name}")).as_f64().unwrap_or(f64::NAN);
    assert_eq!((number("students"), number("seed")), (2000.0, 7.0));
    for name in CIRCUMSTANCES {
        assert!(figures[name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {}", figures[name]);
    }
    assert!(figures.values().all(|value| !value.is_object() && !value.is_array()), "flat");
    // Cold pages, memory and the kernel's name are Linux's to tell.
    if cfg!(target_os = "linux") {
        for name in PROMISED {
            assert!(number(name) > 0.0, "{name}: {}", figures[name]);
            let at_each_size = [200, 2000].map(|students| number(&format!("{name}_at_{students}")));
            assert!(at_each_size.iter().all(|value| *value > 0.0), "{name}: {at_each_size:?}");
        }
        assert_eq!(figures["cold_method"], "fadvise");
    }
    for series in [
        "check_warm",
        "check_hit",
        "check_miss",
        "check_twin",
        "check_heavy",
        "check_busy",
        "by_number",
        "by_document",
        "by_guardian",
        "enroll_durable",
        "candidates_warm",
        "sqlite_warm",
        "redb_warm",
    ] {
        let percentiles = ["p50", "p90", "p99", "p999"].map(|part| number(&format!("{series}_{part}_us")));
        assert!(percentiles[0] > 0.0 && percentiles.is_sorted(), "{series}: {percentiles:?}");
    }
    for (ours, theirs) in [("check", "sqlite"), ("candidates", "sqlite"), ("candidates", "redb")] {
        let of = |contender: &str| number(&format!("{contender}_warm_p50_us"));
        let ratio = number(&format!("{ours}_vs_{theirs}_p50_ratio"));
        assert!((ratio - of(theirs) / of(ours)).abs() < 0.01, "the baseline's by ours");
    }
    let parts = ["index", "profiles", "journal", "students", "numbers", "requests", "other"];
    let sum: f64 = parts.iter().map(|part| number(&format!("{part}_bytes_per_student"))).sum();
    assert!(sum <= number("disk_bytes_per_student") + 0.1, "parts are not more than the whole");

    let page = fixture.text("page.html");
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    for foreign in ["http", "//", "<script", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(page.contains("SQLite, mixture") && page.contains("<svg") && !page.contains("NaN"));
    assert!(!holds_a_number(&page) && !holds_a_number(&json), "no number of a person");
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    assert!(!page.chars().any(is_han) && !json.chars().any(is_han) && !said(&output).chars().any(is_han));
    assert!(!fixture.path().join("renji-bench").exists(), "the directory is removed");
}

#[test]
fn the_page_speaks_chinese_and_parts_can_be_left_out() {
    let fixture = Fixture::new();
    let output = fixture.renji(&[
        "bench",
        "--students",
        "300",
        "--steps",
        "300",
        "--cold",
        "skip",
        "--no-baselines",
        "--no-dedupe",
        "--keep",
        "--dir",
        "made/here",
        "--lang",
        "zh",
        "--out",
        "page.html",
        "--json",
        "figures.json",
    ]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let page = fixture.text("page.html");
    assert!(page.contains("lang=\"zh-CN\"") && page.contains("人籍性能测试报告"));
    assert!(said(&output).contains("300 名学生"));
    let figures: Value = serde_json::from_str(&fixture.text("figures.json")).expect("JSON");
    for absent in ["check_cold_p99_us", "dedupe_seconds"] {
        assert!(figures[absent].is_null() && figures.get(absent).is_some(), "{absent} is told to be absent");
    }
    assert_eq!(figures["cold_method"], "none");
    assert!(figures.get("check_vs_sqlite_p50_ratio").is_none());
    assert!(fixture.path().join("made/here/300/registry").is_dir(), "kept");
}

#[test]
fn without_files_the_figures_are_the_result() {
    let fixture = Fixture::new();
    let arguments = ["bench", "--students", "200", "--cold", "skip", "--no-baselines", "--quiet"];
    let output = fixture.renji(&arguments);
    assert_eq!((code(&output), said(&output).as_str()), (0, ""));
    let figures: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(figures["students"], 200);
}

#[test]
fn what_cannot_be_measured_is_refused_at_once() {
    let fixture = Fixture::new();
    let refused: [(&[&str], &str); 7] = [
        (&["--students", "99"], "--students: 100 to 400000000"),
        (&["--students", "500000000"], "--students: 100 to 400000000"),
        (&["--students", "many"], "--students"),
        (&["--students", "1000", "--memory", "lots"], "expected a size"),
        (&["--students", "1000", "--steps", "200,5000"], "--steps: 100 to 1000"),
        (&["--students", "1000", "--cold", "icy"], "--cold"),
        (&[], "--students"),
    ];
    for (arguments, message) in refused {
        let output = fixture.renji(&[&["bench"], arguments].concat());
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(said(&output).contains(message), "{arguments:?}: {}", said(&output));
        assert!(!fixture.path().join("renji-bench").exists());
    }
    // Nothing that was there is removed.
    std::fs::create_dir(fixture.path().join("renji-bench")).expect("a directory");
    let kept = fixture.file("renji-bench/mine.txt", "mine");
    let output = fixture.renji(&["bench", "--students", "200"]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("--dir: renji-bench exists"), "{}", said(&output));
    assert!(kept.exists());
    // A page that cannot be written: the directory is removed all the same.
    let output = fixture.renji(&[
        "bench",
        "--students",
        "200",
        "--no-baselines",
        "--cold",
        "skip",
        "--dir",
        "work",
        "--out",
        "no/such/page.html",
    ]);
    assert_eq!(code(&output), 4, "{}", said(&output));
    assert!(!fixture.path().join("work").exists());
}
