//! File bytes → upright RGB pixels.

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

#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    #[error("this is not a picture in a format that can be read (JPEG, PNG, WebP, GIF, BMP or TIFF)")]
    NotAPicture,
}

/// Decodes a picture: format by content, EXIF orientation applied, alpha composited on white, grey and CMYK to RGB.
pub fn decode(_bytes: &[u8], _limits: &Limits) -> Result<Picture, ImageError> {
    todo!()
}

impl Picture {
    /// Squashes the whole picture to `width` × `height`, antialiased, in integer arithmetic.
    pub fn resize(&self, _width: u32, _height: u32) -> Picture {
        todo!()
    }

    /// The pixels inside `region` (at least one pixel).
    pub fn crop(&self, _region: Region) -> Picture {
        todo!()
    }
}

/// Encodes a baseline JPEG (thumbnails, samples); `quality` is 1..=100.
pub fn encode_jpeg(_picture: &Picture, _quality: u8) -> Result<Vec<u8>, ImageError> {
    todo!()
}
