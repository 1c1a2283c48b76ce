//! What a mask wears: plumes, horns, a crown, a halo, a hat, snakes or a wreath, and beads at its ears.

use super::super::super::kit::*;
use super::Mask;

impl Mask {
    /// Draws the headdress and says what it is.
    pub fn crown(&self, canvas: &mut Canvas, rng: &Rng, number: usize) -> &'static str {
        let colours = [self.second, self.third, self.light, self.dark];
        match number % 7 {
            0 => {
                let plumes = rng.count(7, 15);
                let spread = rng.range(1.9, 2.9);
                for i in 0..plumes {
                    let a = -FRAC_PI_2 + spread * (i as f32 / (plumes - 1) as f32 - 0.5);
                    let (base, reach) = (self.at(0.0, -0.3), self.ry * rng.range(1.7, 2.1));
                    let tip = polar(base, reach, a);
                    canvas.fill(&leaf(base, tip, self.rx * 0.42), colours[i % 3]);
                    canvas.line(base, tip, self.dark, 1.6);
                    canvas.fill(&ellipse(polar(base, reach * 0.83, a), reach * 0.07, reach * 0.045, a), self.dark);
                }
                "plumes"
            }
            1 => {
                self.twice(|side| {
                    let points = [
                        self.at(side * 0.45, -0.6),
                        self.at(side * 0.95, -1.2),
                        self.at(side * 1.05, -1.75),
                        self.at(side * 0.6, -1.95),
                        self.at(side * 0.78, -1.6),
                        self.at(side * 0.62, -1.2),
                        self.at(side * 0.1, -0.8),
                    ];
                    canvas.fill(&blob(&points), self.second);
                    canvas.stroke(&blob(&points), self.dark, 3.0);
                    for i in 0..5 {
                        let t = -0.85 - 0.17 * i as f32;
                        canvas.line(
                            self.at(side * (0.35 + 0.12 * i as f32), t),
                            self.at(side * (0.62 + 0.1 * i as f32), t - 0.05),
                            self.dark,
                            3.0,
                        );
                    }
                });
                "horns"
            }
            2 => {
                let points = rng.count(3, 7);
                let mut outline = vec![self.at(-0.95, -0.45)];
                for i in 0..points {
                    let (x, next) =
                        (-1.05 + 2.1 * (i as f32 + 0.5) / points as f32, -1.05 + 2.1 * (i + 1) as f32 / points as f32);
                    outline.push(self.at(x, -1.75));
                    outline.push(self.at(next, -1.2));
                }
                outline.push(self.at(0.95, -0.45));
                canvas.polygon(&outline, self.third);
                for i in 0..points {
                    canvas.disc(
                        self.at(-1.05 + 2.1 * (i as f32 + 0.5) / points as f32, -1.78),
                        self.rx * 0.08,
                        self.second,
                    );
                    canvas.disc(
                        self.at(-0.8 + 1.6 * (i as f32 + 0.5) / points as f32, -0.95),
                        self.rx * 0.1,
                        colours[i % 2 * 3],
                    );
                }
                "a crown"
            }
            3 => {
                for ring in (0..4).rev() {
                    let r = self.ry * (1.1 + 0.17 * ring as f32);
                    canvas.disc(self.at(0.0, -0.25), r, colours[ring % 4]);
                }
                let rays = rng.count(16, 34);
                for i in 0..rays {
                    let a = TAU * i as f32 / rays as f32;
                    canvas.fill(
                        &leaf(
                            polar(self.at(0.0, -0.25), self.ry * 1.2, a),
                            polar(self.at(0.0, -0.25), self.ry * 1.55, a),
                            self.rx * 0.1,
                        ),
                        self.light,
                    );
                }
                "a halo"
            }
            4 => {
                let (top, brim) = (self.at(rng.bell() * 0.3, -2.0), -0.55);
                canvas.polygon(
                    &[
                        self.at(-0.8, brim),
                        (top.0 - self.rx * 0.12, top.1),
                        (top.0 + self.rx * 0.12, top.1),
                        self.at(0.8, brim),
                    ],
                    self.second,
                );
                for i in 0..4 {
                    let t = 0.15 + 0.2 * i as f32;
                    let (a, b) = (between(self.at(-0.8, brim), top, t), between(self.at(0.8, brim), top, t));
                    canvas.line(a, b, colours[1 + i % 3], self.ry * 0.07);
                }
                canvas.fill(&ellipse(self.at(0.0, brim), self.rx * 1.45, self.ry * 0.16, 0.0), self.third);
                "a tall hat"
            }
            5 => {
                for i in 0..rng.count(26, 48) {
                    let a = PI * 0.92 + PI * 1.16 * (i as f32 / 40.0).fract();
                    let root = polar(self.at(0.0, -0.3), self.rx * 0.8, a);
                    let end = polar(root, self.ry * rng.range(0.4, 0.95), a + rng.bell() * 0.5);
                    let mid = polar(between(root, end, 0.5), self.rx * 0.16, a + FRAC_PI_2 * rng.sign());
                    canvas.stroke(&curve(&[root, mid, end]), colours[i % 2 * 3], self.rx * 0.09);
                    canvas.disc(end, self.rx * 0.07, self.third);
                }
                "snakes for hair"
            }
            _ => {
                for row in 0..3 {
                    let count = 9 - row;
                    for i in 0..count {
                        let x = (i as f32 - (count - 1) as f32 / 2.0) * 0.24;
                        let at = self.at(x, -0.82 - 0.28 * row as f32 + x * x * 0.35);
                        let r = self.rx * 0.17;
                        for k in 0..6 {
                            canvas.disc(polar(at, r * 0.6, TAU * k as f32 / 6.0), r * 0.5, colours[(i + row) % 3]);
                        }
                        canvas.disc(at, r * 0.36, self.dark);
                    }
                }
                "a wreath"
            }
        }
    }

    pub fn ears(&self, canvas: &mut Canvas, rng: &Rng) {
        let (kind, beads) = (rng.below(3), rng.count(1, 5));
        self.twice(|side| {
            let at = self.at(side * 1.02, -0.02);
            canvas.fill(&ellipse(at, self.rx * 0.2, self.ry * 0.2, 0.0), self.skin.darker(0.15));
            for i in 0..beads {
                let bead = (at.0 + side * self.rx * 0.08, at.1 + self.ry * (0.24 + 0.15 * i as f32));
                match kind {
                    0 => canvas.disc(bead, self.rx * 0.09, if i % 2 == 0 { self.third } else { self.second }),
                    1 => canvas.ring(bead, self.rx * 0.11, self.third, 4.0),
                    _ => canvas.polygon(
                        &regular(bead, self.rx * 0.12, 4, 0.0),
                        if i % 2 == 0 { self.light } else { self.third },
                    ),
                }
            }
        });
    }
}
