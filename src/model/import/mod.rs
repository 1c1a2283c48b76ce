//! A trained network in floating point → an integer weights file. Native only.
//!
//! ```text
//! ONNX ──parse──▶ FloatNet ──────────────────────▶ quantize ──▶ weights file
//!   │             (batch-norm folded, ReLU and        ▲
//!   │              residual fused)                    │ scale of every activation
//!   └──tract, f32──▶ activations of real pictures ──▶ calibrate
//! ```
//!
//! tract's f32 run of the very same ONNX is also the oracle: the [`Report`] says how well the integer network agrees
//! with it on the calibration pictures.

mod calibrate;
mod float;
mod quantize;
#[cfg(test)]
mod tests;

pub use float::{FloatConv, FloatNet, FloatOp};

use tract_onnx::pb::ModelProto;

use crate::image::Picture;
use crate::model::{Model, ModelError};

/// The mean of ImageNet's pixels per channel (RGB, 0..=1): what torchvision's networks subtract.
pub const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];

/// The standard deviation of ImageNet's pixels per channel (RGB, 0..=1): what torchvision's networks divide by.
pub const IMAGENET_DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];

/// The fewest calibration pictures that give usable activation ranges.
pub const FEWEST_PICTURES: usize = 8;

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("this is not an ONNX file that tract can read: {0}")]
    NotOnnx(String),
    #[error(
        "operator {op} (node {node}) cannot be quantized: {why}. Supported are Conv, BatchNormalization, Relu, MaxPool, Add, \
         GlobalAveragePool, Flatten and Identity, as in torchvision's ResNet-18 and 34"
    )]
    Unsupported { op: String, node: String, why: String },
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

/// Converts the ONNX export of a torchvision-style residual network to an integer weights file.
///
/// `name` goes into the file; `pictures` are decoded pictures of any size, on which the ranges of the activations are
/// measured: the more they resemble what will be searched, the better. The result depends on nothing else.
pub fn import_onnx(onnx: &[u8], name: &str, pictures: &[Picture]) -> Result<Import, ImportError> {
    convert(&float::read(onnx)?, name, pictures)
}

fn convert(proto: &ModelProto, name: &str, pictures: &[Picture]) -> Result<Import, ImportError> {
    if pictures.len() < FEWEST_PICTURES {
        return Err(ImportError::TooFewPictures { got: pictures.len() });
    }
    let (net, graph) = float::parse(proto)?;
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
