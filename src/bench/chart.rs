//! Line charts as SVG: plain text, no script, nothing fetched.

use std::fmt::Write;

/// A line: its name and its points, from left to right.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

/// A chart with a linear horizontal axis, whose marks are given, and a logarithmic vertical one.
pub(super) struct Chart {
    pub(super) title: String,
    pub(super) across: String,
    pub(super) up: String,
    pub(super) marks: Vec<(f64, String)>,
    pub(super) lines: Vec<Line>,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 380.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 170.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 46.0;
/// Told apart by people who do not see red and green (Okabe and Ito).
const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#555555"];

impl Chart {
    /// The chart; nothing if it has no point that can be drawn.
    pub(super) fn svg(&self) -> String {
        let values = || self.lines.iter().flat_map(|line| &line.points).filter(|(_, value)| *value > 0.0);
        let (low, high) =
            values().fold((f64::MAX, 0.0_f64), |(low, high), (_, value)| (low.min(*value), high.max(*value)));
        if high == 0.0 {
            return String::new();
        }
        let decades = (low.log10().floor(), (high.log10().ceil()).max(low.log10().floor() + 1.0));
        let at = |x: f64| x.is_finite().then_some(x);
        let (first, last) = self
            .marks
            .iter()
            .map(|(x, _)| *x)
            .chain(values().map(|(x, _)| *x))
            .filter_map(at)
            .fold((f64::MAX, f64::MIN), |(first, last), x| (first.min(x), last.max(x)));
        let span = if last > first { last - first } else { 1.0 };
        let across = |x: f64| LEFT + (x - first) / span * (WIDTH - LEFT - RIGHT);
        let up = |value: f64| {
            HEIGHT - BOTTOM - (value.log10() - decades.0) / (decades.1 - decades.0) * (HEIGHT - TOP - BOTTOM)
        };
        let mut svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{0}\"><text class=\"t\" x=\"{LEFT}\" y=\"18\">{0}</text>",
            escaped(&self.title)
        );
        let text = |class: &str, x: f64, y: f64, words: &str| {
            format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escaped(words))
        };
        for decade in decades.0 as i32..=decades.1 as i32 {
            let y = up(10f64.powi(decade));
            let _ = write!(svg, "<path class=\"g\" d=\"M{LEFT} {y:.1}H{:.1}\"/>", WIDTH - RIGHT);
            svg += &text("e", LEFT - 6.0, y + 4.0, &plain(10f64.powi(decade)));
        }
        for (x, name) in &self.marks {
            let x = across(*x);
            let _ = write!(svg, "<path class=\"g\" d=\"M{x:.1} {TOP}V{:.1}\"/>", HEIGHT - BOTTOM);
            svg += &text("m", x, HEIGHT - BOTTOM + 16.0, name);
        }
        svg += &text("m", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10.0, &self.across);
        svg += &text("s", 4.0, TOP - 4.0, &self.up);
        for (line, at) in self.lines.iter().zip(0..) {
            let colour = COLOURS[at % COLOURS.len()];
            let points: Vec<(f64, f64)> = line
                .points
                .iter()
                .filter(|(_, value)| *value > 0.0)
                .map(|(x, value)| (across(*x), up(*value)))
                .collect();
            if points.is_empty() {
                continue;
            }
            let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
            let dashes = if at < COLOURS.len() { "" } else { " stroke-dasharray=\"6 4\"" };
            let _ = write!(svg, "<path class=\"l\" stroke=\"{colour}\"{dashes} d=\"M{}\"/>", path.join("L"));
            // Some points are worth a dot, a thousand are not.
            for (x, y) in points.iter().filter(|_| points.len() <= 12) {
                let _ = write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>");
            }
            let y = TOP + 10.0 + at as f64 * 18.0;
            let x = WIDTH - RIGHT + 12.0;
            let _ = write!(
                svg,
                "<path class=\"l\" stroke=\"{colour}\"{dashes} d=\"M{x:.1} {:.1}h18\"/>",
                y - 4.0
            );
            svg += &text("s", x + 24.0, y, &line.name);
        }
        svg + "</svg>\n"
    }
}

/// A number without an exponent, with as many digits as it needs.
pub(super) fn plain(value: f64) -> String {
    if value >= 100.0 || value.fract() == 0.0 {
        let digits = format!("{value:.0}");
        let mut grouped = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        return grouped;
    }
    match value {
        10.0.. => format!("{value:.1}"),
        1.0.. => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// Text for a page.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            ["1,000,000", "100", "12.3", "1.23", "0.012"],
            [1e6, 100.0, 12.34, 1.234, 0.0123].map(plain).each_ref().map(String::as_str)
        );
    }

    #[test]
    fn a_chart_without_points_is_nothing() {
        let chart = |points| Chart {
            title: "a < b".to_owned(),
            across: String::new(),
            up: String::new(),
            marks: vec![(2.0, "100".to_owned())],
            lines: vec![Line { name: "line".to_owned(), points }],
        };
        assert_eq!(chart(vec![]).svg(), "");
        let svg = chart(vec![(2.0, 40.0)]).svg();
        assert!(svg.contains("a &lt; b") && svg.contains("<circle") && !svg.contains("NaN"));
    }
}
