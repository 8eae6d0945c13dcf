//! `renji convert`: a file written in another system's fields, and beside it a list of what did not fit.

use std::path::PathBuf;

use super::columns;
use super::config;
use super::exit::Exit;
use super::flags::ConvertFlags;
use super::interrupt::Partial;
use super::terminal::Terminal;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::report::{ConvertedRows, ReportError, write_losses};
use crate::template::{Converter, Loss, LossKind};

/// Runs the command.
pub(super) fn run(flags: &ConvertFlags, terminal: &Terminal) -> Result<Exit> {
    let left_over = flags.left_over.clone().unwrap_or_else(|| {
        let mut path = flags.out.clone().into_os_string();
        path.push(".left-over.csv");
        PathBuf::from(path)
    });
    if left_over == flags.out {
        return Err(Error::refused(
            "--out and --left-over name one file",
            "--out 与 --left-over 不能是同一文件",
        ));
    }
    let existing = config::existing(flags.force);
    let inputs = [flags.file.clone()];
    config::check_output(Some(&flags.out), &inputs, existing)?;
    config::check_output(Some(&left_over), &inputs, existing)?;
    let (table, layout) = columns::open(&flags.file, flags.from, &flags.source)?;
    let from = layout.profile();
    let mut converter = Converter::new(layout, flags.to.profile());
    let header = converter.header();
    let make = || ConvertedRows::create(&flags.out, existing, &header);
    let (mut out, partial) = Partial::make(&flags.out, make)?;
    let (mut rows, mut unreadable) = (0u64, 0u64);
    let mut first_unreadable = None;
    let mut failed: Option<ReportError> = None;
    table.for_each_record(|row, record| {
        match record {
            Ok(cells) => {
                rows += 1;
                failed = out.row(&converter.convert(row, cells)).err();
            }
            Err(_) => {
                unreadable += 1;
                first_unreadable = first_unreadable.or(Some(row));
            }
        }
        failed.is_none()
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    out.finish()?;
    let losses = converter.finish();
    let language = terminal.language();
    write_losses(&left_over, existing, &losses, language)?;
    partial.keep();
    let mut text = match language {
        Language::Zh => {
            format!("{rows} 行：{} → {}\n", from.name(language), flags.to.profile().name(language))
        }
        Language::En => {
            format!("{rows} rows: {} to {}\n", from.name(language), flags.to.profile().name(language))
        }
    };
    for kind in LossKind::ALL {
        let own: Vec<&Loss> = losses.iter().filter(|loss| loss.kind == kind).collect();
        if !own.is_empty() {
            let columns: Vec<&str> = own.iter().map(|loss| loss.column.as_str()).collect();
            text.push_str(&format!("{}{}", kind.message(language), language.pick("：", ": ")));
            text.push_str(&format!("{}\n", columns.join(language.pick("、", ", "))));
        }
    }
    if let Some(row) = first_unreadable {
        text.push_str(&match language {
            Language::Zh => format!("{unreadable} 行无法读取，未写出，第一处在第 {row} 行；renji validate 会逐行列出\n"),
            Language::En => {
                format!("{unreadable} rows could not be read and are not written, the first is row {row}: renji validate lists them\n")
            }
        });
    }
    terminal.result(&text);
    let is_lost = |loss: &Loss| matches!(loss.kind, LossKind::Dropped | LossKind::UnknownColumn);
    let lost = unreadable > 0 || losses.iter().any(is_lost);
    Ok(if flags.strict && lost { Exit::RejectedRows } else { Exit::Done })
}
