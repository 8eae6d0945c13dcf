//! What the registry knows of a student besides the records: the numbers, the status, the entries of the
//! journal that tell the story.

use serde::{Deserialize, Serialize};

use super::time::Timestamp;
use crate::ids::{CaseId, RecordId, Sequence, StudentId};
use crate::number::RegistryNumber;
use crate::store::{self, StoreError, StoredRow, varint};

/// How a student stands.
// IMPORTANT: stored by position; new ones go behind the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for a case to be settled; holds no number.
    Pending,
    /// At school.
    Enrolled,
    /// Suspended (休学).
    Suspended,
    /// Left school (退学, 辍学).
    Left,
    /// Died.
    Died,
    /// Graduated (毕业).
    Graduated,
    /// Merged into another student; the numbers are that one's aliases.
    Merged,
    /// The entry was deleted, its number retired.
    Retired,
}

impl Status {
    /// The status's name in exports and lists.
    pub const fn code(self) -> &'static str {
        match self {
            Status::Pending => "pending",
            Status::Enrolled => "enrolled",
            Status::Suspended => "suspended",
            Status::Left => "left",
            Status::Died => "died",
            Status::Graduated => "graduated",
            Status::Merged => "merged",
            Status::Retired => "retired",
        }
    }

    /// Whether the student is one that a record can belong to.
    pub const fn is_present(self) -> bool {
        !matches!(self, Status::Merged | Status::Retired)
    }
}

/// A number the student held before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerNumber {
    /// The number; it leads to the student for ever.
    pub number: RegistryNumber,
    /// Until when it was current.
    pub until: Timestamp,
}

/// A student.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudentState {
    /// How the student stands.
    pub status: Status,
    /// The current number.
    pub number: Option<RegistryNumber>,
    /// When the first number was issued.
    pub since: Option<Timestamp>,
    /// When the current number was issued.
    pub numbered_at: Option<Timestamp>,
    /// Former and merged numbers, in the order in which they ended.
    pub former: Vec<FormerNumber>,
    /// The records, in the order in which they came; superseded ones included.
    pub records: Vec<RecordId>,
    /// The record that says what is so now.
    pub current: RecordId,
    /// Open cases that concern the student.
    pub cases: Vec<CaseId>,
    /// Document numbers that were proved to be another person's, in canonical form.
    pub not_theirs: Vec<String>,
    /// For a merged student: into whom.
    pub merged_into: Option<StudentId>,
    /// For a merged student: how the student stood before.
    pub before_merge: Option<Status>,
    /// For a merged student: whom only this student was known to be different from.
    pub inherited: Vec<StudentId>,
    /// For a merged student: the records that said then what is so.
    pub live_before_merge: Vec<RecordId>,
    /// The students merged into this one, in the order in which they were.
    pub merged: Vec<StudentId>,
    /// Journal entries that tell the story.
    pub entries: Vec<Sequence>,
}

/// What a row of `students` begins with that tells everything. One that does not begins with the number, whose first two
/// bits are never both set.
const FULL: u8 = 0xFF;

/// From when on a plain student's time is counted, in seconds: 2024-01-01.
const EPOCH: i64 = 1_704_067_200;

/// Of most students there is nothing to say but this: a row of some twenty bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlainState {
    /// The number in a word.
    pub(super) number: [u8; 8],
    /// When it was issued.
    pub(super) since: Timestamp,
    /// The one record.
    pub(super) record: RecordId,
    /// The one entry that tells of it.
    pub(super) entry: Sequence,
}

impl PlainState {
    /// Appends the row of such a student.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.number);
        // A time before the epoch takes ten bytes.
        varint::put(out, self.since.get().wrapping_sub(EPOCH) as u64);
        varint::put(out, self.record.get().into());
        varint::put(out, self.entry.get());
    }

    /// Reads what [`PlainState::put`] wrote.
    fn read(row: &[u8]) -> Option<PlainState> {
        let (number, mut rest) = row.split_first_chunk()?;
        let since = varint::take(&mut rest)? as i64;
        let record = u32::try_from(varint::take(&mut rest)?).ok()?;
        let entry = varint::take(&mut rest)?;
        rest.is_empty().then(|| PlainState {
            number: *number,
            since: Timestamp::new(since.wrapping_add(EPOCH)),
            record: RecordId::new(record),
            entry: Sequence::new(entry),
        })
    }

    /// The state of a student at school of whom no more is known.
    pub(super) fn in_full(&self) -> Result<StudentState, StoreError> {
        let number = RegistryNumber::from_packed(u64::from_be_bytes(self.number))
            .map_err(|_| StoreError::damaged("a number in the table students"))?;
        let mut state = StudentState::new(self.record);
        state.status = Status::Enrolled;
        state.number = Some(number);
        state.since = Some(self.since);
        state.numbered_at = Some(self.since);
        state.entries.push(self.entry);
        Ok(state)
    }

    /// What a state comes to, if there is no more to say.
    fn of(state: &StudentState) -> Option<PlainState> {
        let (number, since, [entry]) = (state.number?, state.since?, &state.entries[..]) else { return None };
        let plain =
            PlainState { number: number.packed().to_be_bytes(), since, record: state.current, entry: *entry };
        plain.in_full().is_ok_and(|full| full == *state).then_some(plain)
    }
}

impl StoredRow for StudentState {
    fn put(&self, out: &mut Vec<u8>) -> Result<(), StoreError> {
        match PlainState::of(self) {
            Some(plain) => plain.put(out),
            None => {
                out.push(FULL);
                store::encode(self, "students", out)?;
            }
        }
        Ok(())
    }

    fn read(row: &[u8]) -> Result<StudentState, StoreError> {
        let damaged = || StoreError::damaged("a row of students cannot be read");
        match row.split_first() {
            Some((&FULL, row)) => store::decode(row, "students"),
            Some(_) => PlainState::read(row).ok_or_else(damaged)?.in_full(),
            None => Err(damaged()),
        }
    }
}

impl StudentState {
    pub(super) fn new(record: RecordId) -> StudentState {
        StudentState {
            status: Status::Pending,
            number: None,
            since: None,
            numbered_at: None,
            former: Vec::new(),
            records: vec![record],
            current: record,
            cases: Vec::new(),
            not_theirs: Vec::new(),
            merged_into: None,
            before_merge: None,
            inherited: Vec::new(),
            live_before_merge: Vec::new(),
            merged: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// Every number that leads to the student, the current one first.
    pub fn numbers(&self) -> impl Iterator<Item = RegistryNumber> {
        self.number.into_iter().chain(self.former.iter().rev().map(|former| former.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_and_a_part_of_one_does_not() {
        for (number, since, record) in [
            ("G11010519491231002X", 1_800_000_000, 0),
            ("L420103201503120000", EPOCH, 3_000_000),
            ("L420103201503121234", -5, u32::MAX),
        ] {
            let number = RegistryNumber::parse(number).unwrap();
            let mut state = StudentState::new(RecordId::new(record));
            state.status = Status::Enrolled;
            state.number = Some(number);
            state.since = Some(Timestamp::new(since));
            state.numbered_at = state.since;
            state.entries.push(Sequence::new(u64::from(record) + 7));
            let mut suspended = state.clone();
            suspended.status = Status::Suspended;
            for (state, is_plain) in [(state, true), (suspended, false)] {
                let mut row = Vec::new();
                state.put(&mut row).unwrap();
                assert_eq!(row[0] != FULL, is_plain);
                assert_eq!(StudentState::read(&row).unwrap(), state);
                assert!((0..row.len()).all(|end| StudentState::read(&row[..end]).is_err()), "{row:?}");
            }
        }
    }
}
