//! The demo collection: an imaginary museum, drawn from a seed.
//!
//! Every style is one file in `styles/`. It paints its works one by one, each from random numbers of
//! its own, so that works can be painted in any order and on any number of threads.

mod canvas;
mod colour;
mod kit;
mod noise;
mod random;
mod scenes;
mod shapes;
mod styles;
pub mod surface;
pub mod words;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use image::codecs::jpeg::JpegEncoder;

use canvas::Canvas;
use random::Rng;
use styles::{STYLES, Style};

/// How many works of each style hang in the demo.
pub const WORKS_PER_STYLE: usize = 36;
const JPEG_QUALITY: u8 = 82;

/// What a style hands over: the picture and what it is called.
pub struct Painted {
    canvas: Canvas,
    title: String,
}

/// A finished work, as it stands in the catalogue.
struct Work {
    file: String,
    title: String,
    maker: &'static str,
    style: &'static str,
    year: usize,
    jpeg: Vec<u8>,
}

/// Draws the museum into the folder `out`: one JPEG per work and the catalogue `works.csv` with the
/// columns Image, Title, Maker, Style, Year, `per_style` works of each style. The same seed gives the
/// same files. Returns how many works there are.
///
/// # Errors
/// When the folder or a file in it cannot be written.
pub fn draw(out: &Path, seed: u64, per_style: usize) -> anyhow::Result<usize> {
    hang(out, &museum(seed, per_style)?)
}

/// Writes pictures and catalogue.
fn hang(out: &Path, works: &[Work]) -> anyhow::Result<usize> {
    std::fs::create_dir_all(out).with_context(|| format!("cannot make the folder {}", out.display()))?;
    let mut catalogue = csv::Writer::from_path(out.join("works.csv"))
        .with_context(|| format!("cannot write the catalogue in {}", out.display()))?;
    catalogue.write_record(["Image", "Title", "Maker", "Style", "Year"])?;
    for work in works {
        let path = out.join(&work.file);
        std::fs::write(&path, &work.jpeg).with_context(|| format!("cannot write {}", path.display()))?;
        catalogue.write_record([&work.file, &work.title, work.maker, work.style, &work.year.to_string()])?;
    }
    catalogue.flush()?;
    Ok(works.len())
}

/// `per_style` works of each style, in the order of the styles.
fn museum(seed: u64, per_style: usize) -> anyhow::Result<Vec<Work>> {
    let count = STYLES.len() * per_style;
    let next = AtomicUsize::new(0);
    let painted = Mutex::new(Vec::with_capacity(count));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| -> anyhow::Result<()> {
        let painters: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| -> anyhow::Result<()> {
                    loop {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        if place >= count {
                            return Ok(());
                        }
                        let work = paint(seed, &STYLES[place / per_style], place % per_style)?;
                        painted.lock().unwrap_or_else(|e| e.into_inner()).push((place, work));
                    }
                })
            })
            .collect();
        for painter in painters {
            painter.join().map_err(|_| anyhow::anyhow!("a style of the demo collection panicked"))??;
        }
        Ok(())
    })?;
    let mut works = painted.into_inner().unwrap_or_else(|e| e.into_inner());
    works.sort_by_key(|(place, _)| *place);
    let mut works: Vec<Work> = works.into_iter().map(|(_, work)| work).collect();
    tell_apart(&mut works);
    Ok(works)
}

/// Work `number` of a style, without its file name.
fn paint(seed: u64, style: &Style, number: usize) -> anyhow::Result<Work> {
    // The name, not the place in the list, seeds a style: adding a style leaves the others alone.
    let style_seed = style.name.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let rng = Rng::part(style_seed, number as u64);
    let maker = &style.makers[rng.below(style.makers.len())];
    let year = rng.count(maker.from, maker.to);
    let Painted { canvas, title } = (style.paint)(&rng, number);
    let (width, height, rgb) = canvas.into_rgb();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY)
        .encode(&rgb, width, height, image::ExtendedColorType::Rgb8)
        .with_context(|| format!("cannot encode {title}"))?;
    Ok(Work { file: String::new(), title, maker: maker.name, style: style.name, year, jpeg })
}

/// Gives every work a title that no other has, and names its file after it.
fn tell_apart(works: &mut [Work]) {
    let mut taken = BTreeSet::new();
    for work in works {
        let mut title = work.title.clone();
        let mut again = 1;
        while !taken.insert(words::slug(&title)) {
            again += 1;
            title = format!("{}, {}", work.title, words::roman(again));
        }
        work.file = format!("{}.jpg", words::slug(&title));
        work.title = title;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_bytes_and_another_seed_others() {
        let jpegs = |seed| -> Vec<Vec<u8>> { museum(seed, 1).unwrap().into_iter().map(|work| work.jpeg).collect() };
        let (first, again, other) = (jpegs(7), jpegs(7), jpegs(8));
        assert!(first == again);
        for (i, style) in STYLES.iter().enumerate() {
            assert!(first[i] != other[i], "{} ignores the seed", style.name);
        }
    }

    #[test]
    fn the_demo_collection_has_more_than_six_hundred_works_in_many_styles() {
        assert!(STYLES.len() >= 14);
        assert!(STYLES.len() * WORKS_PER_STYLE >= 640);
    }

    #[test]
    fn the_catalogue_lists_every_work_of_every_style_and_no_title_or_file_twice() {
        const EACH: usize = 3;
        let folder = tempfile::tempdir().unwrap();
        let works = museum(1, EACH).unwrap();
        assert_eq!(hang(folder.path(), &works).unwrap(), STYLES.len() * EACH);

        let mut catalogue = csv::Reader::from_path(folder.path().join("works.csv")).unwrap();
        let rows: Vec<csv::StringRecord> = catalogue.records().map(Result::unwrap).collect();
        let column = |i: usize| rows.iter().map(move |row| row[i].to_string());
        assert_eq!(column(0).collect::<BTreeSet<_>>().len(), rows.len());
        assert_eq!(column(1).collect::<BTreeSet<_>>().len(), rows.len());
        for style in STYLES {
            assert_eq!(column(3).filter(|name| name == style.name).count(), EACH, "{}", style.name);
        }
        for file in column(0) {
            let (width, height) = image::image_dimensions(folder.path().join(&file)).unwrap();
            assert_eq!(width.max(height), 640, "{file}");
        }
    }

    #[test]
    fn a_title_that_is_taken_gets_a_number() {
        let mut works: Vec<Work> = ["Élan: blue", "elan blue", "Elan, blue"]
            .into_iter()
            .map(|title| Work {
                file: String::new(),
                title: title.into(),
                maker: "",
                style: "",
                year: 0,
                jpeg: Vec::new(),
            })
            .collect();
        tell_apart(&mut works);
        let files: Vec<&str> = works.iter().map(|work| work.file.as_str()).collect();
        assert_eq!(files, ["elan-blue.jpg", "elan-blue-ii.jpg", "elan-blue-iii.jpg"]);
    }
}
