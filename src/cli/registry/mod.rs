//! The commands of a registry: an office's day at the terminal.
//!
//! On the terminal documents, names and dates are masked. A registry number is shown in full where it is the
//! answer about one student (`show`, `check`, `enroll`, `find`, `case show`, what a command has done); lists of
//! many (`cases`, `changes`, a masked export) do not hold it, for a number of the kind G contains a citizen's.
//!
//! | file | what lives there |
//! |---|---|
//! | `init`, `load` | a registry made; files enrolled |
//! | `ask` | `check`, `enroll`, `show`, `history`, `find` |
//! | `cases`, `decisions` | cases listed, shown, settled one by one or by a file of decisions |
//! | `life` | `amend`, `event`, `clear`, `merge`, `unmerge`, `retire` |
//! | `exchange` | `apply` |
//! | `export` | `changes`, `export`, `approve` |
//! | `model` | the model that judges, chosen |
//! | `upkeep` | `rebuild`, `verify`, `backup`, `compact`, `stats` |
//! | `given` | a student or a number as typed |
//! | `sheet`, `story` | an answer for a person, line by line; journal entries without personal data |

mod ask;
mod bulk;
mod cases;
mod decisions;
mod exchange;
mod export;
mod given;
mod init;
mod life;
mod load;
mod model;
mod sheet;
mod story;
mod upkeep;

use std::path::{Path, PathBuf};

pub(super) use given::date;

use super::exit::Exit;
use super::flags::{CaseCommand, RegistryCommand};
use super::terminal::Terminal;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::registry::{Builder, Registry, RegistryError};
use crate::store::StoreError;

/// Where a command finds its registry and whom it talks to.
pub(super) struct Office<'t> {
    directory: Option<PathBuf>,
    terminal: &'t Terminal,
}

/// The directory that was named: the flag's, else that of `RENJI_REGISTRY`.
pub(super) fn named_directory(flag: Option<PathBuf>) -> Option<PathBuf> {
    flag.or_else(|| std::env::var_os("RENJI_REGISTRY").filter(|value| !value.is_empty()).map(PathBuf::from))
}

/// Opens a registry for reading; for writing where it was not closed and needs a repair first.
pub(super) fn open_to_read(directory: &Path) -> Result<Registry> {
    match Registry::builder().open_read_only(directory) {
        // What is damaged beyond a repair says so again.
        Err(RegistryError::Store(StoreError::Damaged { .. })) => Ok(Registry::builder().open(directory)?),
        opened => Ok(opened?),
    }
}

impl<'t> Office<'t> {
    pub(super) fn new(directory: Option<PathBuf>, terminal: &'t Terminal) -> Office<'t> {
        Office { directory, terminal }
    }

    fn language(&self) -> Language {
        self.terminal.language()
    }

    fn directory(&self) -> Result<&Path> {
        self.directory.as_deref().ok_or_else(|| {
            Error::refused(
                "no registry is named: give --registry DIR or set RENJI_REGISTRY",
                "未指定学籍库：请用 --registry 目录，或设置环境变量 RENJI_REGISTRY",
            )
        })
    }

    fn read(&self) -> Result<Registry> {
        open_to_read(self.directory()?)
    }

    fn write(&self) -> Result<Registry> {
        Ok(Registry::open(self.directory()?)?)
    }

    /// Opens for writing in the name of whoever enrols.
    fn write_as(&self, operator: Option<&str>) -> Result<Registry> {
        let mut builder = Builder::default();
        if let Some(operator) = named_operator(operator) {
            builder = builder.operator(&operator);
        }
        Ok(builder.open(self.directory()?)?)
    }

    /// Prints an answer: as JSON, or for a person.
    fn answer(
        &self,
        is_json: bool,
        json: impl FnOnce() -> serde_json::Value,
        text: impl FnOnce() -> String,
    ) -> Exit {
        let text = if is_json { format!("{:#}\n", json()) } else { text() };
        self.terminal.result(&text);
        Exit::Done
    }

    /// Runs a command.
    pub(super) fn run(&self, command: RegistryCommand) -> Result<Exit> {
        match command {
            RegistryCommand::Init(flags) => self.init(flags),
            RegistryCommand::Load(flags) => self.load(&flags),
            RegistryCommand::Check(flags) => self.check(flags),
            RegistryCommand::Enroll(flags) => self.enroll(flags),
            RegistryCommand::Show(flags) => self.show(&flags),
            RegistryCommand::History(flags) => self.history(&flags),
            RegistryCommand::Find(flags) => self.find(&flags),
            RegistryCommand::Cases(flags) => self.cases(&flags),
            RegistryCommand::Case(CaseCommand::Show(flags)) => self.case_show(&flags),
            RegistryCommand::Case(CaseCommand::Resolve(flags)) => self.case_resolve(*flags),
            RegistryCommand::Amend(flags) => self.amend(flags),
            RegistryCommand::Event(flags) => self.event(&flags),
            RegistryCommand::Clear(flags) => self.clear(&flags),
            RegistryCommand::Merge(flags) => self.merge(&flags),
            RegistryCommand::Unmerge(flags) => self.unmerge(&flags),
            RegistryCommand::Retire(flags) => self.retire(&flags),
            RegistryCommand::Changes(flags) => self.changes(&flags),
            RegistryCommand::Apply(flags) => self.apply(&flags),
            RegistryCommand::Export(flags) => self.export(&flags),
            RegistryCommand::Approve(flags) => self.approve(&flags),
            RegistryCommand::Rebuild(flags) => self.rebuild(&flags),
            RegistryCommand::Verify(flags) => self.verify(flags),
            RegistryCommand::Backup(flags) => self.backup(&flags),
            RegistryCommand::Compact(flags) => self.compact(&flags),
            RegistryCommand::Stats(flags) => self.stats(flags),
        }
    }
}

/// The operator that was named: the flag's, else that of `RENJI_OPERATOR`.
fn named_operator(flag: Option<&str>) -> Option<String> {
    flag.map(str::to_owned)
        .or_else(|| std::env::var("RENJI_OPERATOR").ok())
        .filter(|name| !name.trim().is_empty())
}

/// The operator, who must be named.
pub(super) fn operator(flag: Option<&str>) -> Result<String> {
    named_operator(flag).ok_or_else(|| {
        Error::refused(
            "who decides must be named: give --operator NAME or set RENJI_OPERATOR",
            "必须注明经办人：请用 --operator 姓名，或设置环境变量 RENJI_OPERATOR",
        )
    })
}
