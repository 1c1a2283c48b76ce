use super::{Metric, Row, finite};

/// Sums that are kept apart, for instructions that add several numbers at a time; always as many, so that every machine
/// rounds alike.
const LANES: usize = 8;

/// The sum of the differences of all numbers. The score is its negative.
#[derive(Debug, Clone, Copy)]
pub struct Manhattan;

impl Metric for Manhattan {
    const HIGHEST: f32 = 0.0;

    fn score(query: Row, item: Row) -> f32 {
        // In 64 bits: the largest numbers would overflow in 32.
        let (a, b) = (f64::from(query.scale), f64::from(item.scale));
        let mut sums = [0.0; LANES];
        for (query, item) in query.codes.chunks(LANES).zip(item.codes.chunks(LANES)) {
            for (sum, (&query, &item)) in sums.iter_mut().zip(query.iter().zip(item)) {
                *sum += (f64::from(query) * a - f64::from(item) * b).abs();
            }
        }
        -finite(sums.iter().sum())
    }

    fn distance(score: f32) -> f32 {
        -score
    }
}
