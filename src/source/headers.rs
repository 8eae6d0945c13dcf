//! The column names that are understood without a map: the default name of each field and what the
//! collection template and provincial exports call it.
//!
//! Names are compared folded: NFKC (full-width forms), lower case, without spaces, byte order marks,
//! `_`, `-` and the `*` that marks required columns. Where a header has several names of one field, the
//! one that stands first in the table is taken.

use unicode_normalization::UnicodeNormalization;

use crate::student::Column;

/// The names of a field other than [`Column::code`], best first.
pub const fn accepted_names(column: Column) -> &'static [&'static str] {
    match column {
        Column::RecordId => &["记录编号", "记录号", "记录标识", "id"],
        Column::IdType => &["身份证件类型", "证件类型", "学生身份证件类型", "学生证件类型", "document_type"],
        Column::IdNumber => &[
            "身份证件号",
            "身份证件号码",
            "身份证号",
            "身份证号码",
            "公民身份号码",
            "居民身份证号",
            "证件号码",
            "证件号",
            "学生身份证件号",
            "学生身份证号",
            "学生身份证号码",
            "document_number",
        ],
        Column::Id2Type => &["身份证件类型2", "证件类型2", "其他证件类型", "第二证件类型"],
        Column::Id2Number => &[
            "身份证件号2",
            "身份证号2",
            "证件号码2",
            "证件号2",
            "其他证件号",
            "其他证件号码",
            "第二证件号",
            "第二证件号码",
        ],
        Column::Name => &["姓名", "学生姓名", "学生名字", "full_name", "student_name"],
        Column::FormerName => &["曾用名", "学生曾用名", "曾用姓名"],
        Column::Sex => &["性别", "性别码", "学生性别", "gender"],
        Column::Birthdate => &["出生日期", "出生年月日", "学生出生日期", "生日", "date_of_birth", "dob"],
        Column::Region => &[
            "户口所在地",
            "户口所在地行政区划",
            "户口所在地行政区划代码",
            "户口所在地行政区划码",
            "户口所在地区划代码",
            "户籍所在地",
            "户籍地",
            "户籍所在地行政区划",
            "行政区划代码",
            "行政区划",
            "区划代码",
        ],
        Column::Guardian1Name => &[
            "成员1姓名",
            "成员1或监护人姓名",
            "家庭成员1姓名",
            "家庭成员或监护人1姓名",
            "家庭成员或监护人姓名1",
            "家庭成员或监护人姓名",
            "监护人1姓名",
            "监护人姓名1",
            "监护人姓名",
            "监护人",
            "父亲姓名",
        ],
        Column::Guardian1IdType => &[
            "成员1身份证件类型",
            "成员1证件类型",
            "家庭成员1身份证件类型",
            "家庭成员或监护人1身份证件类型",
            "家庭成员或监护人身份证件类型1",
            "家庭成员或监护人身份证件类型",
            "监护人1身份证件类型",
            "监护人1证件类型",
            "监护人身份证件类型",
            "监护人证件类型",
            "父亲身份证件类型",
        ],
        Column::Guardian1Id => &[
            "成员1身份证件号",
            "成员1身份证件号码",
            "成员1身份证号",
            "成员1身份证号码",
            "成员1证件号码",
            "成员1证件号",
            "家庭成员1身份证件号",
            "家庭成员1身份证号",
            "家庭成员或监护人1身份证件号",
            "家庭成员或监护人身份证件号1",
            "家庭成员或监护人身份证件号",
            "监护人1身份证件号",
            "监护人1身份证号",
            "监护人1证件号码",
            "监护人身份证件号",
            "监护人身份证号",
            "监护人身份证号码",
            "监护人证件号码",
            "监护人证件号",
            "父亲身份证件号",
            "父亲身份证号",
            "guardian1_id_number",
        ],
        Column::Guardian1Phone => &[
            "成员1联系电话",
            "成员1电话",
            "家庭成员1联系电话",
            "家庭成员或监护人1联系电话",
            "家庭成员或监护人联系电话",
            "监护人1联系电话",
            "监护人1电话",
            "监护人联系电话",
            "监护人电话",
            "父亲联系电话",
        ],
        Column::Guardian2Name => &[
            "成员2姓名",
            "成员2或监护人姓名",
            "家庭成员2姓名",
            "家庭成员或监护人2姓名",
            "家庭成员或监护人姓名2",
            "监护人2姓名",
            "监护人姓名2",
            "母亲姓名",
        ],
        Column::Guardian2IdType => &[
            "成员2身份证件类型",
            "成员2证件类型",
            "家庭成员2身份证件类型",
            "家庭成员或监护人2身份证件类型",
            "家庭成员或监护人身份证件类型2",
            "监护人2身份证件类型",
            "监护人2证件类型",
            "母亲身份证件类型",
        ],
        Column::Guardian2Id => &[
            "成员2身份证件号",
            "成员2身份证件号码",
            "成员2身份证号",
            "成员2身份证号码",
            "成员2证件号码",
            "成员2证件号",
            "家庭成员2身份证件号",
            "家庭成员2身份证号",
            "家庭成员或监护人2身份证件号",
            "家庭成员或监护人身份证件号2",
            "监护人2身份证件号",
            "监护人2身份证号",
            "监护人2证件号码",
            "母亲身份证件号",
            "母亲身份证号",
            "guardian2_id_number",
        ],
        Column::Guardian2Phone => &[
            "成员2联系电话",
            "成员2电话",
            "家庭成员2联系电话",
            "家庭成员或监护人2联系电话",
            "监护人2联系电话",
            "监护人2电话",
            "母亲联系电话",
        ],
        Column::Phone => &["联系电话", "学生联系电话", "电话", "电话号码", "手机号", "手机号码", "家庭电话"],
        Column::Address => &[
            "现住址",
            "家庭地址",
            "家庭住址",
            "通信地址",
            "通讯地址",
            "住址",
            "详细地址",
            "户籍地址",
            "户口地址",
        ],
        Column::SchoolCode => &["学校标识码", "学校代码", "学校编码", "就读学校标识码"],
        Column::Enrolled => &["入学年月", "入学时间", "入学日期", "入学月份"],
        Column::FormerNumber => &[
            "学籍号",
            "全国学籍号",
            "全国统一学籍号",
            "国网学籍号",
            "原学籍号",
            "学籍号码",
            "registry_number",
        ],
    }
}

/// Whether a heading is the name of a field.
pub(super) fn is_accepted(name: &str) -> bool {
    let folded = fold(name);
    let is = |known: &str| fold(known) == folded;
    Column::ALL
        .into_iter()
        .any(|column| is(column.code()) || accepted_names(column).iter().any(|name| is(name)))
}

/// A column name as it is compared.
pub(super) fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.nfkc().flat_map(char::to_lowercase) {
        match c {
            '_' | '-' | '*' | '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' => {
            }
            c if c.is_whitespace() || c.is_control() => {}
            c => folded.push(c),
        }
    }
    for (written, figure) in
        [("成员一", "成员1"), ("成员二", "成员2"), ("监护人一", "监护人1"), ("监护人二", "监护人2")]
    {
        if folded.contains(written) {
            folded = folded.replace(written, figure);
        }
    }
    folded
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
