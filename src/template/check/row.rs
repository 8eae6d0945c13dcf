//! The values of a row by field, and rows packed so that another thread can check them.

use std::borrow::Cow;

use super::{Finding, RowKeys, Validator};
use crate::identity::text::is_invisible;
use crate::student::{Column, GivenDocument, GivenGuardian, Student};
use crate::template::{Field, Layout, Rule};

/// One row, seen through a layout.
pub(super) struct Row<'r> {
    layout: &'r Layout,
    cells: &'r [&'r str],
    /// Fields that are read from several cells, joined by spaces.
    joined: Vec<(Field, String)>,
}

/// Whether a character at the end of a value is none of it.
fn is_margin(c: char) -> bool {
    c.is_whitespace() || is_invisible(c) || c == '\''
}

impl<'r> Row<'r> {
    pub(super) fn new(layout: &'r Layout, cells: &'r [&'r str]) -> Row<'r> {
        let several = layout.found().filter(|(_, places)| places.len() > 1);
        let joined = several.map(|(field, places)| {
            let parts = places.iter().map(|place| cells[usize::from(*place)].trim());
            (field, parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
        });
        Row { layout, cells, joined: joined.collect() }
    }

    /// A field as written; empty where there is none.
    pub(super) fn raw(&self, field: Field) -> &str {
        match self.layout.cells(field) {
            [] => "",
            [cell] => self.cells[usize::from(*cell)],
            _ => self.joined.iter().find(|(known, _)| *known == field).map_or("", |(_, text)| text),
        }
    }

    /// A field without spaces and invisible characters around it.
    #[inline]
    pub(super) fn text(&self, field: Field) -> &str {
        let raw = self.raw(field);
        match (raw.as_bytes().first(), raw.as_bytes().last()) {
            (Some(b'0'..=b'z'), Some(b'0'..=b'z')) => raw,
            _ => raw.trim_matches(is_margin),
        }
    }

    /// The student that a source would give of this row.
    pub(super) fn student(&self) -> Student<'_> {
        let text = |column: Column| self.raw(Field::of_column(column));
        let document = |kind, number| {
            Some(GivenDocument { kind: text(kind), number: text(number) })
                .filter(|given| !given.number.is_empty())
        };
        let documents = [(Column::IdType, Column::IdNumber), (Column::Id2Type, Column::Id2Number)];
        let members = [
            (Column::Guardian1Name, Column::Guardian1IdType, Column::Guardian1Id, Column::Guardian1Phone),
            (Column::Guardian2Name, Column::Guardian2IdType, Column::Guardian2Id, Column::Guardian2Phone),
        ];
        let guardian = |(name, kind, number, phone)| {
            let document = GivenDocument { kind: text(kind), number: text(number) };
            GivenGuardian { name: text(name), document, phone: text(phone) }
        };
        let is_given = |guardian: &GivenGuardian<'_>| {
            !(guardian.name.is_empty() && guardian.document.number.is_empty() && guardian.phone.is_empty())
        };
        Student {
            record_id: text(Column::RecordId),
            documents: documents.into_iter().filter_map(|(kind, number)| document(kind, number)).collect(),
            name: text(Column::Name),
            former_name: text(Column::FormerName),
            sex: text(Column::Sex),
            birthdate: text(Column::Birthdate),
            region: text(Column::Region),
            guardians: members.into_iter().map(guardian).filter(is_given).collect(),
            phone: text(Column::Phone),
            address: text(Column::Address),
            school_code: text(Column::SchoolCode),
            enrolled: text(Column::Enrolled),
            former_number: text(Column::FormerNumber),
        }
    }
}

/// Whether a value has spaces around it or characters in it that nobody sees.
pub(super) fn has_invisible(raw: &str) -> bool {
    if raw.bytes().all(|byte| matches!(byte, b'!'..=b'~')) {
        return raw.starts_with('\'');
    }
    raw.starts_with(is_margin)
        || raw.ends_with(is_margin)
        || raw.chars().any(|c| is_invisible(c) || c.is_control())
}

/// Some rows, packed: what one thread reads and another checks.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    numbers: Vec<u32>,
    text: String,
    /// Where each cell ends in the text.
    ends: Vec<usize>,
    /// Where each row's cells end.
    row_ends: Vec<usize>,
    /// Rows that could not be read, by their place here, and why.
    unreadable: Vec<(usize, &'static str)>,
}

impl Rows {
    /// Adds a row.
    pub fn push(&mut self, row: u32, cells: &[Cow<'_, str>]) {
        self.numbers.push(row);
        for cell in cells {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
        self.row_ends.push(self.ends.len());
    }

    /// Adds a row that could not be read, and why in one word.
    pub fn push_unreadable(&mut self, row: u32, reason: &'static str) {
        self.unreadable.push((self.numbers.len(), reason));
        self.push(row, &[]);
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Shows each row's cells to `visit`, with its row number; a row that could not be read with the reason.
    pub fn for_each(&self, mut visit: impl FnMut(u32, Result<&[&str], &'static str>)) {
        let (mut from, mut start) = (0, 0);
        let mut cells = Vec::new();
        let mut unreadable = self.unreadable.iter().peekable();
        for (place, (number, to)) in self.numbers.iter().zip(&self.row_ends).enumerate() {
            if let Some((_, reason)) = unreadable.next_if(|(at, _)| *at == place) {
                visit(*number, Err(reason));
                continue;
            }
            cells.clear();
            for end in &self.ends[from..*to] {
                cells.push(&self.text[start..*end]);
                start = *end;
            }
            from = *to;
            visit(*number, Ok(&cells));
        }
    }
}

impl Validator {
    /// Checks packed rows, each by itself. What it gives is for [`Validation::take`](super::Validation::take), in the order
    /// of the rows.
    pub fn check_rows(&self, rows: &Rows) -> (Vec<Finding>, Vec<RowKeys>) {
        let (mut findings, mut keys) = (Vec::new(), Vec::with_capacity(rows.len()));
        rows.for_each(|number, cells| match cells {
            Ok(cells) => keys.push(self.check_cells(number, cells, &mut findings)),
            Err(reason) => {
                findings.push(Finding::of_row(number, Rule::RowUnreadable, reason));
                keys.push(RowKeys::of_row(number));
            }
        });
        (findings, keys)
    }
}
