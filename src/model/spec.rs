//! What a weights file says about the network it holds.
//!
//! A weights file is safetensors. Its `__metadata__` has the key [`METADATA_KEY`] with a [`ModelSpec`] as JSON; each
//! convolution `name` brings three tensors: `name.weight` I8 `[out, kh, kw, in / groups]`, `name.bias` I32 `[out]` and
//! `name.multiplier` F32 `[out]`.

use serde::{Deserialize, Serialize};

/// The key of the specification in the `__metadata__` of a weights file.
pub const METADATA_KEY: &str = "private_eye";

/// Raised when an old reader could misread a new file. A reader refuses any other version.
pub const FORMAT_VERSION: u32 = 1;

/// The network as a list of operators in the order in which they run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelSpec {
    pub format_version: u32,
    /// For instance `resnet18`.
    pub name: String,
    /// How a picture becomes the first activation; `squash-224`: the whole picture, squashed to `input`.
    pub preprocessing: String,
    /// Width and height of the input in pixels.
    pub input: [u32; 2],
    /// Length of the embedding.
    pub dim: usize,
    pub ops: Vec<Op>,
}

/// One operator. Activations are `u8` in NHWC: pixels 0..=255 at the input, 0..=127 everywhere else. The one exception is
/// the output of a [`ConvSpec::signed`] convolution, which is `i8`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    Conv(ConvSpec),
    MaxPool {
        input: String,
        output: String,
        kernel: usize,
        stride: usize,
        padding: usize,
    },
    /// The mean over all positions, times `scale`: the embedding, in `f32`.
    GlobalAveragePool {
        input: String,
        output: String,
        scale: f32,
    },
    /// Whitens the embedding `x`, not negative: `y = scale * (weight · (sqrt(x / sum(x)) - mean))`. Directions in which
    /// changed copies of a picture differ from it count less then, and those that all pictures share don't count.
    /// Its tensors are `name.mean` F32 `[in]`, `name.weight` I8 `[out, in]` and `name.scale` F32 `[out]`.
    Whitening {
        name: String,
        input: String,
        output: String,
    },
}

/// A convolution with everything that follows it fused:
/// `y = clamp(round_ties_even(acc as f32 * multiplier[c] + residual as f32 * residual.scale), 0, 127)`,
/// where `acc` is the `i32` sum with its bias (-127 instead of 0 where `signed`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConvSpec {
    /// Also the prefix of its tensors.
    pub name: String,
    /// The name of the activation it reads; the first operator reads `pixels`.
    pub input: String,
    /// The name of the activation it makes.
    pub output: String,
    /// Height and width of the kernel.
    pub kernel: [usize; 2],
    pub stride: usize,
    /// On all four sides.
    pub padding: usize,
    /// The value of each input channel outside the picture: zero for activations, the mean colour for pixels.
    pub pad_value: Vec<u8>,
    /// 1, or as many as there are channels (a depthwise convolution): each output then reads the one channel of its number,
    /// and its weights are `[out, kh, kw, 1]`.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub groups: usize,
    /// An activation of the output's shape that is added before rounding.
    pub residual: Option<Residual>,
    /// No ReLU follows (the 1×1 shortcut of a ResNet, the narrow end of a MobileNetV2 block): the output is `i8`, clamped to
    /// -127..=127 instead of 0..=127. It may only be read by convolutions.
    pub signed: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Residual {
    pub from: String,
    pub scale: f32,
}

fn one() -> usize {
    1
}

fn is_one(groups: &usize) -> bool {
    *groups == 1
}
