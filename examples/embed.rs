//! A registry service: four counters enrol children at the same time, each child at two of them. Every child
//! gets one number, and a request that is asked again, even after a restart, gets its answer again.
//!
//! `cargo run --no-default-features --example embed`

use std::io::Write;
use std::path::Path;

use renji::registry::{Enrolled, Registry, RegistryError};
use renji::student::{GivenDocument, GivenGuardian, Student};

/// Number, name, birth date, guardian. Nobody here exists.
const CHILDREN: [[&str; 4]; 6] = [
    ["440305201001010018", "周洋明", "20100101", "周大海"],
    ["440305201102020020", "李文静", "20110202", "李建国"],
    ["440305201203030033", "陈思远", "20120303", "陈志强"],
    ["440305201304040046", "黄雨桐", "20130404", "黄国华"],
    ["", "吾买尔·艾山", "20140505", "艾山"],
    ["440305201506060061", "赵一诺", "20150606", "赵卫东"],
];
const COUNTERS: usize = 4;

fn child([number, name, birthdate, guardian]: [&'static str; 4]) -> Student<'static> {
    Student {
        documents: vec![GivenDocument { kind: if number.is_empty() { "Z" } else { "1" }, number }],
        name,
        birthdate,
        region: "440305",
        guardians: vec![GivenGuardian { name: guardian, ..GivenGuardian::default() }],
        ..Student::default()
    }
}

/// What one counter does: it asks for half of the children, and names each request so that it can be
/// asked again.
fn counter(registry: &Registry, counter: usize) -> Result<Vec<(String, Enrolled)>, RegistryError> {
    let mut answers = Vec::new();
    for (at, row) in CHILDREN.into_iter().enumerate() {
        // Each child comes to two counters.
        if at % COUNTERS == counter || (at + 1) % COUNTERS == counter {
            let request = format!("counter {counter}, child {at}");
            // Returns when the answer is on disk. Those who wait meanwhile share one commit.
            answers.push((request.clone(), registry.enroll(&child(row), &request)?));
        }
    }
    Ok(answers)
}

pub(crate) fn story(directory: &Path, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let registry = Registry::create(directory)?;
    let answers = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..COUNTERS)
            .map(|at| {
                scope.spawn({
                    let registry = &registry;
                    move || counter(registry, at)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no counter panics"))
            .collect::<Result<Vec<_>, _>>()
    })?
    .concat();

    let (mut issued, mut existing, mut held) = (Vec::new(), Vec::new(), 0);
    for (_, answer) in &answers {
        match answer {
            Enrolled::Issued(number) => issued.push(*number),
            Enrolled::Existing { number, .. } => existing.push(*number),
            Enrolled::Held { .. } => held += 1,
        }
    }
    issued.sort_unstable();
    existing.sort_unstable();
    writeln!(out, "requests: {}", answers.len())?;
    writeln!(out, "issued {}, known already {}, held {held}", issued.len(), existing.len())?;
    writeln!(out, "the numbers told are the numbers issued: {}", issued == existing)?;
    let letters: String = issued.iter().map(|number| number.kind().letter()).collect();
    // L until the authority's base has been asked; J for the child without a citizen number.
    writeln!(out, "letters: {letters}")?;

    // The service is restarted, and a client that heard nothing asks again.
    drop(registry);
    let registry = Registry::open(directory)?;
    let (request, before) = answers.first().ok_or("there are answers")?;
    let again = registry.enroll(&child(CHILDREN[0]), request)?;
    writeln!(out, "the same request again: the same answer: {}", again == *before)?;
    writeln!(out, "students: {}", registry.statistics()?.numbered)?;
    writeln!(out, "verified: {}", registry.verify()?.is_clean())?;
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    story(&directory.path().join("students.renji"), &mut std::io::stdout())
}
