//! The flags of the commands about collection templates.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::SourceFlags;
use crate::template::{ClassLayout, Profile};

/// Flags of `renji columns`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ColumnsFlags {
    /// A file with a header. 带表头的文件。
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    /// The profile to hold it against; the one that fits best if not given. 模板，默认取最相符的。
    #[arg(long, value_name = "PROFILE", value_enum)]
    pub(in crate::cli) profile: Option<ProfileFlag>,
    #[command(flatten)]
    pub(in crate::cli) source: SourceFlags,
    /// Write a column map to edit, for --columns. 写出可编辑的列对应文件，供 --columns 使用。
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Replace a map that is there. 覆盖已有的文件。
    #[arg(long, requires = "out")]
    pub(in crate::cli) force: bool,
    /// Print JSON. 以 JSON 输出。
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// Flags of `renji convert`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ConvertFlags {
    /// A file with a header. 带表头的文件。
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    /// The profile of the file; the one that fits best if not given. 原文件的模板，默认取最相符的。
    #[arg(long, value_name = "PROFILE", value_enum)]
    pub(in crate::cli) from: Option<ProfileFlag>,
    /// The profile to write. 目标模板。
    #[arg(long, value_name = "PROFILE", value_enum)]
    pub(in crate::cli) to: ProfileFlag,
    /// The new file. 新文件。
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: PathBuf,
    /// The list of what did not fit; OUT.left-over.csv if not given. 未能转换的内容清单。
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) left_over: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) source: SourceFlags,
    /// Replace files that are there. 覆盖已有的文件。
    #[arg(long)]
    pub(in crate::cli) force: bool,
    /// End with exit code 1 if any value was dropped or a row could not be read. 有内容丢失时以退出码 1 结束。
    #[arg(long)]
    pub(in crate::cli) strict: bool,
}

/// Flags of `renji validate`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ValidateFlags {
    /// A file with a header. 带表头的文件。
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    /// Directory for the results; it must not exist. 结果目录,不得已存在。
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) out: PathBuf,
    /// The profile to check against; the one that fits best if not given. 模板，默认取最相符的。
    #[arg(long, value_name = "PROFILE", value_enum)]
    pub(in crate::cli) profile: Option<ProfileFlag>,
    /// The code of the school whose file it is: each row must have it. 本文件的学校标识码。
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) school: Option<String>,
    /// How class numbers are made up; as the profile says if not given. 班号的编码方式。
    #[arg(long, value_name = "LAYOUT", value_enum)]
    pub(in crate::cli) class_number: Option<ClassLayoutFlag>,
    #[command(flatten)]
    pub(in crate::cli) source: SourceFlags,
    /// Which rows the marked spreadsheet has. 标记表中写出哪些行。
    #[arg(long, value_name = "ROWS", value_enum, default_value_t = MarkedFlag::All)]
    pub(in crate::cli) marked: MarkedFlag,
    /// Replace an earlier result. 覆盖已有的结果目录。
    #[arg(long)]
    pub(in crate::cli) force: bool,
    /// End with exit code 1 if any row is rejected. 有退回的行时以退出码 1 结束。
    #[arg(long)]
    pub(in crate::cli) strict: bool,
    /// Threads that work; as many as there are processors if not given. 线程数。
    #[arg(long, value_name = "N")]
    pub(in crate::cli) threads: Option<usize>,
    /// Print JSON. 以 JSON 输出。
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// The names of the profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ProfileFlag {
    /// National collection template, second version 全国学籍采集模板（第二版）
    #[value(name = "national_2", alias = "national")]
    National2,
    /// National collection template, first version 全国学籍采集模板（第一版）
    #[value(name = "national_1")]
    National1,
    /// Secondary vocational system 中等职业学校学籍系统
    #[value(name = "vocational")]
    Vocational,
    /// Plain English names 英文列名
    #[value(name = "plain")]
    Plain,
}

impl ProfileFlag {
    pub(in crate::cli) fn profile(self) -> &'static Profile {
        match self {
            ProfileFlag::National2 => &Profile::NATIONAL_2,
            ProfileFlag::National1 => &Profile::NATIONAL_1,
            ProfileFlag::Vocational => &Profile::VOCATIONAL,
            ProfileFlag::Plain => &Profile::PLAIN,
        }
    }
}

/// The ways a class number is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ClassLayoutFlag {
    /// Year of enrolment, grade, class 入学年份+年级+班
    #[value(name = "year_grade_class")]
    YearGradeClass,
    /// Year of enrolment, stage (1, 2, 3), class 入学年份+学段+班
    #[value(name = "year_stage_class")]
    YearStageClass,
}

impl From<ClassLayoutFlag> for ClassLayout {
    fn from(flag: ClassLayoutFlag) -> ClassLayout {
        match flag {
            ClassLayoutFlag::YearGradeClass => ClassLayout::YearGradeClass,
            ClassLayoutFlag::YearStageClass => ClassLayout::YearStageClass,
        }
    }
}

/// Which rows a marked spreadsheet has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum MarkedFlag {
    /// All rows 全部
    All,
    /// Those with a finding, at their own row numbers 仅有问题的行，行号不变
    Wrong,
    /// No spreadsheet 不写
    None,
}
