//! Reading a document number out of messy text, in an order that matters: width,
//! invisible characters, the last X, letters for digits, spreadsheet damage, 15 to 18, renewal
//! counters, and last the kind.

use smallvec::SmallVec;

use super::{Document, DocumentFlags, DocumentKind, DocumentNumber, StatedKind, birth_in, check, region_in};
use crate::identity::date::Date;
use crate::identity::region::RegionCode;
use crate::identity::text;

/// A text with no letter and no digit in it, or too long for any document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotADocument;

impl std::fmt::Display for NotADocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no document number: no letter and no digit in it, or too many")
    }
}

impl std::error::Error for NotADocument {}

type Bytes = SmallVec<[u8; 32]>;

impl Document {
    /// Reads a document. `birth` is the record's birth date: it decides the century of a 15-digit
    /// number, which has none. About 80 ns for a clean number.
    ///
    /// # Errors
    /// [`NotADocument`]. Every other fault is a flag on the document.
    ///
    /// # Examples
    /// ```
    /// use renji::identity::document::{Document, DocumentKind, StatedKind};
    /// let document = Document::parse(StatedKind::Unstated, " 11010519491231002х", None).unwrap();
    /// assert_eq!(document.kind, DocumentKind::ResidentId);
    /// assert_eq!(document.number.as_str(), "11010519491231002X");
    /// assert!(document.is_valid());
    /// ```
    pub fn parse(stated: StatedKind, raw: &str, birth: Option<Date>) -> Result<Self, NotADocument> {
        if let Some(document) = right_citizens(stated, raw) {
            return Ok(document);
        }
        let (kind, flags, number) = read(stated, raw, birth)?;
        let number = DocumentNumber::new(&number).ok_or(NotADocument)?;
        let raw = (raw.as_bytes() != number.as_bytes()).then(|| raw.into());
        Ok(Document { kind, flags, number, raw })
    }
}

/// Nearly every number: a citizen's of eighteen characters as it stands, with the right check character and a
/// possible date. None of the steps of [`read`] would change it, and few of its flags can apply.
fn right_citizens(stated: StatedKind, raw: &str) -> Option<Document> {
    let bytes: &[u8; 18] = raw.as_bytes().try_into().ok()?;
    // Other kinds begin so, and fillers with one character again and again.
    let is_monotone = bytes[2..7].iter().filter(|byte| **byte != bytes[1]).count() <= 1;
    if matches!(bytes[0], b'8' | b'9') || is_monotone {
        return None;
    }
    let number = DocumentNumber::new(bytes)?;
    let right = number.right()?;
    let mut flags = DocumentFlags::empty();
    if !RegionCode::new(right.region).is_some_and(RegionCode::is_known) {
        flags |= DocumentFlags::REGION_UNKNOWN;
    }
    if matches!(stated, StatedKind::Kind(kind) if kind != DocumentKind::ResidentId) {
        flags |= DocumentFlags::KIND_CORRECTED;
    }
    Some(Document { kind: DocumentKind::ResidentId, flags, number, raw: None })
}

fn read(
    stated: StatedKind,
    raw: &str,
    birth: Option<Date>,
) -> Result<(DocumentKind, DocumentFlags, Bytes), NotADocument> {
    let mut flags = DocumentFlags::empty();
    let mut number = match plain_eighteen(raw) {
        // Nearly every number: none of the steps below would change it.
        Some(plain) => Bytes::from_slice(plain),
        None => {
            let mut number = characters(raw)?;
            if let Some(exponent) = float_exponent(&number) {
                // A longer one loses digits before its exponent, so that it still reads as a float.
                let kept = super::DOCUMENT_BYTES_MAX.saturating_sub(number.len() - exponent);
                number.drain(kept.min(exponent)..exponent);
                return Ok((stated_or_other(stated), DocumentFlags::SPREADSHEET_DAMAGE, number));
            }
            number.retain(|byte| byte.is_ascii_alphanumeric());
            if number.is_empty() || number.len() > super::DOCUMENT_BYTES_MAX {
                return Err(NotADocument);
            }
            if repair_letters(&mut number) {
                flags |= DocumentFlags::REPAIRED;
            }
            number
        }
    };
    if is_filler(&number) {
        return Ok((stated_or_other(stated), flags | DocumentFlags::FILLER, number));
    }
    let length = number.len();
    let kind = classify(stated, &mut number, &mut flags, birth);
    // Without a counter or its last letter a number may turn out to be a filler after all.
    if number.len() != length && is_filler(&number) {
        return Ok((kind, flags | DocumentFlags::FILLER, number));
    }
    if let StatedKind::Kind(stated) = stated
        && stated != kind
    {
        flags |= DocumentFlags::KIND_CORRECTED;
    }
    check_number(kind, &number, &mut flags);
    Ok((kind, flags, number))
}

/// The bytes of a text that is seventeen digits and a digit or X as it stands.
fn plain_eighteen(raw: &str) -> Option<&[u8; 18]> {
    let number: &[u8; 18] = raw.as_bytes().try_into().ok()?;
    // One count without a way out in the middle: the compiler takes all bytes at once.
    let digits: u8 = number[..17].iter().map(|byte| u8::from(byte.is_ascii_digit())).sum();
    (digits == 17 && matches!(number[17], b'0'..=b'9' | b'X')).then_some(number)
}

/// The characters that count: NFKC, no invisible ones, no spaces, upper case; a look-alike of X only
/// at the last place; a point, a plus, brackets and the bar stay for the steps that read them.
fn characters(raw: &str) -> Result<Bytes, NotADocument> {
    let mut out = Bytes::new();
    if raw.is_ascii() {
        let raw = raw.trim_ascii().trim_start_matches('\'').as_bytes();
        let (last, front) = raw.split_last().ok_or(NotADocument)?;
        out.extend(front.iter().copied().filter(|byte| is_kept(*byte)));
        match last {
            b'*' => out.push(b'X'),
            byte if is_kept(*byte) => out.push(*byte),
            _ => {}
        }
    } else {
        let mut cleaned = String::new();
        text::clean(raw, &mut cleaned);
        let cleaned = cleaned.trim().trim_start_matches(['\'', '‘', '’', '`']);
        let last = cleaned.char_indices().next_back().ok_or(NotADocument)?.0;
        for (at, c) in cleaned.char_indices() {
            match c {
                'Х' | 'х' | '×' | '✕' | '╳' | '*' if at == last => out.push(b'X'),
                c if c.is_ascii() && is_kept(c as u8) => out.push(c as u8),
                // Anything else that is a letter makes this no document of a known kind; it is
                // dropped here and the shorter number is judged by its form.
                _ => {}
            }
        }
    }
    out.make_ascii_uppercase();
    if out.is_empty() { Err(NotADocument) } else { Ok(out) }
}

fn is_kept(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'|')
}

/// Where the exponent of `4.20103E+17` begins: what a spreadsheet shows of a long number.
fn float_exponent(number: &[u8]) -> Option<usize> {
    let e = number.iter().position(|byte| *byte == b'E')?;
    let (mantissa, exponent) = (&number[..e], &number[e + 1..]);
    let exponent = exponent.strip_prefix(b"+").unwrap_or(exponent);
    let is_float = (1..=2).contains(&exponent.len())
        && exponent.iter().all(u8::is_ascii_digit)
        && mantissa.first().is_some_and(u8::is_ascii_digit)
        && mantissa.get(1) == Some(&b'.')
        && mantissa[2..].iter().all(u8::is_ascii_digit);
    is_float.then_some(e)
}

/// Puts digits for letters in a number that is otherwise all digits and as long as a citizen's.
fn repair_letters(number: &mut Bytes) -> bool {
    let digits = number.iter().filter(|byte| byte.is_ascii_digit()).count();
    let body = match number.len() {
        18 => 17,
        15 => 15,
        _ => return false,
    };
    let fixable = number[..body].iter().filter(|byte| matches!(byte, b'O' | b'I' | b'L')).count();
    let is_number =
        number[..body].iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'O' | b'I' | b'L'));
    // Three letters in front are the old card of a permanent resident.
    if !is_number || digits * 2 < body || number[..3].iter().all(u8::is_ascii_uppercase) {
        return false;
    }
    let last = matches!(number.last(), Some(b'O' | b'I' | b'L'));
    if fixable == 0 && !last {
        return false;
    }
    for byte in number.iter_mut() {
        *byte = match *byte {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
    }
    true
}

/// All characters equal, or digits counting up: typed to get past a required field.
fn is_filler(number: &[u8]) -> bool {
    if number.len() < 6 {
        return number.iter().all(|byte| *byte == b'0');
    }
    let all_equal = number.windows(2).all(|pair| pair[0] == pair[1]);
    if number.len() < 15 {
        return all_equal;
    }
    // The last character may be a check character, put right to get past one.
    let counts_up = number[..number.len() - 1]
        .windows(2)
        .all(|pair| pair[1] == pair[0] + 1 || (pair[0] == b'9' && pair[1] == b'0'));
    // One stray digit in an otherwise empty number is a filler as well.
    all_equal || counts_up || number[1..].iter().filter(|byte| **byte != number[1]).count() <= 1
}

fn stated_or_other(stated: StatedKind) -> DocumentKind {
    match stated {
        StatedKind::Kind(kind) => kind,
        _ => DocumentKind::Other,
    }
}

/// Settles the kind by the form of the number, by the stated kind where forms are shared; brings the
/// number into the canonical form of its kind.
fn classify(
    stated: StatedKind,
    number: &mut Bytes,
    flags: &mut DocumentFlags,
    birth: Option<Date>,
) -> DocumentKind {
    use DocumentKind::*;
    let says = |kind| stated == StatedKind::Kind(kind);
    let letters = number.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let digits = number[letters..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let only_digits = letters == 0 && digits == number.len();
    match (letters, number.len()) {
        (0, 18) if digits >= 17 => return eighteen(number),
        (0, 15) if only_digits && !says(Passport) && is_short_citizens(number) => {
            upgrade(number, birth);
            *flags |= DocumentFlags::UPGRADED;
            return ResidentId;
        }
        (3, 15) if digits == 12 => return PermanentResidentOld,
        _ => {}
    }
    let permit = letters == 1 && matches!(number[0], b'H' | b'M') && matches!(digits, 8 | 10);
    if permit && number.len() == 1 + digits && !says(Passport) {
        drop_counter(number, 9, flags);
        return HongKongMacauPermit;
    }
    if says(TaiwanPermit) && letters == 0 && (8..=10).contains(&digits) && number.len() - digits <= 1 {
        drop_counter(number, 8, flags);
        return TaiwanPermit;
    }
    if matches!(letters, 1 | 2) && number.len() == letters + 7 {
        // Two letters and seven digits are a passport far more often, unless stated otherwise.
        let hong_kong = stated == StatedKind::HongKong || says(HongKongId);
        if hong_kong || (letters == 1 && !says(Passport) && check::is_hong_kong(number)) {
            return HongKongId;
        }
    }
    if (stated == StatedKind::Macau || says(MacauId)) && only_digits && number.len() == 8 {
        return MacauId;
    }
    // A citizen's number with a digit lost or doubled keeps its kind: near misses are looked for.
    let near_eighteen = letters == 0 && (16..=20).contains(&number.len()) && digits + 3 >= number.len();
    if near_eighteen && !says(Passport) || says(ResidentId) && digits * 2 > number.len() {
        *flags |= DocumentFlags::MALFORMED;
        return ResidentId;
    }
    if only_digits && number.len() == 8 && matches!(stated, StatedKind::Unstated | StatedKind::None) {
        return TaiwanPermit;
    }
    if (5..=17).contains(&number.len()) && digits > 0 && (letters > 0 || says(Passport)) {
        return Passport;
    }
    match stated {
        StatedKind::Kind(kind) => {
            if !matches!(kind, Military | Other) {
                *flags |= DocumentFlags::MALFORMED;
            }
            kind
        }
        _ => Other,
    }
}

/// The kinds of 18 characters by their first digits.
fn eighteen(number: &[u8]) -> DocumentKind {
    match number {
        [b'9', ..] => DocumentKind::PermanentResident,
        [b'8', b'1'..=b'3', b'0', b'0', b'0', b'0', ..] => DocumentKind::ResidencePermit,
        _ => DocumentKind::ResidentId,
    }
}

fn drop_counter(number: &mut Bytes, length: usize, flags: &mut DocumentFlags) {
    if number.len() > length {
        number.truncate(length);
        *flags |= DocumentFlags::COUNTER_DROPPED;
    }
}

/// Whether 15 digits can be a citizen's number of the old form: digits 7 to 12 are a date in either
/// century, and the region is one of the mainland.
fn is_short_citizens(number: &[u8]) -> bool {
    eighteen(number) == DocumentKind::ResidentId
        && [b"19", b"20"].iter().any(|century| birth_in(&lengthened(number, century)).is_some())
}

/// A 15-digit number with its century and check character.
fn lengthened(number: &[u8], century: &[u8; 2]) -> [u8; 18] {
    let mut long = [0; 18];
    long[..6].copy_from_slice(&number[..6]);
    long[6..8].copy_from_slice(century);
    long[8..17].copy_from_slice(&number[6..15]);
    let body: &[u8; 17] = long[..17].try_into().expect("17 of 18 bytes");
    long[17] = check::mod_11_2(body).unwrap_or(b'0');
    long
}

/// 15 to 18: `19` after the region and the check character behind, as the law has it; but `20` where
/// only that is a day at all, or is about as old as the record's own birth date, which may be wrong. No student holds such a number, yet clerks copy
/// the old form from habit.
fn upgrade(number: &mut Bytes, birth: Option<Date>) {
    let old = lengthened(number, b"19");
    let young = lengthened(number, b"20");
    // A guardian's old number in a child's record lies a generation away in either century.
    let is_near = |own: Date, birth: Date| own.year().abs_diff(birth.year()) <= 10;
    let is_young = match birth {
        Some(birth) => birth_in(&old).is_none() || birth_in(&young).is_some_and(|own| is_near(own, birth)),
        None => birth_in(&old).is_none(),
    };
    *number = Bytes::from_slice(if is_young { &young } else { &old });
}

/// The flags that come from the number itself.
fn check_number(kind: DocumentKind, number: &[u8], flags: &mut DocumentFlags) {
    if kind == DocumentKind::HongKongId && !check::is_hong_kong(number) {
        *flags |= DocumentFlags::CHECK_FAILED;
    }
    let (true, Ok(number)) = (kind.is_eighteen(), <&[u8; 18]>::try_from(number)) else { return };
    let sound = check::is_mod_11_2(number);
    if !sound {
        // A float keeps fifteen digits: the rest comes back as zeros.
        if &number[15..] == b"000" {
            *flags |= DocumentFlags::SPREADSHEET_DAMAGE;
            return;
        }
        *flags |= DocumentFlags::CHECK_FAILED;
    }
    if birth_in(number).is_none() {
        *flags |= DocumentFlags::DATE_IMPOSSIBLE;
    }
    if kind == DocumentKind::ResidentId && !region_in(number).is_some_and(RegionCode::is_known) {
        *flags |= DocumentFlags::REGION_UNKNOWN;
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
