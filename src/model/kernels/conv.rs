//! A convolution as a walk over tiles.
//!
//! The activations are copied once into 16 bits with their padding. There, the values under one row of the window lie
//! one behind the other (columns × channels), so a window is `kernel height` stretches of that copy, and a weight row
//! has the same order: no other rearrangement is needed. A stretch of odd length borrows one value from whatever
//! follows, multiplied with a weight of zero.
//!
//! Weights are packed as `[block of outputs][kernel row][pair][output][2]`, in the order in which a kernel reads them.

use std::fmt;
use std::marker::PhantomData;

use super::{ConvWeights, Convolution, HIGHEST, Kernel, Window};

/// One tile's work: a few windows (one per output pixel) against the weights of a few output channels.
pub struct Tile<'a> {
    /// Padded activations.
    values: &'a [i16],
    /// Where each pixel's window begins in `values`.
    starts: &'a [usize],
    /// Rows of the window.
    rows: usize,
    /// Distance between two rows in `values`.
    row_stride: usize,
    /// Pairs of values in one row of the window.
    pairs: usize,
    /// `rows` × `pairs` × outputs × 2.
    weights: &'a [i16],
    bias: &'a [i32],
    multiplier: &'a [f32],
    residual_scale: f32,
    lowest: f32,
}

impl<'a> Tile<'a> {
    /// Puts a tile together.
    ///
    /// # Panics
    /// If a window reaches beyond `values`, or if weights, biases or multipliers are not as many as they must be:
    /// kernels rely on it and read without checks.
    #[inline]
    fn new<K: Kernel>(packed: &'a Packed<K>, values: &'a [i16], starts: &'a [usize], block: usize) -> Tile<'a> {
        let channels = block * K::OUTPUTS..(block + 1) * K::OUTPUTS;
        let length = packed.rows * packed.pairs * 2 * K::OUTPUTS;
        let reach = (packed.rows - 1) * packed.row_stride + 2 * packed.pairs;
        assert!(!starts.is_empty() && starts.len() <= K::PIXELS);
        assert!(starts.iter().all(|start| start + reach <= values.len()));
        Tile {
            values,
            starts,
            rows: packed.rows,
            row_stride: packed.row_stride,
            pairs: packed.pairs,
            weights: &packed.weights[block * length..(block + 1) * length],
            bias: &packed.bias[channels.clone()],
            multiplier: &packed.multiplier[channels],
            residual_scale: packed.residual_scale,
            lowest: packed.lowest,
        }
    }

    /// Number of output pixels.
    pub fn pixels(&self) -> usize {
        self.starts.len()
    }

    /// Rows of the window.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Pairs of values in a row of the window.
    pub fn pairs(&self) -> usize {
        self.pairs
    }

    /// Distance between two rows of a window, in values.
    pub fn row_stride(&self) -> usize {
        self.row_stride
    }

    /// The first value of a pixel's window. From there on, [`Self::rows`] rows at distances of [`Self::row_stride`],
    /// each of twice [`Self::pairs`] values, may be read.
    pub fn start(&self, pixel: usize) -> *const i16 {
        self.values[self.starts[pixel]..].as_ptr()
    }

    /// The values under one row of a pixel's window.
    pub fn row(&self, pixel: usize, row: usize) -> &[i16] {
        let start = self.starts[pixel] + row * self.row_stride;
        &self.values[start..start + 2 * self.pairs]
    }

    /// `[row][pair][output][2]`.
    pub fn weights(&self) -> &[i16] {
        self.weights
    }

    /// One per output.
    pub fn bias(&self) -> &[i32] {
        self.bias
    }

    /// One per output.
    pub fn multiplier(&self) -> &[f32] {
        self.multiplier
    }

    /// What a residual is multiplied with.
    pub fn residual_scale(&self) -> f32 {
        self.residual_scale
    }

    /// The least value of the output.
    pub fn lowest(&self) -> f32 {
        self.lowest
    }
}

/// A convolution packed for the kernel `K`.
struct Packed<K> {
    window: Window,
    outputs: usize,
    rows: usize,
    row_stride: usize,
    pairs: usize,
    weights: Vec<i16>,
    bias: Vec<i32>,
    multiplier: Vec<f32>,
    residual_scale: f32,
    lowest: f32,
    /// One row of padding.
    pad_row: Vec<i16>,
    kernel: PhantomData<K>,
}

/// Packs a convolution for the kernel `K`.
///
/// # Safety
/// The machine must have the instruction set of `K`.
///
/// # Panics
/// If the lengths in `weights` do not fit `window` or each other.
pub unsafe fn pack<K: Kernel>(window: Window, weights: &ConvWeights<'_>) -> Box<dyn Convolution> {
    let channels = window.input[2];
    let [rows, columns] = window.kernel;
    let outputs = weights.bias.len();
    let blocks = outputs.div_ceil(K::OUTPUTS);
    let length = columns * channels;
    let pairs = length.div_ceil(2);
    assert_eq!(weights.weight.len(), outputs * rows * length);
    assert_eq!(weights.multiplier.len(), outputs);
    assert_eq!(weights.pad_value.len(), channels);

    let mut packed = vec![0i16; blocks * rows * pairs * 2 * K::OUTPUTS];
    for (output, weight) in weights.weight.chunks_exact(rows * length).enumerate() {
        let (block, lane) = (output / K::OUTPUTS, output % K::OUTPUTS);
        for (row, weight) in weight.chunks_exact(length).enumerate() {
            let at = (block * rows + row) * pairs * 2 * K::OUTPUTS + 2 * lane;
            for (pair, weight) in weight.chunks(2).enumerate() {
                for (half, weight) in weight.iter().enumerate() {
                    packed[at + pair * 2 * K::OUTPUTS + half] = i16::from(*weight as i8);
                }
            }
        }
    }
    let padded_width = window.padded()[1];
    let mut bias = weights.bias.clone();
    let mut multiplier = weights.multiplier.clone();
    bias.resize(blocks * K::OUTPUTS, 0);
    multiplier.resize(blocks * K::OUTPUTS, 0.0);
    Box::new(Packed::<K> {
        window,
        outputs,
        rows,
        row_stride: padded_width * channels,
        pairs,
        weights: packed,
        bias,
        multiplier,
        residual_scale: weights.residual_scale,
        lowest: if weights.signed { -HIGHEST } else { 0.0 },
        pad_row: weights.pad_value.iter().map(|v| i16::from(*v)).cycle().take(padded_width * channels).collect(),
        kernel: PhantomData,
    })
}

impl<K: Kernel> Packed<K> {
    /// The activations as `i16` with padding on all sides, and one more value for a stretch of odd length.
    fn pad(&self, input: &[u8]) -> Vec<i16> {
        let [_, width, channels] = self.window.input;
        let padding = self.window.padding;
        let side = &self.pad_row[..padding * channels];
        let mut padded = Vec::with_capacity(self.window.padded()[0] * self.row_stride + 1);
        (0..padding).for_each(|_| padded.extend_from_slice(&self.pad_row));
        for row in input.chunks_exact(width * channels) {
            padded.extend_from_slice(side);
            padded.extend(row.iter().map(|value| i16::from(*value)));
            padded.extend_from_slice(side);
        }
        (0..padding).for_each(|_| padded.extend_from_slice(&self.pad_row));
        padded.push(0);
        padded
    }

    /// Where the window of an output pixel begins in the padded activations.
    fn start(&self, pixel: usize, out_width: usize) -> usize {
        let (y, x) = (pixel / out_width, pixel % out_width);
        self.window.stride * (y * self.row_stride + x * self.window.input[2])
    }
}

/// Room for the bytes of one tile of any kernel.
const TILE_BYTES: usize = 128;

impl<K: Kernel> Convolution for Packed<K> {
    fn run(&self, input: &[u8], residual: Option<&[u8]>, output: &mut [u8]) {
        const { assert!(K::OUTPUTS * K::PIXELS <= TILE_BYTES) };
        let [out_height, out_width] = self.window.output();
        let pixels = out_height * out_width;
        assert_eq!(input.len(), self.window.input.iter().product::<usize>());
        assert_eq!(output.len(), pixels * self.outputs);
        assert!(residual.is_none_or(|residual| residual.len() == output.len()));

        let values = self.pad(input);
        let starts: Vec<usize> = (0..pixels).map(|pixel| self.start(pixel, out_width)).collect();
        let mut bytes = [0; TILE_BYTES];
        let mut residual_bytes = [0; TILE_BYTES];
        for block in 0..self.bias.len() / K::OUTPUTS {
            let channel = block * K::OUTPUTS;
            let channels = K::OUTPUTS.min(self.outputs - channel);
            for first in (0..pixels).step_by(K::PIXELS) {
                let starts = &starts[first..pixels.min(first + K::PIXELS)];
                let tile = Tile::new(self, &values, starts, block);
                let size = starts.len() * K::OUTPUTS;
                if let Some(residual) = residual {
                    for (pixel, bytes) in residual_bytes[..size].chunks_exact_mut(K::OUTPUTS).enumerate() {
                        copy::<K>(bytes, &residual[(first + pixel) * self.outputs + channel..], channels);
                    }
                }
                // SAFETY: whoever packed this promised that the machine has the instruction set.
                unsafe { K::tile(&tile, residual.map(|_| &residual_bytes[..size]), &mut bytes[..size]) };
                for (pixel, bytes) in bytes[..size].chunks_exact(K::OUTPUTS).enumerate() {
                    copy::<K>(&mut output[(first + pixel) * self.outputs + channel..], bytes, channels);
                }
            }
        }
    }
}

/// Copies `channels` bytes; one move of fixed size where a block is full.
#[inline(always)]
fn copy<K: Kernel>(to: &mut [u8], from: &[u8], channels: usize) {
    if channels == K::OUTPUTS {
        to[..K::OUTPUTS].copy_from_slice(&from[..K::OUTPUTS]);
    } else {
        to[..channels].copy_from_slice(&from[..channels]);
    }
}

impl<K: Kernel> fmt::Debug for Packed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Convolution({}, {:?}, {} outputs)", K::NAME, self.window, self.outputs)
    }
}
