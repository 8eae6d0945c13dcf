//! An axis: where a value lies between two ends, and what is written along it.

use super::plain;

/// How values are spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// By their differences.
    Linear,
    /// By their ratios; values of zero and below cannot be shown and are left out.
    Log,
}

/// An axis as asked for.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    /// What is measured, and its unit.
    pub(crate) name: String,
    /// How values are spaced.
    pub(crate) scale: Scale,
    /// Where words stand along it; at round values if there are none.
    pub(crate) marks: Vec<(f64, String)>,
    /// From where to where it reaches; as far as values and marks do if not given.
    pub(crate) range: Option<(f64, f64)>,
}

impl Axis {
    /// An axis that reaches as far as its values, with words at round ones.
    pub(crate) fn new(name: impl Into<String>, scale: Scale) -> Axis {
        Axis { name: name.into(), scale, marks: Vec::new(), range: None }
    }

    /// With words at these places.
    #[cfg(feature = "bench")]
    pub(crate) fn marked(self, marks: Vec<(f64, String)>) -> Axis {
        Axis { marks, ..self }
    }

    /// From here to there; a probability reaches from 0 to 1.
    pub(crate) fn reaching(self, from: f64, to: f64) -> Axis {
        Axis { range: Some((from, to)), ..self }
    }

    /// Whether a value can be shown.
    pub(super) fn has(&self, value: f64) -> bool {
        value.is_finite() && (self.scale == Scale::Linear || value > 0.0)
    }

    /// The axis laid out for some values; `None` if none of them can be shown.
    pub(super) fn lay_out(&self, values: impl Iterator<Item = f64>) -> Option<Laid> {
        let ends = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)))
        };
        let shown = ends(&mut values.filter(|value| self.has(*value)));
        if shown.0 > shown.1 {
            return None;
        }
        let is_marked = !self.marks.is_empty();
        let (low, high) = match (self.range, self.scale) {
            (Some(range), _) => range,
            (None, _) if is_marked => {
                let mut marks = self.marks.iter().map(|(at, _)| *at).filter(|at| self.has(*at));
                ends(&mut marks.by_ref().chain([shown.0, shown.1]))
            }
            (None, Scale::Linear) => {
                let step = round_step(shown.1 - shown.0);
                ((shown.0 / step).floor() * step, (shown.1 / step).ceil() * step)
            }
            (None, Scale::Log) => {
                let low = shown.0.log10().floor();
                (10f64.powf(low), 10f64.powf(shown.1.log10().ceil().max(low + 1.0)))
            }
        };
        let high = match self.scale {
            _ if high > low => high,
            Scale::Linear => low + 1.0,
            Scale::Log => low * 10.0,
        };
        let marks = if is_marked { self.marks.clone() } else { round_marks(self.scale, low, high) };
        Some(Laid { scale: self.scale, low, high, marks })
    }
}

/// An axis with its ends.
#[derive(Debug)]
pub(super) struct Laid {
    scale: Scale,
    pub(super) low: f64,
    high: f64,
    pub(super) marks: Vec<(f64, String)>,
}

impl Laid {
    /// How far along the axis a value lies: 0 at its beginning, 1 at its end, never outside.
    pub(super) fn share(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log => (value / self.low).log10() / (self.high / self.low).log10(),
        };
        share.clamp(0.0, 1.0)
    }
}

/// The step of 1, 2 or 5 times a power of ten that divides a span into some six parts.
fn round_step(span: f64) -> f64 {
    let rough = if span > 0.0 { span / 6.0 } else { 0.2 };
    let decade = 10f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|step| step * decade);
    steps.into_iter().find(|step| *step >= rough * 0.999).unwrap_or(decade * 10.0)
}

fn round_marks(scale: Scale, low: f64, high: f64) -> Vec<(f64, String)> {
    let mark = |value: f64| (value, plain(value));
    match scale {
        Scale::Log => {
            let decades = low.log10().ceil() as i32..=high.log10().floor() as i32;
            decades.map(|decade| mark(10f64.powi(decade))).collect()
        }
        Scale::Linear => {
            let step = round_step(high - low);
            let decimals = (-step.log10().floor()).max(0.0) as usize;
            let steps = (low / step).ceil() as i64..=(high / step + 1e-9).floor() as i64;
            let mark = |at: i64| match at as f64 * step {
                value if decimals > 0 => (value, format!("{value:.decimals$}").replace('-', "−")),
                value => mark(value),
            };
            steps.map(mark).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(axis: &Axis, values: &[f64]) -> Vec<String> {
        let laid = axis.lay_out(values.iter().copied()).expect("a value");
        laid.marks.into_iter().map(|(_, word)| word).collect()
    }

    #[test]
    fn marks_stand_at_round_values() {
        let linear = || Axis::new("x", Scale::Linear);
        assert_eq!(words(&linear(), &[3.0, 57.0]), ["0", "10", "20", "30", "40", "50", "60"]);
        assert_eq!(words(&linear().reaching(0.0, 1.0), &[0.5]), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(words(&linear(), &[-30.0, 20.0]), ["−30", "−20", "−10", "0", "10", "20"]);
        let log = Axis::new("x", Scale::Log);
        assert_eq!(words(&log, &[0.0, 3.0, 2000.0]), ["1", "10", "100", "1,000", "10,000"]);
        assert_eq!(words(&log.reaching(0.5, 2000.0), &[7.0]), ["1", "10", "100", "1,000"]);
    }

    #[test]
    fn values_lie_between_the_ends() {
        let log = Axis::new("x", Scale::Log).lay_out([1.0, 100.0].into_iter()).expect("values");
        assert_eq!([1.0, 10.0, 100.0, 1e9].map(|value| log.share(value)), [0.0, 0.5, 1.0, 1.0]);
        let one = Axis::new("x", Scale::Linear).lay_out([7.0].into_iter()).expect("a value");
        assert!((0.0..=1.0).contains(&one.share(7.0)));
        assert!(Axis::new("x", Scale::Log).lay_out([0.0, f64::NAN].into_iter()).is_none());
    }
}
