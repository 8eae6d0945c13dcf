//! What was found, in the order of ids: by what the office calls the records, and not by how they came.

use compact_str::CompactString;
use rayon::prelude::*;

use super::findings::{Pair, RowId, Single};
use super::records::Records;

/// The rows of all that is reported, each once and in order.
pub(super) fn reported(pairs: &[Pair], clusters: &[Vec<RowId>], singles: &[Single]) -> Vec<RowId> {
    let mut rows: Vec<RowId> = pairs.par_iter().flat_map_iter(|pair| [pair.a, pair.b]).collect();
    rows.par_extend(clusters.par_iter().flat_map_iter(|cluster| cluster.iter().copied()));
    rows.par_extend(singles.par_iter().map(|single| single.row));
    rows.par_sort_unstable();
    rows.dedup();
    rows
}

/// Puts pairs, clusters, their members and singles in the order of their records' ids, compared as bytes. Of a pair
/// the record with the smaller id comes first.
pub(super) fn by_ids(
    records: &Records,
    pairs: &mut [Pair],
    clusters: &mut [Vec<RowId>],
    singles: &mut [Single],
) {
    let rows = reported(pairs, clusters, singles);
    // Ids are compared once for each record, and not once for each pair.
    let mut by_id: Vec<(CompactString, u32)> =
        (0..rows.len()).into_par_iter().map(|at| (records.id(rows[at]).into(), at as u32)).collect();
    by_id.par_sort_unstable();
    let mut ranks = vec![0u32; rows.len()];
    (0..).zip(&by_id).for_each(|(rank, (_, at))| ranks[*at as usize] = rank);
    drop(by_id);
    let rank = |row: RowId| ranks[rows.binary_search(&row).expect("every row is ranked")];
    pairs.par_iter_mut().for_each(|pair| {
        if rank(pair.a) > rank(pair.b) {
            std::mem::swap(&mut pair.a, &mut pair.b);
        }
    });
    pairs.par_sort_by_cached_key(|pair| (rank(pair.a), rank(pair.b)));
    clusters.par_iter_mut().for_each(|cluster| cluster.sort_unstable_by_key(|row| rank(*row)));
    clusters.par_sort_by_cached_key(|cluster| rank(cluster[0]));
    singles.par_sort_by_cached_key(|single| rank(single.row));
}
