use super::CollectionError;
use crate::model::ModelId;
use fdeflate::Decompressor;
use serde::{Deserialize, Serialize};

/// The model that made the embeddings, and where its weights lie: beside the collection, as a deflated file (zlib,
/// RFC 1950), because hosts don't compress what they don't know, and eight bits hold a weight of about seven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFile {
    /// With the SHA-256 of the weights, inflated.
    #[serde(flatten)]
    pub id: ModelId,
    /// Relative to the manifest: `../models/<name>-<first 16 digits of the SHA-256>.safetensors.zlib`.
    pub file: String,
    /// Length of the deflated file.
    pub bytes: u64,
    /// Length of the weights in it.
    pub unpacked: u64,
}

impl ModelFile {
    /// No network that fits a browser is larger; what is longer is refused before memory is taken for it.
    pub const LONGEST: u64 = 1 << 28;

    /// The file that holds these weights, and its bytes, which are the same on every machine.
    #[cfg(not(target_family = "wasm"))]
    pub fn pack(id: ModelId, weights: &[u8]) -> std::io::Result<(ModelFile, Vec<u8>)> {
        use std::io::Write;

        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(weights)?;
        let packed = packer.finish()?;
        let file = Self::name(&id);
        Ok((ModelFile { id, file, bytes: packed.len() as u64, unpacked: weights.len() as u64 }, packed))
    }

    /// The weights in the bytes of the file. Their hash remains to be compared.
    ///
    /// # Errors
    /// If the file or what it holds has another length than the manifest says, or the bytes are damaged.
    pub fn unpack(&self, packed: &[u8]) -> Result<Vec<u8>, CollectionError> {
        let mut unpacker = Unpacker::new(self);
        unpacker.push(packed);
        unpacker.finish()
    }

    /// Checks the weights by their hash, in lower-case hex.
    pub fn verify(&self, sha256: &str) -> Result<(), CollectionError> {
        if sha256 == self.id.sha256 { Ok(()) } else { Err(CollectionError::Hash { file: self.file.clone() }) }
    }

    /// What is wrong with this as a part of a manifest.
    pub(super) fn check(&self) -> Result<(), String> {
        let expected = Self::name(&self.id);
        if self.file != expected {
            return Err(format!("the weights are called {:?} instead of {expected:?}", self.file));
        }
        let longest = self.unpacked.max(self.bytes);
        if longest > Self::LONGEST {
            return Err(format!("the weights have {longest} bytes, more than {}", Self::LONGEST));
        }
        Ok(())
    }

    fn name(id: &ModelId) -> String {
        let safe = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' };
        let name: String = id.name.chars().map(safe).collect();
        format!("../models/{name}-{}.safetensors.zlib", id.sha256.get(..16).unwrap_or_default())
    }
}

/// Inflates the weights while their file still comes.
pub struct Unpacker<'a> {
    file: &'a ModelFile,
    inflater: Decompressor,
    weights: Vec<u8>,
    /// Bytes that came, and bytes of the weights that they held.
    came: u64,
    written: usize,
    damaged: bool,
}

impl<'a> Unpacker<'a> {
    pub fn new(file: &'a ModelFile) -> Unpacker<'a> {
        // Several times faster than others for data that hardly repeats itself.
        let inflater = Decompressor::new();
        Unpacker { file, inflater, weights: vec![0; file.unpacked as usize], came: 0, written: 0, damaged: false }
    }

    /// Takes what comes next of the file.
    pub fn push(&mut self, packed: &[u8]) {
        self.came += packed.len() as u64;
        self.inflate(packed, false);
    }

    /// The weights, once the whole file came. Their hash remains to be compared.
    ///
    /// # Errors
    /// As those of [`ModelFile::unpack`].
    pub fn finish(mut self) -> Result<Vec<u8>, CollectionError> {
        let ModelFile { file, bytes: expected, .. } = self.file;
        if self.came != *expected {
            return Err(CollectionError::Length { file: file.clone(), got: self.came, expected: *expected });
        }
        self.inflate(&[], true);
        let whole = !self.damaged && self.inflater.is_done() && self.written == self.weights.len();
        if whole { Ok(self.weights) } else { Err(CollectionError::Hash { file: file.clone() }) }
    }

    fn inflate(&mut self, mut packed: &[u8], last: bool) {
        while !self.damaged && !self.inflater.is_done() && (last || !packed.is_empty()) {
            match self.inflater.read(packed, &mut self.weights, self.written, last) {
                // There is more than was announced.
                Ok((0, 0)) => self.damaged = true,
                Ok((read, written)) => {
                    packed = &packed[read..];
                    self.written += written;
                }
                Err(_) => self.damaged = true,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;

    const WEIGHTS: &[u8] = b"weights, weights, weights";

    fn packed(name: &str) -> (ModelFile, Vec<u8>) {
        let id = ModelId { name: name.into(), sha256: sha256(WEIGHTS), preprocessing: "none".into(), dim: 4 };
        ModelFile::pack(id, WEIGHTS).unwrap()
    }

    #[test]
    fn weights_come_out_as_they_went_in() {
        let (model, bytes) = packed("resnet18");
        assert!(bytes.len() < WEIGHTS.len());
        let weights = model.unpack(&bytes).unwrap();
        assert_eq!(weights, WEIGHTS);
        for piece in 1..bytes.len() {
            let mut unpacker = Unpacker::new(&model);
            bytes.chunks(piece).for_each(|piece| unpacker.push(piece));
            assert_eq!(unpacker.finish().unwrap(), WEIGHTS);
        }
        model.verify(&sha256(&weights)).unwrap();
        assert!(matches!(model.verify(&sha256(b"others")), Err(CollectionError::Hash { .. })));
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_noticed() {
        let (model, bytes) = packed("resnet18");
        for length in 0..bytes.len() {
            assert!(matches!(model.unpack(&bytes[..length]), Err(CollectionError::Length { .. })), "{length} bytes");
            let cut = ModelFile { bytes: length as u64, ..model.clone() };
            assert!(matches!(cut.unpack(&bytes[..length]), Err(CollectionError::Hash { .. })), "{length} bytes");
        }
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let noticed = model.unpack(&damaged).and_then(|weights| model.verify(&sha256(&weights)));
            // Bits of the header that only say how hard the packer tried change nothing.
            assert!(noticed.is_err() || model.unpack(&damaged).unwrap() == WEIGHTS, "bit {bit}");
        }
    }

    #[test]
    fn a_file_that_swells_is_cut_off() {
        let (model, bytes) = packed("resnet18");
        let short = ModelFile { unpacked: 3, ..model };
        assert!(matches!(short.unpack(&bytes), Err(CollectionError::Hash { .. })));
        assert!(ModelFile { unpacked: u64::MAX, ..short }.check().unwrap_err().contains("more than"));
    }

    #[test]
    fn a_model_name_cannot_lead_out_of_its_folder() {
        let hash = &sha256(WEIGHTS)[..16];
        assert_eq!(packed("../evil").0.file, format!("../models/___evil-{hash}.safetensors.zlib"));
    }
}
