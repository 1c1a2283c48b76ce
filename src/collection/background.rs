//! What a score is worth: some queries resemble many works, and strangers score high with them; others resemble none.
//!
//! The score of the fifth nearest work is a query's background. A match counts by how far it stands out from it, on the way
//! to the highest score there is: measured so, far fewer strangers reach what changed copies reach. So that scores and
//! thresholds stay comparable numbers, all are told as they would be before the typical background of the collection.

use super::{Quality, Thresholds};

/// Whose score is the background: that of the work of this rank, from 1, among all works that are no copies of the first.
pub const BACKGROUND_RANK: usize = 5;

/// Among so many of the nearest works strangers are looked for, so that no search of a collection looks for fewer works.
pub const CROWD: usize = 4 * BACKGROUND_RANK;

/// No background is taken to be nearer to 1 than this: where five works are the very same, small differences count for
/// nothing.
const NARROWEST: f32 = 1e-3;

/// How many works that are no copies of the best match the background lies behind, where `here` of `all` works are there.
///
/// While a collection arrives, the background can only rise: every stranger that comes may stand before those that are here.
/// Judged by the fourth of the few that are here, a match would pass for the same picture that will not stand out from the
/// crowd of all. So those that are still to come are taken to be like those that came, of whom proportionally fewer stand
/// before the fourth of all. Besides, an early answer believes in no background below the typical one: how lonely a picture
/// is, only the whole collection can tell. What an early answer calls the same is so by what is known, and by thresholds that
/// are no lower than the collection's own; the last word has the answer of the whole.
pub fn strangers_before_background(here: usize, all: usize) -> usize {
    ((BACKGROUND_RANK - 1) * here).div_ceil(all.max(1)).max(1)
}

impl Quality {
    /// What a score would be before the typical background, for a query with this one. A score of 1 stays 1.
    pub fn weigh(&self, score: f32, background: Option<f32>) -> f32 {
        match self.typical_background.zip(background) {
            Some((typical, background)) => shift(score, background, typical),
            None => score,
        }
    }

    /// The scores from which on matches are the same or similar, for a query with this background.
    pub fn thresholds_before(&self, thresholds: Thresholds, background: Option<f32>) -> Thresholds {
        match self.typical_background.zip(background) {
            Some((typical, background)) => Thresholds {
                same: shift(thresholds.same, typical, background),
                similar: shift(thresholds.similar, typical, background),
            },
            None => thresholds,
        }
    }
}

/// A score before one background as the score that stands out as far from another.
pub(super) fn shift(score: f32, from: f32, to: f32) -> f32 {
    if from == to {
        return score;
    }
    let room = |background: f32| (1.0 - background).max(NARROWEST);
    1.0 - (1.0 - score) * (room(to) / room(from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::manifest::tests::example;

    #[test]
    fn the_more_strangers_resemble_a_query_the_higher_must_a_match_score() {
        let quality = Quality { typical_background: Some(0.2), ..example().quality };
        let thresholds = Thresholds { same: 0.6, similar: 0.4 };
        let at = |background: f32| quality.thresholds_before(thresholds, Some(background));
        assert_eq!(at(0.2), thresholds);
        assert!(at(0.1).same < 0.6 && at(0.5).same > 0.6 && at(0.5).similar > 0.5);
        for background in [-1.0, 0.0, 0.3, 0.9, 1.0] {
            assert!(at(background).similar <= at(background).same && at(background).same <= 1.0);
            assert_eq!(quality.weigh(1.0, Some(background)), 1.0, "the very same picture stays the same");
            let back = quality.weigh(at(background).same, Some(background));
            assert!((back - 0.6).abs() < 1e-3, "{background}: {back}");
        }
    }

    #[test]
    fn of_a_part_of_the_works_proportionally_fewer_strangers_are_asked_for() {
        let counts = [1, 25, 26, 50, 75, 76, 99, 100].map(|here| strangers_before_background(here, 100));
        assert_eq!(counts, [1, 1, 2, 2, 3, 4, 4, BACKGROUND_RANK - 1]);
        assert_eq!(strangers_before_background(0, 100), 1);
    }

    #[test]
    fn where_no_background_is_known_scores_count_as_they_are() {
        let quality = Quality { typical_background: None, ..example().quality };
        assert_eq!(quality.weigh(0.3, Some(0.9)), 0.3);
        let measured = Quality { typical_background: Some(0.2), ..quality };
        assert_eq!(measured.weigh(0.3, None), 0.3);
        assert_eq!(measured.thresholds_before(measured.thresholds, None), measured.thresholds);
    }
}
