//! Plain Rust: what every other kernel must equal bit for bit.

use super::{HIGHEST, Kernel, Tile};

pub struct Scalar;

impl Kernel for Scalar {
    const NAME: &'static str = "scalar";
    const OUTPUTS: usize = 8;
    const PIXELS: usize = 4;

    unsafe fn tile(tile: &Tile<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
        for (pixel, output) in output.chunks_exact_mut(Self::OUTPUTS).enumerate() {
            let mut sums = [0i32; Self::OUTPUTS];
            sums.copy_from_slice(tile.bias());
            let mut weights = tile.weights().chunks_exact(2 * Self::OUTPUTS);
            for row in 0..tile.rows() {
                let values = tile.row(pixel, row).chunks_exact(2);
                for (values, weights) in values.zip(&mut weights) {
                    for (sum, weights) in sums.iter_mut().zip(weights.chunks_exact(2)) {
                        *sum += i32::from(values[0]) * i32::from(weights[0]);
                        *sum += i32::from(values[1]) * i32::from(weights[1]);
                    }
                }
            }
            for (channel, output) in output.iter_mut().enumerate() {
                let residual = residual.map(|values| values[pixel * Self::OUTPUTS + channel] as i8);
                let y = requantize(sums[channel], tile.multiplier()[channel], residual, tile.residual_scale());
                *output = y.clamp(tile.lowest(), HIGHEST).round_ties_even() as i8 as u8;
            }
        }
    }
}

/// From a 32-bit sum to an activation that is not rounded yet. Each step rounds to `f32` on its own.
fn requantize(sum: i32, multiplier: f32, residual: Option<i8>, residual_scale: f32) -> f32 {
    let product = sum as f32 * multiplier;
    match residual {
        Some(residual) => product + f32::from(residual) * residual_scale,
        None => product,
    }
}

#[cfg(test)]
mod tests {
    use super::requantize;

    #[test]
    fn product_and_sum_are_rounded_one_after_the_other() {
        // (2^12 + 1)² = 2^24 + 2^13 + 1 is no f32; a fused multiply-add would keep the 1.
        let sum = (1 << 12) + 1;
        assert_eq!(requantize(sum, sum as f32, Some(-64), 262_144.0), 8192.0);
        assert_eq!((sum as f32).mul_add(sum as f32, -64.0 * 262_144.0), 8193.0);
    }
}
