//! Surnames: where they end, how they are read, and which are confused.
//!
//! The readings are held against `tests/golden/surname_pinyin.tsv`, made with pinyin-pro; the list of compound
//! surnames and the confused pairs are general knowledge of registry practice.

use std::sync::LazyLock;

use super::sound::{self, Readings, Syllable};

/// Compound surnames of two characters, simplified.
const COMPOUND: &[&str] = &[
    "欧阳", "上官", "皇甫", "令狐", "诸葛", "司徒", "司马", "夏侯", "尉迟", "公孙", "慕容", "长孙", "宇文",
    "司空", "端木", "轩辕", "东方", "南宫", "西门", "独孤", "万俟", "呼延", "钟离", "闻人", "东郭", "南门",
    "百里", "太史", "申屠", "公冶", "濮阳", "淳于", "单于", "澹台", "公西", "赫连", "贺兰", "拓跋", "完颜",
    "纳兰", "鲜于", "宰父", "谷梁", "段干", "漆雕", "乐正", "壤驷", "公良", "夹谷", "巫马", "羊舌", "微生",
    "梁丘", "左丘", "东门", "颛孙", "第五", "即墨", "达奚", "褚师", "叱干", "哥舒", "亓官", "司寇", "仉督",
    "子车", "爱新", "叶赫", "富察", "钮祜", "仲孙", "公羊", "太叔", "宗政", "闾丘",
];

/// Surnames with readings of their own; two readings where both are in use.
const READINGS: &[(&str, &[&str])] = &[
    ("单", &["shan"]),
    ("解", &["xie"]),
    ("仇", &["qiu"]),
    ("区", &["ou"]),
    ("查", &["zha"]),
    ("曾", &["zeng"]),
    ("任", &["ren"]),
    ("朴", &["piao"]),
    ("盖", &["ge", "gai"]),
    ("乐", &["yue", "le"]),
    ("华", &["hua"]),
    ("纪", &["ji"]),
    ("燕", &["yan"]),
    ("员", &["yun"]),
    ("缪", &["miao"]),
    ("覃", &["qin", "tan"]),
    ("翟", &["zhai", "di"]),
    ("尹", &["yin"]),
    ("冼", &["xian"]),
    ("洗", &["xian"]),
    ("黑", &["he"]),
    ("秘", &["bi"]),
    ("折", &["she"]),
    ("召", &["shao"]),
    ("繁", &["po"]),
    ("种", &["chong"]),
    ("重", &["chong"]),
    ("祭", &["zhai"]),
    ("逄", &["pang"]),
    ("佴", &["nai"]),
    ("谌", &["chen", "shen"]),
    ("隗", &["wei", "kui"]),
    ("晁", &["chao"]),
    ("郇", &["xun", "huan"]),
    ("那", &["na"]),
    ("哈", &["ha"]),
    ("过", &["guo"]),
    ("应", &["ying"]),
    ("曲", &["qu"]),
    ("车", &["che"]),
    ("宁", &["ning"]),
    ("石", &["shi"]),
    ("沈", &["shen"]),
    ("贾", &["jia"]),
    ("柏", &["bai", "bo"]),
    ("薄", &["bo"]),
    ("钭", &["tou"]),
    ("厍", &["she"]),
    ("撒", &["sa"]),
    ("於", &["yu"]),
    ("尉", &["wei"]),
    ("卜", &["bu"]),
    ("都", &["du"]),
    ("葛", &["ge"]),
    ("干", &["gan"]),
    ("强", &["qiang"]),
    ("长", &["chang"]),
    ("牟", &["mu", "mou"]),
    ("晟", &["cheng", "sheng"]),
    ("阚", &["kan"]),
    ("乜", &["nie"]),
    ("尉迟", &["yu chi"]),
    ("万俟", &["mo qi"]),
    ("长孙", &["zhang sun"]),
    ("单于", &["chan yu", "shan yu"]),
    ("澹台", &["tan tai"]),
    ("令狐", &["ling hu"]),
    ("乐正", &["yue zheng"]),
    ("亓官", &["qi guan"]),
];

/// Different surnames in law, confused in practice (second written for first). Loose form only.
const CONFUSED: &[(char, char)] = &[
    ('傅', '付'),
    ('萧', '肖'),
    ('阎', '闫'),
    ('戴', '代'),
    ('詹', '占'),
    ('邱', '丘'),
    ('蓝', '兰'),
    ('段', '叚'),
    ('冼', '洗'),
    ('於', '于'),
    ('喻', '俞'),
    ('晏', '宴'),
];

/// How many characters at the head of a simplified Han name are its surname: 2 for a compound surname
/// with something behind it, else 1; 0 for a name of one character.
pub fn length(characters: &[char]) -> usize {
    let at = |at: usize| characters.get(at).copied().unwrap_or(' ');
    length_by(characters.len(), at(0), at(1))
}

/// The same, of as many characters as there are and the first two of them.
#[inline]
pub(super) fn length_by(count: usize, first: char, second: char) -> usize {
    match count {
        0 | 1 => 0,
        3.. if is_compound(first, second) => 2,
        _ => 1,
    }
}

fn is_compound(first: char, second: char) -> bool {
    /// Sorted. Two characters each.
    static PAIRS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
        let pair = |surname: &&str| {
            let mut characters = surname.chars();
            Some((characters.next()?, characters.next()?))
        };
        let mut pairs: Vec<_> = COMPOUND.iter().filter_map(pair).collect();
        pairs.sort_unstable();
        pairs
    });
    class(first) & BEGINS_COMPOUND != 0 && PAIRS.binary_search(&(first, second)).is_ok()
}

/// It begins a compound surname.
const BEGINS_COMPOUND: u8 = 1 << 0;
/// It begins a surname with readings of its own.
const BEGINS_READ: u8 = 1 << 1;
/// It is one of two surnames that are confused.
const IS_CONFUSED: u8 = 1 << 2;

const FIRST: usize = 0x4E00;
const LAST: usize = 0x9FFF;

/// In which of the tables a character stands: in none, most often, and no search is needed. All of them for a
/// character outside the block of the tables.
#[inline]
fn class(c: char) -> u8 {
    static CLASSES: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let first = |surname: &&str| surname.chars().next();
        let begun = COMPOUND.iter().filter_map(first).map(|c| (c, BEGINS_COMPOUND));
        let read = READINGS.iter().filter_map(|(surname, _)| first(surname)).map(|c| (c, BEGINS_READ));
        let confused = CONFUSED.iter().flat_map(|(from, to)| [(*from, IS_CONFUSED), (*to, IS_CONFUSED)]);
        let mut classes = vec![0; LAST - FIRST + 1];
        for (c, class) in begun.chain(read).chain(confused) {
            classes[c as usize - FIRST] |= class;
        }
        classes
    });
    CLASSES.get((c as usize).wrapping_sub(FIRST)).copied().unwrap_or(u8::MAX)
}

/// The surnames of [`READINGS`] with the readings of each of their characters, sorted. Some seventy: a
/// search by halves is faster than a hash.
static TABLE: LazyLock<Vec<(u64, Vec<Readings>)>> = LazyLock::new(|| {
    let of = |surname: &str| packed(&surname.chars().collect::<Vec<_>>());
    let mut table: Vec<_> = READINGS.iter().map(|(surname, ways)| (of(surname), columns(ways))).collect();
    table.sort_unstable();
    table
});

/// A surname of one or two characters as one number; 0 for any other.
fn packed(surname: &[char]) -> u64 {
    match *surname {
        [one] => u64::from(one),
        [first, second] => u64::from(first) << 32 | u64::from(second),
        _ => 0,
    }
}

fn own_readings(surname: &[char]) -> Option<&'static [Readings]> {
    if class(*surname.first()?) & BEGINS_READ == 0 {
        return None;
    }
    let surname = packed(surname);
    let at = TABLE.binary_search_by_key(&surname, |(known, _)| *known).ok()?;
    Some(&TABLE[at].1)
}

/// Whether a simplified character may begin a surname that is read otherwise than its characters, or that is
/// confused with another.
pub(super) fn is_special(first: char) -> bool {
    class(first) & (BEGINS_READ | IS_CONFUSED) != 0
}

/// Whether two readings of a surname of simplified characters are in use as surnames.
pub fn has_two_readings(surname: &[char]) -> bool {
    own_readings(surname).is_some_and(|columns| columns.iter().any(|column| column[1] != Syllable::NONE))
}

/// The readings of the character at `at` of a surname of simplified characters.
pub fn readings(surname: &[char], at: usize) -> Readings {
    match own_readings(surname) {
        Some(columns) => columns[at],
        None => sound::readings(surname[at]),
    }
}

/// Turns ways of reading a whole surname into the readings of each of its characters.
fn columns(ways: &[&str]) -> Vec<Readings> {
    let mut columns: Vec<Readings> = Vec::new();
    for (way, syllables) in ways.iter().enumerate() {
        for (at, letters) in syllables.split(' ').enumerate() {
            if columns.len() <= at {
                columns.push(Readings::default());
            }
            columns[at][way] = sound::syllable(letters).unwrap_or(Syllable::NONE);
        }
    }
    columns
}

/// The one character that stands for a surname and those confused with it.
#[inline]
pub fn fold_confused(c: char) -> char {
    if class(c) & IS_CONFUSED == 0 {
        return c;
    }
    CONFUSED.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length_of(name: &str) -> usize {
        length(&name.chars().collect::<Vec<_>>())
    }

    #[test]
    fn surnames_end_where_they_should() {
        assert_eq!(length_of("张伟"), 1);
        assert_eq!(length_of("欧阳娜"), 2);
        assert_eq!(length_of("欧阳"), 1);
        assert_eq!(length_of("张"), 0);
        assert_eq!(length_of(""), 0);
    }

    #[test]
    fn every_reading_is_a_syllable() {
        for (surname, ways) in READINGS {
            let width = surname.chars().count();
            let columns = columns(ways);
            assert_eq!(columns.len(), width, "{surname}");
            for column in &columns {
                assert!(column[..ways.len()].iter().all(|syllable| *syllable != Syllable::NONE), "{surname}");
            }
        }
    }

    #[test]
    fn special_surnames_are_those_of_the_tables() {
        for c in ('一'..='鿿').chain(['㐀', 'a']) {
            let is_read = READINGS.iter().any(|(surname, _)| surname.starts_with(c));
            let is_confused = CONFUSED.iter().any(|(from, to)| *from == c || *to == c);
            assert_eq!(is_special(c), is_read || is_confused || !('一'..='鿿').contains(&c), "{c}");
        }
    }

    #[test]
    fn both_readings_are_kept() {
        let [first, second, _] = readings(&['覃'], 0);
        assert_eq!((first.letters(), second.letters()), ("qin", "tan"));
        assert_eq!(readings(&['尉', '迟'], 0)[0].letters(), "yu");
        assert_eq!(fold_confused('傅'), fold_confused('付'));
    }
}
