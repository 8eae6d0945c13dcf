//! A list as Parquet: every column a text that is always there.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::error::ReportError;

/// Rows of a row group; they are in memory until it is written.
const GROUP_ROWS: usize = 65_536;

/// A Parquet file being written.
pub(super) struct ColumnsWriter {
    /// `None` until the header is known.
    writer: Option<SerializedFileWriter<BufWriter<File>>>,
    file: Option<BufWriter<File>>,
    columns: Vec<Texts>,
}

/// The cells of a column, one behind the other.
#[derive(Default)]
struct Texts {
    bytes: Vec<u8>,
    /// Where each cell ends.
    ends: Vec<usize>,
}

impl Texts {
    fn push(&mut self, cell: &str) {
        self.bytes.extend_from_slice(cell.as_bytes());
        self.ends.push(self.bytes.len());
    }

    /// The cells, which share one buffer; none are left.
    fn take(&mut self) -> Vec<ByteArray> {
        let whole = ByteArray::from(std::mem::take(&mut self.bytes));
        let mut start = 0;
        let cell = |end| {
            let cell = whole.slice(start, end - start);
            start = end;
            cell
        };
        self.ends.drain(..).map(cell).collect()
    }
}

impl ColumnsWriter {
    pub(super) fn new(file: BufWriter<File>) -> ColumnsWriter {
        ColumnsWriter { writer: None, file: Some(file), columns: Vec::new() }
    }

    /// Adds a row; the first is the header.
    pub(super) fn row<'c>(
        &mut self,
        path: &Path,
        cells: impl IntoIterator<Item = &'c str>,
    ) -> Result<(), ReportError> {
        if let Some(file) = self.file.take() {
            let names: Vec<&str> = cells.into_iter().collect();
            self.columns = names.iter().map(|_| Texts::default()).collect();
            self.writer = Some(begin(file, &names).map_err(fault(path))?);
            return Ok(());
        }
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell);
        }
        if self.columns.first().is_some_and(|column| column.ends.len() >= GROUP_ROWS) {
            self.write_group().map_err(fault(path))?;
        }
        Ok(())
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        if self.columns.first().is_none_or(|column| column.ends.is_empty()) {
            return Ok(());
        }
        let mut group = writer.next_row_group()?;
        for column in &mut self.columns {
            if let Some(mut out) = group.next_column()? {
                out.typed::<ByteArrayType>().write_batch(&column.take(), None, None)?;
                out.close()?;
            }
        }
        group.close().map(drop)
    }

    /// Writes what is left.
    pub(super) fn finish(mut self, path: &Path) -> Result<(), ReportError> {
        self.write_group().map_err(fault(path))?;
        let Some(writer) = self.writer else { return Ok(()) };
        let file = writer.into_inner().map_err(fault(path))?;
        file.into_inner().map_err(|error| error.into_error()).map_err(ReportError::at(path)).map(drop)
    }
}

fn begin(
    file: BufWriter<File>,
    names: &[&str],
) -> Result<SerializedFileWriter<BufWriter<File>>, ParquetError> {
    let field = |name: &&str| {
        Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_repetition(Repetition::REQUIRED)
            .with_logical_type(Some(LogicalType::String))
            .build()
            .map(Arc::new)
    };
    let fields = names.iter().map(field).collect::<Result<Vec<_>, _>>()?;
    let schema = Type::group_type_builder("list").with_fields(fields).build()?;
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?));
    SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties.build()))
}

fn fault(path: &Path) -> impl Fn(ParquetError) -> ReportError {
    move |error| {
        let source = match error {
            ParquetError::External(cause) => match cause.downcast::<std::io::Error>() {
                Ok(cause) => *cause,
                Err(cause) => std::io::Error::other(cause),
            },
            error => std::io::Error::other(error),
        };
        ReportError::Io { path: path.to_owned(), source }
    }
}
