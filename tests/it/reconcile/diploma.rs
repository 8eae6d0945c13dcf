//! Diplomas against records: seventeen fields, as written and as read.

use super::{children, csv, list, reconcile};
use crate::fixture::Fixture;

const COLUMNS: [&str; 18] = [
    "record_id",
    "证书编号",
    "姓名",
    "性别",
    "出生日期",
    "身份证件号",
    "考生号",
    "学号",
    "school_code",
    "学校名称",
    "专业名称",
    "层次",
    "学习形式",
    "学制",
    "入学年月",
    "毕业日期",
    "毕结业结论",
    "校长姓名",
];

#[test]
fn each_of_the_seventeen_fields_is_told_by_name_and_writing_apart_from_meaning() {
    let fixture = Fixture::new();
    let mut ours = Vec::new();
    for (at, child) in children(400, 71).into_iter().enumerate() {
        let mut row = super::Row::new();
        let texts = [
            format!("o{at}"),
            format!("1059420260{at:08}"),
            child["name"].clone(),
            child["sex"].clone(),
            child["birthdate"].clone(),
            child["id_number"].clone(),
            format!("2242{at:010}"),
            format!("2022{at:06}"),
            "4142010594".to_owned(),
            "江城职业技术学院".to_owned(),
            "软件技术".to_owned(),
            "专科".to_owned(),
            "普通全日制".to_owned(),
            "3".to_owned(),
            "202309".to_owned(),
            "20260701".to_owned(),
            "毕业".to_owned(),
            "李校长".to_owned(),
        ];
        COLUMNS.into_iter().zip(texts).for_each(|(column, text)| drop(row.insert(column, text)));
        ours.push(row);
    }
    let mut theirs = ours.clone();
    for (at, row) in theirs.iter_mut().enumerate() {
        row.insert("record_id", format!("t{at}"));
    }
    // One field each, different: rows 0 to 16. Rows 20 to 36: the same field, written otherwise where it can be.
    for field in 1..18 {
        let column = COLUMNS[field];
        let different = match column {
            "性别" => if theirs[field - 1]["性别"] == "男" { "女" } else { "男" }.to_owned(),
            "出生日期" | "毕业日期" => "20100203".to_owned(),
            "入学年月" => "202209".to_owned(),
            "身份证件号" => "11010519491231002X".to_owned(),
            "姓名" | "校长姓名" => "令狐冲虚".to_owned(),
            _ => "9".to_owned(),
        };
        theirs[field - 1].insert(column, different);
        let wide: String = theirs[19 + field][column]
            .chars()
            .map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xFEE0).expect("a digit") } else { c })
            .collect();
        let same = wide == theirs[19 + field][column];
        theirs[19 + field].insert(column, if same { format!("{wide} ") } else { wide });
    }
    let gone = ours.remove(300);
    let unsent = theirs.remove(310);
    theirs.push(theirs[50].clone());
    theirs.last_mut().expect("a row").insert("record_id", "again".to_owned());
    fixture.file("ours.csv", csv(&COLUMNS, &ours));
    fixture.file("theirs.csv", csv(&COLUMNS, &theirs));
    reconcile(&fixture, &["--ours", "ours.csv", "--theirs", "theirs.csv", "--as", "diploma", "--out", "out"]);
    let lines = list(&fixture, "out/diplomas.csv");
    let line = |id: String| lines.iter().find(|line| line["diploma"] == id).expect("a line");
    let names = [
        "certificate_number",
        "name",
        "sex",
        "birthdate",
        "id_number",
        "candidate_number",
        "student_number",
        "school_code",
        "school_name",
        "major",
        "programme",
        "study_form",
        "duration",
        "enrolled",
        "graduated",
        "conclusion",
        "principal",
    ];
    for (at, name) in names.into_iter().enumerate() {
        let differs = line(format!("t{at}"));
        // A number that is nobody's leaves the others to find the record by.
        assert_eq!((&*differs["standing"], &*differs["different"]), ("differs", name), "{differs:?}");
        let otherwise = line(format!("t{}", 20 + at));
        assert_eq!(
            (&*otherwise["standing"], &*otherwise["written_otherwise"]),
            ("written_otherwise", name),
            "{otherwise:?}"
        );
    }
    let with = |standing: &str| lines.iter().filter(|line| line["standing"] == standing).count();
    assert_eq!((with("differs"), with("written_otherwise")), (17, 17));
    assert_eq!((with("unknown"), with("no_diploma"), with("repeated")), (1, 1, 1));
    assert_eq!(line(gone["record_id"].replace('o', "t"))["standing"], "unknown");
    assert!(lines.iter().any(|line| line["record"] == unsent["record_id"].replace('t', "o")));
    assert_eq!(line("again".to_owned())["standing"], "repeated");
    assert_eq!(with("equal"), 400 - 17 - 17 - 1 - 1);
}
