//! Walks over the nodes of an ONNX graph and grows the list of fused operators.

use std::collections::{HashMap, HashSet};

use tract_onnx::pb::NodeProto;
use tract_onnx::prelude::Tensor;

use super::float::{FloatConv, FloatNet, FloatOp};
use super::node::{attribute, float, ints, output, unsupported, window};
use super::{EMBEDDING, ImportError};

pub struct Fuser {
    /// Everything that is known before a picture is seen.
    weights: HashMap<String, Tensor>,
    pixels: String,
    input: [u32; 2],
    ops: Vec<FloatOp>,
    /// Tensors that are another by a different name (Identity, Flatten).
    alias: HashMap<String, String>,
    /// Names of the convolutions that stand for fully connected layers.
    linear: HashSet<String>,
    /// The output of the classifier behind the pooled features, which is left out.
    classes: Option<String>,
}

impl Fuser {
    pub fn new(weights: HashMap<String, Tensor>, pixels: String, input: [u32; 2]) -> Fuser {
        let (alias, linear) = (HashMap::new(), HashSet::new());
        Fuser { weights, pixels, input, ops: Vec::new(), alias, linear, classes: None }
    }

    pub fn fuse(mut self, nodes: &[NodeProto]) -> Result<FloatNet, ImportError> {
        for node in nodes {
            self.node(node)?;
        }
        self.finish()
    }

    fn node(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        match node.op_type.as_str() {
            "Conv" => self.conv(node),
            "Gemm" => self.gemm(node),
            "BatchNormalization" => self.batch_norm(node),
            "Relu" => self.relu(node),
            "Clip" => self.clip(node),
            "Add" => self.add(node),
            "MaxPool" => self.max_pool(node),
            "AveragePool" => self.average_pool(node),
            "GlobalAveragePool" => self.global_average_pool(node),
            "ReduceMean" => self.reduce_mean(node),
            "Reshape" => self.reshape(node),
            "Constant" => self.constant(node),
            "Flatten" | "Identity" | "Dropout" => self.same(node),
            _ => Err(unsupported(node, "there is no integer form of it")),
        }
    }

    fn constant(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let proto = attribute(node, "value").and_then(|value| value.t.as_ref());
        let proto = proto.ok_or_else(|| unsupported(node, "its value is no tensor"))?;
        let tensor = tract_onnx::tensor::load_tensor(&tract_onnx::data_resolver::MmapDataResolver, proto, None);
        let tensor = tensor.map_err(|error| unsupported(node, &format!("its value cannot be read: {error}")))?;
        self.weights.insert(output(node)?, tensor);
        Ok(())
    }

    /// A node whose output is its input.
    fn same(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let (from, to) = (self.tensor(node, 0)?, output(node)?);
        // torch's exporter shares equal weights through Identity nodes.
        if let Some(weight) = self.weights.get(&from).cloned() {
            self.weights.insert(to, weight);
        } else {
            self.alias.insert(to, from);
        }
        Ok(())
    }

    /// Only what flattens: to one row of numbers.
    fn reshape(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        match self.integers(node, 1)?[..] {
            [-1..=1, _] => self.same(node),
            ref to => Err(unsupported(node, &format!("it reshapes to {to:?}, expected one row"))),
        }
    }

    fn conv(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let input = self.tensor(node, 0)?;
        let (weight, shape) = self.weight(node, 1)?;
        let &[out, channels, kh, kw] = &shape[..] else {
            return Err(unsupported(node, "it is not two-dimensional"));
        };
        let bias = if node.input.len() > 2 { self.weight(node, 2)?.0 } else { vec![0.0; out] };
        let groups = ints(node, "group").first().map_or(Some(1), |&groups| usize::try_from(groups).ok());
        let Some(groups) = groups.filter(|&groups| groups == 1 || (groups == out && channels == 1)) else {
            return Err(unsupported(node, "it is grouped, but not depthwise"));
        };
        let (stride, padding) = window(node)?;
        if bias.len() != out {
            return Err(unsupported(node, "its bias does not match its output channels"));
        }
        let (name, output) = (self.name(node)?, output(node)?);
        let shape = [out, channels, kh, kw];
        let conv = FloatConv {
            name,
            input,
            output,
            weight,
            shape,
            bias,
            stride,
            padding,
            groups,
            residual: None,
            relu: false,
        };
        self.ops.push(FloatOp::Conv(conv));
        Ok(())
    }

    /// A fully connected layer is a convolution whose window is all of its input. Behind the pooled features it is the
    /// classifier, which is left out.
    fn gemm(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let (input, output) = (self.tensor(node, 0)?, output(node)?);
        if matches!(self.maker(&input), Some(FloatOp::GlobalAveragePool { .. })) {
            self.classes = Some(output);
            return Ok(());
        }
        let (weight, shape) = self.weight(node, 1)?;
        let plain = |name, expected| float(node, name).is_none_or(|value| value == expected);
        let transposed =
            ints(node, "transB").first() == Some(&1) && ints(node, "transA").first().is_none_or(|&a| a == 0);
        let (&[out, length], true) = (&shape[..], transposed && plain("alpha", 1.0) && plain("beta", 1.0)) else {
            return Err(unsupported(node, "only x · Wᵀ + b is supported"));
        };
        let bias = if node.input.len() > 2 { self.weight(node, 2)?.0 } else { vec![0.0; out] };
        let channels = self.channels(&input).filter(|&channels| channels > 0 && length % channels == 0);
        // Row by row, since a flattened tensor runs over its channels slowest, as the weights of a convolution do.
        let side = channels.map(|channels| (length / channels).isqrt());
        let (Some(channels), Some(side)) =
            (channels, side.filter(|side| side * side * channels.unwrap_or(0) == length))
        else {
            return Err(unsupported(node, "its input is not the flattened output of a square layer"));
        };
        if bias.len() != out {
            return Err(unsupported(node, "its bias does not match its outputs"));
        }
        let name = self.name(node)?;
        self.linear.insert(name.clone());
        let shape = [out, channels, side, side];
        let (stride, padding, groups, residual, relu) = (1, 0, 1, None, false);
        let conv = FloatConv { name, input, output, weight, shape, bias, stride, padding, groups, residual, relu };
        self.ops.push(FloatOp::Conv(conv));
        Ok(())
    }

    /// torchvision's name of a layer: that of its weights or, where an exporter renamed them, the path of the node.
    fn name(&self, node: &NodeProto) -> Result<String, ImportError> {
        let weights = node.input.get(1).and_then(|weight| weight.strip_suffix(".weight")).map(str::to_string);
        let name = weights.unwrap_or_else(|| path(&node.name));
        let taken = self.convs().any(|conv| conv.name == name);
        if name.is_empty() || taken { output(node) } else { Ok(name) }
    }

    /// `y = (x - mean) / sqrt(variance + epsilon) * gamma + beta`, folded into the convolution before it.
    fn batch_norm(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let input = self.tensor(node, 0)?;
        let mut parameters = Vec::new();
        for index in 1..=4 {
            parameters.push(self.weight(node, index)?.0);
        }
        let epsilon = float(node, "epsilon").unwrap_or(1e-5);
        let output = output(node)?;
        let conv = self.open_conv(&input).ok_or_else(|| unsupported(node, "it does not follow a convolution"))?;
        if conv.residual.is_some() {
            // Folded into the convolution, it would leave the shortcut as it is.
            return Err(unsupported(node, "it follows a sum, expected a convolution"));
        }
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

    /// A ReLU with an upper bound: activations are calibrated behind it, so none will ever stand for more.
    fn clip(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let bound = |index, name| match node.input.get(index) {
            Some(_) => self.weight(node, index).map(|(values, _)| values.first().copied()),
            None => Ok(float(node, name)),
        };
        match (bound(1, "min")?, bound(2, "max")?) {
            (Some(0.0), Some(highest)) if highest > 0.0 => self.relu(node),
            (lowest, highest) => {
                Err(unsupported(node, &format!("its bounds are {lowest:?} and {highest:?}, expected 0 and more")))
            }
        }
    }

    /// A residual connection: the later of the two convolutions takes the other tensor in.
    fn add(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let (a, b, output) = (self.tensor(node, 0)?, self.tensor(node, 1)?, output(node)?);
        let position = |tensor: &String| {
            self.ops.iter().position(|op| {
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
        let FloatOp::Conv(mut conv) = self.ops.remove(position) else { unreachable!("position finds convolutions") };
        conv.residual = Some(residual);
        conv.output = output;
        self.ops.push(FloatOp::Conv(conv));
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
        self.ops.push(FloatOp::MaxPool { input, output, kernel: kernel as usize, stride, padding });
        Ok(())
    }

    /// Only the one that changes nothing, as VGG's at the size it was made for.
    fn average_pool(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        match (&ints(node, "kernel_shape")[..], window(node)?) {
            ([1, 1], (1, 0)) => self.same(node),
            _ => Err(unsupported(node, "only windows of 1×1 are supported")),
        }
    }

    fn global_average_pool(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let op = FloatOp::GlobalAveragePool { input: self.tensor(node, 0)?, output: output(node)? };
        self.ops.push(op);
        Ok(())
    }

    /// The mean over height and width, which newer exporters write for a global average pool.
    fn reduce_mean(&mut self, node: &NodeProto) -> Result<(), ImportError> {
        let mut axes = if node.input.len() > 1 { self.integers(node, 1)? } else { ints(node, "axes") };
        axes.iter_mut().filter(|axis| **axis < 0).for_each(|axis| *axis += 4);
        axes.sort_unstable();
        match axes[..] {
            [2, 3] => self.global_average_pool(node),
            _ => Err(unsupported(node, &format!("it averages over the axes {axes:?}, expected height and width"))),
        }
    }

    fn finish(mut self) -> Result<FloatNet, ImportError> {
        // A fully connected layer at the end names classes; the embedding is what it reads.
        if let Some(FloatOp::Conv(last)) = self.ops.last()
            && self.linear.contains(&last.name)
            && !last.relu
        {
            self.ops.pop();
        }
        let embedding = match self.ops.last() {
            Some(FloatOp::GlobalAveragePool { output, .. }) => output.clone(),
            // One position only, whose mean is itself.
            Some(FloatOp::Conv(last)) if self.linear_side(last) => {
                let embedding = last.output.clone();
                let input = embedding.clone();
                self.ops.push(FloatOp::GlobalAveragePool { input, output: EMBEDDING.into() });
                embedding
            }
            _ => {
                return Err(ImportError::Unsupported {
                    op: "the last one".into(),
                    node: "output".into(),
                    why: "the network must end in an average over all positions or in fully connected layers".into(),
                });
            }
        };
        for conv in self.convs() {
            for (what, values) in [("weight", &conv.weight), ("bias", &conv.bias)] {
                if values.iter().any(|value| !value.is_finite()) {
                    let tensor = format!("{}.{what}", conv.name);
                    return Err(ImportError::NotFinite { tensor, what: "NaN or infinity" });
                }
            }
        }
        Ok(FloatNet { pixels: self.pixels, input: self.input, ops: self.ops, embedding })
    }

    /// Whether a convolution stands for a fully connected layer with a ReLU behind it.
    fn linear_side(&self, conv: &FloatConv) -> bool {
        conv.relu && conv.padding == 0 && self.linear.contains(&conv.name)
    }

    fn convs(&self) -> impl Iterator<Item = &FloatConv> {
        self.ops.iter().filter_map(|op| match op {
            FloatOp::Conv(conv) => Some(conv),
            _ => None,
        })
    }

    fn maker(&self, tensor: &str) -> Option<&FloatOp> {
        self.ops.iter().find(|op| op.output() == tensor)
    }

    /// The channels of a tensor that some operator makes.
    fn channels(&self, tensor: &str) -> Option<usize> {
        match self.maker(tensor)? {
            FloatOp::Conv(conv) => Some(conv.shape[0]),
            FloatOp::MaxPool { input, .. } | FloatOp::GlobalAveragePool { input, .. } => self.channels(input),
        }
    }

    /// The convolution that makes `tensor`, if nothing nonlinear has been fused into it yet.
    fn open_conv(&mut self, tensor: &str) -> Option<&mut FloatConv> {
        self.ops.iter_mut().find_map(|op| match op {
            FloatOp::Conv(conv) if conv.output == tensor && !conv.relu => Some(conv),
            _ => None,
        })
    }

    fn tensor(&self, node: &NodeProto, index: usize) -> Result<String, ImportError> {
        let name = node.input.get(index).ok_or_else(|| unsupported(node, "an input is missing"))?;
        if self.classes.as_ref() == Some(name) {
            return Err(unsupported(node, "it follows the classifier behind the pooled features"));
        }
        Ok(self.alias.get(name).unwrap_or(name).clone())
    }

    fn weight(&self, node: &NodeProto, index: usize) -> Result<(Vec<f32>, Vec<usize>), ImportError> {
        let name = self.tensor(node, index)?;
        let tensor = self.weights.get(&name).ok_or_else(|| unsupported(node, "its weights are not in the file"))?;
        let values = tensor.to_plain_array_view::<f32>().map_err(|_| unsupported(node, "its weights are not f32"))?;
        Ok((values.iter().copied().collect(), tensor.shape().to_vec()))
    }

    fn integers(&self, node: &NodeProto, index: usize) -> Result<Vec<i64>, ImportError> {
        let name = self.tensor(node, index)?;
        let tensor = self.weights.get(&name).ok_or_else(|| unsupported(node, "its shape depends on the picture"))?;
        let values = tensor.to_plain_array_view::<i64>().map_err(|_| unsupported(node, "its shape is not i64"))?;
        Ok(values.iter().copied().collect())
    }
}

/// `/layer1/layer1.0/conv1/Conv` is the operator Conv of `layer1.0.conv1`.
fn path(node: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    let parts: Vec<&str> = node.split('/').filter(|part| !part.is_empty()).collect();
    for part in &parts[..parts.len().saturating_sub(1)] {
        // A module in a list repeats the name of the list.
        names.pop_if(|list| part.strip_prefix(*list).is_some_and(|rest| rest.starts_with('.')));
        names.push(part);
    }
    names.join(".")
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn layers_are_called_as_in_torchvision() {
        assert_eq!(path("/conv1/Conv"), "conv1");
        assert_eq!(path("/layer2/layer2.0/downsample/downsample.0/Conv"), "layer2.0.downsample.0");
        assert_eq!(path("/features/features.1/conv/conv.0/conv.0.0/Conv"), "features.1.conv.0.0");
        assert_eq!(path("Conv_0"), "");
    }
}
