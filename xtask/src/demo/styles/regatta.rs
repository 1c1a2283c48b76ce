//! Regatta: harbours and sails in broad strokes and flat facets of light.

use super::super::kit::*;

/// Sky, sea, two sail colours, hull, accent.
const BREEZES: &[[u32; 6]] = &[
    [0xbfdcec, 0x2f7aa8, 0xfaf4e6, 0xe8603c, 0x243a5a, 0xf0b840],
    [0xf6d8b0, 0x3a6a7a, 0xfbeee0, 0xd8843a, 0x3a2a34, 0xb83a3a],
    [0xd8cce8, 0x5a5aa0, 0xfff8f0, 0xe88aa0, 0x2f2a5a, 0xf4d070],
    [0xe8ecd8, 0x3f8a7a, 0xffffff, 0x2f4f6a, 0x6a3a2a, 0xe0a03a],
    [0xf2b890, 0x6a4a7a, 0xfce8d0, 0xc8443a, 0x2a1f3a, 0xf8dc8a],
    [0x8fc8d0, 0x146a7a, 0xf4f0dc, 0xf0c040, 0x103040, 0xe0523a],
    [0xdfe4e8, 0x7a95a8, 0xf8f6f0, 0xa8b8c0, 0x3a4a58, 0xc8502f],
    [0x1f3058, 0x14244a, 0xe8dcc0, 0x8fa8d0, 0x0a1228, 0xf2c868],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let turn = rng.bell() * 14.0;
    let tones = BREEZES[number % BREEZES.len()].map(|c| hex(c).turned(turn));
    let (width, height) = any_format(rng);
    let mut canvas = Canvas::new(width, height, tones[0]);
    let (w, h) = (canvas.width(), canvas.height());
    let horizon = h * rng.range(0.3, 0.62);
    strokes(&mut canvas, rng, (0.0, horizon), tones[0], 0.5);
    let sun = (w * rng.range(0.15, 0.85), horizon * rng.range(0.25, 0.8));
    let glow = rng.chance(0.6);
    if glow {
        canvas.disc(sun, w.min(h) * rng.range(0.06, 0.12), tones[5].lighter(0.3));
    }
    canvas.rect(0.0, horizon, w, h, tones[1]);
    strokes(&mut canvas, rng, (horizon, h), tones[1], 1.0);
    if glow {
        for _ in 0..26 {
            let y = horizon + (h - horizon) * rng.unit();
            let x = sun.0 + rng.bell() * w * (0.04 + 0.1 * (y - horizon) / h);
            canvas.line((x - 14.0, y), (x + 14.0, y), tones[5].alpha(0.75), 3.0);
        }
    }
    let shore = match rng.below(3) {
        0 => {
            town(&mut canvas, rng, horizon, tones);
            "harbour"
        }
        1 => {
            let points: Vec<Point> = (0..=8)
                .map(|i| (w * i as f32 / 8.0, horizon - h * rng.range(0.02, 0.14)))
                .chain([(w, horizon), (0.0, horizon)])
                .collect();
            canvas.polygon(&points, tones[1].mix(tones[0], 0.45));
            "bay"
        }
        _ => "open sea",
    };
    let fleet = rng.count(2, 9);
    let mut boats: Vec<(f32, f32)> = (0..fleet).map(|_| (w * rng.range(0.06, 0.94), rng.unit().powf(1.3))).collect();
    boats.sort_by(|a, b| a.1.total_cmp(&b.1));
    let lean = rng.sign() * rng.range(0.02, 0.16);
    for (x, near) in boats {
        let y = horizon + (h - horizon) * (0.06 + 0.7 * near);
        let s = h * (0.07 + 0.3 * near) * rng.range(0.8, 1.1);
        boat(&mut canvas, rng, (x, y), s, lean, tones);
    }
    if rng.chance(0.3) {
        let side = rng.below(2) as f32;
        for i in 0..4 {
            let x = w * (side * 0.72 + 0.07 * i as f32);
            canvas.rect(x, h * (0.7 + 0.03 * i as f32), w * 0.02, h, tones[4]);
        }
        canvas.rect(w * side * 0.68, h * 0.8, w * 0.34, h * 0.03, tones[4].lighter(0.15));
    }
    surface::weave(&mut canvas, rng, 4.5);
    let title = match rng.below(3) {
        0 => compose(rng, &format!("{} sails off _, _", number_word(fleet)), &[words::PLACES, words::HOURS]),
        1 => compose(rng, &format!("Regatta in the {shore}, _"), &[words::PLACES]),
        _ => compose(
            rng,
            "_ wind, _",
            &[&["Westerly", "A light", "The offshore", "A following", "No", "A rising", "The evening"], words::PLACES],
        ),
    };
    Painted { title, canvas }
}

fn number_word(n: usize) -> &'static str {
    ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"][n.min(9)]
}

/// Flat dabs of neighbouring tones between two heights.
fn strokes(canvas: &mut Canvas, rng: &Rng, (from, to): (f32, f32), tone: Colour, lively: f32) {
    let (w, h) = (canvas.width(), canvas.height());
    let angle = rng.bell() * 0.25;
    for _ in 0..150 {
        let y = from + (to - from) * rng.unit();
        let size = h * 0.012 + (y - from).abs() * 0.035;
        let centre = (w * rng.unit(), y);
        let long = size * rng.range(2.0, 6.0);
        let (a, b) = (polar(centre, long, angle), polar(centre, -long, angle));
        let dab = tone.near(rng, 0.22 * lively + 0.1).alpha(0.55);
        let thick = size.min((y - from).abs() * 1.6 + 1.0).min((to - y).abs() * 1.6 + 1.0);
        canvas.line(a, b, dab, thick);
    }
}

fn town(canvas: &mut Canvas, rng: &Rng, horizon: f32, tones: [Colour; 6]) {
    let (w, h) = (canvas.width(), canvas.height());
    let mut x = -10.0;
    while x < w {
        let (wide, tall) = (w * rng.range(0.04, 0.1), h * rng.range(0.04, 0.15));
        let wall = tones[rng.pick(&[2, 3, 5])].mix(tones[0], 0.4).near(rng, 0.15);
        canvas.rect(x, horizon - tall, wide, tall, wall);
        canvas.rect(x + wide * 0.6, horizon - tall, wide * 0.4, tall, wall.darker(0.15));
        if rng.chance(0.7) {
            canvas.polygon(
                &[
                    (x - 2.0, horizon - tall),
                    (x + wide / 2.0, horizon - tall - wide * 0.45),
                    (x + wide + 2.0, horizon - tall),
                ],
                tones[3].darker(0.15).near(rng, 0.1),
            );
        }
        for i in 0..4 {
            canvas.rect(
                x + wide * (0.15 + 0.4 * (i % 2) as f32),
                horizon - tall * (0.75 - 0.38 * (i / 2) as f32),
                wide * 0.13,
                tall * 0.16,
                tones[4].alpha(0.7),
            );
        }
        canvas.rect(x, horizon, wide, tall * 0.6, wall.mix(tones[1], 0.6).alpha(0.6));
        x += wide * rng.range(0.9, 1.15);
    }
    canvas.rect(0.0, horizon - 3.0, w, 6.0, tones[4].mix(tones[1], 0.5));
}

fn boat(canvas: &mut Canvas, rng: &Rng, at: Point, s: f32, lean: f32, tones: [Colour; 6]) {
    let place = |points: &[Point]| turned(&polygon(points), lean, (s, s), at);
    let sail = if rng.chance(0.6) { tones[2] } else { tones[3] }.near(rng, 0.08);
    let side = rng.sign();
    let flip = |points: [Point; 3]| points.map(|p| (p.0 * side, p.1));
    // The reflection first, in broken bars.
    for i in 0..9 {
        let y = at.1 + s * (0.14 + 0.13 * i as f32);
        let half = s * (0.42 - 0.04 * i as f32) * rng.range(0.6, 1.1);
        let tone = if i < 2 { tones[4] } else { sail };
        canvas.line((at.0 - half + rng.bell() * 5.0, y), (at.0 + half, y), tone.alpha(0.5 - 0.04 * i as f32), s * 0.06);
    }
    canvas.fill(&place(&flip([(0.02, -1.75), (0.02, -0.12), (0.78, -0.16)])), sail);
    canvas.fill(&place(&flip([(0.02, -1.75), (0.02, -0.12), (0.34, -0.14)])), sail.mix(tones[1], 0.25));
    let jib = if rng.chance(0.4) { tones[5] } else { sail.mix(tones[0], 0.3) };
    canvas.fill(&place(&flip([(-0.04, -1.5), (-0.06, -0.14), (-0.62, -0.14)])), jib);
    if rng.chance(0.5) {
        canvas.fill(
            &place(&[(side * 0.1, -0.95), (side * 0.34, -0.8), (side * 0.34, -0.66), (side * 0.1, -0.8)]),
            tones[5],
        );
    }
    canvas.fill(&place(&[(-0.72, -0.1), (0.8, -0.1), (0.55, 0.12), (-0.5, 0.12)]), tones[4]);
    canvas.fill(&place(&[(-0.72, -0.1), (0.8, -0.1), (0.76, -0.05), (-0.68, -0.05)]), tones[5]);
    canvas.stroke(&turned(&line(&[(0.0, -1.85), (0.0, -0.1)]), lean, (s, s), at), tones[4], s * 0.025 + 0.6);
}
