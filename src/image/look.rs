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
    /// The looks that pay, by measurement (see the model card): without a wall around the work, and mirrored. Quarter turns
    /// meet more strangers than they find works.
    pub const CLOSER: [Look; 4] = [Look::Whole, Look::Centre(85), Look::Centre(70), Look::Mirrored];

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
        match self {
            Look::Whole => picture.clone(),
            Look::Centre(percent) => {
                let side = f32::from(percent.clamp(1, 100)) / 100.0;
                let start = (1.0 - side) / 2.0;
                picture.crop(Region { x: start, y: start, width: side, height: side })
            }
            Look::Mirrored => orientation::upright(picture.clone(), Orientation::FlipHorizontal),
        }
    }
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Look::Whole => f.write_str("whole"),
            Look::Centre(percent) => write!(f, "centre {percent} %"),
            Look::Mirrored => f.write_str("mirrored"),
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
    fn a_mirrored_look_exchanges_left_and_right() {
        assert_eq!(numbers(&Look::Whole.at(&picture())), [[0, 1, 2], [3, 4, 5]]);
        assert_eq!(numbers(&Look::Mirrored.at(&picture())), [[2, 1, 0], [5, 4, 3]]);
    }

    #[test]
    fn a_look_at_the_centre_leaves_the_same_on_every_side() {
        let wide = Picture { width: 10, height: 20, rgb: vec![0; 600] };
        let centre = Look::Centre(80).at(&wide);
        assert_eq!((centre.width, centre.height), (8, 16));
        assert_eq!(Look::Centre(0).at(&Picture { width: 1, height: 1, rgb: vec![9; 3] }).rgb, [9; 3]);
    }
}
