//! Names that are not a Han surname and a given name: Uyghur, Tibetan and Mongolian names in their Chinese
//! spelling, and Latin ones. The parts are general knowledge; the combinations are drawn.

use compact_str::{CompactString, format_compact};

use super::rng::Rng;

/// Who a family is, as far as names go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum People {
    /// A surname and a given name; also Hui, Zhuang, Manchu and others who use them.
    Han,
    /// Own name, interpunct, father's own name.
    Uyghur,
    /// Two given parts, no surname.
    Tibetan,
    /// One given name, no surname.
    Mongolian,
    /// From abroad.
    Latin,
}

impl People {
    /// Draws by province. The parts are rounded from the census of 2020 (the ethnic groups' parts of the
    /// provinces); half of Inner Mongolia's Mongols are taken to use surnames.
    pub(super) fn of_province(province: u32, rng: &mut Rng) -> People {
        let (part, people) = match province {
            65 => (0.45, People::Uyghur),
            54 => (0.86, People::Tibetan),
            63 => (0.25, People::Tibetan),
            51 => (0.02, People::Tibetan),
            62 => (0.02, People::Tibetan),
            15 => (0.09, People::Mongolian),
            _ => return People::Han,
        };
        if rng.chance(part) { people } else { People::Han }
    }
}

const UYGHUR_MEN: [&str; 30] = [
    "买买提",
    "阿卜杜拉",
    "艾力",
    "玉素甫",
    "库尔班",
    "热合曼",
    "阿不都热依木",
    "吐尔逊",
    "依明",
    "木合塔尔",
    "阿迪力",
    "艾尼瓦尔",
    "地力夏提",
    "凯萨尔",
    "麦麦提江",
    "阿里木",
    "努尔麦麦提",
    "伊力亚斯",
    "艾合买提",
    "肉孜",
    "沙塔尔",
    "卡德尔",
    "亚森",
    "伊布拉音",
    "阿布都外力",
    "苏来曼",
    "图尔荪",
    "艾山",
    "塔依尔",
    "帕尔哈提",
];
const UYGHUR_WOMEN: [&str; 24] = [
    "阿依古丽",
    "古丽娜尔",
    "迪丽努尔",
    "热依汗古丽",
    "帕提古丽",
    "麦尔哈巴",
    "阿孜古丽",
    "米日古丽",
    "古丽巴哈尔",
    "茹仙古丽",
    "努尔比亚",
    "祖丽胡马尔",
    "再乃普",
    "布威海丽切姆",
    "阿依努尔",
    "孜丽努尔",
    "如克亚",
    "姑丽加玛丽",
    "热孜宛古丽",
    "凯丽比努尔",
    "伊丽努尔",
    "帕孜来提",
    "图尔荪古丽",
    "海尼沙",
];
const TIBETAN_FIRST: [&str; 22] = [
    "扎西", "次仁", "丹增", "多吉", "索朗", "格桑", "平措", "罗布", "旦增", "尼玛", "达瓦", "巴桑", "普布",
    "次旺", "强巴", "洛桑", "嘎玛", "边巴", "白玛", "阿旺", "仁增", "土登",
];
const TIBETAN_MEN: [&str; 14] = [
    "顿珠", "扎西", "多吉", "平措", "桑布", "旺堆", "罗布", "次仁", "旺久", "加措", "尼玛", "伦珠", "桑杰",
    "旺扎",
];
const TIBETAN_WOMEN: [&str; 12] =
    ["卓玛", "拉姆", "央金", "德吉", "曲珍", "白珍", "卓嘎", "措姆", "玉珍", "拉珍", "央宗", "曲措"];
const MONGOLIAN_MEN: [&str; 20] = [
    "巴特尔",
    "苏和",
    "那仁",
    "布和",
    "呼格吉勒",
    "阿木古郎",
    "宝音",
    "乌力吉",
    "朝鲁",
    "特木尔",
    "哈斯",
    "额尔敦",
    "毕力格",
    "孟和",
    "青格勒",
    "满都拉",
    "巴雅尔",
    "苏日嘎拉",
    "格日勒图",
    "敖特根",
];
const MONGOLIAN_WOMEN: [&str; 18] = [
    "苏日娜",
    "其其格",
    "娜仁",
    "乌兰",
    "萨日娜",
    "高娃",
    "塔娜",
    "阿茹娜",
    "托娅",
    "乌云",
    "斯琴",
    "格根塔娜",
    "娜日苏",
    "萨仁",
    "通拉嘎",
    "海日罕",
    "安吉拉玛",
    "阿拉坦其其格",
];
const LATIN_SURNAMES: [&str; 26] = [
    "García",
    "Müller",
    "Nguyễn",
    "Smith",
    "Silva",
    "Dubois",
    "Kowalski",
    "Johnson",
    "Okafor",
    "Andersson",
    "Rossi",
    "Novák",
    "Fernández",
    "Petrov",
    "Haddad",
    "Tanaka",
    "Kim",
    "Williams",
    "Jørgensen",
    "Lefèvre",
    "Santos",
    "Ivanova",
    "Schneider",
    "Brown",
    "Peña",
    "O'Connor",
];
const LATIN_MEN: [&str; 18] = [
    "José",
    "Lucas",
    "Björn",
    "Daniel",
    "Mateo",
    "Alexander",
    "Noah",
    "François",
    "Ömer",
    "Thomas",
    "Ryan",
    "Andrés",
    "Emil",
    "Samuel",
    "Minh",
    "David",
    "Jiří",
    "Carlos",
];
const LATIN_WOMEN: [&str; 18] = [
    "María", "Sofía", "Emma", "Chloé", "Zoë", "Anna", "Lucía", "Elena", "Olivia", "Ngọc", "Hannah", "Ana",
    "Léa", "Natalia", "Amélie", "Ingrid", "Julia", "Grace",
];

/// A child's name, given its father's.
pub(super) fn child_name(people: People, male: bool, father: &str, rng: &mut Rng) -> CompactString {
    match people {
        People::Han => unreachable!("Han names are drawn from the tables"),
        People::Uyghur => {
            let own = if male { rng.pick(&UYGHUR_MEN) } else { rng.pick(&UYGHUR_WOMEN) };
            format_compact!("{own}·{}", father.split('·').next().unwrap_or(father))
        }
        People::Tibetan => {
            let second = if male { rng.pick(&TIBETAN_MEN) } else { rng.pick(&TIBETAN_WOMEN) };
            format_compact!("{}{second}", rng.pick(&TIBETAN_FIRST))
        }
        People::Mongolian => {
            let own = if male { rng.pick(&MONGOLIAN_MEN) } else { rng.pick(&MONGOLIAN_WOMEN) };
            CompactString::from(*own)
        }
        // The surname stands last in the father's name.
        People::Latin => {
            let own = if male { rng.pick(&LATIN_MEN) } else { rng.pick(&LATIN_WOMEN) };
            let second = if male { rng.pick(&LATIN_MEN) } else { rng.pick(&LATIN_WOMEN) };
            let surname = father.rsplit(' ').next().unwrap_or(father);
            if rng.chance(0.4) && own != second {
                format_compact!("{own} {second} {surname}")
            } else {
                format_compact!("{own} {surname}")
            }
        }
    }
}

/// An adult's name.
pub(super) fn adult_name(people: People, male: bool, rng: &mut Rng) -> CompactString {
    match people {
        People::Uyghur => child_name(people, male, rng.pick::<&str>(&UYGHUR_MEN), rng),
        People::Latin => child_name(people, male, rng.pick::<&str>(&LATIN_SURNAMES), rng),
        _ => child_name(people, male, "", rng),
    }
}

/// A Latin name without its diacritics, as a keyboard without them would write it.
pub(super) fn without_diacritics(name: &str) -> CompactString {
    use unicode_normalization::UnicodeNormalization;
    name.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .map(|c| match c {
            'ø' => 'o',
            'Ø' => 'O',
            'đ' => 'd',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uyghur_child_carries_its_fathers_own_name() {
        let mut rng = Rng::stream(1, 2, 3);
        let father = adult_name(People::Uyghur, true, &mut rng);
        let child = child_name(People::Uyghur, false, &father, &mut rng);
        assert_eq!(child.split('·').nth(1), father.split('·').next());
    }

    #[test]
    fn diacritics_are_dropped() {
        assert_eq!(without_diacritics("Nguyễn Jørgensen Peña"), "Nguyen Jorgensen Pena");
    }
}
