//! `renji reconcile` on pairs of made-up files with differences planted: each class is found where it was planted and
//! nowhere else.

mod admissions;
mod counts;
mod diploma;
mod enrolment;
mod population;
mod registry;

use std::collections::BTreeMap;

use renji::synth::{Config, Nation, Rates};

use crate::fixture::{Fixture, code, said};

/// A row of a made-up file: texts by column.
pub(super) type Row = BTreeMap<&'static str, String>;

/// The columns of a made-up file that are used here.
const COLUMNS: [&str; 16] = [
    "record_id",
    "id_type",
    "id_number",
    "name",
    "former_name",
    "sex",
    "birthdate",
    "region",
    "guardian1_name",
    "guardian1_id",
    "guardian2_name",
    "guardian2_id",
    "phone",
    "address",
    "school_code",
    "enrolled",
];

/// Children of a made-up nation, twins and siblings among them, each recorded once and rightly.
pub(super) fn children(count: u64, seed: u64) -> Vec<Row> {
    let mut config = Config { students: count, seed, rates: Rates::default() };
    for name in ["duplicates", "no_id", "foreign", "hong_kong", "strangers", "conflicts", "placeholders"] {
        config.rates.set(name, 0.0).expect("a rate");
    }
    let mut file = Vec::new();
    Nation::new(config).expect("a nation").write(&mut file, None).expect("written to memory");
    let text = String::from_utf8(file).expect("text");
    let mut lines = text.lines();
    assert_eq!(lines.next().expect("a header").split(',').collect::<Vec<_>>(), COLUMNS);
    lines.map(|line| COLUMNS.into_iter().zip(line.split(',').map(str::to_owned)).collect()).collect()
}

/// Rows as a file with these columns.
pub(super) fn csv(columns: &[&'static str], rows: &[Row]) -> String {
    let mut text = columns.join(",") + "\n";
    for row in rows {
        let cells: Vec<&str> =
            columns.iter().map(|column| row.get(column).map_or("", String::as_str)).collect();
        text += &cells.join(",");
        text.push('\n');
    }
    text
}

/// Runs the command in English; it must be done.
pub(super) fn reconcile(fixture: &Fixture, arguments: &[&str]) -> String {
    let output = fixture.renji(&[&["reconcile"], arguments].concat());
    assert_eq!(code(&output), 0, "{}", said(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The rows of a list, by the texts of its header. No cell of these lists holds a comma.
pub(super) fn list(fixture: &Fixture, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = fixture.text(name);
    let mut lines = text.trim_start_matches('\u{FEFF}').lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    lines
        .map(|line| {
            header.iter().map(|name| (*name).to_owned()).zip(line.split(',').map(str::to_owned)).collect()
        })
        .collect()
}

/// A valid citizen number with another sequence: nobody of a made-up nation has it, for sequences end in 9xx only by
/// chance and these are looked up before they are used.
pub(super) fn other_number(number: &str, sequence: u32) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("{}{sequence:03}", &number[..14]);
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = char::from(b"10X98765432"[(sum % 11) as usize]);
    format!("{body}{check}")
}

/// How often each standing was planted and found, and how often found where planted.
#[derive(Debug, Default)]
pub(super) struct Score(BTreeMap<String, [u32; 3]>);

impl Score {
    pub(super) fn add(&mut self, planted: &str, found: &str) {
        self.0.entry(planted.to_owned()).or_default()[0] += 1;
        self.0.entry(found.to_owned()).or_default()[1] += 1;
        if planted == found {
            self.0.entry(planted.to_owned()).or_default()[2] += 1;
        }
    }

    /// Precision and recall of each standing are at least this.
    pub(super) fn assert_at_least(&self, bounds: &[(&str, f64)]) {
        for (standing, [planted, found, right]) in &self.0 {
            let bound = bounds.iter().find(|(name, _)| name == standing).map_or(1.0, |(_, bound)| *bound);
            let share = |of: u32| if of == 0 { 0.0 } else { f64::from(*right) / f64::from(of) };
            assert!(
                share(*planted) >= bound && share(*found) >= bound,
                "{standing}: {planted} planted, {found} found, {right} right: {self:?}"
            );
        }
    }
}
