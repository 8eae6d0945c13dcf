//! The words of a registry: columns, answers, statuses, cases, events.

use crate::language::Language;
use crate::matching::Reasons;
use crate::registry::{Answer, CaseClass, Event, LifeEvent, Resolution, Status, Unchecked};
use crate::student::Column;

/// A column in words.
pub fn column(column: Column, language: Language) -> &'static str {
    let (zh, en) = match column {
        Column::RecordId => ("记录编号", "record id"),
        Column::IdType => ("身份证件类型", "document's kind"),
        Column::IdNumber => ("身份证件号", "document number"),
        Column::Id2Type => ("第二证件类型", "second document's kind"),
        Column::Id2Number => ("第二证件号", "second document number"),
        Column::Name => ("姓名", "name"),
        Column::FormerName => ("曾用名", "former name"),
        Column::Sex => ("性别", "sex"),
        Column::Birthdate => ("出生日期", "birth date"),
        Column::Region => ("户口所在地", "region"),
        Column::Guardian1Name => ("监护人1姓名", "first guardian's name"),
        Column::Guardian1IdType => ("监护人1证件类型", "first guardian's document kind"),
        Column::Guardian1Id => ("监护人1证件号", "first guardian's document number"),
        Column::Guardian1Phone => ("监护人1电话", "first guardian's phone"),
        Column::Guardian2Name => ("监护人2姓名", "second guardian's name"),
        Column::Guardian2IdType => ("监护人2证件类型", "second guardian's document kind"),
        Column::Guardian2Id => ("监护人2证件号", "second guardian's document number"),
        Column::Guardian2Phone => ("监护人2电话", "second guardian's phone"),
        Column::Phone => ("联系电话", "phone"),
        Column::Address => ("家庭住址", "address"),
        Column::SchoolCode => ("学校标识码", "school code"),
        Column::Enrolled => ("入学年月", "month of enrolment"),
        Column::FormerNumber => ("原学籍号", "former registry number"),
    };
    language.pick(zh, en)
}

/// An answer in words.
pub fn answer(answer: Answer, language: Language) -> &'static str {
    let (zh, en) = match answer {
        Answer::Clear => ("库中没有相同或相似的学生", "nobody here is like this student"),
        Answer::Known => ("已有学籍", "the student is known"),
        Answer::Conflict => ("与已有学籍矛盾,须人工处理", "facts contradict: a human must act"),
        Answer::Review => ("疑似已有学籍,须人工核对", "perhaps known: a human must look"),
        Answer::Insufficient => {
            ("未查到,但信息不足,不能认定没有学籍", "nobody was found, but too little was given to be sure")
        }
    };
    language.pick(zh, en)
}

/// A field that could not be looked for, in words.
pub fn unchecked(gap: Unchecked, language: Language) -> &'static str {
    let (zh, en) = match gap {
        Unchecked::Number => ("证件号", "a usable document number"),
        Unchecked::Name => ("姓名", "a name"),
        Unchecked::Birth => ("出生日期", "a birth date"),
        Unchecked::Region => ("户口所在地", "a region"),
        Unchecked::Guardian => ("监护人证件号", "a guardian's document"),
    };
    language.pick(zh, en)
}

/// A status in words.
pub fn status(status: Status, language: Language) -> &'static str {
    let (zh, en) = match status {
        Status::Pending => ("待定", "waits for a case"),
        Status::Enrolled => ("在籍", "enrolled"),
        Status::Suspended => ("休学", "suspended"),
        Status::Left => ("退学", "left"),
        Status::Died => ("死亡", "died"),
        Status::Graduated => ("毕业", "graduated"),
        Status::Merged => ("已归并", "merged"),
        Status::Retired => ("已注销", "retired"),
    };
    language.pick(zh, en)
}

/// A class of cases in words.
pub fn case_class(class: CaseClass, language: Language) -> &'static str {
    let (zh, en) = match class {
        CaseClass::SharedNumber => ("不同学生证件号重复", "one number, different people"),
        CaseClass::TwoNumbers => ("疑似同一学生有两个证件号", "one person with two numbers, perhaps"),
        CaseClass::NoNumber => ("无证件号且姓名、出生日期相同", "no number, name and birth date equal"),
        CaseClass::Unclear => ("疑似重复", "perhaps recorded twice"),
        CaseClass::TwoRegistryNumbers => ("同一学生有两个学籍", "two numbers, one student"),
        CaseClass::NumberTaken => ("G 号已为他人占用", "the formal number was given to another"),
        CaseClass::Insufficient => ("信息不足", "too little was written down"),
        CaseClass::PopulationUnknown => {
            ("证件号在公安人口库中不存在", "the authority does not know the number")
        }
        CaseClass::PopulationDiffers => {
            ("与公安人口库的姓名、性别或出生日期不一致", "the authority has the number under other data")
        }
    };
    language.pick(zh, en)
}

/// What may be done about a class of cases.
pub fn case_action(class: CaseClass, language: Language) -> &'static str {
    let (zh, en) = match class {
        CaseClass::SharedNumber => {
            ("佐证、变更或删除;只能有一方通过", "proof, correction or deletion; one claimant is approved")
        }
        CaseClass::TwoNumbers => (
            "变更错误的证件号,或佐证为同一学生或两名学生",
            "correct the wrong number, or prove that they are one student or two",
        ),
        CaseClass::NoNumber => ("佐证或删除;可有多方通过", "proof or deletion; several may be approved"),
        CaseClass::Unclear => ("人工核对:是否同一学生", "compare by hand: one student or two"),
        CaseClass::TwoRegistryNumbers => {
            ("核对后佐证为同一学生(归并)或不同学生", "prove that they are one (they are merged) or different")
        }
        CaseClass::NumberTaken => ("核对证件号归属", "find out whose number it is"),
        CaseClass::Insufficient => ("补充信息(变更)或删除", "complete the record (correction) or delete it"),
        CaseClass::PopulationUnknown | CaseClass::PopulationDiffers => {
            ("佐证、变更或删除", "proof, correction or deletion")
        }
    };
    language.pick(zh, en)
}

/// A resolution in words.
pub fn resolution(resolution: &Resolution, language: Language) -> &'static str {
    let (zh, en) = match resolution {
        Resolution::ProvedDifferent { .. } => ("佐证为不同学生", "proved to be different people"),
        Resolution::ProvedSame { .. } => ("佐证为同一学生", "proved to be one person"),
        Resolution::Corrected { .. } => ("变更", "corrected"),
        Resolution::Deleted { .. } => ("删除", "deleted"),
        Resolution::Noted => ("已阅", "noted"),
    };
    language.pick(zh, en)
}

/// An event at school in words.
pub fn life_event(event: LifeEvent, language: Language) -> &'static str {
    let (zh, en) = match event {
        LifeEvent::Transferred => ("转学", "transferred"),
        LifeEvent::Suspended => ("休学", "suspended"),
        LifeEvent::Returned => ("复学", "returned"),
        LifeEvent::Left => ("退学", "left"),
        LifeEvent::Died => ("死亡", "died"),
        LifeEvent::Graduated => ("毕业", "graduated"),
        LifeEvent::Repeated => ("留级", "repeats a grade"),
        LifeEvent::Skipped => ("跳级", "skipped a grade"),
        LifeEvent::Promoted => ("升级", "moved up a grade"),
    };
    language.pick(zh, en)
}

/// An event of the journal in words.
pub fn event(what: &Event, language: Language) -> &'static str {
    let (zh, en) = match what {
        Event::Created(_) => ("建库", "the registry was made"),
        Event::Enrolled { .. } => ("登记", "a record came"),
        Event::CaseOpened(_) => ("列为问题", "a case was opened"),
        Event::CaseExtended { .. } => ("问题有新情况", "a case grew"),
        Event::CaseResolved { .. } => ("问题处理", "a case was settled"),
        Event::ToldApart { .. } => ("认定为不同学生", "known to be different people"),
        Event::Disowned { .. } => ("证件号认定为他人所有", "a document is another's"),
        Event::Numbered { .. } => ("发放学籍号", "a number was given"),
        Event::Amended { .. } => ("变更", "the record was corrected"),
        Event::Life { event, .. } => return life_event(*event, language),
        Event::Merged { .. } => ("归并", "merged"),
        Event::Unmerged { .. } => ("撤销归并", "a merge was taken back"),
        Event::RetiredWith { .. } => ("随同注销", "deleted with it"),
        Event::Retired { .. } => ("注销", "the entry was deleted"),
        Event::Approved { .. } => ("审批导出", "an export was approved"),
        Event::Exported { .. } => ("完整导出", "full data was exported"),
        Event::ModelChosen { .. } => ("选用判定模型", "a model was chosen"),
        Event::Loaded { .. } => ("成批登记", "rows of a file came"),
        Event::Founded { .. } => ("建库", "the registry was made"),
        Event::Bound { .. } => ("认定有变", "what is known of two students changed"),
        Event::Learnt { .. } => ("另一学籍库的变更", "another registry said"),
        Event::Concluded(concluded) => return event(concluded, language),
        Event::Renumbered { .. } => ("学籍号归属调整", "numbers were put in order"),
        Event::Received(_) => ("已应用变更至", "another registry's feed was applied"),
    };
    language.pick(zh, en)
}

/// Codes joined by `|` in words: reasons, or fields that are missing.
pub fn codes(codes: &str, language: Language) -> String {
    let word = |code: &str| {
        let reason = Reasons::all().iter().find(|reason| reason.codes().eq([code]));
        let gaps =
            [Unchecked::Number, Unchecked::Name, Unchecked::Birth, Unchecked::Region, Unchecked::Guardian];
        let gap = gaps.into_iter().find(|gap| gap.code() == code);
        match (code, reason, gap) {
            ("proved", ..) => language.pick("已佐证", "proved").to_owned(),
            ("loaded_before", ..) => language.pick("此前已导入", "loaded before").to_owned(),
            (_, Some(reason), _) => super::words::reasons(reason, language),
            (_, _, Some(gap)) => {
                format!("{}{}", language.pick("缺", "missing: "), unchecked(gap, language))
            }
            _ => code.to_owned(),
        }
    };
    let words: Vec<String> = codes.split('|').filter(|code| !code.is_empty()).map(word).collect();
    words.join(language.pick("、", ", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_words() {
        assert_eq!(codes("shared_number|name_differs", Language::En), "same number, names differ");
        assert_eq!(codes("birthdate", Language::Zh), "缺出生日期");
        assert_eq!(codes("", Language::En), "");
    }
}
