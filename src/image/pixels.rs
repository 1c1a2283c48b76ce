//! Decoded samples of any kind → 8-bit RGB on white.

use image::ColorType;

/// `samples` as the decoders of the `image` crate hand them out (16-bit ones in the machine's byte order) as 8-bit RGB;
/// `None` for a kind of sample that none of them produces.
pub(super) fn to_rgb(color: ColorType, samples: Vec<u8>) -> Option<Vec<u8>> {
    Some(match color {
        ColorType::Rgb8 => samples,
        ColorType::L8 => samples.into_iter().flat_map(|grey| [grey; 3]).collect(),
        ColorType::La8 => convert(&samples, |&[grey, alpha]: &[u8; 2]| [on_white(grey, alpha); 3]),
        ColorType::Rgba8 => convert(&samples, |&[r, g, b, alpha]: &[u8; 4]| [r, g, b].map(|c| on_white(c, alpha))),
        ColorType::L16 => convert(&samples, |sample: &[u8; 2]| [narrow(wide(sample)); 3]),
        ColorType::La16 => convert(&samples, |pixel: &[u8; 4]| {
            let [grey, alpha] = words(pixel);
            [on_white_16(grey, alpha); 3]
        }),
        ColorType::Rgb16 => convert(&samples, |pixel: &[u8; 6]| words::<6, 3>(pixel).map(narrow)),
        ColorType::Rgba16 => convert(&samples, |pixel: &[u8; 8]| {
            let [r, g, b, alpha] = words(pixel);
            [r, g, b].map(|c| on_white_16(c, alpha))
        }),
        ColorType::Rgb32F => convert(&samples, |pixel: &[u8; 12]| floats::<12, 3>(pixel).map(|c| on_white_f32(c, 1.0))),
        ColorType::Rgba32F => convert(&samples, |pixel: &[u8; 16]| {
            let [r, g, b, alpha] = floats(pixel);
            [r, g, b].map(|c| on_white_f32(c, alpha))
        }),
        _ => return None,
    })
}

fn convert<const N: usize>(samples: &[u8], rgb: impl Fn(&[u8; N]) -> [u8; 3]) -> Vec<u8> {
    samples.as_chunks::<N>().0.iter().flat_map(rgb).collect()
}

/// A sample over white, rounded to the nearest level.
fn on_white(sample: u8, alpha: u8) -> u8 {
    let (sample, alpha) = (u32::from(sample), u32::from(alpha));
    ((sample * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

fn on_white_16(sample: u16, alpha: u16) -> u8 {
    const ONE: u64 = 65535;
    let (sample, alpha) = (u64::from(sample), u64::from(alpha));
    let blended = sample * alpha + ONE * (ONE - alpha);
    ((blended * 255 + ONE * ONE / 2) / (ONE * ONE)) as u8
}

fn on_white_f32(sample: f32, alpha: f32) -> u8 {
    let (sample, alpha) = (sample.clamp(0.0, 1.0), alpha.clamp(0.0, 1.0));
    ((sample * alpha + (1.0 - alpha)) * 255.0 + 0.5) as u8
}

/// 16 bits to 8, rounded to the nearest level.
fn narrow(sample: u16) -> u8 {
    ((u32::from(sample) * 255 + 32767) / 65535) as u8
}

fn wide(bytes: &[u8; 2]) -> u16 {
    u16::from_ne_bytes(*bytes)
}

fn words<const BYTES: usize, const N: usize>(pixel: &[u8; BYTES]) -> [u16; N] {
    let (samples, _) = pixel.as_chunks::<2>();
    std::array::from_fn(|i| wide(&samples[i]))
}

fn floats<const BYTES: usize, const N: usize>(pixel: &[u8; BYTES]) -> [f32; N] {
    let (samples, _) = pixel.as_chunks::<4>();
    std::array::from_fn(|i| f32::from_ne_bytes(samples[i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_transparent_shows_white_and_what_is_not_shows_itself() {
        for sample in 0..=255 {
            assert_eq!(on_white(sample, 255), sample);
            assert_eq!(on_white(sample, 0), 255);
            assert_eq!(on_white_16(u16::from(sample) * 257, 65535), sample);
            assert_eq!(on_white_16(u16::from(sample) * 257, 0), 255);
        }
    }

    #[test]
    fn blending_rounds_to_the_nearest_level() {
        for sample in 0..=255_u8 {
            for alpha in 0..=255_u8 {
                let part = f64::from(alpha) / 255.0;
                let exact = f64::from(sample) * part + 255.0 * (1.0 - part);
                assert_eq!(on_white(sample, alpha), exact.round() as u8, "{sample} at {alpha}");
                assert_eq!(on_white_16(u16::from(sample) * 257, u16::from(alpha) * 257), exact.round() as u8);
            }
        }
    }

    #[test]
    fn deep_samples_round_to_the_nearest_level() {
        for sample in 0..=65535_u16 {
            assert_eq!(narrow(sample), (f64::from(sample) / 257.0).round() as u8);
        }
        assert_eq!(on_white_f32(f32::NAN, 1.0), 0);
        assert_eq!(on_white_f32(f32::INFINITY, 1.0), 255);
        assert_eq!(on_white_f32(0.25, f32::NAN), 0);
    }
}
