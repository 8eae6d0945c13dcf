//! Each person of one roll against another roll that is only read past: who agrees, who differs and how, whose
//! number is another's or nobody's.
//!
//! The people who are told about are held ([`People`]); the other roll may be far larger and is streamed. A number
//! finds its holder whatever else differs; everybody else is found by the keys of the offline check and judged by its
//! model. What is told does not depend on the order in which the other roll is read.

use super::people::{People, Person, Scratch};
use crate::identity::{Identity, Issue};
use crate::matching::{Evidence, Field, Judgement, Level, Model, Reasons, Verdict, judge_unless_dropped};
use crate::student::{Origin, Student};

/// How a person stands to the other roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Under the number stands a person of this name, birth date and sex, as far as both rolls have them.
    Agrees,
    /// Under the number stands a person of another name; the birth date or the sex may differ as well.
    NameDiffers,
    /// Under the number and the name stands another birth date or sex.
    BirthOrSexDiffers,
    /// Nobody has the number. The person may have been found by other fields.
    NumberUnknown,
    /// The number is another person's.
    NumberOfAnother,
    /// There is no number to ask for, and one person was found by other fields.
    FoundWithoutNumber,
    /// There is no number to ask for, and other fields find several.
    SeveralFound,
    /// There is no number to ask for, and nobody was found.
    NotFound,
}

impl Standing {
    /// Every standing, in the order of lists.
    pub const ALL: [Standing; 8] = [
        Standing::Agrees,
        Standing::NameDiffers,
        Standing::BirthOrSexDiffers,
        Standing::NumberUnknown,
        Standing::NumberOfAnother,
        Standing::FoundWithoutNumber,
        Standing::SeveralFound,
        Standing::NotFound,
    ];

    /// The standing's name in lists.
    pub const fn code(self) -> &'static str {
        match self {
            Standing::Agrees => "agrees",
            Standing::NameDiffers => "name_differs",
            Standing::BirthOrSexDiffers => "birth_or_sex_differs",
            Standing::NumberUnknown => "number_unknown",
            Standing::NumberOfAnother => "number_of_another",
            Standing::FoundWithoutNumber => "found_without_number",
            Standing::SeveralFound => "several_found",
            Standing::NotFound => "not_found",
        }
    }

    /// Whether there is something to do about it.
    pub const fn is_problem(self) -> bool {
        !matches!(self, Standing::Agrees)
    }
}

/// How far the fields of two people agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Levels {
    /// The names.
    pub name: Level,
    /// The birth dates.
    pub birth: Level,
    /// The sexes.
    pub sex: Level,
    /// The addresses.
    pub address: Level,
}

impl Levels {
    pub(super) fn of(evidence: &Evidence) -> Levels {
        Levels {
            name: evidence.level(Field::Name),
            birth: evidence.level(Field::Birth),
            sex: evidence.level(Field::Sex),
            address: evidence.level(Field::Address),
        }
    }

    /// Whether the names are the same, or one roll has none.
    pub fn is_same_name(self) -> bool {
        matches!(self.name, Level::Equal | Level::Missing)
    }

    /// Whether birth date and sex are the same, as far as both rolls have them.
    pub fn is_same_birth_and_sex(self) -> bool {
        matches!(self.birth, Level::Equal | Level::Placeholder | Level::Missing)
            && matches!(self.sex, Level::Equal | Level::Missing)
    }

    /// Whether nothing is left of the name but perhaps the surname or the given name, which namesakes have.
    fn is_other_name(self) -> bool {
        matches!(self.name, Level::SurnameSame | Level::GivenSame | Level::Different)
    }
}

/// What was found of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreement {
    /// How the person stands.
    pub standing: Standing,
    /// Who of the other roll has the number.
    pub holder: Option<(Origin, Levels)>,
    /// Who of the other roll was found by other fields, under another number or none.
    pub found: Option<(Origin, Levels)>,
}

impl Agreement {
    /// The person of the other roll who is this one, as far as can be told.
    pub fn counterpart(&self) -> Option<Origin> {
        match self.standing {
            Standing::Agrees | Standing::NameDiffers | Standing::BirthOrSexDiffers => self.holder,
            Standing::NumberUnknown | Standing::NumberOfAnother | Standing::FoundWithoutNumber => self.found,
            Standing::SeveralFound | Standing::NotFound => None,
        }
        .map(|(origin, _)| origin)
    }
}

/// How strongly a person was found by other fields than the number; larger is stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Strength(u8);

impl Strength {
    /// Of two who share no number; `None` if they are not one person by any reading.
    fn of(judgement: &Judgement) -> Option<Strength> {
        let verdict = match judgement.verdict {
            Verdict::Same => 3,
            // One person under two valid numbers, perhaps.
            Verdict::Conflict if judgement.reasons.contains(Reasons::TWO_NUMBERS) => 2,
            Verdict::Review => 1,
            Verdict::Conflict | Verdict::Dropped => return None,
        };
        let levels = Levels::of(&judgement.evidence);
        let is_namesake = matches!(levels.name, Level::Equal | Level::Variant)
            && matches!(levels.birth, Level::Equal | Level::Placeholder);
        Some(Strength(verdict * 2 + u8::from(is_namesake)))
    }

    /// Whether name and birth date are the same.
    const fn is_namesake(self) -> bool {
        self.0 % 2 == 1
    }
}

/// A meeting with somebody of the other roll.
#[derive(Debug, Clone, Copy)]
enum Meeting {
    Holder(Levels),
    Found(Strength, Levels),
}

/// The best that was met of one person.
#[derive(Debug, Clone, Copy, Default)]
struct Best {
    holder: Option<(Levels, Origin)>,
    found: Option<(Strength, Levels, Origin)>,
    /// Whether others are found as strongly.
    has_rival: bool,
}

impl Best {
    // INVARIANT: takes meetings in any order to the same end.
    fn take(&mut self, meeting: Meeting, origin: Origin) {
        match meeting {
            Meeting::Holder(levels) => {
                let new = (levels, origin);
                self.holder = Some(self.holder.map_or(new, |known| known.min(new)));
            }
            Meeting::Found(strength, levels) => match self.found {
                Some((known, ..)) if known > strength => {}
                Some((known, known_levels, first)) if known == strength => {
                    self.has_rival = true;
                    let (levels, origin) = (known_levels, first).min((levels, origin));
                    self.found = Some((strength, levels, origin));
                }
                _ => {
                    self.has_rival = false;
                    self.found = Some((strength, levels, origin));
                }
            },
        }
    }

    fn agreement(self, has_number: bool) -> Agreement {
        let swap = |(levels, origin): (Levels, Origin)| (origin, levels);
        let holder = self.holder.map(swap);
        let found = self.found.map(|(_, levels, origin)| (origin, levels));
        let standing = match (self.holder, self.found) {
            (Some((levels, _)), found) => {
                let is_elsewhere =
                    found.is_some_and(|(strength, ..)| strength.is_namesake()) && !levels.is_same_name();
                let is_another = is_elsewhere || (levels.is_other_name() && !levels.is_same_birth_and_sex());
                match (levels.is_same_name(), levels.is_same_birth_and_sex()) {
                    _ if is_another => Standing::NumberOfAnother,
                    (true, true) => Standing::Agrees,
                    (true, false) => Standing::BirthOrSexDiffers,
                    (false, _) => Standing::NameDiffers,
                }
            }
            (None, _) if has_number => Standing::NumberUnknown,
            (None, Some(_)) if self.has_rival => Standing::SeveralFound,
            (None, Some(_)) => Standing::FoundWithoutNumber,
            (None, None) => Standing::NotFound,
        };
        Agreement { standing, holder, found }
    }
}

/// A roll that is read past, piece by piece, and the people it is held against.
///
/// # Examples
/// ```
/// use renji::matching::Model;
/// use renji::reconcile::{People, RollCheck, Standing};
/// use renji::student::{GivenDocument, Origin, Student};
///
/// let student = |name| Student {
///     documents: vec![GivenDocument { kind: "1", number: "11010519491231002X" }],
///     name,
///     ..Student::default()
/// };
/// let (ours, theirs) = ([student("王小明")], [student("王晓明")]);
/// let people = People::of(&ours);
/// let model = Model::default();
/// let mut check = RollCheck::new(&people, &model);
/// let mut part = check.part();
/// part.meet(&theirs[0], Origin { file: 0, row: 2 });
/// check.add(part);
/// assert_eq!(check.finish().people[0].standing, Standing::NameDiffers);
/// ```
#[derive(Debug)]
pub struct RollCheck<'p> {
    people: &'p People,
    model: &'p Model,
    best: Vec<Best>,
    outcome: Outcome,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct RollAgreement {
    /// How each of the people stands, in their order.
    pub people: Vec<Agreement>,
    /// The other roll.
    pub outcome: Outcome,
}

/// What was seen of the roll that was read past.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many it has.
    pub read: u64,
    /// How many of them met nobody.
    pub unmet: u64,
    /// Keys under which so many are held that not all were compared; valid numbers are never among them.
    pub crowded_keys: u64,
}

/// One piece of the roll that is read past, on one core.
#[derive(Debug)]
pub struct RollPart<'p> {
    people: &'p People,
    model: &'p Model,
    meetings: Vec<(Person, Meeting, Origin)>,
    outcome: Outcome,
    issues: Vec<(Origin, Issue)>,
    scratch: Scratch,
}

/// Begins pieces of the roll that is read past, from any thread.
#[derive(Debug, Clone, Copy)]
pub struct Lane<'p> {
    people: &'p People,
    model: &'p Model,
}

impl<'p> Lane<'p> {
    /// Begins a piece.
    pub fn part(self) -> RollPart<'p> {
        RollPart {
            people: self.people,
            model: self.model,
            meetings: Vec::new(),
            outcome: Outcome::default(),
            issues: Vec::new(),
            scratch: Scratch::default(),
        }
    }
}

impl<'p> RollCheck<'p> {
    /// Begins with nobody read.
    pub fn new(people: &'p People, model: &'p Model) -> RollCheck<'p> {
        RollCheck { people, model, best: vec![Best::default(); people.len()], outcome: Outcome::default() }
    }

    /// Begins a piece.
    pub fn part(&self) -> RollPart<'p> {
        self.lane().part()
    }

    /// What begins pieces, also while others are taken.
    pub fn lane(&self) -> Lane<'p> {
        Lane { people: self.people, model: self.model }
    }

    /// Takes a piece, in any order.
    pub fn add(&mut self, part: RollPart<'_>) {
        for (person, meeting, origin) in part.meetings {
            self.best[person.index()].take(meeting, origin);
        }
        self.outcome.read += part.outcome.read;
        self.outcome.unmet += part.outcome.unmet;
        self.outcome.crowded_keys += part.scratch.crowded;
    }

    /// Tells how everybody stands.
    pub fn finish(self) -> RollAgreement {
        let has_number = |person: Person| self.people.identity(person).usable_documents().next().is_some();
        let people = self.people.iter().zip(&self.best);
        let people = people.map(|(person, best)| best.agreement(best.holder.is_some() || has_number(person)));
        RollAgreement { people: people.collect(), outcome: self.outcome }
    }
}

impl RollPart<'_> {
    /// Reads one of the other roll and notes whom it meets. Some 3 µs.
    pub fn meet(&mut self, student: &Student<'_>, origin: Origin) {
        let mut issues = Vec::new();
        let identity = &Identity::of(student, &mut issues);
        self.issues.extend(issues.into_iter().map(|issue| (origin, issue)));
        self.outcome.read += 1;
        let frequencies = self.people.frequencies();
        let (model, meetings) = (self.model, &mut self.meetings);
        let before = meetings.len();
        self.people.candidates(identity, &mut self.scratch, |person, held| {
            let meeting = if shares_number(held, identity) {
                Some(Meeting::Holder(Levels::of(&Evidence::of(held, identity, frequencies))))
            } else {
                judge_unless_dropped(held, identity, model, frequencies).and_then(|judgement| {
                    let levels = Levels::of(&judgement.evidence);
                    Strength::of(&judgement).map(|strength| Meeting::Found(strength, levels))
                })
            };
            meetings.extend(meeting.map(|meeting| (person, meeting, origin)));
        });
        self.outcome.unmet += u64::from(meetings.len() == before);
    }

    /// What could not be read, in the order of rows. Taken once.
    pub fn take_issues(&mut self) -> Vec<(Origin, Issue)> {
        std::mem::take(&mut self.issues)
    }
}

/// Whether the two hold one number of their own.
fn shares_number(a: &Identity, b: &Identity) -> bool {
    a.usable_documents().any(|one| b.usable_documents().any(|other| one.number == other.number))
}

/// Each of some students against another roll, in one go: see [`RollCheck`].
pub fn agreements<'s>(
    ours: impl IntoIterator<Item = &'s Student<'s>>,
    theirs: impl IntoIterator<Item = &'s Student<'s>>,
    model: &Model,
) -> RollAgreement {
    let people = People::of(ours);
    let mut check = RollCheck::new(&people, model);
    let mut part = check.part();
    for (student, row) in theirs.into_iter().zip(1..) {
        part.meet(student, Origin { file: 0, row });
    }
    check.add(part);
    check.finish()
}
