//! WebAssembly with 128-bit SIMD: 8 outputs × 4 pixels, eight sums of four lanes in registers.

use std::arch::wasm32::*;

use super::{HIGHEST, Kernel, Tile};

pub struct Simd128;

impl Kernel for Simd128 {
    const NAME: &'static str = "simd128";
    const OUTPUTS: usize = 8;
    const PIXELS: usize = 4;

    unsafe fn tile(tile: &Tile<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
        match tile.pixels() {
            1 => tile_of::<1>(tile, residual, output),
            2 => tile_of::<2>(tile, residual, output),
            3 => tile_of::<3>(tile, residual, output),
            _ => tile_of::<4>(tile, residual, output),
        }
    }
}

fn tile_of<const P: usize>(tile: &Tile<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
    assert!(output.len() == P * Simd128::OUTPUTS && residual.is_none_or(|residual| residual.len() == output.len()));
    let mut rows: [*const i16; P] = std::array::from_fn(|pixel| tile.start(pixel));
    let mut weights = tile.weights().as_ptr();
    let mut sums = [load_pair(tile.bias()); P];
    for _ in 0..tile.rows() {
        let mut values = rows;
        for _ in 0..tile.pairs() {
            // SAFETY: a tile has rows × pairs × 2 × OUTPUTS weights, and from each start on, `rows` rows of 2 × `pairs`
            // values.
            unsafe {
                let low = v128_load(weights.cast());
                let high = v128_load(weights.add(8).cast());
                weights = weights.add(2 * Simd128::OUTPUTS);
                for (sums, value) in sums.iter_mut().zip(&mut values) {
                    let pair = v128_load32_splat(value.cast());
                    *value = value.add(2);
                    sums[0] = i32x4_add(sums[0], i32x4_dot_i16x8(pair, low));
                    sums[1] = i32x4_add(sums[1], i32x4_dot_i16x8(pair, high));
                }
            }
        }
        rows = rows.map(|row| row.wrapping_add(tile.row_stride()));
    }

    let multiplier = load_pair(tile.multiplier());
    let scale = f32x4_splat(tile.residual_scale());
    let (lowest, highest) = (f32x4_splat(tile.lowest()), f32x4_splat(HIGHEST));
    for (pixel, sums) in sums.into_iter().enumerate() {
        let at = pixel * Simd128::OUTPUTS;
        let residual = residual.map(|residual| {
            // SAFETY: a residual is as long as the output, P × OUTPUTS.
            let words = unsafe { i16x8_load_extend_i8x8(residual.as_ptr().add(at).cast()) };
            [i32x4_extend_low_i16x8(words), i32x4_extend_high_i16x8(words)]
        });
        let halves: [v128; 2] = std::array::from_fn(|half| {
            let mut y = f32x4_mul(f32x4_convert_i32x4(sums[half]), multiplier[half]);
            if let Some(residual) = residual {
                y = f32x4_add(y, f32x4_mul(f32x4_convert_i32x4(residual[half]), scale));
            }
            i32x4_trunc_sat_f32x4(f32x4_nearest(f32x4_min(f32x4_max(y, lowest), highest)))
        });
        let words = i16x8_narrow_i32x4(halves[0], halves[1]);
        // SAFETY: the output has P × OUTPUTS bytes.
        unsafe { v128_store64_lane::<0>(i8x16_narrow_i16x8(words, words), output.as_mut_ptr().add(at).cast()) };
    }
}

/// Eight 32-bit numbers.
fn load_pair<T>(numbers: &[T]) -> [v128; 2] {
    assert!(size_of::<T>() == 4 && numbers.len() == Simd128::OUTPUTS);
    // SAFETY: eight numbers of 32 bits, as just asserted; any bits are a valid vector.
    unsafe { [v128_load(numbers.as_ptr().cast()), v128_load(numbers.as_ptr().add(4).cast())] }
}
