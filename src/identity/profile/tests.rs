//! Examples of every part of a profile, and of bytes that are none. What must hold for all students is in
//! `tests/properties.rs`.

use super::layout::HEAD_BYTES;
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

/// The fields of a profile as bits, the lowest first.
fn fields(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(*bytes.first_chunk().unwrap()) >> 8
}

#[test]
fn nobody_is_a_head_and_an_empty_person() {
    let bytes = assert_comes_back(&Identity::default());
    assert_eq!(bytes, [VERSION, 0, 0, 0, 0]);
}

#[test]
fn one_of_everything_comes_back() {
    let bytes = assert_comes_back(&read(&full()));
    let many = 3 << 9 | 2 << 11;
    assert_eq!(fields(&bytes), 1 | 2 << 2 | 3 << 4 | 1 << 6 | 1 << 8 | many | 0b1111 << 14);
}

/// The layout is stored: a change of these bytes is a new version.
#[test]
fn the_bytes_are_the_tables() {
    let mut student = ordinary();
    student.address = "路70";
    let bytes = assert_comes_back(&read(&student));
    let mut expected = vec![2];
    let fields: u32 = 1 | 2 << 2 | 1 << 4 | 1 << 6 | 1 << 8 | 2 << 9 | 2 << 11 | 1 << 14;
    expected.extend(&fields.to_le_bytes()[..3]);
    expected.extend((((2010u32 - 1850) << 9 | 1 << 5 | 1) as u16).to_le_bytes());
    expected.extend(&440_524u32.to_le_bytes()[..3]);
    expected.extend(&2_137_332_744u64.to_le_bytes()[..5]);
    expected.extend((2016u16 * 12 + 8).to_le_bytes());
    let characters = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    // The number's region and date are the student's.
    expected.extend([15 | 3 << 4, 1, 0]);
    expected.extend(characters("王小明"));
    // The father's surname is the student's, the mother's is not; both numbers have other dates and regions.
    let date = (1949u64 - 1850) << 9 | 12 << 5 | 31;
    let number = |sequence: u64| sequence | date << 10 | 110_105u64 << 27;
    expected.push(12 | 8 << 4);
    expected.extend(&number(2).to_le_bytes()[..6]);
    expected.extend(characters("建国"));
    expected.push(12 | 2 << 4);
    expected.extend(&number(3).to_le_bytes()[..6]);
    expected.extend(characters("李梅"));
    expected.extend(&13_800_138_000u64.to_le_bytes()[..5]);
    expected.extend(&13_900_139_000u64.to_le_bytes()[..5]);
    // Two pairs, which are hashes.
    expected.push(2);
    assert_eq!(bytes[..expected.len()], expected);
    assert_eq!(bytes.len(), expected.len() + 4);
}

#[test]
fn an_ordinary_student_takes_some_ninety_bytes() {
    assert!(written(&read(&ordinary())).len() <= 95, "{}", written(&read(&ordinary())).len());
}

#[test]
fn what_a_number_shares_with_its_record_is_said_once() {
    let with = |number, birthdate, region| {
        let documents = vec![GivenDocument { kind: "1", number }];
        assert_comes_back(&read(&Student { documents, birthdate, region, ..Student::default() })).len()
    };
    let (number, date, region) = ("440524201001010018", "20100101", "440524000000");
    let bare = HEAD_BYTES + 1;
    assert_eq!(with(number, date, region), bare + 2 + 3 + 2);
    assert_eq!(with(number, date, ""), bare + 2 + 4);
    assert_eq!(with(number, "", region), bare + 3 + 4);
    assert_eq!(with(number, "", ""), bare + 6);
    assert_eq!(with(number, date, "440524001002"), bare + 2 + 5 + 2);
    // A flag, a wrong check character or another spelling: a number like any other.
    assert_eq!(with(number, "20100102", region), bare + 2 + 3 + 1 + 2 + 8);
    assert_eq!(with("440524201001010017", date, region), bare + 2 + 3 + 1 + 2 + 8);
    assert_eq!(with("440524201001010018 ", date, region), bare + 2 + 3 + 1 + 8 + 20);
}

#[test]
fn codes_of_every_form_come_back() {
    for (region, bytes) in [
        ("440524", 3),
        ("440524001002", 5),
        ("000000000001", 5),
        ("2119", 12),
        ("K1A 0B6", 12),
        ("44052", 12),
    ] {
        let bytes_of = assert_comes_back(&read(&Student { region, ..Student::default() })).len();
        assert_eq!(bytes_of, HEAD_BYTES + 1 + bytes, "{region}");
    }
    for (school_code, bytes) in [("2137332744", 5), ("0000000001", 5), ("21373327440", 8), ("A137332744", 8)]
    {
        let bytes_of = assert_comes_back(&read(&Student { school_code, ..Student::default() })).len();
        assert_eq!(bytes_of, HEAD_BYTES + 1 + bytes, "{school_code}");
    }
    for birthdate in ["18500101", "19771231", "19780101", "21001231"] {
        let bytes = assert_comes_back(&read(&Student { birthdate, ..Student::default() }));
        assert_eq!(bytes.len(), HEAD_BYTES + 1 + 2, "{birthdate}");
    }
    for (phone, bytes) in
        [("13800138000", 5), ("1099511627775", 5), ("1099511627776", 6), ("99999999999998", 6)]
    {
        let bytes_of = assert_comes_back(&read(&Student { phone, ..Student::default() })).len();
        assert_eq!(bytes_of, HEAD_BYTES + 1 + bytes, "{phone}");
    }
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
fn names_of_every_length_come_back() {
    for chars in 1..=64 {
        let name = "王".repeat(chars);
        let bytes = assert_comes_back(&read(&Student { name: &name, ..Student::default() }));
        let text = chars * 3 + if chars * 3 < 128 { 1 } else { 2 };
        assert_eq!(bytes.len(), HEAD_BYTES + 1 + if chars <= 5 { 2 * chars } else { text }, "{chars}");
    }
    for name in ["Ann", "王·明", "王?明", "㐀明", "一鿿", "𠮷田"] {
        let (guardian, former_name) = (GivenGuardian { name, ..GivenGuardian::default() }, name);
        for own in ["王小明", name, ""] {
            let guardians = vec![guardian, GivenGuardian { name: "王", ..guardian }, father()];
            assert_comes_back(&read(&Student { name: own, former_name, guardians, ..Student::default() }));
        }
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
    for student in [ordinary(), full()] {
        let mut bytes = written(&read(&student));
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length]).is_err(), "{length}");
        }
        bytes.push(0);
        assert_eq!(decode(&bytes), Err(Malformed::Length));
    }
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
    let person = HEAD_BYTES + 2 + 3 + 5 + 2;
    let guardian = person + 1 + 2 + 6;
    for (at, byte, error) in [
        (0, 1, Malformed::Version),
        (1, 0b11, Malformed::Sex),
        (1, 0b1100, Malformed::Birth),
        (3, 4, Malformed::Parts),
        (HEAD_BYTES, 0, Malformed::Birth),
        (HEAD_BYTES + 4, 0xFF, Malformed::Place),
        (HEAD_BYTES + 9, 0xFF, Malformed::School),
        (HEAD_BYTES + 11, 1, Malformed::Enrolled),
        (person, 13 | 3 << 4, Malformed::Document),
        (person, 15 | 8 << 4, Malformed::Name),
        (person, 15 | 12 << 4, Malformed::Name),
        (person + 2, 4, Malformed::Document),
        (person + 4, 0, Malformed::Name),
        (guardian, 0, Malformed::Guardian),
        (guardian, 12 | 12 << 4, Malformed::Guardian),
        (guardian + 6, 0xFF, Malformed::Guardian),
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

#[test]
fn an_ordinary_student_has_an_outline_and_any_other_none() {
    let changed = |change: fn(&mut Student<'static>)| {
        let mut student = ordinary();
        change(&mut student);
        let identity = read(&student);
        let outline = Outline::of(&identity);
        assert_eq!(Outline::read(&written(&identity)), outline);
        outline
    };
    assert!(changed(|_| {}).is_some());
    type Change = fn(&mut Student<'static>);
    let ordinary_too: [Change; 8] = [
        |s| s.guardians.clear(),
        |s| s.guardians[0].name = "",
        |s| s.guardians[1].document.number = "",
        |s| s.guardians[1].name = "曾国藩",
        |s| s.name = "ALICE SMITH",
        |s| (s.region, s.sex) = ("110105001002", ""),
        |s| (s.region, s.birthdate, s.enrolled) = ("2119", "", ""),
        |s| (s.school_code, s.phone, s.address) = ("", "", ""),
    ];
    for (at, change) in ordinary_too.into_iter().enumerate() {
        assert!(changed(change).is_some(), "{at}");
    }
    let unusual: [Change; 8] = [
        |s| s.documents.clear(),
        |s| s.documents[0].number = "440524201001010017",
        |s| s.documents.push(id("E12345678")),
        |s| s.guardians[0].document.number = "E12345678",
        |s| s.guardians[0].name = "阿卜杜拉·艾山",
        |s| s.guardians.push(father()),
        |s| s.former_name = "李小明",
        |s| s.school_code = "21373327AB",
    ];
    for (at, change) in unusual.into_iter().enumerate() {
        assert_eq!(changed(change), None, "{at}");
    }
    let formerly = Student { former_number: "G440524201001010018", ..ordinary() };
    for student in [ordinary(), formerly] {
        let bytes = written(&read(&student));
        assert!((0..bytes.len()).all(|end| Outline::read(&bytes[..end]).is_none()));
        assert_eq!(Outline::read(&[&bytes[..], b"0"].concat()), None);
    }
}

#[test]
fn a_wrong_number_without_a_flag_has_no_outline_either_way() {
    let mut identity = read(&Student { documents: vec![id("440524201001010017")], ..ordinary() });
    identity.documents[0].flags = DocumentFlags::empty();
    let bytes = assert_comes_back(&identity);
    assert_eq!((Outline::read(&bytes), Outline::of(&identity)), (None, None));
}

#[test]
fn a_place_without_a_county_lends_its_region_to_no_outline() {
    let mut bytes = written(&read(&Student { region: "2119", ..ordinary() }));
    assert!(Outline::read(&bytes).is_some());
    // The form of the own number, behind head, birth, place, school and month: its region is the county's.
    let form = HEAD_BYTES + 2 + 12 + 5 + 2;
    bytes[form] |= super::layout::number::IS_LOCAL;
    assert_eq!(Outline::read(&bytes), None);
}
