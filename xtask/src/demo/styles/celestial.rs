//! Celestial charts: constellations that nobody has named yet, orbits, moons and tables of light.

use super::super::kit::*;

const SKIES: &[[u32; 3]] = &[
    [0x0e1a3a, 0xe9cf8a, 0x8fb0d8],
    [0x1a1024, 0xf0d6a0, 0xc88ad0],
    [0xefe2c2, 0x3a2c20, 0xa8402c],
    [0x0b2a2c, 0xf0e0b0, 0x6fc0a8],
    [0x2a0f14, 0xf0c88a, 0xe08a6a],
    [0x111111, 0xe6e2d6, 0xd0a040],
    [0xdfe6e6, 0x1f3550, 0xb0632f],
    [0x24365c, 0xf6efe0, 0xf0a860],
    [0xe8dcc8, 0x27406a, 0xb8912f],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let [sky, line_ink, accent] = SKIES[number % SKIES.len()].map(|c| hex(c).near(rng, 0.05));
    let (width, height) = any_format(rng);
    let mut canvas = Canvas::new(width, height, sky);
    let (w, h) = (canvas.width(), canvas.height());
    canvas.wash(Ink::radial((w / 2.0, h / 2.0), w.max(h) * 0.7, &[sky.lighter(0.08), sky, sky.darker(0.2)]));
    let chart = Chart { sky, ink: line_ink, accent };
    let kind = match number % 4 {
        0 => {
            chart.planisphere(&mut canvas, rng);
            "Planisphere"
        }
        1 => {
            chart.orbits(&mut canvas, rng);
            "Orrery"
        }
        2 => {
            chart.constellation_plate(&mut canvas, rng);
            "Constellations"
        }
        _ => {
            chart.phases(&mut canvas, rng);
            "Moons"
        }
    };
    canvas.stroke(&rect(12.0, 12.0, w - 24.0, h - 24.0), line_ink.alpha(0.8), 1.8);
    canvas.stroke(&rect(17.0, 17.0, w - 34.0, h - 34.0), line_ink.alpha(0.6), 0.8);
    surface::paper(&mut canvas, rng, 6.0);
    let title = match rng.below(2) {
        0 => compose(
            rng,
            &format!("{kind} of the _ sky over _"),
            &[
                &["winter", "summer", "autumn", "spring", "southern", "northern", "evening", "morning", "inverted"],
                words::PLACES,
            ],
        ),
        _ => compose(
            rng,
            &format!("{kind}: the _ and the _"),
            &[
                &[
                    "Heron", "Anvil", "Lamp", "Ferryman", "Hare", "Weaver", "Key", "Bell", "Otter", "Plough", "Needle",
                    "Fox",
                ],
                &[
                    "Ladder",
                    "Comb",
                    "Moth",
                    "Well",
                    "Crown",
                    "Kite",
                    "Salmon",
                    "Hourglass",
                    "Oak",
                    "Drum",
                    "Sickle",
                    "Lantern",
                ],
            ],
        ),
    };
    Painted { title, canvas }
}

struct Chart {
    sky: Colour,
    ink: Colour,
    accent: Colour,
}

impl Chart {
    fn star(&self, canvas: &mut Canvas, rng: &Rng, at: Point, r: f32) {
        if r > 3.2 {
            canvas.fill(&star(at, r * 1.7, r * 0.5, rng.pick(&[4, 5, 6, 8]), -FRAC_PI_2), self.ink);
        } else {
            canvas.disc(at, r, self.ink.alpha(0.9));
        }
    }

    fn dust(&self, canvas: &mut Canvas, rng: &Rng, count: usize) {
        let (w, h) = (canvas.width(), canvas.height());
        let (slope, offset) = (rng.bell() * 1.2, rng.range(0.3, 0.7));
        for _ in 0..count / 4 {
            let x = w * rng.unit();
            let cloud = (x, h * (offset + slope * (x / w - 0.5) + rng.bell() * 0.09));
            let glow = [self.ink.alpha(0.05), self.ink.alpha(0.0)];
            let size = w.min(h) * rng.range(0.06, 0.16);
            canvas.disc(cloud, size, Ink::radial(cloud, size, &glow));
        }
        for i in 0..count {
            let x = w * rng.unit();
            let y = if i % 3 == 0 { h * rng.unit() } else { h * (offset + slope * (x / w - 0.5) + rng.bell() * 0.14) };
            canvas.disc((x, y), rng.range(0.4, 1.2), self.ink.alpha(rng.range(0.2, 0.7)));
        }
    }

    /// A chain of stars with a branch or two, starting at `from`.
    fn figure(&self, canvas: &mut Canvas, rng: &Rng, from: Point, size: f32) {
        let mut stars = vec![from];
        let mut links = Vec::new();
        let mut angle = rng.range(0.0, TAU);
        for i in 0..rng.count(4, 8) {
            let parent = if rng.chance(0.75) { i } else { rng.below(i + 1) };
            angle += rng.bell() * 1.6;
            stars.push(polar(stars[parent.min(stars.len() - 1)], size * rng.range(0.16, 0.4), angle));
            links.push((parent.min(stars.len() - 2), stars.len() - 1));
        }
        for (a, b) in links {
            canvas.dashed(&line(&[stars[a], stars[b]]), self.accent.alpha(0.9), 1.2, 5.0, 2.5);
        }
        for &at in &stars {
            self.star(canvas, rng, at, rng.range(2.0, 5.5));
        }
    }

    fn ticks(&self, canvas: &mut Canvas, centre: Point, r: f32, count: usize, length: f32) {
        for i in 0..count {
            let a = TAU * i as f32 / count as f32;
            let deep = if i % 5 == 0 { length } else { length * 0.5 };
            canvas.line(polar(centre, r, a), polar(centre, r - deep, a), self.ink.alpha(0.8), 0.9);
        }
    }

    fn sun(&self, canvas: &mut Canvas, rng: &Rng, at: Point, r: f32) {
        let rays = rng.count(8, 18);
        let (curl, long) = (rng.range(0.0, 0.5), rng.range(1.5, 2.1));
        for i in 0..rays {
            let a = TAU * i as f32 / rays as f32;
            let reach = if i % 2 == 0 { r * long } else { r * (long - 0.3) };
            let half = PI / rays as f32 * 0.8;
            canvas.fill(
                &blob(&[
                    polar(at, r * 1.05, a - half),
                    polar(at, reach * 0.85, a + curl * 0.3),
                    polar(at, reach, a + curl),
                    polar(at, r * 1.05, a + half),
                ]),
                self.accent,
            );
        }
        canvas.disc(at, r, self.ink);
        canvas.disc(at, r * 0.88, self.accent);
        let line_ink = self.sky.darker(0.1);
        for side in [-1.0, 1.0] {
            canvas.stroke(&arc((at.0 + side * r * 0.34, at.1 - r * 0.16), r * 0.14, PI, TAU), line_ink, r * 0.05);
            canvas.disc((at.0 + side * r * 0.34, at.1 - r * 0.1), r * 0.07, line_ink);
        }
        canvas.stroke(
            &curve(&[(at.0, at.1 - r * 0.2), (at.0 + r * 0.09, at.1 + r * 0.16), (at.0 - r * 0.05, at.1 + r * 0.2)]),
            line_ink,
            r * 0.045,
        );
        canvas.stroke(&arc((at.0, at.1 + r * 0.22), r * 0.3, 0.4, PI - 0.4), line_ink, r * 0.05);
    }

    fn moon(&self, canvas: &mut Canvas, at: Point, r: f32, phase: f32) {
        canvas.disc(at, r, self.sky.mix(self.ink, 0.18));
        // The lit limb is half a circle, the terminator half an ellipse.
        let side = if phase < 0.5 { 1.0 } else { -1.0 };
        let bulge = (phase * TAU).cos() * side;
        let mut outline: Vec<Point> = (0..=20)
            .map(|i| -FRAC_PI_2 + PI * i as f32 / 20.0)
            .map(|a| (at.0 + side * r * a.cos(), at.1 + r * a.sin()))
            .collect();
        outline.extend(
            (0..=20)
                .rev()
                .map(|i| -FRAC_PI_2 + PI * i as f32 / 20.0)
                .map(|a| (at.0 + bulge * side * side * r * a.cos(), at.1 + r * a.sin())),
        );
        canvas.polygon(&outline, self.ink);
        canvas.ring(at, r, self.ink, 1.0);
    }

    fn planisphere(&self, canvas: &mut Canvas, rng: &Rng) {
        let (w, h) = (canvas.width(), canvas.height());
        let centre = (w / 2.0, h / 2.0);
        let r = w.min(h) * 0.44;
        for corner in [(0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)] {
            if rng.chance(0.6) {
                self.star(canvas, rng, (w * corner.0, h * corner.1), rng.range(6.0, 13.0));
            }
        }
        canvas.disc(centre, r, self.sky.darker(0.18));
        canvas.inside(&circle(centre, r), |canvas| {
            self.dust(canvas, rng, 420);
            let spokes = rng.pick(&[8, 12, 12, 24]);
            for i in 0..spokes {
                canvas.line(centre, polar(centre, r, TAU * i as f32 / spokes as f32), self.ink.alpha(0.3), 0.8);
            }
            for i in 1..rng.count(3, 6) {
                canvas.ring(centre, r * i as f32 / 5.0, self.ink.alpha(0.35), 0.8);
            }
            let off = polar(centre, r * rng.range(0.15, 0.3), rng.range(0.0, TAU));
            canvas.ring(off, r * rng.range(0.55, 0.75), self.accent, 1.5);
            let figures = rng.count(6, 10);
            let turn = rng.range(0.0, TAU);
            for i in 0..figures {
                let from = polar(centre, r * rng.range(0.25, 0.8), turn + TAU * i as f32 / figures as f32);
                self.figure(canvas, rng, from, r * 0.5);
            }
        });
        canvas.ring(centre, r, self.ink, 2.2);
        canvas.ring(centre, r + 9.0, self.ink, 1.0);
        self.ticks(canvas, centre, r + 9.0, rng.pick(&[60, 72, 90, 120]), 9.0);
    }

    fn orbits(&self, canvas: &mut Canvas, rng: &Rng) {
        let (w, h) = (canvas.width(), canvas.height());
        self.dust(canvas, rng, 120);
        let centre = (w * rng.range(0.3, 0.7), h * rng.range(0.35, 0.65));
        let size = w.min(h);
        let (count, tilt, turn) = (rng.count(4, 8), rng.range(0.35, 1.0), rng.bell());
        for i in 0..count {
            let r = size * (0.14 + 0.46 * (i + 1) as f32 / count as f32);
            let orbit = ellipse(centre, r, r * tilt, turn);
            if rng.chance(0.3) {
                canvas.dashed(&orbit, self.ink.alpha(0.7), 1.0, 6.0, 4.0);
            } else {
                canvas.stroke(&orbit, self.ink.alpha(0.7), 1.0);
            }
            let a = rng.range(0.0, TAU);
            let (x, y) = (r * a.cos(), r * tilt * a.sin());
            let at = (centre.0 + x * turn.cos() - y * turn.sin(), centre.1 + x * turn.sin() + y * turn.cos());
            let planet = size * rng.range(0.012, 0.04);
            let tone = self.accent.near(rng, 0.35);
            if rng.chance(0.3) {
                canvas.stroke(&ellipse(at, planet * 2.0, planet * 0.6, rng.bell()), self.ink, 1.8);
            }
            canvas.disc(
                at,
                planet,
                Ink::linear((at.0 - planet, at.1), (at.0 + planet, at.1), &[tone.lighter(0.3), tone.darker(0.35)]),
            );
            for moon in 0..rng.below(3) {
                canvas.ring(at, planet * (1.7 + moon as f32 * 0.6), self.ink.alpha(0.6), 0.7);
                canvas.disc(polar(at, planet * (1.7 + moon as f32 * 0.6), rng.range(0.0, TAU)), 2.2, self.ink);
            }
        }
        self.sun(canvas, rng, centre, size * rng.range(0.05, 0.08));
        if rng.chance(0.6) {
            let head = (w * rng.range(0.1, 0.9), h * rng.range(0.1, 0.25));
            let away = (head.1 - centre.1).atan2(head.0 - centre.0);
            for _ in 0..24 {
                canvas.line(
                    head,
                    polar(head, size * rng.range(0.1, 0.25), away + rng.bell() * 0.2),
                    self.ink.alpha(0.3),
                    1.0,
                );
            }
            self.star(canvas, rng, head, 6.0);
        }
    }

    fn constellation_plate(&self, canvas: &mut Canvas, rng: &Rng) {
        let (w, h) = (canvas.width(), canvas.height());
        self.dust(canvas, rng, 600);
        let pole = (w * rng.range(-0.3, 1.3), h * rng.pick(&[-0.35, 1.35]));
        for i in 1..14 {
            canvas.ring(pole, w.max(h) * 0.15 * i as f32, self.ink.alpha(0.25), 0.8);
        }
        for i in 0..36 {
            canvas.line(pole, polar(pole, 2000.0, TAU * i as f32 / 36.0), self.ink.alpha(0.2), 0.8);
        }
        for from in scattered(rng, rng.count(5, 9), w * 0.8, h * 0.8) {
            self.figure(canvas, rng, (from.0 + w * 0.1, from.1 + h * 0.1), w.min(h) * rng.range(0.3, 0.55));
        }
        if rng.chance(0.5) {
            let at = (w * rng.pick(&[0.14, 0.86]), h * rng.pick(&[0.14, 0.86]));
            canvas.disc(at, w.min(h) * 0.11, self.sky);
            self.sun(canvas, rng, at, w.min(h) * 0.055);
        }
    }

    fn phases(&self, canvas: &mut Canvas, rng: &Rng) {
        let (w, h) = (canvas.width(), canvas.height());
        self.dust(canvas, rng, 160);
        let size = w.min(h);
        if rng.chance(0.5) {
            let centre = (w / 2.0, h / 2.0);
            let (moons, r) = (rng.count(8, 16), size * 0.36);
            for i in 0..moons {
                let a = TAU * i as f32 / moons as f32 - FRAC_PI_2;
                canvas.line(polar(centre, r * 0.36, a), polar(centre, r * 0.8, a), self.ink.alpha(0.4), 0.8);
                self.moon(canvas, polar(centre, r, a), size * 0.5 / moons as f32, i as f32 / moons as f32);
            }
            canvas.ring(centre, r * 1.28, self.ink, 1.2);
            self.ticks(canvas, centre, r * 1.28, 60, 8.0);
            self.sun(canvas, rng, centre, r * 0.2);
        } else {
            let (across, down) = (rng.count(3, 6), rng.count(3, 6));
            let step = ((w - 80.0) / across as f32, (h - 80.0) / down as f32);
            let r = step.0.min(step.1) * 0.34;
            for i in 0..across * down {
                let at = (40.0 + step.0 * ((i % across) as f32 + 0.5), 40.0 + step.1 * ((i / across) as f32 + 0.5));
                if rng.chance(0.12) {
                    self.sun(canvas, rng, at, r * 0.5);
                } else {
                    self.moon(canvas, at, r, i as f32 / (across * down) as f32);
                }
            }
        }
    }
}
