//! Equal bytes: the lists depend neither on the number of threads, nor on the order of the rows, nor on how
//! the rows are divided into files, nor on how much memory there is. Through the library and through the binary.
//!
//! Not compared: `summary.json`, which holds times and memory, and `rejected.csv`, which names file and row.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use renji::dedupe::{Batch, Dedupe, Findings, Settings};
use renji::hash::mix;
use renji::language::Language;
use renji::matching::{Model, Reasons, Verdict};
use renji::report::{Existing, OutputDirectory, write_findings};
use renji::source::{Source, SourceOptions};
use renji::synth::{Config, Nation, Rates};

use crate::fixture::{Fixture, code, said};

/// A header, and rows in the order in which they were made up.
struct Rows {
    header: String,
    rows: Vec<String>,
}

impl Rows {
    /// 3,000 students with errors in plenty, and what only a large file has: a number that 120 rows hold, a
    /// name and birthday that 120 rows hold, ids that were given twice, a record between two with numbers.
    fn made_up() -> Rows {
        let mut rates = Rates::default();
        for (name, value) in [
            ("duplicates", 0.3),
            ("conflicts", 0.03),
            ("strangers", 0.03),
            ("twins", 0.15),
            ("no_id", 0.05),
            ("placeholders", 0.1),
            ("foreign", 0.02),
            ("hong_kong", 0.02),
            ("two_errors", 0.6),
        ] {
            rates.set(name, value).expect("a rate of the made-up nation");
        }
        let nation = Nation::new(Config { students: 3_000, seed: 7, rates }).expect("a nation");
        let mut text = Vec::new();
        nation.write(&mut text, None).expect("writing to memory");
        let text = String::from_utf8(text).expect("text");
        let (header, rows) = text.split_once('\n').expect("a header");
        let mut rows: Vec<String> = rows.lines().map(str::to_owned).collect();
        let columns = header.split(',').count();
        let mut add = |id: &str, number: &str, name: &str, birthdate: &str| {
            let cell = |column: &str| match column {
                "record_id" => id.to_owned(),
                "id_number" => number.to_owned(),
                "name" => name.to_owned(),
                "birthdate" => birthdate.to_owned(),
                "region" => "110105".to_owned(),
                // One household for the three of whom two hold numbers.
                "guardian1_name" if id.starts_with("between") => "王大山".to_owned(),
                "guardian1_id" if id.starts_with("between") => "11010519491231002X".to_owned(),
                _ => String::new(),
            };
            let cells: Vec<String> = header.split(',').map(cell).collect();
            assert_eq!(cells.len(), columns);
            rows.push(cells.join(","));
        };
        let given = ["伟", "强", "静", "丽", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "超"];
        for at in 0..120 {
            let name = format!("王{}", given[at % given.len()]);
            add(&format!("clerk{at:03}"), "110105201005150010", &name, "20100515");
            add(&format!("wei{at:03}"), "", "张伟", "20100101");
        }
        for (id, number) in [("1", "110105201005150053"), ("2", "110105201005150096"), ("3", "")] {
            add(&format!("between{id}"), number, "王小明", "20100515");
        }
        for at in 0..10 {
            add("twice", "", &format!("李{}", given[at % 7]), "20110203");
        }
        Rows { header: header.to_owned(), rows }
    }

    /// The rows in another order (Fisher and Yates), told by the seed.
    fn shuffled(&self, seed: u64) -> Rows {
        let mut rows = self.rows.clone();
        for at in (1..rows.len()).rev() {
            let other = mix(seed, at as u64) % (at as u64 + 1);
            rows.swap(at, other as usize);
        }
        Rows { header: self.header.clone(), rows }
    }

    /// Writes the rows as `parts` files; tells their names.
    fn write(&self, fixture: &Fixture, name: &str, parts: usize) -> Vec<String> {
        let size = self.rows.len().div_ceil(parts);
        let write = |(part, rows): (usize, &[String])| {
            let name = format!("{name}-{part}.csv");
            fixture.file(&name, format!("{}\n{}\n", self.header, rows.join("\n")));
            name
        };
        self.rows.chunks(size).enumerate().map(write).collect()
    }
}

/// The lists of a result, by their names.
fn lists(out: &Path) -> BTreeMap<String, String> {
    let problems = std::fs::read_dir(out.join("problems")).expect("problem lists");
    let mut names: Vec<PathBuf> = problems.map(|entry| entry.expect("an entry").path()).collect();
    names.extend(["pairs.csv", "clusters.csv"].map(|name| out.join(name)));
    let read = |path: PathBuf| {
        let name = path.strip_prefix(out).expect("in the result").display().to_string();
        (name, std::fs::read_to_string(&path).expect("a list"))
    };
    names.into_iter().map(read).collect()
}

/// Where two results differ: the list and the first line, not a wall of text.
fn assert_equal(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>, what: &str) {
    assert!(one.keys().eq(other.keys()), "{what}: other lists");
    for (name, text) in one {
        let differing = text.lines().zip(other[name].lines()).find(|(a, b)| a != b);
        assert_eq!(differing, None, "{what}: {name}");
        assert_eq!(text.len(), other[name].len(), "{what}: {name}");
    }
}

fn by_library(fixture: &Fixture, files: &[String], threads: usize, memory_bytes: u64) -> Findings {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    pool.install(|| {
        let temporary = fixture.path().to_owned();
        let mut dedupe = Dedupe::new(Settings { memory_bytes, temporary, ..Settings::default() });
        for (file, name) in (0..).zip(files) {
            let path = fixture.path().join(name);
            let source = Source::open(&path, file, &SourceOptions::default()).expect("a readable file");
            let add = |chunk: renji::source::ChunkResult<Batch>| {
                dedupe.add(chunk.value).expect("a disk with room");
                ControlFlow::Continue(())
            };
            source.for_each_chunk(Batch::default, Batch::push, add).expect("readable to its end");
        }
        dedupe.run(&Model::default(), &()).expect("nobody cancels")
    })
}

fn written(fixture: &Fixture, findings: &Findings, out: &str) -> BTreeMap<String, String> {
    let out = fixture.path().join(out);
    let directory = OutputDirectory::create(&out, Existing::Keep).expect("a free place");
    write_findings(&directory, findings, Language::En).expect("writing");
    directory.publish().expect("publishing");
    lists(&out)
}

#[test]
fn by_the_library() {
    let fixture = Fixture::new();
    let rows = Rows::made_up();
    let findings = by_library(&fixture, &rows.write(&fixture, "whole", 1), 1, u64::MAX);
    // The file is hard enough to tell something.
    let count = |verdict| findings.count(verdict);
    assert!(count(Verdict::Same) > 300 && count(Verdict::Conflict) > 30 && count(Verdict::Review) > 30);
    assert!(findings.families.iter().any(|family| family.skipped_blocks > 0), "no key is too heavy");
    assert!(findings.families.iter().filter(|family| family.divided > 0).count() >= 2);
    assert_eq!(findings.repeated_ids, 9);
    let is_broken = |reasons: Reasons| reasons.contains(Reasons::WEAKEST_LINK);
    assert!(findings.pairs.iter().any(|pair| is_broken(pair.judgement.reasons)), "no link gave way");
    let expected = written(&fixture, &findings, "expected");
    for turn in 0..4u64 {
        let name = format!("turn{turn}");
        let files = rows.shuffled(turn).write(&fixture, &name, 1 + 3 * turn as usize);
        let memory_bytes = [0, u64::MAX, 300_000, 1_000_000][turn as usize];
        let found = by_library(&fixture, &files, 1 + turn as usize % 2, memory_bytes);
        assert_eq!(found.spilled_bytes == 0, memory_bytes == u64::MAX, "{name}");
        assert_eq!(findings.families, found.families, "{name}");
        assert_equal(&expected, &written(&fixture, &found, &format!("{name}-out")), &name);
    }
}

#[test]
fn by_the_binary() {
    let fixture = Fixture::new();
    let rows = Rows::made_up();
    let run = |files: &[String], out: &str, threads: &str| {
        let mut arguments = vec!["dedupe", "--quiet", "--out", out, "--threads", threads];
        arguments.extend(files.iter().map(String::as_str));
        let output = fixture.renji(&arguments);
        assert_eq!(code(&output), 0, "{}", said(&output));
        lists(&fixture.path().join(out))
    };
    let whole = rows.write(&fixture, "whole", 1);
    let one = run(&whole, "one", "1");
    let two = run(&whole, "two", "2");
    assert_equal(&one, &two, "threads");
    assert_eq!(fixture.text("one/rejected.csv"), fixture.text("two/rejected.csv"));
    let shuffled = rows.shuffled(11);
    let arguments =
        ["dedupe", "--quiet", "--out", "small", "--memory", "64MiB", "--temp", ".", "whole-0.csv"];
    let output = fixture.renji(&arguments);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert_equal(&one, &lists(&fixture.path().join("small")), "little memory");
    assert!(fixture.text("small/summary.json").contains("\"memory_budget_bytes\": 67108864"));
    assert_equal(&one, &run(&shuffled.write(&fixture, "shuffled", 1), "three", "2"), "shuffled");
    assert_equal(&one, &run(&rows.write(&fixture, "divided", 2), "four", "2"), "two files");
    let mut files = rows.shuffled(12).write(&fixture, "both", 2);
    files.reverse();
    assert_equal(&one, &run(&files, "five", "1"), "two files, shuffled, the second first");
    // The library and the binary say the same.
    let findings = by_library(&fixture, &whole, 2, u64::MAX);
    assert_equal(&one, &written(&fixture, &findings, "library"), "library");
}
