//! ONNX → a short list of fused operators in floating point.

use std::collections::HashMap;
use std::path::Path;

use tract_onnx::data_resolver::MmapDataResolver;
use tract_onnx::model::ParseResult;
use tract_onnx::pb::{GraphProto, ModelProto, tensor_shape_proto, type_proto};
use tract_onnx::prelude::{Framework, Tensor, TractError, TractResult};

use super::ImportError;
use super::fuse::Fuser;

/// A convolutional network with batch-norm folded and ReLU and residuals fused, as [`crate::model::spec::ModelSpec`]
/// wants it, still in `f32`.
#[derive(Debug, Clone, PartialEq)]
pub struct FloatNet {
    /// Name of the input tensor.
    pub pixels: String,
    /// Width and height.
    pub input: [u32; 2],
    pub ops: Vec<FloatOp>,
    /// The tensor of the graph that is the embedding.
    pub embedding: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum FloatOp {
    Conv(FloatConv),
    MaxPool { input: String, output: String, kernel: usize, stride: usize, padding: usize },
    GlobalAveragePool { input: String, output: String },
}

impl FloatOp {
    /// The tensor that it makes.
    pub fn output(&self) -> &str {
        match self {
            FloatOp::Conv(conv) => &conv.output,
            FloatOp::MaxPool { output, .. } | FloatOp::GlobalAveragePool { output, .. } => output,
        }
    }
}

/// A convolution and what follows it. Tensors are called by their ONNX names.
#[derive(Debug, Clone, PartialEq)]
pub struct FloatConv {
    pub name: String,
    pub input: String,
    pub output: String,
    /// `[out, in, kh, kw]`, row-major.
    pub weight: Vec<f32>,
    /// The second number counts the input channels of one group.
    pub shape: [usize; 4],
    /// One per output channel.
    pub bias: Vec<f32>,
    pub stride: usize,
    pub padding: usize,
    /// 1, or as many as there are channels: each output then reads the one channel of its number.
    pub groups: usize,
    pub residual: Option<String>,
    pub relu: bool,
}

/// Reads the bytes of an ONNX file.
pub fn read(onnx: &[u8]) -> Result<ModelProto, ImportError> {
    tract_onnx::onnx().proto_model_for_read(&mut &*onnx).map_err(not_onnx)
}

fn not_onnx(error: TractError) -> ImportError {
    ImportError::NotOnnx(format!("{error:#}"))
}

/// Turns a network into our operators and into tract's graph, whose tensors have the same names. `folder` is where weights
/// lie that are in files of their own.
pub fn parse(proto: &ModelProto, folder: Option<&Path>) -> Result<(FloatNet, ParseResult), ImportError> {
    let graph = proto.graph.as_ref().ok_or_else(|| ImportError::NotOnnx("it holds no graph".into()))?;
    let folder = folder.map(|folder| match folder.to_str() {
        Some("") => Ok("."),
        Some(folder) => Ok(folder),
        None => Err(ImportError::NotOnnx(format!("the folder {} has a name that is no text", folder.display()))),
    });
    let folder = folder.transpose()?;
    let weights = weights(graph, folder).map_err(not_onnx)?;
    let (pixels, input) = input(graph, &weights)?;
    let net = Fuser::new(weights, pixels, input).fuse(&graph.node)?;
    let traced = tract_onnx::onnx().with_ignore_value_info(true).parse(proto, folder).map_err(not_onnx)?;
    Ok((net, traced))
}

fn weights(graph: &GraphProto, folder: Option<&str>) -> TractResult<HashMap<String, Tensor>> {
    let load = |proto| tract_onnx::tensor::load_tensor(&MmapDataResolver, proto, folder);
    graph.initializer.iter().map(|proto| Ok((proto.name.clone(), load(proto)?))).collect()
}
/// The one input that is no weight, and its width and height.
fn input(graph: &GraphProto, weights: &HashMap<String, Tensor>) -> Result<(String, [u32; 2]), ImportError> {
    let mut inputs = graph.input.iter().filter(|input| !weights.contains_key(&input.name));
    let (Some(input), None) = (inputs.next(), inputs.next()) else {
        return Err(ImportError::Input { got: format!("{} tensors", graph.input.len()) });
    };
    let dims: Vec<Option<i64>> = match input.r#type.as_ref().and_then(|t| t.value.as_ref()) {
        Some(type_proto::Value::TensorType(tensor)) => {
            let dims = tensor.shape.iter().flat_map(|shape| &shape.dim);
            dims.map(|dim| match &dim.value {
                Some(tensor_shape_proto::dimension::Value::DimValue(value)) => Some(*value),
                _ => None,
            })
            .collect()
        }
        None => Vec::new(),
    };
    match dims[..] {
        [_, Some(3), Some(height @ 1..=4096), Some(width @ 1..=4096)] => {
            Ok((input.name.clone(), [width as u32, height as u32]))
        }
        _ => Err(ImportError::Input { got: format!("{dims:?}") }),
    }
}
