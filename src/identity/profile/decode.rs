//! A profile to an identity. Every rule that other rooms rely on is checked again: stored bytes are the
//! world's.

use smallvec::SmallVec;

use super::bytes::Rest;
use super::layout::{
    self, DOCUMENT_PARTS, FEMALE, HEAD_BYTES, HEAD_NAME_BYTES_MAX, Head, MALE, NO_COUNTY, PHONE_BYTES, Parts,
    at, shape,
};
use super::{Malformed, VERSION};
use crate::identity::contact::{Month, Phone};
use crate::identity::date::Date;
use crate::identity::document::{Document, DocumentFlags, DocumentNumber};
use crate::identity::name::Name;
use crate::identity::place::{Address, Place};
use crate::identity::region::RegionCode;
use crate::identity::sex::Sex;
use crate::identity::text::Code;
use crate::identity::{ALIASES_MAX, FORMER_NUMBER_CHARS_MIN, Guardian, Identity};
use crate::limits::DOCUMENTS_MAX;

/// See [`super::decode`].
pub(super) fn decode(bytes: &[u8]) -> Result<Identity, Malformed> {
    let (head, tail) = bytes.split_first_chunk::<HEAD_BYTES>().ok_or(Malformed::Length)?;
    if head[at::VERSION] != VERSION {
        return Err(Malformed::Version);
    }
    if u32::try_from(tail.len()) != Ok(u32::from_le_bytes(array(head, at::TAIL_BYTES))) {
        return Err(Malformed::Length);
    }
    let parts = Parts::from_bits(u16::from_le_bytes(array(head, at::PARTS))).ok_or(Malformed::Parts)?;
    let mut rest = Rest(tail);
    let mut identity = Identity {
        birth: birth(head)?,
        sex: sex(head)?,
        place: place(head).ok_or(Malformed::Place)?,
        school: school(head)?,
        enrolled: enrolled(head)?,
        ..Identity::default()
    };
    // Filled where it stands: what is put together elsewhere and moved takes longer to move than to read.
    // IMPORTANT: parts are read in the order of their bits.
    read_documents(head, parts, &mut rest, &mut identity.documents)?;
    identity.name = name(head, parts, &mut rest)?;
    if parts.contains(Parts::ALIASES) {
        identity.aliases = aliases(&mut rest).ok_or(Malformed::Alias)?;
    }
    if parts.contains(Parts::GUARDIANS) {
        read_guardians(&mut rest, &mut identity.guardians).ok_or(Malformed::Guardian)?;
    }
    if parts.contains(Parts::PHONES) {
        read_phones(&mut rest, &mut identity.phones).ok_or(Malformed::Phone)?;
    }
    if parts.contains(Parts::ADDRESS) {
        identity.address = Some(address(&mut rest).ok_or(Malformed::Address)?);
    }
    if parts.contains(Parts::FORMER_NUMBER) {
        identity.former_number = Some(former_number(&mut rest).ok_or(Malformed::FormerNumber)?);
    }
    if rest.0.is_empty() { Ok(identity) } else { Err(Malformed::Length) }
}

/// A field of the head; where it stands is known when this is compiled.
#[inline]
fn array<const N: usize>(head: &Head, at: usize) -> [u8; N] {
    std::array::from_fn(|index| head[at + index])
}

fn birth(head: &Head) -> Result<Option<Date>, Malformed> {
    let year = u16::from_le_bytes(array(head, at::BIRTH_YEAR));
    match (year, head[at::BIRTH_MONTH], head[at::BIRTH_DAY]) {
        (0, 0, 0) => Ok(None),
        (year, month, day) => Date::new(year, month, day).map(Some).map_err(|_| Malformed::Birth),
    }
}

fn sex(head: &Head) -> Result<Option<Sex>, Malformed> {
    match head[at::SEX] {
        0 => Ok(None),
        MALE => Ok(Some(Sex::Male)),
        FEMALE => Ok(Some(Sex::Female)),
        _ => Err(Malformed::Sex),
    }
}

fn place(head: &Head) -> Option<Option<Place>> {
    let word = u64::from_le_bytes(array(head, at::PLACE));
    let county = u32::from_le_bytes(array(head, at::COUNTY));
    if word == 0 {
        return (county == 0).then_some(None);
    }
    let county = match county {
        NO_COUNTY => None,
        county => Some(RegionCode::new(county)?),
    };
    Some(Some(Place::stored(Code::stored(word)?, county)))
}

fn school(head: &Head) -> Result<Option<Code>, Malformed> {
    match u64::from_le_bytes(array(head, at::SCHOOL)) {
        0 => Ok(None),
        word => Code::stored(word).map(Some).ok_or(Malformed::School),
    }
}

fn enrolled(head: &Head) -> Result<Option<Month>, Malformed> {
    match u16::from_le_bytes(array(head, at::ENROLLED)) {
        0 => Ok(None),
        months => Month::stored(months).map(Some).ok_or(Malformed::Enrolled),
    }
}

#[inline]
fn read_documents(
    head: &Head,
    parts: Parts,
    rest: &mut Rest<'_>,
    documents: &mut SmallVec<[Document; 1]>,
) -> Result<(), Malformed> {
    let flags = u16::from_le_bytes(array(head, at::FLAGS));
    let word = u64::from_le_bytes(array(head, at::NUMBER));
    if head[at::KIND] == 0 {
        let has_none = flags == 0 && word == 0 && !parts.intersects(DOCUMENT_PARTS);
        return if has_none { Ok(()) } else { Err(Malformed::Parts) };
    }
    let (kind, is_packed) = (head[at::KIND], !parts.contains(Parts::NUMBER));
    if !is_packed && word != 0 {
        return Err(Malformed::Parts);
    }
    if is_packed && !parts.contains(Parts::RAW) {
        documents.push(plain_document(kind, flags, word).ok_or(Malformed::Document)?);
    } else {
        let word = is_packed.then_some(word);
        let unusual = unusual_document(kind, flags, word, parts.contains(Parts::RAW), rest);
        documents.push(unusual.ok_or(Malformed::Document)?);
    }
    if parts.contains(Parts::DOCUMENTS) {
        read_further_documents(rest, documents).ok_or(Malformed::Document)?;
    }
    Ok(())
}

fn read_further_documents(rest: &mut Rest<'_>, documents: &mut SmallVec<[Document; 1]>) -> Option<()> {
    let count = rest.count().filter(|count| (1..DOCUMENTS_MAX).contains(count))?;
    for _ in 0..count {
        let shape = rest.byte().filter(|shape| shape & shape::NAME == 0)?;
        documents.push(unusual_shape(shape, rest)?);
    }
    Some(())
}

/// A document with a packed number and nothing else.
// Inlined by force, and apart from all others: only so is a number never in memory before it is in its
// place. Bytes written in small pieces and moved in large ones make the processor wait, each time for as
// long as the number takes to read.
#[inline(always)]
fn plain_document(kind: u8, flags: u16, word: u64) -> Option<Document> {
    let (kind, flags) = (layout::kind(kind)?, DocumentFlags::from_bits(flags)?);
    Some(Document::plain(kind, flags, DocumentNumber::unpacked(word)?))
}

/// Any document: `word` is its number where that is packed, and `has_raw` says that a text as written
/// follows.
#[inline(never)]
fn unusual_document(
    kind: u8,
    flags: u16,
    word: Option<u64>,
    has_raw: bool,
    rest: &mut Rest<'_>,
) -> Option<Document> {
    let (kind, flags) = (layout::kind(kind)?, DocumentFlags::from_bits(flags)?);
    let number = match word {
        Some(word) => DocumentNumber::unpacked(word)?,
        None => written_number(rest)?,
    };
    if !has_raw {
        return Some(Document::plain(kind, flags, number));
    }
    Document::with_raw(kind, flags, number, std::str::from_utf8(rest.text()?).ok()?)
}

/// Any document of the tail, behind its shape.
#[inline(never)]
fn unusual_shape(shape: u8, rest: &mut Rest<'_>) -> Option<Document> {
    if shape & !(shape::KIND_MASK | shape::PACKED | shape::RAW | shape::NAME) != 0 {
        return None;
    }
    let flags = u16::from_le_bytes(rest.array()?);
    let is_packed = shape & shape::PACKED != 0;
    let word = if is_packed { Some(u64::from_le_bytes(rest.array()?)) } else { None };
    unusual_document(shape & shape::KIND_MASK, flags, word, shape & shape::RAW != 0, rest)
}

/// A number written out: digits and capitals, and the marks of a spreadsheet's float.
fn written_number(rest: &mut Rest<'_>) -> Option<DocumentNumber> {
    let text = rest.text()?;
    let is_written = |byte: &u8| matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'.' | b'+');
    let number = DocumentNumber::new(text).filter(|number| number.packed().is_none())?;
    text.iter().all(is_written).then_some(number)
}

#[inline]
fn name(head: &Head, parts: Parts, rest: &mut Rest<'_>) -> Result<Option<Name>, Malformed> {
    let length = head_name_bytes(head);
    let text = match (parts.contains(Parts::NAME), length) {
        (false, 0) => return Ok(None),
        (false, _) => Some(&head[at::NAME..at::NAME + length]),
        (true, 0) => rest.text().filter(|text| text.len() > HEAD_NAME_BYTES_MAX),
        (true, _) => return Err(Malformed::Parts),
    };
    text.and_then(Name::stored).map(Some).ok_or(Malformed::Name)
}

/// How long the name in the head is: up to the last byte that is no zero.
#[inline]
fn head_name_bytes(head: &Head) -> usize {
    const { assert!(at::NAME + 3 == HEAD_BYTES - 16 && at::NAME == at::SEX + 1) };
    let front = u32::from_le_bytes(array(head, at::SEX)) >> 8;
    let back = u128::from_le_bytes(array(head, at::NAME + 3));
    let zeros = if back != 0 { back.leading_zeros() / 8 } else { 16 + front.leading_zeros() / 8 - 1 };
    HEAD_NAME_BYTES_MAX - zeros as usize
}

fn aliases(rest: &mut Rest<'_>) -> Option<Vec<Name>> {
    let count = rest.count().filter(|count| (1..=ALIASES_MAX).contains(count))?;
    let mut aliases = Vec::with_capacity(count);
    for _ in 0..count {
        aliases.push(Name::stored(rest.text()?)?);
    }
    Some(aliases)
}

#[inline]
fn read_guardians(rest: &mut Rest<'_>, guardians: &mut SmallVec<[Guardian; 2]>) -> Option<()> {
    for _ in 0..rest.count().filter(|count| *count > 0)? {
        let shape = rest.byte()?;
        match shape & !(shape::KIND_MASK | shape::NAME) {
            shape::PACKED => {
                let flags = u16::from_le_bytes(rest.array()?);
                let word = u64::from_le_bytes(rest.array()?);
                let document = Some(plain_document(shape & shape::KIND_MASK, flags, word)?);
                guardians.push(Guardian { name: None, document });
            }
            // No document but a name; neither of both has no kind and is refused.
            _ if shape == shape::NAME => guardians.push(Guardian { name: None, document: None }),
            _ => guardians.push(Guardian { name: None, document: Some(unusual_shape(shape, rest)?) }),
        }
        if shape & shape::NAME != 0 {
            guardians.last_mut()?.name = Some(Name::stored(rest.text()?)?);
        }
    }
    Some(())
}

#[inline]
fn read_phones(rest: &mut Rest<'_>, phones: &mut SmallVec<[Phone; 2]>) -> Option<()> {
    let mut last = None;
    for _ in 0..rest.count().filter(|count| *count > 0)? {
        let [a, b, c, d, e, f] = rest.array::<PHONE_BYTES>()?;
        let phone = Phone::stored(u64::from_le_bytes([a, b, c, d, e, f, 0, 0]))?;
        if last.is_some_and(|last| last >= phone) {
            return None;
        }
        last = Some(phone);
        phones.push(phone);
    }
    Some(())
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
