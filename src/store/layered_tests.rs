//! Both layers against a plain map: who holds a key, what stands of a record, how many rows there are; whatever was
//! written, changed and removed, moved to segments and merged.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use redb::backends::InMemoryBackend;

use super::{Candidates, Changes, Options, Profile, Snapshot, Standing, Store, StoredKey, stored_keys};
use crate::identity::Identity;
use crate::ids::{RecordId, Sequence, StudentId};
use crate::key::Family;
use crate::student::{GivenDocument, Student};

const OPTIONS: Options =
    Options { cache_bytes: 4 << 20, is_durable: false, is_for_journal: false, checks_pages: false };

/// A student of some variation. All share a key, which so many hold that it has a list; its finer parts are
/// several; and the numbers change.
fn profile(record: u32, variation: u8) -> Profile {
    let names = ["周洋明", "李文静", "陈思远", "黄雨桐"];
    let passport = format!("P{:08}", record * 7 + u32::from(variation) * 100_000);
    let student = Student {
        name: names[usize::from(variation) % names.len()],
        birthdate: "20100102",
        region: "440305",
        sex: "1",
        documents: vec![GivenDocument { kind: "A", number: &passport }],
        ..Student::default()
    };
    Profile {
        student: StudentId::new(record),
        sequence: Sequence::new(u64::from(record) + 1),
        standing: if variation > 9 { Standing::Superseded } else { Standing::Live },
        identity: Identity::of(&student, &mut Vec::new()),
    }
}

#[derive(Debug, Clone)]
enum Step {
    /// So many new ones.
    Add(u32),
    Change(u32, u8),
    Remove(u32),
    Flush,
    Merge(bool),
    Warm,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1..60u32).prop_map(Step::Add),
        6 => (any::<u32>(), 0..14u8).prop_map(|(record, variation)| Step::Change(record, variation)),
        2 => any::<u32>().prop_map(Step::Remove),
        3 => Just(Step::Flush),
        2 => any::<bool>().prop_map(Step::Merge),
        1 => Just(Step::Warm),
    ]
}

#[derive(Default)]
struct Plain {
    records: BTreeMap<u32, Profile>,
    next: u32,
}

impl Plain {
    /// One of the records, by any number.
    fn pick(&self, at: u32) -> Option<u32> {
        let records: Vec<u32> = self.records.keys().copied().collect();
        records.get(at as usize % records.len().max(1)).copied()
    }

    fn index(&self) -> Index {
        let mut index = Index::default();
        for (record, profile) in &self.records {
            for key in stored_keys(&profile.identity) {
                let holders = index.0.entry((key.space, key.hash)).or_default();
                if holders.last().is_none_or(|(_, last)| last != record) {
                    holders.push((key.finer, *record));
                }
            }
        }
        index.0.values_mut().for_each(|holders| holders.sort_unstable());
        index
    }
}

/// Who holds each key: its finer part and the record.
#[derive(Default)]
struct Index(BTreeMap<(Family, u64), Vec<(u32, u32)>>);

impl Index {
    fn holders(&self, key: &StoredKey, part: Option<u32>) -> Vec<(u32, u32)> {
        let holders = self.0.get(&(key.space, key.hash)).into_iter().flatten();
        holders.filter(|(finer, _)| part.is_none_or(|part| part == *finer)).copied().collect()
    }
}

fn write(store: &Store, plain: &mut Plain, rows: Vec<(u32, Option<Profile>)>) {
    let update = store.begin().unwrap();
    let mut changes = Changes::default();
    for (record, new) in &rows {
        let keys = |profile: &Profile| stored_keys(&profile.identity);
        let (old, new) = (plain.records.get(record).map(keys), new.as_ref().map(keys));
        let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
        old.iter()
            .filter(|key| !new.contains(key))
            .for_each(|key| changes.remove_key(key, RecordId::new(*record)));
        new.iter()
            .filter(|key| !old.contains(key))
            .for_each(|key| changes.put_key(key, RecordId::new(*record)));
    }
    let rows: Vec<(RecordId, Option<Box<Profile>>)> =
        rows.into_iter().map(|(record, profile)| (RecordId::new(record), profile.map(Box::new))).collect();
    changes.put_profiles(update.base(), &rows).unwrap();
    let meta = update.base().meta().clone();
    update.commit(changes, &meta).unwrap();
    for (record, profile) in rows {
        match profile {
            Some(profile) => drop(plain.records.insert(record.get(), *profile)),
            None => drop(plain.records.remove(&record.get())),
        }
    }
}

fn run(store: &Store, plain: &mut Plain, step: &Step) {
    match *step {
        Step::Add(count) => {
            let new = plain.next..plain.next + count;
            plain.next += count;
            write(
                store,
                plain,
                new.map(|record| (record, Some(profile(record, record as u8 % 10)))).collect(),
            );
        }
        Step::Change(at, variation) => {
            let Some(record) = plain.pick(at) else { return };
            write(store, plain, vec![(record, Some(profile(record, variation)))]);
        }
        Step::Remove(at) => {
            let Some(record) = plain.pick(at) else { return };
            write(store, plain, vec![(record, None)]);
        }
        Step::Flush => drop(store.begin().unwrap().flush().unwrap()),
        Step::Warm => store.snapshot().unwrap().warm().unwrap(),
        Step::Merge(all) => {
            let Some(merge) = store.merge(all).unwrap() else { return };
            let id = store.begin().unwrap().take_segment_number().unwrap();
            let merged = merge.write(id, 1 << 16).unwrap();
            store.begin().unwrap().replace(&merge, merged).unwrap();
        }
    }
}

fn hold(snapshot: &Snapshot, plain: &Plain) {
    let mut walked = BTreeMap::new();
    snapshot
        .profiles_from(RecordId::new(0), |record, profile| {
            assert!(walked.insert(record.get(), profile).is_none(), "each once");
            Ok(true)
        })
        .unwrap();
    assert!(walked == plain.records);
    let ordinals: Vec<RecordId> = (0..plain.next + 2).map(RecordId::new).collect();
    let mut fetched = BTreeMap::new();
    snapshot
        .profiles_of(
            &ordinals,
            |_| false,
            |record, profile| {
                fetched.insert(record.get(), profile.clone());
                Ok(())
            },
        )
        .unwrap();
    assert!(fetched == plain.records);
    for record in &ordinals {
        assert_eq!(snapshot.profile(*record).unwrap().as_ref(), plain.records.get(&record.get()));
    }
    let keys: BTreeSet<StoredKey> =
        plain.records.values().flat_map(|profile| stored_keys(&profile.identity)).collect();
    let entries: usize = plain.records.values().map(|profile| stored_keys(&profile.identity).len()).sum();
    let counts: BTreeMap<&str, u64> = snapshot.row_counts().unwrap().into_iter().collect();
    assert_eq!((counts["profiles"], counts["keys"]), (plain.records.len() as u64, entries as u64));
    let index = plain.index();
    // Those that many hold, and some of the others.
    for key in keys.iter().step_by(1 + keys.len() / 40) {
        hold_key(snapshot, &index, key);
    }
    let all: Vec<StoredKey> = keys.into_iter().collect();
    if let Some(key) = all.iter().max_by_key(|key| index.holders(key, None).len()) {
        hold_key(snapshot, &index, key);
    }
}

fn hold_key(snapshot: &Snapshot, index: &Index, key: &StoredKey) {
    for part in [None, Some(key.finer)] {
        let expected = index.holders(key, part);
        for most in [0, 1, 5, 64, 100, usize::MAX] {
            let mut found = Vec::new();
            let is_more = snapshot.holders(key, part.is_some(), most, &mut found).unwrap();
            let found: Vec<u32> = found.iter().map(|record| record.get()).collect();
            let first: Vec<u32> = expected.iter().take(most).map(|(_, record)| *record).collect();
            assert_eq!((found, is_more), (first, expected.len() > most), "{key:?} {part:?} {most}");
        }
    }
    for most in [3, 70, 100, 1_000] {
        let mut gathered = Candidates::default();
        snapshot.candidates(&[key.probe()], most, &mut gathered).unwrap();
        let expected: BTreeSet<u32> =
            index.holders(key, None).into_iter().map(|(_, record)| record).collect();
        if !gathered.crowded.is_empty() {
            assert!(gathered.records.is_empty());
            continue;
        }
        assert!(expected.len() <= most);
        let mut found = BTreeSet::new();
        let records: Vec<RecordId> = gathered.records.iter().map(|(_, record)| *record).collect();
        snapshot
            .profiles_of(
                &records,
                |_| false,
                |record, profile| {
                    // What only seems to hold the key, or held it once, is passed over.
                    if snapshot.shares_key(&[key.probe()], profile) {
                        found.insert(record.get());
                    }
                    Ok(())
                },
            )
            .unwrap();
        assert_eq!(found, expected, "{key:?} {most}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_layers_are_one(steps in prop::collection::vec(step(), 12..28)) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::on_backend(InMemoryBackend::new(), Some(directory.path().to_owned()), &OPTIONS).unwrap();
        let mut plain = Plain::default();
        run(&store, &mut plain, &Step::Add(90));
        for step in &steps {
            run(&store, &mut plain, step);
            hold(&store.snapshot().unwrap(), &plain);
        }
    }
}
