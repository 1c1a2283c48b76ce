//! Smooth noise for hills, paper and drifting lines.

/// Value noise on a lattice of whole numbers.
#[derive(Clone, Copy, Debug)]
pub struct Noise(u32);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self((seed ^ (seed >> 32)) as u32)
    }

    /// The lattice value at whole coordinates, -1..1.
    pub fn lattice(&self, x: i32, y: i32) -> f32 {
        let mut h = self.0 ^ (x as u32).wrapping_mul(0x8da6_b343) ^ (y as u32).wrapping_mul(0xd816_3841);
        h = (h ^ (h >> 16)).wrapping_mul(0x7feb_352d);
        h = (h ^ (h >> 15)).wrapping_mul(0x846c_a68b);
        h ^= h >> 16;
        (h >> 8) as f32 / 8_388_608.0 - 1.0
    }

    /// Smooth noise, -1..1, with features about one unit wide.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let (fx, fy) = (x.floor(), y.floor());
        let (ix, iy) = (fx as i32, fy as i32);
        let ease = |t: f32| t * t * (3.0 - 2.0 * t);
        let (tx, ty) = (ease(x - fx), ease(y - fy));
        let mix = |a: f32, b: f32, t: f32| a + (b - a) * t;
        mix(
            mix(self.lattice(ix, iy), self.lattice(ix.wrapping_add(1), iy), tx),
            mix(self.lattice(ix, iy.wrapping_add(1)), self.lattice(ix.wrapping_add(1), iy.wrapping_add(1)), tx),
            ty,
        )
    }

    /// `octaves` layers of noise, each twice as fine and half as strong; about -1..1.
    pub fn layered(&self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut sum, mut strength, mut scale, mut total) = (0.0, 1.0, 1.0, 0.0);
        for octave in 0..octaves {
            let shift = octave as f32 * 17.3;
            sum += strength * self.at(x * scale + shift, y * scale - shift);
            total += strength;
            strength *= 0.5;
            scale *= 2.0;
        }
        sum / total
    }
}
