//! `renji explain`: the verdict on two records, level by level, weight by weight. Names and numbers are
//! masked.

use std::ops::ControlFlow;

use super::config::Explain;
use super::exit::Exit;
use super::terminal::Terminal;
use crate::error::{Error, Result};
use crate::report::mask;
use crate::student::{Origin, Student};

/// A record as shown: its place and its masked fields.
type Shown = (Origin, Vec<(&'static str, String)>);

/// Runs the command.
pub(super) fn run(config: &Explain, terminal: &Terminal) -> Result<Exit> {
    let wanted = &config.records;
    let mut found: [Option<Shown>; 2] = [None, None];
    config.source.for_each_chunk(
        || [None, None],
        |found: &mut [Option<Shown>; 2], student, origin| {
            for (wanted, found) in wanted.iter().zip(found) {
                if student.record_id == wanted && found.is_none() {
                    *found = Some((origin, shown(student)));
                }
            }
        },
        |chunk| {
            for (found, new) in found.iter_mut().zip(chunk.value) {
                if found.is_none() {
                    *found = new;
                }
            }
            if found.iter().all(Option::is_some) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    )?;
    let mut text = String::new();
    for (wanted, found) in wanted.iter().zip(found) {
        let Some((origin, fields)) = found else {
            return Err(Error::usage(format!("{}: no record {wanted:?}", config.source.path().display())));
        };
        text.push_str(&format!("{wanted} ({} {})\n", terminal.language().pick("行", "row"), origin.row));
        for (field, value) in fields {
            text.push_str(&format!("  {field:<16} {value}\n"));
        }
    }
    terminal.result(&text);
    Ok(Exit::Done)
}

fn shown(student: &Student<'_>) -> Vec<(&'static str, String)> {
    let mut fields = vec![("name", mask::name(student.name))];
    for document in &student.documents {
        fields.push(("id_number", mask::number(document.number)));
    }
    for guardian in &student.guardians {
        fields.push(("guardian_name", mask::name(guardian.name)));
        fields.push(("guardian_id", mask::number(guardian.document.number)));
    }
    fields.retain(|(_, value)| !value.is_empty());
    fields
}
