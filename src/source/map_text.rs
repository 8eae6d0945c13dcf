//! A column map as a file to edit: what was recognised, and as comments what is missing and what is left over.

use crate::language::Language;
use crate::template::{Field, Layout};

/// The map of a layout as TOML, for `--columns` ([`ColumnMap::add_toml`](super::ColumnMap::add_toml)): read for the same
/// header it gives the same columns. Names of columns are the file's; it holds no row of it.
pub fn column_map_text(layout: &Layout, language: Language) -> String {
    let name = |cell: usize| toml::Value::String(layout.header()[cell].clone()).to_string();
    let mut text = String::new();
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    let profile = layout.profile();
    line(format!("# {}: {} ({})", language.pick("模板", "profile"), profile.name(language), profile.code));
    line(format!(
        "# {}",
        language.pick(
            "每行：字段 = \"列名\"，或 字段 = [\"列名\", \"列名\"]（合并）。用 --columns 本文件 读取。",
            "each line: field = \"column\", or field = [\"column\", \"column\"] to join them; read by --columns FILE",
        )
    ));
    for (field, cells) in layout.found() {
        let comment = field.name(language);
        // In brackets a name is taken literally, whatever `+` it holds.
        let names = cells.iter().map(|cell| name(usize::from(*cell))).collect::<Vec<_>>().join(", ");
        line(format!("{} = [{names}]  # {comment}", field.code()));
    }
    let missing: Vec<Field> = layout.missing().map(|placed| placed.field).collect();
    if !missing.is_empty() {
        line(format!("\n# {}", language.pick("缺少的必填列：", "required, and not found:")));
        for field in missing {
            line(format!("# {} = \"\"  # {}", field.code(), field.name(language)));
        }
    }
    let unknown: Vec<usize> =
        layout.left_over().filter(|(_, field)| field.is_none()).map(|(cell, _)| cell).collect();
    if !unknown.is_empty() {
        line(format!("\n# {}", language.pick("未识别的列：", "columns that are not understood:")));
        unknown.into_iter().for_each(|cell| line(format!("# {:?}", layout.header()[cell])));
    }
    text
}
