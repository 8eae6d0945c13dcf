//! Files loaded in bulk: the same numbers, the same cases and the same answers as row by row.

use std::fmt::Write as _;

use renji::ids::{CaseId, StudentId};
use renji::number::NumberKind;
use renji::registry::{
    CaseClass, Enrolled, MergePolicy, Registry, RegistryError, Repeatable, Settings, Timestamp, request_of,
};
use renji::student::{Origin, OwnedStudent};

use crate::fixture::{Made, citizen, made_by, made_formal, made_with, replayed, student};
use crate::parity::{example, load, nation};

/// What rows came to, an error as its text.
type Answers = Vec<Result<Enrolled, String>>;

fn bulk(registry: &Registry, rows: &[OwnedStudent], piece: usize) -> Answers {
    bulk_within(registry, rows, piece, u64::MAX)
}

fn bulk_within(registry: &Registry, rows: &[OwnedStudent], piece: usize, memory_bytes: u64) -> Answers {
    let mut load = registry.bulk_load_within(memory_bytes).expect("a load");
    for (piece, at) in rows.chunks(piece).zip(0..) {
        let mut batch = load.batch();
        for (student, row) in piece.iter().zip(at..) {
            batch.push(&student.as_student(), Origin { file: 0, row });
        }
        load.add(batch).expect("room");
    }
    let mut answers = Answers::new();
    let outcome = load.finish(|row, answer| {
        assert_eq!(row, answers.len());
        answers.push(answer.map_err(|error| error.to_string()));
        Ok(())
    });
    outcome.expect("a commit");
    answers
}

/// All that a registry knows of students and cases, but not in which entry of the journal it stands.
fn told(registry: &Registry) -> String {
    let mut text = String::new();
    for id in 0.. {
        let Some(student) = registry.student_by_id(StudentId::new(id)).expect("a student") else { break };
        let records = registry.records(&student).expect("records");
        let mut state = student.state;
        state.entries.clear();
        writeln!(text, "{id} {state:?} {:?}", state.numbers().map(|n| n.to_string()).collect::<Vec<_>>())
            .expect("text");
        for record in records {
            writeln!(text, "  {:?} {}", record, request_of(&record.given.as_student())).expect("text");
        }
    }
    for id in 1.. {
        match registry.case(CaseId::new(id)) {
            Ok(case) => writeln!(text, "{case:?}").expect("text"),
            Err(RegistryError::UnknownCase(_)) => break,
            Err(error) => panic!("{error}"),
        }
    }
    text
}

#[track_caller]
fn assert_same(a: &Registry, b: &Registry) {
    let (a, b) = (told(a), told(b));
    let difference = a.lines().zip(b.lines()).find(|(a, b)| a != b);
    assert!(a == b, "{difference:?}");
}

/// A file in which everything happens: errors, repeats, households, crowds.
fn rows() -> Vec<OwnedStudent> {
    let mut rows = nation(1_200, 11);
    rows.extend(example());
    // The same again, and one that says nothing.
    rows.push(rows[17].clone());
    rows.push(OwnedStudent { record_id: "empty".into(), ..OwnedStudent::default() });
    // More than a block under one guardian's number and one name.
    for at in 0..130 {
        let mut crowd = rows[3].clone();
        crowd.record_id = format!("crowd{at}");
        crowd.birthdate = format!("20{:02}{:02}{:02}", at % 12, 1 + at % 12, 1 + at % 28);
        crowd.documents.clear();
        rows.push(crowd);
    }
    rows
}

fn row_by_row(rows: &[OwnedStudent]) -> Made {
    let order: Vec<usize> = (0..rows.len()).collect();
    load(rows, &order, usize::MAX)
}

#[test]
fn a_file_in_bulk_is_the_file_row_by_row() {
    let rows = rows();
    let expected = row_by_row(&rows);
    for piece in [1, 300, usize::MAX] {
        let made = made_with(Settings::default());
        let answers = bulk(&made.registry, &rows, piece.min(rows.len()));
        assert_eq!(answers.len(), rows.len());
        assert_same(&expected.registry, &made.registry);
        made.assert_clean();
    }
}

#[test]
fn what_does_not_fit_into_memory_changes_nothing() {
    let rows = rows();
    let segments = |memory_bytes: u64| {
        let made = made_with(Settings::default());
        let answers = bulk_within(&made.registry, &rows, 300, memory_bytes);
        let directory = made.directory.path().join("registry/segments");
        let files: Vec<_> =
            std::fs::read_dir(directory).expect("segments").map(|file| file.expect("a file")).collect();
        assert_eq!(files.len(), 1, "no temporary file is left");
        (answers, std::fs::read(files[0].path()).expect("a segment"))
    };
    let expected = segments(u64::MAX);
    for memory_bytes in [0, 1 << 16] {
        assert!(segments(memory_bytes) == expected, "{memory_bytes} bytes");
    }
}

#[test]
fn the_journal_of_a_load_makes_the_same_registry() {
    let rows = rows();
    let made = made_with(Settings::default());
    bulk(&made.registry, &rows[..800], 300);
    bulk(&made.registry, &rows[600..], 300);
    let copy = replayed(&made.registry, 40);
    copy.assert_clean();
    assert_eq!(crate::fixture::export(&made.registry), crate::fixture::export(&copy.registry));
    let made = made.reopened();
    made.assert_clean();
    assert_eq!(crate::fixture::export(&made.registry), crate::fixture::export(&copy.registry));
}

#[test]
fn a_clock_that_was_set_back_dates_students_as_the_journal_does() {
    let rows = rows();
    let made = made_with(Settings::default());
    bulk(&made.registry, &rows[..400], 300);
    let earlier = Repeatable::new(Timestamp::new(1_780_000_000), 8);
    let made = made.reopened_by(|builder| builder.surroundings(earlier));
    bulk(&made.registry, &rows[400..], 300);
    let copy = replayed(&made.registry, 40);
    assert_eq!(crate::fixture::export(&made.registry), crate::fixture::export(&copy.registry));
}

#[test]
fn a_taken_formal_number_gives_j_and_a_case() {
    let made = made_formal();
    let mut first = student("周洋明", "20100101", 1);
    let taken = made.issued(&first, "a");
    let own = first.documents.clone();
    first.documents[0].number = citizen("440305", "20100101", 5);
    made.registry.amend(&taken, first, None, "王老师", "派出所更正").expect("an amendment");
    // The rightful owner, who is like nobody.
    let mut owner = OwnedStudent { documents: own, ..student("司徒静嘉", "20100101", 9) };
    owner.guardians[0].name = "李秀英".into();
    owner.school_code = "2144000002".into();
    let answers = bulk(&made.registry, &[owner], 1);
    let [Ok(Enrolled::Issued(number))] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!(number.kind(), NumberKind::FormalWithoutId);
    let cases = made.registry.open_cases(None, Some(CaseClass::NumberTaken)).expect("cases");
    assert_eq!((cases.len(), cases[0].number), (1, Some(taken)));
    made.assert_clean();
}

#[test]
fn a_second_file_meets_the_first() {
    let rows = rows();
    let (first, second) = rows.split_at(700);
    let load_both = |made: &Made, is_bulk: bool| -> Answers {
        let mut answers = Answers::new();
        for part in [first, second] {
            if is_bulk {
                answers.extend(bulk(&made.registry, part, 200));
            } else {
                let mut counter = renji::matching::FrequencyCounter::default();
                for row in part {
                    let identity = renji::identity::Identity::of(&row.as_student(), &mut Vec::new());
                    if !identity.is_empty() && !made.registry.is_loaded(&row.as_student()).unwrap() {
                        counter.add(&identity);
                    }
                }
                let load = made.registry.load(counter).unwrap();
                let part = load.enroll(part.to_vec()).unwrap();
                answers.extend(part.into_iter().map(|answer| answer.map_err(|error| error.to_string())));
                load.finish().unwrap();
            }
        }
        answers
    };
    // One whose numbers without id of half the provinces others issue, and one that refuses nearly everybody.
    let delegated: Vec<String> = (11..=65).step_by(2).map(|province: u32| province.to_string()).collect();
    let delegating = || made_with(Settings { delegated: delegated.clone(), ..Settings::default() });
    let scoped = || made_with(Settings { scope: Some("44".to_owned()), ..Settings::default() });
    let makes: [&dyn Fn() -> Made; 4] =
        [&|| made_with(Settings::default()), &made_formal, &delegating, &scoped];
    for make in makes {
        let (one, other) = (make(), make());
        assert_eq!(load_both(&one, true), load_both(&other, false));
        assert_same(&one.registry, &other.registry);
        one.assert_clean();
        // And whoever comes to a counter afterwards is answered alike.
        for row in rows.iter().step_by(97) {
            let check = |made: &Made| {
                let check = made.registry.check(&row.as_student()).unwrap();
                let known = check.known.iter().map(|known| {
                    let judgement = &known.judgement;
                    (
                        known.student,
                        known.number,
                        known.case,
                        known.record,
                        judgement.verdict,
                        judgement.reasons,
                    )
                });
                format!("{:?} {:?}", check.answer, known.collect::<Vec<_>>())
            };
            assert_eq!(check(&one), check(&other));
        }
    }
}

#[test]
fn a_file_loaded_again_issues_nothing() {
    let rows = rows();
    let made = made_with(Settings::default());
    let first = bulk(&made.registry, &rows, 350);
    let before = (made.registry.sequence(), told(&made.registry));
    let again = bulk(&made.registry, &rows, 500);
    assert_eq!(before, (made.registry.sequence(), told(&made.registry)));
    for (first, again) in first.iter().zip(&again) {
        match (first, again) {
            (Ok(Enrolled::Issued(issued)), Ok(Enrolled::Existing { number, why })) => {
                assert_eq!((issued, why.as_str()), (number, "loaded_before"));
            }
            (first, again) => assert_eq!(first, again),
        }
    }
    // Also one by one, by whoever knows the request.
    let load = made.registry.load(renji::matching::FrequencyCounter::default()).unwrap();
    let answers = load.enroll(rows[..50].to_vec()).unwrap();
    assert!(answers.iter().all(|answer| !matches!(answer, Ok(Enrolled::Issued(_)))));
    assert_eq!(before.0, made.registry.sequence());
}

#[test]
fn a_load_that_is_given_up_leaves_nothing() {
    let rows = rows();
    let made = made_with(Settings::default());
    bulk(&made.registry, &rows[..500], 100);
    let before = told(&made.registry);
    let mut load = made.registry.bulk_load().unwrap();
    let mut batch = load.batch();
    rows.iter().for_each(|row| batch.push(&row.as_student(), Origin::default()));
    load.add(batch).unwrap();
    let stop = |row: usize, _| match row {
        1_000 => Err(RegistryError::UnknownNumber),
        _ => Ok(()),
    };
    assert!(matches!(load.finish(stop), Err(RegistryError::UnknownNumber)));
    assert_eq!(before, told(&made.registry));
    let files = std::fs::read_dir(made.directory.path().join("registry/segments")).unwrap();
    assert_eq!(files.count(), 1, "the segment of the first load alone");
    made.assert_clean();
    let made = made.reopened();
    bulk(&made.registry, &rows[500..], 100);
    made.assert_clean();
}

#[test]
fn a_registry_that_merges_by_itself_is_not_loaded_in_bulk() {
    let made = made_by(Settings::default(), |builder| builder.merge_policy(MergePolicy::Above(0.9)));
    assert!(matches!(made.registry.bulk_load(), Err(RegistryError::Impossible(..))));
}
