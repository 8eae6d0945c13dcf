//! An answer for a person: a label and a value a line; and the pieces that several answers share.

use std::fmt::{Display, Write as _};

use serde_json::{Value, json};

use crate::language::Language;
use crate::registry::{Enrolled, Registered, Registry, Result};
use crate::report::{masked, registry_words as words};
use crate::student::{Column, OwnedStudent};

/// Columns of the terminal that a label takes.
const LABEL_WIDTH: usize = 34;

/// An answer in the making.
pub(super) struct Sheet {
    language: Language,
    text: String,
}

impl Sheet {
    pub(super) fn new(language: Language) -> Sheet {
        Sheet { language, text: String::new() }
    }

    /// A line by itself.
    pub(super) fn plain(&mut self, text: impl Display) -> &mut Sheet {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{text}");
        self
    }

    /// A label and a value; nothing if the value is empty.
    pub(super) fn line(&mut self, zh: &str, en: &str, value: impl Display) -> &mut Sheet {
        let (label, value) = (self.language.pick(zh, en), value.to_string());
        if !value.is_empty() {
            let taken: usize = label.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
            let space = " ".repeat(LABEL_WIDTH.saturating_sub(taken).max(1));
            let _ = writeln!(self.text, "{label}{space}{value}");
        }
        self
    }

    /// The fields of a record, masked.
    pub(super) fn record(&mut self, record: &OwnedStudent) -> &mut Sheet {
        for column in Column::ALL {
            let (zh, en) = (words::column(column, Language::Zh), words::column(column, Language::En));
            self.line(zh, en, masked(record, column));
        }
        self
    }

    pub(super) fn finish(&mut self) -> String {
        std::mem::take(&mut self.text)
    }
}

/// The fields of a record that are there, masked.
pub(super) fn record_json(record: &OwnedStudent) -> Value {
    let field = |column: Column| (column.code().to_owned(), Value::from(masked(record, column)));
    let is_there = |column: &Column| !record.column(*column).is_empty();
    Value::Object(Column::ALL.into_iter().filter(is_there).map(field).collect())
}

/// Codes joined by `|`, as a list.
pub(super) fn codes_json(codes: &str) -> Value {
    codes.split('|').filter(|code| !code.is_empty()).collect::<Vec<_>>().into()
}

/// What an enrolment came to.
pub(super) fn enrolled_json(outcome: &Enrolled) -> Value {
    match outcome {
        Enrolled::Issued(number) => json!({ "outcome": "issued", "registry_number": number.as_str() }),
        Enrolled::Existing { number, why } => json!({
            "outcome": "existing", "registry_number": number.as_str(), "reasons": codes_json(why)
        }),
        Enrolled::Held { case, reasons } => json!({
            "outcome": "held", "case": case.get(), "reasons": codes_json(reasons)
        }),
    }
}

/// The same for a person.
pub(super) fn enrolled_line(outcome: &Enrolled, language: Language) -> String {
    let why = |codes: &str| match words::codes(codes, language) {
        words if words.is_empty() => String::new(),
        words => match language {
            Language::Zh => format!("（{words}）"),
            Language::En => format!(" ({words})"),
        },
    };
    match (outcome, language) {
        (Enrolled::Issued(number), Language::Zh) => format!("新发学籍号 {number}"),
        (Enrolled::Issued(number), Language::En) => format!("issued {number}"),
        (Enrolled::Existing { number, why: codes }, Language::Zh) => {
            format!("已有学籍号 {number}{}", why(codes))
        }
        (Enrolled::Existing { number, why: codes }, Language::En) => {
            format!("known as {number}{}", why(codes))
        }
        (Enrolled::Held { case, reasons }, Language::Zh) => {
            format!("未发号，待处理问题 {case}{}", why(reasons))
        }
        (Enrolled::Held { case, reasons }, Language::En) => {
            format!("nothing issued, case {case} must be settled{}", why(reasons))
        }
    }
}

/// A student: numbers, status, cases, the masked record.
pub(super) fn student_json(student: &Registered) -> Value {
    let state = &student.state;
    let former: Vec<Value> = state
        .former
        .iter()
        .map(|former| json!({ "registry_number": former.number.as_str(), "until": former.until.to_string() }))
        .collect();
    json!({
        "registry_number": state.number.map(|number| number.to_string()),
        "student": student.id.get(),
        "status": state.status.code(),
        "since": state.since.map(|since| since.to_string()),
        "former_numbers": former,
        "cases": state.cases.iter().map(|case| case.get()).collect::<Vec<_>>(),
        "merged_into": state.merged_into.map(|student| student.get()),
        "record": record_json(&student.record),
    })
}

/// The same for a person.
pub(super) fn student_sheet(sheet: &mut Sheet, student: &Registered) {
    let (state, language) = (&student.state, sheet.language);
    let number = state.number.map_or_else(|| "-".to_owned(), |number| number.to_string());
    sheet.line("学籍号", "registry number", number);
    sheet.line("库内编号", "student", format!("student:{}", student.id));
    sheet.line("状态", "status", words::status(state.status, language));
    sheet.line("首次发号", "since", state.since.map(|since| since.to_string()).unwrap_or_default());
    for former in &state.former {
        let until = language.pick("至", "until");
        sheet.line("曾用学籍号", "former number", format!("{} ({until} {})", former.number, former.until));
    }
    let cases: Vec<String> = state.cases.iter().map(ToString::to_string).collect();
    sheet.line("待处理问题", "open cases", cases.join(" "));
    sheet.record(&student.record);
}

/// How a student is named in an answer: by number, else by the registry's own id.
pub(super) fn name_of(registry: &Registry, id: crate::ids::StudentId) -> Result<String> {
    let found = registry.student_by_id(id)?;
    Ok(match found.and_then(|student| student.state.number) {
        Some(number) => format!("student:{id} {number}"),
        None => format!("student:{id}"),
    })
}
