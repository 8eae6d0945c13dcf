//! A record on its way into the registry: read, keyed, and nothing decided. Pure; done before the writer's
//! place is taken, on any thread.

use std::collections::HashSet;
use std::sync::Arc;

use crate::identity::Identity;
use crate::identity::document::{Document, DocumentFlags};
use crate::store::{StoredKey, stored_keys};
use crate::student::OwnedStudent;

/// A record, read.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    /// The record as given.
    pub(super) given: Arc<OwnedStudent>,
    /// What it means.
    pub(super) identity: Identity,
    /// Under what it is found.
    pub(super) keys: Vec<StoredKey>,
}

impl Prepared {
    /// Reads a record. Some 4 µs.
    pub(super) fn new(given: impl Into<Arc<OwnedStudent>>) -> Prepared {
        let given = given.into();
        let identity = Identity::of(&given.as_student(), &mut Vec::new());
        let keys = stored_keys(&identity).into_vec();
        Prepared { given, identity, keys }
    }

    /// The same without numbers that were proved to be another's.
    pub(super) fn without(&self, not_theirs: &[String]) -> Prepared {
        let mut prepared = self.clone();
        if disown(&mut prepared.identity, not_theirs) {
            prepared.keys = stored_keys(&prepared.identity).into_vec();
        }
        prepared
    }
}

/// Marks documents that were proved to be another person's; says whether there were any.
pub(super) fn disown(identity: &mut Identity, not_theirs: &[String]) -> bool {
    let mut is_changed = false;
    for document in &mut identity.documents {
        if not_theirs.iter().any(|number| number == document.number.as_str()) {
            document.flags |= DocumentFlags::DISOWNED;
            is_changed = true;
        }
    }
    is_changed
}

/// The same with the numbers that were proved to be another's as if they were the student's; `None` if there
/// are none.
pub(super) fn as_claimed(identity: &Identity) -> Option<Identity> {
    let is_disowned = |document: &Document| document.flags.contains(DocumentFlags::DISOWNED);
    identity.documents.iter().any(is_disowned).then(|| {
        let mut claimed = identity.clone();
        claimed.documents.iter_mut().for_each(|document| document.flags -= DocumentFlags::DISOWNED);
        claimed
    })
}

/// What changes in the key index when a record's keys do.
pub(super) fn key_changes(old: &[StoredKey], new: &[StoredKey]) -> (Vec<StoredKey>, Vec<StoredKey>) {
    let (before, after): (HashSet<_>, HashSet<_>) = (old.iter().collect(), new.iter().collect());
    let gone = old.iter().filter(|key| !after.contains(key)).copied().collect();
    let come = new.iter().filter(|key| !before.contains(key)).copied().collect();
    (gone, come)
}
