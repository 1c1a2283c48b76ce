//! Quilts: blocks of printed cotton, pieced, bordered and stitched.

use super::super::kit::*;

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let palette = light_palette(number * 5 + 2, rng);
    let (width, height) = any_format(rng);
    let mut canvas = Canvas::new(width, height, palette.ground);
    let (w, h) = (canvas.width(), canvas.height());
    let border = rng.range(18.0, 46.0);
    let cloths: Vec<Cloth> = (0..6).map(|i| Cloth::new(rng, &palette, i)).collect();
    cloths[rng.below(6)].lay(&mut canvas, rng, &rect(0.0, 0.0, w, h));
    let across = rng.count(3, 6);
    let side = (w - 2.0 * border) / across as f32;
    let down = (((h - 2.0 * border) / side).round() as usize).max(1);
    let tall = (h - 2.0 * border) / down as f32;
    let (first, second) = (number % 9, (number * 2 + 4) % 9);
    let sash = if rng.chance(0.4) { side * 0.08 } else { 0.0 };
    for row in 0..down {
        for column in 0..across {
            let block = Block {
                x: border + column as f32 * side + sash / 2.0,
                y: border + row as f32 * tall + sash / 2.0,
                w: side - sash,
                h: tall - sash,
                cloths: &cloths,
                odd: (row + column) % 2 == 1,
            };
            block.piece(&mut canvas, rng, if block.odd { second } else { first });
        }
    }
    canvas.frame(border - 3.0, 3.0, palette.dark);
    stitches(&mut canvas, rng, border);
    surface::weave(&mut canvas, rng, 6.0);
    let names = [
        "Log cabin",
        "Pinwheel",
        "Ohio-by-night star",
        "Flying geese",
        "Nine patch",
        "Churn and dash",
        "Broken dishes",
        "Bear’s step",
        "Round the town",
    ];
    let title = compose(
        rng,
        &format!("{} and {} _ _", names[first], names[second].to_lowercase()),
        &[
            &["for", "of", "made for", "from"],
            &[
                "Aunt Perpetua",
                "a wedding in Thornwick",
                "the Marrowby fair",
                "flour sacks",
                "the winter of the long snow",
                "Clementine",
                "seven sisters",
                "the lighthouse family",
                "a cradle",
                "Sunday best",
                "the schoolhouse",
                "Great-uncle Amos",
                "the ferry house",
                "old shirts",
            ],
        ],
    );
    Painted { title, canvas }
}

/// A cotton print.
struct Cloth {
    base: Colour,
    print: Colour,
    pattern: usize,
    step: f32,
}

impl Cloth {
    fn new(rng: &Rng, palette: &Palette, number: usize) -> Self {
        let base = match number {
            0 => palette.ground,
            1 => palette.dark,
            other => palette.colours[other % palette.colours.len()],
        };
        let print = if rng.chance(0.5) { base.lighter(0.45) } else { base.darker(0.3) };
        Self { base: base.near(rng, 0.05), print, pattern: rng.below(6), step: rng.range(7.0, 14.0) }
    }

    fn lay(&self, canvas: &mut Canvas, rng: &Rng, shape: &Shape) {
        canvas.fill(shape, self.base.near(rng, 0.05));
        let Some(bounds) = shape.as_ref().map(|path| path.bounds()) else { return };
        if self.pattern >= 4 {
            return;
        }
        canvas.inside(shape, |canvas| {
            let (columns, rows) = ((bounds.width() / self.step) as i32 + 1, (bounds.height() / self.step) as i32 + 1);
            for row in 0..=rows {
                let y = bounds.top() + row as f32 * self.step;
                match self.pattern {
                    0 => canvas.rect(bounds.left(), y, bounds.width(), self.step * 0.3, self.print.alpha(0.7)),
                    1 => {
                        canvas.rect(bounds.left(), y, bounds.width(), self.step * 0.4, self.print.alpha(0.35));
                    }
                    _ => {
                        for column in 0..=columns {
                            let shift = if row % 2 == 0 { 0.0 } else { self.step / 2.0 };
                            let at = (bounds.left() + column as f32 * self.step + shift, y);
                            if self.pattern == 2 {
                                canvas.disc(at, self.step * 0.17, self.print);
                            } else {
                                canvas.fill(&star(at, self.step * 0.28, self.step * 0.1, 4, 0.0), self.print);
                            }
                        }
                    }
                }
            }
            if self.pattern == 1 {
                for column in 0..=columns {
                    let x = bounds.left() + column as f32 * self.step;
                    canvas.rect(x, bounds.top(), self.step * 0.4, bounds.height(), self.print.alpha(0.35));
                }
            }
        });
    }
}

struct Block<'a> {
    x: f32,
    y: f32,
    w: f32,
    h: f32,
    cloths: &'a [Cloth],
    odd: bool,
}

impl Block<'_> {
    /// A patch given by corners in units of the block.
    fn patch(&self, canvas: &mut Canvas, rng: &Rng, cloth: usize, corners: &[Point]) {
        let cloth = (cloth + usize::from(self.odd)) % self.cloths.len();
        let points: Vec<Point> = corners.iter().map(|p| (self.x + p.0 * self.w, self.y + p.1 * self.h)).collect();
        let shape = polygon(&points);
        self.cloths[cloth].lay(canvas, rng, &shape);
        canvas.stroke(&shape, BLACK.alpha(0.16), 1.0);
    }

    fn square(&self, canvas: &mut Canvas, rng: &Rng, cloth: usize, (x, y, w, h): (f32, f32, f32, f32)) {
        self.patch(canvas, rng, cloth, &[(x, y), (x + w, y), (x + w, y + h), (x, y + h)]);
    }

    fn piece(&self, canvas: &mut Canvas, rng: &Rng, kind: usize) {
        let third = 1.0 / 3.0;
        match kind {
            0 => {
                let (mut x, mut y, mut s) = (0.0, 0.0, 1.0);
                for i in 0..4 {
                    let t = 0.12;
                    self.square(canvas, rng, 2 + i % 2, (x, y, s, t));
                    self.square(canvas, rng, 2 + i % 2, (x, y + t, t, s - t));
                    self.square(canvas, rng, i % 2, (x + t, y + s - t, s - t, t));
                    self.square(canvas, rng, i % 2, (x + s - t, y + t, t, s - 2.0 * t));
                    (x, y, s) = (x + t, y + t, s - 2.0 * t);
                }
                self.square(canvas, rng, 4, (x, y, s, s));
            }
            1 => {
                let c = (0.5, 0.5);
                let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
                for i in 0..4 {
                    let (a, b) = (corners[i], corners[(i + 1) % 4]);
                    let m = between(a, b, 0.5);
                    self.patch(canvas, rng, 2, &[a, m, c]);
                    self.patch(canvas, rng, 0, &[m, b, c]);
                }
            }
            2 => {
                for i in 0..9 {
                    let (x, y) = ((i % 3) as f32 * third, (i / 3) as f32 * third);
                    if i % 2 == 0 {
                        self.square(canvas, rng, if i == 4 { 3 } else { 0 }, (x, y, third, third));
                    } else {
                        let c = (x + third / 2.0, y + third / 2.0);
                        let q = [(x, y), (x + third, y), (x + third, y + third), (x, y + third)];
                        for k in 0..4 {
                            self.patch(
                                canvas,
                                rng,
                                if (k + usize::from(i == 3 || i == 5)) % 2 == 0 { 0 } else { 2 },
                                &[q[k], q[(k + 1) % 4], c],
                            );
                        }
                    }
                }
            }
            3 => {
                for i in 0..4 {
                    let y = i as f32 * 0.25;
                    self.square(canvas, rng, 0, (0.0, y, 1.0, 0.25));
                    self.patch(canvas, rng, 2 + i % 3, &[(0.0, y + 0.25), (0.5, y), (1.0, y + 0.25)]);
                }
            }
            4 => {
                for i in 0..9 {
                    self.square(
                        canvas,
                        rng,
                        if i % 2 == 0 { 2 } else { 0 },
                        ((i % 3) as f32 * third, (i / 3) as f32 * third, third, third),
                    );
                }
            }
            5 => {
                self.square(canvas, rng, 0, (0.0, 0.0, 1.0, 1.0));
                for i in 0..4 {
                    let flip = |p: Point| match i {
                        0 => p,
                        1 => (1.0 - p.1, p.0),
                        2 => (1.0 - p.0, 1.0 - p.1),
                        _ => (p.1, 1.0 - p.0),
                    };
                    self.patch(canvas, rng, 3, &[(0.0, 0.0), (third, 0.0), (0.0, third)].map(flip));
                    self.patch(
                        canvas,
                        rng,
                        2,
                        &[(third, 0.0), (2.0 * third, 0.0), (2.0 * third, third / 2.0), (third, third / 2.0)].map(flip),
                    );
                }
                self.square(canvas, rng, 4, (third, third, third, third));
            }
            6 => {
                for i in 0..4 {
                    let (x, y) = ((i % 2) as f32 * 0.5, (i / 2) as f32 * 0.5);
                    let turn = i == 0 || i == 3;
                    let (a, b) =
                        ([(x, y), (x + 0.5, y), (x, y + 0.5)], [(x + 0.5, y + 0.5), (x + 0.5, y), (x, y + 0.5)]);
                    self.patch(canvas, rng, if turn { 2 } else { 4 }, &a);
                    self.patch(canvas, rng, if turn { 0 } else { 1 }, &b);
                }
            }
            7 => {
                self.square(canvas, rng, 0, (0.0, 0.0, 1.0, 1.0));
                self.square(canvas, rng, 2, (0.0, 0.28, 0.72, 0.72));
                for i in 0..3 {
                    let t = 0.24 * i as f32;
                    self.patch(canvas, rng, 3, &[(t, 0.28), (t + 0.24, 0.28), (t + 0.24, 0.04)]);
                    self.patch(canvas, rng, 3, &[(0.72, 0.28 + t), (0.72, 0.52 + t), (0.96, 0.52 + t)]);
                }
            }
            _ => {
                for (i, s) in [1.0, 0.74, 0.5, 0.26].into_iter().enumerate() {
                    let (a, b) = (0.5 - s / 2.0, 0.5 + s / 2.0);
                    if i % 2 == 0 {
                        self.square(canvas, rng, i + 1, (a, a, s, s));
                    } else {
                        self.patch(
                            canvas,
                            rng,
                            i + 1,
                            &[(0.5, a - 0.1), (b + 0.1, 0.5), (0.5, b + 0.1), (a - 0.1, 0.5)],
                        );
                    }
                }
            }
        }
    }
}

/// Running stitches across the whole quilt.
fn stitches(canvas: &mut Canvas, rng: &Rng, border: f32) {
    let (w, h) = (canvas.width(), canvas.height());
    let thread = WHITE.alpha(0.45);
    let step = rng.range(26.0, 60.0);
    match rng.below(3) {
        0 => {
            for i in 0..((w + h) / step) as usize {
                let t = i as f32 * step;
                canvas.dashed(&line(&[(t, 0.0), (t - h, h)]), thread, 1.0, 4.0, 3.0);
                canvas.dashed(&line(&[(w - t, 0.0), (w - t + h, h)]), thread, 1.0, 4.0, 3.0);
            }
        }
        1 => {
            for row in 0..(h / step) as usize + 1 {
                for column in 0..(w / step) as usize + 1 {
                    canvas.dashed(
                        &circle((column as f32 * step, row as f32 * step), step * 0.7),
                        thread,
                        0.9,
                        4.0,
                        3.0,
                    );
                }
            }
        }
        _ => {
            for row in 0..(h / step) as usize + 1 {
                let points: Vec<Point> = (0..30)
                    .map(|i| (w * i as f32 / 29.0, row as f32 * step + (i as f32 * 1.3).sin() * step * 0.3))
                    .collect();
                canvas.dashed(&curve(&points), thread, 1.0, 4.0, 3.0);
            }
        }
    }
    canvas.dashed(&rect(border / 2.0, border / 2.0, w - border, h - border), thread, 1.2, 5.0, 3.0);
}
