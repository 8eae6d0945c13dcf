//! Where a student is registered or lives: the region and the address.

use smallvec::SmallVec;

use super::name::han;
use super::region::RegionCode;
use super::text::{self, Code};

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

/// An address, as the set of its pairs of neighbouring characters. Two spellings of one address share
/// most pairs, whatever the order of its parts; words need not be found, which Chinese does not mark.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Address {
    /// Sorted, without repetition; 16-bit hashes, so that a false pair in a thousand is expected.
    pairs: Box<[u16]>,
}

impl Address {
    /// Reads an address; `None` where fewer than two letters or digits are left.
    pub fn parse(text: &str) -> Option<Self> {
        let mut pairs: SmallVec<[u16; 64]> = SmallVec::new();
        let mut plain = [' '; PLAIN_CHARS_MAX];
        match simplified_plain(text, &mut plain) {
            Some(characters) => push_pairs(below_county(characters), &mut pairs),
            None => {
                let simplified: SmallVec<[char; 64]> =
                    text::cleaned(text).chars().map(han::simplify).collect();
                push_pairs(below_county(&simplified), &mut pairs);
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        (!pairs.is_empty()).then(|| Address { pairs: pairs.as_slice().into() })
    }

    /// An address of its pairs as they were stored; `None` where there is none, or where they are not
    /// sorted or not each once.
    #[inline]
    pub(in crate::identity) fn stored(pairs: Box<[u16]>) -> Option<Self> {
        (!pairs.is_empty() && pairs.is_sorted_by(|a, b| a < b)).then_some(Address { pairs })
    }

    /// The pairs: sorted, without repetition.
    pub(in crate::identity) fn pairs(&self) -> &[u16] {
        &self.pairs
    }

    /// A hash under which equal addresses meet.
    pub fn hash(&self) -> u64 {
        self.pairs.iter().fold(0, |hash, pair| crate::hash::mix(hash, u64::from(*pair)))
    }

    /// The Sørensen–Dice coefficient of the two sets of pairs, 0 to 1.
    pub fn similarity(&self, other: &Address) -> f32 {
        let (mut at, mut other_at, mut shared) = (0, 0, 0);
        while let (Some(a), Some(b)) = (self.pairs.get(at), other.pairs.get(other_at)) {
            shared += u32::from(a == b);
            at += usize::from(a <= b);
            other_at += usize::from(b <= a);
        }
        2.0 * shared as f32 / (self.pairs.len() + other.pairs.len()) as f32
    }
}

/// Most characters of an address that are simplified where they are read.
const PLAIN_CHARS_MAX: usize = 64;

/// The simplified characters of an address of unified Han and printable ASCII without a space, which cleaning
/// does not change; `None` for any other, and for a long one.
fn simplified_plain<'a>(text: &str, out: &'a mut [char; PLAIN_CHARS_MAX]) -> Option<&'a [char]> {
    let (mut bytes, mut length) = (text.as_bytes(), 0);
    while let [first, rest @ ..] = bytes {
        let c = match first {
            b'!'..=b'~' => {
                bytes = rest;
                char::from(*first)
            }
            0xE4..=0xE9 => {
                let [second, third, rest @ ..] = rest else { return None };
                bytes = rest;
                let low = u32::from(second & 0b11_1111) << 6 | u32::from(third & 0b11_1111);
                let c = char::from_u32(u32::from(first & 0b1111) << 12 | low)?;
                if c < '一' {
                    return None;
                }
                han::simplify(c)
            }
            _ => return None,
        };
        *out.get_mut(length)? = c;
        length += 1;
    }
    Some(&out[..length])
}

/// The hash of each two neighbouring characters of those that count.
fn push_pairs(characters: &[char], pairs: &mut SmallVec<[u16; 64]>) {
    let mut previous = None;
    pairs.reserve(characters.len());
    for c in characters.iter().copied().filter(|c| han::is_han(*c) || c.is_alphanumeric()) {
        let c = if c.is_ascii() { c.to_ascii_lowercase() } else { c };
        if let Some(previous) = previous {
            let pair = crate::hash::mix(previous as u64, c as u64);
            pairs.push((pair >> 48) as u16);
        }
        previous = Some(c);
    }
}

/// The address without its province, prefecture and county: what all of a county shares says nothing of
/// a household. Read by the last characters of their names; a residential quarter (小区, 社区) ends none.
fn below_county(address: &[char]) -> &[char] {
    /// A county's name with its parents' is no longer than this; what comes later is not one.
    const HEAD_CHARS_MAX: usize = 32;
    let mut start = 0;
    let mut previous = ' ';
    for (at, c) in address.iter().copied().enumerate().take(HEAD_CHARS_MAX) {
        let is_quarter =
            matches!(previous, '小' | '社' | '园' | '厂' | '校' | '矿' | '库' | '景' | '生' | '宿');
        match c {
            '省' | '州' | '盟' | '市' => start = at + 1,
            '县' | '旗' => return &address[at + 1..],
            '区' if matches!(previous, '治' | '地') => start = at + 1,
            '区' if !is_quarter => return &address[at + 1..],
            _ => {}
        }
        previous = c;
    }
    &address[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_gives_what_the_long_one_gives() {
        for text in ["朝陽區建國路88號A座", "7-wallaby/place", "廣東省一鿿", "", "~!"] {
            let mut plain = [' '; PLAIN_CHARS_MAX];
            let long: Vec<char> = text::cleaned(text).chars().map(han::simplify).collect();
            assert_eq!(simplified_plain(text, &mut plain), Some(long.as_slice()), "{text:?}");
        }
        let long = "路".repeat(PLAIN_CHARS_MAX + 1);
        for text in ["建国路 88号", "\u{4DFF}", "\u{A000}", "８８号", "a\t", long.as_str()] {
            assert_eq!(simplified_plain(text, &mut [' '; PLAIN_CHARS_MAX]), None, "{text:?}");
        }
    }

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

    #[test]
    fn addresses_are_alike_in_any_order_and_with_errors() {
        let of = |text| Address::parse(text).unwrap();
        let address = of("7 wallaby place delmar cleveland");
        assert_eq!(address.similarity(&address), 1.0);
        assert!(address.similarity(&of("7 walaby place cleveland delmar")) > 0.8);
        assert!(address.similarity(&of("54 hoseason street lakefront")) < 0.3);
        assert!(of("朝陽區建國路８８號").similarity(&of("朝阳区建国路88号")) > 0.99);
        // A shared county is no shared household.
        let far = "内蒙古自治区呼和浩特市玉泉区和平路92号";
        assert!(of(far).similarity(&of("内蒙古自治区呼和浩特市玉泉区幸福小区3栋7室")) < 0.3);
        assert!(of(far).similarity(&of("和平路92号")) > 0.99);
        let below = |text: &str| String::from_iter(below_county(&Vec::from_iter(text.chars())));
        assert_eq!(below("北京市朝阳区建国路88号"), "建国路88号");
        assert_eq!(below("幸福小区3栋"), "幸福小区3栋");
        assert_eq!(below("东莞市莞城街道1号"), "莞城街道1号");
        assert_eq!(Address::parse("-"), None);
    }
}
