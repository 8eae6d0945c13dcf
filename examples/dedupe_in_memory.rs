//! A handful of students, all against all, without a file.
//!
//! `cargo run --no-default-features --example dedupe_in_memory`

#![allow(clippy::print_stdout, reason = "an example shows its result")]

use renji::dedupe::{Batch, Dedupe};
use renji::matching::Model;
use renji::student::{GivenDocument, GivenGuardian, Origin, Student};

/// Record id, number, name, birth date, guardian.
const ROWS: [[&str; 5]; 6] = [
    // One student three times: by another sound, and without a number.
    ["a1", "110105201005150010", "王小明", "20100515", "王大山"],
    ["a2", "110105201005150010", "王晓铭", "2010-05-15", "王大山"],
    ["a3", "", "王小明", "20100515", "王大山"],
    // The twin of a1: the same guardian and birthday, a number of its own.
    ["b1", "110105201005150037", "王小亮", "20100515", "王大山"],
    // Two students under one number.
    ["c1", "440524201001010018", "周洋", "20100101", "周大海"],
    ["c2", "440524201001010018", "古丽娜扎尔", "20090909", "艾山"],
];

fn main() {
    // A batch reads and keys its students; each core may fill one of its own.
    let mut batch = Batch::default();
    for (row, [record_id, number, name, birthdate, guardian]) in (2..).zip(ROWS) {
        let student = Student {
            record_id,
            documents: vec![GivenDocument { kind: "1", number }],
            name,
            birthdate,
            guardians: vec![GivenGuardian { name: guardian, ..GivenGuardian::default() }],
            ..Student::default()
        };
        batch.push(&student, Origin { file: 0, row });
    }

    let mut dedupe = Dedupe::default();
    dedupe.add(batch).expect("nothing is spilled");
    let findings = dedupe.run(&Model::default(), &()).expect("() never cancels");

    let id = |row| findings.id(row);
    for pair in &findings.pairs {
        let reasons: Vec<&str> = pair.judgement.reasons.codes().collect();
        println!(
            "{} {}  {:<8} {}",
            id(pair.a),
            id(pair.b),
            pair.judgement.verdict.code(),
            reasons.join(", ")
        );
    }
    for cluster in &findings.clusters {
        let ids: Vec<&str> = cluster.iter().map(|row| id(*row)).collect();
        println!("one student: {}", ids.join(", "));
    }
}
