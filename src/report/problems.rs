//! `problems/<county>.csv`: the 问题学籍清单, one row for each record with something to do, filed under the
//! record's county. For clerks and their spreadsheets: words in their language, names and numbers masked.
//!
//! A record is named by its id and not by file and row: the lists are the same bytes for any order of the
//! input's rows. Where the input has no ids, file and row are the id.

use std::borrow::Cow;

use super::county::CountyLists;
use super::directory::OutputDirectory;
use super::error::ReportError;
use super::{mask, words};
use crate::identity::region::RegionCode;
use crate::language::Language;
use crate::matching::{ProblemClass, Reasons};

/// Most other records that one cell names; the rest are counted.
const OTHERS_MAX: usize = 20;

/// A record with something to do. Texts are not yet masked.
#[derive(Debug, Clone, Copy)]
pub struct ProblemRecord<'a> {
    /// The office's name for the record.
    pub record_id: &'a str,
    /// The student's name.
    pub name: &'a str,
    /// The student's document number.
    pub number: &'a str,
    /// The county it is filed under.
    pub county: Option<RegionCode>,
}

/// One thing to do about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern<'a> {
    /// What kind of problem it is.
    pub class: ProblemClass,
    /// Why.
    pub reasons: Reasons,
    /// The other records it is a problem with, in order; none for a problem of the record's own.
    pub others: Vec<&'a str>,
}

/// The lists being written, one county after the other.
pub struct ProblemLists<'d> {
    lists: CountyLists<'d>,
    language: Language,
}

impl<'d> ProblemLists<'d> {
    /// Begins with no list.
    pub fn new(directory: &'d OutputDirectory, language: Language) -> ProblemLists<'d> {
        ProblemLists { lists: CountyLists::new(directory, "problems", &header(language)), language }
    }

    /// Adds a record. A record without concerns is not listed.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    ///
    /// # Panics
    ///
    /// If the records do not come in order of their counties, those without one (county 0) first: a list
    /// is written once.
    pub fn write(&mut self, record: &ProblemRecord<'_>, concerns: &[Concern<'_>]) -> Result<(), ReportError> {
        if concerns.is_empty() {
            return Ok(());
        }
        let county = record.county.map_or(0, RegionCode::get);
        let (language, semicolon) = (self.language, self.language.pick(";", "; "));
        let join = |text: &dyn Fn(&Concern<'_>) -> String| {
            let mut parts: Vec<String> = concerns.iter().map(text).filter(|part| !part.is_empty()).collect();
            parts.dedup();
            parts.join(semicolon)
        };
        let problem = join(&|concern| words::class(concern.class, language).to_owned());
        let reasons = join(&|concern| words::reasons(concern.reasons, language));
        let others = join(&|concern| others(&concern.others, language));
        let action = join(&|concern| words::action(concern.class, language).to_owned());
        let (name, number) = (mask::name(record.name), mask::number(record.number));
        self.lists.row(county, [record.record_id, &name, &number, &problem, &reasons, &others, &action])
    }

    /// Writes what is buffered; tells how many records are listed.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`].
    pub fn finish(self) -> Result<u64, ReportError> {
        self.lists.finish()
    }
}

fn header(language: Language) -> [&'static str; 7] {
    match language {
        Language::Zh => ["记录编号", "姓名", "证件号", "问题", "原因", "涉及的其他记录", "处理办法"],
        Language::En => {
            ["record_id", "name", "id_number", "problem", "reasons", "other_records", "what_may_be_done"]
        }
    }
}

fn others(records: &[&str], language: Language) -> String {
    let mut text = records[..records.len().min(OTHERS_MAX)].join(language.pick("、", ", "));
    if records.len() > OTHERS_MAX {
        let more = records.len() - OTHERS_MAX;
        text.push_str(&match language {
            Language::Zh => format!("等,另有 {more} 条"),
            Language::En => format!(" and {more} more"),
        });
    }
    text
}

/// A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe in front.
pub(super) fn inert(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Existing;

    #[test]
    fn a_list_for_each_county() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let directory =
            OutputDirectory::create(&root.path().join("out"), Existing::Keep).expect("a free place");
        let mut lists = ProblemLists::new(&directory, Language::Zh);
        let record = |record_id, county| ProblemRecord {
            record_id,
            name: "王小明",
            number: "42010320150312001X",
            county: RegionCode::new(county).filter(|_| county > 0),
        };
        let concern = |class, others: &[&'static str]| Concern {
            class,
            reasons: Reasons::SHARED_NUMBER | Reasons::NAME_DIFFERS,
            others: others.to_vec(),
        };
        let shared = concern(ProblemClass::SharedNumber, &["r2", "r3"]);
        lists.write(&record("=r1", 0), std::slice::from_ref(&shared)).expect("writing");
        lists.write(&record("r2", 420103), &[]).expect("writing");
        lists
            .write(&record("r3", 420103), &[shared, concern(ProblemClass::InvalidNumber, &[])])
            .expect("writing");
        assert_eq!(lists.finish().expect("writing"), 2);
        let read = |name: &str| {
            std::fs::read_to_string(directory.temporary().join("problems").join(name)).expect("a list")
        };
        let unknown = read("000000.csv");
        assert!(unknown.starts_with("\u{FEFF}记录编号,姓名,"), "{unknown}");
        assert!(unknown.contains("'=r1,王*明,420103********001X,不同学生证件号重复,"), "{unknown}");
        let county = read("420103.csv");
        assert!(county.contains("r2、r3"), "{county}");
        assert!(county.contains("不同学生证件号重复;证件号校验不符"), "{county}");
    }
}
