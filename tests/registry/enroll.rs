//! Enrolling: once, again, by many, in batches.

use renji::registry::{Answer, Enrolled, Registry, RegistryError};

use crate::fixture::{made, student, without_number};

#[test]
fn a_new_student_is_issued_and_known_after() {
    let made = made();
    let child = student("周洋明", "20100101", 1);
    assert_eq!(made.registry.check(&child.as_student()).unwrap().answer, Answer::Clear);
    let number = made.issued(&child, "a");
    assert!(number.as_str().starts_with('L'));
    let check = made.registry.check(&child.as_student()).unwrap();
    assert_eq!((check.answer, check.known[0].number), (Answer::Known, Some(number)));
    made.assert_clean();
}

#[test]
fn the_same_request_gets_the_same_answer_and_the_same_student_the_same_number() {
    let made = made();
    let child = student("周洋明", "20100101", 1);
    let number = made.issued(&child, "a");
    assert_eq!(made.enroll(&child, "a"), Enrolled::Issued(number));
    // Under another request, with a homophone, moved, without the number.
    let mut again = without_number(child.clone());
    again.name = "周洋鸣".into();
    again.region = "110105".into();
    for (request, record) in [("b", &child), ("c", &again)] {
        match made.enroll(record, request) {
            Enrolled::Existing { number: known, .. } => assert_eq!(known, number),
            other => panic!("{other:?}"),
        }
    }
    let other = student("李强", "20110202", 3);
    let error = made.registry.enroll(&other.as_student(), "a").unwrap_err();
    assert!(matches!(error, RegistryError::RequestReused));
    made.assert_clean();
}

#[test]
fn a_batch_sees_its_own_rows() {
    let made = made();
    let child = student("周洋明", "20100101", 1);
    let batch = vec![
        (child.clone(), "a".to_owned()),
        (student("李强", "20110202", 3), "b".to_owned()),
        (child.clone(), "c".to_owned()),
        (child.clone(), "a".to_owned()),
    ];
    let answers: Vec<Enrolled> =
        made.registry.enroll_many(batch).unwrap().into_iter().map(|answer| answer.unwrap()).collect();
    let Enrolled::Issued(number) = &answers[0] else { panic!("{answers:?}") };
    assert!(matches!(&answers[1], Enrolled::Issued(_)));
    assert!(matches!(&answers[2], Enrolled::Existing { number: known, .. } if known == number));
    assert_eq!(answers[3], answers[0]);
    made.assert_clean();
}

#[test]
fn a_missing_field_is_never_evidence_of_no_duplicate() {
    let made = made();
    let mut child = without_number(student("周洋明", "20100101", 1));
    child.birthdate.clear();
    child.guardians.clear();
    let check = made.registry.check(&child.as_student()).unwrap();
    assert_eq!(check.answer, Answer::Insufficient);
    assert!(matches!(made.enroll(&child, "a"), Enrolled::Held { .. }));
    made.assert_clean();
}

#[test]
fn a_follower_begins_with_the_other_s_beginning() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("follower");
    let follower = Registry::builder().create_follower(&path).unwrap();
    let child = student("周洋明", "20100101", 1);
    let error = follower.enroll(&child.as_student(), "a").unwrap_err();
    assert!(matches!(error, RegistryError::Impossible(..)), "{error}");
    drop(follower);
    // Nothing of its own stands before the other's first entry.
    let follower = Registry::open(&path).unwrap();
    let made = made();
    made.issued(&child, "a");
    let changes = made.registry.changes(renji::ids::Sequence::new(0), 100).unwrap();
    follower.follow(&changes).unwrap();
    assert_eq!(follower.sequence(), made.registry.sequence());
}
