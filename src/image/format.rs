//! Which format a file is in, told by its first bytes; its name plays no part.

use std::fmt;

use super::ImageError;

/// The formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
    Tiff,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Jpeg => "JPEG",
            Format::Png => "PNG",
            Format::WebP => "WebP",
            Format::Gif => "GIF",
            Format::Bmp => "BMP",
            Format::Tiff => "TIFF",
        })
    }
}

impl Format {
    /// The format of a file by its first bytes.
    ///
    /// # Errors
    /// [`ImageError::Empty`]; [`ImageError::OtherFormat`] for pictures of a kind that people often have and that can't be
    /// read (HEIC, AVIF, JPEG XL, SVG, …); [`ImageError::NotAPicture`] for all else.
    pub fn of(bytes: &[u8]) -> Result<Format, ImageError> {
        if bytes.is_empty() {
            return Err(ImageError::Empty);
        }
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Ok(Format::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Format::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Format::WebP),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(Format::Gif),
            // Bytes 6 to 9 are reserved in BMP and zero in practice: tells it from a text that starts with "BM".
            [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Ok(Format::Bmp),
            [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Ok(Format::Tiff),
            _ => Err(other(bytes)),
        }
    }
}

const SAVE_AS_JPEG: &str = "save or share it as JPEG";

fn other(bytes: &[u8]) -> ImageError {
    let known = |name, advice| ImageError::OtherFormat { name, advice };
    if let Some(brand) = bytes.get(4..12).and_then(|head| head.strip_prefix(b"ftyp")) {
        match brand {
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" | b"mif1" | b"msf1" => {
                return known(
                    "HEIC",
                    "share it as JPEG (on an iPhone: Settings › Camera › Formats › Most Compatible), or take a screenshot \
                     of it",
                );
            }
            b"avif" | b"avis" => return known("AVIF", "save it as JPEG or PNG, or take a screenshot of it"),
            b"crx " => return known("raw camera", SAVE_AS_JPEG),
            _ => {}
        }
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match bytes {
        [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => known("JPEG XL", SAVE_AS_JPEG),
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] | [0xff, 0x4f, 0xff, 0x51, ..] => known("JPEG 2000", SAVE_AS_JPEG),
        [b'8', b'B', b'P', b'S', ..] => known("Photoshop", SAVE_AS_JPEG),
        [b'%', b'P', b'D', b'F', ..] => known("PDF", "take a screenshot of the picture in it"),
        [0, 0, 1, 0, ..] => known("icon", "save it as PNG"),
        _ if text.starts_with(b"<svg") || (text.starts_with(b"<?xml") && has(text, b"<svg")) => {
            known("SVG", "take a screenshot of it")
        }
        _ => ImageError::NotAPicture,
    }
}

/// Whether `needle` occurs in the first kilobyte.
fn has(text: &[u8], needle: &[u8]) -> bool {
    text[..text.len().min(1024)].windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_from_a_phone_that_cannot_be_read_are_named_with_advice() {
        let error = Format::of(b"\0\0\0\x24ftypheic\0\0\0\0mif1heic").unwrap_err();
        assert!(error.to_string().contains("HEIC") && error.to_string().contains("JPEG"), "{error}");
        let error = Format::of(b"\0\0\0\x1cftypavif\0\0\0\0avif").unwrap_err();
        assert!(error.to_string().contains("AVIF"), "{error}");
    }

    #[test]
    fn text_is_not_a_picture_even_if_it_begins_like_one() {
        for text in
            ["BM, the magazine for bitmaps", "RIFF raff", "GIF89 is a format", "II", "\u{feff}<?xml version='1.0'?>"]
        {
            assert_eq!(Format::of(text.as_bytes()), Err(ImageError::NotAPicture), "{text}");
        }
        assert!(matches!(
            Format::of(b"\xef\xbb\xbf <?xml version='1.0'?>\n<svg>"),
            Err(ImageError::OtherFormat { name: "SVG", .. })
        ));
        assert_eq!(Format::of(b""), Err(ImageError::Empty));
    }
}
