//! Conversions of small residual networks, written down as ONNX by the tests themselves.

use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto,
    ValueInfoProto, tensor_proto, tensor_shape_proto, type_proto,
};

use super::*;

/// A deterministic stream of numbers in -1..1.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    fn tensor(&mut self, name: &str, dims: &[i64], map: impl Fn(f32) -> f32) -> TensorProto {
        let len = dims.iter().product::<i64>() as usize;
        TensorProto {
            name: name.into(),
            dims: dims.to_vec(),
            data_type: tensor_proto::DataType::Float as i32,
            float_data: (0..len).map(|_| map(self.next())).collect(),
            ..Default::default()
        }
    }
}

/// Builds a network node by node.
struct Onnx {
    graph: GraphProto,
    noise: Noise,
}

fn value(name: &str, dims: &[i64]) -> ValueInfoProto {
    let dim = dims.iter().map(|&value| tensor_shape_proto::Dimension {
        value: Some(tensor_shape_proto::dimension::Value::DimValue(value)),
        ..Default::default()
    });
    let tensor = type_proto::Tensor {
        elem_type: tensor_proto::DataType::Float as i32,
        shape: Some(TensorShapeProto { dim: dim.collect() }),
    };
    let r#type = Some(TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..Default::default() });
    ValueInfoProto { name: name.into(), r#type, ..Default::default() }
}

fn ints(name: &str, ints: &[i64]) -> AttributeProto {
    // 7 is INTS in onnx.proto's AttributeType.
    AttributeProto { name: name.into(), r#type: 7, ints: ints.to_vec(), ..Default::default() }
}

impl Onnx {
    fn new() -> Onnx {
        let graph = GraphProto { input: vec![value("input", &[1, 3, 32, 32])], ..Default::default() };
        Onnx { graph, noise: Noise(7) }
    }

    fn node(&mut self, op: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>) {
        self.graph.node.push(NodeProto {
            op_type: op.into(),
            name: format!("/{output}"),
            input: inputs.iter().map(|s| s.to_string()).collect(),
            output: vec![output.into()],
            attribute,
            ..Default::default()
        });
    }

    /// A convolution without bias and its batch-norm, whose output is `name.bn`.
    fn conv_bn(&mut self, name: &str, input: &str, channels: [i64; 2], kernel: i64, stride: i64) {
        let [i, o] = channels;
        let spread = (3.0 / (i * kernel * kernel) as f32).sqrt() * 1.4;
        let weight = self.noise.tensor(&format!("{name}.weight"), &[o, i, kernel, kernel], |x| x * spread);
        let pad = kernel / 2;
        let attributes =
            vec![ints("strides", &[stride; 2]), ints("pads", &[pad; 4]), ints("kernel_shape", &[kernel; 2])];
        self.node("Conv", &[input, &format!("{name}.weight")], name, attributes);
        self.graph.initializer.push(weight);
        self.batch_norm(name, o, &format!("{name}.bn"));
    }

    /// With parameters of its own, behind the tensor `name` of so many channels.
    fn batch_norm(&mut self, name: &str, channels: i64, output: &str) {
        // What each parameter is around, and how far it strays.
        let parameters = [("gamma", 1.0, 0.25), ("beta", 0.0, 0.25), ("mean", 0.0, 0.125), ("variance", 1.0, 0.5)];
        let mut inputs = vec![name.to_string()];
        for (what, centre, spread) in parameters {
            let tensor = self.noise.tensor(&format!("{name}.{what}"), &[channels], |x| centre + x * spread);
            inputs.push(tensor.name.clone());
            self.graph.initializer.push(tensor);
        }
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        self.node("BatchNormalization", &inputs, output, Vec::new());
    }

    fn finish(mut self, output: &str, dim: i64) -> ModelProto {
        self.graph.output.push(value(output, &[1, dim]));
        let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: 13 }];
        ModelProto { ir_version: 8, opset_import, graph: Some(self.graph), ..Default::default() }
    }
}

/// A stem, a pool, a block with a projected shortcut and one with a plain shortcut: all that a ResNet has.
fn small_resnet(shortcut_first: bool) -> ModelProto {
    let mut net = Onnx::new();
    net.conv_bn("stem", "input", [3, 16], 7, 2);
    net.node("Relu", &["stem.bn"], "stem.relu", Vec::new());
    net.node(
        "MaxPool",
        &["stem.relu"],
        "pool",
        vec![ints("kernel_shape", &[3, 3]), ints("strides", &[2, 2]), ints("pads", &[1; 4])],
    );
    if shortcut_first {
        net.conv_bn("a.down", "pool", [16, 32], 1, 2);
    }
    net.conv_bn("a.1", "pool", [16, 32], 3, 2);
    net.node("Relu", &["a.1.bn"], "a.1.relu", Vec::new());
    net.conv_bn("a.2", "a.1.relu", [32, 32], 3, 1);
    if !shortcut_first {
        net.conv_bn("a.down", "pool", [16, 32], 1, 2);
    }
    net.node("Add", &["a.2.bn", "a.down.bn"], "a.sum", Vec::new());
    net.node("Relu", &["a.sum"], "a.out", Vec::new());
    net.conv_bn("b.1", "a.out", [32, 32], 3, 1);
    net.node("Relu", &["b.1.bn"], "b.1.relu", Vec::new());
    net.conv_bn("b.2", "b.1.relu", [32, 32], 3, 1);
    net.node("Add", &["b.2.bn", "a.out"], "b.sum", Vec::new());
    net.node("Relu", &["b.sum"], "b.out", Vec::new());
    net.node("GlobalAveragePool", &["b.out"], "mean", Vec::new());
    net.node("Flatten", &["mean"], "embedding", Vec::new());
    net.finish("embedding", 32)
}

/// Convolutions with biases, pools, an average that changes nothing, and fully connected layers: all that a VGG has.
fn small_vgg() -> ModelProto {
    let mut net = Onnx::new();
    let square = |kernel: i64, stride: i64, pad: i64| {
        vec![ints("kernel_shape", &[kernel; 2]), ints("strides", &[stride; 2]), ints("pads", &[pad; 4])]
    };
    let mut last = "input".to_string();
    for (name, [from, to]) in [("features.0", [3, 12]), ("features.3", [12, 16])] {
        let weight = net.noise.tensor(&format!("{name}.weight"), &[to, from, 3, 3], |x| x * 0.3);
        let bias = net.noise.tensor(&format!("{name}.bias"), &[to], |x| x * 0.1);
        let inputs = [last.as_str(), &weight.name, &bias.name].map(str::to_string);
        net.graph.initializer.extend([weight, bias]);
        net.node("Conv", &inputs.each_ref().map(String::as_str), name, square(3, 1, 1));
        net.node("Relu", &[name], &format!("{name}.relu"), Vec::new());
        last = format!("{name}.pool");
        net.node("MaxPool", &[&format!("{name}.relu")], &last, square(4, 4, 0));
    }
    net.node("AveragePool", &[&last], "average", square(1, 1, 0));
    net.node("Flatten", &["average"], "flat", Vec::new());
    last = "flat".to_string();
    for (name, [from, to], relu) in
        [("classifier.0", [64, 40], true), ("classifier.3", [40, 24], true), ("classifier.6", [24, 10], false)]
    {
        let weight = net.noise.tensor(&format!("{name}.weight"), &[to, from], |x| x * 0.3);
        let bias = net.noise.tensor(&format!("{name}.bias"), &[to], |x| x * 0.1);
        let inputs = [last.as_str(), &weight.name, &bias.name].map(str::to_string);
        net.graph.initializer.extend([weight, bias]);
        let transposed = AttributeProto { name: "transB".into(), r#type: 2, i: 1, ..Default::default() };
        net.node("Gemm", &inputs.each_ref().map(String::as_str), name, vec![transposed]);
        last = name.to_string();
        if relu {
            last = format!("{name}.relu");
            net.node("Relu", &[name], &last, Vec::new());
        }
    }
    net.finish(&last, 10)
}

/// Depthwise convolutions, ReLU6 and blocks that end without one: all that a MobileNetV2 has.
fn small_mobilenet() -> ModelProto {
    let mut net = Onnx::new();
    for (name, bound) in [("zero", 0.0), ("six", 6.0)] {
        let bound = net.noise.tensor(name, &[], |_| bound);
        net.graph.initializer.push(bound);
    }
    let mut last = "input".to_string();
    let mut layer = |net: &mut Onnx, name: &str, [from, to]: [i64; 2], kernel, stride, relu6: bool| {
        net.conv_bn(name, &last, [from, to], kernel, stride);
        if from == 1 {
            let conv = net.graph.node.iter_mut().find(|node| node.output[0] == name).unwrap();
            conv.attribute.push(AttributeProto { name: "group".into(), r#type: 2, i: to, ..Default::default() });
        }
        last = format!("{name}.bn");
        if relu6 {
            let clipped = format!("{name}.clip");
            net.node("Clip", &[&last, "zero", "six"], &clipped, Vec::new());
            last = clipped;
        }
        last.clone()
    };
    layer(&mut net, "stem", [3, 16], 3, 2, true);
    layer(&mut net, "a.depthwise", [1, 16], 3, 1, true);
    let narrow = layer(&mut net, "a.narrow", [16, 12], 1, 1, false);
    layer(&mut net, "b.wide", [12, 48], 1, 1, true);
    layer(&mut net, "b.depthwise", [1, 48], 3, 1, true);
    let end = layer(&mut net, "b.narrow", [48, 12], 1, 1, false);
    net.node("Add", &[&narrow, &end], "b.sum", Vec::new());
    net.conv_bn("last", "b.sum", [12, 32], 1, 1);
    net.node("Clip", &["last.bn", "zero", "six"], "last.clip", Vec::new());
    let axes = TensorProto {
        name: "axes".into(),
        dims: vec![2],
        data_type: tensor_proto::DataType::Int64 as i32,
        int64_data: vec![-1, -2],
        ..Default::default()
    };
    net.graph.initializer.push(axes);
    net.node("ReduceMean", &["last.clip", "axes"], "mean", Vec::new());
    let mut proto = net.finish("mean", 32);
    // The first version in which the axes are a tensor.
    proto.opset_import[0].version = 18;
    proto
}

/// Pictures of coloured blocks, each different.
fn pictures(count: usize) -> Vec<Picture> {
    let mut noise = Noise(11);
    let mut byte = move || ((noise.next() + 1.0) * 127.0) as u8;
    let mut picture = || {
        let blocks: Vec<[u8; 3]> = (0..16).map(|_| [byte(), byte(), byte()]).collect();
        let rgb = (0..32 * 32).flat_map(|i| blocks[i / 32 / 8 * 4 + i % 32 / 8]).collect();
        Picture { width: 32, height: 32, rgb }
    };
    (0..count).map(|_| picture()).collect()
}

#[test]
fn a_small_residual_network_keeps_its_embeddings_when_quantized() {
    for shortcut_first in [false, true] {
        let import = convert(&small_resnet(shortcut_first), None, "small", &pictures(24)).unwrap();
        assert!(import.report.median_cosine > 0.995, "{:?}", import.report);
        assert!(import.report.worst_cosine > 0.98, "{:?}", import.report);
        assert_eq!(import.report.dim, 32);
        let model = Model::from_bytes(&import.weights).unwrap();
        assert_eq!((model.id().name.as_str(), model.id().dim), ("small", 32));
    }
}

#[test]
fn a_network_of_fully_connected_layers_gives_what_its_classifier_reads() {
    let import = convert(&small_vgg(), None, "vgg", &pictures(24)).unwrap();
    assert_eq!(import.report.dim, 24);
    assert!(import.report.median_cosine > 0.995, "{:?}", import.report);
    assert_eq!(Model::from_bytes(&import.weights).unwrap().id().dim, 24);
}

#[test]
fn depthwise_convolutions_and_blocks_without_relu_keep_their_embeddings_when_quantized() {
    let import = convert(&small_mobilenet(), None, "mobile", &pictures(24)).unwrap();
    assert_eq!(import.report.dim, 32);
    assert!(import.report.median_cosine > 0.99, "{:?}", import.report);
    assert!(import.report.worst_cosine > 0.95, "{:?}", import.report);
}

/// A ResNet in torchvision's names, a few channels wide, as safetensors.
fn state_dictionary() -> Vec<u8> {
    let mut noise = Noise(3);
    let mut tensors: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    let mut add = |name: String, shape: Vec<usize>, centre: f32, spread: f32| {
        let values = (0..shape.iter().product::<usize>()).flat_map(|_| (centre + noise.next() * spread).to_le_bytes());
        let values = values.collect();
        tensors.push((name, shape, values));
    };
    let mut conv_bn = |conv: String, norm: String, [out, channels, side]: [usize; 3]| {
        add(
            format!("{conv}.weight"),
            vec![out, channels, side, side],
            0.0,
            2.4 / ((channels * side * side) as f32).sqrt(),
        );
        for (parameter, centre) in [("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)] {
            add(format!("{norm}.{parameter}"), vec![out], centre, 0.2);
        }
    };
    conv_bn("conv1".into(), "bn1".into(), [8, 3, 7]);
    for (layer, [from, to]) in (1..).zip([[8, 8], [8, 12], [12, 16], [16, 24]]) {
        let block = format!("layer{layer}.0");
        conv_bn(format!("{block}.conv1"), format!("{block}.bn1"), [to, from, 3]);
        conv_bn(format!("{block}.conv2"), format!("{block}.bn2"), [to, to, 3]);
        if from != to {
            conv_bn(format!("{block}.downsample.0"), format!("{block}.downsample.1"), [to, from, 1]);
        }
    }
    let views = tensors.iter().map(|(name, shape, bytes)| {
        (name, safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.clone(), bytes).unwrap())
    });
    safetensors::serialize(views, None).unwrap()
}

#[test]
fn weights_with_the_names_of_torchvision_need_no_onnx() {
    let import = import(&state_dictionary(), None, "resnet10", &pictures(10)).unwrap();
    assert_eq!(import.report.dim, 24);
    assert!(import.report.median_cosine > 0.99, "{:?}", import.report);
}

#[test]
fn weights_with_other_names_are_refused_with_the_names_they_have() {
    let shape = vec![1];
    let view = safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape, &[0; 4]).unwrap();
    let file = safetensors::serialize([("blocks.0.attention", view)], None).unwrap();
    let error = import(&file, None, "vit", &pictures(8)).err().unwrap().to_string();
    assert!(error.contains("blocks.0.attention") && error.contains("ONNX"), "{error}");
}

#[test]
fn the_same_export_and_pictures_give_the_same_bytes() {
    let (net, pictures) = (small_resnet(false), pictures(10));
    assert!(
        convert(&net, None, "small", &pictures).unwrap().weights
            == convert(&net, None, "small", &pictures).unwrap().weights
    );
}

#[test]
fn an_operator_without_an_integer_form_is_named() {
    let mut net = Onnx::new();
    net.conv_bn("stem", "input", [3, 4], 3, 1);
    net.node("HardSwish", &["stem.bn"], "odd", Vec::new());
    let error = convert(&net.finish("odd", 4), None, "odd", &pictures(8)).err().unwrap().to_string();
    assert!(error.contains("HardSwish") && error.contains("/odd"), "{error}");
}

#[test]
fn a_batch_norm_behind_a_sum_is_refused() {
    let mut net = Onnx::new();
    net.conv_bn("stem", "input", [3, 4], 3, 1);
    net.conv_bn("branch", "stem.bn", [4, 4], 3, 1);
    net.node("Add", &["branch.bn", "stem.bn"], "sum", Vec::new());
    net.batch_norm("sum", 4, "sum.bn");
    net.node("Relu", &["sum.bn"], "out", Vec::new());
    net.node("GlobalAveragePool", &["out"], "mean", Vec::new());
    let error = convert(&net.finish("mean", 4), None, "odd", &pictures(8)).err().unwrap().to_string();
    assert!(error.contains("BatchNormalization (node /sum.bn)") && error.contains("follows a sum"), "{error}");
}

/// The network with another attribute at its first node of a kind, in place of the one with that name.
fn with(mut proto: ModelProto, op: &str, attribute: AttributeProto) -> ModelProto {
    let node = proto.graph.as_mut().unwrap().node.iter_mut().find(|node| node.op_type == op).unwrap();
    node.attribute.retain(|old| old.name != attribute.name);
    node.attribute.push(attribute);
    proto
}

fn auto_pad(how: &str) -> AttributeProto {
    // 3 is STRING in onnx.proto's AttributeType.
    AttributeProto { name: "auto_pad".into(), r#type: 3, s: how.as_bytes().to_vec(), ..Default::default() }
}

#[test]
fn windows_with_gaps_or_without_stated_padding_are_refused() {
    for (op, node) in [("Conv", "/stem"), ("MaxPool", "/pool")] {
        for (attribute, why) in [
            (auto_pad("SAME_UPPER"), "auto_pad is SAME_UPPER"),
            (auto_pad("SAME_LOWER"), "auto_pad is SAME_LOWER"),
            (ints("dilations", &[2, 2]), "dilated"),
        ] {
            let odd = with(small_resnet(false), op, attribute);
            let error = convert(&odd, None, "odd", &pictures(8)).err().unwrap().to_string();
            assert!(error.contains(&format!("{op} (node {node})")) && error.contains(why), "{error}");
        }
    }
}

#[test]
fn a_window_that_says_it_has_no_padding_is_one_without() {
    let pictures = pictures(8);
    let plain = convert(&small_vgg(), None, "vgg", &pictures).unwrap();
    for how in ["VALID", "NOTSET"] {
        let said = with(small_vgg(), "MaxPool", auto_pad(how));
        assert!(convert(&said, None, "vgg", &pictures).unwrap().weights == plain.weights, "{how}");
    }
}

#[test]
fn a_diverged_training_is_refused_with_the_tensor_that_holds_nan() {
    let mut net = small_resnet(false);
    net.graph.as_mut().unwrap().initializer[0].float_data[3] = f32::NAN;
    let error = convert(&net, None, "diverged", &pictures(8)).err().unwrap().to_string();
    assert!(error.contains("stem.weight"), "{error}");
}

#[test]
fn too_few_calibration_pictures_are_refused_with_the_number_needed() {
    let error = convert(&small_resnet(false), None, "small", &pictures(3)).err().unwrap().to_string();
    assert!(error.contains("3 calibration pictures") && error.contains("at least 8"), "{error}");
}

#[test]
fn bytes_that_are_no_onnx_are_refused() {
    assert!(matches!(import(b"\x08not onnx at all", None, "x", &pictures(8)), Err(ImportError::NotOnnx(_))));
}
