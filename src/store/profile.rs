//! The row of a record in the table `profiles`: whose it is, where its full text stands, and what is compared.
//!
//! | bytes | what |
//! |---|---|
//! | 0–3 | the student, little endian |
//! | 4–11 | the journal entry that holds the record as given, little endian |
//! | 12 | its standing: 0 live, 1 superseded |
//! | 13… | the comparison profile, [`crate::identity::profile`] |

use super::StoreError;
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

const HEAD: usize = 13;

pub(super) fn encode(profile: &Profile, out: &mut Vec<u8>) {
    out.extend_from_slice(&profile.student.get().to_le_bytes());
    out.extend_from_slice(&profile.sequence.get().to_le_bytes());
    out.push(profile.standing as u8);
    profile::encode(&profile.identity, out);
}

pub(super) fn decode(payload: &[u8]) -> Result<Profile, StoreError> {
    let damaged = || StoreError::damaged("a row of profiles cannot be read");
    let (head, identity) = payload.split_first_chunk::<HEAD>().ok_or_else(damaged)?;
    let [s0, s1, s2, s3, e0, e1, e2, e3, e4, e5, e6, e7, standing] = *head;
    Ok(Profile {
        student: StudentId::new(u32::from_le_bytes([s0, s1, s2, s3])),
        sequence: Sequence::new(u64::from_le_bytes([e0, e1, e2, e3, e4, e5, e6, e7])),
        standing: match standing {
            0 => Standing::Live,
            1 => Standing::Superseded,
            _ => return Err(damaged()),
        },
        identity: profile::decode(identity).map_err(|_| damaged())?,
    })
}
