//! The code tables of the templates, as data: `codes.tsv`, each table with its standard.
//!
//! A cell may hold the code, the Chinese name, or both as drop-down lists write them (`01-汉族`). Nothing is guessed: a
//! code that lost its leading zero in a spreadsheet is none. Sources stand in `docs/SOURCES.md`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A row of a code table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The code.
    pub code: &'static str,
    /// What it stands for, in Chinese.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
}

macro_rules! tables {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $standard:literal;)+) => {
        /// A code table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CodeTable {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl CodeTable {
            /// Every table.
            pub const ALL: [CodeTable; [$($name),+].len()] = [$(CodeTable::$variant),+];

            /// The name in `codes.tsv`.
            pub const fn name(self) -> &'static str {
                match self { $(CodeTable::$variant => $name,)+ }
            }

            /// The standard whose codes these are, or whose they are where no standard is.
            pub const fn standard(self) -> &'static str {
                match self { $(CodeTable::$variant => $standard,)+ }
            }
        }
    };
}

tables! {
    /// The sex: what a student can have of it.
    Sex = "sex", "GB/T 2261.1";
    /// Yes and no.
    Flag = "flag", "collection template";
    /// Kinds of identity document.
    IdType = "id_type", "collection template";
    /// Ethnic groups.
    Ethnicity = "ethnicity", "GB/T 3304";
    /// Countries and regions, by three letters.
    Country = "country", "GB/T 2659";
    /// 港澳台侨外: from Hong Kong, Macau, Taiwan or abroad.
    Abroad = "abroad", "collection template (GATQW)";
    /// Relations within a family.
    Relation = "relation", "GB/T 4761";
    /// The first two digits of a school code.
    SchoolClass = "school_class", "school identifier code";
    /// The state of health.
    Health = "health", "GB/T 2261.3";
    /// The political status.
    Politics = "politics", "GB/T 4762";
    /// The kind of household registration.
    Household = "household", "collection template";
    /// The way of admission.
    EntryMode = "entry_mode", "collection template";
    /// Day pupil or boarder.
    Boarding = "boarding", "collection template";
    /// Children whose parents work away.
    LeftBehind = "left_behind", "collection template";
}

/// One table, and where each text that stands for a code leads.
struct Index {
    codes: Vec<Code>,
    by_text: HashMap<&'static str, usize>,
}

static INDEXES: LazyLock<Vec<Index>> = LazyLock::new(|| CodeTable::ALL.map(read).into());

fn read(table: CodeTable) -> Index {
    let rows = include_str!("codes.tsv").lines().filter(|line| !line.starts_with('#'));
    let mut codes = Vec::new();
    for row in rows {
        let mut cells = row.split('\t');
        let (Some(name), Some(code), Some(zh), Some(en)) =
            (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            panic!("a malformed row of codes.tsv");
        };
        if name == table.name() {
            codes.push(Code { code, zh, en });
        }
    }
    // A code before a name: 0 is a code and never a word.
    let mut by_text: HashMap<&str, usize> = codes.iter().enumerate().map(|(at, row)| (row.zh, at)).collect();
    by_text.extend(codes.iter().enumerate().map(|(at, row)| (row.code, at)));
    Index { codes, by_text }
}

impl CodeTable {
    fn index(self) -> &'static Index {
        &INDEXES[self as usize]
    }

    /// Every code, in the order of the table.
    pub fn codes(self) -> &'static [Code] {
        &self.index().codes
    }

    /// What a cell stands for: a code (letters in either case), a Chinese name, or a code with its name behind it.
    /// `None` for anything else.
    ///
    /// ```
    /// use renji::template::CodeTable;
    /// assert_eq!(CodeTable::Ethnicity.find("05").map(|code| code.zh), Some("维吾尔族"));
    /// assert_eq!(CodeTable::Ethnicity.find("05-维吾尔族"), CodeTable::Ethnicity.find("维吾尔族"));
    /// // A spreadsheet took the zero away; which code was meant is not guessed.
    /// assert_eq!(CodeTable::Ethnicity.find("5"), None);
    /// ```
    pub fn find(self, text: &str) -> Option<&'static Code> {
        let index = self.index();
        let row = |text: &str| index.by_text.get(text).map(|at| &index.codes[*at]);
        let text = text.trim();
        row(text).or_else(|| {
            let upper = text.to_ascii_uppercase();
            row(&upper).or_else(|| {
                let end = upper.find(|c: char| !c.is_ascii_alphanumeric())?;
                let (code, rest) = upper.split_at(end);
                let name = rest.trim_start_matches([' ', '-', '—', '－', '_', '.', '、', ':', '：']);
                row(code).filter(|row| row.code == code && row.zh == name)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_text_stands_for_two_codes() {
        for table in CodeTable::ALL {
            let codes = table.codes();
            assert!(codes.len() > 1, "{table:?}");
            let texts: HashSet<&str> = codes.iter().map(|row| row.code).collect();
            assert_eq!(texts.len(), codes.len(), "{table:?}");
            for row in codes {
                assert_eq!(table.find(row.code), Some(row), "{table:?} {}", row.code);
                assert_eq!(table.find(&format!("{}-{}", row.code, row.zh)), Some(row));
                let named = table.find(row.zh).expect("a name");
                assert_eq!(named.zh, row.zh);
            }
        }
    }

    #[test]
    fn the_tables_are_whole() {
        assert_eq!(CodeTable::Ethnicity.codes().len(), 58);
        assert_eq!(CodeTable::Country.codes().len(), 249);
        assert_eq!(CodeTable::Country.find("chn").map(|code| code.zh), Some("中国"));
        assert_eq!(CodeTable::IdType.find("a").map(|code| code.code), Some("A"));
        assert_eq!(CodeTable::Sex.find("0"), None);
        assert_eq!(CodeTable::Ethnicity.find("汉"), None);
        assert_eq!(CodeTable::Ethnicity.find("05-汉族"), None);
    }
}
