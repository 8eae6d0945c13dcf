//! `renji explain`: the verdict on two records, level by level, weight by weight. Names, numbers and dates
//! are masked. Judged in the population of the whole file, as `renji dedupe` does.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use super::config::Explain;
use super::exit::Exit;
use super::terminal::Terminal;
use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::language::Language;
use crate::matching::{Field, FrequencyCounter, Judgement, Model, judge, likelihood};
use crate::report::{mask, words};
use crate::student::{Origin, Student};

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
                    *found = Some(Found { origin, identity: identity.clone(), shown: shown(student) });
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
    terminal.result(&explanation([&a, &b], &config.records, &judgement, model, terminal.language()));
    Ok(Exit::Done)
}

fn explanation(
    records: [&Found; 2],
    names: &[String; 2],
    judgement: &Judgement,
    model: &Model,
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
    let mut totals = [0.0; 3];
    for field in Field::ALL {
        let level = judgement.evidence.level(field);
        let seen = likelihood(field, &judgement.evidence, model);
        let weights = [seen.stranger, seen.twin, seen.sibling].map(|other| (seen.same / other).log2());
        totals.iter_mut().zip(weights).for_each(|(total, weight)| *total += weight);
        let [stranger, twin, sibling] = weights;
        let (field_word, level_word) = (words::field(field, language), words::level(level, language));
        let [a, b] = records.map(|found| match found.shown[field as usize].as_str() {
            "" => "-",
            shown => shown,
        });
        let _ = writeln!(
            text,
            "{stranger:>8.2} {twin:>8.2} {sibling:>8.2}  {}{}A {a}  B {b}",
            padded(field_word, 16),
            padded(level_word, 28)
        );
    }
    let [stranger, twin, sibling] = totals;
    let _ = writeln!(text, "{stranger:>8.2} {twin:>8.2} {sibling:>8.2}  {}", pick("合计", "in all"));
    text
}

/// A word padded to a width on the terminal, where Chinese characters take two columns.
fn padded(word: &str, width: usize) -> String {
    let taken: usize = word.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{word}{}", " ".repeat(width.saturating_sub(taken).max(1)))
}

/// The fields of a student as they may be shown.
fn shown(student: &Student<'_>) -> [String; Field::COUNT] {
    let join =
        |parts: Vec<String>| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("+");
    Field::ALL.map(|field| match field {
        Field::Document => {
            join(student.documents.iter().map(|document| mask::number(document.number)).collect())
        }
        Field::Name => mask::name(student.name),
        Field::Birth => mask::date(student.birthdate),
        Field::Sex => mask::text(student.sex),
        Field::Place => student.region.chars().take(6).collect(),
        Field::Guardian => join(student.guardians.iter().map(|guardian| mask::name(guardian.name)).collect()),
        Field::School => student.school_code.to_owned(),
        Field::Enrolled => student.enrolled.to_owned(),
        Field::Phone => mask::number(student.phone),
        Field::Address => mask::text(student.address),
        Field::FormerNumber => mask::number(student.former_number),
    })
}
