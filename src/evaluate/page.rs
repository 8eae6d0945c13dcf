//! The figures as one page: charts as plain SVG, then all tables. Nothing fetched, no script, no records.

use std::fmt::Write;

use super::calibration::{Calibration, CalibrationBin};
use super::count::Evaluation;
use super::curve::CurvePoint;
use super::rates::Rates;
use super::tables::{Table, tables};
use crate::language::Language;
use crate::page::{Axis, Bin, Chart, Histogram, Line, STYLE, Scale, escaped};

/// The page of an evaluation, in one language.
pub fn page(evaluation: &Evaluation, language: Language) -> String {
    let (code, title) = (language.pick("zh", "en"), language.pick("评估", "Evaluation"));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\"><title>{title}</title>\n\
         <style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n"
    );
    let mut tables = tables(evaluation, language).iter().map(html).collect::<Vec<String>>().into_iter();
    // What was reached, the pictures, and then everything.
    page.extend(tables.next());
    if let Some(calibration) = &evaluation.calibration {
        page += &reliability(calibration, language).svg();
    }
    let across = || Axis::new("p_same", Scale::Linear).reaching(0.0, 1.0);
    page += &curve(&evaluation.curve, across(), language).svg();
    page += &histogram(evaluation, across(), language).svg();
    let bits = language.pick("匹配权重（比特）", "match weight (bits)");
    page += &curve(&evaluation.weight_curve, Axis::new(bits, Scale::Linear), language).svg();
    page.extend(tables);
    page + "</body></html>\n"
}

/// The shares of true pairs by mean probability; calibrated is the diagonal (DeGroot and Fienberg 1983, *The
/// comparison and evaluation of forecasters*, call it a reliability diagram).
fn reliability(calibration: &Calibration, language: Language) -> Chart {
    let pick = |zh, en| language.pick(zh, en);
    let line = |name, value: &dyn Fn(&CalibrationBin) -> Option<f64>| {
        let point = |bin: &CalibrationBin| Some((bin.mean_p?, value(bin)?));
        Line::new(name, calibration.bins.iter().filter_map(point).collect())
    };
    let reference = |line: Line| Line { is_reference: true, ..line };
    Chart {
        title: pick("校准：给出的概率与真的比例", "Calibration: probability given and share true").to_owned(),
        across: Axis::new(pick("平均概率", "mean probability"), Scale::Linear).reaching(0.0, 1.0),
        up: Axis::new(pick("真的比例", "share true"), Scale::Linear).reaching(0.0, 1.0),
        thresholds: Vec::new(),
        lines: vec![
            line(pick("列出的对", "listed pairs"), &|bin| bin.share_true),
            reference(Line::new(pick("完全校准", "calibrated"), vec![(0.0, 0.0), (1.0, 1.0)])),
            reference(line(pick("95% 区间上限", "upper end, 95 %"), &|bin| {
                bin.interval.map(|ends| ends.high)
            })),
            reference(line(pick("95% 区间下限", "lower end, 95 %"), &|bin| {
                bin.interval.map(|ends| ends.low)
            })),
        ],
    }
}

fn curve(points: &[CurvePoint], across: Axis, language: Language) -> Chart {
    let pick = |zh, en| language.pick(zh, en);
    let line = |name: &str, rate: fn(&Rates) -> Option<f64>| {
        let points = points.iter().filter_map(|point| Some((point.cut, rate(&point.rates)?)));
        Line::new(name, points.collect())
    };
    Chart {
        title: format!("{} ({})", pick("按阈值", "By threshold"), across.name),
        across,
        // Not from 0: what is to be seen lies near 1.
        up: Axis::new("", Scale::Linear),
        thresholds: Vec::new(),
        lines: vec![
            line(pick("精确率", "precision"), |rates| rates.precision),
            line(pick("召回率", "recall"), |rates| rates.recall),
            line("F1", |rates| rates.f1),
        ],
    }
}

fn histogram(evaluation: &Evaluation, across: Axis, language: Language) -> Histogram {
    let pick = |zh, en| language.pick(zh, en);
    let counts = evaluation.histogram.iter().map(|bin| bin.true_pairs.max(bin.false_pairs));
    let most = counts.max().unwrap_or(0) as f64;
    Histogram {
        title: pick("真与假的对的概率分布", "Probabilities of true and of false pairs").to_owned(),
        across,
        // From below 1, so that a single pair is seen, to the power of ten above the most.
        up: Axis::new(pick("对", "pairs"), Scale::Log)
            .reaching(0.5, 10f64.powf(most.max(1.0).log10().ceil().max(1.0))),
        thresholds: Vec::new(),
        kinds: vec![pick("真", "true").to_owned(), pick("假", "false").to_owned()],
        bins: evaluation
            .histogram
            .iter()
            .map(|bin| {
                let (from, to) = bin.ends();
                Bin { from, to, counts: vec![bin.true_pairs, bin.false_pairs] }
            })
            .collect(),
    }
}

fn html(table: &Table) -> String {
    let mut html = String::new();
    if !table.title.is_empty() {
        let _ = writeln!(html, "<h2>{}</h2>", escaped(table.title));
    }
    html.push_str("<table>");
    let mut row = |cells: &mut dyn Iterator<Item = &str>, tag: &str| {
        let cells: Vec<String> = cells.map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect();
        let _ = writeln!(html, "<tr>{}</tr>", cells.concat());
    };
    if !table.header.is_empty() {
        row(&mut table.header.iter().copied(), "th");
    }
    for cells in &table.rows {
        row(&mut cells.iter().map(String::as_str), "td");
    }
    html.push_str("</table>\n");
    if !table.note.is_empty() {
        let _ = writeln!(html, "<p>{}</p>", escaped(&table.note));
    }
    html
}
