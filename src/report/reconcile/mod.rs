//! The lists of `renji reconcile`: typed rows for programs, problem lists by county for clerks, and a page that pupils
//! confirm.
//!
//! | file | what lives there |
//! |---|---|
//! | `agreement` | population and enrolment: how each person stands |
//! | `admissions`, `diplomas`, `counts` | the other kinds |
//! | `confirm` | the page by class |
//! | `words` | what things are called |

mod admissions;
mod agreement;
mod confirm;
mod counts;
mod diplomas;
pub mod words;

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::directory::OutputDirectory;
use super::error::ReportError;
use super::shown::Personal;
use super::{InputSummary, RegistrySummary, mask};
use crate::identity::Identity;
use crate::student::Student;

pub use admissions::{AdmissionLine, write_admissions};
pub use agreement::{AgreementLine, write_agreements};
pub use confirm::{ConfirmLine, write_confirmation};
pub use counts::{BehindLine, CountLine, write_counts};
pub use diplomas::{DiplomaLine, write_diplomas};

/// A person as may be shown beside another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The name.
    pub name: String,
    /// The number of the first document.
    pub number: String,
    /// The birth date.
    pub birthdate: String,
    /// The sex.
    pub sex: String,
    /// The address.
    pub address: String,
}

impl Shown {
    /// As written.
    pub fn of(student: &Student<'_>, personal: Personal) -> Shown {
        let may = |text: &str, mask: fn(&str) -> String| match personal {
            Personal::Masked => mask(text),
            Personal::Shown => text.to_owned(),
        };
        Shown {
            name: may(student.name, mask::name),
            number: may(student.documents.first().map_or("", |document| document.number), mask::number),
            birthdate: may(student.birthdate, mask::date),
            sex: may(student.sex, mask::text),
            address: may(student.address, mask::text),
        }
    }

    /// As read: name and number, which are kept.
    pub fn of_identity(identity: &Identity, personal: Personal) -> Shown {
        let name = identity.name.as_ref().map_or("", |name| name.canonical());
        let number = identity.documents.first().map_or("", |document| document.raw());
        match personal {
            Personal::Masked => {
                Shown { name: mask::name(name), number: mask::number(number), ..Shown::default() }
            }
            Personal::Shown => Shown { name: name.to_owned(), number: number.to_owned(), ..Shown::default() },
        }
    }
}

/// `summary.json` of a reconciliation.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ReconcileSummary {
    /// The version of the program.
    pub version: String,
    /// What the other roll is.
    pub kind: String,
    /// Our roll.
    pub ours: RollSummary,
    /// The others, by what they are.
    pub others: BTreeMap<String, RollSummary>,
    /// Lines by how they stand.
    pub standings: BTreeMap<String, u64>,
    /// Rows of the other roll that met nobody of ours.
    pub unmet: u64,
    /// Keys under which so many stand that not all were compared.
    pub crowded_keys: u64,
    /// What was done in the registry.
    pub registry: Option<BTreeMap<String, u64>>,
    /// The model that judged.
    pub model_digest: String,
    /// Seconds it took.
    pub seconds: f64,
    /// Most bytes of memory at any time.
    pub memory_peak_bytes: Option<u64>,
}

/// A roll that was read.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RollSummary {
    /// Rows, rejected ones included.
    pub rows: u64,
    /// Rows that could not be read.
    pub rejected_rows: u64,
    /// The files.
    pub inputs: Vec<InputSummary>,
    /// The registry.
    pub registry: Option<RegistrySummary>,
}

impl ReconcileSummary {
    /// Writes the file.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn write(&self, directory: &OutputDirectory) -> Result<(), ReportError> {
        let (path, mut file) = directory.file("summary.json")?;
        serde_json::to_writer_pretty(&mut file, self)
            .map_err(std::io::Error::from)
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.flush())
            .map_err(ReportError::at(&path))
    }
}
