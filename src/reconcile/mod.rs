//! One roll against another: the registry against the population base, the admissions, the diplomas, the candidates of an
//! examination, and the counts of the yearly statistics.
//!
//! The same normalisation, keys and judgement as within one roll. Nothing here reads a file: students come from
//! iterators or, piece by piece, from whoever reads on all cores.
//!
//! | file | what lives there |
//! |---|---|
//! | `people`, `index` | the people of one roll in memory, and who holds which key |
//! | `agreement` | each of them against a roll that is read past: population, enrolment |
//! | `admissions` | registrations against admissions |
//! | `diploma`, `written` | diplomas against records, as written and as read |
//! | `counts`, `grade` | heads by county, school, grade and sex |

mod admissions;
mod agreement;
mod counts;
mod diploma;
mod grade;
mod index;
mod people;
mod written;

pub use admissions::{Admission, AdmissionStanding, CandidateNumbers, admissions};
pub use agreement::{
    Agreement, Lane, Levels, Outcome, RollAgreement, RollCheck, RollPart, Standing, agreements,
};
pub use counts::{
    Axis, Behind, CountDifference, HeadCell, Headcount, behind, count_differences, shared_axes,
};
pub use diploma::{Diploma, DiplomaField, DiplomaMatch, DiplomaStanding, Place, diplomas};
pub use grade::{CountingDay, Grade};
pub use people::{People, PeopleBatch, PeopleBuilder, Person};
pub use written::{Meaning, Written};
