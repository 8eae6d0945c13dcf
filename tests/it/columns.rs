//! Which column holds which field.

use renji::source::{ColumnMap, ColumnMapError, SourceErrorKind, SourceOptions, accepted_names};
use renji::student::Column;
use renji::template::Field;

use crate::fixture::{Fixture, code, read, said};

fn map(pairs: &str) -> SourceOptions {
    let mut columns = ColumnMap::default();
    columns.add_pairs(pairs).expect("a good map");
    SourceOptions { columns, ..SourceOptions::default() }
}

#[test]
fn the_template_is_read_without_a_map() {
    let fixture = Fixture::new();
    let path = fixture.file(
        "模板.csv",
        "\u{FEFF}学校标识码,*姓名, 性 别 ,出生日期,身份证件类型,身份证件号,户口所在地行政区划,\
         家庭成员或监护人姓名,成员2姓名,现住址,联系电话,入学年月,全国学籍号,曾用名\n\
         2142000001,王小明,1,20150312,1,42010320150312001X,420103000000,王建国,李秀英,某路1号,138,202109,,\n",
    );
    let reading = read(&path, &SourceOptions::default()).expect("a readable file");
    let student = &reading.students[0];
    assert_eq!(student.name, "王小明");
    assert_eq!(student.document, Some(("1".into(), "42010320150312001X".into())));
    assert_eq!(student.guardians, ["王建国", "李秀英"]);
    assert_eq!(student.address, "某路1号");
    assert_eq!(student.record_id, "模板.csv:2");
}

#[test]
fn every_accepted_name_is_found() {
    let fixture = Fixture::new();
    for column in Column::ALL {
        for name in std::iter::once(column.code()).chain(accepted_names(column).iter().copied()) {
            let other = if column == Column::Name { Column::IdNumber } else { Column::Name };
            let path = fixture.file("a.csv", format!("{name},{}\nx,y\n", other.code()));
            let source = renji::source::Source::open(&path, 0, &SourceOptions::default()).expect(name);
            let found: Vec<Column> = source.layout().fields().map(|(column, _)| column).collect();
            assert!(found.contains(&column), "{name}");
        }
    }
}

#[test]
fn case_spaces_and_full_width_do_not_matter() {
    let fixture = Fixture::new();
    let path = fixture.file("a.csv", " Record ID ,NAME\nr9,王小明\n");
    let reading = read(&path, &SourceOptions::default()).expect("a readable file");
    assert_eq!((reading.students[0].record_id.as_str(), reading.students[0].name.as_str()), ("r9", "王小明"));
}

#[test]
fn joined_columns() {
    let fixture = Fixture::new();
    let path = fixture.file(
        "a.csv",
        "id,given_name,surname,street_number,address_1,suburb\n\
         1,mitchell,green,7,wallaby place,cleveland\n2,,green,, ,\"x \"\"y\"\"\"\n",
    );
    let options = map("record_id=id, name=given_name+surname,address=street_number+address_1+suburb");
    let reading = read(&path, &options).expect("a readable file");
    assert_eq!(reading.names(), ["mitchell green", "green"]);
    let addresses: Vec<&str> = reading.students.iter().map(|student| student.address.as_str()).collect();
    assert_eq!(addresses, ["7 wallaby place cleveland", "x \"y\""]);
}

#[test]
fn usual_names_apply_unless_the_map_overrides_them() {
    let fixture = Fixture::new();
    let path = fixture.file("a.csv", "name,pupil,id_number\n甲,乙,1\n");
    assert_eq!(read(&path, &map("name=pupil")).expect("a readable file").names(), ["乙"]);
    let reading = read(&path, &map("address=pupil")).expect("a readable file");
    assert_eq!((reading.names(), reading.students[0].address.as_str()), (vec!["甲"], "乙"));
}

#[test]
fn a_map_in_a_file() {
    let fixture = Fixture::new();
    fixture.file("map.toml", "[columns]\nname = [\"given, first\", \"a+b\"]\nid_number = \"no\"\n");
    fixture.file("bad.toml", "name = 3\n");
    fixture.file("a.csv", "\"given, first\",a+b,no\nx,y,1\n");
    let mut columns = ColumnMap::default();
    columns.add_file(&fixture.path().join("map.toml")).expect("a good map");
    let options = SourceOptions { columns, ..SourceOptions::default() };
    let reading = read(&fixture.path().join("a.csv"), &options).expect("a readable file");
    assert_eq!(reading.names(), ["x y"]);

    let run = |map: &str| fixture.renji(&["dedupe", "a.csv", "--out", "out", "--force", "--columns", map]);
    assert_eq!(code(&run("map.toml")), 0);
    assert_eq!(code(&run("bad.toml")), 2);
    assert_eq!(code(&run("nowhere.toml")), 2);
}

#[test]
fn a_map_that_does_not_fit_names_what_is_wrong_and_what_there_is() {
    let mut columns = ColumnMap::default();
    assert!(
        matches!(columns.add_pairs("nmae=x"), Err(ColumnMapError::UnknownField { field }) if field == "nmae")
    );
    assert!(matches!(columns.add_pairs("name"), Err(ColumnMapError::Syntax { .. })));
    columns.add_pairs("姓名=x").expect("a field by its Chinese name");
    assert!(matches!(columns.add_pairs("name=y"), Err(ColumnMapError::Twice { field: Field::Name })));

    let fixture = Fixture::new();
    let path = fixture.file("a.csv", "given,surname\n1,2\n");
    let error = read(&path, &map("name=given+family")).expect_err("no such column");
    let SourceErrorKind::Columns(ColumnMapError::UnknownColumn { column, header, .. }) = error.kind() else {
        panic!("{error}");
    };
    assert_eq!((column.as_str(), header.join("|").as_str()), ("family", "given|surname"));

    for (map, words) in
        [("name=given+family", ["family", "surname"]), ("nmae=given", ["nmae", "former_name"])]
    {
        let output = fixture.renji(&["dedupe", "a.csv", "--out", "out", "--columns", map]);
        assert_eq!(code(&output), 2);
        for word in words {
            assert!(said(&output).contains(word), "{}", said(&output));
        }
    }
}

#[test]
fn tabs_and_semicolons_where_the_header_has_no_comma() {
    let fixture = Fixture::new();
    for text in ["姓名\t现住址\n王小明\t一号,二楼\n", "姓名;现住址\n王小明;一号,二楼\n"]
    {
        let reading = read(&fixture.file("a.csv", text), &SourceOptions::default()).expect("readable");
        assert_eq!((reading.names(), reading.students[0].address.as_str()), (vec!["王小明"], "一号,二楼"));
    }
}

#[test]
fn two_files_of_one_name_get_different_record_ids() {
    let fixture = Fixture::new();
    for directory in ["east", "west"] {
        std::fs::create_dir(fixture.path().join(directory)).expect("a directory");
        fixture.file(&format!("{directory}/a.csv"), "name\n王小明\n");
    }
    let output = fixture.renji(&["dedupe", "east/a.csv", "west/a.csv", "--out", "out"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let output = fixture.renji(&["dedupe", "east/a.csv", "east/../east/a.csv", "--out", "out2"]);
    assert_eq!(code(&output), 2, "{}", said(&output));
}
