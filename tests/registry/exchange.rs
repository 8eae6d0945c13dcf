//! Two registries and three that learn from each other: whatever happened while they were apart, in the end they
//! answer alike.

use std::collections::{BTreeMap, BTreeSet};

use renji::identity::date::Date;
use renji::ids::Sequence;
use renji::number::{NumberKind, RegistryNumber};
use renji::registry::{
    Answer, CaseClass, Clearance, Enrolled, Event, FeedFault, LifeEvent, PopulationCheck, Registry,
    RegistryError, Repeatable, Resolution, Result, Settings, SystemId, Timestamp,
};
use renji::student::OwnedStudent;
use tempfile::TempDir;

use crate::fixture::{Made, builder, export, replayed, student, without_number};

/// Where each registry's own students are at school: the nation's, and two provinces'.
const HOME: [&str; 3] = ["420103", "440305", "110105"];

/// A registry of the star: 0 is the nation's, the others are provinces'.
fn member(place: usize, population_check: PopulationCheck, seed: u64) -> Made {
    let directory = tempfile::tempdir().expect("a directory");
    let settings = match place {
        0 => Settings { scope: None, population_check, delegated: vec!["44".to_owned(), "11".to_owned()] },
        _ => Settings { scope: Some(HOME[place][..2].to_owned()), population_check, ..Settings::default() },
    };
    let registry = open_as(place, seed).create(directory.path().join("registry"), settings).expect("made");
    Made { registry, directory }
}

fn open_as(place: usize, seed: u64) -> renji::registry::Builder {
    // Clocks differ by up to seventeen hours, which is less than the day that is allowed.
    let at = 1_790_000_000 + ((seed + 1) * (place as u64 + 3) * 7_919 % 61_200) as i64;
    let surroundings = Repeatable::new(Timestamp::new(at), seed * 16 + place as u64);
    builder().cache_bytes(4 << 20).surroundings(surroundings)
}

fn pair() -> (Made, Made) {
    (member(0, PopulationCheck::Pending, 1), member(1, PopulationCheck::Pending, 1))
}

fn position(of: &Registry, system: SystemId) -> Sequence {
    let positions = of.positions().expect("positions");
    positions.iter().find(|known| known.system == system).map_or(Sequence::new(0), |known| known.sequence)
}

/// Everything of one that the other does not have.
fn exchange(from: &Registry, to: &Registry) -> renji::registry::Applied {
    let since = position(to, from.system().expect("a system"));
    to.apply_feed(&from.feed(since, usize::MAX).expect("a feed")).expect("applied")
}

fn both_ways(a: &Made, b: &Made) {
    for _ in 0..2 {
        exchange(&a.registry, &b.registry);
        exchange(&b.registry, &a.registry);
    }
}

/// A child at a school of a member.
fn child_at(place: usize, child: u16, name: &str) -> OwnedStudent {
    let mut written =
        student(name, &format!("20{:02}0{}0{}", 10 + child, child + 1, child + 2), 10 + 37 * child);
    written.region = HOME[place].to_owned();
    written
}

/// What a registry answers of a number: the current one, the status, all numbers, the record.
type Told = (Option<RegistryNumber>, &'static str, BTreeSet<RegistryNumber>, Option<OwnedStudent>);

fn told(registry: &Registry, number: &RegistryNumber) -> Option<Told> {
    let found = registry.student(number).expect("a look")?;
    let is_present = found.state.status.is_present();
    let numbers = found.state.numbers().collect();
    Some((found.state.number, found.state.status.code(), numbers, is_present.then_some(found.record)))
}

/// Every number that a registry gave out itself.
fn issued(registry: &Registry) -> Vec<RegistryNumber> {
    let mut numbers = Vec::new();
    for change in registry.changes(Sequence::new(0), usize::MAX).expect("changes") {
        match change.entry().expect("an entry").event {
            Event::Enrolled { answer, .. } => {
                if let Enrolled::Issued(number) = Enrolled::from(answer) {
                    numbers.push(number);
                }
            }
            Event::Numbered { number, .. } => numbers.push(number),
            _ => {}
        }
    }
    numbers
}

/// All members answer alike of every number, none was issued twice, and each is in order.
fn assert_converged(members: &[Made]) {
    let mut all: BTreeMap<RegistryNumber, usize> = BTreeMap::new();
    for (place, made) in members.iter().enumerate() {
        for number in issued(&made.registry) {
            let other = all.insert(number, place);
            let is_formal = number.kind() == NumberKind::Formal;
            assert!(other.is_none() || is_formal && other != Some(place), "{number} was issued twice");
        }
    }
    for number in all.keys() {
        let first = told(&members[0].registry, number).expect("known to the nation");
        for made in &members[1..] {
            let theirs = told(&made.registry, number).expect("known to all");
            assert_eq!((&first.0, first.1, &first.2), (&theirs.0, theirs.1, &theirs.2), "{number}");
            assert!(first.3 == theirs.3, "another current record: {number}");
        }
    }
    for made in members {
        made.assert_clean();
    }
}

#[test]
fn what_one_issued_the_other_answers_with() {
    let (nation, province) = pair();
    let number = province.issued(&child_at(1, 1, "周洋明"), "a");
    both_ways(&nation, &province);
    assert_eq!(told(&nation.registry, &number), told(&province.registry, &number));
    // At another school, in another province.
    let moved = child_at(0, 1, "周洋明");
    let check = nation.registry.check(&moved.as_student()).unwrap();
    assert_eq!((check.answer, check.known[0].number), (Answer::Known, Some(number)));
    assert!(
        matches!(nation.enroll(&moved, "b"), Enrolled::Existing { number: known, .. } if known == number)
    );
    both_ways(&nation, &province);
    assert_converged(&[nation, province]);
}

#[test]
fn the_same_child_on_both_sides_is_one_case_settled_once() {
    for is_one in [true, false] {
        let (nation, province) = pair();
        let (one, other) =
            (nation.issued(&child_at(0, 1, "周洋明"), "a"), province.issued(&child_at(1, 1, "周洋明"), "a"));
        both_ways(&nation, &province);
        let mut cases = Vec::new();
        for made in [&nation, &province] {
            let open = made.registry.open_cases(None, None).unwrap();
            assert_eq!(open.len(), 1);
            assert_eq!(open[0].class, CaseClass::TwoRegistryNumbers);
            let students: BTreeSet<_> = open[0].students.iter().copied().collect();
            assert_eq!(students, [made.id(&one), made.id(&other)].into());
            cases.push(open[0].id);
        }
        let resolution = match is_one {
            true => Resolution::ProvedSame { with: None },
            false => Resolution::ProvedDifferent { owner: None },
        };
        province.resolve(cases[1], resolution);
        both_ways(&nation, &province);
        for made in [&nation, &province] {
            assert!(made.registry.open_cases(None, None).unwrap().is_empty());
            assert_eq!(made.id(&one) == made.id(&other), is_one);
        }
        let survivor = told(&nation.registry, &one).unwrap().0;
        assert_eq!(told(&province.registry, &one).unwrap().0, survivor);
        assert_converged(&[nation, province]);
    }
}

#[test]
fn who_comes_in_one_piece_is_a_case_as_well() {
    let (nation, province) = pair();
    let third = member(2, PopulationCheck::Pending, 1);
    nation.issued(&child_at(0, 1, "周洋明"), "a");
    province.issued(&child_at(1, 1, "周洋明"), "a");
    both_ways(&nation, &province);
    // Both students are new there, and neither is in the state that the write stands on.
    let applied = exchange(&nation.registry, &third.registry);
    assert_eq!((applied.students, applied.opened), (2, 1));
    let cases = third.registry.open_cases(None, None).unwrap();
    assert_eq!((cases[0].class, cases[0].students.len()), (CaseClass::TwoRegistryNumbers, 2));
    both_ways(&nation, &third);
    assert_converged(&[nation, province, third]);
}

#[test]
fn the_newest_word_holds_where_both_settled_it() {
    let (nation, province) = pair();
    let (one, other) =
        (nation.issued(&child_at(0, 1, "周洋明"), "a"), province.issued(&child_at(1, 1, "周洋明"), "a"));
    both_ways(&nation, &province);
    let case = |made: &Made| made.registry.open_cases(None, None).unwrap()[0].id;
    nation.resolve(case(&nation), Resolution::ProvedSame { with: None });
    province.resolve(case(&province), Resolution::ProvedDifferent { owner: None });
    both_ways(&nation, &province);
    assert_eq!(nation.id(&one) == nation.id(&other), province.id(&one) == province.id(&other));
    assert_converged(&[nation, province]);
}

#[test]
fn a_feed_is_applied_once_in_order_and_whole() {
    let (nation, province) = pair();
    for child in 0..4 {
        province.issued(&child_at(1, child, "周洋明"), &child.to_string());
    }
    let feed = province.registry.feed(Sequence::new(0), usize::MAX).unwrap();
    let refused_lines = |lines: &[renji::registry::FeedLine]| {
        let before = nation.registry.sequence();
        let error = nation.registry.apply_feed(lines).unwrap_err();
        assert_eq!(nation.registry.sequence(), before);
        match error {
            RegistryError::Feed { fault, .. } => fault,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused_lines(&feed[1..]), FeedFault::Gap(Sequence::new(0)));
    assert_eq!(refused_lines(&[feed[0].clone(), feed[2].clone()]), FeedFault::Order);
    let mut changed = feed.clone();
    changed[3].notices[0].by = "somebody else".to_owned();
    assert_eq!(refused_lines(&changed), FeedFault::Changed);
    let applied = nation.registry.apply_feed(&feed[..4]).unwrap();
    assert_eq!((applied.entries, applied.before), (4, 0));
    // Stopped there, it goes on; and what was applied is passed over.
    let applied = nation.registry.apply_feed(&feed).unwrap();
    assert_eq!((applied.entries, applied.before, applied.students), (feed.len() as u64 - 4, 4, 2));
    let before = nation.registry.sequence();
    assert_eq!(nation.registry.apply_feed(&feed).unwrap().entries, 0);
    assert_eq!(nation.registry.sequence(), before);
    assert!(matches!(province.registry.apply_feed(&feed), Err(RegistryError::Impossible(..))));
    // What comes back is recognised.
    let echo = exchange(&nation.registry, &province.registry);
    assert_eq!((echo.learnt, echo.students), (0, 0));
    assert!(echo.known > 0);
}

/// What a registry says to one that learns nothing.
fn refused(to: &Registry, from: &Registry) -> FeedFault {
    let before = to.sequence();
    let since = position(to, from.system().unwrap());
    let error = to.apply_feed(&from.feed(since, usize::MAX).unwrap()).unwrap_err();
    assert_eq!(to.sequence(), before);
    match error {
        RegistryError::Feed { fault, .. } => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_clock_far_ahead_is_not_learnt_from_unasked() {
    let nation = member(0, PopulationCheck::Pending, 1);
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("registry");
    let years_ahead = Repeatable::new(Timestamp::new(1_890_000_000), 7);
    let settings = Settings { scope: Some("44".to_owned()), ..Settings::default() };
    let registry = builder().surroundings(years_ahead).create(path, settings).expect("made");
    let province = Made { registry, directory };
    let number = province.issued(&child_at(1, 1, "周洋明"), "a");
    assert_eq!(refused(&nation.registry, &province.registry), FeedFault::Ahead);
    assert_eq!(told(&nation.registry, &number), None);
    // Its entries cannot be written again: whoever needs them says so.
    let Made { registry, directory } = nation;
    drop(registry);
    let builder = open_as(0, 1).clock_ahead_max(std::time::Duration::from_secs(u64::MAX));
    let registry = builder.open(directory.path().join("registry")).expect("a registry");
    let nation = Made { registry, directory };
    both_ways(&nation, &province);
    assert_converged(&[nation, province]);
}

#[test]
fn a_registry_that_was_set_back_is_told_so() {
    let (nation, province) = pair();
    let number = province.issued(&child_at(1, 1, "周洋明"), "a");
    both_ways(&nation, &province);
    let old = tempfile::tempdir().expect("a directory");
    province.registry.backup(old.path().join("registry")).expect("a copy");
    let lost = province.issued(&child_at(1, 2, "李强"), "b");
    both_ways(&nation, &province);
    let copy = reopened(old, 1, 99);
    // What the copy lost comes back from the nation, who knows the student: it is not taken for known.
    nation.issued(&child_at(0, 3, "何秀英"), "c");
    assert_eq!(told(&copy.registry, &lost), None);
    assert!(matches!(refused(&copy.registry, &nation.registry), FeedFault::SetBack(_)));
    // And gone on from there, it has another history.
    let day = Date::new(2026, 9, 1).unwrap();
    for school in 10..30 {
        copy.registry.transfer(&number, HOME[1], &format!("21440000{school}"), day, "学校").unwrap();
    }
    assert!(matches!(refused(&copy.registry, &nation.registry), FeedFault::SetBack(_)));
    assert!(matches!(refused(&nation.registry, &copy.registry), FeedFault::History));
}

#[test]
fn what_another_issues_is_not_issued_here() {
    let (nation, province) = pair();
    let there = child_at(1, 1, "周洋明");
    assert!(matches!(nation.registry.enroll(&there.as_student(), "a"), Err(RegistryError::Delegated)));
    assert!(matches!(
        province.registry.enroll(&child_at(0, 1, "周洋明").as_student(), "a"),
        Err(RegistryError::OutOfScope)
    ));
    // Who has moved keeps numbers of the old region.
    let number = province.issued(&without_number(child_at(1, 2, "李强")), "b");
    let day = Date::new(2026, 9, 1).unwrap();
    assert_eq!(number.kind(), NumberKind::FormalWithoutId);
    province.registry.transfer(&number, "110105", "2111000001", day, "学校").unwrap();
    assert_eq!(number.region().to_string(), "440305");
}

#[test]
fn a_number_that_both_issued_is_a_case_and_nobody_is_lost() {
    // Made without ranges: nothing keeps them from the same J.
    let make = |seed| {
        let directory = tempfile::tempdir().expect("a directory");
        let registry = open_as(0, seed)
            .create(directory.path().join("registry"), Settings::default())
            .expect("a registry");
        Made { registry, directory }
    };
    let (a, b) = (make(1), make(2));
    let one = a.issued(&without_number(child_at(0, 1, "周洋明")), "a");
    let mut different = without_number(child_at(0, 1, "司徒静嘉"));
    different.guardians.clear();
    let two = b.issued(&different, "a");
    assert_eq!(one, two);
    let applied = exchange(&b.registry, &a.registry);
    assert_eq!((applied.unplaced, applied.opened), (1, 1));
    let cases = a.registry.open_cases(None, Some(CaseClass::NumberTaken)).unwrap();
    assert_eq!((cases.len(), cases[0].number), (1, Some(one)));
    a.assert_clean();
}

/// A sequence that depends on a seed alone.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ (x >> 31)) % end as u64) as usize
    }
}

/// A child of the pool as an office of a member writes it down.
fn written(place: usize, dice: &mut Dice) -> OwnedStudent {
    const NAMES: [&str; 4] = ["周洋明", "李强", "司徒静嘉", "何秀英"];
    let child = dice.below(NAMES.len());
    let mut record = child_at(place, child as u16, NAMES[child]);
    match dice.below(9) {
        0 => record = without_number(record),
        1 => record.name.push('儿'),
        // With another child's number.
        2 => record.documents = child_at(place, ((child + 1) % 4) as u16, "").documents,
        // A twin: the next in sequence, and a name one character apart.
        3 => {
            let birth = record.birthdate.clone();
            let twin = student("周洋亮", &birth, 11 + 37 * child as u16);
            record.documents = twin.documents;
            record.name = "周洋亮".to_owned();
        }
        4 => record.guardians.clear(),
        5 => record.documents.extend(child_at(place, ((child + 1) % 4) as u16, "").documents),
        _ => {}
    }
    record
}

fn allowed<T>(outcome: Result<T>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(
            RegistryError::Impossible(..)
            | RegistryError::CaseClosed(_)
            | RegistryError::NothingToCompare
            | RegistryError::UnknownNumber
            | RegistryError::OutOfScope
            | RegistryError::Delegated,
        ) => None,
        Err(error) => panic!("{error:?}"),
    }
}

/// One thing that somebody does at a member.
fn work(made: &Made, place: usize, step: usize, numbers: &[RegistryNumber], dice: &mut Dice) {
    let registry = &made.registry;
    let day = Date::new(2026, 9, 1).unwrap();
    let (operator, reason) = ("王老师", "户口簿");
    let known: Vec<RegistryNumber> =
        numbers.iter().copied().filter(|number| registry.student(number).unwrap().is_some()).collect();
    let what = dice.below(20);
    if known.is_empty() || what < 7 {
        let record = written(place, dice);
        allowed(registry.enroll(&record.as_student(), &format!("request {step}")));
        return;
    }
    let number = known[dice.below(known.len())];
    match what {
        7..=9 => {
            let cases = registry.open_cases(None, None).unwrap();
            if cases.is_empty() {
                return;
            }
            let case = &cases[dice.below(cases.len())];
            let student = case.students[dice.below(case.students.len())];
            let correction = written(place, dice);
            let (resolution, correction) = match dice.below(6) {
                0 | 1 => (Resolution::ProvedDifferent { owner: Some(student) }, None),
                2 => (Resolution::ProvedSame { with: None }, None),
                3 => (Resolution::ProvedSame { with: Some(student) }, None),
                4 => (Resolution::Corrected { student }, Some(correction)),
                _ => (Resolution::Deleted { student }, None),
            };
            allowed(registry.resolve(case.id, resolution, correction, operator, reason));
        }
        10 => {
            let record = written(place, dice);
            allowed(registry.amend(&number, record, None, operator, reason));
        }
        11 => {
            allowed(registry.transfer(&number, HOME[dice.below(3)], "2144000001", day, reason));
        }
        12 | 13 => {
            let other = known[dice.below(known.len())];
            allowed(registry.merge(&number, &other, operator, reason));
        }
        14 => {
            allowed(registry.unmerge(&number, operator, reason));
        }
        15 => {
            if dice.below(3) == 0 {
                allowed(registry.retire(&number, operator, reason));
            }
        }
        16 => {
            let event = LifeEvent::ALL[1 + dice.below(8)];
            allowed(registry.note(&number, event, day, reason));
        }
        _ => {
            let clearance = [Clearance::Agrees, Clearance::NoCitizenId][dice.below(2)];
            allowed(registry.clear(&number, clearance, operator));
        }
    }
}

fn schedule(seed: u64) {
    let mut dice = Dice(seed);
    let count = if dice.below(4) == 0 { 3 } else { 2 };
    let check = [PopulationCheck::Pending, PopulationCheck::Pending, PopulationCheck::Done][dice.below(3)];
    let mut members: Vec<Made> = (0..count).map(|place| member(place, check, seed)).collect();
    for step in 0..6 + dice.below(18) {
        let place = dice.below(count);
        match dice.below(8) {
            // A piece of a feed, from where it was left or from the beginning.
            0 | 1 => {
                let (from, to) = match dice.below(2) {
                    0 => (0, 1 + dice.below(count - 1)),
                    _ => (1 + dice.below(count - 1), 0),
                };
                let (from, to) = (&members[from].registry, &members[to].registry);
                let known = position(to, from.system().unwrap());
                let since = if dice.below(4) == 0 { Sequence::new(0) } else { known };
                let most = known.get() as usize - since.get() as usize + 1 + dice.below(12);
                to.apply_feed(&from.feed(since, most).unwrap()).unwrap();
            }
            2 if dice.below(4) == 0 => {
                let Made { registry, directory } = members.remove(place);
                drop(registry);
                members.insert(place, reopened(directory, place, seed + step as u64));
            }
            _ => {
                let numbers: BTreeSet<RegistryNumber> =
                    members.iter().flat_map(|made| issued(&made.registry)).collect();
                let numbers: Vec<RegistryNumber> = numbers.into_iter().collect();
                work(&members[place], place, step, &numbers, &mut dice);
            }
        }
    }
    for _ in 0..2 {
        for province in 1..count {
            exchange(&members[province].registry, &members[0].registry);
        }
        for province in 1..count {
            exchange(&members[0].registry, &members[province].registry);
        }
    }
    assert_converged(&members);
    if seed.is_multiple_of(8) {
        for made in &members {
            let copy = replayed(&made.registry, 7);
            copy.assert_clean();
            assert_eq!(export(&made.registry), export(&copy.registry));
            assert_eq!(made.registry.positions().unwrap(), copy.registry.positions().unwrap());
        }
    }
}

fn reopened(directory: TempDir, place: usize, seed: u64) -> Made {
    let registry = open_as(place, seed).open(directory.path().join("registry")).expect("a registry");
    Made { registry, directory }
}

/// As many random schedules as `RENJI_SCHEDULES` says, or those of CI, from `RENJI_SEED` on.
#[test]
fn whatever_happens_apart_they_converge() {
    let number = |name: &str, usual| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(usual);
    let (first, count) = (number("RENJI_SEED", 0), number("RENJI_SCHEDULES", 2_000));
    for seed in first..first + count {
        let outcome = std::panic::catch_unwind(|| schedule(seed));
        assert!(outcome.is_ok(), "the schedule of RENJI_SEED={seed} RENJI_SCHEDULES=1 fails, as said above");
    }
}
