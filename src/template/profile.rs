//! The profiles: which fields a system's spreadsheet has, what it calls them, which it requires, and how it writes codes;
//! and the choices where sources disagree.

use super::Field;
use super::layout::Layout;
use super::profile_fields::{NATIONAL_1, NATIONAL_2, PLAIN, VOCATIONAL};
use crate::language::Language;

/// Whether a profile wants a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The column and a value in each row.
    Required,
    /// The column; whether there is a value depends on others.
    Column,
    /// A value in each row that names this member of the family; the first member's column as well.
    Member,
    /// Neither.
    Optional,
}

/// A field in a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The field.
    pub field: Field,
    /// Whether it is wanted.
    pub need: Need,
    /// What the system calls it.
    pub heading: &'static str,
}

pub(super) const fn placed(field: Field, need: Need, heading: &'static str) -> Placed {
    Placed { field, need, heading }
}

/// How a seven-digit class number is made up. Sources disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClassLayout {
    /// Four digits of the year of enrolment, the grade (1 to 9), two digits of the class.
    YearGradeClass,
    /// Four digits of the year of enrolment, the stage (1 primary, 2 junior, 3 senior), two digits of the class.
    YearStageClass,
}

/// How a system writes what stands in a code table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// By its code: `01`.
    Codes,
    /// By its Chinese name: `汉族`.
    Words,
}

/// The spreadsheet of one system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// The name on the command line.
    pub code: &'static str,
    zh: &'static str,
    en: &'static str,
    /// Its fields, in the order of its columns.
    pub fields: &'static [Placed],
    /// How it writes codes.
    pub written: Written,
    /// How it makes up class numbers.
    pub class_layout: ClassLayout,
    /// Whether values must have the template's form (eight digits for a day, twelve for a region), or only be such that
    /// they can be read.
    pub is_strict: bool,
}

impl Profile {
    /// The national collection template, first version.
    pub const NATIONAL_1: Profile = Profile {
        code: "national_1",
        zh: "全国学籍采集模板（第一版）",
        en: "national collection template, first version",
        fields: NATIONAL_1,
        written: Written::Codes,
        class_layout: ClassLayout::YearGradeClass,
        is_strict: true,
    };
    /// The national collection template, second version.
    pub const NATIONAL_2: Profile = Profile {
        code: "national_2",
        zh: "全国学籍采集模板（第二版）",
        en: "national collection template, second version",
        fields: NATIONAL_2,
        written: Written::Codes,
        class_layout: ClassLayout::YearGradeClass,
        is_strict: true,
    };
    /// The spreadsheet of the secondary vocational system (中职).
    pub const VOCATIONAL: Profile = Profile {
        code: "vocational",
        zh: "中等职业学校学籍系统",
        en: "secondary vocational system",
        fields: VOCATIONAL,
        written: Written::Words,
        class_layout: ClassLayout::YearGradeClass,
        is_strict: true,
    };
    /// Plain English names, of which only the name is required.
    pub const PLAIN: Profile = Profile {
        code: "plain",
        zh: "英文列名",
        en: "plain English names",
        fields: PLAIN,
        written: Written::Codes,
        class_layout: ClassLayout::YearGradeClass,
        is_strict: false,
    };

    /// Every profile.
    pub const ALL: [&'static Profile; 4] =
        [&Profile::NATIONAL_2, &Profile::NATIONAL_1, &Profile::VOCATIONAL, &Profile::PLAIN];

    /// What it is called.
    pub const fn name(&self, language: Language) -> &'static str {
        language.pick(self.zh, self.en)
    }

    /// The profile of a name on the command line; `national` is its second version.
    pub fn of_code(code: &str) -> Option<&'static Profile> {
        let code = if code == "national" { "national_2" } else { code };
        Profile::ALL.into_iter().find(|profile| profile.code == code)
    }

    /// How it has a field.
    pub fn placed(&self, field: Field) -> Option<&'static Placed> {
        self.fields.iter().find(|placed| placed.field == field)
    }

    /// The profile that fits a header best: most of whose own headings stand in it, and which has fewest others.
    ///
    /// ```
    /// use renji::template::Profile;
    /// assert_eq!(Profile::best(&["姓名", "成员1姓名", "成员1关系"]).code, "national_2");
    /// assert_eq!(Profile::best(&["name", "id_number"]).code, "plain");
    /// ```
    pub fn best(header: &[impl AsRef<str>]) -> &'static Profile {
        let mut best = (0.0, Profile::ALL[0]);
        for profile in Profile::ALL {
            let fit = Layout::new(profile, header).fit();
            if fit > best.0 {
                best = (fit, profile);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::template::{fold_heading, headings};

    #[test]
    fn each_profile_has_a_field_once_under_a_heading_that_is_understood() {
        for profile in Profile::ALL {
            let mut fields = HashSet::new();
            let mut names = HashSet::new();
            for placed in profile.fields {
                assert!(fields.insert(placed.field), "{} {:?}", profile.code, placed.field);
                assert!(names.insert(fold_heading(placed.heading)), "{} {}", profile.code, placed.heading);
                let folded = fold_heading(placed.heading);
                let known = headings(placed.field).iter().any(|name| fold_heading(name) == folded)
                    || fold_heading(placed.field.code()) == folded;
                assert!(known, "{} {} of {:?}", profile.code, placed.heading, placed.field);
            }
        }
    }

    #[test]
    fn each_profile_fits_its_own_header_best() {
        for profile in Profile::ALL {
            let header: Vec<&str> = profile.fields.iter().map(|placed| placed.heading).collect();
            assert_eq!(Profile::best(&header).code, profile.code);
            let layout = Layout::new(profile, &header);
            for (at, placed) in profile.fields.iter().enumerate() {
                assert_eq!(layout.cells(placed.field), [at as u16], "{:?}", placed.field);
            }
            assert_eq!((layout.missing().count(), layout.left_over().count()), (0, 0));
            // As headers are understood without knowing the profile.
            assert_eq!(layout, Layout::new(profile, &header));
        }
    }
}
