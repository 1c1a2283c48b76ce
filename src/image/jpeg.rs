//! JPEG, read with zune-jpeg and written with the `image` crate.
//!
//! zune-jpeg has vector code for x86 and Arm beside its portable code. They are written to give the same bits, but only
//! the portable code runs in WebAssembly and only it skips over blocks that damaged files put outside of the picture
//! (the vector code panics), so it is what runs everywhere.

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{Format, ImageError, Limits, Picture, buffer, orientation};

/// What the decoder leaves where the file has nothing to say.
const MISSING: u8 = 128;

fn decoder(bytes: &[u8], strict: bool) -> JpegDecoder<ZCursor<&[u8]>> {
    let options = DecoderOptions::new_safe()
        .set_use_unsafe(false)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .set_strict_mode(strict)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    JpegDecoder::new_with_options(ZCursor::new(bytes), options)
}

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<(Picture, Orientation), ImageError> {
    let mut lenient = decoder(bytes, false);
    lenient.decode_headers().map_err(refusal)?;
    let info = lenient.info().ok_or_else(|| damaged("no picture in it"))?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    limits.check_size(Format::Jpeg, width, height)?;
    if !matches!(info.components, 1 | 3 | 4) {
        let reason = format!("{} colour channels", info.components);
        return Err(ImageError::Unsupported { format: Format::Jpeg, reason });
    }
    // CMYK comes out inverted, as Adobe writes it and every viewer reads it.
    let mut rgb = buffer(u64::from(width) * u64::from(height) * 3, MISSING)?;
    lenient.decode_into(&mut rgb).map_err(refusal)?;
    let mut picture = Picture { width, height, rgb };
    if missing_rows(&picture) > height / 2 {
        // Half a picture of nothing: either it is like that, or the file breaks off, which strict decoding tells.
        decoder(bytes, true).decode_into(&mut picture.rgb).map_err(refusal)?;
    }
    let orientation = info.exif_data.as_deref().map_or(Orientation::NoTransforms, orientation::of_exif);
    Ok((picture, orientation))
}

fn missing_rows(picture: &Picture) -> u32 {
    let rows = picture.rgb.chunks_exact(picture.width as usize * 3).rev();
    rows.take_while(|row| row.iter().all(|&value| value == MISSING)).count() as u32
}

fn refusal(error: DecodeErrors) -> ImageError {
    match error {
        DecodeErrors::ZeroError => ImageError::ZeroSized { format: Format::Jpeg, width: 0, height: 0 },
        DecodeErrors::Unsupported(_) => ImageError::Unsupported { format: Format::Jpeg, reason: format!("{error:?}") },
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => damaged("it ends too early"),
        error => damaged(&format!("{error:?}")),
    }
}

fn damaged(reason: &str) -> ImageError {
    ImageError::Damaged { format: Format::Jpeg, reason: reason.trim_matches('"').trim_end().to_owned() }
}

/// The longer side of a thumbnail in pixels, where nobody wishes for another.
pub const THUMBNAIL_SIDE: u32 = 160;
const THUMBNAIL_QUALITY: u8 = 80;

/// A small JPEG of a picture, its longer side at most `side` pixels.
///
/// # Errors
/// As [`encode_jpeg`].
pub fn thumbnail(picture: &Picture, side: u32) -> Result<Vec<u8>, ImageError> {
    encode_jpeg(&picture.fit(side), THUMBNAIL_QUALITY)
}

/// Encodes a baseline JPEG (thumbnails, samples); `quality` is 1..=100. The same picture gives the same bytes everywhere.
///
/// # Errors
/// [`ImageError::NotEncodable`] for sides of 0 or more than 65535 pixels.
pub fn encode_jpeg(picture: &Picture, quality: u8) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let refused = || ImageError::NotEncodable { width: picture.width, height: picture.height };
    if picture.width == 0 || picture.height == 0 {
        return Err(refused());
    }
    JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100))
        .encode(&picture.rgb, picture.width, picture.height, ExtendedColorType::Rgb8)
        .map_err(|_| refused())?;
    Ok(bytes)
}
