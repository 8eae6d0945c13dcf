//! A model as text: JSON that is read and edited by hand, and told apart by a digest.
//!
//! Files are opened elsewhere (`source/model.rs`, `report/model.rs`); here is what stands in one. A level is one line,
//! so that a comparison of two files shows which levels changed. Numbers are written so that they are read back as
//! the same numbers.

use std::io;

use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use sm3::{Digest, Sm3};

use super::model::Model;
use super::validate::ModelError;
use crate::language::Language;

/// Why a text is no model that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelTextError {
    /// It is no JSON, or a value has another shape than a model's.
    Shape {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// Where in the model, as in `fields[1].levels[3].same`; empty where it is no JSON.
        path: String,
        /// What is wrong there, in English.
        what: String,
    },
    /// Its numbers or versions make no model.
    Content(ModelError),
}

impl ModelTextError {
    /// What is wrong, and where, in a language.
    pub fn message(&self, language: Language) -> String {
        match (self, language) {
            (ModelTextError::Shape { line, column, path, what }, Language::Zh) => {
                let at = if path.is_empty() { String::new() } else { format!("{path}：") };
                format!("第 {line} 行第 {column} 列：{at}{what}")
            }
            (ModelTextError::Content(error), Language::Zh) => {
                format!("{}：应为 {}", error.path, error.expected)
            }
            (_, Language::En) => self.to_string(),
        }
    }
}

impl std::fmt::Display for ModelTextError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ModelTextError::Shape { line, column, path, what } if path.is_empty() => {
                write!(f, "line {line}, column {column}: {what}")
            }
            ModelTextError::Shape { line, column, path, what } => {
                write!(f, "line {line}, column {column}: {path}: {what}")
            }
            ModelTextError::Content(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ModelTextError {}

/// Which model it is: SM3 (GB/T 32905) of its text, which any tool computes from the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ModelDigest([u8; 32]);

impl ModelDigest {
    /// The first eight digits: enough to tell the models of an office apart.
    pub fn short(&self) -> String {
        self.0[..4].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Display for ModelDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// All that is read of a model before its form is known.
#[derive(Deserialize)]
struct Head {
    format: u32,
}

impl Model {
    /// Reads a model and validates it.
    ///
    /// # Errors
    /// The first thing found, with its place.
    pub fn from_text(text: &str) -> Result<Model, ModelTextError> {
        // Of another form even the names may be others.
        if let Ok(Head { format }) = serde_json::from_str(text)
            && format != Model::FORMAT
        {
            return Err(ModelTextError::Content(super::validate::other_format()));
        }
        let mut read = serde_json::Deserializer::from_str(text);
        let shape = |path: String, error: &serde_json::Error| {
            // The place is told apart from what is wrong there.
            let what = error.to_string();
            let what = what.rsplit_once(" at line ").map_or(what.as_str(), |(what, _)| what).to_owned();
            let path = if error.is_data() { path } else { String::new() };
            ModelTextError::Shape { line: error.line(), column: error.column(), path, what }
        };
        let model: Model = serde_path_to_error::deserialize(&mut read)
            .map_err(|error| shape(error.path().to_string(), error.inner()))?;
        read.end().map_err(|error| shape(String::new(), &error))?;
        model.validate().map_err(ModelTextError::Content)?;
        Ok(model)
    }

    /// The model as text: the same for the same model, a line for each level, with a line feed at the end.
    pub fn to_text(&self) -> String {
        let mut bytes = Vec::with_capacity(8 * 1024);
        let mut writer = Serializer::with_formatter(&mut bytes, Lines::default());
        let written = self.serialize(&mut writer);
        // INVARIANT: a model has text, numbers and lists, and writing into memory does not fail.
        written.expect("a model is JSON");
        bytes.push(b'\n');
        String::from_utf8(bytes).expect("JSON is UTF-8")
    }

    /// The digest of [`Model::to_text`].
    pub fn digest(&self) -> ModelDigest {
        ModelDigest(Sm3::digest(self.to_text()).into())
    }
}

/// What stands deeper than a list of levels is written in one line.
const LEVEL_DEPTH: usize = 5;

/// Indented JSON, with each level of a field in a line of its own.
#[derive(Default)]
struct Lines {
    pretty: PrettyFormatter<'static>,
    depth: usize,
}

impl Lines {
    fn is_inline(&self) -> bool {
        self.depth >= LEVEL_DEPTH
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.pretty.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        self.pretty.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.is_inline() { writer.write_all(b"{ ") } else { self.pretty.begin_object(writer) }
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let is_inline = self.is_inline();
        self.depth -= 1;
        if is_inline { writer.write_all(b" }") } else { self.pretty.end_object(writer) }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        match (self.is_inline(), first) {
            (true, true) => Ok(()),
            (true, false) => writer.write_all(b", "),
            (false, _) => self.pretty.begin_object_key(writer, first),
        }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.is_inline() { Ok(()) } else { self.pretty.end_object_value(writer) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::{Field, Method, Provenance};

    /// What is said of the shipped model's text after a replacement.
    fn said_of(from: &str, to: &str) -> String {
        let text = Model::default().to_text();
        assert!(text.contains(from), "{from}");
        Model::from_text(&text.replacen(from, to, 1)).expect_err("no model").to_string()
    }

    #[test]
    fn a_model_is_read_back_as_it_was() {
        let mut model = Model::default();
        let provenance =
            Provenance { rows: Some(50_000), converged: Some(true), ..Provenance::of(Method::Trained) };
        model.provenance = Some(provenance);
        // Numbers that no short text stands for.
        model.fields[1].levels[3].same = 0.07 + 1e-17 * 7.0;
        model.fields[1].levels[4].stranger = 1.0 / 3.0;
        assert_eq!(Model::from_text(&model.to_text()), Ok(model));
    }

    #[test]
    fn a_level_is_a_line() {
        let text = Model::default().to_text();
        let line =
            r#"        { "level": "equal", "same": 0.993, "twin": 0.65, "sibling": 0.5, "stranger": 0.5 }"#;
        assert!(text.lines().any(|found| found.trim_end_matches(',') == line), "{text}");
        let levels: usize = Field::ALL.iter().map(|field| field.levels().len()).sum();
        assert_eq!(text.lines().filter(|line| line.contains("\"level\"")).count(), levels);
        assert!(
            text.ends_with("}\n") && text.contains("\n  \"priors\": {\n    \"same_per_student\": 0.05,"),
            "{text}"
        );
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        assert_eq!(
            said_of("\"name\":", "\"nane\":"),
            format!(
                "line 3, column 8: nane: unknown field `nane`, expected one of `format`, `name`, `identity_version`, \
             `provenance`, `priors`, `thresholds`, `name_and_birth`, `fields`"
            )
        );
        let said = said_of("\"same\": 0.78", "\"same\": \"0.78\"");
        assert!(
            said.contains("fields[1].levels[0].same: invalid type: string \"0.78\", expected f64"),
            "{said}"
        );
        let said = said_of("\"level\": \"same_sound\"", "\"level\": \"same_noise\"");
        assert!(said.contains("fields[1].levels[3].level: unknown variant `same_noise`"), "{said}");
        let said = said_of("\"same\": 0.78", "\"same\": 0.78, \"same\": 0.78");
        assert!(said.contains("fields[1].levels[0]: duplicate field `same`"), "{said}");
        let said = said_of("\"same\": 0.78", "\"same\": 7.8");
        assert!(said.starts_with("fields.name.equal.same: expected a probability"), "{said}");
        let said = said_of("\"format\": 1,", "\"format\": 2,");
        assert!(said.starts_with("format: expected 1"), "{said}");
        let said = said_of("\"format\": 1,", "\"format\": 1");
        assert!(said.starts_with("line 3, column 3: expected `,` or `}`"), "{said}");
        let said = Model::from_text(&format!("{}{{}}", Model::default().to_text())).expect_err("no model");
        assert!(said.to_string().ends_with("trailing characters"), "{said}");
    }

    #[test]
    fn the_digest_is_that_of_the_text() {
        let model = Model::default();
        let mut other = model.clone();
        assert_eq!(model.digest(), other.digest());
        other.thresholds.same = 0.91;
        assert_ne!(model.digest(), other.digest());
        assert_eq!(model.digest().to_string().len(), 64);
        assert!(model.digest().to_string().starts_with(&model.digest().short()));
    }
}
