//! From what pairs are expected to be to the model that expects it.

use super::Evidences;
use super::order::keep_order;
use super::weigh::Expected;
use crate::matching::{Field, FieldWeights, Level, LevelWeights, Model, Priors};

/// So many pairs of each hypothesis are taken to have been seen before, at the levels that the model begun with
/// says. A level that is never seen keeps a part of what it had, and none becomes impossible.
const PAIRS_BEFORE: f64 = 50.0;
/// The same for chance agreements of strangers at one level.
const AGREEMENTS_BEFORE: f64 = 10.0;
/// The same for students, and how many partners they have.
const STUDENTS_BEFORE: f64 = 100.0;
/// Most that two numbers of one person, both valid and different, can come to, whatever the pairs say: published is
/// that 0.8 % of people had an item corrected. Strangers who agree by design (a name copied with its birth date)
/// would else pass for one person, and teach that numbers mean nothing.
const TWO_NUMBERS_MAX: f64 = 0.02;
/// The same of numbers that follow each other, which twins have.
const CONSECUTIVE_MAX: f64 = 0.004;
/// How much likelier than by chance strangers may share a name and a birth date.
const NAME_AND_BIRTH: std::ops::RangeInclusive<f64> = 0.2..=1000.0;
/// Twins for each sibling of different age, at most: published are three children in a hundred against thirty.
const TWINS_PER_SIBLING: f64 = 0.1;
/// Seeming twins for each pair of one person, at most, for all of them to be taken for errors in a name. Families
/// of twins and nobody else would be more.
const TWINS_FOR_ERRORS: f64 = 0.1;
/// From so many years between the oldest and the youngest on, siblings of different age would be in the file.
const SIBLING_YEARS: u16 = 4;

/// The next model: `base` is the one begun with, `expected` what candidate pairs and `random` what pairs taken at
/// random are expected to be.
pub(super) fn maximise(base: &Model, evidences: &Evidences, expected: &Expected, random: &Expected) -> Model {
    let fields = base.fields.iter().map(|row| {
        let mut levels = row.levels.clone();
        for group in row.field.groups() {
            people(&mut levels[group.clone()], group.start, row.field, expected);
        }
        strangers(&mut levels, row, evidences, random);
        let mean_share = |share| evidences.sample.mean_share(share, evidences.one);
        keep_order(row.field, &mut levels, mean_share, |at| {
            expected.levels[row.field as usize][at + 1][0] + PAIRS_BEFORE * row.levels[at].same
        });
        FieldWeights { field: row.field, levels }
    });
    let mut model =
        Model { fields: fields.collect(), priors: priors(base, evidences, expected), ..base.clone() };
    model.name_and_birth = name_and_birth(&model, evidences, expected, random);
    model
}

/// How much likelier than by chance strangers share a name and a birth date: names have their years, and lists are
/// copied. Told by those who hold two valid numbers and nothing of one household, and so are two people.
fn name_and_birth(model: &Model, evidences: &Evidences, expected: &Expected, random: &Expected) -> f64 {
    let share = |field: Field, level: Level| -> f64 {
        let levels = &model.fields[field as usize].levels;
        let row = levels.iter().find(|row| row.level == level).expect("a field has its levels");
        row.stranger * evidences.sample.mean_share(row.share, evidences.one)
    };
    let sum = |field: Field, levels: &[Level]| levels.iter().map(|level| share(field, *level)).sum::<f64>();
    let pairs = evidences.students * (evidences.students - 1.0) / 2.0;
    let told_apart = random.two_numbers / random.pairs.iter().sum::<f64>().max(1.0);
    let by_chance =
        pairs * told_apart * sum(Field::Name, &Model::SAME_NAME) * sum(Field::Birth, &Model::SAME_BIRTH);
    let found = (expected.namesakes + AGREEMENTS_BEFORE) / (by_chance + AGREEMENTS_BEFORE);
    found.clamp(*NAME_AND_BIRTH.start(), *NAME_AND_BIRTH.end())
}

/// One person, twins, siblings: the share of pairs at each level of one group, the first of which is `first`.
fn people(levels: &mut [LevelWeights], first: usize, field: Field, expected: &Expected) {
    for hypothesis in 0..3 {
        let base = |level: &LevelWeights| [level.same, level.twin, level.sibling][hypothesis];
        let whole: f64 = levels.iter().map(base).sum();
        let seen = |at: usize| expected.levels[field as usize][first + at + 1][hypothesis];
        let all: f64 = (0..levels.len()).map(seen).sum();
        for (at, level) in levels.iter_mut().enumerate() {
            let share = (seen(at) + PAIRS_BEFORE * base(level)) / (all + PAIRS_BEFORE * whole) * whole;
            *[&mut level.same, &mut level.twin, &mut level.sibling][hypothesis] = share;
        }
    }
    if field == Field::Document {
        limit(levels);
    }
}

/// Keeps two numbers of one person as rare as they are; the other levels of the group take what is cut off.
fn limit(levels: &mut [LevelWeights]) {
    let most = |level: Level| match level {
        Level::Different => TWO_NUMBERS_MAX,
        Level::Consecutive => CONSECUTIVE_MAX,
        _ => f64::INFINITY,
    };
    let before: f64 = levels.iter().map(|level| level.same).sum();
    levels.iter_mut().for_each(|level| level.same = level.same.min(most(level.level)));
    let (kept, limited): (f64, f64) = levels.iter().fold((0.0, 0.0), |(kept, limited), level| {
        if most(level.level).is_finite() {
            (kept, limited + level.same)
        } else {
            (kept + level.same, limited)
        }
    });
    for level in levels.iter_mut().filter(|level| !most(level.level).is_finite()) {
        level.same *= (before - limited) / kept;
    }
}

/// Strangers: how many agree against how many would by the model begun with. The last level takes what is left.
fn strangers(levels: &mut [LevelWeights], base: &FieldWeights, evidences: &Evidences, random: &Expected) {
    let seen = |at: usize| random.levels[base.field as usize][at + 1][3];
    for group in base.field.groups() {
        let all: f64 = group.clone().map(seen).sum();
        let mut left = 1.0;
        for at in group.clone() {
            let level = &mut levels[at];
            let mean = evidences.sample.mean_share(level.share, evidences.one);
            let by_base = all * base.levels[at].stranger * mean;
            level.stranger =
                base.levels[at].stranger * (seen(at) + AGREEMENTS_BEFORE) / (by_base + AGREEMENTS_BEFORE);
            if level.share.is_none() {
                level.stranger = level.stranger.min(1.0);
            }
            if at + 1 < group.end {
                left -= level.stranger * mean;
            }
        }
        let last = &mut levels[group.end - 1];
        // A disagreement of strangers is never rarer than one time in a hundred, whatever a small sample shows.
        if last.level == Level::Different || last.level == Level::DifferentUnchecked {
            last.stranger = left.clamp(0.01, 1.0);
        }
    }
}

fn priors(base: &Model, evidences: &Evidences, expected: &Expected) -> Priors {
    let per_student = |pairs: f64, before: f64| {
        (2.0 * pairs + STUDENTS_BEFORE * before) / (evidences.students + STUDENTS_BEFORE)
    };
    let [same, twins, siblings, _] = expected.pairs;
    let siblings = per_student(siblings, base.priors.siblings_per_student);
    let mut twins = per_student(twins, base.priors.twins_per_student);
    if sees_siblings(evidences) && expected.pairs[1] <= TWINS_FOR_ERRORS * same {
        // What looks like a twin without a number of its own may be an error in a name. Where a file has no siblings,
        // and so many errors are no more than errors come to, it is. Twins whose numbers say so count as they are.
        let numbered = 2.0 * expected.numbered_twins / evidences.students;
        twins = twins.min((TWINS_PER_SIBLING * siblings).max(2.0 * numbered));
    }
    Priors {
        same_per_student: per_student(same, base.priors.same_per_student),
        twins_per_student: twins,
        siblings_per_student: siblings,
    }
}

/// Whether siblings of different age would be found if there were any.
fn sees_siblings(evidences: &Evidences) -> bool {
    evidences.sees_households && evidences.sample.birth_years >= SIBLING_YEARS
}
