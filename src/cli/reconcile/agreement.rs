//! Population: each of our students against the authority's base. Enrolment: each card that was read against our
//! students. The side that is asked about is held, the other is read past.

use std::collections::HashMap;

use super::answers;
use super::config::place;
use super::desk::{Desk, Piece};
use crate::cli::config::Input;
use crate::error::Result;
use crate::identity::region::RegionCode;
use crate::matching::Level;
use crate::reconcile::{
    Agreement, People, PeopleBatch, PeopleBuilder, Person, RollAgreement, RollCheck, RollPart, Standing,
};
use crate::report::reconcile::{AgreementLine, ConfirmLine, Shown, write_agreements, write_confirmation};
use crate::student::{Detail, Details, Origin, Student};

/// Each of our students against the population base.
pub(super) fn population(desk: &mut Desk<'_>) -> Result<()> {
    let config = desk.config;
    let mut held = hold(desk, &config.ours, |_, _| ())?;
    let students = std::mem::take(&mut held.read.students);
    desk.note_ours(held.read);
    let (found, read) = read_past(desk, &held.people, &config.theirs)?;
    desk.note_other("population", read);
    note(desk, &found);
    let standing = |agreement: &Agreement| agreement.standing.code();
    let place_of = |origin| place(&config.theirs, origin);
    write(desk, &held.people, &found.people, (&config.theirs, &place_of), &standing, &|_| None)?;
    if let (Input::Registry(..), Some(operator)) = (&config.ours, &config.operator) {
        let asked = held.people.iter().zip(&found.people);
        let asked = asked.map(|(person, agreement)| {
            let row = held.people.origin(person).row as usize;
            (students[row - 1], agreement.standing)
        });
        answers::take(desk, asked, operator)?;
    }
    Ok(())
}

/// Each card against our students.
pub(super) fn enrolment(desk: &mut Desk<'_>) -> Result<()> {
    let config = desk.config;
    let class = |student: &Student<'_>, details: &dyn Details| {
        let name = details.detail(Detail::SchoolName);
        let school = if student.school_code.is_empty() { &*name } else { student.school_code };
        [school.trim().into(), details.detail(Detail::Class).trim().into()]
    };
    let held = hold(desk, &config.theirs, class)?;
    desk.note_other("cards", held.read);
    let (found, mut read) = read_past(desk, &held.people, &config.ours)?;
    let students = std::mem::take(&mut read.students);
    desk.note_ours(read);
    note(desk, &found);
    let shown = shown(desk, &config.theirs, |_| true)?;
    let standing = |agreement: &Agreement| match agreement.standing {
        Standing::Agrees if is_other_address(agreement) => "differs",
        Standing::Agrees => "agrees",
        Standing::NameDiffers | Standing::BirthOrSexDiffers => "differs",
        Standing::FoundWithoutNumber => "found_without_number",
        _ => "unknown",
    };
    let people = &held.people;
    let card = |person: Person| shown.get(&people.origin(person));
    let agreements = &found.people;
    let place_of = |origin: Origin| match &config.ours {
        Input::Files(_) => place(&config.ours, origin),
        // As the commands of a registry take it.
        Input::Registry(..) => format!("student:{}", students[origin.row as usize - 1]),
    };
    let ours = (&config.ours, &place_of as &dyn Fn(Origin) -> String);
    write(desk, people, agreements, ours, &standing, &|person| card(person).cloned())?;

    let classes: &[[Box<str>; 2]] = &held.notes;
    let mut pupils: Vec<ConfirmLine<'_>> = people
        .iter()
        .map(|person| {
            let [school, class] = &classes[person.index()];
            let person_shown = card(person).cloned().unwrap_or_default();
            ConfirmLine {
                school,
                class,
                standing: standing(&agreements[person.index()]),
                person: person_shown,
            }
        })
        .collect();
    pupils.sort_by_key(|line| (line.school, line.class));
    Ok(write_confirmation(&desk.directory, &pupils, config.personal, desk.language())?)
}

fn is_other_address(agreement: &Agreement) -> bool {
    agreement.holder.is_some_and(|(_, levels)| levels.address == Level::Different)
}

/// People of a roll, and a note of each.
pub(super) struct Holding<N> {
    pub(super) people: People,
    pub(super) notes: Vec<N>,
    pub(super) read: super::roll::Read,
}

/// Reads a roll into memory.
pub(super) fn hold<N: Send>(
    desk: &mut Desk<'_>,
    input: &Input,
    note: impl Fn(&Student<'_>, &dyn Details) -> N + Sync,
) -> Result<Holding<N>> {
    let mut builder = PeopleBuilder::default();
    let mut notes: Vec<N> = Vec::new();
    let read = desk.read(
        input,
        || (PeopleBatch::default(), Vec::new()),
        |piece: &mut Piece<(PeopleBatch, Vec<N>)>, student, details, origin| {
            let (batch, notes) = &mut piece.value;
            batch.push(student, origin);
            notes.push(note(student, details));
            piece.issues.append(&mut batch.take_issues());
        },
        |(batch, mut more)| {
            builder.add(batch);
            notes.append(&mut more);
            Ok(())
        },
    )?;
    Ok(Holding { people: builder.finish(), notes, read })
}

/// Reads another roll past the people of one.
pub(super) fn read_past(
    desk: &mut Desk<'_>,
    people: &People,
    input: &Input,
) -> Result<(RollAgreement, super::roll::Read)> {
    let model = &desk.config.model;
    let mut check = RollCheck::new(people, model);
    let lane = check.lane();
    let read = desk.read(
        input,
        || lane.part(),
        |piece: &mut Piece<RollPart<'_>>, student, _, origin| {
            piece.value.meet(student, origin);
            piece.issues.append(&mut piece.value.take_issues());
        },
        |part| {
            check.add(part);
            Ok(())
        },
    )?;
    Ok((check.finish(), read))
}

fn note(desk: &mut Desk<'_>, found: &RollAgreement) {
    desk.summary.unmet = found.outcome.unmet;
    desk.summary.crowded_keys = found.outcome.crowded_keys;
}

/// Those of a roll that are wanted, as may be shown; by where they stand.
fn shown(
    desk: &mut Desk<'_>,
    input: &Input,
    is_wanted: impl Fn(Origin) -> bool + Sync,
) -> Result<HashMap<Origin, Shown>> {
    let personal = desk.config.personal;
    let mut shown = HashMap::new();
    super::roll::read(
        input,
        desk.terminal,
        Vec::new,
        |piece: &mut Vec<(Origin, Shown)>, student, _, origin| {
            if is_wanted(origin) {
                piece.push((origin, Shown::of(student, personal)));
            }
        },
        |piece, _, _| {
            shown.extend(piece);
            Ok(())
        },
    )?;
    Ok(shown)
}

/// Writes the lists: typed rows of all, problems by county.
fn write(
    desk: &mut Desk<'_>,
    people: &People,
    agreements: &[Agreement],
    (other, place_of): (&Input, &dyn Fn(Origin) -> String),
    standing: &dyn Fn(&Agreement) -> &'static str,
    own: &dyn Fn(Person) -> Option<Shown>,
) -> Result<()> {
    let is_problem = |code: &str| code != Standing::Agrees.code();
    // Whom a problem is about is read once more; of a roll without problems nobody is.
    let about = |agreement: &Agreement| agreement.holder.or(agreement.found).map(|(origin, _)| origin);
    let wanted: std::collections::HashSet<Origin> =
        agreements.iter().filter(|agreement| is_problem(standing(agreement))).filter_map(about).collect();
    let others = match wanted.is_empty() {
        true => HashMap::new(),
        false => shown(desk, other, |origin| wanted.contains(&origin))?,
    };
    let personal = desk.config.personal;
    let lines: Vec<AgreementLine<'_>> = people
        .iter()
        .zip(agreements)
        .map(|(person, agreement)| {
            let identity = people.identity(person);
            let code = standing(agreement);
            let county = identity.place.and_then(|place| place.county()).map_or(0, RegionCode::get);
            let place = |of: Option<(Origin, _)>| of.map(|(origin, _)| place_of(origin)).unwrap_or_default();
            AgreementLine {
                county,
                record_id: people.id(person),
                agreement: *agreement,
                standing: code,
                places: [place(agreement.holder), place(agreement.found)],
                person: match is_problem(code) {
                    true => own(person).unwrap_or_else(|| Shown::of_identity(&identity, personal)),
                    false => Shown::default(),
                },
                other: about(agreement).and_then(|origin| others.get(&origin)),
            }
        })
        .collect();
    lines.iter().for_each(|line| desk.count(line.standing));
    desk.problems =
        write_agreements(&desk.directory, &lines, |line| is_problem(line.standing), desk.language())?;
    Ok(())
}
