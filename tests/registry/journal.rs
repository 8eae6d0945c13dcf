//! The journal: another registry that follows it is the same registry.

use renji::identity::date::Date;
use renji::ids::Sequence;
use renji::registry::{
    Change, Clearance, Enrolled, Event, LifeEvent, PopulationCheck, Registry, RegistryError, Resolution,
    Settings,
};
use renji::student::OwnedStudent;

use crate::fixture::{Made, builder, export, made, made_with, replayed, student, without_number};

/// A registry in which everything happened that can.
fn eventful(settings: Settings) -> Made {
    let made = made_with(settings);
    let registry = &made.registry;
    let day = Date::new(2026, 9, 1).unwrap();
    let a = made.issued(&student("周洋明", "20100101", 1), "a");
    let b = made.issued(&student("李强", "20110303", 3), "b");
    let c = made.issued(&without_number(student("司徒静嘉", "20120404", 5)), "c");
    made.enroll(&student("周洋明", "20100101", 1), "a again");
    registry.clear(&a, Clearance::Agrees, "省厅").unwrap();
    registry.clear(&b, Clearance::NoCitizenId, "省厅").unwrap();
    let amended = OwnedStudent { address: "深圳市".into(), ..student("李强", "20110303", 3) };
    registry.amend(&b, amended, Some(day), "王老师", "住址").unwrap();
    registry.transfer(&c, "110105", "2111000001", day, "学校").unwrap();
    registry.note(&c, LifeEvent::Suspended, day, "学校").unwrap();
    let mut claims = student("何秀英", "20130505", 8);
    claims.documents = student("", "20100101", 1).documents;
    let case = made.held(&claims, "d");
    let owner = made.id(&a);
    made.resolve(case, Resolution::ProvedDifferent { owner: Some(owner) });
    let mut claims = student("郑建国", "20130606", 9);
    claims.documents = student("", "20110303", 3).documents;
    let case = made.held(&claims, "e");
    let subject = registry.case(case).unwrap().subject;
    let corrected = Some(student("郑建国", "20130606", 9));
    let resolution = Resolution::Corrected { student: subject };
    registry.resolve(case, resolution, corrected, "王老师", "户口簿").unwrap();
    let batch = (0..6).map(|at| (student("欧阳若兰", "20140707", 40 + at), format!("batch {at}"))).collect();
    registry.enroll_many(batch).unwrap();
    let (e, f) = (
        made.issued(&student("钱学礼", "20150808", 11), "g"),
        made.issued(&student("赵登禹", "20160909", 13), "h"),
    );
    registry.merge(&e, &f, "王老师", "同一人").unwrap();
    registry.merge(&a, &c, "王老师", "同一人").unwrap();
    registry.unmerge(&c, "王老师", "不是同一人").unwrap();
    let gone = made.issued(&student("孙小梅", "20161010", 15), "i");
    registry.retire(&gone, "王老师", "重复建籍").unwrap();
    let mut open = student("吴用之", "20161111", 17);
    open.documents = student("", "20110303", 3).documents;
    made.held(&open, "j");
    made.assert_clean();
    made
}

/// Rows of each table but those of the counts, which are no part of the journal.
fn rows(registry: &Registry) -> Vec<(&'static str, u64)> {
    let mut rows = registry.statistics().unwrap().rows;
    rows.retain(|(table, _)| *table != "population");
    rows
}

fn assert_same(one: &Made, other: &Made) {
    other.assert_clean();
    assert_eq!(export(&one.registry), export(&other.registry));
    assert_eq!(rows(&one.registry), rows(&other.registry));
    let (left, right) = (one.registry.statistics().unwrap(), other.registry.statistics().unwrap());
    assert_eq!((left.numbered, left.records, left.by_kind), (right.numbered, right.records, right.by_kind));
    assert_eq!((left.by_status, left.open_cases), (right.by_status, right.open_cases));
}

#[test]
fn a_replay_gives_the_same_registry() {
    for population_check in [PopulationCheck::Pending, PopulationCheck::Done] {
        let made = eventful(Settings { population_check, ..Settings::default() });
        made.registry.recount().unwrap();
        assert_same(&made, &replayed(&made.registry, usize::MAX));
        // Reopened, it is still the same.
        let (text, made) = (export(&made.registry), made.reopened());
        assert_eq!(export(&made.registry), text);
    }
}

#[test]
fn changes_come_in_pieces_of_any_size() {
    let made = eventful(Settings::default());
    let all = made.registry.changes(Sequence::new(0), usize::MAX).unwrap();
    assert_eq!(all.last().map(|change| change.sequence), Some(made.registry.sequence()));
    for piece in [1, 2, 3, 7, 1000] {
        assert_same(&made, &replayed(&made.registry, piece));
        let mut pieces: Vec<Change> = Vec::new();
        loop {
            let since = pieces.last().map_or(Sequence::new(0), |change| change.sequence);
            let more = made.registry.changes(since, piece).unwrap();
            assert!(more.len() <= piece);
            if more.is_empty() {
                break;
            }
            pieces.extend(more);
        }
        assert_eq!(pieces, all);
    }
    assert!(made.registry.changes(Sequence::new(0), 0).unwrap().is_empty());
    assert!(made.registry.changes(Sequence::new(u64::MAX - 1), 5).unwrap().is_empty());
    // The chain can be followed without a registry.
    let mut before = [0; 32];
    for change in &all {
        assert!(change.follows(&before));
        before = change.chain;
    }
    assert!(matches!(all[0].entry().unwrap().event, Event::Founded { .. }));
}

#[test]
fn a_replayed_registry_answers_requests_as_the_first_did_and_goes_on_alike() {
    let settings =
        Settings { population_check: PopulationCheck::Done, scope: Some("44".into()), ..Settings::default() };
    let made = made_with(settings.clone());
    let child = student("周洋明", "20100101", 1);
    let number = made.issued(&child, "a");
    let mut other = student("李强", "20110303", 3);
    other.documents = child.documents.clone();
    let case = made.held(&other, "b");
    let copy = replayed(&made.registry, 2);
    // What the first was made for holds for the other, without opening it again.
    assert_eq!(copy.registry.settings(), &settings);
    assert_eq!(copy.enroll(&child, "a"), Enrolled::Issued(number));
    assert_eq!(copy.held(&other, "b"), case);
    assert_eq!(copy.enroll(&other, "b"), made.enroll(&other, "b"));
    let reused = copy.registry.enroll(&student("何秀英", "20130505", 8).as_student(), "a");
    assert!(matches!(reused, Err(RegistryError::RequestReused)));
    let outside = OwnedStudent { region: "110105".into(), ..student("何秀英", "20130505", 8) };
    for registry in [&made.registry, &copy.registry] {
        let refused = registry.enroll(&outside.as_student(), "c");
        assert!(matches!(refused, Err(RegistryError::OutOfScope)), "{refused:?}");
    }
    let next = student("何秀英", "20130505", 8);
    assert_eq!(copy.issued(&next, "d"), made.issued(&next, "d"));
    assert_same(&made, &copy);
    // Each wrote an entry of its own; they are one journal only where the operator and the time are.
    assert!(copy.registry.follow(&made.registry.changes(made.registry.sequence(), 10).unwrap()).is_ok());
}

#[test]
fn what_does_not_follow_is_refused_as_a_whole() {
    let made = eventful(Settings::default());
    let all = made.registry.changes(Sequence::new(0), usize::MAX).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let copy = builder().create_follower(directory.path().join("registry")).unwrap();
    copy.follow(&all[..5]).unwrap();
    let before = (export(&copy), copy.statistics().unwrap());
    let refuse = |changes: Vec<Change>, what: &str| {
        let outcome = copy.follow(&changes);
        assert!(matches!(outcome, Err(RegistryError::Chain)), "{what}: {outcome:?}");
        assert_eq!((export(&copy), copy.statistics().unwrap()), before, "{what}");
    };
    refuse(all[6..9].to_vec(), "a gap");
    refuse([&all[5..7], &all[8..]].concat(), "a gap within");
    refuse(all[4..8].to_vec(), "a repeat");
    refuse(all[..3].to_vec(), "the beginning again");
    refuse(vec![all[6].clone(), all[5].clone()], "the wrong order");
    for at in [5, 8, all.len() - 1] {
        for byte in [0, all[at].payload.len() / 2, all[at].payload.len() - 1] {
            let mut changes = all[5..].to_vec();
            changes[at - 5].payload[byte] ^= 1;
            refuse(changes, "a payload that was changed");
        }
        let mut changes = all[5..].to_vec();
        changes[at - 5].payload.pop();
        refuse(changes, "a payload cut short");
        let mut changes = all[5..].to_vec();
        changes[at - 5].chain[31] ^= 1;
        refuse(changes, "another hash");
        let mut changes = all[5..].to_vec();
        changes[at - 5].sequence = Sequence::new(changes[at - 5].sequence.get() + 1);
        refuse(changes, "another place");
    }
    // Nothing was lost by it: the true changes follow.
    copy.follow(&all[5..]).unwrap();
    assert_eq!(export(&copy), export(&made.registry));
}

#[test]
fn two_journals_do_not_mix() {
    let (one, other) = (made(), made());
    one.issued(&student("周洋明", "20100101", 1), "a");
    other.issued(&student("李强", "20110303", 3), "b");
    let since = one.registry.sequence();
    one.issued(&student("何秀英", "20130505", 8), "c");
    let outcome = other.registry.follow(&one.registry.changes(since, 10).unwrap());
    assert!(matches!(outcome, Err(RegistryError::Chain)), "{outcome:?}");
    other.assert_clean();
}

#[test]
fn a_follower_that_has_no_beginning_takes_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("registry");
    let follower = builder().create_follower(&path).unwrap();
    let child = student("周洋明", "20100101", 1);
    let outcome = follower.enroll(&child.as_student(), "a");
    assert!(matches!(outcome, Err(RegistryError::Impossible(..))), "{outcome:?}");
    assert_eq!(follower.sequence(), Sequence::new(0));
    assert!(follower.verify().unwrap().is_clean());
    drop(follower);
    // It can be opened again, and begins then.
    let follower = builder().open(&path).unwrap();
    let made = made();
    made.issued(&child, "a");
    follower.follow(&made.registry.changes(Sequence::new(0), 100).unwrap()).unwrap();
    assert_eq!(export(&follower), export(&made.registry));
}
