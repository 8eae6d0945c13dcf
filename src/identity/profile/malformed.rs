//! Why bytes are no profile. The part is named, never what stands in it: that is a person's.

use std::fmt;

/// The first part, in the order of reading, that makes bytes no profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Malformed {
    /// The layout has another version than [`VERSION`](super::VERSION): the profile is to be made anew.
    Version,
    /// There are fewer bytes than the head has, or more than the parts have.
    Length,
    /// The head says of a part that is unknown.
    Parts,
    /// A document has an unknown kind or flag or no possible number, or there are too many.
    Document,
    /// The name is no text, empty or too long.
    Name,
    /// A former name is none, or there are too many.
    Alias,
    /// The birth date is no day, or not of a believed year.
    Birth,
    /// The sex is no known one.
    Sex,
    /// The place is no code, or its county none.
    Place,
    /// A guardian has neither a name nor a document, or one of them is malformed.
    Guardian,
    /// The school is no code.
    School,
    /// The month of enrolment is none.
    Enrolled,
    /// A phone is none, or they are not in order.
    Phone,
    /// The pairs of the address are missing or not in order.
    Address,
    /// The former registry number is none.
    FormerNumber,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Malformed::Version => "the profile has another version",
            Malformed::Length => "the profile has not the length it says",
            Malformed::Parts => "the profile says of parts that are unknown",
            Malformed::Document => "a document in the profile is malformed",
            Malformed::Name => "the name in the profile is malformed",
            Malformed::Alias => "a former name in the profile is malformed",
            Malformed::Birth => "the birth date in the profile is malformed",
            Malformed::Sex => "the sex in the profile is malformed",
            Malformed::Place => "the place in the profile is malformed",
            Malformed::Guardian => "a guardian in the profile is malformed",
            Malformed::School => "the school in the profile is malformed",
            Malformed::Enrolled => "the month of enrolment in the profile is malformed",
            Malformed::Phone => "a phone in the profile is malformed",
            Malformed::Address => "the address in the profile is malformed",
            Malformed::FormerNumber => "the former number in the profile is malformed",
        })
    }
}

impl std::error::Error for Malformed {}
