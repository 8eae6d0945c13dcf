//! Two people told apart by their outlines, without reading who they are.
//!
//! The rule is that of two valid numbers ([`rules::is_told_apart`](super::rules)), asked of fewer facts: an outline that
//! leaves anything open leaves the pair to [`judge_unless_dropped`](super::judge_unless_dropped).

use crate::identity::place::similarity;
use crate::identity::profile::{Outline, Sound};

use super::compare_other::HOUSEHOLD_SIMILARITY;

/// Whether two students hold two valid numbers and share nothing that a household or a school shares, so that
/// whatever their names, birth dates, sexes and places say, the pair is dropped. Symmetric; `false` says nothing.
///
/// # Examples
/// ```
/// use renji::identity::Identity;
/// use renji::identity::profile::Outline;
/// use renji::matching::are_told_apart;
/// use renji::student::{GivenDocument, Student};
///
/// let outline = |number| {
///     let documents = vec![GivenDocument { kind: "1", number }];
///     let student = Student { documents, name: "王伟", birthdate: "20100101", ..Student::default() };
///     Outline::of(&Identity::of(&student, &mut Vec::new())).unwrap()
/// };
/// let (one, other) = (outline("440524201001010018"), outline("440524201001010034"));
/// assert!(are_told_apart(&one, &other));
/// assert!(!are_told_apart(&one, &one));
/// ```
pub fn are_told_apart(a: &Outline, b: &Outline) -> bool {
    a.number != b.number
        && !(a.has_former_number && b.has_former_number)
        && (a.school().is_none() || a.school() != b.school())
        && !a.shares_phone(b)
        && !share_guardians_number(a, b)
        && !may_share_guardians_names(a, b)
        && similarity(a.address(), b.address()) < HOUSEHOLD_SIMILARITY
}

/// Whether a number is a guardian's of both, or of one and the other's own.
fn share_guardians_number(a: &Outline, b: &Outline) -> bool {
    let has =
        |outline: &Outline, number| outline.guardians.iter().any(|known| known.number() == Some(number));
    has(a, b.number)
        || has(b, a.number)
        || a.guardians.iter().filter_map(|guardian| guardian.number()).any(|number| has(b, number))
}

/// Whether so many guardians may have one name that the guardians may be the same by their names alone.
fn may_share_guardians_names(a: &Outline, b: &Outline) -> bool {
    let are_numbered = |outline: &Outline| outline.guardians.iter().any(|known| known.number().is_some());
    let wanted = if are_numbered(a) && are_numbered(b) { 2 } else { 1 };
    let named = |outline: &Outline| outline.guardians.map(|guardian| guardian.sound);
    let (one, other) = (named(a), named(b));
    let matched = |these: [Sound; 2], those: [Sound; 2]| {
        these.iter().filter(|sound| those.iter().any(|known| sound.may_be(*known))).count()
    };
    matched(one, other) >= wanted && matched(other, one) >= wanted
}

#[cfg(test)]
mod tests {
    use super::super::evidence::Evidence;
    use super::super::{Frequencies, rules};
    use super::*;
    use crate::identity::Identity;
    use crate::student::{GivenDocument, GivenGuardian, Student};

    const FATHER: &str = "11010519491231002X";
    const MOTHER: &str = "440524188001010014";

    fn id(number: &'static str) -> GivenDocument<'static> {
        GivenDocument { kind: "1", number }
    }

    fn guardian(name: &'static str, number: &'static str) -> GivenGuardian<'static> {
        GivenGuardian { name, document: id(number), phone: "" }
    }

    fn one() -> Student<'static> {
        Student {
            documents: vec![id("440524201001010018")],
            name: "王小明",
            guardians: vec![guardian("王大山", FATHER), guardian("李秀英", MOTHER)],
            phone: "13900139000",
            school_code: "2137332744",
            address: "工业路70号21栋4单元303室",
            former_number: "G440524201001010018",
            ..stranger()
        }
    }

    /// Born in one county on one day.
    fn stranger() -> Student<'static> {
        Student {
            documents: vec![id("440524201001010034")],
            name: "陈思远",
            birthdate: "20100101",
            region: "440524000000",
            guardians: vec![
                guardian("陈建军", "110105194912310038"),
                guardian("王小红", "110105194912310054"),
            ],
            phone: "13800138000",
            school_code: "2137332700",
            address: "和平路92号",
            ..Student::default()
        }
    }

    /// Whether outlines tell the two apart, for two that have them; both directions agree, and the rule with whatever
    /// they tell.
    fn are_apart(one: &Student<'_>, other: &Student<'_>) -> Option<bool> {
        let [a, b] = [one, other].map(|student| Identity::of(student, &mut Vec::new()));
        let (x, y) = (Outline::of(&a)?, Outline::of(&b)?);
        assert_eq!(are_told_apart(&x, &y), are_told_apart(&y, &x));
        let evidence = Evidence::of(&a, &b, &Frequencies::default());
        assert!(!are_told_apart(&x, &y) || rules::is_told_apart(&evidence));
        Some(are_told_apart(&x, &y))
    }

    #[test]
    fn strangers_are_told_apart_and_a_household_is_not() {
        assert_eq!(are_apart(&one(), &stranger()), Some(true));
        type Change = fn(&mut Student<'static>);
        let shared: [(&str, Change); 10] = [
            ("number", |s| s.documents = one().documents),
            ("guardian's number", |s| s.guardians[1].document = id(FATHER)),
            ("number of a guardian", |s| s.guardians[1].document = one().documents[0]),
            ("guardians' names", |s| (s.guardians[0].name, s.guardians[1].name) = ("李秀英", "王大山")),
            ("their sound", |s| (s.guardians[0].name, s.guardians[1].name) = ("李秀瑛", "王大珊")),
            ("a name, and no number", |s| s.guardians = vec![guardian("王大山", "")]),
            ("phone", |s| s.phone = "13900139000"),
            ("school", |s| s.school_code = "2137332744"),
            ("address", |s| s.address = "工业路70号21栋4单元303"),
            ("former number", |s| s.former_number = "G440524201001010018"),
        ];
        for (what, change) in shared {
            let mut other = stranger();
            change(&mut other);
            assert_eq!(are_apart(&one(), &other), Some(false), "{what}");
        }
    }

    #[test]
    fn what_a_household_need_not_share_leaves_strangers_apart() {
        type Change = fn(&mut Student<'static>);
        let harmless: [(&str, Change); 6] = [
            ("name", |s| s.name = "王小明"),
            ("one guardian's name", |s| s.guardians[0].name = "王大山"),
            ("no guardians", |s| s.guardians.clear()),
            ("no school", |s| s.school_code = ""),
            ("no phone", |s| s.phone = ""),
            ("no address", |s| s.address = ""),
        ];
        for (what, change) in harmless {
            let mut other = stranger();
            change(&mut other);
            assert_eq!(are_apart(&one(), &other), Some(true), "{what}");
        }
    }
}
