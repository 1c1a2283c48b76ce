//! Weights files with random numbers, for tests that need a network but not its wisdom.
#![allow(dead_code)]

use std::collections::HashMap;

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::{Value, json};

/// A ResNet-18 with random weights; its embeddings differ from picture to picture, but mean nothing.
pub fn resnet18(seed: u64) -> Vec<u8> {
    let mut file = WeightsFile::new("resnet18", 224, seed);
    file.conv(Conv { kernel: 7, stride: 2, outputs: 64, ..Conv::new("conv1", "pixels", "stem") });
    file.max_pool("stem", "pool", 3, 2, 1);
    let mut input = "pool".to_string();
    for (stage, outputs) in [64, 128, 256, 512].into_iter().enumerate() {
        for block in 0..2 {
            let stride = if stage > 0 && block == 0 { 2 } else { 1 };
            let name = format!("layer{}.{block}", stage + 1);
            input = file.basic_block(&name, &input, stride, outputs);
        }
    }
    file.finish(&input)
}

/// A network of all the kinds of convolutions that read all channels, for pictures of 19×19 pixels. Its channels are multiples
/// of nothing.
pub fn small(seed: u64) -> Vec<u8> {
    small_network(seed).finish("f")
}

/// The same with a whitening behind it, of 9 numbers.
pub fn small_and_white(seed: u64) -> Vec<u8> {
    small_network(seed).finish_white("f", 9)
}

fn small_network(seed: u64) -> WeightsFile {
    let mut file = WeightsFile::new("small", 19, seed);
    file.conv(Conv { kernel: 5, stride: 2, outputs: 11, ..Conv::new("stem", "pixels", "a") });
    file.max_pool("a", "b", 3, 2, 1);
    let c = file.basic_block("one", "b", 1, 11);
    let d = file.basic_block("two", &c, 2, 21);
    // As in MobileNetV2, a convolution reads what no ReLU has cut off.
    file.conv(Conv { kernel: 1, outputs: 7, signed: true, ..Conv::new("narrow", &d, "e") });
    file.conv(Conv { outputs: 21, ..Conv::new("wide", "e", "f") });
    file
}

/// A convolution to be added; its padding keeps the size (but for the stride).
pub struct Conv<'a> {
    pub name: &'a str,
    pub input: &'a str,
    pub output: &'a str,
    pub kernel: usize,
    pub stride: usize,
    pub outputs: usize,
    pub residual: Option<&'a str>,
    pub signed: bool,
}

impl<'a> Conv<'a> {
    pub fn new(name: &'a str, input: &'a str, output: &'a str) -> Conv<'a> {
        Conv { name, input, output, kernel: 3, stride: 1, outputs: 1, residual: None, signed: false }
    }
}

/// A weights file in the making. All parts are public so that a test can damage one.
pub struct WeightsFile {
    pub spec: Value,
    pub tensors: Vec<(String, Dtype, Vec<usize>, Vec<u8>)>,
    channels: HashMap<String, usize>,
    random: Random,
}

impl WeightsFile {
    pub fn new(name: &str, side: u32, seed: u64) -> WeightsFile {
        let spec = json!({
            "format_version": 1, "name": name, "preprocessing": format!("squash-{side}"),
            "input": [side, side], "dim": 0, "ops": [],
        });
        let channels = HashMap::from([("pixels".to_string(), 3)]);
        WeightsFile { spec, tensors: Vec::new(), channels, random: Random(seed) }
    }

    fn op(&mut self, op: Value) {
        self.spec["ops"].as_array_mut().unwrap().push(op);
    }

    /// Adds a convolution with weights over the whole range and multipliers that use the range of its output well.
    pub fn conv(&mut self, conv: Conv<'_>) {
        let Conv { name, input, output, kernel, stride, outputs, residual, signed } = conv;
        let channels = self.channels[input];
        let (mean, typical) = if input == "pixels" { (116, 60.0) } else { (0, 45.0) };
        self.op(json!({
            "op": "conv", "name": name, "input": input, "output": output, "kernel": [kernel, kernel],
            "stride": stride, "padding": kernel / 2, "pad_value": vec![mean; channels],
            "residual": residual.map(|from| json!({"from": from, "scale": 0.7})), "signed": signed,
        }));
        self.channels.insert(output.to_string(), outputs);

        let count = kernel * kernel * channels;
        let weight: Vec<u8> = (0..outputs * count).map(|_| self.random.below(256) as u8).collect();
        // The standard deviation of a sum of `count` products of independent numbers.
        let spread = (count as f64).sqrt() * 73.0 * typical;
        let (mut bias, mut multiplier) = (Vec::new(), Vec::new());
        for weight in weight.chunks(count) {
            let centre: i32 = weight.iter().map(|w| i32::from(*w as i8) * mean).sum();
            let offset = (spread * (self.random.unit() - 0.5)) as i32;
            bias.extend((offset - centre).to_le_bytes());
            multiplier.extend((((0.7 + 0.6 * self.random.unit()) * 45.0 / spread) as f32).to_le_bytes());
        }
        let shape = vec![outputs, kernel, kernel, channels];
        self.tensors.push((format!("{name}.weight"), Dtype::I8, shape, weight));
        self.tensors.push((format!("{name}.bias"), Dtype::I32, vec![outputs], bias));
        self.tensors.push((format!("{name}.multiplier"), Dtype::F32, vec![outputs], multiplier));
    }

    pub fn max_pool(&mut self, input: &str, output: &str, kernel: usize, stride: usize, padding: usize) {
        self.op(json!({
            "op": "max_pool", "input": input, "output": output, "kernel": kernel, "stride": stride, "padding": padding,
        }));
        self.channels.insert(output.to_string(), self.channels[input]);
    }

    /// Two convolutions and the way around them; returns the name of what it makes.
    pub fn basic_block(&mut self, name: &str, input: &str, stride: usize, outputs: usize) -> String {
        let [first, second, shortcut] = ["conv1", "conv2", "downsample"].map(|part| format!("{name}.{part}"));
        let [middle, around, end] = ["a", "b", "out"].map(|part| format!("{name}.{part}"));
        self.conv(Conv { stride, outputs, ..Conv::new(&first, input, &middle) });
        let mut residual = input;
        if stride != 1 || self.channels[input] != outputs {
            self.conv(Conv { kernel: 1, stride, outputs, signed: true, ..Conv::new(&shortcut, input, &around) });
            residual = &around;
        }
        self.conv(Conv { outputs, residual: Some(residual), ..Conv::new(&second, &middle, &end) });
        end
    }

    /// Adds the global average pool and returns the file's bytes.
    pub fn finish(mut self, input: &str) -> Vec<u8> {
        self.op(json!({"op": "global_average_pool", "input": input, "output": "embedding", "scale": 0.05}));
        self.spec["dim"] = self.channels[input].into();
        self.bytes()
    }

    /// Adds the global average pool and a whitening, and returns the file's bytes.
    pub fn finish_white(mut self, input: &str, outputs: usize) -> Vec<u8> {
        let inputs = self.channels[input];
        self.op(json!({"op": "global_average_pool", "input": input, "output": "embedding", "scale": 0.05}));
        self.op(json!({"op": "whitening", "name": "white", "input": "embedding", "output": "whitened"}));
        let mut floats = |count: usize| (0..count).flat_map(|_| (self.random.unit() as f32).to_le_bytes()).collect();
        let (mean, scale): (Vec<u8>, Vec<u8>) = (floats(inputs), floats(outputs));
        let weight = (0..inputs * outputs).map(|_| self.random.below(255) as u8).collect();
        self.tensors.push(("white.mean".into(), Dtype::F32, vec![inputs], mean));
        self.tensors.push(("white.weight".into(), Dtype::I8, vec![outputs, inputs], weight));
        self.tensors.push(("white.scale".into(), Dtype::F32, vec![outputs], scale));
        self.spec["dim"] = outputs.into();
        self.bytes()
    }

    /// The file as it stands.
    pub fn bytes(&self) -> Vec<u8> {
        let metadata = [("private_eye".to_string(), self.spec.to_string())].into_iter().collect();
        let views = self.tensors.iter().map(|(name, dtype, shape, data)| {
            (name.as_str(), TensorView::new(*dtype, shape.clone(), data).expect("the data fills the shape"))
        });
        safetensors::serialize(views, Some(metadata)).expect("a small header")
    }
}

/// splitmix64.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in 0..n.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// A number from 0 to below 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}
