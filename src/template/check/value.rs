//! One value by itself: its form, and whether it stands in its code table. Empty values break no rule here.

use super::row::{Row, has_invisible};
use super::{Validator, Wrong};
use crate::identity::contact::{Month, Phone};
use crate::identity::date::{Date, DateError};
use crate::identity::document::StatedKind;
use crate::identity::name::Name;
use crate::identity::place::Place;
use crate::identity::region::RegionCode;
use crate::identity::sex::Sex;
use crate::limits::NAME_CHARS_MAX;
use crate::number::RegistryNumber;
use crate::template::{ClassLayout, CodeTable, Field, Kind, Rule};

/// Longest provincial number, in characters. The longest in use that is known has 21.
const PROVINCIAL_CHARS_MAX: usize = 30;

/// Whether a field's values are looked at by themselves; documents are in `document`.
pub(super) fn is_checked(_: Field) -> bool {
    true
}

/// Checks the value of a field.
pub(super) fn check(validator: &Validator, row: &Row<'_>, field: Field, wrong: &mut Wrong<'_>) {
    let raw = row.raw(field);
    if raw.is_empty() {
        return;
    }
    // Numbers have a rule of their own for that, which says what it should be.
    if field.kind() != Kind::DocumentNumber && has_invisible(raw) {
        wrong.add(field, Rule::CellInvisible, "");
    }
    let text = row.text(field);
    if text.is_empty() {
        return;
    }
    let is_strict = validator.layout.profile().is_strict;
    let mut add = |rule| wrong.add(field, rule, text);
    match field.kind() {
        Kind::Text | Kind::Plain | Kind::DocumentNumber => {}
        Kind::PersonName if field == Field::NamePinyin => {}
        Kind::PersonName if field == Field::FormerName => {
            let names = text.split(['、', ',', '，', ';', '；', '/']).map(str::trim);
            if let Some(rule) = names.filter(|name| !name.is_empty()).find_map(|name| name_rules(name).next())
            {
                add(rule);
            }
        }
        Kind::PersonName => name_rules(text).for_each(add),
        Kind::Date => match (Date::parse(text), is_digits(text, 8)) {
            (Ok(_), true) => {}
            (Ok(_), false) if !is_strict => {}
            (Err(DateError::Impossible | DateError::YearOutOfRange), eight) if eight || !is_strict => {
                add(Rule::BirthImpossible);
            }
            _ => add(Rule::BirthMalformed),
        },
        Kind::Month => {
            let has_form = !is_strict || is_digits(text, 6);
            if !has_form || Month::parse(text).is_none() {
                add(Rule::EnrolledMalformed);
            }
        }
        Kind::Region => {
            if let Some(rule) = region_rule(text, is_strict) {
                add(rule);
            }
        }
        Kind::Coded(table) => {
            if let Some(rule) = code_rule(table, text, is_strict) {
                add(rule);
            }
        }
        Kind::Phone => {
            if Phone::parse(text).is_none() {
                add(Rule::PhoneMalformed);
            }
        }
        Kind::School => {
            if let Some(rule) = school_rule(text, validator.options.school.as_deref(), is_strict) {
                add(rule);
            }
        }
        Kind::ClassNumber => {
            if class_number(text, validator.class_layout()).is_none() {
                add(Rule::ClassMalformed);
            }
        }
        Kind::Registry => {
            if is_strict && RegistryNumber::parse(text).is_err() {
                add(Rule::RegistryMalformed);
            }
        }
        Kind::Provincial => {
            let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if field == Field::AuxNumber && (!is_plain || text.len() > PROVINCIAL_CHARS_MAX) {
                add(Rule::AuxMalformed);
            }
        }
    }
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is wrong with a name.
fn name_rules(text: &str) -> impl Iterator<Item = Rule> {
    let mut rules = [None; 4];
    if crate::identity::text::is_plain_han(text) && text.len() <= NAME_CHARS_MAX {
        return rules.into_iter().flatten();
    }
    let (mut seen, mut letters) = ((false, false, false, false), false);
    for c in text.chars() {
        match c {
            '0'..='9' | '?' | '？' | '□' | '*' | '＊' | '\u{E000}'..='\u{F8FF}' | '\u{FFFD}' => {
                seen.0 = true
            }
            '•' | '‧' | '・' | '∙' | '⋅' | '⸱' | '●' | '．' | '.' | '。' | '｡' | '･' | '˙' | 'ㆍ' | '᛫'
            | '○' => {
                seen.1 = true;
            }
            'a'..='z' | 'A'..='Z' => letters = true,
            c if c.is_whitespace() => seen.2 = true,
            '\u{3400}'..='\u{9FFF}' => seen.3 = true,
            _ => {}
        }
    }
    match Name::parse(text) {
        None => rules[0] = Some(Rule::NameUnreadable),
        Some(_) => {
            // Pinyin among characters stands for one that could not be typed.
            rules[0] = (seen.0 || letters && seen.3).then_some(Rule::NamePlaceholder);
            // A point behind an initial is none of a Chinese name's.
            rules[1] = (seen.1 && seen.3).then_some(Rule::NameInterpunct);
            rules[2] = (seen.2 && seen.3).then_some(Rule::NameSpaces);
            rules[3] = (text.chars().count() > NAME_CHARS_MAX).then_some(Rule::NameTooLong);
        }
    }
    rules.into_iter().flatten()
}

fn region_rule(text: &str, is_strict: bool) -> Option<Rule> {
    let code = if is_strict {
        let code = text.strip_suffix("000000").filter(|_| is_digits(text, 12)).and_then(RegionCode::parse);
        let Some(code) = code else { return Some(Rule::RegionMalformed) };
        code
    } else {
        match Place::parse(text).map(Place::county) {
            None => return Some(Rule::RegionMalformed),
            // Another office's code.
            Some(None) => return None,
            Some(Some(code)) => code,
        }
    };
    (!code.is_known()).then_some(Rule::RegionUnknown)
}

fn code_rule(table: CodeTable, text: &str, is_strict: bool) -> Option<Rule> {
    let is_known = table.find(text).is_some()
        || !is_strict
            && match table {
                CodeTable::Sex => Sex::parse(text).is_ok(),
                CodeTable::IdType => StatedKind::parse(text) != StatedKind::Unstated,
                _ => false,
            };
    (!is_known).then_some(match table {
        CodeTable::Sex => Rule::SexUnknown,
        CodeTable::Ethnicity => Rule::EthnicityUnknown,
        CodeTable::Country => Rule::NationalityUnknown,
        CodeTable::IdType => Rule::IdTypeUnknown,
        CodeTable::Relation => Rule::RelationUnknown,
        _ => Rule::CodeUnknown,
    })
}

/// School classes whose code has a province that GB/T 2260 has not: the corps of Xinjiang (66).
const CORPS: &str = "66";

fn school_rule(text: &str, wanted: Option<&str>, is_strict: bool) -> Option<Rule> {
    if is_strict {
        if !is_digits(text, 10) {
            return Some(Rule::SchoolMalformed);
        }
        if CodeTable::SchoolClass.find(&text[..2]).is_none() {
            return Some(Rule::SchoolClassUnknown);
        }
        let province = &text[2..4];
        if province != CORPS
            && !RegionCode::parse(&format!("{province}0000")).is_some_and(RegionCode::is_known)
        {
            return Some(Rule::SchoolProvinceUnknown);
        }
    }
    wanted.is_some_and(|wanted| wanted != text).then_some(Rule::SchoolDiffers)
}

/// The year of a class number; `None` where it has not the layout.
pub(super) fn class_number(text: &str, layout: ClassLayout) -> Option<u16> {
    if !is_digits(text, 7) {
        return None;
    }
    let (year, digit, class) = (text[..4].parse().ok()?, text.as_bytes()[4], &text[5..]);
    let fits = match layout {
        ClassLayout::YearGradeClass => (b'1'..=b'9').contains(&digit),
        ClassLayout::YearStageClass => (b'1'..=b'3').contains(&digit),
    };
    ((1980..2100).contains(&year) && fits && class != "00").then_some(year)
}

/// The birth date, where it can be read.
pub(super) fn date(row: &Row<'_>) -> Option<Date> {
    Date::parse(row.text(Field::Birthdate)).ok()
}
