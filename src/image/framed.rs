//! Finding the picture on the wall: the part of a photograph that stands out from what surrounds it.
//!
//! The photograph is seen in 64 × 64 cells. From the border inwards, every cell can be reached by many paths; the barrier of a
//! path is the difference between the largest and the smallest value on it, and a cell is as far from the wall as the lowest
//! barrier of all paths to it says. Light that changes slowly along a wall, a floor, or a neighbour that the border cuts off
//! raise no barrier; a frame does, however alike what it holds may be to the wall. The distance and its computation by a few
//! raster scans are those of Zhang, Sclaroff, Lin, Shen, Price and Mech, "Minimum Barrier Salient Object Detection at 80 FPS"
//! (2015). All arithmetic is in integers.

use super::{Picture, Region};

/// Cells on each side.
const SIDE: usize = 64;
const CELLS: usize = SIDE * SIDE;
/// Scans, forwards and backwards in turn; more change nothing in practice.
const SCANS: usize = 4;
/// The sum of the barriers in red, green and blue (0..=765) above which a cell is no wall. Measured on drawn rooms, see the
/// model card: lower ones take plaster and bricks for pictures, higher ones lose the pale side of a picture.
const BARRIER: u16 = 75;
/// The part of its bounds that a thing fills: pictures are rectangles, seen a little from the side. On drawn rooms nearly all
/// fill four fifths; what stands out in photographs of anything else seldom fills three quarters.
const FILLED: (usize, usize) = (3, 4);
/// Of the area; what is smaller is a label or a lamp, what is larger is all there is.
const SMALLEST: f32 = 0.02;
const LARGEST: f32 = 0.90;

/// The part of the photograph that the largest thing on the wall takes up, its frame included; nothing where there is no
/// wall, or nothing on it.
pub fn find(picture: &Picture) -> Option<Region> {
    let cells = picture.resize(SIDE as u32, SIDE as u32);
    let mut barriers = [0u16; CELLS];
    for channel in 0..3 {
        let values: Vec<u8> = cells.rgb.iter().copied().skip(channel).step_by(3).collect();
        for (sum, barrier) in barriers.iter_mut().zip(barrier_distances(&values)) {
            *sum += u16::from(barrier);
        }
    }
    let things: Vec<bool> = barriers.iter().map(|&barrier| barrier > BARRIER).collect();
    let [left, top, right, bottom] = largest(&eroded(&things))?.map(|cell| cell as f32 / SIDE as f32);
    let region = Region { x: left, y: top, width: right - left, height: bottom - top };
    (SMALLEST..=LARGEST).contains(&(region.width * region.height)).then_some(region)
}

/// For each cell the lowest barrier of the paths from the border to it.
fn barrier_distances(values: &[u8]) -> Vec<u8> {
    #[derive(Clone, Copy)]
    struct Path {
        lowest: u8,
        highest: u8,
        barrier: Option<u8>,
    }
    let on_border = |cell: usize| {
        let (x, y) = (cell % SIDE, cell / SIDE);
        x == 0 || y == 0 || x == SIDE - 1 || y == SIDE - 1
    };
    let start =
        |(cell, &value): (usize, &u8)| Path { lowest: value, highest: value, barrier: on_border(cell).then_some(0) };
    let mut paths: Vec<Path> = values.iter().enumerate().map(start).collect();
    let mut extend = |cell: usize, from: usize| {
        let Path { lowest, highest, barrier: Some(_) } = paths[from] else { return };
        let (lowest, highest) = (lowest.min(values[cell]), highest.max(values[cell]));
        let barrier = highest - lowest;
        if paths[cell].barrier.is_none_or(|known| barrier < known) {
            paths[cell] = Path { lowest, highest, barrier: Some(barrier) };
        }
    };
    let inside = SIDE + 1..CELLS - SIDE - 1;
    for scan in 0..SCANS {
        if scan % 2 == 0 {
            for cell in inside.clone().filter(|&cell| !on_border(cell)) {
                extend(cell, cell - 1);
                extend(cell, cell - SIDE);
            }
        } else {
            for cell in inside.clone().rev().filter(|&cell| !on_border(cell)) {
                extend(cell, cell + 1);
                extend(cell, cell + SIDE);
            }
        }
    }
    paths.into_iter().map(|path| path.barrier.unwrap_or(u8::MAX)).collect()
}

/// Without the cells at the edge of each thing, so that what is joined by a line comes apart.
fn eroded(things: &[bool]) -> Vec<bool> {
    (0..CELLS).map(|cell| things[cell] && neighbours(cell).iter().flatten().all(|&next| things[next])).collect()
}

/// Left, right, above and below, where there is a cell.
fn neighbours(cell: usize) -> [Option<usize>; 4] {
    let (x, y) = (cell % SIDE, cell / SIDE);
    [
        (x > 0).then(|| cell - 1),
        (x < SIDE - 1).then(|| cell + 1),
        (y > 0).then(|| cell - SIDE),
        (y < SIDE - 1).then(|| cell + SIDE),
    ]
}

/// Left, top, right and bottom of the thing with the most cells, if it is nearly a rectangle; the last two are just outside
/// of it. What erosion took is added again.
fn largest(things: &[bool]) -> Option<[usize; 4]> {
    let mut seen = vec![false; CELLS];
    let mut best: Option<(usize, [usize; 4])> = None;
    for first in (0..CELLS).filter(|&cell| things[cell]) {
        if std::mem::replace(&mut seen[first], true) {
            continue;
        }
        let (mut size, mut bounds) = (0, [SIDE, SIDE, 0, 0]);
        let mut waiting = vec![first];
        while let Some(cell) = waiting.pop() {
            let (x, y) = (cell % SIDE, cell / SIDE);
            let [left, top, right, bottom] = bounds;
            bounds = [left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)];
            size += 1;
            for next in neighbours(cell).into_iter().flatten().filter(|&next| things[next]) {
                if !std::mem::replace(&mut seen[next], true) {
                    waiting.push(next);
                }
            }
        }
        if best.is_none_or(|(largest, _)| size > largest) {
            best = Some((size, bounds));
        }
    }
    let (size, [left, top, right, bottom]) = best?;
    if size * FILLED.1 < (right - left) * (bottom - top) * FILLED.0 {
        return None;
    }
    Some([left.saturating_sub(1), top.saturating_sub(1), (right + 1).min(SIDE), (bottom + 1).min(SIDE)])
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rectangle = [u32; 4]; // left, top, right, bottom

    /// A wall of this colour, brighter towards the right, and things on it.
    fn wall(width: u32, height: u32, [r, g, b]: [u8; 3], things: &[(Rectangle, [u8; 3])]) -> Picture {
        let mut rgb = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let inside = |&&([left, top, right, bottom], _): &&(Rectangle, _)| {
                    (left..right).contains(&x) && (top..bottom).contains(&y)
                };
                let light = (x * 40 / width) as u8;
                rgb.extend(
                    things.iter().rfind(inside).map_or([r + light, g + light, b + light], |(_, colour)| *colour),
                );
            }
        }
        Picture { width, height, rgb }
    }

    fn assert_near(found: Option<Region>, picture: &Picture, [left, top, right, bottom]: Rectangle) {
        let found = found.expect("something hangs there");
        let (w, h) = (picture.width as f32, picture.height as f32);
        let expected = [left as f32 / w, top as f32 / h, right as f32 / w, bottom as f32 / h];
        let got = [found.x, found.y, found.x + found.width, found.y + found.height];
        for (got, expected) in got.into_iter().zip(expected) {
            assert!((got - expected).abs() < 0.04, "{found:?} is not near {expected:?}");
        }
    }

    #[test]
    fn a_picture_on_a_wall_is_found_with_its_frame_where_it_hangs() {
        let (frame, inside) = ([300, 100, 620, 340], [320, 120, 600, 320]);
        let picture = wall(800, 600, [180, 170, 160], &[(frame, [60, 40, 20]), (inside, [190, 180, 170])]);
        assert_near(find(&picture), &picture, frame);
    }

    #[test]
    fn labels_floors_and_neighbours_cut_off_by_the_border_are_not_the_picture() {
        let work = [180, 120, 420, 330];
        let things = [
            ([0, 480, 600, 600], [70, 50, 40]),      // the floor
            ([520, 130, 600, 340], [20, 60, 120]),   // a neighbour, half of it
            ([440, 290, 470, 310], [250, 250, 250]), // a label
            (work, [30, 90, 40]),
        ];
        let picture = wall(600, 600, [170, 170, 165], &things);
        assert_near(find(&picture), &picture, work);
    }

    #[test]
    fn where_nothing_hangs_nothing_is_found() {
        assert_eq!(find(&wall(300, 200, [120, 130, 140], &[])), None);
        let whole = [2, 2, 298, 198];
        assert_eq!(find(&wall(300, 200, [120, 130, 140], &[(whole, [20, 20, 20])])), None);
        let lamp = [140, 20, 155, 30];
        assert_eq!(find(&wall(300, 200, [120, 130, 140], &[(lamp, [255, 255, 255])])), None);
    }

    #[test]
    fn what_is_no_rectangle_is_no_picture() {
        let cross = [([100, 40, 140, 160], [20, 20, 20]), ([40, 80, 200, 120], [20, 20, 20])];
        assert_eq!(find(&wall(300, 200, [120, 130, 140], &cross)), None);
    }

    #[test]
    fn pictures_of_any_size_can_be_looked_at() {
        for (width, height) in [(1, 1), (1, 500), (500, 1), (3, 2), (64, 64), (65, 63)] {
            let count = (width * height * 3) as usize;
            let noise = (0..count).map(|place| (place * 7919 % 251) as u8).collect();
            if let Some(Region { x, y, width, height }) = find(&Picture { width, height, rgb: noise }) {
                assert!(x >= 0.0 && y >= 0.0 && x + width <= 1.0 && y + height <= 1.0);
            }
        }
    }
}
