//! Woodcut waves: curling crests in two or three blues, foam, a boat that may or may not make it.

use super::super::kit::*;

const BLOCKS: &[[u32; 5]] = &[
    [0xefe3c6, 0x1f3f66, 0x6f9fb8, 0xf6f0e0, 0xc8452f],
    [0xe9d6b0, 0x16323c, 0x4f8a8a, 0xf3ead2, 0xd9662b],
    [0xd8dccf, 0x27304f, 0x8a9fc0, 0xf4f2e8, 0xb83a3a],
    [0xf0c8a0, 0x3a2440, 0x8f6a8a, 0xfaeede, 0xd9402f],
    [0xf0dca8, 0x14403a, 0x6aa88a, 0xf8f2dc, 0xe08a2f],
    [0xc8d8dc, 0x1a2a38, 0x5a8098, 0xf2f4f0, 0xe0b04a],
    [0xe8b8a0, 0x24344a, 0x5f8fa8, 0xfbf0e4, 0x9c2f2a],
    [0xe6e2d2, 0x2a2a2a, 0x8a8f8a, 0xfaf8f0, 0xc23a2a],
    [0xf2d060, 0x1c3f5f, 0x3f8fa0, 0xfaf4e0, 0xd8432f],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let turn = rng.bell() * 10.0;
    let [paper, deep, blue, foam, red] = BLOCKS[number % BLOCKS.len()].map(|c| hex(c).turned(turn));
    let (width, height) = if rng.chance(0.65) { wide(rng) } else { any_format(rng) };
    let mut canvas = Canvas::new(width, height, paper);
    let (w, h) = (canvas.width(), canvas.height());
    canvas.wash(Ink::linear(
        (0.0, 0.0),
        (0.0, h * 0.6),
        &[if rng.chance(0.5) { deep.mix(paper, 0.35) } else { red.mix(paper, 0.55) }, paper, paper],
    ));
    let sky = background(&mut canvas, rng, paper, deep, foam, red);
    let rows = rng.count(2, 5);
    let towards = rng.sign();
    let boat_row = if rng.chance(0.5) { rng.below(rows) } else { rows };
    let big = rng.range(0.2, 0.42);
    for row in 0..rows {
        let near = (row + 1) as f32 / rows as f32;
        let base = h * (0.52 + 0.4 * row as f32 / rows as f32);
        sea(&mut canvas, rng, base, deep.mix(blue, 0.55 * (1.0 - near)), foam);
        if row == boat_row {
            boat(&mut canvas, rng, (w * rng.range(0.3, 0.7), base + 4.0), w * rng.range(0.08, 0.13), [deep, foam, red]);
        }
        let tall = h * big * (0.4 + 0.6 * near);
        let mut x = -tall * rng.unit() * 2.0;
        while x < w + tall {
            let height = tall * rng.range(0.35, 1.0);
            wave(&mut canvas, rng, (x, base + tall * 0.25), height, towards, [deep, blue, foam]);
            x += height * rng.range(1.6, 3.4);
        }
    }
    let margin = w * 0.025;
    canvas.frame(0.0, margin, foam.mix(paper, 0.5));
    canvas.frame(margin, 2.0, deep);
    surface::wood(&mut canvas, rng, 6.0);
    let title = match rng.below(2) {
        0 => compose(
            rng,
            &format!("_ wave off _, {sky}"),
            &[
                &[
                    "The ninth",
                    "Breaking",
                    "A following",
                    "The widow’s",
                    "The hollow",
                    "Autumn",
                    "A patient",
                    "The blue",
                    "Returning",
                ],
                words::PLACES,
            ],
        ),
        _ => compose(
            rng,
            &format!("_ at _, {sky}"),
            &[
                &[
                    "Swell",
                    "Crossing",
                    "Fishermen",
                    "Storm tide",
                    "The strait",
                    "Three boats late",
                    "Spray",
                    "The reef",
                    "Running home",
                ],
                words::PLACES,
            ],
        ),
    };
    Painted { title, canvas }
}

fn background(canvas: &mut Canvas, rng: &Rng, paper: Colour, deep: Colour, foam: Colour, red: Colour) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let at = (w * rng.range(0.2, 0.8), h * rng.range(0.16, 0.36));
    match rng.below(4) {
        0 => {
            canvas.disc(at, w.min(h) * rng.range(0.1, 0.2), red);
            "red sun"
        }
        1 => {
            let (peak, foot, spread) = ((at.0, h * rng.range(0.16, 0.3)), h * 0.58, w * rng.range(0.25, 0.4));
            canvas.fill(
                &blob(&[
                    (peak.0 - w * 0.03, peak.1),
                    (peak.0 + w * 0.03, peak.1),
                    (peak.0 + spread, foot),
                    (peak.0 - spread, foot),
                ]),
                deep.mix(paper, 0.35),
            );
            let cap = [
                (peak.0 - w * 0.036, peak.1 - 3.0),
                (peak.0 + w * 0.036, peak.1 - 3.0),
                (peak.0 + spread * 0.32, h * 0.36),
                (peak.0 + spread * 0.16, h * 0.34),
                (peak.0 + 4.0, h * 0.39),
                (peak.0 - spread * 0.14, h * 0.34),
                (peak.0 - spread * 0.3, h * 0.37),
            ];
            canvas.polygon(&cap, foam);
            "the mountain behind"
        }
        2 => {
            canvas.disc(at, w.min(h) * rng.range(0.07, 0.12), foam);
            for i in 0..rng.count(3, 6) {
                let (x, y) = (w * rng.unit(), at.1 + h * 0.05 * (i as f32 - 1.5));
                let long = w * rng.range(0.12, 0.3);
                canvas.line((x, y), (x + long, y), deep.mix(paper, 0.6), h * 0.016);
            }
            "moonrise"
        }
        _ => {
            for _ in 0..90 {
                let (x, y) = (w * rng.unit(), h * rng.range(0.0, 0.7));
                canvas.line((x, y), (x - h * 0.03, y + h * 0.1), deep.alpha(0.35), 1.2);
            }
            "rain"
        }
    }
}

/// Flat water with carved lines.
fn sea(canvas: &mut Canvas, rng: &Rng, base: f32, colour: Colour, foam: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let phase = rng.range(0.0, TAU);
    let swell = |x: f32, y: f32| y + (x / w * 9.0 + phase).sin() * h * 0.012;
    let mut outline: Vec<Point> = (0..=40).map(|i| w * i as f32 / 40.0).map(|x| (x, swell(x, base))).collect();
    outline.extend([(w, h), (0.0, h)]);
    canvas.polygon(&outline, colour);
    for i in 1..9 {
        let y = base + i as f32 * h * 0.022;
        let from = w * rng.range(-0.2, 0.6);
        let points: Vec<Point> = (0..12).map(|k| from + w * 0.05 * k as f32).map(|x| (x, swell(x, y))).collect();
        canvas.stroke(&curve(&points), foam.alpha(0.5), 1.3);
    }
}

/// One curling wave: foot at `at`, `s` high, breaking to the side `towards`.
fn wave(canvas: &mut Canvas, rng: &Rng, at: Point, s: f32, towards: f32, [deep, blue, foam]: [Colour; 3]) {
    let p = |x: f32, y: f32| (at.0 + towards * x * s, at.1 - y * s);
    let back = [
        p(-1.5, -0.3),
        p(-1.0, 0.0),
        p(-0.55, 0.4),
        p(-0.2, 0.82),
        p(0.12, 1.02),
        p(0.42, 0.98),
        p(0.62, 0.78),
        p(0.66, 0.6),
    ];
    let front = [p(0.56, 0.7), p(0.4, 0.8), p(0.2, 0.72), p(0.08, 0.48), p(0.16, 0.2), p(0.5, 0.0), p(1.1, -0.3)];
    let outline: Vec<Point> = back.iter().chain(front.iter()).copied().collect();
    let shape = polygon(&outline).and(blob(&outline));
    canvas.fill(&shape, deep);
    // Carved stripes run from the foot into the curl, between back and hollow.
    let stripes = rng.count(4, 7);
    for i in 1..stripes {
        let t = i as f32 / stripes as f32;
        let inner = [p(-0.9, -0.3), p(-0.45, 0.0), p(-0.2, 0.35), p(0.0, 0.66), p(0.2, 0.82), p(0.42, 0.84)];
        let points: Vec<Point> = inner
            .iter()
            .enumerate()
            .map(|(k, &q)| {
                let outer = back[k + 1];
                let hollow = front[5usize.saturating_sub(k)];
                if t < 0.5 { between(outer, q, t * 2.0) } else { between(q, hollow, (t - 0.5) * 1.3) }
            })
            .collect();
        canvas.stroke(&curve(&points), if i % 2 == 0 { foam } else { blue }, s * 0.035);
    }
    // Foam along the crest ends in claws.
    let crest = [back[3], back[4], back[5], back[6], back[7]];
    canvas.stroke(&curve(&crest), foam, s * 0.09);
    for k in 0..22 {
        let t = k as f32 / 21.0 * 3.99;
        let along = between(crest[t as usize], crest[t as usize + 1], t.fract());
        let bubble = (along.0 + rng.bell() * s * 0.05, along.1 + rng.bell() * s * 0.05);
        canvas.disc(bubble, s * rng.range(0.02, 0.06), foam);
        if k > 9 {
            let claw = p(0.35 + 0.33 * rng.unit(), 0.42 + 0.3 * rng.unit());
            canvas.stroke(
                &curve(&[along, between((along.0 + towards * s * 0.07, along.1), claw, 0.6), claw]),
                foam,
                s * 0.028,
            );
            canvas.disc(claw, s * 0.026, foam);
        }
    }
    for _ in 0..9 {
        let spray = p(rng.range(0.0, 0.95), rng.range(0.85, 1.35));
        canvas.disc(spray, s * rng.range(0.008, 0.022), foam);
    }
    for _ in 0..16 {
        canvas.disc(p(rng.range(0.1, 1.0), rng.range(-0.25, 0.02)), s * rng.range(0.02, 0.05), foam);
    }
}

fn boat(canvas: &mut Canvas, rng: &Rng, (x, y): Point, s: f32, [deep, foam, red]: [Colour; 3]) {
    let tilt = rng.bell() * 0.25;
    let place = |points: &[Point]| turned(&polygon(points), tilt, (s, s), (x, y));
    canvas.line((x, y), polar((x, y), s * 1.5, tilt - FRAC_PI_2), deep, 2.5);
    canvas.fill(&place(&[(-0.55, -1.4), (0.55, -1.4), (0.62, -0.35), (-0.62, -0.35)]), foam);
    for i in 0..4 {
        let stripe = -0.4 + 0.27 * i as f32;
        canvas.stroke(&place(&[(stripe, -1.4), (stripe * 1.1, -0.35)]), deep.alpha(0.6), 1.0);
    }
    canvas.fill(&place(&[(-0.1, -1.15), (0.12, -1.15), (0.12, -0.9), (-0.1, -0.9)]), red);
    canvas.fill(
        &place(&[(-1.1, -0.34), (-0.8, -0.12), (0.8, -0.12), (1.15, -0.4), (0.8, 0.2), (-0.75, 0.2)]),
        red.darker(0.35),
    );
}
