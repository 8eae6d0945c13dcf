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
        let region = region.to_string();
        self.scope.as_ref().is_none_or(|scope| region.starts_with(scope.as_str()))
            && !self.delegated.iter().any(|other| region.starts_with(other.as_str()))
    }

    /// Whether a student of this identity belongs here: whose county lies in the scope, or is not known.
    pub(super) fn covers(&self, identity: &Identity) -> bool {
        let Some(scope) = &self.scope else { return true };
        let county = identity.place.and_then(|place| place.county());
        county.is_none_or(|county| county.to_string().starts_with(scope.as_str()))
    }
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
