//! Flags of `renji reconcile`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{EncodingFlag, FormatFlag, SourceFlags};

/// What the other roll is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KindFlag {
    /// The authority's population base 公安人口库(人籍一致)
    Population,
    /// The roll of those admitted 录取名单(新生学籍注册)
    Admissions,
    /// Diplomas 学历信息(学历注册)
    Diploma,
    /// Identities read from cards 招考报名身份信息
    Enrolment,
    /// Head counts 人数(四对账)
    Counts,
}

/// Flags of `renji reconcile`.
#[derive(Debug, Args)]
pub(crate) struct ReconcileFlags {
    /// What the other roll is. 对方数据的种类。
    #[arg(long = "as", value_enum, value_name = "KIND")]
    pub(crate) kind: KindFlag,
    /// Files of our students; without any, what the registry holds. 我方名册;不给则取学籍库。
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) ours: Vec<PathBuf>,
    /// Files of the other roll. 对方名册。
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) theirs: Vec<PathBuf>,
    /// With counts: the population base, whose children of school age are counted. 人口库(四对账)。
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) population: Vec<PathBuf>,
    /// With counts: the yearly statistics: region, school_code, grade, sex, count. 教育事业统计表(四对账)。
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) statistics: Vec<PathBuf>,
    /// With counts: the day they are of; today if not given. 统计日期,默认今日。
    #[arg(long, value_name = "DATE")]
    pub(crate) on: Option<String>,
    /// Directory for the results; it must not exist. 结果目录,不得已存在。
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) source: SourceFlags,
    /// Which columns of the other roll hold which field, as --columns. 对方名册的列对应关系。
    #[arg(long, value_name = "MAP")]
    pub(crate) their_columns: Vec<String>,
    /// Encoding of the other roll. 对方名册的编码。
    #[arg(long, value_enum, default_value_t = EncodingFlag::Auto)]
    pub(crate) their_encoding: EncodingFlag,
    /// Worksheet of the other roll's workbooks. 对方工作簿中要读取的工作表。
    #[arg(long, value_name = "NAME")]
    pub(crate) their_sheet: Option<String>,
    /// What the lists are written as. 清单的格式。
    #[arg(long, value_enum, default_value_t = FormatFlag::Csv)]
    pub(crate) format: FormatFlag,
    /// The model that judges, a file; else the registry's own, else the shipped one. 判定模型文件。
    #[arg(long, value_name = "MODEL")]
    pub(crate) model: Option<PathBuf>,
    /// With a registry and the population base: who takes the answers into the registry; else RENJI_OPERATOR. 经办人。
    #[arg(long, value_name = "NAME")]
    pub(crate) operator: Option<String>,
    /// Change nothing in the registry. 不改动学籍库。
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Show personal data in full in the lists. 清单中显示完整的个人信息。
    #[arg(long)]
    pub(crate) unmasked: bool,
    /// Replace an earlier result. 覆盖已有的结果目录。
    #[arg(long)]
    pub(crate) force: bool,
    /// End with exit code 1 if any row was rejected. 有被拒的行时以退出码 1 结束。
    #[arg(long)]
    pub(crate) strict: bool,
    /// Threads that work; as many as there are processors if not given. 线程数。
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
}
