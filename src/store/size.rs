//! What each table takes on disk.

use redb::{ReadTransaction, ReadableTableMetadata, TableHandle, TableStats};

use super::StoreError;
use super::snapshot::guarded;

/// Bytes of each table: its name, and pages with what is free in them. Walks all pages, so it reads the whole file.
pub(super) fn tables(transaction: &ReadTransaction) -> Result<Vec<(String, u64)>, StoreError> {
    let whole = |stats: TableStats| stats.stored_bytes() + stats.metadata_bytes() + stats.fragmented_bytes();
    guarded(|| {
        let mut sizes = Vec::new();
        for handle in transaction.list_tables()? {
            let name = handle.name().to_owned();
            sizes.push((name, whole(transaction.open_untyped_table(handle)?.stats()?)));
        }
        sizes.sort();
        Ok(sizes)
    })
}
