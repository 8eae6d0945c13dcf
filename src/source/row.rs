//! The cells of one record → a [`Student`] that borrows them.

use std::borrow::Cow;
use std::fmt::Write as _;

use memchr::memchr;

use super::columns::Layout;
use super::encoding::Encoding;
use super::record::{self, Cell};
use super::rejected::{RejectRule, Rejected};
use crate::limits::{CELL_BYTES_MAX, RECORD_BYTES_MAX};
use crate::student::{Column, Detail, Details, GivenDocument, GivenGuardian, Origin, Student};

/// Where the text of a field is.
#[derive(Debug, Clone, Copy, Default)]
enum Text {
    #[default]
    None,
    Record(u32, u32),
    Scratch(u32, u32),
}

/// The details of one record, found where they are asked for.
pub(super) struct RowDetails<'r> {
    record: &'r str,
    cells: &'r [Cell],
    layout: &'r Layout,
}

impl Details for RowDetails<'_> {
    fn detail(&self, detail: Detail) -> Cow<'_, str> {
        let Some((_, cell)) = self.layout.details().iter().find(|(known, _)| *known == detail) else {
            return Cow::Borrowed("");
        };
        let cell = self.cells[*cell];
        let raw = &self.record[cell.start as usize..cell.end as usize];
        if !cell.quoted {
            return Cow::Borrowed(raw);
        }
        let mut text = String::new();
        record::unquote(raw, &mut text);
        Cow::Owned(text)
    }
}

/// Parses records of one file, one after the other, without an allocation for each.
pub(super) struct RowParser<'f> {
    layout: &'f Layout,
    encoding: Encoding,
    delimiter: u8,
    /// The name of the file, for records without an id.
    file: &'f str,
    cells: Vec<Cell>,
    /// Text that is not in the record as it stands: joined, unquoted, made up.
    scratch: String,
    /// Where each field is, by [`Column`].
    texts: [Text; Column::ALL.len()],
    documents: Vec<GivenDocument<'static>>,
    guardians: Vec<GivenGuardian<'static>>,
}

impl<'f> RowParser<'f> {
    pub(super) fn new(layout: &'f Layout, encoding: Encoding, delimiter: u8, file: &'f str) -> RowParser<'f> {
        RowParser {
            layout,
            encoding,
            delimiter,
            file,
            cells: Vec::new(),
            scratch: String::new(),
            texts: [Text::None; Column::ALL.len()],
            documents: Vec::new(),
            guardians: Vec::new(),
        }
    }

    /// Parses a record whose text is known to be whole and free of NUL, and shows it to `visit`.
    #[inline]
    pub(super) fn visit_text(
        &mut self,
        text: &str,
        origin: Origin,
        visit: impl FnOnce(&Student<'_>, &RowDetails<'_>),
    ) -> Result<(), Rejected> {
        if text.len() > RECORD_BYTES_MAX {
            return Err(Rejected::new(origin, RejectRule::RecordTooLong));
        }
        let width = self.layout.header().len();
        let count = record::split(text.as_bytes(), self.delimiter, width, &mut self.cells);
        if count != width {
            let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            let rejected = Rejected::new(origin, RejectRule::FieldCount);
            return Err(Rejected { found: number(count), expected: number(width), ..rejected });
        }
        self.scratch.clear();
        // The others are overwritten by this row, or never set.
        self.texts[Column::RecordId as usize] = Text::None;
        for (column, cells) in self.layout.fields() {
            let found = match cells {
                [cell] => place(text, self.cells[*cell], &mut self.scratch),
                cells => {
                    let start = self.scratch.len();
                    for &cell in cells {
                        join(text, self.cells[cell], start, &mut self.scratch);
                    }
                    Text::Scratch(start as u32, self.scratch.len() as u32)
                }
            };
            let (Text::Record(start, end) | Text::Scratch(start, end)) = found else { continue };
            if (end - start) as usize > CELL_BYTES_MAX {
                let rejected = Rejected::new(origin, RejectRule::CellTooLong);
                return Err(Rejected { column: Some(column), ..rejected });
            }
            self.texts[column as usize] = found;
        }
        if self.text(text, Column::RecordId).trim().is_empty() {
            let start = self.scratch.len();
            // Writing to a string does not fail.
            let _ = write!(self.scratch, "{}:{}", self.file, origin.row);
            self.texts[Column::RecordId as usize] = Text::Scratch(start as u32, self.scratch.len() as u32);
        }
        self.show(text, visit);
        Ok(())
    }

    /// Parses a record of bytes that may be no text or hold NUL.
    pub(super) fn visit_bytes(
        &mut self,
        bytes: &[u8],
        origin: Origin,
        visit: impl FnOnce(&Student<'_>, &RowDetails<'_>),
    ) -> Result<(), Rejected> {
        if bytes.len() > RECORD_BYTES_MAX {
            return Err(Rejected::new(origin, RejectRule::RecordTooLong));
        }
        if memchr(0, bytes).is_some() {
            let column = self.column_where(bytes, |cell| memchr(0, cell).is_some());
            return Err(Rejected { column, ..Rejected::new(origin, RejectRule::Nul) });
        }
        match self.encoding.text(bytes) {
            Some(text) => self.visit_text(&text, origin, visit),
            None => {
                let encoding = self.encoding;
                let column = self.column_where(bytes, |cell| encoding.text(cell).is_none());
                Err(Rejected { column, ..Rejected::new(origin, RejectRule::Encoding) })
            }
        }
    }

    /// The field of the first cell that `bad` is true of.
    fn column_where(&mut self, bytes: &[u8], bad: impl Fn(&[u8]) -> bool) -> Option<Column> {
        record::split(bytes, self.delimiter, self.layout.header().len(), &mut self.cells);
        let index = self.cells.iter().position(|cell| bad(&bytes[cell.start as usize..cell.end as usize]))?;
        self.layout.field_of(index)
    }

    #[inline]
    fn text<'t>(&'t self, record: &'t str, column: Column) -> &'t str {
        match self.texts[column as usize] {
            Text::None => "",
            Text::Record(start, end) => &record[start as usize..end as usize],
            Text::Scratch(start, end) => &self.scratch[start as usize..end as usize],
        }
    }

    #[inline]
    fn show(&mut self, record: &str, visit: impl FnOnce(&Student<'_>, &RowDetails<'_>)) {
        // Documents and guardians keep their allocation from row to row.
        let mut documents: Vec<GivenDocument<'_>> = std::mem::take(&mut self.documents);
        let mut guardians: Vec<GivenGuardian<'_>> = std::mem::take(&mut self.guardians);
        let this = &*self;
        let text = |column: Column| this.text(record, column);
        let pairs = [(Column::IdType, Column::IdNumber), (Column::Id2Type, Column::Id2Number)];
        for (kind, number) in pairs {
            let number = text(number);
            if !number.is_empty() {
                documents.push(GivenDocument { kind: text(kind), number });
            }
        }
        let members = [
            (Column::Guardian1Name, Column::Guardian1IdType, Column::Guardian1Id, Column::Guardian1Phone),
            (Column::Guardian2Name, Column::Guardian2IdType, Column::Guardian2Id, Column::Guardian2Phone),
        ];
        for (name, kind, number, phone) in members {
            let (name, number, phone) = (text(name), text(number), text(phone));
            if !(name.is_empty() && number.is_empty() && phone.is_empty()) {
                let document = GivenDocument { kind: text(kind), number };
                guardians.push(GivenGuardian { name, document, phone });
            }
        }
        let student = Student {
            record_id: text(Column::RecordId).trim(),
            documents,
            name: text(Column::Name),
            former_name: text(Column::FormerName),
            sex: text(Column::Sex),
            birthdate: text(Column::Birthdate),
            region: text(Column::Region),
            guardians,
            phone: text(Column::Phone),
            address: text(Column::Address),
            school_code: text(Column::SchoolCode),
            enrolled: text(Column::Enrolled),
            former_number: text(Column::FormerNumber),
        };
        visit(&student, &RowDetails { record, cells: &this.cells, layout: this.layout });
        let (documents, guardians) = (emptied(student.documents), emptied(student.guardians));
        self.documents = documents;
        self.guardians = guardians;
    }
}

/// The allocation of a vector for values of another lifetime: collecting a vector's own iterator reuses
/// its memory.
fn emptied<A, B: Default>(mut vector: Vec<A>) -> Vec<B> {
    vector.clear();
    vector.into_iter().map(|_| B::default()).collect()
}

/// Where the text of one cell is; copies it to `scratch` only if it holds doubled quotation marks.
#[inline]
fn place(record: &str, cell: Cell, scratch: &mut String) -> Text {
    if !cell.quoted {
        return Text::Record(cell.start, cell.end);
    }
    let raw = &record[cell.start as usize..cell.end as usize];
    let start = scratch.len() as u32;
    record::unquote(raw, scratch);
    Text::Scratch(start, scratch.len() as u32)
}

/// Appends one cell to a joined field that begins at `start`: a space between parts, empty parts left out.
fn join(record: &str, cell: Cell, start: usize, scratch: &mut String) {
    let raw = &record[cell.start as usize..cell.end as usize];
    let before = scratch.len();
    if before > start {
        scratch.push(' ');
    }
    let text = scratch.len();
    if cell.quoted {
        record::unquote(raw, scratch);
    } else {
        scratch.push_str(raw.trim());
    }
    if scratch[text..].trim().is_empty() {
        scratch.truncate(before);
    }
}
