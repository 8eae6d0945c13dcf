//! What stands in a profile, as numbers: the tables of [`super`], once for writing and reading.

use crate::identity::date::Date;
use crate::identity::document::DocumentKind::{self, *};
use crate::limits::BIRTH_YEARS;

/// Bytes of the head: the version and the fields.
pub(super) const HEAD_BYTES: usize = 4;

/// The bits of the fields, and the values of those that are wider than one.
pub(super) mod fields {
    /// Bits 0 and 1: the sex.
    pub(in crate::identity::profile) const SEX: u32 = 0;
    pub(in crate::identity::profile) const MALE: u32 = 1;
    pub(in crate::identity::profile) const FEMALE: u32 = 2;

    /// Bits 2 and 3: the birth date, by the half of the believed years it lies in.
    pub(in crate::identity::profile) const BIRTH: u32 = 2;
    pub(in crate::identity::profile) const EARLY: u32 = 1;
    pub(in crate::identity::profile) const LATE: u32 = 2;

    /// Bits 4 and 5: the form of the place.
    pub(in crate::identity::profile) const PLACE: u32 = 4;
    pub(in crate::identity::profile) const COUNTY: u32 = 1;
    pub(in crate::identity::profile) const VILLAGE: u32 = 2;
    pub(in crate::identity::profile) const OTHER_PLACE: u32 = 3;

    /// Bits 6 and 7: the form of the school.
    pub(in crate::identity::profile) const SCHOOL: u32 = 6;
    pub(in crate::identity::profile) const TEN_DIGITS: u32 = 1;
    pub(in crate::identity::profile) const OTHER_SCHOOL: u32 = 2;

    /// Bits 9 and 10, 11 and 12: how many guardians and phones; [`MANY`] where a count follows.
    pub(in crate::identity::profile) const GUARDIANS: u32 = 9;
    pub(in crate::identity::profile) const PHONES: u32 = 11;
    pub(in crate::identity::profile) const MANY: u32 = 3;

    pub(in crate::identity::profile) const ENROLLED: u32 = 1 << 8;
    pub(in crate::identity::profile) const LONG_PHONES: u32 = 1 << 13;
    pub(in crate::identity::profile) const ADDRESS: u32 = 1 << 14;
    pub(in crate::identity::profile) const ALIASES: u32 = 1 << 15;
    pub(in crate::identity::profile) const DOCUMENTS: u32 = 1 << 16;
    pub(in crate::identity::profile) const FORMER_NUMBER: u32 = 1 << 17;

    /// The first bit that means nothing.
    pub(in crate::identity::profile) const END: u32 = 1 << 18;
}

/// The form of a document, in the lower half of a person's byte: 0 for none, a [`kind_code`] for any, and these
/// for a resident's number that is right.
pub(super) mod number {
    pub(in crate::identity::profile) const MASK: u8 = 0b1111;
    pub(in crate::identity::profile) const RIGHT: u8 = 0b1100;
    /// Its region is the county of the place, and left out.
    pub(in crate::identity::profile) const IS_LOCAL: u8 = 0b01;
    /// Its date is the birth date of the student, and left out.
    pub(in crate::identity::profile) const IS_BORN: u8 = 0b10;
    /// Bits of the sequence, and of the date behind it.
    pub(in crate::identity::profile) const SEQUENCE_BITS: u32 = 10;
    pub(in crate::identity::profile) const DATE_BITS: u32 = 17;
    pub(in crate::identity::profile) const SEQUENCE_END: u64 = 1_000;
}

/// What follows the byte of a person whose document has the form of its kind.
pub(super) mod shape {
    pub(in crate::identity::profile) const PACKED: u8 = 1 << 0;
    pub(in crate::identity::profile) const RAW: u8 = 1 << 1;
    pub(in crate::identity::profile) const FLAGS: u8 = 1 << 2;
    pub(in crate::identity::profile) const END: u8 = 1 << 3;
}

/// The form of a name, in the upper half of a person's byte: 0 for none, and so many Han characters.
pub(super) mod name {
    pub(in crate::identity::profile) const SHIFT: u32 = 4;
    /// Most characters of a name whose number stands in its form.
    pub(in crate::identity::profile) const HAN_MAX: u8 = 5;
    /// The first character is that of the student's name, and left out.
    pub(in crate::identity::profile) const FAMILY: u8 = 5;
    pub(in crate::identity::profile) const TEXT: u8 = 11;
}

/// The bytes of a right number by its form.
#[inline]
pub(super) const fn right_bytes(form: u8) -> usize {
    const BOTH: u8 = number::IS_LOCAL | number::IS_BORN;
    match form & BOTH {
        0 => 6,
        BOTH => 2,
        _ => 4,
    }
}

/// What a place without a county has for one.
pub(super) const NO_COUNTY: u32 = u32::MAX;

/// Bytes of a phone, and of one of fourteen digits.
pub(super) const PHONE_BYTES: usize = 5;
pub(super) const LONG_PHONE_BYTES: usize = 6;
pub(super) const PHONE_END: u64 = 1 << (8 * PHONE_BYTES);
const _: () = assert!(10u64.pow(14) < 1 << (8 * LONG_PHONE_BYTES));

/// The years of birth from the first that is believed, in two halves.
const HALF_YEARS: u16 = 128;
const _: () = assert!(*BIRTH_YEARS.end() - *BIRTH_YEARS.start() < 2 * HALF_YEARS);

/// A date as 17 bits: eight of the year, counted from the first that is believed, four of the month, five of
/// the day. The uppermost bit says the half of the years.
#[inline]
pub(super) const fn date_bits(date: Date) -> u32 {
    ((date.year() - *BIRTH_YEARS.start()) as u32) << 9 | (date.month() as u32) << 5 | date.day() as u32
}

/// The digits of the date of [`date_bits`], as a number: year, month, day.
#[inline]
pub(super) const fn eight_digits(bits: u32) -> u32 {
    ((bits >> 9) + *BIRTH_YEARS.start() as u32) * 10_000 + (bits >> 5 & 0b1111) * 100 + (bits & 0b1_1111)
}

/// The date of [`date_bits`].
#[inline]
pub(super) fn date(bits: u32) -> Option<Date> {
    let year = u16::try_from(bits >> 9).ok()?.checked_add(*BIRTH_YEARS.start())?;
    Date::new(year, (bits >> 5 & 0b1111) as u8, (bits & 0b1_1111) as u8).ok()
}

/// The code of a kind, 1 to 11. Written down here, so that a kind may move in its enum.
pub(super) const fn kind_code(kind: DocumentKind) -> u8 {
    match kind {
        ResidentId => 1,
        ResidencePermit => 2,
        PermanentResident => 3,
        PermanentResidentOld => 4,
        HongKongMacauPermit => 5,
        TaiwanPermit => 6,
        HongKongId => 7,
        MacauId => 8,
        Passport => 9,
        Military => 10,
        Other => 11,
    }
}

/// The kind of a [`kind_code`].
pub(super) const fn kind(code: u8) -> Option<DocumentKind> {
    Some(match code {
        1 => ResidentId,
        2 => ResidencePermit,
        3 => PermanentResident,
        4 => PermanentResidentOld,
        5 => HongKongMacauPermit,
        6 => TaiwanPermit,
        7 => HongKongId,
        8 => MacauId,
        9 => Passport,
        10 => Military,
        11 => Other,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_come_back_and_no_other_code_is_one() {
        let known = (0..=u8::MAX).filter_map(|code| kind(code).map(|kind| (code, kind)));
        assert!(known.clone().all(|(code, kind)| kind_code(kind) == code));
        assert_eq!(known.count(), 11);
        assert!((1..=11).all(|code| code < number::RIGHT));
    }

    #[test]
    fn every_date_has_bits_of_its_own() {
        let dates: Vec<Date> = (0..1 << number::DATE_BITS).filter_map(date).collect();
        assert!(dates.is_sorted_by(|a, b| a < b));
        // 251 years, 61 of them leap.
        assert_eq!(dates.len(), 251 * 365 + 61);
        assert!(dates.iter().all(|known| date(date_bits(*known)) == Some(*known)));
        assert!(dates.iter().all(|known| eight_digits(date_bits(*known)) == known.get()));
    }
}
