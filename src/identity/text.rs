//! Cleaning text: compatibility forms, invisible characters, spaces. Knows nothing of its meaning.

use std::borrow::Cow;
use std::num::NonZeroU64;

use unicode_normalization::UnicodeNormalization;

/// Whether a character carries no information: controls, format characters (Unicode Cf), variation
/// selectors. NFKC keeps all of these, and spreadsheets and chat programs add them freely.
#[inline]
pub fn is_invisible(c: char) -> bool {
    match c {
        '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}' => !matches!(c, '\t' | '\n' | '\r'),
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' => true,
        '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => true,
        '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' => true,
        '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}' => true,
        _ => false,
    }
}

/// Whether every character is a unified Han character (U+4E00–U+9FFF), which no step of cleaning
/// changes. About 4 ns for a name: the fast path for nearly every Chinese name.
#[inline]
pub fn is_plain_han(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len().is_multiple_of(3)
        && bytes.chunks_exact(3).all(|c| (0xE4..=0xE9).contains(&c[0]) && (c[0] > 0xE4 || c[1] >= 0xB8))
}

/// The length of the character at `at` if it is printable ASCII or unified Han, which NFKC does not
/// change.
#[inline]
fn plain_length(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes[at] {
        b' '..=b'~' => Some(1),
        0xE4 if bytes.get(at + 1).is_some_and(|second| *second >= 0xB8) => Some(3),
        0xE5..=0xE9 => Some(3),
        _ => None,
    }
}

/// Whether a text is all printable ASCII and unified Han characters.
fn is_plain(text: &str) -> bool {
    let mut at = 0;
    while at < text.len() {
        let Some(length) = plain_length(text.as_bytes(), at) else { return false };
        at += length;
    }
    true
}

/// Whether a text is plain and its spaces stand one by one between words: cleaning changes nothing.
fn is_clean(text: &str) -> bool {
    let (mut at, mut behind_space) = (0, true);
    while at < text.len() {
        let Some(length) = plain_length(text.as_bytes(), at) else { return false };
        let is_space = text.as_bytes()[at] == b' ';
        if is_space && behind_space {
            return false;
        }
        (at, behind_space) = (at + length, is_space);
    }
    !behind_space || text.is_empty()
}

/// [`clean`] that copies only where something changes.
pub fn cleaned(text: &str) -> Cow<'_, str> {
    if is_clean(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    clean(text, &mut out);
    Cow::Owned(out)
}

/// NFKC without invisible characters; white space of every kind becomes one space.
pub fn clean(text: &str, out: &mut String) {
    out.clear();
    if is_plain(text) {
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
        return;
    }
    let mut pending_space = false;
    // Invisible characters go first: they would keep NFKC from composing their neighbours.
    for c in text.chars().filter(|&c| !is_invisible(c)).nfkc() {
        if c.is_whitespace() || c == '\u{3000}' {
            pending_space = !out.is_empty();
        } else if !is_invisible(c) {
            if pending_space {
                out.push(' ');
                pending_space = false;
            }
            out.push(c);
        }
    }
}

/// A code of up to twelve ASCII letters and digits, kept whole in one word: school codes, regions
/// that are no GB/T 2260 code, postcodes. Equality of codes is equality of the cleaned text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(NonZeroU64);

impl Code {
    /// Reads a code, ignoring spaces, hyphens and case; `None` when nothing or too much is left, or
    /// another character stands in it.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_ascii() {
            return Self::from_ascii(text);
        }
        let mut cleaned = String::new();
        clean(text, &mut cleaned);
        Self::from_ascii(&cleaned)
    }

    fn from_ascii(text: &str) -> Option<Self> {
        // Regions and schools: digits alone, three at a time.
        if let Some(code) = Self::from_digits(text.as_bytes()) {
            return Some(code);
        }
        // Base 37 with no zero digit, so that leading zeros count: 37^12 < 2^63.
        let mut value = 0u64;
        let mut length = 0;
        for byte in text.bytes() {
            let digit = match byte {
                b' ' | b'-' | b'\'' | b'\t' => continue,
                b'0'..=b'9' => byte - b'0',
                b'A'..=b'Z' => byte - b'A' + 10,
                b'a'..=b'z' => byte - b'a' + 10,
                _ => return None,
            };
            length += 1;
            if length > 12 {
                return None;
            }
            value = value * 37 + u64::from(digit) + 1;
        }
        // No digit is zero, so no code is.
        NonZeroU64::new(value).map(Code)
    }

    #[inline]
    fn from_digits(text: &[u8]) -> Option<Self> {
        if !matches!(text.len(), 10 | 12) || !text.iter().fold(true, |all, byte| all & byte.is_ascii_digit())
        {
            return None;
        }
        let number = |digits: &[u8]| digits.iter().fold(0, |n, digit| n * 10 + u32::from(digit - b'0'));
        let (front, back) = text.split_at(6);
        match text.len() {
            10 => Self::of_ten_digits(u64::from(number(front)) * 10_000 + u64::from(number(back))),
            _ => Self::of_twelve_digits([number(front), number(back)]),
        }
    }

    /// The code of a word that was written by [`Code::get`]; `None` where no code has that word. A digit
    /// of zero, which no code has either, is not looked for: twelve divisions, and it equals nothing.
    #[inline]
    pub(in crate::identity) const fn stored(word: u64) -> Option<Self> {
        match NonZeroU64::new(word) {
            Some(word) if word.get() < 37u64.pow(12) => Some(Code(word)),
            _ => None,
        }
    }

    /// The number that a code of exactly twelve digits is, in two halves.
    pub(in crate::identity) fn twelve_digits(self) -> Option<[u32; 2]> {
        let word = self.0.get();
        let [front, back] = [word / THREE.pow(2), word % THREE.pow(2)];
        let half = |word| Some(three_digits(word / THREE)? * 1_000 + three_digits(word % THREE)?);
        Some([half(front)?, half(back)?])
    }

    /// The code of [`Code::twelve_digits`]: `None` for a half of more than six.
    #[inline]
    pub(in crate::identity) fn of_twelve_digits([front, back]: [u32; 2]) -> Option<Self> {
        NonZeroU64::new(six_digits(front)? * THREE.pow(2) + six_digits(back)?).map(Code)
    }

    /// The number that a code of exactly ten digits is.
    pub fn ten_digits(self) -> Option<u64> {
        let word = self.0.get();
        let first = (word / THREE.pow(3)).checked_sub(1).filter(|digit| *digit < 10)?;
        let [middle, back] = [word / THREE.pow(2) % THREE, word % THREE.pow(2)];
        let digits = [middle, back / THREE, back % THREE].map(three_digits);
        let [Some(a), Some(b), Some(c)] = digits else { return None };
        Some(first * 1_000_000_000 + u64::from(a) * 1_000_000 + u64::from(b * 1_000 + c))
    }

    /// The code of [`Code::ten_digits`]: `None` for more than ten.
    #[inline]
    pub(in crate::identity) fn of_ten_digits(number: u64) -> Option<Self> {
        let (first, middle) = (number / 1_000_000_000, number / 1_000_000 % 1_000);
        let front = (first + 1) * THREE + u64::from(DIGITS[middle as usize]);
        let word = front * THREE.pow(2) + six_digits((number % 1_000_000) as u32)?;
        if first < 10 { NonZeroU64::new(word).map(Code) } else { None }
    }

    /// The code as one word, unique to its text.
    pub const fn get(self) -> u64 {
        self.0.get()
    }
}

/// The words of three characters: no more than this.
const THREE: u64 = 37 * 37 * 37;

/// The word of each three digits.
static DIGITS: [u16; 1_000] = {
    let mut words = [0; 1_000];
    let mut number = 0;
    while number < 1_000 {
        let (first, second, third) = (number / 100, number / 10 % 10, number % 10);
        words[number] = ((first + 1) * 37 * 37 + (second + 1) * 37 + third + 1) as u16;
        number += 1;
    }
    words
};

/// The word of six digits.
#[inline]
fn six_digits(number: u32) -> Option<u64> {
    let front = DIGITS.get(number as usize / 1_000)?;
    Some(u64::from(*front) * THREE + u64::from(DIGITS[number as usize % 1_000]))
}

/// The number of a word of three digits.
fn three_digits(word: u64) -> Option<u32> {
    let word = word as u32;
    let digits = [word / (37 * 37), word / 37 % 37, word % 37].map(|digit| digit.wrapping_sub(1));
    let [first, second, third] = digits;
    (first < 10 && second < 10 && third < 10).then(|| first * 100 + second * 10 + third)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_digits_are_numbers_and_no_others() {
        for (text, halves) in
            [("440524000000", [440_524, 0]), ("000000000001", [0, 1]), ("999999999999", [999_999, 999_999])]
        {
            let code = Code::parse(text).unwrap();
            assert_eq!(code.twelve_digits(), Some(halves));
            assert_eq!(Code::of_twelve_digits(halves), Some(code));
            assert_eq!(code.ten_digits(), None);
        }
        for (text, number) in
            [("2137332744", 2_137_332_744), ("0000000000", 0), ("9999999999", 9_999_999_999)]
        {
            let code = Code::parse(text).unwrap();
            assert_eq!(code.ten_digits(), Some(number));
            assert_eq!(Code::of_ten_digits(number), Some(code));
            assert_eq!(code.twelve_digits(), None);
        }
        for text in ["A", "1", "44052400000A", "A40524000000", "44052A000000", "213733274A", "A137332744"] {
            let code = Code::parse(text).unwrap();
            assert_eq!((code.twelve_digits(), code.ten_digits()), (None, None), "{text}");
        }
        assert_eq!(Code::of_twelve_digits([1_000_000, 0]), None);
        assert_eq!(Code::of_twelve_digits([0, 1_000_000]), None);
        assert_eq!(Code::of_ten_digits(10_000_000_000), None);
        // Words that no code has, and stored ones may.
        for word in [1, 37, 37 * 37, 37u64.pow(11), 37u64.pow(12) - 1, 37u64.pow(10)] {
            let code = Code::stored(word).unwrap();
            assert_eq!((code.twelve_digits(), code.ten_digits()), (None, None), "{word}");
        }
    }

    #[test]
    fn cleaning_repairs_width_and_drops_what_is_invisible() {
        let mut out = String::new();
        clean("\u{FEFF}\u{202D}Ｚｈａｎｇ\u{3000}  \u{200B}Ｗei\t", &mut out);
        assert_eq!(out, "Zhang Wei");
    }

    #[test]
    fn the_short_way_gives_what_the_long_one_gives() {
        for text in ["  7  wallaby place ", "朝阳区 建国路88号", "a", "", " ", "王~!"] {
            let (mut short, mut long) = (String::new(), String::new());
            assert!(is_plain(text));
            clean(text, &mut short);
            // A full-width space keeps the text off the short way and counts as a space.
            clean(&format!("{text}\u{3000}"), &mut long);
            assert_eq!(short, long, "{text:?}");
            assert_eq!(cleaned(text), long, "{text:?}");
        }
        assert!(!is_plain("\u{4DFF}") && !is_plain("\t") && !is_plain("Ａ"));
    }

    #[test]
    fn plain_han_is_exact_at_its_borders() {
        assert!(is_plain_han("一鿿王小明"));
        for other in ["\u{4DFF}", "\u{A000}", "王a", "王·明", "〇", "𠮷"] {
            assert!(!is_plain_han(other), "{other}");
        }
    }

    #[test]
    fn codes_keep_leading_zeros_apart() {
        assert_ne!(Code::parse("0123"), Code::parse("123"));
        assert_eq!(Code::parse("k1a-0b6"), Code::parse("K1A 0B6"));
        assert_eq!(Code::parse("1234567890123"), None);
        assert_eq!(Code::parse(" "), None);
        assert_eq!(Code::parse("１２"), Code::parse("12"));
    }
}
