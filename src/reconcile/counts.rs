//! Heads counted by county, school, grade and sex, and two such counts held against each other (四对账).
//!
//! A roll of students is counted student by student; a statistics file brings its counts. Two counts are compared on
//! what both know: a population base knows no schools. Where both sides have records, [`behind`] names those that make
//! a difference.

use std::collections::{BTreeMap, HashMap};

use super::agreement::Agreement;
use super::grade::{CountingDay, Grade};
use crate::identity::Identity;
use crate::identity::region::RegionCode;
use crate::identity::sex::Sex;
use crate::identity::text::Code;
use crate::student::{Detail, Details, Origin, Student};

/// What heads are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axis {
    /// The county, as six digits of GB/T 2260.
    County,
    /// The school, as its ten-digit code.
    School,
    /// The grade, 1 to 12.
    Grade,
    /// The sex.
    Sex,
}

impl Axis {
    /// Every axis, from the coarsest.
    pub const ALL: [Axis; 4] = [Axis::County, Axis::School, Axis::Grade, Axis::Sex];

    /// The name in lists.
    pub const fn code(self) -> &'static str {
        match self {
            Axis::County => "county",
            Axis::School => "school",
            Axis::Grade => "grade",
            Axis::Sex => "sex",
        }
    }
}

/// Where a head is counted. What is not known, or not asked, is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct HeadCell {
    /// The county.
    pub county: Option<RegionCode>,
    /// The school's ten digits as a number.
    pub school: Option<u64>,
    /// The grade.
    pub grade: Option<Grade>,
    /// The sex.
    pub sex: Option<Sex>,
}

impl HeadCell {
    /// Where a student of a school's roll is counted: in the grade written down, else in that of the enrolment.
    pub fn of_pupil(student: &Student<'_>, details: &(impl Details + ?Sized), day: CountingDay) -> HeadCell {
        let identity = Identity::of(student, &mut Vec::new());
        let school = identity.school.and_then(Code::ten_digits);
        let of_enrolment = || {
            let class = u8::try_from(school? / 100_000_000).ok()?;
            Grade::of_enrolment(identity.enrolled?, class, day)
        };
        HeadCell {
            county: identity.place.and_then(|place| place.county()),
            school,
            grade: Grade::parse(&details.detail(Detail::Grade)).or_else(of_enrolment),
            sex: sex_of(&identity),
        }
    }

    /// Where a child of the population base is counted: in the grade of the age; `None` for who is not of school age.
    pub fn of_resident(student: &Student<'_>, day: CountingDay) -> Option<HeadCell> {
        let identity = Identity::of(student, &mut Vec::new());
        let grade = Grade::of_age(identity.birth_or_documents()?, day)?;
        let county = identity.place.and_then(|place| place.county());
        Some(HeadCell { county, school: None, grade: Some(grade), sex: sex_of(&identity) })
    }

    /// The cell without what is not asked.
    fn on(self, axes: &[Axis]) -> HeadCell {
        HeadCell {
            county: self.county.filter(|_| axes.contains(&Axis::County)),
            school: self.school.filter(|_| axes.contains(&Axis::School)),
            grade: self.grade.filter(|_| axes.contains(&Axis::Grade)),
            sex: self.sex.filter(|_| axes.contains(&Axis::Sex)),
        }
    }
}

fn sex_of(identity: &Identity) -> Option<Sex> {
    let by_number =
        || identity.usable_documents().filter(|document| document.is_valid()).find_map(|d| d.sex());
    identity.sex.or_else(by_number)
}

/// Heads by cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headcount(BTreeMap<HeadCell, u64>);

impl Headcount {
    /// Counts some heads.
    pub fn add(&mut self, cell: HeadCell, heads: u64) {
        *self.0.entry(cell).or_default() += heads;
    }

    /// Takes the heads of another piece.
    pub fn append(&mut self, other: Headcount) {
        other.0.into_iter().for_each(|(cell, heads)| self.add(cell, heads));
    }

    /// All heads.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// What any head is counted by.
    pub fn axes(&self) -> Vec<Axis> {
        let knows = |axis: &Axis| {
            self.0.keys().any(|cell| match axis {
                Axis::County => cell.county.is_some(),
                Axis::School => cell.school.is_some(),
                Axis::Grade => cell.grade.is_some(),
                Axis::Sex => cell.sex.is_some(),
            })
        };
        Axis::ALL.into_iter().filter(knows).collect()
    }

    fn on(&self, axes: &[Axis]) -> BTreeMap<HeadCell, u64> {
        let mut heads = BTreeMap::new();
        for (cell, count) in &self.0 {
            *heads.entry(cell.on(axes)).or_default() += count;
        }
        heads
    }
}

/// A cell in which two counts differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountDifference {
    /// How many axes it is on: all heads at 0, then by county, and so on.
    pub depth: usize,
    /// The cell.
    pub cell: HeadCell,
    /// Heads of one count.
    pub ours: u64,
    /// Heads of the other.
    pub theirs: u64,
}

impl CountDifference {
    /// How many more the other count has; negative for fewer.
    pub fn difference(&self) -> i64 {
        self.theirs.cast_signed() - self.ours.cast_signed()
    }
}

/// What both counts know, coarsest first.
pub fn shared_axes(ours: &Headcount, theirs: &Headcount) -> Vec<Axis> {
    let theirs = theirs.axes();
    ours.axes().into_iter().filter(|axis| theirs.contains(axis)).collect()
}

/// Every cell in which two counts differ: all heads, then by the first of the shared axes, by the first two, and so on;
/// within each the largest difference first.
pub fn count_differences(ours: &Headcount, theirs: &Headcount) -> Vec<CountDifference> {
    let axes = shared_axes(ours, theirs);
    let mut differences = Vec::new();
    for depth in 0..=axes.len() {
        let (a, b) = (ours.on(&axes[..depth]), theirs.on(&axes[..depth]));
        let cells: std::collections::BTreeSet<&HeadCell> = a.keys().chain(b.keys()).collect();
        let count = |heads: &BTreeMap<HeadCell, u64>, cell: &HeadCell| heads.get(cell).copied().unwrap_or(0);
        let mut found: Vec<CountDifference> = cells
            .into_iter()
            .map(|cell| CountDifference {
                depth,
                cell: *cell,
                ours: count(&a, cell),
                theirs: count(&b, cell),
            })
            .filter(|difference| difference.ours != difference.theirs)
            .collect();
        found.sort_by_key(|difference| std::cmp::Reverse(difference.difference().unsigned_abs()));
        differences.append(&mut found);
    }
    differences
}

/// Why a record is behind a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Behind {
    /// Only our roll has the student.
    OnlyOurs(HeadCell),
    /// Only the other roll has the student.
    OnlyTheirs(HeadCell),
    /// Both have, in different cells: ours, theirs.
    Elsewhere(HeadCell, HeadCell),
}

impl Behind {
    /// The name in lists.
    pub const fn code(self) -> &'static str {
        match self {
            Behind::OnlyOurs(_) => "only_ours",
            Behind::OnlyTheirs(_) => "only_theirs",
            Behind::Elsewhere(..) => "elsewhere",
        }
    }
}

/// The records behind the differences of two rolls: ours by their place, each with its cell and how it stands to the
/// other roll; theirs by origin. In the order of ours, then of theirs.
pub fn behind(
    ours: &[(HeadCell, Agreement)],
    theirs: &BTreeMap<Origin, HeadCell>,
    axes: &[Axis],
) -> Vec<(Option<usize>, Option<Origin>, Behind)> {
    let mut lines = Vec::new();
    // The first of ours who is one of theirs takes that place; the next is one too many.
    let mut taken: HashMap<Origin, usize> = HashMap::new();
    for (place, (cell, agreement)) in ours.iter().enumerate() {
        let cell = cell.on(axes);
        let counterpart = agreement.counterpart().filter(|origin| theirs.contains_key(origin));
        let counterpart = counterpart.filter(|origin| *taken.entry(*origin).or_insert(place) == place);
        match counterpart.map(|origin| (origin, theirs[&origin].on(axes))) {
            Some((_, their)) if their == cell => {}
            Some((origin, their)) => lines.push((Some(place), Some(origin), Behind::Elsewhere(cell, their))),
            None => lines.push((Some(place), None, Behind::OnlyOurs(cell))),
        }
    }
    let unmet = theirs.iter().filter(|(origin, _)| !taken.contains_key(origin));
    lines.extend(unmet.map(|(origin, cell)| (None, Some(*origin), Behind::OnlyTheirs(cell.on(axes)))));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reconcile::Standing;

    fn cell(county: u32, school: u64, grade: u8, sex: Sex) -> HeadCell {
        HeadCell {
            county: RegionCode::new(county),
            school: Some(school).filter(|school| *school > 0),
            grade: Grade::new(grade),
            sex: Some(sex),
        }
    }

    #[test]
    fn counts_are_compared_on_what_both_know() {
        let (mut ours, mut theirs) = (Headcount::default(), Headcount::default());
        ours.add(cell(110105, 2_111_000_001, 1, Sex::Male), 10);
        ours.add(cell(110105, 2_111_000_002, 1, Sex::Male), 5);
        ours.add(cell(110106, 2_111_000_003, 2, Sex::Female), 7);
        theirs.add(cell(110105, 0, 1, Sex::Male), 12);
        theirs.add(cell(110106, 0, 2, Sex::Female), 7);
        theirs.add(cell(110107, 0, 2, Sex::Female), 3);
        assert_eq!(shared_axes(&ours, &theirs), [Axis::County, Axis::Grade, Axis::Sex]);
        let found = count_differences(&ours, &theirs);
        let at = |depth| found.iter().filter(|d| d.depth == depth).map(CountDifference::difference).collect();
        let [all, county, grade, sex]: [Vec<i64>; 4] = [at(0), at(1), at(2), at(3)];
        assert_eq!(all, [] as [i64; 0]);
        assert_eq!((county, grade, sex), (vec![-3, 3], vec![-3, 3], vec![-3, 3]));
    }

    #[test]
    fn records_behind_a_difference_are_named_once() {
        let origin = |row| Origin { file: 0, row };
        let at = |grade| cell(110105, 0, grade, Sex::Male);
        let levels = super::super::agreement::Levels {
            name: crate::matching::Level::Equal,
            birth: crate::matching::Level::Equal,
            sex: crate::matching::Level::Equal,
            address: crate::matching::Level::Missing,
        };
        let met =
            |row| Agreement { standing: Standing::Agrees, holder: Some((origin(row), levels)), found: None };
        let nobody = Agreement { standing: Standing::NotFound, holder: None, found: None };
        let ours = [(at(1), met(2)), (at(2), met(3)), (at(3), nobody), (at(1), met(2))];
        let theirs = BTreeMap::from([(origin(2), at(1)), (origin(3), at(5)), (origin(4), at(6))]);
        let lines = behind(&ours, &theirs, &Axis::ALL);
        let codes: Vec<_> =
            lines.iter().map(|(ours, theirs, why)| (*ours, theirs.map(|o| o.row), why.code())).collect();
        assert_eq!(
            codes,
            [
                (Some(1), Some(3), "elsewhere"),
                (Some(2), None, "only_ours"),
                (Some(3), None, "only_ours"),
                (None, Some(4), "only_theirs"),
            ]
        );
    }
}
