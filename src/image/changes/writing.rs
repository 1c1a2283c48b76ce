//! Writing laid over a picture: captions, watermarks, labels.

use crate::image::Picture;
use crate::seed::SplitMix64;

/// A box as wide as most of the picture, `percent` of its area, with lines of made-up letters.
pub(super) fn write_over(picture: &Picture, percent: u8, random: &mut SplitMix64) -> Picture {
    let mut written = picture.clone();
    let (width, height) = (i64::from(picture.width), i64::from(picture.height));
    let box_width = width * i64::from(random.between(70, 100)) / 100;
    let box_height = (width * height * i64::from(percent.min(100)) / 100 / box_width.max(1)).min(height);
    let left = i64::from(random.below((width - box_width + 1) as u32));
    let top = i64::from(random.below((height - box_height + 1) as u32));
    let dark = random.below(2) == 0;
    let (paper, ink) = if dark { (20, 235) } else { (240, 25) };
    let mut page = Page { picture: &mut written };
    page.fill(left, top, box_width, box_height, paper, 220);

    let lines = if box_height * 4 > box_width { 3 } else { 2 };
    let line = box_height / lines;
    let letter = line * 6 / 10;
    for number in 0..lines {
        let y = top + number * line + (line - letter) / 2;
        let mut x = left + letter;
        while x + letter < left + box_width {
            if random.below(6) > 0 {
                page.letter(x, y, letter, ink, random);
            }
            x += letter * 8 / 10 + 1;
        }
    }
    written
}

struct Page<'a> {
    picture: &'a mut Picture,
}

impl Page<'_> {
    /// A rectangle of one grey, covering what is below it by `opacity` of 255; cut off at the edges of the picture.
    fn fill(&mut self, left: i64, top: i64, width: i64, height: i64, grey: u32, opacity: u32) {
        let stride = self.picture.width as usize * 3;
        let inside = |position: i64, length: u32| position.clamp(0, i64::from(length)) as usize;
        let (from, to) = (inside(left, self.picture.width) * 3, inside(left + width, self.picture.width) * 3);
        let (first, end) = (inside(top, self.picture.height), inside(top + height, self.picture.height));
        for row in self.picture.rgb.chunks_exact_mut(stride).take(end).skip(first) {
            for value in &mut row[from..to.max(from)] {
                *value = ((grey * opacity + u32::from(*value) * (255 - opacity) + 127) / 255) as u8;
            }
        }
    }

    /// Something that looks like a letter from afar: one or two stems and a bar or two.
    fn letter(&mut self, x: i64, y: i64, size: i64, ink: u32, random: &mut SplitMix64) {
        let stroke = (size / 7).max(1);
        let wide = size * 55 / 100;
        self.fill(x, y, stroke, size, ink, 255);
        if random.below(3) > 0 {
            self.fill(x + wide - stroke, y, stroke, size, ink, 255);
        }
        for _ in 0..=random.below(2) {
            let at = i64::from(random.below(3)) * (size - stroke) / 2;
            self.fill(x, y + at, wide, stroke, ink, 255);
        }
    }
}
