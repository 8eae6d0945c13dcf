//! A full disk: the write fails and says so, reading goes on, and when there is space again so do writes.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use renji::registry::{Answer, Enrolled, Registry, RegistryError, Settings};
use renji::store::StoreError;

use crate::disk::{Disk, Unsynced};
use crate::stream::child;
use crate::workload::open;

fn is_full(answer: &Result<Enrolled, RegistryError>) -> bool {
    matches!(answer, Err(RegistryError::Store(StoreError::Full)))
}

#[test]
fn readers_read_on_and_writes_go_on_when_there_is_space() {
    let disk = Disk::default();
    let registry = open(&disk).expect("a registry");
    let enroll = |ordinal: u64| registry.enroll(&child(ordinal).as_student(), &format!("request-{ordinal}"));
    let assert_known = |ordinal: u64, expected| {
        let check = registry.check(&child(ordinal).as_student()).expect("an answer");
        assert_eq!(check.answer, expected, "child {ordinal}");
    };
    for turn in 0..20 {
        let first = turn * 10;
        let answers: Vec<_> = (first..first + 5).map(|child| enroll(child).expect("an answer")).collect();
        let sequence = registry.sequence();
        disk.fill();
        for ordinal in first + 5..first + 8 {
            assert!(is_full(&enroll(ordinal)), "turn {turn}");
            // Nothing of it is there, and what was there is.
            assert_known(ordinal, Answer::Clear);
            assert_known(first, Answer::Known);
            assert_eq!(registry.sequence(), sequence);
            assert!(registry.verify().expect("a verification").is_clean());
        }
        // A request that was answered is answered, disk or no disk.
        assert_eq!(enroll(first).expect("an answer"), answers[0]);
        disk.relieve();
        assert!(matches!(enroll(first + 5), Ok(Enrolled::Issued(_))));
        assert_known(first + 5, Answer::Known);
    }
    assert!(registry.verify().expect("a verification").is_clean());
    let sequence = registry.sequence();
    // The power fails: what was acknowledged is there.
    let again = open(&Disk::of(disk.after_power_cut(Unsynced::Lost, 1))).expect("a registry");
    assert_eq!(again.sequence(), sequence);
    assert!(again.verify().expect("a verification").is_clean());
}

#[test]
fn a_disk_that_fills_up_under_eight_threads_issues_nothing_twice() {
    let disk = Disk::default();
    let registry = open(&disk).expect("a registry");
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (registry, is_done, disk) = (&registry, &is_done, &disk);
        scope.spawn(move || {
            while !is_done.load(Ordering::Acquire) {
                disk.fill();
                std::thread::sleep(Duration::from_millis(1));
                disk.relieve();
                // Long enough for some writes.
                std::thread::sleep(Duration::from_millis(15));
            }
        });
        let threads: Vec<_> = (0..8u64)
            .map(|thread| {
                scope.spawn(move || {
                    for ordinal in 0..60 {
                        let request = format!("{ordinal}-{thread}");
                        let mut answer = registry.enroll(&child(ordinal).as_student(), &request);
                        while is_full(&answer) {
                            answer = registry.enroll(&child(ordinal).as_student(), &request);
                        }
                        // The disk was full between the two syncs of a commit: only reopening tells.
                        if answer.as_ref().is_err_and(RegistryError::is_outcome_unknown) {
                            return;
                        }
                        let number = match answer.expect("an answer") {
                            Enrolled::Issued(number) | Enrolled::Existing { number, .. } => number,
                            held => panic!("child {ordinal}: {held:?}"),
                        };
                        // Whoever reads just when the database is opened again is told so, and asks again.
                        let holder = (0..5_000).find_map(|_| {
                            let found = registry.student(&number).ok();
                            if found.is_none() {
                                std::thread::sleep(Duration::from_millis(1));
                            }
                            found
                        });
                        let holder = holder.expect("a lookup").expect("a student");
                        assert_eq!(holder.record.name, child(ordinal).name);
                    }
                })
            })
            .collect();
        // IMPORTANT: the disk's thread ends before a failure is told, or it would be waited for for ever.
        let ends: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
        is_done.store(true, Ordering::Release);
        ends.into_iter().for_each(|end| end.expect("a thread"));
    });
    drop(registry);
    disk.relieve();
    let registry = open(&disk).expect("the registry again");
    for (ordinal, thread) in (0..60).flat_map(|ordinal| (0..8).map(move |thread| (ordinal, thread))) {
        let request = format!("{ordinal}-{thread}");
        let answer = registry.enroll(&child(ordinal).as_student(), &request).expect("an answer");
        assert!(!matches!(answer, Enrolled::Held { .. }), "child {ordinal}: {answer:?}");
    }
    assert_eq!(registry.statistics().expect("statistics").numbered, 60);
    assert!(registry.verify().expect("a verification").is_clean());
}

const DIRECTORY: &str = "RENJI_LIMITED_DIRECTORY";

/// Enrols until the file may not grow any more.
#[test]
#[ignore = "is run by the next test, as a process of its own with a limit on files"]
fn enrol_until_full() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let registry = Registry::builder().cache_bytes(1 << 20).create(directory, Settings::default()).unwrap();
    let mut enrolled = 0;
    for ordinal in 0.. {
        let answer = registry.enroll(&child(ordinal).as_student(), &format!("request-{ordinal}"));
        if is_full(&answer) {
            break;
        }
        answer.expect("an answer");
        enrolled += 1;
    }
    for ordinal in 0..enrolled {
        let check = registry.check(&child(ordinal).as_student()).expect("an answer");
        assert_eq!(check.answer, Answer::Known);
    }
    assert!(registry.verify().expect("a verification").is_clean());
    println!("enrolled {enrolled}.");
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_may_not_grow_is_a_full_disk() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("registry");
    // Blocks of 512 or 1,024 bytes, as the shell has it; the signal of the limit is not to end the process.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 3000; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", "full::enrol_until_full", "--ignored", "--nocapture"])
        .env(DIRECTORY, &path)
        .output()
        .expect("a process");
    let text = String::from_utf8_lossy(&output.stdout);
    let enrolled: Option<u64> =
        text.split("enrolled ").nth(1).and_then(|rest| rest.split('.').next()).and_then(|n| n.parse().ok());
    assert!(
        output.status.success() && enrolled > Some(20),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let registry = Registry::open(&path).expect("a registry");
    assert_eq!(Some(registry.statistics().expect("statistics").numbered), enrolled);
    assert!(registry.verify().expect("a verification").is_clean());
    assert!(matches!(registry.enroll(&child(7_000).as_student(), "more"), Ok(Enrolled::Issued(_))));
}
