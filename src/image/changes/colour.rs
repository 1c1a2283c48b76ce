//! Changes of light and colour, pixel by pixel.

use crate::image::Picture;
use crate::seed::SplitMix64;

/// One in the fixed-point factors of this module.
const ONE: i32 = 1 << 10;

fn level(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}

/// A factor between 100 - `strength` and 100 + `strength` percent.
fn factor(strength: u8, random: &mut SplitMix64) -> i32 {
    let strength = i32::from(strength) * ONE / 100;
    (ONE + random.between(-strength, strength)).max(0)
}

fn by_tables(picture: &Picture, tables: &[[u8; 256]; 3]) -> Picture {
    let mut changed = picture.clone();
    for pixel in changed.rgb.as_chunks_mut::<3>().0 {
        for (value, table) in pixel.iter_mut().zip(tables) {
            *value = table[usize::from(*value)];
        }
    }
    changed
}

fn table(curve: impl Fn(i32) -> i32) -> [u8; 256] {
    std::array::from_fn(|value| level(curve(value as i32)))
}

/// Brightness, contrast around the middle, and mid-tones lifted or lowered.
pub(super) fn light(picture: &Picture, strength: u8, random: &mut SplitMix64) -> Picture {
    let brightness = factor(strength, random);
    let contrast = factor(strength, random);
    let middle = factor(strength, random) - ONE;
    let table = table(|value| {
        let contrasted = 128 + (value - 128) * contrast / ONE;
        let lit = contrasted * brightness / ONE;
        // A parabola through black and white stands in for a gamma curve.
        lit + lit.clamp(0, 255) * (255 - lit.clamp(0, 255)) / 255 * middle / ONE
    });
    by_tables(picture, &[table; 3])
}

pub(super) fn cast(picture: &Picture, strength: u8, random: &mut SplitMix64) -> Picture {
    let tables = std::array::from_fn(|_| {
        let gain = factor(strength, random);
        table(|value| (value * gain + ONE / 2) / ONE)
    });
    by_tables(picture, &tables)
}

/// Hues turned: each channel takes a share of the next one (or of the one before), and the distance from grey is made a
/// little larger or smaller; the brightness stays.
pub(super) fn recolour(picture: &Picture, strength: u8, random: &mut SplitMix64) -> Picture {
    let strength = i32::from(strength.min(100));
    // At least half of what is asked for, or many copies would be next to unchanged.
    let share = random.between(strength / 2, strength) * ONE / 100;
    let step = if random.below(2) == 0 { 1 } else { 2 };
    // Mixing two thirds-of-the-circle neighbours brings colours nearer to grey, which is made good here.
    let paled = (ONE * ONE - 3 * share * ONE + 3 * share * share).unsigned_abs().isqrt() as i32;
    let stretch = factor(strength as u8 / 2, random) * ONE / paled.max(ONE / 8);
    let mut changed = picture.clone();
    for pixel in changed.rgb.as_chunks_mut::<3>().0 {
        let old = pixel.map(i32::from);
        let mixed: [i32; 3] = std::array::from_fn(|c| old[c] * (ONE - share) + old[(c + step) % 3] * share);
        let (before, after) = (luma(old), luma(mixed) / ONE);
        *pixel = mixed.map(|value| level(before + (value / ONE - after) * stretch / ONE));
    }
    changed
}

/// Brightness as the eye weighs it (BT.601).
fn luma([r, g, b]: [i32; 3]) -> i32 {
    (r * 306 + g * 601 + b * 117) / 1024
}

/// Multiplies each pixel by `light(x, y)` / 256, per channel.
pub(super) fn shine(picture: &mut Picture, light: impl Fn(i32, i32) -> [i32; 3]) {
    let width = picture.width as usize;
    for (y, row) in picture.rgb.chunks_exact_mut(width * 3).enumerate() {
        for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let light = light(x as i32, y as i32);
            for (value, light) in pixel.iter_mut().zip(light) {
                *value = level((i32::from(*value) * light + 128) >> 8);
            }
        }
    }
}
