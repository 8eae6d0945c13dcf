//! A second registry follows the change feed of the first, is stopped, goes on where it was, and ends with the
//! same students, numbers and cases.
//!
//! `cargo run --no-default-features --example follow`

use std::io::Write;
use std::path::Path;

use renji::identity::date::Date;
use renji::registry::{Case, Enrolled, LifeEvent, Registered, Registry, RegistryError};
use renji::student::{GivenDocument, Student};

/// Number, name, birth date. Nobody here exists. The last two share a number.
const CHILDREN: [[&str; 3]; 5] = [
    ["440305201001010018", "周洋明", "20100101"],
    ["440305201102020020", "李文静", "20110202"],
    ["440305201203030033", "陈思远", "20120303"],
    ["440305201304040046", "黄雨桐", "20130404"],
    ["440305201304040046", "吾买尔·艾山", "20140505"],
];

fn enroll(registry: &Registry, children: &[[&'static str; 3]]) -> Result<Vec<Enrolled>, RegistryError> {
    let one = |[number, name, birthdate]: &[&'static str; 3]| {
        let documents = vec![GivenDocument { kind: "1", number }];
        let student = Student { documents, name, birthdate, region: "440305", ..Student::default() };
        registry.enroll(&student, &format!("{number} {name}"))
    };
    children.iter().map(one).collect()
}

/// Takes what is new, a few entries at a time. In a service the changes travel over a wire: sequence, hash and
/// bytes. A change that does not follow the last one here is refused.
fn catch_up(follower: &Registry, leader: &Registry) -> Result<u64, RegistryError> {
    let mut taken = 0;
    loop {
        // Where to go on is the follower's own state: there is nothing else to keep.
        let changes = leader.changes(follower.sequence(), 4)?;
        if changes.is_empty() {
            return Ok(taken);
        }
        follower.follow(&changes)?;
        taken += changes.len() as u64;
    }
}

/// Every student with a number, everybody who waits, every open case.
fn export(registry: &Registry) -> Result<(Vec<Registered>, Vec<Case>), RegistryError> {
    let mut students = Vec::new();
    registry.for_each_student(|student| {
        students.push(student);
        Ok(())
    })?;
    registry.for_each_pending(|student| {
        students.push(student);
        Ok(())
    })?;
    Ok((students, registry.open_cases(None, None)?))
}

pub(crate) fn story(directory: &Path, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let leader = Registry::create(directory.join("leader"))?;
    enroll(&leader, &CHILDREN[..3])?;

    let follower = Registry::builder().create_follower(directory.join("follower"))?;
    writeln!(out, "first: {} changes", catch_up(&follower, &leader)?)?;
    writeln!(out, "equal: {}", export(&follower)? == export(&leader)?)?;
    drop(follower);

    // While the follower is away, the leader goes on: two children more, a case, a graduation. The three that
    // are asked for again get their answers again, which is no change.
    let answers = enroll(&leader, &CHILDREN)?;
    let Enrolled::Issued(number) = &answers[0] else { return Err("a first child is new".into()) };
    leader.note(number, LifeEvent::Graduated, Date::new(2025, 7, 1)?, "school 2144000001")?;
    writeln!(out, "held: {}", matches!(answers[4], Enrolled::Held { .. }))?;

    let follower = Registry::open(directory.join("follower"))?;
    writeln!(out, "equal: {}", export(&follower)? == export(&leader)?)?;
    writeln!(out, "then: {} changes", catch_up(&follower, &leader)?)?;
    writeln!(out, "equal: {}", export(&follower)? == export(&leader)?)?;

    // Somebody who changes what travels is found out.
    enroll(&leader, &[["440305201506060061", "赵一诺", "20150606"]])?;
    let mut changes = leader.changes(follower.sequence(), 1)?;
    changes[0].payload[5] ^= 1;
    writeln!(out, "changed on the way: refused: {}", follower.follow(&changes).is_err())?;
    writeln!(out, "verified: {}", follower.verify()?.is_clean() && leader.verify()?.is_clean())?;
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    story(directory.path(), &mut std::io::stdout())
}
