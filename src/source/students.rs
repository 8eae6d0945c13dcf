//! A file of students: chunks parsed on all cores, results in file order.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::time::Duration;

use memchr::memchr;

use super::blocks::{Blocks, Piece};
use super::columns::{ColumnMap, Layout};
use super::encoding::{Encoding, EncodingChoice};
use super::error::{SourceError, SourceErrorKind};
use super::record;
use super::rejected::Rejected;
use super::row::RowParser;
use crate::limits::CHUNK_BYTES;
use crate::student::{Details, Origin, Student};

/// How a file is to be read.
#[derive(Debug, Clone, Default)]
pub struct SourceOptions {
    /// Which columns hold which field, where the usual names do not say it.
    pub columns: ColumnMap,
    /// The encoding.
    pub encoding: EncodingChoice,
    /// What stands for the file in the id of a record that has none (`<label>:<row>`); its file name if
    /// not given. Two inputs need different labels.
    pub label: Option<String>,
}

/// A file of students whose header has been read and understood. Holds no open file.
#[derive(Debug, Clone)]
pub struct Source {
    path: PathBuf,
    file: u16,
    label: String,
    encoding: Encoding,
    mark: usize,
    layout: Layout,
    bytes: u64,
}

/// What became of one chunk of a file.
#[derive(Debug)]
pub struct ChunkResult<T> {
    /// What the visitor made of the chunk's students.
    pub value: T,
    /// How many students it was shown.
    pub students: u32,
    /// The rows that could not be read, in order.
    pub rejected: Vec<Rejected>,
    /// Bytes of the file that were read for this chunk. They add up to the size of the file.
    pub bytes: u64,
}

/// How many rows a file had. Every row was either shown or rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Rows, blank lines and the header not counted.
    pub rows: u64,
    /// Rows that were rejected.
    pub rejected: u64,
    /// Whether the sink stopped before the end of the file.
    pub stopped: bool,
    /// A digest of the bytes that were read, of the whole file unless the sink stopped: another one means that the
    /// file has changed.
    pub digest: u64,
}

/// How much of the beginning of a file tells its encoding: what is looked at if there is no sign before.
const ENCODING_SEARCH_BYTES: u64 = 256 * 1024 * 1024;

impl Source {
    /// Opens a file, finds its encoding and reads its header. `file` is its position in the list of
    /// inputs, for [`Origin::file`].
    ///
    /// Reads one block of the file; more only while all of it is ASCII and the encoding is open.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if the file is missing, empty, no text in the encoding, or has no usable column, or
    /// if the column map does not fit the header.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use renji::source::{Source, SourceOptions};
    ///
    /// let path = std::env::temp_dir().join(format!("renji-doc-{}.csv", std::process::id()));
    /// std::fs::write(&path, "姓名,出生日期\n王小明,20150312\n")?;
    /// let source = Source::open(&path, 0, &SourceOptions::default())?;
    /// let mut names = Vec::new();
    /// let totals = source.for_each_chunk(
    ///     Vec::new,
    ///     |names: &mut Vec<String>, student, _origin| names.push(student.name.to_owned()),
    ///     |chunk| {
    ///         names.extend(chunk.value);
    ///         ControlFlow::Continue(())
    ///     },
    /// )?;
    /// assert_eq!(names, ["王小明"]);
    /// assert_eq!((totals.rows, totals.rejected), (1, 0));
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(path: &Path, file: u16, options: &SourceOptions) -> Result<Source, SourceError> {
        let fail = |kind| SourceError::new(path, kind);
        let (encoding, mark, bytes) = identify(path, options.encoding)?;
        let mut blocks =
            Blocks::open(path, encoding, mark).map_err(|error| fail(SourceErrorKind::Io(error)))?;
        let header = blocks.header(path, encoding)?;
        let layout =
            Layout::new(header, &options.columns).map_err(|error| fail(SourceErrorKind::Columns(error)))?;
        if !layout.is_usable() {
            return Err(fail(SourceErrorKind::NoUsableColumn));
        }
        let label = options.label.clone().unwrap_or_else(|| {
            path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        });
        Ok(Source { path: path.to_owned(), file, label, encoding, mark, layout, bytes })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of the file among the inputs, see [`Origin`].
    pub fn file(&self) -> u16 {
        self.file
    }

    /// Which columns hold which field.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The encoding the file is read in.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// What stands for the file in the id of a record that has none.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The size of the file, in bytes, when it was opened.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads the file once, from its first row to its last: [`Source::for_each_row`] without details.
    ///
    /// # Errors
    ///
    /// Those of [`Source::for_each_row`].
    ///
    /// # Panics
    ///
    /// If `make`, `visit` or `sink` does.
    pub fn for_each_chunk<T: Send>(
        &self,
        make: impl Fn() -> T + Sync,
        visit: impl Fn(&mut T, &Student<'_>, Origin) + Sync,
        sink: impl FnMut(ChunkResult<T>) -> ControlFlow<()>,
    ) -> Result<Totals, SourceError> {
        self.for_each_row(make, |value, student, _, origin| visit(value, student, origin), sink)
    }

    /// Reads the file once, from its first row to its last.
    ///
    /// Chunks of rows are parsed on the current rayon pool: `make` begins a chunk's result, `visit` is
    /// shown each of its students in order. `sink` gets the results one at a time in file order, on the
    /// calling thread; [`ControlFlow::Break`] stops the reading. At most two chunks for each core and
    /// two more are in memory.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if the file cannot be read any further; the sink has then had the results of
    /// some chunks before that place.
    ///
    /// # Panics
    ///
    /// If `make`, `visit` or `sink` does.
    pub fn for_each_row<T: Send>(
        &self,
        make: impl Fn() -> T + Sync,
        visit: impl Fn(&mut T, &Student<'_>, &dyn Details, Origin) + Sync,
        mut sink: impl FnMut(ChunkResult<T>) -> ControlFlow<()>,
    ) -> Result<Totals, SourceError> {
        let fail = |kind| SourceError::new(&self.path, kind);
        let mut blocks = Blocks::open(&self.path, self.encoding, self.mark)
            .map_err(|error| fail(SourceErrorKind::Io(error)))?;
        // The file may have been changed since it was opened; the layout must still be that of its header.
        if blocks.header(&self.path, self.encoding)? != self.layout.header() {
            return Err(fail(SourceErrorKind::Changed));
        }
        let delimiter = blocks.delimiter();
        let most = rayon::current_num_threads() * 2 + 2;
        let (sender, receiver) = channel::<(u64, std::thread::Result<ChunkResult<T>>, Vec<u8>)>();
        let mut totals = Totals::default();
        let (make, visit) = (&make, &visit);

        rayon::in_place_scope(|scope| {
            let mut spare: Vec<Vec<u8>> = Vec::new();
            let mut waiting: BTreeMap<u64, ChunkResult<T>> = BTreeMap::new();
            let (mut sent, mut received, mut delivered) = (0, 0, 0);
            let mut at_end = false;
            loop {
                while !at_end && sent - delivered < most as u64 {
                    let buffer =
                        spare.pop().unwrap_or_else(|| Vec::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 8));
                    let Some(piece) = blocks.next_piece(buffer).map_err(fail)? else {
                        at_end = true;
                        break;
                    };
                    let (number, sender) = (sent, sender.clone());
                    sent += 1;
                    scope.spawn(move |_| {
                        // A panic of the visitor must arrive, or the reader would wait for ever. It goes
                        // on there; nothing that the visitor left half done is used again.
                        let parse = || self.parse(&piece, delimiter, make(), visit);
                        let result = catch_unwind(AssertUnwindSafe(parse));
                        // The receiver is gone if the sink has stopped; then nobody wants the result.
                        let _ = sender.send((number, result, piece.bytes));
                    });
                }
                if received == sent {
                    return Ok(());
                }
                let Some((number, result, buffer)) = wait(&receiver) else { return Ok(()) };
                received += 1;
                spare.push(buffer);
                waiting.insert(number, result.unwrap_or_else(|panic| resume_unwind(panic)));
                while let Some(result) = waiting.remove(&delivered) {
                    delivered += 1;
                    totals.rows += u64::from(result.students) + result.rejected.len() as u64;
                    totals.rejected += result.rejected.len() as u64;
                    if sink(result).is_break() {
                        totals.stopped = true;
                        return Ok(());
                    }
                }
            }
        })?;
        totals.digest = blocks.digest();
        Ok(totals)
    }

    /// [`Source::for_each_chunk`] for a sink that can fail: its first error ends the reading and is returned.
    ///
    /// # Errors
    ///
    /// Those of [`Source::for_each_chunk`], and of `sink`.
    pub fn try_for_each_chunk<T: Send, E: From<SourceError>>(
        &self,
        make: impl Fn() -> T + Sync,
        visit: impl Fn(&mut T, &Student<'_>, Origin) + Sync,
        sink: impl FnMut(ChunkResult<T>) -> Result<(), E>,
    ) -> Result<Totals, E> {
        self.try_for_each_row(make, |value, student, _, origin| visit(value, student, origin), sink)
    }

    /// [`Source::for_each_row`] for a sink that can fail: its first error ends the reading and is returned.
    ///
    /// # Errors
    ///
    /// Those of [`Source::for_each_row`], and of `sink`.
    pub fn try_for_each_row<T: Send, E: From<SourceError>>(
        &self,
        make: impl Fn() -> T + Sync,
        visit: impl Fn(&mut T, &Student<'_>, &dyn Details, Origin) + Sync,
        mut sink: impl FnMut(ChunkResult<T>) -> Result<(), E>,
    ) -> Result<Totals, E> {
        let mut failed = None;
        let totals = self.for_each_row(make, visit, |chunk| match sink(chunk) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        })?;
        failed.map_or(Ok(totals), Err)
    }

    /// Parses one piece.
    fn parse<T>(
        &self,
        piece: &Piece,
        delimiter: u8,
        mut value: T,
        visit: &(impl Fn(&mut T, &Student<'_>, &dyn Details, Origin) + Sync),
    ) -> ChunkResult<T> {
        let bytes = piece.bytes.as_slice();
        let mut parser = RowParser::new(&self.layout, self.encoding, delimiter, &self.label);
        let mut rejected = Vec::new();
        let mut students = 0;
        let mut row = piece.first_row;
        let mut cuts = piece.cuts.iter().peekable();
        // Most pieces are good text from end to end: then no record is checked by itself.
        let text = memchr(0, bytes).is_none().then(|| self.encoding.text(bytes)).flatten();
        let records = text.as_deref().map_or(bytes, str::as_bytes);
        if !piece.cuts.is_empty() || text.is_none() {
            let mut at = 0;
            loop {
                let origin = Origin { file: self.file, row };
                if let Some(cut) = cuts.next_if(|cut| cut.start == at) {
                    rejected.push(Rejected::new(origin, cut.rule));
                    at = cut.end;
                    row += 1;
                    continue;
                }
                if at >= bytes.len() {
                    break;
                }
                let (record, next) = record::next(bytes, at, delimiter, true);
                at = next;
                row += 1;
                if record::is_blank(record) {
                    continue;
                }
                match parser.visit_bytes(record, origin, |student, details| {
                    visit(&mut value, student, details, origin);
                }) {
                    Ok(()) => students += 1,
                    Err(row) => rejected.push(row),
                }
            }
        } else if let Some(text) = text.as_deref() {
            let quotes = memchr(b'"', records).is_some();
            let mut at = 0;
            while at < records.len() {
                let origin = Origin { file: self.file, row };
                let (record, next) = record::next(records, at, delimiter, quotes);
                let start = at;
                at = next;
                row += 1;
                if record::is_blank(record) {
                    continue;
                }
                let record = &text[start..start + record.len()];
                match parser.visit_text(record, origin, |student, details| {
                    visit(&mut value, student, details, origin);
                }) {
                    Ok(()) => students += 1,
                    Err(row) => rejected.push(row),
                }
            }
        }
        ChunkResult { value, students, rejected, bytes: piece.file_bytes }
    }
}

/// Waits for the next result. A thread of the pool works on the pool's jobs meanwhile: with one thread
/// there is nobody else who would.
fn wait<R>(receiver: &Receiver<R>) -> Option<R> {
    if rayon::current_thread_index().is_none() {
        return receiver.recv().ok();
    }
    loop {
        match receiver.try_recv() {
            Ok(result) => return Some(result),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {}
        }
        if rayon::yield_now() != Some(rayon::Yield::Executed) {
            match receiver.recv_timeout(Duration::from_micros(200)) {
                Ok(result) => return Some(result),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

/// The encoding of a file, the length of its byte order mark, and its size.
pub(super) fn identify(path: &Path, choice: EncodingChoice) -> Result<(Encoding, usize, u64), SourceError> {
    let fail = |kind| SourceError::new(path, kind);
    let io = |error| fail(SourceErrorKind::Io(error));
    let mut file = File::open(path).map_err(io)?;
    let metadata = file.metadata().map_err(io)?;
    if !metadata.is_file() {
        return Err(fail(SourceErrorKind::NotAFile));
    }
    let mut sample = Vec::with_capacity(CHUNK_BYTES);
    let mut block = |sample: &mut Vec<u8>| {
        sample.clear();
        (&mut file).take(CHUNK_BYTES as u64).read_to_end(sample)
    };
    block(&mut sample).map_err(io)?;
    if sample.starts_with(b"PK\x03\x04") || sample.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(fail(SourceErrorKind::Workbook));
    }
    let marked = Encoding::of_mark(&sample);
    let chosen = match choice {
        EncodingChoice::Utf8 => Some(Encoding::Utf8),
        EncodingChoice::Gb18030 => Some(Encoding::Gb18030),
        EncodingChoice::Auto => marked.map(|(encoding, _)| encoding),
    };
    if let Some(encoding) = chosen {
        let mark = marked.filter(|(known, _)| *known == encoding).map_or(0, |(_, length)| length);
        return Ok((encoding, mark, metadata.len()));
    }
    let mut read = sample.len() as u64;
    loop {
        if let Some(encoding) = Encoding::of_sample(&sample) {
            return Ok((encoding, 0, metadata.len()));
        }
        if sample.is_empty() || read > ENCODING_SEARCH_BYTES {
            return Ok((Encoding::Utf8, 0, metadata.len()));
        }
        read += block(&mut sample).map_err(io)? as u64;
    }
}
