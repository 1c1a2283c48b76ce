//! Art deco: sunbursts, fans, stepped towers and fountains in gold.

use super::super::kit::*;

const SETS: &[[u32; 4]] = &[
    [0x14181f, 0xd9b25a, 0x1f5a5c, 0xf2e6c8],
    [0x0f3a3c, 0xe6c27a, 0x0a2224, 0xf4ecd8],
    [0x4a1424, 0xe3b56a, 0x1e0a10, 0xf3d9c0],
    [0xf2e8d4, 0xc79a3e, 0x1d2a3a, 0xb8452f],
    [0x1c2a4f, 0xe9c98a, 0xc86a4a, 0xf3e9d6],
    [0xf0dcd0, 0x2a3a34, 0xc98a5a, 0x7fa89a],
    [0x24301f, 0xd9bf6a, 0x5c7a4a, 0xf0ead0],
    [0x2b1f33, 0xd8a0a0, 0x6a4a7a, 0xf2dcc8],
    [0xe9d9b0, 0x1a1a1a, 0xa8342a, 0x3f6f73],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let turn = rng.bell() * 10.0;
    let set = SETS[number % SETS.len()].map(|c| hex(c).turned(turn));
    let (width, height) = if rng.chance(0.7) { tall(rng) } else { any_format(rng) };
    let mut canvas = Canvas::new(width, height, set[0]);
    let deco = Deco { ground: set[0], gold: set[1], deep: set[2], pale: set[3] };
    let subject = match (number + 2 * (number / 9)) % 5 {
        0 => deco.sunburst(&mut canvas, rng),
        1 => deco.fans(&mut canvas, rng),
        2 => deco.tower(&mut canvas, rng),
        3 => deco.fountain(&mut canvas, rng),
        _ => deco.peacock(&mut canvas, rng),
    };
    deco.frame(&mut canvas, rng);
    surface::paper(&mut canvas, rng, 4.0);
    let title = compose(
        rng,
        &format!("{subject} for the _ _"),
        &[
            &[
                "Alcazar",
                "Meridian",
                "Grand",
                "Orpheum",
                "Marlowe",
                "Palais",
                "Astoria-by-the-Sea",
                "Silver",
                "Imperial",
                "Corona",
                "Lido",
                "Belvedere",
            ],
            &[
                "ballroom",
                "cinema",
                "hotel",
                "elevator",
                "ocean liner",
                "tea room",
                "winter garden",
                "lobby",
                "casino",
                "library",
                "night train",
                "perfumery",
            ],
        ],
    );
    Painted { title, canvas }
}

struct Deco {
    ground: Colour,
    gold: Colour,
    deep: Colour,
    pale: Colour,
}

impl Deco {
    /// Metal seen from `a` to `b`.
    fn metal(&self, a: Point, b: Point) -> Ink {
        Ink::linear(
            a,
            b,
            &[
                self.gold.darker(0.22),
                self.gold.lighter(0.35),
                self.gold,
                self.gold.darker(0.12),
                self.gold.lighter(0.2),
            ],
        )
    }

    fn burst(&self, canvas: &mut Canvas, rng: &Rng, centre: Point, rays: usize, inner: f32) {
        let reach = canvas.width() + canvas.height();
        for i in 0..rays {
            let (from, to) = (TAU * i as f32 / rays as f32, TAU * (i as f32 + 0.5) / rays as f32);
            let ink = Ink::radial(
                centre,
                reach * 0.55,
                &[self.pale.mix(self.gold, 0.4), self.gold, self.gold.mix(self.deep, 0.55)],
            );
            canvas.fill(&sector(centre, inner, reach, from, to), ink);
            if rng.chance(0.8) {
                let middle = (from + to) / 2.0;
                canvas.line(polar(centre, inner, middle), polar(centre, reach, middle), self.ground.alpha(0.7), 1.2);
            }
        }
    }

    fn sunburst(&self, canvas: &mut Canvas, rng: &Rng) -> &'static str {
        let (w, h) = (canvas.width(), canvas.height());
        let centre = (w * rng.pick(&[0.0, 0.5, 0.5, 1.0]), h * rng.pick(&[0.55, 0.78, 1.0, 0.3]));
        self.burst(canvas, rng, centre, rng.count(14, 36), 0.0);
        let mut r = w.min(h) * rng.range(0.2, 0.42);
        for i in 0..rng.count(3, 7) {
            let ink = [self.deep, self.gold, self.pale, self.ground][i % 4];
            canvas.disc(centre, r, ink);
            r *= rng.range(0.68, 0.9);
        }
        canvas.disc(centre, r, self.metal((centre.0 - r, centre.1 - r), (centre.0 + r, centre.1 + r)));
        if centre.1 > h * 0.5 && centre.1 < h * 0.9 {
            canvas.rect(0.0, centre.1, w, h, self.deep);
            for i in 0..14 {
                let y = centre.1 + (h - centre.1) * (i as f32 / 14.0).powi(2);
                canvas.rect(0.0, y, w, 1.5 + i as f32 * 0.35, self.gold.alpha(0.8));
            }
            canvas.polygon(
                &[(w * 0.44, centre.1), (w * 0.56, centre.1), (w * 0.68, h), (w * 0.32, h)],
                self.gold.alpha(0.25),
            );
        }
        "Sunburst"
    }

    fn fans(&self, canvas: &mut Canvas, rng: &Rng) -> &'static str {
        let (w, h) = (canvas.width(), canvas.height());
        let across = rng.count(3, 7);
        let r = w / across as f32 / 2.0;
        let (rings, ribs) = (rng.count(3, 6), rng.pick(&[0, 7, 11, 15]));
        let rows = (h / r) as i32 + 3;
        for row in 0..rows {
            for column in -1..=across as i32 {
                let shift = if row % 2 == 0 { 0.0 } else { r };
                let centre = (column as f32 * 2.0 * r + shift + r, row as f32 * r);
                for ring in 0..rings {
                    let size = r * (1.0 - ring as f32 / rings as f32);
                    let ink = match (ring + (row as usize) % 2) % 3 {
                        0 => Ink::from(self.ground),
                        1 => self.metal((centre.0 - r, centre.1 - r), (centre.0 + r, centre.1)),
                        _ => Ink::from(if rng.chance(0.9) { self.deep } else { self.pale }),
                    };
                    canvas.disc(centre, size, ink);
                    canvas.ring(centre, size, self.gold, 1.2);
                }
                for rib in 0..ribs {
                    let a = PI + PI * (rib as f32 + 0.5) / ribs as f32;
                    canvas.line(polar(centre, r * 0.2, a), polar(centre, r, a), self.gold.alpha(0.75), 1.1);
                }
            }
        }
        "Fan screen"
    }

    fn tower(&self, canvas: &mut Canvas, rng: &Rng) -> &'static str {
        let (w, h) = (canvas.width(), canvas.height());
        let middle = w * rng.pick(&[0.36, 0.5, 0.5, 0.64]);
        if rng.chance(0.65) {
            let centre = (rng.pick(&[middle, 0.0, w]), h * rng.range(0.1, 0.7));
            self.burst(canvas, rng, centre, rng.count(12, 32), 0.0);
        } else {
            canvas.wash(Ink::linear((0.0, 0.0), (0.0, h), &[self.ground, self.gold.mix(self.pale, 0.4), self.pale]));
            let moon = (w * rng.range(0.2, 0.8), h * rng.range(0.15, 0.35));
            for i in 0..6 {
                canvas.disc(moon, w * (0.36 - 0.05 * i as f32), [self.gold, self.ground][i % 2]);
            }
        }
        let steps = rng.count(5, 9);
        let base = w * rng.range(0.3, 0.42);
        let peak = h * rng.range(0.1, 0.2);
        for side in [-1.0, 1.0] {
            for i in 0..rng.count(2, 4) {
                let x = middle + side * w * (0.26 + 0.12 * i as f32);
                let (wide, top) = (w * rng.range(0.06, 0.1), h * rng.range(0.5, 0.8));
                canvas.rect(x - wide, top, wide * 2.0, h, self.deep.darker(0.15 * i as f32));
                for k in 0..4 {
                    canvas.rect(
                        x - wide + wide * (0.2 + 0.45 * k as f32),
                        top + 14.0,
                        wide * 0.12,
                        h,
                        self.gold.alpha(0.6),
                    );
                }
            }
        }
        for i in 0..steps {
            let t = i as f32 / steps as f32;
            let half = base * (1.0 - t).powf(rng.range(0.8, 1.0)) * 0.9 + 6.0;
            let top = h - (h - peak) * (t + 1.0 / steps as f32);
            let ink = if i % 2 == 0 { self.deep } else { self.ground };
            canvas.rect(middle - half, top, half * 2.0, h - top, ink);
            canvas.rect(middle - half, top, half * 2.0, 3.0, self.gold);
            let flutes = (half / 9.0) as i32;
            for k in -flutes..=flutes {
                canvas.rect(
                    middle + k as f32 * 9.0 - 1.0,
                    top + 9.0,
                    2.0,
                    (h - peak) / steps as f32 - 14.0,
                    self.gold.alpha(0.85),
                );
            }
        }
        canvas.polygon(&[(middle - 7.0, peak + 4.0), (middle, peak - h * 0.09), (middle + 7.0, peak + 4.0)], self.pale);
        "Tower"
    }

    fn fountain(&self, canvas: &mut Canvas, rng: &Rng) -> &'static str {
        let (w, h) = (canvas.width(), canvas.height());
        let foot = (w / 2.0, h * rng.range(0.78, 0.88));
        let (back, r) = ((w / 2.0, h * rng.range(0.3, 0.5)), w.min(h) * rng.range(0.3, 0.46));
        match rng.below(4) {
            0 => {
                canvas.disc(back, r, self.deep);
                canvas.ring(back, r * 1.05, self.gold, 2.5);
            }
            1 => self.burst(canvas, rng, foot, rng.count(10, 30), r),
            2 => {
                for i in 0..5 {
                    let size = r * (1.5 - 0.28 * i as f32);
                    canvas.polygon(&regular(back, size, 4, 0.0), [self.deep, self.gold][i % 2]);
                }
            }
            _ => {
                for i in 0..7 {
                    let half = w * (0.46 - 0.06 * i as f32);
                    let ink = [self.deep, self.ground, self.gold][i % 3];
                    canvas.disc((w / 2.0, half + h * 0.04 * i as f32 + 20.0), half, ink);
                    canvas.rect(w / 2.0 - half, half + h * 0.04 * i as f32 + 20.0, half * 2.0, h, ink);
                }
            }
        }
        let jets = rng.count(4, 11);
        let (droop, rise) = (rng.range(0.2, 0.6), rng.range(0.3, 0.6));
        for i in 0..jets {
            let spread = w * 0.46 * (i + 1) as f32 / jets as f32;
            let top = h * (0.1 + rise * (i as f32 / jets as f32).powi(2));
            for side in [-1.0, 1.0] {
                let curl = spread * rng.range(0.1, 0.2);
                let jet = [
                    foot,
                    (foot.0 + side * spread * 0.32, foot.1 - (foot.1 - top) * 0.75),
                    (foot.0 + side * spread * 0.7, top),
                    (foot.0 + side * spread, top + (foot.1 - top) * droop),
                    (foot.0 + side * (spread - curl), top + (foot.1 - top) * (droop + 0.08)),
                ];
                let ink = if i % 2 == 0 { self.gold } else { self.pale };
                canvas.stroke(&curve(&jet), ink, 4.2 - 0.25 * i as f32);
                canvas.disc(jet[4], 4.0, ink);
            }
        }
        for i in 0..5 {
            let half = w * (0.12 + 0.08 * i as f32);
            canvas.rect(
                w / 2.0 - half,
                foot.1 + i as f32 * h * 0.025,
                half * 2.0,
                h * 0.025 + 1.0,
                if i % 2 == 0 { self.gold } else { self.deep },
            );
        }
        "Fountain"
    }

    fn peacock(&self, canvas: &mut Canvas, rng: &Rng) -> &'static str {
        let (w, h) = (canvas.width(), canvas.height());
        let root = (w / 2.0, h * rng.range(0.82, 0.95));
        let rows = rng.count(3, 5);
        let plumes = rng.count(9, 15);
        for row in (0..rows).rev() {
            let reach = h.min(w * 1.35) * (0.26 + 0.5 * (row + 1) as f32 / rows as f32);
            for i in 0..plumes {
                let shift = if row % 2 == 0 { 0.5 } else { 0.0 };
                let a = PI + PI * (i as f32 + shift + 0.02) / plumes as f32;
                let end = polar(root, reach, a);
                let r = reach * PI / plumes as f32 * 0.42;
                canvas.fill(
                    &leaf(root, polar(root, reach + r * 1.6, a), r * 2.2),
                    self.deep.mix(self.ground, 0.3 * (row % 2) as f32),
                );
                canvas.stroke(&leaf(root, polar(root, reach + r * 1.6, a), r * 2.2), self.gold, 1.3);
                canvas.disc(end, r * 0.75, self.gold);
                canvas.disc(end, r * 0.5, self.pale);
                canvas.disc(end, r * 0.3, self.deep);
            }
        }
        let neck =
            [(root.0, root.1 + 10.0), (root.0 - w * 0.03, root.1 - h * 0.14), (root.0 + w * 0.01, root.1 - h * 0.25)];
        canvas.stroke(&curve(&neck), self.metal(neck[2], neck[0]), w * 0.055);
        canvas.disc(neck[2], w * 0.036, self.gold);
        canvas.polygon(
            &[
                (neck[2].0 + w * 0.03, neck[2].1 - 4.0),
                (neck[2].0 + w * 0.075, neck[2].1 + 3.0),
                (neck[2].0 + w * 0.03, neck[2].1 + 8.0),
            ],
            self.pale,
        );
        canvas.disc((neck[2].0 + w * 0.012, neck[2].1 - 2.0), 2.5, self.ground);
        for i in 0..3 {
            let tip = polar(neck[2], w * 0.09, -FRAC_PI_2 + (i as f32 - 1.0) * 0.3);
            canvas.line(neck[2], tip, self.gold, 1.4);
            canvas.disc(tip, 3.0, self.pale);
        }
        "Peacock"
    }

    fn frame(&self, canvas: &mut Canvas, rng: &Rng) {
        let (w, h) = (canvas.width(), canvas.height());
        let m = rng.range(10.0, 22.0);
        canvas.frame(0.0, m, self.ground);
        canvas.frame(m, 3.0, self.metal((0.0, 0.0), (w, h)));
        if rng.chance(0.6) {
            let step = rng.range(10.0, 18.0);
            for (x, sx) in [(m, 1.0), (w - m, -1.0)] {
                for (y, sy) in [(m, 1.0), (h - m, -1.0)] {
                    for i in (1..4).rev() {
                        let s = step * i as f32;
                        let (left, top) = (if sx > 0.0 { x } else { x - s }, if sy > 0.0 { y } else { y - s });
                        canvas.rect(left, top, s, s, if i % 2 == 0 { self.ground } else { self.gold });
                    }
                }
            }
        }
    }
}
