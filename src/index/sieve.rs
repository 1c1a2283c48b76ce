//! One bit of every number: most items are told from the nearest by a few bytes instead of 512.
//!
//! A vector is brought to a common length, the collection's mean is taken from it, and what is left is turned, so that each
//! number says a little of many; its bits are the signs. The more bits of two vectors differ, the wider is the angle
//! between them, seen from the mean; those with the fewest differences are worth an exact comparison. Of the query not only
//! the signs are known: a bit that differs where its number is far from zero counts three times, because the best two steps
//! for numbers that are spread normally are parted at 0.98 standard deviations and lie at 0.45 and 1.51 of them (Max,
//! "Quantizing for minimum distortion", 1960). Of long vectors, the first bits alone tell which items are worth a look at
//! the others. Nothing of this is stored: it is made when a collection is opened, in integers.

use super::metric::Row;
use super::{IndexError, Query, Vectors};

/// Words of 64 bits that are read of every item.
const FIRST: usize = 4;
/// For each item that is kept by all of its bits, so many are kept by their first ones.
const FIRST_KEPT: usize = 8;
/// The common length.
const LENGTH: f64 = 1024.0;
/// The mean is that of so many items, evenly chosen.
const SAMPLED: usize = 4096;
/// Numbers that lie closer together than this are not mixed with each other: neighbours fill one register.
const CLOSEST: usize = 8;

/// The bits of some vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sieve {
    /// The mean of the vectors at their common length.
    centre: Vec<i16>,
    /// The first words of each row, all of them in short rows: as many for each item as fit in [`FIRST`].
    first: Vec<u64>,
    /// The other words of each row.
    rest: Vec<u64>,
    /// Words of a row in `first` and in `rest`.
    words: [usize; 2],
}

impl Sieve {
    /// The bits of all vectors.
    pub fn new(vectors: &Vectors) -> Sieve {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            return unsafe { Sieve::with_avx2(vectors) };
        }
        Sieve::with_any(vectors)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn with_avx2(vectors: &Vectors) -> Sieve {
        Sieve::with_any(vectors)
    }

    #[inline(always)]
    fn with_any(vectors: &Vectors) -> Sieve {
        let centre = centre(vectors);
        let mut turned = vec![0; centre.len().next_power_of_two().max(64)];
        let all = turned.len() / 64;
        let words = [all.min(FIRST), all.saturating_sub(FIRST)];
        let [mut first, mut rest] = words.map(|words| Vec::with_capacity(vectors.len() * words));
        for item in 0..vectors.len() {
            turn(vectors.get(item), &centre, &mut turned);
            for (place, numbers) in turned.as_chunks::<64>().0.iter().enumerate() {
                if place < FIRST { &mut first } else { &mut rest }.push(signs(numbers));
            }
        }
        Sieve { centre, first, rest, words }
    }

    /// The items it was made of.
    pub fn items(&self) -> usize {
        self.first.len() / self.words[0]
    }

    /// Of `items`, which ascend, the `keep` whose bits differ least from those of the query, equal ones by lower number,
    /// ascending. A difference counts three times where the query's number is farther from zero than their root mean square. Of vectors with more than 256 bits only those `8·keep` are considered whose first 256 bits differ least.
    ///
    /// # Panics
    /// If there is no such item.
    pub fn sift(
        &self,
        query: &Query,
        items: impl Iterator<Item = u32> + Clone,
        keep: usize,
    ) -> Result<Vec<u32>, IndexError> {
        if query.dim() != self.centre.len() {
            return Err(IndexError::Dimension { got: query.dim(), expected: self.centre.len() });
        }
        let mut turned = vec![0; (self.words[0] + self.words[1]) * 64];
        turn(query.as_row(), &self.centre, &mut turned);
        let row = Word::all(&turned);
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("popcnt") {
            // SAFETY: the processor counts bits.
            return Ok(unsafe { self.sift_counting(&row, items, keep) });
        }
        Ok(self.sift_row(&row, items, keep))
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "popcnt")]
    fn sift_counting(&self, query: &[Word], items: impl Iterator<Item = u32> + Clone, keep: usize) -> Vec<u32> {
        self.sift_row(query, items, keep)
    }

    #[inline(always)]
    fn sift_row(&self, query: &[Word], items: impl Iterator<Item = u32> + Clone, keep: usize) -> Vec<u32> {
        let (first, rest) = query.split_at(self.words[0]);
        let considered = if rest.is_empty() { keep } else { keep.saturating_mul(FIRST_KEPT) };
        let mut kept = least(first, &self.first, items.map(|item| (item, 0)), considered);
        if !rest.is_empty() {
            kept = least(rest, &self.rest, kept.into_iter(), keep);
        }
        kept.into_iter().map(|(item, _)| item).collect()
    }
}

/// The numbers of a vector, brought to the common length. All zeros stay zeros.
#[inline(always)]
fn levelled(row: Row<'_>) -> impl Iterator<Item = i16> {
    // In 256ths, rounded; a length is never below 1, so that this is at most 2^18 and a product below 2^26.
    let factor =
        if row.square == 0 { 0 } else { (256.0 * LENGTH / f64::from(row.square).sqrt()).round_ties_even() as i32 };
    row.codes.iter().map(move |&code| ((i32::from(code) * factor + 128) >> 8) as i16)
}

/// The mean of the vectors at their common length, rounded towards zero.
fn centre(vectors: &Vectors) -> Vec<i16> {
    let mut sums = vec![0_i32; vectors.dim()];
    let items = (0..vectors.len()).step_by(vectors.len().div_ceil(SAMPLED).max(1));
    let count = items.len().max(1) as i32;
    for item in items {
        // No number is above 1,024, and no sum above 1,024·4,096.
        sums.iter_mut().zip(levelled(vectors.get(item))).for_each(|(sum, number)| *sum += i32::from(number));
    }
    sums.into_iter().map(|sum| (sum / count) as i16).collect()
}

/// Numbers that are mixed with each other as one.
type Group = [i16; CLOSEST];

/// What is left of a vector without the mean, turned by a Hadamard matrix that mixes each number with every eighth other.
#[inline(always)]
fn turn(row: Row<'_>, centre: &[i16], turned: &mut [i16]) {
    let (start, beyond) = turned.split_at_mut(centre.len());
    for ((turned, number), mean) in start.iter_mut().zip(levelled(row)).zip(centre) {
        *turned = number - mean;
    }
    beyond.fill(0);
    let groups = turned.as_chunks_mut::<CLOSEST>().0;
    let mut apart = groups.len() / 2;
    // Three levels at a time, as long as there are so many: eight groups fit into the registers.
    while apart >= 4 {
        let step = apart / 4;
        for eight in groups.chunks_exact_mut(2 * apart) {
            for first in 0..step {
                let mut held: [Group; 8] = std::array::from_fn(|number| eight[first + number * step]);
                mix::<4>(&mut held);
                mix::<2>(&mut held);
                mix::<1>(&mut held);
                for (number, group) in held.into_iter().enumerate() {
                    eight[first + number * step] = group;
                }
            }
        }
        apart /= 8;
    }
    while apart > 0 {
        for pair in groups.chunks_exact_mut(2 * apart) {
            let (low, high) = pair.split_at_mut(apart);
            low.iter_mut().zip(high).for_each(|(low, high)| (*low, *high) = sum_and_difference(low, high));
        }
        apart /= 2;
    }
}

/// One level: mixes groups that lie so far apart.
#[inline(always)]
fn mix<const APART: usize>(groups: &mut [Group; 8]) {
    for low in (0..8).filter(|number| number & APART == 0) {
        (groups[low], groups[low + APART]) = sum_and_difference(&groups[low], &groups[low + APART]);
    }
}

#[inline(always)]
fn sum_and_difference(a: &Group, b: &Group) -> (Group, Group) {
    // Only vectors that lie in one direction reach the ends of 16 bits, and there their signs are right.
    (
        std::array::from_fn(|lane| a[lane].saturating_add(b[lane])),
        std::array::from_fn(|lane| a[lane].saturating_sub(b[lane])),
    )
}

/// A bit for each number above zero.
#[inline(always)]
fn signs(numbers: &[i16; 64]) -> u64 {
    let sixteens = numbers.as_chunks::<16>().0.iter().enumerate();
    sixteens.fold(0, |word, (place, sixteen)| word | u64::from(above_zero(sixteen)) << (16 * place))
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
fn above_zero(numbers: &[i16; 16]) -> u16 {
    use std::arch::wasm32::*;
    // SAFETY: there are 32 bytes, and loads need no alignment.
    let [low, high] = [0, 8].map(|start| unsafe { v128_load(numbers[start..].as_ptr().cast()) });
    let zero = i16x8_splat(0);
    i8x16_bitmask(i8x16_narrow_i16x8(i16x8_gt(low, zero), i16x8_gt(high, zero)))
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn above_zero(numbers: &[i16; 16]) -> u16 {
    use std::arch::x86_64::*;
    // SAFETY: there are 32 bytes, loads need no alignment, and every processor of this kind has SSE2.
    unsafe {
        let [low, high] = [0, 8].map(|start| _mm_loadu_si128(numbers[start..].as_ptr().cast()));
        let zero = _mm_setzero_si128();
        _mm_movemask_epi8(_mm_packs_epi16(_mm_cmpgt_epi16(low, zero), _mm_cmpgt_epi16(high, zero))) as u16
    }
}

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
fn above_zero(numbers: &[i16; 16]) -> u16 {
    numbers.iter().enumerate().fold(0, |word, (place, number)| word | u16::from(*number > 0) << place)
}

/// 64 numbers of a query.
#[derive(Debug, Clone, Copy)]
struct Word {
    signs: u64,
    /// A bit for each number that is farther from zero than all numbers of the query are on average.
    far: u64,
}

impl Word {
    fn all(turned: &[i16]) -> Vec<Word> {
        let square = |number: i16| u64::from(number.unsigned_abs()).pow(2);
        let all: u64 = turned.iter().map(|&number| square(number)).sum();
        let is_far = |number: i16| square(number) * turned.len() as u64 > all;
        let far =
            |numbers: &[i16; 64]| numbers.iter().rev().fold(0, |word, &number| word << 1 | u64::from(is_far(number)));
        turned.as_chunks::<64>().0.iter().map(|numbers| Word { signs: signs(numbers), far: far(numbers) }).collect()
    }

    #[inline(always)]
    fn differences(self, row: u64) -> u32 {
        let differ = self.signs ^ row;
        differ.count_ones() + 2 * (differ & self.far).count_ones()
    }
}

/// The items whose words in `rows` differ least from `query`, on top of the differences they come with: `keep`
/// of them, of equal ones the first, with their differences.
#[inline(always)]
fn least(
    query: &[Word],
    rows: &[u64],
    items: impl Iterator<Item = (u32, u32)> + Clone,
    keep: usize,
) -> Vec<(u32, u32)> {
    let mut told: Vec<u32> = Vec::with_capacity(items.size_hint().0);
    // Loops and no closures, which would not be compiled for processors that count bits.
    match <&[Word; FIRST]>::try_from(query) {
        // The length of half a row of our own network's embeddings, for which the compiler leaves out the loop.
        Ok(query) => {
            let rows = rows.as_chunks::<FIRST>().0;
            for (item, before) in items.clone() {
                told.push(before + differences(query, &rows[item as usize]));
            }
        }
        Err(_) => {
            for (item, before) in items.clone() {
                let start = item as usize * query.len();
                told.push(before + differences(query, &rows[start..start + query.len()]));
            }
        }
    }
    // How many differ by so much: from that follows where to part them, without sorting any.
    let mut counts: Vec<usize> = Vec::new();
    for &differences in &told {
        if counts.len() <= differences as usize {
            counts.resize(differences as usize + 1, 0);
        }
        counts[differences as usize] += 1;
    }
    let mut left = keep.min(told.len());
    let mut kept = Vec::with_capacity(left);
    let mut bound = 0;
    while counts.get(bound).is_some_and(|&count| count < left) {
        left -= counts[bound];
        bound += 1;
    }
    // All below the bound, and as many of those at it as are left.
    for ((item, _), differences) in items.zip(told) {
        let at = differences as usize == bound && left > 0;
        left -= usize::from(at);
        if at || (differences as usize) < bound {
            kept.push((item, differences));
        }
    }
    kept
}

#[inline(always)]
fn differences(query: &[Word], row: &[u64]) -> u32 {
    let mut differences = 0;
    for (word, &row) in query.iter().zip(row) {
        differences += word.differences(row);
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::exact;
    use crate::index::vectors::tests::random_vectors;

    #[test]
    fn the_kept_are_those_with_the_fewest_differences_among_those_with_the_fewest_in_their_first_bits() {
        for (count, dim) in [(0, 3), (1, 1), (90, 5), (700, 64), (300, 257), (700, 512), (300, 600)] {
            let vectors = random_vectors(count, dim, 4);
            let sieve = Sieve::new(&vectors);
            assert_eq!(sieve.items(), count);
            let query = random_vectors(1, dim, 9).query(0);
            // By the definition of a Hadamard matrix: the sign of an entry is the parity of the bits that row and column share.
            let turned = |row: Row| -> Vec<i64> {
                let left: Vec<i64> =
                    levelled(row).zip(&sieve.centre).map(|(number, mean)| i64::from(number - mean)).collect();
                let all = dim.next_power_of_two().max(64);
                let sign = |row: usize, column: usize| 1 - 2 * i64::from((row & column & !7).count_ones() % 2);
                let mixed = |row: usize| (row % 8..dim).step_by(8).map(move |column| (column, sign(row, column)));
                (0..all).map(|row| mixed(row).map(|(column, sign)| sign * left[column]).sum()).collect()
            };
            let own = turned(query.as_row());
            let mean_square = own.iter().map(|number| number * number).sum::<i64>() as f64 / own.len() as f64;
            let mut ranked: Vec<(usize, usize, u32)> = (0..count as u32)
                .map(|item| {
                    let row = turned(vectors.get(item as usize));
                    let weight = |own: i64| if (own * own) as f64 > mean_square { 3 } else { 1 };
                    let differ: Vec<usize> = row
                        .iter()
                        .zip(&own)
                        .map(|(&row, &own)| if (row > 0) == (own > 0) { 0 } else { weight(own) })
                        .collect();
                    (differ.iter().take(256).sum(), differ.iter().sum(), item)
                })
                .collect();
            for keep in [0, 1, 10, 65, 699, 1000] {
                let kept = sieve.sift(&query, 0..count as u32, keep).unwrap();
                ranked.sort_unstable_by_key(|&(first, _, item)| (first, item));
                let considered = if dim > 256 { keep * 8 } else { count };
                let mut considered: Vec<_> = ranked.iter().take(considered).copied().collect();
                considered.sort_unstable_by_key(|&(_, all, item)| (all, item));
                let mut expected: Vec<u32> = considered.iter().take(keep).map(|&(.., item)| item).collect();
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
