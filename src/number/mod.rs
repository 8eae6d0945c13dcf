//! The registry number (学籍号): nineteen characters that a student keeps for life.
//!
//! What a number is and whether one is well-formed. Not here: which number a student gets, whether it is
//! taken, and what it may be exchanged for; that is decided where all numbers are known.
//!
//! Source of the forms: the coding rules of the national student registry of 2013 (学籍号编码规则).
//!
//! | letter | who | the eighteen behind it |
//! |---|---|---|
//! | G | formal, with a citizen's number | the citizen's number at the time of issue (GB 11643-1999) |
//! | J | formal, without one | region of the school 6, birth 8, sequence 3 (001–999), check (MOD 11-2) |
//! | L | temporary, not yet cleared | region of the school 6, birth 8, random 4; no check |
//!
//! # The eighteen of a J or an L are nobody's document
//!
//! A J is built like a citizen's number down to the check character, and one L in eleven happens to pass the
//! check as well: without its letter either may be the citizen number of a stranger. So nothing here gives
//! the eighteen as a document for J and L ([`RegistryNumber::citizen_number`] is for G alone). Whoever cuts
//! the letter off the text and looks the rest up among documents joins two people.
//!
//! A G is no answer to "what is this student's citizen number" either: citizens' numbers are corrected, the
//! registry number is not.

mod error;
mod packed;
mod serial;

use std::fmt;
use std::ops::Range;

use crate::identity::date::{Date, DateError};
use crate::identity::document::check::{is_mod_11_2, mod_11_2};
use crate::identity::document::{Document, DocumentKind, DocumentNumber, StatedKind};
use crate::identity::region::RegionCode;
use crate::identity::text;

pub use error::NumberError;

/// Characters of a registry number, all ASCII: a letter and the eighteen of a citizen's number (coding rules
/// of 2013).
pub const LENGTH: usize = 19;

/// The last sequence of the J numbers of one region and birth date: three digits, from 001 (coding rules of
/// 2013, after GB 11643-1999). Placeholder birth dates use them up; a caller must then say so, not start anew.
pub const SEQUENCE_MAX: u16 = 999;

/// How many L numbers one region and birth date can have: four random digits (coding rules of 2013).
pub const RANDOM_COUNT: u16 = 10_000;

// Where the parts stand; the same in all three kinds.
const REGION: Range<usize> = 1..7;
const BIRTH: Range<usize> = 7..15;
const SEQUENCE: Range<usize> = 15..18;
const RANDOM: Range<usize> = 15..19;
const CHECK: usize = 18;

/// The kind of a registry number: its letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberKind {
    /// G: passed the duplicate check and the population check.
    Formal,
    /// J: passed the duplicate check, but there is no usable citizen's number. May be raised to a G.
    FormalWithoutId,
    /// L: newly registered and not yet cleared. Of the same force meanwhile.
    Temporary,
}

impl NumberKind {
    /// The letter in front of the number.
    pub const fn letter(self) -> char {
        match self {
            NumberKind::Formal => 'G',
            NumberKind::FormalWithoutId => 'J',
            NumberKind::Temporary => 'L',
        }
    }

    /// The same as text, for the columns of lists.
    pub const fn code(self) -> &'static str {
        match self {
            NumberKind::Formal => "G",
            NumberKind::FormalWithoutId => "J",
            NumberKind::Temporary => "L",
        }
    }

    const fn of_letter(letter: u8) -> Option<NumberKind> {
        match letter {
            b'G' => Some(NumberKind::Formal),
            b'J' => Some(NumberKind::FormalWithoutId),
            b'L' => Some(NumberKind::Temporary),
            _ => None,
        }
    }
}

/// A well-formed registry number: nineteen ASCII characters. Whether anybody was given it is not known here.
///
/// In the order of the text: G before J before L, then by region and birth date. `Display` prints the number
/// in full, which is what it is for; `Debug` prints it [masked](RegistryNumber::masked).
///
/// # Examples
///
/// ```
/// use renji::number::{NumberKind, RegistryNumber};
///
/// let number = RegistryNumber::parse(" g11010519491231002x").unwrap();
/// assert_eq!(number.kind(), NumberKind::Formal);
/// assert_eq!(number.to_string(), "G11010519491231002X");
/// assert_eq!(format!("{number:?}"), "RegistryNumber(G110105********002X)");
/// ```
// INVARIANT: `checked` accepts the bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistryNumber([u8; LENGTH]);

impl RegistryNumber {
    /// Reads a number as people write it: surrounding spaces, small letters, full-width and invisible
    /// characters are put right (NFKC), nothing else. Whether the region is known is not asked: a code may
    /// be older or younger than the table.
    ///
    /// An L carries no check, so a mistyped one is most often another well-formed one.
    ///
    /// # Errors
    /// [`NumberError`]; of several faults the one named first there. Takes texts of any length, at a cost in
    /// proportion.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let cleaned = text::cleaned(text);
        let Ok(mut bytes) = <[u8; LENGTH]>::try_from(cleaned.as_bytes()) else {
            let is_long_enough = cleaned.chars().count() == LENGTH;
            return Err(if is_long_enough { NumberError::Characters } else { NumberError::Length });
        };
        bytes.make_ascii_uppercase();
        checked(bytes)
    }

    /// Reads stored bytes: the rules of [`RegistryNumber::parse`] without its cleaning. Allocates nothing.
    ///
    /// # Errors
    /// [`NumberError`]: what is stored was not written by this type.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NumberError> {
        checked(bytes.try_into().map_err(|_| NumberError::Length)?)
    }

    /// The G of a citizen's number. `None` for a document of another kind, one that is not
    /// [valid](Document::is_valid), and one whose first digit is not 1 to 6.
    ///
    /// Two people can have been given one citizen's number (重号): that the G is free must be asked first.
    ///
    /// ```
    /// use renji::identity::document::{Document, StatedKind};
    /// use renji::number::RegistryNumber;
    ///
    /// let document = Document::parse(StatedKind::Unstated, "11010519491231002x", None).unwrap();
    /// assert_eq!(RegistryNumber::formal(&document).unwrap().as_str(), "G11010519491231002X");
    /// ```
    pub fn formal(document: &Document) -> Option<Self> {
        if document.kind != DocumentKind::ResidentId || !document.is_valid() {
            return None;
        }
        let mut bytes = [b'G'; LENGTH];
        bytes[1..].copy_from_slice(document.number.as_eighteen()?);
        checked(bytes).ok()
    }

    /// The J of a school's region (any code, known or not), a birth date and a sequence from 1 to
    /// [`SEQUENCE_MAX`].
    ///
    /// # Errors
    /// [`NumberError::Sequence`]: 0, or the sequences of this region and birth date are used up.
    ///
    /// ```
    /// use renji::identity::{date::Date, region::RegionCode};
    /// use renji::number::RegistryNumber;
    ///
    /// let (region, birth) = (RegionCode::new(420_103).unwrap(), Date::new(2015, 3, 12).unwrap());
    /// let number = RegistryNumber::without_id(region, birth, 1).unwrap();
    /// assert_eq!((number.birth(), number.sequence()), (birth, Some(1)));
    /// assert!(RegistryNumber::without_id(region, birth, 1_000).is_err());
    /// ```
    pub fn without_id(region: RegionCode, birth: Date, sequence: u16) -> Result<Self, NumberError> {
        if !(1..=SEQUENCE_MAX).contains(&sequence) {
            return Err(NumberError::Sequence);
        }
        let mut bytes = front(NumberKind::FormalWithoutId, region, birth);
        put(&mut bytes[SEQUENCE], u32::from(sequence));
        let digits = bytes[1..].first_chunk().expect("seventeen of eighteen");
        bytes[CHECK] = mod_11_2(digits).expect("digits were put there");
        Ok(RegistryNumber(bytes))
    }

    /// The L of a school's region (any code, known or not), a birth date and a random number below
    /// [`RANDOM_COUNT`]. The caller draws it and draws again when the number is taken.
    ///
    /// # Errors
    /// [`NumberError::Random`].
    pub fn temporary(region: RegionCode, birth: Date, random: u16) -> Result<Self, NumberError> {
        if random >= RANDOM_COUNT {
            return Err(NumberError::Random);
        }
        let mut bytes = front(NumberKind::Temporary, region, birth);
        put(&mut bytes[RANDOM], u32::from(random));
        Ok(RegistryNumber(bytes))
    }

    /// The kind.
    pub const fn kind(self) -> NumberKind {
        match NumberKind::of_letter(self.0[0]) {
            Some(kind) => kind,
            None => panic!("a registry number begins with its letter by construction"),
        }
    }

    /// The nineteen characters. The eighteen behind the letter are no document: see the
    /// [module](crate::number).
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a registry number is ASCII by construction")
    }

    /// The same as bytes, for stores; [`RegistryNumber::from_bytes`] reads them.
    pub const fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// The region inside: of the school in a J and an L, of first registration in a G. As it was at the time
    /// of issue; students move.
    pub fn region(self) -> RegionCode {
        RegionCode::new(digits(&self.0[REGION])).expect("six digits by construction")
    }

    /// The birth date inside, as it was believed at the time of issue; a corrected one does not change the
    /// number.
    pub fn birth(self) -> Date {
        date(&self.0[BIRTH]).expect("a birth date by construction")
    }

    /// The sequence of a J, 1 to [`SEQUENCE_MAX`]; `None` for the other kinds.
    pub fn sequence(self) -> Option<u16> {
        (self.kind() == NumberKind::FormalWithoutId).then(|| digits(&self.0[SEQUENCE]) as u16)
    }

    /// The citizen's number in a G, as it was at the time of issue: the citizen's number may change later,
    /// the registry number may not. `None` for J and L, whose eighteen can be a stranger's: see the
    /// [module](crate::number).
    pub fn citizen_number(self) -> Option<DocumentNumber> {
        if self.kind() != NumberKind::Formal {
            return None;
        }
        let citizens = StatedKind::Kind(DocumentKind::ResidentId);
        Document::parse(citizens, &self.as_str()[1..], None).ok().map(|document| document.number)
    }

    /// The number as lists may show it: the letter, the region and the last four, without the birth date.
    ///
    /// ```
    /// use renji::number::RegistryNumber;
    /// let number = RegistryNumber::parse("L420103201503121234").unwrap();
    /// assert_eq!(number.masked(), "L420103********1234");
    /// ```
    pub fn masked(self) -> String {
        let mut bytes = self.0;
        bytes[BIRTH].fill(b'*');
        bytes.iter().copied().map(char::from).collect()
    }
}

impl fmt::Display for RegistryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for RegistryNumber {
    /// Masked: a G holds a citizen's number, and no birth date may reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegistryNumber({})", self.masked())
    }
}

/// The one place where bytes from outside become a number.
fn checked(bytes: [u8; LENGTH]) -> Result<RegistryNumber, NumberError> {
    let [letter, body @ ..] = &bytes;
    let [front @ .., last] = body;
    let kind = NumberKind::of_letter(*letter).ok_or(NumberError::Letter)?;
    let has_check = kind != NumberKind::Temporary;
    let is_last_fine = last.is_ascii_digit() || (has_check && *last == b'X');
    if !front.iter().all(u8::is_ascii_digit) || !is_last_fine {
        return Err(NumberError::Characters);
    }
    // The mainland's six great regions (GB/T 2260); residence permits and foreigners have 8 and 9.
    if kind == NumberKind::Formal && !matches!(front[0], b'1'..=b'6') {
        return Err(NumberError::Region);
    }
    date(&bytes[BIRTH]).map_err(NumberError::Birth)?;
    if kind == NumberKind::FormalWithoutId && &bytes[SEQUENCE] == b"000" {
        return Err(NumberError::Sequence);
    }
    if has_check && !is_mod_11_2(body) {
        return Err(NumberError::Check);
    }
    Ok(RegistryNumber(bytes))
}

/// The letter, the region and the birth date, and zeros behind.
fn front(kind: NumberKind, region: RegionCode, birth: Date) -> [u8; LENGTH] {
    let mut bytes = [b'0'; LENGTH];
    bytes[0] = kind.code().as_bytes()[0];
    put(&mut bytes[REGION], region.get());
    put(&mut bytes[BIRTH], birth.get());
    bytes
}

/// Writes a number with its leading zeros.
fn put(cells: &mut [u8], mut number: u32) {
    for cell in cells.iter_mut().rev() {
        *cell = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// The value of ASCII digits, at most nine.
fn digits(cells: &[u8]) -> u32 {
    cells.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

/// The date of eight digits `YYYYMMDD`.
fn date(cells: &[u8]) -> Result<Date, DateError> {
    let number = digits(cells);
    Date::new((number / 10_000) as u16, (number / 100 % 100) as u8, (number % 100) as u8)
}

#[cfg(test)]
mod tests;
