//! A date of any text: no panic, a date that is read is written and read the same, and its alternatives
//! and its lunar day are days.
#![no_main]

use libfuzzer_sys::fuzz_target;
use renji::identity::contact::{Month, Phone};
use renji::identity::date::Date;
use renji::identity::lunar;
use renji::limits::BIRTH_YEARS;

fuzz_target!(|data: &str| {
    let _ = (Month::parse(data), Phone::parse(data));
    let Ok(date) = Date::parse(data) else { return };
    assert!(BIRTH_YEARS.contains(&date.year()));
    assert_eq!(Date::parse(&date.to_string()), Ok(date));
    assert_eq!(Date::parse(&date.get().to_string()), Ok(date));
    assert_eq!(Date::from_day_number(date.day_number()), Some(date));

    let alternatives: Vec<_> = date.alternatives().collect();
    assert!(alternatives.len() <= 5);
    assert!(alternatives.iter().all(|(_, other)| *other != date));
    if let Some(lunar) = lunar::from_solar(date) {
        assert_eq!(lunar::to_solar(lunar.year, lunar.month, lunar.leap, lunar.day), Some(date));
    }
});
