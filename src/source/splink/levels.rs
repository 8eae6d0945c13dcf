//! Levels of Splink as levels of a field.
//!
//! Ours are finer. What one level of Splink covers is a set of ours, among which its `m` and `u` are divided as the
//! base divides them; "all else" covers what no other covers. Several levels of Splink that cover one set are added up.

use super::condition::{Column, Distance, distance};
use super::{Comparison, Left};
use crate::matching::{Field, FieldWeights, Level, LevelWeights};

/// A level of Splink: how far it goes, and how often it is seen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    pub(super) label: String,
    pub(super) distance: Distance,
    /// Among pairs of one person.
    pub(super) same: f64,
    /// Among others.
    pub(super) stranger: f64,
}

/// How far the levels of a comparison may sum from one.
const SUM_TOLERANCE: f64 = 0.05;
/// What is never seen is rare, not impossible.
const LEAST: f64 = 1e-9;

/// The levels of a comparison, the null level left out, each of `m` and `u` summing to one.
pub(super) fn seen(comparison: &Comparison, column: Column) -> Result<Vec<Seen>, Left> {
    let mut all = Vec::new();
    for level in comparison.comparison_levels.iter().filter(|level| !level.is_null_level) {
        let number = |value: &Option<serde_json::Value>| {
            value.as_ref().and_then(serde_json::Value::as_f64).filter(|value| (0.0..=1.0).contains(value))
        };
        let (Some(same), Some(stranger)) = (number(&level.m_probability), number(&level.u_probability))
        else {
            return Err(Left::NotTrained);
        };
        let distance = distance(&level.sql_condition, column).ok_or(Left::Condition)?;
        let label = level.label_for_charts.clone().unwrap_or_else(|| level.sql_condition.clone());
        all.push(Seen { label, distance, same, stranger });
    }
    let sums = all.iter().fold((0.0, 0.0), |sum, seen| (sum.0 + seen.same, sum.1 + seen.stranger));
    if [sums.0, sums.1].iter().any(|sum: &f64| (sum - 1.0).abs() > SUM_TOLERANCE) {
        return Err(Left::Sum);
    }
    for seen in &mut all {
        seen.same /= sums.0;
        seen.stranger /= sums.1;
    }
    Ok(all)
}

/// Given names and surnames, independent of each other, as levels of whole names.
pub(super) fn join(given: &[Seen], surname: &[Seen]) -> Vec<Seen> {
    use Distance::*;
    let mut all: Vec<Seen> = Vec::new();
    for g in given {
        for s in surname {
            let agrees = |distance| matches!(distance, Exact | Similar);
            let distance = match (g.distance, s.distance) {
                (Exact, Exact) => Exact,
                (g, s) if agrees(g) && agrees(s) => Similar,
                (g, _) if agrees(g) => GivenOnly,
                (_, s) if agrees(s) => SurnameOnly,
                _ => Else,
            };
            let (same, stranger) = (g.same * s.same, g.stranger * s.stranger);
            match all.iter_mut().find(|seen| seen.distance == distance) {
                Some(seen) => {
                    seen.same += same;
                    seen.stranger += stranger;
                }
                None => {
                    all.push(Seen { label: format!("{} / {}", g.label, s.label), distance, same, stranger })
                }
            }
        }
    }
    all
}

/// The levels of a field that a distance covers; none for all that is left.
fn covered(field: Field, distance: Distance) -> &'static [Level] {
    use Level::*;
    match (field, distance) {
        (_, Distance::Else) => &[],
        (Field::Birth, Distance::Exact) => &[Equal, Placeholder],
        (_, Distance::Exact) => &[Equal],
        (Field::Name, Distance::Reversed) => &[Variant],
        (Field::Name, Distance::SurnameOnly) => &[SurnameSame, OneCharacter],
        (Field::Name, Distance::GivenOnly) => &[GivenSame],
        (Field::Name, Distance::Similar) => {
            &[Variant, Alias, SameSound, LookAlike, Wildcard, Near, Segments, Initials]
        }
        (Field::Birth, Distance::Similar | Distance::Part) => &[Lunar, Swapped, YearOff, Near],
        (Field::Document, Distance::Similar) => &[Repaired, Near],
        (Field::Place, Distance::Similar | Distance::Part) => &[SameCounty, SamePrefecture, SameProvince],
        (Field::Address, Distance::Similar) => &[Near],
        (Field::Address, Distance::Part) => &[Part],
        // A field without such a level: with all that is left.
        _ => &[],
    }
}

/// How many levels of a field Splink's speak of. Of documents those of two numbers that can be checked.
fn spoken_of(field: Field) -> usize {
    if field == Field::Document { 6 } else { field.levels().len() }
}

/// Puts what was seen into a field, and says which levels each gave.
pub(super) fn put(row: &mut FieldWeights, seen: &[Seen]) -> Vec<Vec<Level>> {
    let field = row.field;
    let mut free = field.levels()[..spoken_of(field)].to_vec();
    let mut sets: Vec<(Vec<Level>, f64, f64)> = Vec::new();
    let mut places = vec![None; seen.len()];
    for (place, seen) in places.iter_mut().zip(seen) {
        let set = covered(field, seen.distance);
        let before =
            sets.iter().position(|(known, ..)| !set.is_empty() && known.iter().all(|one| set.contains(one)));
        let own: Vec<Level> = set.iter().copied().filter(|level| free.contains(level)).collect();
        *place = match before {
            Some(at) if own.is_empty() => Some(at),
            _ if own.is_empty() => None,
            _ => {
                free.retain(|level| !own.contains(level));
                sets.push((own, 0.0, 0.0));
                Some(sets.len() - 1)
            }
        };
    }
    let rest = sets.len();
    sets.push((free, 0.0, 0.0));
    for (place, seen) in places.iter().zip(seen) {
        let set = &mut sets[place.unwrap_or(rest)];
        set.1 += seen.same;
        set.2 += seen.stranger;
    }
    for (levels, same, stranger) in &sets {
        divide(row, levels, *same, *stranger);
    }
    places.into_iter().map(|place| sets[place.unwrap_or(rest)].0.clone()).collect()
}

/// Divides two probabilities among levels as they are divided now.
fn divide(row: &mut FieldWeights, levels: &[Level], same: f64, stranger: f64) {
    let is_own = |level: &LevelWeights| levels.contains(&level.level);
    let plain = |level: &LevelWeights| is_own(level) && level.share.is_none();
    let sum_same: f64 = row.levels.iter().filter(|level| is_own(level)).map(|level| level.same).sum();
    let sum_stranger: f64 = row.levels.iter().filter(|level| plain(level)).map(|level| level.stranger).sum();
    for level in &mut row.levels {
        if !is_own(level) {
            continue;
        }
        level.same = (same * level.same / sum_same).clamp(LEAST, 1.0);
        if level.share.is_none() {
            level.stranger = (stranger * level.stranger / sum_stranger).clamp(LEAST, 1.0);
        }
    }
}
