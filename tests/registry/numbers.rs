//! The number: its kinds, and the traps (a) to (e) of the registry rules.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use renji::identity::Identity;
use renji::identity::date::Date;
use renji::identity::document::check::is_mod_11_2;
use renji::identity::region::RegionCode;
use renji::matching::FrequencyCounter;
use renji::number::{NumberKind, RANDOM_COUNT, RegistryNumber, SEQUENCE_MAX};
use renji::registry::{
    CaseClass, Clearance, Enrolled, RegistryError, Resolution, Settings, Surroundings, Timestamp,
};
use renji::student::{GivenDocument, OwnedDocument, OwnedGuardian, OwnedStudent};

use crate::fixture::{Made, citizen, made, made_by, made_formal, student, without_number};

/// A child whose household and number are its own: alike to no other by anything but the birth date.
fn child(birth: &str, sequence: u16) -> OwnedStudent {
    let character = |at: u16| char::from_u32(0x4E00 + u32::from(at)).expect("a character");
    let name = format!(
        "{}{}{}",
        ['李', '钱', '孙', '周'][usize::from(sequence) % 4],
        character(sequence * 7),
        character(sequence * 13 + 5)
    );
    let guardians = format!("19{}{:02}{:02}", 60 + sequence % 37, sequence % 11 + 1, sequence % 23 + 1);
    OwnedStudent {
        name,
        guardians: vec![OwnedGuardian {
            document: OwnedDocument {
                kind: "1".into(),
                number: citizen("440305", &guardians, sequence * 37 % 999),
            },
            ..OwnedGuardian::default()
        }],
        school_code: String::new(),
        ..student("", birth, sequence)
    }
}

fn document(number: &str) -> GivenDocument<'_> {
    GivenDocument { kind: "1", number }
}

/// The names of those found under a document.
fn holders(made: &Made, number: &str) -> Vec<String> {
    made.registry.by_document(document(number)).unwrap().map(|found| found.unwrap().record.name).collect()
}

/// A source of randomness that says what it is told, or counts up.
#[derive(Clone, Default)]
struct Told {
    next: Arc<AtomicU16>,
    step: Arc<AtomicU16>,
    counted: Arc<AtomicU16>,
}

impl Told {
    /// The next L numbers end in this, if it is free.
    fn tell(&self, random: u16) {
        self.next.store(random, Ordering::Relaxed);
        self.step.store(0, Ordering::Relaxed);
    }

    /// The next ends in this, and each behind it in one more.
    fn count_up_from(&self, random: u16) {
        self.tell(random);
        self.step.store(1, Ordering::Relaxed);
    }

    fn next(&self) -> u16 {
        self.next.load(Ordering::Relaxed)
    }

    /// How often it was asked.
    fn counted(&self) -> u16 {
        self.counted.load(Ordering::Relaxed)
    }
}

impl Surroundings for Told {
    fn now(&self) -> Timestamp {
        Timestamp::new(1_790_000_000)
    }

    fn random(&self) -> u64 {
        let random = self.next();
        self.next.store((random + self.step.load(Ordering::Relaxed)) % RANDOM_COUNT, Ordering::Relaxed);
        self.counted.fetch_add(1, Ordering::Relaxed);
        // In the middle of the 64-bit values that give it.
        (((u128::from(random) << 64) + (1 << 63)) / u128::from(RANDOM_COUNT)) as u64
    }
}

#[test]
fn trap_a_the_eighteen_of_a_j_are_nobodys_document() {
    let made = made();
    let foreign = without_number(child("20100101", 2));
    let number = made.issued(&foreign, "a");
    assert_eq!((number.kind(), number.sequence()), (NumberKind::FormalWithoutId, Some(1)));
    // A citizen of that region and birth date, the first of the day, holds just these eighteen.
    let body = &number.as_str()[1..];
    assert_eq!(body, citizen("440305", "20100101", 1));
    assert!(holders(&made, body).is_empty());
    let citizen = child("20100101", 1);
    assert_eq!(citizen.documents[0].number, body);
    let check = made.registry.check(&citizen.as_student()).unwrap();
    assert!(check.known.is_empty(), "{:?}", check.known);
    let theirs = made.issued(&citizen, "b");
    assert_ne!(theirs, number);
    assert_eq!(holders(&made, body), [citizen.name.as_str()]);
    assert_eq!(made.registry.clear(&theirs, Clearance::Agrees, "省厅").unwrap().as_str(), format!("G{body}"));
    assert!(made.registry.open_cases(None, None).unwrap().is_empty());
    made.assert_clean();
}

#[test]
fn trap_a_the_eighteen_of_an_l_are_nobodys_document() {
    let told = Told::default();
    let made = made_by(Settings::default(), |builder| builder.surroundings(told.clone()));
    // One random part in ten that makes a citizen's number.
    let valid = (0..RANDOM_COUNT)
        .map(|random| (random, format!("44030520100101{random:04}")))
        .find(|(random, text)| *random > 1000 && is_mod_11_2(text.as_bytes().try_into().unwrap()));
    let (random, body) = valid.unwrap();
    told.tell(random);
    let one = child("20100101", 300);
    let number = made.issued(&one, "a");
    assert_eq!(number.as_str(), format!("L{body}"));
    assert!(holders(&made, &body).is_empty());
    let mut other = child("20100101", 301);
    other.documents[0].number = body.clone();
    other.sex.clear();
    assert!(made.registry.check(&other.as_student()).unwrap().known.is_empty());
    assert_ne!(made.issued(&other, "b"), number);
    assert_eq!(holders(&made, &body), [other.name.as_str()]);
    made.assert_clean();
}

/// A got a number through X and has Y now; X's rightful owner comes.
fn trap_b(made: &Made, is_formal_at_once: bool) {
    let mut a = child("20100101", 1);
    let x = a.documents[0].number.clone();
    let first = made.issued(&a, "a");
    let held = if is_formal_at_once {
        first
    } else {
        made.registry.clear(&first, Clearance::Agrees, "省厅").unwrap()
    };
    assert_eq!(held.as_str(), format!("G{x}"));
    a.documents[0].number = citizen("440305", "20100101", 5);
    made.registry.amend(&held, a.clone(), None, "王老师", "派出所更正").unwrap();
    let mut b = child("20100101", 9);
    b.documents[0].number = x.clone();
    let mut theirs = made.issued(&b, "b");
    if !is_formal_at_once {
        assert_eq!(theirs.kind(), NumberKind::Temporary);
        assert!(made.registry.open_cases(None, None).unwrap().is_empty());
        theirs = made.registry.clear(&theirs, Clearance::Agrees, "省厅").unwrap();
    }
    assert_eq!(theirs.kind(), NumberKind::FormalWithoutId);
    let cases = made.registry.open_cases(Some(440_305), Some(CaseClass::NumberTaken)).unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!(cases[0].number, Some(held));
    assert_eq!(cases[0].students, [made.id(&theirs), made.id(&held)]);
    assert_eq!(made.state(&held).number, Some(held));
    // Asked again, the answer and the case are the same.
    assert_eq!(made.registry.clear(&theirs, Clearance::Agrees, "省厅").unwrap(), theirs);
    assert_eq!(made.registry.open_cases(None, None).unwrap().len(), 1);
    // It holds nobody back and is noted.
    made.resolve(cases[0].id, Resolution::Noted);
    assert!(made.registry.open_cases(None, None).unwrap().is_empty());
    assert_eq!(made.state(&theirs).number, Some(theirs));
    made.assert_clean();
}

#[test]
fn trap_b_a_taken_formal_number_gives_j_and_a_case() {
    trap_b(&made_formal(), true);
}

#[test]
fn trap_b_a_taken_formal_number_is_seen_when_l_is_cleared() {
    trap_b(&made(), false);
}

#[test]
fn trap_b_the_owner_is_proved_while_both_claim_the_number() {
    let made = made_formal();
    let a = child("20100101", 1);
    let held = made.issued(&a, "a");
    let mut b = child("20100101", 9);
    b.documents = a.documents.clone();
    let case = made.held(&b, "b");
    let case = made.registry.case(case).unwrap();
    assert_eq!(case.class, CaseClass::SharedNumber);
    let settled = made.resolve(case.id, Resolution::ProvedDifferent { owner: Some(case.subject) });
    let Enrolled::Issued(theirs) = settled[0].outcome else { panic!("{settled:?}") };
    assert_eq!(theirs.kind(), NumberKind::FormalWithoutId);
    assert_eq!(made.registry.open_cases(None, Some(CaseClass::NumberTaken)).unwrap().len(), 1);
    assert_eq!(holders(&made, &a.documents[0].number), [b.name.as_str()]);
    // The number A holds stays A's, though the id was never A's.
    assert_eq!(made.state(&held).number, Some(held));
    made.assert_clean();
}

#[test]
fn trap_c_no_number_is_given_twice() {
    let made = made_formal();
    // Among many, a birth date and a county alone make nobody suspicious.
    let mut counter = FrequencyCounter::default();
    let stranger = student("司徒静嘉", "20111111", 1);
    let stranger = Identity::of(&stranger.as_student(), &mut Vec::new());
    (0..100_000).for_each(|_| counter.add(&stranger));
    made.registry.load(counter).unwrap();
    let a = child("20100101", 1);
    let g = made.issued(&a, "a");
    made.registry.retire(&g, "王老师", "重复建籍").unwrap();
    // The same child again: the number is gone for good.
    let again = made.issued(&a, "b");
    assert_eq!(again.kind(), NumberKind::FormalWithoutId);
    assert_eq!(made.state(&g).number, Some(g));
    assert_ne!(made.id(&g), made.id(&again));
    // A retired J is passed over.
    let j = made.issued(&without_number(child("20100101", 3)), "c");
    made.registry.retire(&j, "王老师", "重复建籍").unwrap();
    let next = made.issued(&without_number(child("20100101", 3)), "d");
    assert_eq!(next.sequence(), Some(j.sequence().unwrap() + 1));
    // A merged one leads to the survivor and is not given either.
    let other = made.issued(&without_number(child("20100101", 6)), "e");
    let survivor = made.registry.merge(&next, &other, "王老师", "同一人").unwrap();
    assert_eq!(survivor, next);
    let last = made.issued(&without_number(child("20100101", 7)), "f");
    assert_eq!(last.sequence(), Some(other.sequence().unwrap() + 1));
    assert_eq!(made.id(&other), made.id(&next));
    made.assert_clean();
    let made = made.reopened();
    let after = made.issued(&placeholder(1), "g");
    assert_eq!(after.sequence(), Some(last.sequence().unwrap() + 1));
    made.assert_clean();
}

#[test]
fn trap_c_a_former_temporary_number_is_never_given_again() {
    let told = Told::default();
    let made = made_by(Settings::default(), |builder| builder.surroundings(told.clone()));
    told.tell(4711);
    let l = made.issued(&child("20100101", 1), "a");
    assert_eq!(&l.as_str()[15..], "4711");
    made.registry.clear(&l, Clearance::Agrees, "省厅").unwrap();
    let next = made.issued(&child("20100101", 2), "b");
    assert_eq!(&next.as_str()[15..], "4712");
    made.registry.retire(&next, "王老师", "重复建籍").unwrap();
    assert_eq!(&made.issued(&child("20100101", 3), "c").as_str()[15..], "4713");
    // Within one batch as well, and round the end.
    told.tell(9999);
    let batch = (4..8).map(|at| (child("20100101", at), format!("batch {at}"))).collect();
    let ends: Vec<String> = made
        .registry
        .enroll_many(batch)
        .unwrap()
        .into_iter()
        .map(|answer| match answer.unwrap() {
            Enrolled::Issued(number) => number.as_str()[15..].to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ends, ["9999", "0000", "0001", "0002"]);
    made.assert_clean();
}

/// A child whose birth date is a placeholder, with nothing but a passport and a name: no two are alike.
fn placeholder(at: u16) -> OwnedStudent {
    let spread = (u64::from(at) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let character = |bits: u64| char::from_u32(0x4E00 + (bits % 0x5000) as u32).expect("a character");
    let name = [character(spread >> 8), character(spread >> 24), character(spread >> 40)];
    OwnedStudent {
        documents: vec![OwnedDocument { kind: "A".into(), number: format!("E{:08}", spread % 99_999_989) }],
        name: name.iter().collect(),
        birthdate: "20100101".into(),
        region: "440305".into(),
        ..OwnedStudent::default()
    }
}

#[test]
fn trap_d_the_sequence_of_j_runs_out_and_not_over() {
    let made = made();
    let batch: Vec<_> = (0..=SEQUENCE_MAX).map(|at| (placeholder(at), format!("j {at}"))).collect();
    let answers = made.registry.enroll_many(batch).unwrap();
    let sequences: Vec<u16> = answers[..usize::from(SEQUENCE_MAX)]
        .iter()
        .map(|answer| match answer {
            Ok(Enrolled::Issued(number)) => number.sequence().unwrap(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(sequences.iter().copied().eq(1..=SEQUENCE_MAX));
    let error = answers.last().unwrap().as_ref().unwrap_err();
    assert!(matches!(error, RegistryError::Exhausted { kind: 'J' }), "{error:?}");
    // Nothing of it was written: neither the record nor the answer.
    let (sequence, statistics) = (made.registry.sequence(), made.registry.statistics().unwrap());
    let late = placeholder(SEQUENCE_MAX);
    for request in ["j 999", "another"] {
        let error = made.registry.enroll(&late.as_student(), request).unwrap_err();
        assert!(matches!(error, RegistryError::Exhausted { kind: 'J' }), "{error:?}");
    }
    assert_eq!(made.registry.sequence(), sequence);
    assert_eq!(made.registry.statistics().unwrap(), statistics);
    assert_eq!(statistics.numbered, u64::from(SEQUENCE_MAX));
    assert!(made.registry.check(&late.as_student()).unwrap().known.is_empty());
    // A retired number makes no room; another birth date has its own.
    let retired = RegistryNumber::without_id(region(), birth(), 500).unwrap();
    made.registry.retire(&retired, "王老师", "重复建籍").unwrap();
    assert!(made.registry.enroll(&late.as_student(), "j 999").is_err());
    let corrected = OwnedStudent { birthdate: "20100102".into(), ..late };
    assert_eq!(made.issued(&corrected, "j 999").sequence(), Some(1));
    made.assert_clean();
}

fn region() -> RegionCode {
    RegionCode::new(440_305).unwrap()
}

fn birth() -> Date {
    Date::new(2010, 1, 1).unwrap()
}

#[test]
fn trap_d_the_last_free_l_is_found_and_then_none() {
    let told = Told::default();
    let made = made_by(Settings::default(), |builder| builder.surroundings(told.clone()));
    // A citizen's number that does not pass its check makes neither G nor J.
    let child = |at: u16| {
        let (spread, child) = ((u64::from(at) + 1).wrapping_mul(0xD1B5_4A32_D192_ED03), placeholder(at));
        let (region, year) = (110_000 + spread % 540_000, 1950 + (spread >> 20) % 60);
        let (month, sequence) = (1 + (spread >> 32) % 12, (spread >> 40) % 1000);
        let body = format!("{region}{year}{month:02}{:02}{sequence:03}", 1 + (spread >> 50) % 28);
        let wrong = (0..=9).map(|check| format!("{body}{check}"));
        let mut wrong = wrong.filter(|text| !is_mod_11_2(text.as_bytes().try_into().unwrap()));
        let number = wrong.nth((spread >> 56) as usize % 9).unwrap();
        OwnedStudent { documents: vec![OwnedDocument { kind: "1".into(), number }], ..child }
    };
    let mut children = (0..).map(|at| (child(at), at.to_string()));
    let mut given = 0;
    let mut enroll =
        |children: Vec<(OwnedStudent, String)>| -> Result<Option<RegistryNumber>, RegistryError> {
            let mut last = None;
            for answer in made.registry.enroll_many(children).unwrap() {
                match answer? {
                    Enrolled::Issued(number) if number.kind() == NumberKind::Temporary => {
                        (given, last) = (given + 1, Some(number));
                    }
                    // A few numbers are so wrong that they are no citizen's; a few children are like others.
                    _ => {}
                }
            }
            Ok(last)
        };
    // All from 5001 on and round the end: each as it is told.
    told.count_up_from(5001);
    let mut last = None;
    while last.map(|number: RegistryNumber| number.as_str()[15..].to_owned()).as_deref() != Some("4999") {
        let (next, left) = (told.next(), 9_999 - told.counted());
        assert!(next != 5000);
        let piece = children.by_ref().take(usize::from(left.clamp(1, 4000))).collect();
        last = enroll(piece).unwrap().or(last);
    }
    // The last that is free stands right before where the search begins.
    told.tell(5001);
    let last = loop {
        if let Some(last) = enroll(children.by_ref().take(1).collect()).unwrap() {
            break last;
        }
    };
    assert_eq!(&last.as_str()[15..], "5000");
    let is_full = |outcome: &Result<_, _>| matches!(outcome, Err(RegistryError::Exhausted { kind: 'L' }));
    let full = children.by_ref().find(|child| is_full(&enroll(vec![child.clone()]))).unwrap();
    let sequence = made.registry.sequence();
    assert!(is_full(&enroll(vec![full])));
    assert_eq!(made.registry.sequence(), sequence);
    assert_eq!(given, u32::from(RANDOM_COUNT));
    made.assert_clean();
}

#[test]
fn trap_e_the_number_stays_when_the_id_changes() {
    let made = made_formal();
    let old = child("20100101", 1);
    let g = made.issued(&old, "a");
    let mut new = old.clone();
    new.documents[0].number = citizen("110105", "20100101", 11);
    let day = Date::new(2026, 9, 1).unwrap();
    made.registry.amend(&g, new.clone(), Some(day), "王老师", "户口迁移").unwrap();
    let known = made.registry.student(&g).unwrap().unwrap();
    assert_eq!((known.state.number, &known.record), (Some(g), &new));
    for number in [&old.documents[0].number, &new.documents[0].number] {
        let found: Vec<_> =
            made.registry.by_document(document(number)).unwrap().map(|found| found.unwrap().id).collect();
        assert_eq!(found, [known.id], "{number}");
    }
    let records = made.registry.records(&known).unwrap();
    let dated: Vec<_> = records.iter().map(|record| (&record.given, record.is_live)).collect();
    assert_eq!(dated, [(&old, false), (&new, true)]);
    // The population check agrees with the new id: G stays what it was.
    assert_eq!(made.registry.clear(&g, Clearance::Agrees, "省厅").unwrap(), g);
    // Both come again under other requests: one student.
    for (request, record) in [("b", &old), ("c", &new)] {
        assert!(matches!(made.enroll(record, request), Enrolled::Existing { number, .. } if number == g));
    }
    made.assert_clean();
}

#[test]
fn l_becomes_g_and_leads_to_the_student_for_ever() {
    let made = made();
    let child = child("20100101", 1);
    let l = made.issued(&child, "a");
    assert_eq!(l.kind(), NumberKind::Temporary);
    let g = made.registry.clear(&l, Clearance::Agrees, "省厅").unwrap();
    assert_eq!(g.as_str(), format!("G{}", child.documents[0].number));
    // The old number finds the student, and is as good as the new one in every call.
    assert_eq!(made.id(&l), made.id(&g));
    assert_eq!(made.registry.clear(&l, Clearance::Agrees, "省厅").unwrap(), g);
    assert_eq!(made.state(&l).former.iter().map(|former| former.number).collect::<Vec<_>>(), [l]);
    // The first request keeps its answer; another gets the number of today.
    assert_eq!(made.enroll(&child, "a"), Enrolled::Issued(l));
    assert!(matches!(made.enroll(&child, "b"), Enrolled::Existing { number, .. } if number == g));
    made.assert_clean();
}

#[test]
fn l_becomes_j_and_j_becomes_g_when_an_id_is_found() {
    let made = made();
    let mut child = child("20100101", 1);
    let real = child.documents[0].number.clone();
    // The check character fails: neither no id nor one that can be used.
    child.documents[0].number.replace_range(17.., if real.ends_with('1') { "2" } else { "1" });
    let l = made.issued(&child, "a");
    assert_eq!(l.kind(), NumberKind::Temporary);
    let refused = made.registry.clear(&l, Clearance::Agrees, "省厅").unwrap_err();
    assert!(matches!(refused, RegistryError::Impossible(..)), "{refused:?}");
    let j = made.registry.clear(&l, Clearance::NoCitizenId, "省厅").unwrap();
    assert_eq!((j.kind(), j.sequence()), (NumberKind::FormalWithoutId, Some(1)));
    assert_eq!(made.registry.clear(&l, Clearance::NoCitizenId, "省厅").unwrap(), j);
    child.documents[0].number = real.clone();
    made.registry.amend(&j, child.clone(), None, "王老师", "户口簿").unwrap();
    let g = made.registry.clear(&j, Clearance::Agrees, "省厅").unwrap();
    assert_eq!(g.as_str(), format!("G{real}"));
    for number in [l, j, g] {
        assert_eq!(made.state(&number).number, Some(g));
    }
    let former: Vec<_> = made.state(&g).former.iter().map(|former| former.number).collect();
    assert_eq!(former, [l, j]);
    let numbered: Vec<_> =
        made.registry.history(&l).unwrap().iter().map(|entry| entry.event.code()).collect();
    assert_eq!(numbered, ["enrolled", "numbered", "amended", "numbered"]);
    made.assert_clean();
}
