//! Pictures in every format that can be read, drawn here, with the oddities that files in the wild have.

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ExtendedColorType, Frame, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use libtest_mimic::Failed;

/// A file by its name.
pub type File = (String, Vec<u8>);

/// A picture with smooth and sharp parts, in colours that all channels take part in.
pub fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let checks = ((x / 17 + y / 11) % 3 * 60) as u8;
        let disc =
            (x as i64 * 2 - width as i64).pow(2) + (y as i64 * 2 - height as i64).pow(2) < (height as i64).pow(2) / 2;
        let red = (x * 255 / width.max(1)) as u8;
        let green = (y * 255 / height.max(1)) as u8;
        Rgb([red ^ checks, green, if disc { 230 } else { checks.wrapping_add(red / 4) }])
    })
}

pub fn encode(picture: &DynamicImage, format: ImageFormat) -> Result<Vec<u8>, Failed> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format)?;
    Ok(bytes.into_inner())
}

pub fn all() -> Result<Vec<File>, Failed> {
    let mut files = Vec::new();
    let mut add = |name: &str, bytes: Result<Vec<u8>, Failed>| -> Result<(), Failed> {
        files.push((name.to_owned(), bytes.map_err(|error| format!("{name}: {error:?}"))?));
        Ok(())
    };
    jpegs(&mut add)?;
    pngs(&mut add)?;
    others(&mut add)?;
    Ok(files)
}

type Add<'a> = dyn FnMut(&str, Result<Vec<u8>, Failed>) -> Result<(), Failed> + 'a;

fn jpegs(add: &mut Add) -> Result<(), Failed> {
    for (width, height) in [(640, 427), (224, 224), (101, 333), (17, 9), (1, 1), (2, 500)] {
        add(&format!("{width}x{height}.jpg"), jpeg(width, height, |_| ()))?;
    }
    let samplings = [
        ("444", SamplingFactor::F_1_1),
        ("422", SamplingFactor::F_2_1),
        ("440", SamplingFactor::F_1_2),
        ("420", SamplingFactor::F_2_2),
        ("411", SamplingFactor::F_4_1),
    ];
    for (name, sampling) in samplings {
        add(&format!("sampling-{name}.jpg"), jpeg(211, 157, |encoder| encoder.set_sampling_factor(sampling)))?;
        let progressive = jpeg(211, 157, |encoder| {
            encoder.set_sampling_factor(sampling);
            encoder.set_progressive(true);
        });
        add(&format!("progressive-{name}.jpg"), progressive)?;
    }
    add("restarts.jpg", jpeg(300, 200, |encoder| encoder.set_restart_interval(4)))?;
    for orientation in 1..=8 {
        let turned = add_orientation(jpeg(180, 120, |_| ())?, orientation);
        add(&format!("orientation-{orientation}.jpg"), Ok(turned))?;
    }

    let grey = DynamicImage::ImageRgb8(picture(150, 210)).to_luma8();
    add("grey.jpg", coloured(grey.as_raw(), (150, 210), ColorType::Luma))?;
    let rgb = picture(160, 120);
    let inks: Vec<u8> =
        rgb.pixels().flat_map(|Rgb([red, green, blue])| [255 - red, 255 - green, 255 - blue, red / 3]).collect();
    add("cmyk.jpg", coloured(&inks, (160, 120), ColorType::Cmyk))?;
    add("ycck.jpg", coloured(&inks, (160, 120), ColorType::CmykAsYcck))
}

fn jpeg(width: u16, height: u16, set: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 80);
    set(&mut encoder);
    encoder.encode(&picture(width.into(), height.into()), width, height, ColorType::Rgb)?;
    Ok(bytes)
}

fn coloured(samples: &[u8], (width, height): (u16, u16), colours: ColorType) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, 85).encode(samples, width, height, colours)?;
    Ok(bytes)
}

/// Puts an EXIF block after the start of a JPEG that says how the camera was held.
fn add_orientation(jpeg: Vec<u8>, orientation: u16) -> Vec<u8> {
    // Little-endian TIFF, one directory at 8 with one entry: tag 0x0112, a short, one of them.
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend_from_slice(&u32::from(orientation).to_le_bytes());
    tiff.extend_from_slice(&[0; 4]);
    let block = [b"Exif\0\0".as_slice(), &tiff].concat();
    let length = (block.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &block, &jpeg[2..]].concat()
}

fn pngs(add: &mut Add) -> Result<(), Failed> {
    let rgb = picture(203, 151);
    let dynamic = DynamicImage::ImageRgb8(rgb.clone());
    add("plain.png", encode(&dynamic, ImageFormat::Png))?;
    add("grey.png", encode(&DynamicImage::ImageLuma8(dynamic.to_luma8()), ImageFormat::Png))?;
    add(
        "grey-alpha.png",
        encode(&DynamicImage::ImageLumaA8(DynamicImage::ImageRgba8(veiled(&rgb)).to_luma_alpha8()), ImageFormat::Png),
    )?;
    add("alpha.png", encode(&DynamicImage::ImageRgba8(veiled(&rgb)), ImageFormat::Png))?;
    add("16-bit.png", encode(&DynamicImage::ImageRgb16(deep(&rgb)), ImageFormat::Png))?;
    add(
        "16-bit-alpha.png",
        encode(&DynamicImage::ImageRgba16(DynamicImage::ImageRgba8(veiled(&rgb)).to_rgba16()), ImageFormat::Png),
    )?;
    add(
        "16-bit-grey.png",
        encode(&DynamicImage::ImageLuma16(DynamicImage::ImageRgb16(deep(&rgb)).to_luma16()), ImageFormat::Png),
    )?;
    add("one-pixel.png", encode(&DynamicImage::ImageRgb8(picture(1, 1)), ImageFormat::Png))?;
    add("large.png", encode(&DynamicImage::ImageRgb8(picture(2100, 1400)), ImageFormat::Png))?;
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Paeth).write_image(
        &rgb,
        rgb.width(),
        rgb.height(),
        ExtendedColorType::Rgb8,
    )?;
    add("paeth.png", Ok(bytes))
}

fn others(add: &mut Add) -> Result<(), Failed> {
    let rgb = DynamicImage::ImageRgb8(picture(190, 260));
    let alpha = DynamicImage::ImageRgba8(veiled(&picture(190, 260)));
    for (ending, format) in [("webp", ImageFormat::WebP), ("bmp", ImageFormat::Bmp), ("tiff", ImageFormat::Tiff)] {
        add(&format!("plain.{ending}"), encode(&rgb, format))?;
        add(&format!("alpha.{ending}"), encode(&alpha, format))?;
    }
    add("grey.tiff", encode(&DynamicImage::ImageLuma8(rgb.to_luma8()), ImageFormat::Tiff))?;
    add("16-bit.tiff", encode(&DynamicImage::ImageRgb16(deep(&picture(90, 61))), ImageFormat::Tiff))?;
    add("grey.bmp", encode(&DynamicImage::ImageLuma8(rgb.to_luma8()), ImageFormat::Bmp))?;
    add("plain.gif", encode(&rgb, ImageFormat::Gif))?;
    add("alpha.gif", encode(&alpha, ImageFormat::Gif))?;
    let mut moving = Vec::new();
    GifEncoder::new(&mut moving).encode_frames([picture(64, 48), picture(48, 64)].map(|still| {
        let mut canvas = RgbaImage::new(64, 64);
        image::imageops::overlay(&mut canvas, &DynamicImage::ImageRgb8(still).to_rgba8(), 0, 0);
        Frame::new(canvas)
    }))?;
    add("moving.gif", Ok(moving))
}

/// The picture with an alpha that goes from opaque to nothing.
fn veiled(picture: &RgbImage) -> RgbaImage {
    RgbaImage::from_fn(picture.width(), picture.height(), |x, y| {
        let Rgb([red, green, blue]) = *picture.get_pixel(x, y);
        Rgba([red, green, blue, 255 - (x * 255 / picture.width()) as u8])
    })
}

/// The picture with 16 bits a channel, the lower ones in use.
fn deep(picture: &RgbImage) -> image::ImageBuffer<Rgb<u16>, Vec<u16>> {
    image::ImageBuffer::from_fn(picture.width(), picture.height(), |x, y| {
        Rgb(picture.get_pixel(x, y).0.map(|value| (u16::from(value) * 257) ^ ((x * 31 + y * 7) as u16 & 0xff)))
    })
}
