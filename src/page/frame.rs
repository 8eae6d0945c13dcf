//! What all charts have: a title, two axes with lines and words, thresholds, and a legend to the right.

use std::fmt::Write;

use super::axis::{Axis, Laid};
use super::{COLOURS, escaped};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 380.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 170.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 46.0;

/// A value on the horizontal axis from which on something else holds, drawn as a line from top to bottom.
#[derive(Debug, Clone)]
pub(crate) struct Threshold {
    /// Where.
    pub(crate) at: f64,
    /// What it is called.
    pub(crate) name: String,
}

/// A chart's picture while it is drawn.
pub(super) struct Frame {
    svg: String,
    across: Laid,
    up: Laid,
}

/// The colour of the series in this place, and whether its line is dashed because there are more series than colours.
pub(super) fn colour(at: usize) -> (&'static str, bool) {
    (COLOURS[at % COLOURS.len()], at >= COLOURS.len())
}

impl Frame {
    /// Draws all but the values.
    pub(super) fn new(title: &str, axes: [(&Axis, Laid); 2], thresholds: &[Threshold]) -> Frame {
        let [(across_asked, across), (up_asked, up)] = axes;
        let mut svg =
            format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">", escaped(title));
        svg += &text("t", LEFT, 18.0, title);
        let mut frame = Frame { svg, across, up };
        for (value, word) in frame.up.marks.clone() {
            let y = frame.y(value);
            let _ = write!(frame.svg, "<path class=\"g\" d=\"M{LEFT} {y:.1}H{:.1}\"/>", WIDTH - RIGHT);
            frame.svg += &text("e", LEFT - 6.0, y + 4.0, &word);
        }
        for (value, word) in frame.across.marks.clone() {
            let x = frame.x(value);
            let _ = write!(frame.svg, "<path class=\"g\" d=\"M{x:.1} {TOP}V{:.1}\"/>", HEIGHT - BOTTOM);
            frame.svg += &text("m", x, HEIGHT - BOTTOM + 16.0, &word);
        }
        frame.svg += &text("m", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10.0, &across_asked.name);
        frame.svg += &text("s", 4.0, TOP - 4.0, &up_asked.name);
        for (at, threshold) in
            thresholds.iter().filter(|threshold| across_asked.has(threshold.at)).enumerate()
        {
            let x = frame.x(threshold.at);
            let _ = write!(frame.svg, "<path class=\"h\" d=\"M{x:.1} {TOP}V{:.1}\"/>", HEIGHT - BOTTOM);
            // The first name ends at its line and the others begin there: two that are close do not overlap.
            let (class, x) = if at == 0 { ("e", x + 2.0) } else { ("s", x + 2.0) };
            frame.svg += &text(class, x, TOP - 4.0, &threshold.name);
        }
        frame
    }

    /// Where a value lies from left to right.
    pub(super) fn x(&self, value: f64) -> f64 {
        LEFT + self.across.share(value) * (WIDTH - LEFT - RIGHT)
    }

    /// Where a value lies from top to bottom.
    pub(super) fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - self.up.share(value) * (HEIGHT - TOP - BOTTOM)
    }

    /// The lowest end of the vertical axis.
    pub(super) fn floor(&self) -> f64 {
        self.y(self.up.low)
    }

    /// Draws one thing more.
    pub(super) fn push(&mut self, element: &str) {
        self.svg += element;
    }

    /// The name of the series in this place, beside a stroke of its colour.
    pub(super) fn legend(&mut self, at: usize, name: &str, stroke: &str) {
        let (x, y) = (WIDTH - RIGHT + 12.0, TOP + 10.0 + at as f64 * 18.0);
        let _ = write!(self.svg, "<path class=\"l\" {stroke} d=\"M{x:.1} {:.1}h18\"/>", y - 4.0);
        self.svg += &text("s", x + 24.0, y, name);
    }

    /// The picture.
    pub(super) fn finish(self) -> String {
        self.svg + "</svg>\n"
    }
}

fn text(class: &str, x: f64, y: f64, words: &str) -> String {
    format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escaped(words))
}
