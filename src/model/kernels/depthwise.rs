//! A convolution in which each output channel reads one input channel only. There is too little to multiply for tiles;
//! plain loops over channels are vectorized by the compiler on every machine.

use super::conv::check;
use super::{ConvWeights, Convolution, HIGHEST, Window};

#[derive(Debug)]
struct Depthwise {
    window: Window,
    /// `[kernel row][kernel column][channel]`
    weights: Vec<i32>,
    bias: Vec<i32>,
    multiplier: Vec<f32>,
    pad_value: Vec<u8>,
    residual_scale: f32,
    lowest: f32,
}

/// Packs a depthwise convolution, whose weights are `[channels, kernel height, kernel width]`.
///
/// # Panics
/// If the lengths in `weights` do not fit `window` or each other.
pub fn pack(window: Window, weights: &ConvWeights<'_>) -> Box<dyn Convolution> {
    let channels = window.input[2];
    let taps = window.kernel[0] * window.kernel[1];
    assert_eq!(weights.weight.len(), channels * taps);
    assert!([weights.bias.len(), weights.multiplier.len(), weights.pad_value.len()] == [channels; 3]);
    let tap = |tap: usize| weights.weight.iter().skip(tap).step_by(taps).map(|weight| i32::from(*weight as i8));
    Box::new(Depthwise {
        window,
        weights: (0..taps).flat_map(tap).collect(),
        bias: weights.bias.clone(),
        multiplier: weights.multiplier.clone(),
        pad_value: weights.pad_value.clone(),
        residual_scale: weights.residual_scale,
        lowest: if weights.signed { -HIGHEST } else { 0.0 },
    })
}

impl Convolution for Depthwise {
    fn run(&self, input: &[u8], residual: Option<&[u8]>, output: &mut [u8]) {
        let [height, width, channels] = self.window.input;
        let Window { kernel: [_, columns], stride, padding, .. } = self.window;
        check(&self.window, channels, input, residual, output);
        let out_width = self.window.output()[1];
        let mut sums = vec![0; channels];
        for (pixel, output) in output.chunks_exact_mut(channels).enumerate() {
            let (y, x) = (pixel / out_width * stride, pixel % out_width * stride);
            sums.copy_from_slice(&self.bias);
            for (tap, weights) in self.weights.chunks_exact(channels).enumerate() {
                // Wraps around where the window is left of the picture or above it, far beyond any width or height.
                let row = (y + tap / columns).wrapping_sub(padding);
                let column = (x + tap % columns).wrapping_sub(padding);
                let values = match row < height && column < width {
                    true => &input[(row * width + column) * channels..][..channels],
                    false => &self.pad_value[..],
                };
                for ((sum, value), weight) in sums.iter_mut().zip(values).zip(weights) {
                    *sum += i32::from(*value) * weight;
                }
            }
            let residual = residual.map(|residual| &residual[pixel * channels..][..channels]);
            self.finish(&sums, residual, output);
        }
    }
}

impl Depthwise {
    /// See [`super::Finish`].
    fn finish(&self, sums: &[i32], residual: Option<&[u8]>, output: &mut [u8]) {
        for (channel, (sum, output)) in sums.iter().zip(output).enumerate() {
            let mut value = *sum as f32 * self.multiplier[channel];
            if let Some(residual) = residual {
                value += f32::from(residual[channel] as i8) * self.residual_scale;
            }
            // A clamped number fits; the bits of an i8 are kept.
            *output = value.clamp(self.lowest, HIGHEST).round_ties_even() as i32 as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Random;

    /// The definition in docs/model-format.md, number by number.
    fn reference(window: &Window, weights: &ConvWeights<'_>, input: &[u8], residual: &[u8]) -> Vec<u8> {
        let [height, width, channels] = window.input.map(|size| size as isize);
        let [rows, columns] = window.kernel.map(|size| size as isize);
        let [out_height, out_width] = window.output().map(|size| size as isize);
        let mut output = Vec::new();
        for (y, x, c) in
            (0..out_height).flat_map(|y| (0..out_width).flat_map(move |x| (0..channels).map(move |c| (y, x, c))))
        {
            let mut sum = weights.bias[c as usize];
            for (i, j) in (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))) {
                let (row, column) = (
                    y * window.stride as isize + i - window.padding as isize,
                    x * window.stride as isize + j - window.padding as isize,
                );
                let inside = (0..height).contains(&row) && (0..width).contains(&column);
                let value = match inside {
                    true => input[((row * width + column) * channels + c) as usize],
                    false => weights.pad_value[c as usize],
                };
                sum += i32::from(value) * i32::from(weights.weight[((c * rows + i) * columns + j) as usize] as i8);
            }
            let value = sum as f32 * weights.multiplier[c as usize];
            let value = value + f32::from(residual[output.len()] as i8) * weights.residual_scale;
            let lowest = if weights.signed { -127.0 } else { 0.0 };
            output.push(value.round_ties_even().clamp(lowest, 127.0) as i32 as u8);
        }
        output
    }

    #[test]
    fn each_output_reads_the_channel_of_its_number() {
        let mut random = Random::new(5);
        for (stride, padding, signed) in [(1, 1, false), (2, 1, true), (1, 0, true), (3, 2, false)] {
            let window = Window::new([7, 9, 5], [3, 3], stride, padding).unwrap();
            let mut bytes = |count: usize| -> Vec<u8> { (0..count).map(|_| random.below(256) as u8).collect() };
            let (weight, input, pad_value) = (bytes(5 * 9), bytes(7 * 9 * 5), bytes(5));
            let mut output = vec![0; window.output().iter().product::<usize>() * 5];
            let residual = bytes(output.len());
            let multiplier = vec![1e-3, 2e-3, 3e-3, 0.0, -2e-3];
            let bias = vec![0, 4_000, -9_000, 70, 1];
            let weights = ConvWeights { weight: &weight, bias, multiplier, pad_value, residual_scale: 0.37, signed };
            pack(window, &weights).run(&input, Some(&residual), &mut output);
            assert_eq!(output, reference(&window, &weights, &input, &residual), "{window:?}");
        }
    }
}
