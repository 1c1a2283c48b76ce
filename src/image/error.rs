//! What can be wrong with a picture file, in words that say what to do.

use super::format::Format;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    #[error("this is not a picture in a format that can be read (JPEG, PNG, WebP, GIF, BMP or TIFF)")]
    NotAPicture,

    #[error("the file is empty; choose the picture again, or copy it anew from where it came from")]
    Empty,

    /// A picture format that is recognised but has no decoder here.
    #[error("this is a {name} picture, which can't be read here; {advice}")]
    OtherFormat { name: &'static str, advice: &'static str },

    /// A kind of one of the six formats that its decoder does not know.
    #[error("this {format} file uses something that can't be read here ({reason}); save it as a plain JPEG or PNG")]
    Unsupported { format: Format, reason: String },

    #[error("the file has {got} bytes, at most {limit} are accepted; save the picture smaller")]
    TooManyBytes { got: usize, limit: usize },

    #[error(
        "the picture has {width} × {height} = {got} pixels, at most {limit} are accepted; save the picture smaller",
        got = u64::from(*width) * u64::from(*height)
    )]
    TooManyPixels { width: u32, height: u32, limit: u64 },

    #[error("the {format} file says that its picture is {width} × {height} pixels: there is nothing to see in it")]
    ZeroSized { format: Format, width: u32, height: u32 },

    #[error("the {format} file is damaged ({reason}); copy it anew from where it came from")]
    Damaged { format: Format, reason: String },

    #[error("{bytes} bytes of memory are needed for this picture and can't be had; save the picture smaller")]
    OutOfMemory { bytes: u64 },

    #[error(
        "a picture of {width} × {height} pixels can't be written as a JPEG, whose sides are 1 to 65535 pixels long"
    )]
    NotEncodable { width: u32, height: u32 },
}
