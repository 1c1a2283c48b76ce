//! Bars as an SVG picture, readable on light and dark ground.

use std::fmt::Write;

pub struct Bar<'a> {
    pub label: &'a str,
    pub value: f64,
    /// Drawn in the colour of this project.
    pub ours: bool,
}

const WIDTH: f64 = 720.0;
const LABELS: f64 = 250.0;
const ROW: f64 = 30.0;
const TOP: f64 = 40.0;

/// One horizontal bar for each value, the longest as long as there is room.
pub fn bars(title: &str, unit: &str, bars: &[Bar<'_>]) -> String {
    let longest = bars.iter().map(|bar| bar.value).fold(f64::MIN_POSITIVE, f64::max);
    let room = WIDTH - LABELS - 90.0;
    let height = TOP + ROW * bars.len() as f64 + 10.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{title}\">\n\
         <style>text {{ font: 14px sans-serif; fill: #667 }} .ours {{ fill: #2563eb }} .other {{ fill: #94a3b8 }}</style>\n\
         <text x=\"{LABELS}\" y=\"22\">{title}</text>\n"
    );
    for (row, bar) in (0..).map(f64::from).zip(bars) {
        let y = TOP + ROW * row;
        let length = room * bar.value / longest;
        let class = if bar.ours { "ours" } else { "other" };
        // Writing to a string cannot fail.
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><rect class=\"{class}\" x=\"{LABELS}\" y=\"{y}\" \
             width=\"{length:.1}\" height=\"20\" rx=\"3\"/><text x=\"{:.1}\" y=\"{}\">{:.1} {unit}</text>",
            LABELS - 10.0,
            y + 15.0,
            bar.label,
            LABELS + length + 8.0,
            y + 15.0,
            bar.value,
        );
    }
    svg + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_values() {
        let bars = bars(
            "t",
            "ms",
            &[Bar { label: "a", value: 10.0, ours: true }, Bar { label: "b", value: 20.0, ours: false }],
        );
        assert!(bars.contains("width=\"190.0\"") && bars.contains("width=\"380.0\""), "{bars}");
    }
}
