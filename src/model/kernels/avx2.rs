//! x86-64 with AVX2: 16 outputs × 6 pixels, twelve sums of eight lanes in registers.
//!
//! `vpmaddwd` on 16-bit numbers is used for every layer. Its 8-bit relative `vpmaddubsw` would be exact as well, but
//! needs a second multiplication to get from 16 to 32 bits, so the multipliers would be just as busy.

use std::arch::x86_64::*;

use super::{HIGHEST, Kernel, Tile};

pub struct Avx2;

impl Kernel for Avx2 {
    const NAME: &'static str = "avx2";
    const OUTPUTS: usize = 16;
    const PIXELS: usize = 6;

    unsafe fn tile(tile: &Tile<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
        // SAFETY: the caller promises AVX2.
        unsafe {
            match tile.pixels() {
                1 => tile_of::<1>(tile, residual, output),
                2 => tile_of::<2>(tile, residual, output),
                3 => tile_of::<3>(tile, residual, output),
                4 => tile_of::<4>(tile, residual, output),
                5 => tile_of::<5>(tile, residual, output),
                _ => tile_of::<6>(tile, residual, output),
            }
        }
    }
}

#[target_feature(enable = "avx2")]
fn tile_of<const P: usize>(tile: &Tile<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
    assert!(output.len() == P * Avx2::OUTPUTS && residual.is_none_or(|residual| residual.len() == output.len()));
    let mut rows: [*const i16; P] = std::array::from_fn(|pixel| tile.start(pixel));
    let mut weights = tile.weights().as_ptr();
    let bias = load_pair(tile.bias());
    let mut sums = [bias; P];
    for _ in 0..tile.rows() {
        for pair in 0..tile.pairs() {
            // SAFETY: a tile has rows × pairs × 2 × OUTPUTS weights, and from each start on, `rows` rows of 2 × `pairs`
            // values.
            unsafe {
                let low = _mm256_loadu_si256(weights.cast());
                let high = _mm256_loadu_si256(weights.add(16).cast());
                weights = weights.add(2 * Avx2::OUTPUTS);
                for (sums, row) in sums.iter_mut().zip(rows) {
                    let values = _mm256_set1_epi32(row.add(2 * pair).cast::<i32>().read_unaligned());
                    sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(values, low));
                    sums[1] = _mm256_add_epi32(sums[1], _mm256_madd_epi16(values, high));
                }
            }
        }
        rows = rows.map(|row| row.wrapping_add(tile.row_stride()));
    }

    let multiplier = load_pair(tile.multiplier()).map(|lanes| _mm256_castsi256_ps(lanes));
    let scale = _mm256_set1_ps(tile.residual_scale());
    let (lowest, highest) = (_mm256_set1_ps(tile.lowest()), _mm256_set1_ps(HIGHEST));
    for (pixel, sums) in sums.into_iter().enumerate() {
        let at = pixel * Avx2::OUTPUTS;
        let mut halves = [_mm256_setzero_si256(); 2];
        for half in 0..2 {
            let mut y = _mm256_mul_ps(_mm256_cvtepi32_ps(sums[half]), multiplier[half]);
            if let Some(residual) = residual {
                // SAFETY: a residual is as long as the output, P × OUTPUTS.
                let bytes = unsafe { _mm_loadl_epi64(residual.as_ptr().add(at + 8 * half).cast()) };
                let values = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes));
                y = _mm256_add_ps(y, _mm256_mul_ps(values, scale));
            }
            y = _mm256_min_ps(_mm256_max_ps(y, lowest), highest);
            // Rounds to nearest, ties to even: nothing here changes the rounding mode.
            halves[half] = _mm256_cvtps_epi32(y);
        }
        // Packing works within 128-bit lanes; the permutation brings the quarters back into order.
        let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(halves[0], halves[1]));
        let bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
        // SAFETY: the output has P × OUTPUTS bytes.
        unsafe { _mm_storeu_si128(output.as_mut_ptr().add(at).cast(), bytes) };
    }
}

/// Sixteen 32-bit numbers.
#[target_feature(enable = "avx2")]
fn load_pair<T>(numbers: &[T]) -> [__m256i; 2] {
    assert!(size_of::<T>() == 4 && numbers.len() == Avx2::OUTPUTS);
    // SAFETY: sixteen numbers of 32 bits, as just asserted; any bits are a valid vector.
    unsafe { [_mm256_loadu_si256(numbers.as_ptr().cast()), _mm256_loadu_si256(numbers.as_ptr().add(8).cast())] }
}
