use super::{Metric, Side};

/// The cosine of the angle between two vectors, -1..=1; 0 where one of them is all zeros.
#[derive(Debug, Clone, Copy)]
pub struct Cosine;

impl Metric for Cosine {
    const NAME: &'static str = "cosine";

    fn score(dot: i32, query: Side, item: Side) -> f32 {
        if query.square == 0 || item.square == 0 {
            return 0.0;
        }
        // The product of the squares is below 2^60; dividing by its root gives exactly 1 for equal codes.
        (f64::from(dot) / (f64::from(query.square) * f64::from(item.square)).sqrt()) as f32
    }

    /// The length of the chord between the two directions, `sqrt(2 - 2·score)`.
    fn distance(score: f32) -> f32 {
        (2.0 - 2.0 * score).max(0.0).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_codes_have_a_cosine_of_exactly_one_and_opposite_ones_of_minus_one() {
        for square in [1, 2, 3, 12_345, 127 * 127 * 512 - 1, 127 * 127 * 65_536] {
            let side = Side { square, scale: 0.1 };
            assert_eq!(Cosine::score(square, side, side), 1.0);
            assert_eq!(Cosine::score(-square, side, side), -1.0);
        }
    }

    #[test]
    fn zeros_are_at_a_right_angle_to_everything() {
        let (zeros, side) = (Side { square: 0, scale: 0.0 }, Side { square: 9, scale: 1.0 });
        assert_eq!(Cosine::score(0, zeros, side), 0.0);
        assert_eq!(Cosine::score(0, zeros, zeros), 0.0);
    }
}
