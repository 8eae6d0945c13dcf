//! Where a record ends and where its cells are: RFC 4180, read leniently.
//!
//! A quotation mark opens a quoted cell only at the beginning of the cell; inside, two stand for one and
//! a line break is text; after the closing one, whatever follows up to the delimiter belongs to the cell.
//! Anywhere else a quotation mark is a character like any other. Works on bytes, in any encoding whose
//! delimiters are never part of another character (see `encoding`).

use memchr::{memchr, memchr2, memrchr};

/// What [`scan`] found wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The record ends just before this index (past its line break).
    At(usize),
    /// A quoted cell is still open at the end of the bytes.
    InQuote,
    /// The bytes end outside quotes and without a line break.
    Open,
}

/// A record found from its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scan {
    /// Where it ends.
    pub(super) ending: Ending,
    /// How many cells it has.
    pub(super) cells: usize,
    /// Whether a quoted cell of it holds a line break.
    pub(super) broken: bool,
    /// Whether something stands between the closing mark of a quoted cell and the delimiter.
    pub(super) trailing: bool,
}

/// The index past the closing quotation mark of the quoted cell that opens at `open`, and whether there
/// is no mark inside it; `None` if it is not closed.
#[inline]
fn close(bytes: &[u8], open: usize) -> Option<(usize, bool)> {
    let mut at = open + 1;
    let mut plain = true;
    loop {
        at += memchr(b'"', &bytes[at..])? + 1;
        if bytes.get(at) != Some(&b'"') {
            return Some((at, plain));
        }
        plain = false;
        at += 1;
    }
}

/// Finds the end of the record that starts at `start`. One pass over its bytes.
pub(super) fn scan(bytes: &[u8], start: usize, delimiter: u8) -> Scan {
    let mut at = start;
    let mut cells = 1;
    let mut trailing = false;
    let line_end = memchr(b'\n', &bytes[start..]).map_or(usize::MAX, |offset| start + offset + 1);
    loop {
        if bytes.get(at) == Some(&b'"') {
            match close(bytes, at) {
                None => {
                    return Scan { ending: Ending::InQuote, cells, broken: line_end < bytes.len(), trailing };
                }
                Some((end, _)) => {
                    at = end;
                    let clean = |byte: u8| byte == delimiter || byte == b'\n' || byte == b'\r';
                    trailing |= bytes.get(at).is_some_and(|&byte| !clean(byte));
                }
            }
        }
        // Most often the delimiter follows at once.
        let offset = match bytes.get(at) {
            Some(&byte) if byte == delimiter || byte == b'\n' => Some(0),
            _ => memchr2(delimiter, b'\n', &bytes[at..]),
        };
        match offset {
            None => return Scan { ending: Ending::Open, cells, broken: line_end < at, trailing },
            Some(offset) => {
                at += offset + 1;
                if bytes[at - 1] == b'\n' {
                    return Scan { ending: Ending::At(at), cells, broken: line_end < at, trailing };
                }
                cells += 1;
            }
        }
    }
}

/// A record within a piece whose records are all whole: its bytes without the line break, and where the
/// next one starts.
///
/// `quotes` says whether the piece holds any quotation mark at all.
#[inline]
pub(super) fn next(bytes: &[u8], start: usize, delimiter: u8, quotes: bool) -> (&[u8], usize) {
    let line_end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |offset| start + offset + 1);
    let line = &bytes[start..line_end];
    let end = if quotes && memchr(b'"', line).is_some() {
        match scan(bytes, start, delimiter).ending {
            Ending::At(end) => end,
            Ending::InQuote | Ending::Open => bytes.len(),
        }
    } else {
        line_end
    };
    (without_line_break(&bytes[start..end]), end)
}

/// The bytes before a final `\n` or `\r\n`.
#[inline]
pub(super) fn without_line_break(record: &[u8]) -> &[u8] {
    match record {
        [rest @ .., b'\r', b'\n'] | [rest @ .., b'\n'] => rest,
        [rest @ .., b'\r'] => rest,
        _ => record,
    }
}

/// Whether a record is a blank line.
#[inline]
pub(super) fn is_blank(record: &[u8]) -> bool {
    record.first().is_none_or(|&byte| byte == b' ' || byte == b'\r')
        && record.iter().all(|&byte| byte == b' ' || byte == b'\r')
}

/// One cell: the bytes of its text. The marks around a plainly quoted one are outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cell {
    /// The first byte; a quotation mark if `quoted`.
    pub(super) start: u32,
    /// Past the last byte.
    pub(super) end: u32,
    /// Whether it is a quoted cell whose marks must be taken off one by one.
    pub(super) quoted: bool,
}

/// The highest bit of each byte of a word that is `byte`, and no other bit (Warren, *Hacker's Delight*, 6-1).
#[inline]
fn equal_bytes(word: u64, byte: u8) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x7F; 8]);
    let other = word ^ u64::from_ne_bytes([byte; 8]);
    !(((other & LOW) + LOW) | other | LOW)
}

/// Splits a record, without its line break, into at most `most` cells; returns how many it really has.
///
/// INVARIANT: the record is at most `RECORD_BYTES_MAX` bytes long, so `u32` holds every index.
pub(super) fn split(record: &[u8], delimiter: u8, most: usize, cells: &mut Vec<Cell>) -> usize {
    cells.clear();
    let mut count = 0;
    let mut push = |start: usize, end: usize, quoted: bool| {
        if count < most {
            cells.push(Cell { start: start as u32, end: end as u32, quoted });
        }
        count += 1;
    };
    if memchr(b'"', record).is_none() {
        let mut start = 0;
        // Cells are short: eight bytes at a time find their ends sooner than a search for each.
        let (words, rest) = record.as_chunks::<8>();
        for (at, word) in words.iter().enumerate() {
            let mut ends = equal_bytes(u64::from_le_bytes(*word), delimiter);
            while ends != 0 {
                let end = 8 * at + ends.trailing_zeros() as usize / 8;
                push(start, end, false);
                start = end + 1;
                ends &= ends - 1;
            }
        }
        for (at, byte) in rest.iter().enumerate() {
            if *byte == delimiter {
                let end = 8 * words.len() + at;
                push(start, end, false);
                start = end + 1;
            }
        }
        push(start, record.len(), false);
        return count;
    }
    let mut start = 0;
    loop {
        let mut quoted = false;
        let mut at = start;
        if record.get(at) == Some(&b'"') {
            let (end, plain) = close(record, at).unwrap_or((record.len(), false));
            at = end;
            if plain && record.get(at).is_none_or(|&byte| byte == delimiter) {
                push(start + 1, at - 1, false);
                if at == record.len() {
                    return count;
                }
                start = at + 1;
                continue;
            }
            quoted = true;
        }
        match memchr(delimiter, &record[at..]) {
            Some(offset) => {
                push(start, at + offset, quoted);
                start = at + offset + 1;
            }
            None => {
                push(start, record.len(), quoted);
                return count;
            }
        }
    }
}

/// The text of a quoted cell, appended to `out`: quotation marks taken off, doubled ones halved.
pub(super) fn unquote(cell: &str, out: &mut String) {
    let mut rest = cell.strip_prefix('"').unwrap_or(cell);
    loop {
        match rest.split_once('"') {
            None => return out.push_str(rest),
            Some((before, after)) => {
                out.push_str(before);
                match after.strip_prefix('"') {
                    Some(after) => {
                        out.push('"');
                        rest = after;
                    }
                    None => return out.push_str(after),
                }
            }
        }
    }
}

/// Where the last line of `bytes` that holds no quotation mark from `start` on ends: a boundary that
/// needs no scan. `None` if there is no line break before the first mark.
pub(super) fn last_plain_end(bytes: &[u8], start: usize, quote: usize) -> Option<usize> {
    memrchr(b'\n', &bytes[start..quote]).map(|offset| start + offset + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells(record: &str) -> Vec<String> {
        let mut found = Vec::new();
        let count = split(record.as_bytes(), b',', usize::MAX, &mut found);
        assert_eq!(count, found.len());
        found
            .iter()
            .map(|cell| {
                let text = &record[cell.start as usize..cell.end as usize];
                let mut out = String::new();
                if cell.quoted {
                    unquote(text, &mut out);
                } else {
                    out.push_str(text);
                }
                out
            })
            .collect()
    }

    #[test]
    fn cells_of_a_record() {
        assert_eq!(cells("a,b,"), ["a", "b", ""]);
        assert_eq!(cells(""), [""]);
        assert_eq!(cells("ab,cdefghijklm,,-\u{ac},n,,"), ["ab", "cdefghijklm", "", "-\u{ac}", "n", "", ""]);
        assert_eq!(cells("\"a,\"\"b\"\"\",c"), ["a,\"b\"", "c"]);
        assert_eq!(cells("5\" pipe,x"), ["5\" pipe", "x"]);
        assert_eq!(cells("\"a\"b,c"), ["ab", "c"]);
        assert_eq!(cells("\"a\",\"\""), ["a", ""]);
        assert_eq!(cells("\"a"), ["a"]);
    }

    #[test]
    fn ends_of_records() {
        let at = |text: &str| scan(text.as_bytes(), 0, b',');
        assert_eq!(at("a,b\nc"), Scan { ending: Ending::At(4), cells: 2, broken: false, trailing: false });
        assert_eq!(
            at("\"a\nb\",c\n"),
            Scan { ending: Ending::At(8), cells: 2, broken: true, trailing: false }
        );
        assert_eq!(at("\"a\nb").ending, Ending::InQuote);
        assert_eq!(at("a,b").ending, Ending::Open);
        assert_eq!(at("a \"x\n").ending, Ending::At(5));
    }

    proptest! {
        // What the csv crate writes, this reads, record for record.
        #[test]
        fn reads_what_csv_writes(rows in prop::collection::vec(prop::collection::vec("[a王\",\r\n ]{0,6}", 2..5), 1..6)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).expect("writing to memory");
            }
            let bytes = writer.into_inner().expect("writing to memory");
            let mut at = 0;
            for row in &rows {
                let (record, end) = next(&bytes, at, b',', true);
                let text = std::str::from_utf8(record).expect("whole characters");
                prop_assert_eq!(&cells(text), row);
                at = end;
            }
            prop_assert_eq!(at, bytes.len());
        }
    }
}
