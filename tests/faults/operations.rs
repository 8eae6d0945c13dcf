//! Every operation of a fixed piece of work fails once, in every way, and every one of the recovery.

use renji::registry::{Registry, RegistryError};
use renji::store::StoreError;

use crate::disk::{Asked, Disk, Fault, Operation, Unsynced};
use crate::stream::child;
use crate::workload::{Reference, open, run};
use crate::{is_thorough, quiet};

/// What came of one run with a fault.
struct Run {
    disk: Disk,
    /// Steps that were acknowledged.
    done: usize,
    /// Whether it is not known if the next one was written.
    is_unknown: bool,
    /// Whether there is a registry at all.
    is_made: bool,
}

/// Runs the steps until something fails, then looks what still goes.
fn run_with(reference: &Reference, at: u64, fault: Fault) -> Run {
    let place = format!("operation {at}, {fault:?}");
    let disk = Disk::default().failing(at, fault);
    let registry = match open(&disk) {
        Ok(registry) => registry,
        Err(error) => {
            assert!(disk.failed().is_some(), "{place}: {error}");
            expect_told(&error, &place);
            return Run { disk, done: 0, is_unknown: true, is_made: false };
        }
    };
    let mut done = 0;
    let mut is_unknown = false;
    for (step, answer) in reference.steps.iter().zip(&reference.answers) {
        match run(&registry, step) {
            Ok(given) => {
                assert_eq!(&given, answer, "{place}: {step:?}");
                done += 1;
            }
            Err(error) => {
                assert!(disk.failed().is_some(), "{place}: {step:?}: {error}");
                expect_told(&error, &place);
                is_unknown = matches!(error, RegistryError::Store(StoreError::Unknown(_)));
                look_around(&registry, reference, &disk, done, &error, &place);
                break;
            }
        }
    }
    Run { disk, done, is_unknown, is_made: true }
}

/// The error is one that says what happened.
fn expect_told(error: &RegistryError, place: &str) {
    let is_told = matches!(
        error,
        RegistryError::Store(
            StoreError::Io(_) | StoreError::Full | StoreError::Unknown(_) | StoreError::Refused
        )
    );
    assert!(is_told, "{place}: {error:?}");
}

/// After a failure: what is read is what was acknowledged, whole; a write works or is refused.
fn look_around(
    registry: &Registry,
    reference: &Reference,
    disk: &Disk,
    done: usize,
    error: &RegistryError,
    place: &str,
) {
    let failed = disk.failed();
    if let Ok(statistics) = registry.statistics() {
        assert_eq!(statistics.sequence.get(), reference.sequences[done], "{place}: something half-written");
    }
    let checked = registry.check(&child(0).as_student());
    // What could not be read cannot be told; after a failed write what was acknowledged can be read.
    let reads = matches!(failed, Some(Operation::Read | Operation::Len)) || disk.is_off();
    match checked {
        Ok(check) => assert_eq!(check.known.is_empty(), done == 0, "{place}: {check:?}"),
        Err(error) => {
            assert!(reads, "{place}: {error:?}");
            expect_told(&error, place);
        }
    }
    let more = registry.enroll(&child(70).as_student(), "afterwards");
    match more {
        Ok(_) => {}
        Err(after) => {
            expect_told(&after, place);
            let is_refused = matches!(after, RegistryError::Store(StoreError::Refused));
            let is_unknown = matches!(error, RegistryError::Store(StoreError::Unknown(_)));
            assert!(!is_unknown || is_refused, "{place}: a write after {error:?}: {after:?}");
        }
    }
}

/// Reopens what is left and holds it to what was acknowledged.
fn reopen(reference: &Reference, image: Vec<u8>, run: &Run, place: &str) {
    match open(&Disk::of(image)) {
        Ok(registry) => reference.hold(&registry, run.done, run.is_unknown, place),
        Err(error) => {
            let is_told =
                matches!(error, RegistryError::Store(StoreError::Foreign(_) | StoreError::Damaged { .. }));
            // Only a registry whose making failed may be none.
            assert!(!run.is_made && is_told, "{place}: does not open again: {error:?}");
        }
    }
}

fn every(reference: &Reference, fault: Fault, stride: u64, after: &[Option<Unsynced>]) {
    quiet();
    let last = *reference.counts.last().expect("steps");
    let stride = if is_thorough() { 1 } else { stride };
    for at in (0..last).step_by(stride as usize) {
        let run = run_with(reference, at, fault);
        for unsynced in after {
            let place = format!("operation {at}, {fault:?}, then {unsynced:?}");
            let image = match unsynced {
                // The process goes on to its end, and another comes.
                None => run.disk.image(),
                Some(unsynced) => run.disk.after_power_cut(*unsynced, at),
            };
            reopen(reference, image, &run, &place);
        }
    }
}

/// The state of a run before an operation, when nothing went wrong until then.
fn run_until(reference: &Reference, at: u64) -> Run {
    let made = reference.counts.partition_point(|count| *count <= at);
    Run { disk: Disk::default(), done: made.saturating_sub(1), is_unknown: true, is_made: made > 0 }
}

/// What a run asked of the disk, done again operation by operation: a process that is gone learns nothing of
/// what came after, so that the run itself need not be repeated.
#[test]
fn the_power_fails_at_every_operation() {
    quiet();
    let reference = Reference::new();
    let disk = Disk::default();
    let mut images = 0;
    for (at, asked) in (0..).zip(&reference.log) {
        if let Asked::Other = asked {
            continue;
        }
        let run = run_until(&reference, at);
        for unsynced in [Unsynced::Lost, Unsynced::Kept, Unsynced::Torn] {
            if let Asked::Write(to, data) = asked {
                let image = disk.after_torn_write(*to, data, unsynced, at);
                reopen(&reference, image, &run, &format!("operation {at}, torn, others {unsynced:?}"));
                images += 1;
            }
        }
        disk.repeat(asked);
        let run = run_until(&reference, at + 1);
        for unsynced in [Unsynced::Lost, Unsynced::Kept, Unsynced::Torn] {
            if unsynced == Unsynced::Lost && !matches!(asked, Asked::Sync) {
                continue;
            }
            let image = disk.after_power_cut(unsynced, at);
            reopen(&reference, image, &run, &format!("operation {at}, then {unsynced:?}"));
            images += 1;
        }
    }
    eprintln!("{} operations, {images} images", reference.log.len());
}

/// And the process that is still there when the disk is gone: it is told, and reads nothing wrong.
#[test]
fn the_disk_is_gone_after_any_operation() {
    let reference = Reference::new();
    every(&reference, Fault::Crash, 3, &[Some(Unsynced::Lost), Some(Unsynced::Torn)]);
}

#[test]
fn every_operation_fails_with_an_error() {
    let reference = Reference::new();
    every(&reference, Fault::Error, 1, &[None, Some(Unsynced::Lost), Some(Unsynced::Torn)]);
}

#[test]
fn every_write_ends_short() {
    let reference = Reference::new();
    every(&reference, Fault::Short, 1, &[None, Some(Unsynced::Lost), Some(Unsynced::Torn)]);
}

#[test]
fn every_write_meets_a_full_disk() {
    let reference = Reference::new();
    every(&reference, Fault::Full, 1, &[None, Some(Unsynced::Lost), Some(Unsynced::Torn)]);
}

#[test]
fn the_recovery_fails_at_every_operation() {
    quiet();
    let reference = Reference::new();
    let last = *reference.counts.last().expect("steps");
    let stride = if is_thorough() { 1 } else { 149 };
    let mut recoveries = 0;
    for at in (reference.counts[0]..last).step_by(stride) {
        let run = run_with(&reference, at, Fault::Crash);
        let image = run.disk.after_power_cut(Unsynced::Torn, at);
        for fault in [Fault::Crash, Fault::Torn, Fault::Error, Fault::Short, Fault::Full] {
            for again in 0.. {
                let disk = Disk::of(image.clone()).failing(again, fault);
                let place = format!("operation {at}, then {again} of the recovery, {fault:?}");
                let opened = open(&disk);
                let count = disk.count();
                match opened {
                    Ok(registry) => {
                        // It may fail later, or be of no consequence.
                        assert!(registry.sequence().get() >= reference.sequences[run.done], "{place}");
                    }
                    Err(error) => expect_told(&error, &place),
                }
                recoveries += 1;
                let left = match fault {
                    Fault::Crash | Fault::Torn => disk.after_power_cut(Unsynced::Torn, again),
                    _ => disk.image(),
                };
                let place = format!("{place}, reopened");
                reopen(&reference, left, &run, &place);
                if again >= count {
                    break;
                }
            }
        }
    }
    eprintln!("{recoveries} recoveries");
}
