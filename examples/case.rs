//! Two children under one citizen number: from the conflict to two registry numbers. Nothing is issued to the
//! second child until a named person has decided whose the citizen number is.
//!
//! `cargo run --no-default-features --example case`

use std::io::Write;
use std::path::Path;

use renji::registry::{Clearance, Enrolled, Registry, Resolution};
use renji::student::{OwnedDocument, OwnedGuardian, OwnedStudent};

fn child(number: &str, name: &str, birthdate: &str, guardian: &str) -> OwnedStudent {
    OwnedStudent {
        documents: vec![OwnedDocument { kind: "1".into(), number: number.into() }],
        name: name.into(),
        birthdate: birthdate.into(),
        region: "440305".into(),
        guardians: vec![OwnedGuardian { name: guardian.into(), ..OwnedGuardian::default() }],
        ..OwnedStudent::default()
    }
}

pub(crate) fn story(directory: &Path, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let registry = Registry::create(directory)?;

    // Nobody here exists. The second child was entered with the number of the first.
    let first = child("440305201001010018", "周洋明", "20100101", "周大海");
    let second = child("440305201001010018", "李文静", "20110202", "李建国");
    let Enrolled::Issued(number) = registry.enroll(&first.as_student(), "r-1")? else {
        return Err("a first child is new".into());
    };
    let Enrolled::Held { case, reasons } = registry.enroll(&second.as_student(), "r-2")? else {
        return Err("two children under one number need a human".into());
    };
    writeln!(out, "first child: {}", number.kind().code())?;
    writeln!(out, "second child: held, {reasons}")?;

    // What the registry office sees, by county and class.
    for case in registry.open_cases(Some(440_305), None)? {
        writeln!(out, "case {}: {}, {} students", case.id, case.class.code(), case.students.len())?;
    }

    // The office has the household register: the number is the first child's. The second child's claim to it
    // ends, the two are known to be different people, and the second is looked at again.
    let owner = registry.student(&number)?.ok_or("the number is known")?.id;
    let resolution = Resolution::ProvedDifferent { owner: Some(owner) };
    let settled = registry.resolve(case, resolution, None, "王老师", "household register seen")?;
    let Enrolled::Issued(theirs) = &settled[0].outcome else {
        return Err("nothing holds the child back".into());
    };
    // Without a citizen number that is the child's own, a number with the letter J.
    writeln!(out, "second child: {}", theirs.kind().code())?;
    writeln!(out, "open cases: {}", registry.open_cases(None, None)?.len())?;

    // Its own number is found: the record is corrected, the authority's base agrees, and J becomes G. The
    // number before leads to the child for ever.
    let corrected = child("440305201102020020", "李文静", "20110202", "李建国");
    registry.amend(theirs, corrected, None, "王老师", "birth certificate seen")?;
    let formal = registry.clear(theirs, Clearance::Agrees, "population check")?;
    writeln!(out, "second child, cleared: {}", formal.kind().code())?;
    let student = registry.student(theirs)?.ok_or("a former number leads to its student")?;
    writeln!(out, "the J leads to the G: {}", student.state.number == Some(formal))?;

    for entry in registry.history(theirs)? {
        writeln!(out, "  {} by {}", entry.event.code(), entry.by)?;
    }
    writeln!(out, "verified: {}", registry.verify()?.is_clean())?;
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    story(&directory.path().join("students.renji"), &mut std::io::stdout())
}
