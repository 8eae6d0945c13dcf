//! Counts and texts in bytes that nobody vouches for: what is not there is `None`.

/// What is left of a tail.
pub(super) struct Rest<'a>(pub(super) &'a [u8]);

impl<'a> Rest<'a> {
    /// The next so many bytes.
    #[inline]
    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// The next bytes as an array.
    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    /// The next byte.
    #[inline]
    pub(super) fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    /// The next so many bytes as a number, the lowest first.
    #[inline(always)]
    pub(super) fn word<const N: usize>(&mut self) -> Option<u64> {
        let bytes = self.array::<N>()?;
        Some(bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)))
    }

    /// The next count, of at most 32 bits and in as few bytes as it needs. Nothing may be reserved by it
    /// before as many bytes are seen.
    #[inline]
    pub(super) fn count(&mut self) -> Option<usize> {
        match self.byte()? {
            byte @ 0..0x80 => Some(usize::from(byte)),
            first => self.long_count(first),
        }
    }

    #[cold]
    fn long_count(&mut self, first: u8) -> Option<usize> {
        let mut count = u64::from(first & 0x7F);
        for shift in [7, 14, 21, 28] {
            let byte = self.byte()?;
            count |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                // A last byte of zero adds nothing.
                let count = u32::try_from(count).ok().filter(|_| byte > 0)?;
                return usize::try_from(count).ok();
            }
        }
        None
    }

    /// The bytes of the next text.
    #[inline]
    pub(super) fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.count()?;
        self.take(length)
    }
}

/// Writes a count for [`Rest::count`].
#[inline]
pub(super) fn put_count(count: usize, out: &mut Vec<u8>) {
    let mut rest = count;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// Writes a text for [`Rest::text`].
#[inline]
pub(super) fn put_text(text: &[u8], out: &mut Vec<u8>) {
    put_count(text.len(), out);
    out.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_come_back_and_have_one_form() {
        for count in [0, 1, 127, 128, 16_383, 16_384, u32::MAX as usize] {
            let mut out = Vec::new();
            put_count(count, &mut out);
            assert_eq!(Rest(&out).count(), Some(count));
            assert_eq!(Rest(&out[..out.len() - 1]).count(), None);
        }
        let none: [&[u8]; 5] =
            [&[], &[0x80], &[0x80, 0], &[0xFF, 0xFF, 0xFF, 0xFF, 0x1F], &[0xFF, 0xFF, 0xFF, 0xFF, 0x8F, 1]];
        for bytes in none {
            assert_eq!(Rest(bytes).count(), None, "{bytes:?}");
        }
    }

    #[test]
    fn words_are_read_lowest_byte_first() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        assert_eq!(Rest(&bytes).word::<5>(), Some(0x05_0403_0201));
        assert_eq!(Rest(&bytes[7..]).word::<3>(), None);
    }

    #[test]
    fn a_text_ends_where_it_says_or_is_none() {
        let mut rest = Rest(&[2, b'a', b'b', 3, b'c']);
        assert_eq!(rest.text(), Some(b"ab".as_slice()));
        assert_eq!(rest.text(), None);
    }
}
