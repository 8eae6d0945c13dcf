//! The report as one HTML page: what was found in numbers, and every listed pair with both records side by side and
//! its waterfall. It fetches nothing, and its policy lets it fetch nothing.
//!
//! Rust writes the data, the browser draws it. The same findings, texts and words give the same bytes.
//!
//! | file | what lives there |
//! |---|---|
//! | `data` | pairs, records and texts as columns with dictionaries, in two blocks of JSON |
//! | `overview` | numbers by county and class, and the histogram |
//! | `words` | the words of codes, in both languages |
//! | `page.html`, `page.css`, `words.json` | the frame, its style, its own words |
//! | `*.js` | what the browser does, in the order of [`SCRIPTS`] |

mod data;
mod overview;
mod words;

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use serde_json::json;

use super::directory::Existing;
use super::error::ReportError;
use super::shown::Personal;
use super::summary::Summary;
use crate::dedupe::{Findings, RowId};
use crate::hash::digest_bytes;
use crate::language::Language;
use crate::matching::{Field, Model};
use crate::page::STYLE;

/// The parts of the page's one script, in their order. Each sees what those before it define.
const SCRIPTS: [&str; 7] = [
    include_str!("make.js"),
    include_str!("data.js"),
    include_str!("overview.js"),
    include_str!("list.js"),
    include_str!("decisions.js"),
    include_str!("pair.js"),
    include_str!("main.js"),
];

/// The fields of each record of a listed pair as they are shown.
pub type Texts = HashMap<RowId, [String; Field::COUNT]>;

/// What a page tells.
#[derive(Debug, Clone, Copy)]
pub struct ReportPage<'a> {
    /// The numbers of the run.
    pub summary: &'a Summary,
    /// What it found.
    pub findings: &'a Findings,
    /// The records of listed pairs.
    pub texts: &'a Texts,
    /// By which model.
    pub model: &'a Model,
    /// Whether the texts are masked.
    pub personal: Personal,
    /// The language it opens in.
    pub language: Language,
}

impl ReportPage<'_> {
    /// The page. Takes time and space in proportion to the listed pairs: some 200 bytes each.
    pub fn html(&self) -> String {
        let language = self.language.pick("zh", "en");
        let (main, texts) = data::blocks(self);
        let main = json!({
            "language": language,
            "unmasked": self.personal == Personal::Shown,
            "version": self.summary.version,
            "model": self.model.name,
            "totals": overview::totals(self.summary),
            "counties": overview::counties(self.findings),
            "words": words::all(),
            "found": main,
        });
        let (main, texts) = (inert(&main.to_string()), inert(&texts.to_string()));
        let style = [STYLE, include_str!("page.css")].concat();
        let script = format!("\"use strict\";\n(() => {{\n{}}})();\n", SCRIPTS.concat());
        // Whoever wrote a name into the input does not know it: it depends on every byte of the page's data.
        let nonce = format!("{:032x}", digest_bytes([main.as_str(), &texts].concat().as_bytes()));
        let histograms = [Language::Zh, Language::En].map(|language| overview::histogram(self, language));
        let parts = [
            ("language", language),
            ("nonce", &nonce),
            ("style", &style),
            ("histogram-zh", &histograms[0]),
            ("histogram-en", &histograms[1]),
            ("data", &main),
            ("texts", &texts),
            ("script", &script),
        ];
        fill(include_str!("page.html"), &parts)
    }
}

/// Writes a page to a file, whole or not at all. One that shows personal data is its owner's alone to read.
///
/// # Errors
/// [`ReportError::Exists`], [`ReportError::Io`].
pub fn write_page(
    path: &Path,
    existing: Existing,
    personal: Personal,
    page: &str,
) -> Result<(), ReportError> {
    let failed = || ReportError::at(path);
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".report.")
        .suffix(".partial")
        .tempfile_in(parent)
        .map_err(failed())?;
    file.write_all(page.as_bytes()).map_err(failed())?;
    #[cfg(unix)]
    if personal == Personal::Masked {
        // A temporary file is private to its owner; a page to be passed on is not.
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        file.as_file().set_permissions(mode).map_err(failed())?;
    }
    #[cfg(not(unix))]
    let _ = personal;
    let persisted = match existing {
        Existing::Keep => file.persist_noclobber(path),
        Existing::Replace => file.persist(path),
    };
    match persisted {
        Ok(_) => Ok(()),
        Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => {
            Err(ReportError::Exists(path.to_owned()))
        }
        Err(failed) => Err(ReportError::Io { path: path.to_owned(), source: failed.error }),
    }
}

/// The template with its `{{parts}}` put in, in one pass: what is put in is not looked at again.
fn fill(template: &str, parts: &[(&str, &str)]) -> String {
    let mut page =
        String::with_capacity(template.len() + parts.iter().map(|(_, part)| part.len()).sum::<usize>());
    let mut pieces = template.split("{{");
    page.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").expect("the template's own braces are closed");
        let part = parts.iter().find(|(known, _)| *known == name);
        page.push_str(part.expect("the template names parts that there are").1);
        page.push_str(rest);
    }
    page
}

/// JSON that no HTML parser takes for anything: it can neither end its element nor begin a comment.
fn inert(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_put_in_once() {
        assert_eq!(fill("a{{x}}b{{y}}", &[("x", "{{y}}"), ("y", "1")]), "a{{y}}b1");
    }

    #[test]
    fn json_cannot_end_its_element() {
        let hostile = json!({ "name": "</script><img src=x onerror=alert(1)><!--" }).to_string();
        let safe = inert(&hostile);
        assert!(!safe.contains('<') && !safe.contains('>'));
        let back: serde_json::Value = serde_json::from_str(&safe).expect("JSON");
        assert_eq!(back["name"], "</script><img src=x onerror=alert(1)><!--");
    }

    #[test]
    fn the_page_has_the_same_words_in_both_languages() {
        let words: serde_json::Value = serde_json::from_str(include_str!("words.json")).expect("JSON");
        let keys = |language: &str| -> Vec<String> {
            words[language].as_object().expect("an object").keys().cloned().collect()
        };
        assert_eq!(keys("zh"), keys("en"));
        let page = [include_str!("page.html"), &SCRIPTS.concat()].concat();
        let used = |mark: &str, end: char| -> Vec<String> {
            let after = page.split(mark).skip(1);
            after.map(|rest| rest.split(end).next().unwrap_or_default().to_owned()).collect()
        };
        let all = [used("data-say=\"", '"'), used("data-hint=\"", '"'), used("say(\"", '"')].concat();
        assert!(all.len() > 20, "the words are where they were");
        for word in all {
            assert!(keys("en").contains(&word), "{word}");
        }
    }
}
