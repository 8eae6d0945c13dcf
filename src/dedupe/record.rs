//! A student in a run, and the order among records that does not depend on the order of the input.

use std::hash::{Hash, Hasher};

use compact_str::CompactString;

use crate::identity::Identity;
use crate::identity::name::Name;
use crate::student::Origin;

/// A student that takes part in the comparison.
#[derive(Debug, Clone)]
pub struct Record {
    /// The office's name for the record; unique within a run (see [`super::Findings::repeated_ids`]).
    pub id: CompactString,
    /// Where it came from.
    pub origin: Origin,
    /// What is compared.
    pub identity: Identity,
}

impl Record {
    /// An order in which records alike in name, birth date and number stand side by side, whatever the
    /// order of the input.
    pub(super) fn order(&self) -> impl Ord + use<> {
        let identity = &self.identity;
        let name = identity.name.as_ref().and_then(Name::loose);
        let number = identity.usable_documents().next().map(|document| document.number);
        (name, identity.birth_or_documents(), number, content_hash(identity), self.id.clone())
    }
}

/// A hash of all that is known of a student, for an order that does not depend on the input's.
pub(super) fn content_hash(identity: &Identity) -> u64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    identity.hash(&mut hasher);
    hasher.finish()
}
