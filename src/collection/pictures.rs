//! Shards of small JPEG pictures: thumbnails and samples.

use crate::index::{Bytes, IndexError, METADATA_KEY, Output, Tensors, write};
use serde::{Deserialize, Serialize};

const FORMAT_VERSION: u32 = 1;

/// JPEG files one after the other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pictures {
    jpeg: Vec<u8>,
    /// Where each begins, and where the last one ends.
    offsets: Vec<u32>,
    samples: Vec<SampleNote>,
}

/// What a shard of samples says about each of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SampleNote {
    pub label: String,
    pub change: String,
}

#[derive(Serialize, Deserialize)]
struct Metadata {
    format_version: u32,
    kind: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    samples: Vec<SampleNote>,
}

impl Pictures {
    pub fn new() -> Pictures {
        Pictures { jpeg: Vec::new(), offsets: vec![0], samples: Vec::new() }
    }

    /// The caller keeps a shard below 8 MiB, so offsets fit.
    pub fn push(&mut self, jpeg: &[u8]) {
        self.jpeg.extend_from_slice(jpeg);
        self.offsets.push(self.jpeg.len() as u32);
    }

    /// `jpeg` U8 `[bytes]` and `offsets` U32 `[count + 1]`; what `kind` of pictures, and the notes of samples, in the
    /// metadata.
    pub fn to_safetensors(&self, kind: &str) -> Vec<u8> {
        let metadata = Metadata { format_version: FORMAT_VERSION, kind: kind.into(), samples: self.samples.clone() };
        let jpeg = Output::u8("jpeg", &[self.jpeg.len()], self.jpeg.clone());
        let offsets = Output::u32("offsets", &[self.offsets.len()], self.offsets.iter().copied());
        write(&metadata, &[jpeg, offsets])
    }

    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    pub fn get(&self, position: usize) -> Option<&[u8]> {
        let end = *self.offsets.get(position.checked_add(1)?)? as usize;
        self.jpeg.get(self.offsets[position] as usize..end)
    }

    pub fn samples(&self) -> impl Iterator<Item = (&SampleNote, &[u8])> {
        self.samples.iter().enumerate().filter_map(|(position, note)| Some((note, self.get(position)?)))
    }

    pub fn from_safetensors(kind: &'static str, bytes: &dyn Bytes) -> Result<Pictures, IndexError> {
        let file = Tensors::read(kind, FORMAT_VERSION, bytes)?;
        let metadata: Metadata = file.metadata()?;
        if metadata.kind != kind {
            return Err(
                file.damaged(format!("{METADATA_KEY:?} in its metadata says that it holds {:?}", metadata.kind))
            );
        }
        let ([length], jpeg) = file.u8("jpeg")?;
        let ([_], offsets) = file.u32("offsets")?;
        let in_order = offsets.is_sorted() && offsets.first() == Some(&0);
        if !in_order || offsets.last().is_none_or(|&end| end as usize != length) {
            return Err(file.damaged("its offsets do not run from 0 to the end of the pictures"));
        }
        if !metadata.samples.is_empty() && metadata.samples.len() != offsets.len() - 1 {
            return Err(file.damaged("it does not describe each of its samples"));
        }
        Ok(Pictures { jpeg, offsets, samples: metadata.samples })
    }
}

/// Only builds do.
#[cfg(not(target_family = "wasm"))]
impl Pictures {
    pub fn push_sample(&mut self, note: SampleNote, jpeg: &[u8]) {
        self.push(jpeg);
        self.samples.push(note);
    }

    /// Bytes of pictures and offsets.
    pub fn bytes(&self) -> usize {
        self.jpeg.len() + self.offsets.len() * 4
    }

    /// Bytes of the notes of samples.
    pub fn note_bytes(&self) -> usize {
        self.samples.iter().map(|note| note.label.len() + note.change.len() + 64).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures() -> Pictures {
        let mut pictures = Pictures::new();
        pictures.push(b"first");
        pictures.push(b"");
        pictures.push(b"third");
        pictures
    }

    #[test]
    fn pictures_read_back_are_the_same() {
        let back =
            Pictures::from_safetensors("thumbnails", &pictures().to_safetensors("thumbnails").as_slice()).unwrap();
        assert_eq!(back, pictures());
        let all: Vec<_> = (0..4).map(|position| back.get(position)).collect();
        assert_eq!(all, [Some(b"first".as_slice()), Some(b""), Some(b"third"), None]);
        assert_eq!(back.get(usize::MAX), None);
    }

    #[test]
    fn thumbnails_are_not_taken_for_samples() {
        let error =
            Pictures::from_safetensors("samples", &pictures().to_safetensors("thumbnails").as_slice()).unwrap_err();
        assert!(error.to_string().contains("thumbnails"));
    }

    #[test]
    fn offsets_out_of_order_or_beyond_the_end_are_refused() {
        for offsets in [vec![], vec![0], vec![1, 10], vec![0, 7, 5, 10], vec![0, 11]] {
            let damaged = Pictures { offsets, ..pictures() };
            assert!(
                Pictures::from_safetensors("thumbnails", &damaged.to_safetensors("thumbnails").as_slice()).is_err()
            );
        }
    }
}
