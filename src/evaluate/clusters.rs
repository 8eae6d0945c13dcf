//! Clusters against the truth. A cluster says that all its records are one child, so its measures see what a list of
//! pairs does not: what one wrong link joins, and what one missing link divides.

use std::collections::HashMap;
use std::path::Path;

use compact_str::CompactString;
use serde::Serialize;

use super::error::EvaluateError;
use super::rates::{RateIntervals, Rates};
use super::truth::Truth;
use crate::source::{EncodingChoice, Table};

/// How well clusters are the entities of the truth. A record that no cluster holds is one by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ClusterMeasures {
    /// Clusters of two or more records that the truth knows.
    pub clusters: u64,
    /// The records in them.
    pub records: u64,
    /// Entities of two or more records.
    pub entities: u64,
    /// Clusters of two or more that hold all records of one entity and no other.
    pub exact_clusters: u64,
    /// Pairs of records within clusters: those that `same` pairs imply (their transitive closure).
    pub cluster_pairs: u64,
    /// Those of them that are of one entity.
    pub true_cluster_pairs: u64,
    /// Over pairs within clusters: precision of the clusters', recall of the entities'.
    pub pairwise: Rates,
    /// How far these can be trusted.
    pub pairwise_intervals: RateIntervals,
    /// Over whole clusters and entities of two or more: exact clusters among clusters, and among entities. Those of one
    /// record are left out: nearly all are trivially right, and would hide the others.
    pub exact: Rates,
    /// How far these can be trusted.
    pub exact_intervals: RateIntervals,
    /// B-cubed (Bagga and Baldwin 1998, *Entity-based cross-document coreferencing using the vector space model*): the
    /// mean over all records of the truth of `|C ∩ E| / |C|` and of `|C ∩ E| / |E|`, where C is the record's cluster
    /// and E its entity; F1 of these means.
    pub b_cubed: Rates,
    /// Records of the list left out because the truth does not know them.
    pub unknown_records: u64,
}

impl ClusterMeasures {
    /// Reads `clusters.csv` (columns `record_id`, `cluster_id`). Memory in proportion to its records.
    ///
    /// # Errors
    ///
    /// [`EvaluateError`] if it cannot be read, or holds a record twice.
    pub fn of_file(truth: &Truth, clusters: &Path) -> Result<ClusterMeasures, EvaluateError> {
        let table = Table::open(clusters, EncodingChoice::Auto)?;
        let (record, cluster) = (table.require("record_id")?, table.require("cluster_id")?);
        let mut numbers: HashMap<CompactString, u32> = HashMap::new();
        let mut members: Vec<(u32, u32)> = Vec::new();
        let mut seen = vec![false; truth.records() as usize];
        let mut unknown_records = 0;
        let mut twice = None;
        table.for_each_row(|row, cells| {
            let Some(member) = truth.member(&cells[record]) else {
                unknown_records += 1;
                return;
            };
            if std::mem::replace(&mut seen[member.number as usize], true) {
                twice.get_or_insert(row);
            }
            let next = numbers.len() as u32;
            let number = *numbers.entry(cells[cluster].as_ref().into()).or_insert(next);
            members.push((number, member.entity));
        })?;
        match twice {
            Some(row) => Err(EvaluateError::List {
                path: clusters.to_owned(),
                row,
                reason: "the record is in a cluster already",
            }),
            None => Ok(ClusterMeasures { unknown_records, ..measure(truth, members) }),
        }
    }
}

/// Of records in clusters: the cluster and the entity of each.
fn measure(truth: &Truth, mut members: Vec<(u32, u32)>) -> ClusterMeasures {
    members.sort_unstable();
    let pairs = |of: u64| of * of.saturating_sub(1) / 2;
    let mut measures = ClusterMeasures::default();
    let (mut precision, mut recall) = (0.0, 0.0);
    // How many records of each entity are in no cluster.
    let mut alone: Vec<u64> = truth.entity_sizes().collect();
    for cluster in members.chunk_by(|a, b| a.0 == b.0) {
        let size = cluster.len() as u64;
        measures.cluster_pairs += pairs(size);
        if size > 1 {
            measures.clusters += 1;
            measures.records += size;
        }
        for of_entity in cluster.chunk_by(|a, b| a.1 == b.1) {
            let shared = of_entity.len() as u64;
            let entity = of_entity[0].1;
            let whole = truth.entity_size(entity);
            measures.true_cluster_pairs += pairs(shared);
            measures.exact_clusters += u64::from(size > 1 && shared == size && shared == whole);
            // The same share for each of the shared records.
            precision += (shared * shared) as f64 / size as f64;
            recall += (shared * shared) as f64 / whole as f64;
            alone[entity as usize] -= shared;
        }
    }
    for (entity, alone) in alone.into_iter().enumerate().filter(|(_, alone)| *alone > 0) {
        precision += alone as f64;
        recall += alone as f64 / truth.entity_size(entity as u32) as f64;
    }
    measures.entities = truth.entity_sizes().filter(|size| *size > 1).count() as u64;
    let exact = (measures.exact_clusters, measures.clusters, measures.entities);
    let within = (measures.true_cluster_pairs, measures.cluster_pairs, truth.pairs());
    measures.exact = Rates::of_counts(exact.0, exact.1, exact.2);
    measures.exact_intervals = RateIntervals::of_counts(exact.0, exact.1, exact.2);
    measures.pairwise = Rates::of_counts(within.0, within.1, within.2);
    measures.pairwise_intervals = RateIntervals::of_counts(within.0, within.1, within.2);
    if truth.records() > 0 {
        let records = truth.records() as f64;
        measures.b_cubed = Rates::of_means(precision / records, recall / records);
    }
    measures
}
