use crate::seed::SplitMix64;

/// Positions and samples drawn from a seed: the same ones on every machine and in every release.
#[derive(Debug, Clone)]
pub struct Random(SplitMix64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(SplitMix64::new(seed))
    }

    /// A generator for part number `stream` of the work that `seed` drives.
    pub fn stream(seed: u64, stream: u64) -> Random {
        Random(SplitMix64::split(seed, stream))
    }

    #[expect(clippy::should_implement_trait, reason = "an endless generator, not an iterator")]
    pub fn next(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `0..bound`; 0 for an empty range.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// `count` different numbers of `0..bound`, ascending; all of them where `count` is not smaller than `bound`.
    pub fn sample(&mut self, bound: usize, count: usize) -> Vec<usize> {
        // Floyd's way: one draw for each number kept, whatever the bound.
        let mut chosen = std::collections::BTreeSet::new();
        for last in bound - count.min(bound)..bound {
            let drawn = self.below(last + 1);
            if !chosen.insert(drawn) {
                chosen.insert(last);
            }
        }
        chosen.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_never_change() {
        let mut random = Random::new(0);
        assert_eq!([random.next(), random.next()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
    }

    #[test]
    fn a_sample_has_different_numbers_in_range() {
        let mut random = Random::new(1);
        for (bound, count) in [(0, 5), (1, 1), (10, 10), (10, 30), (1000, 40)] {
            let sample = random.sample(bound, count);
            assert_eq!(sample.len(), count.min(bound));
            assert!(sample.is_sorted_by(|a, b| a < b) && sample.iter().all(|&number| number < bound));
        }
    }
}
