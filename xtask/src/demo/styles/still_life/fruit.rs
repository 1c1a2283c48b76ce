//! Fruit, and the knife to cut it.

use super::super::super::kit::*;
use super::Studio;

impl Studio<'_> {
    pub fn fruit(&mut self, at: Point, r: f32, kind: usize) {
        let rng = self.rng;
        self.shadow((at.0, at.1 + r * 0.85), r * 0.8);
        let glow = (at.0 + self.light * r * 0.4, at.1 - r * 0.45);
        let lit = |colour: Colour| {
            Ink::radial(glow, r * 1.9, &[colour.lighter(0.5), colour, colour.darker(0.2), colour.darker(0.5)])
        };
        let stalk = hex(0x4a3420);
        let name = match kind {
            0 => {
                let colour = hex(rng.pick(&[0xc8342a, 0x9aae3c, 0xd8682f])).near(rng, 0.08);
                self.canvas.fill(
                    &blob(&[
                        (at.0, at.1 - r * 0.8),
                        (at.0 + r * 0.75, at.1 - r * 0.75),
                        (at.0 + r, at.1),
                        (at.0 + r * 0.5, at.1 + r * 0.9),
                        (at.0, at.1 + r * 0.82),
                        (at.0 - r * 0.5, at.1 + r * 0.9),
                        (at.0 - r, at.1),
                        (at.0 - r * 0.75, at.1 - r * 0.75),
                    ]),
                    lit(colour),
                );
                self.canvas.line((at.0, at.1 - r * 0.7), (at.0 + r * 0.15, at.1 - r * 1.15), stalk, r * 0.09);
                "apples"
            }
            1 => {
                let colour = hex(rng.pick(&[0xc8b840, 0xa8b04a, 0xd09a4a])).near(rng, 0.08);
                let lean = rng.bell() * 0.5;
                let shape = blob(&[
                    (0.0, -1.7),
                    (0.35, -1.3),
                    (0.5, -0.5),
                    (0.95, 0.2),
                    (0.6, 0.88),
                    (0.0, 0.95),
                    (-0.6, 0.88),
                    (-0.95, 0.2),
                    (-0.5, -0.5),
                    (-0.35, -1.3),
                ]);
                self.canvas.fill(&turned(&shape, lean, (r, r), at), lit(colour));
                let top = polar(at, r * 1.65, lean - FRAC_PI_2);
                self.canvas.line(top, polar(top, r * 0.4, lean - 1.2), stalk, r * 0.09);
                "pears"
            }
            2 => {
                let shape = blob(&[
                    (-1.3, 0.0),
                    (-0.9, -0.45),
                    (0.0, -0.8),
                    (0.9, -0.45),
                    (1.3, 0.0),
                    (0.9, 0.45),
                    (0.0, 0.8),
                    (-0.9, 0.45),
                ]);
                self.canvas.fill(&turned(&shape, rng.bell() * 0.6, (r, r), at), lit(hex(0xf0cc38).near(rng, 0.06)));
                "lemons"
            }
            3 => {
                self.canvas.disc(at, r, lit(hex(0xe8862c).near(rng, 0.06)));
                self.canvas
                    .fill(&star((at.0 - self.light * r * 0.2, at.1 - r * 0.6), r * 0.16, r * 0.06, 5, 0.3), stalk);
                "oranges"
            }
            _ => {
                let colour = hex(rng.pick(&[0x4a2f5a, 0x7a9a4a, 0x2f2a4a])).near(rng, 0.06);
                for i in 0..15 {
                    let (row, column) = ((i as f32).sqrt() as usize, i - ((i as f32).sqrt() as usize).pow(2));
                    let grape =
                        (at.0 + (column as f32 - row as f32) * r * 0.3, at.1 + r * 0.75 - row as f32 * r * 0.42);
                    let g = (grape.0 + self.light * r * 0.1, grape.1 - r * 0.1);
                    self.canvas.disc(
                        grape,
                        r * 0.32,
                        Ink::radial(g, r * 0.45, &[colour.lighter(0.55), colour, colour.darker(0.45)]),
                    );
                }
                "grapes"
            }
        };
        if self.names.last() != Some(&name) {
            self.names.push(name);
        }
    }

    pub fn knife(&mut self, at: Point) {
        let (a, l) = (self.rng.bell() * 0.4, self.unit * 0.2);
        self.canvas.line(
            (at.0 + 3.0, at.1 + 5.0),
            (at.0 + l * 1.6 * a.cos(), at.1 + l * 1.6 * a.sin() + 5.0),
            BLACK.alpha(0.25),
            8.0,
        );
        self.canvas.fill(&leaf(at, polar(at, l, a), l * 0.13), hex(0xc8ccd0));
        self.canvas.line(at, polar(at, -l * 0.55, a), hex(0x3a2418), l * 0.07);
        self.names.push("a knife");
    }
}
