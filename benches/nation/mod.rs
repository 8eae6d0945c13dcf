//! Made-up students for the benches: the rows of a [`Nation`], as an office would hand them in.

#![allow(dead_code, reason = "each bench is a crate of its own and uses a part of this")]

use std::path::Path;

use csv::StringRecord;
use renji::dedupe::Batch;
use renji::identity::Identity;
use renji::key::{self, Family};
use renji::student::{GivenDocument, GivenGuardian, Origin, Student};
use renji::synth::{Config, Nation};

/// The seed of every bench's nation, so that figures can be compared.
const SEED: u64 = 7;

/// The text of a file of so many students.
pub(crate) fn text(students: u64) -> Vec<u8> {
    let mut text = Vec::new();
    let nation =
        Nation::new(Config { students, seed: SEED, ..Config::default() }).expect("the default rates");
    nation.write(&mut text, None).expect("writing to memory");
    text
}

/// Writes a file of so many students.
pub(crate) fn write(students: u64, path: &Path) {
    std::fs::write(path, text(students)).expect("writing the nation");
}

/// The rows of a file of so many students.
pub(crate) fn rows(students: u64) -> Vec<StringRecord> {
    csv::Reader::from_reader(text(students).as_slice())
        .records()
        .map(|record| record.expect("synth writes CSV"))
        .collect()
}

/// A row as a student; the cells stand in the order of [`renji::synth::COLUMNS`].
pub(crate) fn student(row: &StringRecord) -> Student<'_> {
    let cell = |at: usize| row.get(at).expect("synth writes 16 cells");
    let guardian = |at: usize| GivenGuardian {
        name: cell(at),
        document: GivenDocument { kind: "", number: cell(at + 1) },
        phone: "",
    };
    Student {
        record_id: cell(0),
        documents: vec![GivenDocument { kind: cell(1), number: cell(2) }],
        name: cell(3),
        former_name: cell(4),
        sex: cell(5),
        birthdate: cell(6),
        region: cell(7),
        guardians: vec![guardian(8), guardian(10)],
        phone: cell(12),
        address: cell(13),
        school_code: cell(14),
        enrolled: cell(15),
        former_number: "",
    }
}

/// What is read of a student.
pub(crate) fn identity(student: &Student<'_>) -> Identity {
    Identity::of(student, &mut Vec::new())
}

/// What is read of so many students.
pub(crate) fn identities(students: u64) -> Vec<Identity> {
    rows(students).iter().map(|row| identity(&student(row))).collect()
}

/// All rows in one batch.
pub(crate) fn batch(rows: &[StringRecord]) -> Batch {
    let mut batch = Batch::default();
    for (row, at) in rows.iter().zip(2..) {
        batch.push(&student(row), Origin { file: 0, row: at });
    }
    batch
}

/// The pairs that share a key of some family, each once: what the engine would judge, but for blocks of
/// more than a hundred.
pub(crate) fn candidates(identities: &[Identity]) -> Vec<(usize, usize)> {
    let mut entries: Vec<(Family, u64, usize)> = Vec::new();
    for (at, identity) in identities.iter().enumerate() {
        key::keys(identity, |family, key| entries.push((family.probes().unwrap_or(family), key, at)));
    }
    entries.sort_unstable();
    entries.dedup();
    let mut pairs = Vec::new();
    for block in entries.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|block| block.len() <= 100) {
        for (index, a) in block.iter().enumerate() {
            pairs.extend(block[index + 1..].iter().map(|b| (a.2, b.2)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
