//! Changed copies of a picture: what comes back from the world instead of the picture itself.
//!
//! They calibrate a collection ("which score still means the same picture?") and make its "try this" samples. Every copy
//! follows from the picture, the [`Change`] and a seed alone, in integer arithmetic, so that it is the same everywhere.

mod colour;
mod geometry;
mod photograph;
mod texture;
mod writing;

use std::fmt;

use super::{Limits, Picture, decode, encode_jpeg};
use crate::seed::SplitMix64;

/// One way of changing a picture. What a variant leaves open (where, how much up to its bound, which way) the seed decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A rectangle with `keep` percent of each side, cut from anywhere.
    Crop { keep: u8 },
    /// Scaled down until the longer side has `side` pixels.
    Shrink { side: u32 },
    /// Saved as a JPEG of this quality (1..=100).
    Jpeg { quality: u8 },
    /// Brightness, contrast and mid-tones changed by up to `strength` percent.
    Light { strength: u8 },
    /// Red, green and blue made stronger or weaker by up to `strength` percent, as under lamps of another colour.
    Cast { strength: u8 },
    /// Hues turned towards their neighbours and colours made duller or louder, by `strength` percent.
    Recolour { strength: u8 },
    /// Blurred over about this many thousandths of the longer side.
    Blur { permille: u8 },
    /// Grain with a deviation of `levels` of 255.
    Noise { levels: u8 },
    /// Turned by up to this many degrees (45 at most), cut to what then has no empty corner.
    Turn { degrees: u8 },
    /// A box with lines of writing over `percent` of the picture.
    Writing { percent: u8 },
    /// Left and right exchanged.
    Mirror,
    /// Hung on a wall and photographed from the side: `tilt` percent of perspective, `side` pixels on the longer side.
    Photograph { tilt: u8, side: u32 },
    /// One change after the other.
    InTurn(Vec<Change>),
}

/// A sample for visitors to try: a change and the words that stand below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    pub label: &'static str,
    pub change: Change,
}

/// The changes that leave a picture "the same picture", from a saved copy to a photograph of it on a wall.
///
/// Mirrored copies and small details are not among them: they may be found, but are not promised.
pub fn calibration() -> Vec<Change> {
    use Change::*;
    vec![
        InTurn(vec![Shrink { side: 320 }, Jpeg { quality: 40 }]),
        InTurn(vec![Crop { keep: 90 }, Jpeg { quality: 70 }]),
        InTurn(vec![Crop { keep: 80 }, Jpeg { quality: 50 }]),
        InTurn(vec![Light { strength: 25 }, Jpeg { quality: 80 }]),
        InTurn(vec![Cast { strength: 18 }, Jpeg { quality: 80 }]),
        InTurn(vec![Recolour { strength: 20 }, Crop { keep: 90 }]),
        InTurn(vec![Blur { permille: 6 }, Noise { levels: 6 }]),
        InTurn(vec![Turn { degrees: 6 }, Jpeg { quality: 70 }]),
        InTurn(vec![Writing { percent: 10 }, Jpeg { quality: 70 }]),
        InTurn(vec![Photograph { tilt: 12, side: 400 }, Jpeg { quality: 75 }]),
    ]
}

/// The changes behind the "try this" samples: a part, other colours, a photograph on a wall.
pub fn samples() -> Vec<Sample> {
    use Change::*;
    vec![
        Sample {
            label: "A part of it",
            change: InTurn(vec![Crop { keep: 62 }, Shrink { side: 480 }, Jpeg { quality: 82 }]),
        },
        Sample {
            label: "In other colours",
            change: InTurn(vec![
                Recolour { strength: 60 },
                Light { strength: 20 },
                Shrink { side: 480 },
                Jpeg { quality: 82 },
            ]),
        },
        Sample {
            label: "Photographed on a wall",
            change: InTurn(vec![Photograph { tilt: 22, side: 640 }, Jpeg { quality: 85 }]),
        },
    ]
}

/// The changed copy of `picture` that belongs to `seed`. A picture without pixels comes back as it is.
pub fn apply(picture: &Picture, change: &Change, seed: u64) -> Picture {
    if picture.width == 0 || picture.height == 0 {
        return picture.clone();
    }
    let mut random = SplitMix64::split(seed, 0);
    match *change {
        Change::Crop { keep } => crop(picture, keep, &mut random),
        Change::Shrink { side } => picture.fit(side.max(1)),
        Change::Jpeg { quality } => saved(picture, quality),
        Change::Light { strength } => colour::light(picture, strength, &mut random),
        Change::Cast { strength } => colour::cast(picture, strength, &mut random),
        Change::Recolour { strength } => colour::recolour(picture, strength, &mut random),
        Change::Blur { permille } => {
            let radius = u64::from(picture.width.max(picture.height)) * u64::from(permille) / 1000;
            texture::blur(picture, radius.max(1) as usize)
        }
        Change::Noise { levels } => texture::noise(picture, levels, &mut random),
        Change::Turn { degrees } => geometry::turn(picture, degrees, &mut random),
        Change::Writing { percent } => writing::write_over(picture, percent, &mut random),
        Change::Mirror => mirror(picture),
        Change::Photograph { tilt, side } => photograph::photograph(picture, tilt, side, &mut random),
        Change::InTurn(ref steps) => {
            let numbered = (1..).zip(steps);
            numbered.fold(picture.clone(), |picture, (step, change)| {
                apply(&picture, change, SplitMix64::split(seed, step).next_u64())
            })
        }
    }
}

fn crop(picture: &Picture, keep: u8, random: &mut SplitMix64) -> Picture {
    let kept = |length: u32| (u64::from(length) * u64::from(keep.min(100)) / 100).max(1) as u32;
    let (width, height) = (kept(picture.width), kept(picture.height));
    let left = random.below(picture.width - width + 1);
    let top = random.below(picture.height - height + 1);
    picture.cut(left, top, width, height)
}

/// The picture as it comes back from a JPEG file; as it is when too large for one.
fn saved(picture: &Picture, quality: u8) -> Picture {
    let limits = Limits { bytes: usize::MAX, pixels: u64::MAX };
    let saved = encode_jpeg(picture, quality).and_then(|bytes| decode(&bytes, &limits));
    saved.unwrap_or_else(|_| picture.clone())
}

fn mirror(picture: &Picture) -> Picture {
    let rows = picture.rgb.chunks_exact(picture.width as usize * 3);
    let rgb = rows.flat_map(|row| row.as_chunks::<3>().0.iter().rev().flatten().copied()).collect();
    Picture { rgb, ..*picture }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Crop { keep } => write!(f, "cropped to {keep} % of each side"),
            Change::Shrink { side } => write!(f, "scaled down to {side} pixels"),
            Change::Jpeg { quality } => write!(f, "saved as JPEG of quality {quality}"),
            Change::Light { strength } => write!(f, "in light changed by up to {strength} %"),
            Change::Cast { strength } => write!(f, "with a colour cast of up to {strength} %"),
            Change::Recolour { strength } => write!(f, "recoloured by {strength} %"),
            Change::Blur { permille } => write!(f, "blurred over {permille} thousandths"),
            Change::Noise { levels } => write!(f, "with grain of {levels} levels"),
            Change::Turn { degrees } => write!(f, "turned by up to {degrees}°"),
            Change::Writing { percent } => write!(f, "with writing over {percent} %"),
            Change::Mirror => f.write_str("mirrored"),
            Change::Photograph { tilt, .. } => write!(f, "photographed on a wall, {tilt} % from the side"),
            Change::InTurn(steps) => {
                for (i, step) in steps.iter().enumerate() {
                    write!(f, "{}{step}", if i == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests;
