//! Phones, and the month of enrolment: what supports a judgement and never makes one.

use super::text;

/// Most digits of a phone: eleven in China, fourteen with another country's code.
const DIGITS_MAX: usize = 14;

/// The years in which somebody can have enrolled.
const YEARS: std::ops::Range<u16> = 1900..2200;

/// A phone number without China's country code, at most fourteen digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(u64);

impl std::fmt::Debug for Phone {
    /// Hides the number: it is personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phone(…)")
    }
}

impl Phone {
    /// Reads the digits of a phone number, without +86, 0086 or the leading zero of a trunk call.
    /// `None` for fewer than seven digits, and for fillers (all digits equal).
    pub fn parse(raw: &str) -> Option<Self> {
        // Nearly every phone: a mobile one, of which nothing is taken off.
        if let mobile @ [b'1', rest @ ..] = raw.as_bytes()
            && mobile.len() == 11
            && rest.iter().fold(true, |all, byte| all & byte.is_ascii_digit())
        {
            let number = mobile.iter().fold(0, |n, digit| n * 10 + u64::from(digit - b'0'));
            return (number != 11_111_111_111).then_some(Phone(number));
        }
        let mut cleaned = String::new();
        let text = if raw.is_ascii() {
            raw
        } else {
            text::clean(raw, &mut cleaned);
            &cleaned
        };
        let mut digits: smallvec::SmallVec<[u8; 16]> = smallvec::SmallVec::new();
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => digits.push(byte - b'0'),
                // A second number or an extension follows.
                b'/' | b',' | b';' if digits.len() >= 7 => break,
                _ => {}
            }
            if digits.len() > 16 {
                return None;
            }
        }
        let mut digits = digits.as_slice();
        digits = digits.strip_prefix(&[0, 0]).unwrap_or(digits);
        if digits.len() >= 12 {
            digits = digits.strip_prefix(&[8, 6]).unwrap_or(digits);
        }
        digits = digits.strip_prefix(&[0]).unwrap_or(digits);
        if !(7..=DIGITS_MAX).contains(&digits.len()) || digits.iter().all(|digit| *digit == digits[0]) {
            return None;
        }
        Some(Phone(digits.iter().fold(0, |n, digit| n * 10 + u64::from(*digit))))
    }

    /// The phone of a number that was written by [`Phone::get`]; `None` where no phone has it.
    #[inline]
    pub(in crate::identity) const fn stored(number: u64) -> Option<Self> {
        if number > 0 && number < 10u64.pow(DIGITS_MAX as u32) { Some(Phone(number)) } else { None }
    }

    /// The digits as a number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// A month, as months since the year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(u16);

impl Month {
    /// Reads `YYYYMM`, `YYYY-MM`, `YYYY.M`, `2026年9月`; a day behind is ignored. `None` otherwise.
    pub fn parse(raw: &str) -> Option<Self> {
        if raw.is_empty() {
            return None;
        }
        let month = |year: u16, month: u16| {
            (YEARS.contains(&year) && (1..=12).contains(&month)).then(|| Month(year * 12 + month - 1))
        };
        if raw.len() == 6 && raw.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = raw.bytes().fold(0, |n, digit| n * 10 + u32::from(digit - b'0'));
            return month((number / 100) as u16, (number % 100) as u16);
        }
        let cleaned = text::cleaned(raw);
        let groups: smallvec::SmallVec<[&str; 4]> =
            cleaned.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
        let (year, number) = match groups[..] {
            [one] if one.len() == 6 || one.len() == 8 => (&one[..4], &one[4..6]),
            [year, month, ..] if year.len() == 4 && month.len() <= 2 => (year, month),
            _ => return None,
        };
        month(year.parse().ok()?, number.parse().ok()?)
    }

    /// The month of a number that was written by [`Month::get`]; `None` where it is none.
    #[inline]
    pub(in crate::identity) fn stored(months: u16) -> Option<Self> {
        (YEARS.start * 12..YEARS.end * 12).contains(&months).then_some(Month(months))
    }

    /// The number of months since the year 0, never zero.
    pub(in crate::identity) const fn get(self) -> u16 {
        self.0
    }

    /// The year, and the month from 1.
    pub const fn year_and_month(self) -> (u16, u8) {
        (self.0 / 12, (self.0 % 12 + 1) as u8)
    }

    /// The months between two months.
    pub const fn distance(self, other: Month) -> u32 {
        self.0.abs_diff(other.0) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_without_their_country() {
        let phone = Phone::parse("13800138000");
        for text in ["+86 138 0013 8000", "0086-13800138000", "１３８００１３８０００", "138-0013-8000 / 020"]
        {
            assert_eq!(Phone::parse(text), phone, "{text}");
        }
        assert!(phone.is_some());
        assert_eq!(Phone::parse("13800138000").map(Phone::get), Some(13_800_138_000));
        for text in ["", "123", "00000000000", "无", "11111111111"] {
            assert_eq!(Phone::parse(text), None, "{text}");
        }
    }

    #[test]
    fn months() {
        let month = Month::parse("2026-09");
        for text in ["202609", "2026.9", "2026年9月", "20260901", "2026/09/01"] {
            assert_eq!(Month::parse(text), month, "{text}");
        }
        assert_eq!(Month::parse("2026-13"), None);
        assert_eq!(Month::parse("2027-01").unwrap().distance(month.unwrap()), 4);
    }
}
