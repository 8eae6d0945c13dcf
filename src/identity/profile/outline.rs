//! What of a profile tells two people apart before anybody is read: numbers, school, phones, address, and how guardians'
//! names sound.
//!
//! Nearly all who share a birthday, a county and a sex are strangers, and in a large nation they are most of all
//! pairs. An outline is read with less work than an [`Identity`], and makes nothing of its own (`cargo bench --bench profile`
//! has both). It is there for a student as nearly all are; whoever has anything else has none and is read as a whole.

use std::fmt;

use super::VERSION;
use super::bytes::Rest;
use super::encode::{few_han, is_plain};
use super::layout::{self, HEAD_BYTES, LONG_PHONE_BYTES, PHONE_BYTES, fields, name, number};
use crate::identity::document::Document;
use crate::identity::name::sound_sum;
use crate::identity::text::Code;
use crate::identity::{Guardian, Identity};

/// Where there is no number, school or phone: more than any of them.
const NONE: u64 = u64::MAX;
/// Most guardians, and most phones.
const FEW: usize = fields::MANY as usize - 1;
/// More than any region of six digits.
const REGION_END: u32 = 1_000_000;
/// Most pairs of an address.
const PAIRS_MAX: usize = 32;

/// What tells a student apart whose own document is one resident's number that is right, whose guardians have such a number
/// or none and a name of few Han characters or none, and who has no more than two guardians and phones, and no former
/// name.
#[derive(Clone, PartialEq, Eq)]
pub struct Outline {
    /// The student's own number, in one word.
    pub(crate) number: u64,
    pub(crate) guardians: [Relative; FEW],
    phones: [u64; FEW],
    /// Of ten digits.
    school: u64,
    /// Whether there is one: what it is is not read.
    pub(crate) has_former_number: bool,
    pair_count: u8,
    /// Of the address, zeros behind the last.
    pairs: [u16; PAIRS_MAX],
}

impl fmt::Debug for Outline {
    /// Says only that there is one: what it says is personal data and must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outline(…)")
    }
}

/// A guardian's number and name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Relative {
    number: u64,
    pub(crate) sound: Sound,
}

impl Relative {
    /// The number, in one word.
    #[inline]
    pub(crate) fn number(&self) -> Option<u64> {
        some(self.number)
    }
}

/// What is known of how a name sounds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sound {
    /// There is no name.
    Nobody,
    /// Perhaps as any other does.
    Any,
    /// Two names that share a loose or a phonetic form have one sum.
    Sum(u32),
}

impl Sound {
    fn of(name: Option<u32>) -> Sound {
        name.map_or(Sound::Any, Sound::Sum)
    }

    /// Whether there is a name.
    #[inline]
    pub(crate) fn is_named(self) -> bool {
        self != Sound::Nobody
    }

    /// Whether two names may share a form.
    #[inline]
    pub(crate) fn may_be(self, other: Sound) -> bool {
        let is_any = self == Sound::Any || other == Sound::Any;
        self.is_named() && other.is_named() && (is_any || self == other)
    }
}

#[inline]
fn some(word: u64) -> Option<u64> {
    (word != NONE).then_some(word)
}

impl Default for Outline {
    fn default() -> Self {
        Outline {
            number: NONE,
            guardians: [Relative { number: NONE, sound: Sound::Nobody }; FEW],
            phones: [NONE; FEW],
            school: NONE,
            has_former_number: false,
            pair_count: 0,
            pairs: [0; PAIRS_MAX],
        }
    }
}

impl Outline {
    /// The school.
    #[inline]
    pub(crate) fn school(&self) -> Option<u64> {
        some(self.school)
    }

    /// Whether a phone is shared.
    #[inline]
    pub(crate) fn shares_phone(&self, other: &Outline) -> bool {
        let [first, second] = self.phones;
        let [one, another] = other.phones;
        (first != NONE && (first == one || first == another))
            || (second != NONE && (second == one || second == another))
    }

    /// The pairs of the address.
    #[inline]
    pub(crate) fn address(&self) -> &[u16] {
        &self.pairs[..usize::from(self.pair_count)]
    }

    /// The outline of what a profile says, if it has one. The bytes are read and not verified, as
    /// [`decode`](super::decode) does it: some that are no profile have an outline, and none of another length.
    pub fn read(profile: &[u8]) -> Option<Outline> {
        let mut outline = Outline::default();
        outline.fill(profile).then_some(outline)
    }

    /// Becomes what [`Outline::read`] gives, where it stands: an outline that is moved takes as long to move as to read.
    /// Says whether there is one.
    #[inline]
    pub(crate) fn fill(&mut self, profile: &[u8]) -> bool {
        *self = Outline::default();
        self.try_fill(profile).is_some()
    }

    fn try_fill(&mut self, profile: &[u8]) -> Option<()> {
        let (head, rest) = profile.split_first_chunk::<HEAD_BYTES>()?;
        let fields = u32::from_le_bytes(*head) >> 8;
        if head[0] != VERSION || fields & (fields::DOCUMENTS | fields::ALIASES) != 0 {
            return None;
        }
        let two_bits = |at: u32| fields >> at & 0b11;
        let rest = &mut Rest(rest);
        let birth = match two_bits(fields::BIRTH) {
            0 => 0,
            half => (half - fields::EARLY) << 16 | u32::from(u16::from_le_bytes(rest.array()?)),
        };
        let county = match two_bits(fields::PLACE) {
            0 => None,
            fields::COUNTY => Some(rest.word::<3>()? as u32),
            fields::VILLAGE => Some((rest.word::<5>()? / 1_000_000) as u32),
            _ => Some(u32::from_le_bytes(*rest.take(12)?.last_chunk()?)),
        };
        // A place without a county has another number for one.
        let county = county.filter(|county| *county < REGION_END);
        match two_bits(fields::SCHOOL) {
            0 => {}
            fields::TEN_DIGITS => self.school = rest.word::<5>()?,
            _ => return None,
        }
        if fields & fields::ENROLLED != 0 {
            rest.take(2)?;
        }
        let form = rest.byte()?;
        self.number = stored(form, birth, county, rest)?;
        let mut family = 0;
        match form >> name::SHIFT {
            0 => {}
            chars @ 1..=name::HAN_MAX => {
                let codes = rest.take(2 * usize::from(chars))?;
                family = u16::from_le_bytes(*codes.first_chunk()?);
            }
            _ => drop(rest.text()?),
        }
        for guardian in self.guardians.get_mut(..two_bits(fields::GUARDIANS) as usize)? {
            let form = rest.byte()?;
            if form & number::MASK != 0 {
                guardian.number = stored(form, birth, county, rest)?;
            }
            guardian.sound = sound(form >> name::SHIFT, family, rest)?;
        }
        let is_long = fields & fields::LONG_PHONES != 0;
        for phone in self.phones.get_mut(..two_bits(fields::PHONES) as usize)? {
            *phone = if is_long { rest.word::<LONG_PHONE_BYTES>()? } else { rest.word::<PHONE_BYTES>()? };
        }
        if fields & fields::ADDRESS != 0 {
            let count = rest.count()?;
            let (pairs, _) = rest.take(count.checked_mul(2)?)?.as_chunks::<2>();
            self.put_address(pairs.iter().map(|pair| u16::from_le_bytes(*pair)))?;
        }
        self.has_former_number = fields & fields::FORMER_NUMBER != 0;
        if self.has_former_number {
            rest.text()?;
        }
        rest.0.is_empty().then_some(())
    }

    /// The outline of a student: what [`Outline::read`] gives for the student's profile.
    pub fn of(identity: &Identity) -> Option<Outline> {
        let ([own], []) = (&identity.documents[..], &identity.aliases[..]) else { return None };
        let mut outline = Outline {
            number: right(own)?,
            school: identity.school.map_or(Some(NONE), Code::ten_digits)?,
            has_former_number: identity.former_number.is_some(),
            ..Outline::default()
        };
        let guardians = outline.guardians.get_mut(..identity.guardians.len())?;
        for (guardian, Guardian { name, document }) in guardians.iter_mut().zip(&identity.guardians) {
            guardian.number = document.as_ref().map_or(Some(NONE), right)?;
            if let Some(name) = name {
                few_han(name)?;
                guardian.sound = Sound::of(name.sound_sum());
            }
        }
        let phones = outline.phones.get_mut(..identity.phones.len())?;
        phones.iter_mut().zip(&identity.phones).for_each(|(place, phone)| *place = phone.get());
        if let Some(address) = &identity.address {
            outline.put_address(address.pairs().iter().copied())?;
        }
        Some(outline)
    }

    #[inline]
    fn put_address(&mut self, pairs: impl ExactSizeIterator<Item = u16>) -> Option<()> {
        let places = self.pairs.get_mut(..pairs.len())?;
        self.pair_count = places.len() as u8;
        places.iter_mut().zip(pairs).for_each(|(place, pair)| *place = pair);
        Some(())
    }
}

/// Seventeen digits of a number as one word.
#[inline]
fn word(region: u64, birth: u32, sequence: u64) -> u64 {
    (region * 100_000_000 + u64::from(birth)) * 1_000 + sequence
}

/// The number of a document; `None` for any other than one that is right.
#[inline]
fn right(document: &Document) -> Option<u64> {
    let parts = if is_plain(document) { document.number.right()? } else { return None };
    Some(word(parts.region.into(), parts.birth.get(), parts.sequence.into()))
}

/// The number of a form; `None` for any other than one that is right.
#[inline(always)]
fn stored(form: u8, birth: u32, county: Option<u32>, rest: &mut Rest<'_>) -> Option<u64> {
    if form & number::MASK < number::RIGHT {
        return None;
    }
    let mut bits = match layout::right_bytes(form) {
        6 => rest.word::<6>()?,
        4 => rest.word::<4>()?,
        _ => rest.word::<2>()?,
    };
    let mut take = |count: u32| {
        let taken = bits & ((1 << count) - 1);
        bits >>= count;
        taken
    };
    let sequence = take(number::SEQUENCE_BITS);
    let date = if form & number::IS_BORN != 0 { birth.into() } else { take(number::DATE_BITS) };
    let region = if form & number::IS_LOCAL != 0 { county?.into() } else { bits };
    Some(word(region, layout::eight_digits(date as u32), sequence))
}

/// How a guardian's name of a form sounds; `None` for one that is written out.
#[inline]
fn sound(form: u8, family: u16, rest: &mut Rest<'_>) -> Option<Sound> {
    let (written, family) = match form {
        0 => return Some(Sound::Nobody),
        1..=name::HAN_MAX => (form, None),
        form if form < name::TEXT => (form - name::FAMILY - 1, Some(family)),
        _ => return None,
    };
    let (codes, _) = rest.take(2 * usize::from(written))?.as_chunks::<2>();
    let codes = codes.iter().map(|code| u16::from_le_bytes(*code));
    Some(Sound::of(sound_sum(family.into_iter().chain(codes))))
}
