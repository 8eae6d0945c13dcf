//! `renji report`: the page of a result, made again from its lists and its input.

use super::config::{self, Again};
use super::exit::Exit;
use super::flags::ReportFlags;
use super::terminal::Terminal;
use super::{dedupe, intake, memory};
use crate::dedupe::{Findings, Settings};
use crate::error::{Error, Result};
use crate::report::{RejectedList, ResultError, Summary, write_page};

/// Runs the command.
pub(super) fn run(flags: &ReportFlags, terminal: &Terminal) -> Result<Exit> {
    let out = flags.out.clone().unwrap_or_else(|| flags.result.join("report.html"));
    let (existing, personal) = (config::existing(flags.force), config::personal(flags.unmasked));
    config::check_output(Some(&out), &flags.files, existing)?;
    let again = Again::open(&flags.result, &flags.files)?;
    let page = config::pool(flags.threads)?.install(|| {
        let (findings, _) = recall(&again, None, terminal)?;
        let Again { earlier, input } = &again;
        dedupe::page(input, &findings, &earlier.summary, &earlier.model, personal, terminal)
    })?;
    write_page(&out, existing, personal, &page)?;
    Ok(Exit::Done)
}

/// What an earlier run found, and what was read for it: its input is read and counted, its pairs are judged again.
/// What is rejected of the input goes to the list, if there is one.
pub(super) fn recall(
    again: &Again,
    list: Option<&mut RejectedList>,
    terminal: &Terminal,
) -> Result<(Findings, Summary)> {
    let settings = Settings { memory_bytes: memory::default_bytes(), ..Settings::default() };
    let mut read = Summary::default();
    let dedupe = intake::read(&again.input, settings, terminal, list, &mut read)?;
    again.check_unchanged(&read)?;
    let earlier = &again.earlier;
    let findings = dedupe.recall(&earlier.pairs, &earlier.model).map_err(|error| match error {
        crate::dedupe::RecallError::Spill(error) => Error::from(error),
        _ => ResultError::Changed { path: earlier.place.join("pairs.csv") }.into(),
    })?;
    Ok((findings, read))
}
