//! What happens to the rest of a record: birth date, guardians, home, phone, sex. Each function is one error;
//! see [`super::damage::Damage`].

use compact_str::{CompactString, format_compact};

use super::damage::Case;
use super::damage_name::replace_one;
use super::family::{address, attend, phone};
use super::minority::People;
use super::names::split;
use super::places::SLOTS;
use super::rng::Rng;
use super::row::Record;
use crate::identity::date::Date;
use crate::identity::lunar;

fn set_birth(case: &Case<'_>, record: &mut Record, written: Option<Date>) -> bool {
    match written {
        Some(date) if date != case.family.children[case.child].birth => {
            record.birthdate = format_compact!("{}", date.get());
            true
        }
        _ => false,
    }
}

pub(super) fn lunar(case: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    let written = lunar::from_solar(case.family.children[case.child].birth)
        .and_then(|lunar| Date::new(lunar.year, lunar.month, lunar.day).ok());
    set_birth(case, record, written)
}

pub(super) fn swapped(case: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    let birth = case.family.children[case.child].birth;
    set_birth(case, record, Date::new(birth.year(), birth.day(), birth.month()).ok())
}

pub(super) fn year(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    let birth = case.family.children[case.child].birth;
    let year = if rng.chance(0.5) { birth.year() - 1 } else { birth.year() + 1 };
    set_birth(case, record, Date::new(year, birth.month(), birth.day()).ok())
}

pub(super) fn placeholder(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    let birth = case.family.children[case.child].birth;
    let (month, day) = *rng.pick(&[(1, 1), (1, 1), (7, 1), (10, 1), (6, 30), (birth.month(), 1)]);
    set_birth(case, record, Date::new(birth.year(), month, day).ok())
}

pub(super) fn guardian_missing(_: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    if record.guardians[1].0.is_empty() {
        return false;
    }
    if rng.chance(0.4) {
        record.guardians.swap(0, 1);
    }
    record.guardians[1] = Default::default();
    true
}

pub(super) fn guardian_swap(_: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    if record.guardians[1].0.is_empty() {
        return false;
    }
    record.guardians.swap(0, 1);
    true
}

pub(super) fn guardian_homophone(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    let which = usize::from(!record.guardians[1].0.is_empty() && rng.chance(0.5));
    let name = &mut record.guardians[which].0;
    let kept = match case.family.people {
        People::Han => split(name).map_or(0, |(surname, _)| surname.len()),
        _ => 0,
    };
    replace_one(name, kept, rng, |old, rng| {
        let mut text = CompactString::default();
        text.push(rng.pick_char(case.nation.confusable.homophones(old)?));
        Some(text)
    })
}

pub(super) fn moved(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    let county = case.nation.places.slot(rng.below(SLOTS)).0;
    if county.code == record.region {
        return false;
    }
    record.region = county.code;
    record.address = address(county, rng);
    attend(record, county, case.family.children[case.child].birth, rng);
    true
}

pub(super) fn address_rewritten(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    let county = case.nation.places.slot(case.family.home).0;
    let Some(rest) = record.address.strip_prefix(county.full.as_str()) else { return false };
    let short = match rng.below(3) {
        0 => rest.into(),
        1 => format_compact!("{}{rest}", county.name),
        _ => CompactString::from(county.full.as_str()) + rest,
    };
    let dashed = if rng.chance(0.6) {
        short.replace("号", "-").replace("栋", "-").replace("单元", "-").replace("室", "")
    } else {
        short.replace("单元", "单元 ").replace("栋", "幢").replace("组", "社")
    };
    let new = CompactString::from(dashed.trim_end_matches('-'));
    let changed = new != record.address;
    record.address = new;
    changed
}

pub(super) fn phone_new(_: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    record.phone = phone(0.0, rng);
    true
}

pub(super) fn sex_wrong(_: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    record.sex = if record.sex == "男" { "女" } else { "男" };
    true
}
