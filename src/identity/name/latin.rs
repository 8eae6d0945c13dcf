//! Names in letters: tokens without case, diacritics and marks, and how they sound.

use compact_str::CompactString;
use smallvec::SmallVec;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::{sound, units};

/// The tokens of a name in the order written; the surname may stand first or last.
pub type Tokens = SmallVec<[CompactString; 3]>;

/// Splits at everything that is no letter, but for the apostrophe, which joins (`O'NEIL` is `ONEIL`).
pub(super) fn tokens(canonical: &str) -> Tokens {
    let mut tokens = Tokens::new();
    let mut token = CompactString::default();
    for c in canonical.nfd() {
        match c {
            'A'..='Z' => token.push(c),
            '\'' => {}
            // Diacritics of every script; what stays would change its order when tokens are joined.
            c if canonical_combining_class(c) != 0 => {}
            c => match letters(c) {
                Some(ascii) => token.push_str(ascii),
                None if c.is_alphabetic() => token.extend(c.to_uppercase()),
                None => end_token(&mut token, &mut tokens),
            },
        }
    }
    end_token(&mut token, &mut tokens);
    tokens
}

fn end_token(token: &mut CompactString, tokens: &mut Tokens) {
    if !token.is_empty() {
        tokens.push(std::mem::take(token));
    }
}

/// Letters that no decomposition reaches, as they are written in passports' machine-readable zone
/// (ICAO Doc 9303, part 3, section 6), with the umlauts left to decomposition.
fn letters(c: char) -> Option<&'static str> {
    Some(match c {
        'Ø' => "O",
        'Ł' => "L",
        'Đ' | 'Ð' => "D",
        'Æ' => "AE",
        'Œ' => "OE",
        'Þ' => "TH",
        'ẞ' => "SS",
        'Ħ' => "H",
        'İ' | 'ı' => "I",
        'Ŋ' => "N",
        'Ŧ' => "T",
        _ => return None,
    })
}

/// The tokens in alphabetical order.
pub(super) fn loose(tokens: &Tokens) -> CompactString {
    let mut sorted: SmallVec<[&str; 4]> = tokens.iter().map(CompactString::as_str).collect();
    sorted.sort_unstable();
    let mut out = CompactString::default();
    for (at, token) in sorted.iter().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(token);
    }
    out
}

/// The last token as surname and the first as given name: only frequencies depend on it.
pub(super) fn parts(tokens: &Tokens) -> (CompactString, CompactString) {
    match tokens.as_slice() {
        [] => Default::default(),
        [one] => (one.clone(), CompactString::default()),
        [first, .., last] => (last.clone(), first.clone()),
    }
}

/// Soundex of the first and the last token, and the two ways in which a Chinese name may stand in
/// letters (surname first, surname last).
pub(super) fn phonetic(tokens: &Tokens) -> SmallVec<[CompactString; 2]> {
    let mut forms: SmallVec<[CompactString; 2]> = SmallVec::new();
    let [first, rest @ ..] = tokens.as_slice() else { return forms };
    let Some((last, middle)) = rest.split_last() else {
        forms.push(soundex(first));
        return forms;
    };
    forms.push(units::join(&soundex(first), &soundex(last)));
    let concat = |tokens: &[CompactString]| tokens.iter().map(CompactString::as_str).collect::<String>();
    let surname_first = units::join(&sound::fold(first), &sound::fold(&concat(rest)));
    forms.push(surname_first);
    if !middle.is_empty() {
        let front = sound::fold(&concat(&tokens[..tokens.len() - 1]));
        forms.push(units::join(&sound::fold(last), &front));
    }
    forms
}

/// American Soundex of a token (National Archives, General Information Leaflet 55): the first letter
/// and three digits, in capitals, so that it never equals folded pinyin.
pub(super) fn soundex(token: &str) -> CompactString {
    let code = |c: char| match c {
        'B' | 'F' | 'P' | 'V' => b'1',
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => b'2',
        'D' | 'T' => b'3',
        'L' => b'4',
        'M' | 'N' => b'5',
        'R' => b'6',
        'H' | 'W' => b'h',
        _ => b'0',
    };
    let mut characters = token.chars();
    let Some(first) = characters.next() else { return CompactString::default() };
    let mut out = CompactString::default();
    out.push(first);
    let mut previous = code(first);
    let mut digits = 0;
    for c in characters {
        let digit = code(c);
        // H and W do not separate equal codes; vowels do.
        if digit == b'h' {
            continue;
        }
        if digit != b'0' && digit != previous {
            out.push(char::from(digit));
            digits += 1;
            if digits == 3 {
                break;
            }
        }
        previous = digit;
    }
    for _ in digits..3 {
        out.push('0');
    }
    out
}
