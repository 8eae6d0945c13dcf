//! A family of the made-up nation: its place, its guardians, its children, and their first records.
//!
//! A family is made again from the seed and its index alone, which is how a re-registration can stand anywhere
//! in the file without anything being remembered.

use compact_str::{CompactString, format_compact};

use super::Nation;
use super::minority::{People, adult_name, child_name, without_diacritics};
use super::names::split;
use super::number::{self, Child as Place, Share};
use super::places::{County, SLOTS, STREETS};
use super::rng::Rng;
use super::row::{Note, Record, Standing};
use crate::hash::mix;
use crate::identity::date::Date;
use crate::identity::name::frequency::Generation;

/// A document as a row gives it: the template's code of its kind, and the number.
pub(super) type Document = (&'static str, CompactString);

/// A child as it is.
#[derive(Debug, Clone)]
pub(super) struct Child {
    pub(super) name: CompactString,
    pub(super) male: bool,
    pub(super) birth: Date,
    pub(super) document: Document,
    /// Another document of the same child: some from abroad hold two kinds at once.
    pub(super) other: Option<Document>,
    pub(super) standing: Standing,
    pub(super) note: Note,
}

/// A family as it is.
#[derive(Debug, Clone)]
pub(super) struct Family {
    pub(super) index: u64,
    pub(super) people: People,
    /// The slot whose county the family lives in.
    pub(super) home: usize,
    pub(super) guardians: [(CompactString, CompactString); 2],
    /// Which of them is the father.
    pub(super) father: usize,
    pub(super) phone: CompactString,
    pub(super) address: CompactString,
    /// One to three.
    pub(super) children: Vec<Child>,
    share: Share,
}

/// What ties a family to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    Stranger,
    Conflict,
}

impl Nation {
    /// The family of an index. `alone` says that the next one is not in the file, so nothing ties to it.
    pub(super) fn family(&self, index: u64, alone: bool) -> Family {
        let mut family = self.plain(index);
        if let Some(link) = self.drawn_link(index) {
            let before = self.plain(index - 1);
            if may_link(&family, &before) {
                self.tie(&mut family, &before, link);
            }
        } else if let Some(link) = self.drawn_link(index + 1).filter(|_| !alone)
            && may_link(&family, &self.plain(index + 1))
        {
            family.children[0].standing = standing(link);
        }
        family
    }

    /// The tie that was drawn for a family, if the one before has none itself and is of the same chunk.
    fn drawn_link(&self, index: u64) -> Option<Link> {
        let draw = |index: u64| {
            if index.is_multiple_of(super::CHUNK_ROWS as u64) {
                return None;
            }
            let at = Rng::stream(self.seed, LINKS, index).unit();
            if at < self.rates.strangers {
                Some(Link::Stranger)
            } else if at < self.rates.strangers + self.rates.conflicts {
                Some(Link::Conflict)
            } else {
                None
            }
        };
        let link = draw(index)?;
        // IMPORTANT: no chains, so that a family is decided by its own and its neighbour's draws.
        let mut chained = 0;
        while draw(index - 1 - chained).is_some() {
            chained += 1;
        }
        chained.is_multiple_of(2).then_some(link)
    }

    fn tie(&self, family: &mut Family, before: &Family, link: Link) {
        let mut rng = Rng::stream(self.seed, LINKS + 1, family.index);
        let theirs = &before.children[0];
        let child = &mut family.children[0];
        child.standing = standing(link);
        match link {
            Link::Stranger => {
                child.name = theirs.name.clone();
                (child.male, child.birth) = (theirs.male, theirs.birth);
                child.document.1 = family.share.child(&self.places, Place::Other, child.birth, child.male);
                // The father passes on the surname.
                if let (Some((surname, _)), Some((_, given))) =
                    (split(&child.name), split(&family.guardians[0].0))
                {
                    family.guardians[0].0 = format_compact!("{surname}{given}");
                }
            }
            Link::Conflict => {
                child.document = theirs.document.clone();
                // Half of such pairs were given one number on one birthday, half took it by mistake.
                if rng.chance(0.5) {
                    (child.male, child.birth) = (theirs.male, theirs.birth);
                }
            }
        }
    }

    fn plain(&self, index: u64) -> Family {
        let mut rng = Rng::stream(self.seed, FAMILIES, index);
        let share = Share::new(&self.permutation, index);
        let county = self.places.slot(share.slot).0;
        let abroad = rng.unit();
        let note = if abroad < self.rates.foreign {
            Note::Foreign
        } else if abroad < self.rates.foreign + self.rates.hong_kong {
            Note::HongKong
        } else {
            Note::Nothing
        };
        let people = match note {
            Note::Foreign => People::Latin,
            Note::HongKong => People::Han,
            _ => People::of_province(county.province(), &mut rng),
        };
        let home = if rng.chance(self.rates.away) { rng.below(SLOTS) } else { share.slot };
        let father = self.adult(people, true, &mut rng);
        let mother = self.adult(people, false, &mut rng);
        let mut family = Family {
            index,
            people,
            home,
            children: self.children(&share, people, note, &father, &mother, &mut rng),
            phone: phone(self.rates.phone_missing, &mut rng),
            address: address(self.places.slot(home).0, &mut rng),
            guardians: [
                (father, share.parent(&self.places, true)),
                (mother, share.parent(&self.places, false)),
            ],
            share,
            father: 0,
        };
        for (_, number) in &mut family.guardians {
            if note != Note::Nothing {
                *number = number::passport(&mut rng);
            }
            if rng.chance(self.rates.guardian_id_missing) {
                number.clear();
            }
        }
        if rng.chance(0.3) {
            family.guardians.swap(0, 1);
            family.father = 1;
        }
        if rng.chance(self.rates.one_guardian) {
            family.guardians[1] = Default::default();
        }
        family
    }

    /// The citizen's number of a family's father or mother, whatever a record says of it.
    pub(super) fn parent_number(&self, family: &Family, male: bool) -> CompactString {
        family.share.parent(&self.places, male)
    }

    pub(super) fn adult(&self, people: People, male: bool, rng: &mut Rng) -> CompactString {
        if people != People::Han {
            return adult_name(people, male, rng);
        }
        let mut name = CompactString::from(self.names.surname(rng));
        self.names.push_given(Generation::Adults, male, rng, &mut name);
        name
    }

    fn children(
        &self,
        share: &Share,
        people: People,
        note: Note,
        father: &str,
        mother: &str,
        rng: &mut Rng,
    ) -> Vec<Child> {
        let rates = &self.rates;
        // Parts of children become parts of families: one in seven children with siblings has two of them.
        let siblings = (rates.siblings - rates.twins).max(0.0);
        let (twins, two, three) = (rates.twins / 2.0, siblings * 0.86 / 2.0, siblings * 0.14 / 3.0);
        let all = 1.0 - siblings - rates.twins + twins + two + three;
        let at = rng.unit() * all;
        let places: &[Place] = if at < twins {
            &[Place::First, Place::Twin]
        } else if at < twins + two {
            &[Place::First, Place::Second]
        } else if at < twins + two + three {
            &[Place::First, Place::Second, Place::Other]
        } else {
            &[Place::First]
        };
        // Newborns take the mother's surname once in thirteen (Ministry of Public Security, report of 2020).
        let surname_of = if rng.chance(1.0 / 13.0) { mother } else { father };
        let mut children: Vec<Child> = Vec::with_capacity(places.len());
        for &place in places {
            let male = rng.chance(0.53);
            let male = if place == Place::Twin && rng.chance(0.6) { children[0].male } else { male };
            let name = match (people, children.first()) {
                (People::Han, Some(elder)) => {
                    self.later_name(&elder.name, male, place == Place::Twin || rng.chance(0.35), rng)
                }
                (People::Han, None) => self.child(surname_of, male, rng),
                _ => loop {
                    // No two children of a family have one name; the lists are long enough to end this.
                    let name = child_name(people, male, father, rng);
                    if children.iter().all(|elder| elder.name != name) {
                        break name;
                    }
                },
            };
            let born = match place {
                Place::First | Place::Twin => share.birthday,
                Place::Second => share.second_birthday(),
                Place::Other => (share.second_birthday() + 700) % number::BIRTHDAYS,
            };
            children.push(self.born(share, place, name, male, number::birthday(born), note, rng));
        }
        let standing = match places.get(1) {
            None => Standing::Base,
            Some(Place::Twin) => Standing::Twin,
            Some(_) => Standing::Sibling,
        };
        children.iter_mut().for_each(|child| child.standing = standing);
        children
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a birth, each drawn elsewhere")]
    fn born(
        &self,
        share: &Share,
        mut place: Place,
        name: CompactString,
        male: bool,
        mut birth: Date,
        mut note: Note,
        rng: &mut Rng,
    ) -> Child {
        let rates = &self.rates;
        let county = self.places.slot(share.slot).0;
        if note == Note::Nothing && rng.chance(rates.placeholders) {
            note = Note::Placeholder;
            place = Place::Other;
            let (month, day) = *rng.pick(&[(1, 1), (1, 1), (7, 1), (10, 1), (6, 30), (birth.month(), 1)]);
            birth = Date::new(birth.year(), month, day).expect("a real day");
        }
        let (document, other) = match note {
            Note::Foreign => {
                let passport = ("A", number::passport(rng));
                let other = rng.chance(0.4).then(|| match rng.chance(0.5) {
                    true => ("9", number::permanent_resident(county.province(), birth, rng)),
                    false => ("9", number::permanent_resident_old(rng.pick::<&str>(&COUNTRIES), birth, rng)),
                });
                (passport, other)
            }
            Note::HongKong => hong_kong(birth, male, rng),
            _ => (("1", share.child(&self.places, place, birth, male)), None),
        };
        let note = if note == Note::Nothing && rng.chance(rates.no_id) { Note::NoId } else { note };
        Child { name, male, birth, document, other, standing: Standing::Base, note }
    }

    /// A child's name with the surname of one of its parents.
    fn child(&self, parent: &str, male: bool, rng: &mut Rng) -> CompactString {
        let mut name = CompactString::from(split(parent).map_or(parent, |(surname, _)| surname));
        self.names.push_given(Generation::Children, male, rng, &mut name);
        name
    }

    /// A later child's name: the elder's surname, and one of its characters where the family keeps one.
    fn later_name(&self, elder: &str, male: bool, keeps: bool, rng: &mut Rng) -> CompactString {
        let Some((surname, given)) = split(elder) else { return elder.into() };
        let mut name = CompactString::from(surname);
        let mut chars = given.chars();
        match (chars.next(), chars.next(), keeps) {
            (Some(first), Some(second), true) => loop {
                let mut own = CompactString::default();
                if rng.chance(0.75) {
                    own.push(first);
                    own.push_str(self.names.second_character(male, rng));
                } else {
                    own.push_str(self.names.first_character(male, rng));
                    own.push(second);
                }
                if own != given {
                    name.push_str(&own);
                    return name;
                }
            },
            _ => loop {
                let mut own = CompactString::default();
                self.names.push_given(Generation::Children, male, rng, &mut own);
                if own != given {
                    name.push_str(&own);
                    return name;
                }
            },
        }
    }

    /// The first record of a child.
    pub(super) fn record(&self, family: &Family, child: usize) -> Record {
        let person = &family.children[child];
        let county = self.places.slot(family.home).0;
        let (id_type, id_number) = match person.note {
            Note::NoId => ("Z", CompactString::default()),
            _ => person.document.clone(),
        };
        let mut record = Record {
            id_type,
            id_number,
            name: person.name.clone(),
            former_name: CompactString::default(),
            sex: if person.male { "男" } else { "女" },
            birthdate: format_compact!("{}", person.birth.get()),
            region: county.code,
            guardians: family.guardians.clone(),
            phone: family.phone.clone(),
            address: family.address.clone(),
            ..Record::default()
        };
        if family.people == People::Latin && family.index.is_multiple_of(2) {
            record.name = without_diacritics(&record.name).to_uppercase();
        }
        let mut rng = Rng::stream(self.seed, SCHOOLS + child as u64, family.index);
        attend(&mut record, county, person.birth, &mut rng);
        record
    }
}

fn standing(link: Link) -> Standing {
    match link {
        Link::Stranger => Standing::Stranger,
        Link::Conflict => Standing::Conflict,
    }
}

/// Only children with an ordinary number and no sibling are tied: every pair is of one kind.
fn may_link(one: &Family, other: &Family) -> bool {
    [one, other].iter().all(|family| {
        family.people == People::Han && family.children.len() == 1 && family.children[0].note == Note::Nothing
    })
}

pub(super) const COUNTRIES: [&str; 8] = ["USA", "KOR", "JPN", "FRA", "DEU", "BRA", "VNM", "NGA"];

/// The documents of a child from Hong Kong, Macau or Taiwan: one in the record, often a second of another kind.
fn hong_kong(birth: Date, male: bool, rng: &mut Rng) -> (Document, Option<Document>) {
    let origin = rng.below(10);
    let (region, code, own) = match origin {
        0..6 => (810_000, "6", number::hong_kong_id(rng)),
        6 | 7 => (820_000, "7", format_compact!("1{:07}", rng.below(10_000_000))),
        _ => (830_000, "8", format_compact!("{:08}", rng.below(100_000_000))),
    };
    let permit = match region {
        830_000 => own.clone(),
        810_000 => format_compact!("H{:08}", rng.below(100_000_000)),
        _ => format_compact!("M{:08}", rng.below(100_000_000)),
    };
    // Some offices copy the two digits that count renewals.
    let permit = if rng.chance(0.3) { format_compact!("{permit}{:02}", rng.below(6)) } else { permit };
    let residence = number::citizen(region, birth, 2 * (1 + rng.below(498) as u32) + u32::from(male));
    let mut documents = vec![("C", residence), (code, permit)];
    if region != 830_000 {
        documents.push((code, own));
    }
    rng.shuffle(&mut documents);
    let first = documents.pop().expect("two at least");
    (first, documents.pop().filter(|_| rng.chance(0.7)))
}

/// A made-up mobile number, or none.
pub(super) fn phone(missing: f64, rng: &mut Rng) -> CompactString {
    if rng.chance(missing) {
        return CompactString::default();
    }
    format_compact!("1{}{:09}", rng.pick(&[3, 5, 7, 8, 9]), rng.below(1_000_000_000))
}

/// A made-up address in a county.
pub(super) fn address(county: &County, rng: &mut Rng) -> CompactString {
    let full = &county.full;
    if rng.chance(0.6) {
        let (street, house, block) = (rng.pick(&STREETS), 1 + rng.below(300), 1 + rng.below(30));
        let room = (1 + rng.below(28)) * 100 + 1 + rng.below(4);
        format_compact!("{full}{street}{house}号{block}栋{}单元{room}室", 1 + rng.below(4))
    } else {
        let town = rng.pick_char("东西南北新太安平永兴龙凤石河山云");
        let second = rng.pick_char("关桥湖庄岭口泉坪镇阳");
        let village = rng.pick_char("王李张刘陈杨赵周大小上下前后");
        let third = rng.pick_char("家庄村湾沟屯寨坡营店");
        format_compact!(
            "{full}{town}{second}镇{village}{third}村{}组{}号",
            1 + rng.below(15),
            1 + rng.below(200)
        )
    }
}

/// Puts a child into one of some forty schools of a county, by its age in autumn 2026.
pub(super) fn attend(record: &mut Record, county: &County, birth: Date, rng: &mut Rng) {
    let start = birth.year() + if birth.month() >= 9 { 7 } else { 6 };
    let (class, start) = match 2026u16.saturating_sub(start) {
        0..6 => ("21", start),
        6..9 => ("31", start + 6),
        _ => ("34", start + 9),
    };
    let serial = mix(0, county.code.into()) % 25_000 * 40 + rng.below(40) as u64;
    record.school_code = format_compact!("{class}{}{serial:06}", county.province());
    record.enrolled = format_compact!("{start}09");
}

const FAMILIES: u64 = 0x10;
const LINKS: u64 = 0x20;
const SCHOOLS: u64 = 0x30;
