//! Damage to segment files: an error says so, or the answer is that of the undamaged registry. Never a panic, and
//! never a match that is silently missing.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use renji::number::RegistryNumber;
use renji::registry::{Registry, RegistryError, Settings};
use renji::store::StoreError;
use renji::student::OwnedStudent;

use crate::stream::child;
use crate::{is_thorough, quiet};

const CHILDREN: u64 = 60;

/// Three segments, with words of the newer on records of the older.
fn made(first: u64) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let registry = Registry::builder()
        .cache_bytes(1 << 20)
        .durable(false)
        .create(directory.path(), Settings::default())
        .expect("a registry");
    let mut numbers = Vec::new();
    for (ordinal, student) in (first..).zip(asked(first)) {
        let answer =
            registry.enroll(&student.as_student(), &format!("request-{ordinal}")).expect("an answer");
        numbers.extend(Option::<RegistryNumber>::from(&answer));
        let at = ordinal - first;
        if at % 7 == 3 {
            // One that stands in an older segment mostly.
            let older = at as usize / 2;
            let mut record = child(first + older as u64);
            record.address = "人民东路8号".into();
            registry.amend(&numbers[older], record, None, "王老师", "更正").expect("amended");
        }
        // Each a third of the one before, so that none is merged.
        if at == 44 || at == 56 {
            registry.compact().expect("a compaction");
        }
    }
    registry.compact().expect("a compaction");
    assert_eq!(registry.statistics().expect("statistics").segments, 3);
    directory
}

/// Children, each like nobody.
fn asked(first: u64) -> Vec<OwnedStudent> {
    (first..first + CHILDREN).map(child).collect()
}

fn segments(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(directory.join("segments"))
        .expect("segments")
        .map(|file| file.expect("a file").path())
        .collect();
    paths.sort();
    paths
}

fn open(directory: &Path) -> Result<Registry, RegistryError> {
    Registry::builder().cache_bytes(1 << 20).open_read_only(directory)
}

fn answer(registry: &Registry, asked: &OwnedStudent) -> Result<String, RegistryError> {
    let check = registry.check(&asked.as_student())?;
    Ok(format!("{:?} {:?}", check.answer, check.known))
}

/// How much was refused.
#[derive(Default, Debug)]
struct Told {
    opening: u64,
    asking: u64,
    nothing: u64,
}

struct Undamaged {
    directory: tempfile::TempDir,
    asked: Vec<OwnedStudent>,
    answers: Vec<String>,
}

impl Undamaged {
    fn new() -> Undamaged {
        let directory = made(0);
        let asked = asked(0);
        let registry = open(directory.path()).expect("a registry");
        let answers = asked.iter().map(|asked| answer(&registry, asked).expect("an answer")).collect();
        drop(registry);
        Undamaged { directory, asked, answers }
    }

    /// Opens and asks; every so often everything, else some.
    fn hold(&self, told: &mut Told, stride: usize, place: &str) {
        let is_damaged =
            |error: &RegistryError| matches!(error, RegistryError::Store(StoreError::Damaged { .. }));
        let run = || {
            let registry = match open(self.directory.path()) {
                Ok(registry) => registry,
                Err(error) => {
                    assert!(is_damaged(&error), "{place}: {error:?}");
                    told.opening += 1;
                    return;
                }
            };
            let mut is_told = false;
            for (asked, expected) in self.asked.iter().zip(&self.answers).step_by(stride) {
                match answer(&registry, asked) {
                    Ok(found) => assert_eq!(&found, expected, "{place}"),
                    Err(error) => {
                        assert!(is_damaged(&error), "{place}: {error:?}");
                        is_told = true;
                    }
                }
            }
            // A verification finds it, whoever has looked.
            match registry.verify() {
                Ok(found) => assert!(!found.is_clean(), "{place}: nothing is wrong"),
                Err(error) => assert!(is_damaged(&error), "{place}: {error:?}"),
            }
            told.asking += u64::from(is_told);
            told.nothing += u64::from(!is_told);
        };
        assert!(catch_unwind(AssertUnwindSafe(run)).is_ok(), "{place}: a panic");
    }
}

#[test]
fn a_segment_that_is_missing_or_cut_short_or_another_is_told() {
    quiet();
    let made = Undamaged::new();
    let strangers = self::made(2_000);
    let (paths, others) = (segments(made.directory.path()), segments(strangers.path()));
    let mut told = Told::default();
    for (path, other) in paths.iter().zip(&others) {
        let name = path.file_name().expect("a name").to_owned();
        let whole = fs::read(path).expect("the file");
        fs::remove_file(path).expect("removed");
        made.hold(&mut told, 1, &format!("{name:?} is missing"));
        for length in [0, 1, 16, 4_095, 4_096, 8_192, whole.len() / 2, whole.len() - 8, whole.len() - 1] {
            fs::write(path, &whole[..length]).expect("the file");
            made.hold(&mut told, 1, &format!("{name:?} of {length} bytes"));
        }
        fs::write(path, [&whole[..], &[0]].concat()).expect("the file");
        made.hold(&mut told, 1, &format!("{name:?} and a byte more"));
        fs::write(path, vec![0; whole.len()]).expect("the file");
        made.hold(&mut told, 1, &format!("{name:?} of zeros"));
        fs::copy(other, path).expect("the file");
        made.hold(&mut told, 1, &format!("{name:?} of another registry"));
        let mut theirs = fs::read(other).expect("the file");
        theirs.resize(whole.len(), 0);
        fs::write(path, theirs).expect("the file");
        made.hold(&mut told, 1, &format!("{name:?} of another registry, of one length"));
        fs::write(path, &whole).expect("the file");
    }
    for (one, other) in [(0, 1), (1, 2), (0, 2)] {
        let (a, b) = (fs::read(&paths[one]).expect("the file"), fs::read(&paths[other]).expect("the file"));
        fs::write(&paths[one], &b).expect("the file");
        fs::write(&paths[other], &a).expect("the file");
        made.hold(&mut told, 1, &format!("{one} and {other} changed places"));
        fs::write(&paths[one], &a).expect("the file");
        fs::write(&paths[other], &b).expect("the file");
    }
    assert_eq!((told.asking, told.nothing), (0, 0), "all of it is told at once");
}

#[test]
fn a_changed_byte_of_a_segment_is_told_or_of_no_consequence() {
    quiet();
    let made = Undamaged::new();
    let mut told = Told::default();
    for path in segments(made.directory.path()) {
        let whole = fs::read(&path).expect("the file");
        let step = if is_thorough() { 61 } else { whole.len() / 90 };
        let ends = whole.len() - whole.len() / 513 - 4_096..whole.len();
        let places = (0..whole.len()).step_by(step).chain(ends.step_by(step / 4 + 1));
        for (turn, at) in places.enumerate() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (turn % 8);
            fs::write(&path, &bytes).expect("the file");
            made.hold(
                &mut told,
                1 + turn % 3,
                &format!("{:?}, byte {at} of {}", path.file_name(), whole.len()),
            );
        }
        fs::write(&path, &whole).expect("the file");
    }
    eprintln!("{told:?}");
    assert!(told.asking > 10 && told.opening > 3, "hardly anything is noticed: {told:?}");
}
