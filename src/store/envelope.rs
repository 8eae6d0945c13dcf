//! The envelope of every stored value: a version byte, a checksum, the payload.
//!
//! | bytes | what |
//! |---|---|
//! | 0 | the version of the payload's encoding |
//! | 1–4 | the low 32 bits of XXH3-64 over table, key, version and payload, little endian |
//! | 5… | the payload |
//!
//! The checksum is verified on every read: the database beneath verifies its pages only when it repairs. It
//! covers the table and the key, so that a row found in a wrong place is noticed as well.

use super::StoreError;
use crate::hash::{hash_bytes, mix};

/// The version of what [`super::codec`] and the profiles write.
const VERSION: u8 = 1;
/// Bytes in front of the payload.
pub(crate) const HEAD: usize = 5;

/// Writes an envelope around what `payload` appends.
pub(crate) fn seal(
    table: &str,
    key: &[u8],
    payload: impl FnOnce(&mut Vec<u8>) -> Result<(), StoreError>,
) -> Result<Vec<u8>, StoreError> {
    let mut out = Vec::with_capacity(128);
    out.extend_from_slice(&[VERSION, 0, 0, 0, 0]);
    payload(&mut out)?;
    let sum = checksum(table, key, VERSION, &out[HEAD..]);
    out[1..HEAD].copy_from_slice(&sum.to_le_bytes());
    Ok(out)
}

/// The payload of an envelope, its checksum verified.
///
/// # Errors
/// [`StoreError::Damaged`].
pub(crate) fn open<'b>(table: &str, key: &[u8], bytes: &'b [u8]) -> Result<&'b [u8], StoreError> {
    let damaged = |what: &str| StoreError::damaged(format!("{what} in the table {table}"));
    let (head, payload) = bytes.split_first_chunk::<HEAD>().ok_or_else(|| damaged("a row without a head"))?;
    let [version, sum @ ..] = *head;
    if version != VERSION {
        return Err(damaged("a row of an unknown version"));
    }
    if u32::from_le_bytes(sum) != checksum(table, key, version, payload) {
        return Err(damaged("a wrong checksum"));
    }
    Ok(payload)
}

fn checksum(table: &str, key: &[u8], version: u8, payload: &[u8]) -> u32 {
    let place = hash_bytes(u64::from(version), table.as_bytes());
    mix(hash_bytes(place, key), hash_bytes(place, payload)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_changed_byte_is_noticed() {
        let sealed = seal("students", b"key", |out| {
            out.extend_from_slice(b"payload");
            Ok(())
        })
        .unwrap();
        assert_eq!(open("students", b"key", &sealed).unwrap(), b"payload");
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut changed = sealed.clone();
                changed[at] ^= 1 << bit;
                assert!(open("students", b"key", &changed).is_err());
            }
            assert!(open("students", b"key", &sealed[..at]).is_err());
        }
        assert!(open("students", b"kex", &sealed).is_err());
        assert!(open("cases", b"key", &sealed).is_err());
    }
}
