//! Currents: thousands of lines drifting through a field of slow turns, as a plotter would draw them.

use super::super::kit::*;

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let palette = palette(number * 13 + 5, rng);
    let (width, height) = any_format(rng);
    let mut canvas = Canvas::new(width, height, palette.ground);
    let (w, h) = (canvas.width(), canvas.height());
    let field = Field {
        noise: Noise::new(rng.bits()),
        scale: rng.range(90.0, 380.0),
        turns: rng.range(0.5, 1.6),
        heading: rng.range(0.0, TAU),
        eye: (w * rng.range(0.25, 0.75), h * rng.range(0.25, 0.75)),
        swirl: if rng.chance(0.4) { rng.sign() } else { 0.0 },
    };
    let islands: Vec<(Point, f32)> = match number % 3 {
        0 => Vec::new(),
        _ => {
            scattered(rng, rng.count(1, 5), w, h).into_iter().map(|at| (at, w.min(h) * rng.range(0.06, 0.2))).collect()
        }
    };
    let kind = (number + number / 4) % 4;
    let (count, steps, thick) = match kind {
        0 => (1500, 40, 1.2),
        1 => (260, 60, 6.0),
        2 => (800, 28, 2.6),
        _ => (420, 90, 1.6),
    };
    let margin = if rng.chance(0.6) { w * 0.06 } else { -20.0 };
    let free = |p: Point| islands.iter().all(|&(at, r)| distance(p, at) > r);
    for from in starts(rng, count, w, h) {
        if !free(from) {
            continue;
        }
        let mut path = vec![from];
        let mut at = from;
        for _ in 0..steps {
            at = polar(at, 6.0, field.angle(at));
            if !free(at) {
                break;
            }
            path.push(at);
        }
        let place = match number % 2 {
            0 => from.1 / h + field.noise.at(from.0 / 150.0, from.1 / 150.0) * 0.35,
            _ => 0.5 + 0.6 * field.noise.at(from.0 / 210.0 + 40.0, from.1 / 210.0),
        };
        let tone = if rng.chance(0.05) { palette.dark } else { ramp(&palette.colours, place).near(rng, 0.08) };
        let width = thick * rng.range(0.6, 1.4);
        if kind == 1 {
            canvas.stroke(&curve(&path), palette.ground, width + 3.0);
        }
        canvas.stroke(&curve(&path), tone, width);
        if kind == 2 {
            canvas.disc(path[path.len() - 1], width * 1.3, tone);
        }
    }
    if margin > 0.0 {
        canvas.frame(0.0, margin, palette.ground);
    }
    for (at, r) in islands {
        if rng.chance(0.6) {
            canvas.disc(at, r * 0.86, palette.pick(rng));
        }
        canvas.ring(at, r * 0.92, palette.dark, 1.6);
    }
    surface::paper(&mut canvas, rng, 6.0);
    let title = compose(
        rng,
        "_ _, _",
        &[
            &[
                "Drift",
                "Undertow",
                "Thermals",
                "Migration",
                "Grain",
                "Eddies",
                "Slipstream",
                "Pollen",
                "Tide race",
                "Static",
                "Murmuration",
                "Weather",
            ],
            &[
                "study",
                "field",
                "map",
                "in two minds",
                "around stones",
                "before turning",
                "without wind",
                "at rest",
                "diagram",
                "after the storm",
            ],
            &[
                "plot 3", "plot 8", "plot 11", "plot 14", "plot 17", "plot 21", "plot 26", "plot 32", "plot 40",
                "plot 45", "plot 52", "plot 57",
            ],
        ],
    );
    Painted { title, canvas }
}

struct Field {
    noise: Noise,
    scale: f32,
    turns: f32,
    heading: f32,
    eye: Point,
    swirl: f32,
}

impl Field {
    fn angle(&self, at: Point) -> f32 {
        let bend = self.noise.layered(at.0 / self.scale, at.1 / self.scale, 2) * PI * self.turns;
        if self.swirl == 0.0 {
            return self.heading + bend;
        }
        (at.1 - self.eye.1).atan2(at.0 - self.eye.0) + self.swirl * (FRAC_PI_2 + 0.25) + bend * 0.35
    }
}

/// Starting points on a loose grid, in random order.
fn starts(rng: &Rng, count: usize, w: f32, h: f32) -> Vec<Point> {
    let step = (w * h / count as f32).sqrt();
    let (columns, rows) = ((w / step) as usize + 1, (h / step) as usize + 1);
    let mut points: Vec<Point> = (0..columns * rows)
        .map(|i| (((i % columns) as f32 + rng.unit()) * step, ((i / columns) as f32 + rng.unit()) * step))
        .collect();
    rng.shuffle(&mut points);
    points
}
