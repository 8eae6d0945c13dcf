//! `renji evaluate`: a list of pairs against the truth.

use super::exit::Exit;
use super::flags::EvaluateFlags;
use super::terminal::Terminal;
use crate::error::{Error, Result};
use crate::evaluate::{Evaluation, Truth};

/// Runs the command.
pub(super) fn run(flags: &EvaluateFlags, terminal: &Terminal) -> Result<Exit> {
    let truth = Truth::read(&flags.truth, &flags.entity, &flags.record)?;
    let evaluation = Evaluation::of_file(&truth, &flags.pairs)?;
    let text = if flags.json {
        let json = serde_json::to_string_pretty(&evaluation)
            .map_err(|error| Error::usage(format!("the counts are no JSON: {error}")))?;
        json + "\n"
    } else {
        evaluation.to_string()
    };
    terminal.result(&text);
    Ok(Exit::Done)
}
