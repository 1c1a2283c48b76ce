//! Colour field: a few large soft colours, and nothing else.

use super::super::kit::*;

const GROUNDS: &[[u32; 4]] = &[
    [0x7a1f1a, 0xd9432a, 0xf0a03c, 0x3a0f14],
    [0x1a2340, 0x2f4b8f, 0x7c9fd0, 0x0e1020],
    [0xe8c84f, 0xf3e3a0, 0xdf7d2c, 0xc8442f],
    [0x2b3a2a, 0x5f7d4a, 0xa9b96a, 0x1a2018],
    [0x5b2a52, 0xa2477c, 0xe59aa8, 0x2a1230],
    [0xd8d0c0, 0xf2ede2, 0xa9a294, 0x44403a],
    [0x104a52, 0x1f8a8c, 0x9fd0c0, 0x0c2428],
    [0x3b2418, 0x8a4a26, 0xd59a5c, 0x1c110c],
    [0xc9586a, 0xf0b7a8, 0x8c2f4a, 0xf6e2d0],
    [0x272730, 0x5a5d70, 0xb9a8a0, 0x8f2f2c],
    [0xe06a1e, 0xb8251c, 0xf4bb4a, 0x3c2a5a],
    [0x274a8c, 0xe8e0c8, 0xd8902a, 0x101c38],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let turn = rng.bell() * 24.0;
    let mut colours: Vec<Colour> =
        GROUNDS[number % GROUNDS.len()].iter().map(|&c| hex(c).turned(turn).near(rng, 0.08)).collect();
    rng.shuffle(&mut colours);
    let (width, height) = any_format(rng);
    let mut canvas = Canvas::new(width, height, colours[0]);
    wash_over(&mut canvas, rng, colours[0]);
    let form = match (number / GROUNDS.len() + number) % 5 {
        0 => stacked(&mut canvas, rng, &colours),
        1 => zips(&mut canvas, rng, &colours),
        2 => squares(&mut canvas, rng, &colours),
        3 => poured(&mut canvas, rng, &colours),
        _ => glow(&mut canvas, rng, &colours),
    };
    surface::weave(&mut canvas, rng, 5.0);
    surface::vignette(&mut canvas, 0.12);
    let names = [name(colours[0]), name(colours[1]), name(colours[2])];
    let title = match rng.below(5) {
        0 => format!("{} over {}", capital(names[1]), names[0]),
        1 => format!("{form}, {} and {}", names[1], names[2]),
        2 => format!("No. {} ({})", rng.count(3, 98), capital(names[1])),
        3 => compose(
            rng,
            "_ _",
            &[
                &["Held", "Low", "Deep", "Slow", "Still", "Warm", "Far", "Inner"],
                &["breath", "tide", "ember", "hum", "threshold", "room", "noon", "psalm", "weather", "vowel"],
            ],
        ),
        _ => format!("Untitled ({}, {}, {})", names[0], names[1], names[2]),
    };
    Painted { title, canvas }
}

/// An everyday name for a colour.
fn name(c: Colour) -> &'static str {
    let (high, low) = (c.r.max(c.g).max(c.b), c.r.min(c.g).min(c.b));
    if high - low < 0.12 {
        return if high < 0.3 {
            "black"
        } else if high < 0.75 {
            "grey"
        } else {
            "white"
        };
    }
    let hue = if high == c.r {
        60.0 * (c.g - c.b) / (high - low)
    } else if high == c.g {
        120.0 + 60.0 * (c.b - c.r) / (high - low)
    } else {
        240.0 + 60.0 * (c.r - c.g) / (high - low)
    };
    let dark = high < 0.45;
    match hue.rem_euclid(360.0) as u32 {
        0..=14 | 345..=360 => {
            if dark {
                "oxblood"
            } else {
                "red"
            }
        }
        15..=38 => {
            if dark {
                "umber"
            } else {
                "orange"
            }
        }
        39..=64 => {
            if dark {
                "olive"
            } else {
                "yellow"
            }
        }
        65..=160 => {
            if dark {
                "forest"
            } else {
                "green"
            }
        }
        161..=195 => {
            if dark {
                "petrol"
            } else {
                "turquoise"
            }
        }
        196..=255 => {
            if dark {
                "midnight blue"
            } else {
                "blue"
            }
        }
        256..=300 => {
            if dark {
                "aubergine"
            } else {
                "violet"
            }
        }
        _ => {
            if dark {
                "plum"
            } else {
                "rose"
            }
        }
    }
}

/// Many broad, faint strokes that make a flat ground breathe.
fn wash_over(canvas: &mut Canvas, rng: &Rng, colour: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    for _ in 0..60 {
        let (x, y) = (rng.range(-0.2, 1.0) * w, rng.range(0.0, 1.0) * h);
        let tone = colour.near(rng, 0.22).alpha(0.10);
        canvas.fill(&pebble(rng, (x, y), h * 0.25, 9, 0.5), tone);
    }
}

/// A rectangle with brushed, feathered edges.
fn field(canvas: &mut Canvas, rng: &Rng, (x, y, w, h): (f32, f32, f32, f32), colour: Colour) {
    let soft = w.min(h) * 0.07;
    for layer in 0..14 {
        let inset = soft * layer as f32 / 14.0;
        let mut edge = Vec::new();
        let steps = 9;
        let (x0, y0, x1, y1) = (x + inset, y + inset, x + w - inset, y + h - inset);
        for i in 0..steps {
            edge.push((x0 + (x1 - x0) * i as f32 / steps as f32, y0 + rng.bell() * soft));
        }
        for i in 0..steps {
            edge.push((x1 + rng.bell() * soft, y0 + (y1 - y0) * i as f32 / steps as f32));
        }
        for i in 0..steps {
            edge.push((x1 - (x1 - x0) * i as f32 / steps as f32, y1 + rng.bell() * soft));
        }
        for i in 0..steps {
            edge.push((x0 + rng.bell() * soft, y1 - (y1 - y0) * i as f32 / steps as f32));
        }
        canvas.fill(&blob(&edge), colour.near(rng, 0.06).alpha(0.17));
    }
    for _ in 0..26 {
        let (px, py) = (x + w * rng.range(0.1, 0.9), y + h * rng.range(0.2, 0.8));
        let tone = colour.near(rng, 0.25).alpha(0.07);
        canvas.fill(&ellipse((px, py), w * rng.range(0.1, 0.35), h * rng.range(0.05, 0.2), rng.bell() * 0.2), tone);
    }
}

fn stacked(canvas: &mut Canvas, rng: &Rng, colours: &[Colour]) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let margin = w * rng.range(0.05, 0.12);
    let bands = rng.count(2, 4);
    let weights: Vec<f32> = (0..bands).map(|_| rng.range(0.35, 1.6)).collect();
    let total: f32 = weights.iter().sum();
    let mut y = margin;
    for (i, weight) in weights.iter().enumerate() {
        let tall = (h - 2.0 * margin) * weight / total;
        field(canvas, rng, (margin, y + 5.0, w - 2.0 * margin, tall - 10.0), colours[1 + i % 3]);
        y += tall;
    }
    "Fields"
}

fn zips(canvas: &mut Canvas, rng: &Rng, colours: &[Colour]) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let split = w * rng.range(0.2, 0.8);
    canvas.rect(split, 0.0, w - split, h, colours[1].alpha(0.85));
    for i in 0..rng.count(1, 4) {
        let x = w * rng.range(0.06, 0.94);
        let thick = w * rng.pick(&[0.008, 0.015, 0.03, 0.09]);
        for hair in 0..10 {
            let at = x + thick * (hair as f32 / 9.0 - 0.5) + rng.bell() * 1.5;
            let tone = colours[2 + i % 2].near(rng, 0.1).alpha(0.6);
            let drift = rng.bell() * 2.0;
            canvas.stroke(&curve(&[(at, -5.0), (at + drift, h * 0.5), (at, h + 5.0)]), tone, thick / 7.0 + 0.6);
        }
    }
    "Uprights"
}

fn squares(canvas: &mut Canvas, rng: &Rng, colours: &[Colour]) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let drop = rng.range(0.3, 0.8);
    let (mut x, mut y, mut sw, mut sh) = (0.0, 0.0, w, h);
    for &colour in colours.iter().skip(1) {
        let (inner_w, inner_h) = (sw * rng.range(0.55, 0.8), sh * rng.range(0.55, 0.8));
        x += (sw - inner_w) / 2.0;
        y += (sh - inner_h) * drop;
        (sw, sh) = (inner_w, inner_h);
        canvas.rect(x, y, sw, sh, colour);
        for _ in 0..14 {
            let at = y + sh * rng.range(0.04, 0.96);
            let inset = sh * 0.03;
            canvas.line((x + inset, at), (x + sw - inset, at), colour.near(rng, 0.15).alpha(0.25), inset * 2.0);
        }
    }
    "Homage to a doorway"
}

/// Veils of thinned paint that ran down or across.
fn poured(canvas: &mut Canvas, rng: &Rng, colours: &[Colour]) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let upwards = rng.chance(0.5);
    let count = rng.count(4, 9);
    for i in 0..count {
        let x = w * (i as f32 + rng.range(0.2, 0.8)) / count as f32;
        let (top, reach) = (w * rng.range(0.03, 0.09), h * rng.range(0.45, 0.98));
        let lean = rng.bell() * w * 0.12;
        let y = |t: f32| if upwards { h - reach * t } else { reach * t };
        let points: Vec<Point> = [(0.0, 1.0), (0.4, 0.85), (0.8, 0.6), (1.0, 0.15)]
            .iter()
            .map(|&(t, width)| (x + lean * t - top * width, y(t)))
            .chain(
                [(1.0, 0.15), (0.8, 0.6), (0.4, 0.85), (0.0, 1.0)]
                    .iter()
                    .map(|&(t, width)| (x + lean * t + top * width, y(t))),
            )
            .collect();
        let colour = colours[1 + i % 3];
        for layer in 0..3 {
            let tone = colour.near(rng, 0.1).alpha(0.42);
            canvas.fill(&turned(&blob(&points), 0.0, (1.0, 1.0), (rng.bell() * 6.0, layer as f32 * 3.0)), tone);
        }
    }
    "Veils"
}

fn glow(canvas: &mut Canvas, rng: &Rng, colours: &[Colour]) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let centre = (w * rng.range(0.3, 0.7), h * rng.range(0.3, 0.7));
    let size = w.min(h) * rng.range(0.3, 0.48);
    canvas.wash(Ink::radial(
        centre,
        size * 2.2,
        &[colours[1], colours[1].mix(colours[0], 0.5), colours[0], colours[0].darker(0.2)],
    ));
    if rng.chance(0.5) {
        canvas.disc(
            centre,
            size,
            Ink::radial(centre, size, &[colours[2], colours[2], colours[3], colours[3].alpha(0.0)]),
        );
    } else {
        let r = size * rng.range(0.75, 1.0);
        for i in 0..18 {
            canvas.ring(centre, r + i as f32 * 1.6 - 14.0, colours[2].near(rng, 0.08).alpha(0.22), size * 0.12);
        }
    }
    "Source"
}
