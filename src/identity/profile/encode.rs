//! An identity to a profile.

use super::VERSION;
use super::bytes::{put_count, put_text};
use super::layout::{self, FEMALE, HEAD_BYTES, HEAD_NAME_BYTES_MAX, Head, MALE, NO_COUNTY, Parts, at, shape};
use crate::identity::document::Document;
use crate::identity::sex::Sex;
use crate::identity::{Guardian, Identity};

/// See [`super::encode`].
pub(super) fn encode(identity: &Identity, out: &mut Vec<u8>) {
    let start = out.len();
    let mut head: Head = [0; HEAD_BYTES];
    out.extend_from_slice(&head);
    head[at::VERSION] = VERSION;
    put_fields(identity, &mut head);
    // IMPORTANT: the order of the parts is the order of their bits, and that of reading.
    let mut parts = Parts::empty();
    put_documents(identity, &mut head, &mut parts, out);
    put_names(identity, &mut head, &mut parts, out);
    if !identity.guardians.is_empty() {
        parts |= Parts::GUARDIANS;
        put_count(identity.guardians.len(), out);
        identity.guardians.iter().for_each(|guardian| put_guardian(guardian, out));
    }
    if !identity.phones.is_empty() {
        parts |= Parts::PHONES;
        put_count(identity.phones.len(), out);
        for phone in &identity.phones {
            out.extend_from_slice(&phone.get().to_le_bytes()[..layout::PHONE_BYTES]);
        }
    }
    if let Some(address) = &identity.address {
        parts |= Parts::ADDRESS;
        put_count(address.pairs().len(), out);
        out.extend(address.pairs().iter().flat_map(|pair| pair.to_le_bytes()));
    }
    if let Some(number) = &identity.former_number {
        parts |= Parts::FORMER_NUMBER;
        put_text(number.as_bytes(), out);
    }
    put(&mut head, at::PARTS, parts.bits().to_le_bytes());
    let tail = u32::try_from(out.len() - start - HEAD_BYTES).expect("a tail of less than 4 GiB");
    put(&mut head, at::TAIL_BYTES, tail.to_le_bytes());
    out[start..start + HEAD_BYTES].copy_from_slice(&head);
}

#[inline]
fn put<const N: usize>(head: &mut Head, at: usize, bytes: [u8; N]) {
    head[at..at + N].copy_from_slice(&bytes);
}

/// The fields that stand in the head alone.
fn put_fields(identity: &Identity, head: &mut Head) {
    if let Some(birth) = identity.birth {
        put(head, at::BIRTH_YEAR, birth.year().to_le_bytes());
        head[at::BIRTH_MONTH] = birth.month();
        head[at::BIRTH_DAY] = birth.day();
    }
    head[at::SEX] = match identity.sex {
        None => 0,
        Some(Sex::Male) => MALE,
        Some(Sex::Female) => FEMALE,
    };
    if let Some(place) = identity.place {
        put(head, at::PLACE, place.code().get().to_le_bytes());
        let county = place.county().map_or(NO_COUNTY, |county| county.get());
        put(head, at::COUNTY, county.to_le_bytes());
    }
    put(head, at::SCHOOL, identity.school.map_or(0, |school| school.get()).to_le_bytes());
    put(head, at::ENROLLED, identity.enrolled.map_or(0, |month| month.get()).to_le_bytes());
}

fn put_documents(identity: &Identity, head: &mut Head, parts: &mut Parts, out: &mut Vec<u8>) {
    let Some((first, further)) = identity.documents.split_first() else { return };
    head[at::KIND] = layout::kind_code(first.kind);
    put(head, at::FLAGS, first.flags.bits().to_le_bytes());
    match first.number.packed() {
        Some(word) => put(head, at::NUMBER, word.to_le_bytes()),
        None => {
            *parts |= Parts::NUMBER;
            put_text(first.number.as_bytes(), out);
        }
    }
    if let Some(raw) = first.kept_raw() {
        *parts |= Parts::RAW;
        put_text(raw.as_bytes(), out);
    }
    if !further.is_empty() {
        *parts |= Parts::DOCUMENTS;
        put_count(further.len(), out);
        further.iter().for_each(|document| put_document(document, 0, out));
    }
}

fn put_names(identity: &Identity, head: &mut Head, parts: &mut Parts, out: &mut Vec<u8>) {
    if let Some(name) = &identity.name {
        let name = name.canonical().as_bytes();
        if name.len() <= HEAD_NAME_BYTES_MAX {
            head[at::NAME..at::NAME + name.len()].copy_from_slice(name);
        } else {
            *parts |= Parts::NAME;
            put_text(name, out);
        }
    }
    if !identity.aliases.is_empty() {
        *parts |= Parts::ALIASES;
        put_count(identity.aliases.len(), out);
        identity.aliases.iter().for_each(|alias| put_text(alias.canonical().as_bytes(), out));
    }
}

fn put_guardian(guardian: &Guardian, out: &mut Vec<u8>) {
    let named = if guardian.name.is_some() { shape::NAME } else { 0 };
    match &guardian.document {
        Some(document) => put_document(document, named, out),
        None => out.push(named),
    }
    if let Some(name) = &guardian.name {
        put_text(name.canonical().as_bytes(), out);
    }
}

/// A document of the tail; `named` is [`shape::NAME`] for a guardian with a name.
fn put_document(document: &Document, named: u8, out: &mut Vec<u8>) {
    let (packed, raw) = (document.number.packed(), document.kept_raw());
    let mut shape = layout::kind_code(document.kind) | named;
    if packed.is_some() {
        shape |= shape::PACKED;
    }
    if raw.is_some() {
        shape |= shape::RAW;
    }
    out.push(shape);
    out.extend_from_slice(&document.flags.bits().to_le_bytes());
    match packed {
        Some(word) => out.extend_from_slice(&word.to_le_bytes()),
        None => put_text(document.number.as_bytes(), out),
    }
    if let Some(raw) = raw {
        put_text(raw.as_bytes(), out);
    }
}
