//! Pictures seen through a quadrilateral: turning and perspective.

use crate::image::Picture;
use crate::seed::SplitMix64;

/// Corner coordinates are counted in sixteenths of a pixel.
pub(super) const SUBPIXELS: i64 = 16;

/// Corners of a part of a picture, clockwise from the one that is to be seen at the upper left.
pub(super) type Quad = [(i64, i64); 4];

/// The `width` × `height` picture whose corners show the corners of `quad` in `picture`, under perspective.
///
/// Sampled bilinearly: `quad` should be about as large as the result. Outside of the picture its edge goes on.
pub(super) fn through(picture: &Picture, quad: &Quad, width: u32, height: u32) -> Picture {
    let rows = homography(quad, width, height);
    let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
    for y in 0..i64::from(height) {
        for x in 0..i64::from(width) {
            let [u, v, w] = rows.map(|[a, b, c]| a * x + b * y + c);
            // A sane quad keeps w positive; a pixel beyond the horizon shows a corner.
            let w = w.max(1);
            rgb.extend(sample(picture, u / w, v / w));
        }
    }
    Picture { width, height, rgb }
}

/// The projective map from pixels of the result to 1/256 pixels of the source, after Heckbert's square-to-quad formula
/// multiplied by its denominator: three rows of homogeneous coordinates.
fn homography(quad: &Quad, width: u32, height: u32) -> [[i64; 3]; 3] {
    let [(x0, y0), (x1, y1), (x2, y2), (x3, y3)] = quad.map(|(x, y)| (i128::from(x), i128::from(y)));
    let (dx1, dx2, sx) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
    let (dy1, dy2, sy) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
    let scale = dx1 * dy2 - dx2 * dy1;
    let g = sx * dy2 - dx2 * sy;
    let h = dx1 * sy - sx * dy1;
    let square = [
        [(x1 - x0) * scale + g * x1, (x3 - x0) * scale + h * x3, x0 * scale],
        [(y1 - y0) * scale + g * y1, (y3 - y0) * scale + h * y3, y0 * scale],
        [g, h, scale],
    ];
    // From the unit square to pixel centres: u = (2x + 1) / 2w, v = (2y + 1) / 2h, all times 2w · 2h.
    let (w, h) = (i128::from(width), i128::from(height));
    let mut rows = square.map(|[a, b, c]| [a * 4 * h, b * 4 * w, a * 2 * h + b * 2 * w + c * 4 * w * h]);
    for row in &mut rows[..2] {
        *row = row.map(|value| value * 256 / i128::from(SUBPIXELS));
    }
    if rows[2][2] < 0 {
        rows = rows.map(|row| row.map(|value| -value));
    }
    // Only ratios matter: keep what fits 64 bits with room for the sums over a row and a column.
    let largest = rows.as_flattened().iter().map(|value| value.unsigned_abs()).max().unwrap_or(0);
    let used = 128 - largest.leading_zeros();
    let room = 61 - (32 - width.max(height).leading_zeros());
    let shift = used.saturating_sub(room);
    rows.map(|row| row.map(|value| (value >> shift) as i64))
}

/// The picture at a point in 1/256 pixels, blended from the four pixels around it.
fn sample(picture: &Picture, u: i64, v: i64) -> [u8; 3] {
    let (u, v) = (u - 128, v - 128);
    let (fx, fy) = ((u & 255) as u32, (v & 255) as u32);
    let inside = |position: i64, length: u32| position.clamp(0, i64::from(length) - 1) as usize;
    let (left, right) = (inside(u >> 8, picture.width), inside((u >> 8) + 1, picture.width));
    let (top, bottom) = (inside(v >> 8, picture.height), inside((v >> 8) + 1, picture.height));
    let width = picture.width as usize;
    let pixel = |x: usize, y: usize| &picture.rgb[(y * width + x) * 3..][..3];
    let (a, b, c, d) = (pixel(left, top), pixel(right, top), pixel(left, bottom), pixel(right, bottom));
    std::array::from_fn(|i| {
        let upper = u32::from(a[i]) * (256 - fx) + u32::from(b[i]) * fx;
        let lower = u32::from(c[i]) * (256 - fx) + u32::from(d[i]) * fx;
        ((upper * (256 - fy) + lower * fy + 32768) >> 16) as u8
    })
}

/// Turned by up to `degrees` either way, shrunk to the largest rectangle of the same shape without empty corners.
pub(super) fn turn(picture: &Picture, degrees: u8, random: &mut SplitMix64) -> Picture {
    let tenths = i64::from(degrees.min(45)) * 10;
    let tenths = i64::from(random.between(-(tenths as i32), tenths as i32));
    let quad = turned(picture.width, picture.height, tenths);
    through(picture, &quad, picture.width, picture.height)
}

/// The largest rectangle of a picture's own shape that, turned by `tenths` of a degree, lies within it.
fn turned(width: u32, height: u32, tenths: i64) -> Quad {
    // cos = (1 - t²) / (1 + t²) and sin = 2t / (1 + t²) with t = tan(half the angle), here taken to be half the angle
    // itself, in millionths: exact rotations, by nearly the angle asked for.
    const ONE: i128 = 1_000_000;
    let t = i128::from(tenths) * 8727 / 10;
    let (cos, sin) = (ONE * ONE - t * t, 2 * t * ONE);
    let (w, h) = (i128::from(width), i128::from(height));
    // What the turned rectangle needs across and down, in the unit of cos and sin; the tighter of the two decides.
    let (across, down) = (w * cos + h * sin.abs(), h * cos + w * sin.abs());
    let (length, needed) = if w * down < h * across { (w, across) } else { (h, down) };
    let half = i128::from(SUBPIXELS) / 2;
    [(-1, -1), (1, -1), (1, 1), (-1, 1)].map(|(sx, sy)| {
        let x = (sx * w * cos - sy * h * sin) * length * half / needed;
        let y = (sx * w * sin + sy * h * cos) * length * half / needed;
        ((w * half + x) as i64, (h * half + y) as i64)
    })
}
