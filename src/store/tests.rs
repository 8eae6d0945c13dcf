//! The store's tables are those of `docs/FORMAT.md`; a file of another version is refused by name.

use std::collections::BTreeMap;

use redb::{Database, Key, ReadableDatabase, TableDefinition, TableHandle, Value};

use super::tables::*;
use super::update::put_meta;
use super::{FILE_NAME, Meta, Options, Store, StoreError, StoredKey};
use crate::ids::{CaseId, RecordId, Sequence, StudentId};
use crate::key::Family;
use crate::language::Language;
use crate::number::RegistryNumber;

const OPTIONS: Options =
    Options { cache_bytes: 1 << 20, is_durable: true, is_for_journal: false, checks_pages: false };

/// A table as the document has it: the bytes of its key, where each has as many, and whether its rows stand in
/// envelopes.
fn row<K: Key + 'static, V: Value + 'static>(
    definition: TableDefinition<'static, K, V>,
) -> (String, (String, &'static str)) {
    let key = K::fixed_width().map_or_else(|| "any".to_owned(), |width| width.to_string());
    let value = if V::fixed_width() == Some(0) { "none" } else { "row" };
    (format!("`{}`", definition.name()), (key, value))
}

fn tables() -> BTreeMap<String, (String, &'static str)> {
    let keys = key_spaces().map(|space| row(KEYS[space as usize]));
    let others = [
        row(META),
        row(PROFILES),
        row(STUDENTS),
        row(NUMBERS),
        row(REQUESTS),
        row(JOURNAL),
        row(COUNTERS),
        row(CASES),
        row(OPEN_CASES),
        row(DIFFERENT),
        row(POPULATION),
        row(SEGMENTS),
    ];
    keys.chain(others).collect()
}

/// A new registry's directory.
fn made() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let file = std::fs::File::create_new(directory.path().join(FILE_NAME)).expect("a file");
    let file = redb::backends::FileBackend::new(file).expect("a file of one's own");
    Store::on_backend(file, None, &OPTIONS).expect("a registry");
    directory
}

#[test]
fn the_tables_are_those_of_the_document() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/FORMAT.md");
    let document = std::fs::read_to_string(path).expect("the document");
    let (_, table) = document.split_once("<!-- table tables -->").expect("a table of tables");
    let rows = table.lines().skip_while(|line| !line.starts_with('|')).skip(2);
    let mut named = BTreeMap::new();
    for line in rows.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        named.insert(cells[1].to_owned(), (cells[2].to_owned(), cells[4].to_owned()));
    }
    let known: BTreeMap<_, _> =
        tables().into_iter().map(|(name, (key, value))| (name, (key, value.to_owned()))).collect();
    assert_eq!(named, known);
    let versions = [
        format!("| format | {FORMAT} |"),
        format!("| normalisation | {} |", crate::identity::VERSION),
        format!("| key | {} |", crate::key::VERSION),
        format!("| profile | {} |", crate::identity::profile::VERSION),
    ];
    for version in versions {
        assert!(document.contains(&version), "docs/FORMAT.md has no row {version}");
    }
}

#[test]
fn a_new_file_has_every_table_and_no_other() {
    let directory = made();
    let database = Database::open(directory.path().join(FILE_NAME)).expect("a database");
    let transaction = database.begin_read().expect("a state");
    let mut found: Vec<String> =
        transaction.list_tables().expect("tables").map(|table| format!("`{}`", table.name())).collect();
    found.sort();
    assert_eq!(found, tables().into_keys().collect::<Vec<_>>());
    assert_eq!(transaction.list_multimap_tables().expect("tables").count(), 0);
}

#[test]
fn keys_are_laid_out_as_the_document_says() {
    let key = StoredKey { space: Family::NameBirthRegion, hash: 0x0102_0304_0506_0708, finer: 0x090A_0B0C };
    let entry = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
    assert_eq!(key_entry(&key, RecordId::new(0x0D0E_0F10)), entry);
    assert_eq!(read_entry(Family::NameBirthRegion, &entry), (key, RecordId::new(0x0D0E_0F10)));
    assert_eq!(record_key(RecordId::new(258)), [0, 0, 1, 2]);
    assert_eq!(student_key(StudentId::new(258)), [0, 0, 1, 2]);
    assert_eq!(case_key(CaseId::new(258)), [0, 0, 1, 2]);
    assert_eq!(sequence_key(Sequence::new(258)), [0, 0, 0, 0, 0, 0, 1, 2]);
    let number = RegistryNumber::parse("G11010519491231002X").expect("a number");
    assert_eq!(&number_key(&number), b"G11010519491231002X");
    assert_eq!(pair_key(StudentId::new(1), StudentId::new(2)), [0, 0, 0, 1, 0, 0, 0, 2]);
    assert_eq!(open_case_key(258, 3, CaseId::new(4)), [0, 0, 1, 2, 3, 0, 0, 0, 4]);
    assert_eq!(counter_key(1, 2), [0, 0, 0, 1, 0, 0, 0, 2]);
}

/// Opens a registry whose state was changed, and gives the error.
fn refused(change: impl FnOnce(&redb::WriteTransaction)) -> (tempfile::TempDir, StoreError) {
    let directory = made();
    let path = directory.path().join(FILE_NAME);
    let database = Database::open(&path).expect("a database");
    let transaction = database.begin_write().expect("a write");
    change(&transaction);
    transaction.commit().expect("a commit");
    drop(database);
    let before = std::fs::read(&path).expect("the file");
    let error = Store::open(directory.path(), &OPTIONS).expect_err("a file that must be refused");
    let again = Store::open_read_only(directory.path(), &OPTIONS).expect_err("a file that must be refused");
    assert_eq!(error.to_string(), again.to_string());
    assert!(std::fs::read(&path).expect("the file") == before, "the file was touched");
    (directory, error)
}

#[test]
fn another_version_of_what_is_derived_is_refused_and_names_the_remedy() {
    let ours = Meta::empty();
    let others = [
        ("normalisation", Meta { identity_version: ours.identity_version + 1, ..ours.clone() }),
        ("key", Meta { key_version: ours.key_version + 1, ..ours.clone() }),
        ("profile", Meta { profile_version: ours.profile_version + 1, ..ours }),
    ];
    for (name, meta) in others {
        let (_directory, error) = refused(|transaction| {
            put_meta(transaction, &meta).expect("a row");
        });
        assert!(
            matches!(error, StoreError::Version { what, stored, ours } if what == name && stored == ours + 1),
            "{error:?}"
        );
        for language in [Language::En, Language::Zh] {
            assert!(error.message(language).contains("renji rebuild"), "{}", error.message(language));
        }
    }
}

#[test]
fn an_older_format_is_refused_before_anything_else_is_read() {
    let (directory, error) = refused(|transaction| {
        let mut table = transaction.open_table(META).expect("a table");
        table.insert(FORMAT_ROW, (FORMAT - 1).to_le_bytes().as_slice()).expect("a row");
        // Whatever an older format kept as its state.
        table.insert(STATE, [9, 9, 9].as_slice()).expect("a row");
    });
    assert!(
        matches!(error, StoreError::Version { what: "format", stored, ours: FORMAT } if stored == FORMAT - 1),
        "{error:?}"
    );
    drop(directory);
}

#[test]
fn a_newer_format_is_refused_before_anything_else_is_read() {
    let (directory, error) = refused(|transaction| {
        let mut table = transaction.open_table(META).expect("a table");
        table.insert(FORMAT_ROW, (FORMAT + 1).to_le_bytes().as_slice()).expect("a row");
        // Whatever a newer format keeps as its state.
        table.insert(STATE, [9, 9, 9].as_slice()).expect("a row");
    });
    let path = directory.path().join(FILE_NAME);
    assert!(
        matches!(&error, StoreError::Newer { path: named, format } if *named == path && *format == FORMAT + 1)
    );
}

#[test]
fn a_database_of_something_else_is_foreign() {
    let (directory, error) = refused(|transaction| {
        transaction.delete_table(META).expect("a table");
    });
    assert_eq!(error.path(), Some(directory.path().join(FILE_NAME).as_path()));
    assert!(matches!(error, StoreError::Foreign(_)), "{error:?}");
}
