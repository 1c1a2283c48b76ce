use proptest::prelude::*;

use super::{ConvWeights, Convolution, InstructionSet, Way, Window};

/// A convolution with its operands.
#[derive(Debug)]
struct Case {
    window: Window,
    outputs: usize,
    weight: Vec<u8>,
    bias: Vec<i32>,
    multiplier: Vec<f32>,
    pad_value: Vec<u8>,
    signed: bool,
    input: Vec<u8>,
    residual: Option<(Vec<u8>, f32)>,
}

impl Case {
    fn weights(&self) -> ConvWeights<'_> {
        ConvWeights {
            weight: &self.weight,
            bias: self.bias.clone(),
            multiplier: self.multiplier.clone(),
            pad_value: self.pad_value.clone(),
            residual_scale: self.residual.as_ref().map_or(0.0, |(_, scale)| *scale),
            signed: self.signed,
        }
    }

    fn run(&self, instructions: InstructionSet) -> Vec<u8> {
        self.run_by(&*instructions.convolution(self.window, &self.weights()))
    }

    fn run_in(&self, way: Way, instructions: InstructionSet) -> Vec<u8> {
        self.run_by(&*instructions.convolution_in(way, self.window, &self.weights()))
    }

    fn run_by(&self, convolution: &dyn Convolution) -> Vec<u8> {
        let [height, width] = self.window.output();
        let mut output = vec![0xaa; height * width * self.outputs];
        let residual = self.residual.as_ref().map(|(values, _)| &values[..]);
        convolution.run(&self.input, residual, &mut output);
        output
    }

    /// The definition, with 64-bit sums and a value looked up for every product.
    fn reference(&self) -> Vec<u8> {
        let Window { input: [height, width, channels], kernel: [rows, columns], stride, padding } = self.window;
        let [out_height, out_width] = self.window.output();
        let mut output = Vec::new();
        for (y, x) in (0..out_height).flat_map(|y| (0..out_width).map(move |x| (y, x))) {
            for o in 0..self.outputs {
                let mut sum = i64::from(self.bias[o]);
                for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
                    for c in 0..channels {
                        let at =
                            (y * stride + row).checked_sub(padding).zip((x * stride + column).checked_sub(padding));
                        let value = match at {
                            Some((y, x)) if y < height && x < width => self.input[(y * width + x) * channels + c],
                            _ => self.pad_value[c],
                        };
                        let weight = self.weight[((o * rows + row) * columns + column) * channels + c] as i8;
                        sum += i64::from(value) * i64::from(weight);
                    }
                }
                let mut y = sum as f32 * self.multiplier[o];
                if let Some((residual, scale)) = &self.residual {
                    y += f32::from(residual[output.len()] as i8) * scale;
                }
                let (least, y) = (if self.signed { -127.0 } else { 0.0 }, y.round_ties_even());
                output.push(if y < least {
                    least as i8 as u8
                } else if y > 127.0 {
                    127
                } else {
                    y as i8 as u8
                });
            }
        }
        output
    }
}

/// Random shapes and operands; half of the operands sit at the ends of their ranges.
fn cases(windows: impl Strategy<Value = Window>) -> impl Strategy<Value = Case> {
    let flags = any::<[bool; 3]>();
    (windows, 1usize..=35, flags, any::<u64>()).prop_map(|(window, outputs, [pixels, signed, residual], seed)| {
        case(window, outputs, pixels, signed, residual, seed)
    })
}

/// Windows of all shapes.
fn windows() -> impl Strategy<Value = Window> {
    let input = (1usize..=9, 1usize..=15, 1usize..=19);
    (input, 1usize..=7, 1usize..=7, 1usize..=3, 0usize..=3).prop_filter_map(
        "the window must fit",
        |((height, width, channels), rows, columns, stride, padding)| {
            Window::new([height, width, channels], [rows, columns], stride, padding).ok()
        },
    )
}

/// Windows of the shape that has a way of its own.
fn windows_of_3_by_3() -> impl Strategy<Value = Window> {
    let input = (1usize..=19, 1usize..=19, 1usize..=35);
    (input, 0usize..=2).prop_filter_map("the window must fit", |((height, width, channels), padding)| {
        Window::new([height, width, channels], [3, 3], 1, padding).ok()
    })
}

fn case(window: Window, outputs: usize, pixels: bool, signed: bool, residual: bool, seed: u64) -> Case {
    let mut random = crate::model::tests::support::Random(seed);
    let highest: u64 = if pixels { 255 } else { 127 };
    let mut bytes = |count: usize, lowest: i64, highest: i64| -> Vec<u8> {
        let one = |_| match random.below(4) {
            0 => lowest as u8,
            1 => highest as u8,
            _ => (lowest + random.below((highest - lowest + 1) as u64) as i64) as u8,
        };
        (0..count).map(one).collect()
    };
    let [height, width, channels] = window.input;
    let count = window.kernel[0] * window.kernel[1] * channels;
    let [out_height, out_width] = window.output();
    let weight = bytes(outputs * count, -128, 127);
    let pad_value = bytes(channels, 0, highest as i64);
    let input = bytes(height * width * channels, 0, highest as i64);
    let residual = residual.then(|| bytes(out_height * out_width * outputs, -127, 127));
    let spread = (count as f64).sqrt() * 80.0 * highest as f64;
    Case {
        window,
        outputs,
        weight,
        bias: (0..outputs).map(|_| ((random.unit() - 0.5) * spread) as i32).collect(),
        // Some multipliers are powers of two, so that halves occur.
        multiplier: (0..outputs)
            .map(|_| match random.below(3) {
                0 => 2f32.powi(-(random.below(14) as i32) - 1),
                1 => ((random.unit() - 0.2) * 100.0 / spread) as f32,
                _ => (random.unit() * 1000.0 / spread) as f32,
            })
            .collect(),
        pad_value,
        signed,
        input,
        residual: residual.map(|values| (values, [0.5, 1.0, 0.731][random.below(3) as usize])),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_kernel_gives_the_bits_of_the_definition(case in cases(windows())) {
        let expected = case.reference();
        for instructions in InstructionSet::available() {
            prop_assert_eq!(&case.run(instructions), &expected, "{:?}", instructions);
        }
    }

    #[test]
    fn every_kernel_gives_the_bits_of_the_definition_with_fewer_multiplications(case in cases(windows_of_3_by_3())) {
        let expected = case.reference();
        for instructions in InstructionSet::available() {
            for way in [Way::Direct, Way::Two, Way::Four] {
                prop_assert_eq!(&case.run_in(way, instructions), &expected, "{:?}, {:?}", instructions, way);
            }
        }
    }
}

#[test]
fn the_largest_sums_of_a_resnet_are_exact() {
    // 512 channels under a 3×3 kernel, all at the ends of their ranges; the first layer with white pixels.
    for (channels, kernel, stride, padding, value) in [(512, 3, 1, 1, 127), (3, 7, 2, 3, 255)] {
        let window = Window::new([7, 7, channels], [kernel, kernel], stride, padding).unwrap();
        let count = kernel * kernel * channels;
        let case = Case {
            window,
            outputs: 16,
            weight: [[128u8, 127], [127, 127], [128, 128]].iter().cycle().flatten().take(16 * count).copied().collect(),
            bias: vec![-1_000_000; 16],
            multiplier: vec![0.000_002; 16],
            pad_value: vec![value; channels],
            signed: true,
            input: vec![value; 7 * 7 * channels],
            residual: None,
        };
        for instructions in InstructionSet::available() {
            assert_eq!(case.run(instructions), case.reference(), "{instructions:?}");
        }
    }
}

#[test]
fn sums_at_the_limit_of_each_patch_size_are_exact() {
    // White pixels and weights at the ends of their range: up to 114 or 115 channels, patches of 4×4 are exact.
    for (channels, patches) in [(114, "4×4"), (115, "2×2"), (117, "2×2"), (1836, "Direct")] {
        let window = Window::new([6, 5, channels], [3, 3], 1, 1).unwrap();
        let count = 9 * channels;
        let case = Case {
            window,
            outputs: 2,
            weight: [vec![127; count], vec![128; count]].concat(),
            bias: vec![3, -3],
            multiplier: vec![127.0 / (255.0 * 128.0 * count as f32); 2],
            pad_value: vec![255; channels],
            signed: true,
            input: vec![255; 6 * 5 * channels],
            residual: None,
        };
        let expected = case.reference();
        assert_eq!(expected[..2], [126, -127_i8 as u8]);
        for instructions in InstructionSet::available() {
            assert_eq!(case.run(instructions), expected, "{instructions:?}");
        }
        let scalar = InstructionSet::Scalar.convolution(window, &case.weights());
        assert!(format!("{scalar:?}").contains(patches), "{scalar:?} instead of {patches} for {channels} channels");
    }
}

#[test]
fn every_layer_shape_of_a_resnet_agrees_between_the_kernels() {
    let shapes = [(56, 64, 64, 3, 1, 1), (56, 64, 128, 3, 2, 1), (56, 64, 128, 1, 2, 0), (14, 256, 256, 3, 1, 1)];
    for (seed, (side, channels, outputs, kernel, stride, padding)) in shapes.into_iter().enumerate() {
        let window = Window::new([side, side, channels], [kernel, kernel], stride, padding).unwrap();
        let case = case(window, outputs, false, false, true, seed as u64);
        let expected = case.run(InstructionSet::Scalar);
        for instructions in InstructionSet::available() {
            assert_eq!(case.run(instructions), expected, "{instructions:?}");
        }
    }
}
