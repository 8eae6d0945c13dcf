//! Cases settled by a file of decisions: each row by itself, what happened to it on a line of its own.
//!
//! A row is about two students. It settles the open cases that concern these two and nobody else; a case of more
//! needs its own command. Run again, it finds what it did before and does nothing.

use std::collections::HashMap;

use serde_json::json;

use super::{Exit, Office, given, named_operator};
use crate::cli::flags::ResolveFlags;
use crate::dedupe::DecisionKind;
use crate::error::{Error, Result};
use crate::ids::{CaseId, StudentId};
use crate::registry::{Case, Registry, RegistryError, Resolution};
use crate::report::{DecisionFault, DecisionRow, read_decisions};
use crate::source::SourceError;

/// What became of a row.
enum Outcome {
    /// It settled these cases.
    Settled(Vec<CaseId>),
    /// Nothing was left to do: both are one student, or no case of the two is open.
    Done(&'static str, &'static str),
    /// It leaves the cases open.
    Left,
    /// It was not applied.
    Refused(String),
}

impl Outcome {
    const fn code(&self) -> &'static str {
        match self {
            Outcome::Settled(_) => "settled",
            Outcome::Done(..) => "nothing_to_do",
            Outcome::Left => "left_open",
            Outcome::Refused(_) => "refused",
        }
    }
}

impl Office<'_> {
    /// Settles cases by a file of decisions.
    pub(super) fn cases_resolve(&self, flags: &ResolveFlags) -> Result<Exit> {
        if flags.student.is_stdin || !flags.student.given.is_empty() {
            return Err(Error::refused(
                "fields of a student go with --correct only",
                "学生信息只能与 --correct 一起给出",
            ));
        }
        // INVARIANT: the flags name a case or a file.
        let path = flags.from.as_deref().expect("a case or a file is given");
        let rows = read_decisions(path).map_err(|error: SourceError| Error::from(error))?;
        let registry = self.write()?;
        let mut open = OpenCases::of(&registry)?;
        let mut text = String::new();
        let mut is_refused = false;
        for row in &rows {
            let operator =
                Some(row.operator.as_str()).filter(|name| !name.is_empty()).or(flags.operator.as_deref());
            let reason =
                Some(row.reason.as_str()).filter(|text| !text.is_empty()).or(flags.reason.as_deref());
            let outcome = match settle(&registry, &mut open, row, operator, reason) {
                Ok(outcome) => outcome,
                // Of this row alone; a store that fails ends the run.
                Err(error) if error.is_usage() => Outcome::Refused(error.message(self.language())),
                Err(error) => return Err(error),
            };
            is_refused |= matches!(outcome, Outcome::Refused(_));
            text.push_str(&self.told(row, &outcome, flags.output.json));
        }
        self.terminal.result(&text);
        Ok(if is_refused { Exit::RejectedRows } else { Exit::Done })
    }

    fn told(&self, row: &DecisionRow, outcome: &Outcome, is_json: bool) -> String {
        let language = self.language();
        let cases = match outcome {
            Outcome::Settled(cases) => cases.iter().map(|case| case.get()).collect(),
            _ => Vec::new(),
        };
        let message = match outcome {
            Outcome::Settled(_) => {
                let ids: Vec<String> = cases.iter().map(u32::to_string).collect();
                format!("{} {}", language.pick("已处理问题", "settled case"), ids.join(", "))
            }
            Outcome::Done(zh, en) => language.pick(zh, en).to_owned(),
            Outcome::Left => language.pick("不确定，问题保留", "unsure: left open").to_owned(),
            Outcome::Refused(message) => message.clone(),
        };
        if is_json {
            return format!(
                "{}\n",
                json!({ "row": row.row, "outcome": outcome.code(), "cases": cases, "message": message })
            );
        }
        let number = row.row;
        let row = match language {
            crate::language::Language::Zh => format!("第 {number} 行"),
            crate::language::Language::En => format!("row {number}"),
        };
        format!("{row}  {message}\n")
    }
}

/// The open cases, by the two students that they are about; of others only that they are.
struct OpenCases {
    by_pair: HashMap<(StudentId, StudentId), Vec<CaseId>>,
    larger: Vec<Case>,
}

impl OpenCases {
    fn of(registry: &Registry) -> Result<OpenCases> {
        let mut open = OpenCases { by_pair: HashMap::new(), larger: Vec::new() };
        for case in registry.open_cases(None, None)? {
            match case.students[..] {
                [a, b] => open.by_pair.entry((a.min(b), a.max(b))).or_default().push(case.id),
                [_, _, _, ..] => open.larger.push(case),
                _ => {}
            }
        }
        Ok(open)
    }
}

fn settle(
    registry: &Registry,
    open: &mut OpenCases,
    row: &DecisionRow,
    operator: Option<&str>,
    reason: Option<&str>,
) -> Result<Outcome> {
    let refused = |fault: DecisionFault| {
        Error::refused(
            fault.message(crate::language::Language::En),
            fault.message(crate::language::Language::Zh),
        )
    };
    let kind = row.kind.ok_or_else(|| refused(DecisionFault::Unknown))?;
    let operator = named_operator(operator).ok_or_else(|| refused(DecisionFault::NoOperator))?;
    let [a, b] = [student(registry, &row.records[0])?, student(registry, &row.records[1])?];
    if a == b {
        return match kind {
            DecisionKind::Same => Ok(Outcome::Done("已是同一学生", "they are one student already")),
            DecisionKind::Different | DecisionKind::Unsure => Err(Error::refused(
                "they are one student; take the merge back first",
                "二者已是同一学生，请先撤销归并",
            )),
        };
    }
    let key = (a.min(b), a.max(b));
    let Some(cases) = open.by_pair.get(&key) else {
        let mut of_more =
            open.larger.iter().filter(|case| case.students.contains(&a) && case.students.contains(&b));
        return match of_more.next() {
            Some(case) => Err(Error::refused(
                format!("case {0} is about more students: settle it by renji case resolve {0}", case.id),
                format!("问题 {0} 涉及更多学生，请用 renji case resolve {0} 处理", case.id),
            )),
            None => Ok(Outcome::Done("没有待处理的问题", "no open case is about these two")),
        };
    };
    let resolution = match kind {
        DecisionKind::Same => Resolution::ProvedSame { with: None },
        DecisionKind::Different => Resolution::ProvedDifferent { owner: None },
        DecisionKind::Unsure => return Ok(Outcome::Left),
    };
    let mut settled = Vec::new();
    for case in cases {
        match registry.resolve(*case, resolution.clone(), None, &operator, reason.unwrap_or_default()) {
            Ok(_) => settled.push(*case),
            // A case before it has settled it as well.
            Err(RegistryError::CaseClosed(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // Whoever waited was looked at again: there may be new cases.
    *open = OpenCases::of(registry)?;
    Ok(Outcome::Settled(settled))
}

/// A student as a report of the registry names its record.
fn student(registry: &Registry, record: &str) -> Result<StudentId> {
    match record.strip_prefix("pending-") {
        Some(id) => given::student_id(registry, &format!("student:{id}")),
        None => given::student_id(registry, record),
    }
}
