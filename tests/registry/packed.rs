//! A compaction changes nothing that is answered: keys that many hold, words above words, and whoever reads or
//! copies while files are replaced.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use renji::registry::{Registry, Resolution, Settings};
use renji::student::{GivenDocument, OwnedDocument, OwnedStudent};

use crate::fixture::{Made, builder, citizen, export, made, replayed, student, without_number};

/// All that a check says, but for how many it looked at: stale keys of a segment are looked at in vain.
pub(crate) fn answer(registry: &Registry, asked: &OwnedStudent) -> String {
    let check = registry.check(&asked.as_student()).expect("an answer");
    format!("{:?} {:?} {:?} {:?}", check.answer, check.known, check.unchecked, check.crowded)
}

fn answers(registry: &Registry, asked: &[OwnedStudent]) -> Vec<String> {
    asked.iter().map(|asked| answer(registry, asked)).collect()
}

/// Students found by the document of one, and by that of its guardian.
fn found(registry: &Registry, asked: &OwnedStudent) -> Vec<u32> {
    let given = |document: &OwnedDocument| (document.kind.clone(), document.number.clone());
    let mut ids = Vec::new();
    for (kind, number) in asked.documents.iter().map(given) {
        let document = GivenDocument { kind: &kind, number: &number };
        ids.extend(
            registry.by_document(document).expect("a lookup").map(|found| found.expect("a student").id.get()),
        );
    }
    for (kind, number) in asked.guardians.iter().map(|guardian| given(&guardian.document)) {
        let document = GivenDocument { kind: &kind, number: &number };
        ids.extend(
            registry.by_guardian(document).expect("a lookup").map(|found| found.expect("a student").id.get()),
        );
    }
    ids
}

/// Different children of one name part, as many as are asked for.
fn crowd(children: u16) -> Vec<OwnedStudent> {
    let first = ["洋", "国", "海", "志", "文", "春", "冬", "雪", "玉", "金"];
    let second = ["明", "伟", "静", "丽", "峰", "芳", "佳", "强", "辉", "燕"];
    let surnames = ["周", "李", "吴", "郑", "冯", "陈", "卫", "蒋"];
    let at = |list: &[&'static str], at: u16| list[usize::from(at) % list.len()];
    (0..children)
        .map(|child| {
            let name =
                format!("{}{}{}", at(&surnames, child / 3), at(&first, child), at(&second, child / 10));
            let birth = format!("2012{:02}{:02}", child / 28 % 12 + 1, child % 28 + 1);
            let mut student = student(&name, &birth, 100 + child);
            // One number that all of them claim.
            student.documents[0].number = citizen("440305", "20120101", 7);
            student
        })
        .collect()
}

/// Whoever many hold one key with is compared, wherever the key stands: in the delta, in a bucket, in a list of its
/// own; in one segment, in several, in both layers.
#[test]
fn a_key_that_many_hold_finds_them_in_every_layer() {
    for children in [20, 63, 64, 65, 80, 100, 101, 140] {
        let (plain, packed) = (made(), made());
        let all = crowd(children + 30);
        let (before, after) = all.split_at(usize::from(children));
        for (at, child) in before.iter().enumerate() {
            for made in [&plain, &packed] {
                made.enroll(child, &format!("{at}"));
            }
        }
        let same = |place: &str| {
            for asked in all.iter().step_by(7) {
                let place = format!("{children} children, {place}, {}", asked.guardians[0].phone);
                assert_eq!(answer(&packed.registry, asked), answer(&plain.registry, asked), "{place}");
                assert_eq!(found(&packed.registry, asked), found(&plain.registry, asked), "{place}");
            }
        };
        packed.registry.compact().expect("a compaction");
        same("packed");
        for (at, child) in (before.len()..).zip(after) {
            for made in [&plain, &packed] {
                made.enroll(child, &format!("{at}"));
            }
        }
        same("in two layers");
        packed.registry.compact_within(false, 1 << 20).expect("a compaction");
        same("in two segments");
        packed.registry.compact_within(true, 1 << 20).expect("a compaction");
        same("in one");
        packed.assert_clean();
        assert_eq!(export(&packed.registry), export(&plain.registry));
    }
}

/// Each thing that can be said of a packed record, said, packed and merged; held to a registry that was never packed.
#[test]
fn what_is_said_of_a_packed_record_is_the_last_word() {
    let made = made();
    let names =
        ["周洋明", "李文静", "陈思远", "黄雨桐", "赵一诺", "吴佳怡", "孙浩然", "郑梓涵", "钱多多", "王小满"];
    let children: Vec<OwnedStudent> = names
        .iter()
        .zip(1..)
        .map(|(name, at)| student(name, &format!("2010{at:02}1{}", at % 9), at * 10 + 1))
        .collect();
    let numbers: Vec<_> =
        children.iter().zip(0..).map(|(child, at)| made.issued(child, &format!("{at}"))).collect();
    let mut asked = children.clone();
    asked.extend(children.iter().map(|child| without_number(child.clone())));
    let registry = &made.registry;
    let packed = |all: bool| {
        let plain = replayed(registry, 50);
        let check = |place: &str| {
            assert_eq!(answers(registry, &asked), answers(&plain.registry, &asked), "{place}");
            assert_eq!(
                registry.statistics().expect("counts").rows,
                plain.registry.statistics().expect("counts").rows
            );
            for child in &asked {
                assert_eq!(found(registry, child), found(&plain.registry, child), "{place}");
            }
        };
        check("before");
        registry.compact_within(all, 1 << 20).expect("a compaction");
        check("after");
        made.assert_clean();
    };
    packed(false);
    // Amended twice: the record that was so, and the one that was so in between.
    for (at, name) in [(0, "周泽明"), (0, "周则铭"), (1, "李雯婧")] {
        let mut corrected = children[at].clone();
        corrected.name = name.into();
        registry.amend(&numbers[at], corrected, None, "王老师", "更正").expect("amended");
        packed(at == 1);
    }
    registry.retire(&numbers[2], "王老师", "重复").expect("retired");
    packed(false);
    // The claim to another's number ends: the keys of packed records go.
    let mut claimant = children[9].clone();
    claimant.documents = children[3].documents.clone();
    claimant.name = "欧阳若兰".into();
    claimant.guardians.clear();
    let case = made.held(&claimant, "claims");
    packed(false);
    made.resolve(case, Resolution::ProvedDifferent { owner: Some(made.id(&numbers[3])) });
    packed(false);
    registry.merge(&numbers[4], &numbers[5], "王老师", "同一人").expect("merged");
    packed(true);
    registry
        .unmerge(&numbers[5], "王老师", "并非")
        .or_else(|_| registry.unmerge(&numbers[4], "王老师", "并非"))
        .expect("taken back");
    packed(false);
    // Merged, and retired under the survivor: all of both is gone.
    let survivor = registry.merge(&numbers[6], &numbers[7], "王老师", "同一人").expect("merged");
    packed(false);
    registry.retire(&survivor, "王老师", "重复").expect("retired");
    packed(false);
    packed(true);
    // The very last is gone, and others come behind it.
    registry.retire(&numbers[9], "王老师", "重复").expect("retired");
    packed(true);
    let more = student("何嘉欣", "20120909", 501);
    made.issued(&more, "more");
    packed(false);
    packed(true);
    let made = made.reopened();
    made.assert_clean();
    assert_eq!(answers(&made.registry, &asked), answers(&replayed(&made.registry, 50).registry, &asked));
    assert_eq!(made.registry.statistics().expect("counts").segments, 1);
}

fn files(made: &Made) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(made.directory.path().join("registry/segments"))
        .expect("segments")
        .map(|file| file.expect("a file").file_name().into_string().expect("a name"))
        .collect();
    names.sort();
    names
}

#[test]
fn whoever_reads_on_has_the_files_that_were_replaced() {
    let made = made();
    let children = crowd(12);
    for (at, child) in children.iter().enumerate() {
        made.enroll(child, &format!("{at}"));
        // Few enough behind the first that they are not merged with them.
        if at == 8 || at == 11 {
            made.registry.compact().expect("a compaction");
        }
    }
    let document = children[0].documents[0].clone();
    let document = GivenDocument { kind: &document.kind, number: &document.number };
    let found = made.registry.by_document(document).expect("a lookup");
    let known = made.registry.by_document(document).expect("a lookup").count();
    let before = files(&made);
    assert_eq!(before.len(), 2);
    made.registry.compact_within(true, 1 << 20).expect("a compaction");
    assert_eq!(files(&made).len(), 1);
    assert!(before != files(&made));
    let read: Vec<_> = found.map(|found| found.expect("a student of files that are gone").id).collect();
    assert_eq!(read.len(), known);
    let before = export(&made.registry);
    let path = made.directory.path().join("registry");
    let Made { registry, directory } = made;
    drop(registry);
    let reader = builder().open_read_only(&path).expect("a reader");
    let other = builder().open_read_only(&path).expect("another");
    assert_eq!((export(&reader), export(&other)), (before.clone(), before));
    assert!(reader.compact().is_err());
    drop(directory);
}

#[test]
fn a_copy_is_whole_while_files_are_replaced() {
    let made = made();
    let children = crowd(60);
    for (at, child) in children.iter().take(20).enumerate() {
        made.enroll(child, &format!("{at}"));
    }
    made.registry.compact().expect("a compaction");
    let copies = tempfile::tempdir().expect("a directory");
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for (at, child) in children.iter().enumerate().skip(20) {
                made.enroll(child, &format!("{at}"));
                made.registry.compact_within(at % 5 == 0, 1 << 20).expect("a compaction");
            }
            is_done.store(true, Ordering::Release);
        });
        for copy in 0.. {
            if is_done.load(Ordering::Acquire) && copy > 2 {
                break;
            }
            let path = copies.path().join(format!("{copy}"));
            let sequence = made.registry.backup(&path).expect("a backup");
            let opened = builder().open(&path).expect("a registry");
            assert_eq!(opened.sequence(), sequence);
            let found = opened.verify().expect("a verification");
            assert!(found.is_clean(), "{:?}", found.faults);
        }
    });
}

/// Whose journal is whole can be made again, whatever became of what is derived from it.
#[test]
fn a_registry_without_its_segments_is_made_again_from_its_journal() {
    let made = made();
    for (at, child) in crowd(30).iter().enumerate() {
        made.enroll(child, &format!("{at}"));
    }
    made.registry.compact().expect("a compaction");
    let before = export(&made.registry);
    let path = made.directory.path().join("registry");
    let Made { registry, directory } = made;
    drop(registry);
    std::fs::remove_dir_all(path.join("segments")).expect("removed");
    let refused = builder().open(&path).expect_err("segments are missing");
    assert!(refused.to_string().contains("segment"), "{refused}");
    let journal = builder().open_journal(&path).expect("the journal");
    let again = replayed(&journal, 10);
    again.assert_clean();
    assert_eq!(export(&again.registry), before);
    drop(directory);
}

/// Callers on threads of a pool: whoever compacts must not take up another's enrolment while it waits for help.
#[test]
fn callers_of_a_pool_do_not_wait_for_each_other() {
    let (done, ended) = mpsc::channel();
    std::thread::spawn(move || {
        let made = crate::fixture::made_with(Settings::default());
        let many = |from: u32| (from..from + 3_000).map(|at| (pooled(at), format!("{at}"))).collect();
        made.registry.enroll_many(many(0)).expect("answers");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("a pool");
        pool.install(|| {
            use rayon::prelude::*;
            (0..60u32).into_par_iter().with_max_len(1).for_each(|at| match at % 15 {
                0 => drop(made.registry.compact_within(at == 0, 1 << 20).expect("a compaction")),
                7 => drop(made.registry.enroll_many(many(10_000 * at)).expect("answers")),
                _ => drop(made.enroll(&pooled(9_000_000 + at), &format!("one {at}"))),
            });
        });
        made.assert_clean();
        done.send(()).expect("somebody waits");
    });
    ended.recv_timeout(Duration::from_secs(240)).expect("nobody waits for ever");
}

/// A child with nothing but a name of its own and a passport.
fn pooled(at: u32) -> OwnedStudent {
    let letters = |at: u32| -> String {
        let mixed = at.wrapping_mul(0x9E37_79B1);
        (0..6).map(|place| char::from(b'a' + (mixed >> (place * 5) & 31) as u8 % 26)).collect()
    };
    OwnedStudent {
        documents: vec![OwnedDocument { kind: "A".into(), number: format!("P{at:09}") }],
        name: format!("{} {}", letters(at), letters(!at)),
        birthdate: format!("20{:02}{:02}{:02}", at % 20, at / 20 % 12 + 1, at / 240 % 28 + 1),
        region: "440305".into(),
        ..OwnedStudent::default()
    }
}
