//! Bytes of a file, cut at record boundaries, in pieces of bounded size.
//!
//! One thread reads here; the pieces are parsed elsewhere. A piece with no quotation mark is cut at its
//! last line break without looking at the rest. Where quotation marks stand, records are followed one by
//! one, and a record that cannot be right (a quote that is never closed, or is closed so late that the
//! cells do not come out, or more bytes than a record may have) is cut out as one rejected line.

use std::io;
use std::path::Path;

use memchr::{memchr, memchr_iter};

use super::encoding::{Encoding, Transcoder};
use super::error::{SourceError, SourceErrorKind};
use super::kind::{FileKind, Form};
use super::pieces::{Cut, Piece};
use super::record::{self, Ending};
use super::rejected::RejectRule;
use super::unpack::Unpacked;
use crate::hash::Digest;
use crate::limits::{CHUNK_BYTES, COLUMNS_MAX, RECORD_BYTES_MAX};

/// A file being read.
pub(super) struct Blocks {
    input: Unpacked,
    transcoder: Option<Transcoder>,
    /// UTF-16 bytes on their way to UTF-8.
    raw: Vec<u8>,
    /// Bytes read that belong to the next piece.
    carry: Vec<u8>,
    /// Bytes read from the file and told already.
    file_bytes: u64,
    at_end: bool,
    /// Whether the bytes up to the next line break belong to a record that is too long.
    skipping: bool,
    next_row: u64,
    delimiter: u8,
    columns: usize,
    /// Whether each line is a record, whatever quotation marks are in it.
    is_by_line: bool,
    digest: Digest,
}

impl Blocks {
    /// Opens a file and passes over its byte order mark.
    pub(super) fn open(path: &Path, form: &Form) -> io::Result<Blocks> {
        let mut input = Unpacked::open(path, form.packing)?;
        input.read_block(form.mark, &mut Vec::new())?;
        Ok(Blocks {
            input,
            transcoder: form.encoding.transcoder(),
            raw: Vec::new(),
            carry: Vec::new(),
            file_bytes: 0,
            at_end: false,
            skipping: false,
            next_row: 1,
            delimiter: b',',
            columns: 0,
            is_by_line: form.kind == FileKind::Ndjson,
            digest: Digest::default(),
        })
    }

    /// The delimiter the header was written with.
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// A digest of what has been read so far, the byte order mark left out.
    pub(super) fn digest(&self) -> u64 {
        self.digest.get()
    }

    /// Reads one more block onto the end of `buffer`.
    fn fill(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        if self.at_end {
            return Ok(());
        }
        let read = match &mut self.transcoder {
            None => {
                let before = buffer.len();
                let read = self.input.read_block(CHUNK_BYTES, buffer)?;
                self.digest.update(&buffer[before..]);
                read
            }
            Some(transcoder) => {
                self.raw.clear();
                let read = self.input.read_block(CHUNK_BYTES, &mut self.raw)?;
                self.digest.update(&self.raw);
                transcoder.push(&self.raw, buffer, read == 0);
                read
            }
        };
        self.at_end = read == 0;
        Ok(())
    }

    /// Reads the header: the cells of the first record that is no blank line. Tells the delimiter: a
    /// comma, or where the header has none, a tab (as spreadsheets write UTF-16) or a semicolon.
    ///
    /// IMPORTANT: comes before the first [`Blocks::next_piece`].
    pub(super) fn header(&mut self, path: &Path, encoding: Encoding) -> Result<Vec<String>, SourceError> {
        let fail = |kind| SourceError::new(path, kind);
        let mut buffer = Vec::new();
        let mut start = 0;
        let end = loop {
            self.fill(&mut buffer).map_err(|error| fail(self.input.packing().error(error)))?;
            while let Some(offset) = memchr(b'\n', &buffer[start..]) {
                if !record::is_blank(record::without_line_break(&buffer[start..=start + offset])) {
                    break;
                }
                start += offset + 1;
                self.next_row += 1;
            }
            match record::scan(&buffer, start, b',').ending {
                Ending::At(end) => break end,
                Ending::Open if self.at_end => break buffer.len(),
                Ending::InQuote if self.at_end => return Err(fail(SourceErrorKind::HeaderQuote)),
                Ending::InQuote | Ending::Open if buffer.len() - start > RECORD_BYTES_MAX => {
                    return Err(fail(SourceErrorKind::HeaderTooLong));
                }
                Ending::InQuote | Ending::Open => {}
            }
        };
        let bytes = record::without_line_break(&buffer[start..end]);
        if record::is_blank(bytes) {
            return Err(fail(SourceErrorKind::Empty));
        }
        if memchr(0, bytes).is_some() {
            return Err(fail(SourceErrorKind::HeaderEncoding));
        }
        let text = encoding.text(bytes).ok_or_else(|| fail(SourceErrorKind::HeaderEncoding))?;
        self.delimiter = b",\t;".iter().copied().find(|&d| memchr(d, bytes).is_some()).unwrap_or(b',');
        let mut cells = Vec::new();
        self.columns = record::split(text.as_bytes(), self.delimiter, COLUMNS_MAX, &mut cells);
        if self.columns > COLUMNS_MAX {
            return Err(fail(SourceErrorKind::TooManyColumns));
        }
        let names = cells.iter().map(|cell| {
            let raw = &text[cell.start as usize..cell.end as usize];
            let mut name = String::new();
            if cell.quoted {
                record::unquote(raw, &mut name);
            } else {
                name.push_str(raw);
            }
            name
        });
        let names = names.collect();
        self.next_row += 1;
        self.carry = buffer.split_off(end);
        Ok(names)
    }

    /// The next whole records, or `None` at the end of the file. Memory: at most one block and one
    /// record of the longest size.
    pub(super) fn next_piece(&mut self, mut bytes: Vec<u8>) -> Result<Option<Piece>, SourceErrorKind> {
        bytes.clear();
        bytes.append(&mut self.carry);
        let mut cuts = Vec::new();
        let (end, rows) = loop {
            self.fill(&mut bytes).map_err(|error| self.input.packing().error(error))?;
            if self.skipping {
                match memchr(b'\n', &bytes) {
                    None if !self.at_end => {
                        bytes.clear();
                        continue;
                    }
                    None => bytes.clear(),
                    Some(offset) => drop(bytes.drain(..=offset)),
                }
                self.skipping = false;
                cuts.push(Cut { start: 0, end: 0, rule: RejectRule::RecordTooLong });
            }
            let skipped = cuts.len() as u64;
            let (end, rows) = self.cut(&mut bytes, &mut cuts);
            if end > 0 || !cuts.is_empty() {
                break (end, rows + skipped);
            }
            if self.at_end {
                return Ok(None);
            }
        };
        self.carry.extend_from_slice(&bytes[end..]);
        bytes.truncate(end);
        let first_row = u32::try_from(self.next_row).map_err(|_| SourceErrorKind::TooManyRows)?;
        self.next_row += rows;
        if self.next_row > u64::from(u32::MAX) {
            return Err(SourceErrorKind::TooManyRows);
        }
        let told = std::mem::replace(&mut self.file_bytes, self.input.file_bytes());
        let file_bytes = self.file_bytes - told;
        Ok(Some(Piece { bytes, first_row, cuts, faults: Vec::new(), file_bytes }))
    }

    /// Finds the end of the last whole record in `bytes` and how many rows there are before it. Adds
    /// what is no record to `cuts`; starts skipping if what is left over is too long for a record.
    fn cut(&mut self, bytes: &mut Vec<u8>, cuts: &mut Vec<Cut>) -> (usize, u64) {
        let mut at = 0;
        let mut rows = 0;
        let mut quote = if self.is_by_line { None } else { memchr(b'"', bytes) };
        loop {
            // Lines without a quotation mark need no following.
            if let Some(end) = record::last_plain_end(bytes, at, quote.unwrap_or(bytes.len())) {
                rows += memchr_iter(b'\n', &bytes[at..end]).count() as u64;
                at = end;
            }
            if at == bytes.len() {
                return (at, rows);
            }
            let too_long = bytes.len() - at > RECORD_BYTES_MAX;
            let end = if quote.is_none() {
                match (self.at_end, too_long) {
                    (true, _) => Some(bytes.len()),
                    (false, false) => return (at, rows),
                    (false, true) => None,
                }
            } else {
                let scan = record::scan(bytes, at, self.delimiter);
                let whole = |end: usize| {
                    let misquoted = scan.broken && (scan.cells != self.columns || scan.trailing);
                    (!misquoted && end - at <= RECORD_BYTES_MAX).then_some(end)
                };
                match scan.ending {
                    Ending::At(end) => whole(end),
                    Ending::Open if self.at_end => whole(bytes.len()),
                    Ending::InQuote if self.at_end => None,
                    Ending::Open | Ending::InQuote if too_long => None,
                    Ending::Open | Ending::InQuote => return (at, rows),
                }
            };
            match end {
                Some(end) => at = end,
                // No record: give up its first line.
                None => match memchr(b'\n', &bytes[at..]) {
                    None if !self.at_end => {
                        self.skipping = true;
                        bytes.truncate(at);
                        return (at, rows);
                    }
                    line => {
                        let end = line.map_or(bytes.len(), |offset| at + offset + 1);
                        let rule = if end - at > RECORD_BYTES_MAX {
                            RejectRule::RecordTooLong
                        } else {
                            RejectRule::UnclosedQuote
                        };
                        cuts.push(Cut { start: at, end, rule });
                        at = end;
                    }
                },
            }
            rows += 1;
            if quote.is_some_and(|quote| quote < at) {
                quote = memchr(b'"', &bytes[at..]).map(|offset| at + offset);
            }
        }
    }
}
