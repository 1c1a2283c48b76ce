//! One bit of every number: most items are told from the nearest by 64 bytes instead of 512.
//!
//! A vector's bit is set where its code is above the mean code of the collection. The more bits of two vectors differ, the
//! wider is the angle between them, about; those with the fewest differences are worth an exact comparison. Nothing of
//! this is stored: it is made when a collection is opened.

use super::metric::Row;
use super::{IndexError, Query, Vectors};

/// The bits of some vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sieve {
    /// The mean code of each number, rounded towards zero.
    centre: Vec<i8>,
    /// Words in a row of bits.
    words: usize,
    bits: Vec<u64>,
}

impl Sieve {
    /// The bits of all vectors.
    pub fn new(vectors: &Vectors) -> Sieve {
        let mut sums = vec![0_i64; vectors.dim()];
        for item in 0..vectors.len() {
            for (sum, &code) in sums.iter_mut().zip(vectors.row(item)) {
                *sum += i64::from(code);
            }
        }
        let count = vectors.len().max(1) as i64;
        let centre = sums.into_iter().map(|sum| (sum / count) as i8).collect();
        let mut sieve = Sieve { centre, words: vectors.dim().div_ceil(64), bits: Vec::new() };
        sieve.bits.reserve_exact(vectors.len() * sieve.words);
        for item in 0..vectors.len() {
            sieve.bits.extend(bits(vectors.row(item), &sieve.centre));
        }
        sieve
    }

    /// The items it was made of.
    pub fn items(&self) -> usize {
        self.bits.len() / self.words
    }

    /// Of `items`, the `keep` whose bits differ least from those of the query, equal ones by lower number, in no order.
    ///
    /// # Panics
    /// If there is no such item.
    pub fn sift(&self, query: &Query, items: impl Iterator<Item = u32>, keep: usize) -> Result<Vec<u32>, IndexError> {
        let Row { codes, .. } = query.as_row();
        if codes.len() != self.centre.len() {
            return Err(IndexError::Dimension { got: codes.len(), expected: self.centre.len() });
        }
        let row: Vec<u64> = bits(codes, &self.centre).collect();
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("popcnt") {
            // SAFETY: the processor counts bits.
            return Ok(unsafe { self.sift_counting(&row, items, keep) });
        }
        Ok(self.sift_row(&row, items, keep))
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "popcnt")]
    fn sift_counting(&self, query: &[u64], items: impl Iterator<Item = u32>, keep: usize) -> Vec<u32> {
        self.sift_row(query, items, keep)
    }

    #[inline(always)]
    fn sift_row(&self, query: &[u64], items: impl Iterator<Item = u32>, keep: usize) -> Vec<u32> {
        let mut kept = Kept::new(keep);
        match <&[u64; 8]>::try_from(query) {
            // The length of our own network's embeddings, for which the compiler leaves out the loop.
            Ok(query) => {
                let rows = self.bits.as_chunks::<8>().0;
                for item in items {
                    kept.offer(item, differences(query, &rows[item as usize]));
                }
            }
            Err(_) => {
                for item in items {
                    let first = item as usize * self.words;
                    kept.offer(item, differences(query, &self.bits[first..first + self.words]));
                }
            }
        }
        kept.finish()
    }
}

/// A bit for each code that is above the centre, in words of 64.
fn bits(codes: &[i8], centre: &[i8]) -> impl Iterator<Item = u64> {
    codes.chunks(64).zip(centre.chunks(64)).map(|(codes, centre)| {
        // Byte by byte, which becomes a comparison of many codes at a time.
        let mut above = [0; 64];
        for (above, (code, centre)) in above.iter_mut().zip(codes.iter().zip(centre)) {
            *above = u8::from(code > centre);
        }
        let bytes = above.as_chunks::<8>().0.iter().map(|&eight| {
            // Gathers the lowest bits of eight bytes in the highest byte.
            (u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
        });
        bytes.enumerate().fold(0, |word, (place, byte)| word | u64::from(byte) << (8 * place))
    })
}

#[inline(always)]
fn differences(a: &[u64], b: &[u64]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// The items with the fewest differences so far, and some more that are thrown out from time to time.
struct Kept {
    keep: usize,
    /// Differences above the item, so that they sort by both.
    ranked: Vec<u64>,
    /// Nothing from here on can be among the kept.
    bound: u64,
}

impl Kept {
    fn new(keep: usize) -> Kept {
        Kept { keep, ranked: Vec::new(), bound: u64::MAX }
    }

    #[inline(always)]
    fn offer(&mut self, item: u32, differences: u32) {
        let offered = u64::from(differences) << 32 | u64::from(item);
        if offered < self.bound {
            self.ranked.push(offered);
            if self.ranked.len() >= self.keep.saturating_mul(2).max(64) {
                self.shrink();
            }
        }
    }

    #[cold]
    fn shrink(&mut self) {
        if self.ranked.len() > self.keep {
            let (_, &mut first_out, _) = self.ranked.select_nth_unstable(self.keep);
            self.bound = first_out;
            self.ranked.truncate(self.keep);
        }
    }

    fn finish(mut self) -> Vec<u32> {
        self.shrink();
        self.ranked.into_iter().map(|ranked| ranked as u32).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::exact;
    use crate::index::vectors::tests::random_vectors;

    #[test]
    fn the_kept_are_those_with_the_fewest_differences() {
        for (count, dim) in [(0, 3), (1, 1), (90, 5), (700, 64), (700, 512), (300, 600)] {
            let vectors = random_vectors(count, dim, 4);
            let sieve = Sieve::new(&vectors);
            assert_eq!(sieve.items(), count);
            let query = random_vectors(1, dim, 9).query(0);
            let above = |codes: &[i8]| -> Vec<bool> {
                codes.iter().zip(&sieve.centre).map(|(code, centre)| code > centre).collect()
            };
            let own = above(query.as_row().codes);
            let mut expected: Vec<(usize, u32)> = (0..count as u32)
                .map(|item| {
                    let row = above(vectors.row(item as usize));
                    (row.iter().zip(&own).filter(|(a, b)| a != b).count(), item)
                })
                .collect();
            expected.sort_unstable();
            for keep in [0, 1, 10, 65, 699, 1000] {
                let mut kept = sieve.sift(&query, 0..count as u32, keep).unwrap();
                kept.sort_unstable();
                let mut expected: Vec<u32> = expected.iter().take(keep).map(|&(_, item)| item).collect();
                expected.sort_unstable();
                assert_eq!(kept, expected, "{count} {dim} {keep}");
            }
        }
    }

    #[test]
    fn the_nearest_pass_a_sieve_that_holds_back_nineteen_in_twenty() {
        let vectors = random_vectors(2000, 256, 6);
        let sieve = Sieve::new(&vectors);
        let mut hits = 0;
        for item in 0..50 {
            let query = vectors.query(item * 40);
            let kept = sieve.sift(&query, 0..2000, 100).unwrap();
            hits += exact(&vectors, &query, 10).unwrap().iter().filter(|found| kept.contains(&found.item)).count();
        }
        assert!(hits >= 450, "{hits} of 500");
    }

    #[test]
    fn a_query_of_another_length_is_refused() {
        let sieve = Sieve::new(&random_vectors(9, 12, 1));
        assert!(sieve.sift(&random_vectors(1, 13, 1).query(0), 0..9, 3).is_err());
    }
}
