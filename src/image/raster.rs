//! PNG, WebP, GIF, BMP and TIFF, read with the `image` crate, whose decoders for them compute in integers.
//!
//! JPEG data inside a TIFF goes through zune-jpeg's vector code where there is any; it gives the bits of the portable
//! code. TIFFs with one grey channel and transparency, or with grey levels of 2 or 4 bits, are not known to the decoder
//! and are refused by name.

use std::io::Cursor;

use image::ImageDecoder;
use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, tiff::TiffDecoder, webp::WebPDecoder};
use image::error::{ImageError as Error, ImageResult};
use image::metadata::Orientation;

use super::{Format, ImageError, Limits, Picture, buffer, orientation, palette_tiff, pixels};

/// Most bytes that a decoder may take beside the samples it hands out, per byte of them, and for small pictures.
const WORKING_MEMORY: (u64, u64) = (2, 16 << 20);

pub(super) fn decode(format: Format, bytes: &[u8], limits: &Limits) -> Result<(Picture, Orientation), ImageError> {
    if format == Format::Tiff
        && let Some((as_grey, palette)) = palette_tiff::split(bytes)
    {
        let (mut picture, orientation) = decode_plain(format, &as_grey, limits)?;
        palette_tiff::paint(&mut picture, &palette);
        return Ok((picture, orientation));
    }
    decode_plain(format, bytes, limits)
}

fn decode_plain(format: Format, bytes: &[u8], limits: &Limits) -> Result<(Picture, Orientation), ImageError> {
    let refused = |error| refusal(format, error);
    let mut decoder = open(format, bytes).map_err(refused)?;
    let (width, height) = decoder.dimensions();
    limits.check_size(format, width, height)?;

    let needed = decoder.total_bytes();
    let mut memory = image::Limits::no_limits();
    memory.max_alloc = Some(needed.saturating_mul(1 + WORKING_MEMORY.0).saturating_add(WORKING_MEMORY.1));
    decoder.set_limits(memory).map_err(refused)?;
    let orientation = match format {
        Format::WebP => orientation::webp_exif(bytes).map(orientation::of_exif),
        _ => decoder.orientation().ok(),
    };
    let color = decoder.color_type();
    let mut samples = buffer(needed, 0)?;
    decoder.read_image_boxed(&mut samples).map_err(refused)?;
    let rgb = pixels::to_rgb(color, samples)
        .ok_or_else(|| ImageError::Unsupported { format, reason: format!("samples of type {color:?}") })?;
    Ok((Picture { width, height, rgb }, orientation.unwrap_or(Orientation::NoTransforms)))
}

/// A decoder that has read the header of the file, and no more.
fn open(format: Format, bytes: &[u8]) -> ImageResult<Box<dyn ImageDecoder + '_>> {
    let file = Cursor::new(bytes);
    Ok(match format {
        Format::Png => {
            let mut memory = image::Limits::no_limits();
            memory.max_alloc = Some(WORKING_MEMORY.1);
            Box::new(PngDecoder::with_limits(file, memory)?)
        }
        Format::WebP => Box::new(WebPDecoder::new(file)?),
        Format::Gif => Box::new(GifDecoder::new(file)?),
        Format::Bmp => Box::new(BmpDecoder::new(file)?),
        Format::Tiff => Box::new(TiffDecoder::new(file)?),
        Format::Jpeg => unreachable!("JPEG has a module of its own"),
    })
}

fn refusal(format: Format, error: Error) -> ImageError {
    let damaged = |reason: &str| ImageError::Damaged { format, reason: reason.to_owned() };
    match error {
        Error::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => damaged("it ends too early"),
        Error::Unsupported(error) => ImageError::Unsupported { format, reason: plain(&error.to_string()) },
        Error::Decoding(error) => damaged(&plain(&error.to_string())),
        Error::Limits(_) => damaged("it asks for more memory than its picture can need"),
        error => damaged(&plain(&error.to_string())),
    }
}

/// The last part of a message such as "Format error decoding Png: invalid chunk".
fn plain(message: &str) -> String {
    message.rsplit_once(": ").map_or(message, |(_, reason)| reason).trim_matches(['"', '.', ' ']).to_owned()
}
