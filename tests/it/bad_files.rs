//! Files that are damaged, disguised, locked or strange: each gets a clear message or a right reading.

use std::io::Write;

use proptest::prelude::*;
use renji::language::Language;
use renji::source::{EncodingChoice, FileKind, Source, SourceErrorKind, SourceOptions, Table};

use crate::fixture::{Fixture, Reading, code, read, said};
use crate::workbooks::{Cell, Sheet, compound, data, record, texts, xls, xlsx, zip};

const HEADER: [&str; 4] = ["姓名", "身份证件号", "出生日期", "班级"];

fn students(fixture: &Fixture, bytes: impl AsRef<[u8]>) -> Reading {
    read(&fixture.file("students", bytes), &SourceOptions::default()).expect("a readable file")
}

/// What is wrong with a file, and that both languages say so without a cell.
fn refused(bytes: impl AsRef<[u8]>) -> SourceErrorKind {
    let fixture = Fixture::new();
    let path = fixture.file("students.xlsx", bytes);
    let error = Source::open(&path, 0, &SourceOptions::default()).and_then(|source| {
        let walked = source.for_each_chunk(|| (), |(), _, _| {}, |_| std::ops::ControlFlow::Continue(()));
        walked.map(drop)
    });
    let error = error.expect_err("a file that cannot be read");
    for language in [Language::Zh, Language::En] {
        let message = error.message(language);
        assert!(message.contains("students.xlsx") && !message.contains("王小明"), "{message}");
    }
    // The binary ends with the code of an input that cannot be read, and prints nothing else.
    let run = fixture.renji(&["dedupe", "students.xlsx", "--out", "out"]);
    assert_eq!(code(&run), 3, "{}", said(&run));
    assert!(!said(&run).contains("panicked") && !said(&run).contains("王小明"), "{}", said(&run));
    assert!(!fixture.path().join("out").exists());
    match error.kind() {
        SourceErrorKind::NoSheet { sheet, sheets } => {
            SourceErrorKind::NoSheet { sheet: sheet.clone(), sheets: sheets.clone() }
        }
        SourceErrorKind::HiddenSheets { sheets } => SourceErrorKind::HiddenSheets { sheets: sheets.clone() },
        SourceErrorKind::Damaged => SourceErrorKind::Damaged,
        SourceErrorKind::Encrypted => SourceErrorKind::Encrypted,
        SourceErrorKind::NotAWorkbook => SourceErrorKind::NotAWorkbook,
        SourceErrorKind::NoWorksheet => SourceErrorKind::NoWorksheet,
        SourceErrorKind::UnpacksTooLarge => SourceErrorKind::UnpacksTooLarge,
        SourceErrorKind::PackedTwice => SourceErrorKind::PackedTwice,
        SourceErrorKind::Markup => SourceErrorKind::Markup,
        SourceErrorKind::JsonArray => SourceErrorKind::JsonArray,
        SourceErrorKind::JsonLine => SourceErrorKind::JsonLine,
        SourceErrorKind::NoUsableColumn => SourceErrorKind::NoUsableColumn,
        SourceErrorKind::Empty => SourceErrorKind::Empty,
        other => panic!("{other:?}"),
    }
}

fn one_sheet(rows: &[String]) -> Vec<u8> {
    xlsx(&[Sheet::visible("名册", data(rows))], false)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).and_then(|()| writer.finish()).expect("writing to memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("writing to memory")
}

#[test]
fn titles_above_the_headings_and_true_row_numbers() {
    let fixture = Fixture::new();
    let reading = students(
        &fixture,
        one_sheet(&[
            texts(1, &["某某学校学生名册"]),
            texts(3, &HEADER),
            texts(4, &["王小明", "110105194912310021", "20150312", "一班"]),
            texts(7, &["李&amp;四", "", "20150313"]),
        ]),
    );
    let rows: Vec<u32> = reading.students.iter().map(|student| student.origin.row).collect();
    assert_eq!((reading.names(), rows), (vec!["王小明", "李&四"], vec![4, 7]));
    // Bytes of a file that are told add up to its size.
    assert_eq!(reading.bytes, std::fs::metadata(fixture.path().join("students")).expect("a file").len());
    let digest = reading.totals.digest;
    assert!(
        digest != 0
            && digest
                == students(&fixture, std::fs::read(fixture.path().join("students")).expect("a file"))
                    .totals
                    .digest
    );
}

#[test]
fn names_of_files_say_nothing() {
    let fixture = Fixture::new();
    let book = one_sheet(&[texts(1, &HEADER), texts(2, &["王小明"])]);
    let kind = |name: &str, bytes: &[u8]| {
        let source = Source::open(&fixture.file(name, bytes), 0, &SourceOptions::default());
        source.expect("a readable file").kind()
    };
    assert_eq!(kind("a.csv", &book), FileKind::Xlsx);
    assert_eq!(kind("a.xlsx", "姓名\n王小明\n".as_bytes()), FileKind::Csv);
    assert_eq!(kind("a.parquet", "{\"姓名\":\"王小明\"}\n".as_bytes()), FileKind::Ndjson);
    assert_eq!(kind("a.gz", &xls(&[(0, 0, Cell::Text("姓名"))], false)), FileKind::Xls);
    assert_eq!(kind("a.zip", &gzip(&book)), FileKind::Xlsx);
    assert_eq!(kind("a.txt", &zstd("姓名\n王小明\n".as_bytes())), FileKind::Csv);
}

#[test]
fn locked_cut_off_or_no_workbook_at_all() {
    let book = one_sheet(&[texts(1, &HEADER), texts(2, &["王小明"])]);
    let old = xls(&[(0, 0, Cell::Text("姓名")), (1, 0, Cell::Text("王小明"))], false);
    assert!(matches!(refused(compound("EncryptedPackage", b"x")), SourceErrorKind::Encrypted));
    let locked = [record(0x0809, &[0; 16]), record(0x002F, &[1, 0, 0, 0])].concat();
    assert!(matches!(refused(compound("Workbook", &locked)), SourceErrorKind::Encrypted));
    assert!(matches!(refused(compound("WordDocument", b"x")), SourceErrorKind::NotAWorkbook));
    assert!(matches!(refused(zip(&[("mimetype", b"application/epub+zip")])), SourceErrorKind::NotAWorkbook));
    assert!(matches!(refused(zip(&[])), SourceErrorKind::NotAWorkbook));
    for end in [8, book.len() / 2, book.len() - 30, book.len() - 1] {
        assert!(matches!(refused(&book[..end]), SourceErrorKind::Damaged), "{end}");
    }
    for end in [100, 600, old.len() - 600] {
        assert!(matches!(refused(&old[..end]), SourceErrorKind::Damaged), "{end}");
    }
    let text = "姓名,出生日期\n王小明,20150312\n".repeat(2000);
    for packed in [gzip(text.as_bytes()), zstd(text.as_bytes())] {
        for end in [packed.len() / 2, packed.len() - 1] {
            assert!(matches!(refused(&packed[..end]), SourceErrorKind::Damaged), "{end}");
        }
    }
    assert!(matches!(refused(gzip(&zstd(text.as_bytes()))), SourceErrorKind::PackedTwice));
    assert!(matches!(refused("<html><table><tr><td>姓名</td></tr></table>"), SourceErrorKind::Markup));
    assert!(matches!(refused("<?xml version=\"1.0\"?><Workbook/>"), SourceErrorKind::Markup));
    if cfg!(feature = "parquet") {
        assert!(matches!(refused("PAR1 and nothing else PAR1"), SourceErrorKind::Damaged));
    }
}

#[test]
fn workbooks_without_a_sheet_to_read() {
    let macros = xlsx(&[], false);
    assert!(matches!(refused(macros), SourceErrorKind::NoWorksheet));
    assert!(matches!(refused(one_sheet(&[])), SourceErrorKind::Empty));
    assert!(matches!(refused(one_sheet(&[texts(1, &["班级", "备注"])])), SourceErrorKind::NoUsableColumn));
    let hidden = xlsx(&[Sheet::hidden("旧", data(&[texts(1, &HEADER)]))], false);
    assert!(matches!(refused(hidden), SourceErrorKind::HiddenSheets { sheets } if sheets == ["旧"]));
}

#[test]
fn the_sheet_that_is_read_and_those_that_are_not() {
    let fixture = Fixture::new();
    let roll = |name: &str| data(&[texts(1, &HEADER), texts(2, &[name])]);
    let sheets = [
        Sheet::hidden("去年", roll("甲某某")),
        Sheet::visible("说明", data(&[texts(1, &["填表说明"])])),
        Sheet::visible("一年级", roll("王小明")),
        Sheet::visible("二年级", roll("李小红")),
    ];
    let path = fixture.file("s.xlsx", xlsx(&sheets, false));
    let source = Source::open(&path, 0, &SourceOptions::default()).expect("readable");
    assert_eq!(source.sheet(), Some("一年级"));
    let remarks: Vec<String> = source.remarks().iter().map(|remark| remark.message(Language::En)).collect();
    assert!(remarks.iter().any(|said| said.contains("二年级") && said.contains("--sheet")), "{remarks:?}");
    assert!(remarks.iter().any(|said| said.contains("去年") && said.contains("hidden")), "{remarks:?}");
    for sheet in ["去年", "二年级"] {
        let options = SourceOptions { sheet: Some(sheet.to_owned()), ..SourceOptions::default() };
        let reading = read(&path, &options).expect("readable");
        assert_eq!(reading.names(), [if sheet == "去年" { "甲某某" } else { "李小红" }]);
        let options = SourceOptions { sheet: Some("三年级".to_owned()), ..options };
        let error = Source::open(&path, 0, &options).expect_err("no such sheet");
        let said = error.message(Language::Zh);
        assert!(said.contains("三年级") && said.contains("一年级"), "{said}");
    }
    // And so on the command line, where the report finds the sheet again.
    let run = fixture.renji(&["dedupe", "s.xlsx", "--sheet", "二年级", "--out", "out"]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert!(fixture.text("out/summary.json").contains("\"sheet\": \"二年级\""));
    let run = fixture.renji(&["report", "out"]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let run = fixture.renji(&["dedupe", "s.xlsx", "--out", "out2"]);
    assert!(said(&run).contains("hidden sheets passed over: 去年"), "{}", said(&run));
}

/// The rules and messages of what was rejected of `out/rejected.csv`, by cell.
fn rejected(fixture: &Fixture) -> Vec<(String, String, String, String)> {
    let text = fixture.text("out/rejected.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.expect("a row"));
    let cell = |message: &str| message.split_once(": ").map_or("", |(cell, _)| cell).to_owned();
    rows.map(|row| (row[1].to_owned(), row[2].to_owned(), row[3].to_owned(), cell(&row[4]))).collect()
}

#[test]
fn what_cannot_be_taken_is_told_at_its_cell() {
    let fixture = Fixture::new();
    let cell = |row: u32, column: char, kind: &str, inner: &str| {
        format!(
            "<row r=\"{row}\"><c r=\"A{row}\" t=\"inlineStr\"><is><t>王小明</t></is></c><c r=\"{column}{row}\"{kind}>{inner}</c></row>"
        )
    };
    let rows = [
        texts(1, &HEADER),
        // A number of eighteen digits, of which a spreadsheet has kept fifteen.
        cell(2, 'B', "", "<v>420103201503120000</v>"),
        cell(3, 'B', "", "<v>4.20103201503123E+17</v>"),
        // Fifteen digits are all there.
        cell(4, 'B', "", "<v>420103150312001</v>"),
        cell(5, 'C', " t=\"e\"", "<f>VLOOKUP(A5,X:Y,2,0)</f><v>#N/A</v>"),
        // A column that nobody reads may hold what it likes.
        cell(6, 'D', " t=\"e\"", "<v>#REF!</v>"),
        cell(7, 'C', "", "<f>TODAY()</f>"),
        cell(8, 'C', " t=\"str\"", "<f>TEXT(X1,0)</f><v>20150312</v>"),
        cell(9, 'D', " t=\"b\"", "<v>1</v>"),
    ];
    fixture.file("s.xlsx", one_sheet(&rows));
    let run = fixture.renji(&["dedupe", "s.xlsx", "--out", "out"]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let row = |row: &str, column: &str, rule: &str, cell: &str| {
        (row.to_owned(), column.to_owned(), rule.to_owned(), cell.to_owned())
    };
    assert_eq!(
        rejected(&fixture),
        [
            row("2", "id_number", "spreadsheet_damage", "B2"),
            row("3", "id_number", "spreadsheet_damage", "B3"),
            row("5", "birthdate", "cell_error", "C5"),
            row("7", "birthdate", "formula_without_value", "C7"),
        ]
    );
    assert!(said(&run).contains("8 rows, of which 2 could not be read"), "{}", said(&run));
    // The damaged ones are the school's to correct.
    assert!(fixture.text("out/problems/000000.csv").contains("a spreadsheet cut the number"));
    // In any other column such a number says nothing that may be believed.
    let rows = [
        texts(1, &["记录编号", "姓名"]),
        "<row r=\"2\"><c r=\"A2\"><v>1234567890123456789</v></c><c r=\"B2\" t=\"inlineStr\"><is><t>王小明</t></is></c></row>".to_owned(),
    ];
    let reading = students(&fixture, one_sheet(&rows));
    assert_eq!(reading.rules(), [(2, "record_id", "digits_lost")]);
    assert!(reading.rejected[0].message(Language::Zh).starts_with("A2：数值超过十五位"));
}

#[test]
fn merged_cells() {
    let fixture = Fixture::new();
    let rows = data(&[
        texts(1, &["某某县学生名册"]),
        texts(2, &["班级", "学生", "", "成员1", ""]),
        texts(3, &["", "姓名", "出生日期", "姓名", "身份证件号"]),
        texts(4, &["一班", "王小明", "20150312", "王建国"]),
        texts(5, &["", "王小红", "20150312"]),
        texts(6, &["二班", "李四", "20150313", "李建国"]),
    ]);
    let merged = ["A1:E1", "A2:A3", "B2:C2", "D2:E2", "A4:A5", "D4:D5"]
        .map(|block| format!("<mergeCell ref=\"{block}\"/>"));
    let xml = format!("{rows}<mergeCells count=\"6\">{}</mergeCells>", merged.concat());
    let reading = students(&fixture, xlsx(&[Sheet::visible("名册", xml)], false));
    // The class is nobody's field; whose the guardian is, is not known of the second row.
    assert_eq!(reading.names(), ["王小明", "李四"]);
    assert_eq!(reading.students[0].guardians, ["王建国"]);
    assert_eq!(reading.rules(), [(5, "guardian1_name", "merged_cells")]);
    let said = reading.rejected[0].message(Language::En);
    assert!(said.starts_with("D4:D5: merged cells"), "{said}");
}

#[test]
fn dates_of_both_epochs() {
    let fixture = Fixture::new();
    for is_1904 in [false, true] {
        let serial = if is_1904 { 42_075 - 1462 } else { 42_075 };
        let row = format!(
            "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>王小明</t></is></c><c r=\"C2\" s=\"1\"><v>{serial}</v></c></row>"
        );
        let path =
            fixture.file("s.xlsx", xlsx(&[Sheet::visible("名册", data(&[texts(1, &HEADER), row]))], is_1904));
        let old = xls(
            &[
                (0, 0, Cell::Text("姓名")),
                (0, 2, Cell::Text("出生日期")),
                (1, 0, Cell::Text("王小明")),
                (1, 2, Cell::Date(f64::from(serial))),
            ],
            is_1904,
        );
        for path in [path, fixture.file("s.xls", old)] {
            let table = Table::open(&path, EncodingChoice::Auto).expect("readable");
            let at = table.require("出生日期").expect("a column");
            let mut read = Vec::new();
            table.for_each_row(|_, cells| read.push(cells[at].to_string())).expect("readable");
            assert_eq!(read, ["2015-03-12"], "{}", path.display());
        }
    }
}

#[test]
fn a_workbook_of_excel_97() {
    let fixture = Fixture::new();
    let head = |column, text| (0, column, Cell::Text(text));
    let bytes = xls(
        &[
            head(0, "姓名"),
            head(1, "身份证件号"),
            head(2, "家庭地址"),
            (1, 0, Cell::Text("王小明")),
            (1, 1, Cell::Number(420_103_201_503_120_000.0)),
            (3, 0, Cell::Text("李四")),
            (3, 1, Cell::Text("11010519491231002X")),
            (4, 0, Cell::Text("赵六")),
            (4, 2, Cell::Error),
        ],
        false,
    );
    let reading = students(&fixture, &bytes);
    assert_eq!(reading.names(), ["王小明", "李四"]);
    assert_eq!(reading.students[1].origin.row, 4);
    assert_eq!(
        reading.students[0].document.as_ref().map(|(_, number)| number.as_str()),
        Some("4.20103201503120E+17")
    );
    assert_eq!(reading.rules(), [(5, "address", "cell_error")]);
    assert_eq!(reading.bytes, bytes.len() as u64);
    // A table that spans more than there is memory for is not begun.
    let wide = xls(&[(0, 0, Cell::Text("姓名")), (1, 300, Cell::Number(1.0))], false);
    assert!(matches!(refused(wide), SourceErrorKind::Damaged));
}

#[test]
fn a_sheet_filled_to_its_last_row_is_warned_of_and_goes_on() {
    let fixture = Fixture::new();
    let full = data(&[texts(1, &HEADER), texts(2, &["王小明"]), texts(1_048_576, &["李四"])]);
    let path = fixture.file("s.xlsx", xlsx(&[Sheet::visible("名册", full.clone())], false));
    let source = Source::open(&path, 0, &SourceOptions::default()).expect("readable");
    assert!(source.remarks()[0].message(Language::Zh).contains("已填满到最后一行"));
    let reading = read(&path, &SourceOptions::default()).expect("readable");
    assert_eq!(reading.students[1].origin.row, 1_048_576);
    // Where the next sheet has the same headings, it is the rest.
    let rest = data(&[texts(1, &HEADER), texts(2, &["赵六"])]);
    let other = data(&[texts(1, &["姓名"]), texts(2, &["钱七"])]);
    let sheets = [Sheet::visible("1", full), Sheet::visible("2", rest), Sheet::visible("3", other)];
    let path = fixture.file("s.xlsx", xlsx(&sheets, false));
    let source = Source::open(&path, 0, &SourceOptions::default()).expect("readable");
    let remarks: Vec<String> = source.remarks().iter().map(|remark| remark.message(Language::En)).collect();
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert!(remarks[0].contains("headings of students: 3"), "{remarks:?}");
    let reading = read(&path, &SourceOptions::default()).expect("readable");
    assert_eq!(reading.names(), ["王小明", "李四", "赵六"]);
    assert_eq!(reading.students[2].origin.row, 1_048_578);
    let cell = source.cell(1_048_578, renji::student::Column::Name).expect("a cell");
    assert_eq!(cell.to_string(), "[2]A2");
}

#[test]
fn what_unpacks_to_too_much_is_not_unpacked() {
    // A long text between two marks of XML: kept as a whole by whoever parses it.
    let book = xlsx(&[Sheet::visible("名册", format!("<sheetData>{}", " ".repeat(5 << 20)))], false);
    assert!(matches!(refused(&book), SourceErrorKind::UnpacksTooLarge));
    // More texts than could be in the file.
    let strings = b"<sst count=\"9999999999999\" uniqueCount=\"9999999999999\"><si><t>x</t></si></sst>";
    let types = b"<Types/>";
    let bomb = zip(&[
        ("[Content_Types].xml", types),
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/sharedStrings.xml", strings),
    ]);
    assert!(matches!(refused(bomb), SourceErrorKind::Damaged));
    // Text of any length goes by: a line without an end is one bad row.
    let text =
        [b"\xE5\xA7\x93\xE5\x90\x8D\n".as_slice(), &vec![b'x'; 64 << 20], b"\n\xE7\x8E\x8B\n"].concat();
    let fixture = Fixture::new();
    let reading = students(&fixture, zstd(&text));
    assert_eq!(reading.rules(), [(2, "", "record_too_long")]);
    assert_eq!(reading.names(), ["王"]);
}

#[test]
fn lines_of_json() {
    let fixture = Fixture::new();
    let lines = "{\"姓名\":\"王小明\",\"身份证件号\":420103201503120012,\"家庭地址\":\"a,\\\"b\\\"\"}\n\
                 \n\
                 {\"身份证件号\":null,\"出生日期\":\"20150312\",\"姓名\":\"李四\"}\r\n\
                 {\"姓名\":[\"赵\"]}\n\
                 {\"姓名\":\"钱七\",\"备注\":\"x\"}\n\
                 姓名\n";
    let reading = students(&fixture, lines);
    // The fifth line's key is one that appears within the look-ahead: a column like any other.
    assert_eq!(reading.names(), ["王小明", "李四", "钱七"]);
    assert_eq!(
        reading.students[0].document.as_ref().map(|(_, number)| number.as_str()),
        Some("420103201503120012")
    );
    assert_eq!(reading.students[0].address, "a,\"b\"");
    assert_eq!(reading.students[1].origin.row, 3);
    assert_eq!(reading.rules(), [(4, "name", "nested_value"), (6, "", "not_an_object")]);
    assert_eq!(reading.bytes, lines.len() as u64);
    // A key that comes too late.
    let row = "{\"姓名\":\"王小明\",\"x\":\"".to_owned() + &"y".repeat(1000) + "\"}\n";
    let reading =
        students(&fixture, row.repeat(10_000) + "{\"姓名\":\"李四\",\"身份证件号\":\"1\"}\n" + &row);
    assert_eq!(reading.rules(), [(10_001, "", "unknown_key")]);
    assert_eq!(reading.students.len(), 10_001);
    let gb = encoding_rs::GB18030.encode(lines).0;
    assert_eq!(students(&fixture, &gb).names(), ["王小明", "李四", "钱七"]);
    let wide: Vec<u8> = [0xFEFF].into_iter().chain(lines.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(students(&fixture, &wide).names(), ["王小明", "李四", "钱七"]);
    assert!(matches!(refused("[{\"姓名\":\"王小明\"}]"), SourceErrorKind::JsonArray));
    assert!(matches!(refused("{\n\"姓名\":\"王小明\"\n}"), SourceErrorKind::JsonLine));
    assert!(matches!(refused("{}\n"), SourceErrorKind::Empty));
}

#[test]
fn a_csv_in_three_encodings() {
    let fixture = Fixture::new();
    let gb = encoding_rs::GB18030.encode("李四,20150313\n").0.into_owned();
    let wide: Vec<u8> = "赵六,20150314\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let text = [
        "姓名,出生日期\n王小明,20150312\n王小红,20150312\n".as_bytes(),
        &gb,
        &wide,
        "\n钱七,20150315\n".as_bytes(),
    ];
    let reading = students(&fixture, text.concat());
    assert_eq!(reading.names(), ["王小明", "王小红", "钱七"]);
    // Each row that is none of the file's encoding is told by its row; UTF-16 has a zero in every other byte.
    assert!(
        reading
            .rules()
            .iter()
            .all(|(row, _, rule)| (4..=6).contains(row) && ["encoding", "nul", "field_count"].contains(rule)),
        "{:?}",
        reading.rules()
    );
    assert!(reading.rules().len() >= 2, "{:?}", reading.rules());
}

/// Reads a file to its end, whatever comes of it.
fn try_to_read(bytes: &[u8]) {
    let fixture = Fixture::new();
    let path = fixture.file("s", bytes);
    // What is printed of a panic that was caught is of no use here.
    if let Ok(reading) = read(&path, &SourceOptions::default()) {
        assert!(reading.totals.rows < 10_000_000);
    }
}

/// A valid file of each kind.
fn valid(kind: usize) -> Vec<u8> {
    let rows: Vec<String> = [texts(1, &HEADER)]
        .into_iter()
        .chain((2..40).map(|row| texts(row, &["王小明", "11010519491231002X", "20150312"])))
        .collect();
    match kind {
        0 => one_sheet(&rows),
        1 => {
            let mut book = rust_xlsxwriter::Workbook::new();
            let sheet = book.add_worksheet();
            for (row, text) in (0..40).zip(HEADER.iter().cycle()) {
                sheet
                    .write_string(row, 0, *text)
                    .and_then(|sheet| sheet.write_number(row, 1, f64::from(row)))
                    .expect("a cell");
            }
            book.save_to_buffer().expect("a workbook")
        }
        2 => {
            let mut cells = vec![(0, 0, Cell::Text("姓名")), (0, 1, Cell::Text("出生日期"))];
            cells.extend(
                (1..60).flat_map(|row| [(row, 0, Cell::Text("王小明")), (row, 1, Cell::Date(42_075.0))]),
            );
            xls(&cells, false)
        }
        3 => gzip("姓名,出生日期\n王小明,20150312\n".repeat(300).as_bytes()),
        4 => zstd("{\"姓名\":\"王小明\",\"出生日期\":20150312}\n".repeat(300).as_bytes()),
        _ => {
            let fixture = Fixture::new();
            let path = fixture.path().join("s.parquet");
            let run = fixture.renji(&["synth", "--students", "50", "--out", "s.parquet"]);
            if code(&run) == 0 { std::fs::read(path).expect("a file") } else { b"PAR1".to_vec() }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    // Whatever happens to the bytes of a file, it is read or it is an error.
    #[test]
    fn damaged_files_never_stop_the_program(
        kind in 0..6_usize,
        end in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 0..12),
    ) {
        let mut bytes = valid(kind);
        if is_cut {
            bytes.truncate(end.index(bytes.len()));
        }
        for (at, bit) in flips {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] ^= 1 << bit;
            }
        }
        try_to_read(&bytes);
    }
}
