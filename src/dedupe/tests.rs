//! Tests of whole runs on made-up students.

use super::*;
use crate::matching::{ProblemClass, Reasons, Verdict, judge};
use crate::student::{GivenDocument, GivenGuardian, Origin, Student};

const FATHER: &str = "11010519491231002X";

fn student(record_id: &'static str, number: &'static str, name: &'static str) -> Student<'static> {
    Student {
        record_id,
        documents: vec![GivenDocument { kind: "1", number }],
        name,
        sex: "1",
        birthdate: "20100515",
        region: "110105001002",
        guardians: vec![GivenGuardian {
            name: "王大山",
            document: GivenDocument { kind: "1", number: FATHER },
            phone: "",
        }],
        ..Student::default()
    }
}

fn run(students: &[Student<'_>], threads: usize) -> Findings {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let mut dedupe = Dedupe::default();
    for (part, row) in students.chunks(3).zip((2..).step_by(3)) {
        let mut batch = Batch::default();
        part.iter().zip(row..).for_each(|(student, row)| batch.push(student, Origin { file: 0, row }));
        dedupe.add(batch).unwrap();
    }
    pool.install(|| dedupe.run(&Model::default(), &())).unwrap()
}

fn told(findings: &Findings) -> Vec<(String, String, &'static str)> {
    let id = |row| findings.id(row).to_owned();
    findings.pairs.iter().map(|pair| (id(pair.a), id(pair.b), pair.judgement.verdict.code())).collect()
}

fn clusters(findings: &Findings) -> Vec<Vec<&str>> {
    let ids = |cluster: &Vec<RowId>| cluster.iter().map(|row| findings.id(*row)).collect();
    findings.clusters.iter().map(ids).collect()
}

#[test]
fn a_cluster_holds_all_its_pairs() {
    let students = [
        student("a", "110105201005150010", "王小明"),
        student("b", "110105201005150010", "王晓铭"),
        student("c", "", "王晓铭"),
        student("d", "440524201001010018", "李强"),
    ];
    let findings = run(&students, 1);
    assert_eq!(clusters(&findings), [["a", "b", "c"]]);
    let pairs = told(&findings);
    for pair in [("a", "b"), ("a", "c"), ("b", "c")] {
        assert!(pairs.contains(&(pair.0.into(), pair.1.into(), "same")), "{pair:?} in {pairs:?}");
    }
}

#[test]
fn a_cluster_never_holds_a_forbidden_pair() {
    // c is like a and like b, which have valid numbers of their own.
    let mut students = [
        student("a", "110105201005150010", "王小明"),
        student("b", "110105201005150037", "王小明"),
        student("c", "", "王小明"),
    ];
    for rotation in 0..3 {
        students.rotate_left(1);
        let findings = run(&students, 2);
        assert_eq!(findings.clusters.len(), 1, "rotation {rotation}");
        assert!(findings.clusters[0].len() == 2);
        let conflict = |pair: &&Pair| pair.judgement.reasons.contains(Reasons::WEAKEST_LINK);
        let gave_way: Vec<&Pair> = findings.pairs.iter().filter(conflict).collect();
        // One side has no number, so it is no matter of one number for two people.
        assert_eq!(
            gave_way.iter().map(|pair| pair.judgement.class()).collect::<Vec<_>>(),
            [Some(ProblemClass::Unclear)]
        );
        let two = findings.pairs.iter().find(|pair| pair.judgement.class() == Some(ProblemClass::TwoNumbers));
        assert!(two.is_some(), "a and b are a conflict");
    }
}

/// All that a run tells, in its order.
pub(super) fn facts(findings: &Findings) -> impl PartialEq + std::fmt::Debug + use<> {
    let judgements: Vec<_> = findings.pairs.iter().map(|pair| pair.judgement).collect();
    let single = |single: &Single| (findings.id(single.row).to_owned(), single.class);
    let singles: Vec<_> = findings.singles.iter().map(single).collect();
    let clusters: Vec<Vec<String>> = clusters(findings)
        .into_iter()
        .map(|cluster| cluster.into_iter().map(str::to_owned).collect())
        .collect();
    let counts = (findings.dropped, findings.judged, findings.repeated_ids);
    (told(findings), judgements, singles, clusters, findings.families.clone(), counts)
}

/// Students of a few numbers, names, birth dates and households: many meet, some keys are crowded, some ids come
/// twice.
pub(super) fn some_students(count: usize, seed: u64) -> Vec<Student<'static>> {
    let pick = |at: usize, what: u64, among: usize| {
        (crate::hash::mix(crate::hash::mix(seed, what), at as u64) % among as u64) as usize
    };
    let numbers =
        ["", "", "110105201005150010", "110105201005150037", "110105201005150015", "440524201001010018"];
    let names = ["王小明", "王晓铭", "王小亮", "李强", "欧阳娜", "张伟", "古丽娜扎尔·艾山"];
    (0..count)
        .map(|at| Student {
            birthdate: ["20100515", "20100101", "20110203"][pick(at, 1, 3)],
            sex: ["1", "2", ""][pick(at, 2, 3)],
            region: ["110105001002", "440524", ""][pick(at, 3, 3)],
            guardians: match pick(at, 4, 3) {
                0 => Vec::new(),
                _ => student("", "", "").guardians,
            },
            ..student(
                format!("r{}", at - pick(at, 5, 50) / 49 * at.min(1)).leak(),
                numbers[pick(at, 6, numbers.len())],
                names[pick(at, 7, names.len())],
            )
        })
        .collect()
}

#[test]
fn order_and_threads_change_nothing() {
    let mut students = Vec::new();
    for at in 0..60 {
        let id: &'static str = format!("r{at}").leak();
        let name = ["王小明", "王晓铭", "王小亮", "李强", "欧阳娜", "张伟"][at % 6];
        let number = ["110105201005150010", "", "110105201005150037", "110105201005150015"][at % 4];
        students.push(student(id, number, name));
    }
    students.push(student("r1", "", "张伟"));
    students.push(student("r1", "110105201005150010", "李强"));
    let first = run(&students, 1);
    assert_eq!(first.repeated_ids, 2);
    for turn in 1..6 {
        students.rotate_left(7);
        students.swap(turn, turn * 9);
        let other = run(&students, 1 + turn % 2);
        assert_eq!(facts(&first), facts(&other));
        assert_eq!(clusters(&first), clusters(&other));
    }
}

#[test]
fn a_key_held_by_too_many_is_counted_and_repeated_rows_still_meet() {
    let students: Vec<Student<'_>> =
        (0..300).map(|at| student(format!("r{at:03}").leak(), "110105201005150010", "王小明")).collect();
    let findings = run(&students, 2);
    assert_eq!(findings.clusters.len(), 1);
    assert_eq!(findings.clusters[0].len(), 300);
    let document = findings.families[0];
    assert_eq!((document.divided, document.skipped_blocks, document.skipped_students), (1, 1, 300));
    assert_eq!(document.pairs + document.skipped_pairs, 300 * 299 / 2);
}

#[test]
fn records_with_wrong_numbers_are_problems_by_themselves() {
    let students = [
        student("a", "110105201005150015", "王小明"),
        student("b", "4.20103E+17", "李强"),
        student("c", FATHER, "张伟"),
        student("d", "110105201005150010", "赵丽"),
        Student { sex: "2", ..student("e", "110105201005150010", "赵丽") },
    ];
    let findings = run(&students, 1);
    let classes: Vec<_> = findings.singles.iter().map(|single| single.class).collect();
    assert_eq!(
        classes,
        [
            ProblemClass::InvalidNumber,
            ProblemClass::DamagedNumber,
            ProblemClass::GuardiansNumber,
            ProblemClass::NumberDisagrees
        ]
    );
}

#[test]
fn what_a_crowd_holds_tells_no_household() {
    use crate::matching::{Field, Level};
    // One phone and one guardian's number for forty children, and for two of them another phone.
    let crowd = |at: usize| -> Student<'static> {
        let name: &'static str = format!("王{}", han(at)).leak();
        let phone = if at < 2 { "13900139000" } else { "13800138000" };
        Student { phone, ..student(format!("r{at:02}").leak(), "", name) }
    };
    let students: Vec<Student<'_>> = (0..40).map(crowd).collect();
    let findings = run(&students, 1);
    let level = |a: usize, b: usize, field| {
        let of = |at: usize| findings.records.identity(RowId(at as u32));
        judge(&of(a), &of(b), &Model::default(), &findings.frequencies).evidence.level(field)
    };
    assert_eq!(level(3, 4, Field::Guardian), Level::Missing);
    assert_eq!(level(3, 4, Field::Phone), Level::Missing);
    assert_eq!(level(0, 1, Field::Phone), Level::Equal);
    assert!(findings.clusters.is_empty());
}

#[test]
fn a_cancelled_run_finds_nothing() {
    struct Stop;
    impl Observer for Stop {
        fn progress(&self, _: Phase, _: u64, _: u64) {}
        fn is_cancelled(&self) -> bool {
            true
        }
    }
    let mut batch = Batch::default();
    batch.push(&student("a", "", "王小明"), Origin::default());
    let mut dedupe = Dedupe::default();
    dedupe.add(batch).unwrap();
    assert!(matches!(dedupe.run(&Model::default(), &Stop), Err(DedupeError::Cancelled)));
}

#[test]
fn a_row_with_nothing_to_compare_is_told() {
    let mut batch = Batch::default();
    batch.push(
        &Student { record_id: "a", birthdate: "20100515", ..Student::default() },
        Origin { file: 0, row: 2 },
    );
    assert!(batch.is_empty());
    assert_eq!(batch.take_issues().len(), 1);
}

#[test]
fn a_large_cluster_never_holds_two_numbers() {
    let large = crate::limits::CLUSTER_MAX + 100;
    let mother = GivenGuardian {
        name: "李秀英",
        document: GivenDocument { kind: "1", number: "440524188001010014" },
        phone: "",
    };
    let mut students: Vec<Student<'_>> =
        (0..large).map(|at| student(format!("a{at:04}").leak(), "110105201005150010", "王小明")).collect();
    // Like the many by the father, like b by the mother; b has a number of its own.
    let mut between = student("c", "", "王小明");
    between.region = "320102";
    between.guardians.push(mother);
    let mut other = student("b", "110105201005150053", "王小明");
    other.region = "320102";
    other.guardians = vec![mother];
    students.extend([between, other]);
    let findings = run(&students, 2);
    let sizes: Vec<usize> = findings.clusters.iter().map(Vec::len).collect();
    assert!(
        clusters(&findings).iter().all(|cluster| !(cluster.contains(&"a0000") && cluster.contains(&"b")))
    );
    assert_eq!(sizes.iter().sum::<usize>(), large + 2);
    let mut told = told(&findings);
    let pairs = told.len();
    told.dedup_by(|x, y| (&x.0, &x.1) == (&y.0, &y.1));
    assert_eq!(told.len(), pairs, "a pair is told once");
}

#[test]
fn a_repeated_id_never_takes_another_records() {
    let students = [
        student("r1", "110105201005150010", "王小明"),
        student("r1", "", "王小明"),
        student("r1#2", "", "李强"),
    ];
    let findings = run(&students, 1);
    let mut ids: Vec<&str> = findings.records.rows().map(|row| findings.id(row)).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["r1", "r1#2", "r1#3"]);
    assert_eq!(findings.repeated_ids, 1);
}

#[test]
fn one_number_for_a_hundred_people_is_told() {
    // More than a block holds, each with a name of its own.
    let count = crate::limits::BLOCK_MAX + 50;
    let students: Vec<Student<'_>> = (0..count)
        .map(|at| {
            let name: &'static str = format!("{}{}", ["赵", "钱", "孙", "李"][at % 4], han(at)).leak();
            let region: &'static str = (110_101 + at).to_string().leak();
            let birthdate = ["20080103", "20091123", "20120214", "20130609"][at % 4];
            let sex = ["1", "2"][at % 2];
            let guardians = Vec::new();
            let record_id = format!("r{at:03}").leak();
            Student { sex, region, birthdate, guardians, ..student(record_id, "110105201005150010", name) }
        })
        .collect();
    let findings = run(&students, 2);
    let told: std::collections::HashSet<RowId> =
        findings.pairs.iter().flat_map(|pair| [pair.a, pair.b]).collect();
    assert_eq!(told.len(), count, "everybody who holds the number is told");
    let document = findings.families[0];
    let all = (count * (count - 1) / 2) as u64;
    assert_eq!(document.pairs + document.skipped_pairs, all, "what was not compared is counted");
}

fn han(at: usize) -> char {
    char::from_u32(0x4E00 + at as u32 * 7).unwrap()
}

#[test]
fn a_large_cluster_never_holds_a_forbidden_pair() {
    // More copies than are compared all with all; c hangs on to them and to somebody else.
    let copies = crate::limits::CLUSTER_MAX + 1;
    let mut batch = Batch::default();
    for at in 0..copies {
        let record_id: &'static str = format!("a{at:04}").leak();
        batch.push(&student(record_id, "110105201005150010", "王小明"), Origin::default());
    }
    batch.push(&student("b", "110105201005150037", "王小明"), Origin::default());
    batch.push(&student("c", "", "王小明"), Origin::default());
    let (model, frequencies) = (Model::default(), Frequencies::of_size(10_000));
    let mut records = Records::new(u64::MAX);
    records.append(&batch.records);
    let link = |a: usize, b: usize| {
        let of = |at: usize| records.identity(RowId(at as u32));
        let judgement = judge(&of(a), &of(b), &model, &frequencies);
        assert_eq!(judgement.verdict, Verdict::Same);
        Pair { a: RowId(a as u32), b: RowId(b as u32), judgement }
    };
    let (b, c) = (copies, copies + 1);
    let mut links: Vec<Pair> = (1..copies).map(|at| link(at - 1, at)).collect();
    links.extend([link(0, c), link(b, c)]);
    let count = links.len();
    let (pairs, clusters) = cluster::join(&records, links, &Decided::default(), &model, &frequencies);
    let holds = |row: usize| clusters.iter().position(|cluster| cluster.contains(&RowId(row as u32)));
    assert!(holds(0).is_some() && holds(0) != holds(b));
    assert_eq!(pairs.len(), count, "every link is told once");
    assert_eq!(pairs.iter().filter(|pair| pair.judgement.verdict == Verdict::Conflict).count(), 1);
}

#[test]
fn what_was_decided_to_be_two_is_in_no_cluster_however_large() {
    for copies in [3, crate::limits::CLUSTER_MAX + 1] {
        let copy = |at: usize| student(format!("a{at:04}").leak(), "110105201005150010", "王小明");
        let students: Vec<Student<'_>> = (0..copies).map(copy).collect();
        let findings = run(&students, 1);
        assert_eq!(findings.clusters.len(), 1);
        let (a, b) = (findings.clusters[0][0], findings.clusters[0][copies - 1]);
        let different = Decision { a, b, kind: DecisionKind::Different };
        let (findings, refused) = findings.decide(&[different], &Model::default());
        assert!(refused.is_empty());
        assert!(findings.clusters.iter().all(|cluster| !(cluster.contains(&a) && cluster.contains(&b))));
        assert!(
            findings
                .pairs
                .iter()
                .all(|pair| (pair.a.min(pair.b), pair.a.max(pair.b)) != (a.min(b), a.max(b)))
        );
        assert!(findings.count(Verdict::Same) > 0, "the others are still one");
    }
}

#[test]
fn a_large_cluster_of_records_with_two_numbers_each_holds_together() {
    let numbers = ["110105201005150010", "440524201005150018"];
    for count in [2, 3, crate::limits::CLUSTER_MAX + 1] {
        let documents = numbers.map(|number| GivenDocument { kind: "1", number }).to_vec();
        let students: Vec<Student<'_>> = (0..count)
            .map(|at| format!("a{at:04}").leak())
            .map(|id| Student { documents: documents.clone(), ..student(id, numbers[0], "王小明") })
            .collect();
        let findings = run(&students, 1);
        assert_eq!(findings.clusters.iter().map(Vec::len).collect::<Vec<_>>(), [count]);
        assert_eq!(findings.count(Verdict::Conflict), 0);
    }
}
