//! Stained glass: leaded windows with a rose, a landscape, a lily or a fish in them.

use super::super::kit::*;

const GLASS: &[[u32; 6]] = &[
    [0x1f4fa8, 0xc8242f, 0xf0b428, 0x2f8f5a, 0x7a3fa0, 0xf4ecd0],
    [0x0f6f8a, 0xe0702a, 0xf6d86a, 0x1f5f3f, 0x2a2f7a, 0xe8f0e0],
    [0x6a1f4a, 0xe85a5a, 0xf2b8a0, 0x3f7f8a, 0x24305f, 0xf8e8c8],
    [0x2a7a6a, 0xb8d04a, 0xf0e08a, 0x1a4f6f, 0xd0602a, 0xf4f4dc],
    [0x3a5fc0, 0x8fb8f0, 0xf0f0ff, 0x5a3fa8, 0xe8c04a, 0xd04a6a],
    [0xa8321f, 0xf0982a, 0xf8dc7a, 0x5f7a2a, 0x2f4f5f, 0xf8ecd0],
];

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let turn = rng.bell() * 25.0;
    let glass: Vec<Colour> = GLASS[number % GLASS.len()].iter().map(|&c| hex(c).turned(turn)).collect();
    let lead = hex(0x16161a);
    let (width, height) = if rng.chance(0.6) { tall(rng) } else { any_format(rng) };
    let mut canvas = Canvas::new(width, height, lead);
    let subject = match (number + number / 6) % 5 {
        0 => rose(&mut canvas, rng, &glass, lead),
        kind => scene(&mut canvas, rng, &glass, lead, kind),
    };
    surface::paper(&mut canvas, rng, 8.0);
    let title = compose(
        rng,
        &format!("{subject}, _ _ of _"),
        &[
            &["north", "south", "west", "east", "lower", "upper", "small", "great"],
            &["window", "chapel", "stair", "aisle", "transept", "clerestory"],
            &[
                "Saint Orla",
                "the Weavers",
                "Saint Brannoc",
                "the Old Exchange",
                "Holm Abbey",
                "the Ferrymen",
                "Saint Ysolde",
                "the Infirmary",
                "the Glassmakers",
                "the Guildhall",
            ],
        ],
    );
    Painted { title, canvas }
}

/// A pane: coloured, brighter in its middle, streaked, and leaded.
fn pane(canvas: &mut Canvas, rng: &Rng, cell: &[Point], colour: Colour, lead: Colour, width: f32) {
    if cell.len() < 3 {
        return;
    }
    let n = cell.len() as f32;
    let centre = cell.iter().fold((0.0, 0.0), |c, p| (c.0 + p.0 / n, c.1 + p.1 / n));
    let r = cell.iter().map(|&p| distance(p, centre)).fold(1.0, f32::max);
    let colour = colour.near(rng, 0.14);
    let light = (centre.0 + rng.bell() * r * 0.4, centre.1 + rng.bell() * r * 0.4);
    let shape = polygon(cell);
    canvas.fill(&shape, Ink::radial(light, r * 1.1, &[colour.lighter(0.38), colour, colour.darker(0.3)]));
    canvas.stroke(&shape, lead, width);
}

/// A round window: rings of petals around a centre.
fn rose(canvas: &mut Canvas, rng: &Rng, glass: &[Colour], lead: Colour) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let centre = (w / 2.0, h / 2.0);
    let r = w.min(h) * 0.47;
    let back = rng.below(glass.len());
    for cell in voronoi(&scattered(rng, 60, w, h), w, h) {
        pane(canvas, rng, &cell, glass[back].darker(0.35), lead, 4.0);
    }
    canvas.disc(centre, r, lead);
    let fold = rng.pick(&[6usize, 8, 10, 12, 16]);
    let rings = rng.count(3, 6);
    for ring in (0..rings).rev() {
        let (inner, outer) = (r * ring as f32 / rings as f32, r * (ring + 1) as f32 / rings as f32 - 3.0);
        let (a, b) = (rng.pick(glass), rng.pick(glass));
        let kind = rng.below(4);
        let pieces = if ring == 0 { fold } else { fold * rng.pick(&[1, 1, 2]) };
        for i in 0..pieces {
            let step = TAU / pieces as f32;
            let from = step * i as f32 + if ring % 2 == 0 { 0.0 } else { step / 2.0 };
            let wedge: Vec<Point> =
                [(inner, 0.0), (outer, 0.0), (outer, 0.5), (outer, 1.0), (inner, 1.0), (inner, 0.5)]
                    .iter()
                    .map(|&(radius, t)| polar(centre, radius, from + step * t))
                    .collect();
            pane(canvas, rng, &wedge, if i % 2 == 0 { a } else { b }, lead, 4.0);
            let (middle, size) =
                (polar(centre, (inner + outer) / 2.0, from + step / 2.0), (outer - inner).min(outer * step) * 0.36);
            let gem = rng.pick(glass);
            match kind {
                0 => pane(canvas, rng, &regular(middle, size, 14, 0.0), glass[(i + ring) % glass.len()], lead, 3.5),
                1 => pane(canvas, rng, &regular(middle, size, 4, from + step / 2.0), a.mix(gem, 0.5), lead, 3.5),
                2 if ring > 0 => {
                    let tip = polar(centre, outer - 4.0, from + step / 2.0);
                    let petal = leaf(polar(centre, inner + 4.0, from + step / 2.0), tip, size * 1.6);
                    canvas.fill(&petal, Ink::radial(middle, size * 1.8, &[b.lighter(0.5), a.mix(b, 0.5)]));
                    canvas.stroke(&petal, lead, 3.5);
                }
                _ => {}
            }
        }
        canvas.ring(centre, outer + 1.5, lead, 5.0);
    }
    "Rose"
}

/// Irregular panes coloured by what they belong to: sky, sun, hills, water, and one large motif.
fn scene(canvas: &mut Canvas, rng: &Rng, glass: &[Colour], lead: Colour, kind: usize) -> &'static str {
    let (w, h) = (canvas.width(), canvas.height());
    let size = w.min(h);
    // What the window shows, from the back to the front: each shape is leaded around.
    let mut plan: Vec<(Shape, Colour)> = Vec::new();
    let sun = (w * rng.range(0.2, 0.8), h * rng.range(0.15, 0.35));
    plan.push((circle(sun, size * rng.range(0.22, 0.34)), glass[2].mix(glass[0], 0.45)));
    plan.push((circle(sun, size * rng.range(0.12, 0.2)), glass[2]));
    let subject = match kind {
        1 => {
            for i in 0..4 {
                let y = h * (0.48 + 0.13 * i as f32);
                let points: Vec<Point> = (0..=6)
                    .map(|k| (w * k as f32 / 6.0, y + rng.bell() * h * 0.09))
                    .chain([(w, h), (0.0, h)])
                    .collect();
                plan.push((polygon(&points), [glass[4], glass[3], glass[3].lighter(0.25), glass[1]][i]));
            }
            "Evening hills"
        }
        2 => {
            let (foot, top) = ((w * 0.5, h), (w * rng.range(0.3, 0.7), h * rng.range(0.3, 0.45)));
            let (leaves, petals, spread) = (rng.count(3, 6), rng.count(4, 9), rng.range(1.4, 2.6));
            let stem = size * 0.02;
            plan.push((
                polygon(&[(foot.0 - stem, h), (top.0 - stem, top.1), (top.0 + stem, top.1), (foot.0 + stem, h)]),
                glass[3],
            ));
            for i in 0..leaves {
                let from = between(foot, top, 0.1 + 0.7 * i as f32 / leaves as f32);
                let side = if i % 2 == 0 { 0.5 } else { PI - 0.5 };
                plan.push((leaf(from, polar(from, size * 0.42, -side), size * 0.15), glass[3].lighter(0.15)));
            }
            for i in 0..petals {
                let a = -FRAC_PI_2 + spread * (i as f32 / (petals - 1) as f32 - 0.5);
                plan.push((
                    leaf(top, polar(top, size * 0.36, a), size * 0.17),
                    if i % 2 == 0 { glass[1] } else { glass[5] },
                ));
            }
            "Lily"
        }
        3 => {
            plan.push((rect(-9.0, h * 0.4, w + 18.0, h), glass[4]));
            for i in 0..rng.count(2, 4) {
                let at = (w * rng.range(0.3, 0.7), h * (0.5 + 0.17 * i as f32));
                let (s, side) = (size * rng.range(0.18, 0.3), rng.sign());
                let tone = [glass[1], glass[2], glass[5]][i % 3];
                plan.push((leaf((at.0 - s, at.1), (at.0 + s, at.1), s * 0.9), tone));
                let tail = [
                    (at.0 - side * s * 0.8, at.1),
                    (at.0 - side * s * 1.4, at.1 - s * 0.45),
                    (at.0 - side * s * 1.4, at.1 + s * 0.45),
                ];
                plan.push((polygon(&tail), tone.darker(0.2)));
                plan.push((circle((at.0 + side * s * 0.62, at.1 - s * 0.08), s * 0.09), glass[5]));
            }
            "Miraculous draught"
        }
        _ => {
            let at = (w * rng.range(0.38, 0.62), h * rng.range(0.4, 0.65));
            let (s, spread) = (size * rng.range(0.26, 0.4), rng.range(0.22, 0.4));
            for side in [-1.0, 1.0] {
                for i in 0..4 {
                    let tip = polar(at, s * (1.25 - 0.12 * i as f32), -FRAC_PI_2 + side * (0.55 + spread * i as f32));
                    plan.push((leaf(at, tip, s * 0.42), [glass[1], glass[5], glass[1].lighter(0.3), glass[4]][i]));
                }
            }
            plan.push((ellipse((at.0, at.1 + s * 0.15), s * 0.2, s * 0.55, 0.0), glass[5]));
            plan.push((circle((at.0, at.1 - s * 0.42), s * 0.17), glass[2]));
            "Dove"
        }
    };
    let count = rng.count(50, 120);
    let sites = scattered(rng, count, w, h);
    let cells = voronoi(&sites, w, h);
    for (cell, &site) in cells.iter().zip(&sites) {
        pane(canvas, rng, cell, glass[0].mix(glass[5], 0.6 * site.1 / h), lead, 3.0);
    }
    for (shape, colour) in plan {
        let Some(bounds) = shape.as_ref().map(|path| path.bounds()) else { continue };
        canvas.inside(&shape, |canvas| {
            let touches = |cell: &&Vec<Point>| {
                let beyond = |side: &dyn Fn(Point) -> bool| cell.iter().all(|&p| side(p));
                !(beyond(&|p| p.0 < bounds.left())
                    || beyond(&|p| p.0 > bounds.right())
                    || beyond(&|p| p.1 < bounds.top())
                    || beyond(&|p| p.1 > bounds.bottom()))
            };
            for cell in cells.iter().filter(touches) {
                pane(canvas, rng, cell, colour, lead, 2.4);
            }
        });
        canvas.stroke(&shape, lead, 4.2);
    }
    for i in 1..3 {
        canvas.rect(0.0, h * i as f32 / 3.0 - 2.5, w, 5.0, lead);
    }
    if rng.chance(0.6) {
        let arch = h.min(w) * 0.5;
        let mut points = vec![(0.0, 0.0), (0.0, arch)];
        points.extend(
            (0..=16)
                .map(|i| polar((w / 2.0, arch), 1.0, PI + PI * i as f32 / 16.0))
                .map(|p| (w / 2.0 + (p.0 - w / 2.0) * w / 2.0, arch + (p.1 - arch) * arch)),
        );
        points.extend([(w, arch), (w, 0.0)]);
        canvas.polygon(&points, hex(0x4a4640));
        canvas.stroke(&line(&points[2..points.len() - 2]), lead, 6.0);
    }
    canvas.stroke(&rect(4.0, 4.0, w - 8.0, h - 8.0), lead, 8.0);
    subject
}
