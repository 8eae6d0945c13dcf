//! Tests of the judgement on made-up families.

use super::*;
use crate::student::{GivenDocument, GivenGuardian, Student};

const FATHER: &str = "11010519491231002X";
const MOTHER: &str = "440524188001010014";

/// 王小明, born on 15 May 2010 in 110105, as a base to change.
fn base() -> Student<'static> {
    let guardian =
        |name, number| GivenGuardian { name, document: GivenDocument { kind: "1", number }, phone: "" };
    Student {
        documents: vec![GivenDocument { kind: "1", number: "110105201005150010" }],
        name: "王小明",
        sex: "1",
        birthdate: "20100515",
        region: "110105001002",
        guardians: vec![guardian("王大山", FATHER), guardian("李秀英", MOTHER)],
        school_code: "2111000001",
        enrolled: "201609",
        ..Student::default()
    }
}

fn judge_with(change: impl FnOnce(&mut Student<'static>)) -> Judgement {
    let mut other = base();
    change(&mut other);
    let read = |student: &Student<'_>| Identity::of(student, &mut Vec::new());
    let (a, b) = (read(&base()), read(&other));
    assert!(a.documents[0].is_valid(), "the base's number is valid");
    let frequencies = Frequencies::of_size(1_000_000);
    let judgement = judge(&a, &b, &Model::default(), &frequencies);
    assert_eq!(judgement, judge(&b, &a, &Model::default(), &frequencies), "symmetric");
    let Posterior { same, sibling, stranger, .. } = judgement.posterior;
    assert!((same + sibling + stranger - 1.0).abs() < 1e-12);
    judgement
}

fn number(student: &mut Student<'static>, number: &'static str) {
    student.documents = vec![GivenDocument { kind: "1", number }];
}

#[test]
fn one_person_with_one_error_or_two() {
    assert_eq!(judge_with(|_| {}).verdict, Verdict::Same);
    type Change = fn(&mut Student<'static>);
    let errors: [(&str, Change); 9] = [
        ("no number", |s| s.documents.clear()),
        ("typo", |s| number(s, "110105201005150015")),
        ("guardian's number", |s| number(s, FATHER)),
        ("sound", |s| s.name = "王晓铭"),
        ("moved", |s| (s.region, s.school_code) = ("440103001002", "2144000009")),
        ("another day", |s| s.birthdate = "20100516"),
        ("no guardians", |s| s.guardians.clear()),
        ("no number, sound", |s| {
            s.documents.clear();
            s.name = "王晓铭";
        }),
        ("no number, moved", |s| {
            s.documents.clear();
            (s.region, s.school_code) = ("440103001002", "2144000009");
        }),
    ];
    for (error, change) in errors {
        let judgement = judge_with(change);
        assert_eq!(judgement.verdict, Verdict::Same, "{error}: {judgement:?}");
    }
}

#[test]
fn twins_and_siblings_are_never_one() {
    let twin = judge_with(|s| {
        number(s, "110105201005150037");
        s.name = "王小亮";
    });
    assert_eq!(twin.verdict, Verdict::Dropped);
    assert!(twin.posterior.sibling > 0.99);
    let twin_without_number = judge_with(|s| {
        s.documents.clear();
        s.name = "王小亮";
    });
    assert_ne!(twin_without_number.verdict, Verdict::Same);
    let sibling = judge_with(|s| {
        s.documents.clear();
        (s.name, s.birthdate) = ("王小亮", "20120309");
    });
    assert_eq!(sibling.verdict, Verdict::Dropped);
}

#[test]
fn one_number_for_two_people_is_a_contradiction() {
    let judgement = judge_with(|s| {
        (s.name, s.sex, s.birthdate, s.region) = ("李雪", "2", "20121103", "440103001002");
        s.guardians.clear();
    });
    assert_eq!(judgement.verdict, Verdict::Conflict);
    assert_eq!(judgement.class(), Some(ProblemClass::SharedNumber));
}

#[test]
fn two_numbers_are_never_merged() {
    let judgement = judge_with(|s| number(s, "440524201005150018"));
    assert_eq!(judgement.verdict, Verdict::Conflict);
    assert_eq!(judgement.class(), Some(ProblemClass::TwoNumbers));
}

#[test]
fn strangers_of_one_name_and_birthday_are_not_merged() {
    let judgement = judge_with(|s| {
        s.documents.clear();
        (s.region, s.school_code) = ("440103001002", "2144000009");
        s.guardians.clear();
    });
    assert!(matches!(judgement.verdict, Verdict::Review | Verdict::Dropped), "{judgement:?}");
}

#[test]
fn two_valid_numbers_are_no_conflict_where_another_is_shared_and_nothing_differs() {
    // One set of two valid numbers of one kind on both sides: nothing stands against anything.
    let numbers = ["110105201005150010", "440524201005150018"];
    let student =
        Student { documents: numbers.map(|number| GivenDocument { kind: "1", number }).to_vec(), ..base() };
    let identity = Identity::of(&student, &mut Vec::new());
    let judgement = judge(&identity, &identity, &Model::default(), &Frequencies::of_size(1_000_000));
    assert_eq!(judgement.verdict, Verdict::Same);
    assert!(!judgement.evidence.two_valid_numbers);
}

#[test]
fn a_shared_number_of_one_kind_does_not_outweigh_two_of_another() {
    let of = |citizens| {
        let card = GivenDocument { kind: "6", number: "A1234563" };
        let documents = vec![GivenDocument { kind: "1", number: citizens }, card];
        Identity::of(&Student { documents, ..base() }, &mut Vec::new())
    };
    let (a, b) = (of("110105201005150010"), of("440524201005150018"));
    assert!(a.documents[1].is_valid(), "the card's check fits");
    let judgement = judge(&a, &b, &Model::default(), &Frequencies::of_size(1_000_000));
    assert_eq!(judgement.verdict, Verdict::Conflict);
}

#[test]
fn nobody_is_said_to_share_a_number_who_has_none() {
    let mut judgement = judge_with(|s| s.documents.clear());
    // What a cluster does to its weakest link.
    judgement.verdict = Verdict::Conflict;
    judgement.reasons |= Reasons::WEAKEST_LINK;
    assert_eq!(judgement.class(), Some(ProblemClass::Unclear));
}
