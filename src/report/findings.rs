//! The lists of a run: from findings to `pairs.csv`, `clusters.csv` and the problem lists.

use rayon::prelude::*;

use super::directory::OutputDirectory;
use super::error::ReportError;
use super::pairs::{ClusterList, PairList};
use super::problems::{Concern, ProblemLists, ProblemRecord};
use crate::dedupe::{Findings, Pair, RowId};
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
    let (pairs, (clusters, problems)) = rayon::join(
        || write_pairs(directory, findings),
        || {
            rayon::join(
                || write_clusters(directory, findings),
                || write_problems(directory, findings, language),
            )
        },
    );
    pairs?;
    clusters?;
    problems
}

/// Writes `deferred.csv`: the reviews that were put off, as in `pairs.csv`.
///
/// # Errors
///
/// [`ReportError::Io`].
pub fn write_deferred(
    directory: &OutputDirectory,
    findings: &Findings,
    deferred: &[Pair],
) -> Result<(), ReportError> {
    let mut pairs = PairList::create_named(directory, "deferred.csv")?;
    for pair in deferred {
        pairs.write(findings.id(pair.a), findings.id(pair.b), &pair.judgement)?;
    }
    pairs.finish().map(drop)
}

/// How many records ahead one is asked for.
const AHEAD: usize = 8;

fn write_pairs(directory: &OutputDirectory, findings: &Findings) -> Result<(), ReportError> {
    let mut pairs = PairList::create(directory)?;
    for (pair, ahead) in findings.pairs.iter().zip(AHEAD..) {
        if let Some(next) = findings.pairs.get(ahead) {
            findings.records.prefetch(next.a);
            findings.records.prefetch(next.b);
        }
        pairs.write(findings.id(pair.a), findings.id(pair.b), &pair.judgement)?;
    }
    pairs.finish()?;
    Ok(())
}

fn write_clusters(directory: &OutputDirectory, findings: &Findings) -> Result<(), ReportError> {
    let mut clusters = ClusterList::create(directory)?;
    for (cluster, ahead) in findings.clusters.iter().zip(AHEAD..) {
        for row in findings.clusters.get(ahead).into_iter().flatten() {
            findings.records.prefetch(*row);
        }
        // Sorted by id, so the first is the smallest.
        let Some(&first) = cluster.first() else { continue };
        for &row in cluster {
            clusters.write(findings.id(row), findings.id(first))?;
        }
    }
    clusters.finish()?;
    Ok(())
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
    let both = |pair: &Pair| {
        let reasons = pair.judgement.reasons;
        let sides = |class| {
            [(pair.a, pair.b), (pair.b, pair.a)].map(|(row, other)| side(row, class, reasons, Some(other)))
        };
        pair.judgement.class().map(sides).into_iter().flatten()
    };
    let mut sides: Vec<Side<'_>> = findings.pairs.par_iter().flat_map_iter(both).collect();
    sides.par_extend(
        findings.singles.par_iter().map(|single| side(single.row, single.class, Reasons::empty(), None)),
    );
    let county = |side: &Side<'_>| side.county.map_or(0, RegionCode::get);
    sides.par_sort_unstable_by(|a, b| {
        (county(a), a.id, a.class, a.other).cmp(&(county(b), b.id, b.class, b.other))
    });
    let counties: Vec<&[Side<'_>]> = sides.chunk_by(|a, b| a.county == b.county).collect();
    counties.into_par_iter().map(|sides| write_county(directory, findings, language, sides)).sum()
}

/// Writes the list of one county; returns how many records are in it.
fn write_county(
    directory: &OutputDirectory,
    findings: &Findings,
    language: Language,
    sides: &[Side<'_>],
) -> Result<u64, ReportError> {
    let mut lists = ProblemLists::new(directory, language);
    let mut ahead = AHEAD;
    for of_record in sides.chunk_by(|a, b| a.row == b.row) {
        ahead += of_record.len();
        if let Some(next) = sides.get(ahead) {
            findings.records.prefetch(next.row);
        }
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
