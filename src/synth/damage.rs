//! The errors of re-registrations: their names, how often they happen, and who does them.
//!
//! What an error does to a record is one function each, in `damage_id`, `damage_name` and `damage_place`. An
//! error that cannot happen to a record says so by returning false and leaves the record as it was.

use super::Nation;
use super::family::Family;
use super::rng::Rng;
use super::row::{Note, Record, Truth};
use super::{damage_id as id, damage_name as name, damage_place as place};

/// What the error functions see: the nation, the family and which of its children is registered again.
pub(super) struct Case<'a> {
    pub(super) nation: &'a Nation,
    pub(super) family: &'a Family,
    pub(super) child: usize,
}

/// The part of a record an error is in; one record suffers at most one error in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Nothing,
    Document,
    Name,
    Birth,
    Guardian,
    Home,
    Phone,
    Sex,
}

type Apply = fn(&Case<'_>, &mut Record, &mut Rng) -> bool;

macro_rules! damages {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $weight:literal, $part:ident, $apply:expr;)+) => {
        /// An error of a re-registration, or none.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Damage {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Damage {
            /// Every error, in the order of the weights in [`Rates`](super::Rates).
            pub const ALL: [Damage; [$($name),+].len()] = [$(Damage::$variant),+];

            /// The name in the truth and on the command line.
            pub const fn name(self) -> &'static str {
                match self { $(Damage::$variant => $name,)+ }
            }

            /// What happens.
            pub const fn meaning(self) -> &'static str {
                match self { $(Damage::$variant => concat!($($doc),+),)+ }
            }

            /// The default weight. Assumed throughout: homophones most among names, as offices report.
            pub const fn default_weight(self) -> f64 {
                match self { $(Damage::$variant => $weight,)+ }
            }

            fn part(self) -> Part {
                match self { $(Damage::$variant => Part::$part,)+ }
            }

            /// Whether it can only happen to children from abroad or to names with an interpunct.
            pub(super) fn is_peculiar(self) -> bool {
                use Damage::*;
                matches!(
                    self,
                    OtherDocument | DocumentRenewed | NameInterpunct | NameCut | NameOrder | NameInitials | NameDiacritics
                )
            }

            fn apply(self) -> Apply {
                match self { $(Damage::$variant => $apply,)+ }
            }
        }
    };
}

damages! {
    /// No error: the same row again.
    Exact = "exact", 0.10, Nothing, |_, _, _| true;
    /// The number was left out and the kind set to Z.
    IdMissing = "id_missing", 0.08, Document, id::missing;
    /// One digit of the number is another.
    IdTypo = "id_typo", 0.06, Document, id::typo;
    /// Two neighbouring digits of the number changed places.
    IdTranspose = "id_transpose", 0.04, Document, id::transpose;
    /// The number in the 15-digit form of before 1999.
    IdFifteen = "id_15", 0.02, Document, id::fifteen;
    /// The number in full-width characters.
    IdFullWidth = "id_full_width", 0.01, Document, id::full_width;
    /// Spaces, a tab, an apostrophe or an invisible character in the number.
    IdSpaces = "id_spaces", 0.015, Document, id::spaces;
    /// A lower-case x at the end of the number.
    IdLowerX = "id_lower_x", 0.01, Document, id::lower_x;
    /// A Cyrillic Х at the end of the number.
    IdCyrillicX = "id_cyrillic_x", 0.005, Document, id::cyrillic_x;
    /// A × or * at the end of the number.
    IdTimesX = "id_times_x", 0.005, Document, id::times_x;
    /// O for 0 in the number.
    IdLetterO = "id_o0", 0.01, Document, id::letter_o;
    /// l, I or | for 1 in the number.
    IdLetterL = "id_l1", 0.005, Document, id::letter_l;
    /// A spreadsheet showed the number as 4.20103E+17.
    IdScientific = "id_scientific", 0.01, Document, id::scientific;
    /// A spreadsheet kept fifteen digits and three zeros.
    IdRounded = "id_rounded", 0.01, Document, id::rounded;
    /// A guardian's number as the student's.
    IdGuardian = "id_guardian", 0.03, Document, id::guardian;
    /// Another document of the same child from abroad.
    OtherDocument = "other_document", 0.02, Document, id::other_document;
    /// The document of a child from abroad was renewed: a new passport, a counter on the permit.
    DocumentRenewed = "document_renewed", 0.01, Document, id::renewed;
    /// A character of the given name was replaced by a homophone.
    NameHomophone = "name_homophone", 0.10, Name, name::homophone;
    /// A character was replaced by one that looks like it.
    NameLookalike = "name_lookalike", 0.03, Name, name::lookalike;
    /// The name in traditional characters.
    NameTraditional = "name_traditional", 0.02, Name, name::traditional;
    /// A character in another written form.
    NameVariant = "name_variant", 0.01, Name, name::variant;
    /// ?, □ or * for a character that could not be typed.
    NameWildcard = "name_wildcard", 0.01, Name, name::wildcard;
    /// Pinyin for a character that could not be typed.
    NamePinyin = "name_pinyin", 0.005, Name, name::pinyin;
    /// Another sign than U+00B7 in a name, or none.
    NameInterpunct = "name_interpunct", 0.01, Name, name::interpunct;
    /// The father's part of a name was cut or left out.
    NameCut = "name_cut", 0.01, Name, name::cut;
    /// A new given name; the old one may stand as the former name.
    NameFormer = "name_former", 0.01, Name, name::former;
    /// A surname that is confused with the right one: 傅 and 付.
    NameSurname = "name_surname", 0.01, Name, name::surname;
    /// Surname and given names of a Latin name changed places.
    NameOrder = "name_order", 0.01, Name, name::order;
    /// Initials for a given name in Latin letters.
    NameInitials = "name_initials", 0.005, Name, name::initials;
    /// A Latin name without its diacritics or in capitals.
    NameDiacritics = "name_diacritics", 0.005, Name, name::diacritics;
    /// The lunar birthday instead of the solar one.
    BirthLunar = "dob_lunar", 0.03, Birth, place::lunar;
    /// Day and month changed places.
    BirthSwapped = "dob_swap", 0.03, Birth, place::swapped;
    /// The birth year is one off.
    BirthYear = "dob_year", 0.02, Birth, place::year;
    /// A placeholder for the birthday.
    BirthPlaceholder = "dob_placeholder", 0.01, Birth, place::placeholder;
    /// One guardian was left out.
    GuardianMissing = "guardian_missing", 0.05, Guardian, place::guardian_missing;
    /// The guardians changed places.
    GuardianSwap = "guardian_swap", 0.04, Guardian, place::guardian_swap;
    /// A character of a guardian's name was replaced by a homophone.
    GuardianHomophone = "guardian_homophone", 0.03, Guardian, place::guardian_homophone;
    /// The family moved to another county: another region, school and address.
    Moved = "moved", 0.12, Home, place::moved;
    /// The address was written another way.
    AddressRewritten = "address_rewritten", 0.05, Home, place::address_rewritten;
    /// Another phone number.
    PhoneNew = "phone_new", 0.05, Phone, place::phone_new;
    /// The other sex was entered.
    SexWrong = "sex_wrong", 0.02, Sex, place::sex_wrong;
}

impl Nation {
    /// A second registration of a child, with one to three errors or none.
    pub(super) fn register_again(&self, family: &Family, child: usize, rng: &mut Rng) -> (Record, Truth) {
        let case = Case { nation: self, family, child };
        let mut record = self.record(family, child);
        let count = match rng.chance(self.rates.two_errors) {
            false => 1,
            true => 2 + usize::from(rng.chance(self.rates.three_errors)),
        };
        let peculiar = rng.chance(self.rates.peculiar);
        let mut done: [Option<Damage>; 3] = [None; 3];
        for at in 0..count {
            let mut attempt = |damage: Damage, rng: &mut Rng| {
                let fresh = done[..at].iter().flatten().all(|other| other.part() != damage.part());
                let counts = at == 0 || damage != Damage::Exact;
                (fresh && counts && damage.apply()(&case, &mut record, rng)).then_some(damage)
            };
            let mut drawn = None;
            if at == 0 && peculiar && may_be_peculiar(family, child) {
                let table = self.peculiar_damages.as_ref();
                drawn = (0..PECULIAR_DRAWS_MAX).find_map(|_| attempt(Damage::ALL[table?.draw(rng)], rng));
            }
            // An error that cannot happen here is drawn again; a child to whom none of the drawn ones can
            // happen is registered as before.
            drawn = drawn
                .or_else(|| (0..DRAWS_MAX).find_map(|_| attempt(Damage::ALL[self.damages.draw(rng)], rng)));
            done[at] = drawn;
            if done[at].is_none() || done[at] == Some(Damage::Exact) {
                done[at] = None;
                break;
            }
        }
        (record, Truth::Again(done))
    }
}

fn may_be_peculiar(family: &Family, child: usize) -> bool {
    let person = &family.children[child];
    matches!(person.note, Note::Foreign | Note::HongKong) || person.name.contains('·')
}

/// How often an error is drawn for a place among the errors, and among the peculiar ones.
const DRAWS_MAX: usize = 50;
const PECULIAR_DRAWS_MAX: usize = 12;
