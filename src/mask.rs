//! Names and numbers as they may be shown: enough to find the record in one's own files, no more.
//!
//! At the bottom, so that whoever tells what was found can hide it. Lists and pages reach it as `report::mask`.

/// A document number with its middle hidden: the region and the end stay, the birth date does not.
///
/// ```
/// use renji::mask;
/// assert_eq!(mask::number("42010320150312001X"), "420103********001X");
/// assert_eq!(mask::number("H12345678"), "H1*****78");
/// assert_eq!(mask::number(""), "");
/// ```
pub fn number(number: &str) -> String {
    let length = number.chars().count();
    let (head, tail) = match length {
        0..=4 => (0, 0),
        5..=7 => (1, 1),
        8..=14 => (2, 2),
        15 => (6, 3),
        _ => (6, 4),
    };
    hide(number, length, head, tail)
}

/// A name with its middle hidden; of two characters the last is.
///
/// ```
/// use renji::mask;
/// assert_eq!(mask::name("王小明"), "王*明");
/// assert_eq!(mask::name("王明"), "王*");
/// assert_eq!(mask::name("欧阳小明"), "欧**明");
/// ```
pub fn name(name: &str) -> String {
    let length = name.chars().count();
    match length {
        0 => String::new(),
        1 => "*".to_owned(),
        2 => hide(name, length, 1, 0),
        _ => hide(name, length, 1, 1),
    }
}

/// A date of which the year is shown.
///
/// ```
/// use renji::mask;
/// assert_eq!(mask::date("20150312"), "2015****");
/// ```
pub fn date(date: &str) -> String {
    let length = date.chars().count();
    hide(date, length, 4, 0)
}

/// Any other personal text: its length and nothing else.
pub fn text(text: &str) -> String {
    "*".repeat(text.chars().count().min(8))
}

fn hide(text: &str, length: usize, head: usize, tail: usize) -> String {
    let shown = |index: usize| index < head || index + tail >= length;
    text.chars().enumerate().map(|(index, c)| if shown(index) { c } else { '*' }).collect()
}
