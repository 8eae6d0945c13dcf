//! What only a registry can be asked: direct lookups, enrolments, checks while somebody enrols.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::error::Result;
use super::latency::Latencies;
use super::probes::Probe;
use crate::registry::Registry;
use crate::student::{GivenDocument, OwnedStudent};

/// Longest time for the durable enrolments: a slow disk must not take an hour.
const ENROLLING: Duration = Duration::from_secs(20);

/// Latencies of the lookups, by name.
pub(super) fn lookups(registry: &Registry, known: &[Probe]) -> Result<[(&'static str, Latencies); 3]> {
    let mut numbers = Vec::new();
    for probe in known {
        let check = registry.check(&probe.student.as_student())?;
        numbers.extend(check.known.first().and_then(|known| known.number));
    }
    let mut by_number = Latencies::default();
    for number in &numbers {
        by_number.time(|| registry.student(number).map(|found| std::hint::black_box(found).is_some()))?;
    }
    let mut by_document = Latencies::default();
    for document in known.iter().filter_map(|probe| probe.student.documents.first()) {
        let document = GivenDocument { kind: &document.kind, number: &document.number };
        by_document.time(|| registry.by_document(document).map(|found| found.count()))?;
    }
    let mut by_guardian = Latencies::default();
    for guardian in known.iter().filter_map(|probe| probe.student.guardians.first()) {
        let document = GivenDocument { kind: &guardian.document.kind, number: &guardian.document.number };
        by_guardian.time(|| registry.by_guardian(document).map(|found| found.count()))?;
    }
    let mut all = [("by_number", by_number), ("by_document", by_document), ("by_guardian", by_guardian)];
    all.iter_mut().for_each(|(_, latencies)| latencies.sort());
    Ok(all)
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
