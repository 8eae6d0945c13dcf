//! A province and the nation, each with a registry of its own. The same child was enrolled in both before they
//! met: one case, settled once, and the same answer on both sides.
//!
//! `cargo run --no-default-features --example province`

use std::io::Write;
use std::path::Path;

use renji::ids::Sequence;
use renji::registry::{Applied, Enrolled, Registry, Resolution, Settings};
use renji::student::{GivenDocument, GivenGuardian, Student};

/// Everything of one that the other does not have yet.
fn exchange(from: &Registry, to: &Registry) -> Result<Applied, Box<dyn std::error::Error>> {
    let system = from.system()?;
    let positions = to.positions()?;
    let known = positions.iter().find(|position| position.system == system);
    let since = known.map_or(Sequence::new(0), |position| position.sequence);
    Ok(to.apply_feed(&from.feed(since, usize::MAX)?)?)
}

pub(crate) fn story(directory: &Path, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    // Guangdong issues its J and L numbers itself; the nation does for those who do not.
    let (province, nation) = (directory.join("province"), directory.join("nation"));
    std::fs::create_dir(directory)?;
    let province = Registry::builder()
        .create(province, Settings { scope: Some("44".to_owned()), ..Settings::default() })?;
    let nation = Registry::builder()
        .create(nation, Settings { delegated: vec!["44".to_owned()], ..Settings::default() })?;

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
    let in_wuhan = Student { region: "420106", school_code: "2142000007", ..in_shenzhen.clone() };
    let Enrolled::Issued(one) = province.enroll(&in_shenzhen, "shenzhen-1")? else {
        return Err("a first child is new".into());
    };
    let Enrolled::Issued(other) = nation.enroll(&in_wuhan, "wuhan-1")? else {
        return Err("a first child is new".into());
    };
    writeln!(out, "the province: {}, the nation: {}", one.region(), other.region())?;

    // They meet.
    for (from, to, name) in [(&province, &nation, "nation"), (&nation, &province, "province")] {
        let applied = exchange(from, to)?;
        writeln!(out, "the {name} learnt of {} student, {} case opened", applied.students, applied.opened)?;
    }
    // Somebody in the province looks into it: one child, who moved.
    let case = province.open_cases(None, None)?.remove(0);
    writeln!(out, "a case in the province: {}", case.class.code())?;
    province.resolve(case.id, Resolution::ProvedSame { with: None }, None, "王老师", "户口簿")?;
    let applied = exchange(&province, &nation)?;
    writeln!(out, "the nation: {} case settled elsewhere", applied.settled)?;
    exchange(&nation, &province)?;

    for (registry, name) in [(&province, "province"), (&nation, "nation")] {
        let student = registry.student(&other)?.ok_or("the number is known")?;
        let same = registry.student(&one)?.is_some_and(|found| found.id == student.id);
        let open = registry.open_cases(None, None)?.len();
        writeln!(
            out,
            "{name}: one student: {same}, open cases: {open}, verified: {}",
            registry.verify()?.is_clean()
        )?;
    }
    let current = |registry: &Registry| -> Result<_, Box<dyn std::error::Error>> {
        Ok(registry.student(&other)?.and_then(|student| student.state.number))
    };
    writeln!(out, "the same number stays: {}", current(&province)? == current(&nation)?)?;
    // The child at another counter, anywhere.
    let again = nation.enroll(&Student { region: "110105", ..in_shenzhen.clone() }, "beijing-1")?;
    writeln!(out, "entered as new: known: {}", matches!(again, Enrolled::Existing { .. }))?;
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    story(&directory.path().join("registries"), &mut std::io::stdout())
}
