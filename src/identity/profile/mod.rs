//! The comparison profile of a student: an [`Identity`] as compact bytes, for whoever keeps many of them and
//! reads some ten in a lookup. Pure: where the bytes are kept, and whether they are still the bytes that
//! were written (a checksum), is the store's business.
//!
//! A profile is a *head* of [`HEAD_BYTES`] bytes and a *tail*. The head has the same layout for every
//! student, is one cache line, and can be read alone: a store may keep heads at a fixed stride and tails in
//! a heap beside them. Nothing of an identity is lost: `decode(encode(x)) == x`. An identity has exactly one
//! profile: what [`decode`] reads, [`encode`] writes byte for byte, so equal identities have equal bytes.
//!
//! # The head
//! Integers are little-endian. A field without a value is zero.
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 1 | [`VERSION`] |
//! | 1 | 1 | kind of the first document, by the table below; 0: there is no document |
//! | 2 | 2 | flags of the first document ([`DocumentFlags`](super::document::DocumentFlags)) |
//! | 4 | 2 | year of birth |
//! | 6 | 1 | month of birth |
//! | 7 | 1 | day of birth |
//! | 8 | 8 | number of the first document, packed; 0 where it stands in the tail |
//! | 16 | 8 | code of the place ([`Code::get`](super::text::Code::get)) |
//! | 24 | 8 | code of the school |
//! | 32 | 4 | county of the place, 0 to 999,999, or `FFFFFFFF`: the place has no county |
//! | 36 | 4 | bytes of the tail |
//! | 40 | 2 | month of enrolment, as months since the year 0 |
//! | 42 | 2 | parts of the tail, as bits by the table below |
//! | 44 | 1 | sex: 1 male, 2 female |
//! | 45 | 19 | the name in UTF-8 and zeros, where it fits: six Han characters; else zeros |
//!
//! A *packed* number is one of seventeen digits and a digit or X: the seventeen digits as a number times
//! eleven, plus the last character (X counts ten). Every number of 18 characters that is no passport is one,
//! and two of them are equal where the words are. All other numbers are written out.
//!
//! # The tail
//! The parts whose bit is set, in the order of the bits. A *count* is LEB128: seven bits a byte, the lowest
//! first, in as few bytes as it needs. A *text* is a count of bytes and the bytes, UTF-8. Counts stand at
//! their parts and not in the head, where one or two bytes would bound what an identity may hold.
//!
//! | bit | part | bytes |
//! |---|---|---|
//! | 0 | number of the first document, where it is not packed | text |
//! | 1 | the first document as written, where that is not its number | text |
//! | 2 | further documents | count, documents |
//! | 3 | the name, where it is longer than 19 bytes | text |
//! | 4 | former names | count, texts |
//! | 5 | guardians | count, guardians |
//! | 6 | phones, rising | count, 6 bytes each |
//! | 7 | pairs of the address, rising | count, 2 bytes each |
//! | 8 | former registry number | text |
//!
//! A *document* is a byte that says its shape, 2 bytes of flags, its number (8 bytes packed, or a text), and
//! as a text what was written, where that is not the number. The shape is the kind in the lower four bits, 16 for a
//! packed number, 32 for a text as written. A *guardian* is a document followed by the name as a text, and 64
//! in the shape says that there is a name; a shape of kind 0 stands alone for no document.
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
//! (a lookup wants all fields of few students). Pairs of an address as differences: they are hashes, and
//! twenty of them in 65,536 lie too far apart to save a bit in ten.

mod bytes;
mod decode;
mod encode;
mod layout;
mod malformed;

use super::Identity;

pub use layout::HEAD_BYTES;
pub use malformed::Malformed;

/// The version of the layout.
pub const VERSION: u8 = 1;

/// Appends the profile of an identity to `out`: [`HEAD_BYTES`] bytes and a tail of some 75 for a student
/// with two guardians and an address. About 60 ns, without allocation but for the growth of `out`.
///
/// What [`Identity::of`] gives, [`decode`] reads back. An identity put together by hand may break a rule that
/// [`decode`] holds it to, such as more documents than
/// [`DOCUMENTS_MAX`](crate::limits::DOCUMENTS_MAX).
///
/// # Panics
/// If the tail has 4 GiB or more. No row is so long: see
/// [`RECORD_BYTES_MAX`](crate::limits::RECORD_BYTES_MAX).
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
/// assert_eq!(bytes.len(), profile::HEAD_BYTES);
/// assert_eq!(profile::decode(&bytes), Ok(identity));
/// ```
pub fn encode(identity: &Identity, out: &mut Vec<u8>) {
    encode::encode(identity, out);
}

/// Reads a profile: all of `bytes`, neither more nor less. Never panics. About 120 ns for a student with a
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
