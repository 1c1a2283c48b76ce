//! Antialiased resizing with a triangle filter, in integers.
//!
//! The filter is separable: for each row of the result the rows of the source are blended, then the columns of that one
//! row. The first step reads memory in order and is nearly all of the work; the second works on what is left.
//!
//! Weights are ratios of integers, rounded so that those of one pixel sum to exactly 2^24: a plain area stays plain.
//! Between the steps 8 fractional bits are kept, so that rounding happens once.

use super::Picture;

/// Fractional bits of a weight. A byte times weights that sum to one fits 32 bits, rounding included.
const WEIGHT_BITS: u32 = 24;
/// Fractional bits of a value between the two steps; with them a value fits 16 bits.
const VALUE_BITS: u32 = 8;

pub(super) fn resize(picture: &Picture, width: u32, height: u32) -> Picture {
    if picture.width == 0 || picture.height == 0 {
        let white = vec![255; width as usize * height as usize * 3];
        return Picture { width, height, rgb: white };
    }
    if (picture.width, picture.height) == (width, height) {
        return picture.clone();
    }
    let columns = triangle(picture.width, width);
    let rows = triangle(picture.height, height);
    let stride = picture.width as usize * 3;
    let mut sums = vec![0_u32; stride];
    let mut blended = vec![0_u16; stride];
    let mut rgb = vec![0_u8; width as usize * height as usize * 3];
    for (taps, out) in rows.iter().zip(rgb.chunks_exact_mut(width as usize * 3)) {
        let source = &picture.rgb[taps.first * stride..][..taps.weights.len() * stride];
        blend_rows(source, &taps.weights, &mut sums, &mut blended);
        blend_columns(&blended, &columns, out);
    }
    Picture { width, height, rgb }
}

/// The source pixels that one pixel of the result is made of.
#[derive(Debug)]
struct Taps {
    first: usize,
    /// In units of 2^-24, summing to 2^24.
    weights: Vec<u32>,
}

/// The taps of each of `to` pixels made from `from` pixels.
fn triangle(from: u32, to: u32) -> Vec<Taps> {
    // Lengths are counted in units of 1 / (2 · to) source pixels, in which every centre is an integer.
    let (n, m) = (i128::from(from), i128::from(to));
    let reach = 2 * n.max(m);
    (0..m)
        .map(|pixel| {
            let centre = (2 * pixel + 1) * n;
            let first = ((centre - reach - m).div_euclid(2 * m) + 1).max(0);
            let end = (-(m - centre - reach).div_euclid(2 * m)).min(n);
            let weight = |x: i128| reach - ((2 * x + 1) * m - centre).abs();
            let total: i128 = (first..end).map(weight).sum();
            // Rounding the running sum, not the weights, makes them sum to one exactly.
            let (mut sum, mut before) = (0, 0);
            let weights = (first..end).map(|x| {
                sum += weight(x);
                let rounded = ((sum << WEIGHT_BITS) + total / 2) / total;
                let weight = rounded - before;
                before = rounded;
                weight as u32
            });
            Taps { first: first as usize, weights: weights.collect() }
        })
        .collect()
}

/// `rows` (one after the other) blended into one, which gets [`VALUE_BITS`] fractional bits.
fn blend_rows(rows: &[u8], weights: &[u32], sums: &mut [u32], blended: &mut [u16]) {
    const SHIFT: u32 = WEIGHT_BITS - VALUE_BITS;
    sums.fill(1 << (SHIFT - 1));
    for (row, &weight) in rows.chunks_exact(sums.len()).zip(weights) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum += u32::from(value) * weight;
        }
    }
    for (value, &sum) in blended.iter_mut().zip(sums.iter()) {
        *value = (sum >> SHIFT) as u16;
    }
}

fn blend_columns(row: &[u16], columns: &[Taps], out: &mut [u8]) {
    const SHIFT: u32 = WEIGHT_BITS + VALUE_BITS;
    let (pixels, _) = row.as_chunks::<3>();
    let (out, _) = out.as_chunks_mut::<3>();
    for (taps, out) in columns.iter().zip(out) {
        let mut sums = [1_u64 << (SHIFT - 1); 3];
        for (pixel, &weight) in pixels[taps.first..].iter().zip(&taps.weights) {
            for (sum, &value) in sums.iter_mut().zip(pixel) {
                *sum += u64::from(value) * u64::from(weight);
            }
        }
        *out = sums.map(|sum| (sum >> SHIFT) as u8);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::seed::SplitMix64;

    fn noise(width: u32, height: u32, seed: u64) -> Picture {
        let mut random = SplitMix64::new(seed);
        let rgb = (0..width * height * 3).map(|_| random.next_u32() as u8).collect();
        Picture { width, height, rgb }
    }

    /// The same filter in the words of Pillow's `precompute_coeffs`, in double precision.
    fn reference(picture: &Picture, width: u32, height: u32) -> Vec<f64> {
        let taps = |from: u32, to: u32| -> Vec<(usize, Vec<f64>)> {
            let scale = f64::from(from) / f64::from(to);
            let support = scale.max(1.0);
            (0..to)
                .map(|pixel| {
                    let centre = (f64::from(pixel) + 0.5) * scale;
                    let first = (centre - support + 0.5).max(0.0) as usize;
                    let end = ((centre + support + 0.5) as usize).min(from as usize);
                    let weights: Vec<f64> =
                        (first..end).map(|x| (1.0 - ((x as f64 + 0.5 - centre) / support).abs()).max(0.0)).collect();
                    let total: f64 = weights.iter().sum();
                    (first, weights.iter().map(|w| w / total).collect())
                })
                .collect()
        };
        let (columns, rows) = (taps(picture.width, width), taps(picture.height, height));
        let mut out = Vec::new();
        for (top, down) in &rows {
            for (left, across) in &columns {
                for channel in 0..3 {
                    let mut sum = 0.0;
                    for (y, wy) in down.iter().enumerate() {
                        for (x, wx) in across.iter().enumerate() {
                            let at = ((top + y) * picture.width as usize + left + x) * 3 + channel;
                            sum += wy * wx * f64::from(picture.rgb[at]);
                        }
                    }
                    out.push(sum);
                }
            }
        }
        out
    }

    fn worst(picture: &Picture, width: u32, height: u32) -> f64 {
        let got = picture.resize(width, height);
        assert_eq!((got.width, got.height, got.rgb.len()), (width, height, (width * height * 3) as usize));
        let expected = reference(picture, width, height);
        got.rgb.iter().zip(expected).map(|(&g, e)| (f64::from(g) - e).abs()).fold(0.0, f64::max)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_pixel_is_within_one_level_of_the_exact_filter(
            (w, h, to_w, to_h, seed) in (1_u32..90, 1_u32..90, 1_u32..60, 1_u32..60, any::<u64>())
        ) {
            let worst = worst(&noise(w, h, seed), to_w, to_h);
            prop_assert!(worst <= 0.51, "{worst}");
        }

        #[test]
        fn a_plain_picture_stays_plain(
            (w, h, to_w, to_h, rgb) in (1_u32..400, 1_u32..400, 1_u32..300, 1_u32..300, any::<[u8; 3]>())
        ) {
            let plain = Picture { width: w, height: h, rgb: rgb.repeat((w * h) as usize) };
            prop_assert!(plain.resize(to_w, to_h).rgb.chunks_exact(3).all(|pixel| pixel == rgb));
        }
    }

    #[test]
    fn very_long_pictures_are_filtered_as_exactly() {
        assert!(worst(&noise(20_000, 1, 1), 3, 1) <= 0.51);
        assert!(worst(&noise(1, 20_000, 2), 1, 7) <= 0.51);
        assert!(worst(&noise(2, 2, 3), 500, 1) <= 0.51);
    }

    #[test]
    fn weights_sum_to_one_at_any_scale() {
        for (from, to) in [(1, 1), (1, 1000), (1000, 1), (4000, 224), (223, 224), (70_000, 3)] {
            for taps in triangle(from, to) {
                assert_eq!(taps.weights.iter().map(|&w| u64::from(w)).sum::<u64>(), 1 << WEIGHT_BITS, "{from} to {to}");
                assert!(taps.first + taps.weights.len() <= from as usize);
            }
        }
    }

    #[test]
    fn the_same_size_is_the_same_picture() {
        let picture = noise(31, 17, 4);
        assert_eq!(picture.resize(31, 17), picture);
    }

    #[test]
    fn pillow_gives_the_same_picture_within_a_level() {
        // Image.frombytes("RGB", (7, 5), bytes(i * 37 % 256 for i in range(105))).resize((3, 2), Image.BILINEAR)
        let picture = Picture { width: 7, height: 5, rgb: (0..105).map(|i| (i * 37 % 256) as u8).collect() };
        let pillow = [104, 86, 123, 146, 123, 100, 123, 160, 142, 105, 104, 141, 145, 122, 118, 141, 161, 131_u8];
        let got = picture.resize(3, 2);
        assert!(got.rgb.iter().zip(pillow).all(|(&a, b)| a.abs_diff(b) <= 1), "{:?}", got.rgb);
    }
}
