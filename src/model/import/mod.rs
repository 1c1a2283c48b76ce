//! A trained network in floating point → an integer weights file. Native only.
//!
//! ```text
//! torchvision's weights
//!   │ torchvision (writes the graph that the names stand for)
//!   ▼
//! ONNX ──float, fuse──▶ FloatNet ─────────────────▶ quantize ──▶ weights file
//!   │             (batch-norm folded, ReLU and        ▲
//!   │              residual fused)                    │ scale of every activation
//!   └──tract, f32──▶ activations of real pictures ──▶ calibrate
//! ```
//!
//! A classifier behind the features is left out: the embedding is what it reads.
//!
//! tract's f32 run of the very same ONNX is also the oracle: the [`Report`] says how well the integer network agrees
//! with it on the calibration pictures.

mod calibrate;
mod float;
mod fuse;
mod node;
mod quantize;
#[cfg(test)]
mod tests;
mod torchvision;

pub use float::{FloatConv, FloatNet, FloatOp};

use std::path::Path;

use tract_onnx::pb::ModelProto;

use crate::image::Picture;
use crate::model::{Model, ModelError};

/// The mean of ImageNet's pixels per channel (RGB, 0..=1): what torchvision's networks subtract.
pub const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];

/// The standard deviation of ImageNet's pixels per channel (RGB, 0..=1): what torchvision's networks divide by.
pub const IMAGENET_DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];

/// What the embedding is called where no tensor of the graph is it.
const EMBEDDING: &str = "private_eye.embedding";

/// The fewest calibration pictures that give usable activation ranges.
pub const FEWEST_PICTURES: usize = 8;

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("this is not an ONNX file that tract can read: {0}")]
    NotOnnx(String),
    #[error(
        "operator {op} (node {node}) cannot be quantized: {why}. What torchvision's ResNet, VGG and MobileNetV2 consist of is \
         supported: Conv (plain or depthwise), Gemm, BatchNormalization, Relu, Clip, Add, MaxPool and the average over all positions"
    )]
    Unsupported { op: String, node: String, why: String },
    #[error("these are not weights of a network that is known by its names: {0}; export it to ONNX instead")]
    NotTorchvision(String),
    #[error("the network's input is {got}, expected [1, 3, height, width] or [N, 3, height, width] with fixed sizes")]
    Input { got: String },
    #[error(
        "{got} calibration pictures are too few, at least {FEWEST_PICTURES} are needed; a few hundred varied ones are best"
    )]
    TooFewPictures { got: usize },
    #[error("the tensor {tensor} holds {what}; the export is damaged or the training diverged")]
    NotFinite { tensor: String, what: &'static str },
    #[error("tract could not run the f32 network: {0}")]
    Run(String),
    #[error("the weights file could not be written: {0}")]
    Write(String),
    #[error("the quantized network could not be loaded again: {0}")]
    Load(#[from] ModelError),
}

/// How well the integer network agrees with tract's f32 network on the calibration pictures.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Report {
    /// Number of calibration pictures.
    pub pictures: usize,
    /// Cosine between the two embeddings of a picture, 1 is perfect: the median, and the worst.
    pub median_cosine: f32,
    pub worst_cosine: f32,
    /// Share of pictures whose nearest other calibration picture is the same in both, 0..=1.
    pub same_nearest: f32,
    /// Length of an embedding.
    pub dim: usize,
    /// Size of the weights file in bytes.
    pub bytes: usize,
}

/// A finished conversion.
pub struct Import {
    /// The weights file, ready to be written.
    pub weights: Vec<u8>,
    pub report: Report,
}

/// Converts an ONNX export or a safetensors file with torchvision's names to an integer weights file.
///
/// `folder` is where the file lies: newer exporters put the weights into a file beside it. `name` goes into the result;
/// `pictures` are decoded pictures of any size, on which the ranges of the activations are measured: the more they resemble
/// what will be searched, the better. The result depends on nothing else.
///
/// # Errors
/// [`ImportError::Unsupported`] names the operator that has no integer form; the others say what is wrong with the file.
pub fn import(file: &[u8], folder: Option<&Path>, name: &str, pictures: &[Picture]) -> Result<Import, ImportError> {
    // A safetensors file starts with the length of its header and a brace.
    let proto = match file.get(8) == Some(&b'{') {
        true => torchvision::graph(file)?,
        false => float::read(file)?,
    };
    convert(&proto, folder, name, pictures)
}

fn convert(proto: &ModelProto, folder: Option<&Path>, name: &str, pictures: &[Picture]) -> Result<Import, ImportError> {
    if pictures.len() < FEWEST_PICTURES {
        return Err(ImportError::TooFewPictures { got: pictures.len() });
    }
    let (net, graph) = float::parse(proto, folder)?;
    let inputs: Vec<Picture> = pictures.iter().map(|p| p.resize(net.input[0], net.input[1])).collect();
    let calibration = calibrate::run(&net, graph, &inputs)?;
    let weights = quantize::write(&net, name, &calibration.scales)?;

    let model = Model::from_bytes(&weights)?;
    let embeddings = calibrate::in_parallel(&inputs, |picture| Ok(model.embed(picture)?.0))?;
    let report = report(&calibration.embeddings, &embeddings, weights.len());
    Ok(Import { weights, report })
}

fn report(oracle: &[Vec<f32>], quantized: &[Vec<f32>], bytes: usize) -> Report {
    let mut cosines: Vec<f32> = oracle.iter().zip(quantized).map(|(a, b)| cosine(a, b)).collect();
    cosines.sort_by(f32::total_cmp);
    let same = (0..oracle.len()).filter(|&i| nearest(oracle, i) == nearest(quantized, i)).count();
    Report {
        pictures: oracle.len(),
        median_cosine: cosines.get(cosines.len() / 2).copied().unwrap_or(0.0),
        worst_cosine: cosines.first().copied().unwrap_or(0.0),
        same_nearest: same as f32 / oracle.len().max(1) as f32,
        dim: oracle.first().map_or(0, Vec::len),
        bytes,
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>();
    let norm = (dot(a, a) * dot(b, b)).sqrt();
    if norm == 0.0 { 0.0 } else { (dot(a, b) / norm) as f32 }
}

fn nearest(embeddings: &[Vec<f32>], of: usize) -> Option<usize> {
    (0..embeddings.len())
        .filter(|&other| other != of)
        .map(|other| (other, cosine(&embeddings[of], &embeddings[other])))
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
        .map(|(other, _)| other)
}
