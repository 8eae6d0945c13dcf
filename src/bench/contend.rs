//! The registry and the baselines asked the same questions, warm and cold.

use std::path::{Path, PathBuf};

use super::Observer;
use super::baseline::{Ask, Baseline, With};
use super::cold::{self, Cold, Method};
use super::error::Result;
use super::latency::Latencies;
use super::probes::{Class, Probe, Probes, shuffle};
use crate::registry::Registry;

/// Turns in which contenders that are open together are asked.
const TURNS: usize = 20;
/// Openings of a cold database, and questions to each: by the last of them some pages are warm again.
const COLD_ROUNDS: usize = 40;
const COLD_ASKED: usize = 25;

/// A full check.
pub(super) struct Checked<'r>(pub(super) &'r Registry);

impl Ask for Checked<'_> {
    fn ask(&self, probe: &Probe) -> Result<usize> {
        Ok(std::hint::black_box(self.0.check(&probe.student.as_student())?).compared)
    }
}

/// What a baseline is asked for, of a registry: candidates of keys that are ready, and no judgement.
struct Fetched<'r>(&'r Registry);

impl Ask for Fetched<'_> {
    fn ask(&self, probe: &Probe) -> Result<usize> {
        Ok(self.0.fetch_candidates(&probe.keys)?)
    }
}

/// Who is asked.
pub(super) enum Contender {
    /// A registry, asked for full checks; it has read its tables into memory, as a service does once.
    Engine,
    /// The same registry as it is right after it was opened.
    Unwarmed,
    /// The same registry, asked for what the baselines are asked for.
    Candidates,
    Baseline(Box<dyn Baseline>),
}

impl Contender {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Contender::Engine => "check",
            Contender::Unwarmed => "check_unwarmed",
            Contender::Candidates => "candidates",
            Contender::Baseline(baseline) => baseline.name(),
        }
    }

    pub(super) fn is_engine(&self) -> bool {
        matches!(self, Contender::Engine)
    }

    /// Where it lies in a step's directory.
    pub(super) fn path(&self, directory: &Path) -> PathBuf {
        match self {
            Contender::Engine | Contender::Unwarmed | Contender::Candidates => directory.join("registry"),
            Contender::Baseline(baseline) => directory.join(format!("{}.bare", baseline.name())),
        }
    }

    fn open(&self, directory: &Path, memory: usize, with: With<'_>) -> Result<()> {
        let path = self.path(directory);
        match self {
            Contender::Engine | Contender::Unwarmed | Contender::Candidates => {
                let registry = Registry::builder().cache_bytes(memory).open_read_only(path)?;
                if !matches!(self, Contender::Unwarmed) {
                    registry.warm()?;
                }
                match self {
                    Contender::Candidates => with(&Fetched(&registry)),
                    _ => with(&Checked(&registry)),
                }
            }
            Contender::Baseline(baseline) => baseline.open(&path, memory, with),
        }
    }
}

/// A contender that is open, by name.
type Named<'a> = (&'static str, &'a dyn Ask);

/// Opens all, then goes on with them.
fn together(
    contenders: &[&Contender],
    directory: &Path,
    memory: usize,
    open: &[Named<'_>],
    then: &mut dyn FnMut(&[Named<'_>]) -> Result<()>,
) -> Result<()> {
    let Some((first, rest)) = contenders.split_first() else { return then(open) };
    first.open(directory, memory, &mut |ask| {
        let mut all = open.to_vec();
        all.push((first.name(), ask));
        together(rest, directory, memory, &all, then)
    })
}

/// Latencies of one contender in one class.
pub(super) struct Series {
    pub(super) contender: &'static str,
    pub(super) class: Class,
    pub(super) latencies: Latencies,
}

/// Asks contenders that are all in memory: each question once to warm it, then timed, in turns, so that what
/// disturbs one disturbs the others. Contenders that have not room together are asked one after the other.
pub(super) fn warm(
    contenders: &[Contender],
    directory: &Path,
    memory: usize,
    probes: &Probes,
    observer: &dyn Observer,
) -> Result<(Vec<Series>, bool)> {
    let all: Vec<&Contender> = contenders.iter().collect();
    let mut paths: Vec<PathBuf> = all.iter().map(|contender| contender.path(directory)).collect();
    paths.dedup();
    let bytes: u64 = paths.iter().map(|path| cold::bytes(path)).sum();
    let is_together = bytes < memory as u64;
    let groups: Vec<&[&Contender]> = if is_together { vec![&all] } else { all.chunks(1).collect() };
    let mut series = Vec::new();
    let mut done = 0;
    for group in groups {
        together(group, directory, memory, &[], &mut |open| {
            for class in Class::ALL {
                ask_in_turns(open, class, probes.of(class), &mut series)?;
                done += open.len() as u64;
                observer.reach(done, (Class::ALL.len() * contenders.len()) as u64);
            }
            Ok(())
        })?;
    }
    Ok((series, is_together))
}

fn ask_in_turns(open: &[Named<'_>], class: Class, probes: &[Probe], series: &mut Vec<Series>) -> Result<()> {
    let mut times = vec![Latencies::default(); open.len()];
    for (_, contender) in open {
        for probe in probes {
            contender.ask(probe)?;
        }
    }
    for turn in probes.chunks(probes.len().div_ceil(TURNS).max(1)) {
        for ((_, contender), times) in open.iter().zip(&mut times) {
            for probe in turn {
                times.time(|| contender.ask(probe))?;
            }
        }
    }
    for ((name, _), mut latencies) in open.iter().zip(times) {
        latencies.sort();
        series.push(Series { contender: name, class, latencies });
    }
    Ok(())
}

/// Asks one contender whose pages are on disk alone: it is opened, the page cache is emptied, and some questions
/// of the mixture are asked, many times over.
pub(super) fn cold(
    contender: &Contender,
    directory: &Path,
    memory: usize,
    probes: &[Probe],
    how: Cold,
) -> Result<(Latencies, Method)> {
    let mut latencies = Latencies::default();
    let mut method = Method::None;
    let path = contender.path(directory);
    let mut order: Vec<&Probe> = probes.iter().collect();
    shuffle(&mut order);
    for round in order.chunks(COLD_ASKED).take(COLD_ROUNDS) {
        // Before opening as well: nothing that is mapped can be dropped.
        method = cold::empty(&path, how);
        if method == Method::None {
            break;
        }
        contender.open(directory, memory, &mut |ask| {
            cold::empty(&path, how);
            for probe in round {
                latencies.time(|| ask.ask(probe))?;
            }
            Ok(())
        })?;
    }
    latencies.sort();
    Ok((latencies, method))
}
