//! Which columns of a file hold which field: a column map as a person gives it, and what it means for
//! one header.

use std::fmt;
use std::path::{Path, PathBuf};

use super::headers::{accepted_detail_names, accepted_names, fold};
use crate::language::Language;
use crate::limits::JOINED_MAX;
use crate::student::{Column, Detail};
use crate::template::{Field, headings};

/// Fields and the columns they are read from. Fields without an entry are found by their usual names. An entry may be about
/// a field of the collection template that no student has (国籍): `renji validate` and `convert` read it, others do not.
///
/// # Examples
///
/// ```
/// use renji::source::ColumnMap;
///
/// let mut map = ColumnMap::default();
/// map.add_pairs("name=given_name+surname, birthdate=date_of_birth")?;
/// map.add_toml("address = [\"street\", \"suburb\"]")?;
/// assert!(map.add_pairs("nmae=surname").is_err());
/// # Ok::<(), renji::source::ColumnMapError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnMap {
    entries: Vec<(Field, Given)>,
    /// Details and the one column that each is read from.
    details: Vec<(Detail, String)>,
}

/// The columns of one entry as written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Given {
    /// One column name, or several with `+` between them if there is no column of that whole name.
    Text(String),
    /// Column names, taken literally.
    List(Vec<String>),
}

/// A column map that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnMapError {
    /// An entry is not `field=column`.
    Syntax {
        /// The entry.
        entry: String,
    },
    /// There is no such field.
    UnknownField {
        /// The field that was named.
        field: String,
    },
    /// A field has two entries.
    Twice {
        /// The field.
        field: Field,
    },
    /// The header has no such column.
    UnknownColumn {
        /// The field that wants it.
        field: Field,
        /// The column that was named.
        column: String,
        /// The columns there are.
        header: Vec<String>,
    },
    /// The header has no such column.
    UnknownDetail {
        /// The detail that wants it.
        detail: Detail,
        /// The column that was named.
        column: String,
        /// The columns there are.
        header: Vec<String>,
    },
    /// More columns are joined than [`JOINED_MAX`].
    TooManyJoined {
        /// The field.
        field: Field,
    },
    /// The text is no TOML, or not a table of names.
    Toml {
        /// What the TOML reader says.
        message: String,
    },
    /// The map's file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        reason: std::io::ErrorKind,
    },
}

impl ColumnMapError {
    /// What is wrong, in words.
    pub fn message(&self, language: Language) -> String {
        let what = match (self, language) {
            (ColumnMapError::Syntax { entry }, Language::Zh) => format!("{entry:?} 不是“字段=列名”的形式"),
            (ColumnMapError::Syntax { entry }, Language::En) => format!("{entry:?} is not field=column"),
            (ColumnMapError::UnknownField { field }, _) => {
                let fields = Column::ALL.map(Column::code).join(", ");
                let details = Detail::ALL.map(Detail::code).join(", ");
                match language {
                    Language::Zh => format!("没有字段 {field:?};可用的字段有 {fields}, {details}"),
                    Language::En => format!("no field {field:?}; the fields are {fields}, {details}"),
                }
            }
            (ColumnMapError::Twice { field }, Language::Zh) => format!("字段 {} 出现两次", field.code()),
            (ColumnMapError::Twice { field }, Language::En) => {
                format!("the field {} is given twice", field.code())
            }
            (
                ColumnMapError::UnknownColumn { column, header, .. }
                | ColumnMapError::UnknownDetail { column, header, .. },
                _,
            ) => {
                let field = match self {
                    ColumnMapError::UnknownDetail { detail, .. } => detail.code(),
                    ColumnMapError::UnknownColumn { field, .. } => field.code(),
                    _ => "",
                };
                let header = header.join(", ");
                match language {
                    Language::Zh => format!("没有列 {column:?}(字段 {field});文件中的列有 {header}"),
                    Language::En => format!("no column {column:?} for {field}; the columns are {header}"),
                }
            }
            (ColumnMapError::TooManyJoined { field }, Language::Zh) => {
                format!("字段 {} 合并了超过 {JOINED_MAX} 列", field.code())
            }
            (ColumnMapError::TooManyJoined { field }, Language::En) => {
                format!("{} joins more than {JOINED_MAX} columns", field.code())
            }
            (ColumnMapError::Toml { message }, _) => message.trim_end().to_owned(),
            (ColumnMapError::Unreadable { path, reason }, Language::Zh) => {
                format!("{} 无法读取:{reason}", path.display())
            }
            (ColumnMapError::Unreadable { path, reason }, Language::En) => {
                format!("{} cannot be read: {reason}", path.display())
            }
        };
        format!("{}{what}", language.pick("列对应关系:", "column map: "))
    }
}

impl fmt::Display for ColumnMapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::En))
    }
}

impl std::error::Error for ColumnMapError {}

impl ColumnMap {
    /// Whether the map says nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.details.is_empty()
    }

    /// Adds `field=column` pairs separated by commas.
    ///
    /// # Errors
    ///
    /// [`ColumnMapError`] on the first bad entry; those before it are in the map.
    pub fn add_pairs(&mut self, pairs: &str) -> Result<(), ColumnMapError> {
        for entry in pairs.split([',', ',']).map(str::trim).filter(|entry| !entry.is_empty()) {
            match entry.split_once('=') {
                Some((field, columns)) if !columns.trim().is_empty() => {
                    self.add(field, Given::Text(columns.trim().to_owned()))?;
                }
                _ => return Err(ColumnMapError::Syntax { entry: entry.to_owned() }),
            }
        }
        Ok(())
    }

    /// Adds the entries of a TOML table, `field = "column"` or `field = ["column", "column"]`, at the top
    /// level or under `[columns]`.
    ///
    /// # Errors
    ///
    /// [`ColumnMapError`] on the first bad entry; those before it are in the map.
    pub fn add_toml(&mut self, text: &str) -> Result<(), ColumnMapError> {
        let wrong = |message: String| ColumnMapError::Toml { message };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| wrong(error.to_string()))?;
        let table = match table.get("columns") {
            Some(toml::Value::Table(columns)) => columns,
            _ => &table,
        };
        for (field, value) in table {
            let given = match value {
                toml::Value::String(column) => Given::Text(column.clone()),
                toml::Value::Array(columns) if !columns.is_empty() => {
                    let names = columns.iter().map(|value| value.as_str().map(str::to_owned));
                    let names: Option<Vec<String>> = names.collect();
                    Given::List(names.ok_or_else(|| wrong(format!("{field} is not a list of names")))?)
                }
                _ => return Err(wrong(format!("{field} is neither a name nor a list of names"))),
            };
            self.add(field, given)?;
        }
        Ok(())
    }

    /// Adds the entries of a TOML file.
    ///
    /// # Errors
    ///
    /// As [`ColumnMap::add_toml`], and [`ColumnMapError::Unreadable`].
    pub fn add_file(&mut self, path: &Path) -> Result<(), ColumnMapError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ColumnMapError::Unreadable { path: path.to_owned(), reason: error.kind() })?;
        self.add_toml(&text)
    }

    /// The map that gives this layout again, for a file with the same header: columns by their own names.
    pub fn of(layout: &Layout) -> ColumnMap {
        let names = |cells: &[usize]| cells.iter().map(|cell| layout.header()[*cell].clone()).collect();
        ColumnMap::of_names(layout.fields().map(|(field, cells)| (field, names(cells))))
    }

    /// A map of fields and the names of the columns that each is read from, taken literally.
    pub fn of_names(fields: impl IntoIterator<Item = (Column, Vec<String>)>) -> ColumnMap {
        let entry = |(column, names)| (Field::of_column(column), Given::List(names));
        ColumnMap { entries: fields.into_iter().map(entry).collect(), ..ColumnMap::default() }
    }

    /// Each field of a student with the names of its columns, where all entries are literal.
    pub fn names(&self) -> impl Iterator<Item = (Column, &[String])> {
        self.entries.iter().filter_map(|(field, given)| match given {
            Given::List(names) => Some((field.column()?, names.as_slice())),
            Given::Text(_) => None,
        })
    }

    /// Each field of the map with the indexes of its columns in a header, in the order of the map.
    ///
    /// # Errors
    ///
    /// [`ColumnMapError`] if the map names a column that is not there or joins too many.
    pub fn places(&self, header: &[String]) -> Result<Vec<(Field, Vec<usize>)>, ColumnMapError> {
        let folded: Vec<String> = header.iter().map(|name| fold(name)).collect();
        let find = |name: &str| index_of(header, &folded, name);
        let mut places = Vec::with_capacity(self.entries.len());
        for (field, given) in &self.entries {
            let parts: Vec<&str> = match given {
                Given::Text(text) if find(text).is_some() => vec![text],
                Given::Text(text) => text.split(['+', '＋']).map(str::trim).collect(),
                Given::List(names) => names.iter().map(String::as_str).collect(),
            };
            if parts.len() > JOINED_MAX {
                return Err(ColumnMapError::TooManyJoined { field: *field });
            }
            let cell = |part: &str| {
                find(part).ok_or_else(|| ColumnMapError::UnknownColumn {
                    field: *field,
                    column: part.to_owned(),
                    header: header.to_vec(),
                })
            };
            places.push((*field, parts.into_iter().map(cell).collect::<Result<_, _>>()?));
        }
        Ok(places)
    }

    fn add(&mut self, field: &str, given: Given) -> Result<(), ColumnMapError> {
        let folded = fold(field);
        let is_own = |known: &Field| fold(known.code()) == folded || fold(headings(*known)[0]) == folded;
        let is_named = |known: &Field| headings(*known).iter().any(|name| fold(name) == folded);
        let feeds = |known: &Field| known.column().is_some() && is_named(known);
        let mut fields = Field::ALL.into_iter();
        let found = fields.clone().find(is_own).or_else(|| fields.clone().find(feeds));
        let Some(found) = found.or_else(|| fields.find(is_named)) else {
            return self.add_detail(field, given);
        };
        if self.entries.iter().any(|(known, _)| *known == found) {
            return Err(ColumnMapError::Twice { field: found });
        }
        self.entries.push((found, given));
        Ok(())
    }

    fn add_detail(&mut self, field: &str, given: Given) -> Result<(), ColumnMapError> {
        let folded = fold(field);
        let is_named = |detail: &Detail| {
            fold(detail.code()) == folded
                || accepted_detail_names(*detail).iter().any(|name| fold(name) == folded)
        };
        let unknown = || ColumnMapError::UnknownField { field: field.trim().to_owned() };
        let detail = Detail::ALL.into_iter().find(is_named).ok_or_else(unknown)?;
        match given {
            Given::Text(name) => self.details.push((detail, name)),
            Given::List(names) => match <[String; 1]>::try_from(names) {
                Ok([name]) => self.details.push((detail, name)),
                Err(_) => return Err(ColumnMapError::Syntax { entry: field.trim().to_owned() }),
            },
        }
        Ok(())
    }
}

/// The column of a name: by its letters, else as names are compared.
fn index_of(header: &[String], folded: &[String], name: &str) -> Option<usize> {
    let exact = header.iter().position(|known| known == name);
    let wanted = fold(name);
    exact.or_else(|| folded.iter().position(|known| !wanted.is_empty() && *known == wanted))
}

/// Which cells of a record hold which field, for one header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    header: Vec<String>,
    /// Fields with the indexes of their cells, in the order of [`Column::ALL`]; never empty indexes.
    fields: Vec<(Column, Vec<usize>)>,
    /// Details that are there, with the index of the cell.
    details: Vec<(Detail, usize)>,
}

impl Layout {
    /// Finds the fields in a header.
    ///
    /// # Errors
    ///
    /// [`ColumnMapError`] if the map names a column that is not there or joins too many.
    pub fn new(header: Vec<String>, map: &ColumnMap) -> Result<Layout, ColumnMapError> {
        let folded: Vec<String> = header.iter().map(|name| fold(name)).collect();
        let find = |name: &str| index_of(&header, &folded, name);
        let places = map.places(&header)?;
        let mut fields = Vec::new();
        for column in Column::ALL {
            let given = places.iter().find(|(field, _)| *field == Field::of_column(column));
            let cells: Vec<usize> = match given {
                Some((_, cells)) => cells.clone(),
                None => std::iter::once(column.code())
                    .chain(accepted_names(column).iter().copied())
                    .find_map(find)
                    .into_iter()
                    .collect(),
            };
            if !cells.is_empty() {
                fields.push((column, cells));
            }
        }
        let mut details = Vec::new();
        for detail in Detail::ALL {
            // A field of a template may be the detail of the same name.
            let of_field = places.iter().find(|(field, _)| field.code() == detail.code());
            let given = map.details.iter().find(|(known, _)| *known == detail);
            let cell =
                match (given, of_field) {
                    (Some((_, name)), _) => Some(find(name).ok_or_else(|| {
                        ColumnMapError::UnknownDetail { detail, column: name.clone(), header: header.clone() }
                    })?),
                    (None, Some((_, cells))) => cells.first().copied(),
                    (None, None) => std::iter::once(detail.code())
                        .chain(accepted_detail_names(detail).iter().copied())
                        .find_map(find),
                };
            details.extend(cell.map(|cell| (detail, cell)));
        }
        Ok(Layout { header, fields, details })
    }

    /// Each detail that is there, with the index of its column in [`Layout::header`].
    pub fn details(&self) -> &[(Detail, usize)] {
        &self.details
    }

    /// Whether a detail is there.
    pub fn has(&self, detail: Detail) -> bool {
        self.details.iter().any(|(known, _)| *known == detail)
    }

    /// Whether any column can tell one student from another, a name or a number; or says how many a row stands for.
    pub fn is_usable(&self) -> bool {
        let telling = [
            Column::IdNumber,
            Column::Id2Number,
            Column::Name,
            Column::FormerName,
            Column::Guardian1Id,
            Column::Guardian2Id,
            Column::FormerNumber,
        ];
        self.fields.iter().any(|(column, _)| telling.contains(column)) || self.has(Detail::Count)
    }

    /// The column names of the file.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Each field that is read, with the indexes of its columns in [`Layout::header`].
    pub fn fields(&self) -> impl Iterator<Item = (Column, &[usize])> {
        self.fields.iter().map(|(column, cells)| (*column, cells.as_slice()))
    }

    /// The first field that reads the cell with this index.
    pub(super) fn field_of(&self, cell: usize) -> Option<Column> {
        self.fields.iter().find(|(_, cells)| cells.contains(&cell)).map(|(column, _)| *column)
    }
}
