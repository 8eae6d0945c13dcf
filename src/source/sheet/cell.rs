//! The value of a cell as the text of a field, or why it is none.

use calamine::{Data, DataRef, ExcelDateTime};

use crate::source::rejected::RejectRule;

/// What a cell holds.
pub(super) enum Value<'a> {
    /// Text, as it stands.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// A date, with or without a time of day.
    Date(ExcelDateTime),
    /// A truth value.
    Truth(bool),
    /// An error: `#N/A`, `#REF!` and others.
    Error,
    /// A formula whose value was not stored.
    Unknown,
}

impl<'a> Value<'a> {
    /// A cell that is not empty.
    pub(super) fn of_ref(data: &'a DataRef<'_>) -> Option<Value<'a>> {
        Some(match data {
            DataRef::Int(number) => Value::Number(*number as f64),
            DataRef::Float(number) => Value::Number(*number),
            DataRef::String(text) => Value::Text(text),
            DataRef::SharedString(text) => Value::Text(text),
            DataRef::Bool(truth) => Value::Truth(*truth),
            DataRef::DateTime(date) => Value::Date(*date),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Value::Text(text),
            DataRef::Error(_) => Value::Error,
            DataRef::Empty => return None,
        })
    }

    /// The same of a cell that was kept.
    pub(super) fn of(data: &'a Data) -> Option<Value<'a>> {
        Some(match data {
            Data::Int(number) => Value::Number(*number as f64),
            Data::Float(number) => Value::Number(*number),
            Data::String(text) => Value::Text(text),
            Data::Bool(truth) => Value::Truth(*truth),
            Data::DateTime(date) => Value::Date(*date),
            Data::DateTimeIso(text) | Data::DurationIso(text) => Value::Text(text),
            Data::Error(_) => Value::Error,
            Data::Empty => return None,
        })
    }

    /// Appends the text of the value; tells what is wrong with it.
    pub(super) fn write(&self, out: &mut String) -> Option<RejectRule> {
        match self {
            Value::Text(text) => out.push_str(text),
            Value::Number(number) => return write_number(*number, out),
            Value::Date(date) => write_date(date, out),
            Value::Truth(truth) => out.push_str(if *truth { "TRUE" } else { "FALSE" }),
            Value::Error => return Some(RejectRule::CellError),
            Value::Unknown => return Some(RejectRule::FormulaWithoutValue),
        }
        None
    }
}

/// From here on a number has more than fifteen digits, of which a spreadsheet keeps fifteen.
const DIGITS_LOST: f64 = 1e15;

/// Appends a number. A whole one of at most fifteen digits is its digits. A longer one has lost some, so it is
/// written as a spreadsheet shows it, `4.20103201503120E+17`, and never as digits that might be believed.
pub(in crate::source) fn write_number(number: f64, out: &mut String) -> Option<RejectRule> {
    use std::fmt::Write as _;
    // Writing to a string does not fail.
    if number.abs() < DIGITS_LOST {
        // A minus in front of nothing is no part of a code.
        let _ = write!(out, "{}", if number == 0.0 { 0.0 } else { number });
        return None;
    }
    if !number.is_finite() {
        return Some(RejectRule::CellError);
    }
    let text = format!("{number:.14e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let _ = write!(out, "{mantissa}E+{exponent}");
        }
        None => out.push_str(&text),
    }
    Some(RejectRule::DigitsLost)
}

/// Appends a date as `YYYY-MM-DD`, with a time of day only if it has one; what is a span of time or no day of the
/// calendar as the number it is.
fn write_date(date: &ExcelDateTime, out: &mut String) {
    use std::fmt::Write as _;
    let serial = date.as_f64();
    // 9999-12-31 in the epoch that reaches further.
    if date.is_duration() || !(1.0..2_958_466.0).contains(&serial) {
        let _ = write!(out, "{serial}");
        return;
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) != (0, 0, 0) {
        let _ = write!(out, " {hour:02}:{minute:02}:{second:02}");
    }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn numbers() {
        let text = |number| {
            let mut out = String::new();
            let fault = write_number(number, &mut out);
            (out, fault)
        };
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (13_800_138_000.0, "13800138000"),
            (999_999_999_999_999.0, "999999999999999"),
            (1.5, "1.5"),
            (-3.0, "-3"),
        ] {
            assert_eq!(text(number), (expected.to_owned(), None));
        }
        let lost = Some(RejectRule::DigitsLost);
        assert_eq!(text(420_103_201_503_120_000.0), ("4.20103201503120E+17".to_owned(), lost));
        assert_eq!(text(1e15), ("1.00000000000000E+15".to_owned(), lost));
        assert_eq!(text(f64::NAN).1, Some(RejectRule::CellError));
    }

    #[test]
    fn dates_in_both_epochs() {
        let text = |serial, kind, is_1904| {
            let mut out = String::new();
            write_date(&ExcelDateTime::new(serial, kind, is_1904), &mut out);
            out
        };
        let day = ExcelDateTimeType::DateTime;
        assert_eq!(text(42_075.0, day, false), "2015-03-12");
        assert_eq!(text(42_075.0 - 1462.0, day, true), "2015-03-12");
        assert_eq!(text(42_075.75, day, false), "2015-03-12 18:00:00");
        // The day that never was: said so by whoever reads dates.
        assert_eq!(text(60.0, day, false), "1900-02-29");
        assert_eq!(text(-1.0, day, false), "-1");
        assert_eq!(text(1e9, day, false), "1000000000");
        assert_eq!(text(1.5, ExcelDateTimeType::TimeDelta, false), "1.5");
    }
}
