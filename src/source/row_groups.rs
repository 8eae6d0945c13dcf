//! Parquet: the columns of a file, read a few thousand rows at a time, as the rows of pieces.
//!
//! Texts, whole numbers, decimals that are whole numbers, dates, times, truth values and double-precision numbers
//! are read. A column of another type, or of lists and groups, is refused by its name: what it would be as the
//! text of a field is not for this reader to invent.

use std::path::Path;

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::Type;

use super::error::SourceErrorKind;
use super::feed::{Feed, Feeder};
use super::kind::Form;
use super::pieces::PieceWriter;
use super::rejected::RejectRule;
use super::sheet::cell::write_number;
use super::unpack::seekable;
use crate::identity::date::Date;
use crate::limits::COLUMNS_MAX;

/// Rows that are decoded at once.
const BATCH_ROWS: usize = 4096;
/// The day number of 1970-01-01 as [`Date::day_number`] counts.
const EPOCH_DAY: i64 = 719_468;
/// The Julian day of 1970-01-01.
const EPOCH_JULIAN_DAY: i64 = 2_440_588;

/// How the values of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// As they are.
    Plain,
    /// Without a sign.
    Unsigned,
    /// Days since 1970.
    Days,
    /// So many of these in a second, since 1970.
    Instant(i64),
}

/// Reads a file on a thread of its own.
pub(super) fn feed(path: &Path, form: &Form) -> Result<(Feed, Vec<String>), SourceErrorKind> {
    let form = *form;
    Feed::begin(path, form.bytes, move |path, feeder| read(path, &form, feeder))
}

fn damaged<E>(_: E) -> SourceErrorKind {
    SourceErrorKind::Damaged
}

fn read(path: &Path, form: &Form, feeder: &Feeder) -> Result<(), SourceErrorKind> {
    let file = SerializedFileReader::new(seekable(path, form.packing)?).map_err(damaged)?;
    let fields = file.metadata().file_metadata().schema().get_fields();
    if fields.is_empty() {
        return Err(SourceErrorKind::Empty);
    }
    if fields.len() > COLUMNS_MAX {
        return Err(SourceErrorKind::TooManyColumns);
    }
    let meanings = fields.iter().map(|field| meaning(field)).collect::<Result<Vec<_>, _>>()?;
    feeder.header(fields.iter().map(|field| field.name().to_owned()).collect())?;
    let groups = file.num_row_groups();
    let total: i64 = file.metadata().file_metadata().num_rows().max(1);
    let mut pieces = PieceWriter::new(2, fields.len(), Vec::new());
    let (mut rows, mut told) = (0_i64, 0_u64);
    for group in 0..groups {
        let group = file.get_row_group(group).map_err(damaged)?;
        let mut left = usize::try_from(group.metadata().num_rows()).map_err(damaged)?;
        let mut columns = Vec::new();
        for (index, meaning) in meanings.iter().enumerate() {
            columns.push(Column::new(group.get_column_reader(index).map_err(damaged)?, *meaning));
        }
        while left > 0 {
            let batch = left.min(BATCH_ROWS);
            for column in &mut columns {
                column.read(batch)?;
            }
            for row in 0..batch {
                for (index, column) in columns.iter().enumerate() {
                    if let Some(rule) = column.faults[row] {
                        pieces.fault(Some(index), rule, None);
                    }
                    let (start, end) = column.cells[row];
                    pieces.cell(index, &column.text[start as usize..end as usize]);
                }
                pieces.end_row();
            }
            left -= batch;
            rows += batch as i64;
            if pieces.is_full() {
                let mut piece = pieces.take();
                let read = (i128::from(form.bytes) * i128::from(rows) / i128::from(total)) as u64;
                piece.file_bytes = read.min(form.bytes).saturating_sub(told);
                told += piece.file_bytes;
                feeder.piece(piece)?;
            }
        }
    }
    if pieces.is_empty() {
        return Ok(());
    }
    let mut piece = pieces.take();
    piece.file_bytes = form.bytes - told;
    feeder.piece(piece)
}

/// What the values of a column are.
fn meaning(field: &Type) -> Result<Meaning, SourceErrorKind> {
    let column = || field.name().to_owned();
    let refused = || SourceErrorKind::ColumnType { column: column() };
    let info = field.get_basic_info();
    let is_repeated = info.has_repetition() && info.repetition() == parquet::basic::Repetition::REPEATED;
    if field.is_group() || is_repeated {
        return Err(SourceErrorKind::NestedColumn { column: column() });
    }
    let physical = field.get_physical_type();
    let is_whole = matches!(physical, Physical::INT32 | Physical::INT64);
    match (info.logical_type_ref(), info.converted_type()) {
        (Some(LogicalType::Date), _) if physical == Physical::INT32 => Ok(Meaning::Days),
        (Some(LogicalType::Timestamp(time)), _) if physical == Physical::INT64 => {
            Ok(Meaning::Instant(match time.unit {
                TimeUnit::MILLIS => 1_000,
                TimeUnit::MICROS => 1_000_000,
                TimeUnit::NANOS => 1_000_000_000,
            }))
        }
        (Some(LogicalType::Integer(whole)), _) if is_whole => {
            Ok(if whole.is_signed { Meaning::Plain } else { Meaning::Unsigned })
        }
        (Some(LogicalType::Decimal(decimal)), _) if is_whole && decimal.scale == 0 => Ok(Meaning::Plain),
        (Some(LogicalType::String | LogicalType::Enum | LogicalType::Json), _)
            if physical == Physical::BYTE_ARRAY =>
        {
            Ok(Meaning::Plain)
        }
        (Some(LogicalType::Unknown), _) => Ok(Meaning::Plain),
        (Some(_), _) => Err(refused()),
        (None, ConvertedType::DATE) if physical == Physical::INT32 => Ok(Meaning::Days),
        (None, ConvertedType::TIMESTAMP_MILLIS) if physical == Physical::INT64 => Ok(Meaning::Instant(1_000)),
        (None, ConvertedType::TIMESTAMP_MICROS) if physical == Physical::INT64 => {
            Ok(Meaning::Instant(1_000_000))
        }
        (
            None,
            ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64,
        ) => Ok(Meaning::Unsigned),
        (None, ConvertedType::DECIMAL) if is_whole && field.get_scale() == 0 => Ok(Meaning::Plain),
        (
            None,
            ConvertedType::NONE
            | ConvertedType::UTF8
            | ConvertedType::ENUM
            | ConvertedType::JSON
            | ConvertedType::INT_8
            | ConvertedType::INT_16
            | ConvertedType::INT_32
            | ConvertedType::INT_64,
        ) => match physical {
            // Seven digits are not enough for any number that matters.
            Physical::FLOAT | Physical::FIXED_LEN_BYTE_ARRAY => Err(refused()),
            _ => Ok(Meaning::Plain),
        },
        (None, _) => Err(refused()),
    }
}

/// A column of a row group, and the texts of the rows that were read last.
struct Column {
    reader: ColumnReader,
    meaning: Meaning,
    text: String,
    /// Where each row's text begins and ends.
    cells: Vec<(u32, u32)>,
    faults: Vec<Option<RejectRule>>,
    levels: Vec<i16>,
}

impl Column {
    fn new(reader: ColumnReader, meaning: Meaning) -> Column {
        let (text, cells, faults, levels) = (String::new(), Vec::new(), Vec::new(), Vec::new());
        Column { reader, meaning, text, cells, faults, levels }
    }

    /// Reads the texts of the next rows.
    fn read(&mut self, rows: usize) -> Result<(), SourceErrorKind> {
        let Column { reader, meaning, text, cells, faults, levels } = self;
        text.clear();
        cells.clear();
        faults.clear();
        let meaning = *meaning;
        let mut add = |write: &mut dyn FnMut(&mut String) -> Option<RejectRule>| {
            let start = text.len() as u32;
            faults.push(write(text));
            cells.push((start, text.len() as u32));
        };
        use std::fmt::Write as _;
        // Writing to a string does not fail.
        match reader {
            ColumnReader::BoolColumnReader(reader) => each(reader, rows, levels, |value: Option<&bool>| {
                add(&mut |out| {
                    value.into_iter().for_each(|truth| out.push_str(if *truth { "TRUE" } else { "FALSE" }));
                    None
                });
            }),
            ColumnReader::Int32ColumnReader(reader) => each(reader, rows, levels, |value: Option<&i32>| {
                add(&mut |out| {
                    match (value, meaning) {
                        (None, _) => {}
                        (Some(days), Meaning::Days) => write_day(i64::from(*days), out),
                        (Some(number), Meaning::Unsigned) => drop(write!(out, "{}", *number as u32)),
                        (Some(number), _) => drop(write!(out, "{number}")),
                    }
                    None
                });
            }),
            ColumnReader::Int64ColumnReader(reader) => each(reader, rows, levels, |value: Option<&i64>| {
                add(&mut |out| {
                    match (value, meaning) {
                        (None, _) => {}
                        (Some(instant), Meaning::Instant(unit)) => {
                            write_instant(instant.div_euclid(unit), out);
                        }
                        (Some(number), Meaning::Unsigned) => drop(write!(out, "{}", *number as u64)),
                        (Some(number), _) => drop(write!(out, "{number}")),
                    }
                    None
                });
            }),
            ColumnReader::Int96ColumnReader(reader) => each(reader, rows, levels, |value| {
                add(&mut |out| {
                    if let Some(&[low, high, day]) = value.map(|value| value.data()) {
                        let nanoseconds = (i64::from(high) << 32) | i64::from(low);
                        let days = i64::from(day) - EPOCH_JULIAN_DAY;
                        write_instant(days * 86_400 + nanoseconds / 1_000_000_000, out);
                    }
                    None
                });
            }),
            ColumnReader::DoubleColumnReader(reader) => each(reader, rows, levels, |value: Option<&f64>| {
                add(&mut |out| value.and_then(|number| write_number(*number, out)));
            }),
            ColumnReader::ByteArrayColumnReader(reader) => each(reader, rows, levels, |value| {
                add(&mut |out| match value.map(|value| std::str::from_utf8(value.data())) {
                    None => None,
                    Some(Ok(value)) => {
                        out.push_str(value);
                        None
                    }
                    Some(Err(_)) => Some(RejectRule::Encoding),
                });
            }),
            // Refused by their names before.
            ColumnReader::FloatColumnReader(_) | ColumnReader::FixedLenByteArrayColumnReader(_) => {
                Err(SourceErrorKind::Damaged)
            }
        }
    }
}

/// Shows so many values of a column to `add`, `None` for those that are missing.
fn each<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    levels: &mut Vec<i16>,
    mut add: impl FnMut(Option<&T::T>),
) -> Result<(), SourceErrorKind> {
    let mut values: Vec<T::T> = Vec::with_capacity(rows);
    levels.clear();
    let mut left = rows;
    while left > 0 {
        let (records, ..) = reader.read_records(left, Some(levels), None, &mut values).map_err(damaged)?;
        // A group that says it has more rows than its columns hold.
        if records == 0 {
            return Err(SourceErrorKind::Damaged);
        }
        left -= records.min(left);
    }
    // Without levels no value is missing.
    if levels.is_empty() {
        levels.resize(rows, 1);
    }
    let mut values = values.iter();
    for &level in levels.iter() {
        let value = if level > 0 { values.next() } else { None };
        if level > 0 && value.is_none() {
            return Err(SourceErrorKind::Damaged);
        }
        add(value);
    }
    if levels.len() == rows { Ok(()) } else { Err(SourceErrorKind::Damaged) }
}

/// Appends a day since 1970; what is no day that is believed as the number it is.
fn write_day(days: i64, out: &mut String) {
    use std::fmt::Write as _;
    let date = days.checked_add(EPOCH_DAY).and_then(|day| i32::try_from(day).ok());
    let _ = match date.and_then(Date::from_day_number) {
        Some(date) => write!(out, "{date}"),
        None => write!(out, "{days}"),
    };
}

/// Appends the day of a second since 1970, and the time of day if it is not midnight.
fn write_instant(seconds: i64, out: &mut String) {
    use std::fmt::Write as _;
    write_day(seconds.div_euclid(86_400), out);
    let second = seconds.rem_euclid(86_400);
    if second != 0 {
        let _ = write!(out, " {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_instants() {
        let text = |write: fn(i64, &mut String), value| {
            let mut out = String::new();
            write(value, &mut out);
            out
        };
        assert_eq!(text(write_day, 0), "1970-01-01");
        assert_eq!(text(write_day, 16_506), "2015-03-12");
        assert_eq!(text(write_day, -1), "1969-12-31");
        assert_eq!(text(write_day, i64::MAX), i64::MAX.to_string());
        assert_eq!(text(write_instant, 16_506 * 86_400), "2015-03-12");
        assert_eq!(text(write_instant, -1), "1969-12-31 23:59:59");
        let first = Date::new(1970, 1, 1).expect("a day");
        assert_eq!(i64::from(first.day_number()), EPOCH_DAY);
    }
}
