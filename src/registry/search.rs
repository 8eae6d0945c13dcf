//! Who may be this student? The candidates that share a key, each judged.

use rayon::prelude::*;

use super::prepare::Prepared;
use crate::identity::Identity;
use crate::identity::profile::Outline;
use crate::ids::{RecordId, StudentId};
use crate::key::Family;
use crate::limits::{BLOCK_MAX, NEIGHBOURS_MAX};
use crate::matching::{
    Frequencies, Judgement, Model, Reasons, Verdict, are_told_apart, judge, judge_unless_dropped,
};
use crate::store::{Candidates, ProbeKey, Profile, Snapshot, Standing, StoreError, StoredKey};

/// What it takes to judge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Court<'a> {
    pub(super) model: &'a Model,
    pub(super) frequencies: &'a Frequencies,
}

impl Court<'_> {
    pub(super) fn judge(&self, a: &Identity, b: &Identity) -> Judgement {
        judge(a, b, self.model, self.frequencies)
    }

    /// Judges two records; `None` where they are two people.
    pub(super) fn judge_unless_dropped(&self, a: &Identity, b: &Identity) -> Option<Judgement> {
        judge_unless_dropped(a, b, self.model, self.frequencies)
    }

    /// Judges a record against a stored one; `None` where they are two people, or where what was corrected
    /// since is all that speaks for more than a meeting.
    pub(super) fn meet(&self, identity: &Identity, record: RecordId, other: &Profile) -> Option<Match> {
        let judgement = self.judge_unless_dropped(identity, &other.identity)?;
        let counts = match other.standing {
            Standing::Live => true,
            // What was corrected away still finds its student, and nobody of another name: a number that was
            // written wrongly leads its rightful owner here.
            Standing::Superseded => {
                judgement.verdict == Verdict::Same && !judgement.reasons.contains(Reasons::NAME_DIFFERS)
            }
        };
        counts.then_some(Match { record, student: other.student, judgement })
    }
}

/// A stored record that is not simply another person's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub(super) record: RecordId,
    /// Whose it was when it was read.
    pub(super) student: StudentId,
    pub(super) judgement: Judgement,
}

/// What a search found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) matches: Vec<Match>,
    /// Families whose key even in its finer part more than [`BLOCK_MAX`] hold: not all of them were compared.
    pub(super) crowded: Vec<Family>,
    /// How many records were compared.
    pub(super) compared: usize,
}

/// Tells by an encoded profile that it is another person's than that of an outline, where outlines are enough.
pub(super) fn strangers(own: Option<Outline>) -> impl Fn(&[u8]) -> bool {
    move |profile| {
        let mut other = Outline::default();
        own.as_ref().is_some_and(|own| other.fill(profile) && are_told_apart(own, &other))
    }
}

/// The same of a record among so many candidates: one alone is hardly ever a stranger, and is read at once.
fn strangers_among(candidates: usize, identity: &Identity) -> impl Fn(&[u8]) -> bool + use<> {
    strangers(if candidates > 1 { Outline::of(identity) } else { None })
}

/// Searches one state. A range read for each key (some eleven), a point read and a judgement for each
/// candidate, of which there are no more than [`BLOCK_MAX`] for a key.
pub(super) fn search(
    snapshot: &Snapshot,
    identity: &Identity,
    court: &Court<'_>,
) -> Result<Found, StoreError> {
    let keys = snapshot.keys_of(identity);
    court.frequencies.fetch(identity);
    let (candidates, crowded) = candidates(snapshot, identity, &keys)?;
    let mut found = Found { crowded, ..Found::default() };
    let is_stranger = strangers_among(candidates.len(), identity);
    found.compared = snapshot.profiles_of(&candidates, is_stranger, |record, profile| {
        snapshot.fetch_student(profile.student)?;
        let meeting = court.meet(identity, record, profile);
        found.matches.extend(meeting.filter(|_| snapshot.shares_key(&keys, profile)));
        Ok(())
    })?;
    if found.compared < candidates.len() && snapshot.is_exact() {
        return Err(StoreError::damaged("a key without a record"));
    }
    Ok(found)
}

#[cfg(feature = "bench")]
impl super::Registry {
    /// Fetches what is compared of whoever has one of these keys, at most [`BLOCK_MAX`] of a key, and judges nobody: what a
    /// check asks of the store, to be measured beside what another store is asked. Says how many there are.
    ///
    /// # Errors
    /// [`RegistryError::Store`](super::RegistryError::Store).
    pub(crate) fn fetch_candidates(&self, keys: &[(Family, u64)]) -> super::Result<usize> {
        let snapshot = self.newest()?;
        let keys: smallvec::SmallVec<[ProbeKey; 16]> =
            keys.iter().map(|(space, hash)| ProbeKey { space: *space, hash: *hash }).collect();
        keys.iter().for_each(|key| snapshot.fetch_key(*key));
        let mut gathered = Candidates::default();
        snapshot.candidates(&keys, BLOCK_MAX, &mut gathered)?;
        let mut records: Vec<RecordId> = gathered.records.iter().map(|(_, record)| *record).collect();
        for at in &gathered.crowded {
            let ProbeKey { space, hash } = keys[*at];
            snapshot.holders(&StoredKey { space, hash, finer: 0 }, false, BLOCK_MAX, &mut records)?;
        }
        records.sort_unstable();
        records.dedup();
        let read = |_, profile: &Profile| {
            std::hint::black_box(profile);
            Ok(())
        };
        Ok(snapshot.profiles_of(&records, |_| false, read)?)
    }
}

/// The records that share a key, in order, and the families whose key even in its finer part too many hold.
pub(super) fn candidates(
    snapshot: &Snapshot,
    identity: &Identity,
    keys: &[ProbeKey],
) -> Result<(Vec<RecordId>, Vec<Family>), StoreError> {
    let (mut gathered, mut crowded) = (Candidates::default(), Vec::new());
    snapshot.candidates(keys, BLOCK_MAX, &mut gathered)?;
    let mut candidates: Vec<RecordId> = gathered.records.iter().map(|(_, record)| *record).collect();
    for at in &gathered.crowded {
        let key = keys[*at].of(identity);
        if crowd(snapshot, &key, &mut candidates)? {
            crowded.push(key.space);
        }
    }
    candidates.sort_unstable();
    candidates.dedup();
    crowded.dedup();
    Ok((candidates, crowded))
}

/// Who of many under one key is compared: those of the finer part, and of a document a few of the others, so that
/// people of different names under one number are told. Says whether even of the finer part not all are.
fn crowd(snapshot: &Snapshot, key: &StoredKey, found: &mut Vec<RecordId>) -> Result<bool, StoreError> {
    let start = found.len();
    if !snapshot.holders(key, false, BLOCK_MAX, found)? {
        // They only seemed to be so many.
        return Ok(false);
    }
    let few = if key.space == Family::Document { NEIGHBOURS_MAX } else { 0 };
    found.truncate(start + few);
    snapshot.holders(key, true, BLOCK_MAX, found)
}

/// From so many keys on, in one entry of the table, a scan of the table finds them sooner than a range read
/// each: a scan passes some twenty entries in the time of one.
const SCAN_SHARE: u64 = 20;
/// Keys that are looked for as one piece of work.
const PIECE: usize = 16_384;

/// A key that a record of a batch looks under.
type Wanted = (StoredKey, u32);

/// Searches one state for many, on all cores: what [`search`] finds for each, in the order of the keys
/// instead of the records. Of no record it is told what was crowded.
pub(super) fn search_many(
    snapshot: &Snapshot,
    records: &[(u32, &Prepared)],
    court: &Court<'_>,
) -> Result<Vec<(u32, Match)>, StoreError> {
    let mut wanted: Vec<Wanted> = records
        .par_iter()
        .flat_map_iter(|(at, record)| record.keys.iter().map(move |key| (*key, *at)))
        .collect();
    wanted.par_sort_unstable();
    if !snapshot.is_exact() {
        let probed: Vec<Vec<(u32, RecordId)>> =
            wanted.par_chunks(PROBES).map(|piece| probe_all(snapshot, piece)).collect::<Result<_, _>>()?;
        return judge_all(snapshot, records, probed, court);
    }
    let families: Vec<&[Wanted]> = wanted.chunk_by(|a, b| a.0.space == b.0.space).collect();
    let mut pieces: Vec<(&[Wanted], bool)> = Vec::new();
    for family in families {
        let scans = family.len() as u64 * SCAN_SHARE > snapshot.delta_key_count(family[0].0.space)?;
        let mut rest = family;
        while !rest.is_empty() {
            // All who look under one hash are of one piece.
            let mut end = PIECE.min(rest.len());
            while end < rest.len() && rest[end].0.hash == rest[end - 1].0.hash {
                end += 1;
            }
            let (piece, tail) = rest.split_at(end);
            pieces.push((piece, scans));
            rest = tail;
        }
    }
    let candidates: Vec<Vec<(u32, RecordId)>> = pieces
        .into_par_iter()
        .map(|(piece, scans)| if scans { scan(snapshot, piece) } else { probe(snapshot, piece) })
        .collect::<Result<_, _>>()?;
    judge_all(snapshot, records, candidates, court)
}

/// Judges candidates of many records, on all cores.
fn judge_all(
    snapshot: &Snapshot,
    records: &[(u32, &Prepared)],
    candidates: Vec<Vec<(u32, RecordId)>>,
    court: &Court<'_>,
) -> Result<Vec<(u32, Match)>, StoreError> {
    let mut candidates: Vec<(u32, RecordId)> = candidates.into_iter().flatten().collect();
    candidates.par_sort_unstable();
    candidates.dedup();
    let place = |at: u32| {
        let index = records.binary_search_by_key(&at, |(at, _)| *at);
        // INVARIANT: candidates are of records that were searched for.
        records[index.expect("a record of the batch")].1
    };
    let pieces: Vec<&[(u32, RecordId)]> = candidates.chunk_by(|a, b| a.0 == b.0).collect();
    let matches: Vec<Vec<(u32, Match)>> = pieces
        .into_par_iter()
        .with_min_len(16)
        .map(|piece| {
            let (at, record) = (piece[0].0, place(piece[0].0));
            let ids: Vec<RecordId> = piece.iter().map(|(_, id)| *id).collect();
            let keys: Vec<ProbeKey> = record.keys.iter().map(|key| key.probe()).collect();
            let mut matches = Vec::new();
            let is_stranger = strangers_among(ids.len(), &record.identity);
            snapshot.profiles_of(&ids, is_stranger, |id, profile| {
                let meeting = court.meet(&record.identity, id, profile);
                let meeting = meeting.filter(|_| snapshot.shares_key(&keys, profile));
                matches.extend(meeting.map(|found| (at, found)));
                Ok(())
            })?;
            Ok(matches)
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(matches.into_iter().flatten().collect())
}

/// Keys that are probed together.
const PROBES: usize = 16;

/// Looks for some keys together, in the database and in segments.
fn probe_all(snapshot: &Snapshot, piece: &[Wanted]) -> Result<Vec<(u32, RecordId)>, StoreError> {
    let keys: Vec<ProbeKey> = piece.iter().map(|(key, _)| key.probe()).collect();
    keys.iter().for_each(|key| snapshot.fetch_key(*key));
    let (mut gathered, mut holders) = (Candidates::default(), Vec::new());
    snapshot.candidates(&keys, BLOCK_MAX, &mut gathered)?;
    let mut found: Vec<(u32, RecordId)> =
        gathered.records.iter().map(|(at, record)| (piece[*at as usize].1, *record)).collect();
    for at in &gathered.crowded {
        holders.clear();
        crowd(snapshot, &piece[*at].0, &mut holders)?;
        found.extend(holders.iter().map(|record| (piece[*at].1, *record)));
    }
    Ok(found)
}

/// Looks for each key by itself.
fn probe(snapshot: &Snapshot, piece: &[Wanted]) -> Result<Vec<(u32, RecordId)>, StoreError> {
    let (mut found, mut holders) = (Vec::new(), Vec::new());
    for (key, at) in piece {
        holders.clear();
        crowd(snapshot, key, &mut holders)?;
        found.extend(holders.iter().map(|record| (*at, *record)));
    }
    Ok(found)
}

/// Walks the table beside the keys, both being in order.
fn scan(snapshot: &Snapshot, piece: &[Wanted]) -> Result<Vec<(u32, RecordId)>, StoreError> {
    let [(first, _), .., (last, _)] = piece else { return probe(snapshot, piece) };
    let mut found = Vec::new();
    let mut rest = piece;
    let mut block: Vec<(u32, RecordId)> = Vec::new();
    let mut hash = first.hash;
    let mut end_block = |hash: u64, block: &mut Vec<(u32, RecordId)>| {
        while let Some(((key, at), tail)) = rest.split_first()
            && key.hash <= hash
        {
            rest = tail;
            if key.hash < hash || block.is_empty() {
                continue;
            }
            let is_crowded = block.len() > BLOCK_MAX;
            let few = if key.space == Family::Document { NEIGHBOURS_MAX } else { 0 };
            let all = block.iter().take(if is_crowded { few } else { BLOCK_MAX });
            found.extend(all.map(|(_, record)| (*at, *record)));
            if is_crowded {
                // A block is in the order of its parts.
                let part = &block[block.partition_point(|(finer, _)| *finer < key.finer)..];
                let part = part.iter().take_while(|(finer, _)| *finer == key.finer).take(BLOCK_MAX);
                found.extend(part.map(|(_, record)| (*at, *record)));
            }
        }
        block.clear();
    };
    snapshot.delta_scan_keys(first.space, first.hash..=last.hash, |key, record| {
        if key.hash != hash {
            end_block(hash, &mut block);
            hash = key.hash;
        }
        block.push((key.finer, record));
        true
    })?;
    end_block(hash, &mut block);
    Ok(found)
}
