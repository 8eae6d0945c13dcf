//! The comparison profile of a student: an [`Identity`] as compact bytes, for whoever keeps many of them and
//! reads some ten in a lookup. Pure: where the bytes are kept, and whether they are still the bytes that
//! were written (a checksum), is the store's business.
//!
//! Nothing of an identity is lost: `decode(encode(x)) == x`. An identity has exactly one profile: what
//! [`decode`] reads, [`encode`] writes byte for byte, so equal identities have equal bytes. No profile is the
//! beginning of another one.
//!
//! Integers are little-endian. A *count* is LEB128: seven bits a byte, the lowest first, in as few bytes as it
//! needs. A *text* is a count of bytes and the bytes, UTF-8. What can be written in two ways is written in the
//! first of them that holds it.
//!
//! # The parts, in their order
//!
//! | part | is there | bytes |
//! |---|---|---|
//! | version | always | [`VERSION`] |
//! | fields | always | 3, the bits below |
//! | birth | bits 2–3 | 2: the lower 16 bits of the *date* |
//! | place | bits 4–5 | 3 the county; 5 the twelve digits as a number; 12 any other code ([`Code::get`](super::text::Code::get)), 8, and its county, 4, `FFFFFFFF` for none |
//! | school | bits 6–7 | 5 the ten digits as a number; 8 any other code |
//! | enrolled | bit 8 | 2: months since the year 0 |
//! | student | always | a *person* |
//! | further documents | bit 16 | count, persons without a name |
//! | former names | bit 15 | count, persons without a document |
//! | guardians | bits 9–10 | count if three or more, persons |
//! | phones, rising | bits 11–12 | count if three or more, 5 bytes each; 6 if bit 13 is set |
//! | address | bit 14 | count of pairs, 2 each, rising |
//! | former registry number | bit 17 | text |
//!
//! | bits of the fields | what |
//! |---|---|
//! | 0–1 | sex: 0 unknown, 1 male, 2 female |
//! | 2–3 | birth: 0 unknown, 1 of 1850 to 1977, 2 later |
//! | 4–5 | place: 0 unknown, 1 a county and six zeros, 2 twelve digits, 3 any other |
//! | 6–7 | school: 0 unknown, 1 ten digits, 2 any other |
//! | 8 | there is a month of enrolment |
//! | 9–10, 11–12 | how many guardians, phones; 3: their count is in front of them |
//! | 13 | the last phone has more than 40 bits |
//! | 14–17 | there is an address, a former name, a further document, a former registry number |
//!
//! A *date* is 17 bits: the day of the month in 5, the month in 4, the years since 1850 in 8.
//!
//! # A person
//! One byte, then the document, then the name. The lower half of the byte says what the document is, the upper
//! half the name:
//!
//! | lower half | document | bytes |
//! |---|---|---|
//! | 0 | none | 0 |
//! | 1–11 | of this kind, by the table below | *shape* 1, flags 2 if it has some, number, text as written if that is not the number |
//! | 12 | a resident's number as below | 6: sequence in 10 bits, date in 17, region in 20 |
//! | 13 | the same, its region is the county of the place | 4: sequence in 10 bits, date in 17 |
//! | 14 | the same, its date is the student's birth | 4: sequence in 10 bits, region in 20 |
//! | 15 | both | 2: sequence |
//!
//! 12 to 15 are for a resident's number of eighteen characters with the right check character and a possible
//! date, without a flag, written as it is: nearly every number. What a number shares with its record is said once.
//! The shape has a bit for each of: 1 the number is packed, 2 there is a text as written, 4 there are
//! [flags](super::document::DocumentFlags). A *packed* number is one of seventeen digits and a digit or X, in 8
//! bytes: the seventeen digits as a number times eleven, plus the last character (X counts ten). Any other number
//! is a text.
//!
//! | upper half | name | bytes |
//! |---|---|---|
//! | 0 | none | 0 |
//! | 1–5 | so many characters of U+4E00 to U+9FFF | 2 each |
//! | 6–10 | one to five, the first of which is the first of the student's name (if that has form 1 to 5) | 2 for each but the first |
//! | 11 | any other | text |
//!
//! | kind | | kind | | kind | |
//! |---|---|---|---|---|---|
//! | 1 | resident | 5 | permit of Hong Kong or Macau | 9 | passport |
//! | 2 | residence permit | 6 | permit of Taiwan | 10 | military |
//! | 3 | permanent resident | 7 | Hong Kong | 11 | other |
//! | 4 | the same before 2023 | 8 | Macau | | |
//!
//! # Rejected
//! A general serialiser (its layout is its own, and may change under stored data). Columns for each field
//! (a lookup wants all fields of few students). A head of 64 bytes that is one cache line, as version 1 had: half
//! of it was zeros, and a whole profile now takes little more. Characters by a table of the commonest (a byte less
//! a name, and a table that may never change). The upper bits of an address's pairs in one word, as Elias and Fano
//! have it: three bytes less a student, and a quarter more time to read one.

mod bytes;
mod decode;
mod encode;
mod layout;
mod malformed;
mod outline;

use super::Identity;

pub use malformed::Malformed;
pub use outline::Outline;
pub(crate) use outline::Sound;

/// The version of the layout.
pub const VERSION: u8 = 2;

/// Appends the profile of an identity to `out`: some 80 bytes for a student with two guardians and an address.
/// About 180 ns, without allocation but for the growth of `out`.
///
/// What [`Identity::of`] gives, [`decode`] reads back. An identity put together by hand may break a rule that
/// [`decode`] holds it to, such as more documents than
/// [`DOCUMENTS_MAX`](crate::limits::DOCUMENTS_MAX).
///
/// # Examples
/// ```
/// use renji::identity::{Identity, profile};
/// use renji::student::Student;
///
/// let student = Student { name: "張偉", birthdate: "1949-12-31", ..Student::default() };
/// let identity = Identity::of(&student, &mut Vec::new());
/// let mut bytes = Vec::new();
/// profile::encode(&identity, &mut bytes);
/// // The head, a birth date, and two characters.
/// assert_eq!(bytes.len(), 4 + 2 + 1 + 4);
/// assert_eq!(profile::decode(&bytes), Ok(identity));
/// ```
pub fn encode(identity: &Identity, out: &mut Vec<u8>) {
    encode::encode(identity, out);
}

/// Reads a profile: all of `bytes`, neither more nor less. Never panics. About 210 ns for a student with a
/// number, two guardians with numbers, a phone and an address; allocates what the identity itself holds
/// outside itself, and never more than in proportion to `bytes`.
///
/// Texts are not normalised again, only checked for what other code relies on. A changed byte that leaves
/// everything well-formed gives another student: only a checksum can tell.
///
/// # Errors
/// [`Malformed`], which names the part that no identity can have, or that [`encode`] writes otherwise.
pub fn decode(bytes: &[u8]) -> Result<Identity, Malformed> {
    decode::decode(bytes)
}

#[cfg(test)]
mod tests;
