//! Lines of JSON: the keys that make a header, and each object as a row of delimited text.
//!
//! A number is taken as it is written: through a floating-point number, eighteen digits would be fifteen. The
//! keys are those of the objects within the first [`LOOK_AHEAD_BYTES`], in the order in which they appear; a
//! row with any other key is rejected, for nobody would miss what was left out.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use memchr::memchr;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::blocks::Blocks;
use super::encoding::Encoding;
use super::error::SourceErrorKind;
use super::pieces::{Piece, PieceWriter};
use super::record;
use super::rejected::RejectRule;
use crate::limits::{CHUNK_BYTES, COLUMNS_MAX};

/// How much of a file is looked through for keys: some 25,000 rows.
const LOOK_AHEAD_BYTES: usize = 8 * CHUNK_BYTES;

/// The members of one object, in order.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

/// A key, borrowed where it holds no escape.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key<'de>, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }
            fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members<'de>, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((Key(key), value)) = map.next_entry()? {
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

/// The keys of a file, as a header.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    names: Arc<[String]>,
    places: Arc<HashMap<String, usize>>,
}

impl Keys {
    fn new(names: Vec<String>) -> Keys {
        let places = names.iter().cloned().zip(0..).collect();
        Keys { names: names.into(), places: Arc::new(places) }
    }

    /// The names, in their order.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The place of a key; `likely` is where it would be if this object is like the first.
    fn place(&self, key: &str, likely: usize) -> Option<usize> {
        match self.names.get(likely) {
            Some(name) if name == key => Some(likely),
            _ => self.places.get(key).copied(),
        }
    }
}

/// Looks through the beginning of a file for keys.
pub(super) fn keys(blocks: &mut Blocks, encoding: Encoding) -> Result<Keys, SourceErrorKind> {
    let mut names: Vec<String> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut seen = 0;
    let mut is_first = true;
    while seen < LOOK_AHEAD_BYTES {
        let Some(piece) = blocks.next_piece(Vec::new())? else { break };
        seen += piece.bytes.len();
        for line in piece.bytes.split(|&byte| byte == b'\n') {
            if record::is_blank(line) {
                continue;
            }
            let text = encoding.text(line);
            let members = text.as_deref().and_then(|text| serde_json::from_str::<Members<'_>>(text).ok());
            let Some(Members(members)) = members else {
                if is_first {
                    return Err(SourceErrorKind::JsonLine);
                }
                continue;
            };
            is_first = false;
            for (key, _) in members {
                if !known.contains_key(&*key) {
                    known.insert(key.to_string(), names.len());
                    names.push(key.into_owned());
                }
            }
            if names.len() > COLUMNS_MAX {
                return Err(SourceErrorKind::TooManyColumns);
            }
        }
    }
    if names.is_empty() { Err(SourceErrorKind::Empty) } else { Ok(Keys::new(names)) }
}

/// Lines of JSON as delimited text, in UTF-8. A line that is no such object is a blank one with a fault.
pub(super) fn delimit(piece: &Piece, keys: &Keys, encoding: Encoding) -> Piece {
    let bytes = piece.bytes.as_slice();
    let width = keys.names.len();
    let mut rows = PieceWriter::new(piece.first_row, width, Vec::with_capacity(bytes.len()));
    let mut cuts = piece.cuts.iter().peekable();
    let mut at = 0;
    loop {
        if let Some(cut) = cuts.next_if(|cut| cut.start == at) {
            rows.fault(None, cut.rule, None);
            at = cut.end;
        } else if at < bytes.len() {
            let end = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |offset| at + offset + 1);
            line(record::without_line_break(&bytes[at..end]), keys, encoding, &mut rows);
            at = end;
        } else {
            break;
        }
        rows.end_row();
    }
    Piece { file_bytes: piece.file_bytes, ..rows.take() }
}

/// One line as the cells of a row, or a fault.
fn line(line: &[u8], keys: &Keys, encoding: Encoding, rows: &mut PieceWriter) {
    if record::is_blank(line) {
        return;
    }
    let Some(text) = encoding.text(line) else { return rows.fault(None, RejectRule::Encoding, None) };
    let Ok(Members(members)) = serde_json::from_str::<Members<'_>>(&text) else {
        return rows.fault(None, RejectRule::NotAnObject, None);
    };
    let mut row: Vec<Option<&RawValue>> = vec![None; keys.names.len()];
    for (index, (key, value)) in members.iter().enumerate() {
        match keys.place(key, index) {
            None => return rows.fault(None, RejectRule::UnknownKey, None),
            Some(place) if row[place].is_some() => return rows.fault(None, RejectRule::RepeatedKey, None),
            Some(place) => row[place] = Some(value),
        }
    }
    for (index, value) in row.iter().enumerate() {
        write(index, value.map_or("null", |value| value.get()), rows);
    }
}

/// Writes one value as a cell.
fn write(index: usize, value: &str, rows: &mut PieceWriter) {
    match value.as_bytes().first() {
        Some(b'"') => {
            let inner = &value[1..value.len() - 1];
            if !inner.contains('\\') {
                return rows.cell(index, inner);
            }
            match serde_json::from_str::<String>(value) {
                Ok(text) => rows.cell(index, &text),
                // Half of a surrogate pair is no character.
                Err(_) => {
                    rows.fault(Some(index), RejectRule::Encoding, None);
                    rows.cell(index, "");
                }
            }
        }
        Some(b'{' | b'[') => {
            rows.fault(Some(index), RejectRule::NestedValue, None);
            rows.cell(index, "");
        }
        _ if value == "null" => rows.cell(index, ""),
        // Numbers and truth values, as they are written.
        _ => rows.cell(index, value),
    }
}

#[cfg(test)]
mod tests {
    use super::super::pieces::Cut;
    use super::*;

    fn delimited(lines: &str, cuts: Vec<Cut>) -> (String, Vec<(u32, Option<u32>, RejectRule)>) {
        let keys = Keys::new(["name", "n", "x"].map(str::to_owned).to_vec());
        let piece = Piece { bytes: lines.as_bytes().to_vec(), first_row: 7, cuts, ..Piece::default() };
        let piece = delimit(&piece, &keys, Encoding::Utf8);
        let faults = piece.faults.iter().map(|fault| (fault.row, fault.cell, fault.rule)).collect();
        assert_eq!(piece.first_row, 7);
        (String::from_utf8(piece.bytes).expect("text"), faults)
    }

    #[test]
    fn values_stay_as_they_are_written() {
        let (text, faults) = delimited(
            "{\"name\":\"王\\u5c0f, \\\"明\\\"\",\"n\":110105194912310021234,\"x\":null}\r\n\n\
             {\"x\":1.50,\"n\":true}\n{\"n\":1e5}",
            vec![],
        );
        assert_eq!(text, "\"王小, \"\"明\"\"\",110105194912310021234,\n\n,true,1.50\n,1e5,\n");
        assert_eq!(faults, []);
    }

    #[test]
    fn what_is_no_row_is_told() {
        let (text, faults) = delimited(
            "{\"name\":[1]}\n[1]\n{\"y\":1}\n{\"n\":1,\"n\":2}\n{\"name\":\"\\ud800\"}\n{\"n\":01}\n{}\n",
            vec![],
        );
        assert_eq!(text, ",,\n\n\n\n,,\n\n,,\n");
        assert_eq!(
            faults,
            [
                (7, Some(0), RejectRule::NestedValue),
                (8, None, RejectRule::NotAnObject),
                (9, None, RejectRule::UnknownKey),
                (10, None, RejectRule::RepeatedKey),
                (11, Some(0), RejectRule::Encoding),
                (12, None, RejectRule::NotAnObject),
            ]
        );
        let rule = RejectRule::RecordTooLong;
        let cuts = vec![Cut { start: 0, end: 0, rule }, Cut { start: 8, end: 12, rule }];
        let (text, faults) = delimited("{\"n\":1}\nxxx\n{\"n\":2}\n", cuts);
        assert_eq!(text, "\n,1,\n\n,2,\n");
        assert_eq!(faults, [(7, None, rule), (9, None, rule)]);
    }
}
