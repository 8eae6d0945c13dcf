//! What was meant, checked: nothing here can be typed, everything here can be done.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::flags::{
    DedupeFlags, EffortFlags, EvaluateFlags, ExplainFlags, FormatFlag, LanguageFlag, PolicyFlags,
    SourceFlags, TrainFlags, WriteFlags,
};
use super::memory;
use crate::error::{Error, Result};
use crate::evaluate::Truth;
use crate::language::Language;
use crate::matching::{Costs, Model, ModelDigest};
use crate::registry::Registry;
use crate::report::shown::Personal;
use crate::report::{EarlierResult, Existing, InputSummary, ListFormat, ReportError, ResultError, Summary};
use crate::source::{ColumnMap, EncodingChoice, Source, SourceErrorKind, SourceOptions, read_model};
use crate::student::Column;

/// Most threads that can be asked for.
const THREADS_MAX: usize = 1024;

/// Where the students of a run are.
#[derive(Debug)]
pub(super) enum Input {
    /// In files, opened and understood, in the order given.
    Files(Vec<Source>),
    /// In a registry: its directory, and it.
    Registry(PathBuf, Box<Registry>),
}

/// A run of `renji dedupe`.
#[derive(Debug)]
pub(super) struct Dedupe {
    /// What is compared.
    pub(super) input: Input,
    /// Where the result goes.
    pub(super) out: PathBuf,
    /// What its lists are written as.
    pub(super) lists: ListFormat,
    /// What to do with a result that is there.
    pub(super) existing: Existing,
    /// What it may take.
    pub(super) effort: Effort,
    /// Whether rejected rows make the run a failure.
    pub(super) strict: bool,
    /// What judges.
    pub(super) model: Judge,
    /// How many reviews there is time for; all if `None`.
    pub(super) review_budget: Option<usize>,
    /// Where the page goes, if there is to be one.
    pub(super) report: Option<PathBuf>,
    /// What may be seen on it.
    pub(super) personal: Personal,
}

/// What a run may take.
#[derive(Debug)]
pub(super) struct Effort {
    /// How many threads work; all processors if `None`.
    pub(super) threads: Option<NonZeroUsize>,
    /// How many bytes of memory it may take.
    pub(super) memory_bytes: u64,
    /// Where temporary files are made; beside the result if `None`.
    pub(super) temporary: Option<PathBuf>,
}

impl Effort {
    /// Checks the flags.
    fn check(flags: &EffortFlags) -> Result<Effort> {
        let threads = threads(flags.threads)?;
        let memory_bytes = match &flags.memory {
            None => memory::default_bytes(),
            Some(size) => memory::read_size(size)?,
        };
        if let Some(directory) = flags.temp.as_ref().filter(|directory| !directory.is_dir()) {
            let directory = directory.display();
            return Err(Error::refused(
                format!("--temp: {directory} is no directory"),
                format!("--temp：{directory} 不是目录"),
            ));
        }
        Ok(Effort { threads, memory_bytes, temporary: flags.temp.clone() })
    }

    /// Runs something on as many threads as were asked for.
    pub(super) fn run<T: Send>(&self, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        pool(self.threads.map(NonZeroUsize::get))?.install(work)
    }
}

/// What judges in a run: a model, with thresholds that costs may have set.
#[derive(Debug)]
pub(super) struct Judge {
    /// The model, thresholds as they apply.
    pub(super) model: Model,
    /// Which it was before costs set thresholds.
    pub(super) digest: ModelDigest,
}

impl Judge {
    /// The model of a file, else the one given, with the thresholds that follow from the costs.
    pub(super) fn check(file: Option<&Path>, else_model: Model, policy: &PolicyFlags) -> Result<Judge> {
        let mut model = match file {
            Some(path) => read_model(path)?,
            None => else_model,
        };
        let digest = model.digest();
        set_thresholds(&mut model, policy)?;
        Ok(Judge { model, digest })
    }
}

/// Sets the thresholds that follow from the costs that were given; without any the model's own stay.
pub(super) fn set_thresholds(model: &mut Model, policy: &PolicyFlags) -> Result<()> {
    let cost = |flag: &str, value: Option<f64>| match value {
        Some(value) if !(value.is_finite() && value > 0.0) => Err(Error::refused(
            format!("--{flag}: a cost is a number above 0, in reviews"),
            format!("--{flag}：代价须为大于 0 的数，以一次人工核对为单位"),
        )),
        value => Ok(value),
    };
    let (false_merge, missed) =
        (cost("false-merge-cost", policy.false_merge_cost)?, cost("missed-cost", policy.missed_cost)?);
    if false_merge.is_some() || missed.is_some() {
        let own = Costs::of(&model.thresholds);
        let costs = Costs {
            false_merge: false_merge.unwrap_or(own.false_merge),
            missed: missed.unwrap_or(own.missed),
            ..own
        };
        model.thresholds = costs.thresholds(model.thresholds.two_numbers);
    }
    Ok(())
}

impl Dedupe {
    /// Checks the flags and opens the inputs.
    pub(super) fn check(flags: DedupeFlags, registry: Option<PathBuf>) -> Result<Dedupe> {
        let effort = Effort::check(&flags.effort)?;
        let named = super::registry::named_directory(registry.clone()).filter(|_| flags.files.is_empty());
        let input = match (named, registry) {
            (Some(directory), _) => {
                check_apart(std::slice::from_ref(&directory), &flags.out)?;
                let registry = super::registry::open_to_read(&directory)?;
                Input::Registry(directory, Box::new(registry))
            }
            (None, Some(_)) => {
                return Err(Error::refused(
                    "give files or --registry, not both",
                    "请给出文件或 --registry，不可同时给出",
                ));
            }
            (None, None) if flags.files.is_empty() => {
                return Err(Error::refused(
                    "what is to be compared? give files, or --registry DIR",
                    "请给出要检查的文件，或用 --registry 指定学籍库",
                ));
            }
            (None, None) => Input::Files(open_sources(&flags.files, &flags.source)?),
        };
        check_apart(&flags.files, &flags.out)?;
        let own = match &input {
            Input::Registry(_, registry) if flags.model.is_none() => Model::clone(&*registry.model()?),
            _ => Model::default(),
        };
        let existing = existing(flags.force);
        check_output(flags.page.report.as_deref(), &flags.files, existing)?;
        Ok(Dedupe {
            model: Judge::check(flags.model.as_deref(), own, &flags.policy)?,
            review_budget: flags.policy.review_budget,
            input,
            lists: list_format(flags.format)?,
            out: flags.out,
            existing,
            effort,
            strict: flags.strict,
            report: flags.page.report,
            personal: personal(flags.page.unmasked),
        })
    }
}

/// A run of `renji train`.
#[derive(Debug)]
pub(super) struct Train {
    /// What is learnt from.
    pub(super) input: Input,
    /// Where the model goes.
    pub(super) write: WriteFlags,
    /// What the model will be called.
    pub(super) name: String,
    /// What it may take.
    pub(super) effort: Effort,
    /// The model to begin with, with the thresholds that the trained one is to have.
    pub(super) base: Model,
    /// Chooses what is taken at random.
    pub(super) seed: u64,
    /// The truth, if it is to be learnt from one.
    pub(super) truth: Option<Truth>,
    /// Whether to print JSON.
    pub(super) json: bool,
}

impl Train {
    /// Checks the flags, opens the inputs and reads the truth.
    pub(super) fn check(flags: TrainFlags) -> Result<Train> {
        if flags.policy.review_budget.is_some() {
            return Err(Error::refused(
                "--review-budget: a model knows no budget; give it to dedupe",
                "--review-budget：模型与工作量无关，请在 dedupe 时给出",
            ));
        }
        check_output(Some(&flags.write.out), &flags.files, existing(flags.write.force))?;
        let base = Judge::check(flags.base.as_deref(), Model::default(), &flags.policy)?.model;
        let truth = match (&flags.truth, &flags.entity) {
            (Some(path), Some(entity)) => Some(Truth::read(path, entity, &flags.record)?),
            _ => None,
        };
        let stem = || flags.write.out.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Train {
            input: Input::Files(open_sources(&flags.files, &flags.source)?),
            name: flags.name.clone().unwrap_or_else(stem),
            write: flags.write,
            effort: Effort::check(&flags.effort)?,
            base,
            seed: flags.seed,
            truth,
            json: flags.json,
        })
    }
}

/// A run of `renji evaluate`.
#[derive(Debug)]
pub(super) struct Evaluate {
    /// The list of pairs.
    pub(super) pairs: PathBuf,
    /// The list of clusters, if there is one.
    pub(super) clusters: Option<PathBuf>,
    /// What they are held against.
    pub(super) truth: Truth,
    /// What was compared, if it is to be told what was missed where.
    pub(super) sources: Vec<Source>,
    /// What judged it.
    pub(super) model: Model,
    /// Whether to print JSON.
    pub(super) json: bool,
    /// Where a page goes, if one is wanted, and what to do with one that is there.
    pub(super) html: Option<(PathBuf, Existing)>,
}

impl Evaluate {
    /// Checks the flags, opens the inputs and reads the truth.
    pub(super) fn check(flags: EvaluateFlags) -> Result<Evaluate> {
        let existing = if flags.force { Existing::Replace } else { Existing::Keep };
        let mut inputs = vec![flags.pairs.clone(), flags.truth.clone()];
        inputs.extend(flags.clusters.iter().chain(&flags.input).chain(&flags.model).cloned());
        check_output(flags.html.as_deref(), &inputs, existing)?;
        // In the format of the pairs, whatever it is.
        let beside = || {
            let name = flags.pairs.file_name()?.to_string_lossy();
            let ending = name.split_once('.').map_or("csv", |(_, ending)| ending);
            Some(flags.pairs.with_file_name(format!("clusters.{ending}")))
                .filter(|clusters| clusters.is_file())
        };
        Ok(Evaluate {
            sources: open_sources(&flags.input, &flags.source)?,
            model: flags.model.as_deref().map_or_else(|| Ok(Model::default()), read_model)?,
            truth: Truth::read(&flags.truth, &flags.entity, &flags.record)?,
            clusters: flags.clusters.clone().or_else(beside),
            pairs: flags.pairs,
            json: flags.json,
            html: flags.html.map(|page| (page, existing)),
        })
    }
}

/// A result that is read again, and what it was made from.
#[derive(Debug)]
pub(super) struct Again {
    /// The result.
    pub(super) earlier: EarlierResult,
    /// What was compared, opened and of the same size.
    pub(super) input: Input,
}

impl Again {
    /// Opens a result and its input: the files given, or those it names.
    pub(super) fn open(place: &Path, files: &[PathBuf]) -> Result<Again> {
        let earlier = EarlierResult::open(place)?;
        let inputs = &earlier.summary.inputs;
        let input = match &earlier.summary.registry {
            Some(known) => {
                if !files.is_empty() {
                    return Err(ResultError::Files { wanted: 0 }.into());
                }
                let registry = super::registry::open_to_read(&known.path)?;
                if registry.statistics()?.sequence.get() != known.sequence {
                    return Err(ResultError::Changed { path: known.path.clone() }.into());
                }
                Input::Registry(known.path.clone(), Box::new(registry))
            }
            None if !files.is_empty() && files.len() != inputs.len() => {
                return Err(ResultError::Files { wanted: inputs.len() }.into());
            }
            None => {
                let paths = inputs.iter().map(|input| &input.path);
                let paths: Vec<&PathBuf> =
                    if files.is_empty() { paths.collect() } else { files.iter().collect() };
                let opened = paths
                    .iter()
                    .zip(inputs)
                    .zip(0..)
                    .map(|((path, known), file)| open_again(path, known, file));
                Input::Files(opened.collect::<Result<_>>()?)
            }
        };
        Ok(Again { earlier, input })
    }

    /// Refuses a new result in whose place the input or a list of decisions stands.
    pub(super) fn check_apart(&self, out: &Path, decisions: &Path) -> Result<()> {
        let mut paths = vec![decisions.to_owned()];
        match &self.input {
            Input::Files(sources) => paths.extend(sources.iter().map(|source| source.path().to_owned())),
            Input::Registry(directory, _) => paths.push(directory.clone()),
        }
        check_apart(&paths, out)
    }

    /// Checks, once all was read, that it is what was compared.
    pub(super) fn check_unchanged(&self, read: &Summary) -> Result<()> {
        let both = read.inputs.iter().zip(&self.earlier.summary.inputs);
        match both.into_iter().find(|(read, known)| read.xxh3 != known.xxh3) {
            Some((read, _)) => Err(ResultError::Changed { path: read.path.clone() }.into()),
            None => Ok(()),
        }
    }
}

/// What the lists of a result are written as.
pub(super) fn list_format(flag: FormatFlag) -> Result<ListFormat> {
    let format = ListFormat::from(flag);
    if format == ListFormat::Parquet && cfg!(not(feature = "parquet")) {
        return Err(Error::refused(
            "--format parquet: the program was built without the feature parquet",
            "--format parquet：此程序编译时未启用 parquet 功能",
        ));
    }
    Ok(format)
}

/// Opens an input of an earlier run as it was read then.
fn open_again(path: &Path, known: &InputSummary, file: u16) -> Result<Source> {
    let changed = || Error::from(ResultError::Changed { path: path.to_owned() });
    match std::fs::metadata(path) {
        Err(_) => return Err(ResultError::Moved { path: path.to_owned() }.into()),
        Ok(metadata) if metadata.len() != known.bytes => return Err(changed()),
        Ok(_) => {}
    }
    let field = |code: &String| Column::ALL.into_iter().find(|column| column.code() == code);
    let columns = known.columns.iter().filter_map(|(code, names)| Some((field(code)?, names.clone())));
    let encoding = match known.encoding.as_str() {
        "UTF-8" => EncodingChoice::Utf8,
        "GB18030" => EncodingChoice::Gb18030,
        // UTF-16 is told by its mark.
        _ => EncodingChoice::Auto,
    };
    let options = SourceOptions {
        columns: ColumnMap::of_names(columns),
        encoding,
        label: Some(known.label.clone()),
        sheet: known.sheet.clone(),
    };
    let source = Source::open(path, file, &options);
    if source.as_ref().is_ok_and(|source| !known.kind.is_empty() && source.kind().code() != known.kind) {
        return Err(changed());
    }
    // Columns that are gone mean that it is another file.
    source.map_err(|error| match error.kind() {
        SourceErrorKind::Columns(_) | SourceErrorKind::NoSheet { .. } => changed(),
        _ => error.into(),
    })
}

/// How many threads work; all processors if `None`.
fn threads(flag: Option<usize>) -> Result<Option<NonZeroUsize>> {
    let checked = |count| NonZeroUsize::new(count).filter(|count| count.get() <= THREADS_MAX);
    flag.map(|count| checked(count).ok_or_else(|| Error::usage(format!("--threads: 1 to {THREADS_MAX}"))))
        .transpose()
}

/// The threads that work.
pub(super) fn pool(flag: Option<usize>) -> Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads(flag)?.map_or(0, NonZeroUsize::get));
    pool.build().map_err(|error| Error::usage(format!("--threads: {error}")))
}

/// What to do with a result that is there.
pub(super) fn existing(force: bool) -> Existing {
    if force { Existing::Replace } else { Existing::Keep }
}

/// What may be seen on a page.
pub(super) fn personal(unmasked: bool) -> Personal {
    if unmasked { Personal::Shown } else { Personal::Masked }
}

/// Refuses, before any work, an output that takes the place of an input, or of any file without `--force`.
pub(super) fn check_output(output: Option<&Path>, inputs: &[PathBuf], existing: Existing) -> Result<()> {
    let Some(output) = output else { return Ok(()) };
    let Ok(whole) = output.canonicalize() else { return Ok(()) };
    if inputs.iter().any(|input| input.canonicalize().is_ok_and(|input| input == whole)) {
        let output = output.display();
        return Err(Error::refused(
            format!("{output}: is an input; choose another place for the output"),
            format!("{output}：是输入文件；请为输出另选位置"),
        ));
    }
    match existing {
        Existing::Keep => Err(ReportError::Exists(output.to_owned()).into()),
        Existing::Replace => Ok(()),
    }
}

/// A run of `renji explain`.
#[derive(Debug)]
pub(super) struct Explain {
    /// The input.
    pub(super) source: Source,
    /// The ids of the two records.
    pub(super) records: [String; 2],
    /// What judges.
    pub(super) model: Model,
    /// Whether to answer as JSON.
    pub(super) is_json: bool,
}

impl Explain {
    /// Checks the flags and opens the input.
    pub(super) fn check(flags: ExplainFlags) -> Result<Explain> {
        let source = Source::open(&flags.file, 0, &source_options(&flags.source)?)?;
        let model = flags.model.as_deref().map_or_else(|| Ok(Model::default()), read_model)?;
        Ok(Explain { source, model, records: [flags.record_a, flags.record_b], is_json: flags.json })
    }
}

/// The language to speak: the flag's, else that of `LC_ALL`, `LC_MESSAGES` or `LANG` (the first that is
/// set), else Chinese.
pub(super) fn language(flag: Option<LanguageFlag>) -> Language {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    flag.map(Language::from)
        .or_else(|| {
            ["LC_ALL", "LC_MESSAGES", "LANG"]
                .into_iter()
                .find_map(set)
                .as_deref()
                .and_then(Language::of_locale)
        })
        .unwrap_or_default()
}

/// Opens the inputs, in the order given.
pub(super) fn open_sources(files: &[PathBuf], flags: &SourceFlags) -> Result<Vec<Source>> {
    let options = source_options(flags)?;
    let labels = labels(files)?;
    let mut sources = Vec::with_capacity(files.len());
    for (index, (path, label)) in files.iter().zip(labels).enumerate() {
        let file = u16::try_from(index)
            .map_err(|_| Error::usage(format!("more than {} files", usize::from(u16::MAX) + 1)))?;
        let options = SourceOptions { label: Some(label), ..options.clone() };
        sources.push(Source::open(path, file, &options)?);
    }
    Ok(sources)
}

fn source_options(flags: &SourceFlags) -> Result<SourceOptions> {
    let mut columns = ColumnMap::default();
    for map in &flags.columns {
        if map.contains('=') {
            columns.add_pairs(map)?;
        } else {
            columns.add_file(Path::new(map))?;
        }
    }
    Ok(SourceOptions { columns, encoding: flags.encoding.into(), label: None, sheet: flags.sheet.clone() })
}

/// What each file is called in record ids: its file name, or its whole path where two share the name.
fn labels(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut seen = HashMap::new();
    for path in files {
        // A file that is not there is reported when it is opened.
        let whole = path.canonicalize().unwrap_or_else(|_| path.clone());
        if seen.insert(whole, path).is_some() {
            return Err(Error::usage(format!("{}: given twice", path.display())));
        }
    }
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for path in files {
        *counts.entry(name(path)).or_default() += 1;
    }
    let label = |path: &PathBuf| match name(path) {
        name if counts[&name] > 1 => path.display().to_string(),
        name => name,
    };
    Ok(files.iter().map(label).collect())
}

/// Refuses an output directory that holds an input: `--force` would remove it.
fn check_apart(files: &[PathBuf], out: &Path) -> Result<()> {
    let Ok(out_whole) = out.canonicalize() else { return Ok(()) };
    for path in files {
        if path.canonicalize().is_ok_and(|path| path.starts_with(&out_whole)) {
            return Err(Error::usage(format!(
                "{}: the input {} is in this directory; choose another place for the result",
                out.display(),
                path.display()
            )));
        }
    }
    Ok(())
}
