//! The valid neighbours of an invalid 18-character number.
//!
//! MOD 11-2 notices every single substitution and every adjacent swap (but of digits ten apart), so a
//! number with one such error has few valid neighbours, and looking all of them up replaces a search
//! by edit distance.

use super::{Document, DocumentFlags, DocumentNumber, birth_in, check, region_in};
use crate::identity::region::RegionCode;

/// The repairs of a document; see [`Document::repairs`].
pub(super) fn repairs(document: &Document) -> Vec<DocumentNumber> {
    if !document.kind.is_eighteen() || document.is_valid() || !document.is_usable() {
        return Vec::new();
    }
    let Some(number) = document.number.as_eighteen() else { return Vec::new() };
    if !document.flags.intersects(DocumentFlags::CHECK_FAILED | DocumentFlags::DATE_IMPOSSIBLE) {
        return Vec::new();
    }
    let mut found: Vec<[u8; 18]> = Vec::with_capacity(20);
    substitutions(number, &mut found);
    swaps(number, &mut found);
    // Plausible ones first; a stable sort keeps the order of positions otherwise.
    found.sort_by_key(|candidate| !is_plausible(candidate));
    found.iter().filter_map(|candidate| DocumentNumber::new(candidate)).collect()
}

fn substitutions(number: &[u8; 18], found: &mut Vec<[u8; 18]>) {
    for at in 0..17 {
        for digit in b'0'..=b'9' {
            let mut candidate = *number;
            candidate[at] = digit;
            if digit != number[at] && check::is_mod_11_2(&candidate) {
                found.push(candidate);
            }
        }
    }
    let body: &[u8; 17] = number[..17].try_into().expect("17 of 18 bytes");
    if let Some(last) = check::mod_11_2(body)
        && last != number[17]
    {
        let mut candidate = *number;
        candidate[17] = last;
        found.push(candidate);
    }
}

fn swaps(number: &[u8; 18], found: &mut Vec<[u8; 18]>) {
    for at in 0..17 {
        let mut candidate = *number;
        candidate.swap(at, at + 1);
        if candidate[at] != candidate[at + 1] && check::is_mod_11_2(&candidate) {
            found.push(candidate);
        }
    }
}

/// A possible birth date and a region that exists or existed.
fn is_plausible(number: &[u8; 18]) -> bool {
    birth_in(number).is_some() && region_in(number).is_some_and(RegionCode::is_known)
}

#[cfg(test)]
mod tests {
    use super::super::StatedKind;
    use super::*;

    fn read(text: &str) -> Document {
        Document::parse(StatedKind::Unstated, text, None).unwrap()
    }

    #[test]
    fn a_valid_number_needs_no_repair() {
        assert!(read("11010519491231002X").repairs().is_empty());
    }

    #[test]
    fn every_single_error_is_repaired_back() {
        let right = *b"440524188001010014";
        for at in 0..17 {
            for digit in b'0'..=b'9' {
                let mut wrong = right;
                wrong[at] = digit;
                if wrong != right {
                    let document = read(std::str::from_utf8(&wrong).unwrap());
                    // Digit 1 may make it a number of another kind, which is repaired within it.
                    let repairs = document.repairs();
                    assert!(
                        repairs.iter().any(|r| r.as_bytes() == right) || !document.kind.is_eighteen(),
                        "position {at}"
                    );
                    assert!(repairs.len() <= 35);
                }
            }
            let mut swapped = right;
            swapped.swap(at, at + 1);
            if swapped != right && swapped[..17].iter().all(u8::is_ascii_digit) {
                let document = read(std::str::from_utf8(&swapped).unwrap());
                assert!(document.repairs().iter().any(|r| r.as_bytes() == right), "swap at {at}");
            }
        }
    }
}
