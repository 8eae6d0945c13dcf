//! The code itself: six digits that say province, prefecture and county, two digits each.
//!
//! Nothing here knows which codes exist; the methods that do ask the table.

use std::fmt;

use super::table::{self, Entry};

/// A six-digit GB/T 2260 code of any vintage, whether known or not.
///
/// # Examples
///
/// ```
/// use renji::identity::region::RegionCode;
///
/// let code = RegionCode::parse("110103").unwrap();
/// assert_eq!(code.name(), Some("崇文区"));
/// assert!(code.is_known() && !code.is_current());
/// assert_eq!(code.entry().unwrap().until, Some(2010));
/// ```
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegionCode(u32); // INVARIANT: at most 999_999.

/// What a code's zeros say it names.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// `xx0000`: a province, autonomous region, municipality or special administrative region.
    Province,
    /// `xxxx00`: a prefecture-level city, prefecture, autonomous prefecture or league.
    Prefecture,
    /// `xxxxxx`: a county, district, county-level city, banner or their like.
    County,
}

impl RegionCode {
    /// The code of this number, or `None` above 999,999.
    pub const fn new(code: u32) -> Option<Self> {
        if code <= 999_999 { Some(Self(code)) } else { None }
    }

    /// Reads exactly six ASCII digits; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: [u8; 6] = text.as_bytes().try_into().ok()?;
        let mut code = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            code = code * 10 + u32::from(digit - b'0');
        }
        Some(Self(code))
    }

    /// The code as a number, 0 to 999,999.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// What the zeros say this code names.
    pub const fn level(self) -> Level {
        if self.0.is_multiple_of(10_000) {
            Level::Province
        } else if self.0.is_multiple_of(100) {
            Level::Prefecture
        } else {
            Level::County
        }
    }

    /// The code of its province: `xx0000`.
    pub const fn province(self) -> RegionCode {
        Self(self.0 / 10_000 * 10_000)
    }

    /// The code of its prefecture: `xxxx00`. A province's is itself.
    pub const fn prefecture(self) -> RegionCode {
        Self(self.0 / 100 * 100)
    }

    /// What the table knows of this code: two array reads and a bit count.
    pub fn entry(self) -> Option<&'static Entry> {
        table::entry(self)
    }

    /// Whether the code stands in the table, current or abolished: two array reads, a few nanoseconds.
    pub fn is_known(self) -> bool {
        table::contains(self)
    }

    /// Whether the code is in force.
    pub fn is_current(self) -> bool {
        self.entry().is_some_and(|entry| entry.current)
    }

    /// The latest name of the place, without those above it: `朝阳区`.
    pub fn name(self) -> Option<&'static str> {
        self.entry().map(|entry| entry.name)
    }

    /// The latest name with those above it: `北京市朝阳区`, `河南省济源市`, `四川省凉山彝族自治州西昌市`.
    ///
    /// A parent that only groups codes (市辖区, 省直辖县级行政区划) or is not in the table is left out.
    /// Each part is the latest name its own code had, so the whole may never have been in use at one time.
    pub fn full_name(self) -> Option<String> {
        let own = self.name()?;
        let mut full = String::new();
        let parents = match self.level() {
            Level::Province => [None, None],
            Level::Prefecture => [self.province().entry(), None],
            Level::County => [self.province().entry(), self.prefecture().entry()],
        };
        for parent in parents.into_iter().flatten() {
            if !parent.is_grouping() {
                full.push_str(parent.name);
            }
        }
        full.push_str(own);
        Some(full)
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegionCode({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> RegionCode {
        RegionCode::parse(text).expect("six digits")
    }

    #[test]
    fn reads_six_ascii_digits_only() {
        assert_eq!(code("000001").get(), 1);
        assert_eq!(code("000001").to_string(), "000001");
        assert_eq!(format!("{:?}", code("110105")), "RegionCode(110105)");
        for bad in ["", "11010", "1101050", "11010a", "１１０１０５", "+11010", " 11010", "11 105"] {
            assert_eq!(RegionCode::parse(bad), None, "{bad:?}");
        }
        assert_eq!(RegionCode::new(999_999).map(RegionCode::get), Some(999_999));
        assert_eq!(RegionCode::new(1_000_000), None);
    }

    #[test]
    fn zeros_give_the_level_and_the_parents() {
        assert_eq!(code("440000").level(), Level::Province);
        assert_eq!(code("440300").level(), Level::Prefecture);
        assert_eq!(code("440305").level(), Level::County);
        assert_eq!(code("440305").province(), code("440000"));
        assert_eq!(code("440305").prefecture(), code("440300"));
        assert_eq!(code("440000").prefecture(), code("440000"));
    }

    #[test]
    fn a_current_code_is_known_and_current() {
        let entry = code("110105").entry().unwrap();
        assert_eq!((entry.code, entry.name, entry.until), (code("110105"), "朝阳区", None));
        assert!(code("110105").is_known() && code("110105").is_current());
    }

    #[test]
    fn an_abolished_code_is_known_and_not_current() {
        let changyuan = code("410728").entry().unwrap(); // Became 410783 长垣市.
        assert_eq!((changyuan.name, changyuan.since, changyuan.until), ("长垣县", Some(1986), Some(2019)));
        assert!(code("410728").is_known() && !code("410728").is_current());
        assert_eq!(code("522200").entry().unwrap().until, Some(2011)); // 铜仁地区 became 铜仁市, 520600.
        assert_eq!(code("510200").full_name().as_deref(), Some("四川省重庆市")); // Before 1997.
    }

    #[test]
    fn an_unknown_code_is_neither() {
        for unknown in ["000000", "119900", "990101", "999999", "111111"] {
            let unknown = code(unknown);
            assert!(!unknown.is_known() && !unknown.is_current(), "{unknown}");
            assert_eq!((unknown.name(), unknown.full_name()), (None, None), "{unknown}");
        }
    }

    #[test]
    fn hong_kong_macau_and_taiwan_have_codes() {
        assert_eq!(code("810000").name(), Some("香港特别行政区"));
        assert_eq!(code("820000").name(), Some("澳门特别行政区"));
        assert_eq!(code("830000").name(), Some("台湾省")); // On residence permits.
        assert_eq!(code("710000").name(), Some("台湾省")); // In the standard.
        for text in ["810000", "820000", "830000", "710000"] {
            assert!(code(text).is_current());
            assert_eq!(code(text).level(), Level::Province);
        }
    }

    #[test]
    fn full_names_leave_grouping_parents_out() {
        for (text, full) in [
            ("110000", "北京市"),
            ("110105", "北京市朝阳区"),
            ("500235", "重庆市云阳县"),             // Under 500200 县.
            ("419001", "河南省济源市"),             // Under 419000 省直辖县级行政区划.
            ("659001", "新疆维吾尔自治区石河子市"), // Under 659000 自治区直辖县级行政区划.
            ("440305", "广东省深圳市南山区"),
            ("440300", "广东省深圳市"),
            ("513401", "四川省凉山彝族自治州西昌市"),
            ("369001", "江西省瑞昌市"), // The table has no 369000.
            ("130101", "河北省石家庄市市辖区"),
        ] {
            assert_eq!(code(text).full_name().as_deref(), Some(full));
        }
    }
}
