//! How common a name is: shares of surnames and of given names among the people of China.
//!
//! Two people called 张伟 prove little, two called 雒浥尘 a good deal. Here live the shares such evidence is
//! weighed by, and the rows the tables hold, which the made-up nation draws its names from. What a share is
//! worth is decided in [`crate::matching`]; the tables and their sources are `scripts/names.py`'s business.
//!
//! The tables are compiled in and read once, at first use (about 1 ms).

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::hash::TableHash;

/// The part of given names that have one character, among adults and among children (an assumption).
const ONE_CHARACTER: [f32; 2] = [0.27, 0.10];

/// The part of people who are women, among adults and among children: 100 girls for 112 boys and more in
/// the birth years of today's students (census of 2020), near balance among their parents.
const FEMALE: [f32; 2] = [0.49, 0.47];

/// Whose names are asked for: fashions differ by a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// People born from about 1970 to 1995: the guardians.
    Adults,
    /// People born since about 2004: the students.
    Children,
}

/// One surname of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surname {
    /// The surname, of one or two characters, simplified.
    pub text: &'static str,
    /// Its share of the population.
    pub share: f32,
}

/// One row of the table of given names: a character, or a whole name of two characters.
///
/// Each pair of shares is for adults and for children, as [`Generation`] counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Given {
    /// The character or the two characters, simplified.
    pub text: &'static str,
    /// The part of its bearers who are women.
    pub female: f32,
    /// The share of people with exactly this given name; for two characters only what goes beyond chance.
    pub whole: [f32; 2],
    /// The share among first characters of two-character names.
    pub first: [f32; 2],
    /// The share among second characters of two-character names.
    pub second: [f32; 2],
}

/// The share of the population that bears a surname (simplified, one or two characters), or `None` where
/// the table does not know it (about 2.7 % of people bear such a one, each of them rare).
///
/// Sources: the Ministry of Public Security's name reports (the first three surnames, the sums of the first
/// five and of the first hundred, compound surnames), Yuan and Qiu 2013 as shipped with faker (MIT), and
/// ORCID's public records (CC0) as counted by sinonym (Apache-2.0). One probe of a hash table.
///
/// ```
/// use renji::identity::name::frequency::surname_share;
/// assert_eq!(surname_share("王"), Some(0.0725));
/// assert!(surname_share("欧阳").unwrap() < 0.001);
/// assert_eq!(surname_share("龘"), None);
/// ```
pub fn surname_share(surname: &str) -> Option<f32> {
    TABLES.surnames.get(surname).copied()
}

/// The share of people who have a given name (simplified, one or two characters), or `None` for an empty one
/// and for three characters and more, of which too little is known.
///
/// The larger of the two generations' shares: a name is never said to be rarer than it is. A name of two
/// characters is estimated from its characters, boys and girls apart, plus what the table knows of the whole
/// name. A character the table does not know counts as its rarest. At most five probes of a hash table.
///
/// Sources: ORCID's public records (CC0) as counted by sinonym (Apache-2.0), HanLP 1.x (Apache-2.0), mingzi
/// (MIT), and the Ministry of Public Security's lists of newborn names; see `docs/SOURCES.md`.
///
/// ```
/// use renji::identity::name::frequency::given_share;
/// assert!(given_share("梓涵") > given_share("涵梓"));
/// assert!(given_share("伟") > given_share("浥尘"));
/// ```
pub fn given_share(given: &str) -> Option<f32> {
    let rows = GivenRows::of(given)?;
    Some(rows.share(Generation::Adults).max(rows.share(Generation::Children)))
}

/// [`given_share`] among the people of one generation.
pub fn given_share_among(given: &str, generation: Generation) -> Option<f32> {
    GivenRows::of(given).map(|rows| rows.share(generation))
}

/// What the table knows of a given name of one or two characters.
struct GivenRows {
    whole: Option<&'static Given>,
    /// Of two characters: each by itself.
    parts: Option<[Option<&'static Given>; 2]>,
}

impl GivenRows {
    fn of(given: &str) -> Option<GivenRows> {
        let tables = &*TABLES;
        let mut starts = given.char_indices().map(|(start, _)| start);
        let (_, second, third) = (starts.next()?, starts.next(), starts.next());
        let split = |second| {
            let (first, second) = given.split_at(second);
            [tables.row(first), tables.row(second)]
        };
        third.is_none().then(|| GivenRows { whole: tables.row(given), parts: second.map(split) })
    }

    fn share(&self, generation: Generation) -> f32 {
        let (tables, of) = (&*TABLES, generation as usize);
        let known = self.whole.map_or(0.0, |row| row.whole[of]);
        let Some([first, second]) = self.parts else { return known.max(RAREST * ONE_CHARACTER[of]) };
        let chance: f32 = [false, true]
            .into_iter()
            .map(|female| {
                let sex = if female { FEMALE[of] } else { 1.0 - FEMALE[of] };
                let part = |row: Option<&Given>, shares: fn(&Given) -> [f32; 2], sums: &[[f32; 2]; 2]| {
                    let Some(row) = row else { return RAREST };
                    let lean = if female { row.female } else { 1.0 - row.female };
                    (shares(row)[of] * lean / sums[of][usize::from(female)]).max(RAREST)
                };
                sex * part(first, |row| row.first, &tables.first_sums)
                    * part(second, |row| row.second, &tables.second_sums)
            })
            .sum();
        known + tables.two_by_chance[of] * chance
    }
}

/// The surnames of the table, the commonest first: about 520.
pub fn surnames() -> &'static [Surname] {
    &TABLES.surname_rows
}

/// The characters and the whole names of the table of given names, the commonest first: about 2,000.
pub fn given_names() -> &'static [Given] {
    &TABLES.given_rows
}

/// The part of given names that have one character.
pub fn one_character_part(generation: Generation) -> f32 {
    ONE_CHARACTER[generation as usize]
}

/// What an unlisted character counts as: about the rarest listed.
const RAREST: f32 = 8e-6;

static TABLES: LazyLock<Tables> =
    LazyLock::new(|| Tables::read(include_str!("tables/surnames.tsv"), include_str!("tables/given.tsv")));

struct Tables {
    surname_rows: Vec<Surname>,
    surnames: HashMap<&'static str, f32, TableHash>,
    given_rows: Vec<Given>,
    given: HashMap<&'static str, u32, TableHash>,
    /// For each generation: the sum over all rows of `first` weighted by the part of men, and of women.
    first_sums: [[f32; 2]; 2],
    second_sums: [[f32; 2]; 2],
    /// For each generation: the part of people whose name has two characters and is not one of `whole`.
    two_by_chance: [f32; 2],
}

impl Tables {
    /// # Panics
    ///
    /// On a malformed row: the tables are part of the program.
    fn read(surname_text: &'static str, given_text: &'static str) -> Tables {
        fn rows(text: &'static str) -> impl Iterator<Item = std::str::Split<'static, char>> {
            text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t'))
        }
        let number = |cell: Option<&str>| -> f32 { cell.map_or(0.0, |cell| cell.parse().expect("a number")) };
        let share = |cell: Option<&str>| number(cell) / 1e6;

        let surname_rows: Vec<Surname> = rows(surname_text)
            .map(|mut cells| Surname { text: cells.next().expect("a name"), share: share(cells.next()) })
            .collect();
        let given_rows: Vec<Given> = rows(given_text)
            .map(|mut cells| Given {
                text: cells.next().expect("a name"),
                female: number(cells.next()) / 100.0,
                whole: [share(cells.next()), share(cells.next())],
                first: [share(cells.next()), share(cells.next())],
                second: [share(cells.next()), share(cells.next())],
            })
            .collect();
        let sums = |shares: fn(&Given) -> [f32; 2]| {
            let mut sums = [[0.0; 2]; 2];
            for row in &given_rows {
                for (of, sum) in sums.iter_mut().enumerate() {
                    sum[0] += shares(row)[of] * (1.0 - row.female);
                    sum[1] += shares(row)[of] * row.female;
                }
            }
            sums
        };
        let (first_sums, second_sums) = (sums(|row| row.first), sums(|row| row.second));
        let listed = |of: usize| -> f32 {
            given_rows.iter().filter(|row| row.text.len() > 4).map(|row| row.whole[of]).sum()
        };
        let two_by_chance = [0, 1].map(|of| 1.0 - ONE_CHARACTER[of] - listed(of));
        Tables {
            surnames: surname_rows.iter().map(|row| (row.text, row.share)).collect(),
            given: (0..).zip(&given_rows).map(|(index, row)| (row.text, index)).collect(),
            surname_rows,
            given_rows,
            first_sums,
            second_sums,
            two_by_chance,
        }
    }

    fn row(&'static self, text: &str) -> Option<&'static Given> {
        self.given.get(text).map(|&index| &self.given_rows[index as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surnames_match_the_published_sums() {
        let rows = surnames();
        assert!(rows.len() >= 400);
        assert!(rows.is_sorted_by(|a, b| a.share >= b.share));
        let sum = |count: usize| rows[..count].iter().map(|row| row.share).sum::<f32>();
        assert!((sum(5) - 0.308).abs() < 1e-3);
        assert!((sum(100) - 0.859).abs() < 2e-3);
        assert!(sum(rows.len()) < 1.0);
        assert_eq!(rows.iter().take(5).map(|row| row.text).collect::<String>(), "王李张刘陈");
    }

    #[test]
    fn given_shares_are_shares() {
        for generation in [Generation::Adults, Generation::Children] {
            let of = generation as usize;
            let one: f32 =
                given_names().iter().filter(|row| row.text.len() <= 4).map(|row| row.whole[of]).sum();
            assert!((one - one_character_part(generation)).abs() < 0.012, "{generation:?} {one}");
            for shares in [|row: &Given| row.first, |row: &Given| row.second] {
                let sum: f32 = given_names().iter().map(|row| shares(row)[of]).sum();
                assert!((sum - 1.0).abs() < 0.001, "{generation:?} {sum}");
            }
            assert!(TABLES.two_by_chance[of] > 0.5);
        }
    }

    #[test]
    fn a_rare_name_is_rarer_than_a_common_one() {
        let share = |name| given_share(name).unwrap();
        assert!(share("伟") > 1e-3 && share("伟") < 1e-2);
        assert!(share("沐宸") > 1e-3);
        assert!(share("龘") < share("伟") / 100.0);
        assert!(share("浩宇") > share("宇浩"));
        assert_eq!(given_share(""), None);
        assert_eq!(given_share("阿卜杜拉"), None);
    }
}
