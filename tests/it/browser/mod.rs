//! The report in a browser: it opens without asking anybody for anything, sorts, filters, explains, is read in both
//! languages, and what a clerk decides on it comes out as a file and goes in again.
//!
//! Skipped where no Chromium is installed, unless `RENJI_REQUIRE_BROWSER` or `CI` is set; `.ci/install-browser`
//! installs one.

mod devtools;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::fixture::{Fixture, code, said};
use devtools::Browser;

const HEADER: &str =
    "record_id,身份证件类型,身份证件号,姓名,性别,出生日期,户口所在地,成员1姓名,成员1身份证件号\n";

/// Made-up students: r1 and r2 are one, r5 holds r6's number, r8 and r9 have no number; names that attack.
const ROWS: [&str; 8] = [
    "r1,1,440524201001010018,周洋明,男,20100101,440524,周大海,11010519491231002X",
    "r2,1,440524201001010018,周洋名,1,2010-01-01,440524000000,周大海,11010519491231002X",
    "r5,1,11010520120303001X,李四海,男,20120303,110105,李强,",
    "r6,1,11010520120303001X,古丽娜扎尔,女,20130909,650102,艾山,",
    "r8,1,,王小明,男,20150312,110105,王建国,",
    "r9,1,,王小明,男,20150312,110105,王建国,",
    "=x1,1,110105201005150010,</script><img src=x onerror=window.hurt=1>,男,20100515,110105,<b>b</b>,",
    "\"x2\"\"<i>\",1,110105201005150010,</script><img src=x onerror=window.hurt=1>,男,20100515,110105,<b>b</b>,",
];

/// Where pictures are kept.
fn pictures() -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_renji")).ancestors().nth(2).expect("the target's folder");
    target.join("browser")
}

/// A browser, or nothing where none is installed and none is required.
#[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
fn browser() -> Option<Browser> {
    let is_required = ["RENJI_REQUIRE_BROWSER", "CI"].iter().any(|name| std::env::var_os(name).is_some());
    let name = devtools::installed();
    assert!(name.is_some() || !is_required, "no Chromium is installed: run .ci/install-browser");
    if name.is_none() {
        eprintln!("skipped: no Chromium is installed; .ci/install-browser installs one");
    }
    name.map(|name| Browser::start(&name, 1500, 1600))
}

fn report(fixture: &Fixture, more: &[&str]) -> PathBuf {
    fixture.file("a.csv", format!("{HEADER}{}\n", ROWS.join("\n")));
    let arguments = ["dedupe", "a.csv", "--out", "out", "--report", "report.html", "--lang", "zh"];
    let output = fixture.renji(&[&arguments, more].concat());
    assert_eq!(code(&output), 0, "{}", said(&output));
    fixture.path().join("report.html")
}

/// Waits until a file is there and is no longer being written.
fn wait_for(path: &Path) -> String {
    let begun = Instant::now();
    while !path.exists() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{} comes", path.display());
        std::thread::sleep(Duration::from_millis(50));
    }
    std::fs::read_to_string(path).expect("a file")
}

#[test]
fn a_clerk_at_the_report() {
    let Some(mut browser) = browser() else { return };
    let fixture = Fixture::new();
    let page = report(&fixture, &[]);
    browser.open(&page);
    let downloads = json!({ "behavior": "allow", "downloadPath": fixture.path() });
    browser.command("Browser.setDownloadBehavior", downloads);
    let rows = "document.querySelectorAll('#list-rows [role=row]').length";
    let ids =
        "[...document.querySelectorAll('#list-rows [role=row]')].map(row => row.children[2].textContent)";
    assert_eq!(browser.text("h1"), "学籍查重报告");
    assert_eq!(browser.value(rows), 4);

    // Languages.
    browser.click("[data-language=en]");
    assert_eq!(browser.text("h1"), "Duplicates and contradictions among students");
    assert_eq!(browser.value("document.documentElement.lang"), "en");
    assert!(browser.text("#counties").contains("110105 北京市朝阳区"));

    // Sorted by the first record, up and down.
    browser.click("#list-head [role=columnheader]:nth-child(3) button");
    assert_eq!(browser.value(ids), json!(["=x1", "r1", "r5", "r8"]));
    browser.click("#list-head [role=columnheader]:nth-child(3) button");
    assert_eq!(browser.value(ids), json!(["r8", "r5", "r1", "=x1"]));

    // Counties are sorted and filtered, and one of them chosen.
    browser.click("#county-filter");
    browser.type_text("650102");
    assert_eq!(browser.value("document.querySelectorAll('#counties tbody tr').length"), 1);
    browser.click("#counties tbody button");
    assert_eq!(browser.value(ids), json!(["r5"]));
    browser.value("document.querySelector('#filter-county').value = ''");

    // Filtered by the text of an id.
    browser.click("#filter-text");
    browser.type_text("R2");
    assert_eq!(browser.value(ids), json!(["r1"]));
    assert_eq!(browser.text("#shown"), "1 of 4 pairs");

    // A pair is opened: both records, masked, what differs, and the waterfall.
    browser.click("#list-rows [role=row]");
    let pair = browser.text("#pair");
    assert!(pair.contains("周*明") && pair.contains("周*名") && !pair.contains("周洋明"), "{pair}");
    assert!(pair.contains("same sound") && pair.contains("a.csv row 2"), "{pair}");
    assert_eq!(
        browser.value("[...document.querySelectorAll('#pair mark')].map(m => m.textContent).slice(0, 2)"),
        json!(["明", "名"])
    );
    let bars = browser.value("document.querySelectorAll('#waterfall rect').length").as_u64();
    assert!(bars.is_some_and(|bars| bars >= 6), "{bars:?}");
    browser.screenshot(&pictures().join("report-en.png"));

    // Nobody decides without a name.
    browser.click("#decide-same");
    assert_eq!(browser.text("#decisions-note"), "Name the operator first");
    assert_eq!(browser.value("document.activeElement.id"), "operator");
    browser.type_text("陈经办");
    browser.click("#reason");
    browser.type_text("=户口本, \"原件\"");
    browser.click("#decide-same");
    assert_eq!(browser.text("#decided"), "1 pairs decided");
    // By the keyboard: the list, the next pair, "different".
    browser.click("#filter-text");
    for _ in 0..2 {
        browser.press("Backspace");
        browser.value("document.querySelector('#filter-text').value = ''; document.querySelector('#filter-text').dispatchEvent(new Event('input', { bubbles: true }))");
    }
    browser.value("document.querySelector('#list-view').focus()");
    browser.press("End");
    browser.press("2");
    assert_eq!(browser.text("#decided"), "2 pairs decided");
    browser.click("#download");
    let csv = wait_for(&fixture.path().join("decisions.csv"));
    assert_eq!(
        csv,
        "\u{FEFF}record_a,record_b,decision,reason,operator\r\n\
         '=x1,\"x2\"\"<i>\",different,,陈经办\r\n\
         r1,r2,same,\"'=户口本, \"\"原件\"\"\",陈经办\r\n"
    );

    // The page is opened again and goes on from the file.
    browser.open(&page);
    let root = browser.command("DOM.getDocument", json!({}))["root"]["nodeId"].clone();
    let load = browser.command("DOM.querySelector", json!({ "nodeId": root, "selector": "#load" }))["nodeId"]
        .clone();
    browser.command(
        "DOM.setFileInputFiles",
        json!({ "nodeId": load, "files": [fixture.path().join("decisions.csv")] }),
    );
    let loaded =
        "new Promise(done => setInterval(() => { const text = document.querySelector('#decided').textContent;
        if (text.includes('2')) done(text); }, 20))";
    assert_eq!(browser.value(loaded), "已决定 2 对");
    assert_eq!(browser.value("document.querySelector('#operator').value"), "陈经办");
    browser.click("#list-rows [role=row]");
    browser.screenshot(&pictures().join("report-zh.png"));

    // And it is applied.
    let output = fixture.renji(&["decide", "out", "decisions.csv", "--out", "decided"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let pairs = fixture.text("decided/pairs.csv");
    assert!(pairs.contains("r1,r2,same,") && !pairs.contains("=x1"), "{pairs}");
    assert_nothing_asked_for(&browser);
}

#[test]
fn a_hostile_name_is_text() {
    let Some(mut browser) = browser() else { return };
    let fixture = Fixture::new();
    let page = report(&fixture, &["--unmasked"]);
    browser.open(&page);
    assert_eq!(browser.value("document.querySelector('#unmasked').hidden"), false);
    browser.click("#filter-text");
    browser.type_text("x1");
    browser.click("#list-rows [role=row]");
    let pair = browser.text("#pair");
    assert!(pair.contains("</script><img src=x onerror=window.hurt=1>"), "{pair}");
    assert!(pair.contains("x2\"<i>") && pair.contains("<b>b</b>"), "{pair}");
    assert_eq!(
        browser.value("[window.hurt === undefined, document.querySelectorAll('img, i, #pair td b').length]"),
        json!([true, 0])
    );
    assert_nothing_asked_for(&browser);
}

/// How long a page of fifty thousand pairs takes, for `docs/PERFORMANCE.md`; some minutes in a build without
/// optimisation.
#[test]
#[ignore = "a measurement: cargo test --release --test it browser::fifty -- --ignored --nocapture"]
#[allow(clippy::print_stderr, reason = "a measurement tells what it measured")]
fn fifty_thousand_pairs() {
    let Some(mut browser) = browser() else { return };
    let fixture = Fixture::new();
    for arguments in [
        &["synth", "--out", "a.csv", "--students", "1250000", "--seed", "7", "-q"][..],
        &["dedupe", "a.csv", "--out", "out", "--report", "report.html", "-q"],
    ] {
        let output = fixture.renji(arguments);
        assert_eq!(code(&output), 0, "{}", said(&output));
    }
    let page = fixture.path().join("report.html");
    let loaded = browser.open(&page);
    let pairs = browser.value("document.querySelector('#list').getAttribute('aria-rowcount') - 1");
    assert!(pairs.as_f64().is_some_and(|pairs| pairs >= 50_000.0), "{pairs}");
    eprintln!("{pairs} pairs, {} bytes, loaded in {loaded:?}", page.metadata().expect("a page").len());
    // Until the browser has laid it out again.
    let mut measure = |what: &str, action: &str| {
        let timed = format!(
            "(() => {{ const begun = performance.now(); {action}; document.body.offsetHeight;
            return performance.now() - begun; }})()"
        );
        let took = browser.value(&timed).as_f64().expect("a time");
        eprintln!("{what}: {took:.0} ms");
        assert!(took < 1000.0, "{what} took {took} ms");
    };
    let sort = |column: u32| {
        format!("document.querySelector('#list-head [role=columnheader]:nth-child({column}) button').click()")
    };
    measure("sorted by record", &sort(3));
    measure("sorted by the other record", &sort(4));
    measure("sorted by weight", &sort(6));
    let filter = |id: &str, value: &str| {
        format!(
            "document.querySelector('#{id}').value = '{value}';
            document.querySelector('#{id}').dispatchEvent(new Event('input', {{ bubbles: true }}))"
        )
    };
    measure("filtered by text", &filter("filter-text", "12"));
    measure("not filtered", &filter("filter-text", ""));
    measure("filtered by verdict", &filter("filter-verdict", "review"));
    measure("not filtered", &filter("filter-verdict", ""));
    measure("scrolled to the end", "document.querySelector('#list-view').scrollTop = 1e9");
    measure("first pair opened", "document.querySelector('#list-rows [role=row]').click()");
    measure("next pair opened", "document.querySelector('#list-rows [role=row]:nth-child(2)').click()");
    measure(
        "counties filtered",
        "document.querySelector('#county-filter').value = '11'; document.querySelector('#county-filter').dispatchEvent(new Event('input'))",
    );
    measure("in English", "document.querySelector('[data-language=en]').click()");
}

/// Nothing was fetched but the page, nothing was complained about.
fn assert_nothing_asked_for(browser: &Browser) {
    for event in &browser.events {
        let parameters = &event["params"];
        match event["method"].as_str().unwrap_or_default() {
            "Network.requestWillBeSent" => {
                let url = parameters["request"]["url"].as_str().unwrap_or_default();
                assert!(url.ends_with("/report.html") || url.starts_with("blob:"), "{url}");
            }
            "Log.entryAdded" | "Runtime.exceptionThrown" => panic!("{parameters}"),
            _ => {}
        }
    }
}
