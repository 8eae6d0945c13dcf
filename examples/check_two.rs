//! Are these two records one student? The judgement with its probabilities, and the evidence behind it,
//! level by level.
//!
//! `cargo run --no-default-features --example check_two`

#![allow(clippy::print_stdout, reason = "an example shows its result")]

use renji::identity::Identity;
use renji::matching::{Field, Frequencies, Model, judge, likelihood};
use renji::student::{GivenDocument, GivenGuardian, Student};

fn main() {
    // As two schools wrote them. The second misheard the name and mistyped a digit of the number.
    let first = Student {
        documents: vec![GivenDocument { kind: "1", number: "110105201005150010" }],
        name: "周洋明",
        sex: "男",
        birthdate: "20100515",
        region: "110105",
        guardians: vec![GivenGuardian { name: "周大海", ..GivenGuardian::default() }],
        ..Student::default()
    };
    let second = Student {
        documents: vec![GivenDocument {
            kind: "居民身份证", number: "１１０１０５２０１００５１６００１０"
        }],
        name: "周洋名",
        birthdate: "2010-05-15",
        region: "110108000000",
        ..first.clone()
    };

    // Text becomes comparable. What cannot be read is left out and told; nothing is guessed.
    let mut issues = Vec::new();
    let (first, second) = (Identity::of(&first, &mut issues), Identity::of(&second, &mut issues));
    println!("left out: {} values", issues.len());

    // How rare a shared name is depends on the population; here, a province of three million students.
    let model = Model::default();
    let population = Frequencies::of_size(3_000_000);
    let judgement = judge(&first, &second, &model, &population);

    let reasons: Vec<&str> = judgement.reasons.codes().collect();
    println!("verdict: {} ({})", judgement.verdict.code(), reasons.join(", "));
    let posterior = judgement.posterior;
    println!(
        "one person {:.6}, twins or siblings {:.6}, strangers {:.6}",
        posterior.same, posterior.sibling, posterior.stranger
    );

    println!("\n{:<14} {:<18} bits for one person against strangers", "field", "level");
    for field in Field::ALL {
        let level = judgement.evidence.level(field);
        let weight = likelihood(field, &judgement.evidence, &model).weight();
        println!("{:<14} {:<18} {weight:>7.2}", field.code(), level.code());
    }
    println!("{:<33} {:>7.2}", "in all", posterior.weight);
}
