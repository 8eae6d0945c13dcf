//! A registry number in one machine word, for indexes: another number never has the same word.

use super::{CHECK, LENGTH, NumberError, NumberKind, RegistryNumber, checked};

/// Digits behind the letter and in front of the last character.
const FRONT: std::ops::Range<usize> = 1..CHECK;
const KIND_SHIFT: u32 = 62;
/// What the last character can be: a digit or an X.
const LAST_COUNT: u64 = 11;

impl RegistryNumber {
    /// The number in a word, in the order of numbers: the kind in the top two bits, the digits below.
    pub(crate) fn packed(self) -> u64 {
        let front = self.0[FRONT].iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        let last = match self.0[CHECK] {
            b'X' => LAST_COUNT - 1,
            digit => u64::from(digit - b'0'),
        };
        // INVARIANT: 10^17 times eleven is below 2^62.
        (self.kind() as u64) << KIND_SHIFT | (front * LAST_COUNT + last)
    }

    /// The number of a word.
    ///
    /// # Errors
    /// [`NumberError`]: the word was not made by [`RegistryNumber::packed`].
    pub(crate) fn from_packed(word: u64) -> Result<RegistryNumber, NumberError> {
        let kind = match word >> KIND_SHIFT {
            0 => NumberKind::Formal,
            1 => NumberKind::FormalWithoutId,
            2 => NumberKind::Temporary,
            _ => return Err(NumberError::Letter),
        };
        let body = word & ((1 << KIND_SHIFT) - 1);
        let (mut front, last) = (body / LAST_COUNT, body % LAST_COUNT);
        let mut bytes = [b'0'; LENGTH];
        bytes[0] = kind.code().as_bytes()[0];
        bytes[CHECK] = if last == LAST_COUNT - 1 { b'X' } else { b'0' + last as u8 };
        for cell in bytes[FRONT].iter_mut().rev() {
            *cell = b'0' + (front % 10) as u8;
            front /= 10;
        }
        if front > 0 { Err(NumberError::Length) } else { checked(bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_in_their_order() {
        let texts =
            ["G11010519491231002X", "G440524188001010014", "J420103201503120012", "L420103201503121234"];
        let numbers: Vec<RegistryNumber> =
            texts.iter().filter_map(|text| RegistryNumber::parse(text).ok()).collect();
        assert!(numbers.len() >= 3 && numbers.is_sorted());
        let words: Vec<u64> = numbers.iter().map(|number| number.packed()).collect();
        assert!(words.is_sorted());
        let back: Vec<_> = words.iter().map(|word| RegistryNumber::from_packed(*word)).collect();
        assert_eq!(back, numbers.into_iter().map(Ok).collect::<Vec<_>>());
        for word in [u64::MAX, 0, 1 << 63, (1 << 62) - 1] {
            assert!(RegistryNumber::from_packed(word).is_err());
        }
    }
}
