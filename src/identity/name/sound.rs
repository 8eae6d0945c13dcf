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

/// Up to sixteen letters in one word, the first the lowest: put together and compared without a text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Letters {
    /// Zeros behind the last.
    word: u128,
    length: u32,
}

impl Letters {
    /// One space.
    pub(super) const SPACE: Letters = Letters { word: b' ' as u128, length: 1 };

    fn of(letters: &[u8]) -> Option<Letters> {
        let word = letters.iter().rev().fold(0, |word, letter| word << 8 | u128::from(*letter));
        (letters.len() <= 16).then_some(Letters { word, length: letters.len() as u32 })
    }

    /// With others behind them; `None` where they become too many.
    #[inline]
    pub(super) fn with(self, others: Letters) -> Option<Letters> {
        let length = self.length + others.length;
        let word = self.word | others.word.checked_shl(8 * self.length).unwrap_or(0);
        (length <= 16).then_some(Letters { word, length })
    }

    /// How many there are.
    #[inline]
    pub(super) fn len(self) -> usize {
        self.length as usize
    }

    /// The letters, and zeros behind them.
    #[inline]
    pub(super) fn bytes(self) -> [u8; 16] {
        self.word.to_le_bytes()
    }

    /// Whether they come before others, or are the same: as texts are in order.
    #[inline]
    pub(super) fn is_up_to(self, others: Letters) -> bool {
        self.word.swap_bytes() <= others.word.swap_bytes()
    }
}

/// The readings of one character, the commonest first; unused places hold [`Syllable::NONE`].
pub type Readings = [Syllable; 3];

const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9FFF;

struct Table {
    letters: Vec<String>,
    /// Of each syllable its letters once more.
    words: Vec<Letters>,
    /// Of each syllable the sum of its letters, each weighed by a number of its own.
    sums: Vec<u32>,
    by_letters: HashMap<String, Syllable>,
    readings: Vec<Readings>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        letters: vec![String::new()],
        words: vec![Letters::default()],
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
        self.words.push(Letters::of(folded.as_bytes()).expect("a few letters"));
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

/// The letters of the commonest reading of a character; `None` where no reading is known.
#[inline]
pub(super) fn letters(c: char) -> Option<Letters> {
    let [first, ..] = readings(c);
    (first != Syllable::NONE).then(|| TABLE.words[usize::from(first.0)])
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
    fn letters_in_a_word_are_a_text() {
        let of = |text: &str| Letters::of(text.as_bytes()).unwrap();
        let text = |letters: Letters| letters.bytes()[..letters.len()].to_vec();
        for (a, b) in [("zan", "zuan"), ("", "a"), ("an", "an"), ("sixteen letters!", ""), ("b", "ab")] {
            assert_eq!(text(of(a).with(of(b)).unwrap()), format!("{a}{b}").as_bytes());
            assert_eq!(of(a).is_up_to(of(b)), a <= b);
            assert_eq!(of(b).is_up_to(of(a)), b <= a);
        }
        assert!(of("sixteen letters!").with(Letters::SPACE).is_none() && Letters::of(&[b'a'; 17]).is_none());
        // Three of them and a space between are a name's sound.
        assert!(TABLE.letters.iter().all(|letters| letters.len() <= 5));
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
