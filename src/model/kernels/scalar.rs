//! Plain Rust: what every other kernel must equal bit for bit.

use super::transform::{self, Form, Patches};
use super::{Finish, HIGHEST, Kernel, Tile, WinogradKernel};

pub struct Scalar;

impl Kernel for Scalar {
    type Value = i16;

    const NAME: &'static str = "scalar";
    const OUTPUTS: usize = 8;
    const PIXELS: usize = 4;

    unsafe fn tile(tile: &Tile<'_, i16>, finish: &Finish<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
        let mut sums = [0; Self::OUTPUTS * Self::PIXELS];
        let sums = &mut sums[..output.len()];
        multiply(tile, finish.bias, sums);
        requantize(finish, sums, residual, output);
    }
}

impl WinogradKernel for Scalar {
    unsafe fn products(tile: &Tile<'_, i16>, sums: &mut [i32]) {
        multiply(tile, &[0; Self::OUTPUTS], sums);
    }

    unsafe fn finish(finish: &Finish<'_>, sums: &[i32], residual: Option<&[u8]>, output: &mut [u8]) {
        requantize(finish, sums, residual, output);
    }

    // SAFETY, for the rest: plain Rust runs everywhere.
    unsafe fn weights<F: Form<M, T>, const M: usize, const T: usize>(taps: &[i8], components: &mut [i16]) {
        unsafe { transform::weights::<F, i16, M, T>(taps, components) }
    }

    unsafe fn components<F: Form<M, T>, const M: usize, const T: usize>(patches: &Patches<'_>, components: &mut [i16]) {
        unsafe { patches.components::<F, i16, M, T>(components) }
    }

    unsafe fn sums<F: Form<M, T>, const M: usize, const T: usize>(products: &[i32], bias: &[i32], sums: &mut [i32]) {
        unsafe { transform::sums::<F, i32, M, T>(products, bias, sums) }
    }
}

fn multiply(tile: &Tile<'_, i16>, bias: &[i32], sums: &mut [i32]) {
    for (pixel, sums) in sums.chunks_exact_mut(Scalar::OUTPUTS).enumerate() {
        sums.copy_from_slice(bias);
        let mut weights = tile.weights().chunks_exact(2 * Scalar::OUTPUTS);
        for row in 0..tile.rows() {
            let values = tile.row(pixel, row).chunks_exact(2);
            for (values, weights) in values.zip(&mut weights) {
                for (sum, weights) in sums.iter_mut().zip(weights.chunks_exact(2)) {
                    let product = i32::from(values[0]) * i32::from(weights[0]);
                    *sum = sum.wrapping_add(product + i32::from(values[1]) * i32::from(weights[1]));
                }
            }
        }
    }
}

fn requantize(finish: &Finish<'_>, sums: &[i32], residual: Option<&[u8]>, output: &mut [u8]) {
    for (at, (output, sum)) in output.iter_mut().zip(sums).enumerate() {
        let residual = residual.map(|residual| residual[at] as i8);
        let y = scale(*sum, finish.multiplier[at % Scalar::OUTPUTS], residual, finish.residual_scale);
        *output = y.clamp(finish.lowest, HIGHEST).round_ties_even() as i8 as u8;
    }
}

/// From a sum to an activation that is not rounded yet. Each step rounds to `f32` on its own.
fn scale(sum: i32, multiplier: f32, residual: Option<i8>, residual_scale: f32) -> f32 {
    let product = sum as f32 * multiplier;
    match residual {
        Some(residual) => product + f32::from(residual) * residual_scale,
        None => product,
    }
}

#[cfg(test)]
mod tests {
    use super::scale;

    #[test]
    fn product_and_sum_are_rounded_one_after_the_other() {
        // (2^12 + 1)² = 2^24 + 2^13 + 1 is no f32; a fused multiply-add would keep the 1.
        let sum = (1 << 12) + 1;
        assert_eq!(scale(sum, sum as f32, Some(-64), 262_144.0), 8192.0);
        assert_eq!((sum as f32).mul_add(sum as f32, -64.0 * 262_144.0), 8193.0);
    }
}
