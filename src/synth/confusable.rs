//! Characters that are taken for one another: homophones, look-alikes, variants, traditional forms, surnames.
//!
//! Homophones are the characters of given names that the crate `pinyin` reads alike without tones. Look-alikes,
//! variants and surnames are `identity/name/tables/lookalike.tsv`. The traditional forms below are general
//! knowledge, for characters common in names.

use std::collections::HashMap;

use pinyin::ToPinyin;

use crate::identity::name::frequency::given_names;

const LOOKALIKE: &str = include_str!("../identity/name/tables/lookalike.tsv");

/// Simplified and traditional, pairwise.
const TRADITIONAL: &str = "伟偉华華丽麗红紅国國军軍强強杰傑涛濤刚剛鹏鵬飞飛东東龙龍云雲静靜艳豔娟娟玲玲兰蘭凤鳳英英\
    颖穎莹瑩倩倩琼瓊琳琳莲蓮荣榮庆慶义義贵貴财財发發宝寶兴興胜勝学學书書亚亞业業乐樂欢歡晓曉晖暉辉輝炜煒烨燁焕煥\
    铭銘锋鋒钧鈞钰鈺铁鐵锦錦银銀鉴鑑镇鎮长長张張刘劉陈陳杨楊黄黃赵趙吴吳孙孫马馬郑鄭谢謝许許邓鄧冯馮韩韓萧蕭叶葉\
    吕呂苏蘇卢盧蒋蔣钟鍾谭譚范範陆陸韦韋邹鄒贾賈闫閆阎閻贺賀顾顧龚龔钱錢严嚴万萬汤湯齐齊庞龐颜顏庄莊鲁魯关關兰蘭\
    单單骆駱纪紀欧歐缪繆时時卫衛费費连連简簡凯凱彦彥师師帅帥岚嵐岭嶺峥崢广廣库庫应應庐廬张張弯彎归歸录錄怀懷恋戀\
    恒恆悦悅惠惠愿願戬戩执執扬揚抚撫护護择擇挚摯捷捷摄攝文文权權来來极極构構标標栋棟树樹样樣桥橋梦夢检檢楼樓\
    欣欣毕畢汉漢沪滬泽澤洁潔浓濃润潤涌湧渊淵渔漁温溫湾灣满滿滨濱潇瀟灵靈灿燦炼煉爱愛玮瑋环環现現玺璽珑瓏珲琿\
    琏璉瑶瑤畅暢皑皚盖蓋睿叡确確碍礙礼禮祯禎禄祿离離种種积積稳穩竞競笃篤筝箏签簽纯純纲綱纶綸纹紋练練细細绍紹\
    经經结結绘繪络絡绚絢绣繡继繼绮綺维維绵綿绿綠缘緣罗羅羽羽习習翘翹耀耀联聯聪聰职職肃肅脉脈腾騰舒舒艺藝节節\
    芸蕓苇葦芦蘆茏蘢荟薈荧熒药藥莺鶯萨薩蓝藍蔷薔蕴蘊虏虜虑慮补補见見观觀规規览覽誉譽训訓议議记記诗詩诚誠话話语語\
    诺諾谊誼谦謙谨謹贝貝贞貞贤賢贻貽赞贊赢贏轩軒轶軼载載迁遷达達迈邁运運进進远遠选選逊遜遥遙邻鄰释釋里里野野\
    针針钊釗钦欽钢鋼钱錢铃鈴铎鐸锐銳锡錫锴鍇键鍵门門闯闖问問闻聞闽閩阁閣阔闊队隊阳陽阴陰际際陇隴随隨隐隱难難\
    雁雁雾霧霁霽霭靄韵韻页頁顶頂项項顺順颂頌预預领領频頻颐頤风風飒颯飘飄饶饒馨馨骁驍骄驕骅驊骏駿骐騏骥驥鱼魚\
    鲁魯鲜鮮鸟鳥鸣鳴鸥鷗鸾鸞鸿鴻鹃鵑鹂鸝鹤鶴麦麥黛黛齐齊龄齡妩嫵娅婭娇嬌娴嫻婵嬋婴嬰嫔嬪孪孿宁寧实實宠寵审審宪憲\
    宽寬宾賓寻尋导導寿壽将將尔爾尧堯层層属屬岁歲币幣";

/// For each character, those that are taken for it, as one string.
type Table = HashMap<char, String>;

/// The tables of this file.
#[derive(Debug)]
pub(super) struct Confusable {
    homophones: Table,
    shapes: Table,
    variants: Table,
    surnames: Table,
    traditional: HashMap<char, char>,
}

impl Confusable {
    pub(super) fn new() -> Confusable {
        let mut groups: HashMap<&'static str, Vec<char>> = HashMap::new();
        // Commonest first, so that a homophone is a character somebody would type.
        for row in given_names() {
            let mut chars = row.text.chars();
            if let (Some(only), None) = (chars.next(), chars.next())
                && let Some(reading) = only.to_pinyin()
            {
                groups.entry(reading.plain()).or_default().push(only);
            }
        }
        let homophones = groups
            .into_values()
            .flat_map(|group| {
                let others = |own: char| group.iter().filter(|&&c| c != own).take(12).collect::<String>();
                group.iter().map(|&own| (own, others(own))).collect::<Vec<_>>()
            })
            .filter(|(_, others)| !others.is_empty())
            .collect();
        let read = |kind: &str| {
            let mut table = Table::new();
            for line in LOOKALIKE.lines().filter(|line| !line.starts_with('#')) {
                let mut cells = line.split('\t');
                let row = (cells.next(), cells.next().and_then(only), cells.next().and_then(only));
                let (Some(of), Some(one), Some(other)) = row else { panic!("a malformed row") };
                if of == kind {
                    table.entry(one).or_default().push(other);
                    table.entry(other).or_default().push(one);
                }
            }
            table
        };
        let pairs: Vec<char> = TRADITIONAL.chars().collect();
        Confusable {
            homophones,
            shapes: read("shape"),
            variants: read("variant"),
            surnames: read("surname"),
            traditional: pairs.as_chunks().0.iter().map(|&[one, other]| (one, other)).collect(),
        }
    }

    pub(super) fn homophones(&self, of: char) -> Option<&str> {
        self.homophones.get(&of).map(String::as_str)
    }

    pub(super) fn lookalikes(&self, of: char) -> Option<&str> {
        self.shapes.get(&of).map(String::as_str)
    }

    pub(super) fn variants(&self, of: char) -> Option<&str> {
        self.variants.get(&of).map(String::as_str)
    }

    pub(super) fn surnames(&self, of: char) -> Option<&str> {
        self.surnames.get(&of).map(String::as_str)
    }

    pub(super) fn traditional(&self, of: char) -> Option<char> {
        self.traditional.get(&of).copied()
    }
}

fn only(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_know_the_usual_confusions() {
        let confusable = Confusable::new();
        assert!(
            confusable.homophones('伟').is_some_and(|others| others.contains('玮') && !others.contains('伟'))
        );
        assert!(confusable.lookalikes('未').is_some_and(|others| others.contains('末')));
        assert!(confusable.variants('峰').is_some_and(|others| others.contains('峯')));
        assert!(confusable.surnames('付').is_some_and(|others| others.contains('傅')));
        assert_eq!(confusable.traditional('伟'), Some('偉'));
        assert_eq!(TRADITIONAL.chars().filter(|c| !c.is_whitespace()).count() % 2, 0);
    }
}
