//! What every style has at hand.

pub use std::f32::consts::{FRAC_PI_2, FRAC_PI_4, PI, TAU};

pub use super::Painted;
pub use super::canvas::{Canvas, Ink};
pub use super::colour::{BLACK, Colour, Palette, WHITE, hex, light_palette, palette, ramp};
pub use super::noise::Noise;
pub use super::random::Rng;
pub use super::shapes::*;
pub use super::surface;
pub use super::words::{self, capital, compose};

/// The sides of a picture that is wider than high.
pub fn wide(rng: &Rng) -> (u32, u32) {
    (640, rng.pick(&[400, 428, 456, 480, 512]))
}

/// The sides of a picture that is higher than wide.
pub fn tall(rng: &Rng) -> (u32, u32) {
    let (long, short) = wide(rng);
    (short, long)
}

pub fn any_format(rng: &Rng) -> (u32, u32) {
    match rng.below(5) {
        0 => (640, 640),
        1 | 2 => wide(rng),
        _ => tall(rng),
    }
}
