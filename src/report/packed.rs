//! A file of text being written, packed on the way if its name says so.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::format::PackedAs;

/// Between the speed of the lowest and the size of the highest level.
const ZSTD_LEVEL: i32 = 3;

/// A file being written. What is left is written by [`PackedFile::finish`], not when it is dropped.
pub struct PackedFile(Inner);

enum Inner {
    Plain(BufWriter<File>),
    Gzip(Box<flate2::write::GzEncoder<BufWriter<File>>>),
    Zstd(Box<zstd::Encoder<'static, BufWriter<File>>>),
}

impl PackedFile {
    /// Begins. The bytes depend on what is written and on nothing else: no name, no time.
    pub(super) fn new(file: BufWriter<File>, packed: PackedAs) -> io::Result<PackedFile> {
        Ok(PackedFile(match packed {
            PackedAs::Nothing => Inner::Plain(file),
            PackedAs::Gzip => {
                Inner::Gzip(Box::new(flate2::write::GzEncoder::new(file, flate2::Compression::default())))
            }
            PackedAs::Zstd => {
                let mut encoder = zstd::Encoder::new(file, ZSTD_LEVEL)?;
                encoder.include_checksum(true)?;
                Inner::Zstd(Box::new(encoder))
            }
        }))
    }

    /// Writes what is left.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn finish(self) -> io::Result<()> {
        let mut file = match self.0 {
            Inner::Plain(file) => file,
            Inner::Gzip(encoder) => encoder.finish()?,
            Inner::Zstd(encoder) => encoder.finish()?,
        };
        file.flush()
    }
}

impl Write for PackedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Inner::Plain(file) => file.write(bytes),
            Inner::Gzip(encoder) => encoder.write(bytes),
            Inner::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Inner::Plain(file) => file.flush(),
            Inner::Gzip(encoder) => encoder.flush(),
            Inner::Zstd(encoder) => encoder.flush(),
        }
    }
}
