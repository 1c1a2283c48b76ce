//! 3×3 convolutions with fewer multiplications: Winograd's F(4×4, 3×3) and F(2×2, 3×3), exact in integers.
//!
//! The output is cut into patches of 4×4. Each needs the 6×6 inputs around it, `d`, and instead of 16 × 9 products per
//! input channel it gets by with 36: those of `Bᵀ d B` and `G g Gᵀ`, number by number. So a patch becomes 36 numbers per
//! channel (its *components*), each component of all channels is multiplied with its own weights by the same tiles as
//! in a direct convolution, and `Aᵀ m A` turns the 36 sums back into 4×4 outputs:
//!
//! ```text
//!      ⎛4  0 −5  0 1 0⎞
//!      ⎜0 −4 −4  1 1 0⎟       ⎛1  0 0⎞
//! Bᵀ = ⎜0  4 −4 −1 1 0⎟   G = ⎜1  1 1⎟        ⎛6 −4 −4 1  1  0⎞
//!      ⎜0 −2 −1  2 1 0⎟       ⎜1 −1 1⎟   Aᵀ = ⎜0 −4  4 2 −2  0⎟
//!      ⎜0  2 −1 −2 1 0⎟       ⎜1  2 4⎟        ⎜0 −4 −4 4  4  0⎟
//!      ⎝0  4  0 −5 0 1⎠       ⎜1 −2 4⎟        ⎝0 −4  4 8 −8 24⎠
//!                             ⎝0  0 1⎠
//! ```
//!
//! These are usually written with fractions in `G`; here the denominators are cleared in `Aᵀ`, so that everything is an
//! integer and the result is 24² = 9 · 64 times the convolution. A component is at most 17 340 and a weight at most 6272 in
//! size, both fit 16 bits. Sums are taken modulo 2³², where 9 has an inverse: multiplied by it, the result is 64 times
//! the convolution, which a shift divides. That is exact as long as 64 times the convolution fits 32 bits.
//!
//! F(2×2, 3×3) does the same with 16 products for 2×2 outputs:
//!
//! ```text
//!      ⎛1  0 −1  0⎞       ⎛2  0  0⎞        ⎛1  1  1  0⎞
//! Bᵀ = ⎜0  1  1  0⎟   G = ⎜1  1  1⎟   Aᵀ = ⎝0  1 −1 −1⎠
//!      ⎜0 −1  1  0⎟       ⎜1 −1  1⎟
//!      ⎝0  1  0 −1⎠       ⎝0  0  2⎠
//! ```
//!
//! Transformed weights would take 16 to 36 bytes of memory for every 9 bytes in the file, twice over. So they stay bytes, in
//! the order of the lanes, and are transformed when their turn comes, which costs little where every weight is used for many
//! patches.

use std::fmt;
use std::marker::PhantomData;

use super::conv::{Padding, Requantization, check, copy};
use super::transform::{Form, Four, Patches, Two};
use super::{ConvWeights, Convolution, Tile, Window, WinogradKernel};

/// Bytes of components that are computed before they are multiplied: they should stay in the second-level cache while
/// the weights stream past, and weights should not stream past too often.
const GROUP_BYTES: usize = 1 << 19;

/// Numbers between two components. Without them, components would often lie multiples of 4096 bytes apart,
/// where they push each other out of the first-level cache.
const GAP: usize = 32;

/// How a convolution is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By its definition.
    Direct,
    /// In patches of 2×2.
    Two,
    /// In patches of 4×4.
    Four,
}

impl Way {
    /// The one with the fewest products among those that are exact.
    pub fn best(window: &Window, weights: &ConvWeights<'_>) -> Way {
        let [height, width] = window.output();
        let products = |m: usize| height.div_ceil(m) * width.div_ceil(m) * (m + 2) * (m + 2);
        let patches = [(Way::Four, 4), (Way::Two, 2)].into_iter().filter(|(way, _)| way.is_exact(window, weights));
        patches.min_by_key(|(_, m)| products(*m)).map_or(Way::Direct, |(way, _)| way)
    }

    /// Whether it may be used for this convolution.
    pub fn is_exact(self, window: &Window, weights: &ConvWeights<'_>) -> bool {
        let limit = match self {
            Way::Direct => return true,
            Way::Two => <Two as Form<2, 4>>::SUMS,
            Way::Four => <Four as Form<4, 6>>::SUMS,
        };
        // No input is negative, so a sum is farthest from zero where all positive weights meet the largest input and all
        // negative ones meet zero, or the other way round.
        let farthest = |weight: &[u8]| {
            let (mut above, mut below) = (0, 0);
            for weight in weight.iter().map(|weight| i64::from(*weight as i8)) {
                above += weight.max(0);
                below -= weight.min(0);
            }
            above.max(below) * i64::from(u8::MAX)
        };
        let mut outputs = weights.weight.chunks_exact(9 * window.input[2].max(1));
        window.kernel == [3, 3] && window.stride == 1 && outputs.all(|weight| farthest(weight) < limit)
    }
}

struct Winograd<K, F, const M: usize, const T: usize> {
    window: Window,
    outputs: usize,
    /// Rows of patches.
    rows: usize,
    /// Patches side by side.
    columns: usize,
    /// Pairs of input channels.
    pairs: usize,
    /// `[block of outputs][kernel row][kernel column][pair][output][2]`.
    weights: Vec<i8>,
    requantization: Requantization,
    padding: Padding<i16>,
    form: PhantomData<(K, F)>,
}

/// Packs a convolution for the kernel `K`, in patches with which it is [exact](Way::is_exact).
///
/// # Safety
/// The machine must have the instruction set of `K`.
///
/// # Panics
/// If the lengths in `weights` do not fit `window` or each other.
pub unsafe fn pack<K: WinogradKernel, F: Form<M, T>, const M: usize, const T: usize>(
    window: Window,
    weights: &ConvWeights<'_>,
) -> Box<dyn Convolution> {
    let channels = window.input[2];
    let outputs = weights.bias.len();
    let pairs = channels.div_ceil(2);
    let [height, width] = window.output();
    let (rows, columns) = (height.div_ceil(M), width.div_ceil(M));
    assert_eq!(weights.weight.len(), outputs * 9 * channels);

    let requantization = Requantization::new::<K>(weights);
    let tap = pairs * 2 * K::OUTPUTS;
    let mut packed = vec![0; requantization.blocks::<K>() * 9 * tap];
    let blocks = weights.weight.chunks(9 * channels * K::OUTPUTS);
    for (weight, packed) in blocks.zip(packed.chunks_exact_mut(9 * tap)) {
        for (lane, weight) in weight.chunks_exact(9 * channels).enumerate() {
            for (weight, packed) in weight.chunks_exact(channels).zip(packed.chunks_exact_mut(tap)) {
                let pairs = packed.chunks_exact_mut(2 * K::OUTPUTS);
                for (weight, packed) in weight.chunks(2).zip(pairs) {
                    for (half, weight) in weight.iter().enumerate() {
                        packed[2 * lane + half] = *weight as i8;
                    }
                }
            }
        }
    }
    Box::new(Winograd::<K, F, M, T> {
        window,
        outputs,
        rows,
        columns,
        pairs,
        weights: packed,
        requantization,
        padding: Padding::new(window, [M * rows + 2, M * columns + 2], &weights.pad_value),
        form: PhantomData,
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

impl<K: WinogradKernel, F: Form<M, T>, const M: usize, const T: usize> Convolution for Winograd<K, F, M, T> {
    fn run(&self, input: &[u8], residual: Option<&[u8]>, output: &mut [u8]) {
        const { assert!(K::PIXELS <= MOST_PIXELS && T == M + 2) };
        check(&self.window, self.outputs, input, residual, output);
        let values = self.padding.apply(input, (M * self.rows + 2).saturating_sub(self.window.padded()[0]));
        let channels = 2 * self.pairs;
        let patches = self.rows * self.columns;
        let several = TILES * K::PIXELS;
        // Groups of one size, but for the last one.
        let groups = (patches * T * T * 2 * channels).div_ceil(GROUP_BYTES);
        let group = patches.div_ceil(groups).next_multiple_of(K::PIXELS).min(patches);
        let mut components = vec![0; T * T * (group * channels + GAP)];
        let mut weights = vec![0; T * T * (channels * K::OUTPUTS + GAP)];
        let mut workspace = Workspace {
            products: vec![0; T * T * several * K::OUTPUTS],
            sums: vec![0; M * M * several * K::OUTPUTS],
            residual: vec![0; M * M * several * K::OUTPUTS],
            bytes: vec![0; M * M * several * K::OUTPUTS],
        };
        for first in (0..patches).step_by(group) {
            let patches = Patches {
                values: &values,
                row_stride: self.padding.row_stride(),
                channels: self.window.input[2],
                columns: self.columns,
                first,
                count: group.min(patches - first),
            };
            // SAFETY: whoever packed this promised that the machine has the instruction set.
            unsafe { K::components::<F, M, T>(&patches, &mut components) };
            for (block, taps) in self.weights.chunks_exact(9 * channels * K::OUTPUTS).enumerate() {
                // SAFETY: as before.
                unsafe { K::weights::<F, M, T>(taps, &mut weights) };
                for start in (0..patches.count).step_by(several) {
                    let count = several.min(patches.count - start);
                    let work = workspace.of::<K, M, T>(count);
                    self.multiply(&components, start, &weights, work.products);
                    self.finish(first + start, block, work, residual, output);
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
    fn of<K: WinogradKernel, const M: usize, const T: usize>(&mut self, patches: usize) -> Work<'_> {
        let size = patches * K::OUTPUTS;
        Work {
            products: &mut self.products[..T * T * size],
            sums: &mut self.sums[..M * M * size],
            residual: &mut self.residual[..M * M * size],
            bytes: &mut self.bytes[..M * M * size],
        }
    }
}

impl<K: WinogradKernel, F: Form<M, T>, const M: usize, const T: usize> Winograd<K, F, M, T> {
    /// The products of a few tiles of patches, from patch `first` of the group on, with one block of outputs.
    fn multiply(&self, components: &[i16], first: usize, weights: &[i16], products: &mut [i32]) {
        let channels = 2 * self.pairs;
        let mut starts = [0; MOST_PIXELS];
        let component = products.len() / (T * T);
        let weights =
            weights.chunks_exact(channels * K::OUTPUTS + GAP).map(|weights| &weights[..channels * K::OUTPUTS]);
        let components = components.chunks_exact(components.len() / (T * T));
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

    /// Turns the products of the patches from `first` on into bytes and puts them where they belong.
    fn finish(&self, first: usize, block: usize, work: Work<'_>, residual: Option<&[u8]>, output: &mut [u8]) {
        let finish = self.requantization.block::<K>(block);
        let channel = block * K::OUTPUTS;
        let channels = K::OUTPUTS.min(self.outputs - channel);
        if let Some(residual) = residual {
            for (patch, bytes) in work.residual.chunks_exact_mut(M * M * K::OUTPUTS).enumerate() {
                self.places(first + patch, |pixel, at| {
                    copy::<K>(&mut bytes[pixel * K::OUTPUTS..], &residual[at + channel..], channels);
                });
            }
        }
        // SAFETY: whoever packed this promised that the machine has the instruction set.
        unsafe {
            K::sums::<F, M, T>(work.products, finish.bias, work.sums);
            K::finish(&finish, work.sums, residual.map(|_| &*work.residual), work.bytes);
        }
        for (patch, bytes) in work.bytes.chunks_exact(M * M * K::OUTPUTS).enumerate() {
            self.places(first + patch, |pixel, at| {
                copy::<K>(&mut output[at + channel..], &bytes[pixel * K::OUTPUTS..], channels);
            });
        }
    }

    /// Calls `put` for each pixel of a patch that is not beyond the edge of the output, with its number in the patch and
    /// where it begins in the output.
    #[inline(always)]
    fn places(&self, patch: usize, mut put: impl FnMut(usize, usize)) {
        let [height, width] = self.window.output();
        let (top, left) = (M * (patch / self.columns), M * (patch % self.columns));
        for row in 0..M.min(height - top) {
            for column in 0..M.min(width - left) {
                put(M * row + column, ((top + row) * width + left + column) * self.outputs);
            }
        }
    }
}

impl<K: WinogradKernel, F: Form<M, T>, const M: usize, const T: usize> fmt::Debug for Winograd<K, F, M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Winograd({}, {}, {:?}, {} outputs)", K::NAME, F::NAME, self.window, self.outputs)
    }
}
