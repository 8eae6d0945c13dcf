//! Where the numbers of a model come from: what a statistician asks before anything else.
//!
//! Nothing here enters a judgement. Whoever makes a model fills it in, the moment included, since this room has no
//! clock. The version of the normalisation stands in the model itself: without it the levels mean nothing.

use serde::{Deserialize, Serialize};

/// How the numbers of a model were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Set by somebody from what is published or assumed.
    Hand,
    /// Estimated from records without a truth.
    Trained,
    /// Fitted to pairs of which the truth was known.
    Labelled,
    /// Taken over from another program.
    Imported,
}

impl Method {
    /// The method's name in a model file.
    pub const fn code(self) -> &'static str {
        match self {
            Method::Hand => "hand",
            Method::Trained => "trained",
            Method::Labelled => "labelled",
            Method::Imported => "imported",
        }
    }
}

/// How a model came to its numbers. What does not apply is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// How the numbers were found.
    pub method: Method,
    /// Version of the program that wrote the model.
    pub renji: String,
    /// The keys that brought the pairs together ([`crate::key::VERSION`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_version: Option<u32>,
    /// When: RFC 3339 in UTC, as `2026-11-20T08:30:00Z`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Rows that were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Pairs the numbers were estimated from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs: Option<u64>,
    /// Seed of whatever was drawn at random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Rounds of the estimation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iterations: Option<u32>,
    /// Whether the last round changed nothing that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub converged: Option<bool>,
}

impl Provenance {
    /// The provenance of a model made now by this program, with nothing else known of it.
    pub fn of(method: Method) -> Provenance {
        Provenance {
            method,
            renji: env!("CARGO_PKG_VERSION").to_owned(),
            key_version: Some(crate::key::VERSION),
            date: None,
            rows: None,
            pairs: None,
            seed: None,
            iterations: None,
            converged: None,
        }
    }
}
