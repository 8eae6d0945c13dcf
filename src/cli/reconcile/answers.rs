//! What the population base says, taken into the registry: numbers that become formal, cases opened and closed.

use super::desk::Desk;
use crate::cli::config::Input;
use crate::error::Result;
use crate::ids::StudentId;
use crate::language::Language;
use crate::reconcile::Standing;
use crate::registry::PopulationAnswer;

/// Takes the answers, in the name of an operator.
pub(super) fn take(
    desk: &mut Desk<'_>,
    asked: impl Iterator<Item = (StudentId, Standing)>,
    operator: &str,
) -> Result<()> {
    let answers: Vec<(StudentId, PopulationAnswer)> = asked
        .map(|(student, standing)| {
            let answer = match standing {
                Standing::Agrees => PopulationAnswer::Agrees,
                Standing::NumberUnknown => PopulationAnswer::Unknown,
                Standing::NameDiffers | Standing::BirthOrSexDiffers | Standing::NumberOfAnother => {
                    PopulationAnswer::Differs
                }
                Standing::FoundWithoutNumber | Standing::SeveralFound | Standing::NotFound => {
                    PopulationAnswer::NotAsked
                }
            };
            (student, answer)
        })
        .collect();
    let Input::Registry(_, registry) = &desk.config.ours else { return Ok(()) };
    let done = registry.take_population_answers(&answers, operator)?;
    let counts = [
        ("cleared", done.cleared, "学籍号转为正式", "numbers became formal"),
        ("kept", done.kept, "一致，学籍号不变", "agree and keep their number"),
        ("cases_opened", done.opened, "新增问题", "cases opened"),
        ("cases_closed", done.closed, "问题已解决", "cases closed"),
        ("cases_still_open", done.still_open, "问题仍未解决", "cases still open"),
        ("passed_over", done.passed_over, "待定或已注销，未处理", "who wait or are gone, passed over"),
    ];
    let language = desk.language();
    for (_, count, zh, en) in counts.iter().filter(|(_, count, ..)| *count > 0) {
        desk.remarks.push(match language {
            Language::Zh => format!("{count:>10}  学籍库：{zh}"),
            Language::En => format!("{count:>10}  registry: {en}"),
        });
    }
    desk.summary.registry =
        Some(counts.iter().map(|(name, count, ..)| ((*name).to_owned(), *count)).collect());
    Ok(())
}
