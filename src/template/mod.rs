//! The collection templates as data, and the check of rows against them. Pure: no file, no clock.
//!
//! | file | what lives there |
//! |---|---|
//! | `field`, `headings` | the fields, and what columns are called |
//! | `codes`, `codes.tsv` | code tables with their standards |
//! | `profile`, `profile_fields` | which system has which fields, requires which, writes them how |
//! | `layout` | which columns of a file hold which field |
//! | `convert` | a row in another system's fields |
//! | `rule` | every rule, with severity and source |
//! | `check/` | what breaks a rule |
//!
//! Called by `source` (what a column may be called), by `cli` (`renji columns`, `convert`, `validate`) and by programs:
//!
//! ```
//! use renji::language::Language;
//! use renji::template::{Options, Profile, Validation, Validator};
//!
//! let header = ["name", "sex", "birthdate", "id_type", "id_number"];
//! let validator = Validator::new(Profile::best(&header), &header, Options::default());
//! let mut validation = Validation::new(&validator);
//! validation.check(2, &["王小明", "男", "20100515", "1", "110105201005150010"]);
//! validation.check(3, &["李小红", "女", "20100515", "1", "110105201005150010"]);
//! let findings = validation.finish().findings;
//! let told: Vec<(u32, &str)> = findings.iter().map(|finding| (finding.row, finding.rule.code())).collect();
//! assert_eq!(told, [(3, "sex_differs"), (3, "number_twice")]);
//! assert!(findings[0].message(Language::En).starts_with("the sex is not the one inside the number"));
//! ```

mod check;
mod codes;
mod convert;
mod field;
mod headings;
mod layout;
mod profile;
mod profile_fields;
mod rule;

pub use check::{Finding, Options, Outcome, RowKeys, Rows, SchoolCount, Validation, Validator};
pub use codes::{Code, CodeTable};
pub use convert::{Converter, Loss, LossKind};
pub use field::{Field, Kind};
pub use headings::{fold_heading, headings};
pub use layout::Layout;
pub use profile::{ClassLayout, Need, Placed, Profile, Written};
pub use rule::{Basis, Rule, Severity};
