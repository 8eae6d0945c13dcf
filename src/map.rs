//! A file as memory: the one place with `unsafe`, for a file that nobody changes while it is mapped. And memory in
//! large pages.
//!
//! Mapped are the immutable segments of a registry and the spill files of a run. Called by `store/`, `spill/`, `dedupe/`
//! and, to fetch what it will need, `matching/`. What the bytes mean, and whether they are whole, is theirs: a mapped byte is
//! input like any other.

use std::fs::File;
use std::io;
use std::ops::{Deref, Range};

use memmap2::{Advice, Mmap, MmapMut, UncheckedAdvice};

/// Bytes of a large page. What is written to a file in pieces of so many, each at a multiple of it, Linux keeps in such
/// pieces where the file system can (ext4, xfs), and maps each as one page: what is looked up in no order misses the
/// processor's table of pages less.
pub(crate) const LARGE_PAGE_BYTES: usize = 2 << 20;

/// A whole file, mapped for reading. The pages are read when they are first touched.
#[derive(Debug)]
pub(crate) struct Map(Mmap);

impl Map {
    /// Maps a file as it is now.
    ///
    /// # Errors
    /// Those of the system.
    // IMPORTANT: only for files that are never written again: segments, which are complete before they get their
    // name and are only ever removed, and temporary files that nobody else can open.
    #[allow(unsafe_code)]
    pub(crate) fn of(file: &File) -> io::Result<Map> {
        // SAFETY: the bytes must not change while they are borrowed. Nobody writes to these files (above), and a
        // removed file keeps its bytes while it is mapped. A stranger who cuts a segment short meanwhile ends the
        // process by SIGBUS, as with every database that maps its file; the registry's directory is its own.
        unsafe { Mmap::map(file) }.map(Map)
    }

    /// Bytes copied into memory that no file stands behind, in pages of two megabytes where the system has them: what
    /// is looked up in no order misses the processor's table of pages less, and stays when the page cache goes.
    ///
    /// # Errors
    /// Those of the system: there is not so much memory.
    pub(crate) fn copy_of(bytes: &[u8]) -> io::Result<Map> {
        let mut copy = Fill::new(bytes.len())?;
        copy.push(bytes);
        copy.memory.make_read_only().map(Map)
    }

    /// Says that bytes will be read in no order: no readahead. A hint; failure changes nothing.
    pub(crate) fn expect_random(&self) {
        let _ = self.0.advise(Advice::Random);
    }

    /// Begins to read a part from disk, without waiting. A hint.
    pub(crate) fn will_need(&self, range: Range<usize>) {
        let end = range.end.min(self.0.len());
        if range.start < end {
            let _ = self.0.advise_range(Advice::WillNeed, range.start, end - range.start);
        }
    }

    /// Gives the pages back to the system, which reads them again when they are touched: for who has a memory
    /// budget. A hint.
    #[allow(unsafe_code)]
    pub(crate) fn release(&self) {
        // SAFETY: advice of this kind loses what was written to memory and not to the file. Nobody can write to
        // this memory: it is mapped for reading, and its pages are the file's.
        let _ = unsafe { self.0.unchecked_advise(UncheckedAdvice::DontNeed) };
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// Memory that is filled from its beginning, in large pages where the system has them. What is not filled yet takes
/// no memory.
#[derive(Debug)]
pub(crate) struct Fill {
    memory: MmapMut,
    length: usize,
}

impl Fill {
    /// Memory for so many bytes.
    ///
    /// # Errors
    /// Those of the system: there is not so much.
    pub(crate) fn new(capacity: usize) -> io::Result<Fill> {
        let memory = MmapMut::map_anon(capacity.max(1))?;
        #[cfg(target_os = "linux")]
        let _ = memory.advise(Advice::HugePage);
        Ok(Fill { memory, length: 0 })
    }

    /// How many more bytes there is room for.
    pub(crate) fn room(&self) -> usize {
        self.memory.len() - self.length
    }

    /// Appends bytes.
    ///
    /// # Panics
    /// For more than there is room for.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        self.memory[self.length..end].copy_from_slice(bytes);
        self.length = end;
    }
}

impl Deref for Fill {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.memory[..self.length]
    }
}

/// Begins to load the cache line of `items[at]`, without waiting; nothing for a place outside.
#[allow(unsafe_code)]
#[inline]
pub(crate) fn prefetch<T>(items: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(item) = items.get(at) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads nothing and faults nowhere; the address lies inside the slice all the same.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(item).cast::<i8>()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (items, at);
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_mapped_file_is_its_bytes_also_when_it_was_removed() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"segment").unwrap();
        let map = Map::of(file.as_file()).unwrap();
        map.expect_random();
        map.will_need(3..99);
        map.release();
        prefetch(&map, 0);
        prefetch(&map, 99);
        drop(file);
        assert_eq!(&map[..], b"segment");
        assert!(Map::copy_of(&map).unwrap().starts_with(b"segment"));
        assert_eq!(Map::copy_of(&[]).unwrap().len(), 1);
        let mut fill = Fill::new(9).unwrap();
        fill.push(b"seg");
        fill.push(b"ment");
        assert_eq!((&fill[..], fill.room()), (&b"segment"[..], 2));
        let empty = tempfile::tempfile().unwrap();
        assert!(Map::of(&empty).unwrap().is_empty());
    }
}
