//! Which model judges in a registry, and what another would change.
//!
//! The model is the registry's own: choosing it is an entry of the journal, made in somebody's name, and whoever
//! follows the journal judges with the same. An entry was judged by the model that was chosen last before it. What was
//! answered is never judged again.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::{RegistryError, Result};
use super::event::{Entry, Event};
use super::lookup::registered;
use super::search::candidates;
use super::{Case, Registry, journal};
use crate::identity::Identity;
use crate::ids::{RecordId, Sequence};
use crate::matching::{Frequencies, Model, ModelDigest, ModelTextError, Verdict, judge};
use crate::store::{Snapshot, Standing, StoreError};

/// Records that are compared as one piece of work.
const CHUNK: usize = 16_384;

/// A model that was chosen for a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChoice {
    /// The entry that says so: it judges behind this one.
    pub since: Sequence,
    /// What it is called.
    pub name: String,
    /// Which it is.
    pub digest: ModelDigest,
}

/// The stored row: every choice from the first, and the model of the last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Models {
    choices: Vec<ModelChoice>,
    text: String,
}

impl Models {
    pub(super) fn choose(&mut self, choice: ModelChoice, text: &str) {
        self.choices.push(choice);
        text.clone_into(&mut self.text);
    }

    /// The model that judges in a state. One that this version cannot read is no reason to take another.
    pub(super) fn in_force(
        snapshot: &Snapshot,
    ) -> std::result::Result<std::result::Result<Arc<Model>, ModelTextError>, StoreError> {
        Ok(match snapshot.models::<Models>()? {
            Some(models) => Model::from_text(&models.text).map(Arc::new),
            // Made before that was written down, or a follower before its first change.
            None => Ok(Arc::new(Model::default())),
        })
    }
}

/// The event that a model is chosen.
pub(super) fn chosen(model: &Model) -> Event {
    Event::ModelChosen { name: model.name.clone(), digest: model.digest(), text: model.to_text() }
}

/// How another model would judge what a registry holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModelComparison {
    /// Pairs of records that share a key, and were judged by both.
    pub pairs: u64,
    /// How many of them got which verdict from the model in force and from the other.
    pub verdicts: BTreeMap<(Verdict, Verdict), u64>,
}

impl ModelComparison {
    /// Pairs on which the two differ.
    pub fn differing(&self) -> u64 {
        self.verdicts.iter().filter(|((old, new), _)| old != new).map(|(_, count)| count).sum()
    }

    fn append(mut self, other: ModelComparison) -> ModelComparison {
        self.pairs += other.pairs;
        for (verdicts, count) in other.verdicts {
            *self.verdicts.entry(verdicts).or_default() += count;
        }
        self
    }
}

impl ModelChoice {
    /// Which of a registry's [models](Registry::models) judged an entry: the last that was chosen before it. `None` for an
    /// entry that nobody judged, or of a time when that was not written down.
    pub fn that_judged<'m>(models: &'m [ModelChoice], entry: &Entry) -> Option<&'m ModelChoice> {
        let is_judged = matches!(
            entry.event,
            Event::Enrolled { .. } | Event::Loaded { .. } | Event::CaseOpened(_) | Event::CaseExtended { .. }
        );
        models.iter().rev().find(|choice| is_judged && choice.since < entry.sequence)
    }
}

impl Registry {
    /// The model in force.
    ///
    /// # Errors
    /// [`RegistryError::Model`] if it is one that this version cannot judge with.
    pub fn model(&self) -> Result<Arc<Model>> {
        self.model.read().unwrap_or_else(PoisonError::into_inner).clone().map_err(RegistryError::Model)
    }

    /// The models that were chosen, the first first. Empty for a registry that was made before that was written
    /// down: the shipped model judged in it.
    ///
    /// # Errors
    /// [`RegistryError::Store`].
    pub fn models(&self) -> Result<Vec<ModelChoice>> {
        Ok(self.newest()?.models::<Models>()?.unwrap_or_default().choices)
    }

    /// The model that judged a case when it was opened; `None` in a registry that did not write it down then. Reads the
    /// story of who raised it.
    ///
    /// # Errors
    /// [`RegistryError::Store`].
    pub fn model_of_case(&self, case: &Case) -> Result<Option<ModelChoice>> {
        let snapshot = self.newest()?;
        let story = registered(&snapshot, case.subject)?.state.entries;
        for sequence in story {
            let entry = journal::entry(&snapshot, sequence)?;
            match &entry.event {
                Event::CaseOpened(opened) if opened.id == case.id => {
                    return Ok(ModelChoice::that_judged(&self.models()?, &entry).cloned());
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Chooses the model that judges from now on, in an operator's name. What was answered stays as it is. To choose
    /// the model in force again changes nothing.
    ///
    /// # Errors
    /// [`RegistryError::Model`] if it is none that can be used; those of a write.
    pub fn use_model(&self, model: &Model, operator: &str) -> Result<()> {
        model.validate().map_err(|error| RegistryError::Model(ModelTextError::Content(error)))?;
        self.write_unjudged(Some(operator), |draft| {
            let is_chosen = draft.base().models::<Models>()?.is_some();
            // Where none was chosen, the shipped one judges, and to choose that is to hold on to it.
            if is_chosen && self.model().is_ok_and(|in_force| *in_force == *model) {
                return Ok(());
            }
            draft.record(chosen(model), None).map(drop)
        })?;
        self.take_up_model()
    }

    /// Judges with the newest choice from now on.
    pub(super) fn take_up_model(&self) -> Result<()> {
        let model = Models::in_force(&*self.newest()?)?;
        *self.model.write().unwrap_or_else(PoisonError::into_inner) = model;
        Ok(())
    }

    /// Judges every pair of records that share a key with the model in force and with another. Changes nothing. As
    /// long as a lookup for each record, on all cores.
    ///
    /// # Errors
    /// [`RegistryError::Store`]; [`RegistryError::Model`] if the model in force cannot judge.
    pub fn compare_model(&self, other: &Model) -> Result<ModelComparison> {
        let snapshot = self.newest()?;
        let comparing = Comparing {
            models: [&*self.model()?, other],
            frequencies: &self.frequencies_of(&snapshot),
            snapshot: &snapshot,
        };
        let mut compared = ModelComparison::default();
        let mut chunk: Vec<(RecordId, Identity)> = Vec::with_capacity(CHUNK);
        let mut failed = None;
        let mut flush = |chunk: &mut Vec<(RecordId, Identity)>| match comparing.all(chunk) {
            Ok(found) => compared = std::mem::take(&mut compared).append(found),
            Err(error) => failed = failed.take().or(Some(error)),
        };
        snapshot.profiles_from(RecordId::new(0), |record, profile| {
            if profile.standing == Standing::Live {
                chunk.push((record, profile.identity));
            }
            if chunk.len() == CHUNK {
                flush(&mut chunk);
                chunk.clear();
            }
            Ok(true)
        })?;
        flush(&mut chunk);
        failed.map_or(Ok(compared), |error| Err(error.into()))
    }
}

/// Two models and what they are asked about.
struct Comparing<'c> {
    models: [&'c Model; 2],
    frequencies: &'c Frequencies,
    snapshot: &'c Snapshot,
}

impl Comparing<'_> {
    fn all(&self, records: &[(RecordId, Identity)]) -> std::result::Result<ModelComparison, StoreError> {
        records
            .par_iter()
            .with_min_len(64)
            .map(|(record, identity)| self.one(*record, identity))
            .try_reduce(ModelComparison::default, |all, found| Ok(all.append(found)))
    }

    /// A record against those that came before it, so that a pair is judged once.
    fn one(&self, record: RecordId, identity: &Identity) -> std::result::Result<ModelComparison, StoreError> {
        let keys = self.snapshot.keys_of(identity);
        let mut before = candidates(self.snapshot, identity, &keys)?.0;
        before.retain(|other| *other < record);
        let mut compared = ModelComparison::default();
        self.snapshot.profiles_of(
            &before,
            |_| false,
            |_, other| {
                if other.standing == Standing::Live && self.snapshot.shares_key(&keys, other) {
                    let verdict = |model| judge(identity, &other.identity, model, self.frequencies).verdict;
                    compared.pairs += 1;
                    *compared
                        .verdicts
                        .entry((verdict(self.models[0]), verdict(self.models[1])))
                        .or_default() += 1;
                }
                Ok(())
            },
        )?;
        Ok(compared)
    }
}
