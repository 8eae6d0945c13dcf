//! `renji synth`: writes a made-up nation to a file, and its truth beside it.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::exit::Exit;
use crate::error::{Error, Result};
use crate::synth::{Config, Damage, Nation, Rates};

/// The templates a nation can be written under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TemplateFlag {
    /// The national collection template, second version, as schools fill it in
    National,
}

/// What may be typed after `renji synth`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = rates_help())]
pub(super) struct SynthArgs {
    /// The rows of the file.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    students: u64,
    /// What makes this nation different from others; the same seed gives the same bytes.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The file of students (CSV, UTF-8).
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The file of the truth: record_id, entity_id, kind.
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// Write it under a template's Chinese headings, with all required fields, so that renji validate finds nothing.
    /// 按采集模板的中文表头写出，填满必填项。
    #[arg(long, value_name = "TEMPLATE", value_enum)]
    template: Option<TemplateFlag>,
    /// How often something happens; may be given several times. `--help` lists the names.
    #[arg(long, value_name = "NAME=VALUE", value_parser = rate)]
    rate: Vec<(String, f64)>,
}

/// Writes the nation.
///
/// # Errors
///
/// After a failed write the files may hold a part.
pub(super) fn run(args: &SynthArgs) -> Result<Exit> {
    let mut rates = Rates::default();
    for (name, value) in &args.rate {
        rates.set(name, *value).map_err(|error| Error::usage(error.to_string()))?;
    }
    let config = Config { students: args.students, seed: args.seed, rates };
    let nation = Nation::new(config).map_err(|error| Error::usage(error.to_string()))?;
    let nation = match args.template {
        Some(TemplateFlag::National) => nation.under_template(),
        None => nation,
    };
    if args.truth.as_ref() == Some(&args.out) {
        return Err(Error::usage("--out and --truth name one file"));
    }
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |cause| Error::output(&path, cause)
    };
    let mut out = File::create(&args.out).map_err(failed(&args.out))?;
    match &args.truth {
        // A failed write is told as the students' file: both lie on one disk, most often.
        Some(path) => {
            let mut truth = File::create(path).map_err(failed(path))?;
            nation.write(&mut out, Some(&mut truth))
        }
        None => nation.write(&mut out, None),
    }
    .map_err(failed(&args.out))?;
    Ok(Exit::Done)
}

fn rate(text: &str) -> std::result::Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE, as in duplicates=0.04")?;
    let value = value.trim().parse().map_err(|_| format!("{value:?} is not a number"))?;
    Ok((name.trim().to_owned(), value))
}

/// The names of all rates, with their defaults and meanings.
fn rates_help() -> String {
    use std::fmt::Write;
    let mut help = String::from("Rates (parts of one):\n");
    for (name, meaning, default) in Rates::NAMED {
        // Doc comments begin their lines with a space and may hold links.
        let meaning = meaning.trim().replace("](super::CHUNK_ROWS)", "").replace("[`", "").replace('`', "");
        let _ = writeln!(help, "  {name:20} {default:<7} {meaning}");
    }
    help.push_str("\nErrors of re-registrations (weights among each other):\n");
    for damage in Damage::ALL {
        let _ = writeln!(
            help,
            "  {:20} {:<7} {}",
            damage.name(),
            damage.default_weight(),
            damage.meaning().trim()
        );
    }
    help
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_pairs() {
        assert_eq!(rate("twins=0.05"), Ok(("twins".to_owned(), 0.05)));
        assert!(rate("twins").is_err());
        assert!(rate("twins=many").is_err());
    }

    #[test]
    fn the_help_names_every_rate() {
        let help = rates_help();
        assert!(Rates::NAMED.iter().all(|(name, _, _)| help.contains(name)));
        assert!(Damage::ALL.iter().all(|damage| help.contains(damage.name())));
        assert!(!help.contains('`') && !help.contains("::"));
    }
}
