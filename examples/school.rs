//! A school: its sheet checked against the rules of the collection template before it goes to the county, one line for
//! each cell to correct, in the words that the class teacher reads.
//!
//! `cargo run --no-default-features --example school`

use std::io::{self, Write};
use std::path::Path;

use renji::language::Language;
use renji::template::{Options, Profile, Severity, Validation, Validator};

const SCHOOL: &str = "2142000001";

const HEADER: [&str; 8] =
    ["学校标识码", "姓名", "性别", "出生日期", "身份证件类型", "身份证件号", "班号", "入学年月"];

/// As the class teachers typed it, from row 2 on.
const TYPED: [[&str; 8]; 4] = [
    [SCHOOL, "周洋明", "男", "20180412", "1", "420103201804120010", "2024101", "202409"],
    // The sex is not the one inside the number.
    [SCHOOL, "陈晓红", "男", "20180520", "1", "420103201805200020", "2024101", "202409"],
    // One digit is wrong, so the check digit does not fit.
    [SCHOOL, "李思远", "男", "20180727", "1", "420103201807270039", "2024102", "202409"],
    // The same number as in row 2.
    [SCHOOL, "周洋明", "男", "20180412", "1", "420103201804120010", "2024102", "202409"],
];

/// Tells what is wrong; gives back how many rows would be rejected.
fn check(rows: &[[&str; 8]], out: &mut impl Write) -> io::Result<u64> {
    let options = Options { school: Some(SCHOOL.to_owned()), ..Options::default() };
    // The columns of one class, not all of a template: they are found by what they are called.
    let validator = Validator::new(&Profile::PLAIN, &HEADER, options);
    let mut validation = Validation::new(&validator);
    for (row, cells) in (2..).zip(rows) {
        validation.check(row, cells);
    }
    let outcome = validation.finish();
    for finding in outcome.findings.iter().filter(|finding| finding.severity() != Severity::Note) {
        let column = finding.cell.map_or("", |cell| HEADER[usize::from(cell)]);
        writeln!(out, "第 {} 行 {column}：{}", finding.row, finding.message(Language::Zh))?;
    }
    writeln!(out, "{} 行，不通过 {} 行", outcome.rows, outcome.rows_rejected)?;
    Ok(outcome.rows_rejected)
}

/// Tells the story; the directory is not needed.
pub(crate) fn story(_: &Path, out: &mut impl Write) -> io::Result<()> {
    check(&TYPED, out)?;
    // The household books were looked into, and the child of row 5 was entered twice.
    let mut corrected = TYPED[..3].to_vec();
    corrected[1][2] = "女";
    corrected[2][5] = "420103201807270030";
    let rejected = check(&corrected, out)?;
    writeln!(out, "可以报送：{}", rejected == 0)
}

fn main() -> io::Result<()> {
    story(Path::new(""), &mut io::stdout())
}
