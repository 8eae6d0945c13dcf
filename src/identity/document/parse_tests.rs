//! Tests of reading documents; the numbers are published examples or made up.

use super::super::{Document, DocumentFlags as Flags, DocumentKind as Kind, StatedKind};
use super::NotADocument;
use crate::identity::date::Date;

fn read(text: &str) -> Document {
    Document::parse(StatedKind::Unstated, text, None).unwrap()
}

fn read_as(kind: &str, text: &str) -> Document {
    Document::parse(StatedKind::parse(kind), text, None).unwrap()
}

#[test]
fn messy_ways_of_writing_one_number() {
    for text in [
        "11010519491231002X",
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105-19491231-002X",
        "'11010519491231002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002Х",
        "11010519491231002х",
        "11010519491231002×",
        "11010519491231002*",
        "\u{FEFF}11010519491231002X\u{200B}",
        "\u{202D}11010519491231002X\u{202C}",
        "11010519491231002Ⅹ",
        "11010519491231002X\t",
    ] {
        let document = read(text);
        assert_eq!(document.number.as_str(), "11010519491231002X", "{text:?}");
        assert!(document.is_valid(), "{text:?}");
        assert_eq!(document.raw(), text);
    }
}

#[test]
fn letters_for_digits_are_repaired_and_flagged() {
    let document = read("44O524l88OO1O1OO14");
    assert_eq!(document.number.as_str(), "440524188001010014");
    assert!(document.flags.contains(Flags::REPAIRED) && document.is_valid());
    // Letters stay where a number may have them.
    assert_eq!(read("OIL123456789012").kind, Kind::PermanentResidentOld);
    assert_eq!(read("LO1234567").number.as_str(), "LO1234567");
}

#[test]
fn spreadsheet_damage_is_never_guessed() {
    for text in ["4.20103E+17", "4.2010319900101E+17", "4.20103e17", "420103199001010000"] {
        let document = read(text);
        assert!(document.flags.contains(Flags::SPREADSHEET_DAMAGE), "{text}");
        assert!(!document.is_usable() && !document.is_valid() && document.repairs().is_empty());
    }
}

#[test]
fn a_long_float_keeps_its_exponent() {
    let document = read("4.20103199001010000000000E+17");
    assert_eq!(document.number.as_str(), "4.20103199001010E+17");
    assert_eq!(read(document.number.as_str()).flags, document.flags);
}

#[test]
fn fifteen_digits_are_upgraded() {
    assert_eq!(read("350424870506202").number.as_str(), "350424198705062025");
    let birth = Date::new(2013, 3, 26).ok();
    let document = Document::parse(StatedKind::Unstated, "350305130326101", birth).unwrap();
    assert_eq!(&document.number.as_str()[..17], "35030520130326101");
    assert!(document.flags.contains(Flags::UPGRADED) && !document.is_valid(), "the check is our own");
}

#[test]
fn an_adults_fifteen_digits_in_a_childs_record_are_the_adults() {
    // A guardian's old number entered as the student's: it must stay the number that the guardian has.
    let child = Date::new(2013, 3, 26).ok();
    let document = Document::parse(StatedKind::Unstated, "350424870506202", child).unwrap();
    assert_eq!(document.number.as_str(), "350424198705062025");
    // A child's, where the record's birth date is a year off.
    let document = Document::parse(StatedKind::Unstated, "350305120326101", child).unwrap();
    assert_eq!(document.birth(), Date::new(2012, 3, 26).ok());
}

#[test]
fn only_citizens_had_fifteen_digits() {
    // Permits with 81, 82 and 83 in front and numbers with 9 in front began with 18 characters.
    for text in ["810000940823002", "912345940823002"] {
        assert_eq!(read(text).number.as_str(), text);
        assert_eq!(read(text).kind, Kind::Other);
    }
}

#[test]
fn kinds_without_a_form_are_never_malformed() {
    for kind in [Kind::Other, Kind::Military] {
        let document = Document::parse(StatedKind::Kind(kind), "X", None).unwrap();
        assert_eq!((document.kind, document.flags), (kind, Flags::empty()));
    }
}

#[test]
fn kinds_by_their_form() {
    assert_eq!(read("810000199408230021").kind, Kind::ResidencePermit);
    assert!(read("830000199201300022").is_valid());
    assert_eq!(read("ABC123456789012").kind, Kind::PermanentResidentOld);
    assert_eq!(read("H12345678").kind, Kind::HongKongMacauPermit);
    assert_eq!(read("H1234567803").number.as_str(), "H12345678");
    assert!(read("M1234567801").flags.contains(Flags::COUNTER_DROPPED));
    assert_eq!(read_as("8", "1234567801(B)").number.as_str(), "12345678");
    assert_eq!(read("A123456(3)").kind, Kind::HongKongId);
    assert!(read("A123456(3)").is_valid());
    assert!(read_as("6", "A123456(4)").flags.contains(Flags::CHECK_FAILED));
    assert_eq!(read_as("7", "1234567(8)").kind, Kind::MacauId);
    assert_eq!(read("E12345678").kind, Kind::Passport);
    assert_eq!(read_as("A", "H12345678").kind, Kind::Passport);
    assert_eq!(read("4086121").kind, Kind::Other);
}

#[test]
fn a_wrong_stated_kind_is_corrected_by_the_number() {
    let document = read_as("A", "11010519491231002X");
    assert_eq!(document.kind, Kind::ResidentId);
    assert!(document.flags.contains(Flags::KIND_CORRECTED) && document.is_valid());
}

#[test]
fn lost_and_doubled_digits_keep_the_kind() {
    for text in ["1101051949123102X", "110105194912310002X"] {
        let document = read(text);
        assert_eq!(document.kind, Kind::ResidentId, "{text}");
        assert!(document.flags.contains(Flags::MALFORMED) && !document.is_valid());
    }
}

#[test]
fn fillers_and_nothings() {
    for text in [
        "111111111111111111",
        "000000000000000000",
        "123456789012345678",
        "123456789012345677",
        "12345678901234567X",
        "999999999999999999",
        "0",
    ] {
        assert!(read(text).flags.contains(Flags::FILLER), "{text}");
    }
    for text in ["", "  ", "—", "无", "/"] {
        assert_eq!(Document::parse(StatedKind::Unstated, text, None), Err(NotADocument), "{text:?}");
    }
    let long = "1".repeat(10_000_000);
    assert_eq!(Document::parse(StatedKind::Unstated, &long, None), Err(NotADocument));
}

#[test]
fn a_filler_with_a_counter_is_a_filler() {
    // Found by fuzzing.
    assert!(read_as("8", "11111111X").flags.contains(Flags::FILLER));
}

#[test]
fn what_is_wrong_with_a_number_is_flagged() {
    assert!(read("110105194912310021").flags.contains(Flags::CHECK_FAILED));
    assert!(read("110105194913310020").flags.contains(Flags::DATE_IMPOSSIBLE));
    assert!(read("999999199001010010").kind == Kind::PermanentResident);
    assert!(read("199999199001010014").flags.contains(Flags::REGION_UNKNOWN));
}

#[test]
fn the_short_way_gives_what_the_long_one_gives() {
    let kinds = ["", "1", "2", "A", "香港", "无"].map(StatedKind::parse);
    let mut short = 0;
    let mut assert_same = |raw: &str| {
        for stated in kinds {
            let Some(document) = super::right_citizens(stated, raw) else { continue };
            let (kind, flags, number) = super::read(stated, raw, None).unwrap();
            assert_eq!((kind, flags, number.as_slice()), (document.kind, document.flags, raw.as_bytes()));
            short += 1;
        }
    };
    let bodies = (0..=9).flat_map(|digit: u8| {
        let body = |text: &str| text.replace('#', &digit.to_string());
        ["########19######", "#####2201#####1#", "1######19##01##1", "######1911111111", "#1111119111111#1"]
            .map(body)
    });
    let others = [
        "44052420100101001",
        "11010519491231002",
        "99999920100101001",
        "81000019940823002",
        "00000019000101000",
    ];
    for body in bodies.map(|body| format!("{body}1")).chain(others.map(str::to_owned)) {
        for last in "0123456789X".chars() {
            assert_same(&format!("{body}{last}"));
        }
    }
    assert!(short > 12, "{short}");
}
