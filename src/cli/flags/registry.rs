//! The flags of a registry's commands.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{FormatFlag, SourceFlags, StudentFlags};
use crate::cli::memory;
use crate::registry::PopulationCheck;

/// The commands of a registry.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum RegistryCommand {
    /// Make a registry. 建库:建立学籍库。
    Init(InitFlags),
    /// Enrol every student of files. 批量建籍:导入学生文件。
    Load(LoadFlags),
    /// Do we know this student? Changes nothing. 查询:此学生是否已有学籍。
    Check(CheckFlags),
    /// Give a student a number, or the one the student has. 建籍:发放学籍号。
    Enroll(EnrollFlags),
    /// The holder of a number. 查看:学籍号对应的学生。
    Show(NumberFlags),
    /// All that happened to the holder of a number. 学籍变动记录。
    History(NumberFlags),
    /// Find students by a document, a guardian's document, or name, birth date and region. 查找学生。
    Find(FindFlags),
    /// List open cases. 问题清单:待处理的问题。
    Cases(CasesFlags),
    /// Show or settle a case. 查看或处理问题。
    #[command(subcommand)]
    Case(CaseCommand),
    /// Correct a student's record. 变更学生信息。
    Amend(AmendFlags),
    /// Note an event: transferred, suspended, returned, left, died, graduated, repeated, skipped, promoted.
    /// 学籍异动:转学、休学、复学、退学、死亡、毕业、留级、跳级、升级。
    Event(EventFlags),
    /// Say what the population check came to. 人口库核验结果。
    Clear(ClearFlags),
    /// Merge two students into one. 归并两个学籍。
    Merge(MergeFlags),
    /// Take a merge back. 撤销归并。
    Unmerge(DecideFlags),
    /// Delete an entry; its number is never given again. 注销学籍。
    Retire(DecideFlags),
    /// The journal behind a sequence number, as a feed. 变更日志。
    Changes(ChangesFlags),
    /// Learn from another registry's feed. 应用另一学籍库的变更。
    Apply(ApplyFlags),
    /// Every student, a line each. 导出:每名学生一行。
    Export(ExportFlags),
    /// Approve one full export by somebody else within a day; prints the token. 审批一次完整导出。
    Approve(ApproveFlags),
    /// Make a new registry from the journal. 以日志重建学籍库。
    Rebuild(TargetFlags),
    /// Check everything that is stored. 校验学籍库。
    Verify(OutputFlags),
    /// Write a copy. 备份。
    Backup(TargetFlags),
    /// Pack what was written since, so that lookups in it are several times as quick. 压实:加快查询。
    Compact(CompactFlags),
    /// Count. 统计。
    Stats(OutputFlags),
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, Args)]
pub(in crate::cli) struct OutputFlags {
    /// Print JSON. 以 JSON 输出。
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// Flags of `renji init`.
#[derive(Debug, Args)]
pub(in crate::cli) struct InitFlags {
    /// Its directory; else that of --registry. 学籍库目录。
    #[arg(value_name = "DIR")]
    pub(in crate::cli) directory: Option<PathBuf>,
    /// The region it is for: two, four or six digits of GB/T 2260; the nation if not given. 行政区划范围。
    #[arg(long, value_name = "DIGITS")]
    pub(in crate::cli) scope: Option<String>,
    /// Regions whose registries issue J and L themselves, as digits of GB/T 2260. 自行发号的地区,逗号分隔。
    #[arg(long, value_name = "DIGITS,...", value_delimiter = ',')]
    pub(in crate::cli) delegated: Vec<String>,
    /// Whether the population check is done before students come here. 人口库核验是否已在建籍前完成。
    #[arg(long, value_enum, default_value_t = PopulationFlag::Pending)]
    pub(in crate::cli) population_check: PopulationFlag,
    /// The model that judges in it, a file; the shipped one if not given. 判定模型文件。
    #[arg(long, value_name = "MODEL")]
    pub(in crate::cli) model: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Whether the population check was done before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PopulationFlag {
    /// It follows: temporary numbers (L) until then
    Pending,
    /// It was done: formal numbers (G) at once
    Done,
}

impl From<PopulationFlag> for PopulationCheck {
    fn from(flag: PopulationFlag) -> PopulationCheck {
        match flag {
            PopulationFlag::Pending => PopulationCheck::Pending,
            PopulationFlag::Done => PopulationCheck::Done,
        }
    }
}

/// Flags of `renji load`.
#[derive(Debug, Args)]
pub(in crate::cli) struct LoadFlags {
    /// CSV files with a header. 带表头的 CSV 文件。
    #[arg(required = true, value_name = "FILE")]
    pub(in crate::cli) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) source: SourceFlags,
    /// Write what became of each row: record_id, outcome, registry_number, case, reasons. 逐行结果。
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Write the rows that were rejected and the values that were left out. 被拒行清单。
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) rejected: Option<PathBuf>,
    /// Replace these two files if they exist. 覆盖已有文件。
    #[arg(long)]
    pub(in crate::cli) force: bool,
    /// End with exit code 1 if any row was rejected. 有被拒的行时以退出码 1 结束。
    #[arg(long)]
    pub(in crate::cli) strict: bool,
    /// Write all files in one commit, straight into the packed base: for large files. The answers are the same.
    /// 成批装入：适用于大文件，一次提交，结果与逐行装入相同。
    #[arg(long)]
    pub(in crate::cli) bulk: bool,
    /// With --bulk: memory for keys and pairs, as 512MiB or 4GiB; half of the machine's if not given. What does not fit
    /// goes to temporary files beside the registry. 成批装入时检索键所用内存，放不下的写入临时文件。
    #[arg(long, value_name = "SIZE", value_parser = memory::size, requires = "bulk")]
    pub(in crate::cli) memory: Option<u64>,
    /// Who loads; else RENJI_OPERATOR, else `service`. 经办人。
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) operator: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of `renji check`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CheckFlags {
    #[command(flatten)]
    pub(in crate::cli) student: StudentFlags,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of `renji enroll`.
#[derive(Debug, Args)]
pub(in crate::cli) struct EnrollFlags {
    /// Your id of this request: the same id gets the same answer for ever. 请求号:同一请求号永远得到同一答复。
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) request: String,
    #[command(flatten)]
    pub(in crate::cli) student: StudentFlags,
    /// Who enrols; else RENJI_OPERATOR, else `service`. 经办人。
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) operator: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of commands about one number.
#[derive(Debug, Args)]
pub(in crate::cli) struct NumberFlags {
    /// A registry number, current or former. 学籍号,现用或曾用。
    #[arg(value_name = "NUMBER")]
    pub(in crate::cli) number: String,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of `renji find`.
#[derive(Debug, Args)]
pub(in crate::cli) struct FindFlags {
    /// A document number of the student. 学生证件号。
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["guardian_id", "name"],
          conflicts_with_all = ["guardian_id", "name"])]
    pub(in crate::cli) id_number: Option<String>,
    /// A document number of a guardian. 监护人证件号。
    #[arg(long, value_name = "TEXT", conflicts_with = "name")]
    pub(in crate::cli) guardian_id: Option<String>,
    /// The document's kind, if it is no resident number. 证件类型。
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) id_type: Option<String>,
    /// The student's name. 姓名。
    #[arg(long, value_name = "TEXT", requires = "birthdate", requires = "region")]
    pub(in crate::cli) name: Option<String>,
    /// The student's birth date. 出生日期。
    #[arg(long, value_name = "TEXT", requires = "name")]
    pub(in crate::cli) birthdate: Option<String>,
    /// The student's region. 户口所在地。
    #[arg(long, value_name = "TEXT", requires = "name")]
    pub(in crate::cli) region: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of `renji cases`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CasesFlags {
    /// Only those filed under a county: six digits; 0 for those without one. 县级代码。
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) county: Option<u32>,
    /// Only those of a class: shared_number, two_numbers, no_number, unclear, two_registry_numbers,
    /// number_taken, insufficient. 问题类别。
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) class: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// The commands about one case.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum CaseCommand {
    /// Show a case with its evidence. 查看问题及其依据。
    Show(CaseShowFlags),
    /// Settle a case: by proof, correction or deletion. 处理问题:佐证、变更或删除。
    Resolve(Box<ResolveFlags>),
}

/// Flags of `renji case show`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CaseShowFlags {
    /// The case. 问题编号。
    #[arg(value_name = "CASE")]
    pub(in crate::cli) case: u32,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of `renji case resolve`. A student is a registry number or `student:ID`.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("how").required(true)
    .args(["different", "same", "correct", "delete", "noted", "from"])))]
pub(in crate::cli) struct ResolveFlags {
    /// The case. 问题编号。
    #[arg(value_name = "CASE", required_unless_present = "from", conflicts_with = "from")]
    pub(in crate::cli) case: Option<u32>,
    /// Settle the open cases that a file of decisions is about, row by row; a record is a registry number,
    /// pending-ID or student:ID. 按决定文件逐行处理。
    #[arg(long, value_name = "DECISIONS")]
    pub(in crate::cli) from: Option<PathBuf>,
    /// Proof that they are different people. 佐证为不同学生。
    #[arg(long)]
    pub(in crate::cli) different: bool,
    /// With --different: who holds the number that several claim (a number, or student:ID). 证件号归谁所有。
    #[arg(long, value_name = "STUDENT", requires = "different")]
    pub(in crate::cli) owner: Option<String>,
    /// Proof that they are one person. 佐证为同一学生。
    #[arg(long)]
    pub(in crate::cli) same: bool,
    /// With --same: whom of several the one who raised the case is; all are one if not given. 与谁为同一人。
    #[arg(long, value_name = "STUDENT", requires = "same")]
    pub(in crate::cli) with: Option<String>,
    /// Correct the record of this student with the fields given. 变更此学生的信息。
    #[arg(long, value_name = "STUDENT")]
    pub(in crate::cli) correct: Option<String>,
    /// Delete the entry of this student. 删除此学生的学籍。
    #[arg(long, value_name = "STUDENT")]
    pub(in crate::cli) delete: Option<String>,
    /// Noted; nothing changes. 已阅,不作更改。
    #[arg(long)]
    pub(in crate::cli) noted: bool,
    #[command(flatten)]
    pub(in crate::cli) student: StudentFlags,
    /// Who decides; else RENJI_OPERATOR; with --from only where a row names nobody. 经办人。
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) operator: Option<String>,
    /// On what grounds; kept in the journal; with --from only where a row gives none. 理由,记入日志。
    #[arg(long, value_name = "TEXT", required_unless_present = "from")]
    pub(in crate::cli) reason: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Who decides, and why.
#[derive(Debug, Args)]
pub(in crate::cli) struct DecisionFlags {
    /// Who decides; else RENJI_OPERATOR. 经办人。
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) operator: Option<String>,
    /// On what grounds; kept in the journal. 理由,记入日志。
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) reason: String,
}

/// Flags of `renji amend`.
#[derive(Debug, Args)]
pub(in crate::cli) struct AmendFlags {
    /// Whose record. 学籍号。
    #[arg(value_name = "NUMBER")]
    pub(in crate::cli) number: String,
    /// Since when it is so; the moment of the entry if not given. 生效日期。
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) on: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) student: StudentFlags,
    #[command(flatten)]
    pub(in crate::cli) decision: DecisionFlags,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of `renji event`.
#[derive(Debug, Args)]
pub(in crate::cli) struct EventFlags {
    /// To whom. 学籍号。
    #[arg(value_name = "NUMBER")]
    pub(in crate::cli) number: String,
    /// What: transferred, suspended, returned, left, died, graduated, repeated, skipped, promoted. 异动类型。
    #[arg(value_name = "KIND")]
    pub(in crate::cli) kind: String,
    /// On which day. 日期。
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) on: String,
    /// Who says so. 来源。
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) source: String,
    /// Of a transfer: the new region. 转入地区。
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) region: Option<String>,
    /// Of a transfer: the new school. 转入学校。
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) school_code: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of `renji clear`.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("outcome").required(true).args(["agrees", "no_citizen_id"])))]
pub(in crate::cli) struct ClearFlags {
    /// Whose check. 学籍号。
    #[arg(value_name = "NUMBER")]
    pub(in crate::cli) number: String,
    /// The authority's base has this student under this citizen id. 与人口库一致。
    #[arg(long)]
    pub(in crate::cli) agrees: bool,
    /// There is no citizen id that could be used. 没有可用的身份证件号。
    #[arg(long)]
    pub(in crate::cli) no_citizen_id: bool,
    /// Who says so; else RENJI_OPERATOR. 经办人。
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) operator: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of `renji merge`.
#[derive(Debug, Args)]
pub(in crate::cli) struct MergeFlags {
    /// One number. 一个学籍号。
    #[arg(value_name = "NUMBER_A")]
    pub(in crate::cli) a: String,
    /// The other. 另一个学籍号。
    #[arg(value_name = "NUMBER_B")]
    pub(in crate::cli) b: String,
    #[command(flatten)]
    pub(in crate::cli) decision: DecisionFlags,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of decisions about one number.
#[derive(Debug, Args)]
pub(in crate::cli) struct DecideFlags {
    /// The number. 学籍号。
    #[arg(value_name = "NUMBER")]
    pub(in crate::cli) number: String,
    #[command(flatten)]
    pub(in crate::cli) decision: DecisionFlags,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// What lets personal data out.
#[derive(Debug, Args)]
pub(in crate::cli) struct FullFlags {
    /// With personal data; needs another person's approval. 完整数据,须经他人审批。
    #[arg(long, requires = "approval")]
    pub(in crate::cli) full: bool,
    /// With --full: the token of `renji approve`. 审批码。
    #[arg(long, value_name = "TOKEN", requires = "full")]
    pub(in crate::cli) approval: Option<String>,
    /// With --full: who takes it out; else RENJI_OPERATOR. 经办人。
    #[arg(long, value_name = "NAME", requires = "full")]
    pub(in crate::cli) operator: Option<String>,
}

/// Flags of `renji changes`. Always one JSON object a line.
#[derive(Debug, Args)]
pub(in crate::cli) struct ChangesFlags {
    /// Entries behind this one; 0 for all. 起始序号(不含)。
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) since: u64,
    /// At most so many. 最多条数。
    #[arg(long, value_name = "M")]
    pub(in crate::cli) limit: Option<u64>,
    #[command(flatten)]
    pub(in crate::cli) full: FullFlags,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of `renji apply`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ApplyFlags {
    /// Feeds, as `renji changes --full` prints them; - is standard input. 变更文件,- 为标准输入。
    #[arg(value_name = "FEED", required = true)]
    pub(in crate::cli) feeds: Vec<PathBuf>,
    /// By how many days the other's clock may be ahead of this one's. 允许对方时钟超前的天数。
    #[arg(long, value_name = "DAYS", default_value_t = 1)]
    pub(in crate::cli) clock_ahead: u32,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of `renji export`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ExportFlags {
    /// The format; that of the file's name if not given, else CSV. 格式，默认由文件扩展名决定。
    #[arg(long, value_enum)]
    pub(in crate::cli) format: Option<FormatFlag>,
    /// The file; standard output if not given. 输出文件。
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Replace the file if it exists. 覆盖已有文件。
    #[arg(long)]
    pub(in crate::cli) force: bool,
    #[command(flatten)]
    pub(in crate::cli) full: FullFlags,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of `renji approve`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ApproveFlags {
    /// Who approves; else RENJI_OPERATOR. 审批人。
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) operator: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of commands that make another directory.
#[derive(Debug, Args)]
pub(in crate::cli) struct TargetFlags {
    /// The new directory. 新目录。
    #[arg(value_name = "DIR")]
    pub(in crate::cli) directory: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of `renji compact`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CompactFlags {
    /// The registry's directory; else that of --registry. 学籍库目录。
    #[arg(value_name = "DIR")]
    pub(in crate::cli) directory: Option<PathBuf>,
    /// Into one segment, however large the older ones are. 合并为一个数据段。
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// Memory for sorting, as 512MiB or 4GiB; 4GiB if not given. 排序所用内存。
    #[arg(long, value_name = "SIZE", value_parser = memory::size)]
    pub(in crate::cli) memory: Option<u64>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}
