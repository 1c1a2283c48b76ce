//! Topographic maps of islands, valleys and sea floors that nobody has surveyed.

use super::super::kit::*;

/// Water deep, water shallow, low, middle, high, contour ink.
const TINTS: &[[u32; 6]] = &[
    [0x7fb0d0, 0xc8e0e8, 0xcfe0b0, 0xf0e2b0, 0xd8a878, 0x7a4a2c],
    [0x163a5f, 0x2f6f9a, 0x4fa0b0, 0xa0d0c8, 0xf0f4e0, 0x0c2038],
    [0xd8d8d0, 0xe8e6dc, 0xf4f0e4, 0xf4f0e4, 0xf8f6ee, 0xb8432f],
    [0x1c2428, 0x202c30, 0x24383a, 0x2f4a48, 0x3f605a, 0xe8c87a],
    [0xa8c0c8, 0xdce4dc, 0xe4d8b8, 0xc8b08a, 0xf4f0ea, 0x4a4038],
    [0x3a2f5a, 0x5a4a8a, 0xb05a8a, 0xf08a6a, 0xf8d890, 0x2a1840],
    [0x8ac0b8, 0xc8e4d4, 0x8ab070, 0x5a8a58, 0x3a6048, 0x1f3a2c],
    [0xe0d0b0, 0xe8dcc0, 0xf0e6d0, 0xe4d0a8, 0xd0b488, 0x3a5a7a],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let turn = rng.bell() * 14.0;
    let tints = TINTS[number % TINTS.len()].map(|c| hex(c).turned(turn));
    let (width, height) = any_format(rng);
    let mut canvas = Canvas::new(width, height, tints[2]);
    let (w, h) = (canvas.width(), canvas.height());
    let land = Land::new(rng, w, h);
    let sea = if rng.chance(0.7) { rng.range(0.2, 0.45) } else { -1.0 };
    let shade = rng.range(0.0, 90.0);
    canvas.each_pixel(|x, y, _| {
        let height = land.at(x as f32, y as f32);
        let slope = height - land.at(x as f32 - 1.5, y as f32 - 1.5);
        let tint = if height < sea {
            tints[0].mix(tints[1], (height / sea * 5.0).floor() / 5.0)
        } else {
            ramp(&tints[2..5], (((height - sea.max(0.0)) / (1.0 - sea.max(0.0))) * 9.0).floor() / 9.0)
        };
        let light = if height < sea { 0.0 } else { slope * shade * 255.0 / 12.0 };
        [tint.r * 255.0 + light, tint.g * 255.0 + light, tint.b * 255.0 + light]
    });
    let ink = tints[5];
    let levels = rng.count(14, 30);
    for level in 1..levels {
        let height = level as f32 / levels as f32;
        let (thick, tone) = match (height < sea, level % 5) {
            (true, _) => (0.7, tints[0].mix(ink, 0.3)),
            (false, 0) => (1.7, ink),
            _ => (0.8, ink.alpha(0.75)),
        };
        contour(&mut canvas, &land, height, tone, thick);
    }
    if sea > 0.0 {
        contour(&mut canvas, &land, sea, tints[0].mix(ink, 0.6), 2.2);
    }
    survey(&mut canvas, rng, &land, sea, ink);
    surface::paper(&mut canvas, rng, 6.0);
    let title = if sea > 0.0 {
        compose(
            rng,
            &format!("_ and the _, sheet {}", rng.count(2, 60)),
            &[
                words::PLACES,
                &["outer isles", "sound", "narrows", "skerries", "lagoon", "river mouth", "south strand", "shoals"],
            ],
        )
    } else {
        compose(
            rng,
            &format!("The _ of _, sheet {}", rng.count(2, 60)),
            &[
                &[
                    "high valley",
                    "watershed",
                    "plateau",
                    "seven tarns",
                    "old quarries",
                    "western fells",
                    "pass road",
                    "crater",
                ],
                words::PLACES,
            ],
        )
    };
    Painted { title, canvas }
}

/// Heights 0..1 over the sheet, kept on a grid of 2 pixels.
struct Land {
    across: usize,
    down: usize,
    heights: Vec<f32>,
}

impl Land {
    fn new(rng: &Rng, w: f32, h: f32) -> Self {
        let noise = Noise::new(rng.bits());
        let scale = rng.range(90.0, 230.0);
        let peaks: Vec<(Point, f32, f32)> = (0..rng.count(1, 5))
            .map(|_| {
                (
                    (w * rng.unit(), h * rng.unit()),
                    rng.range(60.0, 220.0),
                    rng.range(0.15, 0.5) * if rng.chance(0.8) { 1.0 } else { -1.0 },
                )
            })
            .collect();
        let (across, down) = (w as usize / 2 + 2, h as usize / 2 + 2);
        let mut heights: Vec<f32> = (0..across * down)
            .map(|i| {
                let p = ((i % across) as f32 * 2.0, (i / across) as f32 * 2.0);
                let bend = noise.at(p.0 / 140.0, p.1 / 140.0 + 50.0) * 0.5;
                let rolling = noise.layered(p.0 / scale + bend, p.1 / scale, 4);
                peaks.iter().fold(rolling * 0.5, |height, &(at, r, rise)| {
                    let d = distance(p, at) / r;
                    height + rise / (1.0 + d * d * 1.6)
                })
            })
            .collect();
        let (low, high) = heights.iter().fold((f32::MAX, f32::MIN), |(low, high), &v| (low.min(v), high.max(v)));
        heights.iter_mut().for_each(|v| *v = (*v - low) / (high - low));
        Self { across, down, heights }
    }

    fn node(&self, x: usize, y: usize) -> f32 {
        self.heights[y.min(self.down - 1) * self.across + x.min(self.across - 1)]
    }

    fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x.max(0.0) / 2.0, y.max(0.0) / 2.0);
        let (ix, iy) = (x as usize, y as usize);
        let (tx, ty) = (x - ix as f32, y - iy as f32);
        let top = self.node(ix, iy) * (1.0 - tx) + self.node(ix + 1, iy) * tx;
        let bottom = self.node(ix, iy + 1) * (1.0 - tx) + self.node(ix + 1, iy + 1) * tx;
        top * (1.0 - ty) + bottom * ty
    }
}

/// The line of one height (marching squares), as one path of short pieces.
fn contour(canvas: &mut Canvas, land: &Land, height: f32, ink: Colour, width: f32) {
    let mut path = tiny_skia::PathBuilder::new();
    let step = 2;
    for y in (0..land.down - step).step_by(step) {
        for x in (0..land.across - step).step_by(step) {
            let corners = [(x, y), (x + step, y), (x + step, y + step), (x, y + step)];
            let mut ends = Vec::with_capacity(4);
            for i in 0..4 {
                let (p, q) = (corners[i], corners[(i + 1) % 4]);
                let (a, b) = (land.node(p.0, p.1), land.node(q.0, q.1));
                if (a < height) != (b < height) {
                    let t = (height - a) / (b - a);
                    ends.push(between((p.0 as f32 * 2.0, p.1 as f32 * 2.0), (q.0 as f32 * 2.0, q.1 as f32 * 2.0), t));
                }
            }
            for piece in ends.chunks_exact(2) {
                path.move_to(piece[0].0, piece[0].1);
                path.line_to(piece[1].0, piece[1].1);
            }
        }
    }
    canvas.stroke(&path.finish(), ink, width);
}

/// Grid, paths, summits, a compass and a scale.
fn survey(canvas: &mut Canvas, rng: &Rng, land: &Land, sea: f32, ink: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let step = rng.range(70.0, 140.0);
    for i in 1..(w / step) as usize + 1 {
        canvas.line((i as f32 * step, 0.0), (i as f32 * step, h), ink.alpha(0.22), 0.8);
    }
    for i in 1..(h / step) as usize + 1 {
        canvas.line((0.0, i as f32 * step), (w, i as f32 * step), ink.alpha(0.22), 0.8);
    }
    let red = hex(0xb8352a);
    for _ in 0..rng.count(1, 4) {
        let mut at = (w * rng.unit(), h * rng.unit());
        let mut angle = rng.range(0.0, TAU);
        let mut path = Vec::new();
        for _ in 0..60 {
            if land.at(at.0, at.1) < sea {
                break;
            }
            path.push(at);
            let turns = [-0.5, -0.25, 0.0, 0.25, 0.5];
            let here = land.at(at.0, at.1);
            angle += turns
                .into_iter()
                .min_by(|a, b| {
                    let climb = |turn: f32| {
                        let p = polar(at, 10.0, angle + turn);
                        (land.at(p.0, p.1) - here).abs()
                    };
                    climb(*a).total_cmp(&climb(*b))
                })
                .unwrap_or(0.0);
            at = polar(at, 9.0, angle);
        }
        canvas.dashed(&curve(&path), red, 1.8, 7.0, 3.5);
    }
    for _ in 0..rng.count(3, 8) {
        let at = (w * rng.range(0.05, 0.95), h * rng.range(0.05, 0.95));
        if land.at(at.0, at.1) > sea {
            canvas.polygon(&regular(at, 5.0, 3, -FRAC_PI_2), ink);
            for i in 0..4 {
                canvas.rect(at.0 + 8.0 + 4.5 * i as f32, at.1 - 3.0, 2.6, rng.range(4.0, 6.0), ink.alpha(0.8));
            }
        }
    }
    let (rose, r) = ((w * rng.pick(&[0.1, 0.9]), h * rng.pick(&[0.12, 0.88])), 24.0);
    canvas.ring(rose, r, ink, 1.2);
    canvas.fill(&star(rose, r * 1.2, r * 0.22, 4, -FRAC_PI_2), ink);
    canvas.frame(6.0, 2.0, ink);
    for i in 0..6 {
        canvas.rect(w * 0.36 + i as f32 * 22.0, h - 24.0, 22.0, 5.0, if i % 2 == 0 { ink } else { WHITE });
    }
}
