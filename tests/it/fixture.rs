//! A directory of made-up files, the library and the binary run on them.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use renji::source::{Rejected, Source, SourceError, SourceOptions, Totals};
use renji::student::Origin;

/// A temporary directory with files in it.
pub(crate) struct Fixture(tempfile::TempDir);

/// One student as read, with owned text.
#[derive(Debug, PartialEq, Eq, Clone)]
pub(crate) struct Read {
    pub(crate) origin: Origin,
    pub(crate) record_id: String,
    pub(crate) name: String,
    pub(crate) document: Option<(String, String)>,
    pub(crate) guardians: Vec<String>,
    pub(crate) address: String,
}

/// All of one file.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) students: Vec<Read>,
    pub(crate) rejected: Vec<Rejected>,
    pub(crate) totals: Totals,
    pub(crate) bytes: u64,
}

impl Reading {
    pub(crate) fn names(&self) -> Vec<&str> {
        self.students.iter().map(|student| student.name.as_str()).collect()
    }

    /// Row, column and rule of each rejected row.
    pub(crate) fn rules(&self) -> Vec<(u32, &'static str, &'static str)> {
        let column = |row: &Rejected| row.column.map_or("", |column| column.code());
        self.rejected.iter().map(|row| (row.origin.row, column(row), row.rule.code())).collect()
    }
}

impl Fixture {
    pub(crate) fn new() -> Fixture {
        Fixture(tempfile::tempdir().expect("a temporary directory"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, bytes).expect("writing a made-up file");
        path
    }

    /// Runs the binary in this directory, in English.
    pub(crate) fn renji(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_renji"))
            .args(arguments)
            .current_dir(self.path())
            .env("LC_ALL", "en_GB.UTF-8")
            .output()
            .expect("running renji")
    }

    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).expect("a file that was written")
    }
}

/// Reads a file through the library.
pub(crate) fn read(path: &Path, options: &SourceOptions) -> Result<Reading, SourceError> {
    let source = Source::open(path, 0, options)?;
    let mut reading = Reading { students: vec![], rejected: vec![], totals: Totals::default(), bytes: 0 };
    let totals = source.for_each_chunk(
        Vec::new,
        |students: &mut Vec<Read>, student, origin| {
            students.push(Read {
                origin,
                record_id: student.record_id.to_owned(),
                name: student.name.to_owned(),
                document: student.documents.first().map(|d| (d.kind.to_owned(), d.number.to_owned())),
                guardians: student.guardians.iter().map(|guardian| guardian.name.to_owned()).collect(),
                address: student.address.to_owned(),
            });
        },
        |chunk| {
            assert_eq!(chunk.students as usize, chunk.value.len());
            reading.students.extend(chunk.value);
            reading.rejected.extend(chunk.rejected);
            reading.bytes += chunk.bytes;
            ControlFlow::Continue(())
        },
    )?;
    reading.totals = totals;
    // Every row is accounted for.
    assert_eq!(totals.rows, (reading.students.len() + reading.rejected.len()) as u64);
    assert_eq!(totals.rejected, reading.rejected.len() as u64);
    Ok(reading)
}

/// The exit code of a run.
pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

/// What a run said.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
