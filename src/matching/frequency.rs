//! How common the shared values are: 张伟 says little, 令狐楚 a lot.
//!
//! A share is the probability that a stranger holds the value. It is the larger of what is published for
//! the nation (names) and what the population at hand shows, without the two students compared, and
//! never below a floor: no file is large enough to call a name unique.

use std::sync::Arc;

use super::level::{Field, Level};
use crate::hash::{hash_bytes, mix};
use crate::identity::Identity;
use crate::identity::contact::Phone;
use crate::identity::document::{Document, DocumentNumber};
use crate::identity::name::{Name, Script, frequency};
use crate::identity::place::Place;
use crate::identity::text::Code;
use crate::limits::HOUSEHOLD_MAX;
use crate::map::prefetch;

/// The smallest share of a surname or a token (a rare surname of a large nation).
const SURNAME_FLOOR: f64 = 2e-6;
/// The smallest share of a given name.
const GIVEN_FLOOR: f64 = 1e-7;
/// The share of one part of a name of which nothing is published and nothing was counted: names in
/// letters and names in segments. One in a thousand, as for the commoner Uyghur or English names.
const UNKNOWN_PART: f64 = 1e-3;
/// The smallest share of a county; there are some 2,850 of them.
const COUNTY_FLOOR: f64 = 3.5e-4;
/// The smallest share of a village or street of twelve digits; there are some 600,000.
const VILLAGE_FLOOR: f64 = 1e-5;
/// The smallest share of a school; there are some 200,000.
const SCHOOL_FLOOR: f64 = 2e-5;

/// The shares of the values that a pair agrees on; 1 where it does not agree or nothing is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rarity {
    /// Of people with this surname and given name.
    pub name: f64,
    /// Of people with this surname.
    pub surname: f64,
    /// Of people with this given name.
    pub given: f64,
    /// Of students recorded in this county.
    pub county: f64,
    /// Of students recorded at this place as a whole.
    pub place: f64,
    /// Of students at this school.
    pub school: f64,
    /// One in how many students, as a share: the chance to hit one student blindly.
    pub one: f64,
}

impl Rarity {
    pub(super) const fn unknown(one: f64) -> Self {
        Rarity { name: 1.0, surname: 1.0, given: 1.0, county: 1.0, place: 1.0, school: 1.0, one }
    }
}

#[derive(Clone, Copy)]
#[repr(u64)]
enum Term {
    Surname = 1,
    Given = 2,
    County = 3,
    Place = 4,
    School = 5,
    Phone = 6,
    Guardian = 7,
}

/// Collects the values of a population; see [`FrequencyCounter::finish`].
#[derive(Debug, Default, Clone)]
pub struct FrequencyCounter {
    students: u64,
    terms: Vec<u64>,
}

impl FrequencyCounter {
    /// Counts one student. Some eight terms of eight bytes until the counter is finished.
    pub fn add(&mut self, identity: &Identity) {
        self.students += 1;
        if let Some(name) = &identity.name {
            let terms = |surname: &[u8], given: &[u8]| {
                [text_term(Term::Surname, surname), text_term(Term::Given, given)]
            };
            self.terms.extend(name.with_parts(terms));
        }
        if let Some(place) = identity.place {
            self.terms.push(county_term(place));
            self.terms.push(place_term(place));
        }
        if let Some(school) = identity.school {
            self.terms.push(school_term(school));
        }
        self.terms.extend(identity.phones.iter().map(|phone| phone_term(*phone)));
        self.terms.extend(identity.guardian_documents().map(guardian_term));
    }

    /// Adds what another counter collected; the order of additions does not matter.
    pub fn append(&mut self, other: &mut FrequencyCounter) {
        self.students += other.students;
        self.terms.append(&mut other.terms);
        other.students = 0;
    }

    /// The terms of the students counted, in no order: for who counts more of them than fit into memory. What is
    /// counted of them goes to [`Frequencies::of_counts`].
    pub(crate) fn terms(&self) -> &[u64] {
        &self.terms
    }

    /// Forgets the students counted, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.students = 0;
        self.terms.clear();
    }

    /// The frequencies of the population.
    pub fn finish(mut self) -> Frequencies {
        use rayon::prelude::*;
        self.terms.par_sort_unstable();
        Frequencies::of_counts(self.students, count_sorted(&self.terms).collect())
    }
}

/// The terms that more than two hold, of terms in order. What the two students compared hold themselves is no
/// evidence of others.
pub(crate) fn count_sorted(terms: &[u64]) -> impl Iterator<Item = (u64, u32)> {
    let runs = terms.chunk_by(|a, b| a == b).filter(|run| run.len() > 2);
    runs.map(|run| (run[0], u32::try_from(run.len()).unwrap_or(u32::MAX)))
}

/// Terms in order, with how many hold each. A term stands at the place that its share of all numbers names, or right
/// behind those before it that stand there: terms are hashes. So a lookup waits for memory once.
#[derive(Debug)]
struct Counts {
    /// [`EMPTY`] where none stands; the last place is empty.
    terms: Vec<u64>,
    /// 0 where none stands.
    counts: Vec<u32>,
    /// How many places terms name.
    places: u64,
}

/// What stands in a place without a term: no term is behind it.
const EMPTY: u64 = u64::MAX;

impl Default for Counts {
    fn default() -> Self {
        Counts::of(Vec::new())
    }
}

impl Counts {
    /// Of terms in order, each once.
    fn of(counted: Vec<(u64, u32)>) -> Self {
        // A third stays empty.
        let places = counted.len() as u64 * 3 / 2;
        let (mut terms, mut counts) = (Vec::new(), Vec::new());
        terms.reserve_exact(places as usize + 1);
        counts.reserve_exact(places as usize + 1);
        for (term, count) in counted {
            let place = Counts::place(places, term).max(terms.len());
            terms.resize(place, EMPTY);
            counts.resize(place, 0);
            terms.push(term);
            counts.push(count);
        }
        let end = terms.len().max(places as usize) + 1;
        terms.resize(end, EMPTY);
        counts.resize(end, 0);
        Counts { terms, counts, places }
    }

    /// The place that a term names, of so many.
    #[inline]
    fn place(places: u64, term: u64) -> usize {
        ((u128::from(term) * u128::from(places)) >> 64) as usize
    }

    #[inline]
    fn get(&self, term: u64) -> Option<u32> {
        let start = Counts::place(self.places, term);
        let at = start + self.terms[start..].iter().position(|known| *known >= term)?;
        (self.terms[at] == term).then_some(self.counts[at]).filter(|count| *count > 0)
    }

    #[inline]
    fn fetch(&self, term: u64) {
        let place = Counts::place(self.places, term);
        prefetch(&self.terms, place);
        prefetch(&self.counts, place);
    }

    /// All terms in order.
    fn iter(&self) -> impl Iterator<Item = (u64, u32)> {
        let all = self.terms.iter().copied().zip(self.counts.iter().copied());
        all.filter(|(_, count)| *count > 0)
    }
}

/// How often each value occurs in a population. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Frequencies {
    /// How many students there are.
    students: u64,
    /// How many of them were counted.
    counted: u64,
    counts: Arc<Counts>,
}

impl Frequencies {
    /// A population of which only its size is known; names are judged by the nation's shares.
    pub fn of_size(students: u64) -> Self {
        Frequencies { students, counted: 0, counts: Arc::default() }
    }

    /// The same shares in a population that has grown since it was counted.
    #[must_use]
    pub fn with_population(&self, students: u64) -> Self {
        Frequencies { students: students.max(self.counted), ..self.clone() }
    }

    /// Of students who were counted: the terms that more than two hold, in order, each once.
    pub(crate) fn of_counts(students: u64, counts: Vec<(u64, u32)>) -> Self {
        Frequencies { students, counted: students, counts: Arc::new(Counts::of(counts)) }
    }

    /// How many students were counted.
    pub fn counted(&self) -> u64 {
        self.counted
    }

    /// The counts as pairs of a term and how many hold it, twelve bytes each, little endian, in the order of
    /// terms: what a store keeps.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = |(term, count): (u64, u32)| term.to_le_bytes().into_iter().chain(count.to_le_bytes());
        self.counts.iter().flat_map(bytes).collect()
    }

    /// Reads [`Frequencies::to_bytes`] of a population of `counted` students; `None` for bytes that are none.
    pub fn from_bytes(counted: u64, bytes: &[u8]) -> Option<Self> {
        let (pairs, rest) = bytes.as_chunks::<12>();
        let mut counts = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let (term, count) = pair.split_first_chunk::<8>()?;
            counts.push((u64::from_le_bytes(*term), u32::from_le_bytes(count.try_into().ok()?).max(2)));
        }
        (rest.is_empty() && counts.is_sorted_by(|a, b| a.0 < b.0))
            .then(|| Frequencies::of_counts(counted, counts))
    }

    /// How many students the population has; at least 100, so that a file of two rows is not taken for
    /// a nation of two.
    pub fn population(&self) -> f64 {
        self.students.max(100) as f64
    }

    /// The share of the others who hold a term: those beyond the two compared.
    fn share(&self, term: u64) -> f64 {
        self.counts.get(term).map_or(0.0, |count| f64::from(count - 2) / self.counted.max(100) as f64)
    }

    /// Whether a phone both hold is a household's: one that no more than [`HOUSEHOLD_MAX`] students hold.
    pub(super) fn is_household_phone(&self, a: &Identity, b: &Identity) -> bool {
        let mut shared = a.phones.iter().filter(|phone| b.phones.contains(phone));
        shared.any(|phone| self.is_few(phone_term(*phone)))
    }

    /// The same of a guardian's document; also where one side entered it as the student's.
    pub(super) fn is_household_guardian(&self, a: &Identity, b: &Identity) -> bool {
        let mut documents = a.guardian_documents().chain(b.guardian_documents());
        let holds = |identity: &Identity, number: &DocumentNumber| {
            let mut all = identity.guardian_documents().chain(&identity.documents);
            all.any(|document| document.number == *number)
        };
        documents.any(|document| {
            holds(a, &document.number) && holds(b, &document.number) && self.is_few(guardian_term(document))
        })
    }

    /// Begins to fetch what will be asked of a student's own values when the student is judged; not of the names, which
    /// take long to take apart.
    pub(crate) fn fetch(&self, identity: &Identity) {
        if let Some(place) = identity.place {
            self.counts.fetch(county_term(place));
            self.counts.fetch(place_term(place));
        }
        if let Some(school) = identity.school {
            self.counts.fetch(school_term(school));
        }
        identity.phones.iter().for_each(|phone| self.counts.fetch(phone_term(*phone)));
        identity.guardian_documents().for_each(|document| self.counts.fetch(guardian_term(document)));
    }

    fn is_few(&self, term: u64) -> bool {
        self.counts.get(term).is_none_or(|count| count <= HOUSEHOLD_MAX)
    }

    /// The shares that matter for a pair agreeing on these levels. Symmetric: where the two hold
    /// different values (names of one sound) the commoner one counts.
    pub(super) fn rarity(&self, a: &Identity, b: &Identity, levels: &[Level; Field::COUNT]) -> Rarity {
        let mut rarity = Rarity::unknown(1.0 / self.population());
        let name = levels[Field::Name as usize];
        if let (Some(one), Some(other)) = (&a.name, &b.name)
            && !matches!(name, Level::Missing | Level::Different)
        {
            let (surname, given) = self.name_shares(one);
            (rarity.surname, rarity.given) = (surname, given);
            rarity.name = surname * given;
            if one != other {
                let (surname, given) = self.name_shares(other);
                rarity.name = rarity.name.max(surname * given);
                rarity.surname = rarity.surname.max(surname);
                rarity.given = rarity.given.max(given);
            }
        }
        if let (Some(place), true) =
            (a.place, matches!(levels[Field::Place as usize], Level::Equal | Level::SameCounty))
        {
            rarity.county = self.share(county_term(place)).max(COUNTY_FLOOR);
            rarity.place = self.share(place_term(place)).max(VILLAGE_FLOOR);
        }
        if let (Some(school), Level::Equal) = (a.school, levels[Field::School as usize]) {
            rarity.school = self.share(school_term(school)).max(SCHOOL_FLOOR);
        }
        rarity
    }

    /// The shares of what one student holds; 1 for what is missing.
    pub(crate) fn of_own_values(&self, identity: &Identity) -> Rarity {
        let agrees_with_itself = Field::ALL.map(|field| field.levels()[0]);
        self.rarity(identity, identity, &agrees_with_itself)
    }

    fn name_shares(&self, name: &Name) -> (f64, f64) {
        name.with_parts(|surname, given| {
            // INVARIANT: they are parts of a text.
            let text = |part| std::str::from_utf8(part).unwrap_or_default();
            self.parts_shares(name.script(), text(surname), text(given))
        })
    }

    fn parts_shares(&self, script: Script, surname: &str, given: &str) -> (f64, f64) {
        let counted = |term, text: &str| self.share(text_term(term, text.as_bytes()));
        let is_common_form = script == Script::Han && !surname.is_empty() && surname.chars().count() <= 2;
        let published = |share: Option<f32>, floor: f64| match share {
            Some(share) => f64::from(share).max(floor),
            None if is_common_form => floor,
            None => UNKNOWN_PART,
        };
        let (known_surname, known_given) = match is_common_form {
            true => (frequency::surname_share(surname), frequency::given_share(given)),
            false => (None, None),
        };
        let of_surname = counted(Term::Surname, surname).max(published(known_surname, SURNAME_FLOOR));
        let of_given = match given.is_empty() {
            true => 1.0,
            false => counted(Term::Given, given).max(published(known_given, GIVEN_FLOOR)),
        };
        (of_surname.min(1.0), of_given.min(1.0))
    }
}

fn text_term(term: Term, text: &[u8]) -> u64 {
    hash_bytes(term as u64, text)
}

fn phone_term(phone: Phone) -> u64 {
    mix(Term::Phone as u64, phone.get())
}

fn guardian_term(document: &Document) -> u64 {
    hash_bytes(Term::Guardian as u64, document.number.as_bytes())
}

fn place_term(place: Place) -> u64 {
    mix(Term::Place as u64, place.code().get())
}

fn school_term(school: Code) -> u64 {
    mix(Term::School as u64, school.get())
}

fn county_term(place: Place) -> u64 {
    let code = place.county().map_or(place.code().get(), |county| u64::from(county.get()));
    mix(Term::County as u64, code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::Student;

    fn named(name: &str) -> Identity {
        Identity::of(&Student { name, region: "110105", ..Student::default() }, &mut Vec::new())
    }

    fn rarity(frequencies: &Frequencies, a: &str, b: &str) -> Rarity {
        let (a, b) = (named(a), named(b));
        let evidence = super::super::Evidence::of(&a, &b, frequencies);
        assert_eq!(evidence.rarity, super::super::Evidence::of(&b, &a, frequencies).rarity);
        evidence.rarity
    }

    #[test]
    fn common_names_are_commoner() {
        let nation = Frequencies::of_size(1_000_000);
        let common = rarity(&nation, "张伟", "张伟").name;
        assert!((1e-5..1e-2).contains(&common), "{common}");
        assert!(rarity(&nation, "令狐楚", "令狐楚").name < common / 1000.0);
        assert!(rarity(&nation, "章伟", "张伟").name >= common);
    }

    #[test]
    fn every_term_is_found_where_it_was_put() {
        let spread = |n: u64| (0..n).map(move |at| mix(n, at)).collect::<Vec<u64>>();
        let crowded = vec![0, 1, 2, 3, u64::MAX - 2, u64::MAX - 1, u64::MAX];
        for mut terms in [vec![], vec![0], vec![u64::MAX], crowded, spread(2), spread(1_000), spread(50_000)]
        {
            terms.sort_unstable();
            let counted: Vec<(u64, u32)> = terms.iter().copied().zip(2..).collect();
            let counts = Counts::of(counted.clone());
            assert!(counts.iter().eq(counted.iter().copied()));
            for (term, count) in counted {
                assert_eq!(counts.get(term), Some(count));
                for beside in [term.wrapping_add(1), term.wrapping_sub(1), !term] {
                    assert_eq!(counts.get(beside).is_some(), terms.binary_search(&beside).is_ok());
                }
            }
        }
    }

    #[test]
    fn a_population_counts_beyond_the_pair() {
        let mut counter = FrequencyCounter::default();
        for _ in 0..50 {
            counter.add(&named("令狐楚"));
        }
        for _ in 0..950 {
            counter.add(&named("张伟"));
        }
        let frequencies = counter.finish();
        let shares = rarity(&frequencies, "令狐楚", "令狐楚");
        assert!((shares.surname - 0.048).abs() < 1e-9, "{}", shares.surname);
        assert!((shares.county - 0.998).abs() < 1e-9, "{}", shares.county);
    }
}
