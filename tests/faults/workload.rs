//! A fixed piece of work that touches every table, and what must be found of it afterwards.

use renji::ids::Sequence;
use renji::number::RegistryNumber;
use renji::registry::{
    Change, Enrolled, Registry, RegistryError, Repeatable, Resolution, Result, Settings, Timestamp,
};
use renji::student::OwnedStudent;

use crate::disk::{Asked, Disk};
use crate::stream::child;

/// Children enrolled at first.
const CHILDREN: u64 = 12;
/// A cache of few pages, so that the disk is read.
const CACHE: usize = 64 << 10;

/// One call of the registry.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Enrol(u64, Box<OwnedStudent>),
    ResolveFirstCase,
    Amend(u64),
    Merge(u64, u64),
    Unmerge(u64),
    Retire(u64),
    Recount,
}

/// Opens or makes the registry on a disk.
pub(crate) fn open(disk: &Disk) -> Result<Registry> {
    Registry::builder()
        .cache_bytes(CACHE)
        .surroundings(Repeatable::new(Timestamp::new(1_790_000_000), 7))
        .on_backend(disk.clone(), Settings::default())
}

/// The steps, in their order.
pub(crate) fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> =
        (0..CHILDREN).map(|ordinal| Step::Enrol(ordinal, Box::new(child(ordinal)))).collect();
    // Another child with the number of the first: a case.
    let mut other = child(50);
    other.documents = child(0).documents;
    steps.push(Step::Enrol(50, Box::new(other)));
    steps.push(Step::ResolveFirstCase);
    // The same again under another request; a merge of two who are not alike, and its end.
    steps.push(Step::Enrol(60, Box::new(child(1))));
    steps.push(Step::Amend(2));
    steps.push(Step::Merge(3, 4));
    steps.push(Step::Recount);
    steps.push(Step::Unmerge(4));
    steps.push(Step::Retire(5));
    steps.extend((20..24).map(|ordinal| Step::Enrol(ordinal, Box::new(child(ordinal)))));
    steps
}

fn request(ordinal: u64) -> String {
    format!("request-{ordinal}")
}

/// The number a child has by now.
fn number(registry: &Registry, ordinal: u64) -> Result<RegistryNumber> {
    let document = child(ordinal).documents[0].clone();
    let document = renji::student::GivenDocument { kind: &document.kind, number: &document.number };
    let found = registry.by_document(document)?.next().ok_or(RegistryError::UnknownNumber)??;
    // Of one who was merged, the number before.
    let was = found.state.former.first().map(|former| former.number);
    was.filter(|_| ordinal == 4).or(found.state.number).ok_or(RegistryError::UnknownNumber)
}

/// Does one step; of an enrolment returns the answer.
pub(crate) fn run(registry: &Registry, step: &Step) -> Result<Option<Enrolled>> {
    match step {
        Step::Enrol(ordinal, student) => {
            return registry.enroll(&student.as_student(), &request(*ordinal)).map(Some);
        }
        Step::ResolveFirstCase => {
            let open = registry.open_cases(None, None)?;
            let case = open.first().ok_or(RegistryError::UnknownNumber)?;
            let owner = Some(case.students[1]);
            registry.resolve(case.id, Resolution::ProvedDifferent { owner }, None, "王老师", "户口簿")?;
        }
        Step::Amend(ordinal) => {
            let mut record = child(*ordinal);
            record.name.push('华');
            registry.amend(&number(registry, *ordinal)?, record, None, "王老师", "更正")?;
        }
        Step::Merge(a, b) => {
            registry.merge(&number(registry, *a)?, &number(registry, *b)?, "王老师", "同一人")?;
        }
        Step::Unmerge(b) => registry.unmerge(&number(registry, *b)?, "王老师", "并非同一人")?,
        Step::Retire(ordinal) => registry.retire(&number(registry, *ordinal)?, "王老师", "重复")?,
        Step::Recount => registry.recount()?,
    }
    Ok(None)
}

/// The run in which nothing goes wrong.
pub(crate) struct Reference {
    pub(crate) steps: Vec<Step>,
    /// What each answered.
    pub(crate) answers: Vec<Option<Enrolled>>,
    /// The journal's length before each step, and after the last.
    pub(crate) sequences: Vec<u64>,
    journal: Vec<Change>,
    /// Operations of the disk until the registry is made, and after each step.
    pub(crate) counts: Vec<u64>,
    /// The operations, and those of closing.
    pub(crate) log: Vec<Asked>,
}

impl Reference {
    pub(crate) fn new() -> Reference {
        let disk = Disk::remembering();
        let registry = open(&disk).expect("a registry");
        let steps = steps();
        let (mut answers, mut sequences, mut counts) = (Vec::new(), Vec::new(), vec![disk.count()]);
        sequences.push(registry.sequence().get());
        for step in &steps {
            answers.push(run(&registry, step).unwrap_or_else(|error| panic!("{step:?}: {error}")));
            sequences.push(registry.sequence().get());
            counts.push(disk.count());
        }
        let statistics = registry.statistics().expect("statistics");
        for (table, rows) in statistics.rows {
            assert!(rows > 0 || matches!(table, "counters" | "open_cases"), "nothing in the table {table}");
        }
        let found = registry.verify().expect("a verification");
        assert!(found.is_clean(), "{:?}", found.faults);
        let journal = registry.changes(Sequence::new(0), usize::MAX).expect("the journal");
        drop(registry);
        Reference { steps, answers, sequences, journal, counts, log: disk.log() }
    }

    /// Holds a registry to the first `done` steps that were acknowledged; one more may have been written if
    /// its outcome was not known. What stands behind the steps' entries in the journal is for the caller.
    pub(crate) fn hold(&self, registry: &Registry, done: usize, is_next_unknown: bool, place: &str) {
        let found = registry.verify().unwrap_or_else(|error| panic!("{place}: verify: {error}"));
        assert!(found.is_clean(), "{place}: {:?}", found.faults);
        let journal = registry.changes(Sequence::new(0), usize::MAX).expect("the journal");
        let shared = journal.iter().zip(&self.journal).take_while(|(a, b)| a == b).count() as u64;
        let most = if is_next_unknown { done + 1 } else { done };
        let is_whole =
            (done..=most).any(|steps| self.sequences.get(steps).is_some_and(|entries| *entries == shared));
        assert!(is_whole, "{place}: {shared} entries, {} acknowledged", self.sequences[done]);
        for (step, answer) in self.steps[..done].iter().zip(&self.answers) {
            if let Step::Enrol(..) = step {
                let again = run(registry, step).unwrap_or_else(|error| panic!("{place}: {step:?}: {error}"));
                assert_eq!(&again, answer, "{place}: another answer");
            }
        }
        assert_eq!(registry.sequence().get(), journal.len() as u64, "{place}: an answer was written again");
    }
}
