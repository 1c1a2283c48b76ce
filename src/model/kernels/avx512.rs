//! x86-64 with AVX-512 VNNI: 32 outputs × 12 pixels, 24 sums of 16 lanes in registers.
//!
//! `vpdpbusd` multiplies four unsigned bytes with four signed ones and adds them to a 32-bit sum, exact for any bytes: 64
//! products in one instruction. Winograd's numbers need 16 bits, so half of that would be lost again; every layer is computed
//! directly.

use std::arch::x86_64::*;

use super::{Finish, HIGHEST, Kernel, Tile};

pub struct Avx512;

impl Kernel for Avx512 {
    type Value = u8;

    const NAME: &'static str = "avx512vnni";
    const OUTPUTS: usize = 32;
    const PIXELS: usize = 12;

    unsafe fn tile(tile: &Tile<'_, u8>, finish: &Finish<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
        // SAFETY: the caller promises AVX-512 VNNI.
        unsafe {
            match tile.pixels() {
                1 => fused::<1>(tile, finish, residual, output),
                2 => fused::<2>(tile, finish, residual, output),
                3 => fused::<3>(tile, finish, residual, output),
                4 => fused::<4>(tile, finish, residual, output),
                5 => fused::<5>(tile, finish, residual, output),
                6 => fused::<6>(tile, finish, residual, output),
                7 => fused::<7>(tile, finish, residual, output),
                8 => fused::<8>(tile, finish, residual, output),
                9 => fused::<9>(tile, finish, residual, output),
                10 => fused::<10>(tile, finish, residual, output),
                11 => fused::<11>(tile, finish, residual, output),
                _ => fused::<12>(tile, finish, residual, output),
            }
        }
    }
}

/// Thirty-two sums.
type Sums = [__m512i; 2];

#[target_feature(enable = "avx512f,avx512vnni")]
fn fused<const P: usize>(tile: &Tile<'_, u8>, finish: &Finish<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
    let sums = multiply::<P>(tile, load_pair(finish.bias));
    let requantization = Requantization::new(finish);
    for (pixel, sums) in sums.into_iter().enumerate() {
        let residual = residual.map(|residual| &residual[32 * pixel..32 * pixel + 32]);
        requantization.write(sums, residual, &mut output[32 * pixel..32 * pixel + 32]);
    }
}

/// The sums of a tile of `P` pixels, beginning with `bias`.
#[inline]
#[target_feature(enable = "avx512f,avx512vnni")]
fn multiply<const P: usize>(tile: &Tile<'_, u8>, bias: Sums) -> [Sums; P] {
    let mut rows: [*const u8; P] = std::array::from_fn(|pixel| tile.start(pixel));
    let mut weights = tile.weights().as_ptr();
    let mut sums = [bias; P];
    for _ in 0..tile.rows() {
        for group in 0..tile.groups() {
            // SAFETY: a tile has rows × groups × 4 × OUTPUTS weights, and from each start on, `rows` rows of 4 × `groups`
            // values.
            unsafe {
                let low = _mm512_loadu_si512(weights.cast());
                let high = _mm512_loadu_si512(weights.add(64).cast());
                weights = weights.add(4 * Avx512::OUTPUTS);
                for (sums, row) in sums.iter_mut().zip(rows) {
                    let values = _mm512_set1_epi32(row.add(4 * group).cast::<i32>().read_unaligned());
                    sums[0] = _mm512_dpbusd_epi32(sums[0], values, low);
                    sums[1] = _mm512_dpbusd_epi32(sums[1], values, high);
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
    multiplier: [__m512; 2],
    scale: __m512,
    lowest: __m512,
}

impl Requantization {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new(finish: &Finish<'_>) -> Requantization {
        let [low, high] = load_pair(finish.multiplier);
        Requantization {
            multiplier: [_mm512_castsi512_ps(low), _mm512_castsi512_ps(high)],
            scale: _mm512_set1_ps(finish.residual_scale),
            lowest: _mm512_set1_ps(finish.lowest),
        }
    }

    /// Writes one pixel of thirty-two bytes.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn write(&self, sums: Sums, residual: Option<&[u8]>, output: &mut [u8]) {
        assert!(output.len() == 32 && residual.is_none_or(|residual| residual.len() == 32));
        for (half, sums) in sums.into_iter().enumerate() {
            let mut y = _mm512_mul_ps(_mm512_cvtepi32_ps(sums), self.multiplier[half]);
            if let Some(residual) = residual {
                // SAFETY: a residual has thirty-two bytes.
                let bytes = unsafe { _mm_loadu_si128(residual.as_ptr().add(16 * half).cast()) };
                let values = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes));
                y = _mm512_add_ps(y, _mm512_mul_ps(values, self.scale));
            }
            y = _mm512_min_ps(_mm512_max_ps(y, self.lowest), _mm512_set1_ps(HIGHEST));
            // Rounds to nearest, ties to even: nothing here changes the rounding mode.
            let bytes = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(y));
            // SAFETY: the output has thirty-two bytes.
            unsafe { _mm_storeu_si128(output.as_mut_ptr().add(16 * half).cast(), bytes) };
        }
    }
}

/// Thirty-two 32-bit numbers.
#[inline]
#[target_feature(enable = "avx512f")]
fn load_pair<T>(numbers: &[T]) -> [__m512i; 2] {
    assert!(size_of::<T>() == 4 && numbers.len() == Avx512::OUTPUTS);
    // SAFETY: thirty-two numbers of 32 bits, as just asserted; any bits are a valid vector.
    unsafe { [_mm512_loadu_si512(numbers.as_ptr().cast()), _mm512_loadu_si512(numbers.as_ptr().add(16).cast())] }
}
