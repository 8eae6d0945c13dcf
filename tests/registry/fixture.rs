//! Made-up students and registries to try things on.

use renji::identity::document::check::mod_11_2;
use renji::ids::CaseId;
use renji::number::RegistryNumber;
use renji::registry::{Enrolled, PopulationCheck, Registry, Repeatable, Settings, Timestamp};
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
    let directory = tempfile::tempdir().expect("a directory");
    let registry = Registry::builder()
        .cache_bytes(64 << 20)
        .durable(false)
        .surroundings(Repeatable::new(Timestamp::new(1_790_000_000), 7))
        .create(directory.path().join("registry"), settings)
        .expect("a registry");
    Made { registry, directory }
}

impl Made {
    pub(crate) fn enroll(&self, student: &OwnedStudent, request: &str) -> Enrolled {
        self.registry.enroll(&student.as_student(), request).expect("an answer")
    }

    pub(crate) fn issued(&self, student: &OwnedStudent, request: &str) -> RegistryNumber {
        match self.enroll(student, request) {
            Enrolled::Issued(number) => number,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn held(&self, student: &OwnedStudent, request: &str) -> CaseId {
        match self.enroll(student, request) {
            Enrolled::Held { case, .. } => case,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn assert_clean(&self) {
        let found = self.registry.verify().expect("a verification");
        assert!(found.is_clean(), "{:?}", found.faults);
    }
}
