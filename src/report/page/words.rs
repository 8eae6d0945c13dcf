//! The words of the page in both languages: its own, and those of every code that its data holds.

use serde_json::{Map, Value, json};

use super::overview::CLASSES;
use crate::identity::Rule as ValueRule;
use crate::identity::date::DateError;
use crate::language::Language;
use crate::matching::rules::Rule;
use crate::matching::{Field, Level, Reasons, Share, Verdict};
use crate::report::words;
use crate::source::RejectRule;

/// All words: `{"zh": {"say": …, "field": …, …}, "en": …}`.
pub(super) fn all() -> Value {
    let own: Value = serde_json::from_str(include_str!("words.json")).expect("words.json is JSON");
    let of = |language: Language| {
        let code = language.pick("zh", "en");
        json!({
            "say": own[code],
            "verdict": map(Verdict::ALL.map(|known| (known.code(), words::verdict(known, language)))),
            "short": map(Verdict::ALL.map(|known| (known.code(), words::verdict_short(known, language)))),
            "class": map(CLASSES.map(|known| (known.code(), words::class(known, language)))),
            "action": map(CLASSES.map(|known| (known.code(), words::action(known, language)))),
            "field": map(Field::ALL.map(|known| (known.code(), words::field(known, language)))),
            "level": map(levels(language)),
            "reason": reasons(language),
            "rule": map(Rule::ALL.map(|known| (known.code(), words::rule(known, language)))),
            "share": map(shares(language)),
            "rejected": map(rejected(language)),
        })
    };
    json!({ "zh": of(Language::Zh), "en": of(Language::En) })
}

fn map(words: impl IntoIterator<Item = (&'static str, &'static str)>) -> Value {
    let pairs = words.into_iter().map(|(code, word)| (code.to_owned(), Value::from(word)));
    Value::Object(pairs.collect::<Map<String, Value>>())
}

fn levels(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = Field::ALL.into_iter().flat_map(|field| field.levels().iter().copied());
    all.chain([Level::Missing]).map(move |level| (level.code(), words::level(level, language)))
}

fn reasons(language: Language) -> Value {
    let pair = |reason: Reasons| {
        let code: String = reason.codes().collect();
        (code, Value::from(words::reasons(reason, language)))
    };
    Value::Object(Reasons::all().iter().map(pair).collect())
}

fn shares(language: Language) -> [(&'static str, &'static str); 7] {
    [
        ("name", Share::Name),
        ("surname", Share::Surname),
        ("given", Share::Given),
        ("county", Share::County),
        ("place", Share::Place),
        ("school", Share::School),
        ("one", Share::One),
    ]
    .map(|(code, share)| (code, words::share(share, language)))
}

/// What a rule of `rejected.csv` says of a row or a value.
fn rejected(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    let rows = RejectRule::ALL.map(|rule| (rule.code(), words::rejected_row(rule, language)));
    let dates = [
        DateError::Unreadable,
        DateError::Incomplete,
        DateError::Ambiguous,
        DateError::Impossible,
        DateError::YearOutOfRange,
    ];
    let values = [
        ValueRule::SexUnknown,
        ValueRule::DocumentUnreadable,
        ValueRule::SpreadsheetDamage,
        ValueRule::TooManyDocuments,
        ValueRule::CodeUnreadable,
        ValueRule::MonthUnreadable,
        ValueRule::PhoneUnreadable,
        ValueRule::FormerNumberUnreadable,
        ValueRule::TooManyNames,
        ValueRule::NothingToCompare,
    ];
    let values = dates.map(ValueRule::Date).into_iter().chain(values);
    rows.into_iter()
        .chain(values.map(move |rule| (rule.code(), language.pick(rule.message_zh(), rule.message_en()))))
}
