//! Where to look: blocking keys in named families.
//!
//! [`keys`] gives an identity's keys, a bounded number of them. Two students are a candidate pair when
//! they share a key of a family; a family with [`Family::probes`] shares its keys with the family it
//! probes into, so that only the few records that need a second look carry the cost. A key held by too
//! many is made finer by [`finer`]. Keys find candidates; they never decide.

use smallvec::SmallVec;

use crate::hash::{hash_bytes, mix};
use crate::identity::Identity;
use crate::identity::date::Date;
use crate::identity::document::Document;
use crate::identity::lunar;
use crate::identity::name::{Name, Reading};
use crate::identity::region::RegionCode;

/// The version of the families and of their hashes. Keys of different versions never meet.
pub const VERSION: u32 = 2;

/// A family of keys. Each is there for one kind of error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Family {
    /// A document's number. For everything that leaves the number whole: names by sound, moves, wrong
    /// dates; and for two people under one number.
    Document,
    /// The valid neighbours of an invalid number, probed into [`Family::Document`]. For a digit
    /// mistyped or two exchanged.
    RepairedDocument,
    /// A former registry number. For a student who comes back with everything else changed.
    FormerNumber,
    /// Loose name, birth date and county. For a number missing or wrong, without a move; it holds names
    /// whose sound is unknown.
    NameBirthRegion,
    /// Phonetic name and birth date. For a move with the number missing, and names by sound.
    PhoneticBirth,
    /// Phonetic name and what the birth date may stand for (lunar, swapped, a year off), probed into
    /// [`Family::PhoneticBirth`]; only for a student without a valid document.
    AlternativeBirth,
    /// The sound of one token of a name in letters, and birth date. For a name of which the other token is
    /// wrong or missing; in letters few share a token, in Han characters a surname would bring too many, and
    /// only the own name before the first interpunct is taken, for a father's part that is missing or cut.
    TokenBirth,
    /// Phonetic name and county. For a wrong or missing birth date, with the number missing.
    PhoneticRegion,
    /// Birth date, county and sex. For a name so wrong that neither its letters nor its sound remain.
    BirthRegionSex,
    /// A guardian's document. For several fields wrong at once; it finds siblings as well.
    Guardian,
    /// A guardian's document entered as the student's, probed into [`Family::Guardian`].
    GuardianAsStudent,
    /// Loose name and a guardian's name. For numbers missing on both and a wrong birth date.
    NameGuardian,
    /// A phone and the birth date. For a changed name and number of a child in the same household.
    PhoneBirth,
    /// The number of a document whose kind has no check character, whole and each character left out in turn. For
    /// one mistyped, lost, or exchanged with its neighbour: what is left where it is left out is the same.
    NearDocument,
}

impl Family {
    /// Every family, in the order in which they are walked.
    pub const ALL: [Family; 14] = [
        Family::Document,
        Family::RepairedDocument,
        Family::FormerNumber,
        Family::NameBirthRegion,
        Family::PhoneticBirth,
        Family::AlternativeBirth,
        Family::TokenBirth,
        Family::PhoneticRegion,
        Family::BirthRegionSex,
        Family::Guardian,
        Family::GuardianAsStudent,
        Family::NameGuardian,
        Family::PhoneBirth,
        Family::NearDocument,
    ];

    /// The family's name in reports.
    pub const fn code(self) -> &'static str {
        match self {
            Family::Document => "document",
            Family::RepairedDocument => "repaired_document",
            Family::FormerNumber => "former_number",
            Family::NameBirthRegion => "name_birth_region",
            Family::PhoneticBirth => "phonetic_birth",
            Family::AlternativeBirth => "alternative_birth",
            Family::TokenBirth => "token_birth",
            Family::PhoneticRegion => "phonetic_region",
            Family::BirthRegionSex => "birth_region_sex",
            Family::Guardian => "guardian",
            Family::GuardianAsStudent => "guardian_as_student",
            Family::NameGuardian => "name_guardian",
            Family::PhoneBirth => "phone_birth",
            Family::NearDocument => "near_document",
        }
    }

    /// The family whose keys this one's are looked up in, besides its own.
    pub const fn probes(self) -> Option<Family> {
        match self {
            Family::RepairedDocument => Some(Family::Document),
            Family::AlternativeBirth => Some(Family::PhoneticBirth),
            Family::GuardianAsStudent => Some(Family::Guardian),
            _ => None,
        }
    }

    /// The seed of the family's hashes: that of the family it probes into, if it does.
    const fn seed(self) -> u64 {
        let family = match self.probes() {
            Some(family) => family,
            None => self,
        };
        ((VERSION as u64) << 32) | (family as u64 + 1)
    }
}

/// A set of families.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct FamilySet(u16);

impl FamilySet {
    /// The set of those whose bits are set, the first of [`Family::ALL`] at the lowest.
    pub(crate) const fn of_bits(bits: u16) -> Self {
        FamilySet(bits)
    }

    /// A bit for each family, the first of [`Family::ALL`] the lowest.
    pub(crate) const fn bits(self) -> u16 {
        self.0
    }

    /// Adds a family.
    pub const fn insert(&mut self, family: Family) {
        self.0 |= 1 << family as u16;
    }

    /// Whether it holds a family.
    pub const fn contains(self, family: Family) -> bool {
        self.0 & 1 << family as u16 != 0
    }

    /// Whether it holds none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its families, in the order of [`Family::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Family> {
        Family::ALL.into_iter().filter(move |family| self.contains(*family))
    }
}

/// An identity's keys, kept to be compared with others'.
#[derive(Debug, Clone, Default)]
pub struct KeyList(SmallVec<[(Family, u64); 16]>);

impl KeyList {
    /// The keys of an identity.
    pub fn of(identity: &Identity) -> Self {
        let mut list = KeyList::default();
        keys(identity, |family, key| list.0.push((family, key)));
        list
    }

    /// The families that bring two students together, however many others hold their keys. Of two families of
    /// which one probes into the other it is the one that probes.
    pub fn shared(&self, other: &KeyList) -> FamilySet {
        let mut families = FamilySet::default();
        for (family, key) in &self.0 {
            for (met, _) in other.0.iter().filter(|(_, other)| other == key) {
                if family == met || family.probes() == Some(*met) {
                    families.insert(*family);
                } else if met.probes() == Some(*family) {
                    families.insert(*met);
                }
            }
        }
        families
    }
}

/// Gives an identity's keys to `emit`, in a fixed order, possibly one twice. 8 for most students; no more
/// than 400 for any (an invalid number's 35 repairs, former names in letters by token, two guardians), which
/// the properties and the fuzz target `row` hold it to. About 0.4 µs.
pub fn keys(identity: &Identity, mut emit: impl FnMut(Family, u64)) {
    document_keys(identity, &mut emit);
    other_keys(identity, &mut emit);
}

/// Whether one of an identity's keys is wanted. Those of documents are looked at first and are made soonest: nearly all
/// who are alike share one.
pub(crate) fn has_any(identity: &Identity, is_wanted: impl Fn(Family, u64) -> bool) -> bool {
    let mut has = false;
    document_keys(identity, &mut |family, key| has = has || is_wanted(family, key));
    if !has {
        other_keys(identity, &mut |family, key| has = has || is_wanted(family, key));
    }
    has
}

/// The keys that need a name, a birth date or a place.
fn other_keys(identity: &Identity, emit: &mut impl FnMut(Family, u64)) {
    let names: SmallVec<[&Name; 2]> = identity.name.iter().chain(&identity.aliases).collect();
    let county = county(identity);
    for name in names {
        name_keys(identity, name, county, emit);
    }
    let birth = identity.birth_or_documents();
    if let (Some(birth), Some(county)) = (birth, county) {
        let sex = identity.sex.map_or(0, |sex| sex as u64 + 1);
        emit(Family::BirthRegionSex, mix(mix(with_birth(Family::BirthRegionSex.seed(), birth), county), sex));
    }
    if let Some(birth) = birth {
        for phone in &identity.phones {
            emit(Family::PhoneBirth, with_birth(mix(Family::PhoneBirth.seed(), phone.get()), birth));
        }
    }
}

fn document_keys(identity: &Identity, emit: &mut impl FnMut(Family, u64)) {
    let of = |family: Family, document: &Document| hash_bytes(family.seed(), document.number.as_bytes());
    for document in identity.usable_documents() {
        emit(Family::Document, of(Family::Document, document));
        if !document.kind.has_check() {
            near_keys(document.number.as_bytes(), emit);
        }
        for repair in document.repairs() {
            emit(Family::RepairedDocument, hash_bytes(Family::RepairedDocument.seed(), repair.as_bytes()));
        }
    }
    for document in identity.guardian_documents() {
        emit(Family::Guardian, of(Family::Guardian, document));
    }
    // A number that is no child's may be a guardian's, also where the record names no guardian.
    for document in identity.usable_documents() {
        let is_adults =
            document.birth().zip(identity.birth).is_some_and(|(d, own)| d.year() + 14 < own.year());
        if is_adults {
            emit(Family::GuardianAsStudent, of(Family::GuardianAsStudent, document));
        }
    }
    if let Some(number) = &identity.former_number {
        emit(Family::FormerNumber, hash_bytes(Family::FormerNumber.seed(), number.as_bytes()));
    }
}

/// A number as it is, which is what one with a character added leaves, and with each character left out in turn; of a run of
/// equal ones only the first makes another text.
fn near_keys(number: &[u8], emit: &mut impl FnMut(Family, u64)) {
    /// What is left of a shorter number tells too little.
    const CHARACTERS_MIN: usize = 6;
    if number.len() < CHARACTERS_MIN {
        return;
    }
    emit(Family::NearDocument, hash_bytes(Family::NearDocument.seed(), number));
    for out in (0..number.len()).filter(|out| *out == 0 || number[*out] != number[out - 1]) {
        let left: SmallVec<[u8; 24]> = number[..out].iter().chain(&number[out + 1..]).copied().collect();
        emit(Family::NearDocument, hash_bytes(Family::NearDocument.seed(), &left));
    }
}

fn name_keys(identity: &Identity, name: &Name, county: Option<u64>, emit: &mut impl FnMut(Family, u64)) {
    let birth = identity.birth_or_documents();
    if let Some(loose) = name.loose_bytes() {
        let of = |family: Family| hash_bytes(family.seed(), &loose);
        if let (Some(birth), Some(county)) = (birth, county) {
            emit(Family::NameBirthRegion, mix(with_birth(of(Family::NameBirthRegion), birth), county));
        }
        for guardian in identity.guardians.iter().filter_map(|guardian| guardian.name.as_ref()) {
            if let Some(guardian) = guardian.loose_bytes() {
                emit(Family::NameGuardian, mix(of(Family::NameGuardian), hash_bytes(0, &guardian)));
            }
        }
    }
    if let Some(sound) = name.only_sound() {
        sound_keys(identity, &sound, birth, county, emit);
        return;
    }
    let reading = name.reading();
    if let (Reading::Latin(tokens), Some(birth)) = (&reading, birth) {
        for token in tokens.iter().filter(|token| token.len() > 1) {
            let key = hash_bytes(Family::TokenBirth.seed(), Name::soundex(token).as_bytes());
            emit(Family::TokenBirth, with_birth(key, birth));
        }
    }
    if let (Reading::Han(units), Some(birth)) = (&reading, birth)
        && let Some(own) = units.own_sound()
    {
        let key = hash_bytes(Family::TokenBirth.seed(), own.as_bytes());
        emit(Family::TokenBirth, with_birth(key, birth));
    }
    for form in reading.phonetic() {
        sound_keys(identity, form.as_bytes(), birth, county, emit);
    }
}

/// The keys of one phonetic form of a name.
fn sound_keys(
    identity: &Identity,
    form: &[u8],
    birth: Option<Date>,
    county: Option<u64>,
    emit: &mut impl FnMut(Family, u64),
) {
    let of = |family: Family| hash_bytes(family.seed(), form);
    if let Some(birth) = birth {
        emit(Family::PhoneticBirth, with_birth(of(Family::PhoneticBirth), birth));
        if !identity.documents.iter().any(Document::is_valid) {
            for date in other_dates(birth) {
                emit(Family::AlternativeBirth, with_birth(of(Family::AlternativeBirth), date));
            }
        }
    }
    if let Some(county) = county {
        emit(Family::PhoneticRegion, mix(of(Family::PhoneticRegion), county));
    }
}

/// The dates under which the other record may stand: what this date may mean, and, in case the other
/// one is written by the lunar calendar, this date in it.
fn other_dates(birth: Date) -> impl Iterator<Item = Date> {
    let lunar = lunar::from_solar(birth).and_then(|lunar| Date::new(lunar.year, lunar.month, lunar.day).ok());
    birth.alternatives().map(|(_, date)| date).chain(lunar.filter(move |date| *date != birth))
}

/// The county, or the whole code where it is not one of GB/T 2260's form.
fn county(identity: &Identity) -> Option<u64> {
    let place = identity.place?;
    Some(place.county().map_or(place.code().get(), |county: RegionCode| u64::from(county.get())))
}

fn with_birth(hash: u64, birth: Date) -> u64 {
    mix(hash, u64::from(birth.get()))
}

/// What tells apart the holders of a key that too many hold. Equal for two students only where they
/// agree on one more field; 0 where that field is missing.
pub fn finer(family: Family, identity: &Identity) -> u64 {
    let hash = |text: &[u8]| hash_bytes(1, text);
    let loose = |name: Option<&Name>| name.and_then(Name::loose_bytes).map_or(0, |name| hash(&name));
    let birth = || identity.birth_or_documents().map_or(0, |birth| u64::from(birth.get()));
    match family {
        Family::Document | Family::FormerNumber | Family::PhoneBirth => loose(identity.name.as_ref()),
        Family::RepairedDocument
        | Family::NearDocument
        | Family::Guardian
        | Family::GuardianAsStudent
        | Family::NameGuardian => birth(),
        Family::NameBirthRegion => {
            loose(identity.guardians.first().and_then(|guardian| guardian.name.as_ref()))
        }
        // What a move and a wrong birth date leave as they were; the guardians in any order.
        Family::PhoneticBirth | Family::AlternativeBirth | Family::TokenBirth | Family::PhoneticRegion => {
            let guardians = identity.guardians.iter().map(|guardian| loose(guardian.name.as_ref()));
            guardians.filter(|name| *name != 0).min().unwrap_or(0)
        }
        Family::BirthRegionSex => {
            identity.name.as_ref().map_or(0, |name| name.with_parts(|surname, _| hash(surname)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::{GivenDocument, GivenGuardian, Student};

    fn identity(number: &str, name: &str, birthdate: &str) -> Identity {
        let student = Student {
            documents: vec![GivenDocument { kind: "", number }],
            name,
            birthdate,
            sex: "1",
            region: "110105",
            guardians: vec![GivenGuardian { name: "王大山", ..Default::default() }],
            phone: "13800138000",
            ..Student::default()
        };
        Identity::of(&student, &mut Vec::new())
    }

    fn meeting(a: &Identity, b: &Identity) -> FamilySet {
        KeyList::of(a).shared(&KeyList::of(b))
    }

    #[test]
    fn a_number_without_a_check_character_is_met_with_one_slip_in_it() {
        let passport = |number| {
            let documents = vec![GivenDocument { kind: "A", number }];
            Identity::of(&Student { documents, ..Student::default() }, &mut Vec::new())
        };
        let base = passport("E12345678");
        for (slip, is_met) in [
            ("E12345978", true),
            ("E12354678", true),
            ("E1234578", true),
            ("E123345678", true),
            ("E12345999", false),
        ] {
            let found = meeting(&base, &passport(slip));
            assert_eq!(found.contains(Family::NearDocument), is_met, "{slip}: {found:?}");
        }
    }

    #[test]
    fn each_error_is_met_by_its_family() {
        let base = identity("440524201001010018", "王小明", "20100101");
        let typo = identity("440524201001010017", "李强", "20110202");
        assert!(meeting(&base, &typo).contains(Family::RepairedDocument));
        let sound = identity("", "王晓铭", "20100101");
        assert!(meeting(&base, &sound).contains(Family::PhoneticBirth));
        let year_off = identity("", "王小明", "20110101");
        assert!(meeting(&base, &year_off).contains(Family::AlternativeBirth));
        assert!(meeting(&year_off, &base).contains(Family::AlternativeBirth));
        assert!(meeting(&base, &year_off).contains(Family::NameGuardian));
        let other_name = identity("", "赵六", "20100101");
        assert!(meeting(&base, &other_name).contains(Family::BirthRegionSex));
        assert!(meeting(&base, &other_name).contains(Family::PhoneBirth));
    }

    #[test]
    fn a_wanted_key_is_noticed_and_no_other() {
        for (number, name) in
            [("440524201001010018", "王小明"), ("440524201001010017", "阿卜杜拉·艾山"), ("", "ALI KHAN")]
        {
            let identity = identity(number, name, "20100101");
            keys(&identity, |family, key| {
                assert!(has_any(&identity, |own, hash| (own, hash) == (family, key)), "{family:?}");
                assert!(!has_any(&identity, |own, hash| (own, hash) == (family, !key)), "{family:?}");
            });
        }
    }

    #[test]
    fn lunar_dates_meet_from_both_sides() {
        // 2010-02-14 is the first day of the lunar year 2010.
        let solar = identity("", "王小明", "20100214");
        let lunar = identity("", "王小明", "20100101");
        assert!(meeting(&solar, &lunar).contains(Family::AlternativeBirth));
        let known = identity("440524201002140017", "王小明", "20100214");
        assert!(meeting(&known, &lunar).contains(Family::AlternativeBirth));
    }

    #[test]
    fn a_name_cut_after_its_first_segment_is_met() {
        // A move with the number missing, and the father's part of the name gone.
        let of = |name, region| {
            let student = Student { name, birthdate: "20100515", region, ..Student::default() };
            Identity::of(&student, &mut Vec::new())
        };
        let whole = of("阿卜杜拉·艾山", "650102");
        for cut in ["阿卜杜拉", "阿卜杜拉·艾", "阿卜杜拉·艾山江"] {
            assert!(!meeting(&whole, &of(cut, "110105")).is_empty(), "{cut}");
        }
    }

    #[test]
    fn strangers_do_not_meet() {
        let a = identity("440524201001010018", "王小明", "20100101");
        let student = Student {
            documents: vec![GivenDocument { kind: "", number: "11010519491231002X" }],
            name: "李雷",
            birthdate: "19491231",
            ..Student::default()
        };
        assert!(meeting(&a, &Identity::of(&student, &mut Vec::new())).is_empty());
    }
}
