//! The figures as tables of words, Chinese or English: what the text and the page both show.

use super::calibration::{Calibration, CalibrationBin};
use super::clusters::ClusterMeasures;
use super::count::{Evaluation, KindCount};
use super::curve::CurvePoint;
use super::missed::Missed;
use super::rates::{Interval, RateIntervals, Rates};
use crate::language::Language;
use crate::matching::Level;
use crate::report::words;

/// Cells under a header, with what must be said about them. The first column is words, the others are figures.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// What it shows; nothing where it opens a report.
    pub(super) title: &'static str,
    /// How it is to be read; nothing where that is plain.
    pub(super) note: String,
    pub(super) header: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    fn new(title: &'static str, header: impl Into<Vec<&'static str>>) -> Table {
        Table { title, header: header.into(), ..Table::default() }
    }

    fn with_note(self, note: impl Into<String>) -> Table {
        Table { note: note.into(), ..self }
    }

    fn row(&mut self, cells: impl Into<Vec<String>>) {
        self.rows.push(cells.into());
    }
}

/// All tables that there is something for, in the order of a report.
pub(super) fn tables(evaluation: &Evaluation, language: Language) -> Vec<Table> {
    let mut tables = vec![figures(evaluation, language)];
    tables.extend(evaluation.clusters.as_ref().map(|measures| clusters(measures, language)));
    tables.push(verdicts(evaluation, language));
    tables.push(kinds(evaluation, language));
    tables.push(false_same(evaluation, language));
    if let Some(found) = &evaluation.calibration {
        tables.push(calibration(found, language));
    }
    let title = language.pick("按 p_same 阈值", "By threshold of p_same");
    tables.push(curve(title, &evaluation.curve, language));
    let title = language.pick("按匹配权重阈值", "By threshold of match weight");
    tables.push(curve(title, &evaluation.weight_curve, language));
    if let Some(found) = &evaluation.missed {
        tables.extend([missed(found, language), families(found, language), patterns(found, language)]);
    }
    tables.retain(|table| !table.rows.is_empty());
    tables
}

fn figures(evaluation: &Evaluation, language: Language) -> Table {
    let pick = |zh, en| language.pick(zh, en);
    let mut table = Table::default();
    for (name, count) in [
        (pick("记录", "records"), evaluation.records),
        (pick("实体", "entities"), evaluation.entities),
        (pick("真重复对", "true pairs"), evaluation.truth_pairs),
        (pick("判对的 same", "true positives"), evaluation.true_positives),
        (pick("判错的 same", "false positives"), evaluation.false_positives),
        (pick("未判为 same", "false negatives"), evaluation.false_negatives),
    ] {
        table.row([name.to_owned(), count.to_string()]);
    }
    let Rates { precision, recall, f1 } = evaluation.rates;
    let intervals = &evaluation.intervals;
    for (name, value, interval) in [
        (pick("精确率", "precision"), precision, intervals.precision),
        (pick("召回率", "recall"), recall, intervals.recall),
        ("F1", f1, intervals.f1),
    ] {
        table.row([name.to_owned(), rate(value), between(interval)]);
    }
    let left_out = [
        (pick("真值未知，略去", "unknown to truth"), evaluation.unknown_pairs),
        (pick("重复列出，略去", "repeated pairs"), evaluation.repeated_pairs),
    ];
    for (name, count) in left_out.into_iter().filter(|(_, count)| *count > 0) {
        table.row([name.to_owned(), count.to_string()]);
    }
    table.with_note(pick("方括号内为 95% 置信区间（Wilson）。", "In brackets: intervals of 95 % (Wilson)."))
}

fn clusters(measures: &ClusterMeasures, language: Language) -> Table {
    let pick = |zh, en| language.pick(zh, en);
    let mut table = Table::new(
        pick("聚类", "Clusters"),
        [pick("口径", "measure"), pick("精确率", "precision"), pick("召回率", "recall"), "F1", "", "", ""],
    );
    let none = RateIntervals::default();
    for (name, rates, intervals) in [
        (pick("聚类内的对", "pairwise"), &measures.pairwise, &measures.pairwise_intervals),
        (pick("完全一致", "exact"), &measures.exact, &measures.exact_intervals),
        ("B-cubed", &measures.b_cubed, &none),
    ] {
        let values = [rates.precision, rates.recall, rates.f1].map(rate);
        let ends = [intervals.precision, intervals.recall, intervals.f1].map(between);
        table.row([[name.to_owned()].as_slice(), &values, &ends].concat());
    }
    let ClusterMeasures { clusters, records, entities, exact_clusters, .. } = measures;
    table.with_note(match language {
        Language::Zh => format!(
            "聚类 {clusters} 个，共 {records} 条记录；两条以上记录的实体 {entities} 个；完全一致 {exact_clusters} 个。完全一致只计两条以上记录的聚类与实体；B-cubed 对全部记录取平均。"
        ),
        Language::En => format!(
            "{clusters} clusters of {records} records; {entities} entities of two or more; {exact_clusters} exact. Exact counts clusters and entities of two or more; B-cubed is a mean over all records."
        ),
    })
}

fn verdicts(evaluation: &Evaluation, language: Language) -> Table {
    let pick = |zh, en| language.pick(zh, en);
    let header = [pick("判定", "verdict"), pick("对", "pairs"), pick("真", "true"), pick("假", "false")];
    let mut table = Table::new(pick("各判定", "By verdict"), header);
    for (verdict, c) in &evaluation.by_verdict {
        let counts = [c.pairs, c.true_pairs, c.false_pairs];
        table.row(named(verdict, &counts));
    }
    table
}

fn kinds(evaluation: &Evaluation, language: Language) -> Table {
    let pick = |zh, en| language.pick(zh, en);
    let mut table = Table::new(
        pick("各类差错", "By kind of corruption"),
        [
            pick("差错", "kind"),
            pick("真重复对", "true pairs"),
            "same",
            "conflict",
            "review",
            pick("未列出", "missed"),
        ],
    );
    for (kind, c) in &evaluation.by_kind {
        let KindCount { pairs, same, conflict, review, missed } = *c;
        table.row(named(kind, &[pairs, same, conflict, review, missed]));
    }
    table
}

fn false_same(evaluation: &Evaluation, language: Language) -> Table {
    let pick = |zh, en| language.pick(zh, en);
    let mut table = Table::new(
        pick("误判为 same", "False same"),
        [pick("关系或差错", "relation, or kind"), pick("对", "pairs")],
    );
    if evaluation.false_positives == 0 {
        return table;
    }
    let relations = &evaluation.false_same;
    for (name, count) in [
        (pick("双胞胎", "twins"), relations.twins),
        (pick("兄弟姐妹", "siblings"), relations.siblings),
        (pick("其他", "others"), relations.others),
    ] {
        table.row(named(name, &[count]));
    }
    for (kind, count) in &evaluation.false_same_by_kind {
        table.row(named(&format!("{} {kind}", pick("差错", "kind")), &[*count]));
    }
    table
}

fn calibration(found: &Calibration, language: Language) -> Table {
    let pick = |zh, en| language.pick(zh, en);
    let mut table = Table::new(
        pick("校准", "Calibration"),
        [
            pick("p_same", "p_same"),
            pick("对", "pairs"),
            pick("平均概率", "mean p"),
            pick("真的比例", "share true"),
            pick("95% 区间", "interval 95 %"),
        ],
    );
    let row = |bin: &CalibrationBin, mark: &str| {
        vec![
            format!("{mark}{} - {}", bin.from, bin.to),
            bin.pairs.to_string(),
            rate(bin.mean_p),
            rate(bin.share_true),
            between(bin.interval),
        ]
    };
    table.rows.extend(found.bins.iter().map(|bin| row(bin, "")));
    table.rows.extend(found.tails.iter().map(|bin| row(bin, "· ")));
    let Calibration { pairs, expected_calibration_error: ece, brier_score, log_loss, .. } = found;
    table.with_note(match language {
        Language::Zh => format!(
            "期望校准误差 {ece:.6}（十个等宽区间），Brier 分数 {brier_score:.6}，对数损失 {log_loss:.6}；只计列出的 {pairs} 对。带点的行细分首末两个区间。"
        ),
        Language::En => format!(
            "Expected calibration error {ece:.6} (ten bins of equal width), Brier score {brier_score:.6}, log loss {log_loss:.6}; over the {pairs} listed pairs. Rows with a dot divide the first and the last bin."
        ),
    })
}

fn curve(title: &'static str, points: &[CurvePoint], language: Language) -> Table {
    let pick = |zh, en| language.pick(zh, en);
    let mut table = Table::new(
        title,
        [
            pick("阈值", "at least"),
            pick("真", "true"),
            pick("假", "false"),
            pick("精确率", "precision"),
            pick("召回率", "recall"),
            "F1",
        ],
    );
    for point in points {
        let Rates { precision, recall, f1 } = point.rates;
        let counts = [point.true_positives, point.false_positives].map(|count| count.to_string());
        let rates = [precision, recall, f1].map(rate);
        table.row([[point.cut.to_string()].as_slice(), &counts, &rates].concat());
    }
    table.with_note(pick(
        "假设列出的对中达到阈值者均判为 same，规则不计。",
        "As if the listed pairs from there on were `same`, rules left aside.",
    ))
}

fn missed(found: &Missed, language: Language) -> Table {
    let pick = |zh, en| language.pick(zh, en);
    let header = [pick("去向", "what became of them"), pick("真重复对", "true pairs")];
    let mut table = Table::new(pick("遗漏：分块与判定", "Missed by blocking, missed by judgement"), header);
    let missed = &found.missed;
    for (name, count) in [
        (pick("判为 same", "same"), found.same),
        (pick("分块：无共同键", "blocking: no key in common"), missed.no_key),
        (pick("  其中模型会判为 same", "  of which the model would call same"), missed.no_key_same),
        (pick("判定：舍弃", "judgement: dropped"), missed.dropped),
        (pick("判定：review", "judgement: review"), missed.review),
        (pick("判定：conflict", "judgement: conflict"), missed.conflict),
        (pick("有共同键而未列出", "not listed although a key is shared"), missed.unlisted),
        (pick("记录未读到", "a record was not read"), found.unread_pairs),
    ] {
        table.row(named(name, &[count]));
    }
    let (model, completeness) = (&found.model, rate(found.pairs_completeness));
    table.with_note(match language {
        Language::Zh => format!("有共同键的真重复对占 {completeness}。舍弃与否按模型 {model} 判断。"),
        Language::En => {
            format!(
                "Pairs completeness {completeness}. Whether a pair is dropped is told by the model {model}."
            )
        }
    })
}

fn families(found: &Missed, language: Language) -> Table {
    let pick = |zh, en| language.pick(zh, en);
    let mut table = Table::new(
        pick("各类键", "By key family"),
        [pick("键", "family"), pick("真重复对", "true pairs"), pick("仅此一类", "only this one")],
    );
    for reach in &found.families {
        table.row(named(reach.family, &[reach.pairs, reach.only]));
    }
    table
}

fn patterns(found: &Missed, language: Language) -> Table {
    let pick = |zh, en| language.pick(zh, en);
    let mut table = Table::new(
        pick("遗漏最多的水平组合", "Commonest level patterns among missed pairs"),
        [
            pick("去向：各字段水平", "outcome: levels"),
            pick("对", "pairs"),
            pick("平均 p_same", "mean p_same"),
        ],
    );
    for pattern in &found.patterns {
        let told = pattern.levels.iter().filter(|(_, level)| **level != Level::Missing);
        let words = told.map(|(field, level)| {
            format!("{} {}", words::field(*field, language), words::level(*level, language))
        });
        let words: Vec<String> = words.collect();
        let cell = format!("{}: {}", pattern.outcome, words.join("; "));
        table.row([cell, pattern.pairs.to_string(), format!("{:.6}", pattern.mean_p_same)]);
    }
    table.with_note(pick("缺失的字段略去。", "Missing fields are left out."))
}

fn named(name: &str, counts: &[u64]) -> Vec<String> {
    [name.to_owned()].into_iter().chain(counts.iter().map(u64::to_string)).collect()
}

fn rate(rate: Option<f64>) -> String {
    rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.6}"))
}

fn between(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |Interval { low, high }| format!("[{low:.6}, {high:.6}]"))
}
