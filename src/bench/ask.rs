//! What only a registry can be asked: direct lookups, enrolments, checks while somebody enrols.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::error::Result;
use super::latency::Latencies;
use super::probes::Probe;
use crate::registry::{Registry, RegistryError};
use crate::student::{GivenDocument, OwnedDocument, OwnedStudent};

/// Longest time for the durable enrolments: a slow disk must not take an hour.
const ENROLLING: Duration = Duration::from_secs(20);

/// Latencies of the lookups, by name.
pub(super) fn lookups(registry: &Registry, known: &[Probe]) -> Result<[(&'static str, Latencies); 3]> {
    let mut numbers = Vec::new();
    for probe in known {
        let check = registry.check(&probe.student.as_student())?;
        numbers.extend(check.known.first().and_then(|known| known.number));
    }
    let of_students = known.iter().filter_map(|probe| probe.student.documents.first());
    let of_guardians =
        known.iter().filter_map(|probe| probe.student.guardians.first()).map(|guardian| &guardian.document);
    Ok([
        ("by_number", twice(&numbers, |number| registry.student(number).map(|found| found.is_some()))?),
        (
            "by_document",
            twice(&of_students.collect::<Vec<_>>(), |document| {
                registry.by_document(given(document)).map(|found| found.count())
            })?,
        ),
        (
            "by_guardian",
            twice(&of_guardians.collect::<Vec<_>>(), |document| {
                registry.by_guardian(given(document)).map(|found| found.count())
            })?,
        ),
    ])
}

fn given(document: &OwnedDocument) -> GivenDocument<'_> {
    GivenDocument { kind: &document.kind, number: &document.number }
}

/// Asks each question once so that what it needs is in memory, and once more against the clock.
fn twice<T, A>(items: &[T], ask: impl Fn(&T) -> std::result::Result<A, RegistryError>) -> Result<Latencies> {
    for item in items {
        ask(item)?;
    }
    let mut latencies = Latencies::default();
    for item in items {
        std::hint::black_box(latencies.time(|| ask(item))?);
    }
    latencies.sort();
    Ok(latencies)
}

/// Enrols students one after the other, each on disk before the next.
pub(super) fn enroll(registry: &Registry, students: &[OwnedStudent]) -> Result<Latencies> {
    let mut latencies = Latencies::default();
    let clock = Instant::now();
    for (student, at) in students.iter().zip(0..) {
        latencies.time(|| registry.enroll(&student.as_student(), &format!("bench-{at}")))?;
        if clock.elapsed() > ENROLLING {
            break;
        }
    }
    latencies.sort();
    Ok(latencies)
}

/// Checks while another thread enrols without a pause; says how many it enrolled meanwhile.
pub(super) fn while_writing(
    registry: &Registry,
    probes: &[Probe],
    students: &[OwnedStudent],
) -> Result<(Latencies, u64)> {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| -> Result<u64> {
            let mut enrolled = 0;
            for (student, at) in students.iter().zip(0_u64..) {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                registry.enroll(&student.as_student(), &format!("busy-{at}"))?;
                enrolled += 1;
            }
            Ok(enrolled)
        });
        let mut latencies = Latencies::default();
        let mut checked = Ok(());
        for probe in probes {
            // Without the writer it would be another figure.
            if writer.is_finished() {
                break;
            }
            checked = latencies.time(|| registry.check(&probe.student.as_student()).map(|_| ()));
            if checked.is_err() {
                break;
            }
        }
        stop.store(true, Ordering::Relaxed);
        // INVARIANT: a panic of the writer is the writer's; it goes on here.
        let enrolled = writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        checked?;
        latencies.sort();
        Ok((latencies, enrolled))
    })
}
