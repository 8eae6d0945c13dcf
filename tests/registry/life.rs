//! A student's life: corrected, moved, suspended, merged, unmerged, retired; and what was proved stays proved.

use renji::identity::date::Date;
use renji::ids::{CaseId, StudentId};
use renji::number::{NumberKind, RegistryNumber};
use renji::registry::{
    Answer, CaseClass, Clearance, Enrolled, LifeEvent, MergePolicy, RegistryError, Resolution, Settings,
    Status, StudentState,
};
use renji::student::{GivenDocument, OwnedDocument, OwnedStudent};

use crate::fixture::{Made, citizen, made, made_by, made_formal, student, without_number};

fn day(day: u8) -> Date {
    Date::new(2026, 9, day).unwrap()
}

fn found(made: &Made, number: &str) -> Vec<StudentId> {
    let document = GivenDocument { kind: "", number };
    made.registry.by_document(document).unwrap().map(|found| found.unwrap().id).collect()
}

/// A child by the first name, under a citizen number.
fn under_first_name() -> OwnedStudent {
    OwnedStudent { guardians: Vec::new(), school_code: String::new(), ..student("周洋明", "20100101", 1) }
}

/// The same child by the second name, under a passport: nothing but the birth date is alike.
fn under_second_name() -> OwnedStudent {
    let passport = OwnedDocument { kind: "A".into(), number: "E12345670".into() };
    let all = student("司徒静嘉", "20100101", 1);
    OwnedStudent { documents: vec![passport], region: "110105".into(), ..all }
}

/// The record that tells the whole story.
fn under_both_names() -> OwnedStudent {
    let (first, second) = (under_first_name(), under_second_name());
    OwnedStudent {
        documents: [first.documents, second.documents].concat(),
        name: first.name,
        former_name: second.name.clone(),
        ..second
    }
}

/// Two numbers of one child, and the case of the record that links them.
fn linked(made: &Made) -> (RegistryNumber, RegistryNumber, CaseId) {
    let second = made.issued(&under_second_name(), "second");
    let first = made.issued(&under_first_name(), "first");
    let case = made.held(&under_both_names(), "both");
    (first, second, case)
}

#[test]
fn an_amended_student_is_found_by_what_was_and_by_what_is() {
    let made = made();
    let old = student("周洋明", "20100101", 1);
    let number = made.issued(&old, "a");
    let mut new = old.clone();
    new.name = "司徒静嘉".into();
    new.birthdate = "20100202".into();
    new.documents[0].number = citizen("440305", "20100202", 1);
    new.guardians[0].document.number = citizen("440305", "19800102", 7);
    made.registry.amend(&number, new.clone(), Some(day(1)), "王老师", "户口簿").unwrap();
    let id = made.id(&number);
    let (one, other) = (&old.documents[0].number, &new.documents[0].number);
    assert_eq!((found(&made, one), found(&made, other)), (vec![id], vec![id]));
    for record in [&old, &new] {
        let by_name = made.registry.by_name(&record.name, &record.birthdate, &record.region).unwrap();
        assert_eq!(by_name.map(|found| found.unwrap().id).collect::<Vec<_>>(), [id]);
        let guardian = &record.guardians[0].document;
        let guardian = GivenDocument { kind: &guardian.kind, number: &guardian.number };
        let by_guardian = made.registry.by_guardian(guardian).unwrap();
        assert_eq!(by_guardian.map(|found| found.unwrap().id).collect::<Vec<_>>(), [id]);
        let check = made.registry.check(&record.as_student()).unwrap();
        assert_eq!((check.answer, check.known[0].number), (Answer::Known, Some(number)));
    }
    let known = made.registry.student(&number).unwrap().unwrap();
    assert_eq!(known.record, new);
    let records = made.registry.records(&known).unwrap();
    assert_eq!(records.iter().map(|record| record.is_live).collect::<Vec<_>>(), [false, true]);
    // Who was contradicted only by what was corrected is contradicted no more.
    let mut other = student("李强", "20110303", 3);
    other.documents = old.documents.clone();
    made.issued(&other, "b");
    assert!(made.registry.open_cases(None, None).unwrap().is_empty());
    made.assert_clean();
}

#[test]
fn an_amendment_that_contradicts_another_opens_a_case_and_only_one() {
    let made = made();
    let number = made.issued(&student("周洋明", "20100101", 1), "a");
    let other = student("李强", "20110303", 3);
    let theirs = made.issued(&other, "b");
    let mut wrong = student("周洋明", "20100101", 1);
    wrong.documents = other.documents.clone();
    made.registry.amend(&number, wrong.clone(), None, "王老师", "户口簿").unwrap();
    let cases = made.registry.open_cases(None, None).unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!((cases[0].class, cases[0].students.len()), (CaseClass::SharedNumber, 2));
    wrong.address = "深圳市宝安区".into();
    made.registry.amend(&number, wrong, None, "王老师", "住址").unwrap();
    assert_eq!(made.registry.open_cases(None, None).unwrap().len(), 1);
    // One that makes the student another one proposes the merge, once.
    let again = OwnedStudent { address: "深圳市".into(), ..other.clone() };
    let second = made.issued(&student("司徒静嘉", "20120404", 5), "c");
    for _ in 0..2 {
        made.registry.amend(&second, again.clone(), None, "王老师", "户口簿").unwrap();
    }
    let proposed: Vec<_> = made.registry.open_cases(None, Some(CaseClass::TwoRegistryNumbers)).unwrap();
    assert_eq!(proposed.len(), 1, "{proposed:?}");
    assert!(proposed[0].students.contains(&made.id(&theirs)));
    made.assert_clean();
}

#[test]
fn events_are_told_in_order_with_date_and_source() {
    let made = made();
    let number = made.issued(&student("周洋明", "20100101", 1), "a");
    let status = |made: &Made| made.state(&number).status;
    made.registry.transfer(&number, "110105", "2111000001", day(1), "朝阳区教委").unwrap();
    let moved = made.registry.student(&number).unwrap().unwrap();
    assert_eq!((moved.record.region.as_str(), moved.record.school_code.as_str()), ("110105", "2111000001"));
    assert_eq!(moved.state.number, Some(number));
    let steps = [
        (LifeEvent::Suspended, Status::Suspended),
        (LifeEvent::Promoted, Status::Suspended),
        (LifeEvent::Returned, Status::Enrolled),
        (LifeEvent::Repeated, Status::Enrolled),
        (LifeEvent::Skipped, Status::Enrolled),
        (LifeEvent::Left, Status::Left),
        (LifeEvent::Returned, Status::Enrolled),
        (LifeEvent::Graduated, Status::Graduated),
        (LifeEvent::Died, Status::Died),
    ];
    for (event, after) in steps {
        made.registry.note(&number, event, day(2), "学校").unwrap();
        assert_eq!(status(&made), after);
    }
    // Nobody comes back from death, whatever the call.
    for event in LifeEvent::ALL {
        assert!(matches!(
            made.registry.note(&number, event, day(3), "学校"),
            Err(RegistryError::Impossible(..))
        ));
    }
    let moved = made.registry.transfer(&number, "440305", "2144000001", day(3), "学校");
    assert!(matches!(moved, Err(RegistryError::Impossible(..))), "{moved:?}");
    assert_eq!(status(&made), Status::Died);
    let codes: Vec<_> =
        made.registry.history(&number).unwrap().iter().map(|entry| entry.event.code()).collect();
    assert_eq!(codes[..3], ["enrolled", "amended", "life"]);
    assert_eq!(codes.len(), 3 + steps.len());
    // A student who left or died is known for ever.
    let again = made.enroll(&student("周洋明", "20100101", 1), "b");
    assert!(matches!(again, Enrolled::Existing { number: known, .. } if known == number));
    made.assert_clean();
}

#[test]
fn a_retired_number_does_nothing_more() {
    let made = made();
    let child = student("周洋明", "20100101", 1);
    let number = made.issued(&child, "a");
    made.registry.retire(&number, "王老师", "重复建籍").unwrap();
    let known = made.registry.student(&number).unwrap().unwrap();
    assert_eq!((known.state.status, &known.record), (Status::Retired, &child));
    assert!(found(&made, &child.documents[0].number).is_empty());
    assert_eq!(made.registry.check(&child.as_student()).unwrap().answer, Answer::Clear);
    let refused = [
        made.registry.amend(&number, child.clone(), None, "王老师", "户口簿"),
        made.registry.retire(&number, "王老师", "户口簿"),
        made.registry.transfer(&number, "110105", "", day(1), "学校"),
        made.registry.note(&number, LifeEvent::Left, day(1), "学校"),
        made.registry.clear(&number, Clearance::Agrees, "省厅").map(drop),
        made.registry.unmerge(&number, "王老师", "户口簿"),
    ];
    for outcome in refused {
        assert!(matches!(outcome, Err(RegistryError::Impossible(..))), "{outcome:?}");
    }
    assert_eq!(made.registry.history(&number).unwrap().len(), 2);
    assert_eq!(made.registry.statistics().unwrap().numbered, 0);
    assert_eq!(made.enroll(&child, "a"), Enrolled::Issued(number));
    made.assert_clean();
}

#[test]
fn a_deleted_student_of_a_case_is_not_deleted_twice_nor_merged_into() {
    let made = made();
    let (first, second, case) = linked(&made);
    made.registry.retire(&second, "王老师", "重复建籍").unwrap();
    let (retired, waiting) = (made.id(&second), made.registry.case(case).unwrap().subject);
    let asked = [
        Resolution::Deleted { student: retired },
        Resolution::Corrected { student: retired },
        Resolution::ProvedSame { with: Some(retired) },
        Resolution::ProvedDifferent { owner: Some(retired) },
    ];
    for resolution in asked {
        let given = Some(under_second_name());
        let outcome = made.registry.resolve(case, resolution.clone(), given, "王老师", "户口簿");
        assert!(matches!(outcome, Err(RegistryError::Impossible(..))), "{resolution:?} {outcome:?}");
        made.assert_clean();
    }
    let settled = made.resolve(case, Resolution::ProvedSame { with: None });
    assert_eq!(settled.len(), 1);
    assert_eq!(settled[0].student, waiting);
    assert!(matches!(settled[0].outcome, Enrolled::Existing { number, .. } if number == first));
    made.assert_clean();
}

#[test]
fn a_record_that_links_two_numbers_proposes_the_merge() {
    let made = made();
    let (first, second, case) = linked(&made);
    let case = made.registry.case(case).unwrap();
    assert_eq!(case.class, CaseClass::TwoRegistryNumbers);
    let (one, two) = (made.id(&first), made.id(&second));
    assert_eq!(case.students.len(), 3);
    assert!(case.students.contains(&one) && case.students.contains(&two));
    let proposal = case.proposal.clone().unwrap();
    // The older number survives: the passport's is formal (J), the citizen's still temporary.
    assert_eq!((first.kind(), second.kind()), (NumberKind::Temporary, NumberKind::FormalWithoutId));
    assert_eq!((proposal.survivor, proposal.merged), (two, vec![one, case.subject]));
    assert_eq!(made.registry.check(&under_both_names().as_student()).unwrap().answer, Answer::Conflict);
    // The same record again waits for the same case.
    assert_eq!(made.held(&under_both_names(), "again"), case.id);
    assert_eq!(made.registry.open_cases(None, None).unwrap().len(), 1);
    made.assert_clean();
    let settled = made.resolve(case.id, Resolution::ProvedSame { with: None });
    assert!(
        settled
            .iter()
            .all(|one| matches!(one.outcome, Enrolled::Existing { number, .. } if number == second))
    );
    assert_eq!((made.id(&first), made.state(&first).number), (two, Some(second)));
    for (request, record) in
        [("x", under_first_name()), ("y", under_second_name()), ("z", under_both_names())]
    {
        assert!(
            matches!(made.enroll(&record, request), Enrolled::Existing { number, .. } if number == second)
        );
    }
    made.assert_clean();
}

#[test]
fn the_owner_may_let_the_registry_merge_by_itself() {
    let made = made_by(Settings::default(), |builder| builder.merge_policy(MergePolicy::Above(0.9)));
    let second = made.issued(&under_second_name(), "second");
    let first = made.issued(&under_first_name(), "first");
    let both = made.enroll(&under_both_names(), "both");
    assert!(matches!(both, Enrolled::Existing { number, .. } if number == second), "{both:?}");
    assert_eq!(made.id(&first), made.id(&second));
    assert!(made.registry.open_cases(None, None).unwrap().is_empty());
    made.assert_clean();
    // Within one batch as well: the rows behind it see the merge.
    let made = made_by(Settings::default(), |builder| builder.merge_policy(MergePolicy::Above(0.9)));
    let rows = [under_second_name(), under_first_name(), under_both_names(), under_first_name()];
    let batch = rows.into_iter().enumerate().map(|(at, row)| (row, at.to_string())).collect();
    let answers: Vec<_> = made.registry.enroll_many(batch).unwrap().into_iter().map(Result::unwrap).collect();
    let Enrolled::Issued(second) = answers[0] else { panic!("{answers:?}") };
    for answer in &answers[2..] {
        assert!(matches!(answer, Enrolled::Existing { number, .. } if *number == second), "{answers:?}");
    }
    made.assert_clean();
    // But not below the probability that was set.
    let made = made_by(Settings::default(), |builder| builder.merge_policy(MergePolicy::Above(1.1)));
    linked(&made);
    made.assert_clean();
}

#[test]
fn the_older_formal_number_survives() {
    let made = made_formal();
    let j = made.issued(&without_number(student("司徒静嘉", "20100101", 1)), "a");
    let g = made.issued(&student("李强", "20110303", 3), "b");
    assert_eq!((j.kind(), g.kind()), (NumberKind::FormalWithoutId, NumberKind::Formal));
    // Both formal: the older one, in whatever order they are named.
    assert_eq!(made.registry.merge(&g, &j, "王老师", "同一人").unwrap(), j);
    made.assert_clean();
    let again = made.registry.merge(&g, &j, "王老师", "同一人").unwrap_err();
    assert!(matches!(again, RegistryError::Impossible(..)));
}

#[test]
fn those_proved_different_stay_different() {
    let made = made();
    let a = student("周洋明", "20100101", 1);
    let number = made.issued(&a, "a");
    // A namesake with A's number, no household, no school: only the name and the birth date are left of it.
    let b =
        OwnedStudent {
            guardians: Vec::new(), school_code: String::new(), name: "周杰".into(), ..a.clone()
        };
    let case = made.held(&b, "b");
    let owner = made.id(&number);
    let settled = made.resolve(case, Resolution::ProvedDifferent { owner: Some(owner) });
    let Enrolled::Issued(theirs) = settled[0].outcome else { panic!("{settled:?}") };
    let other = made.id(&theirs);
    // The very same record is theirs, under however many requests, and is kept once.
    let records = made.registry.statistics().unwrap().records;
    for request in ["c", "d", "e"] {
        let answer = made.enroll(&b, request);
        assert!(matches!(answer, Enrolled::Existing { number, .. } if number == theirs), "{answer:?}");
        assert_eq!(made.registry.check(&b.as_student()).unwrap().answer, Answer::Known);
    }
    assert_eq!(made.registry.statistics().unwrap().records, records);
    assert!(made.registry.open_cases(None, None).unwrap().is_empty());
    assert_eq!(found(&made, &a.documents[0].number), [owner]);
    // Neither a merge nor an amendment forgets it.
    assert!(matches!(
        made.registry.merge(&number, &theirs, "王老师", "同一人"),
        Err(RegistryError::Impossible(..))
    ));
    made.registry
        .amend(&theirs, OwnedStudent { address: "深圳市".into(), ..b }, None, "王老师", "住址")
        .unwrap();
    assert!(made.registry.open_cases(None, None).unwrap().is_empty());
    assert_eq!(found(&made, &a.documents[0].number), [owner]);
    assert_ne!(owner, other);
    made.assert_clean();
}

/// All that must come back when a merge is taken back.
fn picture(made: &Made, numbers: &[RegistryNumber]) -> Vec<String> {
    let mut told = Vec::new();
    for number in numbers {
        let student = made.registry.student(number).unwrap().unwrap();
        let state = StudentState { entries: Vec::new(), ..student.state.clone() };
        told.push(format!("{:?} {state:?} {:?}", student.id, student.record));
        told.extend(made.registry.records(&student).unwrap().iter().map(|record| format!("{record:?}")));
        for document in student.record.documents {
            told.push(format!("{} {:?}", document.number, found(made, &document.number)));
        }
        let name =
            made.registry.by_name(&student.record.name, &student.record.birthdate, &student.record.region);
        told.push(format!("{:?}", name.unwrap().map(|found| found.unwrap().id).collect::<Vec<_>>()));
    }
    told.extend(made.registry.open_cases(None, None).unwrap().iter().map(|case| format!("{case:?}")));
    let statistics = made.registry.statistics().unwrap();
    told.push(format!("{:?} {:?}", statistics.by_kind, statistics.by_status));
    told
}

#[test]
fn unmerge_restores_both_exactly() {
    let made = made();
    let a = made.issued(&student("周洋明", "20100101", 1), "a");
    let b = made.issued(&student("李强", "20110303", 3), "b");
    let b = made.registry.clear(&b, Clearance::Agrees, "省厅").unwrap();
    made.registry.note(&b, LifeEvent::Suspended, day(1), "学校").unwrap();
    let before = picture(&made, &[a, b]);
    assert_eq!(made.registry.merge(&a, &b, "王老师", "同一人").unwrap(), b);
    assert_ne!(picture(&made, &[a, b]), before);
    made.assert_clean();
    made.registry.unmerge(&a, "王老师", "不是同一人").unwrap();
    assert_eq!(picture(&made, &[a, b]), before);
    made.assert_clean();
    let twice = made.registry.unmerge(&a, "王老师", "不是同一人").unwrap_err();
    assert!(matches!(twice, RegistryError::Impossible(..)));
}

#[test]
fn unmerge_gives_each_its_cases_back() {
    let made = made();
    let a = made.issued(&student("周洋明", "20100101", 1), "a");
    let b = made.issued(&student("李强", "20110303", 3), "b");
    // One case that both are of, one of each.
    let mut both = student("王芳", "20120404", 6);
    both.documents =
        [student("周洋明", "20100101", 1).documents, student("李强", "20110303", 3).documents].concat();
    let common = made.held(&both, "both");
    assert_eq!(made.registry.case(common).unwrap().students.len(), 3);
    for (request, number, name) in [("c", 1, "郑建国"), ("d", 3, "何秀英")] {
        let birth = if number == 1 { "20100101" } else { "20110303" };
        let mut other = student(name, "20130505", 8 + number);
        other.documents = student("", birth, number).documents;
        made.held(&other, request);
    }
    let before = picture(&made, &[a, b]);
    for _ in 0..2 {
        made.registry.merge(&a, &b, "王老师", "同一人").unwrap();
        made.assert_clean();
        made.registry.unmerge(&b, "王老师", "不是同一人").unwrap();
        assert_eq!(picture(&made, &[a, b]), before);
        made.assert_clean();
    }
}

#[test]
fn a_case_settled_while_they_were_one_stays_settled() {
    let made = made();
    let a = made.issued(&student("周洋明", "20100101", 1), "a");
    let b = made.issued(&student("李强", "20110303", 3), "b");
    let mut other = student("何秀英", "20130505", 8);
    other.documents = student("", "20110303", 3).documents;
    let case = made.held(&other, "c");
    let survivor = made.registry.merge(&a, &b, "王老师", "同一人").unwrap();
    assert_eq!(survivor, a);
    made.resolve(case, Resolution::ProvedDifferent { owner: Some(made.id(&a)) });
    made.registry.unmerge(&b, "王老师", "不是同一人").unwrap();
    assert!(made.state(&b).cases.is_empty(), "{:?}", made.state(&b).cases);
    assert!(made.state(&a).cases.is_empty());
    // The proof was about the one that stayed: who came back claims the number still, and that is told.
    assert!(matches!(made.enroll(&other, "d"), Enrolled::Existing { .. }));
    let cases = made.registry.open_cases(None, None).unwrap();
    assert_eq!(cases.len(), 1);
    assert!(cases[0].students.contains(&made.id(&b)) && !cases[0].students.contains(&made.id(&a)));
    made.assert_clean();
}

#[test]
fn unmerge_after_an_amendment_gives_the_merged_one_back_as_it_was() {
    let made = made();
    let a = made.issued(&student("周洋明", "20100101", 1), "a");
    let b = made.issued(&student("李强", "20110303", 3), "b");
    let before = (made.state(&b), made.registry.student(&b).unwrap().unwrap());
    made.registry.merge(&a, &b, "王老师", "同一人").unwrap();
    let corrected =
        OwnedStudent { address: "深圳市宝安区".into(), ..student("周洋明", "20100101", 1) };
    made.registry.amend(&a, corrected.clone(), None, "王老师", "住址").unwrap();
    made.assert_clean();
    made.registry.unmerge(&b, "王老师", "不是同一人").unwrap();
    let after = made.registry.student(&b).unwrap().unwrap();
    assert_eq!((made.state(&b), &after.record), (before.0, &before.1.record));
    let records = made.registry.records(&after).unwrap();
    assert!(records.iter().all(|record| record.is_live));
    // The amendment was of the one that stayed.
    let stayed = made.registry.student(&a).unwrap().unwrap();
    assert_eq!((stayed.record, stayed.state.records.len()), (corrected, 2));
    made.assert_clean();
}

#[test]
fn unmerge_after_a_disowned_document_gives_it_back() {
    let made = made();
    let child = student("李强", "20110303", 3);
    let a = made.issued(&student("周洋明", "20100101", 1), "a");
    let b = made.issued(&child, "b");
    let before = picture(&made, &[b]);
    made.registry.merge(&a, &b, "王老师", "同一人").unwrap();
    let mut other = student("何秀英", "20130505", 8);
    other.documents = child.documents.clone();
    let case = made.held(&other, "c");
    let owner = made.registry.case(case).unwrap().subject;
    made.resolve(case, Resolution::ProvedDifferent { owner: Some(owner) });
    assert_eq!(found(&made, &child.documents[0].number), [owner]);
    made.assert_clean();
    made.registry.unmerge(&b, "王老师", "不是同一人").unwrap();
    made.assert_clean();
    // The proof was about the one that stayed; who comes back claims the number as before.
    let both = found(&made, &child.documents[0].number);
    assert_eq!(both, [made.id(&b), owner]);
    let after = picture(&made, &[b]);
    assert_eq!(after[..2], before[..2]);
}

#[test]
fn what_a_survivor_inherited_goes_with_the_one_it_came_from() {
    let made = made();
    let c = made.issued(&without_number(student("司徒静嘉", "20120404", 5)), "c");
    let x = made.issued(&student("周洋明", "20100101", 1), "x");
    let apart = |name: &str, sequence: u16, request: &str| {
        let mut child = student(name, "20110303", sequence);
        child.documents = student("", "20100101", 1).documents;
        let case = made.held(&child, request);
        let owner = made.id(&x);
        let settled = made.resolve(case, Resolution::ProvedDifferent { owner: Some(owner) });
        let Enrolled::Issued(number) = settled[0].outcome else { panic!("{settled:?}") };
        number
    };
    let (a, b) = (apart("李强", 3, "a"), apart("何秀英", 4, "b"));
    made.registry.merge(&c, &a, "王老师", "同一人").unwrap();
    let merges = |one: &RegistryNumber| made.registry.merge(one, &x, "王老师", "同一人").is_ok();
    assert!(!merges(&c));
    made.registry.merge(&c, &b, "王老师", "同一人").unwrap();
    // B is different from X still, and B is C now.
    made.registry.unmerge(&a, "王老师", "不是同一人").unwrap();
    made.assert_clean();
    assert!(!merges(&c) && !merges(&a));
    made.registry.unmerge(&b, "王老师", "不是同一人").unwrap();
    made.assert_clean();
    assert!(!merges(&b));
    assert!(merges(&c));
    made.assert_clean();
}

#[test]
fn a_merged_student_does_not_come_back_from_a_deleted_one() {
    let made = made();
    let a = made.issued(&student("周洋明", "20100101", 1), "a");
    let b = made.issued(&student("李强", "20110303", 3), "b");
    made.registry.merge(&a, &b, "王老师", "同一人").unwrap();
    made.registry.retire(&a, "王老师", "重复建籍").unwrap();
    let outcome = made.registry.unmerge(&b, "王老师", "不是同一人");
    assert!(matches!(outcome, Err(RegistryError::Impossible(..))), "{outcome:?}");
    made.assert_clean();
}

#[test]
fn merges_of_merges_come_apart_the_way_they_came_together() {
    let made = made();
    let numbers: Vec<_> = [("周洋明", 1), ("李强", 3), ("司徒静嘉", 5)]
        .iter()
        .map(|(name, sequence)| made.issued(&student(name, &format!("201{sequence}0101"), *sequence), name))
        .collect();
    let [a, b, c] = numbers[..] else { panic!() };
    let before = picture(&made, &[a, b, c]);
    made.registry.merge(&b, &c, "王老师", "同一人").unwrap();
    let between = picture(&made, &[a, b]);
    made.registry.merge(&a, &b, "王老师", "同一人").unwrap();
    made.assert_clean();
    assert_eq!((made.id(&b), made.id(&c)), (made.id(&a), made.id(&a)));
    // All three tell one story.
    assert_eq!(made.registry.history(&a).unwrap().len(), made.registry.history(&c).unwrap().len());
    made.registry.unmerge(&b, "王老师", "不是同一人").unwrap();
    assert_eq!(picture(&made, &[a, b]), between);
    made.assert_clean();
    made.registry.unmerge(&c, "王老师", "不是同一人").unwrap();
    assert_eq!(picture(&made, &[a, b, c]), before);
    made.assert_clean();
}

#[test]
fn a_name_and_a_reason_are_asked_for() {
    let made = made();
    let number = made.issued(&student("周洋明", "20100101", 1), "a");
    let sequence = made.registry.sequence();
    let refused = [
        made.registry.amend(&number, student("周洋明", "20100101", 1), None, " ", "户口簿"),
        made.registry.retire(&number, "王老师", ""),
        made.registry.merge(&number, &number, "", "户口簿").map(drop),
        made.registry.unmerge(&number, "王老师", " "),
        made.registry.transfer(&number, "110105", "", day(1), ""),
        made.registry.note(&number, LifeEvent::Left, day(1), ""),
    ];
    for outcome in refused {
        assert!(matches!(outcome, Err(RegistryError::Impossible(..))), "{outcome:?}");
    }
    assert_eq!(made.registry.sequence(), sequence);
}
