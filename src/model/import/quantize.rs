//! The fused `f32` operators → integer weights, and the weights file.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, TensorView, serialize};

use super::calibrate::LEVELS;
use super::{FloatConv, FloatNet, FloatOp, IMAGENET_DEVIATION, IMAGENET_MEAN, ImportError};
use crate::model::spec::{ConvSpec, FORMAT_VERSION, METADATA_KEY, ModelSpec, Op, Residual};

/// What the network's input is called in a weights file.
const PIXELS: &str = "pixels";

/// Quantizes every convolution and writes the weights file; `scales` says what a step of each activation is worth.
pub fn write(net: &FloatNet, name: &str, scales: &HashMap<String, f32>) -> Result<Vec<u8>, ImportError> {
    let mut names = Names::new(net, scales);
    let mut ops = Vec::new();
    let mut convs = Vec::new();
    let mut dim = 0;
    for op in &net.ops {
        ops.push(match op {
            FloatOp::Conv(conv) => {
                let output = names.scale(&conv.output)?;
                let residual = match &conv.residual {
                    Some(from) => Some(Residual { from: names.name(from), scale: names.scale(from)? / output }),
                    None => None,
                };
                let first = conv.input == net.pixels;
                let integer = IntegerConv::new(conv, (!first).then(|| names.scale(&conv.input)).transpose()?, output)?;
                dim = conv.shape[0];
                convs.push(integer);
                Op::Conv(ConvSpec {
                    name: conv.name.clone(),
                    input: names.name(&conv.input),
                    output: names.name(&conv.output),
                    kernel: [conv.shape[2], conv.shape[3]],
                    stride: conv.stride,
                    padding: conv.padding,
                    pad_value: if first { mean_pixel().to_vec() } else { vec![0; conv.shape[1] * conv.groups] },
                    groups: conv.groups,
                    residual,
                    signed: !conv.relu,
                })
            }
            FloatOp::MaxPool { input, output, kernel, stride, padding } => {
                names.same_scale(input, output)?;
                let (input, output) = (names.name(input), names.name(output));
                Op::MaxPool { input, output, kernel: *kernel, stride: *stride, padding: *padding }
            }
            FloatOp::GlobalAveragePool { input, output } => {
                let scale = names.scale(input)?;
                Op::GlobalAveragePool { input: names.name(input), output: names.name(output), scale }
            }
        });
    }
    let spec = ModelSpec {
        format_version: FORMAT_VERSION,
        name: name.into(),
        preprocessing: format!("squash-{}", net.input[0]),
        input: net.input,
        dim,
        ops,
    };
    serialized(&spec, &convs)
}

fn serialized(spec: &ModelSpec, convs: &[IntegerConv]) -> Result<Vec<u8>, ImportError> {
    let failed = |error: String| ImportError::Write(error);
    let mut tensors = Vec::new();
    for conv in convs {
        let views = [
            ("weight", TensorView::new(Dtype::I8, conv.shape.to_vec(), &conv.weight)),
            ("bias", TensorView::new(Dtype::I32, vec![conv.shape[0]], &conv.bias)),
            ("multiplier", TensorView::new(Dtype::F32, vec![conv.shape[0]], &conv.multiplier)),
        ];
        for (part, view) in views {
            tensors.push((format!("{}.{part}", conv.name), view.map_err(|error| failed(error.to_string()))?));
        }
    }
    let spec = serde_json::to_string(spec).map_err(|error| failed(error.to_string()))?;
    let metadata = [(METADATA_KEY.to_string(), spec)].into_iter().collect();
    serialize(tensors, Some(metadata)).map_err(|error| failed(error.to_string()))
}

/// ImageNet's mean colour as a pixel, which is zero after normalization: the value outside the picture.
fn mean_pixel() -> [u8; 3] {
    IMAGENET_MEAN.map(|mean| (mean * 255.0).round() as u8)
}

/// Short names for activations, and what a step of each is worth.
struct Names {
    short: HashMap<String, String>,
    scales: HashMap<String, f32>,
}

impl Names {
    fn new(net: &FloatNet, scales: &HashMap<String, f32>) -> Names {
        let mut short = HashMap::from([(net.pixels.clone(), PIXELS.to_string())]);
        for op in &net.ops {
            match op {
                FloatOp::Conv(FloatConv { name, output, .. }) => short.insert(output.clone(), format!("{name}.out")),
                FloatOp::MaxPool { output, .. } => short.insert(output.clone(), format!("pool{}", short.len())),
                FloatOp::GlobalAveragePool { output, .. } => short.insert(output.clone(), "embedding".into()),
            };
        }
        Names { short, scales: scales.clone() }
    }

    fn name(&self, tensor: &str) -> String {
        self.short.get(tensor).map_or_else(|| tensor.to_string(), String::clone)
    }

    fn scale(&self, tensor: &str) -> Result<f32, ImportError> {
        let unknown = || ImportError::Run(format!("the tensor {tensor} was not calibrated"));
        self.scales.get(tensor).copied().ok_or_else(unknown)
    }

    fn same_scale(&mut self, from: &str, to: &str) -> Result<(), ImportError> {
        let scale = self.scale(from)?;
        self.scales.insert(to.to_string(), scale);
        Ok(())
    }
}

/// One convolution's tensors as little-endian bytes.
struct IntegerConv {
    name: String,
    /// `[out, kh, kw, in]`
    shape: [usize; 4],
    weight: Vec<u8>,
    bias: Vec<u8>,
    multiplier: Vec<u8>,
}

impl IntegerConv {
    /// `input` is the scale of the input, `None` for the first layer, which reads pixels: there the normalization
    /// `(pixel / 255 - mean) / deviation` is folded into the weights and the bias.
    fn new(conv: &FloatConv, input: Option<f32>, output: f32) -> Result<IntegerConv, ImportError> {
        let [out, channels, kh, kw] = conv.shape;
        if input.is_none() && (channels != 3 || conv.groups != 1) {
            return Err(ImportError::Unsupported {
                op: "Conv".into(),
                node: conv.name.clone(),
                why: "it reads the pixels, but not all three channels of them".into(),
            });
        }
        let (mut weight, mut bias, mut multiplier) = (Vec::new(), Vec::new(), Vec::new());
        let mut rows = Vec::with_capacity(conv.weight.len());
        for c in 0..out {
            let mut offset = 0.0;
            let start = rows.len();
            for y in 0..kh {
                for x in 0..kw {
                    for i in 0..channels {
                        let w = conv.weight[((c * channels + i) * kh + y) * kw + x];
                        rows.push(match input {
                            Some(_) => w,
                            None => {
                                offset -= f64::from(w) * f64::from(IMAGENET_MEAN[i]) / f64::from(IMAGENET_DEVIATION[i]);
                                w / (255.0 * IMAGENET_DEVIATION[i])
                            }
                        });
                    }
                }
            }
            let row = &rows[start..];
            let largest = row.iter().fold(0.0f32, |largest, w| largest.max(w.abs()));
            // A channel without weights still has its bias.
            let step = if largest > 0.0 { largest / LEVELS } else { output };
            weight.extend(row.iter().map(|w| (w / step).round() as i8 as u8));
            let unit = f64::from(step) * f64::from(input.unwrap_or(1.0));
            let offset = ((f64::from(conv.bias[c]) + offset) / unit).round();
            // Far outside what can change an output, and far inside i32 together with any sum of products.
            let limit = f64::from(i32::MAX / 2);
            bias.extend((offset.clamp(-limit, limit) as i32).to_le_bytes());
            let factor = (unit / f64::from(output)) as f32;
            if !factor.is_normal() {
                return Err(ImportError::NotFinite {
                    tensor: format!("{} (channel {c})", conv.name),
                    what: "weights outside the range of a 32-bit float",
                });
            }
            multiplier.extend(factor.to_le_bytes());
        }
        Ok(IntegerConv { name: conv.name.clone(), shape: [out, kh, kw, channels], weight, bias, multiplier })
    }
}
