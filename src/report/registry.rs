//! What leaves a registry: its students line by line, and what became of the rows of a file.
//!
//! Personal data is masked unless the caller has asked for all of it. A registry number of the kind G holds a
//! citizen's number, so a masked list masks it as well; the list of a loaded file has it in full, being the
//! answer to the office that sent the file.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::directory::Existing;
use super::error::ReportError;
use super::format::{ListFormat, OutputForm};
use super::mask;
use super::packed::PackedFile;
use super::table::{ListWriter, write_object};
use crate::registry::{Enrolled, Registered};
use crate::student::{Column, OwnedStudent};

/// The columns in front of those of the current record.
const OWN_COLUMNS: [&str; 4] = ["registry_number", "status", "student", "former_numbers"];

enum Form<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Ndjson {
        out: W,
        line: Vec<u8>,
    },
    /// A file of its own.
    List(Box<ListWriter>),
}

/// Students written one a line: the number, the status, the registry's own id, former numbers joined by `|`,
/// then the columns of the current record by their default names. Documents and guardians beyond the second
/// have no column and are left out.
pub struct StudentRows<W: Write> {
    form: Form<W>,
    is_full: bool,
}

impl<W: Write> StudentRows<W> {
    /// Begins a list; `is_full` leaves nothing masked.
    ///
    /// # Errors
    /// Those of writing; [`io::ErrorKind::Unsupported`] for a format that is no text and needs a file.
    pub fn new(writer: W, format: ListFormat, is_full: bool) -> io::Result<StudentRows<W>> {
        let form = match format {
            ListFormat::Ndjson => Form::Ndjson { out: writer, line: Vec::new() },
            ListFormat::Csv => {
                let mut csv = csv::Writer::from_writer(writer);
                csv.write_record(columns())?;
                Form::Csv(Box::new(csv))
            }
            ListFormat::Xlsx | ListFormat::Parquet => return Err(io::ErrorKind::Unsupported.into()),
        };
        Ok(StudentRows { form, is_full })
    }

    /// Adds a student.
    ///
    /// # Errors
    /// Those of writing.
    pub fn write(&mut self, student: &Registered) -> io::Result<()> {
        let shown = |number: crate::number::RegistryNumber| match self.is_full {
            true => number.to_string(),
            false => number.masked(),
        };
        let former: Vec<String> = student.state.former.iter().map(|former| shown(former.number)).collect();
        let own = [
            student.state.number.map(shown).unwrap_or_default(),
            student.state.status.code().to_owned(),
            student.id.to_string(),
            former.join("|"),
        ];
        let current = Column::ALL.into_iter().map(|column| match self.is_full {
            true => student.record.column(column).to_owned(),
            false => masked(&student.record, column),
        });
        let cells: Vec<String> = own.into_iter().chain(current).collect();
        let cells = cells.iter().map(String::as_str);
        match &mut self.form {
            Form::Csv(csv) => Ok(csv.write_record(cells)?),
            Form::Ndjson { out, line } => write_object(out, line, columns(), cells),
            Form::List(list) => list.row(cells).map_err(ReportError::into_io),
        }
    }

    /// Writes what is buffered; gives the writer back, if there was one.
    ///
    /// # Errors
    /// Those of writing.
    pub fn finish(self) -> io::Result<Option<W>> {
        match self.form {
            Form::Csv(csv) => csv.into_inner().map(Some).map_err(|error| error.into_error()),
            Form::Ndjson { mut out, .. } => out.flush().map(|()| Some(out)),
            Form::List(list) => list.finish().map(|_| None).map_err(ReportError::into_io),
        }
    }
}

impl StudentRows<PackedFile> {
    /// Makes a file, in a form; one with nothing masked is its owner's alone.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn create(
        path: &Path,
        existing: Existing,
        form: OutputForm,
        is_full: bool,
    ) -> Result<StudentRows<PackedFile>, ReportError> {
        if matches!(form.format, ListFormat::Xlsx | ListFormat::Parquet) {
            let mut list = ListWriter::create_as(path, existing, form, is_full)?;
            list.row(columns())?;
            return Ok(StudentRows { form: Form::List(Box::new(list)), is_full });
        }
        let (path, file) = create_file(path, existing, is_full)?;
        PackedFile::new(file, form.packed)
            .and_then(|file| StudentRows::new(file, form.format, is_full))
            .map_err(ReportError::at(&path))
    }
}

/// The columns of a list of students.
fn columns() -> impl Iterator<Item = &'static str> {
    OWN_COLUMNS.into_iter().chain(Column::ALL.into_iter().map(Column::code))
}

/// A column of a record as it may be shown.
pub fn masked(student: &OwnedStudent, column: Column) -> String {
    let text = student.column(column);
    match column {
        Column::RecordId
        | Column::IdType
        | Column::Id2Type
        | Column::Guardian1IdType
        | Column::Guardian2IdType
        | Column::SchoolCode
        | Column::Enrolled => text.to_owned(),
        Column::IdNumber
        | Column::Id2Number
        | Column::Guardian1Id
        | Column::Guardian2Id
        | Column::Guardian1Phone
        | Column::Guardian2Phone
        | Column::Phone
        | Column::FormerNumber => mask::number(text),
        Column::Name | Column::FormerName | Column::Guardian1Name | Column::Guardian2Name => mask::name(text),
        Column::Birthdate => mask::date(text),
        Column::Sex | Column::Address => mask::text(text),
        Column::Region => text.chars().take(6).collect(),
    }
}

/// What became of each row of a file. Columns: `record_id,outcome,registry_number,case,reasons`.
pub struct OutcomeList(ListWriter);

impl OutcomeList {
    /// Makes the file and its header.
    ///
    /// # Errors
    /// [`ReportError::Exists`], [`ReportError::Io`].
    pub fn create(path: &Path, existing: Existing) -> Result<OutcomeList, ReportError> {
        let mut list = ListWriter::create_at(path, existing)?;
        list.row(["record_id", "outcome", "registry_number", "case", "reasons"])?;
        Ok(OutcomeList(list))
    }

    /// Adds a row; `None` for one that was rejected.
    ///
    /// # Errors
    /// [`ReportError::Io`].
    pub fn write(&mut self, record_id: &str, outcome: Option<&Enrolled>) -> Result<(), ReportError> {
        match outcome {
            None => self.0.row([record_id, "rejected", "", "", ""]),
            Some(Enrolled::Issued(number)) => self.0.row([record_id, "issued", number.as_str(), "", ""]),
            Some(Enrolled::Existing { number, why }) => {
                self.0.row([record_id, "existing", number.as_str(), "", why])
            }
            Some(Enrolled::Held { case, reasons }) => {
                self.0.row([record_id, "held", "", &case.to_string(), reasons])
            }
        }
    }

    /// Writes what is buffered.
    ///
    /// # Errors
    /// [`ReportError::Io`].
    pub fn finish(self) -> Result<(), ReportError> {
        self.0.finish().map(drop)
    }
}

/// Makes a file by itself. One with personal data is its owner's alone where the system knows owners.
///
/// # Errors
/// [`ReportError::Exists`], [`ReportError::Io`].
pub fn create_file(
    path: &Path,
    existing: Existing,
    is_private: bool,
) -> Result<(PathBuf, BufWriter<File>), ReportError> {
    let mut options = OpenOptions::new();
    options.write(true);
    match existing {
        Existing::Keep => options.create_new(true),
        Existing::Replace => options.create(true).truncate(true),
    };
    #[cfg(unix)]
    if is_private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = is_private;
    match options.open(path) {
        Ok(file) => Ok((path.to_owned(), BufWriter::with_capacity(256 * 1024, file))),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(ReportError::Exists(path.to_owned()))
        }
        Err(source) => Err(ReportError::Io { path: path.to_owned(), source }),
    }
}
