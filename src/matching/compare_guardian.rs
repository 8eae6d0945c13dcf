//! The guardians, in any order, by document first and by name where documents are missing.

use super::level::Level;
use crate::identity::Identity;
use crate::identity::document::{Document, DocumentFlags};
use crate::identity::name::Name;

/// Symmetric. A student's number that is the other's guardian's counts as that guardian.
pub(super) fn compare(a: &Identity, b: &Identity) -> Level {
    let shared = shared_documents(a, b);
    match shared {
        2.. => return Level::Both,
        1 => return Level::One,
        _ => {}
    }
    if a.guardian_documents().any(|one| b.guardian_documents().any(|other| is_one_correction(one, other))) {
        return Level::Repaired;
    }
    let names = shared_names(a, b);
    let comparable = |identity: &Identity| identity.guardian_documents().next().is_some();
    match (comparable(a) && comparable(b), names) {
        // Documents differ on both sides: two shared names outweigh them, one does not.
        (true, 2..) | (false, 1..) => Level::NamesOnly,
        (true, _) => Level::Different,
        (false, 0) if a.guardians.is_empty() || b.guardians.is_empty() => Level::Missing,
        (false, 0) if has_names(a) && has_names(b) => Level::Different,
        (false, 0) => Level::Missing,
    }
}

fn shared_documents(a: &Identity, b: &Identity) -> usize {
    let mut numbers: smallvec::SmallVec<[_; 2]> = a
        .guardian_documents()
        .map(|document| document.number)
        .filter(|number| b.guardian_documents().any(|other| *number == other.number))
        .collect();
    // A guardian entered twice is one.
    numbers.sort_unstable();
    numbers.dedup();
    let direct = numbers.len();
    direct.max(usize::from(entered_as_student(a, b) || entered_as_student(b, a)))
}

/// One record's student number is a guardian of the other.
fn entered_as_student(a: &Identity, b: &Identity) -> bool {
    a.documents.iter().any(|document| {
        !document.flags.contains(DocumentFlags::SPREADSHEET_DAMAGE)
            && b.guardian_documents().any(|guardians| guardians.number == document.number)
    })
}

/// Exactly one side fails its check, and one substitution, swap, or lost digit explains it.
fn is_one_correction(a: &Document, b: &Document) -> bool {
    a.kind == b.kind
        && a.kind.has_check()
        && a.is_valid() != b.is_valid()
        && strsim::osa_distance(a.number.as_str(), b.number.as_str()) <= 1
}

fn has_names(identity: &Identity) -> bool {
    identity.guardians.iter().any(|guardian| guardian.name.is_some())
}

fn shared_names(a: &Identity, b: &Identity) -> usize {
    let names = |identity: &Identity| -> smallvec::SmallVec<[Name; 2]> {
        identity.guardians.iter().filter_map(|guardian| guardian.name.clone()).collect()
    };
    let matched = |ones: &[Name], others: &[Name]| {
        ones.iter().filter(|one| others.iter().any(|other| is_same_name(one, other))).count()
    };
    let (ones, others) = (names(a), names(b));
    // Both ways: two names of one side may be one of the other's.
    matched(&ones, &others).min(matched(&others, &ones))
}

/// Equal, equal in loose form, or equal in sound.
fn is_same_name(a: &Name, b: &Name) -> bool {
    a == b
        || a.loose().is_some_and(|loose| b.loose().as_ref() == Some(&loose))
        || a.phonetic().iter().any(|form| b.phonetic().contains(form))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::{GivenDocument, GivenGuardian, Student};

    fn identity(guardians: &[(&str, &str)]) -> Identity {
        let guardians = guardians
            .iter()
            .map(|(name, number)| GivenGuardian {
                name,
                document: GivenDocument { kind: "", number },
                phone: "",
            })
            .collect();
        Identity::of(&Student { guardians, ..Student::default() }, &mut Vec::new())
    }

    fn level(a: &[(&str, &str)], b: &[(&str, &str)]) -> Level {
        let (a, b) = (identity(a), identity(b));
        assert_eq!(compare(&a, &b), compare(&b, &a));
        compare(&a, &b)
    }

    #[test]
    fn levels_of_guardians() {
        let (father, mother) = (("王大山", "11010519491231002X"), ("李秀英", "440524188001010014"));
        assert_eq!(level(&[father, mother], &[mother, father]), Level::Both);
        assert_eq!(level(&[father, mother], &[mother]), Level::One);
        // One guardian entered twice is one.
        assert_eq!(level(&[father, father], &[father, mother]), Level::One);
        assert_eq!(level(&[father, father], &[father]), Level::One);
        let (other, third) = (("王大三", "350424198705062025"), ("王大山", "110105198001010016"));
        assert_eq!(level(&[father, other], &[third]), level(&[third], &[father, other]));
        assert_eq!(level(&[father], &[("王大山", "110105194912310021")]), Level::Repaired);
        assert_eq!(level(&[father], &[("王大三", "")]), Level::NamesOnly);
        assert_eq!(level(&[father], &[mother]), Level::Different);
        assert_eq!(level(&[("王大山", "")], &[("李秀英", "")]), Level::Different);
        assert_eq!(level(&[father], &[]), Level::Missing);
        assert_eq!(level(&[("王大山", "")], &[("", "440524188001010014")]), Level::Missing);
    }
}
