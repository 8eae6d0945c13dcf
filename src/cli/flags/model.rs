//! The flags of `renji model`, and those of a policy.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::OutputFlags;

/// What errors cost and how much time there is: for every command that sets thresholds.
#[derive(Debug, Clone, Copy, Args)]
pub(in crate::cli) struct PolicyFlags {
    /// Reviews there is time for; those worth most are kept, the others go to deferred.csv.
    /// 可人工核对的对数;其余写入 deferred.csv。
    #[arg(long, value_name = "N")]
    pub(in crate::cli) review_budget: Option<usize>,
    /// What merging two people costs, in reviews; as the model's thresholds have it (10) if not given.
    /// 误并一对的代价,以一次人工核对为单位。
    #[arg(long, value_name = "COST")]
    pub(in crate::cli) false_merge_cost: Option<f64>,
    /// What a duplicate that is missed costs, in reviews; as the model's thresholds have it (10) if not given.
    /// 漏掉一个重复的代价,以一次人工核对为单位。
    #[arg(long, value_name = "COST")]
    pub(in crate::cli) missed_cost: Option<f64>,
}

/// The commands about models.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ModelCommand {
    /// Show a model as tables: a file's, with --registry the one in force there, else the shipped one. 查看模型。
    Show(ShowFlags),
    /// What differs between two models, the largest change first. 比较两个模型。
    Diff(DiffFlags),
    /// Write the shipped model to a file, to begin editing from. 导出内置模型,供修改。
    Default(WriteFlags),
    /// Take over a model that Splink 4 or 5 trained and saved. 导入 Splink 训练的模型。
    ImportSplink(ImportFlags),
    /// Choose the model that judges in a registry from now on; tells what it would judge differently.
    /// 选用模型:此后由其判定,并报告判定有何不同。
    Use(UseFlags),
}

/// Flags of `renji model show`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowFlags {
    /// The model's file. 模型文件。
    #[arg(value_name = "MODEL")]
    pub(in crate::cli) file: Option<PathBuf>,
    /// Print the model as its file. 以文件格式(JSON)输出。
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// Flags of `renji model diff`.
#[derive(Debug, Args)]
pub(in crate::cli) struct DiffFlags {
    /// One model. 一个模型文件。
    #[arg(value_name = "MODEL_A")]
    pub(in crate::cli) a: PathBuf,
    /// The other. 另一个模型文件。
    #[arg(value_name = "MODEL_B")]
    pub(in crate::cli) b: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Where a model goes.
#[derive(Debug, Args)]
pub(in crate::cli) struct WriteFlags {
    /// The file to write. 输出文件。
    #[arg(long, value_name = "MODEL")]
    pub(in crate::cli) out: PathBuf,
    /// Replace it if it exists. 覆盖已有文件。
    #[arg(long)]
    pub(in crate::cli) force: bool,
}

/// Flags of `renji model import-splink`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ImportFlags {
    /// What save_model_to_json of Splink wrote. Splink 的模型文件。
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) write: WriteFlags,
    /// The model whose numbers stay where Splink says nothing; the shipped one if not given. 基准模型。
    #[arg(long, value_name = "MODEL")]
    pub(in crate::cli) base: Option<PathBuf>,
    /// How many rows Splink trained on: without it the prior stays the base's. 训练所用的行数。
    #[arg(long, value_name = "N")]
    pub(in crate::cli) rows: Option<u64>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}

/// Flags of `renji model use`.
#[derive(Debug, Args)]
pub(in crate::cli) struct UseFlags {
    /// The model's file. 模型文件。
    #[arg(value_name = "MODEL")]
    pub(in crate::cli) file: PathBuf,
    /// Only tell what it would judge differently. 只报告差异,不选用。
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Who chooses; else RENJI_OPERATOR. 经办人。
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) operator: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputFlags,
}
