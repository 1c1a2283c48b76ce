//! Star tilings: from the middle of every edge of a tiling two lines set out at one angle, and where
//! they meet the next ones, stars appear.

use super::super::kit::*;

const GLAZES: &[[u32; 5]] = &[
    [0x0f4c6a, 0xf4ecd8, 0x1f9a9a, 0xd9a441, 0x12283a],
    [0x1a2f6a, 0xf0e6cc, 0x3f8fd0, 0xc8642f, 0x0f1a3a],
    [0x7a2a20, 0xf4e8d0, 0xd98a3a, 0x2f5f5a, 0x2a1410],
    [0x1f5a3a, 0xf2ecd4, 0x8ab84a, 0xe0b840, 0x10281c],
    [0xf0e2c0, 0x1f3f5f, 0xc8502f, 0x4f9a94, 0x2a2420],
    [0x3a2450, 0xf4e6e0, 0xa06ab0, 0xe8b060, 0x1a1028],
    [0x155f62, 0xf6f0e0, 0xe07a4a, 0xf0c860, 0x0a2c2e],
    [0xdcd6c8, 0x2a2c34, 0x8a8f98, 0xb04a3a, 0x16171c],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let turn = rng.bell() * 16.0;
    let glaze = GLAZES[number % GLAZES.len()].map(|c| hex(c).turned(turn));
    let (width, height) = any_format(rng);
    let mut canvas = Canvas::new(width, height, glaze[4]);
    let (w, h) = (canvas.width(), canvas.height());
    let size = rng.range(52.0, 120.0);
    let kind = (number + 3 * (number / 8)) % 6;
    let (tiles, name) = tiles(kind, w.max(h) * 0.75 + 2.0 * size, size);
    let lean = rng.pick(&[0.0, 0.0, FRAC_PI_4, FRAC_PI_2 / 3.0]);
    let (sin, cos) = lean.sin_cos();
    let at = |p: Point| (w / 2.0 + p.0 * cos - p.1 * sin, h / 2.0 + p.0 * sin + p.1 * cos);
    let style =
        Strap { angle: rng.range(0.72, 1.25), width: size * rng.range(0.05, 0.13), glaze, double: rng.chance(0.5) };
    let tiles: Vec<Vec<Point>> = tiles.into_iter().map(|tile| tile.into_iter().map(at).collect()).collect();
    for tile in &tiles {
        style.glaze(&mut canvas, rng, tile);
    }
    for tile in &tiles {
        style.straps(&mut canvas, tile);
    }
    border(&mut canvas, rng, glaze);
    if rng.chance(0.5) {
        surface::paper(&mut canvas, rng, 9.0)
    } else {
        surface::weave(&mut canvas, rng, 4.0)
    }
    surface::vignette(&mut canvas, 0.18);
    let title = compose(
        rng,
        &format!("{name}, _ of the _ _"),
        &[
            &["floor", "fountain wall", "niche", "ceiling", "screen", "dado", "threshold", "west panel", "east panel"],
            &["Garden", "Inner", "Merchants’", "Old", "Scholars’", "Saffron", "Blue", "Caravan"],
            &["court", "gate", "bath house", "library", "pavilion", "market", "tower", "cistern"],
        ],
    );
    Painted { title, canvas }
}

/// The tiles of a plane around the origin, as far as `reach`, with edges about `size` long.
fn tiles(kind: usize, reach: f32, size: f32) -> (Vec<Vec<Point>>, &'static str) {
    let mut tiles = Vec::new();
    let mut lattice = |a: Point, b: Point, put: &mut dyn FnMut(Point, &mut Vec<Vec<Point>>)| {
        let n = (reach / distance(a, (0.0, 0.0)).min(distance(b, (0.0, 0.0)))) as i32 + 2;
        for i in -2 * n..=2 * n {
            for j in -2 * n..=2 * n {
                let p = (a.0 * i as f32 + b.0 * j as f32, a.1 * i as f32 + b.1 * j as f32);
                if distance(p, (0.0, 0.0)) < reach {
                    put(p, &mut tiles);
                }
            }
        }
    };
    let root3 = 3f32.sqrt();
    // The radius of a polygon with `corners` corners and edges of length `edge`.
    let around = |corners: usize, edge: f32| edge / (2.0 * (PI / corners as f32).sin());
    let name = match kind {
        0 => {
            // Dodecagons, hexagons and squares.
            let edge = size * 0.42;
            let d = edge * (3.0 + root3);
            lattice((d, 0.0), (d / 2.0, d * root3 / 2.0), &mut |p, tiles| {
                tiles.push(regular(p, around(12, edge), 12, PI / 12.0));
                for i in 0..3 {
                    let a = PI / 3.0 * i as f32;
                    tiles.push(regular(polar(p, d / 2.0, a), around(4, edge), 4, a + FRAC_PI_4));
                }
                for angle in [FRAC_PI_2, -FRAC_PI_2] {
                    tiles.push(regular(polar(p, d / root3, angle), edge, 6, 0.0));
                }
            });
            "Great rosettes"
        }
        1 => {
            let d = size * root3;
            lattice((d, 0.0), (d / 2.0, d * root3 / 2.0), &mut |p, tiles| tiles.push(regular(p, size, 6, FRAC_PI_2)));
            "Sixfold stars"
        }
        2 => {
            // Octagons and squares.
            let edge = size * 0.62;
            let d = edge * (1.0 + 2f32.sqrt());
            lattice((d, 0.0), (0.0, d), &mut |p, tiles| {
                tiles.push(regular(p, around(8, edge), 8, PI / 8.0));
                tiles.push(regular((p.0 + d / 2.0, p.1 + d / 2.0), around(4, edge), 4, 0.0));
            });
            "Eightfold stars"
        }
        3 => {
            // Dodecagons and triangles.
            let edge = size * 0.5;
            let d = edge * (2.0 + root3);
            lattice((d, 0.0), (d / 2.0, d * root3 / 2.0), &mut |p, tiles| {
                tiles.push(regular(p, around(12, edge), 12, PI / 12.0));
                let r = d / root3;
                for (angle, turn) in [(FRAC_PI_2, -FRAC_PI_2), (-FRAC_PI_2, FRAC_PI_2)] {
                    tiles.push(regular(polar(p, r, angle), around(3, edge), 3, turn + PI));
                }
            });
            "Twelvefold stars"
        }
        4 => {
            // Hexagons and triangles.
            let d = size * 2.0;
            lattice((d, 0.0), (d / 2.0, d * root3 / 2.0), &mut |p, tiles| {
                tiles.push(regular(p, size, 6, 0.0));
                for angle in [FRAC_PI_2, -FRAC_PI_2] {
                    tiles.push(regular(polar(p, d / root3, angle), around(3, size), 3, angle + PI));
                }
            });
            "Woven hexagons"
        }
        _ => {
            // Hexagons, squares and triangles.
            let edge = size * 0.7;
            let d = edge * (1.0 + root3);
            lattice((d, 0.0), (d / 2.0, d * root3 / 2.0), &mut |p, tiles| {
                tiles.push(regular(p, edge, 6, FRAC_PI_2));
                for i in 0..3 {
                    let a = PI / 3.0 * i as f32;
                    tiles.push(regular(polar(p, d / 2.0, a), around(4, edge), 4, a + FRAC_PI_4));
                }
                for angle in [FRAC_PI_2, -FRAC_PI_2] {
                    tiles.push(regular(polar(p, d / root3, angle), around(3, edge), 3, angle));
                }
            });
            "Rosettes and squares"
        }
    };
    (tiles, name)
}

struct Strap {
    angle: f32,
    width: f32,
    glaze: [Colour; 5],
    double: bool,
}

impl Strap {
    /// The star in a tile: edge middles and the points between them where the lines meet.
    fn star(&self, tile: &[Point]) -> Vec<Point> {
        let n = tile.len();
        let inward = |i: usize, side: f32| {
            let (a, b) = (tile[i], tile[(i + 1) % n]);
            let along = (b.1 - a.1).atan2(b.0 - a.0);
            // Tiles run clockwise on the screen, so inside is to the right of every edge.
            if side > 0.0 { along + self.angle } else { along + PI - self.angle }
        };
        let mut star = Vec::with_capacity(2 * n);
        for i in 0..n {
            let (p, q) = (between(tile[i], tile[(i + 1) % n], 0.5), between(tile[(i + 1) % n], tile[(i + 2) % n], 0.5));
            let (a, b) = (inward(i, 1.0), inward((i + 1) % n, -1.0));
            let (d, e) = ((a.cos(), a.sin()), (b.cos(), b.sin()));
            let cross = d.0 * e.1 - d.1 * e.0;
            let t = if cross.abs() < 1e-4 { 0.0 } else { ((q.0 - p.0) * e.1 - (q.1 - p.1) * e.0) / cross };
            star.push(p);
            star.push((p.0 + d.0 * t, p.1 + d.1 * t));
        }
        star
    }

    fn glaze(&self, canvas: &mut Canvas, rng: &Rng, tile: &[Point]) {
        let [a, b, c, d, _] = self.glaze;
        let n = tile.len();
        let tone = |colour: Colour| colour.near(rng, 0.07);
        canvas.polygon(tile, tone(if n > 4 { a } else { c }));
        canvas.stroke(&polygon(tile), a.mix(c, 0.5), 0.8);
        let star = self.star(tile);
        canvas.polygon(
            &star,
            tone(if n > 6 {
                b
            } else if n == 6 {
                d
            } else {
                b.mix(a, 0.15)
            }),
        );
        let centre = tile.iter().fold((0.0, 0.0), |m, p| (m.0 + p.0 / n as f32, m.1 + p.1 / n as f32));
        if n > 4 {
            let small: Vec<Point> = star.iter().map(|&p| between(centre, p, 0.5)).collect();
            canvas.polygon(&small, tone(if n > 6 { d } else { b }));
            canvas.polygon(&star.iter().map(|&p| between(centre, p, 0.2)).collect::<Vec<_>>(), tone(a));
        }
    }

    fn straps(&self, canvas: &mut Canvas, tile: &[Point]) {
        let star = polygon(&self.star(tile));
        canvas.stroke(&star, self.glaze[4], self.width + 2.0);
        canvas.stroke(&star, self.glaze[1], self.width);
        if self.double {
            canvas.stroke(&star, self.glaze[4].alpha(0.7), self.width * 0.3);
        }
    }
}

fn border(canvas: &mut Canvas, rng: &Rng, glaze: [Colour; 5]) {
    if rng.chance(0.35) {
        return;
    }
    let (w, h) = (canvas.width(), canvas.height());
    let band = rng.range(20.0, 40.0);
    canvas.frame(0.0, band, glaze[rng.pick(&[0, 2, 4])]);
    let motif = rng.below(3);
    let step = band * 0.9;
    let (across, down) = ((w / step) as usize, (h / step) as usize);
    let mut put = |at: Point| match motif {
        0 => canvas.fill(&star(at, band * 0.36, band * 0.18, 4, 0.0), glaze[3]),
        1 => canvas.disc(at, band * 0.2, glaze[1]),
        _ => canvas.polygon(&regular(at, band * 0.3, 4, 0.0), glaze[1]),
    };
    for i in 0..across {
        let x = w * (i as f32 + 0.5) / across as f32;
        put((x, band / 2.0));
        put((x, h - band / 2.0));
    }
    for i in 1..down - 1 {
        let y = h * (i as f32 + 0.5) / down as f32;
        put((band / 2.0, y));
        put((w - band / 2.0, y));
    }
    canvas.frame(band, 3.0, glaze[3]);
    canvas.frame(0.0, 3.0, glaze[4]);
}
