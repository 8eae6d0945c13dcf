//! How common names, places, schools and phones are among the students: counted from the records, kept, and
//! counted again when a file was loaded. Not part of the journal: whoever has the records can count them.

use std::sync::PoisonError;

use rayon::prelude::*;

use super::enroll::Reply;
use super::request::request_of;
use super::{Enrolled, Registry, Result};
use crate::identity::Identity;
use crate::ids::RecordId;
use crate::matching::FrequencyCounter;
use crate::student::{OwnedStudent, Student};

/// Bytes of a stored piece of the counts.
pub(super) const PIECE: usize = 12 * 5_000;
/// Records that are counted as one piece of work.
const CHUNK: usize = 16_384;

impl Registry {
    /// Counts the values of all records again and keeps the counts. Some seconds for a million records. Values
    /// become common only slowly, so this need not be done often; [`Load::finish`] does it.
    ///
    /// # Errors
    /// [`super::RegistryError::Store`].
    pub fn recount(&self) -> Result<()> {
        let frequencies = self.count(FrequencyCounter::default())?.finish();
        self.write_unjudged(None, |draft| {
            draft.meta.counted = frequencies.counted();
            let bytes = frequencies.to_bytes();
            draft.changes.put_population(bytes.chunks(PIECE).map(<[u8]>::to_vec).collect());
            Ok(())
        })?;
        *self.frequencies.write().unwrap_or_else(PoisonError::into_inner) = frequencies;
        Ok(())
    }

    /// Adds all records to a count.
    pub(super) fn count(&self, mut counter: FrequencyCounter) -> Result<FrequencyCounter> {
        let snapshot = self.newest()?;
        let mut chunk: Vec<Identity> = Vec::with_capacity(CHUNK);
        let mut flush = |chunk: &mut Vec<Identity>| {
            let parts: Vec<FrequencyCounter> = chunk
                .par_chunks(1024)
                .map(|identities| {
                    let mut part = FrequencyCounter::default();
                    identities.iter().for_each(|identity| part.add(identity));
                    part
                })
                .collect();
            parts.into_iter().for_each(|mut part| counter.append(&mut part));
            chunk.clear();
        };
        snapshot.profiles_from(RecordId::new(0), |_, profile| {
            chunk.push(profile.identity);
            if chunk.len() == CHUNK {
                flush(&mut chunk);
            }
            Ok(true)
        })?;
        flush(&mut chunk);
        Ok(counter)
    }

    /// Whether a row of a file was loaded before. One point read.
    ///
    /// # Errors
    /// [`super::RegistryError::Store`].
    pub fn is_loaded(&self, student: &Student<'_>) -> Result<bool> {
        Ok(super::journal::remembered(&*self.newest()?, &request_of(student))?.is_some())
    }

    /// Begins to load a file of students, of whose values `counter` holds the counts (those of rows that
    /// were loaded before left out: they are counted already): so that the first row is
    /// judged as the last one is, and as the offline check judges them.
    ///
    /// # Errors
    /// [`super::RegistryError::Store`].
    pub fn load(&self, counter: FrequencyCounter) -> Result<Load<'_>> {
        let frequencies = self.count(counter)?.finish();
        *self.frequencies.write().unwrap_or_else(PoisonError::into_inner) = frequencies;
        Ok(Load { registry: self })
    }
}

/// A file on its way into a registry.
#[derive(Debug)]
pub struct Load<'r> {
    registry: &'r Registry,
}

impl Load<'_> {
    /// Enrols the next students, in one write transaction for each [`crate::limits::BATCH_MAX`] of them.
    /// See [`Registry::enroll_many`]. A row that was loaded before, also as an earlier one of these, is
    /// [`Enrolled::Existing`] with `loaded_before` where it was issued a number then: `Issued` is what is new.
    ///
    /// # Errors
    /// Those of [`Registry::enroll_many`].
    pub fn enroll(&self, students: Vec<OwnedStudent>) -> Result<Vec<Result<Enrolled>>> {
        let students = students
            .into_par_iter()
            .with_min_len(256)
            .map(|student| {
                let request = request_of(&student.as_student());
                (student, request)
            })
            .collect();
        let replies = self.registry.reply_to_many(students)?.into_iter();
        let enrolled = |reply: Reply| {
            let answer = reply.answer.map(Enrolled::from)?;
            Ok(match answer {
                Enrolled::Issued(number) if !reply.is_new => {
                    Enrolled::Existing { number, why: "loaded_before".to_owned() }
                }
                answer => answer,
            })
        };
        Ok(replies.map(enrolled).collect())
    }

    /// Counts the values of the registry as it is now.
    ///
    /// # Errors
    /// Those of [`Registry::recount`]; the students are enrolled all the same.
    pub fn finish(self) -> Result<()> {
        self.registry.recount()
    }
}
