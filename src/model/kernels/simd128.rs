//! WebAssembly with 128-bit SIMD: 8 outputs × 4 pixels, eight sums of four lanes in registers.

use std::arch::wasm32::*;

use super::transform::{self, Form, Lanes, Patches, WideLanes};
use super::{Finish, HIGHEST, Kernel, Tile, WinogradKernel};

pub struct Simd128;

impl Kernel for Simd128 {
    type Value = i16;

    const NAME: &'static str = "simd128";
    const OUTPUTS: usize = 8;
    const PIXELS: usize = 4;

    unsafe fn tile(tile: &Tile<'_, i16>, finish: &Finish<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
        match tile.pixels() {
            1 => fused::<1>(tile, finish, residual, output),
            2 => fused::<2>(tile, finish, residual, output),
            3 => fused::<3>(tile, finish, residual, output),
            _ => fused::<4>(tile, finish, residual, output),
        }
    }
}

impl WinogradKernel for Simd128 {
    unsafe fn products(tile: &Tile<'_, i16>, sums: &mut [i32]) {
        match tile.pixels() {
            1 => products::<1>(tile, sums),
            2 => products::<2>(tile, sums),
            3 => products::<3>(tile, sums),
            _ => products::<4>(tile, sums),
        }
    }

    unsafe fn finish(finish: &Finish<'_>, sums: &[i32], residual: Option<&[u8]>, output: &mut [u8]) {
        let requantization = Requantization::new(finish);
        for (pixel, (sums, output)) in sums.chunks_exact(8).zip(output.chunks_exact_mut(8)).enumerate() {
            requantization.write(load_pair(sums), residual.map(|residual| &residual[8 * pixel..8 * pixel + 8]), output);
        }
    }

    // SAFETY, for the rest: this whole module is only compiled where there is SIMD.
    unsafe fn weights<F: Form<M, T>, const M: usize, const T: usize>(taps: &[i8], components: &mut [i16]) {
        unsafe { transform::weights::<F, Words, M, T>(taps, components) }
    }

    unsafe fn components<F: Form<M, T>, const M: usize, const T: usize>(patches: &Patches<'_>, components: &mut [i16]) {
        unsafe { patches.components::<F, Words, M, T>(components) }
    }

    unsafe fn sums<F: Form<M, T>, const M: usize, const T: usize>(products: &[i32], bias: &[i32], sums: &mut [i32]) {
        // The length is a constant for the compiler's sake.
        unsafe { transform::sums::<F, Numbers, M, T>(products, &bias[..Self::OUTPUTS], sums) }
    }
}

/// Eight sums.
type Sums = [v128; 2];

fn fused<const P: usize>(tile: &Tile<'_, i16>, finish: &Finish<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
    let sums = multiply::<P>(tile, load_pair(finish.bias));
    let requantization = Requantization::new(finish);
    for (pixel, sums) in sums.into_iter().enumerate() {
        let residual = residual.map(|residual| &residual[8 * pixel..8 * pixel + 8]);
        requantization.write(sums, residual, &mut output[8 * pixel..8 * pixel + 8]);
    }
}

fn products<const P: usize>(tile: &Tile<'_, i16>, output: &mut [i32]) {
    let sums = multiply::<P>(tile, [i32x4_splat(0); 2]);
    for ([low, high], output) in sums.into_iter().zip(output.chunks_exact_mut(8)) {
        // SAFETY: each chunk has eight numbers.
        unsafe {
            v128_store(output.as_mut_ptr().cast(), low);
            v128_store(output.as_mut_ptr().add(4).cast(), high);
        }
    }
}

/// The sums of a tile of `P` pixels, beginning with `bias`.
#[inline(always)]
fn multiply<const P: usize>(tile: &Tile<'_, i16>, bias: Sums) -> [Sums; P] {
    let mut rows: [*const i16; P] = std::array::from_fn(|pixel| tile.start(pixel));
    let mut weights = tile.weights().as_ptr();
    let mut sums = [bias; P];
    for _ in 0..tile.rows() {
        let mut values = rows;
        // One pair per round: unrolled, the compiler interleaves the rounds until the registers do not suffice.
        for _ in 0..tile.groups() {
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
        for row in &mut rows {
            *row = row.wrapping_add(tile.row_stride());
        }
    }
    sums
}

/// [`Finish`] in registers.
struct Requantization {
    multiplier: [v128; 2],
    scale: v128,
    lowest: v128,
}

impl Requantization {
    #[inline(always)]
    fn new(finish: &Finish<'_>) -> Requantization {
        Requantization {
            multiplier: load_pair(finish.multiplier),
            scale: f32x4_splat(finish.residual_scale),
            lowest: f32x4_splat(finish.lowest),
        }
    }

    /// Writes one pixel of eight bytes.
    #[inline(always)]
    fn write(&self, sums: Sums, residual: Option<&[u8]>, output: &mut [u8]) {
        assert!(output.len() == 8 && residual.is_none_or(|residual| residual.len() == 8));
        let residual = residual.map(|residual| {
            // SAFETY: a residual has eight bytes.
            let words = unsafe { i16x8_load_extend_i8x8(residual.as_ptr().cast()) };
            [i32x4_extend_low_i16x8(words), i32x4_extend_high_i16x8(words)]
        });
        let halves: [v128; 2] = std::array::from_fn(|half| {
            let mut y = f32x4_mul(f32x4_convert_i32x4(sums[half]), self.multiplier[half]);
            if let Some(residual) = residual {
                y = f32x4_add(y, f32x4_mul(f32x4_convert_i32x4(residual[half]), self.scale));
            }
            // The pseudo-minimum and -maximum are single instructions; they differ from the others only for NaN and
            // -0, which cannot occur and does not matter.
            let y = f32x4_pmin(f32x4_pmax(y, self.lowest), f32x4_splat(HIGHEST));
            i32x4_trunc_sat_f32x4(f32x4_nearest(y))
        });
        let words = i16x8_narrow_i32x4(halves[0], halves[1]);
        // SAFETY: the output has eight bytes.
        unsafe { v128_store64_lane::<0>(i8x16_narrow_i16x8(words, words), output.as_mut_ptr().cast()) };
    }
}

/// Eight 32-bit numbers.
#[inline(always)]
fn load_pair<T>(numbers: &[T]) -> [v128; 2] {
    assert!(size_of::<T>() == 4 && numbers.len() == Simd128::OUTPUTS);
    // SAFETY: eight numbers of 32 bits, as just asserted; any bits are a valid vector.
    unsafe { [v128_load(numbers.as_ptr().cast()), v128_load(numbers.as_ptr().add(4).cast())] }
}

/// Eight 16-bit numbers.
#[derive(Clone, Copy)]
struct Words(v128);

/// Four 32-bit numbers.
#[derive(Clone, Copy)]
struct Numbers(v128);

macro_rules! lanes {
    ($lanes:ident, $number:ty, $count:expr, $add:ident, $subtract:ident, $splat:ident, $multiply:ident, $left:ident, $right:ident) => {
        impl Lanes for $lanes {
            type Number = $number;
            const COUNT: usize = $count;

            #[inline(always)]
            unsafe fn load(from: *const $number) -> Self {
                // SAFETY: the caller promises numbers there.
                $lanes(unsafe { v128_load(from.cast()) })
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $number) {
                // SAFETY: the caller promises room there.
                unsafe { v128_store(to.cast(), self.0) }
            }

            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                $lanes($add(self.0, other.0))
            }

            #[inline(always)]
            unsafe fn subtract(self, other: Self) -> Self {
                $lanes($subtract(self.0, other.0))
            }

            #[inline(always)]
            unsafe fn times(self, factor: $number) -> Self {
                $lanes($multiply(self.0, $splat(factor)))
            }

            #[inline(always)]
            unsafe fn left<const BITS: i32>(self) -> Self {
                $lanes($left(self.0, BITS as u32))
            }

            #[inline(always)]
            unsafe fn right<const BITS: i32>(self) -> Self {
                $lanes($right(self.0, BITS as u32))
            }
        }
    };
}

lanes!(Words, i16, 8, i16x8_add, i16x8_sub, i16x8_splat, i16x8_mul, i16x8_shl, i16x8_shr);
lanes!(Numbers, i32, 4, i32x4_add, i32x4_sub, i32x4_splat, i32x4_mul, i32x4_shl, i32x4_shr);

impl WideLanes for Words {
    #[inline(always)]
    unsafe fn widen(from: *const i8) -> Self {
        // SAFETY: the caller promises eight bytes there.
        Words(unsafe { i16x8_load_extend_i8x8(from) })
    }
}
