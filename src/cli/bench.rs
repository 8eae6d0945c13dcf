//! `renji bench`: measures a made-up nation, prints or writes the figures, and leaves nothing else behind.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::exit::Exit;
use super::interrupt::Partial;
use super::memory;
use super::messages::{Message, Step};
use super::progress::Progress;
use super::terminal::Terminal;
use crate::bench::{self, Cold, Observer, Plan, STUDENTS_MIN, Stage};
use crate::error::{Error, Result};
use crate::synth::STUDENTS_MAX;

/// What may be typed after `renji bench`.
#[derive(Debug, clap::Args)]
pub(super) struct BenchArgs {
    /// Students of the largest nation. 学生数。
    #[arg(long, value_name = "N")]
    students: u64,
    /// Write a page. 写出报告网页。
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the figures as one flat JSON object; standard output if neither file is given. 以 JSON 写出各项数值。
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// What makes this nation different from others. 随机种子。
    #[arg(long, value_name = "S", default_value_t = 7)]
    seed: u64,
    /// Directory to work in; it must not exist, and is removed. 工作目录，不得已存在，完成后删除。
    #[arg(long, value_name = "DIR", default_value = "renji-bench")]
    dir: PathBuf,
    /// Keep what was made in it. 保留工作目录。
    #[arg(long)]
    keep: bool,
    /// Memory for pages, for the registry and for each baseline, as 512M or 8G; else half of what is free.
    /// 页缓存大小。
    #[arg(long, value_name = "SIZE", value_parser = page_memory)]
    memory: Option<usize>,
    /// Sizes to measure at, up to N; else 1, 10, 30 and 100 million, or N/100 and N/10. 逐级测试的学生数。
    #[arg(long, value_name = "N,N,...", value_delimiter = ',')]
    steps: Vec<u64>,
    /// How the page cache is emptied: auto (of the whole machine where permitted), files, skip. 清空页缓存的方式。
    #[arg(long, value_enum, default_value_t = ColdFlag::Auto)]
    cold: ColdFlag,
    /// Leave SQLite and redb out. 不测基线。
    #[arg(long)]
    no_baselines: bool,
    /// Leave the comparison of all with all out. 不测全量查重。
    #[arg(long)]
    no_dedupe: bool,
}

/// How the page cache is emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ColdFlag {
    /// The whole machine's where that is permitted, else that of the files asked
    Auto,
    /// That of the files asked
    Files,
    /// Not at all
    Skip,
}

/// Measures.
///
/// # Errors
///
/// Usage, before anything is made; else what failed. The directory is removed unless it was to be kept.
pub(super) fn run(args: &BenchArgs, terminal: &Terminal) -> Result<Exit> {
    let plan = plan(args)?;
    let make = || std::fs::create_dir_all(parent(&args.dir)).and_then(|()| std::fs::create_dir(&args.dir));
    if args.dir.exists() {
        let dir = args.dir.display();
        return Err(Error::refused(
            format!("--dir: {dir} exists; it would be removed"),
            format!("--dir：{dir} 已存在，完成后会被删除，请另选目录"),
        ));
    }
    let failed = |cause| Error::output(&args.dir, cause);
    let partial = if args.keep {
        make().map_err(failed)?;
        None
    } else {
        Some(Partial::make(&args.dir, make).map_err(failed)?.1)
    };
    let watching = Watching { terminal, current: Mutex::new(None) };
    let outcome = bench::run(&plan, &args.dir, &watching)?;
    drop(watching);
    drop(partial);
    let json = outcome.figures.to_json();
    if let Some(path) = &args.json {
        std::fs::write(path, &json).map_err(|cause| Error::output(path, cause))?;
    }
    if let Some(path) = &args.out {
        let page = bench::page(&outcome, terminal.language());
        std::fs::write(path, page).map_err(|cause| Error::output(path, cause))?;
    }
    if args.json.is_none() && args.out.is_none() {
        terminal.result(&json);
    }
    Ok(Exit::Done)
}

/// The directory that a directory is made in.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What was meant.
fn plan(args: &BenchArgs) -> Result<Plan> {
    let range = STUDENTS_MIN..=STUDENTS_MAX;
    if !range.contains(&args.students) {
        return Err(Error::usage(format!("--students: {STUDENTS_MIN} to {STUDENTS_MAX}")));
    }
    let mut plan = Plan::new(args.students);
    if !args.steps.is_empty() {
        if args.steps.iter().any(|step| !(STUDENTS_MIN..=args.students).contains(step)) {
            return Err(Error::usage(format!(
                "--steps: {STUDENTS_MIN} to {}, as --students says",
                args.students
            )));
        }
        plan.steps.clone_from(&args.steps);
        plan.steps.push(args.students);
        plan.steps.sort_unstable();
        plan.steps.dedup();
    }
    plan.seed = args.seed;
    plan.memory_bytes = args.memory.unwrap_or(plan.memory_bytes);
    plan.cold = match args.cold {
        ColdFlag::Auto => Cold::Auto,
        ColdFlag::Files => Cold::Files,
        ColdFlag::Skip => Cold::Skip,
    };
    plan.baselines = !args.no_baselines;
    plan.dedupe = !args.no_dedupe;
    Ok(plan)
}

/// Memory for pages: at least a megabyte.
fn page_memory(text: &str) -> std::result::Result<usize, String> {
    let bytes = memory::size(text)?;
    if bytes < 1 << 20 {
        return Err("at least 1M".to_owned());
    }
    usize::try_from(bytes).map_err(|_| "that is more than can be addressed".to_owned())
}

/// Tells how far it is.
struct Watching<'t> {
    terminal: &'t Terminal,
    current: Mutex<Option<(Stage, Progress<'t>)>>,
}

impl Observer for Watching<'_> {
    fn step(&self, students: u64) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.terminal.say(&Message::Measuring(students));
    }

    fn stage(&self, stage: Stage) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        // The bar of the stage before goes first.
        *current = None;
        *current = Some((stage, Progress::begin(self.terminal, Step::Bench(stage), 1)));
    }

    fn reach(&self, done: u64, total: u64) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, progress)) = current.as_mut() {
            progress.reach(done, total);
        }
    }
}
