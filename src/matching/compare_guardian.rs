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
    let comparable = |identity: &Identity| identity.guardian_documents().next().is_some();
    let are_comparable = comparable(a) && comparable(b);
    // One shared name says nothing where documents differ: two are asked for, or none is looked for.
    let are_named = shares_names(a, b, if are_comparable { 2 } else { 1 });
    match (are_comparable, are_named) {
        (_, true) => Level::NamesOnly,
        (true, false) => Level::Different,
        (false, false) if has_names(a) && has_names(b) => Level::Different,
        (false, false) => Level::Missing,
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

/// Whether so many names are shared, counted both ways: two names of one side may be one of the other's.
fn shares_names(a: &Identity, b: &Identity, wanted: usize) -> bool {
    names(a).count() >= wanted && names(b).count() >= wanted && matches(a, b, wanted) && matches(b, a, wanted)
}

fn names(identity: &Identity) -> impl Iterator<Item = &Name> {
    identity.guardians.iter().filter_map(|guardian| guardian.name.as_ref())
}

/// Whether so many guardians of the one are, by name, guardians of the other.
fn matches(a: &Identity, b: &Identity, wanted: usize) -> bool {
    let (mut left, mut matched) = (names(a).count(), 0);
    for one in names(a) {
        if matched + left < wanted {
            return false;
        }
        left -= 1;
        matched += usize::from(names(b).any(|other| is_same_name(one, other)));
        if matched >= wanted {
            return true;
        }
    }
    false
}

/// Equal, equal in loose form, or equal in sound.
fn is_same_name(a: &Name, b: &Name) -> bool {
    if a == b {
        return true;
    }
    // Nearly all names differ in what they sound of, whatever the order.
    if let (Some(one), Some(other)) = (a.sound_sum(), b.sound_sum())
        && one != other
    {
        return false;
    }
    let (one, other) = (a.reading(), b.reading());
    one.loose().is_some_and(|loose| other.loose().as_ref() == Some(&loose)) || {
        let forms = other.phonetic();
        one.phonetic().iter().any(|form| forms.contains(form))
    }
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
