//! Han characters: repaired to the code points meant, and folded to the form a name is compared in.
//!
//! Two steps are kept apart. [`repair`] gives the same character by its proper code point and belongs
//! to the canonical form; [`simplify`] gives another character that stands for it and belongs to the
//! loose form only.

use std::sync::LazyLock;

/// The code points of the private use area that GBK fonts use for 80 real characters, U+E815 to
/// U+E864 in order (GB 18030-2022, rows FE50 to FEA0).
const PRIVATE_USE: [char; 80] = [
    '\u{2E81}',
    '\u{20087}',
    '\u{20089}',
    '\u{200CC}',
    '\u{2E84}',
    '\u{3473}',
    '\u{3447}',
    '\u{2E88}',
    '\u{2E8B}',
    '\u{9FB4}',
    '\u{359E}',
    '\u{361A}',
    '\u{360E}',
    '\u{2E8C}',
    '\u{2E97}',
    '\u{396E}',
    '\u{3918}',
    '\u{9FB5}',
    '\u{39CF}',
    '\u{39DF}',
    '\u{3A73}',
    '\u{39D0}',
    '\u{9FB6}',
    '\u{9FB7}',
    '\u{3B4E}',
    '\u{3C6E}',
    '\u{3CE0}',
    '\u{2EA7}',
    '\u{215D7}',
    '\u{9FB8}',
    '\u{2EAA}',
    '\u{4056}',
    '\u{415F}',
    '\u{2EAE}',
    '\u{4337}',
    '\u{2EB3}',
    '\u{2EB6}',
    '\u{2EB7}',
    '\u{2298F}',
    '\u{43B1}',
    '\u{43AC}',
    '\u{2EBB}',
    '\u{43DD}',
    '\u{44D6}',
    '\u{4661}',
    '\u{464C}',
    '\u{9FB9}',
    '\u{4723}',
    '\u{4729}',
    '\u{477C}',
    '\u{478D}',
    '\u{2ECA}',
    '\u{4947}',
    '\u{497A}',
    '\u{497D}',
    '\u{4982}',
    '\u{4983}',
    '\u{4985}',
    '\u{4986}',
    '\u{499F}',
    '\u{499B}',
    '\u{49B7}',
    '\u{49B6}',
    '\u{9FBA}',
    '\u{241FE}',
    '\u{4CA3}',
    '\u{4C9F}',
    '\u{4CA0}',
    '\u{4CA1}',
    '\u{4C77}',
    '\u{4CA2}',
    '\u{4D13}',
    '\u{4D14}',
    '\u{4D15}',
    '\u{4D16}',
    '\u{4D17}',
    '\u{4D18}',
    '\u{4D19}',
    '\u{4DAE}',
    '\u{9FBB}',
];

/// Radicals of the supplement block that stand for whole characters; NFKC leaves them
/// (Unicode `EquivalentUnifiedIdeograph`).
const RADICALS: &[(char, char)] = &[
    ('\u{2E81}', '厂'),
    ('\u{2E84}', '乙'),
    ('\u{2E85}', '亻'),
    ('\u{2E88}', '刀'),
    ('\u{2E8A}', '卜'),
    ('\u{2E8C}', '小'),
    ('\u{2E8D}', '小'),
    ('\u{2E8E}', '兀'),
    ('\u{2E92}', '巳'),
    ('\u{2E93}', '幺'),
    ('\u{2E9B}', '旡'),
    ('\u{2E9C}', '日'),
    ('\u{2E9D}', '月'),
    ('\u{2E9F}', '母'),
    ('\u{2EA0}', '民'),
    ('\u{2EA5}', '爫'),
    ('\u{2EA6}', '丬'),
    ('\u{2EA7}', '牛'),
    ('\u{2EA9}', '王'),
    ('\u{2EAB}', '目'),
    ('\u{2EAC}', '示'),
    ('\u{2EB6}', '羊'),
    ('\u{2EBB}', '聿'),
    ('\u{2EBC}', '肉'),
    ('\u{2EC1}', '虎'),
    ('\u{2EC4}', '西'),
    ('\u{2EC5}', '见'),
    ('\u{2EC6}', '角'),
    ('\u{2EC9}', '贝'),
    ('\u{2ECB}', '车'),
    ('\u{2ED1}', '長'),
    ('\u{2ED2}', '镸'),
    ('\u{2ED3}', '长'),
    ('\u{2ED4}', '门'),
    ('\u{2ED7}', '雨'),
    ('\u{2ED8}', '青'),
    ('\u{2ED9}', '韦'),
    ('\u{2EDA}', '页'),
    ('\u{2EDB}', '风'),
    ('\u{2EDC}', '飞'),
    ('\u{2EDD}', '食'),
    ('\u{2EE2}', '马'),
    ('\u{2EE3}', '骨'),
    ('\u{2EE4}', '鬼'),
    ('\u{2EE5}', '鱼'),
    ('\u{2EE6}', '鸟'),
    ('\u{2EE7}', '卤'),
    ('\u{2EE8}', '麦'),
    ('\u{2EE9}', '黄'),
    ('\u{2EEA}', '黾'),
    ('\u{2EEB}', '斉'),
    ('\u{2EEC}', '齐'),
    ('\u{2EED}', '歯'),
    ('\u{2EEE}', '齿'),
    ('\u{2EEF}', '竜'),
    ('\u{2EF0}', '龙'),
    ('\u{2EF1}', '龜'),
    ('\u{2EF2}', '亀'),
    ('\u{2EF3}', '龟'),
];

/// Variant characters met in names that the simplification table does not join (general knowledge).
const VARIANTS: &[(char, char)] = &[
    ('峯', '峰'),
    ('喆', '哲'),
    ('堃', '坤'),
    ('昇', '升'),
    ('陞', '升'),
    ('甯', '宁'),
    ('珮', '佩'),
    ('晧', '皓'),
    ('暠', '皓'),
    ('璿', '璇'),
    ('邨', '村'),
    ('迺', '乃'),
    ('凃', '涂'),
    ('眞', '真'),
    ('敎', '教'),
    ('靑', '青'),
    ('戶', '户'),
    ('産', '产'),
    ('呂', '吕'),
    ('吳', '吴'),
    ('黃', '黄'),
    ('強', '强'),
    ('溫', '温'),
    ('悅', '悦'),
    ('銳', '锐'),
    ('內', '内'),
    ('崐', '昆'),
    ('崑', '昆'),
    ('菓', '果'),
    ('翺', '翱'),
    ('祕', '秘'),
    ('勛', '勋'),
    ('姸', '妍'),
    ('娿', '婀'),
    ('彥', '彦'),
    ('顏', '颜'),
    ('淸', '清'),
    ('硏', '研'),
    ('緖', '绪'),
    ('郞', '郎'),
    ('鄕', '乡'),
    ('雋', '隽'),
    ('慙', '惭'),
    ('鷄', '鸡'),
    ('羣', '群'),
    ('畧', '略'),
    ('煕', '熙'),
    ('熈', '熙'),
    ('凞', '熙'),
    ('囍', '喜'),
    ('祐', '佑'),
    ('贇', '赟'),
    ('濬', '浚'),
    ('燿', '耀'),
    ('叡', '睿'),
    ('瑠', '琉'),
    ('瑯', '琅'),
    ('娬', '妩'),
    ('恆', '恒'),
    ('卽', '即'),
    ('槪', '概'),
    ('沖', '冲'),
    ('遊', '游'),
    ('竝', '并'),
    ('併', '并'),
    ('鉄', '铁'),
    ('桺', '柳'),
    ('楳', '梅'),
    ('槑', '梅'),
];

const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9FFF;

/// The simplified or plain form by code point, for the two blocks in which names are written.
static SIMPLE: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut table: Vec<u16> = (FIRST as u16..=LAST as u16).collect();
    let pairs = include_str!("tables/simplified.tsv").lines().filter(|line| !line.starts_with('#'));
    let pairs = pairs.filter_map(|line| Some((line.chars().next()?, line.chars().nth(2)?)));
    for (from, to) in pairs.chain(VARIANTS.iter().copied()) {
        if let (Some(at), Ok(to)) = (index(from), u16::try_from(to as u32)) {
            table[at] = to;
        }
    }
    // A variant may stand for a traditional character: follow it to its end, once.
    let once = table.clone();
    for to in &mut table {
        if let Some(at) = char::from_u32(u32::from(*to)).and_then(index) {
            *to = once[at];
        }
    }
    table
});

#[inline]
fn index(c: char) -> Option<usize> {
    let code = c as u32;
    (FIRST..=LAST).contains(&code).then(|| (code - FIRST) as usize)
}

/// Whether a character is written as Han: unified ideographs of every block, 〇 and 々.
#[inline]
pub fn is_han(c: char) -> bool {
    matches!(c as u32, 0x3400..=0x9FFF | 0x20000..=0x323AF | 0xF900..=0xFAFF | 0x3005 | 0x3007)
}

/// The character that a private-use code point or a radical stands for; others unchanged.
#[inline]
pub fn repair(c: char) -> char {
    match c as u32 {
        code @ 0xE815..=0xE864 => repair(PRIVATE_USE[(code - 0xE815) as usize]),
        0x2E80..=0x2EFF => RADICALS.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to),
        _ => c,
    }
}

/// The code of a character of three bytes in UTF-8.
#[inline]
pub(in crate::identity) fn code(bytes: &[u8; 3]) -> u16 {
    let [first, second, third] = bytes.map(u16::from);
    (first & 0b1111) << 12 | (second & 0b11_1111) << 6 | third & 0b11_1111
}

/// The forms of unified Han characters, for who reads many: they are looked up once.
#[derive(Clone, Copy)]
pub(in crate::identity) struct Forms(&'static [u16]);

/// See [`Forms`].
#[inline]
pub(in crate::identity) fn forms() -> Forms {
    Forms(&SIMPLE[UNIFIED - FIRST as usize..])
}

/// The first of the unified characters, U+4E00 to U+9FFF.
const UNIFIED: usize = 0x4E00;

impl Forms {
    /// What [`simplify`] gives; `None` for a character that is none of them.
    #[inline]
    pub(in crate::identity) fn simplified(self, code: u16) -> Option<u16> {
        self.0.get(usize::from(code).wrapping_sub(UNIFIED)).copied()
    }
}

/// The simplified, usual form of a character: the first target where there are several, and never
/// the other way round. One array read.
#[inline]
pub fn simplify(c: char) -> char {
    match index(c) {
        Some(at) => char::from_u32(u32::from(SIMPLE[at])).unwrap_or(c),
        None => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proper_code_points_come_back() {
        assert_eq!(repair('\u{E863}'), '\u{4DAE}');
        assert_eq!(repair('\u{E815}'), '厂');
        assert_eq!(repair('⻘'), '青');
        assert_eq!(repair('张'), '张');
    }

    #[test]
    fn simplifying_twice_changes_nothing() {
        for c in (FIRST..=LAST).filter_map(char::from_u32) {
            assert_eq!(simplify(simplify(c)), simplify(c), "{c}");
        }
    }

    #[test]
    fn forms_are_those_of_unified_characters_alone() {
        for code in 0..=u16::MAX {
            let expected = (0x4E00..=0x9FFF).contains(&code).then(|| {
                let c = char::from_u32(u32::from(code)).unwrap();
                assert_eq!(super::code(c.encode_utf8(&mut [0; 3]).as_bytes().try_into().unwrap()), code);
                simplify(c) as u16
            });
            assert_eq!(forms().simplified(code), expected);
        }
    }

    #[test]
    fn traditional_and_variant_forms_meet() {
        for (a, b) in [('張', '张'), ('峯', '峰'), ('衛', '卫'), ('喆', '哲'), ('蕭', '萧'), ('張', '張')]
        {
            assert_eq!(simplify(a), simplify(b));
        }
    }
}
