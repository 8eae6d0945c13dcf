//! What can go wrong in a registry, and what is true afterwards. No message holds a person's data.

use std::fmt;

use super::exchange::FeedFault;
use crate::ids::{CaseId, Sequence};
use crate::language::Language;
use crate::matching::ModelTextError;
use crate::spill::SpillError;
use crate::store::StoreError;

/// Why a registry did not do what was asked. Nothing was changed, unless the store's error says otherwise.
#[derive(Debug)]
#[non_exhaustive]
pub enum RegistryError {
    /// The store failed.
    Store(StoreError),
    /// No student ever held the number.
    UnknownNumber,
    /// There is no such case.
    UnknownCase(CaseId),
    /// The case was settled before.
    CaseClosed(CaseId),
    /// The request id was used for another student: it is the caller's mistake, and was not answered.
    RequestReused,
    /// The request id is empty or longer than [`crate::limits::REQUEST_BYTES_MAX`] bytes.
    RequestId,
    /// The record is of a region outside the registry's scope.
    OutOfScope,
    /// The record has neither a name nor a usable number.
    NothingToCompare,
    /// Every number of a region and a birth date is given: 999 of J, or 10,000 of L. Check whether the birth
    /// date is a placeholder; a citizen id gives a G number.
    Exhausted {
        /// `J` or `L`.
        kind: char,
    },
    /// What was asked makes no sense for these students or this case; the text says why.
    Impossible(&'static str, &'static str),
    /// The settings of a new registry are wrong; the text says which.
    Settings(&'static str),
    /// The model that was chosen, or is to be, cannot judge with this version. Where it is the registry's own, nothing
    /// is judged until another is chosen.
    Model(ModelTextError),
    /// A change does not follow the last one of this registry, or its hash is wrong: nothing of it was
    /// applied.
    Chain,
    /// Another registry issues the J and L numbers of the student's region; a citizen id that was checked gives a G
    /// number here.
    Delegated,
    /// A feed of another registry does not fit; nothing of the piece was applied.
    Feed {
        /// The entry of the feed.
        sequence: Sequence,
        /// What is wrong.
        fault: FeedFault,
    },
}

impl RegistryError {
    /// What is wrong and what to do, in a language.
    pub fn message(&self, language: Language) -> String {
        match (self, language) {
            (RegistryError::Store(error), _) => error.message(language),
            (RegistryError::Impossible(_, zh), Language::Zh) => (*zh).to_owned(),
            (_, Language::En) => self.to_string(),
            (RegistryError::UnknownNumber, _) => "没有学生使用过此学籍号".to_owned(),
            (RegistryError::UnknownCase(case), _) => format!("没有编号为 {case} 的问题"),
            (RegistryError::CaseClosed(case), _) => format!("问题 {case} 已处理完毕"),
            (RegistryError::RequestReused, _) => "请求号已用于另一名学生，请换用新的请求号".to_owned(),
            (RegistryError::RequestId, _) => "请求号为空或超过 128 字节".to_owned(),
            (RegistryError::OutOfScope, _) => "所在地区不属于本学籍库的范围".to_owned(),
            (RegistryError::NothingToCompare, _) => "记录既无姓名又无可用证件号".to_owned(),
            (RegistryError::Exhausted { kind }, _) => {
                format!("该地区该出生日期的 {kind} 号已用尽；请核对出生日期是否为占位日期")
            }
            (RegistryError::Settings(what), _) => format!("设置有误：{what}"),
            (RegistryError::Model(error), _) => format!(
                "判定模型不可用：{}；请用 renji model use 选用适合本版本的模型",
                error.message(language)
            ),
            (RegistryError::Delegated, _) => {
                "该地区的 J、L 号由当地学籍库发放；请在当地建籍，或核验身份证后发放 G 号".to_owned()
            }
            (RegistryError::Feed { sequence, fault }, _) => match fault {
                FeedFault::Changed => format!("第 {sequence} 条变更与其校验值不符，请重新导出"),
                FeedFault::Order => format!("第 {sequence} 条变更与前一条不衔接，请重新导出"),
                FeedFault::Gap(since) => {
                    format!("第 {sequence} 条之前缺少变更；请用 renji changes --since {since} 导出")
                }
                FeedFault::History => {
                    format!("第 {sequence} 条变更与此前收到的不是同一历史：对方可能已由备份恢复；请人工核查")
                }
                FeedFault::SetBack(lost) => format!(
                    "第 {sequence} 条变更引用了本库第 {lost} 条日志，而本库没有或内容不同：本库可能由旧备份恢复；请换用更新的备份，或人工核查"
                ),
                FeedFault::Ahead => format!(
                    "第 {sequence} 条变更的时间晚于本机时间：请核对两台机器的时钟；若本机无误且仍须接收，请用 renji apply --clock-ahead 天数"
                ),
            },
            (RegistryError::Chain, _) => "变更与本库的日志不衔接，未作任何更改".to_owned(),
        }
    }

    /// The error's name in lists.
    pub const fn code(&self) -> &'static str {
        match self {
            RegistryError::Store(_) => "store",
            RegistryError::UnknownNumber => "unknown_number",
            RegistryError::UnknownCase(_) => "unknown_case",
            RegistryError::CaseClosed(_) => "case_closed",
            RegistryError::RequestReused => "request_reused",
            RegistryError::RequestId => "request_id",
            RegistryError::OutOfScope => "out_of_scope",
            RegistryError::NothingToCompare => "nothing_to_compare",
            RegistryError::Exhausted { .. } => "exhausted",
            RegistryError::Impossible(..) => "impossible",
            RegistryError::Settings(_) => "settings",
            RegistryError::Model(_) => "model",
            RegistryError::Chain => "chain",
            RegistryError::Delegated => "delegated",
            RegistryError::Feed { .. } => "feed",
        }
    }

    /// The same error for another who asked the same.
    pub(super) fn again(&self) -> RegistryError {
        match self {
            RegistryError::Store(error) => RegistryError::Store(error.again()),
            RegistryError::UnknownNumber => RegistryError::UnknownNumber,
            RegistryError::UnknownCase(case) => RegistryError::UnknownCase(*case),
            RegistryError::CaseClosed(case) => RegistryError::CaseClosed(*case),
            RegistryError::RequestReused => RegistryError::RequestReused,
            RegistryError::RequestId => RegistryError::RequestId,
            RegistryError::OutOfScope => RegistryError::OutOfScope,
            RegistryError::NothingToCompare => RegistryError::NothingToCompare,
            RegistryError::Exhausted { kind } => RegistryError::Exhausted { kind: *kind },
            RegistryError::Impossible(en, zh) => RegistryError::Impossible(en, zh),
            RegistryError::Settings(what) => RegistryError::Settings(what),
            RegistryError::Model(error) => RegistryError::Model(error.clone()),
            RegistryError::Chain => RegistryError::Chain,
            RegistryError::Delegated => RegistryError::Delegated,
            RegistryError::Feed { sequence, fault } => {
                RegistryError::Feed { sequence: *sequence, fault: *fault }
            }
        }
    }

    /// Whether writes are refused until the registry is reopened, the outcome of the last one being unknown.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, RegistryError::Store(StoreError::Unknown(_) | StoreError::Refused))
    }
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RegistryError::Store(error) => error.fmt(f),
            RegistryError::UnknownNumber => f.write_str("no student ever held this registry number"),
            RegistryError::UnknownCase(case) => write!(f, "there is no case {case}"),
            RegistryError::CaseClosed(case) => write!(f, "case {case} was settled before"),
            RegistryError::RequestReused => {
                f.write_str("the request id was used for another student; take a new one")
            }
            RegistryError::RequestId => f.write_str("the request id is empty or longer than 128 bytes"),
            RegistryError::OutOfScope => f.write_str("the student's region is outside the registry's scope"),
            RegistryError::NothingToCompare => {
                f.write_str("the record has neither a name nor a usable number")
            }
            RegistryError::Exhausted { kind } => write!(
                f,
                "every {kind} number of this region and birth date is given; check whether the birth date is \
                 a placeholder"
            ),
            RegistryError::Impossible(en, _) => f.write_str(en),
            RegistryError::Settings(what) => write!(f, "wrong setting: {what}"),
            RegistryError::Model(error) => write!(
                f,
                "the model cannot judge: {error}; choose one that fits this version with `renji model use`"
            ),
            RegistryError::Delegated => f.write_str(
                "another registry issues the J and L numbers of this region; enrol the student there, or have the \
                 citizen id checked for a G number",
            ),
            RegistryError::Feed { sequence, fault } => match fault {
                FeedFault::Changed => {
                    write!(f, "entry {sequence} of the feed is not what its check says; export it again")
                }
                FeedFault::Order => {
                    write!(f, "entry {sequence} of the feed does not follow the one before; export it again")
                }
                FeedFault::Gap(since) => write!(
                    f,
                    "entries are missing before entry {sequence}; export with `renji changes --since {since}`"
                ),
                FeedFault::History => write!(
                    f,
                    "entry {sequence} of the feed is of another history than what was applied before: the other \
                     registry was set back to a copy, perhaps; have it looked into"
                ),
                FeedFault::SetBack(lost) => write!(
                    f,
                    "entry {sequence} of the feed brings back entry {lost} of this registry, which has none or another \
                     in its place: this registry was set back to an old copy, perhaps; take a newer copy, or have it \
                     looked into"
                ),
                FeedFault::Ahead => write!(
                    f,
                    "entry {sequence} of the feed is of a later time than this machine's clock: check both clocks; if \
                     the other's was wrong and its entries are wanted, use `renji apply --clock-ahead DAYS`"
                ),
            },
            RegistryError::Chain => {
                f.write_str("the change does not follow this registry's journal; nothing was applied")
            }
        }
    }
}

impl std::error::Error for RegistryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // The message is the store's own, so the chain goes on below it.
            RegistryError::Store(error) => error.source(),
            _ => None,
        }
    }
}

impl From<SpillError> for RegistryError {
    fn from(error: SpillError) -> RegistryError {
        RegistryError::Store(error.into())
    }
}

impl From<StoreError> for RegistryError {
    fn from(error: StoreError) -> RegistryError {
        RegistryError::Store(error)
    }
}

/// A result with a [`RegistryError`].
pub type Result<T> = std::result::Result<T, RegistryError>;
