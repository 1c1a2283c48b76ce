//! Whole networks with random weights.

#[path = "../../tests/support/weights.rs"]
pub mod support;

use std::collections::HashMap;

use safetensors::{Dtype, SafeTensors};
use serde_json::{Value, json};

use super::kernels::InstructionSet;
use super::{Embedding, Model, ModelError};
use crate::image::Picture;
use support::{Random, WeightsFile};

fn picture(side: u32, seed: u64) -> Picture {
    let mut random = Random(seed);
    let rgb = (0..side * side * 3).map(|_| random.below(256) as u8).collect();
    Picture { width: side, height: side, rgb }
}

/// The embedding by the definition alone: reads the file on its own and looks every value up by its name.
fn reference(file: &[u8], picture: &Picture) -> Vec<f32> {
    let tensors = SafeTensors::deserialize(file).unwrap();
    let header = SafeTensors::read_metadata(file).unwrap().1;
    let spec: Value = serde_json::from_str(&header.metadata().as_ref().unwrap()["private_eye"]).unwrap();
    let number = |value: &Value| value.as_i64().unwrap();
    // Each activation is a function from (row, column, channel) to a value, or nothing outside.
    type Values = HashMap<(i64, i64, i64), i64>;
    let side = i64::from(picture.width);
    let pixels: Values = (0..side * side * 3)
        .map(|at| ((at / 3 / side, at / 3 % side, at % 3), i64::from(picture.rgb[at as usize])))
        .collect();
    let mut values = HashMap::from([("pixels".to_string(), (side, 3, pixels))]);
    let mut embedding = Vec::new();
    for op in spec["ops"].as_array().unwrap() {
        if op["op"] == "whitening" {
            let data = |part: &str| tensors.tensor(&format!("{}.{part}", op["name"].as_str().unwrap())).unwrap().data();
            let floats = |part: &str| data(part).chunks(4).map(|word| f32::from_le_bytes(word.try_into().unwrap()));
            let sum = embedding.iter().fold(0.0, |sum, x| sum + f64::from(*x));
            let roots = embedding.iter().map(|x| (f64::from(*x) / sum).sqrt() as f32);
            let centred: Vec<f32> = roots.zip(floats("mean")).map(|(root, mean)| root - mean).collect();
            let rows = data("weight").chunks(centred.len());
            let products = |row: &[u8]| row.iter().zip(&centred).fold(0.0, |sum, (w, x)| sum + f32::from(*w as i8) * x);
            return rows.zip(floats("scale")).map(|(row, scale)| products(row) * scale).collect();
        }
        let (side, channels, input) = &values[op["input"].as_str().unwrap()];
        let mut output = Values::new();
        let (out_side, outputs) = match op["op"].as_str().unwrap() {
            "conv" => {
                let name = op["name"].as_str().unwrap();
                let data = |part: &str| tensors.tensor(&format!("{name}.{part}")).unwrap().data().to_vec();
                let word = |part: &str, at: i64| <[u8; 4]>::try_from(&data(part)[4 * at as usize..][..4]).unwrap();
                let (kernel, stride, padding) =
                    (number(&op["kernel"][0]), number(&op["stride"]), number(&op["padding"]));
                let weight = data("weight");
                let outputs = weight.len() as i64 / (kernel * kernel * channels);
                let out_side = (side + 2 * padding - kernel) / stride + 1;
                for o in 0..outputs {
                    let bias = i64::from(i32::from_le_bytes(word("bias", o)));
                    let multiplier = f32::from_le_bytes(word("multiplier", o));
                    for (y, x) in (0..out_side).flat_map(|y| (0..out_side).map(move |x| (y, x))) {
                        let mut sum = bias;
                        for at in 0..kernel * kernel * channels {
                            let (row, column, c) = (at / channels / kernel, at / channels % kernel, at % channels);
                            let value = input.get(&(y * stride + row - padding, x * stride + column - padding, c));
                            let value = value.copied().unwrap_or_else(|| number(&op["pad_value"][c as usize]));
                            sum += value * i64::from(weight[(o * kernel * kernel * channels + at) as usize] as i8);
                        }
                        let mut result = sum as f32 * multiplier;
                        if let Some(from) = op["residual"]["from"].as_str() {
                            let scale = op["residual"]["scale"].as_f64().unwrap() as f32;
                            result += values[from].2[&(y, x, o)] as f32 * scale;
                        }
                        let least = if op["signed"] == true { -127 } else { 0 };
                        output.insert((y, x, o), (result.round_ties_even() as i64).clamp(least, 127));
                    }
                }
                (out_side, outputs)
            }
            "max_pool" => {
                let (kernel, stride, padding) = (number(&op["kernel"]), number(&op["stride"]), number(&op["padding"]));
                let out_side = (side + 2 * padding - kernel) / stride + 1;
                for at in 0..out_side * out_side * channels {
                    let (y, x, c) = (at / channels / out_side, at / channels % out_side, at % channels);
                    let window = (0..kernel * kernel).filter_map(|at| {
                        input.get(&(y * stride + at / kernel - padding, x * stride + at % kernel - padding, c))
                    });
                    output.insert((y, x, c), *window.max().unwrap());
                }
                (out_side, *channels)
            }
            _ => {
                let factor = op["scale"].as_f64().unwrap() as f32 / (side * side) as f32;
                let sum = |c| (0..side * side).map(|at| input[&(at / side, at % side, c)]).sum::<i64>();
                embedding = (0..*channels).map(|c| sum(c) as f32 * factor).collect::<Vec<f32>>();
                continue;
            }
        };
        values.insert(op["output"].as_str().unwrap().to_string(), (out_side, outputs, output));
    }
    embedding
}

#[test]
fn a_small_network_gives_the_bits_of_the_definition_with_every_kernel() {
    for seed in 0..3 {
        let file = support::small(seed);
        let picture = picture(19, seed);
        let expected = reference(&file, &picture);
        assert!(expected.iter().filter(|x| **x > 0.0).count() > 5, "the test network is dead: {expected:?}");
        for instructions in InstructionSet::available() {
            let model = Model::with_instructions(&file, String::new(), instructions).unwrap();
            assert_eq!(model.embed(&picture).unwrap().0, expected, "{instructions:?}");
        }
    }
}

#[test]
fn a_whitened_embedding_has_the_bits_of_the_definition() {
    let (file, picture) = (support::small_and_white(4), picture(19, 4));
    let expected = reference(&file, &picture);
    assert!(expected.len() == 9 && expected.iter().any(|x| *x < 0.0), "{expected:?}");
    for instructions in InstructionSet::available() {
        let model = Model::with_instructions(&file, String::new(), instructions).unwrap();
        assert_eq!(model.embed(&picture).unwrap().0, expected, "{instructions:?}");
        assert_eq!(model.id().dim, 9);
    }
}

#[test]
fn a_whitening_that_does_not_fit_the_embedding_is_refused() {
    let whiten = |file: &mut WeightsFile| {
        let op = json!({"op": "whitening", "name": "white", "input": "embedding", "output": "whitened"});
        file.spec["ops"].as_array_mut().unwrap().push(op);
        file.tensors.push(("white.mean".into(), Dtype::F32, vec![5], vec![0; 20]));
        file.tensors.push(("white.weight".into(), Dtype::I8, vec![5, 5], vec![1; 25]));
        file.tensors.push(("white.scale".into(), Dtype::F32, vec![5], vec![0; 20]));
    };
    let message = complaint(whiten_then(whiten, |file| file.spec["ops"][4]["input"] = json!("c")));
    assert!(message.contains("`white`") && message.contains("expected a global_average_pool"), "{message}");
    let message = complaint(whiten_then(whiten, |file| {
        file.tensors[7].2 = vec![5, 4];
        file.tensors[7].3.truncate(20);
    }));
    assert!(message.contains("`white.weight`") && message.contains("expected I8 [5, 5]"), "{message}");
    let infinite = f32::INFINITY.to_le_bytes();
    let message = complaint(whiten_then(whiten, |file| file.tensors[8].3[..4].copy_from_slice(&infinite)));
    assert!(message.contains("`white.scale`") && message.contains("inf"), "{message}");
}

/// Damage to a network that is whitened first.
fn whiten_then(
    whiten: impl Fn(&mut WeightsFile),
    damage: impl FnOnce(&mut WeightsFile),
) -> impl FnOnce(&mut WeightsFile) {
    move |file| {
        whiten(file);
        assert!(Model::from_bytes(&file.bytes()).is_ok());
        damage(file);
    }
}

#[test]
fn a_full_size_resnet18_makes_512_numbers_that_depend_on_the_picture() {
    let model = Model::from_bytes(&support::resnet18(1)).unwrap();
    assert_eq!((model.id().name.as_str(), model.id().dim), ("resnet18", 512));
    let [one, other] = [1, 2].map(|seed| model.embed(&picture(224, seed)).unwrap());
    assert_eq!(one.0.len(), 512);
    assert_ne!(one, other);
    assert_eq!(one, model.embed(&picture(224, 1)).unwrap());
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no threads")]
fn many_threads_get_the_same_embedding_from_one_model() {
    let model = Model::from_bytes(&support::small(5)).unwrap();
    let expected: Vec<Embedding> = (0..4).map(|seed| model.embed(&picture(19, seed)).unwrap()).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for seed in [0, 1, 2, 3, 0, 1, 2, 3] {
                    assert_eq!(model.embed(&picture(19, seed)).unwrap(), expected[seed as usize]);
                }
            });
        }
    });
}

#[test]
fn the_model_is_identified_by_the_hash_of_its_file() {
    let file = support::small(7);
    let id = Model::from_bytes(&file).unwrap().id().clone();
    assert_eq!((id.name.as_str(), id.preprocessing.as_str(), id.dim), ("small", "squash-19", 21));
    assert_eq!(id.sha256.len(), 64);
    assert!(id.sha256.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c)));
    assert_ne!(id.sha256, Model::from_bytes(&support::small(8)).unwrap().id().sha256);
}

#[test]
fn a_normalized_embedding_has_length_one_and_zeros_stay_zeros() {
    assert_eq!(Embedding(vec![3.0, 0.0, 4.0]).normalized(), [0.6, 0.0, 0.8]);
    assert_eq!(Embedding(vec![0.0; 3]).normalized(), [0.0; 3]);
}

#[test]
fn a_picture_whose_size_does_not_match_its_pixels_is_refused() {
    let model = Model::from_bytes(&support::small(1)).unwrap();
    for (width, height, bytes) in [(19, 19, 19 * 19 * 3 - 1), (0, 19, 0), (u32::MAX, u32::MAX, 3)] {
        let picture = Picture { width, height, rgb: vec![0; bytes] };
        let error = model.embed(&picture).unwrap_err();
        assert!(error.to_string().contains(&format!("got {bytes}")), "{error}");
    }
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let file = support::small(1);
    for length in (0..file.len()).step_by(97).chain([file.len() - 1]) {
        assert!(matches!(Model::from_bytes(&file[..length]), Err(ModelError::NotSafetensors(_))), "{length} bytes");
    }
}

#[test]
fn a_file_with_a_damaged_header_is_refused_or_still_makes_sense() {
    let file = support::small(1);
    let header = u64::from_le_bytes(file[..8].try_into().unwrap()) as usize + 8;
    let mut random = Random(3);
    for _ in 0..2000 {
        let mut damaged = file.clone();
        damaged[random.below(header as u64) as usize] = random.below(256) as u8;
        // Either is fine; a panic is not.
        let _ = Model::from_bytes(&damaged);
    }
}

/// What is said about a small network after a change to its specification or tensors.
fn complaint(damage: impl FnOnce(&mut WeightsFile)) -> String {
    let mut file = WeightsFile::new("small", 19, 1);
    file.conv(support::Conv { outputs: 5, ..support::Conv::new("one", "pixels", "a") });
    file.conv(support::Conv { outputs: 5, residual: Some("a"), ..support::Conv::new("two", "a", "b") });
    file.max_pool("b", "c", 2, 2, 0);
    file.spec["ops"].as_array_mut().unwrap().push(json!({
        "op": "global_average_pool", "input": "c", "output": "embedding", "scale": 1.0,
    }));
    file.spec["dim"] = json!(5);
    assert!(Model::from_bytes(&file.bytes()).is_ok());
    damage(&mut file);
    let error = Model::from_bytes(&file.bytes()).err().expect("the damage is found");
    let message = error.to_string();
    assert!(message.contains("expected") || message.contains("convert") || message.contains("get it"), "{message}");
    message
}

#[test]
fn another_version_is_refused_before_anything_else_is_understood() {
    let message = complaint(|file| {
        file.spec["format_version"] = json!(2);
        file.spec["ops"] = json!("something new");
    });
    assert!(message.contains("version 2, expected 1"), "{message}");
}

#[test]
fn an_unknown_operator_is_refused_by_name() {
    let message = complaint(|file| file.spec["ops"][2]["op"] = json!("softmax"));
    assert!(message.contains("softmax"), "{message}");
}

#[test]
fn tensors_that_do_not_fit_their_operator_are_refused_by_name() {
    let message = complaint(|file| file.tensors[0].1 = Dtype::U8);
    assert!(message.contains("`one.weight`") && message.contains("got U8 [5, 3, 3, 3], expected I8"), "{message}");
    let message = complaint(|file| file.tensors[0].2 = vec![5, 9, 1, 3]);
    assert!(message.contains("got I8 [5, 9, 1, 3], expected I8 [5, 3, 3, 3]"), "{message}");
    let message = complaint(|file| drop(file.tensors.remove(4)));
    assert!(message.contains("`two.bias`") && message.contains("no such tensor"), "{message}");
    let message = complaint(|file| file.tensors.push(("three.bias".into(), Dtype::I32, vec![0], vec![])));
    assert!(message.contains("`three.bias`"), "{message}");
    let message = complaint(|file| file.tensors[5].3[..4].copy_from_slice(&f32::NAN.to_le_bytes()));
    assert!(message.contains("`two.multiplier`") && message.contains("NaN"), "{message}");
    let message = complaint(|file| file.tensors[1].3[..4].copy_from_slice(&i32::MIN.to_le_bytes()));
    assert!(message.contains("`one.bias`") && message.contains("2147483647"), "{message}");
}

#[test]
fn operators_that_do_not_fit_each_other_are_refused_with_their_position() {
    type Damage = (&'static str, Value, &'static [&'static str]);
    let damages: [Damage; 13] = [
        ("/ops/0/input", json!("nowhere"), &["operator 0 of", "`one`", "`nowhere`"]),
        ("/ops/1/output", json!("a"), &["operator 1 of", "`two`", "already"]),
        ("/ops/0/stride", json!(0), &["stride is 0"]),
        ("/ops/0/padding", json!(u64::MAX >> 1), &["padding is"]),
        ("/ops/0/kernel", json!([3, 65]), &["kernel is 3×65"]),
        ("/ops/1/signed", json!(true), &["operator 2 of", "expected unsigned activations"]),
        ("/ops/1/groups", json!(2), &["operator 1 of", "`two`", "2 groups"]),
        ("/ops/0/pad_value", json!([1, 2]), &["2 padding values", "expected 3"]),
        ("/ops/1/pad_value", json!([0, 0, 0, 0, 128]), &["up to 128", "up to 127"]),
        ("/ops/1/residual/from", json!("pixels"), &["residual `pixels`", "[19, 19, 5]"]),
        ("/ops/1/residual/scale", json!(1e30), &["scale is"]),
        ("/dim", json!(6), &["expected one global_average_pool of 6 channels"]),
        ("/preprocessing", json!("crop-19"), &["`crop-19`", "`squash-19`"]),
    ];
    for (pointer, value, words) in damages {
        let message = complaint(|file| {
            // What the file leaves out, too.
            let (operator, key) = pointer.rsplit_once('/').unwrap();
            file.spec.pointer_mut(operator).unwrap()[key] = value;
        });
        assert!(words.iter().all(|word| message.contains(word)), "{pointer}: {message}");
    }
}

#[test]
fn an_input_too_large_for_any_memory_is_refused() {
    let message = complaint(|file| {
        file.spec["input"] = json!([u32::MAX, u32::MAX]);
        file.spec["preprocessing"] = json!(format!("squash-{}", u32::MAX));
    });
    assert!(message.contains("the input is 4294967295"), "{message}");
}
