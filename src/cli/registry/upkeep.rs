//! A registry kept in order: rebuilt from its journal, verified, copied, packed, counted.

use serde_json::{Map, Value, json};

use super::sheet::Sheet;
use super::{Exit, Office};
use crate::cli::flags::{CompactFlags, OutputFlags, TargetFlags};
use crate::cli::interrupt::Partial;
use crate::cli::messages::Step;
use crate::cli::progress::Progress;
use crate::error::Result;
use crate::ids::Sequence;
use crate::language::Language;
use crate::number::NumberKind;
use crate::registry::{Registry, RegistryError};
use crate::report::registry_words as words;
use crate::store::StoreError;

/// Memory for sorting, if nothing is said.
const MEMORY: u64 = 4 * 1024 * 1024 * 1024;
/// Journal entries that are replayed in one write.
const PIECE: usize = 65_536;

impl Office<'_> {
    /// Replays the journal into a new directory.
    pub(super) fn rebuild(&self, flags: &TargetFlags) -> Result<Exit> {
        let from = Registry::builder().open_journal(self.directory()?)?;
        let directory = &flags.directory;
        if directory.exists() {
            return Err(RegistryError::Store(StoreError::Exists(directory.clone())).into());
        }
        let make = || Registry::builder().create_follower(directory);
        let (to, partial) = Partial::make(directory, make)?;
        let end = from.sequence();
        let mut progress = Progress::begin(self.terminal, Step::Replay, end.get());
        loop {
            let changes = from.changes(to.sequence(), PIECE)?;
            if changes.is_empty() {
                break;
            }
            to.follow(&changes)?;
            progress.add(changes.len() as u64, 0);
        }
        drop(progress);
        // How common values are is not in the journal; it is counted from the records.
        to.recount()?;
        partial.keep();
        self.copied(flags, end, ("已重建", "rebuilt"))
    }

    /// Writes a copy.
    pub(super) fn backup(&self, flags: &TargetFlags) -> Result<Exit> {
        let sequence = self.read()?.backup(&flags.directory)?;
        self.copied(flags, sequence, ("已备份", "copied"))
    }

    /// Packs what was written since the last time.
    pub(super) fn compact(&self, flags: &CompactFlags) -> Result<Exit> {
        let registry = match &flags.directory {
            Some(directory) => Registry::open(directory)?,
            None => self.write()?,
        };
        let done = registry.compact_within(flags.all, flags.memory.unwrap_or(MEMORY))?;
        let json = || {
            json!({
                "moved": done.moved,
                "merged": done.merged,
                "segments": done.segments,
                "segment_bytes": done.bytes,
            })
        };
        let text = || {
            let mut sheet = Sheet::new(self.language());
            sheet.line("移入数据段的记录", "records moved", done.moved);
            sheet.line("合并的数据段", "segments merged", done.merged);
            self.segments(&mut sheet, done.segments, done.bytes);
            sheet.finish()
        };
        Ok(self.answer(flags.output.json, json, text))
    }

    fn segments(&self, sheet: &mut Sheet, segments: u64, bytes: u64) {
        let unit = self.language().pick("字节", "bytes");
        sheet.line("数据段", "segments", format!("{segments}  {bytes} {unit}"));
    }

    fn copied(&self, flags: &TargetFlags, sequence: Sequence, done: (&str, &str)) -> Result<Exit> {
        let place = flags.directory.display();
        let json = || json!({ "registry": place.to_string(), "sequence": sequence.get() });
        let text = || {
            let up_to = self.language().pick("至日志序号", "up to entry");
            format!("{place}: {}, {up_to} {sequence}\n", self.language().pick(done.0, done.1))
        };
        Ok(self.answer(flags.output.json, json, text))
    }

    /// Checks everything that is stored.
    pub(super) fn verify(&self, flags: OutputFlags) -> Result<Exit> {
        // Pages are verified where a registry is opened for writing.
        let registry = Registry::builder().verify_pages(true).open(self.directory()?)?;
        let found = registry.verify()?;
        let json = || {
            let checked: Map<String, Value> = found
                .checked
                .iter()
                .map(|(what, count)| (what.replace(' ', "_"), Value::from(*count)))
                .collect();
            json!({
                "clean": found.is_clean(),
                "checked": checked,
                "fault_count": found.fault_count,
                "faults": found.faults,
            })
        };
        let text = || {
            let mut sheet = Sheet::new(self.language());
            for (what, count) in &found.checked {
                sheet.line(checked_zh(what), what, count);
            }
            for fault in &found.faults {
                sheet.line("错误", "fault", fault);
            }
            match (found.fault_count, self.language()) {
                (0, Language::Zh) => sheet.plain("未发现错误"),
                (0, Language::En) => sheet.plain("no faults"),
                (count, Language::Zh) => sheet.plain(format!("共 {count} 处错误；请从备份恢复")),
                (count, Language::En) => sheet.plain(format!("{count} faults; restore from a backup")),
            };
            sheet.finish()
        };
        let exit = self.answer(flags.json, json, text);
        Ok(if found.is_clean() { exit } else { Exit::Damaged })
    }

    /// Counts.
    pub(super) fn stats(&self, flags: OutputFlags) -> Result<Exit> {
        let registry = self.read()?;
        let (counts, positions) = (registry.statistics()?, registry.positions()?);
        let system = registry.system()?;
        let kinds = [NumberKind::Formal, NumberKind::FormalWithoutId, NumberKind::Temporary];
        let map = |pairs: Vec<(&str, u64)>| -> Value {
            Value::Object(pairs.into_iter().map(|(key, count)| (key.to_owned(), count.into())).collect())
        };
        let json = || {
            json!({
                "sequence": counts.sequence.get(),
                "numbered": counts.numbered,
                "records": counts.records,
                "by_kind": map(kinds.iter().map(|kind| kind.code()).zip(counts.by_kind).collect()),
                "by_status": map(counts.by_status.iter().map(|(status, n)| (status.code(), *n)).collect()),
                "open_cases": map(counts.open_cases.iter().map(|(class, n)| (class.code(), *n)).collect()),
                "rows": map(counts.rows.clone()),
                "segments": counts.segments,
                "segment_bytes": counts.segment_bytes,
                "system": system.to_string(),
                "positions": positions.iter().map(|position| json!({
                    "system": position.system.to_string(), "sequence": position.sequence.get()
                })).collect::<Vec<_>>(),
            })
        };
        let text = || {
            let language = self.language();
            let mut sheet = Sheet::new(language);
            sheet.line("有学籍号的学生", "students with a number", counts.numbered);
            for (kind, count) in kinds.iter().zip(counts.by_kind) {
                sheet.line(&format!("  {} 号", kind.code()), &format!("  {}", kind.code()), count);
            }
            for (status, count) in &counts.by_status {
                let [zh, en] = [Language::Zh, Language::En].map(|language| words::status(*status, language));
                sheet.line(zh, en, count);
            }
            sheet.line("记录", "records", counts.records);
            for (class, count) in &counts.open_cases {
                let class = words::case_class(*class, language);
                sheet.line("待处理问题", "open cases", format!("{count}  {class}"));
            }
            sheet.line("日志序号", "journal entry", counts.sequence);
            self.segments(&mut sheet, counts.segments, counts.segment_bytes);
            sheet.line("本库标识", "this system", system);
            for position in &positions {
                let place = format!("{}  {}", position.sequence, position.system);
                sheet.line("已应用至", "applied up to", place);
            }
            sheet.finish()
        };
        Ok(self.answer(flags.json, json, text))
    }
}

fn checked_zh(what: &'static str) -> &'static str {
    match what {
        "students" => "学生",
        "journal entries" => "日志",
        "requests" => "请求",
        "records" => "记录",
        "keys" => "索引项",
        "numbers" => "学籍号",
        "cases" => "问题",
        "segment blocks" => "数据段块",
        "segment records" => "数据段记录",
        other => other,
    }
}
