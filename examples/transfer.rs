//! A child moves to another province. The new school's check finds the child, so there is a transfer and no
//! second registration.
//!
//! `cargo run --no-default-features --example transfer`

use std::io::Write;
use std::path::Path;

use renji::identity::date::Date;
use renji::registry::{Answer, Enrolled, Registry};
use renji::student::{GivenDocument, GivenGuardian, Student};

pub(crate) fn story(directory: &Path, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let registry = Registry::create(directory)?;

    // Grade one in Shenzhen. Nobody here exists.
    let in_shenzhen = Student {
        documents: vec![GivenDocument { kind: "1", number: "440305201001010018" }],
        name: "周洋明",
        sex: "男",
        birthdate: "20100101",
        region: "440305",
        guardians: vec![GivenGuardian { name: "周大海", ..GivenGuardian::default() }],
        school_code: "2144000001",
        ..Student::default()
    };
    let Enrolled::Issued(number) = registry.enroll(&in_shenzhen, "shenzhen-1")? else {
        return Err("a first child is new".into());
    };
    writeln!(out, "Shenzhen: issued {}", number.kind().code())?;

    // Three years later a school in Wuhan writes the child down: the name by its sound, no number at hand.
    let in_wuhan = Student {
        documents: Vec::new(),
        name: "周洋鸣",
        region: "420106",
        school_code: "2142000007",
        ..in_shenzhen.clone()
    };
    let check = registry.check(&in_wuhan)?;
    writeln!(out, "Wuhan: {}", check.answer.code())?;
    if check.answer != Answer::Known {
        return Err("the child should be found".into());
    }
    let known = &check.known[0];
    let reasons: Vec<&str> = known.judgement.reasons.codes().collect();
    writeln!(out, "  why: {}", reasons.join(", "))?;
    let missing: Vec<&str> = check.unchecked.iter().map(|field| field.code()).collect();
    writeln!(out, "  could not be looked for: {}", missing.join(", "))?;
    writeln!(out, "  the number is the one issued: {}", known.number == Some(number))?;

    // A hit means transfer. Region and school change, the number stays.
    registry.transfer(&number, "420106", "2142000007", Date::new(2019, 9, 1)?, "Wuhan, school 2142000007")?;

    // Should somebody enter the child as new all the same, the answer is the number there is.
    let again = registry.enroll(&in_wuhan, "wuhan-1")?;
    writeln!(
        out,
        "entered as new: known: {}",
        matches!(again, Enrolled::Existing { number: known, .. } if known == number)
    )?;

    let student = registry.student(&number)?.ok_or("the number is known")?;
    writeln!(out, "now: region {}, school {}", student.record.region, student.record.school_code)?;
    for record in registry.records(&student)? {
        let standing = if record.is_live { "says what is so" } else { "says what was so" };
        writeln!(out, "  record of {}: {standing}", record.given.region)?;
    }
    let story: Vec<&str> = registry.history(&number)?.iter().map(|entry| entry.event.code()).collect();
    writeln!(out, "history: {}", story.join(", "))?;
    writeln!(out, "verified: {}", registry.verify()?.is_clean())?;
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    story(&directory.path().join("students.renji"), &mut std::io::stdout())
}
