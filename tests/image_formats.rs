//! Every format and kind of picture that can be read, from files that Pillow wrote (tests/pictures/make.py): the pixels
//! are those that went in.

use std::panic::catch_unwind;
use std::path::PathBuf;

use private_eye::image::{Format, ImageError, Limits, Picture, decode, encode_jpeg};
use proptest::prelude::*;

const WIDTH: u32 = 40;
const HEIGHT: u32 = 24;

fn file(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn all_files() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.ends_with(".py")).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), file(&name))).collect()
}

/// What make.py draws.
fn scene(x: u32, y: u32) -> [u8; 3] {
    [6 * x, 10 * y, 240 - 3 * x - 5 * y].map(|value| value as u8)
}

fn alpha(x: u32, y: u32) -> u32 {
    255 - 3 * x - 5 * y
}

fn grey(x: u32, y: u32) -> u8 {
    (4 * x + 3 * y) as u8
}

fn on_white(value: u8, alpha: u32) -> u8 {
    ((u32::from(value) * alpha + 255 * (255 - alpha)) as f64 / 255.0).round() as u8
}

fn scene_on_white(x: u32, y: u32) -> [u8; 3] {
    scene(x, y).map(|value| on_white(value, alpha(x, y)))
}

fn grey_scene(x: u32, y: u32) -> [u8; 3] {
    [grey(x, y); 3]
}

fn palette_scene(x: u32, y: u32) -> [u8; 3] {
    let index = grey(x, y);
    [index, 255 - index, index / 2]
}

/// Decodes a file and holds it against what was drawn: no value may differ by more than `tolerance`.
#[track_caller]
fn assert_shows(name: &str, drawn: fn(u32, u32) -> [u8; 3], tolerance: u8) {
    let picture = decode(&file(name), &Limits::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!((picture.width, picture.height), (WIDTH, HEIGHT), "{name}");
    let expected: Vec<u8> = (0..HEIGHT).flat_map(|y| (0..WIDTH).flat_map(move |x| drawn(x, y))).collect();
    let worst = picture.rgb.iter().zip(&expected).map(|(&got, &expected)| got.abs_diff(expected)).max();
    assert!(worst <= Some(tolerance), "{name} is off by {worst:?}, at most {tolerance} is right");
}

#[test]
fn jpegs_of_every_kind_show_the_scene() {
    for name in ["444.jpg", "progressive.jpg", "restarts.jpg"] {
        assert_shows(name, scene, 4);
    }
    for name in ["420.jpg", "422.jpg"] {
        assert_shows(name, scene, 12);
    }
    assert_shows("grey.jpg", grey_scene, 3);
}

#[test]
fn jpegs_for_print_show_their_colours_and_not_the_negative() {
    assert_shows("cmyk.jpg", scene, 4);
    assert_shows("ycck.jpg", scene, 6);
}

#[test]
fn pngs_of_every_kind_show_exactly_what_was_drawn() {
    assert_shows("rgb.png", scene, 0);
    assert_shows("rgb_16.png", scene, 0);
    assert_shows("grey.png", grey_scene, 0);
    assert_shows("grey_16.png", grey_scene, 0);
    assert_shows("palette.png", palette_scene, 0);
}

#[test]
fn what_is_transparent_shows_white() {
    for name in ["alpha.png", "alpha_16.png", "alpha.webp", "alpha.tif"] {
        assert_shows(name, scene_on_white, 0);
    }
    assert_shows("grey_alpha.png", |x, y| [on_white(grey(x, y), alpha(x, y)); 3], 0);
    assert_shows("lossy_alpha.webp", scene_on_white, 16);
}

#[test]
fn webps_of_every_kind_show_the_scene() {
    assert_shows("lossless.webp", scene, 0);
    assert_shows("lossy.webp", scene, 16);
}

#[test]
fn of_a_moving_picture_the_first_frame_counts() {
    assert_shows("animated.gif", palette_scene, 0);
    assert_shows("animated.webp", scene_on_white, 1);
    assert_shows("palette.gif", palette_scene, 0);
}

#[test]
fn bmps_and_tiffs_of_every_kind_show_exactly_what_was_drawn() {
    for name in ["rgb.bmp", "rgb.tif", "lzw.tif", "deflate.tif", "packbits.tif"] {
        assert_shows(name, scene, 0);
    }
    for name in ["grey.bmp", "grey.tif", "grey_16.tif"] {
        assert_shows(name, grey_scene, 0);
    }
    assert_shows("palette.bmp", palette_scene, 0);
    assert_shows("palette.tif", palette_scene, 0);
    assert_shows("cmyk.tif", scene, 1);
}

#[test]
fn pictures_are_turned_as_the_camera_was_held() {
    for (name, tolerance) in [("turned.jpg", 4), ("turned.png", 0), ("turned.webp", 0), ("turned.tif", 0)] {
        let picture = decode(&file(name), &Limits::default()).unwrap();
        assert_eq!((picture.width, picture.height), (HEIGHT, WIDTH), "{name}");
        // Orientation 6: the first stored row is the right-hand column.
        for (x, y) in [(0, 0), (39, 0), (0, 23), (17, 5)] {
            let at = (x * HEIGHT + HEIGHT - 1 - y) as usize * 3;
            let pairs = picture.rgb[at..at + 3].iter().zip(scene(x, y));
            assert!(pairs.clone().all(|(&got, drawn)| got.abs_diff(drawn) <= tolerance), "{name} at {x}, {y}");
        }
    }
}

#[test]
fn a_picture_is_known_by_its_content() {
    assert_eq!(Format::of(&file("lossy.webp")), Ok(Format::WebP));
    assert_eq!(Format::of(&file("palette.tif")), Ok(Format::Tiff));
}

#[test]
fn a_text_file_is_refused_with_the_formats_that_can_be_read() {
    let error = decode(b"Dear reader, this is not a picture.", &Limits::default()).unwrap_err();
    assert_eq!(error, ImageError::NotAPicture);
    for format in ["JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF"] {
        assert!(error.to_string().contains(format), "{error}");
    }
}

#[test]
fn a_file_that_is_too_long_is_refused_with_both_lengths() {
    let bytes = file("rgb.bmp");
    let error = decode(&bytes, &Limits { bytes: 1000, ..Limits::default() }).unwrap_err();
    assert_eq!(error, ImageError::TooManyBytes { got: bytes.len(), limit: 1000 });
    assert!(error.to_string().contains("2934") && error.to_string().contains("1000"), "{error}");
}

#[test]
fn too_many_pixels_are_refused_in_every_format() {
    let limits = Limits { pixels: 959, ..Limits::default() };
    for (name, bytes) in all_files() {
        let error = decode(&bytes, &limits).unwrap_err();
        assert!(matches!(error, ImageError::TooManyPixels { limit: 959, .. }), "{name}: {error}");
        assert!(decode(&bytes, &Limits { pixels: 960, ..limits }).is_ok(), "{name}");
    }
}

/// A file of a few bytes that claims an enormous picture must be refused for its claim, not run out of memory.
#[test]
fn an_enormous_claim_in_a_tiny_file_is_refused_by_its_header() {
    let mut png = file("rgb.png");
    png[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    let checksum = crc32(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&checksum);
    let error = decode(&png, &Limits::default()).unwrap_err();
    assert_eq!(error, ImageError::TooManyPixels { width: 65536, height: 65536, limit: 100_000_000 });
    assert!(error.to_string().contains("4294967296"), "{error}");

    let mut gif = file("palette.gif");
    gif[6..10].copy_from_slice(&[0xff; 4]);
    assert!(matches!(decode(&gif, &Limits::default()), Err(ImageError::TooManyPixels { width: 65535, .. })));

    let mut jpeg = file("444.jpg");
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    assert!(matches!(decode(&jpeg, &Limits::default()), Err(ImageError::TooManyPixels { height: 65535, .. })));
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1)))
    })
}

#[test]
fn a_jpeg_that_breaks_off_early_is_refused_and_one_that_breaks_off_late_is_not() {
    let rgb = (0..256 * 256).flat_map(|i| scene(i % 40, i / 256 % 24)).collect();
    let whole = Picture { width: 256, height: 256, rgb };
    let bytes = encode_jpeg(&whole, 90).unwrap();
    let early = decode(&bytes[..bytes.len() / 3], &Limits::default()).unwrap_err();
    assert!(matches!(early, ImageError::Damaged { format: Format::Jpeg, .. }), "{early}");

    let late = decode(&bytes[..bytes.len() * 9 / 10], &Limits::default()).unwrap();
    let complete = decode(&bytes, &Limits::default()).unwrap();
    let rows = 256 * 3 * 200;
    assert_eq!(late.rgb[..rows], complete.rgb[..rows]);
    assert!(late.rgb.ends_with(&[128; 256 * 3]));
}

#[test]
fn a_grey_picture_is_not_taken_for_a_broken_one() {
    let plain = Picture { width: 64, height: 64, rgb: vec![128; 64 * 64 * 3] };
    let back = decode(&encode_jpeg(&plain, 90).unwrap(), &Limits::default()).unwrap();
    assert_eq!(back, plain);
}

#[test]
fn files_cut_short_say_so() {
    for name in ["rgb.png", "lossless.webp", "rgb.bmp", "lzw.tif"] {
        let bytes = file(name);
        let error = decode(&bytes[..bytes.len() * 3 / 4], &Limits::default()).unwrap_err();
        assert!(matches!(error, ImageError::Damaged { .. }), "{name}: {error}");
    }
}

#[test]
fn a_jpeg_survives_being_written_and_read() {
    let rgb = (0..HEIGHT).flat_map(|y| (0..WIDTH).flat_map(move |x| scene(x, y))).collect();
    let picture = Picture { width: WIDTH, height: HEIGHT, rgb };
    let back = decode(&encode_jpeg(&picture, 95).unwrap(), &Limits::default()).unwrap();
    assert!(picture.rgb.iter().zip(&back.rgb).all(|(a, b)| a.abs_diff(*b) <= 6));
    assert!(encode_jpeg(&picture, 30).unwrap().len() < encode_jpeg(&picture, 95).unwrap().len());
    let long = Picture { width: 70_000, height: 1, rgb: vec![0; 210_000] };
    assert_eq!(encode_jpeg(&long, 80), Err(ImageError::NotEncodable { width: 70_000, height: 1 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// Whatever happens to a file on its way, the answer is a picture or an error in words.
    #[test]
    fn damaged_files_never_panic(
        which in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let files = all_files();
        let (name, mut bytes) = files[which.index(files.len())].clone();
        for (at, value) in &flips {
            let at = at.index(bytes.len());
            bytes[at] = *value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let limits = Limits { pixels: 1 << 20, ..Limits::default() };
        let outcome = catch_unwind(|| decode(&bytes, &limits));
        prop_assert!(outcome.is_ok(), "{name} with {flips:?}, {} bytes long", bytes.len());
        match outcome.unwrap() {
            Ok(picture) => {
                prop_assert_eq!(picture.rgb.len() as u64, u64::from(picture.width) * u64::from(picture.height) * 3);
            }
            Err(error) => prop_assert!(error.to_string().len() > 20, "{error}"),
        }
    }
}
