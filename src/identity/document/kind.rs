//! The kinds of identity document, and how offices write them.

use serde::{Deserialize, Serialize};

/// A kind of identity document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum DocumentKind {
    /// 居民身份证 (GB 11643-1999), 18 characters, also the upgraded 15-digit predecessor.
    ResidentId,
    /// 港澳台居民居住证 (since 2018-09): 810000, 820000 or 830000 in front.
    ResidencePermit,
    /// 外国人永久居留身份证 (since 2023-12): 9 in front.
    PermanentResident,
    /// The permanent resident's card before: three letters and twelve digits.
    PermanentResidentOld,
    /// 港澳居民来往内地通行证: H or M and eight digits.
    HongKongMacauPermit,
    /// 台湾居民来往大陆通行证: eight digits.
    TaiwanPermit,
    /// 香港身份证: one or two letters, six digits, a check character.
    HongKongId,
    /// 澳门身份证: eight digits.
    MacauId,
    /// A passport of any country; it changes at renewal.
    Passport,
    /// 军官证 and the like.
    Military,
    /// Anything else, also a number of no known form.
    Other,
}

impl DocumentKind {
    /// Whether numbers of this kind carry a check character that is verified here. Only of such a
    /// kind can two different numbers be told apart from one number mistyped.
    pub const fn has_check(self) -> bool {
        use DocumentKind::*;
        matches!(self, ResidentId | ResidencePermit | PermanentResident | HongKongId)
    }

    /// Whether the number is one of the 18-character kind with a MOD 11-2 check.
    pub const fn is_eighteen(self) -> bool {
        use DocumentKind::*;
        matches!(self, ResidentId | ResidencePermit | PermanentResident)
    }
}

/// What an office's code or word for a kind says. A word may leave the kind open, or be wrong: the
/// number settles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatedKind {
    /// Empty or unknown: the number alone decides.
    Unstated,
    /// The record says that there is no document.
    None,
    /// Template code 6: a passport or an identity card of Hong Kong.
    HongKong,
    /// Template code 7: a passport or an identity card of Macau.
    Macau,
    /// One kind.
    Kind(DocumentKind),
}

impl StatedKind {
    /// Reads a template code (1–9, A–C, Z), a Chinese or an English word. Anything else is
    /// [`StatedKind::Unstated`]: offices invent words (`GUARDIAN`), and the number decides.
    pub fn parse(text: &str) -> Self {
        use DocumentKind::*;
        let text = text.trim();
        if text.is_empty() {
            return StatedKind::Unstated;
        }
        // Template codes are one character, sometimes followed by their name ("1-居民身份证").
        let mut characters = text.chars();
        let (first, second) = (characters.next(), characters.next());
        if second.is_none_or(|c| !c.is_alphanumeric()) {
            match first {
                Some('1') => return StatedKind::Kind(ResidentId),
                Some('2'..='5') => return StatedKind::Kind(Military),
                Some('6') => return StatedKind::HongKong,
                Some('7') => return StatedKind::Macau,
                Some('8') => return StatedKind::Kind(TaiwanPermit),
                Some('9') => return StatedKind::Kind(PermanentResident),
                Some('A' | 'a') => return StatedKind::Kind(Passport),
                // A household booklet is numbered by its members' resident numbers.
                Some('B' | 'b') => return StatedKind::Kind(ResidentId),
                Some('C' | 'c') => return StatedKind::Kind(ResidencePermit),
                Some('Z' | 'z') => return StatedKind::Unstated,
                _ => {}
            }
        }
        Self::from_words(text)
    }

    fn from_words(text: &str) -> Self {
        use DocumentKind::*;
        const WORDS: &[(&str, StatedKind)] = &[
            // In front of the next: 境外永久居住证.
            ("永久居", StatedKind::Kind(PermanentResident)),
            ("居住证", StatedKind::Kind(ResidencePermit)),
            ("来往内地", StatedKind::Kind(HongKongMacauPermit)),
            ("回乡证", StatedKind::Kind(HongKongMacauPermit)),
            ("来往大陆", StatedKind::Kind(TaiwanPermit)),
            ("台胞证", StatedKind::Kind(TaiwanPermit)),
            ("香港", StatedKind::HongKong),
            ("澳门", StatedKind::Macau),
            ("护照", StatedKind::Kind(Passport)),
            ("军", StatedKind::Kind(Military)),
            ("户口", StatedKind::Kind(ResidentId)),
            ("身份证", StatedKind::Kind(ResidentId)),
            ("无", StatedKind::None),
            ("permanent", StatedKind::Kind(PermanentResident)),
            ("residence permit", StatedKind::Kind(ResidencePermit)),
            ("residence_permit", StatedKind::Kind(ResidencePermit)),
            ("resident", StatedKind::Kind(ResidentId)),
            ("taiwan", StatedKind::Kind(TaiwanPermit)),
            ("travel permit", StatedKind::Kind(HongKongMacauPermit)),
            ("hong kong", StatedKind::HongKong),
            ("macau", StatedKind::Macau),
            ("passport", StatedKind::Kind(Passport)),
            ("military", StatedKind::Kind(Military)),
            ("none", StatedKind::None),
        ];
        let lower = text.to_lowercase();
        WORDS.iter().find(|(word, _)| lower.contains(word)).map_or(StatedKind::Unstated, |(_, kind)| *kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_words_and_inventions() {
        use DocumentKind::*;
        assert_eq!(StatedKind::parse("1"), StatedKind::Kind(ResidentId));
        assert_eq!(StatedKind::parse("1-居民身份证"), StatedKind::Kind(ResidentId));
        assert_eq!(StatedKind::parse("RESIDENT"), StatedKind::Kind(ResidentId));
        assert_eq!(StatedKind::parse("港澳台居民居住证"), StatedKind::Kind(ResidencePermit));
        assert_eq!(StatedKind::parse("境外永久居住证"), StatedKind::Kind(PermanentResident));
        assert_eq!(StatedKind::parse("香港特区护照/身份证明"), StatedKind::HongKong);
        assert_eq!(StatedKind::parse("A 护照"), StatedKind::Kind(Passport));
        assert_eq!(StatedKind::parse("NONE"), StatedKind::None);
        assert_eq!(StatedKind::parse("GUARDIAN"), StatedKind::Unstated);
        assert_eq!(StatedKind::parse("Z"), StatedKind::Unstated);
    }
}
