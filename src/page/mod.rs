//! What every HTML page of ours shares: escaping, how numbers are written, the base style, and charts as plain SVG.
//!
//! No script, nothing fetched, no I/O: texts in, texts out. What a page says is known by the room that makes it
//! (`bench`, `evaluate`, `report`).
//!
//! | file | what it draws |
//! |---|---|
//! | `axis` | an axis: where a value lies, which lines and words stand along it; linear or logarithmic |
//! | `frame` | what all charts have: title, axes, thresholds, a legend |
//! | `chart` | lines: a growth, a threshold curve, a calibration with its ideal |
//! | `histogram` | bars of counts over ranges, several kinds side by side |

mod axis;
mod chart;
mod frame;
mod histogram;

pub(crate) use axis::{Axis, Scale};
pub(crate) use chart::{Chart, Line};
pub(crate) use frame::Threshold;
pub(crate) use histogram::{Bin, Histogram};

/// The style of a page and of its charts. A page adds its own rules behind it.
pub(crate) const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}\
    table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em .8em;border-bottom:1px solid #ddd;text-align:right}\
    td:first-child,th:first-child{text-align:left}svg{width:100%;height:auto;margin:1em 0}\
    svg text{font:12px system-ui,sans-serif;fill:#333}svg .t{font-weight:600;font-size:14px}\
    svg .e{text-anchor:end}svg .m{text-anchor:middle}svg .g{stroke:#e4e4e4;fill:none}svg .l{fill:none;stroke-width:2}\
    svg .h{stroke:#222;fill:none;stroke-dasharray:2 3}";

/// Colours of lines and bars, told apart by people who do not see red and green (Okabe and Ito).
pub(crate) const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#555555"];

/// Text for a page, inside an element or between quotation marks.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// A number without an exponent, with as many digits as it needs.
pub(crate) fn plain(value: f64) -> String {
    let size = value.abs();
    let digits = match size {
        _ if size >= 100.0 || size.fract() == 0.0 => grouped(&format!("{size:.0}")),
        10.0.. => format!("{size:.1}"),
        1.0.. => format!("{size:.2}"),
        _ => format!("{size:.3}"),
    };
    if value < 0.0 { format!("−{digits}") } else { digits }
}

/// Digits in groups of three.
fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            ["1,000,000", "100", "12.3", "1.23", "0.012", "−20"],
            [1e6, 100.0, 12.34, 1.234, 0.0123, -20.0].map(plain).each_ref().map(String::as_str)
        );
    }

    #[test]
    fn text_cannot_leave_its_place() {
        assert_eq!(escaped("</b onload='x' \"&"), "&lt;/b onload=&#39;x&#39; &quot;&amp;");
    }
}
