//! The numbers by which a registry speaks of its own things: newtypes, so that none passes for another.
//!
//! They are places in a registry's own order and say nothing of a person. The number that a student carries
//! for life is the registry number. Who hands these out, and that none is handed out twice, is the
//! registry's business.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A newtype over an integer: `new`, `get`, shown and stored as the bare number.
macro_rules! id {
    ($(#[$meta:meta])* $name:ident($integer:ty)) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name($integer);

        impl $name {
            /// The id of this number.
            #[inline]
            pub const fn new(number: $integer) -> Self {
                Self(number)
            }

            /// The number.
            #[inline]
            pub const fn get(self) -> $integer {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

// No `Default` for these three: 0 is somebody's.
id! {
    /// A student of the registry, whatever numbers and documents the student has had.
    StudentId(u32)
}
id! {
    /// One record: a student as some office once wrote them down. Several records may be one student's.
    RecordId(u32)
}
id! {
    /// A case: something only a person can settle.
    CaseId(u32)
}
id! {
    /// The place of an entry in a registry's journal, from 1. The default, 0, is before the first entry.
    #[derive(Default)]
    Sequence(u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_shown_as_their_number() {
        assert_eq!(StudentId::new(7).to_string(), "7");
        assert_eq!(format!("{:>5}|{:?}", CaseId::new(12), RecordId::new(3)), "   12|RecordId(3)");
        assert_eq!(Sequence::new(u64::MAX).get(), u64::MAX);
        assert!(Sequence::default() < Sequence::new(1));
    }

    #[cfg(feature = "cli")]
    #[test]
    fn ids_are_stored_as_their_number() {
        assert_eq!(serde_json::to_string(&(StudentId::new(7), Sequence::new(9))).unwrap(), "[7,9]");
        assert_eq!(serde_json::from_str::<RecordId>("4294967295").unwrap(), RecordId::new(u32::MAX));
        assert!(serde_json::from_str::<CaseId>("4294967296").is_err());
        assert!(serde_json::from_str::<CaseId>("-1").is_err());
    }
}
