//! What leaves a registry: the feed of changes and the export; masked, or whole with another person's approval.

use std::io::Write;

use serde_json::json;

use super::exchange::{hex, put_line};
use super::{Exit, Office, operator};
use crate::cli::config;
use crate::cli::flags::{ApproveFlags, ChangesFlags, ExportFlags, FullFlags};
use crate::cli::interrupt::Partial;
use crate::error::{Error, Result};
use crate::ids::Sequence;
use crate::language::Language;
use crate::registry::{Event, Registry, RegistryError};
use crate::report::{Existing, ListFormat, OutputForm, PackedFile, StudentRows};
use crate::store::StoreError;

/// Changes that are read as one piece.
const PIECE: usize = 4_096;

impl Office<'_> {
    /// Opens the registry; for personal data only after an approval was used up.
    fn read_for(&self, flags: &FullFlags) -> Result<Registry> {
        match (&flags.approval, flags.full) {
            (Some(token), true) => {
                let operator = operator(flags.operator.as_deref())?;
                let registry = self.write()?;
                registry.use_approval(&operator, token)?;
                Ok(registry)
            }
            _ => self.read(),
        }
    }

    /// The journal behind a sequence number, a JSON object a line.
    pub(super) fn changes(&self, flags: &ChangesFlags) -> Result<Exit> {
        let registry = self.read_for(&flags.full)?;
        let mut since = Sequence::new(flags.since);
        let mut left = flags.limit.unwrap_or(u64::MAX);
        while left > 0 {
            let most = PIECE.min(usize::try_from(left).unwrap_or(PIECE));
            let changes = registry.changes(since, most)?;
            let Some(last) = changes.last() else { break };
            let lines = match flags.full.full {
                true => registry.feed(since, most)?,
                false => Vec::new(),
            };
            (since, left) = (last.sequence, left - changes.len() as u64);
            let mut text = String::new();
            for (at, change) in changes.iter().enumerate() {
                let entry = change.entry()?;
                let mut value = json!({
                    "sequence": change.sequence.get(),
                    "at": entry.at.to_string(),
                    "by": entry.by,
                    "event": entry.event.code(),
                    "chain": hex(&change.chain),
                });
                // Nobody's data, and what makes later verdicts other ones.
                if let Event::ModelChosen { name, digest, .. } = &entry.event {
                    value["model"] = name.as_str().into();
                    value["digest"] = digest.to_string().into();
                }
                if flags.full.full {
                    value["payload"] = hex(&change.payload).into();
                    if let Some(line) = lines.get(at) {
                        put_line(&mut value, line)?;
                    }
                }
                text.push_str(&format!("{value}\n"));
            }
            self.terminal.result(&text);
        }
        Ok(Exit::Done)
    }

    /// Every student, a line each.
    pub(super) fn export(&self, flags: &ExportFlags) -> Result<Exit> {
        let is_full = flags.full.full;
        let format = flags.format.map(config::list_format).transpose()?;
        let Some(path) = &flags.out else {
            let format = format.unwrap_or_default();
            if matches!(format, ListFormat::Xlsx | ListFormat::Parquet) {
                return Err(Error::refused(
                    "this format is a file's: give --out FILE",
                    "此格式须写入文件：请给出 --out",
                ));
            }
            let registry = self.read_for(&flags.full)?;
            // A reader that has gone is no error, as everywhere at the terminal.
            let rows = StudentRows::new(self.terminal.writer(), format, is_full).map_err(Written::Failed);
            return match rows.and_then(|rows| write_students(&registry, rows)) {
                Err(Written::Failed(_)) | Ok(_) => Ok(Exit::Done),
                Err(Written::Registry(error)) => Err(error.into()),
            };
        };
        let existing = if flags.force { Existing::Replace } else { Existing::Keep };
        // The file is made first: a used approval for want of a place would be a pity.
        let form = OutputForm::of_name(path, format)?;
        let (rows, partial) = Partial::make(path, || StudentRows::create(path, existing, form, is_full))?;
        let registry = self.read_for(&flags.full)?;
        let finish = |(students, file): (u64, Option<PackedFile>)| {
            file.map_or(Ok(()), PackedFile::finish).map_err(Written::Failed).map(|()| students)
        };
        let students = write_students(&registry, rows).and_then(finish).map_err(|error| match error {
            Written::Failed(error) => Error::output(path, error),
            Written::Registry(error) => error.into(),
        })?;
        partial.keep();
        let place = path.display();
        let text = || match self.language() {
            Language::Zh => format!("{place}：{students} 名学生\n"),
            Language::En => format!("{place}: {students} students\n"),
        };
        Ok(self.answer(
            flags.output.json,
            || json!({ "out": place.to_string(), "students": students, "full": is_full }),
            text,
        ))
    }

    /// Approves one full export by somebody else.
    pub(super) fn approve(&self, flags: &ApproveFlags) -> Result<Exit> {
        let operator = operator(flags.operator.as_deref())?;
        let token = self.write()?.approve_export(&operator)?;
        Ok(self.answer(flags.output.json, || json!({ "token": token }), || format!("{token}\n")))
    }
}

/// Why the lines are not complete.
enum Written {
    Failed(std::io::Error),
    Registry(RegistryError),
}

/// Writes every student; says how many, and gives back what was written to.
fn write_students<W: Write>(
    registry: &Registry,
    mut rows: StudentRows<W>,
) -> std::result::Result<(u64, Option<W>), Written> {
    let (mut count, mut failed) = (0, None);
    let outcome = registry.for_each_student(|student| {
        count += 1;
        rows.write(&student).map_err(|error| {
            failed = Some(error);
            // Ends the walk; the real cause is told instead.
            RegistryError::Store(StoreError::Refused)
        })
    });
    if let Some(error) = failed {
        return Err(Written::Failed(error));
    }
    outcome.map_err(Written::Registry)?;
    let out = rows.finish().map_err(Written::Failed)?;
    Ok((count, out))
}
