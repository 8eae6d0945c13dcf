//! Files that hold a model, and settings of Splink: read whole, since they are small.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::splink::{Import, SplinkError, import};
use crate::language::Language;
use crate::limits::MODEL_BYTES_MAX;
use crate::matching::{Model, ModelTextError};

/// Why a file gives no model.
#[derive(Debug)]
#[non_exhaustive]
pub enum ModelFileErrorKind {
    /// The operating system refused.
    Io(std::io::Error),
    /// It is larger than [`MODEL_BYTES_MAX`].
    TooLarge,
    /// It is no UTF-8.
    Encoding,
    /// It is no model, or none of this version's.
    Model(ModelTextError),
    /// It is no settings of Splink that a model can be made of.
    Splink(SplinkError),
}

/// A file that gives no model: which, and why.
#[derive(Debug)]
pub struct ModelFileError {
    path: PathBuf,
    kind: ModelFileErrorKind,
}

impl ModelFileError {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why.
    pub fn kind(&self) -> &ModelFileErrorKind {
        &self.kind
    }

    /// Which file, where in it, and what is wrong there, in a language.
    pub fn message(&self, language: Language) -> String {
        let what = match (&self.kind, language) {
            (ModelFileErrorKind::Io(error), Language::Zh) => format!("无法读取：{error}"),
            (ModelFileErrorKind::Io(error), Language::En) => format!("cannot be read: {error}"),
            (ModelFileErrorKind::TooLarge, Language::Zh) => "文件过大，不是判定模型".to_owned(),
            (ModelFileErrorKind::TooLarge, Language::En) => "too large for a model".to_owned(),
            (ModelFileErrorKind::Encoding, Language::Zh) => "不是 UTF-8 文本；请另存为 UTF-8".to_owned(),
            (ModelFileErrorKind::Encoding, Language::En) => "not UTF-8; save it as UTF-8".to_owned(),
            (ModelFileErrorKind::Model(error), language) => error.message(language),
            (ModelFileErrorKind::Splink(error), language) => error.message(language),
        };
        format!("{}{}{what}", self.path.display(), language.pick("：", ": "))
    }
}

impl fmt::Display for ModelFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::En))
    }
}

impl std::error::Error for ModelFileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // The message is the cause's own, so the chain goes on below it.
        match &self.kind {
            ModelFileErrorKind::Io(error) => error.source(),
            _ => None,
        }
    }
}

/// Reads a model and validates it.
///
/// # Errors
/// [`ModelFileError`], with the place inside the file.
pub fn read_model(path: &Path) -> Result<Model, ModelFileError> {
    let failed = |kind| ModelFileError { path: path.to_owned(), kind };
    let text = read(path).map_err(failed)?;
    Model::from_text(&text).map_err(|error| failed(ModelFileErrorKind::Model(error)))
}

/// Reads settings of Splink into a model; what they do not say is the base's. `rows` is how many Splink saw.
///
/// # Errors
/// [`ModelFileError`].
pub fn read_splink(path: &Path, base: &Model, rows: Option<u64>) -> Result<Import, ModelFileError> {
    let failed = |kind| ModelFileError { path: path.to_owned(), kind };
    let text = read(path).map_err(failed)?;
    import(&text, base, rows).map_err(|error| failed(ModelFileErrorKind::Splink(error)))
}

fn read(path: &Path) -> Result<String, ModelFileErrorKind> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(ModelFileErrorKind::Io)?;
    file.take(MODEL_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(ModelFileErrorKind::Io)?;
    if bytes.len() as u64 > MODEL_BYTES_MAX {
        return Err(ModelFileErrorKind::TooLarge);
    }
    let text = String::from_utf8(bytes).map_err(|_| ModelFileErrorKind::Encoding)?;
    // Some editors put a mark in front.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
