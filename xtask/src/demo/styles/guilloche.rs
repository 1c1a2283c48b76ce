//! Engraved guilloche: the rosettes and ribbons of banknotes from countries that never were.

use super::super::kit::*;

const NOTES: &[[u32; 4]] = &[
    [0xf0ead8, 0x2f5a4a, 0x8a4a2f, 0xd8c88a],
    [0xeae6ea, 0x3a3f7a, 0x9a3f5a, 0xb8c0e0],
    [0xf2e6d0, 0x7a2f24, 0x2f4a5a, 0xe8c0a0],
    [0xe4ece4, 0x1f5f6a, 0x5a6a2f, 0xa8d0c0],
    [0xf0e4e0, 0x5a2f5a, 0xb0722f, 0xe0b8d0],
    [0xe8e8dc, 0x2a2f34, 0x8a6a24, 0xc0c4b8],
    [0x1c2830, 0xd8c48a, 0x6ab0b0, 0x3a5058],
    [0xf4ecc8, 0x4a5a1f, 0xa83f2f, 0xd8d888],
    [0xe6eef2, 0x1f3f7a, 0x2f8a8a, 0xb0d0e8],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let turn = rng.bell() * 18.0;
    let [paper, ink, second, tint] = NOTES[number % NOTES.len()].map(|c| hex(c).turned(turn));
    let (width, height) = match rng.below(4) {
        0 => any_format(rng),
        1 => (rng.pick(&[300, 340, 380]), 640),
        _ => (640, rng.pick(&[300, 340, 380, 420])),
    };
    let mut canvas = Canvas::new(width, height, paper);
    let (w, h) = (canvas.width(), canvas.height());
    let size = w.min(h);
    canvas.wash(Ink::linear((0.0, 0.0), (w, h), &[tint.alpha(0.7), paper, tint.mix(second, 0.2).alpha(0.6)]));
    ground(&mut canvas, rng, tint.mix(ink, 0.3));
    let layout = number % 4;
    let centres: Vec<(Point, f32)> = match layout {
        0 => vec![((w * 0.5, h * 0.5), size * 0.4)],
        1 => vec![
            ((w * 0.5, h * 0.5), size * 0.36),
            ((w * 0.14, h * 0.5), size * 0.2),
            ((w * 0.86, h * 0.5), size * 0.2),
        ],
        2 => {
            let along = rng.pick(&[0.28, 0.72]);
            let side = if w > h { (w * along, h * 0.5) } else { (w * 0.5, h * along) };
            vec![(side, (size * 0.4).min(w.max(h) * 0.22))]
        }
        _ => (0..rng.count(4, 7))
            .map(|_| ((w * rng.range(0.15, 0.85), h * rng.range(0.15, 0.85)), size * rng.range(0.14, 0.3)))
            .collect(),
    };
    for (i, &(centre, r)) in centres.iter().enumerate() {
        rosette(&mut canvas, rng, centre, r, if i % 2 == 0 { [ink, second] } else { [second, ink] }, paper);
    }
    if layout == 2 {
        let mirrored = (w - centres[0].0.0, h - centres[0].0.1);
        medallion(&mut canvas, rng, mirrored, (size * 0.32).min(w.max(h) * 0.19), ink, paper);
    }
    ribbon_border(&mut canvas, rng, ink, second, paper);
    surface::paper(&mut canvas, rng, 5.0);
    let title = match rng.below(2) {
        0 => compose(
            rng,
            "_ _ of _",
            &[
                &["Five", "Ten", "Twenty", "Fifty", "One hundred", "Five hundred", "A half", "One thousand"],
                &["talers", "crowns", "marins", "florets", "quints", "dinaros", "lions", "sequins"],
                words::PLACES,
            ],
        ),
        _ => compose(
            rng,
            "_ of the _ _, engraved",
            &[
                &["Share", "Bond", "Letter of credit", "Stamp", "Lottery ticket", "Diploma", "Bill"],
                &["Northern", "Coastal", "United", "Royal", "Provincial", "Transmarine", "Upper"],
                &[
                    "railway",
                    "lighthouse board",
                    "mint",
                    "telegraph",
                    "steam company",
                    "salt office",
                    "observatory",
                    "post",
                ],
            ],
        ),
    };
    Painted { title, canvas }
}

/// Fine wavy lines over the whole sheet.
fn ground(canvas: &mut Canvas, rng: &Rng, ink: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let (f, g, a) = (rng.range(0.01, 0.035), rng.range(0.004, 0.02), rng.range(4.0, 16.0));
    let rows = (h / 6.0) as usize + 8;
    for row in 0..rows {
        let y = row as f32 * 6.0 - 24.0;
        let points: Vec<Point> = (0..=(w / 7.0) as usize + 1)
            .map(|i| i as f32 * 7.0)
            .map(|x| (x, y + a * (x * f + row as f32 * 0.14).sin() + a * (x * g - row as f32 * 0.09).cos()))
            .collect();
        canvas.stroke(&curve(&points), ink.alpha(0.5), 0.7);
    }
}

/// Nested rings of waves: each ring is one closed line, repeated with a shifted phase.
fn rosette(canvas: &mut Canvas, rng: &Rng, centre: Point, r: f32, inks: [Colour; 2], paper: Colour) {
    let lobes = rng.pick(&[5.0f32, 6.0, 7.0, 8.0, 9.0, 12.0, 16.0]);
    canvas.fill(&wave_ring(centre, r * 0.95, r * 0.05, lobes, 0.0), paper.alpha(0.8));
    let bands = rng.count(2, 4);
    for band in 0..bands {
        let (inner, outer) =
            (r * (0.12 + 0.88 * band as f32 / bands as f32), r * (0.12 + 0.88 * (band + 1) as f32 / bands as f32));
        let (middle, depth) = ((inner + outer) / 2.0, (outer - inner) * rng.range(0.4, 0.75));
        let waves = lobes * rng.pick(&[1.0, 2.0, 2.0, 3.0]);
        let lines = rng.count(6, 14);
        for i in 0..lines {
            let phase = TAU * i as f32 / lines as f32;
            let ink = inks[(band + i % 2 * (band % 2)) % 2];
            canvas.stroke(&wave_ring(centre, middle, depth, waves, phase), ink.alpha(0.9), 0.85);
        }
    }
    // A spirograph in the heart.
    let (a, b) = (rng.pick(&[0.3f32, 0.4, 0.7, 0.8]), rng.range(0.5, 1.0));
    let points: Vec<Point> = (0..=840)
        .map(|i| TAU * i as f32 / 120.0)
        .map(|t| {
            let s = r * 0.3;
            (
                centre.0 + s * ((1.0 - a) * t.cos() + b * a * ((1.0 - a) / a * t).cos()),
                centre.1 + s * ((1.0 - a) * t.sin() - b * a * ((1.0 - a) / a * t).sin()),
            )
        })
        .collect();
    canvas.stroke(&line(&points), inks[1], 0.8);
}

fn wave_ring(centre: Point, r: f32, depth: f32, waves: f32, phase: f32) -> Shape {
    let steps = (waves * 14.0).clamp(60.0, 420.0) as usize;
    let points: Vec<Point> = (0..steps)
        .map(|i| TAU * i as f32 / steps as f32)
        .map(|t| {
            polar(
                centre,
                r + depth * (waves * t + phase).sin() * 0.75 + depth * 0.25 * (waves * 2.0 * t - phase).cos(),
                t,
            )
        })
        .collect();
    blob(&points)
}

/// An oval with a hatched portrait of something: a ship, a tower, a bird or a sheaf.
fn medallion(canvas: &mut Canvas, rng: &Rng, at: Point, r: f32, ink: Colour, paper: Colour) {
    let oval = ellipse(at, r * 0.78, r, 0.0);
    canvas.fill(&oval, paper);
    canvas.inside(&oval, |canvas| {
        for i in 0..70 {
            let y = at.1 - r + r * 2.0 * i as f32 / 70.0;
            canvas.line((at.0 - r, y), (at.0 + r, y), ink.alpha(0.3), 0.4 + 0.9 * i as f32 / 70.0);
        }
        let put = |canvas: &mut Canvas, points: &[Point]| {
            let points: Vec<Point> = points.iter().map(|p| (at.0 + p.0 * r, at.1 + p.1 * r)).collect();
            canvas.polygon(&points, paper);
            canvas.stroke(&polygon(&points), ink, 1.8);
        };
        match rng.below(4) {
            0 => {
                put(canvas, &[(-0.5, 0.3), (0.55, 0.3), (0.4, 0.5), (-0.38, 0.5)]);
                put(canvas, &[(-0.05, -0.7), (0.45, 0.22), (-0.05, 0.22)]);
                put(canvas, &[(-0.12, -0.5), (-0.12, 0.22), (-0.48, 0.22)]);
            }
            1 => {
                put(canvas, &[(-0.2, 0.6), (-0.13, -0.4), (0.13, -0.4), (0.2, 0.6)]);
                put(canvas, &[(-0.2, -0.4), (0.0, -0.72), (0.2, -0.4)]);
                for i in 0..3 {
                    put(
                        canvas,
                        &[
                            (-0.05, -0.2 + 0.25 * i as f32),
                            (0.05, -0.2 + 0.25 * i as f32),
                            (0.05, -0.08 + 0.25 * i as f32),
                            (-0.05, -0.08 + 0.25 * i as f32),
                        ],
                    );
                }
            }
            2 => {
                for i in 0..9 {
                    let a = -FRAC_PI_2 + (i as f32 - 4.0) * 0.16;
                    let base = (at.0, at.1 + r * 0.55);
                    canvas.line(base, polar(base, r * 1.1, a), ink, 1.6);
                    for k in 0..6 {
                        let ear = polar(base, r * (0.75 + 0.07 * k as f32), a);
                        canvas.fill(
                            &leaf(ear, polar(ear, r * 0.13, a + if k % 2 == 0 { 0.6 } else { -0.6 }), r * 0.05),
                            paper,
                        );
                        canvas.stroke(
                            &leaf(ear, polar(ear, r * 0.13, a + if k % 2 == 0 { 0.6 } else { -0.6 }), r * 0.05),
                            ink,
                            1.0,
                        );
                    }
                }
            }
            _ => {
                put(
                    canvas,
                    &[
                        (-0.6, -0.25),
                        (-0.1, -0.05),
                        (0.0, -0.4),
                        (0.12, -0.3),
                        (0.25, -0.38),
                        (0.16, -0.18),
                        (0.6, -0.3),
                        (0.15, 0.2),
                        (0.05, 0.6),
                        (-0.15, 0.55),
                        (-0.1, 0.2),
                    ],
                );
            }
        }
    });
    canvas.stroke(&oval, ink, 2.5);
    for i in 1..4 {
        canvas.stroke(&ellipse(at, r * (0.78 + 0.05 * i as f32), r * (1.0 + 0.05 * i as f32), 0.0), ink, 0.8);
    }
}

fn ribbon_border(canvas: &mut Canvas, rng: &Rng, ink: Colour, second: Colour, paper: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let band = rng.range(20.0, 34.0);
    canvas.frame(0.0, 7.0, paper);
    canvas.frame(7.0, band, paper.mix(second, 0.12));
    canvas.frame(7.0, 1.4, ink);
    canvas.frame(7.0 + band, 1.4, ink);
    let (strands, waves) = (rng.count(4, 8), rng.range(0.12, 0.3));
    for strand in 0..strands {
        let phase = TAU * strand as f32 / strands as f32;
        let tone = if strand % 2 == 0 { ink } else { second };
        let swing = |t: f32| 7.0 + band / 2.0 + band * 0.44 * (t * waves + phase).sin();
        let (across, down) = ((w / 4.0) as usize, (h / 4.0) as usize);
        let run = |n: usize, place: &dyn Fn(f32) -> Point| -> Vec<Point> {
            (2..n - 1).map(|i| place(i as f32 * 4.0)).collect()
        };
        canvas.stroke(&line(&run(across, &|t| (t, swing(t)))), tone, 0.9);
        canvas.stroke(&line(&run(across, &|t| (t, h - swing(t)))), tone, 0.9);
        canvas.stroke(&line(&run(down, &|t| (swing(t), t))), tone, 0.9);
        canvas.stroke(&line(&run(down, &|t| (w - swing(t), t))), tone, 0.9);
    }
    for (x, y) in [(0.0, 0.0), (w, 0.0), (0.0, h), (w, h)] {
        let at = (
            x + (band * 0.5 + 7.0) * if x > 0.0 { -1.0 } else { 1.0 },
            y + (band * 0.5 + 7.0) * if y > 0.0 { -1.0 } else { 1.0 },
        );
        canvas.disc(at, band * 0.72, paper);
        for i in 0..6 {
            canvas.stroke(&wave_ring(at, band * 0.45, band * 0.22, 8.0, TAU * i as f32 / 6.0), ink, 0.8);
        }
        canvas.ring(at, band * 0.72, ink, 1.4);
    }
}
