//! What may be typed. Checked by `config`, except for what the parser can tell by itself.
//!
//! Here are the flags of every command and those about files; `registry` has those of a registry's commands,
//! `student` the fields of one student as flags.

mod model;
mod registry;
mod student;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::language::Language;
use crate::report::ListFormat;
use crate::source::EncodingChoice;
pub(super) use model::{ImportFlags, ModelCommand, PolicyFlags, UseFlags, WriteFlags};
pub(super) use registry::*;
pub(super) use student::StudentFlags;

/// Finds every duplicate and every contradiction among student records, and keeps a registry of students.
/// 查找学籍数据中的重复与矛盾,管理学籍库。
#[derive(Debug, Parser)]
#[command(name = "renji", version, max_term_width = 110)]
#[command(
    after_help = "Exit codes: 0 done; 1 done, but rows were rejected and --strict was given; 2 usage; \
                        3 an input cannot be read; 4 a result cannot be written; 5 the registry is damaged; 130 stopped by Ctrl-C.\n\
                        退出码:0 完成;1 完成但有行被拒(仅 --strict);2 用法错误;3 输入无法读取;\
                        4 结果无法写出;5 学籍库已损坏;130 被 Ctrl-C 中止。"
)]
pub(super) struct Flags {
    /// The registry's directory; else RENJI_REGISTRY. 学籍库目录,也可由环境变量 RENJI_REGISTRY 指定。
    #[arg(long, value_name = "DIR", global = true)]
    pub(super) registry: Option<PathBuf>,
    /// Language of messages and lists; else that of the locale, else Chinese. 提示与清单的语言。
    #[arg(long, value_enum, global = true)]
    pub(super) lang: Option<LanguageFlag>,
    /// Say nothing but results and errors. 除结果与错误外不作任何提示。
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Find duplicates and contradictions in files of students. 查重:在学生文件中查找重复与矛盾。
    Dedupe(DedupeFlags),
    /// Measure a list of pairs against the truth. 评估:用已知真值衡量结果。
    Evaluate(EvaluateFlags),
    /// Learn a model from files of students, without a truth or with one. 训练:从数据本身学习判定模型。
    Train(TrainFlags),
    /// Make the page of a result again. 报告:由结果目录重新生成 HTML 报告。
    Report(ReportFlags),
    /// Apply what a person has decided about pairs to a result. 决定:把人工决定应用到结果。
    Decide(DecisionsFlags),
    /// Explain the verdict on two records, level by level. 解释:逐项说明两条记录的判定依据。
    Explain(ExplainFlags),
    /// Show, compare, edit, import and choose models. 判定模型:查看、比较、导出、导入、选用。
    #[command(subcommand)]
    Model(ModelCommand),
    /// Write a made-up nation to measure with. 合成:生成虚构的学生数据及其真值。
    Synth(super::synth::SynthArgs),
    /// Measure a made-up nation, and SQLite and redb on it. 性能测试:在虚构学生上测量,并与 SQLite、redb 对比。
    #[cfg(feature = "bench")]
    Bench(super::bench::BenchArgs),
    #[command(flatten)]
    Registry(RegistryCommand),
}

/// Flags of every command that reads students.
#[derive(Debug, Args)]
pub(super) struct SourceFlags {
    /// Which columns hold which field: field=column pairs (name=given_name+surname joins columns), or a
    /// TOML file of them; may be repeated. 列对应关系:字段=列名,或 TOML 文件。
    #[arg(long, value_name = "MAP")]
    pub(super) columns: Vec<String>,
    /// Encoding of the input. 输入文件编码。
    #[arg(long, value_enum, default_value_t = EncodingFlag::Auto)]
    pub(super) encoding: EncodingFlag,
    /// Worksheet of a workbook; the first visible one with usable headings if not given. 工作簿中要读取的工作表。
    #[arg(long, value_name = "NAME")]
    pub(super) sheet: Option<String>,
}

/// What a run over all students may take.
#[derive(Debug, Args)]
pub(super) struct EffortFlags {
    /// Threads that work; as many as there are processors if not given. 线程数。
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
    /// Memory to keep within, as 512MiB or 4GiB; half of the machine's if not given. What does not fit goes to
    /// temporary files. 内存上限，例如 4GiB；不给则为本机内存的一半，放不下的写入临时文件。
    #[arg(long, value_name = "SIZE")]
    pub(super) memory: Option<String>,
    /// Directory for temporary files, which have no name in it; beside the results if not given. 临时文件目录。
    #[arg(long, value_name = "DIR")]
    pub(super) temp: Option<PathBuf>,
}

/// Flags of `renji dedupe`.
#[derive(Debug, Args)]
pub(super) struct DedupeFlags {
    /// Files with a header: CSV, XLSX, XLS, NDJSON, Parquet, also in .gz or .zst; without any, what the registry holds.
    /// 带表头的文件（CSV、XLSX、XLS、NDJSON、Parquet，可为 .gz、.zst）；不给文件则检查学籍库。
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Directory for the results; it must not exist. 结果目录,不得已存在。
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) source: SourceFlags,
    #[command(flatten)]
    pub(super) effort: EffortFlags,
    #[command(flatten)]
    pub(super) page: PageFlags,
    /// What the lists are written as. 清单的格式。
    #[arg(long, value_enum, default_value_t = FormatFlag::Csv)]
    pub(super) format: FormatFlag,
    /// Replace an earlier result. 覆盖已有的结果目录。
    #[arg(long)]
    pub(super) force: bool,
    /// End with exit code 1 if any row was rejected. 有被拒的行时以退出码 1 结束。
    #[arg(long)]
    pub(super) strict: bool,
    /// The model that judges, a file; else the registry's own, else the shipped one. 判定模型文件。
    #[arg(long, value_name = "MODEL")]
    pub(super) model: Option<PathBuf>,
    #[command(flatten)]
    pub(super) policy: PolicyFlags,
}

/// Flags about a page beside a result.
#[derive(Debug, Args)]
pub(super) struct PageFlags {
    /// Write a page that shows every listed pair, for a browser. 另写 HTML 报告，供浏览器打开。
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    /// Show personal data in full on the page. 报告中显示完整的个人信息。
    #[arg(long, requires = "report")]
    pub(super) unmasked: bool,
}

/// Flags of `renji report`.
#[derive(Debug, Args)]
pub(super) struct ReportFlags {
    /// A result directory of renji dedupe. 结果目录。
    #[arg(value_name = "DIR")]
    pub(super) result: PathBuf,
    /// The files that were compared, in that order, if they are elsewhere now. 查重时的文件(如已移动)。
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Where the page goes; report.html in the result if not given. 报告的位置。
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Show personal data in full. 显示完整的个人信息。
    #[arg(long)]
    pub(super) unmasked: bool,
    /// Replace an earlier page. 覆盖已有的报告。
    #[arg(long)]
    pub(super) force: bool,
    /// Threads that work; as many as there are processors if not given. 线程数。
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
}

/// Flags of `renji decide`.
#[derive(Debug, Args)]
pub(super) struct DecisionsFlags {
    /// A result directory of renji dedupe. 结果目录。
    #[arg(value_name = "DIR")]
    pub(super) result: PathBuf,
    /// The decisions: record_a, record_b, decision, reason, operator; the page writes it. 决定文件。
    #[arg(value_name = "DECISIONS")]
    pub(super) decisions: PathBuf,
    /// The files that were compared, in that order, if they are elsewhere now. 查重时的文件(如已移动)。
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Directory for the new result; it must not exist. 新的结果目录,不得已存在。
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) page: PageFlags,
    /// What the lists are written as. 清单的格式。
    #[arg(long, value_enum, default_value_t = FormatFlag::Csv)]
    pub(super) format: FormatFlag,
    /// Replace an earlier result. 覆盖已有的结果目录。
    #[arg(long)]
    pub(super) force: bool,
    /// End with exit code 1 if a decision was not applied. 有决定未应用时以退出码 1 结束。
    #[arg(long)]
    pub(super) strict: bool,
    /// Threads that work; as many as there are processors if not given. 线程数。
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
}

/// Flags of `renji evaluate`.
#[derive(Debug, Args)]
pub(super) struct EvaluateFlags {
    /// The list of pairs of a result, in any format. 结果目录中的 pairs.csv（或其他格式）。
    #[arg(long, value_name = "FILE")]
    pub(super) pairs: PathBuf,
    /// The clusters.csv of the result; else the one beside the pairs, if there is one. 聚类文件，默认取同目录的 clusters.csv。
    #[arg(long, value_name = "FILE")]
    pub(super) clusters: Option<PathBuf>,
    /// A CSV that says which records are one child; the input itself may be it. 真值文件。
    #[arg(long, value_name = "FILE")]
    pub(super) truth: PathBuf,
    /// The truth's column with the same value for records of one child. 真值文件中的实体列。
    #[arg(long, value_name = "COLUMN")]
    pub(super) entity: String,
    /// The truth's column with the record id. 真值文件中的记录编号列。
    #[arg(long, value_name = "COLUMN", default_value = "record_id")]
    pub(super) record: String,
    /// The files that were compared: then it is told what blocking missed and what judgement missed.
    /// 被检查的文件：给出后区分分块遗漏与判定遗漏。
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) input: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) source: SourceFlags,
    /// The model that judged, a file; the shipped one if not given. 当时所用的判定模型文件。
    #[arg(long, value_name = "MODEL", requires = "input")]
    pub(super) model: Option<PathBuf>,
    /// Print JSON. 以 JSON 输出。
    #[arg(long)]
    pub(super) json: bool,
    /// Write a page with charts as well. 另写出带图表的网页。
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    /// Replace a page that is there. 覆盖已有的网页。
    #[arg(long, requires = "html")]
    pub(super) force: bool,
}

/// Flags of `renji train`.
#[derive(Debug, Args)]
pub(super) struct TrainFlags {
    /// CSV files with a header. 带表头的 CSV 文件。
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) write: WriteFlags,
    #[command(flatten)]
    pub(super) source: SourceFlags,
    #[command(flatten)]
    pub(super) effort: EffortFlags,
    #[command(flatten)]
    pub(super) policy: PolicyFlags,
    /// The model to begin with, and to stay near where the data say little; the shipped one if not given. 基准模型。
    #[arg(long, value_name = "MODEL")]
    pub(super) base: Option<PathBuf>,
    /// What the model is called in reports; the output's file name if not given. 模型名称。
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Chooses the pairs that are taken at random or held back. 随机种子。
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(super) seed: u64,
    /// A CSV that says which records are one child: then it is learnt from that. 真值文件。
    #[arg(long, value_name = "FILE", requires = "entity")]
    pub(super) truth: Option<PathBuf>,
    /// The truth's column with the same value for records of one child. 真值文件中的实体列。
    #[arg(long, value_name = "COLUMN", requires = "truth")]
    pub(super) entity: Option<String>,
    /// The truth's column with the record id. 真值文件中的记录编号列。
    #[arg(long, value_name = "COLUMN", default_value = "record_id")]
    pub(super) record: String,
    /// Print JSON. 以 JSON 输出。
    #[arg(long)]
    pub(super) json: bool,
}

/// Flags of `renji explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainFlags {
    /// A file with a header, as dedupe reads it. 带表头的文件，与 dedupe 相同。
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// The id of one record. 一条记录的编号。
    #[arg(value_name = "RECORD_A")]
    pub(super) record_a: String,
    /// The id of the other. 另一条记录的编号。
    #[arg(value_name = "RECORD_B")]
    pub(super) record_b: String,
    #[command(flatten)]
    pub(super) source: SourceFlags,
    /// The model that judges, a file; the shipped one if not given. 判定模型文件。
    #[arg(long, value_name = "MODEL")]
    pub(super) model: Option<PathBuf>,
    /// Print JSON. 以 JSON 输出。
    #[arg(long)]
    pub(super) json: bool,
}

/// The names of the encodings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum EncodingFlag {
    /// Byte order mark, else UTF-8 if it is, else GB18030
    Auto,
    /// UTF-8
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    /// GB18030, GBK, GB2312
    #[value(name = "gb18030", alias = "gbk", alias = "gb2312")]
    Gb18030,
}

impl From<EncodingFlag> for EncodingChoice {
    fn from(flag: EncodingFlag) -> EncodingChoice {
        match flag {
            EncodingFlag::Auto => EncodingChoice::Auto,
            EncodingFlag::Utf8 => EncodingChoice::Utf8,
            EncodingFlag::Gb18030 => EncodingChoice::Gb18030,
        }
    }
}

/// The names of the formats of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatFlag {
    /// Text with commas, a header first
    Csv,
    /// A workbook whose cells are all text
    Xlsx,
    /// A JSON object a line
    Ndjson,
    /// Apache Parquet, all columns text
    Parquet,
}

impl From<FormatFlag> for ListFormat {
    fn from(flag: FormatFlag) -> ListFormat {
        match flag {
            FormatFlag::Csv => ListFormat::Csv,
            FormatFlag::Xlsx => ListFormat::Xlsx,
            FormatFlag::Ndjson => ListFormat::Ndjson,
            FormatFlag::Parquet => ListFormat::Parquet,
        }
    }
}

/// The names of the languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LanguageFlag {
    /// 中文
    Zh,
    /// English
    En,
}

impl From<LanguageFlag> for Language {
    fn from(flag: LanguageFlag) -> Language {
        match flag {
            LanguageFlag::Zh => Language::Zh,
            LanguageFlag::En => Language::En,
        }
    }
}
