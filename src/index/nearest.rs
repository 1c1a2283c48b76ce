use super::Neighbour;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Keeps the best `limit` of the neighbours offered: by score, ties by lower item number.
pub struct Nearest {
    limit: usize,
    worst_first: BinaryHeap<Reverse<Ranked>>,
    least: f32,
}

impl Nearest {
    pub fn new(limit: usize) -> Nearest {
        Nearest { limit, worst_first: BinaryHeap::new(), least: f32::NEG_INFINITY }
    }

    /// A neighbour with a lower score than this is not kept.
    #[inline]
    pub fn least(&self) -> f32 {
        self.least
    }

    #[inline]
    pub fn offer(&mut self, item: u32, score: f32) {
        let offered = Ranked(Neighbour { item, score });
        if self.worst_first.len() < self.limit {
            self.worst_first.push(Reverse(offered));
        } else if let Some(mut worst) = self.worst_first.peek_mut()
            && offered > worst.0
        {
            *worst = Reverse(offered);
        } else {
            return;
        }
        if let Some(Reverse(Ranked(worst))) = self.worst_first.peek()
            && self.worst_first.len() == self.limit
        {
            self.least = worst.score;
        }
    }

    /// Best first.
    pub fn into_sorted(self) -> Vec<Neighbour> {
        self.worst_first.into_sorted_vec().into_iter().map(|Reverse(Ranked(neighbour))| neighbour).collect()
    }
}

/// Greater is better.
#[derive(Debug, Clone, Copy)]
struct Ranked(Neighbour);

impl Ord for Ranked {
    fn cmp(&self, other: &Ranked) -> Ordering {
        self.0.score.total_cmp(&other.0.score).then(other.0.item.cmp(&self.0.item))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Ranked) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Ranked) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ranked {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_come_first_and_equal_scores_by_lower_number() {
        let mut nearest = Nearest::new(3);
        for (item, score) in [(5, 0.5), (4, 0.9), (3, 0.5), (2, 0.1), (1, 0.5)] {
            nearest.offer(item, score);
        }
        let items: Vec<u32> = nearest.into_sorted().iter().map(|neighbour| neighbour.item).collect();
        assert_eq!(items, [4, 1, 3]);
    }

    #[test]
    fn a_limit_of_none_keeps_none() {
        let mut nearest = Nearest::new(0);
        nearest.offer(1, 1.0);
        assert!(nearest.into_sorted().is_empty());
    }
}
