//! `renji columns`: which columns of a file are understood, what is missing, what is left over; and a map to edit.

use std::path::Path;

use serde_json::json;

use super::config;
use super::exit::Exit;
use super::flags::{ColumnsFlags, ProfileFlag, SourceFlags};
use super::terminal::Terminal;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::report::create_file;
use crate::source::{Table, column_map_text};
use crate::template::{Field, Layout, Placed, Profile};

/// Columns of the terminal that a heading takes.
const HEADING_WIDTH: usize = 34;

/// Opens a file and finds its fields: by the profile given, else by the one that fits best, and by the maps.
pub(super) fn open(
    path: &Path,
    profile: Option<ProfileFlag>,
    source: &SourceFlags,
) -> Result<(Table, Layout)> {
    let options = config::source_options(source)?;
    let table = Table::open(path, options.encoding)?;
    let profile = profile.map_or_else(|| Profile::best(table.header()), ProfileFlag::profile);
    let mut layout = Layout::new(profile, table.header());
    for (field, cells) in options.columns.places(table.header())? {
        layout.place(field, &cells);
    }
    Ok((table, layout))
}

/// Runs the command.
pub(super) fn run(flags: &ColumnsFlags, terminal: &Terminal) -> Result<Exit> {
    let inputs = [flags.file.clone()];
    config::check_output(flags.out.as_deref(), &inputs, config::existing(flags.force))?;
    let (table, layout) = open(&flags.file, flags.profile, &flags.source)?;
    let language = terminal.language();
    if let Some(out) = &flags.out {
        let (path, mut file) = create_file(out, config::existing(flags.force), false)?;
        let map = column_map_text(&layout, language);
        std::io::Write::write_all(&mut file, map.as_bytes())
            .and_then(|()| std::io::Write::flush(&mut file))
            .map_err(|cause| Error::output(&path, cause))?;
    }
    let file = flags.file.display().to_string();
    terminal.result(&if flags.json {
        format!("{:#}\n", as_json(&file, &table, &layout))
    } else {
        text(&file, &table, &layout, language)
    });
    Ok(Exit::Done)
}

/// How well each profile fits, the best first.
fn fits(header: &[String]) -> Vec<(&'static Profile, f64)> {
    let mut fits: Vec<(&Profile, f64)> =
        Profile::ALL.into_iter().map(|profile| (profile, Layout::new(profile, header).fit())).collect();
    fits.sort_by(|a, b| b.1.total_cmp(&a.1));
    fits
}

fn headings<'l>(layout: &'l Layout, cells: &'l [u16]) -> Vec<&'l str> {
    cells.iter().map(|cell| layout.header()[usize::from(*cell)].as_str()).collect()
}

fn as_json(file: &str, table: &Table, layout: &Layout) -> serde_json::Value {
    let placed = |placed: &Placed| json!({ "field": placed.field.code(), "heading": placed.heading });
    let found = |(field, cells): (Field, &[u16])| {
        json!({
            "field": field.code(),
            "columns": headings(layout, cells),
            "of_profile": layout.profile().placed(field).is_some(),
        })
    };
    let left_over = |(cell, field): (usize, Option<Field>)| json!({ "column": layout.header()[cell], "field": field.map(Field::code) });
    let fit = |(profile, fit): (&'static Profile, f64)| json!({ "profile": profile.code, "fit": fit });
    json!({
        "file": file,
        "header_row": table.header_row(),
        "profile": layout.profile().code,
        "fit": layout.fit(),
        "profiles": fits(layout.header()).into_iter().map(fit).collect::<Vec<_>>(),
        "found": layout.found().map(found).collect::<Vec<_>>(),
        "missing": layout.missing().map(placed).collect::<Vec<_>>(),
        "absent": layout.absent().map(placed).collect::<Vec<_>>(),
        "left_over": layout.left_over().map(left_over).collect::<Vec<_>>(),
    })
}

fn text(file: &str, table: &Table, layout: &Layout, language: Language) -> String {
    let profile = layout.profile();
    let (columns, row) = (layout.header().len(), table.header_row());
    let mut out = match language {
        Language::Zh => format!("{file}：{columns} 列，表头在第 {row} 行\n"),
        Language::En => format!("{file}: {columns} columns, header in row {row}\n"),
    };
    let mut line = |text: String| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    let fit = |profile: &Profile, fit: f64| {
        format!("{} ({}) {:.0} %", profile.name(language), profile.code, fit * 100.0)
    };
    line(format!("{}{}", language.pick("模板：", "profile: "), fit(profile, layout.fit())));
    let others =
        fits(layout.header()).into_iter().filter(|(other, fit)| other.code != profile.code && *fit > 0.0);
    let others = others.map(|(other, known)| fit(other, known)).collect::<Vec<_>>();
    if !others.is_empty() {
        line(format!(
            "{}{}",
            language.pick("其他相符：", "others: "),
            others.join(language.pick("；", "; "))
        ));
    }
    line(format!("\n{}", language.pick("已识别：", "understood:")));
    for (field, cells) in layout.found() {
        let heading = headings(layout, cells).join("+");
        let outside = match profile.placed(field) {
            Some(_) => "",
            None => language.pick("（模板中没有）", " (not in the profile)"),
        };
        line(format!(
            "  {}{} {}{outside}",
            super::model::padded(&heading, HEADING_WIDTH),
            field.code(),
            field.name(language)
        ));
    }
    let missing: Vec<&Placed> = layout.missing().collect();
    if !missing.is_empty() {
        line(format!("\n{}", language.pick("缺少的必填列：", "required, and not found:")));
        for placed in missing {
            let heading = super::model::padded(placed.heading, HEADING_WIDTH);
            line(format!("  {heading}{} {}", placed.field.code(), placed.field.name(language)));
        }
    }
    let unknown: Vec<usize> =
        layout.left_over().filter(|(_, field)| field.is_none()).map(|(cell, _)| cell).collect();
    if !unknown.is_empty() {
        line(format!("\n{}", language.pick("未识别的列：", "not understood:")));
        unknown.into_iter().for_each(|cell| line(format!("  {}", layout.header()[cell])));
    }
    let absent = layout.absent().count();
    if absent > 0 {
        line(format!(
            "\n{}",
            match language {
                Language::Zh => format!("另有 {absent} 个选填列文件中没有（--json 列出）"),
                Language::En => format!("{absent} optional columns are not in the file (--json lists them)"),
            }
        ));
    }
    out
}
