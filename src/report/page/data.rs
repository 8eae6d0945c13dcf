//! Pairs, records and texts as columns with dictionaries.
//!
//! A pair holds no number that follows from a dictionary's: for each field it names an *observation*, a level with its
//! likelihoods and the share that entered, of which a run has some thousands, so that the browser needs no model to
//! draw a waterfall. Texts are a block of their own, which the browser reads when the first pair is opened.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::ReportPage;
use crate::dedupe::RowId;
use crate::identity::region::RegionCode;
use crate::matching::rules::Rule;
use crate::matching::{Explanation, Field, FieldTerm, Hypotheses, ProblemClass, Reasons, Verdict};

/// Different values in the order in which they came, by place.
struct Dictionary<V> {
    places: HashMap<V, u32>,
    values: Vec<V>,
}

impl<V: Clone + Eq + std::hash::Hash> Dictionary<V> {
    fn new() -> Self {
        Dictionary { places: HashMap::new(), values: Vec::new() }
    }

    fn place(&mut self, value: V) -> u32 {
        *self.places.entry(value).or_insert_with_key(|value| {
            self.values.push(value.clone());
            self.values.len() as u32 - 1
        })
    }
}

/// What tells two observations apart: equal numbers are equal bits.
type ObservationKey = (u8, [u64; 4], Option<(&'static str, u64)>);

fn observation_key(term: &FieldTerm) -> ObservationKey {
    let Hypotheses { same, twin, sibling, stranger } = term.likelihood;
    let share = term.share.map(|share| (share_code(share.of), share.value.to_bits()));
    (term.level as u8, [same, twin, sibling, stranger].map(f64::to_bits), share)
}

fn share_code(of: crate::matching::Share) -> &'static str {
    use crate::matching::Share::{County, Given, Name, One, Place, School, Surname};
    match of {
        Name => "name",
        Surname => "surname",
        Given => "given",
        County => "county",
        Place => "place",
        School => "school",
        One => "one",
    }
}

/// A number with as many decimals as are shown.
fn rounded(number: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (number * scale).round() / scale
}

/// The block of pairs and record ids, and that of texts.
pub(super) fn blocks(page: &ReportPage<'_>) -> (Value, Value) {
    let findings = page.findings;
    let mut rows: Dictionary<RowId> = Dictionary::new();
    let mut seen: Dictionary<ObservationKey> = Dictionary::new();
    let mut observations = Vec::new();
    let mut columns: HashMap<&'static str, Vec<Value>> = HashMap::new();
    let mut fields: [Vec<u32>; Field::COUNT] = Default::default();
    let mut prior = None;
    for pair in &findings.pairs {
        let explanation = Explanation::of(&pair.judgement, page.model);
        let class = explanation.class.map_or("", ProblemClass::code);
        let verdict = pair.judgement.verdict;
        let posterior = &pair.judgement.posterior;
        let cells = [
            ("a", json!(rows.place(pair.a))),
            ("b", json!(rows.place(pair.b))),
            ("verdict", json!(Verdict::ALL.iter().position(|known| *known == verdict))),
            ("class", json!(class_place(class))),
            ("reasons", json!(pair.judgement.reasons.bits())),
            ("rules", json!(rule_bits(&explanation.rules))),
            ("same", json!(rounded(posterior.same, 6))),
            ("sibling", json!(rounded(posterior.sibling, 6))),
            ("weight", json!(rounded(posterior.weight, 2))),
        ];
        for (name, cell) in cells {
            columns.entry(name).or_default().push(cell);
        }
        for (column, term) in fields.iter_mut().zip(&explanation.fields) {
            let place = seen.place(observation_key(term));
            if place as usize == observations.len() {
                let Hypotheses { same, twin, sibling, stranger } = term.likelihood;
                let share = term.share.map(|share| json!([share_code(share.of), share.value]));
                observations.push(json!([term.level.code(), same, twin, sibling, stranger, share]));
            }
            column.push(place);
        }
        prior.get_or_insert(explanation.prior);
    }
    let records: Vec<_> = rows.values.iter().map(|row| findings.record(*row)).collect();
    let mut counties: Dictionary<u32> = Dictionary::new();
    let county = |identity: &crate::identity::Identity| {
        identity.place.and_then(|place| place.county()).map_or(0, RegionCode::get)
    };
    let of_county: Vec<u32> = records.iter().map(|record| counties.place(county(&record.identity))).collect();
    let main = json!({
        "pairs": columns,
        "fields": fields,
        "observations": observations,
        "prior": prior,
        "ids": records.iter().map(|record| record.id.as_str()).collect::<Vec<_>>(),
        "county": of_county,
        "counties": counties.values.iter().map(|code| super::overview::county_name(*code)).collect::<Vec<_>>(),
        "codes": {
            "verdicts": Verdict::ALL.map(Verdict::code),
            "classes": super::overview::CLASSES.map(ProblemClass::code),
            "reasons": Reasons::all().codes().collect::<Vec<_>>(),
            "rules": Rule::ALL.map(Rule::code),
            "fields": Field::ALL.map(Field::code),
        },
    });
    let mut words: [Dictionary<&str>; Field::COUNT] = std::array::from_fn(|_| Dictionary::new());
    let mut places: [Vec<u32>; Field::COUNT] = Default::default();
    for row in &rows.values {
        let texts = page.texts.get(row);
        for (field, (words, places)) in words.iter_mut().zip(&mut places).enumerate() {
            places.push(words.place(texts.map_or("", |texts| texts[field].as_str())));
        }
    }
    let labels: Vec<&str> = page.summary.inputs.iter().map(|input| input.label.as_str()).collect();
    let texts = json!({
        "files": labels,
        "file": records.iter().map(|record| record.origin.file).collect::<Vec<_>>(),
        "row": records.iter().map(|record| record.origin.row).collect::<Vec<_>>(),
        "words": words.map(|words| words.values),
        "places": places,
    });
    (main, texts)
}

fn class_place(code: &str) -> Option<usize> {
    super::overview::CLASSES.iter().position(|class| class.code() == code)
}

fn rule_bits(rules: &[Rule]) -> u32 {
    let bit = |rule: &Rule| Rule::ALL.iter().position(|known| known == rule).map_or(0, |at| 1 << at);
    rules.iter().map(bit).fold(0, |bits, bit| bits | bit)
}
