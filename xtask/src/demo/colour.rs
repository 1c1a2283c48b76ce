//! Colours, and the palettes that the styles paint with.

use super::random::Rng;

/// An sRGB colour with straight alpha, each part 0..1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colour {
    pub r: f32,
    pub g: f32,
    pub b: f32,
    pub a: f32,
}

pub const WHITE: Colour = hex(0xff_ff_ff);
pub const BLACK: Colour = hex(0x00_00_00);

/// The colour written as 0xRRGGBB.
pub const fn hex(rgb: u32) -> Colour {
    Colour {
        r: ((rgb >> 16) & 255) as f32 / 255.0,
        g: ((rgb >> 8) & 255) as f32 / 255.0,
        b: (rgb & 255) as f32 / 255.0,
        a: 1.0,
    }
}

impl Colour {
    pub fn alpha(self, a: f32) -> Self {
        Self { a, ..self }
    }

    /// This colour at `t` = 0, `other` at `t` = 1.
    pub fn mix(self, other: Self, t: f32) -> Self {
        let t = t.clamp(0.0, 1.0);
        let between = |x: f32, y: f32| x + (y - x) * t;
        Self {
            r: between(self.r, other.r),
            g: between(self.g, other.g),
            b: between(self.b, other.b),
            a: between(self.a, other.a),
        }
    }

    pub fn lighter(self, t: f32) -> Self {
        self.mix(WHITE.alpha(self.a), t)
    }

    pub fn darker(self, t: f32) -> Self {
        self.mix(BLACK.alpha(self.a), t)
    }

    pub fn luma(self) -> f32 {
        0.299 * self.r + 0.587 * self.g + 0.114 * self.b
    }

    /// The colour with its hue turned by `degrees`, at nearly the same lightness.
    pub fn turned(self, degrees: f32) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let luma = self.luma();
        // Rotate the two chroma axes of YIQ.
        let i = 0.596 * self.r - 0.274 * self.g - 0.322 * self.b;
        let q = 0.211 * self.r - 0.523 * self.g + 0.312 * self.b;
        let (i, q) = (i * cos - q * sin, i * sin + q * cos);
        Self {
            r: (luma + 0.956 * i + 0.621 * q).clamp(0.0, 1.0),
            g: (luma - 0.272 * i - 0.647 * q).clamp(0.0, 1.0),
            b: (luma - 1.106 * i + 1.703 * q).clamp(0.0, 1.0),
            a: self.a,
        }
    }

    /// A colour near this one: up to `amount` (0..1) off in lightness and hue.
    pub fn near(self, rng: &Rng, amount: f32) -> Self {
        let turned = self.turned(rng.bell() * amount * 60.0);
        let lightness = rng.bell() * amount;
        if lightness > 0.0 { turned.lighter(lightness) } else { turned.darker(-lightness) }
    }
}

/// The colour at `t` (0..1) of an evenly spaced ramp.
pub fn ramp(colours: &[Colour], t: f32) -> Colour {
    let at = t.clamp(0.0, 1.0) * (colours.len() - 1) as f32;
    let first = (at as usize).min(colours.len().saturating_sub(2));
    colours[first].mix(colours[(first + 1).min(colours.len() - 1)], at - first as f32)
}

/// A ground and the colours that go on it.
#[derive(Clone, Debug)]
pub struct Palette {
    pub ground: Colour,
    pub dark: Colour,
    pub colours: Vec<Colour>,
}

impl Palette {
    pub fn pick(&self, rng: &Rng) -> Colour {
        rng.pick(&self.colours)
    }
}

/// Ground, dark, then the accents.
const PALETTES: [[u32; 6]; 24] = [
    [0xf3ead7, 0x2a2b33, 0xc4512d, 0x5c8a86, 0xf0b53c, 0xe8d3b0],
    [0xf5efe0, 0x3a3f58, 0xdd7a5c, 0x7fae97, 0xf0c98a, 0xb85042],
    [0xfaf5e1, 0x2b3a1c, 0xd9a05b, 0xb9652a, 0x667a3c, 0xe6d3a3],
    [0xeef0f2, 0x24283b, 0xe03a4b, 0x8a97ab, 0xb8232f, 0xf4c95d],
    [0xf0f6ec, 0x1b3350, 0xe2495b, 0xa5d3d4, 0x4a7fa0, 0xf6d186],
    [0xfbf0d9, 0x0b2f48, 0xbd1e2c, 0x6b9bb8, 0xe9a13b, 0x7a1712],
    [0xf6f3ea, 0x244652, 0x2f9c8c, 0xe6c268, 0xf0a05c, 0xe2694c],
    [0xfaf2e4, 0x58586c, 0xa9d5d6, 0xf7a399, 0xb5e3cf, 0xf3d27a],
    [0xf7ece1, 0x5a4a42, 0x86a698, 0xee8480, 0xf4bc62, 0xf2c7c3],
    [0x101a33, 0xf1ead2, 0x5abcb9, 0x38567a, 0xf0a64a, 0xd9485f],
    [0xf0ebd6, 0x46402f, 0xaec07a, 0x7f8f4e, 0xa88464, 0xd7c9a0],
    [0xfdfaf0, 0x25231f, 0xeb5e2c, 0xc9c2b4, 0x6f6a61, 0xf2b134],
    [0xeadbb0, 0x06202a, 0x0b7f85, 0xe99a1c, 0xb83a12, 0x8fcabb],
    [0xf4f2fb, 0x2d2850, 0x8f80ee, 0xf5b8a0, 0x5f54b8, 0xf7dd8d],
    [0xefe6db, 0x24201f, 0xb84632, 0x7cb9be, 0xf0dc9e, 0x3f6f75],
    [0xf5ece0, 0x4b1238, 0x991f2e, 0xf48c2c, 0x135060, 0xdf6a1f],
    [0xecf0f2, 0x22394a, 0xd4785f, 0xd9b39d, 0x85a5b5, 0xf1dfcf],
    [0xf3ead0, 0x12485a, 0x1f946d, 0x8bd39a, 0xe7c65b, 0xd9683c],
    [0xfff7e6, 0x4d0e10, 0x34606b, 0xfbeeb0, 0xdc9c3c, 0xa02d2b],
    [0xeae1d5, 0x141312, 0x8a6a4c, 0x24343d, 0xc5aa8c, 0xa84a33],
    [0xf2efe9, 0x3c5068, 0x6f95ad, 0xdb6f43, 0xe7d8b0, 0xc2d5de],
    [0x1e1b26, 0xf6e7cf, 0xe0523d, 0xf2b544, 0x3f7d78, 0x7a4b78],
    [0xf6eddf, 0x39304a, 0x7d5068, 0xcc8a84, 0xa89a8e, 0xe9c9a5],
    [0xe7efe4, 0x183a37, 0xc44900, 0xefd6ac, 0x432534, 0x5fa18f],
];

/// Palette `number` (they repeat after 24), with the whole of it turned a little by `rng`.
pub fn palette(number: usize, rng: &Rng) -> Palette {
    let turn = rng.bell() * 16.0;
    let [ground, dark, accents @ ..] = PALETTES[number % PALETTES.len()].map(|c| hex(c).turned(turn));
    Palette { ground, dark, colours: accents.to_vec() }
}

/// A palette with a light ground.
pub fn light_palette(number: usize, rng: &Rng) -> Palette {
    let mut palette = palette(number, rng);
    if palette.ground.luma() < 0.5 {
        std::mem::swap(&mut palette.ground, &mut palette.dark);
    }
    palette
}
