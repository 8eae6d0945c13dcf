//! The figures of a run under flat names, as they stand in the JSON.

use std::collections::BTreeMap;

use serde_json::Value;

use super::latency::Latencies;

/// Figures by name. Names end in their unit; see `docs/BENCHMARKS.md`.
#[derive(Debug, Clone, Default)]
pub struct Figures(BTreeMap<String, Value>);

impl Figures {
    /// A number, to three digits after the point.
    pub(super) fn number(&mut self, name: impl Into<String>, value: f64) {
        self.0.insert(name.into(), Value::from((value * 1000.0).round() / 1000.0));
    }

    /// A number, if it could be measured.
    pub(super) fn measured(&mut self, name: impl Into<String>, value: Option<f64>) {
        match value {
            Some(value) => self.number(name, value),
            None => self.absent(name),
        }
    }

    pub(super) fn count(&mut self, name: impl Into<String>, value: u64) {
        self.0.insert(name.into(), Value::from(value));
    }

    pub(super) fn text(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), Value::from(value.into()));
    }

    /// What could not be measured, or was not asked for.
    pub(super) fn absent(&mut self, name: impl Into<String>) {
        self.0.insert(name.into(), Value::Null);
    }

    /// The percentiles of a series as `NAME_p50_us`, `_p90_us`, `_p99_us` and `_p999_us`.
    pub(super) fn latencies(&mut self, name: &str, latencies: &Latencies) {
        for (part, share) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)] {
            self.number(format!("{name}_{part}_us"), latencies.percentile_us(share));
        }
    }

    /// Takes all figures of a step: under their names if it is the last one, and as `NAME_at_STUDENTS`.
    pub(super) fn step(&mut self, students: u64, is_last: bool, step: &Figures) {
        for (name, value) in &step.0 {
            self.0.insert(format!("{name}_at_{students}"), value.clone());
            if is_last {
                self.0.insert(name.clone(), value.clone());
            }
        }
    }

    /// A number by its name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.as_f64()
    }

    /// A text by its name.
    pub fn words(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// One JSON object, its names in order.
    pub fn to_json(&self) -> String {
        let value = Value::Object(self.0.clone().into_iter().collect());
        format!("{value:#}\n")
    }
}
