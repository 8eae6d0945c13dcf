//! What holds of a whole nation: the same bytes, valid numbers, rates kept, and a truth that is told nowhere else.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::identity::document::check::is_mod_11_2;

/// The file and the truth of a nation, made at a number of threads.
fn written(config: Config, threads: usize) -> (String, String) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let nation = Nation::new(config).unwrap();
    let (mut file, mut truth) = (Vec::new(), Vec::new());
    let rows = pool.install(|| nation.write(&mut file, Some(&mut truth)).unwrap().rows);
    assert_eq!(rows, nation.students);
    (String::from_utf8(file).unwrap(), String::from_utf8(truth).unwrap())
}

/// The cells of each row below the header. No cell holds a line break, and none a quotation mark.
fn cells(text: &str) -> Vec<Vec<String>> {
    let row = |line: &str| {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                _ => cells.last_mut().unwrap().push(c),
            }
        }
        cells
    };
    text.lines().skip(1).map(row).collect()
}

fn config(students: u64, seed: u64) -> Config {
    Config { students, seed, ..Config::default() }
}

#[test]
fn the_same_seed_gives_the_same_bytes_at_any_number_of_threads() {
    let one = written(config(20_000, 3), 1);
    assert_eq!(one, written(config(20_000, 3), 2));
    assert_ne!(one.0, written(config(20_000, 4), 1).0);
}

#[test]
fn the_bytes_of_a_seed_never_change_unnoticed() {
    // A new value here means that published figures on made-up nations must be measured again.
    let (file, truth) = written(config(5_000, 1), 1);
    let digest = |text: &str| crate::hash::hash_bytes(0, text.as_bytes());
    assert_eq!((digest(&file), digest(&truth)), GOLDEN, "the made-up nation changed");
}

const GOLDEN: (u64, u64) = (14_387_892_430_671_647_107, 6_459_207_975_342_310_109);

#[test]
fn every_size_has_its_rows() {
    for students in [0, 1, 2, 7, 4_095, 4_096, 4_097, 9_000] {
        let (file, truth) = written(config(students, 11), 1);
        assert_eq!(file.lines().count() as u64, students + 1);
        assert_eq!(truth.lines().count() as u64, students + 1);
    }
}

#[test]
fn truth_has_one_row_for_each_row_and_every_original_stands_in_the_file() {
    let (file, truth) = written(config(50_000, 5), 2);
    let (file, truth) = (cells(&file), cells(&truth));
    let ids = |rows: &[Vec<String>]| rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&file), ids(&truth));
    assert_eq!(ids(&file).into_iter().collect::<HashSet<_>>().len(), 50_000);
    let mut first: HashMap<&str, u32> = HashMap::new();
    for row in &truth {
        *first.entry(&row[1]).or_default() += u32::from(!row[2].starts_with("dup:"));
    }
    assert!(first.values().all(|&count| count == 1), "each person has one first record");
}

#[test]
fn the_order_of_the_file_tells_nothing() {
    let (_, truth) = written(config(40_960, 5), 2);
    let again: Vec<bool> = cells(&truth).iter().map(|row| row[2].starts_with("dup:")).collect();
    let part = |rows: &[bool]| rows.iter().filter(|&&again| again).count() as f64 / rows.len() as f64;
    // Were re-registrations appended to their chunk, its last quarter would hold them all.
    let last: Vec<bool> =
        again.chunks(CHUNK_ROWS).flat_map(|chunk| chunk[3 * CHUNK_ROWS / 4..].to_vec()).collect();
    assert!((part(&last) - part(&again)).abs() < 0.01);
}

#[test]
fn re_registrations_stand_near_and_far() {
    let (_, truth) = written(config(40_960, 6), 2);
    let truth = cells(&truth);
    let place: HashMap<&str, usize> = truth
        .iter()
        .enumerate()
        .filter(|(_, row)| !row[2].starts_with("dup:"))
        .map(|(at, row)| (&*row[1], at))
        .collect();
    let far = |(at, row): &(usize, &Vec<String>)| place[&*row[1]].abs_diff(*at) > CHUNK_ROWS;
    let (far, near): (Vec<_>, Vec<_>) =
        truth.iter().enumerate().filter(|(_, row)| row[2].starts_with("dup:")).partition(far);
    assert!(far.len() > 500 && near.len() > 500, "{} far, {} near", far.len(), near.len());
}

#[test]
fn undamaged_numbers_verify_and_belong_to_one_person() {
    let (file, truth) = written(config(100_000, 7), 2);
    let (mut owners, mut valid): (HashMap<String, HashSet<String>>, u32) = (HashMap::new(), 0);
    for (row, truth) in cells(&file).into_iter().zip(cells(&truth)) {
        let whole = !truth[2].contains("id_") || truth[2].contains("no_id");
        if row[1] == "1" && whole {
            let number: &[u8; 18] = row[2].as_bytes().try_into().expect("18 characters");
            assert!(is_mod_11_2(number), "{}", truth[2]);
            valid += 1;
            if !truth[2].starts_with("conflict") {
                owners.entry(row[2].clone()).or_default().insert(truth[1].clone());
            }
        }
        if !truth[2].contains("dup") {
            for number in [&row[9], &row[11]] {
                let resident = number.len() == 18;
                assert!(!resident || is_mod_11_2(number.as_bytes().first_chunk().unwrap()));
            }
        }
    }
    assert!(valid > 90_000);
    // The first children of conflicts may be registered again; that aside, nobody shares a number.
    let shared = owners.values().filter(|people| people.len() > 1).count();
    assert!(shared <= 12, "{shared} numbers shared outside conflicts");
}

#[test]
fn a_conflict_shares_a_number_and_a_stranger_a_name_and_birth_date() {
    let (file, truth) = written(config(100_000, 8), 2);
    let (mut numbers, mut names): (HashMap<String, u32>, HashMap<String, u32>) = Default::default();
    let mut twins = 0;
    for (row, truth) in cells(&file).into_iter().zip(cells(&truth)) {
        match truth[2].split('+').next().unwrap() {
            "conflict" => *numbers.entry(row[2].clone()).or_default() += 1,
            "stranger" => *names.entry(format!("{}{}", row[3], row[6])).or_default() += 1,
            "twin" => twins += 1,
            _ => {}
        }
    }
    assert!(numbers.len() > 60 && numbers.values().all(|&count| count == 2));
    assert!(names.len() > 150 && names.values().all(|&count| count == 2));
    assert!(twins > 2_500);
}

#[test]
fn kinds_come_at_their_rates() {
    let students = 200_000;
    let (_, truth) = written(config(students, 9), 2);
    let rates = Rates::default();
    let mut counts: HashMap<String, f64> = HashMap::new();
    let (mut again, mut originals) = (0.0, 0.0);
    for row in cells(&truth) {
        match row[2].strip_prefix("dup:") {
            Some(kinds) => {
                again += 1.0;
                kinds.split('+').for_each(|kind| *counts.entry(kind.to_owned()).or_default() += 1.0);
            }
            None => {
                originals += 1.0;
                row[2].split('+').for_each(|kind| *counts.entry(kind.to_owned()).or_default() += 1.0);
            }
        }
    }
    let near = |name: &str, of: f64, rate: f64| {
        let (found, wanted) = (counts.get(name).copied().unwrap_or(0.0), of * rate);
        assert!((found - wanted).abs() < 0.15 * wanted + 30.0, "{name}: {found}, not {wanted}");
    };
    assert!((again / students as f64 - rates.duplicates).abs() < 0.001);
    near("twin", originals, rates.twins);
    near("sibling", originals, rates.siblings - rates.twins);
    near("no_id", originals, rates.no_id);
    near("placeholder", originals, rates.placeholders);
    near("foreign", originals, rates.foreign);
    near("hong_kong", originals, rates.hong_kong);
    // Errors that can happen to nearly everybody keep their weights among each other.
    let homophones = counts["name_homophone"];
    for (name, weight) in [("id_missing", 0.8), ("moved", 1.2), ("id_typo", 0.6), ("guardian_missing", 0.5)] {
        let ratio = counts[name] / homophones;
        assert!((ratio / weight - 1.0).abs() < 0.25, "{name}: {ratio}, not {weight}");
    }
}

#[test]
fn every_error_happens() {
    let rates = Rates { foreign: 0.05, hong_kong: 0.05, duplicates: 0.2, ..Rates::default() };
    let (file, truth) = written(Config { rates, ..config(60_000, 10) }, 2);
    let truth = cells(&truth);
    for damage in Damage::ALL {
        let row = truth.iter().find(|row| {
            row[2]
                .strip_prefix("dup:")
                .is_some_and(|kinds| kinds.split('+').any(|kind| kind == damage.name()))
        });
        assert!(row.is_some(), "{} never happened", damage.name());
    }
    // Somebody from Hong Kong stands in the file under two kinds of document.
    let mut kinds: HashMap<String, HashSet<String>> = HashMap::new();
    for (row, truth) in cells(&file).into_iter().zip(truth) {
        if ["6", "C"].contains(&row[1].as_str()) {
            kinds.entry(truth[1].clone()).or_default().insert(row[1].clone());
        }
    }
    assert!(kinds.values().any(|kinds| kinds.len() == 2));
}

#[test]
fn a_rate_of_zero_means_never() {
    let mut rates = Rates::default();
    for name in ["duplicates", "siblings", "twins", "strangers", "conflicts", "no_id", "foreign", "hong_kong"]
    {
        rates.set(name, 0.0).unwrap();
    }
    rates.set("placeholders", 0.0).unwrap();
    let (_, truth) = written(Config { rates, ..config(5_000, 2) }, 1);
    assert!(cells(&truth).iter().all(|row| row[2] == "base"));
}

#[test]
fn configurations_that_cannot_be_are_refused() {
    assert_eq!(Nation::new(config(STUDENTS_MAX + 1, 1)).unwrap_err(), ConfigError::TooManyStudents);
    let rates = Rates { twins: 2.0, ..Rates::default() };
    assert!(matches!(Nation::new(Config { rates, ..Config::default() }), Err(ConfigError::Rate(_))));
}
