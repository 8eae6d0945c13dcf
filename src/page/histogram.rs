//! Histograms: how many of each kind lie in each range of a value.

use std::fmt::Write;

use super::axis::Axis;
use super::frame::{Frame, Threshold, colour};

/// A range of values and how many lie in it.
#[derive(Debug, Clone)]
pub(crate) struct Bin {
    /// From where.
    pub(crate) from: f64,
    /// To where.
    pub(crate) to: f64,
    /// How many of each kind, in the order of [`Histogram::kinds`].
    pub(crate) counts: Vec<u64>,
}

/// Bars of counts. Kinds stand side by side in a range, so that a logarithmic axis tells no lie about their sums.
#[derive(Debug, Clone)]
pub(crate) struct Histogram {
    /// The heading.
    pub(crate) title: String,
    /// The horizontal axis.
    pub(crate) across: Axis,
    /// The vertical axis; one that begins below 1 shows a count of 1 on a logarithmic scale.
    pub(crate) up: Axis,
    /// Values that are marked from top to bottom.
    pub(crate) thresholds: Vec<Threshold>,
    /// What is counted, in the order of the legend.
    pub(crate) kinds: Vec<String>,
    /// The ranges, from left to right.
    pub(crate) bins: Vec<Bin>,
}

impl Histogram {
    /// The histogram as an SVG element; nothing if nothing was counted.
    pub(crate) fn svg(&self) -> String {
        let counted = || self.bins.iter().flat_map(|bin| &bin.counts).filter(|count| **count > 0);
        let across = self.across.lay_out(self.bins.iter().flat_map(|bin| [bin.from, bin.to]));
        let up = self.up.lay_out(counted().map(|count| *count as f64));
        let (Some(across), Some(up)) = (across, up) else { return String::new() };
        let mut frame = Frame::new(&self.title, [(&self.across, across), (&self.up, up)], &self.thresholds);
        let kinds = self.kinds.len().max(1) as f64;
        for bin in &self.bins {
            let (left, right) = (frame.x(bin.from), frame.x(bin.to));
            let width = (right - left - 1.0).max(1.0) / kinds;
            let mut bars = String::new();
            for (at, count) in bin.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let (x, y) = (left + 0.5 + at as f64 * width, frame.y(*count as f64));
                let height = frame.floor() - y;
                let _ = write!(
                    bars,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{}\"/>",
                    colour(at).0
                );
            }
            frame.push(&bars);
        }
        for (at, kind) in self.kinds.iter().enumerate() {
            frame.legend(at, kind, &format!("stroke=\"{}\"", colour(at).0));
        }
        frame.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scale;
    use super::*;

    #[test]
    fn a_bar_for_each_count_and_none_for_nothing() {
        let mut histogram = Histogram {
            title: "weights".to_owned(),
            across: Axis::new("bits", Scale::Linear),
            up: Axis::new("pairs", Scale::Log).reaching(0.5, 100.0),
            thresholds: vec![Threshold { at: 5.0, name: "review".to_owned() }],
            kinds: vec!["same".to_owned(), "review".to_owned()],
            bins: vec![
                Bin { from: 0.0, to: 5.0, counts: vec![0, 3] },
                Bin { from: 5.0, to: 10.0, counts: vec![1, 70] },
            ],
        };
        let svg = histogram.svg();
        assert_eq!(svg.matches("<rect").count(), 3);
        assert!(!svg.contains("height=\"0.0\""), "a count of 1 is seen");
        histogram.bins.iter_mut().for_each(|bin| bin.counts.fill(0));
        assert_eq!(histogram.svg(), "");
    }
}
