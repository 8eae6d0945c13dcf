//! What differs between two models, in bits, the largest first.
//!
//! A probability that doubles changes the weight of its level by one bit, whatever it was. Thresholds are compared by
//! their odds, which is what a match weight is added to.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::padded;
use crate::language::Language;
use crate::matching::{LevelWeights, Model, Share};

/// One number that differs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    /// Where in the model, as in `fields.name.equal.same`.
    path: String,
    before: String,
    after: String,
    /// By how much, `None` where that is no number.
    bits: Option<f64>,
}

/// A number of the model, by its name.
type Named<T> = (&'static str, fn(&T) -> f64);

const PRIORS: [Named<Model>; 3] = [
    ("same_per_student", |model| model.priors.same_per_student),
    ("twins_per_student", |model| model.priors.twins_per_student),
    ("siblings_per_student", |model| model.priors.siblings_per_student),
];
const THRESHOLDS: [Named<Model>; 3] = [
    ("same", |model| model.thresholds.same),
    ("review", |model| model.thresholds.review),
    ("two_numbers", |model| model.thresholds.two_numbers),
];
const COLUMNS: [Named<LevelWeights>; 4] = [
    ("same", |level| level.same),
    ("twin", |level| level.twin),
    ("sibling", |level| level.sibling),
    ("stranger", |level| level.stranger),
];

/// What differs, the largest first; of equal ones in the order of the models.
pub(super) fn changes(a: &Model, b: &Model) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut number = |path: String, a: f64, b: f64, measure: fn(f64) -> f64| {
        if a != b {
            let bits = Some(measure(b) - measure(a)).filter(|bits| bits.is_finite());
            changes.push(Change { path, before: a.to_string(), after: b.to_string(), bits });
        }
    };
    for (name, get) in PRIORS {
        number(format!("priors.{name}"), get(a), get(b), f64::log2);
    }
    for (name, get) in THRESHOLDS {
        number(format!("thresholds.{name}"), get(a), get(b), |value| (value / (1.0 - value)).log2());
    }
    // INVARIANT: both were validated, so fields and levels are the same, in one order.
    let levels = |model: &Model| -> Vec<LevelWeights> {
        model.fields.iter().flat_map(|row| row.levels.iter().copied()).collect()
    };
    let paths = a.fields.iter().flat_map(|row| {
        row.levels.iter().map(|level| format!("fields.{}.{}", row.field.code(), level.level.code()))
    });
    let rows: Vec<(String, LevelWeights, LevelWeights)> =
        paths.zip(levels(a)).zip(levels(b)).map(|((path, a), b)| (path, a, b)).collect();
    for (path, a, b) in &rows {
        for (name, get) in COLUMNS {
            number(format!("{path}.{name}"), get(a), get(b), f64::log2);
        }
    }
    for (path, a, b) in &rows {
        if a.share != b.share {
            let code = |share: Option<Share>| share.map_or("-", Share::code).to_owned();
            let path = format!("{path}.share");
            changes.push(Change { path, before: code(a.share), after: code(b.share), bits: None });
        }
    }
    let size = |change: &Change| change.bits.map_or(f64::INFINITY, f64::abs);
    changes.sort_by(|a, b| size(b).total_cmp(&size(a)));
    changes
}

/// For a person.
pub(super) fn text(changes: &[Change], language: Language) -> String {
    if changes.is_empty() {
        return language.pick("两个模型判定相同\n", "the two judge alike\n").to_owned();
    }
    let mut text = format!(
        "{:>8}  {}{}\n",
        language.pick("比特", "bits"),
        padded(language.pick("位置", "where"), 52),
        language.pick("甲 -> 乙", "A -> B")
    );
    for Change { path, before, after, bits } in changes {
        let bits = bits.map_or_else(|| "-".to_owned(), |bits| format!("{bits:+.2}"));
        // Writing to a string does not fail.
        let _ = writeln!(text, "{bits:>8}  {}{before} -> {after}", padded(path, 52));
    }
    text
}

/// For a program.
pub(super) fn json(changes: &[Change]) -> Value {
    let one = |change: &Change| json!({ "path": change.path, "before": change.before, "after": change.after, "bits": change.bits });
    changes.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_change_comes_first() {
        let a = Model::default();
        let mut b = a.clone();
        b.thresholds.same = 0.95;
        b.fields[1].levels[0].same /= 2.0;
        b.fields[1].levels[2].stranger *= 8.0;
        b.fields[2].levels[1].twin *= 1.01;
        let paths: Vec<String> = changes(&a, &b).into_iter().map(|change| change.path).collect();
        assert_eq!(
            paths,
            [
                "fields.name.alias.stranger",
                "thresholds.same",
                "fields.name.equal.same",
                "fields.birth.placeholder.twin"
            ]
        );
        let bits = changes(&a, &b)[0].bits.expect("a number");
        assert!((bits - 3.0).abs() < 1e-9, "{bits}");
        assert_eq!(changes(&a, &a), []);
    }
}
