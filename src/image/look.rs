//! Looks: what else a query picture may be taken for than the whole of it.

use std::fmt;

use image::metadata::Orientation;
use serde::{Serialize, Serializer};

use super::{Picture, Region, orientation};

/// One way to look at a query picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Look {
    /// All of it, as it is.
    Whole,
    /// So many percent of each side, around the centre: without the wall or the frame around a work.
    Centre(u8),
    /// Left and right exchanged.
    Mirrored,
    /// A quarter turn: the picture's top becomes its left side.
    TurnedLeft,
    /// A quarter turn: the picture's top becomes its right side.
    TurnedRight,
}

/// How closely to look at a query picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Looks {
    /// Once, at the whole.
    #[default]
    Once,
    /// In every way of [`Looks::CLOSER`], which takes as many times as long.
    Closer,
}

impl Looks {
    /// The looks that find most besides the whole, by measurement: see the model card.
    pub const CLOSER: [Look; 6] =
        [Look::Whole, Look::Centre(85), Look::Centre(70), Look::Mirrored, Look::TurnedLeft, Look::TurnedRight];

    pub fn all(self) -> &'static [Look] {
        match self {
            Looks::Once => &[Look::Whole],
            Looks::Closer => &Looks::CLOSER,
        }
    }
}

impl Look {
    /// The picture as it is seen in this way.
    pub fn at(self, picture: &Picture) -> Picture {
        let turned = |orientation| orientation::upright(picture.clone(), orientation);
        match self {
            Look::Whole => picture.clone(),
            Look::Centre(percent) => {
                let side = f32::from(percent.clamp(1, 100)) / 100.0;
                let start = (1.0 - side) / 2.0;
                picture.crop(Region { x: start, y: start, width: side, height: side })
            }
            Look::Mirrored => turned(Orientation::FlipHorizontal),
            Look::TurnedLeft => turned(Orientation::Rotate270),
            Look::TurnedRight => turned(Orientation::Rotate90),
        }
    }
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Look::Whole => f.write_str("whole"),
            Look::Centre(percent) => write!(f, "centre {percent} %"),
            Look::Mirrored => f.write_str("mirrored"),
            Look::TurnedLeft => f.write_str("turned left"),
            Look::TurnedRight => f.write_str("turned right"),
        }
    }
}

impl Serialize for Look {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of three pixels, numbered.
    fn picture() -> Picture {
        Picture { width: 3, height: 2, rgb: (0..6).flat_map(|number| [number; 3]).collect() }
    }

    fn numbers(picture: &Picture) -> Vec<Vec<u8>> {
        let pixels: Vec<u8> = picture.rgb.iter().copied().step_by(3).collect();
        pixels.chunks(picture.width as usize).map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn a_turned_or_mirrored_look_moves_every_pixel() {
        assert_eq!(numbers(&Look::Whole.at(&picture())), [[0, 1, 2], [3, 4, 5]]);
        assert_eq!(numbers(&Look::Mirrored.at(&picture())), [[2, 1, 0], [5, 4, 3]]);
        assert_eq!(numbers(&Look::TurnedLeft.at(&picture())), [[2, 5], [1, 4], [0, 3]]);
        assert_eq!(numbers(&Look::TurnedRight.at(&picture())), [[3, 0], [4, 1], [5, 2]]);
    }

    #[test]
    fn a_look_at_the_centre_leaves_the_same_on_every_side() {
        let wide = Picture { width: 10, height: 20, rgb: vec![0; 600] };
        let centre = Look::Centre(80).at(&wide);
        assert_eq!((centre.width, centre.height), (8, 16));
        assert_eq!(Look::Centre(0).at(&Picture { width: 1, height: 1, rgb: vec![9; 3] }).rgb, [9; 3]);
    }
}
