//! Outlines: everything that a canvas can fill or stroke.

use std::f32::consts::TAU;

use tiny_skia::{Path, PathBuilder, Rect, Transform};

use super::random::Rng;

pub type Point = (f32, f32);

/// An outline; `None` is one without extent, which draws nothing.
pub type Shape = Option<Path>;

pub fn polar(centre: Point, radius: f32, angle: f32) -> Point {
    (centre.0 + radius * angle.cos(), centre.1 + radius * angle.sin())
}

pub fn between(a: Point, b: Point, t: f32) -> Point {
    (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)
}

pub fn distance(a: Point, b: Point) -> f32 {
    ((a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1)).sqrt()
}

pub fn line(points: &[Point]) -> Shape {
    joined(points, false)
}

pub fn polygon(points: &[Point]) -> Shape {
    joined(points, true)
}

fn joined(points: &[Point], close: bool) -> Shape {
    let mut path = PathBuilder::new();
    for (i, &(x, y)) in points.iter().enumerate() {
        if i == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    if close && points.len() > 2 {
        path.close();
    }
    path.finish()
}

/// A smooth open line through all points (Catmull-Rom).
pub fn curve(points: &[Point]) -> Shape {
    smooth(points, false)
}

/// A smooth closed outline through all points.
pub fn blob(points: &[Point]) -> Shape {
    smooth(points, true)
}

fn smooth(points: &[Point], close: bool) -> Shape {
    let n = points.len();
    if n < 2 {
        return None;
    }
    let at = |i: isize| {
        if close { points[i.rem_euclid(n as isize) as usize] } else { points[i.clamp(0, n as isize - 1) as usize] }
    };
    let mut path = PathBuilder::new();
    path.move_to(points[0].0, points[0].1);
    for i in 0..(if close { n } else { n - 1 }) as isize {
        let (p0, p1, p2, p3) = (at(i - 1), at(i), at(i + 1), at(i + 2));
        path.cubic_to(
            p1.0 + (p2.0 - p0.0) / 6.0,
            p1.1 + (p2.1 - p0.1) / 6.0,
            p2.0 - (p3.0 - p1.0) / 6.0,
            p2.1 - (p3.1 - p1.1) / 6.0,
            p2.0,
            p2.1,
        );
    }
    if close {
        path.close();
    }
    path.finish()
}

pub fn rect(x: f32, y: f32, width: f32, height: f32) -> Shape {
    Rect::from_xywh(x, y, width.max(0.01), height.max(0.01)).map(PathBuilder::from_rect)
}

pub fn circle(centre: Point, radius: f32) -> Shape {
    PathBuilder::from_circle(centre.0, centre.1, radius.max(0.01))
}

pub fn ellipse(centre: Point, rx: f32, ry: f32, angle: f32) -> Shape {
    turned(&circle((0.0, 0.0), 1.0), angle, (rx.max(0.01), ry.max(0.01)), centre)
}

/// The shape scaled, then turned by `angle` (radians) around the origin, then moved.
pub fn turned(shape: &Shape, angle: f32, scale: Point, to: Point) -> Shape {
    shape
        .clone()?
        .transform(Transform::from_scale(scale.0, scale.1).post_rotate(angle.to_degrees()).post_translate(to.0, to.1))
}

/// A part of a ring from angle `from` to `to`; with `inner` = 0 a slice of a disc.
pub fn sector(centre: Point, inner: f32, outer: f32, from: f32, to: f32) -> Shape {
    let steps = (((to - from).abs() * outer.max(8.0)) / 5.0).ceil().clamp(4.0, 200.0) as usize;
    let angle = |i: usize| from + (to - from) * i as f32 / steps as f32;
    let mut points: Vec<Point> = (0..=steps).map(|i| polar(centre, outer, angle(i))).collect();
    if inner > 0.0 {
        points.extend((0..=steps).rev().map(|i| polar(centre, inner, angle(i))));
    } else {
        points.push(centre);
    }
    polygon(&points)
}

pub fn arc(centre: Point, radius: f32, from: f32, to: f32) -> Shape {
    let steps = (((to - from).abs() * radius.max(8.0)) / 5.0).ceil().clamp(4.0, 300.0) as usize;
    let points: Vec<Point> =
        (0..=steps).map(|i| polar(centre, radius, from + (to - from) * i as f32 / steps as f32)).collect();
    line(&points)
}

pub fn regular(centre: Point, radius: f32, corners: usize, angle: f32) -> Vec<Point> {
    (0..corners).map(|i| polar(centre, radius, angle + TAU * i as f32 / corners as f32)).collect()
}

pub fn star(centre: Point, outer: f32, inner: f32, rays: usize, angle: f32) -> Shape {
    let points: Vec<Point> = (0..rays * 2)
        .map(|i| polar(centre, if i % 2 == 0 { outer } else { inner }, angle + TAU * i as f32 / (rays * 2) as f32))
        .collect();
    polygon(&points)
}

/// A pointed leaf from `base` to `tip`, `width` at its widest.
pub fn leaf(base: Point, tip: Point, width: f32) -> Shape {
    let (dx, dy) = (tip.0 - base.0, tip.1 - base.1);
    let length = distance(base, tip).max(0.01);
    let side = (-dy / length * width * 0.66, dx / length * width * 0.66);
    let (low, high) = (between(base, tip, 0.3), between(base, tip, 0.68));
    let mut path = PathBuilder::new();
    path.move_to(base.0, base.1);
    path.cubic_to(low.0 + side.0, low.1 + side.1, high.0 + side.0, high.1 + side.1, tip.0, tip.1);
    path.cubic_to(high.0 - side.0, high.1 - side.1, low.0 - side.0, low.1 - side.1, base.0, base.1);
    path.close();
    path.finish()
}

/// An uneven round outline: each of `corners` points up to `uneven` (0..1) off the radius.
pub fn pebble(rng: &Rng, centre: Point, radius: f32, corners: usize, uneven: f32) -> Shape {
    let points: Vec<Point> = (0..corners)
        .map(|i| {
            let angle = TAU * (i as f32 + rng.bell() * 0.25 * uneven.min(1.0)) / corners as f32;
            polar(centre, radius * (1.0 + uneven * rng.bell()), angle)
        })
        .collect();
    blob(&points)
}

/// The part of a convex polygon on the side of `a`, halfway between `a` and `b`.
pub fn nearer(cell: &[Point], a: Point, b: Point) -> Vec<Point> {
    let middle = between(a, b, 0.5);
    let side = |p: Point| (p.0 - middle.0) * (b.0 - a.0) + (p.1 - middle.1) * (b.1 - a.1);
    let mut kept = Vec::with_capacity(cell.len() + 2);
    for (i, &p) in cell.iter().enumerate() {
        let next = cell[(i + 1) % cell.len()];
        let (s, t) = (side(p), side(next));
        if s <= 0.0 {
            kept.push(p);
        }
        if (s < 0.0 && t > 0.0) || (s > 0.0 && t < 0.0) {
            kept.push(between(p, next, s / (s - t)));
        }
    }
    kept
}

/// The Voronoi cell of every site inside the rectangle `width` × `height`.
pub fn voronoi(sites: &[Point], width: f32, height: f32) -> Vec<Vec<Point>> {
    sites
        .iter()
        .map(|&site| {
            let mut others: Vec<Point> = sites.iter().copied().filter(|&other| other != site).collect();
            others.sort_by(|a, b| distance(*a, site).total_cmp(&distance(*b, site)));
            let mut cell = vec![(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
            for other in others {
                let reach = cell.iter().map(|&p| distance(p, site)).fold(0.0, f32::max);
                if distance(site, other) > 2.0 * reach {
                    break;
                }
                cell = nearer(&cell, site, other);
            }
            cell
        })
        .collect()
}

/// `count` points spread evenly but without a grid: each the best of a few random candidates.
pub fn scattered(rng: &Rng, count: usize, width: f32, height: f32) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::with_capacity(count);
    for _ in 0..count {
        let mut best = ((0.0, 0.0), -1.0);
        for _ in 0..8 {
            let candidate = (rng.range(0.0, width), rng.range(0.0, height));
            let nearest = points.iter().map(|&p| distance(p, candidate)).fold(f32::MAX, f32::min);
            if nearest > best.1 {
                best = (candidate, nearest);
            }
        }
        points.push(best.0);
    }
    points
}
