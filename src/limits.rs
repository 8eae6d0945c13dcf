//! Every bound of the engine, with its reason. Nothing here computes.

/// Most documents of one student that are read; a further one is reported, not dropped silently.
/// A Hong Kong child can appear under kinds 6, 7, C and 1.
pub const DOCUMENTS_MAX: usize = 4;

/// Longest document number, in bytes: a passport has at most 17, a resident number 18.
pub const DOCUMENT_BYTES_MAX: usize = 22;

/// Longest name that is compared, in characters; the template asks for at least 50.
pub const NAME_CHARS_MAX: usize = 64;

/// Longest cell that is read, in bytes; a longer one rejects its row.
pub const CELL_BYTES_MAX: usize = 64 * 1024;

/// Earliest and latest birth year that is believed.
pub const BIRTH_YEARS: std::ops::RangeInclusive<u16> = 1850..=2100;
