//! Precision against recall as an SVG picture.

use super::measure::{Point, Report};
use std::fmt::Write;

/// Left, top, width and height of the plot within the picture.
const PLOT: [f64; 4] = [64.0, 24.0, 440.0, 300.0];

/// The curve, with the site's own threshold marked. Readable on white and on black.
pub fn svg(report: &Report) -> String {
    let [left, top, width, height] = PLOT;
    let place = |point: &Point| [left + point.recall * width, top + (1.0 - point.precision) * height];
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 540 384\" font-family=\"sans-serif\" font-size=\"13\" \
         fill=\"none\">\n<title>Precision against recall</title>\n",
    );
    // Writing to a string cannot fail.
    for step in 0..=5 {
        let share = f64::from(step) / 5.0;
        let (x, y) = (left + share * width, top + (1.0 - share) * height);
        let _ = writeln!(
            svg,
            "<path d=\"M{left} {y:.1}h{width}M{x:.1} {top}v{height}\" stroke=\"#808080\" stroke-opacity=\".35\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#808080\">{share:.1}</text>\n\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#808080\">{share:.1}</text>",
            left - 8.0,
            y + 4.0,
            top + height + 18.0,
        );
    }
    let points: Vec<String> = report.curve.iter().map(place).map(|[x, y]| format!("{x:.1},{y:.1}")).collect();
    let [x, y] = place(&report.own);
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#808080\">recall</text>\n\
         <text transform=\"translate(20 {:.1}) rotate(-90)\" text-anchor=\"middle\" fill=\"#808080\">precision</text>\n\
         <polyline points=\"{}\" stroke=\"#3b82f6\" stroke-width=\"2.5\" stroke-linejoin=\"round\"/>\n\
         <circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"#f97316\"><title>threshold {:.4}</title></circle>\n</svg>",
        left + width / 2.0,
        top + height + 42.0,
        top + height / 2.0,
        points.join(" "),
        report.own.threshold,
    );
    svg
}
