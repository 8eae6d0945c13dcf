//! The words of reports: fields, levels, reasons, classes of problems and what may be done about them.

use crate::language::Language;
use crate::matching::rules::Rule;
use crate::matching::{Field, Level, ProblemClass, Reasons, Share, Verdict};
use crate::source::RejectRule;

/// A verdict in words.
pub fn verdict(verdict: Verdict, language: Language) -> &'static str {
    let (zh, en) = match verdict {
        Verdict::Same => ("同一人", "one person"),
        Verdict::Conflict => ("矛盾,须人工处理", "facts contradict: a human must act"),
        Verdict::Review => ("存疑,须人工核对", "not clear: a human must look"),
        Verdict::Dropped => ("不是同一人", "two people, as far as can be told"),
    };
    language.pick(zh, en)
}

/// A verdict in a word, for a column or a legend.
pub fn verdict_short(verdict: Verdict, language: Language) -> &'static str {
    let (zh, en) = match verdict {
        Verdict::Same => ("同一人", "same"),
        Verdict::Conflict => ("矛盾", "conflict"),
        Verdict::Review => ("存疑", "review"),
        Verdict::Dropped => ("不同", "dropped"),
    };
    language.pick(zh, en)
}

/// Why rows were rejected, for a table of counts: what [`crate::source::Rejected::message`] says without numbers.
pub fn rejected_row(rule: RejectRule, language: Language) -> &'static str {
    let (zh, en) = match rule {
        RejectRule::Encoding => ("不符合文件编码", "no text in the file's encoding"),
        RejectRule::FieldCount => ("列数与表头不同", "more or fewer cells than the header"),
        RejectRule::Nul => ("含有空字节(NUL)", "a NUL byte"),
        RejectRule::CellTooLong => ("单元格过长", "a cell is too long"),
        RejectRule::RecordTooLong => ("该行过长", "the row is too long"),
        RejectRule::UnclosedQuote => ("引号没有闭合", "a quotation mark is not closed"),
        RejectRule::CellError => ("单元格是错误值", "the cell holds an error"),
        RejectRule::FormulaWithoutValue => ("公式没有保存结果", "a formula without a stored value"),
        RejectRule::DigitsLost => ("数值超过十五位，位数已丢失", "a number lost its digits beyond fifteen"),
        RejectRule::MergedCells => ("被合并单元格盖住", "hidden by merged cells"),
        RejectRule::NotAnObject => ("不是 JSON 对象", "no JSON object"),
        RejectRule::UnknownKey => ("有未知的键", "a key that other rows do not have"),
        RejectRule::RepeatedKey => ("键重复", "a key stands twice"),
        RejectRule::NestedValue => ("值是列表或嵌套对象", "a list or an object for a value"),
    };
    language.pick(zh, en)
}

/// A field in words.
pub fn field(field: Field, language: Language) -> &'static str {
    let (zh, en) = match field {
        Field::Document => ("证件", "document"),
        Field::Name => ("姓名", "name"),
        Field::Birth => ("出生日期", "birth date"),
        Field::Sex => ("性别", "sex"),
        Field::Place => ("户口所在地", "region"),
        Field::Guardian => ("监护人", "guardians"),
        Field::School => ("学校", "school"),
        Field::Enrolled => ("入学年月", "enrolment"),
        Field::Phone => ("电话", "phone"),
        Field::Address => ("住址", "address"),
        Field::FormerNumber => ("学籍号", "former number"),
    };
    language.pick(zh, en)
}

/// A level in words.
pub fn level(level: Level, language: Language) -> &'static str {
    let (zh, en) = match level {
        Level::Missing => ("缺", "missing"),
        Level::Equal => ("相同", "equal"),
        Level::EqualUnchecked => ("相同(无法校验)", "equal, unchecked"),
        Level::Repaired => ("改正一处后相同", "equal after one correction"),
        Level::Near => ("相差一处", "one slip apart"),
        Level::NearUnchecked => ("差一处", "one edit apart"),
        Level::OtherKind => ("证件类型不同", "other kinds"),
        Level::DifferentUnchecked => ("不同(无法校验)", "different, unchecked"),
        Level::DifferentInvalid => ("不同(一方校验不符)", "different, one invalid"),
        Level::Consecutive => ("仅顺序码不同", "sequence differs only"),
        Level::Variant => ("异体或繁简", "variant"),
        Level::Alias => ("与曾用名相同", "former name"),
        Level::SameSound => ("同音", "same sound"),
        Level::LookAlike => ("形近", "look-alike"),
        Level::Wildcard => ("可辨认部分相同", "same as far as typed"),
        Level::Segments => ("一方包含另一方", "one contains the other"),
        Level::Initials => ("首字母相同", "initials"),
        Level::OneCharacter => ("差一字", "one character differs"),
        Level::GivenSame => ("仅名相同", "given name only"),
        Level::SurnameSame => ("仅姓相同", "surname only"),
        Level::Placeholder => ("相同(疑为占位日期)", "equal, a placeholder"),
        Level::Lunar => ("农历与公历", "lunar and solar"),
        Level::Swapped => ("日月颠倒", "day and month exchanged"),
        Level::YearOff => ("差一年", "a year apart"),
        Level::SameCounty => ("同县", "same county"),
        Level::SamePrefecture => ("同市", "same prefecture"),
        Level::SameProvince => ("同省", "same province"),
        Level::Both => ("两位监护人相同", "both shared"),
        Level::One => ("一位监护人相同", "one shared"),
        Level::NamesOnly => ("仅姓名相同", "names only"),
        Level::Part => ("部分相同", "something in common"),
        Level::Different => ("不同", "different"),
    };
    language.pick(zh, en)
}

/// A rule in words.
pub fn rule(rule: Rule, language: Language) -> &'static str {
    let (zh, en) = match rule {
        Rule::Contradiction => (
            "同一有效证件号,而姓名、性别、出生日期全不同:矛盾",
            "one valid number, and name, sex and birth date all differ: a contradiction",
        ),
        Rule::SharedNumber => {
            ("同一有效证件号:同一人或矛盾,不会存疑", "one valid number: one person or a conflict, never grey")
        }
        Rule::TwoValidNumbers => {
            ("两个不同的有效证件号:不自动归并", "two valid and different numbers: never joined by itself")
        }
        Rule::TwinsPossible => (
            "同一家庭,姓名差异如双胞胎:不自动归并",
            "one household, names as of twins: never joined by itself",
        ),
        Rule::NameAndBirthOnly => (
            "除姓名、出生日期、性别、地区外无其他佐证:不自动归并",
            "nothing agrees but name, birth date, sex and place: never joined by itself",
        ),
    };
    language.pick(zh, en)
}

/// What a share is a share of, in words.
pub fn share(of: Share, language: Language) -> &'static str {
    let (zh, en) = match of {
        Share::Name => ("同名者占", "of people with this name"),
        Share::Surname => ("同姓者占", "of people with this surname"),
        Share::Given => ("同名字者占", "of people with this given name"),
        Share::County => ("同县学生占", "of students of this county"),
        Share::Place => ("同地学生占", "of students of this place"),
        Share::School => ("同校学生占", "of students of this school"),
        Share::One => ("全部学生中的一人", "one of all students"),
    };
    language.pick(zh, en)
}

/// Reasons in words, separated as the language does.
pub fn reasons(reasons: Reasons, language: Language) -> String {
    let words: Vec<&str> =
        reasons.iter().map(|reason| language.pick(reason_zh(reason), reason_en(reason))).collect();
    words.join(language.pick("、", ", "))
}

fn reason_zh(reason: Reasons) -> &'static str {
    match reason {
        Reasons::SHARED_NUMBER => "证件号相同",
        Reasons::NUMBER_MISTYPED => "证件号差一处",
        Reasons::TWO_NUMBERS => "两个有效证件号",
        Reasons::NO_NUMBER => "缺少可用证件号",
        Reasons::GUARDIANS_NUMBER => "误填监护人证件号",
        Reasons::NAME_DIFFERS => "姓名不同",
        Reasons::NAME_SIMILAR => "姓名音近、形近或为异体",
        Reasons::BIRTH_DIFFERS => "出生日期不同",
        Reasons::BIRTH_SIMILAR => "出生日期相近",
        Reasons::SEX_DIFFERS => "性别不同",
        Reasons::MOVED => "户口所在县不同",
        Reasons::SAME_NAME_AND_BIRTH => "姓名和出生日期相同",
        Reasons::SAME_GUARDIAN => "监护人相同",
        Reasons::TWINS_POSSIBLE => "可能是双胞胎或兄弟姐妹",
        Reasons::WEAKEST_LINK => "与同组其他记录矛盾,未归并",
        Reasons::THROUGH_OTHERS => "经由其他记录认定",
        Reasons::DECIDED => "经办人认定",
        _ => "",
    }
}

fn reason_en(reason: Reasons) -> &'static str {
    match reason {
        Reasons::SHARED_NUMBER => "same number",
        Reasons::NUMBER_MISTYPED => "numbers one slip apart",
        Reasons::TWO_NUMBERS => "two valid numbers",
        Reasons::NO_NUMBER => "no usable number",
        Reasons::GUARDIANS_NUMBER => "a guardian's number",
        Reasons::NAME_DIFFERS => "names differ",
        Reasons::NAME_SIMILAR => "names sound or look alike",
        Reasons::BIRTH_DIFFERS => "birth dates differ",
        Reasons::BIRTH_SIMILAR => "birth dates alike",
        Reasons::SEX_DIFFERS => "sexes differ",
        Reasons::MOVED => "different counties",
        Reasons::SAME_NAME_AND_BIRTH => "same name and birth date",
        Reasons::SAME_GUARDIAN => "same guardian",
        Reasons::TWINS_POSSIBLE => "twins or siblings possible",
        Reasons::WEAKEST_LINK => "contradicts others of its group, not joined",
        Reasons::THROUGH_OTHERS => "one through other records",
        Reasons::DECIDED => "decided by a person",
        _ => "",
    }
}

/// A class of problems in words.
pub fn class(class: ProblemClass, language: Language) -> &'static str {
    let (zh, en) = match class {
        ProblemClass::SharedNumber => ("不同学生证件号重复", "one number, different people"),
        ProblemClass::TwoNumbers => ("疑似同一学生有两个证件号", "one person with two numbers, perhaps"),
        ProblemClass::Duplicate => ("学籍重复", "recorded twice"),
        ProblemClass::NameDisagrees => ("学籍重复且姓名不一致", "recorded twice, names disagree"),
        ProblemClass::NumberMistyped => ("学籍重复且证件号有误", "recorded twice, a number is mistyped"),
        ProblemClass::NoNumber => ("无证件号且姓名、出生日期相同", "no number, name and birth date equal"),
        ProblemClass::Unclear => ("疑似重复", "perhaps recorded twice"),
        ProblemClass::GuardiansNumber => ("学生证件号填成监护人的", "a guardian's number for the student's"),
        ProblemClass::InvalidNumber => ("证件号校验不符", "the number fails its check"),
        ProblemClass::DamagedNumber => ("证件号被电子表格截断", "a spreadsheet cut the number"),
        ProblemClass::NumberDisagrees => {
            ("证件号与出生日期或性别不符", "the number says another birth date or sex than the record")
        }
    };
    language.pick(zh, en)
}

/// What may be done about a class of problems.
pub fn action(class: ProblemClass, language: Language) -> &'static str {
    let (zh, en) = match class {
        ProblemClass::SharedNumber => {
            ("佐证、变更或删除;只能有一方通过", "proof, correction or deletion; one claimant is approved")
        }
        ProblemClass::TwoNumbers => (
            "变更错误的证件号,或佐证为两名学生",
            "correct the wrong number, or prove that they are two students",
        ),
        ProblemClass::Duplicate => {
            ("删除多余记录,或按转学办理", "delete one record, or treat it as a transfer")
        }
        ProblemClass::NameDisagrees => {
            ("变更或佐证姓名,再删除多余记录", "correct or prove the name, then delete one record")
        }
        ProblemClass::NumberMistyped => {
            ("变更错误的证件号,再删除多余记录", "correct the number, then delete one record")
        }
        ProblemClass::NoNumber => ("佐证或删除;可有多方通过", "proof or deletion; several may be approved"),
        ProblemClass::Unclear => ("人工核对:是否同一学生", "compare by hand: one student or two"),
        ProblemClass::GuardiansNumber => {
            ("退回学校,改填学生本人证件号", "back to the school: enter the student's own")
        }
        ProblemClass::InvalidNumber => ("退回学校核对证件号", "back to the school: check the number"),
        ProblemClass::DamagedNumber => {
            ("退回学校,以文本格式重新填写证件号", "back to the school: enter it again in a text cell")
        }
        ProblemClass::NumberDisagrees => {
            ("核对后变更证件号、出生日期或性别", "check, then correct the number, the birth date or the sex")
        }
    };
    language.pick(zh, en)
}
