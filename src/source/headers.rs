//! The column names that are understood without a map: the default name of each field and what the
//! collection templates and provincial exports call it. They stand in [`crate::template`], which knows more fields
//! than a [`Student`](crate::student::Student) has; here are those that feed one.
//!
//! Names are compared folded: NFKC (full-width forms), lower case, without spaces, byte order marks,
//! `_`, `-` and the `*` and `★` that mark required columns. Where a header has several names of one field, the
//! one that stands first in the table is taken.

use crate::student::{Column, Detail};
pub(super) use crate::template::fold_heading as fold;
use crate::template::{Field, headings};

/// The names of a detail other than [`Detail::code`], best first.
pub const fn accepted_detail_names(detail: Detail) -> &'static [&'static str] {
    match detail {
        Detail::CandidateNumber => &["考生号", "报名号", "报名序号", "考生号码", "录取考生号"],
        Detail::StudentNumber => &["学号", "校内学号", "学生学号"],
        Detail::Grade => &["年级", "所在年级", "就读年级", "年级名称"],
        Detail::Class => &["班级", "班号", "班级名称", "所在班级"],
        Detail::SchoolName => &["学校名称", "就读学校", "院校名称", "毕业院校", "学校"],
        Detail::CertificateNumber => &["证书编号", "毕业证书编号", "学历证书编号", "证书号"],
        Detail::Major => &["专业名称", "专业", "录取专业"],
        Detail::Programme => &["层次", "学历层次", "培养层次"],
        Detail::StudyForm => &["学习形式", "办学形式"],
        Detail::Duration => &["学制", "学制年限"],
        Detail::Graduated => &["毕业日期", "毕结业日期", "毕(结)业日期", "毕业年月", "毕业时间"],
        Detail::Conclusion => &["毕结业结论", "毕(结)业结论", "毕结业", "毕(结)业"],
        Detail::Principal => &["校长姓名", "校(院)长姓名", "院校长姓名", "校长"],
        Detail::Count => &["人数", "学生数", "在校生数", "students"],
    }
}

/// The names of a field other than [`Column::code`], best first.
pub const fn accepted_names(column: Column) -> &'static [&'static str] {
    headings(Field::of_column(column))
}

/// Whether a heading is the name of a field.
pub(super) fn is_accepted(name: &str) -> bool {
    let folded = fold(name);
    let is = |known: &str| fold(known) == folded;
    Column::ALL
        .into_iter()
        .any(|column| is(column.code()) || accepted_names(column).iter().any(|name| is(name)))
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
