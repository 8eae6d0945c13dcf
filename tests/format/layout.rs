//! `docs/FORMAT.md` says where things stand in an entry of the journal, and the committed file agrees. Tables,
//! keys and envelopes are held to it in `src/store/tests.rs`, where they are known.

use std::path::Path;

use renji::ids::Sequence;

/// The events in the order of their positions, by their names in lists.
pub(crate) const EVENTS: [&str; 24] = [
    "created",
    "enrolled",
    "case_opened",
    "case_extended",
    "case_resolved",
    "told_apart",
    "disowned",
    "numbered",
    "amended",
    "life",
    "merged",
    "unmerged",
    "retired",
    "approved",
    "exported",
    "loaded",
    "model_chosen",
    "founded",
    "bound",
    "learnt",
    "concluded",
    "renumbered",
    "received",
    "retired_with",
];

/// The next integer of bincode's variable length, as a reader without bincode would read it.
fn varint(bytes: &mut &[u8]) -> u64 {
    let (first, rest) = bytes.split_first().expect("an integer");
    let width = match first {
        0..=250 => {
            *bytes = rest;
            return u64::from(*first);
        }
        251 => 2,
        252 => 4,
        253 => 8,
        _ => panic!("an integer of no more than 64 bits"),
    };
    let (value, rest) = rest.split_at(width);
    *bytes = rest;
    value.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[test]
fn entries_of_the_file_are_laid_out_as_the_document_says() {
    let (_directory, registry) = super::opened();
    for change in registry.changes(Sequence::new(0), usize::MAX).expect("the journal") {
        let entry = change.entry().expect("an entry");
        let mut bytes = change.payload.as_slice();
        assert_eq!(varint(&mut bytes), entry.sequence.get());
        // Zigzag: 0, -1, 1, -2 are 0, 1, 2, 3.
        assert_eq!(varint(&mut bytes), (entry.at.get() as u64) << 1);
        let length = varint(&mut bytes) as usize;
        let (by, rest) = bytes.split_at(length);
        bytes = rest;
        assert_eq!(by, entry.by.as_bytes());
        assert_eq!(EVENTS.get(varint(&mut bytes) as usize), Some(&entry.event.code()));
    }
}

#[test]
fn the_document_names_the_events_by_their_positions() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/FORMAT.md");
    let document = std::fs::read_to_string(path).expect("the document");
    let (_, table) = document.split_once("<!-- table events -->").expect("a table of events");
    let rows = table.lines().skip_while(|line| !line.starts_with('|')).skip(2);
    let named: Vec<String> = rows
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').take(3).map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned())
        .collect();
    let known: Vec<String> = (0..).zip(EVENTS).map(|(at, event)| format!("{at} `{event}`")).collect();
    assert_eq!(named, known);
}
