//! File bytes → upright RGB pixels, with the same bits natively and in WebAssembly.
//!
//! ```text
//! bytes ── format ──▸ jpeg | raster ──▸ pixels ──▸ orientation ──▸ Picture ── resize ──▸ 224 × 224
//! ```
//!
//! * The format is told by content, never by name. JPEG, PNG, WebP, GIF (first frame), BMP and TIFF can be read; the
//!   formats that phones and web sites like to hand out besides are recognised and named in the error.
//! * [`Limits`] are checked against the header before memory for pixels is taken.
//! * EXIF orientation is applied. Transparency shows white. Grey, 16-bit, palette and CMYK become 8-bit RGB.
//! * Colour profiles and gamma chunks are ignored: the numbers in the file are taken to be sRGB, as the training of the
//!   network did. A picture in a wide-gamut profile looks slightly paler to the network than on a screen.
//! * All arithmetic is integer, but for TIFFs of floats, where each step is a single IEEE operation.

pub mod changes;
mod error;
mod format;
mod framed;
mod jpeg;
mod look;
mod orientation;
mod palette_tiff;
mod pixels;
mod raster;
mod resize;

pub use error::ImageError;
pub use format::Format;
pub use jpeg::{THUMBNAIL_SIDE, encode_jpeg, thumbnail};
pub use look::{Look, Looks, NoLook};

/// Limits that keep a hostile or huge file from exhausting memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest file accepted, in bytes.
    pub bytes: usize,
    /// Most pixels accepted (width × height), read from the header before anything is allocated.
    pub pixels: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { bytes: 64 << 20, pixels: 100_000_000 }
    }
}

impl Limits {
    fn check_bytes(&self, got: usize) -> Result<(), ImageError> {
        if got > self.bytes { Err(ImageError::TooManyBytes { got, limit: self.bytes }) } else { Ok(()) }
    }

    fn check_size(&self, format: Format, width: u32, height: u32) -> Result<(), ImageError> {
        if width == 0 || height == 0 {
            return Err(ImageError::ZeroSized { format, width, height });
        }
        if u64::from(width) * u64::from(height) > self.pixels {
            return Err(ImageError::TooManyPixels { width, height, limit: self.pixels });
        }
        Ok(())
    }
}

/// An upright 8-bit RGB picture, rows from the top, no padding: `rgb.len() == width * height * 3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
}

/// A part of a picture, as fractions of its width and height (0..=1).
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Region {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// Decodes a picture: format by content, EXIF orientation applied, alpha composited on white, grey and CMYK to RGB.
///
/// A JPEG that breaks off is accepted as long as at least half of its rows are there, as browsers and phones do; the rest
/// is grey. Every other damage is an error.
///
/// # Errors
/// See [`ImageError`]; each says what was got and what to do.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, ImageError> {
    limits.check_bytes(bytes.len())?;
    let format = Format::of(bytes)?;
    let (picture, orientation) = match format {
        Format::Jpeg => jpeg::decode(bytes, limits)?,
        other => raster::decode(other, bytes, limits)?,
    };
    Ok(orientation::upright(picture, orientation))
}

impl Picture {
    /// Squashes the whole picture to `width` × `height` (each at least 1), antialiased, in integer arithmetic.
    ///
    /// The filter is a triangle as wide as the scale demands, which is what Pillow's `BILINEAR` and torchvision's
    /// antialiased resize use; the result is the exactly filtered value, rounded, give or take one level.
    pub fn resize(&self, width: u32, height: u32) -> Picture {
        resize::resize(self, width.max(1), height.max(1))
    }

    /// Scales the picture down so that its longer side has at most `side` pixels, its proportions kept.
    pub fn fit(&self, side: u32) -> Picture {
        let longer = self.width.max(self.height);
        if longer <= side {
            return self.clone();
        }
        let scaled = |length: u32| {
            ((u64::from(length) * u64::from(side) + u64::from(longer) / 2) / u64::from(longer)).max(1) as u32
        };
        self.resize(scaled(self.width), scaled(self.height))
    }

    /// The pixels inside `region`, its edges rounded to whole pixels; at least one pixel.
    ///
    /// What lies outside of the picture is cut off. A NaN position counts as 0, a NaN size as "to the end".
    pub fn crop(&self, region: Region) -> Picture {
        let (left, right) = span(region.x, region.width, self.width);
        let (top, bottom) = span(region.y, region.height, self.height);
        self.cut(left, top, right - left, bottom - top)
    }

    /// A rectangle of whole pixels, which must lie inside the picture.
    fn cut(&self, left: u32, top: u32, width: u32, height: u32) -> Picture {
        let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
        let stride = self.width as usize * 3;
        for row in self.rgb.chunks_exact(stride.max(1)).skip(top as usize).take(height as usize) {
            rgb.extend_from_slice(&row[left as usize * 3..(left + width) as usize * 3]);
        }
        Picture { width, height, rgb }
    }
}

/// Where a span of fractions starts and ends in whole pixels: `start < end <= length`, for a `length` of at least 1.
fn span(start: f32, size: f32, length: u32) -> (u32, u32) {
    let (start, end) = (f64::from(start), f64::from(start) + f64::from(size));
    let start = if start.is_nan() { 0.0 } else { start };
    let end = if end.is_nan() { 1.0 } else { end };
    // Casts from float to integer saturate.
    let pixel = |fraction: f64| (fraction.clamp(0.0, 1.0) * f64::from(length) + 0.5) as u32;
    let first = pixel(start).min(length.saturating_sub(1));
    (first, pixel(end).clamp(first + 1, length.max(first + 1)))
}

/// Memory for `len` bytes, each `value`; an error instead of an abort where there is none.
fn buffer(len: u64, value: u8) -> Result<Vec<u8>, ImageError> {
    let mut buffer = Vec::new();
    let fits = usize::try_from(len).is_ok_and(|len| buffer.try_reserve_exact(len).is_ok());
    if !fits {
        return Err(ImageError::OutOfMemory { bytes: len });
    }
    buffer.resize(len as usize, value);
    Ok(buffer)
}

#[cfg(test)]
mod tests;
