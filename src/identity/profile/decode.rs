//! A profile to an identity. Every rule that other rooms rely on is checked again: stored bytes are the
//! world's.

use smallvec::SmallVec;

use super::bytes::Rest;
use super::encode::{self, Known};
use super::layout::{
    self, HEAD_BYTES, LONG_PHONE_BYTES, NO_COUNTY, PHONE_BYTES, fields, name, number, shape,
};
use super::{Malformed, VERSION};
use crate::identity::contact::{Month, Phone};
use crate::identity::date::Date;
use crate::identity::document::{Document, DocumentFlags, DocumentKind, DocumentNumber, RightNumber};
use crate::identity::name::Name;
use crate::identity::place::{Address, Place};
use crate::identity::region::RegionCode;
use crate::identity::sex::Sex;
use crate::identity::text::Code;
use crate::identity::{ALIASES_MAX, FORMER_NUMBER_CHARS_MIN, Guardian, Identity};
use crate::limits::DOCUMENTS_MAX;

/// See [`super::decode`].
pub(super) fn decode(bytes: &[u8]) -> Result<Identity, Malformed> {
    let (head, rest) = bytes.split_first_chunk::<HEAD_BYTES>().ok_or(Malformed::Length)?;
    if head[0] != VERSION {
        return Err(Malformed::Version);
    }
    let fields = u32::from_le_bytes(*head) >> 8;
    if fields >= fields::END {
        return Err(Malformed::Parts);
    }
    let rest = &mut Rest(rest);
    // IMPORTANT: parts are read in the order of the table.
    let mut identity = Identity {
        sex: sex(fields)?,
        birth: birth(fields, rest).ok_or(Malformed::Birth)?,
        place: place(fields, rest).ok_or(Malformed::Place)?,
        school: school(fields, rest).ok_or(Malformed::School)?,
        enrolled: enrolled(fields, rest).ok_or(Malformed::Enrolled)?,
        ..Identity::default()
    };
    let mut known =
        Known { birth: identity.birth, county: identity.place.and_then(Place::county), family: None };
    // Filled where it stands: what is put together elsewhere and moved takes longer to move than to read.
    let form = rest.byte().ok_or(Malformed::Document)?;
    if form & number::MASK >= number::RIGHT {
        let parts = right(form, &known, rest).ok_or(Malformed::Document)?;
        identity.documents.push(UNSET);
        identity.documents[0].number.set_right(parts);
    } else if form & number::MASK != 0 {
        push_any_document(form, &known, rest, &mut identity.documents).ok_or(Malformed::Document)?;
    }
    match form >> name::SHIFT {
        0 => {}
        chars @ 1..=name::HAN_MAX => {
            known.family = rest.0.first_chunk().map(|first| u16::from_le_bytes(*first));
            put_han(None, chars, rest, &mut identity.name).ok_or(Malformed::Name)?;
        }
        name::TEXT => identity.name = Some(text(rest).ok_or(Malformed::Name)?),
        _ => return Err(Malformed::Name),
    }
    if fields & fields::DOCUMENTS != 0 {
        read_documents(&known, rest, &mut identity.documents).ok_or(Malformed::Document)?;
    }
    if fields & fields::ALIASES != 0 {
        identity.aliases = aliases(&known, rest).ok_or(Malformed::Alias)?;
    }
    read_guardians(fields, &known, rest, &mut identity.guardians).ok_or(Malformed::Guardian)?;
    read_phones(fields, rest, &mut identity.phones).ok_or(Malformed::Phone)?;
    if fields & fields::ADDRESS != 0 {
        identity.address = Some(address(rest).ok_or(Malformed::Address)?);
    }
    if fields & fields::FORMER_NUMBER != 0 {
        identity.former_number = Some(former_number(rest).ok_or(Malformed::FormerNumber)?);
    }
    if rest.0.is_empty() { Ok(identity) } else { Err(Malformed::Length) }
}

/// The two bits of a field.
#[inline]
fn two_bits(fields: u32, at: u32) -> u32 {
    fields >> at & 0b11
}

fn sex(fields: u32) -> Result<Option<Sex>, Malformed> {
    match two_bits(fields, fields::SEX) {
        0 => Ok(None),
        fields::MALE => Ok(Some(Sex::Male)),
        fields::FEMALE => Ok(Some(Sex::Female)),
        _ => Err(Malformed::Sex),
    }
}

fn birth(fields: u32, rest: &mut Rest<'_>) -> Option<Option<Date>> {
    let half = match two_bits(fields, fields::BIRTH) {
        0 => return Some(None),
        half @ (fields::EARLY | fields::LATE) => half - fields::EARLY,
        _ => return None,
    };
    layout::date(half << 16 | u32::from(u16::from_le_bytes(rest.array()?))).map(Some)
}

fn place(fields: u32, rest: &mut Rest<'_>) -> Option<Option<Place>> {
    let (county, village) = match two_bits(fields, fields::PLACE) {
        0 => return Some(None),
        fields::COUNTY => (rest.word::<3>()? as u32, 0),
        fields::VILLAGE => {
            let number = rest.word::<5>()?;
            let (county, village) = ((number / 1_000_000) as u32, (number % 1_000_000) as u32);
            if village == 0 {
                return None;
            }
            (county, village)
        }
        _ => return other_place(rest).map(Some),
    };
    let code = Code::of_twelve_digits([county, village])?;
    Some(Some(Place::stored(code, Some(RegionCode::new(county)?))))
}

#[cold]
fn other_place(rest: &mut Rest<'_>) -> Option<Place> {
    let code = Code::stored(rest.word::<8>()?)?;
    let county = match u32::from_le_bytes(rest.array()?) {
        NO_COUNTY => None,
        county => Some(RegionCode::new(county)?),
    };
    Some(Place::stored(code, county)).filter(|place| encode::village(*place).is_none())
}

fn school(fields: u32, rest: &mut Rest<'_>) -> Option<Option<Code>> {
    match two_bits(fields, fields::SCHOOL) {
        0 => Some(None),
        fields::TEN_DIGITS => Code::of_ten_digits(rest.word::<5>()?).map(Some),
        fields::OTHER_SCHOOL => {
            Code::stored(rest.word::<8>()?).filter(|code| code.ten_digits().is_none()).map(Some)
        }
        _ => None,
    }
}

fn enrolled(fields: u32, rest: &mut Rest<'_>) -> Option<Option<Month>> {
    if fields & fields::ENROLLED == 0 {
        return Some(None);
    }
    Month::stored(u16::from_le_bytes(rest.array()?)).map(Some)
}

/// A count that stands in two bits, or follows where it does not.
#[inline]
fn length(fields: u32, at: u32, rest: &mut Rest<'_>) -> Option<usize> {
    match two_bits(fields, at) {
        fields::MANY => rest.count().filter(|count| *count >= fields::MANY as usize),
        few => Some(few as usize),
    }
}

/// A document that waits for its right number.
// IMPORTANT: first put into its place, then given its number there. Bytes written in small pieces and moved in
// large ones make the processor wait, each time for as long as the number takes to read.
const UNSET: Document =
    Document::plain(DocumentKind::ResidentId, DocumentFlags::empty(), DocumentNumber::UNSET);

/// The parts of a right number. What is left out for being known must not stand here.
#[inline(always)]
fn right(form: u8, known: &Known, rest: &mut Rest<'_>) -> Option<RightNumber> {
    let (is_born, is_local) = (form & number::IS_BORN != 0, form & number::IS_LOCAL != 0);
    let word = match layout::right_bytes(form) {
        6 => rest.word::<6>()?,
        4 => rest.word::<4>()?,
        _ => rest.word::<2>()?,
    };
    let sequence = word & ((1 << number::SEQUENCE_BITS) - 1);
    let mut word = word >> number::SEQUENCE_BITS;
    let birth = if is_born {
        known.birth?
    } else {
        let bits = word & ((1 << number::DATE_BITS) - 1);
        word >>= number::DATE_BITS;
        layout::date(bits as u32).filter(|birth| known.birth != Some(*birth))?
    };
    let region = if is_local {
        if word != 0 {
            return None;
        }
        known.county?
    } else {
        RegionCode::new(u32::try_from(word).ok()?).filter(|region| known.county != Some(*region))?
    };
    let is_sequence = sequence < number::SEQUENCE_END;
    is_sequence.then_some(RightNumber { region: region.get(), birth, sequence: sequence as u32 })
}

/// Any document, behind its form.
#[inline(never)]
fn any_document(kind: u8, known: &Known, rest: &mut Rest<'_>) -> Option<Document> {
    let kind = layout::kind(kind)?;
    let shape = rest.byte().filter(|shape| *shape < shape::END)?;
    let flags = match shape & shape::FLAGS {
        0 => DocumentFlags::empty(),
        _ => DocumentFlags::from_bits(u16::from_le_bytes(rest.array()?)).filter(|flags| !flags.is_empty())?,
    };
    let number = match shape & shape::PACKED {
        0 => written_number(rest)?,
        _ => DocumentNumber::unpacked(rest.word::<8>()?)?,
    };
    if shape & shape::RAW != 0 {
        return Document::with_raw(kind, flags, number, std::str::from_utf8(rest.text()?).ok()?);
    }
    Some(Document::plain(kind, flags, number)).filter(|document| encode::right(document, known).is_none())
}

/// A number written out: digits and capitals, and the marks of a spreadsheet's float.
fn written_number(rest: &mut Rest<'_>) -> Option<DocumentNumber> {
    let text = rest.text()?;
    let is_written = |byte: &u8| matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'.' | b'+');
    let number = DocumentNumber::new(text).filter(|number| number.packed().is_none())?;
    text.iter().all(is_written).then_some(number)
}

/// Reads a name of few Han characters, the first of which may be known.
#[inline(always)]
fn put_han(family: Option<u16>, chars: u8, rest: &mut Rest<'_>, place: &mut Option<Name>) -> Option<()> {
    let written = usize::from(chars) - usize::from(family.is_some());
    let (codes, _) = rest.take(2 * written)?.as_chunks::<2>();
    Name::put_han(place, family.into_iter().chain(codes.iter().map(|code| u16::from_le_bytes(*code))))
}

/// A name written out, which cannot be written shorter.
#[inline(never)]
fn text(rest: &mut Rest<'_>) -> Option<Name> {
    Name::stored(rest.text()?).filter(|name| encode::few_han(name).is_none())
}

/// Reads the name of a form that is not 0, other than the student's.
#[inline(always)]
fn put_name(form: u8, known: &Known, rest: &mut Rest<'_>, place: &mut Option<Name>) -> Option<()> {
    match form >> name::SHIFT {
        chars @ 1..=name::HAN_MAX => {
            let first = rest.0.first_chunk().map(|first| u16::from_le_bytes(*first));
            if known.family.is_some() && known.family == first {
                return None;
            }
            put_han(None, chars, rest, place)
        }
        form if form < name::TEXT => put_han(Some(known.family?), form - name::FAMILY, rest, place),
        name::TEXT => {
            *place = Some(text(rest)?);
            Some(())
        }
        _ => None,
    }
}

/// The document of a form that is not 0, in a place where hardly any stands.
#[inline(never)]
fn push_any_document(
    form: u8,
    known: &Known,
    rest: &mut Rest<'_>,
    documents: &mut SmallVec<[Document; 1]>,
) -> Option<()> {
    match form & number::MASK {
        number::RIGHT.. => {
            let parts = right(form, known, rest)?;
            documents.push(UNSET);
            documents.last_mut()?.number.set_right(parts);
        }
        kind => documents.push(any_document(kind, known, rest)?),
    }
    Some(())
}

#[inline(never)]
fn read_documents(known: &Known, rest: &mut Rest<'_>, documents: &mut SmallVec<[Document; 1]>) -> Option<()> {
    if documents.is_empty() {
        return None;
    }
    for _ in 0..rest.count().filter(|count| (1..DOCUMENTS_MAX).contains(count))? {
        let form = rest.byte().filter(|form| *form != 0 && form & !number::MASK == 0)?;
        push_any_document(form, known, rest, documents)?;
    }
    Some(())
}

#[inline(never)]
fn aliases(known: &Known, rest: &mut Rest<'_>) -> Option<Vec<Name>> {
    let count = rest.count().filter(|count| (1..=ALIASES_MAX).contains(count))?;
    let mut aliases = Vec::with_capacity(count);
    for _ in 0..count {
        let form = rest.byte().filter(|form| *form != 0 && form & number::MASK == 0)?;
        let mut alias = None;
        put_name(form, known, rest, &mut alias)?;
        aliases.push(alias?);
    }
    Some(aliases)
}

#[inline]
fn read_guardians(
    fields: u32,
    known: &Known,
    rest: &mut Rest<'_>,
    guardians: &mut SmallVec<[Guardian; 2]>,
) -> Option<()> {
    for _ in 0..length(fields, fields::GUARDIANS, rest)? {
        let form = rest.byte()?;
        if form & number::MASK >= number::RIGHT {
            let parts = right(form, known, rest)?;
            guardians.push(Guardian { name: None, document: Some(UNSET) });
            guardians.last_mut()?.document.as_mut()?.number.set_right(parts);
        } else {
            push_unusual_guardian(form, known, rest, guardians)?;
        }
        if form >> name::SHIFT != 0 {
            put_name(form, known, rest, &mut guardians.last_mut()?.name)?;
        }
    }
    Some(())
}

/// A guardian without a document, or with any; without the name.
#[inline(never)]
fn push_unusual_guardian(
    form: u8,
    known: &Known,
    rest: &mut Rest<'_>,
    guardians: &mut SmallVec<[Guardian; 2]>,
) -> Option<()> {
    let document = match form & number::MASK {
        0 if form != 0 => None,
        kind => Some(any_document(kind, known, rest)?),
    };
    guardians.push(Guardian { name: None, document });
    Some(())
}

#[inline]
fn read_phones(fields: u32, rest: &mut Rest<'_>, phones: &mut SmallVec<[Phone; 2]>) -> Option<()> {
    let is_long = fields & fields::LONG_PHONES != 0;
    let mut last = None;
    for _ in 0..length(fields, fields::PHONES, rest)? {
        let number = if is_long { rest.word::<LONG_PHONE_BYTES>()? } else { rest.word::<PHONE_BYTES>()? };
        let phone = Phone::stored(number)?;
        if last.is_some_and(|last| last >= phone) {
            return None;
        }
        last = Some(phone);
        phones.push(phone);
    }
    // Rising: the last of them is the longest.
    let needs_long = last.is_some_and(|last| last.get() >= layout::PHONE_END);
    (is_long == needs_long).then_some(())
}

fn address(rest: &mut Rest<'_>) -> Option<Address> {
    let count = rest.count()?;
    let (pairs, _) = rest.take(count.checked_mul(2)?)?.as_chunks::<2>();
    Address::stored(pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect())
}

fn former_number(rest: &mut Rest<'_>) -> Option<Box<str>> {
    let text = std::str::from_utf8(rest.text()?).ok()?;
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    (is_number && text.len() >= FORMER_NUMBER_CHARS_MIN).then(|| text.into())
}
