//! What happens in the registry of format 4: some sixty made-up students, each kind of event, case and
//! resolution, every status and every letter.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};

use renji::identity::date::Date;
use renji::identity::document::check::mod_11_2;
use renji::ids::{CaseId, Sequence};
use renji::number::{NumberKind, RegistryNumber};
use renji::registry::PopulationAnswer;
use renji::registry::{
    Answered, CaseClass, CaseState, Clearance, Enrolled, Event, LifeEvent, Registry, Repeatable, Resolution,
    Status, Surroundings, Timestamp,
};
use renji::student::{Origin, OwnedDocument, OwnedGuardian, OwnedStudent};

/// A clock that goes on a minute whenever it is asked, so that moments differ and are the same in every run.
pub(crate) struct Ticking {
    clock: AtomicI64,
    random: Repeatable,
}

impl Ticking {
    pub(crate) fn new(start: i64, seed: u64) -> Ticking {
        Ticking { clock: AtomicI64::new(start), random: Repeatable::new(Timestamp::new(start), seed) }
    }
}

impl Surroundings for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::new(self.clock.fetch_add(60, Ordering::Relaxed))
    }

    fn random(&self) -> u64 {
        self.random.random()
    }
}

/// A valid citizen number: a county, a birth date and a sequence.
fn citizen(region: &str, birth: &str, sequence: u16) -> String {
    let body = format!("{region}{birth}{sequence:03}");
    let digits: [u8; 17] = body.as_bytes().try_into().expect("17 digits");
    format!("{body}{}", char::from(mod_11_2(&digits).expect("digits")))
}

fn document(kind: &str, number: impl Into<String>) -> OwnedDocument {
    OwnedDocument { kind: kind.into(), number: number.into() }
}

/// A student with a citizen number and a guardian of one's own.
pub(crate) fn student(name: &str, birth: &str, sequence: u16) -> OwnedStudent {
    let surname: String = name.chars().take(1).collect();
    OwnedStudent {
        record_id: format!("r{sequence:03}"),
        documents: vec![document("1", citizen("440305", birth, sequence))],
        name: name.into(),
        sex: if sequence % 2 == 1 { "男" } else { "女" }.into(),
        birthdate: birth.into(),
        region: "440305".into(),
        guardians: vec![OwnedGuardian {
            name: format!("{surname}大山"),
            document: document("1", citizen("440305", "19800101", sequence)),
            phone: format!("138{sequence:04}{}", &birth[4..]),
        }],
        school_code: "2144000001".into(),
        enrolled: format!("{}09", birth[..4].parse::<u32>().expect("a year") + 6),
        ..OwnedStudent::default()
    }
}

fn without_number(mut student: OwnedStudent) -> OwnedStudent {
    student.documents.clear();
    student
}

fn day(year: u16, month: u8, day: u8) -> Date {
    Date::new(year, month, day).expect("a day")
}

/// A registry to which things happen, one after the other.
struct Teller<'r> {
    registry: &'r Registry,
    requests: u32,
}

impl Teller<'_> {
    fn enroll(&mut self, student: &OwnedStudent) -> Enrolled {
        self.requests += 1;
        self.registry
            .enroll(&student.as_student(), &format!("request-{:03}", self.requests))
            .expect("an answer")
    }

    fn issued(&mut self, student: &OwnedStudent) -> RegistryNumber {
        match self.enroll(student) {
            Enrolled::Issued(number) => number,
            other => panic!("{}: {other:?}", student.name),
        }
    }

    fn existing(&mut self, student: &OwnedStudent) -> RegistryNumber {
        match self.enroll(student) {
            Enrolled::Existing { number, .. } => number,
            other => panic!("{}: {other:?}", student.name),
        }
    }

    fn held(&mut self, student: &OwnedStudent, class: CaseClass) -> CaseId {
        match self.enroll(student) {
            Enrolled::Held { case, .. } => {
                assert_eq!(self.registry.case(case).expect("a case").class, class, "{}", student.name);
                case
            }
            other => panic!("{}: {other:?}", student.name),
        }
    }

    fn resolve(
        &self,
        case: CaseId,
        resolution: Resolution,
        correction: Option<OwnedStudent>,
    ) -> Vec<Enrolled> {
        let settled =
            self.registry.resolve(case, resolution, correction, "王老师", "查验户口簿").expect("settled");
        settled.into_iter().map(|settled| settled.outcome).collect()
    }

    fn amend(&self, number: &RegistryNumber, record: OwnedStudent, on: Option<Date>) {
        self.registry.amend(number, record, on, "李老师", "关键信息变更").expect("amended");
    }

    fn id(&self, number: &RegistryNumber) -> renji::ids::StudentId {
        self.registry.student(number).expect("a lookup").expect("a student").id
    }

    fn open(&self, class: CaseClass) -> CaseId {
        let open = self.registry.open_cases(None, Some(class)).expect("cases");
        open.last().expect("an open case").id
    }
}

/// Everything, in one order.
pub(crate) fn tell(registry: &Registry) {
    let mut teller = Teller { registry, requests: 0 };
    ordinary(&mut teller);
    lives(&mut teller);
    numbers(&mut teller);
    shared_number(&mut teller);
    without_numbers(&mut teller);
    one_student_twice(&mut teller);
    insufficient(&mut teller);
    population(&mut teller);
    packed(&mut teller);
    approvals(registry);
    exchange(registry);
    registry.recount().expect("counts");
}

/// Students who are like nobody, with what a record may hold; one comes again.
fn ordinary(teller: &mut Teller<'_>) {
    let names = ["周洋明", "李文静", "陈思远", "黄雨桐", "赵一诺", "吴佳怡", "孙浩然", "郑梓涵"];
    let batch: Vec<(OwnedStudent, String)> = names
        .into_iter()
        .zip(1..)
        .map(|(name, at)| (student(name, &format!("2010{at:02}1{at}"), at), format!("batch-{at}")))
        .collect();
    let first = batch[0].0.clone();
    for answer in teller.registry.enroll_many(batch).expect("answers") {
        assert!(matches!(answer, Ok(Enrolled::Issued(_))), "{answer:?}");
    }
    // The same text again, and another text of the same student.
    teller.existing(&first);
    let mut moved = without_number(first);
    (moved.name, moved.region, moved.phone) = ("周洋鸣".into(), "110105".into(), "13900001111".into());
    teller.existing(&moved);
    // The profile's other parts: a long name, aliases, other kinds of documents, addresses.
    let mut minority = student("古丽米热·阿卜杜热合曼", "20110521", 11);
    minority.former_name = "古丽米热、米热".into();
    minority.address = "新疆维吾尔自治区喀什地区喀什市人民东路12号3栋402室".into();
    minority
        .guardians
        .push(OwnedGuardian { name: "阿卜杜热合曼·买买提".into(), ..OwnedGuardian::default() });
    teller.issued(&minority);
    let mut hong_kong = student("何嘉欣", "20110622", 12);
    hong_kong.documents = vec![document("6", "A123456(3)"), document("C", citizen("810000", "20110622", 12))];
    teller.issued(&hong_kong);
    let mut foreign = student("Marie Curie", "20110723", 13);
    foreign.documents = vec![document("A", "X1234567")];
    foreign.former_number = "L440305201107231234".into();
    teller.issued(&foreign);
    // A number that was written wrongly is no number yet.
    let mut mistyped = student("冯晓琳", "20110824", 14);
    mistyped.documents[0].number.replace_range(17.., "Y");
    teller.enroll(&mistyped);
}

/// What happens at school.
fn lives(teller: &mut Teller<'_>) {
    let names = ["蒋文博", "沈雅琪", "韩子轩", "杨若曦", "朱俊杰", "秦诗涵", "许志远"];
    let numbers: Vec<RegistryNumber> = names
        .into_iter()
        .zip(21..)
        .map(|(name, at)| teller.issued(&student(name, &format!("201202{:02}", at - 10), at)))
        .collect();
    let [moves, pauses, leaves, dies, leaves_school, grades, comes_back] = numbers[..] else {
        unreachable!()
    };
    let registry = teller.registry;
    registry.transfer(&moves, "420106", "2142000007", day(2019, 9, 1), "2142000007").expect("a transfer");
    for (number, event) in [
        (pauses, LifeEvent::Suspended),
        (leaves, LifeEvent::Left),
        (dies, LifeEvent::Died),
        (leaves_school, LifeEvent::Graduated),
        (grades, LifeEvent::Promoted),
        (grades, LifeEvent::Repeated),
        (grades, LifeEvent::Skipped),
        (comes_back, LifeEvent::Suspended),
        (comes_back, LifeEvent::Returned),
    ] {
        registry.note(&number, event, day(2024, 6, 30), "2144000001").expect("an event");
    }
    let mut renamed = student("秦诗涵", "20120216", 26);
    renamed.former_name = std::mem::replace(&mut renamed.name, "秦语嫣".into());
    teller.amend(&grades, renamed, Some(day(2023, 3, 1)));
    let gone = teller.issued(&student("尤家豪", "20120301", 29));
    registry.retire(&gone, "王老师", "重复建档").expect("retired");
}

/// L to G, J to G, J for good, and a formal number that was given to another.
fn numbers(teller: &mut Teller<'_>) {
    let registry = teller.registry;
    let clear =
        |number: &RegistryNumber, clearance| registry.clear(number, clearance, "人口库").expect("cleared");
    let ordinary = teller.issued(&student("施雨辰", "20130105", 31));
    assert_eq!(clear(&ordinary, Clearance::Agrees).kind(), NumberKind::Formal);
    let none = teller.issued(&without_number(student("张子墨", "20130206", 32)));
    assert_eq!(none.kind(), NumberKind::FormalWithoutId);
    let found = teller.issued(&without_number(student("孔令仪", "20130307", 33)));
    teller.amend(&found, student("孔令仪", "20130307", 33), None);
    assert_eq!(clear(&found, Clearance::Agrees).kind(), NumberKind::Formal);
    let unusable = teller.issued(&student("曹家明", "20130408", 34));
    assert_eq!(clear(&unusable, Clearance::NoCitizenId).kind(), NumberKind::FormalWithoutId);
    // One got the formal number of another's citizen number, which was then corrected.
    let names = [("严嘉禾", "金承志", "20130509", 35), ("华子昂", "魏若兰", "20130610", 37)];
    for (name, owners_name, birth, at) in names {
        let mut record = student(name, birth, at);
        let formal = clear(&teller.issued(&record), Clearance::Agrees);
        let mut owner = student(owners_name, birth, at);
        record.documents = vec![document("1", citizen("440305", birth, at + 100))];
        teller.amend(&formal, record, None);
        (owner.region, owner.school_code) = ("650102".into(), "2165000009".into());
        owner.guardians[0].document = document("1", citizen("650102", "19810202", at));
        owner.guardians[0].phone.clear();
        let owner = teller.issued(&owner);
        assert_eq!(clear(&owner, Clearance::Agrees).kind(), NumberKind::FormalWithoutId);
    }
    teller.resolve(teller.open(CaseClass::NumberTaken), Resolution::Noted, None);
}

/// One number, two children: one claimant is approved.
fn shared_number(teller: &mut Teller<'_>) {
    let first = student("陶欣然", "20140111", 41);
    let number = teller.issued(&first);
    let mut second = student("姜皓轩", "20150212", 43);
    second.documents = first.documents.clone();
    let case = teller.held(&second, CaseClass::SharedNumber);
    // The second comes again with more: the case grows.
    second.phone = "13900002222".into();
    assert_eq!(teller.held(&second, CaseClass::SharedNumber), case);
    let owner = Some(teller.id(&number));
    let settled = teller.resolve(case, Resolution::ProvedDifferent { owner }, None);
    assert!(
        matches!(&settled[..], [Enrolled::Issued(number)] if number.kind() == NumberKind::FormalWithoutId)
    );
    // One that stays open.
    let mut third = student("戚雨泽", "20160313", 45);
    third.documents = first.documents;
    teller.held(&third, CaseClass::SharedNumber);
    // One that is deleted.
    let fourth = student("谢安琪", "20140414", 47);
    teller.issued(&fourth);
    let mut fifth = student("邹明轩", "20150515", 49);
    fifth.documents = fourth.documents;
    let case = teller.held(&fifth, CaseClass::SharedNumber);
    let deleted = teller.registry.case(case).expect("a case").subject;
    teller.resolve(case, Resolution::Deleted { student: deleted }, None);
}

/// No number, or two: one child or two.
fn without_numbers(teller: &mut Teller<'_>) {
    // The same name, sex and birth date, and nothing else in common.
    let bare = |region: &str, sequence: u16, name: &str, birth: &str| {
        let mut child = without_number(student(name, birth, sequence));
        child.region = region.into();
        child.guardians[0].name = ["喻建业", "柏海涛"][usize::from(sequence % 4 == 1)].into();
        child.guardians[0].document = OwnedDocument::default();
        child.school_code = format!("21{}000{sequence:03}", &region[..2]);
        child
    };
    let names = [("张伟", "20140101"), ("王芳", "20140102"), ("李娜", "20140103")];
    for (at, (name, birth)) in names.into_iter().enumerate() {
        teller.issued(&bare("440305", 51, name, birth));
        let case = teller.held(&bare("420106", 53, name, birth), CaseClass::NoNumber);
        let case_found = teller.registry.case(case).expect("a case");
        let first = case_found.students.iter().copied().find(|student| *student != case_found.subject);
        match at {
            0 => {
                let settled = teller.resolve(case, Resolution::ProvedDifferent { owner: None }, None);
                assert!(matches!(&settled[..], [Enrolled::Issued(_)]), "{settled:?}");
            }
            1 => {
                let settled = teller.resolve(case, Resolution::ProvedSame { with: first }, None);
                assert!(matches!(&settled[..], [Enrolled::Existing { .. }]), "{settled:?}");
            }
            _ => {}
        }
    }
    // Two valid numbers, and all else one child.
    let first = student("苏婉清", "20140616", 55);
    teller.issued(&first);
    let mut second = first.clone();
    second.documents = vec![document("1", citizen("440305", "20140616", 157))];
    teller.held(&second, CaseClass::TwoNumbers);
    // The same name and birth date, but not the same sex.
    let first = bare("440305", 51, "刘洋", "20140717");
    teller.issued(&first);
    let mut second = first;
    second.sex = "女".into();
    second.school_code = "2144000002".into();
    second.guardians[0] = OwnedGuardian { name: "柏海涛".into(), ..OwnedGuardian::default() };
    teller.held(&second, CaseClass::Unclear);
}

/// Two students with numbers turn out to be one; and two others do not.
fn one_student_twice(teller: &mut Teller<'_>) {
    let registry = teller.registry;
    for (is_settled, name, birth, at) in [(true, "葛宇航", "20150101", 61), (false, "范思齐", "20150202", 64)]
    {
        let first = student(name, birth, at);
        teller.issued(&first);
        let second = teller.issued(&student(&format!("{}明", &name[..6]), "20150909", at + 1));
        // The correction makes it the first one's double.
        teller.amend(&second, first, None);
        if is_settled {
            let case = teller.open(CaseClass::TwoRegistryNumbers);
            teller.resolve(case, Resolution::ProvedSame { with: None }, None);
        }
    }
    let a = teller.issued(&student("彭子涵", "20150303", 67));
    let b = teller.issued(&student("鲁一鸣", "20150404", 68));
    let survivor = registry.merge(&a, &b, "王老师", "同一学生").expect("merged");
    let merged = if survivor == a { b } else { a };
    registry.unmerge(&merged, "王老师", "归并有误").expect("unmerged");
    let c = teller.issued(&student("韦嘉宁", "20150505", 69));
    registry.merge(&a, &c, "王老师", "同一学生").expect("merged");
}

/// Too little to look, and too little to build a number.
fn insufficient(teller: &mut Teller<'_>) {
    for (at, is_settled) in [(71, true), (73, false)] {
        let mut child =
            without_number(student(["马天宇", "苗可欣"][usize::from(is_settled)], "20160101", at));
        child.birthdate.clear();
        child.guardians.clear();
        let case = teller.held(&child, CaseClass::Insufficient);
        if is_settled {
            child.birthdate = "20160101".into();
            let student = teller.registry.case(case).expect("a case").subject;
            let settled = teller.resolve(case, Resolution::Corrected { student }, Some(child));
            assert!(matches!(&settled[..], [Enrolled::Issued(_)]), "{settled:?}");
        }
    }
}

/// What the authority's base says of two: nothing, and something else.
fn population(teller: &mut Teller<'_>) {
    let registry = teller.registry;
    let ids: Vec<_> = [("贺知远", 81), ("邵清妍", 82)]
        .into_iter()
        .map(|(name, at)| teller.issued(&student(name, "20160202", at)))
        .map(|number| registry.student(&number).expect("readable").expect("known").id)
        .collect();
    let answers = [(ids[0], PopulationAnswer::Unknown), (ids[1], PopulationAnswer::Differs)];
    let outcome = registry.take_population_answers(&answers, "王老师").expect("taken");
    assert_eq!(outcome.opened, 2);
}

/// Rows of a file: two of one student, one of somebody known, and others.
fn loaded(registry: &Registry) {
    let names = [("石浩然", 61), ("石浩然", 61), ("廖雨桐", 62), ("熊子墨", 63), ("周洋明", 64)];
    let mut load = registry.bulk_load().expect("a load");
    let mut batch = load.batch();
    for ((name, at), row) in names.into_iter().zip(2..) {
        let mut written = student(name, &format!("2013{:02}20", at - 60), at);
        written.record_id = format!("row {row}");
        batch.push(&written.as_student(), Origin { file: 0, row });
    }
    load.add(batch).expect("room");
    load.finish(|_, answer| answer.map(drop)).expect("loaded");
}

/// What was packed is changed: corrected, merged, deleted; and others come.
fn packed(teller: &mut Teller<'_>) {
    let registry = teller.registry;
    loaded(registry);
    let names = ["田雨欣", "任嘉懿", "姜浩宇", "范思琪", "方梓轩"];
    let numbers: Vec<RegistryNumber> = names
        .into_iter()
        .zip(81..)
        .map(|(name, at)| teller.issued(&student(name, &format!("2012{:02}15", at - 80), at)))
        .collect();
    registry.compact().expect("packed");
    let mut corrected = student("田雨馨", "20120115", 81);
    corrected.address = "深圳市南山区科技路8号".into();
    teller.amend(&numbers[0], corrected, None);
    registry.retire(&numbers[1], "王老师", "重复建档").expect("retired");
    registry.merge(&numbers[2], &numbers[3], "王老师", "同一学生").expect("merged");
    registry.compact().expect("packed beside the first");
    registry.retire(&numbers[4], "王老师", "重复建档").expect("retired");
    teller.amend(&numbers[0], student("田雨欣", "20120115", 81), None);
    teller.issued(&student("石雅静", "20121115", 91));
}

/// Another registry has a student who is one of this one's, perhaps.
fn exchange(registry: &Registry) {
    let mut teller = Teller { registry, requests: 900 };
    let numbers = [("童念慈", 93), ("樊若兰", 94)]
        .map(|(name, at)| teller.issued(&student(name, &format!("2014{:02}15", at - 92), at)));
    let stays = registry.merge(&numbers[0], &numbers[1], "王老师", "同一学生").expect("merged");
    registry.retire(&stays, "王老师", "重复建档").expect("retired");
    let directory = tempfile::tempdir().expect("a directory");
    let settings = renji::registry::Settings { scope: Some("44".to_owned()), ..Default::default() };
    let other = Registry::builder()
        .durable(false)
        .surroundings(Ticking::new(1_790_000_000, 9))
        .create(directory.path().join("registry"), settings)
        .expect("a registry");
    for (at, child) in
        [student("石雅静", "20121115", 91), student("顾念慈", "20140316", 92)].iter().enumerate()
    {
        other.enroll(&child.as_student(), &format!("exchange {at}")).expect("an answer");
    }
    let feed = other.feed(Sequence::new(0), usize::MAX).expect("a feed");
    let applied = registry.apply_feed(&feed).expect("applied");
    assert!(applied.students > 0 && applied.opened > 0, "{applied:?}");
}

/// One approval is used, one is not.
fn approvals(registry: &Registry) {
    let token = registry.approve_export("李主任").expect("an approval");
    registry.use_approval("王老师", &token).expect("used");
    registry.approve_export("李主任").expect("an approval");
}

/// Whether nothing that can be stored is missing.
pub(crate) fn assert_complete(registry: &Registry) {
    let (mut events, mut lives, mut answers) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for change in registry.changes(Sequence::new(0), usize::MAX).expect("the journal") {
        let event = change.entry().expect("an entry").event;
        events.insert(event.code());
        match event {
            Event::Life { event, .. } => _ = lives.insert(event.code()),
            Event::Enrolled { answer, .. } => {
                _ = answers.insert(match answer {
                    Answered::Issued(_) => 0,
                    Answered::Existing { .. } => 1,
                    Answered::Held { .. } => 2,
                })
            }
            _ => {}
        }
    }
    // A registry that is made now begins with `founded`.
    let every_event = super::layout::EVENTS.into_iter().filter(|event| *event != "created").collect();
    assert_eq!(events, every_event, "{events:?}");
    assert_eq!(lives.len(), LifeEvent::ALL.len());
    assert_eq!(answers.len(), 3);
    let (mut classes, mut open, mut resolutions) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for id in 1.. {
        let Ok(case) = registry.case(CaseId::new(id)) else { break };
        classes.insert(case.class.code());
        match case.state {
            CaseState::Open => _ = open.insert(case.class.code()),
            CaseState::Resolved { resolution, .. } => _ = resolutions.insert(resolution.code()),
        }
    }
    assert_eq!(classes.len(), CaseClass::ALL.len(), "{classes:?}");
    assert_eq!(open.len(), CaseClass::ALL.len(), "{open:?}");
    assert_eq!(resolutions.len(), 5, "{resolutions:?}");
    let statistics = registry.statistics().expect("statistics");
    let statuses: BTreeSet<&str> = statistics.by_status.iter().map(|(status, _)| status.code()).collect();
    let every_status = [
        Status::Pending,
        Status::Enrolled,
        Status::Suspended,
        Status::Left,
        Status::Died,
        Status::Graduated,
        Status::Merged,
        Status::Retired,
    ];
    assert_eq!(statuses, every_status.into_iter().map(Status::code).collect());
    assert!(statistics.by_kind.iter().all(|count| *count > 0), "{:?}", statistics.by_kind);
    // Every table has a row.
    assert!(statistics.rows.iter().all(|(_, rows)| *rows > 0), "{:?}", statistics.rows);
}
