//! A diploma office: seventeen fields of each diploma against the record, as written and as read.
//!
//! `cargo run --no-default-features --example diploma_office`

use std::io::{self, Write};
use std::path::Path;

use renji::reconcile::{Diploma, DiplomaField, diplomas};
use renji::student::{Detail, GivenDocument, Origin, Student};

/// Record id, number, name, birth date, certificate number, major.
type Row = [&'static str; 6];

const RECORDS: [Row; 4] = [
    ["s1", "110105200405150011", "周洋明", "20040515", "105941202606000001", "软件技术"],
    ["s2", "110105200407020020", "古丽娜扎尔·艾山", "20040702", "105941202606000002", "护理"],
    ["s3", "440524200411010018", "李思远", "20041101", "105941202606000003", "会计"],
    ["s4", "440524200412120034", "韩雪", "20041212", "105941202606000004", "会计"],
];

const DIPLOMAS: [Row; 4] = [
    // Full-width digits and another interpunct: the same, written otherwise.
    ["d1", "１１０１０５２００４０５１５００１１", "周洋明", "2004-05-15", "105941202606000001", "软件技术"],
    ["d2", "110105200407020020", "古丽娜扎尔•艾山", "20040702", "105941202606000002", "护理"],
    // Another person's major: different.
    ["d3", "440524200411010018", "李思远", "20041101", "105941202606000003", "会记"],
    ["d5", "440524200410100028", "孙未名", "20041010", "105941202606000005", "护理"],
];

fn read(rows: &[Row]) -> Vec<Diploma> {
    let diploma = |(row, number): (&Row, u32)| {
        let [record_id, id_number, name, birthdate, certificate, major] = *row;
        let student = Student {
            record_id,
            documents: vec![GivenDocument { kind: "1", number: id_number }],
            name,
            birthdate,
            ..Student::default()
        };
        let details = [(Detail::CertificateNumber, certificate), (Detail::Major, major)];
        Diploma::of(&student, &details[..], Origin { file: 0, row: number })
    };
    rows.iter().zip(2..).map(diploma).collect()
}

/// Tells the story; the directory is not needed.
pub(crate) fn story(_: &Path, out: &mut impl Write) -> io::Result<()> {
    let (records, sent) = (read(&RECORDS), read(&DIPLOMAS));
    // Only what both rolls have is compared.
    let shared = [
        DiplomaField::CertificateNumber,
        DiplomaField::Name,
        DiplomaField::Birthdate,
        DiplomaField::IdNumber,
        DiplomaField::Major,
    ];
    for line in diplomas(&records, &sent, &shared) {
        let id = |at: Option<usize>, rows: &[Diploma]| {
            at.map_or("-".to_owned(), |at| rows[at].record_id.to_string())
        };
        let differences: Vec<String> = line
            .differences
            .iter()
            .map(|(field, written)| format!("{} {}", field.code(), written.code()))
            .collect();
        let (diploma, record) = (id(line.diploma, &sent), id(line.record, &records));
        let told = format!("{diploma} {record}: {} {}", line.standing.code(), differences.join(", "));
        writeln!(out, "{}", told.trim_end())?;
    }
    Ok(())
}

fn main() -> io::Result<()> {
    story(Path::new(""), &mut io::stdout())
}
