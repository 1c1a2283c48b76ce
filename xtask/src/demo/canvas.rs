//! What the styles draw on: a tiny-skia pixmap with shorter words.

use tiny_skia::{
    BlendMode, Color, FillRule, FilterQuality, GradientStop, LineCap, LineJoin, LinearGradient, Mask, Paint, Pixmap,
    PixmapPaint, RadialGradient, Shader, SpreadMode, Stroke, StrokeDash, Transform,
};

use super::colour::{BLACK, Colour};
use super::shapes::{Point, Shape, circle, line, polygon, rect};

/// What a shape is filled or stroked with.
#[derive(Clone)]
pub struct Ink(Paint<'static>);

impl From<Colour> for Ink {
    fn from(colour: Colour) -> Self {
        Self::shaded(Shader::SolidColor(solid(colour)))
    }
}

impl Ink {
    fn shaded(shader: Shader<'static>) -> Self {
        Self(Paint { shader, anti_alias: true, ..Paint::default() })
    }

    /// A gradient from `from` to `to` through evenly spaced colours.
    pub fn linear(from: Point, to: Point, colours: &[Colour]) -> Self {
        LinearGradient::new(from.into(), to.into(), stops(colours), SpreadMode::Pad, Transform::identity())
            .map_or_else(|| colours[0].into(), Self::shaded)
    }

    /// A gradient from `centre` outwards through evenly spaced colours.
    pub fn radial(centre: Point, radius: f32, colours: &[Colour]) -> Self {
        let centre = centre.into();
        RadialGradient::new(centre, 0.0, centre, radius, stops(colours), SpreadMode::Pad, Transform::identity())
            .map_or_else(|| colours[0].into(), Self::shaded)
    }

    /// Darkens what lies below, as printing ink does.
    pub fn multiply(self) -> Self {
        self.blend(BlendMode::Multiply)
    }

    pub fn blend(mut self, mode: BlendMode) -> Self {
        self.0.blend_mode = mode;
        self
    }
}

fn stops(colours: &[Colour]) -> Vec<GradientStop> {
    let last = colours.len().saturating_sub(1).max(1) as f32;
    colours.iter().enumerate().map(|(i, &c)| GradientStop::new(i as f32 / last, solid(c))).collect()
}

fn solid(c: Colour) -> Color {
    let part = |x: f32| x.clamp(0.0, 1.0);
    Color::from_rgba(part(c.r), part(c.g), part(c.b), part(c.a)).unwrap_or(Color::BLACK)
}

/// A picture in the making. Lengths are pixels, angles radians, y grows downwards.
#[derive(Clone)]
pub struct Canvas {
    pixmap: Pixmap,
    clip: Option<Mask>,
}

impl Canvas {
    /// A canvas all of one colour.
    ///
    /// # Panics
    /// If a side is 0: sizes come from the styles, never from outside.
    pub fn new(width: u32, height: u32, ground: Colour) -> Self {
        let mut pixmap = Pixmap::new(width, height).expect("a canvas has two sides");
        pixmap.fill(solid(ground));
        Self { pixmap, clip: None }
    }

    pub fn width(&self) -> f32 {
        self.pixmap.width() as f32
    }

    pub fn height(&self) -> f32 {
        self.pixmap.height() as f32
    }

    pub fn fill(&mut self, shape: &Shape, ink: impl Into<Ink>) {
        if let Some(path) = shape {
            let paint = ink.into().0;
            self.pixmap.fill_path(path, &paint, FillRule::Winding, Transform::identity(), self.clip.as_ref());
        }
    }

    pub fn stroke(&mut self, shape: &Shape, ink: impl Into<Ink>, width: f32) {
        self.stroke_with(shape, ink, width, None);
    }

    /// A stroke of dashes `on` long and `off` apart.
    pub fn dashed(&mut self, shape: &Shape, ink: impl Into<Ink>, width: f32, on: f32, off: f32) {
        self.stroke_with(shape, ink, width, StrokeDash::new(vec![on, off], 0.0));
    }

    fn stroke_with(&mut self, shape: &Shape, ink: impl Into<Ink>, width: f32, dash: Option<StrokeDash>) {
        if let Some(path) = shape {
            let stroke = Stroke {
                width,
                line_cap: if dash.is_some() { LineCap::Butt } else { LineCap::Round },
                line_join: LineJoin::Round,
                dash,
                ..Stroke::default()
            };
            let paint = ink.into().0;
            self.pixmap.stroke_path(path, &paint, &stroke, Transform::identity(), self.clip.as_ref());
        }
    }

    pub fn rect(&mut self, x: f32, y: f32, width: f32, height: f32, ink: impl Into<Ink>) {
        self.fill(&rect(x, y, width, height), ink);
    }

    /// Paints over the whole canvas (or clip).
    pub fn wash(&mut self, ink: impl Into<Ink>) {
        self.rect(0.0, 0.0, self.width(), self.height(), ink);
    }

    /// A rectangular frame, `thick` wide, `inset` from the edge.
    pub fn frame(&mut self, inset: f32, thick: f32, ink: impl Into<Ink>) {
        let ink = ink.into();
        let (w, h) = (self.width() - 2.0 * inset, self.height() - 2.0 * inset);
        self.rect(inset, inset, w, thick, ink.clone());
        self.rect(inset, inset + h - thick, w, thick, ink.clone());
        self.rect(inset, inset + thick, thick, h - 2.0 * thick, ink.clone());
        self.rect(inset + w - thick, inset + thick, thick, h - 2.0 * thick, ink);
    }

    pub fn disc(&mut self, centre: Point, radius: f32, ink: impl Into<Ink>) {
        self.fill(&circle(centre, radius), ink);
    }

    pub fn ring(&mut self, centre: Point, radius: f32, ink: impl Into<Ink>, width: f32) {
        self.stroke(&circle(centre, radius), ink, width);
    }

    pub fn polygon(&mut self, points: &[Point], ink: impl Into<Ink>) {
        self.fill(&polygon(points), ink);
    }

    pub fn line(&mut self, from: Point, to: Point, ink: impl Into<Ink>, width: f32) {
        self.stroke(&line(&[from, to]), ink, width);
    }

    /// Draws with `work` inside `shape` only.
    pub fn inside(&mut self, shape: &Shape, work: impl FnOnce(&mut Self)) {
        let Some(path) = shape else { return };
        let outer = self.clip.clone();
        let mut mask = outer.clone();
        match &mut mask {
            Some(mask) => mask.intersect_path(path, FillRule::Winding, true, Transform::identity()),
            None => {
                mask = Mask::new(self.pixmap.width(), self.pixmap.height());
                if let Some(mask) = &mut mask {
                    mask.fill_path(path, FillRule::Winding, true, Transform::identity());
                }
            }
        }
        self.clip = mask;
        work(self);
        self.clip = outer;
    }

    /// A soft shadow of `shape`, thrown by (`dx`, `dy`).
    pub fn shadow(&mut self, shape: &Shape, dx: f32, dy: f32, softness: f32, strength: f32) {
        let Some(moved) = shape.clone().and_then(|p| p.transform(Transform::from_translate(dx, dy))) else { return };
        let moved = Some(moved);
        let ink = BLACK.alpha(strength / 6.0);
        for i in 0..5 {
            self.stroke(&moved, ink, softness * (1.0 - i as f32 / 5.0) * 2.0);
        }
        self.fill(&moved, BLACK.alpha(strength * 0.5));
    }

    /// Draws another canvas with its top left corner at (`x`, `y`), scaled.
    pub fn place(&mut self, other: &Canvas, x: f32, y: f32, scale: f32) {
        let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
        let transform = Transform::from_scale(scale, scale).post_translate(x, y);
        self.pixmap.draw_pixmap(0, 0, other.pixmap.as_ref(), &paint, transform, self.clip.as_ref());
    }

    /// The colour of the pixel under (`x`, `y`), or of the nearest one on the edge.
    pub fn sample(&self, x: f32, y: f32) -> Colour {
        let x = (x.max(0.0) as u32).min(self.pixmap.width() - 1);
        let y = (y.max(0.0) as u32).min(self.pixmap.height() - 1);
        self.pixmap.pixel(x, y).map_or(BLACK, |p| Colour {
            r: f32::from(p.red()) / 255.0,
            g: f32::from(p.green()) / 255.0,
            b: f32::from(p.blue()) / 255.0,
            a: 1.0,
        })
    }

    /// Changes every pixel: `change` gets its place and colour parts (0..255) and gives new ones.
    pub fn each_pixel(&mut self, mut change: impl FnMut(usize, usize, [f32; 3]) -> [f32; 3]) {
        let width = self.pixmap.width() as usize;
        for (i, pixel) in self.pixmap.data_mut().chunks_exact_mut(4).enumerate() {
            let rgb = change(i % width, i / width, [pixel[0].into(), pixel[1].into(), pixel[2].into()]);
            for (old, new) in pixel.iter_mut().zip(rgb) {
                *old = (new + 0.5).clamp(0.0, 255.0) as u8;
            }
            pixel[3] = 255;
        }
    }

    /// Width, height and the RGB bytes, row by row.
    pub fn into_rgb(self) -> (u32, u32, Vec<u8>) {
        let rgb = self.pixmap.data().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
        (self.pixmap.width(), self.pixmap.height(), rgb)
    }
}
