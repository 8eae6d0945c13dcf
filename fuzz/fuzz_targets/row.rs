//! A file of students: no panic, every row is shown or rejected, each shown row gives an identity and
//! a bounded number of keys, and the file read again gives the same.
#![no_main]

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use renji::identity::Identity;
use renji::key::{self, Family};
use renji::source::{Source, SourceOptions};
use renji::student::Column;

static PATH: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("renji-fuzz-{}.csv", std::process::id())));

/// The default header: inputs that begin with `+` need not find it themselves.
static HEADER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut header = Column::ALL.map(Column::code).join(",").into_bytes();
    header.push(b'\n');
    header
});

/// What a row gave: how many cells could not be read, and its keys.
type Read = (u32, usize, Vec<(Family, u64)>);

/// The rows that were shown, and those that were rejected.
fn read(source: &Source) -> (Vec<Read>, Vec<u32>) {
    let (mut shown, mut rejected) = (Vec::new(), Vec::new());
    let totals = source.for_each_chunk(
        Vec::new,
        |rows: &mut Vec<Read>, student, origin| {
            let mut issues = Vec::new();
            let identity = Identity::of(student, &mut issues);
            let mut keys = Vec::new();
            key::keys(&identity, |family, hash| keys.push((family, hash)));
            for family in Family::ALL {
                let _ = key::finer(family, &identity);
            }
            rows.push((origin.row, issues.len(), keys));
        },
        |chunk| {
            shown.extend(chunk.value);
            rejected.extend(chunk.rejected.iter().map(|row| row.origin.row));
            ControlFlow::Continue(())
        },
    );
    if let Ok(totals) = totals {
        assert_eq!(totals.rows, (shown.len() + rejected.len()) as u64);
        assert_eq!(totals.rejected, rejected.len() as u64);
    }
    (shown, rejected)
}

fuzz_target!(|data: &[u8]| {
    let bytes = match data.strip_prefix(b"+") {
        Some(rows) => [HEADER.as_slice(), rows].concat(),
        None => data.to_vec(),
    };
    std::fs::write(&*PATH, &bytes).expect("the temporary directory can be written");
    let Ok(source) = Source::open(&PATH, 0, &SourceOptions::default()) else { return };
    let (shown, rejected) = read(&source);
    let mut rows: Vec<u32> = shown.iter().map(|(row, ..)| *row).chain(rejected.iter().copied()).collect();
    rows.sort_unstable();
    assert!(rows.is_sorted_by(|a, b| a < b), "one row twice");
    assert!(shown.iter().all(|(.., keys)| keys.len() <= 400));
    assert!((shown, rejected) == read(&source), "read again it is another");
});
