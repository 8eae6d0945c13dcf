//! Kills a process that enrols, again and again, and holds the registry to what was answered.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use renji::number::RegistryNumber;
use renji::registry::{Enrolled, Registry, request_of};

use crate::setting;
use crate::stream::{Random, request, student};
use crate::worker::{ANSWERS, DIRECTORY, REGISTRY, ROUND, line, open};

/// Rounds after which a new directory is taken.
const ROUNDS: u64 = 25;
const SIGKILL: i32 = 9;

#[test]
fn every_answer_stands_after_a_kill() {
    let (kills, seed) = (setting("RENJI_KILLS", 200), setting("RENJI_SEED", 1));
    let mut random = Random::new(seed);
    let (mut killed, mut answered, mut rounds, mut packed) = (0, 0, 0, 0);
    let began = Instant::now();
    while killed < kills {
        let directory = tempfile::tempdir().expect("a directory");
        let mut checked = 0;
        for round in 0..ROUNDS {
            // A third in the first moments, when the registry is made or opened; the others deep in the work.
            let most = if random.below(3) == 0 { 30 } else { 300 };
            let wait = Duration::from_micros(random.below(most * 1000));
            killed += u64::from(ends_by_kill(directory.path(), "worker::work", round, wait));
            rounds += 1;
            checked = check(directory.path(), checked, &format!("seed {seed}, kill {killed}"));
        }
        answered += checked;
        let registry = open(directory.path()).expect("the registry again");
        packed += u64::from(registry.statistics().expect("statistics").segments > 0);
    }
    assert!(packed > 0, "nothing was ever packed");
    eprintln!(
        "{killed} kills in {rounds} rounds, {answered} answers, {:.1} s",
        began.elapsed().as_secs_f64()
    );
}

/// One life of a worker, a test of this program; whether it was ended by the kill and not by itself.
pub(crate) fn ends_by_kill(directory: &Path, worker: &str, round: u64, wait: Duration) -> bool {
    let mut worker = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", worker, "--ignored", "--test-threads=1"])
        .env(DIRECTORY, directory)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    std::thread::sleep(wait);
    worker.kill().expect("a process to kill");
    let output = worker.wait_with_output().expect("its end");
    let is_killed = output.status.signal() == Some(SIGKILL);
    assert!(
        is_killed || output.status.success(),
        "the worker failed: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    is_killed
}

/// Nothing is left of a compaction that did not come to its end.
pub(crate) fn assert_only_listed(registry: &Registry, directory: &Path, place: &str) {
    let files = std::fs::read_dir(directory.join(REGISTRY).join("segments")).into_iter().flatten();
    let names: Vec<_> = files.map(|file| file.expect("a file").file_name()).collect();
    let listed = registry.statistics().expect("statistics").segments;
    assert_eq!(names.len() as u64, listed, "{place}: {names:?}");
}

/// Reopens the registry and asks everything again that was ever answered. Returns how many answers there are.
fn check(directory: &Path, before: usize, place: &str) -> usize {
    let text = std::fs::read_to_string(directory.join(ANSWERS)).unwrap_or_default();
    // The last line may have been cut short: that answer was not given.
    let lines: Vec<&str> = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).collect();
    assert!(lines.len() >= before, "{place}: the file of answers shrank");
    let indices: Vec<u64> = lines
        .iter()
        .map(|line| line.split('\t').next().and_then(|index| index.parse().ok()).expect("an index"))
        .collect();
    let registry = open(directory).unwrap_or_else(|error| panic!("{place}: {error}"));
    let found = registry.verify().unwrap_or_else(|error| panic!("{place}: {error}"));
    assert!(found.is_clean(), "{place}: {:?}", found.faults);

    assert_only_listed(&registry, directory, place);
    let sequence = registry.sequence();
    let asked = indices.iter().map(|index| (student(*index), request(*index))).collect();
    let answers = registry.enroll_many(asked).unwrap_or_else(|error| panic!("{place}: {error}"));
    assert_eq!(registry.sequence(), sequence, "{place}: something that was answered had to be written again");
    let mut issued: HashMap<RegistryNumber, u64> = HashMap::new();
    let mut known: BTreeMap<String, RegistryNumber> = BTreeMap::new();
    for ((index, was), answer) in indices.iter().zip(&lines).zip(answers) {
        let answer = answer.unwrap_or_else(|error| panic!("{place}: request {index}: {error}"));
        assert_eq!(line(*index, &answer), **was, "{place}: another answer");
        let number = match answer {
            Enrolled::Issued(number) => {
                let by = *issued.entry(number).or_insert(*index);
                assert_eq!(by, *index, "{place}: {number} was issued twice");
                number
            }
            Enrolled::Existing { number, .. } => number,
            Enrolled::Held { .. } => continue,
        };
        // Equal records are one child, and a child has one number.
        let one = *known.entry(request_of(&student(*index).as_student())).or_insert(number);
        assert_eq!(one, number, "{place}: request {index}: one child with two numbers");
        let holder = registry.student(&number).expect("a lookup");
        let holder = holder.unwrap_or_else(|| panic!("{place}: nobody holds {number}"));
        assert_eq!(holder.state.number, Some(number), "{place}: not the holder's number any more");
    }
    lines.len()
}
