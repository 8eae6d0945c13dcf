//! What a run says on its way, in Chinese and English. No personal data: files, counts, columns.

#[cfg(feature = "bench")]
use crate::bench::Stage;
use crate::language::Language;
use crate::report::ListFormat;
use crate::source::{Remark, Source};

/// Something to say.
#[derive(Debug)]
pub(super) enum Message<'a> {
    /// A file is about to be read.
    Reading { file: &'a str, source: &'a Source },
    /// What should be known of a file that is about to be read.
    Remark { file: &'a str, remark: &'a Remark },
    /// Part of the inputs has been read.
    Read { rows: u64, percent: u64 },
    /// A step of the work begins.
    Step(Step),
    /// A step has come this far.
    StepProgress { step: Step, done: u64, total: u64 },
    /// All inputs have been read.
    Rows { rows: u64, rejected: u64, lists: ListFormat },
    /// The same for a command that writes no list of what was rejected.
    RowsUnlisted { rows: u64, rejected: u64 },
    /// The comparison is done.
    Found { same: u64, conflict: u64, review: u64, problem_records: u64 },
    /// So many reviews were put off.
    Deferred { count: u64, lists: ListFormat },
    /// Records had ids that others had already.
    RepeatedIds(u64),
    /// A nation of so many is measured.
    #[cfg(feature = "bench")]
    Measuring(u64),
    /// Decisions were applied to a result.
    Decided { applied: usize, rejected: usize, lists: ListFormat },
    /// The result is in its place.
    Done { out: &'a str, seconds: f64 },
}

/// A step of the work, as shown beside the progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Reading the inputs.
    Read,
    /// Finding candidate pairs.
    Block,
    /// Judging candidate pairs.
    Judge,
    /// Building clusters.
    Cluster,
    /// Writing the lists.
    Write,
    /// Making the page.
    Report,
    /// Enrolling students.
    Enroll,
    /// Replaying a journal.
    Replay,
    /// Reading what a registry holds.
    ReadRegistry,
    /// A stage of a measurement.
    #[cfg(feature = "bench")]
    Bench(Stage),
}

impl Step {
    pub(super) fn text(self, language: Language) -> &'static str {
        let (zh, en) = match self {
            Step::Read => ("读取", "reading"),
            Step::Block => ("查找候选", "finding candidates"),
            Step::Judge => ("比对", "judging pairs"),
            Step::Cluster => ("归并", "building clusters"),
            Step::Write => ("写出", "writing"),
            Step::Report => ("生成报告", "making the page"),
            Step::Enroll => ("建籍", "enrolling"),
            Step::Replay => ("重放日志", "replaying the journal"),
            Step::ReadRegistry => ("读取学籍库", "reading the registry"),
            #[cfg(feature = "bench")]
            Step::Bench(stage) => match stage {
                Stage::Nation => ("生成虚构学生", "making up students"),
                Stage::Build => ("建库", "building the registry"),
                Stage::Baselines => ("建立基线", "building the baselines"),
                Stage::Warm => ("测查询(热)", "asking, warm"),
                Stage::Cold => ("测查询(冷)", "asking, cold"),
                Stage::Enroll => ("测查找与建籍", "looking up and enrolling"),
                Stage::Dedupe => ("全量查重", "comparing all with all"),
            },
        };
        language.pick(zh, en)
    }
}

impl Message<'_> {
    /// What is said of a file before it is read.
    pub(super) fn of_source<'a>(file: &'a str, source: &'a Source) -> impl Iterator<Item = Message<'a>> {
        let remarks = source.remarks().iter().map(move |remark| Message::Remark { file, remark });
        std::iter::once(Message::Reading { file, source }).chain(remarks)
    }

    pub(super) fn text(&self, language: Language) -> String {
        match (self, language) {
            (Message::Reading { file, source }, _) => {
                let layout = source.layout();
                let what = match source.sheet() {
                    Some(sheet) => {
                        format!("{} {}", language.pick("工作表", "worksheet"), sheet)
                    }
                    None if source.kind().is_text() => {
                        format!("{}{}", language.pick("编码 ", ""), source.encoding().name())
                    }
                    None => source.kind().code().to_owned(),
                };
                let mut text = match language {
                    Language::Zh => format!("{file}:{what},读取的列:"),
                    Language::En => format!("{file}: {what}, columns read: "),
                };
                for (index, (column, cells)) in layout.fields().enumerate() {
                    let names: Vec<&str> = cells.iter().map(|&cell| layout.header()[cell].as_str()).collect();
                    let comma = if index == 0 { "" } else { ", " };
                    let names = names.join("+");
                    if names == column.code() {
                        text.push_str(&format!("{comma}{names}"));
                    } else {
                        text.push_str(&format!("{comma}{}={names}", column.code()));
                    }
                }
                text
            }
            (Message::Remark { file, remark }, _) => {
                format!("{file}{}{}", language.pick("：", ": "), remark.message(language))
            }
            (Message::Read { rows, percent }, Language::Zh) => format!("已读 {rows} 行({percent}%)"),
            (Message::Read { rows, percent }, Language::En) => format!("{rows} rows read ({percent} %)"),
            (Message::Step(step), Language::Zh) => format!("{}……", step.text(language)),
            (Message::Step(step), Language::En) => format!("{} ...", step.text(language)),
            (Message::StepProgress { step, done, total }, _) => {
                format!("{} {done}/{total}", step.text(language))
            }
            (Message::Rows { rows, rejected: 0, .. } | Message::RowsUnlisted { rows, rejected: 0 }, _) => {
                language.pick("共 {} 行", "{} rows").replace("{}", &rows.to_string())
            }
            (Message::RowsUnlisted { rows, rejected }, Language::Zh) => {
                format!("共 {rows} 行,其中 {rejected} 行无法读取,未采用;renji dedupe 会逐行列出")
            }
            (Message::RowsUnlisted { rows, rejected }, Language::En) => {
                format!(
                    "{rows} rows, of which {rejected} could not be read and were left out: renji dedupe lists them"
                )
            }
            (Message::Rows { rows, rejected, lists }, Language::Zh) => {
                format!("共 {rows} 行,其中 {rejected} 行无法读取,见 rejected.{}", lists.ending())
            }
            (Message::Rows { rows, rejected, lists }, Language::En) => {
                format!("{rows} rows, of which {rejected} could not be read: see rejected.{}", lists.ending())
            }
            (Message::Found { same, conflict, review, problem_records }, Language::Zh) => format!(
                "同一人 {same} 对,矛盾 {conflict} 对,存疑 {review} 对;问题清单共 {problem_records} 条记录"
            ),
            (Message::Found { same, conflict, review, problem_records }, Language::En) => format!(
                "{same} pairs of one person, {conflict} in conflict, {review} for review; \
                 {problem_records} records in the problem lists"
            ),
            (Message::Deferred { count, lists }, Language::Zh) => {
                format!("超出核对能力的 {count} 对暂缓，见 deferred.{}", lists.ending())
            }
            (Message::Deferred { count, lists }, Language::En) => {
                format!("{count} reviews beyond the budget were put off: deferred.{}", lists.ending())
            }
            (Message::RepeatedIds(count), Language::Zh) => {
                format!("{count} 条记录的编号与其他记录重复,已在编号后加 #2、#3 以示区别")
            }
            (Message::RepeatedIds(count), Language::En) => {
                format!("{count} records have the id of another; told apart as #2, #3")
            }
            #[cfg(feature = "bench")]
            (Message::Measuring(students), Language::Zh) => format!("{students} 名学生:"),
            #[cfg(feature = "bench")]
            (Message::Measuring(students), Language::En) => format!("{students} students:"),
            (Message::Decided { applied, rejected: 0, .. }, Language::Zh) => {
                format!("应用了 {applied} 条决定")
            }
            (Message::Decided { applied, rejected: 0, .. }, Language::En) => {
                format!("{applied} decisions applied")
            }
            (Message::Decided { applied, rejected, lists }, Language::Zh) => {
                format!("应用了 {applied} 条决定，{rejected} 条未应用，见 rejected.{}", lists.ending())
            }
            (Message::Decided { applied, rejected, lists }, Language::En) => {
                format!("{applied} decisions applied, {rejected} not: see rejected.{}", lists.ending())
            }
            (Message::Done { out, seconds }, Language::Zh) => {
                format!("完成,用时 {seconds:.1} 秒,结果在 {out}")
            }
            (Message::Done { out, seconds }, Language::En) => {
                format!("done in {seconds:.1} s, results in {out}")
            }
        }
    }
}
