//! The lists of a run: from findings to `pairs.csv`, `clusters.csv` and the problem lists.

use super::directory::OutputDirectory;
use super::error::ReportError;
use super::pairs::{ClusterList, PairList};
use super::problems::{Concern, ProblemLists, ProblemRecord};
use crate::dedupe::{Findings, RowId};
use crate::identity::region::RegionCode;
use crate::language::Language;
use crate::matching::{ProblemClass, Reasons};

/// Writes the lists of a run. Returns how many records are in the problem lists. Takes time in proportion
/// to the pairs found.
///
/// # Errors
///
/// [`ReportError::Io`].
pub fn write_findings(
    directory: &OutputDirectory,
    findings: &Findings,
    language: Language,
) -> Result<u64, ReportError> {
    let id = |row: RowId| findings.id(row);
    let mut pairs = PairList::create(directory)?;
    for pair in &findings.pairs {
        pairs.write(id(pair.a), id(pair.b), &pair.judgement)?;
    }
    pairs.finish()?;

    let mut clusters = ClusterList::create(directory)?;
    for cluster in &findings.clusters {
        // Sorted by id, so the first is the smallest.
        let Some(&first) = cluster.first() else { continue };
        for &row in cluster {
            clusters.write(id(row), id(first))?;
        }
    }
    clusters.finish()?;
    write_problems(directory, findings, language)
}

/// One side of a problem.
struct Side<'f> {
    county: Option<RegionCode>,
    id: &'f str,
    row: RowId,
    class: ProblemClass,
    reasons: Reasons,
    other: Option<&'f str>,
}

fn write_problems(
    directory: &OutputDirectory,
    findings: &Findings,
    language: Language,
) -> Result<u64, ReportError> {
    let side = |row: RowId, class, reasons, other: Option<RowId>| {
        let county = findings.records.identity(row).place.and_then(|place| place.county());
        let other = other.map(|other| findings.id(other));
        Side { county, id: findings.id(row), row, class, reasons, other }
    };
    let mut sides = Vec::with_capacity(2 * findings.pairs.len() + findings.singles.len());
    for pair in &findings.pairs {
        let Some(class) = pair.judgement.class() else { continue };
        sides.push(side(pair.a, class, pair.judgement.reasons, Some(pair.b)));
        sides.push(side(pair.b, class, pair.judgement.reasons, Some(pair.a)));
    }
    for single in &findings.singles {
        sides.push(side(single.row, single.class, Reasons::empty(), None));
    }
    let order = |side: &Side<'_>| (side.county.map_or(0, RegionCode::get), side.class);
    sides.sort_unstable_by(|a, b| {
        let (a_order, b_order) = (order(a), order(b));
        (a_order.0, a.id, a_order.1, a.other).cmp(&(b_order.0, b.id, b_order.1, b.other))
    });

    let mut lists = ProblemLists::new(directory, language);
    for of_record in sides.chunk_by(|a, b| a.row == b.row) {
        let record = findings.record(of_record[0].row);
        let concerns: Vec<Concern<'_>> = of_record
            .chunk_by(|a, b| a.class == b.class)
            .map(|of_class| Concern {
                class: of_class[0].class,
                reasons: of_class.iter().fold(Reasons::empty(), |all, side| all | side.reasons),
                others: of_class.iter().filter_map(|side| side.other).collect(),
            })
            .collect();
        let problem = ProblemRecord {
            record_id: &record.id,
            name: record.identity.name.as_ref().map_or("", |name| name.canonical()),
            number: record.identity.documents.first().map_or("", |document| document.raw()),
            county: of_record[0].county,
        };
        lists.write(&problem, &concerns)?;
    }
    lists.finish()
}
