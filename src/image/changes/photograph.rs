//! A picture as somebody photographs it with a phone: framed, on a wall, from the side, in the light of a room.
//!
//! The wall is painted flat, with the frame's shadow, the frame and the picture on it, all seen from the front; then the
//! camera looks at it through a slightly wrong quadrilateral, and the light of the room falls on what it sees.

use crate::image::Picture;
use crate::image::changes::colour::shine;
use crate::image::changes::geometry::{Quad, SUBPIXELS, through};
use crate::image::changes::texture::{Hills, blur, blur_plane, noise};
use crate::seed::SplitMix64;

/// How much wider than the view the painted wall is, in percent: the camera may stray over its middle.
const WALL: u32 = 140;

/// Wall paints: warm white, grey, sage, blue grey, terracotta, deep green.
const PAINTS: [[i32; 3]; 6] =
    [[222, 214, 200], [168, 168, 170], [158, 168, 148], [138, 152, 168], [186, 130, 106], [72, 94, 84]];

/// Frames: dark wood, oak, black, white, gold.
const FRAMES: [[i32; 3]; 5] = [[74, 46, 30], [166, 124, 80], [34, 32, 32], [232, 230, 224], [178, 142, 74]];

pub(super) fn photograph(picture: &Picture, tilt: u8, side: u32, random: &mut SplitMix64) -> Picture {
    let side = side.clamp(16, 4096);
    let upright = picture.height > picture.width;
    let (width, height) = if upright { (side * 3 / 4, side) } else { (side, side * 3 / 4) };
    let wall = hang(picture, width, height, random);
    let quad = viewpoint(&wall, width, height, tilt, random);
    let mut photo = through(&wall, &quad, width, height);
    room_light(&mut photo, random);
    if side >= 400 {
        photo = blur_slightly(&photo);
    }
    noise(&photo, 3, random)
}

/// The picture on its wall, from the front, painted for a view of `width` × `height`.
fn hang(picture: &Picture, width: u32, height: u32, random: &mut SplitMix64) -> Picture {
    let mut wall = paint_wall(width * WALL / 100, height * WALL / 100, random);
    // As large as the view allows, with some wall around it.
    let share = random.between(62, 72) as u64;
    let (w, h) = (u64::from(picture.width), u64::from(picture.height));
    let (view_w, view_h) = (u64::from(width) * share / 100, u64::from(height) * share / 100);
    let (shown_w, shown_h) =
        if w * view_h > h * view_w { (view_w, (h * view_w / w).max(1)) } else { ((w * view_h / h).max(1), view_h) };
    let shown = picture.resize(shown_w as u32, shown_h as u32);

    let longer = shown.width.max(shown.height) as i32;
    let moulding = longer * random.between(25, 55) / 1000;
    let mat = if random.below(2) == 0 { longer * random.between(20, 60) / 1000 } else { 0 };
    let frame = FRAMES[random.below(FRAMES.len() as u32) as usize];
    let centre = |outer: u32, inner: u32| (outer as i32 - inner as i32) / 2;
    let (left, top) = (centre(wall.width, shown.width), centre(wall.height, shown.height));
    let border = moulding + mat;
    let outer = Rectangle { left, top, width: shown.width as i32, height: shown.height as i32 }.grown(border);

    cast_shadow(&mut wall, outer, longer / 40 + 2);
    paint_frame(&mut wall, outer, moulding, mat, frame);
    for (y, row) in shown.rgb.chunks_exact(shown.width as usize * 3).enumerate() {
        let at = ((top as usize + y) * wall.width as usize + left as usize) * 3;
        wall.rgb[at..at + row.len()].copy_from_slice(row);
    }
    wall
}

#[derive(Clone, Copy)]
struct Rectangle {
    left: i32,
    top: i32,
    width: i32,
    height: i32,
}

impl Rectangle {
    fn grown(self, by: i32) -> Rectangle {
        Rectangle { left: self.left - by, top: self.top - by, width: self.width + 2 * by, height: self.height + 2 * by }
    }

    /// The distance of a pixel inside from the nearest side, and which side that is: left, top, right, bottom.
    fn depth(self, x: i32, y: i32) -> (i32, usize) {
        let sides = [x - self.left, y - self.top, self.left + self.width - 1 - x, self.top + self.height - 1 - y];
        let nearest = (0..4).min_by_key(|&side| sides[side]).unwrap_or(0);
        (sides[nearest], nearest)
    }
}

/// Plaster: broad stains, a rough surface and grain.
fn paint_wall(width: u32, height: u32, random: &mut SplitMix64) -> Picture {
    let paint = PAINTS[random.below(PAINTS.len() as u32) as usize];
    let scale = (width.max(height) / 100).max(1) as i32;
    let stains = Hills::new(scale * 22, random);
    let trowel = Hills::new(scale * 4, random);
    let rough = Hills::new(scale.max(2), random);
    let grain = Hills::new(1, random);
    let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
    let mut relief = vec![0; width as usize];
    for y in 0..height as i32 {
        relief.fill(0);
        stains.add_row(y, 10, &mut relief);
        trowel.add_row(y * 2, 5, &mut relief);
        rough.add_row(y, 6, &mut relief);
        grain.add_row(y, 5, &mut relief);
        for relief in &relief {
            rgb.extend(paint.map(|value| (value + value * relief / (128 * 256)).clamp(0, 255) as u8));
        }
    }
    Picture { width, height, rgb }
}

/// The soft shadow that light from the upper left throws to the lower right of a frame.
fn cast_shadow(wall: &mut Picture, frame: Rectangle, depth: i32) {
    let (width, height) = (wall.width as usize, wall.height as usize);
    let shadow = Rectangle { left: frame.left + depth / 2, top: frame.top + depth, ..frame };
    let mut plane = vec![0_u8; width * height];
    for (y, row) in plane.chunks_exact_mut(width).enumerate() {
        for (x, value) in row.iter_mut().enumerate() {
            if shadow.depth(x as i32, y as i32).0 >= 0 {
                *value = 255;
            }
        }
    }
    blur_plane(&mut plane, width, height, (depth / 2).max(1) as usize);
    shine(wall, |x, y| [256 - i32::from(plane[y as usize * width + x as usize]) * 120 / 255; 3]);
}

/// Moulding with a lit and a shaded slope, a mat with a bevel, and the thin shadow of the moulding on it.
fn paint_frame(wall: &mut Picture, outer: Rectangle, moulding: i32, mat: i32, colour: [i32; 3]) {
    let width = wall.width as usize;
    for y in outer.top..outer.top + outer.height {
        for x in outer.left..outer.left + outer.width {
            let (depth, side) = outer.depth(x, y);
            let painted = if depth < moulding {
                // Rounded: brightest a third of the way in; left and top face the light.
                let slope = (depth * 3 - moulding).abs() * 40 / moulding.max(1);
                let facing = [14, 22, -18, -26][side];
                colour.map(|value| value * (256 + facing * 2 - slope) / 256 + facing / 4)
            } else if depth < moulding + mat {
                let inner = moulding + mat - depth;
                let shade = if inner <= (mat / 8).max(1) {
                    if side < 2 { 200 } else { 252 }
                } else {
                    240 - (24 - (depth - moulding) * 4).max(0) * i32::from(side < 2)
                };
                [shade, shade - 2, shade - 8]
            } else {
                continue;
            };
            let at = (y as usize * width + x as usize) * 3;
            wall.rgb[at..at + 3].copy_from_slice(&painted.map(|value| value.clamp(0, 255) as u8));
        }
    }
}

/// What the camera sees of the wall: the middle, from a little to the side, above or below, not quite level.
fn viewpoint(wall: &Picture, width: u32, height: u32, tilt: u8, random: &mut SplitMix64) -> Quad {
    let (w, h) = (i64::from(width), i64::from(height));
    // Thousandths by which the far side shrinks and the near side grows, sideways and up and down.
    let tilt = i32::from(tilt.min(40)) * 5;
    let sign = |random: &mut SplitMix64| if random.below(2) == 0 { -1 } else { 1 };
    let aside = i64::from(sign(random) * random.between(tilt * 7 / 10, tilt));
    let above = i64::from(sign(random) * random.between(tilt / 5, tilt / 2));
    let level = i64::from(random.between(-tilt / 4, tilt / 4));
    // Nearer sides are seen larger: they take up less of the wall.
    let corner = |sx: i64, sy: i64| {
        let x = sx * w * (1000 - sy * above) / 1000 + -sy * h * level / 1000;
        let y = sy * h * (1000 - sx * aside) / 1000 + sx * w * level / 1000;
        let x = i64::from(wall.width) * SUBPIXELS / 2 + x * SUBPIXELS / 2;
        let y = i64::from(wall.height) * SUBPIXELS / 2 + y * SUBPIXELS / 2;
        (x, y)
    };
    [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)]
}

/// Light that falls from one side, darkens towards the corners and has the tint of its lamp; now and then a soft glare.
fn room_light(photo: &mut Picture, random: &mut SplitMix64) {
    let (width, height) = (photo.width as i32, photo.height as i32);
    let across = random.between(-36, 36);
    let down = random.between(-44, 4);
    let corners = random.between(20, 60);
    let warmth = random.between(-10, 22);
    let exposure = random.between(232, 268);
    let tint = [exposure + warmth, exposure + warmth / 4, exposure - warmth];
    shine(photo, |x, y| {
        // Both run from -256 to 256.
        let (u, v) = (x * 512 / width - 256, y * 512 / height - 256);
        let light = 256 + (across * u + down * v) / 256 - corners * (u * u + v * v) / 131_072;
        tint.map(|tint| tint * light / 256)
    });
    if random.below(3) == 0 {
        let (u0, v0) = (random.between(-200, 200), random.between(-220, 60));
        let strength = random.between(20, 70);
        let reach = random.between(120, 220);
        for (y, row) in photo.rgb.chunks_exact_mut(width as usize * 3).enumerate() {
            for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
                let (u, v) = (x as i32 * 512 / width - 256 - u0, y as i32 * 512 / height - 256 - v0);
                let fall = 256 - (u * u + v * v) * 256 / (reach * reach);
                if fall > 0 {
                    let glare = strength * fall / 256 * fall / 256;
                    *pixel = pixel.map(|value| (i32::from(value) + glare).min(255) as u8);
                }
            }
        }
    }
}

/// The softness of a small lens: the picture halfway to its blurred self.
fn blur_slightly(photo: &Picture) -> Picture {
    let mut soft = blur(photo, 1);
    for (soft, &sharp) in soft.rgb.iter_mut().zip(&photo.rgb) {
        *soft = ((u16::from(*soft) + u16::from(sharp)) / 2) as u8;
    }
    soft
}
