//! Every rule of the template check, as data: code, severity, source, what is wrong and what is expected.
//! `docs/VALIDATION.md` is written from it. What breaks a rule is decided in `check`.

use crate::language::Language;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing need be done.
    Note,
    /// Likely wrong; a person looks at it.
    Warning,
    /// Wrong: the row is not to be taken as it is.
    Reject,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Severity; 3] = [Severity::Reject, Severity::Warning, Severity::Note];

    /// The name in lists.
    pub const fn code(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Reject => "reject",
        }
    }

    /// The word.
    pub const fn name(self, language: Language) -> &'static str {
        match self {
            Severity::Note => language.pick("提示", "note"),
            Severity::Warning => language.pick("警告", "warning"),
            Severity::Reject => language.pick("退回", "reject"),
        }
    }
}

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// A published explanation of the template, or a standard (`docs/SOURCES.md`).
    Published,
    /// General knowledge of what registry offices check; easy to correct, in one place.
    General,
    /// What the engine can read.
    Engine,
}

impl Basis {
    /// The name in the documentation.
    pub const fn code(self) -> &'static str {
        match self {
            Basis::Published => "published",
            Basis::General => "general",
            Basis::Engine => "engine",
        }
    }
}

macro_rules! rules {
    ($($variant:ident = $code:literal, $severity:ident, $basis:ident,
        $wrong_zh:literal, $wrong_en:literal, $expected_zh:literal, $expected_en:literal;)+) => {
        /// A rule of the template check.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[expect(missing_docs, reason = "each is told by `Rule::wrong`")]
        pub enum Rule {
            $($variant,)+
        }

        impl Rule {
            /// Every rule, in the order of the documentation: the file, cells, fields, pairs of fields, pairs of rows.
            pub const ALL: [Rule; [$($code),+].len()] = [$(Rule::$variant),+];

            /// The name in lists. It never changes its meaning.
            pub const fn code(self) -> &'static str {
                match self { $(Rule::$variant => $code,)+ }
            }

            /// How bad it is.
            pub const fn severity(self) -> Severity {
                match self { $(Rule::$variant => Severity::$severity,)+ }
            }

            /// Where it comes from.
            pub const fn basis(self) -> Basis {
                match self { $(Rule::$variant => Basis::$basis,)+ }
            }

            /// What is wrong.
            pub const fn wrong(self, language: Language) -> &'static str {
                match self { $(Rule::$variant => language.pick($wrong_zh, $wrong_en),)+ }
            }

            /// What is expected, and so what to do.
            pub const fn expected(self, language: Language) -> &'static str {
                match self { $(Rule::$variant => language.pick($expected_zh, $expected_en),)+ }
            }
        }
    };
}

rules! {
    ColumnMissing = "column_missing", Reject, Published,
        "缺少必填列", "a required column is missing",
        "在表头中加上这一列", "this column in the header";
    RowUnreadable = "row_unreadable", Reject, Engine,
        "整行无法读取", "the row cannot be read",
        "列数与表头一致、编码正确的一行", "a row with as many cells as the header, in the file's encoding";
    CellTooLong = "cell_too_long", Reject, Engine,
        "单元格过长", "the cell is too long",
        "不超过 65,536 字节", "at most 65,536 bytes";
    NotRead = "not_read", Reject, Engine,
        "无法识别，查重时不会采用", "cannot be read and would be left out of a comparison",
        "可识别的值", "a value that can be read";
    RequiredEmpty = "required_empty", Reject, Published,
        "必填项为空", "a required value is empty",
        "填写此项", "a value";
    CellInvisible = "cell_invisible", Note, General,
        "含有首尾空格或不可见字符", "spaces around the value, or invisible characters in it",
        "去掉空格和不可见字符", "the value without them";
    SchoolMalformed = "school_malformed", Reject, Published,
        "学校标识码不是 10 位数字", "the school code is not ten digits",
        "10 位数字：办学类型 2 位、省级代码 2 位、序号 6 位", "ten digits: class 2, province 2, serial 6";
    SchoolClassUnknown = "school_class_unknown", Reject, General,
        "学校标识码前两位不是办学类型", "the first two digits of the school code are no class of school",
        "21 小学，31 初中，34 高中，36 中职……", "21 primary, 31 junior, 34 senior, 36 vocational, ...";
    SchoolProvinceUnknown = "school_province_unknown", Reject, General,
        "学校标识码第 3、4 位不是省级代码", "digits 3 and 4 of the school code are no province",
        "GB/T 2260 省级代码前两位", "the first two digits of a province of GB/T 2260";
    SchoolDiffers = "school_differs", Reject, Published,
        "与本文件指定的学校标识码不一致", "not the school code given for this file",
        "本校的学校标识码", "the code of the school whose file this is";
    NameUnreadable = "name_unreadable", Reject, Published,
        "不是姓名", "not a name",
        "户口簿上的姓名", "the name in the household register";
    NamePlaceholder = "name_placeholder", Warning, General,
        "姓名中有数字、拼音、占位符（? □ *）或造字", "digits, pinyin, placeholders (? □ *) or private characters in a name",
        "户口簿上的姓名用字", "the characters of the household register";
    NameInterpunct = "name_interpunct", Warning, Published,
        "姓名中的间隔号不是“·”（U+00B7）", "the interpunct in a name is not U+00B7",
        "间隔号用“·”（U+00B7）", "U+00B7 between the parts";
    NameSpaces = "name_spaces", Note, General,
        "汉字姓名中有空格", "spaces in a name of Chinese characters",
        "姓名中不留空格", "the name without spaces";
    NameTooLong = "name_too_long", Warning, Engine,
        "姓名超过 64 个字符", "a name of more than 64 characters",
        "查重只比对前 64 个字符", "a comparison sees the first 64 characters";
    SexUnknown = "sex_unknown", Warning, Published,
        "性别不是 1、2、男、女", "the sex is none of 1, 2, 男, 女",
        "1（男）或 2（女）", "1 (male) or 2 (female)";
    BirthMalformed = "birth_malformed", Reject, Published,
        "出生日期不是 8 位数字", "the birth date is not eight digits",
        "8 位数字 YYYYMMDD，不加分隔符", "YYYYMMDD, without separators";
    BirthImpossible = "birth_impossible", Reject, Published,
        "日历中没有这一天", "no such day in the calendar",
        "公历真实日期", "a real day of the Gregorian calendar";
    RegionMalformed = "region_malformed", Reject, Published,
        "行政区划代码不是 12 位", "the region is not a code of twelve digits",
        "GB/T 2260 六位代码后加 000000", "six digits of GB/T 2260 and 000000";
    RegionUnknown = "region_unknown", Warning, Published,
        "行政区划代码从未使用过", "the region was never a code of GB/T 2260",
        "现行或曾用的 GB/T 2260 代码", "a code of GB/T 2260, of whatever year";
    EthnicityUnknown = "ethnicity_unknown", Reject, Published,
        "不是民族代码", "not a code of an ethnic group",
        "GB/T 3304 两位代码，如 01", "two digits of GB/T 3304, such as 01";
    NationalityUnknown = "nationality_unknown", Reject, Published,
        "不是国籍/地区代码", "not a code of a country or region",
        "GB/T 2659 三位字母代码，如 CHN", "three letters of GB/T 2659, such as CHN";
    IdTypeUnknown = "id_type_unknown", Reject, Published,
        "不是身份证件类型", "not a kind of document",
        "1、6、7、8、9、A、C、Z 等代码", "a code such as 1, 6, 7, 8, 9, A, C, Z";
    RelationUnknown = "relation_unknown", Reject, Published,
        "不是家庭关系代码", "not a code of a relation",
        "GB/T 4761 两位代码，如 51 父亲、52 母亲", "two digits of GB/T 4761, such as 51 father, 52 mother";
    CodeUnknown = "code_unknown", Warning, Published,
        "不在代码表中", "not in the code table",
        "代码表中的代码", "a code of the field's table";
    IdMissing = "id_missing", Reject, Published,
        "证件类型不是 Z，却没有证件号", "no number, although the kind is not Z",
        "证件号；确无证件的，类型填 Z", "the number, or the kind Z where there is none";
    IdUnexpected = "id_unexpected", Reject, Published,
        "证件类型为 Z，却有证件号", "a number, although the kind is Z",
        "证件号留空，或改正证件类型", "no number, or another kind";
    IdSpreadsheet = "id_spreadsheet", Reject, Published,
        "证件号被电子表格截成 15 位有效数字", "a spreadsheet cut the number to fifteen digits",
        "以文本格式重新录入", "the number, entered again in a text cell";
    IdFifteen = "id_fifteen", Reject, General,
        "15 位旧身份证号", "a number of the old form of 15 digits",
        "18 位公民身份号码", "the number of 18 characters";
    IdFiller = "id_filler", Reject, General,
        "证件号是凑数的", "a filler, not a number",
        "真实证件号；确无证件的，类型填 Z", "the real number, or the kind Z where there is none";
    IdMalformed = "id_malformed", Reject, Published,
        "证件号的位数或字符不对", "not the form of a number of this kind",
        "该类证件的号码格式", "a number of the form of its kind";
    IdKindDiffers = "id_kind_differs", Reject, Published,
        "证件号不是所填类型的证件", "the number is of another kind of document than stated",
        "与证件号相符的证件类型", "the kind that this number is of";
    IdCheck = "id_check", Reject, Published,
        "证件号校验位不符", "the check character does not fit",
        "核对证件原件，改正号码", "the number as it stands on the document";
    IdDate = "id_date", Reject, Published,
        "证件号中的出生日期不存在", "the birth date inside the number is no day",
        "核对证件原件，改正号码", "the number as it stands on the document";
    IdRegion = "id_region", Warning, Published,
        "证件号前六位从未是行政区划代码", "the region inside the number was never a code of GB/T 2260",
        "核对证件原件", "the number as it stands on the document";
    IdUntidy = "id_untidy", Warning, General,
        "证件号有全角、空格、小写 x 或形近字符", "full-width characters, spaces, a small x or look-alikes in a number",
        "半角数字和大写 X，不加空格", "digits and a capital X, without spaces";
    IdCounter = "id_counter", Note, Published,
        "证件号带有换证次数", "the number carries a counter of renewals",
        "去掉末尾两位换证次数", "the number without its last two digits";
    IdIsGuardians = "id_is_guardians", Reject, General,
        "学生与家长填了同一个证件号", "the student's and the guardian's number are the same",
        "各填本人的证件号", "each their own number";
    BirthDiffers = "birth_differs", Warning, Published,
        "出生日期与证件号不一致", "the birth date is not the one inside the number",
        "与证件号第 7 至 14 位一致", "digits 7 to 14 of the number";
    SexDiffers = "sex_differs", Warning, Published,
        "性别与证件号不一致", "the sex is not the one inside the number",
        "证件号第 17 位奇数为男、偶数为女", "digit 17 of the number odd for male, even for female";
    AbroadDiffers = "abroad_differs", Warning, Published,
        "持居民身份证，港澳台侨外却不是“否”", "from outside the mainland, yet with a mainland number",
        "00（否）", "00 (no)";
    AbroadExpected = "abroad_expected", Warning, General,
        "持境外或港澳台证件，港澳台侨外却填“否”", "not from outside the mainland, yet with a document of outside",
        "与证件相符的来源类型", "where the holder of such a document is from";
    NationalityDiffers = "nationality_differs", Warning, General,
        "持居民身份证，国籍却不是中国", "another nationality, yet with a mainland number",
        "CHN", "CHN";
    ClassMalformed = "class_malformed", Warning, Published,
        "班号不是规定的 7 位数字", "the class number is not seven digits of the agreed layout",
        "年份 4 位、年级或学段 1 位、班序号 2 位", "year 4, grade or stage 1, class 2";
    ClassEnrolmentDiffers = "class_enrolment_differs", Warning, General,
        "班号中的年份与入学年月不一致", "the year of the class number is not that of enrolment",
        "入学年份；初中可为小学入学年份", "the year of enrolment; for a junior that of primary entry will do";
    EnrolledMalformed = "enrolled_malformed", Reject, Published,
        "入学年月不是 6 位真实年月", "the month of enrolment is not six digits of a real month",
        "6 位数字 YYYYMM", "YYYYMM";
    AgeForClass = "age_for_class", Warning, General,
        "入学时的年龄与办学类型不相称", "an unlikely age at enrolment for this class of school",
        "核对出生日期和入学年月", "the right birth date and month of enrolment";
    AuxMalformed = "aux_malformed", Warning, General,
        "学籍辅号含有字母数字以外的字符或过长", "the provincial number has other characters than letters and digits, or too many",
        "省级学籍号，字母和数字，不超过 30 位", "letters and digits, at most 30";
    AuxMissing = "aux_missing", Warning, Published,
        "义务教育以外的学生没有学籍辅号", "no provincial number, outside compulsory education",
        "省级学籍号", "the provincial number";
    RegistryMalformed = "registry_malformed", Warning, Published,
        "不是全国学籍号", "not a national registry number",
        "字母 G、J 或 L 加 18 位", "a letter G, J or L and 18 characters";
    PhoneMalformed = "phone_malformed", Reject, Published,
        "不是电话号码", "not a phone number",
        "手机号，或带区号的固定电话", "a mobile number, or one with its area code";
    GuardianMissing = "guardian_missing", Reject, Published,
        "没有家庭成员或监护人", "no member of the family",
        "至少填写一名监护人", "at least one guardian";
    GuardianIncomplete = "guardian_incomplete", Reject, Published,
        "家庭成员的信息不全", "a member of the family lacks this",
        "姓名、关系、现住址、户口所在地、电话、是否监护人", "name, relation, address, region, phone, guardian or not";
    GuardianFlagMissing = "guardian_flag_missing", Reject, Published,
        "家庭成员中没有一人是监护人", "no member of the family is a guardian",
        "至少一人填“是”", "a yes for one of them at least";
    GuardianIdNeeded = "guardian_id_needed", Reject, Published,
        "学生没有证件号，家长也没有有效证件号", "the student has no number, and no guardian a valid one",
        "父母（没有父母的，祖父母）的有效证件号", "a valid number of a parent, else of a grandparent";
    GuardianIdRelation = "guardian_id_relation", Warning, Published,
        "学生没有证件号，填了证件号的成员不是父母或祖父母",
        "the student has no number, and that of a guardian is neither a parent's nor a grandparent's",
        "父母（没有父母的，祖父母）的有效证件号", "a valid number of a parent, else of a grandparent";
    GuardianAge = "guardian_age", Warning, General,
        "证件号显示家长与学生年龄相差不足 12 岁", "by their numbers the guardian is less than twelve years older",
        "核对两人的证件号和出生日期", "the right numbers and birth date";
    NumberTwice = "number_twice", Reject, Published,
        "同一学校内证件号重复", "the number stands twice within one school",
        "一名学生只报一次；号码录错的改正", "each student once; a wrong number corrected";
    NumberElsewhere = "number_elsewhere", Note, General,
        "其他学校也有此证件号", "the number stands in another school as well",
        "由查重（renji dedupe）处理", "renji dedupe says who is who";
    GuardianTwoNames = "guardian_two_names", Warning, General,
        "同一家长证件号有两个姓名", "one guardian's number under two names",
        "同一人的姓名一致", "one name for one person";
    GuardianMany = "guardian_many", Warning, General,
        "一名家长的学生过多", "more students of one guardian than is plausible",
        "核对是否误填了他人的证件号", "the guardian's own number";
    PhoneMany = "phone_many", Warning, General,
        "一个电话的学生过多", "more students on one phone than is plausible",
        "家长本人的电话", "the family's own phone";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_each_rule_says_itself_in_both_languages() {
        let codes: HashSet<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
        assert_eq!(codes.len(), Rule::ALL.len());
        for rule in Rule::ALL {
            for text in [Rule::wrong, Rule::expected] {
                assert!(!text(rule, Language::Zh).is_empty() && !text(rule, Language::En).is_empty());
            }
        }
    }
}
