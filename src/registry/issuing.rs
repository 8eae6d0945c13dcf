//! Which number a new student gets: the rules of the number, and that none is ever given twice.

use super::draft::Draft;
use super::error::{RegistryError, Result};
use super::settings::{PopulationCheck, Settings};
use super::time::Surroundings;
use crate::identity::Identity;
use crate::identity::date::Date;
use crate::identity::document::{Document, DocumentKind};
use crate::identity::region::RegionCode;
use crate::ids::StudentId;
use crate::number::{NumberKind, RANDOM_COUNT, RegistryNumber, SEQUENCE_MAX};
use crate::store::counter_key;

/// What came of looking for a number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A free number.
    Free(RegistryNumber),
    /// The formal number of the student's id was given to another: a number without id instead, and a case.
    Taken {
        /// The formal number.
        formal: RegistryNumber,
        /// Who holds it or held it.
        holder: StudentId,
        /// The number instead.
        instead: RegistryNumber,
    },
    /// No number can be built: these fields are missing or mean nothing.
    Missing(Vec<&'static str>),
}

/// How far a student's identity has been checked outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clearance {
    /// Nothing was asked yet.
    NotAsked,
    /// The authority's base has this student under this citizen id.
    Agrees,
    /// There is no citizen id that could be used.
    NoCitizenId,
}

impl Clearance {
    /// What it comes to where nothing was asked.
    fn in_effect(self, identity: &Identity, citizen: Option<&Document>, settings: &Settings) -> Clearance {
        match (self, settings.population_check) {
            (Clearance::NotAsked, PopulationCheck::Done) if citizen.is_some() => Clearance::Agrees,
            (Clearance::NotAsked, _) if has_no_citizen_id(identity) => Clearance::NoCitizenId,
            (clearance, _) => clearance,
        }
    }
}

/// The number that [`find`] finds for a new student, as far as the identity alone says it: a G, or the first L of a
/// region and a birth date. What loads ask of rows that are like nobody, without an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted(RegistryNumber);

impl Wanted {
    /// `None` where more must be asked. Of whom it is `Some` there is enough to say that the student is not known.
    pub(super) fn of(identity: &Identity, settings: &Settings) -> Option<Wanted> {
        let citizen = citizen_id(identity);
        match Clearance::NotAsked.in_effect(identity, citizen, settings) {
            Clearance::Agrees => RegistryNumber::formal(citizen?).map(Wanted),
            Clearance::NotAsked => {
                let region = own_region(region(identity, settings)?, None, settings).ok()?;
                RegistryNumber::temporary(region, identity.birth_or_documents()?, 0).map(Wanted).ok()
            }
            Clearance::NoCitizenId => None,
        }
    }

    /// In a word, which is never zero.
    pub(super) fn packed(self) -> u64 {
        self.0.packed()
    }

    /// The other way; `None` of what was not packed.
    pub(super) fn from_packed(word: u64) -> Option<Wanted> {
        RegistryNumber::from_packed(word).map(Wanted).ok()
    }

    /// The number, if it is free; as [`find`] gives it.
    ///
    /// # Errors
    /// Those of [`find`].
    pub(super) fn find(
        self,
        draft: &Draft<'_>,
        surroundings: &dyn Surroundings,
    ) -> Result<Option<RegistryNumber>> {
        match self.0.kind() {
            NumberKind::Temporary => {
                temporary(draft, self.0.region(), self.0.birth(), surroundings).map(Some)
            }
            _ => Ok(draft.number(&self.0)?.is_none().then_some(self.0)),
        }
    }
}

/// Finds a number for a student; nothing is given until the event is recorded.
///
/// A citizen id that agrees with the authority's base gives G. No citizen id at all gives J. Everything
/// between waits as L.
///
/// # Errors
/// [`RegistryError::Exhausted`]; [`RegistryError::Delegated`].
pub(super) fn find(
    draft: &Draft<'_>,
    identity: &Identity,
    clearance: Clearance,
    held: Option<RegistryNumber>,
    settings: &Settings,
    surroundings: &dyn Surroundings,
) -> Result<Found> {
    let citizen = citizen_id(identity);
    let clearance = clearance.in_effect(identity, citizen, settings);
    let formal = citizen.and_then(RegistryNumber::formal);
    let holder = match (clearance, formal) {
        (Clearance::Agrees, Some(formal)) => match draft.number(&formal)? {
            None => return Ok(Found::Free(formal)),
            Some(holder) => Some((formal, holder)),
        },
        _ => None,
    };
    let (Some(region), Some(birth)) = (region(identity, settings), identity.birth_or_documents()) else {
        let missing = [
            (region(identity, settings).is_none(), "region"),
            (identity.birth_or_documents().is_none(), "birthdate"),
        ];
        return Ok(Found::Missing(missing.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect()));
    };
    let region = own_region(region, held, settings)?;
    if let Some((formal, holder)) = holder {
        return Ok(Found::Taken { formal, holder, instead: without_id(draft, region, birth)? });
    }
    Ok(Found::Free(match clearance {
        Clearance::NoCitizenId => without_id(draft, region, birth)?,
        Clearance::Agrees | Clearance::NotAsked => temporary(draft, region, birth, surroundings)?,
    }))
}

/// The student's valid citizen id.
pub(super) fn citizen_id(identity: &Identity) -> Option<&Document> {
    identity
        .documents
        .iter()
        .find(|document| document.kind == DocumentKind::ResidentId && document.is_valid())
}

/// Whether the student has no citizen id, not even one that was written wrongly and may be put right.
fn has_no_citizen_id(identity: &Identity) -> bool {
    !identity.usable_documents().any(|document| document.kind == DocumentKind::ResidentId)
}

/// The region of a number without citizen id, which must be one that this registry issues numbers of. A student who has
/// moved out of it keeps the region of the number held.
fn own_region(region: RegionCode, held: Option<RegistryNumber>, settings: &Settings) -> Result<RegionCode> {
    let held = held.map(RegistryNumber::region);
    let own = [Some(region), held].into_iter().flatten().find(|region| settings.issues(*region));
    own.ok_or(RegistryError::Delegated)
}

/// The region of the number: the student's county, or the registry's own where the student has none.
fn region(identity: &Identity, settings: &Settings) -> Option<RegionCode> {
    let own = identity.place.and_then(|place| place.county()).filter(|county| county.is_known());
    own.or_else(|| settings.county())
}

/// The next number without citizen id: sequences go up and never round.
fn without_id(draft: &Draft<'_>, region: RegionCode, birth: Date) -> Result<RegistryNumber> {
    let exhausted = RegistryError::Exhausted { kind: 'J' };
    let mut sequence = draft.counter(counter_key(region.get(), birth.get()))?;
    while sequence < SEQUENCE_MAX {
        sequence += 1;
        let Ok(number) = RegistryNumber::without_id(region, birth, sequence) else { break };
        // The counter stands above every number given; a number from elsewhere is passed over all the same.
        if draft.number(&number)?.is_none() {
            return Ok(number);
        }
    }
    Err(exhausted)
}

/// A free temporary number: at random, and when that is taken the next free one behind it.
fn temporary(
    draft: &Draft<'_>,
    region: RegionCode,
    birth: Date,
    surroundings: &dyn Surroundings,
) -> Result<RegistryNumber> {
    let exhausted = || RegistryError::Exhausted { kind: 'L' };
    let of = |random: u16| RegistryNumber::temporary(region, birth, random).map_err(|_| exhausted());
    // The high bits of the product spread a 64-bit value evenly over the range (Lemire 2019).
    let start = ((u128::from(surroundings.random()) * u128::from(RANDOM_COUNT)) >> 64) as u16;
    for step in 0..RANDOM_COUNT {
        let number = of((start + step) % RANDOM_COUNT)?;
        if draft.number(&number)?.is_none() {
            return Ok(number);
        }
    }
    Err(exhausted())
}
