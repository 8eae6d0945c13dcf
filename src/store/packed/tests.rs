//! Segments written and read: every key finds its holders, every ordinal its row, and no changed byte passes.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::blocks::{BLOCK_BYTES, SUM_BYTES, checksum};
use super::index::{Filed, HEAVY_MIN};
use super::segment::{Segment, SegmentWriter};
use super::*;
use crate::hash::mix;
use crate::key::Family;
use crate::store::StoreError;
use crate::store::tables::ProbeKey;

const SPACE: Family = Family::Document;

fn finer(record: u32) -> u32 {
    record % 3
}

/// What takes rows.
type Push<'p> = dyn FnMut(u32, &[u8]) -> Result<(), StoreError> + 'p;

fn written(directory: &std::path::Path, id: u32, entries: &[Filed], rows: &BTreeMap<u32, Vec<u8>>) -> Listed {
    let mut writer = SegmentWriter::create(directory, id).unwrap();
    let first = rows.keys().next().copied().unwrap_or(0);
    let push_all = |push: &mut Push<'_>| rows.iter().try_for_each(|(ordinal, row)| push(*ordinal, row));
    writer.profiles(Some(first), push_all).unwrap();
    writer.students(None, push_all).unwrap();
    let index = SegmentWriter::index(entries, &|record| Ok(finer(record))).unwrap();
    writer.keys(SPACE, index).unwrap();
    writer.numbers(entries).unwrap();
    writer.finish().unwrap()
}

fn base(directory: &std::path::Path, listed: &[Listed]) -> Base {
    Base::open(Some(directory), 1, listed, None).unwrap()
}

fn holders(base: &Base, hash: u64, part: Option<u32>, most: usize) -> (BTreeSet<u32>, Option<(u32, u32)>) {
    let mut found = BTreeSet::new();
    let key = ProbeKey { space: SPACE, hash };
    let end = base.holders(key, part, most, |_, record| {
        found.insert(record);
    });
    (found, end.unwrap())
}

/// Hashes as they come: some keys of one holder, some of many.
fn entries() -> impl Strategy<Value = Vec<Filed>> {
    let few = prop::collection::vec((any::<u64>(), 0..5_000u32), 0..400);
    let many = prop::collection::vec((0..3u64, 0..5_000u32), 0..600);
    (few, many).prop_map(|(few, many)| {
        let many = many.into_iter().map(|(key, holder)| (mix(7, key), holder));
        let mut entries: Vec<Filed> =
            few.into_iter().chain(many).map(|(hash, holder)| Filed { hash, holder }).collect();
        entries.sort_unstable();
        entries.dedup();
        entries
    })
}

fn rows() -> impl Strategy<Value = BTreeMap<u32, Vec<u8>>> {
    prop::collection::btree_map(10..4_000u32, prop::collection::vec(any::<u8>(), 1..300), 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_found(entries in entries(), rows in rows()) {
        let directory = tempfile::tempdir().unwrap();
        let base = base(directory.path(), &[written(directory.path(), 1, &entries, &rows)]);
        for (ordinal, row) in &rows {
            prop_assert_eq!(base.profile(*ordinal).unwrap(), Some(&row[..]));
            prop_assert_eq!(base.student(*ordinal).unwrap(), None, "a student's end is that of the dense section");
        }
        prop_assert_eq!(base.profile(5).unwrap(), None);
        let mut walked = BTreeMap::new();
        base.profiles_from(0, |ordinal, row| {
            walked.insert(ordinal, row.to_vec());
            Ok(true)
        }).unwrap();
        prop_assert_eq!(&walked, &rows);
        // A fingerprint may find another key, with all its holders, and hardly ever does.
        let mut mistaken = 0;
        for block in entries.chunk_by(|a, b| a.hash == b.hash) {
            let expected: BTreeSet<u32> = block.iter().map(|entry| entry.holder).collect();
            let (found, end) = holders(&base, block[0].hash, None, usize::MAX);
            prop_assert!(found.is_superset(&expected) && end.is_none());
            mistaken += usize::from(found.len() > expected.len());
            let mut exact = BTreeSet::new();
            base.number(block[0].hash).unwrap().map(|holder| exact.insert(holder));
            prop_assert!(exact.is_subset(&expected) && !exact.is_empty());
            if block.len() > HEAVY_MIN {
                let (part, _) = holders(&base, block[0].hash, Some(1), usize::MAX);
                let of_part: BTreeSet<u32> =
                    expected.iter().copied().filter(|record| finer(*record) == 1).collect();
                prop_assert!(part.is_superset(&of_part));
                mistaken += usize::from(part.len() > of_part.len());
                let (few, end) = holders(&base, block[0].hash, None, 5);
                prop_assert!((5..9).contains(&few.len()) && end.is_some());
            }
            let mut probed = BTreeSet::new();
            let mut heavy = 0;
            let key = ProbeKey { space: SPACE, hash: block[0].hash };
            base.probe(&[key; 3], |at, hit| if at == 1 {
                match hit {
                    Ok(record) => drop(probed.insert(record)),
                    Err(holders) => heavy = holders as usize,
                }
            }).unwrap();
            prop_assert!(heavy == expected.len() || probed.is_superset(&expected));
        }
        prop_assert!(mistaken <= 3, "{mistaken} keys");
        let mut all = 0;
        base.numbers(|_, _| { all += 1; Ok(()) }).unwrap();
        prop_assert_eq!(all, entries.len());
        prop_assert_eq!(base.number(mix(99, 1)).unwrap(), None);
    }

    #[test]
    fn a_changed_byte_is_noticed(entries in entries(), rows in rows(), place in any::<prop::sample::Index>()) {
        let directory = tempfile::tempdir().unwrap();
        let listed = written(directory.path(), 1, &entries, &rows);
        let path = directory.path().join("00000001.seg");
        let mut bytes = std::fs::read(&path).unwrap();
        let at = place.index(bytes.len());
        bytes[at] ^= 1 << (at % 8);
        std::fs::write(&path, &bytes).unwrap();
        let is_noticed = match Segment::open(directory.path(), listed) {
            Err(StoreError::Damaged { .. }) => true,
            Err(_) => false,
            Ok(segment) => matches!(segment.blocks.verify_all(), Err(StoreError::Damaged { .. })),
        };
        prop_assert!(is_noticed, "byte {} of {}", at, bytes.len());
    }
}

#[test]
fn the_newer_segment_has_the_last_word() {
    let directory = tempfile::tempdir().unwrap();
    let rows = |words: &[(u32, &str)]| words.iter().map(|(at, row)| (*at, row.as_bytes().to_vec())).collect();
    let entry = |hash, holder| Filed { hash, holder };
    let older = written(directory.path(), 1, &[entry(9, 1)], &rows(&[(0, "a"), (1, "b"), (2, "c")]));
    let mut writer = SegmentWriter::create(directory.path(), 2).unwrap();
    writer.profiles(Some(3), |push| push(4, b"e")).unwrap();
    writer.profiles(None, |push| push(1, b"B")).unwrap();
    writer.numbers(&[entry(9, 4)]).unwrap();
    let newer = writer.finish().unwrap();
    let base = base(directory.path(), &[newer, older]);
    assert_eq!(base.ends().0, 5);
    let mut walked = Vec::new();
    base.profiles_from(1, |at, row| {
        walked.push((at, String::from_utf8(row.to_vec()).unwrap()));
        Ok(true)
    })
    .unwrap();
    assert_eq!(walked, [(1, "B".to_owned()), (2, "c".to_owned()), (4, "e".to_owned())]);
    assert_eq!(base.number(9).unwrap(), Some(4));
    let mut numbers = Vec::new();
    base.numbers(|hash, owner| {
        numbers.push((hash, owner));
        Ok(())
    })
    .unwrap();
    assert_eq!(numbers, [(9, 4)]);
    let part = base.of_newest(1);
    let mut walked = Vec::new();
    part.profiles_from(0, |at, _| {
        walked.push(at);
        Ok(true)
    })
    .unwrap();
    assert_eq!(walked, [1, 4], "of some segments their own words, also on what came before");
}

#[test]
fn a_request_keeps_all_entries_of_its_hash() {
    let directory = tempfile::tempdir().unwrap();
    let entry = |hash, holder| Filed { hash, holder };
    let mut listed = Vec::new();
    for (id, holder) in [(1, 7), (2, u32::MAX)] {
        let mut writer = SegmentWriter::create(directory.path(), id).unwrap();
        // An entry of the journal may have any number; a record has no top bit.
        writer.requests(&[entry(5 << 24, holder)]).unwrap();
        listed.insert(0, writer.finish().unwrap());
    }
    let base = base(directory.path(), &listed);
    assert_eq!(base.requests(5 << 24).unwrap(), [u32::MAX, 7]);
    let mut all = Vec::new();
    base.all_requests(|hash, entry| {
        all.push((hash, entry));
        Ok(())
    })
    .unwrap();
    assert_eq!(all, [(5 << 24, u32::MAX), (5 << 24, 7)]);
    let refused = SegmentWriter::index(&[entry(5, u32::MAX)], &|_| Ok(0)).map(drop);
    assert!(matches!(refused, Err(StoreError::TooLarge(_))), "{refused:?}");
}

#[test]
fn a_block_of_another_segment_is_noticed_by_a_verification() {
    let directory = tempfile::tempdir().unwrap();
    let rows = |byte: u8| (0..300u32).map(|at| (at, vec![byte; 100])).collect();
    let one = written(directory.path(), 1, &[], &rows(1));
    let other = written(directory.path(), 2, &[], &rows(2));
    assert_eq!(one.bytes, other.bytes);
    let path = |id: u32| directory.path().join(format!("{id:08}.seg"));
    let (mut bytes, theirs) = (std::fs::read(path(1)).unwrap(), std::fs::read(path(2)).unwrap());
    // A block and its checksum: each is whole by itself.
    let sums = bytes.len() / (BLOCK_BYTES + SUM_BYTES) * BLOCK_BYTES;
    for range in [BLOCK_BYTES..2 * BLOCK_BYTES, sums + SUM_BYTES..sums + 2 * SUM_BYTES] {
        bytes[range.clone()].copy_from_slice(&theirs[range]);
    }
    std::fs::write(path(1), &bytes).unwrap();
    let base = base(directory.path(), &[one]);
    assert!(matches!(base.verify(), Err(StoreError::Damaged { .. })));
    let copy = tempfile::tempdir().unwrap();
    assert!(matches!(base.copy(copy.path()), Err(StoreError::Damaged { .. })), "no backup of damage");
}

/// Whatever stands at the end of a file, with a checksum that is right: it is refused, or nothing of it stops a
/// reader.
#[test]
fn an_end_that_means_nothing_stops_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let mut entries: Vec<Filed> =
        (0..2_000).map(|at| Filed { hash: mix(1, at % 400), holder: at as u32 }).collect();
    entries.extend((0..200).map(|holder| Filed { hash: 77, holder }));
    entries.sort_unstable();
    let rows: BTreeMap<u32, Vec<u8>> = (5..90).map(|at| (at, vec![3; 40])).collect();
    let listed = written(directory.path(), 1, &entries, &rows);
    let path = directory.path().join("00000001.seg");
    let whole = std::fs::read(&path).unwrap();
    let blocks = whole.len() / (BLOCK_BYTES + SUM_BYTES);
    let (footer, sum) = ((blocks - 1) * BLOCK_BYTES, blocks * BLOCK_BYTES + (blocks - 1) * SUM_BYTES);
    let length = u32::from_le_bytes(whole[footer + 24..footer + 28].try_into().unwrap()) as usize;
    let (mut refused, mut opened) = (0, 0);
    for at in 0..length {
        for value in [0, 1, 63, 64, 65, 127, 128, 200, 250, 251, 252, 253, 255] {
            let mut bytes = whole.clone();
            bytes[footer + 28 + at] = value;
            // Larger numbers than were there: what follows an integer's mark is its value.
            if value >= 251 {
                let width = [2, 4, 8, 8, 8][usize::from(value - 251)];
                bytes[footer + 28 + at + 1..footer + 28 + at + 1 + width].fill(0xFF);
            }
            let checked = checksum(blocks - 1, &bytes[footer..footer + BLOCK_BYTES]);
            bytes[sum..sum + SUM_BYTES].copy_from_slice(&checked.to_le_bytes());
            std::fs::write(&path, &bytes).unwrap();
            let Ok(base) = Base::open(Some(directory.path()), 1, &[listed], None) else {
                refused += 1;
                continue;
            };
            opened += 1;
            // Errors and wrong answers are as they come; a panic is not.
            for hash in [0, 77, mix(1, 3), u64::MAX] {
                let key = ProbeKey { space: SPACE, hash };
                let _ = base.probe(&[key; 2], |_, _| {});
                let _ = base.holders(key, None, 9, |_, _| {});
                let _ = base.holders(key, Some(1), usize::MAX, |_, _| {});
                let _ = base.number(hash);
                let _ = base.requests(hash);
            }
            for ordinal in [0, 5, 50, 89, 90, u32::MAX] {
                let _ = base.profile(ordinal);
                let _ = base.student(ordinal);
                if let Ok(Some(fetched)) = base.fetch_profile(ordinal) {
                    let _ = base.fetch_bytes(&fetched).and_then(|bytes| base.fetched(&fetched, bytes));
                }
            }
            let mut left = 10_000;
            let _ = base.profiles_from(0, |_, _| {
                left -= 1;
                Ok(left > 0)
            });
            let _ = base.warm();
        }
    }
    assert!(refused > 1_000 && opened > 100, "{refused} refused, {opened} opened");
}

#[test]
fn more_keys_may_be_heavy_than_there_are_records() {
    let directory = tempfile::tempdir().unwrap();
    let hashes: Vec<u64> = (0..300).map(|key| mix(3, key)).collect();
    let holders_of = |hash: &u64| {
        let hash = *hash;
        (0..70u32).map(move |holder| Filed { hash, holder })
    };
    let mut entries: Vec<Filed> = hashes.iter().flat_map(holders_of).collect();
    entries.sort_unstable();
    let base = base(directory.path(), &[written(directory.path(), 1, &entries, &BTreeMap::new())]);
    for hash in hashes {
        assert_eq!(holders(&base, hash, None, usize::MAX).0, (0..70).collect(), "{hash:x}");
    }
}

#[test]
fn what_nobody_lists_is_removed() {
    let directory = tempfile::tempdir().unwrap();
    let listed = written(directory.path(), 3, &[], &BTreeMap::new());
    written(directory.path(), 4, &[], &BTreeMap::new());
    drop(SegmentWriter::create(directory.path(), 5).unwrap());
    std::fs::write(directory.path().join("00000006.seg.new"), b"half").unwrap();
    std::fs::write(directory.path().join("README"), b"a stranger's").unwrap();
    remove_unlisted(directory.path(), &[listed]);
    let mut left: Vec<_> =
        std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["00000003.seg", "README"]);
}

#[test]
fn a_segment_of_nothing_holds_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let base = base(directory.path(), &[written(directory.path(), 1, &[], &BTreeMap::new())]);
    assert_eq!(holders(&base, 5, None, 9).0.len(), 0);
    assert_eq!(base.profile(0).unwrap(), None);
    assert!(base.verify().unwrap() > 0);
}
