//! Vectors in safetensors files.

use super::Vectors;
use crate::index::dot::dot;
use crate::index::file::{Output, Tensors, write};
use crate::index::{Bytes, IndexError, METADATA_KEY};
use serde::{Deserialize, Serialize};
use std::ops::Range;

const WHAT: &str = "vectors";
const FORMAT_VERSION: u32 = 1;
/// Codes that are read at a time, so that the cache still holds them when they are looked at.
const BLOCK: usize = 1 << 16;

#[derive(Serialize, Deserialize)]
struct Metadata {
    format_version: u32,
    kind: String,
}

impl Vectors {
    /// Reads the vectors of a file into the places from `first` on.
    ///
    /// # Errors
    /// If there are no such places, or a code is none; the places then hold zeros.
    pub fn place(&mut self, first: usize, file: &VectorsFile) -> Result<(), IndexError> {
        if file.dim != self.dim {
            return Err(IndexError::Dimension { got: file.dim, expected: self.dim });
        }
        let items = first..first.checked_add(file.len()).filter(|&end| end <= self.len()).ok_or(IndexError::TooMany)?;
        let codes = &mut self.codes[items.start * self.dim..items.end * self.dim];
        let squares = &mut self.squares[items.clone()];
        let rows = (BLOCK / self.dim).max(1);
        let blocks = codes.chunks_mut(rows * self.dim).zip(squares.chunks_mut(rows));
        for (start, (codes, squares)) in (file.codes.start..).step_by(rows * self.dim).zip(blocks) {
            // SAFETY: a signed byte is a byte.
            let bytes = unsafe { std::slice::from_raw_parts_mut(codes.as_mut_ptr().cast(), codes.len()) };
            file.bytes.copy(start, bytes);
            if codes.iter().fold(0, |least, &code| least.min(code)) == i8::MIN {
                self.codes[items.start * self.dim..items.end * self.dim].fill(0);
                self.squares[items.clone()].fill(0);
                self.scales[items].fill(0.0);
                let reason = "a code is -128; codes are -127 to 127".into();
                return Err(IndexError::Damaged { what: WHAT, reason });
            }
            for (square, row) in squares.iter_mut().zip(codes.chunks_exact(self.dim)) {
                *square = dot(row, row);
            }
        }
        self.scales[items].copy_from_slice(&file.scales);
        Ok(())
    }

    /// Some of the vectors as a safetensors file: `codes` I8 `[count, dim]` and `scales` F32 `[count]`.
    ///
    /// # Panics
    /// If `items` reaches beyond the last vector.
    pub fn to_safetensors(&self, items: Range<usize>) -> Vec<u8> {
        let metadata = Metadata { format_version: FORMAT_VERSION, kind: WHAT.into() };
        let count = items.len();
        let codes = Output::i8("codes", &[count, self.dim], self.rows(items.clone()));
        let scales = Output::f32("scales", &[count], self.scales[items].iter().copied());
        write(&metadata, &[codes, scales])
    }

    /// Reads such a file.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Vectors, IndexError> {
        let file = VectorsFile::read(&bytes)?;
        let mut vectors = Vectors::zeros(file.dim, file.len())?;
        vectors.place(0, &file)?;
        Ok(vectors)
    }
}

/// Vectors in a safetensors file of the right shape; their codes are looked at when they are put into
/// [place](Vectors::place).
#[derive(Clone)]
pub struct VectorsFile<'a> {
    bytes: &'a dyn Bytes,
    dim: usize,
    /// Where the codes lie in the file: signed bytes.
    codes: Range<usize>,
    scales: Vec<f32>,
}

impl<'a> VectorsFile<'a> {
    /// Reads what [`Vectors::to_safetensors`] wrote, but for the codes.
    pub fn read(bytes: &'a dyn Bytes) -> Result<VectorsFile<'a>, IndexError> {
        let file = Tensors::read(WHAT, FORMAT_VERSION, bytes)?;
        let kind = file.metadata::<Metadata>()?.kind;
        if kind != WHAT {
            return Err(file.damaged(format!("{METADATA_KEY:?} in its metadata says that it holds {kind:?}")));
        }
        let ([count, dim], codes) = file.i8("codes")?;
        let ([scale_count], scales) = file.f32("scales")?;
        if count != scale_count || count > u32::MAX as usize {
            return Err(file.damaged(format!("it has {count} rows of codes and {scale_count} scales")));
        }
        Vectors::new(dim)?;
        if scales.iter().any(|&scale| scale < 0.0) {
            return Err(file.damaged("a scale is negative"));
        }
        Ok(VectorsFile { bytes, dim, codes, scales })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    /// Numbers in a vector.
    pub fn dim(&self) -> usize {
        self.dim
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Query;
    use crate::index::vectors::tests::random_vectors;

    #[test]
    fn shards_read_back_give_the_same_vectors() {
        let vectors = random_vectors(50, 17, 4);
        let mut back = Vectors::zeros(17, 50).unwrap();
        for shard in [20..50, 0..20, 20..20] {
            let bytes = vectors.to_safetensors(shard.clone());
            assert_eq!(Vectors::from_safetensors(&bytes).unwrap().len(), shard.len());
            back.place(shard.start, &VectorsFile::read(&&bytes[..]).unwrap()).unwrap();
        }
        assert_eq!(back, vectors);
        let (other, two) = (random_vectors(1, 16, 1).to_safetensors(0..1), vectors.to_safetensors(0..2));
        assert_eq!(
            back.place(0, &VectorsFile::read(&&other[..]).unwrap()),
            Err(IndexError::Dimension { got: 16, expected: 17 })
        );
        for first in [49, usize::MAX] {
            assert!(back.place(first, &VectorsFile::read(&&two[..]).unwrap()).is_err());
        }
        assert_eq!(back, vectors);
    }

    #[test]
    fn a_code_of_minus_128_is_refused() {
        let vectors = Vectors::quantize(2, &[1.0, -1.0]).unwrap();
        let mut bytes = vectors.to_safetensors(0..1);
        let code = bytes.iter().rposition(|&byte| byte == -127_i8 as u8).unwrap();
        bytes[code] = i8::MIN as u8;
        assert!(Vectors::from_safetensors(&bytes).unwrap_err().to_string().contains("-128"));
        let mut places = vectors;
        assert!(places.place(0, &VectorsFile::read(&&bytes[..]).unwrap()).is_err());
        assert_eq!(places, Vectors::zeros(2, 1).unwrap());
    }

    #[test]
    fn a_damaged_file_is_refused_or_still_usable_but_never_panics() {
        let bytes = random_vectors(3, 5, 1).to_safetensors(0..3);
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            for bit in 0..8 {
                damaged[position] ^= 1 << bit;
                if let Ok(vectors) = Vectors::from_safetensors(&damaged) {
                    let query = Query::quantize(&vec![1.0; vectors.dim()]).unwrap();
                    crate::index::exact(&vectors, &query, 2).unwrap();
                }
            }
            assert!(Vectors::from_safetensors(&bytes[..position]).is_err());
        }
    }
}
