//! `renji evaluate`: a result against the truth.

use std::io::Write;

use super::config;
use super::exit::Exit;
use super::messages::Step;
use super::progress::Progress;
use super::terminal::Terminal;
use crate::error::{Error, Result};
use crate::evaluate::{ClusterMeasures, Evaluation, Missed, page, text};
use crate::report::create_file;
use crate::source::Source;

/// Runs the command.
pub(super) fn run(config: &config::Evaluate, terminal: &Terminal) -> Result<Exit> {
    let evaluation = evaluate(config, terminal)?;
    if let Some((place, existing)) = &config.html {
        let (path, mut file) = create_file(place, *existing, false)?;
        let page = page(&evaluation, terminal.language());
        file.write_all(page.as_bytes())
            .and_then(|()| file.flush())
            .map_err(|error| Error::output(&path, error))?;
    }
    terminal.result(&match config.json {
        true => {
            let json = serde_json::to_string_pretty(&evaluation)
                .map_err(|error| Error::usage(format!("the figures are no JSON: {error}")))?;
            json + "\n"
        }
        false => text(&evaluation, terminal.language()),
    });
    Ok(Exit::Done)
}

fn evaluate(config: &config::Evaluate, terminal: &Terminal) -> Result<Evaluation> {
    let config::Evaluate { pairs, clusters, truth, sources, model, .. } = config;
    let mut evaluation = Evaluation::of_file(truth, pairs)?;
    if let Some(clusters) = clusters {
        evaluation.clusters = Some(ClusterMeasures::of_file(truth, clusters)?);
    }
    if !sources.is_empty() {
        // The input is read twice.
        let bytes = sources.iter().map(Source::bytes).sum::<u64>() * 2;
        let mut progress = Progress::begin(terminal, Step::Read, bytes);
        let mut on = |bytes, rows| progress.add(bytes, rows);
        evaluation.missed = Some(Missed::measure(truth, pairs, sources, model, &mut on)?);
    }
    Ok(evaluation)
}
