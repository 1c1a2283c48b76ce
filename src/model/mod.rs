//! RGB pixels → embedding.

pub mod spec;

use crate::image::Picture;

#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("the weights file is damaged: {0}")]
    Damaged(String),
}

/// What identifies a model: collections name it and refuse any other.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ModelId {
    /// For instance `resnet18`.
    pub name: String,
    /// SHA-256 of the weights file, lower-case hex.
    pub sha256: String,
    /// How pixels become the network's input, for instance `squash-224`.
    pub preprocessing: String,
    /// Length of an embedding.
    pub dim: usize,
}

/// A network ready to run.
pub struct Model {
    id: ModelId,
}

/// The global average pool of the last layer: `dim` non-negative numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding(pub Vec<f32>);

impl Embedding {
    /// The same direction with length 1; all zeros stay zeros.
    pub fn normalized(&self) -> Vec<f32> {
        todo!()
    }
}

impl Model {
    /// Reads a weights file (see `docs/model-format.md`).
    pub fn from_bytes(_bytes: &[u8]) -> Result<Model, ModelError> {
        todo!()
    }

    pub fn id(&self) -> &ModelId {
        &self.id
    }

    /// Squashes the picture to the network's input size and runs it.
    pub fn embed(&self, _picture: &Picture) -> Result<Embedding, ModelError> {
        todo!()
    }
}
