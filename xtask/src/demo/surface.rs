//! What makes a flat drawing look made by hand: paper, canvas, grain, wood, worn edges.

use super::canvas::Canvas;
use super::colour::Colour;
use super::noise::Noise;
use super::random::Rng;
use super::shapes::{Point, curve};

/// Fine grain, `amount` in steps of 0..255, and a slow unevenness of half of it.
pub fn paper(canvas: &mut Canvas, rng: &Rng, amount: f32) {
    let noise = Noise::new(rng.bits());
    let rows = slow_rows(canvas, rng, 90.0);
    canvas.each_pixel(|x, y, rgb| {
        let grain = noise.lattice(x as i32, y as i32) * 0.6 + noise.lattice(x as i32 / 2, y as i32 / 2 + 7777) * 0.4;
        let change = grain * amount + rows.at(x, y) * amount * 0.7;
        rgb.map(|c| c + change)
    });
}

/// The threads of a primed canvas, and grain.
pub fn weave(canvas: &mut Canvas, rng: &Rng, amount: f32) {
    let noise = Noise::new(rng.bits());
    let rows = slow_rows(canvas, rng, 60.0);
    canvas.each_pixel(|x, y, rgb| {
        let thread = if (x / 2 + y / 2) % 2 == 0 { 0.5 } else { -0.5 };
        let across = noise.lattice(x as i32, y as i32 / 12) * 0.4 + noise.lattice(x as i32 / 12, y as i32 + 999) * 0.4;
        let change = (thread + across + noise.lattice(x as i32, y as i32) * 0.5) * amount + rows.at(x, y) * amount;
        rgb.map(|c| c + change)
    });
}

/// The grain of a wooden block that took the ink unevenly.
pub fn wood(canvas: &mut Canvas, rng: &Rng, amount: f32) {
    let noise = Noise::new(rng.bits());
    let bend = rng.range(4.0, 12.0);
    let slow = slow_rows(canvas, rng, 160.0);
    canvas.each_pixel(|x, y, rgb| {
        let along = y as f32 + slow.at(x, y) * bend;
        let grain = noise.lattice((x / 34) as i32, along as i32) * 0.3
            + noise.lattice(0, (along * 0.55) as i32)
            + noise.lattice(x as i32, y as i32) * 0.4;
        rgb.map(|c| c + grain * amount)
    });
}

/// Darkens towards the corners; `strength` 0..1.
pub fn vignette(canvas: &mut Canvas, strength: f32) {
    let (w, h) = (canvas.width(), canvas.height());
    canvas.each_pixel(|x, y, rgb| {
        let (dx, dy) = (x as f32 / w - 0.5, y as f32 / h - 0.5);
        let light = 1.0 - strength * (dx * dx + dy * dy) * 2.0;
        rgb.map(|c| c * light)
    });
}

/// Noise so slow that it is worth computing once for every 8 pixels only.
struct Slow {
    across: usize,
    values: Vec<f32>,
}

impl Slow {
    fn at(&self, x: usize, y: usize) -> f32 {
        let (cx, cy) = (x / 8, y / 8);
        let (tx, ty) = ((x % 8) as f32 / 8.0, (y % 8) as f32 / 8.0);
        let value = |x: usize, y: usize| self.values[y * self.across + x];
        let top = value(cx, cy) * (1.0 - tx) + value(cx + 1, cy) * tx;
        let bottom = value(cx, cy + 1) * (1.0 - tx) + value(cx + 1, cy + 1) * tx;
        top * (1.0 - ty) + bottom * ty
    }
}

fn slow_rows(canvas: &Canvas, rng: &Rng, size: f32) -> Slow {
    let noise = Noise::new(rng.bits());
    let across = canvas.width() as usize / 8 + 2;
    let down = canvas.height() as usize / 8 + 2;
    let values = (0..across * down)
        .map(|i| noise.layered((i % across) as f32 * 8.0 / size, (i / across) as f32 * 8.0 / size, 3))
        .collect();
    Slow { across, values }
}

/// One stroke of a bristle brush along `points`: many thin hairs, each with its own load of paint.
pub fn brush(canvas: &mut Canvas, rng: &Rng, points: &[Point], width: f32, colour: Colour) {
    let hairs = (width / 1.4).clamp(3.0, 40.0) as usize;
    for hair in 0..hairs {
        let offset = (hair as f32 / (hairs - 1) as f32 - 0.5) * width;
        let (dx, dy) = (rng.bell() * width * 0.05, rng.bell() * width * 0.05);
        let side: Vec<Point> = points
            .iter()
            .enumerate()
            .map(|(i, &p)| {
                let (a, b) = (points[i.saturating_sub(1)], points[(i + 1).min(points.len() - 1)]);
                let length = ((b.0 - a.0).powi(2) + (b.1 - a.1).powi(2)).sqrt().max(0.01);
                (p.0 - (b.1 - a.1) / length * offset + dx, p.1 + (b.0 - a.0) / length * offset + dy)
            })
            .collect();
        let load = colour.near(rng, 0.12).alpha(colour.a * rng.range(0.45, 1.0));
        canvas.stroke(&curve(&side), load, rng.range(1.2, 2.6));
    }
}
