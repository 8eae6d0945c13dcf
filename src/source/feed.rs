//! A thread that reads a file and hands over its header and its pieces.
//!
//! The readers of workbooks and of Parquet are other people's: they borrow from the open file, so they live
//! on a thread of their own, and where a damaged file makes one of them panic, the thread ends and the file
//! is an error. At most [`WAITING`] pieces wait to be taken.

use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Builder;

use super::error::SourceErrorKind;
use super::pieces::Piece;
use crate::hash::Digest;
use crate::limits::CHUNK_BYTES;

/// The name of threads that read. A panic there has been caught and is told as an error of the file, so a
/// panic hook may pass over it; what it would print can hold a cell.
pub const READER_THREAD: &str = "renji-reader";

/// Pieces that are ready before anybody asks for them.
const WAITING: usize = 2;

enum Fed {
    Header(Vec<String>),
    Piece(Piece),
    End { digest: u64 },
    Failed(SourceErrorKind),
}

/// Where a reading thread puts what it reads.
pub(super) struct Feeder(SyncSender<Fed>);

impl Feeder {
    /// Hands over the header; comes first.
    pub(super) fn header(&self, header: Vec<String>) -> Result<(), SourceErrorKind> {
        self.send(Fed::Header(header))
    }

    /// Hands over a piece. Fails if nobody wants it any more, which ends the reading.
    pub(super) fn piece(&self, piece: Piece) -> Result<(), SourceErrorKind> {
        self.send(Fed::Piece(piece))
    }

    fn send(&self, fed: Fed) -> Result<(), SourceErrorKind> {
        // Whoever has gone sees no error.
        self.0.send(fed).map_err(|_| SourceErrorKind::Changed)
    }
}

/// The other end.
pub(super) struct Feed {
    receiver: Receiver<Fed>,
    /// Bytes of the file not yet told.
    file_bytes: u64,
    digest: u64,
}

impl Feed {
    /// Starts a thread that reads `path`, of `file_bytes` bytes, and waits for the header.
    pub(super) fn begin(
        path: &Path,
        file_bytes: u64,
        read: impl FnOnce(&Path, &Feeder) -> Result<(), SourceErrorKind> + Send + 'static,
    ) -> Result<(Feed, Vec<String>), SourceErrorKind> {
        let (sender, receiver) = sync_channel(WAITING);
        let path: PathBuf = path.to_owned();
        let work = move || {
            let feeder = Feeder(sender);
            let result = catch_unwind(AssertUnwindSafe(|| {
                read(&path, &feeder)?;
                digest(&path).map(|digest| Fed::End { digest })
            }));
            let last = match result {
                Ok(Ok(end)) => end,
                Ok(Err(kind)) => Fed::Failed(kind),
                Err(_) => Fed::Failed(SourceErrorKind::Damaged),
            };
            // Nobody listens any more: then nobody needs to know.
            let _ = feeder.0.send(last);
        };
        Builder::new().name(READER_THREAD.to_owned()).spawn(work).map_err(SourceErrorKind::Io)?;
        match receiver.recv() {
            Ok(Fed::Header(header)) => Ok((Feed { receiver, file_bytes, digest: 0 }, header)),
            Ok(Fed::Failed(kind)) => Err(kind),
            Ok(Fed::Piece(_) | Fed::End { .. }) | Err(_) => Err(SourceErrorKind::Damaged),
        }
    }

    /// The next piece; `None` at the end.
    pub(super) fn next_piece(&mut self) -> Result<Option<Piece>, SourceErrorKind> {
        match self.receiver.recv() {
            Ok(Fed::Piece(mut piece)) => {
                piece.file_bytes = piece.file_bytes.min(self.file_bytes);
                self.file_bytes -= piece.file_bytes;
                Ok(Some(piece))
            }
            Ok(Fed::End { digest }) => {
                self.digest = digest;
                Ok(None)
            }
            Ok(Fed::Failed(kind)) => Err(kind),
            // A thread that has ended has said so; asked again, it has nothing more.
            Ok(Fed::Header(_)) | Err(_) => Ok(None),
        }
    }

    /// The digest of the whole file, once it has been read.
    pub(super) fn digest(&self) -> u64 {
        self.digest
    }
}

/// Does something with a reader that may panic, on a thread whose panics are nobody's concern.
pub(super) fn guarded<T: Send>(
    work: impl FnOnce() -> Result<T, SourceErrorKind> + Send,
) -> Result<T, SourceErrorKind> {
    std::thread::scope(|scope| {
        let thread = Builder::new()
            .name(READER_THREAD.to_owned())
            .spawn_scoped(scope, work)
            .map_err(SourceErrorKind::Io)?;
        thread.join().unwrap_or(Err(SourceErrorKind::Damaged))
    })
}

/// The digest of a file's bytes.
fn digest(path: &Path) -> Result<u64, SourceErrorKind> {
    let mut file = File::open(path).map_err(SourceErrorKind::Io)?;
    let mut digest = Digest::default();
    let mut block = Vec::with_capacity(CHUNK_BYTES);
    loop {
        block.clear();
        let read = (&mut file).take(CHUNK_BYTES as u64).read_to_end(&mut block);
        if read.map_err(SourceErrorKind::Io)? == 0 {
            return Ok(digest.get());
        }
        digest.update(&block);
    }
}
