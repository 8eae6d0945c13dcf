//! The students' own documents, set against set.

use super::level::Level;
use crate::identity::Identity;
use crate::identity::document::{Document, DocumentFlags, DocumentKind, DocumentNumber};

/// What two sets of documents say.
pub(super) struct Comparison {
    pub(super) level: Level,
    /// Both sides hold a valid number of one kind with a check character, and share none of that kind.
    pub(super) two_valid: bool,
    /// One side's number is a guardian's.
    pub(super) guardians: bool,
}

pub(super) fn compare(a: &Identity, b: &Identity) -> Comparison {
    let guardians = has_guardians_number(a, b) || has_guardians_number(b, a);
    // Levels stand in the order of agreement: the best pair of documents speaks for the sets.
    let mut best: Option<Level> = None;
    let mut against: Option<Level> = None;
    for one in a.usable_documents().filter(|document| !is_guardians(document, b)) {
        for other in b.usable_documents().filter(|document| !is_guardians(document, a)) {
            let level = compare_two(one, other);
            let kept = match level {
                // A number of the kind that both hold speaks first.
                Level::Different | Level::Consecutive if share_valid(a, b, one.kind) => continue,
                Level::Different | Level::Consecutive => &mut against,
                _ => &mut best,
            };
            *kept = Some(kept.map_or(level, |kept| kept.min(level)));
        }
    }
    // Short of a valid number that is shared, two valid numbers against each other decide.
    let (level, two_valid) = match (best, against) {
        (Some(Level::Equal), _) => (Level::Equal, against.is_some()),
        (_, Some(against)) => (against, true),
        (best, None) => (best.unwrap_or(Level::Missing), false),
    };
    Comparison { level, two_valid, guardians }
}

/// Whether both hold one valid number of a kind.
fn share_valid(a: &Identity, b: &Identity, kind: DocumentKind) -> bool {
    let valid = |document: &&Document| document.kind == kind && document.is_valid();
    a.usable_documents()
        .filter(valid)
        .any(|one| b.usable_documents().filter(valid).any(|other| one.number == other.number))
}

fn has_guardians_number(a: &Identity, b: &Identity) -> bool {
    a.documents.iter().any(|document| {
        document.flags.contains(DocumentFlags::GUARDIANS) || document.is_usable() && is_guardians(document, b)
    })
}

/// Whether a student's document is a guardian's in the other record.
fn is_guardians(document: &Document, other: &Identity) -> bool {
    other.guardian_documents().any(|guardians| guardians.number == document.number)
}

/// Two documents. Symmetric.
fn compare_two(a: &Document, b: &Document) -> Level {
    if a.number == b.number {
        return if a.is_valid() && b.is_valid() { Level::Equal } else { Level::EqualUnchecked };
    }
    if a.kind != b.kind && !(a.kind.is_eighteen() && b.kind.is_eighteen()) {
        // A mistyped number may have lost the form of its kind.
        let is_formless = |document: &Document| {
            document.kind == DocumentKind::Other || document.flags.contains(DocumentFlags::MALFORMED)
        };
        return match is_formless(a) || is_formless(b) {
            true if edit_distance(&a.number, &b.number) <= 1 => Level::NearUnchecked,
            _ => Level::OtherKind,
        };
    }
    match (a.is_valid(), b.is_valid()) {
        (true, true) if a.kind != b.kind => Level::OtherKind,
        (true, true) if is_consecutive(a, b) => Level::Consecutive,
        (true, true) => Level::Different,
        _ if !a.kind.has_check() => match edit_distance(&a.number, &b.number) {
            0..=1 => Level::NearUnchecked,
            _ => Level::DifferentUnchecked,
        },
        // At least one is invalid: one correction apart, or two errors on the way.
        (true, false) | (false, true) => match edit_distance(&a.number, &b.number) {
            0..=1 => Level::Repaired,
            2 => Level::Near,
            _ => Level::DifferentInvalid,
        },
        (false, false) => match edit_distance(&a.number, &b.number) {
            0..=2 => Level::Near,
            _ => Level::DifferentInvalid,
        },
    }
}

/// Equal in region and birth date: what twins' numbers and neighbours' in sequence are.
fn is_consecutive(a: &Document, b: &Document) -> bool {
    match (a.number.as_eighteen(), b.number.as_eighteen()) {
        (Some(a), Some(b)) => a[..14] == b[..14],
        _ => false,
    }
}

/// The optimal string alignment distance (edits and adjacent swaps), read as 3 above 2. Nearly every
/// pair differs in many places, which a first look at the positions settles.
fn edit_distance(one: &DocumentNumber, other: &DocumentNumber) -> usize {
    const FAR: usize = 3;
    let (a, b) = (one.as_bytes(), other.as_bytes());
    if a.len().abs_diff(b.len()) >= FAR {
        return FAR;
    }
    if a.len() == b.len() {
        let differing = a.iter().zip(b).filter(|(a, b)| a != b).count();
        if differing <= 1 {
            return differing;
        }
        if differing > 8 {
            return FAR;
        }
    }
    strsim::osa_distance(one.as_str(), other.as_str()).min(FAR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::{GivenDocument, GivenGuardian, Student};

    fn identity(numbers: &[&str], guardian: &str) -> Identity {
        let student = Student {
            documents: numbers.iter().map(|number| GivenDocument { kind: "", number }).collect(),
            guardians: vec![GivenGuardian {
                name: "王大山",
                document: GivenDocument { kind: "", number: guardian },
                phone: "",
            }],
            ..Student::default()
        };
        Identity::of(&student, &mut Vec::new())
    }

    fn level(a: &[&str], b: &[&str]) -> Level {
        let (a, b) = (identity(a, ""), identity(b, ""));
        let (one, other) = (compare(&a, &b), compare(&b, &a));
        assert_eq!(one.level, other.level);
        assert_eq!(one.two_valid, other.two_valid);
        one.level
    }

    #[test]
    fn levels_of_documents() {
        let valid = "440524201001010018";
        assert_eq!(level(&[valid], &[valid]), Level::Equal);
        assert_eq!(level(&[valid], &["440524201001010017"]), Level::Repaired);
        assert_eq!(level(&[valid], &["445024201001010018"]), Level::Repaired);
        assert_eq!(level(&[valid], &["44052420100101018"]), Level::Repaired);
        assert_eq!(level(&[valid], &["445024201001010081"]), Level::Near);
        assert_eq!(level(&[valid], &["11010519491231002X"]), Level::Different);
        assert_eq!(level(&[valid], &["440524201001010034"]), Level::Consecutive);
        assert_eq!(level(&[valid], &["E12345678"]), Level::OtherKind);
        assert_eq!(level(&["E12345678"], &["E12345678"]), Level::EqualUnchecked);
        assert_eq!(level(&["E12345678"], &["E12345679"]), Level::NearUnchecked);
        assert_eq!(level(&["E12345678"], &["G98765432"]), Level::DifferentUnchecked);
        assert_eq!(level(&[valid], &[""]), Level::Missing);
        assert_eq!(level(&[valid], &["4.40524E+17"]), Level::Missing);
        // The set: one shared document speaks, two valid ones against each other decide.
        assert_eq!(level(&[valid, "E12345678"], &["E12345678"]), Level::EqualUnchecked);
        assert_eq!(level(&[valid, "E12345678"], &["11010519491231002X", "E12345678"]), Level::Different);
        let two = identity(&[valid, "11010519491231002X"], "");
        assert!(!compare(&two, &identity(&[valid], "")).two_valid, "a shared valid number speaks first");
    }

    #[test]
    fn a_guardians_number_is_no_evidence() {
        let guardian = "11010519491231002X";
        let wrong = identity(&[guardian], guardian);
        let right = identity(&["440524201001010018"], guardian);
        let comparison = compare(&wrong, &right);
        assert_eq!(comparison.level, Level::Missing);
        assert!(comparison.guardians && !comparison.two_valid);
        // Also where the record itself does not name the guardian.
        let comparison = compare(&identity(&[guardian], ""), &right);
        assert_eq!(comparison.level, Level::Missing);
        assert!(comparison.guardians);
    }
}
