//! Where the made-up families live: counties by population, and what a place gives a record.
//!
//! The counties are those of [`crate::identity::region`]; the provinces' populations are the seventh census
//! (2020-11-01), published by the National Bureau of Statistics. Counties of a province count alike.

use crate::identity::region::current_counties;

/// The provinces' first two digits and their people in thousands (census of 2020).
const PROVINCES: [(u32, u32); 31] = [
    (11, 21_893),
    (12, 13_866),
    (13, 74_610),
    (14, 34_916),
    (15, 24_049),
    (21, 42_591),
    (22, 24_073),
    (23, 31_850),
    (31, 24_871),
    (32, 84_748),
    (33, 64_568),
    (34, 61_027),
    (35, 41_540),
    (36, 45_189),
    (37, 101_527),
    (41, 99_366),
    (42, 57_753),
    (43, 66_445),
    (44, 126_013),
    (45, 50_127),
    (46, 10_081),
    (50, 32_054),
    (51, 83_675),
    (52, 38_562),
    (53, 47_209),
    (54, 3_648),
    (61, 39_529),
    (62, 25_020),
    (63, 5_924),
    (64, 7_203),
    (65, 25_852),
];

/// How many parts the nation is cut into, each of about 235,000 people in one county.
pub(super) const SLOTS: usize = 6_000;

/// The most slots of one county; they share the 999 sequence numbers of a birthday (`super::number`).
pub(super) const SLOTS_OF_COUNTY_MAX: usize = 7;

/// A county.
#[derive(Debug)]
pub(super) struct County {
    pub(super) code: u32,
    /// The name with the province and the prefecture before it.
    pub(super) full: String,
    pub(super) name: &'static str,
}

impl County {
    pub(super) fn province(&self) -> u32 {
        self.code / 10_000
    }
}

/// The counties, and the slots that hand them out by population.
#[derive(Debug)]
pub(super) struct Places {
    counties: Vec<County>,
    /// For each slot, its county and the position among that county's slots.
    slots: Vec<(u16, u8)>,
}

impl Places {
    pub(super) fn new() -> Places {
        let counties: Vec<County> = current_counties()
            .map(|entry| County {
                code: entry.code.get(),
                full: entry.code.full_name().expect("a code of the table has a name"),
                name: entry.name,
            })
            .collect();
        let people: u32 = PROVINCES.iter().map(|(_, people)| people).sum();
        let mut slots = Vec::with_capacity(SLOTS);
        let mut counted = 0u32;
        for (province, thousands) in PROVINCES {
            counted += thousands;
            let end = (counted as usize * SLOTS) / people as usize;
            let own: Vec<u16> = (0..counties.len() as u16)
                .filter(|&at| counties[at as usize].province() == province)
                .collect();
            assert!(!own.is_empty(), "a province has counties");
            for turn in 0..end - slots.len() {
                let of_county = turn / own.len();
                assert!(of_county < SLOTS_OF_COUNTY_MAX, "a county's share of the slots");
                slots.push((own[turn % own.len()], of_county as u8));
            }
        }
        assert_eq!(slots.len(), SLOTS);
        Places { counties, slots }
    }

    /// The county of a slot and the slot's position among that county's.
    pub(super) fn slot(&self, slot: usize) -> (&County, usize) {
        let (county, of_county) = self.slots[slot];
        (&self.counties[usize::from(county)], usize::from(of_county))
    }
}

/// Streets that every town might have; none is meant.
pub(super) const STREETS: [&str; 24] = [
    "人民路",
    "中山路",
    "解放路",
    "建设路",
    "和平路",
    "文化路",
    "新华路",
    "胜利路",
    "光明路",
    "学院路",
    "公园路",
    "站前路",
    "东风路",
    "团结路",
    "朝阳路",
    "幸福路",
    "长江路",
    "黄河路",
    "滨河路",
    "迎宾大道",
    "工业路",
    "育才路",
    "兴业街",
    "富强街",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_follow_the_census() {
        let places = Places::new();
        let of = |province| (0..SLOTS).filter(|&slot| places.slot(slot).0.province() == province).count();
        assert!((533..=540).contains(&of(44)), "Guangdong has 8.9 % of the people: {}", of(44));
        assert!((14..=17).contains(&of(54)), "Tibet has 0.26 %: {}", of(54));
        assert!(places.slot(0).0.full.starts_with("北京市"));
    }
}
