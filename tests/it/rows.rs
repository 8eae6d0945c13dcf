//! Rows of the national template that break no rule, and files of them.

use renji::identity::document::check::mod_11_2;
use renji::template::{Field, Profile};

/// A row: a value for each field of the template, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemplateRow(Vec<String>);

impl TemplateRow {
    /// The row of pupil `n`, who has number, phones and guardians of their own.
    pub(crate) fn of(n: u32) -> TemplateRow {
        let mut row = TemplateRow(vec![String::new(); Profile::NATIONAL_2.fields.len()]);
        let male = n.is_multiple_of(2);
        let texts = [
            (Field::SchoolCode, "2111000001"),
            (Field::Birthdate, "20150312"),
            (Field::BirthPlace, "110105000000"),
            (Field::Ethnicity, "01"),
            (Field::Nationality, "CHN"),
            (Field::IdType, "1"),
            (Field::Abroad, "00"),
            (Field::Health, "10"),
            (Field::Region, "110105000000"),
            (Field::Grade, "一年级"),
            (Field::ClassNumber, "2021101"),
            (Field::Enrolled, "202109"),
            (Field::EntryMode, "11"),
            (Field::Boarding, "1"),
            (Field::Address, "建国路88号"),
            (Field::MailAddress, "建国路88号"),
            (Field::HomeAddress, "建国路88号"),
            (Field::Postcode, "100020"),
            (Field::OnlyChild, "1"),
            (Field::Preschool, "1"),
            (Field::LeftBehind, "0"),
            (Field::MigrantChild, "0"),
            (Field::Orphan, "0"),
            (Field::MartyrChild, "0"),
            (Field::Guardian1Relation, "51"),
            (Field::Guardian1Address, "建国路88号"),
            (Field::Guardian1Region, "110105000000"),
            (Field::Guardian1Flag, "1"),
            (Field::Guardian1IdType, "1"),
        ];
        texts.into_iter().for_each(|(field, text)| row.set(field, text));
        let given: String = [10, 1].map(|part| GIVEN[(n / part % 10) as usize]).concat();
        row.set(Field::Name, &format!("王{given}"));
        row.set(Field::Sex, if male { "1" } else { "2" });
        row.set(Field::IdNumber, &number("110105", "20150312", 2 * n + u32::from(male)));
        row.set(Field::Phone, &phone(2 * n));
        row.set(Field::Guardian1Name, &format!("王大{given}"));
        row.set(Field::Guardian1Phone, &phone(2 * n + 1));
        row.set(Field::Guardian1Id, &number("110105", "19850101", 2 * n + 1));
        row
    }

    pub(crate) fn set(&mut self, field: Field, text: &str) {
        self.0[place(field)] = text.to_owned();
    }

    pub(crate) fn with(mut self, texts: &[(Field, &str)]) -> TemplateRow {
        texts.iter().for_each(|(field, text)| self.set(*field, text));
        self
    }

    pub(crate) fn get(&self, field: Field) -> &str {
        &self.0[place(field)]
    }

    pub(crate) fn cells(&self) -> &[String] {
        &self.0
    }

    fn csv(&self) -> String {
        let quoted = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
        self.0.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n"
    }
}

/// Characters of names of different sound.
const GIVEN: [&str; 10] = ["伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "勇", "杰"];

/// The place of a field among the template's.
pub(crate) fn place(field: Field) -> usize {
    Profile::NATIONAL_2
        .fields
        .iter()
        .position(|placed| placed.field == field)
        .expect("a field of the template")
}

/// A citizen's number.
pub(crate) fn number(region: &str, birth: &str, sequence: u32) -> String {
    let body = format!("{region}{birth}{sequence:03}");
    let check = mod_11_2(body.as_bytes().try_into().expect("17 digits")).expect("digits");
    format!("{body}{}", char::from(check))
}

/// A mobile number.
pub(crate) fn phone(n: u32) -> String {
    format!("138{:08}", n * 7_919 + 12_345)
}

/// The header of the template.
pub(crate) fn header() -> Vec<&'static str> {
    Profile::NATIONAL_2.fields.iter().map(|placed| placed.heading).collect()
}

/// A file of rows under the template's headings; the first stands in row 2.
pub(crate) fn file(rows: &[TemplateRow]) -> String {
    let mut text = header().join(",") + "\n";
    rows.iter().for_each(|row| text.push_str(&row.csv()));
    text
}
