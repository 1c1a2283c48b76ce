//! What can be wrong with a weights file, in words that say what to do.

use super::spec::{FORMAT_VERSION, METADATA_KEY};

/// Why a network could not be loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The container itself does not hold together.
    #[error(
        "the weights file cannot be read as safetensors ({0}): it is cut short, damaged or another kind of file; get it again"
    )]
    NotSafetensors(String),
    /// A safetensors file of somebody else.
    #[error(
        "the weights file has no `{METADATA_KEY}` entry in its metadata, so it does not say which network it holds; convert the network with `private-eye model import`"
    )]
    NoSpecification,
    /// The JSON in the metadata is not a specification.
    #[error(
        "the `{METADATA_KEY}` entry of the weights file cannot be understood ({0}); convert the network again with `private-eye model import`"
    )]
    Specification(String),
    /// Written by a program of another generation.
    #[error(
        "the weights file has format version {got}, expected {FORMAT_VERSION}; use the weights file that belongs to this version of the program"
    )]
    Version {
        /// The version that the file states.
        got: u64,
    },
    /// A way from pictures to pixels that this program does not know.
    #[error(
        "the weights file asks for preprocessing `{got}`, expected `{expected}` for its input; use a newer version of the program or convert the network again"
    )]
    Preprocessing {
        /// What the file asks for.
        got: String,
        /// What its input size would need.
        expected: String,
    },
    /// The list of operators makes no network.
    #[error(
        "operator {position} of the weights file (`{operator}`) does not fit: {problem}; convert the network again with `private-eye model import`"
    )]
    Operator {
        /// Position in the list, from 0.
        position: usize,
        /// The name of its output, or of its tensors.
        operator: String,
        /// What was got and what was expected.
        problem: String,
    },
    /// A tensor is missing, superfluous or of the wrong kind.
    #[error(
        "tensor `{tensor}` of the weights file: got {got}, expected {expected}; convert the network again with `private-eye model import`"
    )]
    Tensor {
        /// The tensor's name.
        tensor: String,
        /// What the file holds.
        got: String,
        /// What the list of operators needs.
        expected: String,
    },
    /// A [`crate::image::Picture`] whose fields contradict each other.
    #[error(
        "a picture of {width}×{height} pixels needs {expected} bytes of RGB, got {got}; build it with `image::decode` or fill `rgb` to match"
    )]
    Picture {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
        /// The length of its `rgb`.
        got: usize,
        /// The length that its size needs.
        expected: u64,
    },
    /// tract refused a network that passed all checks: a bug here, not in the file.
    #[error("the network could not be {doing} ({reason}); please report this with the weights file")]
    Engine {
        /// `built` or `run`.
        doing: &'static str,
        /// tract's own words.
        reason: String,
    },
}
