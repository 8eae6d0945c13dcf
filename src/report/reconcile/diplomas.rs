//! `diplomas.csv`, `differences.csv` and `problems.csv` of diplomas against records.

use super::{Shown, words};
use crate::language::Language;
use crate::reconcile::{DiplomaField, DiplomaStanding, Written};
use crate::report::directory::OutputDirectory;
use crate::report::error::ReportError;
use crate::report::problems::inert;
use crate::report::table::ListWriter;

/// How a diploma, or a record without one, stands.
#[derive(Debug, Clone)]
pub struct DiplomaLine<'a> {
    /// The record's id; empty where none was found.
    pub record: &'a str,
    /// The diploma's id; empty for a record without one.
    pub diploma: &'a str,
    /// Where the diploma stands: file and row.
    pub place: String,
    /// How it stands.
    pub standing: DiplomaStanding,
    /// The fields that are not the same as written.
    pub differences: &'a [(DiplomaField, Written)],
    /// The person.
    pub person: Shown,
}

/// Writes a typed row for each line to `diplomas.csv`, one for each field that is not the same as written to
/// `differences.csv`, and the problems in words to `problems.csv`. Tells how many are problems.
///
/// # Errors
///
/// [`ReportError::Io`].
pub fn write_diplomas(
    directory: &OutputDirectory,
    lines: &[DiplomaLine<'_>],
    language: Language,
) -> Result<u64, ReportError> {
    let mut list = ListWriter::create(directory, "diplomas.csv")?;
    list.row(["diploma", "record", "standing", "different", "written_otherwise", "missing"])?;
    let mut fields = ListWriter::create(directory, "differences.csv")?;
    fields.row(["diploma", "record", "row", "field", "difference"])?;
    let mut problems = ListWriter::create_for_spreadsheets(directory, "problems.csv")?;
    problems.row(header(language))?;
    let mut count = 0;
    for line in lines {
        let of = |wanted: Written| {
            let codes = line.differences.iter().filter(|(_, written)| *written == wanted);
            codes.map(|(field, _)| field.code()).collect::<Vec<_>>().join("|")
        };
        let (different, otherwise, missing) =
            (of(Written::Different), of(Written::Otherwise), of(Written::Missing));
        list.row([line.diploma, line.record, line.standing.code(), &different, &otherwise, &missing])?;
        for (field, written) in line.differences {
            fields.row([line.diploma, line.record, &line.place, field.code(), written.code()])?;
        }
        if line.standing == DiplomaStanding::Equal {
            continue;
        }
        count += 1;
        let in_words: Vec<String> = line
            .differences
            .iter()
            .map(|(field, written)| {
                let (field, written) =
                    (words::field(field.code(), language), words::written(*written, language));
                match language {
                    Language::Zh => format!("{field}（{written}）"),
                    Language::En => format!("{field} ({written})"),
                }
            })
            .collect();
        let cells = [
            line.diploma,
            line.record,
            &line.person.name,
            &line.person.number,
            words::standing(line.standing.code(), language),
            &in_words.join(language.pick("、", ", ")),
            words::action(line.standing.code(), language),
        ];
        let cells = cells.map(inert);
        problems.row(cells.iter().map(|cell| &**cell))?;
    }
    list.finish()?;
    fields.finish()?;
    problems.finish()?;
    Ok(count)
}

fn header(language: Language) -> [&'static str; 7] {
    match language {
        Language::Zh => ["学历记录", "学籍记录", "姓名", "证件号", "核对结果", "不一致的项", "处理办法"],
        Language::En => {
            ["diploma", "record", "name", "id_number", "result", "fields_that_differ", "what_may_be_done"]
        }
    }
}
