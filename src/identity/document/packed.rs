//! A number of seventeen digits and a digit or X as one word: every number of eighteen characters that is
//! read by its check character, right or wrong. What keeps many students keeps a number so.
//!
//! Eight digits at a time in one 64-bit word: reading by D. Lemire, "Quickly parsing eight digits" (2018),
//! writing by P. Khuong, "How to print integers really fast" (2017). Three numbers of a student one digit
//! after the other would take as long as all the rest that is stored of one.

use super::DocumentNumber;
use crate::limits::DOCUMENT_BYTES_MAX;

/// One more than the largest word.
const END: u64 = 100_000_000_000_000_000 * 11;

impl DocumentNumber {
    /// The number as one word: its seventeen digits times eleven, plus the last character, of which X counts
    /// ten. `None` where it has another form. About 3 ns.
    #[inline]
    pub(in crate::identity) fn packed(&self) -> Option<u64> {
        let number = self.as_eighteen()?;
        // One count without a way out in the middle: the compiler takes all bytes at once.
        let digits: u8 = number[..17].iter().map(|byte| u8::from(byte.is_ascii_digit())).sum();
        let last = match number[17] {
            digit @ b'0'..=b'9' => u64::from(digit - b'0'),
            b'X' => 10,
            _ => return None,
        };
        if digits != 17 {
            return None;
        }
        let [first, rest @ .., _] = number;
        let (front, back) = rest.split_first_chunk::<8>()?;
        let back: &[u8; 8] = back.try_into().ok()?;
        let body = (u64::from(first - b'0') * 100_000_000 + value(front)) * 100_000_000 + value(back);
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
        let last = if last == 10 { u64::from(b'X') } else { u64::from(b'0') + last };
        // Put together in registers: bytes written one by one and read as a whole make the processor wait.
        let low = (u64::from(b'0') + first) | front << 8;
        let middle = front >> 56 | back << 8;
        let high = (back >> 56 | last << 8) as u32;
        let mut bytes = [0; DOCUMENT_BYTES_MAX];
        bytes[..8].copy_from_slice(&low.to_le_bytes());
        bytes[8..16].copy_from_slice(&middle.to_le_bytes());
        bytes[16..20].copy_from_slice(&high.to_le_bytes());
        Some(DocumentNumber { length: 18, bytes })
    }
}

/// The value of eight ASCII digits: neighbours are joined to pairs, pairs to fours, fours to eight.
#[inline]
fn value(digits: &[u8; 8]) -> u64 {
    let digits = u64::from_le_bytes(*digits) - 0x3030_3030_3030_3030;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_written_and_read_as_everybody_does() {
        // Every four digits in front and behind, and steps through all the others.
        let fours = (0..10_000).flat_map(|four| [four, four * 10_000, four * 10_000 + 9_999 - four]);
        for number in fours.chain((0..100_000_000).step_by(9_973)).chain([99_999_999]) {
            let text = format!("{number:08}");
            assert_eq!(digits(number).to_le_bytes(), text.as_bytes());
            assert_eq!(value(&digits(number).to_le_bytes()), number);
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
