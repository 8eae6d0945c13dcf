//! A document number of any text under any stated kind: no panic, and read twice it is the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use renji::identity::date::Date;
use renji::identity::document::{Document, DocumentFlags as Flags, StatedKind, check};

/// What the first byte of an input chooses as the office's word for the kind.
const STATED: [&str; 16] = [
    "",
    "1",
    "2",
    "6",
    "7",
    "8",
    "9",
    "A",
    "B",
    "C",
    "Z",
    "无",
    "护照",
    "港澳台居民居住证",
    "回乡证",
    "香港",
];

/// Flags that tell of a change; the canonical number needs none.
const CHANGES: Flags =
    Flags::REPAIRED.union(Flags::UPGRADED).union(Flags::COUNTER_DROPPED).union(Flags::KIND_CORRECTED);

fuzz_target!(|data: &[u8]| {
    let Some((&choice, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let stated = StatedKind::parse(STATED[usize::from(choice) % STATED.len()]);
    // A guardian's birth date and a student's decide the century of fifteen digits.
    let birth = match choice / 16 % 3 {
        0 => None,
        1 => Date::new(1980, 5, 17).ok(),
        _ => Date::new(2012, 5, 17).ok(),
    };
    let _ = StatedKind::parse(text);
    let Ok(document) = Document::parse(stated, text, birth) else { return };
    assert_eq!(document.raw(), text);
    assert!(document.number.as_bytes().is_ascii());

    for stated in [stated, StatedKind::Kind(document.kind)] {
        let again = Document::parse(stated, document.number.as_str(), birth).expect("the canonical number");
        assert!(again.kind == document.kind && again.number == document.number);
        assert_eq!(again.flags - CHANGES, document.flags - CHANGES);
    }
    if document.is_valid() {
        assert!(document.is_usable() && document.kind.has_check());
        if let Some(number) = document.number.as_eighteen() {
            assert!(check::is_mod_11_2(number) && document.birth().is_some());
        } else {
            assert!(check::is_hong_kong(document.number.as_bytes()));
        }
    }
    let _ = (document.sex(), document.region());
    let repairs = document.repairs();
    assert!(repairs.len() <= 35 && (repairs.is_empty() || !document.is_valid()));
    for repair in repairs {
        let number = repair.as_eighteen().expect("repairs have 18 characters");
        assert!(check::is_mod_11_2(number) && repair != document.number);
        let changed = number.iter().zip(document.number.as_bytes()).filter(|(a, b)| a != b).count();
        assert!(changed <= 2);
    }
});
