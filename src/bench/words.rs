//! What the page says, in Chinese and English.

use crate::language::Language;

/// A series of latencies, by its name in figures.
pub(super) fn series(name: &str, language: Language) -> &str {
    let (zh, en) = match name {
        "check_warm" => ("人籍,混合", "renji, mixture"),
        "check_hit" => ("人籍,已有学籍", "renji, student known"),
        "check_miss" => ("人籍,无学籍", "renji, student not known"),
        "check_twin" => ("人籍,双胞胎", "renji, unregistered twin"),
        "check_heavy" => ("人籍,候选最多", "renji, crowded keys"),
        "check_busy" => ("人籍,同时建籍", "renji, while enrolling"),
        "check_cold" => ("人籍,冷", "renji, cold"),
        "check_unwarmed_cold" => ("人籍,冷,刚打开", "renji, cold, just opened"),
        "candidates_warm" => ("人籍,仅取候选,混合", "renji, candidates alone, mixture"),
        "candidates_hit" => ("人籍,仅取候选,已有学籍", "renji, candidates alone, student known"),
        "candidates_miss" => ("人籍,仅取候选,无学籍", "renji, candidates alone, student not known"),
        "candidates_twin" => ("人籍,仅取候选,双胞胎", "renji, candidates alone, unregistered twin"),
        "candidates_heavy" => ("人籍,仅取候选,候选最多", "renji, candidates alone, crowded keys"),
        "sqlite_warm" => ("SQLite,混合", "SQLite, mixture"),
        "sqlite_hit" => ("SQLite,已有学籍", "SQLite, student known"),
        "sqlite_miss" => ("SQLite,无学籍", "SQLite, student not known"),
        "sqlite_twin" => ("SQLite,双胞胎", "SQLite, unregistered twin"),
        "sqlite_heavy" => ("SQLite,候选最多", "SQLite, crowded keys"),
        "sqlite_cold" => ("SQLite,冷", "SQLite, cold"),
        "redb_warm" => ("redb,混合", "redb, mixture"),
        "redb_hit" => ("redb,已有学籍", "redb, student known"),
        "redb_miss" => ("redb,无学籍", "redb, student not known"),
        "redb_twin" => ("redb,双胞胎", "redb, unregistered twin"),
        "redb_heavy" => ("redb,候选最多", "redb, crowded keys"),
        "redb_cold" => ("redb,冷", "redb, cold"),
        "by_number" => ("按学籍号查询", "by registry number"),
        "by_document" => ("按证件号查询", "by document"),
        "by_guardian" => ("按监护人证件号查询", "by a guardian's document"),
        "enroll_durable" => ("建籍,落盘", "durable enrolment"),
        other => return other,
    };
    language.pick(zh, en)
}

/// A single figure, by its name.
pub(super) fn figure(name: &str, language: Language) -> &str {
    let (zh, en) = match name {
        "bulk_build_students_per_s" => {
            ("批量建库(人/秒,自 CSV 起)", "bulk build, from CSV (students a second)")
        }
        "compact_seconds" => ("压实(秒)", "compaction (seconds)"),
        "dedupe_seconds" => ("全量查重,文件到清单(秒)", "offline dedupe, file to lists (seconds)"),
        "peak_rss_mib" => ("内存峰值(MiB)", "peak memory (MiB)"),
        "build_peak_rss_mib" => ("建库内存峰值(MiB)", "peak memory of the build (MiB)"),
        "dedupe_peak_rss_mib" => ("查重内存峰值(MiB)", "peak memory of the dedupe (MiB)"),
        "disk_bytes_per_student" => ("磁盘(字节/人)", "on disk (bytes a student)"),
        "index_bytes_per_student" => ("其中:索引", "of which: the index"),
        "profiles_bytes_per_student" => ("其中:比对特征", "of which: what is compared"),
        "journal_bytes_per_student" => ("其中:变更日志", "of which: the journal"),
        "students_bytes_per_student" => ("其中:学生状态", "of which: states of students"),
        "numbers_bytes_per_student" => ("其中:学籍号", "of which: registry numbers"),
        "requests_bytes_per_student" => ("其中:请求号", "of which: request ids"),
        "other_bytes_per_student" => ("其中:其他", "of which: other"),
        "sqlite_bytes_per_student" => ("SQLite 基线(字节/人)", "SQLite, the baseline (bytes a student)"),
        "redb_bytes_per_student" => ("redb 基线(字节/人)", "redb, the baseline (bytes a student)"),
        "sqlite_build_seconds" => ("SQLite 基线建库(秒,键已备好)", "SQLite, build from ready keys (seconds)"),
        "redb_build_seconds" => ("redb 基线建库(秒,键已备好)", "redb, build from ready keys (seconds)"),
        "check_vs_sqlite_p50_ratio" => ("SQLite p50 ÷ 人籍 p50", "SQLite's p50 ÷ renji's"),
        "check_vs_sqlite_p99_ratio" => ("SQLite p99 ÷ 人籍 p99", "SQLite's p99 ÷ renji's"),
        "check_vs_redb_p50_ratio" => ("redb p50 ÷ 人籍 p50", "redb's p50 ÷ renji's"),
        "check_vs_redb_p99_ratio" => ("redb p99 ÷ 人籍 p99", "redb's p99 ÷ renji's"),
        "candidates_vs_sqlite_p50_ratio" => {
            ("SQLite p50 ÷ 人籍仅取候选 p50", "SQLite's p50 ÷ renji's, candidates alone")
        }
        "candidates_vs_redb_p50_ratio" => {
            ("redb p50 ÷ 人籍仅取候选 p50", "redb's p50 ÷ renji's, candidates alone")
        }
        other => return other,
    };
    language.pick(zh, en)
}

/// The texts around them.
pub(super) struct Texts {
    pub(super) code: &'static str,
    pub(super) title: &'static str,
    pub(super) students: &'static str,
    pub(super) machine: &'static str,
    pub(super) latencies: &'static str,
    pub(super) distribution: &'static str,
    pub(super) growth: &'static str,
    pub(super) sizes: &'static str,
    pub(super) others: &'static str,
    pub(super) what: &'static str,
    pub(super) calls: &'static str,
    pub(super) share: &'static str,
    pub(super) microseconds: &'static str,
    pub(super) absent: &'static str,
    pub(super) growth_check: &'static str,
    pub(super) growth_build: &'static str,
    pub(super) growth_dedupe: &'static str,
    pub(super) per_second: &'static str,
    pub(super) seconds: &'static str,
    pub(super) notes: [&'static str; 4],
}

/// The texts of a language.
pub(super) const fn texts(language: Language) -> &'static Texts {
    match language {
        Language::Zh => &ZH,
        Language::En => &EN,
    }
}

const EN: Texts = Texts {
    code: "en",
    title: "renji bench",
    students: "students, made up",
    machine: "Machine",
    latencies: "Latencies, in microseconds",
    distribution: "Latency by share of calls",
    growth: "Growth",
    sizes: "Measured at each of these sizes; nothing between them is calculated.",
    others: "Building, comparing, storing",
    what: "what",
    calls: "calls",
    share: "share of calls",
    microseconds: "µs",
    absent: "not measured",
    growth_check: "Check of the mixture by size of the nation",
    growth_build: "Bulk build by size of the nation",
    growth_dedupe: "Offline dedupe by size of the nation",
    per_second: "students/s",
    seconds: "s",
    notes: [
        "A check reads the record, makes its keys, finds candidates, judges each and decides. SQLite and redb are \
         asked for less: for the stored fields of whoever shares a key, the keys being ready, with no judgement. \
         That favours them. Candidates alone is the same question put to renji.",
        "A ratio is the baseline's time divided by renji's: above 1 renji is faster.",
        "The mixture is 12 known students, 6 unknown, 1 unregistered twin and 1 with crowded keys in 20. Warm: each \
         question was asked once before. Cold: the page cache was emptied.",
        "All students are made up. Figures of one machine travel badly; ratios travel better. Load of other processes \
         is in the machine's lines.",
    ],
};

const ZH: Texts = Texts {
    code: "zh-CN",
    title: "人籍性能测试报告",
    students: "名虚构学生",
    machine: "测试机",
    latencies: "延迟(微秒)",
    distribution: "延迟分布",
    growth: "随规模的增长",
    sizes: "各点均为实测,点与点之间未作推算。",
    others: "建库、查重、存储",
    what: "项目",
    calls: "次数",
    share: "请求占比",
    microseconds: "微秒",
    absent: "未测",
    growth_check: "混合查询延迟与学生数",
    growth_build: "批量建库速度与学生数",
    growth_dedupe: "全量查重用时与学生数",
    per_second: "人/秒",
    seconds: "秒",
    notes: [
        "人籍的一次查询包括解析记录、生成键、查找候选、逐一比对并作出判定。SQLite 与 redb 基线只做其中一部分:\
         键已备好,仅取出同键记录的存储字段,不作比对判定。这一比较方式有利于基线。“仅取候选”为向人籍提出与基线相同的请求。",
        "比值为基线用时除以人籍用时,大于 1 表示人籍更快。",
        "混合查询每 20 次为:已有学籍 12、无学籍 6、未建籍的双胞胎 1、候选最多的 1。“热”指每个查询此前已执行一次;“冷”指已清空页缓存。",
        "学生均为虚构。不同机器的绝对数值不可直接比较,比值更有参考意义;其他进程的负载见测试机一栏。",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_words_in_both_languages() {
        for name in super::super::page::SINGLE.iter() {
            assert_ne!(figure(name, Language::Zh), *name);
            assert_ne!(figure(name, Language::Zh), figure(name, Language::En));
        }
    }
}
