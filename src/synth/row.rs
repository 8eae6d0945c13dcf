//! A row of the file and its truth, and how both are written.

use compact_str::CompactString;

use super::damage::Damage;
use crate::student::Column;

/// The columns of the file, in order.
pub const COLUMNS: [Column; 16] = [
    Column::RecordId,
    Column::IdType,
    Column::IdNumber,
    Column::Name,
    Column::FormerName,
    Column::Sex,
    Column::Birthdate,
    Column::Region,
    Column::Guardian1Name,
    Column::Guardian1Id,
    Column::Guardian2Name,
    Column::Guardian2Id,
    Column::Phone,
    Column::Address,
    Column::SchoolCode,
    Column::Enrolled,
];

/// One registration as an office wrote it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Record {
    pub(super) id_type: &'static str,
    pub(super) id_number: CompactString,
    pub(super) name: CompactString,
    pub(super) former_name: CompactString,
    pub(super) sex: &'static str,
    pub(super) birthdate: CompactString,
    pub(super) region: u32,
    /// Names and numbers, at most two.
    pub(super) guardians: [(CompactString, CompactString); 2],
    pub(super) phone: CompactString,
    pub(super) address: CompactString,
    pub(super) school_code: CompactString,
    pub(super) enrolled: CompactString,
}

/// What a person is by birth in the made-up nation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Base,
    Sibling,
    Twin,
    Stranger,
    Conflict,
}

/// What is unusual about a first record without being an error of this file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Note {
    Nothing,
    NoId,
    Placeholder,
    Foreign,
    HongKong,
}

/// The truth about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    First(Standing, Note),
    /// A re-registration with its errors; none is an exact copy.
    Again([Option<Damage>; 3]),
}

impl Truth {
    pub(super) fn push(&self, out: &mut Vec<u8>) {
        match self {
            Truth::First(standing, note) => {
                out.extend_from_slice(match standing {
                    Standing::Base => b"base",
                    Standing::Sibling => b"sibling",
                    Standing::Twin => b"twin",
                    Standing::Stranger => b"stranger",
                    Standing::Conflict => b"conflict",
                });
                out.extend_from_slice(match note {
                    Note::Nothing => b"",
                    Note::NoId => b"+no_id",
                    Note::Placeholder => b"+placeholder",
                    Note::Foreign => b"+foreign",
                    Note::HongKong => b"+hong_kong",
                });
            }
            Truth::Again(damages) => {
                out.extend_from_slice(b"dup:");
                let mut names = damages.iter().flatten().map(|damage| damage.name());
                out.extend_from_slice(names.next().unwrap_or("exact").as_bytes());
                for name in names {
                    out.push(b'+');
                    out.extend_from_slice(name.as_bytes());
                }
            }
        }
    }
}

/// A row before it is written: whom it is about, what it says, and what is true.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) entity: u64,
    pub(super) record: Record,
    pub(super) truth: Truth,
}

/// The header of the file.
pub(super) fn header() -> String {
    let mut line = COLUMNS.map(Column::code).join(",");
    line.push('\n');
    line
}

/// The header of the truth.
pub(super) const TRUTH_HEADER: &str = "record_id,entity_id,kind\n";

impl Row {
    /// Appends the row of the file. The record's id is its place in the file and tells nothing else.
    pub(super) fn push(&self, index: u64, out: &mut Vec<u8>) {
        let record = &self.record;
        push_id(b'r', index, out);
        for text in [record.id_type, &record.id_number, &record.name, &record.former_name, record.sex] {
            push_cell(text, out);
        }
        push_cell(&record.birthdate, out);
        out.push(b',');
        push_number(record.region.into(), 6, out);
        out.extend_from_slice(b"000000");
        for (name, number) in &record.guardians {
            push_cell(name, out);
            push_cell(number, out);
        }
        for text in [&record.phone, &record.address, &record.school_code, &record.enrolled] {
            push_cell(text, out);
        }
        out.push(b'\n');
    }

    /// Appends the row of the truth.
    pub(super) fn push_truth(&self, index: u64, out: &mut Vec<u8>) {
        push_id(b'r', index, out);
        out.push(b',');
        push_id(b'e', self.entity, out);
        out.push(b',');
        self.truth.push(out);
        out.push(b'\n');
    }
}

pub(super) fn push_id(letter: u8, number: u64, out: &mut Vec<u8>) {
    out.push(letter);
    push_number(number, 9, out);
}

fn push_number(mut number: u64, width: usize, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    while number > 0 {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    out.extend_from_slice(&digits[at.min(digits.len() - width)..]);
}

/// A comma and a cell, quoted where it must be (RFC 4180).
pub(super) fn push_cell(text: &str, out: &mut Vec<u8>) {
    out.push(b',');
    if text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.push(b'"');
        for byte in text.bytes() {
            if byte == b'"' {
                out.push(b'"');
            }
            out.push(byte);
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_needed() {
        let mut out = Vec::new();
        push_cell("a", &mut out);
        push_cell("b,\"c\"", &mut out);
        assert_eq!(out, b",a,\"b,\"\"c\"\"\"");
    }

    #[test]
    fn a_row_has_the_columns_of_the_header() {
        let row = Row { entity: 7, record: Record::default(), truth: Truth::Again([None; 3]) };
        let mut out = Vec::new();
        row.push(12, &mut out);
        assert_eq!(out.iter().filter(|&&byte| byte == b',').count(), COLUMNS.len() - 1);
        assert!(out.starts_with(b"r000000012,"));
        out.clear();
        row.push_truth(12, &mut out);
        assert_eq!(out, b"r000000012,e000000007,dup:exact\n");
    }
}
