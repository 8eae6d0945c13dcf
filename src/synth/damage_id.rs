//! What happens to a student's number. Each function is one error; see [`super::damage::Damage`].

use compact_str::{CompactString, CompactStringExt, format_compact};

use super::damage::Case;
use super::number;
use super::rng::Rng;
use super::row::Record;

/// The 18 characters of a citizen's number, if the record has one.
fn citizen(record: &Record) -> Option<[u8; 18]> {
    if record.id_type != "1" {
        return None;
    }
    record.id_number.as_bytes().try_into().ok()
}

fn set(record: &mut Record, bytes: &[u8]) -> bool {
    record.id_number = str::from_utf8(bytes).expect("ASCII").into();
    true
}

pub(super) fn missing(_: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    if record.id_number.is_empty() {
        return false;
    }
    record.id_type = "Z";
    record.id_number.clear();
    true
}

pub(super) fn typo(_: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    let Some(mut number) = citizen(record) else { return false };
    let at = rng.below(17);
    let other = b'0' + ((number[at] - b'0') + 1 + rng.below(9) as u8) % 10;
    number[at] = other;
    set(record, &number)
}

pub(super) fn transpose(_: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    let Some(mut number) = citizen(record) else { return false };
    let at: Vec<usize> = (0..16).filter(|&at| number[at] != number[at + 1]).collect();
    if at.is_empty() {
        return false;
    }
    let at = *rng.pick(&at);
    number.swap(at, at + 1);
    set(record, &number)
}

pub(super) fn fifteen(_: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    let Some(number) = citizen(record) else { return false };
    set(record, &[&number[..6], &number[8..17]].concat())
}

pub(super) fn full_width(_: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    let Some(number) = citizen(record) else { return false };
    record.id_number = number
        .iter()
        .map(|&byte| char::from_u32(u32::from(byte) + 0xFEE0).expect("a full-width form"))
        .collect();
    true
}

pub(super) fn spaces(_: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    if citizen(record).is_none() {
        return false;
    }
    let number = &record.id_number;
    record.id_number = match rng.below(6) {
        0 => format_compact!("{} {} {}", &number[..6], &number[6..14], &number[14..]),
        1 => format_compact!(" {number} "),
        2 => format_compact!("'{number}"),
        3 => format_compact!("\t{number}"),
        4 => format_compact!("\u{FEFF}{number}"),
        _ => format_compact!("{}\u{3000}{}", &number[..14], &number[14..]),
    };
    true
}

fn last_x(record: &mut Record, instead: char) -> bool {
    let Some(number) = citizen(record) else { return false };
    if number[17] != b'X' {
        return false;
    }
    record.id_number.pop();
    record.id_number.push(instead);
    true
}

pub(super) fn lower_x(_: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    last_x(record, 'x')
}

pub(super) fn cyrillic_x(_: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    last_x(record, 'Х')
}

pub(super) fn times_x(_: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    let instead = if rng.chance(0.7) { '×' } else { '*' };
    last_x(record, instead)
}

/// Puts a letter for one of the digits of a value, or for all of them.
fn letter(record: &mut Record, digit: u8, letters: &[u8], rng: &mut Rng) -> bool {
    let Some(mut number) = citizen(record) else { return false };
    let at: Vec<usize> = (0..18).filter(|&at| number[at] == digit).collect();
    if at.is_empty() {
        return false;
    }
    let instead = *rng.pick(letters);
    if rng.chance(0.3) {
        at.iter().for_each(|&at| number[at] = instead);
    } else {
        number[*rng.pick(&at)] = instead;
    }
    set(record, &number)
}

pub(super) fn letter_o(_: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    letter(record, b'0', b"OOo", rng)
}

pub(super) fn letter_l(_: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    letter(record, b'1', b"lI|", rng)
}

/// The 18 digits of a number that a spreadsheet takes for a quantity.
fn quantity(record: &Record) -> Option<[u8; 18]> {
    citizen(record).filter(|number| number[17] != b'X')
}

pub(super) fn scientific(_: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    let Some(number) = quantity(record) else { return false };
    // Six digits, rounded as a spreadsheet does.
    let shown =
        number[..7].iter().fold(0u32, |sum, &digit| sum * 10 + u32::from(digit - b'0')).div_ceil(5) / 2;
    record.id_number = format_compact!("{}.{:05}E+17", shown / 100_000, shown % 100_000);
    true
}

pub(super) fn rounded(_: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    let Some(mut number) = quantity(record) else { return false };
    if number[15..] == *b"000" {
        return false;
    }
    number[15..].fill(b'0');
    set(record, &number)
}

pub(super) fn guardian(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    let numbers: Vec<&CompactString> =
        case.family.guardians.iter().map(|(_, number)| number).filter(|number| number.len() == 18).collect();
    if record.id_type != "1" || numbers.is_empty() {
        return false;
    }
    record.id_number = (*rng.pick(&numbers)).clone();
    true
}

pub(super) fn other_document(case: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    let Some(other) = &case.family.children[case.child].other else { return false };
    (record.id_type, record.id_number) = other.clone();
    true
}

pub(super) fn renewed(_: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    match (record.id_type, record.id_number.len()) {
        ("A", _) => record.id_number = number::passport(rng),
        ("6" | "7", 9) | ("8", 8) => {
            record.id_number =
                [record.id_number.as_str(), &format_compact!("{:02}", 1 + rng.below(9))].concat_compact();
        }
        ("6" | "7", 11) | ("8", 10) => {
            record.id_number.pop();
            record.id_number.pop();
        }
        _ => return false,
    }
    true
}
