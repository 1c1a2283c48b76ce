//! TIFFs with a palette, which the decoder refuses: read as grey pictures, then painted.

use super::Picture;

const BITS_PER_SAMPLE: u16 = 258;
const PHOTOMETRIC: u16 = 262;
const COLOR_MAP: u16 = 320;

const BLACK_IS_ZERO: u16 = 1;
const PALETTE: u16 = 3;

const COLORS: usize = 256;

/// The file with its palette indexes declared to be grey levels, and the palette; `None` unless it is a TIFF of 8-bit
/// palette indexes.
pub(super) fn split(file: &[u8]) -> Option<(Vec<u8>, Vec<[u8; 3]>)> {
    let tiff = Tiff { file, big_endian: file.starts_with(b"MM") };
    let directory = usize::try_from(tiff.long(4)?).ok()?;
    let entries = usize::from(tiff.short(directory)?);
    // Tag, type, count and value, 12 bytes each.
    let find = |tag| {
        let entry = |i| directory.checked_add(2 + 12 * i);
        (0..entries).filter_map(entry).find(|&at| tiff.short(at) == Some(tag))
    };
    let photometric = find(PHOTOMETRIC)? + 8;
    if tiff.short(photometric)? != PALETTE || tiff.short(find(BITS_PER_SAMPLE)? + 8)? != 8 {
        return None;
    }
    let map = find(COLOR_MAP)?;
    if tiff.long(map + 4)? as usize != 3 * COLORS {
        return None;
    }
    let map = usize::try_from(tiff.long(map + 8)?).ok()?;
    // All reds, then all greens, then all blues; the upper byte is the level, whichever way 8 bits were made 16.
    let level = |i: usize| Some((tiff.short(map.checked_add(2 * i)?)? >> 8) as u8);
    let color = |i| Some([level(i)?, level(COLORS + i)?, level(2 * COLORS + i)?]);
    let palette = (0..COLORS).map(color).collect::<Option<_>>()?;
    let mut as_grey = file.to_vec();
    let grey = if tiff.big_endian { BLACK_IS_ZERO.to_be_bytes() } else { BLACK_IS_ZERO.to_le_bytes() };
    as_grey.get_mut(photometric..photometric + 2)?.copy_from_slice(&grey);
    Some((as_grey, palette))
}

/// Puts the colours of the palette for the levels of a grey picture.
pub(super) fn paint(picture: &mut Picture, palette: &[[u8; 3]]) {
    for pixel in picture.rgb.as_chunks_mut::<3>().0 {
        *pixel = palette.get(usize::from(pixel[0])).copied().unwrap_or_default();
    }
}

struct Tiff<'a> {
    file: &'a [u8],
    big_endian: bool,
}

impl Tiff<'_> {
    fn short(&self, at: usize) -> Option<u16> {
        let bytes = *self.file.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn long(&self, at: usize) -> Option<u32> {
        let bytes = *self.file.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }
}
