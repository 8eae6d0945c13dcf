//! Pinyin syllables without tones, with the sounds folded that people mix up in writing.
//!
//! Folded are zh/z, ch/c, sh/s, l/n at the beginning, ng/n at the end, and the ways to write ü (ü, v,
//! u, yu after l and n): what registry clerks are known to mix up. The readings are those of the crate `pinyin`, in its order.

use std::collections::HashMap;
use std::sync::LazyLock;

use pinyin::ToPinyinMulti;

/// A folded syllable, by its number in this process; compared for equality only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Syllable(u16);

impl Syllable {
    /// No reading is known.
    pub const NONE: Syllable = Syllable(0);

    /// The folded letters: `zhang` and `zan` are both `zan`.
    pub fn letters(self) -> &'static str {
        &TABLE.letters[usize::from(self.0)]
    }
}

/// The readings of one character, the commonest first; unused places hold [`Syllable::NONE`].
pub type Readings = [Syllable; 3];

const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9FFF;

struct Table {
    letters: Vec<String>,
    /// Of each syllable the sum of its letters, each weighed by a number of its own.
    sums: Vec<u32>,
    by_letters: HashMap<String, Syllable>,
    readings: Vec<Readings>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        letters: vec![String::new()],
        sums: vec![0],
        by_letters: HashMap::new(),
        readings: vec![Readings::default(); (LAST - FIRST + 1) as usize],
    };
    for code in FIRST..=LAST {
        let Some(multi) = char::from_u32(code).and_then(|c| c.to_pinyin_multi()) else { continue };
        let mut readings = Readings::default();
        let mut used = 0;
        for reading in multi {
            let syllable = table.intern(reading.plain());
            if used < readings.len() && !readings[..used].contains(&syllable) {
                readings[used] = syllable;
                used += 1;
            }
        }
        table.readings[(code - FIRST) as usize] = readings;
    }
    table
});

impl Table {
    fn intern(&mut self, letters: &str) -> Syllable {
        let folded = fold(letters);
        if let Some(known) = self.by_letters.get(&folded) {
            return *known;
        }
        let syllable = Syllable(u16::try_from(self.letters.len()).expect("some 400 syllables"));
        let weight = |letter: u8| crate::hash::mix(0, u64::from(letter)) as u32;
        self.sums.push(folded.bytes().fold(0, |sum, letter| sum.wrapping_add(weight(letter))));
        self.letters.push(folded.clone());
        self.by_letters.insert(folded, syllable);
        syllable
    }
}

/// The readings of a character; all [`Syllable::NONE`] where none is known. Two array reads.
#[inline]
pub fn readings(c: char) -> Readings {
    let code = c as u32;
    if (FIRST..=LAST).contains(&code) { TABLE.readings[(code - FIRST) as usize] } else { Readings::default() }
}

/// The letters of the commonest reading of a character as a sum, the same whatever their order: sums of texts
/// that are the same letters are equal. `None` where no reading is known.
pub(super) fn letters_sum(c: char) -> Option<u32> {
    let [first, ..] = readings(c);
    (first != Syllable::NONE).then(|| TABLE.sums[usize::from(first.0)])
}

/// The syllable written by letters (`zhang`, `lv`), if it is one of Mandarin.
pub fn syllable(letters: &str) -> Option<Syllable> {
    TABLE.by_letters.get(&fold(letters)).copied()
}

/// Folds letters of pinyin: one syllable or several written together.
pub fn fold(letters: &str) -> String {
    let mut out = String::with_capacity(letters.len());
    let mut previous = ' ';
    // Whether the last letter is an l or n that begins a syllable: an n behind a vowel ends one.
    let mut begins = false;
    let mut characters = letters.chars().peekable();
    while let Some(c) = characters.next() {
        let folded = match c.to_ascii_lowercase() {
            // The h of zh, ch and sh.
            'h' if matches!(previous, 'z' | 'c' | 's') => continue,
            // ng, but not in front of a vowel, where it begins a syllable.
            'g' if previous == 'n' && !characters.peek().is_some_and(|c| is_vowel(*c)) => continue,
            // lyu and nyu, but not the yu of wenyu.
            'y' if begins && matches!(characters.peek(), Some('u' | 'U' | 'v' | 'V' | 'ü' | 'Ü')) => {
                continue;
            }
            'l' => 'n',
            'v' | 'ü' | 'Ü' => 'u',
            other => other,
        };
        begins = matches!(c, 'l' | 'L') || folded == 'n' && !is_vowel(previous);
        out.push(folded);
        previous = folded;
    }
    out
}

fn is_vowel(c: char) -> bool {
    matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'v')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_what_is_mixed_up() {
        for (a, b) in [
            ("zhang", "zan"),
            ("shi", "si"),
            ("lin", "ning"),
            ("lü", "lv"),
            ("lyu", "lü"),
            ("nyü", "nü"),
            ("nü", "lv"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
        assert_ne!(fold("wang"), fold("huang"));
        assert_eq!(fold("zhangwei"), fold("zhang") + &fold("wei"));
        assert_eq!(fold("minge"), "minge");
        // The n that ends a syllable is not the beginning of nyu.
        for (first, second) in
            [("wen", "yu"), ("zhang", "yu"), ("xuan", "yuan"), ("wen", "lyu"), ("hua", "lü")]
        {
            assert_eq!(fold(&format!("{first}{second}")), fold(first) + &fold(second));
        }
    }

    #[test]
    fn characters_have_readings() {
        assert_eq!(readings('张')[0].letters(), "zan");
        assert_eq!(readings('吕')[0].letters(), "nu");
        assert_eq!(readings('A'), Readings::default());
        assert_eq!(syllable("zhang"), Some(readings('章')[0]));
        assert!(
            readings('乐').contains(&syllable("yue").unwrap())
                && readings('乐').contains(&syllable("le").unwrap())
        );
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for syllable in &TABLE.letters {
            assert_eq!(&fold(syllable), syllable);
        }
    }
}
