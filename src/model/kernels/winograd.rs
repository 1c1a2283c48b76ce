//! 3×3 convolutions with 2.25 times fewer multiplications: Winograd's F(2×2, 3×3), exact in integers.
//!
//! The output is cut into patches of 2×2. Each needs the 4×4 inputs around it, `d`, and instead of 4 × 9 products per
//! input channel it gets by with 16: those of `Bᵀ d B` and `G g Gᵀ`, number by number. So a patch becomes 16 numbers per
//! channel (its *components*), each component of all channels is multiplied with its own weights by the same tiles as
//! in a direct convolution, and `Aᵀ m A` turns the 16 sums back into 2×2 outputs:
//!
//! ```text
//!      ⎛1  0 −1  0⎞       ⎛2  0  0⎞        ⎛1  1  1  0⎞
//! Bᵀ = ⎜0  1  1  0⎟   G = ⎜1  1  1⎟   Aᵀ = ⎝0  1 −1 −1⎠
//!      ⎜0 −1  1  0⎟       ⎜1 −1  1⎟
//!      ⎝0  1  0 −1⎠       ⎝0  0  2⎠
//! ```
//!
//! `G` is usually written with halves; here it is doubled, so all numbers are integers and the result is four times the
//! convolution. A component is at most 4·255 and a weight at most 9·128 in size, both fit 16 bits. Sums are taken
//! modulo 2³², which is exact as long as four times the convolution fits (see [`suits`]).

use std::fmt;
use std::marker::PhantomData;

use super::conv::{Padding, Requantization, check, copy};
use super::transform::{COMPONENTS, Patches, transform_weights};
use super::{ConvWeights, Convolution, Tile, Window, WinogradKernel};

/// Bytes of components that are computed before they are multiplied: they should stay in the second-level cache while
/// the weights stream past, and weights should not stream past too often.
const GROUP_BYTES: usize = 1 << 18;

/// Whether a convolution may be computed in this way.
pub fn suits(window: &Window, weights: &ConvWeights<'_>) -> bool {
    let largest = weights
        .weight
        .chunks_exact(9 * window.input[2].max(1))
        .map(|weight| weight.iter().map(|w| i64::from((*w as i8).unsigned_abs())).sum::<i64>() * 255 * 4);
    window.kernel == [3, 3] && window.stride == 1 && largest.max().is_some_and(|sum| sum <= i64::from(i32::MAX))
}

struct Winograd<K> {
    window: Window,
    outputs: usize,
    /// Rows of patches.
    rows: usize,
    /// Patches side by side.
    columns: usize,
    /// Where each patch's four pixels begin in the output; nowhere if they are beyond its edge.
    places: Vec<[Option<usize>; 4]>,
    /// Pairs of input channels.
    pairs: usize,
    /// `[block of outputs][component][pair][output][2]`.
    weights: Vec<i16>,
    requantization: Requantization,
    padding: Padding<i16>,
    kernel: PhantomData<K>,
}

/// Packs a convolution that [`suits`] for the kernel `K`.
///
/// # Safety
/// The machine must have the instruction set of `K`.
///
/// # Panics
/// If the lengths in `weights` do not fit `window` or each other.
pub unsafe fn pack<K: WinogradKernel>(window: Window, weights: &ConvWeights<'_>) -> Box<dyn Convolution> {
    let channels = window.input[2];
    let outputs = weights.bias.len();
    let pairs = channels.div_ceil(2);
    let [height, width] = window.output();
    let (rows, columns) = (height.div_ceil(2), width.div_ceil(2));
    let place = |patch: usize| {
        let (y, x) = (2 * (patch / columns), 2 * (patch % columns));
        let inside = |y: usize, x: usize| (y < height && x < width).then(|| (y * width + x) * outputs);
        [inside(y, x), inside(y, x + 1), inside(y + 1, x), inside(y + 1, x + 1)]
    };
    assert_eq!(weights.weight.len(), outputs * 9 * channels);

    let requantization = Requantization::new::<K>(weights);
    let component = pairs * 2 * K::OUTPUTS;
    let mut packed = vec![0i16; requantization.blocks::<K>() * COMPONENTS * component];
    // A few channels at a time are put in order in a small place: the components lie so far apart that writing to all of
    // them in turn is slow.
    const CHANNELS: usize = 16;
    let mut staged = vec![0; COMPONENTS * CHANNELS * K::OUTPUTS];
    let blocks = weights.weight.chunks(9 * channels * K::OUTPUTS);
    for (weight, packed) in blocks.zip(packed.chunks_exact_mut(COMPONENTS * component)) {
        for first in (0..channels).step_by(CHANNELS) {
            let count = CHANNELS.min(channels - first);
            staged.fill(0);
            for (lane, weight) in weight.chunks_exact(9 * channels).enumerate() {
                for channel in 0..count {
                    let weight = &weight[first + channel..];
                    let mut g = [0; 9];
                    for (g, weight) in g.iter_mut().zip(weight.iter().step_by(channels)) {
                        *g = i16::from(*weight as i8);
                    }
                    let at = (channel / 2 * K::OUTPUTS + lane) * 2 + channel % 2;
                    for (number, value) in transform_weights(g).into_iter().enumerate() {
                        staged[number * CHANNELS * K::OUTPUTS + at] = value;
                    }
                }
            }
            let pieces = packed.chunks_exact_mut(component).zip(staged.chunks_exact(CHANNELS * K::OUTPUTS));
            for (packed, staged) in pieces {
                let length = count.next_multiple_of(2) * K::OUTPUTS;
                packed[first * K::OUTPUTS..][..length].copy_from_slice(&staged[..length]);
            }
        }
    }
    Box::new(Winograd::<K> {
        window,
        outputs,
        rows,
        columns,
        places: (0..rows * columns).map(place).collect(),
        pairs,
        weights: packed,
        requantization,
        padding: Padding::new(window, [2 * rows + 2, 2 * columns + 2], &weights.pad_value),
        kernel: PhantomData,
    })
}

/// Most output pixels of a tile of any kernel.
const MOST_PIXELS: usize = 8;

/// Tiles that are multiplied with one component's weights before the next component's turn.
const TILES: usize = 4;

/// What is computed on the way, for a few tiles of patches and one block of outputs.
struct Workspace {
    /// `[component][patch][output]`.
    products: Vec<i32>,
    /// `[patch][pixel][output]`; so are the other two.
    sums: Vec<i32>,
    residual: Vec<u8>,
    bytes: Vec<u8>,
}

impl<K: WinogradKernel> Convolution for Winograd<K> {
    fn run(&self, input: &[u8], residual: Option<&[u8]>, output: &mut [u8]) {
        const { assert!(K::PIXELS <= MOST_PIXELS) };
        check(&self.window, self.outputs, input, residual, output);
        let values = self.padding.apply(input, (2 * self.rows + 2).saturating_sub(self.window.padded()[0]));
        let patch = COMPONENTS * 2 * self.pairs;
        let several = TILES * K::PIXELS;
        let group = (GROUP_BYTES / (2 * patch)).next_multiple_of(several).min(self.places.len());
        let mut components = vec![0; group * patch];
        let mut workspace = Workspace {
            products: vec![0; COMPONENTS * several * K::OUTPUTS],
            sums: vec![0; 4 * several * K::OUTPUTS],
            residual: vec![0; 4 * several * K::OUTPUTS],
            bytes: vec![0; 4 * several * K::OUTPUTS],
        };
        let block_weights = self.weights.len() / self.requantization.blocks::<K>();
        for (first, places) in self.places.chunks(group).enumerate() {
            let patches = Patches {
                values: &values,
                row_stride: self.padding.row_stride(),
                channels: self.window.input[2],
                columns: self.columns,
                first: first * group,
            };
            let components = &mut components[..places.len() * patch];
            // SAFETY: whoever packed this promised that the machine has the instruction set.
            unsafe { K::components(&patches, components) };
            for (block, weights) in self.weights.chunks_exact(block_weights).enumerate() {
                for (number, places) in places.chunks(several).enumerate() {
                    let work = workspace.of::<K>(places.len());
                    self.multiply(components, number * several, weights, work.products);
                    self.finish(places, block, work, residual, output);
                }
            }
        }
    }
}

/// The used part of a [`Workspace`].
struct Work<'a> {
    products: &'a mut [i32],
    sums: &'a mut [i32],
    residual: &'a mut [u8],
    bytes: &'a mut [u8],
}

impl Workspace {
    fn of<K: WinogradKernel>(&mut self, patches: usize) -> Work<'_> {
        let size = patches * K::OUTPUTS;
        Work {
            products: &mut self.products[..COMPONENTS * size],
            sums: &mut self.sums[..4 * size],
            residual: &mut self.residual[..4 * size],
            bytes: &mut self.bytes[..4 * size],
        }
    }
}

impl<K: WinogradKernel> Winograd<K> {
    /// The products of a few tiles of patches, from patch `first` on, with one block of outputs.
    fn multiply(&self, components: &[i16], first: usize, weights: &[i16], products: &mut [i32]) {
        let channels = 2 * self.pairs;
        let mut starts = [0; MOST_PIXELS];
        let component = products.len() / COMPONENTS;
        let weights = weights.chunks_exact(channels * K::OUTPUTS);
        let components = components.chunks_exact(components.len() / COMPONENTS);
        for ((weights, components), products) in weights.zip(components).zip(products.chunks_exact_mut(component)) {
            for (tile, products) in products.chunks_mut(K::PIXELS * K::OUTPUTS).enumerate() {
                let starts = &mut starts[..products.len() / K::OUTPUTS];
                for (patch, start) in starts.iter_mut().enumerate() {
                    *start = (first + tile * K::PIXELS + patch) * channels;
                }
                let tile = Tile::new::<K>(components, starts, [1, 0, self.pairs], weights);
                // SAFETY: whoever packed this promised that the machine has the instruction set.
                unsafe { K::products(&tile, products) };
            }
        }
    }

    /// Turns products into bytes and puts them where they belong.
    fn finish(
        &self,
        places: &[[Option<usize>; 4]],
        block: usize,
        work: Work<'_>,
        residual: Option<&[u8]>,
        output: &mut [u8],
    ) {
        let finish = self.requantization.block::<K>(block);
        let channel = block * K::OUTPUTS;
        let channels = K::OUTPUTS.min(self.outputs - channel);
        let places = places.as_flattened();
        if let Some(residual) = residual {
            for (place, bytes) in places.iter().zip(work.residual.chunks_exact_mut(K::OUTPUTS)) {
                if let Some(at) = place {
                    copy::<K>(bytes, &residual[at + channel..], channels);
                }
            }
        }
        // SAFETY: whoever packed this promised that the machine has the instruction set.
        unsafe {
            K::sums(work.products, finish.bias, work.sums);
            K::finish(&finish, work.sums, residual.map(|_| &*work.residual), work.bytes);
        }
        for (place, bytes) in places.iter().zip(work.bytes.chunks_exact(K::OUTPUTS)) {
            if let Some(at) = place {
                copy::<K>(&mut output[at + channel..], bytes, channels);
            }
        }
    }
}

impl<K: WinogradKernel> fmt::Debug for Winograd<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Winograd({}, {:?}, {} outputs)", K::NAME, self.window, self.outputs)
    }
}
