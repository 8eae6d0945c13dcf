//! Han names, drawn by how common they are.
//!
//! The shares are [`crate::identity::name::frequency`]'s, so a name is as common in the made-up nation as the
//! judgement believes it to be. What happens to a name in a careless office is in `super::damage_name`.

use compact_str::CompactString;

use super::rng::{Rng, Weighted};
use crate::identity::name::frequency::{Generation, Given, given_names, one_character_part, surnames};

/// The drawing tables for one generation and sex.
#[derive(Debug)]
struct GivenTable {
    /// Names of one character, then listed names of two, then one place for a name put together.
    whole: Weighted,
    names: Vec<&'static str>,
    first: Weighted,
    second: Weighted,
}

/// Draws surnames and given names.
#[derive(Debug)]
pub(super) struct Names {
    surnames: Weighted,
    characters: Vec<&'static str>,
    given: [GivenTable; 4],
}

fn is_character(row: &Given) -> bool {
    row.text.chars().nth(1).is_none()
}

impl Names {
    pub(super) fn new() -> Names {
        let shares: Vec<f32> = surnames().iter().map(|row| row.share).collect();
        let rows: Vec<&Given> = given_names().iter().filter(|row| is_character(row)).collect();
        let table = |generation: Generation, male: bool| {
            let of = generation as usize;
            let lean = |row: &Given| if male { 1.0 - row.female } else { row.female };
            let weight = |row: &Given| row.whole[of] * lean(row);
            let names: Vec<&str> = given_names().iter().map(|row| row.text).collect();
            let mut weights: Vec<f32> = given_names().iter().map(weight).collect();
            let listed: f32 = given_names().iter().filter(|row| !is_character(row)).map(weight).sum();
            let one: f32 = given_names().iter().filter(|row| is_character(row)).map(weight).sum();
            // One-character names keep their part of this sex; the rest is put together.
            let part = one_character_part(generation);
            weights.push((one / part * (1.0 - part) - listed).max(0.0));
            GivenTable {
                whole: Weighted::new(&weights),
                names,
                first: Weighted::new(&rows.iter().map(|row| row.first[of] * lean(row)).collect::<Vec<_>>()),
                second: Weighted::new(&rows.iter().map(|row| row.second[of] * lean(row)).collect::<Vec<_>>()),
            }
        };
        Names {
            surnames: Weighted::new(&shares),
            characters: rows.iter().map(|row| row.text).collect(),
            given: [
                table(Generation::Adults, false),
                table(Generation::Adults, true),
                table(Generation::Children, false),
                table(Generation::Children, true),
            ],
        }
    }

    pub(super) fn surname(&self, rng: &mut Rng) -> &'static str {
        surnames()[self.surnames.draw(rng)].text
    }

    fn table(&self, generation: Generation, male: bool) -> &GivenTable {
        &self.given[2 * generation as usize + usize::from(male)]
    }

    /// Appends a given name.
    pub(super) fn push_given(
        &self,
        generation: Generation,
        male: bool,
        rng: &mut Rng,
        out: &mut CompactString,
    ) {
        let table = self.table(generation, male);
        match table.names.get(table.whole.draw(rng)) {
            Some(name) => out.push_str(name),
            None => {
                out.push_str(self.characters[table.first.draw(rng)]);
                out.push_str(self.characters[table.second.draw(rng)]);
            }
        }
    }

    /// A character for a child's name, as the second of two.
    pub(super) fn second_character(&self, male: bool, rng: &mut Rng) -> &'static str {
        self.characters[self.table(Generation::Children, male).second.draw(rng)]
    }

    /// A character for a child's name, as the first of two.
    pub(super) fn first_character(&self, male: bool, rng: &mut Rng) -> &'static str {
        self.characters[self.table(Generation::Children, male).first.draw(rng)]
    }
}

/// A name of two Han characters at least that may be split, as surname and given name: two-character
/// surnames of the table first.
pub(super) fn split(name: &str) -> Option<(&str, &str)> {
    use crate::identity::name::frequency::surname_share;
    let mut ends = name.char_indices().skip(1).map(|(at, _)| at);
    let one = ends.next()?;
    if let Some(two) = ends.next()
        && surname_share(&name[..two]).is_some()
    {
        return Some(name.split_at(two));
    }
    Some(name.split_at(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_their_shares() {
        let names = Names::new();
        let mut rng = Rng::stream(5, 0, 0);
        let (mut wang, mut one) = (0, 0);
        for turn in 0..20_000 {
            wang += u32::from(names.surname(&mut rng) == "王");
            let mut given = CompactString::default();
            names.push_given(Generation::Children, turn % 2 == 0, &mut rng, &mut given);
            one += u32::from(given.chars().count() == 1);
        }
        assert!((1_300..1_600).contains(&wang), "{wang} of 1,450");
        assert!((1_700..2_300).contains(&one), "{one} of 2,000");
    }

    #[test]
    fn compound_surnames_are_split() {
        assert_eq!(split("欧阳明"), Some(("欧阳", "明")));
        assert_eq!(split("王小明"), Some(("王", "小明")));
        assert_eq!(split("王"), None);
    }
}
