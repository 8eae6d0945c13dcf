//! `confirm.html`: a sheet for each class, which pupils read, correct and sign. Printed with a class on a page; nothing
//! is fetched, there is no script.

use std::io::Write;

use super::{Shown, words};
use crate::language::Language;
use crate::page::{STYLE, escaped};
use crate::report::directory::OutputDirectory;
use crate::report::error::ReportError;
use crate::report::shown::Personal;

/// A pupil on the sheet of a class.
#[derive(Debug, Clone)]
pub struct ConfirmLine<'a> {
    /// The school, by code or name.
    pub school: &'a str,
    /// The class.
    pub class: &'a str,
    /// How the pupil's card stands to the registry.
    pub standing: &'static str,
    /// What the card says.
    pub person: Shown,
}

/// Writes the page; the lines in order of school and class.
///
/// # Errors
///
/// [`ReportError::Io`].
pub fn write_confirmation(
    directory: &OutputDirectory,
    lines: &[ConfirmLine<'_>],
    personal: Personal,
    language: Language,
) -> Result<(), ReportError> {
    let (path, mut file) = directory.file("confirm.html")?;
    page(&mut file, lines, personal, language).and_then(|()| file.flush()).map_err(ReportError::at(&path))
}

fn page(
    out: &mut impl Write,
    lines: &[ConfirmLine<'_>],
    personal: Personal,
    language: Language,
) -> std::io::Result<()> {
    let pick = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let title = pick("报名信息核对表", "Identities to confirm");
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{title}</title><style>{STYLE}td,th{{text-align:left;border:1px solid #999}}\
         section{{break-after:page}}td:last-child{{min-width:6em}}</style></head><body>",
        pick("zh", "en")
    )?;
    if personal == Personal::Shown {
        let warning = pick("本表含完整的个人信息，请妥善保管。", "This sheet holds personal data in full.");
        writeln!(out, "<p><strong>{warning}</strong></p>")?;
    }
    let header = [
        pick("序号", "no."),
        pick("姓名", "name"),
        pick("性别", "sex"),
        pick("出生日期", "birth date"),
        pick("证件号", "number"),
        pick("住址", "address"),
        pick("核对结果", "result"),
        pick("学生签字", "signature"),
    ];
    for class in lines.chunk_by(|a, b| (a.school, a.class) == (b.school, b.class)) {
        let name = [class[0].school, class[0].class].map(escaped).join(" ");
        let name = if name.trim().is_empty() { pick("未填班级", "no class").to_owned() } else { name };
        writeln!(out, "<section><h2>{title} · {name}</h2><table><tr>")?;
        header.iter().try_for_each(|cell| write!(out, "<th>{cell}</th>"))?;
        writeln!(out, "</tr>")?;
        for (line, number) in class.iter().zip(1..) {
            let person = &line.person;
            let cells = [&person.name, &person.sex, &person.birthdate, &person.number, &person.address];
            write!(out, "<tr><td>{number}</td>")?;
            cells.into_iter().try_for_each(|cell| write!(out, "<td>{}</td>", escaped(cell)))?;
            writeln!(out, "<td>{}</td><td></td></tr>", words::standing(line.standing, language))?;
        }
        writeln!(out, "</table></section>")?;
    }
    writeln!(out, "</body></html>")
}
