//! Pointillism: a landscape in some fifteen thousand dots, each a little off in hue.

use super::super::kit::*;
use super::super::scenes::landscape;

pub fn paint(rng: &Rng, number: usize) -> Painted {
    let (width, height) = any_format(rng);
    let scene = landscape(rng, number, width, height);
    let (w, h) = (width as f32, height as f32);
    let mut canvas = scene.canvas.clone();
    let size = rng.range(2.3, 3.6);
    for pass in 0..2 {
        let step = size * if pass == 0 { 2.2 } else { 2.0 };
        for row in 0..(h / step) as usize + 1 {
            for column in 0..(w / step) as usize + 1 {
                let at = ((column as f32 + rng.unit()) * step, (row as f32 + rng.unit()) * step);
                let seen = scene.canvas.sample(at.0, at.1);
                let dot = match rng.below(10) {
                    0 => seen.turned(150.0).mix(seen, 0.45),
                    1 | 2 => seen.turned(35.0).lighter(0.12),
                    3 | 4 => seen.turned(-35.0),
                    5 => seen.lighter(0.3),
                    _ => seen.near(rng, 0.1),
                };
                canvas.disc(at, size * rng.range(0.75, 1.15), dot);
            }
        }
    }
    surface::weave(&mut canvas, rng, 3.0);
    let title = match rng.below(2) {
        0 => compose(rng, &format!("The {} at _, _", scene.subject), &[words::PLACES, words::HOURS]),
        _ => compose(rng, &format!("{}, _ near _", capital(scene.subject)), &[words::HOURS, words::PLACES]),
    };
    Painted { title, canvas }
}
