//! Why a registry number was not read or not made.

use std::fmt;

use super::{LENGTH, RANDOM_COUNT, SEQUENCE_MAX};
use crate::identity::date::DateError;

/// Why a registry number was not read or not made: what is wrong and what was expected. What was written is
/// left out: a formal number holds a citizen's number. In the order in which they are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberError {
    /// Not [`LENGTH`] characters.
    Length,
    /// The first character is none of G, J and L.
    Letter,
    /// Something other than a digit behind the letter; an X may stand at the last place of G and J only.
    Characters,
    /// The citizen's number in a G begins with no digit from 1 to 6.
    Region,
    /// The eight digits of the birth date are no day that is believed.
    Birth(DateError),
    /// The sequence of a J is not 1 to [`SEQUENCE_MAX`].
    Sequence,
    /// The random part of an L is not below [`RANDOM_COUNT`].
    Random,
    /// The last character of a G or J is not the check character of the seventeen digits before it.
    Check,
}

// The messages below write these numbers out.
const _: () = assert!(LENGTH == 19 && SEQUENCE_MAX == 999 && RANDOM_COUNT == 10_000);

impl NumberError {
    /// What is wrong and what was expected, in Chinese.
    pub const fn message_zh(self) -> &'static str {
        match self {
            NumberError::Length => "学籍号应为 19 位：一位字母加 18 位",
            NumberError::Letter => "学籍号首位应为字母 G、J 或 L",
            NumberError::Characters => "字母之后应全为数字；只有 G、J 号的末位可为 X",
            NumberError::Region => "G 号中的公民身份号码首位应为 1 至 6",
            NumberError::Birth(_) => "第 8 至 15 位不是真实的出生日期；应为 YYYYMMDD",
            NumberError::Sequence => "J 号的顺序码应为 001 至 999",
            NumberError::Random => "L 号的随机码应为 0000 至 9999",
            NumberError::Check => "末位校验码不符（ISO 7064 MOD 11-2）",
        }
    }

    /// The same in English.
    pub const fn message_en(self) -> &'static str {
        match self {
            NumberError::Length => {
                "the wrong length for a registry number; expected 19 characters, a letter and eighteen"
            }
            NumberError::Letter => "the wrong first character; expected G, J or L",
            NumberError::Characters => {
                "not only digits behind the letter; only the last place of a G or J number may be X"
            }
            NumberError::Region => {
                "no citizen's number in a G number; expected a first digit from 1 to 6 behind the letter"
            }
            NumberError::Birth(_) => "no birth date at places 8 to 15; expected a real day as YYYYMMDD",
            NumberError::Sequence => "no sequence number of a J number; expected 001 to 999",
            NumberError::Random => "no random part of an L number; expected 0000 to 9999",
            NumberError::Check => "the wrong check character at the last place (ISO 7064 MOD 11-2)",
        }
    }
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message_en())
    }
}

impl std::error::Error for NumberError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            NumberError::Birth(cause) => Some(cause),
            _ => None,
        }
    }
}
