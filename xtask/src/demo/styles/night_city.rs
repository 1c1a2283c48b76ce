//! Cities at night: lit windows, a moon or a bridge, and everything again in the water.

use super::super::kit::*;

/// Sky above, sky at the roofs, houses, windows, second light.
const NIGHTS: &[[u32; 5]] = &[
    [0x0b1030, 0x3a4a8c, 0x0a0d1f, 0xffd27a, 0xff8a5c],
    [0x10162b, 0xb8566a, 0x120f20, 0xffc46b, 0x7fd0ff],
    [0x061a24, 0x1f6f78, 0x04131a, 0xf9e08a, 0xff7a6b],
    [0x1a0f2e, 0x7a3f8f, 0x110a1e, 0xffb3d0, 0x8fe3ff],
    [0x14110f, 0xa8662e, 0x100c0a, 0xffd08a, 0xf25c3a],
    [0x0d1b2a, 0x5f7f9c, 0x0a121c, 0xfff0c0, 0xf0a04b],
    [0x0a1f1a, 0x4f8a5c, 0x07130f, 0xf4f0a0, 0xff9a5c],
    [0x220c1c, 0xd9583f, 0x16070f, 0xffdf9a, 0xff5c8a],
    [0x1b2240, 0x8f9fd9, 0x12162b, 0xffe6b0, 0xb0f0e0],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let turn = rng.bell() * 12.0;
    let [top, low, house, window, second] = NIGHTS[number % NIGHTS.len()].map(|c| hex(c).turned(turn));
    let (width, height) = any_format(rng);
    let mut canvas = Canvas::new(width, height, top);
    let (w, h) = (canvas.width(), canvas.height());
    let water = if rng.chance(0.7) { h * rng.range(0.62, 0.8) } else { h };
    canvas.wash(Ink::linear((0.0, 0.0), (0.0, water.min(h * 0.85)), &[top, top.mix(low, 0.35), low]));
    for _ in 0..rng.below(140) {
        let at = (rng.range(0.0, w), rng.unit() * rng.unit() * water * 0.7);
        canvas.disc(at, rng.range(0.5, 1.5), WHITE.alpha(rng.range(0.3, 0.9)));
    }
    let light = sky_light(&mut canvas, rng, window, water);

    let layers = rng.count(2, 4);
    let unit = w * rng.range(0.05, 0.12);
    for layer in 0..layers {
        let near = (layer + 1) as f32 / layers as f32;
        let tone = low.mix(house, 0.25 + 0.75 * near);
        let tallest = water * rng.range(0.3, 0.75) * (1.1 - 0.45 * near);
        skyline(&mut canvas, rng, water, unit * (0.7 + 0.6 * near), tallest, tone, [window, second], near);
    }
    let place = if water < h {
        reflect(&mut canvas, rng, water, low, house);
        match rng.below(3) {
            0 => {
                bridge(&mut canvas, rng, water, house, window);
                "bridge"
            }
            1 => {
                barge(&mut canvas, rng, water, house, second);
                "river"
            }
            _ => "quay",
        }
    } else {
        street(&mut canvas, rng, house, window);
        "roofs"
    };
    surface::paper(&mut canvas, rng, 5.0);
    let title = match rng.below(3) {
        0 => compose(rng, &format!("_, {light} over the {place}"), &[words::PLACES]),
        1 => compose(
            rng,
            "_ _",
            &[
                &[
                    "Last tram",
                    "Eleven o’clock",
                    "The night shift",
                    "Lit windows",
                    "Nobody asleep",
                    "After the theatre",
                    "The long evening",
                    "Half past two",
                ],
                &[
                    "in the old port",
                    "on the upper side",
                    "by the gasworks",
                    "below the hill",
                    "at the embankment",
                    "across the water",
                    "in the quarter of clocks",
                ],
            ],
        ),
        _ => compose(
            rng,
            "_ by night, from the _",
            &[
                words::PLACES,
                &["ferry", "hotel", "tower", "viaduct", "lighthouse", "roof garden", "sixth floor", "east bank"],
            ],
        ),
    };
    Painted { title, canvas }
}

fn sky_light(canvas: &mut Canvas, rng: &Rng, window: Colour, water: f32) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let at = (w * rng.range(0.15, 0.85), water * rng.range(0.12, 0.4));
    let r = w.min(h) * rng.range(0.05, 0.13);
    let pale = window.lighter(0.5);
    match rng.below(4) {
        0 | 1 => {
            canvas.disc(at, r * 3.0, Ink::radial(at, r * 3.0, &[pale.alpha(0.45), pale.alpha(0.1), pale.alpha(0.0)]));
            canvas.disc(at, r, pale);
            for _ in 0..4 {
                let crater = (at.0 + rng.bell() * r * 0.6, at.1 + rng.bell() * r * 0.6);
                canvas.disc(crater, r * rng.range(0.08, 0.2), pale.darker(0.12));
            }
            "full moon"
        }
        2 => {
            let bright = circle(at, r);
            canvas.inside(&bright, |canvas| {
                let shade = canvas.sample(at.0 - r * 2.0, at.1);
                canvas.disc(at, r, pale);
                canvas.disc((at.0 - r * 0.5, at.1 - r * 0.25), r * 0.95, shade);
            });
            "new moon"
        }
        _ => {
            for _ in 0..rng.count(3, 6) {
                let y = water * rng.range(0.08, 0.5);
                let x = w * rng.unit();
                for _ in 0..7 {
                    let puff = (x + rng.bell() * w * 0.25, y + rng.bell() * h * 0.015);
                    canvas.fill(
                        &ellipse(puff, w * rng.range(0.08, 0.2), h * rng.range(0.008, 0.02), 0.0),
                        pale.alpha(0.09),
                    );
                }
            }
            "clouds"
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn skyline(
    canvas: &mut Canvas,
    rng: &Rng,
    ground: f32,
    unit: f32,
    tallest: f32,
    tone: Colour,
    lights: [Colour; 2],
    near: f32,
) {
    let w = canvas.width();
    let mut x = -unit * rng.unit();
    while x < w {
        let wide = unit * rng.range(0.6, 1.7);
        let tall = tallest * (0.25 + 0.75 * rng.unit() * rng.unit().sqrt());
        let top = ground - tall;
        canvas.rect(x, top, wide, tall + 1.0, tone);
        let middle = x + wide / 2.0;
        match rng.below(9) {
            0 => canvas.polygon(&[(x, top + 0.5), (middle, top - wide * 0.6), (x + wide, top + 0.5)], tone),
            1 => {
                canvas.rect(x + wide * 0.2, top - wide * 0.25, wide * 0.6, wide * 0.3, tone);
                canvas.line((middle, top), (middle, top - wide * 0.9), tone, 2.0);
                canvas.disc((middle, top - wide * 0.9), 2.0, lights[1]);
            }
            2 => {
                canvas.fill(&sector((middle, top + 1.0), 0.0, wide * 0.42, PI, TAU), tone);
                canvas.line((middle, top), (middle, top - wide * 0.7), tone, 1.5);
            }
            3 => {
                for i in 0..3 {
                    let inset = wide * 0.14 * (i + 1) as f32;
                    canvas.rect(x + inset, top - wide * 0.18 * (i + 1) as f32, wide - 2.0 * inset, wide * 0.25, tone);
                }
            }
            4 => {
                canvas.rect(x + wide * 0.15, top - wide * 0.22, wide * 0.3, wide * 0.25, tone);
                canvas.rect(x + wide * 0.6, top - wide * 0.35, wide * 0.12, wide * 0.36, tone);
            }
            _ => {}
        }
        let cell = rng.range(6.0, 12.0) * (0.6 + 0.5 * near);
        let (columns, rows) = ((wide / cell) as usize, (tall / cell / 1.25) as usize);
        let lit = rng.range(0.08, 0.6) * (0.4 + 0.6 * near);
        let gap = (wide - columns as f32 * cell) / 2.0;
        for row in 1..rows {
            for column in 0..columns {
                if rng.chance(lit) {
                    let colour =
                        if rng.chance(0.85) { lights[0] } else { lights[1] }.near(rng, 0.12).alpha(0.35 + 0.6 * near);
                    canvas.rect(
                        x + gap + (column as f32 + 0.24) * cell,
                        top + row as f32 * cell * 1.25,
                        cell * 0.52,
                        cell * 0.72,
                        colour,
                    );
                }
            }
        }
        x += wide + if rng.chance(0.2) { unit * 0.3 } else { 0.0 };
    }
}

/// Mirrors everything above `water`, darker and broken by ripples.
fn reflect(canvas: &mut Canvas, rng: &Rng, water: f32, low: Colour, house: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let above = canvas.clone();
    let noise = Noise::new(rng.bits());
    let from = water as usize;
    canvas.each_pixel(|x, y, rgb| {
        if y < from {
            return rgb;
        }
        let depth = y as f32 - water;
        let sway = noise.at(x as f32 / 40.0, y as f32 / 2.5) * (2.0 + depth * 0.08);
        let c = above
            .sample((x as f32 + sway).clamp(0.0, w - 1.0), water - 1.0 - depth * 1.1)
            .mix(house, 0.22 + 0.4 * depth / (h - water));
        [c.r * 255.0, c.g * 255.0, c.b * 255.0]
    });
    for _ in 0..40 {
        let (x, y) = (w * rng.unit(), water + (h - water) * rng.unit());
        canvas.line((x, y), (x + rng.range(10.0, 60.0), y), low.lighter(0.3).alpha(0.16), 1.2);
    }
}

fn bridge(canvas: &mut Canvas, rng: &Rng, water: f32, house: Colour, light: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let deck = water - h * rng.range(0.02, 0.06);
    let spans = rng.count(2, 5);
    let span = w / spans as f32;
    if rng.chance(0.5) {
        let tower = h * rng.range(0.14, 0.28);
        for i in 0..=spans {
            let x = span * (i as f32 + 0.5);
            canvas.rect(x - 5.0, deck - tower, 10.0, tower + (h - water) * 0.25, house);
            let cable: Vec<Point> = (0..=12)
                .map(|k| k as f32 / 12.0)
                .map(|t| (x + span * t, deck - 6.0 - (tower - 6.0) * (2.0 * t - 1.0).powi(2)))
                .collect();
            canvas.stroke(&line(&cable), house, 3.0);
            for at in cable {
                canvas.line(at, (at.0, deck), house, 1.0);
                canvas.disc(at, 1.8, light);
            }
        }
    } else {
        for i in 0..spans {
            let x = span * i as f32;
            canvas.fill(&sector((x + span / 2.0, water + h * 0.06), span * 0.36, span * 0.5, PI, TAU), house);
            canvas.rect(x - span * 0.14, deck, span * 0.28, h * 0.13, house);
        }
    }
    canvas.rect(0.0, deck - 4.0, w, 11.0, house);
    let lamps = rng.count(8, 16);
    for i in 0..lamps {
        let at = (w * (i as f32 + 0.5) / lamps as f32, deck - 18.0);
        canvas.line(at, (at.0, deck), house, 1.6);
        canvas.disc(at, 9.0, Ink::radial(at, 9.0, &[light.alpha(0.7), light.alpha(0.0)]));
        canvas.disc(at, 2.4, light.lighter(0.5));
        canvas.line((at.0, water + 8.0), (at.0, water + h * 0.09), light.alpha(0.25), 2.5);
    }
}

fn barge(canvas: &mut Canvas, rng: &Rng, water: f32, house: Colour, light: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let (x, y, s) = (w * rng.range(0.25, 0.7), water + (h - water) * rng.range(0.35, 0.6), w * rng.range(0.1, 0.2));
    canvas.polygon(
        &[(x - s, y - s * 0.12), (x + s, y - s * 0.16), (x + s * 0.82, y + s * 0.12), (x - s * 0.85, y + s * 0.12)],
        house.darker(0.3),
    );
    canvas.rect(x + s * 0.2, y - s * 0.42, s * 0.45, s * 0.3, house.darker(0.3));
    for i in 0..3 {
        canvas.rect(x + s * (0.25 + 0.13 * i as f32), y - s * 0.35, s * 0.08, s * 0.1, light);
        canvas.rect(x + s * (0.25 + 0.13 * i as f32), y + s * 0.16, s * 0.08, s * 0.4, light.alpha(0.2));
    }
    canvas.line((x - s * 0.6, y), (x - s * 0.6, y - s * 0.7), house.darker(0.3), 2.0);
    canvas.disc((x - s * 0.6, y - s * 0.7), 2.5, light);
}

/// Roofs in the foreground, with chimneys, wires and a cat.
fn street(canvas: &mut Canvas, rng: &Rng, house: Colour, light: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let dark = house.darker(0.35);
    let mut x = -20.0;
    while x < w {
        let wide = w * rng.range(0.16, 0.34);
        let top = h * rng.range(0.82, 0.9);
        canvas.polygon(
            &[(x, h), (x, top + 12.0), (x + wide * 0.5, top - wide * 0.18), (x + wide, top + 12.0), (x + wide, h)],
            dark,
        );
        canvas.rect(x + wide * rng.range(0.6, 0.75), top - wide * 0.22, wide * 0.1, wide * 0.25, dark);
        if rng.chance(0.6) {
            canvas.fill(&rect(x + wide * 0.4, top + 14.0, wide * 0.16, wide * 0.16), light);
            canvas.line((x + wide * 0.48, top + 14.0), (x + wide * 0.48, top + 14.0 + wide * 0.16), dark, 2.0);
        }
        x += wide * 0.96;
    }
    for _ in 0..rng.count(1, 3) {
        let y = h * rng.range(0.7, 0.82);
        canvas.stroke(&curve(&[(0.0, y), (w * 0.5, y + h * 0.05), (w, y - h * 0.03)]), dark, 1.4);
    }
    let (cx, cy) = (w * rng.range(0.2, 0.8), h * 0.85);
    canvas.fill(&ellipse((cx, cy), 11.0, 16.0, 0.0), dark);
    canvas.disc((cx, cy - 18.0), 8.0, dark);
    canvas.polygon(
        &[(cx - 8.0, cy - 20.0), (cx - 7.0, cy - 31.0), (cx, cy - 24.0), (cx + 7.0, cy - 31.0), (cx + 8.0, cy - 20.0)],
        dark,
    );
    canvas.stroke(&curve(&[(cx + 8.0, cy + 10.0), (cx + 24.0, cy + 8.0), (cx + 22.0, cy - 10.0)]), dark, 3.5);
}
