//! ONNX → a short list of fused operators in floating point.

use std::collections::HashMap;

use tract_onnx::data_resolver::MmapDataResolver;
use tract_onnx::model::ParseResult;
use tract_onnx::pb::{AttributeProto, GraphProto, ModelProto, NodeProto, tensor_shape_proto, type_proto};
use tract_onnx::prelude::{Framework, Tensor, TractError, TractResult};

use super::ImportError;

/// A convolutional network with batch-norm folded and ReLU and residuals fused, as [`crate::model::spec::ModelSpec`]
/// wants it, still in `f32`.
#[derive(Debug, Clone, PartialEq)]
pub struct FloatNet {
    /// Name of the input tensor.
    pub pixels: String,
    /// Width and height.
    pub input: [u32; 2],
    pub ops: Vec<FloatOp>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum FloatOp {
    Conv(FloatConv),
    MaxPool { input: String, output: String, kernel: usize, stride: usize, padding: usize },
    GlobalAveragePool { input: String, output: String },
}

/// A convolution and what follows it. Tensors are called by their ONNX names.
#[derive(Debug, Clone, PartialEq)]
pub struct FloatConv {
    pub name: String,
    pub input: String,
    pub output: String,
    /// `[out, in, kh, kw]`, row-major.
    pub weight: Vec<f32>,
    pub shape: [usize; 4],
    /// One per output channel.
    pub bias: Vec<f32>,
    pub stride: usize,
    pub padding: usize,
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

/// Turns a network into our operators and into tract's graph, whose tensors have the same names.
pub fn parse(proto: &ModelProto) -> Result<(FloatNet, ParseResult), ImportError> {
    let graph = proto.graph.as_ref().ok_or_else(|| ImportError::NotOnnx("it holds no graph".into()))?;
    let weights = weights(graph).map_err(not_onnx)?;
    let (pixels, input) = input(graph, &weights)?;
    let mut fuser =
        Fuser { weights, net: FloatNet { pixels: pixels.clone(), input, ops: Vec::new() }, alias: HashMap::new() };
    for node in &graph.node {
        fuser.node(node)?;
    }
    let net = fuser.finish()?;
    let traced = tract_onnx::onnx().with_ignore_value_info(true).parse(proto, None).map_err(not_onnx)?;
    Ok((net, traced))
}

fn weights(graph: &GraphProto) -> TractResult<HashMap<String, Tensor>> {
    let load = |proto| tract_onnx::tensor::load_tensor(&MmapDataResolver, proto, None);
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

/// Walks the nodes in order and grows the list of fused operators.
struct Fuser {
    weights: HashMap<String, Tensor>,
    net: FloatNet,
    /// Tensors that are another by a different name (Identity, Flatten).
    alias: HashMap<String, String>,
}

impl Fuser {
    fn node(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        match node.op_type.as_str() {
            "Conv" => self.conv(node),
            "BatchNormalization" => self.batch_norm(node),
            "Relu" => self.relu(node),
            "Add" => self.add(node),
            "MaxPool" => self.max_pool(node),
            "GlobalAveragePool" => {
                let op = FloatOp::GlobalAveragePool { input: self.tensor(node, 0)?, output: output(node)? };
                self.net.ops.push(op);
                Ok(())
            }
            "Flatten" | "Identity" => {
                let (from, to) = (self.tensor(node, 0)?, output(node)?);
                // torch's exporter shares equal weights through Identity nodes.
                if let Some(weight) = self.weights.get(&from).cloned() {
                    self.weights.insert(to, weight);
                } else {
                    self.alias.insert(to, from);
                }
                Ok(())
            }
            _ => Err(unsupported(node, "there is no integer form of it")),
        }
    }

    fn conv(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let input = self.tensor(node, 0)?;
        let (weight, shape) = self.weight(node, 1)?;
        let &[out, channels, kh, kw] = &shape[..] else {
            return Err(unsupported(node, "it is not two-dimensional"));
        };
        let bias = if node.input.len() > 2 { self.weight(node, 2)?.0 } else { vec![0.0; out] };
        if ints(node, "group").first().is_some_and(|&group| group != 1) {
            return Err(unsupported(node, "it is grouped"));
        }
        if ints(node, "dilations").iter().any(|&dilation| dilation != 1) {
            return Err(unsupported(node, "it is dilated"));
        }
        let (stride, padding) = window(node)?;
        if bias.len() != out {
            return Err(unsupported(node, "its bias does not match its output channels"));
        }
        let name = node.input[1].trim_end_matches(".weight").to_string();
        let name = if self.convs().any(|conv| conv.name == name) { output(node)? } else { name };
        self.net.ops.push(FloatOp::Conv(FloatConv {
            name,
            input,
            output: output(node)?,
            weight,
            shape: [out, channels, kh, kw],
            bias,
            stride,
            padding,
            residual: None,
            relu: false,
        }));
        Ok(())
    }

    /// `y = (x - mean) / sqrt(variance + epsilon) * gamma + beta`, folded into the convolution before it.
    fn batch_norm(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let input = self.tensor(node, 0)?;
        let mut parameters = Vec::new();
        for index in 1..=4 {
            parameters.push(self.weight(node, index)?.0);
        }
        let epsilon = attribute(node, "epsilon").map_or(1e-5, |a| a.f);
        let output = output(node)?;
        let conv = self.open_conv(&input).ok_or_else(|| unsupported(node, "it does not follow a convolution"))?;
        let [gamma, beta, mean, variance] = &parameters[..] else { unreachable!("four were pushed") };
        if [gamma, beta, mean, variance].iter().any(|p| p.len() != conv.shape[0]) {
            return Err(unsupported(node, "its parameters do not match the convolution's output channels"));
        }
        let taps = conv.weight.len() / conv.shape[0].max(1);
        for c in 0..conv.shape[0] {
            let factor = gamma[c] / (variance[c] + epsilon).sqrt();
            conv.weight[c * taps..(c + 1) * taps].iter_mut().for_each(|w| *w *= factor);
            conv.bias[c] = (conv.bias[c] - mean[c]) * factor + beta[c];
        }
        conv.output = output;
        Ok(())
    }

    fn relu(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let (input, output) = (self.tensor(node, 0)?, output(node)?);
        let conv = self.open_conv(&input).ok_or_else(|| unsupported(node, "it does not follow a convolution"))?;
        conv.relu = true;
        conv.output = output;
        Ok(())
    }

    /// A residual connection: the later of the two convolutions takes the other tensor in.
    fn add(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let (a, b, output) = (self.tensor(node, 0)?, self.tensor(node, 1)?, output(node)?);
        let position = |tensor: &String| {
            self.net.ops.iter().position(|op| {
                matches!(op, FloatOp::Conv(conv) if &conv.output == tensor && !conv.relu && conv.residual.is_none())
            })
        };
        let (position, residual) = match (position(&a), position(&b)) {
            // Whichever of two open convolutions comes first is kept as the shortcut.
            (Some(of_a), Some(of_b)) if of_a > of_b => (of_a, b),
            (_, Some(of_b)) => (of_b, a),
            (Some(of_a), None) => (of_a, b),
            (None, None) => return Err(unsupported(node, "neither side is a convolution without ReLU")),
        };
        // The convolution that adds must run after its residual has been made.
        let FloatOp::Conv(mut conv) = self.net.ops.remove(position) else {
            unreachable!("position finds convolutions")
        };
        conv.residual = Some(residual);
        conv.output = output;
        self.net.ops.push(FloatOp::Conv(conv));
        Ok(())
    }

    fn max_pool(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let kernel = ints(node, "kernel_shape");
        let &[kernel, other] = &kernel[..] else { return Err(unsupported(node, "it is not two-dimensional")) };
        if kernel != other || kernel < 1 || ints(node, "ceil_mode").first().is_some_and(|&ceil| ceil != 0) {
            return Err(unsupported(node, "only square windows, rounded down, are supported"));
        }
        let (stride, padding) = window(node)?;
        let (input, output) = (self.tensor(node, 0)?, output(node)?);
        self.net.ops.push(FloatOp::MaxPool { input, output, kernel: kernel as usize, stride, padding });
        Ok(())
    }

    fn finish(self) -> Result<FloatNet, ImportError> {
        match self.net.ops.last() {
            Some(FloatOp::GlobalAveragePool { .. }) => {}
            _ => {
                return Err(ImportError::Unsupported {
                    op: "the last one".into(),
                    node: "output".into(),
                    why: "the network must end in GlobalAveragePool; export it without its classifier".into(),
                });
            }
        }
        for conv in self.convs() {
            for (what, values) in [("weight", &conv.weight), ("bias", &conv.bias)] {
                if values.iter().any(|value| !value.is_finite()) {
                    let tensor = format!("{}.{what}", conv.name);
                    return Err(ImportError::NotFinite { tensor, what: "NaN or infinity" });
                }
            }
        }
        Ok(self.net)
    }

    fn convs(&self) -> impl Iterator<Item = &FloatConv> {
        self.net.ops.iter().filter_map(|op| match op {
            FloatOp::Conv(conv) => Some(conv),
            _ => None,
        })
    }

    /// The convolution that makes `tensor`, if nothing nonlinear has been fused into it yet.
    fn open_conv(&mut self, tensor: &str) -> Option<&mut FloatConv> {
        self.net.ops.iter_mut().find_map(|op| match op {
            FloatOp::Conv(conv) if conv.output == tensor && !conv.relu => Some(conv),
            _ => None,
        })
    }

    fn tensor(&self, node: &NodeProto, index: usize) -> Result<String, ImportError> {
        let name = node.input.get(index).ok_or_else(|| unsupported(node, "an input is missing"))?;
        Ok(self.alias.get(name).unwrap_or(name).clone())
    }

    fn weight(&self, node: &NodeProto, index: usize) -> Result<(Vec<f32>, Vec<usize>), ImportError> {
        let name = self.tensor(node, index)?;
        let tensor = self.weights.get(&name).ok_or_else(|| unsupported(node, "its weights are not in the file"))?;
        let values = tensor.to_plain_array_view::<f32>().map_err(|_| unsupported(node, "its weights are not f32"))?;
        Ok((values.iter().copied().collect(), tensor.shape().to_vec()))
    }
}

fn output(node: &NodeProto) -> Result<String, ImportError> {
    node.output.first().cloned().ok_or_else(|| unsupported(node, "it has no output"))
}

fn unsupported(node: &NodeProto, why: &str) -> ImportError {
    let name = if node.name.is_empty() { node.output.first().cloned().unwrap_or_default() } else { node.name.clone() };
    ImportError::Unsupported { op: node.op_type.clone(), node: name, why: why.into() }
}

fn attribute<'a>(node: &'a NodeProto, name: &str) -> Option<&'a AttributeProto> {
    node.attribute.iter().find(|attribute| attribute.name == name)
}

/// An attribute that is one integer or a list of them; empty where it is missing.
fn ints(node: &NodeProto, name: &str) -> Vec<i64> {
    match attribute(node, name) {
        Some(attribute) if !attribute.ints.is_empty() => attribute.ints.clone(),
        Some(attribute) => vec![attribute.i],
        None => Vec::new(),
    }
}

/// Stride and padding, equal in both directions and on all sides.
fn window(node: &NodeProto) -> Result<(usize, usize), ImportError> {
    let equal = |values: Vec<i64>, default: usize| match values.first() {
        None => Some(default),
        Some(&first) if values.iter().all(|&value| value == first) => usize::try_from(first).ok(),
        Some(_) => None,
    };
    let stride = equal(ints(node, "strides"), 1).filter(|&stride| stride > 0);
    let padding = equal(ints(node, "pads"), 0);
    match (stride, padding) {
        (Some(stride), Some(padding)) => Ok((stride, padding)),
        _ => Err(unsupported(node, "only equal strides and equal padding on all sides are supported")),
    }
}
