//! A row in another system's fields: values moved to where it has them, codes written as it writes them, and a list of what
//! did not fit. Nothing is dropped without a line that says so.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::field::Kind;
use super::profile::{Need, Written};
use super::{Field, Layout, Profile};
use crate::identity::region::{RegionCode, entries};
use crate::language::Language;

/// What became of a field that did not fit as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LossKind {
    /// The other system has no such field; the values are not in the new file.
    Dropped,
    /// The column means nothing that is known; its values are not in the new file.
    UnknownColumn,
    /// The other system requires the field, and it stays empty.
    RequiredEmpty,
    /// The value could not be translated and stands as it was.
    Untranslated,
    /// The value was translated, and another one would be translated to the same.
    Ambiguous,
    /// The value was translated (1 to 男) or made of other fields, without loss.
    Translated,
}

impl LossKind {
    /// All, the worst first.
    pub const ALL: [LossKind; 6] = [
        LossKind::Dropped,
        LossKind::UnknownColumn,
        LossKind::RequiredEmpty,
        LossKind::Untranslated,
        LossKind::Ambiguous,
        LossKind::Translated,
    ];

    /// The name in lists.
    pub const fn code(self) -> &'static str {
        match self {
            LossKind::Dropped => "dropped",
            LossKind::UnknownColumn => "unknown_column",
            LossKind::RequiredEmpty => "required_empty",
            LossKind::Untranslated => "untranslated",
            LossKind::Ambiguous => "ambiguous",
            LossKind::Translated => "translated",
        }
    }

    /// What happened, in words.
    pub const fn message(self, language: Language) -> &'static str {
        match self {
            LossKind::Dropped => {
                language.pick("对方系统没有此字段，未写出", "the other system has no such field; not written")
            }
            LossKind::UnknownColumn => {
                language.pick("列名无法识别，未写出", "the column is not understood; not written")
            }
            LossKind::RequiredEmpty => language.pick(
                "对方系统必填，转换后为空，请补填",
                "required by the other system and empty; fill it in",
            ),
            LossKind::Untranslated => {
                language.pick("不在代码表中，按原样写出", "not in the code table; written as it is")
            }
            LossKind::Ambiguous => {
                language.pick("已转换，但无法唯一还原", "translated, but not back to the same value")
            }
            LossKind::Translated => {
                language.pick("已按对方系统的写法转换", "translated to the other system's way of writing it")
            }
        }
    }
}

/// A field that did not fit, with how many rows it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What became of it.
    pub kind: LossKind,
    /// The field; `None` for a column that is not understood.
    pub field: Option<Field>,
    /// The column: that of the old file, or for [`LossKind::RequiredEmpty`] that of the new.
    pub column: String,
    /// Rows with a value (or without one, where it is required).
    pub rows: u64,
    /// The first of them.
    pub first_row: u32,
}

/// The three fields in which a system writes a region in words.
const REGION_WORDS: [Field; 3] = [Field::HouseholdProvince, Field::HouseholdCity, Field::HouseholdCounty];

/// Writes rows of one layout in the fields of another profile.
#[derive(Debug)]
pub struct Converter {
    from: Layout,
    to: &'static Profile,
    losses: HashMap<(LossKind, Option<Field>, String), (u64, u32)>,
    /// Columns that go nowhere.
    dropped: Vec<usize>,
}

impl Converter {
    /// A converter. Rows come by [`Converter::convert`], in their order.
    pub fn new(from: Layout, to: &'static Profile) -> Converter {
        let goes = |cell: &usize| match from.field(*cell) {
            None => false,
            Some(Field::Region) if REGION_WORDS.iter().any(|field| to.placed(*field).is_some()) => true,
            Some(field) if REGION_WORDS.contains(&field) && to.placed(Field::Region).is_some() => true,
            Some(field) => to.placed(field).is_some(),
        };
        let dropped = (0..from.header().len()).filter(|cell| !goes(cell)).collect();
        Converter { from, to, losses: HashMap::new(), dropped }
    }

    /// The header of the new file.
    pub fn header(&self) -> Vec<&'static str> {
        self.to.fields.iter().map(|placed| placed.heading).collect()
    }

    /// One row in the new fields.
    pub fn convert(&mut self, row: u32, cells: &[impl AsRef<str>]) -> Vec<String> {
        for at in 0..self.dropped.len() {
            let cell = self.dropped[at];
            let is_empty = cells.get(cell).is_none_or(|text| text.as_ref().trim().is_empty());
            if !is_empty {
                let field = self.from.field(cell);
                let kind = if field.is_some() { LossKind::Dropped } else { LossKind::UnknownColumn };
                self.count(kind, field, self.from.header()[cell].clone(), row);
            }
        }
        let fields = self.to.fields;
        let mut out = Vec::with_capacity(fields.len());
        for placed in fields {
            let text = self.value(row, placed.field, cells);
            if text.is_empty() && placed.need == Need::Required {
                self.count(LossKind::RequiredEmpty, Some(placed.field), placed.heading.to_owned(), row);
            }
            out.push(text);
        }
        out
    }

    /// What did not fit, the worst first, then in the order of the fields.
    pub fn finish(self) -> Vec<Loss> {
        let loss = |((kind, field, column), (rows, first_row))| Loss { kind, field, column, rows, first_row };
        let mut losses: Vec<Loss> = self.losses.into_iter().map(loss).collect();
        losses.sort_by(|a, b| (a.kind, a.field, &a.column).cmp(&(b.kind, b.field, &b.column)));
        losses
    }

    fn count(&mut self, kind: LossKind, field: Option<Field>, column: String, row: u32) {
        self.losses.entry((kind, field, column)).or_insert((0, row)).0 += 1;
    }

    /// A field of the old row: its cells joined by spaces, without those around them.
    fn text(&self, field: Field, cells: &[impl AsRef<str>]) -> String {
        let parts = self.from.cells(field).iter().filter_map(|cell| cells.get(usize::from(*cell)));
        parts.map(|part| part.as_ref().trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn column(&self, field: Field) -> String {
        self.from
            .cells(field)
            .first()
            .map_or_else(String::new, |cell| self.from.header()[usize::from(*cell)].clone())
    }

    /// The value of a field of the new row.
    fn value(&mut self, row: u32, field: Field, cells: &[impl AsRef<str>]) -> String {
        let text = self.text(field, cells);
        if text.is_empty() {
            return self.made_of_others(row, field, cells);
        }
        let Kind::Coded(table) = field.kind() else { return text };
        let Some(code) = table.find(&text) else {
            self.count(LossKind::Untranslated, Some(field), self.column(field), row);
            return text;
        };
        let written = match self.to.written {
            Written::Codes => code.code,
            Written::Words => code.zh,
        };
        if written != text {
            self.count(LossKind::Translated, Some(field), self.column(field), row);
        }
        written.to_owned()
    }

    /// A region in words of its code, or its code of the words.
    fn made_of_others(&mut self, row: u32, field: Field, cells: &[impl AsRef<str>]) -> String {
        if let Some(at) = REGION_WORDS.iter().position(|word| *word == field) {
            let text = self.text(Field::Region, cells);
            let code = text.get(..6).and_then(RegionCode::parse);
            let Some(names) = code.and_then(region_names) else {
                // Once for the three.
                if at == 0 && !text.is_empty() {
                    self.count(LossKind::Untranslated, Some(Field::Region), self.column(Field::Region), row);
                }
                return String::new();
            };
            if at == 0 {
                let is_back = region_of(&names) == code && text.ends_with("000000");
                let kind = if is_back { LossKind::Translated } else { LossKind::Ambiguous };
                self.count(kind, Some(Field::Region), self.column(Field::Region), row);
            }
            return names[at].to_owned();
        }
        if field == Field::Region && self.from.has(REGION_WORDS[0]) {
            let names = REGION_WORDS.map(|word| self.text(word, cells));
            if names.iter().all(String::is_empty) {
                return String::new();
            }
            let code = region_of(&names.each_ref().map(String::as_str));
            let kind = if code.is_some() { LossKind::Translated } else { LossKind::Untranslated };
            self.count(kind, Some(REGION_WORDS[0]), self.column(REGION_WORDS[0]), row);
            return code.map_or_else(String::new, |code| format!("{code}000000"));
        }
        String::new()
    }
}

/// Province, prefecture and county of a code, by name; empty where the code names none.
fn region_names(code: RegionCode) -> Option<[&'static str; 3]> {
    let own = code.name()?;
    let province = code.province().name()?;
    Some(if code == code.province() {
        [province, "", ""]
    } else if code == code.prefecture() {
        [province, own, ""]
    } else {
        [province, code.prefecture().name().unwrap_or(""), own]
    })
}

static BY_NAMES: LazyLock<HashMap<[&'static str; 3], RegionCode>> = LazyLock::new(|| {
    let mut map = HashMap::new();
    // Those in force come first and stay; of two in force the lower: Taiwan is 710000, and 830000 in residence permits.
    for is_current in [true, false] {
        for entry in entries().iter().filter(|entry| entry.current == is_current) {
            if let Some(names) = region_names(entry.code) {
                map.entry(names).or_insert(entry.code);
            }
        }
    }
    map
});

/// The code of a province, prefecture and county by name: the one in force, if any is.
fn region_of(names: &[&str; 3]) -> Option<RegionCode> {
    let find = |names: [&str; 3]| BY_NAMES.get(&names as &[&str; 3]).copied();
    // Of a municipality the middle part is often left out, or the municipality again.
    let grouping = || ["市辖区", "县"].into_iter().find_map(|group| find([names[0], group, names[2]]));
    find(*names).or_else(|| (names[1].is_empty() || names[1] == names[0]).then(grouping).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_words_and_regions_names() {
        let header = ["姓名", "性别", "民族", "户口所在地行政区划代码", "国籍/地区", "鞋码"];
        let layout = Layout::new(&Profile::NATIONAL_2, &header);
        let mut converter = Converter::new(layout, &Profile::VOCATIONAL);
        let out = converter.convert(2, &["王小明", "1", "01", "440305000000", "CHN", "39"]);
        let value = |heading: &str| {
            let at = converter.header().iter().position(|known| *known == heading).expect("a heading");
            out[at].as_str()
        };
        assert_eq!((value("性别"), value("民族")), ("男", "汉族"));
        let region = ["户籍所在省", "户籍所在市", "户籍所在区县"].map(value);
        assert_eq!(region, ["广东省", "深圳市", "南山区"]);
        let losses = converter.finish();
        let of = |kind| {
            losses
                .iter()
                .filter(|loss| loss.kind == kind)
                .map(|loss| loss.column.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(of(LossKind::Dropped), ["国籍/地区"]);
        assert_eq!(of(LossKind::UnknownColumn), ["鞋码"]);
        assert!(of(LossKind::RequiredEmpty).contains(&"学制"));
        assert_eq!(of(LossKind::Translated), ["性别", "民族", "户口所在地行政区划代码"]);
    }

    #[test]
    fn names_of_a_region_lead_back_to_its_code() {
        let one_of_two = RegionCode::new(830_000);
        for entry in entries().iter().filter(|entry| entry.current && Some(entry.code) != one_of_two) {
            let names = region_names(entry.code).expect("a name");
            assert_eq!(region_of(&names), Some(entry.code), "{}", entry.code);
        }
        assert_eq!(region_of(&["北京市", "", "朝阳区"]), RegionCode::new(110_105));
        assert_eq!(region_of(&["北京市", "北京市", "朝阳区"]), RegionCode::new(110_105));
        assert_eq!(region_of(&["广东省", "深圳市", "某区"]), None);
    }
}
