//! Document numbers of the made-up nation: valid, and never two people with one citizen's number by chance.
//!
//! A citizen's number is region, birthday and sequence. Drawing them at random would give thousands of
//! accidental twins of numbers in ten million rows, and the truth would not know of them. So a family's place,
//! the birthday of its first child and its share of the sequence numbers are one number below [`FAMILIES_MAX`],
//! dealt out by a permutation; the numbers of siblings and parents follow from it by rules that no other
//! family's can meet. Only birthdays that are not the family's own (placeholders, strangers, a third child) may
//! collide: measured, 28 pairs in 9.5 million citizens.

use compact_str::{CompactString, format_compact};

use super::places::{Places, SLOTS, SLOTS_OF_COUNTY_MAX};
use super::rng::{Permutation, Rng};
use crate::identity::date::Date;
use crate::identity::document::check::mod_11_2;

/// The first birthday of a student: 1 September 2008, grade 12 in autumn 2026.
const FIRST_BIRTHDAY: (u16, u8, u8) = (2008, 9, 1);
/// The birthdays of students: to 31 August 2020.
pub(super) const BIRTHDAYS: i32 = 4_383;
/// A slot's sequence numbers of a birthday are dealt to this many families.
const SHARES: usize = 17;
/// A family's sequence numbers of a birthday and sex: first child, twin, second child, any other.
const PLACES: usize = 4;

/// The most families a nation can have.
pub(super) const FAMILIES_MAX: u64 = SLOTS as u64 * BIRTHDAYS as u64 * SHARES as u64;

// Slots, shares and places of a county must fit the 499 sequence numbers of one birthday and sex.
const _: () = assert!(SLOTS_OF_COUNTY_MAX * SHARES * PLACES < 499);

/// Which of a family's children a number is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Child {
    First,
    Twin,
    Second,
    Other,
}

/// A family's share of the numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub(super) slot: usize,
    /// The birthday of the first child, counted from the first birthday.
    pub(super) birthday: i32,
    share: usize,
}

impl Share {
    pub(super) fn new(permutation: &Permutation, family: u64) -> Share {
        let mut value = permutation.apply(family) as usize;
        let share = value % SHARES;
        value /= SHARES;
        Share { slot: value % SLOTS, birthday: (value / SLOTS) as i32, share }
    }

    /// Something fixed for all families that could meet this one's numbers.
    fn fixed(&self, purpose: u64) -> u64 {
        Rng::stream(purpose, self.slot as u64, self.share as u64).next()
    }

    /// The birthday of a second child: one and a half to five and a half years off, within the school years.
    pub(super) fn second_birthday(&self) -> i32 {
        (self.birthday + 550 + (self.fixed(1) % 1_450) as i32) % BIRTHDAYS
    }

    /// The citizen's number of a child with a birthday and sex.
    pub(super) fn child(&self, places: &Places, child: Child, birth: Date, male: bool) -> CompactString {
        let (county, of_county) = places.slot(self.slot);
        let place = (of_county * SHARES + self.share) * PLACES + child as usize;
        citizen(county.code, birth, 2 * (place as u32 + 1) + u32::from(male))
    }

    /// The citizen's number of the father or the mother: 23 to 34 years older than the first child, from the
    /// same slot in half of the families.
    pub(super) fn parent(&self, places: &Places, male: bool) -> CompactString {
        let fixed = self.fixed(2 + u64::from(male));
        // IMPORTANT: the shift hangs on the share alone: it maps slots to slots one to one, so two families of
        // one share never meet in a slot.
        let moved = Rng::stream(4 + u64::from(male), 0, self.share as u64).next();
        let shift = if moved.is_multiple_of(2) { 0 } else { 1 + (moved >> 8) as usize % (SLOTS - 1) };
        let (county, of_county) = places.slot((self.slot + shift) % SLOTS);
        let birth = birthday(self.birthday - 8_400 - (fixed % 4_000) as i32);
        let place = (of_county * SHARES + self.share) * PLACES;
        citizen(county.code, birth, 2 * (place as u32 + 1) + u32::from(male))
    }
}

/// The date of a birthday counted from the first one.
pub(super) fn birthday(count: i32) -> Date {
    let (year, month, day) = FIRST_BIRTHDAY;
    let first = Date::new(year, month, day).expect("a real day").day_number();
    Date::from_day_number(first + count).expect("a year that is believed")
}

/// An 18-character number with its check character: region, birthday, sequence.
pub(super) fn citizen(region: u32, birth: Date, sequence: u32) -> CompactString {
    debug_assert!(sequence < 1_000);
    let mut digits = [0u8; 18];
    put(&mut digits[..6], region);
    put(&mut digits[6..14], birth.get());
    put(&mut digits[14..17], sequence);
    with_check(digits)
}

fn put(cells: &mut [u8], mut number: u32) {
    for cell in cells.iter_mut().rev() {
        *cell = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

fn with_check(mut digits: [u8; 18]) -> CompactString {
    let body: &[u8; 17] = digits.first_chunk().expect("17 of 18");
    digits[17] = mod_11_2(body).expect("digits");
    str::from_utf8(&digits).expect("ASCII").into()
}

/// 外国人永久居留身份证 as issued since 2023: 9, province, country, birthday, sequence, check.
pub(super) fn permanent_resident(province: u32, birth: Date, rng: &mut Rng) -> CompactString {
    let mut digits = [b'9'; 18];
    put(&mut digits[1..3], province);
    put(&mut digits[3..6], 4 + rng.below(890) as u32);
    put(&mut digits[6..14], birth.get());
    put(&mut digits[14..17], 1 + rng.below(998) as u32);
    with_check(digits)
}

/// The card before: three letters of the country and twelve digits.
pub(super) fn permanent_resident_old(country: &str, birth: Date, rng: &mut Rng) -> CompactString {
    format_compact!("{country}{:06}{:06}", rng.below(1_000_000), birth.get() % 1_000_000)
}

/// A passport number: a letter or two and seven or eight digits.
pub(super) fn passport(rng: &mut Rng) -> CompactString {
    let letter = |rng: &mut Rng| char::from(b'A' + rng.below(26) as u8);
    let first = letter(rng);
    if rng.chance(0.5) {
        format_compact!("{first}{:08}", rng.below(100_000_000))
    } else {
        let second = letter(rng);
        format_compact!("{first}{second}{:07}", rng.below(10_000_000))
    }
}

/// 香港身份证: a letter, six digits and the check character.
pub(super) fn hong_kong_id(rng: &mut Rng) -> CompactString {
    use crate::identity::document::check::is_hong_kong;
    let body = format_compact!("{}{:06}", char::from(b'A' + rng.below(26) as u8), rng.below(1_000_000));
    "0123456789A"
        .chars()
        .map(|check| format_compact!("{body}{check}"))
        .find(|number| is_hong_kong(number.as_bytes()))
        .expect("one of eleven checks is right")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::identity::document::check::is_mod_11_2;

    #[test]
    fn the_school_years_are_whole() {
        assert_eq!(birthday(0).get(), 20_080_901);
        assert_eq!(birthday(BIRTHDAYS - 1).get(), 20_200_831);
    }

    #[test]
    fn no_two_people_share_a_number() {
        let places = Places::new();
        let permutation = Permutation::new(9, FAMILIES_MAX);
        let mut seen = HashSet::new();
        for family in 0..100_000 {
            let share = Share::new(&permutation, family);
            let first = birthday(share.birthday);
            let numbers = [
                share.child(&places, Child::First, first, true),
                share.child(&places, Child::Twin, first, true),
                share.child(&places, Child::Second, birthday(share.second_birthday()), true),
                share.parent(&places, true),
                share.parent(&places, false),
            ];
            for number in numbers {
                assert!(is_mod_11_2(number.as_bytes().first_chunk().unwrap()), "{number}");
                assert!(seen.insert(number));
            }
        }
    }

    #[test]
    fn other_documents_have_their_form() {
        let mut rng = Rng::stream(1, 1, 1);
        let birth = birthday(100);
        let new = permanent_resident(31, birth, &mut rng);
        assert!(new.starts_with("931") && is_mod_11_2(new.as_bytes().first_chunk().unwrap()));
        assert_eq!(permanent_resident_old("USA", birth, &mut rng).len(), 15);
        assert_eq!(hong_kong_id(&mut rng).len(), 8);
    }
}
