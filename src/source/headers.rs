//! The column names that are understood without a map: the default name of each field and what the
//! collection templates and provincial exports call it. They stand in [`crate::template`], which knows more fields
//! than a [`Student`](crate::student::Student) has; here are those that feed one.
//!
//! Names are compared folded: NFKC (full-width forms), lower case, without spaces, byte order marks,
//! `_`, `-` and the `*` and `★` that mark required columns. Where a header has several names of one field, the
//! one that stands first in the table is taken.

use crate::student::Column;
pub(super) use crate::template::fold_heading as fold;
use crate::template::{Field, headings};

/// The names of a field other than [`Column::code`], best first.
pub const fn accepted_names(column: Column) -> &'static [&'static str] {
    headings(Field::of_column(column))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn no_name_stands_for_two_fields() {
        let mut seen = BTreeMap::new();
        for column in Column::ALL {
            for name in std::iter::once(column.code()).chain(accepted_names(column).iter().copied()) {
                if let Some(other) = seen.insert(fold(name), (column, name)) {
                    panic!("{name} of {column:?} is also {other:?}");
                }
            }
        }
    }

    #[test]
    fn folding() {
        assert_eq!(fold("\u{FEFF}Record ID"), fold("record_id"));
        assert_eq!(fold("*成员1 姓名"), fold("成员1姓名"));
        assert_eq!(fold("成员一姓名"), "成员1姓名");
        assert_eq!(fold(" 姓\u{3000}名 "), "姓名");
    }
}
