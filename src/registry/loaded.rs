//! Rows of a file that were loaded together: one entry of the journal for some forty of them.
//!
//! The records as given stand compressed (LZ4 block format); what became of each stands beside. A row's request is
//! its content ([`super::request_of`]), so it is not written down.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::Result;
use super::event::{Answered, Event};
use super::request::request_of;
use crate::ids::{RecordId, StudentId};
use crate::limits::ROW_BYTES_MAX;
use crate::store::{self, StoreError};
use crate::student::{OwnedStudent, Student};

/// Most rows of one entry: a record is shown by unpacking its whole entry, some 30 µs for so many.
const ROWS_MAX: u64 = 64;
/// Bytes of an entry from which on it takes no further row. The database gives a row of more than a page (4 KiB) two
/// pages, or four, or eight: one just above 8 KiB would take 16. A row, what stands around an entry, and what the
/// compression is misjudged by are left free.
const ENTRY_BYTES: u64 = 7_600;
/// Bytes of rows from which on it takes no further one, however well those before them were packed.
const TEXT_BYTES_MAX: usize = 1 << 20;
/// Bytes of an outcome, about.
const OUTCOME_BYTES: u64 = 32;

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Whose it is.
    pub student: StudentId,
    /// Its ordinal; `None` where the student has the same record already.
    pub record: Option<RecordId>,
    /// The answer.
    pub answer: Answered,
    /// Whether it repeats what was corrected before.
    pub is_stale: bool,
}

/// Records as given, compressed.
#[derive(Clone, PartialEq, Eq)]
pub struct Packed(Vec<u8>);

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Packed({} bytes)", self.0.len())
    }
}

impl Packed {
    /// What [`pack`] wrote.
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Packed {
        Packed(bytes)
    }

    /// The records, in their order.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub(super) fn rows(&self) -> Result<Vec<OwnedStudent>> {
        let bytes = self.unpacked()?;
        let mut rows = Vec::new();
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            rows.push(store::decode(next_row(&mut rest)?, "journal")?);
        }
        Ok(rows)
    }

    /// The record at a place.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], also if there is none.
    pub(super) fn row(&self, at: usize) -> Result<OwnedStudent> {
        let bytes = self.unpacked()?;
        let mut rest = &bytes[..];
        for _ in 0..at {
            next_row(&mut rest)?;
        }
        Ok(store::decode(next_row(&mut rest)?, "journal")?)
    }

    fn unpacked(&self) -> Result<Vec<u8>> {
        let (length, packed) = self.0.split_first_chunk::<4>().ok_or_else(damaged)?;
        let length = u32::from_le_bytes(*length) as usize;
        if length > 2 * ROW_BYTES_MAX {
            return Err(damaged().into());
        }
        let mut bytes = vec![0; length];
        let written = lz4_flex::block::decompress_into(packed, &mut bytes).map_err(|_| damaged())?;
        if written == length { Ok(bytes) } else { Err(damaged().into()) }
    }
}

/// Takes the next row off.
fn next_row<'b>(rest: &mut &'b [u8]) -> Result<&'b [u8]> {
    let (length, tail) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
    let (row, tail) = tail.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(damaged)?;
    *rest = tail;
    Ok(row)
}

fn damaged() -> StoreError {
    StoreError::damaged("rows of an entry in the table journal")
}

/// Packs rows, each in its encoded form, one behind the other: their length and an LZ4 block. Gives how many bytes it
/// wrote.
pub(super) fn pack(rows: &[u8], out: &mut Vec<u8>) -> usize {
    let start = out.len();
    // INVARIANT: rows are packed long before they have 4 GiB.
    out.extend_from_slice(&(rows.len() as u32).to_le_bytes());
    let block = out.len();
    out.resize(block + lz4_flex::block::get_maximum_output_size(rows.len()), 0);
    // INVARIANT: there is room for whatever it comes to.
    let packed =
        lz4_flex::block::compress_into(rows, &mut out[block..]).expect("room for the largest output");
    out.truncate(block + packed);
    out.len() - start
}

/// Tells when an entry is full, by how well the last one's rows were compressed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fill {
    /// Of so many bytes of rows came so many packed ones.
    rows: u64,
    packed: u64,
}

impl Default for Fill {
    /// Before anything was packed: badly.
    fn default() -> Self {
        Fill { rows: 4, packed: 3 }
    }
}

impl Fill {
    /// Whether an entry of so many rows, of so many bytes together, takes no further one.
    pub(super) fn is_full(self, rows: u32, bytes: usize) -> bool {
        let rows = u64::from(rows);
        let packed = bytes as u64 * self.packed / self.rows;
        rows >= ROWS_MAX || bytes >= TEXT_BYTES_MAX || packed + rows * OUTCOME_BYTES >= ENTRY_BYTES
    }

    /// So many bytes of rows were packed into so many.
    pub(super) fn learn(&mut self, bytes: usize, packed: usize) {
        *self = Fill { rows: bytes.max(1) as u64, packed: packed as u64 };
    }
}

/// Appends a row as [`pack`] takes it. About 0.2 µs.
///
/// # Errors
/// [`StoreError::TooLarge`]; `out` is then as it was.
pub(super) fn put_row(student: &Student<'_>, out: &mut Vec<u8>) -> Result<()> {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    if let Err(error) = store::encode(student, "a record", out) {
        out.truncate(start);
        return Err(error.into());
    }
    let length = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// A row with what became of it.
pub(super) fn rows_with_outcomes(
    given: &Packed,
    outcomes: &[Option<Outcome>],
) -> Result<Vec<(Arc<OwnedStudent>, Outcome)>> {
    let rows = given.rows()?;
    if rows.len() != outcomes.len() {
        return Err(StoreError::damaged("an entry of the table journal has other outcomes than rows").into());
    }
    let both = rows.into_iter().zip(outcomes);
    Ok(both.filter_map(|(row, outcome)| Some((Arc::new(row), outcome.clone()?))).collect())
}

/// The event that a row alone would have been.
pub(super) fn enrolled((given, outcome): (Arc<OwnedStudent>, Outcome)) -> Event {
    let Outcome { student, record, answer, is_stale } = outcome;
    Event::Enrolled { request: request_of(&given.as_student()), given, student, record, answer, is_stale }
}

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Packed, D::Error> {
        struct Bytes;
        impl serde::de::Visitor<'_> for Bytes {
            type Value = Packed;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> std::result::Result<Packed, E> {
                Ok(Packed(bytes.to_vec()))
            }

            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> std::result::Result<Packed, E> {
                Ok(Packed(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::GivenDocument;

    #[test]
    fn entries_fill_two_pages_and_no_more() {
        let mut state = 7u64;
        let mut digits = |count: usize| -> String {
            let mut digit = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                char::from(b'0' + (state >> 33) as u8 % 10)
            };
            (0..count).map(|_| digit()).collect()
        };
        for long in [0, 120, 400] {
            let (mut fill, mut texts, mut rows, mut sizes) = (Fill::default(), Vec::new(), 0, Vec::new());
            for _ in 0..4_000 {
                let (number, address) = (digits(18), digits(6 + long));
                let documents = vec![GivenDocument { kind: "1", number: &number }];
                let student =
                    Student { documents, name: "周洋明", address: &address, ..Student::default() };
                put_row(&student, &mut texts).unwrap();
                rows += 1;
                if fill.is_full(rows, texts.len()) {
                    let packed = pack(&texts, &mut Vec::new());
                    fill.learn(texts.len(), packed);
                    sizes.push(packed as u64 + u64::from(rows) * OUTCOME_BYTES);
                    (rows, texts) = (0, Vec::new());
                }
            }
            // Of short rows no more are taken than are quickly unpacked.
            let least = if long == 0 { 3_000 } else { 7_000 };
            // But for the first, of which it is not known how well it is packed.
            assert!(sizes[1..].iter().all(|size| (least..8_060).contains(size)), "{long}: {sizes:?}");
        }
    }

    #[test]
    fn an_entry_stays_one_that_can_be_read_whatever_came_before() {
        let mut fill = Fill::default();
        fill.learn(1 << 20, 1);
        assert!(!fill.is_full(1, 1_000) && fill.is_full(1, TEXT_BYTES_MAX) && fill.is_full(64, 1_000));
        fill.learn(0, 4);
        assert!(fill.is_full(1, 8_000));
    }

    #[test]
    fn rows_come_back_and_damage_is_told() {
        let mut bytes = Vec::new();
        for name in ["周洋明", "", "司徒静嘉"] {
            put_row(&Student { name, record_id: "r1", ..Student::default() }, &mut bytes).unwrap();
        }
        let mut packed = vec![7];
        assert_eq!(pack(&bytes, &mut packed), packed.len() - 1);
        let packed = Packed::from_bytes(packed.split_off(1));
        let names: Vec<String> = packed.rows().unwrap().into_iter().map(|row| row.name).collect();
        assert_eq!(names, ["周洋明", "", "司徒静嘉"]);
        for at in 0..packed.0.len() {
            let mut changed = packed.clone();
            changed.0[at] ^= 0x55;
            let _ = changed.rows();
            changed.0.truncate(at);
            assert!(changed.rows().is_err());
        }
    }
}
