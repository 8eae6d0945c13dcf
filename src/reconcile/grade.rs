//! Grades: as written, from the month of enrolment, or from the age.
//!
//! A grade is a number from 1 (first of primary school) to 12 (third of senior school); 1 to 6, 7 to 9 and 10 to 12 are
//! primary, junior and senior school, as in the compulsory years six and three (Compulsory Education Law, art. 2 and
//! 11; children who are six by the end of August begin). Systems of five and four years are told by their written grade.

use crate::identity::contact::Month;
use crate::identity::date::Date;

/// A grade, 1 to 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grade(u8);

/// The day that heads are counted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountingDay(Date);

/// Month in which a school year begins.
const FIRST_MONTH: u8 = 9;
/// The age, in years at the end of August, at which school begins.
const FIRST_AGE: u16 = 6;

impl CountingDay {
    /// Heads are counted on this day.
    pub const fn new(day: Date) -> CountingDay {
        CountingDay(day)
    }

    /// The year in which the school year of the day began.
    fn school_year(self) -> u16 {
        if self.0.month() >= FIRST_MONTH { self.0.year() } else { self.0.year() - 1 }
    }
}

impl Grade {
    /// The grade of a number, 1 to 12.
    pub const fn new(number: u8) -> Option<Grade> {
        if number >= 1 && number <= 12 { Some(Grade(number)) } else { None }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Reads a grade as offices write it: `3`, `三年级`, `七年级`, `初一`, `初中二年级`, `高三`.
    pub fn parse(text: &str) -> Option<Grade> {
        let text = super::written::folded(text);
        // The grades before a stage, and how many it has.
        let (stage, rest) = if let Some(rest) = strip(&text, &["小学", "小"]) {
            (Some((0, 6)), rest)
        } else if let Some(rest) = strip(&text, &["初级中学", "初中", "初"]) {
            (Some((6, 3)), rest)
        } else if let Some(rest) = strip(&text, &["高级中学", "普通高中", "高中", "高"]) {
            (Some((9, 3)), rest)
        } else {
            (None, text.as_str())
        };
        let rest = strip(rest, &["第"]).unwrap_or(rest);
        let digits = rest.strip_suffix("年级").or_else(|| rest.strip_suffix('级')).unwrap_or(rest);
        let number = match digits {
            "十" => 10,
            "十一" => 11,
            "十二" => 12,
            _ => {
                let mut characters = digits.chars();
                let first = characters.next().and_then(|c| "一二三四五六七八九".chars().position(|d| d == c));
                match (first, characters.next()) {
                    (Some(place), None) => place as u8 + 1,
                    _ => digits.parse().ok()?,
                }
            }
        };
        match stage {
            // Some write 初中七年级.
            Some((before, years)) if number > years => {
                Grade::new(number).filter(|_| (before + 1..=before + years).contains(&number))
            }
            Some((before, _)) => Grade::new(number.checked_add(before)?),
            None => Grade::new(number),
        }
    }

    /// The grade of who entered a school of a class (the first two digits of its code) in a month and went up each
    /// year.
    pub(crate) fn of_enrolment(enrolled: Month, school_class: u8, day: CountingDay) -> Option<Grade> {
        let first = match school_class {
            21 => 1,
            31 | 32 => 7,
            34 | 41..=43 => 10,
            _ => return None,
        };
        let (year, month) = enrolled.year_and_month();
        // Who is entered in spring goes on with those of the autumn before.
        let entered = if month >= 7 { year } else { year - 1 };
        let years = day.school_year().checked_sub(entered)?;
        Grade::new(u8::try_from(years).ok()?.checked_add(first)?)
    }

    /// The grade of who began school at six and went up each year: what the population base knows.
    pub fn of_age(birth: Date, day: CountingDay) -> Option<Grade> {
        let is_after_august = birth.month() >= FIRST_MONTH;
        let first_year = birth.year() + FIRST_AGE + u16::from(is_after_august);
        Grade::new(u8::try_from(day.school_year().checked_sub(first_year)?).ok()?.checked_add(1)?)
    }
}

fn strip<'t>(text: &'t str, prefixes: &[&str]) -> Option<&'t str> {
    prefixes.iter().find_map(|prefix| text.strip_prefix(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_as_offices_write_them() {
        let read = |text| Grade::parse(text).map(Grade::get);
        for (text, grade) in [
            ("3", 3),
            ("三年级", 3),
            ("小学六年级", 6),
            ("七年级", 7),
            ("初一", 7),
            ("初中二年级", 8),
            ("初中九年级", 9),
            ("高三", 12),
            ("高中一年级", 10),
            ("十一年级", 11),
            (" ３ 年级", 3),
        ] {
            assert_eq!(read(text), Some(grade), "{text}");
        }
        for text in ["", "一班", "13", "0", "小学", "三年", "二〇二四级", "2024级"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn grades_follow_from_age_and_from_enrolment() {
        let date = |number| Date::parse(number).expect("a day");
        let day = CountingDay::new(date("20261128"));
        let of_age = |text| Grade::of_age(date(text), day).map(Grade::get);
        assert_eq!(of_age("20200831"), Some(1));
        assert_eq!(of_age("20200901"), None);
        assert_eq!(of_age("20190901"), Some(1));
        assert_eq!(of_age("20081231"), Some(12));
        let entered = |text, class| {
            Grade::of_enrolment(Month::parse(text).expect("a month"), class, day).map(Grade::get)
        };
        assert_eq!(entered("202609", 21), Some(1));
        assert_eq!(entered("202409", 31), Some(9));
        assert_eq!(entered("202302", 21), Some(5));
        assert_eq!(entered("202609", 34), Some(10));
        assert_eq!(entered("202709", 21), None);
        assert_eq!(entered("201509", 21), Some(12));
        // In spring the school year is that of the autumn before.
        assert_eq!(Grade::of_age(date("20190901"), CountingDay::new(date("20260301"))).map(Grade::get), None);
    }
}
