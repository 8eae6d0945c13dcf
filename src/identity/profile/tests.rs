//! Examples of every part of a profile, and of bytes that are none. What must hold for all students is in
//! `tests/properties.rs`.

use super::layout::{Parts, at, shape};
use super::*;
use crate::identity::Guardian;
use crate::identity::document::DocumentFlags;
use crate::student::{GivenDocument, GivenGuardian, Student};

fn read(student: &Student<'_>) -> Identity {
    Identity::of(student, &mut Vec::new())
}

fn written(identity: &Identity) -> Vec<u8> {
    let mut out = Vec::new();
    encode(identity, &mut out);
    out
}

/// The identity is its profile's, and its profile no other's.
fn assert_comes_back(identity: &Identity) -> Vec<u8> {
    let bytes = written(identity);
    assert_eq!(decode(&bytes).as_ref(), Ok(identity));
    bytes
}

fn id(number: &str) -> GivenDocument<'_> {
    GivenDocument { kind: "", number }
}

fn father<'a>() -> GivenGuardian<'a> {
    GivenGuardian { name: "王建国", document: id("11010519491231002X"), phone: "13800138000" }
}

/// The student of most rows.
fn ordinary<'a>() -> Student<'a> {
    Student {
        documents: vec![GivenDocument { kind: "1", number: "440524201001010018" }],
        name: "王小明",
        sex: "男",
        birthdate: "20100101",
        region: "440524000000",
        guardians: vec![
            father(),
            GivenGuardian { name: "李梅", document: id("110105194912310038"), phone: "" },
        ],
        phone: "13900139000",
        address: "广东省汕头市潮南区工业路70号21栋4单元303室",
        school_code: "2137332744",
        enrolled: "201609",
        ..Student::default()
    }
}

/// One of everything that a profile can hold.
fn full<'a>() -> Student<'a> {
    let mut student = ordinary();
    student.documents = vec![
        id("440524 2010 0101 001x"),
        GivenDocument { kind: "护照", number: "e12345678" },
        id("4.40524E+17"),
        id("A123456(3)"),
    ];
    student.name = "阿卜杜拉·艾山·买买提";
    student.former_name = "王大明、O'Neil Åsa";
    student.region = "K1A 0B6";
    student.former_number = "G440524201001010018";
    student.guardians.push(GivenGuardian { name: "张三", ..GivenGuardian::default() });
    student.guardians.push(GivenGuardian { document: id("H12345678"), ..GivenGuardian::default() });
    student
}

#[test]
fn nobody_is_a_head_alone() {
    let bytes = assert_comes_back(&Identity::default());
    assert_eq!(bytes.len(), HEAD_BYTES);
    assert_eq!(bytes[at::VERSION], VERSION);
    assert!(bytes[1..].iter().all(|byte| *byte == 0));
}

#[test]
fn one_of_everything_comes_back() {
    let bytes = assert_comes_back(&read(&full()));
    assert_eq!(bytes[at::PARTS..at::PARTS + 2], (Parts::all() - Parts::NUMBER).bits().to_le_bytes());
}

/// The layout is stored: a change of these bytes is a new version.
#[test]
fn the_bytes_are_the_tables() {
    let mut student = ordinary();
    student.address = "路70";
    student.guardians.truncate(1);
    student.phone = "";
    let bytes = assert_comes_back(&read(&student));
    let word = 44_052_420_100_101_001u64 * 11 + 8;
    let father = 11_010_519_491_231_002u64 * 11 + 10;
    let school = b"2137332744".iter().fold(0, |word, digit| word * 37 + u64::from(digit - b'0') + 1);
    let place = b"440524000000".iter().fold(0, |word, digit| word * 37 + u64::from(digit - b'0') + 1);
    let mut expected = vec![1, 1, 0, 0, 0xDA, 0x07, 1, 1];
    expected.extend(word.to_le_bytes());
    expected.extend(u64::to_le_bytes(place));
    expected.extend(u64::to_le_bytes(school));
    expected.extend(440_524u32.to_le_bytes());
    expected.extend(34u32.to_le_bytes());
    expected.extend((2016u16 * 12 + 8).to_le_bytes());
    expected.extend([0b1110_0000, 0, 1]);
    expected.extend("王小明".bytes().chain([0; 10]));
    assert_eq!(expected.len(), HEAD_BYTES);
    // The guardian, the phone, and two pairs, which are hashes.
    expected.extend([1, 1 | shape::PACKED | shape::NAME, 0, 0]);
    expected.extend(father.to_le_bytes());
    expected.extend([9]);
    expected.extend("王建国".bytes());
    expected.extend([1]);
    expected.extend(&13_800_138_000u64.to_le_bytes()[..6]);
    expected.extend([2]);
    assert_eq!(bytes[..expected.len()], expected);
    assert_eq!(bytes.len(), expected.len() + 4);
}

#[test]
fn documents_come_back_with_flags_and_text_as_written() {
    for number in ["11010519491231002x", "110105491231002", "440524201001010000", "4.40524E+17", "A123456(3)"]
    {
        for kind in ["", "1", "护照", "军官证", "香港", "C", "GUARDIAN"] {
            let documents = vec![GivenDocument { kind, number }];
            let guardians = vec![GivenGuardian { document: documents[0], ..father() }];
            let identity = read(&Student { documents, guardians, ..Student::default() });
            let bytes = assert_comes_back(&identity);
            let again = decode(&bytes).unwrap();
            assert_eq!(again.documents[0].raw(), number);
            assert!(again.documents[0].flags.contains(DocumentFlags::GUARDIANS));
        }
    }
}

#[test]
fn a_name_moves_to_the_tail_where_it_does_not_fit() {
    for chars in 1..=64 {
        let name = "王".repeat(chars);
        let bytes = assert_comes_back(&read(&Student { name: &name, ..Student::default() }));
        let tail = if chars <= 6 { 0 } else { chars * 3 + if chars * 3 < 128 { 1 } else { 2 } };
        assert_eq!(bytes.len(), HEAD_BYTES + tail, "{chars}");
    }
}

#[test]
fn many_guardians_and_a_long_address_come_back() {
    let phones: Vec<String> = (0..300).map(|n| (13_800_138_000u64 + n).to_string()).collect();
    let guardians = phones.iter().map(|phone| GivenGuardian { phone, ..father() }).collect();
    let address: String = ('一'..='\u{6FFF}').collect();
    let identity = read(&Student { guardians, address: &address, ..Student::default() });
    assert_eq!((identity.guardians.len(), identity.phones.len()), (300, 300));
    assert_comes_back(&identity);
}

#[test]
fn profiles_stand_behind_one_another() {
    let mut out = vec![7];
    encode(&read(&full()), &mut out);
    let end = out.len();
    encode(&read(&ordinary()), &mut out);
    assert_eq!(decode(&out[1..end]), Ok(read(&full())));
    assert_eq!(decode(&out[end..]), Ok(read(&ordinary())));
}

#[test]
fn no_shorter_and_no_longer_bytes_are_a_profile() {
    let mut bytes = written(&read(&full()));
    for length in 0..bytes.len() {
        assert_eq!(decode(&bytes[..length]), Err(Malformed::Length), "{length}");
        // Nor where the head says so.
        if let Some(tail) = length.checked_sub(HEAD_BYTES) {
            let mut cut = bytes[..length].to_vec();
            cut[at::TAIL_BYTES..at::TAIL_BYTES + 4].copy_from_slice(&(tail as u32).to_le_bytes());
            assert!(decode(&cut).is_err(), "{length}");
        }
    }
    bytes.push(0);
    assert_eq!(decode(&bytes), Err(Malformed::Length));
    bytes[at::TAIL_BYTES] += 1;
    assert_eq!(decode(&bytes), Err(Malformed::Length));
}

#[test]
fn every_changed_byte_gives_an_error_or_another_student() {
    for student in [ordinary(), full()] {
        let identity = read(&student);
        let bytes = written(&identity);
        for at in 0..bytes.len() {
            for byte in 0..=u8::MAX {
                let mut changed = bytes.clone();
                changed[at] = byte;
                match decode(&changed) {
                    Ok(other) => assert_eq!(written(&other), changed, "byte {at} as {byte}"),
                    Err(error) => assert!(!error.to_string().is_empty() && byte != bytes[at]),
                }
            }
        }
    }
}

#[test]
fn the_part_that_is_wrong_is_named() {
    let ordinary = written(&read(&ordinary()));
    for (at, byte, error) in [
        (at::VERSION, 2, Malformed::Version),
        (at::KIND, 0, Malformed::Parts),
        (at::KIND, 12, Malformed::Document),
        (at::FLAGS + 1, 0x80, Malformed::Document),
        (at::NUMBER + 7, 0xFF, Malformed::Document),
        (at::BIRTH_MONTH, 13, Malformed::Birth),
        (at::BIRTH_DAY, 0, Malformed::Birth),
        (at::BIRTH_YEAR + 1, 0, Malformed::Birth),
        (at::PLACE + 7, 0xFF, Malformed::Place),
        (at::COUNTY + 2, 0xFF, Malformed::Place),
        (at::SCHOOL + 7, 0xFF, Malformed::School),
        (at::ENROLLED + 1, 1, Malformed::Enrolled),
        (at::PARTS + 1, 2, Malformed::Parts),
        (at::SEX, 3, Malformed::Sex),
        (at::NAME, 0xFF, Malformed::Name),
        (HEAD_BYTES, 0, Malformed::Guardian),
        (HEAD_BYTES + 1, 0, Malformed::Guardian),
        (HEAD_BYTES + 1, 0x80, Malformed::Guardian),
    ] {
        let mut bytes = ordinary.clone();
        bytes[at] = byte;
        assert_eq!(decode(&bytes), Err(error), "byte {at} as {byte}");
    }
}

#[test]
fn a_profile_of_rules_broken_by_hand_is_refused() {
    let identity = read(&full());
    let broken = |change: fn(&mut Identity)| {
        let mut identity = identity.clone();
        change(&mut identity);
        decode(&written(&identity)).map(|_| ())
    };
    assert_eq!(broken(|i| i.documents.push(i.documents[0].clone())), Err(Malformed::Document));
    assert_eq!(broken(|i| i.aliases = vec![i.aliases[0].clone(); 5]), Err(Malformed::Alias));
    assert_eq!(
        broken(|i| i.guardians[0] = Guardian { name: None, document: None }),
        Err(Malformed::Guardian)
    );
    assert_eq!(broken(|i| i.phones.reverse()), Err(Malformed::Phone));
    assert_eq!(broken(|i| i.address = Some(Default::default())), Err(Malformed::Address));
    assert_eq!(broken(|i| i.former_number = Some("g440524".into())), Err(Malformed::FormerNumber));
}
