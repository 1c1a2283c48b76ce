//! Portrait masks: faces of paint, plumes, horns and beads, each looking back.

mod crown;
mod face;

use super::super::kit::*;

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let palette = palette(number * 11 + 1, rng);
    let (width, height) = if rng.chance(0.2) { (640, 640) } else { tall(rng) };
    let mut canvas = Canvas::new(width, height, palette.ground);
    let (w, h) = (canvas.width(), canvas.height());
    backdrop(&mut canvas, rng, &palette);
    // The face itself is always one of the bright colours.
    let bright: Vec<Colour> = palette.colours.iter().map(|c| c.lighter((0.5 - c.luma()).max(0.0))).collect();
    let pick = |offset: usize| bright[(number + offset) % bright.len()];
    let mask = Mask {
        centre: (w * 0.5, h * rng.range(0.5, 0.58)),
        rx: w * rng.range(0.2, 0.29),
        ry: h * rng.range(0.2, 0.29),
        skin: pick(0),
        second: pick(1),
        third: pick(2),
        dark: if palette.dark.luma() < 0.5 { palette.dark } else { palette.ground.darker(0.3) },
        light: if palette.ground.luma() > 0.5 { palette.ground } else { palette.dark },
    };
    let crown = mask.crown(&mut canvas, rng, number);
    mask.ears(&mut canvas, rng);
    mask.face(&mut canvas, rng, number);
    surface::paper(&mut canvas, rng, 8.0);
    let title = match rng.below(2) {
        0 => compose(
            rng,
            &format!("_ with {crown}"),
            &[&[
                "The miller",
                "The aunt",
                "A watchman",
                "The rainmaker",
                "The younger twin",
                "The usher",
                "A gambler",
                "The stepmother",
                "The beekeeper",
                "A stranger",
                "The late king",
                "The interpreter",
                "The gardener",
                "The bride",
            ]],
        ),
        _ => compose(
            rng,
            "Mask of _, _",
            &[
                &[
                    "the seventh month",
                    "the dry wind",
                    "a patient man",
                    "the river",
                    "the first guest",
                    "thunder",
                    "the fox’s cousin",
                    "a liar",
                    "the harvest",
                    "the long night",
                    "the drummer",
                    "good advice",
                ],
                &[
                    "laughing",
                    "asleep",
                    "astonished",
                    "in blue",
                    "for dancing",
                    "unfinished",
                    "turned to the east",
                    "singing",
                    "in mourning",
                    "with closed lips",
                    "for the third act",
                ],
            ],
        ),
    };
    Painted { title, canvas }
}

fn backdrop(canvas: &mut Canvas, rng: &Rng, palette: &Palette) {
    let (w, h) = (canvas.width(), canvas.height());
    let (a, b) = (palette.ground, palette.ground.mix(palette.pick(rng), 0.4));
    match rng.below(5) {
        0 => {
            let rays = rng.count(10, 30);
            for i in 0..rays {
                let from = TAU * i as f32 / rays as f32;
                canvas.fill(&sector((w / 2.0, h / 2.0), 0.0, w + h, from, from + PI / rays as f32), b);
            }
        }
        1 => {
            let step = rng.range(18.0, 50.0);
            for i in 0..(h / step) as usize + 1 {
                canvas.rect(0.0, i as f32 * step, w, step / 2.0, b);
            }
        }
        2 => {
            for i in (1..9).rev() {
                canvas.disc((w / 2.0, h / 2.0), w * 0.11 * i as f32, if i % 2 == 0 { a } else { b });
            }
        }
        3 => {
            for at in scattered(rng, 60, w, h) {
                canvas.fill(&leaf(at, polar(at, w * rng.range(0.08, 0.16), rng.range(0.0, TAU)), w * 0.04), b);
            }
        }
        _ => {
            canvas.rect(0.0, 0.0, w * rng.range(0.3, 0.7), h, b);
            canvas.rect(0.0, h * rng.range(0.6, 0.85), w, h, palette.pick(rng));
        }
    }
}

struct Mask {
    centre: Point,
    rx: f32,
    ry: f32,
    skin: Colour,
    second: Colour,
    third: Colour,
    dark: Colour,
    light: Colour,
}

impl Mask {
    /// A point of the face: -1..1 from its left to its right and from its top to its chin.
    fn at(&self, x: f32, y: f32) -> Point {
        (self.centre.0 + x * self.rx, self.centre.1 + y * self.ry)
    }

    /// Draws something on both sides of the face.
    fn twice(&self, mut draw: impl FnMut(f32)) {
        draw(-1.0);
        draw(1.0);
    }
}
