//! The arithmetic of the operators, once per instruction set, with the same bits from each.
//!
//! Everything heavy is a convolution. It is computed in tiles of a few output pixels × a few output channels whose
//! sums stay in registers from the first multiplication to the finished byte: bias, residual, requantization and
//! clamp are fused in. [`conv`] walks over the tiles, [`winograd`] does the same with fewer multiplications where the
//! kernel is 3×3; a [`Kernel`] computes one tile with one instruction set. Most of them multiply pairs of 16-bit numbers
//! into 32-bit sums (`pmaddwd`, `i32x4.dot_i16x8_s`, `smlal`): exact for pixels (0..=255) as for activations (0..=127).
//! AVX-512 VNNI has groups of four bytes, exact as well. With the values of one row of the window taken in such groups, the
//! sliding window needs no rearranged copy of the activations beyond padding.
//!
//! An instruction set is added by one more implementation of [`Kernel`] and one more [`InstructionSet`].

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod conv;
mod depthwise;
#[cfg(target_arch = "aarch64")]
mod neon;
mod pool;
mod scalar;
mod shape;
#[cfg(all(target_family = "wasm", target_feature = "simd128"))]
mod simd128;
mod transform;
mod whiten;
mod winograd;

#[cfg(test)]
mod tests;

use std::fmt::Debug;

use conv::{Tile, Value};
pub use depthwise::pack as depthwise;
pub use pool::{global_average_pool, max_pool};
pub use shape::{Shape, Window, values};
use transform::{Form, Patches};
pub use whiten::{Whitening, WhiteningWeights};
pub use winograd::Way;

/// A convolution with its weights packed for one instruction set.
pub trait Convolution: Debug + Send + Sync {
    /// Computes `output` (height × width × output channels) from `input` (`u8`) and, if the convolution has one, the
    /// residual (of the output's shape). Residual and signed output hold the bits of an `i8` in each byte; since an
    /// unsigned activation stays below 128, it may be read as `i8`, too.
    ///
    /// # Panics
    /// If a length is not what the convolution was made for.
    fn run(&self, input: &[u8], residual: Option<&[u8]>, output: &mut [u8]);
}

/// What a convolution computes with, as in the weights file.
#[derive(Debug, Clone)]
pub struct ConvWeights<'a> {
    /// `[outputs, kernel height, kernel width, input channels]`, each byte an `i8`.
    pub weight: &'a [u8],
    /// One per output.
    pub bias: Vec<i32>,
    /// One per output, finite.
    pub multiplier: Vec<f32>,
    /// One per input channel: the value outside the picture.
    pub pad_value: Vec<u8>,
    /// What a residual is multiplied with; 0 without one.
    pub residual_scale: f32,
    /// Whether the output is `i8` (-127..=127) instead of `u8` (0..=127).
    pub signed: bool,
}

/// The largest value of every activation but the pixels.
const HIGHEST: f32 = 127.0;

/// How one instruction set computes.
///
/// # Safety
/// All functions need a machine that has the instruction set.
trait Kernel: Send + Sync + 'static {
    /// What it multiplies.
    type Value: Value;
    /// For people.
    const NAME: &'static str;
    /// Output channels of a tile, a multiple of 8; weights are padded with zeros to a multiple of it.
    const OUTPUTS: usize;
    /// Most output pixels of a tile.
    const PIXELS: usize;

    /// Computes one tile from the multiplications to `tile.pixels()` × `OUTPUTS` finished bytes, pixel by pixel.
    /// `residual` has the same order.
    unsafe fn tile(tile: &Tile<'_, Self::Value>, finish: &Finish<'_>, residual: Option<&[u8]>, output: &mut [u8]);
}

/// How one instruction set computes 3×3 convolutions with fewer multiplications.
///
/// # Safety
/// All functions need a machine that has the instruction set.
trait WinogradKernel: Kernel<Value = i16> {
    /// Only the multiplications of a tile: `tile.pixels()` × `OUTPUTS` sums without bias, modulo 2³².
    unsafe fn products(tile: &Tile<'_, i16>, sums: &mut [i32]);

    /// Only what follows the multiplications: any number of pixels × `OUTPUTS` sums, bias included, become bytes.
    unsafe fn finish(finish: &Finish<'_>, sums: &[i32], residual: Option<&[u8]>, output: &mut [u8]);

    /// [`transform::weights`], compiled for the instruction set; so are the other two.
    unsafe fn weights<F: Form<M, T>, const M: usize, const T: usize>(taps: &[i8], components: &mut [i16]);

    /// [`Patches::components`].
    unsafe fn components<F: Form<M, T>, const M: usize, const T: usize>(patches: &Patches<'_>, components: &mut [i16]);

    /// [`transform::sums`].
    unsafe fn sums<F: Form<M, T>, const M: usize, const T: usize>(products: &[i32], bias: &[i32], sums: &mut [i32]);
}

/// From sums to activations, for the output channels of one tile:
/// `y = round_ties_even(clamp(sum as f32 * multiplier + residual as f32 * residual_scale, lowest, HIGHEST))`, each step
/// rounded to `f32` on its own. The clamp may come first because both limits are integers.
struct Finish<'a> {
    /// One per output channel; part of the sum.
    bias: &'a [i32],
    /// One per output channel.
    multiplier: &'a [f32],
    residual_scale: f32,
    /// The least value of the output.
    lowest: f32,
}

/// The instruction sets that kernels exist for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstructionSet {
    /// Plain Rust: the reference, and the fallback.
    Scalar,
    /// x86-64 with AVX2, found at run time.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// x86-64 with AVX-512 VNNI, found at run time.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// 64-bit Arm, which always has NEON.
    #[cfg(target_arch = "aarch64")]
    Neon,
    /// WebAssembly with 128-bit SIMD, chosen when it is compiled.
    #[cfg(all(target_family = "wasm", target_feature = "simd128"))]
    Simd128,
}

impl InstructionSet {
    /// All that this machine can run, the best last.
    pub fn available() -> Vec<InstructionSet> {
        let mut available = vec![InstructionSet::Scalar];
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            available.push(InstructionSet::Avx2);
        }
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") {
            available.push(InstructionSet::Avx512);
        }
        #[cfg(target_arch = "aarch64")]
        available.push(InstructionSet::Neon);
        #[cfg(all(target_family = "wasm", target_feature = "simd128"))]
        available.push(InstructionSet::Simd128);
        available
    }

    /// The fastest one here.
    pub fn best() -> InstructionSet {
        Self::available().last().copied().unwrap_or(InstructionSet::Scalar)
    }

    /// Packs the weights of a convolution, to be computed in the best way. `window` and `weights` must fit together.
    pub fn convolution(self, window: Window, weights: &ConvWeights<'_>) -> Box<dyn Convolution> {
        self.convolution_in(Way::best(&window, weights), window, weights)
    }

    /// Packs the weights of a convolution, to be computed in this way: directly, if that would not be exact or if the
    /// instruction set knows no other.
    pub fn convolution_in(self, way: Way, window: Window, weights: &ConvWeights<'_>) -> Box<dyn Convolution> {
        assert!(Self::available().contains(&self), "this machine cannot run {self:?}");
        let way = if way.is_exact(&window, weights) { way } else { Way::Direct };
        // SAFETY: as just asserted.
        unsafe {
            match self {
                InstructionSet::Scalar => pack::<scalar::Scalar>(way, window, weights),
                #[cfg(target_arch = "x86_64")]
                InstructionSet::Avx2 => pack::<avx2::Avx2>(way, window, weights),
                #[cfg(target_arch = "x86_64")]
                InstructionSet::Avx512 => conv::pack::<avx512::Avx512>(window, weights),
                #[cfg(target_arch = "aarch64")]
                InstructionSet::Neon => pack::<neon::Neon>(way, window, weights),
                #[cfg(all(target_family = "wasm", target_feature = "simd128"))]
                InstructionSet::Simd128 => pack::<simd128::Simd128>(way, window, weights),
            }
        }
    }
}

/// Packs a convolution for the kernel `K`.
///
/// # Safety
/// The machine must have the instruction set of `K`.
unsafe fn pack<K: WinogradKernel>(way: Way, window: Window, weights: &ConvWeights<'_>) -> Box<dyn Convolution> {
    // SAFETY: promised by the caller.
    unsafe {
        match way {
            Way::Four => winograd::pack::<K, transform::Four, 4, 6>(window, weights),
            Way::Two => winograd::pack::<K, transform::Two, 2, 4>(window, weights),
            Way::Direct => conv::pack::<K>(window, weights),
        }
    }
}
