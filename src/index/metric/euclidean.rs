use super::{ByProduct, Metric, Row, finite, product, scaled};

/// The length of the straight line between two points. The score is its negative.
#[derive(Debug, Clone, Copy)]
pub struct Euclidean;

impl Metric for Euclidean {
    const HIGHEST: f32 = 0.0;

    fn score(query: Row, item: Row) -> f32 {
        Euclidean::score_by(product(query, item), query, item)
    }

    fn distance(score: f32) -> f32 {
        -score
    }
}

impl ByProduct for Euclidean {
    fn score_by(product: i32, query: Row, item: Row) -> f32 {
        let square = |row: Row| f64::from(row.square) * (f64::from(row.scale) * f64::from(row.scale));
        // Exactly 0 for equal rows, and below 0 only by rounding.
        let square = square(query) + square(item) - 2.0 * scaled(product, query, item);
        -finite(square.max(0.0).sqrt())
    }
}
