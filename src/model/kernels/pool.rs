//! The two pools, simple enough that the compiler vectorizes them on every machine.

use super::shape::Window;

/// The largest value in each window, per channel; padding never counts.
///
/// # Panics
/// If `input` or `output` has another length than `window` says.
pub fn max_pool(window: &Window, input: &[u8], output: &mut [u8]) {
    let [height, width, channels] = window.input;
    let [out_height, out_width] = window.output();
    assert_eq!(input.len(), height * width * channels);
    assert_eq!(output.len(), out_height * out_width * channels);
    let mut pixels = output.chunks_exact_mut(channels);
    for y in 0..out_height {
        let rows = inside(y, window.stride, window.padding, window.kernel[0], height);
        for (x, pixel) in (0..out_width).zip(&mut pixels) {
            pixel.fill(0);
            for row in rows.clone() {
                for column in inside(x, window.stride, window.padding, window.kernel[1], width) {
                    let at = (row * width + column) * channels;
                    for (largest, value) in pixel.iter_mut().zip(&input[at..at + channels]) {
                        *largest = (*largest).max(*value);
                    }
                }
            }
        }
    }
}

/// The part of a window along one axis that lies inside the activation.
fn inside(at: usize, stride: usize, padding: usize, kernel: usize, length: usize) -> std::ops::Range<usize> {
    let start = at * stride;
    start.saturating_sub(padding)..(start + kernel).saturating_sub(padding).min(length)
}

/// The mean of each channel over all positions, times `scale`: an integer sum, then one multiplication in `f32`.
pub fn global_average_pool(input: &[u8], channels: usize, scale: f32) -> Vec<f32> {
    // Of as many numbers as an activation may have, 32 bits would not hold the sum.
    let mut sums = vec![0u64; channels];
    for pixel in input.chunks_exact(channels) {
        for (sum, value) in sums.iter_mut().zip(pixel) {
            *sum += u64::from(*value);
        }
    }
    let factor = scale / (input.len() / channels) as f32;
    sums.into_iter().map(|sum| sum as f32 * factor).collect()
}

#[cfg(test)]
mod tests {
    use super::super::shape::MAX_VALUES;
    use super::*;

    #[test]
    fn the_largest_value_of_each_window_is_kept_per_channel() {
        // Two channels: the second one counts down.
        let input: Vec<u8> = (0..16).flat_map(|i| [i, 100 - i]).collect();
        let window = Window::new([4, 4, 2], [3, 3], 2, 1).unwrap();
        let mut output = vec![255; 8];
        max_pool(&window, &input, &mut output);
        assert_eq!(output, [5, 100, 7, 99, 13, 96, 15, 95]);
    }

    #[test]
    fn the_average_is_the_exact_sum_times_one_factor() {
        let input = [1, 10, 2, 20, 3, 30, 5, 50];
        assert_eq!(global_average_pool(&input, 2, 0.5), [11.0 * 0.125, 110.0 * 0.125]);
    }

    #[test]
    fn the_average_of_the_largest_activation_there_may_be_does_not_overflow() {
        assert_eq!(global_average_pool(&vec![127; MAX_VALUES], 1, 0.5), [63.5]);
    }
}
