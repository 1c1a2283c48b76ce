//! A state dictionary with torchvision's names → the ONNX graph of the network that has these names.
//!
//! The names and shapes tell the network: ResNet (18, 34 with basic blocks; 50, 101, 152 with bottlenecks), VGG (with or
//! without batch-norm) or MobileNetV2. Only what no tensor tells, the strides, is written down here, as in torchvision.

use safetensors::{Dtype, SafeTensors};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto,
    ValueInfoProto, attribute_proto, tensor_proto, tensor_shape_proto, type_proto,
};

use super::ImportError;

/// What torchvision's networks expect.
const SIDE: i64 = 224;

/// The version of ONNX's operators that the graph is written in.
const OPSET: i64 = 13;

/// The strides of MobileNetV2's blocks, `features.1` to `features.17`.
const MOBILENET_STRIDES: [i64; 17] = [1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1];

/// Reads a safetensors file and writes its network down.
pub fn graph(file: &[u8]) -> Result<ModelProto, ImportError> {
    let tensors = SafeTensors::deserialize(file).map_err(|error| ImportError::NotTorchvision(error.to_string()))?;
    let mut sketch = Sketch { tensors, graph: GraphProto::default() };
    let has = |name: &str| sketch.tensors.tensor(name).is_ok();
    let embedding = if has("layer1.0.conv1.weight") {
        sketch.resnet()?
    } else if has("features.0.0.weight") {
        sketch.mobilenet()?
    } else if has("features.0.weight") && !has("features.0.conv.weight") {
        sketch.vgg()?
    } else {
        let mut names = sketch.tensors.names();
        names.sort_unstable();
        let some = names.into_iter().take(3).collect::<Vec<_>>().join(", ");
        let reason = format!("got {some}…, expected torchvision's names of a ResNet, VGG or MobileNetV2");
        return Err(ImportError::NotTorchvision(reason));
    };
    Ok(sketch.finish(&embedding))
}

/// A graph that grows node by node. Every function returns the name of the tensor it made.
struct Sketch<'a> {
    tensors: SafeTensors<'a>,
    graph: GraphProto,
}

impl Sketch<'_> {
    fn resnet(&mut self) -> Result<String, ImportError> {
        let stem = self.conv("conv1", "input", 2, 1)?;
        let stem = self.batch_norm("bn1", &stem)?;
        let stem = self.node("Relu", "relu", &[&stem], vec![]);
        let mut last = self.max_pool("maxpool", &stem, 3, 2, 1);
        for layer in 1..=4 {
            for block in 0.. {
                let name = format!("layer{layer}.{block}");
                if !self.has(&format!("{name}.conv1")) {
                    break;
                }
                last = self.block(&name, &last, if layer > 1 && block == 0 { 2 } else { 1 })?;
            }
        }
        Ok(self.average(&last))
    }

    /// Two 3×3 convolutions, or 1×1, 3×3 and 1×1; the stride is that of the first 3×3.
    fn block(&mut self, name: &str, input: &str, stride: i64) -> Result<String, ImportError> {
        let bottleneck = self.has(&format!("{name}.conv3"));
        let convs = if bottleneck { 3 } else { 2 };
        let mut last = input.to_string();
        for number in 1..=convs {
            let strided = number == convs - 1;
            last = self.conv(&format!("{name}.conv{number}"), &last, if strided { stride } else { 1 }, 1)?;
            last = self.batch_norm(&format!("{name}.bn{number}"), &last)?;
            if number < convs {
                last = self.node("Relu", &format!("{name}.relu{number}"), &[&last], vec![]);
            }
        }
        let mut shortcut = input.to_string();
        if self.has(&format!("{name}.downsample.0")) {
            shortcut = self.conv(&format!("{name}.downsample.0"), input, stride, 1)?;
            shortcut = self.batch_norm(&format!("{name}.downsample.1"), &shortcut)?;
        }
        let sum = self.node("Add", &format!("{name}.add"), &[&last, &shortcut], vec![]);
        Ok(self.node("Relu", &format!("{name}.relu"), &[&sum], vec![]))
    }

    /// Convolutions are numbered together with what follows them; where a number is left out, there is a pool.
    fn vgg(&mut self) -> Result<String, ImportError> {
        let mut last = "input".to_string();
        let mut number = 0;
        while self.has(&format!("features.{number}")) {
            last = self.conv(&format!("features.{number}"), &last, 1, 1)?;
            number += 1;
            if self.tensors.tensor(&format!("features.{number}.running_mean")).is_ok() {
                last = self.batch_norm(&format!("features.{number}"), &last)?;
                number += 1;
            }
            last = self.node("Relu", &format!("features.{number}"), &[&last], vec![]);
            number += 1;
            if !self.has(&format!("features.{number}")) {
                last = self.max_pool(&format!("features.{number}"), &last, 2, 2, 0);
                number += 1;
            }
        }
        if !self.has("classifier.0") {
            return Ok(self.average(&last));
        }
        last = self.node("Flatten", "flatten", &[&last], vec![]);
        for number in [0, 3, 6] {
            let name = format!("classifier.{number}");
            if !self.has(&name) {
                break;
            }
            last = self.linear(&name, &last)?;
            if number < 6 {
                last = self.node("Relu", &format!("{name}.relu"), &[&last], vec![]);
            }
        }
        Ok(last)
    }

    fn mobilenet(&mut self) -> Result<String, ImportError> {
        let mut last = self.conv_bn_relu6("features.0", "input", 2)?;
        for (block, stride) in (1..).zip(MOBILENET_STRIDES) {
            let name = format!("features.{block}.conv");
            // The first block does not widen.
            let widens = self.has(&format!("{name}.1.0"));
            let input = last.clone();
            let mut number = 0;
            if widens {
                last = self.conv_bn_relu6(&format!("{name}.0"), &last, 1)?;
                number = 1;
            }
            last = self.conv_bn_relu6(&format!("{name}.{number}"), &last, stride)?;
            last = self.conv(&format!("{name}.{}", number + 1), &last, 1, 1)?;
            last = self.batch_norm(&format!("{name}.{}", number + 2), &last)?;
            let narrow = self.shape(&format!("{name}.{}.weight", number + 1))?[0];
            if widens && stride == 1 && narrow == self.shape(&format!("{name}.0.0.weight"))?[1] {
                last = self.node("Add", &format!("{name}.add"), &[&input, &last], vec![]);
            }
        }
        last = self.conv_bn_relu6("features.18", &last, 1)?;
        Ok(self.average(&last))
    }

    fn conv_bn_relu6(&mut self, name: &str, input: &str, stride: i64) -> Result<String, ImportError> {
        let shape = self.shape(&format!("{name}.0.weight"))?;
        // With one input channel for each output it is depthwise; pixels have three.
        let groups = if shape[1] == 1 { shape[0] } else { 1 };
        let last = self.conv(&format!("{name}.0"), input, stride, groups)?;
        let last = self.batch_norm(&format!("{name}.1"), &last)?;
        let [lowest, highest] = [("lowest", 0.0), ("highest", 6.0)].map(|(bound, value)| {
            let name = format!("{name}.{bound}");
            self.graph.initializer.push(tensor(&name, vec![], vec![value]));
            name
        });
        Ok(self.node("Clip", &format!("{name}.relu6"), &[&last, &lowest, &highest], vec![]))
    }

    /// Half as much padding as the window is wide, as everywhere in these networks.
    fn conv(&mut self, name: &str, input: &str, stride: i64, groups: i64) -> Result<String, ImportError> {
        let weight = self.weight(&format!("{name}.weight"), 4)?;
        let side = self.shape(&weight)?[2];
        let mut inputs = vec![input.to_string(), weight];
        let bias = format!("{name}.bias");
        if self.tensors.tensor(&bias).is_ok() {
            inputs.push(self.weight(&bias, 1)?);
        }
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let attributes = vec![
            ints("kernel_shape", &[side; 2]),
            ints("strides", &[stride; 2]),
            ints("pads", &[side / 2; 4]),
            int("group", groups),
        ];
        Ok(self.node("Conv", name, &inputs, attributes))
    }

    fn batch_norm(&mut self, name: &str, input: &str) -> Result<String, ImportError> {
        let mut inputs = vec![input.to_string()];
        for parameter in ["weight", "bias", "running_mean", "running_var"] {
            inputs.push(self.weight(&format!("{name}.{parameter}"), 1)?);
        }
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        Ok(self.node("BatchNormalization", name, &inputs, vec![]))
    }

    fn linear(&mut self, name: &str, input: &str) -> Result<String, ImportError> {
        let weight = self.weight(&format!("{name}.weight"), 2)?;
        let bias = self.weight(&format!("{name}.bias"), 1)?;
        Ok(self.node("Gemm", name, &[input, &weight, &bias], vec![int("transB", 1)]))
    }

    fn max_pool(&mut self, name: &str, input: &str, side: i64, stride: i64, padding: i64) -> String {
        let sizes = vec![ints("kernel_shape", &[side; 2]), ints("strides", &[stride; 2]), ints("pads", &[padding; 4])];
        self.node("MaxPool", name, &[input], sizes)
    }

    fn average(&mut self, input: &str) -> String {
        let mean = self.node("GlobalAveragePool", "avgpool", &[input], vec![]);
        self.node("Flatten", "flatten", &[&mean], vec![])
    }

    fn node(&mut self, op: &str, name: &str, inputs: &[&str], attribute: Vec<AttributeProto>) -> String {
        let output = format!("{name}.out");
        self.graph.node.push(NodeProto {
            op_type: op.into(),
            name: name.into(),
            input: inputs.iter().map(|input| input.to_string()).collect(),
            output: vec![output.clone()],
            attribute,
            ..Default::default()
        });
        output
    }

    /// Whether there is a layer with this name and weights of more than one dimension.
    fn has(&self, layer: &str) -> bool {
        self.tensors.tensor(&format!("{layer}.weight")).is_ok_and(|weight| weight.shape().len() > 1)
    }

    fn shape(&self, name: &str) -> Result<Vec<i64>, ImportError> {
        let tensor =
            self.tensors.tensor(name).map_err(|_| ImportError::NotTorchvision(format!("{name} is missing")))?;
        Ok(tensor.shape().iter().map(|&size| size as i64).collect())
    }

    /// Takes a tensor over into the graph, once; returns its name.
    fn weight(&mut self, name: &str, dimensions: usize) -> Result<String, ImportError> {
        let wrong = |what: String| ImportError::NotTorchvision(format!("{name} {what}"));
        let found = self.tensors.tensor(name).map_err(|_| wrong("is missing".into()))?;
        if found.shape().len() != dimensions {
            return Err(wrong(format!("has the shape {:?}, expected {dimensions} dimensions", found.shape())));
        }
        let bytes = found.data();
        let values = match found.dtype() {
            Dtype::F32 => bytes.as_chunks().0.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect(),
            Dtype::F16 => bytes.as_chunks().0.iter().map(|chunk| half::f16::from_le_bytes(*chunk).to_f32()).collect(),
            Dtype::BF16 => bytes.as_chunks().0.iter().map(|chunk| half::bf16::from_le_bytes(*chunk).to_f32()).collect(),
            other => return Err(wrong(format!("is of type {other:?}, expected F32, F16 or BF16"))),
        };
        let dims = found.shape().iter().map(|&size| size as i64).collect();
        self.graph.initializer.push(tensor(name, dims, values));
        Ok(name.to_string())
    }

    fn finish(mut self, embedding: &str) -> ModelProto {
        self.graph.input.push(value("input", &[1, 3, SIDE, SIDE]));
        self.graph.output.push(value(embedding, &[]));
        let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: OPSET }];
        ModelProto { ir_version: 8, opset_import, graph: Some(self.graph), ..Default::default() }
    }
}

fn tensor(name: &str, dims: Vec<i64>, float_data: Vec<f32>) -> TensorProto {
    let data_type = tensor_proto::DataType::Float as i32;
    TensorProto { name: name.into(), dims, data_type, float_data, ..Default::default() }
}

fn value(name: &str, dims: &[i64]) -> ValueInfoProto {
    let dim = dims.iter().map(|&size| tensor_shape_proto::Dimension {
        value: Some(tensor_shape_proto::dimension::Value::DimValue(size)),
        ..Default::default()
    });
    let shape = (!dims.is_empty()).then(|| TensorShapeProto { dim: dim.collect() });
    let tensor = type_proto::Tensor { elem_type: tensor_proto::DataType::Float as i32, shape };
    let r#type = Some(TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..Default::default() });
    ValueInfoProto { name: name.into(), r#type, ..Default::default() }
}

fn ints(name: &str, values: &[i64]) -> AttributeProto {
    let r#type = attribute_proto::AttributeType::Ints as i32;
    AttributeProto { name: name.into(), r#type, ints: values.to_vec(), ..Default::default() }
}

fn int(name: &str, value: i64) -> AttributeProto {
    let r#type = attribute_proto::AttributeType::Int as i32;
    AttributeProto { name: name.into(), r#type, i: value, ..Default::default() }
}
