use super::{ByProduct, Metric, Row, product};

/// The cosine of the angle between two vectors, -1..=1; 0 where one of them is all zeros.
#[derive(Debug, Clone, Copy)]
pub struct Cosine;

impl Metric for Cosine {
    const HIGHEST: f32 = 1.0;

    fn score(query: Row, item: Row) -> f32 {
        Cosine::score_by(product(query, item), query, item)
    }

    /// The length of the chord between the two directions, `sqrt(2 - 2·score)`: Annoy's angular distance.
    fn distance(score: f32) -> f32 {
        (2.0 - 2.0 * score).max(0.0).sqrt()
    }
}

impl ByProduct for Cosine {
    fn score_by(product: i32, query: Row, item: Row) -> f32 {
        if query.square == 0 || item.square == 0 {
            return 0.0;
        }
        // The product of the squares is below 2^60; dividing by its root gives exactly 1 for equal codes.
        (f64::from(product) / (f64::from(query.square) * f64::from(item.square)).sqrt()) as f32
    }

    /// Without root and division: both sides squared, with more doubt than rounding can cast.
    fn misses(product: i32, query: Row, item: Row, least: f32) -> bool {
        let (product, least) = (f64::from(product), f64::from(least));
        let squares = f64::from(query.square) * f64::from(item.square);
        least > 0.0 && (product <= 0.0 || product * product < least * least * (1.0 - 1e-6) * squares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Random;
    use crate::index::dot::dot;

    fn row(codes: &[i8]) -> Row<'_> {
        Row { codes, square: dot(codes, codes), scale: 0.1 }
    }

    #[test]
    fn equal_codes_have_a_cosine_of_exactly_one_and_opposite_ones_of_minus_one() {
        let mut random = Random::new(4);
        for length in [1, 2, 3, 512, 65_536] {
            let codes: Vec<i8> = (0..length).map(|_| (random.below(254) as i32 - 127) as i8 | 1).collect();
            let opposite: Vec<i8> = codes.iter().map(|code| -code).collect();
            assert_eq!(Cosine::score(row(&codes), row(&codes)), 1.0);
            assert_eq!(Cosine::score(row(&codes), row(&opposite)), -1.0);
        }
    }

    #[test]
    fn zeros_are_at_a_right_angle_to_everything() {
        let (zeros, other) = ([0; 3], [1, 2, 3]);
        assert_eq!(Cosine::score(row(&zeros), row(&other)), 0.0);
        assert_eq!(Cosine::score(row(&zeros), row(&zeros)), 0.0);
    }

    #[test]
    fn a_score_that_is_told_to_miss_does_and_one_far_below_is_told_to() {
        let mut random = Random::new(7);
        for length in [1, 5, 512] {
            for _ in 0..200 {
                let mut codes = || -> Vec<i8> { (0..length).map(|_| (random.below(255) as i32 - 127) as i8).collect() };
                let (a, b) = (codes(), codes());
                let (a, b) = (row(&a), row(&b));
                let score = Cosine::score(a, b);
                for least in [f32::NEG_INFINITY, -1.0, -0.1, 0.0, score.next_down(), score, score.next_up(), 0.01, 1.0]
                {
                    let misses = Cosine::misses(product(a, b), a, b, least);
                    assert!(!misses || score < least, "{score} {least}");
                    assert!(misses || least <= 0.0 || score > least * 0.999, "{score} {least}");
                }
            }
        }
    }
}
