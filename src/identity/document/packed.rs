//! A number of seventeen digits and a digit or X as one word: every number of eighteen characters that is
//! read by its check character, right or wrong. What keeps many students keeps a number so.
//!
//! Eight digits at a time in one 64-bit word: reading by D. Lemire, "Quickly parsing eight digits" (2018),
//! writing by P. Khuong, "How to print integers really fast" (2017). Three numbers of a student one digit
//! after the other would take as long as all the rest that is stored of one.

use super::check::{self, WEIGHTS};
use super::{DocumentNumber, birth_of};
use crate::identity::date::Date;
use crate::limits::DOCUMENT_BYTES_MAX;

/// One more than the largest word.
const END: u64 = 100_000_000_000_000_000 * 11;

/// What a number of eighteen characters says where its check character is right and its date is a day: the
/// number itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::identity) struct RightNumber {
    /// Digits 1 to 6.
    pub(in crate::identity) region: u32,
    /// Digits 7 to 14.
    pub(in crate::identity) birth: Date,
    /// Digits 15 to 17.
    pub(in crate::identity) sequence: u32,
}

impl DocumentNumber {
    /// The parts of a [`DocumentNumber::packed`] number that is right. About 4 ns.
    #[inline]
    pub(in crate::identity) fn right(&self) -> Option<RightNumber> {
        let (first, front, back, last) = self.words()?;
        let sum = u64::from(first) * u64::from(WEIGHTS[0]) + weighted::<1>(front) + weighted::<9>(back);
        if check::check_character(sum as u32) != last {
            return None;
        }
        let (front, back) = (value(front), value(back));
        let region = u32::from(first) * 100_000 + (front / 1_000) as u32;
        let birth = birth_of((front % 1_000 * 100_000 + back / 1_000) as u32)?;
        Some(RightNumber { region, birth, sequence: (back % 1_000) as u32 })
    }

    /// The first digit, eight ASCII digits twice, little-endian, and the last character, whatever it is.
    #[inline(always)]
    fn words(&self) -> Option<(u8, u64, u64, u8)> {
        if self.length != 18 {
            return None;
        }
        let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|index| self.bytes[at + index]));
        let (first, front, back) = (self.bytes[0].wrapping_sub(b'0'), word(1), word(9));
        (first <= 9 && are_digits(front) && are_digits(back)).then_some((first, front, back, self.bytes[17]))
    }

    /// Becomes the number of its parts, of which the region has no more than six digits and the sequence three.
    /// Written where it stands: see [`DocumentNumber::unpacked`]. About 5 ns.
    #[inline(always)]
    pub(in crate::identity) fn set_right(&mut self, parts: RightNumber) {
        let tail = u64::from(parts.birth.get()) * 1_000 + u64::from(parts.sequence);
        let (first, front) = (u64::from(parts.region) / 100_000, u64::from(parts.region) % 100_000);
        let front = digits(front * 1_000 + tail / 100_000_000);
        let back = digits(tail % 100_000_000);
        let sum = first * u64::from(WEIGHTS[0]) + weighted::<1>(front) + weighted::<9>(back);
        self.set_digits(first, front, back, check::check_character(sum as u32));
    }

    /// The number as one word: its seventeen digits times eleven, plus the last character, of which X counts
    /// ten. `None` where it has another form. About 3 ns.
    #[inline]
    pub(in crate::identity) fn packed(&self) -> Option<u64> {
        let (first, front, back, last) = self.words()?;
        let last = match last {
            digit @ b'0'..=b'9' => u64::from(digit - b'0'),
            b'X' => 10,
            _ => return None,
        };
        let body = (u64::from(first) * 100_000_000 + value(front)) * 100_000_000 + value(back);
        Some(body * 11 + last)
    }

    /// The number of a [`DocumentNumber::packed`] word; `None` where no number has it. About 5 ns.
    // Inlined by force: returned in an option it would be in memory after all.
    #[inline(always)]
    pub(in crate::identity) fn unpacked(word: u64) -> Option<Self> {
        if word >= END {
            return None;
        }
        let (body, last) = (word / 11, word % 11);
        let (front, back) = (body / 100_000_000, body % 100_000_000);
        let (first, front) = (front / 100_000_000, digits(front % 100_000_000));
        let back = digits(back);
        let last = if last == 10 { b'X' } else { b'0' + last as u8 };
        let mut number = Self::UNSET;
        number.set_digits(first, front, back, last);
        Some(number)
    }

    /// What a number is before it is set.
    pub(in crate::identity) const UNSET: Self = DocumentNumber { length: 18, bytes: [0; DOCUMENT_BYTES_MAX] };

    /// Becomes the number of its first digit, eight ASCII digits twice, and the last character.
    #[inline(always)]
    fn set_digits(&mut self, first: u64, front: u64, back: u64, last: u8) {
        // Put together in registers: bytes written one by one and read as a whole make the processor wait.
        let low = (u64::from(b'0') + first) | front << 8;
        let middle = front >> 56 | back << 8;
        let high = (back >> 56) as u32 | u32::from(last) << 8;
        self.length = 18;
        self.bytes[..8].copy_from_slice(&low.to_le_bytes());
        self.bytes[8..16].copy_from_slice(&middle.to_le_bytes());
        self.bytes[16..20].copy_from_slice(&high.to_le_bytes());
    }
}

/// Whether eight bytes are ASCII digits: 3 in each upper half, also after six is added.
#[inline]
fn are_digits(bytes: u64) -> bool {
    const UPPER: u64 = 0xF0F0_F0F0_F0F0_F0F0;
    const THREES: u64 = 0x3030_3030_3030_3030;
    bytes & UPPER == THREES && bytes.wrapping_add(0x0606_0606_0606_0606) & UPPER == THREES
}

/// The value of eight ASCII digits: neighbours are joined to pairs, pairs to fours, fours to eight.
#[inline]
fn value(digits: u64) -> u64 {
    let digits = digits - 0x3030_3030_3030_3030;
    let pairs = digits * 10 + (digits >> 8);
    let low = (pairs & 0x0000_00FF_0000_00FF).wrapping_mul(100 + (1_000_000 << 32));
    let high = ((pairs >> 16) & 0x0000_00FF_0000_00FF).wrapping_mul(1 + (10_000 << 32));
    low.wrapping_add(high) >> 32
}

/// Eight ASCII digits of a value below 10^8: split into fours, pairs and digits, each step for all at once;
/// little-endian.
#[inline]
fn digits(value: u64) -> u64 {
    let fours = value / 10_000 + ((value % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007F_0000_007F;
    let pairs = ((fours - 100 * hundreds) << 16) + hundreds;
    let tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
    let digits = tens + ((pairs - 10 * tens) << 8);
    digits + 0x3030_3030_3030_3030
}

/// The sum of eight ASCII digits times the weights from the place `AT` on: the digits of even places and of
/// odd ones side by side in 16 bits each, and the sum of products in the uppermost of a multiplication.
#[inline]
fn weighted<const AT: usize>(digits: u64) -> u64 {
    const LANES: u64 = 0x000F_000F_000F_000F;
    let lanes = |at: usize| (0..4).fold(0u64, |lanes, lane| lanes << 16 | u64::from(WEIGHTS[at + 2 * lane]));
    let even = (digits & LANES).wrapping_mul(lanes(AT)) >> 48;
    let odd = (digits >> 8 & LANES).wrapping_mul(lanes(AT + 1)) >> 48;
    even + odd
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_right_number_are_the_number() {
        let mut state = 7u64;
        let mut found = 0;
        for _ in 0..200_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let random = state >> 33;
            let year = 1850 + random % 251;
            let body = format!(
                "{:06}{year}{:02}{:02}{:03}",
                random % 999_983,
                random / 7 % 13,
                random / 97 % 32,
                random / 3_001 % 1_000
            );
            let check = check::mod_11_2(body.as_bytes().try_into().unwrap()).unwrap();
            let number = of(&format!("{body}{}", char::from(check)));
            if let Some(parts) = number.right() {
                let mut again = of("1");
                again.set_right(parts);
                assert_eq!(again, number);
                found += 1;
            }
        }
        assert!(found > 150_000, "{found}");
        for number in ["110105194912310021", "11010519490231002X", "110105184912310020", "E12345678"] {
            assert_eq!(of(number).right(), None, "{number}");
        }
    }

    #[test]
    fn eight_digits_are_written_and_read_as_everybody_does() {
        // Every four digits in front and behind, and steps through all the others.
        let fours = (0..10_000).flat_map(|four| [four, four * 10_000, four * 10_000 + 9_999 - four]);
        for number in fours.chain((0..100_000_000).step_by(9_973)).chain([99_999_999]) {
            let text = format!("{number:08}");
            assert_eq!(digits(number).to_le_bytes(), text.as_bytes());
            assert_eq!(value(digits(number)), number);
        }
    }

    #[test]
    fn eight_bytes_are_digits_only_if_each_is() {
        for at in 0..8 {
            for byte in 0..=u8::MAX {
                let mut bytes = *b"00999123";
                bytes[at] = byte;
                assert_eq!(are_digits(u64::from_le_bytes(bytes)), byte.is_ascii_digit(), "{byte} at {at}");
            }
        }
    }

    fn of(text: &str) -> DocumentNumber {
        DocumentNumber::new(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_number_comes_back_whatever_its_check_character() {
        for body in ["00000000000000000", "11010519491231002", "99999999999999999", "10000000000000000"] {
            let words = "0123456789X".chars().map(|last| {
                let number = of(&format!("{body}{last}"));
                let word = number.packed().unwrap();
                assert_eq!(DocumentNumber::unpacked(word), Some(number));
                word
            });
            assert!(words.is_sorted_by(|a, b| a + 1 == *b));
        }
        assert_eq!(DocumentNumber::unpacked(END - 1), Some(of("99999999999999999X")));
        assert_eq!(DocumentNumber::unpacked(END), None);
        assert_eq!(DocumentNumber::unpacked(u64::MAX), None);
    }

    #[test]
    fn another_form_is_not_packed() {
        for number in ["1", "110105194912310021X", "1101051949123100X2", "11010519491231002x", "E12345678"] {
            assert_eq!(of(number).packed(), None, "{number}");
        }
    }
}
