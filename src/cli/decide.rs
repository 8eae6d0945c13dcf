//! `renji decide`: what people have decided about pairs, applied to a result; a new result comes out.

use std::collections::HashMap;

use super::config::{self, Again};
use super::dedupe;
use super::exit::Exit;
use super::flags::DecisionsFlags;
use super::interrupt::Unfinished;
use super::messages::{Message, Step};
use super::progress::Progress;
use super::terminal::Terminal;
use crate::dedupe::{Decision, DecisionKind, Findings, RowId};
use crate::error::{Error, Result};
use crate::report::{
    DecisionFault, DecisionRow, ListFormat, OutputDirectory, RejectedList, Summary, read_decisions,
    write_decisions, write_findings, write_model_of_result, write_page,
};

/// The list of decisions that a result keeps.
const DECISIONS: &str = "decisions";

/// Runs the command.
pub(super) fn run(flags: &DecisionsFlags, terminal: &Terminal) -> Result<Exit> {
    let existing = config::existing(flags.force);
    config::check_output(flags.page.report.as_deref(), &flags.files, existing)?;
    let again = Again::open(&flags.result, &flags.files)?;
    again.check_apart(&flags.out, &flags.decisions)?;
    // What was decided before still holds, unless it is decided anew.
    let before = ListFormat::find(&flags.result, DECISIONS);
    let before = if before.is_file() { read_decisions(&before)? } else { Vec::new() };
    let rows = read_decisions(&flags.decisions)?;
    config::pool(flags.threads)?.install(|| apply(flags, &again, &before, rows, terminal))
}

fn apply(
    flags: &DecisionsFlags,
    again: &Again,
    before: &[DecisionRow],
    rows: Vec<DecisionRow>,
    terminal: &Terminal,
) -> Result<Exit> {
    let begun = std::time::Instant::now();
    let (existing, personal) = (config::existing(flags.force), config::personal(flags.page.unmasked));
    let lists = config::list_format(flags.format)?;
    let make = || Ok(OutputDirectory::create(&flags.out, existing)?.with_format(lists));
    let (directory, unfinished) = Unfinished::make::<_, Error>(make, OutputDirectory::temporary)?;
    let earlier = &again.earlier;
    let mut list = RejectedList::create(&directory, terminal.language())?;
    let (findings, read) = super::report::recall(again, Some(&mut list), terminal)?;

    let Book { mut taken, mut faults } = Book::new(&findings, before, rows);
    let decisions: Vec<Decision> = taken.iter().map(|taken| taken.decision).collect();
    let (findings, refused) = findings.decide(&decisions, &earlier.model);
    faults.extend(refused.iter().map(|refused| {
        let (row, against) = (&taken[refused.decision], &taken[refused.against]);
        (row.is_new, row.row.row, DecisionFault::Contradicts(against.row.row))
    }));
    let mut at = 0..;
    taken.retain(|_| {
        let at = at.next();
        !refused.iter().any(|refused| Some(refused.decision) == at)
    });
    faults.sort_by_key(|(is_new, row, _)| (!is_new, *row));
    let [new, old] = [flags.decisions.clone(), ListFormat::find(&flags.result, DECISIONS)]
        .map(|path| path.display().to_string());
    for (is_new, row, fault) in &faults {
        list.decision(if *is_new { &new } else { &old }, *row, *fault)?;
    }
    list.finish()?;

    let mut summary = Summary { inputs: read.inputs, ..earlier.summary.clone() };
    dedupe::count_pairs(&findings, &mut summary);
    let progress = Progress::begin(terminal, Step::Write, 1);
    summary.problem_records = write_findings(&directory, &findings, terminal.language())?;
    drop(progress);
    write_decisions(&directory, taken.iter().map(|taken| &taken.row))?;
    write_model_of_result(&directory, &earlier.model)?;
    summary.write(&directory)?;
    let page = match &flags.page.report {
        None => None,
        Some(_) => Some(dedupe::page(&again.input, &findings, &summary, &earlier.model, personal, terminal)?),
    };
    unfinished.publish(|| directory.publish())?;
    if let (Some(path), Some(page)) = (&flags.page.report, &page) {
        write_page(path, existing, personal, page)?;
    }
    terminal.say(&Message::Decided { applied: taken.len(), rejected: faults.len(), lists });
    let out = flags.out.display().to_string();
    terminal.say(&Message::Done { out: &out, seconds: begun.elapsed().as_secs_f64() });
    Ok(if flags.strict && !faults.is_empty() { Exit::RejectedRows } else { Exit::Done })
}

/// A decision and the row it stands in.
struct Taken {
    row: DecisionRow,
    decision: Decision,
    /// Whether the row is of the file that was given, and not of the result's own.
    is_new: bool,
}

/// Decisions, each pair once, and the rows that are none.
#[derive(Default)]
struct Book {
    taken: Vec<Taken>,
    /// Whether the row is of the file that was given; the row; what is wrong.
    faults: Vec<(bool, u32, DecisionFault)>,
}

impl Book {
    /// What stands of decisions from before and of new ones, which take their place.
    fn new(findings: &Findings, before: &[DecisionRow], rows: Vec<DecisionRow>) -> Book {
        let ids = before.iter().chain(&rows).flat_map(|row| row.records.iter().map(String::as_str));
        let known: HashMap<String, RowId> =
            findings.rows(ids).into_iter().map(|(id, row)| (id.to_owned(), row)).collect();
        let mut book = Book::default();
        let mut decided: HashMap<(RowId, RowId), usize> = HashMap::new();
        for row in rows {
            let (decision, key) = match decision(&row, &known) {
                Ok(decision) => (decision, (decision.a.min(decision.b), decision.a.max(decision.b))),
                Err(fault) => {
                    book.faults.push((true, row.row, fault));
                    continue;
                }
            };
            match decided.get(&key).map(|at| &book.taken[*at]) {
                None => {
                    decided.insert(key, book.taken.len());
                    book.taken.push(Taken { row, decision, is_new: true });
                }
                Some(known) if known.decision.kind == decision.kind => {}
                Some(known) => book.faults.push((true, row.row, DecisionFault::Decided(known.row.row))),
            }
        }
        for row in before {
            // They were applied once; a record that is gone meanwhile cannot be, for the input is the same.
            let Ok(decision) = decision(row, &known) else { continue };
            let key = (decision.a.min(decision.b), decision.a.max(decision.b));
            if let std::collections::hash_map::Entry::Vacant(free) = decided.entry(key) {
                free.insert(book.taken.len());
                book.taken.push(Taken { row: row.clone(), decision, is_new: false });
            }
        }
        book
    }
}

/// What a row says, if it can be applied at all.
fn decision(
    row: &DecisionRow,
    known: &HashMap<String, RowId>,
) -> std::result::Result<Decision, DecisionFault> {
    let kind: DecisionKind = row.kind.ok_or(DecisionFault::Unknown)?;
    if row.operator.is_empty() {
        return Err(DecisionFault::NoOperator);
    }
    let record = |id: &String, column| known.get(id).copied().ok_or(DecisionFault::UnknownRecord(column));
    let (a, b) = (record(&row.records[0], "record_a")?, record(&row.records[1], "record_b")?);
    if a == b {
        return Err(DecisionFault::OneRecord);
    }
    Ok(Decision { a, b, kind })
}
