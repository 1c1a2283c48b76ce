use crate::collection::EmbeddingKind;
use crate::engine::EngineError;
use crate::image::{self, Limits, Look, THUMBNAIL_SIDE};
use crate::model::{Embedding, Model};

/// What a picture becomes before it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// One row after the other for each look at it.
    pub vectors: Vec<f32>,
    /// A small JPEG.
    pub thumbnail: Vec<u8>,
}

/// What is kept of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub vectors: Vec<f32>,
    pub thumbnail: Vec<u8>,
    /// Of the file, in lower-case hex.
    pub sha256: String,
}

impl Prepared {
    /// Decodes the picture in the bytes of a file and embeds it, looked at in each of these ways, as a build would.
    ///
    /// # Errors
    /// Where the file is no picture, or one that cannot be used.
    pub fn new(model: &Model, bytes: &[u8], kind: EmbeddingKind, looks: &[Look]) -> Result<Prepared, EngineError> {
        let picture = image::decode(bytes, &Limits::default())?;
        let numbers = |embedding: Embedding| match kind {
            EmbeddingKind::Normalized => embedding.normalized(),
            EmbeddingKind::Raw => embedding.0,
        };
        let seen = model.look(&picture, looks)?.into_iter();
        let vectors = seen.flat_map(|(_, embedding)| numbers(embedding)).collect();
        Ok(Prepared { vectors, thumbnail: image::thumbnail(&picture, THUMBNAIL_SIDE)? })
    }

    /// With the hash of the file that it was made of.
    pub fn of_file(self, sha256: String) -> Kept {
        Kept { vectors: self.vectors, thumbnail: self.thumbnail, sha256 }
    }
}
