//! A made-up nation: students with families, errors, duplicates and hard cases, and the truth about them.
//!
//! A [`Nation`] writes a file of rows as an office would hand it in, and beside it who each row really is. It is
//! for measuring and for demonstration. Nobody in it exists: names are drawn from published frequencies,
//! numbers and phones from a seed; whatever meets a living person's does so by chance.
//!
//! The same seed and rates give the same bytes, at any number of threads. The nation is made in chunks of
//! [`CHUNK_ROWS`] rows that depend on nothing but the seed and their index, so memory does not grow with the
//! number of rows. A re-registration stands in its original's chunk or, since any family can be made again from
//! its index, anywhere. Called by `cli`; knows nothing of files.
//!
//! ```
//! use renji::synth::{Config, Nation};
//!
//! let nation = Nation::new(Config { students: 100, seed: 1, ..Config::default() })?;
//! let (mut file, mut truth) = (Vec::new(), Vec::new());
//! let written = nation.write(&mut file, Some(&mut truth))?;
//! assert_eq!(written.rows, 100);
//! assert!(file.starts_with(b"record_id,id_type,id_number,name,"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chunk;
mod confusable;
mod damage;
mod damage_id;
mod damage_name;
mod damage_place;
mod family;
mod minority;
mod names;
mod number;
mod places;
mod rates;
mod rng;
mod row;
mod template;

use std::fmt;
use std::io::{self, Write};

use rayon::prelude::*;

use confusable::Confusable;
use names::Names;
use number::FAMILIES_MAX;
use places::Places;
use rng::{Permutation, Rng, Weighted};

pub use damage::Damage;
pub use rates::{RateError, Rates};
pub use row::COLUMNS;

/// The rows of a chunk: what is shuffled together, and the distance within which a near re-registration stands.
/// About 1 MB of text.
pub const CHUNK_ROWS: usize = 4_096;

/// The most rows of a nation: each family takes a place of its own among 447 million.
pub const STUDENTS_MAX: u64 = 400_000_000;

const _: () = assert!(STUDENTS_MAX + (CHUNK_ROWS as u64) < FAMILIES_MAX);

/// What a nation is to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The rows of the file, re-registrations counted; at most [`STUDENTS_MAX`].
    pub students: u64,
    /// What makes this nation different from others.
    pub seed: u64,
    /// How often everything happens.
    pub rates: Rates,
}

impl Default for Config {
    fn default() -> Self {
        Config { students: 100_000, seed: 1, rates: Rates::default() }
    }
}

/// Why there is no such nation.
#[derive(Debug, Clone, PartialEq)]
pub enum ConfigError {
    /// More rows than [`STUDENTS_MAX`].
    TooManyStudents,
    /// A rate that cannot be.
    Rate(RateError),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::TooManyStudents => write!(f, "at most {STUDENTS_MAX} students"),
            ConfigError::Rate(_) => f.write_str("a rate of the made-up nation cannot be"),
        }
    }
}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ConfigError::TooManyStudents => None,
            ConfigError::Rate(error) => Some(error),
        }
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// All rows, without the headers.
    pub rows: u64,
    /// The rows that register somebody again.
    pub again: u64,
}

/// A made-up nation, ready to be written.
#[derive(Debug)]
pub struct Nation {
    students: u64,
    seed: u64,
    rates: Rates,
    places: Places,
    names: Names,
    confusable: Confusable,
    /// Draws an error by the rates' weights.
    damages: Weighted,
    /// The same among the peculiar ones, if any has a weight.
    peculiar_damages: Option<Weighted>,
    permutation: Permutation,
    /// Whether rows stand under the headings of the national template.
    is_template: bool,
}

impl Nation {
    /// Prepares the tables: some milliseconds.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] where the configuration cannot be met.
    pub fn new(config: Config) -> Result<Nation, ConfigError> {
        let Config { students, seed, rates } = config;
        if students > STUDENTS_MAX {
            return Err(ConfigError::TooManyStudents);
        }
        rates.check().map_err(ConfigError::Rate)?;
        // With no re-registrations the weights may all be zero; the table then goes unused.
        let mut weights = rates.damage.map(|weight| weight as f32);
        if weights.iter().all(|&weight| weight == 0.0) {
            weights[0] = 1.0;
        }
        let mut peculiar = weights;
        for (weight, damage) in peculiar.iter_mut().zip(Damage::ALL) {
            if !damage.is_peculiar() {
                *weight = 0.0;
            }
        }
        Ok(Nation {
            students,
            seed,
            damages: Weighted::new(&weights),
            peculiar_damages: peculiar.iter().any(|&weight| weight > 0.0).then(|| Weighted::new(&peculiar)),
            rates,
            places: Places::new(),
            names: Names::new(),
            confusable: Confusable::new(),
            permutation: Permutation::new(Rng::stream(seed, 0, 0).next(), FAMILIES_MAX),
            is_template: false,
        })
    }

    /// The same nation under the headings of the national collection template, second version, with all its required
    /// fields, in a state that `renji validate` finds nothing in but notes; and the id of each record in a column behind.
    pub fn under_template(self) -> Nation {
        Nation { is_template: true, ..self }
    }

    /// Writes the file and, if asked for, the truth: one row each for each row of the file, in its order.
    ///
    /// Chunks are made on the current Rayon pool, some at a time, and written in order; the writers see large
    /// pieces and need no buffer of their own. Memory: about 3 MB a thread.
    ///
    /// # Errors
    ///
    /// The writer's; what was written before stands.
    pub fn write<'t>(
        &self,
        out: &mut dyn Write,
        mut truth: Option<&mut (dyn Write + 't)>,
    ) -> io::Result<Written> {
        let header = if self.is_template { template::header() } else { row::header() };
        out.write_all(header.as_bytes())?;
        if let Some(truth) = &mut truth {
            truth.write_all(row::TRUTH_HEADER.as_bytes())?;
        }
        let with_truth = truth.is_some();
        let mut written = Written::default();
        let chunks = self.students.div_ceil(CHUNK_ROWS as u64);
        let at_once = 4 * rayon::current_num_threads() as u64;
        let mut next = 0;
        while next < chunks {
            let end = chunks.min(next + at_once);
            let pieces: Vec<chunk::Text> = (next..end)
                .into_par_iter()
                .map_init(Vec::new, |rows, index| self.chunk_text(index, rows, with_truth))
                .collect();
            for piece in pieces {
                out.write_all(&piece.file)?;
                if let Some(truth) = &mut truth {
                    truth.write_all(&piece.truth)?;
                }
                written.rows += piece.written.rows;
                written.again += piece.written.again;
            }
            next = end;
        }
        out.flush()?;
        truth.map_or(Ok(()), |truth| truth.flush())?;
        Ok(written)
    }
}

#[cfg(test)]
mod tests;
