//! Line charts.

use std::fmt::Write;

use super::axis::Axis;
use super::frame::{Frame, Threshold, colour};

/// Some points are worth a dot each, a thousand are not.
const DOTS_MAX: usize = 12;

/// A line: its name and its points, from left to right.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// What the legend says.
    pub(crate) name: String,
    /// The points; those that an axis cannot show are left out.
    pub(crate) points: Vec<(f64, f64)>,
    /// Whether it is drawn dashed and without dots: what others are compared with.
    pub(crate) is_reference: bool,
}

impl Line {
    /// A line of what was measured.
    pub(crate) fn new(name: impl Into<String>, points: Vec<(f64, f64)>) -> Line {
        Line { name: name.into(), points, is_reference: false }
    }
}

/// Lines over two axes.
#[derive(Debug, Clone)]
pub(crate) struct Chart {
    /// The heading.
    pub(crate) title: String,
    /// The horizontal axis.
    pub(crate) across: Axis,
    /// The vertical axis.
    pub(crate) up: Axis,
    /// Values that are marked from top to bottom.
    pub(crate) thresholds: Vec<Threshold>,
    /// The lines, in the order of the legend.
    pub(crate) lines: Vec<Line>,
}

impl Chart {
    /// The chart as an SVG element; nothing if it has no point that can be drawn.
    pub(crate) fn svg(&self) -> String {
        let shown = |(x, y): &(f64, f64)| self.across.has(*x) && self.up.has(*y);
        let points = || self.lines.iter().flat_map(|line| &line.points).copied().filter(shown);
        let across = self.across.lay_out(points().map(|(x, _)| x));
        let up = self.up.lay_out(points().map(|(_, y)| y));
        let (Some(across), Some(up)) = (across, up) else { return String::new() };
        let mut frame = Frame::new(&self.title, [(&self.across, across), (&self.up, up)], &self.thresholds);
        for (at, line) in self.lines.iter().enumerate() {
            let points = line.points.iter().filter(|point| shown(point));
            let points: Vec<(f64, f64)> = points.map(|(x, y)| (frame.x(*x), frame.y(*y))).collect();
            if points.is_empty() {
                continue;
            }
            let (colour, is_dashed) = colour(at);
            let dashes = if is_dashed || line.is_reference { " stroke-dasharray=\"6 4\"" } else { "" };
            let stroke = format!("stroke=\"{colour}\"{dashes}");
            let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
            let mut drawn = format!("<path class=\"l\" {stroke} d=\"M{}\"/>", path.join("L"));
            for (x, y) in points.iter().filter(|_| points.len() <= DOTS_MAX && !line.is_reference) {
                let _ = write!(drawn, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>");
            }
            frame.push(&drawn);
            frame.legend(at, &line.name, &stroke);
        }
        frame.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scale;
    use super::*;

    fn chart(points: Vec<(f64, f64)>) -> Chart {
        Chart {
            title: "a < b".to_owned(),
            across: Axis::new("", Scale::Linear).marked(vec![(2.0, "100".to_owned())]),
            up: Axis::new("", Scale::Log),
            thresholds: Vec::new(),
            lines: vec![Line::new("line", points)],
        }
    }

    #[test]
    fn a_chart_without_points_is_nothing() {
        assert_eq!(chart(vec![]).svg(), "");
        assert_eq!(chart(vec![(1.0, 0.0), (f64::NAN, 1.0)]).svg(), "");
        let svg = chart(vec![(2.0, 40.0)]).svg();
        assert!(svg.contains("a &lt; b") && svg.contains("<circle") && !svg.contains("NaN"));
    }

    #[test]
    fn a_reference_is_dashed_and_a_threshold_named() {
        let mut chart = chart(vec![(0.0, 1.0), (1.0, 2.0)]);
        assert!(!chart.svg().contains("stroke-dasharray"));
        chart.lines[0].is_reference = true;
        chart.thresholds.push(Threshold { at: 0.5, name: "here".to_owned() });
        let svg = chart.svg();
        assert!(svg.contains("stroke-dasharray") && !svg.contains("<circle"));
        assert!(svg.contains("class=\"h\"") && svg.contains("here"));
    }
}
