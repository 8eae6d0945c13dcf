//! Two texts of one field: the same as written, the same as read, or different. So that a full-width letter is told
//! apart from another person.

use unicode_normalization::UnicodeNormalization;

use crate::identity::date::Date;
use crate::identity::document::{Document, StatedKind};
use crate::identity::name::Name;
use crate::identity::sex::Sex;
use crate::identity::text;

/// What a text means, which decides when two are the same as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A name of a person.
    Name,
    /// A sex.
    Sex,
    /// A day or a month.
    Day,
    /// A number of an identity document.
    Document,
    /// A code or a number, in letters and digits.
    Code,
    /// Words.
    Words,
}

/// How two texts of one field stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Written {
    /// The same characters.
    Equal,
    /// The same when they are read: a full-width letter, a space, another way to write a date.
    Otherwise,
    /// One side has none.
    Missing,
    /// Different.
    Different,
}

impl Written {
    /// The name in lists.
    pub const fn code(self) -> &'static str {
        match self {
            Written::Equal => "equal",
            Written::Otherwise => "written_otherwise",
            Written::Missing => "missing",
            Written::Different => "different",
        }
    }

    /// Holds two texts against each other. Both empty is the same.
    pub fn of(a: &str, b: &str, meaning: Meaning) -> Written {
        if a == b {
            return Written::Equal;
        }
        match (a.trim().is_empty(), b.trim().is_empty()) {
            (true, true) => Written::Otherwise,
            (true, false) | (false, true) => Written::Missing,
            _ if is_same(a, b, meaning) => Written::Otherwise,
            _ => Written::Different,
        }
    }
}

fn is_same(a: &str, b: &str, meaning: Meaning) -> bool {
    fn both<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
        a.is_some() && a == b
    }
    match meaning {
        Meaning::Name => both(Name::parse(a), Name::parse(b)),
        Meaning::Sex => both(Sex::parse(a).ok().flatten(), Sex::parse(b).ok().flatten()),
        Meaning::Day => both(Date::parse(a).ok(), Date::parse(b).ok()) || folded(a) == folded(b),
        Meaning::Document => {
            let read = |text: &str| Document::parse(StatedKind::parse(""), text, None).ok();
            both(read(a).map(|read| read.number), read(b).map(|read| read.number))
        }
        Meaning::Code | Meaning::Words => folded(a) == folded(b),
    }
}

/// A text without what only the writing differs in: width, case, spaces, invisible characters, interpuncts and the
/// signs between the parts of a number.
pub(super) fn folded(raw: &str) -> String {
    let kept =
        |c: &char| c.is_alphanumeric() || !(c.is_whitespace() || text::is_invisible(*c) || is_sign(*c));
    raw.nfkc().filter(kept).flat_map(char::to_lowercase).collect()
}

/// A sign that stands between parts and says nothing.
fn is_sign(c: char) -> bool {
    matches!(c, '-' | '_' | '.' | '/' | '·' | '(' | ')' | '\'' | ',' | '、')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_is_told_apart_from_meaning() {
        let of = Written::of;
        assert_eq!(of("王小明", "王小明", Meaning::Name), Written::Equal);
        assert_eq!(of("王小明 ", "王小明", Meaning::Name), Written::Otherwise);
        assert_eq!(of("阿依古丽·买买提", "阿依古丽•买买提", Meaning::Name), Written::Otherwise);
        assert_eq!(of("王小明", "王晓明", Meaning::Name), Written::Different);
        assert_eq!(of("11010519491231002X", "11010519491231002ｘ", Meaning::Document), Written::Otherwise);
        assert_eq!(of("11010519491231002X", "110105194912310010", Meaning::Document), Written::Different);
        assert_eq!(of("20260701", "2026-07-01", Meaning::Day), Written::Otherwise);
        assert_eq!(of("男", "1", Meaning::Sex), Written::Otherwise);
        assert_eq!(of("ＡＢ12", "ab 12", Meaning::Code), Written::Otherwise);
        assert_eq!(of("", "ab", Meaning::Code), Written::Missing);
        assert_eq!(of("", "", Meaning::Words), Written::Equal);
    }
}
