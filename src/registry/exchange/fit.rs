//! Whether a feed can be learnt from: whole, in order, behind what was learnt before, and of no other history.

use super::{FeedLine, Position, SystemId};
use crate::ids::Sequence;
use crate::registry::draft::Draft;
use crate::registry::error::{RegistryError, Result};
use crate::registry::time::Timestamp;

/// What is wrong with a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedFault {
    /// A line is not what its check says.
    Changed,
    /// Lines do not follow each other.
    Order,
    /// Entries are missing in front of it: the feed must be read from this sequence on.
    Gap(Sequence),
    /// The other registry has another history than the one that was applied: it was set back to a copy, perhaps.
    History,
    /// The other registry knows an entry of this one that is not here: this one was set back to a copy.
    SetBack(Sequence),
    /// An entry is of a later time than this registry's clock allows: one of the two clocks is wrong.
    Ahead,
}

fn fault<T>(line: &FeedLine, fault: FeedFault) -> Result<T> {
    Err(RegistryError::Feed { sequence: line.sequence, fault })
}

/// Lines are as they were written, and follow each other.
pub(super) fn is_whole(lines: &[FeedLine]) -> Result<()> {
    if let Some(changed) = lines.iter().find(|line| !line.is_whole()) {
        return fault(changed, FeedFault::Changed);
    }
    let follows = |before: &FeedLine, line: &FeedLine| {
        before.system == line.system && is_next(before.sequence, line) && before.chain == line.before
    };
    match lines.windows(2).find(|pair| !follows(&pair[0], &pair[1])) {
        Some(pair) => fault(&pair[1], FeedFault::Order),
        None => Ok(()),
    }
}

/// Whether a line is the one behind a sequence, whatever stands in it.
fn is_next(sequence: Sequence, line: &FeedLine) -> bool {
    line.sequence.get().checked_sub(1) == Some(sequence.get())
}

/// How many lines were learnt before, and those that were not. Nothing of them may be later than `latest`.
pub(super) fn fresh<'l>(
    draft: &Draft<'_>,
    own: SystemId,
    lines: &'l [FeedLine],
    latest: Timestamp,
) -> Result<(usize, &'l [FeedLine])> {
    let Some(first) = lines.first() else { return Ok((0, lines)) };
    if first.system == own {
        return Err(RegistryError::Impossible(
            "this is the registry's own feed; apply it to another registry",
            "这是本库自己的变更；请在另一学籍库中应用",
        ));
    }
    let positions: Vec<Position> = draft.base().positions()?;
    let known = positions.into_iter().find(|position| position.system == first.system);
    let (sequence, chain) =
        known.map_or((Sequence::new(0), [0; 32]), |position| (position.sequence, position.chain));
    let (old, fresh) = lines.split_at(lines.partition_point(|line| line.sequence <= sequence));
    if let Some(line) = old.last().filter(|line| line.sequence == sequence && line.chain != chain) {
        return fault(line, FeedFault::History);
    }
    if let Some(first) = fresh.first() {
        if !is_next(sequence, first) {
            return fault(first, FeedFault::Gap(sequence));
        }
        if first.before != chain {
            return fault(first, FeedFault::History);
        }
    }
    for line in fresh {
        if line.notices.iter().any(|notice| notice.stamp.at > latest) {
            return fault(line, FeedFault::Ahead);
        }
        if let Some(lost) = lost(draft, own, line)? {
            return fault(line, FeedFault::SetBack(lost));
        }
    }
    Ok((old.len(), fresh))
}

/// An entry of this registry that comes back and is not what the journal has in its place.
fn lost(draft: &Draft<'_>, own: SystemId, line: &FeedLine) -> Result<Option<Sequence>> {
    let mut seen = None;
    for stamp in line.notices.iter().map(|notice| notice.stamp).filter(|stamp| stamp.system == own) {
        if seen.replace(stamp) == Some(stamp) {
            continue;
        }
        let is_known =
            stamp.sequence <= draft.base().meta().sequence && draft.entry(stamp.sequence)?.at == stamp.at;
        if !is_known {
            return Ok(Some(stamp.sequence));
        }
    }
    Ok(None)
}
