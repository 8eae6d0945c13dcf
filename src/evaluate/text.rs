//! The figures for the terminal: tables of plain text.

use std::fmt;

use super::count::Evaluation;
use super::tables::{Table, tables};
use crate::language::Language;

/// The narrowest first column, and the narrowest of the others.
const WIDTHS: [usize; 2] = [16, 12];
/// A first column that is wider than this stands on a line of its own.
const WORDS_MAX: usize = 44;

/// Everything an evaluation holds, one table after the other.
pub fn text(evaluation: &Evaluation, language: Language) -> String {
    let mut text = String::new();
    for table in tables(evaluation, language) {
        if !text.is_empty() {
            text.push('\n');
        }
        lay_out(&table, &mut text);
    }
    text
}

impl fmt::Display for Evaluation {
    /// [`text`] in English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(self, Language::En))
    }
}

fn lay_out(table: &Table, text: &mut String) {
    if !table.title.is_empty() {
        text.push_str(&format!("{}\n", table.title));
    }
    let header: Vec<String> = table.header.iter().map(|&word| word.to_owned()).collect();
    let lines = || std::iter::once(&header).filter(|header| !header.is_empty()).chain(&table.rows);
    let columns = lines().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = lines().filter_map(|cells| cells.get(column)).map(|cell| cells_wide(cell));
        let most = if column == 0 { WORDS_MAX } else { usize::MAX };
        cells.filter(|wide| *wide <= most).max().unwrap_or(0).max(WIDTHS[column.min(1)])
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for cells in lines() {
        let mut line = String::new();
        for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            let wide = cells_wide(cell);
            let space = " ".repeat(width.saturating_sub(wide));
            match column {
                0 if wide > *width => line.push_str(&format!("{cell}\n{}", " ".repeat(*width))),
                0 => line.push_str(&format!("{cell}{space}")),
                _ => line.push_str(&format!(" {space}{cell}")),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if !table.note.is_empty() {
        text.push_str(&format!("{}\n", table.note));
    }
}

/// How many columns of a terminal a text takes: two for a Chinese character or a full-width sign.
fn cells_wide(text: &str) -> usize {
    text.chars()
        .map(|c| if matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ff60}') { 2 } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_also_in_chinese() {
        let cells = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let table = Table {
            rows: vec![cells(["召回率", "0.5"]), cells(["recall", "0.25"]), cells([&"long".repeat(12), "1"])],
            ..Table::default()
        };
        let mut text = String::new();
        lay_out(&table, &mut text);
        let ends: Vec<usize> =
            text.lines().filter(|line| !line.starts_with("long")).map(cells_wide).collect();
        assert_eq!(ends, [29, 29, 29], "{text}");
    }
}
