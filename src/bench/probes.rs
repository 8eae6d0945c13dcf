//! Who is asked for: students of the nation, strangers, unregistered twins, and those whose keys many hold.

use super::error::Result;
use crate::hash::mix;
use crate::identity::Identity;
use crate::identity::document::check::mod_11_2;
use crate::key::{self, Family};
use crate::student::OwnedStudent;

/// A kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A row of the file again.
    Hit,
    /// A student of another made-up nation.
    Miss,
    /// A twin of a row, who is not registered: other given name, next number, all else the same.
    Twin,
    /// The rows whose keys most records share.
    Heavy,
    /// As a counter may see them: of 20 questions 12 hits, 6 misses, a twin and a heavy one.
    Mixed,
}

impl Class {
    pub(super) const ALL: [Class; 5] = [Class::Hit, Class::Miss, Class::Twin, Class::Heavy, Class::Mixed];

    /// The class in the names of figures.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Class::Hit => "hit",
            Class::Miss => "miss",
            Class::Twin => "twin",
            Class::Heavy => "heavy",
            Class::Mixed => "mixed",
        }
    }
}

/// A question, as a service has it: the record, and for the baselines the keys that a check looks under.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    pub(super) student: OwnedStudent,
    pub(super) keys: Vec<(Family, u64)>,
}

impl Probe {
    pub(super) fn new(student: OwnedStudent) -> Probe {
        let identity = Identity::of(&student.as_student(), &mut Vec::new());
        Probe { student, keys: spaces(&identity) }
    }
}

/// The keys of an identity, each once, under the families they are stored in: what a registry stores and asks for.
pub(super) fn spaces(identity: &Identity) -> Vec<(Family, u64)> {
    let mut keys = Vec::with_capacity(16);
    key::keys(identity, |family, hash| keys.push((family.probes().unwrap_or(family), hash)));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The questions of a step, by class.
#[derive(Debug, Default)]
pub(super) struct Probes {
    pub(super) hit: Vec<Probe>,
    pub(super) miss: Vec<Probe>,
    pub(super) twin: Vec<Probe>,
    pub(super) heavy: Vec<Probe>,
    pub(super) mixed: Vec<Probe>,
}

impl Probes {
    /// Takes rows of the file and strangers. `candidates` says how many records share a key with a row; of all
    /// rows the twentieth with most are the heavy ones, and at most `most` of each class are asked.
    pub(super) fn new(
        rows: Vec<OwnedStudent>,
        strangers: Vec<OwnedStudent>,
        most: usize,
        candidates: impl Fn(&Probe) -> Result<usize>,
    ) -> Result<Probes> {
        let mut rows: Vec<Probe> = rows.into_iter().map(Probe::new).collect();
        shuffle(&mut rows);
        let mut weighed = Vec::with_capacity(rows.len());
        for (at, probe) in rows.iter().enumerate() {
            weighed.push((candidates(probe)?, at));
        }
        weighed.sort_unstable_by(|a, b| b.cmp(a));
        let heaviest = (rows.len() / 20).clamp(1, most);
        let mut heavy: Vec<Probe> = weighed.iter().take(heaviest).map(|(_, at)| rows[*at].clone()).collect();
        shuffle(&mut heavy);
        let mut miss: Vec<Probe> = strangers.into_iter().map(Probe::new).collect();
        shuffle(&mut miss);
        rows.truncate(most);
        let twin = rows.iter().filter_map(|probe| twin(&probe.student)).map(Probe::new).collect();
        let mut probes = Probes { hit: rows, miss, twin, heavy, mixed: Vec::new() };
        probes.mixed = probes.mix(most);
        Ok(probes)
    }

    pub(super) fn of(&self, class: Class) -> &[Probe] {
        match class {
            Class::Hit => &self.hit,
            Class::Miss => &self.miss,
            Class::Twin => &self.twin,
            Class::Heavy => &self.heavy,
            Class::Mixed => &self.mixed,
        }
    }

    fn mix(&self, most: usize) -> Vec<Probe> {
        let mut mixed = Vec::new();
        let count = most.min(self.hit.len());
        for (class, share) in [(Class::Hit, 12), (Class::Miss, 6), (Class::Twin, 1), (Class::Heavy, 1)] {
            mixed.extend(self.of(class).iter().take((count * share / 20).max(1)).cloned());
        }
        shuffle(&mut mixed);
        mixed
    }
}

/// The unregistered twin of a student with a citizen's number; `None` without one.
fn twin(student: &OwnedStudent) -> Option<OwnedStudent> {
    let mut twin = student.clone();
    let number = twin.documents.first_mut()?;
    let mut digits: [u8; 17] = number.number.as_bytes().get(..17)?.try_into().ok()?;
    if number.number.len() != 18 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // Two further in the sequence of the day: of the same sex.
    let sequence = digits[14..].iter().fold(0, |n, digit| n * 10 + u32::from(digit - b'0'));
    let next = format!("{:03}", (sequence + 2) % 1000);
    digits[14..].copy_from_slice(next.as_bytes());
    let check = mod_11_2(&digits)?;
    number.number = digits.iter().chain([&check]).map(|byte| char::from(*byte)).collect();
    let given = twin.name.pop()?;
    twin.name.push(if given == '宁' { '安' } else { '宁' });
    twin.former_name.clear();
    twin.record_id.push('t');
    Some(twin)
}

/// A random order that is the same in every run.
pub(super) fn shuffle<T>(items: &mut [T]) {
    for at in (1..items.len()).rev() {
        items.swap(at, (mix(0x5EED, at as u64) % (at as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::{GivenDocument, Student};

    fn student(number: &str) -> OwnedStudent {
        let documents = vec![GivenDocument { kind: "1", number }];
        OwnedStudent::from(&Student {
            documents,
            name: "王小明",
            birthdate: "20100101",
            ..Student::default()
        })
    }

    #[test]
    fn a_twin_has_a_valid_number_of_its_own() {
        let twin = twin(&student("440524201001010018")).expect("a twin");
        assert_ne!(twin.documents[0].number, "440524201001010018");
        assert_ne!(twin.name, "王小明");
        let identity = Identity::of(&twin.as_student(), &mut Vec::new());
        assert!(identity.documents[0].is_valid());
        assert!(super::twin(&student("E12345678")).is_none());
    }

    #[test]
    fn a_shuffle_keeps_everybody() {
        let mut items: Vec<u32> = (0..1000).collect();
        shuffle(&mut items);
        assert_ne!(items[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        items.sort_unstable();
        assert!(items.iter().copied().eq(0..1000));
    }

    #[test]
    fn the_mixture_has_all_classes() {
        let rows: Vec<OwnedStudent> = (0..200).map(|_| student("440524201001010018")).collect();
        let probes = Probes::new(rows.clone(), rows, 100, |_| Ok(1)).expect("probes");
        assert_eq!((probes.hit.len(), probes.heavy.len()), (100, 10));
        assert_eq!(probes.mixed.len(), 60 + 30 + 5 + 5);
    }
}
