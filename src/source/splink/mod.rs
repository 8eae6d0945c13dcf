//! A model trained by Splink, taken over as far as its comparisons say what ours say.
//!
//! Splink 4 and 5 save their settings as JSON of one shape: comparisons, each with levels from agreement to
//! disagreement, each level a condition in SQL with `m` (how often it holds among pairs of one person) and `u` (among
//! others). Which version wrote a file is not said in it. What is read is what both write; what is unknown is passed over.
//!
//! `m` becomes *same* and `u` becomes *stranger*. Splink knows no twins and no siblings: those columns stay the base's.
//! Where a level of ours has a share, the share of the very value speaks and Splink's average `u` is not needed.
//!
//! | file | what lives there |
//! |---|---|
//! | `condition` | which columns a comparison reads, and how far a level lets them differ |
//! | `levels` | levels of Splink → levels of a field |

mod condition;
mod levels;
#[cfg(test)]
mod tests;

use serde::Deserialize;
use serde_json::Value;

use crate::language::Language;
use crate::matching::{Field, Level, Method, Model, ModelError, Provenance};
use condition::{Column, columns};
use levels::{Seen, seen};

/// Settings as saved, as far as they matter here.
#[derive(Debug, Deserialize)]
struct Settings {
    comparisons: Vec<Comparison>,
    probability_two_random_records_match: Option<f64>,
}

/// A comparison as saved.
#[derive(Debug, Deserialize)]
struct Comparison {
    output_column_name: Option<String>,
    comparison_levels: Vec<SavedLevel>,
}

impl Comparison {
    fn name(&self) -> &str {
        self.output_column_name.as_deref().unwrap_or_default()
    }
}

/// A level as saved. A probability may be the text that it was not observed.
#[derive(Debug, Deserialize)]
struct SavedLevel {
    sql_condition: String,
    #[serde(default)]
    label_for_charts: Option<String>,
    #[serde(default)]
    is_null_level: bool,
    m_probability: Option<Value>,
    u_probability: Option<Value>,
}

/// Why settings give no model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SplinkError {
    /// They are no JSON, or no settings of Splink.
    Shape {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// Where in the settings, as in `comparisons[0].comparison_levels`.
        path: String,
        /// What is wrong there, in English.
        what: String,
    },
    /// None of the comparisons maps onto a field.
    NothingMapped,
    /// What was mapped makes no model.
    Model(ModelError),
}

impl SplinkError {
    /// What is wrong, in a language.
    pub fn message(&self, language: Language) -> String {
        match (self, language) {
            (SplinkError::Shape { line, column, path, what }, Language::Zh) => {
                format!(
                    "第 {line} 行第 {column} 列：{path}：{what}；应为 Splink 4 或 5 的 save_model_to_json 文件"
                )
            }
            (SplinkError::Shape { line, column, path, what }, Language::En) => format!(
                "line {line}, column {column}: {path}: {what}; expected what save_model_to_json of Splink 4 or 5 writes"
            ),
            (SplinkError::NothingMapped, Language::Zh) => {
                "没有一项比较能对应到本程序的字段；请检查各比较所用的列名".to_owned()
            }
            (SplinkError::NothingMapped, Language::En) => {
                "no comparison maps onto a field; look at the names of the columns they compare".to_owned()
            }
            (SplinkError::Model(error), _) => error.to_string(),
        }
    }
}

/// Why something of the settings was not taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// No field is called like the columns.
    Column,
    /// The comparison mixes columns of several fields.
    SeveralFields,
    /// Another comparison gave the field already.
    Taken,
    /// A name needs a comparison of given names and one of surnames.
    HalfName,
    /// A level has no `m` or no `u`: it was not observed.
    NotTrained,
    /// The probabilities do not sum to one.
    Sum,
    /// The condition of a level is none that is known.
    Condition,
    /// How many rows it was trained on is not said.
    Rows,
}

impl Left {
    /// The reason in words.
    pub fn message(self, language: Language) -> &'static str {
        let (zh, en) = match self {
            Left::Column => ("列名不对应任何字段", "no field is called like its columns"),
            Left::SeveralFields => ("涉及多个字段的列", "it compares columns of several fields"),
            Left::Taken => ("该字段已由另一项比较给出", "another comparison gave the field already"),
            Left::HalfName => ("姓与名须各有一项比较", "a name needs comparisons of given name and surname"),
            Left::NotTrained => {
                ("有级别未经训练（缺 m 或 u）", "a level was not observed: it has no m or no u")
            }
            Left::Sum => ("各级别的 m 或 u 之和不为一", "the levels' m or u do not sum to one"),
            Left::Condition => {
                ("有无法识别的 SQL 条件", "the SQL condition of a level is none that is known")
            }
            Left::Rows => (
                "未给出训练的行数（--rows），先验取自基准模型",
                "how many rows it was trained on is not said (--rows): the base's prior stays",
            ),
        };
        language.pick(zh, en)
    }

    /// The reason's name in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Left::Column => "column",
            Left::SeveralFields => "several_fields",
            Left::Taken => "taken",
            Left::HalfName => "half_name",
            Left::NotTrained => "not_trained",
            Left::Sum => "sum",
            Left::Condition => "condition",
            Left::Rows => "rows",
        }
    }
}

/// What became of a part of the settings: a level, a whole comparison, or the prior.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapped {
    /// The comparison's name; empty for the prior.
    pub comparison: String,
    /// The level's label; empty for a whole comparison.
    pub level: String,
    /// The field and the levels of it that it gives, or why it was left out.
    pub to: Result<(Option<Field>, Vec<Level>), Left>,
}

/// A model made of settings, and what became of each part of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The model.
    pub model: Model,
    /// In the order of the settings.
    pub mapped: Vec<Mapped>,
}

/// Makes a model of settings; what they do not say is the base's.
///
/// # Errors
/// [`SplinkError`].
pub fn import(text: &str, base: &Model, rows: Option<u64>) -> Result<Import, SplinkError> {
    let mut read = serde_json::Deserializer::from_str(text);
    let settings: Settings = serde_path_to_error::deserialize(&mut read).map_err(|error| {
        let (path, inner) = (error.path().to_string(), error.inner());
        let what = inner.to_string();
        let what = what.rsplit_once(" at line ").map_or(what.as_str(), |(what, _)| what).to_owned();
        SplinkError::Shape { line: inner.line(), column: inner.column(), path, what }
    })?;
    let mut importing =
        Importing { model: base.clone(), mapped: Vec::new(), taken: Vec::new(), names: [None, None] };
    settings.comparisons.iter().for_each(|comparison| importing.add(comparison));
    importing.join_names();
    if importing.taken.is_empty() {
        return Err(SplinkError::NothingMapped);
    }
    importing.add_prior(settings.probability_two_random_records_match, rows);
    let Importing { mut model, mapped, .. } = importing;
    model.name = format!("{}+splink", base.name);
    model.provenance = Some(Provenance { rows, ..Provenance::of(Method::Imported) });
    model.validate().map_err(SplinkError::Model)?;
    Ok(Import { model, mapped })
}

/// A model in the making.
struct Importing<'s> {
    model: Model,
    mapped: Vec<Mapped>,
    taken: Vec<Field>,
    /// Comparisons of given names and of surnames, which together are one of names.
    names: [Option<(&'s Comparison, Vec<Seen>)>; 2],
}

impl<'s> Importing<'s> {
    fn leave(&mut self, comparison: &Comparison, left: Left) {
        let (comparison, level) = (comparison.name().to_owned(), String::new());
        self.mapped.push(Mapped { comparison, level, to: Err(left) });
    }

    fn add(&mut self, comparison: &'s Comparison) {
        if let Err(left) = self.try_add(comparison) {
            self.leave(comparison, left);
        }
    }

    fn try_add(&mut self, comparison: &'s Comparison) -> Result<(), Left> {
        let column = columns(comparison)?;
        let seen = seen(comparison, column)?;
        let field = match column {
            Column::Given | Column::Surname => {
                let half = &mut self.names[usize::from(column == Column::Surname)];
                if half.is_some() {
                    return Err(Left::Taken);
                }
                *half = Some((comparison, seen));
                return Ok(());
            }
            Column::Names => Field::Name,
            Column::Of(field) => field,
        };
        self.put(comparison, field, &seen)
    }

    fn put(&mut self, comparison: &Comparison, field: Field, seen: &[Seen]) -> Result<(), Left> {
        if self.taken.contains(&field) {
            return Err(Left::Taken);
        }
        let given = levels::put(&mut self.model.fields[field as usize], seen);
        self.taken.push(field);
        for (seen, levels) in seen.iter().zip(given) {
            let (comparison, level) = (comparison.name().to_owned(), seen.label.clone());
            self.mapped.push(Mapped { comparison, level, to: Ok((Some(field), levels)) });
        }
        Ok(())
    }

    /// Given names and surnames as one field, taken as independent of each other, which is what Splink takes them for.
    fn join_names(&mut self) {
        match std::mem::take(&mut self.names) {
            [Some((given, of_given)), Some((surname, of_surname))] => {
                let joined = levels::join(&of_given, &of_surname);
                let name = format!("{} × {}", given.name(), surname.name());
                let both = Comparison { output_column_name: Some(name), comparison_levels: Vec::new() };
                if let Err(left) = self.put(&both, Field::Name, &joined) {
                    self.leave(&both, left);
                }
            }
            halves => {
                for (comparison, _) in halves.into_iter().flatten() {
                    self.leave(comparison, Left::HalfName);
                }
            }
        }
    }

    /// Of any two of `N` rows one in `1 / λ` pairs is one person, so a row has `λ (N - 1)` others of its own.
    fn add_prior(&mut self, lambda: Option<f64>, rows: Option<u64>) {
        let Some(lambda) = lambda.filter(|lambda| *lambda > 0.0 && *lambda < 1.0) else { return };
        let to = match rows {
            Some(rows) if rows > 1 => {
                self.model.priors.same_per_student = lambda * (rows - 1) as f64;
                Ok((None, Vec::new()))
            }
            _ => Err(Left::Rows),
        };
        let level = "probability_two_random_records_match".to_owned();
        self.mapped.push(Mapped { comparison: String::new(), level, to });
    }
}
