//! Simple painted landscapes and harbours, for the styles that break them into dots, dabs or stones.

use super::kit::*;

/// Sky above, sky below, far land, near land, bright, shadow.
const LIGHTS: &[[u32; 6]] = &[
    [0x7fb0d8, 0xf4e6c0, 0x8fb08a, 0x5f8a3c, 0xf0c850, 0x2f4a5c],
    [0x5a6fb0, 0xf0a878, 0x7a6a9a, 0x4a5f4a, 0xf6d070, 0x2a2f54],
    [0xf0b070, 0xf8e4a8, 0xb07a8a, 0x8a6a3c, 0xf4883c, 0x4a2f4a],
    [0x8fd0d8, 0xf2f0d8, 0x6aa8a0, 0x7ab04a, 0xf0e070, 0x245a64],
    [0xb0b8d8, 0xf4dcd8, 0xa0a8c0, 0x8aa080, 0xe8a0a0, 0x4a4f6a],
    [0x2f4f8a, 0xd88a7a, 0x4a4f80, 0x2f4f4a, 0xf6c060, 0x181f40],
    [0xd8dce4, 0xf6efe0, 0xb8c4d0, 0xe8e8ea, 0xe8b878, 0x5a6a84],
    [0x6ac0e0, 0xf8f0c0, 0xd0a860, 0xe0b83c, 0xf4e060, 0x5a6a2f],
    [0xe07a5a, 0xf8c880, 0x7a3f5a, 0x4a3a3c, 0xf8e090, 0x2c1c30],
];

pub struct Scene {
    pub canvas: Canvas,
    pub subject: &'static str,
}

/// Landscape `number`: which subject and which light follow from it, everything else from `rng`.
pub fn landscape(rng: &Rng, number: usize, width: u32, height: u32) -> Scene {
    let turn = rng.bell() * 14.0;
    let light = LIGHTS[(number * 4 + 1) % LIGHTS.len()].map(|c| hex(c).turned(turn));
    let mut canvas = Canvas::new(width, height, light[0]);
    let subject = match number % 8 {
        0 => river(&mut canvas, rng, light),
        1 => poplars(&mut canvas, rng, light),
        2 => fields(&mut canvas, rng, light),
        3 => coast(&mut canvas, rng, light),
        4 => orchard(&mut canvas, rng, light),
        5 => mountains(&mut canvas, rng, light),
        6 => village(&mut canvas, rng, light),
        _ => pond(&mut canvas, rng, light),
    };
    Scene { canvas, subject }
}

type Light = [Colour; 6];

fn sky(canvas: &mut Canvas, rng: &Rng, light: Light, horizon: f32) {
    let (w, h) = (canvas.width(), canvas.height());
    canvas.wash(Ink::linear((0.0, 0.0), (0.0, horizon), &[light[0], light[0].mix(light[1], 0.6), light[1]]));
    if rng.chance(0.55) {
        let at = (w * rng.range(0.12, 0.88), horizon * rng.range(0.25, 0.8));
        let r = w.min(h) * rng.range(0.04, 0.09);
        canvas.disc(at, r * 5.0, Ink::radial(at, r * 5.0, &[light[4].lighter(0.4).alpha(0.8), light[4].alpha(0.0)]));
        canvas.disc(at, r, light[4].lighter(0.5));
    }
    for _ in 0..rng.below(5) {
        let (x, y) = (w * rng.unit(), horizon * rng.range(0.08, 0.7));
        for _ in 0..12 {
            let puff = (x + rng.bell() * w * 0.16, y + rng.bell() * h * 0.03);
            canvas.disc(puff, h * rng.range(0.02, 0.06), light[1].lighter(0.5).alpha(0.4));
        }
    }
}

fn hills(canvas: &mut Canvas, rng: &Rng, y: f32, rise: f32, top: Colour, bottom: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let noise = Noise::new(rng.bits());
    let scale = w * rng.range(0.25, 0.6);
    let mut points: Vec<Point> = (0..=60)
        .map(|i| w * i as f32 / 60.0)
        .map(|x| (x, y - rise * (0.5 + 0.5 * noise.layered(x / scale, 0.0, 3))))
        .collect();
    points.extend([(w, h), (0.0, h)]);
    canvas.polygon(&points, Ink::linear((0.0, y - rise), (0.0, y + h * 0.2), &[top, bottom]));
}

fn tree(canvas: &mut Canvas, rng: &Rng, foot: Point, tall: f32, leaves: Colour, light: Light) {
    canvas.line(foot, (foot.0, foot.1 - tall * 0.6), light[5], tall * 0.06);
    for i in 0..16 {
        let at = (foot.0 + rng.bell() * tall * 0.32, foot.1 - tall * 0.68 + rng.bell() * tall * 0.3);
        let tone = if i % 3 == 0 { leaves.mix(light[4], 0.45) } else { leaves.mix(light[5], 0.4 * rng.unit()) };
        canvas.disc(at, tall * rng.range(0.09, 0.17), tone);
    }
    canvas.fill(&ellipse((foot.0 + tall * 0.2, foot.1 + 2.0), tall * 0.4, tall * 0.05, 0.0), light[5].alpha(0.5));
}

/// What lies above `line`, mirrored below it in broken stripes.
fn mirror(canvas: &mut Canvas, rng: &Rng, from: f32, to: f32, light: Light) {
    let w = canvas.width();
    let above = canvas.clone();
    let rows = ((to - from) / 2.0) as usize;
    for row in 0..rows {
        let y = from + 2.0 * row as f32;
        let mut x = -8.0 * rng.unit();
        while x < w {
            let seen = above.sample(x + rng.bell() * 7.0, (from - (y - from) * 0.9).max(0.0));
            canvas.rect(x, y, 9.0, 2.2, seen.mix(light[0], 0.25).darker(0.06));
            x += 8.0;
        }
    }
}

fn river(canvas: &mut Canvas, rng: &Rng, light: Light) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let horizon = h * rng.range(0.35, 0.55);
    sky(canvas, rng, light, horizon);
    hills(canvas, rng, horizon, h * 0.14, light[2], light[3]);
    hills(canvas, rng, horizon + h * 0.06, h * 0.08, light[3].lighter(0.2), light[3]);
    for _ in 0..rng.count(4, 10) {
        tree(
            canvas,
            rng,
            (w * rng.unit(), horizon + h * rng.range(0.02, 0.07)),
            h * rng.range(0.08, 0.2),
            light[3],
            light,
        );
    }
    let bank = horizon + h * 0.08;
    mirror(canvas, rng, bank, h, light);
    let side = rng.below(2) as f32;
    let near = [
        (side * w, h),
        (side * w, h * 0.68),
        ((0.5 - side) * w * 0.5 + side * w, h * 0.82),
        (w * (0.55 - 0.1 * side), h),
    ];
    canvas.polygon(&near, light[3].mix(light[4], 0.3));
    "river bank"
}

fn poplars(canvas: &mut Canvas, rng: &Rng, light: Light) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let horizon = h * rng.range(0.6, 0.75);
    sky(canvas, rng, light, horizon);
    hills(canvas, rng, horizon, h * 0.1, light[2], light[3]);
    let (count, lean) = (rng.count(5, 11), rng.sign());
    for i in 0..count {
        let t = i as f32 / count as f32;
        let x = w * (0.5 + lean * (t - 0.5) * rng.range(0.95, 1.1));
        let (foot, tall) = ((x, horizon + h * 0.16 * t), h * (0.3 + 0.45 * t));
        canvas.fill(
            &leaf(foot, (foot.0 + rng.bell() * 8.0, foot.1 - tall), tall * 0.17),
            Ink::linear(
                (x - tall * 0.08, 0.0),
                (x + tall * 0.08, 0.0),
                &[light[3].mix(light[4], 0.5), light[3], light[5]],
            ),
        );
    }
    canvas
        .polygon(&[(w * 0.2, h), (w * 0.5, horizon), (w * 0.52, horizon), (w * 0.75, h)], light[1].mix(light[4], 0.3));
    "poplars"
}

fn fields(canvas: &mut Canvas, rng: &Rng, light: Light) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let horizon = h * rng.range(0.28, 0.5);
    sky(canvas, rng, light, horizon);
    hills(canvas, rng, horizon, h * 0.08, light[2], light[2]);
    let vanish = (w * rng.range(-0.2, 1.2), horizon - h * 0.02);
    let stripes = rng.count(9, 18);
    for i in 0..stripes {
        let (a, b) = (w * (3.0 * i as f32 / stripes as f32 - 1.0), w * (3.0 * (i as f32 + 1.0) / stripes as f32 - 1.0));
        let tone = [light[3], light[4], light[2].mix(light[4], 0.5), light[3].darker(0.15)][i % 4].near(rng, 0.08);
        canvas.polygon(&[vanish, (a, h), (b, h)], tone);
    }
    canvas.rect(0.0, horizon - h * 0.05, w, h * 0.05, light[2]);
    for _ in 0..rng.count(2, 6) {
        let (x, y) = (w * rng.unit(), horizon + (h - horizon) * rng.range(0.15, 0.75));
        let s = h * 0.12 * (0.3 + (y - horizon) / (h - horizon));
        canvas.fill(&ellipse((x + s * 0.6, y + s * 0.3), s * 1.2, s * 0.25, 0.0), light[5].alpha(0.6));
        canvas.fill(
            &blob(&[
                (x - s * 0.7, y + s * 0.35),
                (x - s * 0.6, y - s * 0.3),
                (x, y - s),
                (x + s * 0.6, y - s * 0.3),
                (x + s * 0.7, y + s * 0.35),
            ]),
            Ink::linear((x - s, y), (x + s, y), &[light[4].lighter(0.3), light[4], light[4].mix(light[5], 0.6)]),
        );
    }
    "haystacks"
}

fn coast(canvas: &mut Canvas, rng: &Rng, light: Light) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let horizon = h * rng.range(0.3, 0.5);
    sky(canvas, rng, light, horizon);
    canvas.rect(
        0.0,
        horizon,
        w,
        h,
        Ink::linear(
            (0.0, horizon),
            (0.0, h),
            &[light[0].darker(0.15), light[0].mix(light[2], 0.5), light[0].lighter(0.3)],
        ),
    );
    for _ in 0..rng.count(2, 7) {
        let (x, y) = (w * rng.range(0.1, 0.9), horizon + h * rng.range(0.02, 0.2));
        let s = h * (0.04 + 0.4 * (y - horizon) / h);
        canvas.polygon(&[(x, y - s * 1.6), (x + s * 0.7, y - s * 0.1), (x, y - s * 0.1)], light[1].lighter(0.6));
        canvas.polygon(&[(x - 2.0, y - s * 1.3), (x - s * 0.5, y - s * 0.1), (x - 2.0, y - s * 0.1)], light[4]);
        canvas.polygon(
            &[(x - s * 0.7, y), (x + s * 0.8, y), (x + s * 0.5, y + s * 0.2), (x - s * 0.5, y + s * 0.2)],
            light[5],
        );
    }
    let side = rng.chance(0.5);
    let x = |t: f32| if side { w * t } else { w * (1.0 - t) };
    let top = h * rng.range(0.15, 0.35);
    let cliff = [
        (x(0.0), top),
        (x(0.14), top + h * 0.02),
        (x(0.26), top + h * 0.14),
        (x(0.3), top + h * 0.3),
        (x(0.42), h * 0.78),
        (x(0.3), h),
        (x(0.0), h),
    ];
    canvas.polygon(&cliff, Ink::linear((0.0, top), (0.0, h * 0.8), &[light[3], light[4].mix(light[2], 0.5), light[5]]));
    canvas.polygon(&[(x(0.0), h * 0.86), (x(1.0), h * 0.94), (x(1.0), h), (x(0.0), h)], light[1]);
    "cliffs"
}

fn orchard(canvas: &mut Canvas, rng: &Rng, light: Light) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let horizon = h * rng.range(0.25, 0.42);
    sky(canvas, rng, light, horizon);
    hills(canvas, rng, horizon + 4.0, h * 0.1, light[2], light[3].lighter(0.15));
    canvas.rect(
        0.0,
        horizon + h * 0.05,
        w,
        h,
        Ink::linear((0.0, horizon), (0.0, h), &[light[3].lighter(0.25), light[3]]),
    );
    let bloom = rng.pick(&[light[1].lighter(0.5), light[4], hex(0xe8a0b0), hex(0xd8502f), light[3]]);
    for row in 0..5 {
        let y = horizon + h * (0.08 + 0.035 * (row * row) as f32 / 1.4);
        let tall = h * (0.1 + 0.07 * row as f32);
        let mut x = w * rng.range(-0.1, 0.1);
        while x < w * 1.05 {
            tree(canvas, rng, (x, y), tall, bloom.near(rng, 0.1), light);
            x += tall * rng.range(0.8, 1.5);
        }
    }
    "orchard"
}

fn mountains(canvas: &mut Canvas, rng: &Rng, light: Light) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let horizon = h * rng.range(0.55, 0.7);
    sky(canvas, rng, light, horizon);
    for i in 0..rng.count(2, 5) {
        let (x, top, spread) =
            (w * rng.range(0.05, 0.95), horizon - h * rng.range(0.2, 0.48), w * rng.range(0.2, 0.36));
        let tone = light[2].mix(light[0], 0.35 - 0.08 * i as f32);
        canvas.polygon(&[(x - spread, horizon), (x, top), (x + spread, horizon)], tone.lighter(0.1));
        canvas.polygon(
            &[
                (x, top),
                (x + spread, horizon),
                (x + spread * 0.1, horizon),
                (x - spread * 0.08, top + (horizon - top) * 0.45),
            ],
            tone.mix(light[5], 0.45),
        );
        canvas.polygon(
            &[
                (x, top),
                (x + spread * 0.22, top + (horizon - top) * 0.22),
                (x + spread * 0.06, top + (horizon - top) * 0.17),
                (x - spread * 0.06, top + (horizon - top) * 0.3),
                (x - spread * 0.2, top + (horizon - top) * 0.2),
            ],
            light[1].lighter(0.7),
        );
    }
    hills(canvas, rng, horizon + h * 0.02, h * 0.06, light[3], light[3].darker(0.2));
    for _ in 0..rng.count(8, 20) {
        let (x, s) = (w * rng.unit(), h * rng.range(0.05, 0.11));
        canvas.polygon(
            &[(x - s * 0.3, horizon + h * 0.02), (x, horizon - s), (x + s * 0.3, horizon + h * 0.02)],
            light[5],
        );
    }
    mirror(canvas, rng, horizon + h * 0.02, h, light);
    "lake"
}

fn village(canvas: &mut Canvas, rng: &Rng, light: Light) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let horizon = h * rng.range(0.35, 0.5);
    sky(canvas, rng, light, horizon);
    hills(canvas, rng, horizon, h * 0.2, light[2], light[2]);
    hills(canvas, rng, horizon + h * 0.16, h * 0.12, light[3].lighter(0.15), light[3]);
    let church = rng.below(6);
    for i in 0..rng.count(7, 13) {
        let (x, y) = (w * rng.range(0.08, 0.92), horizon + h * (0.06 + 0.02 * i as f32));
        let s = h * rng.range(0.05, 0.09);
        let wall = light[1].near(rng, 0.12);
        canvas.rect(x - s, y - s * 1.2, s * 2.0, s * 1.3, wall);
        canvas.rect(x + s * 0.2, y - s * 1.2, s * 0.8, s * 1.3, wall.mix(light[5], 0.3));
        canvas.polygon(
            &[
                (x - s * 1.2, y - s * 1.15),
                (x - s * 0.7, y - s * 2.0),
                (x + s * 0.7, y - s * 2.0),
                (x + s * 1.2, y - s * 1.15),
            ],
            rng.pick(&[hex(0xb8503a), hex(0x8a4a3a), light[5].lighter(0.2)]),
        );
        if i == church {
            canvas.rect(x - s * 0.35, y - s * 4.0, s * 0.7, s * 4.0, wall.lighter(0.2));
            canvas.polygon(&[(x - s * 0.45, y - s * 4.0), (x, y - s * 6.0), (x + s * 0.45, y - s * 4.0)], light[5]);
        }
        if rng.chance(0.6) {
            tree(canvas, rng, (x + s * 1.8, y + s * 0.4), s * 2.2, light[3], light);
        }
    }
    canvas
        .polygon(&[(0.0, h * 0.85), (w * 0.5, h * 0.76), (w, h * 0.84), (w, h), (0.0, h)], light[4].mix(light[3], 0.4));
    "village"
}

fn pond(canvas: &mut Canvas, rng: &Rng, light: Light) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let water = hex(0x2f7a80).near(rng, 0.15);
    canvas.wash(Ink::linear(
        (0.0, 0.0),
        (w * 0.3, h),
        &[water.mix(light[1], 0.4), water.mix(light[0], 0.35), water.mix(light[5], 0.55)],
    ));
    for _ in 0..rng.count(10, 22) {
        let x = w * rng.unit();
        canvas.fill(
            &ellipse((x, h * rng.range(0.0, 0.5)), w * 0.015, h * rng.range(0.1, 0.3), rng.bell() * 0.1),
            rng.pick(&[light[1], light[3], light[4]]).alpha(0.3),
        );
    }
    if rng.chance(0.45) {
        canvas.stroke(&arc((w * 0.5, h * 0.62), w * 0.42, PI + 0.3, TAU - 0.3), light[2].mix(light[5], 0.4), h * 0.035);
        canvas.stroke(&arc((w * 0.5, h * 0.55), w * 0.42, PI + 0.3, TAU - 0.3), light[2].mix(light[5], 0.5), h * 0.012);
    }
    for _ in 0..rng.count(5, 11) {
        let (x, y) = (w * rng.unit(), h * rng.range(0.3, 0.98));
        for _ in 0..rng.count(5, 12) {
            let pad = (x + rng.bell() * w * 0.16, y + rng.bell() * h * 0.05);
            let s = w * (0.018 + 0.03 * y / h);
            canvas.fill(&ellipse(pad, s, s * 0.4, 0.0), light[3].near(rng, 0.25));
            if rng.chance(0.3) {
                canvas.disc((pad.0, pad.1 - s * 0.2), s * 0.3, rng.pick(&[light[4], hex(0xf0b0c0), hex(0xfaf0e0)]));
            }
        }
    }
    "lily pond"
}
