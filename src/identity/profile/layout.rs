//! Where everything stands in a profile, as numbers: the tables of [`super`], once for writing and reading.

use bitflags::bitflags;

use crate::identity::document::DocumentKind::{self, *};

/// Bytes of the head of a profile, and so the smallest profile.
pub const HEAD_BYTES: usize = 64;

/// The head of a profile.
pub(super) type Head = [u8; HEAD_BYTES];

/// Where each field of the head begins.
pub(super) mod at {
    pub(in crate::identity::profile) const VERSION: usize = 0;
    pub(in crate::identity::profile) const KIND: usize = 1;
    pub(in crate::identity::profile) const FLAGS: usize = 2;
    pub(in crate::identity::profile) const BIRTH_YEAR: usize = 4;
    pub(in crate::identity::profile) const BIRTH_MONTH: usize = 6;
    pub(in crate::identity::profile) const BIRTH_DAY: usize = 7;
    pub(in crate::identity::profile) const NUMBER: usize = 8;
    pub(in crate::identity::profile) const PLACE: usize = 16;
    pub(in crate::identity::profile) const SCHOOL: usize = 24;
    pub(in crate::identity::profile) const COUNTY: usize = 32;
    pub(in crate::identity::profile) const TAIL_BYTES: usize = 36;
    pub(in crate::identity::profile) const ENROLLED: usize = 40;
    pub(in crate::identity::profile) const PARTS: usize = 42;
    pub(in crate::identity::profile) const SEX: usize = 44;
    pub(in crate::identity::profile) const NAME: usize = 45;
}

/// The longest name that stands in the head, in bytes.
pub(super) const HEAD_NAME_BYTES_MAX: usize = HEAD_BYTES - at::NAME;

/// What a place without a county has for one.
pub(super) const NO_COUNTY: u32 = u32::MAX;

/// The sexes in the head; 0 is none.
pub(super) const MALE: u8 = 1;
pub(super) const FEMALE: u8 = 2;

/// Bytes of a phone: at most fourteen digits.
pub(super) const PHONE_BYTES: usize = 6;
const _: () = assert!(10u64.pow(14) < 1 << (8 * PHONE_BYTES));

bitflags! {
    /// The parts of the tail, in their order.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub(super) struct Parts: u16 {
        const NUMBER = 1 << 0;
        const RAW = 1 << 1;
        const DOCUMENTS = 1 << 2;
        const NAME = 1 << 3;
        const ALIASES = 1 << 4;
        const GUARDIANS = 1 << 5;
        const PHONES = 1 << 6;
        const ADDRESS = 1 << 7;
        const FORMER_NUMBER = 1 << 8;
    }
}

/// The parts that a student without a document has not.
pub(super) const DOCUMENT_PARTS: Parts = Parts::NUMBER.union(Parts::RAW).union(Parts::DOCUMENTS);

/// The shape of a document or a guardian in the tail: [`KIND_MASK`] and these.
pub(super) mod shape {
    pub(in crate::identity::profile) const KIND_MASK: u8 = 0b1111;
    pub(in crate::identity::profile) const PACKED: u8 = 1 << 4;
    pub(in crate::identity::profile) const RAW: u8 = 1 << 5;
    pub(in crate::identity::profile) const NAME: u8 = 1 << 6;
}

/// The code of a kind, 1 to 11. Written down here, so that a kind may move in its enum.
pub(super) const fn kind_code(kind: DocumentKind) -> u8 {
    match kind {
        ResidentId => 1,
        ResidencePermit => 2,
        PermanentResident => 3,
        PermanentResidentOld => 4,
        HongKongMacauPermit => 5,
        TaiwanPermit => 6,
        HongKongId => 7,
        MacauId => 8,
        Passport => 9,
        Military => 10,
        Other => 11,
    }
}

/// The kind of a [`kind_code`].
pub(super) const fn kind(code: u8) -> Option<DocumentKind> {
    Some(match code {
        1 => ResidentId,
        2 => ResidencePermit,
        3 => PermanentResident,
        4 => PermanentResidentOld,
        5 => HongKongMacauPermit,
        6 => TaiwanPermit,
        7 => HongKongId,
        8 => MacauId,
        9 => Passport,
        10 => Military,
        11 => Other,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_come_back_and_no_other_code_is_one() {
        let known = (0..=u8::MAX).filter_map(|code| kind(code).map(|kind| (code, kind)));
        assert!(known.clone().all(|(code, kind)| kind_code(kind) == code));
        assert_eq!(known.count(), 11);
        assert!((1..=11).all(|code| code & shape::KIND_MASK == code));
    }
}
