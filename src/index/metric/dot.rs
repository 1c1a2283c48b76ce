use super::{Metric, Row, finite, product};

/// The inner product. A vector need not be nearest to itself: a longer one in about its direction is nearer.
#[derive(Debug, Clone, Copy)]
pub struct Dot;

impl Metric for Dot {
    const HIGHEST: f32 = f32::MAX;

    fn score(query: Row, item: Row) -> f32 {
        finite(product(query, item))
    }

    /// The product itself, as Annoy gives it: here alone, higher is nearer.
    fn distance(score: f32) -> f32 {
        score
    }
}
