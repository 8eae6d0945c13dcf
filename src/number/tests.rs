//! The forms, their faults, and the traps of the number.

use std::collections::HashSet;
use std::error::Error as _;

use super::*;

fn number(text: &str) -> RegistryNumber {
    RegistryNumber::parse(text).expect("a registry number")
}

fn document(text: &str) -> Document {
    Document::parse(StatedKind::Unstated, text, None).expect("a document")
}

fn place_and_birth() -> (RegionCode, Date) {
    (RegionCode::new(420_103).unwrap(), Date::new(2015, 3, 12).unwrap())
}

#[test]
fn a_formal_number_is_a_citizens_number_behind_a_g() {
    for citizens in ["11010519491231002X", "440524188001010014"] {
        let formal = RegistryNumber::formal(&document(citizens)).unwrap();
        assert_eq!(formal.to_string(), format!("G{citizens}"));
        assert_eq!(formal, number(&format!("G{citizens}")));
        assert_eq!(formal.kind(), NumberKind::Formal);
        assert_eq!(formal.citizen_number(), Some(document(citizens).number));
        assert_eq!(Some(formal.birth()), document(citizens).birth());
        assert_eq!(Some(formal.region()), document(citizens).region());
        assert_eq!(formal.sequence(), None);
    }
}

#[test]
fn no_other_document_makes_a_formal_number() {
    for other in [
        "110105194912310021", // The check fails.
        "350424870506202",    // Upgraded: its check is ours.
        "810000199408230021", // A residence permit.
        "H12345678",
        "A1234563",
        "L420103201503121234",
        "000000000000000000",
        "611111191111111111", // A filler that happens to pass the check.
        "1101051949123100",
    ] {
        assert_eq!(RegistryNumber::formal(&document(other)), None, "{other}");
    }
    // Kinds of number that pass the same check with a first digit of their own.
    for body in ["01010519491231002", "71010519491231002", "81010519491231002", "91010519491231002"] {
        let check = char::from(mod_11_2(body.as_bytes().try_into().unwrap()).unwrap());
        assert_eq!(RegistryNumber::formal(&document(&format!("{body}{check}"))), None);
        assert_eq!(RegistryNumber::parse(&format!("G{body}{check}")), Err(NumberError::Region));
    }
}

#[test]
fn the_letter_says_the_kind() {
    for (text, kind) in [
        ("G11010519491231002X", NumberKind::Formal),
        ("J11010519491231002X", NumberKind::FormalWithoutId),
        ("L110105194912310021", NumberKind::Temporary),
    ] {
        assert_eq!(number(text).kind(), kind);
        assert!(text.starts_with(kind.letter()) && text.starts_with(kind.code()));
    }
    assert!(NumberKind::Formal < NumberKind::FormalWithoutId);
    assert!(number("G440524188001010014") < number("J11010519491231002X"));
}

#[test]
fn reads_what_people_write_and_nothing_more() {
    let expected = number("G11010519491231002X");
    for text in [
        "g11010519491231002x",
        "  G11010519491231002X\t\r\n",
        "\u{3000}Ｇ１１０１０５１９４９１２３１００２Ｘ",
        "\u{FEFF}G110105\u{200B}19491231002X",
        "G11010519491231002Ⅹ", // The Roman ten.
    ] {
        assert_eq!(RegistryNumber::parse(text), Ok(expected), "{text:?}");
        let error = RegistryNumber::from_bytes(text.as_bytes()).unwrap_err();
        assert!(matches!(error, NumberError::Length | NumberError::Letter), "{text:?}");
    }
    assert_eq!(RegistryNumber::from_bytes(b"G11010519491231002X"), Ok(expected));
    assert_eq!(RegistryNumber::from_bytes(expected.as_bytes()), Ok(expected));
}

#[test]
fn says_why_a_number_is_rejected() {
    use NumberError::*;
    for (text, error) in [
        ("", Length),
        ("   ", Length),
        ("11010519491231002X", Length),
        ("G1101051949123100", Length),
        ("G11010519491231002X0", Length),
        ("G110105 19491231002X", Length),
        ("G 1010519491231002X", Characters),
        ("A11010519491231002X", Letter),
        ("X11010519491231002X", Letter),
        ("1101051949123100210", Letter),
        ("GG1010519491231002X", Characters),
        ("G11010519491231002A", Characters),
        ("G1101051949123100X2", Characters),
        ("G11010519491231002Х", Characters), // A Cyrillic letter.
        ("L11010519491231002X", Characters),
        ("学籍号学籍号学籍号学籍号学籍号学籍号学", Characters),
        ("G01010519491231002X", Region),
        ("G71010519491231002X", Region),
        ("G810000199408230021", Region),
        ("G11010519490230002X", Birth(DateError::Impossible)),
        ("J11010500010101002X", Birth(DateError::YearOutOfRange)),
        ("L420103201513011234", Birth(DateError::Impossible)),
        ("J420103201503120001", Sequence),
        ("G110105194912310021", Check),
        ("J110105194912310021", Check),
    ] {
        assert_eq!(RegistryNumber::parse(text), Err(error), "{text:?}");
        if text.len() == LENGTH {
            assert_eq!(RegistryNumber::from_bytes(text.as_bytes()), Err(error), "{text:?}");
        }
        assert_eq!(error.to_string(), error.message_en());
        assert!(!error.message_zh().is_ascii() && error.to_string().is_ascii());
        assert_eq!(error.source().is_some(), matches!(error, Birth(_)));
    }
    for bytes in [&b""[..], b"\0", &[0xFF; LENGTH], &[b'9'; LENGTH], &[b'G'; LENGTH], &[0; 4096]] {
        assert!(RegistryNumber::from_bytes(bytes).is_err());
    }
}

#[test]
fn a_region_and_a_birth_date_have_999_numbers_without_id() {
    let (region, birth) = place_and_birth();
    let mut seen = HashSet::new();
    for sequence in 1..=SEQUENCE_MAX {
        let number = RegistryNumber::without_id(region, birth, sequence).unwrap();
        assert_eq!(RegistryNumber::parse(number.as_str()), Ok(number));
        assert_eq!(RegistryNumber::from_bytes(number.as_bytes()), Ok(number));
        assert_eq!((number.kind(), number.sequence()), (NumberKind::FormalWithoutId, Some(sequence)));
        assert_eq!((number.region(), number.birth()), (region, birth));
        assert!(seen.insert(number));
    }
    assert_eq!(seen.len(), 999);
    for sequence in [0, 1_000, u16::MAX] {
        assert_eq!(RegistryNumber::without_id(region, birth, sequence), Err(NumberError::Sequence));
    }
}

#[test]
fn a_region_and_a_birth_date_have_10000_temporary_numbers() {
    let (region, birth) = place_and_birth();
    let mut seen = HashSet::new();
    for random in 0..RANDOM_COUNT {
        let number = RegistryNumber::temporary(region, birth, random).unwrap();
        assert_eq!(RegistryNumber::from_bytes(number.as_bytes()), Ok(number));
        assert_eq!((number.kind(), number.sequence()), (NumberKind::Temporary, None));
        assert_eq!((number.region(), number.birth()), (region, birth));
        assert!(seen.insert(number));
    }
    assert_eq!(seen.len(), 10_000);
    assert!(seen.contains(&number("L420103201503120000")) && seen.contains(&number("L420103201503129999")));
    for random in [10_000, u16::MAX] {
        assert_eq!(RegistryNumber::temporary(region, birth, random), Err(NumberError::Random));
    }
}

#[test]
fn leading_zeros_stay() {
    let (_, birth) = place_and_birth();
    let number = RegistryNumber::without_id(RegionCode::new(7).unwrap(), birth, 3).unwrap();
    assert!(number.as_str().starts_with("J00000720150312003"));
    assert_eq!((number.region().get(), number.sequence()), (7, Some(3)));
}

/// The eighteen of a J or an L can be another person's real citizen number. The letter must never be lost on
/// the way to an index of documents, so the type gives them as a document for G only.
#[test]
fn trap_a_the_eighteen_of_j_and_l_are_nobodys_document() {
    let citizens = document("11010519491231002X");
    let (region, birth) = (citizens.region().unwrap(), citizens.birth().unwrap());
    let without_id = RegistryNumber::without_id(region, birth, 2).unwrap();
    assert!(document(&without_id.as_str()[1..]).is_valid());
    assert_eq!(document(&without_id.as_str()[1..]).number, citizens.number);

    let other = document("440524188001010014");
    let temporary = RegistryNumber::temporary(other.region().unwrap(), other.birth().unwrap(), 14).unwrap();
    assert_eq!(document(&temporary.as_str()[1..]).number, other.number);

    assert_eq!((without_id.citizen_number(), temporary.citizen_number()), (None, None));
    // And they are other numbers than the rightful owners'.
    assert_ne!(RegistryNumber::formal(&citizens), Some(without_id));
    assert_ne!(RegistryNumber::formal(&other), Some(temporary));
}

#[test]
fn debug_and_masked_hide_the_birth_date() {
    for (text, masked) in
        [("G11010519491231002X", "G110105********002X"), ("L420103201503121234", "L420103********1234")]
    {
        assert_eq!(number(text).masked(), masked);
        assert_eq!(format!("{:?}", number(text)), format!("RegistryNumber({masked})"));
        assert_eq!(format!("{:#?}", Some(number(text))), format!("Some(\n    RegistryNumber({masked}),\n)"));
        assert_eq!(format!("{:<21}|", number(text)), format!("{text}  |"));
    }
}
