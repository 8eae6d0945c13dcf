//! A name of a few unified Han characters, which nearly every name is: its forms, without making a text of each.
//!
//! The same forms as [`Units`](super::Units) gives, in a tenth of its time; every other name takes the long way.

use smallvec::SmallVec;

use super::sound::{self, Letters};
use super::{han, surname};

/// Most characters of such a name.
const CHARS_MAX: usize = 8;
/// Most characters of one that has no own name in front of a father's.
const UNDIVIDED_MAX: usize = 3;
/// Bytes of a unified Han character in UTF-8.
const CHAR_BYTES: usize = 3;

/// Such a name, simplified.
pub(super) struct Plain {
    codes: [u16; CHARS_MAX],
    length: usize,
    surname: usize,
}

impl Plain {
    #[inline]
    pub(super) fn of(canonical: &str) -> Option<Plain> {
        let (characters, rest) = canonical.as_bytes().as_chunks::<CHAR_BYTES>();
        if characters.len() > CHARS_MAX || !rest.is_empty() {
            return None;
        }
        let forms = han::forms();
        let mut codes = [0; CHARS_MAX];
        for (code, bytes) in codes.iter_mut().zip(characters) {
            // It begins a character, since one of three bytes is all that is before it.
            if !matches!(bytes[0], 0xE4..=0xE9) {
                return None;
            }
            *code = forms.simplified(han::code(bytes))?;
        }
        let length = characters.len();
        Some(Plain {
            codes,
            length,
            surname: surname::length_by(length, character(codes[0]), character(codes[1])),
        })
    }

    /// The loose form in UTF-8, and how many of its bytes are the surname.
    #[inline]
    pub(super) fn loose(&self) -> (SmallVec<[u8; CHARS_MAX * CHAR_BYTES]>, usize) {
        // Simplified, they stand in the same block still: three bytes each.
        let mut bytes = [0; CHARS_MAX * CHAR_BYTES];
        let (places, _) = bytes.as_chunks_mut::<CHAR_BYTES>();
        for (at, (place, code)) in places.iter_mut().zip(&self.codes[..self.length]).enumerate() {
            let is_surnames = at < self.surname;
            let code =
                if is_surnames { surname::fold_confused(character(*code)) as u32 } else { u32::from(*code) };
            let [first, second, third] = [code >> 12, code >> 6, code].map(|bits| (bits & 0b11_1111) as u8);
            *place = [0xE0 | first, 0x80 | second, 0x80 | third];
        }
        let mut loose = SmallVec::from_buf(bytes);
        loose.truncate(CHAR_BYTES * self.length);
        (loose, CHAR_BYTES * self.surname)
    }

    /// The phonetic form, if it is the only one and all there is to hear: `None` for a surname that is read in its own
    /// way or confused, for a sound that is not known, and for a name so long that it may have parts.
    pub(super) fn sound(&self) -> Option<SmallVec<[u8; 24]>> {
        if self.length > UNDIVIDED_MAX || self.surname > 0 && surname::is_special(character(self.codes[0])) {
            return None;
        }
        let (surname, given) = self.codes[..self.length].split_at(self.surname);
        let (surname, given) = (letters(surname)?, letters(given)?);
        let (first, second) = if surname.is_up_to(given) { (surname, given) } else { (given, surname) };
        let form = first.with(Letters::SPACE)?.with(second)?;
        let mut bytes = SmallVec::from_slice(&form.bytes());
        bytes.truncate(form.len());
        Some(bytes)
    }
}

/// The letters of the commonest readings, one behind the other.
#[inline]
fn letters(codes: &[u16]) -> Option<Letters> {
    codes.iter().try_fold(Letters::default(), |all, code| all.with(sound::letters(character(*code))?))
}

/// The character of a code.
#[inline]
fn character(code: u16) -> char {
    // INVARIANT: it is one of a table of characters.
    char::from_u32(u32::from(code)).unwrap_or(' ')
}

#[cfg(test)]
mod tests {
    use super::super::Name;

    #[test]
    fn the_short_way_gives_what_the_long_one_gives() {
        let every =
            ('\u{4E00}'..='\u{9FFF}').flat_map(|c| [format!("{c}明"), format!("王{c}"), format!("欧阳{c}")]);
        let some = [
            "王",
            "傅小明",
            "萧伟",
            "曾国藩",
            "单于明",
            "尉迟敬德",
            "阿卜杜拉",
            "司馬遷",
            "於明",
            "張偉",
            "欧阳",
        ];
        for text in every.chain(some.map(str::to_owned)) {
            let Some(name) = Name::parse(&text) else { continue };
            let reading = name.reading();
            let (surname, given) = reading.parts();
            let is_same = |s: &[u8], g: &[u8]| s == surname.as_bytes() && g == given.as_bytes();
            assert!(name.with_parts(is_same), "{text}");
            assert_eq!(
                name.loose_bytes().as_deref(),
                reading.loose().as_ref().map(|l| l.as_bytes()),
                "{text}"
            );
            if let Some(sound) = name.only_sound() {
                let forms = reading.phonetic();
                assert!(forms.len() == 1 && forms[0].as_bytes() == &sound[..], "{text}");
                let crate::identity::name::Reading::Han(units) = reading else { panic!("{text}") };
                assert_eq!(units.own_sound(), None, "{text}");
            }
        }
    }

    #[test]
    fn nearly_every_name_takes_it() {
        for text in ["张伟", "王小明", "欧阳娜", "張偉", "李明"] {
            assert!(Name::parse(text).unwrap().only_sound().is_some(), "{text}");
        }
        for text in ["曾伟", "傅明", "尉迟敬德", "阿卜杜拉", "ALICE SMITH", "王□明"] {
            assert!(Name::parse(text).unwrap().only_sound().is_none(), "{text}");
        }
    }
}
