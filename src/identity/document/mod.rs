//! Identity documents: what a number is, in one form whatever way it was written.
//!
//! [`Document::parse`] reads one, [`Document::repairs`] offers the valid neighbours of an invalid one.
//! Whether two documents speak for the same person is not decided here but in `matching`.

pub mod check;
mod kind;
mod packed;
mod parse;
mod repair;

use std::fmt;

use bitflags::bitflags;

use super::date::Date;
use super::region::RegionCode;
use super::sex::Sex;
use crate::limits::DOCUMENT_BYTES_MAX;

pub use kind::{DocumentKind, StatedKind};
pub(in crate::identity) use packed::RightNumber;
pub use parse::NotADocument;

bitflags! {
    /// What was noticed about a number while reading it. None of them rejects a student.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct DocumentFlags: u16 {
        /// Letters typed for digits were put right (O for 0, I or l for 1).
        const REPAIRED = 1 << 0;
        /// A 15-digit number was upgraded to 18.
        const UPGRADED = 1 << 1;
        /// The renewal counter behind a permit's number was taken off.
        const COUNTER_DROPPED = 1 << 2;
        /// The check character does not fit.
        const CHECK_FAILED = 1 << 3;
        /// The number has not the form of its kind (too short, too long, a letter inside).
        const MALFORMED = 1 << 4;
        /// The region inside the number was never a region of GB/T 2260.
        const REGION_UNKNOWN = 1 << 5;
        /// The birth date inside the number is no day of the calendar.
        const DATE_IMPOSSIBLE = 1 << 6;
        /// The number says another sex than the record.
        const SEX_DISAGREES = 1 << 7;
        /// The number says another birth date than the record.
        const BIRTH_DISAGREES = 1 << 8;
        /// The stated kind cannot have this number; the kind was taken from the number.
        const KIND_CORRECTED = 1 << 9;
        /// A spreadsheet turned the number into a float: digits are lost for good.
        const SPREADSHEET_DAMAGE = 1 << 10;
        /// A filler (all digits equal, or counting up), not a number.
        const FILLER = 1 << 11;
        /// The number is the student's guardian's: a recording error, not the student's document.
        const GUARDIANS = 1 << 12;
        /// The student's number was entered as the guardian's as well: not the guardian's document.
        const STUDENTS = 1 << 13;
        /// The number was proved to be another person's; only a registry says so, never the text.
        const DISOWNED = 1 << 14;
    }
}

impl DocumentFlags {
    /// The flags of a text that names nobody: never a key and never evidence.
    pub const UNUSABLE: DocumentFlags = DocumentFlags::SPREADSHEET_DAMAGE
        .union(DocumentFlags::FILLER)
        .union(DocumentFlags::GUARDIANS)
        .union(DocumentFlags::STUDENTS)
        .union(DocumentFlags::DISOWNED);
}

/// A number in canonical form: upper-case ASCII without separators, at most
/// [`DOCUMENT_BYTES_MAX`] bytes, kept inline.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentNumber {
    length: u8,
    bytes: [u8; DOCUMENT_BYTES_MAX],
}

impl DocumentNumber {
    /// A number of one to [`DOCUMENT_BYTES_MAX`] bytes of ASCII; `None` for anything else.
    #[inline]
    pub(in crate::identity) fn new(text: &[u8]) -> Option<Self> {
        if text.is_empty() || text.len() > DOCUMENT_BYTES_MAX || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; DOCUMENT_BYTES_MAX];
        bytes[..text.len()].copy_from_slice(text);
        Some(DocumentNumber { length: text.len() as u8, bytes })
    }

    /// The bytes: ASCII digits and capitals.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The same as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("a document number is ASCII by construction")
    }

    /// The number as an array of 18, where it is that long.
    pub fn as_eighteen(&self) -> Option<&[u8; 18]> {
        self.as_bytes().try_into().ok()
    }
}

impl fmt::Debug for DocumentNumber {
    /// Shows the length only: a number is personal data and must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentNumber({} characters)", self.length)
    }
}

/// One identity document as read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Document {
    /// The kind, settled by the number where the stated kind is unknown or wrong.
    pub kind: DocumentKind,
    /// What was noticed.
    pub flags: DocumentFlags,
    /// The canonical number.
    pub number: DocumentNumber,
    /// The text as written, kept where it differs from the canonical number.
    raw: Option<Box<str>>,
}

impl Document {
    /// The text as the source gave it.
    pub fn raw(&self) -> &str {
        self.raw.as_deref().unwrap_or_else(|| self.number.as_str())
    }

    /// A document of its parts as they were stored, written as its number.
    #[inline]
    pub(in crate::identity) const fn plain(
        kind: DocumentKind,
        flags: DocumentFlags,
        number: DocumentNumber,
    ) -> Self {
        Document { kind, flags, number, raw: None }
    }

    /// A document of its parts as they were stored; `None` where the text as written is the number itself,
    /// which is never kept twice.
    pub(in crate::identity) fn with_raw(
        kind: DocumentKind,
        flags: DocumentFlags,
        number: DocumentNumber,
        raw: &str,
    ) -> Option<Self> {
        let is_twice = raw.as_bytes() == number.as_bytes();
        (!is_twice).then(|| Document { kind, flags, number, raw: Some(raw.into()) })
    }

    /// The text as written, where it is kept because it is not the canonical number.
    pub(in crate::identity) fn kept_raw(&self) -> Option<&str> {
        self.raw.as_deref()
    }

    /// Whether the number can find and speak for a person at all.
    #[inline]
    pub fn is_usable(&self) -> bool {
        !self.flags.intersects(DocumentFlags::UNUSABLE)
    }

    /// Whether the number is of a kind that carries a check character, and passes it with a possible
    /// birth date. An upgraded number has the check we gave it, which proves nothing. Two valid numbers of a kind never differ by one substitution or one adjacent swap
    /// (save swaps of digits ten apart: there are none).
    #[inline]
    pub fn is_valid(&self) -> bool {
        const BAD: DocumentFlags = DocumentFlags::UNUSABLE
            .union(DocumentFlags::CHECK_FAILED)
            .union(DocumentFlags::MALFORMED)
            .union(DocumentFlags::UPGRADED)
            .union(DocumentFlags::DATE_IMPOSSIBLE);
        self.kind.has_check() && !self.flags.intersects(BAD)
    }

    /// The birth date inside the number, for kinds that have one; `None` where it is impossible.
    pub fn birth(&self) -> Option<Date> {
        let number = self.number.as_eighteen().filter(|_| self.kind.is_eighteen())?;
        birth_in(number)
    }

    /// The sex inside a citizen's or a residence permit's number: digit 17 is odd for a male.
    pub fn sex(&self) -> Option<Sex> {
        let number = self.number.as_eighteen().filter(|_| self.kind.is_eighteen())?;
        let digit = number[16].checked_sub(b'0').filter(|digit| *digit <= 9)?;
        Some(if digit % 2 == 1 { Sex::Male } else { Sex::Female })
    }

    /// The region of first registration inside a citizen's number. It never changes when a household
    /// moves, so it is no evidence of where a student lives.
    pub fn region(&self) -> Option<RegionCode> {
        region_in(self.number.as_eighteen().filter(|_| self.kind == DocumentKind::ResidentId)?)
    }

    /// Sets the flags that compare the number with the record it stands in.
    pub(super) fn compare_with_record(&mut self, birth: Option<Date>, sex: Option<Sex>) {
        if !self.is_valid() {
            return;
        }
        if let (Some(own), Some(stated)) = (self.birth(), birth)
            && own != stated
        {
            self.flags |= DocumentFlags::BIRTH_DISAGREES;
        }
        if let (Some(own), Some(stated)) = (self.sex(), sex)
            && own != stated
        {
            self.flags |= DocumentFlags::SEX_DISAGREES;
        }
    }

    /// The valid numbers one substitution or one adjacent swap away from an invalid 18-character
    /// number, those with a possible birth date and a known region first; none for a valid number.
    /// At most 35, 4.7 on average with a plausible date and region. About 2 µs.
    pub fn repairs(&self) -> Vec<DocumentNumber> {
        repair::repairs(self)
    }
}

/// Digits 1 to 6: the region in a citizen's number.
fn region_in(number: &[u8; 18]) -> Option<RegionCode> {
    let digits = &number[..6];
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    RegionCode::new(digits.iter().fold(0u32, |n, digit| n * 10 + u32::from(digit - b'0')))
}

/// Digits 7 to 14: the birth date in all three kinds of 18 characters.
fn birth_in(number: &[u8; 18]) -> Option<Date> {
    let digits = &number[6..14];
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    birth_of(digits.iter().fold(0u32, |n, digit| n * 10 + u32::from(digit - b'0')))
}

/// The date of eight digits.
fn birth_of(number: u32) -> Option<Date> {
    Date::new((number / 10_000) as u16, (number / 100 % 100) as u8, (number % 100) as u8).ok()
}
