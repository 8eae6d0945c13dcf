//! Registrations against admissions: both rolls compared as one, then told by candidate number.

use super::desk::{Desk, Piece};
use crate::cli::config::Input;
use crate::cli::progress::PhaseProgress;
use crate::dedupe::{Batch, Dedupe, Findings, RowId, Settings};
use crate::error::Result;
use crate::identity::region::RegionCode;
use crate::reconcile::{AdmissionStanding, CandidateNumbers, admissions};
use crate::report::reconcile::{AdmissionLine, Shown, write_admissions};
use crate::student::Detail;

pub(super) fn run(desk: &mut Desk<'_>) -> Result<()> {
    let config = desk.config;
    let mut dedupe = Dedupe::new(Settings::default());
    let mut numbers = CandidateNumbers::default();
    for (at, input) in [&config.ours, &config.theirs].into_iter().enumerate() {
        let batches = dedupe.batches();
        let read = desk.read(
            input,
            || (batches.take(), CandidateNumbers::default()),
            |piece: &mut Piece<(Batch, CandidateNumbers)>, student, details, origin| {
                let (batch, numbers) = &mut piece.value;
                batch.push(student, origin);
                numbers.insert(origin, &details.detail(Detail::CandidateNumber));
                piece.issues.append(&mut batch.take_issues());
            },
            |(batch, more)| {
                dedupe.add(batch)?;
                numbers.append(more);
                Ok(())
            },
        )?;
        if at == 0 { desk.note_ours(read) } else { desk.note_other("admissions", read) }
    }
    let findings = dedupe.run(&config.model, &PhaseProgress::new(desk.terminal))?;
    let found = admissions(&findings, first_file(&config.theirs), &numbers);
    let lines: Vec<AdmissionLine> = found
        .into_iter()
        .map(|line| {
            let id = |row: Option<RowId>| row.map(|row| own_id(&findings, row)).unwrap_or_default();
            let subject = line.ours.or(line.theirs);
            let identity = subject.map(|row| findings.records.identity(row)).unwrap_or_default();
            AdmissionLine {
                county: identity.place.and_then(|place| place.county()).map_or(0, RegionCode::get),
                standing: line.standing,
                records: [id(line.ours), id(line.theirs), id(line.other)],
                differences: line.differences,
                person: match line.standing {
                    AdmissionStanding::Registered => Shown::default(),
                    _ => Shown::of_identity(&identity, config.personal),
                },
            }
        })
        .collect();
    lines.iter().for_each(|line| desk.count(line.standing.code()));
    desk.problems = write_admissions(&desk.directory, &lines, desk.language())?;
    if let Input::Registry(..) = config.ours {
        let remark = desk.language().pick(
            "学籍库不存考生号：按身份信息比对",
            "a registry keeps no candidate numbers: compared by identity",
        );
        desk.remarks.push(remark.to_owned());
    }
    Ok(())
}

/// The id that the office gave: both rolls may well use the same ones, which the check tells apart by an ending.
fn own_id(findings: &Findings, row: RowId) -> String {
    findings.records.given_id(row).to_owned()
}

/// The number of a roll's first file.
fn first_file(input: &Input) -> u16 {
    match input {
        Input::Files(sources) => sources.first().map_or(u16::MAX, crate::source::Source::file),
        Input::Registry(..) => 0,
    }
}
