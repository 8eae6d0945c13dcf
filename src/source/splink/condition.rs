//! What a comparison of Splink compares: its columns, and how far the condition of a level lets them differ.
//!
//! Conditions are SQL of several dialects. No parser: the columns stand in them with `_l` and `_r` behind, and the
//! functions by which the library of comparisons measures have few names.

use super::{Comparison, Left};
use crate::matching::Field;

/// What the columns of a comparison hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// Given names.
    Given,
    /// Surnames.
    Surname,
    /// Whole names, or given names and surnames together.
    Names,
    /// Another field.
    Of(Field),
}

/// Names of columns, in lower case and without what is no letter or digit.
const COLUMNS: [(Column, &[&str]); 11] = [
    (Column::Given, &["givenname", "firstname", "forename", "forename1", "名"]),
    (Column::Surname, &["surname", "lastname", "familyname", "姓"]),
    (Column::Names, &["name", "fullname", "studentname", "firstnamesurname", "forenamesurname", "姓名"]),
    (Column::Of(Field::Birth), &["dob", "dateofbirth", "birthdate", "birthday", "出生日期"]),
    (
        Column::Of(Field::Document),
        &[
            "idnumber",
            "nationalid",
            "nationalidnumber",
            "socsecid",
            "ssn",
            "nhsnumber",
            "身份证件号",
            "身份证号",
        ],
    ),
    (Column::Of(Field::Sex), &["sex", "gender", "性别"]),
    (
        Column::Of(Field::Place),
        &["postcode", "postalcode", "zipcode", "zip", "region", "regioncode", "city", "county", "户口所在地"],
    ),
    (Column::Of(Field::Address), &["address", "address1", "streetaddress", "street", "住址", "现住址"]),
    (Column::Of(Field::Phone), &["phone", "phonenumber", "telephone", "mobile", "电话", "联系电话"]),
    (Column::Of(Field::School), &["school", "schoolcode", "schoolid", "学校标识码"]),
    (Column::Of(Field::FormerNumber), &["formernumber", "studentnumber", "pupilnumber", "学籍号"]),
];

fn known(column: &str) -> Option<Column> {
    let plain: String = column.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    COLUMNS.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(column, _)| *column)
}

/// The columns that a condition reads: what stands with `_l` behind it, in the order of the text.
pub(super) fn columns_of(condition: &str) -> Vec<&str> {
    let words = condition.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let mut found: Vec<&str> = Vec::new();
    for column in words.filter_map(|word| word.strip_suffix("_l").or_else(|| word.strip_suffix("_r"))) {
        if !column.is_empty() && !found.contains(&column) {
            found.push(column);
        }
    }
    found
}

/// What a comparison compares.
pub(super) fn columns(comparison: &Comparison) -> Result<Column, Left> {
    let mut found: Option<Column> = None;
    let mut unknown = false;
    for level in &comparison.comparison_levels {
        for column in columns_of(&level.sql_condition) {
            match (known(column), found) {
                (None, _) => unknown = true,
                (Some(column), None) => found = Some(column),
                (Some(column), Some(before)) if column == before => {}
                (Some(Column::Given | Column::Surname | Column::Names), Some(Column::Of(_))) => {
                    return Err(Left::SeveralFields);
                }
                (Some(Column::Of(_)), Some(_)) => return Err(Left::SeveralFields),
                (Some(_), Some(_)) => found = Some(Column::Names),
            }
        }
    }
    match found.or_else(|| known(comparison.name())) {
        // A column that is made of others, as "forename_surname_concat", may stand beside them.
        Some(Column::Of(_)) if unknown => Err(Left::SeveralFields),
        Some(column) => Ok(column),
        None => Err(Left::Column),
    }
}

/// How far a level lets two values differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Distance {
    /// The same value.
    Exact,
    /// Of given name and surname the one is the other's.
    Reversed,
    /// The same surname alone.
    SurnameOnly,
    /// The same given name alone.
    GivenOnly,
    /// A small edit.
    Similar,
    /// Part of the value is the same.
    Part,
    /// All else.
    Else,
}

/// From this similarity on spellings are near ([`crate::matching::Level::Near`] of a name).
const SIMILAR: f64 = 0.85;
/// Up to so many edits.
const EDITS: f64 = 2.0;
/// Functions that measure a similarity; its threshold stands behind.
const SIMILARITIES: [&str; 4] = ["jaro_winkler", "jaro_similarity", "jaro(", "jaccard"];
/// Functions that count edits.
const EDIT_DISTANCES: [&str; 2] = ["levenshtein", "editdist"];
/// What measures days.
const DATES: [&str; 4] = ["date_diff", "datediff", "epoch", "strptime"];
/// What takes a part of a value.
const PARTS: [&str; 4] = ["regexp_extract", "substr", "left(", "split_part"];

/// How far a condition goes; `None` where it is none of those known.
pub(super) fn distance(condition: &str, column: Column) -> Option<Distance> {
    let condition = condition.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| condition.contains(word));
    if condition.trim() == "else" {
        return Some(Distance::Else);
    }
    if has(&SIMILARITIES) {
        return Some(if last_number(&condition)? >= SIMILAR { Distance::Similar } else { Distance::Else });
    }
    if has(&EDIT_DISTANCES) {
        return Some(if last_number(&condition)? <= EDITS { Distance::Similar } else { Distance::Else });
    }
    let is_equality = condition.contains('=') && !condition.contains(['<', '>']);
    if has(&DATES) && !is_equality {
        // A month, a year, ten years apart: none of our levels. A neighbouring day is `near`, and hardly ever its own.
        return Some(Distance::Else);
    }
    if !is_equality || condition.contains(" or ") {
        return None;
    }
    if has(&PARTS) {
        return Some(Distance::Part);
    }
    if column != Column::Names {
        return Some(Distance::Exact);
    }
    let columns: Vec<Column> = columns_of(&condition).into_iter().filter_map(known).collect();
    let has = |column| columns.contains(&column);
    Some(match (has(Column::Names), has(Column::Given), has(Column::Surname)) {
        (false, true, true) if is_reversed(&condition) => Distance::Reversed,
        (true, ..) | (_, true, true) => Distance::Exact,
        (_, true, false) => Distance::GivenOnly,
        (_, false, true) => Distance::SurnameOnly,
        (_, false, false) => Distance::Exact,
    })
}

/// Whether a side of an equality is another column than the other side.
fn is_reversed(condition: &str) -> bool {
    condition.split(" and ").any(|equality| columns_of(equality).len() > 1)
}

/// The threshold: the number behind the last comparison.
fn last_number(condition: &str) -> Option<f64> {
    let (_, behind) = condition.rsplit_once(['<', '>'])?;
    let behind = behind.trim_start_matches('=').trim();
    let end = behind.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(behind.len());
    behind[..end].parse().ok()
}
