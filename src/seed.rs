//! Numbers drawn from a seed: the same ones on every machine, natively and in WebAssembly.

/// SplitMix64 (Steele, Lea, Flood 2014): a counter run through a mixing function, so that every seed is a good one and
/// any number of independent streams can be had by [`SplitMix64::split`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

    pub fn new(seed: u64) -> Self {
        SplitMix64 { state: seed }
    }

    /// The stream number `stream` that belongs to `seed`: one per tree, per picture, per whatever runs in parallel.
    pub fn split(seed: u64, stream: u64) -> Self {
        SplitMix64 { state: mix(seed ^ mix(stream.wrapping_add(Self::STEP))) }
    }

    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(Self::STEP);
        mix(self.state)
    }

    pub fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    /// Evenly from `0..bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        // Multiply and shift: uneven by less than bound / 2^32, without a division or a loop.
        ((u64::from(self.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// Evenly from `low..=high`; `low` when the range is empty.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        let span = (i64::from(high) - i64::from(low)).clamp(0, i64::from(u32::MAX) - 1) as u32 + 1;
        (i64::from(low) + i64::from(self.below(span))) as i32
    }
}

/// SplitMix64's mixing function: a bijection of 64-bit words in which every input bit moves every output bit.
pub fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_published_generator() {
        // Reference values of splitmix64.c for seed 1234567.
        let mut random = SplitMix64::new(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| random.next_u64()).collect();
        assert_eq!(drawn, [6457827717110365317, 3203168211198807973, 9817491932198370423]);
    }

    #[test]
    fn numbers_stay_within_their_bounds_and_reach_both_ends() {
        let mut random = SplitMix64::new(7);
        let drawn: Vec<i32> = (0..1000).map(|_| random.between(-3, 3)).collect();
        assert_eq!(drawn.iter().min(), Some(&-3));
        assert_eq!(drawn.iter().max(), Some(&3));
        assert_eq!(random.between(5, 2), 5);
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn streams_of_one_seed_differ() {
        let first: Vec<u64> = (0..100).map(|stream| SplitMix64::split(1, stream).next_u64()).collect();
        let distinct: std::collections::BTreeSet<u64> = first.iter().copied().collect();
        assert_eq!(distinct.len(), first.len());
    }
}
