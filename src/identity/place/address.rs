//! An address: the pairs of neighbouring characters in what a county leaves of it.
//!
//! Nearly every address is unified Han and ASCII without a space, which takes a short way: 16 bits a character, and
//! nothing is cleaned. Any other is cleaned first.

use smallvec::SmallVec;

use crate::identity::name::han;
use crate::identity::text;

/// An address, as the set of its pairs of neighbouring characters. Two spellings of one address share
/// most pairs, whatever the order of its parts; words need not be found, which Chinese does not mark.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Address {
    /// Sorted, without repetition; 16-bit hashes, so that a false pair in a thousand is expected.
    pairs: Box<[u16]>,
}

impl Address {
    /// Reads an address; `None` where fewer than two letters or digits are left. Some 0.2 µs.
    pub fn parse(text: &str) -> Option<Self> {
        let mut plain = [0; PLAIN_CHARS_MAX];
        let mut pairs = [0; PLAIN_CHARS_MAX];
        if let Some(characters) = simplified_plain(text, &mut plain) {
            let length = put_pairs(below_county(characters), &mut pairs);
            return Address::of(&mut pairs[..length]);
        }
        let simplified: SmallVec<[char; 64]> = text::cleaned(text).chars().map(han::simplify).collect();
        let below = below_county(&simplified);
        let mut pairs: SmallVec<[u16; 64]> = SmallVec::from_elem(0, below.len());
        let length = put_pairs(below, &mut pairs);
        Address::of(&mut pairs[..length])
    }

    /// An address of its pairs in any order.
    fn of(pairs: &mut [u16]) -> Option<Self> {
        if pairs.is_empty() {
            return None;
        }
        let length = sort_set(pairs);
        Some(Address { pairs: pairs[..length].into() })
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
        similarity(&self.pairs, &other.pairs)
    }
}

/// The Sørensen–Dice coefficient of two sets of pairs, each sorted, 0 to 1; 0 for two empty ones.
pub(crate) fn similarity(a: &[u16], b: &[u16]) -> f32 {
    let shared = match a.len().max(b.len()) {
        0 => return 0.0,
        1..=16 => shared_by_lanes::<16>(a, b),
        17..=32 => shared_by_lanes::<32>(a, b),
        _ => shared_by_merging(a, b),
    };
    2.0 * shared as f32 / (a.len() + b.len()) as f32
}

/// How many values two sets of at most `LANES` share. Each is compared with all of the other: no branch and no
/// place depends on a value, which for a dozen is a third of merging.
fn shared_by_lanes<const LANES: usize>(a: &[u16], b: &[u16]) -> u32 {
    let mut lanes = [0u16; LANES];
    lanes[..b.len()].copy_from_slice(b);
    let mut hits = [0u16; LANES];
    for value in a {
        for (hit, lane) in hits.iter_mut().zip(&lanes) {
            *hit += u16::from(value == lane);
        }
    }
    // Behind the last stands a zero, which may be a value of the other.
    hits[..b.len()].iter().map(|hit| u32::from(*hit)).sum()
}

fn shared_by_merging(a: &[u16], b: &[u16]) -> u32 {
    let (mut at, mut other_at, mut shared) = (0, 0, 0);
    while let (Some(one), Some(other)) = (a.get(at), b.get(other_at)) {
        shared += u32::from(one == other);
        at += usize::from(one <= other);
        other_at += usize::from(other <= one);
    }
    shared
}

/// A character of an address, in as many bits as it needs.
trait Character: Copy + PartialEq {
    /// Its code point.
    fn code(self) -> u32;

    /// Whether it counts: as Han, a letter or a digit.
    fn counts(self) -> bool;
}

impl Character for char {
    fn code(self) -> u32 {
        self as u32
    }

    fn counts(self) -> bool {
        han::is_han(self) || self.is_alphanumeric()
    }
}

/// Of [`simplified_plain`].
impl Character for u16 {
    #[inline]
    fn code(self) -> u32 {
        u32::from(self)
    }

    #[inline]
    fn counts(self) -> bool {
        self >= 0x80 || (self as u8).is_ascii_alphanumeric()
    }
}

/// Most characters of an address that is read the short way.
const PLAIN_CHARS_MAX: usize = 64;

/// The simplified characters of an address of unified Han and printable ASCII without a space, which cleaning
/// does not change; `None` for any other, and for a long one.
fn simplified_plain<'a>(text: &str, out: &'a mut [u16; PLAIN_CHARS_MAX]) -> Option<&'a [u16]> {
    let forms = han::forms();
    let (mut bytes, mut length) = (text.as_bytes(), 0);
    while let [first, rest @ ..] = bytes {
        let place = out.get_mut(length)?;
        (*place, bytes) = match first {
            b'!'..=b'~' => (u16::from(*first), rest),
            0xE4..=0xE9 => {
                let (three, rest) = bytes.split_first_chunk()?;
                (forms.simplified(han::code(three))?, rest)
            }
            _ => return None,
        };
        length += 1;
    }
    Some(&out[..length])
}

/// Writes the hash of each two neighbouring characters of those that count, and gives how many there are. There is a
/// place for each character.
#[inline]
fn put_pairs<C: Character>(characters: &[C], pairs: &mut [u16]) -> usize {
    let mut counting = characters.iter().filter(|c| c.counts()).map(|c| match c.code() {
        code @ 0..0x80 => u64::from((code as u8).to_ascii_lowercase()),
        code => u64::from(code),
    });
    let Some(mut previous) = counting.next() else { return 0 };
    let mut length = 0;
    for (place, c) in pairs.iter_mut().zip(counting) {
        *place = (crate::hash::mix(previous, c) >> 48) as u16;
        previous = c;
        length += 1;
    }
    length
}

/// The address without its province, prefecture and county: what all of a county shares says nothing of
/// a household. Read by the last characters of their names; a residential quarter (小区, 社区) ends none.
fn below_county<C: Character>(address: &[C]) -> &[C] {
    /// A county's name with its parents' is no longer than this; what comes later is not one.
    const HEAD_CHARS_MAX: usize = 32;
    const PROVINCE: u32 = '省' as u32;
    const PREFECTURE: u32 = '州' as u32;
    const LEAGUE: u32 = '盟' as u32;
    const CITY: u32 = '市' as u32;
    const COUNTY: u32 = '县' as u32;
    const BANNER: u32 = '旗' as u32;
    const DISTRICT: u32 = '区' as u32;
    let is = |at: Option<usize>, set: &[char]| {
        at.and_then(|at| address.get(at)).is_some_and(|c| set.iter().any(|known| *known as u32 == c.code()))
    };
    let mut start = 0;
    for (at, c) in address.iter().enumerate().take(HEAD_CHARS_MAX) {
        match c.code() {
            PROVINCE | PREFECTURE | LEAGUE | CITY => start = at + 1,
            COUNTY | BANNER => return &address[at + 1..],
            DISTRICT => {
                let before = at.checked_sub(1);
                if is(before, &['治', '地']) {
                    start = at + 1;
                } else if !is(before, &['小', '社', '园', '厂', '校', '矿', '库', '景', '生', '宿'])
                {
                    return &address[at + 1..];
                }
            }
            _ => {}
        }
    }
    &address[start..]
}

/// Sorts, leaves each value once, and gives how many those are. The values of nearly every address are put where
/// the number of smaller ones says: no branch depends on them, which for a dozen is half of sorting.
fn sort_set(values: &mut [u16]) -> usize {
    match values.len() {
        0..=16 => sort_by_rank::<16>(values),
        17..=32 => sort_by_rank::<32>(values),
        _ => {
            values.sort_unstable();
            let mut length = 0;
            for at in 0..values.len() {
                if at == 0 || values[at] != values[length - 1] {
                    values[length] = values[at];
                    length += 1;
                }
            }
            length
        }
    }
}

/// [`sort_set`] of at most `LANES` values, and at most 32.
fn sort_by_rank<const LANES: usize>(values: &mut [u16]) -> usize {
    // Signed, as processors compare many at a time.
    let signed = |value: u16| (value ^ 0x8000) as i16;
    let mut lanes = [0i16; LANES];
    lanes.iter_mut().zip(values.iter()).for_each(|(lane, value)| *lane = signed(*value));
    let mut ranks = [0i16; LANES];
    for value in values.iter().map(|value| signed(*value)) {
        for (rank, lane) in ranks.iter_mut().zip(&lanes) {
            *rank += i16::from(value < *lane);
        }
    }
    // Equal values have one rank: a place, and none behind it.
    let mut sorted = [0u16; LANES];
    let mut taken = 0u32;
    for (value, rank) in values.iter().zip(ranks) {
        let rank = rank as usize & (LANES - 1);
        sorted[rank] = *value;
        taken |= 1 << rank;
    }
    let mut length = 0;
    while taken != 0 {
        values[length] = sorted[taken.trailing_zeros() as usize & (LANES - 1)];
        length += 1;
        taken &= taken - 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_gives_what_the_long_one_gives() {
        let long = |text: &str| -> Vec<u32> {
            text::cleaned(text).chars().map(han::simplify).map(u32::from).collect()
        };
        for text in ["朝陽區建國路88號A座", "7-wallaby/place", "廣東省一鿿", "", "~!"] {
            let mut plain = [0; PLAIN_CHARS_MAX];
            let short = simplified_plain(text, &mut plain).unwrap();
            assert_eq!(short.iter().map(|c| c.code()).collect::<Vec<_>>(), long(text), "{text:?}");
            // A space at its end keeps an address off the short way, and is no part of it.
            assert_eq!(Address::parse(text), Address::parse(&format!("{text} ")), "{text:?}");
        }
        let long = "路".repeat(PLAIN_CHARS_MAX + 1);
        for text in ["建国路 88号", "\u{4DFF}", "\u{A000}", "８８号", "a\t", long.as_str()] {
            assert_eq!(simplified_plain(text, &mut [0; PLAIN_CHARS_MAX]), None, "{text:?}");
        }
    }

    #[test]
    fn each_value_stands_once_and_in_its_place() {
        let mut state = 7u64;
        for length in (0..=70).cycle().take(7_000) {
            let mut values: Vec<u16> = (0..length)
                .map(|at| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(at);
                    // Few different ones every other time, and both ends of what there is.
                    let random = (state >> 40) as u16;
                    if state >> 63 == 0 { random } else { (random % 5) ^ 0xFFFE }
                })
                .collect();
            let set: std::collections::BTreeSet<u16> = values.iter().copied().collect();
            let length = sort_set(&mut values);
            assert_eq!(values[..length], set.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn both_ways_share_the_same() {
        let mut state = 7u64;
        let mut set = |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (length, step) = ((state >> 40) % most, (state >> 50) % 3 + 1);
            (0..length).map(|at| (at * step) as u16).collect::<Vec<u16>>()
        };
        for most in [3, 17, 33, 50].into_iter().cycle().take(4_000) {
            let (a, b) = (set(most), set(most));
            let shared = shared_by_merging(&a, &b);
            let all = (a.len() + b.len()).max(1) as f32;
            assert_eq!(similarity(&a, &b), 2.0 * shared as f32 / all, "{a:?} {b:?}");
            assert_eq!(similarity(&a, &b), similarity(&b, &a));
            assert_eq!(shared as usize, a.iter().filter(|value| b.contains(value)).count());
        }
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
        assert_eq!(below("区政府1号"), "政府1号");
        assert_eq!(Address::parse("-"), None);
    }
}
