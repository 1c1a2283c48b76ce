//! What "near" means: one small file for each metric.

mod cosine;
mod dot;
mod euclidean;
mod manhattan;

pub use cosine::Cosine;
pub use dot::Dot;
pub use euclidean::Euclidean;
pub use manhattan::Manhattan;

use super::dot as products;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One quantized vector: a code times `scale` is the number that was quantized.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    pub codes: &'a [i8],
    /// Σ code², exact.
    pub square: i32,
    pub scale: f32,
}

/// A way to compare two quantized vectors of the same length, with the same bits on every machine.
pub trait Metric {
    /// The score of a vector with itself is never higher than this.
    const HIGHEST: f32;

    /// The similarity of a query and an item; higher is nearer, never NaN or infinite.
    fn score(query: Row, item: Row) -> f32;

    /// The score as a distance, the way Annoy gives it.
    fn distance(score: f32) -> f32;
}

/// A metric that needs to know no more of the codes of two vectors than Σ of their products: many of these are quickly had at
/// once.
pub trait ByProduct: Metric {
    /// The score, from that sum.
    fn score_by(product: i32, query: Row, item: Row) -> f32;

    /// Whether the score is certainly below `least`, where that is quicker to say than the score.
    fn misses(_product: i32, _query: Row, _item: Row, _least: f32) -> bool {
        false
    }
}

/// The metric of a collection, by its name in the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MetricName {
    /// [`Cosine`]
    #[default]
    Cosine,
    /// [`Dot`]
    Dot,
    /// [`Euclidean`]
    Euclidean,
    /// [`Manhattan`]
    Manhattan,
}

impl MetricName {
    pub const ALL: [MetricName; 4] =
        [MetricName::Cosine, MetricName::Dot, MetricName::Euclidean, MetricName::Manhattan];

    /// [`Metric::score`]
    #[inline]
    pub fn score(self, query: Row, item: Row) -> f32 {
        match self {
            MetricName::Cosine => Cosine::score(query, item),
            MetricName::Dot => Dot::score(query, item),
            MetricName::Euclidean => Euclidean::score(query, item),
            MetricName::Manhattan => Manhattan::score(query, item),
        }
    }

    /// [`Metric::distance`]
    pub fn distance(self, score: f32) -> f32 {
        match self {
            MetricName::Cosine => Cosine::distance(score),
            MetricName::Dot => Dot::distance(score),
            MetricName::Euclidean => Euclidean::distance(score),
            MetricName::Manhattan => Manhattan::distance(score),
        }
    }

    /// [`Metric::HIGHEST`]
    pub fn highest(self) -> f32 {
        match self {
            MetricName::Cosine => Cosine::HIGHEST,
            MetricName::Dot => Dot::HIGHEST,
            MetricName::Euclidean => Euclidean::HIGHEST,
            MetricName::Manhattan => Manhattan::HIGHEST,
        }
    }

    /// The name in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            MetricName::Cosine => "cosine",
            MetricName::Dot => "dot",
            MetricName::Euclidean => "euclidean",
            MetricName::Manhattan => "manhattan",
        }
    }
}

impl fmt::Display for MetricName {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Σ of the products of the codes.
fn product(a: Row, b: Row) -> i32 {
    products::dot(a.codes, b.codes)
}

/// Σ of the products of the numbers that were quantized, from that of the codes.
fn scaled(product: i32, a: Row, b: Row) -> f64 {
    f64::from(product) * (f64::from(a.scale) * f64::from(b.scale))
}

/// In 32 bits, and finite.
fn finite(number: f64) -> f32 {
    number.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Query, Vectors};

    /// Annoy 1.17's definitions, in 64 bits.
    fn annoy(metric: MetricName, a: &[f32], b: &[f32]) -> f64 {
        let pairs = || a.iter().zip(b).map(|(&a, &b)| (f64::from(a), f64::from(b)));
        let sum = |term: fn((f64, f64)) -> f64| pairs().map(term).sum::<f64>();
        match metric {
            MetricName::Dot => sum(|(a, b)| a * b),
            MetricName::Euclidean => sum(|(a, b)| (a - b) * (a - b)).sqrt(),
            MetricName::Manhattan => sum(|(a, b)| (a - b).abs()),
            MetricName::Cosine => {
                (2.0 - 2.0 * sum(|(a, b)| a * b) / (sum(|(a, _)| a * a) * sum(|(_, b)| b * b)).sqrt()).max(0.0).sqrt()
            }
        }
    }

    #[test]
    fn distances_are_those_of_annoy() {
        // Whole numbers with a largest magnitude of 127 are quantized without a loss.
        let rows: [[f32; 4]; 4] =
            [[127.0, 3.0, -5.0, 0.0], [1.0, -127.0, 64.0, 9.0], [127.0, 3.0, -5.0, 1.0], [-63.5, -1.5, 2.5, 0.0]];
        for metric in MetricName::ALL {
            for a in &rows {
                for b in &rows {
                    let vectors = Vectors::quantize(4, b).unwrap().with_metric(metric);
                    let score = vectors.score(0, &Query::quantize(a).unwrap()).unwrap();
                    let (got, expected) = (f64::from(metric.distance(score)), annoy(metric, a, b));
                    assert!((got - expected).abs() <= 1e-3 + 1e-6 * expected.abs(), "{metric} {got} {expected}");
                    assert!(score <= metric.highest());
                }
            }
        }
    }

    #[test]
    fn the_largest_and_the_smallest_numbers_have_finite_scores() {
        for metric in MetricName::ALL {
            for a in [[f32::MAX, f32::MIN], [f32::MIN, 0.0], [0.0, 0.0], [1e-45, -1e-45]] {
                for b in [[f32::MIN, f32::MIN], [f32::MAX, f32::MIN], [0.0, 0.0]] {
                    let vectors = Vectors::quantize(2, &b).unwrap().with_metric(metric);
                    let score = vectors.score(0, &Query::quantize(&a).unwrap()).unwrap();
                    assert!(score.is_finite() && metric.distance(score).is_finite(), "{metric} {score}");
                }
            }
        }
    }

    #[test]
    fn a_metric_is_its_name_in_json() {
        for metric in MetricName::ALL {
            assert_eq!(serde_json::to_string(&metric).unwrap(), format!("\"{metric}\""));
        }
    }
}
