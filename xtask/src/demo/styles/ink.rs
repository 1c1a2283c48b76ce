//! Ink landscapes: ridges that fade into mist, pines, a boat, a moon and a red seal.

use super::super::kit::*;

const PAPERS: &[[u32; 2]] = &[
    [0xefe6d2, 0x23262b],
    [0xe9e2d4, 0x1e2a33],
    [0x1f2a36, 0xe8e4d8],
    [0xe2d3ac, 0x2a2a26],
    [0xe8ece8, 0x22343a],
    [0xf0e2d6, 0x40262a],
    [0xd9dde0, 0x1c2230],
    [0xd8b65c, 0x2a1f14],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let [paper, ink] = PAPERS[number % PAPERS.len()].map(|c| hex(c).near(rng, 0.04));
    let (width, height) = match (number + number / 8) % 4 {
        0 => (rng.pick(&[260, 300, 340]), 640),
        1 => (640, rng.pick(&[260, 300, 340])),
        2 => wide(rng),
        _ => tall(rng),
    };
    let mut canvas = Canvas::new(width, height, paper);
    let (w, h) = (canvas.width(), canvas.height());
    let size = w.min(h);
    canvas.wash(Ink::linear((0.0, 0.0), (0.0, h), &[ink.alpha(0.12), ink.alpha(0.0), ink.alpha(0.05)]));
    let lit = match rng.below(4) {
        0 => {
            moon(&mut canvas, rng, paper, ink);
            "moon"
        }
        1 => {
            let at = (w * rng.range(0.15, 0.85), h * rng.range(0.1, 0.3));
            canvas.disc(at, size * rng.range(0.05, 0.1), hex(0xc23b28).alpha(0.8));
            "red sun"
        }
        2 => "clouds",
        _ => "mist",
    };
    let layers = rng.count(3, 6);
    let (start, steep) = (rng.range(0.26, 0.45), rng.range(0.5, 1.4));
    for layer in 0..layers {
        let near = (layer + 1) as f32 / layers as f32;
        ridge(
            &mut canvas,
            rng,
            (start + (0.92 - start) * (layer as f32 / layers as f32)) * h,
            near,
            steep * size,
            paper,
            ink,
        );
    }
    let subject = match (number + number / 5) % 5 {
        0 => {
            let at = (w * rng.range(0.25, 0.75), h * rng.range(0.86, 0.92));
            boat(&mut canvas, at, size * rng.range(0.1, 0.16), ink);
            "a ferry"
        }
        1 => {
            pine(&mut canvas, rng, (w * rng.pick(&[0.1, 0.2, 0.8, 0.9]), h * 1.01), size * rng.range(0.5, 0.8), ink);
            "an old pine"
        }
        2 => {
            bamboo(&mut canvas, rng, ink);
            "bamboo"
        }
        3 => {
            hut(
                &mut canvas,
                rng,
                (w * rng.range(0.2, 0.8), h * rng.range(0.8, 0.9)),
                size * rng.range(0.1, 0.15),
                ink,
                paper,
            );
            "a hermit’s roof"
        }
        _ => {
            waterfall(&mut canvas, rng, paper);
            "falling water"
        }
    };
    if rng.chance(0.6) {
        let flock = (w * rng.range(0.2, 0.8), h * rng.range(0.12, 0.35));
        for _ in 0..rng.count(3, 9) {
            let (x, y) = (flock.0 + rng.bell() * size * 0.16, flock.1 + rng.bell() * size * 0.07);
            let s = size * rng.range(0.008, 0.016);
            canvas.stroke(
                &curve(&[
                    (x - s, y - s * 0.6),
                    (x - s * 0.4, y - s * 0.7),
                    (x, y),
                    (x + s * 0.5, y - s * 0.7),
                    (x + s, y - s * 0.5),
                ]),
                ink.alpha(0.75),
                1.1,
            );
        }
    }
    seal(&mut canvas, rng, ink);
    surface::paper(&mut canvas, rng, 7.0);
    let title = match rng.below(3) {
        0 => compose(rng, &format!("{subject} and {lit}, _"), &[words::HOURS]),
        1 => compose(
            rng,
            &format!("_ with {subject}"),
            &[&[
                "Seven ridges",
                "The far shore",
                "Cloud valley",
                "River bend",
                "Snow pass",
                "Autumn peaks",
                "Empty mountain",
                "The eastern gorge",
                "Cold spring hills",
                "The old road",
            ]],
        ),
        _ => compose(
            rng,
            "_ _ _",
            &[
                &["Waiting", "Listening", "Walking", "Resting", "Writing", "Parting"],
                &["below", "above", "near", "beyond", "among"],
                &[
                    "the white gorge",
                    "ten thousand pines",
                    "the ninth bend",
                    "cloud gate",
                    "the sleeping ridge",
                    "crane rock",
                    "the quiet rapids",
                    "mount Suwa",
                ],
            ],
        ),
    };
    Painted { title, canvas }
}

fn moon(canvas: &mut Canvas, rng: &Rng, paper: Colour, ink: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let (at, r) = ((w * rng.range(0.15, 0.85), h * rng.range(0.1, 0.28)), w.min(h) * rng.range(0.06, 0.13));
    canvas.disc(at, r * 2.6, Ink::radial(at, r * 2.6, &[ink.alpha(0.22), ink.alpha(0.12), ink.alpha(0.0)]));
    canvas.disc(at, r, paper.lighter(0.6));
}

/// A mountain range: dark along its crest, lost in mist below, with the strokes of its rock.
fn ridge(canvas: &mut Canvas, rng: &Rng, base: f32, near: f32, height: f32, paper: Colour, ink: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let noise = Noise::new(rng.bits());
    let wide = rng.range(0.6, 1.6) * w.min(h) * 0.5;
    let crest = |x: f32| {
        let n = noise.layered(x / wide, 0.5, 5);
        base - (0.15 + n.max(-0.2) * 1.1).max(0.0) * height * 0.62 - noise.at(x / 9.0, 9.0) * 2.0 * near
    };
    let points: Vec<Point> = (-1..=(w / 3.0) as i32 + 1).map(|i| (i as f32 * 3.0, crest(i as f32 * 3.0))).collect();
    let top = points.iter().map(|p| p.1).fold(f32::MAX, f32::min);
    let mut outline = points.clone();
    outline.extend([(w + 6.0, h + 6.0), (-6.0, h + 6.0)]);
    let shape = polygon(&outline);
    let (dark, pale) = (ink.alpha(0.15 + 0.62 * near * near), paper.alpha(0.9));
    canvas.fill(&shape, paper.alpha(0.75));
    let foot = base + height * 0.12;
    canvas.fill(&shape, Ink::linear((0.0, top), (0.0, foot), &[dark, dark.alpha(dark.a * 0.5), dark.alpha(0.0)]));
    canvas.inside(&shape, |canvas| {
        for i in 0..(26.0 + 60.0 * near) as usize {
            let x = rng.range(0.0, w);
            let y = crest(x) + if i % 3 == 0 { 0.0 } else { rng.unit().powi(2) * height * 0.35 };
            let (length, lean) = (
                rng.range(0.04, 0.16) * height,
                if noise.at((x + 4.0) / wide, 0.5) > noise.at((x - 4.0) / wide, 0.5) { -1.0 } else { 1.0 },
            );
            let stroke = [(x, y), (x + lean * length * 0.35, y + length * 0.5), (x + lean * length * 0.5, y + length)];
            canvas.stroke(&curve(&stroke), ink.alpha(rng.range(0.04, 0.22) * near), rng.range(1.0, 7.0) * near + 0.6);
        }
        canvas.fill(
            &shape,
            Ink::linear((0.0, base - height * 0.16), (0.0, foot + 4.0), &[pale.alpha(0.0), pale.alpha(0.5), pale]),
        );
    });
    canvas.stroke(&line(&points), ink.alpha(0.1 + 0.45 * near), 0.8 + near);
    if near > 0.5 {
        for _ in 0..rng.count(8, 26) {
            let x = rng.range(0.0, w);
            let y = crest(x);
            let tall = rng.range(4.0, 11.0) * near;
            for i in 0..4 {
                let t = i as f32 / 4.0;
                canvas.line(
                    (x - tall * 0.4 * t, y - tall * (1.0 - t)),
                    (x + tall * 0.4 * t, y - tall * (0.9 - t)),
                    ink.alpha(0.55),
                    1.5,
                );
            }
        }
    }
}

fn boat(canvas: &mut Canvas, (x, y): Point, s: f32, ink: Colour) {
    canvas.fill(
        &blob(&[
            (x - s, y - s * 0.18),
            (x - s * 0.3, y + s * 0.03),
            (x + s * 0.5, y),
            (x + s, y - s * 0.26),
            (x + s * 0.5, y + s * 0.16),
            (x - s * 0.5, y + s * 0.17),
        ]),
        ink.alpha(0.85),
    );
    canvas.stroke(&arc((x + s * 0.1, y), s * 0.34, PI, TAU), ink.alpha(0.8), s * 0.08);
    canvas.line((x - s * 0.55, y), (x - s * 0.6, y - s * 0.55), ink, s * 0.06);
    canvas.disc((x - s * 0.6, y - s * 0.6), s * 0.09, ink);
    canvas.line((x - s * 0.45, y - s * 0.5), (x - s * 1.1, y + s * 0.3), ink, 1.2);
    for i in 0..5 {
        let wave = y + s * (0.3 + 0.16 * i as f32);
        let half = s * (1.2 - 0.18 * i as f32);
        canvas.line((x - half, wave), (x + half * 0.7, wave), ink.alpha(0.2), 1.0);
    }
}

fn pine(canvas: &mut Canvas, rng: &Rng, foot: Point, tall: f32, ink: Colour) {
    let lean = if foot.0 < canvas.width() / 2.0 { 1.0 } else { -1.0 };
    let trunk: Vec<Point> = (0..6)
        .map(|i| (foot.0 + lean * tall * (0.07 * i as f32 + rng.bell() * 0.05), foot.1 - tall * i as f32 / 5.0))
        .collect();
    surface::brush(canvas, rng, &trunk, tall * 0.05, ink.alpha(0.9));
    for (i, &at) in trunk.iter().enumerate().skip(2) {
        for side in [-1.0, 1.0] {
            let reach = tall * rng.range(0.14, 0.34) * (1.25 - i as f32 / 6.0);
            let end = (at.0 + side * reach, at.1 - reach * rng.range(-0.1, 0.3));
            canvas.stroke(
                &curve(&[at, between((at.0, at.1 - reach * 0.12), end, 0.5), end]),
                ink.alpha(0.85),
                tall * 0.011,
            );
            for _ in 0..4 {
                let tuft = between(at, end, rng.range(0.35, 1.05));
                for needle in 0..22 {
                    let a = -PI * (needle as f32 + rng.unit()) / 22.0;
                    canvas.line(tuft, polar(tuft, tall * rng.range(0.04, 0.075), a), ink.alpha(0.5), 1.0);
                }
            }
        }
    }
}

fn bamboo(canvas: &mut Canvas, rng: &Rng, ink: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let side = rng.below(2) as f32;
    for _ in 0..rng.count(2, 4) {
        let x = w * (0.05 + side * 0.62 + rng.unit() * 0.28);
        let (thick, lean, tone) = (w.min(h) * rng.range(0.012, 0.03), rng.bell() * w * 0.08, rng.range(0.35, 0.85));
        let joints = rng.count(5, 8);
        let at = |t: f32| (x + lean * t * t, h * (1.0 - 0.95 * t));
        for i in 0..joints {
            let (t, next) = (i as f32 / joints as f32, (i as f32 + 0.94) / joints as f32);
            canvas.line(at(t), at(next), ink.alpha(tone), thick * (1.0 - 0.4 * t));
            if i > 1 {
                for _ in 0..rng.count(2, 6) {
                    let angle = rng.range(0.1, 1.2) + if rng.chance(0.5) { 0.0 } else { PI - 1.3 };
                    let base = at(next);
                    let twig = polar(base, rng.range(8.0, 34.0), angle - 0.5);
                    let length = w.min(h) * rng.range(0.08, 0.16);
                    canvas.fill(
                        &leaf(twig, polar(twig, length, angle), length * 0.16),
                        ink.alpha(tone * rng.range(0.6, 1.0)),
                    );
                }
            }
        }
    }
}

fn hut(canvas: &mut Canvas, rng: &Rng, (x, y): Point, s: f32, ink: Colour, paper: Colour) {
    canvas.rect(x - s * 0.7, y - s * 0.5, s * 1.4, s * 0.6, paper.lighter(0.3));
    for i in 0..4 {
        let post = x - s * 0.7 + s * 1.4 * i as f32 / 3.0;
        canvas.line((post, y - s * 0.5), (post, y + s * 0.12), ink, 1.8);
    }
    canvas.fill(
        &blob(&[
            (x - s * 1.1, y - s * 0.42),
            (x - s * 0.4, y - s * 0.75),
            (x, y - s * 1.1),
            (x + s * 0.4, y - s * 0.75),
            (x + s * 1.1, y - s * 0.42),
            (x, y - s * 0.52),
        ]),
        ink.alpha(0.85),
    );
    for _ in 0..14 {
        let at = (x + rng.bell() * s * 2.2, y + s * rng.range(0.0, 0.35));
        canvas.fill(&pebble(rng, at, s * rng.range(0.1, 0.3), 7, 0.4), ink.alpha(0.3));
    }
}

fn waterfall(canvas: &mut Canvas, rng: &Rng, paper: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let (x, top) = (w * rng.range(0.25, 0.75), h * rng.range(0.4, 0.55));
    for i in 0..22 {
        let off = (i as f32 - 11.0) * 0.9;
        let points =
            [(x + off * 0.4, top), (x + off * 0.7 + rng.bell() * 3.0, top + h * 0.16), (x + off * 1.6, top + h * 0.32)];
        canvas.stroke(&curve(&points), paper.lighter(0.5).alpha(0.5), 1.6);
    }
    canvas.disc(
        (x, top + h * 0.34),
        h * 0.12,
        Ink::radial((x, top + h * 0.34), h * 0.12, &[paper.lighter(0.4).alpha(0.9), paper.alpha(0.0)]),
    );
}

/// A column of brushed signs and the maker's red seal.
fn seal(canvas: &mut Canvas, rng: &Rng, ink: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let s = w.min(h) * 0.055;
    let x = if rng.chance(0.5) { w * 0.06 } else { w * 0.94 - s };
    let mut y = h * rng.range(0.05, 0.1);
    for _ in 0..rng.count(2, 6) {
        for _ in 0..rng.count(3, 5) {
            let a = (x + s * rng.range(0.1, 0.9), y + s * rng.range(0.1, 0.9));
            let b =
                if rng.chance(0.5) { (x + s * rng.range(0.1, 0.9), a.1) } else { (a.0, y + s * rng.range(0.1, 0.9)) };
            canvas.line(a, b, ink.alpha(0.85), s * 0.09);
        }
        y += s * 1.15;
    }
    let red = hex(0xb8302a);
    canvas.rect(x, y + s * 0.2, s, s, red);
    for i in 0..3 {
        let at = y + s * (0.42 + 0.27 * i as f32);
        canvas.line((x + s * 0.2, at), (x + s * rng.range(0.5, 0.8), at), hex(0xf3e6d8), s * 0.08);
    }
    canvas.line((x + s * 0.5, y + s * 0.35), (x + s * 0.5, y + s * 1.05), hex(0xf3e6d8), s * 0.08);
}
