use super::{Metric, Row, products};

/// The cosine of the angle between two vectors, -1..=1; 0 where one of them is all zeros.
#[derive(Debug, Clone, Copy)]
pub struct Cosine;

impl Metric for Cosine {
    const HIGHEST: f32 = 1.0;

    fn score(query: Row, item: Row) -> f32 {
        if query.square == 0 || item.square == 0 {
            return 0.0;
        }
        let dot = products::dot(query.codes, item.codes);
        // The product of the squares is below 2^60; dividing by its root gives exactly 1 for equal codes.
        (f64::from(dot) / (f64::from(query.square) * f64::from(item.square)).sqrt()) as f32
    }

    /// The length of the chord between the two directions, `sqrt(2 - 2·score)`: Annoy's angular distance.
    fn distance(score: f32) -> f32 {
        (2.0 - 2.0 * score).max(0.0).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Random;

    fn row(codes: &[i8]) -> Row<'_> {
        Row { codes, square: products::dot(codes, codes), scale: 0.1 }
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
}
