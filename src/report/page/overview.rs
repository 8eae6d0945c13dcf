//! What was found, in numbers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ReportPage;
use crate::dedupe::Findings;
use crate::identity::region::RegionCode;
use crate::language::Language;
use crate::matching::{ProblemClass, Verdict};
use crate::page::{Axis, Bin, Histogram, Scale, Threshold};
use crate::report::summary::Summary;
use crate::report::words;

/// Bits of a bar of the histogram.
const BIN_BITS: f64 = 4.0;

/// Every class of problems, in the order of the table's columns.
pub(super) const CLASSES: [ProblemClass; 11] = [
    ProblemClass::SharedNumber,
    ProblemClass::TwoNumbers,
    ProblemClass::Duplicate,
    ProblemClass::NameDisagrees,
    ProblemClass::NumberMistyped,
    ProblemClass::NoNumber,
    ProblemClass::Unclear,
    ProblemClass::GuardiansNumber,
    ProblemClass::InvalidNumber,
    ProblemClass::DamagedNumber,
    ProblemClass::NumberDisagrees,
];

/// The numbers that are the same whenever the page is made: no time, no memory.
pub(super) fn totals(summary: &Summary) -> Value {
    json!({
        "rows": summary.rows,
        "rejected_rows": summary.rejected_rows,
        "rejected_by_rule": summary.rejected_by_rule,
        "rejected_values": summary.rejected_values,
        "pairs_judged": summary.pairs_judged,
        "pairs_by_verdict": summary.pairs_by_verdict,
        "clusters": summary.clusters,
        "broken_links": summary.broken_links,
        "problem_records": summary.problem_records,
        "repeated_ids": summary.repeated_ids,
        "blocks": summary.blocks,
    })
}

/// A county's code and name.
pub(super) fn county_name(code: u32) -> Value {
    let name = RegionCode::new(code).filter(|_| code > 0).and_then(RegionCode::full_name);
    json!([if code > 0 { format!("{code:06}") } else { String::new() }, name])
}

/// How many records of each county are in each class, as `[county, counts]`: those of the problem lists.
pub(super) fn counties(findings: &Findings) -> Value {
    let both = |pair: &crate::dedupe::Pair| {
        let sides = |class| [(pair.a, class), (pair.b, class)];
        pair.judgement.class().map(sides).into_iter().flatten()
    };
    let mut concerns: Vec<_> = findings.pairs.iter().flat_map(both).collect();
    concerns.extend(findings.singles.iter().map(|single| (single.row, single.class)));
    concerns.sort_unstable();
    // A record counts once in a class, with however many others.
    concerns.dedup();
    let mut counts: BTreeMap<u32, [u64; CLASSES.len()]> = BTreeMap::new();
    for of_record in concerns.chunk_by(|a, b| a.0 == b.0) {
        let place = findings.records.identity(of_record[0].0).place;
        let county = place.and_then(|place| place.county()).map_or(0, RegionCode::get);
        let of_county = counts.entry(county).or_default();
        for (_, class) in of_record {
            let at = CLASSES.iter().position(|known| known == class).expect("every class is in the table");
            of_county[at] += 1;
        }
    }
    counts.into_iter().map(|(county, counts)| json!([county_name(county), counts])).collect()
}

/// The match weights of the listed pairs, with the thresholds where strangers are the only other hypothesis.
pub(super) fn histogram(page: &ReportPage<'_>, language: Language) -> String {
    let kinds = [Verdict::Same, Verdict::Conflict, Verdict::Review];
    let mut bins: BTreeMap<i64, [u64; 3]> = BTreeMap::new();
    for pair in &page.findings.pairs {
        let weight = pair.judgement.posterior.weight;
        if let Some(kind) = kinds.iter().position(|kind| *kind == pair.judgement.verdict) {
            bins.entry((weight / BIN_BITS).floor() as i64).or_default()[kind] += 1;
        }
    }
    let most = bins.values().flatten().copied().max().unwrap_or(0);
    let bin = |(at, counts): (&i64, &[u64; 3])| {
        let from = *at as f64 * BIN_BITS;
        Bin { from, to: from + BIN_BITS, counts: counts.to_vec() }
    };
    let thresholds = &page.model.thresholds;
    let priors = &page.model.priors;
    let prior = priors.same_per_student / page.findings.records.len().max(1) as f64;
    let threshold = |probability: f64, verdict| Threshold {
        at: (probability / (1.0 - probability)).log2() - (prior / (1.0 - prior)).log2(),
        name: words::verdict_short(verdict, language).to_owned(),
    };
    Histogram {
        title: language.pick("所列各对的匹配权重", "match weights of the listed pairs").to_owned(),
        across: Axis::new(
            language.pick(
                "比特（虚线：仅与无关的人相比时的界限）",
                "bits (dotted: thresholds where strangers are the only other hypothesis)",
            ),
            Scale::Linear,
        ),
        up: Axis::new(language.pick("对数", "pairs"), Scale::Log).reaching(0.5, 2.0 * most.max(5) as f64),
        thresholds: vec![
            threshold(thresholds.review, Verdict::Review),
            threshold(thresholds.same, Verdict::Same),
        ],
        kinds: kinds.iter().map(|kind| words::verdict_short(*kind, language).to_owned()).collect(),
        bins: bins.iter().map(bin).collect(),
    }
    .svg()
}
