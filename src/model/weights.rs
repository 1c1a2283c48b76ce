//! A weights file, read and checked: whatever passes here can be run without further doubt.

use std::collections::BTreeMap;

use safetensors::{Dtype, SafeTensors};

use super::error::ModelError;
use super::kernels::{ConvWeights, Shape, WhiteningWeights, Window, values};
use super::spec::{ConvSpec, FORMAT_VERSION, METADATA_KEY, ModelSpec, Op};

/// The name under which the first operator reads the picture.
const PIXELS: &str = "pixels";

/// Multipliers beyond this could make an `f32` overflow, and infinities have no place in the arithmetic.
const LARGEST_MULTIPLIER: f32 = 1e20;

/// What is added to a signed input to make it unsigned: flipping its highest bit does that.
const SIGN: u8 = 128;

/// A network as the file describes it. Every shape fits the next, every tensor its operator.
pub struct Weights<'a> {
    pub spec: ModelSpec,
    /// Height, width, channels of the pixels.
    pub input: Shape,
    pub layers: Vec<Layer<'a>>,
}

/// One operator with what it reads. Value 0 is the pixels, value `i + 1` is what layer `i` makes.
pub struct Layer<'a> {
    pub name: String,
    pub input: usize,
    pub operator: Operator<'a>,
}

pub enum Operator<'a> {
    Conv {
        window: Window,
        weights: ConvWeights<'a>,
        residual: Option<usize>,
        depthwise: bool,
        /// The input is `i8`; bias and padding are those for the input plus 128.
        signed_input: bool,
    },
    MaxPool {
        window: Window,
    },
    GlobalAveragePool {
        channels: usize,
        scale: f32,
    },
    Whitening {
        weights: WhiteningWeights<'a>,
    },
}

/// What is known of a value while the list of operators is followed.
#[derive(Clone, Copy)]
struct Value {
    number: usize,
    shape: Shape,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// `u8`, 0..=255.
    Pixels,
    /// `u8`, 0..=127.
    Activation,
    /// `i8`, -127..=127; only convolutions read it.
    Signed,
    /// `f32`, not negative.
    Embedding,
    /// `f32`; the end.
    Whitened,
}

impl<'a> Weights<'a> {
    /// Reads and checks a weights file.
    pub fn read(bytes: &'a [u8]) -> Result<Weights<'a>, ModelError> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| ModelError::NotSafetensors(e.to_string()))?;
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| ModelError::NotSafetensors(e.to_string()))?;
        let json = header.metadata().as_ref().and_then(|entries| entries.get(METADATA_KEY));
        let spec = specification(json.ok_or(ModelError::NoSpecification)?)?;

        let [width, height] = spec.input;
        let expected = format!("squash-{width}");
        if width != height || spec.preprocessing != expected {
            return Err(ModelError::Preprocessing { got: spec.preprocessing, expected });
        }
        let input = [height as usize, width as usize, 3];
        let mut reader = Reader { tensors, values: BTreeMap::new(), layers: Vec::new() };
        if values(input).is_none() {
            return Err(
                reader.problem(PIXELS, format!("the input is {width}×{height} pixels, expected 1 to 4096 each"))
            );
        }
        reader.values.insert(PIXELS.into(), Value { number: 0, shape: input, kind: Kind::Pixels });
        for op in &spec.ops {
            reader.operator(op)?;
        }
        reader.finish(&spec)?;
        Ok(Weights { layers: reader.layers, input, spec })
    }
}

/// The version is looked at before everything else: a later version may hold what this one cannot even parse.
fn specification(json: &str) -> Result<ModelSpec, ModelError> {
    #[derive(serde::Deserialize)]
    struct Version {
        format_version: u64,
    }
    let version: Version = serde_json::from_str(json).map_err(|e| ModelError::Specification(e.to_string()))?;
    if version.format_version != u64::from(FORMAT_VERSION) {
        return Err(ModelError::Version { got: version.format_version });
    }
    serde_json::from_str(json).map_err(|e| ModelError::Specification(e.to_string()))
}

struct Reader<'a> {
    tensors: SafeTensors<'a>,
    values: BTreeMap<String, Value>,
    layers: Vec<Layer<'a>>,
}

impl<'a> Reader<'a> {
    fn operator(&mut self, op: &Op) -> Result<(), ModelError> {
        match op {
            Op::Conv(spec) => self.conv(spec),
            Op::MaxPool { input, output, kernel, stride, padding } => {
                let value = self.activation(output, input)?;
                let window = Window::new(value.shape, [*kernel; 2], *stride, *padding);
                let window = window.map_err(|problem| self.problem(output, problem))?;
                let [height, width] = window.output();
                let shape = [height, width, value.shape[2]];
                self.push(output, output, value.number, Operator::MaxPool { window }, shape, Kind::Activation)
            }
            Op::GlobalAveragePool { input, output, scale } => {
                let value = self.activation(output, input)?;
                self.multiplier(output, *scale)?;
                let channels = value.shape[2];
                let operator = Operator::GlobalAveragePool { channels, scale: *scale };
                self.push(output, output, value.number, operator, [1, 1, channels], Kind::Embedding)
            }
            Op::Whitening { name, input, output } => {
                let value = self.value(name, input)?;
                if value.kind != Kind::Embedding {
                    return Err(self.problem(name, format!("it reads `{input}`, expected a global_average_pool")));
                }
                let weights = self.whitening_weights(name, value.shape[2])?;
                let shape = [1, 1, weights.scale.len()];
                self.push(name, output, value.number, Operator::Whitening { weights }, shape, Kind::Whitened)
            }
        }
    }

    fn whitening_weights(&self, name: &str, inputs: usize) -> Result<WhiteningWeights<'a>, ModelError> {
        let floats = |part: &str, count: usize| {
            let name = format!("{name}.{part}");
            let numbers: Vec<f32> = words(self.tensor(&name, Dtype::F32, &[count])?).map(f32::from_le_bytes).collect();
            match numbers.iter().find(|number| !is_usable(**number)) {
                Some(got) => {
                    Err(wrong(&name, &got.to_string(), &format!("finite numbers up to {LARGEST_MULTIPLIER:e}")))
                }
                None => Ok(numbers),
            }
        };
        let weight_name = format!("{name}.weight");
        let weight = self.tensors.tensor(&weight_name).map_err(|_| missing(&weight_name, "an I8 tensor"))?;
        let outputs = weight.shape().first().copied().unwrap_or(0);
        let weight = self.tensor(&weight_name, Dtype::I8, &[outputs, inputs])?;
        if outputs == 0 {
            return Err(wrong(&weight_name, "no output", "at least one"));
        }
        Ok(WhiteningWeights { mean: floats("mean", inputs)?, weight, scale: floats("scale", outputs)? })
    }

    fn conv(&mut self, spec: &ConvSpec) -> Result<(), ModelError> {
        let name = &spec.name;
        let input = self.value(name, &spec.input)?;
        let largest: u8 = match input.kind {
            Kind::Pixels => 255,
            Kind::Activation => 127,
            Kind::Signed => 0,
            Kind::Embedding | Kind::Whitened => {
                return Err(self.problem(name, format!("it reads `{}`, expected pixels or activations", spec.input)));
            }
        };
        let signed_input = input.kind == Kind::Signed;
        let window = Window::new(input.shape, spec.kernel, spec.stride, spec.padding);
        let window = window.map_err(|problem| self.problem(name, problem))?;
        let channels = input.shape[2];
        if spec.pad_value.len() != channels || spec.pad_value.iter().any(|value| *value > largest) {
            let problem = format!(
                "got {} padding values up to {}, expected {channels} (one per input channel) up to {largest}",
                spec.pad_value.len(),
                spec.pad_value.iter().max().unwrap_or(&0)
            );
            return Err(self.problem(name, problem));
        }

        let depthwise = spec.groups != 1;
        if depthwise && spec.groups != channels {
            let problem =
                format!("it has {} groups, expected 1 or its number of input channels, {channels}", spec.groups);
            return Err(self.problem(name, problem));
        }
        let mut weights = self.conv_weights(spec, if depthwise { 1 } else { channels }, signed_input, largest)?;
        if signed_input {
            weights.pad_value.fill(SIGN);
        }
        if depthwise && weights.bias.len() != channels {
            let problem = format!("it has {} outputs, expected {channels}, one per group", weights.bias.len());
            return Err(self.problem(name, problem));
        }
        let [height, width] = window.output();
        let shape = [height, width, weights.bias.len()];
        let residual = match &spec.residual {
            None => None,
            Some(residual) => {
                let value = self.value(name, &residual.from)?;
                if value.shape != shape || !matches!(value.kind, Kind::Activation | Kind::Signed) {
                    let problem = format!(
                        "its residual `{}` is {:?}, expected an activation like its output, {shape:?}",
                        residual.from, value.shape
                    );
                    return Err(self.problem(name, problem));
                }
                self.multiplier(name, residual.scale)?;
                Some(value.number)
            }
        };
        let kind = if spec.signed { Kind::Signed } else { Kind::Activation };
        let operator = Operator::Conv { window, weights, residual, depthwise, signed_input };
        self.push(name, &spec.output, input.number, operator, shape, kind)
    }

    /// The three tensors of a convolution. `channels` are those that one output reads.
    fn conv_weights(
        &self,
        spec: &ConvSpec,
        channels: usize,
        signed_input: bool,
        largest: u8,
    ) -> Result<ConvWeights<'a>, ModelError> {
        let [rows, columns] = spec.kernel;
        let name = format!("{}.weight", spec.name);
        let weight = self.tensors.tensor(&name).map_err(|_| missing(&name, "an I8 tensor"))?;
        let outputs = weight.shape().first().copied().unwrap_or(0);
        let weight = self.tensor(&name, Dtype::I8, &[outputs, rows, columns, channels])?;
        if outputs == 0 {
            return Err(wrong(&name, "no output channel", "at least one"));
        }
        let name = format!("{}.bias", spec.name);
        let mut bias: Vec<i32> = words(self.tensor(&name, Dtype::I32, &[outputs])?).map(i32::from_le_bytes).collect();
        // What the kernel reads: a signed input is moved by 128.
        let largest = if signed_input { u8::MAX } else { largest };
        for (output, (bias, weight)) in bias.iter_mut().zip(weight.chunks_exact(weight.len() / outputs)).enumerate() {
            // No order of summation may leave the range of an i32.
            let sum: u64 = weight.iter().map(|w| u64::from((*w as i8).unsigned_abs())).sum();
            let moved = i64::from(*bias)
                - i64::from(signed_input) * i64::from(SIGN) * weight.iter().map(|w| i64::from(*w as i8)).sum::<i64>();
            let reach = sum * u64::from(largest) + moved.unsigned_abs();
            if reach > i32::MAX as u64 {
                let got = format!("{bias} at output {output}, with which sums can reach {reach}");
                return Err(wrong(&name, &got, &format!("sums of at most {}", i32::MAX)));
            }
            *bias = moved as i32;
        }
        let name = format!("{}.multiplier", spec.name);
        let multiplier: Vec<f32> = words(self.tensor(&name, Dtype::F32, &[outputs])?).map(f32::from_le_bytes).collect();
        if let Some(got) = multiplier.iter().find(|m| !is_usable(**m)) {
            return Err(wrong(&name, &got.to_string(), &format!("finite numbers up to {LARGEST_MULTIPLIER:e}")));
        }
        let residual_scale = spec.residual.as_ref().map_or(0.0, |residual| residual.scale);
        let pad_value = spec.pad_value.clone();
        Ok(ConvWeights { weight, bias, multiplier, pad_value, residual_scale, signed: spec.signed })
    }

    /// The bytes of a tensor of this type and shape.
    fn tensor(&self, name: &str, dtype: Dtype, shape: &[usize]) -> Result<&'a [u8], ModelError> {
        let expected = format!("{dtype:?} {shape:?}");
        let tensor = self.tensors.tensor(name).map_err(|_| missing(name, &expected))?;
        if tensor.dtype() != dtype || tensor.shape() != shape {
            return Err(wrong(name, &format!("{:?} {:?}", tensor.dtype(), tensor.shape()), &expected));
        }
        Ok(tensor.data())
    }

    fn value(&self, reader: &str, name: &str) -> Result<Value, ModelError> {
        let value = self.values.get(name).copied();
        value.ok_or_else(|| self.problem(reader, format!("it reads `{name}`, which no operator before it makes")))
    }

    fn activation(&self, reader: &str, name: &str) -> Result<Value, ModelError> {
        let value = self.value(reader, name)?;
        match value.kind {
            Kind::Activation => Ok(value),
            _ => Err(self.problem(reader, format!("it reads `{name}`, expected unsigned activations"))),
        }
    }

    fn multiplier(&self, operator: &str, scale: f32) -> Result<(), ModelError> {
        match is_usable(scale) {
            true => Ok(()),
            false => Err(self.problem(
                operator,
                format!("its scale is {scale}, expected a finite number up to {LARGEST_MULTIPLIER:e}"),
            )),
        }
    }

    /// Adds a layer and the value it makes.
    fn push(
        &mut self,
        name: &str,
        output: &str,
        input: usize,
        operator: Operator<'a>,
        shape: Shape,
        kind: Kind,
    ) -> Result<(), ModelError> {
        if values(shape).is_none() {
            return Err(self.problem(name, format!("its output is {shape:?}, far too large")));
        }
        let value = Value { number: self.layers.len() + 1, shape, kind };
        if self.values.insert(output.into(), value).is_some() {
            return Err(self.problem(name, format!("it makes `{output}`, which there is already")));
        }
        if self.layers.iter().any(|layer| layer.name == name) {
            return Err(self.problem(name, "another operator has the same name".into()));
        }
        self.layers.push(Layer { name: name.into(), input, operator });
        Ok(())
    }

    /// Checks what only shows at the end: the embedding comes last, and every tensor has a use.
    fn finish(&self, spec: &ModelSpec) -> Result<(), ModelError> {
        let averages = self.layers.iter().filter(|l| matches!(l.operator, Operator::GlobalAveragePool { .. })).count();
        let dim = self.layers.last().and_then(|layer| match &layer.operator {
            Operator::GlobalAveragePool { channels, .. } => Some(*channels),
            Operator::Whitening { weights } => Some(weights.scale.len()),
            Operator::Conv { .. } | Operator::MaxPool { .. } => None,
        });
        if averages != 1 || dim != Some(spec.dim) {
            let name = self.layers.last().map_or("none", |layer| &layer.name);
            let expected = format!(
                "one global_average_pool of {} channels (its `dim`), or a whitening that makes as many numbers of it, as the last one",
                spec.dim
            );
            return Err(self.problem(name, format!("the network ends with it, expected {expected}")));
        }
        let parts = |operator: &Operator<'_>| match operator {
            Operator::Conv { .. } => ["weight", "bias", "multiplier"].as_slice(),
            Operator::Whitening { .. } => ["mean", "weight", "scale"].as_slice(),
            Operator::MaxPool { .. } | Operator::GlobalAveragePool { .. } => [].as_slice(),
        };
        let tensors_of =
            |layer: &Layer<'_>| parts(&layer.operator).iter().map(|part| format!("{}.{part}", layer.name)).collect();
        let used: Vec<String> = self.layers.iter().flat_map::<Vec<String>, _>(tensors_of).collect();
        let mut names = self.tensors.names();
        names.sort_unstable();
        match names.into_iter().find(|name| !used.iter().any(|used| used == name)) {
            Some(name) => Err(wrong(name, "a tensor", "none of this name, since no operator uses it")),
            None => Ok(()),
        }
    }

    fn problem(&self, operator: &str, problem: String) -> ModelError {
        ModelError::Operator { position: self.layers.len(), operator: operator.into(), problem }
    }
}

fn is_usable(multiplier: f32) -> bool {
    multiplier.is_finite() && multiplier.abs() <= LARGEST_MULTIPLIER
}

/// Little-endian 32-bit words; safetensors does not align them.
fn words(bytes: &[u8]) -> impl Iterator<Item = [u8; 4]> + '_ {
    bytes.as_chunks::<4>().0.iter().copied()
}

fn missing(tensor: &str, expected: &str) -> ModelError {
    wrong(tensor, "no such tensor", expected)
}

fn wrong(tensor: &str, got: &str, expected: &str) -> ModelError {
    ModelError::Tensor { tensor: tensor.into(), got: got.into(), expected: expected.into() }
}
