//! A Han name in loose form, character by character, with its surname and its segments.

use compact_str::CompactString;
use smallvec::SmallVec;

use super::sound::{self, Readings, Syllable};
use super::{INTERPUNCT, WILDCARD, han, surname};
use crate::identity::text;

/// One place of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A character in simplified, usual form; in a surname also folded with those confused with it.
    Character(char),
    /// A fragment of pinyin for a character that could not be typed.
    Sound(Syllable),
    /// Any character.
    Any,
}

/// The places of a name, without interpuncts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Units {
    units: SmallVec<[Unit; 6]>,
    /// The surname's readings are not those of the characters alone, so the unfolded surname is kept.
    surname: SmallVec<[char; 2]>,
    /// Where each segment but the first begins; empty for a name without an interpunct.
    breaks: SmallVec<[u8; 2]>,
}

impl Units {
    pub(super) fn of(canonical: &str) -> Self {
        let mut units: SmallVec<[Unit; 6]> = SmallVec::new();
        let mut breaks: SmallVec<[u8; 2]> = SmallVec::new();
        let mut fragment = String::new();
        // Nearly every name: no interpunct, no wildcard and no letter.
        let is_plain = text::is_plain_han(canonical);
        if is_plain {
            units.extend(canonical.chars().map(|c| Unit::Character(han::simplify(c))));
        }
        for c in canonical.chars().filter(|_| !is_plain) {
            if c.is_ascii_lowercase() || c == 'ü' {
                fragment.push(c);
                continue;
            }
            end_fragment(&mut fragment, &mut units);
            match c {
                INTERPUNCT => breaks.push(units.len() as u8),
                WILDCARD => units.push(Unit::Any),
                c => units.push(Unit::Character(han::simplify(c))),
            }
        }
        end_fragment(&mut fragment, &mut units);
        let surname = if breaks.is_empty() { fold_surname(&mut units) } else { SmallVec::new() };
        Units { units, surname, breaks }
    }

    /// The places.
    pub fn as_slice(&self) -> &[Unit] {
        &self.units
    }

    /// How many places at the head are the surname; 0 for names in segments and names of one place.
    pub fn surname_len(&self) -> usize {
        self.surname.len()
    }

    /// The segments between interpuncts; one for a name without any.
    pub fn segments(&self) -> impl Iterator<Item = &[Unit]> {
        let ends = self.breaks.iter().map(|at| usize::from(*at)).chain([self.units.len()]);
        ends.scan(0, |start, end| {
            let segment = &self.units[*start..end];
            *start = end;
            Some(segment)
        })
    }

    /// Whether the name has segments.
    pub fn is_segmented(&self) -> bool {
        !self.breaks.is_empty()
    }

    /// The readings of a place; all [`Syllable::NONE`] for a wildcard and for unknown sounds.
    pub fn readings(&self, at: usize) -> Readings {
        match self.units[at] {
            Unit::Character(_) if at < self.surname.len() => surname::readings(&self.surname, at),
            Unit::Character(c) => sound::readings(c),
            Unit::Sound(syllable) => [syllable, Syllable::NONE, Syllable::NONE],
            Unit::Any => Readings::default(),
        }
    }

    pub(super) fn loose(&self) -> Option<CompactString> {
        self.units
            .iter()
            .map(|unit| match unit {
                Unit::Character(c) => Some(*c),
                _ => None,
            })
            .collect()
    }

    pub(super) fn parts(&self) -> (CompactString, CompactString) {
        let text = |units: &[Unit]| {
            units
                .iter()
                .map(|unit| match unit {
                    Unit::Character(c) => *c,
                    _ => WILDCARD,
                })
                .collect()
        };
        let split = match self.breaks.first() {
            Some(at) => usize::from(*at),
            None => self.surname.len(),
        };
        (text(&self.units[..split]), text(&self.units[split..]))
    }

    /// The sound of the own name: of the first segment, or of a long name written without interpuncts,
    /// which may be one of which the father's part is missing. `None` where a sound is not known.
    pub fn own_sound(&self) -> Option<CompactString> {
        let end = match self.breaks.first() {
            Some(at) if *at >= 2 => usize::from(*at),
            None if self.units.len() >= 4 => self.units.len(),
            _ => return None,
        };
        let mut own = CompactString::default();
        for at in 0..end {
            match self.readings(at)[0] {
                Syllable::NONE => return None,
                syllable => own.push_str(syllable.letters()),
            }
        }
        Some(own)
    }

    pub(super) fn phonetic(&self) -> SmallVec<[CompactString; 2]> {
        let mut given = CompactString::default();
        for at in self.surname.len()..self.units.len() {
            match self.readings(at)[0] {
                Syllable::NONE => return SmallVec::new(),
                syllable => given.push_str(syllable.letters()),
            }
        }
        let mut forms = SmallVec::new();
        // A second reading of the surname gives a second form; only one that a surname has, not every
        // reading of its character.
        let ways = if surname::has_two_readings(&self.surname) { 2 } else { 1 };
        for way in 0..ways {
            let mut surname = CompactString::default();
            for at in 0..self.surname.len() {
                let readings = self.readings(at);
                let syllable = readings[way];
                if syllable == Syllable::NONE {
                    return forms;
                }
                surname.push_str(syllable.letters());
            }
            let form = join(&surname, &given);
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        forms
    }
}

/// Two parts of a name in one order, whichever came first.
pub(super) fn join(a: &str, b: &str) -> CompactString {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    let mut form = CompactString::from(first);
    form.push(' ');
    form.push_str(second);
    form
}

fn end_fragment(fragment: &mut String, units: &mut SmallVec<[Unit; 6]>) {
    if !fragment.is_empty() {
        units.push(sound::syllable(fragment).map_or(Unit::Any, Unit::Sound));
        fragment.clear();
    }
}

/// Finds the surname at the head, returns its characters and folds it in place.
fn fold_surname(units: &mut [Unit]) -> SmallVec<[char; 2]> {
    let mut head: SmallVec<[char; 3]> = SmallVec::new();
    for unit in units.iter().take(3) {
        match unit {
            Unit::Character(c) => head.push(*c),
            // Something stands there, and it is no part of a compound surname's spelling.
            _ => head.push(WILDCARD),
        }
    }
    let mut length = surname::length(&head);
    if head.first() == Some(&WILDCARD) {
        length = 0;
    }
    for unit in &mut units[..length] {
        if let Unit::Character(c) = unit {
            *c = surname::fold_confused(*c);
        }
    }
    head[..length].iter().copied().collect()
}
