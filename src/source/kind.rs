//! What kind of file a file is: told by its content, never by its name.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::encoding::{Encoding, EncodingChoice};
use super::error::{SourceError, SourceErrorKind};
use super::unpack::{Packing, Unpacked};
use crate::limits::CHUNK_BYTES;

/// The kinds of files that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileKind {
    /// Text with delimiters and a header.
    #[default]
    Csv,
    /// A JSON object a line.
    Ndjson,
    /// A workbook of Office Open XML: `.xlsx`, `.xlsm`.
    Xlsx,
    /// A workbook in the binary form of Excel 97 to 2003: `.xls`.
    Xls,
    /// Apache Parquet.
    Parquet,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [FileKind; 5] =
        [FileKind::Csv, FileKind::Ndjson, FileKind::Xlsx, FileKind::Xls, FileKind::Parquet];

    /// The kind's name in `summary.json`.
    pub const fn code(self) -> &'static str {
        match self {
            FileKind::Csv => "csv",
            FileKind::Ndjson => "ndjson",
            FileKind::Xlsx => "xlsx",
            FileKind::Xls => "xls",
            FileKind::Parquet => "parquet",
        }
    }

    /// Whether its bytes are text, in some encoding.
    pub const fn is_text(self) -> bool {
        matches!(self, FileKind::Csv | FileKind::Ndjson)
    }

    /// Whether it has worksheets.
    pub const fn is_workbook(self) -> bool {
        matches!(self, FileKind::Xlsx | FileKind::Xls)
    }
}

/// What a file was found to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    pub(super) kind: FileKind,
    pub(super) packing: Packing,
    /// Of text; else UTF-8, in which the rows of other kinds are handed on.
    pub(super) encoding: Encoding,
    /// The length of the byte order mark.
    pub(super) mark: usize,
    /// The size of the file.
    pub(super) bytes: u64,
}

/// How much of the beginning of a file tells its encoding: what is looked at if there is no sign before.
const ENCODING_SEARCH_BYTES: u64 = 256 * 1024 * 1024;

/// Looks at the beginning of a file.
pub(super) fn identify(path: &Path, choice: EncodingChoice) -> Result<Form, SourceError> {
    let fail = |kind| SourceError::new(path, kind);
    let io = |error| fail(SourceErrorKind::Io(error));
    let mut file = File::open(path).map_err(io)?;
    let metadata = file.metadata().map_err(io)?;
    if !metadata.is_file() {
        return Err(fail(SourceErrorKind::NotAFile));
    }
    let mut beginning = Vec::with_capacity(4);
    (&mut file).take(4).read_to_end(&mut beginning).map_err(io)?;
    drop(file);
    let packing = Packing::of_beginning(&beginning);
    let mut input = Unpacked::open(path, packing).map_err(io)?;
    let mut sample = Vec::with_capacity(CHUNK_BYTES);
    let mut block = |sample: &mut Vec<u8>| -> Result<usize, SourceError> {
        sample.clear();
        input.read_block(CHUNK_BYTES, sample).map_err(|error: io::Error| fail(packing.error(error)))
    };
    block(&mut sample)?;
    let form =
        Form { kind: FileKind::Csv, packing, encoding: Encoding::Utf8, mark: 0, bytes: metadata.len() };
    if packing != Packing::None && Packing::of_beginning(&sample) != Packing::None {
        return Err(fail(SourceErrorKind::PackedTwice));
    }
    if let Some(kind) = kind_of_beginning(&sample) {
        return Ok(Form { kind, ..form });
    }
    let marked = Encoding::of_mark(&sample);
    let chosen = match choice {
        EncodingChoice::Utf8 => Some(Encoding::Utf8),
        EncodingChoice::Gb18030 => Some(Encoding::Gb18030),
        EncodingChoice::Auto => marked.map(|(encoding, _)| encoding),
    };
    let mark = match (chosen, marked) {
        (Some(chosen), Some((known, length))) if chosen == known => length,
        _ => 0,
    };
    let kind = kind_of_text(&sample[mark..], chosen.unwrap_or(Encoding::Utf8)).map_err(fail)?;
    let form = Form { kind, mark, ..form };
    if let Some(encoding) = chosen {
        return Ok(Form { encoding, ..form });
    }
    let mut read = sample.len() as u64;
    loop {
        if let Some(encoding) = Encoding::of_sample(&sample) {
            return Ok(Form { encoding, ..form });
        }
        if sample.is_empty() || read > ENCODING_SEARCH_BYTES {
            return Ok(form);
        }
        read += block(&mut sample)? as u64;
    }
}

/// The kind that is told by the first bytes of a file; `None` for text.
fn kind_of_beginning(sample: &[u8]) -> Option<FileKind> {
    if sample.starts_with(b"PK\x03\x04") || sample.starts_with(b"PK\x05\x06") {
        Some(FileKind::Xlsx)
    } else if sample.starts_with(b"\xD0\xCF\x11\xE0") {
        Some(FileKind::Xls)
    } else if sample.starts_with(b"PAR1") || sample.starts_with(b"PARE") {
        Some(FileKind::Parquet)
    } else {
        None
    }
}

/// What kind of text begins so.
fn kind_of_text(text: &[u8], encoding: Encoding) -> Result<FileKind, SourceErrorKind> {
    let unit = |pair: &[u8]| match encoding {
        Encoding::Utf16Be => pair[1],
        _ => pair[0],
    };
    let beginning = &text[..text.len().min(4096)];
    // What matters here is ASCII, in UTF-16 every second byte.
    let ascii: Vec<u8> = match encoding {
        Encoding::Utf16Le | Encoding::Utf16Be => beginning.chunks_exact(2).map(unit).collect(),
        Encoding::Utf8 | Encoding::Gb18030 => beginning.to_vec(),
    };
    let mut rest = ascii.trim_ascii_start();
    // A mark may stand before the text although the encoding was given.
    rest = rest.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(rest);
    match rest.first() {
        Some(b'{') => Ok(FileKind::Ndjson),
        Some(b'[') if matches!(rest[1..].trim_ascii_start().first(), Some(b'{')) => {
            Err(SourceErrorKind::JsonArray)
        }
        Some(b'<') => {
            let tag = rest[..rest.len().min(14)].to_ascii_lowercase();
            let is_markup = [b"<html".as_slice(), b"<?xml", b"<table", b"<!doctype html", b"<meta"]
                .iter()
                .any(|begin| tag.starts_with(begin));
            if is_markup { Err(SourceErrorKind::Markup) } else { Ok(FileKind::Csv) }
        }
        _ => Ok(FileKind::Csv),
    }
}
