//! `counts.csv`, `behind.csv` and `problems.csv`: where two counts differ, and the records behind it.

use super::words;
use crate::language::Language;
use crate::reconcile::{Behind, CountDifference, HeadCell};
use crate::report::directory::OutputDirectory;
use crate::report::error::ReportError;
use crate::report::table::ListWriter;

/// A cell in which two counts differ.
#[derive(Debug, Clone, Copy)]
pub struct CountLine {
    /// What the two counts are: `registry`, `submitted`, `population`, `statistics`.
    pub counts: [&'static str; 2],
    /// The difference.
    pub difference: CountDifference,
}

/// A record behind a difference.
#[derive(Debug, Clone)]
pub struct BehindLine<'a> {
    /// What the two counts are.
    pub counts: [&'static str; 2],
    /// The record of the first, and that of the second; empty where there is none.
    pub records: [&'a str; 2],
    /// Why it makes a difference.
    pub why: Behind,
}

/// Writes the differences in their order to `counts.csv`, in words to `problems.csv`, and the records behind them to
/// `behind.csv`.
///
/// # Errors
///
/// [`ReportError::Io`].
pub fn write_counts(
    directory: &OutputDirectory,
    lines: &[CountLine],
    behind: &[BehindLine<'_>],
    language: Language,
) -> Result<(), ReportError> {
    let mut list = ListWriter::create(directory, "counts.csv")?;
    list.row([
        "first",
        "second",
        "depth",
        "county",
        "school",
        "grade",
        "sex",
        "heads_first",
        "heads_second",
        "difference",
    ])?;
    let mut problems = ListWriter::create_for_spreadsheets(directory, "problems.csv")?;
    problems.row(header(language))?;
    for line in lines {
        let [first, second] = line.counts;
        let found = &line.difference;
        let [county, school, grade, sex] = cells(&found.cell);
        let numbers = [found.ours.to_string(), found.theirs.to_string(), found.difference().to_string()];
        let depth = found.depth.to_string();
        let row = [first, second, &depth, &county, &school, &grade, &sex];
        list.row(row.into_iter().chain(numbers.iter().map(String::as_str)))?;
        let [first, second] = line.counts.map(|count| words::count(count, language));
        let place = words::cell(&found.cell, language);
        let difference = format!("{:+}", found.difference());
        // A plus in front would make a formula of it; a number that begins a cell is no secret either way.
        let difference = difference.trim_start_matches('+');
        problems.row([first, second, &place, &numbers[0], &numbers[1], difference])?;
    }
    list.finish()?;
    problems.finish()?;

    let mut list = ListWriter::create(directory, "behind.csv")?;
    list.row(["first", "second", "why", "record_first", "record_second", "cell_first", "cell_second"])?;
    for line in behind {
        let [first, second] = line.counts;
        let joined = |cell: &HeadCell| cells(cell).join("/");
        let (ours, theirs) = match &line.why {
            Behind::OnlyOurs(cell) => (joined(cell), String::new()),
            Behind::OnlyTheirs(cell) => (String::new(), joined(cell)),
            Behind::Elsewhere(ours, theirs) => (joined(ours), joined(theirs)),
        };
        let [record_first, record_second] = line.records;
        list.row([first, second, line.why.code(), record_first, record_second, &ours, &theirs])?;
    }
    list.finish().map(drop)
}

/// County, school, grade and sex of a cell; empty where it is not asked or not known.
fn cells(cell: &HeadCell) -> [String; 4] {
    [
        cell.county.map(|county| format!("{:06}", county.get())).unwrap_or_default(),
        cell.school.map(|school| format!("{school:010}")).unwrap_or_default(),
        cell.grade.map(|grade| grade.get().to_string()).unwrap_or_default(),
        cell.sex.map(|sex| words::sex_code(sex).to_owned()).unwrap_or_default(),
    ]
}

fn header(language: Language) -> [&'static str; 6] {
    match language {
        Language::Zh => ["甲方数据", "乙方数据", "范围", "甲方人数", "乙方人数", "相差"],
        Language::En => ["first", "second", "of", "heads_first", "heads_second", "difference"],
    }
}
