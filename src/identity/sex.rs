//! The sex as recorded: GB/T 2261.1 codes, Chinese and English words.

use serde::{Deserialize, Serialize};

/// The recorded sex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

impl Sex {
    /// Reads 1/2, 男/女, M/F and the English words. `Ok(None)` for an empty field and for the codes
    /// 0 and 9 (unknown, not stated).
    ///
    /// # Errors
    /// [`UnknownSex`] for anything else.
    pub fn parse(text: &str) -> Result<Option<Self>, UnknownSex> {
        let text = text.trim().trim_start_matches('\'');
        let mut characters = text.chars();
        match characters.next() {
            None => Ok(None),
            Some('1' | '１' | '男') => Ok(Some(Sex::Male)),
            Some('2' | '２' | '女') => Ok(Some(Sex::Female)),
            Some('0' | '9' | '０' | '９') => Ok(None),
            _ if ["m", "male", "boy"].iter().any(|word| text.eq_ignore_ascii_case(word)) => {
                Ok(Some(Sex::Male))
            }
            _ if ["f", "female", "girl"].iter().any(|word| text.eq_ignore_ascii_case(word)) => {
                Ok(Some(Sex::Female))
            }
            _ if text.starts_with("未") || text.eq_ignore_ascii_case("unknown") => Ok(None),
            _ => Err(UnknownSex),
        }
    }
}

/// A sex that is none of the known codes and words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownSex;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_words() {
        for text in ["1", "男", "M", "male", " 1 ", "1-男性"] {
            assert_eq!(Sex::parse(text), Ok(Some(Sex::Male)), "{text}");
        }
        for text in ["2", "女", "f", "Female"] {
            assert_eq!(Sex::parse(text), Ok(Some(Sex::Female)), "{text}");
        }
        for text in ["", "0", "9", "未说明"] {
            assert_eq!(Sex::parse(text), Ok(None), "{text}");
        }
        assert_eq!(Sex::parse("x"), Err(UnknownSex));
    }
}
