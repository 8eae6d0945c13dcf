//! The same students in every kind of file: read alike, and written so that others read them.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::fixture::{Fixture, code, said};

/// A made-up nation in every form that `synth` writes.
fn nation(fixture: &Fixture) -> Vec<&'static str> {
    let mut forms =
        vec!["s.csv", "s.xlsx", "s.ndjson", "s.csv.gz", "s.csv.zst", "s.ndjson.gz", "s.ndjson.zst"];
    if cfg!(feature = "parquet") {
        forms.push("s.parquet");
    }
    for form in &forms {
        let run = fixture.renji(&["synth", "--students", "1500", "--seed", "9", "--out", form]);
        assert_eq!(code(&run), 0, "{form}: {}", said(&run));
    }
    // What is packed is packed whatever is in it.
    let packed = [("s.xlsx", "w.xlsx.gz")]
        .into_iter()
        .chain(cfg!(feature = "parquet").then_some(("s.parquet", "w.gz")));
    for (form, packed) in packed {
        let bytes = std::fs::read(fixture.path().join(form)).expect("a file");
        fixture.file(packed, gzip(&bytes));
        forms.push(packed);
    }
    forms
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).and_then(|()| writer.finish()).expect("writing to memory")
}

/// Every list of a result but what holds times: name and bytes.
fn lists(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if !path.ends_with("summary.json") {
                let name = path.strip_prefix(directory).expect("inside").to_string_lossy().into_owned();
                found.push((name, std::fs::read(&path).expect("a file")));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_kind_of_file_gives_the_same_lists() {
    let fixture = Fixture::new();
    let mut expected = None;
    for form in nation(&fixture) {
        // The name says nothing.
        let path = fixture.path().join("students");
        std::fs::rename(fixture.path().join(form), &path).expect("renaming");
        let out = format!("out-{form}");
        let run = fixture.renji(&["dedupe", "students", "--out", &out, "--lang", "en"]);
        assert_eq!(code(&run), 0, "{form}: {}", said(&run));
        assert!(said(&run).contains("1500 rows"), "{form}: {}", said(&run));
        let lists = lists(&fixture.path().join(&out));
        assert!(lists.len() > 5, "{form}: there are lists");
        // Rows of JSON are counted from the first line, for there is no header: rejected values name other rows.
        let lists: Vec<_> = lists.into_iter().filter(|(name, _)| name != "rejected.csv").collect();
        match &expected {
            None => expected = Some(lists),
            Some(expected) => assert!(*expected == lists, "{form}: other lists than those of the CSV"),
        }
        // And the report of each is made again from its file.
        let report = fixture.renji(&["report", &out, "--lang", "en"]);
        assert_eq!(code(&report), 0, "{form}: {}", said(&report));
    }
}

#[test]
fn results_in_every_format_are_read_back() {
    let fixture = Fixture::new();
    let synth = ["synth", "--students", "1500", "--seed", "9", "--out", "s.csv", "--truth", "t.csv"];
    assert_eq!(code(&fixture.renji(&synth)), 0);
    let formats = ["csv", "xlsx", "ndjson", "parquet"];
    let formats = &formats[..if cfg!(feature = "parquet") { 4 } else { 3 }];
    let mut figures: Option<(String, Vec<u8>)> = None;
    for format in formats {
        let out = format!("out-{format}");
        let run = fixture.renji(&["dedupe", "s.csv", "--out", &out, "--format", format, "--lang", "en"]);
        assert_eq!(code(&run), 0, "{format}: {}", said(&run));
        let names: Vec<String> =
            lists(&fixture.path().join(&out)).into_iter().map(|(name, _)| name).collect();
        let endings = |name: &String| name.ends_with(&format!(".{format}")) || name == "model.json";
        assert!(names.iter().all(endings), "{names:?}");
        let again = format!("again-{format}");
        fixture.renji(&["dedupe", "s.csv", "--out", &again, "--format", format]);
        let [first, second] = [&out, &again].map(|place| lists(&fixture.path().join(place)));
        assert!(first == second, "{format}: the same result is the same files");

        let pairs = format!("{out}/pairs.{format}");
        let arguments =
            ["evaluate", "--pairs", &pairs, "--truth", "t.csv", "--entity", "entity_id", "--json"];
        let evaluated = fixture.renji(&arguments);
        assert_eq!(code(&evaluated), 0, "{format}: {}", said(&evaluated));
        let report = fixture.renji(&["report", &out, "--lang", "en", "--out", "page.html", "--force"]);
        assert_eq!(code(&report), 0, "{format}: {}", said(&report));
        let read = (
            String::from_utf8_lossy(&evaluated.stdout).replace(format, "csv"),
            std::fs::read(fixture.path().join("page.html")).expect("a page"),
        );
        match &figures {
            None => figures = Some(read),
            Some(expected) => assert!(*expected == read, "{format}: other figures or another page"),
        }
        // Decisions in the same format, taken over by the next result.
        let mut decisions = String::from("record_a,record_b,decision,reason,operator\n");
        decisions.push_str("r000000001,r000000002,different,\"=A1, \"\"x\"\"\",Chen\n");
        fixture.file("d.csv", decisions);
        let decided = format!("decided-{format}");
        let run = fixture.renji(&["decide", &out, "d.csv", "--out", &decided, "--format", format]);
        assert_eq!(code(&run), 0, "{format}: {}", said(&run));
        assert!(fixture.path().join(&decided).join(format!("decisions.{format}")).is_file());
        fixture.file("e.csv", "record_a,record_b,decision,reason,operator\n");
        let run = fixture.renji(&["decide", &decided, "e.csv", "--out", "kept", "--force", "--strict"]);
        assert_eq!(code(&run), 0, "{format}: {}", said(&run));
        let kept = fixture.text("kept/decisions.csv");
        assert!(kept.contains("different,\"'=A1, \"\"x\"\"\",Chen"), "{format}: {kept}");
    }
}

/// What a program that is not ours reads of a workbook: the kind and the text of every cell of its first sheet.
const INDEPENDENT: &str = r#"
import sys
try:
    import openpyxl
    book = openpyxl.load_workbook(sys.argv[1])
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == 'A2', sheet.freeze_panes
    assert sheet.auto_filter.ref, 'no filter'
    assert sheet.cell(1, 1).font.b, 'the header is not bold'
    for row in sheet.iter_rows():
        print('\t'.join(('' if cell.value is None else cell.data_type + ':' + cell.value) for cell in row))
except ImportError:
    import zipfile, xml.etree.ElementTree as tree
    main = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
    with zipfile.ZipFile(sys.argv[1]) as book:
        assert book.testzip() is None
        sheet = tree.fromstring(book.read('xl/worksheets/sheet1.xml'))
    pane = sheet.find(f'{main}sheetViews/{main}sheetView/{main}pane')
    assert pane.get('state') == 'frozen' and pane.get('topLeftCell') == 'A2'
    assert sheet.find(f'{main}autoFilter') is not None
    for row in sheet.iter(main + 'row'):
        cells = {}
        for cell in row.iter(main + 'c'):
            column = 0
            for letter in cell.get('r').rstrip('0123456789'):
                column = column * 26 + ord(letter) - 64
            kind = {'inlineStr': 's', 's': 's', 'str': 's'}.get(cell.get('t'), 'n')
            cells[column] = kind + ':' + ''.join(text.text or '' for text in cell.iter(main + 't'))
        print('\t'.join(cells.get(column, '') for column in range(1, max(cells, default=0) + 1)))
"#;

#[test]
fn a_problem_list_opens_elsewhere_with_every_cell_a_text() {
    let python = std::env::var("RENJI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if Command::new(&python).arg("--version").output().is_err() {
        return;
    }
    let fixture = Fixture::new();
    let synth = ["synth", "--students", "1500", "--seed", "9", "--out", "s.xlsx"];
    assert_eq!(code(&fixture.renji(&synth)), 0);
    for format in ["xlsx", "csv"] {
        let run = fixture.renji(&["dedupe", "s.xlsx", "--out", format, "--format", format, "--lang", "zh"]);
        assert_eq!(code(&run), 0, "{}", said(&run));
    }
    let script = fixture.file("read.py", INDEPENDENT);
    let folder = fixture.path().join("xlsx/problems");
    let mut rows = 0;
    let mut workbooks: Vec<_> =
        std::fs::read_dir(&folder).expect("lists").map(|entry| entry.expect("an entry").path()).collect();
    workbooks.push(fixture.path().join("s.xlsx"));
    for path in workbooks {
        let output = Command::new(&python).arg(&script).arg(&path).env("PYTHONIOENCODING", "utf-8").output();
        let output = output.expect("running python");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("text");
        let cells: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
        // Whatever a cell holds, it is a text.
        assert!(cells.iter().flatten().all(|cell| cell.is_empty() || cell.starts_with("s:")), "{text}");
        if path.ends_with("s.xlsx") {
            assert_eq!(cells.len(), 1501);
            continue;
        }
        // And it is what the CSV of the same list holds.
        let name = path.file_stem().expect("a name").to_string_lossy();
        let list = fixture.text(&format!("csv/problems/{name}.csv"));
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(list.trim_start_matches('\u{FEFF}').as_bytes());
        let expected: Vec<csv::StringRecord> =
            reader.records().map(|record| record.expect("a row")).collect();
        assert_eq!(cells.len(), expected.len(), "{name}");
        for (cells, expected) in cells.iter().zip(&expected) {
            let texts = cells.iter().map(|cell| cell.strip_prefix("s:").unwrap_or_default());
            let texts = texts.chain(std::iter::repeat("")).take(expected.len());
            assert!(texts.eq(expected.iter()), "{name}: {cells:?}");
        }
        rows += cells.len() - 1;
    }
    assert!(rows > 50, "{rows} rows in the lists");
}

#[test]
fn single_files_are_written_as_their_names_say() {
    let fixture = Fixture::new();
    assert_eq!(code(&fixture.renji(&["synth", "--students", "300", "--out", "s.csv"])), 0);
    assert_eq!(code(&fixture.renji(&["init", "r"])), 0);
    let endings = ["csv", "xlsx", "ndjson", "csv.gz", "ndjson.zst", "parquet"];
    let endings = &endings[..if cfg!(feature = "parquet") { 6 } else { 5 }];
    let mut outcomes = None;
    for ending in endings {
        let (out, rejected, export) = (format!("o.{ending}"), format!("r.{ending}"), format!("e.{ending}"));
        let load = ["--registry", "r", "load", "s.csv", "--out", &out, "--rejected", &rejected];
        let run = fixture.renji(&load);
        assert_eq!(code(&run), 0, "{ending}: {}", said(&run));
        let run = fixture.renji(&["--registry", "r", "export", "--out", &export]);
        assert_eq!(code(&run), 0, "{ending}: {}", said(&run));
        let read = |name: &str| {
            let table = renji::source::Table::open(&fixture.path().join(name), Default::default());
            let table = table.expect("a readable list");
            let mut rows = vec![table.header().join("|")];
            table.for_each_row(|_, cells| rows.push(cells.join("|"))).expect("readable rows");
            rows
        };
        let export = read(&export);
        assert!(export.len() > 250 && export[0].starts_with("registry_number|status"), "{}", export[0]);
        // The first load issues what the others find.
        let rows: Vec<String> = read(&out)
            .iter()
            .map(|row| row.replace("issued", "existing").split("|same").next().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(rows.len(), 301, "{ending}");
        let ids: Vec<String> =
            rows.iter().map(|row| row.split('|').next().unwrap_or_default().to_owned()).collect();
        match &outcomes {
            None => outcomes = Some((ids, export)),
            Some((known, first)) => {
                assert!(*known == ids, "{ending}");
                assert!(*first == export, "{ending}: {:?}", first.iter().zip(&export).find(|(a, b)| a != b));
            }
        }
    }
    for name in ["o.xls", "o.json", "o.xlsx.gz"] {
        let run = fixture.renji(&["--registry", "r", "load", "s.csv", "--out", name]);
        assert_eq!(code(&run), 2, "{name}: {}", said(&run));
        assert!(said(&run).contains(".parquet"), "{}", said(&run));
        assert!(!fixture.path().join(name).exists());
    }
    let run = fixture.renji(&["--registry", "r", "export", "--format", "xlsx"]);
    assert_eq!(code(&run), 2, "{}", said(&run));
}
