//! Every bound of the engine, with its reason. Nothing here computes.

/// Most documents of one student that are read; a further one is reported, not dropped silently.
/// A Hong Kong child can appear under kinds 6, 7, C and 1.
pub const DOCUMENTS_MAX: usize = 4;

/// Longest document number, in bytes: a passport has at most 17, a resident number 18, and two digits too
/// many still tell whose it was meant to be.
pub const DOCUMENT_BYTES_MAX: usize = 20;

/// Longest name that is compared, in characters; the template asks for at least 50.
pub const NAME_CHARS_MAX: usize = 64;

/// Longest cell that is read, in bytes; a longer one rejects its row.
pub const CELL_BYTES_MAX: usize = 64 * 1024;

/// Longest record (row) that is read, in bytes; a longer one is rejected and skipped to its line end.
/// Far above any real row, far below what a file without line breaks would otherwise take.
pub const RECORD_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes of a file that are read and parsed as one piece: some 5,000 rows, and small enough for a cache.
pub const CHUNK_BYTES: usize = 1024 * 1024;

/// Most columns a header may have: the national template has fewer than 100.
pub const COLUMNS_MAX: usize = 4096;

/// Most cells that one column map entry may join.
pub const JOINED_MAX: usize = 16;

// A cell that is read must fit in a record that is read.
const _: () = assert!(CELL_BYTES_MAX * JOINED_MAX <= RECORD_BYTES_MAX);

/// Earliest and latest birth year that is believed.
pub const BIRTH_YEARS: std::ops::RangeInclusive<u16> = 1850..=2100;

/// Most records of one population that a phone or a guardian's document can belong to and still tell a
/// household; what more hold is a school's phone, a clerk's number or a filler. A family of six children,
/// each recorded three times, has eighteen.
pub const HOUSEHOLD_MAX: u32 = 20;

/// Most students under one blocking key that are compared all with all; a key held by more is made
/// finer. 100 students are 4,950 pairs.
pub const BLOCK_MAX: usize = 100;

/// Under a key that even its finer form leaves with more holders than [`BLOCK_MAX`], each student is
/// compared with this many neighbours in the order of their contents, so that repeated rows still meet.
pub const NEIGHBOURS_MAX: usize = 8;

/// Most records of one cluster that are compared all with all to find pairs that must not be joined;
/// 1,000 are half a million pairs, a fraction of a second. In a larger cluster only the numbers are
/// compared, and only the pairs that some key found are reported.
pub const CLUSTER_MAX: usize = 1_000;

/// Most records of one cluster whose pairs are all listed; of a larger one only the pairs that keys brought
/// together are, and the list of clusters holds the rest. 50 records are 1,225 pairs; nobody is recorded
/// more often but by a fault of a file.
pub const CLOSURE_MAX: usize = 50;

/// Longest stored value, in bytes. A student of sixteen cells at their longest is 1 MB; nobody has one.
pub const ROW_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Longest id of a request, in bytes: a UUID has 36.
pub const REQUEST_BYTES_MAX: usize = 128;

/// Most rows that one write transaction enrols. A commit rewrites nearly every page of the key tables, however
/// few rows it brings, so a load is the quicker the fewer it needs; half a million rows on their way take some
/// 2.5 GB.
pub const BATCH_MAX: usize = 524_288;

/// Most records of one student that a new record is compared with to find a contradiction within; a
/// student entered fifty times is a fault of a file.
pub const STUDENT_RECORDS_MAX: usize = 50;

/// Most students that a case lists when it is opened. What joins it later has evidence of its own.
pub const CASE_STUDENTS_MAX: usize = 100;

/// Most pieces of evidence that a case keeps: a filler number can be claimed without end, and a human settles
/// the case by the first of them.
pub const CASE_LINKS_MAX: usize = 1_000;

/// Largest file of a model, or of another program's settings, in bytes: a model is some 8 kB.
pub const MODEL_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Most findings of one check of a file that are kept and listed; all are counted. A file of a county, 100,000 rows, with
/// twenty in each row. A file with more is wrong as a whole.
pub const FINDINGS_MAX: usize = 2_000_000;

/// Most cells of a marked spreadsheet that carry a comment; further ones are coloured only. Spreadsheet programs draw
/// each comment as a shape and take minutes to open some hundred thousand.
pub const COMMENTS_MAX: usize = 50_000;

/// Most different students that one guardian's number stands beside before that is told. A family with eight
/// children at school at once is rare; a class teacher's number stands beside forty.
pub const GUARDIAN_STUDENTS_MAX: usize = 8;

/// Most different students on one phone before that is told: those of a guardian, and a few of relatives who share it.
pub const PHONE_STUDENTS_MAX: usize = 12;

/// Fewest years that a guardian is older than the student. An elder sister may be one; a child is none.
pub const GUARDIAN_YEARS_MIN: u16 = 12;

/// Plausible ages at enrolment, in completed years, by the first two digits of the school's code. Primary school begins
/// at six or seven, in some places at five, and is caught up on later. A junior's month may be that of primary entry.
pub const ENTRY_YEARS: [(&str, std::ops::RangeInclusive<i32>); 6] =
    [("11", 1..=7), ("21", 5..=12), ("31", 5..=18), ("32", 5..=18), ("34", 12..=22), ("36", 12..=60)];

/// The same for schools of other or unknown class.
pub const ENTRY_YEARS_OTHER: std::ops::RangeInclusive<i32> = 1..=80;

const _: () = assert!(GUARDIAN_STUDENTS_MAX <= PHONE_STUDENTS_MAX);
const _: () = assert!(CLOSURE_MAX < CLUSTER_MAX);
const _: () = assert!(NEIGHBOURS_MAX < BLOCK_MAX && BLOCK_MAX < CLUSTER_MAX);

/// Most bytes that a file may unpack to where all of it must be unpacked before it is read: the worksheets of a
/// workbook together, and a workbook or a Parquet file within another packing. 1,048,576 rows of 100 columns are
/// some 5 GB of XML; they go by without being kept.
pub const UNPACKED_BYTES_MAX: u64 = 32 * 1024 * 1024 * 1024;

/// Most bytes of any other part of a workbook: they are kept in memory. A full sheet of 1,048,576 rows has some
/// 700 MB of texts where every row has fifteen of its own.
pub const WORKBOOK_PART_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

/// Rows and columns of a worksheet (ECMA-376; Excel's own limits).
pub const SHEET_ROWS_MAX: u32 = 1_048_576;

/// The same of a workbook of Excel 97 to 2003.
pub const SHEET_97_ROWS_MAX: u32 = 65_536;

/// Rows at the top of a worksheet among which its headings are looked for, below titles and notes.
pub const HEADER_ROWS_MAX: u32 = 20;

const _: () = assert!(WORKBOOK_PART_BYTES_MAX <= UNPACKED_BYTES_MAX);
