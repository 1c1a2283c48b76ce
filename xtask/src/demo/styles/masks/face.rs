//! The face of a mask: outline, painted marks, eyes, nose and mouth.

use super::super::super::kit::*;
use super::Mask;

impl Mask {
    pub fn face(&self, canvas: &mut Canvas, rng: &Rng, number: usize) {
        let outline: Vec<Point> = match (number / 3) % 5 {
            0 => vec![
                (0.0, -1.0),
                (0.75, -0.75),
                (1.0, -0.1),
                (0.8, 0.6),
                (0.0, 1.05),
                (-0.8, 0.6),
                (-1.0, -0.1),
                (-0.75, -0.75),
            ],
            1 => vec![
                (0.0, -1.0),
                (0.85, -0.85),
                (1.02, 0.0),
                (0.55, 0.7),
                (0.0, 1.2),
                (-0.55, 0.7),
                (-1.02, 0.0),
                (-0.85, -0.85),
            ],
            2 => vec![
                (0.0, -0.95),
                (0.9, -0.9),
                (1.0, 0.0),
                (0.95, 0.8),
                (0.0, 1.0),
                (-0.95, 0.8),
                (-1.0, 0.0),
                (-0.9, -0.9),
            ],
            3 => vec![
                (0.0, -1.05),
                (0.6, -0.9),
                (0.85, -0.2),
                (1.0, 0.5),
                (0.0, 1.0),
                (-1.0, 0.5),
                (-0.85, -0.2),
                (-0.6, -0.9),
            ],
            _ => vec![
                (0.0, -0.9),
                (0.7, -1.0),
                (1.1, -0.2),
                (0.75, 0.4),
                (0.35, 1.1),
                (-0.35, 1.1),
                (-0.75, 0.4),
                (-1.1, -0.2),
                (-0.7, -1.0),
            ],
        };
        let outline: Vec<Point> = outline.into_iter().map(|(x, y)| self.at(x, y)).collect();
        let shape = blob(&outline);
        canvas.shadow(&shape, 7.0, 9.0, 10.0, 0.35);
        canvas.fill(&shape, self.skin);
        canvas.inside(&shape, |canvas| {
            let shade = self.skin.mix(self.dark, 0.3);
            match rng.below(4) {
                0 => canvas.rect(self.centre.0, 0.0, self.rx * 2.0, canvas.height(), shade),
                1 => canvas.rect(0.0, self.at(0.0, 0.42).1, canvas.width(), self.ry, self.second),
                2 => canvas.disc(self.at(0.0, -1.0), self.ry * 0.75, self.second),
                _ => canvas.polygon(&[self.at(-1.2, -1.2), self.at(1.2, -1.2), self.at(0.0, 0.3)], shade),
            }
            self.paint_marks(canvas, rng);
        });
        canvas.stroke(&shape, self.dark, 3.5);
        self.eyes(canvas, rng, number);
        self.nose(canvas, rng);
        self.mouth(canvas, rng);
    }

    fn paint_marks(&self, canvas: &mut Canvas, rng: &Rng) {
        for _ in 0..2 {
            let ink = rng.pick(&[self.light, self.third, self.dark]);
            match rng.below(6) {
                0 => self.twice(|side| {
                    for i in 0..4 {
                        let y = 0.18 + 0.13 * i as f32;
                        canvas.line(self.at(side * 0.42, y), self.at(side * 0.95, y + 0.1), ink, self.ry * 0.045);
                    }
                }),
                1 => {
                    for i in 0..5 {
                        let r = self.rx * (0.1 + 0.1 * i as f32);
                        canvas.ring(self.at(0.0, -0.72), r, ink, 3.0);
                    }
                }
                2 => self.twice(|side| {
                    for i in 0..9 {
                        canvas.disc(
                            self.at(side * (0.48 + 0.16 * (i % 3) as f32), 0.22 + 0.14 * (i / 3) as f32),
                            self.rx * 0.045,
                            ink,
                        );
                    }
                }),
                3 => {
                    for i in 0..7 {
                        canvas.polygon(
                            &[
                                self.at(-0.9 + 0.26 * i as f32, -1.0),
                                self.at(-0.64 + 0.26 * i as f32, -1.0),
                                self.at(-0.77 + 0.26 * i as f32, -0.62),
                            ],
                            ink,
                        );
                    }
                }
                4 => self.twice(|side| {
                    canvas.stroke(&arc(self.at(side * 0.62, 0.38), self.rx * 0.2, 0.0, TAU * 0.9), ink, 5.0)
                }),
                _ => canvas.line(self.at(0.0, -1.0), self.at(0.0, 1.2), ink, self.rx * 0.12),
            }
        }
    }

    fn eyes(&self, canvas: &mut Canvas, rng: &Rng, number: usize) {
        let (apart, y, size) = (rng.range(0.36, 0.48), rng.range(-0.28, -0.08), rng.range(0.2, 0.32));
        let look = rng.bell() * 0.3;
        let kind = number % 4;
        self.twice(|side| {
            let (at, s) = (self.at(side * apart, y), self.rx * size);
            match kind {
                0 => {
                    canvas.fill(&leaf((at.0 - s * 1.2, at.1), (at.0 + s * 1.2, at.1), s * 1.3), self.light);
                    canvas.disc((at.0 + look * s, at.1), s * 0.48, self.dark);
                    canvas.disc((at.0 + look * s + s * 0.15, at.1 - s * 0.15), s * 0.12, self.light);
                    canvas.stroke(&leaf((at.0 - s * 1.2, at.1), (at.0 + s * 1.2, at.1), s * 1.3), self.dark, 2.5);
                }
                1 => {
                    canvas.disc(at, s, self.dark);
                    canvas.disc(at, s * 0.8, self.light);
                    canvas.disc(at, s * 0.55, self.third);
                    canvas.disc((at.0 + look * s * 0.5, at.1), s * 0.3, self.dark);
                }
                2 => {
                    canvas.fill(&sector(at, 0.0, s * 1.1, 0.0, PI), self.light);
                    canvas.fill(&sector((at.0 + look * s, at.1), 0.0, s * 0.55, 0.0, PI), self.dark);
                    canvas.line((at.0 - s * 1.3, at.1), (at.0 + s * 1.3, at.1), self.dark, s * 0.2);
                }
                _ => {
                    canvas.fill(&ellipse(at, s * 1.1, s * 0.36, side * 0.25), self.dark);
                    canvas.line((at.0 - s * 0.7, at.1), (at.0 + s * 0.7, at.1), self.light, 2.0);
                }
            }
        });
        let (rise, thick) = (rng.range(-0.12, 0.12), rng.range(0.05, 0.14));
        self.twice(|side| {
            let brow = [
                self.at(side * 0.16, y - 0.2 + rise),
                self.at(side * apart, y - 0.34),
                self.at(side * 0.82, y - 0.24 - rise),
            ];
            canvas.stroke(&curve(&brow), self.dark, self.rx * thick);
        });
    }

    fn nose(&self, canvas: &mut Canvas, rng: &Rng) {
        let (long, wide) = (rng.range(0.2, 0.4), rng.range(0.12, 0.26));
        let ink = self.skin.mix(self.dark, 0.45);
        match rng.below(3) {
            0 => canvas.polygon(&[self.at(0.0, -0.25), self.at(wide, long), self.at(-wide, long)], ink),
            1 => {
                canvas.stroke(
                    &curve(&[
                        self.at(-0.04, -0.25),
                        self.at(-wide * 0.4, long * 0.6),
                        self.at(-wide, long),
                        self.at(0.0, long + 0.06),
                    ]),
                    self.dark,
                    4.5,
                );
            }
            _ => {
                canvas.fill(
                    &blob(&[
                        self.at(-0.07, -0.3),
                        self.at(0.07, -0.3),
                        self.at(wide, long),
                        self.at(0.0, long + 0.1),
                        self.at(-wide, long),
                    ]),
                    ink,
                );
                self.twice(|side| canvas.disc(self.at(side * wide * 0.45, long), self.rx * 0.045, self.dark));
            }
        }
    }

    fn mouth(&self, canvas: &mut Canvas, rng: &Rng) {
        let (y, wide) = (rng.range(0.58, 0.7), rng.range(0.25, 0.5));
        let lips = rng.pick(&[self.second, self.third]);
        match rng.below(5) {
            0 => {
                canvas.fill(&leaf(self.at(-wide, y), self.at(wide, y), self.ry * 0.22), lips);
                canvas.line(self.at(-wide, y), self.at(wide, y), self.dark, 3.0);
            }
            1 => {
                let (x, top) = self.at(-wide, y - 0.08);
                canvas.rect(x, top, wide * 2.0 * self.rx, self.ry * 0.2, self.dark);
                for i in 0..7 {
                    canvas.rect(
                        x + wide * 2.0 * self.rx * (i as f32 + 0.12) / 7.0,
                        top + self.ry * 0.03,
                        wide * 2.0 * self.rx * 0.76 / 7.0,
                        self.ry * 0.14,
                        self.light,
                    );
                }
            }
            2 => {
                canvas.fill(&ellipse(self.at(0.0, y), self.rx * wide * 0.6, self.ry * 0.15, 0.0), self.dark);
                canvas.stroke(&ellipse(self.at(0.0, y), self.rx * wide * 0.6, self.ry * 0.15, 0.0), lips, 6.0);
            }
            3 => canvas.stroke(
                &curve(&[self.at(-wide, y - 0.08), self.at(0.0, y + 0.1), self.at(wide, y - 0.08)]),
                self.dark,
                6.0,
            ),
            _ => {
                canvas.fill(&sector(self.at(0.0, y - 0.06), 0.0, self.rx * wide, 0.1, PI - 0.1), self.dark);
                canvas.fill(&sector(self.at(0.0, y + 0.08), 0.0, self.rx * wide * 0.5, 0.2, PI - 0.2), lips);
            }
        }
    }
}
