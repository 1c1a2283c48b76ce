use super::*;

fn picture(width: u32, height: u32) -> Picture {
    let rgb = (0..height).flat_map(|y| (0..width).flat_map(move |x| [x as u8, y as u8, 7])).collect();
    Picture { width, height, rgb }
}

fn region(x: f32, y: f32, width: f32, height: f32) -> Region {
    Region { x, y, width, height }
}

#[test]
fn a_region_is_cut_out_to_whole_pixels() {
    let part = picture(10, 8).crop(region(0.2, 0.25, 0.5, 0.5));
    assert_eq!((part.width, part.height), (5, 4));
    assert_eq!(part.rgb[..3], [2, 2, 7]);
    assert_eq!(part.rgb[part.rgb.len() - 3..], [6, 5, 7]);
}

#[test]
fn the_whole_region_is_the_whole_picture() {
    let whole = picture(9, 5);
    assert_eq!(whole.crop(region(0.0, 0.0, 1.0, 1.0)), whole);
    assert_eq!(whole.crop(region(-3.0, -1.0, 9.0, 9.0)), whole);
}

#[test]
fn any_region_gives_at_least_one_pixel_of_the_picture() {
    let strange = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0, -0.0, 0.0, 1e-30, 0.5, 1.0, 2.0, 1e30];
    let whole = picture(6, 4);
    for x in strange {
        for size in strange {
            let part = whole.crop(region(x, x, size, size));
            assert!((1..=6).contains(&part.width) && (1..=4).contains(&part.height), "{x} {size}");
            assert_eq!(part.rgb.len(), (part.width * part.height * 3) as usize);
        }
    }
    assert_eq!(whole.crop(region(f32::NAN, f32::NAN, f32::NAN, f32::NAN)), whole);
}

#[test]
fn fitting_keeps_the_proportions_and_never_enlarges() {
    let small = picture(400, 100).fit(100);
    assert_eq!((small.width, small.height), (100, 25));
    assert_eq!((picture(1000, 1).fit(10).height, picture(1000, 1).fit(10).width), (1, 10));
    assert_eq!(picture(20, 30).fit(100), picture(20, 30));
}

#[test]
fn sizes_of_zero_are_taken_for_one() {
    let one = picture(5, 5).resize(0, 0);
    assert_eq!((one.width, one.height, one.rgb.len()), (1, 1, 3));
}

#[test]
fn memory_that_cannot_be_had_is_an_error() {
    assert_eq!(buffer(u64::MAX, 0), Err(ImageError::OutOfMemory { bytes: u64::MAX }));
}
