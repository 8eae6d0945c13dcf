//! A file loaded and the same file compared all with all: what the one finds, the other finds.
//!
//! Every `same` pair of the offline check ends at one student, or in a case that proposes the merge; every
//! `conflict` and every `review` in a case with both. And whatever a load joins or holds is a pair of the
//! offline check. In whatever order the rows come, in whatever pieces.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use renji::dedupe::{Batch, Dedupe, Findings};
use renji::identity::Identity;
use renji::ids::{RecordId, Sequence, StudentId};
use renji::matching::{FrequencyCounter, Model, Verdict};
use renji::registry::{CaseClass, Event, Registry, Settings, request_of};
use renji::student::{Origin, OwnedDocument, OwnedGuardian, OwnedStudent};
use renji::synth::{Config, Nation, Rates};

use crate::fixture::{Made, made_with};

/// The rows of a file with a header of column codes.
fn read(text: &str) -> Vec<OwnedStudent> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(cells);
    let header = lines.next().expect("a header");
    lines
        .map(|row| {
            let of = |name: &str| {
                let at = header.iter().position(|column| column == name);
                at.and_then(|at| row.get(at)).cloned().unwrap_or_default()
            };
            let document = |kind: &str, number: &str| OwnedDocument { kind: of(kind), number: of(number) };
            let guardian = |at: u8| OwnedGuardian {
                name: of(&format!("guardian{at}_name")),
                document: document(&format!("guardian{at}_id_type"), &format!("guardian{at}_id")),
                phone: of(&format!("guardian{at}_phone")),
            };
            let mut student = OwnedStudent {
                record_id: of("record_id"),
                documents: vec![document("id_type", "id_number"), document("id2_type", "id2_number")],
                name: of("name"),
                former_name: of("former_name"),
                sex: of("sex"),
                birthdate: of("birthdate"),
                region: of("region"),
                guardians: vec![guardian(1), guardian(2)],
                phone: of("phone"),
                address: of("address"),
                school_code: of("school_code"),
                enrolled: of("enrolled"),
                former_number: of("former_number"),
            };
            student.documents.retain(|document| !document.number.is_empty());
            student.guardians.retain(|guardian| *guardian != OwnedGuardian::default());
            student
        })
        .collect()
}

/// The cells of a line: quoted ones may hold commas, and no line breaks here.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut is_quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            _ => cells.last_mut().expect("a cell").push(character),
        }
    }
    cells
}

pub(crate) fn example() -> Vec<OwnedStudent> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/students.csv");
    read(&std::fs::read_to_string(path).expect("the example"))
}

pub(crate) fn nation(students: u64, seed: u64) -> Vec<OwnedStudent> {
    let mut file = Vec::new();
    let config = Config { students, seed, rates: Rates::default() };
    Nation::new(config).expect("a nation").write(&mut file, None).expect("rows");
    read(&String::from_utf8(file).expect("text"))
}

/// The offline check of rows; each record's origin is the place of its row.
fn compare(rows: &[OwnedStudent]) -> Findings {
    let mut batch = Batch::default();
    for (student, row) in rows.iter().zip(0..) {
        batch.push(&student.as_student(), Origin { file: 0, row });
    }
    let mut dedupe = Dedupe::default();
    dedupe.add(batch).expect("nothing is spilled");
    dedupe.run(&Model::default(), &()).expect("nobody cancels")
}

/// The rows loaded in an order, some at a time, judged with the counts of all of them.
pub(crate) fn load(rows: &[OwnedStudent], order: &[usize], piece: usize) -> Made {
    let made = made_with(Settings::default());
    let mut counter = FrequencyCounter::default();
    for student in rows {
        let identity = Identity::of(&student.as_student(), &mut Vec::new());
        if !identity.is_empty() {
            counter.add(&identity);
        }
    }
    let load = made.registry.load(counter).expect("counts");
    for piece in order.chunks(piece) {
        let students = piece.iter().map(|at| rows[*at].clone()).collect();
        load.enroll(students).expect("a batch");
    }
    load.finish().expect("counts");
    made
}

/// Rows in the order in which they came, backwards, and shuffled.
fn orders(rows: usize) -> [Vec<usize>; 3] {
    let given: Vec<usize> = (0..rows).collect();
    let backwards = given.iter().rev().copied().collect();
    let mut shuffled = given.clone();
    let mut state = 88_172_645_463_325_252_u64;
    for at in (1..rows).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        shuffled.swap(at, (state % (at as u64 + 1)) as usize);
    }
    [given, backwards, shuffled]
}

/// Where the rows ended.
struct Ends {
    /// The student of each row; `None` for one that was refused.
    of_row: Vec<Option<StudentId>>,
    /// The rows of each record.
    rows_of: HashMap<RecordId, Vec<usize>>,
    /// Students that open cases propose to merge, as one.
    proposed: HashMap<StudentId, StudentId>,
    /// Pairs of students that stand in one open case.
    in_case: BTreeSet<(StudentId, StudentId)>,
    /// Pairs of records that are linked in a case.
    links: Vec<(RecordId, RecordId)>,
}

fn root(sets: &HashMap<StudentId, StudentId>, mut student: StudentId) -> StudentId {
    while let Some(next) = sets.get(&student) {
        student = *next;
    }
    student
}

impl Ends {
    fn of(registry: &Registry, rows: &[OwnedStudent]) -> Ends {
        let mut merged: HashMap<StudentId, StudentId> = HashMap::new();
        let mut by_request: HashMap<String, (StudentId, Option<RecordId>)> = HashMap::new();
        for change in registry.changes(Sequence::new(0), usize::MAX).expect("changes") {
            match change.entry().expect("an entry").event {
                Event::Enrolled { request, student, record, .. } => {
                    by_request.insert(request, (student, record));
                }
                Event::Merged { survivor, merged: gone, .. } => {
                    merged.insert(gone, survivor);
                }
                _ => {}
            }
        }
        let (mut of_row, mut rows_of) = (Vec::new(), HashMap::<RecordId, Vec<usize>>::new());
        for (at, row) in rows.iter().enumerate() {
            let found = by_request.get(&request_of(&row.as_student())).copied();
            of_row.push(found.map(|(student, _)| root(&merged, student)));
            if let Some((_, Some(record))) = found {
                rows_of.entry(record).or_default().push(at);
            }
        }
        let (mut proposed, mut in_case, mut links) = (HashMap::new(), BTreeSet::new(), Vec::new());
        for case in registry.open_cases(None, None).expect("cases") {
            links.extend(case.links.iter().map(|link| (link.a, link.b)));
            for (at, a) in case.students.iter().enumerate() {
                in_case.extend(case.students[at + 1..].iter().map(|b| (*a.min(b), *a.max(b))));
            }
            if let (CaseClass::TwoRegistryNumbers, Some(proposal)) = (case.class, case.proposal) {
                for other in proposal.merged {
                    let (a, b) = (root(&proposed, proposal.survivor), root(&proposed, other));
                    if a != b {
                        proposed.insert(a.max(b), a.min(b));
                    }
                }
            }
        }
        Ends { of_row, rows_of, proposed, in_case, links }
    }
}

/// How pairs ended, by verdict and end.
type Figures = BTreeMap<(&'static str, &'static str), u64>;

/// Compares a load with the offline check; returns figures and what was lost, by the rows of the pair.
fn lost(findings: &Findings, ends: &Ends) -> (Figures, Vec<(usize, usize, String)>) {
    let (mut figures, mut lost) = (Figures::new(), Vec::new());
    let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut between: BTreeSet<(StudentId, StudentId)> = BTreeSet::new();
    for pair in &findings.pairs {
        let row = |row| findings.record(row).origin.row as usize;
        let (x, y) = (row(pair.a), row(pair.b));
        pairs.insert((x.min(y), x.max(y)));
        let (Some(a), Some(b)) = (ends.of_row[x], ends.of_row[y]) else {
            lost.push((x, y, "refused".to_owned()));
            continue;
        };
        between.insert((a.min(b), a.max(b)));
        let verdict = pair.judgement.verdict;
        let is_proposed = root(&ends.proposed, a) == root(&ends.proposed, b);
        let end = match () {
            () if a == b => "one student",
            () if is_proposed => "proposed",
            () if ends.in_case.contains(&(a.min(b), a.max(b))) => "in a case",
            () => "lost",
        };
        *figures.entry((verdict.code(), end)).or_default() += 1;
        let is_lost = match verdict {
            Verdict::Same => !matches!(end, "one student" | "proposed"),
            _ => end == "lost",
        };
        if is_lost {
            let reasons: Vec<_> = pair.judgement.reasons.codes().collect();
            lost.push((x, y, format!("{} {end} {}", verdict.code(), reasons.join("|"))));
        }
    }
    // The reverse: what the load joined or linked is joined by pairs of the offline check.
    for (a, b) in &ends.links {
        let (Some(x), Some(y)) = (ends.rows_of.get(a), ends.rows_of.get(b)) else { continue };
        let (x, y) = (x[0], y[0]);
        let (Some(a), Some(b)) = (ends.of_row[x], ends.of_row[y]) else { continue };
        let is_known = pairs.contains(&(x.min(y), x.max(y))) || between.contains(&(a.min(b), a.max(b)));
        *figures.entry(("link", if is_known { "known" } else { "unknown" })).or_default() += 1;
        if !is_known {
            lost.push((x, y, "a link the offline check has not".to_owned()));
        }
    }
    lost.extend(joined_without_a_pair(ends, &pairs));
    (figures, lost)
}

/// Rows of one student that no chain of pairs joins.
fn joined_without_a_pair(ends: &Ends, pairs: &BTreeSet<(usize, usize)>) -> Vec<(usize, usize, String)> {
    let mut parent: Vec<usize> = (0..ends.of_row.len()).collect();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    for (x, y) in pairs {
        let (x, y) = (root(&mut parent, *x), root(&mut parent, *y));
        parent[x.max(y)] = x.min(y);
    }
    let mut first_of: HashMap<StudentId, usize> = HashMap::new();
    let mut lost = Vec::new();
    for (at, student) in ends.of_row.iter().enumerate() {
        let Some(student) = student else { continue };
        let first = *first_of.entry(*student).or_insert(at);
        if root(&mut parent, first) != root(&mut parent, at) {
            lost.push((first, at, "one student, and no pair of the offline check".to_owned()));
        }
    }
    lost
}

/// Loads rows in three orders and compares each with the offline check.
fn assert_parity(rows: &[OwnedStudent], pieces: &[usize]) {
    let findings = compare(rows);
    assert!(findings.count(Verdict::Same) > 0 && findings.count(Verdict::Conflict) > 0);
    for (name, order) in ["given", "backwards", "shuffled"].iter().zip(orders(rows.len())) {
        for piece in pieces {
            let made = load(rows, &order, *piece);
            let ends = Ends::of(&made.registry, rows);
            let (figures, lost) = lost(&findings, &ends);
            let first: Vec<_> = lost.iter().take(10).collect();
            assert!(lost.is_empty(), "{name}, {piece} at a time: {} lost {first:?} {figures:?}", lost.len());
            made.assert_clean();
        }
    }
}

#[test]
fn the_example_loaded_and_compared() {
    assert_parity(&example(), &[usize::MAX, 50, 1]);
}

#[test]
fn a_nation_loaded_and_compared() {
    assert_parity(&nation(20_000, 11), &[usize::MAX, 4_000]);
}

#[test]
fn another_nation_loaded_and_compared() {
    assert_parity(&nation(6_000, 12), &[usize::MAX, 500]);
}

/// Figures of a file of one's own: its path in `RENJI_PARITY_FILE`.
#[test]
#[ignore = "asks for a file"]
#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn a_file_loaded_and_compared() {
    let path = std::env::var("RENJI_PARITY_FILE").expect("RENJI_PARITY_FILE names a file");
    let rows = read(&std::fs::read_to_string(path).expect("the file"));
    let findings = compare(&rows);
    for (name, order) in ["given", "backwards", "shuffled"].iter().zip(orders(rows.len())) {
        for piece in [usize::MAX, 10_000] {
            let made = load(&rows, &order, piece);
            let (figures, lost) = lost(&findings, &Ends::of(&made.registry, &rows));
            println!("{name}, {piece} at a time: {figures:?}, lost {}", lost.len());
            let show = |at: usize| format!("{:?}", rows[at]);
            for (x, y, why) in lost.iter().take(12) {
                println!("  {why}\n    {}\n    {}", show(*x), show(*y));
            }
            made.assert_clean();
        }
    }
}
