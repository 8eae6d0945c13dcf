//! The formats of lists, and which one a file's name asks for.

use std::path::{Path, PathBuf};

use super::error::ReportError;

/// What a list is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListFormat {
    /// Text with commas and a header.
    #[default]
    Csv,
    /// A workbook whose cells are all text.
    Xlsx,
    /// A JSON object a line, whose values are all texts.
    Ndjson,
    /// Apache Parquet, all columns of which are texts.
    Parquet,
}

impl ListFormat {
    /// Every format, in the order in which a list is looked for.
    pub const ALL: [ListFormat; 4] =
        [ListFormat::Csv, ListFormat::Xlsx, ListFormat::Ndjson, ListFormat::Parquet];

    /// The ending of the names of such files.
    pub const fn ending(self) -> &'static str {
        match self {
            ListFormat::Csv => "csv",
            ListFormat::Xlsx => "xlsx",
            ListFormat::Ndjson => "ndjson",
            ListFormat::Parquet => "parquet",
        }
    }

    /// Whether it is text, which can be packed.
    const fn is_text(self) -> bool {
        matches!(self, ListFormat::Csv | ListFormat::Ndjson)
    }

    /// A list of a result directory, in whatever format it was written; as CSV if there is none.
    pub fn find(directory: &Path, stem: &str) -> PathBuf {
        let named = |format: ListFormat| directory.join(format!("{stem}.{}", format.ending()));
        let found = ListFormat::ALL.into_iter().map(named).find(|path| path.is_file());
        found.unwrap_or_else(|| named(ListFormat::Csv))
    }
}

/// How a text is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum PackedAs {
    #[default]
    Nothing,
    Gzip,
    Zstd,
}

/// A format, and how it is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutputForm {
    pub(super) format: ListFormat,
    pub(super) packed: PackedAs,
}

impl OutputForm {
    /// What the ending of a file's name asks for: `.csv`, `.xlsx`, `.ndjson` or `.jsonl`, `.parquet`, of texts also
    /// with `.gz` or `.zst` behind; CSV for any other name. `format`, if given, is taken in its place.
    ///
    /// # Errors
    ///
    /// [`ReportError::Ending`] for the ending of a format that is not written, and for a workbook or Parquet that
    /// would be packed; [`ReportError::NoParquet`].
    pub fn of_name(path: &Path, format: Option<ListFormat>) -> Result<OutputForm, ReportError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let (stem, packed) = match name.rsplit_once('.') {
            Some((stem, "gz")) => (stem, PackedAs::Gzip),
            Some((stem, "zst")) => (stem, PackedAs::Zstd),
            _ => (name.as_str(), PackedAs::Nothing),
        };
        let asked = match stem.rsplit_once('.').map(|(_, ending)| ending) {
            Some("xlsx") => ListFormat::Xlsx,
            Some("ndjson" | "jsonl") => ListFormat::Ndjson,
            Some("parquet") => ListFormat::Parquet,
            Some("xls" | "xlsm" | "xlsb" | "ods" | "json") if format.is_none() => {
                return Err(ReportError::Ending(path.to_owned()));
            }
            _ => ListFormat::Csv,
        };
        let format = format.unwrap_or(asked);
        if packed != PackedAs::Nothing && !format.is_text() {
            return Err(ReportError::Ending(path.to_owned()));
        }
        if format == ListFormat::Parquet && cfg!(not(feature = "parquet")) {
            return Err(ReportError::NoParquet(path.to_owned()));
        }
        Ok(OutputForm { format, packed })
    }

    /// The format alone.
    pub fn format(self) -> ListFormat {
        self.format
    }
}

impl From<ListFormat> for OutputForm {
    fn from(format: ListFormat) -> OutputForm {
        OutputForm { format, packed: PackedAs::Nothing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ask_for_formats() {
        let form = |name: &str| OutputForm::of_name(Path::new(name), None).ok();
        let as_is = |format| Some(OutputForm { format, packed: PackedAs::Nothing });
        assert_eq!(form("a/list.XLSX"), as_is(ListFormat::Xlsx));
        assert_eq!(form("list.jsonl"), as_is(ListFormat::Ndjson));
        for name in ["list", "list.txt", "list.2026.csv", ".xlsx.txt"] {
            assert_eq!(form(name), as_is(ListFormat::Csv), "{name}");
        }
        let zipped = OutputForm { format: ListFormat::Ndjson, packed: PackedAs::Gzip };
        assert_eq!(form("list.ndjson.gz"), Some(zipped));
        assert_eq!(form("list.zst").map(|form| form.packed), Some(PackedAs::Zstd));
        for name in ["list.xls", "list.json", "list.ods", "list.xlsx.gz", "list.parquet.zst"] {
            assert_eq!(form(name), None, "{name}");
        }
        let given = OutputForm::of_name(Path::new("list.xls"), Some(ListFormat::Csv));
        assert_eq!(given.ok(), as_is(ListFormat::Csv));
    }
}
