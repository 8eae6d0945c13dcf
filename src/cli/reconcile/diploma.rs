//! Diplomas against records.

use super::config::place;
use super::desk::{Desk, Piece};
use crate::cli::config::Input;
use crate::error::Result;
use crate::language::Language;
use crate::reconcile::{Diploma, DiplomaField, DiplomaStanding, Place, diplomas};
use crate::report::mask;
use crate::report::reconcile::{DiplomaLine, Shown, words, write_diplomas};
use crate::report::shown::Personal;
use crate::source::Source;

pub(super) fn run(desk: &mut Desk<'_>) -> Result<()> {
    let config = desk.config;
    let ours = read(desk, &config.ours, None)?;
    let theirs = read(desk, &config.theirs, Some("diplomas"))?;
    let shared: Vec<DiplomaField> = DiplomaField::ALL
        .into_iter()
        .filter(|field| has(&config.ours, *field) && has(&config.theirs, *field))
        .collect();
    let matches = diplomas(&ours, &theirs, &shared);
    let personal = config.personal;
    let lines: Vec<DiplomaLine<'_>> = matches
        .iter()
        .map(|found| {
            let record = found.record.map(|at| &ours[at]);
            let diploma = found.diploma.map(|at| &theirs[at]);
            DiplomaLine {
                record: record.map_or("", |record| &record.record_id),
                diploma: diploma.map_or("", |diploma| &diploma.record_id),
                place: diploma.map(|diploma| place(&config.theirs, diploma.origin)).unwrap_or_default(),
                standing: found.standing,
                differences: &found.differences,
                person: match diploma.or(record).filter(|_| found.standing != DiplomaStanding::Equal) {
                    Some(diploma) => person(diploma, personal),
                    None => Shown::default(),
                },
            }
        })
        .collect();
    lines.iter().for_each(|line| desk.count(line.standing.code()));
    let language = desk.language();
    desk.problems = write_diplomas(&desk.directory, &lines, language)?;
    let left: Vec<&str> = DiplomaField::ALL
        .into_iter()
        .filter(|field| !shared.contains(field))
        .map(|field| words::field(field.code(), language))
        .collect();
    if !left.is_empty() {
        let fields = left.join(language.pick("、", ", "));
        desk.remarks.push(match language {
            Language::Zh => format!("一方没有而未比对的项：{fields}"),
            Language::En => format!("fields that one roll has no column for, not compared: {fields}"),
        });
    }
    Ok(())
}

fn read(desk: &mut Desk<'_>, input: &Input, name: Option<&str>) -> Result<Vec<Diploma>> {
    let mut all: Vec<Diploma> = Vec::new();
    let read = desk.read(
        input,
        Vec::new,
        |piece: &mut Piece<Vec<Diploma>>, student, details, origin| {
            piece.value.push(Diploma::of(student, details, origin));
        },
        |mut piece| {
            all.append(&mut piece);
            Ok(())
        },
    )?;
    match name {
        None => desk.note_ours(read),
        Some(name) => desk.note_other(name, read),
    }
    Ok(all)
}

/// Whether a roll has a column for a field; a registry has those of its records.
fn has(input: &Input, field: DiplomaField) -> bool {
    let in_file = |source: &Source| match field.place() {
        Place::Column(column) => source.layout().fields().any(|(known, _)| known == column),
        Place::Detail(detail) => source.layout().has(detail),
    };
    match input {
        Input::Files(sources) => sources.iter().any(in_file),
        Input::Registry(..) => matches!(field.place(), Place::Column(_)),
    }
}

fn person(diploma: &Diploma, personal: Personal) -> Shown {
    let (name, number) = (diploma.text(DiplomaField::Name), diploma.text(DiplomaField::IdNumber));
    match personal {
        Personal::Masked => {
            Shown { name: mask::name(name), number: mask::number(number), ..Shown::default() }
        }
        Personal::Shown => Shown { name: name.to_owned(), number: number.to_owned(), ..Shown::default() },
    }
}
