//! Head counts from up to four sources, each held against each; and the records behind a difference.

use std::collections::BTreeMap;

use super::agreement::{hold, read_past};
use super::config::place;
use super::desk::{Desk, Piece};
use crate::cli::config::Input;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::reconcile::{Agreement, Behind, HeadCell, Headcount, behind, count_differences, shared_axes};
use crate::report::reconcile::{BehindLine, CountLine, words, write_counts};
use crate::student::{Detail, Details, Origin, Student};

/// A roll whose records are known: where each is counted, and its id.
#[derive(Default)]
struct Heads {
    count: Headcount,
    cells: BTreeMap<Origin, HeadCell>,
    ids: BTreeMap<Origin, Box<str>>,
}

/// A record behind a difference, with its own texts.
struct Line {
    counts: [&'static str; 2],
    records: [String; 2],
    why: Behind,
}

pub(super) fn run(desk: &mut Desk<'_>) -> Result<()> {
    let config = desk.config;
    let day = config.day;
    let ours = match &config.ours {
        Input::Registry(..) => "registry",
        Input::Files(_) => "ours",
    };
    let held = hold(desk, &config.ours, |student, details| HeadCell::of_pupil(student, details, day))?;
    desk.note_ours(held.read);
    let mut counts: Vec<(&'static str, Headcount)> = Vec::new();
    let mut own = Headcount::default();
    held.notes.iter().for_each(|cell| own.add(*cell, 1));
    counts.push((ours, own));

    let mut lines: Vec<Line> = Vec::new();
    let others = [
        ("submitted", config.has_theirs().then_some(&config.theirs)),
        ("population", config.population.as_ref()),
    ];
    for (name, input) in others {
        let Some(input) = input else { continue };
        let is_population = name == "population";
        let heads = heads(desk, input, |student, details| match is_population {
            true => HeadCell::of_resident(student, day),
            false => Some(HeadCell::of_pupil(student, details, day)),
        })?;
        let (found, read) = read_past(desk, &held.people, input)?;
        desk.note_other(name, read);
        let cells: Vec<(HeadCell, Agreement)> =
            held.notes.iter().copied().zip(found.people.iter().copied()).collect();
        let axes = shared_axes(&counts[0].1, &heads.count);
        for (our, their, why) in behind(&cells, &heads.cells, &axes) {
            let our = our.and_then(|at| held.people.at(at)).map(|person| held.people.id(person));
            let their = their.and_then(|origin| heads.ids.get(&origin));
            lines.push(Line {
                counts: [ours, name],
                records: [our.unwrap_or_default().to_owned(), their.map_or("", |id| &**id).to_owned()],
                why,
            });
        }
        counts.push((name, heads.count));
    }
    if let Some(input) = &config.statistics {
        counts.push(("statistics", statistics(desk, input)?));
    }
    if counts.len() < 2 {
        return Err(Error::refused(
            "counts: nothing to compare with; give --theirs, --population or --statistics",
            "四对账：没有可比对的数据；请给出 --theirs、--population 或 --statistics",
        ));
    }
    write(desk, &counts, &lines)
}

/// Counts a roll whose records are known.
fn heads(
    desk: &mut Desk<'_>,
    input: &Input,
    cell: impl Fn(&Student<'_>, &dyn Details) -> Option<HeadCell> + Sync,
) -> Result<Heads> {
    let mut heads = Heads::default();
    super::roll::read(
        input,
        desk.terminal,
        Vec::new,
        |piece: &mut Vec<(Origin, HeadCell, Box<str>)>, student, details, origin| {
            if let Some(cell) = cell(student, details) {
                piece.push((origin, cell, student.record_id.into()));
            }
        },
        |piece, _, _| {
            for (origin, cell, id) in piece {
                heads.count.add(cell, 1);
                heads.cells.insert(origin, cell);
                heads.ids.insert(origin, id);
            }
            Ok(())
        },
    )?;
    Ok(heads)
}

/// Reads a statistics file: each row stands for as many heads as it says.
fn statistics(desk: &mut Desk<'_>, input: &Input) -> Result<Headcount> {
    let day = desk.config.day;
    let mut count = Headcount::default();
    let mut unreadable: Vec<Origin> = Vec::new();
    let read = desk.read(
        input,
        || (Headcount::default(), Vec::new()),
        |piece: &mut Piece<(Headcount, Vec<Origin>)>, student, details, origin| {
            let heads = details.detail(Detail::Count);
            match heads.trim().replace([',', '，'], "").parse::<u64>() {
                Ok(heads) => piece.value.0.add(HeadCell::of_pupil(student, details, day), heads),
                Err(_) => piece.value.1.push(origin),
            }
        },
        |(part, mut bad)| {
            count.append(part);
            unreadable.append(&mut bad);
            Ok(())
        },
    )?;
    desk.note_other("statistics", read);
    if let Some(first) = unreadable.first() {
        let place = place(input, *first);
        let more = unreadable.len();
        return Err(Error::refused(
            format!("{place}: the count is no whole number ({more} such rows)"),
            format!("{place}：人数不是整数（共 {more} 行）"),
        ));
    }
    Ok(count)
}

fn write(desk: &mut Desk<'_>, counts: &[(&'static str, Headcount)], behind: &[Line]) -> Result<()> {
    let language = desk.language();
    let mut lines: Vec<CountLine> = Vec::new();
    for (name, count) in counts {
        let (name, heads) = (words::count(name, language), count.total());
        desk.remarks.push(match language {
            Language::Zh => format!("{heads:>10}  人：{name}"),
            Language::En => format!("{heads:>10}  heads: {name}"),
        });
    }
    for (at, (first, a)) in counts.iter().enumerate() {
        for (second, b) in &counts[at + 1..] {
            let found = count_differences(a, b);
            let of_pair = [*first, *second].map(|count| words::count(count, language));
            let cells = found.iter().filter(|difference| difference.depth == shared_axes(a, b).len()).count();
            desk.remarks.push(match language {
                Language::Zh => format!("{cells:>10}  处不一致：{} 与 {}", of_pair[0], of_pair[1]),
                Language::En => format!("{cells:>10}  cells differ: {} and {}", of_pair[0], of_pair[1]),
            });
            lines.extend(
                found.into_iter().map(|difference| CountLine { counts: [*first, *second], difference }),
            );
        }
    }
    behind.iter().for_each(|line| desk.count(line.why.code()));
    let behind: Vec<BehindLine<'_>> = behind
        .iter()
        .map(|line| BehindLine {
            counts: line.counts,
            records: [&line.records[0], &line.records[1]],
            why: line.why,
        })
        .collect();
    desk.problems = lines.len() as u64;
    Ok(write_counts(&desk.directory, &lines, &behind, language)?)
}
