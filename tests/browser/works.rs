//! The demo collection as the tests know it: from its own files, and query pictures made of its works.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Rgb, RgbImage};
use libtest_mimic::Failed;
use serde_json::Value;

/// One work of the collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Place in the collection, from 0.
    pub id: usize,
    pub file: String,
    pub title: String,
}

/// The built site and the pictures that it was made of.
pub struct Collection {
    pub site: PathBuf,
    pub manifest: Value,
    pictures: PathBuf,
    works: Vec<Work>,
}

impl Collection {
    /// Reads the site that `cargo xtask test` built.
    pub fn open() -> Result<Collection, Failed> {
        let folder = |variable: &str| {
            std::env::var_os(variable)
                .map(PathBuf::from)
                .ok_or_else(|| format!("{variable} is not set; `cargo xtask test browser` builds the site and sets it"))
        };
        let (site, pictures) = (folder("PRIVATE_EYE_SITE")?, folder("PRIVATE_EYE_PICTURES")?);
        let manifest = json(&site.join("collection/manifest.json"))?;
        let mut works = Vec::new();
        for file in shards(&manifest, "items") {
            for item in json(&site.join("collection").join(file))?.as_array().ok_or("items are no list")? {
                let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
                works.push(Work { id: works.len(), file: text("file"), title: text("title") });
            }
        }
        Ok(Collection { site, manifest, pictures, works })
    }

    pub fn len(&self) -> usize {
        self.works.len()
    }

    /// The work at this fraction of the way through the collection, so that tests take different ones.
    pub fn work(&self, at: f64) -> &Work {
        &self.works[(self.works.len() as f64 * at) as usize]
    }

    /// The picture of a work as it is in the folder that the site was built from.
    pub fn picture(&self, work: &Work) -> Result<DynamicImage, Failed> {
        let path = self.pictures.join(&work.file);
        image::open(&path).map_err(|error| format!("{}: {error}", path.display()).into())
    }

    /// File names of a part's shards.
    pub fn shards(&self, part: &str) -> Vec<String> {
        shards(&self.manifest, part)
    }
}

fn shards(manifest: &Value, part: &str) -> Vec<String> {
    let shards = manifest["shards"][part].as_array().map(Vec::as_slice).unwrap_or_default();
    shards.iter().filter_map(|shard| shard["file"].as_str()).map(str::to_owned).collect()
}

fn json(path: &Path) -> Result<Value, Failed> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_slice(&bytes)?)
}

/// The middle of a picture, 80 % of its width and height, saved again as JPEG of quality 50.
pub fn cropped(picture: &DynamicImage) -> Result<Vec<u8>, Failed> {
    let (width, height) = (picture.width(), picture.height());
    let part = picture.crop_imm(width / 10, height / 10, width * 8 / 10, height * 8 / 10);
    jpeg(&part, 50)
}

/// A photograph of a room: the picture in a dark frame on a pale wall that is lit from one side, half as wide as the wall.
pub fn on_a_wall(picture: &DynamicImage) -> Result<Vec<u8>, Failed> {
    let picture = picture.thumbnail(400, 400).to_rgb8();
    let (width, height) = (picture.width() * 2, picture.height() * 2);
    let mut room = RgbImage::from_fn(width, height, |x, y| {
        let light = 170 + (x * 40 / width) as u8 + (y * 20 / height) as u8;
        Rgb([light, light, light - 12])
    });
    let (left, top) = (width * 2 / 7, height / 5);
    let frame = RgbImage::from_pixel(picture.width() + 12, picture.height() + 12, Rgb([52, 36, 20]));
    image::imageops::overlay(&mut room, &frame, i64::from(left) - 6, i64::from(top) - 6);
    image::imageops::overlay(&mut room, &picture, i64::from(left), i64::from(top));
    jpeg(&DynamicImage::ImageRgb8(room), 75)
}

pub fn jpeg(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(Cursor::new(&mut bytes), quality))?;
    Ok(bytes)
}

/// A JPEG that is like no work: nobody paints coarse coloured noise.
pub fn noise() -> Result<Vec<u8>, Failed> {
    let noise = RgbImage::from_fn(320, 240, |x, y| {
        let mixed = (x / 3).wrapping_mul(0x9E37_79B1) ^ (y / 3).wrapping_mul(0x85EB_CA77);
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D);
        Rgb([(mixed >> 24) as u8, (mixed >> 16) as u8, (mixed >> 8) as u8])
    });
    jpeg(&DynamicImage::ImageRgb8(noise), 90)
}
