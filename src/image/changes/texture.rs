//! Blur, grain and surfaces.

use crate::image::Picture;
use crate::seed::{SplitMix64, mix};

/// Blurred by three running means of `2 * radius + 1` pixels, which come close to a Gaussian.
pub(super) fn blur(picture: &Picture, radius: usize) -> Picture {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let mut blurred = picture.clone();
    for _ in 0..3 {
        mean(&mut blurred.rgb, radius, width, 3, (0..height).map(|y| y * width * 3), 3);
        mean(&mut blurred.rgb, radius, height, width * 3, 0..width, 3);
    }
    blurred
}

/// A single plane blurred like [`blur`].
pub(super) fn blur_plane(plane: &mut [u8], width: usize, height: usize, radius: usize) {
    for _ in 0..3 {
        mean(plane, radius, width, 1, (0..height).map(|y| y * width), 1);
        mean(plane, radius, height, width, 0..width, 1);
    }
}

/// A running mean along lines of `count` pixels that lie `step` apart and begin at `starts`; edges repeat.
///
/// With three channels, lines that run down the picture begin at pixels, not at values.
fn mean(
    values: &mut [u8],
    radius: usize,
    count: usize,
    step: usize,
    starts: impl Iterator<Item = usize>,
    channels: usize,
) {
    let size = (2 * radius + 1) as u32;
    // A mean is the sum times this, in units of 2^-24: sums of bytes times it fit 32 bits.
    let share = (1 << 24) / size;
    let down = step > channels;
    let mut line = vec![0_u8; count];
    for start in starts {
        for channel in 0..channels {
            let first = if down { start * channels } else { start } + channel;
            for (i, value) in line.iter_mut().enumerate() {
                *value = values[first + i * step];
            }
            let at = |i: isize| u32::from(line[i.clamp(0, count as isize - 1) as usize]);
            let radius = radius as isize;
            let mut sum: u32 = (-radius..=radius).map(at).sum();
            for i in 0..count {
                values[first + i * step] = ((sum * share + (1 << 23)) >> 24) as u8;
                sum += at(i as isize + radius + 1);
                sum -= at(i as isize - radius);
            }
        }
    }
}

/// Grain: each value moved by a bell-shaped random number with a deviation of `levels`.
pub(super) fn noise(picture: &Picture, levels: u8, random: &mut SplitMix64) -> Picture {
    // The sum of four random bytes has mean 510 and deviation 147.8.
    const MEAN: i32 = 510;
    const DEVIATION: i32 = 148;
    let mut grainy = picture.clone();
    for value in &mut grainy.rgb {
        let sum: i32 = random.next_u32().to_le_bytes().map(i32::from).iter().sum();
        let moved = i32::from(*value) + (sum - MEAN) * i32::from(levels) / DEVIATION;
        *value = moved.clamp(0, 255) as u8;
    }
    grainy
}

/// Smooth random hills: bytes on a lattice with cells of `cell` pixels, blended in between.
pub(super) struct Hills {
    seed: u64,
    cell: i32,
}

impl Hills {
    pub(super) fn new(cell: i32, random: &mut SplitMix64) -> Self {
        Hills { seed: random.next_u64(), cell: cell.max(1) }
    }

    fn corner(&self, x: i32, y: i32) -> i32 {
        (mix(self.seed ^ (u64::from(x as u32) << 32 | u64::from(y as u32))) >> 56) as i32 - 128
    }

    /// How far between two corners a pixel stands, of 256; smoothed, so that the lattice does not show.
    fn part(&self, position: i32) -> i32 {
        let t = position.rem_euclid(self.cell) * 256 / self.cell;
        t * t * (768 - 2 * t) / 65536
    }

    /// Adds the heights of the pixels of row `y`, each -128..=127 times `weight`, to `relief`.
    pub(super) fn add_row(&self, y: i32, weight: i32, relief: &mut [i32]) {
        let (row, down) = (y.div_euclid(self.cell), self.part(y));
        let edge = |column: i32| {
            let top = self.corner(column, row);
            if down == 0 { top } else { (top * (256 - down) + self.corner(column, row + 1) * down) / 256 }
        };
        let mut left = edge(0);
        for (column, cell) in (1..).zip(relief.chunks_mut(self.cell as usize)) {
            let right = edge(column);
            for (x, relief) in (0..).zip(cell) {
                let across = self.part(x);
                *relief += (left * (256 - across) + right * across) / 256 * weight;
            }
            left = right;
        }
    }
}
