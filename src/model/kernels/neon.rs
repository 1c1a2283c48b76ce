//! Arm with NEON, which every 64-bit Arm has: 8 outputs × 4 pixels, sixteen sums of four lanes in registers.
//!
//! `smlal` and `smlal2` each multiply half a register and add to 32-bit sums. The two products of a pair stay apart, in lanes
//! side by side, until all is summed.

use std::arch::aarch64::*;

use super::transform::{self, Form, Lanes, Patches, WideLanes};
use super::{Finish, HIGHEST, Kernel, Tile, WinogradKernel};

pub struct Neon;

// SAFETY, for all of this module: every 64-bit Arm processor that Rust compiles for has NEON.
impl Kernel for Neon {
    type Value = i16;

    const NAME: &'static str = "neon";
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

impl WinogradKernel for Neon {
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
type Sums = [int32x4_t; 2];

fn fused<const P: usize>(tile: &Tile<'_, i16>, finish: &Finish<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
    let bias = load_pair(finish.bias);
    let requantization = Requantization::new(finish);
    for (pixel, sums) in multiply::<P>(tile).into_iter().enumerate() {
        let residual = residual.map(|residual| &residual[8 * pixel..8 * pixel + 8]);
        let sums = unsafe { [vaddq_s32(sums[0], bias[0]), vaddq_s32(sums[1], bias[1])] };
        requantization.write(sums, residual, &mut output[8 * pixel..8 * pixel + 8]);
    }
}

fn products<const P: usize>(tile: &Tile<'_, i16>, output: &mut [i32]) {
    for ([low, high], output) in multiply::<P>(tile).into_iter().zip(output.chunks_exact_mut(8)) {
        // SAFETY: each chunk has eight numbers.
        unsafe {
            vst1q_s32(output.as_mut_ptr(), low);
            vst1q_s32(output.as_mut_ptr().add(4), high);
        }
    }
}

/// The sums of a tile of `P` pixels.
#[inline(always)]
fn multiply<const P: usize>(tile: &Tile<'_, i16>) -> [Sums; P] {
    let mut rows: [*const i16; P] = std::array::from_fn(|pixel| tile.start(pixel));
    let mut weights = tile.weights().as_ptr();
    let mut sums = [[unsafe { vdupq_n_s32(0) }; 4]; P];
    for _ in 0..tile.rows() {
        for group in 0..tile.groups() {
            // SAFETY: a tile has rows × groups × 2 × OUTPUTS weights, and from each start on, `rows` rows of 2 × `groups`
            // values.
            unsafe {
                let low = vld1q_s16(weights);
                let high = vld1q_s16(weights.add(8));
                weights = weights.add(2 * Neon::OUTPUTS);
                for (sums, row) in sums.iter_mut().zip(rows) {
                    let pair = row.add(2 * group).cast::<i32>().read_unaligned();
                    let pair = vreinterpretq_s16_s32(vdupq_n_s32(pair));
                    sums[0] = vmlal_s16(sums[0], vget_low_s16(low), vget_low_s16(pair));
                    sums[1] = vmlal_high_s16(sums[1], low, pair);
                    sums[2] = vmlal_s16(sums[2], vget_low_s16(high), vget_low_s16(pair));
                    sums[3] = vmlal_high_s16(sums[3], high, pair);
                }
            }
        }
        for row in &mut rows {
            *row = row.wrapping_add(tile.row_stride());
        }
    }
    sums.map(|[a, b, c, d]| unsafe { [vpaddq_s32(a, b), vpaddq_s32(c, d)] })
}

/// [`Finish`] in registers.
struct Requantization {
    multiplier: [float32x4_t; 2],
    scale: float32x4_t,
    lowest: float32x4_t,
}

impl Requantization {
    #[inline(always)]
    fn new(finish: &Finish<'_>) -> Requantization {
        let multiplier = load_pair(finish.multiplier);
        unsafe {
            Requantization {
                multiplier: multiplier.map(|numbers| vreinterpretq_f32_s32(numbers)),
                scale: vdupq_n_f32(finish.residual_scale),
                lowest: vdupq_n_f32(finish.lowest),
            }
        }
    }

    /// Writes one pixel of eight bytes.
    #[inline(always)]
    fn write(&self, sums: Sums, residual: Option<&[u8]>, output: &mut [u8]) {
        assert!(output.len() == 8 && residual.is_none_or(|residual| residual.len() == 8));
        // SAFETY: residual and output have eight bytes.
        unsafe {
            let residual = residual.map(|residual| {
                let words = vmovl_s8(vld1_s8(residual.as_ptr().cast()));
                [vmovl_s16(vget_low_s16(words)), vmovl_high_s16(words)]
            });
            let mut halves = sums;
            for half in 0..2 {
                let mut y = vmulq_f32(vcvtq_f32_s32(sums[half]), self.multiplier[half]);
                if let Some(residual) = residual {
                    y = vaddq_f32(y, vmulq_f32(vcvtq_f32_s32(residual[half]), self.scale));
                }
                let y = vminq_f32(vmaxq_f32(y, self.lowest), vdupq_n_f32(HIGHEST));
                // Rounds to nearest, ties to even.
                halves[half] = vcvtnq_s32_f32(y);
            }
            let words = vcombine_s16(vqmovn_s32(halves[0]), vqmovn_s32(halves[1]));
            vst1_s8(output.as_mut_ptr().cast(), vqmovn_s16(words));
        }
    }
}

/// Eight 32-bit numbers.
#[inline(always)]
fn load_pair<X>(numbers: &[X]) -> [int32x4_t; 2] {
    assert!(size_of::<X>() == 4 && numbers.len() == Neon::OUTPUTS);
    // SAFETY: eight numbers of 32 bits, as just asserted; any bits are a valid vector.
    unsafe { [vld1q_s32(numbers.as_ptr().cast()), vld1q_s32(numbers.as_ptr().add(4).cast())] }
}

/// Eight 16-bit numbers.
#[derive(Clone, Copy)]
struct Words(int16x8_t);

/// Four 32-bit numbers.
#[derive(Clone, Copy)]
struct Numbers(int32x4_t);

macro_rules! lanes {
    ($lanes:ident, $number:ty, $count:expr, $load:ident, $store:ident, $add:ident, $subtract:ident, $multiply:ident,
     $left:ident, $right:ident) => {
        // The caller promises numbers where it points to.
        impl Lanes for $lanes {
            type Number = $number;
            const COUNT: usize = $count;

            #[inline(always)]
            unsafe fn load(from: *const $number) -> Self {
                $lanes(unsafe { $load(from) })
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $number) {
                unsafe { $store(to, self.0) }
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
                $lanes(unsafe { $multiply(self.0, factor) })
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

lanes!(Words, i16, 8, vld1q_s16, vst1q_s16, vaddq_s16, vsubq_s16, vmulq_n_s16, vshlq_n_s16, vshrq_n_s16);
lanes!(Numbers, i32, 4, vld1q_s32, vst1q_s32, vaddq_s32, vsubq_s32, vmulq_n_s32, vshlq_n_s32, vshrq_n_s32);

impl WideLanes for Words {
    #[inline(always)]
    unsafe fn widen(from: *const i8) -> Self {
        // The caller promises eight bytes there.
        Words(unsafe { vmovl_s8(vld1_s8(from)) })
    }
}
