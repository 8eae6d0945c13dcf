//! The house style as a test: file headers and sizes, the order of the layers, one door to each outside
//! thing, links that lead somewhere.

use std::path::{Path, PathBuf};

/// The rooms and their layers; a room imports only from lower ones, or from itself.
const LAYERS: [(&str, u32); 25] = [
    ("limits", 0),
    ("hash", 0),
    ("map", 0),
    ("mask", 0),
    ("language", 0),
    ("student", 10),
    ("ids", 10),
    ("identity", 20),
    ("key", 21),
    ("number", 22),
    ("spill", 23),
    ("template", 25),
    ("matching", 30),
    ("store", 40),
    ("registry", 50),
    ("dedupe", 50),
    ("training", 52),
    ("reconcile", 53),
    // Pages are made of it, whoever makes them.
    ("page", 55),
    ("source", 60),
    ("report", 61),
    ("synth", 61),
    ("evaluate", 62),
    ("bench", 65),
    // The crate's outer face, and the command line on top of it.
    ("error", 69),
];
const TOP: u32 = 70;

/// What may be named only in some rooms, or in some files.
const DOORS: [(&str, &[&str]); 17] = [
    // A baseline is what somebody would build on redb or SQLite alone; through the store it would be the store. Each
    // is one file, and nothing else of the room knows what is behind it.
    ("redb::", &["store", "bench/baseline/bare_redb.rs"]),
    ("rusqlite::", &["bench/baseline/bare_sqlite.rs"]),
    ("rustix::", &["bench/cold.rs"]),
    ("memmap2::", &["map"]),
    ("tempfile::", &["report", "spill", "store", "source"]),
    ("csv::", &["source", "report"]),
    ("encoding_rs::", &["source"]),
    ("calamine::", &["source"]),
    ("rust_xlsxwriter::", &["report"]),
    ("parquet::", &["source", "report"]),
    ("flate2::", &["source", "report"]),
    ("zstd::", &["source", "report"]),
    ("std::fs", &["map", "source", "report", "store", "synth", "bench", "cli", "spill"]),
    ("println!", &["cli"]),
    ("io::stdout", &["cli"]),
    ("io::stderr", &["cli"]),
    ("clap::", &["cli"]),
];

const LINES_MAX: usize = 600;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(directory: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|known| known == extension) {
            found.push(path);
        }
    }
    found.sort();
}

/// Every source file: its room, its path for messages, its text.
fn sources() -> Vec<(String, String, String)> {
    let src = root().join("src");
    let mut found = Vec::new();
    files(&src, "rs", &mut found);
    assert!(found.len() > 10, "the sources are where they were");
    let source = |path: PathBuf| {
        let name = path.strip_prefix(&src).expect("under src").to_string_lossy().replace('\\', "/");
        let room = name.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        let text = std::fs::read_to_string(&path).expect("a source file");
        (room, name, text)
    };
    found.into_iter().map(source).collect()
}

fn layer(room: &str) -> Option<u32> {
    match room {
        "lib" | "main" | "cli" => Some(TOP),
        _ => LAYERS.iter().find(|(known, _)| *known == room).map(|(_, layer)| *layer),
    }
}

/// Lines of code, comments left out.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn report(what: &str, faults: Vec<String>) {
    assert!(faults.is_empty(), "{what}:\n{}", faults.join("\n"));
}

#[test]
fn every_file_opens_with_a_header_and_is_not_too_long() {
    let mut faults = Vec::new();
    for (_, name, text) in sources() {
        if !text.starts_with("//!") {
            faults.push(format!("{name}: no //! header"));
        }
        let lines = text.lines().count();
        // Tables are written by a script and read by nobody.
        if lines > LINES_MAX && !text.contains("@generated") {
            faults.push(format!("{name}: {lines} lines"));
        }
    }
    report("headers and sizes", faults);
}

#[test]
fn rooms_import_only_from_lower_layers() {
    let mut faults = Vec::new();
    for (room, name, text) in sources() {
        let Some(own) = layer(&room) else {
            faults.push(format!("{name}: the room {room} has no layer"));
            continue;
        };
        for (line, code) in code(&text) {
            for (at, _) in code.match_indices("crate::") {
                let rest = &code[at + "crate::".len()..];
                let names: Vec<&str> = match rest.strip_prefix('{') {
                    Some(list) => list.split(['}', ';']).next().unwrap_or_default().split(',').collect(),
                    None => vec![rest],
                };
                for imported in names {
                    let imported: String = imported
                        .trim()
                        .chars()
                        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                        .collect();
                    if imported.is_empty() || imported == room {
                        continue;
                    }
                    // What is no room is an item of the crate's root; there are none but the rooms.
                    if layer(&imported).is_none_or(|other| other >= own) {
                        faults.push(format!("{name}:{line}: {room} imports {imported}"));
                    }
                }
            }
        }
    }
    report("layers", faults);
}

#[test]
fn one_door_to_each_outside_thing() {
    let mut faults = Vec::new();
    for (room, name, text) in sources() {
        // Tests stand at the end of a file, or in one of their own, and may open any door.
        if name.ends_with("tests.rs") {
            continue;
        }
        let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        for (line, code) in code(text) {
            for (door, rooms) in DOORS {
                let named = code.match_indices(door).any(|(at, _)| {
                    let before = code[..at].chars().next_back();
                    !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
                });
                if named && !rooms.contains(&room.as_str()) && !rooms.contains(&name.as_str()) {
                    faults.push(format!("{name}:{line}: {door} outside {rooms:?}"));
                }
            }
        }
    }
    report("doors", faults);
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    let mut documents = vec![root().join("README.md"), root().join("CHANGELOG.md")];
    files(&root().join("docs"), "md", &mut documents);
    let mut faults = Vec::new();
    for path in documents {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let folder = path.parent().expect("a file is in a folder");
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', ' ']).next().unwrap_or_default();
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            if !folder.join(target).exists() {
                faults.push(format!("{}: {target}", path.display()));
            }
        }
    }
    report("links", faults);
}
