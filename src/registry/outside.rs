//! What the authority's base says of many students at once (人籍一致), made facts: numbers become formal where it
//! agrees, cases are opened where it does not and closed where it does again.

use super::case::{Case, CaseClass, CaseState, Resolution};
use super::casework::county;
use super::draft::Draft;
use super::enroll::Rules;
use super::error::{RegistryError, Result};
use super::event::Event;
use super::issuing::Clearance;
use super::life::clear_checked;
use super::settle::named;
use super::{Registry, Status};
use crate::ids::StudentId;

/// Answers that are written in one transaction.
const PIECE: usize = 16_384;

/// What the base says of a student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PopulationAnswer {
    /// Number, name, sex and birth date are the base's.
    Agrees,
    /// The base does not know the number.
    Unknown,
    /// The base has the number under another name, birth date or sex.
    Differs,
    /// The student has no number to ask for.
    NotAsked,
}

impl PopulationAnswer {
    /// The case that it is.
    const fn class(self) -> Option<CaseClass> {
        match self {
            PopulationAnswer::Unknown => Some(CaseClass::PopulationUnknown),
            PopulationAnswer::Differs => Some(CaseClass::PopulationDiffers),
            PopulationAnswer::Agrees | PopulationAnswer::NotAsked => None,
        }
    }
}

/// What was done about many answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PopulationOutcome {
    /// Students whose number became formal: L to G, or J to G.
    pub cleared: u64,
    /// Students who agree and whose number stays what it is: formal already, no citizen id of their own, claimed by
    /// another as well, or no number free.
    pub kept: u64,
    /// Cases opened.
    pub opened: u64,
    /// Cases closed.
    pub closed: u64,
    /// Cases that were open before, for the same.
    pub still_open: u64,
    /// Students who wait, were merged or deleted: nothing was done about them.
    pub passed_over: u64,
}

impl Registry {
    /// Takes what the authority's base says of students. The same answers again do nothing. One transaction for each
    /// 16,384 of them; a stopped run goes on when it is run again.
    ///
    /// # Errors
    /// [`RegistryError::Impossible`] without an operator; [`RegistryError::Store`]: the pieces before are on disk.
    pub fn take_population_answers(
        &self,
        answers: &[(StudentId, PopulationAnswer)],
        operator: &str,
    ) -> Result<PopulationOutcome> {
        named(operator, "population check")?;
        let mut outcome = PopulationOutcome::default();
        for piece in answers.chunks(PIECE) {
            let done = self.write_by(operator, |draft, rules| {
                let mut done = outcome;
                for (student, answer) in piece {
                    take(draft, *student, *answer, rules, &mut done)?;
                }
                Ok(done)
            })?;
            outcome = done;
        }
        Ok(outcome)
    }
}

fn take(
    draft: &mut Draft<'_>,
    student: StudentId,
    answer: PopulationAnswer,
    rules: &Rules<'_>,
    done: &mut PopulationOutcome,
) -> Result<()> {
    if student >= draft.meta.next_student {
        done.passed_over += 1;
        return Ok(());
    }
    let state = draft.student(student)?;
    let is_numbered = state.number.is_some() && state.status != Status::Pending;
    if !state.status.is_present() || !is_numbered {
        done.passed_over += 1;
        return Ok(());
    }
    let mut is_open = false;
    for id in state.cases {
        let Some(case) = draft.case(id)?.filter(Case::is_open) else { continue };
        let is_ours = matches!(case.class, CaseClass::PopulationUnknown | CaseClass::PopulationDiffers);
        if !is_ours {
            continue;
        }
        if Some(case.class) == answer.class() {
            is_open = true;
        } else if answer != PopulationAnswer::NotAsked {
            let (resolution, reason) = (Resolution::Noted, "population check".to_owned());
            draft.record(Event::CaseResolved { case: id, resolution, reason }, None)?;
            done.closed += 1;
        }
    }
    match answer.class() {
        Some(_) if is_open => done.still_open += 1,
        Some(class) => {
            let case = case_of(draft, student, class)?;
            draft.record(Event::CaseOpened(case), None)?;
            done.opened += 1;
        }
        None if answer == PopulationAnswer::Agrees => {
            let held = draft.student(student)?.number;
            // What stands in the way concerns this student alone, and nothing was written then.
            match clear_checked(draft, student, Clearance::Agrees, rules) {
                Ok(number) if Some(number) != held => done.cleared += 1,
                Ok(_) | Err(RegistryError::Impossible(..) | RegistryError::Exhausted { .. }) => {
                    done.kept += 1;
                }
                Err(error) => return Err(error),
            }
        }
        None => {}
    }
    Ok(())
}

/// The case of one student against the base.
fn case_of(draft: &Draft<'_>, student: StudentId, class: CaseClass) -> Result<Case> {
    let state = draft.student(student)?;
    let profile = draft.profile(state.current)?.ok_or(RegistryError::UnknownNumber)?;
    let prepared = super::journal::prepared(draft, profile.sequence, state.current)?;
    Ok(Case {
        id: draft.meta.next_case,
        class,
        county: county(&prepared),
        subject: student,
        students: vec![student],
        records: vec![state.current],
        links: Vec::new(),
        proposal: None,
        number: state.number,
        missing: Vec::new(),
        opened: draft.at(),
        state: CaseState::Open,
    })
}
