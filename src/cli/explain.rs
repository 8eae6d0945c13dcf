//! `renji explain`: the verdict on two records, level by level, weight by weight. Names, numbers and dates
//! are masked; as JSON, `--json`, they are left out. Judged in the population of the whole file, as `renji dedupe` does.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use serde_json::json;

use super::config::Explain;
use super::exit::Exit;
use super::terminal::Terminal;
use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::language::Language;
use crate::matching::{Bits, Explanation, Field, FrequencyCounter, Judgement, judge};
use crate::report::{shown, words};
use crate::student::Origin;

/// A record that was asked for.
#[derive(Debug)]
struct Found {
    origin: Origin,
    identity: Identity,
    /// Each field as shown, in the order of [`Field::ALL`].
    shown: [String; Field::COUNT],
}

/// What a chunk holds: the values of its students, and the records that were asked for.
#[derive(Default)]
struct Chunk {
    frequencies: FrequencyCounter,
    found: [Option<Found>; 2],
}

/// Runs the command.
pub(super) fn run(config: &Explain, terminal: &Terminal) -> Result<Exit> {
    let mut all = Chunk::default();
    config.source.for_each_chunk(
        Chunk::default,
        |chunk: &mut Chunk, student, origin| {
            let identity = Identity::of(student, &mut Vec::new());
            chunk.frequencies.add(&identity);
            for (wanted, found) in config.records.iter().zip(&mut chunk.found) {
                if student.record_id == wanted && found.is_none() {
                    *found = Some(Found {
                        origin,
                        identity: identity.clone(),
                        shown: shown::fields(student, shown::Personal::Masked),
                    });
                }
            }
        },
        |chunk| {
            let mut chunk = chunk.value;
            all.frequencies.append(&mut chunk.frequencies);
            for (found, new) in all.found.iter_mut().zip(chunk.found) {
                if found.is_none() {
                    *found = new;
                }
            }
            ControlFlow::Continue(())
        },
    )?;
    let [a, b] = all.found;
    let missing =
        |record: &str| Error::usage(format!("{}: no record {record:?}", config.source.path().display()));
    let a = a.ok_or_else(|| missing(&config.records[0]))?;
    let b = b.ok_or_else(|| missing(&config.records[1]))?;
    let model = &config.model;
    let judgement = judge(&a.identity, &b.identity, model, &all.frequencies.finish());
    let explanation = Explanation::of(&judgement, model);
    let answer = match config.is_json {
        true => {
            let row =
                |record: &String, found: &Found| json!({ "record_id": record, "row": found.origin.row });
            let [first, second] = &config.records;
            let records = json!([row(first, &a), row(second, &b)]);
            format!("{:#}\n", json!({ "records": records, "explanation": explanation }))
        }
        false => text([&a, &b], &config.records, &judgement, &explanation, terminal.language()),
    };
    terminal.result(&answer);
    Ok(Exit::Done)
}

fn text(
    records: [&Found; 2],
    names: &[String; 2],
    judgement: &Judgement,
    explanation: &Explanation,
    language: Language,
) -> String {
    let pick = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let mut text = String::new();
    // Writing to a string does not fail.
    for (letter, (name, found)) in ["A", "B"].into_iter().zip(names.iter().zip(records)) {
        let _ = writeln!(text, "{letter}  {name}  ({} {})", pick("行", "row"), found.origin.row);
    }
    let verdict = words::verdict(judgement.verdict, language);
    let _ = writeln!(text, "\n{}: {} ({verdict})", pick("判定", "verdict"), judgement.verdict.code());
    let reasons = words::reasons(judgement.reasons, language);
    if !reasons.is_empty() {
        let _ = writeln!(text, "{}: {reasons}", pick("原因", "reasons"));
    }
    if let Some(class) = judgement.class() {
        let (problem, action) = (words::class(class, language), words::action(class, language));
        let _ = writeln!(text, "{}: {problem} - {action}", pick("问题", "problem"));
    }
    let fired: Vec<&str> = explanation.rules.iter().map(|rule| words::rule(*rule, language)).collect();
    if !fired.is_empty() {
        // The strongest comes first.
        let _ =
            writeln!(text, "{}: {}", pick("规则(首条决定)", "rules (the first decides)"), fired.join("; "));
    }
    let posterior = &judgement.posterior;
    let _ = writeln!(
        text,
        "{}: {} {:.6}, {} {:.6}, {} {:.6}",
        pick("概率", "probability"),
        pick("同一人", "one person"),
        posterior.same,
        pick("双胞胎或兄弟姐妹", "twins or siblings"),
        posterior.sibling,
        pick("无关", "strangers"),
        posterior.stranger,
    );
    let note = pick(
        "以比特计的权重:正数支持“同一人”,负数反对;三列依次对比无关的人、双胞胎、其他兄弟姐妹",
        "weights in bits, positive for one person: against strangers, against twins, against siblings",
    );
    let _ = writeln!(text, "\n{note}");
    let mut line = |bits: Bits, words: String| {
        let Bits { stranger, twin, sibling } = bits;
        let _ = writeln!(text, "{stranger:>8.2} {twin:>8.2} {sibling:>8.2}  {words}");
    };
    line(explanation.prior.bits(), pick("先验", "prior").to_owned());
    for term in &explanation.fields {
        let (field, level) = (words::field(term.field, language), words::level(term.level, language));
        let [a, b] = records.map(|found| match found.shown[term.field as usize].as_str() {
            "" => "-",
            shown => shown,
        });
        let share = term.share.map_or(String::new(), |share| {
            format!("  ({} 1/{:.0})", words::share(share.of, language), 1.0 / share.value)
        });
        line(term.weight, format!("{}{}A {a}  B {b}{share}", padded(field, 16), padded(level, 28)));
    }
    line(explanation.posterior.bits(), pick("合计", "in all").to_owned());
    text
}

/// A word padded to a width on the terminal, where Chinese characters take two columns.
fn padded(word: &str, width: usize) -> String {
    let taken: usize = word.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{word}{}", " ".repeat(width.saturating_sub(taken).max(1)))
}
