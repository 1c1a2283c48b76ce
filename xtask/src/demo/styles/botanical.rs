//! Botanical plates: one invented plant on cream paper, with its details and a handwritten name.

use super::super::kit::*;

struct Plant {
    stem: Colour,
    leaf: Colour,
    petal: Colour,
    heart: Colour,
    flower: usize,
    leaf_form: usize,
}

const PETALS: &[u32] = &[
    0xc8442f, 0xe39ab0, 0x7d5fb0, 0xf0b83c, 0x4f78b8, 0xf2e6da, 0xd9652b, 0xa83258, 0x8fb0d8, 0xe8d24a, 0x5c2a5a,
    0xf0a58a,
];
const GREENS: &[u32] = &[0x4f7a3c, 0x6f8f4a, 0x3a6650, 0x7f8a3c, 0x5a7a6a, 0x8a9a5a, 0x2f5a3a];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let paper = hex(rng.pick(&[0xf3ead2, 0xf0e4c6, 0xf5efe0, 0xe9e2cc, 0xefe6d8, 0xe6e4d0, 0x2a2f2c, 0x20282f]));
    let night = paper.luma() < 0.5;
    let leaf = hex(GREENS[(number * 3) % GREENS.len()]).near(rng, 0.12).lighter(if night { 0.2 } else { 0.0 });
    let petal = hex(PETALS[(number * 5) % PETALS.len()]).near(rng, 0.1);
    let plant = Plant {
        stem: leaf.darker(0.2),
        leaf,
        petal,
        heart: hex(rng.pick(&[0xe9b93a, 0x6a3b20, 0xf3e3a0, 0x3a2a20, 0xc86a2a])),
        flower: number % 7,
        leaf_form: (number / 2 + number) % 5,
    };
    let (width, height) = tall(rng);
    let mut canvas = Canvas::new(width, height.max(width), paper);
    let (w, h) = (canvas.width(), canvas.height());
    let ink = if night { hex(0xe6dcc4) } else { hex(0x40362c) };

    match rng.below(3) {
        0 => spray(&mut canvas, rng, &plant, (w * 0.5, h * 0.86), h * 0.7, rng.bell() * 0.15),
        1 => {
            for i in 0..rng.count(3, 5) {
                let lean = (i as f32 - 1.5) * 0.28 + rng.bell() * 0.1;
                spray(&mut canvas, rng, &plant, (w * 0.5 + lean * 20.0, h * 0.86), h * rng.range(0.42, 0.7), lean);
            }
        }
        _ => branch(&mut canvas, rng, &plant),
    }
    details(&mut canvas, rng, &plant, ink);
    if rng.chance(0.7) {
        canvas.stroke(&rect(16.0, 16.0, w - 32.0, h - 32.0), ink.alpha(0.6), 1.2);
        if rng.chance(0.5) {
            canvas.stroke(&rect(20.0, 20.0, w - 40.0, h - 40.0), ink.alpha(0.5), 0.7);
        }
    }
    script(&mut canvas, rng, (w * 0.5, h * 0.935), w * rng.range(0.25, 0.45), 13.0, ink);
    script(&mut canvas, rng, (w - 70.0, 34.0), 46.0, 7.0, ink);
    surface::paper(&mut canvas, rng, 7.0);
    surface::vignette(&mut canvas, 0.16);
    let title = compose(
        rng,
        &format!("_ _, plate {}", words::roman(number + 1)),
        &[
            &[
                "Meadow",
                "Lantern",
                "Shepherd’s",
                "Glass",
                "Ember",
                "Marsh",
                "Widow’s",
                "Silver",
                "Trumpet",
                "Pilgrim’s",
                "Winter",
                "Dyer’s",
                "Copper",
                "Moon",
                "Harbour",
                "Stone",
            ],
            &[
                "bell",
                "thistle",
                "poppy",
                "lily",
                "vetch",
                "rue",
                "sorrel",
                "mallow",
                "aster",
                "clover",
                "bindweed",
                "saxifrage",
                "campion",
                "yarrow",
                "fern-rose",
                "iris",
            ],
        ],
    );
    Painted { title, canvas }
}

/// A stem from `foot` with leaves on both sides and a flower on top.
fn spray(canvas: &mut Canvas, rng: &Rng, plant: &Plant, foot: Point, tall: f32, lean: f32) {
    let bend = rng.bell() * 0.12;
    let at = |t: f32| (foot.0 + tall * (lean * t + bend * (t * PI).sin()), foot.1 - tall * t);
    let stem: Vec<Point> = (0..=10).map(|i| at(i as f32 / 10.0)).collect();
    canvas.stroke(&curve(&stem), plant.stem, tall * 0.009 + 1.0);
    let pairs = rng.count(3, 8);
    let opposite = rng.chance(0.5);
    for i in 0..pairs {
        let t = 0.08 + 0.66 * i as f32 / pairs as f32;
        let size = tall * rng.range(0.13, 0.2) * (1.15 - t);
        for side in [-1.0, 1.0] {
            let t = if opposite { t } else { t + 0.04 * side };
            leaf_at(canvas, rng, plant, at(t), -FRAC_PI_2 + side * rng.range(0.7, 1.15), size * 1.3);
        }
    }
    let size = tall * rng.range(0.1, 0.16);
    for _ in 0..rng.below(3) {
        let from = at(rng.range(0.6, 0.85));
        let end = polar(from, tall * 0.17, -FRAC_PI_2 + rng.sign() * rng.range(0.5, 0.8));
        canvas.stroke(&curve(&[from, (between(from, end, 0.5).0, end.1 + tall * 0.07), end]), plant.stem, 1.8);
        flower(canvas, rng, plant, end, size * 0.55, -FRAC_PI_2);
    }
    flower(canvas, rng, plant, at(1.0), size, -FRAC_PI_2 + lean);
}

/// A woody branch across the sheet.
fn branch(canvas: &mut Canvas, rng: &Rng, plant: &Plant) {
    let (w, h) = (canvas.width(), canvas.height());
    let side = rng.sign();
    let x = |t: f32| w * (0.5 + side * (0.42 - 0.78 * t));
    let rise = rng.range(0.35, 0.6);
    let at = |t: f32| (x(t), h * (0.78 - rise * t - 0.07 * (t * 5.0).sin()));
    let wood = hex(0x6a4a34);
    for i in 0..20 {
        let (t, next) = (i as f32 / 20.0, (i + 1) as f32 / 20.0);
        canvas.line(at(t), at(next), wood.near(rng, 0.06), 9.0 * (1.0 - t) + 2.0);
    }
    for i in 1..rng.count(7, 12) {
        let from = at(i as f32 / 12.0 + 0.05);
        let angle = -FRAC_PI_2 + rng.sign() * rng.range(0.2, 1.3) + if rng.chance(0.25) { PI } else { 0.0 };
        let end = polar(from, h * rng.range(0.07, 0.16), angle);
        canvas.line(from, end, wood, 2.2);
        for j in 0..rng.count(2, 4) {
            leaf_at(
                canvas,
                rng,
                plant,
                between(from, end, 0.3 + 0.3 * j as f32),
                angle + rng.sign() * rng.range(0.3, 1.0),
                h * rng.range(0.07, 0.11),
            );
        }
        if rng.chance(0.65) {
            flower(canvas, rng, plant, end, h * rng.range(0.035, 0.065), angle);
        }
    }
}

fn leaf_at(canvas: &mut Canvas, rng: &Rng, plant: &Plant, base: Point, angle: f32, length: f32) {
    let colour = plant.leaf.near(rng, 0.12);
    let tip = polar(base, length, angle);
    let shade = |from: Point, to: Point| Ink::linear(from, to, &[colour.darker(0.18), colour, colour.lighter(0.16)]);
    match plant.leaf_form {
        // Lance-shaped, with a midrib.
        0 => canvas.fill(&leaf(base, tip, length * 0.26), shade(base, tip)),
        // Broad, with veins.
        1 => {
            canvas.fill(&leaf(base, tip, length * 0.58), shade(base, tip));
            for i in 1..5 {
                let from = between(base, tip, i as f32 * 0.17);
                for side in [-0.7, 0.7] {
                    canvas.line(from, polar(from, length * 0.19, angle + side), plant.stem.alpha(0.5), 0.8);
                }
            }
        }
        // Feathered like a fern.
        2 => {
            for i in 1..10 {
                let t = i as f32 / 10.0;
                let from = between(base, tip, t);
                let size = length * 0.34 * (1.05 - t);
                for side in [-0.95, 0.95] {
                    let end = polar(from, size, angle + side);
                    canvas.fill(&leaf(from, end, size * 0.4), shade(from, end));
                }
            }
        }
        // Lobed like an oak's.
        3 => {
            let mut left = Vec::new();
            let mut right = Vec::new();
            for i in 0..=8 {
                let t = i as f32 / 8.0;
                let width = length * 0.24 * (t * PI).sin().max(0.0).sqrt() * if i % 2 == 0 { 0.55 } else { 1.1 };
                let middle = between(base, tip, t);
                left.push(polar(middle, width, angle + FRAC_PI_2));
                right.push(polar(middle, width, angle - FRAC_PI_2));
            }
            right.reverse();
            left.extend(right);
            canvas.fill(&blob(&left), shade(base, tip));
        }
        // Round leaflets.
        _ => {
            for i in 1..5 {
                let from = between(base, tip, i as f32 / 4.5);
                for side in [-1.0, 1.0] {
                    let at = polar(from, length * 0.13, angle + side * 1.3);
                    canvas.fill(&ellipse(at, length * 0.13, length * 0.09, angle + side), shade(from, at));
                }
            }
        }
    }
    canvas.line(base, between(base, tip, 0.95), plant.stem.alpha(0.75), 1.1);
}

fn flower(canvas: &mut Canvas, rng: &Rng, plant: &Plant, at: Point, r: f32, up: f32) {
    let (petal, heart) = (plant.petal.near(rng, 0.06), plant.heart);
    let shaded = |from: Point, to: Point| Ink::linear(from, to, &[petal.darker(0.25), petal, petal.lighter(0.25)]);
    let rotation = rng.range(0.0, TAU);
    match plant.flower {
        // Daisy.
        0 => {
            let petals = rng.count(11, 19);
            for i in 0..petals {
                let tip = polar(at, r, rotation + TAU * i as f32 / petals as f32);
                canvas.fill(&leaf(at, tip, r * 0.3), shaded(at, tip));
            }
            canvas.disc(at, r * 0.28, heart);
            canvas.disc((at.0 - r * 0.06, at.1 - r * 0.06), r * 0.18, heart.lighter(0.25));
        }
        // Five broad petals.
        1 => {
            for i in 0..5 {
                let a = rotation + TAU * i as f32 / 5.0;
                let middle = polar(at, r * 0.55, a);
                canvas.fill(
                    &ellipse(middle, r * 0.5, r * 0.42, a),
                    Ink::radial(at, r, &[petal.darker(0.3), petal, petal.lighter(0.2)]),
                );
                canvas.line(at, polar(at, r * 0.6, a), petal.darker(0.3).alpha(0.5), 1.0);
            }
            for i in 0..12 {
                let end = polar(at, r * rng.range(0.2, 0.34), TAU * i as f32 / 12.0);
                canvas.line(at, end, heart.darker(0.1), 0.9);
                canvas.disc(end, r * 0.035, heart);
            }
        }
        // Tulip.
        2 => {
            for (turn, width) in [(-0.32, 0.75), (0.32, 0.75), (0.0, 0.85)] {
                let tip = polar(at, r * 1.5, up + turn);
                canvas.fill(&leaf(at, tip, r * width), shaded(at, tip));
            }
        }
        // Bells along the stem.
        3 => {
            for i in 0..7 {
                let side = if i % 2 == 0 { 1.0 } else { -1.0 };
                let top = (at.0 + side * r * 0.3, at.1 + r * (0.42 * i as f32 - 0.6));
                let s = r * (0.3 + 0.05 * i as f32);
                canvas.line((at.0, top.1 - s * 0.2), top, plant.stem, 1.3);
                let bell = [
                    (top.0 - s * 0.2, top.1),
                    (top.0 + s * 0.2, top.1),
                    (top.0 + s * 0.45, top.1 + s * 0.7),
                    (top.0 + s * 0.65, top.1 + s),
                    (top.0 - s * 0.65, top.1 + s),
                    (top.0 - s * 0.45, top.1 + s * 0.7),
                ];
                canvas.fill(&blob(&bell), shaded(top, (top.0, top.1 + s)));
            }
        }
        // Umbel.
        4 => {
            for i in 0..13 {
                let a = up + (i as f32 - 6.0) * 0.2;
                let end = polar(at, r * rng.range(0.9, 1.2), a);
                canvas.line(at, end, plant.stem, 1.0);
                for _ in 0..8 {
                    let dot = (end.0 + rng.bell() * r * 0.22, end.1 + rng.bell() * r * 0.16);
                    canvas.disc(dot, r * 0.055, petal.near(rng, 0.12));
                }
            }
        }
        // Berries.
        5 => {
            for _ in 0..rng.count(7, 13) {
                let berry = (at.0 + rng.bell() * r * 0.75, at.1 + rng.bell() * r * 0.75);
                canvas.line(at, berry, plant.stem, 1.0);
                let s = r * rng.range(0.17, 0.26);
                let light = (berry.0 - s * 0.3, berry.1 - s * 0.3);
                canvas.disc(berry, s, Ink::radial(light, s * 1.3, &[petal.lighter(0.5), petal, petal.darker(0.3)]));
            }
        }
        // Thistle.
        _ => {
            for i in 0..34 {
                let tip = polar(at, r * rng.range(0.85, 1.15), up + (i as f32 - 17.0) * 0.055);
                canvas.line(at, tip, petal.near(rng, 0.15), 1.5);
            }
            canvas.fill(&ellipse((at.0, at.1 + r * 0.1), r * 0.36, r * 0.42, 0.0), plant.leaf);
            for i in 0..9 {
                let from = (at.0 + rng.bell() * r * 0.4, at.1 + r * (0.02 * i as f32));
                canvas.line(from, (from.0, from.1 - r * 0.16), plant.stem, 1.0);
            }
        }
    }
}

/// Small figures in the lower corners: a seed, a cut flower, a leaf.
fn details(canvas: &mut Canvas, rng: &Rng, plant: &Plant, ink: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    for (i, x) in [0.16, 0.84].into_iter().enumerate() {
        let (at, s) = ((w * x, h * rng.range(0.78, 0.85)), w * 0.055);
        match rng.below(4) {
            0 => flower(canvas, rng, plant, at, s, -FRAC_PI_2),
            1 => leaf_at(canvas, rng, plant, (at.0, at.1 + s), -FRAC_PI_2, s * 2.2),
            2 => {
                for k in 0..3 {
                    let seed = (at.0 + (k as f32 - 1.0) * s * 0.7, at.1);
                    canvas.fill(
                        &leaf((seed.0, seed.1 + s * 0.5), (seed.0, seed.1 - s * 0.5), s * 0.4),
                        plant.heart.darker(0.3),
                    );
                }
            }
            _ => continue,
        }
        script(canvas, rng, (at.0, at.1 + s * 1.6), 10.0 + 6.0 * i as f32, 5.0, ink);
    }
}

/// A line of handwriting that says nothing, centred on `at`.
fn script(canvas: &mut Canvas, rng: &Rng, at: Point, length: f32, size: f32, ink: Colour) {
    let mut points = Vec::new();
    let mut x = at.0 - length / 2.0;
    while x < at.0 + length / 2.0 {
        if rng.chance(0.12) && points.len() > 4 {
            canvas.stroke(&curve(&points), ink.alpha(0.8), size * 0.09 + 0.3);
            points.clear();
            x += size * 0.7;
        }
        let reach = if rng.chance(0.18) { 1.0 } else { 0.42 };
        points.push((x, at.1 - size * reach * rng.range(0.6, 1.0)));
        points.push((x + size * 0.12, at.1 + if rng.chance(0.1) { size * 0.5 } else { 0.0 }));
        x += size * rng.range(0.26, 0.42);
    }
    canvas.stroke(&curve(&points), ink.alpha(0.8), size * 0.09 + 0.3);
}
