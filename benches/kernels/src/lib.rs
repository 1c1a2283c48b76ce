//! The convolutions of a ResNet-18, one at a time, by the kernels of the library in the way that is asked for.

// The tests of the kernels need the rest of the library.
#![cfg(not(test))]

// They are private to the library: nobody else should build on them. What is not a convolution has no use here.
#[path = "../../../src/model/kernels/mod.rs"]
#[allow(dead_code, unused_imports)]
mod kernels;

#[cfg(target_family = "wasm")]
mod exports;

use kernels::{ConvWeights, Convolution, Window};
pub use kernels::{InstructionSet, Way};

/// The ways from the plainest one on, with what the table calls them.
pub const WAYS: [(Way, &str); 3] =
    [(Way::Direct, "direct"), (Way::Two, "patches of 2×2"), (Way::Four, "patches of 4×4")];

/// A kind of convolution in the network.
struct Shape {
    /// Height and width of the input.
    side: usize,
    channels: usize,
    outputs: usize,
    /// Height and width of the kernel; padding is half of it.
    kernel: usize,
    stride: usize,
    residual: bool,
    times: usize,
}

const fn shape(side: usize, [channels, outputs]: [usize; 2], [kernel, stride]: [usize; 2], times: usize) -> Shape {
    Shape { side, channels, outputs, kernel, stride, residual: false, times }
}

const fn with_residual(shape: Shape) -> Shape {
    Shape { residual: true, ..shape }
}

const SHAPES: [Shape; 15] = [
    shape(224, [3, 64], [7, 2], 1),
    shape(56, [64, 64], [3, 1], 2),
    with_residual(shape(56, [64, 64], [3, 1], 2)),
    shape(56, [64, 128], [3, 2], 1),
    shape(56, [64, 128], [1, 2], 1),
    shape(28, [128, 128], [3, 1], 1),
    with_residual(shape(28, [128, 128], [3, 1], 2)),
    shape(28, [128, 256], [3, 2], 1),
    shape(28, [128, 256], [1, 2], 1),
    shape(14, [256, 256], [3, 1], 1),
    with_residual(shape(14, [256, 256], [3, 1], 2)),
    shape(14, [256, 512], [3, 2], 1),
    shape(14, [256, 512], [1, 2], 1),
    shape(7, [512, 512], [3, 1], 1),
    with_residual(shape(7, [512, 512], [3, 1], 2)),
];

/// A convolution with something to compute.
struct Layer {
    convolution: Box<dyn Convolution>,
    input: Vec<u8>,
    residual: Option<Vec<u8>>,
    output: Vec<u8>,
    times: usize,
}

impl Layer {
    fn new(shape: &Shape, instructions: InstructionSet, way: Way) -> Layer {
        let &Shape { side, channels, outputs, kernel, stride, residual, times } = shape;
        let window = Window::new([side, side, channels], [kernel, kernel], stride, kernel / 2);
        let window = window.expect("the network's convolutions fit their inputs");
        let mut state = 1u32;
        let mut bytes = |count: usize, below: u32| -> Vec<u8> {
            let mut byte = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((state >> 16) % below) as u8
            };
            (0..count).map(|_| byte()).collect()
        };
        // Weights are small numbers around zero, as they are where they were quantized channel by channel.
        let weight = bytes(outputs * kernel * kernel * channels, 81)
            .iter()
            .map(|byte| byte.wrapping_sub(40))
            .collect::<Vec<_>>();
        let input = bytes(side * side * channels, 128);
        let size = window.output().iter().product::<usize>() * outputs;
        let weights = ConvWeights {
            weight: &weight,
            bias: vec![100; outputs],
            multiplier: vec![0.0005; outputs],
            pad_value: vec![0; channels],
            residual_scale: if residual { 0.5 } else { 0.0 },
            signed: false,
        };
        Layer {
            convolution: instructions.convolution_in(way, window, &weights),
            input,
            residual: residual.then(|| bytes(size, 128)),
            output: vec![0; size],
            times,
        }
    }

    fn run(&mut self) {
        self.convolution.run(&self.input, self.residual.as_deref(), &mut self.output);
    }
}

/// All convolutions of the network, by one kernel.
pub struct Network(Vec<Layer>);

impl Network {
    /// Where a convolution cannot be computed in this way, it is computed directly.
    pub fn new(instructions: InstructionSet, way: Way) -> Network {
        Network(SHAPES.iter().map(|shape| Layer::new(shape, instructions, way)).collect())
    }

    /// Computes each as often as it occurs.
    pub fn run(&mut self) {
        for layer in &mut self.0 {
            (0..layer.times).for_each(|_| layer.run());
        }
    }
}
