//! What was typed: a student, a number, a date. Messages say which field, never what stood in it.

use std::io::Read;

use crate::cli::flags::StudentFlags;
use crate::error::{Error, Result};
use crate::identity::date::Date;
use crate::ids::StudentId;
use crate::limits::RECORD_BYTES_MAX;
use crate::number::RegistryNumber;
use crate::registry::{Registry, RegistryError};
use crate::student::{Column, OwnedStudent};

/// The fields of a student that were given, as flags and on standard input.
pub(super) fn fields(flags: StudentFlags) -> Result<Vec<(Column, String)>> {
    let mut fields = if flags.is_stdin { from_stdin()? } else { Vec::new() };
    // A flag says what is meant now; it comes last and wins.
    fields.extend(flags.given);
    if fields.is_empty() {
        return Err(Error::refused(
            "no student is given: use --name, --id-number and so on, or --stdin",
            "未给出学生信息：请用 --name、--id-number 等，或 --stdin",
        ));
    }
    Ok(fields)
}

/// A student from the fields that were given.
pub(super) fn student(flags: StudentFlags) -> Result<OwnedStudent> {
    let mut student = OwnedStudent::default();
    student.set(fields(flags)?);
    Ok(student)
}

fn from_stdin() -> Result<Vec<(Column, String)>> {
    let mut bytes = Vec::new();
    let limit = RECORD_BYTES_MAX as u64 + 1;
    std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(|error| {
        Error::refused(
            format!("standard input cannot be read: {error}"),
            format!("标准输入无法读取：{error}"),
        )
    })?;
    if bytes.len() > RECORD_BYTES_MAX {
        return Err(Error::refused("standard input is too long for one student", "标准输入过长"));
    }
    parse(&bytes)
}

/// Reads one JSON object of texts.
fn parse(bytes: &[u8]) -> Result<Vec<(Column, String)>> {
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|error| {
        // The parser's own message may quote the text.
        let (line, column) = (error.line(), error.column());
        Error::refused(
            format!("standard input is no JSON (line {line}, column {column})"),
            format!("标准输入不是 JSON（第 {line} 行第 {column} 列）"),
        )
    })?;
    let serde_json::Value::Object(object) = value else {
        return Err(Error::refused("standard input is no JSON object", "标准输入不是 JSON 对象"));
    };
    let mut fields = Vec::with_capacity(object.len());
    for (key, value) in object {
        let Some(column) = Column::ALL.into_iter().find(|column| column.code() == key) else {
            let known: Vec<&str> = Column::ALL.into_iter().map(Column::code).collect();
            let known = known.join(", ");
            return Err(Error::refused(
                format!("standard input has a key that is no column; there are {known}"),
                format!("标准输入中有无法识别的键；可用的键：{known}"),
            ));
        };
        match value {
            serde_json::Value::String(text) => fields.push((column, text)),
            serde_json::Value::Null => {}
            _ => {
                let code = column.code();
                return Err(Error::refused(
                    format!("{code} must be a text in quotation marks"),
                    format!("{code} 应为带引号的文本"),
                ));
            }
        }
    }
    Ok(fields)
}

/// A registry number.
pub(super) fn number(text: &str) -> Result<RegistryNumber> {
    RegistryNumber::parse(text).map_err(|error| Error::refused(error.message_en(), error.message_zh()))
}

/// A date.
pub(in crate::cli) fn date(flag: &str, text: &str) -> Result<Date> {
    Date::parse(text).map_err(|error| {
        Error::refused(format!("{flag}: {error}"), format!("{flag}：不是有效日期，应为 YYYYMMDD"))
    })
}

/// A student named by a number, or by `student:ID`.
pub(super) fn student_id(registry: &Registry, text: &str) -> Result<StudentId> {
    if let Some(id) = text.strip_prefix("student:") {
        let id =
            id.trim().parse().map(StudentId::new).map_err(|_| {
                Error::refused("student: must be followed by a number", "student: 之后应为数字")
            })?;
        return match registry.student_by_id(id)? {
            Some(student) => Ok(student.id),
            None => Err(Error::refused(format!("there is no student:{id}"), format!("没有 student:{id}"))),
        };
    }
    let number = number(text)?;
    Ok(registry.student(&number)?.ok_or(RegistryError::UnknownNumber)?.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn an_object_of_texts() {
        let fields = parse(r#"{"name":"王小明","sex":null,"id_number":"1"}"#.as_bytes()).expect("fields");
        assert_eq!(fields.len(), 2);
        for bad in [r#"{"name":"王小"#, r#"["王小明"]"#, r#"{"王小明":"x"}"#, r#"{"name":{"x":"王小明"}}"#]
        {
            let error = parse(bad.as_bytes()).expect_err("no student");
            for language in [Language::Zh, Language::En] {
                assert!(!error.message(language).contains("王小明"), "{error}");
            }
        }
    }
}
