//! x86-64 with AVX2: 16 outputs × 6 pixels, twelve sums of eight lanes in registers.
//!
//! `vpmaddwd` on 16-bit numbers is used for every layer. Its 8-bit relative `vpmaddubsw` would be exact as well, but
//! needs a second multiplication to get from 16 to 32 bits, so the multipliers would be just as busy.

use std::arch::x86_64::*;

use super::transform::{self, Form, Lanes, Patches, WideLanes};
use super::{Finish, HIGHEST, Kernel, Tile, WinogradKernel};

pub struct Avx2;

impl Kernel for Avx2 {
    type Value = i16;

    const NAME: &'static str = "avx2";
    const OUTPUTS: usize = 16;
    const PIXELS: usize = 6;

    unsafe fn tile(tile: &Tile<'_, i16>, finish: &Finish<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
        // SAFETY: the caller promises AVX2.
        unsafe {
            match tile.pixels() {
                1 => fused::<1>(tile, finish, residual, output),
                2 => fused::<2>(tile, finish, residual, output),
                3 => fused::<3>(tile, finish, residual, output),
                4 => fused::<4>(tile, finish, residual, output),
                5 => fused::<5>(tile, finish, residual, output),
                _ => fused::<6>(tile, finish, residual, output),
            }
        }
    }
}

impl WinogradKernel for Avx2 {
    unsafe fn products(tile: &Tile<'_, i16>, sums: &mut [i32]) {
        // SAFETY: the caller promises AVX2.
        unsafe {
            match tile.pixels() {
                1 => products::<1>(tile, sums),
                2 => products::<2>(tile, sums),
                3 => products::<3>(tile, sums),
                4 => products::<4>(tile, sums),
                5 => products::<5>(tile, sums),
                _ => products::<6>(tile, sums),
            }
        }
    }

    unsafe fn finish(finish: &Finish<'_>, sums: &[i32], residual: Option<&[u8]>, output: &mut [u8]) {
        #[target_feature(enable = "avx2")]
        fn all(finish: &Finish<'_>, sums: &[i32], residual: Option<&[u8]>, output: &mut [u8]) {
            let requantization = Requantization::new(finish);
            for (pixel, (sums, output)) in sums.chunks_exact(16).zip(output.chunks_exact_mut(16)).enumerate() {
                let residual = residual.map(|residual| &residual[16 * pixel..16 * pixel + 16]);
                requantization.write(load_pair(sums), residual, output);
            }
        }
        // SAFETY: the caller promises AVX2.
        unsafe { all(finish, sums, residual, output) }
    }

    // SAFETY, for the rest: the caller promises AVX2, with which the functions within are compiled.
    unsafe fn weights<F: Form<M, T>, const M: usize, const T: usize>(taps: &[i8], components: &mut [i16]) {
        #[target_feature(enable = "avx2")]
        fn with_avx2<F: Form<M, T>, const M: usize, const T: usize>(taps: &[i8], components: &mut [i16]) {
            unsafe { transform::weights::<F, Words, M, T>(taps, components) }
        }
        unsafe { with_avx2::<F, M, T>(taps, components) }
    }

    unsafe fn components<F: Form<M, T>, const M: usize, const T: usize>(patches: &Patches<'_>, components: &mut [i16]) {
        #[target_feature(enable = "avx2")]
        fn with_avx2<F: Form<M, T>, const M: usize, const T: usize>(patches: &Patches<'_>, components: &mut [i16]) {
            unsafe { patches.components::<F, Words, M, T>(components) }
        }
        unsafe { with_avx2::<F, M, T>(patches, components) }
    }

    unsafe fn sums<F: Form<M, T>, const M: usize, const T: usize>(products: &[i32], bias: &[i32], sums: &mut [i32]) {
        #[target_feature(enable = "avx2")]
        fn with_avx2<F: Form<M, T>, const M: usize, const T: usize>(products: &[i32], bias: &[i32], sums: &mut [i32]) {
            // The length is a constant for the compiler's sake.
            unsafe { transform::sums::<F, Numbers, M, T>(products, &bias[..Avx2::OUTPUTS], sums) }
        }
        unsafe { with_avx2::<F, M, T>(products, bias, sums) }
    }
}

/// Sixteen sums.
type Sums = [__m256i; 2];

#[target_feature(enable = "avx2")]
fn fused<const P: usize>(tile: &Tile<'_, i16>, finish: &Finish<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
    let sums = multiply::<P>(tile, load_pair(finish.bias));
    let requantization = Requantization::new(finish);
    for (pixel, sums) in sums.into_iter().enumerate() {
        let residual = residual.map(|residual| &residual[16 * pixel..16 * pixel + 16]);
        requantization.write(sums, residual, &mut output[16 * pixel..16 * pixel + 16]);
    }
}

#[target_feature(enable = "avx2")]
fn products<const P: usize>(tile: &Tile<'_, i16>, output: &mut [i32]) {
    let sums = multiply::<P>(tile, [_mm256_setzero_si256(); 2]);
    for ([low, high], output) in sums.into_iter().zip(output.chunks_exact_mut(16)) {
        // SAFETY: each chunk has sixteen numbers.
        unsafe {
            _mm256_storeu_si256(output.as_mut_ptr().cast(), low);
            _mm256_storeu_si256(output.as_mut_ptr().add(8).cast(), high);
        }
    }
}

/// The sums of a tile of `P` pixels, beginning with `bias`.
#[inline]
#[target_feature(enable = "avx2")]
fn multiply<const P: usize>(tile: &Tile<'_, i16>, bias: Sums) -> [Sums; P] {
    let mut rows: [*const i16; P] = std::array::from_fn(|pixel| tile.start(pixel));
    let mut weights = tile.weights().as_ptr();
    let mut sums = [bias; P];
    for _ in 0..tile.rows() {
        for pair in 0..tile.groups() {
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
        for row in &mut rows {
            *row = row.wrapping_add(tile.row_stride());
        }
    }
    sums
}

/// [`Finish`] in registers.
struct Requantization {
    multiplier: [__m256; 2],
    scale: __m256,
    lowest: __m256,
}

impl Requantization {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(finish: &Finish<'_>) -> Requantization {
        let [low, high] = load_pair(finish.multiplier);
        Requantization {
            multiplier: [_mm256_castsi256_ps(low), _mm256_castsi256_ps(high)],
            scale: _mm256_set1_ps(finish.residual_scale),
            lowest: _mm256_set1_ps(finish.lowest),
        }
    }

    /// Writes one pixel of sixteen bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn write(&self, sums: Sums, residual: Option<&[u8]>, output: &mut [u8]) {
        assert!(output.len() == 16 && residual.is_none_or(|residual| residual.len() == 16));
        let mut halves = [_mm256_setzero_si256(); 2];
        for half in 0..2 {
            let mut y = _mm256_mul_ps(_mm256_cvtepi32_ps(sums[half]), self.multiplier[half]);
            if let Some(residual) = residual {
                // SAFETY: a residual has sixteen bytes.
                let bytes = unsafe { _mm_loadl_epi64(residual.as_ptr().add(8 * half).cast()) };
                let values = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes));
                y = _mm256_add_ps(y, _mm256_mul_ps(values, self.scale));
            }
            y = _mm256_min_ps(_mm256_max_ps(y, self.lowest), _mm256_set1_ps(HIGHEST));
            // Rounds to nearest, ties to even: nothing here changes the rounding mode.
            halves[half] = _mm256_cvtps_epi32(y);
        }
        // Packing works within 128-bit lanes; the permutation brings the quarters back into order.
        let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(halves[0], halves[1]));
        let bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
        // SAFETY: the output has sixteen bytes.
        unsafe { _mm_storeu_si128(output.as_mut_ptr().cast(), bytes) };
    }
}

/// Sixteen 32-bit numbers.
#[inline]
#[target_feature(enable = "avx2")]
fn load_pair<T>(numbers: &[T]) -> [__m256i; 2] {
    assert!(size_of::<T>() == 4 && numbers.len() == Avx2::OUTPUTS);
    // SAFETY: sixteen numbers of 32 bits, as just asserted; any bits are a valid vector.
    unsafe { [_mm256_loadu_si256(numbers.as_ptr().cast()), _mm256_loadu_si256(numbers.as_ptr().add(8).cast())] }
}

/// Sixteen 16-bit numbers.
#[derive(Clone, Copy)]
struct Words(__m256i);

/// Eight 32-bit numbers.
#[derive(Clone, Copy)]
struct Numbers(__m256i);

macro_rules! lanes {
    ($lanes:ident, $number:ty, $count:expr, $add:ident, $subtract:ident, $splat:ident, $multiply:ident, $left:ident, $right:ident) => {
        // SAFETY, for all of it: the caller promises AVX2, and numbers where it points to.
        impl Lanes for $lanes {
            type Number = $number;
            const COUNT: usize = $count;

            #[inline(always)]
            unsafe fn load(from: *const $number) -> Self {
                $lanes(unsafe { _mm256_loadu_si256(from.cast()) })
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $number) {
                unsafe { _mm256_storeu_si256(to.cast(), self.0) }
            }

            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                $lanes(unsafe { $add(self.0, other.0) })
            }

            #[inline(always)]
            unsafe fn subtract(self, other: Self) -> Self {
                $lanes(unsafe { $subtract(self.0, other.0) })
            }

            #[inline(always)]
            unsafe fn times(self, factor: $number) -> Self {
                $lanes(unsafe { $multiply(self.0, $splat(factor)) })
            }

            #[inline(always)]
            unsafe fn left<const BITS: i32>(self) -> Self {
                $lanes(unsafe { $left::<BITS>(self.0) })
            }

            #[inline(always)]
            unsafe fn right<const BITS: i32>(self) -> Self {
                $lanes(unsafe { $right::<BITS>(self.0) })
            }
        }
    };
}

lanes!(
    Words,
    i16,
    16,
    _mm256_add_epi16,
    _mm256_sub_epi16,
    _mm256_set1_epi16,
    _mm256_mullo_epi16,
    _mm256_slli_epi16,
    _mm256_srai_epi16
);
lanes!(
    Numbers,
    i32,
    8,
    _mm256_add_epi32,
    _mm256_sub_epi32,
    _mm256_set1_epi32,
    _mm256_mullo_epi32,
    _mm256_slli_epi32,
    _mm256_srai_epi32
);

impl WideLanes for Words {
    #[inline(always)]
    unsafe fn widen(from: *const i8) -> Self {
        // SAFETY: the caller promises AVX2, and sixteen bytes there.
        Words(unsafe { _mm256_cvtepi8_epi16(_mm_loadu_si128(from.cast())) })
    }
}
