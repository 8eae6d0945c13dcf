//! What a registry is made for, fixed when it is made, and how one is opened.

use serde::{Deserialize, Serialize};

use crate::identity::Identity;
use crate::identity::region::RegionCode;

/// Whether a student with a citizen id gets the formal number at once.
// IMPORTANT: stored by position; new ones go behind the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PopulationCheck {
    /// The authority's base is asked later ([`super::Registry::clear`]): an L number until then.
    #[default]
    Pending,
    /// Whoever enrols has asked it before: a G number at once.
    Done,
}

/// What a registry is made for. Written into its journal as the first entry; it never changes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// The region it is for, as two, four or six digits of GB/T 2260; the nation if not given. A student of
    /// another region is refused. A registry of one county gives it to students who have none.
    pub scope: Option<String>,
    /// Whether the population check was done before.
    pub population_check: PopulationCheck,
    /// Regions, as two, four or six digits of GB/T 2260, whose registries issue J and L themselves: this one
    /// issues none there, though it knows the students.
    // Stored beside the others, in an event of its own: the first form of the entry has no place for it.
    #[serde(skip)]
    pub delegated: Vec<String>,
}

impl Settings {
    /// Whether a scope is two, four or six digits.
    pub(super) fn is_valid(&self) -> bool {
        self.scope.iter().chain(&self.delegated).all(|region| {
            matches!(region.len(), 2 | 4 | 6) && region.bytes().all(|byte| byte.is_ascii_digit())
        })
    }
}

impl Settings {
    /// The county the registry is for, if it is for one.
    pub(super) fn county(&self) -> Option<RegionCode> {
        self.scope.as_deref().filter(|scope| scope.len() == 6).and_then(RegionCode::parse)
    }

    /// Whether this registry issues the J and L numbers of a region.
    pub(super) fn issues(&self, region: RegionCode) -> bool {
        self.scope.as_ref().is_none_or(|scope| lies_in(region, scope))
            && !self.delegated.iter().any(|other| lies_in(region, other))
    }

    /// Whether a student of this identity belongs here: whose county lies in the scope, or is not known.
    pub(super) fn covers(&self, identity: &Identity) -> bool {
        let Some(scope) = &self.scope else { return true };
        let county = identity.place.and_then(|place| place.county());
        county.is_none_or(|county| lies_in(county, scope))
    }
}

/// Whether a region's code begins with these digits.
fn lies_in(region: RegionCode, scope: &str) -> bool {
    let mut rest = region.get();
    let mut digits = [0; 6];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    digits.starts_with(scope.as_bytes())
}

/// When a record that links students who hold numbers merges them by itself.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum MergePolicy {
    /// Never: a case proposes it.
    #[default]
    Never,
    /// When each link's probability of one person is at least this, and no rule speaks against it.
    Above(f64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_lies_in_what_its_code_begins_with() {
        let region = |code| RegionCode::new(code).unwrap();
        for code in [0, 1, 110_105, 650_000, 999_999] {
            let text = region(code).to_string();
            for length in 0..=6 {
                assert!(lies_in(region(code), &text[..length]), "{text}");
            }
            assert!(!lies_in(region(code), "7") && !lies_in(region(code), &format!("{text}0")), "{text}");
        }
    }
}
