//! Still lifes: vases, bottles, bowls and fruit on a table, in the light of one window.

mod fruit;
mod vessels;

use super::super::kit::*;

const ROOMS: &[[u32; 3]] = &[
    [0x5a6a5f, 0x8a5a3a, 0xe8d8b8],
    [0x2f3a44, 0x5a3a2c, 0xc8a070],
    [0xd8c8a8, 0x7a8a90, 0xf4ece0],
    [0x7a3a34, 0x3a2a2a, 0xe0b080],
    [0x9ab0b8, 0xc89a6a, 0xf6f0e4],
    [0xc8a04a, 0x5a4a6a, 0xf0e4d0],
    [0x3f5a6a, 0xb06a4a, 0xf0e0c8],
    [0xe0b8a8, 0x6a7a6a, 0xfaf2ea],
    [0x22201f, 0x4a3a30, 0xb8a890],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let [wall, table, cloth] = ROOMS[number % ROOMS.len()].map(|c| hex(c).near(rng, 0.08));
    let (width, height) = any_format(rng);
    let mut canvas = Canvas::new(width, height, wall);
    let (w, h) = (canvas.width(), canvas.height());
    let light = rng.sign();
    let edge = h * rng.range(0.5, 0.66);
    let from = (if light > 0.0 { w } else { 0.0 }, 0.0);
    canvas.wash(Ink::radial(from, w.max(h), &[wall.lighter(0.22), wall, wall.darker(0.35)]));
    room(&mut canvas, rng, wall, edge, light);
    canvas.rect(0.0, edge, w, h, Ink::linear((0.0, edge), (0.0, h), &[table.darker(0.2), table, table.lighter(0.1)]));
    if rng.chance(0.65) {
        drape(&mut canvas, rng, cloth, edge);
    }
    let mut studio = Studio { canvas, rng, light, unit: w.min(h), names: Vec::new() };
    // Tall things at the back, fruit in front; each has a part of the table of its own.
    let tall = rng.count(1, 3);
    let offset = rng.range(0.0, 1.0);
    for i in 0..tall {
        let x = w * (0.14 + 0.72 * ((i as f32 + 0.5) / tall as f32)) + rng.bell() * w * 0.06;
        let foot = (x, edge + h * rng.range(0.05, 0.12));
        match ((offset * 4.0) as usize + i + number) % 4 {
            0 => studio.vase(foot, true),
            1 => studio.bottle(foot),
            2 => studio.vase(foot, false),
            _ => studio.jug(foot),
        }
    }
    if rng.chance(0.6) {
        let foot = (w * rng.range(0.25, 0.75), edge + h * rng.range(0.17, 0.24));
        studio.bowl(foot);
    }
    for i in 0..rng.count(2, 6) {
        let at = (w * (0.1 + 0.8 * ((i as f32 * 0.37 + offset) % 1.0)), edge + h * rng.range(0.17, 0.3));
        let r = studio.unit * rng.range(0.05, 0.08);
        studio.fruit(at, r, rng.below(5));
    }
    if rng.chance(0.35) {
        studio.knife((w * rng.range(0.25, 0.6), h * rng.range(0.88, 0.94)));
    }
    let Studio { mut canvas, mut names, .. } = studio;
    surface::weave(&mut canvas, rng, 4.5);
    surface::vignette(&mut canvas, 0.3);
    names.dedup();
    names.truncate(3);
    let title = match rng.below(3) {
        0 => format!("Still life with {}", listed(&names)),
        1 => compose(rng, &format!("{}, _", capital(&listed(&names))), &[words::HOURS]),
        _ => compose(
            rng,
            "_ _",
            &[
                &[
                    "Breakfast",
                    "The table",
                    "Kitchen",
                    "The sideboard",
                    "Leftovers",
                    "After lunch",
                    "The guest’s corner",
                ],
                &[
                    "in Veldham",
                    "by the north window",
                    "with a grey wall",
                    "before the move",
                    "on a Thursday",
                    "in October",
                    "for two",
                    "at Penhallow",
                    "with no letter",
                ],
            ],
        ),
    };
    Painted { title, canvas }
}

fn listed(names: &[&'static str]) -> String {
    match names {
        [] => "an empty table".to_string(),
        [one] => (*one).to_string(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

fn room(canvas: &mut Canvas, rng: &Rng, wall: Colour, edge: f32, light: f32) {
    let (w, h) = (canvas.width(), canvas.height());
    match rng.below(4) {
        0 => {
            let (x, wide, top) = (w * if light > 0.0 { 0.66 } else { 0.1 }, w * 0.26, h * 0.06);
            let glass = [hex(0xcfe0ea).near(rng, 0.1), hex(0xf6ecd0)];
            canvas.rect(x, top, wide, edge - h * 0.16, Ink::linear((0.0, top), (0.0, edge), &glass));
            for i in 0..3 {
                canvas.rect(x + wide * i as f32 / 2.0 - 3.0, top, 6.0, edge - h * 0.16, wall.lighter(0.5));
                canvas.rect(x, top + (edge - h * 0.16) * i as f32 / 2.0 - 3.0, wide, 6.0, wall.lighter(0.5));
            }
        }
        1 => {
            let stripe = w * rng.range(0.03, 0.07);
            for i in 0..(w / stripe) as usize + 1 {
                if i % 2 == 0 {
                    canvas.rect(i as f32 * stripe, 0.0, stripe, edge, wall.lighter(0.2).alpha(0.35));
                }
            }
        }
        2 => {
            let (x, y, pw, ph) = (w * rng.range(0.1, 0.6), h * 0.07, w * 0.24, h * 0.22);
            canvas.rect(x - 7.0, y - 7.0, pw + 14.0, ph + 14.0, hex(0x5a3a20));
            canvas.rect(x, y, pw, ph, hex(0x8fb0b8).near(rng, 0.2));
            canvas.polygon(
                &[
                    (x, y + ph),
                    (x + pw * 0.4, y + ph * 0.4),
                    (x + pw * 0.65, y + ph * 0.75),
                    (x + pw * 0.8, y + ph * 0.55),
                    (x + pw, y + ph),
                ],
                hex(0x4a6a5a).near(rng, 0.2),
            );
        }
        _ => {
            let fold = w * 0.07;
            let from = if light > 0.0 { 0.0 } else { w * 0.72 };
            let tone = wall.turned(120.0).darker(0.15);
            for i in 0..4 {
                let x = from + fold * i as f32;
                canvas.rect(
                    x,
                    0.0,
                    fold + 1.0,
                    edge,
                    Ink::linear((x, 0.0), (x + fold, 0.0), &[tone.darker(0.35), tone.lighter(0.12), tone.darker(0.3)]),
                );
            }
        }
    }
}

fn drape(canvas: &mut Canvas, rng: &Rng, cloth: Colour, edge: f32) {
    let (w, h) = (canvas.width(), canvas.height());
    let (left, right) = (w * rng.range(-0.1, 0.3), w * rng.range(0.65, 1.1));
    let top = edge + h * 0.03;
    let shape = blob(&[
        (left, top + h * 0.05),
        ((left + right) / 2.0, top),
        (right, top + h * 0.06),
        (right + w * 0.05, h * 1.05),
        (left - w * 0.06, h * 1.05),
    ]);
    canvas
        .fill(&shape, Ink::linear((left, 0.0), (right, 0.0), &[cloth.darker(0.12), cloth, cloth.lighter(0.25), cloth]));
    let check = rng.below(3);
    let tone = [hex(0xb8483a), hex(0x3f6a9a), cloth.darker(0.25)][rng.below(3)];
    canvas.inside(&shape, |canvas| {
        for i in 0..14 {
            let x = left + (right - left) * i as f32 / 13.0;
            if check == 0 {
                canvas.line((x, top), (x + (x - w / 2.0) * 0.35, h * 1.05), tone.alpha(0.55), 7.0);
                let y = top + (h - top) * (i as f32 / 13.0).powf(1.5);
                canvas.line((0.0, y), (w, y), tone.alpha(0.55), 5.0);
            }
            let fold = [(x, top + h * 0.1), (x + rng.bell() * 40.0, h * 0.85), (x + rng.bell() * 60.0, h * 1.05)];
            canvas.stroke(
                &curve(&fold),
                if i % 2 == 0 { BLACK.alpha(0.07) } else { WHITE.alpha(0.12) },
                rng.range(5.0, 16.0),
            );
        }
    });
}

struct Studio<'a> {
    canvas: Canvas,
    rng: &'a Rng,
    light: f32,
    unit: f32,
    names: Vec<&'static str>,
}

impl Studio<'_> {
    /// Light on a round thing: bright towards the window, dark away from it.
    fn round(&self, x: f32, r: f32, colour: Colour) -> Ink {
        let (bright, dark) = (x + self.light * r, x - self.light * r);
        Ink::linear(
            (bright, 0.0),
            (dark, 0.0),
            &[colour.darker(0.06), colour.lighter(0.4), colour, colour.darker(0.25), colour.darker(0.5)],
        )
    }

    fn shadow(&mut self, foot: Point, r: f32) {
        let at = (foot.0 - self.light * r * 0.7, foot.1 + r * 0.04);
        for i in 0..4 {
            let grow = 1.0 + 0.18 * i as f32;
            self.canvas.fill(&ellipse(at, r * 1.5 * grow, r * 0.3 * grow, 0.0), BLACK.alpha(0.11));
        }
    }

    /// A turned vessel: half widths from foot to rim, evenly spaced, in parts of `tall`.
    fn turned_shape(&self, foot: Point, tall: f32, profile: &[f32]) -> Shape {
        let steps = (profile.len() - 1) as f32;
        let side = |sign: f32| {
            profile
                .iter()
                .enumerate()
                .map(move |(i, half)| (foot.0 + sign * half * tall, foot.1 - tall * i as f32 / steps))
        };
        let mut points: Vec<Point> = side(-1.0).collect();
        points.extend(side(1.0).rev());
        blob(&points)
    }
}
