//! `renji dedupe` from file to lists, through the binary.

use crate::fixture::{Fixture, code, said};

const HEADER: &str =
    "record_id,身份证件类型,身份证件号,姓名,性别,出生日期,户口所在地,成员1姓名,成员1身份证件号\n";

/// Made-up students: r1 and r2 are one, r3 and r4 twins, r5 holds r6's number, r7 has nothing.
const ROWS: [&str; 7] = [
    "r1,1,440524201001010018,周洋明,男,20100101,440524,周大海,11010519491231002X",
    "r2,1,440524201001010018,周洋名,1,2010-01-01,440524000000,周大海,11010519491231002X",
    "r3,1,110105201005150010,王小明,男,20100515,110105,王大山,440524188001010014",
    "r4,1,110105201005150037,王小亮,男,20100515,110105,王大山,440524188001010014",
    "r5,1,11010520120303001X,李四海,男,20120303,110105,李强,",
    "r6,1,11010520120303001X,古丽娜扎尔,女,20130909,650102,艾山,",
    "r7,1,,,男,,110105,,",
];

fn run(fixture: &Fixture, rows: &[&str], out: &str, threads: &str) {
    let name = format!("{out}.csv");
    fixture.file(&name, format!("{HEADER}{}\n", rows.join("\n")));
    let output = fixture.renji(&["dedupe", &name, "--out", out, "--threads", threads, "--lang", "zh"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
}

#[test]
fn from_file_to_lists() {
    let fixture = Fixture::new();
    run(&fixture, &ROWS, "out", "2");
    let pairs = fixture.text("out/pairs.csv");
    let verdicts: Vec<String> =
        pairs.lines().skip(1).map(|line| line.split(',').take(3).collect::<Vec<_>>().join(",")).collect();
    assert!(verdicts.contains(&"r1,r2,same".to_owned()), "{pairs}");
    assert!(verdicts.contains(&"r5,r6,conflict".to_owned()), "{pairs}");
    assert!(!verdicts.iter().any(|pair| pair.starts_with("r3,r4,same")), "{pairs}");
    assert_eq!(fixture.text("out/clusters.csv"), "record_id,cluster_id\nr1,r1\nr2,r1\n");
    let rejected = fixture.text("out/rejected.csv");
    assert!(rejected.contains("out.csv,8,name,nothing_to_compare,"), "{rejected}");
    let county = fixture.text("out/problems/110105.csv");
    assert!(county.contains("r5,李*海,110105********001X,不同学生证件号重复,"), "{county}");
    let summary: serde_json::Value = serde_json::from_str(&fixture.text("out/summary.json")).expect("JSON");
    assert_eq!(summary["rejected_rows"], 1);
    assert_eq!(summary["pairs_by_verdict"]["same"], 1);
    for list in ["out/rejected.csv", "out/problems/110105.csv", "out/problems/440524.csv", "out/pairs.csv"] {
        let text = fixture.text(list);
        for secret in ["周洋明", "李四海", "古丽娜扎尔", "11010520120303001X"] {
            assert!(!text.contains(secret), "{list}: {text}");
        }
    }
}

#[test]
fn neither_threads_nor_the_order_of_rows_change_the_lists() {
    let fixture = Fixture::new();
    run(&fixture, &ROWS, "one", "1");
    run(&fixture, &ROWS, "two", "2");
    let mut turned = ROWS;
    turned.reverse();
    turned.swap(1, 4);
    run(&fixture, &turned, "turned", "2");
    for list in ["pairs.csv", "clusters.csv"] {
        let one = fixture.text(&format!("one/{list}"));
        assert!(one.lines().count() > 1);
        assert_eq!(one, fixture.text(&format!("two/{list}")), "{list}");
        assert_eq!(one, fixture.text(&format!("turned/{list}")), "{list}");
    }
}
