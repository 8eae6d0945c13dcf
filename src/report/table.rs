//! One list of a result, in the format that was asked for.
//!
//! The first row that is written is the header. Every cell is a text in every format.

use std::io::Write;
use std::path::{Path, PathBuf};

#[cfg(feature = "parquet")]
use super::columns::ColumnsWriter;
use super::directory::{Existing, OutputDirectory};
use super::error::ReportError;
use super::format::{ListFormat, OutputForm};
use super::packed::PackedFile;
use super::registry::create_file;
use super::workbook::BookWriter;

/// A list being written.
pub(super) struct ListWriter {
    path: PathBuf,
    form: Form,
}

enum Form {
    Csv(Box<csv::Writer<PackedFile>>),
    Ndjson {
        out: PackedFile,
        keys: Vec<String>,
        line: Vec<u8>,
    },
    Xlsx(Box<BookWriter>),
    #[cfg(feature = "parquet")]
    Parquet(Box<ColumnsWriter>),
}

impl ListWriter {
    /// Makes a list of a result directory, in the directory's format: the ending of `name` gives way to its own.
    pub(super) fn create(directory: &OutputDirectory, name: &str) -> Result<ListWriter, ReportError> {
        ListWriter::of_directory(directory, name, false)
    }

    /// Makes a list that is meant for spreadsheets, which read UTF-8 only behind a byte order mark.
    pub(super) fn create_for_spreadsheets(
        directory: &OutputDirectory,
        name: &str,
    ) -> Result<ListWriter, ReportError> {
        ListWriter::of_directory(directory, name, true)
    }

    /// Makes a file by itself, in no result directory; its name tells the format.
    pub(super) fn create_at(path: &Path, existing: Existing) -> Result<ListWriter, ReportError> {
        ListWriter::create_as(path, existing, OutputForm::of_name(path, None)?, false)
    }

    /// The same in a format that is known; with personal data for its owner alone.
    pub(super) fn create_as(
        path: &Path,
        existing: Existing,
        form: OutputForm,
        is_private: bool,
    ) -> Result<ListWriter, ReportError> {
        let (path, file) = create_file(path, existing, is_private)?;
        ListWriter::begin(path, file, form, false)
    }

    fn of_directory(
        directory: &OutputDirectory,
        name: &str,
        is_marked: bool,
    ) -> Result<ListWriter, ReportError> {
        let name = Path::new(name).with_extension(directory.format().ending());
        let (path, file) = directory.file(&name.to_string_lossy())?;
        ListWriter::begin(path, file, directory.format().into(), is_marked)
    }

    fn begin(
        path: PathBuf,
        file: std::io::BufWriter<std::fs::File>,
        form: OutputForm,
        is_marked: bool,
    ) -> Result<ListWriter, ReportError> {
        let packed = |file| PackedFile::new(file, form.packed).map_err(ReportError::at(&path));
        let form = match form.format {
            ListFormat::Csv => {
                let mut out = packed(file)?;
                let mut builder = csv::WriterBuilder::new();
                if is_marked {
                    out.write_all("\u{FEFF}".as_bytes()).map_err(ReportError::at(&path))?;
                    builder.terminator(csv::Terminator::CRLF);
                }
                Form::Csv(Box::new(builder.from_writer(out)))
            }
            ListFormat::Ndjson => Form::Ndjson { out: packed(file)?, keys: Vec::new(), line: Vec::new() },
            ListFormat::Xlsx => Form::Xlsx(Box::new(BookWriter::new(&path, file)?)),
            #[cfg(feature = "parquet")]
            ListFormat::Parquet => Form::Parquet(Box::new(ColumnsWriter::new(file))),
            #[cfg(not(feature = "parquet"))]
            ListFormat::Parquet => return Err(ReportError::NoParquet(path)),
        };
        Ok(ListWriter { path, form })
    }

    /// Adds a row; the first is the header.
    pub(super) fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Result<(), ReportError> {
        match &mut self.form {
            Form::Csv(writer) => writer.write_record(cells).map_err(ReportError::csv_at(&self.path)),
            Form::Ndjson { keys, .. } if keys.is_empty() => {
                keys.extend(cells.into_iter().map(str::to_owned));
                Ok(())
            }
            Form::Ndjson { out, keys, line } => {
                write_object(out, line, keys.iter().map(String::as_str), cells)
                    .map_err(ReportError::at(&self.path))
            }
            Form::Xlsx(book) => book.row(&self.path, cells),
            #[cfg(feature = "parquet")]
            Form::Parquet(columns) => columns.row(&self.path, cells),
        }
    }

    /// Writes what is left; tells where.
    pub(super) fn finish(self) -> Result<PathBuf, ReportError> {
        let path = self.path;
        match self.form {
            Form::Csv(writer) => {
                let out = writer.into_inner().map_err(|error| error.into_error());
                out.and_then(PackedFile::finish).map_err(ReportError::at(&path))?;
            }
            Form::Ndjson { out, .. } => out.finish().map_err(ReportError::at(&path))?,
            Form::Xlsx(book) => book.finish(&path)?,
            #[cfg(feature = "parquet")]
            Form::Parquet(columns) => columns.finish(&path)?,
        }
        Ok(path)
    }
}

/// Writes a row as a JSON object on a line of its own; `line` is room for it.
pub(super) fn write_object<'k, 'c>(
    out: &mut impl Write,
    line: &mut Vec<u8>,
    keys: impl IntoIterator<Item = &'k str>,
    cells: impl IntoIterator<Item = &'c str>,
) -> std::io::Result<()> {
    line.clear();
    for (key, cell) in keys.into_iter().zip(cells) {
        line.push(if line.is_empty() { b'{' } else { b',' });
        serde_json::to_writer(&mut *line, key)?;
        line.push(b':');
        serde_json::to_writer(&mut *line, cell)?;
    }
    line.extend_from_slice(b"}\n");
    out.write_all(line)
}

/// Records of CSV, written as they come into a file of any format: what makes text of its own (`synth`) need know of
/// no format.
pub struct RecordsFile {
    path: PathBuf,
    form: Records,
}

enum Records {
    /// As they are.
    Text(PackedFile),
    /// Cell by cell.
    List(Box<ListWriter>),
}

impl RecordsFile {
    /// Makes a file, in the format that its name asks for.
    ///
    /// # Errors
    ///
    /// [`ReportError`].
    pub fn create(path: &Path, existing: Existing) -> Result<RecordsFile, ReportError> {
        let form = OutputForm::of_name(path, None)?;
        let form_of_file = match form.format {
            ListFormat::Csv => {
                let (path, file) = create_file(path, existing, false)?;
                Records::Text(PackedFile::new(file, form.packed).map_err(ReportError::at(&path))?)
            }
            _ => Records::List(Box::new(ListWriter::create_as(path, existing, form, false)?)),
        };
        Ok(RecordsFile { path: path.to_owned(), form: form_of_file })
    }

    /// Writes what is left.
    ///
    /// # Errors
    ///
    /// [`ReportError`].
    pub fn finish(self) -> Result<(), ReportError> {
        match self.form {
            Records::Text(file) => file.finish().map_err(ReportError::at(&self.path)),
            Records::List(list) => list.finish().map(drop),
        }
    }
}

impl Write for RecordsFile {
    /// IMPORTANT: takes whole records.
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match &mut self.form {
            Records::Text(file) => return file.write(bytes),
            Records::List(list) => {
                let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
                let mut record = csv::StringRecord::new();
                while reader.read_record(&mut record)? {
                    list.row(&record).map_err(ReportError::into_io)?;
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
