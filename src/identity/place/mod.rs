//! Where a student is registered or lives: the region and the address.

mod address;

use smallvec::SmallVec;

use super::region::RegionCode;
use super::text::Code;

pub use address::Address;
pub(crate) use address::similarity;

/// A region as recorded: a code of GB/T 2260 with up to six more digits (township and village of
/// GB/T 10114 and the statistics office), or another office's code such as a postcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    code: Code,
    /// [`NO_COUNTY`] where the code is not one of GB/T 2260's form.
    county: u32,
}

const NO_COUNTY: u32 = u32::MAX;

impl Place {
    /// Reads a code of 6 to 12 digits as a region; any other code of up to twelve letters and digits
    /// is compared as a whole. `None` for an empty field, one of zeros, or one that is no code.
    pub fn parse(text: &str) -> Option<Self> {
        let code = Code::parse(text)?;
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // Nearly every region: nothing to take out and nothing to pad.
            let county = text.as_bytes()[..6].iter().fold(0, |n, byte| n * 10 + u32::from(byte - b'0'));
            return text.bytes().any(|byte| byte != b'0').then_some(Place { code, county });
        }
        let mut digits: SmallVec<[u8; 16]> = SmallVec::new();
        let mut is_number = true;
        for c in text.chars() {
            match c.to_digit(10).or_else(|| ('０'..='９').contains(&c).then(|| c as u32 - '０' as u32)) {
                Some(digit) => digits.push(digit as u8),
                None if c.is_alphabetic() => is_number = false,
                None => {}
            }
        }
        if digits.iter().all(|digit| *digit == 0) && is_number {
            return None;
        }
        let number = |digits: &[u8]| digits.iter().fold(0u64, |n, digit| n * 10 + u64::from(*digit));
        let is_region = is_number && (6..=12).contains(&digits.len());
        let county = if is_region { RegionCode::new(number(&digits[..6]) as u32) } else { None };
        // Pad to twelve digits, so that `110105` and `110105000000` are one place.
        let code = match county {
            Some(_) => {
                digits.resize(12, 0);
                let padded: SmallVec<[u8; 16]> = digits.iter().map(|digit| digit + b'0').collect();
                std::str::from_utf8(&padded).ok().and_then(Code::parse)?
            }
            None => code,
        };
        Some(Place { code, county: county.map_or(NO_COUNTY, RegionCode::get) })
    }

    /// A place of its parts as they were stored.
    #[inline]
    pub(in crate::identity) fn stored(code: Code, county: Option<RegionCode>) -> Self {
        Place { code, county: county.map_or(NO_COUNTY, RegionCode::get) }
    }

    /// The code as a whole.
    pub const fn code(self) -> Code {
        self.code
    }

    /// The county, where the code is one of GB/T 2260's form (whether or not it is known).
    pub const fn county(self) -> Option<RegionCode> {
        RegionCode::new(self.county)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_whatever_its_length() {
        let place = Place::parse("110105000000").unwrap();
        assert_eq!(Place::parse("110105"), Some(place));
        assert_eq!(Place::parse("１１０１０５"), Some(place));
        assert_eq!(place.county().map(RegionCode::get), Some(110_105));
        assert_eq!(Place::parse("2119").unwrap().county(), None);
        assert_ne!(Place::parse("2119"), Place::parse("2118"));
        assert_eq!(Place::parse("000000000000"), None);
        assert_eq!(Place::parse("北京"), None);
    }
}
