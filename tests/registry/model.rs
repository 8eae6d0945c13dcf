//! Random operations against a plain model of what must hold whatever happens.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use renji::identity::date::Date;
use renji::ids::{Sequence, StudentId};
use renji::number::RegistryNumber;
use renji::registry::{
    Answer, Clearance, Enrolled, Event, LifeEvent, MergePolicy, PopulationCheck, RegistryError, Resolution,
    Result, Settings,
};
use renji::student::OwnedStudent;

use crate::fixture::{Made, export, made_by, replayed, student, without_number};
use crate::packed::answer;

const CHILDREN: u8 = 6;

/// A child of the pool as an office writes it down.
fn record(child: u8, variation: u8) -> OwnedStudent {
    let own = |child: u8| {
        let name = ["周洋明", "李强", "司徒静嘉", "何秀英", "欧阳若兰", "赵登禹"][usize::from(child)];
        let child = u16::from(child);
        student(name, &format!("20{:02}0{}0{}", 10 + child, child + 1, child + 2), 10 + 37 * child)
    };
    let mut written = own(child);
    match variation {
        1 => written = without_number(written),
        2 => written.region = "110105".into(),
        3 => written.name.push('儿'),
        // With the next child's number.
        4 => written.documents = own((child + 1) % CHILDREN).documents,
        // Of two children at once.
        5 => written.documents.extend(own((child + 1) % CHILDREN).documents),
        6 => {
            written.birthdate.clear();
            written.documents.clear();
            written.guardians.clear();
        }
        7 => written.guardians.clear(),
        _ => {}
    }
    written
}

#[derive(Debug, Clone)]
enum Operation {
    Enroll { child: u8, variation: u8, request: u8 },
    Amend { number: u8, child: u8, variation: u8 },
    Merge { one: u8, other: u8 },
    Unmerge { number: u8 },
    Resolve { case: u8, how: u8, party: u8, child: u8 },
    Retire { number: u8 },
    Clear { number: u8, agrees: bool },
    Transfer { number: u8 },
    Note { number: u8, event: u8 },
    Compact { all: bool },
    Reopen,
}

fn operation() -> impl Strategy<Value = Operation> {
    let number = 0..12u8;
    prop_oneof![
        12 => (0..CHILDREN, prop_oneof![3 => Just(0u8), 5 => 0..8u8], 0..40u8)
            .prop_map(|(child, variation, request)| Operation::Enroll { child, variation, request }),
        3 => (number.clone(), 0..CHILDREN, 0..8u8)
            .prop_map(|(number, child, variation)| Operation::Amend { number, child, variation }),
        2 => (number.clone(), number.clone()).prop_map(|(one, other)| Operation::Merge { one, other }),
        2 => number.clone().prop_map(|number| Operation::Unmerge { number }),
        5 => (0..6u8, 0..6u8, 0..4u8, 0..CHILDREN)
            .prop_map(|(case, how, party, child)| Operation::Resolve { case, how, party, child }),
        1 => number.clone().prop_map(|number| Operation::Retire { number }),
        3 => (number.clone(), any::<bool>()).prop_map(|(number, agrees)| Operation::Clear { number, agrees }),
        1 => number.clone().prop_map(|number| Operation::Transfer { number }),
        1 => (number, 0..9u8).prop_map(|(number, event)| Operation::Note { number, event }),
        4 => any::<bool>().prop_map(|all| Operation::Compact { all }),
        1 => Just(Operation::Reopen),
    ]
}

/// What must hold, kept without the engine's help.
#[derive(Default)]
struct Model {
    answers: HashMap<String, (OwnedStudent, Enrolled)>,
    /// Every number that was ever given, in the order in which it was, and to whom.
    given: Vec<(RegistryNumber, StudentId)>,
    /// Whom each student was merged into.
    merged: HashMap<StudentId, StudentId>,
    retired: HashSet<StudentId>,
    /// Children about whom nothing but true records came: each has one student.
    pure: HashMap<u8, StudentId>,
    tainted: HashSet<u8>,
    /// Up to where the journal was read.
    read: Sequence,
}

impl Model {
    fn now(&self, mut student: StudentId) -> StudentId {
        while let Some(survivor) = self.merged.get(&student) {
            student = *survivor;
        }
        student
    }

    fn pick(&self, at: u8) -> Option<RegistryNumber> {
        let at = usize::from(at).checked_rem(self.given.len())?;
        Some(self.given[at].0)
    }

    fn give(&mut self, number: RegistryNumber, student: StudentId) {
        assert!(self.given.iter().all(|(known, _)| *known != number), "a number was given twice");
        self.given.push((number, student));
    }

    /// Takes note of what the journal says happened.
    fn follow(&mut self, made: &Made) {
        for change in made.registry.changes(self.read, usize::MAX).unwrap() {
            self.read = change.sequence;
            match change.entry().unwrap().event {
                Event::Enrolled { student, answer, .. } => {
                    if let Enrolled::Issued(number) = Enrolled::from(answer) {
                        self.give(number, student);
                    }
                }
                Event::Numbered { student, number, .. } => self.give(number, student),
                Event::Merged { survivor, merged, .. } => {
                    assert_eq!(self.merged.insert(merged, survivor), None);
                }
                Event::Unmerged { survivor, merged, .. } => {
                    assert_eq!(self.merged.remove(&merged), Some(survivor));
                }
                Event::Retired { student, .. } => {
                    assert!(self.retired.insert(student), "deleted twice");
                }
                _ => {}
            }
        }
    }

    /// Every number leads where it must, whatever happened.
    fn assert_holds(&self, made: &Made) {
        for (number, student) in &self.given {
            let found = made.registry.student(number).unwrap().expect("a number is remembered for ever");
            assert_eq!(found.id, self.now(*student));
            assert!(found.state.numbers().any(|own| own == *number));
        }
        for (child, student) in self.pure.iter().filter(|(child, _)| !self.tainted.contains(child)) {
            let check = made.registry.check(&record(*child, 0).as_student()).unwrap();
            assert_eq!((check.answer, check.known[0].student), (Answer::Known, *student));
        }
    }
}

fn run(made: Made, operations: &[Operation]) {
    let (mut made, mut model) = (made, Model::default());
    model.follow(&made);
    for (at, operation) in operations.iter().enumerate() {
        let before = made.registry.sequence();
        made = step(made, &mut model, operation);
        let is_refused = made.registry.sequence() == before;
        model.follow(&made);
        if !is_refused || at % 8 == 0 {
            model.assert_holds(&made);
        }
        if at % 6 == 5 {
            made.assert_clean();
        }
    }
    for (request, (given, answer)) in &model.answers {
        assert_eq!(made.enroll(given, request), *answer);
    }
    made.assert_clean();
    let copy = replayed(&made.registry, 7);
    copy.assert_clean();
    assert_eq!(export(&made.registry), export(&copy.registry));
    // Nothing of the copy was ever packed.
    assert_eq!(made.registry.statistics().unwrap().rows, copy.registry.statistics().unwrap().rows);
    for (child, variation) in (0..CHILDREN).flat_map(|child| (0..8).map(move |variation| (child, variation)))
    {
        let asked = record(child, variation);
        assert_eq!(answer(&made.registry, &asked), answer(&copy.registry, &asked), "{child}, {variation}");
    }
}

/// What makes no sense is refused and changes nothing; any other failure is a fault.
fn allowed<T>(outcome: Result<T>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(
            RegistryError::Impossible(..)
            | RegistryError::CaseClosed(_)
            | RegistryError::NothingToCompare
            | RegistryError::UnknownNumber,
        ) => None,
        Err(error) => panic!("{error:?}"),
    }
}

fn step(made: Made, model: &mut Model, operation: &Operation) -> Made {
    let registry = &made.registry;
    let day = Date::new(2026, 9, 1).unwrap();
    let (operator, reason) = ("王老师", "户口簿");
    let before = (registry.sequence(), registry.statistics().unwrap().rows);
    let mut is_refused = false;
    match *operation {
        Operation::Enroll { child, variation, request } => {
            enroll(&made, model, child, variation, &format!("request {request}"));
        }
        Operation::Amend { number, child, variation } => {
            let Some(number) = model.pick(number) else { return made };
            model.tainted.extend(0..CHILDREN);
            let outcome = registry.amend(&number, record(child, variation), None, operator, reason);
            is_refused = allowed(outcome).is_none();
        }
        Operation::Merge { one, other } => {
            let (Some(one), Some(other)) = (model.pick(one), model.pick(other)) else { return made };
            model.tainted.extend(0..CHILDREN);
            match allowed(registry.merge(&one, &other, operator, reason)) {
                Some(number) => {
                    assert_eq!((made.id(&one), made.id(&other)), (made.id(&number), made.id(&number)));
                }
                None => is_refused = true,
            }
        }
        Operation::Unmerge { number } => {
            let Some(number) = model.pick(number) else { return made };
            is_refused = allowed(registry.unmerge(&number, operator, reason)).is_none();
        }
        Operation::Resolve { case, how, party, child } => {
            let cases = registry.open_cases(None, None).unwrap();
            let Some(case) = usize::from(case).checked_rem(cases.len()).map(|at| &cases[at]) else {
                return made;
            };
            model.tainted.extend(0..CHILDREN);
            let student = case.students[usize::from(party) % case.students.len()];
            let (resolution, correction) = match how {
                0 => (Resolution::ProvedDifferent { owner: Some(student) }, None),
                1 => (Resolution::ProvedSame { with: None }, None),
                2 => (Resolution::ProvedSame { with: Some(student) }, None),
                3 => (Resolution::Corrected { student }, Some(record(child, party))),
                4 => (Resolution::Deleted { student }, None),
                _ => (Resolution::Noted, None),
            };
            let outcome =
                allowed(registry.resolve(case.id, resolution.clone(), correction, operator, reason));
            is_refused = outcome.is_none();
            for settled in outcome.unwrap_or_default() {
                if let Enrolled::Held { case, .. } = settled.outcome {
                    assert!(registry.case(case).unwrap().is_open());
                }
            }
            if !is_refused {
                assert!(!registry.case(case.id).unwrap().is_open());
                let again = registry.resolve(case.id, resolution, None, operator, reason);
                assert!(matches!(again, Err(RegistryError::CaseClosed(_))), "{again:?}");
            }
        }
        Operation::Retire { number } => {
            let Some(number) = model.pick(number) else { return made };
            model.tainted.extend(0..CHILDREN);
            is_refused = allowed(registry.retire(&number, operator, reason)).is_none();
        }
        Operation::Clear { number, agrees } => {
            let Some(number) = model.pick(number) else { return made };
            let clearance = if agrees { Clearance::Agrees } else { Clearance::NoCitizenId };
            match allowed(registry.clear(&number, clearance, operator)) {
                Some(held) => assert_eq!(made.state(&number).number, Some(held)),
                None => is_refused = true,
            }
        }
        Operation::Transfer { number } => {
            let Some(number) = model.pick(number) else { return made };
            model.tainted.extend(0..CHILDREN);
            is_refused = allowed(registry.transfer(&number, "110105", "2111000001", day, reason)).is_none();
        }
        Operation::Note { number, event } => {
            let Some(number) = model.pick(number) else { return made };
            let event = LifeEvent::ALL[usize::from(event)];
            is_refused = allowed(registry.note(&number, event, day, reason)).is_none();
        }
        Operation::Compact { all } => {
            let all_before = (export(registry), registry.statistics().unwrap().rows);
            registry.compact_within(all, 1 << 20).unwrap();
            let all_after = (export(registry), registry.statistics().unwrap().rows);
            assert!(all_before == all_after, "a compaction changes nothing");
            return made;
        }
        Operation::Reopen => return made.reopened(),
    }
    if is_refused {
        assert_eq!((registry.sequence(), registry.statistics().unwrap().rows), before);
    }
    made
}

fn enroll(made: &Made, model: &mut Model, child: u8, variation: u8, request: &str) {
    let given = record(child, variation);
    let numbered = made.registry.statistics().unwrap().numbered;
    let outcome = made.registry.enroll(&given.as_student(), request);
    if let Some((known, answer)) = model.answers.get(request) {
        match outcome {
            Ok(again) => assert_eq!((known, answer), (&given, &again)),
            Err(RegistryError::RequestReused) => assert_ne!(*known, given),
            Err(error) => panic!("{error:?}"),
        }
        return;
    }
    let Some(answer) = allowed(outcome) else { return };
    if variation != 0 {
        // A slip of the pen or another's number: what becomes of these children is for humans to say.
        model.tainted.extend([child, (child + 1) % CHILDREN]);
    }
    match &answer {
        Enrolled::Issued(number) | Enrolled::Existing { number, .. } => {
            let is_new = matches!(answer, Enrolled::Issued(_));
            assert!(is_new == model.given.iter().all(|(known, _)| known != number));
            let student = made.id(number);
            if variation == 0 {
                let first = *model.pure.entry(child).or_insert(student);
                assert!(model.tainted.contains(&child) || first == student, "a child with two numbers");
            }
        }
        Enrolled::Held { case, .. } => {
            assert!(model.tainted.contains(&child), "a child of whom nothing is wrong was held");
            assert!(made.registry.case(*case).unwrap().is_open());
            // By the owner's policy two may have become one.
            assert!(made.registry.statistics().unwrap().numbered <= numbered, "held, and a number given");
        }
    }
    model.answers.insert(request.to_owned(), (given, answer));
}

/// How many cases: 64, or as many as `PROPTEST_CASES` says.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_happens_the_promises_hold(
        operations in prop::collection::vec(operation(), 30..48),
        is_formal in any::<bool>(),
        merges in any::<bool>(),
    ) {
        let population_check = if is_formal { PopulationCheck::Done } else { PopulationCheck::Pending };
        let policy = if merges { MergePolicy::Above(0.9) } else { MergePolicy::Never };
        let settings = Settings { population_check, ..Settings::default() };
        run(made_by(settings, |builder| builder.merge_policy(policy)), &operations);
    }
}
