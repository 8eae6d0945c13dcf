//! One thing that is wrong, at its cell, in words.

use compact_str::CompactString;

use crate::language::Language;
use crate::template::{Field, Kind, Rule, Severity};

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The row as a person counts it.
    pub row: u32,
    /// The column, from 0; `None` where the row as a whole or a column that is not there is meant.
    pub cell: Option<u16>,
    /// The field.
    pub field: Option<Field>,
    /// The rule that is broken.
    pub rule: Rule,
    /// What was found, masked ([`Field::masked`]); empty where nothing stands there.
    pub found: CompactString,
    /// The row that it contradicts or repeats.
    pub other_row: Option<u32>,
}

impl Finding {
    /// A finding about a whole row. `found` is no text of the row.
    pub fn of_row(row: u32, rule: Rule, found: &'static str) -> Finding {
        Finding {
            row,
            cell: None,
            field: None,
            rule,
            found: CompactString::const_new(found),
            other_row: None,
        }
    }

    /// How bad it is.
    pub const fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// What is expected.
    pub fn expected(&self, language: Language) -> String {
        match (self.rule, self.field.map(Field::kind)) {
            (Rule::CodeUnknown, Some(Kind::Coded(table))) => {
                let codes = table
                    .codes()
                    .iter()
                    .take(4)
                    .map(|code| format!("{} {}", code.code, language.pick(code.zh, code.en)));
                let codes = codes.collect::<Vec<_>>().join(language.pick("，", ", "));
                let more = if table.codes().len() > 4 { language.pick("……", ", ...") } else { "" };
                match language {
                    Language::Zh => format!("{} 的代码：{codes}{more}", table.standard()),
                    Language::En => format!("a code of {}: {codes}{more}", table.standard()),
                }
            }
            (rule, _) => rule.expected(language).to_owned(),
        }
    }

    /// What is wrong and what is expected, in a sentence. Holds no name and no number in full.
    pub fn message(&self, language: Language) -> String {
        let (wrong, expected) = (self.rule.wrong(language), self.expected(language));
        let mut text = match self.field.filter(|_| self.cell.is_none()) {
            Some(field) => format!("{wrong}{}{}", language.pick("：", ": "), field.name(language)),
            None => wrong.to_owned(),
        };
        if !self.found.is_empty() {
            match language {
                Language::Zh => text.push_str(&format!("（现为 {}）", self.found)),
                Language::En => text.push_str(&format!(" (found {})", self.found)),
            }
        }
        if let Some(row) = self.other_row {
            match language {
                Language::Zh => text.push_str(&format!("，另见第 {row} 行")),
                Language::En => text.push_str(&format!(", see row {row}")),
            }
        }
        match language {
            Language::Zh => text.push_str(&format!("；应为：{expected}")),
            Language::En => text.push_str(&format!("; expected: {expected}")),
        }
        text
    }
}
