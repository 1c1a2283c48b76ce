//! What "near" means: one small file for each metric.

mod cosine;

pub use cosine::Cosine;

/// What a score needs of one row, besides the dot product of the codes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    /// Σ code², exact.
    pub square: i32,
    /// A code times this is the number that was quantized.
    pub scale: f32,
}

/// A way to compare two quantized vectors from exact integer sums.
pub trait Metric {
    /// The name in a manifest.
    const NAME: &'static str;

    /// The similarity of a query and an item; higher is nearer, never NaN.
    fn score(dot: i32, query: Side, item: Side) -> f32;

    /// The score as a distance, lower is nearer, the way Annoy gives it.
    fn distance(score: f32) -> f32;
}
