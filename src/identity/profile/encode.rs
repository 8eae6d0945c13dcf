//! An identity to a profile.

use super::VERSION;
use super::bytes::{put_count, put_text};
use super::layout::{self, HEAD_BYTES, LONG_PHONE_BYTES, PHONE_BYTES, fields, name, number, shape};
use crate::identity::date::Date;
use crate::identity::document::{Document, DocumentKind};
use crate::identity::name::{Name, han};
use crate::identity::place::Place;
use crate::identity::region::RegionCode;
use crate::identity::sex::Sex;
use crate::identity::{Guardian, Identity};

/// See [`super::encode`].
pub(super) fn encode(identity: &Identity, out: &mut Vec<u8>) {
    let start = out.len();
    out.reserve(128);
    out.extend_from_slice(&[0; HEAD_BYTES]);
    // IMPORTANT: the order of the parts is the order of reading.
    let mut word = put_fields(identity, out);
    let known = Known::of(identity);
    let (first, further) = match identity.documents.split_first() {
        Some((first, further)) => (Some(first), further),
        None => (None, [].as_slice()),
    };
    put_person(first, identity.name.as_ref(), None, &known, out);
    if !further.is_empty() {
        word |= fields::DOCUMENTS;
        put_count(further.len(), out);
        further.iter().for_each(|document| put_person(Some(document), None, None, &known, out));
    }
    if !identity.aliases.is_empty() {
        word |= fields::ALIASES;
        put_count(identity.aliases.len(), out);
        identity.aliases.iter().for_each(|alias| put_person(None, Some(alias), known.family, &known, out));
    }
    word |= put_length(identity.guardians.len(), out) << fields::GUARDIANS;
    for Guardian { name, document } in &identity.guardians {
        put_person(document.as_ref(), name.as_ref(), known.family, &known, out);
    }
    word |= put_phones(identity, out);
    if let Some(address) = &identity.address {
        word |= fields::ADDRESS;
        put_count(address.pairs().len(), out);
        let start = out.len();
        out.resize(start + 2 * address.pairs().len(), 0);
        let (places, _) = out[start..].as_chunks_mut();
        places.iter_mut().zip(address.pairs()).for_each(|(place, pair)| *place = pair.to_le_bytes());
    }
    if let Some(number) = &identity.former_number {
        word |= fields::FORMER_NUMBER;
        put_text(number.as_bytes(), out);
    }
    let head = u32::from(VERSION) | word << 8;
    out[start..start + HEAD_BYTES].copy_from_slice(&head.to_le_bytes());
}

/// What of a student need not be said again.
pub(super) struct Known {
    pub(super) birth: Option<Date>,
    pub(super) county: Option<RegionCode>,
    /// The first character of a name of few Han characters.
    pub(super) family: Option<u16>,
}

impl Known {
    pub(super) fn of(identity: &Identity) -> Self {
        Known {
            birth: identity.birth,
            county: identity.place.and_then(Place::county),
            family: identity.name.as_ref().and_then(|name| few_han(name).map(|(first, _)| first)),
        }
    }
}

/// The fields of few bytes, and the bits of the head that say what they are.
fn put_fields(identity: &Identity, out: &mut Vec<u8>) -> u32 {
    let mut word = match identity.sex {
        None => 0,
        Some(Sex::Male) => fields::MALE << fields::SEX,
        Some(Sex::Female) => fields::FEMALE << fields::SEX,
    };
    if let Some(birth) = identity.birth {
        let bits = layout::date_bits(birth);
        word |= (if bits >> 16 == 0 { fields::EARLY } else { fields::LATE }) << fields::BIRTH;
        out.extend_from_slice(&(bits as u16).to_le_bytes());
    }
    if let Some(place) = identity.place {
        word |= match village(place) {
            Some((county, 0)) => {
                out.extend_from_slice(&county.to_le_bytes()[..3]);
                fields::COUNTY
            }
            Some((county, village)) => {
                let number = u64::from(county) * 1_000_000 + u64::from(village);
                out.extend_from_slice(&number.to_le_bytes()[..5]);
                fields::VILLAGE
            }
            None => {
                out.extend_from_slice(&place.code().get().to_le_bytes());
                let county = place.county().map_or(layout::NO_COUNTY, RegionCode::get);
                out.extend_from_slice(&county.to_le_bytes());
                fields::OTHER_PLACE
            }
        } << fields::PLACE;
    }
    if let Some(school) = identity.school {
        word |= match school.ten_digits() {
            Some(number) => {
                out.extend_from_slice(&number.to_le_bytes()[..5]);
                fields::TEN_DIGITS
            }
            None => {
                out.extend_from_slice(&school.get().to_le_bytes());
                fields::OTHER_SCHOOL
            }
        } << fields::SCHOOL;
    }
    if let Some(month) = identity.enrolled {
        word |= fields::ENROLLED;
        out.extend_from_slice(&month.get().to_le_bytes());
    }
    word
}

/// The county and the six digits behind it, where that is all that a place is.
pub(super) fn village(place: Place) -> Option<(u32, u32)> {
    let [county, village] = place.code().twelve_digits()?;
    (place.county().map(RegionCode::get) == Some(county)).then_some((county, village))
}

/// Writes a count that does not stand in two bits, and gives those.
fn put_length(length: usize, out: &mut Vec<u8>) -> u32 {
    match u32::try_from(length) {
        Ok(length) if length < fields::MANY => length,
        _ => {
            put_count(length, out);
            fields::MANY
        }
    }
}

/// A document and a name, one of which may be missing.
#[inline]
fn put_person(
    document: Option<&Document>,
    name: Option<&Name>,
    family: Option<u16>,
    known: &Known,
    out: &mut Vec<u8>,
) {
    let at = out.len();
    out.push(0);
    let mut form = 0;
    if let Some(document) = document {
        form = put_document(document, known, out);
    }
    if let Some(name) = name {
        form |= put_name(name, family, out) << name::SHIFT;
    }
    out[at] = form;
}

/// Writes a document and gives its form.
fn put_document(document: &Document, known: &Known, out: &mut Vec<u8>) -> u8 {
    let Some((form, word, bytes)) = right(document, known) else { return put_any_document(document, out) };
    // Written whole and cut: a length that is known when this is compiled.
    let end = out.len() + bytes;
    out.extend_from_slice(&word.to_le_bytes());
    out.truncate(end);
    form
}

/// The form, the word and its bytes of a resident's number that is right, written as it is and without a flag.
#[inline]
pub(super) fn right(document: &Document, known: &Known) -> Option<(u8, u64, usize)> {
    let parts = if is_plain(document) { document.number.right()? } else { return None };
    let (mut form, mut word, mut bits) = (number::RIGHT, u64::from(parts.sequence), number::SEQUENCE_BITS);
    if known.birth == Some(parts.birth) {
        form |= number::IS_BORN;
    } else {
        word |= u64::from(layout::date_bits(parts.birth)) << bits;
        bits += number::DATE_BITS;
    }
    if known.county.map(RegionCode::get) == Some(parts.region) {
        form |= number::IS_LOCAL;
    } else {
        word |= u64::from(parts.region) << bits;
    }
    Some((form, word, layout::right_bytes(form)))
}

/// Whether it is a resident's number without a flag, written as it is.
#[inline]
pub(super) fn is_plain(document: &Document) -> bool {
    document.kind == DocumentKind::ResidentId && document.flags.is_empty() && document.kept_raw().is_none()
}

/// Any document: its shape, flags, number and text as written.
fn put_any_document(document: &Document, out: &mut Vec<u8>) -> u8 {
    let (packed, raw, flags) = (document.number.packed(), document.kept_raw(), document.flags.bits());
    let mut shape = 0;
    if packed.is_some() {
        shape |= shape::PACKED;
    }
    if raw.is_some() {
        shape |= shape::RAW;
    }
    if flags != 0 {
        shape |= shape::FLAGS;
    }
    out.push(shape);
    if flags != 0 {
        out.extend_from_slice(&flags.to_le_bytes());
    }
    match packed {
        Some(word) => out.extend_from_slice(&word.to_le_bytes()),
        None => put_text(document.number.as_bytes(), out),
    }
    if let Some(raw) = raw {
        put_text(raw.as_bytes(), out);
    }
    layout::kind_code(document.kind)
}

/// The first of few Han characters, and how many they are.
#[inline]
pub(super) fn few_han(name: &Name) -> Option<(u16, u8)> {
    let bytes = name.canonical().as_bytes();
    let chars = bytes.len() / 3;
    let first = bytes.first_chunk()?;
    let is_few = chars <= usize::from(name::HAN_MAX) && crate::identity::text::is_plain_han(name.canonical());
    is_few.then_some((han::code(first), chars as u8))
}

/// Writes a name and gives its form.
#[inline]
fn put_name(name: &Name, family: Option<u16>, out: &mut Vec<u8>) -> u8 {
    let Some((first, chars)) = few_han(name) else {
        put_text(name.canonical().as_bytes(), out);
        return name::TEXT;
    };
    let is_family = family == Some(first);
    let (chunks, _) = name.canonical().as_bytes().as_chunks::<3>();
    // Written whole and cut, as above; five characters are ten bytes.
    let mut codes = 0u128;
    for chunk in chunks[usize::from(is_family)..].iter().rev() {
        codes = codes << 16 | u128::from(han::code(chunk));
    }
    let end = out.len() + 2 * (chunks.len() - usize::from(is_family));
    out.extend_from_slice(&codes.to_le_bytes());
    out.truncate(end);
    if is_family { name::FAMILY + chars } else { chars }
}

fn put_phones(identity: &Identity, out: &mut Vec<u8>) -> u32 {
    let mut word = put_length(identity.phones.len(), out) << fields::PHONES;
    let is_long = identity.phones.iter().any(|phone| phone.get() >= layout::PHONE_END);
    if is_long {
        word |= fields::LONG_PHONES;
    }
    for phone in &identity.phones {
        let bytes = phone.get().to_le_bytes();
        out.extend_from_slice(if is_long { &bytes[..LONG_PHONE_BYTES] } else { &bytes[..PHONE_BYTES] });
    }
    word
}
