//! What an office may and may not do: who is older, who is cleared, what is deleted, who has left.

use renji::identity::date::Date;
use renji::number::{NumberKind, RegistryNumber};
use renji::registry::{
    Answer, CaseClass, Clearance, Enrolled, RegistryError, Resolution, Settings, Status, Surroundings,
    Timestamp,
};
use renji::student::OwnedStudent;

use crate::fixture::{Made, made, made_by, made_formal, made_with, student};

/// A clock that goes on by a day whenever it is asked.
struct Days(std::sync::atomic::AtomicI64);

impl Surroundings for Days {
    fn now(&self) -> Timestamp {
        Timestamp::new(self.0.fetch_add(86_400, std::sync::atomic::Ordering::Relaxed))
    }

    fn random(&self) -> u64 {
        (self.now().get() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

fn refuses<T: std::fmt::Debug>(outcome: Result<T, RegistryError>) {
    assert!(matches!(outcome, Err(RegistryError::Impossible(..))), "{outcome:?}");
}

#[test]
fn a_number_that_became_formal_late_is_the_younger_formal_one() {
    let made = made_by(Settings::default(), |builder| {
        builder.surroundings(Days(std::sync::atomic::AtomicI64::new(1_790_000_000)))
    });
    let early = made.issued(&student("周洋明", "20100101", 1), "a");
    let late = made.issued(&student("李强", "20110202", 3), "b");
    // The later student is cleared first.
    let formal = made.registry.clear(&late, Clearance::Agrees, "王老师").unwrap();
    let younger = made.registry.clear(&early, Clearance::Agrees, "王老师").unwrap();
    assert_eq!((formal.kind(), younger.kind()), (NumberKind::Formal, NumberKind::Formal));
    assert_eq!(made.registry.merge(&younger, &formal, "王老师", "同一人").unwrap(), formal);
    made.assert_clean();
}

#[test]
fn nobody_is_cleared_while_another_claims_the_number() {
    let made = made();
    let child = student("周洋明", "20100101", 1);
    let number = made.issued(&child, "a");
    let mut other = student("李强", "20110202", 3);
    other.documents = child.documents.clone();
    let case = made.held(&other, "b");
    refuses(made.registry.clear(&number, Clearance::Agrees, "王老师"));
    let owner = made.id(&number);
    made.resolve(case, Resolution::ProvedDifferent { owner: Some(owner) });
    let cleared = made.registry.clear(&number, Clearance::Agrees, "王老师").unwrap();
    assert_eq!(cleared.kind(), NumberKind::Formal);
    made.assert_clean();
}

#[test]
fn an_entry_is_deleted_by_its_current_number_only() {
    let made = made();
    let temporary = made.issued(&student("周洋明", "20100101", 1), "a");
    let formal = made.registry.clear(&temporary, Clearance::Agrees, "王老师").unwrap();
    refuses(made.registry.retire(&temporary, "王老师", "重复"));
    made.registry.retire(&formal, "王老师", "重复").unwrap();
    assert_eq!(made.state(&temporary).status, Status::Retired);
    made.assert_clean();
}

#[test]
fn a_student_may_leave_the_scope_of_a_registry_and_none_may_enter_from_outside() {
    let scope = |scope: &str| Settings { scope: Some(scope.into()), ..Settings::default() };
    let made = made_with(scope("44"));
    let child = student("周洋明", "20100101", 1);
    let number = made.issued(&child, "a");
    let on = Date::new(2026, 9, 1).unwrap();
    made.registry.transfer(&number, "110105", "2111000001", on, "school").unwrap();
    assert_eq!(made.registry.student(&number).unwrap().unwrap().record.region, "110105");
    let mut foreign = student("李强", "20110202", 3);
    foreign.region = "110105".into();
    let outcome = made.registry.enroll(&foreign.as_student(), "b");
    assert!(matches!(outcome, Err(RegistryError::OutOfScope)), "{outcome:?}");
    made.assert_clean();
}

/// A child of one school whose number was first written as another's.
fn corrected(made: &Made) -> (OwnedStudent, RegistryNumber) {
    let mut child = student("周洋明", "20100101", 1);
    let wrong = child.documents.clone();
    let number = made.issued(&child, "a");
    child.documents = student("周洋明", "20100101", 5).documents;
    made.registry.amend(&number, child.clone(), None, "王老师", "证件号更正").unwrap();
    child.documents = wrong;
    (child, number)
}

#[test]
fn a_number_corrected_away_finds_its_student_and_nobody_of_another_name() {
    let made = made_formal();
    let (stale, number) = corrected(&made);
    // The same child from an office that has the old number still.
    let outcome = made.enroll(&stale, "b");
    assert!(matches!(outcome, Enrolled::Existing { number: known, .. } if known == number), "{outcome:?}");
    // The rightful owner, of the same school and birthday.
    let mut owner = stale.clone();
    owner.name = "欧阳静嘉".into();
    owner.guardians = student("欧阳静嘉", "20100101", 7).guardians;
    owner.guardians[0].name = "欧阳大山".into();
    let check = made.registry.check(&owner.as_student()).unwrap();
    assert!(check.answer != Answer::Known, "{check:?}");
    made.assert_clean();
}

#[test]
fn a_case_that_holds_nobody_back_may_be_noted_and_one_that_does_may_not() {
    let made = made();
    let child = student("周洋明", "20100101", 1);
    made.issued(&child, "a");
    let mut other = student("李强", "20110202", 3);
    other.documents = child.documents.clone();
    let case = made.held(&other, "b");
    refuses(made.registry.resolve(case, Resolution::Noted, None, "王老师", "已知"));
    assert_eq!(made.registry.open_cases(None, Some(CaseClass::SharedNumber)).unwrap().len(), 1);
    made.assert_clean();
}
