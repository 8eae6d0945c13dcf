//! The table: every code of GB/T 2260 since 1980 that a published source gives, with its latest name.
//!
//! The text `table.tsv` is written by `scripts/regions.py` and compiled in; it is read once, at first use.
//! What a row means is documented on [`Entry`]. Which codes should be in it is not decided here.

use std::sync::LazyLock;

use super::code::{Level, RegionCode};

/// One row of the table: a code and the place it names or named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The code.
    pub code: RegionCode,
    /// The latest name the code had, without the names of its parents.
    pub name: &'static str,
    /// Whether the code is in force (the list read on 2026-09-11).
    pub current: bool,
    /// The year it first stood in a year-end list. `None` when it did already in 1980, or is not known.
    pub since: Option<u16>,
    /// The year it was abolished. `None` when it is in force, or when no source gives the year.
    pub until: Option<u16>,
}

impl Entry {
    /// Whether the code groups others and names no place of its own: 市辖区, 县, 省直辖县级行政区划.
    pub fn is_grouping(&self) -> bool {
        matches!(self.name, "市辖区" | "市区" | "市" | "县") || self.name.contains("直辖")
    }
}

/// Every code known, current and abolished, in the order of the codes.
pub fn entries() -> &'static [Entry] {
    &TABLE.entries
}

/// The counties, districts and county-level cities in force, in the order of the codes: about 2,850.
///
/// Codes that only group others are left out. The provinces of Hong Kong, Macau and Taiwan have no
/// counties in the table.
pub fn current_counties() -> impl Iterator<Item = &'static Entry> {
    entries().iter().filter(|e| e.current && e.code.level() == Level::County && !e.is_grouping())
}

pub(super) fn entry(code: RegionCode) -> Option<&'static Entry> {
    let table = &*TABLE;
    let (hundred, bit) = table.place(code);
    if hundred.codes & bit == 0 {
        return None;
    }
    let before = (hundred.codes & (bit - 1)).count_ones() as usize;
    Some(&table.entries[hundred.first as usize + before])
}

pub(super) fn contains(code: RegionCode) -> bool {
    let (hundred, bit) = TABLE.place(code);
    hundred.codes & bit != 0
}

static TEXT: &str = include_str!("table.tsv");

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(TEXT));

/// The rows, and an index on the first four digits that fits the processor's cache (30 KB).
struct Table {
    entries: Vec<Entry>,
    /// For each first four digits, the position of its hundred codes in `hundreds`.
    directory: Box<[u16; 10_000]>,
    /// INVARIANT: `hundreds[0]` has no codes; it stands for every four digits that no row begins with.
    hundreds: Vec<Hundred>,
}

/// The codes that share their first four digits.
struct Hundred {
    /// Bit `n` is set if the code with last two digits `n` is in the table.
    codes: u128,
    /// The position in `entries` of the lowest of them.
    first: u16,
}

impl Table {
    /// Reads the compiled-in text.
    ///
    /// # Panics
    ///
    /// If the text is not what `scripts/regions.py` writes: rows of five columns, ascending.
    fn read(text: &'static str) -> Self {
        let rows = text.lines().filter(|line| !line.starts_with('#'));
        let entries: Vec<Entry> = rows.map(|line| read_row(line).expect(line)).collect();
        assert!(entries.is_sorted_by(|a, b| a.code < b.code), "the region table is not ascending");

        let mut directory = Box::new([0; 10_000]);
        let mut hundreds = vec![Hundred { codes: 0, first: 0 }];
        for (position, entry) in entries.iter().enumerate() {
            let slot = &mut directory[entry.code.get() as usize / 100];
            if *slot == 0 {
                *slot = u16::try_from(hundreds.len()).expect("at most 10,000 hundreds");
                let first = u16::try_from(position).expect("at most 65,535 regions");
                hundreds.push(Hundred { codes: 0, first });
            }
            hundreds[usize::from(*slot)].codes |= 1 << (entry.code.get() % 100);
        }
        Self { entries, directory, hundreds }
    }

    /// The hundred a code belongs to, and its bit there.
    fn place(&self, code: RegionCode) -> (&Hundred, u128) {
        let slot = self.directory[code.get() as usize / 100];
        (&self.hundreds[usize::from(slot)], 1 << (code.get() % 100))
    }
}

fn read_row(line: &'static str) -> Option<Entry> {
    let mut columns = line.split('\t');
    let code = RegionCode::parse(columns.next()?)?;
    let current = match columns.next()? {
        "+" => true,
        "-" => false,
        _ => return None,
    };
    let mut year = || match columns.next() {
        Some("") => Some(None),
        Some(text) => text.parse().ok().map(Some),
        None => None,
    };
    let (since, until) = (year()?, year()?);
    let name = columns.next().filter(|name| !name.is_empty())?;
    columns.next().is_none().then_some(Entry { code, name, current, since, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sensible() {
        assert!(entries().len() > 7_000);
        for entry in entries() {
            assert!(!(entry.current && entry.until.is_some()), "{entry:?}");
            if let (Some(since), Some(until)) = (entry.since, entry.until) {
                assert!(since < until, "{entry:?}");
            }
            let years = entry.since.into_iter().chain(entry.until);
            assert!(years.into_iter().all(|year| (1981..=2030).contains(&year)), "{entry:?}");
            assert!(entry.code.province().is_current() || !entry.current, "{entry:?}");
        }
    }

    #[test]
    fn the_index_finds_each_row_and_nothing_else() {
        let mut rows = entries().iter().peekable();
        for code in (0..=999_999).filter_map(RegionCode::new) {
            let row = rows.next_if(|row| row.code == code);
            assert_eq!(code.entry(), row, "{code}");
            assert_eq!(code.is_known(), row.is_some(), "{code}");
        }
        assert_eq!(rows.next(), None);
    }

    #[test]
    fn current_counties_are_places() {
        let count = current_counties().count();
        assert!((2_800..2_900).contains(&count), "{count}");
        assert!(current_counties().any(|e| e.code.get() == 110_105));
        assert!(!current_counties().any(|e| e.name == "市辖区" || e.code.get() == 110_103));
    }
}
