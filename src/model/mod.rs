//! RGB pixels → embedding.
//!
//! A weights file ([`spec`], `docs/model-format.md`) is checked by `weights`, becomes a tract graph in `graph` whose
//! nodes are `operators`, and those compute with the kernels of the machine's best instruction set. Everything from
//! pixels to embedding is integer arithmetic but for one `f32` multiplication per value and the whitening at the end,
//! whose sums have one order, so all machines agree on every bit.

mod error;
mod graph;
#[cfg(not(target_family = "wasm"))]
pub mod import;
mod kernels;
mod operators;
pub mod spec;
#[cfg(test)]
mod tests;
mod weights;

use std::borrow::Cow;

use crate::hash::sha256;
use crate::image::{Look, Picture};

pub use error::ModelError;

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

/// A network ready to run. It may be shared between threads; each call of [`Model::embed`] works on its own.
pub struct Model {
    id: ModelId,
    /// Width and height in pixels.
    input: [u32; 2],
    graph: graph::Graph,
}

/// The global average pool of the last layer, whitened if the weights say so: `dim` numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding(pub Vec<f32>);

impl Embedding {
    /// The same direction with length 1; all zeros stay zeros.
    ///
    /// The sum runs from the first number to the last in `f64`, so every machine gets the same bits.
    pub fn normalized(&self) -> Vec<f32> {
        let mut sum = 0.0;
        for x in &self.0 {
            sum += f64::from(*x) * f64::from(*x);
        }
        let length = f64::sqrt(sum);
        if length == 0.0 {
            return self.0.clone();
        }
        self.0.iter().map(|x| (f64::from(*x) / length) as f32).collect()
    }
}

impl Model {
    /// Reads a weights file (see `docs/model-format.md`) and packs it for this machine.
    ///
    /// # Errors
    /// Whatever is wrong with the file, with what was got, what was expected and what to do.
    pub fn from_bytes(bytes: &[u8]) -> Result<Model, ModelError> {
        Self::from_hashed_bytes(bytes, sha256(bytes))
    }

    /// The same where the caller has a faster way to the SHA-256 of the file (lower-case hex), and took it.
    pub fn from_hashed_bytes(bytes: &[u8], sha256: String) -> Result<Model, ModelError> {
        Self::with_instructions(bytes, sha256, kernels::InstructionSet::best())
    }

    fn with_instructions(
        bytes: &[u8],
        sha256: String,
        instructions: kernels::InstructionSet,
    ) -> Result<Model, ModelError> {
        let weights = weights::Weights::read(bytes)?;
        let graph = graph::Graph::build(&weights, instructions)?;
        let spec = weights.spec;
        let id = ModelId { name: spec.name, sha256, preprocessing: spec.preprocessing, dim: spec.dim };
        Ok(Model { id, input: spec.input, graph })
    }

    /// Which network this is.
    pub fn id(&self) -> &ModelId {
        &self.id
    }

    /// Squashes the picture to the network's input size and runs it.
    ///
    /// # Errors
    /// [`ModelError::Picture`] if the picture's size and pixels contradict each other.
    pub fn embed(&self, picture: &Picture) -> Result<Embedding, ModelError> {
        let &Picture { width, height, ref rgb } = picture;
        let expected = (u64::from(width) * u64::from(height)).saturating_mul(3);
        if expected == 0 || rgb.len() as u64 != expected {
            return Err(ModelError::Picture { width, height, got: rgb.len(), expected: expected.max(3) });
        }
        let input = match [width, height] == self.input {
            true => Cow::Borrowed(picture),
            false => Cow::Owned(picture.resize(self.input[0], self.input[1])),
        };
        Ok(Embedding(self.graph.run(&input.rgb)?))
    }

    /// What is seen of a picture in each of these ways, in their order; those in which nothing is seen are left out.
    ///
    /// # Errors
    /// As [`Model::embed`].
    pub fn look(&self, picture: &Picture, looks: &[Look]) -> Result<Vec<(Look, Embedding)>, ModelError> {
        let seen = looks.iter().filter_map(|&look| Some((look, look.at(picture)?)));
        seen.map(|(look, seen)| Ok((look, self.embed(&seen)?))).collect()
    }
}
