//! Looks: what else a picture may be taken for than the whole of it. A query may be looked at in several ways, and so may
//! each work of a collection.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use image::metadata::Orientation;
use serde::{Serialize, Serializer};

use super::{Picture, Region, framed, orientation};

/// One way to look at a picture. For people it is written `centre 50 %`, in files and commands `centre-50`
/// ([`Look::name`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Look {
    /// All of it, as it is.
    Whole,
    /// So many percent of each side, 1 to 99, around the centre: without the wall or the frame around a work.
    Centre(u8),
    /// Left and right exchanged.
    Mirrored,
    /// What hangs on the wall, with its frame, where there is a wall. Queries only: not every picture has such a part.
    Framed,
}

/// How closely to look at a query picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Looks {
    /// Once; and closer where that found nothing that is surely the same picture, if the collection says what scores mean
    /// then. The closer look answers unless its verdict is the lower one.
    #[default]
    Auto,
    /// Once, at the whole.
    Once,
    /// In every way of [`Looks::CLOSER`], which takes as many times as long.
    Closer,
}

impl Looks {
    /// The looks that pay, by measurement (see the model card): without the wall around the work, and mirrored. Quarter turns
    /// meet more strangers than they find works.
    pub const CLOSER: [Look; 5] = [Look::Whole, Look::Framed, Look::Centre(85), Look::Centre(70), Look::Mirrored];
    /// The one look that comes first.
    pub const ONCE: [Look; 1] = [Look::Whole];
}

impl Look {
    /// The picture as it is seen in this way; nothing where nothing can be: only [`Look::Framed`] may fail.
    pub fn at(self, picture: &Picture) -> Option<Cow<'_, Picture>> {
        Some(match self {
            Look::Whole => Cow::Borrowed(picture),
            Look::Centre(percent) => {
                let side = f32::from(percent.clamp(1, 100)) / 100.0;
                let start = (1.0 - side) / 2.0;
                Cow::Owned(picture.crop(Region { x: start, y: start, width: side, height: side }))
            }
            Look::Mirrored => Cow::Owned(orientation::upright(picture.clone(), Orientation::FlipHorizontal)),
            Look::Framed => Cow::Owned(picture.crop(framed::find(picture)?)),
        })
    }

    /// As files and commands call it: `whole`, `centre-50` or `mirrored`; [`FromStr`] reads these. `framed` is in no file.
    pub fn name(self) -> String {
        match self {
            Look::Centre(percent) => format!("centre-{percent}"),
            other => other.to_string(),
        }
    }
}

/// A word that names no look.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{got:?} is no look; the looks are whole, centre-1 to centre-99 (percent of each side) and mirrored")]
pub struct NoLook {
    got: String,
}

impl FromStr for Look {
    type Err = NoLook;

    fn from_str(name: &str) -> Result<Look, NoLook> {
        let percent = |digits: &str| digits.parse().ok().filter(|percent| (1..100).contains(percent));
        let look = match name {
            "whole" => Some(Look::Whole),
            "mirrored" => Some(Look::Mirrored),
            _ => name.strip_prefix("centre-").and_then(percent).map(Look::Centre),
        };
        // One name for each: not `centre-050`, nor `centre-+50`.
        look.filter(|look| look.name() == name).ok_or_else(|| NoLook { got: name.into() })
    }
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Look::Whole => f.write_str("whole"),
            Look::Centre(percent) => write!(f, "centre {percent} %"),
            Look::Mirrored => f.write_str("mirrored"),
            Look::Framed => f.write_str("framed"),
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
    fn a_look_is_known_by_its_name_and_by_no_other() {
        for look in [Look::Whole, Look::Mirrored, Look::Centre(1), Look::Centre(50), Look::Centre(99)] {
            assert_eq!(look.name().parse(), Ok(look));
        }
        for other in [
            "",
            "Whole",
            "centre",
            "centre-",
            "centre-0",
            "centre-100",
            "centre-050",
            "centre-+5",
            "centre 50 %",
            "framed",
        ] {
            let said = other.parse::<Look>().unwrap_err().to_string();
            assert!(said.contains(&format!("{other:?}")) && said.contains("centre-99"), "{said}");
        }
    }

    #[test]
    fn a_mirrored_look_exchanges_left_and_right() {
        assert_eq!(numbers(&Look::Whole.at(&picture()).unwrap()), [[0, 1, 2], [3, 4, 5]]);
        assert_eq!(numbers(&Look::Mirrored.at(&picture()).unwrap()), [[2, 1, 0], [5, 4, 3]]);
    }

    #[test]
    fn a_look_at_the_centre_leaves_the_same_on_every_side() {
        let wide = Picture { width: 10, height: 20, rgb: vec![0; 600] };
        let centre = Look::Centre(80).at(&wide).unwrap();
        assert_eq!((centre.width, centre.height), (8, 16));
        assert_eq!(Look::Centre(0).at(&Picture { width: 1, height: 1, rgb: vec![9; 3] }).unwrap().rgb, [9; 3]);
    }

    #[test]
    fn a_look_at_what_is_framed_is_cut_to_it_and_may_find_nothing() {
        let mut wall = Picture { width: 100, height: 50, rgb: vec![200; 15_000] };
        assert_eq!(Look::Framed.at(&wall), None);
        for place in (0..5_000).filter(|place| (20..60).contains(&(place % 100)) && (10..40).contains(&(place / 100))) {
            wall.rgb[place * 3..][..3].fill(30);
        }
        let framed = Look::Framed.at(&wall).unwrap();
        assert!((40..46).contains(&framed.width) && (30..35).contains(&framed.height), "{framed:?}");
    }
}
