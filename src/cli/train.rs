//! `renji train`: files in, a model out, and what it was learnt from.

use std::fmt::Write as _;
use std::time::Instant;

use super::config;
use super::exit::Exit;
use super::intake;
use super::messages::Message;
use super::progress::PhaseProgress;
use super::terminal::Terminal;
use crate::dedupe::{Dedupe, Settings};
use crate::error::Result;
use crate::language::Language;
use crate::matching::{Method, Model, Provenance};
use crate::registry::Timestamp;
use crate::report::{Summary, write_model};
use crate::training::{self, Entity, Trained};

/// Runs the command.
pub(super) fn run(config: &config::Train, terminal: &Terminal) -> Result<Exit> {
    config.effort.run(|| work(config, terminal))
}

fn work(config: &config::Train, terminal: &Terminal) -> Result<Exit> {
    let begun = Instant::now();
    let (dedupe, rows) = read(config, terminal)?;
    let entity = config.truth.as_ref().map(|truth| |record: &str| truth.entity(record));
    let settings = training::Settings {
        base: &config.base,
        seed: config.seed,
        entity: entity.as_ref().map(|entity| entity as &Entity<'_>),
    };
    let mut trained = training::train(dedupe, &settings, &PhaseProgress::new(terminal))?;
    let method = if config.truth.is_some() { Method::Labelled } else { Method::Trained };
    trained.model.name.clone_from(&config.name);
    trained.model.provenance = Some(Provenance {
        date: Some(Timestamp::now().to_string()),
        rows: Some(rows),
        pairs: Some(trained.pairs),
        seed: Some(config.seed),
        iterations: Some(trained.rounds),
        converged: Some(trained.converged),
        ..Provenance::of(method)
    });
    let existing = config::existing(config.write.force);
    write_model(&config.write.out, existing, &trained.model)?;
    terminal.result(&match config.json {
        true => format!("{:#}\n", json(&trained)),
        false => text(&trained, &config.base, terminal.language()),
    });
    let out = config.write.out.display().to_string();
    terminal.say(&Message::Done { out: &out, seconds: begun.elapsed().as_secs_f64() });
    Ok(Exit::Done)
}

/// Reads all that is learnt from. What was rejected is counted; `renji dedupe` tells which rows and why.
fn read(config: &config::Train, terminal: &Terminal) -> Result<(Dedupe, u64)> {
    let mut settings = Settings { memory_bytes: config.effort.memory_bytes, ..Settings::default() };
    if let Some(temporary) = &config.effort.temporary {
        settings.temporary.clone_from(temporary);
    }
    let mut summary = Summary::default();
    let dedupe = intake::read(&config.input, settings, terminal, None, &mut summary)?;
    terminal.say(&Message::RowsUnlisted { rows: summary.rows, rejected: summary.rejected_rows });
    Ok((dedupe, summary.rows))
}

fn text(trained: &Trained, base: &Model, language: Language) -> String {
    let pick = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = match language {
        Language::Zh => writeln!(
            text,
            "学生 {}，候选对 {}，模式 {}，迭代 {} 次{}",
            trained.students,
            trained.pairs,
            trained.patterns,
            trained.rounds,
            if trained.converged { "" } else { "（未收敛）" }
        ),
        Language::En => writeln!(
            text,
            "{} students, {} candidate pairs, {} patterns, {} rounds{}",
            trained.students,
            trained.pairs,
            trained.patterns,
            trained.rounds,
            if trained.converged { "" } else { " (did not converge)" }
        ),
    };
    let of = |model: &Model| {
        let priors = &model.priors;
        [priors.same_per_student, priors.twins_per_student, priors.siblings_per_student, model.name_and_birth]
    };
    let names = [
        pick("每名学生：同一人的其他记录", "other records of one person, per student"),
        pick("每名学生：双胞胎", "twins, per student"),
        pick("每名学生：其他兄弟姐妹", "other siblings, per student"),
        pick(
            "无关者同名同生日，为偶然的倍数",
            "strangers of one name and birth date, as a multiple of chance",
        ),
    ];
    let _ = writeln!(text, "\n{:>10} {:>10}", pick("训练前", "before"), pick("训练后", "after"));
    for ((name, before), after) in names.into_iter().zip(of(base)).zip(of(&trained.model)) {
        let _ = writeln!(text, "{before:>10.4} {after:>10.4}  {name}");
    }
    let _ = writeln!(text, "\n{}", pick("各类键找到的候选对", "candidate pairs by key family"));
    let head = [
        pick("同一人", "same"),
        pick("双胞胎", "twins"),
        pick("兄弟姐妹", "siblings"),
        pick("无关", "strangers"),
    ];
    let _ = writeln!(text, "{:>10} {:>10} {:>10} {:>10}", head[0], head[1], head[2], head[3]);
    for shares in &trained.families {
        let counts = [shares.same, shares.twins, shares.siblings, shares.strangers];
        let [same, twins, siblings, strangers] = counts.map(f64::round);
        let family = shares.family.code();
        let _ = writeln!(text, "{same:>10} {twins:>10} {siblings:>10} {strangers:>10}  {family}");
    }
    if let Some(held) = &trained.held {
        let _ = writeln!(
            text,
            "\n{}: {} ({}: {}), {} {:.6} -> {:.6}",
            pick("未参与训练的候选对", "pairs held back"),
            held.pairs,
            pick("其中同一人", "of one person"),
            held.same,
            pick("对数损失", "log loss"),
            held.log_loss_before,
            held.log_loss_after
        );
    }
    text
}

fn json(trained: &Trained) -> serde_json::Value {
    let families = trained.families.iter().map(|shares| {
        serde_json::json!({
            "family": shares.family.code(),
            "same": shares.same,
            "twins": shares.twins,
            "siblings": shares.siblings,
            "strangers": shares.strangers,
        })
    });
    let held = trained.held.map(|held| {
        serde_json::json!({
            "pairs": held.pairs,
            "same": held.same,
            "log_loss_before": held.log_loss_before,
            "log_loss_after": held.log_loss_after,
        })
    });
    serde_json::json!({
        "students": trained.students,
        "pairs": trained.pairs,
        "patterns": trained.patterns,
        "rounds": trained.rounds,
        "converged": trained.converged,
        "families": families.collect::<Vec<_>>(),
        "held_back": held,
    })
}
