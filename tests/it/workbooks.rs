//! Workbooks made by hand, byte by byte: what no program of today writes, or only a broken one.

/// An archive of parts that are not compressed.
pub(crate) fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let mut checksum = flate2::Crc::new();
        checksum.update(bytes);
        let mut common = Vec::new();
        // Version 2.0, no flags, stored, 1 January 1980.
        for field in [20_u16, 0, 0, 0, 0x21] {
            common.extend(field.to_le_bytes());
        }
        for field in [checksum.sum(), bytes.len() as u32, bytes.len() as u32] {
            common.extend(field.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        let at = file.len() as u32;
        file.extend(b"PK\x03\x04");
        file.extend(&common);
        file.extend(name.as_bytes());
        file.extend(*bytes);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = file.len() as u32;
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        file.extend((parts.len() as u16).to_le_bytes());
    }
    file.extend((directory.len() as u32).to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0, 0]);
    file
}

/// A worksheet: its name, its state, and the XML within `<worksheet>`.
pub(crate) struct Sheet<'s> {
    pub(crate) name: &'s str,
    pub(crate) state: &'s str,
    pub(crate) xml: String,
}

impl Sheet<'_> {
    pub(crate) fn visible(name: &str, xml: impl Into<String>) -> Sheet<'_> {
        Sheet { name, state: "visible", xml: xml.into() }
    }

    pub(crate) fn hidden(name: &str, xml: impl Into<String>) -> Sheet<'_> {
        Sheet { name, state: "hidden", xml: xml.into() }
    }
}

/// A row of texts, its number from 1.
pub(crate) fn texts(row: u32, cells: &[&str]) -> String {
    let cells = ('A'..).zip(cells).filter(|(_, text)| !text.is_empty());
    let cells: String = cells
        .map(|(column, text)| format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"))
        .collect();
    format!("<row r=\"{row}\">{cells}</row>")
}

/// The data of a worksheet.
pub(crate) fn data(rows: &[String]) -> String {
    format!("<sheetData>{}</sheetData>", rows.concat())
}

/// A workbook. Cells of the style 1 are dates.
pub(crate) fn xlsx(sheets: &[Sheet<'_>], is_1904: bool) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let list: String = (1..)
        .zip(sheets)
        .map(|(id, sheet)| {
            format!(
                "<sheet name=\"{}\" sheetId=\"{id}\" state=\"{}\" r:id=\"rId{id}\"/>",
                sheet.name, sheet.state
            )
        })
        .collect();
    let workbook = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATION}\"><workbookPr date1904=\"{is_1904}\"/><sheets>{list}</sheets></workbook>"
    );
    let relations: String = (1..=sheets.len())
        .map(|id| format!("<Relationship Id=\"rId{id}\" Type=\"{RELATION}/worksheet\" Target=\"worksheets/sheet{id}.xml\"/>"))
        .collect();
    let package = "http://schemas.openxmlformats.org/package/2006";
    let relations = format!("<Relationships xmlns=\"{package}/relationships\">{relations}</Relationships>");
    let root = format!(
        "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{RELATION}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
    );
    let types = format!("<Types xmlns=\"{package}/content-types\"/>");
    let bodies: Vec<(String, String)> = (1..)
        .zip(sheets)
        .map(|(id, sheet)| {
            (
                format!("xl/worksheets/sheet{id}.xml"),
                format!("<worksheet xmlns=\"{MAIN}\">{}</worksheet>", sheet.xml),
            )
        })
        .collect();
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
    ];
    parts.extend(bodies.iter().map(|(name, body)| (name.as_str(), body.as_bytes())));
    zip(&parts)
}

/// A compound file of one stream (MS-CFB), of at least 4,096 bytes so that it has sectors of its own.
pub(crate) fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut stream = stream.to_vec();
    stream.resize(stream.len().max(4096).next_multiple_of(512), 0);
    let sectors = stream.len() / 512;
    let mut header = vec![0; 512];
    header[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    for (at, field) in [(24, 0x3E_u16), (26, 3), (28, 0xFFFE), (30, 9), (32, 6)] {
        header[at..at + 2].copy_from_slice(&field.to_le_bytes());
    }
    // One sector of the table, the directory in the second, no small streams, no further tables.
    let fields = [(44, 1), (48, 1), (56, 4096), (60, 0xFFFF_FFFE), (64, 0), (68, 0xFFFF_FFFE), (72, 0)];
    for (at, field) in fields {
        header[at..at + 4].copy_from_slice(&u32::to_le_bytes(field));
    }
    header[76..].fill(0xFF);
    header[76..80].fill(0);
    let mut table = vec![0xFF; 512];
    let mut next = vec![0xFFFF_FFFD_u32, 0xFFFF_FFFE];
    next.extend((3..2 + sectors as u32).chain([0xFFFF_FFFE]));
    for (at, id) in next.iter().enumerate() {
        table[4 * at..4 * at + 4].copy_from_slice(&id.to_le_bytes());
    }
    let entry = |name: &str, kind: u8, child: u32, start: u32, bytes: u32| {
        let mut entry = vec![0; 128];
        for (at, unit) in name.encode_utf16().enumerate() {
            entry[2 * at..2 * at + 2].copy_from_slice(&unit.to_le_bytes());
        }
        let length = if name.is_empty() { 0 } else { 2 * name.encode_utf16().count() as u16 + 2 };
        entry[64..66].copy_from_slice(&length.to_le_bytes());
        (entry[66], entry[67]) = (kind, 1);
        entry[68..76].fill(0xFF);
        entry[76..80].copy_from_slice(&child.to_le_bytes());
        entry[116..120].copy_from_slice(&start.to_le_bytes());
        entry[120..124].copy_from_slice(&bytes.to_le_bytes());
        entry
    };
    let directory = [
        entry("Root Entry", 5, 1, 0xFFFF_FFFE, 0),
        entry(name, 2, u32::MAX, 2, stream.len() as u32),
        entry("", 0, u32::MAX, 0, 0),
        entry("", 0, u32::MAX, 0, 0),
    ];
    [header, table, directory.concat(), stream].concat()
}

/// A record of a workbook of Excel 97 (MS-XLS).
pub(crate) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

/// What a cell of such a workbook holds.
pub(crate) enum Cell<'c> {
    Text(&'c str),
    Number(f64),
    Date(f64),
    /// `#N/A`.
    Error,
}

/// A workbook of Excel 97 with one sheet.
pub(crate) fn xls(cells: &[(u16, u16, Cell<'_>)], is_1904: bool) -> Vec<u8> {
    let units = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let bof = |kind: u16| {
        let mut data = vec![0; 16];
        data[..2].copy_from_slice(&0x0600_u16.to_le_bytes());
        data[2..4].copy_from_slice(&kind.to_le_bytes());
        record(0x0809, &data)
    };
    let format = |id: u16| {
        let mut data = vec![0; 20];
        data[2..4].copy_from_slice(&id.to_le_bytes());
        record(0x00E0, &data)
    };
    let name = units("名册");
    let head = |at: u32| {
        let mut sheet = at.to_le_bytes().to_vec();
        sheet.extend([0, 0, 2, 1]);
        sheet.extend(&name);
        let parts = [
            bof(5),
            record(0x0042, &1200_u16.to_le_bytes()),
            record(0x0022, &u16::from(is_1904).to_le_bytes()),
            format(0),
            format(14),
            record(0x0085, &sheet),
            record(0x000A, &[]),
        ];
        parts.concat()
    };
    let mut stream = head(head(0).len() as u32);
    stream.extend(bof(0x10));
    for (row, column, cell) in cells {
        let style = u16::from(matches!(cell, Cell::Date(_)));
        let mut data: Vec<u8> = [*row, *column, style].into_iter().flat_map(u16::to_le_bytes).collect();
        let kind = match cell {
            Cell::Text(text) => {
                data.extend((text.encode_utf16().count() as u16).to_le_bytes());
                data.push(1);
                data.extend(units(text));
                0x0204
            }
            Cell::Number(number) | Cell::Date(number) => {
                data.extend(number.to_le_bytes());
                0x0203
            }
            Cell::Error => {
                data.extend([0x2A, 1]);
                0x0205
            }
        };
        stream.extend(record(kind, &data));
    }
    stream.extend(record(0x000A, &[]));
    compound("Workbook", &stream)
}
