//! Turning a picture the way its camera was held.

use image::metadata::Orientation;

use super::Picture;

/// The side of the squares in which pixels are moved: one fits the nearest cache even when read down its columns.
const TILE: usize = 16;

/// The picture as it is to be seen, given the orientation its file states.
pub(super) fn upright(picture: Picture, orientation: Orientation) -> Picture {
    // Which way the stored picture is read: columns for rows, from the right, from the bottom.
    let (turned, from_right, from_bottom) = match orientation {
        Orientation::NoTransforms => return picture,
        Orientation::FlipHorizontal => (false, true, false),
        Orientation::Rotate180 => (false, true, true),
        Orientation::FlipVertical => (false, false, true),
        Orientation::Rotate90FlipH => (true, false, false),
        Orientation::Rotate90 => (true, false, true),
        Orientation::Rotate270FlipH => (true, true, true),
        Orientation::Rotate270 => (true, true, false),
    };
    let (stored_width, stored_height) = (picture.width as usize, picture.height as usize);
    let (width, height) = if turned { (stored_height, stored_width) } else { (stored_width, stored_height) };
    let (stored, _) = picture.rgb.as_chunks::<3>();
    let mut rgb = vec![0; picture.rgb.len()];
    let (seen, _) = rgb.as_chunks_mut::<3>();
    for top in (0..height).step_by(TILE) {
        for left in (0..width).step_by(TILE) {
            for y in top..height.min(top + TILE) {
                for x in left..width.min(left + TILE) {
                    let (column, row) = if turned { (y, x) } else { (x, y) };
                    let column = if from_right { stored_width - 1 - column } else { column };
                    let row = if from_bottom { stored_height - 1 - row } else { row };
                    seen[y * width + x] = stored[row * stored_width + column];
                }
            }
        }
    }
    Picture { width: width as u32, height: height as u32, rgb }
}

/// The orientation in a block of EXIF data; "as stored" where it says nothing that makes sense.
pub(super) fn of_exif(exif: &[u8]) -> Orientation {
    // Some writers keep the marker that precedes EXIF data in JPEG files.
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    Orientation::from_exif_chunk(exif).unwrap_or(Orientation::NoTransforms)
}

/// The EXIF data of a WebP file: its EXIF chunk.
///
/// Read here because the decoder takes memory for the chunk as long as the chunk claims to be.
pub(super) fn webp_exif(file: &[u8]) -> Option<&[u8]> {
    let mut rest = file.get(12..)?;
    loop {
        let (head, after) = rest.split_at_checked(8)?;
        let len = u32::from_le_bytes(head[4..].try_into().ok()?) as usize;
        if head.starts_with(b"EXIF") {
            return after.get(..len);
        }
        rest = after.get(len.checked_add(len % 2)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use image::DynamicImage;

    use super::*;

    #[test]
    fn all_eight_orientations_agree_with_the_image_library() {
        let (width, height) = (37, 21);
        let rgb: Vec<u8> = (0..width * height * 3).map(|i| (i * 7 % 251) as u8).collect();
        for exif in 1..=8 {
            let orientation = Orientation::from_exif(exif).unwrap();
            let mut expected = DynamicImage::ImageRgb8(image::RgbImage::from_raw(width, height, rgb.clone()).unwrap());
            expected.apply_orientation(orientation);
            let got = upright(Picture { width, height, rgb: rgb.clone() }, orientation);
            assert_eq!((got.width, got.height), (expected.width(), expected.height()), "orientation {exif}");
            assert_eq!(got.rgb, expected.into_rgb8().into_raw(), "orientation {exif}");
        }
    }

    #[test]
    fn a_chunk_that_claims_to_be_longer_than_the_file_is_passed_over() {
        let mut file = b"RIFF\0\0\0\0WEBPEXIF\xff\xff\xff\xff".to_vec();
        assert_eq!(webp_exif(&file), None);
        file.truncate(17);
        assert_eq!(webp_exif(&file), None);
        assert_eq!(webp_exif(b"RIFF\0\0\0\0WEBPVP8 \x01\0\0\0xxEXIF\x02\0\0\0ab"), Some(&b"ab"[..]));
    }
}
