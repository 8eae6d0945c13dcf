//! The fields of the national collection template and of the secondary vocational system, as data: code, names, what kind
//! of value stands in one, and the [`Column`] of a student that it feeds, where there is one.
//!
//! What a column may be called stands in `headings`, which fields a system has in `profile`, what is wrong with a value in
//! `check`. The template has more fields than a [`Student`](crate::student::Student), which holds only what tells one
//! student from another.

use super::CodeTable;
use crate::language::Language;
use crate::mask;
use crate::student::Column;

/// What kind of value a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Free text about a person.
    Text,
    /// Free text, or a code of the school's own.
    Plain,
    /// A person's name.
    PersonName,
    /// Eight digits, `YYYYMMDD`.
    Date,
    /// Six digits, `YYYYMM`.
    Month,
    /// Twelve digits: a code of GB/T 2260 and six zeros.
    Region,
    /// A code of a table, or its Chinese name.
    Coded(CodeTable),
    /// The number of an identity document.
    DocumentNumber,
    /// A phone number.
    Phone,
    /// A ten-digit school code.
    School,
    /// A seven-digit class number.
    ClassNumber,
    /// A national registry number.
    Registry,
    /// A number that a province or another office gave.
    Provincial,
}

macro_rules! fields {
    ($($variant:ident: $feeds:ident, $code:literal, $zh:literal, $en:literal, $kind:expr;)+) => {
        /// A field of a collection template.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[expect(missing_docs, reason = "each is named by `Field::name`")]
        pub enum Field {
            $($variant,)+
        }

        impl Field {
            /// How many there are.
            pub const COUNT: usize = [$($code),+].len();

            /// Every field: the student, the household, school and class, home, circumstances, members, then what only
            /// secondary vocational schools ask.
            pub const ALL: [Field; Field::COUNT] = [$(Field::$variant),+];

            /// The name in mapping files, lists and JSON; that of the [`Column`] where the field feeds one.
            pub const fn code(self) -> &'static str {
                match self { $(Field::$variant => $code,)+ }
            }

            /// The name in words.
            pub const fn name(self, language: Language) -> &'static str {
                match self { $(Field::$variant => language.pick($zh, $en),)+ }
            }

            /// What kind of value it holds.
            pub const fn kind(self) -> Kind {
                use Kind::*;
                match self { $(Field::$variant => $kind,)+ }
            }

            /// The column of a student that it feeds.
            pub const fn column(self) -> Option<Column> {
                match self { $(Field::$variant => fields!(@$feeds $variant),)+ }
            }
        }
    };
    (@yes $variant:ident) => { Some(Column::$variant) };
    (@no $variant:ident) => { None };
}

fields! {
    SchoolCode: yes, "school_code", "学校标识码", "school code", School;
    RecordId: yes, "record_id", "记录编号", "record id", Plain;
    Name: yes, "name", "姓名", "name", PersonName;
    Sex: yes, "sex", "性别", "sex", Coded(CodeTable::Sex);
    Birthdate: yes, "birthdate", "出生日期", "birth date", Date;
    BirthPlace: no, "birth_place", "出生地", "place of birth", Region;
    NativePlace: no, "native_place", "籍贯", "native place", Text;
    Ethnicity: no, "ethnicity", "民族", "ethnic group", Coded(CodeTable::Ethnicity);
    Nationality: no, "nationality", "国籍/地区", "nationality", Coded(CodeTable::Country);
    IdType: yes, "id_type", "身份证件类型", "document kind", Coded(CodeTable::IdType);
    IdNumber: yes, "id_number", "身份证件号", "document number", DocumentNumber;
    Abroad: no, "abroad", "港澳台侨外", "from outside the mainland", Coded(CodeTable::Abroad);
    Politics: no, "politics", "政治面貌", "political status", Coded(CodeTable::Politics);
    Health: no, "health", "健康状况", "health", Coded(CodeTable::Health);
    NamePinyin: no, "name_pinyin", "姓名拼音", "name in pinyin", PersonName;
    FormerName: yes, "former_name", "曾用名", "former name", PersonName;
    IdValid: no, "id_valid", "身份证件有效期", "document validity", Text;
    Id2Type: yes, "id2_type", "其他证件类型", "second document kind", Coded(CodeTable::IdType);
    Id2Number: yes, "id2_number", "其他证件号", "second document number", DocumentNumber;
    Region: yes, "region", "户口所在地", "household registration", Region;
    HouseholdKind: no, "household_kind", "户口性质", "kind of household", Coded(CodeTable::Household);
    Specialty: no, "specialty", "特长", "talents", Text;
    FormerNumber: yes, "former_number", "学籍号", "registry number", Registry;
    AuxNumber: no, "aux_number", "学籍辅号", "provincial number", Provincial;
    ClassPlace: no, "class_place", "班内学号", "number within the class", Plain;
    Grade: no, "grade", "年级", "grade", Plain;
    ClassNumber: no, "class_number", "班号", "class number", ClassNumber;
    ClassName: no, "class_name", "班级", "class", Plain;
    Enrolled: yes, "enrolled", "入学年月", "month of enrolment", Month;
    EntryMode: no, "entry_mode", "入学方式", "way of admission", Coded(CodeTable::EntryMode);
    Boarding: no, "boarding", "就读方式", "day pupil or boarder", Coded(CodeTable::Boarding);
    StudentSource: no, "student_source", "学生来源", "where the student comes from", Text;
    Address: yes, "address", "现住址", "address", Text;
    MailAddress: no, "mail_address", "通信地址", "postal address", Text;
    HomeAddress: no, "home_address", "家庭地址", "home address", Text;
    Phone: yes, "phone", "联系电话", "phone", Phone;
    Postcode: no, "postcode", "邮政编码", "postcode", Plain;
    Email: no, "email", "电子信箱", "e-mail", Text;
    Homepage: no, "homepage", "主页地址", "home page", Text;
    OnlyChild: no, "only_child", "是否独生子女", "only child", Coded(CodeTable::Flag);
    Preschool: no, "preschool", "是否受过学前教育", "went to kindergarten", Coded(CodeTable::Flag);
    LeftBehind: no, "left_behind", "是否留守儿童", "left behind by parents who work away", Coded(CodeTable::LeftBehind);
    MigrantChild: no, "migrant_child", "是否进城务工人员随迁子女", "child of migrant workers", Coded(CodeTable::Flag);
    Orphan: no, "orphan", "是否孤儿", "orphan", Coded(CodeTable::Flag);
    MartyrChild: no, "martyr_child", "是否烈士或优抚子女", "child of a martyr or entitled person", Coded(CodeTable::Flag);
    RegularClass: no, "regular_class", "随班就读", "special needs in a regular class", Text;
    Disability: no, "disability", "残疾类型", "kind of disability", Text;
    BoughtPlace: no, "bought_place", "是否由政府购买学位", "place bought by the government", Coded(CodeTable::Flag);
    NeedsAid: no, "needs_aid", "是否需要申请资助", "applies for aid", Coded(CodeTable::Flag);
    ReceivesAid: no, "receives_aid", "是否享受一补", "receives the living allowance", Coded(CodeTable::Flag);
    SchoolDistance: no, "school_distance", "上下学距离", "distance to school", Plain;
    SchoolTransport: no, "school_transport", "上下学方式", "way to school", Text;
    SchoolBus: no, "school_bus", "是否需要乘坐校车", "needs the school bus", Coded(CodeTable::Flag);
    Guardian1Name: yes, "guardian1_name", "成员1姓名", "member 1: name", PersonName;
    Guardian1Relation: no, "guardian1_relation", "成员1关系", "member 1: relation", Coded(CodeTable::Relation);
    Guardian1RelationNote: no, "guardian1_relation_note", "成员1关系说明", "member 1: note on the relation", Text;
    Guardian1Ethnicity: no, "guardian1_ethnicity", "成员1民族", "member 1: ethnic group", Coded(CodeTable::Ethnicity);
    Guardian1Workplace: no, "guardian1_workplace", "成员1工作单位", "member 1: workplace", Text;
    Guardian1Address: no, "guardian1_address", "成员1现住址", "member 1: address", Text;
    Guardian1Region: no, "guardian1_region", "成员1户口所在地", "member 1: household registration", Region;
    Guardian1Phone: yes, "guardian1_phone", "成员1联系电话", "member 1: phone", Phone;
    Guardian1Flag: no, "guardian1_flag", "成员1是否监护人", "member 1: is a guardian", Coded(CodeTable::Flag);
    Guardian1IdType: yes, "guardian1_id_type", "成员1身份证件类型", "member 1: document kind", Coded(CodeTable::IdType);
    Guardian1Id: yes, "guardian1_id", "成员1身份证件号", "member 1: document number", DocumentNumber;
    Guardian1Post: no, "guardian1_post", "成员1职务", "member 1: post", Text;
    Guardian2Name: yes, "guardian2_name", "成员2姓名", "member 2: name", PersonName;
    Guardian2Relation: no, "guardian2_relation", "成员2关系", "member 2: relation", Coded(CodeTable::Relation);
    Guardian2RelationNote: no, "guardian2_relation_note", "成员2关系说明", "member 2: note on the relation", Text;
    Guardian2Ethnicity: no, "guardian2_ethnicity", "成员2民族", "member 2: ethnic group", Coded(CodeTable::Ethnicity);
    Guardian2Workplace: no, "guardian2_workplace", "成员2工作单位", "member 2: workplace", Text;
    Guardian2Address: no, "guardian2_address", "成员2现住址", "member 2: address", Text;
    Guardian2Region: no, "guardian2_region", "成员2户口所在地", "member 2: household registration", Region;
    Guardian2Phone: yes, "guardian2_phone", "成员2联系电话", "member 2: phone", Phone;
    Guardian2Flag: no, "guardian2_flag", "成员2是否监护人", "member 2: is a guardian", Coded(CodeTable::Flag);
    Guardian2IdType: yes, "guardian2_id_type", "成员2身份证件类型", "member 2: document kind", Coded(CodeTable::IdType);
    Guardian2Id: yes, "guardian2_id", "成员2身份证件号", "member 2: document number", DocumentNumber;
    Guardian2Post: no, "guardian2_post", "成员2职务", "member 2: post", Text;
    AdmissionKind: no, "admission_kind", "招生类型", "kind of admission", Plain;
    Major: no, "major", "修读专业", "major", Plain;
    Duration: no, "duration", "学制", "years of study", Plain;
    JointKind: no, "joint_kind", "联招合作类型", "kind of joint admission", Plain;
    JointSchool: no, "joint_school", "联招合作学校机构代码", "code of the joint school", Plain;
    HouseholdProvince: no, "household_province", "户籍所在省", "household: province", Plain;
    HouseholdCity: no, "household_city", "户籍所在市", "household: city", Plain;
    HouseholdCounty: no, "household_county", "户籍所在区县", "household: county", Plain;
    HouseholdAddress: no, "household_address", "详细地址", "household: address", Text;
    MinimumLiving: no, "minimum_living", "是否低保", "receives the minimum living allowance", Coded(CodeTable::Flag);
    Grant: no, "grant", "是否享受国家助学金", "receives the national grant", Coded(CodeTable::Flag);
    GrantMonthly: no, "grant_monthly", "月发放标准(元)", "grant a month, yuan", Plain;
    SchoolKind: no, "school_kind", "学校类型", "kind of school", Plain;
    OriginKind: no, "origin_kind", "生源类别", "kind of origin", Plain;
    TeachingSite: no, "teaching_site", "教学点名称", "teaching site", Plain;
    HomeProvince: no, "home_province", "现家庭所在省", "home: province", Plain;
    HomeCity: no, "home_city", "现家庭所在市", "home: city", Plain;
    HomeCounty: no, "home_county", "现家庭所在区县", "home: county", Plain;
    MajorVersion: no, "major_version", "专业目录版本", "edition of the catalogue of majors", Plain;
    StudentKind: no, "student_kind", "学生类别", "kind of student", Plain;
    SchoolNumber: no, "school_number", "校内学号", "number within the school", Plain;
    Overseas: no, "overseas", "港澳台侨胞", "from outside the mainland, in words", Plain;
    GraduatedFrom: no, "graduated_from", "毕业学校", "school before", Text;
    AidCard: no, "aid_card", "中职学生资助卡号", "number of the aid card", Provincial;
    Remark: no, "remark", "备注", "remark", Text;
}

/// The fields of a member of the family, first or second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: Field,
    pub(super) relation: Field,
    pub(super) region: Field,
    pub(super) phone: Field,
    pub(super) flag: Field,
    pub(super) id_type: Field,
    pub(super) id: Field,
}

impl Member {
    /// Both.
    pub(super) const ALL: [Member; 2] = [
        Member {
            name: Field::Guardian1Name,
            relation: Field::Guardian1Relation,
            region: Field::Guardian1Region,
            phone: Field::Guardian1Phone,
            flag: Field::Guardian1Flag,
            id_type: Field::Guardian1IdType,
            id: Field::Guardian1Id,
        },
        Member {
            name: Field::Guardian2Name,
            relation: Field::Guardian2Relation,
            region: Field::Guardian2Region,
            phone: Field::Guardian2Phone,
            flag: Field::Guardian2Flag,
            id_type: Field::Guardian2IdType,
            id: Field::Guardian2Id,
        },
    ];
}

impl Field {
    /// The field that feeds a column of a student.
    pub const fn of_column(column: Column) -> Field {
        let mut at = 0;
        while at < Field::COUNT {
            if let Some(own) = Field::ALL[at].column()
                && own as u8 == column as u8
            {
                return Field::ALL[at];
            }
            at += 1;
        }
        panic!("every column is a field")
    }

    /// The field of a code; `None` for any other text.
    pub fn of_code(code: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.code() == code)
    }

    /// A value of this field as it may be shown: masked as far as it may be about a person, or may be somebody's who was
    /// entered in the wrong column. Codes of up to four characters are shown.
    pub fn masked(self, value: &str) -> String {
        match self.kind() {
            Kind::PersonName => mask::name(value),
            Kind::Date => mask::date(value),
            Kind::DocumentNumber
            | Kind::Phone
            | Kind::Region
            | Kind::School
            | Kind::ClassNumber
            | Kind::Month
            | Kind::Registry
            | Kind::Provincial => mask::number(value),
            Kind::Coded(_) if value.len() <= 4 && value.is_ascii() => value.to_owned(),
            Kind::Text | Kind::Plain | Kind::Coded(_) => mask::text(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_a_field_of_its_name() {
        for column in Column::ALL {
            assert_eq!(Field::of_column(column).code(), column.code());
            assert_eq!(Field::of_column(column).column(), Some(column));
        }
        for field in Field::ALL {
            assert_eq!(Field::of_code(field.code()), Some(field));
        }
    }

    #[test]
    fn values_are_shown_only_as_far_as_they_may_be() {
        assert_eq!(Field::Name.masked("王小明"), "王*明");
        assert_eq!(Field::Sex.masked("3"), "3");
        // A name in the column of sex.
        assert_eq!(Field::Sex.masked("王小明"), "***");
        assert_eq!(Field::Region.masked("13800138000"), "13*******00");
    }
}
