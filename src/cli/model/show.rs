//! A model as tables: where it comes from, what it takes for granted, and each level with its weights.

use std::fmt::{Display, Write as _};

use super::padded;
use crate::language::Language;
use crate::matching::{FieldWeights, LevelWeights, Model, Provenance, Share};
use crate::report::words;

/// Columns of the terminal that a label takes.
const LABEL_WIDTH: usize = 28;
/// A level's name and code.
const LEVEL_WIDTH: usize = 52;

/// The model for a person.
pub(super) fn text(model: &Model, language: Language) -> String {
    let mut text = String::new();
    let mut line = |zh: &str, en: &str, value: &dyn Display| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}{value}", padded(language.pick(zh, en), LABEL_WIDTH));
    };
    line("模型", "model", &model.name);
    line("摘要 (SM3)", "digest (SM3)", &model.digest());
    line("格式", "form", &model.format);
    line("规范化版本", "normalisation", &model.identity_version);
    if let Some(provenance) = &model.provenance {
        self::provenance(provenance, &mut line);
    }
    let (priors, thresholds) = (&model.priors, &model.thresholds);
    line("先验：同一人", "prior: same person", &priors.same_per_student);
    line("先验：双胞胎", "prior: twins", &priors.twins_per_student);
    line("先验：兄弟姐妹", "prior: siblings", &priors.siblings_per_student);
    line("阈值：同一人", "threshold: same", &thresholds.same);
    line("阈值：人工核对", "threshold: review", &thresholds.review);
    line("阈值：两个有效证件号", "threshold: two numbers", &thresholds.two_numbers);
    let note = language.pick(
        "权重以比特计，正数支持“同一人”，依次对比无关的人、双胞胎、兄弟姐妹；有份额的级别另加 -log2(份额)",
        "weights in bits, positive for one person: against strangers, twins, siblings; where a level has a share, add \
         -log2 of the share",
    );
    let _ = writeln!(text, "\n{note}");
    model.fields.iter().for_each(|row| field(row, language, &mut text));
    text
}

fn provenance(provenance: &Provenance, line: &mut impl FnMut(&str, &str, &dyn Display)) {
    line("来源", "origin", &provenance.method.code());
    line("生成程序", "written by", &format!("renji {}", provenance.renji));
    let mut known = |zh, en, value: Option<&dyn Display>| {
        if let Some(value) = value {
            line(zh, en, value);
        }
    };
    known("日期", "date", provenance.date.as_ref().map(|value| value as _));
    known("行数", "rows", provenance.rows.as_ref().map(|value| value as _));
    known("对数", "pairs", provenance.pairs.as_ref().map(|value| value as _));
    known("索引版本", "keys", provenance.key_version.as_ref().map(|value| value as _));
    known("随机种子", "seed", provenance.seed.as_ref().map(|value| value as _));
    known("迭代", "iterations", provenance.iterations.as_ref().map(|value| value as _));
    known("收敛", "converged", provenance.converged.as_ref().map(|value| value as _));
}

fn field(row: &FieldWeights, language: Language, text: &mut String) {
    let name = words::field(row.field, language);
    let heads = [("同一人", "same"), ("双胞胎", "twin"), ("兄弟姐妹", "sibling"), ("无关", "stranger")];
    let _ = write!(text, "\n{}", padded(&format!("{name} ({})", row.field.code()), LEVEL_WIDTH));
    for (zh, en) in heads {
        text.push_str(&padded(language.pick(zh, en), 10));
    }
    let _ =
        writeln!(text, "{}{}", padded(language.pick("份额", "share"), 9), language.pick("权重", "weights"));
    for level in &row.levels {
        self::level(level, language, text);
    }
}

fn level(level: &LevelWeights, language: Language, text: &mut String) {
    let word = words::level(level.level, language);
    text.push_str(&padded(&format!("  {word} ({})", level.level.code()), LEVEL_WIDTH));
    for value in [level.same, level.twin, level.sibling, level.stranger] {
        text.push_str(&padded(&number(value), 10));
    }
    text.push_str(&padded(level.share.map_or("", Share::code), 9));
    for other in [level.stranger, level.twin, level.sibling] {
        let _ = write!(text, "{:>8.2}", (level.same / other).log2());
    }
    text.push('\n');
}

/// Four digits that count.
fn number(value: f64) -> String {
    if value >= 0.001 {
        format!("{:.4}", value).trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{value:.2e}")
    }
}
