//! A workbook of Excel 97 to 2003 looked through before anybody else reads it: whether the container holds a
//! workbook that can be read, and how large a table its sheets span.
//!
//! What is read afterwards makes room for the whole table from a sheet's first used cell to its last, so a file
//! of a few bytes could ask for more memory than there is. Formats: MS-CFB for the container, MS-XLS for records.

use crate::limits::SHEET_97_ROWS_MAX;
use crate::source::error::SourceErrorKind;

/// Columns of a worksheet.
const COLUMNS_MAX: u32 = 256;
/// Most cells that the tables of all sheets may span: two full sheets. A cell takes 32 bytes of memory, as long as
/// the file is open.
const CELLS_MAX: u64 = 2 * SHEET_97_ROWS_MAX as u64 * COLUMNS_MAX as u64;
/// Ids of sectors from here on are marks.
const MARKS: u32 = 0xFFFF_FFFA;

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Looks through a file.
pub(super) fn survey(file: &[u8]) -> Result<(), SourceErrorKind> {
    let container = Container::open(file).ok_or(SourceErrorKind::Damaged)?;
    // A workbook of Office Open XML with a password is a container with one packed and encrypted stream.
    if container.find("EncryptedPackage").is_some() {
        return Err(SourceErrorKind::Encrypted);
    }
    let Some(entry) = container.find("Workbook").or_else(|| container.find("Book")) else {
        return Err(SourceErrorKind::NotAWorkbook);
    };
    let stream = container.stream(entry).ok_or(SourceErrorKind::Damaged)?;
    records(&stream)
}

/// A compound file.
struct Container<'f> {
    file: &'f [u8],
    sector: usize,
    /// The sector that follows each.
    next: Vec<u32>,
    directory: Vec<u8>,
}

impl<'f> Container<'f> {
    fn open(file: &'f [u8]) -> Option<Container<'f>> {
        let sector = match u16_at(file, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut container = Container { file, sector, next: Vec::new(), directory: Vec::new() };
        let mut tables: Vec<u32> = (0..109).map_while(|at| u32_at(file, 76 + 4 * at)).collect();
        let mut more = u32_at(file, 68)?;
        let most = file.len() / sector + 1;
        for _ in 0..most {
            if more >= MARKS {
                break;
            }
            let bytes = container.sector(more)?;
            let last = bytes.len() / 4 - 1;
            tables.extend((0..last).filter_map(|at| u32_at(bytes, 4 * at)));
            more = u32_at(bytes, 4 * last)?;
        }
        for table in tables.into_iter().filter(|&table| table < MARKS).take(most) {
            let bytes = container.sector(table)?;
            let ids = (0..bytes.len() / 4).filter_map(|at| u32_at(bytes, 4 * at));
            container.next.extend(ids);
        }
        container.directory = container.chain(u32_at(file, 48)?)?;
        // The container's own small stream and its table are followed by whoever reads on: to an end, it must be.
        let root = container.directory.get(..128)?;
        let (small, table) = (u32_at(root, 116)?, u32_at(file, 60)?);
        for start in [small, table] {
            if start < MARKS {
                container.chain(start)?;
            }
        }
        Some(container)
    }

    fn sector(&self, id: u32) -> Option<&'f [u8]> {
        let start = (id as usize + 1).checked_mul(self.sector)?;
        let end = (start + self.sector).min(self.file.len());
        self.file.get(start..end).filter(|bytes| bytes.len() >= 4)
    }

    /// The bytes of a chain of sectors; `None` if it leads out of the file or round in a circle.
    fn chain(&self, mut id: u32) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for _ in 0..=self.next.len() {
            if id >= MARKS {
                return Some(bytes);
            }
            bytes.extend_from_slice(self.sector(id)?);
            id = *self.next.get(id as usize)?;
        }
        None
    }

    /// The directory entry of a name.
    fn find(&self, name: &str) -> Option<&[u8]> {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.directory.as_chunks::<128>().0.iter().map(|entry| &entry[..]).find(|entry| {
            u16_at(entry, 64).is_some_and(|length| usize::from(length) == wide.len() + 2)
                && entry.starts_with(&wide)
        })
    }

    /// The stream of a directory entry.
    fn stream(&self, entry: &[u8]) -> Option<Vec<u8>> {
        let (start, length) = (u32_at(entry, 116)?, u32_at(entry, 120)? as usize);
        let mut bytes = if length >= u32_at(self.file, 56)? as usize {
            self.chain(start)?
        } else {
            let small = self.chain(u32_at(&self.directory, 116)?)?;
            let table = self.chain(u32_at(self.file, 60)?)?;
            let mut bytes = Vec::new();
            let mut id = start;
            for _ in 0..=table.len() / 4 {
                if id >= MARKS {
                    break;
                }
                let at = (id as usize).checked_mul(64)?;
                bytes.extend_from_slice(small.get(at..(at + 64).min(small.len()))?);
                id = u32_at(&table, id as usize * 4)?;
            }
            bytes
        };
        if bytes.len() < length {
            return None;
        }
        bytes.truncate(length);
        Some(bytes)
    }
}

/// Walks through the records of a workbook.
fn records(stream: &[u8]) -> Result<(), SourceErrorKind> {
    let damaged = || SourceErrorKind::Damaged;
    let mut at = 0;
    let mut cells = 0_u64;
    // The rows and the columns that a sheet spans, the last ones excluded.
    let mut span: Option<(u32, u32, u32, u32)> = None;
    let area = |span: Option<(u32, u32, u32, u32)>| {
        span.map_or(0, |(r0, r1, c0, c1)| u64::from(r1 - r0) * u64::from(c1 - c0))
    };
    while let (Some(kind), Some(length)) = (u16_at(stream, at), u16_at(stream, at + 2)) {
        let data = stream.get(at + 4..at + 4 + usize::from(length)).ok_or_else(damaged)?;
        at += 4 + usize::from(length);
        let field = |at: usize| u16_at(data, at).map(u32::from).ok_or_else(damaged);
        let (row, first, last) = match kind {
            // FilePass: encrypted, or veiled by a password.
            0x002F => return Err(SourceErrorKind::Encrypted),
            // BOF.
            0x0809 => {
                cells += area(span.take());
                continue;
            }
            // Dimensions.
            0x0200 => {
                let rows = if data.len() == 10 {
                    (field(0)?, field(2)?)
                } else {
                    let row = |at| u32_at(data, at).ok_or_else(damaged);
                    (row(0)?, row(4)?)
                };
                let columns = if data.len() == 10 { (field(4)?, field(6)?) } else { (field(8)?, field(10)?) };
                if rows.1 > SHEET_97_ROWS_MAX || columns.1 > COLUMNS_MAX || rows.0 > rows.1 {
                    return Err(damaged());
                }
                continue;
            }
            // Number, Label, RString, BoolErr, RK, LabelSst, Formula.
            0x0203 | 0x0204 | 0x00D6 | 0x0205 | 0x027E | 0x00FD | 0x0006 => (field(0)?, field(2)?, field(2)?),
            // MulRk: the last column stands at the end.
            0x00BD => (field(0)?, field(2)?, field(data.len().saturating_sub(2))?),
            // What follows the last sheet is not looked at by anybody.
            0 if length == 0 => break,
            _ => continue,
        };
        if first > last || last >= COLUMNS_MAX {
            return Err(damaged());
        }
        let (r0, r1, c0, c1) = span.unwrap_or((row, row + 1, first, last + 1));
        span = Some((r0.min(row), r1.max(row + 1), c0.min(first), c1.max(last + 1)));
        if cells + area(span) > CELLS_MAX {
            return Err(SourceErrorKind::UnpacksTooLarge);
        }
    }
    Ok(())
}
