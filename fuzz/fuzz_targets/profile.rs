//! A profile of any bytes: no panic, and bytes that are read are the profile of what is read. Behind a
//! leading `+`, the cells of a student, one a line: its profile gives its identity back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use renji::identity::{Identity, profile};
use renji::key::{self, Family};
use renji::student::{GivenDocument, GivenGuardian, Student};

fn encoded(identity: &Identity) -> Vec<u8> {
    let mut out = Vec::new();
    profile::encode(identity, &mut out);
    out
}

/// Eleven cells, then documents and guardians in turn until the lines end.
fn student(text: &str) -> Student<'_> {
    let mut lines = text.split('\n');
    let mut cell = || lines.next().unwrap_or_default();
    let mut student = Student {
        record_id: cell(),
        name: cell(),
        former_name: cell(),
        sex: cell(),
        birthdate: cell(),
        region: cell(),
        phone: cell(),
        address: cell(),
        school_code: cell(),
        enrolled: cell(),
        former_number: cell(),
        ..Student::default()
    };
    while let Some(kind) = lines.next() {
        let mut cell = || lines.next().unwrap_or_default();
        student.documents.push(GivenDocument { kind, number: cell() });
        let (name, phone, kind, number) = (cell(), cell(), cell(), cell());
        student.guardians.push(GivenGuardian { name, document: GivenDocument { kind, number }, phone });
    }
    student
}

fuzz_target!(|data: &[u8]| {
    if let Some(text) = data.strip_prefix(b"+") {
        let Ok(text) = std::str::from_utf8(text) else { return };
        let identity = Identity::of(&student(text), &mut Vec::new());
        assert!(profile::decode(&encoded(&identity)).as_ref() == Ok(&identity), "another identity");
        return;
    }
    let outline = profile::Outline::read(data);
    let Ok(identity) = profile::decode(data) else { return };
    assert!(outline == profile::Outline::of(&identity), "another outline");
    assert!(encoded(&identity) == data, "another profile");
    let mut keys = 0;
    key::keys(&identity, |_, _| keys += 1);
    assert!(keys <= 400);
    for family in Family::ALL {
        let _ = key::finer(family, &identity);
    }
});
