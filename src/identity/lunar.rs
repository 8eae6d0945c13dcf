//! The Chinese lunar calendar, for birthdays copied from old household books.
//!
//! The calendar itself is the crate `chinese-lunisolar-calendar` (lunar years 1901 to 2100); here it
//! is laid out once as a table of month beginnings, so that a conversion is two array reads.

use std::sync::LazyLock;

use chinese_lunisolar_calendar::{LunarDay, LunarMonth, LunisolarDate, LunisolarYear, SolarDate, SolarYear};

use super::date::Date;

/// A day of the lunar calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LunarDate {
    /// The lunar year, named by the Gregorian year it begins in.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// Whether it is the leap month that follows the month of that number.
    pub leap: bool,
    /// The day, 1 to 30.
    pub day: u8,
}

const FIRST_YEAR: u16 = 1901;
const LAST_YEAR: u16 = 2100;

/// The first day of a month as a day number, and its length; zero length where there is no such month.
#[derive(Clone, Copy, Default)]
struct Month {
    start: i32,
    days: u8,
}

/// A lunar year: month `m` at `m - 1`, leap month `m` at `m + 11`.
type Year = [Month; 24];

static YEARS: LazyLock<Vec<Year>> = LazyLock::new(|| (FIRST_YEAR..=LAST_YEAR).map(year_table).collect());

fn year_table(year: u16) -> Year {
    let mut months = Year::default();
    for (at, month) in months.iter_mut().enumerate() {
        if let Some(found) = month_of(year, (at % 12 + 1) as u8, at >= 12) {
            *month = found;
        }
    }
    months
}

fn month_of(year: u16, month: u8, leap: bool) -> Option<Month> {
    let lunar_year = LunisolarYear::from_solar_year(SolarYear::from_u16(year)).ok()?;
    let lunar_month = LunarMonth::from_u8_with_leap(month, leap).ok()?;
    let first = LunisolarDate::from_lunisolar_year_lunar_month_day(lunar_year, lunar_month, LunarDay::First);
    let first: SolarDate = first.ok()?.to_solar_date();
    let first = Date::new(
        first.to_solar_year().to_u16(),
        first.to_solar_month().to_u8(),
        first.to_solar_day().to_u8(),
    );
    let days = lunar_month.get_total_days(lunar_year)?;
    Some(Month { start: first.ok()?.day_number(), days })
}

/// The solar day of a lunar one; `None` where the lunar year has no such month or day, and outside
/// the lunar years 1901 to 2100.
pub fn to_solar(year: u16, month: u8, leap: bool, day: u8) -> Option<Date> {
    if !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let year = YEARS.get(usize::from(year.checked_sub(FIRST_YEAR)?))?;
    let month = year[usize::from(month) - 1 + if leap { 12 } else { 0 }];
    if day > month.days {
        return None;
    }
    Date::from_day_number(month.start + i32::from(day) - 1)
}

/// The lunar day of a solar one; `None` outside the lunar years 1901 to 2100.
pub fn from_solar(date: Date) -> Option<LunarDate> {
    let number = date.day_number();
    // A lunar year begins in January or February: the day lies in the year of that number or the
    // one before.
    [date.year(), date.year() - 1].into_iter().find_map(|year| {
        let months = YEARS.get(usize::from(year.checked_sub(FIRST_YEAR)?))?;
        let at = months
            .iter()
            .position(|month| (month.start..month.start + i32::from(month.days)).contains(&number))?;
        Some(LunarDate {
            year,
            month: (at % 12 + 1) as u8,
            leap: at >= 12,
            day: (number - months[at].start + 1) as u8,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_goes_there_and_back() {
        let first = Date::new(1901, 2, 19).unwrap().day_number();
        let last = Date::new(2100, 12, 31).unwrap().day_number();
        for number in first..=last {
            let date = Date::from_day_number(number).unwrap();
            let lunar = from_solar(date).unwrap();
            assert_eq!(to_solar(lunar.year, lunar.month, lunar.leap, lunar.day), Some(date));
        }
    }

    #[test]
    fn leap_months_exist_only_in_their_year() {
        assert!(to_solar(2020, 4, true, 1).is_some());
        assert!(to_solar(2021, 4, true, 1).is_none());
        assert!(to_solar(1900, 4, false, 1).is_none());
        assert!(to_solar(2020, 13, false, 1).is_none());
    }
}
