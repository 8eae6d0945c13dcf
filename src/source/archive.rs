//! A ZIP archive looked through before anybody else reads it: whether it is a workbook, whether it is whole,
//! and whether what it unpacks to is within bounds.
//!
//! What is read afterwards (`sheet`) keeps some parts in memory whole and trusts what they say of themselves. So
//! every part of XML is unpacked here once, thrown away as it comes, counted and compared with its checksum.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use memchr::{memchr, memmem, memrchr};

use super::error::SourceErrorKind;
use crate::limits::{RECORD_BYTES_MAX, UNPACKED_BYTES_MAX, WORKBOOK_PART_BYTES_MAX};

/// The longest end-of-archive record: 22 bytes and a comment.
const END_BYTES_MAX: u64 = 22 + 65_535;
/// Most parts of an archive; a workbook has as many as it has sheets, and some twenty more.
const PARTS_MAX: u64 = 100_000;
/// Bytes unpacked at once.
const BLOCK_BYTES: usize = 128 * 1024;
const _: () = assert!(BLOCK_BYTES < RECORD_BYTES_MAX);
/// Bytes at the end of a block that are looked at again with the next one, so that nothing is cut in two.
const OVERLAP: usize = 64;

/// What was seen of a workbook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// Whether any sheet has merged cells.
    pub(super) has_merged_cells: bool,
    /// Whether any sheet has a cell in the last row there can be.
    pub(super) has_last_row: bool,
}

/// A part of the archive.
struct Part {
    name: Vec<u8>,
    method: u16,
    is_encrypted: bool,
    checksum: u32,
    packed_bytes: u64,
    header_at: u64,
}

/// Looks through a workbook.
pub(super) fn survey<F: Read + Seek>(file: &mut F) -> Result<Survey, SourceErrorKind> {
    let parts = parts(file)?;
    let named = |ending: &[u8]| parts.iter().any(|part| part.name.ends_with(ending));
    if !named(b"workbook.xml") || !named(b"[Content_Types].xml") {
        return Err(SourceErrorKind::NotAWorkbook);
    }
    let mut survey = Survey::default();
    let mut unpacked = 0;
    for part in &parts {
        let name = part.name.to_ascii_lowercase();
        if !(name.ends_with(b".xml") || name.ends_with(b".rels")) {
            continue;
        }
        if part.is_encrypted {
            return Err(SourceErrorKind::Encrypted);
        }
        let is_sheet = memmem::find(&name, b"worksheets/").is_some() && name.ends_with(b".xml");
        let most = if is_sheet { UNPACKED_BYTES_MAX - unpacked } else { WORKBOOK_PART_BYTES_MAX };
        unpacked += look_through(file, part, most, is_sheet, &mut survey)?;
        if unpacked > UNPACKED_BYTES_MAX {
            return Err(SourceErrorKind::UnpacksTooLarge);
        }
    }
    file.seek(SeekFrom::Start(0)).map_err(SourceErrorKind::Io)?;
    Ok(survey)
}

/// An error of reading an archive: of the system, or of the archive.
fn fault(error: io::Error) -> SourceErrorKind {
    match error.raw_os_error() {
        Some(_) => SourceErrorKind::Io(error),
        None => SourceErrorKind::Damaged,
    }
}

/// Unpacks a part and tells how many bytes it has.
fn look_through<F: Read + Seek>(
    file: &mut F,
    part: &Part,
    most: u64,
    is_sheet: bool,
    survey: &mut Survey,
) -> Result<u64, SourceErrorKind> {
    let mut header = [0; 30];
    file.seek(SeekFrom::Start(part.header_at)).map_err(fault)?;
    file.read_exact(&mut header).map_err(fault)?;
    if !header.starts_with(b"PK\x03\x04") {
        return Err(SourceErrorKind::Damaged);
    }
    let names = i64::from(u16_at(&header, 26)) + i64::from(u16_at(&header, 28));
    file.seek(SeekFrom::Current(names)).map_err(fault)?;
    let packed = BufReader::with_capacity(BLOCK_BYTES, file.take(part.packed_bytes));
    let mut reader: Box<dyn Read + '_> = match part.method {
        0 => Box::new(packed),
        8 => Box::new(flate2::bufread::DeflateDecoder::new(packed)),
        // No other method is allowed in a workbook (ECMA-376-2, annex C).
        _ => return Err(SourceErrorKind::Damaged),
    };
    let mut checksum = flate2::Crc::new();
    let mut block = vec![0; OVERLAP + BLOCK_BYTES];
    let (mut kept, mut bytes, mut run) = (0, 0_u64, 0_u64);
    let is_strings = part.name.to_ascii_lowercase().ends_with(b"sharedstrings.xml");
    let mut strings = None;
    loop {
        let read = reader.read(&mut block[kept..]).map_err(fault)?;
        if read == 0 {
            break;
        }
        let (seen, fresh) = (&block[..kept + read], &block[kept..kept + read]);
        checksum.update(fresh);
        if bytes == 0 && is_strings {
            strings = declared_strings(fresh);
        }
        bytes += read as u64;
        if bytes > most {
            return Err(SourceErrorKind::UnpacksTooLarge);
        }
        // Whoever parses XML holds a text and a tag in memory as a whole. Within a block all are short enough.
        match memchr(b'<', fresh).zip(memrchr(b'<', fresh)) {
            Some((first, last)) if run + first as u64 <= RECORD_BYTES_MAX as u64 => {
                run = (read - last) as u64
            }
            _ => run += read as u64,
        }
        if run > RECORD_BYTES_MAX as u64 {
            return Err(SourceErrorKind::UnpacksTooLarge);
        }
        if is_sheet {
            survey.has_merged_cells |= memmem::find(seen, b"mergeCell ").is_some();
            survey.has_last_row |= memmem::find(seen, b"r=\"1048576\"").is_some();
        }
        let end = kept + read;
        kept = end.min(OVERLAP);
        block.copy_within(end - kept..end, 0);
    }
    if checksum.sum() != part.checksum {
        return Err(SourceErrorKind::Damaged);
    }
    // Room is made for as many texts as a table says it has; it cannot have more than one in five bytes.
    if strings.is_some_and(|strings| strings > bytes) {
        return Err(SourceErrorKind::Damaged);
    }
    Ok(bytes)
}

/// How many texts a table of shared texts says it has.
fn declared_strings(beginning: &[u8]) -> Option<u64> {
    let at = memmem::find(beginning, b"uniqueCount=")? + b"uniqueCount=".len() + 1;
    let digits = beginning[at..].iter().take_while(|byte| byte.is_ascii_digit());
    Some(digits.fold(0, |n: u64, digit| n.saturating_mul(10).saturating_add(u64::from(digit - b'0'))))
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// The parts that the archive's directory lists (APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16).
fn parts<F: Read + Seek>(file: &mut F) -> Result<Vec<Part>, SourceErrorKind> {
    let size = file.seek(SeekFrom::End(0)).map_err(fault)?;
    let begin = size.saturating_sub(END_BYTES_MAX);
    file.seek(SeekFrom::Start(begin)).map_err(fault)?;
    let mut tail = Vec::new();
    file.take(END_BYTES_MAX).read_to_end(&mut tail).map_err(fault)?;
    let end = memmem::rfind(&tail, b"PK\x05\x06").filter(|&at| at + 22 <= tail.len());
    let end = end.ok_or(SourceErrorKind::Damaged)?;
    let mut count = u64::from(u16_at(&tail, end + 10));
    let mut length = u64::from(u32_at(&tail, end + 12));
    let mut start = u64::from(u32_at(&tail, end + 16));
    let is_large = count == 0xFFFF || length == 0xFFFF_FFFF || start == 0xFFFF_FFFF;
    if is_large && end >= 20 && tail[end - 20..].starts_with(b"PK\x06\x07") {
        let at = u64_at(&tail, end - 20 + 8);
        let mut large = [0; 56];
        file.seek(SeekFrom::Start(at)).map_err(fault)?;
        file.read_exact(&mut large).map_err(fault)?;
        if !large.starts_with(b"PK\x06\x06") {
            return Err(SourceErrorKind::Damaged);
        }
        (count, length, start) = (u64_at(&large, 32), u64_at(&large, 40), u64_at(&large, 48));
    }
    if count > PARTS_MAX || start.checked_add(length).is_none_or(|end| end > size) {
        return Err(SourceErrorKind::Damaged);
    }
    file.seek(SeekFrom::Start(start)).map_err(fault)?;
    let mut directory = Vec::new();
    file.take(length).read_to_end(&mut directory).map_err(fault)?;
    let mut parts = Vec::new();
    let mut rest = directory.as_slice();
    for _ in 0..count {
        if rest.len() < 46 || !rest.starts_with(b"PK\x01\x02") {
            return Err(SourceErrorKind::Damaged);
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(rest, at)));
        let whole = rest.get(46..46 + name + extra + comment).ok_or(SourceErrorKind::Damaged)?;
        let mut part = Part {
            // Some programs divide folders as Windows does.
            name: whole[..name].iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect(),
            method: u16_at(rest, 10),
            is_encrypted: u16_at(rest, 8) & 1 == 1,
            checksum: u32_at(rest, 16),
            packed_bytes: u64::from(u32_at(rest, 20)),
            header_at: u64::from(u32_at(rest, 42)),
        };
        let unpacked_bytes = u32_at(rest, 24);
        large_sizes(&mut part, unpacked_bytes, &whole[name..name + extra]);
        parts.push(part);
        rest = &rest[46 + name + extra + comment..];
    }
    Ok(parts)
}

/// Sizes above 4 GiB, which stand in an extra field in the order of those that did not fit.
fn large_sizes(part: &mut Part, unpacked_bytes: u32, mut extra: &[u8]) {
    while extra.len() >= 4 {
        let (tag, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(field) = extra.get(4..4 + length) else { return };
        if tag == 1 {
            let mut values = field.chunks_exact(8).map(|value| u64_at(value, 0));
            if unpacked_bytes == u32::MAX {
                values.next();
            }
            if part.packed_bytes == u64::from(u32::MAX) {
                part.packed_bytes = values.next().unwrap_or(part.packed_bytes);
            }
            if part.header_at == u64::from(u32::MAX) {
                part.header_at = values.next().unwrap_or(part.header_at);
            }
        }
        extra = &extra[4 + length..];
    }
}
