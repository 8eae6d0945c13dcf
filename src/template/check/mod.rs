//! Rows against a profile.
//!
//! | file | what lives there |
//! |---|---|
//! | `finding` | one thing that is wrong, at its cell |
//! | `row` | the values of a row by field; rows packed for other threads |
//! | `value` | one value by itself |
//! | `document` | kind and number of a document |
//! | `family` | the members of the family, and what a student without a number needs of them |
//! | `fields` | values against each other |
//! | `across` | rows against each other |
//!
//! A row is checked by itself on whatever thread ([`Validator::check_row`]); what rows have in common is looked at in
//! their order ([`Validation`]). Where the engine would leave a value out that no rule objects to, that is a finding as
//! well: what passes here is read whole by a comparison.

mod across;
mod document;
mod family;
mod fields;
mod finding;
mod row;
mod value;

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::{ClassLayout, Field, Layout, Need, Profile, Rule, Severity};
use crate::identity::Identity;
use crate::limits::{CELL_BYTES_MAX, FINDINGS_MAX};

pub use across::RowKeys;
pub use finding::Finding;
pub use row::Rows;

use across::AcrossRows;
use family::Members;
use row::Row;

/// What may be chosen of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The code of the school whose file it is; each row must have it. Without it, each row's own counts.
    pub school: Option<String>,
    /// How class numbers are made up; as the profile says if not given.
    pub class_layout: Option<ClassLayout>,
}

/// The rules of a profile, for files with one header. Shared by threads.
#[derive(Debug, Clone)]
pub struct Validator {
    layout: Layout,
    options: Options,
    /// Fields that must have a value in each row, among those the file has.
    required: Vec<Field>,
    /// Fields with a value to be checked by itself.
    checked: Vec<Field>,
}

impl Validator {
    /// A check of files with this header, whose columns are found by their names.
    pub fn new(profile: &'static Profile, header: &[impl AsRef<str>], options: Options) -> Validator {
        Validator::of_layout(Layout::new(profile, header), options)
    }

    /// A check of files with these columns.
    pub fn of_layout(layout: Layout, options: Options) -> Validator {
        let required = layout.profile().fields.iter().filter(|placed| placed.need == Need::Required);
        let required = required.map(|placed| placed.field).filter(|field| layout.has(*field)).collect();
        let checked =
            layout.found().map(|(field, _)| field).filter(|field| value::is_checked(*field)).collect();
        Validator { layout, options, required, checked }
    }

    /// Which columns hold which field.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    fn class_layout(&self) -> ClassLayout {
        self.options.class_layout.unwrap_or(self.layout.profile().class_layout)
    }

    /// What is wrong with the header, which stands in row `row`: the columns that are missing.
    pub fn check_header(&self, row: u32) -> Vec<Finding> {
        let finding = |field| Finding {
            row,
            cell: None,
            field: Some(field),
            rule: Rule::ColumnMissing,
            found: CompactString::default(),
            other_row: None,
        };
        self.layout.missing().map(|placed| finding(placed.field)).collect()
    }

    /// Checks one row by itself: each value, then values against each other. Appends what is wrong, in the order of the
    /// cells; tells what rows have in common.
    pub fn check_row(&self, row: u32, cells: &[impl AsRef<str>], findings: &mut Vec<Finding>) -> RowKeys {
        let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
        self.check_cells(row, &cells, findings)
    }

    fn check_cells(&self, number: u32, cells: &[&str], findings: &mut Vec<Finding>) -> RowKeys {
        if cells.len() != self.layout.header().len() {
            findings.push(Finding::of_row(number, Rule::RowUnreadable, "field_count"));
            return RowKeys::of_row(number);
        }
        let row = Row::new(&self.layout, cells);
        let mut wrong = Wrong { row: number, layout: &self.layout, findings, begin: 0 };
        wrong.begin = wrong.findings.len();
        self.check_lengths(cells, &mut wrong);
        for field in &self.required {
            if row.text(*field).is_empty() {
                wrong.add(*field, Rule::RequiredEmpty, "");
            }
        }
        for field in &self.checked {
            value::check(self, &row, *field, &mut wrong);
        }
        let birth = value::date(&row);
        let documents = document::check(&row, birth, &mut wrong);
        let members = family::check(self, &row, &documents, &mut wrong);
        fields::check(self, &row, birth, documents.student(), &mut wrong);
        let student = row.student();
        let mut issues = Vec::new();
        let identity = Identity::of(&student, &mut issues);
        for issue in issues {
            let field = column_of(Field::of_column(issue.column), &row, &members);
            if !wrong.has(field) {
                wrong.add(field, Rule::NotRead, row.text(field));
            }
        }
        if identity.is_empty() && !wrong.is_rejected() {
            wrong.add(Field::Name, Rule::NotRead, "");
        }
        let begin = wrong.begin;
        findings[begin..].sort_by_key(|finding| (finding.cell, finding.rule));
        self.keys(number, &row, &identity, &documents, &members)
    }

    fn check_lengths(&self, cells: &[&str], wrong: &mut Wrong<'_>) {
        for (at, cell) in cells.iter().enumerate() {
            if cell.len() > CELL_BYTES_MAX {
                wrong.add_at(at, Rule::CellTooLong, "");
            }
        }
    }
}

/// The field that an issue is about. An identity counts what is given: where there is no first document or member, the second
/// is its first.
fn column_of(field: Field, row: &Row<'_>, members: &Members) -> Field {
    match field {
        Field::IdNumber if row.raw(Field::IdNumber).is_empty() => Field::Id2Number,
        Field::Guardian1Id if !members.given[0] => Field::Guardian2Id,
        Field::Guardian1Phone if !members.given[0] => Field::Guardian2Phone,
        field => field,
    }
}

/// What is wrong with a row so far.
struct Wrong<'f> {
    row: u32,
    layout: &'f Layout,
    findings: &'f mut Vec<Finding>,
    /// Where those of this row begin.
    begin: usize,
}

impl Wrong<'_> {
    /// Adds what is wrong with a field, in masked form.
    fn add(&mut self, field: Field, rule: Rule, found: &str) {
        let cell = self.layout.cells(field).first().copied();
        self.push(cell, Some(field), rule, CompactString::from(field.masked(found)));
    }

    /// Adds what is wrong with a cell, whatever it holds.
    fn add_at(&mut self, cell: usize, rule: Rule, found: &str) {
        let field = self.layout.field(cell);
        let found = field.map_or_else(|| crate::mask::text(found), |field| field.masked(found));
        self.push(Some(cell as u16), field, rule, found.into());
    }

    fn push(&mut self, cell: Option<u16>, field: Option<Field>, rule: Rule, found: CompactString) {
        self.findings.push(Finding { row: self.row, cell, field, rule, found, other_row: None });
    }

    /// Whether something is wrong with a field already.
    fn has(&self, field: Field) -> bool {
        self.findings[self.begin..].iter().any(|finding| finding.field == Some(field))
    }

    /// Whether a field is wrong beyond a note.
    fn is_wrong(&self, field: Field) -> bool {
        let own = self.findings[self.begin..].iter().filter(|finding| finding.field == Some(field));
        own.map(Finding::severity).any(|severity| severity > Severity::Note)
    }

    fn is_rejected(&self) -> bool {
        self.findings[self.begin..].iter().any(|finding| finding.severity() == Severity::Reject)
    }
}

/// A check of a whole file, or of whatever rows belong together, in their order.
///
/// Memory grows with the numbers, names and phones that rows may have in common, and with the findings: at most
/// [`FINDINGS_MAX`] are kept, all are counted.
pub struct Validation<'v> {
    validator: &'v Validator,
    across: AcrossRows,
    outcome: Outcome,
    schools: BTreeMap<CompactString, SchoolCount>,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What is wrong, row by row and cell by cell; at most [`FINDINGS_MAX`].
    pub findings: Vec<Finding>,
    /// How often each rule was broken, whether kept in the list or not.
    pub by_rule: BTreeMap<Rule, u64>,
    /// Rows that were checked, unreadable ones counted.
    pub rows: u64,
    /// Rows with a finding that rejects them.
    pub rows_rejected: u64,
    /// The same by school.
    pub by_school: Vec<SchoolCount>,
}

impl Outcome {
    /// How many findings there are of a severity.
    pub fn count(&self, severity: Severity) -> u64 {
        let own = self.by_rule.iter().filter(|(rule, _)| rule.severity() == severity);
        own.map(|(_, count)| count).sum()
    }

    /// How many findings are counted and not kept.
    pub fn unlisted(&self) -> u64 {
        self.by_rule.values().sum::<u64>() - self.findings.len() as u64
    }
}

/// What was found of one school's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchoolCount {
    /// The school's code; empty for rows without a code of ten digits.
    pub school: String,
    /// Rows.
    pub rows: u64,
    /// Rows with a finding that rejects them.
    pub rows_rejected: u64,
    /// Findings by severity: rejects, warnings, notes.
    pub findings: [u64; 3],
}

impl<'v> Validation<'v> {
    /// Begins one.
    pub fn new(validator: &'v Validator) -> Validation<'v> {
        Validation {
            validator,
            across: AcrossRows::default(),
            outcome: Outcome::default(),
            schools: BTreeMap::new(),
        }
    }

    /// Checks the next row. Row numbers grow.
    pub fn check(&mut self, row: u32, cells: &[impl AsRef<str>]) {
        let mut findings = Vec::new();
        let keys = self.validator.check_row(row, cells, &mut findings);
        self.take(findings, [keys]);
    }

    /// Takes what was found of the next rows elsewhere, and what they may have in common with others: both of
    /// [`Validator::check_rows`].
    pub fn take(&mut self, mut findings: Vec<Finding>, keys: impl IntoIterator<Item = RowKeys>) {
        let mut rows = Vec::new();
        for keys in keys {
            self.across.add(&keys, self.validator, &mut findings);
            rows.push(keys);
        }
        findings.sort_by_key(|finding| (finding.row, finding.cell, finding.rule));
        let mut at = 0;
        for keys in rows {
            let end = at + findings[at..].iter().take_while(|finding| finding.row == keys.row()).count();
            self.count(keys.school(), &findings[at..end]);
            at = end;
        }
        self.add(findings);
    }

    fn count(&mut self, school: &str, findings: &[Finding]) {
        let is_code = school.len() == 10 && school.bytes().all(|byte| byte.is_ascii_digit());
        let school = if is_code { school } else { "" };
        let known = self.schools.entry(school.into());
        let count =
            known.or_insert_with(|| SchoolCount { school: school.to_owned(), ..SchoolCount::default() });
        count.rows += 1;
        self.outcome.rows += 1;
        for finding in findings {
            let at = Severity::ALL.iter().position(|severity| *severity == finding.severity()).unwrap_or(0);
            count.findings[at] += 1;
        }
        if findings.iter().any(|finding| finding.severity() == Severity::Reject) {
            count.rows_rejected += 1;
            self.outcome.rows_rejected += 1;
        }
    }

    /// Adds findings that are about no row of a student, such as those of the header.
    pub fn add(&mut self, findings: Vec<Finding>) {
        for finding in &findings {
            *self.outcome.by_rule.entry(finding.rule).or_default() += 1;
        }
        let room = FINDINGS_MAX.saturating_sub(self.outcome.findings.len());
        self.outcome.findings.extend(findings.into_iter().take(room));
    }

    /// Ends: what is wrong.
    pub fn finish(mut self) -> Outcome {
        self.outcome.by_school = self.schools.into_values().collect();
        self.outcome
    }
}
