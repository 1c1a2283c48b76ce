//! Constructivist posters: wedges, bars and discs on a diagonal, in few inks, with letters nobody can read.

use super::super::kit::*;

const INKS: &[[u32; 4]] = &[
    [0xeee3c8, 0xc8281e, 0x1c1a19, 0x8a8378],
    [0xe9dfc6, 0x1b1b1d, 0xd4351c, 0xd9a62e],
    [0xf0e6d0, 0x22496b, 0xc9321f, 0x1a1a1a],
    [0xd9352a, 0xf1e6cf, 0x191818, 0xe9b44c],
    [0x1d1c1b, 0xd8311f, 0xefe4cb, 0x9c9486],
    [0xe6dcc3, 0x2f6b5c, 0x1e1d1c, 0xd9662b],
    [0xe9b23c, 0x1c1b1a, 0xc22f1f, 0xf3ead6],
    [0xe8dcc8, 0x6e2030, 0x20222c, 0xcf9c3a],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let inks = INKS[number % INKS.len()].map(|c| hex(c).near(rng, 0.04));
    let (width, height) = if rng.chance(0.75) { tall(rng) } else { (640, 640) };
    let mut canvas = Canvas::new(width, height, inks[0]);
    let poster = Poster { inks, axis: rng.range(-0.95, 0.95), turn: rng.sign() };
    match (number + number / 8) % 5 {
        0 => poster.wedge(&mut canvas, rng),
        1 => poster.tower(&mut canvas, rng),
        2 => poster.wheel(&mut canvas, rng),
        3 => poster.rays(&mut canvas, rng),
        _ => poster.steps(&mut canvas, rng),
    }
    poster.type_block(&mut canvas, rng);
    if rng.chance(0.4) {
        let (w, h) = (canvas.width(), canvas.height());
        canvas.stroke(&rect(14.0, 14.0, w - 28.0, h - 28.0), inks[2], rng.pick(&[3.0, 8.0]));
    }
    surface::paper(&mut canvas, rng, 9.0);
    let what = [
        "Builders",
        "Radio",
        "Electric light",
        "The new stage",
        "Aviation week",
        "Books for all",
        "Railway workers",
        "Cinema",
        "The turbine",
        "Sport",
        "Night school",
        "Tram line",
        "Exhibition",
        "Rowing club",
        "Ice palace",
        "The orchestra",
    ];
    let where_ = [
        "of the North",
        "at the Polytechnic",
        "every Sunday",
        "for everyone",
        "tonight",
        "on Pier Four",
        "in the Round Hall",
        "forward",
        "this autumn",
        "by the river",
        "at the Glass House",
        "for the workshops",
    ];
    Painted { title: compose(rng, "_ _", &[&what, &where_]), canvas }
}

struct Poster {
    inks: [Colour; 4],
    axis: f32,
    turn: f32,
}

impl Poster {
    /// A bar around `centre`, `length` × `thick`, along the poster's axis (plus `off`).
    fn bar(&self, canvas: &mut Canvas, centre: Point, length: f32, thick: f32, off: f32, ink: Colour) {
        let shape = rect(-length / 2.0, -thick / 2.0, length, thick);
        canvas.fill(&turned(&shape, self.axis + off, (1.0, 1.0), centre), Ink::from(ink));
    }

    fn wedge(&self, canvas: &mut Canvas, rng: &Rng) {
        let (w, h) = (canvas.width(), canvas.height());
        let half = self.turn;
        canvas.polygon(&[(0.0, h), (w, h * (0.5 + 0.4 * half)), (w, h), (0.0, h)], self.inks[2]);
        let centre = (w * rng.range(0.35, 0.65), h * rng.range(0.35, 0.6));
        let radius = w * rng.range(0.24, 0.4);
        canvas.disc(centre, radius, if rng.chance(0.5) { self.inks[3] } else { self.inks[2] });
        let from = self.axis - FRAC_PI_2 + rng.range(-0.5, 0.5);
        let tip = polar(centre, radius * rng.range(0.0, 0.35), from + PI);
        let base = polar(centre, radius * 2.2, from);
        let (a, b) = (polar(base, radius * 0.8, from + FRAC_PI_2), polar(base, radius * 0.8, from - FRAC_PI_2));
        canvas.polygon(&[tip, a, b], self.inks[1]);
        for i in 0..rng.count(3, 7) {
            let at = polar(centre, radius * rng.range(1.1, 1.7), from + PI + rng.bell() * 0.9);
            self.bar(
                canvas,
                at,
                radius * rng.range(0.2, 0.7),
                rng.range(4.0, 16.0),
                rng.pick(&[0.0, FRAC_PI_2]),
                self.inks[1 + i % 3],
            );
        }
    }

    fn tower(&self, canvas: &mut Canvas, rng: &Rng) {
        let (w, h) = (canvas.width(), canvas.height());
        let lean = rng.range(0.05, 0.3) * self.turn;
        let foot = w * (0.5 - lean * 0.8);
        canvas.disc((w * rng.range(0.3, 0.7), h * 0.35), w * rng.range(0.25, 0.42), self.inks[1]);
        let levels = rng.count(5, 9);
        let spread = w * rng.range(0.14, 0.24);
        let at =
            |t: f32, side: f32| (foot + lean * t * w * 1.6 + side * spread * (1.0 - t * 0.82), h * (0.96 - 0.86 * t));
        for i in 0..levels {
            let (t, next) = (i as f32 / levels as f32, (i + 1) as f32 / levels as f32);
            for side in [-1.0, 1.0] {
                canvas.line(at(t, side), at(next, side), self.inks[2], 8.0 - 4.0 * t);
                canvas.line(at(t, side), at(next, -side), self.inks[2], 4.0);
            }
            canvas.line(at(next, -1.0), at(next, 1.0), self.inks[2], 6.0);
        }
        for i in 0..rng.count(3, 6) {
            let from = at(1.0, 0.0);
            let angle = if self.turn > 0.0 { PI * 0.75 } else { PI * 0.25 } + (i as f32 - 2.0) * 0.13;
            canvas.stroke(&arc(from, w * (0.12 + 0.07 * i as f32), angle - 0.4, angle + 0.4), self.inks[3], 7.0);
        }
    }

    fn wheel(&self, canvas: &mut Canvas, rng: &Rng) {
        let (w, h) = (canvas.width(), canvas.height());
        for i in 0..rng.count(2, 5) {
            let at = (w * rng.unit(), h * rng.range(0.1, 0.75));
            self.bar(canvas, at, w * rng.range(0.6, 1.8), rng.range(10.0, 50.0), 0.0, self.inks[1 + i % 3]);
        }
        for i in 0..rng.count(2, 4) {
            let centre = (w * rng.range(0.2, 0.8), h * rng.range(0.15, 0.65));
            let radius = w * rng.range(0.12, 0.3) / (1.0 + i as f32 * 0.3);
            let teeth = rng.count(10, 24);
            let ink = self.inks[2 - i % 2];
            for tooth in 0..teeth {
                let a = TAU * tooth as f32 / teeth as f32;
                let half = PI / teeth as f32 * 0.55;
                canvas.fill(&sector(centre, radius * 0.9, radius * 1.14, a - half, a + half), ink);
            }
            canvas.disc(centre, radius, ink);
            canvas.disc(centre, radius * 0.72, self.inks[0]);
            let spokes = rng.count(3, 8);
            for spoke in 0..spokes {
                let a = self.axis + TAU * spoke as f32 / spokes as f32;
                canvas.line(centre, polar(centre, radius * 0.8, a), ink, radius * 0.12);
            }
            canvas.disc(centre, radius * 0.22, self.inks[3]);
        }
    }

    fn rays(&self, canvas: &mut Canvas, rng: &Rng) {
        let (w, h) = (canvas.width(), canvas.height());
        let source =
            (w * if self.turn > 0.0 { rng.range(-0.1, 0.25) } else { rng.range(0.75, 1.1) }, h * rng.range(0.0, 0.8));
        let rays = rng.count(8, 16);
        for i in 0..rays {
            let a = TAU * i as f32 / rays as f32 + self.axis;
            canvas.fill(&sector(source, 0.0, w + h, a, a + PI / rays as f32), self.inks[1 + (i % 2) * 2]);
        }
        let radius = w * rng.range(0.16, 0.26);
        canvas.disc(source, radius, self.inks[2]);
        canvas.ring(source, radius * 1.2, self.inks[2], 6.0);
        let horn = (w - source.0, h * rng.range(0.3, 0.7));
        let out = self.axis + if self.turn > 0.0 { PI } else { 0.0 };
        canvas.fill(&sector(horn, 0.0, w * 0.3, out - 0.45, out + 0.45), self.inks[0]);
        canvas.fill(&sector(horn, w * 0.26, w * 0.31, out - 0.45, out + 0.45), self.inks[2]);
        canvas.disc(horn, w * 0.07, self.inks[2]);
    }

    fn steps(&self, canvas: &mut Canvas, rng: &Rng) {
        let (w, h) = (canvas.width(), canvas.height());
        let count = rng.count(4, 8);
        let (dx, dy) = (w / count as f32, h * 0.6 / count as f32);
        for i in 0..count {
            let x = if self.turn > 0.0 { dx * i as f32 } else { w - dx * (i + 1) as f32 };
            let top = h * 0.85 - dy * (i + 1) as f32;
            canvas.rect(x, top, dx * 0.86, h, self.inks[1 + i % 3]);
            canvas.rect(x + dx * 0.56, top, dx * 0.3, h, self.inks[1 + i % 3].darker(0.3));
        }
        let sun = (w * (0.5 - 0.25 * self.turn), h * rng.range(0.16, 0.28));
        canvas.disc(sun, w * rng.range(0.1, 0.18), self.inks[1]);
        for i in 0..rng.count(2, 4) {
            let at = (sun.0 + self.turn * w * 0.3, sun.1 + i as f32 * 26.0 - 20.0);
            self.bar(canvas, at, w * rng.range(0.3, 0.7), 9.0, 0.0, self.inks[2]);
        }
    }

    /// Heavy letters of a made-up alphabet in one or two lines on a bar.
    fn type_block(&self, canvas: &mut Canvas, rng: &Rng) {
        let (w, h) = (canvas.width(), canvas.height());
        let slanted = rng.chance(0.4);
        let size = h * rng.range(0.055, 0.1);
        let top = if rng.chance(0.8) { (h * rng.range(0.76, 0.84)).min(h - size * 2.6) } else { h * 0.07 };
        let mut block = Canvas::new(canvas.width() as u32, (size * 2.9) as u32, self.inks[2]);
        let ink = self.inks[0];
        let mut row = |y: f32, size: f32, ink: Colour| {
            let mut x = w * 0.06;
            while x < w * 0.9 {
                x += if rng.chance(0.16) { size * 0.5 } else { letter(&mut block, rng, (x, y), size, ink) };
            }
        };
        row(size * 0.3, size, ink);
        row(size * 1.7, size * 0.55, self.inks[3].lighter(0.2));
        if slanted {
            let angle = self.axis * 0.22;
            let shape = rect(-w * 0.8, top - 6.0, w * 2.6, size * 2.9 + 12.0);
            canvas.fill(&turned(&shape, angle, (1.0, 1.0), (0.0, 0.0)), self.inks[2]);
        }
        canvas.place(&block, 0.0, top, 1.0);
    }
}

/// One letter at its top left corner; returns how far the next one is.
fn letter(canvas: &mut Canvas, rng: &Rng, (x, y): Point, size: f32, ink: Colour) -> f32 {
    let (w, bar) = (size * rng.pick(&[0.5, 0.6, 0.7]), size * 0.2);
    let (stem, end) = ((x, y), x + w - bar);
    match rng.below(9) {
        0 => {
            canvas.rect(stem.0, y, bar, size, ink);
            canvas.rect(end, y, bar, size, ink);
            canvas.rect(x, y + size * 0.4, w, bar, ink);
        }
        1 => {
            canvas.rect(x, y, bar, size, ink);
            for i in 0..3 {
                canvas.rect(x, y + (size - bar) / 2.0 * i as f32, w, bar, ink);
            }
        }
        2 => canvas.stroke(&rect(x + bar / 2.0, y + bar / 2.0, w - bar, size - bar), ink, bar),
        3 => {
            canvas.rect(x, y, w, bar, ink);
            canvas.rect(x + (w - bar) / 2.0, y, bar, size, ink);
        }
        4 => canvas.polygon(
            &[
                (x, y + size),
                (x + w * 0.36, y),
                (x + w * 0.64, y),
                (x + w, y + size),
                (x + w - bar, y + size),
                (x + w / 2.0, y + size * 0.3),
                (x + bar, y + size),
            ],
            ink,
        ),
        5 => {
            canvas.rect(x, y, bar, size, ink);
            canvas.fill(&sector((x + bar, y + size * 0.3), 0.0, size * 0.3, -FRAC_PI_2, FRAC_PI_2), ink);
        }
        6 => canvas.ring((x + w / 2.0, y + size / 2.0), w / 2.0 - bar / 2.0, ink, bar),
        7 => {
            canvas.rect(x, y, bar, size, ink);
            canvas.rect(end, y, bar, size, ink);
            canvas.polygon(&[(x, y + size), (x + bar, y + size), (x + w, y), (x + w - bar, y)], ink);
        }
        _ => {
            canvas.rect(x, y, bar, size, ink);
            canvas.rect(x, y, w, bar, ink);
        }
    }
    w + size * 0.14
}
