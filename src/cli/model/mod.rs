//! `renji model`: models shown, compared, written, imported. Choosing one for a registry is an act in the registry
//! (`registry/model.rs`).
//!
//! | file | what lives there |
//! |---|---|
//! | `show` | a model as tables |
//! | `diff` | what differs between two |
//! | `import` | what became of another program's model |

mod diff;
mod import;
mod show;

use std::path::PathBuf;

use super::config;
use super::exit::Exit;
use super::flags::{ModelCommand, WriteFlags};
use super::registry;
use super::terminal::Terminal;
use crate::error::Result;
use crate::matching::Model;
use crate::report::write_model;
use crate::source::read_model;

/// Runs a command that needs no registry to write to.
pub(super) fn run(command: ModelCommand, registry: Option<PathBuf>, terminal: &Terminal) -> Result<Exit> {
    let language = terminal.language();
    let text = match command {
        ModelCommand::Show(flags) => {
            let model = match (&flags.file, registry) {
                (Some(file), _) => read_model(file)?,
                (None, Some(directory)) => Model::clone(&*registry::open_to_read(&directory)?.model()?),
                (None, None) => Model::default(),
            };
            if flags.json { model.to_text() } else { show::text(&model, language) }
        }
        ModelCommand::Diff(flags) => {
            let changes = diff::changes(&read_model(&flags.a)?, &read_model(&flags.b)?);
            if flags.output.json {
                format!("{:#}\n", diff::json(&changes))
            } else {
                diff::text(&changes, language)
            }
        }
        ModelCommand::Default(flags) => {
            write(&flags, &Model::default())?;
            format!("{}\n", flags.out.display())
        }
        ModelCommand::ImportSplink(flags) => return import::run(&flags, terminal),
        // Office::use_model does it.
        ModelCommand::Use(_) => return Ok(Exit::Usage),
    };
    terminal.result(&text);
    Ok(Exit::Done)
}

fn write(flags: &WriteFlags, model: &Model) -> Result<()> {
    let existing = config::existing(flags.force);
    Ok(write_model(&flags.out, existing, model)?)
}

/// A word padded to a width on the terminal, where Chinese characters take two columns.
pub(super) fn padded(word: &str, width: usize) -> String {
    let taken: usize = word.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{word}{}", " ".repeat(width.saturating_sub(taken).max(1)))
}
