//! Names, former names included: in Han characters place by place, in letters token by token, and
//! between the two by sound.

use super::level::Level;
use crate::identity::Identity;
use crate::identity::name::sound::{self, Syllable};
use crate::identity::name::{Name, Script, Tokens, Unit, Units, lookalike};

/// Symmetric. The best level of the two names; a former name counts where it agrees.
pub(super) fn compare(a: &Identity, b: &Identity) -> Level {
    let (Some(one), Some(other)) = (&a.name, &b.name) else { return Level::Missing };
    let level = compare_two(one, other);
    let alias = |name: &Name, aliases: &[Name]| {
        aliases.iter().any(|alias| matches!(compare_two(name, alias), Level::Equal | Level::Variant))
    };
    let is_weak = level > Level::Variant;
    if is_weak && (alias(one, &b.aliases) || alias(other, &a.aliases)) { Level::Alias } else { level }
}

/// Two names. Symmetric.
fn compare_two(a: &Name, b: &Name) -> Level {
    if a == b && !a.has_wildcard() {
        return Level::Equal;
    }
    match (a.script(), b.script()) {
        (Script::Han, Script::Han) => compare_han(&a.units(), &b.units()),
        (Script::Latin, Script::Latin) => compare_latin(&a.tokens(), &b.tokens()),
        // The same name in characters and in pinyin.
        _ => {
            let forms = b.phonetic();
            if a.phonetic().iter().any(|form| forms.contains(form)) {
                Level::SameSound
            } else {
                Level::Different
            }
        }
    }
}

/// How two places agree, from the best to the worst.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Same,
    Open,
    Sound,
    Alike,
    Differs,
}

fn compare_places(a: &Units, at: usize, b: &Units, other_at: usize) -> Place {
    let (one, other) = (a.as_slice()[at], b.as_slice()[other_at]);
    match (one, other) {
        (Unit::Any, _) | (_, Unit::Any) => Place::Open,
        _ if one == other => Place::Same,
        (Unit::Character(x), Unit::Character(y)) => {
            if share_reading(a, at, b, other_at) {
                Place::Sound
            } else if lookalike::are_alike(x, y) {
                Place::Alike
            } else {
                Place::Differs
            }
        }
        _ if share_reading(a, at, b, other_at) => Place::Open,
        _ => Place::Differs,
    }
}

fn share_reading(a: &Units, at: usize, b: &Units, other_at: usize) -> bool {
    let others = b.readings(other_at);
    a.readings(at).iter().any(|reading| *reading != Syllable::NONE && others.contains(reading))
}

fn compare_han(a: &Units, b: &Units) -> Level {
    let (one, other) = (a.as_slice(), b.as_slice());
    if one == other {
        let is_open = |unit: &Unit| !matches!(unit, Unit::Character(_));
        return if one.iter().any(is_open) { Level::Wildcard } else { Level::Variant };
    }
    if one.len() != other.len() {
        return compare_lengths(a, b);
    }
    let mut counts = [0usize; 5];
    for at in 0..one.len() {
        counts[compare_places(a, at, b, at) as usize] += 1;
    }
    let [same, open, sound, alike, differs] = counts;
    let length = one.len();
    match (open, sound, alike, differs) {
        (1.., _, 0, 0) if same > 0 && sound <= 1 => Level::Wildcard,
        (0, 1.., 0, 0) if same + sound == length => Level::SameSound,
        (0, 0..=1, 1, 0) if same > 0 => Level::LookAlike,
        _ => partial(a, b, same + sound.min(1), length),
    }
}

/// Names of one length with a place that differs.
fn partial(a: &Units, b: &Units, agreeing: usize, length: usize) -> Level {
    let surname = a.surname_len().max(b.surname_len());
    let is_same_surname = (0..surname).all(|at| compare_places(a, at, b, at) <= Place::Sound);
    let is_same_given =
        surname > 0 && (surname..length).all(|at| compare_places(a, at, b, at) == Place::Same);
    if surname == 0 {
        // Segments, or a single character: half of the places make a similar name.
        return if length >= 3 && agreeing + 1 >= length { Level::OneCharacter } else { segments(a, b) };
    }
    match (is_same_surname, is_same_given) {
        (true, _) if agreeing > surname && length > surname + 1 => Level::OneCharacter,
        (true, _) => Level::SurnameSame,
        (false, true) => Level::GivenSame,
        _ => Level::Different,
    }
}

/// Names of different lengths: a part missing, or a character left out.
fn compare_lengths(a: &Units, b: &Units) -> Level {
    if a.is_segmented() || b.is_segmented() {
        return segments(a, b);
    }
    let (short, long) = if a.as_slice().len() < b.as_slice().len() { (a, b) } else { (b, a) };
    let surname = short.surname_len();
    let is_same_surname = surname > 0
        && surname == long.surname_len()
        && (0..surname).all(|at| compare_places(short, at, long, at) <= Place::Sound);
    let (s, l) = (short.as_slice(), long.as_slice());
    let is_left_out = l.len() == s.len() + 1 && (0..l.len()).any(|gap| without(l, gap).eq(s.iter().copied()));
    let is_prefix = s.len() >= 2 && l[..s.len()] == *s;
    match is_same_surname {
        _ if s.len() >= 3 && is_prefix => Level::Segments,
        true if is_left_out => Level::OneCharacter,
        true => Level::SurnameSame,
        false if is_left_out && s.len() >= 2 => Level::OneCharacter,
        false => Level::Different,
    }
}

fn without(units: &[Unit], gap: usize) -> impl Iterator<Item = Unit> {
    units.iter().copied().enumerate().filter(move |(at, _)| *at != gap).map(|(_, unit)| unit)
}

/// Own name and father's name: the same own name with the father's part missing, cut short or spelt
/// otherwise is the same name in practice; a shared father's name alone is what siblings have.
fn segments(a: &Units, b: &Units) -> Level {
    let flat = |units: &Units| units.as_slice().to_vec();
    // One side written without the interpunct: compare it as a whole.
    if a.is_segmented() != b.is_segmented() {
        let (whole, parts) = if a.is_segmented() { (b, a) } else { (a, b) };
        let (whole, joined) = (flat(whole), flat(parts));
        let first = parts.segments().next().map_or(0, <[Unit]>::len);
        let is_own_and_more = whole.len() >= first && first >= 2 && joined.starts_with(&whole);
        return if is_own_and_more { Level::Segments } else { Level::Different };
    }
    let (ones, others): (Vec<_>, Vec<_>) = (a.segments().collect(), b.segments().collect());
    let starts = |x: &[Unit], y: &[Unit]| x.starts_with(y) || y.starts_with(x);
    let is_same_own = |own: &[Unit], other: &[Unit]| {
        own.len() >= 2
            && own.len() == other.len()
            && (0..own.len()).all(|at| compare_places(a, at, b, at) <= Place::Sound)
    };
    match (ones.as_slice(), others.as_slice()) {
        ([own, rest @ ..], [other, others @ ..]) if is_same_own(own, other) => {
            let is_cut =
                rest.is_empty() || others.is_empty() || rest.iter().zip(others).all(|(x, y)| starts(x, y));
            if is_cut { Level::Segments } else { Level::GivenSame }
        }
        ([_, rest @ ..], [_, others @ ..]) if !rest.is_empty() && rest == others => Level::SurnameSame,
        _ => Level::Different,
    }
}

/// How two tokens agree, from the best to the worst.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Token {
    Same,
    Close,
    Sound,
    Initial,
    Differs,
}

/// The Jaro–Winkler similarity from which two tokens are one misspelt; Winkler 1990 puts agreement of
/// names at about this value.
const CLOSE: f64 = 0.88;

fn compare_tokens(a: &str, b: &str) -> Token {
    if a == b {
        return Token::Same;
    }
    if a.len() == 1 || b.len() == 1 {
        let is_initial = a.as_bytes().first() == b.as_bytes().first();
        return if is_initial { Token::Initial } else { Token::Differs };
    }
    let shortest = a.chars().count().min(b.chars().count());
    if shortest >= 3 && (strsim::osa_distance(a, b) <= 1 || strsim::jaro_winkler(a, b) >= CLOSE) {
        return Token::Close;
    }
    // Soundex alone joins too much (Robert, Rupert): the spelling has to be near as well.
    let is_sound = Name::soundex(a) == Name::soundex(b) && strsim::jaro_winkler(a, b) >= 0.7;
    if is_sound || sound::fold(a) == sound::fold(b) { Token::Sound } else { Token::Differs }
}

fn compare_latin(a: &Tokens, b: &Tokens) -> Level {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let mut free: smallvec::SmallVec<[usize; 4]> = (0..long.len()).collect();
    let mut counts = [0usize; 5];
    // Give each token of the shorter name its best partner, the surest first.
    let mut left: smallvec::SmallVec<[usize; 4]> = (0..short.len()).collect();
    while !left.is_empty() {
        let pairs = left.iter().flat_map(|x| free.iter().map(move |y| (*x, *y)));
        let Some((how, x, y)) = pairs.map(|(x, y)| (compare_tokens(&short[x], &long[y]), x, y)).min() else {
            break;
        };
        counts[how as usize] += 1;
        left.retain(|at| *at != x);
        free.retain(|at| *at != y);
    }
    let [same, close, sound, initial, differs] = counts;
    let is_whole = free.is_empty();
    match (same, close, sound, initial, differs) {
        (_, 0, 0, 0, 0) if is_whole => Level::Variant,
        (_, 0, 0, 0, 0) => Level::Segments,
        (_, _, 0, 0, 0) if is_whole || same > 0 => Level::Near,
        (_, _, 1.., 0, 0) => Level::SameSound,
        (1.., 0, 0, 1.., 0) => Level::Initials,
        (0, 1.., 0, 1.., 0) => Level::Initials,
        (1.., ..) => shared_token(a, b),
        _ => Level::Different,
    }
}

/// One token is shared: the surname stands last, or first before a comma; the given name otherwise.
fn shared_token(a: &Tokens, b: &Tokens) -> Level {
    if a.last() == b.last() { Level::SurnameSame } else { Level::GivenSame }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::Student;

    fn level_with(a: &str, b: &str, former: &str) -> Level {
        let of = |name, former_name| {
            Identity::of(&Student { name, former_name, ..Student::default() }, &mut Vec::new())
        };
        let (one, other) = (of(a, former), of(b, ""));
        assert_eq!(compare(&one, &other), compare(&other, &one), "{a} {b}");
        compare(&one, &other)
    }

    fn level(a: &str, b: &str) -> Level {
        level_with(a, b, "")
    }

    #[test]
    fn levels_of_han_names() {
        for (a, b, expected) in [
            ("张伟", "张伟", Level::Equal),
            ("張偉", "张伟", Level::Variant),
            ("傅小明", "付小明", Level::Variant),
            ("买买提·艾力", "买买提艾力", Level::Variant),
            ("王□明", "王小明", Level::Wildcard),
            ("王?明", "王?明", Level::Wildcard),
            ("王xiao明", "王小明", Level::Wildcard),
            ("周洋明", "周洋名", Level::SameSound),
            ("章伟", "张玮", Level::SameSound),
            ("张伟", "张玮", Level::SameSound),
            ("王睛", "王晴", Level::LookAlike),
            ("千小明", "干小明", Level::LookAlike),
            ("豆静健", "豆静燕", Level::OneCharacter),
            ("王明", "王小明", Level::OneCharacter),
            ("王明", "王强", Level::SurnameSame),
            ("王小明", "王大强", Level::SurnameSame),
            ("王小明", "李小明", Level::GivenSame),
            ("王小明", "李大强", Level::Different),
            ("阿卜杜拉·艾山", "阿卜杜拉", Level::Segments),
            ("阿卜杜拉·艾山", "阿卜杜拉·艾", Level::Segments),
            ("阿卜杜拉·艾山", "阿布杜拉·艾", Level::Segments),
            ("阿卜杜拉·艾山", "阿卜杜拉·买买提", Level::GivenSame),
            ("古丽娜·艾山", "阿卜杜拉·艾山", Level::SurnameSame),
            ("王小明", "", Level::Missing),
        ] {
            assert_eq!(level(a, b), expected, "{a} {b}");
        }
        assert_eq!(level_with("王小明", "李大强", "李大强"), Level::Alias);
    }

    #[test]
    fn levels_of_names_in_letters() {
        for (a, b, expected) in [
            ("Mitchell Green", "GREEN, Mitchell", Level::Variant),
            ("José García", "Jose Garcia", Level::Variant),
            ("Mitchell Green", "Mitchel Green", Level::Near),
            ("Mitchell Green", "Mitchell Greene", Level::Near),
            ("Mitchell Green", "M. Green", Level::Initials),
            ("Mitchell Green", "Mitchell", Level::Segments),
            ("Mitchell James Green", "Mitchell Green", Level::Segments),
            ("Mitchell Green", "Sarah Green", Level::SurnameSame),
            ("Mitchell Green", "Mitchell Brown", Level::GivenSame),
            ("Mitchell Green", "Sarah Brown", Level::Different),
            ("Zhang Wei", "张伟", Level::SameSound),
            ("Wei Zhang", "张伟", Level::SameSound),
            ("Li Na", "张伟", Level::Different),
        ] {
            assert_eq!(level(a, b), expected, "{a} {b}");
        }
    }
}
