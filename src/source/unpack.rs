//! The bytes of a file, unpacked on the way if it was written with gzip or Zstandard.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::error::SourceErrorKind;
use crate::limits::{CHUNK_BYTES, UNPACKED_BYTES_MAX};

/// How a file is packed, beside what kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Packing {
    /// Not at all.
    #[default]
    None,
    /// gzip (RFC 1952), one member or several.
    Gzip,
    /// Zstandard (RFC 8878), one frame or several.
    Zstd,
}

impl Packing {
    /// What a file begins with tells how it is packed.
    pub(super) fn of_beginning(bytes: &[u8]) -> Packing {
        match bytes {
            [0x1F, 0x8B, 0x08, ..] => Packing::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Packing::Zstd,
            // A frame that holds no data may stand first.
            [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Packing::Zstd,
            _ => Packing::None,
        }
    }

    /// The ending of the names of such files.
    pub const fn ending(self) -> &'static str {
        match self {
            Packing::None => "",
            Packing::Gzip => ".gz",
            Packing::Zstd => ".zst",
        }
    }

    /// What it means that reading failed.
    pub(super) fn error(self, error: io::Error) -> SourceErrorKind {
        // What is no fault of the system is one of the packed bytes.
        if self != Packing::None && error.raw_os_error().is_none() {
            SourceErrorKind::Damaged
        } else {
            SourceErrorKind::Io(error)
        }
    }
}

/// A file that counts what was read of it.
pub(super) struct Counted {
    file: File,
    bytes: u64,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

/// A file being read, unpacked.
pub(super) enum Unpacked {
    Plain(File, u64),
    Gzip(Box<flate2::read::MultiGzDecoder<BufReader<Counted>>>),
    Zstd(Box<zstd::Decoder<'static, BufReader<Counted>>>),
}

impl Unpacked {
    /// Opens a file.
    pub(super) fn open(path: &Path, packing: Packing) -> io::Result<Unpacked> {
        let file = File::open(path)?;
        let counted = |file| BufReader::with_capacity(256 * 1024, Counted { file, bytes: 0 });
        Ok(match packing {
            Packing::None => Unpacked::Plain(file, 0),
            Packing::Gzip => Unpacked::Gzip(Box::new(flate2::read::MultiGzDecoder::new(counted(file)))),
            Packing::Zstd => Unpacked::Zstd(Box::new(zstd::Decoder::with_buffer(counted(file))?)),
        })
    }

    /// Reads at most so many bytes onto the end of `buffer`; fewer only at the end of the file.
    pub(super) fn read_block(&mut self, most: usize, buffer: &mut Vec<u8>) -> io::Result<usize> {
        match self {
            // The system's own way: a reader of our own would have to clear the buffer first.
            Unpacked::Plain(file, bytes) => {
                let read = file.take(most as u64).read_to_end(buffer)?;
                *bytes += read as u64;
                Ok(read)
            }
            Unpacked::Gzip(decoder) => decoder.as_mut().take(most as u64).read_to_end(buffer),
            Unpacked::Zstd(decoder) => decoder.as_mut().take(most as u64).read_to_end(buffer),
        }
    }

    /// How many bytes of the file itself have been read.
    pub(super) fn file_bytes(&self) -> u64 {
        match self {
            Unpacked::Plain(_, bytes) => *bytes,
            Unpacked::Gzip(decoder) => decoder.get_ref().get_ref().bytes,
            Unpacked::Zstd(decoder) => decoder.get_ref().get_ref().bytes,
        }
    }

    /// How it is packed.
    pub(super) fn packing(&self) -> Packing {
        match self {
            Unpacked::Plain(..) => Packing::None,
            Unpacked::Gzip(_) => Packing::Gzip,
            Unpacked::Zstd(_) => Packing::Zstd,
        }
    }
}

/// A file that can be read at any place: itself, or if it is packed a temporary file without a name that
/// holds it unpacked.
pub(super) fn seekable(path: &Path, packing: Packing) -> Result<File, SourceErrorKind> {
    if packing == Packing::None {
        return File::open(path).map_err(SourceErrorKind::Io);
    }
    let mut packed = Unpacked::open(path, packing).map_err(SourceErrorKind::Io)?;
    let mut file = tempfile::tempfile().map_err(SourceErrorKind::Io)?;
    let mut block = Vec::with_capacity(CHUNK_BYTES);
    let mut bytes = 0;
    loop {
        block.clear();
        let read = packed.read_block(CHUNK_BYTES, &mut block).map_err(|error| packing.error(error))?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        if bytes > UNPACKED_BYTES_MAX {
            return Err(SourceErrorKind::UnpacksTooLarge);
        }
        io::Write::write_all(&mut file, &block).map_err(SourceErrorKind::Io)?;
    }
    file.seek(SeekFrom::Start(0)).map_err(SourceErrorKind::Io)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn unpack(bytes: &[u8]) -> io::Result<(Vec<u8>, u64)> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(bytes)?;
        let mut unpacked = Unpacked::open(file.path(), Packing::of_beginning(bytes))?;
        let mut out = Vec::new();
        while unpacked.read_block(7, &mut out)? > 0 {}
        Ok((out, unpacked.file_bytes()))
    }

    #[test]
    fn several_members_are_one_text() {
        let gzip = |text: &[u8]| {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            writer.write_all(text).and_then(|()| writer.finish()).expect("writing to memory")
        };
        let zstd = |text: &[u8]| zstd::encode_all(text, 1).expect("writing to memory");
        for packed in [
            [gzip(b"one,"), gzip(b"two")].concat(),
            [zstd(b"one,"), zstd(b"two")].concat(),
            [b"\x50\x2A\x4D\x18\x02\0\0\0xx".to_vec(), zstd(b"one,two")].concat(),
        ] {
            let (text, read) = unpack(&packed).expect("readable");
            assert_eq!((text.as_slice(), read), (b"one,two".as_slice(), packed.len() as u64));
            // Whatever is missing at the end is missed.
            for end in packed.len() - 3..packed.len() {
                assert!(unpack(&packed[..end]).is_err(), "{end}");
            }
        }
    }
}
