use super::*;

/// A scene with large shapes, edges and a gradient.
fn scene(width: u32, height: u32) -> Picture {
    let pixel = |x: u32, y: u32| {
        let disc = (x as i32 - width as i32 / 3).pow(2) + (y as i32 - height as i32 / 2).pow(2);
        if disc < (height as i32 / 4).pow(2) {
            [210, 60, 40]
        } else {
            [(x * 200 / width) as u8, 90, (y * 200 / height) as u8]
        }
    };
    let rgb = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
    Picture { width, height, rgb }
}

fn every_kind() -> Vec<Change> {
    let mut all = calibration();
    all.extend(samples().into_iter().map(|sample| sample.change));
    all.push(Change::Mirror);
    all
}

/// Mean difference per value of two pictures, both squashed to 64 × 64.
fn difference(a: &Picture, b: &Picture) -> f64 {
    let (a, b) = (a.resize(64, 64), b.resize(64, 64));
    let sum: u64 = a.rgb.iter().zip(&b.rgb).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.rgb.len() as f64
}

#[test]
fn a_seed_always_gives_the_same_copy_and_another_seed_another() {
    let picture = scene(96, 72);
    for change in every_kind() {
        let copy = apply(&picture, &change, 5);
        assert_eq!(copy, apply(&picture, &change, 5), "{change}");
        assert_eq!(copy.rgb.len(), (copy.width * copy.height * 3) as usize, "{change}");
    }
    for change in calibration().iter().skip(1) {
        assert_ne!(apply(&picture, change, 5), apply(&picture, change, 6), "{change}");
    }
}

const HASHES: [&str; 14] = [
    "9e179560", "95f252d1", "44ba29f9", "a5fbd319", "03092384", "1531e081", "515a4df9", "19256089", "acde800b",
    "41b4c537", "0166b50e", "06583d5d", "5777c6fb", "6f017fc1",
];

/// The copies a collection was calibrated with must be the same on every machine: these are the first bytes of SHA-256.
#[test]
fn copies_are_the_same_bits_on_every_machine() {
    use sha2::{Digest, Sha256};
    let picture = scene(96, 72);
    let hashes: Vec<String> = every_kind()
        .iter()
        .map(|change| {
            let digest = Sha256::digest(&apply(&picture, change, 1).rgb);
            digest[..4].iter().map(|byte| format!("{byte:02x}")).collect()
        })
        .collect();
    assert_eq!(hashes, HASHES);
}

#[test]
fn every_change_shows_but_leaves_the_picture_recognizable() {
    let picture = scene(160, 120);
    let other = apply(&apply(&picture, &Change::Mirror, 0), &Change::Recolour { strength: 100 }, 3);
    for change in calibration() {
        if matches!(change, Change::InTurn(ref steps) if matches!(steps[0], Change::Photograph { .. })) {
            continue;
        }
        let copy = apply(&picture, &change, 9);
        let moved = difference(&picture, &copy);
        assert!(moved > 0.05, "{change} does nothing: {moved}");
        assert!(moved < difference(&picture, &other), "{change} is no longer the picture: {moved}");
    }
}

#[test]
fn a_photograph_shows_the_picture_in_its_middle_and_a_wall_around_it() {
    let red = Picture { width: 90, height: 120, rgb: [200, 10, 10].repeat(90 * 120) };
    for seed in 0..20 {
        let photo = apply(&red, &Change::Photograph { tilt: 25, side: 200 }, seed);
        assert_eq!((photo.width, photo.height), (150, 200));
        let at = |x: usize, y: usize| &photo.rgb[(y * 150 + x) * 3..][..3];
        let is_red = |pixel: &[u8]| i32::from(pixel[0]) > 2 * i32::from(pixel[1]) + 40;
        assert!(is_red(at(75, 100)), "seed {seed}: {:?}", at(75, 100));
        for corner in [at(1, 1), at(148, 1), at(1, 198), at(148, 198)] {
            assert!(!is_red(corner), "seed {seed}: {corner:?}");
        }
    }
}

#[test]
fn turning_leaves_no_empty_corner_and_turns() {
    let mut framed = Picture { width: 120, height: 80, rgb: vec![255; 120 * 80 * 3] };
    framed.rgb[..120 * 3].fill(0);
    for seed in 0..20 {
        let turned = apply(&framed, &Change::Turn { degrees: 20 }, seed);
        assert_eq!((turned.width, turned.height), (120, 80));
        // The black first row is cut away but where a corner of the turned frame touches it.
        let dark = turned.rgb.iter().filter(|&&value| value < 128).count();
        assert!(dark < 200 * 3, "seed {seed}: {dark}");
    }
    assert_ne!(apply(&scene(120, 80), &Change::Turn { degrees: 20 }, 1), scene(120, 80));
}

#[test]
fn mirroring_twice_is_nothing() {
    let picture = scene(31, 20);
    let mirrored = apply(&picture, &Change::Mirror, 0);
    assert_ne!(mirrored, picture);
    assert_eq!(apply(&mirrored, &Change::Mirror, 0), picture);
}

#[test]
fn pictures_of_any_shape_and_settings_of_any_size_are_taken() {
    let extreme = [
        Change::Crop { keep: 0 },
        Change::Crop { keep: 255 },
        Change::Shrink { side: 0 },
        Change::Jpeg { quality: 0 },
        Change::Jpeg { quality: 255 },
        Change::Light { strength: 255 },
        Change::Cast { strength: 255 },
        Change::Recolour { strength: 255 },
        Change::Blur { permille: 0 },
        Change::Blur { permille: 255 },
        Change::Noise { levels: 255 },
        Change::Turn { degrees: 255 },
        Change::Writing { percent: 0 },
        Change::Writing { percent: 255 },
        Change::Photograph { tilt: 255, side: 0 },
        Change::InTurn(vec![]),
    ];
    for (width, height) in [(1, 1), (1, 50), (120, 2), (0, 0)] {
        let picture = Picture { width, height, rgb: vec![77; (width * height * 3) as usize] };
        for change in every_kind().iter().chain(&extreme) {
            for seed in 0..2 {
                let copy = apply(&picture, change, seed);
                assert_eq!(copy.rgb.len(), (copy.width * copy.height * 3) as usize, "{change} of {width} × {height}");
            }
        }
    }
}

#[test]
fn changes_are_described_in_words() {
    let change = Change::InTurn(vec![Change::Crop { keep: 80 }, Change::Jpeg { quality: 50 }]);
    assert_eq!(change.to_string(), "cropped to 80 % of each side, saved as JPEG of quality 50");
}
