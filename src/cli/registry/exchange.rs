//! `renji apply`: another registry's feed learnt. And what a line of a feed looks like.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::sheet::Sheet;
use super::{Exit, Office};
use crate::cli::flags::ApplyFlags;
use crate::error::{Error, Result};
use crate::ids::Sequence;
use crate::registry::{Applied, Builder, FeedLine, Notice, SystemId};

/// Lines that are read as one piece; each is one write.
const PIECE: usize = 512;

/// Adds to a line of `renji changes` what another registry learns from.
pub(super) fn put_line(value: &mut Value, line: &FeedLine) -> Result<()> {
    value["system"] = line.system.to_string().into();
    value["before"] = hex(&line.before).into();
    value["check"] = hex(&line.check).into();
    value["notices"] = serde_json::to_value(&line.notices).map_err(|error| {
        Error::refused(format!("an entry cannot be written: {error}"), format!("有变更无法写出：{error}"))
    })?;
    Ok(())
}

/// Reads a line; `None` if it is none of a whole feed.
fn read_line(text: &str) -> Option<FeedLine> {
    let mut value: Value = serde_json::from_str(text).ok()?;
    let bytes = |value: &Value| -> Option<[u8; 32]> {
        let text = value.as_str().filter(|text| text.len() == 64 && text.is_ascii())?;
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(bytes)
    };
    Some(FeedLine {
        system: SystemId::parse(value["system"].as_str()?)?,
        sequence: Sequence::new(value["sequence"].as_u64()?),
        before: bytes(&value["before"])?,
        chain: bytes(&value["chain"])?,
        check: bytes(&value["check"])?,
        notices: serde_json::from_value::<Vec<Notice>>(value["notices"].take()).ok()?,
    })
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

impl Office<'_> {
    /// Learns from feeds, one file after the other.
    pub(super) fn apply(&self, flags: &ApplyFlags) -> Result<Exit> {
        let ahead = Duration::from_secs(u64::from(flags.clock_ahead) * 24 * 60 * 60);
        let registry = Builder::default().clock_ahead_max(ahead).open(self.directory()?)?;
        let mut all = Applied::default();
        for path in &flags.feeds {
            let is_input = path.as_os_str() == "-";
            let reader: Box<dyn BufRead> = match is_input {
                true => Box::new(BufReader::new(std::io::stdin())),
                false => Box::new(BufReader::new(
                    File::open(path).map_err(|error| Error::input(path, error.to_string()))?,
                )),
            };
            let mut apply = |lines: &mut Vec<FeedLine>| -> Result<()> {
                all += registry.apply_feed(lines)?;
                lines.clear();
                Ok(())
            };
            let mut lines = Vec::with_capacity(PIECE);
            for (at, line) in reader.lines().enumerate() {
                let text = line.map_err(|error| Error::input(path, error.to_string()))?;
                if text.trim().is_empty() {
                    continue;
                }
                lines.push(read_line(&text).ok_or_else(|| not_a_line(path, at + 1))?);
                if lines.len() == PIECE {
                    apply(&mut lines)?;
                }
            }
            apply(&mut lines)?;
        }
        let json = || {
            json!({
                "entries": all.entries,
                "applied_before": all.before,
                "learnt": all.learnt,
                "known": all.known,
                "students": all.students,
                "unplaced": all.unplaced,
                "cases_opened": all.opened,
                "cases_settled": all.settled,
            })
        };
        let text = || {
            let mut sheet = Sheet::new(self.language());
            sheet.line("已应用的变更", "entries applied", all.entries);
            sheet.line("此前已应用", "applied before", all.before);
            sheet.line("获知", "facts learnt", all.learnt);
            sheet.line("已知", "facts known", all.known);
            sheet.line("新增学生", "students new here", all.students);
            sheet.line("无法归入", "facts without a place", all.unplaced);
            sheet.line("新开问题", "cases opened", all.opened);
            sheet.line("对方已处理的问题", "cases settled elsewhere", all.settled);
            sheet.finish()
        };
        Ok(self.answer(flags.output.json, json, text))
    }
}

fn not_a_line(path: &Path, row: usize) -> Error {
    let place = path.display();
    Error::refused(
        format!(
            "{place}, line {row}: not a line of a whole feed; export it with `renji changes --since N --full` and \
             an approval"
        ),
        format!("{place} 第 {row} 行：不是完整的变更；请经审批后用 renji changes --since N --full 导出"),
    )
}
