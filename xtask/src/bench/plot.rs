//! Bars and curves as SVG pictures, readable on light and dark ground.

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

pub struct Axis<'a> {
    pub label: &'a str,
    pub logarithmic: bool,
}

pub struct Series<'a> {
    pub label: &'a str,
    /// In the order in which a line joins them.
    pub points: Vec<(f64, f64)>,
    /// Drawn in the colour of this project.
    pub ours: bool,
}

const HEIGHT: f64 = 400.0;
const MARGIN: f64 = 60.0;
/// Room for the names to the right of the points.
const NAMES: f64 = 130.0;
const COLOURS: [&str; 3] = ["#d97706", "#059669", "#9333ea"];

/// Points joined by lines, a colour for each series, its name at its last point.
pub fn curves(x: Axis<'_>, y: Axis<'_>, series: &[Series<'_>]) -> String {
    let all = || series.iter().flat_map(|series| &series.points);
    let horizontal = Scale::new(&x, all().map(|point| point.0), MARGIN, WIDTH - NAMES);
    let vertical = Scale::new(&y, all().map(|point| point.1), HEIGHT - MARGIN, 20.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{} by {}\">\n\
         <style>text {{ font: 14px sans-serif; fill: #667 }} path {{ fill: none; stroke-width: 2 }} .axis {{ stroke: #94a3b8; stroke-width: 1 }}</style>\n\
         <path class=\"axis\" d=\"M{MARGIN} 20V{bottom}H{}\"/>\n",
        y.label,
        x.label,
        WIDTH - NAMES,
        bottom = HEIGHT - MARGIN,
    );
    // Writing to a string cannot fail.
    for tick in horizontal.ticks() {
        let at = horizontal.place(tick);
        let _ =
            writeln!(svg, "<text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>", HEIGHT - 40.0, shown(tick));
    }
    for tick in vertical.ticks() {
        let at = vertical.place(tick) + 5.0;
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{at:.1}\" text-anchor=\"end\">{}</text>", MARGIN - 6.0, shown(tick));
    }
    let _ =
        writeln!(svg, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", WIDTH - NAMES, HEIGHT - 14.0, x.label);
    let _ = writeln!(svg, "<text x=\"{}\" y=\"14\">{}</text>", MARGIN + 6.0, y.label);
    let mut others = COLOURS.iter().cycle();
    for series in series {
        let colour = if series.ours { Some(&"#2563eb") } else { others.next() }.copied().unwrap_or_default();
        let places: Vec<(f64, f64)> =
            series.points.iter().map(|(x, y)| (horizontal.place(*x), vertical.place(*y))).collect();
        let line: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        let _ = writeln!(svg, "<path stroke=\"{colour}\" d=\"M{}\"/>", line.join("L"));
        for (x, y) in &places {
            let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{colour}\"/>");
        }
        if let Some((x, y)) = places.last() {
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" style=\"fill:{colour}\">{}</text>",
                x + 8.0,
                y + 5.0,
                series.label
            );
        }
    }
    svg + "</svg>\n"
}

/// From numbers to places.
struct Scale {
    logarithmic: bool,
    low: f64,
    high: f64,
    start: f64,
    end: f64,
}

impl Scale {
    fn new(axis: &Axis<'_>, numbers: impl Iterator<Item = f64>, start: f64, end: f64) -> Scale {
        let (low, high) = numbers
            .filter(|number| number.is_finite() && (*number > 0.0 || !axis.logarithmic))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| (low.min(number), high.max(number)));
        let (low, high) = if low < high { (low, high) } else { (low - 0.5, low + 0.5) };
        Scale { logarithmic: axis.logarithmic, low, high, start, end }
    }

    fn place(&self, number: f64) -> f64 {
        let measure = |number: f64| if self.logarithmic { number.max(f64::MIN_POSITIVE).ln() } else { number };
        let [number, low, high] = [number, self.low, self.high].map(measure);
        self.start + (self.end - self.start) * (number - low) / (high - low)
    }

    /// Five numbers from one end to the other.
    fn ticks(&self) -> impl Iterator<Item = f64> {
        (0..5).map(|step| {
            let part = f64::from(step) / 4.0;
            match self.logarithmic {
                true => self.low * (self.high / self.low).powf(part),
                false => self.low + (self.high - self.low) * part,
            }
        })
    }
}

/// With about three digits.
fn shown(number: f64) -> String {
    if number >= 100.0 { format!("{number:.0}") } else { format!("{number:.2}") }
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

    #[test]
    fn curves_reach_from_one_corner_to_the_other() {
        let axis = |logarithmic| Axis { label: "a", logarithmic };
        let rising = || vec![(1.0, 1.0), (10.0, 100.0), (100.0, 10_000.0)];
        for (logarithmic, middle) in [(true, "325.0 180.0"), (false, "108.2 336.8")] {
            let series = [Series { label: "s", points: rising(), ours: true }];
            let svg = curves(axis(logarithmic), axis(logarithmic), &series);
            assert!(svg.contains(&format!("M60.0 340.0L{middle}L590.0 20.0")), "{svg}");
        }
    }
}
