//! What was meant, checked: nothing here can be typed, everything here can be done.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::flags::{DedupeFlags, ExplainFlags, LanguageFlag, SourceFlags};
use super::memory;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::registry::Registry;
use crate::report::Existing;
use crate::source::{ColumnMap, Source, SourceOptions};

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
    /// What to do with a result that is there.
    pub(super) existing: Existing,
    /// How many threads work; all processors if `None`.
    pub(super) threads: Option<NonZeroUsize>,
    /// How many bytes of memory it may take.
    pub(super) memory_bytes: u64,
    /// Where temporary files are made; beside the result if `None`.
    pub(super) temporary: Option<PathBuf>,
    /// Whether rejected rows make the run a failure.
    pub(super) strict: bool,
}

impl Dedupe {
    /// Checks the flags and opens the inputs.
    pub(super) fn check(flags: DedupeFlags, registry: Option<PathBuf>) -> Result<Dedupe> {
        let threads = match flags.threads {
            None => None,
            Some(count) => Some(
                NonZeroUsize::new(count)
                    .filter(|count| count.get() <= THREADS_MAX)
                    .ok_or_else(|| Error::usage(format!("--threads: 1 to {THREADS_MAX}")))?,
            ),
        };
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
        Ok(Dedupe {
            input,
            out: flags.out,
            existing: if flags.force { Existing::Replace } else { Existing::Keep },
            threads,
            memory_bytes,
            temporary: flags.temp,
            strict: flags.strict,
        })
    }
}

/// A run of `renji explain`.
#[derive(Debug)]
pub(super) struct Explain {
    /// The input.
    pub(super) source: Source,
    /// The ids of the two records.
    pub(super) records: [String; 2],
    /// Whether to answer as JSON.
    pub(super) is_json: bool,
}

impl Explain {
    /// Checks the flags and opens the input.
    pub(super) fn check(flags: ExplainFlags) -> Result<Explain> {
        let source = Source::open(&flags.file, 0, &source_options(&flags.source)?)?;
        Ok(Explain { source, records: [flags.record_a, flags.record_b], is_json: flags.json })
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
    Ok(SourceOptions { columns, encoding: flags.encoding.into(), label: None })
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
