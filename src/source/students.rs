//! A file of students: chunks parsed on all cores, results in file order.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::time::Duration;

use memchr::memchr;

use super::columns::{ColumnMap, Layout};
use super::encoding::{Encoding, EncodingChoice};
use super::error::{SourceError, SourceErrorKind};
use super::json;
use super::kind::{FileKind, Form, identify};
use super::pieces::{Fault, Piece, Pieces};
use super::place::CellRange;
use super::record;
use super::rejected::{RejectRule, Rejected};
use super::row::RowParser;
use super::sheet::{self, Chosen, Remark, Wanted};
use super::unpack::Packing;
use crate::limits::CHUNK_BYTES;
use crate::student::{Column, Details, Origin, Student};

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
    /// The worksheet, of a workbook; the first visible one with usable headings if not given.
    pub sheet: Option<String>,
}

/// A file of students whose header has been read and understood. Holds no open file.
#[derive(Debug, Clone)]
pub struct Source {
    path: PathBuf,
    file: u16,
    label: String,
    form: Form,
    chosen: Option<Chosen>,
    layout: Layout,
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

impl Source {
    /// Opens a file, finds out what it is and reads its header. `file` is its position in the list of
    /// inputs, for [`Origin::file`].
    ///
    /// Reads one block of a text; more only while all of it is ASCII and the encoding is open. A workbook is
    /// unpacked once to see that it is whole, and its texts are read.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if the file is missing, empty, damaged, no text in the encoding, or has no usable column, or
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
        let form = identify(path, options.encoding)?;
        let chosen = if form.kind.is_workbook() {
            let wanted = Wanted::Students(&options.columns);
            Some(sheet::choose(path, &form, options.sheet.as_deref(), wanted).map_err(fail)?)
        } else {
            None
        };
        let header = match &chosen {
            Some(chosen) => chosen.header().to_vec(),
            None => Pieces::open(path, &form, None)?.1,
        };
        let layout =
            Layout::new(header, &options.columns).map_err(|error| fail(SourceErrorKind::Columns(error)))?;
        if !layout.is_usable() {
            return Err(fail(SourceErrorKind::NoUsableColumn));
        }
        let label = options.label.clone().unwrap_or_else(|| {
            path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        });
        Ok(Source { path: path.to_owned(), file, label, form, chosen, layout })
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
        self.form.encoding
    }

    /// What kind of file it is.
    pub fn kind(&self) -> FileKind {
        self.form.kind
    }

    /// How it is packed.
    pub fn packing(&self) -> Packing {
        self.form.packing
    }

    /// The worksheet that is read, of a workbook.
    pub fn sheet(&self) -> Option<&str> {
        self.chosen.as_ref().map(Chosen::sheet)
    }

    /// What whoever reads the file should know of it.
    pub fn remarks(&self) -> &[Remark] {
        self.chosen.as_ref().map_or(&[], |chosen| &chosen.remarks)
    }

    /// The cell of a worksheet where a field of a row stands; of several cells that are joined the first. `None` if
    /// the file has no worksheets or the field is not read.
    pub fn cell(&self, row: u32, column: Column) -> Option<CellRange> {
        self.chosen.as_ref()?;
        let (_, cells) = self.layout.fields().find(|(field, _)| *field == column)?;
        Some(CellRange::cell(row, *cells.first()? as u32 + 1))
    }

    /// What stands for the file in the id of a record that has none.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The size of the file, in bytes, when it was opened.
    pub fn bytes(&self) -> u64 {
        self.form.bytes
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
        let (mut pieces, header) = Pieces::open(&self.path, &self.form, self.chosen.as_ref())?;
        // The file may have been changed since it was opened; the layout must still be that of its header.
        if header != self.layout.header() {
            return Err(fail(SourceErrorKind::Changed));
        }
        let (delimiter, encoding) = (pieces.delimiter(), pieces.encoding(&self.form));
        let lines = pieces.delimiting(&self.form);
        let lines = lines.as_ref();
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
                    let Some(piece) = pieces.next_piece(buffer).map_err(fail)? else {
                        at_end = true;
                        break;
                    };
                    let (number, sender) = (sent, sender.clone());
                    sent += 1;
                    scope.spawn(move |_| {
                        // A panic of the visitor must arrive, or the reader would wait for ever. It goes
                        // on there; nothing that the visitor left half done is used again.
                        let parse = || match lines {
                            None => self.parse(&piece, delimiter, encoding, make(), visit),
                            Some((keys, written)) => {
                                let piece = json::delimit(&piece, keys, *written);
                                self.parse(&piece, delimiter, encoding, make(), visit)
                            }
                        };
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
        totals.digest = pieces.digest();
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
        encoding: Encoding,
        mut value: T,
        visit: &(impl Fn(&mut T, &Student<'_>, &dyn Details, Origin) + Sync),
    ) -> ChunkResult<T> {
        let bytes = piece.bytes.as_slice();
        let mut parser = RowParser::new(&self.layout, encoding, delimiter, &self.label);
        let mut rejected = Vec::new();
        let mut students = 0;
        let mut row = piece.first_row;
        // Most pieces are good text from end to end: then no record is checked by itself.
        let text = memchr(0, bytes).is_none().then(|| encoding.text(bytes)).flatten();
        let records = text.as_deref().map_or(bytes, str::as_bytes);
        if !piece.cuts.is_empty() || !piece.faults.is_empty() || text.is_none() {
            let mut cuts = piece.cuts.iter().peekable();
            let mut faults = piece.faults.iter().peekable();
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
                let mut fault = None;
                while let Some(next) = faults.next_if(|fault| fault.row == origin.row) {
                    fault = fault.or_else(|| self.rejection(next, origin));
                }
                if let Some(fault) = fault {
                    rejected.push(fault);
                    continue;
                }
                if record::is_blank(record) {
                    continue;
                }
                match parser.visit_bytes(record, origin, |student, details| {
                    visit(&mut value, student, details, origin);
                }) {
                    Ok(()) => students += 1,
                    Err(row) => rejected.push(self.placed(row)),
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
                    Err(row) => rejected.push(self.placed(row)),
                }
            }
        }
        ChunkResult { value, students, rejected, bytes: piece.file_bytes }
    }

    /// Why a row with a fault is rejected; `None` if the fault is of a cell that nobody reads.
    fn rejection(&self, fault: &Fault, origin: Origin) -> Option<Rejected> {
        let whole = Rejected::new(origin, fault.rule);
        let Some(cell) = fault.cell else { return Some(whole) };
        let column = self.layout.field_of(cell as usize)?;
        let is_document = matches!(
            column,
            Column::IdNumber | Column::Id2Number | Column::Guardian1Id | Column::Guardian2Id
        );
        if fault.rule == RejectRule::DigitsLost && is_document {
            // Whoever reads the number tells it, and what it means for the record.
            return None;
        }
        let place = self.chosen.as_ref().map(|_| CellRange::cell(origin.row, cell + 1));
        Some(Rejected { column: Some(column), place: fault.block.or(place), ..whole })
    }

    /// A rejection with its cell.
    fn placed(&self, row: Rejected) -> Rejected {
        Rejected { place: row.column.and_then(|column| self.cell(row.origin.row, column)), ..row }
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
