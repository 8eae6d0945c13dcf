//! All that is measured at one size, in an order in which nothing disturbs what comes after it: what changes the
//! registry comes last.

use std::path::Path;
use std::time::Instant;

use super::baseline::{Ask, BareRedb, BareSqlite, Baseline};
use super::cold::{self, Method};
use super::contend::{self, Checked, Contender};
use super::error::{BenchError, Result};
use super::figures::Figures;
use super::latency::Latencies;
use super::plan::Plan;
use super::probes::{Class, Probes};
use super::survey::{Spilled, survey};
use super::{Observer, Stage, ask, build, machine, whole};
use crate::registry::Registry;
use crate::source::{Source, SourceOptions};
use crate::student::OwnedStudent;
use crate::synth::{Config, Nation};

/// Most questions of a class.
const ASKED_MAX: usize = 20_000;
/// Rows of the file among which the heavy ones are looked for, for each that is asked.
const SAMPLED: usize = 5;
/// Durable enrolments that are timed.
const ENROLLED_MAX: usize = 2_000;
/// Students for the thread that enrols meanwhile: more than it can.
const BUSY_MAX: usize = 100_000;
/// What is added to a seed for students of another nation.
const OTHERS: u64 = 1_000;

/// What a step came to.
#[derive(Default)]
pub(super) struct Measured {
    pub(super) figures: Figures,
    pub(super) distributions: Vec<(String, Latencies)>,
}

impl Measured {
    fn series(&mut self, name: &str, latencies: Latencies) {
        self.figures.latencies(name, &latencies);
        self.distributions.push((name.to_owned(), latencies));
    }
}

/// Measures a nation of so many students in a directory of its own.
pub(super) fn measure(
    plan: &Plan,
    students: u64,
    directory: &Path,
    observer: &dyn Observer,
) -> Result<Measured> {
    let mut measured = Measured::default();
    let file = directory.join("students.csv");
    observer.stage(Stage::Nation);
    let seconds = timed(|| write_nation(students, plan.seed, &file))?;
    measured.figures.number("synth_seconds", seconds);
    measured.figures.number("file_bytes_per_student", cold::bytes(&file) as f64 / students as f64);

    // Before what leaves the allocator with memory that it keeps.
    observer.stage(Stage::Dedupe);
    let mut peak = dedupe(plan, students, directory, &file, &mut measured.figures)?;

    let asked = ASKED_MAX.min(usize::try_from(students).unwrap_or(usize::MAX));
    let every = (students / (asked * SAMPLED) as u64).max(1);
    let spill = directory.join("spilled");
    let every = u32::try_from(every).unwrap_or(u32::MAX);
    let surveyed = survey(&file, every, plan.baselines.then_some(spill.as_path()))?;

    peak = peak.max(build_registry(plan, students, directory, observer, &mut measured.figures)?);
    let mut contenders = vec![Contender::Engine];
    if let Some(rows) = surveyed.spilled {
        observer.stage(Stage::Baselines);
        contenders.push(Contender::Candidates);
        build_baselines(plan, students, directory, &rows, &mut contenders, &mut measured.figures)?;
        std::fs::remove_dir_all(&spill).map_err(BenchError::io(&spill))?;
    }

    let strangers = strangers(plan.seed + OTHERS, asked, directory)?;
    let registry_path = Contender::Engine.path(directory);
    let probes = {
        let registry = Registry::builder().cache_bytes(plan.memory_bytes).open_read_only(&registry_path)?;
        sizes(&registry, students, directory, &mut measured.figures)?;
        Probes::new(surveyed.sampled, strangers, asked, |probe| Checked(&registry).ask(probe))?
    };
    observer.stage(Stage::Warm);
    warm(plan, &contenders, directory, &probes, &mut measured, observer)?;

    observer.stage(Stage::Cold);
    cold_figures(plan, &contenders, directory, &probes, &mut measured, observer)?;

    observer.stage(Stage::Enroll);
    machine::forget_peak();
    let fresh = strangers_for_writing(plan.seed, students, directory)?;
    let (timed_ones, busy) = fresh.split_at(ENROLLED_MAX.min(fresh.len() / 2));
    let registry = Registry::builder().cache_bytes(plan.memory_bytes).open(&registry_path)?;
    registry.warm()?;
    for (name, latencies) in ask::lookups(&registry, &probes.hit)? {
        measured.series(name, latencies);
    }
    measured.series("enroll_durable", ask::enroll(&registry, timed_ones)?);
    let (latencies, enrolled) = ask::while_writing(&registry, &probes.mixed, busy)?;
    measured.figures.count("check_busy_probes", latencies.count() as u64);
    measured.figures.count("check_busy_enrolled", enrolled);
    measured.series("check_busy", latencies);
    drop(registry);
    peak = peak.max(machine::peak_mib().unwrap_or(0.0));
    measured.figures.number("peak_rss_mib", peak);
    Ok(measured)
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let clock = Instant::now();
    work()?;
    Ok(clock.elapsed().as_secs_f64())
}

fn write_nation(students: u64, seed: u64, path: &Path) -> Result<()> {
    let nation = Nation::new(Config { students, seed, ..Config::default() })?;
    let mut file = std::fs::File::create(path).map_err(BenchError::io(path))?;
    nation.write(&mut file, None).map_err(BenchError::io(path))?;
    Ok(())
}

/// Students of another nation.
fn strangers(seed: u64, count: usize, directory: &Path) -> Result<Vec<OwnedStudent>> {
    let path = directory.join("strangers.csv");
    write_nation(count as u64, seed, &path)?;
    let source = Source::open(&path, 0, &SourceOptions::default())?;
    let mut students = Vec::with_capacity(count);
    source.for_each_chunk(
        Vec::new,
        |rows: &mut Vec<OwnedStudent>, student, _| rows.push(OwnedStudent::from(student)),
        |mut chunk| {
            students.append(&mut chunk.value);
            std::ops::ControlFlow::Continue(())
        },
    )?;
    std::fs::remove_file(&path).map_err(BenchError::io(&path))?;
    Ok(students)
}

fn strangers_for_writing(seed: u64, students: u64, directory: &Path) -> Result<Vec<OwnedStudent>> {
    let count = (ENROLLED_MAX + BUSY_MAX).min(usize::try_from(students).unwrap_or(usize::MAX));
    strangers(seed + 2 * OTHERS, count, directory)
}

/// Builds the registry; returns the most memory held.
fn build_registry(
    plan: &Plan,
    students: u64,
    directory: &Path,
    observer: &dyn Observer,
    figures: &mut Figures,
) -> Result<f64> {
    observer.stage(Stage::Build);
    machine::forget_peak();
    let path = Contender::Engine.path(directory);
    let mut done = 0;
    let seconds = timed(|| {
        build::build(&directory.join("students.csv"), &path, plan.memory_bytes, |enrolled| {
            done += enrolled;
            observer.reach(done, students);
        })
    })?;
    figures.number("bulk_build_seconds", seconds);
    figures.number("bulk_build_students_per_s", students as f64 / seconds);
    let clock = Instant::now();
    match build::compact(&path, plan.memory_bytes)? {
        Some(()) => figures.number("compact_seconds", clock.elapsed().as_secs_f64()),
        None => figures.absent("compact_seconds"),
    }
    let peak = machine::peak_mib();
    figures.measured("build_peak_rss_mib", peak);
    Ok(peak.unwrap_or(0.0))
}

fn build_baselines(
    plan: &Plan,
    students: u64,
    directory: &Path,
    rows: &Spilled,
    contenders: &mut Vec<Contender>,
    figures: &mut Figures,
) -> Result<()> {
    let baselines: [Box<dyn Baseline>; 2] = [Box::new(BareSqlite), Box::new(BareRedb)];
    for baseline in baselines {
        let name = baseline.name();
        let contender = Contender::Baseline(baseline);
        let path = contender.path(directory);
        let clock = Instant::now();
        if let Contender::Baseline(baseline) = &contender {
            baseline.build(&path, rows, plan.memory_bytes)?;
        }
        figures.number(format!("{name}_build_seconds"), clock.elapsed().as_secs_f64());
        figures.number(format!("{name}_bytes_per_student"), cold::bytes(&path) as f64 / students as f64);
        contenders.push(contender);
    }
    Ok(())
}

/// Bytes a student, of each part and of all files.
fn sizes(registry: &Registry, students: u64, directory: &Path, figures: &mut Figures) -> Result<()> {
    for (part, bytes) in registry.disk_parts()? {
        figures.number(format!("{}_bytes_per_student", part.code()), bytes as f64 / students as f64);
    }
    let bytes = cold::bytes(&Contender::Engine.path(directory));
    figures.number("disk_bytes_per_student", bytes as f64 / students as f64);
    Ok(())
}

fn warm(
    plan: &Plan,
    contenders: &[Contender],
    directory: &Path,
    probes: &Probes,
    measured: &mut Measured,
    observer: &dyn Observer,
) -> Result<()> {
    for class in Class::ALL {
        measured.figures.count(format!("{}_probes", class.code()), probes.of(class).len() as u64);
    }
    let (series, together) = contend::warm(contenders, directory, plan.memory_bytes, probes, observer)?;
    measured.figures.text("asked", if together { "in_turns" } else { "one_after_the_other" });
    for series in series {
        // The mixture is what a figure without a class means.
        let class = if series.class == Class::Mixed { "warm" } else { series.class.code() };
        measured.series(&format!("{}_{class}", series.contender), series.latencies);
    }
    let is_baseline = |contender: &&Contender| matches!(contender, Contender::Baseline(_));
    for baseline in contenders.iter().filter(is_baseline).map(Contender::name) {
        for (ours, class, part) in ["check", "candidates"].into_iter().flat_map(|ours| {
            let classes = ["warm", "hit", "miss", "twin", "heavy"];
            classes.into_iter().flat_map(move |class| ["p50", "p99"].map(|part| (ours, class, part)))
        }) {
            let name = match class {
                "warm" => format!("{ours}_vs_{baseline}_{part}_ratio"),
                _ => format!("{ours}_{class}_vs_{baseline}_{part}_ratio"),
            };
            ratio(&mut measured.figures, &name, [ours, baseline], &format!("{class}_{part}_us"));
        }
    }
    Ok(())
}

/// A baseline's figure divided by ours.
fn ratio(figures: &mut Figures, name: &str, [ours, theirs]: [&str; 2], figure: &str) {
    let of = |contender: &str| figures.get(&format!("{contender}_{figure}"));
    let ratio = of(ours).filter(|ours| *ours > 0.0).zip(of(theirs)).map(|(ours, theirs)| theirs / ours);
    figures.measured(name, ratio);
}

fn cold_figures(
    plan: &Plan,
    contenders: &[Contender],
    directory: &Path,
    probes: &Probes,
    measured: &mut Measured,
    observer: &dyn Observer,
) -> Result<()> {
    // The registry is asked for checks alone, also before it has read its tables.
    let asked = contenders.iter().filter(|contender| !matches!(contender, Contender::Candidates));
    let asked: Vec<&Contender> = asked.chain([&Contender::Unwarmed]).collect();
    for (contender, done) in asked.iter().zip(1..) {
        let name = contender.name();
        let (latencies, method) =
            contend::cold(contender, directory, plan.memory_bytes, &probes.mixed, plan.cold)?;
        if contender.is_engine() {
            measured.figures.text("cold_method", method.code());
            measured.figures.count("cold_probes", latencies.count() as u64);
        }
        if method == Method::None {
            for part in ["p50", "p90", "p99", "p999"] {
                measured.figures.absent(format!("{name}_cold_{part}_us"));
            }
        } else {
            measured.series(&format!("{name}_cold"), latencies);
        }
        observer.reach(done, asked.len() as u64);
    }
    Ok(())
}

/// Compares all with all; returns the most memory held.
fn dedupe(plan: &Plan, students: u64, directory: &Path, file: &Path, figures: &mut Figures) -> Result<f64> {
    machine::forget_peak();
    if !plan.dedupe {
        figures.absent("dedupe_seconds");
        figures.absent("dedupe_peak_rss_mib");
        return Ok(0.0);
    }
    let seconds = timed(|| whole::dedupe(file, &directory.join("problems"), plan.memory_bytes as u64))?;
    figures.number("dedupe_seconds", seconds);
    figures.number("dedupe_students_per_s", students as f64 / seconds);
    let peak = machine::peak_mib();
    figures.measured("dedupe_peak_rss_mib", peak);
    Ok(peak.unwrap_or(0.0))
}
