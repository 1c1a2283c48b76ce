//! Vases, bottles, jugs and bowls.

use super::super::super::kit::*;
use super::Studio;

impl Studio<'_> {
    fn glaze(&self) -> Colour {
        hex(self.rng.pick(&[
            0x2f5f8a, 0xf0e8d8, 0xb8502f, 0x4f7a6a, 0xd8a83c, 0x7a2f3a, 0x8fb0b0, 0x3a3a4a, 0xe0c8b8, 0x5a7a3a,
        ]))
        .near(self.rng, 0.1)
    }

    pub fn vase(&mut self, foot: Point, flowers: bool) {
        let rng = self.rng;
        let tall = self.unit * rng.range(0.26, 0.44);
        let colour = self.glaze();
        let profile = match rng.below(5) {
            0 => [0.14, 0.26, 0.3, 0.2, 0.1, 0.09, 0.13],
            1 => [0.12, 0.16, 0.22, 0.28, 0.26, 0.13, 0.15],
            2 => [0.2, 0.3, 0.31, 0.28, 0.2, 0.14, 0.16],
            3 => [0.14, 0.15, 0.16, 0.17, 0.18, 0.2, 0.24],
            _ => [0.1, 0.3, 0.24, 0.1, 0.07, 0.07, 0.1],
        };
        let rim = (foot.0, foot.1 - tall);
        if flowers {
            self.bouquet(rim, tall);
        }
        self.shadow(foot, tall * 0.28);
        let shape = self.turned_shape(foot, tall, &profile);
        self.canvas.fill(&shape, self.round(foot.0, tall * 0.3, colour));
        let band = rng.below(4);
        let tone = colour.turned(rng.range(60.0, 200.0)).mix(if colour.luma() > 0.5 { BLACK } else { WHITE }, 0.35);
        let light = self.light;
        self.canvas.inside(&shape, |canvas| {
            for i in 0..3 {
                let y = foot.1 - tall * (0.3 + 0.12 * i as f32);
                match band {
                    0 => canvas.stroke(
                        &arc((foot.0, y - tall * 0.3), tall * 0.45, 0.5, PI - 0.5),
                        tone.alpha(0.8),
                        tall * 0.03,
                    ),
                    1 => {
                        for k in -4..=4 {
                            canvas.disc((foot.0 + k as f32 * tall * 0.075, y), tall * 0.025, tone.alpha(0.8));
                        }
                    }
                    2 if i == 0 => {
                        let points: Vec<Point> = (0..13)
                            .map(|k| (foot.0 + (k as f32 - 6.0) * tall * 0.05, y - tall * 0.08 * (k % 2) as f32))
                            .collect();
                        canvas.stroke(&line(&points), tone.alpha(0.85), tall * 0.025);
                    }
                    _ => {}
                }
            }
            canvas.fill(
                &ellipse((foot.0 + light * tall * 0.13, foot.1 - tall * 0.5), tall * 0.02, tall * 0.14, 0.0),
                WHITE.alpha(0.5),
            );
        });
        self.canvas.fill(&ellipse(rim, profile[6] * tall * 0.92, tall * 0.028, 0.0), colour.darker(0.55));
        self.names.push(if flowers { "flowers" } else { "a vase" });
    }

    fn bouquet(&mut self, rim: Point, tall: f32) {
        let rng = self.rng;
        let petal = hex(rng.pick(&[0xd8483a, 0xf0c84a, 0xe8a0b0, 0xf6f0e4, 0x8a6ab0, 0xe07a3a, 0x6a8ac8]));
        let green = hex(0x4a6a3a).near(rng, 0.12);
        let count = rng.count(5, 12);
        for i in 0..count {
            let a = -FRAC_PI_2 + (i as f32 / (count - 1) as f32 - 0.5) * rng.range(1.6, 2.4);
            let head = polar(rim, tall * rng.range(0.35, 0.85), a);
            self.canvas.stroke(&curve(&[rim, between((rim.0, head.1), head, 0.4), head]), green, 2.6);
            let leaf_base = between(rim, head, rng.range(0.3, 0.6));
            self.canvas.fill(
                &leaf(leaf_base, polar(leaf_base, tall * 0.2, a + rng.sign() * 0.8), tall * 0.07),
                green.near(rng, 0.15),
            );
            let (r, tone) = (tall * rng.range(0.07, 0.13), petal.near(rng, 0.2));
            for k in 0..9 {
                let p = polar(head, r * 0.6, TAU * k as f32 / 9.0);
                self.canvas.fill(&ellipse(p, r * 0.55, r * 0.36, TAU * k as f32 / 9.0), tone.near(rng, 0.12));
            }
            self.canvas.disc(head, r * 0.36, tone.darker(0.45));
        }
    }

    pub fn bottle(&mut self, foot: Point) {
        let rng = self.rng;
        let tall = self.unit * rng.range(0.38, 0.55);
        let glass = hex(rng.pick(&[0x2f4a34, 0x5a3a1c, 0x3a5a6a, 0x6a7a3a, 0x4a2430])).near(rng, 0.08);
        self.shadow(foot, tall * 0.15);
        let shape = self.turned_shape(foot, tall, &[0.13, 0.14, 0.14, 0.14, 0.13, 0.05, 0.045, 0.045, 0.05]);
        self.canvas.fill(&shape, self.round(foot.0, tall * 0.15, glass));
        let x = foot.0 + self.light * tall * 0.08;
        self.canvas.line((x, foot.1 - tall * 0.12), (x, foot.1 - tall * 0.45), WHITE.alpha(0.5), tall * 0.018);
        if rng.chance(0.6) {
            self.canvas.rect(foot.0 - tall * 0.12, foot.1 - tall * 0.4, tall * 0.24, tall * 0.2, hex(0xe8dcc0));
            for i in 0..3 {
                self.canvas.rect(
                    foot.0 - tall * 0.08,
                    foot.1 - tall * (0.36 - 0.05 * i as f32),
                    tall * 0.16,
                    2.0,
                    hex(0x6a5a4a),
                );
            }
        }
        self.names.push("a bottle");
    }

    pub fn jug(&mut self, foot: Point) {
        let tall = self.unit * self.rng.range(0.26, 0.38);
        let colour = self.glaze();
        self.shadow(foot, tall * 0.3);
        let side = -self.light;
        let handle = [
            (foot.0 + side * tall * 0.2, foot.1 - tall * 0.88),
            (foot.0 + side * tall * 0.46, foot.1 - tall * 0.75),
            (foot.0 + side * tall * 0.42, foot.1 - tall * 0.4),
            (foot.0 + side * tall * 0.24, foot.1 - tall * 0.26),
        ];
        self.canvas.stroke(&curve(&handle), colour.darker(0.3), tall * 0.06);
        let shape = self.turned_shape(foot, tall, &[0.2, 0.28, 0.3, 0.26, 0.2, 0.18, 0.22]);
        self.canvas.fill(&shape, self.round(foot.0, tall * 0.3, colour));
        let lip = (foot.0 - side * tall * 0.2, foot.1 - tall);
        self.canvas.polygon(
            &[
                (lip.0 + side * tall * 0.1, lip.1),
                (lip.0 - side * tall * 0.1, lip.1 - tall * 0.05),
                (lip.0, lip.1 + tall * 0.16),
            ],
            colour.lighter(0.1),
        );
        self.canvas.fill(&ellipse((foot.0, foot.1 - tall), tall * 0.2, tall * 0.035, 0.0), colour.darker(0.55));
        self.names.push("a jug");
    }

    pub fn bowl(&mut self, foot: Point) {
        let rng = self.rng;
        let r = self.unit * rng.range(0.14, 0.22);
        let colour = self.glaze();
        let rim = (foot.0, foot.1 - r * 0.75);
        self.shadow(foot, r);
        self.canvas.fill(&ellipse(rim, r, r * 0.24, 0.0), colour.darker(0.5));
        let kind = rng.below(5);
        for i in 0..5 {
            let at = (rim.0 + (i as f32 - 2.0) * r * 0.36, rim.1 - r * 0.08 - if i % 2 == 1 { r * 0.2 } else { 0.0 });
            self.fruit(at, r * 0.3, kind);
        }
        let below = [
            (rim.0 - r, rim.1),
            (rim.0 - r * 0.8, rim.1 + r * 0.42),
            (foot.0 - r * 0.4, foot.1),
            (foot.0 + r * 0.4, foot.1),
            (rim.0 + r * 0.8, rim.1 + r * 0.42),
            (rim.0 + r, rim.1),
            (rim.0, rim.1 + r * 0.26),
        ];
        self.canvas.fill(&blob(&below), self.round(foot.0, r, colour));
        self.canvas.stroke(&arc((rim.0, rim.1 - r * 1.2), r * 1.62, 0.95, PI - 0.95), colour.lighter(0.35), 2.5);
    }
}
