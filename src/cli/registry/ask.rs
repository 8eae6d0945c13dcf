//! Questions about a student: `check`, `show`, `history`, `find`; and `enroll`, which answers with a number.

use serde_json::{Value, json};

use super::sheet::{Sheet, enrolled_json, enrolled_line, student_json, student_sheet};
use super::story::{entry_json, entry_line};
use super::{Exit, Office, given};
use crate::cli::flags::{CheckFlags, EnrollFlags, FindFlags, NumberFlags};
use crate::error::Result;
use crate::registry::{Check, ModelChoice, Registry, RegistryError};
use crate::report::{registry_words, words};
use crate::student::GivenDocument;

impl Office<'_> {
    /// Do we know this student?
    pub(super) fn check(&self, flags: CheckFlags) -> Result<Exit> {
        let student = given::student(flags.student)?;
        let registry = self.read()?;
        let check = registry.check(&student.as_student())?;
        // Names are read before the answer is printed: reading can fail.
        let mut records = Vec::with_capacity(check.known.len());
        for known in &check.known {
            records.push(registry.student_by_id(known.student)?);
        }
        let names: Vec<String> = records
            .iter()
            .map(|record| record.as_ref().map(|known| crate::report::mask::name(&known.record.name)))
            .map(Option::unwrap_or_default)
            .collect();
        Ok(self.answer(flags.output.json, || check_json(&check, &names), || self.check_text(&check, &names)))
    }

    fn check_text(&self, check: &Check, names: &[String]) -> String {
        let language = self.language();
        let mut sheet = Sheet::new(language);
        sheet.line("答复", "answer", registry_words::answer(check.answer, language));
        for (known, name) in check.known.iter().zip(names) {
            let number = match (known.number, known.case) {
                (Some(number), _) => number.to_string(),
                (None, Some(case)) => {
                    format!("student:{} ({} {case})", known.student, language.pick("问题", "case"))
                }
                (None, None) => format!("student:{}", known.student),
            };
            let status = registry_words::status(known.status, language);
            sheet.line("学生", "student", format!("{number}  {name}  {status}"));
            let verdict = words::verdict(known.judgement.verdict, language);
            sheet.line("  判定", "  verdict", verdict);
            sheet.line("  原因", "  reasons", words::reasons(known.judgement.reasons, language));
            let same = known.judgement.posterior.same;
            sheet.line("  同一人的概率", "  probability of one", format!("{same:.6}"));
        }
        let gaps: Vec<&str> =
            check.unchecked.iter().map(|gap| registry_words::unchecked(*gap, language)).collect();
        sheet.line("缺项，无法据以查找", "not looked for, missing", gaps.join(language.pick("、", ", ")));
        for issue in &check.issues {
            let message = language.pick(issue.rule.message_zh(), issue.rule.message_en());
            let column = registry_words::column(issue.column, language);
            sheet.line("未采用的值", "left out", format!("{column}: {message}"));
        }
        if !check.crowded.is_empty() {
            let crowded: Vec<&str> = check.crowded.iter().map(|family| family.code()).collect();
            sheet.line("相同值过多，未全部比对", "too many alike, not all compared", crowded.join(", "));
        }
        sheet.line("比对记录数", "records compared", check.compared);
        sheet.finish()
    }

    /// Gives a student a number.
    pub(super) fn enroll(&self, flags: EnrollFlags) -> Result<Exit> {
        let student = given::student(flags.student)?;
        let registry = self.write_as(flags.operator.as_deref())?;
        let outcome = registry.enroll(&student.as_student(), &flags.request)?;
        let text = || enrolled_line(&outcome, self.language()) + "\n";
        Ok(self.answer(flags.output.json, || enrolled_json(&outcome), text))
    }

    /// The holder of a number.
    pub(super) fn show(&self, flags: &NumberFlags) -> Result<Exit> {
        let number = given::number(&flags.number)?;
        let registry = self.read()?;
        let student = registry.student(&number)?.ok_or(RegistryError::UnknownNumber)?;
        let records = registry.records(&student)?;
        let json = || {
            let mut value = student_json(&student);
            let dated = |record: &crate::registry::DatedRecord| {
                json!({
                    "id": record.id.get(), "at": record.at.to_string(), "is_live": record.is_live,
                    "record_id": record.given.record_id,
                })
            };
            value["records"] = records.iter().map(dated).collect::<Vec<Value>>().into();
            value
        };
        let text = || {
            let language = self.language();
            let mut sheet = Sheet::new(language);
            student_sheet(&mut sheet, &student);
            for record in &records {
                let standing = match record.is_live {
                    true => language.pick("有效", "stands"),
                    false => language.pick("已被取代", "superseded"),
                };
                let id = &record.given.record_id;
                sheet.line("记录", "record", format!("{}  {}  {standing}  {id}", record.id, record.at));
            }
            sheet.finish()
        };
        Ok(self.answer(flags.output.json, json, text))
    }

    /// What happened to the holder of a number.
    pub(super) fn history(&self, flags: &NumberFlags) -> Result<Exit> {
        let registry = self.read()?;
        let entries = registry.history(&given::number(&flags.number)?)?;
        let models = registry.models()?;
        let mut text = String::new();
        for entry in &entries {
            let model = ModelChoice::that_judged(&models, entry);
            let model = model.map(|model| format!("{} ({})", model.name, model.digest.short()));
            match flags.output.json {
                true => {
                    let mut value = entry_json(entry);
                    if let Some(model) = model {
                        value["model"] = model.into();
                    }
                    text.push_str(&value.to_string());
                }
                false => {
                    text.push_str(&entry_line(entry, self.language()));
                    if let Some(model) = model {
                        text.push_str(&format!("  [{model}]"));
                    }
                }
            }
            text.push('\n');
        }
        self.terminal.result(&text);
        Ok(Exit::Done)
    }

    /// Students by a document, a guardian's document, or a name.
    pub(super) fn find(&self, flags: &FindFlags) -> Result<Exit> {
        let registry: Registry = self.read()?;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let kind = text(&flags.id_type);
        let students = match (&flags.id_number, &flags.guardian_id) {
            (Some(number), _) => registry.by_document(GivenDocument { kind: &kind, number })?,
            (None, Some(number)) => registry.by_guardian(GivenDocument { kind: &kind, number })?,
            (None, None) => {
                registry.by_name(&text(&flags.name), &text(&flags.birthdate), &text(&flags.region))?
            }
        };
        let mut out = String::new();
        let mut count = 0;
        for student in students {
            let student = student?;
            count += 1;
            if flags.output.json {
                out.push_str(&format!("{}\n", student_json(&student)));
            } else {
                let mut sheet = Sheet::new(self.language());
                student_sheet(&mut sheet, &student);
                out.push_str(&sheet.plain("").finish());
            }
        }
        if count == 0 && !flags.output.json {
            out.push_str(self.language().pick("没有找到\n", "nobody was found\n"));
        }
        self.terminal.result(&out);
        Ok(Exit::Done)
    }
}

fn check_json(check: &Check, names: &[String]) -> Value {
    let known: Vec<Value> = check
        .known
        .iter()
        .zip(names)
        .map(|(known, name)| {
            let judgement = &known.judgement;
            json!({
                "student": known.student.get(),
                "registry_number": known.number.map(|number| number.to_string()),
                "status": known.status.code(),
                "case": known.case.map(|case| case.get()),
                "name": name,
                "verdict": judgement.verdict.code(),
                "reasons": judgement.reasons.codes().collect::<Vec<_>>(),
                "p_same": judgement.posterior.same,
                "p_sibling": judgement.posterior.sibling,
                "weight": judgement.posterior.weight,
            })
        })
        .collect();
    let issues: Vec<Value> = check
        .issues
        .iter()
        .map(|issue| json!({ "column": issue.column.code(), "rule": issue.rule.code() }))
        .collect();
    json!({
        "answer": check.answer.code(),
        "known": known,
        "unchecked": check.unchecked.iter().map(|gap| gap.code()).collect::<Vec<_>>(),
        "issues": issues,
        "crowded": check.crowded.iter().map(|family| family.code()).collect::<Vec<_>>(),
        "compared": check.compared,
        "sequence": check.sequence.get(),
    })
}
