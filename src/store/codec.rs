//! How values become bytes: the only place that names bincode.
//!
//! bincode's "standard" configuration: variable-length integers, little endian. Every value stands inside
//! an [`super::envelope`], which carries the version and the checksum; so a change of the encoder is a new
//! envelope version and not a new meaning of old bytes.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;
use crate::limits::ROW_BYTES_MAX;

fn configuration() -> impl bincode::config::Config {
    bincode::config::standard().with_limit::<ROW_BYTES_MAX>()
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
    bincode::serde::encode_into_std_write(value, out, configuration())
        .map(|_| ())
        .map_err(|_| StoreError::TooLarge(what))
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
