//! A closer value is never weaker evidence: what is known of the order of levels, and how a model is made to keep it.

use crate::matching::{Field, Level, LevelWeights, Share};

/// Pairs of levels of a field, the closer first. Levels that stand in no such pair have no known order: a lunar
/// date is neither closer nor farther than one of which day and month are exchanged.
const fn orders(field: Field) -> &'static [(Level, Level)] {
    use Level::*;
    match field {
        Field::Document => &[
            (Equal, Repaired),
            (Repaired, Near),
            (Near, DifferentInvalid),
            (DifferentInvalid, Different),
            (EqualUnchecked, NearUnchecked),
            (NearUnchecked, DifferentUnchecked),
        ],
        Field::Name => &[
            (Equal, Variant),
            (Equal, Alias),
            (Equal, SameSound),
            (Equal, LookAlike),
            (Equal, Near),
            (Equal, Segments),
            (Equal, Initials),
            (SameSound, OneCharacter),
            (LookAlike, OneCharacter),
            (Variant, OneCharacter),
            (OneCharacter, SurnameSame),
            (Near, SurnameSame),
            (SurnameSame, Different),
            (GivenSame, Different),
            (Segments, Different),
            (Initials, Different),
            (Alias, Different),
            (Wildcard, Different),
        ],
        Field::Birth => &[
            (Equal, Lunar),
            (Equal, Swapped),
            (Equal, YearOff),
            (Equal, Near),
            (Placeholder, Different),
            (Lunar, Different),
            (Swapped, Different),
            (YearOff, Different),
            (Near, Different),
        ],
        Field::Place => &[
            (Equal, SameCounty),
            (SameCounty, SamePrefecture),
            (SamePrefecture, SameProvince),
            (SameProvince, Different),
        ],
        Field::Guardian => &[(Both, One), (One, Repaired), (Repaired, Different), (NamesOnly, Different)],
        Field::Enrolled => &[(Equal, Near), (Near, Different)],
        Field::Address => &[(Equal, Near), (Near, Part), (Part, Different)],
        Field::Sex | Field::School | Field::Phone | Field::FormerNumber => &[(Equal, Different)],
    }
}

/// Rounds of pooling; each makes two levels equal, and no field has as many.
const ROUNDS_MAX: usize = 64;

/// Where a closer level would weigh less than a farther one, both get one weight: their mean, by how many pairs
/// speak for each (pool adjacent violators, Ayer and others 1955). Shares count with their mean.
pub(super) fn keep_order(
    field: Field,
    levels: &mut [LevelWeights],
    mean_share: impl Fn(Option<Share>) -> f64,
    pairs: impl Fn(usize) -> f64,
) {
    let place = |wanted: Level| field.levels().iter().position(|level| *level == wanted);
    let stranger = |level: &LevelWeights| level.stranger * mean_share(level.share);
    let sums: Vec<f64> = field.groups().into_iter().map(|group| sum(&levels[group])).collect();
    for _ in 0..ROUNDS_MAX {
        let mut is_in_order = true;
        for (closer, farther) in orders(field) {
            let (Some(a), Some(b)) = (place(*closer), place(*farther)) else { continue };
            let weight = |at: usize| (levels[at].same / stranger(&levels[at])).ln();
            let (closer, farther) = (weight(a), weight(b));
            if closer < farther - 1e-9 {
                is_in_order = false;
                let mean = (closer * pairs(a) + farther * pairs(b)) / (pairs(a) + pairs(b));
                for at in [a, b] {
                    levels[at].same = mean.exp() * stranger(&levels[at]);
                }
            }
        }
        if is_in_order {
            break;
        }
    }
    for (group, before) in field.groups().into_iter().zip(sums) {
        let after = sum(&levels[group.clone()]);
        levels[group].iter_mut().for_each(|level| level.same *= before / after);
    }
}

fn sum(levels: &[LevelWeights]) -> f64 {
    levels.iter().map(|level| level.same).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Model;

    #[test]
    fn every_level_that_is_named_is_one_of_its_field() {
        for field in Field::ALL {
            for (closer, farther) in orders(field) {
                assert!(field.levels().contains(closer) && field.levels().contains(farther), "{field:?}");
            }
        }
    }

    #[test]
    fn what_is_out_of_order_is_pooled_and_the_sum_kept() {
        let share = |share: Option<Share>| share.map_or(1.0, |_| 1e-3);
        for field in Field::ALL {
            let mut levels = Model::default().fields[field as usize].levels.clone();
            // Upside down: what is farthest is likeliest.
            let count = levels.len();
            levels.iter_mut().enumerate().for_each(|(at, level)| level.same = (at + 1) as f64 / count as f64);
            let before: Vec<f64> = field.groups().into_iter().map(|group| sum(&levels[group])).collect();
            keep_order(field, &mut levels, share, |_| 1.0);
            let weight = |wanted: Level| {
                let level = levels.iter().find(|level| level.level == wanted).expect("a level of the field");
                (level.same / (level.stranger * share(level.share))).ln()
            };
            for (closer, farther) in orders(field) {
                assert!(weight(*closer) >= weight(*farther) - 1e-6, "{field:?}: {closer:?}, {farther:?}");
            }
            for (group, before) in field.groups().into_iter().zip(before) {
                assert!((sum(&levels[group]) - before).abs() < 1e-9, "{field:?}");
            }
        }
    }
}
