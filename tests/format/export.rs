//! What stands in a registry as text, one line each. Every field by its name: the derived `Debug` would say
//! something else as soon as a field is added.

use std::fmt::Write;

use renji::ids::{CaseId, Sequence, StudentId};
use renji::registry::{
    Answered, Case, CaseState, Effect, Event, Link, Notice, Registered, Registry, Resolution, Result,
    StudentState,
};
use renji::student::{OwnedDocument, OwnedStudent};

pub(crate) fn export(registry: &Registry) -> Result<String> {
    let mut text = String::new();
    let mut line = |what: String| writeln!(text, "{what}").expect("memory");
    let settings = registry.settings();
    line(format!("settings scope={:?} population_check={:?}", settings.scope, settings.population_check));
    for id in 0.. {
        let Some(found) = registry.student_by_id(StudentId::new(id))? else { break };
        line(student(&found));
        for record in registry.records(&found)? {
            let (id, at, is_live) = (record.id, record.at, record.is_live);
            line(format!("  record {id} at={at} live={is_live} {}", given(&record.given)));
        }
    }
    for id in 1.. {
        let Ok(found) = registry.case(CaseId::new(id)) else { break };
        line(case(&found));
        found.links.iter().for_each(|found| line(link(found)));
    }
    for change in registry.changes(Sequence::new(0), usize::MAX)? {
        let entry = change.entry()?;
        let chain = hex(&change.chain);
        let (sequence, at, by) = (entry.sequence, entry.at, &entry.by);
        line(format!("entry {sequence} at={at} by={by} {} {chain}", told(&entry.event)));
    }
    let statistics = registry.statistics()?;
    line(format!("sequence {}", statistics.sequence));
    line(format!("numbered {} records {}", statistics.numbered, statistics.records));
    line(format!(
        "kinds G={} J={} L={}",
        statistics.by_kind[0], statistics.by_kind[1], statistics.by_kind[2]
    ));
    for (status, count) in &statistics.by_status {
        line(format!("status {} {count}", status.code()));
    }
    for (class, count) in &statistics.open_cases {
        line(format!("open {} {count}", class.code()));
    }
    for (table, rows) in &statistics.rows {
        line(format!("table {table} {rows}"));
    }
    Ok(text)
}

/// Things joined by commas.
fn listed<T: ToString>(things: impl IntoIterator<Item = T>) -> String {
    things.into_iter().map(|thing| thing.to_string()).collect::<Vec<_>>().join(",")
}

fn optional<T: ToString>(thing: Option<T>) -> String {
    thing.map_or_else(|| "-".to_owned(), |thing| thing.to_string())
}

fn student(found: &Registered) -> String {
    let StudentState {
        status,
        number,
        since,
        former,
        records,
        current,
        cases,
        not_theirs,
        merged_into,
        before_merge,
        inherited,
        live_before_merge,
        merged,
        entries,
        ..
    } = &found.state;
    let former = listed(former.iter().map(|former| format!("{}@{}", former.number, former.until)));
    format!(
        "student {} status={} number={} since={} former={former} records={} current={current} cases={} \
         not_theirs={} merged_into={} before_merge={} inherited={} live_before_merge={} merged={} entries={}",
        found.id,
        status.code(),
        optional(*number),
        optional(*since),
        listed(records),
        listed(cases),
        listed(not_theirs),
        optional(*merged_into),
        optional(before_merge.map(|status| status.code())),
        listed(inherited),
        listed(live_before_merge),
        listed(merged),
        listed(entries),
    )
}

fn document(document: &OwnedDocument) -> String {
    format!("{}:{}", document.kind, document.number)
}

/// The cells that are not empty.
fn given(record: &OwnedStudent) -> String {
    let guardians = record
        .guardians
        .iter()
        .map(|guardian| format!("{}({},{})", guardian.name, document(&guardian.document), guardian.phone));
    let cells = [
        ("record_id", record.record_id.clone()),
        ("documents", listed(record.documents.iter().map(document))),
        ("name", record.name.clone()),
        ("former_name", record.former_name.clone()),
        ("sex", record.sex.clone()),
        ("birthdate", record.birthdate.clone()),
        ("region", record.region.clone()),
        ("guardians", listed(guardians)),
        ("phone", record.phone.clone()),
        ("address", record.address.clone()),
        ("school_code", record.school_code.clone()),
        ("enrolled", record.enrolled.clone()),
        ("former_number", record.former_number.clone()),
    ];
    let cells = cells.iter().filter(|(_, cell)| !cell.is_empty());
    cells.map(|(name, cell)| format!("{name}={cell}")).collect::<Vec<_>>().join(" ")
}

fn case(found: &Case) -> String {
    let proposal = found
        .proposal
        .as_ref()
        .map(|proposal| format!("{}<-{}", proposal.survivor, listed(&proposal.merged)));
    let state = match &found.state {
        CaseState::Open => "open".to_owned(),
        CaseState::Resolved { at, resolution: how, operator, reason } => {
            format!("resolved({at},{},{operator},{reason})", resolution(how))
        }
    };
    format!(
        "case {} class={} county={} subject={} students={} records={} proposal={} number={} missing={} opened={} \
         state={state}",
        found.id,
        found.class.code(),
        found.county,
        found.subject,
        listed(&found.students),
        listed(&found.records),
        optional(proposal),
        optional(found.number),
        listed(&found.missing),
        found.opened,
    )
}

fn link(link: &Link) -> String {
    format!(
        "  link {}-{} {} {} p_same={:?} p_sibling={:?} weight={:?} {}",
        link.a, link.b, link.verdict, link.reasons, link.p_same, link.p_sibling, link.weight, link.levels
    )
}

fn resolution(resolution: &Resolution) -> String {
    let whom = match resolution {
        Resolution::ProvedDifferent { owner } => optional(*owner),
        Resolution::ProvedSame { with } => optional(*with),
        Resolution::Corrected { student } | Resolution::Deleted { student } => student.to_string(),
        Resolution::Noted => String::new(),
    };
    format!("{} {whom}", resolution.code())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a notice changed.
fn learnt(effect: &Effect) -> String {
    match effect {
        Effect::Noted => "noted".to_owned(),
        Effect::Record { record, is_live, is_current, supersedes } => {
            format!("record={record} live={is_live} current={is_current} supersedes={}", listed(supersedes))
        }
        Effect::Status => "status".to_owned(),
        Effect::Retired => "retired".to_owned(),
        Effect::Disowned => "disowned".to_owned(),
    }
}

/// An event's name, and what only the event holds. What it changed stands with students and cases.
fn told(event: &Event) -> String {
    let own = match event {
        Event::Enrolled { request, student, record, answer, .. } => {
            let answer = match answer {
                Answered::Issued(number) => format!("issued {number}"),
                Answered::Existing { number, why } => format!("existing {number} {why}"),
                Answered::Held { case, reasons } => format!("held {case} {reasons}"),
            };
            format!("request={request} student={student} record={} {answer}", optional(*record))
        }
        Event::CaseOpened(case) => case.id.to_string(),
        Event::CaseExtended { case, students, records, .. } => {
            format!("{case} students={} records={}", listed(students), listed(records))
        }
        Event::CaseResolved { case, resolution: how, reason } => {
            format!("{case} {} {reason}", resolution(how))
        }
        Event::ToldApart { case, pairs } => {
            format!("{case} {}", listed(pairs.iter().map(|(a, b)| format!("{a}-{b}"))))
        }
        Event::Disowned { student, document } => format!("student={student} document={document}"),
        Event::Numbered { student, number, why } => format!("student={student} number={number} {why}"),
        Event::Amended { student, record, supersedes, on, reason, .. } => {
            format!("student={student} record={record} supersedes={} on={on} {reason}", listed(supersedes))
        }
        Event::Life { student, event, on, source } => {
            format!("student={student} {} on={on} {source}", event.code())
        }
        Event::Merged { survivor, merged, inherited, reason }
        | Event::Unmerged { survivor, merged, inherited, reason } => {
            format!("{survivor}<-{merged} inherited={} {reason}", listed(inherited))
        }
        Event::Retired { student, reason } => format!("student={student} {reason}"),
        Event::Approved { until, .. } => format!("until={until}"),
        Event::Exported { students, .. } => format!("students={students}"),
        Event::Founded { delegated, nonce, .. } => format!("delegated={} {}", listed(delegated), hex(nonce)),
        Event::Bound { pairs, bond } => {
            format!("{bond:?} {}", listed(pairs.iter().map(|(a, b)| format!("{a}-{b}"))))
        }
        Event::Learnt { notice, students, effect } => {
            let Notice { stamp, by, fact } = notice;
            let names = listed(fact.names().iter().map(|name| name.number));
            format!(
                "{} {names} said={}@{} of {} by={by} students={} {}",
                fact.code(),
                stamp.sequence,
                stamp.at,
                stamp.system,
                listed(students),
                learnt(effect)
            )
        }
        Event::Concluded(inner) => told(inner),
        Event::Renumbered { student, number, former } => {
            let former = listed(former.iter().map(|former| format!("{}@{}", former.number, former.until)));
            format!("student={student} number={} former={former}", optional(*number))
        }
        Event::Received(position) => {
            format!("{} of {} {}", position.sequence, position.system, hex(&position.chain))
        }
        Event::RetiredWith { students, reason } => format!("students={} {reason}", listed(students)),
        _ => String::new(),
    };
    format!("{} {own}", event.code())
}
