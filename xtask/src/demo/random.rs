//! Seeded chance: SplitMix64, so that one seed always draws the same museum.

use std::cell::Cell;

/// A small, fast random number generator with 64 bits of state. Drawing from it needs no `mut`, so
/// that random numbers can stand anywhere in an expression.
#[derive(Clone, Debug)]
pub struct Rng(Cell<u64>);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    /// A generator of its own for part `number`, independent of how much the other parts draw.
    pub fn part(seed: u64, number: u64) -> Self {
        let rng = Self::new(seed ^ number.wrapping_mul(0xd1b5_4a32_d192_ed03));
        rng.bits();
        rng
    }

    pub fn bits(&self) -> u64 {
        let mut z = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(z);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in 0..1.
    pub fn unit(&self) -> f32 {
        (self.bits() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Uniform in `from..to`.
    pub fn range(&self, from: f32, to: f32) -> f32 {
        from + (to - from) * self.unit()
    }

    /// Bell-shaped around 0, within -1..1.
    pub fn bell(&self) -> f32 {
        (self.unit() + self.unit() + self.unit()) / 1.5 - 1.0
    }

    /// Uniform in `0..n`; 0 for `n` = 0.
    pub fn below(&self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// Uniform in `from..=to`.
    pub fn count(&self, from: usize, to: usize) -> usize {
        from + self.below(to - from + 1)
    }

    pub fn chance(&self, probability: f32) -> bool {
        self.unit() < probability
    }

    pub fn sign(&self) -> f32 {
        if self.chance(0.5) { 1.0 } else { -1.0 }
    }

    pub fn pick<T: Copy>(&self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    pub fn shuffle<T>(&self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}
