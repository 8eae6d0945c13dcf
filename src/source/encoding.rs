//! Which encoding a file is in, and text from its bytes.
//!
//! Commas, quotation marks and line breaks are never part of another character in UTF-8 or GB18030
//! (trail bytes of GB18030 are 0x30–0x39 or above 0x3F), so records are cut before they are decoded.
//! UTF-16 has no such property and is turned into UTF-8 while it is read.

use std::borrow::Cow;

/// What the caller says about a file's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EncodingChoice {
    /// A byte order mark, else UTF-8 where the beginning of the file is UTF-8, else GB18030.
    #[default]
    Auto,
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// GB18030, which contains GBK and GB2312.
    Gb18030,
}

impl EncodingChoice {
    /// Reads the name given on the command line.
    pub fn of_name(name: &str) -> Option<EncodingChoice> {
        match name.to_ascii_lowercase().as_str() {
            "auto" => Some(EncodingChoice::Auto),
            "utf-8" | "utf8" => Some(EncodingChoice::Utf8),
            "gb18030" | "gbk" | "gb2312" => Some(EncodingChoice::Gb18030),
            _ => None,
        }
    }
}

/// The encoding a file is read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// GB18030.
    Gb18030,
    /// UTF-16, little-endian, with a byte order mark.
    Utf16Le,
    /// UTF-16, big-endian, with a byte order mark.
    Utf16Be,
}

impl Encoding {
    /// The usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Gb18030 => "GB18030",
            Encoding::Utf16Le => "UTF-16LE",
            Encoding::Utf16Be => "UTF-16BE",
        }
    }

    /// The encoding a byte order mark at the beginning of `bytes` announces, and the mark's length.
    pub(super) fn of_mark(bytes: &[u8]) -> Option<(Encoding, usize)> {
        match bytes {
            [0xEF, 0xBB, 0xBF, ..] => Some((Encoding::Utf8, 3)),
            [0xFF, 0xFE, ..] => Some((Encoding::Utf16Le, 2)),
            [0xFE, 0xFF, ..] => Some((Encoding::Utf16Be, 2)),
            [0x84, 0x31, 0x95, 0x33, ..] => Some((Encoding::Gb18030, 4)),
            _ => None,
        }
    }

    /// UTF-8 or GB18030 by the look of a sample: `None` if it is ASCII and says nothing.
    ///
    /// A few bad bytes do not make a UTF-8 file GB18030. Read as UTF-8, Chinese text in GB18030 has some
    /// twelve invalid sequences to a valid one, so UTF-8 it is while the valid ones are not fewer.
    pub(super) fn of_sample(sample: &[u8]) -> Option<Encoding> {
        if sample.is_ascii() {
            return None;
        }
        let (mut good, mut bad) = (0u64, 0u64);
        let mut rest = sample.utf8_chunks().peekable();
        while let Some(chunk) = rest.next() {
            good += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
            // The sample may end inside a character.
            let cut_off = rest.peek().is_none() && good > 0;
            if !chunk.invalid().is_empty() && !cut_off {
                bad += 1;
            }
        }
        Some(if bad <= good { Encoding::Utf8 } else { Encoding::Gb18030 })
    }

    /// The text of `bytes`, which hold whole characters; `None` if they are no text in this encoding.
    /// Copies only where bytes change.
    pub(super) fn text(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            // UTF-16 has become UTF-8 by the time it gets here.
            Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => {
                // Not the standard library's check: this one takes 32 bytes at once.
                encoding_rs::UTF_8.decode_without_bom_handling_and_without_replacement(bytes)
            }
            Encoding::Gb18030 => {
                encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes)
            }
        }
    }

    /// A decoder for what must be turned into UTF-8 while it is read.
    pub(super) fn transcoder(self) -> Option<Transcoder> {
        let decoder = match self {
            Encoding::Utf8 | Encoding::Gb18030 => return None,
            Encoding::Utf16Le => encoding_rs::UTF_16LE.new_decoder_without_bom_handling(),
            Encoding::Utf16Be => encoding_rs::UTF_16BE.new_decoder_without_bom_handling(),
        };
        Some(Transcoder { decoder })
    }
}

/// Turns UTF-16 into UTF-8 piece by piece.
pub(super) struct Transcoder {
    decoder: encoding_rs::Decoder,
}

impl Transcoder {
    /// Appends the UTF-8 form of `input` to `output`. What is no text becomes the byte 0xFF, which is in
    /// no UTF-8 text, so that the row it stands in is rejected like any other with invalid bytes.
    pub(super) fn push(&mut self, mut input: &[u8], output: &mut Vec<u8>, last: bool) {
        loop {
            let start = output.len();
            let room = self
                .decoder
                .max_utf8_buffer_length_without_replacement(input.len())
                .unwrap_or(input.len().saturating_mul(3).saturating_add(16));
            output.resize(start + room, 0);
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(input, &mut output[start..], last);
            output.truncate(start + written);
            input = &input[read..];
            match result {
                encoding_rs::DecoderResult::InputEmpty => return,
                encoding_rs::DecoderResult::OutputFull => {}
                encoding_rs::DecoderResult::Malformed(..) => output.push(0xFF),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples() {
        assert_eq!(Encoding::of_sample(b"name,sex\n"), None);
        assert_eq!(Encoding::of_sample("姓名,性别\n".as_bytes()), Some(Encoding::Utf8));
        assert_eq!(Encoding::of_sample(&"姓名,性别\n".as_bytes()[..4]), Some(Encoding::Utf8));
        let gb = encoding_rs::GB18030.encode("姓名,性别\n王小明,男").0;
        assert_eq!(Encoding::of_sample(&gb), Some(Encoding::Gb18030));
        let mut slip = "姓名,性别,王小明\n".as_bytes().to_vec();
        slip.extend_from_slice(b"\xff,\n");
        assert_eq!(Encoding::of_sample(&slip), Some(Encoding::Utf8));
    }

    #[test]
    fn structure_bytes_are_never_trail_bytes_of_gb18030() {
        for mark in *b",\"\n\r\t;" {
            assert!(!(0x30..=0x39).contains(&mark) || mark < 0x30);
            assert!(mark < 0x40);
        }
    }

    #[test]
    fn a_lone_surrogate_becomes_an_invalid_byte() {
        let mut out = Vec::new();
        let mut transcoder = Encoding::Utf16Le.transcoder().expect("UTF-16 is turned into UTF-8");
        transcoder.push(&[0x8B, 0x73, 0x00, 0xD8], &mut out, false);
        transcoder.push(&[0x2C, 0x00], &mut out, true);
        assert_eq!(out, "王\u{0}".as_bytes()[..3].iter().copied().chain([0xFF, b',']).collect::<Vec<_>>());
    }
}
