//! Names: one canonical form for a record, a loose one for a clerk's eye, a phonetic one for the ear.
//!
//! - **canonical**: the same name by proper code points: widths, interpuncts and invisible characters
//!   are settled; nothing is lost that tells two people apart.
//! - **loose** ([`Name::loose`], [`Name::units`], [`Name::tokens`]): traditional and variant forms,
//!   interpuncts, case, diacritics, order of tokens and confused surnames no longer count.
//! - **phonetic** ([`Name::phonetic`]): toneless folded pinyin; for Latin letters Soundex as well.
//!
//! The loose and the phonetic form are computed when asked for and not stored: a Han name costs a few
//! array reads a character. How alike two names are is decided in `matching`.

pub mod frequency;
pub mod han;
mod latin;
pub mod lookalike;
mod plain;
pub mod sound;
pub mod surname;
mod units;

use std::fmt;
use std::sync::LazyLock;

use compact_str::CompactString;
use smallvec::SmallVec;
use unicode_normalization::UnicodeNormalization;

use super::text;
use crate::limits::NAME_CHARS_MAX;

use plain::Plain;

pub use latin::Tokens;
pub use units::{Unit, Units};

/// The interpunct between the parts of a name, and what is written in its place. NFKC leaves most.
const INTERPUNCT: char = '·';
const INTERPUNCTS: &str = "·•‧・∙⋅⸱●．｡。˙ּᐧ⸳・᛫♦◦▪";

/// What clerks type for a character that the keyboard does not give.
const WILDCARDS: &str = "?□■*○◯〓▢\u{FFFD}＿_";
const WILDCARD: char = '?';

/// What is taken off both ends of a name.
const QUOTES: &[char] = &['\'', '"', '‘', '’', '“', '”', ' '];

/// How a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    /// At least one Han character (or another script written without spaces, by characters).
    Han,
    /// Letters with spaces between tokens.
    Latin,
}

/// A name in canonical form.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name {
    canonical: CompactString,
}

impl fmt::Debug for Name {
    /// Shows the script and the length only: a name is personal data and must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({:?}, {} characters)", self.script(), self.canonical.chars().count())
    }
}

/// Words that stand in a name's field and name nobody.
const NOBODY: &[&str] = &[
    "无", "不详", "未知", "无名", "暂无", "不明", "空", "没有", "N/A", "NA", "NULL", "NONE", "UNKNOWN", "NIL",
];

impl Name {
    /// Reads a name; `None` where the text names nobody (empty, punctuation, 无, 不详, N/A). Characters
    /// behind the first [`NAME_CHARS_MAX`] are not compared. About 10 ns for a name of unified Han
    /// characters, 1 to 2 µs otherwise.
    ///
    /// # Examples
    /// ```
    /// use renji::identity::name::Name;
    /// let a = Name::parse("阿卜杜拉•艾山").unwrap();
    /// let b = Name::parse("阿卜杜拉 . 艾山").unwrap();
    /// assert_eq!(a.canonical(), "阿卜杜拉·艾山");
    /// assert_eq!(a, b);
    /// ```
    pub fn parse(raw: &str) -> Option<Self> {
        if text::is_plain_han(raw) && !raw.is_empty() && raw.len() <= NAME_CHARS_MAX * 3 {
            if raw.len() <= 6 && NOBODY.contains(&raw) {
                return None;
            }
            return Some(Name { canonical: raw.into() });
        }
        let mut cleaned = String::new();
        text::clean(raw, &mut cleaned);
        let cleaned = cleaned.trim_start_matches(QUOTES);
        // Cut before the script is told: what is behind must not decide how the rest is read.
        let end = cleaned.char_indices().nth(NAME_CHARS_MAX).map_or(cleaned.len(), |(end, _)| end);
        let cleaned = cleaned[..end].trim_end_matches(QUOTES);
        // Kana and Hangul as well, but not the marks among the kana, which also stand between letters.
        let is_by_character = |c: char| {
            han::is_han(han::repair(c))
                || matches!(c as u32, 0x3041..=0x3096 | 0x309D..=0x309F | 0x30A1..=0x30FA | 0x30FC..=0x30FF)
                || matches!(c as u32, 0xAC00..=0xD7AF)
        };
        let script = if cleaned.chars().any(is_by_character) { Script::Han } else { Script::Latin };
        let canonical = match script {
            Script::Han => canonical_han(cleaned),
            Script::Latin => canonical_latin(cleaned),
        };
        let canonical = settled(canonical);
        let names_somebody =
            canonical.chars().any(char::is_alphabetic) && !NOBODY.contains(&canonical.as_str());
        names_somebody.then_some(Name { canonical })
    }

    /// A name of its canonical form as it was stored, which is not normalised again; `None` where it is no
    /// UTF-8, has more than [`NAME_CHARS_MAX`] characters, or none that is a letter.
    // Inlined by force: a name that is returned in an option is moved once more, which takes as long as
    // all of its checks.
    #[inline(always)]
    pub(in crate::identity) fn stored(canonical: &[u8]) -> Option<Self> {
        let canonical = std::str::from_utf8(canonical).ok()?;
        // A text of so many bytes has no more characters; counting is for the others.
        let is_short = canonical.len() <= NAME_CHARS_MAX || canonical.chars().count() <= NAME_CHARS_MAX;
        // Nearly every name begins with a letter of these, which need no look into a table.
        let is_letter = |c: char| matches!(c, 'A'..='Z' | '\u{4E00}'..='\u{9FFF}') || c.is_alphabetic();
        let names_somebody = canonical.chars().any(is_letter);
        if is_short && names_somebody { Some(Name { canonical: canonical.into() }) } else { None }
    }

    /// Puts a name of one to five unified Han characters, by their codes, into `place`; `None` where one is
    /// another.
    // Put together in registers, read once as the text it is, and written where it stands: a text that is
    // gathered by character makes a call for each, and one that is moved waits for what was just written.
    #[inline(always)]
    pub(in crate::identity) fn put_han(
        place: &mut Option<Name>,
        codes: impl Iterator<Item = u16>,
    ) -> Option<()> {
        let (mut three, mut chars, mut is_han) = ([0u64; 5], 0, true);
        for (three, code) in three.iter_mut().zip(codes) {
            is_han &= matches!(code, 0x4E00..=0x9FFF);
            let code = u64::from(code);
            *three = 0x80_80E0 | code >> 12 | (code >> 6 & 0b11_1111) << 8 | (code & 0b11_1111) << 16;
            chars += 1;
        }
        let [a, b, c, d, e] = three;
        let mut utf8 = [0; 16];
        utf8[..8].copy_from_slice(&(a | b << 24 | c << 48).to_le_bytes());
        utf8[8..].copy_from_slice(&(c >> 16 | d << 8 | e << 32).to_le_bytes());
        let canonical = std::str::from_utf8(utf8.get(..3 * chars).filter(|_| is_han)?).ok()?;
        place.insert(Name { canonical: CompactString::const_new("") }).canonical.push_str(canonical);
        Some(())
    }

    /// The canonical form.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// How the name is written. Told by the bytes: in UTF-8 Han, kana and Hangul begin with E3 or more,
    /// letters with less.
    pub fn script(&self) -> Script {
        if self.canonical.bytes().any(|byte| byte >= 0xE3) { Script::Han } else { Script::Latin }
    }

    /// Whether a character could not be typed and stands as a wildcard or as a fragment of pinyin.
    pub fn has_wildcard(&self) -> bool {
        self.script() == Script::Han
            && self.canonical.bytes().any(|byte| byte == b'?' || byte.is_ascii_lowercase())
    }

    /// The loose form of a Han name, character by character.
    pub fn units(&self) -> Units {
        Units::of(&self.canonical)
    }

    /// The loose form of a Latin name: its tokens in ASCII capitals, in the order written.
    pub fn tokens(&self) -> Tokens {
        latin::tokens(&self.canonical)
    }

    /// American Soundex of one token of [`Name::tokens`].
    pub fn soundex(token: &str) -> CompactString {
        latin::soundex(token)
    }

    /// The name ready for its loose and phonetic forms: where several are wanted, read it once.
    pub fn reading(&self) -> Reading {
        match self.script() {
            Script::Han => Reading::Han(self.units()),
            Script::Latin => Reading::Latin(self.tokens()),
        }
    }

    /// A number that two names share wherever they share a loose or a phonetic form: where it differs, neither
    /// form needs to be made. `None` for names of which that is not known beforehand: other than a few unified
    /// Han characters, with an unknown sound, or with a surname that is read in its own way or confused.
    pub(crate) fn sound_sum(&self) -> Option<u32> {
        if self.canonical.len() > 15 || !text::is_plain_han(&self.canonical) {
            return None;
        }
        let (characters, _) = self.canonical.as_bytes().as_chunks();
        sound_sum(characters.iter().map(han::code))
    }

    /// See [`Reading::loose`].
    pub fn loose(&self) -> Option<CompactString> {
        self.reading().loose()
    }

    /// The bytes of [`Name::loose`], for a hash of them: a few unified Han characters are folded where they are
    /// read, and no text is made.
    pub(crate) fn loose_bytes(&self) -> Option<SmallVec<[u8; 24]>> {
        match Plain::of(&self.canonical) {
            Some(plain) => Some(plain.loose().0),
            None => self.loose().map(|loose| SmallVec::from_slice(loose.as_bytes())),
        }
    }

    /// Gives the bytes of [`Reading::parts`] to `visit`.
    pub(crate) fn with_parts<T>(&self, visit: impl FnOnce(&[u8], &[u8]) -> T) -> T {
        if let Some(plain) = Plain::of(&self.canonical) {
            let (loose, surname) = plain.loose();
            let (surname, given) = loose.split_at(surname);
            return visit(surname, given);
        }
        let (surname, given) = self.reading().parts();
        visit(surname.as_bytes(), given.as_bytes())
    }

    /// The bytes of [`Reading::phonetic`], if there is one form only and the name has no parts that are heard by
    /// themselves; `None` where the name must be read to know.
    pub(crate) fn only_sound(&self) -> Option<SmallVec<[u8; 24]>> {
        Plain::of(&self.canonical)?.sound()
    }

    /// See [`Reading::phonetic`].
    pub fn phonetic(&self) -> SmallVec<[CompactString; 2]> {
        self.reading().phonetic()
    }
}

/// [`Name::sound_sum`] by the codes of characters.
#[inline]
pub(in crate::identity) fn sound_sum(mut codes: impl Iterator<Item = u16>) -> Option<u32> {
    const FIRST: u16 = 0x4E00;
    /// Of each character from 一 on, and of each that begins a name; 0 where no reading is known or there may be others.
    static SUMS: LazyLock<[Vec<u32>; 2]> = LazyLock::new(|| {
        let simplified = || ('\u{4E00}'..='\u{9FFF}').map(han::simplify);
        let sum = |c| sound::letters_sum(c).unwrap_or(0);
        let begins = |c| if surname::is_special(c) { 0 } else { sum(c) };
        [simplified().map(sum).collect(), simplified().map(begins).collect()]
    });
    let [sums, begins] = &*SUMS;
    let of = |sums: &[u32], code: u16| {
        sums.get(usize::from(code.wrapping_sub(FIRST))).copied().filter(|sum| *sum != 0)
    };
    let first = of(begins, codes.next()?)?;
    codes.try_fold(first, |sum, code| Some(sum.wrapping_add(of(sums, code)?)))
}

/// A name taken apart.
#[derive(Debug, Clone)]
pub enum Reading {
    /// By characters.
    Han(Units),
    /// By tokens.
    Latin(Tokens),
}

impl Reading {
    /// The loose form as one text: equal for names that differ in interpuncts, traditional or variant
    /// forms, confused surnames, case, diacritics or order of tokens. `None` where wildcards leave it
    /// open.
    pub fn loose(&self) -> Option<CompactString> {
        match self {
            Reading::Han(units) => units.loose(),
            Reading::Latin(tokens) => Some(latin::loose(tokens)),
        }
    }

    /// The phonetic forms, at most four: more than one where a surname has two readings, or where a
    /// Latin name may be pinyin in either order. Empty where a sound is not known.
    pub fn phonetic(&self) -> SmallVec<[CompactString; 2]> {
        match self {
            Reading::Han(units) => units.phonetic(),
            Reading::Latin(tokens) => latin::phonetic(tokens),
        }
    }

    /// The surname and the given name by which frequencies are counted, in loose form; the given name
    /// is empty where only one part is known.
    pub fn parts(&self) -> (CompactString, CompactString) {
        match self {
            Reading::Han(units) => units.parts(),
            Reading::Latin(tokens) => latin::parts(tokens),
        }
    }
}

/// What was dropped may have kept marks apart, and capitals may bring marks along: put them in order.
fn settled(name: CompactString) -> CompactString {
    if name.is_ascii() { name } else { name.nfkc().collect() }
}

/// Spaces go, look-alike interpuncts become one, what could not be typed becomes `?`, letters are kept
/// in lower case as fragments of pinyin.
fn canonical_han(cleaned: &str) -> CompactString {
    let mut out = CompactString::default();
    for c in cleaned.chars().filter(|c| *c != ' ').map(han::repair) {
        if INTERPUNCTS.contains(c) || matches!(c, '.' | '-' | ',' | '、' | '/') {
            if !out.is_empty() && !out.ends_with(INTERPUNCT) {
                out.push(INTERPUNCT);
            }
        } else if WILDCARDS.contains(c) {
            out.push(WILDCARD);
        } else if c.is_alphabetic() || han::is_han(c) {
            // Without the dot that the small form of İ leaves behind.
            out.extend(c.to_lowercase().filter(|c| c.is_alphabetic() || han::is_han(*c)));
        }
    }
    while out.ends_with(INTERPUNCT) {
        out.pop();
    }
    out
}

/// Capitals, single spaces, and the marks that belong to names in letters.
fn canonical_latin(cleaned: &str) -> CompactString {
    let mut out = CompactString::default();
    // A capital may come decomposed (ΐ), and may be two letters (ß).
    let capitals = cleaned.chars().flat_map(char::to_uppercase).nfkc();
    for c in capitals.take(NAME_CHARS_MAX) {
        match c {
            '’' | '‘' | '`' | '´' | 'ʻ' | 'ʼ' => out.push('\''),
            '‐' | '‑' | '‒' | '–' | '—' => out.push('-'),
            c if INTERPUNCTS.contains(c) => out.push(INTERPUNCT),
            c => out.push(c),
        }
    }
    let trimmed = out.trim_matches(QUOTES);
    if trimmed.len() < out.len() { trimmed.into() } else { out }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
