//! How values become bytes: the only place that names bincode.
//!
//! bincode's "standard" configuration: variable-length integers, little endian. Every value stands inside
//! an [`super::envelope`], which carries the version and the checksum; so a change of the encoder is a new
//! envelope version and not a new meaning of old bytes.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;
use crate::limits::ROW_BYTES_MAX;

/// What a decoder may ask for. It counts a number by its width in memory, of which one stored byte can be eight, so
/// that every row that was written can be read.
const CLAIM_MAX: usize = 8 * ROW_BYTES_MAX;

fn configuration() -> impl bincode::config::Config {
    bincode::config::standard().with_limit::<CLAIM_MAX>()
}

/// Appends a value's bytes.
///
/// # Errors
/// [`StoreError::TooLarge`] beyond [`ROW_BYTES_MAX`]; `out` then holds a part.
pub(crate) fn encode(
    value: &impl Serialize,
    what: &'static str,
    out: &mut Vec<u8>,
) -> Result<(), StoreError> {
    // The encoder knows of no limit: what is too large would be written, and never read again.
    match bincode::serde::encode_into_std_write(value, out, configuration()) {
        Ok(written) if written <= ROW_BYTES_MAX => Ok(()),
        _ => Err(StoreError::TooLarge(what)),
    }
}

/// Reads a value; all of the bytes must be used.
///
/// # Errors
/// [`StoreError::Damaged`] naming `what`.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8], what: &'static str) -> Result<T, StoreError> {
    match bincode::serde::decode_from_slice(bytes, configuration()) {
        Ok((value, used)) if used == bytes.len() => Ok(value),
        _ => Err(StoreError::damaged(format!("a row of {what} cannot be read"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read_and_what_cannot_is_not_written() {
        let mut out = Vec::new();
        let largest = "x".repeat(ROW_BYTES_MAX - 9);
        encode(&largest, "test", &mut out).unwrap();
        assert_eq!(decode::<String>(&out, "test").unwrap(), largest);
        let larger = "x".repeat(ROW_BYTES_MAX);
        assert!(matches!(encode(&larger, "test", &mut Vec::new()), Err(StoreError::TooLarge("test"))));
        // A byte each, and eight in memory.
        let (small, mut out) = (vec![1_u64; ROW_BYTES_MAX / 2], Vec::new());
        encode(&small, "test", &mut out).unwrap();
        assert_eq!(decode::<Vec<u64>>(&out, "test").unwrap(), small);
    }
}
