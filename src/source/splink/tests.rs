//! Settings of both versions, made up, and what becomes of them.

use super::*;

/// A level of a saved comparison.
fn level(condition: &str, label: &str, m: f64, u: f64) -> serde_json::Value {
    serde_json::json!({
        "sql_condition": condition, "label_for_charts": label, "m_probability": m, "u_probability": u,
        "fix_m_probability": false, "fix_u_probability": false,
    })
}

fn null_level(column: &str) -> serde_json::Value {
    let condition = format!("\"{column}_l\" IS NULL OR \"{column}_r\" IS NULL");
    serde_json::json!({ "sql_condition": condition, "label_for_charts": "null", "is_null_level": true })
}

fn comparison(column: &str, levels: Vec<serde_json::Value>) -> serde_json::Value {
    let mut all = vec![null_level(column)];
    all.extend(levels);
    serde_json::json!({ "output_column_name": column, "comparison_levels": all, "comparison_description": "x" })
}

fn settings(comparisons: Vec<serde_json::Value>) -> String {
    serde_json::json!({
        "link_type": "dedupe_only", "probability_two_random_records_match": 1e-4, "sql_dialect": "duckdb",
        "blocking_rules_to_generate_predictions": [], "comparisons": comparisons,
    })
    .to_string()
}

/// Given names and surnames by Jaro–Winkler, birth dates by edits and days: as version 4 saves them.
fn of_version_4() -> Vec<serde_json::Value> {
    let name = |column: &str| {
        comparison(
            column,
            vec![
                level(&format!("\"{column}_l\" = \"{column}_r\""), "Exact match", 0.8, 0.01),
                level(
                    &format!("jaro_winkler_similarity(\"{column}_l\", \"{column}_r\") >= 0.92"),
                    "JW 0.92",
                    0.1,
                    0.02,
                ),
                level(
                    &format!("jaro_winkler_similarity(\"{column}_l\", \"{column}_r\") >= 0.7"),
                    "JW 0.7",
                    0.04,
                    0.07,
                ),
                level("ELSE", "All other comparisons", 0.06, 0.9),
            ],
        )
    };
    let date = "ABS(EPOCH(try_strptime(\"dob_l\", '%Y-%m-%d')) - EPOCH(try_strptime(\"dob_r\", '%Y-%m-%d'))) <= 2629800.0";
    let dob = comparison(
        "dob",
        vec![
            level("\"dob_l\" = \"dob_r\"", "Exact match on date of birth", 0.9, 0.001),
            level("damerau_levenshtein(\"dob_l\", \"dob_r\") <= 1", "DamerauLevenshtein <= 1", 0.06, 0.009),
            level(date, "Abs date difference <= 1 month", 0.01, 0.01),
            level("ELSE", "All other comparisons", 0.03, 0.98),
        ],
    );
    vec![name("first_name"), name("surname"), dob]
}

/// Whole names, an identity number, a place in parts, and what has no counterpart: as version 5 saves them.
fn of_version_5() -> Vec<serde_json::Value> {
    let unseen = serde_json::json!({
        "sql_condition": "ELSE", "label_for_charts": "All other comparisons",
        "m_probability": "level not observed in training dataset", "u_probability": 0.9,
    });
    vec![
        comparison(
            "full_name",
            vec![
                level("lower(full_name_l) = lower(full_name_r)", "Exact match on full_name", 0.85, 0.002),
                level("levenshtein(full_name_l, full_name_r) <= 2", "Levenshtein <= 2", 0.1, 0.008),
                level("ELSE", "All other comparisons", 0.05, 0.99),
            ],
        ),
        comparison(
            "soc_sec_id",
            vec![
                level("\"soc_sec_id_l\" = \"soc_sec_id_r\"", "Exact match", 0.9, 1e-6),
                level("ELSE", "All other comparisons", 0.1, 0.999999),
            ],
        ),
        comparison(
            "postcode",
            vec![
                level("\"postcode_l\" = \"postcode_r\"", "Exact match", 0.7, 0.001),
                level(
                    "NULLIF(regexp_extract(\"postcode_l\", '^..', 0), '') = NULLIF(regexp_extract(\"postcode_r\", '^..', 0), '')",
                    "area",
                    0.1,
                    0.01,
                ),
                level("ELSE", "All other comparisons", 0.2, 0.989),
            ],
        ),
        comparison(
            "email",
            vec![
                level("\"email_l\" = \"email_r\"", "Exact match on email", 0.6, 0.01),
                level("ELSE", "All other comparisons", 0.4, 0.99),
            ],
        ),
        comparison("phone", vec![level("phone_l = phone_r", "Exact match", 1.0, 0.1), unseen]),
        comparison(
            "sex",
            vec![
                level("my_own_function(sex_l, sex_r)", "?", 0.9, 0.5),
                level("ELSE", "All other comparisons", 0.1, 0.5),
            ],
        ),
    ]
}

fn imported(comparisons: Vec<serde_json::Value>, rows: Option<u64>) -> Import {
    import(&settings(comparisons), &Model::default(), rows).expect("a model")
}

/// A column of a field summed over levels.
fn sum(
    model: &Model,
    field: Field,
    levels: &[Level],
    column: fn(&crate::matching::LevelWeights) -> f64,
) -> f64 {
    let rows = &model.fields[field as usize].levels;
    rows.iter().filter(|row| levels.contains(&row.level)).map(column).sum()
}

fn is_near(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 1e-9
}

#[test]
fn settings_of_version_4_give_names_and_birth_dates() {
    let Import { model, mapped } = imported(of_version_4(), Some(1001));
    model.validate().expect("a valid model");
    // Both names the same: 0.8 * 0.8. One of them near or both: 0.9 * 0.9 less that.
    assert!(is_near(sum(&model, Field::Name, &[Level::Equal], |level| level.same), 0.64));
    let near = [
        Level::Variant,
        Level::Alias,
        Level::SameSound,
        Level::LookAlike,
        Level::Wildcard,
        Level::Near,
        Level::Segments,
        Level::Initials,
    ];
    assert!(is_near(sum(&model, Field::Name, &near, |level| level.same), 0.81 - 0.64));
    assert!(is_near(sum(&model, Field::Name, &[Level::GivenSame], |level| level.same), 0.9 * 0.1));
    assert!(is_near(sum(&model, Field::Name, &[Level::Different], |level| level.same), 0.01));
    assert!(is_near(sum(&model, Field::Name, &[Level::Different], |level| level.stranger), 0.97 * 0.97));
    // Where the very value's share speaks, Splink's average does not.
    let shipped = Model::default();
    let stranger = |model: &Model| sum(model, Field::Name, &[Level::Equal], |level| level.stranger);
    assert_eq!(stranger(&model), stranger(&shipped));
    assert!(is_near(sum(&model, Field::Birth, &[Level::Equal, Level::Placeholder], |level| level.same), 0.9));
    assert!(is_near(
        sum(&model, Field::Birth, &[Level::Equal, Level::Placeholder], |level| level.stranger),
        0.001
    ));
    // A month apart is none of ours: it counts with what is different.
    assert!(is_near(sum(&model, Field::Birth, &[Level::Different], |level| level.same), 0.04));
    // What Splink does not know stays.
    assert_eq!(model.fields[Field::Guardian as usize], shipped.fields[Field::Guardian as usize]);
    let twins = |model: &Model| sum(model, Field::Name, &[Level::OneCharacter], |level| level.twin);
    assert_eq!(twins(&model), twins(&shipped));
    assert!(is_near(model.priors.same_per_student, 1e-4 * 1000.0));
    assert!(mapped.iter().all(|mapped| mapped.to.is_ok()), "{mapped:?}");
    assert_eq!(model.provenance.map(|provenance| provenance.method), Some(Method::Imported));
}

#[test]
fn settings_of_version_5_say_what_was_left_out_and_why() {
    let Import { model, mapped } = imported(of_version_5(), None);
    model.validate().expect("a valid model");
    let left: Vec<(&str, Left)> = mapped
        .iter()
        .filter_map(|mapped| mapped.to.as_ref().err().map(|left| (mapped.comparison.as_str(), *left)))
        .collect();
    assert_eq!(
        left,
        [("email", Left::Column), ("phone", Left::NotTrained), ("sex", Left::Condition), ("", Left::Rows)]
    );
    assert!(is_near(sum(&model, Field::Name, &[Level::Equal], |level| level.same), 0.85));
    assert!(is_near(sum(&model, Field::Document, &[Level::Equal], |level| level.same), 0.9));
    // Numbers that cannot be checked are another question, on which Splink says nothing.
    assert!(is_near(sum(&model, Field::Document, &[Level::EqualUnchecked], |level| level.same), 0.6));
    let county = [Level::SameCounty, Level::SamePrefecture, Level::SameProvince];
    assert!(is_near(sum(&model, Field::Place, &county, |level| level.same), 0.1));
    assert_eq!(model.priors, Model::default().priors);
}

#[test]
fn a_name_in_halves_and_one_of_which_a_half_is_missing() {
    let mut only = of_version_4();
    only.remove(1);
    let mapped = imported(only, None).mapped;
    assert!(
        mapped.iter().any(|one| one.comparison == "first_name" && one.to == Err(Left::HalfName)),
        "{mapped:?}"
    );
    let both = vec![serde_json::json!({
        "output_column_name": "first_name_surname",
        "comparison_levels": [
            null_level("first_name"),
            level("\"first_name_l\" = \"first_name_r\" AND \"surname_l\" = \"surname_r\"", "both", 0.8, 0.001),
            level("\"first_name_l\" = \"surname_r\" AND \"first_name_r\" = \"surname_l\"", "reversed", 0.05, 0.001),
            level("\"surname_l\" = \"surname_r\"", "surname", 0.05, 0.008),
            level("\"first_name_l\" = \"first_name_r\"", "first name", 0.05, 0.02),
            level("ELSE", "else", 0.05, 0.97),
        ],
    })];
    let model = imported(both, None).model;
    assert!(is_near(sum(&model, Field::Name, &[Level::Variant], |level| level.same), 0.05));
    let surname = [Level::SurnameSame, Level::OneCharacter];
    assert!(is_near(sum(&model, Field::Name, &surname, |level| level.same), 0.05));
    assert!(is_near(sum(&model, Field::Name, &[Level::GivenSame], |level| level.same), 0.05));
}

#[test]
fn what_is_no_settings_is_refused_with_its_place() {
    let said =
        |text: &str| import(text, &Model::default(), None).expect_err("no model").message(Language::En);
    assert!(said("{}").contains("missing field `comparisons`"), "{}", said("{}"));
    let text = r#"{"comparisons": [{"comparison_levels": [{"sql_condition": 1}]}]}"#;
    assert!(said(text).contains("comparisons[0].comparison_levels[0].sql_condition"), "{}", said(text));
    let email = of_version_5().remove(3);
    assert!(said(&settings(vec![email])).contains("no comparison maps"));
}
