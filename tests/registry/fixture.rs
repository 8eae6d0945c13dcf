//! Made-up students and registries to try things on.

use renji::identity::document::check::mod_11_2;
use std::fmt::Write as _;

use renji::ids::{CaseId, StudentId};
use renji::number::RegistryNumber;
use renji::registry::{
    Builder, Enrolled, PopulationCheck, Registry, RegistryError, Repeatable, Resolution, Settings, Settled,
    StudentState, Timestamp, request_of,
};
use renji::student::{OwnedDocument, OwnedGuardian, OwnedStudent};

/// A valid citizen number: a county, a birth date and a sequence.
pub(crate) fn citizen(region: &str, birth: &str, sequence: u16) -> String {
    let body = format!("{region}{birth}{sequence:03}");
    let digits: [u8; 17] = body.as_bytes().try_into().expect("17 digits");
    format!("{body}{}", char::from(mod_11_2(&digits).expect("digits")))
}

/// A student with a citizen number, a name, a birth date and a county; a guardian and a school of one's own.
pub(crate) fn student(name: &str, birth: &str, sequence: u16) -> OwnedStudent {
    OwnedStudent {
        documents: vec![OwnedDocument { kind: "1".into(), number: citizen("440305", birth, sequence) }],
        name: name.into(),
        sex: if sequence % 2 == 1 { "1" } else { "2" }.into(),
        birthdate: birth.into(),
        region: "440305".into(),
        guardians: vec![OwnedGuardian {
            name: "王大山".into(),
            document: OwnedDocument { kind: "1".into(), number: citizen("440305", "19800101", sequence) },
            phone: format!("138{sequence:04}{}", &birth[4..]),
        }],
        school_code: "2144000001".into(),
        ..OwnedStudent::default()
    }
}

/// The same without a citizen number.
pub(crate) fn without_number(mut student: OwnedStudent) -> OwnedStudent {
    student.documents.clear();
    student
}

/// A registry in a directory that is removed with it.
pub(crate) struct Made {
    pub(crate) registry: Registry,
    pub(crate) directory: tempfile::TempDir,
}

/// A registry whose numbers are the same in every run.
pub(crate) fn made() -> Made {
    made_with(Settings::default())
}

/// One that gives formal numbers at once.
pub(crate) fn made_formal() -> Made {
    made_with(Settings { population_check: PopulationCheck::Done, ..Settings::default() })
}

pub(crate) fn made_with(settings: Settings) -> Made {
    made_by(settings, |builder| builder)
}

/// One that is opened in a way of its own.
pub(crate) fn made_by(settings: Settings, choose: impl FnOnce(Builder) -> Builder) -> Made {
    let directory = tempfile::tempdir().expect("a directory");
    let registry = choose(builder()).create(directory.path().join("registry"), settings).expect("a registry");
    Made { registry, directory }
}

/// How registries of tests are opened: quickly, and alike in every run.
pub(crate) fn builder() -> Builder {
    Registry::builder()
        .cache_bytes(64 << 20)
        .durable(false)
        .surroundings(Repeatable::new(Timestamp::new(1_790_000_000), 7))
}

/// An empty registry, filled by following another from its first change on, some changes at a time.
pub(crate) fn replayed(registry: &Registry, piece: usize) -> Made {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("registry");
    let follower = builder().create_follower(&path).expect("a follower");
    loop {
        let changes = registry.changes(follower.sequence(), piece).expect("changes");
        if changes.is_empty() {
            return Made { registry: follower, directory };
        }
        follower.follow(&changes).expect("they follow");
    }
}

/// All that a registry knows, as text: every student with every number, state and record, and every case.
pub(crate) fn export(registry: &Registry) -> String {
    let mut text = String::new();
    let mut by_number = Vec::new();
    let _ = registry
        .for_each_student(|student| {
            by_number.push(student.id);
            Ok(())
        })
        .expect("students");
    for id in by_number {
        tell(registry, id, &mut text);
    }
    // Those without a number and those merged.
    for id in 0.. {
        if !tell(registry, StudentId::new(id), &mut text) {
            break;
        }
    }
    for id in 1.. {
        match registry.case(CaseId::new(id)) {
            Ok(case) => writeln!(text, "{case:?}").expect("text"),
            Err(RegistryError::UnknownCase(_)) => break,
            Err(error) => panic!("{error}"),
        }
    }
    let open: Vec<u32> = registry.open_cases(None, None).expect("cases").iter().map(|c| c.id.get()).collect();
    writeln!(text, "open {open:?}").expect("text");
    text
}

/// Writes down a student with the records; `false` if there is none.
fn tell(registry: &Registry, id: StudentId, text: &mut String) -> bool {
    let Some(student) = registry.student_by_id(id).expect("a student") else { return false };
    let number = |number: RegistryNumber| number.as_str().to_owned();
    let numbers: Vec<String> = student.state.numbers().map(number).collect();
    // Records do not show themselves; what names their content does.
    let content = |record: &OwnedStudent| request_of(&record.as_student());
    writeln!(text, "{numbers:?} {student:?} {}", content(&student.record)).expect("text");
    for record in registry.records(&student).expect("records") {
        writeln!(text, "  {record:?} {}", content(&record.given)).expect("text");
    }
    true
}

impl Made {
    pub(crate) fn enroll(&self, student: &OwnedStudent, request: &str) -> Enrolled {
        self.registry.enroll(&student.as_student(), request).expect("an answer")
    }

    #[track_caller]
    pub(crate) fn issued(&self, student: &OwnedStudent, request: &str) -> RegistryNumber {
        match self.enroll(student, request) {
            Enrolled::Issued(number) => number,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn held(&self, student: &OwnedStudent, request: &str) -> CaseId {
        match self.enroll(student, request) {
            Enrolled::Held { case, .. } => case,
            other => panic!("{other:?}"),
        }
    }

    /// The student behind a number.
    pub(crate) fn id(&self, number: &RegistryNumber) -> StudentId {
        self.registry.student(number).expect("a look").expect("a student").id
    }

    /// How the student behind a number stands, without the entries of the journal.
    pub(crate) fn state(&self, number: &RegistryNumber) -> StudentState {
        let state = self.registry.student(number).expect("a look").expect("a student").state;
        StudentState { entries: Vec::new(), ..state }
    }

    pub(crate) fn resolve(&self, case: CaseId, resolution: Resolution) -> Vec<Settled> {
        self.registry.resolve(case, resolution, None, "王老师", "户口簿").expect("settled")
    }

    /// Closes the registry and opens it again.
    pub(crate) fn reopened(self) -> Made {
        self.reopened_by(|builder| builder)
    }

    /// The same in a way of its own.
    pub(crate) fn reopened_by(self, choose: impl FnOnce(Builder) -> Builder) -> Made {
        let Made { registry, directory } = self;
        drop(registry);
        let registry = choose(builder()).open(directory.path().join("registry")).expect("a registry");
        Made { registry, directory }
    }

    pub(crate) fn assert_clean(&self) {
        let found = self.registry.verify().expect("a verification");
        assert!(found.is_clean(), "{:?}", found.faults);
    }
}
