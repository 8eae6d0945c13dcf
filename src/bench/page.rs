//! The page: what was measured, for a person. One file, nothing fetched, no script.

use std::fmt::Write;

use super::Outcome;
use super::words::{self, Texts, texts};
use crate::language::Language;
use crate::page::{Axis, Chart, Line, STYLE, Scale, escaped, plain};

/// The figures of the last table, in its order.
pub(super) const SINGLE: [&str; 24] = [
    "check_vs_sqlite_p50_ratio",
    "check_vs_sqlite_p99_ratio",
    "check_vs_redb_p50_ratio",
    "check_vs_redb_p99_ratio",
    "candidates_vs_sqlite_p50_ratio",
    "candidates_vs_redb_p50_ratio",
    "bulk_build_students_per_s",
    "compact_seconds",
    "dedupe_seconds",
    "peak_rss_mib",
    "build_peak_rss_mib",
    "dedupe_peak_rss_mib",
    "disk_bytes_per_student",
    "index_bytes_per_student",
    "profiles_bytes_per_student",
    "journal_bytes_per_student",
    "students_bytes_per_student",
    "numbers_bytes_per_student",
    "requests_bytes_per_student",
    "other_bytes_per_student",
    "sqlite_bytes_per_student",
    "redb_bytes_per_student",
    "sqlite_build_seconds",
    "redb_build_seconds",
];

/// The page of a run.
pub fn page(outcome: &Outcome, language: Language) -> String {
    let words = texts(language);
    let figures = &outcome.figures;
    let students = plain(figures.get("students").unwrap_or(0.0));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{2}</title>\n<style>{STYLE}</style></head>\n\
         <body><h1>{2}</h1>\n<p>{students} {}</p>\n",
        words.code, words.students, words.title,
    );
    machine(&mut page, outcome, words);
    for note in &words.notes {
        let _ = writeln!(page, "<p>{}</p>", escaped(note));
    }
    latencies(&mut page, outcome, language);
    page += &distribution(outcome, language).svg();
    let _ = writeln!(page, "<h2>{}</h2><p>{}</p>", words.growth, words.sizes);
    for chart in growth(outcome, language) {
        page += &chart.svg();
    }
    singles(&mut page, outcome, language);
    page + "</body></html>\n"
}

fn machine(page: &mut String, outcome: &Outcome, words: &Texts) {
    let figures = &outcome.figures;
    let number = |name: &str| plain(figures.get(name).unwrap_or(0.0));
    let lines = [
        format!(
            "{} × {}, {} MiB, {}",
            number("machine_cores"),
            figures.words("machine_cpu"),
            number("machine_memory_mib"),
            figures.words("machine_kernel")
        ),
        format!(
            "renji {} ({}), {}, SQLite {}",
            figures.words("renji_version"),
            figures.words("renji_build"),
            figures.words("rustc_version"),
            figures.words("sqlite_version")
        ),
        format!(
            "{}, load {} → {}, seed {}, page memory {} MiB, build {}, {}, cold {}",
            figures.words("date"),
            number("machine_load_before"),
            number("machine_load_after"),
            number("seed"),
            number("memory_mib"),
            figures.words("build_method"),
            figures.words("asked"),
            figures.words("cold_method"),
        ),
    ];
    let _ = write!(page, "<h2>{}</h2>", words.machine);
    for line in lines {
        let _ = writeln!(page, "<p>{}</p>", escaped(&line));
    }
}

fn latencies(page: &mut String, outcome: &Outcome, language: Language) {
    let words = texts(language);
    let _ = writeln!(
        page,
        "<h2>{}</h2><table><tr><th>{}</th><th>p50</th><th>p90</th><th>p99</th><th>p99.9</th><th>{}</th></tr>",
        words.latencies, words.what, words.calls
    );
    for (name, latencies) in &outcome.distributions {
        let _ = write!(page, "<tr><td>{}</td>", escaped(words::series(name, language)));
        for share in [0.5, 0.9, 0.99, 0.999] {
            let _ = write!(page, "<td>{}</td>", plain(latencies.percentile_us(share)));
        }
        let _ = writeln!(page, "<td>{}</td></tr>", plain(latencies.count() as f64));
    }
    page.push_str("</table>\n");
}

/// Latency by share: as many nines to the right as there are calls to tell them by.
fn distribution(outcome: &Outcome, language: Language) -> Chart {
    let words = texts(language);
    let shown = [
        "check_warm",
        "candidates_warm",
        "sqlite_warm",
        "redb_warm",
        "check_busy",
        "check_cold",
        "check_heavy",
    ];
    let lines = shown.iter().filter_map(|shown| {
        let (_, latencies) = outcome.distributions.iter().find(|(name, _)| name == shown)?;
        let calls = latencies.count() as f64;
        let points = (0..=60).map(|at| f64::from(at) / 20.0).filter(|nines| calls >= 10f64.powf(*nines));
        let point = |nines: f64| (nines, latencies.percentile_us(1.0 - 10f64.powf(-nines)));
        Some(Line::new(words::series(shown, language), points.map(point).collect()))
    });
    let marks = [("0%", 0.0), ("50%", 0.5), ("90%", 0.9), ("99%", 0.99), ("99.9%", 0.999)];
    let mark = |(name, share): (&str, f64)| (-(1.0 - share).log10(), name.to_owned());
    Chart {
        title: words.distribution.to_owned(),
        across: Axis::new(words.share, Scale::Linear).marked(marks.map(mark).to_vec()),
        up: Axis::new(words.microseconds, Scale::Log),
        thresholds: Vec::new(),
        lines: lines.collect(),
    }
}

fn growth(outcome: &Outcome, language: Language) -> [Chart; 3] {
    let words = texts(language);
    let line = |name: String, figure: &str| {
        let points = outcome.steps.iter().filter_map(|students| {
            let value = outcome.figures.get(&format!("{figure}_at_{students}"))?;
            Some((*students as f64, value))
        });
        Line::new(name, points.collect())
    };
    let chart = |title: &str, up: &str, lines| Chart {
        title: title.to_owned(),
        across: Axis::new(words.students, Scale::Log)
            .marked(outcome.steps.iter().map(|at| (*at as f64, plain(*at as f64))).collect()),
        up: Axis::new(up, Scale::Log),
        thresholds: Vec::new(),
        lines,
    };
    let mut checks = Vec::new();
    for (contender, name) in [("check", "renji"), ("sqlite", "SQLite"), ("redb", "redb")] {
        for part in ["p50", "p99"] {
            checks.push(line(format!("{name} {part}"), &format!("{contender}_warm_{part}_us")));
        }
    }
    let one = |name: &str| vec![line("renji".to_owned(), name)];
    [
        chart(words.growth_check, words.microseconds, checks),
        chart(words.growth_build, words.per_second, one("bulk_build_students_per_s")),
        chart(words.growth_dedupe, words.seconds, one("dedupe_seconds")),
    ]
}

fn singles(page: &mut String, outcome: &Outcome, language: Language) {
    let words = texts(language);
    let _ = write!(page, "<h2>{}</h2><table><tr><th>{}</th>", words.others, words.what);
    for students in &outcome.steps {
        let _ = write!(page, "<th>{}</th>", plain(*students as f64));
    }
    page.push_str("</tr>\n");
    for name in SINGLE {
        let _ = write!(page, "<tr><td>{}</td>", escaped(words::figure(name, language)));
        for students in &outcome.steps {
            let value = outcome.figures.get(&format!("{name}_at_{students}"));
            let _ = write!(page, "<td>{}</td>", value.map_or(words.absent.to_owned(), plain));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</table>\n");
}
