//! Mosaics: a motif laid in small stones that follow its outline, with grout between them.

use super::super::kit::*;
use super::super::scenes::landscape;

const STONES: &[[u32; 5]] = &[
    [0xe8dcc0, 0x2f5f7a, 0xb8482f, 0xd8a83c, 0x3a3430],
    [0xd8ccb4, 0x3a6a5a, 0x8a2f2f, 0xe0b860, 0x22303a],
    [0x1f3f5f, 0xe8d8a8, 0x4fa0a8, 0xd8642f, 0x101c28],
    [0xf0e6d8, 0x7a5a8a, 0x4f8a7a, 0xe89a5a, 0x40304a],
    [0xc8a878, 0x4a2f24, 0xe8dcc4, 0x5a7a4a, 0x2a1c14],
    [0xdce4e0, 0x1f5f6f, 0xe07a5a, 0x8fc0b0, 0x243438],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let turn = rng.bell() * 20.0;
    let stones = STONES[number % STONES.len()].map(|c| hex(c).turned(turn));
    let (width, height) = any_format(rng);
    let (w, h) = (width as f32, height as f32);
    let mut plan = Canvas::new(width, height, stones[0]);
    let subject = match (number + number / 6) % 6 {
        0 => fish(&mut plan, rng, stones),
        1 => bird(&mut plan, rng, stones),
        2 => krater(&mut plan, rng, stones),
        3 => sun(&mut plan, rng, stones),
        4 => octopus(&mut plan, rng, stones),
        _ => {
            let scene = landscape(rng, number / 6 + number, width, height);
            plan = scene.canvas;
            scene.subject
        }
    };
    let mut canvas = Canvas::new(width, height, stones[4].mix(stones[0], 0.35).darker(0.2));
    let size = rng.range(8.0, 12.0);
    let bend = Noise::new(rng.bits());
    let border = size * rng.pick(&[0.0, 3.0, 5.0]);
    for row in 0..(h / size) as usize + 1 {
        for column in 0..(w / size) as usize + 1 {
            let at = ((column as f32 + 0.5) * size, (row as f32 + 0.5) * size);
            let edge = at.0.min(at.1).min(w - at.0).min(h - at.1);
            let colour = if edge < border {
                let ring = (edge / size) as usize;
                if ring == 1 && (row / 2 + column / 2) % 2 == 0 {
                    stones[2]
                } else {
                    [stones[4], stones[3], stones[1], stones[0], stones[4]][ring.min(4)]
                }
            } else {
                plan.sample(at.0, at.1)
            };
            let lean = bend.at(at.0 / 70.0, at.1 / 70.0) * 0.6;
            let corners: Vec<Point> = regular(at, size * 0.62, 4, FRAC_PI_4 + lean)
                .into_iter()
                .map(|p| (p.0 + rng.bell() * size * 0.09, p.1 + rng.bell() * size * 0.09))
                .collect();
            canvas.polygon(&corners, colour.near(rng, 0.15));
            canvas.line(corners[2], corners[3], WHITE.alpha(0.16), 1.0);
        }
    }
    surface::paper(&mut canvas, rng, 10.0);
    surface::vignette(&mut canvas, 0.15);
    let title = compose(
        rng,
        &format!("{}, _ of the _", capital(subject)),
        &[
            &["floor", "pavement", "threshold", "fragment", "wall", "basin"],
            &[
                "west baths",
                "fullers’ hall",
                "villa at Cala Brava",
                "small forum",
                "oil merchant’s house",
                "harbour temple",
                "summer dining room",
                "customs house",
                "villa of the doves",
                "granary steps",
            ],
        ],
    );
    Painted { title, canvas }
}

type Stones = [Colour; 5];

fn fish(plan: &mut Canvas, rng: &Rng, stones: Stones) -> &'static str {
    let (w, h) = (plan.width(), plan.height());
    for i in 0..6 {
        let y = h * (i as f32 + rng.unit()) / 6.0;
        let points: Vec<Point> = (0..=10).map(|k| (w * k as f32 / 10.0, y + rng.bell() * 8.0)).collect();
        plan.stroke(&curve(&points), stones[0].mix(stones[1], 0.35), 13.0);
    }
    let count = rng.count(1, 4);
    for i in 0..count {
        let s = w.min(h) * rng.range(0.2, 0.34) / (count as f32).sqrt() * 1.3;
        let at = (w * rng.range(0.35, 0.65), h * (i as f32 + 0.5) / count as f32);
        let (side, body) = (rng.sign(), stones[1 + i % 3]);
        let x = |t: f32| at.0 + side * t * s;
        plan.polygon(
            &[(x(-0.8), at.1), (x(-1.5), at.1 - s * 0.5), (x(-1.3), at.1), (x(-1.5), at.1 + s * 0.5)],
            stones[4],
        );
        plan.fill(&leaf((x(-1.05), at.1), (x(1.1), at.1), s * 0.95), body);
        plan.fill(&leaf((x(-0.9), at.1 + s * 0.12), (x(0.9), at.1 + s * 0.1), s * 0.34), body.lighter(0.5));
        for k in 0..4 {
            plan.stroke(&arc((x(-0.45 + 0.28 * k as f32), at.1), s * 0.3, -0.9, 0.9), body.darker(0.4), 8.0);
        }
        plan.disc((x(0.72), at.1 - s * 0.08), s * 0.12, stones[0]);
        plan.disc((x(0.72), at.1 - s * 0.08), s * 0.06, stones[4]);
    }
    "fish"
}

fn bird(plan: &mut Canvas, rng: &Rng, stones: Stones) -> &'static str {
    let (w, h) = (plan.width(), plan.height());
    let (s, side) = (w.min(h) * rng.range(0.26, 0.36), rng.sign());
    let at = (w * rng.range(0.42, 0.58), h * 0.52);
    let p = |x: f32, y: f32| (at.0 + side * x * s, at.1 + y * s);
    plan.stroke(&curve(&[p(-1.6, 0.75), p(0.0, 0.92), p(1.5, 0.6)]), stones[4].mix(stones[2], 0.3), s * 0.1);
    for i in 0..8 {
        let from = between(p(-1.5, 0.78), p(1.4, 0.7), i as f32 / 7.0);
        plan.fill(&leaf(from, polar(from, s * 0.5, rng.range(0.0, TAU)), s * 0.2), hex(0x5f7a3c).near(rng, 0.2));
    }
    for i in 0..4 {
        plan.fill(
            &leaf(p(-0.5, 0.2), p(-1.5, 0.25 + 0.16 * i as f32), s * 0.2),
            if i % 2 == 0 { stones[1] } else { stones[2] },
        );
    }
    plan.fill(
        &blob(&[p(-0.75, 0.15), p(-0.2, -0.35), p(0.45, -0.5), p(0.62, -0.1), p(0.3, 0.5), p(-0.3, 0.6)]),
        stones[1],
    );
    plan.fill(&blob(&[p(0.05, 0.55), p(0.45, 0.3), p(0.6, -0.1), p(0.4, -0.25), p(0.1, 0.1)]), stones[3]);
    plan.fill(&leaf(p(0.2, -0.15), p(-0.95, 0.3), s * 0.45), stones[2]);
    plan.disc(p(0.55, -0.6), s * 0.3, stones[1]);
    plan.polygon(&[p(0.8, -0.7), p(1.2, -0.55), p(0.8, -0.48)], stones[3]);
    plan.disc(p(0.62, -0.66), s * 0.08, stones[0]);
    plan.disc(p(0.62, -0.66), s * 0.04, stones[4]);
    plan.line(p(0.0, 0.55), p(0.0, 0.92), stones[4], s * 0.06);
    "bird on a branch"
}

fn krater(plan: &mut Canvas, rng: &Rng, stones: Stones) -> &'static str {
    let (w, h) = (plan.width(), plan.height());
    let (s, at) = (w.min(h) * rng.range(0.3, 0.4), (w * 0.5, h * 0.56));
    let p = |x: f32, y: f32| (at.0 + x * s, at.1 + y * s);
    for side in [-1.0, 1.0] {
        for i in 0..4 {
            let vine = [
                p(side * 0.2, -0.65),
                p(side * (0.5 + 0.2 * i as f32), -1.1),
                p(side * (0.8 + 0.3 * i as f32), -0.6 + 0.3 * i as f32),
            ];
            plan.stroke(&curve(&vine), stones[4].mix(hex(0x5f7a3c), 0.6), s * 0.05);
            plan.fill(&leaf(vine[2], polar(vine[2], s * 0.35, rng.range(0.0, TAU)), s * 0.2), hex(0x6a8a3c));
            for k in 0..7 {
                plan.disc(
                    (vine[1].0 + rng.bell() * s * 0.14, vine[1].1 + k as f32 * s * 0.04),
                    s * 0.06,
                    hex(0x5a2f5a),
                );
            }
        }
        plan.stroke(&arc(p(side * 0.62, -0.25), s * 0.25, -2.2, 2.2), stones[2].darker(0.2), s * 0.09);
    }
    plan.fill(
        &blob(&[
            p(-0.5, -0.7),
            p(-0.45, -0.4),
            p(-0.7, 0.0),
            p(-0.4, 0.55),
            p(-0.15, 0.75),
            p(0.15, 0.75),
            p(0.4, 0.55),
            p(0.7, 0.0),
            p(0.45, -0.4),
            p(0.5, -0.7),
        ]),
        stones[2],
    );
    plan.rect(at.0 - s * 0.62, at.1 - s * 0.1, s * 1.24, s * 0.1, stones[3]);
    plan.rect(at.0 - s * 0.55, at.1 + s * 0.14, s * 1.1, s * 0.06, stones[4]);
    plan.rect(at.0 - s * 0.35, at.1 + s * 0.7, s * 0.7, s * 0.14, stones[4]);
    "vine and krater"
}

fn sun(plan: &mut Canvas, rng: &Rng, stones: Stones) -> &'static str {
    let (w, h) = (plan.width(), plan.height());
    let (at, s) = ((w * 0.5, h * 0.5), w.min(h) * 0.46);
    plan.wash(stones[1]);
    let rays = rng.count(8, 20);
    for i in 0..rays {
        let a = TAU * i as f32 / rays as f32;
        plan.fill(
            &leaf(polar(at, s * 0.3, a), polar(at, s, a), s * 0.24),
            if i % 2 == 0 { stones[3] } else { stones[2] },
        );
    }
    for i in 0..rng.count(2, 4) {
        plan.disc(at, s * (0.52 - 0.1 * i as f32), [stones[4], stones[0], stones[3], stones[2]][i]);
    }
    let eye = s * 0.09;
    for side in [-1.0, 1.0] {
        plan.disc((at.0 + side * s * 0.16, at.1 - s * 0.06), eye, stones[4]);
    }
    plan.stroke(&arc((at.0, at.1 + s * 0.02), s * 0.2, 0.5, PI - 0.5), stones[4], s * 0.05);
    "sun"
}

fn octopus(plan: &mut Canvas, rng: &Rng, stones: Stones) -> &'static str {
    let (w, h) = (plan.width(), plan.height());
    plan.wash(Ink::linear((0.0, 0.0), (0.0, h), &[stones[1].lighter(0.2), stones[1].darker(0.2)]));
    let (at, s) = ((w * rng.range(0.4, 0.6), h * 0.4), w.min(h) * rng.range(0.15, 0.2));
    let skin = stones[2].lighter(0.1);
    let arms = 8;
    for i in 0..arms {
        let a = 0.15 + (PI - 0.3) * i as f32 / (arms - 1) as f32;
        let (mut p, mut angle, mut path) = (at, a, vec![at]);
        let curl = rng.sign() * rng.range(0.12, 0.3);
        for k in 0..9 {
            angle += curl * (k as f32 / 4.0);
            p = polar(p, s * 0.42, angle);
            path.push(p);
        }
        for (k, pair) in path.windows(2).enumerate() {
            plan.line(pair[0], pair[1], skin, s * (0.42 - 0.035 * k as f32));
            plan.disc(pair[1], s * 0.06, stones[0]);
        }
    }
    plan.fill(&ellipse((at.0, at.1 - s * 0.5), s * 0.85, s * 1.1, rng.bell() * 0.4), skin);
    for side in [-1.0, 1.0] {
        plan.disc((at.0 + side * s * 0.36, at.1 - s * 0.15), s * 0.22, stones[0]);
        plan.disc((at.0 + side * s * 0.36, at.1 - s * 0.15), s * 0.1, stones[4]);
    }
    "octopus"
}
