//! Admissions against registrations (新生学籍注册): by candidate number first, then by identity.
//!
//! Both rolls go through the offline check as one, so that a person is found within a roll as well as across: two
//! reports for one candidate, one person under two candidate numbers. Candidate numbers are compared as read.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::agreement::Levels;
use super::written::folded;
use crate::dedupe::{Findings, RowId};
use crate::matching::{Evidence, Field, Level, Verdict};
use crate::student::Origin;

/// How a registration or an admission stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdmissionStanding {
    /// Admitted and reported, and nothing differs.
    Registered,
    /// Admitted and reported; some fields differ, and proof is to be provided.
    Differs,
    /// On the roll of those admitted and not reported.
    NotReported,
    /// Reported and not on the roll.
    NotAdmitted,
    /// Reported twice under one candidate number.
    ReportedTwice,
    /// One person under two candidate numbers.
    TwoCandidateNumbers,
}

impl AdmissionStanding {
    /// Every standing, in the order of lists.
    pub const ALL: [AdmissionStanding; 6] = [
        AdmissionStanding::Registered,
        AdmissionStanding::Differs,
        AdmissionStanding::NotReported,
        AdmissionStanding::NotAdmitted,
        AdmissionStanding::ReportedTwice,
        AdmissionStanding::TwoCandidateNumbers,
    ];

    /// The name in lists.
    pub const fn code(self) -> &'static str {
        match self {
            AdmissionStanding::Registered => "registered",
            AdmissionStanding::Differs => "differs",
            AdmissionStanding::NotReported => "not_reported",
            AdmissionStanding::NotAdmitted => "not_admitted",
            AdmissionStanding::ReportedTwice => "reported_twice",
            AdmissionStanding::TwoCandidateNumbers => "two_candidate_numbers",
        }
    }
}

/// The candidate number of each row that has one, as read.
#[derive(Debug, Clone, Default)]
pub struct CandidateNumbers(HashMap<Origin, Box<str>>);

impl CandidateNumbers {
    /// Notes the number of a row; an empty one is none.
    pub fn insert(&mut self, origin: Origin, number: &str) {
        let number = folded(number);
        if !number.is_empty() {
            self.0.insert(origin, number.into());
        }
    }

    /// Takes the numbers of another piece.
    pub fn append(&mut self, other: CandidateNumbers) {
        self.0.extend(other.0);
    }

    fn get(&self, origin: Origin) -> Option<&str> {
        self.0.get(&origin).map(|number| &**number)
    }
}

/// One line of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// How it stands.
    pub standing: AdmissionStanding,
    /// The registration.
    pub ours: Option<RowId>,
    /// The admission.
    pub theirs: Option<RowId>,
    /// Another record of the same roll, where two are the problem.
    pub other: Option<RowId>,
    /// The fields that differ, `candidate_number` among them.
    pub differences: Vec<&'static str>,
}

/// Holds registrations against admissions. `findings` are of both rolls compared as one; a row is one of theirs if its
/// file has the number `theirs_from` or more. Lines come in the order of both rolls' rows.
pub fn admissions(findings: &Findings, theirs_from: u16, numbers: &CandidateNumbers) -> Vec<Admission> {
    let records = &findings.records;
    let is_theirs = |row: RowId| records.origin(row).file >= theirs_from;
    let number = |row: RowId| numbers.get(records.origin(row));

    let mut rows: Vec<RowId> = records.rows().collect();
    rows.sort_unstable_by_key(|row| records.origin(*row));
    let mut by_number: BTreeMap<&str, (Vec<RowId>, Vec<RowId>)> = BTreeMap::new();
    for row in &rows {
        if let Some(number) = number(*row) {
            let sides = by_number.entry(number).or_default();
            if is_theirs(*row) { sides.1.push(*row) } else { sides.0.push(*row) }
        }
    }

    let mut of_ours: HashMap<RowId, RowId> = HashMap::new();
    let mut met: HashSet<RowId> = HashSet::new();
    let mut lines: Vec<Admission> = Vec::new();
    for (ours, theirs) in by_number.values() {
        if let (Some(our), Some(their)) = (ours.first(), theirs.first()) {
            of_ours.insert(*our, *their);
            met.insert(*their);
        }
        for again in ours.iter().skip(1) {
            lines.push(Admission {
                standing: AdmissionStanding::ReportedTwice,
                ours: Some(*again),
                theirs: theirs.first().copied(),
                other: Some(ours[0]),
                differences: Vec::new(),
            });
        }
        met.extend(ours.iter().skip(1));
        // The same number twice on the roll of those admitted: the first stands for both.
        met.extend(theirs.iter().skip(1));
    }
    let same = findings.pairs.iter().filter(|pair| pair.judgement.verdict == Verdict::Same);
    let mut two_numbers: Vec<(RowId, RowId)> = Vec::new();
    let mut across: Vec<(RowId, RowId)> = Vec::new();
    for pair in same {
        let (mut a, mut b) = (pair.a, pair.b);
        if records.origin(a) > records.origin(b) {
            std::mem::swap(&mut a, &mut b);
        }
        match (is_theirs(a), is_theirs(b)) {
            (false, true) => across.push((a, b)),
            _ if number(a).zip(number(b)).is_some_and(|(a, b)| a != b) => two_numbers.push((a, b)),
            _ => {}
        }
    }
    across.sort_unstable_by_key(|(a, b)| (records.origin(*a), records.origin(*b)));
    for (our, their) in across {
        if !of_ours.contains_key(&our) && !met.contains(&our) && !met.contains(&their) {
            of_ours.insert(our, their);
            met.insert(their);
        }
    }
    for (a, b) in two_numbers {
        let of_side = |row: RowId| if is_theirs(a) { (None, Some(row)) } else { (Some(row), None) };
        let (ours, theirs) = of_side(b);
        let standing = AdmissionStanding::TwoCandidateNumbers;
        lines.push(Admission { standing, ours, theirs, other: Some(a), differences: Vec::new() });
    }
    for row in rows {
        let line = if is_theirs(row) {
            let standing = AdmissionStanding::NotReported;
            let theirs = Some(row);
            (!met.contains(&row)).then_some(Admission {
                standing,
                ours: None,
                theirs,
                other: None,
                differences: Vec::new(),
            })
        } else if let Some(their) = of_ours.get(&row) {
            let differences = differences(findings, row, *their, (number(row), number(*their)));
            let standing = match differences.is_empty() {
                true => AdmissionStanding::Registered,
                false => AdmissionStanding::Differs,
            };
            Some(Admission { standing, ours: Some(row), theirs: Some(*their), other: None, differences })
        } else {
            let standing = AdmissionStanding::NotAdmitted;
            let ours = Some(row);
            (!met.contains(&row)).then_some(Admission {
                standing,
                ours,
                theirs: None,
                other: None,
                differences: Vec::new(),
            })
        };
        lines.extend(line);
    }
    lines.sort_by_cached_key(|line| {
        let place = |row: Option<RowId>| row.map(|row| records.origin(row));
        (place(line.ours).or(place(line.theirs)), line.standing, place(line.other))
    });
    lines
}

/// The fields in which a registration and an admission differ.
fn differences(
    findings: &Findings,
    ours: RowId,
    theirs: RowId,
    numbers: (Option<&str>, Option<&str>),
) -> Vec<&'static str> {
    let (a, b) = (findings.records.identity(ours), findings.records.identity(theirs));
    let evidence = Evidence::of(&a, &b, &findings.frequencies);
    let levels = Levels::of(&evidence);
    let mut fields = Vec::new();
    if numbers.0 != numbers.1 {
        fields.push("candidate_number");
    }
    let document = evidence.level(Field::Document);
    if !matches!(document, Level::Equal | Level::EqualUnchecked | Level::Missing | Level::OtherKind) {
        fields.push(crate::student::Column::IdNumber.code());
    }
    if !levels.is_same_name() {
        fields.push(crate::student::Column::Name.code());
    }
    if !matches!(levels.birth, Level::Equal | Level::Placeholder | Level::Missing) {
        fields.push(crate::student::Column::Birthdate.code());
    }
    if levels.sex == Level::Different {
        fields.push(crate::student::Column::Sex.code());
    }
    fields
}
