use super::{ByProduct, Metric, Row, finite, product, scaled};

/// The inner product. A vector need not be nearest to itself: a longer one in about its direction is nearer.
#[derive(Debug, Clone, Copy)]
pub struct Dot;

impl Metric for Dot {
    const HIGHEST: f32 = f32::MAX;

    fn score(query: Row, item: Row) -> f32 {
        Dot::score_by(product(query, item), query, item)
    }

    /// The product itself, as Annoy gives it: here alone, higher is nearer.
    fn distance(score: f32) -> f32 {
        score
    }
}

impl ByProduct for Dot {
    fn score_by(product: i32, query: Row, item: Row) -> f32 {
        finite(scaled(product, query, item))
    }
}
