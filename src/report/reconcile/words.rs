//! What the results of a reconciliation are called, and what may be done about them.

use crate::identity::sex::Sex;
use crate::language::Language;
use crate::matching::{Field, Level};
use crate::reconcile::{HeadCell, Levels, Written};
use crate::report::words;

/// A standing in words, by its code.
pub fn standing(code: &str, language: Language) -> &'static str {
    let (zh, en) = match code {
        "agrees" => ("一致", "agrees"),
        "name_differs" => ("姓名不一致", "the name differs"),
        "birth_or_sex_differs" => ("出生日期或性别不一致", "the birth date or the sex differs"),
        "number_unknown" => ("证件号在对方数据中不存在", "the number is not known there"),
        "number_of_another" => ("证件号为他人所有", "the number is another person's"),
        "found_without_number" => ("无证件号，按其他信息找到一人", "no number; one person found otherwise"),
        "several_found" => ("无证件号，按其他信息找到多人", "no number; several persons found otherwise"),
        "not_found" => ("无证件号，未找到", "no number, and nobody found"),
        "differs" => ("不一致", "differs"),
        "unknown" => ("我方无此人", "not known to us"),
        "registered" => ("已录取且一致", "admitted, and nothing differs"),
        "not_reported" => ("已录取，未填报", "admitted, not reported"),
        "not_admitted" => ("已填报，不在录取名单", "reported, not admitted"),
        "reported_twice" => ("同一考生号重复填报", "reported twice under one candidate number"),
        "two_candidate_numbers" => ("同一人有两个考生号", "one person under two candidate numbers"),
        "equal" => ("完全一致", "the same"),
        "written_otherwise" => ("仅写法不同", "the same, written otherwise"),
        "repeated" => ("同一学籍记录有多条学历记录", "another diploma has the same record"),
        "no_diploma" => ("无学历记录", "no diploma"),
        "only_ours" => ("仅我方有的记录", "records that only we have"),
        "only_theirs" => ("仅对方有的记录", "records that only the other has"),
        "elsewhere" => ("双方均有但归属不同的记录", "records counted in different cells"),
        _ => ("", ""),
    };
    language.pick(zh, en)
}

/// What may be done about a standing, by its code.
pub fn action(code: &str, language: Language) -> &'static str {
    let (zh, en) = match code {
        "name_differs" | "birth_or_sex_differs" => {
            ("查验户口簿，变更学籍信息或提供佐证", "check the household book; correction or proof")
        }
        "number_unknown" => ("核对证件号，变更或提供佐证", "check the number; correction or proof"),
        "number_of_another" => ("变更证件号", "correct the number"),
        "found_without_number" => ("核对后补填证件号", "check, then fill in the number"),
        "several_found" => ("逐一核对", "compare one by one"),
        "not_found" => ("补充证件号", "find out the number"),
        "differs" => ("提供佐证或更正", "provide proof, or correct"),
        "unknown" => ("核对是否本校学生", "find out whether the student is ours"),
        "not_reported" => ("补报或说明未报到原因", "report, or say why the student did not come"),
        "not_admitted" => ("删除或提供录取证明", "delete, or provide proof of admission"),
        "reported_twice" => ("保留一条，删除其余", "keep one and delete the others"),
        "two_candidate_numbers" => ("核对录取信息，保留一个考生号", "find out which number holds"),
        "written_otherwise" => ("按学籍记录统一写法", "write it as the record does"),
        "repeated" => ("核对后删除重复的学历记录", "delete the diploma that is one too many"),
        "no_diploma" => ("核对是否应发证", "find out whether a diploma is due"),
        _ => ("", ""),
    };
    language.pick(zh, en)
}

/// What differs between two people, in words.
pub fn differences(levels: Levels, language: Language) -> String {
    let fields = [
        (Field::Name, levels.name),
        (Field::Birth, levels.birth),
        (Field::Sex, levels.sex),
        (Field::Address, levels.address),
    ];
    let differs = |level: Level| !matches!(level, Level::Equal | Level::Placeholder | Level::Missing);
    let parts: Vec<String> = fields
        .into_iter()
        .filter(|(_, level)| differs(*level))
        .map(|(field, level)| {
            let (field, level) = (words::field(field, language), words::level(level, language));
            match language {
                Language::Zh => format!("{field}：{level}"),
                Language::En => format!("{field}: {level}"),
            }
        })
        .collect();
    parts.join(language.pick("；", "; "))
}

/// A column or a detail in words, by its code.
pub fn field(code: &str, language: Language) -> &'static str {
    let (zh, en) = match code {
        "certificate_number" => ("证书编号", "certificate number"),
        "name" => ("姓名", "name"),
        "sex" => ("性别", "sex"),
        "birthdate" => ("出生日期", "birth date"),
        "id_number" => ("证件号", "id number"),
        "candidate_number" => ("考生号", "candidate number"),
        "student_number" => ("学号", "student number"),
        "school_code" => ("学校代码", "school code"),
        "school_name" => ("学校名称", "school name"),
        "major" => ("专业", "major"),
        "programme" => ("层次", "programme"),
        "study_form" => ("学习形式", "form of study"),
        "duration" => ("学制", "duration"),
        "enrolled" => ("入学日期", "enrolment"),
        "graduated" => ("毕业日期", "graduation"),
        "conclusion" => ("毕(结)业结论", "conclusion"),
        "principal" => ("校(院)长姓名", "principal"),
        _ => ("", ""),
    };
    language.pick(zh, en)
}

/// How two texts stand to each other, in words.
pub fn written(written: Written, language: Language) -> &'static str {
    let (zh, en) = match written {
        Written::Equal => ("相同", "equal"),
        Written::Otherwise => ("写法不同", "written otherwise"),
        Written::Missing => ("一方缺", "missing on one side"),
        Written::Different => ("不同", "different"),
    };
    language.pick(zh, en)
}

/// A count in words, by its code.
pub fn count(code: &str, language: Language) -> &'static str {
    let (zh, en) = match code {
        "registry" => ("学籍库", "registry"),
        "ours" => ("我方名册", "our roll"),
        "submitted" => ("上报名册", "submitted roll"),
        "population" => ("公安人口库学龄人口", "population base, of school age"),
        "statistics" => ("教育事业统计", "yearly statistics"),
        _ => ("", ""),
    };
    language.pick(zh, en)
}

/// Where heads were counted, in words.
pub fn cell(cell: &HeadCell, language: Language) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some(county) = cell.county {
        let name = county.full_name().filter(|_| language == Language::Zh);
        parts.push(name.unwrap_or_else(|| format!("{:06}", county.get())));
    }
    if let Some(school) = cell.school {
        parts.push(format!("{} {school:010}", language.pick("学校", "school")));
    }
    if let Some(grade) = cell.grade {
        let grade = grade.get();
        parts.push(match language {
            Language::Zh => format!("{grade} 年级"),
            Language::En => format!("grade {grade}"),
        });
    }
    if let Some(sex) = cell.sex {
        let (zh, en) = match sex {
            Sex::Male => ("男", "male"),
            Sex::Female => ("女", "female"),
        };
        parts.push(language.pick(zh, en).to_owned());
    }
    if parts.is_empty() {
        parts.push(language.pick("全部", "all").to_owned());
    }
    parts.join(language.pick("，", ", "))
}

/// A sex as in typed lists: the code of GB/T 2261.1.
pub fn sex_code(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "1",
        Sex::Female => "2",
    }
}

/// A county as six digits; empty where none is known.
pub fn county(code: u32) -> String {
    if code == 0 { String::new() } else { format!("{code:06}") }
}
