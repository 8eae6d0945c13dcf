//! `renji model use`: the model that judges in a registry, chosen; and what it would judge differently.

use serde_json::{Value, json};

use super::sheet::Sheet;
use super::{Exit, Office, operator};
use crate::cli::flags::UseFlags;
use crate::error::Result;
use crate::registry::{ModelComparison, RegistryError};
use crate::report::words;
use crate::source::read_model;

impl Office<'_> {
    /// Chooses a model, or tells what it would change.
    pub(in crate::cli) fn use_model(&self, flags: &UseFlags) -> Result<Exit> {
        let model = read_model(&flags.file)?;
        let by = if flags.dry_run { None } else { Some(operator(flags.operator.as_deref())?) };
        let registry = if flags.dry_run { self.read()? } else { self.write()? };
        let before = match registry.model() {
            Ok(model) => Some(model),
            // One that cannot judge with this version: there is nothing to compare with.
            Err(RegistryError::Model(_)) => None,
            Err(error) => return Err(error.into()),
        };
        let compared = match &before {
            Some(_) => Some(registry.compare_model(&model)?),
            None => None,
        };
        if let Some(by) = by {
            registry.use_model(&model, &by)?;
        }
        let verdicts = |compared: &ModelComparison| -> Value {
            let one = |((old, new), pairs): (&(_, _), &u64)| verdict_json(*old, *new, *pairs);
            compared.verdicts.iter().map(one).collect()
        };
        let json = || {
            json!({
                "model": model.name,
                "digest": model.digest().to_string(),
                "before": before.as_ref().map(|model| model.digest().to_string()),
                "chosen": !flags.dry_run,
                "pairs": compared.as_ref().map(|compared| compared.pairs),
                "differing": compared.as_ref().map(ModelComparison::differing),
                "verdicts": compared.as_ref().map(verdicts),
            })
        };
        let text = || {
            let language = self.language();
            let mut sheet = Sheet::new(language);
            if let Some(before) = &before {
                let before = format!("{} ({})", before.name, before.digest().short());
                sheet.line("此前的模型", "model so far", before);
            }
            let (zh, en) =
                if flags.dry_run { ("拟用模型", "would be chosen") } else { ("选用模型", "chosen") };
            sheet.line(zh, en, format!("{} ({})", model.name, model.digest().short()));
            if let Some(compared) = &compared {
                sheet.line("共同索引项下的记录对", "pairs that share a key", compared.pairs);
                sheet.line("判定将不同", "judged differently", compared.differing());
                for ((old, new), pairs) in compared.verdicts.iter().filter(|((old, new), _)| old != new) {
                    let (old, new) = (words::verdict(*old, language), words::verdict(*new, language));
                    sheet.plain(format!("  {old} -> {new}: {pairs}"));
                }
            }
            let (zh, en) = ("已有的结果不变", "what was answered stays as it is");
            sheet.plain(language.pick(zh, en));
            sheet.finish()
        };
        Ok(self.answer(flags.output.json, json, text))
    }
}

fn verdict_json(old: crate::matching::Verdict, new: crate::matching::Verdict, pairs: u64) -> Value {
    json!({ "before": old.code(), "after": new.code(), "pairs": pairs })
}
