//! The row of a record: whose it is, where its full text stands, and what is compared. The same in the table
//! `profiles` and in a segment.
//!
//! | bytes | what |
//! |---|---|
//! | 0… | twice the student, and one more if the record is superseded, as a varint (seven bits a byte, the lowest first; the top bit says that more follow) |
//! | … | the journal entry that holds the record as given, as a varint |
//! | … | the comparison profile, [`crate::identity::profile`] |
//!
//! A row of the single byte 2 says that the record is no longer to be found.

use super::{StoreError, varint};
use crate::identity::{Identity, profile};
use crate::ids::{Sequence, StudentId};

/// What a record still speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Standing {
    /// It says what is so.
    Live = 0,
    /// It says what was so, until it was corrected: it still finds the student and proves nothing else.
    Superseded = 1,
}

/// What stands for a record that is no longer to be found, above a segment that has it.
pub(super) const GONE: &[u8] = &[2];

/// A record without its full text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Profile {
    /// Whose it is.
    pub(crate) student: StudentId,
    /// The journal entry with the record as given.
    pub(crate) sequence: Sequence,
    /// What it still speaks for.
    pub(crate) standing: Standing,
    /// What is compared.
    pub(crate) identity: Identity,
}

/// Appends the row of a profile.
pub(crate) fn encode(profile: &Profile, out: &mut Vec<u8>) {
    put_head(profile.student, profile.sequence, profile.standing, out);
    profile::encode(&profile.identity, out);
}

/// The same of what is compared in its encoded form.
pub(crate) fn encode_bytes(
    student: StudentId,
    sequence: Sequence,
    standing: Standing,
    identity: &[u8],
    out: &mut Vec<u8>,
) {
    put_head(student, sequence, standing, out);
    out.extend_from_slice(identity);
}

fn put_head(student: StudentId, sequence: Sequence, standing: Standing, out: &mut Vec<u8>) {
    varint::put(out, u64::from(student.get()) << 1 | standing as u64);
    varint::put(out, sequence.get());
}

/// What is compared of a row, encoded; empty for a row that cannot be read, or that says the record is gone.
pub(super) fn identity_bytes(payload: &[u8]) -> &[u8] {
    let mut rest = payload;
    match (varint::take(&mut rest), varint::take(&mut rest)) {
        (Some(_), Some(_)) => rest,
        _ => &[],
    }
}

/// Reads a row; `None` for one that says the record is gone.
pub(super) fn decode(payload: &[u8]) -> Result<Option<Profile>, StoreError> {
    let damaged = || StoreError::damaged("a row of profiles cannot be read");
    if payload == GONE {
        return Ok(None);
    }
    let mut rest = payload;
    let head = varint::take(&mut rest).ok_or_else(damaged)?;
    let student = u32::try_from(head >> 1).map_err(|_| damaged())?;
    let standing = if head & 1 == 0 { Standing::Live } else { Standing::Superseded };
    let sequence = varint::take(&mut rest).ok_or_else(damaged)?;
    Ok(Some(Profile {
        student: StudentId::new(student),
        sequence: Sequence::new(sequence),
        standing,
        identity: profile::decode(rest).map_err(|_| damaged())?,
    }))
}
