//! Files as they come: damaged, cut off, in the wrong encoding. Each gets an error or a rejected row, and
//! the rest goes on.

use std::io::Write;

use renji::source::{EncodingChoice, SourceErrorKind, SourceOptions};

use crate::fixture::{Fixture, Reading, code, read, said};

fn rows(bytes: impl AsRef<[u8]>) -> Reading {
    let fixture = Fixture::new();
    read(&fixture.file("students.csv", bytes), &SourceOptions::default()).expect("a readable file")
}

fn refused(bytes: impl AsRef<[u8]>, encoding: EncodingChoice) -> SourceErrorKind {
    let fixture = Fixture::new();
    let options = SourceOptions { encoding, ..SourceOptions::default() };
    let path = fixture.file("students.csv", bytes);
    let error = read(&path, &options).expect_err("an unreadable file");
    assert_eq!(error.path(), path);
    // What goes into the error goes into the exit code.
    let name = match encoding {
        EncodingChoice::Auto => "auto",
        EncodingChoice::Utf8 => "utf-8",
        EncodingChoice::Gb18030 => "gb18030",
    };
    let output = fixture.renji(&["dedupe", "students.csv", "--out", "out", "--encoding", name]);
    assert_eq!(code(&output), 3, "{}", said(&output));
    assert!(said(&output).contains("students.csv"), "{}", said(&output));
    assert_eq!(std::fs::read_dir(fixture.path()).expect("a directory").count(), 1, "nothing is left behind");
    match error.kind() {
        SourceErrorKind::Empty => SourceErrorKind::Empty,
        SourceErrorKind::HeaderEncoding => SourceErrorKind::HeaderEncoding,
        SourceErrorKind::HeaderTooLong => SourceErrorKind::HeaderTooLong,
        SourceErrorKind::HeaderQuote => SourceErrorKind::HeaderQuote,
        SourceErrorKind::NoUsableColumn => SourceErrorKind::NoUsableColumn,
        SourceErrorKind::Damaged => SourceErrorKind::Damaged,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_missing_file_and_a_directory() {
    let fixture = Fixture::new();
    for name in ["nowhere.csv", "."] {
        let output = fixture.renji(&["dedupe", name, "--out", "out"]);
        assert_eq!(code(&output), 3, "{}", said(&output));
    }
    assert!(!fixture.path().join("out").exists());
}

#[test]
fn an_empty_file() {
    assert!(matches!(refused("", EncodingChoice::Auto), SourceErrorKind::Empty));
    assert!(matches!(refused("\r\n  \n\n", EncodingChoice::Auto), SourceErrorKind::Empty));
    assert!(matches!(refused("\u{FEFF}", EncodingChoice::Auto), SourceErrorKind::Empty));
}

#[test]
fn a_header_and_nothing_else() {
    for text in ["姓名,性别", "姓名,性别\n", "姓名,性别\r\n\r\n"] {
        let reading = rows(text);
        assert_eq!((reading.totals.rows, reading.rejected.len()), (0, 0), "{text:?}");
    }
}

#[test]
fn a_header_without_a_usable_column() {
    for text in ["性别,班级\n男,1\n", "a,b\n1,2\n", "12,13\n"] {
        assert!(matches!(refused(text, EncodingChoice::Auto), SourceErrorKind::NoUsableColumn), "{text:?}");
    }
}

#[test]
fn a_header_in_another_encoding() {
    let gb = encoding_rs::GB18030.encode("姓名,性别\n王小明,男\n").0.into_owned();
    assert!(matches!(refused(&gb, EncodingChoice::Utf8), SourceErrorKind::HeaderEncoding));
    assert!(matches!(refused(b"name\0,sex\n", EncodingChoice::Auto), SourceErrorKind::HeaderEncoding));
    assert!(matches!(refused(b"PK\x03\x04rest", EncodingChoice::Auto), SourceErrorKind::Damaged));
    assert!(matches!(refused("\"姓名,性别\n", EncodingChoice::Auto), SourceErrorKind::HeaderQuote));
}

#[test]
fn every_encoding_reads_the_same() {
    let text = "姓名,身份证件号,成员1姓名\r\n王小明,42010320150312001X,王建国\r\n\r\n䶮龘,,李秀英";
    let utf16 = |encode: fn(u16) -> [u8; 2]| {
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(encode).collect::<Vec<u8>>()
    };
    let files = [
        text.as_bytes().to_vec(),
        format!("\u{FEFF}{text}").into_bytes(),
        encoding_rs::GB18030.encode(text).0.into_owned(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
    ];
    for bytes in files {
        let size = bytes.len() as u64;
        let reading = rows(bytes);
        assert_eq!(reading.names(), ["王小明", "䶮龘"]);
        assert_eq!(reading.rules(), []);
        assert_eq!(reading.students[1].origin.row, 4, "a blank line is a row of the spreadsheet");
        assert_eq!(reading.students[0].guardians, ["王建国"]);
        assert_eq!(reading.bytes, size);
    }
}

#[test]
fn bytes_that_are_no_text() {
    let mut bytes = "record_id,name,sex,note\nr1,王小明,男,\nr2,".as_bytes().to_vec();
    bytes.extend_from_slice(b"\xff\xfe,\xe7,\nr3,");
    bytes.extend_from_slice("李小红,女,".as_bytes());
    bytes.extend_from_slice(b"\xff\nr4,");
    bytes.extend_from_slice("赵小刚,男,\n".as_bytes());
    let reading = rows(&bytes);
    assert_eq!(reading.names(), ["王小明", "赵小刚"]);
    assert_eq!(reading.rules(), [(3, "name", "encoding"), (4, "", "encoding")]);

    let mut bytes = encoding_rs::GB18030.encode("姓名,性别\n王小明,男\n").0.into_owned();
    bytes.extend_from_slice(b"\xff\xff,1\n");
    bytes.extend_from_slice(&encoding_rs::GB18030.encode("李小红,女").0);
    let reading = rows(&bytes);
    assert_eq!(reading.names(), ["王小明", "李小红"]);
    assert_eq!(reading.rules(), [(3, "name", "encoding")]);
}

#[test]
fn too_many_and_too_few_cells() {
    let reading = rows("name,sex,birthdate\n王小明,男\n李小红,女,20150101\n赵,男,1,2\n");
    assert_eq!(reading.names(), ["李小红"]);
    assert_eq!(reading.rules(), [(2, "", "field_count"), (4, "", "field_count")]);
    assert_eq!((reading.rejected[0].found, reading.rejected[0].expected), (2, 3));
}

#[test]
fn a_nul_byte() {
    let reading = rows(b"name,sex\na\0b,M\nc,F\n,\0\n");
    assert_eq!(reading.names(), ["c"]);
    assert_eq!(reading.rules(), [(2, "name", "nul"), (4, "sex", "nul")]);
}

#[test]
fn a_cell_that_is_too_long() {
    let long = "长".repeat(renji::limits::CELL_BYTES_MAX);
    let reading = rows(format!("name,note,address\n王小明,{long},\n李小红,,{long}\n赵小刚,,\n"));
    // A long cell that is not read harms nobody.
    assert_eq!(reading.names(), ["王小明", "赵小刚"]);
    assert_eq!(reading.rules(), [(3, "address", "cell_too_long")]);
}

#[test]
fn a_field_of_ten_megabytes() {
    for quote in ["", "\""] {
        let long = "x".repeat(10 << 20);
        let reading = rows(format!("name,address\n王小明,\n李小红,{quote}{long}{quote}\n赵小刚,\n"));
        assert_eq!(reading.names(), ["王小明", "赵小刚"]);
        assert_eq!(reading.rules(), [(3, "", "record_too_long")]);
        assert_eq!(reading.students[1].origin.row, 4);
    }
}

/// 200 MB without a line break, through the binary, so that its memory can be told from the report.
#[test]
fn two_hundred_megabytes_without_a_line_break() {
    let fixture = Fixture::new();
    let path = fixture.file("students.csv", "name,sex\n王小明,男\n");
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).expect("the file");
    let block = vec![b'x'; 1 << 20];
    for _ in 0..200 {
        file.write_all(&block).expect("writing");
    }
    file.write_all("\n李小红,女\n".as_bytes()).expect("writing");
    drop(file);
    let output = fixture.renji(&["dedupe", "students.csv", "--out", "out", "--threads", "2"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let rejected = fixture.text("out/rejected.csv");
    assert_eq!(rejected.lines().count(), 2, "{rejected}");
    assert!(rejected.contains("students.csv,3,,record_too_long,"), "{rejected}");
    let summary: serde_json::Value = serde_json::from_str(&fixture.text("out/summary.json")).expect("JSON");
    assert_eq!((&summary["rows"], &summary["rejected_rows"]), (&3.into(), &1.into()));
    if let Some(bytes) = summary["memory_peak_bytes"].as_u64() {
        assert!(bytes < 100 << 20, "{bytes} bytes for three rows");
    }

    let header = "x".repeat(8 << 20);
    assert!(matches!(refused(header, EncodingChoice::Auto), SourceErrorKind::HeaderTooLong));
}

#[test]
fn a_quote_that_is_not_closed() {
    let reading = rows("name,sex\n王小明,男\n\"李小红,女\n赵小刚,男\n");
    assert_eq!(reading.names(), ["王小明", "赵小刚"]);
    assert_eq!(reading.rules(), [(3, "", "unclosed_quote")]);

    // Closed by the next cell that is quoted: the rows between are not swallowed.
    let reading = rows("name,sex\n\"王小明,男\n李小红,女\n\"赵小刚\",男\n钱,女\n");
    assert_eq!(reading.names(), ["李小红", "赵小刚", "钱"]);
    assert_eq!(reading.rules(), [(2, "", "unclosed_quote")]);

    // A megabyte of good rows after the slip, more than a record may have.
    let mut text = String::from("name,sex\n\"王小明,男\n");
    for row in 0..400_000 {
        text.push_str(&format!("name{row:08},M\n"));
    }
    let reading = rows(&text);
    assert_eq!(reading.students.len(), 400_000);
    assert_eq!(reading.rules(), [(2, "", "unclosed_quote")]);
    assert_eq!(reading.students[399_999].origin.row, 400_002);
}

#[test]
fn quotes_line_breaks_and_commas_within_cells() {
    let reading = rows(
        "name,address\r\n\"王小明\",\"一号, \"\"甲\"\"\r\n二楼\"\r\n5\" pipe,x\r\n\"\",\"\"\r\n李小红,\"三号\"\r\n",
    );
    assert_eq!(reading.rules(), []);
    let addresses: Vec<&str> = reading.students.iter().map(|student| student.address.as_str()).collect();
    assert_eq!(addresses, ["一号, \"甲\"\r\n二楼", "x", "", "三号"]);
    let rows: Vec<u32> = reading.students.iter().map(|student| student.origin.row).collect();
    assert_eq!(rows, [2, 3, 4, 5]);
}

#[test]
fn no_message_holds_a_cell() {
    let fixture = Fixture::new();
    let long = "机密".repeat(40_000);
    fixture.file("a.csv", format!("name,sex\n机密,男,机密\n\"机密,男\n{long},女\n机\0密,男\n"));
    for language in ["zh", "en"] {
        let out = format!("out-{language}");
        let output = fixture.renji(&["dedupe", "a.csv", "--out", &out, "--lang", language, "--strict"]);
        assert_eq!(code(&output), 1, "{}", said(&output));
        let rejected = fixture.text(&format!("{out}/rejected.csv"));
        assert_eq!(rejected.lines().count(), 5, "{rejected}");
        assert!(!rejected.contains("机密"), "{rejected}");
        assert!(!said(&output).contains("机密"), "{}", said(&output));
    }
}

#[test]
fn rows_and_positions_do_not_depend_on_threads() {
    let mut text = String::from("record_id,name,address\n");
    for row in 2..60_000u32 {
        match row % 1000 {
            7 => text.push_str("too,few\n"),
            9 => text.push_str(&format!("r{row},\"name {row}\",\"two\nlines\"\n")),
            _ => text.push_str(&format!("r{row},name {row},some street {row}\n")),
        }
    }
    let fixture = Fixture::new();
    let path = fixture.file("students.csv", &text);
    let read_with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| read(&path, &SourceOptions::default())).expect("a readable file")
    };
    let (one, three) = (read_with(1), read_with(3));
    assert_eq!(one.students, three.students);
    assert_eq!(one.rejected, three.rejected);
    assert_eq!(one.rejected.len(), 60);
    for student in &one.students {
        assert_eq!(student.record_id, format!("r{}", student.origin.row));
    }
}

#[test]
fn a_visitor_that_panics_is_heard() {
    let fixture = Fixture::new();
    let path = fixture.file("students.csv", "name\n王小明\n");
    let source = renji::source::Source::open(&path, 0, &SourceOptions::default()).expect("readable");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let run =
        || source.for_each_chunk(|| (), |(), _, _| panic!("a bug"), |_| std::ops::ControlFlow::Continue(()));
    let heard = |run: &dyn Fn() -> bool| std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err();
    assert!(heard(&|| run().is_ok()));
    assert!(heard(&|| pool.install(|| run().is_ok())));
}
