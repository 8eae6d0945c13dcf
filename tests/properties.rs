//! What must hold for every input, not only for the examples somebody thought of.
//!
//! People and numbers are made up by the generators below. A failure prints its smallest input: write that
//! down as a test beside the code it belongs to.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use renji::identity::Identity;
use renji::identity::contact::{Month, Phone};
use renji::identity::date::Date;
use renji::identity::document::check::{is_hong_kong, is_mod_11_2, mod_11_2};
use renji::identity::document::{Document, DocumentFlags as Flags, DocumentKind as Kind, StatedKind};
use renji::identity::lunar::{self, LunarDate};
use renji::identity::name::{Name, Script, han, sound};
use renji::identity::place::{Address, Place};
use renji::identity::profile::{self, Outline};
use renji::identity::region::{self, Level, RegionCode};
use renji::identity::sex::Sex;
use renji::identity::text::{self, Code};
use renji::key::{self, Family};
use renji::matching::{
    Bits, Explanation, Frequencies, Model, Verdict, are_told_apart, judge, judge_unless_dropped,
};
use renji::number::{NumberError, NumberKind, RANDOM_COUNT, RegistryNumber, SEQUENCE_MAX};
use renji::student::{GivenDocument, GivenGuardian, Student};

// ---- Generators ----

/// A day from 1901-03-01 to 2099-12-31: the lunar calendar covers all of it.
fn dates() -> impl Strategy<Value = Date> {
    let day = |y, m, d| Date::new(y, m, d).unwrap().day_number();
    (day(1901, 3, 1)..=day(2099, 12, 31)).prop_map(|number| Date::from_day_number(number).unwrap())
}

/// The first six digits of a citizen's number: any county of any vintage.
fn counties() -> impl Strategy<Value = u32> {
    let counties: Vec<u32> = region::entries()
        .iter()
        .filter(|entry| entry.code.level() == Level::County)
        .map(|entry| entry.code.get())
        .collect();
    select(counties)
}

fn number_of(front: u32, birth: Date, sequence: u32) -> String {
    let body = format!("{front:06}{}{sequence:03}", birth.get());
    let check = mod_11_2(body.as_bytes().try_into().unwrap()).unwrap();
    format!("{body}{}", char::from(check))
}

/// A valid citizen's number.
fn citizens() -> impl Strategy<Value = String> {
    (counties(), dates(), 1..1000u32).prop_map(|(county, birth, n)| number_of(county, birth, n))
}

/// A valid number of any kind of 18 characters.
fn eighteens() -> impl Strategy<Value = String> {
    let permits = (select(vec![810_000, 820_000, 830_000]), dates(), 1..1000u32);
    let residents = (900_000..1_000_000u32, dates(), 1..1000u32);
    prop_oneof![
        4 => citizens(),
        1 => permits.prop_map(|(front, birth, n)| number_of(front, birth, n)),
        1 => residents.prop_map(|(front, birth, n)| number_of(front, birth, n)),
    ]
}

/// A valid Hong Kong number without brackets.
fn hong_kongs() -> impl Strategy<Value = String> {
    "[A-Z]{1,2}[0-9]{6}".prop_map(|body| {
        let checks = "0123456789A".chars().map(|check| format!("{body}{check}"));
        let mut valid = checks.filter(|number| is_hong_kong(number.as_bytes()));
        valid.next().expect("one of eleven check characters fits")
    })
}

/// Text in which a parser's own characters are frequent, or any text at all.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{0,24}[XxХх×*]?",
        r"['\u{FEFF}\u{202D}]?[0-9０-９OoIl| .+E()（）\-\u{200B}]{0,24}[0-9XxХх×*Ⅹ]?",
        "[A-Z]{0,3}[0-9]{5,12}[(（]?[0-9A-Z]{0,2}[)）]?",
        "[0-9]\\.[0-9]{0,20}[Ee]\\+?[0-9]{0,3}",
        "(19|20)[0-9]{2}[-/.年]?(0[1-9]|1[0-2])[-/.月]?(0[1-9]|[12][0-9])日?",
        r"[0-9]{1,4}[-/. 年][0-9]{1,2}[-/. 月][0-9]{1,2}[日号]?([T ][0-9:]{0,8})?",
        r"[\u{4E00}-\u{9FFF}·•‧・．.?□a-zü \u{E815}-\u{E864}\u{2E80}-\u{2EF3}\u{FE00}]{0,12}",
        "[傅付萧肖蕭阎闫欧阳歐陽令狐单單張张峯峰喆甯寧诸葛·?]{1,5}",
        "[a-zA-ZÀ-ÿŁłØøßİı' \\-.,]{0,30}",
        r"[\u{0}-\u{24F}\u{300}-\u{36F}\u{1100}-\u{11FF}\u{AC00}-\u{AD00}\u{3000}-\u{30FF}]{0,12}",
        ".{0,40}",
        any::<String>(),
    ]
}

fn stated_kinds() -> impl Strategy<Value = StatedKind> {
    let kinds = [
        Kind::ResidentId,
        Kind::ResidencePermit,
        Kind::PermanentResident,
        Kind::PermanentResidentOld,
        Kind::HongKongMacauPermit,
        Kind::TaiwanPermit,
        Kind::HongKongId,
        Kind::MacauId,
        Kind::Passport,
        Kind::Military,
        Kind::Other,
    ];
    let mut stated = vec![StatedKind::Unstated, StatedKind::None, StatedKind::HongKong, StatedKind::Macau];
    stated.extend(kinds.map(StatedKind::Kind));
    select(stated)
}

fn read(number: &str) -> Document {
    Document::parse(StatedKind::Unstated, number, None).expect("a number")
}

/// The same text with other widths, spaces, invisible characters and case.
fn disguised(text: &str, choices: &[(u8, u8)]) -> String {
    const BETWEEN: [&str; 8] = ["", "", " ", "\u{3000}", "\u{200B}", "\u{FEFF}", "\u{202D}", "\t"];
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        let (how, between) = &choices[at % choices.len()];
        out.push_str(BETWEEN[usize::from(*between) % BETWEEN.len()]);
        out.push(match (how % 3, c) {
            (1, '!'..='~') => char::from_u32(c as u32 + 0xFEE0).expect("the full-width form"),
            (2, c) => c.to_ascii_lowercase(),
            (_, c) => c,
        });
    }
    out
}

fn choices() -> impl Strategy<Value = Vec<(u8, u8)>> {
    vec(any::<(u8, u8)>(), 1..24)
}

/// `PROPTEST_CASES` raises the number of cases.
fn config(cases: u32) -> ProptestConfig {
    let given = ProptestConfig::default();
    ProptestConfig { cases: cases.max(given.cases), failure_persistence: None, ..given }
}

// ---- Documents ----

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn a_document_read_twice_is_the_same(raw in texts(), stated in stated_kinds()) {
        let Ok(document) = Document::parse(stated, &raw, None) else { return Ok(()) };
        prop_assert_eq!(document.raw(), &raw);
        for stated in [stated, StatedKind::Kind(document.kind)] {
            let again = Document::parse(stated, document.number.as_str(), None);
            let again = again.map_err(|_| TestCaseError::fail("the canonical number was not read"))?;
            prop_assert_eq!(again.kind, document.kind);
            prop_assert_eq!(again.number.as_str(), document.number.as_str());
            // Flags that tell of a change are gone, those about the number stay.
            let changes = Flags::REPAIRED | Flags::UPGRADED | Flags::COUNTER_DROPPED | Flags::KIND_CORRECTED;
            prop_assert_eq!(again.flags - changes, document.flags - changes);
        }
    }

    #[test]
    fn a_valid_number_survives_disguise(number in eighteens(), choices in choices()) {
        let plain = read(&number);
        prop_assume!(plain.is_usable());
        prop_assert!(plain.is_valid());
        let document = read(&disguised(&number, &choices));
        prop_assert_eq!(document.number.as_str(), number);
        prop_assert_eq!((document.kind, document.flags), (plain.kind, plain.flags));
    }

    #[test]
    fn a_hong_kong_number_survives_disguise(number in hong_kongs(), choices in choices()) {
        let bracketed = format!("{}({})", &number[..number.len() - 1], &number[number.len() - 1..]);
        let document = Document::parse(StatedKind::HongKong, &disguised(&bracketed, &choices), None).unwrap();
        prop_assert_eq!(document.number.as_str(), number);
        prop_assert!(document.kind == Kind::HongKongId);
    }

    #[test]
    fn from_15_to_18_and_back(number in citizens()) {
        prop_assume!(!read(&number).flags.contains(Flags::FILLER));
        let short = format!("{}{}", &number[..6], &number[8..17]);
        let birth = read(&number).birth();
        let document = Document::parse(StatedKind::Unstated, &short, birth).unwrap();
        prop_assume!(!document.flags.contains(Flags::FILLER));
        prop_assert_eq!(document.number.as_str(), &number);
        prop_assert!(document.flags.contains(Flags::UPGRADED) && !document.flags.contains(Flags::CHECK_FAILED));
        // Without a record's birth date the law decides: born in the twentieth century.
        if number[6..].starts_with("19") {
            let document = read(&short);
            prop_assert_eq!(document.number.as_str(), &number);
        }
    }

    #[test]
    fn what_a_number_says_is_what_was_put_in(county in counties(), birth in dates(), n in 1..1000u32) {
        let document = read(&number_of(county, birth, n));
        prop_assert_eq!(document.birth(), Some(birth));
        prop_assert_eq!(document.sex(), Some(if n % 2 == 1 { Sex::Male } else { Sex::Female }));
        if document.kind == Kind::ResidentId {
            prop_assert_eq!(document.region().map(RegionCode::get), Some(county));
        }
    }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn every_substitution_and_every_swap_is_noticed(number in eighteens()) {
        let number: [u8; 18] = number.as_bytes().try_into().unwrap();
        for at in 0..18 {
            for &other in b"0123456789X" {
                let mut wrong = number;
                wrong[at] = other;
                prop_assert!(wrong == number || !is_mod_11_2(&wrong), "place {}", at);
            }
        }
        for at in 0..17 {
            let mut wrong = number;
            wrong.swap(at, at + 1);
            prop_assert!(wrong == number || !is_mod_11_2(&wrong), "places {} and the next", at);
        }
    }

    #[test]
    fn every_digit_of_a_hong_kong_number_is_checked(number in hong_kongs()) {
        // A letter may be taken for the eleventh after it: letters are not checked this well.
        let digits = number.len() - 7..number.len();
        for at in digits.clone() {
            for &other in b"0123456789A" {
                let mut wrong = number.clone().into_bytes();
                wrong[at] = other;
                prop_assert!(wrong == number.as_bytes() || !is_hong_kong(&wrong), "place {}", at);
            }
        }
        for at in digits.start..number.len() - 1 {
            let mut wrong = number.clone().into_bytes();
            wrong.swap(at, at + 1);
            prop_assert!(wrong == number.as_bytes() || !is_hong_kong(&wrong), "places {} and the next", at);
        }
    }

    #[test]
    fn repairs_are_valid_and_one_edit_away(number in eighteens(), at in 0..18usize, to in 0..10u8, swap: bool) {
        let mut wrong: [u8; 18] = number.as_bytes().try_into().unwrap();
        if swap {
            wrong.swap(at.min(16), at.min(16) + 1);
        } else {
            wrong[at] = b'0' + to;
        }
        let document = read(std::str::from_utf8(&wrong).unwrap());
        let repairs = document.repairs();
        if wrong == number.as_bytes() {
            prop_assert!(repairs.is_empty());
            return Ok(());
        }
        // An X before the last place is no number of this kind; three zeros at the end are lost digits.
        prop_assume!(document.kind.is_eighteen() && document.is_usable());
        prop_assume!(document.number.as_bytes() == wrong);
        prop_assert!(repairs.iter().any(|repair| repair.as_str() == number), "the right one is missing");
        prop_assert!(repairs.len() <= 35, "{}", repairs.len());
        for (at, repair) in repairs.iter().enumerate() {
            let repair: &[u8; 18] = repair.as_eighteen().unwrap();
            prop_assert!(is_mod_11_2(repair));
            prop_assert!(is_one_edit(&wrong, repair));
            prop_assert!(!repairs[..at].iter().any(|other| other.as_bytes() == repair), "twice the same");
        }
        let is_plausible = |repair: &str| {
            let region = RegionCode::parse(&repair[..6]);
            Date::parse(&repair[6..14]).is_ok() && region.is_some_and(RegionCode::is_known)
        };
        prop_assert!(repairs.is_sorted_by_key(|repair| !is_plausible(repair.as_str())), "plausible ones first");
    }
}

/// One substitution or one swap of neighbours.
fn is_one_edit(a: &[u8; 18], b: &[u8; 18]) -> bool {
    let places: Vec<usize> = (0..18).filter(|&at| a[at] != b[at]).collect();
    match places[..] {
        [_] => true,
        [first, second] => second == first + 1 && a[first] == b[second] && a[second] == b[first],
        _ => false,
    }
}

// ---- Names ----

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn a_name_read_twice_is_the_same(raw in texts()) {
        let Some(name) = Name::parse(&raw) else { return Ok(()) };
        let again = Name::parse(name.canonical()).expect("a canonical name is a name");
        prop_assert_eq!(again.canonical(), name.canonical());
        prop_assert_eq!(again.script(), name.script());
    }

    #[test]
    fn a_loose_name_is_its_own_loose_form(raw in texts()) {
        let Some(name) = Name::parse(&raw) else { return Ok(()) };
        // Segments stand side by side in the loose form, where the first may look like a surname.
        prop_assume!(name.script() == Script::Latin || !name.units().is_segmented());
        let Some(loose) = name.loose() else { return Ok(()) };
        let Some(again) = Name::parse(&loose) else { return Ok(()) };
        prop_assert_eq!(again.loose(), Some(loose), "{}", name.canonical());
    }

    #[test]
    fn a_han_name_survives_disguise(han in "[\u{4E00}-\u{9FFF}]{2,6}", choices in choices()) {
        let name = Name::parse(&han);
        prop_assume!(name.is_some());
        prop_assert_eq!(Name::parse(&disguised(&han, &choices)), name);
    }

    #[test]
    fn a_latin_name_survives_disguise_and_order(
        mut tokens in vec("[A-Z]{1,8}", 1..5),
        (mine, other) in ("[ ,.·-]", "( |, | - )"),
        how in 0..3u8,
    ) {
        let name = Name::parse(&tokens.join(&mine));
        prop_assume!(name.is_some());
        tokens.reverse();
        let text = tokens.join(&other);
        let text = match how {
            0 => text.to_lowercase(),
            1 => disguised(&text, &[(1, 0)]),
            _ => text.clone(),
        };
        let other = Name::parse(&text).expect("a name in any order");
        prop_assert_eq!(other.loose(), name.unwrap().loose());
    }

    #[test]
    fn folding_a_sound_twice_changes_nothing(letters in "([lnyuüv]|[aeiog]|zh|[a-zü]){0,12}") {
        let folded = sound::fold(&letters);
        prop_assert_eq!(sound::fold(&folded), folded);
    }

    #[test]
    fn cleaning_twice_changes_nothing(raw in texts()) {
        let (mut once, mut twice) = (String::new(), String::new());
        text::clean(&raw, &mut once);
        text::clean(&once, &mut twice);
        prop_assert_eq!(&twice, &once);
        prop_assert!(!text::is_plain_han(&raw) || once == raw, "plain Han is left as it is");
    }
}

// ---- Dates ----

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn a_date_read_twice_is_the_same(raw in texts()) {
        let Ok(date) = Date::parse(&raw) else { return Ok(()) };
        prop_assert_eq!(Date::parse(&date.to_string()), Ok(date));
        prop_assert_eq!(Date::parse(&date.get().to_string()), Ok(date));
    }

    #[test]
    fn a_date_survives_the_ways_of_writing_it(date in dates(), choices in choices()) {
        let (y, m, d) = (date.year(), date.month(), date.day());
        for text in [
            format!("{y:04}{m:02}{d:02}"),
            format!("{y}-{m}-{d}"),
            format!("{y}/{m:02}/{d:02}"),
            format!("{y}.{m}.{d}"),
            format!("{y}年{m}月{d}日"),
            format!("{date} 00:00:00"),
            format!("{date}T12:34:56Z"),
        ] {
            prop_assert_eq!(Date::parse(&text), Ok(date), "{}", text);
            let wide = disguised(&text, &[(choices[0].0 % 2, 0)]);
            prop_assert_eq!(Date::parse(&wide), Ok(date), "{}", wide);
        }
        if m != d {
            let either = d <= 12;
            prop_assert_eq!(Date::parse(&format!("{d}/{m}/{y}")).is_err(), either);
        }
    }

    #[test]
    fn alternatives_are_few_and_never_the_date_itself(date in dates()) {
        let all: Vec<_> = date.alternatives().collect();
        prop_assert!(all.len() <= 5);
        for (kind, other) in &all {
            prop_assert_ne!(*other, date);
            prop_assert_eq!(all.iter().filter(|(k, _)| k == kind).count(), 1);
        }
    }

    #[test]
    fn lunar_days_come_back(year in 1901..=2100u16, month in 1..=12u8, leap: bool, day in 1..=30u8) {
        let Some(solar) = lunar::to_solar(year, month, leap, day) else { return Ok(()) };
        prop_assert_eq!(lunar::from_solar(solar), Some(LunarDate { year, month, leap, day }));
    }

    #[test]
    fn solar_days_come_back(date in dates()) {
        let lunar = lunar::from_solar(date).expect("within the calendar");
        prop_assert_eq!(lunar::to_solar(lunar.year, lunar.month, lunar.leap, lunar.day), Some(date));
        prop_assert_eq!(Date::from_day_number(date.day_number()), Some(date));
    }
}

// ---- Registry numbers ----

fn school_regions() -> impl Strategy<Value = RegionCode> {
    (0..1_000_000u32).prop_map(|code| RegionCode::new(code).unwrap())
}

/// G or J: what carries a check character.
fn checked_registry_numbers() -> impl Strategy<Value = RegistryNumber> {
    prop_oneof![
        citizens().prop_map(|citizens| RegistryNumber::parse(&format!("G{citizens}")).unwrap()),
        (school_regions(), dates(), 1..=SEQUENCE_MAX)
            .prop_map(|(region, birth, n)| RegistryNumber::without_id(region, birth, n).unwrap()),
    ]
}

fn registry_numbers() -> impl Strategy<Value = RegistryNumber> {
    let temporary = (school_regions(), dates(), 0..RANDOM_COUNT)
        .prop_map(|(region, birth, n)| RegistryNumber::temporary(region, birth, n).unwrap());
    prop_oneof![2 => checked_registry_numbers(), 1 => temporary]
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn a_registry_number_comes_back(number in registry_numbers(), choices in choices()) {
        prop_assert_eq!(RegistryNumber::parse(&number.to_string()), Ok(number));
        prop_assert_eq!(RegistryNumber::from_bytes(number.as_bytes()), Ok(number));
        prop_assert_eq!(RegistryNumber::parse(&format!(" {}\u{3000}", number.as_str().to_lowercase())), Ok(number));
        let (region, birth) = (number.region(), number.birth());
        let again = match number.kind() {
            NumberKind::Formal => {
                let citizens = number.citizen_number().expect("a formal number has one");
                let document = read(citizens.as_str());
                // A made-up number may look like a filler.
                if document.is_usable() { RegistryNumber::formal(&document) } else { Some(number) }
            }
            NumberKind::FormalWithoutId => {
                RegistryNumber::without_id(region, birth, number.sequence().expect("a sequence")).ok()
            }
            NumberKind::Temporary => {
                RegistryNumber::temporary(region, birth, number.as_str()[15..].parse().unwrap()).ok()
            }
        };
        prop_assert_eq!(again, Some(number));
        // Spaces inside are no part of it; every other disguise is seen through.
        let disguised = disguised(number.as_str(), &choices);
        if !disguised.trim().contains(char::is_whitespace) {
            prop_assert_eq!(RegistryNumber::parse(&disguised), Ok(number), "{:?}", disguised);
        }
    }

    #[test]
    fn no_registry_number_shows_its_birth_date_in_a_log(number in registry_numbers()) {
        let shown = format!("{number:?}");
        prop_assert!(!shown.contains(&number.birth().get().to_string()), "{}", shown);
        prop_assert!(shown.contains(&number.masked()));
    }

    #[test]
    fn a_substituted_digit_of_a_checked_registry_number_is_noticed(number in checked_registry_numbers()) {
        for at in 1..number.as_bytes().len() {
            for &other in b"0123456789X" {
                let mut wrong = *number.as_bytes();
                wrong[at] = other;
                prop_assert!(wrong == *number.as_bytes() || RegistryNumber::from_bytes(&wrong).is_err());
            }
        }
    }

    #[test]
    fn no_text_stops_the_reader_of_a_registry_number(
        raw in prop_oneof![texts(), "[GJLgjlA-C]?[0-9]{17,18}[0-9Xx]?", "[GJL][1-6][0-9]{5}201[0-9][01][0-9]{6}[0-9X]"],
        bytes in vec(any::<u8>(), 0..24),
    ) {
        let known = |error: NumberError| !error.message_zh().is_empty() && !error.to_string().contains(raw.trim());
        match RegistryNumber::parse(&raw) {
            Ok(number) => {
                prop_assert_eq!(RegistryNumber::parse(number.as_str()), Ok(number));
                let _ = (number.birth(), number.region(), number.sequence(), number.citizen_number());
            }
            Err(error) => prop_assert!(raw.trim().len() < 6 || known(error)),
        }
        let _ = RegistryNumber::from_bytes(&bytes);
        // What is stored is what can be read, and is written in one way only.
        if let Ok(number) = RegistryNumber::from_bytes(raw.as_bytes()) {
            prop_assert_eq!(number.as_str(), &raw);
        }
    }
}

// ---- Nothing panics ----

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn no_text_stops_a_parser(raw in texts(), other in texts(), stated in stated_kinds(), birth in dates()) {
        if let Ok(document) = Document::parse(stated, &raw, Some(birth)) {
            let _ = (document.repairs(), document.birth(), document.sex(), document.region());
            let shown = format!("{:?}", document.number);
            let is_hidden = document.number.as_bytes().len() < 3 || !shown.contains(document.number.as_str());
            prop_assert!(is_hidden, "a number in a log: {}", shown);
        }
        if let Some(name) = Name::parse(&raw) {
            let _ = (name.loose(), name.phonetic(), name.reading().parts(), name.has_wildcard(), name.tokens());
            let units = name.units();
            prop_assert!(units.surname_len() <= units.as_slice().len());
            prop_assert_eq!(units.segments().map(<[_]>::len).sum::<usize>(), units.as_slice().len());
            for at in 0..units.as_slice().len() {
                let _ = units.readings(at);
            }
        }
        for c in raw.chars() {
            let _ = (han::simplify(c), han::repair(c), sound::readings(c));
        }
        let _ = (sound::fold(&raw), sound::syllable(&raw), StatedKind::parse(&raw), Sex::parse(&raw));
        let _ = (Phone::parse(&raw), Month::parse(&raw), Code::parse(&raw), Place::parse(&raw));
        let _ = (Date::parse(&raw), RegionCode::parse(&raw));
        if let (Some(a), Some(b)) = (Address::parse(&raw), Address::parse(&other)) {
            let likeness = a.similarity(&b);
            prop_assert!((0.0..=1.0).contains(&likeness), "{}", likeness);
            prop_assert_eq!(b.similarity(&a), likeness);
            prop_assert_eq!(a.similarity(&a), 1.0);
        }
    }

    #[test]
    fn no_lunar_day_stops_the_calendar(year: u16, month: u8, leap: bool, day: u8, number: i32) {
        let _ = lunar::to_solar(year, month, leap, day);
        let _ = Date::new(year, month, day).map(|date| (lunar::from_solar(date), date.alternatives().count()));
        let _ = Date::from_day_number(number).and_then(lunar::from_solar);
    }
}

/// The cells of a row, whatever stands in them.
#[derive(Debug)]
struct Row {
    cells: Vec<String>,
    documents: Vec<(String, String)>,
    guardians: Vec<(String, String, String, String)>,
}

impl Row {
    fn student(&self) -> Student<'_> {
        let cell = |at: usize| self.cells[at].as_str();
        Student {
            record_id: cell(0),
            documents: self.documents.iter().map(|(kind, number)| GivenDocument { kind, number }).collect(),
            name: cell(1),
            former_name: cell(2),
            sex: cell(3),
            birthdate: cell(4),
            region: cell(5),
            guardians: self
                .guardians
                .iter()
                .map(|(name, kind, number, phone)| GivenGuardian {
                    name,
                    document: GivenDocument { kind, number },
                    phone,
                })
                .collect(),
            phone: cell(6),
            address: cell(7),
            school_code: cell(8),
            enrolled: cell(9),
            former_number: cell(10),
        }
    }
}

/// Rows of any text, and of text that fits its column.
fn rows() -> impl Strategy<Value = Row> {
    const FITTING: [&str; 11] = [
        "[0-9]{8}",
        "[\u{4E00}-\u{9FFF}]{1,12}",
        "([\u{4E00}-\u{9FFF}]{2,9}、){0,6}",
        "[12男女]",
        "20[01][0-9]-1[0-2]-[0-2][1-9]",
        "[1-6][0-9]{5,11}",
        "1[3-9][0-9]{9}",
        "[路街区\u{4E00}-\u{9FFF}0-9]{0,90}",
        "[0-9A-Z]{4,12}",
        "20[0-2][0-9](0[1-9]|1[0-2])",
        "[gL][0-9]{9,18}",
    ];
    let numbers = || prop_oneof![texts(), eighteens(), hong_kongs()];
    let cells = prop_oneof![vec(texts(), 11), FITTING.map(Strategy::boxed).to_vec()];
    let guardians = vec((texts(), texts(), numbers(), prop_oneof![texts(), FITTING[6]]), 0..4);
    let row = |(cells, documents, guardians)| Row { cells, documents, guardians };
    (cells, vec((texts(), numbers()), 0..6), guardians).prop_map(row)
}

fn identity_of(row: &Row) -> Identity {
    Identity::of(&row.student(), &mut Vec::new())
}

fn keys(identity: &Identity) -> Vec<(Family, u64)> {
    let mut keys = Vec::new();
    key::keys(identity, |family, hash| keys.push((family, hash)));
    keys
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn no_row_stops_an_identity_and_its_keys_are_bounded(row in rows()) {
        let student = row.student();
        let (mut issues, mut again) = (Vec::new(), Vec::new());
        let identity = Identity::of(&student, &mut issues);
        prop_assert_eq!(&identity, &Identity::of(&student, &mut again));
        prop_assert_eq!(&issues, &again);
        let found = keys(&identity);
        prop_assert!(found.len() <= 400, "{} keys", found.len());
        prop_assert_eq!(&found, &keys(&identity));
        for family in Family::ALL {
            let _ = key::finer(family, &identity);
        }
    }
}

// ---- Judgement ----

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn what_is_judged_in_short_is_judged_in_full(row in rows(), other in rows(), shared in any::<u16>()) {
        // Two rows have little in common by chance: each bit of `shared` copies a part.
        let mut other = other;
        for (at, cell) in row.cells.iter().enumerate().filter(|(at, _)| shared >> at & 1 == 1) {
            other.cells[at].clone_from(cell);
        }
        if shared >> 14 & 1 == 1 {
            other.documents.clone_from(&row.documents);
        }
        if shared >> 15 & 1 == 1 {
            other.guardians.clone_from(&row.guardians);
        }
        let (a, b) = (identity_of(&row), identity_of(&other));
        for frequencies in [Frequencies::default(), Frequencies::of_size(10_000_000)] {
            let model = Model::default();
            let (full, back) = (judge(&a, &b, &model, &frequencies), judge(&b, &a, &model, &frequencies));
            prop_assert_eq!(full.verdict, back.verdict);
            let kept = (full.verdict != Verdict::Dropped).then_some(full);
            prop_assert_eq!(judge_unless_dropped(&a, &b, &model, &frequencies), kept);
        }
        let outlines = [&a, &b].map(|identity| {
            let mut bytes = Vec::new();
            profile::encode(identity, &mut bytes);
            (Outline::of(identity), Outline::read(&bytes))
        });
        for (of, read) in &outlines {
            prop_assert_eq!(of, read);
        }
        if let [(Some(one), _), (Some(other), _)] = &outlines
            && are_told_apart(one, other)
        {
            let verdict = judge(&a, &b, &Model::default(), &Frequencies::default()).verdict;
            prop_assert_eq!(verdict, Verdict::Dropped);
            prop_assert!(are_told_apart(other, one));
        }
    }
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn the_waterfall_ends_at_the_posterior(row in rows(), other in rows(), shared in any::<u16>()) {
        let mut other = other;
        for (at, cell) in row.cells.iter().enumerate().filter(|(at, _)| shared >> at & 1 == 1) {
            other.cells[at].clone_from(cell);
        }
        if shared >> 14 & 1 == 1 {
            other.documents.clone_from(&row.documents);
        }
        let model = Model::default();
        let judgement = judge(&identity_of(&row), &identity_of(&other), &model, &Frequencies::of_size(1_000_000));
        let explanation = Explanation::of(&judgement, &model);
        let sum = |against: fn(Bits) -> f64| -> f64 {
            against(explanation.prior.bits()) + explanation.fields.iter().map(|term| against(term.weight)).sum::<f64>()
        };
        let posterior = explanation.posterior.bits();
        for (sum, end) in [
            (sum(|bits| bits.stranger), posterior.stranger),
            (sum(|bits| bits.twin), posterior.twin),
            (sum(|bits| bits.sibling), posterior.sibling),
        ] {
            prop_assert!((sum - end).abs() < 1e-9, "{} {}", sum, end);
        }
        // And that posterior is the judgement's.
        let told = [explanation.posterior.same, explanation.posterior.twin + explanation.posterior.sibling];
        let judged = [judgement.posterior.same, judgement.posterior.sibling];
        prop_assert!(told.iter().zip(judged).all(|(told, judged)| (told - judged).abs() < 1e-12));
        prop_assert!((explanation.weight - judgement.posterior.weight).abs() < 1e-9);
        // A share is told where it entered: without it the likelihood is the model's own number.
        for term in &explanation.fields {
            let row = model.fields[term.field as usize].levels.iter().find(|row| row.level == term.level);
            let expected = row.map_or(1.0, |row| (row.stranger * term.share.map_or(1.0, |share| share.value)).min(1.0));
            prop_assert!(term.likelihood.stranger == expected || term.likelihood.bits() == Bits::default());
        }
    }
}

// ---- Profiles ----

fn profile_of(identity: &Identity) -> Vec<u8> {
    let mut out = Vec::new();
    profile::encode(identity, &mut out);
    out
}

/// Bytes that are read are the profile of what is read, and stop neither a key nor a judgement.
fn read_profile(bytes: &[u8], other: &Identity) -> Result<(), TestCaseError> {
    let outline = Outline::read(bytes);
    let Ok(identity) = profile::decode(bytes) else { return Ok(()) };
    prop_assert_eq!(outline, Outline::of(&identity));
    prop_assert_eq!(profile_of(&identity), bytes);
    prop_assert!(keys(&identity).len() <= 400);
    for family in Family::ALL {
        let _ = key::finer(family, &identity);
    }
    let _ = judge(&identity, other, &Model::default(), &Frequencies::default());
    Ok(())
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn a_profile_gives_the_identity_back(row in rows()) {
        let identity = identity_of(&row);
        let bytes = profile_of(&identity);
        prop_assert_eq!(profile::decode(&bytes), Ok(identity));
        prop_assert!(profile::decode(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn no_bytes_stop_the_reading_of_a_profile(
        row in rows(),
        any in vec(any::<u8>(), 0..300),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        (from, to) in any::<(prop::sample::Index, prop::sample::Index)>(),
    ) {
        let identity = identity_of(&row);
        let mut bytes = profile_of(&identity);
        read_profile(&any, &identity)?;
        read_profile(&[&bytes[..any.len().min(bytes.len())], &any].concat(), &identity)?;
        for (at, bit) in &changes {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << (bit % 8);
        }
        read_profile(&bytes, &identity)?;
        // With a hole somewhere.
        let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
        bytes.drain(from.min(to)..from.max(to));
        read_profile(&bytes, &identity)?;
    }
}
