//! Details of schooling: columns that no comparison of identities uses, read where two rolls are held against
//! each other.

use std::borrow::Cow;

/// A detail of a student's schooling, as named in column maps and lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Detail {
    /// The number under which a candidate was admitted (考生号).
    CandidateNumber,
    /// The number a school gave (学号).
    StudentNumber,
    /// The grade (年级).
    Grade,
    /// The class (班级).
    Class,
    /// The school's name (学校名称).
    SchoolName,
    /// The number of a certificate (证书编号).
    CertificateNumber,
    /// What was studied (专业).
    Major,
    /// The level of a programme (层次).
    Programme,
    /// Full time, by correspondence and so on (学习形式).
    StudyForm,
    /// How many years a programme takes (学制).
    Duration,
    /// The day of graduation (毕业日期).
    Graduated,
    /// Graduated or completed (毕结业结论).
    Conclusion,
    /// The head of the school (校长姓名).
    Principal,
    /// How many students a row of a statistics file stands for (人数).
    Count,
}

impl Detail {
    /// Every detail, in the order of documentation.
    pub const ALL: [Detail; 14] = [
        Detail::CandidateNumber,
        Detail::StudentNumber,
        Detail::Grade,
        Detail::Class,
        Detail::SchoolName,
        Detail::CertificateNumber,
        Detail::Major,
        Detail::Programme,
        Detail::StudyForm,
        Detail::Duration,
        Detail::Graduated,
        Detail::Conclusion,
        Detail::Principal,
        Detail::Count,
    ];

    /// The default column name.
    pub const fn code(self) -> &'static str {
        match self {
            Detail::CandidateNumber => "candidate_number",
            Detail::StudentNumber => "student_number",
            Detail::Grade => "grade",
            Detail::Class => "class",
            Detail::SchoolName => "school_name",
            Detail::CertificateNumber => "certificate_number",
            Detail::Major => "major",
            Detail::Programme => "programme",
            Detail::StudyForm => "study_form",
            Detail::Duration => "duration",
            Detail::Graduated => "graduated",
            Detail::Conclusion => "conclusion",
            Detail::Principal => "principal",
            Detail::Count => "count",
        }
    }
}

/// The details of one row. Whoever has none is `()`.
pub trait Details {
    /// The text of a detail; empty where there is none.
    fn detail(&self, detail: Detail) -> Cow<'_, str>;
}

impl Details for () {
    fn detail(&self, _: Detail) -> Cow<'_, str> {
        Cow::Borrowed("")
    }
}

/// Details with the texts beside them.
impl Details for [(Detail, &str)] {
    fn detail(&self, detail: Detail) -> Cow<'_, str> {
        let known = self.iter().find(|(known, _)| *known == detail);
        Cow::Borrowed(known.map_or("", |(_, text)| text))
    }
}
