//! A county office: the records of its schools against the authority's base, and the list that each school gets.
//!
//! `cargo run --no-default-features --example county`

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use renji::matching::Model;
use renji::reconcile::{Standing, agreements};
use renji::student::{GivenDocument, GivenGuardian, Student};

/// Record id, school, number, name, sex, birth date, guardian's number.
type Row = [&'static str; 7];

const SCHOOLS: [Row; 6] = [
    ["a1", "2142000001", "420103201504120017", "周洋明", "男", "20150412", "420103198601010018"],
    ["a2", "2142000001", "420103201505200029", "陈晓红", "女", "20150520", "420103198702020029"],
    // The birthday was taken from the lunar calendar.
    ["a3", "2142000001", "420103201509090031", "李思远", "男", "20150727", "42010319880303003X"],
    // The number was left out: name, birth date and guardian find the child.
    ["b1", "2142000002", "", "韩雪", "女", "20151212", "420103198904040041"],
    // One digit of the number is wrong, so that it fits nobody.
    ["b2", "2142000002", "420103201511110058", "赵一鸣", "男", "20151111", "420103199005050051"],
    // The number of another child.
    ["b3", "2142000002", "420103201504120017", "古丽娜扎尔", "女", "20160203", ""],
];

const BASE: [Row; 5] = [
    ["1", "", "420103201504120017", "周洋明", "男", "20150412", ""],
    ["2", "", "420103201505200029", "陈小红", "女", "20150520", ""],
    ["3", "", "420103201509090031", "李思远", "男", "20150909", ""],
    ["4", "", "42010320151212006X", "韩雪", "女", "20151212", "420103198904040041"],
    ["5", "", "420103201511110074", "赵一鸣", "男", "20151111", "420103199005050051"],
];

fn student(row: &'static Row) -> Student<'static> {
    let [record_id, school_code, number, name, sex, birthdate, guardian] = *row;
    let document = |number| GivenDocument { kind: "1", number };
    let some = |number: &str| !number.is_empty();
    Student {
        record_id,
        documents: Some(document(number)).filter(|document| some(document.number)).into_iter().collect(),
        name,
        sex,
        birthdate,
        region: "420103",
        guardians: Some(GivenGuardian { document: document(guardian), ..GivenGuardian::default() })
            .filter(|guardian| some(guardian.document.number))
            .into_iter()
            .collect(),
        school_code,
        ..Student::default()
    }
}

/// Tells the story; the directory is not needed.
pub(crate) fn story(_: &Path, out: &mut impl Write) -> io::Result<()> {
    let (ours, base): (Vec<_>, Vec<_>) =
        (SCHOOLS.iter().map(student).collect(), BASE.iter().map(student).collect());
    let found = agreements(&ours, &base, &Model::default());

    let mut lists: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (student, agreement) in ours.iter().zip(&found.people) {
        if agreement.standing == Standing::Agrees {
            continue;
        }
        let levels = agreement.holder.or(agreement.found).map(|(_, levels)| levels);
        let how =
            levels.map(|levels| format!(", name {}, birth date {}", levels.name.code(), levels.birth.code()));
        let line = format!("{}: {}{}", student.record_id, agreement.standing.code(), how.unwrap_or_default());
        lists.entry(student.school_code).or_default().push(line);
    }
    for (school, lines) in &lists {
        writeln!(out, "{school}")?;
        lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
    }
    writeln!(out, "agree: {}", found.people.iter().filter(|one| one.standing == Standing::Agrees).count())
}

fn main() -> io::Result<()> {
    story(Path::new(""), &mut io::stdout())
}
