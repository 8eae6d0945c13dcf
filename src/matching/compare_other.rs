//! Birth date, sex, place, month of enrolment, phone and address.

use super::level::Level;
use crate::identity::Identity;
use crate::identity::alternative::Alternative;
use crate::identity::date::Date;

pub(super) fn equal_or_not<T: PartialEq>(a: Option<T>, b: Option<T>) -> Level {
    match (a, b) {
        (Some(a), Some(b)) if a == b => Level::Equal,
        (Some(_), Some(_)) => Level::Different,
        _ => Level::Missing,
    }
}

pub(super) fn birth(a: &Identity, b: &Identity) -> Level {
    match (a.birth_or_documents(), b.birth_or_documents()) {
        (Some(a), Some(b)) if a == b && a.is_placeholder() => Level::Placeholder,
        (Some(a), Some(b)) if a == b => Level::Equal,
        (Some(a), Some(b)) => differing_births(a, b),
        _ => Level::Missing,
    }
}

/// By how many days a lunar date comes before the solar one that it is, leap months too. The bounds are wide:
/// outside them no calendar needs to be asked.
const LUNAR_DAYS: std::ops::RangeInclusive<u32> = 5..=95;

/// Whether one date, read as a lunar one, is the other.
fn is_lunar(one: Date, other: Date) -> bool {
    one.alternatives()
        .any(|(kind, date)| date == other && matches!(kind, Alternative::Lunar | Alternative::LunarLeap))
}

fn differing_births(a: Date, b: Date) -> Level {
    let days = a.day_number().abs_diff(b.day_number());
    if a.year() == b.year() && a.month() == b.day() && a.day() == b.month() {
        Level::Swapped
    } else if LUNAR_DAYS.contains(&days) && (is_lunar(a, b) || is_lunar(b, a)) {
        Level::Lunar
    } else if a.month() == b.month() && a.day() == b.day() && a.year().abs_diff(b.year()) == 1 {
        Level::YearOff
    } else if is_one_typing_error(a, b) {
        Level::Near
    } else {
        Level::Different
    }
}

/// One digit of the eight, two neighbouring digits exchanged, or a neighbouring day.
fn is_one_typing_error(a: Date, b: Date) -> bool {
    let digits = |date: Date| {
        let mut number = date.get();
        let mut digits = [0u8; 8];
        for digit in digits.iter_mut().rev() {
            *digit = (number % 10) as u8;
            number /= 10;
        }
        digits
    };
    let (x, y) = (digits(a), digits(b));
    let mut differing = (0..8).filter(|at| x[*at] != y[*at]);
    let is_swap =
        |first: usize, second: usize| second == first + 1 && x[first] == y[second] && x[second] == y[first];
    match (differing.next(), differing.next(), differing.next()) {
        (Some(_), None, _) => true,
        (Some(first), Some(second), None) if is_swap(first, second) => true,
        _ => a.day_number().abs_diff(b.day_number()) == 1,
    }
}

pub(super) fn sex(a: &Identity, b: &Identity) -> Level {
    equal_or_not(a.sex, b.sex)
}

pub(super) fn place(a: &Identity, b: &Identity) -> Level {
    let (Some(a), Some(b)) = (a.place, b.place) else { return Level::Missing };
    match (a.county(), b.county()) {
        _ if a.code() == b.code() => Level::Equal,
        (Some(x), Some(y)) if x == y => Level::SameCounty,
        (Some(x), Some(y)) if x.prefecture() == y.prefecture() => Level::SamePrefecture,
        (Some(x), Some(y)) if x.province() == y.province() => Level::SameProvince,
        _ => Level::Different,
    }
}

pub(super) fn enrolled(a: &Identity, b: &Identity) -> Level {
    match (a.enrolled, b.enrolled) {
        (Some(a), Some(b)) => match a.distance(b) {
            0 => Level::Equal,
            1..=12 => Level::Near,
            _ => Level::Different,
        },
        _ => Level::Missing,
    }
}

pub(super) fn phone(a: &Identity, b: &Identity) -> Level {
    if a.phones.is_empty() || b.phones.is_empty() {
        Level::Missing
    } else if a.phones.iter().any(|phone| b.phones.contains(phone)) {
        Level::Equal
    } else {
        Level::Different
    }
}

/// From where on two addresses may be of one household.
pub(super) const HOUSEHOLD_SIMILARITY: f32 = 0.6;

pub(super) fn address(a: &Identity, b: &Identity) -> Level {
    let (Some(a), Some(b)) = (&a.address, &b.address) else { return Level::Missing };
    match a.similarity(b) {
        0.9.. => Level::Equal,
        HOUSEHOLD_SIMILARITY.. => Level::Near,
        0.4.. => Level::Part,
        _ => Level::Different,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::Student;

    fn born(birthdate: &str) -> Identity {
        Identity::of(&Student { birthdate, ..Student::default() }, &mut Vec::new())
    }

    #[test]
    fn levels_of_birth_dates() {
        for (a, b, level) in [
            ("20100515", "20100515", Level::Equal),
            ("20100101", "20100101", Level::Placeholder),
            ("20100512", "20101205", Level::Swapped),
            ("20100214", "20100101", Level::Lunar),
            ("20100515", "20110515", Level::YearOff),
            ("20100515", "20100516", Level::Near),
            ("20100531", "20100601", Level::Near),
            ("20100515", "20100525", Level::Near),
            ("20100513", "20100531", Level::Near),
            ("20100515", "20131127", Level::Different),
            ("20100515", "", Level::Missing),
        ] {
            assert_eq!(birth(&born(a), &born(b)), level, "{a} {b}");
            assert_eq!(birth(&born(b), &born(a)), level, "{b} {a}");
        }
    }

    #[test]
    fn a_lunar_date_lies_within_its_bounds() {
        let mut date = Date::new(1850, 1, 1).ok();
        let mut found = 0;
        while let Some(day) = date {
            for (kind, other) in day.alternatives() {
                if matches!(kind, Alternative::Lunar | Alternative::LunarLeap) {
                    assert!(LUNAR_DAYS.contains(&day.day_number().abs_diff(other.day_number())), "{day}");
                    found += 1;
                }
            }
            date = Date::from_day_number(day.day_number() + 1);
        }
        assert!(found > 60_000, "{found}");
    }

    #[test]
    fn levels_of_places() {
        let at = |region| Identity::of(&Student { region, ..Student::default() }, &mut Vec::new());
        for (a, b, level) in [
            ("110105001002", "110105001002", Level::Equal),
            ("110105001002", "110105001003", Level::SameCounty),
            ("320102", "320104", Level::SamePrefecture),
            ("320102", "320205", Level::SameProvince),
            ("320102", "110105", Level::Different),
            ("2119", "2119", Level::Equal),
            ("2119", "2118", Level::Different),
            ("2119", "", Level::Missing),
        ] {
            assert_eq!(place(&at(a), &at(b)), level, "{a} {b}");
        }
    }
}
