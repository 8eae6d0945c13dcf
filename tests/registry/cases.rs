//! Cases: opened, settled, and what becomes of those who waited.

use renji::registry::{CaseClass, Enrolled, Resolution};

use crate::fixture::{made, student};

#[test]
fn one_number_two_children() {
    let made = made();
    let first = student("周洋明", "20100101", 1);
    let number = made.issued(&first, "a");
    let mut second = student("李强", "20110202", 3);
    second.documents = first.documents.clone();
    let case = made.held(&second, "b");
    let case = made.registry.case(case).unwrap();
    assert_eq!((case.class, case.county, case.students.len()), (CaseClass::SharedNumber, 440305, 2));
    made.assert_clean();
    let owner = made.registry.student(&number).unwrap().unwrap().id;
    let settled = made
        .registry
        .resolve(case.id, Resolution::ProvedDifferent { owner: Some(owner) }, None, "王老师", "户口簿")
        .unwrap();
    let Enrolled::Issued(theirs) = &settled[0].outcome else { panic!("{settled:?}") };
    // Whose number it is not has none that can be used.
    assert!(theirs.as_str().starts_with('J'));
    made.assert_clean();
    // Settled once is settled: the same record again is known, and opens no new case.
    assert!(matches!(made.enroll(&second, "c"), Enrolled::Existing { number, .. } if number == *theirs));
    assert!(made.registry.open_cases(None, None).unwrap().is_empty());
    made.assert_clean();
}
