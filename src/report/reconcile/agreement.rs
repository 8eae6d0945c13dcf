//! `agreement.csv` and the problem lists of one roll against another that has the last word.

use super::{Shown, words};
use crate::language::Language;
use crate::matching::Level;
use crate::reconcile::{Agreement, Levels};
use crate::report::county::CountyLists;
use crate::report::directory::OutputDirectory;
use crate::report::error::ReportError;
use crate::report::table::ListWriter;

/// How one person stands, as may be shown.
#[derive(Debug, Clone)]
pub struct AgreementLine<'a> {
    /// The county it is filed under; 0 if none is known.
    pub county: u32,
    /// The office's name for the record.
    pub record_id: &'a str,
    /// What was found.
    pub agreement: Agreement,
    /// The standing's code; that of the kind of reconciliation.
    pub standing: &'static str,
    /// Where in the other roll the holder of the number stands, and where who was found otherwise: file and row.
    pub places: [String; 2],
    /// The person.
    pub person: Shown,
    /// The one of the other roll whom it is about.
    pub other: Option<&'a Shown>,
}

impl AgreementLine<'_> {
    fn levels(&self) -> Option<Levels> {
        self.agreement.holder.or(self.agreement.found).map(|(_, levels)| levels)
    }
}

const COLUMNS: [&str; 9] =
    ["record_id", "county", "standing", "name", "birthdate", "sex", "address", "holder", "found"];

/// Writes a typed row for each line, in their order, to `agreement.csv`, and those that are problems into
/// `problems/<county>.csv`. Tells how many are.
///
/// # Errors
///
/// [`ReportError::Io`].
pub fn write_agreements(
    directory: &OutputDirectory,
    lines: &[AgreementLine<'_>],
    is_problem: impl Fn(&AgreementLine<'_>) -> bool,
    language: Language,
) -> Result<u64, ReportError> {
    let mut list = ListWriter::create(directory, "agreement.csv")?;
    list.row(COLUMNS)?;
    for line in lines {
        let level = |of: fn(Levels) -> Level| line.levels().map_or("", |levels| of(levels).code());
        let county = words::county(line.county);
        let cells = [
            line.record_id,
            &county,
            line.standing,
            level(|levels| levels.name),
            level(|levels| levels.birth),
            level(|levels| levels.sex),
            level(|levels| levels.address),
            &line.places[0],
            &line.places[1],
        ];
        list.row(cells)?;
    }
    list.finish()?;

    let mut problems: Vec<&AgreementLine<'_>> = lines.iter().filter(|line| is_problem(line)).collect();
    problems.sort_by_key(|line| line.county);
    let mut lists = CountyLists::new(directory, "problems", &header(language));
    for line in problems {
        let differences =
            line.levels().map(|levels| words::differences(levels, language)).unwrap_or_default();
        let empty = Shown::default();
        let other = line.other.unwrap_or(&empty);
        let place = line.places.iter().find(|place| !place.is_empty()).map_or("", String::as_str);
        let cells = [
            line.record_id,
            &line.person.name,
            &line.person.number,
            words::standing(line.standing, language),
            &differences,
            place,
            &other.name,
            &other.number,
            words::action(line.standing, language),
        ];
        lists.row(line.county, cells)?;
    }
    lists.finish()
}

fn header(language: Language) -> [&'static str; 9] {
    match language {
        Language::Zh => [
            "记录编号",
            "姓名",
            "证件号",
            "核对结果",
            "差异",
            "对方文件与行号",
            "对方姓名",
            "对方证件号",
            "处理办法",
        ],
        Language::En => [
            "record_id",
            "name",
            "id_number",
            "result",
            "differences",
            "their_row",
            "their_name",
            "their_id_number",
            "what_may_be_done",
        ],
    }
}
