//! A convolution as a walk over tiles.
//!
//! The activations are copied once with their padding, as the numbers that the kernel multiplies. There, the values under
//! one row of the window lie one behind the other (columns × channels), so a window is `kernel height` stretches of that
//! copy, and a weight row has the same order: no other rearrangement is needed. Kernels take a stretch in groups of 32
//! bits; the last group of a row borrows values from whatever follows, multiplied with weights of zero.
//!
//! Weights are packed as `[block of outputs][kernel row][group][output][of the group]`, in the order in which a kernel
//! reads them.

use std::fmt;
use std::marker::PhantomData;

use super::{ConvWeights, Convolution, Finish, HIGHEST, Kernel, Window};

/// What a kernel multiplies. Several of them, a group, fill 32 bits and are multiplied and summed by one instruction.
pub trait Value: Copy + Default + From<u8> + Send + Sync + 'static {
    /// What it is multiplied with.
    type Weight: Copy + Default + From<i8> + Send + Sync + 'static;
    /// Values in a group.
    const GROUP: usize;
}

impl Value for i16 {
    type Weight = i16;
    const GROUP: usize = 2;
}

impl Value for u8 {
    type Weight = i8;
    const GROUP: usize = 4;
}

/// The multiplications of one tile: a few windows (one per output pixel) against the weights of a few output channels.
pub struct Tile<'a, V: Value> {
    /// Padded activations.
    values: &'a [V],
    /// Where each pixel's window begins in `values`.
    starts: &'a [usize],
    /// Rows of the window.
    rows: usize,
    /// Distance between two rows in `values`.
    row_stride: usize,
    /// Groups of values in one row of the window.
    groups: usize,
    /// `rows` × `groups` × outputs × the size of a group.
    weights: &'a [V::Weight],
}

impl<'a, V: Value> Tile<'a, V> {
    /// Puts a tile together; `size` is rows, distance between two rows, groups in a row.
    ///
    /// # Panics
    /// If a window reaches beyond `values`, or if there are not as many weights as there must be: kernels rely on it and
    /// read without checks.
    #[inline(always)]
    pub fn new<K: Kernel>(
        values: &'a [V],
        starts: &'a [usize],
        [rows, row_stride, groups]: [usize; 3],
        weights: &'a [V::Weight],
    ) -> Tile<'a, V> {
        let reach = (rows - 1) * row_stride + V::GROUP * groups;
        assert!(!starts.is_empty() && starts.len() <= K::PIXELS);
        assert!(starts.iter().all(|start| start + reach <= values.len()));
        assert!(weights.len() == rows * groups * V::GROUP * K::OUTPUTS);
        Tile { values, starts, rows, row_stride, groups, weights }
    }

    /// Number of output pixels.
    pub fn pixels(&self) -> usize {
        self.starts.len()
    }

    /// Rows of the window.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Groups of values in a row of the window.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Distance between two rows of a window, in values.
    pub fn row_stride(&self) -> usize {
        self.row_stride
    }

    /// The first value of a pixel's window. From there on, [`Self::rows`] rows at distances of [`Self::row_stride`],
    /// each of [`Self::groups`] groups, may be read.
    pub fn start(&self, pixel: usize) -> *const V {
        self.values[self.starts[pixel]..].as_ptr()
    }

    /// The values under one row of a pixel's window.
    pub fn row(&self, pixel: usize, row: usize) -> &[V] {
        let start = self.starts[pixel] + row * self.row_stride;
        &self.values[start..start + V::GROUP * self.groups]
    }

    /// `[row][group][output][of the group]`.
    pub fn weights(&self) -> &[V::Weight] {
        self.weights
    }
}

/// What follows the multiplications, for all output channels of a convolution, padded to full tiles.
pub struct Requantization {
    bias: Vec<i32>,
    multiplier: Vec<f32>,
    residual_scale: f32,
    lowest: f32,
}

impl Requantization {
    pub fn new<K: Kernel>(weights: &ConvWeights<'_>) -> Requantization {
        assert_eq!(weights.multiplier.len(), weights.bias.len());
        let padded = weights.bias.len().next_multiple_of(K::OUTPUTS);
        let (mut bias, mut multiplier) = (weights.bias.clone(), weights.multiplier.clone());
        bias.resize(padded, 0);
        multiplier.resize(padded, 0.0);
        let lowest = if weights.signed { -HIGHEST } else { 0.0 };
        Requantization { bias, multiplier, residual_scale: weights.residual_scale, lowest }
    }

    /// Number of tiles side by side.
    pub fn blocks<K: Kernel>(&self) -> usize {
        self.bias.len() / K::OUTPUTS
    }

    /// The part for one tile.
    pub fn block<K: Kernel>(&self, block: usize) -> Finish<'_> {
        let channels = block * K::OUTPUTS..(block + 1) * K::OUTPUTS;
        Finish {
            bias: &self.bias[channels.clone()],
            multiplier: &self.multiplier[channels],
            residual_scale: self.residual_scale,
            lowest: self.lowest,
        }
    }
}

/// Activations as the numbers that are multiplied, with padding around them.
pub struct Padding<V> {
    window: Window,
    /// One row of padding.
    row: Vec<V>,
}

impl<V: Value> Padding<V> {
    /// Padding as the window says, and on the right and below so much more that rows × columns are at least `size`.
    pub fn new(window: Window, size: [usize; 2], pad_value: &[u8]) -> Padding<V> {
        assert_eq!(pad_value.len(), window.input[2]);
        let columns = window.padded()[1].max(size[1]);
        let row = pad_value.iter().map(|v| V::from(*v)).cycle().take(columns * window.input[2]).collect();
        Padding { window, row }
    }

    /// Distance between two rows.
    pub fn row_stride(&self) -> usize {
        self.row.len()
    }

    /// The padded activations; below them `more` rows, and at the end what the last group of a stretch may lack.
    pub fn apply(&self, input: &[u8], more: usize) -> Vec<V> {
        let [_, width, channels] = self.window.input;
        let padding = self.window.padding;
        let (left, right) = (padding * channels, self.row.len() - (padding + width) * channels);
        let mut padded = Vec::with_capacity((self.window.padded()[0] + more) * self.row.len() + V::GROUP - 1);
        (0..padding).for_each(|_| padded.extend_from_slice(&self.row));
        for row in input.chunks_exact(width * channels) {
            padded.extend_from_slice(&self.row[..left]);
            padded.extend(row.iter().map(|value| V::from(*value)));
            padded.extend_from_slice(&self.row[..right]);
        }
        (0..padding + more).for_each(|_| padded.extend_from_slice(&self.row));
        padded.extend_from_slice(&[V::default(); 4][..V::GROUP - 1]);
        padded
    }
}

/// A convolution packed for the kernel `K`.
struct Direct<K: Kernel> {
    window: Window,
    outputs: usize,
    /// Rows of the window, distance between two rows, groups in a row.
    size: [usize; 3],
    weights: Vec<<K::Value as Value>::Weight>,
    requantization: Requantization,
    padding: Padding<K::Value>,
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
    let [rows, columns] = window.kernel;
    let outputs = weights.bias.len();
    let blocks = outputs.div_ceil(K::OUTPUTS);
    let length = columns * window.input[2];
    let group = K::Value::GROUP;
    let groups = length.div_ceil(group);
    assert_eq!(weights.weight.len(), outputs * rows * length);

    let mut packed = vec![Default::default(); blocks * rows * groups * group * K::OUTPUTS];
    for (output, weight) in weights.weight.chunks_exact(rows * length).enumerate() {
        let (block, lane) = (output / K::OUTPUTS, output % K::OUTPUTS);
        for (row, weight) in weight.chunks_exact(length).enumerate() {
            let at = (block * rows + row) * groups * group * K::OUTPUTS + group * lane;
            for (number, weight) in weight.chunks(group).enumerate() {
                for (place, weight) in weight.iter().enumerate() {
                    packed[at + number * group * K::OUTPUTS + place] = (*weight as i8).into();
                }
            }
        }
    }
    let padding = Padding::new(window, [0, 0], &weights.pad_value);
    Box::new(Direct::<K> {
        window,
        outputs,
        size: [rows, padding.row_stride(), groups],
        weights: packed,
        requantization: Requantization::new::<K>(weights),
        padding,
        kernel: PhantomData,
    })
}

/// Room for the bytes of one tile of any kernel.
const TILE_BYTES: usize = 384;

impl<K: Kernel> Convolution for Direct<K> {
    fn run(&self, input: &[u8], residual: Option<&[u8]>, output: &mut [u8]) {
        const { assert!(K::OUTPUTS * K::PIXELS <= TILE_BYTES) };
        let pixels = check(&self.window, self.outputs, input, residual, output);
        let values = self.padding.apply(input, 0);
        let out_width = self.window.output()[1];
        let start = |pixel| {
            let (y, x) = (pixel / out_width, pixel % out_width);
            self.window.stride * (y * self.padding.row_stride() + x * self.window.input[2])
        };
        let starts: Vec<usize> = (0..pixels).map(start).collect();
        // Tiles of one size: a last one of a single pixel would take almost as long as a full one.
        let step = pixels.div_ceil(pixels.div_ceil(K::PIXELS));
        let mut bytes = [0; TILE_BYTES];
        let mut residual_bytes = [0; TILE_BYTES];
        let blocks = self.weights.chunks_exact(self.weights.len() / self.requantization.blocks::<K>());
        for (block, weights) in blocks.enumerate() {
            let finish = self.requantization.block::<K>(block);
            let channel = block * K::OUTPUTS;
            let channels = K::OUTPUTS.min(self.outputs - channel);
            for first in (0..pixels).step_by(step) {
                let tile = Tile::new::<K>(&values, &starts[first..pixels.min(first + step)], self.size, weights);
                let size = tile.pixels() * K::OUTPUTS;
                if let Some(residual) = residual {
                    for (pixel, bytes) in residual_bytes[..size].chunks_exact_mut(K::OUTPUTS).enumerate() {
                        copy::<K>(bytes, &residual[(first + pixel) * self.outputs + channel..], channels);
                    }
                }
                // SAFETY: whoever packed this promised that the machine has the instruction set.
                unsafe { K::tile(&tile, &finish, residual.map(|_| &residual_bytes[..size]), &mut bytes[..size]) };
                for (pixel, bytes) in bytes[..size].chunks_exact(K::OUTPUTS).enumerate() {
                    copy::<K>(&mut output[(first + pixel) * self.outputs + channel..], bytes, channels);
                }
            }
        }
    }
}

/// Checks the lengths of what a convolution is run on; returns the number of output pixels.
pub fn check(window: &Window, outputs: usize, input: &[u8], residual: Option<&[u8]>, output: &[u8]) -> usize {
    let [height, width] = window.output();
    assert_eq!(input.len(), window.input.iter().product::<usize>());
    assert_eq!(output.len(), height * width * outputs);
    assert!(residual.is_none_or(|residual| residual.len() == output.len()));
    height * width
}

/// Copies `channels` bytes; one move of fixed size where a block is full.
#[inline(always)]
pub fn copy<K: Kernel>(to: &mut [u8], from: &[u8], channels: usize) {
    if channels == K::OUTPUTS {
        to[..K::OUTPUTS].copy_from_slice(&from[..K::OUTPUTS]);
    } else {
        to[..channels].copy_from_slice(&from[..channels]);
    }
}

impl<K: Kernel> fmt::Debug for Direct<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Direct({}, {:?}, {} outputs)", K::NAME, self.window, self.outputs)
    }
}
