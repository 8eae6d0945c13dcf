//! A student as shown beside another: a text for each compared field.

use super::mask;
use crate::matching::Field;
use crate::student::{GivenDocument, Student};

/// What may be seen of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Personal {
    /// Names, numbers, dates and addresses with their middle or all of them hidden.
    #[default]
    Masked,
    /// All of it, because somebody asked for it.
    Shown,
}

/// The fields of a student as written, in the order of [`Field::ALL`]; several values of one field with `+`
/// between them. A masked guardian is a name without a number.
pub fn fields(student: &Student<'_>, personal: Personal) -> [String; Field::COUNT] {
    let is_masked = personal == Personal::Masked;
    let may = |text: &str, mask: fn(&str) -> String| if is_masked { mask(text) } else { text.to_owned() };
    let join = |parts: &mut dyn Iterator<Item = String>| {
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("+")
    };
    let number = |document: &GivenDocument<'_>| may(document.number, mask::number);
    Field::ALL.map(|field| match field {
        Field::Document => join(&mut student.documents.iter().map(number)),
        Field::Name => {
            let former = Some(student.former_name).filter(|name| !name.is_empty());
            let names = [Some(student.name), former];
            join(&mut names.into_iter().flatten().map(|name| may(name, mask::name)))
        }
        Field::Birth => may(student.birthdate, mask::date),
        Field::Sex => may(student.sex, mask::text),
        Field::Place if is_masked => student.region.chars().take(6).collect(),
        Field::Place => student.region.to_owned(),
        Field::Guardian => join(&mut student.guardians.iter().map(|guardian| {
            let name = may(guardian.name, mask::name);
            let number = if is_masked { String::new() } else { number(&guardian.document) };
            [name, number].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        })),
        Field::School => student.school_code.to_owned(),
        Field::Enrolled => student.enrolled.to_owned(),
        Field::Phone => {
            let guardians = student.guardians.iter().map(|guardian| guardian.phone);
            join(&mut [student.phone].into_iter().chain(guardians).map(|phone| may(phone, mask::number)))
        }
        Field::Address => may(student.address, mask::text),
        Field::FormerNumber => may(student.former_number, mask::number),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::GivenGuardian;

    #[test]
    fn masked_unless_asked_for() {
        let document = GivenDocument { kind: "1", number: "44052420100101001X" };
        let guardian = GivenDocument { kind: "1", number: "11010519491231002X" };
        let student = Student {
            documents: vec![document],
            name: "王小明",
            former_name: "王大明",
            birthdate: "20100101",
            address: "人民路一号",
            guardians: vec![GivenGuardian { name: "王建国", document: guardian, phone: "13800138000" }],
            ..Student::default()
        };
        let all = fields(&student, Personal::Shown).join("|");
        let masked = fields(&student, Personal::Masked).join("|");
        for secret in
            ["44052420100101001X", "王小明", "王大明", "0101", "人民路", "王建国", "11010519491231002X"]
        {
            assert!(all.contains(secret) && !masked.contains(secret), "{secret}: {masked}");
        }
        assert!(masked.contains("王*明+王*明") && masked.contains("2010****"), "{masked}");
    }
}
