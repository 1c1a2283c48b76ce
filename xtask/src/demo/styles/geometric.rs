//! Geometric abstraction: tiles of arcs, floating discs and bars, circles cut into quarters.

use super::super::kit::*;

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let palette = palette(number * 7 + 3, rng);
    let (width, height) = any_format(rng);
    let mut canvas = Canvas::new(width, height, palette.ground);
    let noun = match number % 4 {
        0 => {
            tiles(&mut canvas, rng, &palette);
            "tiles"
        }
        1 => {
            floating(&mut canvas, rng, &palette);
            "suspension"
        }
        2 => {
            discs(&mut canvas, rng, &palette);
            "rotation"
        }
        _ => {
            nested(&mut canvas, rng, &palette);
            "interval"
        }
    };
    surface::paper(&mut canvas, rng, 6.0);
    let quality = [
        "quiet", "restless", "broken", "slow", "bright", "double", "late", "counter", "open", "folded", "northern",
        "loud", "tilted", "measured", "second", "unequal",
    ];
    let theme = [
        "for strings",
        "in five parts",
        "with a red corner",
        "of the city",
        "for a staircase",
        "after rain",
        "for a window",
        "without centre",
        "of the workshop",
        "in two keys",
        "for a small room",
        "with silence",
        "of a Sunday",
    ];
    let pattern = format!("_ {noun} _");
    Painted { title: words::compose(rng, &pattern, &[&quality, &theme]), canvas }
}

/// A grid of squares, each with an arc, a triangle, stripes or dots.
fn tiles(canvas: &mut Canvas, rng: &Rng, palette: &Palette) {
    let across = rng.count(3, 7);
    let side = canvas.width() / across as f32;
    let down = (canvas.height() / side).ceil() as usize;
    for row in 0..down {
        for column in 0..across {
            let (x, y) = (column as f32 * side, row as f32 * side);
            let back = if rng.chance(0.35) { palette.ground } else { palette.pick(rng) };
            canvas.rect(x, y, side + 0.5, side + 0.5, back);
            let front = loop {
                let colour = if rng.chance(0.25) { palette.dark } else { palette.pick(rng) };
                if colour != back {
                    break colour;
                }
            };
            let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
            let turn = rng.below(4);
            let (corner, angle) = (corners[turn], FRAC_PI_2 * turn as f32);
            match rng.below(8) {
                0 | 1 => canvas.fill(&sector(corner, 0.0, side, angle, angle + FRAC_PI_2), front),
                2 => {
                    for i in 0..3 {
                        let colour = if i % 2 == 0 { front } else { back };
                        canvas.fill(
                            &sector(corner, 0.0, side * (1.0 - i as f32 / 3.0), angle, angle + FRAC_PI_2),
                            colour,
                        );
                    }
                }
                3 => canvas.polygon(&[corner, corners[(turn + 1) % 4], corners[(turn + 3) % 4]], front),
                4 => {
                    for i in 0..4 {
                        canvas.rect(x, y + side * (i as f32 + 0.25) / 4.0, side, side / 8.0, front);
                    }
                }
                5 => canvas.disc((x + side / 2.0, y + side / 2.0), side * rng.range(0.2, 0.42), front),
                6 => {
                    for i in 0..9 {
                        let at = (x + side * (i % 3) as f32 / 3.0, y + side * (i / 3) as f32 / 3.0);
                        canvas.disc((at.0 + side / 6.0, at.1 + side / 6.0), side * 0.09, front);
                    }
                }
                _ => {
                    let middle = (x + side / 2.0, y + side / 2.0);
                    let from = middle.0 + (corner.0 - middle.0) * 0.0;
                    canvas.fill(&sector((from, middle.1), 0.0, side / 2.0, angle, angle + PI), front);
                }
            }
        }
    }
}

/// Translucent discs, bars and triangles around one diagonal.
fn floating(canvas: &mut Canvas, rng: &Rng, palette: &Palette) {
    let (w, h) = (canvas.width(), canvas.height());
    let (size, middle) = (w.min(h), (w / 2.0, h / 2.0));
    let axis = rng.range(0.0, PI);
    let light = palette.ground.luma() > 0.5;
    let ink = |colour| if light { Ink::from(colour).multiply() } else { Ink::from(colour) };
    for i in 0..rng.count(6, 11) {
        let along = rng.range(-0.62, 0.62) * size;
        let centre = polar(polar(middle, along, axis), rng.bell() * size * 0.3, axis + FRAC_PI_2);
        let colour = palette.pick(rng).alpha(rng.range(0.75, 0.95));
        let radius = size * rng.range(0.05, 0.3) * if i == 0 { 1.2 } else { 0.8 };
        match rng.below(5) {
            0 | 1 => canvas.disc(centre, radius, ink(colour)),
            2 => canvas.ring(centre, radius, ink(colour), size * rng.range(0.01, 0.05)),
            3 => {
                let turn = rng.range(0.0, TAU);
                canvas.polygon(&regular(centre, radius * 1.2, 3, turn), ink(colour));
            }
            _ => {
                let (a, b) = (axis + rng.pick(&[0.0, FRAC_PI_2, 0.4]), radius * 1.8);
                canvas.line(polar(centre, b, a), polar(centre, -b, a), ink(colour), size * rng.range(0.02, 0.08));
            }
        }
    }
    for _ in 0..rng.count(4, 9) {
        let angle = axis + rng.pick(&[0.0, 0.0, FRAC_PI_2, 0.5, -0.5]);
        let centre = (rng.range(0.1, 0.9) * w, rng.range(0.1, 0.9) * h);
        let reach = size * rng.range(0.1, 0.6);
        canvas.line(polar(centre, reach, angle), polar(centre, -reach, angle), palette.dark, rng.range(1.0, 4.5));
    }
    for _ in 0..rng.count(2, 6) {
        let centre = (rng.range(0.1, 0.9) * w, rng.range(0.1, 0.9) * h);
        canvas.disc(centre, size * rng.range(0.01, 0.03), palette.dark);
    }
}

/// Concentric rings whose colours jump at every few cuts.
fn discs(canvas: &mut Canvas, rng: &Rng, palette: &Palette) {
    let (w, h) = (canvas.width(), canvas.height());
    let back = rng.count(2, 4);
    for i in 0..back {
        let colour = palette.pick(rng).mix(palette.ground, 0.55);
        canvas.rect(0.0, h * i as f32 / back as f32, w, h, colour);
    }
    for _ in 0..rng.count(1, 4) {
        let centre = (rng.range(0.15, 0.85) * w, rng.range(0.15, 0.85) * h);
        let radius = w.min(h) * rng.range(0.22, 0.62);
        let (rings, cuts) = (rng.count(4, 9), rng.pick(&[2usize, 4, 4, 6, 8]));
        let turn = rng.pick(&[0.0, FRAC_PI_2 / 2.0, 0.3]);
        for ring in 0..rings {
            let outer = radius * (1.0 - ring as f32 / rings as f32);
            for cut in 0..cuts {
                let from = turn + TAU * cut as f32 / cuts as f32;
                let colour = if rng.chance(0.15) { palette.dark } else { palette.pick(rng) };
                canvas.fill(&sector(centre, 0.0, outer, from, from + TAU / cuts as f32 + 0.004), colour);
            }
        }
    }
}

/// Rectangles split again and again, some of them filled with a frame, a half or a disc.
fn nested(canvas: &mut Canvas, rng: &Rng, palette: &Palette) {
    let gap = rng.range(2.0, 9.0);
    let mut fields = vec![(gap, gap, canvas.width() - gap, canvas.height() - gap, 0)];
    while let Some((x, y, w, h, depth)) = fields.pop() {
        if depth < 5 && w.min(h) > 46.0 && (depth < 2 || rng.chance(0.75)) {
            let cut = rng.pick(&[0.33, 0.5, 0.62, 0.7]);
            if w * rng.range(0.7, 1.3) > h {
                fields.push((x, y, w * cut, h, depth + 1));
                fields.push((x + w * cut, y, w * (1.0 - cut), h, depth + 1));
            } else {
                fields.push((x, y, w, h * cut, depth + 1));
                fields.push((x, y + h * cut, w, h * (1.0 - cut), depth + 1));
            }
            continue;
        }
        let (w, h) = (w - gap, h - gap);
        let (back, front) = (palette.pick(rng), palette.pick(rng));
        canvas.rect(x, y, w, h, if rng.chance(0.2) { palette.dark } else { back });
        match rng.below(6) {
            0 => canvas.rect(x + w * 0.2, y + h * 0.2, w * 0.6, h * 0.6, front),
            1 => canvas.polygon(&[(x, y), (x + w, y + h), (x, y + h)], front),
            2 => canvas.disc((x + w / 2.0, y + h / 2.0), w.min(h) * 0.36, front),
            3 => canvas.rect(x, y, w, h * rng.range(0.2, 0.7), front),
            _ => {}
        }
    }
}
