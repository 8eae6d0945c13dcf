//! One walk over the nation's file before anything is measured: rows to ask for, and for the baselines keys and
//! stored fields, spilled to working files so that memory holds one family at a time.

use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::baseline::{Entries, Given, Rows};
use super::error::{BenchError, Result};
use super::probes::spaces;
use crate::identity::{Identity, profile};
use crate::key::Family;
use crate::source::{Source, SourceOptions};
use crate::student::OwnedStudent;

/// Bytes of a spilled key: a hash and a record, little-endian.
const ENTRY: usize = 12;

/// What the walk left.
pub(super) struct Survey {
    /// Every so many rows of the file.
    pub(super) sampled: Vec<OwnedStudent>,
    /// The spilled rows, where they were asked for.
    pub(super) spilled: Option<Spilled>,
}

/// Keys and stored fields in working files.
pub(super) struct Spilled(PathBuf);

/// What a piece of the file came to.
#[derive(Default)]
struct Part {
    sampled: Vec<OwnedStudent>,
    keys: [Vec<u8>; Family::ALL.len()],
    profiles: Vec<u8>,
}

impl Part {
    fn spill(&mut self, identity: &Identity, record: u32) {
        for (family, hash) in spaces(identity) {
            let keys = &mut self.keys[family as usize];
            keys.extend_from_slice(&hash.to_le_bytes());
            keys.extend_from_slice(&record.to_le_bytes());
        }
        let mut fields = Vec::with_capacity(192);
        profile::encode(identity, &mut fields);
        self.profiles.extend_from_slice(&record.to_le_bytes());
        self.profiles.extend_from_slice(&(fields.len() as u32).to_le_bytes());
        self.profiles.extend_from_slice(&fields);
    }
}

/// Walks over the file. `spill` names a directory for working files; it is made.
pub(super) fn survey(file: &Path, every: u32, spill: Option<&Path>) -> Result<Survey> {
    let source = Source::open(file, 0, &SourceOptions::default())?;
    let mut files = match spill {
        Some(directory) => Some(create(directory).map_err(BenchError::io(directory))?),
        None => None,
    };
    let is_spilling = files.is_some();
    let mut sampled = Vec::new();
    let place = spill.unwrap_or(file);
    source.try_for_each_chunk(
        Part::default,
        |part: &mut Part, student, origin| {
            if origin.row % every == 0 {
                part.sampled.push(OwnedStudent::from(student));
            }
            if is_spilling {
                part.spill(&Identity::of(student, &mut Vec::new()), origin.row);
            }
        },
        |mut chunk| {
            sampled.append(&mut chunk.value.sampled);
            let written = files.as_mut().map_or(Ok(()), |files| write(files, &chunk.value));
            written.map_err(BenchError::io(place))
        },
    )?;
    let finished = files.into_iter().flatten().try_for_each(|mut file| file.flush());
    finished.map_err(BenchError::io(place))?;
    Ok(Survey { sampled, spilled: spill.map(|directory| Spilled(directory.to_owned())) })
}

fn keys_path(directory: &Path, family: Family) -> PathBuf {
    directory.join(family.code())
}

fn profiles_path(directory: &Path) -> PathBuf {
    directory.join("profiles")
}

/// A file for each family, and behind them one for the stored fields.
fn create(directory: &Path) -> std::io::Result<Vec<BufWriter<File>>> {
    std::fs::create_dir_all(directory)?;
    let paths = Family::ALL.map(|family| keys_path(directory, family)).into_iter();
    let paths = paths.chain([profiles_path(directory)]);
    paths.map(|path| Ok(BufWriter::with_capacity(1 << 20, File::create(path)?))).collect()
}

fn write(files: &mut [BufWriter<File>], part: &Part) -> std::io::Result<()> {
    let parts = part.keys.iter().chain([&part.profiles]);
    files.iter_mut().zip(parts).try_for_each(|(file, bytes)| file.write_all(bytes))
}

impl Rows for Spilled {
    fn families(&self, give: &mut dyn FnMut(Family, Entries<'_>) -> Given) -> Given {
        for family in Family::ALL {
            let bytes = std::fs::read(keys_path(&self.0, family))?;
            if bytes.is_empty() {
                continue;
            }
            let entry = |entry: &[u8]| {
                let [a, b, c, d, e, f, g, h, i, j, k, l] = *entry else { unreachable!("chunks of {ENTRY}") };
                (u64::from_le_bytes([a, b, c, d, e, f, g, h]), u32::from_le_bytes([i, j, k, l]))
            };
            let mut entries: Vec<(u64, u32)> = bytes.par_chunks_exact(ENTRY).map(entry).collect();
            drop(bytes);
            entries.par_sort_unstable();
            give(family, &entries)?;
        }
        Ok(())
    }

    fn profiles(&self, give: &mut dyn FnMut(u32, &[u8]) -> Given) -> Given {
        let mut file = BufReader::with_capacity(1 << 20, File::open(profiles_path(&self.0))?);
        let (mut head, mut fields) = ([0; 8], Vec::new());
        loop {
            match file.read_exact(&mut head) {
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
                outcome => outcome?,
            }
            let [a, b, c, d, e, f, g, h] = head;
            fields.resize(u32::from_le_bytes([e, f, g, h]) as usize, 0);
            file.read_exact(&mut fields)?;
            give(u32::from_le_bytes([a, b, c, d]), &fields)?;
        }
    }
}
