//! How often everything happens in the made-up nation.
//!
//! Each rate has a name, a default and a meaning; the command line sets them by name. The defaults follow
//! published figures where there are any and are assumptions elsewhere (each says which).

use std::fmt;

use super::damage::Damage;

/// Why a rate was not set.
#[derive(Debug, Clone, PartialEq)]
pub enum RateError {
    /// No rate has this name.
    Unknown(String),
    /// A rate lies between 0 and the largest value that makes sense for it.
    OutOfRange {
        /// The rate's name.
        name: &'static str,
        /// The largest value.
        max: f64,
    },
    /// All weights of the errors of re-registrations are zero, but there are to be re-registrations.
    NoDamage,
}

impl fmt::Display for RateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RateError::Unknown(name) => write!(f, "there is no rate called {name:?}"),
            RateError::OutOfRange { name, max } => write!(f, "the rate {name} lies between 0 and {max}"),
            RateError::NoDamage => {
                f.write_str("at least one error of re-registrations needs a weight above 0")
            }
        }
    }
}

impl std::error::Error for RateError {}

macro_rules! rates {
    ($($(#[doc = $doc:literal])+ $name:ident = $default:literal, at most $max:literal;)+) => {
        /// How often everything happens: parts of one, and the weights of the errors.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Rates {
            $($(#[doc = $doc])+ pub $name: f64,)+
            /// The weight of each error among the errors of re-registrations, by [`Damage`]; only their
            /// ratios count. An error that cannot happen to a record (a lost interpunct in 王小明) is drawn
            /// again.
            pub damage: [f64; Damage::ALL.len()],
        }

        impl Default for Rates {
            fn default() -> Self {
                Rates { $($name: $default,)+ damage: Damage::ALL.map(Damage::default_weight) }
            }
        }

        impl Rates {
            /// The names of the plain rates, what they mean and their defaults.
            pub const NAMED: &'static [(&'static str, &'static str, f64)] =
                &[$((stringify!($name), concat!($($doc),+), $default),)+];

            /// Sets a rate, or an error's weight, by its name.
            ///
            /// # Errors
            ///
            /// [`RateError::Unknown`] and [`RateError::OutOfRange`]; nothing is changed then.
            pub fn set(&mut self, name: &str, value: f64) -> Result<(), RateError> {
                let check = |name, max| {
                    if (0.0..=max).contains(&value) { Ok(()) } else { Err(RateError::OutOfRange { name, max }) }
                };
                $(if name == stringify!($name) {
                    check(stringify!($name), $max)?;
                    self.$name = value;
                    return Ok(());
                })+
                match Damage::ALL.iter().position(|damage| damage.name() == name) {
                    Some(at) => {
                        check(Damage::ALL[at].name(), 1e6)?;
                        self.damage[at] = value;
                        Ok(())
                    }
                    None => Err(RateError::Unknown(name.to_owned())),
                }
            }

            /// # Errors
            ///
            /// The first rate that is out of its range, or [`RateError::NoDamage`].
            pub(super) fn check(&self) -> Result<(), RateError> {
                let mut copy = self.clone();
                $(copy.set(stringify!($name), self.$name)?;)+
                for (damage, &weight) in Damage::ALL.iter().zip(&self.damage) {
                    copy.set(damage.name(), weight)?;
                }
                if self.duplicates > 0.0 && self.damage.iter().sum::<f64>() == 0.0 {
                    return Err(RateError::NoDamage);
                }
                Ok(())
            }
        }
    };
}

rates! {
    /// The part of rows that register a student a second time. Assumed for a first collection.
    duplicates = 0.04, at most 0.5;
    /// The part of re-registrations that may stand anywhere in the file; the others stand within
    /// [`CHUNK_ROWS`](super::CHUNK_ROWS) rows of their original. Assumed.
    far = 0.5, at most 1.0;
    /// The part of re-registrations with two errors at least. Assumed.
    two_errors = 0.3, at most 1.0;
    /// The part of those with a third error. Assumed.
    three_errors = 0.2, at most 1.0;
    /// The part of re-registrations of children from abroad, and of names with an interpunct, whose first error
    /// is one that only such can have: another kind of document, a father's part cut off. Assumed.
    peculiar = 0.4, at most 1.0;
    /// The part of children with a sibling in the file, twins counted. Assumed.
    siblings = 0.30, at most 0.9;
    /// The part of children who are twins. Assumed.
    twins = 0.03, at most 0.5;
    /// The part of families drawn to give their child the name and birth date of the child of the family
    /// before: strangers. Two thirds of those drawn can (both have one child, with an ordinary number); the
    /// others stay as they are. Assumed.
    strangers = 0.0045, at most 0.3;
    /// The part of families drawn to give their child the number of the child of the family before: two
    /// people, one number (重号). Two thirds of those drawn can, likewise. Assumed; in 2009 about 0.13 % of
    /// people shared a number.
    conflicts = 0.0015, at most 0.3;
    /// The part of children without any document in their first record. Assumed 0.5 to 2 %.
    no_id = 0.01, at most 1.0;
    /// The part of children whose birthday is a placeholder: 1 January and the like. Assumed.
    placeholders = 0.002, at most 1.0;
    /// The part of children from abroad. Assumed.
    foreign = 0.0008, at most 1.0;
    /// The part of children from Hong Kong, Macau and Taiwan. Assumed.
    hong_kong = 0.0012, at most 1.0;
    /// The part of children who live away from the place of their first registration. Published: 9.7 %.
    away = 0.097, at most 1.0;
    /// The part of children with one guardian in the record. Assumed.
    one_guardian = 0.08, at most 1.0;
    /// The part of guardians whose number was left out. Assumed.
    guardian_id_missing = 0.02, at most 1.0;
    /// The part of families without a phone number in the record. Assumed.
    phone_missing = 0.03, at most 1.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_set_by_name() {
        let mut rates = Rates::default();
        rates.set("duplicates", 0.1).unwrap();
        rates.set("id_missing", 0.01).unwrap();
        assert_eq!(rates.duplicates, 0.1);
        assert!(rates.set("duplicate", 0.1).is_err());
        assert!(rates.set("twins", 0.9).is_err());
        assert!(rates.set("twins", f64::NAN).is_err());
        assert_eq!(rates.check(), Ok(()));
        rates.damage = [0.0; Damage::ALL.len()];
        assert_eq!(rates.check(), Err(RateError::NoDamage));
        assert!(Rates::NAMED.iter().any(|(name, _, _)| *name == "no_id"));
    }
}
