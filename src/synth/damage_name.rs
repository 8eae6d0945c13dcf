//! What happens to a student's name. Each function is one error; see [`super::damage::Damage`].

use compact_str::{CompactString, format_compact};

use super::damage::Case;
use super::minority::{People, without_diacritics};
use super::names::split;
use super::rng::Rng;
use super::row::Record;
use crate::identity::name::frequency::Generation;

/// Replaces one character, drawn among those that have something to be replaced by; the first `kept` bytes
/// stay.
pub(super) fn replace_one(
    name: &mut CompactString,
    kept: usize,
    rng: &mut Rng,
    instead: impl Fn(char, &mut Rng) -> Option<CompactString>,
) -> bool {
    let mut choices: Vec<(usize, char)> = name.char_indices().filter(|&(at, _)| at >= kept).collect();
    rng.shuffle(&mut choices);
    for (at, old) in choices {
        if let Some(new) = instead(old, rng) {
            *name = format_compact!("{}{new}{}", &name[..at], &name[at + old.len_utf8()..]);
            return true;
        }
    }
    false
}

/// Where the given name begins.
fn given_at(case: &Case<'_>, name: &str) -> usize {
    match case.family.people {
        People::Han => split(name).map_or(0, |(surname, _)| surname.len()),
        _ => 0,
    }
}

fn one_of(chars: Option<&str>, rng: &mut Rng) -> Option<CompactString> {
    let new = rng.pick_char(chars?);
    let mut text = CompactString::default();
    text.push(new);
    Some(text)
}

pub(super) fn homophone(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    let kept = given_at(case, &record.name);
    replace_one(&mut record.name, kept, rng, |old, rng| one_of(case.nation.confusable.homophones(old), rng))
}

pub(super) fn lookalike(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    let kept = given_at(case, &record.name);
    replace_one(&mut record.name, kept, rng, |old, rng| one_of(case.nation.confusable.lookalikes(old), rng))
}

pub(super) fn variant(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    replace_one(&mut record.name, 0, rng, |old, rng| one_of(case.nation.confusable.variants(old), rng))
}

pub(super) fn traditional(case: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    let confusable = &case.nation.confusable;
    let new: CompactString = record.name.chars().map(|c| confusable.traditional(c).unwrap_or(c)).collect();
    let changed = new != record.name;
    record.name = new;
    changed
}

pub(super) fn wildcard(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    let kept = given_at(case, &record.name);
    if case.family.people == People::Latin {
        return false;
    }
    replace_one(&mut record.name, kept, rng, |old, rng| {
        (old != '·').then(|| one_of(Some("??？□□*"), rng)).flatten()
    })
}

pub(super) fn pinyin(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    use pinyin::ToPinyin;
    let kept = given_at(case, &record.name);
    replace_one(&mut record.name, kept, rng, |old, rng| {
        let plain = CompactString::from(old.to_pinyin()?.plain());
        Some(if rng.chance(0.3) { plain.to_uppercase() } else { plain })
    })
}

pub(super) fn interpunct(_: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    if !record.name.contains('·') {
        return false;
    }
    let instead = *rng.pick(&["•", "‧", "・", "∙", "⋅", "●", "．", ".", " ", ""]);
    record.name = record.name.replace('·', instead).into();
    true
}

pub(super) fn cut(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    if case.family.people != People::Uyghur {
        return false;
    }
    let Some(at) = record.name.find('·') else { return false };
    let father = &record.name[at + '·'.len_utf8()..];
    let count = father.chars().count();
    if count < 2 || rng.chance(0.4) {
        record.name.truncate(at);
    } else {
        // Old forms had four cells and more for a name, rarely enough.
        let kept = 1 + rng.below(count - 1);
        let end: usize = father.chars().take(kept).map(char::len_utf8).sum();
        record.name.truncate(at + '·'.len_utf8() + end);
    }
    true
}

pub(super) fn former(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    if case.family.people != People::Han {
        return false;
    }
    let Some((surname, given)) = split(&record.name) else { return false };
    let mut new = CompactString::from(surname);
    let male = case.family.children[case.child].male;
    case.nation.names.push_given(Generation::Children, male, rng, &mut new);
    if new[surname.len()..] == *given {
        return false;
    }
    let old = std::mem::replace(&mut record.name, new);
    if rng.chance(0.7) {
        record.former_name = old;
    }
    true
}

pub(super) fn surname(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    if case.family.people != People::Han {
        return false;
    }
    let Some((surname, given)) = split(&record.name) else { return false };
    let mut chars = surname.chars();
    let (Some(only), None) = (chars.next(), chars.next()) else { return false };
    let Some(new) = one_of(case.nation.confusable.surnames(only), rng) else { return false };
    record.name = format_compact!("{new}{given}");
    true
}

pub(super) fn order(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    if case.family.people != People::Latin {
        return false;
    }
    let Some((given, surname)) = record.name.rsplit_once(' ') else { return false };
    record.name = match rng.chance(0.3) {
        true => format_compact!("{surname}, {given}"),
        false => format_compact!("{surname} {given}"),
    };
    true
}

pub(super) fn initials(case: &Case<'_>, record: &mut Record, rng: &mut Rng) -> bool {
    if case.family.people != People::Latin {
        return false;
    }
    let parts: Vec<&str> = record.name.split(' ').collect();
    // Of three parts the middle one, of two the first.
    let at = parts.len() - 2;
    let Some(initial) = parts[at].chars().next() else { return false };
    let dot = if rng.chance(0.5) { "." } else { "" };
    let short = format_compact!("{initial}{dot}");
    let parts: Vec<&str> =
        parts.iter().enumerate().map(|(i, &part)| if i == at { &short } else { part }).collect();
    record.name = parts.join(" ").into();
    true
}

pub(super) fn diacritics(case: &Case<'_>, record: &mut Record, _: &mut Rng) -> bool {
    if case.family.people != People::Latin {
        return false;
    }
    let bare = without_diacritics(&record.name);
    let new = if bare == record.name { bare.to_uppercase() } else { bare };
    let changed = new != record.name;
    record.name = new;
    changed
}
