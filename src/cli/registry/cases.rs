//! Cases: listed, shown with their evidence, settled.

use serde_json::{Map, Value, json};

use super::sheet::{Sheet, codes_json, enrolled_json, enrolled_line, name_of, student_json, student_sheet};
use super::{Exit, Office, given, operator};
use crate::cli::flags::{CaseShowFlags, CasesFlags, ResolveFlags};
use crate::error::{Error, Result};
use crate::ids::CaseId;
use crate::matching::Field;
use crate::registry::{Case, CaseClass, CaseState, Link, Registered, Resolution};
use crate::report::registry_words as words;

impl Office<'_> {
    /// Open cases, a line each.
    pub(super) fn cases(&self, flags: &CasesFlags) -> Result<Exit> {
        let class = match &flags.class {
            None => None,
            Some(code) => Some(CaseClass::parse(code).ok_or_else(|| {
                let known: Vec<&str> = CaseClass::ALL.into_iter().map(CaseClass::code).collect();
                let known = known.join(", ");
                Error::refused(format!("--class: there are {known}"), format!("--class：可用的类别：{known}"))
            })?),
        };
        let cases = self.read()?.open_cases(flags.county, class)?;
        let language = self.language();
        let mut text = String::new();
        for case in &cases {
            if flags.output.json {
                text.push_str(&format!("{}\n", case_json(case)));
                continue;
            }
            let class = words::case_class(case.class, language);
            let students = match language {
                crate::language::Language::Zh => format!("{} 名学生", case.students.len()),
                crate::language::Language::En => format!("{} students", case.students.len()),
            };
            text.push_str(&format!(
                "{}  {:06}  {}  {students}  {class}\n",
                case.id, case.county, case.opened
            ));
        }
        if cases.is_empty() && !flags.output.json {
            text.push_str(language.pick("没有待处理的问题\n", "no open cases\n"));
        }
        self.terminal.result(&text);
        Ok(Exit::Done)
    }

    /// One case with its evidence and its students.
    pub(super) fn case_show(&self, flags: &CaseShowFlags) -> Result<Exit> {
        let registry = self.read()?;
        let case = registry.case(CaseId::new(flags.case))?;
        let mut students = Vec::with_capacity(case.students.len());
        for id in &case.students {
            students.extend(registry.student_by_id(*id)?);
        }
        let model = registry.model_of_case(&case)?;
        let model = model.map(|model| format!("{} ({})", model.name, model.digest.short()));
        let json = || {
            let mut value = case_json(&case);
            value["model"] = model.clone().into();
            value["students"] = students.iter().map(student_json).collect::<Vec<Value>>().into();
            value["links"] = case.links.iter().map(link_json).collect::<Vec<Value>>().into();
            value["registry_number"] = case.number.map(|number| number.to_string()).into();
            value
        };
        Ok(self.answer(flags.output.json, json, || self.case_text(&case, &students, model.as_deref())))
    }

    fn case_text(&self, case: &Case, students: &[Registered], model: Option<&str>) -> String {
        let language = self.language();
        let mut sheet = Sheet::new(language);
        sheet.line("问题", "case", case.id);
        sheet.line("类别", "class", words::case_class(case.class, language));
        sheet.line("县级代码", "county", format!("{:06}", case.county));
        sheet.line("提出时间", "opened", case.opened);
        sheet.line("判定模型", "judged by", model.unwrap_or_default());
        match &case.state {
            CaseState::Open => {
                sheet.line("处理办法", "what may be done", words::case_action(case.class, language));
            }
            CaseState::Resolved { at, resolution, operator, reason } => {
                let how = words::resolution(resolution, language);
                sheet.line("已处理", "settled", format!("{at}  {operator}  {how}: {reason}"));
            }
        }
        let number = case.number.map(|number| number.to_string()).unwrap_or_default();
        sheet.line("涉及的学籍号", "registry number", number);
        sheet.line("缺项", "missing", words::codes(&case.missing.join("|"), language));
        if let Some(proposal) = &case.proposal {
            let merged: Vec<String> = proposal.merged.iter().map(|id| format!("student:{id}")).collect();
            let survivor = format!("student:{}", proposal.survivor);
            sheet.line("建议归并", "proposed merge", format!("{} -> {survivor}", merged.join(" ")));
        }
        for link in &case.links {
            let reasons = words::codes(&link.reasons, language);
            let records = format!("{} / {}", link.a, link.b);
            sheet.line(
                "依据（记录）",
                "evidence (records)",
                format!("{records}  {reasons}  {:.6}", link.p_same),
            );
        }
        for student in students {
            let raised = match student.id == case.subject {
                true => language.pick("—— 提出问题的学生", "-- the one who raised it"),
                false => "--",
            };
            sheet.plain("").plain(raised);
            student_sheet(&mut sheet, student);
        }
        sheet.finish()
    }

    /// Settles a case.
    pub(super) fn case_resolve(&self, flags: ResolveFlags) -> Result<Exit> {
        let Some(case) = flags.case.map(CaseId::new) else { return self.cases_resolve(&flags) };
        let operator = operator(flags.operator.as_deref())?;
        let registry = self.write()?;
        let student = |text: &str| given::student_id(&registry, text);
        let mut correction = None;
        let has_fields = flags.student.is_stdin || !flags.student.given.is_empty();
        let resolution = if let Some(text) = &flags.correct {
            let id = student(text)?;
            let mut record = registry.student_by_id(id)?.map(|student| student.record).unwrap_or_default();
            record.set(given::fields(flags.student)?);
            correction = Some(record);
            Resolution::Corrected { student: id }
        } else if has_fields {
            return Err(Error::refused(
                "fields of a student go with --correct only",
                "学生信息只能与 --correct 一起给出",
            ));
        } else if let Some(text) = &flags.delete {
            Resolution::Deleted { student: student(text)? }
        } else if flags.different {
            Resolution::ProvedDifferent { owner: flags.owner.as_deref().map(student).transpose()? }
        } else if flags.same {
            Resolution::ProvedSame { with: flags.with.as_deref().map(student).transpose()? }
        } else {
            Resolution::Noted
        };
        let reason = flags.reason.unwrap_or_default();
        let settled = registry.resolve(case, resolution, correction, &operator, &reason)?;
        let mut names = Vec::with_capacity(settled.len());
        for one in &settled {
            names.push(name_of(&registry, one.student)?);
        }
        let json = || {
            let became = |one: &crate::registry::Settled| {
                let mut value = enrolled_json(&one.outcome);
                value["student"] = one.student.get().into();
                value
            };
            json!({ "case": case.get(), "settled": settled.iter().map(became).collect::<Vec<Value>>() })
        };
        let text = || {
            let language = self.language();
            let mut sheet = Sheet::new(language);
            sheet.line("问题已处理", "settled", case);
            for one in &settled {
                let student = format!("student:{}", one.student);
                sheet.line(&student, &student, enrolled_line(&one.outcome, language));
            }
            sheet.finish()
        };
        Ok(self.answer(flags.output.json, json, text))
    }
}

fn case_json(case: &Case) -> Value {
    let mut value = json!({
        "case": case.id.get(),
        "class": case.class.code(),
        "county": format!("{:06}", case.county),
        "is_open": case.is_open(),
        "opened": case.opened.to_string(),
        "subject": case.subject.get(),
        "student_ids": case.students.iter().map(|id| id.get()).collect::<Vec<_>>(),
        "missing": case.missing,
        "proposal": case.proposal.as_ref().map(|proposal| json!({
            "survivor": proposal.survivor.get(),
            "merged": proposal.merged.iter().map(|id| id.get()).collect::<Vec<_>>(),
        })),
    });
    if let CaseState::Resolved { at, resolution, operator, reason } = &case.state {
        value["resolved"] = json!({
            "at": at.to_string(), "resolution": resolution.code(), "operator": operator, "reason": reason
        });
    }
    value
}

fn link_json(link: &Link) -> Value {
    let levels: Map<String, Value> = Field::ALL
        .into_iter()
        .zip(link.levels.split('|'))
        .map(|(field, level)| (field.code().to_owned(), level.into()))
        .collect();
    json!({
        "record_a": link.a.get(),
        "record_b": link.b.get(),
        "verdict": link.verdict,
        "reasons": codes_json(&link.reasons),
        "p_same": link.p_same,
        "p_sibling": link.p_sibling,
        "weight": link.weight,
        "levels": levels,
    })
}
