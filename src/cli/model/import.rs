//! `renji model import-splink`: what became of each part of another program's model.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{padded, write};
use crate::cli::exit::Exit;
use crate::cli::flags::ImportFlags;
use crate::cli::terminal::Terminal;
use crate::error::Result;
use crate::language::Language;
use crate::matching::Model;
use crate::report::words;
use crate::source::splink::Mapped;
use crate::source::{read_model, read_splink};

/// Runs the command.
pub(super) fn run(flags: &ImportFlags, terminal: &Terminal) -> Result<Exit> {
    let base = flags.base.as_deref().map_or_else(|| Ok(Model::default()), read_model)?;
    let import = read_splink(&flags.file, &base, flags.rows)?;
    write(&flags.write, &import.model)?;
    let text = match flags.output.json {
        true => format!("{:#}\n", import.mapped.iter().map(json).collect::<Value>()),
        false => import.mapped.iter().map(|mapped| line(mapped, terminal.language())).collect(),
    };
    terminal.result(&text);
    Ok(Exit::Done)
}

fn line(mapped: &Mapped, language: Language) -> String {
    let what = [&mapped.comparison, &mapped.level].into_iter().filter(|part| !part.is_empty());
    let what = what.map(String::as_str).collect::<Vec<_>>().join(": ");
    let mut text = padded(&what, 60);
    // Writing to a string does not fail.
    let _ = match &mapped.to {
        Ok((Some(field), levels)) => {
            let levels: Vec<&str> = levels.iter().map(|level| level.code()).collect();
            writeln!(text, "-> {}: {}", words::field(*field, language), levels.join(", "))
        }
        Ok((None, _)) => writeln!(text, "-> {}", language.pick("先验", "prior")),
        Err(left) => writeln!(text, "{}{}", language.pick("未导入：", "left out: "), left.message(language)),
    };
    text
}

fn json(mapped: &Mapped) -> Value {
    let (field, levels, left) = match &mapped.to {
        Ok((field, levels)) => (field.map(|field| field.code()), Some(levels), None),
        Err(left) => (None, None, Some(left.code())),
    };
    let levels = levels.map(|levels| levels.iter().map(|level| level.code()).collect::<Vec<_>>());
    json!({
        "comparison": mapped.comparison, "level": mapped.level, "field": field, "levels": levels, "left_out": left,
    })
}
