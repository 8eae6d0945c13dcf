//! `admissions.csv` and the problem lists of registrations against admissions.

use super::{Shown, words};
use crate::language::Language;
use crate::reconcile::AdmissionStanding;
use crate::report::county::CountyLists;
use crate::report::directory::OutputDirectory;
use crate::report::error::ReportError;
use crate::report::table::ListWriter;

/// How a registration or an admission stands, as may be shown.
#[derive(Debug, Clone)]
pub struct AdmissionLine {
    /// The county it is filed under; 0 if none is known.
    pub county: u32,
    /// How it stands.
    pub standing: AdmissionStanding,
    /// The ids of the registration, the admission, and another record of the same roll; empty where there is none.
    pub records: [String; 3],
    /// The fields that differ.
    pub differences: Vec<&'static str>,
    /// The person of the registration, else of the admission.
    pub person: Shown,
}

/// Writes a typed row for each line, in their order, to `admissions.csv`, and those that are problems into
/// `problems/<county>.csv`. Tells how many are.
///
/// # Errors
///
/// [`ReportError::Io`].
pub fn write_admissions(
    directory: &OutputDirectory,
    lines: &[AdmissionLine],
    language: Language,
) -> Result<u64, ReportError> {
    let mut list = ListWriter::create(directory, "admissions.csv")?;
    list.row(["standing", "county", "registration", "admission", "other", "differences"])?;
    for line in lines {
        let [ours, theirs, other] = &line.records;
        let (county, differences) = (words::county(line.county), line.differences.join("|"));
        list.row([line.standing.code(), &county, ours, theirs, other, &differences])?;
    }
    list.finish()?;

    let is_problem = |line: &&AdmissionLine| line.standing != AdmissionStanding::Registered;
    let mut problems: Vec<&AdmissionLine> = lines.iter().filter(is_problem).collect();
    problems.sort_by_key(|line| line.county);
    let mut lists = CountyLists::new(directory, "problems", &header(language));
    for line in problems {
        let [ours, theirs, other] = &line.records;
        let fields: Vec<&str> = line.differences.iter().map(|field| words::field(field, language)).collect();
        let cells = [
            ours,
            theirs,
            &line.person.name,
            &line.person.number,
            words::standing(line.standing.code(), language),
            &fields.join(language.pick("、", ", ")),
            other,
            words::action(line.standing.code(), language),
        ];
        lists.row(line.county, cells)?;
    }
    lists.finish()
}

fn header(language: Language) -> [&'static str; 8] {
    match language {
        Language::Zh => {
            ["填报记录", "录取记录", "姓名", "证件号", "核对结果", "不一致的项", "另一条记录", "处理办法"]
        }
        Language::En => [
            "registration",
            "admission",
            "name",
            "id_number",
            "result",
            "fields_that_differ",
            "other_record",
            "what_may_be_done",
        ],
    }
}
