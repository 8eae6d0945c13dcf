//! The library against other implementations: the vectors under `tests/golden/`.
//!
//! `scripts/golden.py` computes them; each file's head names the tool and its version. Where the library
//! differs on purpose, the difference is listed here with its reason, row by row: a difference that is
//! not listed fails, and so does a listed one that is no difference any more.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use renji::identity::date::Date;
use renji::identity::document::check::{is_hong_kong, is_mod_11_2, mod_11_2};
use renji::identity::document::{Document, DocumentFlags as Flags, DocumentKind as Kind, StatedKind};
use renji::identity::lunar::{self, LunarDate};
use renji::identity::name::Name;
use renji::identity::name::han::simplify;
use renji::identity::name::sound::{self, Syllable, fold};
use renji::identity::region::RegionCode;
use renji::limits::BIRTH_YEARS;

/// The rows of a file with exactly `N` columns, at least `least` of them.
fn rows<const N: usize>(file: &str, least: usize) -> Vec<[String; N]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows: Vec<[String; N]> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
            columns.try_into().unwrap_or_else(|columns| panic!("{file}: not {N} columns: {columns:?}"))
        })
        .collect();
    assert!(rows.len() >= least, "{file}: {} rows, expected at least {least}", rows.len());
    rows
}

fn read(stated: StatedKind, number: &str) -> Document {
    Document::parse(stated, number, None).unwrap_or_else(|_| panic!("{number} was not read"))
}

/// Fails on differences that are not listed and on listed ones that are none.
fn assert_only_known(found: BTreeMap<String, String>, known: &[(&str, &str)]) {
    let known = known.iter().map(|(at, ours)| (at.to_string(), ours.to_string())).collect();
    assert_eq!(found, known, "left: what differs; right: what is known to differ");
}

#[test]
fn citizen_numbers() {
    let mut fillers = 0;
    for [number, checksum, check, day, why] in rows("citizen_id.tsv", 270) {
        let bytes: &[u8; 18] = number.as_bytes().try_into().unwrap();
        let body: &[u8; 17] = bytes[..17].try_into().unwrap();
        assert_eq!(mod_11_2(body), check.bytes().next(), "{number}: {why}");
        assert_eq!(is_mod_11_2(bytes), checksum == "valid", "{number}: {why}");

        let document = read(StatedKind::Unstated, &number);
        assert_eq!(document.number.as_str(), number, "{why}");
        if document.flags.contains(Flags::FILLER) {
            assert!(why.starts_with("nonsense"), "{number}: {why}");
            fillers += 1;
            continue;
        }
        assert_eq!(document.flags.contains(Flags::CHECK_FAILED), checksum != "valid", "{number}: {why}");
        // A replaced digit may give a real day of a year that nobody was born in.
        let possible = day == "yes" && BIRTH_YEARS.contains(&number[6..10].parse().unwrap());
        assert_eq!(document.flags.contains(Flags::DATE_IMPOSSIBLE), !possible, "{number}: {why}");
        assert_eq!(document.birth().is_some(), possible, "{number}: {why}");
        assert_eq!(document.is_valid(), checksum == "valid" && possible, "{number}: {why}");
        if checksum == "valid" && why == "random" {
            assert!(!document.flags.contains(Flags::REGION_UNKNOWN), "{number}");
        }
    }
    assert_eq!(fillers, 4);
}

#[test]
fn citizen_numbers_from_15_to_18() {
    for [old, new] in rows("citizen_id_upgrade.tsv", 60) {
        let document = read(StatedKind::Unstated, &old);
        assert_eq!(document.number.as_str(), new);
        assert!(
            document.flags.contains(Flags::UPGRADED) && read(StatedKind::Unstated, &new).is_valid(),
            "{old}"
        );
    }
}

#[test]
fn hong_kong_numbers() {
    // The notes say what the second tool answers; the verdict is the first one's, and the rule.
    for [number, verdict, check, why, note] in rows("hong_kong_id.tsv", 180) {
        let valid = verdict == "valid";
        assert_eq!(is_hong_kong(number.as_bytes()), valid, "{number}: {why}");
        let (body, last) = number.split_at(number.len() - 1);
        assert!(is_hong_kong(format!("{body}{check}").as_bytes()), "{number}: {why}");
        for text in [number.clone(), format!("{body}({last})"), format!("{body}（{last}）")] {
            let document = read(StatedKind::HongKong, &text);
            assert_eq!((document.kind, document.number.as_str()), (Kind::HongKongId, number.as_str()));
            assert_eq!(document.is_valid(), valid, "{text}: {why} {note}");
            assert_eq!(document.flags.contains(Flags::CHECK_FAILED), !valid, "{text}: {why} {note}");
        }
    }
}

#[test]
fn regions() {
    let mut differences = BTreeMap::new();
    for [code, state, name, source, note] in rows("regions.tsv", 170) {
        let region = RegionCode::parse(&code).unwrap();
        let found = match (region.is_known(), region.is_current()) {
            (true, true) => "current",
            (true, false) => "abolished",
            (false, _) => "unknown",
        };
        // A current row carries the place's own name, an abolished one the name with its parents'.
        let own = region.name().unwrap_or_default();
        let same_name = if state == "current" { name == own } else { name.ends_with(own) };
        if found == state && same_name {
            assert_eq!(note, "", "{code}: the note of {source}'s row is out of date");
        } else {
            differences.insert(code, format!("{found} {own}"));
        }
    }
    assert_only_known(
        differences,
        // Renamed in 2004 and abolished in 2005: the reference keeps the older name.
        &[("340203", "abolished 弋江区")],
    );
}

/// The phonetic forms of a made-up person of this surname, without the given name's part.
fn surname_forms(surname: &str) -> Vec<String> {
    let name = Name::parse(&format!("{surname}明")).unwrap();
    assert_eq!(name.units().surname_len(), surname.chars().count(), "{surname}");
    name.phonetic()
        .iter()
        .map(|form| {
            let parts: Vec<&str> = form.split(' ').collect();
            match parts[..] {
                ["min", other] | [other, "min"] => other.to_owned(),
                _ => panic!("{surname}: {form}"),
            }
        })
        .collect()
}

#[test]
fn surnames_in_pinyin() {
    let mut differences = BTreeMap::new();
    for [surname, reading, also] in rows("surname_pinyin.tsv", 210) {
        let expected = fold(&reading);
        let forms = surname_forms(&surname);
        if !forms.contains(&expected) {
            assert_eq!(forms, [fold(&also)], "{surname}: {reading}");
            differences.insert(surname.clone(), forms.join(" "));
        }
        // The first syllables of the loose form, place by place.
        let units = Name::parse(&format!("{surname}明")).unwrap().units();
        let first: String = (0..units.surname_len()).map(|at| units.readings(at)[0].letters()).collect();
        assert!(forms.contains(&first), "{surname}: {first} {forms:?}");
        // Both readings of these four are in use.
        if ["覃", "乐", "盖", "翟"].contains(&surname.as_str()) {
            assert!(forms.contains(&fold(&also)), "{surname} {forms:?}");
        }
    }
    assert_only_known(
        differences,
        // The reference gives the everyday reading; as a surname each has its own (column `also`).
        &[("佴", "nai"), ("洗", "xian"), ("祭", "zai"), ("种", "con"), ("秘", "bi")],
    );
}

#[test]
fn given_names_in_pinyin() {
    for [character, reading, all] in rows("given_pinyin.tsv", 350) {
        let c = character.chars().next().unwrap();
        let readings = sound::readings(c);
        assert_eq!(readings[0].letters(), fold(&reading), "{character}");
        let all: Vec<String> = all.split(' ').map(fold).collect();
        for reading in readings.iter().filter(|reading| **reading != Syllable::NONE) {
            assert!(all.contains(&reading.letters().to_owned()), "{character}: {reading:?} {all:?}");
        }
    }
}

#[test]
fn lunar_days_both_ways() {
    for [solar, year, month, leap, day, why, note] in rows("lunar.tsv", 420) {
        assert_eq!(note, "", "the two references agree");
        let solar = Date::parse(&solar).unwrap();
        let lunar = LunarDate {
            year: year.parse().unwrap(),
            month: month.parse().unwrap(),
            leap: leap == "1",
            day: day.parse().unwrap(),
        };
        assert_eq!(lunar::from_solar(solar), Some(lunar), "{solar}: {why}");
        assert_eq!(
            lunar::to_solar(lunar.year, lunar.month, lunar.leap, lunar.day),
            Some(solar),
            "{solar}: {why}"
        );
    }
}

#[test]
fn simplified_characters() {
    let mut differences = BTreeMap::new();
    for [character, simplified, ..] in rows::<4>("simplified.tsv", 590) {
        let ours = simplify(character.chars().next().unwrap()).to_string();
        if ours != simplified {
            differences.insert(format!("{character} {simplified}"), ours);
        }
    }
    assert_only_known(
        differences,
        &[
            // Our variants: other characters to OpenCC, one in a clerk's hand.
            ("喆 喆", "哲"),
            ("囍 囍", "喜"),
            ("堃 堃", "坤"),
            ("濬 濬", "浚"),
            ("甯 甯", "宁"),
            ("祐 祐", "佑"),
            ("迺 迺", "乃"),
            ("邨 邨", "村"),
            // The simplified form lies outside the basic plane, which the table leaves out.
            ("暐 𬀩", "暐"),
        ],
    );
}
