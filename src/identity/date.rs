//! Birth dates as written. What a date may mean instead is offered by [`super::alternative`], never put in
//! its place here.

use std::fmt;

use super::text;
use crate::limits::BIRTH_YEARS;

/// A real day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(u32);

/// Why a date was not read. What was written is left out: it is a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateError {
    /// No year, month and day could be made out.
    Unreadable,
    /// A year or a year and a month only.
    Incomplete,
    /// Day and month could each be either (`03/04/2015`).
    Ambiguous,
    /// No such month, or no such day in that month of that year.
    Impossible,
    /// A year outside [`BIRTH_YEARS`].
    YearOutOfRange,
}

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DateError::Unreadable => "no year, month and day found; expected YYYYMMDD",
            DateError::Incomplete => "the day or the month is missing; expected YYYYMMDD",
            DateError::Ambiguous => "day and month cannot be told apart; expected YYYYMMDD",
            DateError::Impossible => "no such day in the calendar",
            DateError::YearOutOfRange => "the year is not plausible",
        })
    }
}

impl std::error::Error for DateError {}

impl Date {
    /// A date from its parts.
    ///
    /// # Errors
    /// [`DateError::YearOutOfRange`] or [`DateError::Impossible`].
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        if !BIRTH_YEARS.contains(&year) {
            return Err(DateError::YearOutOfRange);
        }
        if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return Err(DateError::Impossible);
        }
        Ok(Date(u32::from(year) * 10_000 + u32::from(month) * 100 + u32::from(day)))
    }

    /// Reads eight digits `YYYYMMDD`; ISO 8601; year, month and day in that order between `-`, `/`,
    /// `.`, spaces or 年月日; or day, month and year where only one reading is a real day. A time of
    /// day behind the date is ignored.
    ///
    /// # Errors
    /// [`DateError`]; the text stays unread as a whole.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let bytes = text.as_bytes();
        if bytes.len() == 8 && bytes.iter().all(u8::is_ascii_digit) {
            return from_digits(bytes);
        }
        if bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-' {
            let digits = [bytes[0], bytes[1], bytes[2], bytes[3], bytes[5], bytes[6], bytes[8], bytes[9]];
            if digits.iter().all(u8::is_ascii_digit) {
                return from_digits(&digits);
            }
        }
        let mut cleaned = String::new();
        text::clean(text, &mut cleaned);
        parse_loose(&cleaned)
    }

    /// `YYYYMMDD` as a number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The year.
    pub const fn year(self) -> u16 {
        (self.0 / 10_000) as u16
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> u8 {
        (self.0 / 100 % 100) as u8
    }

    /// The day of the month, 1 to 31.
    pub const fn day(self) -> u8 {
        (self.0 % 100) as u8
    }

    /// The number of days since 1 March of the year 0 (proleptic Gregorian).
    pub const fn day_number(self) -> i32 {
        // Years begin in March, so that the leap day is the last (Richards 2013, in the
        // Explanatory Supplement to the Astronomical Almanac, 3rd edition, section 15.11).
        let (month, year) = (self.month() as i32, self.year() as i32);
        let year = if month <= 2 { year - 1 } else { year };
        let month = (month + 9) % 12;
        365 * year + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + self.day() as i32 - 1
    }

    /// The date of a [`Date::day_number`]; `None` outside [`BIRTH_YEARS`].
    pub fn from_day_number(number: i32) -> Option<Self> {
        // The inverse by the same source: 146,097 days in 400 years.
        let days = i64::from(number);
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Date::new(u16::try_from(year).ok()?, month as u8, day as u8).ok()
    }

    /// Whether clerks write this day when they do not know the real one: the first of January, July
    /// or October, the last of June, and the first of any month.
    pub const fn is_placeholder(self) -> bool {
        self.day() == 1 || (self.month() == 6 && self.day() == 30)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

/// The days of a month of the Gregorian calendar; the month is 1 to 12.
pub(super) const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

fn from_digits(digits: &[u8]) -> Result<Date, DateError> {
    let number = digits.iter().fold(0u32, |n, digit| n * 10 + u32::from(digit - b'0'));
    Date::new((number / 10_000) as u16, (number / 100 % 100) as u8, (number % 100) as u8)
}

/// Groups of digits between anything else: `2015年3月4日`, `2015.03.04 00:00:00`, `4/3/2015`.
fn parse_loose(text: &str) -> Result<Date, DateError> {
    let date = match text.find([' ', 'T']) {
        // A time of day has a colon; "2015 3 4" has none.
        Some(at) if text[at..].contains(':') => &text[..at],
        _ => text,
    };
    if date.chars().any(|c| !(c.is_ascii_digit() || "-/. ,年月日号'".contains(c))) {
        return Err(DateError::Unreadable);
    }
    let groups: smallvec::SmallVec<[&str; 4]> =
        date.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let number = |group: &str| group.parse::<u16>().map_err(|_| DateError::Unreadable);
    match groups[..] {
        [one] if one.len() == 8 => from_digits(one.as_bytes()),
        [one] if one.len() == 4 || one.len() == 6 => Err(DateError::Incomplete),
        [year, _] if year.len() == 4 => Err(DateError::Incomplete),
        [year, month, day] if year.len() == 4 && month.len() <= 2 && day.len() <= 2 => {
            Date::new(number(year)?, number(month)? as u8, number(day)? as u8)
        }
        [first, second, year] if year.len() == 4 && first.len() <= 2 && second.len() <= 2 => {
            let (year, first, second) = (number(year)?, number(first)? as u8, number(second)? as u8);
            match (Date::new(year, second, first), Date::new(year, first, second)) {
                (Ok(a), Ok(b)) if a != b => Err(DateError::Ambiguous),
                (Ok(date), _) | (_, Ok(date)) => Ok(date),
                (Err(error), _) => Err(error),
            }
        }
        _ => Err(DateError::Unreadable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_usual_ways_of_writing_a_date() {
        let expected = Date::new(2015, 3, 4);
        for text in [
            "20150304",
            "2015-03-04",
            "2015/3/4",
            "2015.3.4",
            "2015年3月4日",
            "２０１５－０３－０４",
            "2015-03-04 00:00:00",
            "2015-03-04T00:00:00Z",
            " 2015 3 4 ",
            "'20150304",
        ] {
            assert_eq!(Date::parse(text), expected, "{text}");
        }
        assert_eq!(Date::parse("24/3/2015"), Date::new(2015, 3, 24));
        assert_eq!(Date::parse("3/24/2015"), Date::new(2015, 3, 24));
    }

    #[test]
    fn says_why_a_date_is_rejected() {
        for (text, error) in [
            ("20150230", DateError::Impossible),
            ("20151301", DateError::Impossible),
            ("2015-02-29", DateError::Impossible),
            ("00010101", DateError::YearOutOfRange),
            ("201503", DateError::Incomplete),
            ("2015", DateError::Incomplete),
            ("2015年3月", DateError::Incomplete),
            ("3/4/2015", DateError::Ambiguous),
            ("42067", DateError::Unreadable),
            ("yesterday", DateError::Unreadable),
            ("", DateError::Unreadable),
            ("9999999999-1-1", DateError::Unreadable),
        ] {
            assert_eq!(Date::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn day_numbers_follow_the_calendar() {
        let mut last = Date::new(1899, 12, 31).unwrap().day_number();
        for year in 1900..2101 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    let date = Date::new(year, month, day).unwrap();
                    let number = date.day_number();
                    assert_eq!(number, last + 1);
                    assert_eq!(Date::from_day_number(number), Some(date));
                    last = number;
                }
            }
        }
    }
}
