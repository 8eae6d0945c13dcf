//! What a written birth date may stand for instead of itself: a lunar date, day and month swapped, one year
//! off. Offered beside the date, never put in its place; `key` looks under them, `matching` weighs them.

use super::date::Date;
use super::lunar;

/// What a written date may stand for instead of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alternative {
    /// The written month and day are of the lunar calendar; this is the solar day.
    Lunar,
    /// The same, in a leap month.
    LunarLeap,
    /// Day and month changed places.
    Swapped,
    /// The year before.
    YearBefore,
    /// The year after.
    YearAfter,
}

impl Date {
    /// The dates this one may stand for; at most five, none equal to itself.
    pub fn alternatives(self) -> impl Iterator<Item = (Alternative, Date)> {
        let shifted = |years: i16| {
            let year = self.year().checked_add_signed(years)?;
            Date::new(year, self.month(), self.day()).ok()
        };
        [
            (Alternative::Lunar, lunar::to_solar(self.year(), self.month(), false, self.day())),
            (Alternative::LunarLeap, lunar::to_solar(self.year(), self.month(), true, self.day())),
            (Alternative::Swapped, Date::new(self.year(), self.day(), self.month()).ok()),
            (Alternative::YearBefore, shifted(-1)),
            (Alternative::YearAfter, shifted(1)),
        ]
        .into_iter()
        .filter_map(move |(kind, date)| date.filter(|&date| date != self).map(|date| (kind, date)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_never_repeat_the_date() {
        let date = Date::new(2012, 5, 5).unwrap();
        assert!(date.alternatives().all(|(_, other)| other != date));
        assert!(date.alternatives().all(|(kind, _)| kind != Alternative::Swapped));
        let date = Date::new(2012, 5, 6).unwrap();
        assert!(date.alternatives().any(|(kind, d)| (kind, d.get()) == (Alternative::Swapped, 20120605)));
    }
}
