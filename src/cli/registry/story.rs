//! Journal entries as they may be shown: what was decided, without what was written about a person.

use serde_json::{Map, Value, json};

use super::sheet::{codes_json, enrolled_json, enrolled_line};
use crate::language::Language;
use crate::registry::{Enrolled, Entry, Event};
use crate::report::{mask, registry_words as words};

/// An entry as JSON.
pub(super) fn entry_json(entry: &Entry) -> Value {
    let mut object = Map::new();
    object.insert("sequence".to_owned(), entry.sequence.get().into());
    object.insert("at".to_owned(), entry.at.to_string().into());
    object.insert("by".to_owned(), entry.by.as_str().into());
    object.insert("event".to_owned(), entry.event.code().into());
    if let Value::Object(details) = details(&entry.event) {
        object.extend(details);
    }
    Value::Object(object)
}

/// What an event says, as JSON.
fn details(event: &Event) -> Value {
    match event {
        Event::Created(settings) => json!({
            "scope": settings.scope, "population_check": settings.population_check
        }),
        Event::Enrolled { request, student, record, answer, .. } => {
            let mut value = enrolled_json(&Enrolled::from(answer.clone()));
            value["request"] = request.as_str().into();
            value["student"] = student.get().into();
            value["record"] = record.map(|record| record.get()).into();
            value
        }
        Event::CaseOpened(case) => json!({ "case": case.id.get(), "class": case.class.code() }),
        Event::CaseExtended { case, .. } => json!({ "case": case.get() }),
        Event::CaseResolved { case, resolution, reason } => json!({
            "case": case.get(), "resolution": resolution.code(), "reason": reason
        }),
        Event::ToldApart { case, pairs } => json!({
            "case": case.get(),
            "pairs": pairs.iter().map(|(a, b)| [a.get(), b.get()]).collect::<Vec<_>>(),
        }),
        Event::Disowned { student, document } => json!({
            "student": student.get(), "document": mask::number(document)
        }),
        Event::Numbered { student, number, why } => json!({
            "student": student.get(), "registry_number": number.as_str(), "reasons": codes_json(why)
        }),
        Event::Amended { student, record, on, reason, .. } => json!({
            "student": student.get(), "record": record.get(), "on": day(*on), "reason": reason
        }),
        Event::Life { student, event, on, source } => json!({
            "student": student.get(), "kind": event.code(), "on": day(*on), "source": source
        }),
        Event::Merged { survivor, merged, reason, .. } | Event::Unmerged { survivor, merged, reason, .. } => {
            json!({ "survivor": survivor.get(), "merged": merged.get(), "reason": reason })
        }
        Event::Retired { student, reason } => json!({ "student": student.get(), "reason": reason }),
        Event::RetiredWith { students, reason } => json!({
            "students": students.iter().map(|student| student.get()).collect::<Vec<_>>(), "reason": reason
        }),
        Event::Approved { until, .. } => json!({ "until": until.to_string() }),
        Event::Exported { students, .. } => json!({ "students": students }),
        Event::ModelChosen { name, digest, .. } => json!({ "name": name, "digest": digest.to_string() }),
        Event::Loaded { outcomes, .. } => json!({ "rows": outcomes.iter().flatten().count() }),
        Event::Founded { settings, delegated, .. } => json!({
            "scope": settings.scope,
            "population_check": settings.population_check,
            "delegated": delegated,
        }),
        Event::Bound { pairs, .. } => json!({
            "pairs": pairs.iter().map(|(a, b)| [a.get(), b.get()]).collect::<Vec<_>>(),
        }),
        Event::Learnt { notice, students, .. } => json!({
            "fact": notice.fact.code(),
            "said_by": notice.by,
            "said_at": notice.stamp.at.to_string(),
            "system": notice.stamp.system.to_string(),
            "students": students.iter().map(|student| student.get()).collect::<Vec<_>>(),
        }),
        Event::Concluded(event) => json!({ "concluded": event.code(), "details": details(event) }),
        Event::Renumbered { student, number, .. } => json!({
            "student": student.get(), "registry_number": number.map(|number| number.to_string())
        }),
        Event::Received(position) => json!({
            "system": position.system.to_string(), "up_to": position.sequence.get()
        }),
    }
}

/// An entry for a person.
pub(super) fn entry_line(entry: &Entry, language: Language) -> String {
    let what = words::event(&entry.event, language);
    let event = match &entry.event {
        Event::Concluded(event) => event.as_ref(),
        event => event,
    };
    let details = match event {
        Event::Created(_)
        | Event::Founded { .. }
        | Event::ToldApart { .. }
        | Event::Bound { .. }
        | Event::Concluded(_) => String::new(),
        Event::Learnt { notice, .. } => {
            format!("{}, {}, {}", notice.fact.code(), notice.by, notice.stamp.system)
        }
        Event::Renumbered { number, .. } => number.map_or(String::new(), |number| number.to_string()),
        Event::Received(position) => format!("{}, {}", position.system, position.sequence),
        Event::Enrolled { answer, .. } => enrolled_line(&Enrolled::from(answer.clone()), language),
        Event::CaseOpened(case) => format!("{}, {}", case.id, words::case_class(case.class, language)),
        Event::CaseExtended { case, .. } => case.to_string(),
        Event::CaseResolved { case, resolution, reason } => {
            format!("{case}, {}: {reason}", words::resolution(resolution, language))
        }
        Event::Disowned { document, .. } => mask::number(document),
        Event::Numbered { number, .. } => number.to_string(),
        Event::Amended { on, reason, .. } => joined([day(*on).unwrap_or_default(), reason.clone()]),
        Event::Life { on, source, .. } => joined([day(*on).unwrap_or_default(), source.clone()]),
        Event::Merged { survivor, merged, reason, .. } | Event::Unmerged { survivor, merged, reason, .. } => {
            format!("student:{merged} / student:{survivor}: {reason}")
        }
        Event::Retired { reason, .. } | Event::RetiredWith { reason, .. } => reason.clone(),
        Event::Approved { until, .. } => until.to_string(),
        Event::Exported { students, .. } => students.to_string(),
        Event::ModelChosen { name, digest, .. } => format!("{name} ({})", digest.short()),
        Event::Loaded { outcomes, .. } => outcomes.iter().flatten().count().to_string(),
    };
    let details = if details.is_empty() { details } else { format!(": {details}") };
    format!("{}  {}  {}  {what}{details}", entry.sequence, entry.at, entry.by)
}

/// A day, unless it is that of the entry.
fn day(on: u32) -> Option<String> {
    (on > 0).then(|| on.to_string())
}

fn joined(parts: [String; 2]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}
