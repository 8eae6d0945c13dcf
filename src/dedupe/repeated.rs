//! Records that share an id, told apart: `r1`, `r1#2`.

use compact_str::{CompactString, format_compact};
use rayon::prelude::*;

use super::findings::RowId;
use super::record::content_hash;
use super::records::Records;
use crate::spill::{Entry, PARTITIONS, Partitions, Spill, SpillError, partition_of, sorted};

/// The hash under which equal ids meet.
pub(super) fn id_hash(id: &str) -> u64 {
    crate::hash::hash_bytes(0, id.as_bytes())
}

/// An id that several records have.
struct Group {
    id: CompactString,
    /// The records that need another, in the order of their contents.
    rows: Vec<u32>,
    /// What was found for them so far.
    free: Vec<CompactString>,
    /// The number to try next.
    next: u32,
}

/// Gives records that share an id a number behind it, in the order of their contents. Returns how many were
/// given one. `ids` are the ids' hashes, partitioned like keys.
pub(super) fn tell_apart(records: &mut Records, ids: &Partitions, spill: &Spill) -> Result<u64, SpillError> {
    let found: Vec<Vec<Group>> = (0..PARTITIONS)
        .into_par_iter()
        .map(|partition| Ok(groups(records, &sorted(ids, spill, partition)?)))
        .collect::<Result<_, SpillError>>()?;
    let mut groups: Vec<Group> = found.into_iter().flatten().collect();
    // A number that the input gives to another record is passed over; as many rounds as there are such rows.
    loop {
        let mut tried: Vec<(u64, usize, u32)> = Vec::new();
        for (at, group) in groups.iter_mut().enumerate() {
            let wanted = (group.rows.len() - group.free.len()) as u32;
            tried.extend(
                (group.next..group.next + wanted).map(|number| (numbered_hash(group, number), at, number)),
            );
            group.next += wanted;
        }
        if tried.is_empty() {
            break;
        }
        tried.sort_unstable();
        let by_partition: Vec<&[(u64, usize, u32)]> =
            tried.chunk_by(|a, b| partition_of(a.0) == partition_of(b.0)).collect();
        let records = &*records;
        let known = &groups;
        let free: Vec<Vec<(usize, u32)>> = by_partition
            .into_par_iter()
            .map(|tried| {
                let entries = sorted(ids, spill, partition_of(tried[0].0))?;
                let is_free = |(hash, at, number): &&(u64, usize, u32)| {
                    let id = numbered(&known[*at], *number);
                    !holders(&entries, *hash).any(|row| records.id(row) == id)
                };
                Ok(tried.iter().filter(is_free).map(|(_, at, number)| (*at, *number)).collect())
            })
            .collect::<Result<_, SpillError>>()?;
        let mut free: Vec<(usize, u32)> = free.into_iter().flatten().collect();
        free.sort_unstable();
        for (at, number) in free {
            let id = numbered(&groups[at], number);
            groups[at].free.push(id);
        }
    }
    let mut renamed = 0;
    for group in groups {
        for (row, id) in group.rows.into_iter().zip(group.free) {
            records.rename(RowId(row), id);
            renamed += 1;
        }
    }
    Ok(renamed)
}

fn numbered(group: &Group, number: u32) -> CompactString {
    format_compact!("{}#{number}", group.id)
}

fn numbered_hash(group: &Group, number: u32) -> u64 {
    id_hash(&numbered(group, number))
}

/// The records whose ids have a hash like this one, so far as entries tell.
fn holders(entries: &[Entry], hash: u64) -> impl Iterator<Item = RowId> {
    let key = Entry::new(hash, 0).key();
    let from = entries.partition_point(|entry| entry.key() < key);
    entries[from..].iter().take_while(move |entry| entry.key() == key).map(|entry| RowId(entry.row()))
}

/// The ids of one partition that several records have.
fn groups(records: &Records, entries: &[Entry]) -> Vec<Group> {
    let mut groups = Vec::new();
    for run in entries.chunk_by(|a, b| a.key() == b.key()).filter(|run| run.len() > 1) {
        let mut rows: Vec<(&str, u64, u32)> =
            run.iter().map(|entry| RowId(entry.row())).map(|row| (records.id(row), 0, row.0)).collect();
        rows.sort_unstable();
        for equal in rows.chunk_by_mut(|a, b| a.0 == b.0).filter(|equal| equal.len() > 1) {
            for (_, content, row) in equal.iter_mut() {
                *content = content_hash(&records.identity(RowId(*row)));
            }
            equal.sort_unstable();
            groups.push(Group {
                id: equal[0].0.into(),
                rows: equal[1..].iter().map(|(_, _, row)| *row).collect(),
                free: Vec::new(),
                next: 2,
            });
        }
    }
    groups
}
