//! The documents say what the code does: the tables of `docs/MATCHING.md` hold the numbers of the shipped
//! model, of the shares' floors and of the limits, and the families of keys; the samples in `README.md` are
//! what its command gives, and the example is what the command beside it makes.
//!
//! `RENJI_UPDATE_DOCS=1 cargo test --test it docs` writes them; reasons and meanings are left as they are, and
//! so is the choice of the samples' rows.

use std::path::{Path, PathBuf};

use renji::key::Family;
use renji::limits;
use renji::matching::{LevelWeights, Model, Share};

/// A table of the document, by its marker: for each row the cells that the code knows, by column.
struct Table {
    marker: String,
    rows: Vec<Vec<(usize, String)>>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn number(value: f64) -> String {
    if value < 0.001 { format!("{value:e}") } else { format!("{value}") }
}

fn stranger(level: &LevelWeights) -> String {
    let share = match level.share {
        None => return number(level.stranger),
        Some(Share::Name) => "name",
        Some(Share::Surname) => "surname",
        Some(Share::Given) => "given",
        Some(Share::County) => "county",
        Some(Share::Place) => "place",
        Some(Share::School) => "school",
        Some(Share::One) => "one",
    };
    match level.stranger {
        1.0 => share.to_owned(),
        factor => format!("{} × {share}", number(factor)),
    }
}

fn named(marker: &str, rows: &[(&str, String)]) -> Table {
    let row = |(name, value): &(&str, String)| vec![(0, format!("`{name}`")), (1, value.clone())];
    Table { marker: marker.to_owned(), rows: rows.iter().map(row).collect() }
}

/// A constant as the source writes it: those of `frequency.rs` are its own business and not public.
fn constant(text: &str, name: &str) -> String {
    let definition = format!("const {name}: f64 = ");
    let start = text.find(&definition).unwrap_or_else(|| panic!("no {name}")) + definition.len();
    text[start..].split(';').next().unwrap_or_default().to_owned()
}

fn tables() -> Vec<Table> {
    let model = Model::default();
    let (priors, thresholds) = (&model.priors, &model.thresholds);
    let frequency = std::fs::read_to_string(root().join("src/matching/frequency.rs")).expect("a source file");
    let floors =
        ["SURNAME_FLOOR", "GIVEN_FLOOR", "UNKNOWN_PART", "COUNTY_FLOOR", "VILLAGE_FLOOR", "SCHOOL_FLOOR"];
    let mut tables = vec![
        named(
            "priors",
            &[
                ("same_per_student", number(priors.same_per_student)),
                ("twins_per_student", number(priors.twins_per_student)),
                ("siblings_per_student", number(priors.siblings_per_student)),
            ],
        ),
        named(
            "thresholds",
            &[
                ("same", number(thresholds.same)),
                ("review", number(thresholds.review)),
                ("two_numbers", number(thresholds.two_numbers)),
            ],
        ),
        named("floors", &floors.map(|name| (name, constant(&frequency, name)))),
        named(
            "limits",
            &[
                ("BLOCK_MAX", limits::BLOCK_MAX.to_string()),
                ("NEIGHBOURS_MAX", limits::NEIGHBOURS_MAX.to_string()),
                ("CLUSTER_MAX", limits::CLUSTER_MAX.to_string()),
                ("CLOSURE_MAX", limits::CLOSURE_MAX.to_string()),
                ("HOUSEHOLD_MAX", limits::HOUSEHOLD_MAX.to_string()),
            ],
        ),
        Table {
            marker: "families".to_owned(),
            rows: Family::ALL.iter().map(|family| vec![(0, format!("`{}`", family.code()))]).collect(),
        },
    ];
    for field in &model.fields {
        let row = |level: &LevelWeights| {
            let code = format!("`{}`", level.level.code());
            let seen = [level.same, level.twin, level.sibling].map(number);
            let cells = [vec![code], seen.to_vec(), vec![stranger(level)]].concat();
            [0, 2, 3, 4, 5].into_iter().zip(cells).collect()
        };
        let rows = field.levels.iter().map(row).collect();
        tables.push(Table { marker: field.field.code().to_owned(), rows });
    }
    tables
}

/// The document with the numbers of the tables put in.
///
/// # Panics
///
/// Where a table is missing or its rows are not those of the code: rows are written by hand, for their
/// reasons.
fn corrected(document: &str, tables: &[Table]) -> String {
    let mut lines: Vec<String> = document.lines().map(str::to_owned).collect();
    for table in tables {
        let marker = format!("<!-- table {} -->", table.marker);
        let at = lines.iter().position(|line| *line == marker).unwrap_or_else(|| panic!("no {marker}"));
        let is_row = |line: &&mut String| line.starts_with('|');
        let rows: Vec<&mut String> = lines[at + 1..]
            .iter_mut()
            .skip_while(|line| line.is_empty())
            .take_while(is_row)
            .skip(2)
            .collect();
        assert_eq!(rows.len(), table.rows.len(), "rows of the table {}", table.marker);
        for (line, cells) in rows.into_iter().zip(&table.rows) {
            let mut parts: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
            assert_eq!(parts[1], cells[0].1, "a row of the table {}", table.marker);
            for (column, cell) in cells {
                parts[column + 1].clone_from(cell);
            }
            let inner = &parts[1..parts.len() - 1];
            *line = format!("| {} |", inner.join(" | "));
        }
    }
    lines.join("\n") + "\n"
}

/// Compares a document with what the code says, or writes that.
fn check(path: &Path, document: &str, corrected: &str) {
    if std::env::var_os("RENJI_UPDATE_DOCS").is_some() {
        std::fs::write(path, corrected).expect("writing the document");
        return;
    }
    let differing = document.lines().zip(corrected.lines()).find(|(written, known)| written != known);
    assert_eq!(differing, None, "{}, the code; RENJI_UPDATE_DOCS=1 writes the code's", path.display());
}

#[test]
fn the_tables_of_the_judgement_are_those_of_the_code() {
    let path = root().join("docs/MATCHING.md");
    let document = std::fs::read_to_string(&path).expect("the document");
    check(&path, &document, &corrected(&document, &tables()));
}

/// The document with each line of a sample replaced by the line of the output on the same records: those of
/// the first two cells in `pairs.csv`, of the first in the problem lists.
#[cfg(feature = "cli")]
fn with_samples(document: &str, outputs: &[(&str, String)]) -> String {
    let mut lines: Vec<String> = document.lines().map(str::to_owned).collect();
    for (name, output) in outputs {
        let marker = format!("<!-- output {name} -->");
        let at = lines.iter().position(|line| *line == marker).unwrap_or_else(|| panic!("no {marker}"));
        let key_cells = match *name {
            "said" => 0,
            "pairs.csv" => 2,
            _ => 1,
        };
        let key = |line: &str| line.split(',').take(key_cells).collect::<Vec<_>>().join(",");
        for line in lines[at + 2..].iter_mut().take_while(|line| !line.starts_with("```")) {
            let known = output.lines().find(|known| key(known) == key(line));
            known.unwrap_or_else(|| panic!("no {} in {name}", key(line))).clone_into(line);
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(feature = "cli")]
#[test]
fn the_samples_of_the_readme_are_what_its_command_gives() {
    let fixture = crate::fixture::Fixture::new();
    let out = fixture.path().join("problems");
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_renji"))
        .args(["dedupe", "examples/students.csv", "--lang", "en", "--out"])
        .arg(&out)
        .current_dir(root())
        .output()
        .expect("running renji");
    assert!(run.status.success());
    let said = String::from_utf8(run.stderr).expect("text");
    // What was found, and not how long it took.
    let found: Vec<&str> = said.lines().filter(|line| line.contains("pairs of one person")).collect();
    let mut problems = String::new();
    for entry in std::fs::read_dir(out.join("problems")).expect("problem lists") {
        let list = std::fs::read_to_string(entry.expect("an entry").path()).expect("a list");
        problems.extend(list.lines().skip(1).map(|line| format!("{line}\n")));
    }
    let outputs = [
        ("said", found.join("\n")),
        ("pairs.csv", fixture.text("problems/pairs.csv")),
        ("problems", problems),
    ];
    let path = root().join("README.md");
    let document = std::fs::read_to_string(&path).expect("the document");
    check(&path, &document, &with_samples(&document, &outputs));
}

/// The same command gives the same bytes, as `examples/README.md` promises.
#[cfg(feature = "cli")]
#[test]
fn the_example_is_made_by_the_command_beside_it() {
    let fixture = crate::fixture::Fixture::new();
    let readme = std::fs::read_to_string(root().join("examples/README.md")).expect("the document");
    let start = readme.find("renji synth --students 400").expect("the command");
    let command = readme[start..].split("\n\n").next().unwrap_or_default().replace("\\\n", "");
    let arguments: Vec<&str> = command.split_whitespace().skip(1).collect();
    let output = fixture.renji(&arguments);
    assert_eq!(crate::fixture::code(&output), 0, "{}", crate::fixture::said(&output));
    let path = root().join("examples/students.csv");
    let example = std::fs::read_to_string(&path).expect("the example");
    check(&path, &example, &fixture.text("students.csv"));
}
